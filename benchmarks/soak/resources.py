"""What this process holds: memory, threads, file handles, connections; read from Linux's own books."""

from __future__ import annotations

import ctypes
import gc
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_PROCESS = Path("/proc/self")
SETTLED = 2
"""Samples at rest that are left out: the libraries fill their pools and caches first."""
GROWTH = 0.10
"""The share by which memory may grow from there to the end, by a straight line through all samples.

A leak of a kilobyte a request shows in an hour of requests; the heap's own wobble is a few per cent.
"""
SPARE = 2
"""Threads, handles or connections more than at first that are pools at work, not a leak."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One look; ``server`` is how many connections the model server says are open."""

    megabytes: float
    threads: int
    handles: int
    sockets: int
    server: int


def sample(server: int = 0) -> Sample:
    """Look now, with what nobody holds any more given back."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    links = []
    for entry in (_PROCESS / "fd").iterdir():
        with suppress(OSError):
            links.append(str(entry.readlink()))
    pages = int((_PROCESS / "statm").read_text("ascii").split()[1])
    return Sample(
        pages * os.sysconf("SC_PAGE_SIZE") / 2**20,
        len(list((_PROCESS / "task").iterdir())),
        len(links),
        sum(link.startswith("socket:") for link in links),
        server,
    )


def leaks(samples: Sequence[Sample]) -> list[str]:
    """What grew from rest to rest, in words; the first samples do not count."""
    counted = samples[SETTLED:]
    if len(counted) < 3:
        return ["too few samples to say"]
    found = []
    memory = [each.megabytes for each in counted]
    slope = float(np.polyfit(range(len(memory)), memory, 1)[0]) * (len(memory) - 1)
    if slope > GROWTH * memory[0]:
        found.append(f"memory grows: {memory[0]:.0f} to {memory[-1]:.0f} MB")
    for name in ("threads", "handles", "sockets", "server"):
        values = [getattr(each, name) for each in counted]
        half = len(values) // 2
        if min(values[half:]) > max(values[:half]) + SPARE:
            found.append(f"{name} grow: {values[0]} to {values[-1]}")
    return found
