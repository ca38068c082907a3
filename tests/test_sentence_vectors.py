"""Stored sentence vectors: what is found, and what is taken as never stored."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant import Assistant, Paper
from assistant.index.sentence_vectors import SentenceVectors
from assistant.models.embedder import FakeEmbedder
from assistant.types import Sentence

PAPER = Paper(
    "p",
    "On graphs",
    "Graphs have nodes. Edges join them.",
    sentences=(Sentence(0, 0, 18, "Graphs have nodes."),),
)
VECTOR = np.array([[0.6, 0.0, -0.8]], dtype=np.float32)


def store(folder: Path) -> SentenceVectors:
    return SentenceVectors(folder / "s.sqlite3", FakeEmbedder(3))


def test_a_vector_comes_back_with_its_direction(tmp_path: Path) -> None:
    first = store(tmp_path)
    first.write([PAPER], [VECTOR])
    first.close()
    [found] = store(tmp_path).get([PAPER]).values()
    assert float((found @ VECTOR.T)[0, 0]) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    "change", [{"abstract": "Other text."}, {"title": "Other"}, {"id": "q"}, {"sentences": ()}]
)
def test_vectors_of_another_text_are_none(tmp_path: Path, change: dict[str, object]) -> None:
    kept = store(tmp_path)
    kept.write([PAPER], [VECTOR])
    assert kept.get([replace(PAPER, **change)]) == {}  # type: ignore[arg-type]


def test_what_is_deleted_is_gone(tmp_path: Path) -> None:
    kept = store(tmp_path)
    kept.write([PAPER], [VECTOR])
    kept.delete(["p"])
    assert kept.get([PAPER]) == {}


@pytest.mark.parametrize("damage", [b"", b"no database at all" * 500])
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "s.sqlite3").write_bytes(damage)
    kept = store(tmp_path)
    assert kept.get([PAPER]) == {}
    kept.write([PAPER], [VECTOR])
    assert list(kept.get([PAPER])) == ["p"]


def test_vectors_of_another_length_are_none(tmp_path: Path) -> None:
    store(tmp_path).write([PAPER], [VECTOR])
    with sqlite3.connect(tmp_path / "s.sqlite3") as database:
        database.execute("UPDATE sentence_vectors SET vectors = x'00'")
    assert store(tmp_path).get([PAPER]) == {}


def test_an_index_keeps_them_through_update_removal_and_rebuild(tmp_path: Path) -> None:
    with Assistant.open(tmp_path) as assistant:
        assistant.add([PAPER, replace(PAPER, id="q", title="On trees and their many leaves")])
        [p, q] = assistant.index.papers(["p", "q"])
        assert set(assistant.index.sentence_vectors([p, q])) == {"p", "q"}
        assistant.remove("q")
        assert set(assistant.index.sentence_vectors([p, q])) == {"p"}
        assistant.rebuild()
        assert set(assistant.index.sentence_vectors([p])) == {"p"}
