"""A model's cards in the table of a summary: those that are there, marked, never paid for by a summary."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from assistant import Assistant, PaperCard, Summary, save_summary
from assistant.cards import WORDED, WORDED_NOTE
from assistant.summaries import Tabled
from assistant.ui import sheet

from .openai_server import OpenAIServer, Request, fails
from .test_summaries import SUBJECT, by_kind, good, is_sound, with_model


def asks_for_cards(request: Request) -> bool:
    return "You fill in one card" in str(request.body["messages"][0]["content"])


def writer(request: Request) -> str:
    """A model that states the first sentence of each paper in words that are all but its own."""
    if not asks_for_cards(request):
        return good(request)
    first = re.findall(r"^(P\d+)\.S1: (.*)$", request.question, re.MULTILINE)
    fields = dict.fromkeys(("problem", "result", "limitation"))
    rows = [
        {"paper": number, "approach": {"text": text.rstrip("."), "sentences": [f"{number}.S1"]}, **fields}
        for number, text in first
    ]
    return json.dumps({"papers": rows})


def beside(folder: Path) -> dict[str, Any]:
    """Settings that keep what is remembered in a folder of its own."""
    return {"index": folder, "cache_mb": 10}


def worded(summary: Summary) -> list[PaperCard]:
    return [card for card in summary.cards if card.worded]


def test_cards_that_are_there_are_shown_and_marked_and_none_is_paid_for(
    sample: Assistant, tmp_path: Path
) -> None:
    quoted = sample.summarize(SUBJECT)
    with OpenAIServer(reply=writer) as server, with_model(sample, server, **beside(tmp_path)) as assistant:
        assert not assistant.summarize(SUBJECT).worded  # no card was asked for
        asked = quoted.papers[:5]
        known = {card.id: card for card in assistant.cards(asked) if card.worded}
        assert len(known) >= 3
        calls = sum(map(asks_for_cards, server.chats))
        summary = assistant.summarize(SUBJECT)
        assert sum(map(asks_for_cards, server.chats)) == calls
    assert summary.mode == "llm"
    assert {card.id: card for card in worded(summary)} == known
    for card in summary.cards:
        own = {sentence.text for sentence in card.paper.sentences}
        for cell in card.cells.values():
            assert cell is None or cell.text in own or (not cell.verbatim and cell.support == "supported")
            assert cell is None or {sentence.text for sentence in cell.sentences} <= own
    assert summary.table.count(f" {WORDED} |") == len(known)
    assert summary.table.endswith(f"{WORDED} {WORDED_NOTE}")
    assert summary.listed.count(WORDED) == len(known) + 1
    shown = sheet.table(summary.cards, {}, "s1", choosable=False)
    assert shown.count(WORDED) == len(known) + 1
    files = {}
    for ending in ("csv", "tex", "html", "json"):
        path = tmp_path / f"summary.{ending}"
        save_summary(summary, path)
        files[ending] = path.read_text("utf-8-sig")
    assert files["csv"].count("[in the words of the language model]") == len(known)
    assert files["tex"].count(r"\textdagger{}") == len(known) + 1
    assert files["html"].count(WORDED) == len(known) + 1
    assert files["json"].count('"verbatim": false') + files["json"].count('"verbatim":false') == len(known)


def test_where_no_model_writes_every_cell_is_a_quote(sample: Assistant, tmp_path: Path) -> None:
    with OpenAIServer(reply=writer) as server, with_model(sample, server, **beside(tmp_path)) as assistant:
        assert any(card.worded for card in assistant.cards(sample.summarize(SUBJECT).papers))
        with with_model(sample, server, mode="extractive", **beside(tmp_path)) as without:
            extractive = without.summarize(SUBJECT)
        broken = dict.fromkeys(("outline", "overview", "theme", "relations"), fails(500, "down"))
        server.enqueue(*by_kind(**broken))
        events = [*assistant.stream_summary(SUBJECT)]
    is_sound(extractive)
    assert not extractive.worded
    summary = events[-1].summary  # type: ignore[union-attr]
    assert summary.mode == "extractive"
    is_sound(summary)
    tables = [event for event in events if isinstance(event, Tabled)]
    assert [any(card.worded for card in table.cards) for table in tables] == [True, False]
    assert tables[-1].cards == summary.cards
