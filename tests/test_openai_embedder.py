"""``OpenAIEmbedder`` against a real HTTP server on loopback: what an endpoint does, what the caller sees."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import openai  # noqa: F401 - now, as its import takes longer than some deadlines below
import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from assistant import Assistant, Paper
from assistant.cli import app
from assistant.doctor import examine
from assistant.errors import (
    IndexMismatchError,
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
from assistant.models.embedder import FakeEmbedder
from assistant.models.openai_embedder import OpenAIEmbedder
from assistant.models.tokens import count
from assistant.settings import Settings

from . import openai_server as wire
from .openai_server import MODEL, Behaviour, OpenAIServer, says

KEY = "sk-proj-Zx81kQw7TTnm02Lp"
TEXTS = [f"On subject{number}, which has property{number}." for number in range(150)]
EXPECTED = FakeEmbedder().embed(TEXTS)


def settings(server: OpenAIServer, **changed: Any) -> Settings:
    """Settings for that server, impatient so that tests are quick."""
    given = {
        "embed_model": MODEL,
        "embed_base_url": server.url,
        "embed_api_key": SecretStr(KEY),
        "read_timeout": 5.0,
        "deadline": 20.0,
        "max_retries": 2,
        "max_retry_wait": 0.05,
    }
    return Settings.load(**(given | changed))


@contextmanager
def opened(server: OpenAIServer, **changed: Any) -> Iterator[OpenAIEmbedder]:
    with OpenAIEmbedder(settings(server, **changed)) as embedder:
        yield embedder


def failed(server: OpenAIServer, **changed: Any) -> ModelError:
    """What embedding two texts fails with."""
    with opened(server, **changed) as embedder, pytest.raises(ModelError) as caught:
        embedder.embed(TEXTS[:2])
    return caught.value


# -- vectors -------------------------------------------------------------------------------------------


def test_texts_become_unit_vectors_in_their_order() -> None:
    with OpenAIServer() as server, opened(server) as embedder:
        vectors = embedder.embed(TEXTS)
        assert vectors.dtype == np.float32
        assert np.allclose(vectors, EXPECTED, atol=1e-6)
        assert embedder.dimension == 64
        assert embedder.embed([]).shape == (0, 64)
        request = server.embeddings[0]
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert set(request.body) == {"model", "input", "encoding_format"}
    assert (request.body["model"], request.body["encoding_format"]) == (MODEL, "base64")


@pytest.mark.parametrize(
    "behaviour",
    [wire.shuffled(), wire.without_index_0(), wire.embeds(encoding="float"), wire.embeds(encoding="base64")],
    ids=["shuffled", "no index 0", "float", "base64"],
)
def test_any_form_of_a_reply_is_read(behaviour: Behaviour) -> None:
    with OpenAIServer(vectors=behaviour) as server, opened(server) as embedder:
        assert np.allclose(embedder.embed(TEXTS), EXPECTED, atol=1e-6)


def test_an_encoding_that_is_refused_is_learnt_once() -> None:
    with OpenAIServer(refuses=["encoding_format"]) as server, opened(server) as embedder:
        for _ in range(3):
            assert np.allclose(embedder.embed(TEXTS[:2]), EXPECTED[:2], atol=1e-6)
        assert len(server.embeddings) == 4
        assert set(server.embeddings[-1].body) == {"model", "input"}


def test_a_question_and_a_text_have_their_own_prefix() -> None:
    given = {"embed_query_prefix": "search_query: ", "embed_text_prefix": "search_document: "}
    with OpenAIServer() as server, opened(server, **given) as embedder:
        embedder.embed(["one", "two"])
        assert embedder.embed_query("three").shape == (64,)
        assert server.embeddings[0].texts == ["search_document: one", "search_document: two"]
        assert server.embeddings[1].texts == ["search_query: three"]


def test_dimensions_are_asked_for_and_known_without_a_call() -> None:
    with OpenAIServer() as server, opened(server, embed_dimensions=32) as embedder:
        assert embedder.dimension == 32
        assert server.requests == []
        assert embedder.embed(TEXTS[:2]).shape == (2, 32)
        assert server.embeddings[0].body["dimensions"] == 32


def test_any_text_is_taken() -> None:
    with OpenAIServer() as server, opened(server) as embedder:
        vectors = embedder.embed(["", "a \ud800 b", "\x00", "量子 \ud835\udefc"])
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
        assert server.embeddings[0].texts == [" ", "a \ufffd b", "\x00", "量子 \U0001d6fc"]


def test_the_fingerprint_names_what_makes_the_vectors_and_not_where() -> None:
    def fingerprint(**given: Any) -> str:
        return OpenAIEmbedder(Settings.load(embed_model="m", **given)).fingerprint

    assert fingerprint() == "endpoint:m"
    assert fingerprint(embed_base_url="http://elsewhere:1/v1", embed_batch=3) == "endpoint:m"
    assert (
        fingerprint(embed_dimensions=256, embed_query_prefix="q: ", embed_text_prefix='say "x" ')
        == 'endpoint:m dimensions=256 query="q: " text="say \\"x\\" "'
    )


# -- limits --------------------------------------------------------------------------------------------


def test_requests_hold_no_more_than_is_set_and_are_even() -> None:
    with OpenAIServer() as server, opened(server, embed_batch=20, embed_concurrency=4) as embedder:
        embedder.embed(TEXTS)
        assert sorted(len(request.texts) for request in server.embeddings) == [10, *[20] * 7]
        embedder.embed(TEXTS[:64])
        assert [len(request.texts) for request in server.embeddings[8:]] == [16] * 4
        embedder.embed(TEXTS[:10])
        assert sorted(len(request.texts) for request in server.embeddings[12:]) == [2, 8]


def test_requests_run_side_by_side() -> None:
    together, most, lock = 0, 0, threading.Lock()

    def act(exchange: wire.Exchange) -> None:
        nonlocal together, most
        with lock:
            together += 1
            most = max(most, together)
        wire.embeds(pause=0.1)(exchange)
        with lock:
            together -= 1

    with OpenAIServer(vectors=act) as server, opened(server, embed_concurrency=3) as embedder:
        assert np.allclose(embedder.embed(TEXTS), EXPECTED, atol=1e-6)
    assert 1 < most <= 3


def test_a_long_text_is_cut_before_it_is_sent() -> None:
    long = "word " * 3000
    with OpenAIServer() as server, opened(server, embed_max_tokens=100) as embedder:
        embedder.embed(["short", long])
        sent = server.embeddings[0].texts
        assert sent[0] == "short"
        assert long.startswith(sent[1])
        assert count(sent[1], MODEL) == 100


def test_the_tokens_of_a_request_are_limited() -> None:
    texts = ["word " * 8000] * 64  # 8,000 tokens each, and more than 250,000 in all
    with OpenAIServer() as server, opened(server, embed_concurrency=1) as embedder:
        embedder.embed(texts)
        assert [len(request.texts) for request in server.embeddings] == [31, 31, 2]


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "batch size is invalid, it should not be larger than 10."),
        (422, "batch size 38 > maximum allowed batch size 10"),
        (413, "Payload Too Large"),
    ],
)
def test_a_request_of_too_many_texts_is_halved_and_the_size_learnt(status: int, message: str) -> None:
    behaviour = wire.takes_at_most(10, status=status, message=message)
    with OpenAIServer(vectors=behaviour) as server, opened(server, embed_concurrency=1) as embedder:
        assert np.allclose(embedder.embed(TEXTS[:64]), EXPECTED[:64], atol=1e-6)
        before = len(server.embeddings)
        assert np.allclose(embedder.embed(TEXTS[:64]), EXPECTED[:64], atol=1e-6)
        assert [len(request.texts) for request in server.embeddings[before:]] == [8] * 8


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "This model's maximum context length is 512 tokens, however you requested 900 tokens."),
        (413, "`inputs` must have less than 512 tokens. Given: 900"),
        (500, "input (900 tokens) is too large to process. increase the physical batch size"),
    ],
)
def test_one_text_that_is_too_long_is_cut_and_does_not_slow_the_others(status: int, message: str) -> None:
    texts = [*TEXTS[:20], "much " * 100, *TEXTS[20:40]]
    behaviour = wire.takes_at_most(characters=100, status=status, message=message)
    with OpenAIServer(vectors=behaviour) as server, opened(server, embed_concurrency=1) as embedder:
        vectors = embedder.embed(texts)
        assert np.allclose(np.delete(vectors, 20, axis=0), EXPECTED[:40], atol=1e-6)
        assert np.allclose(vectors[20], FakeEmbedder().embed_query("much"), atol=1e-6)
        before = len(server.embeddings)
        embedder.embed(TEXTS[:60])
        assert len(server.embeddings) == before + 1


def test_a_text_that_is_too_long_even_when_cut_is_an_error_after_few_requests() -> None:
    with OpenAIServer(vectors=wire.takes_at_most(characters=0)) as server:
        with opened(server, embed_concurrency=1) as embedder, pytest.raises(ModelRequestError) as caught:
            embedder.embed(TEXTS[:64])
        assert "found the request too long (400)" in caught.value.message
        assert "Lower ASSISTANT_EMBED_MAX_TOKENS" in caught.value.hint
        assert len(server.embeddings) == 1 + 2 * 6 + 5


# -- failures ------------------------------------------------------------------------------------------

FAILURES: dict[str, tuple[Behaviour, type[ModelError], str]] = {
    "401": (wire.unauthorized(), ModelAuthError, "refused the key (401). Check ASSISTANT_EMBED_API_KEY."),
    "403": (wire.forbidden(), ModelAuthError, f"refused access to the model '{MODEL}' (403)."),
    "404": (wire.model_not_found(), ModelNotFoundError, "(404). Set ASSISTANT_EMBED_MODEL to one it serves."),
    "404 path": (
        wire.fails(404, "Not Found"),
        ModelNotFoundError,
        "has no embeddings (404). Check ASSISTANT_EMBED_BASE_URL",
    ),
    "400": (wire.fails(400, "Bad\n\x1b[31minput"), ModelRequestError, "request (400): Bad [31minput."),
    "429 quota": (wire.out_of_quota(), ModelRateLimitError, "no quota left (429)."),
    "429": (wire.rate_limited(120), ModelRateLimitError, "(429) and asks to wait 120 seconds."),
    "page": (wire.html(), ModelReplyError, "answered with a web page. Check ASSISTANT_EMBED_BASE_URL"),
    "error body": (wire.error_body(), ModelUnavailableError, "failed: The model crashed."),
    "chat": (says("Hello"), ModelReplyError, "something other than embeddings"),
    "list": (lambda x: x.send(200, "[1, 2]"), ModelReplyError, "something other than embeddings"),
    "nothing": (lambda x: x.send(200, ""), ModelReplyError, "something other than embeddings"),
    "no JSON": (lambda x: x.send(200, '{"data": [{'), ModelReplyError, "something other than embeddings"),
    "nesting": (lambda x: x.send(200, "[" * 100_000), ModelReplyError, "something other than embeddings"),
    "rows": (wire.rows_missing(), ModelReplyError, "gave 1 vectors for 2 texts (model 'test-model')."),
    "indexes": (wire.one_index_twice(), ModelReplyError, "their indexes are wrong"),
    "NaN": (wire.vectors_of([float("nan"), 1.0]), ModelReplyError, "zero or not finite"),
    "huge": (wire.vectors_of([10**400, 1.0]), ModelReplyError, "something other than vectors"),
    "zero": (wire.vectors_of([0.0, 0.0]), ModelReplyError, "zero or not finite"),
    "base64": (wire.vectors_of("not base64"), ModelReplyError, "something other than vectors"),
    "half a float": (wire.vectors_of("AAAA"), ModelReplyError, "something other than vectors"),
    "no vectors": (wire.vectors_of([]), ModelReplyError, "something other than vectors"),
    "null": (wire.vectors_of(None), ModelReplyError, "something other than vectors"),
    "items": (
        wire.embeds(change=lambda data: [{"index": 0} for _ in data]),
        ModelReplyError,
        "other than vectors",
    ),
    "endless": (wire.endless(), ModelReplyError, "something other than embeddings"),
    "cut": (wire.drops(), ModelCutError, "ended the reply before it was done. Try again."),
}


@pytest.mark.parametrize(("behaviour", "kind", "words"), FAILURES.values(), ids=FAILURES)
def test_a_failure_is_one_clear_sentence_and_a_next_step(
    behaviour: Behaviour, kind: type[ModelError], words: str
) -> None:
    with OpenAIServer(vectors=behaviour) as server:
        error = failed(server)
        assert type(error) is kind
        assert str(error).startswith(f"The endpoint at {server.url} ")
        assert words in str(error)
        assert error.hint
        assert "\n" not in str(error)
        assert len(server.embeddings) == (3 if kind is ModelCutError else 1)


@pytest.mark.parametrize(
    "behaviour",
    [
        wire.rate_limited(0.05),
        wire.fails(500),
        wire.fails(503),
        wire.refuses_to_talk(),
        wire.drops(),
    ],
    ids=["429", "500", "503", "no response", "cut"],
)
def test_what_may_pass_is_tried_again(behaviour: Behaviour) -> None:
    with OpenAIServer() as server, opened(server, read_timeout=0.3) as embedder:
        server.enqueue_vectors(behaviour, behaviour)
        assert np.allclose(embedder.embed(TEXTS[:2]), EXPECTED[:2], atol=1e-6)
        assert len(server.embeddings) == 3


def test_a_request_that_takes_too_long_is_asked_for_in_parts() -> None:
    def act(exchange: wire.Exchange) -> None:
        wire.embeds(pause=0.1 * len(exchange.request.texts))(exchange)

    with OpenAIServer(vectors=act) as server, opened(server, read_timeout=0.4) as embedder:
        assert np.allclose(embedder.embed(TEXTS[:8]), EXPECTED[:8], atol=1e-6)
        assert [len(request.texts) for request in server.embeddings] == [8, 4, 4, 2, 2, 2, 2]
    with OpenAIServer() as server, opened(server, read_timeout=0.3) as embedder:
        server.enqueue_vectors(wire.silent())
        assert np.allclose(embedder.embed(TEXTS[:1]), EXPECTED[:1], atol=1e-6)
        assert len(server.embeddings) == 2


@pytest.mark.parametrize("behaviour", [wire.silent(), wire.trickles()], ids=["silent", "trickles"])
def test_the_deadline_holds_whatever_the_endpoint_does(behaviour: Behaviour) -> None:
    with OpenAIServer(vectors=behaviour) as server:
        started = time.monotonic()
        error = failed(server, deadline=0.5, read_timeout=30)
        assert time.monotonic() - started < 2
        assert isinstance(error, ModelTimeoutError)
        assert "did not finish in time. Raise ASSISTANT_DEADLINE, or lower" in str(error)


def test_a_server_that_is_not_there() -> None:
    with OpenAIServer() as server:
        pass
    assert str(failed(server)) == (
        f"The endpoint at {server.url} cannot be reached. "
        "Is the server running? Check ASSISTANT_EMBED_BASE_URL."
    )


def test_vectors_of_another_length_than_before_are_refused() -> None:
    with OpenAIServer() as server, opened(server) as embedder:
        embedder.embed(TEXTS[:2])
        server.dimension = 32
        with pytest.raises(ModelReplyError, match="gave vectors of 32 numbers, not of 64"):
            embedder.embed_query("x")
    with OpenAIServer(vectors=wire.embeds(dimension=64)) as server:
        error = failed(server, embed_dimensions=32)
        assert "gave vectors of 64 numbers, not of 32" in error.message
        assert "ASSISTANT_EMBED_DIMENSIONS" in error.hint


def test_one_failure_ends_the_call_at_once_and_what_has_not_begun() -> None:
    with OpenAIServer(vectors=wire.embeds(pause=0.2)) as server, opened(server, embed_batch=8) as embedder:
        server.enqueue_vectors(wire.embeds(pause=3), wire.unauthorized())
        started = time.monotonic()
        with pytest.raises(ModelAuthError):
            embedder.embed(TEXTS)
        assert time.monotonic() - started < 1
        time.sleep(0.4)
        assert len(server.embeddings) <= 5


# -- secrets -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "behaviour",
    [
        wire.unauthorized(),
        wire.fails(400, f"The key {KEY} is odd."),
        wire.fails(500, f"Traceback: headers=(Authorization: Bearer {KEY})"),
        wire.error_body(f"bad key {KEY}"),
        lambda exchange: exchange.send(200, f'{{"key": "{KEY}"'),
    ],
)
def test_no_key_in_any_word_that_we_give_back(behaviour: Behaviour, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with OpenAIServer(vectors=behaviour) as server:
        error = failed(server, max_retries=0, embed_base_url=server.url.replace("//", "//user:pa55word@"))
    told = "".join(traceback.format_exception(error)) + repr(error) + str(error.__dict__) + caplog.text
    assert error.__cause__ is None
    assert error.__context__ is None
    for secret in [KEY, *(KEY[i : i + 8] for i in range(len(KEY) - 7)), "pa55word"]:
        assert secret not in told


def test_no_key_in_the_repr() -> None:
    with OpenAIServer() as server, opened(server) as embedder:
        assert repr(embedder) == f"<OpenAIEmbedder '{MODEL}' at the endpoint at {server.url}>"
        assert KEY not in repr(vars(embedder))


def test_a_key_goes_to_its_own_host_only() -> None:
    with OpenAIServer() as server:
        shared = Settings.load(embed_model=MODEL, base_url=server.url, api_key=SecretStr(KEY))
        with OpenAIEmbedder(shared) as embedder:
            embedder.embed_query("x")
        assert server.embeddings[0].headers["authorization"] == f"Bearer {KEY}"
        other = Settings.load(embed_model=MODEL, embed_base_url=server.url, api_key=SecretStr(KEY))
        with OpenAIEmbedder(other) as embedder:
            embedder.embed_query("x")
        assert server.embeddings[1].headers["authorization"] == "Bearer none"


def test_settings_that_cannot_be_used_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="ASSISTANT_EMBED_API_KEY holds characters that no key has"):
        OpenAIEmbedder(Settings.load(embed_model="m", embed_api_key=SecretStr("sk-ä")))
    monkeypatch.setenv("ASSISTANT_EMBED_BASE_URL", "localhost:8000")
    with pytest.raises(SettingsError, match="ASSISTANT_EMBED_BASE_URL is not an http"):
        Settings.load()


def test_the_module_is_light() -> None:
    code = (
        "import sys, assistant.models.openai_embedder\n"
        "sys.exit(bool({'openai', 'tiktoken', 'llama_index', 'httpx2', 'onnxruntime'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# -- an index with it ----------------------------------------------------------------------------------


def papers(number: int) -> list[Paper]:
    return [Paper(f"p{n}", f"On subject{n}", f"We study property{n}.") for n in range(number)]


def test_an_import_that_fails_keeps_its_first_batches_and_goes_on_from_there(tmp_path: Path) -> None:
    with OpenAIServer() as server:
        given = settings(server, embed_concurrency=1, index=tmp_path / "index")
        # The first request finds the dimension; the import commits 16 papers first, then 64, then more.
        server.enqueue_vectors(*[wire.embeds()] * 3, *[wire.fails(500, "Out of memory.")] * 3)
        with Assistant.open(settings=given) as assistant, pytest.raises(ModelUnavailableError) as caught:
            assistant.add(papers(300))
        assert str(caught.value) == (
            f"The endpoint at {server.url} failed (500): Out of memory. Try again later."
        )
        with Assistant.open(settings=given) as assistant:
            assert assistant.status().papers == 80
            before = len(server.embeddings)
            report = assistant.add(papers(300))
            assert (report.added, report.unchanged) == (220, 80)
            asked = [text for request in server.embeddings[before:] for text in request.texts]
            assert asked == [paper.text for paper in papers(300)[80:]]
            assert assistant.search("subject7", 1)[0].id == "p7"


def test_an_index_that_cannot_be_begun_leaves_nothing_behind(tmp_path: Path) -> None:
    with OpenAIServer(vectors=wire.unauthorized()) as server:
        given = settings(server, index=tmp_path / "index")
        with Assistant.open(settings=given) as assistant, pytest.raises(ModelAuthError):
            assistant.add(papers(3))
        assert not (tmp_path / "index").exists()


@pytest.fixture
def made(tmp_path: Path, openai_server: OpenAIServer) -> dict[str, str]:
    """The environment of an index that was made with an endpoint's embedder."""
    given = settings(openai_server, index=tmp_path / "index", embed_api_key=None)
    with Assistant.open(settings=given) as assistant:
        assistant.add(papers(40))
    openai_server.requests.clear()
    return {
        "ASSISTANT_INDEX": str(tmp_path / "index"),
        "ASSISTANT_EMBED_MODEL": MODEL,
        "ASSISTANT_EMBED_BASE_URL": openai_server.url,
        "ASSISTANT_MAX_RETRY_WAIT": "0.05",
    }


def test_the_status_of_an_index_asks_nobody(made: dict[str, str], openai_server: OpenAIServer) -> None:
    shown = CliRunner().invoke(app, ["status", "--json"], env=made)
    assert shown.exit_code == 0
    status = json.loads(shown.stdout)
    assert (status["embedder"], status["dimension"], status["sound"]) == (f"endpoint:{MODEL}", 64, True)
    assert openai_server.requests == []


def test_an_index_is_open_to_the_same_model_on_another_host(made: dict[str, str]) -> None:
    with OpenAIServer() as other:
        env = made | {"ASSISTANT_EMBED_BASE_URL": other.url}
        found = CliRunner().invoke(app, ["search", "property7", "-k", "1"], env=env)
        assert "On subject7" in found.stdout
        assert other.embeddings


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"ASSISTANT_EMBED_MODEL": "other"}, "not endpoint:other"),
        ({"ASSISTANT_EMBED_TEXT_PREFIX": "text: "}, 'text="text: "'),
        ({"ASSISTANT_EMBED_MODEL": ""}, "not all-MiniLM-L6-v2"),
    ],
)
def test_another_embedder_is_named_with_the_way_out(
    made: dict[str, str], changed: dict[str, str], words: str
) -> None:
    result = CliRunner().invoke(app, ["search", "x"], env=made | changed)
    assert result.exit_code == 1
    for said in (f"endpoint:{MODEL} (64 dimensions)", words, "`paper-assistant rebuild --index "):
        assert said in result.stderr


def test_a_model_that_was_replaced_under_its_name_is_found_by_its_vectors(
    made: dict[str, str], openai_server: OpenAIServer
) -> None:
    openai_server.dimension = 32
    result = CliRunner().invoke(app, ["search", "x"], env=made)
    assert result.exit_code == 1
    assert "(64 dimensions), which now gives vectors of 32." in result.stderr
    with Assistant.open(settings=settings(openai_server, index=Path(made["ASSISTANT_INDEX"]))) as assistant:
        with pytest.raises(IndexMismatchError, match="rebuild"):
            assistant.add([Paper("new", "A new paper")])
        assert assistant.status().papers == 40


@pytest.mark.parametrize("command", ["ask", "search"])
def test_an_endpoint_that_is_down_is_one_clear_sentence(
    made: dict[str, str], openai_server: OpenAIServer, command: str
) -> None:
    openai_server.vectors = wire.fails(503, "Overloaded.")
    result = CliRunner().invoke(app, [command, "What of property7?"], env=made)
    assert result.exit_code == 1
    assert result.stderr == (
        f"Error: The endpoint at {openai_server.url} failed (503): Overloaded. Try again later.\n"
    )


def test_an_answer_survives_an_embedder_that_fails_after_it(
    made: dict[str, str], openai_server: OpenAIServer
) -> None:
    def reply(_: wire.Request) -> str:
        openai_server.vectors = wire.unauthorized()
        return "It has property7 [P1]."

    openai_server.reply = reply
    env = made | {"OPENAI_BASE_URL": openai_server.url, "ASSISTANT_MODEL": MODEL}
    result = CliRunner().invoke(app, ["ask", "What has property7?", "--json"], env=env)
    answer = json.loads(result.stdout)
    assert answer["text"].startswith("It has property7 [1].")
    assert "could not be checked. The endpoint at" in answer["notices"][0]


def test_the_cosine_below_which_questions_are_refused_can_be_set(made: dict[str, str]) -> None:
    command = ["ask", "What is subject7?", "--json"]
    asked = json.loads(CliRunner().invoke(app, command, env=made).stdout)
    assert asked["status"] == "answered"
    env = made | {"ASSISTANT_EMBED_UNRELATED_BELOW": "0.9"}
    asked = json.loads(CliRunner().invoke(app, command, env=env).stdout)
    assert asked["status"] == "refused"


def test_doctor_says_which_embedder_answers(made: dict[str, str], openai_server: OpenAIServer) -> None:
    def embedder_check() -> tuple[str, str, str]:
        given = settings(openai_server, index=Path(made["ASSISTANT_INDEX"]))
        with Assistant.open(settings=given) as assistant:
            [check] = [check for check in examine(assistant) if check.name == "embedder"]
            return check.verdict, check.message, check.hint

    place = f"The endpoint at {openai_server.url}"
    answers = f"{place} answers as the embedding model '{MODEL}', 64 dimensions."
    assert embedder_check() == ("ok", answers, "")
    openai_server.vectors = wire.fails(500, "No.")
    before = len(openai_server.embeddings)
    assert embedder_check() == ("fail", f"{place} failed (500): No.", "Try again later.")
    assert len(openai_server.embeddings) == before + 1
