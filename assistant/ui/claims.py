"""The HTML of an answer's audit: how many statements are supported, and what is wrong with the others."""

from __future__ import annotations

from collections import Counter

from ..summaries import Summary
from ..types import Answer, Claim, Support
from .escaping import html_text, shortened

_BADGES: dict[Support, str] = {
    "supported": "supported",
    "partial": "partly supported",
    "unsupported": "not supported",
}
_MAX_CLAIM, _MAX_SENTENCE = 240, 320


def audit(answer: Answer | Summary) -> str:
    """The audit of an answer or a summary that a model wrote; a quoted one has nothing to doubt."""
    judged = [claim for claim in answer.claims if claim.support is not None]
    if answer.mode == "extractive" or not judged:
        return ""
    counts = Counter(claim.support for claim in judged)
    shares = ", ".join(f"{counts[support]} {name}" for support, name in _BADGES.items() if counts[support])
    noun = "statement" if len(judged) == 1 else "statements"
    doubtful = "".join(_row(claim) for claim in judged if claim.support != "supported" or claim.attached)
    rows = f'<ul class="pa-claims">{doubtful}</ul>' if doubtful else ""
    return f'<section class="pa-audit"><p>{len(judged)} {noun} checked: {shares}.</p>{rows}</section>'


def _row(claim: Claim) -> str:
    support = claim.support or "partial"
    reason = claim.reason or ("cited by the audit" if claim.attached else "")
    better = ""
    if claim.better:
        mark = f"[{claim.better.number}] " if claim.better.number else ""
        told = f"{mark}{claim.better.paper.title}: “{shortened(claim.better.sentence.text, _MAX_SENTENCE)}”"
        better = f'<br><span class="pa-byline" dir="auto">Better: {html_text(told)}</span>'
    return (
        f'<li><span class="pa-badge pa-{support}">{_BADGES[support]}</span> '
        f'<q dir="auto">{html_text(shortened(claim.text, _MAX_CLAIM))}</q>'
        f'<br><span class="pa-byline" dir="auto">{html_text(reason)}</span>{better}</li>'
    )
