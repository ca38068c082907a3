"""How far an import is, how long it still takes, and how it ends when it is stopped in the middle."""

from __future__ import annotations

import gzip
import json
import os
import pty
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from assistant import Assistant, Progress
from assistant.corpus import Gauge, read
from assistant.progress import Pace, in_words

COMMAND = [sys.executable, "-c", "from assistant.cli import main; main()"]


def rows(count: int) -> str:
    """So many papers as JSON Lines, each about 1 kB long, of which few words have to be embedded."""
    chance = Random(0)
    papers = (
        {
            "title": f"Study {number}",
            "abstract": f"It is number {number}.",
            "comment": " ".join(f"{chance.randrange(10**6)}" for _ in range(140)),
        }
        for number in range(count)
    )
    return "".join(json.dumps(paper) + "\n" for paper in papers)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A file of three thousand papers."""
    file = tmp_path / "library.jsonl"
    file.write_text(rows(3000))
    return file


# -- progress ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("progress", "expected", "words"),
    [
        (Progress(0, 0), None, "0 papers"),
        (Progress(512, 768), None, "512 papers"),
        (Progress(512, 768, 0.383), 2005, "512 of about 2,000 papers"),
        (Progress(30, 40, 0.5), 80, "30 of about 80 papers"),
        (Progress(512, 2048, 1.0), 2048, "512 of 2,048 papers"),
        (Progress(0, 0, 0.5), None, "0 papers"),
    ],
)
def test_what_is_expected_is_told_as_an_estimate(
    progress: Progress, expected: int | None, words: str
) -> None:
    assert progress.expected == expected
    assert str(progress) == words


def test_rate_and_time_left_are_those_of_the_last_while() -> None:
    now = 0.0
    pace = Pace(lambda: now)
    assert (pace.rate, pace.left, str(pace)) == (0, None, "")
    pace.take(Progress(0, 64, 0.01))
    now = 1.0
    pace.take(Progress(5000, 5064, 0.5))  # known papers pass at once
    for _ in range(40):
        now += 1
        pace.take(Progress(5000 + int(now - 1) * 80, 5064, 0.5))
    assert pace.rate == 80
    assert pace.left == pytest.approx((10128 - 8200) / 80)
    assert str(pace) == "80 a second, 24 s left"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "0 s"), (89, "89 s"), (100, "2 min"), (5340, "89 min"), (7500, "2 h 5 min")]
)
def test_a_time_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


def _plain(folder: Path) -> Path:
    (folder / "a.jsonl").write_text(rows(600))
    return folder / "a.jsonl"


def _gzipped(folder: Path) -> Path:
    data = gzip.compress(rows(1500).encode())
    (folder / "a.jsonl.gz").write_bytes(data)
    return folder / "a.jsonl.gz"


def _zipped(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for name in "abc":
            archive.writestr(f"{name}.jsonl", rows(200))
    return folder / "a.zip"


def _folder(folder: Path) -> Path:
    (folder / "papers" / "more").mkdir(parents=True)
    (folder / "papers" / "a.jsonl").write_text(rows(300))
    (folder / "papers" / "more" / "b.jsonl").write_text(rows(300))
    return folder / "papers"


@pytest.mark.parametrize("make", [_plain, _gzipped, _zipped, _folder])
def test_the_share_that_is_read_grows_with_the_rows(make: Callable[[Path], Path], tmp_path: Path) -> None:
    assert Gauge().share is None
    gauge = Gauge()
    shares = []
    for _ in read(make(tmp_path), gauge=gauge):
        assert gauge.share is not None
        shares.append(gauge.share)
    assert shares[-1] == pytest.approx(1, abs=0.02)
    for place in range(0, len(shares), 50):
        # No more ahead than what is read at once.
        assert shares[place] == pytest.approx(place / len(shares), abs=0.35)
    assert shares == sorted(shares)


# -- stopping ----------------------------------------------------------------------------------------


def test_an_import_stops_when_it_is_asked_to_and_goes_on_later(tmp_path: Path) -> None:
    library = tmp_path / "library.jsonl"
    library.write_text(rows(420))
    told: list[Progress] = []
    with Assistant.open(tmp_path / "index") as assistant:
        report = assistant.add(
            library, progress=told.append, stop=lambda: bool(told) and told[-1].total >= 100
        )
        assert report.interrupted
        assert 100 <= report.added < 420
        assert report.added == told[-1].done == assistant.status().papers
        assert told[-1].expected == pytest.approx(420, rel=0.25)
        assert assistant.index.manifest.state == "clean"
        again = assistant.add(library, stop=lambda: False)
        assert not again.interrupted
        assert (again.unchanged, again.added) == (report.added, 420 - report.added)


class Running:
    """``paper-assistant add`` in a process of its own, its standard error a terminal."""

    def __init__(self, library: Path, index: Path, *options: str) -> None:
        self.index = index
        self._terminal, end = pty.openpty()
        self.process = subprocess.Popen(
            [*COMMAND, "add", str(library), "--index", str(index), *options],
            stdout=subprocess.PIPE,
            stderr=end,
            text=True,
            env=os.environ | {"TERM": "xterm", "COLUMNS": "120"},
        )
        os.close(end)

    def wait_for(self, papers: int) -> None:
        """Wait until so many papers are in."""
        deadline = time.monotonic() + 60
        manifest = self.index / "manifest.json"
        while not manifest.exists() or json.loads(manifest.read_text())["papers"] < papers:
            assert self.process.poll() is None, "it ended too soon"
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def end(self) -> tuple[str, str]:
        """What it wrote to standard output and to the terminal."""
        shown = b"".join(self._read())
        out, _ = self.process.communicate(timeout=60)
        os.close(self._terminal)
        return out, shown.decode()

    def _read(self) -> Iterator[bytes]:
        while True:
            try:
                yield os.read(self._terminal, 65536)
            except OSError:  # the other side is closed
                return


def papers_in(index: Path) -> int:
    with Assistant.open(index) as assistant:
        status = assistant.status()
        assert status.sound
        return status.papers


def test_ctrl_c_ends_an_import_and_says_what_is_in(library: Path, tmp_path: Path) -> None:
    running = Running(library, tmp_path / "index")
    running.wait_for(64)
    running.process.send_signal(signal.SIGINT)
    out, shown = running.end()
    assert running.process.returncode == 130
    assert out == ""
    assert "Traceback" not in shown
    count = papers_in(tmp_path / "index")
    assert 64 <= count < 3000
    assert f"Interrupted: {count:,} of about " in shown
    assert "papers are in; run the same command again to go on." in shown
    assert " a second, " in shown
    assert " left" in shown
    assert "Finishing what is in hand; Ctrl-C again stops at once." in shown


def test_an_interrupted_import_as_json(library: Path, tmp_path: Path) -> None:
    running = Running(library, tmp_path / "index", "--json")
    running.wait_for(64)
    running.process.send_signal(signal.SIGINT)
    out, _ = running.end()
    assert running.process.returncode == 130
    report = json.loads(out)
    assert report == {
        "added": papers_in(tmp_path / "index"),
        "updated": 0,
        "unchanged": 0,
        "merged": 0,
        "rejected": [],
        "more_rejected": 0,
        "folds": [],
        "more_folds": 0,
        "interrupted": True,
        "without_abstract": 0,
        "notices": [],
        "dry_run": False,
    }


def test_a_second_ctrl_c_does_not_wait(library: Path, tmp_path: Path) -> None:
    running = Running(library, tmp_path / "index")
    running.wait_for(64)
    running.process.send_signal(signal.SIGINT)
    time.sleep(0.05)
    running.process.send_signal(signal.SIGINT)
    _, shown = running.end()
    assert running.process.returncode == 130
    assert "Traceback" not in shown
    assert "Interrupted" in shown
    assert papers_in(tmp_path / "index") >= 64


def test_nothing_but_the_result_is_printed_where_nobody_watches(tmp_path: Path) -> None:
    (tmp_path / "few.jsonl").write_text(rows(3))
    done = subprocess.run(
        [*COMMAND, "add", str(tmp_path / "few.jsonl"), "--index", str(tmp_path / "index")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "3 added, 0 updated, 0 unchanged, 0 merged, 0 rejected.\n"
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (Progress(1, 0), "1 paper"),
        (Progress(2, 0), "2 papers"),
        (Progress(1, 1, 1.0), "1 of 1 paper"),
        (Progress(1, 2, 1.0), "1 of 2 papers"),
    ],
)
def test_one_paper_is_no_papers(progress: Progress, words: str) -> None:
    assert str(progress) == words
