"""A library out again, as JSON Lines, BibTeX, RIS or CSV; what is written, ``add`` reads back as it was.

Each format is written as other programs read it. What it has no field for goes into one of our own, which
they pass over (see `corpus.exported`).
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable
from typing import IO

from .corpus.escapes import to_latex
from .corpus.exported import BIBTEX_FIELD, COLUMNS, RIS_TAG, cells, exact, packed
from .corpus.formats.bibtex import understood
from .types import Paper

Writer = Callable[[Iterable[Paper], IO[str]], None]

_AND = re.compile(r"\band\b|^others$|[;{}]", re.IGNORECASE)
_UNSAFE = re.compile(r"[\s{}\\\"]")


def to_jsonl(papers: Iterable[Paper], file: IO[str]) -> None:
    """One object a line, fields that are empty left out."""
    for paper in papers:
        file.write(json.dumps(exact(paper), ensure_ascii=False) + "\n")


def to_csv(papers: Iterable[Paper], file: IO[str]) -> None:
    """A header and a row a paper; authors are parted by semicolons."""
    # All in quotes: a row that begins as a record of another format does would be taken for one.
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    writer.writerows(cells(paper) for paper in papers)


def to_ris(papers: Iterable[Paper], file: IO[str]) -> None:
    """One reference a paper, as reference managers read it."""
    for paper in papers:
        lines = [("TY", "JOUR" if paper.venue else "GEN"), ("TI", paper.title)]
        lines += [("AU", author) for author in paper.authors]
        lines += [
            ("AB", paper.abstract),
            ("PY", str(paper.year or "")),
            ("JO", paper.venue or ""),
            ("DO", paper.doi or ""),
            ("UR", paper.url or ""),
            ("AN", f"arXiv:{paper.arxiv_id}" if paper.arxiv_id else ""),
        ]
        flat = [(tag, " ".join(value.split("\n"))) for tag, value in lines if value]
        by_itself = {name: value for name, value in exact(paper).items() if name in _IN_RIS}
        file.writelines(f"{tag}  - {value}\n" for tag, value in flat)
        file.write(f"{RIS_TAG}  - {packed(paper, by_itself)}\nER  - \n\n")


_IN_RIS = frozenset("title abstract authors year venue doi url".split())


def to_bibtex(papers: Iterable[Paper], file: IO[str]) -> None:
    """One entry a paper; formulas stay, everything else is escaped."""
    taken: set[str] = set()
    for paper in papers:
        fields = {
            "title": f"{{{to_latex(paper.title)}}}",  # in braces of its own: capitals stay
            "author": " and ".join(map(_name, paper.authors)),
            "year": str(paper.year or ""),
            "journal": to_latex(paper.venue or ""),
            "doi": _address(paper.doi),
            "eprint": _address(paper.arxiv_id),
            "archiveprefix": "arXiv" if paper.arxiv_id else "",
            "url": _address(paper.url),
            "abstract": to_latex(paper.abstract),
        }
        fields = {name: value for name, value in fields.items() if value}
        fields[BIBTEX_FIELD] = packed(paper, {**understood(fields), "year": paper.year})
        body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
        file.write(f"@{'article' if paper.venue else 'misc'}{{{_key(paper, taken)},\n{body}\n}}\n\n")


def citation_keys(papers: Iterable[Paper]) -> list[str]:
    """The keys that :func:`to_bibtex` gives these papers, in their order."""
    taken: set[str] = set()
    return [_key(paper, taken) for paper in papers]


WRITERS: dict[str, Writer] = {"jsonl": to_jsonl, "bibtex": to_bibtex, "ris": to_ris, "csv": to_csv}


def _name(author: str) -> str:
    """A name as BibTeX has it: in braces where it would be taken for several."""
    name = to_latex(author)
    return f"{{{name}}}" if _AND.search(author) or author.count(",") > 2 else name


def _address(text: str | None) -> str:
    """An address or identifier without what would break a field."""
    return _UNSAFE.sub(lambda sign: f"%{ord(sign[0]):02X}", text or "")


def _key(paper: Paper, taken: set[str]) -> str:
    """A citation key as people make them, unique in the file: "hajij2022higher"."""
    words = paper.authors[0].split(",")[0].split() if paper.authors else []
    surname = words[-1] if words else ""
    word = next((word for word in re.findall(r"\w{4,}", paper.title)), "paper")
    base = re.sub(r"[^a-z0-9]", "", f"{surname}{paper.year or ''}{word}".lower()) or "paper"
    key, number = base, 1
    while key in taken:
        number += 1
        key = f"{base}-{number}"
    taken.add(key)
    return key
