"""What a claim says that the text it cites does not say, or says otherwise; told in words for a reader."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ...types import Paper
from .agreeing import agrees, nearest, opposed
from .directions import only_opposite, sides_swapped, turned_round
from .names import knows, named, unknown
from .polarity import DENIES, contradicted, polarity
from .quantities import Quantity, quantities
from .quoting import Change, changes
from .scales import opposite
from .words import stem, tokens

Weight = Literal["against", "missing", "elsewhere"]
_SHORT = 4
"""Words of a change that is looked into: a longer one is another statement."""
_VERSION = re.compile(r"\d\.\d+\.\d")
_COUNTED = re.compile(
    r"(?:[\w-]+ )??(?:papers?|works?|stud(?:y|ies)|methods?|approach(?:es)?|abstracts?|sources?|others?|"
    r"of (?:them|these|the))\b"
)
"""What a writer counts who looks at several papers: no abstract gives that number."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: ``against`` the claim, ``missing`` from its sources, or a doubt: it may be ``elsewhere``."""

    weight: Weight
    text: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Cited:
    """The sentences that a claim cites, and the papers that they are of."""

    sentences: tuple[str, ...]
    papers: tuple[Paper, ...]

    @property
    def text(self) -> str:
        """The sentences as one text."""
        return " ".join(self.sentences)

    @property
    def context(self) -> str:
        """All that is known of the papers: a name may stand in the title, an acronym be introduced before."""
        return " ".join(
            part
            for paper in self.papers
            for part in (paper.title, paper.abstract, *paper.authors, paper.venue or "")
        )

    def says(self, verb: str, plain: str) -> str:
        """What the sentences lack: "the cited sentence does not give", "no cited sentence gives"."""
        return (
            f"the cited sentence does not {plain}"
            if len(self.sentences) == 1
            else f"no cited sentence {verb}"
        )


def findings(claim: str, cited: Cited) -> list[Finding]:
    """All faults of a claim, the gravest first."""
    found = _numbers(claim, cited)
    told = any(finding.weight == "against" for finding in found)
    found += [change for change in _changed(claim, cited) if not (change.is_number and told)]
    found += _denials(claim, cited)
    if not any(finding.weight == "against" for finding in found):
        found += _directions(claim, cited)
    if strange := unknown(claim, cited.context):
        found.append(Finding("missing", f"{cited.says('mentions', 'mention')} {', '.join(strange[:3])}"))
    order: dict[Weight, int] = {"against": 0, "missing": 1, "elsewhere": 2}
    return sorted(dict.fromkeys(found), key=lambda finding: order[finding.weight])


def _denials(claim: str, cited: Cited) -> list[Finding]:
    for sentence in cited.sentences:
        if denial := contradicted(claim, sentence):
            root, by_claim = denial
            what = "does not deny" if by_claim else "denies"
            return [Finding("against", f"the cited sentence {what} “{_word(claim, root)}”")]
    if polarity(claim).heads and all(polarity(sentence).denies_nothing for sentence in cited.sentences):
        return [Finding("elsewhere", cited.says("denies anything", "deny anything"))]
    return []


def _numbers(claim: str, cited: Cited) -> list[Finding]:
    given = [quantity for sentence in cited.sentences for quantity in quantities(sentence)]
    titles = [quantity for paper in cited.papers for quantity in quantities(paper.title)]
    years = {float(paper.year) for paper in cited.papers if paper.year}
    found = []
    for claimed in quantities(claim):
        alike = [other for other in (*given, *titles) if agrees(claimed, other)]
        if alike:
            if all(opposed(claimed, other) for other in alike):
                found.append(
                    Finding(
                        "against", f"the cited sentence sets the other bound on {claimed}", is_number=True
                    )
                )
            continue
        if claimed.value in years or _is_part_of_name(claim, claimed, cited.context):
            continue
        if claimed.spelled and not claimed.unit and _COUNTED.match(claimed.noun):
            continue
        found.append(_unsaid(claimed, given, cited))
    return found


def _unsaid(claimed: Quantity, given: Sequence[Quantity], cited: Cited) -> Finding:
    elsewhere = [quantity for paper in cited.papers for quantity in quantities(paper.abstract)]
    if any(agrees(claimed, other) for other in elsewhere):
        return Finding(
            "elsewhere",
            f"{cited.says('gives', 'give')} {claimed}, which stands elsewhere in the abstract",
            is_number=True,
        )
    if other := nearest(claimed, given):
        who = "the cited sentence says" if len(cited.sentences) == 1 else "the cited sentences say"
        return Finding("against", f"{who} {other}, not {claimed}", is_number=True)
    # A reader may count what an abstract lists.
    counted = claimed.spelled and not claimed.unit
    return Finding(
        "elsewhere" if counted else "missing", f"{cited.says('gives', 'give')} {claimed}", is_number=True
    )


def _is_part_of_name(claim: str, claimed: Quantity, context: str) -> bool:
    """Whether a number is the end of a name: "BRCA 1" where the paper has "BRCA1"."""
    before = re.search(rf"\b(\w{{1,20}}) {re.escape(claimed.text)}(?!\w)", claim)
    if before is None or before[1].islower():
        return False
    return knows(context, before[1] + claimed.text)


def _directions(claim: str, cited: Cited) -> list[Finding]:
    for sentence in cited.sentences:
        if root := turned_round(claim, sentence):
            return [Finding("against", f"the cited sentence says the opposite of “{_word(claim, root)}”")]
        if sides_swapped(claim, sentence):
            return [Finding("against", "the cited sentence compares the two the other way round")]
    if cited.sentences and all(only_opposite(claim, sentence) for sentence in cited.sentences):
        return [Finding("elsewhere", "the cited sentence points the other way")]
    return []


def _changed(claim: str, cited: Cited) -> list[Finding]:
    """The faults of a claim that is nearly a quote: there, each word that differs can be looked at."""
    altered: list[Finding] = []
    for sentence in cited.sentences:
        differing = changes(claim, sentence)
        if differing is None:
            continue
        altered = [fault for change in differing if (fault := _fault(change, claim, sentence))]
        if not altered:
            return []
    return altered


def _fault(change: Change, claim: str, sentence: str) -> Finding | None:
    mine, theirs = change.mine, change.theirs
    if max(len(mine), len(theirs)) > _SHORT:
        return None
    said, written = " ".join(theirs), " ".join(mine)
    if any(map(_is_number, mine)) and any(map(_is_number, theirs)) and not _agree(written, said):
        return Finding("against", f"the cited sentence says {said}, not {written}", is_number=True)
    if bool(sum(map(_denies, mine)) % 2) != bool(sum(map(_denies, theirs)) % 2):
        return Finding(
            "against",
            f"the cited sentence says “{said}”, not “{written}”"
            if mine and theirs
            else f"the cited sentence says it {'with' if theirs else 'without'} “{said or written}”",
        )
    if any(opposite(one, other) for one in mine for other in theirs):
        return Finding("against", f"the cited sentence says “{said}”, not “{written}”")
    names = _name_words(sentence)
    if names.intersection(theirs) and _name_words(claim).intersection(mine) and not _one_name(mine, theirs):
        return Finding("against", f"the cited sentence says “{said}”, not “{written}”")
    return None


def _agree(mine: str, theirs: str) -> bool:
    given = quantities(theirs)
    claimed = quantities(mine)
    if not claimed or len(claimed) != len(given) or _VERSION.search(f"{mine} {theirs}"):
        return mine == theirs
    return all(agrees(one, other) for one, other in zip(claimed, given, strict=True))


def _is_number(token: str) -> bool:
    return any(character.isdigit() for character in token) or bool(quantities(token))


def _denies(token: str) -> bool:
    return bool(DENIES.fullmatch(token))


def _name_words(text: str) -> set[str]:
    return {word for name in named(text) for word in tokens(name)}


def _one_name(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether one is the plural or the short form of the other."""
    return {stem(word) for word in mine} & {stem(word) for word in theirs} != set() or (
        knows(" ".join(theirs), "".join(mine).upper()) or knows(" ".join(mine), "".join(theirs).upper())
    )


def _word(text: str, root: str) -> str:
    return next((word for word in re.findall(r"[\w'-]+", text) if stem(word) == root), root)
