"""Takes BibTeX apart into entries with their fields; knows nothing of what the fields mean.

bibtexparser's splitter does the reading: one pass, and it goes on after a broken entry. Its own functions
hold the whole file, so the file is cut here at the lines that begin an entry, and each piece is handed
over by itself. Macros and "#" are resolved here, because they reach over pieces.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import NamedTuple

from bibtexparser.middlewares.names import split_multiple_persons_names
from bibtexparser.model import Block, Entry, ImplicitComment, ParsingFailedBlock, String
from bibtexparser.splitter import Splitter

from .names import author_names
from .source import Line

MAX_PIECE = 2_000_000  # characters from one entry's first line to the next one's; more is no entry
MAX_VALUE = 200_000  # characters of a value: macros of macros of macros grow without end
MAX_MACROS = 100_000

# The splitter logs each entry that it cannot read; here those are rows of the report.
logging.getLogger("bibtexparser.splitter").disabled = True

_BEGIN = re.compile(r"\s*@\s*[A-Za-z]+\s*[{(]")
# What is no line of a text within an entry: "@article{x, y}" may stand in an abstract.
_ENTRY = re.compile(
    r"\s*@\s*(?:(?:string|comment|preamble)\s*[{(]"
    r"|[A-Za-z]+\s*[{(][^,={}\n]*(?:,\s*(?:%.*)?(?:[\w:.+/-]+\s*(?:=|$)|$)|$))",
    re.IGNORECASE,
)
_KEYS = re.compile(r"@\s*[A-Za-z]+\s*[{(]\s*([^\s,={}]+)")
_MACRO = re.compile(r"@\s*string\b", re.IGNORECASE)
_FIELD = re.compile(r"^[ \t]*+,?[ \t]*+[A-Za-z][\w-]*\s*=\s*[{\"]", re.MULTILINE)
_KEY = re.compile(r"[^{(]*[{(]\s*([^\s,={}]*)")
_PART = re.compile(r"\s*(?:%[^\n]*+\s*+)*+(?:(?P<open>[{\"])|(?P<word>[^\s#{}\"]+)|(?P<joint>#))")
_NAME_PART = re.compile(r"\b(family|given|prefix|suffix)\s?=\s?([^,=]+?)(?=\s?,|$)")
_WORD = re.compile(r"[^\s#{}\",=()]+")
_MARK = re.compile(r"(?<!\\)[{}\"]")
_NO_PAPERS = frozenset("control set xdata".split())  # settings of styles; what other entries share


class Piece(NamedTuple):
    """What stands from a line that begins an entry to the next such line, and its first line's number."""

    number: int
    text: str
    problem: str = ""


class Outcome(NamedTuple):
    """An entry with its fields by their names in small letters, or the reason why it cannot be read.

    ``text`` is the entry as it stands in the file, after the macros that it uses.
    """

    number: int
    fields: dict[str, str]
    text: str = ""
    problem: str = ""


def entries(lines: Iterable[Line]) -> Iterator[Outcome]:
    """The entries of a file, in order, one piece of it in memory at a time."""
    macros: dict[str, str] = {}
    for piece in _pieces(lines):
        if piece.problem:
            yield Outcome(piece.number, {}, problem=piece.problem)
        else:
            yield from _outcomes(piece, macros)


def by_key(lines: Iterable[Line], keys: Container[str]) -> dict[str, dict[str, str]]:
    """The fields of the entries of some keys, in small letters; of two of one key, the first counts."""
    macros: dict[str, str] = {}
    found: dict[str, dict[str, str]] = {}
    for piece in _pieces(lines):
        if _MACRO.match(piece.text) or any(key.lower() in keys for key in _KEYS.findall(piece.text)):
            for block in _whole_blocks(piece, macros):
                if isinstance(block, Entry) and (key := block.key.lower()) in keys:
                    found.setdefault(key, _outcome(piece.number, block, macros).fields)
    return found


def persons(value: str) -> list[str]:
    """The names in a field of names, still in LaTeX; "others" is nobody."""
    names = [name for name in split_multiple_persons_names(value) if name.lower() != "others"]
    if len(names) == 1 and "{" not in value and (";" in value or value.count(",") > 2):
        return [*author_names(value)]  # not as BibTeX wants it: "One, A., Two, B."
    return [_unfolded(name) for name in names]


def _unfolded(name: str) -> str:
    """A name as people write it, also one of biber's: "family=Beethoven, given=Ludwig, prefix=van"."""
    parts = dict(_NAME_PART.findall(name))
    if "family" not in parts:
        return name
    family = " ".join(filter(None, (parts.get("prefix"), parts["family"], parts.get("suffix"))))
    return ", ".join(filter(None, (family, parts.get("given"))))


def _pieces(lines: Iterable[Line]) -> Iterator[Piece]:
    """The file cut before each line that begins an entry; what is far too long comes without its text."""
    number, texts, size, problem, depth = 1, list[str](), 0, "", 0
    for line in lines:
        text = line.text
        lost = bool(line.problem) and not text  # too long; a stray byte was mended
        begins = bool(_BEGIN.match(text))
        if begins and depth > 0 and texts and not _ENTRY.match(text):
            begins = False
            # At the start of a line it would begin an entry for the splitter, too.
            texts[-1], text = f"{texts[-1].rstrip()} ", text.lstrip()
        if begins or (lost and depth <= 0):
            if size:
                yield Piece(number, "".join(texts), problem)
            number, texts, size, problem, depth = line.number, [], 0, "", 0
        size += len(text)
        depth += text.count("{") - text.count("}")
        if lost:
            problem, size = line.problem, size + 1
        if size > MAX_PIECE:
            problem = problem or f"an entry of more than {MAX_PIECE:,} characters"
        if problem:
            texts.clear()
        else:
            texts.append(text)
    if size:
        yield Piece(number, "".join(texts), problem)


def _outcomes(piece: Piece, macros: dict[str, str]) -> Iterator[Outcome]:
    """The entries of a piece; its macros are learnt."""
    blocks = Splitter(piece.text).split().blocks
    for block, after in zip_longest(blocks, blocks[1:]):
        number = piece.number + (block.start_line or 0)
        whole = _whole(block)
        if isinstance(whole, String):
            _learn(whole, macros)
        elif isinstance(whole, Entry):
            if isinstance(after, ImplicitComment) and _FIELD.search(after.comment):
                problem = f'the entry "{whole.key[:80]}" ends before its last field'
                yield Outcome(number, {}, _with_macros(whole, macros, after.comment), problem)
            elif whole.entry_type.lower() not in _NO_PAPERS:
                yield _outcome(number, whole, macros)
        elif isinstance(whole, ParsingFailedBlock):
            yield Outcome(number, {}, _with_macros(whole, macros), _reason(whole))


def _whole_blocks(piece: Piece, macros: dict[str, str]) -> Iterator[Block]:
    """The blocks of a piece; its macros are learnt."""
    for block in map(_whole, Splitter(piece.text).split().blocks):
        if isinstance(block, String):
            _learn(block, macros)
        yield block


def _whole(block: Block) -> Block:
    """A block; an entry with a key or a field that was there before is whole, if not unique."""
    return (block.ignore_error_block if isinstance(block, ParsingFailedBlock) else None) or block


def _learn(macro: String, macros: dict[str, str]) -> None:
    value = _value(macro.value, macros)
    if value is not None and len(macros) < MAX_MACROS:
        macros[macro.key.lower()] = value


def _reason(block: ParsingFailedBlock) -> str:
    """Why an entry cannot be read, in words for who is to mend it."""
    key = _KEY.match(block.raw or "")
    told = str(getattr(block.error, "abort_reason", ""))
    if "end of file" in told or "block start" in told:
        told = "a brace or a quote is missing"
    return (
        f'the entry "{key[1][:80] if key else ""}" cannot be read: {told.replace("`", chr(34)).rstrip(". ")}'
    )


def _outcome(number: int, entry: Entry, macros: Mapping[str, str]) -> Outcome:
    """The fields of an entry; of two of one name, the first counts, as in BibTeX."""
    fields: dict[str, str] = {}
    for field in entry.fields:
        name = field.key.rpartition("\n")[2].strip().lower()  # biber takes lines of comment before it
        if name not in fields:
            value = _value(field.value, macros)
            if value is None:
                reason = f'the entry "{entry.key[:80]}" has no comma after its field "{name[:80]}"'
                return Outcome(number, {}, _with_macros(entry, macros), reason)
            fields[name] = value
    # Only an entry without a title may still be rejected for what it says.
    return Outcome(number, fields, "" if fields.get("title") else _with_macros(entry, macros))


def _with_macros(block: Block, macros: Mapping[str, str], after: str = "") -> str:
    """A block after the macros that it may use, so that it can be read without the rest of its file."""
    raw = f"{block.raw or ''}{after}"
    words = dict.fromkeys(word.lower() for word in _WORD.findall(raw))
    used = [f"@string{{{word} = {{{macros[word]}}}}}\n" for word in words if word in macros]
    return f"{''.join(used)}{raw}"


def _value(raw: str, macros: Mapping[str, str]) -> str | None:
    """A value without the braces or quotes around it, with macros replaced and what "#" joins joined.

    None if two parts stand side by side: there a comma was forgotten, and the second is no part of it.
    """
    parts: list[str] = []
    place = size = 0
    joined = True
    while (part := _PART.match(raw, place)) and size <= MAX_VALUE:
        place = part.end()
        if part["joint"]:
            joined = True
            continue
        if not joined:
            return None
        joined = False
        if part["open"]:
            start, place = place, _closing(raw, place, part["open"])
            parts.append(raw[start : place - 1])
        else:
            parts.append(macros.get(part["word"].lower(), part["word"]))
        size += len(parts[-1])
    return "".join(parts)[: MAX_VALUE + 1]


def _closing(raw: str, start: int, opened: str) -> int:
    """The offset after the brace or quote that closes what was opened before an offset."""
    depth = 0
    for mark in _MARK.finditer(raw, start):
        if depth == 0 and mark[0] == ("}" if opened == "{" else '"'):
            return mark.end()
        depth += {"{": 1, "}": -1}.get(mark[0], 0)
    return len(raw) + 1
