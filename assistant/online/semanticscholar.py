"""Semantic Scholar: papers by its own and other ids, and bulk searches, the newest first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from ..corpus.shapes import semanticscholar
from ..corpus.shapes.values import at
from .mapping import Found, found
from .service import Page, Wanted, listed, one_by_one
from .web import Host, Web

PREFIX = "s2"
NAME = "Semantic Scholar"
DATED = True

# With a key it allows one request a second; without, all callers share an allowance.
_HOST = Host(NAME, "s2_url", 1.0, key="s2_key", key_header="x-api-key")
_PAPER = "/graph/v1/paper"
_FIELDS = "title,abstract,authors,year,venue,externalIds,url,publicationDate"
_ID = re.compile(
    r"[0-9a-f]{40}|(?:CorpusId|PMID|PMCID|MAG):\d{1,12}|(?:DOI|ARXIV|ACL):[^\s,?#]{3,200}", re.IGNORECASE
)


def parse(text: str) -> tuple[str, ...]:
    """Ids with commas between them, other than its own with their kind before them; else a query."""
    parts = [part.strip() for part in text.split(",")]
    return tuple(dict.fromkeys(parts)) if all(map(_ID.fullmatch, parts)) else ()


def pages(web: Web, wanted: Wanted) -> Iterator[Page]:
    """The papers of the ids, or those that a query finds."""
    if wanted.ids:
        return one_by_one(
            NAME,
            wanted.ids,
            lambda each: _paper(
                web.get_json(_HOST, f"{_PAPER}/{quote(each, safe=':/')}", {"fields": _FIELDS})
            ),
        )
    return _search(web, wanted)


def _search(web: Web, wanted: Wanted) -> Iterator[Page]:
    # The bulk search gives a thousand at a time, where the other one ends at a thousand in all.
    params = {"query": wanted.query, "fields": _FIELDS, "sort": "publicationDate:desc"}
    if wanted.since:
        params["publicationDateOrYear"] = f"{wanted.since}:"
    token: object = ""
    while isinstance(token, str):
        answer = web.get_json(_HOST, f"{_PAPER}/search/bulk", params | ({"token": token} if token else {}))
        papers = listed(_HOST, answer, "data")
        yield Page(tuple(map(_paper, papers)))
        token = at(answer, "token") if papers else None


def _paper(record: object) -> Found:
    return found(record, semanticscholar, "paperId", "publicationDate")
