"""Lets asynchronous code walk through a generator without standing still; knows nothing of what it makes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")

_END = object()


async def in_thread(items: Generator[T]) -> AsyncGenerator[T]:
    """A generator whose steps run on threads, closed in the end even where a step is still under way."""
    stepping = Lock()

    def step() -> Any:
        with stepping:
            return next(items, _END)

    def close() -> None:
        with stepping:
            items.close()

    try:
        while (item := await asyncio.to_thread(step)) is not _END:
            yield item
    finally:
        # Not awaited: where we are cancelled, a step may still wait for the model's next word.
        asyncio.get_running_loop().run_in_executor(None, close)
