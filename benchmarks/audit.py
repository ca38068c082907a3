"""How many injected errors the audit flags, and how many true statements.

    python -m benchmarks.audit --data DIR

Each line is of claims with their citations: true ones should be supported, those with an error should not.
The sample's sentences are quotes, the answers to its questions honest paraphrases; the claims of SciFact's
dev split are harder ones, written by experts who knew more than the cited sentences.
"""

from __future__ import annotations

import random
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from assistant import Assistant, Paper, sample_collection
from assistant.corpus import read
from assistant.evaluation.claims import (
    SEED,
    Cites,
    Judge,
    Statement,
    alterations,
    altered,
    beside,
    holding,
    quoted,
    recited,
    sources_with,
    told,
)
from assistant.evaluation.injection import names_in

from .audit_cases import SciFact
from .data import arguments, require, rows, table

SOURCES = 10


def row(name: str, statements: Sequence[Statement], judge: Judge) -> tuple[object, ...]:
    """A line of the table: how many are flagged, and how."""
    verdicts = [judge(statement) for statement in statements]
    counts = Counter(verdict.support for verdict in verdicts)
    total = len(verdicts) or 1
    better = sum(verdict.better is not None for verdict in verdicts)
    return (
        name,
        len(verdicts),
        1 - counts["supported"] / total,
        counts["partial"] / total,
        counts["unsupported"] / total,
        better / total,
    )


def quotes(assistant: Assistant, data: Path) -> Iterator[Statement]:
    """The sentences of the papers that questions are about, among what is found for the question."""
    for _, papers, _ in asked(assistant, data):
        yield from quoted(papers)


def answers(assistant: Assistant, data: Path, *, whole: bool) -> Iterator[Statement]:
    """The answers with their evidence sentence, or with the paper as a whole."""
    for question, papers, gold in asked(assistant, data):
        statement = told(question["answer"], gold, papers)
        yield replace(statement, cites=((0, None),)) if whole else statement


def asked(assistant: Assistant, data: Path) -> Iterator[tuple[dict[str, str], tuple[Paper, ...], list[int]]]:
    """Each single question with its sources, the right paper first, and the numbers of its evidence."""
    papers = [paper for paper in read(sample_collection()) if isinstance(paper, Paper)]
    for question in rows(require(data / "trending" / "questions" / "single.jsonl")):
        paper = papers[question["gold"][0]]
        found = [hit.paper for hit in assistant.search(question["question"], SOURCES)]
        if gold := holding(paper, question["evidence"]):
            yield question, sources_with(paper, found), gold


def points(assistant: Assistant, data: Path) -> Iterator[Statement]:
    """The facts of the questions for several papers, each with the papers that it names."""
    papers = [paper for paper in read(sample_collection()) if isinstance(paper, Paper)]
    for question in rows(require(data / "trending" / "questions" / "multi.jsonl")):
        found = [hit.paper for hit in assistant.search(question["question"], SOURCES)]
        for point in question["points"]:
            cited = [papers[int(number)] for number in re.findall(r"\[(\d+)\]", point)]
            ids = {paper.id for paper in cited}
            sources = (*cited, *(paper for paper in found if paper.id not in ids))
            cites: Cites = tuple((number, None) for number in range(len(cited)))
            if cited:
                yield Statement(re.sub(r"\s*\[\d+\]", "", point), cites, sources)


def retold(text: str, rng: random.Random) -> list[str]:
    """A sentence as writers quote it: in other case, spaced, a part left out, after a reporting clause."""
    words = text.split()
    kept = rng.randrange(4, max(5, len(words) - 4))
    forms = [
        text.lower(),
        "  ".join(words),
        f"The authors report that {text[0].lower()}{text[1:]}",
        f"“{text}”",
    ]
    if len(words) > 12 and words[kept] not in {"not", "no", "without", "never", "nor"}:
        forms.append(f"{' '.join(words[:kept])} ... {' '.join(words[kept + 1 :])}")
    if opening := re.match(
        r"(?:However|Moreover|Specifically|In this paper|To this end|Furthermore|Finally), ", text
    ):
        forms.append(text[opening.end()].upper() + text[opening.end() + 1 :])
    return forms


def main() -> None:
    """Run from the command line."""
    data = arguments(__doc__ or "").parse_args().data
    body: list[tuple[object, ...]] = []
    with tempfile.TemporaryDirectory() as folder, Assistant.open(Path(folder) / "sample") as assistant:
        assistant.add(sample_collection())
        judge = Judge(assistant.searcher.measure)
        names = sorted({name for paper in assistant.papers() for name in names_in(paper.text)})
        true = list(quotes(assistant, data))
        rng = random.Random(SEED)
        again = [Statement(form, of.cites, of.papers) for of in true for form in retold(of.claim, rng)]
        honest = list(answers(assistant, data, whole=False))
        body.append(row("true: quotes", true, judge))
        body.append(row("true: quotes retold", again, judge))
        body.append(row("true: answers, evidence sentence", honest, judge))
        body.append(row("true: answers, whole paper", list(answers(assistant, data, whole=True)), judge))
        body.append(row("true: points over papers, whole papers", list(points(assistant, data)), judge))
        for name, alter in alterations(names).items():
            body.append(row(f"quotes, {name}", altered(true, alter), judge))
            body.append(row(f"answers, {name}", altered(honest, alter), judge))
        for kind, statements in (("quotes", true), ("answers", honest)):
            body.append(row(f"{kind}, citation swapped", recited(statements, random.Random(SEED)), judge))
            body.append(row(f"{kind}, sentence swapped", beside(statements, random.Random(SEED)), judge))
        body += on_scifact(SciFact(data), assistant, names)
    table("The audit", ("claims", "cases", "flagged", "partial", "unsupported", "better named"), body)


def on_scifact(scifact: SciFact, assistant: Assistant, names: Sequence[str]) -> Iterator[tuple[object, ...]]:
    """The lines of SciFact's dev split."""
    judge = Judge(scifact.measure(assistant.embedder))
    of_label: dict[str, list[Statement]] = {"SUPPORT": [], "CONTRADICT": []}
    for case in scifact.cases("dev"):
        cites: Cites = tuple((0, place) for place in case.gold)
        of_label[case.label].append(Statement(case.claim, cites, case.papers))
    honest = of_label["SUPPORT"]
    yield row("true: SciFact dev, rationale", honest, judge)
    yield row("SciFact dev, contradicted by what it cites", of_label["CONTRADICT"], judge)
    for name, alter in alterations(names).items():
        yield row(f"SciFact dev, {name}", altered(honest, alter), judge)
    yield row("SciFact dev, citation swapped", recited(honest, random.Random(SEED)), judge)


if __name__ == "__main__":
    main()
