"""One process owns an index folder: an OS lock, with the owner's name beside it."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from pathlib import Path

from filelock import FileLock, Timeout

from ..errors import IndexLockedError, IndexWriteError
from .layout import Layout


class OwnerLock:
    """The ownership of one index folder, until :meth:`release` or the end of the process."""

    def __init__(self, layout: Layout, *, patience: float = 0.0) -> None:
        """Take the lock, waiting at most ``patience`` seconds for another owner.

        Raises:
            IndexLockedError: another process, or another ``Assistant`` of this one, has it.
            IndexWriteError: the folder cannot be written.
        """
        self._layout = layout
        # Any thread may release what another took: pages and streams run in threads.
        self._lock = FileLock(layout.lock, thread_local=False)
        try:
            self._lock.acquire(timeout=patience)
        except Timeout:
            raise locked_by_another(layout) from None
        except OSError as error:
            raise IndexWriteError(
                f"The index folder {layout.root} cannot be written: {error.strerror or error}.",
                "Free some space or mend its permissions, or use another folder (--index).",
            ) from None
        with contextlib.suppress(OSError):  # the name is a courtesy; the lock alone protects
            layout.owner.write_text(
                json.dumps({"pid": os.getpid(), "command": _command(), "since": int(time.time())}), "utf-8"
            )

    def release(self) -> None:
        """Give the folder back; doing it twice is harmless."""
        if self._lock.is_locked:
            with contextlib.suppress(OSError):
                self._layout.owner.unlink(missing_ok=True)
            self._lock.release()


def locked_by_another(layout: Layout) -> IndexLockedError:
    """The error for an index that is in use; it names the owner."""
    owner = _describe(layout)
    first = "Close it first" if ours(layout) else "Stop it"
    return IndexLockedError(
        f"The index {layout} is in use by {owner}.",
        f"{first}, or use another folder (--index).",
        owner=owner,
    )


def _command() -> str:
    """How this process was started, without arguments: they may hold what is nobody's business."""
    return Path(sys.argv[0]).name if sys.argv and sys.argv[0] not in ("", "-c", "-") else "python"


def ours(layout: Layout) -> bool:
    """Whether it is this process that has, or had, the index."""
    pid, _, _ = _owner(layout)
    return pid == os.getpid()


def _describe(layout: Layout) -> str:
    """The owner in words, as far as it can be known."""
    pid, command, since = _owner(layout)
    if not pid:
        return "another process"
    if pid == os.getpid():
        return f"this process ({pid}), which has it open already"
    return f"process {pid} ({command}, since {since})"


def _owner(layout: Layout) -> tuple[int, str, str]:
    """Process, command and time of day of the owner; 0 and nothing where they cannot be known."""
    try:
        data = json.loads(layout.owner.read_text("utf-8"))
        since = time.strftime("%H:%M", time.localtime(int(data["since"])))
        return int(data["pid"]), str(data["command"]), since
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return 0, "", ""
