"""Which paper somebody means by an id, a DOI, an arXiv id, or a part of a title."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from ..corpus.identity import normal_arxiv_id, normal_doi, paper_id
from ..errors import PaperNameError
from ..index.browsing import Order
from ..index.store import PaperIndex
from ..questions.form import has_own_case
from ..types import NO_FILTERS, Paper

_LONGEST = 500
_LOOKED_AT = 200
"""Papers that hold every word of a name and are looked at; a name that more of them hold names none."""
_SHOWN = 5


def named(index: PaperIndex, name: str) -> Paper:
    """The paper that a name means.

    Raises:
        PaperNameError: it means none of the collection, or several; the candidates are named.
    """
    name = " ".join(name.encode("utf-8", "replace").decode().split())
    if not name or len(name) > _LONGEST:
        raise PaperNameError(
            f"A paper is named by its id, its DOI or arXiv id, or a part of its title of up to {_LONGEST} "
            "characters.",
            "`paper-assistant list` shows ids and titles.",
        )
    if exact := _by_key(index, name):
        return exact
    listing = index.page(name, NO_FILTERS, Order.MATCH, 0, _LOOKED_AT)
    wanted = _bare(name)
    found = _meant(name, listing.papers) if wanted else []
    if len(found) == 1:
        return found[0]
    if found:
        raise _several(name, found)
    raise PaperNameError(
        f"No paper of this collection has the id or a title with {name[:80]!r}.",
        _hint(listing.papers) if wanted else "`paper-assistant list` shows ids and titles.",
        candidates=_pairs(listing.papers) if wanted else (),
    )


def _by_key(index: PaperIndex, name: str) -> Paper | None:
    """The paper with this id, DOI, arXiv id or exact title."""
    if papers := index.papers([name]):
        return papers[0]
    keys = []
    if normal_doi(name):
        keys.append(paper_id(doi=name))
    if normal_arxiv_id(name):
        keys.append(paper_id(arxiv_id=name))
    owners = index.owners(keys)
    known = [id_ for key in keys for id_ in owners.get(key, [])]
    found = index.papers(list(dict.fromkeys([*known, *keys])))
    return found[0] if found else None


def _meant(name: str, papers: Sequence[Paper]) -> list[Paper]:
    """The papers whose titles a name fits best: wholly, before the colon, as whole words, or anywhere."""
    exact, folded = _words(name), _bare(name)
    # "PaSS" is not the "pass" of another title, but of "Diffusion" and "diffusion" each may be meant.
    fits: list[Callable[[str], bool]] = [
        lambda title: _bare(title) == folded,
        lambda title: _words(title.partition(":")[0]) == exact,
        lambda title: _bare(title.partition(":")[0]) == folded,
        lambda title: has_own_case(name) and f" {exact} " in f" {_words(title)} ",
        lambda title: f" {folded} " in f" {_bare(title)} ",
        lambda title: folded in _bare(title),
    ]
    return next((found for fit in fits if (found := [paper for paper in papers if fit(paper.title)])), [])


def _several(name: str, papers: Sequence[Paper]) -> PaperNameError:
    more = f" and {len(papers) - _SHOWN:,} more" if len(papers) > _SHOWN else ""
    listed = "; ".join(f"{paper.id} {paper.title}" for paper in papers[:_SHOWN])
    return PaperNameError(
        f"{name[:80]!r} may mean {len(papers):,} papers: {listed}{more}.",
        "Give an id, or more of the title.",
        candidates=_pairs(papers),
    )


def _hint(papers: Sequence[Paper]) -> str:
    if not papers:
        return "`paper-assistant list` shows ids and titles."
    return "Did you mean " + "; ".join(f"{paper.id} {paper.title}" for paper in papers[:_SHOWN]) + "?"


def _pairs(papers: Sequence[Paper]) -> tuple[tuple[str, str], ...]:
    return tuple((paper.id, paper.title) for paper in papers[:_SHOWN])


def _words(text: str) -> str:
    """Letters and digits, words apart by one blank."""
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text)))


def _bare(text: str) -> str:
    """As :func:`_words`, in one case."""
    return _words(text).casefold()
