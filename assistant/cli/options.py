"""The options that several commands share, and what they open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import UsageError
from . import completing
from .terminal import say

if TYPE_CHECKING:
    from ..assistant import Assistant

Index = Annotated[
    Path | None,
    typer.Option("--index", help="Folder of the index (else ASSISTANT_INDEX, else index_store/default)."),
]
Library = Annotated[
    str | None,
    typer.Option(
        "--library", help="A library by name: index_store/NAME.", autocompletion=completing.libraries
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
Extractive = Annotated[
    bool, typer.Option("--extractive", help="Quote the papers; ask no language model even if one is set.")
]
Question = Annotated[
    str, typer.Argument(metavar="QUESTION", help="The question; `-` reads it from standard input.")
]
Since = Annotated[int | None, typer.Option("--since", help="Only papers of this year or later.")]
Until = Annotated[int | None, typer.Option("--until", help="Only papers of this year or earlier.")]
Author = Annotated[str, typer.Option("--author", help="Only papers by an author of this name.")]
Venue = Annotated[str, typer.Option("--venue", help="Only papers of this venue.")]
Source = Annotated[str, typer.Option("--source", help="Only papers from a file of this name.")]


@contextmanager
def opened(index: Path | None, library: str | None, **overrides: Any) -> Iterator[Assistant]:
    """The assistant over the index that the options name."""
    from ..assistant import Assistant
    from ..settings import Settings, library_folder

    if library is not None:
        if index is not None:
            raise UsageError("--index and --library name the same thing.", "Give one of them.")
        index = library_folder(library)
    with Assistant.open(settings=Settings.load(index=index, **overrides)) as assistant:
        yield assistant
        if assistant.notice:
            say(f"Note: {assistant.notice}")
