"""The commands that change a collection or hand it out: ``add``, ``list``, ``remove``, ``export``."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UsageError
from ..numbers import counted
from . import completing, options
from .interrupts import INTERRUPTED, interrupts
from .terminal import listed, output, print_json, progress_bar, reporting, say, show

if TYPE_CHECKING:
    from ..progress import Progress
    from ..types import Paper


_FOLDS = 10  # that are told on the terminal


class Sort(StrEnum):
    """What papers are listed by."""

    TITLE = "title"
    YEAR = "year"
    AUTHOR = "author"


class Format(StrEnum):
    """What papers are exported as."""

    JSONL = "jsonl"
    BIBTEX = "bibtex"
    RIS = "ris"
    CSV = "csv"


def add(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SOURCE]...",
            autocompletion=completing.sources,
            help="Files of papers, also packed (.gz, .zip), or folders; `-` for standard input; "
            "or one online source as arxiv:2205.13504 (see docs/online.md).",
        ),
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="Add the sample collection of 203 papers.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first row that cannot be read.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done; embed and write nothing.")
    ] = False,
    rejected: Annotated[
        Path | None,
        typer.Option(help="Write rows that cannot be read to this file, to be mended and added again."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(help="Most papers of an online query.  [default: 100]", min=1)
    ] = None,
    save: Annotated[bool, typer.Option("--save", help="Remember an online query for `refresh`.")] = False,
    index: options.Index = None,
    library: options.Library = None,
    as_json: options.AsJson = False,
) -> None:
    """Add papers from files, archives and folders, or from an online source.

    New ones are added, changed ones updated, the same ones left alone; rows that cannot be read are named.
    Ctrl-C keeps what is in; the same command again goes on from there.
    """
    with reporting(as_json):
        if not sources and not sample:
            raise UsageError(
                "Name files or an online source, or --sample.", "See `paper-assistant add --help`."
            )
        from ..corpus import sample_collection
        from ..export import added_json
        from ..progress import Progress

        reached = Progress(0, 0)

        def reach(progress: Progress) -> None:
            nonlocal reached
            reached = progress
            if bar:
                bar(progress)

        with options.opened(index, library) as assistant, progress_bar() as bar, interrupts() as stop:
            places: list[str | Path] = [*(sources or []), *([sample_collection()] if sample else [])]
            report = assistant.add(
                *places,
                strict=strict,
                dry_run=dry_run,
                rejected=rejected,
                limit=limit,
                save=save,
                progress=reach,
                stop=stop,
            )
        if as_json:
            print_json(added_json(report, dry_run=dry_run))
        else:
            _say_rows("Skipped", report.rejected, report.more_rejected)
            _say_rows("Note:", report.notices, 0)
            _say_rows("Merged", report.folds[:_FOLDS], report.merged - len(report.folds[:_FOLDS]))
        if report.interrupted:
            say(f"Interrupted: {_are_in(reached)}; run the same command again to go on.")
            raise typer.Exit(INTERRUPTED)
        if as_json:
            return
        show(f"Dry run, nothing is written: {report}." if dry_run else f"{report}.")


def list_(
    since: options.Since = None,
    until: options.Until = None,
    author: options.Author = "",
    venue: options.Venue = "",
    source: options.Source = "",
    topic: options.Topic = "",
    sort: Annotated[Sort, typer.Option("--sort", help="The order: title, year or author.")] = Sort.TITLE,
    index: options.Index = None,
    library: options.Library = None,
    as_json: options.AsJson = False,
) -> None:
    """List the papers, each with its id."""
    with reporting(as_json), options.opened(index, library) as assistant:
        from ..types import Filters

        papers = assistant.papers(filters=Filters(since, until, author, venue, source, topic))
        if sort is Sort.YEAR:
            papers.sort(key=lambda paper: -(paper.year or 0))
        elif sort is Sort.AUTHOR:
            papers.sort(key=lambda paper: (not paper.authors, paper.authors[:1]))
        if as_json:
            _print_papers(papers)
            return
        for paper in papers:
            show(f"{paper.id}  {listed(paper)}")
        say(f"{counted(len(papers), 'paper')}.")


def remove(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids, as `list` shows them.")],
    index: options.Index = None,
    library: options.Library = None,
    as_json: options.AsJson = False,
) -> None:
    """Take papers out; `restore` puts them back.

    Prints their records as JSON Lines.
    """
    with reporting(as_json), options.opened(index, library) as assistant:
        removed = assistant.remove(ids)
        missing = _missing(ids, removed)
        if as_json:
            _print_moved(removed, missing)
        else:
            from ..bibliography import to_jsonl

            with output() as out:
                to_jsonl(removed, out)
        say(f"{len(removed):,} removed.")
    if missing:
        with reporting():  # the object is printed already
            raise UsageError(f"Not in the index: {', '.join(missing)}.", "`paper-assistant list` shows ids.")


def restore(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Ids  [default: the last removal]")
    ] = None,
    index: options.Index = None,
    library: options.Library = None,
    as_json: options.AsJson = False,
) -> None:
    """Put papers back that were taken out in the last 30 days, exactly as they were."""
    with reporting(as_json), options.opened(index, library) as assistant:
        back = assistant.restore(ids or None)
        missing = _missing(ids or (), back)
        if as_json:
            _print_moved(back, missing)
        else:
            for paper in back:
                show(f"{paper.id}  {paper}")
        say(f"{len(back):,} put back.")
    if missing:
        with reporting():
            raise UsageError(
                f"Not put back: {', '.join(missing)}.",
                "It is there already, or was never removed, or longer than 30 days ago.",
            )


def export(
    to: Annotated[Format, typer.Argument(metavar="FORMAT", help="One of jsonl, bibtex, ris, csv.")],
    out: Annotated[Path | None, typer.Option("--out", help="The file (else standard output).")] = None,
    since: options.Since = None,
    until: options.Until = None,
    author: options.Author = "",
    venue: options.Venue = "",
    source: options.Source = "",
    topic: options.Topic = "",
    index: options.Index = None,
    library: options.Library = None,
) -> None:
    """Write the papers as a file that other programs read."""
    with reporting(), options.opened(index, library) as assistant:
        from ..bibliography import WRITERS
        from ..types import Filters

        papers = assistant.papers(filters=Filters(since, until, author, venue, source, topic))
        if out is None:
            with output() as shown:
                WRITERS[to](papers, shown)
            return
        from ..saved import drafted

        # newline="": each format ends its own lines, and CSV must not get them doubled.
        with drafted(out) as file, TextIOWrapper(file, "utf-8", newline="") as text:
            WRITERS[to](papers, text)
        say(f"{counted(len(papers), 'paper')} written to {out}.")


def _are_in(reached: Progress) -> str:
    """What an import that was cut off has put in."""
    return f"{reached} {'is' if reached.done == 1 else 'are'} in"


def _say_rows(what: str, rows: Iterable[object], more: int) -> None:
    """What became of some rows, and how many more there are."""
    for row in rows:
        say(f"{what} {row}")
    if more:
        say(f"{what} {more:,} more.")


def _missing(wanted: Iterable[str], papers: Iterable[Paper]) -> list[str]:
    found = {paper.id for paper in papers}
    return [paper_id for paper_id in wanted if paper_id not in found]


def _print_papers(papers: list[Paper]) -> None:
    from ..export import papers_json

    print_json(papers_json(papers))


def _print_moved(papers: list[Paper], missing: list[str]) -> None:
    """One object, whatever was not found; the sentence about it goes to standard error."""
    from ..export import moved_json

    print_json(moved_json(papers, missing))
