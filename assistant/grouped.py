"""The nouns of topics: which papers of a collection belong together, under which names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from .errors import UsageError
from .types import Paper

_SHOWN = 60
_NEAREST = 3
_LONGEST = 200
"""Characters of a name that are compared with those of topics."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Papers that belong together.

    ``id`` stays as long as the topic does, also where it is named anew or found again in a grown collection.
    ``terms`` are the words that tell it from the others, ``papers`` the ids, the most typical first,
    ``examples`` the papers that stand for it. ``new`` are the ids that the latest change of the collection
    brought. ``area`` is the id of its area, where the collection is large. ``merged`` are the ids of topics
    that the user put into it.
    """

    id: str
    name: str
    terms: tuple[str, ...]
    papers: tuple[str, ...]
    examples: tuple[Paper, ...] = ()
    new: tuple[str, ...] = ()
    area: str = ""
    renamed: bool = False
    merged: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many papers it has."""
        return len(self.papers)

    def __str__(self) -> str:
        """The name and the size."""
        return f"{self.name} ({self.size:,})"


@dataclass(frozen=True, slots=True)
class Area:
    """Topics that belong together; ``topics`` are their ids, the largest first."""

    id: str
    name: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of a collection, the largest first.

    ``rest`` are the ids of papers that fit none, ``new_rest`` those of them that came in last. ``areas`` is
    empty where the collection is not large. ``papers`` counts them all. ``notices`` are sentences for the
    reader.
    """

    topics: tuple[Topic, ...] = ()
    areas: tuple[Area, ...] = ()
    rest: tuple[str, ...] = ()
    new_rest: tuple[str, ...] = ()
    papers: int = 0
    notices: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Topic]:
        return iter(self.topics)

    def __len__(self) -> int:
        return len(self.topics)

    def __getitem__(self, place: int) -> Topic:
        return self.topics[place]

    @property
    def new(self) -> int:
        """How many papers the latest change of the collection brought."""
        return sum(len(topic.new) for topic in self.topics) + len(self.new_rest)

    def topic_of(self, paper_id: str) -> Topic | None:
        """The topic of a paper."""
        return next((topic for topic in self.topics if paper_id in topic.papers), None)

    def find(self, wanted: str) -> Topic:
        """The topic of this id or name (case does not matter), or of the only name that holds these words.

        Raises:
            UsageError: there is none, or more than one.
        """
        text = " ".join(wanted.split()).casefold()
        exact = [t for t in self.topics if text in {t.id.casefold(), t.name.casefold()}]
        found = exact or [t for t in self.topics if text and text in t.name.casefold()]
        if len(found) == 1:
            return found[0]
        shown = " ".join(wanted.split())[:_SHOWN]
        if found:
            names = ", ".join(f"{topic.id} ({topic.name})" for topic in found[:5])
            raise UsageError(f"More than one topic is called “{shown}”: {names}.", "Name one by its id.")
        raise UsageError(f"There is no topic “{shown}”.", self._hint(text))

    def _hint(self, text: str) -> str:
        """What may have been meant: names written nearly so, then those that share a word with it."""
        by_name = {topic.name.casefold(): topic for topic in self.topics}
        words = set(text.split())
        near = [
            *get_close_matches(text[:_LONGEST], by_name, _NEAREST),
            *(name for name in by_name if words & set(name.split())),
        ]
        if not near:
            return "`paper-assistant topics` lists them."
        names = [f"{by_name[name].id} ({by_name[name].name})" for name in dict.fromkeys(near)]
        return f"The nearest are {', '.join(names[:_NEAREST])}; `paper-assistant topics` lists all."


@dataclass(frozen=True, slots=True)
class Place:
    """Where a paper stands on the map; ``topic`` is the id of its topic, empty for none."""

    paper: Paper
    x: float
    y: float
    topic: str = ""


@dataclass(frozen=True, slots=True)
class TopicMap:
    """A collection in two dimensions: papers that are near each other have near meanings."""

    topics: Topics
    places: tuple[Place, ...] = ()
