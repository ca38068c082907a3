"""Cuts an XML file into its records and parses each by itself; knows nothing of what is in a record.

The text is cut at the tags of the records, and each record is parsed alone, by expat. So one that is not
valid XML costs only itself, a file that was cut off gives what came before, memory holds one record, each
has the number of its line, and its text can be mended. What stands before the first record is never
parsed: a document type, and with it every entity that a hostile file declares, has no effect.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from html.entities import html5
from itertools import chain
from typing import NamedTuple
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from ...types import Paper, Rejected
from ..markup import raised
from ..record import FieldError
from ..rows import row_of
from ..source import Source

MAX_RECORD = 8_000_000  # characters; a paper of 5,000 authors with their addresses has half of that
MAX_DEPTH = 200  # elements in one another; formulas in abstracts have some thirty

_TAG = 100  # characters of the longest tag that is looked for, and more
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{0,40};)")
_UNDEFINED = expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML forbids


class _Record(NamedTuple):
    """A record as it stands in the file, with the number of its first line; ``problem`` as in `Line`."""

    number: int
    text: str
    problem: str = ""


@dataclass(slots=True)
class _Draft:
    """A record of which the end is not found yet."""

    number: int
    parts: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, piece: str) -> None:
        """Take a further piece; of a record that is too long nothing is kept."""
        self.size += len(piece)
        if self.size <= MAX_RECORD:
            self.parts.append(piece)
        else:
            self.parts.clear()

    def finish(self, end: str) -> _Record:
        """The record with its end tag, or without any."""
        if self.size > MAX_RECORD:
            return _Record(self.number, "", f"longer than {MAX_RECORD:,} characters")
        return _Record(self.number, "".join((*self.parts, end)), "" if end else "the record has no end")


def read_records(
    source: Source, root: str, tags: tuple[str, ...], fields: Callable[[Element], Mapping[str, object]]
) -> Iterator[Paper | Rejected]:
    """A paper or a reason for each element of the names ``tags``; ``fields`` makes them for `make_paper`."""
    for record in _records(source, root, tags):
        yield row_of(source, record.number, partial(_fields, record, fields), record.text)


def _fields(record: _Record, fields: Callable[[Element], Mapping[str, object]]) -> Mapping[str, object]:
    """The fields of a record."""
    return fields(_parsed(record))


def text(element: Element, *paths: str) -> str:
    """All of the text of the first of these elements within another that has any."""
    for path in paths:
        for found in element.iterfind(path):
            if words := "".join(found.itertext()).strip():
                return words
    return ""


def _records(source: Source, root: str, tags: tuple[str, ...]) -> Iterator[_Record]:
    """The records one by one; one that has no end, or is too long, with the problem."""
    edge = re.compile(rf"<(?P<end>/?)(?:[\w.-]+:)?(?P<name>{'|'.join((*tags, root))})(?=[\s>])")
    record: _Draft | None = None
    line, held, closed = 1, "", True
    for piece in chain(map(source.mended, source.blocks()), [""]):
        chunk = held + piece
        # A tag that the piece cuts in two is looked at with the next one.
        cut = chunk.rfind("<", max(0, len(chunk) - _TAG)) if piece else -1
        cut = len(chunk) if cut < 0 else cut
        begin = 0
        for tag in edge.finditer(chunk, 0, cut):
            line += chunk.count("\n", begin, tag.start())
            if record:
                record.add(chunk[begin : tag.start()])
            begin = tag.start()
            if tag["name"] == root:
                closed = bool(tag["end"])
                continue
            if record:
                yield record.finish(f"{tag[0]}>" if tag["end"] else "")
            record = None if tag["end"] else _Draft(line)
        if record:
            record.add(chunk[begin:cut])
        line += chunk.count("\n", begin, cut)
        held = chunk[cut:]
    if record:
        yield record.finish("")._replace(problem="cut off: the file ends within this record")
    elif not closed:
        yield _Record(line, "", f"cut off: the file ends before </{root}>")


def _parsed(record: _Record) -> Element:
    """The tree of a record; namespaces are taken off its names, and nothing is expanded.

    Raises:
        FieldError: It is not whole, not valid XML, or nested too deeply.
    """
    if record.problem:
        raise FieldError(record.problem)
    builder, parser = TreeBuilder(), expat.ParserCreate("utf-8")
    parser.buffer_text = True
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise FieldError("nested too deeply")
        builder.start(tag.rpartition(":")[2], attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        element = builder.end(tag.rpartition(":")[2])
        if element.tag == "sup" and element.text:
            element.text = raised(element.text)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(_ENTITY.sub(_character, _CONTROL.sub(" ", record.text)), True)
    except expat.ExpatError as error:
        line = record.number + error.lineno - 1
        if error.code == _UNDEFINED:
            reason = (
                f"an entity in line {line} that XML does not know; those a file declares are not expanded"
            )
            raise FieldError(reason) from None
        raise FieldError(f"not valid XML: {expat.ErrorString(error.code)} in line {line}") from None
    return builder.close()


def _character(entity: re.Match[str]) -> str:
    """The character of an HTML entity, which XML does not know but exports use, as in ``&nbsp;``."""
    value = html5.get(entity[1], entity[0])
    return entity[0] if value in "<>&\"'" else value
