"""The errors that are put into true sentences: really errors, the same for the same seed, and few words."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Paper
from assistant.corpus.sentences import split
from assistant.evaluation.injection import (
    Altered,
    altered_number,
    names_in,
    negated,
    renamed,
    swapped,
    turned,
)

SENTENCE = "We show that BERT improves the accuracy by 10.5 % on two tasks, and is faster than GPT-4."
KINDS: dict[str, Callable[[str, random.Random], Altered | None]] = {
    "number": altered_number,
    "negated": negated,
    "turned": turned,
    "renamed": lambda text, rng: renamed(text, ["CLIP", "LoRA"], rng),
}


@pytest.mark.parametrize("kind", KINDS)
def test_one_place_is_changed(kind: str) -> None:
    for seed in range(30):
        error = KINDS[kind](SENTENCE, random.Random(seed))
        assert error is not None
        assert error == KINDS[kind](SENTENCE, random.Random(seed))
        assert error.text != SENTENCE
        assert error.was in SENTENCE
        assert error.now in error.text
        start = SENTENCE.index(error.was)
        assert error.text.startswith(SENTENCE[: min(start, error.text.index(error.now))])


def test_what_has_no_hold_is_left() -> None:
    for alter in KINDS.values():
        assert alter("Graphs, nodes and edges.", random.Random(1)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Depth does not help.", "Depth indeed help."),
        ("They are not needed.", "They are needed."),
        ("It is fast.", "It is not fast."),
        ("We found a gap.", "We did not find a gap."),
    ],
)
def test_a_denial_is_added_or_taken(text: str, expected: str) -> None:
    error = negated(text, random.Random(1))
    assert error is not None
    assert error.text == expected


def test_a_citation_is_swapped_for_one_of_another_paper() -> None:
    papers = [Paper(name, name, "One. Two three.", sentences=split("One. Two three.")) for name in "abc"]
    found = {swapped(0, papers, random.Random(seed)) for seed in range(40)}
    assert found == {(1, 0), (1, 1), (2, 0), (2, 1)}
    assert swapped(0, papers[:1], random.Random(1)) is None


def test_names_are_acronyms_and_coined_ones() -> None:
    assert names_in("BERT and GraphSAGE beat GPT-4 in the US. We know.") == ["BERT", "GraphSAGE", "GPT-4"]


@given(st.text(max_size=200), st.integers(0, 5))
def test_any_text_can_be_tried(text: str, seed: int) -> None:
    for alter in KINDS.values():
        error = alter(text, random.Random(seed))
        assert error is None or error.now in error.text
