"""Where the parts of an index lie on disk, and what its manifest says; it knows no store."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from ..errors import IndexDamagedError, IndexMismatchError, IndexNotFoundError

FORMAT = 1
"""The version of what is on disk; raised by any change that an older program would misread."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Every path of an index below ``root``."""

    root: Path

    @property
    def manifest(self) -> Path:
        """What the index holds; written last, so that it never promises what is not there."""
        return self.root / "manifest.json"

    @property
    def chroma(self) -> Path:
        """Chroma's folder: vectors and records."""
        return self.root / "chroma"

    @property
    def lexical(self) -> Path:
        """Tantivy's folder: the words."""
        return self.root / "lexical"

    @property
    def lock(self) -> Path:
        """The file whose OS lock makes a process the owner."""
        return self.root / ".lock"

    @property
    def owner(self) -> Path:
        """Who the owner is; beside the lock, since a locked file cannot be read on every system."""
        return self.root / "owner.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The truth about an index.

    ``content`` is the sum of the records' SHA-256 hashes modulo 2^256, in hexadecimal: it does not
    depend on the order of imports and is kept up to date without reading what is stored.
    ``state`` is ``writing`` while an import runs; found so at open, the import was cut off.
    """

    embedder: str
    dimension: int
    papers: int = 0
    sentences: int = 0
    content: str = "0"
    state: Literal["clean", "writing"] = "clean"
    format: int = FORMAT

    @classmethod
    def load(cls, layout: Layout) -> Manifest:
        """Read the manifest of an index that exists.

        Raises:
            IndexDamagedError: it cannot be read.
            IndexMismatchError: it is of another format version.
        """
        try:
            data = json.loads(layout.manifest.read_text("utf-8"))
            version = int(data["format"])
        except (OSError, ValueError, KeyError, TypeError):
            raise IndexDamagedError(
                f"The manifest {layout.manifest} cannot be read.",
                "Move the folder away and add your papers again.",
            ) from None
        if version != FORMAT:
            raise IndexMismatchError(
                f"The index {layout.root} has format {version}; this version of paper-assistant "
                f"reads format {FORMAT}.",
                "Add your papers to a new folder (--index), or use the version that made it.",
            )
        try:
            return cls(**data)
        except TypeError:
            raise IndexDamagedError(
                f"The manifest {layout.manifest} is incomplete.",
                "Move the folder away and add your papers again.",
            ) from None

    def save(self, layout: Layout) -> None:
        """Write the manifest in one step: a crash leaves the old one or the new one, whole."""
        draft = layout.manifest.with_suffix(".tmp")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(layout.manifest)


def not_found(layout: Layout) -> IndexNotFoundError:
    """The error for a folder that holds no index yet."""
    return IndexNotFoundError(
        f"There is no index in {layout.root} yet.",
        "Add papers with `paper-assistant add FILE`, or try the sample with `paper-assistant add --sample`.",
    )
