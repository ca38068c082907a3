"""Answers without a language model: verbatim sentences, grouped by paper, each cited.

It cannot invent: all that it writes of its own are the words that join the quotes.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence

from ..retrieval.evidence import LIKELY
from ..types import Evidence, Hit
from .draft import Draft

_BROAD = re.compile(
    r"\b(compar\w*|contrast\w*|differ\w*|versus|vs|trade-?offs?|papers|works|methods|approaches|which|list|"
    r"overview|survey|summar\w*|disagree\w*|tension\w*|alternatives|ways|set\b.*\bagainst)\b",
    re.IGNORECASE,
)
"""Words by which a question asks for several papers."""

_FEW, _MANY = 4, 8
"""Papers quoted for a question of fact, and for one that asks for several."""
_NEAR = 0.6
"""A paper is quoted whose score is at least this share of the best one's: further down, the fused
scores fall into the tail that any question has."""


def wants_several(question: str) -> bool:
    """Whether a question asks for several papers rather than for one fact."""
    return bool(_BROAD.search(question))


def compose(question: str, draft: Draft) -> Generator[str]:
    """Write the quotes into ``draft``; yields what is to be shown."""
    chosen = _chosen(question, draft.sources)
    quoted: set[str] = set()
    for place, (number, hit) in enumerate(chosen):
        sentences = [evidence for evidence in _quotable(hit) if evidence.text not in quoted]
        quoted.update(evidence.text for evidence in sentences)
        if not sentences:
            continue
        if place == 0:
            yield from _quote(draft, number, sentences)
            continue
        if place == 1:
            yield draft.text("\n\nOther papers on this:\n")
        yield draft.text(f"\n- **{_inline(hit.title)}**: ")
        yield from _quote(draft, number, sentences)


def _quote(draft: Draft, number: int, sentences: Sequence[Evidence]) -> Generator[str]:
    for place, evidence in enumerate(sentences):
        if place:
            yield draft.text(" ")
        yield draft.quote(number, evidence.index)


def _chosen(question: str, hits: Sequence[Hit]) -> list[tuple[int, Hit]]:
    """The papers to quote with their places among the sources, best evidence first."""
    with_evidence = [(number, hit) for number, hit in enumerate(hits) if hit.evidence]
    if not with_evidence:
        return []
    best = max(hit.score for _, hit in with_evidence)
    near = [(number, hit) for number, hit in with_evidence if hit.score >= _NEAR * best]
    return near[: _MANY if wants_several(question) else _FEW]


def _quotable(hit: Hit) -> list[Evidence]:
    """The best sentence, and a second one that is likely to answer too, in the abstract's order."""
    first, *rest = hit.evidence
    second = [evidence for evidence in rest[:1] if evidence.score >= LIKELY]
    return sorted([first, *second], key=lambda evidence: evidence.index)


def _inline(title: str) -> str:
    """A title inside bold Markdown."""
    return title.replace("*", r"\*")
