"""How long prompt and reply may be together, as an endpoint tells when it refuses; it knows no client."""

from __future__ import annotations

import re

_HEADROOM = 1.1
"""Other models' tokenisers make up to about a tenth more of English prose than the counted one."""
_LEAST_REPLY = 200
"""Tokens: a shorter reply answers nothing."""
_LEAST_WINDOW = 256
_WINDOW = re.compile(
    r"context (?:length|size|window)\D{0,40}?(\d{3,8})|n_ctx\W{1,5}(\d{3,8})|"
    r"> ?(\d{3,8}) max|tokens allowed\D{0,10}(\d{3,8})",
    re.IGNORECASE,
)
_PROMPT = re.compile(
    r"(\d{2,8}) (?:tokens )?(?:in the messages|input tokens|in the prompt|from the input)", re.I
)


def window_in(refusal: str) -> int | None:
    """The model's window of tokens that a refusal names, if it does."""
    for found in _WINDOW.finditer(refusal.replace(",", "")):
        if (window := int(next(filter(None, found.groups())))) >= _LEAST_WINDOW:
            return window
    return None


def shorter_reply(refusal: str, window: int, counted: int, max_tokens: int) -> int | None:
    """The longest reply that the window leaves room for; ``None`` where asking so would not help.

    ``counted`` is the prompt as we count it; where the refusal tells its length, that holds.
    """
    told = _PROMPT.search(refusal.replace(",", ""))
    room = window - (int(told[1]) if told else int(counted * _HEADROOM))
    return room if _LEAST_REPLY <= room < max_tokens else None
