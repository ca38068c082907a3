"""Reads the questions of a folder in the BEIR layout; its papers are those that the index holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

from ..errors import QuestionError, QuestionFileError
from ..retrieval.search import checked
from .cases import Case, Script, read_rows

_SPLITS = ("test", "dev", "train")


def is_beir(path: Path) -> bool:
    """Whether a path is such a folder."""
    return (path / "queries.jsonl").is_file() and (path / "qrels").is_dir()


def relevant_papers(path: Path) -> dict[str, dict[str, int]]:
    """For each query of a file of judgements the papers that are relevant, with their gains.

    Raises:
        QuestionFileError: it cannot be read; says where.
    """
    found: dict[str, dict[str, int]] = {}
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise QuestionFileError(f"{path} cannot be read.", "Name another folder.") from None
    for number, line in enumerate(lines, start=1):
        cells = line.split("\t")
        gain = cells[-1].strip()
        if len(cells) != 3 or not gain.lstrip("-").isdecimal():
            if number == 1 or not line.strip():  # the names of the columns
                continue
            raise QuestionFileError(
                f"{path.name}, line {number}: it is not a query, a paper and a gain between tabs.",
                "Mend that row.",
            )
        if int(gain) > 0:
            found.setdefault(cells[0], {})[cells[1]] = int(gain)
    return found


def beir_scripts(folder: Path, split: str = "") -> Iterator[Script]:
    """The judged queries of a split, else of the first there is of test, dev and train.

    Raises:
        QuestionFileError: a file is missing or cannot be read; says where.
    """
    there = [name for name in ([split] if split else _SPLITS) if (folder / "qrels" / f"{name}.tsv").is_file()]
    if not there:
        raise QuestionFileError(f"{folder} has no judgements in qrels/.", "Name another folder.")
    relevant = relevant_papers(folder / "qrels" / f"{there[0]}.tsv")
    for where, row in read_rows(folder / "queries.jsonl"):
        name, text = row.get("_id"), row.get("text")
        if name not in relevant:
            continue
        try:
            question = checked(text if isinstance(text, str) else "")
        except QuestionError as error:
            raise QuestionFileError(f"{where}: {error.message}", "Mend that row.") from None
        yield (Case(question, where, folder.resolve().name, MappingProxyType(relevant[name])),)
