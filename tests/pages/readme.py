"""The README with the output of its first examples, which it shows whole."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from .running import ROOT, command, python

README = ROOT / "README.md"
_PYTHON = re.compile(r"(<!-- test: python -->\n```python\n)(.*?)(```\n\n```text\n)(.*?)(```)", re.DOTALL)
_CONSOLE = re.compile(r"(<!-- test: console -->\n```console\n)(.*?)(```)", re.DOTALL)


def page(text: str, folder: Path) -> str:
    """README with what its Python session and its commands print; they are run in an empty folder."""
    session = folder / "python"
    terminal = folder / "console"
    for place in (session, terminal):
        place.mkdir()
    match = _PYTHON.search(text)
    assert match
    text = text[: match.start(4)] + python(match[2], session) + text[match.end(4) :]
    match = _CONSOLE.search(text)
    assert match
    commands = [line for line in match[2].splitlines() if line.startswith("$ ")]
    shown = "".join(f"{line}\n{command(shlex.split(line[2:])[1:], terminal)}" for line in commands)
    return text[: match.start(2)] + shown + text[match.end(2) :]
