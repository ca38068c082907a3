"""What readers think of answers: marks with a note, kept in one file beside the index and never sent.

A mark is a line of JSON. The last line about an answer counts, so that nothing is rewritten: taking a mark
back is a line too. ``paper-assistant eval --feedback`` asks the questions again that were answered well.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from .errors import IndexWriteError
from .types import Answer

FILE_NAME = "feedback.jsonl"
Verdict = Literal["good", "poor", ""]
"""An empty one takes the last back."""
LONGEST_NOTE = 2_000
_LARGEST_LINE = 100_000


@dataclass(frozen=True, slots=True)
class Mark:
    """What one reader thinks of one answer; ``about`` tells it from all others, ``time`` is when, in UTC.

    ``cited`` are the ids of the papers that it cites, ``titles`` their titles.
    """

    about: str
    time: str
    verdict: Verdict
    note: str
    question: str
    searched: str
    status: str
    mode: str
    cited: tuple[str, ...]
    titles: tuple[str, ...]


def mark_of(about: str, answer: Answer, verdict: Verdict, note: str = "") -> Mark:
    """The mark of an answer, made now."""
    return Mark(
        about,
        datetime.now(UTC).isoformat(timespec="seconds"),
        verdict,
        note[:LONGEST_NOTE],
        answer.question,
        answer.searched,
        answer.status,
        answer.mode,
        tuple(citation.id for citation in answer.citations),
        tuple(citation.title for citation in answer.citations),
    )


def leave(mark: Mark, path: Path) -> None:
    """Add a mark to the file.

    Raises:
        IndexWriteError: it cannot be written.
    """
    line = json.dumps(asdict(mark)) + "\n"  # ASCII, and so whole even where a text holds half a character
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(number, line.encode())  # one write: lines of two processes do not mix
        finally:
            os.close(number)
    except OSError as error:
        raise IndexWriteError(
            f"{path} cannot be written: {error.strerror}.", "Your mark was not kept."
        ) from None


def marks(path: Path) -> list[Mark]:
    """The marks that count, in the order of their answers; a line that is none of ours is passed over."""
    last: dict[str, Mark] = {}
    for mark in _lines(path):
        last[mark.about] = mark
    return [mark for mark in last.values() if mark.verdict]


def _lines(path: Path) -> Iterator[Mark]:
    try:
        with path.open("rb") as file:
            while line := file.readline(_LARGEST_LINE):
                if mark := _parsed(line):
                    yield mark
    except OSError:
        return


def _parsed(line: bytes) -> Mark | None:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict) or row.get("verdict") not in get_args(Verdict):
        return None
    texts = [row.get(name) for name in ("about", "time", "note", "question", "searched", "status", "mode")]
    lists = [row.get(name) for name in ("cited", "titles")]
    if not all(isinstance(text, str) for text in texts) or not all(_is_texts(each) for each in lists):
        return None
    about, time, note, *rest = texts
    return Mark(about, time, row["verdict"], note, *rest, *map(tuple, lists))  # type: ignore[arg-type]


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
