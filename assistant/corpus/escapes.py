r"""Plain text into LaTeX that means the same: what `latex.to_unicode` with ``braced`` undoes.

Only what would mean something else in LaTeX is escaped, and formulas stay as they are, so that what is
written is what a person would write; accents stay Unicode, as all programs of today read it.
"""

from __future__ import annotations

import re

from .latex import to_unicode

_SIGNS = {character: f"\\{character}" for character in "%&#_$"} | {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "`": r"\textasciigrave{}",
}
# BibTeX counts braces, escaped or not.
_ALONE = _SIGNS | {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
_FORMULA = re.compile(r"(\$(?:[^$\\%]|\\[^%]){1,500}+\$)")


def to_latex(text: str, *, formulas: bool = True) -> str:
    """The text as LaTeX; without ``formulas``, their signs are text as well."""
    if not formulas:
        return _escaped(text)
    parts = _FORMULA.split(text)
    written = "".join(
        part if _FORMULA.fullmatch(part) and _is_balanced(part) else _escaped(part) for part in parts
    )
    # A price in dollars may look like a formula, and read as one mean another thing.
    return written if to_unicode(written, braced=True) == text else _escaped(text)


def _escaped(text: str) -> str:
    """The text with all escaped that would mean something, dashes in a row kept from becoming one."""
    signs = _SIGNS if _is_balanced(text) else _ALONE
    text = "".join(signs.get(character, character) for character in text)
    return re.sub("-(?=-)", "-{}", text)


def _is_balanced(text: str) -> bool:
    """Whether each brace has its partner."""
    depth = 0
    for brace in re.findall("[{}]", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0
