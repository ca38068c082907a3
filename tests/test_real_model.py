"""A real llama.cpp server: streaming, JSON schema, cancelling, context overflow, and an answer from it all.

Slow, and skipped unless its two packages are installed, which is not done by default.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant, Paper, Settings
from assistant.corpus import split
from assistant.errors import ModelRequestError
from assistant.models.chat import OpenAIChat
from assistant.models.ports import EndOfReply, Message

from .llama_server import WINDOW, got, llama

__all__ = ["llama"]  # a fixture
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

COUNT = [Message("system", "Count on."), Message("user", "one two three four five six seven")]


def settings(address: str, **changed: Any) -> Settings:
    given = {"base_url": f"{address}/v1", "model": "model", "read_timeout": 120.0, "deadline": 300.0}
    return Settings.load(**given | changed)


@pytest.fixture
def chat(llama: str) -> Iterator[OpenAIChat]:
    with OpenAIChat(settings(llama)) as opened:
        yield opened


def test_it_streams_and_tells_its_usage(chat: OpenAIChat) -> None:
    times, pieces = [], []
    for piece in chat.stream(COUNT, max_tokens=24):
        times.append(time.monotonic())
        pieces.append(piece)
    *text, end = pieces
    assert isinstance(end, EndOfReply)
    assert "".join(map(str, text)).strip()
    assert len(text) > 5
    assert times[-1] > times[0], "piece by piece"
    assert end.prompt_tokens > 10
    assert 0 < end.completion_tokens <= 24
    assert end.cut == (end.completion_tokens == 24)


def test_it_answers_in_json_of_a_schema(llama: str) -> None:
    import openai

    schema = {
        "type": "object",
        "properties": {"colour": {"type": "string", "maxLength": 12}, "good": {"type": "boolean"}},
        "required": ["colour", "good"],
        "additionalProperties": False,
    }
    with openai.OpenAI(base_url=f"{llama}/v1", api_key="none", max_retries=0, timeout=120) as client:
        reply = client.chat.completions.create(
            model="model",
            messages=[{"role": "user", "content": "Which colour is the sky?"}],
            max_tokens=100,
            response_format={"type": "json_schema", "json_schema": {"name": "colour", "schema": schema}},
        )
    found = json.loads(reply.choices[0].message.content or "")
    assert isinstance(found["colour"], str)
    assert isinstance(found["good"], bool)


def test_closing_the_stream_stops_the_model(chat: OpenAIChat, llama: str) -> None:
    stream = chat.stream(COUNT, max_tokens=1500)
    next(stream)
    assert got(f"{llama}/slots")[0]["is_processing"]
    stream.close()
    end = time.monotonic() + 30
    while got(f"{llama}/slots")[0]["is_processing"]:
        assert time.monotonic() < end, "it would write for minutes"
        time.sleep(0.1)


def test_a_prompt_that_is_too_long_is_refused_and_the_window_learnt(chat: OpenAIChat) -> None:
    with pytest.raises(ModelRequestError, match="too long") as caught:
        list(chat.stream([Message("user", "word " * 2 * WINDOW)], max_tokens=20))
    assert "ASSISTANT_MAX_PROMPT_TOKENS" in caught.value.hint
    assert chat.window == WINDOW
    *text, _ = chat.stream(COUNT, max_tokens=8)
    assert text


def test_doctor_and_an_answer(llama: str, tmp_path: Path) -> None:
    abstract = "Zebras have stripes against flies. Flies land less often on striped coats."
    given = settings(llama, index=tmp_path / "index", max_answer_tokens=60, max_prompt_tokens=1500)
    with OpenAIChat(given) as chat:
        assert "answers as the model 'model'" in chat.check()
    with Assistant.open(settings=given) as assistant:
        assistant.add([Paper("z", "Zebras", abstract, sentences=tuple(split(abstract)))])
        answer = assistant.ask("Why do zebras have stripes?")
    assert answer.usage.calls == 1
    assert answer.usage.prompt_tokens > 300
    assert answer.body
