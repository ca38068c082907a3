"""The program: its commands, in the order in which help shows them."""

from __future__ import annotations

from typing import Annotated

import typer

from .. import __version__
from ..garbage import collect_seldom
from . import asking, collection, evaluation, mcp, online, papers, serving, summaries, topics, upkeep
from .terminal import show

app = typer.Typer(
    help="Ask a collection of papers: every statement cited to a paper and to the sentence that supports it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # importing rich would take half of the time that --help takes
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command()(collection.add)
app.command()(online.refresh)
app.command()(asking.search)
app.command()(asking.ask)
app.command()(summaries.summarize)
app.command()(summaries.compare)
app.command()(asking.replay)
app.command()(papers.cards)
app.command()(papers.tldr)
app.command()(papers.similar)
app.command("list")(collection.list_)
app.add_typer(topics.topics, name="topics")
app.command("map")(topics.map_)
app.command()(collection.remove)
app.command()(collection.restore)
app.command()(collection.export)
app.command()(upkeep.status)
app.command()(upkeep.rebuild)
app.command()(serving.serve)
app.add_typer(serving.user, name="user")
app.command()(mcp.mcp)
app.command("eval")(evaluation.evaluate)
app.command()(upkeep.doctor)


def _version(wanted: bool) -> None:
    if wanted:
        show(f"paper-assistant {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None: ...


def main() -> None:
    """The entry point of ``paper-assistant``."""
    collect_seldom()
    app()
