r"""Mathematics of abstracts and answers as MathML, which browsers draw themselves: no script, no font.

TeX is untrusted. latex2mathml makes a tree of it; of that tree only elements and attributes of a short list
are written, so no link, style or class comes through, and a formula that is too long, too deep, defines
commands or uses one that is not known stays the text that it is.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from .escaping import clean, html_text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LONGEST = 600
"""Characters of a formula; those of arXiv's abstracts have 20."""
_DEEPEST = 12
_MOST_ELEMENTS = 600
FORMULA = re.compile(
    r"(?<![\\$])\$\$(?P<shown>[^$]{1,600}?)\$\$(?!\$)"
    r"|(?<![\\\w$])\$(?P<within>(?=[^\s$])[^$]{1,600}?(?<![\s\\]))\$(?![\d$])"
    r"|\\\((?P<round>(?:[^\\]|\\[^()]){1,600}?)\\\)"
    r"|\\\[(?P<square>(?:[^\\]|\\[^][]){1,600}?)\\\]"
)
"""A piece of text that may be one; ``parts_of`` says whether it is."""
_PRICE = re.compile(r"\d[^\\^_={}<>]*[^\d\\^_={}<>][^\\^_={}<>]*|\d[\d.,]*[,.]")
"""What begins like an amount of money and has nothing of a formula: "5-" of "$5-$6"."""
_SIGN = re.compile(r".|.*[\\^_].*", re.DOTALL)
"""What a letter may follow at once: "$k$NN", but not "$HOME/$USER"."""
_DEFINES = re.compile(
    r"\\(?:\w*def|let|\w*newcommand|\w*DeclareMath\w*|\w*command|input|include\w*)(?![a-z])"
)
_COMMENT = re.compile(r"(?<!\\)%\s*")
_ELEMENTS = frozenset(
    """
    math mrow mi mn mo ms mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover
    mtable mtr mtd mstyle mpadded mphantom
    """.split()
)
_ATTRIBUTES = {
    "accent": re.compile("true|false"),
    "display": re.compile("inline|block"),
    "displaystyle": re.compile("true|false"),
    "fence": re.compile("true|false"),
    "form": re.compile("prefix|infix|postfix"),
    "linethickness": re.compile("0|0em|0px"),
    "mathvariant": re.compile("[a-z-]{1,24}"),
    "movablelimits": re.compile("true|false"),
    "scriptlevel": re.compile("[0-3]"),
    "separator": re.compile("true|false"),
    "stretchy": re.compile("true|false"),
    "width": re.compile(r"-?[0-2](?:\.\d{1,3})?em"),
}


def rich_text(text: str) -> str:
    """The text for HTML, its formulas as MathML; also inside elements, never inside an attribute."""
    text = clean(text)
    pieces: list[str] = []
    end = 0
    for found in FORMULA.finditer(text):
        pieces += [html_text(text[end : found.start()]), mathml(found) or html_text(found[0])]
        end = found.end()
    return "".join([*pieces, html_text(text[end:])])


def mathml(found: re.Match[str]) -> str | None:
    """What a match of ``FORMULA`` is as MathML; ``None`` if it is none, or one that cannot be drawn."""
    shown = found["shown"] or found["square"]
    tex = shown or found["within"] or found["round"]
    if found["within"] and (_PRICE.fullmatch(tex) or _is_name(found)):
        return None
    return _drawn(tex, "block" if shown else "inline")


@lru_cache(maxsize=2_000)
def _drawn(tex: str, display: str) -> str | None:
    """The formula drawn."""
    if len(tex) > LONGEST or _DEFINES.search(tex) or _depth(tex) > _DEEPEST:
        return None
    from latex2mathml.converter import convert_to_element

    try:
        tree = convert_to_element(_COMMENT.sub("", tex), display=display)
        elements = sum(1 for _ in tree.iter())
        return _written(tree, top=True) if elements <= _MOST_ELEMENTS else None
    except Exception:  # noqa: BLE001 - it raises what it likes for what is no TeX: that stays text
        return None


def _is_name(found: re.Match[str]) -> bool:
    """Whether it is a name after a dollar sign that another one follows."""
    after = found.string[found.end() : found.end() + 1]
    return bool(after.isalpha() and not _SIGN.fullmatch(found["within"]))


def _written(element: Element, *, top: bool = False) -> str:
    """An element of the list with what is in it; raises ``ValueError`` for any other."""
    text = element.text or ""
    if element.tag not in _ELEMENTS or "\\" in text:
        raise ValueError(element.tag)  # a command that is not known, shown by its name
    attributes = "".join(
        f' {name}="{value}"'
        for name, value in element.attrib.items()
        if name in _ATTRIBUTES and _ATTRIBUTES[name].fullmatch(value)
    )
    namespace = ' xmlns="http://www.w3.org/1998/Math/MathML"' if top else ""
    children = "".join(_written(child) for child in element)
    return f"<{element.tag}{namespace}{attributes}>{html_text(html.unescape(text))}{children}</{element.tag}>"


def _depth(tex: str) -> int:
    """How deep braces and pairs nest; a closing one too many is no depth."""
    deepest = now = 0
    for found in re.finditer(r"\\(?:left|begin|right|end)(?![a-zA-Z])|(?<!\\)[{}]|[\^_]\s*(?=[\^_\\])", tex):
        sign = found[0]
        now += -1 if sign in {"}", "\\right", "\\end"} else 1
        deepest = max(deepest, now)
        if sign[0] in "^_":
            now -= 1
    return deepest
