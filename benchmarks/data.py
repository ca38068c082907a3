"""Where the measurements find their data, and how its files are read."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant import Assistant
from assistant.evaluation.cases import Script
from assistant.evaluation.evaluate import read_scripts


def arguments(description: str) -> argparse.ArgumentParser:
    """A parser with the option that all share."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("PAPER_ASSISTANT_DATA", "data")),
        help="folder with trending/questions/, scifact/, csabstruct/ (else PAPER_ASSISTANT_DATA, else data/)",
    )
    return parser


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a JSON Lines file."""
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


def require(path: Path) -> Path:
    """The path, or a clear end of the program."""
    if not path.exists():
        sys.exit(f"{path} is not there; name the folder that holds the data with --data.")
    return path


def sample_scripts(assistant: Assistant, data: Path, kind: str) -> list[Script]:
    """The questions of a kind on the sample collection, which the assistant holds."""
    return read_scripts(assistant, [require(data / "trending" / "questions" / f"{kind}.jsonl")])


def table(title: str, header: tuple[str, ...], body: list[tuple[object, ...]]) -> None:
    """Print a table in Markdown."""
    print(f"\n{title}\n")
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * len(header))
    for row in body:
        print(
            "| " + " | ".join(f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row) + " |"
        )
