"""Every model: those without a system role, short and long context windows, and turns at one endpoint."""

from __future__ import annotations

import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from llama_index.core.base.llms.types import LLMMetadata
from llama_index.core.llms import MockLLM

from assistant import Assistant, Settings
from assistant.errors import ModelRateLimitError, ModelRequestError, ModelTimeoutError
from assistant.models.fake_chat import FakeChat
from assistant.models.from_llamaindex import chat_from
from assistant.models.ledger import Ledger
from assistant.models.metered import Metered
from assistant.models.ports import Message
from assistant.models.prices import Prices

from . import openai_server as wire
from .openai_server import MODEL, OpenAIServer, Request
from .test_chat import ANSWER, QUESTION, asked, failed, opened

# -- instructions without a system role ------------------------------------------------------------------

NO_SYSTEM = {
    "vLLM": (400, "System role not supported"),
    "OpenAI": (400, "Unsupported value: 'messages[0].role' does not support 'system' with this model."),
    "Google": (400, "Developer instruction is not enabled for models/gemma-3-27b-it"),
    "Mistral": (
        400,
        "After the optional system message, conversation roles must alternate user/assistant/user",
    ),
    "llama.cpp": (500, "Value is not callable: raise_exception('System role not supported')"),
    "gateway": (422, "Input should be 'user' or 'assistant': the role system is not known"),
}


@pytest.mark.parametrize(("status", "message"), NO_SYSTEM.values(), ids=NO_SYSTEM)
def test_where_there_is_no_system_role_instructions_open_the_question(status: int, message: str) -> None:
    with OpenAIServer(wire.fails(status, message)) as server, opened(server, max_retries=0) as chat:
        assert asked(chat)[0] == "Yes."
        assert asked(chat)[0] == "Yes."
    first, again, next_one = (request.body["messages"] for request in server.chats)
    assert [each["role"] for each in first] == ["system", "user"]
    told = [{"role": "user", "content": "Be brief.\n\nDoes it hold?"}]
    assert again == next_one == told, "learnt once"


def test_a_refusal_of_something_else_changes_no_role() -> None:
    with OpenAIServer(wire.fails(400, "The system is under maintenance: invalid request.")) as server:
        _, error = failed(server, max_retries=0)
        assert isinstance(error, ModelRequestError)
        assert len(server.chats) == 1


def test_a_conversation_keeps_its_turns_without_a_system_role() -> None:
    messages = [
        Message("system", "A."),
        Message("user", "B."),
        Message("assistant", "C."),
        Message("user", "D."),
    ]
    refusal = wire.fails(400, "System role not supported")
    with OpenAIServer(refusal) as server, opened(server) as chat:
        asked(chat, messages)
        shown = [(each["role"], each["content"]) for each in server.chats[1].body["messages"]]
    assert shown == [("user", "A.\n\nB."), ("assistant", "C."), ("user", "D.")]


# -- context windows -------------------------------------------------------------------------------------

WINDOWS = {
    "OpenAI": "This model's maximum context length is 4,096 tokens. However, you requested 4500 tokens "
    "(3300 in the messages, 1200 in max_tokens).",
    "vLLM": "'max_tokens' is too large: 1200. This model's maximum context length is 4096 tokens and your "
    "request has 3300 input tokens.",
    "llama.cpp": "request (3300 tokens) exceeds the available context size (4096 tokens), try increasing it",
    "Anthropic": "prompt is too long: 5000 tokens > 4096 maximum",
    "Google": "The input token count (5000) exceeds the maximum number of tokens allowed (4096).",
}


@pytest.mark.parametrize("message", WINDOWS.values(), ids=WINDOWS)
def test_the_window_is_learnt_from_a_refusal(message: str) -> None:
    with OpenAIServer(wire.fails(400, message)) as server, opened(server) as chat:
        assert chat.window is None
        with pytest.raises(ModelRequestError):
            list(chat.stream(QUESTION, max_tokens=60))
        assert chat.window == 4096


@pytest.mark.parametrize("name", ["OpenAI", "vLLM"])
def test_a_reply_is_asked_shorter_where_only_it_does_not_fit(name: str) -> None:
    with OpenAIServer(wire.fails(400, WINDOWS[name])) as server, opened(server) as chat:
        *pieces, _ = chat.stream(QUESTION, max_tokens=1200)
        assert "".join(map(str, pieces)) == "Yes."
        assert [request.body["max_tokens"] for request in server.chats] == [1200, 796]


def test_an_endpoint_that_refuses_every_length_is_asked_twice_at_most() -> None:
    with OpenAIServer(*[wire.fails(400, WINDOWS["OpenAI"])] * 9) as server, opened(server) as chat:
        with pytest.raises(ModelRequestError, match="too long"):
            list(chat.stream(QUESTION, max_tokens=1200))
        assert len(server.chats) == 2


@pytest.mark.parametrize("said", ["", "99999999999999999999 tokens allowed", "context size 12", "n_ctx: x"])
def test_a_refusal_that_names_no_window(said: str) -> None:
    with OpenAIServer(wire.fails(400, f"The context is too long. {said}")) as server, opened(server) as chat:
        with pytest.raises(ModelRequestError):
            list(chat.stream(QUESTION, max_tokens=1200))
        assert chat.window is None or chat.window >= 256


class Windowed(MockLLM):
    """A model of theirs with a context window."""

    window: int = 0

    @property
    def metadata(self) -> LLMMetadata:
        about: LLMMetadata = super().metadata.model_copy(update={"context_window": self.window})
        return about


def test_the_prompt_keeps_to_the_models_window(sample_index: Path, tmp_path: Path) -> None:
    taken = {}
    index = shutil.copytree(sample_index, tmp_path / "index")
    settings = Settings.load(index=index, max_prompt_tokens=9000, max_sources=40)
    for window in (3000, 1_000_000):
        llm = Windowed(max_tokens=20)
        llm.window = window
        assert chat_from(llm).window == window
        with Assistant.open(settings=settings, llm=llm) as assistant:
            answer = assistant.ask("Which papers compare methods against over-squashing?", cache=False)
        taken[window] = answer.usage.prompt_tokens
    assert 0 < taken[3000] <= 3000 - settings.max_answer_tokens
    assert taken[3000] < taken[1_000_000] <= 9000


def test_the_limit_of_an_answer_and_the_window_both_hold() -> None:
    def left(limit: int | None, window: int | None) -> int | None:
        return Metered(FakeChat(window=window), Prices({}), Ledger(None), limit).left

    assert left(None, None) is None
    assert left(5000, None) == left(5000, 8000) == left(None, 5000) == left(9000, 5000) == 5000


def test_an_endpoint_that_keeps_no_limit_is_cut() -> None:
    with OpenAIServer(wire.babbles("word " * 100)) as server, opened(server) as chat:
        text, end = asked(chat)
        assert len(text) <= 60 * 10 + 500
        assert end.cut
        assert server.chats[0].disconnected.wait(2)


# -- waits -----------------------------------------------------------------------------------------------


def test_a_wait_beyond_our_limit_is_not_waited_for() -> None:
    with OpenAIServer(wire.rate_limited(120)) as server:
        _, error = failed(server, max_retry_wait=2, deadline=300)
        assert isinstance(error, ModelRateLimitError)
        assert len(server.chats) == 1


def test_waits_double_up_to_a_limit_and_are_jittered(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("assistant.models.retry.time.sleep", waits.append)
    with OpenAIServer(*[wire.fails(503)] * 20) as server:
        for _ in range(2):
            failed(server, max_retries=6, max_retry_wait=3.0, deadline=300)
    for number, wait in enumerate(waits):
        longest = min(0.5 * 2 ** (number % 6), 3.0)
        assert longest / 2 <= wait <= longest
    assert waits[:6] != waits[6:], "two clients do not come back at the same time"


# -- turns -----------------------------------------------------------------------------------------------


def test_so_many_calls_run_side_by_side_and_no_more() -> None:
    running, most, lock = 0, 0, threading.Lock()

    def reply(_: Request) -> str:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        with lock:
            running -= 1
        return ANSWER

    with (
        OpenAIServer(reply=reply) as server,
        opened(server, concurrency=3) as chat,
        opened(server, concurrency=3) as another,
        ThreadPoolExecutor(12) as pool,
    ):
        found = list(pool.map(lambda each: asked(each)[0], [chat, another] * 6))
    assert found == [ANSWER] * 12
    assert most <= 3, "two chats with one endpoint share its turns"


def test_a_turn_is_not_waited_for_beyond_the_deadline() -> None:
    with (
        OpenAIServer(wire.stalls("It ")) as server,
        opened(server, concurrency=1) as chat,
        opened(server, concurrency=1, deadline=0.3) as impatient,
    ):
        held = chat.stream(QUESTION, max_tokens=60)
        assert next(held) == "It "
        with pytest.raises(ModelTimeoutError, match="kept busy by other questions"):
            asked(impatient)
        held.close()
        assert asked(impatient)[0] == "Yes.", "closing gives the turn back"
        assert len(server.chats) == 2
        assert server.chats[0].body["model"] == MODEL


def test_a_call_that_fails_gives_its_turn_back() -> None:
    with OpenAIServer(wire.fails(401)) as server:
        failed(server, concurrency=1)
        with opened(server, concurrency=1) as chat:
            assert asked(chat)[0] == "Yes."
