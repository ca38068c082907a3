"""What the shell offers when a word is begun: libraries, files and online sources; opens no index."""

from __future__ import annotations

from pathlib import Path

_ONLINE = ("arxiv:", "doi:", "hf-papers:trending", "openalex:", "s2:")


def libraries(incomplete: str) -> list[str]:
    """The libraries whose names begin so."""
    from ..folders import DEFAULT_INDEX
    from ..folders import libraries as known

    return [name for name in known(DEFAULT_INDEX.parent) if name.startswith(incomplete)]


def sources(incomplete: str) -> list[str]:
    """The files and folders, and kinds of online sources, whose names begin so."""
    folder, slash, begun = incomplete.rpartition("/")
    try:
        inside = sorted(Path(f"{folder}{slash}" or ".").iterdir())
    except (OSError, ValueError):
        inside = []
    found = [path for path in inside if path.name.startswith(begun) and (begun or path.name[0] != ".")]
    files = [f"{folder}{slash}{path.name}{'/' if path.is_dir() else ''}" for path in found]
    return [*files, *(name for name in _ONLINE if name.startswith(incomplete))]
