"""The topics of a collection, found anew for the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..grouped import Topic, Topics

if TYPE_CHECKING:
    from ..assistant import Assistant


def topics_of(assistant: Assistant) -> Topics:
    """The topics, the largest first."""
    from ..topics.discovering import discover
    from ..topics.naming import Namer

    index = assistant.index
    papers = {paper.id: paper for paper in index.all()}
    groups: dict[str, list[str]] = {}

    class Collection:
        ids = staticmethod(lambda: sorted(papers))
        vectors = staticmethod(index.vectors)
        papers = staticmethod(index.papers)

    found = discover(Collection(), sorted(papers))  # type: ignore[arg-type]
    for paper_id, (group, _) in found.fits.items():
        groups.setdefault(f"t{group}" if group >= 0 else "", []).append(paper_id)
    rest = groups.pop("", [])
    names = Namer({key: [papers[one] for one in ids] for key, ids in groups.items()}).names()
    topics = [Topic(key, names[key].name, names[key].terms, tuple(ids)) for key, ids in groups.items()]
    topics.sort(key=lambda topic: (-topic.size, topic.name))
    return Topics(tuple(topics), rest=tuple(rest), papers=len(papers))
