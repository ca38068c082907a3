"""Kept conversations: read as they were written, each reader's own, renamed, deleted and restored."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.testclient import TestClient

from assistant import Assistant
from assistant.conversation.chat import Chat
from assistant.events import Done, Token
from assistant.filters import Filters
from assistant.outputs.transcript import as_markdown, as_text, conversation_markdown
from assistant.saved import SavedChat, save
from assistant.types import Answer, Citation, Paper
from assistant.ui.conversation import Conversation
from assistant.ui.conversations import Conversations
from assistant.ui.visitors import COOKIE, Visitors, visitor_of

CITED = Citation(1, Paper("p", "A\nTitle.", authors=("Ada L.", "B. C."), year=2021, doi="10.1/x"), ())
ANSWER = Answer(
    "Why?", "answered", "llm", "**Because** *of* $a*b$ [1].\n\n- x_i", (CITED,), searched="Why so?"
)


def asked(store: Conversations, owner: str, question: str = "Why?") -> Conversation:
    """A kept conversation with one answer."""
    conversation = store.begin(owner)
    turn = conversation.ask(question, Filters(since=2020))
    turn.take(Done(ANSWER))
    turn.verdict, turn.note, turn.follow_ups = "good", "yes", ("And then?",)
    store.keep(conversation)
    return conversation


def test_a_conversation_is_there_after_a_restart(tmp_path: Path) -> None:
    conversation = asked(Conversations(tmp_path), "ada")
    again = Conversations(tmp_path).find("ada", conversation.id)
    assert again is not None
    assert again is not conversation
    assert again.now() == conversation.now()
    assert again.panel() == conversation.panel()
    [turn] = again.turns
    assert (turn.verdict, turn.note, turn.filters.since) == ("good", "yes", 2020)
    assert again.history[0].standalone == "Why so?"


def test_a_reader_never_sees_anothers(tmp_path: Path) -> None:
    store = Conversations(tmp_path)
    conversation = asked(store, "ada")
    assert store.find("bob", conversation.id) is None
    assert store.listed("bob") == []
    assert store.delete("bob", conversation.id) is None
    store.rename("bob", conversation.id, "Mine")
    assert [head.name for head in store.listed("ada")] == ["Why?"]


@pytest.mark.parametrize(
    "wanted", ["", "../ada/0000000000000000", "0" * 15, "0" * 17, "0" * 16, None, 7, ["0"]]
)
def test_what_is_no_id_is_none(tmp_path: Path, wanted: object) -> None:
    assert Conversations(tmp_path).find("ada", wanted) is None


def test_they_are_listed_renamed_deleted_and_restored(tmp_path: Path) -> None:
    store = Conversations(tmp_path)
    first, second = asked(store, "ada", "One?"), asked(store, "ada", "Two?")
    store.rename("ada", first.id, "  My\nfirst ")
    assert {head.name for head in store.listed("ada")} == {"My first", "Two?"}
    store.rename("ada", first.id, "")
    assert {head.name for head in store.listed("ada")} == {"One?", "Two?"}
    deleted = store.delete("ada", second.id)
    assert deleted is not None
    assert deleted.name == "Two?"
    assert store.find("ada", second.id) is None
    assert [head.name for head in store.listed("ada")] == ["One?"]
    store.restore("ada")
    assert store.find("ada", second.id) is not None
    store.delete("ada", first.id)
    store.delete("ada", second.id)
    store.restore("ada")
    assert [head.name for head in store.listed("ada")] == ["Two?"]


def test_what_is_still_written_of_a_deleted_one_is_not_kept(tmp_path: Path) -> None:
    store = Conversations(tmp_path)
    conversation = asked(store, "ada")
    store.delete("ada", conversation.id)
    store.keep(conversation)
    assert store.listed("ada") == []
    store.restore("ada")
    assert len(store.listed("ada")) == 1


def test_an_answer_cut_off_by_the_end_of_the_program_says_so(tmp_path: Path) -> None:
    store = Conversations(tmp_path)
    conversation = store.begin("ada")
    conversation.ask("Why?").take(Token("Because of **half"))
    store.keep(conversation)
    again = Conversations(tmp_path).find("ada", conversation.id)
    assert again is not None
    assert "Because of **half" in again.now()
    assert "Stopped: the program that serves this page ended." in again.now()
    assert "Try again" in again.now()


def test_files_that_are_none_of_ours_are_passed_over(tmp_path: Path) -> None:
    asked(Conversations(tmp_path), "ada")
    folder = tmp_path / "ada"
    for name, text in (("a" * 16, "{"), ("b" * 16, '{"format": 99}'), ("c" * 16, "\ud800"), ("notes", "{}")):
        (folder / f"{name}.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    store = Conversations(tmp_path)
    assert len(store.listed("ada")) == 1
    assert store.find("ada", "a" * 16) is None


def test_where_nothing_can_be_written_it_lives_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Conversations(tmp_path / "file")
    conversation = asked(store, "ada", "Half a character: \ud800")
    assert store.find("ada", conversation.id) is conversation
    assert store.listed("ada") == []


def test_an_edited_question_takes_the_last_ones_place() -> None:
    conversation = Conversation()
    conversation.ask("One?").take(Done(ANSWER))
    conversation.ask("Two?").take(Done(ANSWER))
    taken = conversation.take_back()
    assert taken is not None
    assert taken.question == "Two?"
    assert conversation.ask("Three?").number == 2
    assert len(conversation.history) == 1


# -- as text -----------------------------------------------------------------------------------------


def test_an_answer_is_copied_with_its_references() -> None:
    reference = "A Title. Ada L., B. C.. 2021. https://doi.org/10.1/x"
    assert as_markdown(ANSWER) == f"{ANSWER.body}\n\n## References\n\n1. {reference}"
    assert as_text(ANSWER) == f"Because of $a*b$ [1].\n\n- x_i\n\nReferences\n[1] {reference}"


def test_a_conversation_is_saved_as_markdown_and_as_what_a_chat_loads(
    sample: Assistant, tmp_path: Path
) -> None:
    conversation = Conversation()
    conversation.ask("Why?").take(Done(ANSWER))
    conversation.ask("And?").end("Stopped.")
    text = conversation_markdown("A\ntalk", [(t.question, t.answer, t.problem) for t in conversation.turns])
    assert text.startswith("# A talk\n\n## Why?\n\n**Because**")
    assert "### References" in text
    assert text.endswith("## And?\n\nStopped.\n")
    save(SavedChat(conversation.history), tmp_path / "talk.json")
    assert [turn.question for turn in Chat.load(tmp_path / "talk.json", sample).history] == ["Why?"]


def test_a_conversation_goes_on_from_its_history(sample: Assistant) -> None:
    first = sample.chat()
    first.ask("How does Ewald message passing handle long-range interactions?")
    again = sample.chat(first.history)
    assert "Ewald" in again.ask("By how much does it lower the errors?").searched
    assert len(again.history) == 2
    assert len(first.history) == 1


# -- who is there ------------------------------------------------------------------------------------


@dataclass
class FakeRequest:
    """What Gradio tells of a request."""

    cookies: dict[str, str] = field(default_factory=dict)
    username: str | None = None
    session_hash: str = "s"


def test_readers_are_told_apart() -> None:
    cookie = {COOKIE: "c" * 32}
    everybody = [
        *(FakeRequest(cookie), FakeRequest({COOKIE: "d" * 32}), FakeRequest(cookie, "ada"), FakeRequest()),
        *(
            FakeRequest(username="c" * 32),
            FakeRequest({COOKIE: "short"}, session_hash="t"),
            FakeRequest(session_hash="c"),
        ),
    ]
    known = [visitor_of(each) for each in everybody]
    assert len(set(known)) == len(known)
    assert all(re.fullmatch(r"[0-9a-f]{32}", each) for each in known)
    assert visitor_of(FakeRequest(cookie, "ada")) == visitor_of(FakeRequest({}, "ada"))


def test_a_browser_gets_one_cookie_with_the_page() -> None:
    app = FastAPI()
    app.add_middleware(Visitors)

    @app.get("/", response_class=HTMLResponse)
    def page() -> str:
        return "<p>page</p>"

    @app.get("/data")
    def data() -> dict[str, str]:
        return {}

    with TestClient(app) as client:
        assert COOKIE not in client.get("/data").cookies
        cookie = client.get("/").headers["set-cookie"]
        assert re.match(COOKIE + r"=[\w-]{32}; Path=/; Max-Age=\d+; HttpOnly; SameSite=Lax$", cookie)
        assert "set-cookie" not in client.get("/").headers
    with TestClient(app, base_url="https://testserver") as client:
        assert client.get("/").headers["set-cookie"].endswith("; Secure")


def test_a_file_holds_no_name_of_its_reader(tmp_path: Path) -> None:
    owner = visitor_of(FakeRequest(username="ada@example.org"))
    conversation = asked(Conversations(tmp_path), owner)
    [path] = tmp_path.rglob("*.json")
    assert path.stem == conversation.id
    assert "ada" not in str(path.relative_to(tmp_path))
    assert "ada@" not in json.dumps(json.loads(path.read_text("utf-8")))
