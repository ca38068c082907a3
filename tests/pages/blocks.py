"""The fenced blocks of a page; knows nothing of running them.

A block that cannot be run here has a mark on the line before it, ``<!-- not run: REASON -->``, with one of
the reasons below. ``python -m tests.pages.blocks`` lists them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
REASONS = (
    "downloads",
    "needs a model server",
    "needs another program",
    "needs the evaluation data",
    "needs the checkout's own environment",
    "runs until it is stopped",
)
LANGUAGES = ("bash", "console", "py", "python", "text", "toml", "json", "html", "nginx", "yaml")
"""Blocks of ``py`` are shown, not run: signatures."""
_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE
)
_MARK = re.compile(r"<!-- (?:not run: (?P<reason>[^>]+?)|test: \w+) -->\n+$")
_OUTPUT = re.compile(r"\n\n```text\n(?P<output>.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A block; ``not_run`` says why it cannot be run, ``output`` is the block of text right after it."""

    page: Path
    line: int
    language: str
    text: str
    not_run: str = ""
    is_tested_whole: bool = False
    output: str = ""

    def __str__(self) -> str:
        """Where it stands."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    """What is read as documentation, generated pages too."""
    notes = ("README.md", "CONTRIBUTING.md", "prompts/README.md", "index_store/README.md")
    return [*(ROOT / note for note in notes), *sorted((ROOT / "docs").glob("**/*.md"))]


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of a page, in their order."""
    text = page.read_text("utf-8")
    for fence in _FENCE.finditer(text):
        mark = _MARK.search(text, 0, fence.start())
        after = _OUTPUT.match(text, fence.end())
        yield Block(
            page,
            text.count("\n", 0, fence.start()) + 1,
            fence["language"],
            fence["text"],
            (mark["reason"] or "") if mark else "",
            bool(mark and not mark["reason"]),
            after["output"] if after else "",
        )


def main() -> None:
    """List the blocks that are not run."""
    for page in pages():
        for block in blocks(page):
            if block.not_run:
                sys.stdout.write(f"{block}: {block.not_run}: {block.text.strip().splitlines()[0]}\n")


if __name__ == "__main__":
    main()
