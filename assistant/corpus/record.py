"""Makes a paper of the loose fields that a file has for it; knows nothing of the file's format."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from ..types import Paper
from .identity import normal_arxiv_id, normal_doi, paper_id
from .latex import to_unicode
from .markup import plain
from .names import author_names
from .sentences import split

MAX_ABSTRACT = 100_000  # characters; more is a whole text, not an abstract
MAX_TITLE = 2_000
MAX_ID = 200
MAX_SOURCES = 1_000

LITERAL = {"latex": False, "markup": False}
"""Fields of a record that says what it means: nothing in it is LaTeX or markup."""

# Control characters that are no white space, marks that are not seen but turn or break what is (soft
# hyphen, zero-width space, direction overrides, byte order mark).
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")  # cannot be encoded, so no store would take it
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|2[01]\d\d)(?!\d)")
_KINDS = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "an object",
}


_NOTHING = re.compile(
    r"\W*(no (abstract|author name)s?( is| are)? available|n/?a|none|null|nan)\W*", re.IGNORECASE
)


class FieldError(ValueError):
    """A field that cannot be used; its text is the reason that the reader of a report sees."""


def make_paper(
    fields: Mapping[str, object], *, braced: bool = False, where: str = "", source: str = ""
) -> Paper:
    """A paper of its fields, of which only the title is required.

    They are ``id``, ``title``, ``abstract``, ``authors``, ``year``, ``venue``, ``url``, ``doi`` and
    ``arxiv_id``; any other is passed over. A year, DOI, arXiv id or address that is none is left out.

    LaTeX in title, abstract, authors and venue becomes Unicode, mathematics apart, and tags and entities
    of HTML become what they stand for; ``original`` keeps what was there. ``braced`` says that braces are
    LaTeX's everywhere, as in BibTeX, and no text; a field ``latex`` or ``markup`` that is ``False`` says
    that there is none here. Fields ``original`` and ``sources`` are those of a paper that was exported;
    any other came from ``source``, at the place ``where``.

    An ``id`` of the file's own is kept as it is, because judgements and earlier exports refer to it;
    where there is none, the paper gets the stable id of `identity.paper_id`.

    Raises:
        FieldError: The title is missing or empty, or a field is of a wrong kind or far too long.
    """
    written = {
        "title": _limited("title", _required_title(fields), MAX_TITLE),
        "abstract": _limited("abstract", _paragraph(_text(fields, "abstract")), MAX_ABSTRACT),
        "venue": one_line(_text(fields, "venue")),
    }
    written_authors = _authors(fields)
    if fields.get("markup") is not False:
        written["abstract"] = stated(written["abstract"])
        written_authors = tuple(filter(stated, written_authors))
    convert = _conversion(fields, braced=braced)
    shown = {
        name: convert(text, _paragraph if name == "abstract" else one_line) for name, text in written.items()
    }
    title, abstract = shown["title"], shown["abstract"]
    if not title:
        raise FieldError("title is empty")
    authors = tuple(name for author in written_authors if (name := convert(author, one_line)))
    original = [(name, text) for name, text in written.items() if text != shown[name]]
    if authors != written_authors:
        original.append(("authors", "; ".join(written_authors)))
    doi, arxiv_id, url = (one_line(_text(fields, key)) for key in ("doi", "arxiv_id", "url"))
    return Paper(
        id=_own_id(fields) or paper_id(doi, arxiv_id, title),
        title=title,
        abstract=abstract,
        authors=authors,
        year=_year(fields),
        venue=shown["venue"] or None,
        # An address that a browser would run ("javascript:") must not get near a page.
        url=url if url.lower().startswith(("https://", "http://")) else None,
        doi=normal_doi(doi),
        arxiv_id=normal_arxiv_id(arxiv_id) or normal_arxiv_id(doi),
        sentences=split(abstract),
        sources=_sources(fields) or ((source,) if source else ()),
        where=where,
        original=_originals(fields, original),
    )


def _conversion(fields: Mapping[str, object], *, braced: bool) -> Callable[[str, Callable[[str], str]], str]:
    """How a text becomes plain Unicode, tidied anew where that changed it."""
    steps: list[Callable[[str], str]] = []
    if fields.get("latex") is not False:
        steps.append(partial(to_unicode, braced=braced))
    if fields.get("markup") is not False:
        steps.append(plain)

    def convert(text: str, tidy: Callable[[str], str]) -> str:
        shown = text
        for step in steps:
            shown = step(shown)
        return shown if shown == text else tidy(shown)

    return convert


def _originals(fields: Mapping[str, object], found: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """What was written before it became Unicode: as an export tells it, else as it was found."""
    told = fields.get("original")
    if isinstance(told, dict):
        known = ("title", "abstract", "venue", "authors")
        texts = [(name, text) for name in known if isinstance(text := told.get(name), str)]
        return tuple((name, seen) for name, text in texts if (seen := _seen(text)))
    return tuple(found)


def _sources(fields: Mapping[str, object]) -> tuple[str, ...]:
    """The files that an export names; of another kind of value, none."""
    told = fields.get("sources")
    names = told[:MAX_SOURCES] if isinstance(told, list) else []
    return tuple(name for each in names if isinstance(each, str) and (name := one_line(each)[:MAX_TITLE]))


def stated(text: str) -> str:
    """A text, or nothing where it only says that there is none."""
    return "" if len(text) < 50 and _NOTHING.fullmatch(text) else text


def _required_title(fields: Mapping[str, object]) -> str:
    """The title as it was written, which is looked at before all else."""
    title = one_line(_text(fields, "title"))
    if not title:
        raise FieldError("title is empty" if fields.get("title") is not None else "title is missing")
    return title


def _limited(name: str, text: str, limit: int) -> str:
    """A text that is not too long."""
    if len(text) > limit:
        raise FieldError(f"{name} is {len(text):,} characters long, more than {limit:,}")
    return text


def one_line(text: str) -> str:
    """A text on one line: unseen characters removed, runs of white space made one blank."""
    return " ".join(_seen(text).split())


def _paragraph(text: str) -> str:
    """A text with its lines joined, so that no sentence is broken by one; else as it was written."""
    if text.isprintable():
        return text.strip()
    lines = _seen(text).replace("\x1f", " ").splitlines()
    return " ".join(line for part in lines if (line := part.strip()))


def _seen(text: str) -> str:
    """A text without what cannot be seen or stored."""
    if text.isprintable():
        return text
    return _LONE_SURROGATE.sub("\ufffd", _UNSEEN.sub("", text))


def _text(fields: Mapping[str, object], key: str) -> str:
    """A field that is text, or nothing."""
    value = fields.get(key)
    if value is None or isinstance(value, str):
        return value or ""
    raise FieldError(f"{key} is {_kind(value)}, not text")


def _own_id(fields: Mapping[str, object]) -> str:
    """The id that the file gives, if any."""
    value = fields.get("id")
    if isinstance(value, int | float) and _is_whole(value):
        value = str(int(value))
    if value is not None and not isinstance(value, str):
        raise FieldError(f"id is {_kind(value)}, not text or a whole number")
    own = _paragraph(value or "")
    if len(own) > MAX_ID:
        raise FieldError(f"id is {len(own):,} characters long, more than {MAX_ID}")
    return own


def _authors(fields: Mapping[str, object]) -> tuple[str, ...]:
    """The authors, given as one text, or as a list of names or of objects with a name."""
    value = fields.get("authors")
    if value is None or isinstance(value, str):
        return author_names(one_line(value or ""))
    if not isinstance(value, list):
        raise FieldError(f"authors is {_kind(value)}, not text or a list")
    names = [entry.get("name") if isinstance(entry, dict) else entry for entry in value]
    for name in names:
        if name is not None and not isinstance(name, str):
            raise FieldError(f"authors holds {_kind(name)}, not names")
    return tuple(line for name in names if name and (line := one_line(name)))


def _year(fields: Mapping[str, object]) -> int | None:
    """The year, as a number or within a text; None where there is none to be had ("n.d.")."""
    value = fields.get("year")
    if isinstance(value, int | float) and _is_whole(value):
        value = str(int(value))
    if value is not None and not isinstance(value, str):
        raise FieldError(f"year is {_kind(value)}, not a year")
    found = _YEAR.search(value or "")
    return int(found[0]) if found else None


def _is_whole(value: float) -> bool:
    """Whether a number is whole and of a sane size; exports write years and ids as 2021.0, too."""
    return not isinstance(value, bool) and abs(value) < 10**30 and value == int(value)


def _kind(value: object) -> str:
    """What a value is, in the words of a report."""
    return _KINDS.get(type(value), type(value).__name__)
