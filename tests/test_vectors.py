"""What an embedding model sent: unit vectors come out, or one reason why not, whatever it was."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.models.vectors import BadVectorsError, in_order, unit

json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["index", "embedding"]) | st.text(), inner)
    ),
)
numbers = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(json_like), st.integers(0, 4))
def test_anything_else_is_one_error(data: list[Any], count: int) -> None:
    try:
        vectors = unit(in_order(data, count), count)
    except BadVectorsError:
        return
    assert len(vectors) == len(data) == count
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


@given(st.lists(st.tuples(numbers, numbers, numbers).filter(any), min_size=1, max_size=5), st.randoms())
def test_finite_vectors_keep_their_direction_and_their_place(rows: list[Any], random: Any) -> None:
    data = [{"index": index, "embedding": list(row)} for index, row in enumerate(rows)]
    random.shuffle(data)
    vectors = unit(in_order(data, len(rows)), len(rows), 3)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    for row, vector in zip(rows, vectors, strict=True):
        assert np.allclose(vector * np.abs(vector).max() ** -1, row / np.abs(row).max(), atol=1e-5)


def test_base64_says_the_same_as_numbers() -> None:
    row = np.array([0.25, -3.0, 1e-3], dtype="<f4")
    [one, other] = unit([row.tolist(), base64.b64encode(row.tobytes()).decode()], 2)
    assert np.array_equal(one, other)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([{"index": 0, "embedding": [1]}], "gave 1 vectors for 2 texts"),
        ([{"index": 0, "embedding": [1]}, {"index": 2, "embedding": [1]}], "indexes are wrong"),
        ([{"index": 0, "embedding": [1]}, {"index": 0, "embedding": [1]}], "indexes are wrong"),
        ([{"index": 1, "embedding": [1]}, {"embedding": [1]}], "indexes are wrong"),
    ],
)
def test_a_vector_that_has_no_text_is_refused(data: list[Any], words: str) -> None:
    with pytest.raises(BadVectorsError, match=words):
        in_order(data, 2)
