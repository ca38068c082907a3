"""Answers, conversations and summaries as files: versioned JSON, checked place by place when it is read."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copymode
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, TypeVar

from .errors import SavedFileError, UsageError
from .summaries import Summary
from .types import Answer

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")

FORMAT = 1
"""The version of these files; raised by any change that an older program would misread."""
_LARGEST = 64_000_000
"""Bytes: a conversation of some thousand questions. A file beyond is none of ours."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation, made to stand alone, and its answer."""

    question: str
    standalone: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class SavedChat:
    """A conversation as a file holds it."""

    turns: tuple[Turn, ...]
    kind: Literal["conversation"] = "conversation"
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """An answer, with its trace, as a file holds it."""

    answer: Answer
    kind: Literal["answer"] = "answer"
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class SavedSummary:
    """A summary as a file holds it."""

    summary: Summary
    kind: Literal["summary"] = "summary"
    format: int = FORMAT


Saved = SavedChat | SavedAnswer | SavedSummary
_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def _adapter(kind: type) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        from pydantic import TypeAdapter

        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def dumped(value: Any) -> bytes:
    """A value of ours as JSON; raises ``ValueError`` for text that is no Unicode, as half a character."""
    return bytes(_adapter(type(value)).dump_json(value, fallback=dict, warnings=False))


def loaded(kind: type[T], data: bytes, name: str) -> T:
    """The value that JSON holds, ``name`` being what it is called in errors.

    Raises:
        SavedFileError: it is no JSON, or not of that shape; says where.
    """
    from pydantic import ValidationError

    try:
        value: T = _adapter(kind).validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in first["loc"]).lstrip(".")
        where = f" at {place[:200]}" if place else ""
        raise SavedFileError(f"{name} cannot be read{where}: {first['msg'][:200]}.", _HINT) from None
    return value


_HINT = "It may have been edited or cut; save it again, or mend that place."


def save(value: Saved, path: str | Path) -> None:
    """Write a value to a file as JSON.

    Raises:
        UsageError: the file cannot be written.
    """
    try:
        data = dumped(value)
    except ValueError:
        raise UsageError(f"{path} cannot be written: the text holds half a character.") from None
    write(data, path)


def write(data: bytes, path: str | Path) -> None:
    """Write a file in one step: what was there before stays until the new one is whole.

    Raises:
        UsageError: the file cannot be written.
    """
    with drafted(path) as file:
        file.write(data)


@contextmanager
def drafted(path: str | Path) -> Iterator[BinaryIO]:
    """A file to be written in one step, as by `write`; what is no file, such as a pipe, is written as it is.

    Raises:
        UsageError: the file cannot be written.
    """
    try:
        kept = Path(path).resolve()  # a link stays one
        there = kept.exists()
        if there and not kept.is_file():
            with kept.open("wb") as file:
                yield file
            return
        draft = kept.with_name(f".{kept.name}.{secrets.token_hex(8)}.part")
        try:
            with draft.open("xb") as file:
                yield file
            if there:
                copymode(kept, draft)
            draft.replace(kept)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.", "Name another file.") from None


def opened(path: str | Path) -> Saved:
    """What a file holds: a conversation, an answer or a summary.

    Raises:
        SavedFileError: it cannot be read, is not one of ours, or of another version; says where.
    """
    name = str(path)
    try:
        with Path(path).open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise SavedFileError(f"{name} cannot be read: {error.strerror}.", "Name another file.") from None
    if len(data) > _LARGEST:
        raise SavedFileError(f"{name} is larger than {_LARGEST // 1_000_000} MB.", "Name another file.")
    head = loaded(_Head, data, name)
    if head.format != FORMAT:
        raise SavedFileError(
            f"{name} has format {head.format}; this version of paper-assistant reads format {FORMAT}.",
            "Use the version that wrote it.",
        )
    return loaded(_KINDS[head.kind], data, name)


_KINDS: dict[str, type[Saved]] = {
    "conversation": SavedChat,
    "answer": SavedAnswer,
    "summary": SavedSummary,
}


@dataclass(frozen=True, slots=True)
class _Head:
    kind: Literal["conversation", "answer", "summary"]
    format: int
