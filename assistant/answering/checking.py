"""Audits the claims of a draft as they are completed, and cites for those that its writer left uncited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..errors import ModelError
from ..retrieval.measure import Measure
from ..types import Claim, Proposal
from .audit.auditor import Auditor, Verdict
from .audit.pool import Handle
from .audit.second import Flagged, Opinion
from .draft import Draft

_MOST = 200
"""Claims that are judged: no honest answer has more, and each costs a vector."""
_TOO_MANY = "the answer is too long to check this"
_NOT_COMPARED = "it could not be compared with what it cites"
_ENDS = frozenset(".!?\n")


class Checker:
    """The claims of one draft with their verdicts, each judged once."""

    def __init__(self, draft: Draft, measure: Measure) -> None:
        """Check ``draft``, now and while it is written."""
        self._draft = draft
        self._auditor = Auditor([hit.paper for hit in draft.sources], measure)
        self._verdicts: dict[Claim, Verdict] = {}
        self._attached: set[str] = set()
        self._carriers: dict[str, Handle | None] = {}
        self._told = 0
        self.problem: ModelError | None = None
        """Why some claims were not judged: the embedder failed."""

    def so_far(self, piece: str) -> tuple[Claim, ...]:
        """The claims that are complete after this piece of the text, judged; empty where none is new."""
        if not _ENDS.intersection(piece) or self._told >= _MOST:
            return ()
        complete = len(self._draft.claims()) - 1  # the last one may go on
        if complete <= self._told:
            return ()
        self._told = complete
        return self._judged(complete)

    def all(self) -> tuple[Claim, ...]:
        """All claims, judged; the text is finished."""
        return self._judged(len(self._draft.claims()))

    @property
    def notices(self) -> list[str]:
        """What the reader should know of the audit."""
        notices = []
        if self.problem:
            notices.append(f"Some statements could not be checked. {self.problem}")
        if count := len(self._attached):
            notices.append(
                f"{count} statement{'s' if count > 1 else ''} came without a citation; the sentence that "
                f"says {'each' if count > 1 else 'it'} was found and cited."
            )
        return notices

    def heard(self, claims: Sequence[Claim], opinions: Mapping[int, Opinion]) -> tuple[Claim, ...]:
        """The claims after a model has looked at the flagged ones, by their place.

        It is heard, not obeyed: where a number or a denial speaks against a claim, it only raises a doubt.
        """
        made = zip(claims, self._draft.claims(), strict=True)
        return tuple(
            _heard(
                claim,
                opinions[place],
                certain=bool((verdict := self._verdicts.get(bare)) and verdict.certain),
            )
            if place in opinions
            else claim
            for place, (claim, bare) in enumerate(made)
        )

    def flagged(self, claims: Sequence[Claim]) -> list[Flagged]:
        """The claims that cite something which does not carry them."""
        return [
            Flagged(
                place,
                claim.text,
                tuple(
                    self._draft.sources[self._draft.source(number)].paper.sentences[index].text
                    for number, index in claim.evidence
                ),
            )
            for place, claim in enumerate(claims)
            if claim.support in {"partial", "unsupported"} and claim.evidence
        ]

    def _judged(self, count: int) -> tuple[Claim, ...]:
        """The first claims with their verdicts; those without a citation get one first, where that can be."""
        for place, claim in enumerate(self._draft.claims()[: min(count, _MOST)]):
            if (
                not claim.citations
                and claim.text not in self._attached
                and (found := self._carrying(claim.text))
            ):
                self._draft.attach(place, found)
                self._attached.add(claim.text)
        return tuple(
            self._filled(claim) if place < _MOST else replace(claim, reason=_TOO_MANY)
            for place, claim in enumerate(self._draft.claims()[:count])
        )

    def _carrying(self, text: str) -> Handle | None:
        """The sentence that carries a claim without a citation."""
        if text not in self._carriers:
            try:
                self._carriers[text] = None if self.problem else self._auditor.carrying(text)
            except ModelError as error:
                self.problem = error
                return None
        return self._carriers[text]

    def _filled(self, claim: Claim) -> Claim:
        verdict = self._verdict(claim)
        if verdict is None:
            return replace(claim, reason=_NOT_COMPARED)
        draft = self._draft
        numbered = ((draft.number(source), sentence) for source, sentence in verdict.evidence)
        evidence = [(number, sentence) for number, sentence in numbered if number is not None]
        better = None
        if verdict.better:
            source, sentence = verdict.better
            paper = draft.sources[source].paper
            better = Proposal(paper, paper.sentences[sentence], draft.number(source))
        return replace(
            claim,
            evidence=tuple(dict.fromkeys((*claim.evidence, *evidence))),
            support=verdict.support,
            score=verdict.score,
            reason=verdict.reason,
            better=better,
            attached=claim.text in self._attached,
        )

    def _verdict(self, claim: Claim) -> Verdict | None:
        """The verdict on a claim as the draft has it; ``None`` where the embedder failed."""
        if claim not in self._verdicts:
            cited: list[tuple[int, int | None]] = []
            for number in claim.citations:
                sentences = [sentence for cited_number, sentence in claim.evidence if cited_number == number]
                cited += [(self._draft.source(number), sentence) for sentence in sentences]
                cited += [] if sentences else [(self._draft.source(number), None)]
            try:
                judge = self._auditor.plain if self.problem else self._auditor.judge
                verdict = judge(claim.text, cited)
            except ModelError as error:
                self.problem = error
                return None
            if verdict is None:
                return None
            self._verdicts[claim] = verdict
        return self._verdicts[claim]


def _heard(claim: Claim, opinion: Opinion, *, certain: bool) -> Claim:
    """The claim after a second opinion."""
    if opinion.support != "supported":
        return replace(claim, support=opinion.support, reason=opinion.reason or claim.reason)
    if certain:
        return replace(
            claim, support="partial", reason=f"{claim.reason}; a second opinion finds it supported"
        )
    return replace(claim, support="supported", reason=None, better=None)
