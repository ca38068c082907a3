"""Commands beside an open page: they say what they would say without it, and leave it as they should."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from assistant import Assistant, Filters, Paper, Settings, Token
from assistant.cli import app
from assistant.errors import (
    AssistantError,
    CollectionError,
    IndexLockedError,
    PaperNameError,
)
from assistant.serving import calling
from assistant.serving.address import Address, read
from assistant.serving.calling import caller
from assistant.serving.link import Link, LostError
from assistant.serving.listening import Listener
from assistant.serving.values import error_from_json, error_to_json, from_json, to_json

from .browser import serving
from .openai_server import MODEL, OpenAIServer, says

QUESTION = "What causes over-squashing in message passing networks?"
ROWS = '{"id": "e1", "title": "On eggs", "abstract": "Eggs are boiled."}\n{"id": "e2"}\n'
COMMAND = [sys.executable, "-c", "from assistant.cli import main; main()"]


@pytest.fixture
def index(sample_index: Path, tmp_path: Path) -> Path:
    """A copy of the sample's index that nobody has open."""
    return Path(shutil.copytree(sample_index, tmp_path / "index"))


@pytest.fixture
def beside(index: Path) -> Iterator[Path]:
    """The same, open in this process as a page has it."""
    with Assistant.open(index) as assistant, closing(Listener(assistant)) as listener:
        assistant.status()
        listener.publish()
        yield index


def run(*arguments: object, typed: str | None = None) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], input=typed)
    return done.exit_code, done.stdout, done.stderr


def without_seconds(said: str) -> Any:
    """Standard output, without what differs from run to run."""
    try:
        loaded = json.loads(said)
    except ValueError:
        return said
    loaded.pop("timings", None)
    return loaded


# -- what commands say -------------------------------------------------------------------------------

COMMANDS = (
    ("search", QUESTION, "-k", 3),
    ("search", QUESTION, "--json"),
    ("search", "x", "--author", "nobody of that name"),
    ("ask", QUESTION),
    ("ask", QUESTION, "--json", "--extractive"),
    ("ask", "How long do I boil an egg?", "--json"),
    ("ask", "", "--json"),
    ("list", "--json"),
    ("status",),
    ("status", "--json"),
    ("tldr", "Ewald-based Long-Range"),
    ("tldr", "no such paper at all", "--json"),
    ("similar", "Ewald-based Long-Range", "--json"),
    ("cards", "Ewald-based Long-Range", "--json"),
    ("summarize", "speculative decoding", "--depth", "brief", "--json"),
    ("compare", "Ewald-based Long-Range", "On Over-Squashing in Message", "--json"),
    ("topics", "--json"),
    ("topics", "rename", "t1", "Eggs", "--json"),
    ("topics", "undo", "--json"),
    ("topics", "rename", "no such topic", "Eggs"),
    ("export", "bibtex"),
    ("refresh", "--list", "--json"),
    ("refresh",),
    ("remove", "nothing-of-this-id"),
    ("add", "missing.jsonl"),
    ("add", "rows.jsonl", "--dry-run", "--json"),
    ("add", "rows.jsonl", "--strict"),
    ("add", "rows.jsonl", "--rejected", "mend.jsonl"),
    ("add", "rows.jsonl", "--json"),
    ("remove", "e1"),
)


def test_commands_say_what_they_say_without_the_page(
    sample_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = []
    for place in ("alone", "page"):
        (tmp_path / place).mkdir()
        monkeypatch.chdir(tmp_path / place)  # the same paths, relative as they are
        shutil.copytree(sample_index, "index")
        Path("rows.jsonl").write_text(ROWS, "utf-8")
        with Assistant.open("index") as assistant, closing(Listener(assistant)) as listener:
            if place == "page":
                assistant.status()
                listener.publish()
            else:
                assistant.close()
            said.append([run(*command, "--index", "index") for command in COMMANDS])
        assert Path("mend.jsonl").read_text("utf-8").count("e2") == 1
    for command, (alone, page) in zip(COMMANDS, zip(*said, strict=True), strict=True):
        assert (page[0], page[2]) == (alone[0], alone[2]), command
        assert without_seconds(page[1]) == without_seconds(alone[1]), command
    assert {code for code, *_ in said[0]} == {0, 2}


def test_what_is_typed_and_the_map(beside: Path, tmp_path: Path) -> None:
    code, out, _ = run("add", "-", "--json", "--index", beside, typed=ROWS)
    assert (code, json.loads(out)["added"]) == (0, 1)
    assert json.loads(out)["rejected"][0]["where"] == "standard input, line 2"
    assert run("ask", "-", "--index", beside, typed=QUESTION)[0] == 0
    assert run("map", "--out", tmp_path / "map.html", "--index", beside)[0] == 0
    assert (tmp_path / "map.html").stat().st_size > 10_000
    assert run("map", "--out", tmp_path / "no" / "map.html", "--index", beside)[0] == 2


@pytest.mark.parametrize("command", [("rebuild",), ("eval", "questions.jsonl")])
def test_some_commands_need_the_index_for_themselves(
    command: tuple[str, ...], beside: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "questions.jsonl").write_text('{"question": "What is boiled?", "gold": [0]}\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    code, _, said = run(*command, "--index", beside)
    assert code == 1
    assert "in use by this process" in said


# -- streams, progress, interrupts -------------------------------------------------------------------


@contextmanager
def answering(index: Path, openai_server: OpenAIServer) -> Iterator[tuple[Assistant, Listener]]:
    """A page's assistant as a command has it, with a model that writes for eight seconds."""
    openai_server.enqueue(says("Graphs squash [P1.S1]. " * 400, delay=0.02))
    settings = Settings.load(index=index, base_url=openai_server.url, model=MODEL)
    with Assistant.open(settings=settings) as assistant, closing(Listener(assistant)) as listener:
        assistant.status()
        listener.publish()
        remote = caller(index)
        assert remote
        yield remote, listener


def test_an_answer_comes_word_by_word_and_its_model_is_stopped(
    index: Path, openai_server: OpenAIServer
) -> None:
    with answering(index, openai_server) as (remote, _):
        with closing(remote.stream(QUESTION)) as events:
            assert any(isinstance(event, Token) for event in events)
        assert openai_server.chats[0].disconnected.wait(20)


def test_progress_and_stop_go_back_and_forth(beside: Path) -> None:
    remote = caller(beside)
    assert remote
    papers = [Paper(f"p{n}", f"Paper {n} on eggs", f"Egg {n} was boiled for long.") for n in range(200)]
    told: list[Any] = []

    def broken(_: object) -> None:
        raise ZeroDivisionError

    report = remote.add(papers, progress=told.append, stop=lambda: len(told) > 1)
    assert report.interrupted
    assert 0 < report.added < 200
    assert told[-1].done == report.added
    with pytest.raises(ZeroDivisionError):
        remote.add(papers, progress=broken)
    assert remote.add(papers).interrupted is False
    assert remote.status().papers == 403
    assert remote.status().sound


def test_a_page_that_closes_ends_what_is_asked_of_it(index: Path, openai_server: OpenAIServer) -> None:
    with answering(index, openai_server) as (remote, listener):
        events = remote.stream(QUESTION)
        next(events)
        listener.close()
        with pytest.raises(AssistantError, match="The page"):
            list(events)
        assert caller(index) is None


# -- who may call ------------------------------------------------------------------------------------


def test_the_address_is_for_this_user_alone_and_goes_with_the_page(index: Path) -> None:
    before = os.umask(0)
    try:
        with Assistant.open(index) as assistant, closing(Listener(assistant)) as listener:
            assistant.status()
            listener.publish()
            assert stat.S_IMODE((index / "page.json").stat().st_mode) == 0o600
    finally:
        os.umask(before)
    assert not (index / "page.json").exists()


def test_who_does_not_know_the_secret_gets_nothing(beside: Path) -> None:
    address = read(beside / "page.json")
    assert address
    other = Address(address.port, "0" * 64, address.pid)
    link = Link(socket.create_connection(("127.0.0.1", address.port)))
    with closing(link), pytest.raises(LostError):
        link.ask_proof(other.secret)
    with socket.create_connection(("127.0.0.1", address.port), timeout=20) as stranger:
        stranger.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" + b"x" * 5000 + b"\r\n")
        assert json.loads(stranger.makefile("rb").readline()).keys() == {"nonce"}
        assert stranger.makefile("rb").readline() == b""
    assert caller(beside)


def test_whoever_has_got_the_port_of_a_page_that_died_is_not_believed(index: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as thief:
        address = Address.made(thief.getsockname()[1])
        address.publish(index / "page.json")
        child = subprocess.Popen(
            [*COMMAND, "search", "eggs", "-k", "1", "--index", str(index)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        connected, _ = thief.accept()
        with connected:
            connected.sendall(b'{"nonce": "abc"}\n')
            said = connected.makefile("rb").readline()
            assert address.secret.encode() not in said
            connected.sendall(b'{"proof": "abc", "version": "0"}\n')
            assert connected.makefile("rb").readline() == b""
        assert child.communicate(timeout=60)[0].startswith(b" 1. ")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"port": 1}', "[" * 100_000, '{"port": "1", "secret": 3}'])
def test_a_file_that_is_no_address_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "page.json").write_text(text, "utf-8")
    assert read(tmp_path / "page.json") is None


def test_a_page_of_another_version_is_named(beside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "__version__", "99.0")
    code, out, said = run("search", QUESTION, "--json", "--index", beside)
    assert (code, json.loads(out)["error"]["kind"]) == (1, "AssistantError")
    assert "this is 99.0. Stop that page" in said


# -- the real page, in a process of its own ----------------------------------------------------------


@pytest.mark.slow
def test_two_processes_and_a_page_that_is_killed(index: Path, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text(ROWS, "utf-8")

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments, "--index", str(index)], capture_output=True, text=True, check=False
        )

    with serving(index, tmp_path / "log") as served:
        served.wait_until("ok")
        first = read(index / "page.json")
        assert json.loads(command("add", str(rows), "--json").stdout)["added"] == 1
        assert "On eggs" in command("search", "boiled eggs", "-k", "1").stdout
        assert "in use by process" in command("rebuild").stderr
        examined = command("doctor")
        assert examined.returncode == 0
        assert "in use by process" in examined.stdout
        # The page's own address knows nothing of this one.
        assert str(first and first.port) not in served.url
        served.process.kill()
        served.process.wait()
    assert read(index / "page.json") == first
    assert json.loads(command("status", "--json").stdout)["papers"] == 204
    with serving(index, tmp_path / "log2") as served:
        served.wait_until("ok")
        assert read(index / "page.json") != first
        assert json.loads(command("status", "--json").stdout)["papers"] == 204
        assert served.end(signal.SIGTERM) == 0
        assert served.errors() == ""
    assert not (index / "page.json").exists()


def test_an_owner_that_is_no_page_is_still_named(index: Path) -> None:
    with Assistant.open(index) as owner:
        owner.status()
        Address.made(9).publish(index / "page.json")  # nobody listens there
        with Assistant.open(index) as second, pytest.raises(IndexLockedError):
            second.status()
        assert "in use by this process" in run("search", "eggs", "--index", index)[2]


# -- values ------------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=()), max_size=20)  # halves of characters too


@given(TEXTS, st.lists(TEXTS), st.none() | st.integers(), st.floats(allow_nan=False))
def test_values_come_back_as_they_were(text: str, texts: list[str], year: int | None, number: float) -> None:
    paper = Paper(text, text, authors=tuple(texts), year=year, original=(("title", text),))
    value = [paper, (Filters(author=text), {text: number}), texts, None, True]
    assert from_json(json.loads(json.dumps(to_json(value)))) == value


def test_a_whole_answer_and_summary_come_back(sample: Assistant) -> None:
    for value in (sample.ask(QUESTION, trace=True), sample.summarize("speculative decoding", depth="brief")):
        assert from_json(json.loads(json.dumps(to_json(value)))) == value
    with pytest.raises(TypeError):
        to_json(object())


def test_errors_come_back_with_all_they_carry() -> None:
    error = PaperNameError("Several.", "Name one.", candidates=(("a", "A"),))
    back = error_from_json(json.loads(json.dumps(error_to_json(error))))
    assert isinstance(back, PaperNameError)
    assert (str(back), back.candidates) == (str(error), error.candidates)
    assert isinstance(error_from_json(error_to_json(CollectionError("No."))), CollectionError)
    unknown = error_from_json(error_to_json(KeyError("x")))
    assert not isinstance(unknown, AssistantError)
    assert "KeyError" in str(unknown)
    assert error_from_json({"kind": "annotations", "carried": {"@": "dict", "items": [["message", "m"]]}})
