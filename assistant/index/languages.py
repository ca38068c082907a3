"""Whether a text is English, told by its letters and its little words; which letters stand without blanks."""

from __future__ import annotations

import re

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff"
_HIRAGANA = "\u3041-\u309f"
UNSPACED = f"{_HAN}{_KATAKANA}{_HIRAGANA}"
"""Chinese and Japanese letters, for a class of a pattern: no blank tells where a word of them ends."""
_RUN = re.compile(f"[{_HAN}{_KATAKANA}]+")
_UNIT = re.compile(f"[{_KATAKANA}]+|[{_HAN}]")
_LETTER = re.compile(f"[{UNSPACED}]")
_WORD = re.compile(r"[^\W\d_]+")
_LITTLE = frozenset(
    """
    the of and to that this with by from our which these it can has have be are their not more such
    they its than both when while where using however but how what
    """.split()
)
"""Words that any English abstract has and other languages have not."""
_FEWEST = 12
"""Of so few Latin words nothing is told."""
_LEAST = 0.06
"""Of the words of English abstracts some 20 % are such, of those of other languages 1 %."""
_LATIN = 0.5


def is_english(text: str) -> bool:
    """Whether a text may be English; one of a few Latin words may be."""
    letters = [letter for letter in text if letter.isalpha()]
    latin = sum(letter < "\u0250" for letter in letters)
    if latin < _LATIN * (len(letters) + len(_LETTER.findall(text))):  # of those without blanks, one says more
        return False
    words = _WORD.findall(text.casefold())
    return len(words) < _FEWEST or sum(word in _LITTLE for word in words) >= _LEAST * len(words)


def has_unspaced(text: str) -> bool:
    """Whether a text has letters that stand without blanks."""
    return bool(_LETTER.search(text))


def length(text: str) -> int:
    """How many words a text has; two letters without blanks count as one."""
    letters = len(_LETTER.findall(text))
    return len(re.findall(r"\w+", _LETTER.sub(" ", text))) + (letters + 1) // 2


def runs(text: str) -> list[list[str]]:
    """The runs of letters without blanks, each in the least that may be a word of it.

    Hiragana, which stand between words as "of" and "is" do, end a run; a run of katakana is one word.
    """
    return [_UNIT.findall(run) for run in _RUN.findall(text)]
