"""Whether a question leans on what was said before; it knows English, and no conversation.

The signs are those of any English dialog: words that point back, comparisons with nothing to compare to,
openings that go on from something, and questions that name no subject of their own.
"""

from __future__ import annotations

import re

_THINGS = (
    r"(?:one|ones|two|three|four|paper|papers|method|methods|approach|approaches|model|models|work|works|stud(?:y|ies)|"
    r"idea|ideas|technique|techniques|system|systems|framework|frameworks|architecture|architectures|"
    r"algorithm|algorithms|result|results|dataset|datasets|author|authors|version|variant|case|kind|"
    r"finding|findings|claim|claims|problem|problems|setting|limitation|limitations)"
)
_AUXILIARY = (
    r"(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|may|might|must|"
    r"isn't|aren't|wasn't|doesn't|don't|didn't|can't|couldn't|won't)"
)
_PREPOSITION = (
    r"(?:of|in|on|for|with|without|to|from|by|about|than|as|like|over|under|beyond|beside|besides|against|"
    r"between|after|before|behind|into|at|upon|within|despite)"
)

_OPENING = re.compile(
    r"(?:and|but|so|or|then|ok(?:ay)?|well|yes|no|also|now|what about|how about|what if|why not|how so|"
    r"how come|in what way|more precisely|tell me more|go on|elaborate|explain(?: (?:that|this|it|more))?|"
    r"for example|such as|like what|in which case)\b(?![-'])",
    re.IGNORECASE,
)
"""Beginnings of a question that go on from something; "what if" rarely opens a conversation."""

_POINTING = re.compile(
    rf"""
    \b(?:the|that)\s+(?:latter|former|aforementioned|remaining\s+(?:one|ones|{_THINGS}))\b
    | \b(?:which|any|none|either|neither|both|one|two|some|most|all|each|first|second|third|last)\s+of\s+
        (?:these|those|them|the\s+(?:two|three|four|papers|methods))\b
    | \b(?:these|those)\s+(?:two|three)\b | \bthe\s+(?:two|three)\s+{_THINGS}\b | \b(?:too|as\s+well|then)\s*$
    | \b(?:the|that)\s+(?:first|second|third|fourth|fifth|last|other|1st|2nd|3rd|4th|5th)
        \s+(?:(?:of\s+)?{_THINGS}\b)
    | \b(?:that|this)\s+{_THINGS}\b
    | \banother\s+{_THINGS}\b
    | \[\d{{1,2}}\] | \b(?:paper|source|reference|citation|number)\s+\#?\d{{1,2}}\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Words that point back from wherever they stand."""

_PERHAPS_POINTING = re.compile(
    rf"""
    \b(?:they|them|their|theirs|themselves|its|itself|he|she|his|her)\b
    | \bthe\s+(?:same|others|rest|previous|original|naive|authors|paper|approach|method)\b
        (?!\s+(?:of|for|in|on|that|which|with|behind|to|called|named|by|between|from)\b)
    | \b(?:these|those)\b (?!\s+(?:days|who|which|that|with|of\b))
    | \bthis\b (?!\s+(?:collection|library|corpus|index|year|field|century))
    | (?:\b(?:{_PREPOSITION}|{_AUXILIARY}|why|how|what|when|where|and)\s+)that\b (?!\s+(?:the|an?|there|of)\b)
    | \bthat\b \s*(?:[?.,;:!]|$)
    | \b(?:either|neither|both)\s+(?:one|{_THINGS})\b
    | \b(?:other|others|similar|related|earlier|previous|subsequent)\s+(?:\w+[\s-]+){{0,2}}?{_THINGS}\b
    | \b(?:follow-?ups?|follow-?up\s+work|related\s+work|alternatives)\b
    | \b(?:else|instead|likewise|thereby|therefore|otherwise)\b
    | \b(?:though|again)\s*$ | \bthe\s+(?:two|three)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Words that point back unless what they stand for is named before them in the same question."""

_IT = re.compile(r"\bit\b", re.IGNORECASE)
_EMPTY_IT = re.compile(
    rf"\b(?:{_AUXILIARY})\s+it\s+(?:\w+\s+)?(?:possible|true|known|necessary|better|best|worth|the\s+case|safe|"
    r"common|hard|easy|feasible|useful|important|sufficient|enough|ok|okay|beneficial|help|matter|make\s+sense|"
    r"take|pay\s+off|likely|clear)\b"
    r"|\bit\s+(?:is|was|takes?|turns?\s+out|seems?|makes\s+sense|pays)\b.*\b(?:to|that)\b",
    re.IGNORECASE,
)
""""Is it possible to …": an "it" that stands for nothing."""

_COMPARATIVE = re.compile(
    r"\b(?:(?:more|less|fewer)(?=\s*(?:$|[,.;]|on\b|about\b|like\b))|lower|higher|faster|slower|cheaper|better|worse|smaller|larger|bigger|further|"
    r"farther|earlier|later|newer|older|simpler|stronger|weaker|longer|shorter|deeper|lighter|sooner|"
    r"easier|harder|safer|closer)\b",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"\b(?:than|versus|vs|compared|or|the\s+(?:more|less|better|\w+er))\b|\bmore\s+or\s+less\b|"
    r"\b(?:make|makes|made|making|build|train|run|runs|become|becomes|get|gets|obtain|achieve)\b",
    re.IGNORECASE,
)
"""What a comparative is measured by within the same question: "lower than …", "make X faster"."""

_GENERIC = frozenset(
    """a about abstract accuracy achieve all an analysis and answer any applied apply approach approaches are
    argue as assume assumption assumptions author authors available baseline baselines be been benchmark
    benchmarks better but by can change claim claims code collection compare compared comparison conclude
    conclusion conclusions contribution contributions cost could data dataset datasets describe detail details
    did differ difference differences do does done drawback drawbacks effect either evaluate evaluated
    evaluation evidence exactly example examples experiment experiments explain fail far fast find finding
    findings first found for from further future gain gains get give good had has have help how i idea if
    implement implementation improve improvement improvements in into introduce introduced is kind know
    learned limit limitation limitations limits list long mainly major many mean means measure measured method
    methods metric metrics model models more most much my need needed new no not numbers of on one only open
    or other out over overhead paper papers percent performance please problem problems propose proposed
    prove published publish quickly really reason reported require required requirement result results say
    says scale scores setting settings setup should show shown shows significant size slow small so solution
    solve solved some speed speedup state still strengths study suggest summarize summary support system task
    tasks technique tell test tested than that the their them then theory there these they this those to
    trade tradeoff tradeoffs train trained training tried try under use used useful uses using very want was
    way ways we weakness weaknesses well were what when where whether which who why will with without work
    works would write written wrong year years you your""".split()
)
"""Words that any paper may be asked about: a question of these alone names no subject."""

_RICH = 8
"""A question that names so many things stands alone, unless a word points back for certain."""
_NAMED_BEFORE = 2
"""What a pronoun stands for is taken to be in its own question where more words than these come before it."""

_WORD = re.compile(r"[^\W_]+(?:[-'+.][^\W_]+)*\+*")


def leans(question: str) -> bool:
    """Whether the question cannot be understood without what was said before it."""
    text = question.strip().rstrip("?!. ")
    if _OPENING.match(text) or _POINTING.search(text):
        return True
    named = subjects(text)
    if len(named) > _RICH:
        return False
    signs = [match.start() for match in _PERHAPS_POINTING.finditer(text)]
    if not _EMPTY_IT.search(text):
        signs += [match.start() for match in _IT.finditer(text)]
    if not _COMPARED.search(text):
        signs += [match.start() for match in _COMPARATIVE.finditer(text)]
    if signs and len(subjects(text[: min(signs)])) <= _NAMED_BEFORE:
        return True
    return not named


def subjects(question: str) -> list[str]:
    """The words of a question that say what it is about, in their order."""
    return [word for word in _WORD.findall(question) if word.casefold() not in _GENERIC]
