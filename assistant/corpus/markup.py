"""Plain text of titles and abstracts that carry a few tags of HTML or JATS; knows nothing of records."""

from __future__ import annotations

import html
import re

from .latex import ABOVE

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31}\d{0,2});")
_TIMES = 3  # that an ampersand was escaped: Crossref has "&amp;amp;lt;"
# Only tags that such texts have: "p<q and r>s" is no tag.
_BLOCK = r"p|br|div|sec|title|list|list-item|ul|ol|li|label|disp-formula|abstract|h[1-6]"
_INLINE = (
    r"i|b|u|em|strong|italic|bold|sub|sup|inf|sc|scp|small|span|font|tt|a|underline|monospace|xref|ext-link"
    r"|inline-formula|alternatives|tex-math|named-content|styled-content|mml:[a-z]+|math"
)
_TAG = re.compile(
    rf"<(?P<end>/?)(?:jats:)?(?:(?P<block>{_BLOCK})|(?P<inline>{_INLINE}))(?:\s[^<>]*)?(?P<empty>/?)>",
    re.IGNORECASE,
)
_HEADING = re.compile(r"<(?:jats:)?title>([^<>]{0,200})</(?:jats:)?title>", re.IGNORECASE)
_ABOVE = re.compile(r"(?<=\w)<(?:jats:)?sup>([0-9+()n−-]{1,9})</(?:jats:)?sup>", re.IGNORECASE)
# A formula that is there a second time, for programs that do not know TeX.
_TWICE = re.compile(
    r"(<(?:jats:)?tex-math[^<>]{0,200}>[^<>]{0,2000}</(?:jats:)?tex-math>)\s{0,9}<mml:math.{0,5000}?</mml:math>",
    re.DOTALL,
)


def plain(text: str) -> str:
    """A text without tags and entities; what stood in paragraphs of their own is parted by a blank.

    The headings of a structured abstract become "Methods: ", and the heading "Abstract" goes. Numbers that
    were raised stay so, for 10<sup>5</sup> is not 105. A tag of which the partner is missing is none: in
    physics "<p>" is a mean.
    """
    for _ in range(_TIMES):
        if "&" not in text:
            break
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    if "<" not in text:
        return text
    found = [*_TAG.finditer(text)]
    if not found:
        return text
    paired = {_name(tag) for tag in found if tag["end"]} & {_name(tag) for tag in found if not tag["end"]}

    def gone(tag: re.Match[str]) -> str:
        if not (tag["empty"] or _name(tag) in {"br", *paired}):
            return tag[0]
        return " " if tag["block"] else ""

    text = _ABOVE.sub(lambda above: raised(above[1]), _TWICE.sub(r"\1", _HEADING.sub(_heading, text)))
    return " ".join(_TAG.sub(gone, text).split())


def raised(text: str) -> str:
    """A number as it is written above the line: an exponent, a charge; anything else as it is."""
    return text.translate(ABOVE) if text.strip("0123456789+-−()n") == "" else text


def _name(tag: re.Match[str]) -> str:
    """The name of a tag."""
    return (tag["block"] or tag["inline"]).lower()


def _heading(found: re.Match[str]) -> str:
    """A heading as people write it before the text."""
    heading = found[1].strip(" \t\r\n:.")
    return "" if heading.lower() in {"", "abstract", "summary"} else f" {heading}: "
