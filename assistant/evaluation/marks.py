"""Makes questions of the marks that readers left on answers: what was good once has to stay so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import MappingProxyType

from ..errors import QuestionError
from ..feedback import FILE_NAME, Mark, marks
from ..retrieval.search import checked
from .cases import Case, Script

GROUP = "marked as good"
_REFUSED = "refused, marked as good"
_SHOWN = 3


def is_marks(path: Path) -> bool:
    """Whether a path is the file that holds the marks of an index."""
    return path.name == FILE_NAME


def mark_scripts(path: Path) -> Iterator[Script]:
    """A question for each answer that was marked as good: its papers are right, or its refusal is.

    An answer marked as poor says nothing of which papers are right, and makes no question.
    """
    for mark in marks(path):
        question = mark.searched or mark.question
        try:
            checked(question)
        except QuestionError:
            continue
        if mark.verdict == "good" and mark.status == "refused":
            yield (Case(question, _where(path, mark), _REFUSED, kind=_REFUSED),)
        elif mark.verdict == "good" and mark.cited:
            gains = MappingProxyType(dict.fromkeys(mark.cited, 1))
            yield (Case(question, _where(path, mark), GROUP, gains),)


def of_poor(files: Iterable[Path]) -> list[str]:
    """What to know of the answers that were marked as poor."""
    poor = [mark for file in files if is_marks(file) for mark in marks(file) if mark.verdict == "poor"]
    if not poor:
        return []
    named = "; ".join(
        f"“{mark.question[:80]}”" + (f" ({mark.note[:120]})" if mark.note else "") for mark in poor[-_SHOWN:]
    )
    last = ", the last of them" if len(poor) > _SHOWN else ""
    return [f"{len(poor):,} answers are marked as poor and were not asked again{last}: {named}."]


def _where(path: Path, mark: Mark) -> str:
    return f"{path.name}, {mark.time}"
