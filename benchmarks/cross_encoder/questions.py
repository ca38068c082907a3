"""What the reader is trained on and held against: questions on abstracts, and what comes near each.

``questions.jsonl.gz`` has a line for each of 4,800 abstracts: where it is from, a long question in other
words than the abstract's and the places of the sentences that answer it, a short one, and one that it leaves
unanswered though it is on the very subject. They were written by a large language model, abstract by
abstract, for this purpose; none was written for, or compared with, the questions of any evaluation. A part is
60 abstracts.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant import Assistant
from assistant.corpus.sentences import split
from assistant.types import Paper

from ..data import require, rows

Texts = dict[str, tuple[str, list[str]]]
"""Title and sentences of each paper, by its id."""
HELD_OUT = 72
"""The parts from this one on are not trained on."""
_FILE = Path(__file__).parent / "questions.jsonl.gz"
_NEAR = 10
_BESIDE = 5_000
"""More papers of arXiv among which the papers that come near are found."""
_FIELDS = {"cs.LG", "cs.CL", "cs.CV", "cs.AI", "stat.ML", "cs.NE", "cs.IR", "cs.RO", "cs.SD"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on a paper: the places of the sentences that answer, none where it does not say.

    ``near`` are the ids of other papers that come near it, the nearest first.
    """

    question: str
    kind: str
    paper: str
    gold: list[int]
    near: list[str]


@dataclass(frozen=True, slots=True)
class Given:
    """The arguments."""

    data: Path
    arxiv: Path
    store: Path
    out: Path


def written(first: int, last: int) -> Iterator[Asked]:
    """The written questions of the parts from ``first`` up to ``last``, without what comes near them."""
    with gzip.open(_FILE, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if not first <= row["part"] < last:
                continue
            paper = f"{row['collection']}:{row['id']}"
            yield Asked(row["long"], "long", paper, row["long_at"], [])
            yield Asked(row["short"], "short", paper, row["short_at"], [])
            yield Asked(row["unanswered"], "unanswered", paper, [], [])


def papers(given: Given) -> list[Paper]:
    """The papers that the questions are on, and others of arXiv beside them."""
    wanted = {asked.paper for asked in written(0, 1_000)}
    found, others = [], []
    with gzip.open(given.arxiv, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            paper = Paper(f"arxiv:{row['id']}", " ".join(row["title"].split()), row["abstract"])
            if paper.id in wanted:
                found.append(paper)
            elif _FIELDS & set(row["categories"].split(",")):
                others.append(paper)
    found += [
        Paper(f"scifact:{row['_id']}", row["title"], row["text"])
        for row in rows(require(given.data / "scifact" / "corpus.jsonl"))
        if f"scifact:{row['_id']}" in wanted
    ]
    return [*found, *others[:: max(1, len(others) // _BESIDE)][:_BESIDE]]


def collection(given: Given) -> Assistant:
    """An index of :func:`papers`, made once."""
    assistant = Assistant.open(given.store / "questions")
    if not (given.store / "questions" / "manifest.json").exists():
        assistant.add(papers(given))
    return assistant


def texts_of(found: list[Paper]) -> Texts:
    """Their titles and sentences, white space made single."""
    return {
        paper.id: (paper.title, [" ".join(each.text.split()) for each in split(paper.abstract)])
        for paper in found
    }


def arguments(about: str) -> Given:
    """The arguments of the command line."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder with scifact/")
    parser.add_argument("--arxiv", type=Path, required=True, help="records of arXiv, one a line, gzipped")
    parser.add_argument("--store", type=Path, required=True, help="where the index is kept between runs")
    default = Path(__file__).parents[2] / "assistant" / "models" / "minicross"
    parser.add_argument("--out", type=Path, default=default, help="where model.onnx is written")
    found = parser.parse_args()
    return Given(found.data, found.arxiv, found.store, found.out)


def training(about: str) -> tuple[Given, list[Asked], Texts]:
    """The arguments, the questions that are not held out with SciFact's train claims, and all texts."""
    given = arguments(about)
    texts = texts_of(papers(given))
    asked = []
    with collection(given) as assistant:
        for each in written(0, HELD_OUT):
            hits = assistant.search(each.question, k=_NEAR) if each.gold else []
            near = [hit.id for hit in hits if hit.id != each.paper]
            asked.append(Asked(each.question, each.kind, each.paper, each.gold, near))
    for row in rows(require(given.data / "scifact" / "original" / "corpus.jsonl")):
        texts[f"claim:{row['doc_id']}"] = (row["title"], [" ".join(each.split()) for each in row["abstract"]])
    for row in rows(require(given.data / "scifact" / "original" / "claims_train.jsonl")):
        for paper, sets in row["evidence"].items():
            gold = sorted({place for each in sets for place in each["sentences"]})
            asked.append(Asked(row["claim"], "claim", f"claim:{paper}", gold, []))
        if not row["evidence"]:
            asked.append(Asked(row["claim"], "unanswered", f"claim:{row['cited_doc_ids'][0]}", [], []))
    return given, asked, texts
