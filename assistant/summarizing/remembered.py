"""Cards as they are kept on disk: what was said, with the places of the sentences; the paper is not kept."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from ..cards import POINTS, Cell, Figure, PaperCard
from ..types import Mode, Paper


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
