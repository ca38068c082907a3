"""Programs and commands run as a user would, in processes of their own; knows no page."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
_PROGRAM = "import sys; sys.argv[0] = 'paper-assistant'; from assistant.cli import main; main()"


def environment() -> dict[str, str]:
    """What a program sees: no settings of whoever runs this, a terminal of a certain width."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "ASSISTANT_"))}
    return kept | {"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}


def run(program: list[str], folder: Path) -> str:
    """What a program prints, without blanks at the ends of lines."""
    done = subprocess.run(program, capture_output=True, text=True, check=False, cwd=folder, env=environment())
    assert done.returncode == 0, done.stderr
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()) + "\n"


def python(code: str, folder: Path) -> str:
    """What a Python program prints."""
    return run([sys.executable, "-c", code], folder)


def command(arguments: list[str], folder: Path) -> str:
    """What a command of ours prints."""
    return run([sys.executable, "-c", _PROGRAM, *arguments], folder)
