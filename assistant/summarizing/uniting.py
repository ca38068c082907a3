"""What unites the papers of a theme and what sets each apart: phrases that stand in them, and counts.

Told by the phrases that name topics; each is found in the texts word for word before anything is said of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..answering.abstracts import short_name
from ..types import Paper

_SHARED = 3
"""Phrases that a line has room for."""
_LEAST = 1 / 3
"""A phrase is shared that stands in so large a part of the papers."""
_OFTEN = 2
"""A paper is about what it names so often; what it names once may be anything."""
_WHOLE = 0.4
"""A phrase is one if so large a part of its occurrences is not within a longer one."""


@dataclass(frozen=True, slots=True)
class Common:
    """The phrases that papers share, each with how many have it; by paper id the one that it has alone."""

    papers: int
    shared: tuple[tuple[str, int], ...] = ()
    alone: tuple[tuple[str, str], ...] = ()

    def alone_in(self, paper_id: str) -> str:
        """What only this paper of the theme names, if anything."""
        return dict(self.alone).get(paper_id, "")

    def __str__(self) -> str:
        """In one line; empty where there is nothing to tell."""
        counted = [
            f"“{phrase}” ({count} of {self.papers}{'' if place else ' papers'})"
            for place, (phrase, count) in enumerate(self.shared)
        ]
        told = f"What they share: {', '.join(counted)}." if counted else ""
        return f"{told} In italics: what only one of them names.".strip() if self.alone else told


def common(themes: Sequence[Sequence[Paper]]) -> list[Common]:
    """What unites the papers of each theme, first what tells it from the others, and what sets each apart."""
    from ..topics.naming import Namer
    from ..topics.reading import Reading

    named = Namer(dict(enumerate(themes))).names()
    reading = Reading(themes)
    keys = {paper.id: reading.read(paper) for papers in themes for paper in papers}
    phrases = {key: phrase.shown for key, phrase in reading.phrases().items() if phrase.whole >= _WHOLE}
    found = []
    for place, papers in enumerate(themes):
        own = {paper.id: _long(phrases[key] for key in keys[paper.id] if key in phrases) for paper in papers}
        several = len(papers) > 1
        shared = _shared(_long(named[place].terms), papers, own.values()) if several else ()
        alone = _alone(papers, own) if several else ()
        found.append(Common(len(papers), (*shared,), (*alone,)))
    return found


def _long(phrases: Iterable[str]) -> list[str]:
    """Those of more than one word: one by itself says little."""
    from ..topics.wording import size

    return [phrase for phrase in phrases if size(phrase) > 1]


def _shared(
    telling: Sequence[str], papers: Sequence[Paper], others: Iterable[Sequence[str]]
) -> list[tuple[str, int]]:
    first = {phrase: _having(phrase, papers) for phrase in telling}
    rest = {phrase: _having(phrase, papers) for own in others for phrase in own}
    ordered = [*first.items(), *sorted(rest.items(), key=lambda each: (-each[1], -len(each[0]), each[0]))]
    shared: list[tuple[str, int]] = []
    for phrase, count in ordered:
        said = any(
            phrase.casefold() in one.casefold() or one.casefold() in phrase.casefold() for one, _ in shared
        )
        if count >= max(2, _LEAST * len(papers)) and not said and len(shared) < _SHARED:
            shared.append((phrase, count))
    return shared


def _alone(papers: Sequence[Paper], own: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    for paper in papers:
        text, name = paper.text.casefold(), short_name(paper).casefold()
        often = {phrase: text.count(phrase.casefold()) for phrase in own[paper.id]}
        ranked = sorted(often, key=lambda phrase: (-often[phrase], -len(phrase), phrase))
        for phrase in ranked:
            if often[phrase] >= _OFTEN and phrase.casefold() not in name and _having(phrase, papers) == 1:
                yield paper.id, phrase
                break


def _having(phrase: str, papers: Sequence[Paper]) -> int:
    """How many papers have a phrase word for word, in whatever case."""
    return sum(phrase.casefold() in paper.text.casefold() for paper in papers)
