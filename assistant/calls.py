"""What other programs ask for: plain values in, events and a result as JSON out.

The page's API and the MCP server offer these calls; this knows of neither. The descriptions are read by
people and by models.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, closing
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError, validate_call

from .errors import UsageError
from .export import Json, event_json, hits_json, topics_json
from .filters import Filters
from .summaries import Depth

if TYPE_CHECKING:
    from .assistant import Assistant

Lend = Callable[[], "AbstractContextManager[Assistant]"]
"""Gives the assistant for the time of one call."""

_YEARS: Any = {"ge": 0, "le": 9999}
_LONGEST_FILTER = 200
"""Characters: more than any name of an author, a venue or a file has."""
_SHOWN = 80

Question = Annotated[str, Field(description="The question, in plain words and complete in itself.")]
Words = Annotated[str, Field(description="What to look for: a question, a topic, key words.")]
Subject = Annotated[
    str,
    Field(
        description="What to summarise: a topic's id or name as `topics` tells them, or any words. Empty: "
        "all papers that pass the filters, of which there must be one then."
    ),
]
Limit = Annotated[int, Field(description="How many papers at most.", ge=1, le=50)]
Reading = Annotated[
    Depth,
    Field(description="How many papers are read at most: brief 8, standard 30, full 100."),
]
YearFrom = Annotated[int | None, Field(description="Only papers of this year or later.", **_YEARS)]
YearTo = Annotated[int | None, Field(description="Only papers of this year or earlier.", **_YEARS)]
Author = Annotated[
    str, Field(description="Only papers by an author of this name.", max_length=_LONGEST_FILTER)
]
Venue = Annotated[
    str, Field(description="Only papers of this journal or conference.", max_length=_LONGEST_FILTER)
]
Source = Annotated[
    str, Field(description="Only papers imported from a file of this name.", max_length=_LONGEST_FILTER)
]
Topic = Annotated[
    str,
    Field(
        description="Only papers of this topic: its id or name as `topics` tells them.",
        max_length=_LONGEST_FILTER,
    ),
]


class Calls:
    """The calls, of one assistant. Each is a generator of events; the last item is the result."""

    def __init__(self, lend: Lend, *, extractive: bool = False) -> None:
        """``lend`` is asked once a call; ``extractive``: no language model is asked, whatever it lends."""
        self._lend = lend
        self._extractive = extractive

    def ask(
        self,
        question: Question,
        year_from: YearFrom = None,
        year_to: YearTo = None,
        author: Author = "",
        venue: Venue = "",
        source: Source = "",
        topic: Topic = "",
    ) -> Generator[Json]:
        """Answer a question from the papers of the collection, and from nothing else.

        Every statement of the answer cites a paper, with the sentences of its abstract that support it and a
        verdict (supported, partial, unsupported). Where the collection has no answer, the status is
        "refused", with the reason and the papers that come nearest: that is an answer, not a failure.
        """
        filters = Filters(year_from, year_to, author, venue, source, topic)
        with (
            self._lend() as assistant,
            closing(assistant.stream(question, filters=filters, extractive=self._extractive)) as events,
        ):
            yield from map(event_json, events)

    def search(
        self,
        question: Words,
        limit: Limit = 8,
        year_from: YearFrom = None,
        year_to: YearTo = None,
        author: Author = "",
        venue: Venue = "",
        source: Source = "",
        topic: Topic = "",
    ) -> Generator[Json]:
        """Find the papers of the collection that are nearest to a question or to some words, best first.

        Each comes with the sentences of its abstract that fit best. Scores compare papers of one search only.
        """
        filters = Filters(year_from, year_to, author, venue, source, topic)
        with self._lend() as assistant:
            yield hits_json(assistant.search(question, limit, filters=filters))

    def topics(self) -> Generator[Json]:
        """List what the papers of the collection are about, the largest topic first.

        A topic's id or name is a subject for `summarize`. The first time may take a while: topics are found
        from the papers, then kept.
        """
        with self._lend() as assistant:
            yield {"event": "status", "message": "Looking for topics"}
            yield topics_json(assistant.topics())

    def summarize(
        self,
        subject: Subject = "",
        depth: Reading = "standard",
        year_from: YearFrom = None,
        year_to: YearTo = None,
        author: Author = "",
        venue: Venue = "",
        source: Source = "",
        topic: Topic = "",
    ) -> Generator[Json]:
        """Write a comparative summary of the papers on a subject.

        It has an overview, a section for each theme, where the papers agree and differ, what is missing,
        where to begin, and a table of problem, approach, result and limitation whose cells are sentences of
        the abstracts. Every statement is cited. Where nothing is on the subject, the status is "refused".
        """
        filters = Filters(year_from, year_to, author, venue, source, topic)
        how: Any = {"depth": depth, "filters": filters, "extractive": self._extractive}
        with self._lend() as assistant, closing(assistant.stream_summary(subject or None, **how)) as events:
            yield from map(event_json, events)


class Call:
    """One of them, by name, for a protocol to offer."""

    def __init__(self, function: Callable[..., Generator[Json]]) -> None:
        """``function`` is a method of :class:`Calls`."""
        self.name = function.__name__
        self.description = inspect.getdoc(function) or ""
        self.signature = inspect.signature(function, eval_str=True)
        self._checked: Any = validate_call(function)

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of the arguments."""
        return TypeAdapter(self._checked).json_schema()

    def events(self, arguments: Mapping[str, object]) -> Generator[Json]:
        """Check the arguments and begin; what goes wrong later is raised by the generator.

        Raises:
            UsageError: an argument is missing, unknown, or not of its kind.
        """
        try:
            events: Generator[Json] = self._checked(**arguments)
        except ValidationError as error:
            raise _refusal(error) from None
        return events


def calls_of(lend: Lend, *, extractive: bool = False) -> list[Call]:
    """What programs may ask of an assistant, in the order in which it is told; see `Calls`."""
    calls = Calls(lend, extractive=extractive)
    return [Call(calls.ask), Call(calls.search), Call(calls.topics), Call(calls.summarize)]


def is_event(item: Json) -> bool:
    """Whether an item of a call tells how far it is; the result is the one that does not."""
    return "event" in item


def _refusal(error: ValidationError) -> UsageError:
    """The first thing that is wrong, as a sentence; never the value, which may be long or private."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    name = str(first["loc"][0])[:_SHOWN] if first["loc"] else "arguments"
    return UsageError(f"“{name}” cannot be used: {first['msg'][:1].lower()}{first['msg'][1:]}.")
