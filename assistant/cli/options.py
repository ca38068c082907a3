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
    from ..settings import Settings


def _said(context: typer.Context, parameter: typer.CallbackParam, value: str) -> str:
    """Refuse a filter that is given and empty, as a script's unset variable is: it would let all pass."""
    source = context.get_parameter_source(parameter.name or "")
    if source is not None and source.name != "DEFAULT" and not value.strip():
        raise typer.BadParameter("it is empty.", context, param_hint=f"--{parameter.name}")
    return value


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
Author = Annotated[
    str, typer.Option("--author", callback=_said, help="Only papers by an author of this name.")
]
Venue = Annotated[str, typer.Option("--venue", callback=_said, help="Only papers of this venue.")]
Topic = Annotated[
    str, typer.Option("--topic", callback=_said, help="Only papers of this topic, by its name or id.")
]
Source = Annotated[
    str, typer.Option("--source", callback=_said, help="Only papers from a file of this name.")
]


@contextmanager
def opened(
    index: Path | None, library: str | None, *, alone: bool = False, **overrides: Any
) -> Iterator[Assistant]:
    """The assistant over the index that the options name; that of the page which has it open, if one has.

    ``alone`` is for commands that need the index for themselves.
    """
    from ..folders import library_folder
    from ..settings import Settings

    if library is not None:
        if index is not None:
            raise UsageError("--index and --library name the same thing.", "Give one of them.")
        index = library_folder(library)
    settings = Settings.load(index=index, **overrides)
    with _theirs_or_ours(settings, alone=alone) as assistant:
        yield assistant
        if assistant.notice:
            say(f"Note: {assistant.notice}")


def _theirs_or_ours(settings: Settings, *, alone: bool) -> Assistant:
    if not (alone or settings.chroma_url):  # a library on a server may be open in many processes
        from ..serving.calling import caller

        if theirs := caller(settings.index):
            return theirs
    from ..assistant import Assistant

    return Assistant.open(settings=settings)
