"""RIS, as Scopus, Embase, Ovid, ProQuest, PubMed, EndNote, Zotero, Citavi and Rayyan write it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ...types import Paper, Rejected
from ..preface import stands_near_top
from ..source import Source
from ..tagged import Flavour, papers

NAME = "RIS"
MENDABLE = ("", "\n\n", "\n")

_FIRST = re.compile(r"^TY(?P<gap>[ \t]{1,3})-", re.MULTILINE)

# Two blanks or a tab part a tag from its dash: with one, a line such as "US - based users" may be text.
_FLAVOUR = Flavour(
    line=re.compile(r"(?P<tag>[A-Z][A-Z0-9])(?: {2}|[ ]*\t[ \t]*)-(?P<value>.*)"),
    begins="TY",
    ends="ER",
    title=("TI", "T1", "CT", "BT", "ST", "TT"),
    abstract=("AB", "N2"),
    authors=("AU", "A1", "A2", "A3", "A4", "ED"),
    year=("PY", "Y1", "YR", "DA"),
    venue=("JF", "T2", "JO", "BT", "JA", "J2", "T3"),
    url=("UR", "L2", "L1", "LK"),
    doi=("DO", "DI", "M3", "L3", "N1"),
)
_LOOSE = replace(_FLAVOUR, line=re.compile(r"(?P<tag>[A-Z][A-Z0-9])[ \t]{1,3}-(?P<value>.*)"))


def recognises(head: str) -> bool:
    """Whether a record begins near the top."""
    return stands_near_top(_FIRST, head)


def read(source: Source) -> Iterator[Paper | Rejected]:
    """A paper for each record with a title; a file that writes "TY - " writes all tags so."""
    first = _FIRST.search("\n".join(source.head.splitlines()))
    yield from papers(source, _LOOSE if first and first["gap"] == " " else _FLAVOUR)
