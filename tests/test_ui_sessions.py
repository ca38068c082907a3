"""Sessions, libraries and imports of several readers, without a page."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import gradio as gr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant, Paper, Settings, Usage
from assistant.errors import SettingsError, UsageError
from assistant.grouped import Topics
from assistant.ui import account, condition, shelf
from assistant.ui.browsed import View
from assistant.ui.importing import ANOTHER, Desk
from assistant.ui.libraries import MOST_OPEN, Libraries, OpenLibrary
from assistant.ui.preparation import Preparation
from assistant.ui.sessions import TAB, Session, Sessions
from assistant.ui.uploads import Uploads
from assistant.ui.written import Bench

from .openai_server import OpenAIServer

QUESTION = "What causes over-squashing?"


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def request(tab: str, user: str | None = None, **headers: str) -> gr.Request:
    """What a tab sends."""
    return gr.Request(username=user, session_hash=tab, headers=headers)


@pytest.fixture
def libraries(sample_index: Path, tmp_path: Path, uploads: Uploads) -> Iterator[Libraries]:
    """A page's libraries: the sample, opened."""
    path = Path(shutil.copytree(sample_index, tmp_path / "store" / "main"))
    with Assistant.open(path) as assistant:
        preparation = Preparation(assistant)
        preparation.start()
        wait_until(lambda: not preparation.under_way)
        made = Libraries(OpenLibrary(assistant, preparation, Desk(assistant, preparation, uploads)), uploads)
        yield made
        made.close()


def sent(name: str, count: int) -> dict[str, str]:
    """A file as Gradio keeps it after a browser sent it."""
    path = Path(os.environ["GRADIO_TEMP_DIR"]) / name
    lines = ({"title": f"{name} {place}", "abstract": f"On {name}, {place}."} for place in range(count))
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return {"path": str(path), "orig_name": name}


def test_tabs_keep_their_settings_and_what_they_spend_apart(
    libraries: Libraries, openai_server: OpenAIServer
) -> None:
    sessions = Sessions(libraries, shared=False)
    mine, other = sessions.of(request("a")), sessions.of(request("b"))
    assert mine is sessions.of(request("a"))
    mine.change(base_url=openai_server.url, model="test-model", api_key="sk-mine-12345678")
    assert mine.assistant.ask(QUESTION).mode == "llm"
    assert other.assistant.ask(QUESTION).mode == "extractive"
    assert (mine.spent.calls, other.spent.calls) == (1, 0)
    mine.change(mode="extractive")
    assert mine.spent.calls == 1  # also after a change
    tokens = mine.spent.prompt_tokens + mine.spent.completion_tokens
    mine.change(mode="auto", session_tokens=tokens + 10)
    assert mine.assistant.ask("How do diffusion models sample?").mode == "extractive"
    mine.begin_anew()
    assert mine.settings == libraries.first.assistant.settings
    sessions.end(request("a"))
    assert sessions.of(request("a")) is not mine
    assert sessions.of(gr.Request(headers={})) is not sessions.of(gr.Request(headers={}))


def test_a_tab_that_is_loaded_anew_goes_on_as_it_was(
    libraries: Libraries, openai_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sent_by(session: str, tab: str, user: str = "ada") -> gr.Request:
        return request(session, user, **{TAB: tab})

    name = "0123456789abcdef"
    sessions = Sessions(libraries, shared=False)
    before = sessions.of(sent_by("a", name))
    before.change(base_url=openai_server.url, model="test-model", api_key="sk-mine-12345678")
    assert before.assistant.ask(QUESTION).mode == "llm"
    before.move_to(libraries.get("other"))
    # The new page is there before the old one has gone.
    after = sessions.of(sent_by("b", name))
    sessions.end(sent_by("a", name))
    assert after is not before
    assert (after.library, after.changes, after.spent) == (before.library, before.changes, before.spent)
    assert after.assistant.path.name == "other"
    after.move_to(libraries.first)
    assert after.assistant.ask("How do diffusion models sample?").mode == "llm"
    after.change(mode="extractive")
    assert before.settings.mode == "auto"

    # Nobody else's tab goes on with it, whatever it says; nor one without a name.
    for other in (
        sent_by("c", name, "ben"),
        sent_by("d", name[1:] + "0"),
        sent_by("e", "x"),
        request("f", "ada"),
    ):
        assert not sessions.of(other).changes

    # Once it is closed, it is soon forgotten.
    monkeypatch.setattr("assistant.ui.sessions.FORGOTTEN_AFTER", 0.05)
    sessions.end(sent_by("b", name))
    time.sleep(0.5)
    assert not sessions.of(sent_by("g", name)).changes


def test_what_a_tab_shows_goes_with_it_when_it_is_loaded_anew(libraries: Libraries) -> None:
    def sent_by(session: str, tab: str = "0123456789abcdef") -> gr.Request:
        return request(session, "ada", **{TAB: tab})

    sessions = Sessions(libraries, shared=False)
    before = sessions.of(sent_by("a"))
    view, bench = before.held(View), before.held(Bench)
    assert before.held(View) is view
    view.text, view.offset, view.removed, view.shown = "fish", 25, [Paper("p", "P")], True
    view.seen = ("main", 3)
    bench.surveys.begin("Fish")
    bench.chosen, bench.topics, bench.shows = "t1", Topics(), True
    assert bench.pacing.refusal(1) == ""

    after = sessions.of(sent_by("b"))
    found = after.held(View)
    assert (found.text, found.offset, found.removed) == ("fish", 25, [Paper("p", "P")])
    assert (found.shown, found.seen) == (False, ("main", -1))  # the new page has none of it yet
    held = after.held(Bench)
    assert (held.chosen, held.topics, held.shows) == ("t1", None, False)
    assert held.surveys.last is bench.surveys.last
    assert held.pacing.refusal(1)  # nobody asks more by loading anew
    # The page of before may still be there, in a tab that was copied: what is asked there stays there.
    found.text = "chips"
    held.surveys.begin("Chips")
    assert view.text == "fish"
    assert bench.surveys.last is not None
    assert (bench.surveys.last.subject, bench.surveys.made) == ("Fish", 1)
    assert not sessions.of(sent_by("c", "fedcba9876543210")).held(View).text


def test_a_key_that_was_typed_goes_to_no_other_host(libraries: Libraries) -> None:
    session = Session(libraries.first)
    session.change(base_url="http://127.0.0.1:9/v1", api_key="sk-mine-12345678")
    session.change(base_url="http://127.0.0.1:9/v2")
    assert session.settings.api_key is not None
    for elsewhere in ({"base_url": "http://127.0.0.1:10/v2"}, {"model": "other"}):
        session.change(**elsewhere)
        assert not session.settings.api_key
    before = session.settings
    with pytest.raises(SettingsError):
        session.change(base_url="nonsense")
    assert session.settings == before


def test_a_tab_moves_to_another_library_alone(libraries: Libraries) -> None:
    sessions = Sessions(libraries, shared=False)
    mine, other = sessions.of(request("a")), sessions.of(request("b"))
    mine.change(mode="extractive")
    mine.move_to(libraries.get("fish"))
    assert mine.settings.mode == "extractive"
    wait_until(lambda: not mine.library.preparation.under_way)
    assert mine.library.preparation.snapshot().phase == "ready"
    assert "Nothing is stored yet." in condition.of_index(mine)
    mine.assistant.add([])
    assert libraries.names() == ["fish", "main"]
    assert other.library is libraries.first
    assert "Sound" in condition.of_index(other)
    assert libraries.get("fish") is mine.library
    for name in ("../up", "a/b", "", ".hidden", "a" * 65):
        with pytest.raises(SettingsError):
            libraries.get(name)
    with pytest.raises(UsageError, match="other libraries are open"):
        for number in range(MOST_OPEN):
            libraries.get(f"more{number}")


def test_readers_of_a_shared_page_see_their_own_imports_only(libraries: Libraries, uploads: Uploads) -> None:
    sessions = Sessions(libraries, shared=True)
    desk = libraries.first.desk
    ada, ben = (sessions.who(request(tab, user)) for tab, user in (("a", "ada"), ("b", "ben")))
    assert ada != ben
    assert sessions.who(request("c", "ada")) == ada
    assert desk.hand_in(uploads.take([sent("adas secret.jsonl", 3000)]), ada)
    wait_until(lambda: desk.snapshot(ada).current is not None)
    assert desk.hand_in(uploads.take([sent("bens.jsonl", 2), sent("bens too.jsonl", 2)]), ben)
    seen = shelf.import_state(desk.snapshot(ben))
    assert ANOTHER in seen
    assert "bens.jsonl" in seen
    assert "secret" not in seen
    assert ANOTHER in shelf.import_state(desk.snapshot(ada))
    desk.stop(ben)  # takes back what of his waits, and leaves hers alone
    assert not desk.snapshot(ben).stoppable
    assert desk.snapshot(ada).stoppable
    assert not desk.snapshot(ada).current.stopping  # type: ignore[union-attr]
    desk.stop(ada)
    wait_until(lambda: not desk.snapshot().busy)
    assert [result.names for result in desk.snapshot(ada).results] == [("adas secret.jsonl",)]
    assert desk.snapshot(ben).results == ()


def test_who_may_be_another_than_the_user_is_told_by_the_request() -> None:
    local = Sessions.__new__(Sessions)
    local._shared = False
    assert not local.is_shared(request("a"))
    assert local.who(request("a")) == local.who(request("b")) == ""
    assert local.is_shared(request("a", **{"x-forwarded-for": "203.0.113.9"}))


# -- the form ----------------------------------------------------------------------------------------


def test_a_form_says_what_it_changes() -> None:
    settings = Settings.load(base_url="http://me:secret@127.0.0.1:9/v1", model="m")
    shown = settings.endpoint
    assert "secret" not in shown
    changes = account.endpoint_changes
    assert changes(settings, shown, "m", "", fixed=False) == {}
    assert changes(settings, "", " other ", " sk ", fixed=False) == {
        "base_url": None,
        "model": "other",
        "api_key": "sk",
    }
    assert changes(settings, "http://inside/", "other", "sk", fixed=True) == {"api_key": "sk"}


@given(st.text(max_size=30))
def test_a_budget_is_a_number_or_a_sentence(text: str) -> None:
    try:
        found = account.budget_of(text)
    except SettingsError as error:
        assert "not a number" in account.in_words(error)
    else:
        assert found is None or found >= 0


def test_what_was_spent_is_told() -> None:
    assert account.spent(Usage()) == "Nothing spent in this tab yet."
    assert account.spent(Usage(1000, 234, 1)) == (
        "Spent in this tab: 1 call, 1,234 tokens; no price is known for this model."
    )
    assert account.spent(Usage(1000, 234, 2, 0.5)) == "Spent in this tab: 2 calls, 1,234 tokens; $0.5000."
