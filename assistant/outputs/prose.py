"""The Markdown of summaries as HTML: emphasis, lists, code and citation marks; all else of it is text.

No link, no image and no HTML of a paper or a model comes through, and formulas stay as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from .escaping import clean

if TYPE_CHECKING:
    from markdown_it.rules_inline import StateInline

_MARK = re.compile(r"\[(\d{1,4})\]")
_FORMULA = re.compile(r"(?<![\\\w$])\$(?![\s\d$])[^$]{1,300}?(?<!\s)\$(?![\w$])")


def to_html(text: str, target: Callable[[int], str | None]) -> str:
    """The text as HTML; ``target`` gives the address within the page that a mark leads to."""
    from markdown_it import MarkdownIt

    def mark(state: StateInline, silent: bool) -> bool:
        found = _MARK.match(state.src, state.pos)
        if found is None or (address := target(int(found[1]))) is None:
            return False
        if not silent:
            state.push("link_open", "a", 1).attrs = {"href": f"#{address}", "class": "mark"}
            state.push("text", "", 0).content = found[0]
            state.push("link_close", "a", -1)
        state.pos = found.end()
        return True

    def formula(state: StateInline, silent: bool) -> bool:
        found = _FORMULA.match(state.src, state.pos)
        if found is None:
            return False
        if not silent:
            state.push("text", "", 0).content = found[0]
        state.pos = found.end()
        return True

    reader = MarkdownIt("zero", {"html": False}).enable(["emphasis", "list", "backticks", "escape"])
    reader.inline.ruler.push("mark", mark)
    reader.inline.ruler.before("escape", "formula", formula)
    html: str = reader.render(clean(text))
    return html
