"""What the command line says and how it ends: results, progress, errors in a sentence, exit codes.

Knows no command.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

import typer

from ..errors import AssistantError, UsageError
from .interrupts import INTERRUPTED

if TYPE_CHECKING:
    from ..types import Paper, Progress, ProgressCallback


@contextmanager
def reporting(as_json: bool = False) -> Iterator[None]:
    """Turn an error into one sentence on standard error (and, with --json, an object) and its exit code."""
    try:
        yield
    except AssistantError as error:
        if as_json:
            from ..export import error_json

            with suppress(UsageError, BrokenPipeError):  # then the sentence alone has to do
                print_json(error_json(error))
        say(f"Error: {error}")
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        say("\nInterrupted. Nothing that was stored is lost; run the same again.")
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        hush()
        raise typer.Exit(0) from None
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        if os.environ.get("ASSISTANT_DEBUG"):
            raise
        say(f"Error: something unexpected went wrong ({type(error).__name__}: {error}).")
        say("Run the same with ASSISTANT_DEBUG=1 to see where, and please report it.")
        raise typer.Exit(1) from None


@contextmanager
def output() -> Iterator[TextIO]:
    """Standard output, for a part of the result; it is out when this ends.

    Raises:
        BrokenPipeError: Nobody reads it any more.
        UsageError: It cannot be written, as to a full disk.
    """
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        hush()  # what is left in it would be tried once more, and told, at the program's end
        raise UsageError(
            f"Standard output cannot be written: {error.strerror}.", "Free some space, or send it elsewhere."
        ) from None


def hush() -> None:
    """Write to nobody from now on: the reader of our output went away, as `| head` does, or has no room."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def progress_bar(in_words: Callable[[Progress], str] = str) -> Iterator[ProgressCallback | None]:
    """A progress bar on a terminal, nothing elsewhere; ``in_words`` says how far it is."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    from ..progress import Pace

    pace = Pace()  # rich's own begins anew with every total, and the total is an estimate
    columns = (BarColumn(), TextColumn("{task.description}"))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reading", total=None)

        def show_progress(progress: Progress) -> None:
            pace.take(progress)
            description = ", ".join(part for part in (in_words(progress), str(pace)) if part)
            bar.update(task, completed=progress.done, total=progress.expected, description=description)

        yield show_progress


def plain(text: str) -> str:
    """Text without control characters: a paper or a model must not drive the reader's terminal."""
    return "".join(c for c in text if c in "\n\t" or (c.isprintable() or ord(c) > 0x9F))


def show(text: str, end: str = "\n") -> None:
    """Print a result."""
    with output() as out:
        out.write(plain(text) + end)


def listed(paper: Paper) -> str:
    """A paper as lists show it, with a mark where nothing can be quoted of it."""
    return f"{paper}{'' if paper.abstract else '  [no abstract]'}"


def say(text: str) -> None:
    """For the person at the terminal, beside the result."""
    sys.stderr.write(f"{plain(text)}\n")
    sys.stderr.flush()


def print_json(value: Mapping[str, object]) -> None:
    """Print a result for a program: one object on one line."""
    with output() as out:
        out.write(json.dumps(value, ensure_ascii=False) + "\n")
