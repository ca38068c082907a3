"""A few of the kills of `benchmarks.kills`, and what they leave, made by hand."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from assistant import Paper
from assistant.errors import IndexDamagedError
from assistant.index.layout import Layout
from assistant.index.opening import open_index
from assistant.index.salvage import Salvage
from assistant.index.store import PaperIndex
from assistant.models.embedder import FakeEmbedder
from benchmarks import kills

PAPERS = [Paper(f"p{n}", f"On subject{n}", f"Property{n} and size{n}.") for n in range(300)]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_a_few_kills_lose_nothing() -> None:
    found = kills.run(kills=3, competing=1, papers=200, seed=4)
    assert (found.lost, found.wrong, found.hanging) == (0, [], 0)
    assert found.kills.total() == 3
    assert found.compared


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """An index whose import was cut off while Chroma wrote its vector files."""
    layout = Layout(tmp_path / "index")
    index = PaperIndex(layout, FakeEmbedder(), create=True)
    index.add(PAPERS)
    index.close()
    _mark(layout, state="writing")
    _cut(layout, rows=200)
    return layout


def _mark(layout: Layout, **fields: object) -> None:
    manifest = json.loads(layout.manifest.read_text("utf-8"))
    layout.manifest.write_text(json.dumps(manifest | fields), "utf-8")


def _cut(layout: Layout, rows: int) -> None:
    [file] = layout.data(1).chroma.glob("*/data_level0.bin")
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // len(PAPERS) * rows])


def test_half_written_vector_files_are_mended_at_the_next_open(layout: Layout) -> None:
    embedder = FakeEmbedder()
    index = open_index(layout, embedder)
    made = sum(len(call) for call in embedder.calls)
    assert 0 < made <= 100, "vectors that are there are not made again"
    assert sorted(paper.id for paper in index.all()) == sorted(paper.id for paper in PAPERS)
    vectors = index._stores.vectors([paper.id for paper in PAPERS])
    for paper in PAPERS:
        assert vectors[paper.id] == pytest.approx(embedder.embed_query(paper.text), abs=1e-6)
    assert index.add(PAPERS).unchanged == 300
    index.close()


def test_it_is_not_mended_by_losing_papers(layout: Layout) -> None:
    _mark(layout, papers=400)
    with pytest.raises(IndexDamagedError, match="300 of 400"):
        open_index(layout, FakeEmbedder())
    assert layout.data(1).root.exists()


def test_damage_without_a_change_under_way_is_left_to_the_user(layout: Layout) -> None:
    _mark(layout, state="clean")
    with pytest.raises(IndexDamagedError, match="is cut short"):
        open_index(layout, FakeEmbedder())


def test_nothing_in_but_broken_files_is_begun_anew(layout: Layout) -> None:
    _mark(layout, papers=0, sentences=0, content="0")
    (layout.data(1).chroma / "chroma.sqlite3").write_bytes(b"SQLite format 3\0 and then nothing of it")
    index = open_index(layout, FakeEmbedder(), create=True)
    assert index.add(PAPERS).added == 300
    index.close()


def test_a_pickle_that_runs_something_is_not_run(layout: Layout, tmp_path: Path) -> None:
    [folder] = (path for path in layout.data(1).chroma.iterdir() if path.is_dir())
    mark = tmp_path / "run"
    (folder / "index_metadata.pickle").write_bytes(b"cos\nsystem\n(S'touch " + str(mark).encode() + b"'\ntR.")
    assert Salvage(layout.data(1).chroma, 64).get(["p1", "p250"]) == {}
    assert not mark.exists()


def test_papers_that_chroma_lost_are_not_taken_from_the_words(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "index")
    index = PaperIndex(layout, FakeEmbedder(), create=True)
    index.add(PAPERS)
    index._stores.delete([f"p{n}" for n in range(20)])
    index.close()
    _mark(layout, state="writing", papers=250)
    index = open_index(layout, FakeEmbedder())
    assert len(index) == 300
    index.close()
