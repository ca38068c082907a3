"""Types of JSON: drawn as a reader sees them, and held against values; knows no page and no command.

A type is a TypedDict, a list, a dictionary, a union, a literal or a plain one. With ``Annotated``, words on a
field stand beside it, and a word on what is in a list or a dictionary stands for its type. A key that may be
missing is drawn with a question mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

_WIDTH = 110
_NOTES = 36
"""The column of the words on a field, where its line is not longer."""
_SHORT = 45
"""Characters of an object that is drawn wherever it comes, told before or not."""
_Rows = list[tuple[str, str]]
"""Lines, each with the words on it."""


@dataclass(frozen=True, slots=True)
class Field:
    """A key of an object and the type of its value; one that is not ``needed`` may be missing."""

    name: str
    kind: Any
    note: str
    needed: bool


def fields_of(kind: Any) -> list[Field]:
    """The keys of a TypedDict."""
    return [_field(name, hint) for name, hint in get_type_hints(kind, include_extras=True).items()]


def objects_in(kind: Any) -> Iterator[Any]:
    """The TypedDicts in a type, each before those in it."""
    if is_typeddict(kind):
        yield kind
        for field in fields_of(kind):
            yield from objects_in(field.kind)
    elif get_origin(kind) is not Literal:
        for each in get_args(kind):
            yield from objects_in(each)


class Comparison:
    """Holds values out of JSON against types; ``met`` are the objects that it came upon."""

    def __init__(self) -> None:
        self.met: set[Any] = set()

    def mismatches(self, value: Any, kind: Any, where: str = "") -> list[str]:
        """Where a value is not of a type, and in what."""
        if is_typeddict(kind) and isinstance(value, dict):
            return self._in_object(value, kind, where)
        match get_origin(kind):
            case origin if origin is Annotated:
                return self.mismatches(value, kind.__origin__, where)
            case origin if origin in {Union, UnionType}:
                return min((self.mismatches(value, each, where) for each in get_args(kind)), key=len)
            case origin if origin is list and isinstance(value, list):
                [inner] = get_args(kind)
                return [told for each in value for told in self.mismatches(each, inner, f"{where}[]")]
            case origin if origin is dict and isinstance(value, dict):
                _, inner = get_args(kind)
                pairs = value.items()
                return [
                    told for key, each in pairs for told in self.mismatches(each, inner, f"{where}.{key}")
                ]
            case origin if origin is Literal:
                fits = value in get_args(kind)
            case _:
                # JSON has one kind of number, and true is none.
                fits = type(value) in ({int, float} if kind is float else {kind})
        return [] if fits else [f"{where} is {value!r}, not {kind}"]

    def _in_object(self, value: dict[str, Any], kind: Any, where: str) -> list[str]:
        self.met.add(kind)
        fields = {field.name: field for field in fields_of(kind)}
        found = [f"{where}.{name} is not told" for name in value if name not in fields]
        for name, field in fields.items():
            if name in value:
                found += self.mismatches(value[name], field.kind, f"{where}.{name}")
            elif field.needed:
                found.append(f"{where}.{name} is missing")
        return found


class Drawing:
    """Draws types one after the other; an object that came under a heading before is not drawn again.

    One that comes several times in a type gets a name, and is drawn below.
    """

    def __init__(self) -> None:
        self._told: list[tuple[list[Field], str]] = []
        self._named: set[Any] = set()

    def tell(self, kind: Any, heading: str) -> None:
        """From now on, what is in this type stands under that heading."""
        self._told += [(fields_of(each), heading) for each in objects_in(kind)]

    def new_in(self, kind: Any) -> list[Any]:
        """The objects in a type that did not come before, in the order in which they are drawn."""
        return [*dict.fromkeys(self._new_in(kind))]

    def draw(self, kind: Any) -> str:
        """A type, and below it those that it names."""
        found = [*self._new_in(kind)]
        named = [each for each in dict.fromkeys(found) if found.count(each) > 1 and not _is_short(each)]
        self._named = {*named}
        parts = [self._rows(kind, 0)]
        for each in named:
            begin = f"{_name(each)}: "
            parts.append(_put(begin, self._rows_of_object(each, len(begin)), ""))
        return "\n\n".join("\n".join(_line(*row) for row in rows) for rows in parts)

    def _new_in(self, kind: Any) -> Iterator[Any]:
        if is_typeddict(kind):
            if not self._heading_of(kind):
                yield kind
                for field in fields_of(kind):
                    yield from self._new_in(field.kind)
        elif get_origin(kind) is not Literal:
            for each in get_args(kind):
                yield from self._new_in(each)

    def _heading_of(self, kind: Any) -> str:
        """Where an object came that has all fields of this one; short ones are drawn all the same."""
        fields = fields_of(kind)
        where = (heading for told, heading in self._told if all(field in told for field in fields))
        return "" if _is_short(kind) else next(where, "")

    def _rows(self, kind: Any, column: int) -> _Rows:
        """A type whose first line begins at a column; the lines begin at none."""
        if is_typeddict(kind):
            if kind in self._named:
                return [(_name(kind), "")]
            if heading := self._heading_of(kind):
                return [(f"{{…as of {heading}}}", "")]
            return self._rows_of_object(kind, column)
        match get_origin(kind):
            case origin if origin in {Union, UnionType}:
                first, *others = get_args(kind)
                rows = self._rows(first, column)
                for each in others:
                    begun, note = rows.pop()
                    begun += " | "
                    rows += _put(begun, self._rows(each, column + len(begun)), "", note)
                return rows
            case origin if origin is list:
                [inner] = get_args(kind)
                return _put("[", self._rows(inner, column + 1), "]")
            case origin if origin is dict:
                keys, values = get_args(kind)
                begin = f"{{{self._rows(keys, 0)[0][0]}: "
                return _put(begin, self._rows(values, column + len(begin)), "}")
            case origin if origin is Annotated:
                return [(kind.__metadata__[0], "")]
            case origin if origin is Literal:
                return [(" | ".join(f'"{value}"' for value in get_args(kind)), "")]
        return [("null" if kind is NoneType else kind.__name__, "")]

    def _rows_of_object(self, kind: Any, column: int) -> _Rows:
        """As many fields on a line as it holds; one with words on it has its own."""
        rows: _Rows = []
        is_open = False
        fields = fields_of(kind)
        for field in fields:
            begin = f'"{field.name}"{"" if field.needed else "?"}: '
            inner = self._rows(field.kind, column + 1 + len(begin))
            piece = _put(begin, inner, "}" if field is fields[-1] else ",", field.note)
            is_single = len(piece) == 1 and not piece[0][1]
            if is_open and is_single and column + len(rows[-1][0]) + 1 + len(piece[0][0]) <= _WIDTH:
                rows[-1] = (f"{rows[-1][0]} {piece[0][0]}", "")
            else:
                rows += _put(" " if rows else "{", piece, "")
            is_open = is_single
        return rows


def _field(name: str, hint: Any) -> Field:
    needed = get_origin(hint) is not NotRequired
    kind = hint if needed else get_args(hint)[0]
    if get_origin(kind) is Annotated:
        inner, note = get_args(kind)
        return Field(name, inner, note, needed)
    return Field(name, kind, "", needed)


def _put(before: str, rows: _Rows, after: str, note: str = "") -> _Rows:
    """Rows between two texts, the later ones below the first; a note goes to the first."""
    (first, told), *others = rows
    assert not (note and told), f"two notes on {before}{first}"
    put = [(before + first, note or told), *((" " * len(before) + text, its) for text, its in others)]
    return [*put[:-1], (put[-1][0] + after, put[-1][1])]


def _line(text: str, note: str) -> str:
    return f"{text.ljust(_NOTES - 3)}   {note}" if note else text


def _name(kind: Any) -> str:
    """What a type is called where it is named: ``CellJson`` a cell."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", kind.__name__.removesuffix("Json")).lower()


def _is_short(kind: Any) -> bool:
    rows = Drawing()._rows_of_object(kind, 0)
    return len(rows) == 1 and not rows[0][1] and len(rows[0][0]) <= _SHORT
