"""Makes a follow-up stand alone: with one short call of a model, or by rules where there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing

from ..errors import ModelError
from ..models.ports import ChatModel, Message
from ..models.prompts import Prompt
from ..models.tokens import count, cut
from ..retrieval.search import LONGEST_QUESTION
from ..saved import Turn
from . import rules

_LONGEST_REPLY = 400
"""Tokens: a question, and the thoughts of a model that cannot do without."""
_LONGEST_TURN = 3
"""A turn may take this part of the budget at most, so that more than one is told."""
_LABEL = re.compile(
    r"^\W*(?:\d{1,2}[.)]\s+)?(?:(?:sure|certainly|of course|okay|ok)\b\W*)?"
    r"(?:(?:[^?:]{0,200}\b(?:question|query)\s+(?:is|becomes|would\s+be|reads)|"
    r"(?:the\s+)?(?:stand-?alone|rewritten|rephrased|condensed|last|final)\s+(?:question|query)|"
    r"question|query|rewritten|output|reader|reply)\s*:\W*)?",
    re.IGNORECASE,
)
_IN_JSON = re.compile(
    r"\"(?:\w*question|\w*query|rewritten)\"\s*:\s*\"((?:[^\"\\]|\\.){1,4000})\"", re.IGNORECASE
)
_AFTER = re.compile(r"(?<=\?)\W+(?:explanation|note|reason\w*|answer|here|this)\b.*$", re.IGNORECASE)
_MARK = re.compile(r"\s*\[\d{1,3}\]")
_ASKS_BACK = re.compile(
    r"(?:could|can|would)\s+you\b|(?:do|did|are)\s+you\b|which\s+\w+\s+do\s+you\s+mean\b", re.IGNORECASE
)
_MARKUP = "*_`\"'“”‘’ \t"


def condense(question: str, turns: Sequence[Turn], model: ChatModel | None, budget: int) -> str:
    """The question made to stand alone, told ``budget`` tokens of the turns before it."""
    by_rules = rules.condensed(question, turns)[:LONGEST_QUESTION]
    if model is None:
        return by_rules
    try:
        reply = _asked(model, messages_for(question, turns, Prompt.load("condense"), model.name, budget))
    except ModelError:
        return by_rules  # what failed will be told when the answer is asked for
    return question_in(reply, question) or by_rules


def messages_for(
    question: str, turns: Sequence[Turn], prompt: Prompt, model: str, budget: int
) -> list[Message]:
    """The prompt with the latest turns that fit into ``budget`` tokens, oldest first."""
    told: list[str] = []
    left = budget
    for turn in reversed(turns):
        text = cut(_told(turn), budget // _LONGEST_TURN, model)
        left -= count(text, model) + 2
        if left < 0:
            break
        told.append(text)
    return prompt.render(history="\n\n".join(reversed(told)), question=_line(question))


def question_in(reply: str, question: str) -> str:
    """The question that a model replied with, or nothing where it replied with something else."""
    if found := _IN_JSON.search(reply):
        reply = found[1]
    lines = [
        _MARK.sub("", _AFTER.sub("", _LABEL.sub("", line))).strip(_MARKUP) for line in reply.splitlines()
    ]
    lines = [line for line in lines if re.search(r"\w", line)]
    # Where a model talks around it, the question is the line that asks; some repeat the old one before it.
    asking = [line for line in lines if line.endswith("?") and not _ASKS_BACK.match(line)]
    new = [line for line in asking if line.casefold() != question.strip().casefold()] or asking
    alone = lines[0] if len(lines) == 1 and not lines[0].endswith((".", "?")) else ""
    found_line = new[0] if new else alone
    too_long = len(found_line) > min(LONGEST_QUESTION, 4 * len(question) + 600)
    return "" if too_long else found_line


def _asked(model: ChatModel, messages: list[Message]) -> str:
    with closing(model.stream(messages, max_tokens=_LONGEST_REPLY)) as pieces:
        return "".join(piece for piece in pieces if isinstance(piece, str))


def _told(turn: Turn) -> str:
    """A turn as the model sees it, each part on one line, so that no text can pose as another turn."""
    titles = [f"[{citation.number}] {_line(citation.title)}" for citation in turn.answer.citations]
    parts = [f"Reader: {_line(turn.question)}", *titles, f"Answer: {_line(turn.answer.body)}"]
    return "\n".join(parts)


def _line(text: str) -> str:
    return " ".join(text.split())
