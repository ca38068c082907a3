"""Answers with a language model: one prompt within a budget, one streamed call, citations parsed."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing

from ..models.ports import ChatModel, Message
from ..models.prompts import Prompt
from ..models.tokens import count
from ..types import Hit, Usage
from .citations import CitationParser
from .draft import Draft

SENTINEL = "NO_ANSWER_IN_SOURCES"
"""What the model replies when the sources hold no answer; the prompt gets it from here."""

_HEADROOM = 1.1
"""Other models' tokenisers make up to about a tenth more of English prose than the counted one."""


class NotStated(Exception):  # noqa: N818 - a reply, not a fault
    """The model found no answer in the sources."""

    def __init__(self, usage: Usage) -> None:
        """Carry what the call cost."""
        super().__init__()
        self.usage = usage


def messages_for(
    question: str, hits: Sequence[Hit], prompt: Prompt, *, model: str, budget: int
) -> tuple[list[Message], tuple[Hit, ...]]:
    """The prompt, and the sources that fit into ``budget`` tokens, best first; at least one."""
    blocks: list[str] = []
    base = prompt.render(sentinel=SENTINEL, sources="", question=question)
    left = budget / _HEADROOM - sum(count(message.content, model) for message in base)
    for number, hit in enumerate(hits, start=1):
        block = source_block(number, hit)
        left -= count(block, model) + 2
        if left < 0 and blocks:
            break
        blocks.append(block)
    messages = prompt.render(sentinel=SENTINEL, sources="\n\n".join(blocks), question=question)
    return messages, tuple(hits[: len(blocks)])


def source_block(number: int, hit: Hit) -> str:
    """A paper as the model sees it; one line a sentence, so that no text can pose as another source."""
    paper = hit.paper
    year = f" ({paper.year})" if paper.year else ""
    lines = [f"P{number}: {_line(paper.title)}{year}"]
    lines += [f"P{number}.S{sentence.index + 1}: {_line(sentence.text)}" for sentence in paper.sentences]
    return "\n".join(lines)


def _line(text: str) -> str:
    return " ".join(text.split())


def compose(
    model: ChatModel, messages: Sequence[Message], draft: Draft, *, max_tokens: int
) -> Generator[str, None, Usage]:
    """Write the model's reply into ``draft``; yields what is to be shown, returns the usage.

    Raises:
        NotStated: the reply is the sentinel.
        ModelError: the model failed; what ``draft`` holds by then stands.
    """
    parser = CitationParser(draft)
    usage = Usage(calls=1)
    opening = ""
    undecided = True
    with closing(model.stream(messages, max_tokens=max_tokens)) as stream:
        try:
            for piece in stream:
                if isinstance(piece, Usage):
                    usage = piece  # the last one
                    continue
                if undecided:
                    # Held back while it may still become the sentinel, which nobody should see.
                    opening += piece
                    bare = opening.strip().strip("*`\"'[]")
                    if SENTINEL.startswith(bare) or bare.startswith(SENTINEL):
                        continue
                    undecided, piece = False, opening  # noqa: PLW2901
                yield parser.feed(piece)
        finally:
            if undecided and SENTINEL not in opening:
                parser.feed(opening)
            rest = parser.close()
    if undecided and SENTINEL in opening:
        raise NotStated(usage)
    yield rest
    return usage
