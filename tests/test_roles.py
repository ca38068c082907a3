"""The roles of sentences: what is told of abstracts of several fields, and what odd ones do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.summarizing.roles import FILE, ROLES, RoleModel, role_model

ABSTRACT = (
    "Graph neural networks are widely used for molecules.",
    "However, their messages are squashed over long distances.",
    "In this paper, we aim to understand where that happens.",
    "We propose a rewiring scheme that adds edges by curvature.",
    "Experiments on six datasets show that it improves accuracy by 12 %.",
    "All rights reserved.",
)


def test_the_roles_of_a_plain_abstract() -> None:
    names = role_model().roles(ABSTRACT).names
    assert names[:2] == ("background", "background")
    assert names[2] == "objective"
    assert names[3] == "method"
    assert names[4] == "result"
    assert names[5] == "other"


def test_the_neighbours_count() -> None:
    alone = role_model().roles(["We used 40 samples."]).of("method")[0]
    within = role_model().roles(
        ["Sleep is little understood.", "We used 40 samples.", "Results show that sleep helps."]
    )
    assert within.of("method")[1] != alone


def test_headings_are_believed() -> None:
    texts = [
        "BACKGROUND: We show that nothing is known.",
        "METHODS AND FINDINGS Results show 40 patients.",
        "They were followed for a year.",
        "CONCLUSIONS: In this paper we propose to wait.",
    ]
    assert role_model().roles(texts).names == ("background", "method", "method", "result")


def test_one_word_with_a_colon_is_no_structure() -> None:
    plain = ["Results: are they ever right?", "That is unknown.", *ABSTRACT[3:5]]
    assert role_model().roles(plain).names[1:] == ("background", "method", "result")


def test_the_chances_of_each_sentence_sum_to_one() -> None:
    roles = role_model().roles(ABSTRACT)
    assert roles.chances.shape == (6, len(ROLES))
    assert np.allclose(roles.chances.sum(axis=1), 1)
    assert np.allclose(sum(roles.of(role) for role in ROLES), 1)


def test_no_sentences_have_no_roles() -> None:
    assert role_model().roles([]).names == ()


@settings(max_examples=60)
@given(st.lists(st.text(max_size=60), max_size=12))
def test_any_text_has_roles_and_always_the_same(sentences: list[str]) -> None:
    roles = role_model().roles(sentences)
    assert len(roles.names) == len(sentences)
    assert np.isfinite(roles.chances).all()
    assert (role_model().roles(sentences).chances == roles.chances).all()


def test_the_weights_are_small_and_need_no_pickle(tmp_path: Path) -> None:
    assert FILE.stat().st_size < 2_000_000
    copy = tmp_path / "roles.npz"
    RoleModel.load().save(copy)
    again = RoleModel.load(copy)
    assert (again.roles(ABSTRACT).chances == role_model().roles(ABSTRACT).chances).all()


@pytest.mark.parametrize("long", ["word " * 50_000, "x" * 200_000, "( " * 20_000])
def test_an_endless_sentence_is_read_in_part(long: str) -> None:
    assert len(role_model().roles([long, "We show that it ends."]).names) == 2
