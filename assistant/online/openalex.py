"""OpenAlex: works by id, and searches, the most relevant first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..corpus.shapes import openalex
from ..corpus.shapes.values import at
from .mapping import Found, found
from .service import Page, Wanted, listed, one_by_one
from .web import Host, Web

PREFIX = "openalex"
NAME = "OpenAlex"
DATED = True

# It allows a hundred requests a second and counts by the day, so the pause is mere courtesy.
_HOST = Host(NAME, "openalex_url", 0.1, key="openalex_key", key_header="Authorization", key_form="Bearer {}")
_PAGE = 100
_SELECT = (
    "id,doi,title,publication_year,publication_date,primary_location,authorships,abstract_inverted_index"
)
_ID = re.compile(r"(?:https?://(?:api\.)?openalex\.org/(?:works/)?)?(W\d{1,12})", re.IGNORECASE)


def parse(text: str) -> tuple[str, ...]:
    """Ids or their addresses with commas between them; anything else is a query."""
    found = [_ID.fullmatch(part.strip()) for part in text.split(",")]
    return tuple(dict.fromkeys(each[1].upper() for each in found if each)) if all(found) else ()


def pages(web: Web, wanted: Wanted) -> Iterator[Page]:
    """The works of the ids, or those that a query finds."""
    if wanted.ids:
        return one_by_one(
            NAME,
            wanted.ids,
            lambda each: _work(web.get_json(_HOST, f"/works/{each}", {"select": _SELECT})),
        )
    return _search(web, wanted)


def _search(web: Web, wanted: Wanted) -> Iterator[Page]:
    params = {"search": wanted.query, "per_page": str(min(_PAGE, wanted.limit)), "select": _SELECT}
    if wanted.since:
        params |= {"filter": f"from_publication_date:{wanted.since}", "sort": "publication_date:desc"}
    cursor: object = "*"
    while isinstance(cursor, str) and cursor:
        answer = web.get_json(_HOST, "/works", {**params, "cursor": cursor})
        works = listed(_HOST, answer, "results")
        cursor = at(answer, "meta", "next_cursor") if works else None
        yield Page(tuple(map(_work, works)))


def _work(record: object) -> Found:
    return found(record, openalex, "id", "publication_date")
