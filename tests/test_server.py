"""Libraries on a Chroma server: a real one, with several processes, and with all that goes wrong with it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from assistant import Assistant, Filters, Paper, Settings
from assistant.errors import (
    IndexDamagedError,
    IndexLockedError,
    IndexMismatchError,
    IndexNotFoundError,
    IndexServerError,
    SettingsError,
)
from assistant.index.layout import Layout
from assistant.index.place import Place, place_of
from assistant.index.server import ChromaServer
from assistant.index.store import PaperIndex
from assistant.models.embedder import FakeEmbedder
from assistant.models.ports import Vectors

from .chroma_server import Chroma, Proxy
from .test_cli import as_json, run
from .test_library import PAPERS

ROOT = Path(__file__).resolve().parent.parent
NUMBERS = count(1)
Opening = Callable[..., PaperIndex]


class Counting(FakeEmbedder):
    """Counts the texts that it is given."""

    texts = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += len(texts)
        return super().embed(texts)


def settings(url: str, folder: Path, **more: object) -> Settings:
    quick = {"max_retries": 1, "max_retry_wait": 0.1, "connect_timeout": 2.0, "read_timeout": 20.0}
    return Settings.load(**{"chroma_url": url, "index": folder, **quick, **more})


@pytest.fixture
def opening(chroma: Chroma, tmp_path: Path) -> Iterator[Opening]:
    """Opens the test's own library from a folder of this name, as another machine would."""
    opened: list[PaperIndex] = []
    places: list[Place] = []
    name = f"test-{next(NUMBERS)}"

    def open_(
        machine: str = "one", embedder: FakeEmbedder | None = None, *, create: bool = True, url: str = ""
    ) -> PaperIndex:
        place = place_of(settings(url or chroma.url, tmp_path / machine / name))
        places.append(place)
        index = place.open(lambda: embedder or FakeEmbedder(), create=create)
        opened.append(index)
        return index

    yield open_
    for index in opened:
        index.close()
    for place in places:
        place.close()


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers look at the journal each time."""
    monkeypatch.setattr("assistant.index.mirror._FRESH", 0.0)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer counts as dead at once."""
    monkeypatch.setattr("assistant.index.library._LEASE", 0.0)


def state(index: PaperIndex) -> tuple[int, int, str]:
    return index.manifest.papers, index.manifest.sentences, index.manifest.content


def whole(tmp_path: Path, papers: Sequence[Paper]) -> tuple[int, int, str]:
    """The state of a local index of these papers."""
    index = PaperIndex(Layout(tmp_path / "whole"), FakeEmbedder(), create=True)
    index.add(papers)
    index.close()
    return state(index)


def consistent(index: PaperIndex, papers: Sequence[Paper]) -> None:
    """Vectors, records and words all hold exactly these papers."""
    ids = {paper.id for paper in papers}
    # The graph of vectors is approximate: of so many neighbours it may pass one over.
    assert {found for found, _ in index.nearest(FakeEmbedder().embed_query("x"), len(ids) + 10)} <= ids
    assert index.vectors(sorted(ids)).keys() == ids
    assert {paper.id for paper in index.all()} == ids
    assert index.papers([paper.id for paper in papers]) == list(papers)
    assert len(index) == len(ids)


@pytest.mark.parametrize(
    "filters", [Filters(), Filters(since=2010), Filters(author="name3"), Filters(venue="x")]
)
def test_a_server_answers_as_a_folder_does(opening: Opening, tmp_path: Path, filters: Filters) -> None:
    here = PaperIndex(Layout(tmp_path / "here"), FakeEmbedder(), create=True)
    there = opening()
    assert there.add(PAPERS) == here.add(PAPERS)
    assert state(there) == state(here)
    vector = FakeEmbedder().embed_query("On subject17")
    for index in (there, opening("two", create=False)):
        scores = dict(here.nearest(vector, 400, filters))
        # Either graph of vectors is approximate: of so many neighbours it may pass one or two over.
        nearest = dict(index.nearest(vector, 400, filters))
        assert len(nearest.keys() ^ scores.keys()) <= 4
        both = nearest.keys() & scores.keys()
        assert {i: nearest[i] for i in both} == pytest.approx({i: scores[i] for i in both}, abs=1e-5)
        assert index.similarities(vector, list(scores)) == pytest.approx(scores, abs=1e-5)
        matching = dict(here.matching("subject5 depth", 400, filters))
        assert dict(index.matching("subject5 depth", 400, filters)) == pytest.approx(matching)
        assert sorted(p.id for p in index.all(filters)) == sorted(p.id for p in here.all(filters))
    here.close()


def test_adding_again_embeds_what_is_new(opening: Opening, tmp_path: Path) -> None:
    embedder = Counting()
    index = opening(embedder=embedder)
    index.add(PAPERS[:300])
    changed = replace(PAPERS[3], abstract="Something else.", sentences=())
    embedder.texts = 0
    report = index.add([changed, *PAPERS[10:310]])
    assert (report.added, report.updated, report.unchanged, embedder.texts) == (10, 1, 290 + 0, 11)
    expected = [changed if p.id == "p3" else p for p in PAPERS[:310]]
    consistent(index, expected)
    consistent(opening("two", create=False), expected)
    assert state(opening("three", create=False)) == whole(tmp_path, expected)


@pytest.mark.usefixtures("fresh")
def test_a_removed_paper_is_gone_for_all(opening: Opening) -> None:
    index, reader = opening(), opening("two")
    index.add(PAPERS[:50])
    consistent(reader, PAPERS[:50])
    assert index.remove(["p7", "nothing", "p8", "p7"]) == [PAPERS[7], PAPERS[8]]
    left = [p for p in PAPERS[:50] if p.id not in {"p7", "p8"}]
    consistent(index, left)
    consistent(reader, left)
    index.add(PAPERS[7:9])
    consistent(reader, [*left[:7], *PAPERS[7:9], *left[7:]])


@pytest.mark.usefixtures("fresh")
def test_papers_that_turn_out_to_be_one_are_one_for_all(opening: Opening) -> None:
    index, reader = opening(), opening("two")
    article = Paper("doi:10.1234/x", "Of layers", "They are many.", doi="10.1234/x")
    preprint = Paper("arxiv:2101.00001", "Of graphs", arxiv_id="2101.00001")
    index.add([article, preprint])
    assert {paper.id for paper in reader.all()} == {article.id, preprint.id}
    index.add([replace(article, title="Of both", abstract="", arxiv_id=preprint.arxiv_id)])
    for each in (index, reader):
        [kept] = each.all()
        assert (kept.id, kept.arxiv_id) == (article.id, preprint.arxiv_id)
    assert [paper.id for paper in opening("three", create=False).all()] == [article.id]


def test_a_reader_fetches_what_changed(opening: Opening, chroma: Chroma) -> None:
    index = opening()
    index.add(PAPERS)
    with Proxy(chroma.port) as proxy:
        opening("two", url=proxy.url).close()
        first = {found for seen in proxy.seen for found in seen.ids}
        assert len(first & {p.id for p in PAPERS}) == 400
        index.add([replace(PAPERS[3], abstract="New.", sentences=()), replace(PAPERS[4], year=1950)])
        index.remove(["p5"])
        proxy.seen.clear()
        again = opening("two", url=proxy.url)
        fetched = [found for seen in proxy.seen for found in seen.ids if found.startswith("p")]
        assert {"p3", "p4"} <= set(fetched)
        assert len(fetched) < 10  # and the few that the health check looks at
        assert len(proxy.seen) < 25
    assert state(again) == state(index)


READER = """
import sys, time
from pathlib import Path
import assistant.index.mirror as mirror
from assistant.index.place import Place, place_of
from assistant.models.embedder import FakeEmbedder
from tests.test_server import settings
from tests.test_library import PAPERS

mirror._FRESH = 0.05
folder, url, seconds = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
index = place_of(settings(url, folder)).open(FakeEmbedder, create=False)
known, seen, asked = {p.id: p for p in PAPERS}, [], 0
print("ready", flush=True)
until = time.monotonic() + seconds
while time.monotonic() < until and (not seen or seen[-1] < len(PAPERS)):
    found = dict(index.nearest(FakeEmbedder().embed_query(f"On subject{asked % 400}"), 30))
    ids = [id_ for id_, _ in index.matching(f"subject{asked % 400} depth", 30)]
    for paper in index.papers(dict.fromkeys([*found, *ids])):
        assert paper == known[paper.id], paper
    assert set(index.similarities(FakeEmbedder().embed_query("x"), ids)) == set(ids)
    seen.append(sum(1 for _ in index.all()))
    asked += 1
assert seen == sorted(seen), seen
print(seen[0], seen[-1], asked)
"""


def _python(program: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.slow
def test_processes_read_while_one_writes(chroma: Chroma, tmp_path: Path, opening: Opening) -> None:
    index = opening()
    index.add(PAPERS[:20])
    name = index._library.name  # type: ignore[attr-defined]
    folders = [tmp_path / "shared" / name, tmp_path / "shared" / name, tmp_path / "own" / name]
    readers = [_python(READER, folder, chroma.url, 60) for folder in folders]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"

    def slowly() -> Iterator[Paper]:
        for number, paper in enumerate(PAPERS):
            if number % 60 == 0:
                time.sleep(0.3)
            yield paper

    index.add(slowly())
    for reader in readers:
        out, err = reader.communicate(timeout=90)
        assert reader.returncode == 0, err
        first, last, asked = map(int, out.split())
        assert (last, asked > 5) == (400, True), out
        assert first >= 20
    consistent(index, PAPERS)


DYING = """
import os, signal, sys
from pathlib import Path
from assistant.index.library import Library
from assistant.index.place import Place, place_of
from assistant.models.embedder import FakeEmbedder
from tests.test_server import settings
from tests.test_library import PAPERS

index = place_of(settings(sys.argv[2], Path(sys.argv[1]))).open(FakeEmbedder, create=True)
index.add(PAPERS[:10])
moment, calls = sys.argv[3], 0
from assistant.index.vectors import VectorStore
from assistant.index.words import WordStore
owner = {"claim": Library, "close": Library, "upsert": VectorStore, "write": WordStore}[moment]
real = getattr(owner, moment)

def dies(*arguments, **named):
    global calls
    calls += 1
    if calls == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments, **named)

setattr(owner, moment, dies)
index.add(PAPERS)
"""


@pytest.mark.parametrize("moment", ["claim", "upsert", "write", "close"])
def test_a_writer_killed_at_any_step_leaves_nothing_wrong(
    chroma: Chroma,
    tmp_path: Path,
    opening: Opening,
    moment: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = opening("two")._library.name  # type: ignore[attr-defined]
    dying = _python(DYING, tmp_path / "one" / name, chroma.url, moment)
    _, err = dying.communicate(timeout=60)
    assert dying.returncode == -signal.SIGKILL, err
    reader = opening("three")
    found = list(reader.all())
    assert len(found) >= 16
    consistent(reader, [p for p in PAPERS if p.id in {f.id for f in found}])
    with pytest.raises(IndexLockedError, match=f"process {dying.pid} on "):
        reader.add(PAPERS)  # from elsewhere it cannot be known that it is dead
    again = opening("one")  # in its own folder it can
    again.add(PAPERS[:100])
    monkeypatch.setattr("assistant.index.library._LEASE", 0.0)
    reader.add(PAPERS)
    expected = whole(tmp_path, PAPERS)
    for index in (reader, opening("one"), opening("four")):
        assert state(index) == expected
        consistent(index, PAPERS)


def test_a_second_writer_waits_its_turn(opening: Opening) -> None:
    one, two = opening(), opening("two")
    refused: list[str] = []

    def rows() -> Iterator[Paper]:
        for number, paper in enumerate(PAPERS):
            if number == 300:
                with pytest.raises(IndexLockedError) as caught:
                    two.add(PAPERS[:5])
                refused.append(str(caught.value))
            yield paper

    one.add(rows())
    assert f"process {os.getpid()} on {socket.gethostname()}" in refused[0]
    assert two.add(PAPERS[:5]).unchanged == 5
    two.remove(["p0"])
    assert one.add(PAPERS[:5]).added == 1
    consistent(opening("three"), PAPERS)


@pytest.mark.usefixtures("impatient")
def test_two_writers_lose_nothing(opening: Opening, tmp_path: Path) -> None:
    one, two = opening(), opening("two")

    def rows() -> Iterator[Paper]:
        for number, paper in enumerate(PAPERS[:390]):
            while number == 350 and not two.papers(["p399"]):
                with suppress(IndexLockedError):  # the first one is in the middle of a commit
                    two.add(PAPERS[390:])
            yield paper

    with pytest.raises(IndexLockedError, match="run the same again"):
        one.add(rows())
    found = {paper.id for paper in opening("three").all()}
    assert {p.id for p in PAPERS[390:]} <= found
    assert len(found) >= 74
    one.add(PAPERS[:390])
    for index in (one, opening("four")):
        consistent(index, PAPERS)
        assert state(index) == whole(tmp_path / index._layout.root.name, PAPERS)


@pytest.mark.usefixtures("fresh", "impatient")
def test_a_writer_taken_for_dead_announces_what_it_wrote(
    opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.index.vectors import VectorStore

    one, two, reader = opening(), opening("two"), opening("three")
    one.add(PAPERS[:5])
    real = VectorStore.upsert
    woken: list[bool] = []

    def sleepy(*arguments: object) -> None:
        if not woken:
            woken.append(True)
            two.add(PAPERS[100:105])  # meanwhile another takes its turn, and the reader follows
            assert len(list(reader.all())) == 10
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(VectorStore, "upsert", sleepy)
    with pytest.raises(IndexLockedError):
        one.add(PAPERS[:16])
    for index in (one, two, reader):
        consistent(index, [*PAPERS[:16], *PAPERS[100:105]])


def test_one_folder_one_writer(opening: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.index.shared.PATIENCE", 0.1)
    one, two = opening(), opening()
    one.add(PAPERS[:5])

    def rows() -> Iterator[Paper]:
        yield from PAPERS[:5]
        with pytest.raises(IndexLockedError, match="which has it open already"):
            two.add(PAPERS[:7])
        assert {p.id for p in opening().all()} == {p.id for p in PAPERS[:5]}
        yield PAPERS[5]

    one.add(rows())
    assert two.add(PAPERS[:7]).added == 1


# -- rebuilding ------------------------------------------------------------------------------------


@contextmanager
def client_of(chroma: Chroma) -> Iterator[ChromaServer]:
    """The server as another program sees it."""
    client = ChromaServer(settings(chroma.url, Path("any")))
    try:
        yield client
    finally:
        client.close()


def _collections(chroma: Chroma, name: str) -> list[str]:
    with client_of(chroma) as client:
        return [found for found in client.names("paper-assistant") if f".{name}" in f"{found}."]


@pytest.mark.usefixtures("fresh")
def test_rebuilding_for_another_embedder(opening: Opening, chroma: Chroma, tmp_path: Path) -> None:
    index, reader = opening(), opening("two")
    index.add(PAPERS)
    name = index._library.name  # type: ignore[attr-defined]
    before = _collections(chroma, name)
    index.close()
    other = Counting(dimension=48)
    place = place_of(settings(chroma.url, tmp_path / "one" / name))
    with pytest.raises(IndexMismatchError, match=r"\(64 dimensions\).*rebuild"):
        place.open(lambda: other, create=True)
    assert other.texts == 0
    assert place.rebuild(other, None) == 400
    assert other.texts == 400
    place.close()
    with pytest.raises(IndexMismatchError):
        reader.nearest(FakeEmbedder().embed_query("x"), 5)
    after = _collections(chroma, name)
    assert (len(before), len(after), len({*before, *after})) == (2, 2, 3)
    for machine in ("one", "two"):
        assert {p.id for p in opening(machine, other, create=False).all()} == {p.id for p in PAPERS}


def test_rebuilding_keeps_vectors_and_readers(opening: Opening, chroma: Chroma, tmp_path: Path) -> None:
    index, reader = opening(), opening("two")
    index.add(PAPERS)
    before = dict(reader.nearest(FakeEmbedder().embed_query("On subject17"), 400))
    index.close()
    same = Counting()
    place = place_of(settings(chroma.url, index._layout.root.parent.parent))
    assert place.rebuild(same, None) == 400
    place.close()
    assert same.texts == 0
    # The reader has not looked at the journal, and its collection is gone.
    found = dict(reader.nearest(FakeEmbedder().embed_query("On subject17"), 400))
    both = before.keys() & found.keys()
    assert len(both) > 390  # the server's search is approximate: once in a while it misses one of all
    assert [found[it] for it in both] == pytest.approx([before[it] for it in both], abs=1e-5)
    consistent(reader, PAPERS)
    consistent(opening("one"), PAPERS)
    assert not list(tmp_path.glob("*/*/servers/*/rebuild"))


def test_a_rebuild_cut_off_leaves_the_old_library(opening: Opening, chroma: Chroma) -> None:
    index = opening()
    index.add(PAPERS[:200])
    index.close()
    folder = index._layout.root.parent.parent
    before = _collections(chroma, folder.name)

    class Breaking(FakeEmbedder):
        def embed(self, texts: Sequence[str]) -> Vectors:
            raise KeyboardInterrupt(len(texts))

    place = place_of(settings(chroma.url, folder))
    with pytest.raises(KeyboardInterrupt):
        place.rebuild(Breaking(dimension=32), None)
    consistent(opening("two"), PAPERS[:200])
    assert place.rebuild(FakeEmbedder(), None) == 200  # and clears up
    place.close()
    assert len(_collections(chroma, folder.name)) == len(before)
    consistent(opening("two"), PAPERS[:200])


# -- what goes wrong -------------------------------------------------------------------------------


def test_a_server_killed_in_the_middle_of_an_import(tmp_path: Path) -> None:
    server = Chroma(tmp_path / "chroma")
    server.start()
    try:
        place = place_of(settings(server.url, tmp_path / "lib"))
        index = place.open(FakeEmbedder, create=True)

        def rows() -> Iterator[Paper]:
            yield from PAPERS[:350]
            deadline = time.monotonic() + 30
            while len(index) < 80 and time.monotonic() < deadline:  # the first two commits
                time.sleep(0.01)
            server.kill()
            yield from PAPERS[350:]

        with pytest.raises(IndexServerError, match=rf"{server.url} cannot be reached.*goes on"):
            index.add(rows())
        with pytest.raises(IndexServerError):
            index.add(PAPERS)
        server.start()
        report = index.add(PAPERS)
        assert report.added + report.unchanged == 400
        assert report.unchanged >= 80
        consistent(index, PAPERS)
        assert state(index) == whole(tmp_path, PAPERS)
        index.close()
        place.close()
    finally:
        server.kill()


def test_transient_failures_are_retried(opening: Opening, chroma: Chroma) -> None:
    failing = [2]

    def spoil(_method: str, path: str) -> tuple[int, str, bytes] | None:
        if path.endswith("/upsert") and failing[0]:
            failing[0] -= 1
            return 503, "text/plain", b"busy"
        return None

    with Proxy(chroma.port, spoil=spoil) as proxy:
        index = opening(url=proxy.url)
        failing[0] = 1
        assert index.add(PAPERS[:5]).added == 5
        failing[0] = 2
        with pytest.raises(IndexServerError, match=r"failed \(503\).*What is stored is kept"):
            index.add(PAPERS[:10])
        assert index.add(PAPERS[:10]).added == 5
        consistent(index, PAPERS[:10])


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ((404, "text/html", b"<html>"), "no Chroma server of version 1"),
        ((200, "text/html", b"<html>"), "no Chroma server of version 1"),
        ((405, "text/plain", b""), "no Chroma server of version 1"),
        ((500, "application/json", b'{"error": "InternalError", "message": "disk\\nfull"}'), "disk full"),
        ((400, "application/json", b'{"error": "QuotaError", "message": "too many"}'), r"\(400\): too many"),
        (
            (429, "application/json", b'{"error": "RateLimitError", "message": "slow"}'),
            r"failed \(429\): slow",
        ),
        ((200, "application/json", b"{"), "no Chroma server of version 1"),
        ((200, "application/json", b"[]"), "no Chroma server of version 1"),
    ],
)
def test_what_is_no_chroma_server_is_an_error_of_ours(
    tmp_path: Path, reply: tuple[int, str, bytes], says: str
) -> None:
    with Proxy(0, spoil=lambda _method, _path: reply) as proxy:
        place = place_of(settings(proxy.url, tmp_path / "lib"))
        with pytest.raises(IndexServerError, match=says) as caught:
            place.open(FakeEmbedder, create=True)
        place.close()
        assert proxy.url in str(caught.value)


def test_a_server_that_is_down_or_silent(tmp_path: Path) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        down = run("status", env={"ASSISTANT_CHROMA_URL": url, "ASSISTANT_MAX_RETRY_WAIT": "0.1"})
        assert (down.exit_code, down.stdout) == (1, "")
        assert f"{url} cannot be reached. See whether it runs" in " ".join(down.stderr.split())
        listening.listen()
        place = place_of(settings(url, tmp_path / "lib", read_timeout=0.3))
        start = time.monotonic()
        with pytest.raises(IndexServerError, match=r"did not answer within 0\.3 seconds"):
            place.exists()
        assert time.monotonic() - start < 10
        place.close()


@pytest.mark.parametrize(
    ("setting", "sent"), [(None, "Bearer s3cret-token"), ("X-Chroma-Token", "s3cret-token")]
)
def test_a_token(
    chroma: Chroma,
    tmp_path: Path,
    setting: str | None,
    sent: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    monkeypatch.chdir(tmp_path)
    name = (setting or "Authorization").lower()
    Path("papers.jsonl").write_text(json.dumps({"title": "On graphs", "abstract": "Graphs are nice."}) + "\n")
    with Proxy(chroma.port, header=(name, sent)) as proxy:
        env = {"ASSISTANT_CHROMA_URL": proxy.url, "ASSISTANT_CHROMA_TOKEN": "s3cret-token"}
        if setting:
            env["ASSISTANT_CHROMA_HEADER"] = setting
        library = ("--library", f"token-{len(sent)}")
        added = run("add", "papers.jsonl", *library, env=env)
        assert added.exit_code == 0, added.stderr
        assert f"token-{len(sent)} on {proxy.url}" in run("status", *library, env=env).stdout
        said = run("doctor", *library, env=env)
        assert f"server    Chroma with API 1.0.0 at {proxy.url}." in said.stdout
        wrong = {**env, "ASSISTANT_CHROMA_TOKEN": "an0ther"}
        outputs = [
            run(*command, *library, env=wrong)
            for command in (["status"], ["add", "papers.jsonl"], ["doctor"], ["rebuild"], ["ask", "graphs"])
        ]
        for output in outputs:
            assert output.exit_code == 1
            text = " ".join((output.stdout + output.stderr).split())
            assert "refused the token (401). Set ASSISTANT_CHROMA_TOKEN" in text
            assert "an0ther" not in text
        without = run("status", *library, env={"ASSISTANT_CHROMA_URL": proxy.url})
        assert "wants a token (401)" in without.stderr
    assert "s3cret-token" not in caplog.text + added.stdout + added.stderr + said.stdout
    assert "an0ther" not in caplog.text


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"chroma_url": "127.0.0.1:8000"}, "ASSISTANT_CHROMA_URL is not an http"),
        ({"chroma_url": "http://me:s3cret@x.org"}, "holds credentials"),
        ({"chroma_url": "http://x.org/?a=s3cret"}, "holds more than an address"),
        ({"chroma_token": "s3cret\n"}, "ASSISTANT_CHROMA_TOKEN holds characters"),
        ({"chroma_header": "a: s3cret"}, "ASSISTANT_CHROMA_HEADER"),
        ({"chroma_tenant": "a/s3cret"}, "ASSISTANT_CHROMA_TENANT"),
    ],
)
def test_settings_that_cannot_be_used(given: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError, match=says) as caught:
        Settings.load(**given)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("name", ["büro", "a b", "x_", "a" * 65])
def test_a_name_that_no_collection_can_have(name: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be the name of a library on a Chroma server"):
        Assistant.open(settings=settings("http://127.0.0.1:1", tmp_path / name))


def test_what_is_not_there(chroma: Chroma, tmp_path: Path, opening: Opening) -> None:
    with pytest.raises(IndexNotFoundError, match=rf"no index in test-\d+ on {chroma.url} yet"):
        opening(create=False)
    place = place_of(settings(chroma.url, tmp_path / "lib", chroma_database="nowhere"))
    with pytest.raises(IndexServerError, match="no database 'nowhere'"):
        place.open(FakeEmbedder, create=True)
    place.close()
    with client_of(chroma) as client:
        client.make("paper-assistant.foreign", {"by": "others"}, {})
    place = place_of(settings(chroma.url, tmp_path / "foreign"))
    with pytest.raises(IndexDamagedError, match="is not one of paper-assistant"):
        place.open(FakeEmbedder, create=True)
    place.close()


@pytest.mark.parametrize("damage", ["manifest", "words", "half"])
def test_a_damaged_copy_is_made_anew(opening: Opening, damage: str) -> None:
    index = opening()
    index.add(PAPERS[:50])
    root = index._layout.root
    index.close()
    manifest = json.loads((root / "manifest.json").read_text())
    if damage == "manifest":
        (root / "manifest.json").write_text("{")
    elif damage == "words":
        for file in root.glob("data-*/lexical/*"):
            file.write_bytes(b"")
    else:
        (root / "manifest.json").write_text(json.dumps({**manifest, "state": "writing", "papers": 7}))
    again = opening()
    consistent(again, PAPERS[:50])
    assert state(again) == state(index)


def test_what_another_program_wrote_is_found(opening: Opening, chroma: Chroma) -> None:
    index = opening()
    index.add(PAPERS[:50])
    [name] = [n for n in _collections(chroma, index._library.name) if "papers." in n]  # type: ignore[attr-defined]
    with client_of(chroma) as client:
        papers = client.find(name)
        assert papers is not None
        papers.delete(ids=["p1", "p2"])
    consistent(opening("one"), [PAPERS[0], *PAPERS[3:50]])


@pytest.mark.usefixtures("fresh")
def test_a_server_set_back_to_a_backup(opening: Opening, chroma: Chroma) -> None:
    index, reader = opening(), opening("two")
    index.add(PAPERS[:16])
    index.add(PAPERS[16:26])
    consistent(reader, PAPERS[:26])
    with client_of(chroma) as client:
        papers, head = map(client.find, _collections(chroma, index._library.name))  # type: ignore[attr-defined]
        assert head is not None
        assert papers is not None
        head.delete(ids=["000000000002"])
        papers.delete(ids=[paper.id for paper in PAPERS[16:26]])
    consistent(reader, PAPERS[:16])
    # Another entry has the number of the one that is lost.
    assert opening("three").add([*PAPERS[:16], *PAPERS[30:35]]).added == 5
    for each in (index, reader, opening("four")):
        consistent(each, [*PAPERS[:16], *PAPERS[30:35]])
    assert index.add([*PAPERS[:26], *PAPERS[30:35]]).added == 10


def test_the_whole_program(chroma: Chroma, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    env = {"ASSISTANT_CHROMA_URL": chroma.url}
    rows = [
        {
            "id": f"x{n}",
            "title": f"On kind {n} of graphs",
            "year": 2000 + n,
            "abstract": f"Kind {n} is a graph.",
        }
        for n in range(5)
    ]
    Path("papers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert as_json("add", "papers.jsonl", "--library", "graphs", env=env)["added"] == 5
    monkeypatch.chdir(tmp_path.parent)  # another machine: nothing on this disk
    found = as_json("search", "graphs", "--since", 2003, "--library", "graphs", env=env)
    assert {hit["id"] for hit in found["hits"]} == {"x3", "x4"}
    answer = as_json("ask", "What is kind 3?", "--library", "graphs", env=env)
    assert answer["citations"][0]["id"] == "x3"
    status = run("status", "--library", "graphs", env=env).stdout
    assert f"graphs on {chroma.url}" in status
    assert "graphs" in status.splitlines()[-1]
    assert len(as_json("list", "--library", "graphs", env=env)["papers"]) == 5
    assert run("remove", "x0", "--library", "graphs", env=env).exit_code == 0
    assert as_json("rebuild", "--library", "graphs", env=env) == {"papers": 4}
    exported = run("export", "jsonl", "--library", "graphs", env=env).stdout.splitlines()
    assert {json.loads(line)["id"] for line in exported} == {"x1", "x2", "x3", "x4"}
    assert not Path("index_store/graphs/manifest.json").exists()
