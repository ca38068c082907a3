"""The outline of a summary by a language model: one call that sorts the papers into themes.

Its reply is read leniently; papers that it forgets go to the last theme, so that none is lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing

from ..cards import PaperCard
from ..models.prompts import Prompt
from ..models.tokens import count_messages
from .recalling import Recalling
from .themes import FEWEST, MOST, Parts, with_rest

_LONGEST_NAME = 80
_LONGEST_REPLY = 20_000
_TOKENS = 600
"""Six lines with the numbers of a hundred papers."""
_PAPER = re.compile(r"\bP(\d{1,4})(?:\s*(?:[–-]|to)\s*P?(\d{1,4}))?\b", re.IGNORECASE)
_MARKUP = re.compile(r"[\s*_#>|`\"'“”{}\[\]()•+-]+")
_LABEL = re.compile(
    r"(?:(?:T(?:heme)?|Group|Cluster)?\s*\d{1,2}|[A-H]|name|title|themes?|papers?)\s*[\"*_]*\s*[.):|=–-]\s*",
    re.IGNORECASE,
)
_ENDS = " \t:=|,;.–-*_`\"'“”{}[]("
_NO_THEME = re.compile(r"others?\b|note\b|misc|remaining|unassigned|uncategori|none\b", re.IGNORECASE)
_LOOSE = re.compile(r"papers?|themes?|name|titles?", re.IGNORECASE)


def outline(model: Recalling, subject: str, cards: Sequence[PaperCard], budget: int) -> Parts:
    """The themes that the model makes of the papers; empty where its reply names none.

    Papers beyond ``budget`` tokens, the longest reply included, are not shown to it; where too few fit, it is
    not asked.

    Raises:
        ModelError: the model failed.
    """
    prompt = Prompt.load("summary_outline")
    lines = [_line(number, card) for number, card in enumerate(cards, start=1)]
    while True:
        messages = prompt.render(subject=subject, most=str(MOST), papers="\n".join(lines))
        if count_messages(messages, model.name) + _TOKENS <= budget:
            break
        if len(lines) <= FEWEST:
            return []
        lines = lines[: len(lines) * 3 // 4]
    reply = ""
    with closing(model.stream(messages, max_tokens=_TOKENS)) as pieces:
        for piece in pieces:
            if isinstance(piece, str) and len(reply) < _LONGEST_REPLY:
                reply += piece
    return read(reply, len(cards))


def read(reply: str, papers: int) -> Parts:
    """The themes that a reply names, of papers 0 to ``papers``, each in the first theme that has it.

    Models write a theme on one line, as they are asked to, or its papers below its name, or as JSON.
    """
    themes: Parts = []
    left = set(range(papers))
    name = ""
    for line in _lines(reply[:_LONGEST_REPLY]):
        told, places = _read(line, papers)
        if told:
            name = told
        own = [place for place in places if place in left]
        if not own or not name or _NO_THEME.match(name):
            continue
        left.difference_update(own)
        if themes and themes[-1][0] == name:
            themes[-1][1].extend(own)
        else:
            themes.append((name, own))
    return with_rest([(name, own) for name, own in themes if len(own) > 1][:MOST], papers)


def _lines(reply: str) -> list[str]:
    """The lines; of JSON, each object and each list of papers is one."""
    if '"papers"' in reply:
        reply = reply.replace('"papers"', '\n"papers"').replace("}", "\n").replace(",\n", "\n")
    return reply.splitlines()


def _read(line: str, papers: int) -> tuple[str, list[int]]:
    """The name that a line gives to a theme, if it does, and the places of the papers on it."""
    line = line[_end(_MARKUP, line) :]
    if not (first := _PAPER.search(line)):
        return _named(line), []
    if first.start() > 0:
        return _named(line[: first.start()]), _places(line, papers)
    # "P4: its title" is a paper below the name of its theme; "P4, P7: a name" is a theme.
    leading = line.partition(":")[0]
    places = _places(leading, papers)
    if len(places) > 1:
        return _named(line[len(leading) :]), places
    return "", _places(first[0], papers)


def _named(text: str) -> str:
    """What is left of a name without labels and markup."""
    text = text.lstrip(_ENDS + ")")
    while end := _end(_LABEL, text):
        text = text[end:].lstrip(_ENDS + ")")
    name = " ".join(text.rstrip(_ENDS).replace("**", "").split())[:_LONGEST_NAME]
    return "" if _LOOSE.fullmatch(name) else name


def _end(pattern: re.Pattern[str], text: str) -> int:
    """Where a pattern that stands at the head of a text ends."""
    found = pattern.match(text)
    return found.end() if found else 0


def _places(text: str, papers: int) -> list[int]:
    places: list[int] = []
    for found in _PAPER.finditer(text):
        first = int(found[1])
        last = int(found[2] or first)
        places += [number - 1 for number in range(first, min(last, papers) + 1) if number >= 1]
    return list(dict.fromkeys(places))


def _line(number: int, card: PaperCard) -> str:
    """A paper in one line: its title and what it does."""
    cell = card.approach or card.problem or card.result
    told = cell.text if cell else ""
    return " ".join(f"P{number}: {card.paper}. {told}".split())
