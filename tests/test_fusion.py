"""Fusing the scores of the two legs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.fusion import BestSentence, fuse, ranked, refine

_SCORES = st.dictionaries(
    st.sampled_from("abcdefgh"), st.tuples(st.floats(-1, 1), st.floats(0, 50), st.floats(-1, 1)), min_size=1
)


def test_a_paper_good_in_both_legs_beats_the_best_of_one() -> None:
    scores = fuse({"a": 0.9, "b": 0.8, "c": 0.1, "d": 0.2}, {"a": 0.0, "b": 11.0, "c": 2.0, "d": 12.0})
    assert ranked(scores) == ["b", "d", "a", "c"]


def test_a_near_sentence_lifts_a_paper() -> None:
    cosines, words = {"a": 0.6, "b": 0.59, "c": 0.1}, {"a": 5.0, "b": 5.0, "c": 1.0}
    assert ranked(fuse(cosines, words))[0] == "a"
    assert (
        ranked(refine(cosines, words, {"a": BestSentence(0.3, 0.2), "b": BestSentence(0.8, 0.2)}))[0] == "b"
    )


def test_ties_keep_an_order() -> None:
    assert ranked({"b": 1.0, "a": 1.0, "c": 2.0}) == ["c", "a", "b"]


@given(_SCORES)
def test_nothing_is_lost_and_scores_stay_in_bounds(
    given_scores: dict[str, tuple[float, float, float]],
) -> None:
    cosines = {paper: scores[0] for paper, scores in given_scores.items()}
    words = {paper: scores[1] for paper, scores in given_scores.items()}
    first = fuse(cosines, words)
    assert first.keys() == given_scores.keys()
    assert all(0.0 <= score <= 1.0 + 1e-9 for score in first.values())
    second = refine(
        cosines, words, {paper: BestSentence(scores[2], 0.5) for paper, scores in given_scores.items()}
    )
    assert second.keys() == given_scores.keys()
    assert all(score >= 0.0 for score in second.values())
