"""Opens an index, whatever a kill has left of it.

Chroma writes its vector files in place, every thousand papers, and a kill at that moment leaves files that it
refuses as a whole. All records are still there, and the vectors too; such an index is made anew from them.
"""

from __future__ import annotations

import shutil
from contextlib import suppress

from ..errors import IndexDamagedError, IndexMismatchError
from ..models.ports import Embedder
from .layout import Layout, Manifest
from .rebuild import rebuild
from .store import PaperIndex


def open_index(layout: Layout, embedder: Embedder, *, create: bool = False) -> PaperIndex:
    """Open the index as `PaperIndex` does, restoring it first where a change was cut off in that way.

    Raises:
        IndexStoreError: As `PaperIndex` tells; damage that no cut-off change explains is not mended here.
    """
    try:
        return PaperIndex(layout, embedder, create=create)
    except IndexDamagedError:
        manifest = _cut_off(layout)
        if manifest is None:
            raise
    if manifest.papers:
        rebuild(layout, embedder, at_least=manifest.papers if manifest.state == "writing" else 1)
    else:  # no batch was in: there is nothing to keep
        shutil.rmtree(layout.data(manifest.generation).root, ignore_errors=True)
    return PaperIndex(layout, embedder, create=create)


def _cut_off(layout: Layout) -> Manifest | None:
    """The manifest of an index in which a change was under way, else ``None``."""
    with suppress(IndexDamagedError, IndexMismatchError):
        manifest = Manifest.load(layout)
        if manifest.state != "clean":
            return manifest
    return None
