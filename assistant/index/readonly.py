"""Makes an index that cannot be written searchable: on a read-only disk, or in a folder of somebody else.

Both engines write when they open: Chroma a row of its database, tantivy lock files. So they get a folder for
temporary files, in which the large files are links to the real ones and only what they write to is copied.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from ..errors import IndexWriteError
from .health import DATABASE
from .layout import Layout, known_manifest
from .lock import locked_by_another

_WRITTEN = ("meta.json", ".managed.json")
"""What tantivy writes to; its lock files it makes itself."""


def refusal(layout: Layout) -> str | None:
    """Why the index cannot be written, as half a sentence, or ``None``; an index that is not there can be."""
    if not layout.manifest.exists():
        return None
    data = layout.data(known_manifest(layout).generation).root
    for path in (layout.root, layout.lock, data, *data.rglob("*")):
        if path.exists() and not os.access(path, os.W_OK):
            flags = os.statvfs(path).f_flag if hasattr(os, "statvfs") else 0
            return "the disk is read-only" if flags & 1 else "permission is denied"
    return None


class View:
    """A folder that stands for an index which is only read; several processes may each have one."""

    def __init__(self, layout: Layout) -> None:
        """Make the folder; an owner that writes to the index is not disturbed, nor disturbs, meanwhile.

        Raises:
            IndexLockedError: another process writes to the index.
            IndexWriteError: there is no room for temporary files.
        """
        self._to_close = ExitStack()
        try:
            self._share(layout)
            self.layout = Layout(self._filled(layout), str(layout))
        except OSError as error:
            self.close()
            raise IndexWriteError(
                f"The index {layout} is read-only, and searching it takes some temporary space, of which "
                f"there is none: {error.strerror or error}.",
                "Name a folder with room in TMPDIR.",
            ) from None
        except BaseException:
            self.close()
            raise

    def _share(self, layout: Layout) -> None:
        """Keep writers out, as far as there is a lock to hold; other readers may hold it as well."""
        if sys.platform != "win32" and layout.lock.exists():
            import fcntl

            file = self._to_close.enter_context(layout.lock.open("rb"))
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                raise locked_by_another(layout) from None

    def _filled(self, layout: Layout) -> Path:
        folder = tempfile.TemporaryDirectory(prefix="paper-assistant-", ignore_cleanup_errors=True)
        root = Path(self._to_close.enter_context(folder))
        data = layout.data(known_manifest(layout).generation).root
        for source in (layout.manifest, *data.rglob("*")):
            place = root / source.relative_to(layout.root)
            if source.is_dir():
                place.mkdir(parents=True)
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            if source.name in _WRITTEN or source.name.startswith(DATABASE) or source == layout.manifest:
                shutil.copyfile(source, place)
            elif not source.name.endswith(".lock"):
                place.symlink_to(source.absolute())
        return root

    def close(self) -> None:
        """Take the folder away and let writers in."""
        self._to_close.close()
