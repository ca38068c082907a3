"""Files that a browser sent, in a private folder from their arrival to their end; knows no index."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from .escaping import clean

_LONGEST_NAME = 200
"""Bytes of a file's name; file systems take 255."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file under the name that it has at its user's."""

    path: Path

    @property
    def name(self) -> str:
        """The name, as for a reader."""
        return self.path.name


class Uploads:
    """A folder that nobody but this user can look into; everything in it goes when it is closed."""

    def __init__(self) -> None:
        """Make the folder, and let Gradio put there what it is sent."""
        self._root = Path(tempfile.mkdtemp(prefix="paper-assistant-")).resolve()
        self._incoming = self._root / "incoming"
        self._incoming.mkdir()
        self._numbers = count(1)
        os.environ["GRADIO_TEMP_DIR"] = str(self._incoming)

    def take(self, sent: Iterable[Mapping[str, Any]]) -> list[Upload]:
        """The files of one drop, each moved to a folder of its own, so that no other drop shares them.

        What Gradio says of a file came from the browser: a path that is none of ours is passed over.
        """
        taken = []
        for file in sent:
            path = Path(str(file.get("path", ""))).resolve()
            if path.is_relative_to(self._incoming) and path.is_file():
                place = self.folder() / file_name(str(file.get("orig_name") or path.name))
                path.replace(place)
                taken.append(Upload(place))
        return taken

    def folder(self) -> Path:
        """A new empty folder."""
        folder = self._root / str(next(self._numbers))
        folder.mkdir()
        return folder

    def close(self) -> None:
        """Delete all of it."""
        shutil.rmtree(self._root, ignore_errors=True)


def file_name(name: str) -> str:
    """A name from a browser as that of a file here, as close to it as can be."""
    name = clean(name).replace("\\", "/").rpartition("/")[2].strip()
    name = " ".join(name.split()).strip(". ") or "file"
    stem, dot, ending = name.rpartition(".")
    while len(name.encode()) > _LONGEST_NAME:
        stem, ending = (stem or ending)[:-1], ending[:20] if stem else ""
        name = f"{stem}{dot}{ending}"
    return name
