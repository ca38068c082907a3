"""Errors as models make them, put into sentences that are true: what an audit has to catch.

Knows nothing of the audit, so that what makes the errors shares no list with what looks for them. Each
function returns ``None`` for a sentence that gives no hold for its kind of error.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..types import Paper

_NUMBER = re.compile(r"(?<![\w.^{/-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w.]*\d)(?!\w*[)}])(?!-?[A-Z])")
_WORDS = "two three four five six seven eight nine ten twelve twenty thirty fifty hundred".split()
_WORD = re.compile(rf"\b({'|'.join(_WORDS)})\b(?=[ -](?:[a-z]|%))", re.IGNORECASE)
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|can|could|will|would|should|may|might|must)\b(?! (?:not|no|neither)\b)"
)
_DENIAL = re.compile(
    r"\b(?:(?:do|does|did) not|(is|are|was|were|can|has|have|had|could|will) ?not)\b", re.IGNORECASE
)
_VERB = re.compile(
    r"\b(?P<subject>we|they)(?P<space> )(?P<verb>[a-z]{3,}?)\b(?<!ly)|"
    r"\b(?P<third>achieve|improve|outperform|reduce|increase|show|require|provide|enable|allow|lead|use|propose|"
    r"support|preserve|scale|suffer|yield|remain|depend|demonstrate|introduce|offer|generate|capture|learn|make)"
    r"(?P<ending>s)\b",
    re.IGNORECASE,
)
_PASTS = {"found": "find", "made": "make", "showed": "show", "shown": "show", "saw": "see", "led": "lead"}
_OPPOSITES = """
    increases/decreases increase/decrease increased/decreased increasing/decreasing higher/lower faster/slower
    better/worse more/less larger/smaller improves/degrades improve/degrade improved/degraded
    improving/degrading outperforms/underperforms outperform/underperform outperforming/underperforming
    superior/inferior reduces/increases reduce/increase reducing/increasing reduced/increased stronger/weaker
    longer/shorter fewer/more raises/lowers accelerates/slows promotes/inhibits activates/inhibits
    inhibits/promotes enhances/impairs enhance/impair surpasses/underperforms lower/higher
    """
_PAIRS = [pair.partition("/")[::2] for pair in _OPPOSITES.split()]
_TURNED = {after: before for before, after in reversed(_PAIRS)} | dict(_PAIRS)
_DIRECTION = re.compile(rf"\b({'|'.join(sorted(_TURNED, key=len, reverse=True))})\b")
_NAME = re.compile(r"(?<![\w-])(?:[A-Z]{3,}[a-z]?|[A-Z][a-z]+[A-Z]\w+|[A-Z]{2,}-?\d+)(?![\w-])")


@dataclass(frozen=True, slots=True)
class Altered:
    """A sentence with an error: ``was`` stood where it now says ``now``."""

    text: str
    was: str
    now: str


def altered_number(text: str, rng: random.Random) -> Altered | None:
    """One number of the sentence is another one, which does not stand in it."""
    places = [*_NUMBER.finditer(text), *_WORD.finditer(text)]
    if not places:
        return None
    place = rng.choice(places)
    for _ in range(20):
        now = _other_number(place[0], rng)
        if _value(now) != _value(place[0]) and not re.search(
            rf"(?<![\d.]){re.escape(now)}(?![\d]|\.\d)", text, re.IGNORECASE
        ):
            return _with(text, place, now)
    return None


def _other_number(number: str, rng: random.Random) -> str:
    if number[0].isalpha():
        other = rng.choice([word for word in _WORDS if word != number.casefold()])
        return other.capitalize() if number[0].isupper() else other
    digits = [place for place, character in enumerate(number) if character.isdigit()]
    match rng.randrange(4):
        case 0 if "." in number:  # the point in another place
            return number.replace(".", "") if not number.startswith("0") else f"{number[2:] or '7'}"
        case 1 if "," not in number:  # ten times as much
            return f"{number.replace('.', '')[:-1] or 1}0.5" if "." in number else f"{number}0"
        case _:
            place = rng.choice(digits)
            first = place == 0 and len(digits) > 1
            choices = [digit for digit in "0123456789"[first:] if digit != number[place]]
            return number[:place] + rng.choice(choices) + number[place + 1 :]


def _value(number: str) -> float | str:
    return number if number[0].isalpha() else float(number.replace(",", ""))


def negated(text: str, rng: random.Random) -> Altered | None:
    """What the sentence says, it denies; what it denies, it says."""
    if place := _DENIAL.search(text):
        return _with(text, place, place[1] or "indeed")
    places = [*_AUXILIARY.finditer(text), *_VERB.finditer(text)]
    places = [place for place in places if place.lastgroup is None or _is_verb(place)]
    if not places:
        return None
    place = rng.choice(places)
    if place.re is _AUXILIARY:
        return _with(text, place, f"{place[0]} not")
    if place["third"]:
        return _with(text, place, f"does not {place['third']}")
    verb = place["verb"].casefold()
    past = verb in _PASTS or verb.endswith("ed")
    bare = _PASTS.get(verb) or (re.sub(r"(?<=e)d$|ed$", "", verb) if past else verb)
    return _with(text, place, f"{place['subject']} {'did' if past else 'do'} not {bare}")


def _is_verb(place: re.Match[str]) -> bool:
    not_verbs = {
        "have",
        "had",
        "are",
        "were",
        "can",
        "could",
        "will",
        "may",
        "also",
        "then",
        "first",
        "not",
        "further",
    }
    return bool(place["third"]) or (place["verb"] or "").casefold() not in not_verbs


def turned(text: str, rng: random.Random) -> Altered | None:
    """One direction of the sentence is the opposite: higher for lower, increases for reduces."""
    places = list(_DIRECTION.finditer(text))
    if not places:
        return None
    place = rng.choice(places)
    return _with(text, place, _TURNED[place[0]])


def renamed(text: str, names: Sequence[str], rng: random.Random) -> Altered | None:
    """One acronym or coined name of the sentence is another one of ``names``."""
    places = list(_NAME.finditer(text))
    others = [name for name in names if name not in text]
    if not places or not others:
        return None
    return _with(text, rng.choice(places), rng.choice(others))


def names_in(text: str) -> list[str]:
    """The acronyms and coined names of a text."""
    return list(dict.fromkeys(_NAME.findall(text)))


def swapped(paper: int, papers: Sequence[Paper], rng: random.Random) -> tuple[int, int] | None:
    """A sentence of another one of the papers, each as likely: a paper and a sentence, counted from 0."""
    others = [
        (number, place)
        for number, other in enumerate(papers)
        if number != paper and other.id != papers[paper].id
        for place in range(len(other.sentences))
    ]
    return rng.choice(others) if others else None


def _with(text: str, place: re.Match[str], now: str) -> Altered:
    return Altered(text[: place.start()] + now + text[place.end() :], place[0], now)
