"""What is taken out of an index and put back, and what is kept of it meanwhile."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant import Assistant, Paper
from assistant.cli.app import app
from assistant.errors import UsageError

CHOSEN = 5


@pytest.fixture
def own(sample_index: Path, tmp_path: Path) -> Iterator[Assistant]:
    """An assistant over an index of the sample that only this test has."""
    with Assistant.open(shutil.copytree(sample_index, tmp_path / "index")) as opened:
        yield opened


def ids(papers: list[Paper]) -> list[str]:
    return [paper.id for paper in papers]


def test_what_was_removed_comes_back_exactly(own: Assistant) -> None:
    chosen = own.papers()[:CHOSEN]
    before = own.index.manifest
    vectors = own.index.vectors(ids(chosen))
    sentences = own.index.sentence_vectors(chosen)
    question = chosen[0].title
    hits = own.search(question)
    assert own.remove(ids(chosen)) == chosen
    assert own.status().papers == before.papers - CHOSEN
    assert not set(ids(chosen)) & {hit.id for hit in own.search(question)}
    assert own.restore() == chosen
    assert own.index.manifest == before  # with the sum of all records' hashes
    back = own.index.vectors(ids(chosen))
    assert all((back[each] == vectors[each]).all() for each in ids(chosen))
    parts = own.index.sentence_vectors(chosen)
    assert all((parts[each] == sentences[each]).all() for each in ids(chosen))
    # Words are counted over what is deleted too, until the word index tidies up: scores may move a little.
    found = own.search(question)
    assert [hit.id for hit in found] == [hit.id for hit in hits]
    assert [hit.vector_score for hit in found] == [hit.vector_score for hit in hits]
    assert own.restore() == []


def test_ids_that_are_none_change_nothing(own: Assistant) -> None:
    first = own.papers()[0]
    for wrong in (5, None, [first], [first.id, 7]):
        given: Any = wrong
        with pytest.raises(UsageError, match="no list of ids"):
            own.remove(given)
        if wrong is not None:
            with pytest.raises(UsageError, match="no list of ids"):
                own.restore(given)
    assert own.papers()[0] == first
    assert own.remove(first.id) == [first]
    assert own.restore(first.id) == [first]


def test_the_last_removal_or_those_that_are_named(own: Assistant) -> None:
    first, second, third, fourth = own.papers()[:4]
    own.remove([first.id, second.id])
    own.remove([third.id, fourth.id, "nothing"])
    own.remove(["nothing"])
    assert own.restore([first.id, "nothing"]) == [first]
    assert own.restore() == [third, fourth]
    assert own.restore() == [second]
    assert own.restore() == []


def test_what_is_there_again_meanwhile_stays_as_it_is(own: Assistant) -> None:
    first, second = own.papers()[:2]
    own.remove([first.id, second.id])
    own.add([Paper(first.id, first.title, "Another abstract, and a longer one than before. " * 40)])
    assert own.restore() == [second]
    assert own.paper(first.id).abstract.startswith("Another abstract")


def test_it_can_be_put_back_by_another_process_and_survives_damage(own: Assistant) -> None:
    first, second, third = own.papers()[:3]
    own.remove(ids([first, second, third]))
    path = own.path
    own.close()
    kept = path / "removed.jsonl"
    lines = kept.read_text("utf-8").splitlines()
    row = json.loads(lines[2])
    row["record"]["title"] = "Another"
    kept.write_text("\n".join(["{", "[]", '{"id": 3}', lines[0], lines[1][:-9], json.dumps(row)]) + "\n")
    with Assistant.open(path) as again:
        assert again.restore() == [first]


def test_what_was_removed_long_ago_is_forgotten(own: Assistant) -> None:
    first, second = own.papers()[:2]
    own.remove([first.id])
    kept = own.path / "removed.jsonl"
    row = json.loads(kept.read_text("utf-8"))
    kept.write_text(json.dumps(row | {"day": "2020-01-01"}) + "\n", "utf-8")
    own.remove([second.id])
    assert own.restore([first.id]) == []
    assert own.restore() == [second]


def test_the_commands_take_out_and_put_back(own: Assistant) -> None:
    chosen, path = own.papers()[:2], str(own.path)
    own.close()
    run = CliRunner().invoke
    assert run(app, ["remove", *ids(chosen), "--index", path]).exit_code == 0
    told = run(app, ["restore", "--index", path, "--json"])
    assert [paper["id"] for paper in json.loads(told.stdout)["papers"]] == ids(chosen)
    assert "0 put back." in run(app, ["restore", "--index", path]).output
