"""The command that measures: ``eval``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UsageError
from ..numbers import counted
from . import options
from .interrupts import INTERRUPTED, interrupts
from .terminal import print_json, progress_bar, reporting, say, show

if TYPE_CHECKING:
    from ..assistant import Assistant
    from ..evaluation import Report
    from ..progress import Progress, ProgressCallback, StopCallback


_WIDTH = 9
"""Of an interval: words above it wrap, it does not."""


def evaluate(
    questions: Annotated[
        list[Path] | None,
        typer.Argument(help="Files of questions (docs/evaluation.md), or folders in the BEIR layout."),
    ] = None,
    k: Annotated[
        int, typer.Option("-k", "--k", help="Look for a right paper among so many.", min=1, max=50)
    ] = 8,
    papers: Annotated[
        Path | None, typer.Option(help="The file whose papers the numbers in the questions count.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the figures, and what came of each question, to this file.")
    ] = None,
    feedback: Annotated[
        bool, typer.Option("--feedback", help="Ask again what readers of the page marked as well answered.")
    ] = False,
    make: Annotated[
        Path | None, typer.Option(help="Ask nothing: make questions of the index's papers, in this new file.")
    ] = None,
    count: Annotated[int, typer.Option(help="How many papers --make asks about.", min=1)] = 50,
    seed: Annotated[int, typer.Option(help="The same seed makes the same choices.", min=0)] = 0,
    index: options.Index = None,
    library: options.Library = None,
    as_json: options.AsJson = False,
    extractive: options.Extractive = False,
) -> None:
    """Measure the assistant with questions whose answers are known.

    Tells how often the right papers and sentences are found and cited, what is refused, what the audit
    catches, and what it takes. Ctrl-C reports what was asked so far.
    """
    mode = "extractive" if extractive else None
    opened = options.opened(index, library, alone=True, mode=mode)
    with reporting(as_json), opened as assistant, interrupts() as stop:
        if make is not None:
            if questions:
                raise UsageError("--make asks nothing.", "Make the questions first, then name their file.")
            _make(assistant, make, count, seed, stop, as_json=as_json)
            return
        from ..evaluation import evaluate as measure
        from ..evaluation import report_json
        from ..feedback import FILE_NAME

        if out is not None:
            _writable(out)
        marked = [assistant.path / FILE_NAME] if feedback else []
        with _bar("questions") as progress:
            report = measure(
                assistant,
                *questions or (),
                *marked,
                papers=papers,
                k=k,
                seed=seed,
                progress=progress,
                stop=stop,
            )
        if as_json:
            print_json(report_json(report))
        else:
            _print(report)
        if out is not None:
            _write(report, out)
        for notice in report.notices:
            say(f"Note: {notice}")
        if report.interrupted:
            say(f"Not all was asked: {report.asked:,} of {report.questions:,} questions.")
            raise typer.Exit(INTERRUPTED if stop() else 1)


def _make(
    assistant: Assistant, file: Path, count: int, seed: int, stop: StopCallback, *, as_json: bool
) -> None:
    from ..evaluation import make_questions
    from ..evaluation.report import MadeJson

    with _bar("papers") as progress:
        made = make_questions(assistant, file, count=count, seed=seed, progress=progress, stop=stop)
    if as_json:
        print_json(MadeJson(file=str(file), papers=made, questions=2 * made))
        return
    show(f"{2 * made:,} questions on {counted(made, 'paper')}, each with its paper and with that taken away.")
    show(f"Measure with: paper-assistant eval {file}")


def _writable(path: Path) -> None:
    """Say so before anything is asked, which takes long."""
    if path.is_dir() or not path.parent.is_dir():
        raise UsageError(f"{path} cannot be written.", "Name a file in a folder that is there.")


def _write(report: Report, path: Path) -> None:
    from ..evaluation import report_json
    from ..saved import write

    text = json.dumps(report_json(report, details=True), ensure_ascii=False, indent=1)
    write(f"{text}\n".encode("utf-8", "replace"), path)


@contextmanager
def _bar(things: str) -> Iterator[ProgressCallback | None]:
    def in_words(progress: Progress) -> str:
        return f"{progress.done:,} of {progress.total:,} {things}"

    with progress_bar(in_words) as progress:
        yield progress


def _print(report: Report) -> None:
    """Each section as a table; below a figure stands its interval."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, markup=False)
    show(f"{counted(report.asked, 'question')}, {counted(report.papers, 'paper')}. {report.answers_by}")
    for section in report.sections:
        table = Table(title=section.title, title_justify="left", title_style="bold", box=None, pad_edge=False)
        table.add_column("")
        table.add_column("n", justify="right")
        names = [
            name
            for name in section.lines[0].figures
            if any(line.figures[name] is not None for line in section.lines)
        ]
        for name in names:
            table.add_column(name.replace("_", " "), justify="right", min_width=_WIDTH)
        for line in section.lines:
            figures = [Text(_shown(line.figures[name])) for name in names]
            table.add_row(Text(line.name), Text(f"{line.n:,}"), *figures)
        show("")
        console.print(table)


def _shown(figure: object) -> str:
    from ..evaluation import Estimate

    if isinstance(figure, Estimate):
        return f"{figure.value:.3f}\n{figure.low:.2f}-{figure.high:.2f}"
    if isinstance(figure, float):
        return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3f}"
    return "-"
