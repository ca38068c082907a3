"""What `kill -9` does to an index: nothing acknowledged may be lost, no answer wrong, nothing hang.

    python -m benchmarks.kills [--kills 50] [--competing 10] [--papers 1600] [--seed 1]

Rounds of an import, an import of a changed edition, a removal and a rebuild are killed again and again; each
goes on where it was cut off, is checked after every kill and compared, when it is through, with an index that
nobody interrupted. Half of the kills strike a named moment: before the first commit, in Chroma's write, while
it writes its vector files, between Chroma and tantivy, at the manifest, in the settling of the next open, in
the swap of a rebuild; the others a random one. A paper is acknowledged when the progress callback has counted
it; what is printed after the kill is the proof.

The embedder is a fake one that takes no time (random vectors a word). With the real one, nearly all kills
would fall into its arithmetic, where nothing is written; so every second is full of commits.
"""

from __future__ import annotations

import argparse
import json
import queue
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .data import table
from .killed import collection, removed

_LIMIT = 900.0
"""Seconds after which a process is held to hang; a busy machine is no deadlock."""
_ROUNDING = 3e-7
"""Chroma keeps a unit vector and a length, and gives their product: the last bit may differ."""
STAGES: tuple[tuple[str, ...], ...] = (("add", "1"), ("add", "2"), ("remove",), ("rebuild",))
_MOMENTS = {
    "add": ("open", "manifest", "Chroma", "vector files", "words", "flush"),
    "remove": ("Chroma", "words", "manifest"),
    "rebuild": ("Chroma", "vector files", "swap", "manifest"),
}


@dataclass(slots=True)
class Found:
    """What the kills have done."""

    kills: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    wrong: list[str] = field(default_factory=list)
    hanging: int = 0
    competing: int = 0
    slowest: float = 0.0
    compared: int = 0

    @property
    def failed(self) -> bool:
        """Whether anything is as it must not be."""
        return bool(self.lost or self.wrong or self.hanging)


class Child:
    """A process of `benchmarks.killed`, and what it says."""

    def __init__(self, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.killed", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,  # the last line of a traceback says what failed
            text=True,
        )
        self.acknowledged = 0
        self.last = ""
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                if line.startswith("=") and line.endswith("\n"):  # a kill may cut a number in two
                    self.acknowledged = max(self.acknowledged, int(line[1:]))
                self._lines.put(line.rstrip("\n"))
                self.last = line
        self._lines.put(None)

    def until(self, wanted: Callable[[str], bool], times: int = 1) -> bool:
        """Wait for a line; false if the process ends without it. `TimeoutError` after the limit."""
        end = time.monotonic() + _LIMIT
        while times:
            try:
                line = self._lines.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                self.kill()
                raise TimeoutError from None
            if line is None:
                self._lines.put(None)  # whoever asks again learns it too
                return False
            times -= wanted(line)
        return True

    def kill(self) -> bool:
        """Kill -9 and wait; false if it was through before."""
        self.process.kill()
        killed = self.process.wait(_LIMIT) == -9
        self.until(lambda _: False)  # what it had said
        return killed

    def finish(self) -> str:
        """Wait for its end; what it said last.

        Raises:
            TimeoutError: it hangs.
            RuntimeError: it failed.
        """
        self.until(lambda _: False)
        if self.process.wait(_LIMIT):
            raise RuntimeError(self.last)
        return self.last


class Kills:
    """A run of kills in a folder of its own."""

    def __init__(self, folder: Path, papers: int, seed: int) -> None:
        self.folder, self.papers = folder, papers
        self.draw = random.Random(seed)
        self.found = Found()
        self.editions = [{paper.id: paper for paper in collection(papers, edition)} for edition in (1, 2)]
        self.reference, self.seconds = self._uninterrupted()

    def _uninterrupted(self) -> tuple[list[Path], list[float]]:
        index, dumps, seconds = self.folder / "reference", [], []
        for number, stage in enumerate(STAGES):
            child = self._start(stage, index)
            child.until(lambda line: line == "ready")
            start = time.monotonic()
            child.finish()
            seconds.append(time.monotonic() - start)
            dumps.append(self.folder / f"reference{number}.npz")
            Child("check", index, dumps[-1]).finish()
        return dumps, seconds

    def _start(self, stage: tuple[str, ...], index: Path) -> Child:
        what, *edition = stage
        return Child(what, index, *([] if what == "rebuild" else [self.papers]), *edition)

    def one_by_one(self, kills: int) -> None:
        """Kill single processes."""
        rounds = 0
        while self.found.kills.total() < kills:
            rounds += 1
            index = self.folder / f"round{rounds}"
            for number, stage in enumerate(STAGES):
                try:
                    self._stage(number, stage, index, kills)
                except TimeoutError:
                    self.found.hanging += 1
                    break
                except RuntimeError as error:
                    self.found.wrong.append(f"{' '.join(stage)}: {error}")
                    print(self.found.wrong[-1], file=sys.stderr)
                    break
            shutil.rmtree(index, ignore_errors=True)

    def _stage(self, number: int, stage: tuple[str, ...], index: Path, kills: int) -> None:
        moments = [*_MOMENTS[stage[0]], *("any" for _ in _MOMENTS[stage[0]])]
        self.draw.shuffle(moments)
        acknowledged = 0
        for moment in moments[: max(3, len(moments) // 2)]:
            if self.found.kills.total() >= kills:
                break
            child = self._start(stage, index)
            killed = self._strike(child, moment, index, self.seconds[number])
            acknowledged = max(acknowledged, child.acknowledged)
            if killed:
                self.found.kills[f"{stage[0]}: {moment}"] += 1
                self._settle(index, kills)
                self._check(number, index, acknowledged)
                self._tell()
        self._start(stage, index).finish()
        self._check(number, index, self.papers * 2, whole=True)

    def _strike(self, child: Child, moment: str, index: Path, seconds: float) -> bool:
        """Kill at a moment; false if the process was through before it came."""
        child.until(lambda line: line == "ready")
        if moment == "any":
            time.sleep(self.draw.uniform(0, seconds))
        elif moment == "vector files":
            before = _vector_files(index)
            while _vector_files(index) == before and child.process.poll() is None:
                time.sleep(0.0002)
            time.sleep(self.draw.uniform(0, 0.01))
        else:
            child.until(lambda line: line == f"@{moment}", times=self.draw.randint(1, 7))
            time.sleep(self.draw.choice((0, 0.001, 0.01, 0.05)))
        return child.kill()

    def _settle(self, index: Path, kills: int) -> None:
        """Half of the time, kill the open that settles what the kill has left, too."""
        if self.found.kills.total() < kills and self.draw.random() < 0.5:
            child = Child("open", index)
            if child.until(lambda line: line in ("@settle", "@restore")):
                time.sleep(self.draw.uniform(0, 0.5))
            if child.kill():
                self.found.kills["open: settle"] += 1

    def _check(self, number: int, index: Path, acknowledged: int, *, whole: bool = False) -> None:
        dump = self.folder / "dump.npz"
        said = json.loads(Child("check", index, dump).finish())
        self.found.slowest = max(self.found.slowest, said["seconds"])
        self.found.wrong += said["wrong"]
        with np.load(dump) as data:
            stored = json.loads(str(data["chroma"]))
            lost = list(self._lost(number, stored, acknowledged))
            if lost:
                print(f"{STAGES[number]}, {acknowledged} acknowledged, lost: {lost[:9]}", file=sys.stderr)
            self.found.lost += len(lost)
            if whole:
                self.found.compared += 1
                with np.load(self.reference[number]) as reference:
                    self.found.wrong += _differences(data, reference)

    def _lost(self, number: int, stored: dict[str, dict[str, Any]], acknowledged: int) -> Iterator[str]:
        """The papers that are not as they were said to be."""
        first, second = self.editions
        gone = removed(self.papers)
        for paper_id, paper in second.items():
            old = first.get(paper_id)
            place = int(paper_id[1:])
            found = stored.get(paper_id)
            if number == 0:
                allowed = {old.abstract} if old else set()
                must = old is not None and place < acknowledged
            elif number == 1:
                allowed = {paper.abstract} | ({old.abstract} if old and place >= acknowledged else set())
                must = old is not None or place < acknowledged
            else:
                allowed = {paper.abstract}
                must = paper_id not in gone
                if number == 3 or paper_id in gone[:acknowledged]:
                    allowed = set() if paper_id in gone else allowed
            if (found is None and must) or (found is not None and found["abstract"] not in allowed):
                yield paper_id

    def competing(self, runs: int) -> None:
        """Two processes want the same folder; the one that has it is killed, and the other goes on."""
        for run in range(2 * runs):  # an owner that was through before its kill does not count
            if self.found.competing == runs:
                break
            index = self.folder / f"competing{run}"
            pair = [Child("wait", index, self.papers, 1) for _ in range(2)]
            try:
                self._compete(index, pair)
            except TimeoutError:
                self.found.hanging += 1
            except RuntimeError as error:
                self.found.wrong.append(f"competing: {error}")
            for child in pair:
                child.kill()
            shutil.rmtree(index, ignore_errors=True)

    def _compete(self, index: Path, pair: list[Child]) -> None:
        while not any(child.acknowledged for child in pair):
            time.sleep(0.01)
            if all(child.process.poll() is not None for child in pair):
                raise RuntimeError("both processes ended at once")
        owner, other = pair if pair[0].acknowledged else reversed(pair)
        refused = f"process {owner.process.pid}"
        if not other.until(lambda line: line.startswith("refused") and refused in line):
            raise RuntimeError(f"the second process was never told of {refused}")
        time.sleep(self.draw.uniform(0, self.seconds[0] / 4))
        self.found.competing += owner.kill()
        other.finish()
        self._check(0, index, self.papers, whole=True)
        self._tell()

    def _tell(self) -> None:
        found = self.found
        done = f"{found.kills.total()} + {found.competing} kills"
        print(f"{done}, {found.lost} lost, {len(found.wrong)} wrong, {found.hanging} hang", file=sys.stderr)


def _vector_files(index: Path) -> list[tuple[str, int]]:
    files = index.rglob("data_level0.bin")
    return sorted((str(file), file.stat().st_mtime_ns) for file in files)


def _differences(data: Any, reference: Any) -> Iterator[str]:
    """How an index that was killed differs from one that was not."""
    for name in ("ids", "chroma", "words", "manifest"):
        if not np.array_equal(data[name], reference[name]):
            yield f"{name} differ from those of an uninterrupted index"
            return
    if np.abs(data["vectors"] - reference["vectors"]).max(initial=0) > _ROUNDING:
        yield "vectors differ from those of an uninterrupted index"


def run(kills: int, competing: int, papers: int, seed: int) -> Found:
    """Kill, and say what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        work = Kills(Path(folder), papers, seed)
        work.one_by_one(kills)
        work.competing(competing)
        return work.found


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("kills", 50), ("competing", 10), ("papers", 1600), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    found = run(options.kills, options.competing, options.papers, options.seed)
    body: list[tuple[object, ...]] = [
        *sorted(found.kills.items()),
        ("two processes, the owner", found.competing),
    ]
    table("Kills", ("while", "kills"), body)
    table(
        f"What {found.kills.total() + found.competing} kills did",
        ("", ""),
        [
            ("acknowledged papers lost", found.lost),
            ("wrong answers and differences", len(found.wrong)),
            ("processes that hung", found.hanging),
            ("finished indexes equal to uninterrupted ones", found.compared),
            ("slowest open after a kill, seconds", found.slowest),
        ],
    )
    for wrong in found.wrong[:20]:
        print(f"- {wrong}")
    sys.exit(found.failed)


if __name__ == "__main__":
    main()
