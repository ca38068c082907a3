"""The commands that look for something: ``search`` and ``ask``."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from . import options
from .terminal import print_json, reporting, say, show

if TYPE_CHECKING:
    from ..assistant import Assistant
    from ..types import Answer, Filters


def search(
    question: options.Question,
    k: Annotated[int, typer.Option("-k", help="How many papers.", min=1, max=50)] = 8,
    since: options.Since = None,
    until: options.Until = None,
    author: options.Author = "",
    venue: options.Venue = "",
    source: options.Source = "",
    index: options.Index = None,
    library: options.Library = None,
    as_json: options.AsJson = False,
) -> None:
    """Find the papers nearest to a question."""
    with reporting(as_json), options.opened(index, library) as assistant:
        from ..types import Filters

        filters = Filters(since, until, author, venue, source)
        hits = assistant.search(_question(question), k, filters=filters)
        if as_json:
            from ..export import hits_json

            print_json(hits_json(hits))
            return
        for hit in hits:
            show(f"{hit.rank:>2}. {hit.paper}  [{hit.score:.2f}]")
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
    index: options.Index = None,
    library: options.Library = None,
    as_json: options.AsJson = False,
    extractive: options.Extractive = False,
) -> None:
    """Ask a question and get a cited answer.

    Every statement cites a paper and a sentence of its abstract; without a language model, it is one.
    """
    mode = "extractive" if extractive else None
    with reporting(as_json), options.opened(index, library, mode=mode) as assistant:
        from ..types import Filters

        filters = Filters(since, until, author, venue, source)
        answer = _streamed(assistant, _question(question), filters, quiet=as_json)
        if as_json:
            from ..export import answer_json

            print_json(answer_json(answer))


def _question(given: str) -> str:
    return sys.stdin.read() if given == "-" else given


def _streamed(assistant: Assistant, question: str, filters: Filters, *, quiet: bool) -> Answer:
    """The answer; its text is printed as it comes, unless ``quiet``."""
    from ..events import Done, Status, Token

    shown = ""
    with closing(assistant.stream(question, filters=filters)) as events:
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
    return answer
