"""BibTeX and BibLaTeX, from whatever wrote them; knows the fields, not the syntax.

The key of an entry is no id: two libraries give the same key to different papers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial

from ...types import Paper, Rejected
from ..exported import BIBTEX_FIELD, unpacked
from ..identity import normal_arxiv_id
from ..inheriting import complete, named
from ..latex import to_unicode
from ..preface import stands_near_top
from ..record import LITERAL
from ..rows import row_of
from ..source import Source

NAME = "BibTeX"
MENDABLE = ("", "\n\n", "\n")

_FIRST = re.compile(
    r"^[ \t]*@\s*(?:[A-Za-z]+\s*[{(]\s*+[^\s,={}()\"']*+\s*+,\s*+(?:%[^\n]*+\s*+)*+[\w:.+/-]+\s*=\s*[{\"\w]"
    r"|(?:string|comment|preamble)\s*[{(])",
    re.MULTILINE | re.IGNORECASE,
)
# The fields of an entry of our own.
_OURS = {"title": "title", "abstract": "abstract", "venue": "journal"} | {
    "url": "url", "doi": "doi", "arxiv_id": "eprint",
}  # fmt: skip
_VENUES = ("journal", "journaltitle", "booktitle", "maintitle", "school", "institution", "publisher")
# As the Astrophysics Data System abbreviates them.
_ASTRONOMY = {
    "aap": "Astronomy and Astrophysics", "aapr": "Astronomy and Astrophysics Reviews",
    "aj": "Astronomical Journal", "apj": "Astrophysical Journal", "apjl": "Astrophysical Journal Letters",
    "apjs": "Astrophysical Journal Supplement Series", "aplett": "Astrophysical Letters",
    "apss": "Astrophysics and Space Science", "araa": "Annual Review of Astronomy and Astrophysics",
    "icarus": "Icarus", "jcap": "Journal of Cosmology and Astroparticle Physics",
    "jgr": "Journal of Geophysical Research", "mnras": "Monthly Notices of the Royal Astronomical Society",
    "nat": "Nature", "pasa": "Publications of the Astronomical Society of Australia",
    "pasj": "Publications of the Astronomical Society of Japan",
    "pasp": "Publications of the Astronomical Society of the Pacific", "physrep": "Physics Reports",
    "planss": "Planetary and Space Science", "pra": "Physical Review A", "prb": "Physical Review B",
    "prc": "Physical Review C", "prd": "Physical Review D", "pre": "Physical Review E",
    "prl": "Physical Review Letters", "solphys": "Solar Physics", "ssr": "Space Science Reviews",
}  # fmt: skip
_ARXIV = re.compile(
    r"(?:arXiv[:.\s]\s*|arxiv\.org/[a-z]+/|^abs/)([a-z.-]+/\d{7}|\d{4}\.\d{4,5})", re.IGNORECASE
)
_ADDRESS = re.compile(r"https?://[^\s{}]+")
_ESCAPED = re.compile(r"\{?\\([_%&#~$])\}?|[{}]|\\url")


def recognises(head: str) -> bool:
    """Whether an entry, a macro or a comment of BibTeX stands near the top."""
    return stands_near_top(_FIRST, head)


def read(source: Source) -> Iterator[Paper | Rejected]:
    """A paper for each entry with a title, a reason for each that cannot be read."""
    from ..bibtex import by_key, entries, persons  # its library takes a tenth of a second

    keys = named(source.lines())
    others = by_key(source.lines(), keys) if keys else {}  # they may stand after those that name them
    for number, own, text, problem in entries(source.lines()):
        if problem:
            yield Rejected(source.where(number), problem, text)
            continue
        fields = complete(own, others) if others else own
        names = persons(fields.get("author") or fields.get("editor") or "")
        yield row_of(source, number, partial(_fields, fields, names), text, braced=True)


def _fields(fields: Mapping[str, str], names: list[str]) -> dict[str, object]:
    """The fields under the names that `make_paper` knows."""
    own = unpacked(fields.get(BIBTEX_FIELD))
    if own is None:
        return _known(fields) | {"authors": names}
    return understood(fields) | own | LITERAL


def understood(fields: Mapping[str, str]) -> dict[str, object]:
    """What an entry of our own says by itself: nothing is looked for in other fields."""
    from ..bibtex import persons

    texts = {ours: to_unicode(fields.get(theirs, ""), braced=True) for ours, theirs in _OURS.items()}
    names = [to_unicode(name, braced=True) for name in persons(fields.get("author", ""))]
    return {**texts, "authors": names, "year": fields.get("year")}


def _known(fields: Mapping[str, str]) -> dict[str, object]:
    """The fields under the names that `make_paper` knows, from wherever they stand."""
    title = ": ".join(part for name in ("title", "subtitle") if (part := fields.get(name)))
    addresses = (_ADDRESS.search(_literal(fields.get(name, ""))) for name in ("url", "howpublished", "note"))
    return {
        "title": title or None,
        "abstract": fields.get("abstract"),
        "year": " ".join(fields.get(name, "") for name in ("year", "date")),
        "venue": next((_venue(fields[name]) for name in _VENUES if fields.get(name)), None),
        "url": next((found[0] for found in addresses if found), None),
        "doi": _literal(fields.get("doi", "")),
        "arxiv_id": _arxiv_id(fields),
    }


def _venue(text: str) -> str:
    """A venue; of the macros of astronomers' journals, which stand in no file, the journal."""
    return _ASTRONOMY.get(text.strip(" {}").removeprefix("\\"), text)


def _arxiv_id(fields: Mapping[str, str]) -> str | None:
    """The arXiv id, from the field that is for it or one that names it: "arXiv preprint arXiv:2205.13504"."""
    for name in ("eprint", "arxivid", "arxiv"):
        if given := normal_arxiv_id(_literal(fields.get(name, ""))):
            return given
    texts = (_literal(fields.get(name, "")) for name in ("journal", "volume", "url", "howpublished", "note"))
    return next((found[1] for text in texts if (found := _ARXIV.search(text))), None)


def _literal(text: str) -> str:
    r"""A text that is no prose, without what LaTeX needs around its signs: "10.1000/a{\_}b"."""
    return _ESCAPED.sub(lambda found: found[1] or "", text).strip()
