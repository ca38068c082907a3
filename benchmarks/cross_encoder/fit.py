"""Fits how much the cross-encoder's word counts, on the questions that it was not trained on, and prints it.

    python -m benchmarks.cross_encoder.fit --data DIR --arxiv FILE --store FOLDER

Of papers: the part of a score that the reading makes, by where the right paper then stands. Of sentences:
what the formula weighs beside the reading, and the chance that a score means. Of answerability: logistic
regression on questions with an answer against those that the abstract leaves open, those whose paper is
taken away, and those of other fields; both sides weigh as much. Nothing of any evaluation is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant import Assistant, sample_collection
from assistant.models.cross_encoder import CrossEncoder, Reading
from assistant.models.embedder import UNRELATED_BELOW
from assistant.retrieval.evidence import chances, scored
from assistant.retrieval.features import Read
from assistant.retrieval.question import Question
from assistant.retrieval.signals import Signals

from ..data import table
from ..fitting import Numbers, best_f1, logistic
from .questions import HELD_OUT, Asked, arguments, collection, written

_SHORTLIST = 24
_READ = (4, 8, 12)
_PARTS = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
_WEIGHTS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_UNREAD = 0.02


@dataclass(frozen=True, slots=True)
class Seen:
    """A question with what was found.

    That is ids and scores, and what was read of the first; of the sentences of its own paper the scores by
    the formula, and which of them answer.
    """

    asked: Asked
    ids: list[str]
    scores: Numbers
    readings: list[Reading]
    formula: Numbers
    own: Reading | None
    gold: Numbers
    signals: Signals


def seen(assistant: Assistant, reader: CrossEncoder, asked: Asked) -> Seen:
    """Search for a question, and read what is found."""
    found = assistant.searcher.find(asked.question, _SHORTLIST, read=0)
    papers = [hit.paper for hit in found.hits]
    readings = reader.read(asked.question, [paper for paper in papers[: max(_READ)] if paper.sentences])
    formula, own, gold = np.zeros(0), None, np.zeros(0)
    for paper in assistant.index.papers([asked.paper] if asked.gold else []):
        measure = assistant.searcher.measure
        question = Question.of(asked.question, assistant.embedder.embed_query(asked.question), measure.weight)
        formula = scored(question, Read.of(paper), measure.sentence_vectors([paper])[paper.id]).astype(float)
        own = reader.read(asked.question, [paper])[0]
        gold = np.array([float(place in asked.gold) for place in range(len(formula))])
    scores = np.array([hit.score for hit in found.hits])
    return Seen(asked, [paper.id for paper in papers], scores, readings, formula, own, gold, found.signals)


def sigmoid(odds: float) -> float:
    """The chance of log odds."""
    return float(1 / (1 + np.exp(-odds)))


def of_papers(cases: Sequence[Seen]) -> None:
    """Where the right paper stands, by how many papers are read and what part of a score that makes."""
    body: list[tuple[object, ...]] = []
    for read in _READ:
        for part in _PARTS:
            places = []
            for case in cases:
                told = [sigmoid(each.paper) for each in case.readings[:read]]
                told += [_UNREAD] * (len(case.ids) - len(told))
                order = np.argsort(-((1 - part) * case.scores + part * np.array(told)), kind="stable")
                ranked = [case.ids[at] for at in order]
                places.append(ranked.index(case.asked.paper) if case.asked.paper in ranked else 99)
            at = np.array(places)
            gains = np.where(at < 10, 1 / (at + 1), 0)
            body.append((read, part, (at == 0).mean(), (at < 8).mean(), gains.mean()))
    table("The right paper", ("read", "part", "first", "in 8", "MRR@10"), body)


def both(case: Seen, weight: float) -> Numbers:
    """The scores of the sentences of a question's own paper."""
    assert case.own is not None
    read = np.full(len(case.formula), case.own.sentences.min(initial=0.0))
    read[: len(case.own.sentences)] = case.own.sentences
    combined: Numbers = read + weight * case.formula
    return combined


def of_sentences(cases: Sequence[Seen]) -> None:
    """The sentence that answers, by the weight of the formula; and the chance that a score means."""
    cases = [case for case in cases if case.gold.any()]
    body: list[tuple[object, ...]] = []
    for weight in _WEIGHTS:
        order = [np.argsort(-both(case, weight), kind="stable") for case in cases]
        first = [case.gold[best[0]] for case, best in zip(cases, order, strict=True)]
        three = [case.gold[best[:3]].any() for case, best in zip(cases, order, strict=True)]
        body.append((weight, np.mean(first), np.mean(three)))
    table("The sentence that answers", ("weight of the formula", "first", "in 3"), body)
    for weight in _WEIGHTS[1:]:
        scores = [both(case, weight) for case in cases]
        shares = [np.column_stack([each, each - np.logaddexp.reduce(each)]) for each in scores]
        true = np.concatenate([case.gold for case in cases])
        slopes = logistic(np.concatenate(shares), true, np.ones(len(true)))
        by = (float(slopes[0]), float(slopes[1]), float(slopes[2]))
        likely = np.concatenate([chances(each, by) for each in scores])
        print(
            f"weight {weight}: CHANCE_READ {tuple(round(each, 3) for each in by)}, LIKELY",
            best_f1(likely, true),
        )


def signals_of(case: Seen, read: int, without: str = "") -> list[float]:
    """What a question's best paper has of it, and the most that was read of any."""
    told = [each.paper for each, paper in zip(case.readings, case.ids, strict=False) if paper != without]
    signals = case.signals
    return [signals.related(UNRELATED_BELOW), signals.terms, signals.pieces, max(told[:read], default=-9.0)]


def of_answers(cases: Sequence[Seen], far: Sequence[Seen], read: int = 8) -> None:
    """The weights of answerability, with and without the vectors' scale."""
    there = [signals_of(case, read) for case in cases if case.asked.gold]
    open_ = [signals_of(case, read) for case in cases if not case.asked.gold]
    others = [signals_of(case, read) for case in far]
    rows = np.array([*there, *open_, *others])
    true = np.array([1.0] * len(there) + [0.0] * (len(rows) - len(there)))
    weight = np.where(true > 0, 0.5 / len(there), 0.0)
    weight[len(there) : len(there) + len(open_)] = 0.35 / len(open_)
    weight[len(there) + len(open_) :] = 0.15 / len(others)
    for columns in ((0, 1, 2, 3), (1, 2, 3)):
        found = logistic(rows[:, columns], true, weight)
        odds = rows[:, columns] @ found[:-1] + found[-1]
        print("SIGNALS", columns, tuple(round(float(each), 3) for each in found))
        for share in (0.005, 0.01, 0.02):
            least = np.quantile(odds[true > 0], share)
            left_open = (odds[len(there) : len(there) + len(open_)] < least).mean()
            of_others = (odds[len(there) + len(open_) :] < least).mean()
            refused = f"left open {left_open:.3f}, of other fields {of_others:.3f}"
            print(f"  below {sigmoid(least):.4f} are {share:.1%} of the answerable; {refused}")


def main() -> None:
    """Run from the command line."""
    given = arguments(__doc__ or "")
    reader = CrossEncoder()
    asked = list(written(HELD_OUT, 1_000))
    with collection(given) as assistant:
        cases = [seen(assistant, reader, each) for each in asked]
    with Assistant.open(given.store / "sample") as assistant:
        assistant.add(sample_collection())
        other = [each for each in asked if each.gold and each.paper.startswith("scifact")]
        far = [seen(assistant, reader, Asked(each.question, "far", "", [], [])) for each in other]
    of_papers([case for case in cases if case.asked.gold])
    of_sentences(cases)
    of_answers(cases, far)


if __name__ == "__main__":
    main()
