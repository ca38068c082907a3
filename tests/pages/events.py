"""The reference of the events, with the order in which those of the sample collection really come."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from itertools import groupby
from typing import Any, get_args

from assistant import Assistant
from assistant.events import Event
from assistant.summaries import SummaryEvent

from .docstrings import sentence, table
from .python import fields_table

_INTRODUCTION = """`Assistant.stream` and `Chat.stream` tell what happens while an answer is made;
`stream_summary` and `stream_comparison`, while a summary is. Closing the generator stops the model; `astream`
and `astream_summary` are the same for asynchronous code."""
_QUESTION = "How much do energy errors drop with Ewald message passing?"
_SUBJECT = "speculative decoding"
_VALUES = """A `Citation` comes when its mark first stands in the text, with the sentences cited by then;
a `Usage` once, right before the last event, for all calls together. Their fields are [those of the
values](python.md#values)."""
_MEASURED = "Of the sample collection, without a language model:"
_NOUNS = ("Citation", "Usage")
"""Events that are values, too: their own pages tell what they mean by themselves."""


def page(assistant: Assistant) -> str:
    """The whole page; the assistant is one over the sample collection, without a language model."""
    with closing(assistant.stream(_QUESTION)) as events:
        answer = _order(events)
    with closing(assistant.stream_summary(_SUBJECT, depth="brief")) as told:
        summary = _order(told)
    parts = [
        f"# Events\n\nGenerated from the code by `make docs`. {_INTRODUCTION}\n",
        _section("Of an answer", Event, answer),
        _section("Of a summary", SummaryEvent, summary),
    ]
    kinds = dict.fromkeys((*get_args(Event), *get_args(SummaryEvent)))
    parts += [_entry(kind) for kind in kinds if kind.__name__ not in _NOUNS]
    parts.append(f"## `Citation`, `Usage`\n\n{_VALUES}\n")
    return "\n".join(parts).rstrip() + "\n"


def _order(events: Iterable[object]) -> str:
    """The names of events as they came, a run of equal ones as one with dots."""
    runs = ((name, len([*run])) for name, run in groupby(type(event).__name__ for event in events))
    return " ".join(f"{name} …" if count > 1 else name for name, count in runs)


def _section(title: str, union: Any, order: str) -> str:
    rows = [(f"`{kind.__name__}`", _what(kind)) for kind in get_args(union)]
    return f"## {title}\n\n{table(('event', 'what it tells'), rows)}\n{_MEASURED}\n\n```text\n{order}\n```\n"


def _what(kind: type) -> str:
    told = sentence(kind.__doc__).removeprefix("Event: ")
    return told[:1].upper() + told[1:]


def _entry(kind: type) -> str:
    return f"## `{kind.__name__}`\n\n{_what(kind)}\n\n{fields_table(kind)}"
