"""Which papers of the last answer a question points at: "[2]", "the second one", "those two", "it"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..types import Answer, Citation, Paper

_THING = (
    r"(?:one|paper|method|approach|model|work|study|technique|system|framework|idea|algorithm|architecture|"
    r"variant|version|result|of\s+(?:these|those|them|the))"
)
_ORDINALS = {
    word: place
    for place, words in enumerate(("first 1st", "second 2nd", "third 3rd", "fourth 4th", "fifth 5th"))
    for word in words.split()
} | {"last": -1, "former": 0, "latter": 1}
_NUMBER = re.compile(
    r"\[(\d{1,2})\]|\b(?:paper|source|reference|citation|number|no\.)\s+\#?(\d{1,2})\b", re.IGNORECASE
)
_ORDINAL = re.compile(
    rf"\b(?:the|that|this)\s+(?:(?P<pair>former|latter)\b|(?P<ordinal>{'|'.join(_ORDINALS)})\s+{_THING}\b|"
    rf"(?P<bare>{'|'.join(_ORDINALS)})(?=\s*(?:$|[?.,;!]|and\b|or\b)))",
    re.IGNORECASE,
)
_TWO = re.compile(
    rf"\b(?:(?:those|these|the)\s+two\b|both\b(?!\s+\S+\s+and\b)|(?:either|neither)\s+(?:{_THING}|of)\b)",
    re.IGNORECASE,
)
_ONE = re.compile(
    rf"\b(?:it|its|itself|he|she|his|her|the\s+authors?|(?:this|that)\s+{_THING}|"
    r"the\s+(?:paper|method|approach|work|study|model)(?!\s+(?:of|for|in|on|that|which|with|by)\b)|"
    r"(?:that|this)(?=\s*(?:$|[?.,;:!])))\b",
    re.IGNORECASE,
)


def papers_meant(question: str, answer: Answer) -> list[Paper]:
    """The papers that the question points at, by what it says most exactly; none where it says nothing."""
    cited = answer.citations
    if not cited:
        return []
    numbers = [int(first or second) for first, second in _NUMBER.findall(question)]
    by_number = {citation.number: citation for citation in cited}
    if known := [by_number[number] for number in dict.fromkeys(numbers) if number in by_number]:
        return _papers(known)
    places = [
        _ORDINALS[next(word for word in match.groups() if word).casefold()]
        for match in _ORDINAL.finditer(question)
    ]
    if known := [cited[place] for place in dict.fromkeys(places) if place < len(cited)]:
        return _papers(known)
    if _TWO.search(question):
        return _papers(cited[:2])
    return _papers(cited[:1]) if _ONE.search(question) else []


def _papers(citations: Sequence[Citation]) -> list[Paper]:
    return [citation.paper for citation in citations]
