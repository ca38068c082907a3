"""Judges one claim at a time against the sentences it cites, finds a better one, or one for a claim without.

What is certain comes first: a quote is supported, a wrong number is not. Only where nothing is certain does
the likeness of claim and sentences decide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...retrieval.measure import Measure
from ...types import Paper, Support
from .findings import Cited, Finding, findings
from .pool import Comparison, Handle, Pool
from .quantities import quantities
from .quoting import changes, quoted
from .statements import is_foreign, is_fragment, says_nothing
from .words import stems, tokens

SUPPORTED = 0.5
"""The probability from which a claim counts as supported, and under ``PARTIAL`` as unsupported."""
PARTIAL = 0.25
_CLEAR = 0.75
"""A sentence that we propose or attach has to be so likely."""
_AGAINST = 0.95
"""How sure a verdict is that rests on a number, a denial or a direction."""
_NOTHING = "there is nothing in it to check"
_QUOTE = 6
"""A claim of fewer words may stand in many papers."""
_TRIED = 3
"""Sentences that are looked into for a better citation."""
_MOST_SENTENCES = 3
"""Sentences bound to a citation of a whole paper."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the audit says of a claim.

    ``support`` is ``None`` where there is nothing to judge. ``evidence`` are the sentences that it was held
    against; ``better`` is one that carries it where they do not. ``certain`` is a verdict that rests on the
    text itself, and not on a likeness.
    """

    support: Support | None
    score: float | None = None
    reason: str | None = None
    evidence: tuple[Handle, ...] = ()
    better: Handle | None = None
    certain: bool = False


class Auditor:
    """Judges the claims of one answer over its numbered sources."""

    def __init__(self, papers: Sequence[Paper], measure: Measure) -> None:
        """Take the sources in their order."""
        self._pool = Pool(papers, measure)

    def judge(self, claim: str, cited: Sequence[tuple[int, int | None]]) -> Verdict:
        """The verdict on a claim and its citations; a paper without a sentence is cited as a whole.

        Raises:
            ModelError: the embedder failed, and the verdict is not plain without it.
        """
        return self.plain(claim, cited) or self._compared(claim, cited)

    def plain(self, claim: str, cited: Sequence[tuple[int, int | None]]) -> Verdict | None:
        """The verdict where nothing has to be compared by meaning: no citation, a quote, nothing said."""
        exact = _sentences(cited)
        if not cited:
            if says_nothing(claim, cited=False):
                return Verdict(None, reason=_NOTHING)
            return Verdict("unsupported", 1.0, "it cites nothing", certain=True)
        if not exact:
            return None
        if quoted(claim, [self._pool.text(handle) for handle in exact]):
            return Verdict("supported", 1.0, evidence=exact, certain=True)
        if better := self._quoted_elsewhere(claim, exact):
            title = self._pool.papers[better[0]].title
            reason = f"it is a sentence of “{title}” that is not cited"
            return Verdict("unsupported", 1.0, reason, exact, better, certain=True)
        return None

    def _compared(self, claim: str, cited: Sequence[tuple[int, int | None]]) -> Verdict:
        """The verdict on a claim that is no quote of a sentence that it cites."""
        compared = self._pool.compared(claim)
        handles = self._bound(claim, cited, compared)
        if not handles:
            return self._with_better(
                claim, compared, Verdict("unsupported", 0.5, "the cited paper has no abstract")
            )
        papers = tuple(self._pool.papers[source] for source in dict.fromkeys(source for source, _ in cited))
        evidence = Cited(tuple(self._pool.text(handle) for handle in handles), papers)
        if quoted(claim, evidence.sentences):
            return Verdict("supported", 1.0, evidence=handles, certain=True)
        if says_nothing(claim, cited=True) and not any(changes(claim, text) for text in evidence.sentences):
            return Verdict(None, reason=_NOTHING, evidence=handles)
        if is_foreign(claim, evidence.context):
            return self._foreign(claim, evidence, handles)
        return self._weighed(claim, evidence, handles, compared)

    def carrying(self, claim: str) -> Handle | None:
        """The sentence that clearly carries a claim, if there is one; raises as :meth:`judge`."""
        if is_fragment(claim) or says_nothing(claim, cited=False):
            return None
        return self._better(claim, self._pool.compared(claim), ())

    def _weighed(
        self, claim: str, cited: Cited, handles: tuple[Handle, ...], compared: Comparison
    ) -> Verdict:
        """The verdict of the findings and the likeness together, with a better citation where that is due."""
        likely = compared.likeness(handles).probability
        found = findings(claim, cited)
        verdict = self._verdict(claim, cited, handles, compared, likely, found)
        if verdict.support == "supported":
            return verdict
        if likely >= SUPPORTED and any(finding.weight == "against" for finding in found):
            return verdict  # the right sentence is cited, and says otherwise
        only_numbers = all(finding.is_number for finding in found)
        if only_numbers and (added := self._completing(claim, cited, handles, compared)):
            return replace(verdict, better=added)
        return self._with_better(claim, compared, verdict)

    def _verdict(
        self,
        claim: str,
        cited: Cited,
        handles: tuple[Handle, ...],
        compared: Comparison,
        likely: float,
        found: Sequence[Finding],
    ) -> Verdict:
        grave = [finding for finding in found if finding.weight == "against" or _is_number(finding)]
        if grave:
            return Verdict("unsupported", _AGAINST, _told(grave), handles, certain=True)
        if likely < PARTIAL:
            return Verdict("unsupported", 1 - likely, self._unsaid(claim, cited, handles, compared), handles)
        if found:
            return Verdict("partial", max(likely, 1 - likely), _told(found), handles)
        if likely < SUPPORTED:
            return Verdict(
                "partial", max(likely, 1 - likely), self._unsaid(claim, cited, handles, compared), handles
            )
        if idle := self._idle(handles, compared):
            return Verdict("partial", likely, f"“{idle.title}” says nothing of it", handles)
        return Verdict("supported", likely, evidence=handles)

    def _idle(self, handles: tuple[Handle, ...], compared: Comparison) -> Paper | None:
        """A cited paper whose sentences have nothing to do with the claim, beside others that carry it."""
        sources = dict.fromkeys(source for source, _ in handles)
        if len(sources) < 2:
            return None
        for source in sources:
            own = [handle for handle in handles if handle[0] == source]
            if compared.likeness(own).probability < PARTIAL:
                return self._pool.papers[source]
        return None

    def _unsaid(self, claim: str, cited: Cited, handles: Sequence[Handle], compared: Comparison) -> str:
        absent = _words(claim, compared.absent(handles))
        what = ", ".join(f"“{word}”" for word in absent) or "this"
        return cited.says(f"speaks of {what}", f"speak of {what}")

    def _foreign(self, claim: str, cited: Cited, handles: tuple[Handle, ...]) -> Verdict:
        """The verdict on a claim in another language than its sources: only numbers can be compared."""
        grave = [
            finding
            for finding in findings(claim, cited)
            if finding.is_number and finding.weight != "elsewhere"
        ]
        if grave:
            return Verdict("unsupported", _AGAINST, _told(grave), handles, certain=True)
        return Verdict(None, None, "it is in another language than what it cites", handles)

    def _with_better(self, claim: str, compared: Comparison, verdict: Verdict) -> Verdict:
        return replace(verdict, better=self._better(claim, compared, verdict.evidence))

    def _completing(
        self, claim: str, cited: Cited, handles: tuple[Handle, ...], compared: Comparison
    ) -> Handle | None:
        """The sentence of a cited paper that, beside those cited, leaves nothing to say against the claim."""
        for source in dict.fromkeys(source for source, _ in handles):
            for handle in self._pool.of_paper(source):
                if handle in handles:
                    continue
                both = Cited((*cited.sentences, self._pool.text(handle)), cited.papers)
                likely = compared.likeness([*handles, handle]).probability
                if likely >= SUPPORTED and not findings(claim, both):
                    return handle
        return None

    def _better(self, claim: str, compared: Comparison, cited: Sequence[Handle]) -> Handle | None:
        """The sentence that carries the claim, not among those cited: a quote, else a clear likeness."""
        if quote := self._quoted_elsewhere(claim, cited):
            return quote
        others = [handle for handle in self._pool.handles if handle not in cited]
        for handle in compared.best(others, _TRIED):
            alone = Cited((self._pool.text(handle),), (self._pool.papers[handle[0]],))
            if compared.likeness([handle]).probability >= _CLEAR and not findings(claim, alone):
                return handle
        return None

    def _quoted_elsewhere(self, claim: str, cited: Sequence[Handle]) -> Handle | None:
        """The sentence that the claim quotes, not among those cited."""
        long_enough = len(tokens(claim)) >= _QUOTE
        others = (handle for handle in self._pool.handles if handle not in cited) if long_enough else ()
        return next((handle for handle in others if quoted(claim, [self._pool.text(handle)])), None)

    def _bound(
        self, claim: str, cited: Sequence[tuple[int, int | None]], compared: Comparison
    ) -> tuple[Handle, ...]:
        """The cited sentences; of a paper cited as a whole, the likeliest one and those with its numbers."""
        exact = _sentences(cited)
        bound = list(exact)
        for source in dict.fromkeys(source for source, sentence in cited if sentence is None):
            if any(handle[0] == source for handle in exact):
                continue
            own = self._pool.of_paper(source)
            chosen = compared.best(own)
            for handle in own:
                if (
                    len(chosen) < _MOST_SENTENCES
                    and handle not in chosen
                    and self._adds(claim, handle, chosen)
                ):
                    chosen.append(handle)
            bound += sorted(chosen)
        return tuple(dict.fromkeys(bound))

    def _adds(self, claim: str, handle: Handle, chosen: Sequence[Handle]) -> bool:
        """Whether a sentence gives a number of the claim that the chosen ones do not."""
        paper = self._pool.papers[handle[0]]

        def missing(handles: Sequence[Handle]) -> int:
            cited = Cited(tuple(self._pool.text(one) for one in handles), (paper,))
            return sum(finding.is_number for finding in findings(claim, cited))

        return bool(quantities(claim)) and missing([*chosen, handle]) < missing(chosen)


def _sentences(cited: Sequence[tuple[int, int | None]]) -> tuple[Handle, ...]:
    return tuple((source, sentence) for source, sentence in cited if sentence is not None)


def _is_number(finding: Finding) -> bool:
    return finding.weight == "missing" and finding.is_number


def _told(found: Sequence[Finding]) -> str:
    """The gravest finding or two, as one sentence."""
    return "; ".join(finding.text for finding in found[:2])


def _words(text: str, roots: Sequence[str]) -> list[str]:
    """The words of a text that have one of these stems, the most telling first."""
    found = {root: word for word in reversed(re.findall(r"\w[\w'-]*", text)) for root in stems(word)}
    return list(dict.fromkeys(found[root] for root in roots if root in found))
