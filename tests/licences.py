"""The licences of all that is installed with us, as their packages state them; one that does not fit is told.

``python -m tests.licences`` (or ``make licences``) prints them as a table, and fails where one is not known
to fit. It reads the environment that it runs in, whose versions are those of ``requirements.lock``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from packaging.requirements import Requirement

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
NOT_HERE = "of another platform or version of Python"

_FITTING = frozenset(
    "0BSD Apache-2.0 BSD-2-Clause BSD-3-Clause CC0-1.0 CNRI-Python ISC MIT MIT-CMU MPL-2.0 PSF-2.0 Unlicense "
    "Zlib".split()
)
"""Licences, by their SPDX names, of libraries that a program under Apache-2.0 may use and be shipped beside.
MPL-2.0 asks to keep changes of its own files open, of which we make none."""

_MEANS = (
    (r"apache", "Apache-2.0"),
    (r"mozilla public license 2\.0|mpl[- ]2\.0", "MPL-2.0"),
    (r"(?:3-clause|new|modified)[ -]bsd|bsd[ -]3|enthought", "BSD-3-Clause"),
    (r"\bbsd\b", "BSD-3-Clause"),
    (r"python software foundation|psfl?\b", "PSF-2.0"),
    (r"\bisc\b", "ISC"),
    (r"\bmit\b", "MIT"),
)
"""What is written where no SPDX expression is; the first that is found counts."""


@dataclass(frozen=True, slots=True)
class Licensed:
    """A package that is pinned, with its licence as an SPDX expression, or words that nobody can place."""

    name: str
    version: str
    licence: str

    @property
    def fits(self) -> bool:
        """Whether it may be used: of licences joined by OR one must fit, of those joined by AND all."""
        if self.licence == NOT_HERE:
            return True
        sides = self.licence.replace("(", " ( ").replace(")", " ) ").split()
        known = [word if word in {"AND", "OR", "(", ")"} else str(word in _FITTING) for word in sides]
        return _evaluated(known)


def licensed(lock: Path = LOCK) -> Iterator[Licensed]:
    """Each package that is pinned."""
    for pin in re.findall(r"^([a-z0-9][^\s=]*==[^\\\n]+)", lock.read_text("utf-8"), re.MULTILINE):
        requirement = Requirement(pin.strip())
        version = str(requirement.specifier).removeprefix("==")
        if requirement.marker and not requirement.marker.evaluate():
            yield Licensed(requirement.name, version, NOT_HERE)
            continue
        try:
            yield Licensed(requirement.name, version, licence_of(metadata(requirement.name).json))
        except PackageNotFoundError:
            yield Licensed(requirement.name, version, "not installed")


def licence_of(told: Mapping[str, str | list[str]]) -> str:
    """The licence as an SPDX expression, from the field for it, else from older ones."""
    if expression := told.get("license_expression"):
        return str(expression)
    stated = str(told.get("license") or "").strip().splitlines()
    line = stated[0].strip() if stated else ""
    if line and all(word in _FITTING | {"AND", "OR"} for word in line.split()):
        return line
    classes = [name.rpartition("::")[2] for name in told.get("classifier", []) if "License ::" in name]
    for text in (" ".join(classes), line):
        if means := next((spdx for pattern, spdx in _MEANS if re.search(pattern, text, re.IGNORECASE)), ""):
            return means
    return line or "unknown"


def _evaluated(words: list[str]) -> bool:
    """An expression of True, False, AND, OR and brackets; AND binds closer."""
    while "(" in words:
        end = words.index(")")
        start = max(place for place in range(end) if words[place] == "(")
        words = [*words[:start], str(_evaluated(words[start + 1 : end])), *words[end + 1 :]]
    either = " ".join(words).split(" OR ")
    return any(all(side == "True" for side in part.split(" AND ")) for part in either)


def main() -> int:
    """Print the table; the exit code says whether all fit."""
    found = [*licensed()]
    sys.stdout.write("| package | version | licence |\n|---|---|---|\n")
    sys.stdout.writelines(f"| {item.name} | {item.version} | {item.licence} |\n" for item in found)
    unfit = [item for item in found if not item.fits]
    sys.stderr.writelines(
        f"{item.name} {item.version}: {item.licence} is not known to fit.\n" for item in unfit
    )
    return 1 if unfit else 0


if __name__ == "__main__":
    sys.exit(main())
