"""The Markdown of answers and summaries as HTML: emphasis, headings, lists, quotes, code and citation marks.

All else of it is text: no link, no image and no HTML of a paper or a model comes through. Formulas are drawn.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from .escaping import clean, html_text
from .mathematics import FORMULA, mathml

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

_MARK = re.compile(r"\[(\d{1,4})\]")
_PLACE = re.compile("~\ue000(\\d{1,4})\ue001")
"""Where a note stands: a sign at which the reader looks, and characters of private use, which ``to_html``
takes out of what it is given."""
_RULES = ("emphasis", "list", "backticks", "escape", "heading", "blockquote", "newline")
_ACTIVE = {ord(character): f"&#{ord(character)};" for character in "`${}"}
"""What components of a page would read as the start of a template."""


def _noted(text: str, notes: dict[int, str]) -> tuple[str, list[str]]:
    """The text with a place for each note (by where it is to stand), and the notes in their order."""
    text = _without_places(text, filler="\ufffd")
    pieces, end = [], 0
    for number, at in enumerate(sorted(notes)):
        pieces += [text[end:at], f"~\ue000{number}\ue001"]
        end = at
    return "".join([*pieces, text[end:]]), [notes[at] for at in sorted(notes)]


def to_html(text: str, target: Callable[[int], str | None], notes: dict[int, str] | None = None) -> str:
    """The text as HTML; ``target`` gives the address within the page that a mark leads to.

    ``notes`` are pieces of safe HTML by the place in the text that they stand at.
    """
    text, inserted = _noted(clean(text), notes) if notes else (_without_places(clean(text)), [])
    html: str = _reader().render(text, {"target": target, "notes": inserted})
    return html.translate(_ACTIVE)


def unfinished(text: str) -> str:
    """A text still being written, its bold ended where it has no end yet."""
    start, _, last = text.rpartition("**")
    if text.rpartition("\n")[2].count("**") % 2:
        return f"{text.rstrip()}**" if last.strip() else start
    return text


def _without_places(text: str, filler: str = "") -> str:
    return text.replace("\ue000", filler).replace("\ue001", filler)


@cache
def _reader() -> MarkdownIt:
    """The reader of all texts; ``target`` and ``notes`` of the one at hand are its environment."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("zero", {"html": False, "breaks": True}).enable([*_RULES])
    reader.inline.ruler.push("mark", _mark)
    reader.inline.ruler.push("note", _note)
    reader.inline.ruler.before("escape", "formula", _formula)
    reader.add_render_rule("drawn", _drawn)
    return reader


def _mark(state: StateInline, silent: bool) -> bool:
    found = _MARK.match(state.src, state.pos)
    if found is None or (address := state.env["target"](int(found[1]))) is None:
        return False
    if not silent:
        state.push("link_open", "a", 1).attrs = {"href": f"#{address}", "class": "mark"}
        state.push("text", "", 0).content = found[0]
        state.push("link_close", "a", -1)
    state.pos = found.end()
    return True


def _formula(state: StateInline, silent: bool) -> bool:
    found = FORMULA.match(state.src, state.pos)
    if found is None:
        return False
    drawn = mathml(found)
    if drawn is None and found["within"] is None:
        return False
    if not silent:
        state.push("drawn", "", 0).content = drawn or html_text(found[0])
    state.pos = found.end()
    return True


def _note(state: StateInline, silent: bool) -> bool:
    found = _PLACE.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        notes = state.env["notes"]
        state.push("drawn", "", 0).content = notes[int(found[1])] if int(found[1]) < len(notes) else ""
    state.pos = found.end()
    return True


def _drawn(_: Any, tokens: Any, at: int, *__: Any) -> str:
    return str(tokens[at].content)
