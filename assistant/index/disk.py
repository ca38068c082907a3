"""Turns what a full or read-only disk, or a damaged file, makes the stores raise into one clear error."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import AssistantError, IndexDamagedError, IndexWriteError
from .layout import Layout, damaged

_REFUSED = {
    errno.ENOSPC: "no space is left on the disk",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "a file would grow past the allowed size",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "permission is denied",
    errno.EPERM: "permission is denied",
    errno.ENOENT: "a part of the path does not exist",
    errno.ENOTDIR: "a part of the path is a file",
    errno.EEXIST: "there is a file in its place",
    errno.EIO: "the disk reports an input/output error",
}
# Chroma and tantivy raise their own kinds with the system's words inside.
_WORDS = {
    "no space left": _REFUSED[errno.ENOSPC],
    "database or disk is full": _REFUSED[errno.ENOSPC],
    "quota exceeded": _REFUSED[errno.EDQUOT],
    "file too large": _REFUSED[errno.EFBIG],
    "read-only": _REFUSED[errno.EROFS],
    "readonly database": _REFUSED[errno.EROFS],
    "permission denied": _REFUSED[errno.EACCES],
    "operation not permitted": _REFUSED[errno.EPERM],
    "unable to open database file": "its database cannot be opened",
    "disk i/o error": _REFUSED[errno.EIO],
    "input/output error": _REFUSED[errno.EIO],
}


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Raise ``IndexWriteError`` for whatever the disk refuses within; let everything else through."""
    try:
        yield
    except AssistantError:
        raise
    except Exception as error:
        if reason := _reason(error):
            raise IndexWriteError(
                f"The index {folder} cannot be written: {reason}.",
                "Free some space or mend the permissions and run the same again; "
                "what was committed before is kept.",
            ) from error
        raise


@contextmanager
def storing(layout: Layout) -> Iterator[None]:
    """Translate what the stores raise, each in its engine's own kinds: the disk, or damaged files."""
    try:
        with writing_to(layout.root):
            yield
    except IndexDamagedError as error:
        raise damaged(layout, error.message) from None
    except AssistantError:
        raise
    except Exception as error:
        raise damaged(layout, f"its files cannot be read ({type(error).__name__})") from error


def _reason(error: BaseException | None) -> str | None:
    """What the disk refused, found in the error or in those that caused it."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _REFUSED:
            return _REFUSED[error.errno]
        text = str(error).lower()
        for words, reason in _WORDS.items():
            if words in text:
                return reason
        error = error.__cause__ or error.__context__
    return None
