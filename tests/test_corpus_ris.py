"""RIS as many programs write it: real exports, and what goes wrong with them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.corpus import read
from assistant.corpus.tagged import MAX_RECORD
from assistant.errors import CollectionError
from assistant.types import Paper, Rejected

SAMPLES = Path(__file__).parent / "samples" / "bibliography"


def rows_of(folder: Path, text: str | bytes) -> list[Paper | Rejected]:
    path = folder / "export.txt"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(read(path))


def papers_of(folder: Path, text: str | bytes) -> list[Paper]:
    rows = rows_of(folder, text)
    assert not [row for row in rows if isinstance(row, Rejected)]
    return [row for row in rows if isinstance(row, Paper)]


def one(folder: Path, *lines: str) -> Paper:
    (paper,) = papers_of(folder, "\n".join(["TY  - JOUR", *lines, "ER  - "]))
    return paper


def test_embase() -> None:
    (paper,) = read(SAMPLES / "embase.ris")
    assert isinstance(paper, Paper)
    assert paper.title == "Duplication cysts: Diagnosis, management, and the role of endoscopic ultrasound"
    assert paper.authors == ("Liu R.", "Adler D.G.")
    assert (paper.year, paper.venue) == (2014, "Endoscopic Ultrasound")
    assert (paper.id, paper.doi) == ("doi:10.4103/2303-9027.138783", "10.4103/2303-9027.138783")
    assert paper.url and paper.url.startswith("http://www.embase.com/")
    assert len(paper.abstract) == 958 and paper.abstract.startswith("Gastrointestinal tract duplication")


def test_ovid_with_its_numbers_and_links_between_records() -> None:
    first, second = read(SAMPLES / "ovid.ris")
    assert isinstance(first, Paper) and isinstance(second, Paper)
    assert (first.doi, first.year) == ("10.1002/cpp.2398", 2019)
    assert first.authors[0] == "Trindade, Ines A" and len(first.authors) == 5
    assert second.venue == "Journal of Health Psychology"
    assert first.abstract and second.abstract


def test_citavi_with_blank_lines_in_a_note() -> None:
    first, second = read(SAMPLES / "citavi.ris")
    assert isinstance(first, Paper) and isinstance(second, Paper)
    assert first.venue == "Advances in Electrical and Electronic Engineering"
    assert second.authors == ("van Acker, B.", "Vanommeslaeghe, Y.", "Meulenaere, P.", "Denil, J.")
    assert (second.year, second.doi) == (2020, "10.1007/978-3-030-58167-1_7")


def test_rayyan_with_keywords_over_lines() -> None:
    rows = list(read(SAMPLES / "rayyan.ris"))
    titles = [row.title for row in rows if isinstance(row, Paper)]
    assert titles[0] == "Overcoming Medication Reconciliation Challenges" and len(titles) == len(rows) == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, end: str) -> None:
    lines = ["TY  - JOUR", "T1  - Na\xefve “quotes”", "A1  - M\xfcller, J.", "N2  - One.", "ER  - ", ""]
    (paper,) = papers_of(tmp_path, end.join(lines).encode(encoding))
    assert (paper.title, paper.authors, paper.abstract) == ("Na\xefve “quotes”", ("M\xfcller, J.",), "One.")


@pytest.mark.parametrize("gap", ["  ", "\t", " \t", " "])
def test_blanks_and_tabs_before_the_dash(tmp_path: Path, gap: str) -> None:
    text = f"TY{gap}- JOUR\nTI{gap}- A Title\nAB{gap}- We do it.\nAU{gap}-One, A.\nER{gap}-\n"
    (paper,) = papers_of(tmp_path, text)
    assert (paper.title, paper.abstract, paper.authors) == ("A Title", "We do it.", ("One, A.",))


def test_a_line_without_a_tag_goes_on(tmp_path: Path) -> None:
    paper = one(tmp_path, "TI  - A title", "of two lines", "AB  - First.", "US - based users.", "", "  Last.")
    assert paper.title == "A title of two lines"
    assert paper.abstract == "First. US - based users. Last."


def test_an_end_that_is_missing_joins_nothing(tmp_path: Path) -> None:
    text = "TY  - JOUR\nTI  - One\nAU  - A\nTY  - JOUR\nTI  - Two\n\n\nTY  - JOUR\nTI  - Three\n"
    assert [paper.title for paper in papers_of(tmp_path, text)] == ["One", "Two", "Three"]


def test_a_beginning_that_is_missing_loses_nothing(tmp_path: Path) -> None:
    text = "TY  - JOUR\nTI  - One\nER  - \n\nAU  - Two, A.\nTI  - Two\nER  - \nNL  - a note\n"
    first, second = papers_of(tmp_path, text)
    assert (first.title, second.title, second.authors) == ("One", "Two", ("Two, A.",))


@pytest.mark.parametrize(
    ("lines", "year"),
    [
        (["PY  - 2019"], 2019),
        (["Y1  - 2019/05/01/"], 2019),
        (["DA  - 2019///"], 2019),
        (["YR  - 2019"], 2019),
        (["PY  - in press", "Y1  - 2019//"], 2019),
        (["PY  - 10 15"], None),
        (["PY  - n.d."], None),
    ],
)
def test_years(tmp_path: Path, lines: list[str], year: int | None) -> None:
    assert one(tmp_path, "TI  - A", *lines).year == year


@pytest.mark.parametrize(
    ("lines", "doi", "arxiv_id"),
    [
        (["DO  - https://doi.org/10.1000/ABC"], "10.1000/abc", None),
        (["M3  - Article", "UR  - http://dx.doi.org/10.1000/abc"], "10.1000/abc", None),
        (["M3  - 10.1000/abc"], "10.1000/abc", None),
        (["UR  - https://arxiv.org/abs/1706.03762v5"], None, "1706.03762"),
        (["DO  - none"], None, None),
    ],
)
def test_identifiers(tmp_path: Path, lines: list[str], doi: str | None, arxiv_id: str | None) -> None:
    paper = one(tmp_path, "TI  - A", *lines)
    assert (paper.doi, paper.arxiv_id) == (doi, arxiv_id)


@pytest.mark.parametrize(
    ("lines", "title", "venue"),
    [
        (["TI  - A", "T2  - V", "JA  - v."], "A", "V"),
        (["T1  - A", "JO  - v.", "JF  - V"], "A", "V"),
        (["CT  - A", "BT  - V"], "A", "V"),
        (["BT  - A Book"], "A Book", None),
        (["ST  - A Short", "TI  -", "JA  - V"], "A Short", "V"),
    ],
)
def test_titles_and_venues(tmp_path: Path, lines: list[str], title: str, venue: str | None) -> None:
    paper = one(tmp_path, *lines)
    assert (paper.title, paper.venue) == (title, venue)


def test_authors_before_editors_and_several_on_a_line(tmp_path: Path) -> None:
    paper = one(tmp_path, "TI  - A", "A2  - Editor, E.", "AU  - One, A.; Two, B.", "AU  - A Group,")
    assert paper.authors == ("One, A.", "Two, B.", "A Group")
    assert one(tmp_path, "TI  - A", "A2  - Editor, E.").authors == ("Editor, E.",)


def test_a_record_without_a_title_is_reported_by_its_line(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path, "TY  - GEN\nTI  - A\nER  - \n\nTY  - GEN\nTI  -\nER  - \n\nTY  - GEN\nN2  - x\nER  - \n"
    )
    assert rows[1:] == [
        Rejected("export.txt, line 5", "title is empty"),
        Rejected("export.txt, line 9", "title is missing"),
    ]


def test_a_record_too_long_for_the_memory_is_rejected(tmp_path: Path) -> None:
    long = "TY  - JOUR\nTI  - B\nAB  - Words\n" + "words and words\n" * (MAX_RECORD // 15 + 1) + "ER  - \n"
    first, bad, last = rows_of(tmp_path, f"TY  - JOUR\nTI  - A\nER  - \n{long}TY  - JOUR\nTI  - C\nER  - \n")
    assert isinstance(first, Paper) and isinstance(last, Paper)
    assert bad == Rejected("export.txt, line 4", f"a record of more than {MAX_RECORD:,} characters")


@pytest.mark.parametrize(
    "text", ["# How\n\n```\nTY  - JOUR\nTI  - A\nER  -\n```\n", "TYPE - this is a list\n", "TY is a tag.\n"]
)
def test_other_texts_are_not_taken_for_ris(tmp_path: Path, text: str) -> None:
    with pytest.raises(CollectionError, match="not known"):
        rows_of(tmp_path, text)


PIECES = [
    "TY  - JOUR",
    "ER  -",
    "TI  - A",
    "AB  - ",
    "AU  - ;",
    "PY  -",
    "DO  - 10.1/",
    "\n",
    "\n\n",
    " ",
    "\t-",
    "x",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=60).map("".join))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_arbitrary_text_gives_rows_or_a_collection_error(tmp_path: Path, text: str) -> None:
    data = ("TY  - JOUR\nTI  - First\n" + text).encode("utf-8", "surrogatepass")
    try:
        rows = rows_of(tmp_path, data)
    except CollectionError as error:
        assert error.message and error.hint
    else:
        assert any(isinstance(row, Paper) for row in rows)
        for row in rows:
            str(row).encode()


@pytest.mark.parametrize("piece", ["TY  - JOUR\n", "AB  - x\n", "x\n", "\n", "AU  - a;", " ", "TI  - ", "-"])
def test_a_hostile_megabyte_is_read_at_once(tmp_path: Path, piece: str) -> None:
    start = time.perf_counter()
    rows = rows_of(tmp_path, "TY  - JOUR\nTI  - T\nER  - \nTY  - JOUR\n" + piece * (1_000_000 // len(piece)))
    assert isinstance(rows[0], Paper)
    assert time.perf_counter() - start < 20  # quadratic would be hours
