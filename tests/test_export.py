"""A library out and in again: nothing is lost, whatever the format and whatever stands in the papers."""

from __future__ import annotations

import csv
import io
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant import Assistant, Filters, Paper
from assistant.bibliography import WRITERS
from assistant.corpus import read
from assistant.corpus.record import LITERAL, FieldError, make_paper

from .test_cli import run

FORMATS = sorted(WRITERS)


def again(papers: list[Paper], to: str, folder: Path) -> list[Paper]:
    """The papers of an exported file."""
    path = folder / f"out.{to}"
    with path.open("w", encoding="utf-8", newline="") as file:
        WRITERS[to](papers, file)
    rows = [*read(path)]
    assert all(isinstance(row, Paper) for row in rows), rows
    return [row for row in rows if isinstance(row, Paper)]


_PIECES = st.sampled_from(
    [
        "Gödel", "G{\\\"o}del", "\\'etude", "{", "}", "{DNA}", "\\{", '"', "'", "``", "''", "`x'", ",",
        ";", "; ", " and ", "and", " And others", "others", "von der", "van", "%", "#", "&", "&amp;",
        "&lt;p&gt;", "<i>", "</i>", "<sub>2</sub>", "$", "$x_1^2$", "$5", "\\$", "$\\alpha",
        "$\\backslash$", "\\", "\\\\", "\\foo{x}", "\\textbf{b}", "~", "^", "_", "--", "---", "@",
        "@article{a,", "\n@misc{x", "=", "=1+1", "+1", "-1", "|", "\t", "\n", "\r\n", "  ", " ",
        "TY  - ", "\nER  - ", "\nTI  - x", "U5  - {}", "é", "ß", "ﬁ", "中文", "🜁", "\u2028", "\u200b",
        "\x00", "\x1f", "\x85", "\xa0", "A.", "B", "Smith", "Lovelace, Ada", "N.D.", "(", ")", "[", "]",
        "\\begin{equation}x\\end{equation}", "\\(x\\)", "#1", "a:b/c", "10", "None", "N/A", "null",
    ]
)  # fmt: skip
_TEXT = st.lists(_PIECES | st.text(max_size=6), max_size=8).map("".join)
_FIELDS = st.fixed_dictionaries(
    {"title": _TEXT},
    optional={
        "id": _TEXT.map(lambda text: text[:200]),
        "abstract": _TEXT,
        "authors": st.lists(_TEXT, max_size=4),
        "year": st.integers(1400, 2300) | _TEXT,
        "venue": _TEXT,
        "url": _TEXT.map(lambda text: f"https://example.org/{text}"),
        "doi": _TEXT.map(lambda text: f"10.1234/{text}"),
        "arxiv_id": st.sampled_from(["2205.13504v2", "math.GT/0309136"]),
        "sources": st.lists(_TEXT, max_size=2),
    },
)


@st.composite
def papers(draw: st.DrawFn) -> Paper:
    """A paper as some reader makes it: of LaTeX, of BibTeX, of HTML, or of what is meant literally."""
    fields = draw(_FIELDS) | draw(st.sampled_from([{}, LITERAL, {"markup": False}]))
    try:
        paper = make_paper(fields, braced=draw(st.booleans()))
    except FieldError:
        paper = make_paper({"title": "T"})
    return paper if paper.sources else replace(paper, sources=("refs.bib",))


@pytest.mark.parametrize("to", FORMATS)
@given(found=st.lists(papers(), min_size=1, max_size=3))
@settings(max_examples=150)
@example(
    found=[make_paper({"title": "T", "authors": ["others", "Health and Safety", "a;b"], "sources": ["x"]})]
)
def test_an_export_is_read_as_it_was(to: str, found: list[Paper]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert again(found, to, Path(folder)) == found


@pytest.mark.parametrize("to", FORMATS)
def test_the_sample_comes_back_into_a_fresh_index(sample: Assistant, tmp_path: Path, to: str) -> None:
    papers = sample.papers()
    again(papers, to, tmp_path)
    with Assistant.open(tmp_path / "fresh") as fresh:
        report = fresh.add(tmp_path / f"out.{to}")
        assert (report.added, report.rejected, report.merged) == (203, (), 0)
        assert sorted(fresh.papers(), key=lambda each: each.id) == sorted(papers, key=lambda each: each.id)
        assert len(fresh.papers(filters=Filters(source="trending-papers.txt"))) == 203
        assert fresh.add(tmp_path / f"out.{to}").unchanged == 203


@pytest.mark.parametrize("to", FORMATS)
def test_an_export_changes_nothing_where_it_came_from(tmp_path: Path, to: str) -> None:
    refs = tmp_path / "refs.bib"
    refs.write_text(
        '@article{a, title = {The {G{\\"o}del} "machine" \\& more}, author = {{\\\'E}va Br{\\"u}ck and'
        " {Ministry of Health and Welfare} and van der Berg, Jan}, year = 2004, journal = {J. \\& T.}}\n"
    )
    with Assistant.open(tmp_path / "index") as assistant:
        assistant.add(refs)
        [paper] = assistant.papers()
        assert paper.authors == ("Éva Brück", "Ministry of Health and Welfare", "van der Berg, Jan")
        assert dict(paper.original)["title"] == 'The {G{\\"o}del} "machine" \\& more'
        again([paper], to, tmp_path)
        assert assistant.add(tmp_path / f"out.{to}").unchanged == 1


def test_what_other_programs_see(tmp_path: Path) -> None:
    paper = make_paper(
        {
            **LITERAL,
            "title": "Ways & Means",
            "authors": ["Lovelace, Ada", "Health and Safety Office"],
            "doi": "10.1/x_y",
        }
    )
    written = {to: (again([paper], to, tmp_path), (tmp_path / f"out.{to}").read_text())[1] for to in FORMATS}
    assert "author = {Lovelace, Ada and {Health and Safety Office}}" in written["bibtex"]
    assert "title = {{Ways \\& Means}}" in written["bibtex"]
    assert "AU  - Health and Safety Office\n" in written["ris"]
    [row] = csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text()))
    assert row["authors"] == "Lovelace, Ada; Health and Safety Office"


def test_an_export_that_was_edited_is_read_as_edited(tmp_path: Path) -> None:
    paper = make_paper({"id": "mine", "title": "Old words", "abstract": "A text.", "authors": ["A. One"]})
    for to in FORMATS:
        again([paper], to, tmp_path)
        path = tmp_path / f"out.{to}"
        path.write_text(path.read_text().replace("Old words", "New words"))
        [edited] = read(path)
        assert isinstance(edited, Paper)
        assert (edited.id, edited.title) == ("mine", "New words")


def test_a_spreadsheet_runs_nothing(tmp_path: Path) -> None:
    paper = make_paper({**LITERAL, "title": "=HYPERLINK(1)", "abstract": "@x", "sources": ["x"]})
    assert again([paper], "csv", tmp_path) == [paper]
    assert '"\'=HYPERLINK(1)","\'@x"' in (tmp_path / "out.csv").read_text()


@pytest.mark.parametrize(
    "broken", ["{", "{}", "[]", '{"sources": 1}', '{"sources": ["a"], "x": 1}', "[" * 10_000, "31000000"]
)
def test_a_broken_note_of_ours_loses_no_paper(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "x.ris"
    path.write_text(f"TY  - JOUR\nTI  - A title\nU5  - {broken}\nER  - \n")
    [row] = read(path)
    assert isinstance(row, Paper)
    assert row.title == "A title"


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.bib").write_text("@article{a, title = {One {B}}, year = 2001}\n@misc{b, title = {Two}}\n")
    assert run("add", "a.bib", "--library", "one").exit_code == 0
    for to in FORMATS:
        assert run("export", to, "--library", "one", "--out", f"out.{to}").exit_code == 0
        assert run("add", f"out.{to}", "--library", to).exit_code == 0
        assert (
            run("list", "--json", "--library", to).stdout == run("list", "--json", "--library", "one").stdout
        )
