"""Judges claims with no language model; so far what can be known for certain.

A claim that is its cited sentence, word for word, is supported; one that cites nothing is unsupported;
for all others the verdict stays open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..types import Citation, Claim


def audit(claims: Sequence[Claim], citations: Sequence[Citation]) -> tuple[Claim, ...]:
    """The claims with their verdicts."""
    by_number = {citation.number: citation.paper for citation in citations}
    judged = []
    for claim in claims:
        cited = {_words(by_number[number].sentences[index].text) for number, index in claim.evidence}
        if not claim.citations:
            judged.append(replace(claim, support="unsupported", score=1.0))
        elif _words(claim.text) in cited:
            judged.append(replace(claim, support="supported", score=1.0))
        else:
            judged.append(claim)
    return tuple(judged)


def _words(text: str) -> str:
    """The text without what quoting it adds."""
    return " ".join(text.split()).strip("“”\"'* ")
