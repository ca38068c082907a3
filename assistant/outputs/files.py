"""Saves a summary: the ending of a file's name says as what."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..bibliography import Writer, to_bibtex, to_ris
from ..errors import UsageError
from ..saved import SavedSummary, save, write
from ..summaries import Summary
from .latex import to_tex
from .markdown import inert
from .page import to_page
from .spreadsheets import to_csv, to_xlsx

Save = Callable[[Summary, Path], None]


@dataclass(frozen=True, slots=True)
class Format:
    """What a file can be: ``tells_refusals`` where it has words for a summary that is a refusal."""

    save: Save
    tells_refusals: bool = False


def _written(to_bytes: Callable[[Summary], bytes]) -> Save:
    return lambda summary, path: write(to_bytes(summary), path)


def _cited(writer: Writer) -> Save:
    def save(summary: Summary, path: Path) -> None:
        text = io.StringIO()
        writer((citation.paper for citation in summary.citations), text)
        write(text.getvalue().encode("utf-8", "replace"), path)

    return save


def _to_markdown(summary: Summary) -> bytes:
    return f"{inert(summary.text)}\n".encode()


_PAGE = Format(_written(to_page), tells_refusals=True)
FORMATS = {
    ".md": Format(_written(_to_markdown), tells_refusals=True),
    ".html": _PAGE,
    ".htm": _PAGE,
    ".json": Format(lambda summary, path: save(SavedSummary(summary), path), tells_refusals=True),
    ".csv": Format(_written(to_csv)),
    ".xlsx": Format(_written(to_xlsx)),
    ".tex": Format(_written(to_tex)),
    ".bib": Format(_cited(to_bibtex)),
    ".ris": Format(_cited(to_ris)),
}
"""By the ending of the file's name: the whole as text, page or JSON; the table; the cited papers."""


def format_of(path: str | Path) -> Format:
    """The format of a file to be written.

    Raises:
        UsageError: its ending is none of those known.
    """
    path = Path(path)
    if (known := FORMATS.get(path.suffix.lower())) is None:
        raise UsageError(
            f"{path} does not say what it shall be.",
            f"Name a file that ends in {', '.join(list(FORMATS)[:-1])} or {[*FORMATS][-1]}.",
        )
    if not path.absolute().parent.is_dir():
        raise UsageError(f"{path} cannot be written: its folder is not there.", "Name another file.")
    return known


def save_summary(summary: Summary, path: str | Path) -> None:
    """Write a summary to a file, as the ending of its name says.

    ``.md``, ``.html`` and ``.json`` hold the whole (``paper-assistant replay`` shows the last of them again),
    ``.csv``, ``.xlsx`` and ``.tex`` the comparison table, ``.bib`` and ``.ris`` the cited papers.

    Raises:
        UsageError: another ending; the file cannot be written; a table or papers of a refusal.
    """
    known = format_of(path)
    if summary.refusal and not known.tells_refusals:
        raise UsageError(
            f"{path} is not written: there are no papers in a refusal.", "Ask for another subject."
        )
    known.save(summary, Path(path))
