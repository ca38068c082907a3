"""MEDLINE, PubMed's own text format (.nbib)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...types import Paper, Rejected
from ..preface import stands_near_top
from ..source import Source
from ..tagged import Flavour, papers

NAME = "MEDLINE (PubMed, .nbib)"
MENDABLE = ("", "\n\n", "\n")

_FIRST = re.compile(r"^PMID ?- ?\d+\s*$", re.MULTILINE)
_FLAVOUR = Flavour(
    line=re.compile(r"(?=.{4}-)(?P<tag>[A-Z][A-Z0-9]{1,3}) {0,2}-(?P<value>.*)"),
    begins="PMID",
    title=("TI", "BTI", "TT"),
    abstract=("AB", "OAB"),
    authors=("FAU", "AU", "CN", "FED", "ED"),
    year=("DP", "DEP", "EDAT", "DA"),
    venue=("JT", "TA", "BTI"),
    url=(),
    page="https://pubmed.ncbi.nlm.nih.gov/{}/",
    doi=("LID", "AID"),
)


def recognises(head: str) -> bool:
    """Whether a record begins near the top."""
    return stands_near_top(_FIRST, head)


def read(source: Source) -> Iterator[Paper | Rejected]:
    """A paper for each record with a title."""
    yield from papers(source, _FLAVOUR)
