"""Calls side by side: their results in order, the first failure at once, nothing left to wait for."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time

import pytest

from assistant.threads import Aside, side_by_side


@pytest.mark.parametrize("workers", [1, 3, 50])
def test_results_come_in_the_order_of_the_items(workers: int) -> None:
    def slow(number: int) -> int:
        time.sleep(0.001 * (20 - number))
        return number * number

    assert side_by_side(slow, range(20), workers) == [number * number for number in range(20)]
    assert side_by_side(slow, [], workers) == []


def test_no_more_than_the_workers_run_at_once() -> None:
    running, most, lock = 0, 0, threading.Lock()

    def run(_: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1

    side_by_side(run, range(12), 3)
    assert most == 3


def test_the_first_failure_is_raised_at_once_and_the_rest_never_begins() -> None:
    begun: list[int] = []
    go_on = threading.Event()

    def run(number: int) -> None:
        begun.append(number)
        if number == 1:
            raise KeyError(number)
        go_on.wait(10)

    with pytest.raises(KeyError):
        side_by_side(run, range(10), 2)
    go_on.set()
    time.sleep(0.05)
    assert sorted(begun) in ([0, 1], [0, 1, 2])


def test_an_exit_does_not_wait_for_what_was_left() -> None:
    program = (
        "import time\nfrom assistant.threads import side_by_side\n"
        "side_by_side(lambda n: time.sleep(60) if n else 1 / 0, [0, 1], 2)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, timeout=20)
    assert b"ZeroDivisionError" in done.stderr


# -- long calls beside asynchronous code -------------------------------------------------------------


def test_a_call_aside_returns_or_raises() -> None:
    async def calls() -> None:
        aside = Aside()
        assert await aside.run(lambda: 7) == 7
        with pytest.raises(ZeroDivisionError):
            await aside.run(lambda: 1 / 0)
        assert await aside.run(lambda: 8) == 8

    asyncio.run(calls())


def test_who_waits_is_cancelled_at_once_and_the_next_call_begins_after_it() -> None:
    begun, go_on, done = threading.Event(), threading.Event(), list[str]()

    def long() -> None:
        begun.set()
        go_on.wait(20)
        done.append("long")

    async def calls() -> None:
        aside = Aside()
        first = asyncio.create_task(aside.run(long))
        await asyncio.to_thread(begun.wait, 20)
        waiting = [asyncio.create_task(aside.run(lambda: done.append("never"))) for _ in range(50)]
        last = asyncio.create_task(aside.run(lambda: done.append("last")))
        threads = threading.active_count()
        for task in (first, *waiting):
            task.cancel()
        await asyncio.gather(first, *waiting, return_exceptions=True)
        assert first.cancelled()
        assert (done, threading.active_count()) == ([], threads)
        go_on.set()
        await last

    asyncio.run(calls())
    assert done == ["long", "last"]


def test_an_exit_does_not_wait_for_a_call_aside() -> None:
    program = (
        "import asyncio, time\nfrom assistant.threads import Aside\n"
        "async def main():\n"
        "    await asyncio.wait_for(Aside().run(lambda: time.sleep(60)), 0.2)\n"
        "asyncio.run(main())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, timeout=30)
    assert b"TimeoutError" in done.stderr
    assert b"Exception in thread" not in done.stderr
