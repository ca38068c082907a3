"""The nouns that cross rooms: papers, sentences, hits, citations, claims, answers.

With those of filters, progress, reports and traces, whose homes are beside it; events are in `events`.
Plain frozen values; they know nothing of where they come from or how they are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from .filters import NO_FILTERS, Filters, FoundFilter
from .progress import Progress, ProgressCallback
from .reports import Fold, ImportReport, Rejected
from .traces import Trace

__all__ = [  # nouns of its neighbours; its own need no mention here
    "NO_FILTERS",
    "Filters",
    "Fold",
    "FoundFilter",
    "ImportReport",
    "Progress",
    "ProgressCallback",
    "Rejected",
    "Trace",
]

Support = Literal["supported", "partial", "unsupported"]
Mode = Literal["llm", "extractive"]
RefusalKind = Literal["not_in_collection", "not_stated", "filtered_out"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an abstract: ``paper.abstract[start:end] == text``; ``index`` counts from 0."""

    index: int
    start: int
    end: int
    text: str

    def __str__(self) -> str:
        """The sentence's text."""
        return self.text


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as it was imported. ``id`` is stable over imports; ``sentences`` cover the abstract.

    ``original`` holds ``(field, text)`` for those of title, abstract, authors and venue that were written
    in LaTeX or with markup, as they were before they became plain Unicode.
    ``sources`` are the names of the files that it came from, without folders: ``refs.bib`` or
    ``export.zip/refs.bib``. ``where`` is the place in its file that it is being imported from (file and
    line), for the report; it is not stored.
    """

    id: str
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str | None = None
    url: str | None = None
    doi: str | None = None
    arxiv_id: str | None = None
    sentences: tuple[Sentence, ...] = ()
    sources: tuple[str, ...] = ()
    original: tuple[tuple[str, str], ...] = ()
    where: str = field(default="", compare=False, repr=False)

    @property
    def text(self) -> str:
        """Title and abstract as one text: what is embedded and what the word index holds."""
        return f"{self.title}\n{self.abstract}" if self.abstract else self.title

    def __str__(self) -> str:
        """The title, with the year where it is known."""
        return f"{self.title} ({self.year})" if self.year else self.title


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a hit with the chance, in [0, 1], that it answers the question."""

    index: int
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A paper found for a question.

    ``rank`` counts from 1; ``score`` is the fused score in [0, 1] that ranks the hits of one search
    and means nothing across searches. ``vector_score`` is the cosine, ``word_score`` the BM25 score,
    each ``None`` where that leg did not find the paper. ``evidence`` is best first.
    """

    rank: int
    paper: Paper
    score: float
    evidence: tuple[Evidence, ...] = ()
    vector_score: float | None = None
    word_score: float | None = None

    @property
    def id(self) -> str:
        """The paper's id."""
        return self.paper.id

    @property
    def title(self) -> str:
        """The paper's title."""
        return self.paper.title

    def __str__(self) -> str:
        """Rank, title and score on one line."""
        return f"{self.rank}. {self.paper} [{self.score:.2f}]"


@dataclass(frozen=True, slots=True)
class Citation:
    """A cited paper: ``number`` is its mark ``[n]`` in the text, ``sentences`` those that support it."""

    number: int
    paper: Paper
    sentences: tuple[Sentence, ...]

    @property
    def id(self) -> str:
        """The paper's id."""
        return self.paper.id

    @property
    def title(self) -> str:
        """The paper's title."""
        return self.paper.title

    def __str__(self) -> str:
        """Mark and title, as in a list of references."""
        return f"[{self.number}] {self.paper}"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A sentence among the sources that carries a claim where the cited ones do not.

    ``number`` is the mark of its paper, where the answer cites that at all.
    """

    paper: Paper
    sentence: Sentence
    number: int | None = None

    def __str__(self) -> str:
        """Title and sentence on one line."""
        return f"{self.paper}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of an answer with the numbers of the papers it cites.

    ``evidence`` holds ``(number, sentence index)`` pairs. ``support`` is ``None`` where there was nothing to
    judge, or nothing has judged it; else ``score`` says how sure in [0, 1] the judgement is, and ``reason``
    why it is not supported. ``better`` is a sentence that does carry it. ``attached`` says that the writer
    cited nothing here, and the audit found the sentence.
    """

    text: str
    citations: tuple[int, ...]
    evidence: tuple[tuple[int, int], ...] = ()
    support: Support | None = None
    score: float | None = None
    reason: str | None = None
    better: Proposal | None = None
    attached: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer, and the papers that came nearest."""

    kind: RefusalKind
    reason: str
    nearest: tuple[Paper, ...] = ()

    def __str__(self) -> str:
        """The reason, as a sentence."""
        return self.reason


@dataclass(frozen=True, slots=True)
class Usage:
    """What a language model was asked for: tokens as the endpoint reports them, else estimated.

    ``cost`` is in US dollars, by the table of prices; ``None`` where that does not know the model.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    calls: int = 0
    cost: float | None = None

    def __add__(self, other: Usage) -> Usage:
        """The sum of two usages; its cost is known where that of each with calls is."""
        costs = [usage.cost for usage in (self, other) if usage.calls]
        known = [cost for cost in costs if cost is not None]
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.calls + other.calls,
            sum(known) if known and len(known) == len(costs) else None,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, or a refusal, to one question.

    ``body`` is Markdown with ``[n]`` marks; ``text`` adds the list of cited titles. ``notices`` are
    sentences for the reader: a model that failed, citations that were removed, an answer cut short.
    ``timings`` are seconds by step; ``cache`` among them says that the answer was remembered, not made.
    ``sources`` are the hits that the answer was written from. ``searched`` is the question that was searched:
    made to stand alone, without the words that are filters. ``filters`` are all that were applied,
    ``filters_found`` those of them that the question's words asked for. ``trace`` is there when asked for.
    ``confidence`` is the chance that the collection answers the question, told before anything was written,
    and so for refusals too; ``None`` where nothing was searched.
    """

    question: str
    status: Literal["answered", "refused"]
    mode: Mode
    body: str
    citations: tuple[Citation, ...] = ()
    claims: tuple[Claim, ...] = ()
    refusal: Refusal | None = None
    notices: tuple[str, ...] = ()
    usage: Usage = Usage()
    timings: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    sources: tuple[Hit, ...] = ()
    searched: str = ""
    filters: Filters = NO_FILTERS
    filters_found: tuple[FoundFilter, ...] = ()
    trace: Trace | None = None
    confidence: float | None = None

    @property
    def text(self) -> str:
        """The body followed by the references (mark and title)."""
        if not self.citations:
            return self.body
        references = "\n".join(f"{citation}  " for citation in self.citations)
        return f"{self.body}\n\n**References**\n\n{references}"

    def __str__(self) -> str:
        """The whole text."""
        return self.text


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What an index holds; ``problem`` is why it is not ``sound``, ``notice`` that it can only be read."""

    path: str
    papers: int
    sentences: int
    embedder: str
    dimension: int
    format: int
    sound: bool
    problem: str | None = None
    notice: str | None = None
