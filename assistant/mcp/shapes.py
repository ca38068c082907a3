"""What the tools return beside their text: the part of docs/json.md that is of use to a model, as schemas."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

Support = Literal["supported", "partial", "unsupported"]


class Named(BaseModel):
    """A paper by its id and title."""

    id: str
    title: str


class Quoted(BaseModel):
    """A sentence of an abstract, word for word; ``index`` counts from 0."""

    index: int
    text: str


class Cited(Named):
    """A cited paper: ``number`` is its mark [n] in the text, ``sentences`` are those that support it."""

    number: int
    sentences: list[Quoted]


class Stated(BaseModel):
    """A statement of the text with the numbers of the papers it cites."""

    text: str
    citations: list[int]
    support: Annotated[Support | None, Field(description="Whether the cited sentences carry it.")]
    reason: Annotated[str | None, Field(description="Why it is not supported.")]


class Refused(BaseModel):
    """Why there is no answer, and the papers that come nearest."""

    kind: Literal["not_in_collection", "not_stated", "filtered_out"]
    reason: str
    nearest: list[Named]


class Answered(BaseModel):
    """What ``ask`` returns."""

    question: str
    status: Literal["answered", "refused"]
    confidence: Annotated[
        float | None, Field(description="The chance that the collection answers the question.")
    ]
    text: Annotated[str, Field(description="Markdown with [n] marks, then the references.")]
    citations: list[Cited]
    claims: list[Stated]
    refusal: Refused | None
    notices: Annotated[list[str], Field(description="What the reader should know of this answer.")]


class Ranked(BaseModel):
    """A sentence that fits the question; ``score`` is the chance that it answers."""

    index: int
    text: str
    score: float


class Found(Named):
    """A paper that was found; ``score`` compares the papers of one search."""

    rank: int
    score: float
    evidence: Annotated[list[Ranked], Field(description="Its sentences that fit best, the best first.")]


class Hits(BaseModel):
    """What ``search`` returns."""

    hits: list[Found]


class AboutTopic(BaseModel):
    """Papers that belong together."""

    id: str
    name: str
    size: Annotated[int, Field(description="How many papers it has.")]
    terms: Annotated[list[str], Field(description="Words that tell it from the others.")]
    examples: Annotated[list[Named], Field(description="Papers that stand for it.")]


class AllTopics(BaseModel):
    """What ``topics`` returns."""

    papers: Annotated[int, Field(description="How many papers the collection has.")]
    topics: Annotated[list[AboutTopic], Field(description="The largest first.")]
    notices: list[str]


class Part(BaseModel):
    """A section: Markdown with [n] marks."""

    title: str
    body: str


class ReadFirst(Named):
    """A paper to begin with, and why."""

    reason: str


class Summarised(BaseModel):
    """What ``summarize`` returns."""

    subject: str
    status: Literal["answered", "refused"]
    depth: Literal["brief", "standard", "full"]
    sections: list[Part]
    citations: list[Cited]
    reading: Annotated[list[ReadFirst], Field(description="Where to begin.")]
    coverage: Annotated[str, Field(description="How many of the papers are cited, and which are not.")]
    refusal: Refused | None
    notices: Annotated[list[str], Field(description="What the reader should know of this summary.")]


SHAPES: dict[str, type[BaseModel]] = {
    "ask": Answered,
    "search": Hits,
    "topics": AllTopics,
    "summarize": Summarised,
}
"""The result of each tool."""
