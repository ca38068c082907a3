"""Better names for topics from a language model: one call for all, its reply read leniently and checked."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from ..models.ports import ChatModel, Message
from ..models.prompts import Prompt
from ..models.tokens import count
from .viewing import LONGEST_NAME, clean
from .wording import heading

_TOKENS_EACH = 16
"""What a name takes of the reply, with its number."""
_LONGEST_REPLY = 200_000
_TOLD = ((4, 8, 120), (3, 6, 90), (2, 5, 80), (2, 3, 60), (1, 3, 60), (1, 0, 50), (0, 3, 30), (0, 0, 40))
"""Titles and terms of each topic, and their longest length: the first of these with which all topics fit."""
_MOST_WORDS = 6
"""One more than asked for: a good name of six words is not thrown away."""
_PAIR = re.compile(r'"?\b(\d{1,5})"?\s*[:.]\s*"((?:[^"\\\n]|\\.){1,200})"')
_TITLE_KEYS = ("name", "title", "heading", "label")
_NUMBER_KEYS = ("id", "number", "topic", "key")


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A topic to be named: our own name, its terms, and the titles of some papers."""

    name: str
    terms: tuple[str, ...]
    titles: tuple[str, ...]


def messages_for(topics: Sequence[Unnamed], prompt: Prompt, *, model: str, budget: int) -> list[Message]:
    """The prompt within ``budget`` tokens: with all topics, told the shorter the more there are.

    Where not even so all fit, with as many as do, from the first on; or nothing.
    """
    left = budget - sum(count(message.content, model) for message in prompt.render(topics=""))
    lines: list[str] = []
    for titles, terms, longest in _TOLD:
        lines = [_told(number, t, titles, terms, longest) for number, t in enumerate(topics, start=1)]
        costs = [count(line, model) + 1 for line in lines]
        if sum(costs) <= left:
            break
    fitting = sum(total <= left for total in accumulate(costs))
    return prompt.render(topics="\n".join(lines[:fitting])) if fitting else []


def _told(number: int, topic: Unnamed, titles: int, terms: int, longest: int) -> str:
    parts = [f"{number}. {_line(topic.name)[:longest]}"]
    if terms:
        parts.append(f"terms: {', '.join(_line(term)[:longest] for term in topic.terms[:terms])}")
    if titles:
        parts.append(f"titles: {'; '.join(_line(title)[:longest] for title in topic.titles[:titles])}")
    return " | ".join(parts)


def asked(
    model: ChatModel, messages: Sequence[Message], topics: Sequence[Unnamed], *, max_tokens: int
) -> list[str]:
    """The name of each topic: the model's where it gave a good one, else our own.

    The reply may be ``max_tokens`` long, and longer where so many names are.

    Raises:
        ModelError: the model failed.
    """
    reply = ""
    with closing(model.stream(messages, max_tokens=max(max_tokens, _TOKENS_EACH * len(topics)))) as stream:
        for piece in stream:
            reply += piece if isinstance(piece, str) else ""
            if len(reply) > _LONGEST_REPLY:
                break
    given = parsed(reply)
    taken: set[str] = set()
    names = []
    for number, topic in enumerate(topics, start=1):
        name = given.get(number, "")
        if not name or name.casefold() in taken:
            name = topic.name
        taken.add(name.casefold())
        names.append(name)
    return names


def parsed(reply: str) -> dict[int, str]:
    """The usable names in a reply, by number: of a JSON object, a list of objects, or pairs within prose."""
    found: dict[int, str] = {}
    for number, name in [*_of_json(reply), *_PAIR.findall(reply)]:
        digits = re.fullmatch(r"\W*[Tt]?(\d{1,5})\W*", str(number))
        good = _usable(name) if isinstance(name, str) else ""
        if digits and good:
            found.setdefault(int(digits[1]), good)
    return found


def _of_json(reply: str) -> list[tuple[Any, Any]]:
    """The pairs of the JSON in a reply, whatever stands around it."""
    start, end = reply.find("{"), reply.rfind("}")
    listed = reply.find("[")
    if 0 <= listed < start:
        start, end = listed, reply.rfind("]")
    try:
        data = json.loads(reply[start : end + 1]) if start >= 0 else {}
    except (ValueError, RecursionError):
        return []
    return list(_pairs(data))


def _pairs(data: Any) -> list[tuple[Any, Any]]:
    if isinstance(data, list):
        rows = [
            {str(key).casefold(): value for key, value in row.items()}
            for row in data
            if isinstance(row, dict)
        ]
        return [
            (next((row[key] for key in _NUMBER_KEYS if key in row), ""), row[name])
            for row in rows
            for name in _TITLE_KEYS
            if name in row
        ]
    if isinstance(data, dict):
        inner = [pair for value in data.values() if isinstance(value, list) for pair in _pairs(value)]
        return [*data.items(), *inner]
    return []


def _usable(name: str) -> str:
    """The name as a heading, or nothing where it is none."""
    cleaned = clean(name).strip("*_`\"'“”.:;, ")
    words = cleaned.split()
    fits = (
        0 < len(words) <= _MOST_WORDS
        and len(cleaned) <= LONGEST_NAME
        and any(character.isalpha() for character in cleaned)
    )
    return heading(cleaned) if fits else ""


def _line(text: str) -> str:
    return " ".join(text.split()).replace("|", "/")
