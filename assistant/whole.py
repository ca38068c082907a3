"""Files that are written in one step: what was there before stays until the new one is whole.

It knows nothing of what they hold.
"""

from __future__ import annotations

import glob
import os
import secrets
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_ABANDONED = 3600
"""Seconds after which nobody writes a draft any more: its program was killed."""


def write_whole(
    path: Path, content: bytes | Iterable[bytes], *, private: bool = False, sync: bool = False
) -> None:
    """Put a file in the place of the one that is there; raises ``OSError``, and leaves that as it is.

    ``private``: it is for this user alone, from its first byte on, whatever the umask. ``sync``: it lasts
    through a loss of power, too, which takes the disk's time.
    """
    for draft in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        with suppress(OSError):  # gone meanwhile
            if time.time() - draft.stat().st_mtime > _ABANDONED:
                draft.unlink()
    mode = 0o600 if private else 0o666
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        with open(draft, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.writelines([content] if isinstance(content, bytes) else content)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:  # also where what makes the content fails, or is stopped
        with suppress(OSError):
            draft.unlink()
        raise
