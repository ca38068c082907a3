"""Decides, before any model is asked, whether the collection has anything on a question."""

from __future__ import annotations

from collections.abc import Sequence

from ..retrieval.signals import Signals
from ..types import Filters, Hit, Paper, Refusal

_COVERED = 0.5
"""One paper has half of what the question names. None of SciFact's train claims is let through by this, asked
of the sample collection, which is of another field (`python -m benchmarks.refusal`)."""
_LEAST = 0.02
"""Below this chance lie fewer than one in a hundred of SciFact's train claims that have an answer
(`benchmarks.fitting`; a hundredth of them lies below 0.08). The room is for questions, which share fewer
words with abstracts than claims do: one refused wrongly costs its reader more than one whose quotes miss."""
_LEAST_READ = 0.03
"""The same where the best paper was read: one in two hundred of the answered questions that
`benchmarks.cross_encoder.fit` holds out lies below, and a third of those that are left open."""
_NEAREST = 3
"""Titles offered with a refusal."""


def unanswerable(
    hits: Sequence[Hit], signals: Signals, unrelated_below: float | None, papers: int
) -> Refusal | None:
    """A refusal when nothing comes near the question in meaning or in words, or does not say, else ``None``.

    ``unrelated_below`` is the cosine under which the embedder's vectors mean nothing to each other; an
    embedder that does not know it leaves that to the words. A bare name ("What is MACE?") is near nothing in
    meaning, and yet there: hence the terms.
    """
    cosines = [hit.vector_score for hit in hits if hit.vector_score is not None]
    near = unrelated_below is None or max(cosines, default=0.0) >= unrelated_below
    if not hits or not (near or signals.any_terms >= _COVERED):
        return Refusal(
            "not_in_collection",
            f"None of the {papers:,} papers in this collection is about that."
            if papers != 1
            else "The one paper in this collection is not about that.",
            _nearest(hits),
        )
    if signals.chance(unrelated_below) < (_LEAST if signals.read is None else _LEAST_READ):
        return not_stated(hits)
    return None


def filtered_out(filters: Filters, hits: Sequence[Hit] = ()) -> Refusal:
    """The refusal for filters that no paper passes, or none that answers; ``hits`` are those that do pass."""
    if filters.since is not None and filters.until is not None and filters.since > filters.until:
        years = f"no year is both {filters.since} or later and {filters.until} or earlier"
        return Refusal("filtered_out", f"No paper passes your filters: {years}. Swap the years.")
    if not hits:
        return Refusal("filtered_out", f"No paper in this collection passes your filters ({filters}).")
    return Refusal(
        "filtered_out",
        f"The collection may answer this, but not with the papers that pass your filters ({filters}).",
        _nearest(hits),
    )


def only_titles(hits: Sequence[Hit]) -> Refusal:
    """The refusal for a question that fits papers without an abstract, best first."""
    who, what = ("Papers", "their titles are") if len(hits) > 1 else ("A paper", "its title is")
    return Refusal(
        "not_stated",
        f"{who} here may answer this, but only {what} in the collection, without an abstract.",
        tuple(hit.paper for hit in hits[:_NEAREST]),
    )


def not_stated(hits: Sequence[Hit]) -> Refusal:
    """The refusal for a question whose papers are there, but do not say."""
    return Refusal(
        "not_stated",
        "The collection has papers near this question, but their abstracts do not answer it.",
        _nearest(hits),
    )


def body_of(refusal: Refusal) -> str:
    """The refusal as Markdown: the reason and the nearest titles."""
    if not refusal.nearest:
        return refusal.reason
    titles = "\n".join(f"- {paper}" for paper in refusal.nearest)
    return f"{refusal.reason} The nearest titles are:\n\n{titles}"


def _nearest(hits: Sequence[Hit]) -> tuple[Paper, ...]:
    by_meaning = sorted(hits, key=lambda hit: -(hit.vector_score or 0.0))
    return tuple(hit.paper for hit in by_meaning[:_NEAREST])
