"""Makes the text of papers and models safe to show, as HTML or as Markdown; knows no page and no component.

That text is untrusted. Of Markdown a short list is let through (bold, emphasis, headings, quotes, lists and
citation marks); of everything else, what could mean something becomes an entity, so no HTML, no image, no
link and no fetch can come out of it, whatever went in. Characters that mean nothing where they stand are left
alone: what a reader copies, and what a screen reader speaks, is this text.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..outputs.escaping import clean, html_text, paper_link, safe_link

__all__ = [  # what is for any page, too
    "clean",
    "html_text",
    "literal",
    "markdown",
    "paper_link",
    "safe_link",
    "shortened",
    "unfinished_markdown",
]

MarkLink = Callable[[int], str | None]
"""From the number of a citation mark to the id of the element it leads to, if there is one."""

_ACTIVE = re.compile(
    r"[<\[*`~!@]"  # tags, links, emphasis, code, strike-through, images, mail addresses
    r"|&(?=[#\w])|\\(?=[^\s\w]|$)"  # entities and escapes
    r"|(?<![^\W_])_|_(?![^\W_])"  # emphasis; x_i is none
    r"|:(?=//)|(?<=www)\."  # addresses that would become links
    r"|%(?=%%)",  # the chat component's own place holders
    re.IGNORECASE,
)
_BLOCK_START = re.compile(r"[-+=>#|:]|\d{1,9}[.)]")
_MARK = re.compile(r"\[(\d{1,4})\]")
_FORMULA = re.compile(r"(?<![\\\w$])\$(?![\s\d$])[^$]{1,300}?(?<!\s)\$(?![\w$])")
_STRONG = re.compile(r"\*\*(?=\S)((?:(?!\*\*).)+?)(?<=\S)\*\*")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]+?)(?<=[^\s*])\*(?![\w*])")
_LINE = re.compile(
    r"(?P<indent>[ \t]*)(?P<lead>#{1,6}(?= )|>(?= )|[-*+•](?= )|\d{1,3}[.)](?= ))?[ \t]*(?P<rest>.*)"
)
_RULE = re.compile(r"\s*([-=_*])(?:\s*\1){2,}\s*")
_MAX_DEPTH = 3


def shortened(text: str, limit: int) -> str:
    """The text on one line, cut at ``limit`` characters with an ellipsis."""
    line = " ".join(clean(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def literal(text: str) -> str:
    """Text for Markdown with no meaning left in it, line by line, as for what a user typed."""
    return "\n".join(_block_start(_escaped(line.strip())) for line in clean(text).split("\n"))


def markdown(text: str, mark_link: MarkLink = lambda _: None) -> str:
    """A model's Markdown: emphasis, headings, quotes, lists and citation marks stay, all else is text."""
    lines: list[str] = []
    depth = -1
    for line in clean(text).split("\n"):
        found = _LINE.fullmatch(line)
        if found is None or _RULE.fullmatch(line):
            lines.append("")
            continue
        lead = found["lead"] or ""
        rest = _block_start(_inline(found["rest"].strip(), mark_link))
        if lead and lead not in {">", *("#" * level for level in range(1, 7))}:
            # Nesting is rebuilt one level at a time: an indent of its own would turn text into code.
            depth = min(len(found["indent"].expandtabs(4)) // 2, depth + 1, _MAX_DEPTH)
            lines.append(f"{'   ' * depth}{lead if lead[0].isdigit() else '-'} {rest}")
        else:
            depth = depth if not lead and not rest else -1
            lines.append(f"{lead} {rest}".strip())
    return "\n".join(lines)


def unfinished_markdown(text: str, mark_link: MarkLink = lambda _: None) -> str:
    """As :func:`markdown` for a text still being written: bold that has no end yet ends here."""
    start, _, last = text.rpartition("**")
    if text.rpartition("\n")[2].count("**") % 2:
        text = f"{text.rstrip()}**" if last.strip() else start
    return markdown(text, mark_link)


def _escaped(text: str) -> str:
    return _ACTIVE.sub(lambda found: f"&#{ord(found.group())};", text)


def _block_start(line: str) -> str:
    """The line with a first character that would open a list or underline a heading made an entity."""
    found = _BLOCK_START.match(line)
    if found is None:
        return line
    at = found.end() - 1
    return f"{line[:at]}&#{ord(line[at])};{line[at + 1 :]}"


def _inline(text: str, mark_link: MarkLink) -> str:
    """One line with its emphasis and marks; a formula is left as it stands, ``[1]`` and ``*`` included."""

    def mark(found: re.Match[str]) -> str:
        target = mark_link(int(found[1]))
        return f"[[{found[1]}]](#{target})" if target else _escaped(found[0])

    def marks(part: str) -> str:
        return _around(_MARK, part, mark, _escaped)

    def emphasis(part: str) -> str:
        return _around(_EMPHASIS, part, lambda found: f"*{marks(found[1])}*", marks)

    def strong(part: str) -> str:
        return _around(_STRONG, part, lambda found: f"**{emphasis(found[1])}**", emphasis)

    return _around(_FORMULA, text, lambda found: _escaped(found[0]), strong)


def _around(
    pattern: re.Pattern[str],
    text: str,
    inside: Callable[[re.Match[str]], str],
    outside: Callable[[str], str],
) -> str:
    """The text with ``inside`` applied to what matches and ``outside`` to everything between."""
    pieces: list[str] = []
    end = 0
    for found in pattern.finditer(text):
        pieces += [outside(text[end : found.start()]), inside(found)]
        end = found.end()
    return "".join([*pieces, outside(text[end:])])
