"""arXiv: papers by id, and searches in arXiv's own query language, the newest first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..corpus.identity import normal_arxiv_id
from ..errors import SourceError, UsageError
from ..types import Rejected
from .mapping import Feed, arxiv_feed
from .service import Page, Wanted
from .web import Host, Web, unreadable

PREFIX = "arxiv"
NAME = "arXiv"
DATED = True

# Its terms of use: one connection, and no more than one request every three seconds.
_HOST = Host(NAME, "arxiv_url", pause=3.0)
_PAGE = 100
_TRIES = 3  # at a page that is empty where it cannot be: its search has such moments


def parse(text: str) -> tuple[str, ...]:
    """Ids with commas between them, versions and prefixes dropped; anything without an id is a query."""
    parts = [part for part in re.split(r"[,\s]+", text) if part]
    ids = [normal_arxiv_id(part) for part in parts]
    if not any(ids):
        return ()
    if "," not in text and len(parts) > 1:
        return ()  # an id within a query
    for part, found in zip(parts, ids, strict=True):
        if not found:
            raise UsageError(f'"{part}" is no arXiv id.', "Ids look like 2205.13504 or hep-th/9901001.")
    return tuple(dict.fromkeys(found for found in ids if found))


def pages(web: Web, wanted: Wanted) -> Iterator[Page]:
    """The papers of the ids, or those that a query finds."""
    return by_ids(web, wanted.ids) if wanted.ids else _search(web, wanted)


def by_ids(web: Web, ids: tuple[str, ...]) -> Iterator[Page]:
    """The newest versions of these papers; arXiv passes over ids that it does not know."""
    for start in range(0, len(ids), _PAGE):
        some = ids[start : start + _PAGE]
        feed = _feed(web, {"id_list": ",".join(some), "start": "0", "max_results": str(len(some))})
        found = {normal_arxiv_id(str(entry.key)) for entry in feed.entries}
        missing = (Rejected(f"{NAME} {each}", "not found") for each in some if each not in found)
        yield Page((*feed.entries, *missing))


def _search(web: Web, wanted: Wanted) -> Iterator[Page]:
    start = 0
    while start < wanted.limit:
        feed = _full(web, wanted, start)
        since = wanted.since.isoformat() if wanted.since else ""
        fresh = [entry for entry in feed.entries if str(entry.date or since) >= since]
        yield Page(tuple(fresh))
        start += len(feed.entries)
        if start >= feed.total or not feed.entries or len(fresh) < len(feed.entries):
            return


def _full(web: Web, wanted: Wanted, start: int) -> Feed:
    """A page of a search, asked for again where it is empty in the middle of the results."""
    params = {
        "search_query": wanted.query,
        "start": str(start),
        "max_results": str(min(_PAGE, wanted.limit - start)),
        "sortBy": "submittedDate",
        "sortOrder": "descending",
    }
    for _ in range(_TRIES):
        feed = _feed(web, params)
        if feed.entries or start >= feed.total:
            return feed
    raise SourceError(f"{NAME} leaves a page of its results empty.", "Run the same again later.")


def _feed(web: Web, params: dict[str, str]) -> Feed:
    try:
        feed = arxiv_feed(web.get(_HOST, "/api/query", params))
    except ValueError:
        raise unreadable(_HOST) from None
    if feed.problem:
        raise SourceError(f"{NAME} refuses the request ({feed.problem}).", "Check what you ask for.")
    return feed
