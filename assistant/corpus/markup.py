"""Plain text of titles and abstracts that carry a few tags of HTML or JATS; knows nothing of records."""

from __future__ import annotations

import html
import re

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31}\d{0,2});")
# Only tags that such texts have: "p<q and r>s" is no tag.
_BLOCK = r"p|br|div|sec|title|list|list-item|ul|ol|li|label|disp-formula|abstract|h[1-6]"
_INLINE = (
    r"i|b|u|em|strong|italic|bold|sub|sup|inf|sc|scp|small|span|font|tt|a|underline|monospace|xref|ext-link"
    r"|inline-formula|alternatives|tex-math|named-content|styled-content"
)
_HEADING = re.compile(r"<(?:jats:)?title>([^<>]{0,200})</(?:jats:)?title>", re.IGNORECASE)
_BLOCK_TAG = re.compile(rf"</?(?:jats:)?(?:{_BLOCK})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_INLINE_TAG = re.compile(rf"</?(?:(?:jats:)?(?:{_INLINE})|mml:[a-z]+|math)(?:\s[^<>]*)?/?>", re.IGNORECASE)


def plain(text: str) -> str:
    """A text without tags and entities; what stood in paragraphs of their own is parted by a blank.

    The headings of a structured abstract become "Methods: ", and the heading "Abstract" goes.
    """
    if "&" in text:
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    if "<" not in text:
        return text
    text = _HEADING.sub(_heading, text)
    return " ".join(_INLINE_TAG.sub("", _BLOCK_TAG.sub(" ", text)).split())


def _heading(found: re.Match[str]) -> str:
    """A heading as people write it before the text."""
    heading = found[1].strip(" \t\r\n:.")
    return "" if heading.lower() in {"", "abstract"} else f" {heading}: "
