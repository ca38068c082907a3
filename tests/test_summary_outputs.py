"""Summaries as files: each format holds what it shall, and nothing in a paper's text acts in any of them."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pylatexenc.latexwalker import LatexEnvironmentNode, LatexWalker

import assistant
from assistant import Assistant, Cell, Citation, Paper, PaperCard, Refusal, Section, Summary, Theme
from assistant.cards import NOT_STATED
from assistant.corpus import read, split
from assistant.errors import SavedFileError, UsageError
from assistant.export import summary_json
from assistant.outputs.files import FORMATS, save_summary
from assistant.outputs.latex import to_tex
from assistant.outputs.prose import to_html
from assistant.saved import SavedSummary, opened

HOSTILE = (
    "=cmd|'/c calc'!A1 grows <script>alert(1)</script> by 10 %.",
    "@SUM(1) ![x](http://evil.example/x.png) and $\\input{/etc/passwd}$ show $x_i$ | more.",
    '+1 & "quoted" [9] {brace} \\write18{rm} `code` http://evil.example/y.',
    "-2 lines\tand tabs ^^5cinput{/etc/hosts}.",
)


class Page(HTMLParser):
    """What a page holds: tags with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, name: str) -> list[str]:
        return [
            attributes[name] or "" for each, attributes in self.tags if each == tag and name in attributes
        ]


@pytest.fixture(scope="module")
def summary(sample: Assistant) -> Summary:
    return sample.summarize("over-squashing in message passing")


@pytest.fixture
def hostile() -> Summary:
    """A summary of two papers that try everything; the first has a good address, the second a bad one."""
    abstract = " ".join(HOSTILE)
    sentences = split(abstract)
    paper = Paper("p1", "=1+1 <b>Title</b> | $a_1$", abstract, ("Åsa Öberg",), 2021, sentences=sentences)
    good = replace(paper, url="https://example.org/a?b=1&c=2", doi="10.1/x")
    bad = replace(paper, id="p2", title="-Other\nline", url="javascript:alert(1)", year=None)
    cells = [Cell(text, sentences[:1]) for text in HOSTILE]
    body = f"- **{good.title}**: “{HOSTILE[0]}” [1] “{HOSTILE[1]}” [2] [7]"
    return Summary(
        'A "subject" / with\n<i>lines</i>',
        "answered",
        "extractive",
        sections=(Section("Overview <x>", body),),
        themes=(Theme("=theme", ("p1", "p2")),),
        cards=(PaperCard(good, cells[0], cells[1], cells[2], cells[3]), PaperCard(bad, None, cells[3])),
        citations=(Citation(1, good, sentences[:2]), Citation(2, bad, sentences[:1])),
        papers=(good, bad),
        notices=("A <notice>.",),
    )


def saved(summary: Summary, folder: Path, ending: str) -> str:
    save_summary(summary, folder / f"out{ending}")
    return (folder / f"out{ending}").read_text("utf-8")


def test_the_name_is_public() -> None:
    assert assistant.save_summary is save_summary


def test_markdown_is_the_text(summary: Summary, tmp_path: Path) -> None:
    text = saved(summary, tmp_path, ".md")
    assert text == f"{summary.text}\n"
    assert text.startswith("# over-squashing in message passing\n\n## Overview\n")
    table = text.partition("## Side by side\n\n")[2].partition("\n\n")[0].splitlines()
    assert len(table) == len(summary.cards) + 2
    assert {line.replace(r"\|", "").count("|") for line in table} == {6}


def test_markdown_names_what_finds_a_paper(hostile: Summary) -> None:
    assert "[1] =1+1 <b>Title</b> | $a_1$ (2021). Åsa Öberg. doi:10.1/x" in hostile.text
    assert "[2] -Other line. Åsa Öberg. javascript:alert(1)" in hostile.text  # text, as all of it
    assert hostile.text.startswith('# A "subject" / with <i>lines</i>\n\n')


def test_a_page_asks_for_nothing_and_runs_nothing(summary: Summary, hostile: Summary, tmp_path: Path) -> None:
    for each in (summary, hostile):
        html = saved(each, tmp_path, ".html")
        page = Page(html)
        tags = {tag for tag, _ in page.tags}
        assert not tags & {"script", "img", "link", "iframe", "object", "form", "base", "i", "b"}
        assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
        style = html.partition("<style>")[2].partition("</style>")[0]
        assert "prefers-color-scheme: dark" in style
        assert not re.search(r"url\(|@import", style)
        [policy] = [a["content"] for t, a in page.tags if t == "meta" and "http-equiv" in a]
        assert (policy or "").startswith("default-src 'none';")


def test_marks_of_a_page_lead_to_references_and_these_to_papers(hostile: Summary, tmp_path: Path) -> None:
    page = Page(saved(hostile, tmp_path, ".html"))
    links = page.all("a", "href")
    assert [link for link in links if not link.startswith("#")] == ["https://example.org/a?b=1&c=2"]
    ids = {attributes.get("id") for _, attributes in page.tags}
    assert {link for link in links if link.startswith("#")} == {"#ref-1", "#ref-2"}
    assert {"ref-1", "ref-2"} <= ids
    assert HOSTILE[0] in page.text  # in a cell, in the prose and under the reference, word for word
    assert "$\\input{/etc/passwd}$ show $x_i$" in page.text
    assert "A <notice>." in page.text
    assert "[7]" in page.text  # no paper has this mark, so it leads nowhere


def test_cited_sentences_stand_under_their_reference(summary: Summary, tmp_path: Path) -> None:
    html = saved(summary, tmp_path, ".html")
    for citation in summary.citations:
        reference = html.partition(f'id="ref-{citation.number}"')[2].partition("</div>")[0]
        assert citation.sentences
        for sentence in citation.sentences:
            assert sentence.text in Page(reference).text
    assert '<div class="scroll"' in html
    assert summary.coverage in Page(html).text


@given(st.text(max_size=200))
def test_no_prose_becomes_more_than_emphasis_and_lists(text: str) -> None:
    page = Page(to_html(text, lambda number: f"ref-{number}" if number < 9 else None))
    assert {tag for tag, _ in page.tags} <= {
        *("p", "strong", "em", "code", "ul", "ol", "li", "a", "br", "blockquote"),
        *(
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "math",
            "mrow",
            "mi",
            "mn",
            "mo",
            "msub",
            "msup",
            "mtext",
            "mspace",
        ),
    }
    assert all(link.startswith("#ref-") for link in page.all("a", "href"))


def test_csv_holds_the_table_without_formulas(hostile: Summary, summary: Summary, tmp_path: Path) -> None:
    lines = [*csv.DictReader(io.StringIO(saved(summary, tmp_path, ".csv").lstrip("\ufeff")))]
    assert [line["Paper"] for line in lines] == [card.paper.title for card in summary.cards]
    for line, card in zip(lines, summary.cards, strict=True):
        assert line["Result"] == str(card.result or NOT_STATED)
        assert line["Cited as"] == str(summary.number_of(card.id) or "")
    cells = [cell for row in csv.reader(io.StringIO(saved(hostile, tmp_path, ".csv"))) for cell in row]
    assert not [cell for cell in cells if cell[:1] in {*"=+-@\t\r"} and cell]
    assert f"'{HOSTILE[0]}" in cells
    assert "https://example.org/a?b=1&c=2" in cells
    assert "javascript:alert(1)" not in cells


def test_xlsx_holds_text_and_no_formula(hostile: Summary, tmp_path: Path) -> None:
    save_summary(hostile, tmp_path / "out.xlsx")
    with zipfile.ZipFile(tmp_path / "out.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
        styles = book.read("xl/styles.xml").decode()
        assert not [name for name in book.namelist() if "external" in name.lower()]
        assert not [name for name in book.namelist() if name.endswith("sheet1.xml.rels")]  # no links
    assert "<f>" not in sheet
    assert "<f " not in sheet
    assert "=cmd|'/c calc'!A1 grows &lt;script&gt;" in texts  # as it is, not behind an apostrophe
    assert 'quotePrefix="1"' in styles


def test_latex_is_balanced_and_does_not_act(hostile: Summary, summary: Summary, tmp_path: Path) -> None:
    text = saved(hostile, tmp_path, ".tex")
    assert not re.search(r"\\(?:input|write|csname)|\^\^", "\n".join(text.splitlines()[2:]))
    assert r"\textbackslash{}input" in text
    assert "$a_1$" in text  # a formula stays one
    assert r"10 \%" in text
    assert r"\&" in text
    assert r"~\cite{berg2021title}" in text
    rows = saved(summary, tmp_path, ".tex").split(r"\endlastfoot")[1].split(r"\\ \addlinespace")[:-1]
    assert len(rows) == len(summary.cards)
    assert {row.replace(r"\&", "").count("&") for row in rows} == {4}


def test_keys_of_latex_are_those_of_bibtex(summary: Summary, tmp_path: Path) -> None:
    keys = re.findall(r"^@\w+\{([^,]+),", saved(summary, tmp_path, ".bib"), flags=re.MULTILINE)
    cited = re.findall(r"\\cite\{([^}]+)\}", saved(summary, tmp_path, ".tex"))
    assert len(keys) == len(summary.citations) >= 4
    assert set(cited) <= set(keys)


@pytest.mark.parametrize("ending", [".bib", ".ris"])
def test_the_cited_papers_come_back(summary: Summary, tmp_path: Path, ending: str) -> None:
    saved(summary, tmp_path, ending)
    papers = [row for row in read(tmp_path / f"out{ending}") if isinstance(row, Paper)]
    assert [paper.id for paper in papers] == [citation.id for citation in summary.citations]


def test_json_replays(summary: Summary, hostile: Summary, tmp_path: Path) -> None:
    for each in (summary, hostile):
        saved(each, tmp_path, ".json")
        again = opened(tmp_path / "out.json")
        assert isinstance(again, SavedSummary)
        assert summary_json(again.summary) == summary_json(each)
        assert again.summary.text == each.text


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda data: data["summary"].update(status="perhaps"), "summary.status"),
        (lambda data: data["summary"]["sections"][0].pop("body"), r"summary.sections\[0\].body"),
        (lambda data: data["summary"]["cards"][0].update(paper=7), r"summary.cards\[0\].paper"),
        (lambda data: data.update(format=99), "format 99"),
        (lambda data: data.update(kind="poem"), "kind"),
    ],
)
def test_a_file_that_was_edited_says_where(
    summary: Summary, tmp_path: Path, change: Callable[[Any], None], place: str
) -> None:
    data = json.loads(saved(summary, tmp_path, ".json"))
    change(data)
    (tmp_path / "edited.json").write_text(json.dumps(data), "utf-8")
    with pytest.raises(SavedFileError, match=place):
        opened(tmp_path / "edited.json")


@pytest.mark.parametrize("name", ["out", "out.pdf", "out.md.bak", ".md"])
def test_another_ending_is_refused_with_those_known(summary: Summary, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError) as caught:
        save_summary(summary, tmp_path / name)
    assert all(ending in caught.value.hint for ending in FORMATS)
    assert not [*tmp_path.iterdir()]


def test_a_file_that_cannot_be_written_leaves_nothing_behind(summary: Summary, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="folder is not there"):
        save_summary(summary, tmp_path / "nowhere" / "out.md")
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(UsageError, match="cannot be written"):
        save_summary(summary, tmp_path / "folder.md")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.md"]


@pytest.mark.parametrize("ending", [*FORMATS])
def test_a_refusal_is_told_or_not_written(tmp_path: Path, ending: str) -> None:
    near = (Paper("p", "The <nearest>"),)
    refused = Summary(
        "eggs", "refused", "extractive", refusal=Refusal("not_in_collection", "Nothing <here>.", near)
    )
    if not FORMATS[ending].tells_refusals:
        with pytest.raises(UsageError, match="refusal"):
            save_summary(refused, tmp_path / f"out{ending}")
        return
    text = saved(refused, tmp_path, ending)
    shown = text if ending == ".json" else Page(text).text
    assert "Nothing <here>." in shown
    assert "The <nearest>" in shown


# -- the table in LaTeX, as TeX reads it ---------------------------------------------------------------


@pytest.fixture(scope="module")
def whole_table(sample: Assistant, summary: Summary) -> Summary:
    """A table of all papers of the sample."""
    return replace(summary, cards=tuple(sample.cards(extractive=True)), subject="All of 100 % & more_ #1 {")


def test_a_parser_of_latex_reads_every_row(whole_table: Summary, hostile: Summary) -> None:
    for each in (whole_table, hostile, replace(hostile, subject="".join(HOSTILE))):
        walker = LatexWalker(to_tex(each).decode(), tolerant_parsing=False)
        [table] = [node for node in walker.get_latex_nodes()[0] if node.isNodeType(LatexEnvironmentNode)]
        assert table.environmentname == "longtable"
        rows = table.latex_verbatim().split(r"\endlastfoot")[1].split(r"\\ \addlinespace")
        assert len(rows) == len(each.cards) + 1


def test_tex_itself_compiles_it(whole_table: Summary, hostile: Summary, tmp_path: Path) -> None:
    if (program := shutil.which("pdflatex")) is None:
        pytest.skip("pdflatex is not installed; the parser above reads the same tables")
    for number, each in enumerate((whole_table, hostile)):
        (tmp_path / f"table{number}.tex").write_bytes(to_tex(each))
        packages = r"\usepackage[T1]{fontenc}\usepackage{array,booktabs,longtable}"
        document = (
            rf"\documentclass{{article}}{packages}\begin{{document}}\input{{table{number}}}\end{{document}}"
        )
        (tmp_path / "all.tex").write_text(document, "utf-8")
        command = [program, "-halt-on-error", "-interaction=nonstopmode", "-draftmode", "all.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout[-2000:]
