"""Rejected rows of every format: written as they stood, mended, and read again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from assistant.corpus import read, take
from assistant.corpus.formats import FORMATS
from assistant.corpus.reading import MAX_ROW
from assistant.errors import UsageError
from assistant.types import Paper, Rejected

PUBMED = (
    "<PubmedArticle><MedlineCitation><PMID>{0}</PMID><Article><ArticleTitle>{1}</ArticleTitle></Article>"
    "</MedlineCitation></PubmedArticle>"
)
# A file with a whole row, one that is to be mended and a third one; what is wrong in it, and what is right.
CASES = {
    "listing": (
        "Get trending papers in your email inbox!\nA Whole Title\nWe do one thing and then another.\n"
        "The Second Title\n",
        "The Second Title",
        "The Second Title\nWe mend it here, and it is whole.",
    ),
    "JSON Lines": (
        '{"title": "A Whole Title"}\n{"title": "The Second Title"\n{"title": "C"}\n',
        '"The Second Title"',
        '"The Second Title"}',
    ),
    "JSON": (
        '[{"title": "A Whole Title"}, {"title": 2, "year": 2001}, {"title": "C"}]',
        "2,",
        '"The Second Title",',
    ),
    "a table": (
        'Authors;Title;Year\nOne, A.;A Whole Title;2001\nTwo, B.;"The Second\nTitle";"2002;x;y;z\n'
        "Odd, C.;;2003\nD;C;2003\n",
        "Odd, C.;;",
        "Odd, C.;The Second Title;",
    ),
    "BibTeX": (
        "@string{jot = {Journal of Things}}\n@article{a, title = {A Whole Title}}\n\n"
        "@article{b,\n  title = {The Second {Title},\n  journal = jot,\n  year = 2002\n}\n\n"
        "@misc{c, title={C}}\n",
        "{Title},",
        "{Title}},",
    ),
    "RIS": (
        "TY  - JOUR\nTI  - A Whole Title\nER  - \n\nTY  - JOUR\nAU  - Two, B.\nT9  - The Second\n"
        "   Title\nER  - \n\n"
        "TY  - JOUR\nTI  - C\nER  - \n",
        "T9",
        "TI",
    ),
    "MEDLINE": (
        "PMID- 1\nTI  - A Whole Title\n\nPMID- 2\nTX  - The Second\n      Title\nFAU - Two, B\n\n"
        "PMID- 3\nTI  - C\n",
        "TX",
        "TI",
    ),
    "Web of Science": (
        "FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\nTI A Whole Title\nER\n\n"
        "PT J\nAU Two, B\n   Three, C\n"
        "XX The Second\n   Title\nER\n\nPT J\nTI C\nER\n\nEF\n",
        "XX",
        "TI",
    ),
    "EndNote text": (
        "%0 Journal Article\n%T A Whole Title\n\n%0 Journal Article\n%A Two, B.\n%Q The Second Title\n\n"
        "%0 Journal Article\n%T C\n",
        "%Q",
        "%T",
    ),
    "PubMed XML": (
        "<PubmedArticleSet>"
        + PUBMED.format(1, "A Whole Title")
        + PUBMED.format(2, "The <b>Second Title")
        + PUBMED.format(3, "C")
        + "</PubmedArticleSet>",
        "<b>",
        "",
    ),
    "EndNote XML": (
        "<xml><records><record><titles><title>A Whole Title</title></titles></record><record><titles>"
        "<titel>The Second Title</titel></titles></record><record><titles><title>C</title></titles>"
        "</record></records></xml>",
        "titel",
        "title",
    ),
    "arXiv": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/abs/2101.00001</id>'
        "<title>A Whole Title</title></entry>"
        "<entry><id>http://arxiv.org/abs/2101.00002</id><titel>The Second Title</titel></entry>"
        "<entry><id>http://arxiv.org/abs/2101.00003</id><title>C</title></entry></feed>",
        "titel",
        "title",
    ),
}


def split(rows: Iterable[Paper | Rejected]) -> tuple[list[Paper], list[Rejected]]:
    found = [*rows]
    return [r for r in found if isinstance(r, Paper)], [r for r in found if isinstance(r, Rejected)]


def test_every_format_has_a_case() -> None:
    assert len(CASES) == len(FORMATS)


@pytest.mark.parametrize("name", CASES)
def test_a_rejected_row_is_mended_and_read_again(tmp_path: Path, name: str) -> None:
    text, wrong, right = CASES[name]
    path, kept = tmp_path / "papers", tmp_path / "kept"
    path.write_text(text, "utf-8")
    papers, bad = split(take([path], rejected=kept))
    assert papers[0].title == "A Whole Title"
    assert len(papers) == (1 if name == "listing" else 2)
    reasons = (tmp_path / "kept.reasons.txt").read_text("utf-8")
    assert [line.partition(": ")[2] for line in reasons.splitlines()] == [str(row) for row in bad]
    rows = kept.read_text("utf-8")
    assert wrong in rows
    kept.write_text(rows.replace(wrong, right), "utf-8")
    again, still = split(read(kept))
    assert again[-1].title == "The Second Title"
    assert len(again) + len(still) == len(bad)


def test_macros_come_with_the_entry_that_uses_them(tmp_path: Path) -> None:
    text, wrong, right = CASES["BibTeX"]
    path, kept = tmp_path / "papers", tmp_path / "kept"
    path.write_text(text, "utf-8")
    [*take([path], rejected=kept)]
    kept.write_text(kept.read_text().replace(wrong, right), "utf-8")
    [paper] = read(kept)
    assert isinstance(paper, Paper)
    assert (paper.venue, paper.year) == ("Journal of Things", 2002)


def test_rows_of_tables_with_other_columns_go_to_files_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text("title,year\nA,2001\n,2002\n", "utf-8")
    (tmp_path / "in" / "b.csv").write_text("year\ttitle\n2001\tB\n2003\t\n", "utf-8")
    [*take([tmp_path / "in"], rejected=tmp_path / "bad.csv")]
    assert (tmp_path / "bad.csv").read_text() == "title,year\n,2002\n"
    assert (tmp_path / "bad-2.csv").read_text() == "year\ttitle\n2003\t\n"


def test_what_cannot_be_given_back_has_its_reason(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.ris").write_text(
        f"TY  - JOUR\nTI  - A\nER  - \nTY  - JOUR\nAB  - {'x' * MAX_ROW}\nER  - \n", "utf-8"
    )
    (tmp_path / "in" / "b.pdf").write_bytes(b"%PDF-1.7")
    [*take([tmp_path / "in"], rejected=tmp_path / "bad.ris")]
    assert not (tmp_path / "bad.ris").exists()
    assert (tmp_path / "bad.ris.reasons.txt").read_text().splitlines() == [
        "not kept: in/a.ris, line 4: title is missing",
        "not kept: in/b.pdf: a PDF, not text",
    ]


def test_a_file_that_is_no_file_of_rejected_rows_is_left_alone(tmp_path: Path) -> None:
    source, precious, kept = (tmp_path / name for name in ("a.csv", "precious.txt", "bad.csv"))
    source.write_text("title,year\nA,2001\n,2002\n", "utf-8")
    precious.write_text("All I have.\n")
    (tmp_path / "bad.csv.reasons.txt").write_text("precious.txt, row 1: is dear to me\nnot yours\n")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    for place, named in ((source, source), (precious, precious), (kept, f"{kept}.reasons.txt")):
        with pytest.raises(
            UsageError, match=r"is there already, and is no file of rejected .* Name another"
        ) as e:
            take([source], rejected=place)
        assert str(named) in str(e.value)
    with pytest.raises(UsageError, match="is there already"):
        take([source], rejected=Path("/dev/null"))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_files_of_rejected_rows_are_written_anew(tmp_path: Path) -> None:
    source, other, kept = (tmp_path / name for name in ("a.csv", "b.csv", "bad.csv"))
    source.write_text("title,year\nA,2001\n,2002\n", "utf-8")
    other.write_text("year\ttitle\n2001\tB\n2003\t\n", "utf-8")
    (tmp_path / "bad-2.csv").write_text("mine")  # a second file goes round what is there
    kept.touch()
    [*take([source, other], rejected=kept)]
    assert (tmp_path / "bad-2.csv").read_text() == "mine"
    assert (tmp_path / "bad-3.csv").read_text() == "year\ttitle\n2003\t\n"
    kept.write_text("title,year\nMended,2002\n,2004\n")
    [paper, _], _ = split(take([kept, other], rejected=kept))
    assert paper.title == "Mended"
    assert kept.read_text() == "title,year\n,2004\n"
    assert (tmp_path / "bad-3.csv").exists()
    assert not (tmp_path / "bad-4.csv").exists()
