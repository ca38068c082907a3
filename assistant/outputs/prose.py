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
    reader.inline.ruler.push("mark", _drawing(_MARK, _mark))
    reader.inline.ruler.push("note", _drawing(_PLACE, _note))
    reader.inline.ruler.before("escape", "formula", _drawing(FORMULA, _formula))
    reader.add_render_rule("drawn", lambda _, tokens, at, *__: str(tokens[at].content))
    return reader


def _drawing(
    pattern: re.Pattern[str], html: Callable[[re.Match[str], Any], str | None]
) -> Callable[[StateInline, bool], bool]:
    """A rule that puts HTML in the place of what matches; where there is none, it stays text."""

    def rule(state: StateInline, silent: bool) -> bool:
        found = pattern.match(state.src, state.pos)
        drawn = html(found, state.env) if found else None
        if found is None or drawn is None:
            return False
        if not silent:
            state.push("drawn", "", 0).content = drawn
        state.pos = found.end()
        return True

    return rule


def _mark(found: re.Match[str], env: Any) -> str | None:
    address = env["target"](int(found[1]))
    return None if address is None else f'<a href="#{html_text(address)}" class="mark">{found[0]}</a>'


def _formula(found: re.Match[str], _: Any) -> str | None:
    drawn = mathml(found)
    return html_text(found[0]) if drawn is None and found["within"] is not None else drawn


def _note(found: re.Match[str], env: Any) -> str:
    notes, number = env["notes"], int(found[1])
    return str(notes[number]) if number < len(notes) else ""
