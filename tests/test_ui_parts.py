"""The page's parts without a page: streaming, preparation, conversation, failures, ports."""

from __future__ import annotations

import asyncio
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import aclosing, nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from pydantic import SecretStr

from assistant import Assistant
from assistant.errors import AssistantError, IndexLockedError, IndexWriteError, SettingsError
from assistant.events import Done, Sources, Status, Token
from assistant.settings import Settings
from assistant.types import Answer, Citation, Hit, ImportReport, IndexStatus, Paper, Progress
from assistant.ui import serve
from assistant.ui.conversation import Conversation, Turn
from assistant.ui.failures import explain
from assistant.ui.preparation import MARKER, Preparation, Snapshot
from assistant.ui.server import DEFAULT_PORT, PORTS_TRIED, address, listen
from assistant.ui.streaming import Batches
from assistant.ui.talk import MAX_QUESTION_SHOWN

if TYPE_CHECKING:
    from assistant.ui.sessions import Session

PAPERS = tuple(Paper(f"p{number}", f"Paper {number}", "One. Two.") for number in range(1, 4))


class FakeAssistant:
    """The part of the facade that a preparation uses, with what it shall do."""

    def __init__(self, path: Path, *, indexed: bool = False, fails: Exception | None = None) -> None:
        self.path = path
        self.settings = Settings.load()
        self.has_index = indexed
        self.fails = fails
        self.problem: str | None = None
        self.added: list[object] = []
        self.gate = threading.Event()

    def add(self, source: object, *, progress: Callable[[Progress], None]) -> ImportReport:
        self.added.append(source)
        for done in (0, 1, 2):
            progress(Progress(done, 2))
            if done == 1:
                assert self.gate.wait(10)
        if self.fails:
            raise self.fails
        self.has_index = True
        return ImportReport(added=2)

    def status(self) -> IndexStatus:
        if self.fails:
            raise self.fails
        return IndexStatus(str(self.path), 2, 4, "m", 384, 1, self.problem is None, self.problem)


def prepared(fake: FakeAssistant, errors: list[AssistantError]) -> Preparation:
    return Preparation(cast("Assistant", fake), errors.append)


def no_errors() -> list[AssistantError]:
    return []


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)


# -- preparation -------------------------------------------------------------------------------------


def test_the_first_start_reads_the_sample_collection(tmp_path: Path) -> None:
    fake = FakeAssistant(tmp_path / "index")
    preparation = prepared(fake, [])
    assert preparation.snapshot().phase == "indexing"
    preparation.start()
    wait_until(lambda: preparation.snapshot().done == 1)
    assert preparation.under_way
    assert preparation.snapshot().total == 2
    assert preparation.snapshot().rate > 0
    assert (fake.path / MARKER).exists()
    fake.gate.set()
    wait_until(lambda: not preparation.under_way)
    assert preparation.snapshot().phase == "ready"
    assert preparation.snapshot().papers == 2
    assert [Path(str(source)).name for source in fake.added] == ["trending-papers.txt"]
    assert not (fake.path / MARKER).exists()


def test_an_index_is_opened_and_nothing_added(tmp_path: Path) -> None:
    fake = FakeAssistant(tmp_path, indexed=True)
    preparation = prepared(fake, [])
    assert preparation.snapshot().phase == "opening"
    preparation.start()
    wait_until(lambda: preparation.snapshot().phase == "ready")
    assert fake.added == []


def test_a_first_import_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    fake = FakeAssistant(tmp_path / "index")
    preparation = prepared(fake, errors := no_errors())
    preparation.start()
    wait_until(lambda: preparation.snapshot().done == 1)
    threading.Timer(0.1, fake.gate.set).start()
    preparation.stop()
    assert preparation.snapshot().phase == "failed"
    assert preparation.snapshot().problem == "Reading the sample collection was stopped."
    assert not errors
    fake.has_index = True  # what was committed stays
    again = prepared(fake, [])
    again.start()
    wait_until(lambda: again.snapshot().phase == "ready")
    assert len(fake.added) == 2


@pytest.mark.parametrize(
    ("indexed", "error", "problem", "fatal"),
    [
        (False, IndexWriteError("The disk is full.", "Free some."), "The disk is full. Free some.", False),
        (False, IndexLockedError("Process 7 owns it.", "Stop it."), "Process 7 owns it. Stop it.", True),
        (True, IndexLockedError("Process 7 owns it.", "Stop it."), "Process 7 owns it. Stop it.", True),
        (True, ValueError("internal"), "The collection could not be made ready.", False),
    ],
)
def test_a_failure_is_one_sentence(
    tmp_path: Path, indexed: bool, error: Exception, problem: str, fatal: bool
) -> None:
    fake = FakeAssistant(tmp_path, indexed=indexed, fails=error)
    fake.gate.set()
    preparation = prepared(fake, errors := no_errors())
    preparation.start()
    wait_until(lambda: not preparation.under_way)
    wait_until(lambda: bool(errors) == fatal)
    assert preparation.snapshot().phase == "failed"
    assert preparation.snapshot().problem.startswith(problem)
    assert "internal" not in preparation.snapshot().problem


def test_an_unsound_index_is_fatal(tmp_path: Path) -> None:
    fake = FakeAssistant(tmp_path, indexed=True)
    fake.problem = "The index is damaged. Make it again."
    preparation = prepared(fake, errors := no_errors())
    preparation.start()
    wait_until(lambda: bool(errors))
    assert str(errors[0]) == fake.problem


# -- streaming ---------------------------------------------------------------------------------------


class Source:
    """A blocking stream that notes how it ended."""

    def __init__(self, *items: object) -> None:
        self.items = items
        self.gate = threading.Event()
        self.ended = threading.Event()

    def open(self) -> Generator[Any]:
        try:
            for item in self.items:
                if item == "wait":
                    assert self.gate.wait(10)
                elif isinstance(item, Exception):
                    raise item
                else:
                    yield item
        finally:
            self.ended.set()


async def collect(source: Source) -> list[Any]:
    return [item async for batch in Batches(source.open).read() for item in batch]


def test_everything_arrives_in_order_in_few_batches() -> None:
    source = Source(*range(500))

    async def batches() -> list[list[Any]]:
        return [batch async for batch in Batches(source.open).read()]

    read = asyncio.run(batches())
    assert [item for batch in read for item in batch] == list(range(500))
    assert len(read) < 50


def test_the_streams_error_comes_after_what_it_gave() -> None:
    with pytest.raises(IndexWriteError):
        asyncio.run(collect(Source(1, IndexWriteError("full"))))


def test_stopping_is_at_once_while_the_stream_is_silent() -> None:
    source = Source(1, "wait", 2, 3)

    async def stop_early() -> tuple[list[Any], float]:
        batches = Batches(source.open)
        got = []
        async for batch in batches.read():
            got += batch
            asyncio.get_running_loop().call_later(0.05, batches.stop)
            started = time.monotonic()
        return got, time.monotonic() - started

    got, seconds = asyncio.run(stop_early())
    assert got == [1]
    assert seconds < 1
    assert not source.ended.is_set()
    source.gate.set()  # the silence ends, and so does the stream
    assert source.ended.wait(10)


def test_a_reader_that_goes_away_ends_the_stream() -> None:
    source = Source(1, "wait", 2, 3)

    async def leave() -> None:
        async with aclosing(Batches(source.open).read()) as batches:
            async for _ in batches:
                break

    asyncio.run(leave())
    source.gate.set()
    assert source.ended.wait(10)


# -- what is under way -------------------------------------------------------------------------------


class Tab:
    """The part of a session that writing needs."""

    def __init__(self) -> None:
        self.used = nullcontext
        self.settings = Settings.load()
        ready = SimpleNamespace(under_way=False, snapshot=lambda: Snapshot("ready"))
        self.library = SimpleNamespace(preparation=ready)


async def begun(turn: Turn) -> tuple[list[int], threading.Event]:
    """A turn whose answer goes on and on; when it was put aside, and that its stream was closed."""
    done: list[int] = []
    closed = threading.Event()

    def stream() -> Generator[Token]:
        try:
            while True:
                time.sleep(0.01)
                yield Token("and on ")
        finally:
            closed.set()

    turn.begin(cast("Session", Tab()), stream, "It failed.", lambda: done.append(1))
    return done, closed


async def looked_at(turn: Turn, steps: int = 1) -> None:
    async with aclosing(turn.followed()) as changes:
        async for _ in changes:
            if not (steps := steps - 1):
                return


def test_an_answer_goes_on_for_a_page_that_comes_back_and_ends_without_one() -> None:
    async def reader() -> None:
        turn = Conversation().ask("Why?")
        turn.patience = 0.3
        done, closed = await begun(turn)
        await looked_at(turn)
        so_far = len(turn.text)
        await looked_at(turn, steps=2)  # loaded anew
        await asyncio.sleep(0.1)
        assert not turn.finished
        assert len(turn.text) > so_far
        async with aclosing(turn.followed()) as changes:
            async for _ in changes:
                await asyncio.sleep(0.5)  # a page that stays, longer than the patience with none
                break
            assert not turn.finished
        await asyncio.sleep(0.6)
        assert turn.problem == "Stopped."
        assert await asyncio.to_thread(closed.wait, 10)
        assert done == [1]

    asyncio.run(reader())


# -- conversation ------------------------------------------------------------------------------------


def answered(question: str, body: str, **more: Any) -> Done:
    citations = (Citation(1, PAPERS[0], ()),)
    return Done(Answer(question, "answered", more.pop("mode", "extractive"), body, citations, **more))


def test_a_turn_from_question_to_answer() -> None:
    conversation = Conversation()
    turn = conversation.ask("Why?")
    assert "Why?" in conversation.now()
    assert "Searching…" in conversation.now()
    turn.take(Status("Searching 3 papers"))
    assert '<p class="pa-doing">Searching 3 papers…</p>' in conversation.now()
    assert turn.summary() == "Searching 3 papers…"
    turn.take(Sources(tuple(Hit(rank, paper, 1.0) for rank, paper in enumerate(PAPERS, 1))))
    assert turn.summary() == "Reading 3 papers…"
    assert "3 papers found" in conversation.panel()
    assert "Paper 3" in conversation.panel()
    turn.take(Token("Because [1"))
    turn.take(Token("] and [9]"))
    assert "Because [1] and [9]" in conversation.now()
    turn.take(Citation(1, PAPERS[0], ()))
    mark = '<a href="#source-1-1" class="mark">[1]</a>'
    assert f"Because {mark} and [9]" in conversation.now()
    assert 'id="source-1-1"' in conversation.panel()
    assert turn.summary() == "Writing…"
    assert "data-copy" not in conversation.now()
    turn.take(answered("Why?", "Because [1].", notices=("Two citations\nwere removed.",)))
    assert f"Because {mark}." in conversation.now()
    assert '<blockquote dir="auto">Two citations were removed.</blockquote>' in conversation.now()
    assert "data-copy" in conversation.now()
    assert turn.summary().startswith("Quoted from 1 paper in ")
    assert "Confidence" not in turn.summary()
    assert 'id="source-1-1"' in conversation.panel()


def test_marks_of_earlier_answers_keep_their_sources() -> None:
    conversation = Conversation()
    for question in ("One?", "Two?"):
        conversation.ask(question).take(answered(question, "So [1].", mode="llm"))
    panel = conversation.panel()
    assert panel.index('id="source-2-1"') < panel.index('id="source-1-1"')
    assert panel.count('<details class="pa-answer" open>') == 1
    assert "1 paper cited: One?" in panel
    assert conversation.turns[1].summary().startswith("Written by the language model from 1 paper in ")
    turn = conversation.ask("Three?")
    turn.take(answered("Three?", "So [1].", confidence=0.31))
    assert turn.summary().endswith("Confidence that the collection answers this: fair (31 %).")


def test_stopping_keeps_what_was_written_and_calls_the_stream_once() -> None:
    conversation = Conversation()
    turn = conversation.ask("Why?")
    calls: list[int] = []
    turn.on_stop = lambda: calls.append(1)
    turn.take(Token("Because **of"))
    conversation.stop()
    conversation.stop()
    assert calls == [1]
    assert "Because **of" in conversation.now()
    assert "Stopped." in conversation.now()
    assert "Try again" in conversation.now()
    conversation.ask("And now?")
    assert len(conversation.turns) == 2


def test_a_new_question_stops_the_one_before() -> None:
    conversation = Conversation()
    first = conversation.ask("One?")
    conversation.ask("Two?")
    assert first.problem == "Stopped."


def test_a_very_long_question_is_shown_in_part() -> None:
    conversation = Conversation()
    conversation.ask("long " * 20_000)
    assert len(conversation.now()) <= MAX_QUESTION_SHOWN + 1_000


# -- failures ----------------------------------------------------------------------------------------


def test_an_unexpected_error_is_logged_without_keys(caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings.load(api_key=SecretStr("my-secret-value"))
    error = RuntimeError("refused my-secret-value and sk-abcdefgh12345678 for Bearer tok.en")
    with caplog.at_level(logging.ERROR, "assistant.ui"):
        shown = explain(error, "It failed.", settings)
    assert shown == "It failed. What went wrong is in the log of the program that serves this."
    assert "RuntimeError: refused *** and *** for Bearer ***" in caplog.text
    assert "my-secret-value" not in caplog.text


def test_an_expected_error_is_its_own_sentence(caplog: pytest.LogCaptureFixture) -> None:
    error = AssistantError("The question is empty.", "Type one.")
    assert explain(error, "It failed.", Settings.load()) == "The question is empty. Type one."
    assert not caplog.records


def test_importing_the_ui_imports_no_gradio() -> None:
    code = "import assistant.ui, sys; sys.exit(bool({'gradio', 'fastapi', 'uvicorn'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# -- ports -------------------------------------------------------------------------------------------


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(AssistantError) as caught:
            serve(cast("Assistant", FakeAssistant(tmp_path)), port=port)
    assert caught.value.message == f"Port {port} of 127.0.0.1 is in use by another program."
    assert "--port" in caught.value.hint


def test_without_a_choice_the_next_free_port_is_taken() -> None:
    with listen("127.0.0.1", None) as first, listen("127.0.0.1", None) as second:
        ports = [bound.getsockname()[1] for bound in (first, second)]
        assert DEFAULT_PORT <= ports[0] < ports[1] < DEFAULT_PORT + PORTS_TRIED
        assert address(first) == f"http://127.0.0.1:{ports[0]}"


@pytest.mark.parametrize(
    ("host", "port", "kind"),
    [
        ("127.0.0.1", 70_000, SettingsError),
        ("192.0.2.1", 0, AssistantError),
        ("no host", 0, SettingsError),
    ],
)
def test_an_address_that_cannot_be_had_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, host: str, port: int, kind: type[AssistantError]
) -> None:
    def look_up(asked: str, port: int, **_: Any) -> Any:
        if asked == "no host":
            raise socket.gaierror("unknown")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (asked, port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(kind) as caught:
        listen(host, port)
    assert caught.value.hint
    assert "\n" not in caught.value.message


def test_the_address_shown_for_every_interface_is_loopback() -> None:
    with listen("0.0.0.0", 0) as bound:
        assert address(bound) == f"http://127.0.0.1:{bound.getsockname()[1]}"


# -- a quick start -----------------------------------------------------------------------------------

_STARTED = """
import sys

touched = set()

def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and "/gradio/components/" in arguments[0]:
        touched.add(arguments[0])

import assistant.ui
import importlib.util
importlib.util.find_spec("gradio")
sys.addaudithook(watch)
import gradio
assert gradio.Textbox("there").value == "there"
print(sorted(path for path in touched if not path.endswith(".pyc") and ".pyc." not in path))
assert not [name for name in sys.modules if name.split(".")[0] in {"mcp", "mcp_types"}]
import mcp
assert mcp.ClientSession
"""


def test_gradio_is_imported_without_reading_or_writing_the_sources_of_its_components() -> None:
    subprocess.run([sys.executable, "-c", "import gradio"], check=True, timeout=60)  # compiled, if it was not
    done = subprocess.run(
        [sys.executable, "-c", _STARTED], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


_AN_EVENT = """
import sys
import assistant.ui
from gradio import utils

looked_for = []

class Spy:
    def find_spec(self, name, path, target=None):
        looked_for.append(name)

sys.meta_path.insert(0, Spy())
with utils.MatplotlibBackendMananger():
    pass
print(looked_for)
"""


def test_no_event_looks_for_a_library_of_plots() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _AN_EVENT], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
