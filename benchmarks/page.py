"""Puts the tables that were kept into docs/benchmarks.md, and the curves beside it.

    python -m benchmarks.page

Between `<!-- results: NAME -->` and `<!-- end -->` stand the tables of `benchmarks/results/NAME*.json`; what
stands there by hand is lost.
"""

from __future__ import annotations

import re
from pathlib import Path

from .curves import curves
from .results import FOLDER, Result, kept, shown

DOCS = Path(__file__).resolve().parent.parent / "docs"
_SECTION = re.compile(r"(<!-- results: ([\w.-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def rendered(text: str, results: Path = FOLDER) -> str:
    """A page with the tables that its marks name."""
    return _SECTION.sub(lambda found: found[1] + section(found[2], results) + found[3], text)


def section(name: str, results: Path) -> str:
    """The tables of a name, one after the other, with where they come from."""
    found = [result for _, result in kept(name, results)]
    if not found:
        return "\nNot measured yet.\n\n"
    return "\n" + "\n".join(map(one, found)) + f"\n{origin(found)}\n\n"


def one(result: Result) -> str:
    """One table in Markdown."""
    lines = [f"**{result.title}**", "", f"| {' | '.join(result.header)} |", "|---" * len(result.header) + "|"]
    lines += [f"| {' | '.join(map(shown, row))} |" for row in result.rows]
    notes = ["", result.notes] if result.notes else []
    return "\n".join([*lines, *notes, ""])


def origin(found: list[Result]) -> str:
    """The commands, the machines and the versions behind some tables, in small print."""
    commands = dict.fromkeys(result.command for result in found)
    machines = dict.fromkeys(result.machine for result in found)
    versions = dict.fromkeys(f"{name} {v}" for result in found for name, v in result.versions.items())
    told = " and ".join(f"`{each}`" for each in commands)
    commits = dict.fromkeys(result.commit for result in found if result.commit)
    of = f" at {' and '.join(commits)}" if commits else ""
    return f"Printed by {told}{of} on {' and '.join(machines)}; {', '.join(versions)}."


def main() -> None:
    """Write the page and the figure."""
    page = DOCS / "benchmarks.md"
    page.write_text(rendered(page.read_text("utf-8")), "utf-8")
    (DOCS / "cost.svg").write_text(curves([result.values for _, result in kept("scale")]), "utf-8")


if __name__ == "__main__":
    main()
