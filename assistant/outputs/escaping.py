"""Makes the text of papers and models safe to show: without what hides, as HTML; and links only links.

That text is untrusted. Knows no page and no format of files.
"""

from __future__ import annotations

import html
import re
from urllib.parse import quote, urlsplit

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, except tab and line feed
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"  # hide or reorder
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNSAFE_IN_LINK = re.compile(r"[\s<>\"'`\\{}|^]")


def clean(text: str) -> str:
    """The text without characters that are invisible, reorder what follows, or cannot be encoded."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _SURROGATE.sub("\ufffd", _INVISIBLE.sub("", text))


def html_text(text: str) -> str:
    """The text for HTML, as content or inside a double-quoted attribute."""
    escaped = html.escape(clean(text), quote=True)
    # Components evaluate templates, and these characters open one; so far only in the template itself.
    return escaped.translate({ord(character): f"&#{ord(character)};" for character in "`${}"})


def safe_link(url: str | None) -> str | None:
    """The address if it is a plain http or https one, else ``None``."""
    address = (url or "").strip()
    try:
        parts = urlsplit(address)
        plain = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return None
    if not plain or not address.isprintable() or _UNSAFE_IN_LINK.search(address):
        return None
    return address


def paper_link(url: str | None, doi: str | None, arxiv_id: str | None) -> str | None:
    """Where a paper can be read: its address, else by its DOI, else on arXiv."""
    link = safe_link(url)
    if link is None and doi:
        link = safe_link("https://doi.org/" + quote(clean(doi).strip(), safe="/().;-_:"))
    if link is None and arxiv_id:
        link = safe_link("https://arxiv.org/abs/" + quote(clean(arxiv_id).strip(), safe="/."))
    return link
