# make run    the page, with everything it needs     make test   the tests
# make lint   style and types                        make lock   pin the dependencies anew
# make bench  the measurements behind the figures    make docs   the generated pages and the site, in site/
# make peers  what benchmarks compare us with (6 GB)
# make dist   the wheel and the sources, in dist/    make sbom   what they depend on, and make licences, make audit
VENV ?= .venv
PEERS ?= .venv-peers
SBOM ?= .venv-sbom
PYTHON ?= python3
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# Where it is set, each program that a test starts would compile all of ours anew.
unexport PYTHONDONTWRITEBYTECODE

ifdef UV
make_venv = $(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
install = $(UV) pip install --quiet --python $(BIN)/python
else
make_venv = $(PYTHON) -m venv $(VENV)
install = $(BIN)/python -m pip install --quiet
endif

.PHONY: run test lint format lock docs bench peers dist sbom licences audit clean

run: $(VENV)/.run
	@$(BIN)/python app.py

# Two at a time: most of them wait for a program or a browser to start.
test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --num-workers auto

format: $(VENV)/.dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(VENV)/.dev
	$(BIN)/python -m tests.test_docs
	$(BIN)/python -m zensical build --strict

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks $(BENCH)

peers: $(PEERS)/.peers

# Each stamp stands for an environment that was installed from the lock file it depends on.
$(VENV)/.run: requirements.lock pyproject.toml
	@echo "Setting up $(VENV) (once; about a minute)"
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'paper-assistant needs Python 3.11 or later; name one with: make PYTHON=python3.12 ...')"
	@$(make_venv)
	@$(install) --require-hashes -r requirements.lock
	@$(install) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@$(install) --require-hashes -r requirements-dev.lock
	@touch $@

# Never among our dependencies: an environment of its own.
$(PEERS)/.peers: override VENV := $(PEERS)
$(PEERS)/.peers: override BIN := $(PEERS)/bin
$(PEERS)/.peers: benchmarks/peers.lock
	@$(make_venv)
	@$(install) --require-hashes -r benchmarks/peers.lock
	@touch $@

$(SBOM)/.sbom: override VENV := $(SBOM)
$(SBOM)/.sbom: override BIN := $(SBOM)/bin
$(SBOM)/.sbom: requirements-sbom.lock
	@$(make_venv)
	@$(install) --require-hashes -r requirements-sbom.lock
	@touch $@

# Needs uv. Names no index, so that any mirror serves.
LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock:
	$(LOCK) --group build pyproject.toml -o requirements.lock
	$(LOCK) --group build --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	$(LOCK) --group sbom -o requirements-sbom.lock
	$(LOCK) benchmarks/peers.in -o benchmarks/peers.lock

dist: $(VENV)/.dev
	$(BIN)/python -m build --no-isolation

sbom: $(SBOM)/.sbom
	@mkdir -p dist
	$(SBOM)/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible -o dist/sbom.cdx.json

licences: $(VENV)/.dev
	@mkdir -p dist
	$(BIN)/python -m tests.licences > dist/licences.md

# Asks PyPI's advisories over the network, so it is no part of the tests.
audit: $(VENV)/.dev
	@$(BIN)/python -m tests.advisories

clean:
	rm -rf $(VENV) $(PEERS) $(SBOM) dist site .cache .pytest_cache .mypy_cache .ruff_cache
