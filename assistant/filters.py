"""Which papers count: the filters, where they came from, and how two of them are one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Filters:
    """Which papers count; what is left empty allows all.

    ``since`` and ``until`` are years, both included; a paper without a year meets neither. Every word of
    ``author``, ``venue`` and ``source`` must stand in that field, whatever its case and accents. ``topic`` is
    the id or name of a topic as ``topics`` lists it; of several, a line each, a paper must be in all.
    """

    since: int | None = None
    until: int | None = None
    author: str = ""
    venue: str = ""
    source: str = ""
    topic: str = ""

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return self != Filters()

    def __and__(self, other: Filters) -> Filters:
        """Those that ask for what either asks for: the narrower years, all the words."""
        starts = [year for year in (self.since, other.since) if year is not None]
        ends = [year for year in (self.until, other.until) if year is not None]
        return Filters(
            max(starts, default=None),
            min(ends, default=None),
            _both(self.author, other.author),
            _both(self.venue, other.venue),
            _both(self.source, other.source),
            "\n".join(dict.fromkeys([*self.topics, *other.topics])),
        )

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that a paper must be in."""
        return tuple(line.strip() for line in self.topic.splitlines() if line.strip())

    def __str__(self) -> str:
        """The filters in words, as for a reader: "since 2020, by Hajij, in NeurIPS"."""
        parts = (
            self.since is not None and f"since {self.since}",
            self.until is not None and f"until {self.until}",
            self.author and f"by {self.author}",
            self.venue and f"in {self.venue}",
            self.source and f"from {self.source}",
            *(f"in the topic “{topic}”" for topic in self.topics),
        )
        return ", ".join(part for part in parts if part)


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class FoundFilter:
    """Filters that the words of a question ask for: ``words`` as they stand in it, "since 2022"."""

    words: str
    filters: Filters

    def __str__(self) -> str:
        """The words."""
        return self.words


def _both(first: str, second: str) -> str:
    if not second or second.casefold() in first.casefold():
        return first
    return f"{first} {second}".strip()
