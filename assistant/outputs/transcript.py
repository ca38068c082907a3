"""Answers and conversations as text for people: plain or as Markdown, with a numbered list of references."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..types import Answer, Citation
from .escaping import clean, paper_link
from .markdown import inert

_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1|(?<![\w*])\*(?=[^\s*])([^*\n]+?)\*(?![\w*])")
_HEADING = re.compile(r"^#{1,6} +", re.MULTILINE)


def as_markdown(answer: Answer) -> str:
    """The answer as Markdown that does nothing, its references numbered as its marks."""
    return inert(_marked_down(answer, "##"))


def _marked_down(answer: Answer, heading: str) -> str:
    lines = [f"{each.number}. {_reference(each)}" for each in answer.citations]
    return _joined(answer, f"{heading} References\n\n" + "\n".join(lines) if lines else "")


def as_text(answer: Answer) -> str:
    """The answer as plain text."""
    lines = [f"[{each.number}] {_reference(each)}" for each in answer.citations]
    text = _joined(answer, "References\n" + "\n".join(lines) if lines else "")
    return _HEADING.sub("", _EMPHASIS.sub(lambda found: found[2] or found[3], text))


def conversation_markdown(title: str, asked: Iterable[tuple[str, Answer | None, str]]) -> str:
    """A conversation as Markdown: each question, its answer, or what there is of it and why no more.

    It does nothing in a viewer, whatever papers and models wrote.
    """
    parts = [f"# {_line(title)}"]
    for question, answer, rest in asked:
        parts.append(f"## {_line(question)}")
        if answer is not None:
            parts += [_marked_down(answer, "###"), *(f"> {_line(notice)}" for notice in answer.notices)]
        elif rest.strip():
            parts.append(clean(rest).strip())
    return inert("\n\n".join(parts)) + "\n"


def _joined(answer: Answer, references: str) -> str:
    return "\n\n".join(part for part in (clean(answer.body).strip(), references) if part)


def _reference(citation: Citation) -> str:
    """A paper as in a list of references: title, authors, year, venue, where it can be read."""
    paper = citation.paper
    parts = [
        _line(paper.title).rstrip("."),
        ", ".join(_line(author) for author in paper.authors),
        ", ".join(part for part in (_line(paper.venue or ""), str(paper.year or "")) if part),
        paper_link(paper.url, paper.doi, paper.arxiv_id) or "",
    ]
    return ". ".join(part for part in parts if part)


def _line(text: str) -> str:
    return " ".join(clean(text).split())
