"""A question with what is known of its answer, and how files of them are read.

A file is JSON Lines; docs/evaluation.md tells the fields. Knows no index: what papers are called there is
looked up by a function (``gold``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..errors import QuestionError, QuestionFileError
from ..retrieval.search import checked

Row = Mapping[str, Any]
LookUp = Callable[[Row, str, int, str], str]
"""Tells the id of the paper that a row names in one of its lists, at that place, for an error from there."""
_LONGEST = 1_000_000
"""Bytes of one row."""
_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Case:
    """A question and what is known of its answer.

    ``gains`` are the papers that answer, with how much each is worth; ``also`` are those that are as good,
    and not asked for. Without ``gains`` the collection has no answer, and ``kind`` says in which way.
    ``evidence`` is the sentence that answers, ``answer`` an answer in other words. ``hidden`` are the papers
    that are taken away while the question is asked. ``group`` is what it is counted with.
    """

    question: str
    where: str
    group: str
    gains: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    also: frozenset[str] = frozenset()
    evidence: str = ""
    answer: str = ""
    kind: str = ""
    hidden: frozenset[str] = frozenset()

    @property
    def answerable(self) -> bool:
        """Whether the collection has the answer."""
        return bool(self.gains)

    @property
    def right(self) -> frozenset[str]:
        """The papers of which each is a right one."""
        return self.also.union(self.gains)


Script = tuple[Case, ...]
"""Questions that are asked one after the other in one conversation; mostly one alone."""


def read_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a JSON Lines file with their places.

    Raises:
        QuestionFileError: it cannot be read, or a row is no JSON object; says where.
    """
    try:
        with path.open("rb") as file:
            for number in range(1, 10**9):
                line = file.readline(_LONGEST + 1)
                if not line:
                    return
                where = f"{path.name}, line {number}"
                if len(line) > _LONGEST:
                    raise _wrong(where, f"it is longer than {_LONGEST:,} bytes")
                if line.strip():
                    yield where, _object(line, where)
    except OSError as error:
        raise QuestionFileError(f"{path} cannot be read: {error.strerror}.", "Name another file.") from None


def _object(line: bytes, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line.decode().removeprefix(_MARK))
    except UnicodeDecodeError:
        raise _wrong(where, "it is not UTF-8") from None
    except (ValueError, RecursionError) as error:
        said = error.msg if isinstance(error, json.JSONDecodeError) else "it nests too deep"
        raise _wrong(where, f"it is not valid JSON: {said}") from None
    if not isinstance(row, dict):
        raise _wrong(where, "it is no JSON object")
    return row


def scripts_of(path: Path, group: str, look_up: LookUp) -> Iterator[Script]:
    """The questions of a file, each conversation as one.

    Raises:
        QuestionFileError: a row that cannot be used; says where and why.
    """
    found = False
    for where, row in read_rows(path):
        found = True
        if "turns" not in row:
            yield (_case(row, where, group, look_up),)
            continue
        turns = row["turns"]
        if not isinstance(turns, list) or not turns or not all(isinstance(turn, dict) for turn in turns):
            raise _wrong(where, "turns is no list of questions")
        yield tuple(
            _case(turn, f"{where}, turn {place}", f"{group}, later turns" if place > 1 else group, look_up)
            for place, turn in enumerate(turns, start=1)
        )
    if not found:
        raise QuestionFileError(f"{path} holds no question.", "Give a file with a JSON object a line.")


def _case(row: dict[str, Any], where: str, group: str, look_up: LookUp) -> Case:
    texts = {name: _text(row, name, where) for name in ("question", "kind", "evidence", "answer")}
    try:
        question = checked(texts["question"])
    except QuestionError as error:
        raise _wrong(where, error.message.rstrip(".")) from None
    named = {
        name: [look_up(row, name, number, where) for number in range(len(_list(row, name, where)))]
        for name in ("gold", "also", "hidden")
    }
    hidden = frozenset(named["hidden"])
    gold = [paper for paper in named["gold"] if paper not in hidden]
    if not (gold or texts["kind"] or named["gold"]):
        raise _wrong(where, "it has neither gold, the papers that answer, nor kind, why none does")
    kind = texts["kind"] or ("removed" if hidden else "none")
    return Case(
        question,
        where,
        group if gold else kind,
        MappingProxyType(dict.fromkeys(gold, 1)),
        frozenset(named["also"]) - hidden,
        texts["evidence"],
        texts["answer"],
        "" if gold else kind,
        hidden,
    )


def _text(row: Row, name: str, where: str) -> str:
    value = row.get(name)
    if value is None and name != "question":
        return ""
    if not isinstance(value, str):
        raise _wrong(where, f"{name} is no text" if name in row else f"it has no {name}")
    return value.strip()


def _list(row: Row, name: str, where: str) -> list[Any]:
    value = row.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise _wrong(where, f"{name} is no list")
    return value


def _wrong(where: str, why: str) -> QuestionFileError:
    return QuestionFileError(f"{where}: {why}.", "Mend that row (docs/evaluation.md tells the form).")
