"""Results as files: what was measured, with command, machine and versions; `benchmarks.page` tells them."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .data import table

FOLDER = Path(__file__).resolve().parent / "results"
LIBRARIES = ("chromadb", "llama-index-core", "numpy", "onnxruntime", "openai", "tantivy")
Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Result:
    """One table of one run; ``values`` are raw numbers by name, for plots, ``notes`` stand under it."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    command: str
    notes: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    machine: str = ""
    commit: str = ""
    """What was measured, and on which day; empty for what was kept before this was."""


def keep(name: str, result: Result, folder: Path = FOLDER) -> None:
    """Print a result, and write it where the page finds it."""
    table(result.title, result.header, [tuple(map(shown, row)) for row in result.rows])
    own = {each: version(each) for each in LIBRARIES}
    data = asdict(result) | {
        "machine": machine(),
        "commit": commit(),
        "versions": {"python": platform.python_version(), **own, **result.versions},
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8")


def kept(name: str, folder: Path = FOLDER) -> list[tuple[str, Result]]:
    """The results of this name, or of ``name-NUMBER`` in the order of their numbers."""
    parts = ((path, path.stem.removeprefix(f"{name}-")) for path in folder.glob(f"{name}*.json"))
    found = [
        (0 if rest == name else int(rest), path) for path, rest in parts if rest == name or rest.isdigit()
    ]
    return [(path.stem, _result(json.loads(path.read_text("utf-8")))) for _, path in sorted(found)]


def _result(data: Mapping[str, Any]) -> Result:
    rows = tuple(tuple(row) for row in data["rows"])
    return Result(**{**data, "header": tuple(data["header"]), "rows": rows})


def shown(cell: object) -> str:
    """A number as it is told: three digits where they say something."""
    if cell is None:
        return "–"
    if not isinstance(cell, float):
        return f"{cell:,}" if isinstance(cell, int) else str(cell)
    return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.1f}" if abs(cell) >= 10 else f"{cell:.3f}"


def command(arguments: Sequence[str] = sys.argv) -> str:
    """The command of this run, folders of this machine left out."""
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    module = spec.name.removesuffix(".__main__") if spec else Path(arguments[0]).stem
    return " ".join(["python -m", module, *(_place(each) for each in arguments[1:])])


def _place(argument: str) -> str:
    return Path(argument).name.upper() if "/" in argument else argument


def commit() -> str:
    """The commit of this checkout and the day, if it is one and Git is there."""
    git = ["git", "-C", str(FOLDER), "describe", "--always", "--dirty=, changed"]
    try:
        found = subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{found}, {datetime.now(UTC):%Y-%m-%d}"


def machine() -> str:
    """The processor and how much of it there is."""
    return f"{os.cpu_count()} cores of {_processor()}, {platform.system()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
