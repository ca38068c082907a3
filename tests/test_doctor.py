"""Every kind of damage to an index: doctor names it and the command that mends it, and that command does."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import chromadb
import pytest
from chromadb.config import Settings

from assistant.index.layout import Layout

from .test_cli import run

Damage = Callable[[Layout], object]


@pytest.fixture
def layout(sample_index: Path, tmp_path: Path) -> Layout:
    """A copy of the sample's index that nobody has open."""
    shutil.copytree(sample_index, tmp_path / "an index")
    return Layout(tmp_path / "an index")


def _database(layout: Layout) -> Path:
    return layout.data(1).chroma / "chroma.sqlite3"


def _hnsw(layout: Layout) -> Path:
    [folder] = [entry for entry in layout.data(1).chroma.iterdir() if entry.is_dir()]
    return folder


def _largest(layout: Layout, ending: str) -> Path:
    return max(layout.data(1).lexical.glob(f"*.{ending}"), key=lambda path: path.stat().st_size)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _garble(path: Path) -> None:
    data = bytearray(path.read_bytes())
    middle = slice(len(data) // 3, len(data) // 3 + 400)
    data[middle] = bytes(byte ^ 0x5A for byte in data[middle])
    path.write_bytes(data)


def _edit(layout: Layout, **fields: object) -> None:
    manifest = json.loads(layout.manifest.read_text("utf-8"))
    layout.manifest.write_text(json.dumps(manifest | fields), "utf-8")


def _lose_rows(layout: Layout) -> None:
    client = chromadb.PersistentClient(str(layout.data(1).chroma), Settings(anonymized_telemetry=False))
    papers = client.get_collection("papers", embedding_function=None)
    papers.delete(ids=papers.get(limit=20, include=[])["ids"])
    client.close()  # type: ignore[attr-defined]


def _change_a_record(layout: Layout) -> None:
    with closing(sqlite3.connect(_database(layout))) as database:
        database.execute(
            "UPDATE embedding_metadata SET string_value = 'Another title' "
            "WHERE key = 'title' AND id = (SELECT min(id) FROM embedding_metadata)"
        )
        database.commit()


DAMAGES = [
    pytest.param(
        lambda layout: _database(layout).write_bytes(b""), "chroma.sqlite3 is empty", id="zero-byte database"
    ),
    pytest.param(lambda layout: _database(layout).unlink(), "chroma.sqlite3 is missing", id="no database"),
    pytest.param(lambda layout: _cut(_database(layout)), "cannot be read", id="half a database"),
    pytest.param(
        lambda layout: shutil.rmtree(layout.data(1).chroma), "chroma.sqlite3 is missing", id="no Chroma"
    ),
    pytest.param(lambda layout: shutil.rmtree(_hnsw(layout)), "", id="no vector folder"),
    pytest.param(lambda layout: _cut(_hnsw(layout) / "data_level0.bin"), "is cut short", id="short vectors"),
    pytest.param(lambda layout: _cut(_hnsw(layout) / "header.bin"), "is cut short", id="short header"),
    pytest.param(lambda layout: _cut(_hnsw(layout) / "link_lists.bin"), "", id="short links"),
    pytest.param(lambda layout: _cut(_hnsw(layout) / "index_metadata.pickle"), "", id="short ids"),
    pytest.param(_lose_rows, "Chroma holds 183 papers where the manifest says 203", id="lost rows"),
    pytest.param(_change_a_record, "records in Chroma are not those", id="a changed record"),
    pytest.param(lambda layout: shutil.rmtree(layout.data(1).lexical), "no word index", id="no words"),
    pytest.param(
        lambda layout: (layout.data(1).lexical / "meta.json").write_text("{"), "", id="garbled words"
    ),
    pytest.param(lambda layout: _cut(_largest(layout, "store")), "", id="short word records"),
    pytest.param(lambda layout: _largest(layout, "term").unlink(), "", id="a word file gone"),
    pytest.param(lambda layout: _garble(_largest(layout, "store")), "", id="garbled word records"),
    pytest.param(lambda layout: layout.manifest.unlink(), "no manifest.json", id="no manifest"),
    pytest.param(
        lambda layout: layout.manifest.write_bytes(b""), "manifest.json cannot be read", id="empty manifest"
    ),
    pytest.param(
        lambda layout: _garble(layout.manifest), "manifest.json cannot be read", id="garbled manifest"
    ),
    pytest.param(lambda layout: _edit(layout, papers=5), "where the manifest says 5", id="wrong count"),
    pytest.param(
        lambda layout: _edit(layout, content="7"), "not those that the manifest tells", id="wrong hash"
    ),
    pytest.param(lambda layout: _edit(layout, format=99), "has format 99", id="a newer format"),
    pytest.param(
        lambda layout: _edit(layout, embedder="other/64"), "embedder other/64", id="another embedder"
    ),
]


@pytest.fixture(scope="module")
def listed(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """All that the sample's index holds."""
    copy = tmp_path_factory.mktemp("whole") / "index"
    shutil.copytree(sample_index, copy)
    text: str = run("list", "--index", copy, "--json").stdout
    return text


@pytest.mark.parametrize(("damage", "words"), DAMAGES)
def test_doctor_names_the_damage_and_the_command_that_mends_it(
    layout: Layout, listed: str, damage: Damage, words: str
) -> None:
    place = ("--index", layout.root)
    damage(layout)
    told = run("doctor", *place, "--json")
    assert told.exit_code == 1
    [check] = [check for check in json.loads(told.stdout)["checks"] if check["verdict"] == "fail"]
    assert check["name"] == "index"
    assert words in check["message"]
    named = re.search(r"`paper-assistant (rebuild .*)`", check["hint"])
    assert named
    mended = run(*shlex.split(named[1]))
    assert (mended.exit_code, mended.stdout) == (0, "203 papers in the new index.\n")
    assert run("list", *place, "--json").stdout == listed
    assert run("doctor", *place).exit_code == 0


def test_a_status_tells_the_format_that_is_there(layout: Layout) -> None:
    _edit(layout, format=99)
    told = run("status", "--index", layout.root, "--json")
    assert (told.exit_code, json.loads(told.stdout)["format"]) == (1, 99)
    layout.manifest.write_bytes(b"x")
    assert "(format unknown)" in run("status", "--index", layout.root).stdout


def test_doctor_says_it_on_one_line(layout: Layout) -> None:
    _database(layout).unlink()
    said = run("doctor", "--index", layout.root)
    assert said.exit_code == 1
    [line] = [line for line in said.stdout.splitlines() if line.startswith("fail")]
    assert line.startswith("fail index     The index ")
    assert f"`paper-assistant rebuild --index '{layout.root}'`" in line


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda layout: layout.manifest.unlink(), id="no manifest"),
        pytest.param(lambda layout: _cut(_hnsw(layout) / "data_level0.bin"), id="short vectors"),
        pytest.param(lambda layout: _cut(_largest(layout, "idx")), id="a short word file"),
        pytest.param(lambda layout: _edit(layout, embedder="other/64"), id="another embedder"),
    ],
)
def test_every_command_on_a_damaged_index_says_one_sentence(layout: Layout, damage: Damage) -> None:
    damage(layout)
    for arguments in (
        ("search", "over-squashing"),
        ("ask", "What causes over-squashing?"),
        ("list",),
        ("export", "jsonl"),
        ("remove", "p1"),
        ("add", "--sample"),
        ("add", "--sample", "--dry-run"),
    ):
        said = run(*arguments, "--index", layout.root)
        assert said.exit_code == 1, arguments
        assert said.stderr.startswith("Error: The index "), arguments
        assert "paper-assistant rebuild --index" in said.stderr
        assert len(said.stderr.splitlines()) == 1
    status = run("status", "--index", layout.root)
    assert status.exit_code == 1
    assert "paper-assistant rebuild --index" in status.stderr


def test_doctor_says_what_a_crash_has_left_and_that_nothing_is_to_be_done(layout: Layout) -> None:
    layout.workshop.mkdir()
    (layout.workshop / "manifest.json").write_text("{}")
    layout.data(7).chroma.mkdir(parents=True)
    layout.owner.write_text('{"pid": 999999, "command": "paper-assistant", "since": 1}')
    _edit(layout, state="writing")
    said = run("doctor", "--index", layout.root)
    assert said.exit_code == 0
    [line] = [line for line in said.stdout.splitlines() if line.startswith("note index")]
    for words in ("203 papers", "cut off has been settled", "is cleared away", "is gone"):
        assert words in line
    assert not layout.workshop.exists()
    assert not layout.data(7).root.exists()
    again = run("doctor", "--index", layout.root)
    assert "ok   index     203 papers" in again.stdout


def test_a_lost_manifest_of_a_rebuilt_index_costs_no_record(layout: Layout) -> None:
    place = ("--index", layout.root)
    assert run("rebuild", *place).exit_code == 0
    layout.manifest.unlink()
    assert run("add", "--sample", *place).exit_code == 1
    assert run("rebuild", *place).stdout == "203 papers in the new index.\n"
