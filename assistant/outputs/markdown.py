"""Markdown whose text came from papers and models: it reads as before, and does nothing in any viewer.

A viewer of Markdown draws HTML, loads images and follows links. Ours do not (``prose``), but a file is opened
in others, which differ in what they take for HTML or code: so nothing here asks what a piece is part of. What
could begin something live is written as text; in code too, where the sign that makes it so then shows.
"""

from __future__ import annotations

import re

from .escaping import clean
from .mathematics import FORMULA

_LIVE = re.compile(
    r"(?<!\\)(?P<slashes>\\*+)(?:"
    r"(?P<tag><)(?=[A-Za-z/!?]|[\w.!#$%&'*+/=?^`{|}~-]++@|[^\s>@]{0,64}+@)"  # or a comment, or <a@b.org>
    r"|(?P<image>!)(?=\[))"
    r"|(?P<link>\])(?=\()"
)
"""What may begin a tag, an image, or the address of a link; "a < b" and "p<0.05" do not."""
_DEFINITION = re.compile(
    r"^[ \t>*+\-\d.)]*+\[(?:(?:[^\[\]\\]|\\.)*+|[^\[\]]*+)\](?=:)", re.MULTILINE | re.DOTALL
)
"""What may begin the definition of a link, ``[label]: address``, also in a list or a quote."""


def inert(text: str) -> str:
    """The text without HTML, images and links; emphasis, lists, ``[n]`` marks and formulas stay.

    Bare addresses stand as they are: those of papers lead there in a viewer that makes links of them.
    """
    text = _DEFINITION.sub(r"\g<0>\\", clean(text))
    formulas = FORMULA.finditer(text)
    formula = next(formulas, None)
    pieces: list[str] = []
    end = 0
    opens = text.find("[")
    for found in _LIVE.finditer(text):
        kind = found.lastgroup or ""
        at = found.start(kind)
        if kind == "link" and not 0 <= opens < at:
            continue  # nothing has opened what it would close
        while formula is not None and formula.end() <= at:
            formula = next(formulas, None)
        pieces.append(text[end : found.start()])
        if formula is not None and formula.start() <= at:
            pieces.append(f"{found[0]} ")  # does nothing in TeX, where an escape would
        else:
            pieces.append(_as_text(kind, found["slashes"] or ""))
        end = found.end()
    return "".join([*pieces, text[end:]])


def _as_text(kind: str, slashes: str) -> str:
    """The sign as text, after the backslashes before it; the last of an odd number has made it that."""
    escaped = len(slashes) % 2
    if kind == "tag":  # not all readers know the backslash here
        return f"{slashes[escaped:]}&lt;"
    if kind == "image":
        return f"{slashes}!" if escaped else f"{slashes}\\!"
    return "]\\"
