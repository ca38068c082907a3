"""The reference of what commands print with ``--json``, from the types that they fill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assistant.evaluation.report import MadeJson, ReportJson
from assistant.export import RebuiltJson, UndoneJson
from assistant.export.answers import AnswerJson, ConversationJson
from assistant.export.collection import (
    AddedJson,
    ChecksJson,
    ErrorJson,
    QueriesJson,
    RefreshedJson,
    StatusJson,
)
from assistant.export.papers import HitsJson, MovedJson, PapersJson, TopicJson, TopicsJson
from assistant.export.summaries import CardsJson, SummaryJson
from assistant.serving.users import UsersJson

from .docstrings import markdown
from .shapes import Drawing

_INTRODUCTION = """Generated from the code by `make docs`.

`--json` prints one object on standard output; progress and notices go to standard error. The shapes below are
kept stable: keys may be added, none is renamed or removed within a major version. The
[Python objects](python.md#values) (`Answer`, `Hit`, `ImportReport`, `IndexStatus`) carry the same names as
attributes.

Words at the end of a line are about its last key. `id` is a string, `seconds` a number; a key with `?` may be
missing. A test runs every command and holds what it prints against these shapes."""
_CODES = """Exit codes: 2 for a call that is wrong (no index yet, an empty question, a file that is missing
or of an unknown format, a setting that cannot be used), 1 for a failure (an online source, an index that is
damaged or in use, a full disk), 130 after Ctrl-C."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What commands print: a type, with words before its drawing and after what its fields mean."""

    commands: tuple[str, ...]
    kind: Any
    before: str = ""
    after: str = ""


SECTIONS = (
    (Entry(("ask",), AnswerJson, after="[The audit](audit.md) tells how `support` is judged."),),
    (Entry(("search",), HitsJson),),
    (Entry(("cards",), CardsJson),),
    (Entry(("summarize", "compare"), SummaryJson),),
    (
        Entry(
            ("replay",),
            AnswerJson | SummaryJson | ConversationJson,
            "For a file of `ask --trace`, a saved summary, a saved conversation:",
        ),
    ),
    (
        Entry(
            ("tldr",),
            AnswerJson,
            after="Nothing is searched: `confidence` is `null`, `searched` and `filters` are empty.",
        ),
    ),
    (Entry(("similar",), HitsJson, after="Without evidence."),),
    (Entry(("add",), AddedJson, after="After Ctrl-C it is printed too, with exit code 130."),),
    (
        Entry(
            ("refresh",),
            RefreshedJson,
            after="The exit code is 1 where a query met a problem; the others were run all the same.",
        ),
        Entry(("refresh",), QueriesJson, "With `--list` or `--remove`:"),
    ),
    (
        Entry(("list",), PapersJson),
        Entry(
            ("remove", "restore"),
            MovedJson,
            "`remove` and `restore`:",
            after="The exit code is 2 where ids are missing; standard error then says so.",
        ),
    ),
    (
        Entry(("topics",), TopicsJson),
        Entry(
            ("topics rename", "topics merge"),
            TopicJson,
            "`topics rename` and `topics merge` print the one topic:",
        ),
        Entry(("topics undo",), UndoneJson, "`topics undo` prints what it took back, in words:"),
    ),
    (
        Entry(
            ("status",),
            StatusJson,
            after="The exit code is 1 where `sound` is false; standard error then says why.",
        ),
    ),
    (Entry(("rebuild",), RebuiltJson),),
    (Entry(("user list",), UsersJson),),
    (
        Entry(("eval",), ReportJson, after="The figures are those of [evaluation.md](evaluation.md)."),
        Entry(("eval",), MadeJson, "With `--make`:"),
    ),
    (Entry(("doctor",), ChecksJson, after="The exit code is 1 where a check fails."),),
    (Entry((), ErrorJson, after=_CODES),),
)
"""The sections of the page; each is headed by the commands of its first entry."""


def page() -> str:
    """The whole page."""
    drawing = Drawing()
    parts = ["# The JSON", _INTRODUCTION]
    for entries in SECTIONS:
        commands = entries[0].commands
        parts.append(f"## {', '.join(f'`{command}`' for command in commands) or 'Errors'}")
        for entry in entries:
            parts += [part for part in _shown(entry, drawing) if part]
            drawing.tell(entry.kind, commands[0] if commands else "")
    return "\n\n".join(parts) + "\n"


def _shown(entry: Entry, drawing: Drawing) -> Iterator[str]:
    """The parts of an entry; of each object that is new, what its fields mean."""
    yield entry.before
    yield f"```text\n{drawing.draw(entry.kind)}\n```"
    for kind in drawing.new_in(entry.kind):
        yield markdown(kind.__doc__).partition("\n\n")[2].strip()
    yield entry.after
