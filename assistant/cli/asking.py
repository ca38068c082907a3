"""The commands that look for something: ``search`` and ``ask``."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import options
from .summaries import told
from .terminal import listed, print_json, reporting, say, show

if TYPE_CHECKING:
    from collections.abc import Generator

    from ..events import Event
    from ..types import Answer


def search(
    question: options.Question,
    k: Annotated[int, typer.Option("-k", help="How many papers.", min=1, max=50)] = 8,
    since: options.Since = None,
    until: options.Until = None,
    author: options.Author = "",
    venue: options.Venue = "",
    source: options.Source = "",
    topic: options.Topic = "",
    index: options.Index = None,
    library: options.Library = None,
    as_json: options.AsJson = False,
) -> None:
    """Find the papers nearest to a question."""
    with reporting(as_json), options.opened(index, library) as assistant:
        from ..types import Filters

        filters = Filters(since, until, author, venue, source, topic)
        hits = assistant.search(_question(question), k, filters=filters)
        if as_json:
            from ..export import hits_json

            print_json(hits_json(hits))
            return
        for hit in hits:
            show(f"{hit.rank:>2}. {listed(hit.paper)}  [{hit.score:.2f}]")
            for evidence in hit.evidence[:1]:
                show(f"    {evidence.text}")
        if not hits:
            say(f"No paper passes your filters ({filters})." if filters else "No paper was found.")


def ask(
    question: options.Question,
    since: options.Since = None,
    until: options.Until = None,
    author: options.Author = "",
    venue: options.Venue = "",
    source: options.Source = "",
    topic: options.Topic = "",
    index: options.Index = None,
    library: options.Library = None,
    as_json: options.AsJson = False,
    extractive: options.Extractive = False,
    filter_words: Annotated[
        bool, typer.Option(help="Read filters out of the question: “since 2022”, “by Hajij”.")
    ] = True,
    cache: Annotated[bool, typer.Option(help="Use and keep remembered answers of a model.")] = True,
    trace: Annotated[
        Path | None, typer.Option(help="Write the answer and how it came about to this file.")
    ] = None,
) -> None:
    """Ask a question and get a cited answer.

    Every statement cites a paper and a sentence of its abstract; without a language model, it is one.
    """
    with reporting(as_json), options.opened(index, library) as assistant:
        from ..types import Filters

        filters = Filters(since, until, author, venue, source, topic)
        events = assistant.stream(
            _question(question),
            extractive=extractive,
            filters=filters,
            filters_from_words=filter_words,
            cache=cache,
            trace=trace is not None,
        )
        answer = _shown(events, quiet=as_json)
        if trace is not None:
            from ..saved import SavedAnswer, save

            save(SavedAnswer(answer), trace)
        if as_json:
            from ..export import answer_json

            print_json(answer_json(answer))


def replay(
    file: Annotated[Path, typer.Argument(help="A file of `ask --trace`, a saved summary or conversation.")],
    as_json: options.AsJson = False,
) -> None:
    """Show a saved answer, summary or conversation again; nothing is searched and no model is asked."""
    with reporting(as_json):
        from ..events import replayed
        from ..export import answer_json, conversation_json
        from ..saved import SavedAnswer, SavedSummary, opened

        saved = opened(file)
        if isinstance(saved, SavedSummary):
            told(saved.summary, as_json=as_json)
            return
        if isinstance(saved, SavedAnswer):
            answer = _shown(replayed(saved.answer), quiet=as_json)
            if as_json:
                print_json(answer_json(answer))
            return
        for turn in saved.turns:
            if not as_json:
                show(f"> {turn.question}\n")
            _shown(replayed(turn.answer), quiet=as_json)
            if not as_json:
                show("")
        if as_json:
            print_json(conversation_json(turn.answer for turn in saved.turns))


def _question(given: str) -> str:
    return sys.stdin.read() if given == "-" else given


def _shown(events: Generator[Event], *, quiet: bool) -> Answer:
    """The answer that a stream ends with; its text is printed as it comes, unless ``quiet``."""
    from ..confidence import in_words
    from ..events import Done, Status, Token

    shown = ""
    with closing(events):
        for event in events:
            if isinstance(event, Status) and sys.stderr.isatty():
                say(f"{event.message} …")
            elif isinstance(event, Token) and not quiet:
                show(event.text, end="")
                shown += event.text
            elif isinstance(event, Done):
                answer = event.answer
    if not quiet:
        # A citation may have been attached to a statement after it was shown: the list of references tells.
        whole = shown.strip() and not any(claim.attached for claim in answer.claims)
        rest = answer.text.removeprefix(shown.strip() if whole or not shown else answer.body)
        show(rest if rest != answer.text or not shown else f"\n\n{answer.text}")
        for notice in answer.notices:
            say(f"Note: {notice}")
        if answer.status == "answered" and (confidence := in_words(answer.confidence)):
            say(f"Confidence that the collection answers this: {confidence}")
    return answer
