"""What an export writes of a paper that its format has no field for, so that importing it loses nothing.

It is one object of JSON, whose braces are in pairs as BibTeX wants them: the paper's id, the files that it
came from, what was written before it became Unicode, and any other field that a reader would not
understand as it was meant. A record that has it is one of ours, and its other texts are literal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..types import Paper
from .record import LITERAL

BIBTEX_FIELD = "paperassistant"
RIS_TAG = "U5"  # the fifth of those that are the user's own

COLUMNS = "id title abstract authors year venue url doi arxiv_id sources original".split()
_NAMES = frozenset(COLUMNS)
# What a spreadsheet would run as a formula.
_FORMULA = re.compile(r"['=+@-]")
_BRACES = str.maketrans({"{": r"\u007b", "}": r"\u007d"})


def exact(paper: Paper) -> dict[str, Any]:
    """All that is exported of a paper, under the names of `make_paper`; what is empty is left out."""
    fields: dict[str, Any] = {
        "id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": [*paper.authors],
        "year": paper.year,
        "venue": paper.venue,
        "url": paper.url,
        "doi": paper.doi,
        "arxiv_id": paper.arxiv_id,
        "original": dict(paper.original),
    }
    # Always there: it tells a line of ours from one of any other program.
    return {name: value for name, value in fields.items() if value} | {"sources": [*paper.sources]}


def packed(paper: Paper, understood: Mapping[str, object]) -> str:
    """The object for a paper of which a reader understands these fields by itself."""
    fields = exact(paper)
    kept = {name: value for name, value in fields.items() if understood.get(name) != value}
    inside = ", ".join(f"{json.dumps(name)}: {_flat(value)}" for name, value in kept.items())
    return f"{{{inside}}}"


def _flat(value: object) -> str:
    """A value as ASCII on one line, without braces but its own pair."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_flat(key)}: {_flat(each)}' for key, each in value.items())}}}"
    return json.dumps(value).translate(_BRACES)


def unpacked(text: str | None) -> dict[str, object] | None:
    """The fields in such an object, or None where the text is none."""
    if not text or not text.lstrip().startswith("{"):
        return None
    found = _loaded(text)
    if not isinstance(found, dict) or "sources" not in found:
        return None
    return {"original": {}} | {name: value for name, value in found.items() if name in _NAMES}


def is_exported(names: Sequence[str]) -> bool:
    """Whether these keys or columns are those of an export."""
    return "sources" in names and _NAMES.issuperset(names)


def cells(paper: Paper) -> list[str]:
    """The cells of a paper in the order of `COLUMNS`."""
    fields: dict[str, Any] = exact(paper)
    authors = "; ".join(paper.authors)
    fields["authors"] = authors if _names(authors) == fields.get("authors", []) else _flat(fields["authors"])
    for name in ("sources", "original"):
        fields[name] = json.dumps(fields[name], ensure_ascii=False) if fields.get(name) else ""
    texts = [str(fields.get(name) or "") for name in COLUMNS]
    return [f"'{text}" if _FORMULA.match(text) else text for text in texts]


def fields_of_cells(row: Mapping[str, str]) -> dict[str, object]:
    """The fields of `make_paper` of a row of an export, by the names of its columns."""
    texts = {
        name: text[1:] if text.startswith("'") and _FORMULA.match(text, 1) else text
        for name, text in row.items()
    }
    told = {name: _loaded(texts.get(name, "")) for name in ("sources", "original")}
    return {**texts, **told, "authors": _names(texts.get("authors", ""))} | LITERAL


def _names(text: str) -> list[object]:
    """The authors in a cell: a list of JSON, or names between semicolons."""
    found = _loaded(text) if text.startswith("[") else None
    return found if isinstance(found, list) else [name for part in text.split(";") if (name := part.strip())]


def _loaded(text: str) -> object:
    """A value of JSON; None where the text is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
