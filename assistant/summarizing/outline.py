"""The outline of a summary by a language model: one call that sorts the papers into themes.

Its reply is read leniently; papers that it forgets go to the last theme, so that none is lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing

from ..cards import PaperCard
from ..models.ports import ChatModel
from ..models.prompts import Prompt
from ..models.tokens import count_messages
from .themes import FEWEST, MOST, Parts, with_rest

_LONGEST_NAME = 80
_LONGEST_REPLY = 20_000
_TOKENS = 600
"""Six lines with the numbers of a hundred papers."""
_LINE = re.compile(
    r"^[\s*#>-]*(?:\**\s*(?:T(?:heme)?\s*)?\d{1,2}\s*\**\s*[.):–-]\s*)?(?P<name>[^=\n]*?[^=\n\s*:])[\s*:]*"
    r"[=:([–-]\s*(?P<papers>\[?P\d[P\d,;\s.and&\]–-]*)\)?[\s.*]*$",
    re.MULTILINE | re.IGNORECASE,
)
_PAPER = re.compile(r"P(\d{1,4})(?:\s*[–-]\s*P?(\d{1,4}))?", re.IGNORECASE)


def outline(model: ChatModel, subject: str, cards: Sequence[PaperCard], budget: int) -> Parts:
    """The themes that the model makes of the papers; empty where its reply names none.

    Papers beyond ``budget`` tokens are not shown to it.

    Raises:
        ModelError: the model failed.
    """
    prompt = Prompt.load("summary_outline")
    lines = [_line(number, card) for number, card in enumerate(cards, start=1)]
    while True:
        messages = prompt.render(subject=subject, most=str(MOST), papers="\n".join(lines))
        if len(lines) < FEWEST or count_messages(messages, model.name) <= budget:
            break
        lines = lines[: len(lines) * 3 // 4]
    reply = ""
    with closing(model.stream(messages, max_tokens=_TOKENS)) as pieces:
        for piece in pieces:
            if isinstance(piece, str) and len(reply) < _LONGEST_REPLY:
                reply += piece
    return read(reply, len(cards))


def read(reply: str, papers: int) -> Parts:
    """The themes that a reply names, of papers 0 to ``papers``, each in the first theme that has it."""
    themes: Parts = []
    left = set(range(papers))
    for line in _LINE.finditer(reply[:_LONGEST_REPLY]):
        own = [place for place in _places(line["papers"], papers) if place in left]
        name = " ".join(line["name"].strip("*_\"'“” ").split())[:_LONGEST_NAME]
        if own and not name.casefold().startswith("other"):
            themes.append((name, own))
            left.difference_update(own)
    return with_rest([(name, own) for name, own in themes if len(own) > 1][:MOST], papers)


def _places(text: str, papers: int) -> list[int]:
    places: list[int] = []
    for found in _PAPER.finditer(text):
        first = int(found[1])
        last = int(found[2] or first)
        places += [number - 1 for number in range(first, min(last, papers) + 1) if 1 <= number <= papers]
    return list(dict.fromkeys(places))


def _line(number: int, card: PaperCard) -> str:
    """A paper in one line: its title and what it does."""
    cell = card.approach or card.problem or card.result
    told = cell.text if cell else ""
    return " ".join(f"P{number}: {card.paper}. {told}".split())
