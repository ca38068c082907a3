"""A library out again, as JSON Lines, BibTeX, RIS or CSV; what is written, ``add`` reads back as it was."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable
from typing import IO, Any

from .corpus.identity import paper_id
from .types import Paper

Writer = Callable[[Iterable[Paper], IO[str]], None]

COLUMNS = ("id", "title", "abstract", "authors", "year", "venue", "url", "doi", "arxiv_id")
_LATEX = {character: f"\\{character}" for character in "%&#_"} | {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_FORMULA = re.compile(r"(\$[^$]*\$)")


def to_jsonl(papers: Iterable[Paper], file: IO[str]) -> None:
    """One object a line, fields that are empty left out."""
    for paper in papers:
        file.write(json.dumps(_fields(paper), ensure_ascii=False) + "\n")


def to_csv(papers: Iterable[Paper], file: IO[str]) -> None:
    """A header and a row a paper; authors are parted by semicolons."""
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    for paper in papers:
        writer.writerow(_fields(paper) | {"authors": "; ".join(paper.authors)})


def to_ris(papers: Iterable[Paper], file: IO[str]) -> None:
    """One reference a paper, as reference managers read it."""
    for paper in papers:
        lines = [("TY", "JOUR" if paper.venue else "GEN"), ("ID", _own_id(paper)), ("TI", paper.title)]
        lines += [("AU", author) for author in paper.authors]
        lines += [
            ("AB", paper.abstract),
            ("PY", str(paper.year or "")),
            ("JO", paper.venue or ""),
            ("DO", paper.doi or ""),
            ("UR", paper.url or ""),
            ("AN", f"arXiv:{paper.arxiv_id}" if paper.arxiv_id else ""),
        ]
        file.writelines(f"{tag}  - {value}\n" for tag, value in lines if value)
        file.write("ER  - \n\n")


def to_bibtex(papers: Iterable[Paper], file: IO[str]) -> None:
    """One entry a paper; formulas stay, everything else is escaped."""
    taken: set[str] = set()
    for paper in papers:
        fields = {
            "title": f"{{{_latex(paper.title)}}}",  # in braces of its own: capitals stay
            "author": " and ".join(f"{{{_latex(author)}}}" for author in paper.authors),
            "year": str(paper.year or ""),
            "journal": _latex(paper.venue or ""),
            "doi": paper.doi or "",
            "eprint": paper.arxiv_id or "",
            "archiveprefix": "arXiv" if paper.arxiv_id else "",
            "url": paper.url or "",
            "abstract": _latex(paper.abstract),
            "paperid": _own_id(paper),
        }
        body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
        file.write(f"@{'article' if paper.venue else 'misc'}{{{_key(paper, taken)},\n{body}\n}}\n\n")


WRITERS: dict[str, Writer] = {"jsonl": to_jsonl, "bibtex": to_bibtex, "ris": to_ris, "csv": to_csv}


def _fields(paper: Paper) -> dict[str, Any]:
    fields = {name: getattr(paper, name) for name in COLUMNS}
    return {name: value for name, value in fields.items() if value not in {None, "", ()}}


def _own_id(paper: Paper) -> str:
    """The id where the paper's other fields do not tell it."""
    return "" if paper.id == paper_id(paper.doi, paper.arxiv_id, paper.title) else paper.id


def _key(paper: Paper, taken: set[str]) -> str:
    """A citation key as people make them, unique in the file: "hajij2022higher"."""
    surname = paper.authors[0].split(",")[0].split()[-1] if paper.authors else ""
    word = next((word for word in re.findall(r"\w{4,}", paper.title)), "paper")
    base = re.sub(r"[^a-z0-9]", "", f"{surname}{paper.year or ''}{word}".lower()) or "paper"
    key, number = base, 1
    while key in taken:
        number += 1
        key = f"{base}-{number}"
    taken.add(key)
    return key


def _latex(text: str) -> str:
    """Text with what means something to LaTeX escaped, except in formulas; a lone ``$`` too."""
    parts = _FORMULA.split(text)
    return "".join(
        part if _FORMULA.fullmatch(part) else "".join(_LATEX.get(c, c) for c in part).replace("$", r"\$")
        for part in parts
    )
