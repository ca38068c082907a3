"""Kept topics as the user sees them: with their renamings and merges applied."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..grouped import Area, Topic, Topics
from ..types import Paper
from .state import Edit, Group, State

LONGEST_NAME = 80
"""Characters of a name that a user or a model gives."""
_EXAMPLES = 3


def clean(name: str) -> str:
    """A name that a user or a model gave, on one line and without control characters."""
    printable = "".join(character if character.isprintable() else " " for character in name)
    return " ".join(printable.split())


def targets(groups: Sequence[Group], edits: Sequence[Edit]) -> dict[str, str]:
    """The topic that each group counts for: itself, or the one it was merged into."""
    into = {group.id: group.id for group in groups}
    for edit in edits:
        if edit.kind != "merge" or edit.topics[0] not in into:
            continue
        first = into[edit.topics[0]]
        joining = {into[topic] for topic in edit.topics if topic in into}
        into = {group: first if target in joining else target for group, target in into.items()}
    return into


def viewed(state: State, papers: Callable[[list[str]], list[Paper]], notices: Sequence[str] = ()) -> Topics:
    """The topics of a state; ``papers`` reads some by id."""
    into = targets(state.groups, state.edits)
    given = _given_names(state.edits, into)
    groups = {group.id: group for group in state.groups}
    members: dict[str, list[tuple[float, str]]] = {}
    rest: list[str] = []
    for paper, (place, cosine) in state.papers.items():
        if place < 0:
            rest.append(paper)
        else:
            members.setdefault(into[state.groups[place].id], []).append((-cosine, paper))
    ordered = {topic: tuple(paper for _, paper in sorted(of_topic)) for topic, of_topic in members.items()}
    shown = [paper for ids in ordered.values() for paper in ids[:_EXAMPLES]]
    read = {paper.id: paper for paper in papers(shown)}
    new = set(state.new)
    topics = [
        Topic(
            id=topic,
            name=given.get(topic, groups[topic].name),
            terms=groups[topic].terms,
            papers=ids,
            examples=tuple(read[paper] for paper in ids[:_EXAMPLES] if paper in read),
            new=tuple(paper for paper in ids if paper in new),
            area=groups[topic].area,
            renamed=topic in given,
            merged=tuple(group for group, target in into.items() if target == topic != group),
        )
        for topic, ids in ordered.items()
    ]
    topics.sort(key=lambda topic: (-topic.size, topic.name.casefold(), topic.id))
    return Topics(
        topics=tuple(topics),
        areas=_areas(state, topics),
        rest=tuple(sorted(rest)),
        new_rest=tuple(sorted(new & set(rest))),
        papers=len(state.papers),
        notices=tuple(notices),
    )


def _given_names(edits: Sequence[Edit], into: dict[str, str]) -> dict[str, str]:
    """The names that the user gave, by topic; the last one counts."""
    return {into[edit.topics[0]]: edit.name for edit in edits if edit.name and edit.topics[0] in into}


def _areas(state: State, topics: Sequence[Topic]) -> tuple[Area, ...]:
    """The areas that have topics, the largest first."""
    sizes: dict[str, int] = {}
    for topic in topics:
        sizes[topic.area] = sizes.get(topic.area, 0) + topic.size
    areas = [
        Area(area, name, tuple(topic.id for topic in topics if topic.area == area))
        for area, name in state.areas
        if area in sizes
    ]
    return tuple(sorted(areas, key=lambda area: (-sizes[area.id], area.name)))
