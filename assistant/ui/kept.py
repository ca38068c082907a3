"""The HTML of the list of conversations: open, rename, save as a file, delete; knows no component."""

from __future__ import annotations

import time
from collections.abc import Sequence

from ..numbers import counted
from .conversations import Head
from .escaping import html_text


def name(title: str, known: str) -> str:
    """What the conversation is called; ask.js notes its id for when the tab is loaded anew."""
    return f'<p class="pa-title" dir="auto" data-conversation="{known}">{html_text(title)}</p>'


def listing(heads: Sequence[Head], current: str, deleted: str = "") -> str:
    """The conversations, the last one first; ``deleted`` is the name of one that can be brought back."""
    undo = ""
    if deleted:
        undo = (
            f'<p class="pa-undo" role="status">Deleted “{html_text(deleted)}”. '
            '<button type="button" class="pa-tool" data-do="undo">Undo</button></p>'
        )
    rows = "".join(_row(head, is_current=head.id == current) for head in heads)
    inner = f"<ul>{rows}</ul>" if rows else '<p class="pa-byline">No conversations yet.</p>'
    note = '<p class="pa-byline">Kept on the machine that serves this page.</p>'
    return f'<nav class="pa-kept" aria-label="Conversations">{undo}{inner}{note}</nav>'


def _row(head: Head, *, is_current: bool) -> str:
    known = f'data-id="{head.id}"'
    title = html_text(head.name)
    day = time.strftime("%d %b %Y", time.localtime(head.changed))
    count = counted(head.questions, "question")
    mark = ' aria-current="true"' if is_current else ""
    return (
        f'<li><button type="button" class="pa-open" data-do="select" {known}{mark}>'
        f'<span dir="auto">{title}</span>'
        f'<span class="pa-byline">{day}, {count}</span></button>'
        f'<details class="pa-menu"><summary aria-label="More for “{title}”">⋯</summary><div>'
        f'<form data-do="edit" {known}><input name="text" value="{title}" maxlength="80" aria-label="Name">'
        '<button type="submit" class="pa-tool">Rename</button></form>'
        f"{_tool('copy', known, 'Save as Markdown', 'md')}{_tool('copy', known, 'Save as JSON', 'json')}"
        f"{_tool('delete', known, 'Delete')}</div></details></li>"
    )


def _tool(what: str, known: str, name: str, kind: str = "") -> str:
    return (
        f'<button type="button" class="pa-tool" data-do="{what}" {known} data-kind="{kind}">{name}</button>'
    )
