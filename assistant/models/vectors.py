"""Turns what an embedding model sent into unit vectors, or says what is wrong with it; knows no model."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from .ports import Vectors


class BadVectorsError(ValueError):
    """What a model sent is of no use; the message is the rest of a sentence that begins with the model."""


def unit(given: Any, count: int, dimension: int | None = None) -> Vectors:
    """``count`` vectors of length 1, of ``dimension`` numbers where that is known.

    A vector is a sequence of numbers, or the base64 of its 32-bit floats, the least byte first.

    Raises:
        BadVectorsError: it is not so, or a vector is zero or not finite.
    """
    try:
        rows = [_floats(row) if isinstance(row, str) else row for row in given]
        vectors = np.asarray(rows, dtype=np.float64)
    except (TypeError, ValueError, ArithmeticError):
        vectors = np.empty(0)
    if vectors.ndim != 2 or vectors.shape[1] == 0:
        raise BadVectorsError("gave something other than vectors of one length")
    if len(vectors) != count:
        raise BadVectorsError(f"gave {len(vectors)} vectors for {count} texts")
    if dimension is not None and vectors.shape[1] != dimension:
        raise BadVectorsError(f"gave vectors of {vectors.shape[1]} numbers, not of {dimension}")
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    if not (np.isfinite(largest).all() and (largest > 0).all()):
        raise BadVectorsError("gave a vector that is zero or not finite")
    vectors = vectors / largest  # so that no square is too large or too small for a float
    made: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return made


def in_order(data: Sequence[Any], count: int) -> list[Any]:
    """The vectors of a reply's ``data`` in the order of the texts; their order there is not promised.

    Raises:
        BadVectorsError: a text has no vector, or more than one.
    """
    placed: dict[Any, Any] = {}
    for position, item in enumerate(data):
        if not isinstance(item, dict) or "embedding" not in item:
            raise BadVectorsError("gave something other than vectors of one length")
        index = item.get("index")
        # Gemini leaves out an index of 0.
        placed[index if isinstance(index, int) else position] = item["embedding"]
    if len(data) != count:
        raise BadVectorsError(f"gave {len(data)} vectors for {count} texts")
    if set(placed) != set(range(count)):
        raise BadVectorsError("gave vectors that cannot be told apart: their indexes are wrong")
    return [placed[index] for index in range(count)]


def _floats(encoded: str) -> Any:
    return np.frombuffer(base64.b64decode(encoded, validate=True), dtype="<f4")
