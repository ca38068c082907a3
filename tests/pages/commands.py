"""The reference of the command line, from its own help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer
from typer.testing import CliRunner

from assistant.cli import app

_TERMINAL = {"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1"}


def names() -> list[str]:
    """All commands in the order in which help shows them, each before those below it."""
    return [*_below(typer.main.get_command(app), ())]


def options(name: str) -> set[str]:
    """All options of a command."""
    command: Any = typer.main.get_command(app)
    for part in name.split():
        command = command.commands[part]
    return {spelt for parameter in command.params for spelt in parameter.opts}


def page() -> str:
    """The whole page."""
    parts = ["# Commands\n\nGenerated from the program's own `--help` by `make docs`.\n"]
    for name in ("", *names()):
        shown = CliRunner(env=_TERMINAL).invoke(app, [*name.split(), "--help"], prog_name="paper-assistant")
        assert shown.exit_code == 0, shown.output
        told = "\n".join(line.rstrip() for line in shown.stdout.strip().splitlines())
        parts.append(f"## `{f'paper-assistant {name}'.strip()}`\n\n```text\n{told}\n```\n")
    return "\n".join(parts)


def _below(group: Any, path: tuple[str, ...]) -> Iterator[str]:
    for name, found in getattr(group, "commands", {}).items():
        yield " ".join((*path, name))
        yield from _below(found, (*path, name))
