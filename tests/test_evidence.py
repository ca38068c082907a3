"""Which sentence of an abstract answers, and how much of a question a search finds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant, Paper, Sentence
from assistant.answering.refusal import unanswerable
from assistant.models.embedder import FakeEmbedder
from assistant.retrieval.evidence import ranked_sentences
from assistant.retrieval.features import NAMES, Read, features
from assistant.retrieval.question import Question
from assistant.retrieval.signals import Signals
from assistant.types import Hit


def paper(*texts: str, title: str = "On pipelines") -> Paper:
    at, sentences = 0, []
    for index, text in enumerate(texts):
        sentences.append(Sentence(index, at, at + len(text), text))
        at += len(text) + 1
    return Paper("p", title, " ".join(texts), sentences=tuple(sentences))


def best(question: str, *texts: str, title: str = "On pipelines") -> list[str]:
    embedder, about = FakeEmbedder(), paper(*texts, title=title)
    asked = Question.of(question, embedder.embed_query(question), lambda _: 1.0)
    return [each.text for each in ranked_sentences(asked, Read.of(about), embedder.embed(texts))]


def test_the_sentence_with_the_question_s_words_is_the_evidence() -> None:
    texts = ("Training is slow.", "Stale gradients shorten pipeline bubbles.", "Code is available.")
    assert best("Do stale gradients shorten bubbles?", *texts)[0] == texts[1]


def test_a_stem_that_the_stemmer_misses_counts_by_its_pieces() -> None:
    texts = ("Cats were fed for a whole week.", "The denoiser was kept for a week.", "Code was online.")
    assert best("What about denoising?", *texts)[0] == texts[1]


def test_a_question_of_an_amount_asks_for_a_number() -> None:
    texts = ("The cache is 8 bits wide.", "The cache is not wide.")
    embedder, read = FakeEmbedder(), Read.of(paper(*texts))
    vectors = embedder.embed(texts)

    def chance(question: str) -> float:
        asked = Question.of(question, embedder.embed_query("cache"), lambda _: 1.0)
        found = {each.index: each.score for each in ranked_sentences(asked, read, vectors)}
        return found[0]

    assert chance("By what is the cache wide?") > chance("Is the cache wide?")


def test_what_the_title_says_names_the_paper_and_not_the_point() -> None:
    texts = ("FedAvg is known.", "Dropout of clients was seen.", "Its code is here.")
    assert best("FedAvg under dropout of clients", *texts, title="FedAvg")[0] == texts[1]


@given(st.text(max_size=80), st.lists(st.text(min_size=1, max_size=60), max_size=6))
def test_any_question_of_any_paper_has_finite_chances(question: str, texts: list[str]) -> None:
    embedder = FakeEmbedder()
    vectors = np.zeros((len(texts), 64), dtype=np.float32)  # beyond what an embedder reads
    asked = Question.of(question, embedder.embed_query(question), lambda _: 1.0)
    read = Read.of(paper(*texts))
    found = ranked_sentences(asked, read, vectors, most=9)
    assert sorted(each.index for each in found) == list(range(len(texts)))
    assert all(0 <= each.score <= 1 for each in found)
    if texts:
        table = features(asked, read, vectors)
        assert table.shape == (len(texts), len(NAMES))
        assert np.isfinite(table).all()


@given(*[st.floats(0, 1)] * 3)
def test_a_chance_grows_with_each_signal(meaning: float, terms: float, pieces: float) -> None:
    for scale in (0.2, 1.0, None):  # 1: nothing is ever related
        chance = Signals(meaning, terms, pieces).chance(scale)
        more = Signals(meaning, min(1.0, terms + 0.1), pieces).chance(scale)
        assert 0 <= chance <= more <= 1


def test_cosines_of_an_unknown_scale_do_not_count() -> None:
    low, high = Signals(-1.0, 0.5, 0.5), Signals(1.0, 0.5, 0.5)
    assert low.chance(None) == high.chance(None)
    assert low.chance(0.2) < high.chance(0.2)


def test_papers_that_hardly_speak_of_a_question_do_not_state_it() -> None:
    hits = [Hit(1, paper("Graphs have nodes."), 0.9, vector_score=0.4)]
    refusal = unanswerable(hits, Signals(0.05, 0.0, 0.0), 0.2, 1)
    assert refusal
    assert refusal.kind == "not_stated"
    assert not unanswerable(hits, Signals(0.6, 0.8, 0.8, 0.8), 0.2, 1)
    nothing = unanswerable([], Signals(), 0.2, 1)
    assert nothing
    assert nothing.kind == "not_in_collection"


def test_a_search_tells_how_much_of_the_question_the_best_paper_has(sample: Assistant) -> None:
    searcher = sample.searcher
    question = "How is over-squashing in message passing reduced by rewiring the graph?"
    near = searcher.find(question, 8)
    far = searcher.find("How long should pizza dough rest in the fridge?", 8)
    assert near.hits == sample.search(question)
    assert near.signals.terms > far.signals.terms
    assert near.signals.chance(0.2) > 0.5 > far.signals.chance(0.2)


@pytest.mark.parametrize("question", ["?!", "的 是 吗", "a"])
def test_a_question_without_terms_is_no_error(sample: Assistant, question: str) -> None:
    answer = sample.ask(question)
    assert answer.confidence is not None
    assert math.isfinite(answer.confidence)
