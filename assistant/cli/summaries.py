"""The commands that write of several papers at once: ``summarize`` and ``compare``."""

from __future__ import annotations

import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UsageError
from ..summaries import Depth
from . import options
from .interrupts import INTERRUPTED
from .terminal import hush, print_json, reporting, say, show

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from ..summaries import Summary, SummaryEvent

Out = Annotated[
    list[Path] | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Also write it to this file; may be given several times: the whole as .md, .html or .json; "
        "its table as .csv, .xlsx or .tex; the cited papers as .bib or .ris.",
    ),
]

Cached = Annotated[
    bool, typer.Option("--cache/--no-cache", help="Use and keep remembered parts that a model wrote.")
]


def summarize(
    subject: Annotated[
        str | None,
        typer.Argument(
            metavar="[SUBJECT]",
            help="A topic's id or name, or any words  [default: all that pass the filters]",
        ),
    ] = None,
    paper: Annotated[
        list[str] | None,
        typer.Option(
            "--paper",
            metavar="PAPER",
            help="Summarise this paper, by its id, DOI or arXiv id, or a part of its title, and no other; "
            "may be given several times.",
        ),
    ] = None,
    depth: Annotated[Depth, typer.Option(help="Read 8, 30 or 100 papers.")] = "standard",
    since: options.Since = None,
    until: options.Until = None,
    author: options.Author = "",
    venue: options.Venue = "",
    source: options.Source = "",
    topic: options.Topic = "",
    out: Out = None,
    index: options.Index = None,
    library: options.Library = None,
    as_json: options.AsJson = False,
    extractive: options.Extractive = False,
    cache: Cached = True,
) -> None:
    """Write a comparative summary of the papers on a subject.

    Every statement is cited; the cells of its table are sentences of the abstracts.
    """
    with reporting(as_json), _for_files(out) as files, options.opened(index, library) as assistant:
        from ..types import Filters

        if paper and subject is not None:
            raise UsageError("There are papers and a subject.", "Leave one of them out.")
        filters = Filters(since, until, author, venue, source, topic)
        stream = assistant.stream_summary(
            paper or subject, depth=depth, filters=filters, extractive=extractive, cache=cache
        )
        _written(stream, files, as_json=as_json)


def compare(
    papers: Annotated[
        list[str],
        typer.Argument(
            metavar="PAPER...",
            help="Two to six papers, each by its id, DOI or arXiv id, or a part of its title.",
        ),
    ],
    out: Out = None,
    index: options.Index = None,
    library: options.Library = None,
    as_json: options.AsJson = False,
    extractive: options.Extractive = False,
    cache: Cached = True,
) -> None:
    """Hold a few papers against each other, point by point."""
    with reporting(as_json), _for_files(out) as files, options.opened(index, library) as assistant:
        _written(
            assistant.stream_comparison(*papers, extractive=extractive, cache=cache), files, as_json=as_json
        )


@contextmanager
def _for_files(out: Sequence[Path] | None) -> Iterator[Sequence[Path]]:
    """The files to write, looked at before anything is paid for."""
    from ..outputs.files import format_of

    for path in out or ():
        format_of(path)
    yield out or ()


def _written(events: Generator[SummaryEvent], out: Sequence[Path], *, as_json: bool) -> None:
    """Show a summary while it is made, then write it to the files."""
    from ..outputs.files import format_of, save_summary

    try:
        summary = _streamed(events, quiet=as_json, whole=bool(out))
    except KeyboardInterrupt:
        if not as_json:
            show("")
        say("Interrupted; nothing was written to a file." if out else "Interrupted.")
        raise typer.Exit(INTERRUPTED) from None
    for path in out:
        if summary.refusal and not format_of(path).tells_refusals:
            say(f"{path} is not written: there are no papers for it.")
        else:
            save_summary(summary, path)
            say(f"Written: {path}")
    if as_json:
        from ..export import summary_json

        print_json(summary_json(summary))


def _streamed(events: Generator[SummaryEvent], *, quiet: bool, whole: bool) -> Summary:
    """The summary that a stream ends with; it is printed as it comes, unless ``quiet``.

    ``whole`` is whether it is wanted to its end even where nobody reads what is printed.
    """
    from ..events import Status, Token
    from ..summaries import Summarized

    started = False
    with closing(events):
        for event in events:
            if isinstance(event, Status) and sys.stderr.isatty():
                say(f"{event.message} …")
            elif isinstance(event, Token) and not quiet:
                _show(event.text, end="", whole=whole)
                started = True
            elif isinstance(event, Summarized):
                summary = event.summary
    if not quiet:
        if started:
            _show(f"\n\n{summary.back_matter(narrow=sys.stdout.isatty())}", whole=whole)
        else:
            _show(summary.text, whole=whole)
        _noted(summary)
    return summary


def _show(text: str, end: str = "\n", *, whole: bool) -> None:
    try:
        show(text, end)
    except BrokenPipeError:
        if not whole:
            raise
        hush()
    except UsageError as error:
        if not whole:
            raise
        say(f"Error: {error}")  # once: from here on, nothing is shown


def told(summary: Summary, *, as_json: bool) -> None:
    """Show a summary that is there already."""
    if as_json:
        from ..export import summary_json

        print_json(summary_json(summary))
        return
    if summary.refusal or not sys.stdout.isatty():
        show(summary.text)
    else:
        show(f"{summary.body}\n\n{summary.back_matter(narrow=True)}")
    _noted(summary)


def _noted(summary: Summary) -> None:
    for notice in summary.notices:
        say(f"Note: {notice}")
