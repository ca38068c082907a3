"""One paper in a sentence: a model's, cited and audited, or one or two of the paper's own."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing

from ..answering import llm
from ..answering.checking import Checker
from ..answering.draft import Draft
from ..answering.reply import SENTINEL
from ..answering.sources import Source
from ..cards import PaperCard
from ..errors import ModelError
from ..models.metered import Metered
from ..models.ports import EndOfReply
from ..models.prompts import Prompt
from ..models.tokens import cut
from ..retrieval.measure import Measure
from ..settings import Settings
from ..types import Answer, Hit, Paper, Refusal, Sentence, Usage
from .quotes import quoted_card

_MOST_WORDS = 60
"""A second quote is added as long as both have fewer."""
_MOST_CLAIMS = 3
_NO_ABSTRACT = "This paper has no abstract, so there is nothing to summarise."


def tldr(paper: Paper, measure: Measure, model: Metered | None, settings: Settings) -> Answer:
    """What a paper does and finds: ``body`` is it, with its citation.

    A paper without an abstract is refused. What a model writes has to pass the audit; where it does not, or
    the model fails, the paper is quoted, and a notice says so.
    """
    question = f"{paper.title} in a sentence"
    if not paper.sentences:
        refusal = Refusal("not_stated", _NO_ABSTRACT, (paper,))
        return Answer(question, "refused", "extractive", _NO_ABSTRACT, refusal=refusal)
    sources = (Hit(1, paper, 1.0),)
    notices: tuple[str, ...] = ()
    if model is not None:
        try:
            if written := _written(question, sources, measure, model, settings):
                return written
            notices = ("What the model wrote is not carried by the abstract, so that is quoted instead.",)
        except ModelError as error:
            notices = (f"{error} The paper is quoted instead.",)
    draft = Draft(sources)
    for place, sentence in enumerate(best_sentences(quoted_card(paper))):
        if place:
            draft.text(" ")
        draft.quote(0, sentence.index)
    checker = Checker(draft, measure)
    claims = checker.all()
    return Answer(
        question,
        "answered",
        "extractive",
        draft.body,
        draft.citations(claims),
        claims,
        notices=notices,
        usage=model.usage if model else Usage(),
        sources=sources,
    )


def best_sentences(card: PaperCard) -> Sequence[Sentence]:
    """The sentence that tells the approach and, if both are short enough, the one that tells the result."""
    cells = [cell for cell in (card.approach, card.result) if cell] or [
        cell for cell in (card.problem,) if cell
    ]
    chosen = [cell.sentences[0] for cell in cells] or [*card.paper.sentences[:1]]
    if sum(len(sentence.text.split()) for sentence in chosen) > _MOST_WORDS:
        chosen = chosen[:1]
    return sorted(chosen, key=lambda sentence: sentence.index)


def _written(
    question: str, sources: tuple[Hit, ...], measure: Measure, model: Metered, settings: Settings
) -> Answer | None:
    """A model's sentence; ``None`` where it says what the abstract does not.

    Raises:
        ModelError: it failed.
    """
    prompt = Prompt.load("tldr")
    source = Source(sources[0], tuple(range(len(sources[0].paper.sentences))))
    block = cut(source.block(1), settings.max_prompt_tokens // 2, model.name)
    draft = Draft(sources)
    longest = min(settings.max_answer_tokens, model.left // 2 if model.left is not None else 10**9)
    pieces = llm.compose(model, prompt.render(sentinel=SENTINEL, source=block), draft, max_tokens=longest)
    try:
        end = _drained(pieces)
    except llm.NotStated:
        return None
    checker = Checker(draft, measure)
    claims = checker.all()
    flagged = any(claim.support in {"partial", "unsupported"} for claim in claims)
    is_whole = not (isinstance(end, EndOfReply) and end.cut)
    if not claims or len(claims) > _MOST_CLAIMS or flagged or checker.problem or not is_whole:
        return None
    return Answer(
        question,
        "answered",
        "llm",
        draft.body,
        draft.citations(claims),
        claims,
        notices=tuple(checker.notices),
        usage=model.usage,
        sources=sources,
    )


def _drained(pieces: Generator[str, None, Usage]) -> Usage:
    """What a stream ends with, once it is written."""
    with closing(pieces):
        while True:
            try:
                next(pieces)
            except StopIteration as end:
                usage: Usage = end.value
                return usage
