"""The commands that are about single papers: ``cards``, ``tldr`` and ``similar``."""

from __future__ import annotations

from typing import Annotated

import typer

from . import options
from .interrupts import INTERRUPTED, interrupts
from .terminal import print_json, progress_bar, reporting, say, show

_NAMED = "its id, DOI or arXiv id, or a part of its title."
Paper = Annotated[str, typer.Argument(metavar="PAPER", help=f"The paper: {_NAMED}")]


def cards(
    papers: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PAPER]...", help=f"The papers, each by {_NAMED}  [default: all]"),
    ] = None,
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
) -> None:
    """Show problem, approach, result and limitation of papers.

    Each is a sentence of the abstract, or what a language model made of it, held to the sentences it cites.
    Ctrl-C stops the model: what it wrote is kept, the other papers are quoted.
    """
    with reporting(as_json), options.opened(index, library) as assistant:
        from ..export import cards_json
        from ..progress import Progress
        from ..types import Filters

        with progress_bar() as bar, interrupts() as stop:
            made = assistant.cards(
                papers or None,
                filters=Filters(since, until, author, venue, source, topic),
                extractive=extractive,
                progress=bar and (lambda done, total: bar(Progress(done, total, 1.0))),
                stop=stop,
            )
        if as_json:
            print_json(cards_json(made))
        for place, card in enumerate(() if as_json else made):
            show(f"{chr(10) if place else ''}{card}")
        for notice in made.notices:
            say(f"Note: {notice}")
        if made.interrupted:
            raise typer.Exit(INTERRUPTED)


def tldr(
    paper: Paper,
    index: options.Index = None,
    library: options.Library = None,
    as_json: options.AsJson = False,
    extractive: options.Extractive = False,
) -> None:
    """Say what a paper does and finds in a sentence or two."""
    with reporting(as_json), options.opened(index, library) as assistant:
        from ..export import answer_json

        answer = assistant.tldr(paper, extractive=extractive)
        if as_json:
            print_json(answer_json(answer))
            return
        show(answer.text)
        for notice in answer.notices:
            say(f"Note: {notice}")


def similar(
    paper: Paper,
    k: Annotated[int, typer.Option("-k", help="How many papers.", min=1, max=50)] = 8,
    index: options.Index = None,
    library: options.Library = None,
    as_json: options.AsJson = False,
) -> None:
    """Find the papers most like one, without it and without doubles."""
    with reporting(as_json), options.opened(index, library) as assistant:
        from ..export import hits_json

        hits = assistant.similar(paper, k)
        if as_json:
            print_json(hits_json(hits))
            return
        for hit in hits:
            show(f"{hit}")
        if not hits:
            say("There is no other paper in this collection.")
