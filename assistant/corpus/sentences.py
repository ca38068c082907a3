"""Splits an abstract into sentences with their offsets; knows nothing of papers or files.

One pass over the runs of full stops, question and exclamation marks. At each, the two words before it
and the word after it decide whether it ends a sentence or belongs to an abbreviation, an initial, a
number or a formula; so the cost is linear, whatever the text is. Where that cannot be told, the
sentences stay together: one too long quotes a little too much, one cut in two quotes nonsense.

`benchmarks/sentences.py` measures it beside the libraries that could have done the work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..types import Sentence

# Words that open a sentence and are no name. After "et al.", "U.S." or "type A." they tell that a
# sentence begins, where any other capital may be a name going on.
_STARTERS = frozenset(
    """a accordingly additionally after all also although among an analysis and another as at based
    because before besides both but by can compared consequently conclusion conclusions contrary despite
    do does due during each either even every experimental experiments extensive finally findings first
    firstly for from further furthermore given hence here how however if importantly in indeed instead
    interestingly is it its later lastly let many method methods moreover more most motivated much
    nevertheless next no nonetheless not notably now numerical objective on once one only other our over
    overall particularly patients previous recent recently result results second secondly several
    significantly similarly simulations since so some specifically still subsequently such that the their
    then there thereby therefore these they this those though three through thus to together traditional
    two under unfortunately unless unlike until upon using was we what when where whereas whether which
    while who why with within without yet""".split()
)

# Never the end of a sentence: something must follow.
_CONNECTIVES = frozenset("e.g eg i.e ie vs viz cf w.r.t wrt a.k.a s.t approx resp incl".split())

# Before a number, a numeral or a label: "Fig. 3", "Eq. (2)", "No. 5", "Vol. II", "Sec. B".
_REFERENCES = frozenset(
    """alg app ch chap cor def eq eqn eqns eqs ex fig figs lem no nos nr p pp prop pt ref refs sec sect
    suppl tab thm v vol vols""".split()
)

# Before a name or within one, as spelled: "Dr. Smith", "et al. (2019)", "Adv. Mater.", "ssp. rapa".
_TITLES = frozenset(
    """Dr Mr Mrs Ms Prof St Mt Ft Gen Sen Rev Jr Sr Ph.D M.D Ed Eds Dept Univ Inst Assoc Natl Acad Int
    Intl Proc Conf Trans Adv Appl Ann Biol Chem Comput Lett Lond Phys Physiol Res Sci Jan Feb Mar Apr Jun
    Jul Aug Sep Sept Oct Nov Dec al ca cv ed eds sp spp ssp subsp var""".split()
)

# After these any capital begins a sentence: "cats, dogs, etc. Experiments show".
_OFTEN_LAST = frozenset("Bros Co Corp Inc Ltd etc".split())

# What a lone letter may name; elsewhere it is an initial: "vitamin D. Serum", but "of D. Knuth".
_LETTERED = frozenset(
    """algorithm appendix case class condition factor grade group hepatitis influenza level matrix method
    model option panel part phase population protein set stage table task type variant vitamin""".split()
)

_HEADING = (
    r"(?:BACKGROUND|CONTEXT|IMPORTANCE|INTRODUCTION|OBJECTIVES?|AIMS?|PURPOSE|(?:MATERIALS? AND )?METHODS?|"
    r"(?:STUDY )?DESIGN|SETTING|PARTICIPANTS|PATIENTS|INTERVENTIONS?|MEASUREMENTS|MAIN OUTCOME MEASURES?|"
    r"(?:MAIN |PRINCIPAL )?(?:RESULTS|FINDINGS)|LIMITATIONS|CONCLUSIONS?|INTERPRETATION|SIGNIFICANCE)"
)
_CLOSERS = r"[\"'”’»)\]}」』）】]*"
_STOP = re.compile(
    rf"(?P<wide>[。！？｡।॥]+{_CLOSERS})"
    # Tokenised texts set the closing quote apart; a note mark may follow the stop: "shown.[3] We".
    rf"|(?P<mark>[.!?…؟۔]+)(?P<close>{_CLOSERS}(?:\s[\"”»](?=\s))?(?P<note>\[\d[\d,–-]{{0,20}}\])?)"
    r"(?P<gap>\s*)"
    rf"|(?P<heading>(?<=[a-z0-9)%])\s+)(?={_HEADING}(?::|\s+[A-Z0-9]))"
    r"|(?P<paragraph>\n[ \t\r]*\n)"
)
_STOP_BEGINS = re.compile(r"[。！？｡।॥.!?…؟۔\n]|\s(?<=[a-z0-9)%]\s)(?=\s*[A-Z]{3})")
"""Where a stop can begin. Looking for that first takes a quarter of the time."""

# Formulas and arguments of LaTeX commands; their stops are not the text's. A dollar after a blank or
# before a digit closes nothing (it is money), nor does one past something that reads as a new sentence.
_MATH = r"(?:(?![.!?]\s+[A-Z][a-z])[^$]){1,300}"
_SHIELD = re.compile(
    rf"\$\${_MATH}\$\$|\$(?=\S){_MATH}(?<=\S)\$(?!\d)|\\\([^\\]{{0,300}}\\\)"
    r"|\\[a-zA-Z]{1,30}\{[^{}]{0,300}\}"
)
_FORMULA_END = re.compile(r"(?:\$\$?|\\\))\s+[A-Z]")

_NEXT = re.compile(r"(?P<open>(?:[%•*#–—-]\s)?[\"'“‘«(\[{$\\]{0,4})(?P<word>\w[\w'’-]{0,40})?(?P<tail>.?)")
_INITIALS = re.compile(r"[^\W\d](?:[.-]+[^\W\d])*")
_LABEL = re.compile(r"[A-Z]?\d|[IVX]+$|[A-Z]$")
_OWN_SPELLING = re.compile(r"[αβγδεκλμσ]|.*[A-Z0-9]")  # "iPhone", "mRNA", "p53", "c-Myc", "α-synuclein"
_SIGHT = 64  # characters looked at before a stop


class _Place(NamedTuple):
    """A run of stops with what stands around it."""

    previous: str  # the word before the word before
    word: str  # the word before, without opening brackets and quotes
    mark: str
    close: str  # closing quotes and brackets
    opened: str  # opening quotes and brackets after the gap
    following: str  # the word after them, or nothing
    tail: str  # the character after that
    sign: str  # the character after the gap

    @property
    def capital(self) -> bool:
        """Whether a word with a capital follows."""
        return self.following[:1].isupper()

    @property
    def starter(self) -> bool:
        """Whether a word follows that opens sentences; "A." is an initial."""
        return self.capital and self.tail != "." and self.following.lower() in _STARTERS


def split(abstract: str) -> tuple[Sentence, ...]:
    """The sentences of a text in order; before, between and after them is nothing but white space."""
    spans: list[tuple[int, int]] = []
    start = 0
    for end in (*_ends(abstract), len(abstract)):
        text = abstract[start:end]
        if spans and text.strip() and not any(map(str.isalnum, text)):
            spans[-1] = (spans[-1][0], start + len(text.rstrip()))  # a bullet alone: the last one's tail
        elif text.strip():
            begin = end - len(text.lstrip())
            spans.append((begin, begin + len(text.strip())))
        start = end
    return tuple(Sentence(i, begin, end, abstract[begin:end]) for i, (begin, end) in enumerate(spans))


def _ends(text: str) -> Iterator[int]:
    """The offsets at which a sentence ends."""
    shields = _SHIELD.finditer(text)
    shield = next(shields, None)
    small = text.islower()  # without any capital a small letter begins a sentence as well
    for stop in _stops(text):
        while shield and shield.end() <= stop.start():
            shield = next(shields, None)
        if stop["wide"] or stop["paragraph"] or stop["heading"]:
            yield stop.end() if stop["wide"] else stop.start()
        elif shield and shield.start() < stop.start():
            if _FORMULA_END.match(text, stop.end("mark")):
                yield shield.end()  # a formula that ends the sentence: "$x = 1.$ We"
        elif stop.end() < len(text):
            place = _look(text, stop)
            if _is_end(place, small) if stop["gap"] or stop["note"] else _is_glued(place):
                yield stop.end("close")


def _stops(text: str) -> Iterator[re.Match[str]]:
    """The runs of stops, and the other places where a sentence may end."""
    start = 0
    while begins := _STOP_BEGINS.search(text, start):
        stop = _STOP.match(text, begins.start())
        if stop:
            yield stop
        start = stop.end() if stop else begins.end()


def _look(text: str, stop: re.Match[str]) -> _Place:
    """What stands around a stop."""
    words = ["", "", *text[max(0, stop.start() - _SIGHT) : stop.start()].rsplit(None, 2)[-2:]]
    after = _NEXT.match(text, stop.end())
    opened, following, tail = (after["open"], after["word"] or "", after["tail"]) if after else ("", "", "")
    word = words[-1].lstrip("\"'“‘«([{-–—/$")
    return _Place(words[-2], word, stop["mark"], stop["close"], opened, following, tail, text[stop.end()])


def _is_glued(place: _Place) -> bool:
    """Whether the blank after a full stop was forgotten: only plain words on both sides can show that."""
    plain = re.search(r"[a-z]{3}$|[)%]$", place.word + place.close)
    return bool(plain) and place.starter and len(place.following) > 1 and not place.opened


def _is_end(place: _Place, small: bool) -> bool:
    """Whether a stop before white space ends a sentence."""
    named = place.previous.lower().strip("(.") in _REFERENCES  # "as Fig. 3 shows" may end with it too
    item = place.word.isdigit() and len(place.word) < 3 and place.previous[-1:] in (*":;.?!", "")
    item = item and not named
    if item or (place.mark != "." and not any(map(str.isalnum, place.word))):
        return False  # "1." of a list; or a sign, not a question: "applications like >!! 10,000 steps"
    if not place.following:
        return len(place.mark) == 1 and place.sign not in ".,;:!?…)]}%=/&" and not _is_abbreviated(place)
    listed = place.tail == ")" and place.opened.endswith("(")  # "(i) A model generator"
    if not (listed or _begins(place, small)):
        return False
    if place.mark != "." or (place.close and place.capital and not _INITIALS.fullmatch(place.word)):
        return True
    rights = place.following == "All" and place.word in ("Inc", "Ltd", "B.V")  # one imprint, no statement
    return not rights and not _is_abbreviated(place)


def _begins(place: _Place, small: bool) -> bool:
    """Whether the following word looks like the first of a sentence."""
    word, following = place.word, place.following
    if following[0].isdigit():
        return not word[-1:].isdigit() or len(word) > 3  # "32. 5" is torn, "in 2010. 24 patients" is not
    if not following[0].islower() or small or _OWN_SPELLING.match(following):
        return True
    # "accuracy. here we show": nothing that is abbreviated is a long small word.
    return place.mark + place.close == "." and len(word) > 4 and word.isalpha() and word.islower()


def _is_abbreviated(place: _Place) -> bool:
    """Whether the full stop after a word belongs to the word."""
    word, key, starter = place.word, place.word.lower(), place.starter
    if key in _REFERENCES and not starter and ("(" in place.opened or _LABEL.match(place.following)):
        return True
    if len(word) > 1 and word.isalpha() and not word[1:].islower():
        return False  # an acronym that only looks like an abbreviation: "ED", "CF", "MRs"
    if key in _CONNECTIVES:
        return True
    if place.previous[-1:].isdigit() and "." not in word and place.capital:
        return False  # a unit: "in 3 ms. Global", "at 3 T. Data"
    if word in _OFTEN_LAST:
        return not place.capital
    if word in _TITLES:
        return not starter
    lettered = len(word) == 1 and place.capital and place.previous in _LETTERED
    return bool(_INITIALS.fullmatch(word)) and not starter and not lettered
