"""What an import would do: counted by the same decisions as an import, over a store that is only read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..types import ImportReport, Paper, Rejected
from .folding import Folder, Owners, Records
from .importing import batches
from .keys import keys_in
from .parts import without_text


def preview(
    rows: Iterable[Paper | Rejected], records: Records = lambda _: {}, owners: Owners = lambda _: {}
) -> ImportReport:
    """What an import of these rows would do; without ``records`` and ``owners``, to an empty index.

    What would have been stored is remembered without its abstract, on which no decision depends.
    """
    kept: dict[str, Mapping[str, Any]] = {}
    owned: dict[str, list[str]] = {}
    folder = Folder(
        lambda ids: {**records(ids), **{id_: kept[id_] for id_ in ids if id_ in kept}},
        lambda keys: _both(owners(keys), {key: owned[key] for key in keys if key in owned}),
    )
    for batch in batches(rows):
        changes = folder.changes(batch)
        for change in changes:
            kept[change.paper.id] = without_text(change.record)
            for key in keys_in(change.paper, change.record):
                owned.setdefault(key, []).append(change.paper.id)
        folder.stored(changes)
    return folder.tally.report()


def _both(one: Mapping[str, Sequence[str]], other: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The ids of both by their keys."""
    return {key: list(dict.fromkeys((*one.get(key, ()), *other.get(key, ())))) for key in {**one, **other}}
