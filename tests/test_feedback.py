"""Marks that readers leave on answers: kept in one file, read again, asked again by the evaluation."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.errors import IndexWriteError, QuestionFileError
from assistant.evaluation import evaluate
from assistant.feedback import FILE_NAME, LONGEST_NOTE, leave, mark_of, marks
from assistant.types import Answer

from .test_cli import as_json

GOOD = "How can speculative decoding adapt its draft length?"
REFUSED = "How long do I boil an egg?"


@pytest.fixture
def marked(sample: Assistant, tmp_path: Path) -> Path:
    """Marks on three answers; one is good, one a good refusal, one poor."""
    path = tmp_path / FILE_NAME
    leave(mark_of("a/1", sample.ask(GOOD), "good", "just so"), path)
    leave(mark_of("a/2", sample.ask(REFUSED), "good"), path)
    leave(mark_of("b/1", sample.ask("What is graph rewiring?"), "poor", "too long"), path)
    return path


def test_marks_are_read_as_they_were_left(marked: Path) -> None:
    good, refused, poor = marks(marked)
    assert (good.verdict, good.note, good.question, good.status) == ("good", "just so", GOOD, "answered")
    assert len(good.cited) == len(good.titles) > 0
    assert (refused.status, refused.cited) == ("refused", ())
    assert poor.note == "too long"
    assert good.time.endswith("+00:00")
    assert marked.stat().st_mode & 0o077 == 0


def test_the_last_mark_counts_and_an_empty_one_takes_it_back(marked: Path) -> None:
    answer = Answer(GOOD, "answered", "extractive", "So.")
    leave(mark_of("a/1", answer, "poor"), marked)
    leave(mark_of("b/1", answer, ""), marked)
    assert [(mark.about, mark.verdict) for mark in marks(marked)] == [("a/1", "poor"), ("a/2", "good")]


def test_broken_lines_are_passed_over(marked: Path) -> None:
    before = marks(marked)
    rows = [b"\xff\xfe", b"[]", b"{}", b'{"verdict": "good"}', b"[" * 50_000, b"x" * 300_000]
    with marked.open("ab") as file:
        file.write(b"\n".join([*rows, json.dumps({"verdict": ["good"], "about": 1}).encode()]) + b"\n")
    assert marks(marked) == before
    assert marks(marked.with_name("nothing.jsonl")) == []


def test_half_a_character_and_a_long_note_are_kept(tmp_path: Path) -> None:
    answer = Answer("half \ud800", "answered", "llm", "x")
    leave(mark_of("a/1", answer, "good", "n" * 10_000), tmp_path / FILE_NAME)
    [mark] = marks(tmp_path / FILE_NAME)
    assert mark.question == "half \ud800"
    assert len(mark.note) == LONGEST_NOTE


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(IndexWriteError, match="was not kept"):
        leave(mark_of("a/1", Answer("q", "answered", "llm", "x"), "good"), tmp_path / "file" / FILE_NAME)


def test_good_answers_are_asked_again(sample: Assistant, marked: Path) -> None:
    report = evaluate(sample, marked)
    assert report.asked == 2
    assert report.figure("papers", "marked as good", "in_8").value == 1.0  # type: ignore[union-attr]
    assert report.figure("answers", "marked as good", "citation_recall").value == 1.0  # type: ignore[union-attr]
    assert any("1 answers are marked as poor" in note and "too long" in note for note in report.notices)


def test_without_a_good_answer_there_is_nothing_to_ask(sample: Assistant, tmp_path: Path) -> None:
    with pytest.raises(QuestionFileError, match="No answer is marked as good"):
        evaluate(sample, tmp_path / FILE_NAME)


def test_eval_reads_the_marks_of_its_index(sample_index: Path, marked: Path, tmp_path: Path) -> None:
    index = Path(shutil.copytree(sample_index, tmp_path / "index"))
    shutil.copy(marked, index / FILE_NAME)
    assert as_json("eval", "--feedback", "--index", index)["asked"] == 2
