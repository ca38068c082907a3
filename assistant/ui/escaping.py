"""Text for the page as one line; makes no HTML of its own, but names what does it for any page."""

from __future__ import annotations

from ..outputs.escaping import clean, html_text, paper_link, safe_link

__all__ = ["clean", "html_text", "paper_link", "safe_link", "shortened"]


def shortened(text: str, limit: int) -> str:
    """The text on one line, cut at ``limit`` characters with an ellipsis."""
    line = " ".join(clean(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
