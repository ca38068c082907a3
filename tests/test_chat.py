"""``OpenAIChat`` against a real HTTP server on loopback: what an endpoint does, and what the caller sees."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.utils import formatdate
from typing import Any

import openai  # now, as its import takes longer than some deadlines below
import pytest
from pydantic import SecretStr

from assistant.errors import (
    ModelAuthError,
    ModelCutError,
    ModelError,
    ModelNotFoundError,
    ModelRateLimitError,
    ModelReplyError,
    ModelRequestError,
    ModelTimeoutError,
    ModelUnavailableError,
    SettingsError,
)
from assistant.models.chat import OpenAIChat
from assistant.models.fake_chat import FakeChat
from assistant.models.ports import ChatModel, EndOfReply, Message
from assistant.models.tokens import count, count_messages
from assistant.settings import Settings

from . import openai_server as wire
from .openai_server import MODEL, Behaviour, OpenAIServer, Request, says

KEY = "sk-proj-Zx81kQw7TTnm02Lp"
QUESTION = [Message("system", "Be brief."), Message("user", "Does it hold?")]
ANSWER = "It does [P1.S2]."


@contextmanager
def opened(server: OpenAIServer, **changed: Any) -> Iterator[OpenAIChat]:
    """A chat with that server, impatient so that tests are quick."""
    given = {
        "api_key": SecretStr(KEY),
        "base_url": server.url,
        "model": MODEL,
        "read_timeout": 5.0,
        "deadline": 20.0,
        "max_retries": 2,
        "max_retry_wait": 0.05,
    }
    with OpenAIChat(Settings.load(**(given | changed))) as chat:
        yield chat


def asked(chat: ChatModel, messages: list[Message] = QUESTION) -> tuple[str, EndOfReply]:
    """The text of a reply, and its end."""
    *pieces, end = chat.stream(messages, max_tokens=60)
    assert isinstance(end, EndOfReply)
    return "".join(piece for piece in pieces if isinstance(piece, str)), end


def failed(server: OpenAIServer, **changed: Any) -> tuple[str, ModelError]:
    """The text that came before a failure, and the failure."""
    text = ""
    with opened(server, **changed) as chat, pytest.raises(ModelError) as caught:
        for piece in chat.stream(QUESTION, max_tokens=60):
            assert isinstance(piece, str)
            text += piece
    return text, caught.value


# -- a reply that is one ------------------------------------------------------------------------------


def test_a_reply_comes_in_pieces_and_ends_with_its_usage() -> None:
    with OpenAIServer(says("It ", "does", " [P1", ".S2].", usage=(31, 6))) as server, opened(server) as chat:
        pieces = list(chat.stream(QUESTION, max_tokens=60))
        request = server.chats[0]
    assert pieces == ["It ", "does", " [P1", ".S2].", EndOfReply(31, 6, calls=1)]
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Does it hold?"},
    ]
    assert request.body["max_tokens"] == 60
    assert request.body["temperature"] == 0.2
    assert request.body["stream_options"] == {"include_usage": True}


def test_pieces_are_passed_on_as_they_come() -> None:
    with OpenAIServer(wire.stalls("first", " second")) as server, opened(server, deadline=60) as chat:
        stream = chat.stream(QUESTION, max_tokens=60)
        assert [next(stream), next(stream)] == ["first", " second"]
        stream.close()


def test_usage_that_is_not_reported_is_counted() -> None:
    with OpenAIServer(says(ANSWER, usage=None)) as server, opened(server) as chat:
        assert asked(chat) == (
            ANSWER,
            EndOfReply(count_messages(QUESTION, MODEL), count(ANSWER, MODEL), calls=1),
        )


def test_a_reply_at_its_limit_is_an_end_that_says_so() -> None:
    with OpenAIServer(says("It do", finish="length")) as server, opened(server) as chat:
        text, end = asked(chat)
    assert text == "It do"
    assert end.cut


@pytest.mark.parametrize(
    "behaviour",
    [
        says(ANSWER, reasoning=["Hm, ", "let me see."]),
        says("<think>Hm, let me see.</think>\n\n" + ANSWER),
        says("\n<th", "ink>Hm,", " a < b </thi", "nk", ">", "\n\n", "It does", " [P1.S2]."),
        says("<thinking>", "Hm", "</thinking><think></think> ", ANSWER),
        wire.ignores_stream(ANSWER),
        wire.streams(
            {"choices": [], "prompt_filter_results": []},
            {"choices": [{"delta": {"content": [{"type": "thinking", "thinking": []}]}}]},
            {"choices": [{"delta": {"content": [{"type": "text", "text": ANSWER}]}, "finish_reason": "eos"}]},
        ),
        says(ANSWER, done=False),
        says("", "It does", "", " [P1.S2]."),
    ],
    ids=["field", "tag", "split", "two", "whole", "parts", "no [DONE]", "empty pieces"],
)
def test_only_the_answer_is_passed_on(behaviour: Behaviour) -> None:
    with OpenAIServer(behaviour) as server, opened(server) as chat:
        assert asked(chat)[0] == ANSWER
        assert len(server.chats) == 1


@pytest.mark.parametrize("text", ["a <think> b", "<thin", "<b>bold</b>", "< think>", "x </think> y"])
def test_what_only_looks_like_reasoning_stays(text: str) -> None:
    with OpenAIServer(says(*text)) as server, opened(server) as chat:
        assert asked(chat)[0] == text


def test_what_breaks_after_the_end_does_no_harm() -> None:
    def act(exchange: wire.Exchange) -> None:
        exchange.start()
        exchange.delta({"content": ANSWER}, "stop")
        exchange.drop()

    with OpenAIServer(act) as server, opened(server) as chat:
        assert asked(chat)[0] == ANSWER


def test_an_endpoint_without_a_key() -> None:
    with OpenAIServer() as server, opened(server, api_key=None) as chat:
        assert asked(chat)[0] == "Yes."
        assert server.chats[0].headers["authorization"] == "Bearer none"


def test_text_in_any_script_arrives() -> None:
    with OpenAIServer(reply=lambda request: request.question) as server, opened(server) as chat:
        text = "量子 naïve 🙂\u2028$x {y} \\n <|endoftext|>"
        assert asked(chat, [Message("user", text)])[0] == text


# -- what an endpoint takes ---------------------------------------------------------------------------


def test_refused_parameters_are_learnt_once() -> None:
    refuses = ("max_tokens", "temperature", "stream_options")
    with OpenAIServer(refuses=refuses) as server, opened(server, max_retries=0) as chat:
        for _ in range(3):
            assert asked(chat)[0] == "Yes."
        assert len(server.chats) == len(refuses) + 3
        assert set(server.chats[-1].body) == {"model", "messages", "stream", "max_completion_tokens"}


def test_a_limit_refused_for_its_value_is_not_renamed() -> None:
    message = "'max_tokens' is too large: 1200. This model's maximum context length is 1024 tokens."
    with OpenAIServer(wire.fails(400, message, param="max_tokens")) as server:
        _, error = failed(server)
        assert isinstance(error, ModelRequestError)
        assert "maximum context length is 1024" in error.message
        assert len(server.chats) == 1


def test_parameters_refused_in_another_form() -> None:
    detail = '{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Not permitted"}]}'
    with OpenAIServer(lambda exchange: exchange.send(422, detail)) as server, opened(server) as chat:
        assert asked(chat)[0] == "Yes."


# -- failures -----------------------------------------------------------------------------------------

FAILURES: dict[str, tuple[Behaviour, type[ModelError], str]] = {
    "401": (wire.unauthorized(), ModelAuthError, "refused the key (401). Check OPENAI_API_KEY."),
    "403": (wire.forbidden(), ModelAuthError, f"refused access to the model '{MODEL}' (403)."),
    "404": (wire.model_not_found(), ModelNotFoundError, f"does not know the model '{MODEL}' (404)."),
    "404 path": (wire.fails(404, "Not Found"), ModelNotFoundError, "has no Chat Completions (404)."),
    "400 model": (
        wire.fails(400, "x is not a valid model ID"),
        ModelNotFoundError,
        "does not know the model",
    ),
    "400 long": (wire.too_long(), ModelRequestError, "Lower ASSISTANT_MAX_PROMPT_TOKENS"),
    "400": (
        wire.fails(400, "Bad\n\x1b[31mroles"),
        ModelRequestError,
        "refused the request (400): Bad [31mroles.",
    ),
    "402": (wire.fails(402, "Insufficient Balance"), ModelRateLimitError, "no quota left (402)."),
    "429 quota": (wire.out_of_quota(), ModelRateLimitError, "no quota left (429)."),
    "429": (
        wire.rate_limited(120),
        ModelRateLimitError,
        "too many requests (429) and asks to wait 120 seconds.",
    ),
    "503": (
        wire.fails(503, headers={"Retry-After": "90"}),
        ModelUnavailableError,
        "(503) and asks to wait 90",
    ),
    "page": (wire.html(), ModelReplyError, "answered with a web page. Check OPENAI_BASE_URL"),
    "error body": (wire.error_body(), ModelUnavailableError, "failed: The model crashed."),
    "no choices": (wire.no_choices(), ModelReplyError, "other than Chat Completions"),
    "scalars": (wire.streams("1", '"x"', "[]", "null"), ModelReplyError, "other than Chat Completions"),
    "bad types": (wire.streams({"choices": [{"delta": 3}, 4]}), ModelCutError, "before it was done"),
    "garbage": (wire.garbles(), ModelReplyError, "other than Chat Completions"),
    "nesting": (wire.garbles(garbage="[" * 100_000), ModelReplyError, "other than Chat Completions"),
    "empty": (says(""), ModelReplyError, "gave an empty reply."),
    "blank": (says(" ", "\n", "  "), ModelReplyError, "gave an empty reply."),
    "all thought": (says("<think>Hm", finish="length"), ModelReplyError, "Raise ASSISTANT_MAX_ANSWER_TOKENS"),
    "tool": (wire.calls_tool(), ModelReplyError, "asked for a tool instead of answering."),
    "refusal": (
        wire.streams({"choices": [{"delta": {"refusal": "No."}, "finish_reason": "stop"}]}),
        ModelReplyError,
        "declined to answer",
    ),
    "reported 401": (wire.reports(code="invalid_api_key"), ModelAuthError, "refused the key."),
    "reported long": (wire.reports(code="context_length_exceeded"), ModelRequestError, "too long"),
    "vllm error": (
        wire.streams({"object": "error", "message": "boom", "code": 400}),
        ModelRequestError,
        "(400): boom.",
    ),
}


@pytest.mark.parametrize(("behaviour", "kind", "words"), FAILURES.values(), ids=FAILURES)
def test_a_failure_is_one_clear_sentence_and_a_next_step(
    behaviour: Behaviour, kind: type[ModelError], words: str
) -> None:
    with OpenAIServer(behaviour, *[behaviour] * 2) as server:
        _, error = failed(server)
        assert type(error) is kind
        assert str(error).startswith(f"The endpoint at {server.url} ")
        assert words in str(error)
        assert error.hint
        assert len(str(error)) < 500
        assert "\n" not in str(error)
        retried = len(server.chats) > 1
        assert retried == isinstance(error, ModelCutError)


MIDWAY: dict[str, tuple[Behaviour, type[ModelError], str]] = {
    "dropped": (wire.drops("It ", "does"), ModelCutError, "ended the reply before it was done"),
    "unfinished": (wire.unfinished("It ", "does"), ModelCutError, "ended the reply before it was done"),
    "reported": (wire.reports("It ", "does"), ModelUnavailableError, "failed: The server had an error."),
    "reported 429": (wire.reports("It ", "does", code=429), ModelRateLimitError, "too many requests (429)"),
    "garbled": (wire.garbles("It ", "does"), ModelReplyError, "cannot be read in the middle"),
    "stalled": (wire.stalls("It ", "does"), ModelTimeoutError, "was silent for too long"),
    "filtered": (says("It ", "does", finish="content_filter"), ModelReplyError, "content filter"),
    "broken": (says("It ", "does", finish="error"), ModelCutError, "ended the reply before it was done"),
}


@pytest.mark.parametrize(("behaviour", "kind", "words"), MIDWAY.values(), ids=MIDWAY)
def test_what_came_before_a_failure_stands_and_is_not_asked_again(
    behaviour: Behaviour, kind: type[ModelError], words: str
) -> None:
    with OpenAIServer(behaviour) as server:
        text, error = failed(server, read_timeout=0.3)
        assert text == "It does"
        assert type(error) is kind
        assert words in str(error)
        assert len(server.chats) == 1


def test_a_question_that_cannot_be_encoded() -> None:
    with (
        OpenAIServer() as server,
        opened(server) as chat,
        pytest.raises(ModelRequestError, match="cannot be sent this text"),
    ):
        asked(chat, [Message("user", "\ud800")])


# -- retries and time ---------------------------------------------------------------------------------

TRANSIENT: dict[str, Behaviour] = {
    "429": wire.rate_limited(),
    "500": wire.fails(500),
    "503": wire.fails(503),
    "409": wire.fails(409),
    "408": wire.fails(408),
    "no response": wire.refuses_to_talk(),
    "nothing": wire.drops(),
    "reported": wire.reports(code="rate_limit_exceeded"),
    "silence": wire.silent(),
}


@pytest.mark.parametrize("behaviour", TRANSIENT.values(), ids=TRANSIENT)
def test_what_may_pass_is_tried_again(behaviour: Behaviour) -> None:
    with OpenAIServer(behaviour, behaviour) as server, opened(server, read_timeout=0.2) as chat:
        assert asked(chat) == ("Yes.", EndOfReply(11, 7, calls=1))
        assert len(server.chats) == 3


@pytest.mark.parametrize("retries", [0, 2])
def test_retries_are_counted(retries: int) -> None:
    with OpenAIServer(*[wire.fails(500)] * 5) as server:
        _, error = failed(server, max_retries=retries)
        assert isinstance(error, ModelUnavailableError)
        assert len(server.chats) == 1 + retries


@pytest.mark.parametrize("header", ["0.3", "date", "-5", "nan", "soon", ""])
def test_retry_after_is_kept_to(header: str) -> None:
    value = formatdate(time.time() + 1.5, usegmt=True) if header == "date" else header
    with OpenAIServer(wire.rate_limited(value)) as server, opened(server, max_retry_wait=2.0) as chat:
        started = time.monotonic()
        assert asked(chat)[0] == "Yes."
        least = {"0.3": 0.3, "date": 0.4}.get(header, 0.2)
        assert least <= time.monotonic() - started < 3
        assert len(server.chats) == 2


def test_a_retry_after_beyond_the_deadline_is_not_waited_for() -> None:
    with OpenAIServer(wire.rate_limited(5)) as server:
        started = time.monotonic()
        _, error = failed(server, max_retry_wait=20, deadline=1)
        assert isinstance(error, ModelRateLimitError)
        assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    ("behaviour", "text"),
    [
        (wire.silent(), ""),
        (wire.pings(), ""),
        (wire.stalls("It "), "It "),
        (says(*["It "] * 200, delay=0.02), "It "),
    ],
    ids=["silent", "comments only", "stalls", "slow"],
)
def test_the_deadline_holds_whatever_the_endpoint_does(behaviour: Behaviour, text: str) -> None:
    with OpenAIServer(behaviour) as server:
        started = time.monotonic()
        came, error = failed(server, deadline=0.5, read_timeout=30)
        assert 0.4 < time.monotonic() - started < 1.5
        assert came.startswith(text)
        assert isinstance(error, ModelTimeoutError)
        assert "did not finish in time. Raise ASSISTANT_DEADLINE." in str(error)


def test_a_server_that_is_not_there() -> None:
    with OpenAIServer() as server:
        pass
    started = time.monotonic()
    _, error = failed(server)
    assert str(error) == (
        f"The endpoint at {server.url} cannot be reached. Is the server running? Check OPENAI_BASE_URL."
    )
    assert isinstance(error, ModelUnavailableError)
    assert time.monotonic() - started < 2


# -- leaving ------------------------------------------------------------------------------------------


def test_closing_the_generator_closes_the_connection() -> None:
    with OpenAIServer(wire.stalls("It ")) as server, opened(server) as chat:
        stream = chat.stream(QUESTION, max_tokens=60)
        assert next(stream) == "It "
        stream.close()
        assert server.chats[0].disconnected.wait(2)


def test_an_exception_of_the_consumer_closes_the_connection() -> None:
    with OpenAIServer(wire.stalls("It ")) as server, opened(server) as chat:
        with pytest.raises(KeyError):
            for _ in chat.stream(QUESTION, max_tokens=60):
                raise KeyError
        assert server.chats[0].disconnected.wait(2)


def test_nothing_is_sent_before_the_first_piece_is_asked_for() -> None:
    with OpenAIServer() as server, opened(server) as chat:
        chat.stream(QUESTION, max_tokens=60).close()
        assert server.requests == []


def test_no_threads_are_left_behind() -> None:
    with OpenAIServer() as server, opened(server) as chat:
        asked(chat)
        before = threading.active_count()
        for _ in range(5):
            asked(chat)
        time.sleep(0.05)
        assert threading.active_count() <= before


def test_a_closed_chat_can_be_used_again() -> None:
    with OpenAIServer() as server, opened(server) as chat:
        asked(chat)
        chat.close()
        assert asked(chat)[0] == "Yes."


def test_twenty_threads_do_not_mix() -> None:
    def reply(request: Request) -> str:
        return f"{request.question} " * 30

    def ask(number: int) -> bool:
        name = f"question-{number}"
        text, _ = asked(chat, [Message("user", name)])
        return set(text.split()) == {name}

    with (
        OpenAIServer(reply=reply, refuses=["temperature", "max_tokens"]) as server,
        opened(server) as chat,
        ThreadPoolExecutor(20) as pool,
    ):
        assert all(pool.map(ask, range(60)))


# -- secrets ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "behaviour",
    [
        wire.unauthorized(),
        wire.fails(400, f"The key {KEY} is odd; so is sk-other-1234567890."),
        wire.fails(400, f"You sent {KEY[3:19]}…"),
        wire.fails(500, f"Traceback: headers=(Authorization: Bearer {KEY})"),
        wire.reports(message=f"bad key {KEY}"),
        wire.garbles(garbage=f'{{"key": "{KEY}"'),
        wire.html(),
    ],
)
def test_no_key_in_any_word_that_we_give_back(behaviour: Behaviour, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with OpenAIServer(behaviour) as server:
        _, error = failed(server, max_retries=0, base_url=server.url.replace("//", "//user:pa55word@"))
    told = "".join(traceback.format_exception(error)) + repr(error) + str(error.__dict__) + caplog.text
    assert error.__cause__ is None
    assert error.__context__ is None
    for secret in [KEY, *(KEY[i : i + 8] for i in range(len(KEY) - 7)), "sk-other", "pa55word"]:
        assert secret not in told
    assert f"endpoint at {server.url} " in str(error)


def test_no_key_in_the_repr() -> None:
    with OpenAIServer() as server, opened(server) as chat:
        asked(chat)
        assert repr(chat) == f"<OpenAIChat '{MODEL}' at the endpoint at {server.url}>"
        assert KEY not in repr(vars(chat))


@pytest.mark.parametrize("key", ["sk-ä", "sk-a\nb", "sk-\x00"])
def test_a_key_that_is_none(key: str) -> None:
    with pytest.raises(SettingsError, match="OPENAI_API_KEY holds characters that no key has") as caught:
        OpenAIChat(Settings.load(api_key=SecretStr(key)))
    assert key not in str(caught.value)


def test_a_login_in_the_address_is_sent_as_one() -> None:
    with OpenAIServer() as server, opened(server, base_url=server.url.replace("//", "//me:p%40ss@")) as chat:
        asked(chat)
        assert server.chats[0].headers["authorization"] == "Basic bWU6cEBzcw=="


def test_white_space_around_a_key_is_forgiven() -> None:
    with OpenAIServer() as server, opened(server, api_key=SecretStr(f" {KEY}\n")) as chat:
        asked(chat)
        assert server.chats[0].headers["authorization"] == f"Bearer {KEY}"


# -- doctor -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, "answers and serves the model 'test-model'."),
        ({"models": ["other"]}, "answers as the model 'test-model'."),
        ({"models": None}, "answers as the model 'test-model'."),
        ({"models": None, "reply": ""}, "answers as the model 'test-model'."),
    ],
)
def test_check_says_what_answers(given: dict[str, Any], found: str) -> None:
    with OpenAIServer(**given) as server, opened(server) as chat:
        assert chat.check() == f"The endpoint at {server.url} {found}"


def test_check_names_the_models_that_are_served() -> None:
    models = [f"model-{n}" for n in range(7)]
    with OpenAIServer(models=models, strict=True) as server, opened(server) as chat:
        with pytest.raises(ModelNotFoundError) as caught:
            chat.check()
        hint = "Set ASSISTANT_MODEL to one it serves: model-0, model-1, model-2, model-3, model-4, …."
        assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (wire.unauthorized(), ModelAuthError),
        (wire.html(), ModelReplyError),
        (wire.fails(500), ModelUnavailableError),
    ],
)
def test_check_tries_once(behaviour: Behaviour, kind: type[ModelError]) -> None:
    with OpenAIServer(behaviour, models=None) as server, opened(server) as chat:
        with pytest.raises(kind):
            chat.check()
        assert len(server.chats) == 1


def test_check_of_a_server_that_is_not_there() -> None:
    with OpenAIServer() as server:
        pass
    with opened(server) as chat, pytest.raises(ModelUnavailableError, match="Is the server running"):
        chat.check()


# -- the rest -----------------------------------------------------------------------------------------


def test_openai_is_called_openai_and_spoken_to_in_its_way() -> None:
    with OpenAIChat(Settings.load(api_key=SecretStr(KEY))) as chat:
        assert repr(chat) == "<OpenAIChat 'gpt-5.4-mini' at OpenAI>"
        assert chat._dialect.parameters(60) == {
            "stream": True,
            "max_completion_tokens": 60,
            "stream_options": {"include_usage": True},
        }


def test_the_module_is_light() -> None:
    code = (
        "import sys, assistant.models.chat, assistant.models.fake_chat, assistant.models.tokens\n"
        "sys.exit(bool({'openai', 'tiktoken', 'llama_index', 'httpx2'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_fake_keeps_the_contract() -> None:
    fake = FakeChat("It does [P1.S2].", ["It ", ModelCutError("Gone.")], cut=True)
    assert asked(fake)[0] == ANSWER
    came: list[object] = []
    with pytest.raises(ModelCutError):
        came.extend(fake.stream(QUESTION, max_tokens=5))
    stream = fake.stream(QUESTION, max_tokens=5)
    next(stream)
    stream.close()
    assert [call.max_tokens for call in fake.calls] == [60, 5, 5]
    assert fake.calls[0].messages == tuple(QUESTION)
    assert fake.closed == 1


def test_the_server_answers_without_streaming_too(openai_server: OpenAIServer) -> None:
    with openai.OpenAI(api_key=KEY, base_url=openai_server.url) as client:
        reply = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "?"}])
        assert reply.choices[0].message.content == "Yes."
        assert [model.id for model in client.models.list()] == [MODEL]
