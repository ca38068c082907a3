"""Both worlds meet: our models inside llama-index's components, and its models inside our ports."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator, Sequence
from typing import Any

import numpy as np
import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseGen,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.embeddings.mock_embed_model import MockEmbedding
from llama_index.core.llms.custom import CustomLLM
from llama_index.core.llms.mock import MockLLM
from llama_index.core.prompts import PromptTemplate
from llama_index.core.response_synthesizers import ResponseMode, get_response_synthesizer
from llama_index.core.schema import NodeWithScore, TextNode

from assistant.errors import (
    ModelAuthError,
    ModelCutError,
    ModelError,
    ModelReplyError,
    ModelTimeoutError,
    ModelUnavailableError,
)
from assistant.models.chat import OpenAIChat
from assistant.models.fake_chat import FakeChat
from assistant.models.llamaindex import MiniLMEmbedding, OpenAICompatible, chat_from, embedder_from
from assistant.models.ports import EndOfReply, Message, Vectors
from assistant.models.tokens import count_messages
from assistant.settings import Settings

from .openai_server import MODEL, OpenAIServer, stalls

QUESTION = [Message("system", "Be brief."), Message("user", "Why?")]


class Axes:
    """An embedder that puts each text on the axis of its length."""

    fingerprint = "axes"
    dimension = 5
    unrelated_below = None

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.eye(self.dimension, dtype=np.float32)[[len(text) % self.dimension for text in texts]]

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self.embed([text])[0]
        return vector


# -- ours as theirs -----------------------------------------------------------------------------------


def test_our_embedder_is_a_llama_index_embedding() -> None:
    model = MiniLMEmbedding(Axes())
    assert model.model_name == "axes"
    assert model.get_text_embedding_batch(["a", "ab"]) == [[0, 1, 0, 0, 0], [0, 0, 1, 0, 0]]
    assert model.get_query_embedding("abc") == [0, 0, 0, 1, 0]
    assert all(type(x) is float for x in model.get_text_embedding("a"))

    async def both() -> tuple[list[list[float]], list[float]]:
        return await model.aget_text_embedding_batch(["a"]), await model.aget_query_embedding("a")

    assert asyncio.run(both()) == ([[0, 1, 0, 0, 0]], [0, 1, 0, 0, 0])


def test_our_chat_is_a_llama_index_model() -> None:
    chat = FakeChat("It does hold.", name="small")
    llm = OpenAICompatible(chat, max_tokens=99)
    reply = llm.chat([ChatMessage(role=MessageRole.DEVELOPER, content="s"), ChatMessage(content="q")])
    assert reply.message.content == "It does hold."
    assert reply.additional_kwargs["completion_tokens"] == 4
    assert reply.additional_kwargs["finish_reason"] == "stop"
    assert llm.complete("q").text == "It does hold."
    assert [r.delta for r in llm.stream_chat([ChatMessage(content="q")])] == ["It", " does", " hold.", ""]
    assert [r.text for r in llm.stream_complete("q", max_tokens=7)][-1] == "It does hold."
    assert [call.max_tokens for call in chat.calls] == [99, 99, 99, 7]
    assert chat.calls[0].messages == (Message("system", "s"), Message("user", "q"))
    assert chat.calls[1].messages == (Message("user", "q"),)
    assert llm.metadata.model_name == "small"
    assert llm.metadata.is_chat_model
    assert (
        OpenAICompatible(FakeChat("x", cut=True)).complete("q").additional_kwargs["finish_reason"] == "length"
    )


def test_our_chat_without_blocking_the_loop() -> None:
    llm = OpenAICompatible(FakeChat("It does hold."))

    async def all_four() -> list[str]:
        messages = [ChatMessage(content="q")]
        return [
            str((await llm.achat(messages)).message.content),
            (await llm.acomplete("q")).text,
            "".join([r.delta or "" async for r in await llm.astream_chat(messages)]),
            "".join([r.delta or "" async for r in await llm.astream_complete("q")]),
        ]

    assert asyncio.run(all_four()) == ["It does hold."] * 4


def test_a_cancelled_stream_closes_the_connection() -> None:
    async def leave(llm: OpenAICompatible) -> None:
        async for _ in await llm.astream_chat([ChatMessage(content="q")]):
            pass

    async def run(llm: OpenAICompatible) -> None:
        task = asyncio.create_task(leave(llm))
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with OpenAIServer(stalls("It ")) as server:
        settings = Settings.load(base_url=server.url, model=MODEL, read_timeout=0.8, max_retries=0)
        with OpenAIChat(settings) as chat:
            asyncio.run(run(OpenAICompatible(chat)))
            assert server.chats[0].disconnected.wait(2)


def test_leaving_a_stream_of_theirs_closes_ours() -> None:
    chat = FakeChat("It does hold.")
    stream = OpenAICompatible(chat).stream_chat([ChatMessage(content="q")])
    next(stream)
    stream.close()
    assert chat.closed == 1


def test_our_errors_come_out_of_theirs() -> None:
    llm = OpenAICompatible(FakeChat(["It ", ModelCutError("Gone.")]))
    with pytest.raises(ModelCutError):
        llm.complete("q")


@pytest.mark.parametrize("mode", [ResponseMode.COMPACT, ResponseMode.REFINE, ResponseMode.TREE_SUMMARIZE])
def test_our_chat_inside_a_response_synthesizer(mode: ResponseMode) -> None:
    with OpenAIServer(reply="It holds [1].") as server:
        settings = Settings.load(base_url=server.url, model=MODEL)
        with OpenAIChat(settings) as chat:
            synthesizer = get_response_synthesizer(
                llm=OpenAICompatible(chat, context_window=4096),
                response_mode=mode,
                text_qa_template=PromptTemplate("Sources: {context_str}\nQ: {query_str}"),
                use_async=False,
            )
            nodes = [NodeWithScore(node=TextNode(text="Message passing holds."), score=0.9)]
            assert str(synthesizer.synthesize("Does it hold?", nodes=nodes)) == "It holds [1]."
        assert "Message passing holds." in str(server.chats[0].body["messages"])


# -- theirs as ours: chat -----------------------------------------------------------------------------


class Scripted(CustomLLM):
    """A llama-index model that streams chat from a script of responses or exceptions."""

    script: list[Any] = []  # noqa: RUF012 - a pydantic field
    model_name: str = "scripted"
    is_chat_model: bool = True
    api_key: str = "sk-scripted-1234567890"
    asked: list[Any] = []  # noqa: RUF012

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name=self.model_name, is_chat_model=self.is_chat_model)

    def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:
        raise NotImplementedError

    def stream_complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponseGen:  # noqa: ARG002
        self.asked.append(prompt)
        return self._play()

    def stream_chat(self, messages: Sequence[ChatMessage], **_: Any) -> ChatResponseGen:
        self.asked.append(list(messages))
        return self._play()

    def _play(self) -> Generator[Any]:
        try:
            for step in self.script:
                if isinstance(step, BaseException):
                    raise step
                yield step
        finally:
            self.asked.append("closed")


def said(delta: str | None, whole: str = "", **more: Any) -> ChatResponse:
    return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=whole), delta=delta, **more)


def play(*script: Any, max_tokens: int = 100, **more: Any) -> list[Any]:
    return list(chat_from(Scripted(script=list(script), **more)).stream(QUESTION, max_tokens=max_tokens))


def test_a_mock_of_theirs_answers_us() -> None:
    chat = chat_from(MockLLM(max_tokens=3))
    assert chat.name == "MockLLM"
    *pieces, end = chat.stream(QUESTION, max_tokens=50)
    assert pieces == ["text ", "text ", "text"]
    assert end == EndOfReply(count_messages(QUESTION), 3, calls=1)


def test_the_messages_arrive() -> None:
    llm = Scripted(script=[said("Yes")])
    list(chat_from(llm).stream(QUESTION, max_tokens=9))
    assert [(m.role.value, m.content) for m in llm.asked[0]] == [("system", "Be brief."), ("user", "Why?")]


def test_a_completion_model_gets_a_prompt() -> None:
    llm = Scripted(script=[CompletionResponse(text="Yes", delta="Yes")], is_chat_model=False)
    assert next(chat_from(llm).stream(QUESTION, max_tokens=9)) == "Yes"
    assert "Why?" in llm.asked[0]


def test_a_model_that_tells_the_whole_text_each_time() -> None:
    *pieces, _ = play(said(None, "It"), said(None, "It does"), said(None, "It does"), said(None, ""))
    assert pieces == ["It", " does"]


def test_reasoning_stays_out() -> None:
    *pieces, _ = play(said("<think>hm"), said("</think> It"), said(" does"))
    assert pieces == ["It", " does"]


@pytest.mark.parametrize(
    "report",
    [
        {"additional_kwargs": {"prompt_tokens": 31, "completion_tokens": 5}},
        {"raw": {"usage": {"prompt_tokens": 31, "completion_tokens": 5}}},
        {"raw": {"usage": {"input_tokens": 31, "output_tokens": 5}}},
        {"raw": {"prompt_eval_count": 31, "eval_count": 5}},
        {"raw": type("Raw", (), {"usage": type("Usage", (), {"input_tokens": 31, "output_tokens": 5})})()},
    ],
)
def test_usage_is_found_where_vendors_put_it(report: dict[str, Any]) -> None:
    assert play(said("It does"), said("", **report), said(""))[-1] == EndOfReply(31, 5, calls=1)


def test_a_reply_is_cut_at_our_limit_and_theirs_is_closed() -> None:
    llm = Scripted(script=[said(f" word{n}") for n in range(500)])
    *pieces, end = chat_from(llm).stream(QUESTION, max_tokens=20)
    assert isinstance(end, EndOfReply)
    assert end.cut
    assert 5 < len(pieces) < 60
    assert llm.asked[-1] == "closed"


def test_leaving_closes_theirs() -> None:
    llm = Scripted(script=[said("It"), said(" does")])
    stream = chat_from(llm).stream(QUESTION, max_tokens=20)
    next(stream)
    stream.close()
    assert llm.asked[-1] == "closed"


class RateLimitError(Exception):
    """As vendors' clients call it."""

    status_code = 429


class AuthenticationError(Exception):
    """As vendors' clients call it."""

    status_code = 401


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (AuthenticationError("bad key sk-scripted-1234567890"), ModelAuthError),
        (RateLimitError("slow down"), ModelError),
        (TimeoutError(), ModelTimeoutError),
        (ConnectionRefusedError("no"), ModelUnavailableError),
        (ValueError("Unknown model, key sk-scripted-1234567890"), ModelError),
        (ModelCutError("Gone."), ModelCutError),
    ],
)
def test_whatever_theirs_raises_is_a_model_error(error: Exception, kind: type[ModelError]) -> None:
    came: list[object] = []
    chat = chat_from(Scripted(script=[said("It "), error]))
    with pytest.raises(kind) as caught:
        came.extend(chat.stream(QUESTION, max_tokens=9))
    assert came == ["It "]
    assert caught.value.__context__ is None
    assert "1234567890" not in str(caught.value)
    if not isinstance(error, ModelCutError):
        assert str(caught.value).startswith("The language model Scripted 'scripted' ")
        assert "OPENAI" not in str(caught.value)


@pytest.mark.parametrize("script", [[], [said("")], [said(" \n")], [said("<think>hm")]])
def test_no_text_is_no_reply(script: list[Any]) -> None:
    with pytest.raises(ModelReplyError, match="gave an empty reply"):
        play(*script)


# -- theirs as ours: vectors --------------------------------------------------------------------------


class Given(BaseEmbedding):
    """A llama-index embedding model that gives what it was given."""

    vectors: Any = None
    batches: list[int] = []  # noqa: RUF012

    def _get_text_embeddings(self, texts: list[str]) -> Any:
        self.batches.append(len(texts))
        if isinstance(self.vectors, Exception):
            raise self.vectors
        return [[float(len(text)), 1.0] for text in texts] if self.vectors is None else self.vectors

    def _get_text_embedding(self, text: str) -> Any:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> Any:  # noqa: ARG002
        return [3.0, 4.0]

    async def _aget_query_embedding(self, query: str) -> Any:
        return self._get_query_embedding(query)


def test_a_mock_embedding_of_theirs_serves_us() -> None:
    embedder = embedder_from(MockEmbedding(embed_dim=4))
    assert embedder.dimension == 4
    assert embedder.fingerprint == "MockEmbedding:unknown:4"
    assert embedder.unrelated_below is None
    assert embedder.embed(["a", "b"]).tolist() == [[0.5] * 4] * 2
    assert embedder.embed([]).shape == (0, 4)


def test_vectors_become_unit_vectors_in_batches() -> None:
    model = Given(model_name="given", embed_batch_size=2)
    embedder = embedder_from(model)
    vectors = embedder.embed(["", "a", "ab", "abc", "abcd"])
    assert vectors.dtype == np.float32
    assert vectors.shape == (5, 2)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert model.batches == [2, 2, 1]
    assert np.allclose(embedder.embed_query("q"), [0.6, 0.8])
    assert embedder.embed_query("q").shape == (2,)


@pytest.mark.parametrize(
    ("vectors", "words"),
    [
        ([[1.0, 2.0]], "gave 1 vectors for 2 texts"),
        ([[1.0, 2.0]] * 3, "gave 3 vectors for 2 texts"),
        ([[1.0, 2.0], [float("nan"), 1.0]], "zero or not finite"),
        ([[1.0, 2.0], [float("inf"), 1.0]], "zero or not finite"),
        ([[1.0, 2.0], [0.0, 0.0]], "zero or not finite"),
        ([[1.0, 2.0], [1.0]], "something other than vectors of one length"),
        ([[], []], "something other than vectors"),
        ([[1.0, 2.0, 3.0]] * 2, "vectors of 3 numbers, not of 2"),
    ],
)
def test_vectors_of_no_use_are_refused(vectors: Any, words: str) -> None:
    with pytest.raises(ModelReplyError, match=words):
        embedder_from(Given(vectors=vectors)).embed(["a", "b"])


def test_an_embedding_model_that_fails() -> None:
    model = Given(vectors=ConnectionError("http://u:p4ssw0rd@host"), model_name="given")
    with pytest.raises(ModelUnavailableError, match="The embedding model Given 'given' cannot be reached"):
        embedder_from(model).embed(["a"])


def test_adapters_are_safe_on_many_threads() -> None:
    embedder, seen = embedder_from(Given()), set()

    def work(n: int) -> None:
        seen.add((n, tuple(embedder.embed(["x" * n])[0].round(3).tolist())))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({vector for _, vector in seen}) == 8
