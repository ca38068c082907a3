"""The commands about topics: ``topics`` with ``rename``, ``merge`` and ``undo``, and ``map``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..numbers import counted
from . import options
from .terminal import print_json, progress_bar, reporting, say, show

if TYPE_CHECKING:
    from ..grouped import Topic, Topics

_TITLES = 2
"""Titles that are shown of each topic."""

topics = typer.Typer(rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]})

Wanted = Annotated[str, typer.Argument(metavar="TOPIC", help="The topic's id, or its name.")]


@topics.callback(invoke_without_command=True)
def topics_(
    context: typer.Context,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Find them anew; names stay where topics do.")
    ] = False,
    index: options.Index = None,
    library: options.Library = None,
    as_json: options.AsJson = False,
) -> None:
    """List the topics of the collection, and what came in since last time.

    How many there are is found. New papers join them; they are found anew when the collection has grown by
    half, or with --refresh.
    """
    context.obj = (index, library, as_json)
    if context.invoked_subcommand:
        return
    with reporting(as_json), options.opened(index, library) as assistant:
        with progress_bar() as progress:
            found = assistant.topics(refresh=refresh, progress=progress)
        for notice in found.notices:
            say(f"Note: {notice}")
        if as_json:
            from ..export import topics_json

            print_json(topics_json(found))
            return
        _show(found)


@topics.command()
def rename(
    context: typer.Context,
    topic: Wanted,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new name.")],
    index: options.Index = None,
    library: options.Library = None,
    as_json: options.AsJson = False,
) -> None:
    """Give a topic another name, which stays."""
    index, library, as_json = _given(context, index, library, as_json)
    with reporting(as_json), options.opened(index, library) as assistant:
        _tell(assistant.rename_topic(topic, name), as_json=as_json)


@topics.command()
def merge(
    context: typer.Context,
    wanted: Annotated[list[str], typer.Argument(metavar="TOPIC...", help="Two or more, by id or name.")],
    name: Annotated[str, typer.Option("--name", help="The name of the whole (else that of the first).")] = "",
    index: options.Index = None,
    library: options.Library = None,
    as_json: options.AsJson = False,
) -> None:
    """Put topics together; papers that would join one of them join the whole."""
    index, library, as_json = _given(context, index, library, as_json)
    with reporting(as_json), options.opened(index, library) as assistant:
        _tell(assistant.merge_topics(wanted, name), as_json=as_json)


@topics.command()
def undo(
    context: typer.Context,
    index: options.Index = None,
    library: options.Library = None,
    as_json: options.AsJson = False,
) -> None:
    """Take back the last renaming or merge; again, the one before."""
    index, library, as_json = _given(context, index, library, as_json)
    with reporting(as_json), options.opened(index, library) as assistant:
        done = assistant.undo_topics()
        if as_json:
            from ..export import UndoneJson

            print_json(UndoneJson(undone=done))
        else:
            show(f"Took back {done}.")


def map_(
    out: Annotated[Path, typer.Option("--out", help="The file.")] = Path("map.html"),
    index: options.Index = None,
    library: options.Library = None,
) -> None:
    """Draw the collection as a map of its topics, in one HTML file that loads nothing from elsewhere.

    Points are papers, near ones alike: titles on hover, a click opens the paper.
    Where years are known, their chart is below.
    """
    with reporting(), options.opened(index, library) as assistant:
        with progress_bar() as progress:
            papers = assistant.save_map(out, progress=progress)
        say(f"{counted(papers, 'paper')} drawn to {out}.")


def _given(
    context: typer.Context, index: Path | None, library: str | None, as_json: bool
) -> tuple[Path | None, str | None, bool]:
    """The options of a subcommand; those given before it count too."""
    before = context.obj or (None, None, False)
    return index or before[0], library or before[1], as_json or before[2]


def _tell(topic: Topic, *, as_json: bool) -> None:
    if as_json:
        from ..export import topic_json

        print_json(topic_json(topic))
    else:
        show(f"{topic.id}  {topic}")


def _show(found: Topics) -> None:
    by_id = {topic.id: topic for topic in found}
    for area in found.areas:
        show(f"{area.name} ({sum(by_id[topic].size for topic in area.topics):,})")
        for topic_id in area.topics:
            _show_topic(by_id[topic_id], found.papers, "  ")
    for topic in found if not found.areas else ():
        _show_topic(topic, found.papers, "")
    if found.rest:
        came = f", {len(found.new_rest):,} new" if found.new_rest else ""
        show(f"No topic ({len(found.rest):,}{came})")
    say(f"{counted(len(found), 'topic')} of {counted(found.papers, 'paper')}, {found.new:,} of them new.")


def _show_topic(topic: Topic, papers: int, indent: str) -> None:
    came = f", {len(topic.new):,} new" if topic.new and len(topic.new) < papers else ""
    show(f"{indent}{topic.id:<5}{topic.name} ({topic.size:,}{came})")
    if not indent:
        for paper in topic.examples[:_TITLES]:
            show(f"       {paper}")
