"""The HTML of an answer's audit: a badge after each statement, and what is wrong with the doubtful ones."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ..outputs.mathematics import rich_text
from ..summaries import Summary
from ..types import Answer, Claim, Support
from .escaping import html_text, shortened

_BADGES: dict[Support, str] = {
    "supported": "supported",
    "partial": "partly supported",
    "unsupported": "not supported",
}
_SIGNS: dict[Support, str] = {"supported": "✓", "partial": "◐ partly", "unsupported": "✕ not supported"}
_MAX_CLAIM, _MAX_SENTENCE = 240, 320
_SKIPPED = re.compile(r"\s*\[\d{1,4}\]|\*\*|__|`|\s+")
"""What a statement's text has not, and the answer has: marks, emphasis, and blanks of another kind."""
_AFTER = re.compile(r"(?:[.!?;,\"”')*_`]|\s?\[\d{1,4}\])*")


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


def badges(body: str, claims: Sequence[Claim]) -> dict[int, str]:
    """The badge of each judged statement, by the place in the body that it stands at."""
    letters, places = _letters(body)
    found: dict[int, str] = {}
    start = 0
    for claim in claims:
        wanted, _ = _letters(claim.text)
        at = letters.find(wanted, start) if wanted else -1
        if at < 0:
            continue
        start = at + len(wanted)
        if claim.support is not None:
            after = _AFTER.match(body, places[start - 1] + 1)
            found[after.end() if after else len(body)] = _badge(claim, claim.support)
    return found


def _letters(text: str) -> tuple[str, list[int]]:
    """What is left of a text without what a statement has not, and where each character stood."""
    kept: list[int] = []
    end = 0
    for skipped in _SKIPPED.finditer(text):
        kept += range(end, skipped.start())
        end = skipped.end()
    kept += range(end, len(text))
    return "".join(text[place] for place in kept), kept


def _badge(claim: Claim, support: Support) -> str:
    reason = _BADGES[support].capitalize() + (
        f": {told}" if (told := _reason(claim)) else " by what it cites"
    )
    if claim.better:
        reason += f". Better: {_better(claim)}"
    tip = html_text(shortened(reason, 2 * _MAX_SENTENCE))
    return (
        f' <button type="button" class="pa-badge pa-{support}" data-tip="{tip}" aria-label="{tip}">'
        f"{_SIGNS[support]}</button>"
    )


def _row(claim: Claim) -> str:
    support = claim.support or "partial"
    better = ""
    if claim.better:
        told = html_text(_better(claim))
        better = f'<br><span class="pa-byline" dir="auto">Better: {told}</span>'
    return (
        f'<li><span class="pa-badge pa-{support}">{_BADGES[support]}</span> '
        f'<q dir="auto">{rich_text(shortened(claim.text, _MAX_CLAIM))}</q>'
        f'<br><span class="pa-byline" dir="auto">{html_text(_reason(claim))}</span>{better}</li>'
    )


def _reason(claim: Claim) -> str:
    return claim.reason or ("cited by the audit" if claim.attached else "")


def _better(claim: Claim) -> str:
    """The sentence that carries the statement, with its paper."""
    better = claim.better
    if better is None:
        return ""
    mark = f"[{better.number}] " if better.number else ""
    return f"{mark}{better.paper.title}: “{shortened(better.sentence.text, _MAX_SENTENCE)}”"
