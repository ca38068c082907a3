"""A disk that is full or read-only: a small one, mounted in a process that has mounts of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from .conftest import need

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "What causes over-squashing?"


@cache
def _own_mounts() -> tuple[str, ...]:
    """The command that runs another one with mounts of its own; empty where that is not allowed."""
    tried: tuple[tuple[str, ...], ...] = (("unshare", "-m"), ("unshare", "-Urm"))
    for command in tried if shutil.which("unshare") else ():
        mount = [*command, "mount", "-t", "tmpfs", "none", "/mnt"]
        if subprocess.run(mount, capture_output=True, check=False).returncode == 0:
            return command
    return ()


def apart(*command: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command with mounts of its own."""
    need(_own_mounts(), "the right to mount")
    return subprocess.run(
        [*_own_mounts(), *command],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        timeout=280,
    )


FULL = """
import json, subprocess, sys
from contextlib import suppress
from pathlib import Path
from assistant import Paper
from assistant.errors import IndexWriteError
from assistant.index.layout import Layout
from assistant.index.opening import open_index
from assistant.index.rebuild import rebuild
from assistant.index.store import PaperIndex
from assistant.index.vectors import VectorStore
from assistant.index.words import WordStore
from assistant.models.embedder import FakeEmbedder

disk, moment = Path(sys.argv[1]), sys.argv[2]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=9m", "none", disk], check=True)
layout, ballast = Layout(disk / "index"), disk / "ballast"
papers = [Paper(f"p{n}", f"On subject{n}", f"word{n} " * 150) for n in range(1500)]

def fill():
    with suppress(OSError), ballast.open("ab", buffering=0) as file:
        while True:
            file.write(bytes(4096))

def full_after(owner, name, calls):
    original, left = getattr(owner, name), [calls]
    def wrapped(*arguments, **named):
        result = original(*arguments, **named)
        left[0] -= 1
        if left[0] == 0:
            fill()
        return result
    setattr(owner, name, wrapped)

told = [0]
def tell(progress):
    told.append(progress.done)

index = open_index(layout, FakeEmbedder(256), create=True)
if moment in ("removal", "rebuild"):
    index.add(papers[:600], tell)
if moment == "rebuild":
    index.close()
if moment != "growth":
    full_after(*{
        "first commit": (VectorStore, "upsert", 1),
        "words": (VectorStore, "upsert", 3),
        "manifest": (WordStore, "write", 3),
        "removal": (VectorStore, "delete", 1),
        "rebuild": (VectorStore, "upsert", 2),
    }[moment])
try:
    if moment == "removal":
        index.remove([f"p{n}" for n in range(100)])
    elif moment == "rebuild":
        rebuild(layout, FakeEmbedder(256))
    else:
        index.add(papers, tell)
    error = ""
except IndexWriteError as refused:
    error = str(refused)
if len(sys.argv) > 3:  # the same process goes on
    subprocess.run(["mount", "-o", "remount,size=200m", disk], check=True)
else:
    index.close()
    subprocess.run(["mount", "-o", "remount,size=200m", disk], check=True)
    index = open_index(layout, FakeEmbedder(256), create=True)
found = len(index)
if moment == "removal":
    index.remove([f"p{n}" for n in range(100)])
index.add(papers)
if moment == "removal":
    index.add(papers[:100])
index.close()
again = open_index(layout, FakeEmbedder(256))
stored = {paper.id for paper in again.all()}
print(json.dumps({
    "error": error, "told": max(told), "found": found, "stored": len(stored), "manifest": len(again),
    "content": again.manifest.content, "state": again.manifest.state,
    "nearest": again.nearest(FakeEmbedder(256).embed_query(papers[9].text), 1)[0][1],
}))
again.close()
"""


MOMENTS = ["growth", "first commit", "words", "manifest", "removal"]


@pytest.mark.parametrize(
    ("moment", "on"),
    [*((moment, ()) for moment in [*MOMENTS, "rebuild"]), *((moment, ("on",)) for moment in MOMENTS)],
    ids=[*(f"{moment}, then a restart" for moment in [*MOMENTS, "rebuild"]), *MOMENTS],
)
def test_a_full_disk_is_one_sentence_and_the_next_add_goes_on(
    tmp_path: Path, moment: str, on: tuple[str, ...]
) -> None:
    done = apart(sys.executable, "-c", FULL, str(tmp_path), moment, *on)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert "cannot be written" in found["error"]
    assert found["error"].count("\n") == 0
    if moment == "removal":
        assert found["found"] in (500, 600)
    else:
        assert found["found"] >= found["told"]
    assert (found["stored"], found["manifest"], found["state"]) == (1500, 1500, "clean")
    assert found["nearest"] == pytest.approx(1.0, abs=1e-3)


SMALL = """
import json, os, subprocess, sys
from contextlib import suppress
from pathlib import Path
from assistant import Assistant, Settings, save_summary
from assistant.answering.cache import Cache
from assistant.cli import app
from assistant.errors import AssistantError
from typer.testing import CliRunner

index, disk = Path(sys.argv[1]), Path(sys.argv[2])
with Assistant.open(settings=Settings.load(index=index)) as assistant:
    assistant.topics()
    summary = assistant.summarize("speculative decoding")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", disk], check=True)
    names = [f"out{ending}" for ending in (".md", ".html", ".json", ".csv", ".xlsx", ".tex", ".bib", ".ris")]
    exports = {"papers.jsonl": "jsonl", "papers.bib": "bibtex", "papers.ris": "ris", "papers.csv": "csv"}
    for name in (*names, "map.html", *exports):
        (disk / name).write_bytes(b"the old file")
    cache = Cache(disk / "answers.sqlite3", 1_000_000)
    cache.put("kept", b"old")
    with suppress(OSError), (disk / "ballast").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    before = {path.name: path.read_bytes() for path in disk.iterdir()}
    told = []
    def tried(write):
        try:
            write()
            told.append("")
        except AssistantError as error:
            told.append(error.message)
    for name in names:
        tried(lambda: save_summary(summary, disk / name))
    tried(lambda: assistant.save_map(disk / "map.html"))
    cache.put("new", os.urandom(300_000))
for name, format in exports.items():
    done = CliRunner().invoke(app, ["export", format, "--out", str(disk / name), "--index", str(index)])
    told.append(done.stderr.split(" Name another file")[0])
after = {path.name: path.read_bytes() for path in disk.iterdir()}
cached = [str(cache.get("kept")), str(cache.get("new"))]
print(json.dumps({"told": told, "same": before == after, "cached": cached}))
"""


def test_a_full_disk_leaves_files_of_summaries_maps_and_exports_as_they_were(
    sample_index: Path, tmp_path: Path
) -> None:
    index = shutil.copytree(sample_index, tmp_path / "index")
    (tmp_path / "disk").mkdir()
    done = apart(sys.executable, "-c", SMALL, str(index), str(tmp_path / "disk"))
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert len(found["told"]) == 13
    for sentence in found["told"]:
        assert sentence.endswith("cannot be written: No space left on device.")
        assert "\n" not in sentence
    assert found["same"]
    assert found["cached"] == ["b'old'", "None"]


KEPT = """
import json, subprocess, sys
from pathlib import Path
from assistant.errors import AssistantError
from assistant.topics.state import State, load, save

disk = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", disk], check=True)
path = disk / "topics.json"
save(State("m", "before"), path)
large = State("m", "after", papers={f"paper {n}": (-1, 0.5) for n in range(100_000)})
try:
    save(large, path)
    told = ""
except AssistantError as error:
    told = error.message
print(json.dumps({"told": told, "kept": load(path)[0].content, "files": [p.name for p in disk.iterdir()]}))
"""


def test_a_full_disk_leaves_the_topics_that_were_kept(tmp_path: Path) -> None:
    done = apart(sys.executable, "-c", KEPT, str(tmp_path))
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert "cannot be written: No space left on device." in found["told"]
    assert (found["kept"], found["files"]) == ("before", ["topics.json"])


# -- read-only ------------------------------------------------------------------------------------------

READ_ONLY = """
import subprocess, sys
if sys.argv[1] == "mount":
    subprocess.run(["mount", "-o", "bind,ro", sys.argv[2], sys.argv[2]], check=True)
from typer.testing import CliRunner
from assistant.cli import app
import json
results = []
for arguments in json.loads(sys.argv[3]):
    done = CliRunner().invoke(app, [*arguments, "--index", sys.argv[2]])
    results.append([done.exit_code, done.stdout, done.stderr])
print(json.dumps(results))
"""


def _without_privileges() -> None:
    """Take from root what lets it write where permissions forbid it."""
    if os.geteuid() == 0 and sys.platform == "linux":
        import ctypes

        drop, override = 24, 1  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE
        if ctypes.CDLL(None).prctl(drop, override, 0, 0, 0):
            os._exit(77)


def _on_read_only(kind: str, index: Path, *commands: tuple[str, ...]) -> list[tuple[int, str, str]]:
    """What commands do with an index on a read-only disk, or without permission to write."""
    arguments = [sys.executable, "-c", READ_ONLY, kind, str(index), json.dumps(commands)]
    if kind == "mount":
        done = apart(*arguments)
    else:
        _chmod(index, 0o500, 0o400)
        try:
            done = subprocess.run(
                arguments,
                capture_output=True,
                text=True,
                check=False,
                preexec_fn=_without_privileges,
                cwd=ROOT,
            )
        finally:
            _chmod(index, 0o700, 0o600)
        need(done.returncode != 77, "the right to give up privileges")
    assert done.returncode == 0, done.stderr
    return [(code, out, err) for code, out, err in json.loads(done.stdout)]


def _chmod(index: Path, folders: int, files: int) -> None:
    for path in (index, *index.rglob("*")):
        path.chmod(0o700 if path.is_dir() else files)
    for path in (*index.rglob("*"), index):
        if path.is_dir():
            path.chmod(folders)


@pytest.mark.parametrize("kind", ["mount", "permissions"])
def test_a_read_only_index_is_searched_and_not_changed(sample_index: Path, tmp_path: Path, kind: str) -> None:
    index = tmp_path / "index"
    shutil.copytree(sample_index, index)
    before = {path: path.read_bytes() for path in index.rglob("*") if path.is_file()}
    reading = [("search", QUESTION), ("ask", QUESTION), ("list",), ("export", "jsonl"), ("status",)]
    writing = [("add", "--sample"), ("remove", "p1"), ("rebuild",)]
    found = _on_read_only(kind, index, *reading, ("doctor",), ("status", "--json"), *writing)
    for code, out, err in found[: len(reading)]:
        assert code == 0, err
        assert out
        assert "read-only" in err
        assert "nothing can be added" in err
    assert "Over-Squashing" in found[0][1]
    assert "203 papers." in found[2][2]
    assert "note index     203 papers" in found[5][1]
    assert "read-only" in json.loads(found[6][1])["notice"]
    for code, out, err in found[7:]:
        assert (code, out) == (1, "")
        assert err.startswith("Error: The index ")
        assert len(err.splitlines()) == 1
        assert "read-only" in err.lower() or "permission denied" in err.lower()
    assert {path: path.read_bytes() for path in index.rglob("*") if path.is_file()} == before


def test_a_cut_off_import_on_a_read_only_disk_is_settled_in_the_view(
    sample_index: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    shutil.copytree(sample_index, index)
    manifest = json.loads((index / "manifest.json").read_text())
    (index / "manifest.json").write_text(json.dumps(manifest | {"state": "writing", "papers": 190}))
    [(code, out, _)] = _on_read_only("mount", index, ("status",))
    assert code == 0
    assert "203" in out


HOLDER = """
import sys
from pathlib import Path
from assistant.index.layout import Layout
from assistant.index.store import PaperIndex
from assistant.models.embedder import MiniLM
index = PaperIndex(Layout(Path(sys.argv[1])), MiniLM())
print(index.read_only or "owner", flush=True)
sys.stdin.read()
index.close()
"""


def _holder(index: Path, *before: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [*before, sys.executable, "-c", HOLDER, str(index)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    process.said = process.stdout.readline()  # type: ignore[attr-defined]
    return process


def test_readers_share_a_read_only_index_and_a_writer_keeps_them_out(
    sample_index: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    shutil.copytree(sample_index, index)
    with _holder(index) as owner:
        [(code, _, err)] = _on_read_only("mount", index, ("search", QUESTION))
        assert code == 1
        assert f"in use by process {owner.pid}" in err
        owner.communicate("")
    need(_own_mounts(), "the right to mount")
    bound = f'mount -o bind,ro "{index}" "{index}"; exec "$@"'
    with _holder(index, *_own_mounts(), "sh", "-c", bound, "sh") as reader:
        assert reader.said == "the disk is read-only\n"  # type: ignore[attr-defined]
        [(code, out, _)] = _on_read_only("mount", index, ("search", QUESTION))
        assert (code, "Over-Squashing" in out) == (0, True)
        reader.communicate("")
