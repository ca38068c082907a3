"""What stands where in an abstract, told by its wording: where its own work begins, what is housekeeping."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..types import Paper, Sentence

_OWN = re.compile(
    r"\b(?:we|our|us)\b"
    r"|\b(?:this|the\s+present|the\s+current)\s+(?:paper|work|study|article|letter|thesis|report|survey|review)\b"
    r"|\b(?:is|are|was|were)\s+(?:\w+ly\s+)?"
    r"(?:proposed|presented|introduced|developed|investigated|evaluated|examined|studied)\b",
    re.IGNORECASE,
)
"""Wording of a sentence on the paper's own work. What comes before the first such sentence is background: so
are 80 % of these sentences by the labels of CSAbstruct's train split (95 % of its test split's)."""
_HOUSEKEEPING = re.compile(
    r"https?://|\bwww\.|\b(?:code|implementation|source|data(?:sets?)?|models?|weights|checkpoints|demo)\b.{0,60}"
    r"\b(?:(?:publicly|openly|freely)\s+available|available\s+(?:at|on|from|online|here|upon)|open-?sourced?|"
    r"made\s+(?:publicly\s+)?available|found\s+at|released?\s+(?:at|on|under))\b"
    r"|\bcopyright\b|\ball rights reserved\b",
    re.IGNORECASE,
)
_ASKS_FOR_IT = re.compile(
    r"\b(?:code|implementation|repositor\w+|github|released?|available|availability|open[- ]sourced?|"
    r"download\w*|website|url|link|demo|weights|checkpoints)\b",
    re.IGNORECASE,
)
_LEANING = re.compile(
    r"(?:this|these|those|it|they|such|its|their|both|doing so|to this end|the (?:former|latter|resulting))\b"
    r"(?!\s+(?:paper|work|study|article|letter|thesis|report|survey|review)\b)",
    re.IGNORECASE,
)

_LONGEST_NAME = 3
"""Words; what is longer before a colon is a title by itself."""


def own_work(sentences: Sequence[Sentence]) -> int:
    """The place of the first sentence on the paper's own work; 0 where none tells."""
    return next((sentence.index for sentence in sentences if _OWN.search(sentence.text)), 0)


def is_housekeeping(text: str) -> bool:
    """Whether a sentence says where the code is, or whose the rights are."""
    return bool(_HOUSEKEEPING.search(text))


def asks_for_housekeeping(question: str) -> bool:
    """Whether a question is about what only housekeeping says."""
    return bool(_ASKS_FOR_IT.search(question))


def leans_back(text: str) -> bool:
    """Whether a sentence begins with a word that stands for something in the one before it."""
    return bool(_LEANING.match(text))


def short_name(paper: Paper) -> str:
    """What a paper is called in a list: the name before the colon of its title, else the whole title."""
    name, colon, _ = paper.title.partition(":")
    return name.strip() if colon and len(name.split()) <= _LONGEST_NAME else paper.title
