"""Cards as they are kept on disk: what was said, with the places of the sentences; the paper is not kept."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from ..answering.cache import Cache, key_of
from ..cards import POINTS, Cell, Figure, PaperCard
from ..models.prompts import Prompt
from ..types import Mode, Paper

VERSION = 1
"""Counts the changes of card making that make remembered cards stale."""


@dataclass(frozen=True, slots=True)
class CardCache:
    """The cards that a model wrote before.

    ``identity`` names the model and its options; without one, nothing is kept.
    """

    cache: Cache
    identity: str
    prompt: Prompt
    """What cards are asked for with."""

    def get(self, paper: Paper) -> PaperCard | None:
        """The card of a paper, if it is there."""
        key = self._key(paper)
        data = self.cache.get(key) if key else None
        if data is None:
            return None
        card = loaded(data, paper)
        if card is None:  # written by another version, or tampered with
            self.cache.drop(key)
        return card

    def put(self, card: PaperCard) -> None:
        """Keep a card."""
        if key := self._key(card.paper):
            with suppress(ValueError):  # a model's reply may hold half a character
                self.cache.put(key, dumped(card))

    def _key(self, paper: Paper) -> str:
        """A key of everything that a card depends on; empty where that cannot be known."""
        if not self.identity:
            return ""
        text = f"{paper.text}\n{[(sentence.start, sentence.end) for sentence in paper.sentences]}"
        return key_of(
            {
                "card": hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
                "model": self.identity,
                "prompt": [self.prompt.system, self.prompt.user],
                "version": VERSION,
            }
        )


def dumped(card: PaperCard) -> bytes:
    """A card as JSON."""
    cells = {
        point: cell
        and {
            "text": cell.text,
            "sentences": [sentence.index for sentence in cell.sentences],
            "verbatim": cell.verbatim,
            "support": cell.support,
        }
        for point, cell in card.cells.items()
    }
    figures = [asdict(figure) for figure in card.figures]
    return json.dumps({"cells": cells, "figures": figures, "mode": card.mode}).encode()


def loaded(data: bytes, paper: Paper) -> PaperCard | None:
    """The card of a paper; ``None`` where it is not of this paper's text, or no card at all."""
    try:
        read = json.loads(data)
        cells = [_cell(read["cells"][point], paper) for point in POINTS]
        figures = tuple(
            Figure(str(row["value"]), str(row["text"]), paper.sentences[int(row["sentence"])].index)
            for row in read["figures"]
        )
        mode: Mode = "llm" if read["mode"] == "llm" else "extractive"
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        return None
    problem, approach, result, limitation = cells
    return PaperCard(paper, problem, approach, result, limitation, figures, mode)


def _cell(row: Any, paper: Paper) -> Cell | None:
    if row is None:
        return None
    sentences = tuple(paper.sentences[int(place)] for place in row["sentences"])
    support = row["support"]
    if support not in {"supported", None} or not isinstance(row["text"], str):
        raise ValueError(support)
    return Cell(row["text"], sentences, bool(row["verbatim"]), support)
