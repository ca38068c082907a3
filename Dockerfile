# The page for a team: docs/serving.md tells how to run it. No model is downloaded, at build or at run time.
FROM python:3.12-slim

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONUNBUFFERED=1

WORKDIR /app
# Pinned with hashes; a layer of its own, so that a change of our code does not fetch them anew.
COPY requirements.lock ./
RUN python -m pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE app.py ./
COPY assistant ./assistant
COPY prompts ./prompts
RUN python -m pip install --no-deps --no-build-isolation . \
    && useradd --create-home --uid 1000 assistant \
    && mkdir index_store \
    && chown assistant index_store

USER assistant
VOLUME ["/app/index_store"]
ENV ASSISTANT_HOST=0.0.0.0 ASSISTANT_PORT=7860
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/healthz', timeout=4)"]
# Streams end with a sentence, and the index is closed.
STOPSIGNAL SIGTERM
CMD ["python", "app.py"]
