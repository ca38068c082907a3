"""Where the page that owns an index can be called, and its secret: a file for one user alone."""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from ..whole import write_whole

_LARGEST = 1_000


@dataclass(frozen=True, slots=True)
class Address:
    """A port of this machine's loopback and a secret, made anew at each start."""

    port: int
    secret: str
    pid: int

    @classmethod
    def made(cls, port: int) -> Address:
        """The address of this process."""
        return cls(port, secrets.token_hex(32), os.getpid())

    def publish(self, path: Path) -> None:
        """Write it in one step, readable by this user alone; raises ``OSError``."""
        write_whole(path, json.dumps(asdict(self)).encode(), private=True)

    def withdraw(self, path: Path) -> None:
        """Take it away again, unless another page has written its own meanwhile."""
        if read(path) == self:
            with suppress(OSError):
                path.unlink()


def read(path: Path) -> Address | None:
    """The address in a file; none if there is none, it is no address, or another user's."""
    try:
        with path.open("rb") as file:
            # Whoever may write into the folder could else have our questions sent to himself.
            if hasattr(os, "getuid") and os.fstat(file.fileno()).st_uid != os.getuid():
                return None
            found = Address(**json.loads(file.read(_LARGEST)))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    whole = type(found.port) is int and isinstance(found.secret, str) and type(found.pid) is int
    return found if whole and 0 < found.port < 65536 and len(found.secret) == 64 else None
