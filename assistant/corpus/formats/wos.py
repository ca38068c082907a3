"""Web of Science's tagged text ("plain text file")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...types import Paper, Rejected
from ..preface import stands_near_top
from ..source import Source
from ..tagged import Flavour, papers

NAME = "Web of Science text"
MENDABLE = ("FN Rejected records\nVR 1.0\n", "\n\n", "\nEF\n")

_FIRST = re.compile(r"^(?:FN .*\n+VR \d|PT [A-Z]\n(?:[A-Z][A-Z0-9] .*\n(?:   .*\n)*){2})", re.MULTILINE)
_FLAVOUR = Flavour(
    line=re.compile(r"(?P<tag>[A-Z][A-Z0-9])(?: (?P<value>.*)|$)"),
    begins="PT",
    ends="ER",
    parted=frozenset(("AU", "AF", "BA", "BE", "BF", "CA", "GP")),
    title=("TI",),
    abstract=("AB",),
    authors=("AF", "AU", "BF", "BA", "CA", "GP", "BE"),
    year=("PY", "EA", "PD"),
    venue=("SO", "SE", "JI", "J9"),
    url=("UR",),
    doi=("DI", "D2"),
)


def recognises(head: str) -> bool:
    """Whether the file's header or a record stands near the top."""
    return stands_near_top(_FIRST, head)


def read(source: Source) -> Iterator[Paper | Rejected]:
    """A paper for each record with a title."""
    yield from papers(source, _FLAVOUR)
