"""The cross-encoder inside the package, and what its reading changes."""

from __future__ import annotations

import gc
import hashlib
import weakref
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Assistant, Paper, sample_collection
from assistant.corpus import read, split
from assistant.errors import AssistantError
from assistant.models.cross_encoder import FOLDER, MODEL_SHA256, CrossEncoder, Reading
from assistant.models.embedder import FOLDER as EMBEDDER
from assistant.retrieval.reading import reread, sentence_scores

RESTAURANTS = (
    "We survey 1,200 diners on noise. Loud music shortens a visit by eleven minutes on average. "
    "The survey was run in spring. Waiters were not asked."
)
RAIN = (
    "Rain gauges drift with age. We calibrate forty gauges against a radar. "
    "Half of them read nine percent too low. The radar itself was checked by hand."
)


@pytest.fixture(scope="module")
def reader() -> CrossEncoder:
    return CrossEncoder()


def paper(title: str, abstract: str) -> Paper:
    return Paper(title, title, abstract, sentences=split(abstract))


def test_the_network_is_the_one_that_is_told_of() -> None:
    assert hashlib.sha256((FOLDER / "model.onnx").read_bytes()).hexdigest() == MODEL_SHA256
    assert MODEL_SHA256 in (FOLDER / "README.md").read_text("utf-8")


def test_what_answers_is_likelier_than_what_does_not(reader: CrossEncoder) -> None:
    papers = [paper("Noise in restaurants", RESTAURANTS), paper("Old rain gauges", RAIN)]
    noise = reader.read("How much sooner do guests leave when the music is loud?", papers)
    rain = reader.read("By how much do aged precipitation sensors underestimate?", papers)
    assert noise[0].paper > noise[1].paper
    assert rain[1].paper > rain[0].paper
    assert int(noise[0].sentences.argmax()) == 1
    assert int(rain[1].sentences.argmax()) == 2


@pytest.mark.parametrize(
    ("title", "said", "unsaid"),
    [
        (
            "On Over-Squashing in",
            "Can more layers cure over-squashing?",
            "Which learning rate was used to study over-squashing?",
        ),
        (
            "Ewald-based",
            "By how much do energy errors fall on OC20?",
            "What does training the model for OC20 cost in GPU hours?",
        ),
        ("SpecDec++", "How is the candidate length decided?", "Which licence is SpecDec++ released under?"),
    ],
)
def test_a_paper_on_the_subject_that_does_not_say_is_less_likely(
    reader: CrossEncoder, title: str, said: str, unsaid: str
) -> None:
    papers = (each for each in read(sample_collection()) if isinstance(each, Paper))
    about = next(each for each in papers if each.title.startswith(title))
    likely, unlikely = reader.read(said, [about])[0].paper, reader.read(unsaid, [about])[0].paper
    assert likely > 0 > unlikely


def test_a_reading_depends_on_nothing_beside_it(reader: CrossEncoder) -> None:
    papers = [paper("Noise in restaurants", RESTAURANTS), paper("Old rain gauges", RAIN)] * 3
    together = reader.read("What drifts?", papers)
    alone = [CrossEncoder(threads=1).read("What drifts?", [each])[0] for each in papers[:2]]
    for place, found in enumerate(together):
        assert found.paper == alone[place % 2].paper
        assert (found.sentences == alone[place % 2].sentences).all()


def test_what_is_long_is_read_in_parts_and_what_is_endless_not_to_the_end(reader: CrossEncoder) -> None:
    filler = [f"Sentence {number} tells of matter {number}, which nobody asked for." for number in range(200)]
    answer = "Loud music shortens a visit to a restaurant by eleven minutes."
    question = "By how much does loud music shorten visits to restaurants?"
    long = paper("Noise in restaurants", " ".join([*filler[:40], answer, *filler[40:50]]))
    [found] = reader.read(question, [long])
    assert len(found.sentences) == len(long.sentences) == 51
    assert found.sentences.argmax() == 40
    endless = paper("Noise in restaurants", " ".join(filler))
    [found] = reader.read(question * 20, [endless])
    assert 0 < len(found.sentences) < len(endless.sentences)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.text(max_size=40), st.text(max_size=200))
def test_any_text_is_read(reader: CrossEncoder, question: str, title: str, abstract: str) -> None:
    about = paper(title, abstract)
    [found] = reader.read(question, [about])
    assert np.isfinite(found.paper)
    assert len(found.sentences) == len(about.sentences)
    assert not np.isnan(found.sentences).any()


def test_nothing_to_read_is_no_error(reader: CrossEncoder) -> None:
    assert reader.read("What?", []) == []


@pytest.mark.parametrize(
    "content",
    [None, b"", b"no network", pytest.param((EMBEDDER / "model.onnx").read_bytes(), id="another network")],
)
def test_a_broken_network_is_told(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(AssistantError, match=r"cross-encoder in .* cannot be loaded.*reinstall"):
        CrossEncoder(tmp_path).read("What?", [paper("Rain", RAIN)])


def test_the_best_papers_are_read_and_the_evidence_is_what_was_read(sample: Assistant) -> None:
    question = "How can an end-to-end learned simulator be kept from blowing up when it is rolled out?"
    unread = sample.searcher.find(question, 8, read=0)
    found = sample.searcher.find(question, 8)
    assert unread.signals.read is None
    assert found.signals.read is not None
    first = found.hits[0]
    assert first.evidence == sample.searcher.evidence(question, first.paper)[:3]
    assert [hit.score for hit in found.hits] == sorted((hit.score for hit in found.hits), reverse=True)


def test_a_follow_up_is_judged_by_the_better_of_its_two_best_papers(
    sample: Assistant, reader: CrossEncoder
) -> None:
    searcher = sample.searcher
    better = 0
    for name in ("SpecDec++", "PEARL", "MACE", "PaSS"):
        question = f"And how does another method choose its draft length? ({name})"
        found = searcher.find(question, 8, judged=2)
        papers = [hit.paper for hit in found.hits[:2]]
        first, second = (reading.paper for reading in reader.read(question, papers))
        assert found.signals.read == pytest.approx(max(first, second), abs=1e-3)
        assert searcher.find(question, 8).signals.read == pytest.approx(first, abs=1e-3)
        better += second > first
    assert better


def test_a_title_alone_is_not_read(tmp_path: Path) -> None:
    with Assistant.open(tmp_path / "index") as assistant:
        assistant.add([Paper("a", "Loud restaurants"), Paper("b", "Old rain gauges")])
        found = assistant.searcher.find("Which restaurants are loud?", 2)
    assert found.hits[0].id == "a"
    assert found.signals.read is None


def test_what_is_no_longer_used_is_gone_at_once() -> None:
    used = CrossEncoder()
    used.read("What drifts?", [paper("Old rain gauges", RAIN)])
    gone = weakref.ref(used)
    gc.collect()
    gc.disable()  # It comes by when it likes, and a network is large.
    try:
        del used
        assert gone() is None
    finally:
        gc.enable()


# -- what a reading changes --------------------------------------------------------------------------

SCORES = st.dictionaries(st.sampled_from("abcdef"), st.floats(0, 1), min_size=1)
ODDS = st.floats(-20, 20)


def told(odds: float) -> Reading:
    return Reading(odds, np.zeros(0, dtype=np.float32))


@given(SCORES, st.dictionaries(st.sampled_from("abcdef"), ODDS))
def test_scores_keep_their_scale(scores: dict[str, float], odds: dict[str, float]) -> None:
    found = reread(scores, {name: told(each) for name, each in odds.items() if name in scores})
    assert found.keys() == scores.keys()
    assert all(0 <= score <= 1 for score in found.values())


@given(st.floats(0, 1), ODDS, ODDS)
def test_of_equal_papers_the_one_that_answers_is_first(score: float, one: float, other: float) -> None:
    found = reread({"a": score, "b": score}, {"a": told(one), "b": told(other)})
    assert (found["a"] >= found["b"]) == (one >= other) or abs(one - other) < 1e-3


def test_nothing_read_changes_nothing() -> None:
    assert reread({"a": 0.4, "b": 0.7}, {}) == {"a": 0.4, "b": 0.7}


def test_sentences_beyond_what_was_read_count_as_the_least() -> None:
    reading = Reading(0.0, np.array([2.0, -1.0], dtype=np.float32))
    found = sentence_scores(np.zeros(4, dtype=np.float32), reading)
    assert list(found) == [2.0, -1.0, -1.0, -1.0]
