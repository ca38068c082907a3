"""The condition of a library in words, with what to do; knows no component."""

from __future__ import annotations

from ..doctor import Check
from .escaping import html_text, shortened
from .failures import explain
from .panels import papers
from .sessions import Session

LONGEST = 1000
GENERAL_PROBLEM = "The condition of the library cannot be told."


def of_index(session: Session) -> str:
    """What is known without reading all of it, as safe HTML."""
    preparation = session.library.preparation
    if preparation.under_way:
        return _told("", "The collection is being read.")
    if (snapshot := preparation.snapshot()).phase == "failed":
        return _told("Cannot be used", snapshot.problem, bad=True)
    try:
        if not session.library.assistant.has_index:
            return _told("", "Nothing is stored yet.")
        status = session.library.assistant.status()
    except Exception as error:  # noqa: BLE001 - the reader gets a sentence whatever happened
        return _told("Cannot be used", explain(error, GENERAL_PROBLEM, session.settings), bad=True)
    if not status.sound:
        return _told("Damaged", status.problem or "", bad=True)
    words = f"{papers(status.papers)} with {status.sentences:,} sentences."
    return _told("Read-only" if status.notice else "Sound", f"{words} {status.notice or ''}")


def of_check(check: Check, *, every_record: bool, read_only: bool) -> str:
    """What came of a check, as safe HTML; on a server not ``every_record`` is read."""
    if check.verdict == "fail":
        return _told("Damaged", f"{check.message} {check.hint}", bad=True)
    head = "Read-only" if read_only else "Sound"
    read = "Every record was read." if every_record else "The server was asked; it looks after its files."
    return _told(head, f"{check.message} {read} {check.hint}")


def _told(head: str, words: str, *, bad: bool = False) -> str:
    mark = f'<strong class="{"pa-bad" if bad else "pa-good"}">{head}.</strong> ' if head else ""
    text = html_text(shortened(words, LONGEST))
    return f'<div class="pa-status" role="status"><p>{mark}{text}</p></div>'
