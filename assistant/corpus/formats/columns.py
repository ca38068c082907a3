"""Finds the columns of a table by their names, and in them the fields of a paper; knows no files."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..exported import fields_of_cells, is_exported
from ..record import LITERAL, stated
from ..shapes import identified
from ..shapes.values import Fields
from .column_names import NAMES, bare

_FIELDS = {name: field for field, names in NAMES.items() for name in names}
# A table with no other columns than these is in our own shape (or BEIR's), and its ids are kept.
_OWN = {*NAMES, "_id", "text"}

_NAME = re.compile(r"[\w\s\u0300-\u036f./()（）#&*:'’-]+")
_SCOPUS_ID = re.compile(r" ?\(\d{6,}\)")
_SEMICOLONS = str.maketrans("；、", ";;")  # as Chinese and Japanese have them
_IN_QUOTES = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_EMBASE_SOURCE = re.compile(r"(?P<venue>.{2,200}?) \((?P<year>\d{4})\).*Date of Publication.*", re.DOTALL)
_EMBASE_DOI = re.compile(r"[?&]id=doi:([^&\s]+)")


class Columns:
    """The columns of one table."""

    def __init__(self, names: Sequence[str]) -> None:
        """Find the columns of each field, the best first."""
        self.names = tuple(name.strip() for name in names)
        self._is_exported = is_exported(self.names)
        self._is_own = {name.lower() for name in self.names if name} <= _OWN
        found: dict[str, list[tuple[int, int]]] = {}
        for place, name in enumerate(self.names):
            letters = bare(name) if _NAME.fullmatch(name) else ""
            if field := _FIELDS.get(letters):
                found.setdefault(field, []).append((NAMES[field].index(letters), place))
        self._places = {field: [place for _, place in sorted(best)] for field, best in found.items()}

    @property
    def fields(self) -> frozenset[str]:
        """The fields that the table has columns for."""
        return frozenset(self._places)

    def fields_of(self, cells: Sequence[str]) -> Fields:
        """The fields of a row under the names that `record.make_paper` knows."""
        if self._is_exported:
            return fields_of_cells(dict(zip(self.names, cells, strict=False)))
        texts = {
            field: next((text for place in places if (text := cells[place].strip())), "")
            for field, places in self._places.items()
        }
        texts["authors"] = _authors(texts.get("authors", ""))
        texts["abstract"] = stated(texts.get("abstract", ""))
        return {**texts, **LITERAL} if self._is_own else _foreign(texts)


def _foreign(texts: dict[str, str]) -> Fields:
    """The fields of a row that another program exported: its numbers of rows are no ids of papers."""
    fields: Fields = {**texts, "id": None, "latex": False}
    if found := _EMBASE_SOURCE.fullmatch(texts.get("venue", "")):  # "Cancer (2004) 102:4 (253-258). ..."
        fields["venue"] = found["venue"]
        fields["year"] = texts.get("year") or found["year"]
    if not texts.get("doi") and (linked := _EMBASE_DOI.search(texts.get("url", ""))):
        fields["doi"] = linked[1]
    return identified(fields)


def _authors(text: str) -> str:
    """A cell of authors with a semicolon between them, where its program writes something else."""
    if text.startswith("[") and text.endswith("]"):  # a list of Python's, which pandas writes
        return "; ".join(one or other for one, other in _IN_QUOTES.findall(text)) or text
    text = _SCOPUS_ID.sub("", text).translate(_SEMICOLONS)
    return text.replace("|", ";") if ";" not in text else text
