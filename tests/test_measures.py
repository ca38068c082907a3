"""The measures themselves: what they must be for rankings and chances of which it is known."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation import estimates
from assistant.evaluation.measures import auroc, ndcg, place_of, refused_at, reliability

CHANCES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def test_the_place_of_the_first_right_paper() -> None:
    assert place_of(["a", "b", "c"], {"c", "b"}) == 2
    assert place_of(["a", "b"], {"x"}) == place_of([], {"x"}) == 0


def test_gains_further_down_count_less() -> None:
    assert ndcg(["a", "b"], {"a": 1, "b": 1}) == 1.0
    assert ndcg(["x", "a"], {"a": 1}) == pytest.approx(0.6309, abs=1e-4)
    assert ndcg(["b", "a"], {"a": 2, "b": 1}) < ndcg(["a", "b"], {"a": 2, "b": 1}) == 1.0
    assert ndcg([*"xxxxxxxxxx", "a"], {"a": 1}) == ndcg([], {"a": 1}) == ndcg(["a"], {}) == 0.0


def test_a_paper_as_good_does_as_well_and_is_not_asked_for() -> None:
    assert ndcg(["b"], {"a": 1}, also={"b"}) == ndcg(["a", "b"], {"a": 1}, also={"b"}) == 1.0


@given(CHANCES, CHANCES)
def test_telling_apart_is_fair(mine: list[float], theirs: list[float]) -> None:
    assert auroc(mine, theirs) == pytest.approx(1 - auroc(theirs, mine))
    assert auroc(mine, mine) == pytest.approx(0.5)
    assert 0 <= refused_at(mine, theirs) <= 1


def test_what_is_refused_where_few_of_the_answerable_are() -> None:
    answerable = [0.5] * 98 + [0.1, 0.1]
    assert refused_at(answerable, [0.2, 0.3, 0.6]) == pytest.approx(2 / 3)
    assert refused_at([0.9], [0.1]) == 1.0


@given(CHANCES, CHANCES)
def test_every_chance_is_in_one_bin(mine: list[float], theirs: list[float]) -> None:
    bins = reliability(mine, theirs)
    assert sum(count for _, _, count in bins) == len(mine) + len(theirs)
    assert all(0 <= share <= 1 + 1e-9 for _, share, _ in bins)


@given(st.lists(st.booleans(), min_size=1, max_size=50))
def test_an_interval_holds_its_figure_and_has_a_width(cases: list[bool]) -> None:
    found = estimates.share(cases)
    assert found is not None
    assert -1e-9 <= found.low <= found.value + 1e-9
    assert found.value - 1e-9 <= found.high <= 1 + 1e-9
    assert found.high - found.low > 0.03, "also where all are true: it might have been otherwise"


def test_more_cases_make_a_figure_surer() -> None:
    chance = random.Random(3)
    values = [chance.random() for _ in range(400)]
    few, many = estimates.mean(values[:20]), estimates.mean(values)
    assert few and many
    assert many.high - many.low < (few.high - few.low) / 2
    assert estimates.mean(values) == many, "the same values, the same interval"


def test_of_nothing_there_is_no_figure() -> None:
    assert estimates.share([]) is None
    assert estimates.mean([]) is None
    assert estimates.of(auroc, [0.5], []) is None
