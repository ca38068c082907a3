"""Makes a question of a sentence by rules, so that finding the sentence's paper is more than a look-up.

The words of the title, names, numbers, and words that hardly another paper has would give the paper away:
they go. What is left is put in other words, and no long run of it stands in the abstract. Knows no index.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from ..index.words import terms
from ..types import Paper
from .injection import names_in

LONGEST_RUN = 4
"""So many words in a row may be the abstract's own."""
_FEWEST, _MOST = 5, 30
"""Telling words that a question needs, and words that it has at the most."""
_RARE, _FEWEST_RARE = 0.05, 3
"""Words that so small a share of the papers has tell what is asked for; with fewer, many papers answer."""
_OPENING = re.compile(
    r"^(?:(?:[A-Z]\w+ly|However|Moreover|Furthermore|Thus|Hence|Here|Then|Instead|Besides|Therefore|"
    r"In (?:this|our|the present) \w+|In (?:addition|particular|contrast)|To (?:this|that) end|"
    r"As a (?:result|consequence)|For (?:example|instance)),? )+",
    re.IGNORECASE,
)
_REPORTING = re.compile(
    r"^(?:we|(?:our|this|the|these|extensive|empirical)(?: \w+){1,3}?)(?: (?:also|further|then|empirically|"
    r"theoretically|first|can))? (?:show|demonstrate|find|prove|observe|argue|report|reveal|suggest|indicate|"
    r"conclude|discover|verify|confirm)(?:s|ed)? (?:that )?",
    re.IGNORECASE,
)
_LEANING = re.compile(
    r"^(?:(?:to|by|based on|given|despite|unlike|using|with|for|in|on)(?: \w+){0,2} )?"
    r"(?:this|these|those|such|that|it|they|its|their|both|doing so|do so|existing|previous|prior|current)\b",
    re.IGNORECASE,
)
"""Sentences that lean on the one before, or tell what others did: many papers have the like."""
_MANY = 50
"""In a smaller collection most words stand in one paper alone."""
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|\$[^$]*\$|https?://\S+")
_WORD = re.compile(r"[^\W\d_][\w'’-]*|[,;:]")
_LEADING = frozenset(
    "a an the of in on for to with by and or from as at our its their that which than via".split()
)
_SAME = {
    one: other
    for pair in """
    propose/suggest proposes/suggests proposed/suggested introduce/offer introduces/offers present/offer
    presents/offers method/technique methods/techniques approach/technique approaches/techniques
    framework/scheme frameworks/schemes improve/raise improves/raises improved/raised improving/raising
    improvement/gain improvements/gains reduce/lower reduces/lowers reduced/lowered reducing/lowering
    reduction/cut achieve/reach achieves/reaches achieved/reached achieving/reaching performance/quality
    significantly/clearly substantially/clearly significant/clear novel/new enable/allow enables/allows
    enabling/allowing large/big small/little use/employ uses/employs using/employing utilize/employ
    outperform/beat outperforms/beats outperforming/beating existing/earlier previous/earlier recent/late
    various/several different/several multiple/several requires/needs require/need demonstrate/show
    maintain/keep maintains/keeps maintaining/keeping preserve/keep preserving/keeping efficient/cheap
    effective/useful faster/quicker fast/quick accurate/exact problem/difficulty problems/difficulties
    challenge/difficulty challenges/difficulties task/job tasks/jobs important/weighty increase/growth
    increases/grows address/tackle addresses/tackles obtain/get obtains/gets provide/give provides/gives
    leverage/employ leverages/employs leveraging/employing capture/grasp captures/grasps capturing/grasping
    we/they our/their
    """.split()
    for one, _, other in [pair.partition("/")]
}
_FRAMES = (
    "Which paper says that {}?",
    "Where is it shown that {}?",
    "Is there work that finds that {}?",
    "Who reports that {}?",
)
_FRAMES_OF_WORK = ("Is there work whose authors {}?", "Which authors {}?", "Who are the people that {}?")


def reworded(
    paper: Paper, number: int, frequency: Callable[[str], int], papers: int, rng: random.Random
) -> str | None:
    """A question that this sentence of the paper answers; ``None`` where too little of it would be left.

    ``frequency`` tells in how many of the ``papers`` of the collection a term stands.
    """
    text = _ASIDE.sub(" ", paper.sentences[number].text)
    names = {word for name in names_in(text) for word in _WORD.findall(name)}
    text = _REPORTING.sub("", _OPENING.sub("", " ".join(text.split())))
    if _LEANING.match(text):
        return None
    title = set(terms(paper.title))
    only_here = 1 if papers >= _MANY else 0

    def gives_away(word: str) -> bool:
        found = terms(word)
        named = word in names or (word[1:] != word[1:].lower())
        return named or any(term in title or frequency(term) <= only_here for term in found)

    def is_rare(term: str) -> bool:
        return frequency(term) <= max(2, papers * _RARE)

    by_authors = re.match(r"we \w+", text, re.IGNORECASE) is not None
    words = _WORD.findall(text)[1:] if by_authors else _WORD.findall(text)
    left = [_SAME.get(word.lower(), word.lower()) for word in words if not gives_away(word)]
    left = [word for word in left if not title.intersection(terms(word))]
    frame = rng.choice(_FRAMES_OF_WORK if by_authors else _FRAMES)
    left = _apart(_mended(left[:_MOST]), paper.abstract, after=frame)
    telling = {term for word in left for term in terms(word)}
    if len(telling) < _FEWEST or sum(map(is_rare, telling)) < _FEWEST_RARE:
        return None
    return frame.format(re.sub(r" (?=[,;:])", "", " ".join(left)))


def longest_run(text: str, abstract: str) -> int:
    """How many words in a row of a text stand so in an abstract."""
    words, runs = _WORD.findall(text.lower()), f" {' '.join(_WORD.findall(abstract.lower()))} "
    longest = 0
    for start in range(len(words)):
        while f" {' '.join(words[start : start + longest + 1])} " in runs and start + longest < len(words):
            longest += 1
    return longest


def _apart(words: Sequence[str], abstract: str, after: str) -> list[str]:
    """The words that follow ``after``, without those that make a run of the abstract's own too long."""
    runs = f" {' '.join(_WORD.findall(abstract.lower()))} "
    kept = _WORD.findall(after.lower())
    begin = len(kept)
    for word in words:
        tail = [*kept[-LONGEST_RUN:], word]
        if len(tail) <= LONGEST_RUN or f" {' '.join(tail)} " not in runs:
            kept.append(word)
    return kept[begin:]


def _mended(words: Sequence[str]) -> list[str]:
    """The words without articles, prepositions and commas that lead to nothing any more."""
    follows = (",", ";", ":")
    kept: list[str] = []
    for word in reversed(words):
        ahead = kept[-1] if kept else ","
        if (word in _LEADING or word in follows) and (
            ahead in follows or ahead in {"of", "and", "or", "that"}
        ):
            continue
        kept.append(word)
    while kept and kept[-1] in {*follows, "of", "and", "or", "that", "which", "than"}:
        kept.pop()
    return kept[::-1]
