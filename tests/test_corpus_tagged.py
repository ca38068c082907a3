"""MEDLINE, Web of Science and EndNote text: whole, broken and hostile files."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.corpus import read
from assistant.errors import CollectionError
from assistant.types import Paper, Rejected

SAMPLES = Path(__file__).parent / "samples" / "bibliography"

MEDLINE = """
PMID- 16403221
STAT- MEDLINE
DP  - 2006 Jan
TI  - A high level interface implemented
      in python.
LID - 10.1186/1471-2105-7-10 [doi]
AB  - BACKGROUND: Benchmarking often involves
      the construction of datasets. RESULTS: We
      have designed a set.
FAU - Casbon, James A
AU  - Casbon JA
FAU - Crooks, Gavin E
AU  - Crooks GE
TA  - BMC Bioinformatics
JT  - BMC bioinformatics
AID - 1471-2105-7-10 [pii]
CON - Some J. 2005;1:1. PMID: 1

PMID- 2
TI  - [A title that was translated].
AU  - Solo A
AID - 10.1000/x [doi]
TA  - J Short
DEP - 20031122
PMID- 3
AB  - No title.
"""

WEB_OF_SCIENCE = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Smith, J
   Doe, A
AF Smith, John
   Doe, Ann
TI Bibliometric methods for
   science mapping
SO JOURNAL OF SCIENCE MAPPING
DE one; two
AB We map science. It
   is large.
C1 [Smith, John] Univ X, Y.
CR Kassin SM, 1997, LAW, V1, P1, DOI 10.1000/wrong
PY 2018
DI 10.1000/Right
UT WOS:000444108200009
ER

PT C
AU Solo, B
TI Second
EA MAR 2021
ER

EF
"""

ENDNOTE = """%0 Journal Article
%A Vo, Nghia T
%A The Group,
%T Superior techniques for
eliminating artifacts
%J Optics express
%D 2018
%R https://doi.org/10.1000/abc
%U https://x.org/a
%X First paragraph.

Second paragraph.
%P 1-10

%0 Book
%T A Book
%E Ed Itor
%B A Series
%8 May 2001
"""


def rows_of(folder: Path, text: str | bytes) -> list[Paper | Rejected]:
    path = folder / "export.txt"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(read(path))


def papers_of(folder: Path, text: str | bytes) -> list[Paper]:
    rows = rows_of(folder, text)
    assert not [row for row in rows if isinstance(row, Rejected)]
    return [row for row in rows if isinstance(row, Paper)]


def test_medline_as_pubmed_writes_it() -> None:
    (paper,) = read(SAMPLES / "medline.txt")
    assert isinstance(paper, Paper)
    assert paper.title == "The Bio* toolkits--a brief overview."
    assert paper.abstract.startswith(
        "Bioinformatics research is often difficult to do with commercial software. The Open"
    )
    assert paper.abstract.endswith("from the point of view of the beginning biologist programmer.")
    assert (paper.authors, paper.year) == (("Mangalam, Harry",), 2002)
    assert (paper.venue, paper.url) == (
        "Briefings in bioinformatics",
        "https://pubmed.ncbi.nlm.nih.gov/12230038/",
    )


def test_medline(tmp_path: Path) -> None:
    first, second, bad = rows_of(tmp_path, MEDLINE)
    assert isinstance(first, Paper) and isinstance(second, Paper)
    assert first.title == "A high level interface implemented in python."
    assert first.abstract.endswith("involves the construction of datasets. RESULTS: We have designed a set.")
    assert first.authors == ("Casbon, James A", "Crooks, Gavin E")
    assert (first.id, first.venue, first.year) == ("doi:10.1186/1471-2105-7-10", "BMC bioinformatics", 2006)
    assert (second.authors, second.venue, second.doi) == (("Solo A",), "J Short", "10.1000/x")
    assert second.year == 2003
    assert bad == Rejected("export.txt, line 26", "title is missing")


def test_web_of_science(tmp_path: Path) -> None:
    first, second = papers_of(tmp_path, WEB_OF_SCIENCE)
    assert first.title == "Bibliometric methods for science mapping"
    assert first.authors == ("Smith, John", "Doe, Ann")
    assert first.abstract == "We map science. It is large."
    assert (first.year, first.venue, first.doi) == (2018, "JOURNAL OF SCIENCE MAPPING", "10.1000/right")
    assert (second.title, second.authors, second.year) == ("Second", ("Solo, B",), 2021)


def test_web_of_science_without_its_header(tmp_path: Path) -> None:
    assert len(papers_of(tmp_path, WEB_OF_SCIENCE.split("\n", 2)[2])) == 2


def test_web_of_science_without_an_end(tmp_path: Path) -> None:
    first, second = papers_of(tmp_path, WEB_OF_SCIENCE.replace("ER\n", ""))
    assert (first.title, second.title) == ("Bibliometric methods for science mapping", "Second")
    assert first.authors == ("Smith, John", "Doe, Ann")


def test_endnote(tmp_path: Path) -> None:
    first, second = papers_of(tmp_path, ENDNOTE)
    assert first.title == "Superior techniques for eliminating artifacts"
    assert first.authors == ("Vo, Nghia T", "The Group")
    assert first.abstract == "First paragraph. Second paragraph."
    assert (first.year, first.venue, first.url) == (2018, "Optics express", "https://x.org/a")
    assert first.id == "doi:10.1000/abc"
    assert (second.title, second.authors, second.venue, second.year) == (
        "A Book",
        ("Ed Itor",),
        "A Series",
        2001,
    )


def test_refer_without_types(tmp_path: Path) -> None:
    first, second = papers_of(
        tmp_path, "%A One, A.\n%T First\n%D 1999\n\n%A Two, B.\n%A Three, C.\n%T Second\n"
    )
    assert (first.title, first.authors) == ("First", ("One, A.",))
    assert (second.title, second.authors) == ("Second", ("Two, B.", "Three, C."))


def test_a_type_that_is_not_first(tmp_path: Path) -> None:
    text = (
        "%A One, A.\n%D 1999\n%T First\n%0 Journal Article\n%R 10.1000/a\n\n%A Two, B.\n%T Second\n%0 Book\n"
    )
    first, second = papers_of(tmp_path, text)
    assert (first.title, first.doi, second.title) == ("First", "10.1000/a", "Second")


@pytest.mark.parametrize("text", [MEDLINE, WEB_OF_SCIENCE, ENDNOTE])
@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings_and_line_ends(tmp_path: Path, text: str, encoding: str, end: str) -> None:
    expected = rows_of(tmp_path, text)
    assert rows_of(tmp_path, text.replace("\n", end).encode(encoding)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "% A comment of a program\n% T is the time\nx = 1;\n",
        "FN is short for function name. VR 1.0 is a version.\n",
        "PT J is what it says.\n",
        "PMID- none\n",
    ],
)
def test_other_texts_are_not_taken_for_records(tmp_path: Path, text: str) -> None:
    with pytest.raises(CollectionError, match="not known"):
        rows_of(tmp_path, text)


HEADS = ["PMID- 1\nTI  - First\n", "FN X\nVR 1.0\nPT J\nTI First\n", "%0 Book\n%T First\n"]
PIECES = [
    "PMID- 1",
    "TI  - A",
    "      x",
    "PT J",
    "AU a",
    "   b",
    "ER",
    "EF",
    "%0 ",
    "%T A",
    "%A ",
    "%",
    "\n",
    "\n\n",
    " ",
]


@given(
    st.sampled_from(HEADS), st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=60).map("".join)
)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_arbitrary_text_gives_rows_or_a_collection_error(tmp_path: Path, head: str, text: str) -> None:
    try:
        rows = rows_of(tmp_path, (head + text).encode("utf-8", "surrogatepass"))
    except CollectionError as error:
        assert error.message and error.hint
    else:
        assert any(isinstance(row, Paper) for row in rows)
        for row in rows:
            str(row).encode()


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("piece", ["\n", " ", "x\n", "AU a\n", "   b\n", "%A a\n", "%", "AU  - a\n"])
def test_a_hostile_megabyte_is_read_at_once(tmp_path: Path, head: str, piece: str) -> None:
    start = time.perf_counter()
    with suppress(CollectionError):  # a title of a megabyte is none
        rows_of(tmp_path, head + piece * (300_000 // len(piece)))
    assert time.perf_counter() - start < 20  # quadratic would be hours
