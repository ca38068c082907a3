"""An hour's traffic in minutes: does anything leak, and is any answer lost or mixed with another?

    python -m benchmarks.soak [--minutes 10] [--people 6] [--seed 0]

Six people ask, talk, search, summarise, leave in the middle, add and remove papers of the sample collection,
one thing after the other without a pause for thought; that is an hour of a busy group in ten minutes. A
seventh adds and finds papers with an embedding model of the same server. That server
(`benchmarks.soak.faults`) fails at half of the requests, in every way that is known. Time-outs are set to
seconds where a user has minutes, or nothing would be tried twice.

The run is cut into rounds. After each one everybody rests, and memory, threads, file handles and connections
are read; a leak is what grows from rest to rest (`benchmarks.soak.resources` has the limits). Linux only.
Ends with a verdict, and with 1 where that is bad.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assistant import Assistant, Settings, sample_collection

from ..data import arguments
from ..peers.corpus import papers_of
from ..results import FOLDER, Result, command, keep
from ..scale import questions_from
from .resources import Sample, leaks, sample
from .sessions import Person, Remote, Tally

ROUNDS = 12
LIMITS: dict[str, Any] = {
    "connect_timeout": 1.0,
    "read_timeout": 1.0,
    "deadline": 5.0,
    "max_retries": 1,
    "max_retry_wait": 0.2,
}
_CALLS = 3
"""Calls that one answer may wait for in turn: a follow-up is rewritten, answered, and tried again."""
_DIMENSIONS = 64
"""The length of the vectors of the server of the tests."""
_QUEUES = 10
"""Seconds that an answer may wait for the processor and for writers beside it."""


class Model:
    """The faulty server as a process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Talk to it."""
        assert process.stdout
        self._process = process
        self.url = process.stdout.readline().strip()

    def tell(self) -> dict[str, Any]:
        """How many connections are open, and what it has done."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told


@contextmanager
def faulty(seed: int, share: float) -> Iterator[Model]:
    """A model server that fails at this share of the requests."""
    command = [sys.executable, "-m", "benchmarks.soak.faults", "--seed", str(seed), "--share", str(share)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Model(process)
        finally:
            process.communicate()


def soak(
    seconds: float, people: int, seed: int, *, share: float = 0.5, rounds: int = ROUNDS
) -> tuple[list[Sample], Tally, dict[str, int]]:
    """Let people do things for so long; what was seen at each rest, what they found, what the server did."""
    tally = Tally(LIMITS["deadline"] * _CALLS + _QUEUES)
    samples = []
    with tempfile.TemporaryDirectory() as folder, faulty(seed, share) as model:
        settings = Settings.load(
            index=Path(folder) / "index", base_url=model.url, api_key="none", model="test-model", **LIMITS
        )
        remote = settings.model_copy(
            update={
                "index": Path(folder) / "remote",
                "embed_model": "test-embedder",
                "embed_base_url": model.url,
                "embed_dimensions": _DIMENSIONS,
            }
        )
        with Assistant.open(settings=settings) as assistant, Assistant.open(settings=remote) as other:
            assistant.add(sample_collection())
            questions = questions_from(papers_of(sample_collection()))
            crowd: list[Person | Remote] = [Remote(other, tally)]
            crowd += [Person(assistant, questions, tally, seed * 1000 + n) for n in range(people)]
            for _ in range(rounds):
                with ThreadPoolExecutor(len(crowd)) as pool:
                    end = time.monotonic() + seconds / rounds
                    list(pool.map(lambda person, end=end: _busy(person, end), crowd))
                samples.append(sample(_rested(model)))
        did = model.tell()
        if did["open"]:
            tally.complain(f"{did['open']} connections are open although the assistant is closed")
    return samples, tally, did["done"]


def _busy(person: Person | Remote, end: float) -> None:
    while time.monotonic() < end:
        person.act()


def _rested(model: Model) -> int:
    """Open connections, once those that were left have been given up."""
    before = -1
    while before != (now := int(model.tell()["open"])):
        before = now
        time.sleep(0.5)
    return now


def report(samples: Sequence[Sample], tally: Tally, did: dict[str, int], minutes: float) -> Result:
    """The table and the verdict."""
    found = leaks(samples)
    first, last = samples[min(2, len(samples) - 1)], samples[-1]
    rows: list[tuple[Any, ...]] = [
        ("memory at rest, MB", first.megabytes, last.megabytes),
        ("threads", first.threads, last.threads),
        ("file handles", first.handles, last.handles),
        ("sockets", first.sockets, last.sockets),
        ("connections that the server sees", first.server, last.server),
    ]
    rows += [(what, None, number) for what, number in sorted(tally.done.items())]
    failed = sum(number for what, number in did.items() if what not in {"answers", "vectors"})
    rows.append(("requests to the model, of them with a fault", sum(did.values()), failed))
    rows.append(
        (
            "ways to fail that were met, those with vectors as one",
            None,
            len(did.keys() - {"answers", "vectors"}),
        )
    )
    rows.append(("lost, mixed or open", None, len(tally.wrong)))
    verdict = "; ".join(found) or "nothing leaks"
    return Result(
        f"{minutes:g} minutes",
        ("", "third rest", "last rest, or in all"),
        tuple(rows),
        command(),
        f"Verdict: {verdict}.",
    )


def main() -> None:
    """Run from the command line."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--people", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--results", type=Path, default=FOLDER, help="where the table is kept")
    options = parser.parse_args()
    samples, tally, did = soak(options.minutes * 60, options.people, options.seed)
    keep("soak", report(samples, tally, did, options.minutes), options.results)
    print("\nMemory at each rest, MB:", ", ".join(f"{each.megabytes:.0f}" for each in samples))
    print(
        "Median threads and handles:",
        *(statistics.median(x) for x in zip(*((s.threads, s.handles) for s in samples), strict=True)),
    )
    print("What the server did:", ", ".join(f"{name} {number}" for name, number in sorted(did.items())))
    for complaint in tally.wrong[:20]:
        print(complaint)
    if leaks(samples) or tally.wrong:
        sys.exit("Not sound.")
    print("\nNo leak, no lost and no mixed answer.")


if __name__ == "__main__":
    main()
