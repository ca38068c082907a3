"""Where libraries lie: folders of indexes beside each other, named as they are."""

from __future__ import annotations

import re
from pathlib import Path

from .errors import SettingsError

DEFAULT_INDEX = Path("index_store/default")


def library_folder(name: str) -> Path:
    """The folder of the index of a named library, beside the default one.

    Raises:
        SettingsError: a name that cannot be one of a folder.
    """
    if not re.fullmatch(r"\w[\w.-]{0,63}", name):
        raise SettingsError(
            f"{name[:80]!r} cannot be the name of a library.",
            "Use letters, digits, dots, dashes and underscores.",
        )
    return DEFAULT_INDEX.parent / name


def libraries(store: Path) -> list[str]:
    """The names of the indexes in a folder of indexes."""
    return sorted(manifest.parent.name for manifest in store.glob("*/manifest.json"))


def is_index(folder: Path) -> bool:
    """Whether a folder is that of an index, of whatever version, on disk or of a library on a server.

    The folders of its stores say so: its manifest may be lost, and other programs have a `manifest.json` too.
    """
    if (folder / "manifest.json").is_file() and (folder / "chroma").is_dir():
        return True  # as the first version had it
    stores = ("data-*/chroma", "data-*/lexical", "servers/*/data-*/lexical")
    return any(found.is_dir() for pattern in stores for found in folder.glob(pattern))
