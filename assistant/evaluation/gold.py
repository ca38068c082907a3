"""Which papers of an index the rows of question files name: by id, by title, or by number in a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from ..corpus import paper_id, read, sample_collection
from ..errors import QuestionFileError
from ..numbers import counted
from ..types import Paper


class Gold:
    """The papers of an index by the names that question files have for them."""

    def __init__(self, papers: Iterable[Paper], numbered: Path | None = None) -> None:
        """Numbers count the papers of the file ``numbered``, from 0; else those of the sample collection.

        The latter only where the index holds all of them.
        """
        self._of_title: dict[str, str] = {}
        self._ids: set[str] = set()
        for paper in papers:
            self._ids.add(paper.id)
            self._of_title.setdefault(paper_id(title=paper.title), paper.id)
        self._numbered = numbered

    def look_up(self, row: Mapping[str, Any], name: str, number: int, where: str) -> str:
        """The id of the paper that stands at ``number`` in the list ``name`` of a row.

        Raises:
            QuestionFileError: no paper of the index is called so.
        """
        given = row[name][number]
        titles = row.get(f"{name}_titles")
        if isinstance(titles, list) and len(titles) == len(row[name]) and isinstance(titles[number], str):
            return self._named(titles[number], name, where)
        if isinstance(given, str):
            return self._named(given, name, where)
        if isinstance(given, bool) or not isinstance(given, int):
            raise QuestionFileError(f"{where}: {name} holds something that names no paper.", _HINT)
        papers = self._in_order
        if papers is None:
            raise QuestionFileError(
                f"{where}: {name} counts the papers of a file, and it is not known of which.",
                "Name it with --papers, or write ids or titles instead of numbers.",
            )
        if not 0 <= given < len(papers):
            raise QuestionFileError(
                f"{where}: {name} has the number {given}, of {counted(len(papers), 'paper')}, from 0.",
                "Name the file that the numbers count with --papers.",
            )
        paper = papers[given]
        return paper.id if paper.id in self._ids else self._named(paper.title, name, where)

    def _named(self, given: str, name: str, where: str) -> str:
        if given in self._ids:
            return given
        found = self._of_title.get(paper_id(title=given))
        if found is None:
            raise QuestionFileError(
                f"{where}: {name} names “{given[:100]}”, which no paper of the index has as id or title.",
                _HINT,
            )
        return found

    @cached_property
    def _in_order(self) -> Sequence[Paper] | None:
        if self._numbered:
            return _papers(self._numbered)
        sample = _papers(sample_collection())
        return sample if all(paper.id in self._ids for paper in sample) else None


_HINT = "Add that paper, or name one that is there."


def _papers(path: Path) -> list[Paper]:
    return [paper for paper in read(path) if isinstance(paper, Paper)]
