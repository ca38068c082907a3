"""The daily papers of Hugging Face: the listing of a day, and what is trending."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date

from ..corpus import shapes
from ..errors import UsageError
from .mapping import Found, found
from .service import Page, Wanted, listed
from .web import Host, Web

PREFIX = "hf-papers"
NAME = "Hugging Face"
DATED = False

_HOST = Host(NAME, "hf_url", 0.5)
_PAGE = 100
_TRENDING = "trending"


def parse(text: str) -> tuple[str, ...]:
    """A day, whose listing is a whole like a record; "trending" is a query."""
    if text == _TRENDING:
        return ()
    with suppress(ValueError):
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return (date.fromisoformat(text).isoformat(),)
    raise UsageError(f'"{text}" is no day.', 'Give one like 2026-11-20, or "trending".')


def pages(web: Web, wanted: Wanted) -> Iterator[Page]:
    """The papers of the day, or those that are trending."""
    params = {"date": wanted.ids[0]} if wanted.ids else {"sort": _TRENDING}
    number, papers = 0, [object()]
    while papers:
        asked = {**params, "p": str(number), "limit": str(min(_PAGE, wanted.limit))}
        papers = listed(_HOST, web.get_json(_HOST, "/api/daily_papers", asked), "")
        yield Page(tuple(map(_paper, papers)))
        number += 1


def _paper(record: object) -> Found:
    return found(record, shapes.hf_papers, "paper.id", "publishedAt")
