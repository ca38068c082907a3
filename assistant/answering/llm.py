"""Answers with a language model: one prompt within a budget, one streamed call, citations parsed."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing

from ..errors import ModelBudgetError
from ..models.ports import ChatModel, Message
from ..models.prompts import Prompt
from ..models.tokens import count_messages
from ..types import Hit, Usage
from .choosing import Chosen
from .citations import CitationParser
from .draft import Draft
from .gathering import ranked
from .reply import SENTINEL, Reply, denies
from .sources import sources_within

_HEADROOM = 1.1
"""Other models' tokenisers make up to about a tenth more of English prose than the counted one."""


class NotStated(Exception):  # noqa: N818 - a reply, not a fault
    """The model found no answer in the sources."""

    def __init__(self, usage: Usage) -> None:
        """Carry what the call cost."""
        super().__init__()
        self.usage = usage


def messages_for(
    question: str, chosen: Sequence[Chosen], prompt: Prompt, *, model: str, budget: int
) -> tuple[list[Message], tuple[Hit, ...]]:
    """The prompt of at most ``budget`` tokens, and the papers in it, best first.

    Raises:
        ModelBudgetError: not one paper fits.
    """
    base = prompt.render(sentinel=SENTINEL, sources="", question=question)
    sources = sources_within(chosen, model, budget / _HEADROOM - count_messages(base, model))
    if not sources:
        raise ModelBudgetError(
            f"The question and a paper do not fit into a prompt of {budget:,} tokens.",
            "ASSISTANT_MAX_PROMPT_TOKENS or ASSISTANT_MAX_TOKENS_PER_ANSWER raises it.",
        )
    blocks = [source.block(number) for number, source in enumerate(sources, start=1)]
    messages = prompt.render(sentinel=SENTINEL, sources="\n\n".join(blocks), question=question)
    return messages, ranked([source.hit for source in sources])


def compose(
    model: ChatModel, messages: Sequence[Message], draft: Draft, *, max_tokens: int
) -> Generator[str, None, Usage]:
    """Write the model's reply into ``draft``; yields what is to be shown, returns the usage.

    Raises:
        NotStated: the reply is the sentinel, or says in other words that the papers do not tell.
        ModelError: the model failed; what ``draft`` holds by then stands.
    """
    parser, reply = CitationParser(draft), Reply()
    usage = Usage(calls=1)
    with closing(model.stream(messages, max_tokens=max_tokens)) as stream:
        try:
            for piece in stream:
                if isinstance(piece, Usage):
                    usage = piece  # the last one
                else:
                    yield parser.feed(reply.feed(piece))
        finally:
            rest = parser.feed(reply.close()) + parser.close()
    if not draft.is_cited and (reply.denied or denies(draft.body)):
        raise NotStated(usage)
    yield rest
    return usage
