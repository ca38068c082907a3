"""Parts of untrusted JSON, whatever is there instead; knows no shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..identity import normal_arxiv_id

Fields = dict[str, object]


def at(value: object, *path: str | int) -> object:
    """What stands at a path of keys and places, or None where the path ends early."""
    for step in path:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and len(value) > step:
            value = value[step]
        else:
            return None
    return value


def names(entries: object, name: Callable[[Mapping[str, object]], object]) -> object:
    """A list with each object in it replaced by the name that it holds."""
    if not isinstance(entries, list):
        return entries
    return [name(entry) if isinstance(entry, dict) else entry for entry in entries]


def first(value: object) -> object:
    """The first of a list, or what is no list as it is."""
    return (value[0] if value else None) if isinstance(value, list) else value


def is_arxiv_id(value: object) -> bool:
    """Whether a value is a text that names a paper of arXiv."""
    return isinstance(value, str) and normal_arxiv_id(value) is not None
