"""Docstrings of the package as Markdown; knows no page."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence

_ROLE = re.compile(r":(?:meth|class|func|attr):`([^`]+)`")
_HEADING = re.compile(r"^(Args|Raises|Returns|Yields):$")
_ITEM = re.compile(r"^ {4}(\S[^:]*): (.*)$")


def markdown(docstring: str | None) -> str:
    """A docstring in Google's form as paragraphs, with lists where it has sections."""
    lines: list[str] = []
    in_section = False
    for line in inspect.cleandoc(docstring or "").splitlines():
        if heading := _HEADING.match(line):
            in_section = True
            lines += [f"{heading[1]}:", ""]
        elif in_section and (item := _ITEM.match(line)):
            lines.append(f"- {_code(item[1])}: {item[2]}")
        elif in_section and line:
            lines.append(f"  {line.strip()}")
        else:
            lines.append(line)
    return _inline("\n".join(lines))


def sentence(docstring: str | None) -> str:
    """The first paragraph of a docstring on one line."""
    return _inline(" ".join(inspect.cleandoc(docstring or "").split("\n\n")[0].split()))


def cell(text: str) -> str:
    """A text in a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with as many columns as its head."""
    lines = [f"| {' | '.join(map(cell, row))} |" for row in rows]
    return "\n".join([f"| {' | '.join(head)} |", "|---" * len(head) + "|", *lines]) + "\n"


def _inline(text: str) -> str:
    return _ROLE.sub(r"`\1`", text).replace("``", "`")


def _code(names: str) -> str:
    return ", ".join(f"`{name.strip()}`" for name in names.split(","))
