"""The commands about the assistant itself: ``status``, ``rebuild``, ``doctor``."""

from __future__ import annotations

import typer

from ..numbers import counted
from . import options
from .terminal import print_json, progress_bar, reporting, say, show


def status(
    index: options.Index = None, library: options.Library = None, as_json: options.AsJson = False
) -> None:
    """Say what the index holds and whether it is sound."""
    with reporting(as_json), options.opened(index, library) as assistant:
        found = assistant.status()
        if as_json:
            from ..export import status_json

            print_json(status_json(found, assistant.libraries()))
        else:
            show(f"Index      {found.path} (format {found.format or 'unknown'})")
            show(f"Papers     {found.papers:,} with {counted(found.sentences, 'sentence')}")
            show(f"Embedder   {found.embedder}, {found.dimension} dimensions")
            show(f"Sound      {'yes' if found.sound else 'no'}")
            show(f"Answers    {assistant.composer}")
            show(f"Libraries  {', '.join(assistant.libraries())}")
        if found.problem:
            say(found.problem)
            raise typer.Exit(1)


def rebuild(
    index: options.Index = None, library: options.Library = None, as_json: options.AsJson = False
) -> None:
    """Make the index anew from its own records.

    For another embedder or format version, or after damage. The new index takes the old one's place in one
    step: cut off before that, the old one is as it was.
    """
    with reporting(as_json), options.opened(index, library, alone=True) as assistant:
        with progress_bar() as progress:
            papers = assistant.rebuild(progress=progress)
        if as_json:
            from ..export import RebuiltJson

            print_json(RebuiltJson(papers=papers))
        else:
            show(f"{counted(papers, 'paper')} in the new index.")


def doctor(
    index: options.Index = None, library: options.Library = None, as_json: options.AsJson = False
) -> None:
    """Check what answers depend on, and say what to do.

    Looks at the prompts, the embedder, the language model and every record of the index.
    """
    with reporting(as_json), options.opened(index, library, alone=True) as assistant:
        from ..doctor import examine
        from ..export import checks_json

        checks = []
        for check in examine(assistant):
            checks.append(check)
            if not as_json:
                show(f"{check.verdict:<5}{check.name:<10}{f'{check.message} {check.hint}'.strip()}")
        if as_json:
            print_json(checks_json(checks))
        if any(check.verdict == "fail" for check in checks):
            raise typer.Exit(1)
