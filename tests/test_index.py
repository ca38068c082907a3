"""The index: incremental, owned by one process, sound or refused, whatever happens to it."""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import chromadb
import pytest
from chromadb.config import Settings

from assistant import Assistant, Filters, Paper, Progress, Rejected
from assistant.corpus.sentences import split
from assistant.errors import (
    IndexDamagedError,
    IndexLockedError,
    IndexMismatchError,
    IndexNotFoundError,
    IndexWriteError,
)
from assistant.index.layout import Layout
from assistant.index.store import PaperIndex
from assistant.models.embedder import FakeEmbedder, MiniLM


def paper(number: int, abstract: str = "", **fields: object) -> Paper:
    text = abstract or f"We study subject{number}. It has property{number} and size {number}."
    made = Paper(f"p{number}", f"On subject{number}", text, sentences=split(text))
    return replace(made, **fields)  # type: ignore[arg-type]


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "index")


@pytest.fixture
def index(layout: Layout) -> Iterator[PaperIndex]:
    opened = PaperIndex(layout, FakeEmbedder(), create=True)
    yield opened
    opened.close()


def test_what_goes_in_comes_out(index: PaperIndex) -> None:
    full = paper(
        1,
        authors=("A. One", "B. Two"),
        year=2021,
        venue="V",
        url="https://x.org",
        doi="10.1/x",
        arxiv_id="2101.1",
        original=(("title", r"On \"u"), ("authors", "A. {One}; B. Two")),
    )
    bare = Paper("bare", "Only a title")
    index.add([full, bare])
    assert index.papers(["bare", "gone", "p1"]) == [bare, full]


def test_the_same_paper_from_another_file_is_no_change(index: PaperIndex) -> None:
    first = paper(1, sources=("refs.bib", "export.zip/refs.bib"))
    index.add([first])
    assert index.papers(["p1"]) == [first]
    report = index.add([replace(first, sources=("other.ris",))])
    assert (report.updated, report.unchanged) == (0, 1)


def test_a_preview_counts_and_changes_nothing(index: PaperIndex, layout: Layout) -> None:
    index.add([paper(1), paper(2)])
    before = layout.manifest.read_bytes()
    rows: list[Paper | Rejected] = [
        paper(1),
        paper(2, "New words."),
        paper(3),
        paper(3),
        Rejected("file, line 4", "no title", "{}"),
    ]
    foreseen = index.preview(rows)
    assert layout.manifest.read_bytes() == before
    assert index.papers(["p2", "p3"]) == [paper(2)]
    assert foreseen == index.add(rows)
    assert (foreseen.added, foreseen.updated, foreseen.unchanged, foreseen.merged) == (1, 1, 1, 1)
    assert [row.text for row in foreseen.rejected] == [""], "a report of many rows must not fill the memory"


def test_adding_again_changes_nothing(index: PaperIndex) -> None:
    papers = [paper(number) for number in range(30)]
    first = index.add(papers)
    manifest = index.manifest
    again = index.add(papers)
    assert (first.added, first.unchanged) == (30, 0)
    assert (again.added, again.updated, again.unchanged) == (0, 0, 30)
    assert index.manifest == manifest


def test_a_changed_abstract_is_updated_in_both_legs(index: PaperIndex) -> None:
    index.add([paper(1), paper(2)])
    report = index.add([paper(1, "All about zebras now. They have stripes."), paper(2)])
    assert (report.added, report.updated, report.unchanged) == (0, 1, 1)
    assert [found for found, _ in index.matching("zebras", 5)] == ["p1"]
    assert index.matching("property1", 5) == []
    [(nearest, cosine), *_] = index.nearest(FakeEmbedder().embed_query(index.papers(["p1"])[0].text), 2)
    assert nearest == "p1"
    assert cosine == pytest.approx(1.0, abs=1e-3)
    assert len(index) == 2
    assert index.manifest.sentences == 4


def test_only_new_text_is_embedded(layout: Layout) -> None:
    embedder = FakeEmbedder()
    index = PaperIndex(layout, embedder, create=True)
    index.add([paper(1, year=2020, venue="V"), paper(2)])
    before = sum(len(call) for call in embedder.calls)
    report = index.add([paper(1, year=2021), paper(2), paper(3)])
    assert (report.added, report.updated, report.unchanged) == (1, 1, 1)
    assert sum(len(call) for call in embedder.calls) - before == 1
    assert index.papers(["p1"]) == [paper(1, year=2021)]  # and the venue is gone
    index.close()


def test_one_id_twice_in_an_import_counts_once(index: PaperIndex) -> None:
    rows: list[Paper | Rejected] = [
        paper(1),
        paper(1, "Another text under the same id."),
        paper(2),
        Rejected("file, line 3", "no title"),
    ]
    for _ in range(2):
        report = index.add(rows)
        assert report.merged == 1
        assert report.rejected == (Rejected("file, line 3", "no title"),)
        assert index.papers(["p1"]) == [paper(1)]
    assert len(index) == 2


def test_progress_ends_at_the_total(index: PaperIndex) -> None:
    seen: list[Progress] = []
    index.add([paper(number) for number in range(300)], seen.append)
    assert [step.done for step in seen] == sorted(step.done for step in seen)
    assert seen[-1] == Progress(300, 300)
    assert len(seen) > 3


def test_it_is_there_after_closing(layout: Layout) -> None:
    papers = [paper(number) for number in range(20)]
    with_ids = [made.id for made in papers]
    index = PaperIndex(layout, FakeEmbedder(), create=True)
    index.add(papers)
    index.close()
    index.close()
    index = PaperIndex(layout, FakeEmbedder())
    assert index.papers(with_ids) == papers
    assert index.matching("subject7", 1)[0][0] == "p7"
    index.close()


def test_there_is_none_yet(layout: Layout) -> None:
    with pytest.raises(IndexNotFoundError, match="paper-assistant add"):
        PaperIndex(layout, FakeEmbedder())
    assert not layout.root.exists()


def test_one_owner_at_a_time(layout: Layout, index: PaperIndex) -> None:
    with pytest.raises(IndexLockedError, match="this process") as caught:
        PaperIndex(layout, FakeEmbedder())
    assert str(os.getpid()) in caught.value.owner
    index.close()
    PaperIndex(layout, FakeEmbedder()).close()


def test_another_process_is_named(layout: Layout, index: PaperIndex) -> None:
    index.add([paper(1)])
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from assistant.cli import main; main()",
            "status",
            "--index",
            str(layout.root),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"in use by process {os.getpid()}" in done.stderr
    assert "Traceback" not in done.stderr


def test_another_embedder_is_refused_with_both_names(layout: Layout, index: PaperIndex) -> None:
    index.add([paper(1)])
    index.close()
    other = FakeEmbedder(dimension=16)
    with pytest.raises(IndexMismatchError) as caught:
        PaperIndex(layout, other)
    assert FakeEmbedder().fingerprint in str(caught.value)
    assert other.fingerprint in str(caught.value)


def _edit(layout: Layout, **fields: object) -> None:
    manifest = json.loads(layout.manifest.read_text("utf-8"))
    layout.manifest.write_text(json.dumps(manifest | fields), "utf-8")


def test_an_index_of_the_format_before_is_used_as_it_is(layout: Layout) -> None:
    old, changed, new = paper(1, authors=("A",), year=2020, venue="V"), paper(2, year=2021), paper(3)
    with closing(PaperIndex(layout, FakeEmbedder(), create=True)) as index:
        index.add([old, changed])
    _as_format_2(layout)
    with closing(PaperIndex(layout, FakeEmbedder())) as index:
        assert {found.id: found for found in index.all()} == {"p1": old, "p2": changed}
        report = index.add([old, replace(changed, year=None, venue="W"), new])
        assert (report.added, report.updated, report.unchanged) == (1, 1, 1)
    with closing(PaperIndex(layout, FakeEmbedder())) as index:
        assert {found.id: found for found in index.all()} == {
            "p1": old,
            "p2": replace(changed, year=None, venue="W"),
            "p3": new,
        }
    assert json.loads(layout.manifest.read_text())["format"] == 3


def _as_format_2(layout: Layout) -> None:
    """Put the fields of a record into Chroma's metadata one by one."""
    client: Any = chromadb.PersistentClient(
        str(layout.data(1).chroma), settings=Settings(anonymized_telemetry=False)
    )
    collection = client.get_collection("papers", embedding_function=None)
    rows = collection.get(include=["metadatas"])
    flat = [{"record": None, **json.loads(row["record"])} for row in rows["metadatas"]]
    collection.update(ids=rows["ids"], metadatas=flat)
    client.close()
    _edit(layout, format=2)


def test_another_format_is_refused(layout: Layout, index: PaperIndex) -> None:
    index.close()
    _edit(layout, format=99)
    with pytest.raises(IndexMismatchError, match="format 99"):
        PaperIndex(layout, FakeEmbedder())


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index past the size at which Chroma writes its HNSW files."""
    layout = Layout(tmp_path_factory.mktemp("large") / "index")
    index = PaperIndex(layout, FakeEmbedder(), create=True)
    index.add([paper(number) for number in range(1500)])
    index.close()
    return layout.root


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _hnsw(layout: Layout) -> Path:
    [folder] = [entry for entry in layout.data(1).chroma.iterdir() if entry.is_dir()]
    return folder


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda layout: _empty(layout.manifest), id="empty manifest"),
        pytest.param(lambda layout: layout.manifest.write_text('{"format": 2}'), id="half a manifest"),
        pytest.param(lambda layout: layout.manifest.unlink(), id="no manifest"),
        pytest.param(lambda layout: _empty(layout.data(1).chroma / "chroma.sqlite3"), id="empty database"),
        pytest.param(lambda layout: (layout.data(1).chroma / "chroma.sqlite3").unlink(), id="no database"),
        pytest.param(
            lambda layout: (layout.data(1).chroma / "chroma.sqlite3").write_bytes(b"x" * 9999), id="no SQLite"
        ),
        pytest.param(lambda layout: shutil.rmtree(_hnsw(layout)), id="no vectors"),
        pytest.param(lambda layout: _empty(_hnsw(layout) / "data_level0.bin"), id="empty vectors"),
        pytest.param(lambda layout: _cut(_hnsw(layout) / "data_level0.bin"), id="short vectors"),
        pytest.param(lambda layout: _cut(_hnsw(layout) / "header.bin"), id="short header"),
        pytest.param(lambda layout: _empty(_hnsw(layout) / "index_metadata.pickle"), id="empty ids"),
        pytest.param(lambda layout: (_hnsw(layout) / "link_lists.bin").unlink(), id="no links"),
        pytest.param(lambda layout: shutil.rmtree(layout.data(1).lexical), id="no words"),
        pytest.param(lambda layout: _empty(layout.data(1).lexical / "meta.json"), id="empty words"),
        pytest.param(lambda layout: _edit(layout, papers=5), id="wrong count"),
    ],
)
def test_damage_is_seen_at_open(layout: Layout, large: Path, damage: object) -> None:
    shutil.copytree(large, layout.root)
    damage(layout)  # type: ignore[operator]
    with pytest.raises(IndexDamagedError) as caught:
        PaperIndex(layout, FakeEmbedder(), create=True)
    assert str(layout.root) in str(caught.value)
    assert caught.value.hint


def test_a_damaged_index_has_a_status(layout: Layout, index: PaperIndex) -> None:
    index.add([paper(1)])
    index.close()
    _edit(layout, embedder="another")
    with Assistant.open(layout.root) as assistant:
        status = assistant.status()
        assert (status.sound, status.papers, status.embedder) == (False, 1, "another")
        assert status.problem


def _run(program: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


SLOW_IMPORT = """
    import sys, time
    from pathlib import Path
    from assistant import Paper
    from assistant.index.layout import Layout
    from assistant.index.store import PaperIndex
    from assistant.models.embedder import FakeEmbedder, MiniLM

    class Slow(FakeEmbedder):
        def embed(self, texts):
            time.sleep(0.05)
            return super().embed(texts)

    index = PaperIndex(Layout(Path(sys.argv[1])), Slow(dimension=1024), create=True)
    index.add(
        (Paper(f"p{n}", f"On subject{n}") for n in range(5000)),
        lambda progress: print(progress.done, flush=True),
    )
"""


@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGINT])
def test_an_import_that_is_cut_off_keeps_what_was_committed(layout: Layout, kind: signal.Signals) -> None:
    process = _run(SLOW_IMPORT, str(layout.root))
    assert process.stdout is not None
    while (done := int(process.stdout.readline())) < 900:
        pass
    time.sleep(0.02)
    process.send_signal(kind)
    process.communicate(timeout=30)
    index = PaperIndex(layout, FakeEmbedder(dimension=1024))
    assert len(index) >= done // 256 * 256
    assert index.manifest.state == "clean"
    assert index.matching(f"subject{done // 2}", 1)[0][0] == f"p{done // 2}"
    report = index.add(Paper(f"p{number}", f"On subject{number}") for number in range(5000))
    assert report.unchanged >= done // 256 * 256
    assert len(index) == 5000
    whole = index.manifest
    index.close()
    again = PaperIndex(Layout(layout.root.with_name("whole")), FakeEmbedder(dimension=1024), create=True)
    again.add(Paper(f"p{number}", f"On subject{number}") for number in range(5000))
    assert again.manifest == whole
    again.close()


def test_a_full_disk_is_one_clear_error_and_loses_nothing(layout: Layout, index: PaperIndex) -> None:
    index.add([paper(number) for number in range(300)])
    index.close()
    program = """
        import resource, signal, sys
        from pathlib import Path
        from assistant import Paper
        from assistant.errors import IndexWriteError
        from assistant.index.layout import Layout
        from assistant.index.store import PaperIndex
        from assistant.models.embedder import FakeEmbedder, MiniLM

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        index = PaperIndex(Layout(Path(sys.argv[1])), FakeEmbedder())
        size = (Path(sys.argv[1]) / "data-1" / "chroma" / "chroma.sqlite3").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        try:
            index.add(Paper(f"q{n}", f"On matter{n}", "word " * 500) for n in range(3000))
        except IndexWriteError as error:
            print(error)
    """
    process = _run(program, str(layout.root))
    out, err = process.communicate(timeout=60)
    assert "cannot be written" in out, err
    reopened = PaperIndex(layout, FakeEmbedder())
    assert len(reopened) >= 300
    assert reopened.papers(["p7"]) == [paper(7)]
    reopened.close()


def test_a_file_in_the_way_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file")
    with pytest.raises(IndexWriteError, match="cannot be written"):
        PaperIndex(Layout(tmp_path / "index" / "deeper"), FakeEmbedder(), create=True)
    with pytest.raises(IndexNotFoundError, match="is a file"):
        PaperIndex(Layout(tmp_path / "index"), FakeEmbedder(), create=True)


def test_a_closed_library_takes_no_memory_and_no_thread(sample_index: Path, tmp_path: Path) -> None:
    path = shutil.copytree(sample_index, tmp_path / "index")

    def left() -> tuple[int, int]:
        return sum(type(it) is MiniLM for it in gc.get_objects()), len(
            list(Path("/proc/self/task").iterdir())
        )

    def use() -> None:
        with Assistant.open(path) as assistant:
            some = Filters(topic=assistant.topics().topics[0].name)
            assistant.ask("How is memory used by agents?", filters=some)
            assistant.add([paper(1)])
            assistant.remove(["p1"])

    use()
    gc.collect()
    gc.disable()  # It comes by when it likes, and an embedder is large.
    try:
        before = left()
        for _ in range(3):
            use()
        ends = time.monotonic() + 10
        while left() > before and time.monotonic() < ends:
            time.sleep(0.1)  # tantivy's thread that watches the folder asks twice a second if it may end
        assert left() <= before
    finally:
        gc.enable()


def test_what_passed_unchanged_makes_no_batch_larger(index: PaperIndex) -> None:
    index.add(map(paper, range(3000)))
    assert isinstance(index._embedder, FakeEmbedder)
    index._embedder.calls.clear()
    index.add(map(paper, range(3300)))
    assert sum(map(len, index._embedder.calls)) == 300
    assert max(map(len, index._embedder.calls)) <= 256


def test_a_closed_index_says_so(index: PaperIndex) -> None:
    index.close()
    with pytest.raises(IndexNotFoundError, match="closed"):
        index.add([paper(1)])
