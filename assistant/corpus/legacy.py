"""Tells in which encoding a text is written that is not UTF-8, from a part of it; knows nothing of papers.

Windows-1252 is what they nearly always are, and English text looks the same in most others. So another one
must read clearly better to be taken: charset-normalizer measures how messy a reading is, and signs that stand
in no word of any language count besides ("£ukasz", "Ga³ecki", "JosŽ").
"""

from __future__ import annotations

import codecs
import logging
import re
import unicodedata

SAMPLE = 1_000_000  # bytes that an encoding is told from, of which those that are not UTF-8 count
USUAL = "cp1252"

_ENOUGH = 20_000  # bytes
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_NAMES = {
    USUAL: "Windows-1252",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "gb18030": "GB 18030",
    "cp932": "Shift JIS",
    "big5": "Big5",
    "euc_jp": "EUC-JP",
    "cp949": "EUC-KR",
    "koi8_r": "KOI8-R",
    "cp1253": "Windows-1253",
    "iso8859_2": "ISO 8859-2",
    "mac_roman": "MacRoman",
}
"""The encodings that are told apart, the likeliest first, as people call them."""
_CLEARLY = 0.02  # better, between 0 and about 2; English and the languages of Windows-1252 stay below it
_ESCAPED = re.compile("[\udc80-\udcff]")  # how "surrogateescape" marks a byte that is none of the encoding
_HIGH = re.compile(r"[^\x00-\x7f]")
# In none of these does a letter follow, but for signs that are written so: °C, ©ACM.
_BEFORE_NO_LETTER = frozenset({"Sc", "Sk", "So", "No", "Lm", "Pe", "Cc", "Cn", "Co"})
_MAY = frozenset("°©®·")
_APART = ("CYRILLIC", "GREEK", "HALFWIDTH")  # scripts that share no word with Latin letters

logging.getLogger("charset_normalizer").disabled = True


def is_utf8(data: bytes, *, whole: bool = True) -> bool:
    """Whether bytes are UTF-8; if not ``whole``, the last character may be cut off."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, whole)
    except UnicodeDecodeError:
        return False
    return True


def legacy_encoding(data: bytes) -> str:
    """The encoding of the lines that are not UTF-8, as Python calls it."""
    sample = b"\n".join(line for line in data.splitlines() if not is_utf8(line))[:_ENOUGH]
    found = {name: _mess(sample, name) for name in _NAMES}
    best = min(_NAMES, key=lambda name: found[name])
    return best if found[best] < found[USUAL] - _CLEARLY else USUAL


def wide_encoding(data: bytes) -> str:
    """The UTF-16 or UTF-32 of a text that does not say so by its first bytes; empty if it is neither.

    Text of any language has blanks, commas or line ends, which the wrong order of bytes has not.
    """
    if b"\0" not in data:
        return ""
    found = {name: _plain_signs(data, name) for name in _WIDE}
    best = max(_WIDE, key=lambda name: found[name])
    return best if found[best] else ""


def _plain_signs(data: bytes, encoding: str) -> int:
    """How many signs that every text has are in one of an encoding; none where it is no text."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(data)
    except UnicodeDecodeError:
        return 0
    unseen = sum(not (sign.isprintable() or sign.isspace()) for sign in text)
    return 0 if unseen > len(text) / 100 else sum(map(text.count, " \t\n,;"))


def read_as(data: bytes, encoding: str) -> str:
    """Bytes that are not UTF-8 in an encoding; in the usual one what is UTF-8 among them stays."""
    if encoding != USUAL:
        return data.decode(encoding, "replace")
    text = data.decode("utf-8", "surrogateescape")
    return _ESCAPED.sub(lambda bad: bytes([ord(bad[0]) - 0xDC00]).decode(USUAL, "replace"), text)


def spoken(encoding: str) -> str:
    """An encoding as people call it."""
    return _NAMES.get(encoding, encoding.removesuffix("-sig").upper())


def _mess(sample: bytes, encoding: str) -> float:
    """How unlikely it is that a sample is of an encoding."""
    from charset_normalizer import from_bytes

    text = read_as(sample, encoding)
    signs = [*_HIGH.finditer(text)]
    odd = sum(_is_odd(text, sign.start()) for sign in signs)
    match = from_bytes(
        text.encode(encoding, "ignore"),
        steps=1,
        chunk_size=_ENOUGH,
        threshold=1.0,
        cp_isolation=[encoding],
        preemptive_behaviour=False,
        enable_fallback=False,
    ).best()
    return (match.chaos if match else 1.0) + (odd / len(signs) if signs else 0.0)


def _is_odd(text: str, place: int) -> bool:
    """Whether a sign beyond ASCII stands where no language has it."""
    sign, before, after = text[place], text[place - 1 : place], text[place + 1 : place + 2]
    kind = unicodedata.category(sign)
    if sign == "\ufffd":
        return True
    if sign in _MAY:
        return False
    if kind == "Lu" and before.islower():
        return True
    if kind.startswith("L") and unicodedata.name(sign, "").startswith(_APART):
        return any(near.isascii() and near.isalpha() for near in (before, after))
    if kind == "Sm" and sign not in "±×÷¬":
        return before.isalpha()
    if kind in _BEFORE_NO_LETTER:
        return after.isalpha()
    return kind == "Po" and before.isalpha() and after.isalpha()
