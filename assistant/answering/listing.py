"""The answer to a question that is nothing but filters: the papers that pass them, each with what it does."""

from __future__ import annotations

from dataclasses import replace

from ..index.browsing import Listing, Order
from ..index.store import PaperIndex
from ..types import Answer, Filters, Hit
from .abstracts import own_work
from .draft import Draft
from .extractive import inline

_MOST = 20
"""Papers that are listed; more are a table, which the page has."""


def newest(index: PaperIndex, filters: Filters) -> Listing:
    """The papers that pass, the newest first, as many as an answer lists."""
    return index.page("", filters, Order.NEWEST, 0, _MOST)


def listed(question: str, filters: Filters, passing: Listing) -> Answer:
    """The answer; ``passing`` has at least one paper."""
    sources = tuple(Hit(rank, paper, 1.0) for rank, paper in enumerate(passing.papers, start=1))
    draft = Draft(sources)
    verb = "paper passes" if passing.total == 1 else "papers pass"
    draft.text(f"{passing.total:,} {verb} the filters ({filters}):\n")
    for place, paper in enumerate(passing.papers):
        year = f" ({paper.year})" if paper.year else ""
        draft.text(f"\n- **{inline(paper.title)}**{year}")
        if paper.sentences:
            draft.text(": ")
            draft.quote(place, own_work(paper.sentences))
        else:
            draft.cite([(place, None)])
    quotes = (claim for claim in draft.claims() if claim.evidence)
    claims = tuple(replace(claim, support="supported", score=1.0) for claim in quotes)
    notices: tuple[str, ...] = ()
    if passing.total > len(sources):
        notices = (f"These are the newest {len(sources)}; name a subject as well, or look at the library.",)
    return Answer(
        question=question,
        status="answered",
        mode="extractive",
        body=draft.body,
        citations=draft.citations(claims),
        claims=claims,
        notices=notices,
        sources=sources,
    )
