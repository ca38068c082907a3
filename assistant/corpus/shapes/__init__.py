"""What the keys of a JSON object mean, by the service that wrote it; knows nothing of files or addresses.

A shape is told by keys that no other has, object by object, since people join files. All shapes but our
own leave the id to `identity`: one study must be one record, whichever service it came from.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..exported import is_exported
from ..record import LITERAL
from . import arxiv_dump, csl, datacite, hf_papers, openalex, semanticscholar
from .values import Fields

_SHAPES = (openalex, semanticscholar, hf_papers, datacite, arxiv_dump, csl)
_ALIASES = {"id": "_id", "abstract": "text", "year": "date"}  # BEIR's names; bioRxiv's
_ENVELOPES = ("message", "citingPaper", "citedPaper")  # of a single work: Crossref's, Semantic Scholar's


def fields_of(record: Mapping[str, object]) -> Fields:
    """The fields of an object under the names that `record.make_paper` knows.

    Raises:
        FieldError: A part of it is not what the shape says it is.
    """
    if is_exported([*record]):
        return {"original": {}, **record, **LITERAL}
    if "title" not in record:
        record = next((inner for key in _ENVELOPES if isinstance(inner := record.get(key), dict)), record)
    shape = next((shape for shape in _SHAPES if shape.tells(record)), None)
    if shape is None:
        own = {name: record.get(alias) for name, alias in _ALIASES.items() if record.get(name) in (None, "")}
        # What programs make in our own shape says what it means.
        return {**record, **own, **LITERAL}
    return identified(shape.fields(record))


def identified(fields: Fields) -> Fields:
    """The fields, with DOI and arXiv id taken from the address where it is all there is."""
    if isinstance(url := fields.get("url"), str):
        for name in ("doi", "arxiv_id"):
            fields[name] = fields.get(name) or url
    return fields
