"""Papers as JSON: those that were found, those that are there, those that belong together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, TypedDict

from ..grouped import Topic, Topics
from ..types import Hit, Paper
from .answers import Id, NamedJson, named_json


class EvidenceJson(TypedDict):
    """A sentence of a hit with the chance, in [0, 1], that it answers."""

    index: int
    text: str
    score: float


class HitJson(TypedDict):
    """A paper that was found.

    ``rank`` counts from 1. ``score`` ranks the hits of one search, in [0, 1]; it means nothing across
    searches. Of a sentence, it is the chance that it answers the question.
    """

    rank: int
    id: str
    title: str
    score: float
    evidence: Annotated[list[EvidenceJson], "the best first"]


class HitsJson(TypedDict):
    """The papers found, best first."""

    hits: list[HitJson]


class PaperJson(TypedDict):
    """A paper with all that is known of it.

    ``sources`` are the names of the files that it came from, without folders.
    """

    id: str
    title: str
    abstract: str
    year: int | None
    venue: str | None
    url: str | None
    doi: str | None
    arxiv_id: str | None
    authors: list[str]
    sources: list[str]


class PapersJson(TypedDict):
    """Papers."""

    papers: list[PaperJson]


class MovedJson(PapersJson):
    """Papers that were taken out or put back."""

    missing: Annotated[list[str], "ids that were asked for and not found"]


class TopicJson(TypedDict):
    """Papers that belong together."""

    id: str
    name: str
    size: int
    terms: Annotated[list[str], "words that tell it from the others"]
    area: str | None
    examples: list[NamedJson]
    papers: Annotated[list[Id], "the most typical first"]
    new: list[Id]
    renamed: bool
    merged: Annotated[list[Id], "topics that were put into it"]


class AreaJson(TypedDict):
    """Topics that belong together."""

    id: str
    name: str
    topics: list[Id]


class TopicsJson(TypedDict):
    """The topics of a collection.

    Topics and areas are the largest first; there are areas where the collection is large. ``new`` and
    ``new_rest`` are the papers that the latest change of the collection brought.
    """

    papers: int
    topics: list[TopicJson]
    areas: list[AreaJson]
    rest: Annotated[list[Id], "papers of no topic"]
    new_rest: list[Id]
    notices: list[str]


class UndoneJson(TypedDict):
    """What was taken back, in words."""

    undone: str


def hits_json(hits: Iterable[Hit]) -> HitsJson:
    """The papers found, best first."""
    return {
        "hits": [
            {
                "rank": hit.rank,
                "id": hit.id,
                "title": hit.title,
                "score": round(hit.score, 6),
                "evidence": [
                    {"index": e.index, "text": e.text, "score": round(e.score, 6)} for e in hit.evidence
                ],
            }
            for hit in hits
        ]
    }


def papers_json(papers: Iterable[Paper]) -> PapersJson:
    """Papers with all that is known of them."""
    return {
        "papers": [
            {
                "id": paper.id,
                "title": paper.title,
                "abstract": paper.abstract,
                "year": paper.year,
                "venue": paper.venue,
                "url": paper.url,
                "doi": paper.doi,
                "arxiv_id": paper.arxiv_id,
                "authors": list(paper.authors),
                "sources": list(paper.sources),
            }
            for paper in papers
        ]
    }


def moved_json(papers: Iterable[Paper], missing: Iterable[str]) -> MovedJson:
    """Papers that were taken out or put back, and ids that were not found."""
    return {**papers_json(papers), "missing": list(missing)}


def topics_json(topics: Topics) -> TopicsJson:
    """The topics of a collection, the largest first."""
    return {
        "papers": topics.papers,
        "topics": [topic_json(topic) for topic in topics],
        "areas": [{"id": area.id, "name": area.name, "topics": list(area.topics)} for area in topics.areas],
        "rest": list(topics.rest),
        "new_rest": list(topics.new_rest),
        "notices": list(topics.notices),
    }


def topic_json(topic: Topic) -> TopicJson:
    """A topic with the ids of its papers."""
    return {
        "id": topic.id,
        "name": topic.name,
        "size": topic.size,
        "terms": list(topic.terms),
        "area": topic.area or None,
        "examples": [named_json(paper) for paper in topic.examples],
        "papers": list(topic.papers),
        "new": list(topic.new),
        "renamed": topic.renamed,
        "merged": list(topic.merged),
    }
