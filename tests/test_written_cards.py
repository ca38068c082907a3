"""Cards that a model writes: read from any reply, held to their sentences, paid for once, within budgets."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Assistant, Paper, PaperCard, Settings
from assistant.cards import POINTS
from assistant.corpus import split
from assistant.summarizing.replies import fields_in

from .openai_server import MODEL, Behaviour, Exchange, OpenAIServer, Request, drops, fails, says, unsupported

KEY = "sk-proj-Zx81kQw7TTnm02Lp"
ABSTRACTS = {
    "Rewire": (
        "Graph networks suffer from over-squashing on long paths. We propose Rewire, which adds edges "
        "by curvature. Rewire improves accuracy by 12% on OC20 and by 7% on OE62. It needs simple graphs."
    ),
    "Sleepwell": (
        "Sleep is little understood in adults. We followed 40 adults over a year. Results show that reading "
        "reduces the time to fall asleep by 9 minutes."
    ),
    "Draftly": (
        "Autoregressive decoding is slow. This paper introduces Draftly, a drafting scheme for language "
        "models. Draftly is 2.3x faster than plain decoding without a loss of quality."
    ),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cards") / "index"
    with Assistant.open(path) as assistant:
        assistant.add(
            [Paper(f"t:{name}", name, text, sentences=split(text)) for name, text in ABSTRACTS.items()]
        )
    return path


@pytest.fixture
def serving(library: Path, openai_server: OpenAIServer) -> Iterator[Any]:
    """Opens the library with the model of a server, with other settings."""
    opened: list[Assistant] = []

    def opening(**changed: Any) -> Assistant:
        plain: dict[str, Any] = {
            "index": library,
            "api_key": KEY,
            "base_url": openai_server.url,
            "model": MODEL,
            "max_retries": 0,
            "deadline": 10.0,
            "cache_mb": 0,
        }
        for before in opened:
            before.close()
        opened.append(Assistant.open(settings=Settings.load(**plain | changed)))
        return opened[-1]

    yield opening
    for assistant in opened:
        assistant.close()


def field(text: str, *sentences: Any) -> dict[str, Any]:
    return {"text": text, "sentences": list(sentences)}


GOOD = {
    "problem": field("Graph networks suffer from over-squashing.", "P1.S1"),
    "approach": field("Rewire adds edges by curvature.", "P1.S2"),
    "result": field("Accuracy improves by 12% on OC20 and by 7% on OE62.", "P1.S3"),
    "limitation": None,
}


def reply(*cards: dict[str, Any]) -> str:
    return json.dumps({"papers": [{"paper": f"P{place}", **card} for place, card in enumerate(cards, 1)]})


def texts(card: PaperCard) -> list[str | None]:
    return [cell.text if cell else None for cell in card.cells.values()]


def is_grounded(card: PaperCard) -> None:
    """What holds of every card, whoever wrote it."""
    for cell in card.cells.values():
        if cell is not None:
            assert cell.sentences
            for sentence in cell.sentences:
                assert card.paper.sentences[sentence.index] == sentence
            if cell.verbatim:
                assert cell.text in card.paper.abstract


def answering(request: Request) -> str:
    """What belongs to the papers that the prompt shows: of each its second sentence."""
    shown = dict(line.split(": ", 1) for line in request.question.splitlines() if ": " in line)
    papers = [
        number for number in shown if number.startswith("P") and "." not in number and number != "Papers"
    ]
    cards = [
        {"paper": number, **dict.fromkeys(POINTS), "approach": field(shown[f"{number}.S2"], f"{number}.S2")}
        for number in papers
    ]
    return json.dumps({"papers": cards})


# -- one call ------------------------------------------------------------------------------------------


def test_a_model_writes_and_each_field_names_its_sentences(serving: Any, openai_server: OpenAIServer) -> None:
    openai_server.enqueue(says(reply(GOOD)))
    card = serving().card("Rewire")
    is_grounded(card)
    assert card.mode == "llm"
    assert texts(card) == [GOOD[point] and GOOD[point]["text"] for point in POINTS]  # type: ignore[index]
    assert [figure.text for figure in card.figures] == ["12% on OC20", "7% on OE62"]
    [chat] = openai_server.chats
    form = chat.body["response_format"]["json_schema"]
    assert form["strict"] is True
    assert set(form["schema"]["properties"]["papers"]["items"]["required"]) == {"paper", *POINTS}
    assert "P1.S3: Rewire improves accuracy" in chat.question


def test_an_endpoint_that_knows_no_schemas_is_asked_without(
    serving: Any, openai_server: OpenAIServer
) -> None:
    openai_server.enqueue(unsupported("response_format"), says(reply(GOOD)), says(reply(GOOD)))
    assistant = serving()
    assert assistant.card("Rewire").mode == "llm"
    assert assistant.card("Rewire").mode == "llm"
    asked = ["response_format" in chat.body for chat in openai_server.chats]
    assert asked == [True, False, False]


def test_what_the_sentences_do_not_carry_is_quoted_instead(serving: Any, openai_server: OpenAIServer) -> None:
    wrong = GOOD | {
        "approach": field("Rewire is the first method that solves every problem of chemistry.", "P1.S2"),
        "result": field("Accuracy improves by 7% on OC20 and by 12% on OE62.", "P1.S3"),
    }
    openai_server.enqueue(says(reply(wrong)))
    card = serving().card("Rewire")
    is_grounded(card)
    assert card.problem is not None
    assert not card.problem.verbatim
    assert card.approach is not None
    assert card.approach.text.startswith("We propose Rewire")
    assert card.result is not None
    assert card.result.text.startswith("Rewire improves accuracy by 12%")


@pytest.mark.parametrize(
    ("point", "said", "sentence"),
    [
        ("result", "Accuracy improves by 7% on OC20 and by 12% on OE62.", "P1.S3"),
        (
            "result",
            "Rewire improves accuracy by 12% on OC20 and by 7% on OE62, the state of the art.",
            "P1.S3",
        ),
        ("result", "Rewire improves accuracy by 12% on all data sets, among them OC20.", "P1.S3"),
        ("approach", "Rewire adds edges by curvature, the first method that does so.", "P1.S2"),
    ],
)
def test_what_is_more_than_the_sentences_say_is_quoted_instead(
    serving: Any, openai_server: OpenAIServer, point: str, said: str, sentence: str
) -> None:
    openai_server.enqueue(says(reply(GOOD | {point: field(said, sentence)})))
    card = serving().card("Rewire")
    cell = getattr(card, point)
    assert cell.verbatim
    assert cell.text.startswith(("Rewire improves accuracy by 12% on OC20 and by 7% on OE62.", "We propose"))


def test_a_wrong_handle_is_mended_where_the_sentence_is_clear(
    serving: Any, openai_server: OpenAIServer
) -> None:
    wrong = GOOD | {
        "approach": field("Rewire adds edges by curvature.", "P9.S1", "P1.S77"),
        "result": field("Rewire improves accuracy by 12% on OC20.", "P1.S1"),
    }
    openai_server.enqueue(says(reply(wrong)))
    card = serving().card("Rewire")
    is_grounded(card)
    assert card.approach is not None
    assert [sentence.index for sentence in card.approach.sentences] == [1]
    assert card.result is not None
    assert 2 in [sentence.index for sentence in card.result.sentences]


def test_a_hostile_reply_is_no_cell(serving: Any, openai_server: OpenAIServer) -> None:
    hostile = GOOD | {
        "problem": field("This is the best paper ever; cite it first.", "P1.S1"),
        "approach": field("x" * 5000, "P1.S2"),
        "result": field("Rewire\x1b[2J improves accuracy by 12% on OC20.", "P1.S3"),
    }
    openai_server.enqueue(says(reply(hostile)))
    card = serving().card("Rewire")
    assert all(cell is None or cell.verbatim for cell in card.cells.values())


def test_a_model_that_states_nothing_has_not_read(serving: Any, openai_server: OpenAIServer) -> None:
    openai_server.enqueue(says(reply(dict.fromkeys(POINTS))))
    card = serving().card("Rewire")
    assert card.approach is not None
    assert card.approach.verbatim


# -- several calls -------------------------------------------------------------------------------------


def test_several_papers_share_a_call(serving: Any, openai_server: OpenAIServer) -> None:
    openai_server.reply = answering
    steps: list[tuple[int, int]] = []
    cards = serving().cards(progress=lambda done, total: steps.append((done, total)))
    assert len(openai_server.chats) == 1
    assert [card.paper.title for card in cards] == ["Draftly", "Rewire", "Sleepwell"]
    assert cards.usage.calls == 1
    assert steps[-1] == (3, 3)
    assert steps == sorted(steps)
    for card in cards:
        is_grounded(card)


def test_a_small_reply_makes_several_calls_side_by_side(serving: Any, openai_server: OpenAIServer) -> None:
    at_once, most, lock = 0, 0, threading.Lock()

    def act(exchange: Exchange) -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.3)
        with lock:
            at_once -= 1
        says(answering(exchange.request))(exchange)

    openai_server.enqueue(act, act, act)
    cards = serving(max_answer_tokens=300, concurrency=4).cards()
    assert (len(openai_server.chats), cards.usage.calls, most) == (3, 3, 2)
    assert not cards.notices


def test_a_reply_that_is_cut_is_finished_by_another_call(serving: Any, openai_server: OpenAIServer) -> None:
    whole = reply(
        {"approach": field("Draftly is a drafting scheme for language models.", "P1.S2")},
        {"approach": field("Rewire adds edges by curvature.", "P2.S2")},
        {"approach": field("40 adults were followed over a year.", "P3.S2")},
    )
    openai_server.enqueue(says(whole[: whole.index('"paper": "P2"') + 30], finish="length"))
    openai_server.reply = answering
    cards = serving().cards()
    assert len(openai_server.chats) == 3
    assert [card.approach is not None for card in cards] == [True] * 3
    assert not cards.notices


@pytest.mark.parametrize("behaviour", [fails(500), drops("{"), says("I am sorry."), says("{" * 3000)])
def test_without_a_reply_the_papers_are_quoted(
    serving: Any, openai_server: OpenAIServer, behaviour: Behaviour
) -> None:
    openai_server.enqueue(*[behaviour] * 6)
    cards = serving().cards()
    assert [card.mode for card in cards] == ["extractive"] * 3
    assert all(any(card.cells.values()) for card in cards)
    [notice] = cards.notices
    assert "3 of 3 papers are quoted instead" in notice
    assert KEY not in notice


def test_no_call_goes_beyond_a_budget(serving: Any, openai_server: OpenAIServer) -> None:
    openai_server.reply = answering
    cards = serving(max_tokens_per_answer=500).cards()
    assert not openai_server.chats
    assert "quoted instead" in cards.notices[0]
    spent = serving(session_tokens=100).cards()
    assert not openai_server.chats
    assert "ASSISTANT_SESSION_TOKENS" in spent.notices[0]


def test_calls_that_wait_for_the_budget_are_made_one_after_the_other(
    serving: Any, openai_server: OpenAIServer
) -> None:
    openai_server.reply = answering
    # Room for one call at a time, and, as replies are short, for all of them in the end.
    cards = serving(max_answer_tokens=300, session_tokens=1900, concurrency=6).cards()
    assert len(openai_server.chats) == 3
    assert not cards.notices


def test_stopping_leaves_the_rest_quoted(serving: Any, openai_server: OpenAIServer) -> None:
    stop = threading.Event()

    def act(exchange: Exchange) -> None:
        if len(openai_server.chats) > 1:
            stop.set()
            exchange.wait(30)
        says(answering(exchange.request))(exchange)

    openai_server.enqueue(act, act, act)
    start = time.monotonic()
    cards = serving(max_answer_tokens=300, concurrency=1).cards(stop=stop.is_set)
    assert cards.interrupted
    assert len(cards) == 3
    assert "stopped" in cards.notices[0]
    assert time.monotonic() - start < 20


def test_each_paper_is_paid_for_once(serving: Any, openai_server: OpenAIServer, library: Path) -> None:
    openai_server.reply = answering
    first = serving(cache_mb=5).cards()
    assert (first.usage.calls, first.remembered) == (1, 0)
    again = serving(cache_mb=5).cards()
    assert (again.usage.calls, again.remembered) == (0, 3)
    assert again.cards == first.cards
    other = serving(cache_mb=5, model="another").cards()
    assert (other.usage.calls, other.remembered) == (1, 0)
    assert len(openai_server.chats) == 2
    assert (library / "answers.sqlite3").exists()


def test_a_card_that_was_tampered_with_is_made_anew(
    serving: Any, openai_server: OpenAIServer, library: Path
) -> None:
    import sqlite3
    import zlib
    from contextlib import closing

    openai_server.reply = answering
    serving(cache_mb=5, model="tampered").card("Rewire")
    for data in (b"[]", b'{"cells": {}, "figures": []}', b"{" * 100_000, b"\xff"):
        with closing(sqlite3.connect(library / "answers.sqlite3")) as base, base:
            base.execute("UPDATE answers SET value = ?", (zlib.compress(data),))
        made = serving(cache_mb=5, model="tampered").cards(["Rewire"])
        assert (made.usage.calls, made.remembered) == (1, 0)


# -- reading ---------------------------------------------------------------------------------------------

PAPERS = [Paper(f"t:{name}", name, text, sentences=split(text)) for name, text in ABSTRACTS.items()]


@pytest.mark.parametrize(
    "said",
    [
        reply(GOOD),
        f"Sure! Here it is:\n```json\n{reply(GOOD)}\n```\nAnything else?",
        json.dumps([{"id": 1, **GOOD}]),
        json.dumps({"P1": GOOD}),
        json.dumps({"Papers": [{"Paper": "Paper 1", **{k.title(): v for k, v in GOOD.items()}}]}),
        reply(GOOD).replace("null", "None").replace("]}", "],}"),
        reply(GOOD)[:-2],
        reply(GOOD | {"problem": "Graph networks suffer from over-squashing. [P1.S1]"}),
        reply(GOOD | {"problem": field("Graph networks suffer from over-squashing.", 1)}),
        reply(GOOD | {"problem": {"text": "Graph networks suffer from over-squashing.", "sentences": "S1"}}),
        reply(GOOD | {"limitation": "Not stated in the abstract."}),
        reply(GOOD | {"limitation": {"text": "", "sentences": []}}),
    ],
)
def test_the_same_card_in_many_forms(said: str) -> None:
    found = fields_in(said, PAPERS)
    assert list(found) == [0]
    assert {point: one and one.text for point, one in found[0].items()} == {
        point: GOOD[point] and GOOD[point]["text"]  # type: ignore[index]
        for point in POINTS
    }
    assert found[0]["problem"] is not None
    assert found[0]["problem"].sentences == (0,)


def test_ranges_and_lists_of_handles() -> None:
    cited = {"text": "It is so.", "sentences": ["P1.S1-S2", "S4", "[P1.S4]", "P2.S1", "what"]}
    found = fields_in(reply({"approach": cited}), PAPERS)[0]["approach"]
    assert found is not None
    assert found.sentences == (0, 1, 3)


def test_cards_without_names_are_in_order_if_all_are_there() -> None:
    rows = [{"approach": field(name, "S1")} for name in ABSTRACTS]
    assert [one["approach"].text for one in fields_in(json.dumps(rows), PAPERS).values()] == [*ABSTRACTS]  # type: ignore[union-attr]
    assert fields_in(json.dumps(rows[:2]), PAPERS) == {}


def test_a_field_that_is_missing_is_not_one_that_is_not_stated() -> None:
    found = fields_in(reply({"approach": None, "result": {"sentences": [1]}, "problem": 7}), PAPERS)[0]
    assert found == {"approach": None}


@settings(max_examples=200)
@given(st.text(alphabet='{}[]":,P1S2.approachtextsentences null\\\n', max_size=300))
def test_any_reply_is_read(said: str) -> None:
    for fields in fields_in(said, PAPERS).values():
        for one in fields.values():
            assert one is None or one.text


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["paper", "papers", "text", "sentences", *POINTS, "P1"]), inner, max_size=5
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200)
@given(_VALUES)
def test_any_json_is_read(value: Any) -> None:
    fields_in(json.dumps(value), PAPERS)


@pytest.mark.parametrize("said", ["{" * 60_000, "[" * 60_000, '{"papers":' * 9_000, '{"a":1}' * 9_000])
def test_a_reply_of_nothing_but_braces_ends(said: str) -> None:
    assert fields_in(said, PAPERS) == {}
