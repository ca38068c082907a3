"""Sentence splitting against gold: ours, and each library that happens to be installed.

CSAbstruct and SciFact give abstracts as lists of sentences; joined with blanks and split again, the same
boundaries should come back. The gold was itself made by programs: some boundaries stand after "P < 0", and
none stands after "IoT." or "24 h.". So a second row counts only abstracts whose gold boundaries all follow
a stop and precede no small letter. Rules were chosen on the "dev" half (CSAbstruct's train and dev, every
other abstract of SciFact); "test" is the rest.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

from assistant.corpus import split

from .data import arguments, require, rows, table

Splitter = Callable[[str], list[str]]
Abstract = list[str]


def ours(text: str) -> list[str]:
    """The splitter that the assistant uses."""
    return [sentence.text for sentence in split(text)]


def _pysbd(library: Any) -> Splitter:
    segmenter = library.Segmenter(language="en", clean=False)
    return lambda text: [part for part in segmenter.segment(text) if part.strip()]


def _syntok(library: Any) -> Splitter:
    return lambda text: [
        "".join(token.spacing + token.value for token in sentence)
        for paragraph in library.process(text)
        for sentence in paragraph
    ]


def _spacy(library: Any) -> Splitter:
    pipeline = library.blank("en")
    pipeline.add_pipe("sentencizer")
    return lambda text: [sentence.text for sentence in pipeline(text).sents]


LIBRARIES: dict[str, Callable[[Any], Splitter]] = {
    "pysbd": _pysbd,
    "sentencex": lambda library: lambda text: [*library.segment("en", text)],
    "blingfire": lambda library: lambda text: library.text_to_sentences(text).split("\n"),
    "syntok.segmenter": _syntok,
    "segtok.segmenter": lambda library: lambda text: [part for part in library.split_multi(text) if part],
    "nltk.tokenize": lambda library: library.PunktTokenizer("english").tokenize,
    "spacy": _spacy,
}


def splitters() -> Iterator[tuple[str, Splitter]]:
    """Ours first, then what can be imported with its data."""
    yield "ours", ours
    for name, build in LIBRARIES.items():
        try:
            yield name.split(".")[0], build(import_module(name))
        except (ImportError, LookupError, OSError):
            continue


def boundaries(sentences: Abstract) -> set[int]:
    """Where sentences end within the abstract, counted in characters that are not white space."""
    ends, length = set(), 0
    for sentence in sentences:
        length += sum(map(len, sentence.split()))
        ends.add(length)
    return ends - {length, 0}


def is_sound(gold: Abstract) -> bool:
    """Whether each gold boundary could be one: after a stop, before no small letter or torn number."""
    return all(
        re.search(r"[.?!。！？][\"'”’)\]]*$", before)
        and not re.match(r"[.,;:)%\]a-z]", after)
        and not (re.search(r"\d\.$", before) and after[0].isdigit())
        for before, after in pairwise(gold)
    )


def measure(splitter: Splitter, abstracts: list[Abstract]) -> tuple[object, ...]:
    """Precision, recall and F1 of boundaries, the share of abstracts split exactly, abstracts a second."""
    hits = found = wanted = exact = 0
    begun = time.perf_counter()
    for gold in abstracts:
        expected, actual = boundaries(gold), boundaries(splitter(" ".join(gold)))
        hits += len(expected & actual)
        found += len(actual)
        wanted += len(expected)
        exact += expected == actual
    rate = len(abstracts) / (time.perf_counter() - begun)
    precision, recall = hits / max(found, 1), hits / max(wanted, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return precision, recall, f1, exact / len(abstracts), f"{rate:,.0f}"


def gold(data: Path, part: str) -> Iterator[tuple[str, list[Abstract]]]:
    """The gold sets of the dev or the test half."""
    files = ("train", "dev") if part == "dev" else ("test",)
    labelled = [
        row["sentences"] for name in files for row in rows(require(data / "csabstruct" / f"{name}.jsonl"))
    ]
    scifact = [row["abstract"] for row in rows(require(data / "scifact/original/corpus.jsonl"))]
    for name, abstracts in (("CSAbstruct", labelled), ("SciFact", scifact[part == "test" :: 2])):
        clean = [[text for line in abstract if (text := line.strip())] for abstract in abstracts]
        yield f"{name} {part}", clean
        yield f"{name} {part}, sound gold", [abstract for abstract in clean if is_sound(abstract)]


def main() -> None:
    """Print a table for each gold set."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--part", choices=("dev", "test"), default="test")
    options = parser.parse_args()
    for title, abstracts in gold(options.data, options.part):
        body = [(name, *measure(splitter, abstracts)) for name, splitter in splitters()]
        header = ("splitter", "precision", "recall", "F1", "exact", "abstracts/s")
        table(f"{title}: {len(abstracts)} abstracts", header, body)


if __name__ == "__main__":
    main()
