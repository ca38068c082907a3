"""How the phrases of a topic's name are written: as in running text, the name with a large first letter."""

from __future__ import annotations

import re

from ..index.languages import has_unspaced, length

_THING = re.compile(r"[A-Z]{2}|\d")
_SHORT = re.compile(r"[A-Z][A-Za-z]*[A-Z]s?")


def heading(name: str) -> str:
    """The name with a large first letter."""
    return name[:1].upper() + name[1:]


def inside(shown: str) -> str:
    """A phrase within a name: without the large letter of a sentence that it began."""
    first, _, rest = shown.partition(" ")
    return f"{small(first)} {rest}".strip() if not any(part[:1].isupper() for part in rest.split()) else shown


def small(word: str) -> str:
    """A word of a title as in running text; one with large letters inside is written so everywhere."""
    return word.casefold() if word[1:].islower() or not word[1:] else word


def parts(shown: str) -> list[str]:
    """The words of a phrase; those joined by hyphens count each, but in the name of a thing ("CIFAR-10")."""
    return [
        part
        for word in shown.split()
        for part in ([word] if _THING.search(word) else re.split(r"[‐‑’-]+", word))
    ]


def size(shown: str) -> int:
    """How many words a phrase has; of letters without blanks, two are one."""
    return length(shown) if has_unspaced(shown) else len(parts(shown))


def both(first: str, second: str, *, foreign: bool) -> str:
    """A name of two phrases; no English word joins those of another language."""
    if foreign:
        return f"{first}、{second}" if has_unspaced(first + second) else f"{first}, {second}"
    return f"{first} and {inside(second)}"


def is_short_for(short: str, phrase: str) -> bool:
    """Whether a word is the initials of a phrase, perhaps after others: "LLMs" of "language models"."""
    initials = "".join(part[:1] for part in parts(phrase)).upper()
    letters = short.rstrip("s").upper()
    return bool(_SHORT.fullmatch(short)) and len(initials) > 1 and letters.endswith(initials)


def numbered(name: str, taken: set[str]) -> str:
    """The name, with a number where it is taken."""
    number = 1
    while (free := name if number == 1 else f"{name} {number}").casefold() in taken:
        number += 1
    return free
