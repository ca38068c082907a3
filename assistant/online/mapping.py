"""Records of services: their own id and day, and how to take the fields of `make_paper` from them.

What the keys mean is `corpus.shapes`', as for files; so a paper is the same whichever way it came.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from xml.etree.ElementTree import Element, ParseError

from ..corpus.formats import arxiv_atom
from ..corpus.record import FieldError, one_line
from ..corpus.shapes import identified
from ..corpus.shapes.values import Fields, at


@dataclass(frozen=True, slots=True)
class Found:
    """A record: the service's own id, the day of publication, and what gives the fields.

    ``fields`` raises `FieldError` for a record that is not what the service promises.
    """

    key: object
    date: object
    fields: Callable[[], Fields]


class Feed(NamedTuple):
    """A page of arXiv: how many papers there are in all, those of the page, and what is wrong instead."""

    total: int
    entries: list[Found]
    problem: str = ""


class Shape(Protocol):
    """A module of `corpus.shapes`."""

    def fields(self, record: Mapping[str, object]) -> Fields:
        """The fields of a record."""


def found(record: object, shape: Shape, key: str, date: str = "") -> Found:
    """A record of JSON, its id and day under these keys, with dots between those of a path."""

    def fields() -> Fields:
        if not isinstance(record, dict):
            raise FieldError("not a JSON object")
        return identified(shape.fields(record))

    return Found(at(record, *key.split(".")), at(record, *date.split(".")), fields)


def arxiv_feed(body: bytes) -> Feed:
    """A page of arXiv's Atom.

    Raises:
        ValueError: It is none.
    """
    from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

    try:
        # A document type is refused with what it may declare: entities that grow or that read files.
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, LookupError, RecursionError) as error:
        raise ValueError(str(error)) from None
    if root.tag != "{http://www.w3.org/2005/Atom}feed":
        raise ValueError("no Atom feed")
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    total = (root.findtext("totalResults") or "").strip()
    entries = []
    for entry in root.iter("entry"):
        if "/api/errors" in (entry.findtext("id") or ""):
            return Feed(0, [], one_line(entry.findtext("summary") or "error")[:200])
        entries.append(_entry(arxiv_atom.fields(entry), entry.findtext("published")))
    return Feed(int(total) if re.fullmatch("[0-9]{1,9}", total) else 0, entries)


def _entry(fields: Fields, published: str | None) -> Found:
    """An entry of the feed."""
    key = str(fields["arxiv_id"]).rpartition("/abs/")[2]
    return Found(key, published, lambda: fields)
