"""The command that goes back to the web for what is new: ``refresh``."""

from __future__ import annotations

from typing import Annotated

import typer

from . import options
from .interrupts import INTERRUPTED, interrupts
from .terminal import print_json, progress_bar, reporting, say, show


def refresh(
    show_queries: Annotated[bool, typer.Option("--list", help="Show the saved queries instead.")] = False,
    remove: Annotated[
        int | None, typer.Option(metavar="N", help="Forget query N of the list instead; its papers stay.")
    ] = None,
    index: options.Index = None,
    library: options.Library = None,
    as_json: options.AsJson = False,
) -> None:
    """Run the saved online queries again and add what is new.

    Queries are saved by `add SOURCE --save`.
    """
    with reporting(as_json), options.opened(index, library) as assistant:
        from ..export import queries_json, refreshed_json

        saved = assistant.online.saved
        if remove is not None:
            say(f"Removed {saved.remove(remove)}.")
        if show_queries or remove is not None:
            queries = saved.load()
            if as_json:
                print_json(queries_json(queries))
                return
            for number, query in enumerate(queries, 1):
                newest = f", newest paper of {query.newest}" if query.newest else ""
                show(f"{number:>2}. {query}  [at most {query.limit}, last run {query.last_run}{newest}]")
            return
        with progress_bar() as progress, interrupts() as stop:
            results = assistant.refresh(progress=progress, stop=stop)
        if as_json:
            print_json(refreshed_json(results))
        for result in results:
            for row in result.report.rejected if result.report else ():
                say(f"Skipped {row}")
            for notice in result.report.notices if result.report else ():
                say(f"Note: {notice}")
            if result.problem:
                say(f"Error: {result}")
            elif not as_json:
                show(f"{result}.")
        if any(result.report and result.report.interrupted for result in results):
            say("Interrupted: what is told above is in; run the same command again to go on.")
            raise typer.Exit(INTERRUPTED)
        if any(result.problem for result in results):
            raise typer.Exit(1)
