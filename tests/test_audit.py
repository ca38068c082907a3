"""The audit of claims: quotes, faults in words, better citations; with the embedded embedder."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant, Paper
from assistant.answering.audit.auditor import Auditor, Verdict
from assistant.answering.audit.pool import Pool
from assistant.answering.audit.second import parsed
from assistant.corpus.sentences import split
from assistant.evaluation import injection
from assistant.models.ports import Vectors
from assistant.retrieval.evidence import EvidenceRanker
from assistant.retrieval.measure import Measure

NETWORKS = (
    "Over-squashing limits message passing neural networks on long-range tasks. "
    "However, our rewiring method RewireNet improves the accuracy by 10 % on three datasets without extra "
    "parameters. "
    "RewireNet runs 2.5x faster than GraphBERT. "
    "Training does not require labels."
)
PROTEINS = (
    "Protein language models such as ESM-2 predict the structure of proteins. "
    "Scaling the model to 15 billion parameters lowers the perplexity from 10.5 to 6.4."
)
PAPERS = (
    Paper("n", "Rewiring graphs", NETWORKS, year=2023, sentences=split(NETWORKS)),
    Paper("p", "Large language models (LLMs) of proteins", PROTEINS, sentences=split(PROTEINS)),
    Paper("r", "Roses", "Roses flower in June.", sentences=split("Roses flower in June.")),
    Paper("t", "A title alone"),
)
Judge = Callable[..., Verdict]


@pytest.fixture(scope="session")
def judge(sample: Assistant) -> Judge:
    auditor = Auditor(PAPERS, Measure(EvidenceRanker(sample.embedder), sample.embedder, lambda _: 1.0))

    def judged(claim: str, *cited: tuple[int, int | None]) -> Verdict:
        return auditor.judge(claim, cited)

    return judged


@pytest.mark.parametrize(
    "claim",
    [
        PAPERS[0].sentences[1].text,
        PAPERS[0].sentences[1].text.upper(),
        "“However,  our rewiring method RewireNet improves the accuracy by 10% on three datasets”",
        "Our rewiring method RewireNet improves the accuracy by 10 % on three datasets.",
        "However, our rewiring method … improves the accuracy ... without extra parameters.",
        "The authors report that our rewiring method RewireNet improves the accuracy by 10 %.",
    ],
)
def test_a_quote_is_supported(judge: Judge, claim: str) -> None:
    verdict = judge(claim, (0, 1))
    assert (verdict.support, verdict.score, verdict.reason) == ("supported", 1.0, None)


@pytest.mark.parametrize(
    ("claim", "cited"),
    [
        ("RewireNet raises accuracy by ten percent on 3 datasets.", (0, 1)),
        ("With RewireNet, accuracy improves by about 10 % and no parameters are added.", (0, 1)),
        ("RewireNet is 2.5 times faster than GraphBERT.", (0, 2)),
        ("A model of 15B parameters reaches a perplexity of 6.4.", (1, 1)),
        ("LLMs such as ESM-2 predict protein structures.", (1, 0)),
        ("No labels are required for training.", (0, 3)),
    ],
)
def test_a_paraphrase_is_supported(judge: Judge, claim: str, cited: tuple[int, int]) -> None:
    verdict = judge(claim, cited)
    assert verdict.support == "supported", verdict.reason


@pytest.mark.parametrize(
    ("claim", "cited", "reason"),
    [
        ("RewireNet improves the accuracy by 16 % on three datasets.", (0, 1), "says 10 %, not 16 %"),
        ("RewireNet improves the accuracy by 10 % on five datasets.", (0, 1), "says three, not five"),
        ("Accuracy grows by 12 GB with RewireNet.", (0, 1), "does not give 12 GB"),
        ("RewireNet does not improve the accuracy on three datasets.", (0, 1), "does not deny “improve”"),
        ("Training requires labels.", (0, 3), "without|denies"),
        ("Training does require labels.", (0, 3), "not"),
        ("RewireNet runs 2.5x slower than GraphBERT.", (0, 2), "says “faster”, not “slower”"),
        ("GraphBERT is much faster than RewireNet.", (0, 2), "the other way round"),
        ("Scaling the model raises the perplexity.", (1, 1), "opposite of “perplexity”"),
        ("RewireNet runs 2.5x faster than GraphGPT.", (0, 2), "says “graphbert”, not “graphgpt”"),
        ("RewireNet improves accuracy on the QM9 benchmark.", (0, 1), "does not mention QM9"),
        ("Roses need fertiliser in spring.", (0, 1), "speak of"),
    ],
)
def test_an_error_is_flagged_with_its_reason(
    judge: Judge, claim: str, cited: tuple[int, int], reason: str
) -> None:
    verdict = judge(claim, cited)
    assert verdict.support in {"partial", "unsupported"}
    assert verdict.reason is not None
    assert re.search(reason, verdict.reason)


def test_a_number_elsewhere_in_the_paper_is_a_doubt_with_its_sentence(judge: Judge) -> None:
    verdict = judge("RewireNet improves the accuracy by 10 % and runs 2.5x faster.", (0, 1))
    assert (verdict.support, verdict.better) == ("partial", (0, 2))
    assert "elsewhere in the abstract" in (verdict.reason or "")
    both = judge("RewireNet improves the accuracy by 10 % and runs 2.5x faster.", (0, 1), (0, 2))
    assert both.support == "supported"


def test_the_sentence_that_does_carry_it_is_proposed(judge: Judge) -> None:
    swapped = judge(PAPERS[0].sentences[2].text, (1, 0))
    assert (swapped.support, swapped.better) == ("unsupported", (0, 2))
    retold = judge("RewireNet improves the accuracy by 10 % on three datasets.", (1, 1))
    assert (retold.support, retold.better) == ("unsupported", (0, 1))


def test_a_paper_cited_as_a_whole_is_bound_to_its_sentences(judge: Judge) -> None:
    verdict = judge("RewireNet improves the accuracy by 10 % and is 2.5x faster than GraphBERT.", (0, None))
    assert verdict.support == "supported"
    assert set(verdict.evidence) == {(0, 1), (0, 2)}


def test_a_paper_without_an_abstract_supports_nothing(judge: Judge) -> None:
    assert (
        judge("RewireNet improves the accuracy by 10 %.", (3, None)).reason
        == "the cited paper has no abstract"
    )


def test_one_of_two_citations_that_has_nothing_to_do_with_it(judge: Judge) -> None:
    verdict = judge("RewireNet raises the accuracy by 10 % on three datasets.", (0, 1), (2, 0))
    assert verdict.support == "partial"
    assert "says nothing of it" in (verdict.reason or "")


@pytest.mark.parametrize(
    "claim",
    [
        "The abstracts do not say how much memory it takes.",
        "None of these papers reports results on proteins.",
        "The cost is not stated.",
        "I cannot answer that.",
        "Would you like to know more?",
    ],
)
def test_what_says_nothing_is_not_judged(judge: Judge, claim: str) -> None:
    assert judge(claim).support is None


def test_a_statement_without_a_citation(judge: Judge) -> None:
    verdict = judge("RewireNet is the best method of all.")
    assert (verdict.support, verdict.reason) == ("unsupported", "it cites nothing")


@pytest.mark.parametrize(
    "claim",
    [
        "该方法将准确率提高了10%。",
        "Die Methode verbessert die Genauigkeit um 10 % auf drei Mengen von Daten.",
    ],
)
def test_another_language_is_judged_by_its_numbers(judge: Judge, claim: str) -> None:
    assert judge(claim, (0, 1)).support is None
    wrong = judge(claim.replace("10", "16"), (0, 1))
    assert wrong.support == "unsupported"
    assert "10 %, not 16" in (wrong.reason or "")


@given(st.text(max_size=200))
def test_any_claim_is_judged(judge: Judge, claim: str) -> None:
    assert judge(claim, (0, 1)).support in {"supported", "partial", "unsupported", None}


@pytest.mark.parametrize("claim", ["x " * 20_000, "7" * 20_000, "(" * 5_000, "not " * 5_000, "Ab-" * 5_000])
@pytest.mark.timeout(20)
def test_a_monstrous_claim_is_judged_soon(judge: Judge, claim: str) -> None:
    assert judge(claim, (0, 1)).support != "supported"


class Shifted(Measure):
    """Of an embedder whose cosines begin at 0.6: all its vectors have a part in common."""

    def __init__(self, measure: Measure) -> None:
        self._measure = measure

    def sentence_vectors(self, papers: Sequence[Paper]) -> dict[str, Vectors]:
        own = self._measure.sentence_vectors(papers)
        return {name: self._shifted(rows) for name, rows in own.items() if len(rows)}

    def vector(self, text: str) -> Vectors:
        [shifted] = self._shifted(self._measure.vector(text)[None])
        made: Vectors = shifted
        return made

    def weight(self, term: str) -> float:
        return self._measure.weight(term)

    def _shifted(self, rows: Vectors) -> Vectors:
        common = np.full((len(rows), 1), 0.6**0.5, np.float32)
        return np.hstack([rows * np.float32(0.4**0.5), common], dtype=np.float32)


def test_the_likeness_does_not_depend_on_where_cosines_begin(sample: Assistant) -> None:
    plain = Measure(EvidenceRanker(sample.embedder), sample.embedder, lambda _: 1.0)
    claim = "Rewiring graphs helps with tasks of long range."
    one, other = (Pool(PAPERS, measure).compared(claim) for measure in (plain, Shifted(plain)))
    for handle in Pool(PAPERS, plain).handles:
        assert other.likeness([handle]).probability == pytest.approx(
            one.likeness([handle]).probability, abs=1e-3
        )
    assert one.best(Pool(PAPERS, plain).handles) == other.best(Pool(PAPERS, plain).handles) == [(0, 0)]


def test_injected_errors_in_the_sample_are_caught(sample: Assistant) -> None:
    papers = sample.papers()[:15]
    auditor = Auditor(papers, sample.searcher.measure)
    rng = random.Random(5)
    names = sorted({name for paper in papers for name in injection.names_in(paper.text)})
    alterations: list[Callable[[str], injection.Altered | None]] = [
        lambda text: injection.altered_number(text, rng),
        lambda text: injection.negated(text, rng),
        lambda text: injection.turned(text, rng),
        lambda text: injection.renamed(text, names, rng),
    ]
    flagged = made = 0
    for source, paper in enumerate(papers):
        for sentence in paper.sentences:
            cited = [(source, sentence.index)]
            assert auditor.judge(sentence.text, cited).support == "supported"
            for alter in alterations:
                if error := alter(sentence.text):
                    made += 1
                    flagged += auditor.judge(error.text, cited).support != "supported"
            wrong = injection.swapped(source, papers, rng)
            assert wrong is not None
            assert auditor.judge(sentence.text, [wrong]).support == "unsupported"
    assert made > 80
    assert flagged / made > 0.99


@pytest.mark.parametrize(
    "reply",
    [
        "C1: supported - it says so\nC2: unsupported - it says 10, not 16",
        "1. **Supported**: it says so\n2) Not supported (it says 10, not 16)",
        '```json\n[{"claim": "C1", "verdict": "supported"},\n{"id": 2, "support": "unsupported"}]\n```',
        "Here is my judgement.\n\n- C1: SUPPORTED\n- C2: contradicted by S1",
    ],
)
def test_a_second_opinion_is_read_in_any_form(reply: str) -> None:
    opinions = parsed(reply)
    assert {number: opinion.support for number, opinion in opinions.items()} == {
        1: "supported",
        2: "unsupported",
    }


@given(st.text(max_size=300))
def test_any_second_opinion_is_read(reply: str) -> None:
    parsed(reply)
