"""Brings kept topics up to date with a changed collection: papers join and leave, or all is found anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from ..types import Paper, ProgressCallback
from .discovering import Collection, Found, discover, joined
from .matching import matched
from .naming import Named, Namer
from .state import Group, State

_GROWN = 1.5
"""So much larger (or smaller) than when its topics were found, a collection is looked at anew."""
_READ = 12_000
"""Papers whose texts are read for names, in all."""
_READ_OF_TOPIC = (10, 60)
"""And of one topic, at least and at most: the most typical ones."""


def outdated(state: State, count: int) -> bool:
    """Whether a collection of ``count`` papers has outgrown the topics."""
    return not count / _GROWN < state.discovered < count * _GROWN


def updated(state: State, collection: Collection, ids: Sequence[str], content: str) -> State:
    """The same topics with the papers that came in, without those that left."""
    there = set(ids)
    kept = {paper: fit for paper, fit in state.papers.items() if paper in there}
    came = [paper for paper in ids if paper not in state.papers]
    mean = np.array(state.mean, dtype=np.float32)
    fits = joined(collection, came, mean, state.centres, state.floor)
    return replace(
        state,
        content=content,
        papers=kept | fits,
        new=tuple(came) if came else tuple(paper for paper in state.new if paper in there),
        places={paper: place for paper, place in state.places.items() if paper in there},
    )


def found_anew(
    before: State | None,
    collection: Collection,
    ids: Sequence[str],
    embedder: str,
    content: str,
    progress: ProgressCallback | None,
) -> tuple[State, set[str]]:
    """The topics discovered, those that were there before under their ids and names; and which are new.

    What the user changed stays, as far as the topics are still there.
    """
    found = discover(collection, ids, progress)
    names, area_names = _named(found, collection)
    old = _sets(before) if before else {}
    same = matched(old, {paper: place for paper, (place, _) in found.fits.items() if place >= 0})
    known = {group.id: group for group in before.groups} if before else {}
    numbered = before.numbered if before else 0
    areas, area_ids = _areas(before, found, area_names)
    groups: list[Group] = []
    fresh: set[str] = set()
    for place, centre in enumerate(found.centres):
        group_id = same.get(place, "")
        if not group_id:
            numbered += 1
            group_id = f"t{numbered}"
            fresh.add(group_id)
        name = known[group_id].name if group_id in known else names[place].name
        area = area_ids[found.areas[place]] if found.areas else ""
        groups.append(Group(group_id, name, names[place].terms, _numbers(centre), area))
    came = [paper for paper in ids if before and paper not in before.papers]
    state = State(
        embedder=embedder,
        content=content,
        discovered=len(ids),
        mean=_numbers(found.mean),
        floor=round(found.floor, 5),
        groups=_without_repeats(groups, fresh),
        areas=areas,
        papers=found.fits,
        new=tuple(came) if came or not before else tuple(p for p in before.new if p in found.fits),
        edits=before.edits if before else (),
        numbered=numbered,
        named_by=before.named_by if before else "",
    )
    return state, fresh


def _sets(state: State) -> dict[str, str]:
    return {paper: state.groups[place].id for paper, (place, _) in state.papers.items() if place >= 0}


def _numbers(row: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> tuple[float, ...]:
    return tuple(round(float(number), 5) for number in row)


def _without_repeats(groups: Sequence[Group], fresh: set[str]) -> tuple[Group, ...]:
    """The groups, new ones numbered where an earlier one has their name."""
    taken = {group.name.casefold() for group in groups if group.id not in fresh}
    kept = []
    for group in groups:
        name, number = group.name, 2
        while group.id in fresh and name.casefold() in taken:
            name, number = f"{group.name} {number}", number + 1
        taken.add(name.casefold())
        kept.append(replace(group, name=name))
    return tuple(kept)


def _areas(
    before: State | None, found: Found, names: Mapping[int, Named]
) -> tuple[tuple[tuple[str, str], ...], dict[int, str]]:
    """Ids and names of the areas, and their ids by their numbers; those that were there before keep both."""
    if not found.areas:
        return (), {}
    old_names = dict(before.areas) if before else {}
    old = (
        {paper: before.groups[place].area for paper, (place, _) in before.papers.items() if place >= 0}
        if before
        else {}
    )
    same = matched(
        {paper: area for paper, area in old.items() if area},
        {paper: found.areas[place] for paper, (place, _) in found.fits.items() if place >= 0},
    )
    number = max((int(area[1:]) for area in old_names), default=0)
    ids: dict[int, str] = {}
    areas: list[tuple[str, str]] = []
    for place in sorted(set(found.areas)):
        area = same.get(place, "")
        if area not in old_names:
            number += 1
            area = f"a{number}"
        ids[place] = area
        areas.append((area, old_names.get(area, names[place].name)))
    return tuple(areas), ids


def _named(found: Found, collection: Collection) -> tuple[dict[int, Named], dict[int, Named]]:
    """Our own names of topics and of areas, by their numbers."""
    members: dict[int, list[tuple[float, str]]] = {place: [] for place in range(len(found.centres))}
    for paper, (place, cosine) in found.fits.items():
        if place >= 0:
            members[place].append((-cosine, paper))
    least, most = _READ_OF_TOPIC
    limit = max(least, min(most, _READ // max(1, len(members))))
    chosen = {place: [paper for _, paper in sorted(rows)[:limit]] for place, rows in members.items()}
    texts: dict[str, Paper] = {}
    for ids in chosen.values():
        texts |= {paper.id: paper for paper in collection.papers(ids)}
    namer = Namer({place: [texts[i] for i in ids if i in texts] for place, ids in chosen.items()})
    sets: dict[int, list[int]] = {}
    for place, area in enumerate(found.areas):
        sets.setdefault(area, []).append(place)
    return namer.names(), namer.names(sets) if sets else {}
