"""A model's second opinion on the claims that the audit flags: one call for all, its reply read leniently."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from ...models.ports import ChatModel, Message
from ...models.prompts import Prompt
from ...models.tokens import count
from ...types import Support, Usage

_LONGEST_REPLY = 20_000
_LONGEST_REASON = 300
_TOKENS_EACH = 60
"""What a verdict and its reason take of the reply."""
_LINE = re.compile(
    r"(?:^\W*(?:claim\s*|statement\s*)?C?|[.;|]\s+\W{0,3}(?:claim\s*)?C)(\d{1,3})(?:\.S\d{1,3})?\b"
    r"(?:\W+(?:the|this|statement|claim|is|was|only|verdict|fully|judg\w+)\b){0,6}\W*"
    r"(not\s+(?:fully|entirely|completely)\s+supported|not\s+supported|unsupported|"
    r"partial(?:ly)?(?:\s+supported)?|supported|contradicted)\b"
    r"[^\w\n.;|]*((?:(?![.;|]\s+\W{0,3}(?:claim\s*)?C\d)[^\n])*)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Flagged:
    """A claim that was flagged: its place in the answer, and the sentences that it cites."""

    place: int
    text: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a model says of one claim."""

    support: Support
    reason: str = ""


def messages_for(claims: Sequence[Flagged], prompt: Prompt, *, model: str, budget: int) -> list[Message]:
    """The prompt with as many claims as fit into ``budget`` tokens."""
    blocks: list[str] = []
    left = budget - sum(count(message.content, model) for message in prompt.render(claims=""))
    for number, claim in enumerate(claims, start=1):
        lines = [f"C{number}: {_line(claim.text)}"]
        lines += [f"C{number}.S{place}: {_line(text)}" for place, text in enumerate(claim.sentences, start=1)]
        block = "\n".join(lines)
        left -= count(block, model) + 2
        if left < 0:
            break
        blocks.append(block)
    return prompt.render(claims="\n\n".join(blocks)) if blocks else []


def ask(
    model: ChatModel, messages: Sequence[Message], claims: Sequence[Flagged]
) -> tuple[dict[int, Opinion], Usage]:
    """The opinions by the places of the claims, and what they took; raises a ``ModelError``."""
    usage = Usage(calls=1)
    reply = ""
    with closing(model.stream(messages, max_tokens=_TOKENS_EACH * (len(claims) + 2))) as stream:
        for piece in stream:
            if isinstance(piece, Usage):
                usage = piece
            else:
                reply += piece
            if len(reply) > _LONGEST_REPLY:
                break
    given = parsed(reply)
    opinions = {claim.place: given[number] for number, claim in enumerate(claims, start=1) if number in given}
    return opinions, Usage() + usage


def parsed(reply: str) -> dict[int, Opinion]:
    """The opinions in a reply by the number of the claim: lines as asked for, or JSON objects."""
    found: dict[int, Opinion] = {}
    for block in re.findall(r"\{[^{}]*\}", reply):
        try:
            data = json.loads(block)
        except ValueError:
            continue
        values = {str(key).casefold(): str(value) for key, value in data.items()}
        number = next((values[key] for key in ("claim", "id", "number", "c") if key in values), "")
        verdict = next(
            (values[key] for key in ("verdict", "support", "label", "judgement") if key in values), ""
        )
        if line := _LINE.match(f"{number}: {verdict} {values.get('reason', '')}"):
            _take(line, found)
    for line in _LINE.finditer(reply):
        _take(line, found)
    return found


def _take(line: re.Match[str], found: dict[int, Opinion]) -> None:
    """Keep the first opinion on each claim."""
    word = line[2].casefold()
    halfway = word.startswith("partial") or re.match(r"not\s+(?:fully|entirely|completely)", word)
    support: Support = "partial" if halfway else "unsupported"
    support = "supported" if word == "supported" else support
    found.setdefault(int(line[1]), Opinion(support, _line(line[3])[:_LONGEST_REASON].strip(" .;|\"'–-")))


def _line(text: str) -> str:
    return " ".join(text.split())
