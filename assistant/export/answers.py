"""Answers as JSON, and what stands in them: citations, claims, a refusal, what was spent.

A shape is declared beside the function that fills it; docs/json.md is generated from the declarations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, TypedDict

from ..filters import Filters
from ..types import (
    Answer,
    Citation,
    Claim,
    Mode,
    Paper,
    Proposal,
    Refusal,
    RefusalKind,
    Sentence,
    Support,
    Usage,
)

# In docs/json.md a word on what is in a list or a dictionary stands for its type, words on a field beside it.
Id = Annotated[str, "id"]
Timings = dict[Annotated[str, "step"], Annotated[float, "seconds"]]


class NamedJson(TypedDict):
    """A paper by its id and title."""

    id: str
    title: str


class SentenceJson(TypedDict):
    """A sentence of an abstract; ``index`` counts from 0."""

    index: int
    text: str


class CitationJson(TypedDict):
    """A cited paper.

    ``number`` is the mark in the text; ``index`` counts the sentences of the abstract from 0.
    """

    number: int
    id: str
    title: str
    sentences: list[SentenceJson]


class ProposalJson(TypedDict):
    """A sentence that carries a claim."""

    number: int | None
    id: str
    title: str
    sentence: SentenceJson


class ClaimJson(TypedDict):
    """A statement with its verdict.

    ``support`` is ``null`` where there was nothing to judge, or nothing could; else ``score`` says how sure
    in [0, 1] the judgement is. ``better`` is a sentence of the sources that carries the claim where the cited
    ones do not; its ``number`` is ``null`` where the answer does not cite that paper. ``attached`` says that
    the writer cited nothing here and the audit found the sentence.
    """

    text: str
    citations: list[int]
    support: Support | None
    score: float | None
    reason: Annotated[str | None, "why it is not supported, in words"]
    better: ProposalJson | None
    attached: bool


class RefusalJson(TypedDict):
    """Why there is no answer, and the papers that came nearest."""

    kind: RefusalKind
    reason: str
    nearest: list[NamedJson]


class UsageJson(TypedDict):
    """What a language model was asked for."""

    prompt_tokens: int
    completion_tokens: int
    calls: int
    cost: Annotated[float | None, "US dollars; null where no price is known"]


class FiltersJson(TypedDict):
    """Which papers count; what is empty allows all."""

    since: int | None
    until: int | None
    author: str
    venue: str
    source: str
    topic: str


class FoundFilterJson(TypedDict):
    """Filters that the words of a question ask for."""

    words: str
    filters: FiltersJson


class AppliedJson(FiltersJson):
    """Filters of an answer.

    ``filters`` are all that were applied, ``found`` those of them that the question asked for in words.
    """

    found: list[FoundFilterJson]


class AnswerJson(TypedDict):
    """An answer or a refusal.

    ``timings`` has a step ``cache`` where the answer was remembered; then ``usage`` counts no call for it.
    """

    question: str
    status: Literal["answered", "refused"]
    mode: Mode
    confidence: Annotated[float | None, "the chance that the collection answers, in [0, 1]"]
    text: Annotated[str, "Markdown with [n] marks, and the references"]
    citations: list[CitationJson]
    claims: list[ClaimJson]
    refusal: RefusalJson | None
    notices: Annotated[list[str], "what the reader should know: a model that failed, citations removed"]
    usage: UsageJson
    searched: Annotated[str, "the question that was searched: standing alone, without filter words"]
    filters: AppliedJson
    timings: Timings


class ConversationJson(TypedDict):
    """A conversation, turn by turn."""

    turns: list[AnswerJson]


def answer_json(answer: Answer) -> AnswerJson:
    """An answer or a refusal."""
    found: list[FoundFilterJson] = [
        {"words": found.words, "filters": _filters(found.filters)} for found in answer.filters_found
    ]
    return {
        "question": answer.question,
        "status": answer.status,
        "mode": answer.mode,
        "confidence": None if answer.confidence is None else round(answer.confidence, 4),
        "text": answer.text,
        "citations": [citation_json(citation) for citation in answer.citations],
        "claims": [claim_json(claim) for claim in answer.claims],
        "refusal": refusal_json(answer.refusal),
        "notices": list(answer.notices),
        "usage": usage_json(answer.usage),
        "searched": answer.searched,
        "filters": {**_filters(answer.filters), "found": found},
        "timings": timings_json(answer.timings),
    }


def conversation_json(answers: Iterable[Answer]) -> ConversationJson:
    """The answers of a conversation."""
    return {"turns": [answer_json(answer) for answer in answers]}


def citation_json(citation: Citation) -> CitationJson:
    """A cited paper with the sentences that support it."""
    return {
        "number": citation.number,
        "id": citation.id,
        "title": citation.title,
        "sentences": [sentence_json(sentence) for sentence in citation.sentences],
    }


def claim_json(claim: Claim) -> ClaimJson:
    """A statement with its verdict."""
    return {
        "text": claim.text,
        "citations": list(claim.citations),
        "support": claim.support,
        "score": claim.score,
        "reason": claim.reason,
        "better": _proposal(claim.better),
        "attached": claim.attached,
    }


def refusal_json(refusal: Refusal | None) -> RefusalJson | None:
    """Why there is no answer, if there is none."""
    if refusal is None:
        return None
    return {
        "kind": refusal.kind,
        "reason": refusal.reason,
        "nearest": [named_json(paper) for paper in refusal.nearest],
    }


def usage_json(usage: Usage) -> UsageJson:
    """What a language model was asked for."""
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "calls": usage.calls,
        "cost": usage.cost,
    }


def named_json(paper: Paper) -> NamedJson:
    """A paper by its id and title."""
    return {"id": paper.id, "title": paper.title}


def sentence_json(sentence: Sentence) -> SentenceJson:
    """A sentence with its place in the abstract."""
    return {"index": sentence.index, "text": sentence.text}


def timings_json(timings: Mapping[str, float]) -> Timings:
    """Seconds by step."""
    return {step: round(seconds, 4) for step, seconds in timings.items()}


def _filters(filters: Filters) -> FiltersJson:
    return {
        "since": filters.since,
        "until": filters.until,
        "author": filters.author,
        "venue": filters.venue,
        "source": filters.source,
        "topic": filters.topic,
    }


def _proposal(better: Proposal | None) -> ProposalJson | None:
    if better is None:
        return None
    return {
        "number": better.number,
        **named_json(better.paper),
        "sentence": sentence_json(better.sentence),
    }
