"""EndNote's tagged text (.enw), which is refer's with more tags."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...types import Paper, Rejected
from ..source import Source
from ..tagged import Flavour, papers

NAME = "EndNote text (.enw)"
MENDABLE = ("", "\n\n", "\n")

_TAG = re.compile(r"%[0-9A-Z@!+] \S")
_TITLE = re.compile(r"^%T \S", re.MULTILINE)
_FLAVOUR = Flavour(
    line=re.compile(r"%(?P<tag>[^\s%])(?:\s(?P<value>.*)|$)"),
    begins="0",
    restarts=frozenset("AT"),
    title=("T", "!"),
    abstract=("X",),
    authors=("A", "E"),
    year=("D", "8"),
    venue=("J", "B", "S"),
    url=("U",),
    doi=("R", "M"),
)


def recognises(head: str) -> bool:
    """Whether the first line has a tag, and another a title."""
    text = "\n".join(head.splitlines()).lstrip()
    return bool(_TAG.match(text) and _TITLE.search(text))


def read(source: Source) -> Iterator[Paper | Rejected]:
    """A paper for each record with a title."""
    yield from papers(source, _FLAVOUR)
