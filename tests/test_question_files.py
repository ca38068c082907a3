"""Files of questions: what their rows name, and what is said of a row that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant, Paper
from assistant.errors import QuestionFileError, UsageError
from assistant.evaluation.beir import beir_scripts, is_beir
from assistant.evaluation.cases import Case, scripts_of
from assistant.evaluation.evaluate import read_scripts
from assistant.evaluation.gold import Gold

PAPERS = [Paper("p1", "On Zebras: Stripes"), Paper("p2", "On lions"), Paper("doi:10.1000/7", "On flies")]
GOOD: dict[str, Any] = {"question": "Why stripes?", "gold": ["p1"]}


def written(folder: Path, *rows: object) -> Path:
    path = folder / "q.jsonl"
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), "utf-8")
    return path


def read(path: Path, numbered: Path | None = None) -> list[tuple[Case, ...]]:
    return list(scripts_of(path, "q", Gold(PAPERS, numbered).look_up))


@pytest.mark.parametrize("name", ["p1", "On Zebras: Stripes", "on zebras – stripes", "  ON ZEBRAS: STRIPES "])
def test_papers_are_named_by_id_or_title(tmp_path: Path, name: str) -> None:
    [(case,)] = read(written(tmp_path, GOOD | {"gold": [name]}))
    assert dict(case.gains) == {"p1": 1}
    assert case.where == "q.jsonl, line 1"
    assert case.answerable


def test_numbers_count_the_papers_of_a_file_or_stand_beside_titles(tmp_path: Path) -> None:
    listing = tmp_path / "papers.jsonl"
    listing.write_text('{"title": "On lions"}\n{"title": "On Zebras: Stripes"}\n', "utf-8")
    path = written(tmp_path, GOOD | {"gold": [1], "also": [0]})
    [(case,)] = read(path, listing)
    assert (dict(case.gains), case.also, case.right) == (
        {"p1": 1},
        frozenset({"p2"}),
        frozenset({"p1", "p2"}),
    )
    [(case,)] = read(written(tmp_path, GOOD | {"gold": [77], "gold_titles": ["On lions"]}))
    assert dict(case.gains) == {"p2": 1}


def test_numbers_count_the_sample_collection_where_it_is_there(sample: Assistant, tmp_path: Path) -> None:
    [(case,)] = read_scripts(sample, [written(tmp_path, GOOD | {"gold": [0]})])
    [paper] = sample.index.papers(case.gains)
    assert paper.title == "Message Passing Neural PDE Solvers"


def test_kinds_of_rows(tmp_path: Path) -> None:
    turns = [{"question": "A?", "gold": ["p1"]}, {"question": "And it?", "gold": ["p2"]}]
    rows = [
        {"question": "Far?", "kind": "far"},
        {"question": "Gone?", "gold": ["p1"], "hidden": ["p1"]},
        {"question": "Half?", "gold": ["p1", "p2"], "hidden": ["p1"]},
        {"turns": turns},
        "",
    ]
    far, gone, half, talk = read(written(tmp_path, *rows))
    assert (far[0].group, far[0].answerable) == ("far", False)
    assert (gone[0].group, gone[0].answerable, gone[0].hidden) == ("removed", False, frozenset({"p1"}))
    assert (half[0].group, dict(half[0].gains)) == ("q", {"p2": 1})
    assert [(case.group, case.where) for case in talk] == [
        ("q", "q.jsonl, line 4, turn 1"),
        ("q, later turns", "q.jsonl, line 4, turn 2"),
    ]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("nonsense", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[1]", "no JSON object"),
        ({"gold": ["p1"]}, "it has no question"),
        (GOOD | {"question": 7}, "question is no text"),
        (GOOD | {"question": "  "}, "the question is empty"),
        (GOOD | {"question": "x" * 5000}, "5,000 characters"),
        (GOOD | {"gold": "p1"}, "gold is no list"),
        (GOOD | {"gold": [True]}, "names no paper"),
        (GOOD | {"gold": [1.5]}, "names no paper"),
        (GOOD | {"gold": ["On tigers"]}, "“On tigers”, which no paper of the index has"),
        (GOOD | {"gold": [3]}, "not known of which"),
        (GOOD | {"also": ["On tigers"]}, "also names “On tigers”"),
        (GOOD | {"kind": 3}, "kind is no text"),
        ({"question": "Why?"}, "neither gold"),
        ({"question": "Why?", "gold": []}, "neither gold"),
        ({"turns": []}, "turns is no list"),
        ({"turns": ["Why?"]}, "turns is no list"),
        ({"turns": [GOOD, {"question": ""}]}, "turn 2: the question is empty"),
        ('{"question": "' + "x" * 1_100_000 + '"}', "longer than 1,000,000 bytes"),
    ],
)
def test_a_bad_row_is_named_with_its_line(tmp_path: Path, row: object, why: str) -> None:
    with pytest.raises(QuestionFileError) as caught:
        read(written(tmp_path, GOOD, "", row))
    assert caught.value.message.startswith("q.jsonl, line 3")
    assert why.casefold() in caught.value.message.casefold()
    assert caught.value.hint
    assert caught.value.exit_code == 2


def test_a_number_beyond_the_file(tmp_path: Path) -> None:
    (tmp_path / "papers.jsonl").write_text('{"title": "On lions"}\n', "utf-8")
    for number in (1, -1):
        with pytest.raises(QuestionFileError, match=rf"the number {number}, of 1 paper, from 0"):
            read(written(tmp_path, GOOD | {"gold": [number]}), tmp_path / "papers.jsonl")


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "latin.jsonl").write_bytes(b'{"question": "Pourquoi les z\xe8bres ?"}\n')
    for path, why in (
        (tmp_path / "nothing.jsonl", "cannot be read"),
        (tmp_path, "cannot be read"),
        (written(tmp_path), "holds no question"),
        (tmp_path / "latin.jsonl", "line 1: it is not UTF-8"),
    ):
        with pytest.raises(QuestionFileError, match=why):
            read(path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = ("question", "gold", "also", "gold_titles", "kind", "evidence", "answer", "turns", "hidden")


@given(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=6))
def test_any_row_is_a_case_or_our_error(
    tmp_path_factory: pytest.TempPathFactory, row: dict[str, Any]
) -> None:
    path = written(tmp_path_factory.mktemp("rows"), row)
    try:
        for script in read(path):
            assert all(case.question and case.group for case in script)
    except UsageError as error:
        assert error.message


# -- BEIR ------------------------------------------------------------------------------------------------


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "zoo"
    (folder / "qrels").mkdir(parents=True)
    queries = [{"_id": name, "text": f"Why {name}?"} for name in ("q1", "q2", "q3")]
    (folder / "queries.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in queries), "utf-8")
    rows = "query-id\tcorpus-id\tscore\nq1\tp1\t2\nq1\tp2\t1\nq2\tgone\t1\nq3\tp1\t0\n"
    (folder / "qrels" / "test.tsv").write_text(rows, "utf-8")
    return folder


def test_a_folder_of_beir(beir: Path) -> None:
    assert is_beir(beir)
    assert not is_beir(beir / "qrels")
    (first,), (second,) = beir_scripts(beir)
    assert (first.question, first.group, dict(first.gains)) == ("Why q1?", "zoo", {"p1": 2, "p2": 1})
    assert dict(second.gains) == {"gone": 1}


def test_a_folder_of_beir_with_a_fault(beir: Path) -> None:
    with pytest.raises(QuestionFileError, match="no judgements"):
        list(beir_scripts(beir, "dev"))
    qrels = beir / "qrels" / "test.tsv"
    qrels.write_text(f"{qrels.read_text('utf-8')}q1\tp1\tmuch\n", "utf-8")
    with pytest.raises(QuestionFileError, match=r"test\.tsv, line 6"):
        list(beir_scripts(beir))
    qrels.write_bytes(b"\xff")
    with pytest.raises(QuestionFileError, match="cannot be read"):
        list(beir_scripts(beir))
    qrels.write_text("q1\tp1\t1\n", "utf-8")
    (beir / "queries.jsonl").write_text('{"_id": "q1"}\n', "utf-8")
    with pytest.raises(QuestionFileError, match=r"queries\.jsonl, line 1: The question is empty"):
        list(beir_scripts(beir))
