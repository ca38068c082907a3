"""How an answer came about: traces, files of them, and what llama-index's listeners are told."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant import Assistant, Citation, Done, Token, Usage
from assistant.cli import app
from assistant.saved import SavedAnswer, opened, save

from .openai_server import MODEL, OpenAIServer, says, unauthorized
from .test_answers import KEY, QUESTION, with_model

TALK = "It holds [P2.S1]. So does that [P1.S2]."


def test_a_trace_tells_what_was_considered_and_what_was_asked(
    sample: Assistant, openai_server: OpenAIServer
) -> None:
    openai_server.enqueue(says(TALK))
    with with_model(sample, openai_server) as assistant:
        answer = assistant.ask(QUESTION, trace=True)
    assert answer.trace is not None
    candidates = answer.trace.candidates
    assert [row.rank for row in candidates[: len(answer.sources)]] == list(range(1, len(answer.sources) + 1))
    assert {row.vector_rank for row in candidates} >= set(range(1, 51))
    assert {row.word_rank for row in candidates} >= set(range(1, 51))
    by_vector = sorted((row for row in candidates if row.vector_rank), key=lambda row: row.vector_rank or 0)
    scores = [row.vector_score or 0.0 for row in by_vector]
    assert scores == sorted(scores, reverse=True)
    [call] = answer.trace.calls
    assert [message["content"] for message in openai_server.chats[0].body["messages"]] == [
        content for _, content in call.messages
    ]
    assert call.reply == TALK
    assert {"search", "compose", "total"} <= set(answer.timings)


def test_there_is_no_trace_unless_asked_for(sample: Assistant) -> None:
    assert sample.ask(QUESTION).trace is None
    trace = sample.ask(QUESTION, trace=True).trace
    assert trace is not None
    assert trace.candidates
    assert not trace.calls


def test_citations_are_told_when_they_first_stand_in_the_text(
    sample: Assistant, openai_server: OpenAIServer
) -> None:
    openai_server.enqueue(says("It holds [P2.S1].", " So does that [P1.S2].", " And [P2.S2]."))
    with with_model(sample, openai_server) as assistant:
        events = list(assistant.stream(QUESTION))
    assert isinstance(events[-1], Done)
    answer = events[-1].answer
    told = [event for event in events if isinstance(event, Citation)]
    assert [(each.number, each.id) for each in told] == [(each.number, each.id) for each in answer.citations]
    assert [len(each.sentences) for each in told] == [1, 1]
    for citation in told:
        text = "".join(e.text for e in events[: events.index(citation)] if isinstance(e, Token))
        assert f"[{citation.number}]" in text
        assert f"[{citation.number + 1}]" not in text
    assert events[-2] == answer.usage
    assert isinstance(events[-2], Usage)


# -- files ---------------------------------------------------------------------------------------------


@pytest.fixture
def index(sample_index: Path, tmp_path: Path) -> Path:
    shutil.copytree(sample_index, tmp_path / "index")
    return tmp_path / "index"


def run(*arguments: object, env: dict[str, str] | None = None) -> Any:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env=env)


def test_a_traced_answer_is_shown_again_without_anything(
    index: Path, openai_server: OpenAIServer, tmp_path: Path
) -> None:
    openai_server.enqueue(says(TALK))
    file = tmp_path / "trace.json"
    env = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": openai_server.url, "ASSISTANT_MODEL": MODEL}
    asked = run("ask", QUESTION, "--index", index, "--trace", file, env=env)
    assert asked.exit_code == 0, asked.stderr
    shutil.rmtree(index)
    assert run("replay", file).stdout == asked.stdout
    assert len(openai_server.chats) == 1
    shown = json.loads(run("replay", file, "--json").stdout)
    assert shown["question"] == QUESTION
    saved = opened(file)
    assert isinstance(saved, SavedAnswer)
    assert saved.answer.trace is not None
    assert saved.answer.trace.calls[0].model == MODEL


def test_no_key_is_in_a_trace(sample: Assistant, openai_server: OpenAIServer, tmp_path: Path) -> None:
    for place, reply in enumerate((says(TALK), unauthorized())):
        openai_server.enqueue(reply)
        url = openai_server.url.replace("http://", "http://user:secret-word@")
        with with_model(sample, openai_server, base_url=url) as assistant:
            save(SavedAnswer(assistant.ask(QUESTION, trace=True)), tmp_path / f"{place}.json")
        text = (tmp_path / f"{place}.json").read_text("utf-8")
        assert KEY not in text
        assert "secret-word" not in text


def test_a_saved_conversation_is_replayed_too(sample: Assistant, tmp_path: Path) -> None:
    chat = sample.chat()
    chat.ask(QUESTION)
    chat.ask("Why?")
    chat.save(tmp_path / "chat.json")
    shown = run("replay", tmp_path / "chat.json").stdout
    assert f"> {QUESTION}" in shown
    assert "> Why?" in shown
    assert len(json.loads(run("replay", tmp_path / "chat.json", "--json").stdout)["turns"]) == 2


def test_a_file_of_something_else_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}", "utf-8")
    result = run("replay", tmp_path / "x.json")
    assert result.exit_code == 2
    assert "x.json cannot be read at kind" in result.stderr
    assert run("replay", tmp_path / "nothing.json").exit_code == 2


def test_the_command_line_turns_filters_in_words_off(index: Path) -> None:
    result = run(
        "ask", "What causes over-squashing since 2022?", "--index", index, "--no-filter-words", "--json"
    )
    shown = json.loads(result.stdout)
    assert shown["searched"] == "What causes over-squashing since 2022?"
    assert shown["filters"]["found"] == []
    assert not shown["notices"]


# -- llama-index's listeners ---------------------------------------------------------------------------


@pytest.fixture
def heard() -> Iterator[list[Any]]:
    from llama_index.core.base.base_retriever import BaseRetriever  # noqa: F401 - somebody uses it
    from llama_index.core.instrumentation.event_handlers import BaseEventHandler
    from llama_index.core.instrumentation.span_handlers import SimpleSpanHandler
    from llama_index_instrumentation import get_dispatcher

    events: list[Any] = []

    class Listener(BaseEventHandler):
        def handle(self, event: Any, **_: Any) -> None:
            events.append(event)

    root = get_dispatcher()
    before = root.event_handlers, root.span_handlers
    spans = SimpleSpanHandler()
    root.event_handlers, root.span_handlers = [Listener()], [spans]
    yield events
    events.append(spans)
    root.event_handlers, root.span_handlers = before


def test_llama_index_hears_of_retrieval_and_model(
    sample: Assistant, openai_server: OpenAIServer, heard: list[Any]
) -> None:
    from llama_index_instrumentation import get_dispatcher

    openai_server.enqueue(says(TALK, usage=(700, 30)))
    with with_model(sample, openai_server) as assistant:
        answer = assistant.ask(QUESTION)
    names = [event.class_name() for event in heard]
    assert names == ["RetrievalStartEvent", "RetrievalEndEvent", "LLMChatStartEvent", "LLMChatEndEvent"]
    assert [node.node.node_id for node in heard[1].nodes] == [hit.id for hit in answer.sources]
    assert heard[2].model_dict["model"] == MODEL
    assert heard[3].response.message.content == TALK
    assert heard[3].response.raw["usage"]["prompt_tokens"] == 700
    assert KEY not in "".join(repr(event) for event in heard)
    [handler] = get_dispatcher().span_handlers
    spans: Any = handler
    by_id = {span.id_: span for span in spans.completed_spans}
    assert not spans.open_spans
    assert {event.span_id for event in heard} < set(by_id)
    assert {name.rpartition("-")[0].split("-")[0] for name in by_id} == {
        "Assistant.ask",
        "PaperRetriever.retrieve",
        "OpenAIChat.stream",
    }


def test_llama_index_hears_of_failures(
    sample: Assistant, openai_server: OpenAIServer, heard: list[Any]
) -> None:
    openai_server.enqueue(unauthorized())
    with with_model(sample, openai_server) as assistant:
        assistant.ask(QUESTION)
    assert "ExceptionEvent" in [event.class_name() for event in heard]


def test_nobody_listens_where_llama_index_was_not_imported(sample_index: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_index, tmp_path / "index")
    code = (
        "import sys; from assistant import Assistant\n"
        f"with Assistant.open({str(tmp_path / 'index')!r}) as a: a.chat().ask('What is MACE?')\n"
        "assert not any(name.startswith('llama_index.core') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
