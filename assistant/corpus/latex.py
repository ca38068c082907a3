r"""LaTeX in titles, names and abstracts into Unicode; knows nothing of papers or files.

Only what is certain is changed: accents, letters, symbols, escapes, simple markup, and TeX's way of
writing dashes, quotes and unbreakable blanks. Mathematics stays as it is, and so do commands that are not
known here and texts in which mathematics cannot be told from the rest (a dollar sign without a partner).

A whole interpreter (pylatexenc's ``latex2text``) was not used: it drops what it does not know, takes "%"
for a comment and "~ 5" for a blank. Its table of symbols is.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# The quick look that most texts end with. Dashes alone ("--") do not make a text LaTeX.
_SIGNS = re.compile(r"[\\~]|``")

# An escape, a formula or a dollar sign without a partner; none looks further than the next of its kind.
_MATH = re.compile(
    r"(\\[^(\[b])"
    r"|(\$\$(?:[^$\\]|\\[\s\S])*+\$\$|\$(?:[^$\\]|\\[\s\S])*+\$"
    r"|\\\((?:[^\\]|\\[^()])*+\\\)|\\\[(?:[^\\]|\\[^][])*+\\\]"
    r"|\\begin\{(?P<name>(?:equation|align|eqnarray|math|displaymath|gather|multline)\*?)\}"
    r"[\s\S]{0,3000}?\\end\{(?P=name)\})"
    r"|(\$)"
)

# Signs that stand for something while the rest is converted: no text holds them, see `record.make_paper`.
_HIDDEN, _OPEN, _CLOSE, _TILDE, _GRAVE = "\0", "\1", "\2", "\3", "\4"
_KEPT = str.maketrans("{}", _OPEN + _CLOSE)
_SHOWN = str.maketrans(_OPEN + _CLOSE + _TILDE + _GRAVE, "{}~`")
_NO_BRACES = str.maketrans("", "", "{}")

_MARKS = {
    '"': "\u0308",
    "'": "\u0301",
    "`": "\u0300",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
    "b": "\u0331",
    "c": "\u0327",
    "d": "\u0323",
    "H": "\u030b",
    "k": "\u0328",
    "r": "\u030a",
    "u": "\u0306",
    "v": "\u030c",
    "textcommabelow": "\u0326",
}
_BASES = {"\\i": "i", "\\j": "j", "\\ae": "æ", "\\AE": "Æ", "\\o": "ø", "\\O": "Ø"}
_TWICE = 3  # accents on one letter, as in Vietnamese, and more
# "{\'e}", "\'{e}", "\'e", "\v{s}", "\v s", "\'\i": the outer braces go only as a pair.
_BASE = r"\\(?:[ijoO]|ae|AE)"
_ACCENT = re.compile(
    r"(?P<brace>\{)?\\(?:(?P<sign>[\"'`^~=.])\s*"
    rf"|(?P<letter>[bcdHkruv]|textcommabelow)(?=\s*\{{|\s+[A-Za-z]|\\[ij]\b)\s*)"
    rf"(?:\{{\s*(?P<braced>{_BASE}|[^\W\d_])\s*\}}|(?P<bare>{_BASE}(?![A-Za-z])|[^\W\d_])(?:\{{\}})?)(?(brace)\}})"
)
# What stands before a brace that is no group but the argument of a command.
_COMMAND_BEFORE = re.compile(r"\\[A-Za-z]+\*?\s*$")
_ARGUMENTS = re.compile(r"\\[A-Za-z]+\s*(?:\{[^{}]*\})+")
_POSSESSIVE = re.compile(r"(?:^|[^\w\\])[a-z][\w-]*$")

_LETTERS = {
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "i": "ı",
    "j": "ȷ", "dh": "ð", "DH": "Ð", "dj": "đ", "DJ": "Đ", "th": "þ", "TH": "Þ", "ng": "ŋ", "NG": "Ŋ",
}  # fmt: skip
_WORDS = {
    "aa": "å", "AA": "Å", "eth": "ð", "deg": "°", "textdegree": "°", "S": "§", "P": "¶", "copyright": "©",
    "euro": "€", "textbar": "|", "texttrademark": "™", "lq": "‘", "rq": "’", "textquotesingle": "'",
    "textless": "<", "textgreater": ">", "textbackslash": "\\", "textunderscore": "_",
    "textasciitilde": _TILDE, "textasciicircum": "^", "textasciigrave": _GRAVE, "LaTeX": "LaTeX",
    "TeX": "TeX", "textdollar": "$",
    "lbrace": _OPEN, "rbrace": _CLOSE, "textbraceleft": _OPEN, "textbraceright": _CLOSE,
    "quad": " ", "qquad": " ", "newline": " ", "par": " ", "noindent": "", "xspace": "", "protect": "",
    "smallskip": "", "medskip": "", "bigskip": "", "boldmath": "", "unboldmath": "",
}  # fmt: skip
_FUNCTIONS = frozenset("log ln exp max min sup inf sin cos tan det dim ker".split())
# Commands of pylatexenc's table that are more likely a word after a backslash.
_NO_SYMBOL = frozenset("id Ident image original today leo cancer top vspace".split())
_NAME = re.compile(r"(?P<brace>\{)?\\(?P<name>[A-Za-z]+)(?P<empty>\s*\{\})?(?(brace)\})(?P<gap>\s*)")
_ESCAPE = re.compile(
    r"\\(?:([%&_#$])|([{}])|\\+(?:\[[\w.]*\])?\s*|([ ,;:!/@-])|(\^)\{\}|(~)(?:\{\}|(?![A-Za-z\\{])))"
)
_THIN = {" ": " ", ",": " ", ";": " ", ":": " ", "!": "", "/": "", "@": "", "-": ""}

_SWITCH = "em|it|bf|rm|sl|tt|sc|sf|small|tiny|large|normalfont|itshape|bfseries|scshape|ttfamily"
_SWITCHES = frozenset(_SWITCH.split("|"))
_GROUP = re.compile(
    rf"\{{\s*\\(?:{_SWITCH})(?![A-Za-z])\s*(?P<group>[^{{}}]*)\}}"
    r"|(?P<brace>\{)?\\(?:emph|uline|underline|textnormal|text(?:it|bf|sc|sl|tt|rm|sf|up|md)?|mbox|hbox|url|path"
    rf"|ensuremath|math(?:rm|bf|it|sf|tt)|ce|enquote|{_SWITCH})\s*\{{(?P<inner>[^{{}}]*)\}}(?(brace)\}})"
    r"|\\href\s*\{[^{}]*\}\s*\{(?P<link>[^{}]*)\}"
    r"|\\(?:[Cc]ite[a-z]*|nocite)\*?(?:\[[^][]*\]){0,2}\s*\{(?P<cited>[^{}]*)\}"
    r"|\\(?:footnote|thanks)\s*\{(?P<note>[^{}]*)\}"
    r"|\\textsuperscript\s*\{(?P<above>[0-9+n()-]+)\}|\\textsubscript\s*\{(?P<below>[0-9+()-]+)\}"
)
_DEPTH = 8  # groups within groups
ABOVE = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
_BELOW = str.maketrans("0123456789+-()", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎")

# A blank that does not break, where a word follows; before a number "~" means "about", but after a full
# stop or a word that numbers things. "/~name" is part of an address.
_TIE = re.compile(
    rf"(?<=[\w.,;:)\]}}%'’{_HIDDEN}])~(?=[^\W\d_]|[(\[“‘`{_HIDDEN}])|(?<=[.,])~(?=\d)"
    r"|(?<=Section)~(?=\d)|(?<=Figure)~(?=\d)|(?<=Table)~(?=\d)|(?<=Theorem)~(?=\d)|(?<=Part)~(?=\d)"
)
_DOUBLE = re.compile(r"``([^`]{1,1000}?)''")
_SINGLE = re.compile(r"(?<![\w`\\])`([^\s`'][^`']{0,200})'(?!\w)")
_DASH = re.compile(r"(?<!-)(?<![\s(]-)(?:(?<=\S)|(?=-+\s))(---?)(?!-)")  # not the dashes of "--option"


def to_unicode(text: str, *, braced: bool = False) -> str:
    """A text with its LaTeX as Unicode, mathematics as it was.

    Args:
        text: The text, without control characters.
        braced: Whether all braces group, as in BibTeX; else those stay that no command asked for.
    """
    if braced:
        text = text.replace(r"$\backslash$", "\\")  # Mendeley escapes what is LaTeX already
    if not (_SIGNS.search(text) or (braced and re.search(r"[{}]|--", text))) or _HIDDEN in text:
        return text
    formulas: list[str] = []
    torn = False

    def hide(found: re.Match[str]) -> str:
        nonlocal torn
        if found[2]:
            formulas.append(found[0])
            return _HIDDEN
        torn = torn or found[4] is not None
        return found[0]

    bare = _MATH.sub(hide, text)
    if torn or not (braced or _SIGNS.search(bare)):
        return text
    plain = _typography(_commands(bare), braced=braced)
    if braced:
        plain = _ARGUMENTS.sub(lambda known: known[0].translate(_KEPT), plain).translate(_NO_BRACES)
    if "  " not in text:
        plain = re.sub(" {2,}", " ", plain)
    if plain.count(_HIDDEN) != len(formulas):
        return text
    plain = plain.translate(_SHOWN)
    rest = iter(formulas)
    return re.sub(_HIDDEN, lambda _: next(rest), plain).strip() if formulas else plain.strip()


def _commands(text: str) -> str:
    """The text with those commands converted that are known."""
    if "\\" not in text:
        return text
    for _ in range(_TWICE):
        text, changes = _ACCENT.subn(_accented, text)
        if not changes:
            break
    text = _ESCAPE.sub(_escaped, text)
    for _ in range(_DEPTH):
        text, changes = _GROUP.subn(_content, text)
        if not changes:
            break
    return _NAME.sub(_named, text)


def _accented(found: re.Match[str]) -> str:
    """A letter with its accent, where there is such a letter."""
    sign = found["sign"] or found["letter"]
    letter = found["braced"] or found["bare"]
    word_ends = not found.string[found.end() : found.end() + 1].isalpha()
    if sign == "'" and letter == "s" and word_ends and not found["brace"]:
        before = found.string[max(0, found.start() - 40) : found.start()]
        if _POSSESSIVE.search(before):
            return found[0]  # "the brain\'s", where "Podle\'s" is a name
    whole = unicodedata.normalize("NFC", _BASES.get(letter, letter) + _MARKS[sign])
    return _grouped(found, whole) if len(whole) == 1 else found[0]


def _grouped(found: re.Match[str], plain: str) -> str:
    r"""What a group became, still within its braces where they are a command's: "\textbf{\"o}"."""
    start = found.start()
    if found[0][0] == "{" and _COMMAND_BEFORE.search(found.string[max(0, start - 30) : start]):
        return f"{{{plain}}}"
    return plain


def _escaped(found: re.Match[str]) -> str:
    """What stands behind a backslash that is no command: a sign, a brace, a new line, a blank, a tilde."""
    if found[1]:
        return found[1]
    if found[2]:
        return _OPEN if found[2] == "{" else _CLOSE
    if found[3]:
        return _THIN[found[3]]
    return found[4] or (_TILDE if found[5] else " ")


def _content(found: re.Match[str]) -> str:
    """What a group of markup holds."""
    if (cited := found["cited"]) is not None:
        return f"[{cited}]"
    if (note := found["note"]) is not None:
        return f" ({note.strip()})"
    if above := found["above"]:
        return above.translate(ABOVE)
    if below := found["below"]:
        return below.translate(_BELOW)
    return _grouped(found, found["group"] or found["inner"] or found["link"] or "")


def _named(found: re.Match[str]) -> str:
    """The letter or symbol that a command of letters stands for; itself if it is not known."""
    name, gap = found["name"], found["gap"]
    before = found.string[max(0, found.start() - 1) : found.start()]
    after = found.string[found.end() : found.end() + 1]
    if letter := _LETTERS.get(name):
        # TeX swallows the blank after a command: "S\o rensen". After a pair of braces it does not.
        joined = after.isalpha() and not (found["empty"] or found["brace"])
        if not (joined or before.isalpha() or after.isalpha()):
            return found[0]  # somebody's own command: an order of growth "\O(n)", "\l-adic"
        return _grouped(found, letter) + ("" if joined else gap)
    if name in _SWITCHES:
        return ""
    if name in _FUNCTIONS:
        return f"{' ' if before.isalnum() else ''}{name}{gap}"
    symbol = _WORDS.get(name)
    if symbol is None:
        symbol = _symbols().get(name)
    if symbol is None:
        return found[0]
    if unicodedata.category(symbol[:1] or " ") in {"Pi", "Pd"} and not (found["empty"] or found["brace"]):
        gap = ""  # the blank that ends the name of a quote that opens, or of a dash
    return _grouped(found, symbol) + gap


@cache
def _symbols() -> dict[str, str]:
    """The symbols that have a command: Greek letters, arrows, relations and the like."""
    from pylatexenc.latex2text import get_default_latex_context_db

    specs = (
        (spec.macroname, spec.simplify_repl) for spec in get_default_latex_context_db().iter_macro_specs()
    )
    return {
        name: sign
        for name, sign in specs
        if isinstance(sign, str) and len(sign) == 1 and sign > "\x7f" and name not in _NO_SYMBOL
    }


def _typography(text: str, *, braced: bool) -> str:
    """The text with TeX's blanks, quotes and dashes as the signs that it prints."""
    if "~" in text:
        text = re.sub(r"(?<=[^\s/])~(?=\S)", " ", text) if braced else _TIE.sub(" ", text)
    if "`" in text:
        text = _SINGLE.sub(r"‘\1’", _DOUBLE.sub(r"“\1”", text))
    if "--" in text:
        text = _DASH.sub(lambda dash: "—" if len(dash[1]) == 3 else "–", text)
    return text
