"""The listing of trending papers: the sample, and the same papers laid out otherwise."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from assistant.corpus import read, sample_collection
from assistant.errors import CollectionError
from assistant.types import Paper, Rejected

PAGE = (
    "Get trending papers in your email inbox once a day!\nGet trending papers in your email inbox!\nSubscribe"
)
PAPERS = [(row.title, row.abstract) for row in read(sample_collection()) if isinstance(row, Paper)]


def rows_of(folder: Path, text: str, encoding: str = "utf-8") -> list[Paper | Rejected]:
    path = folder / "listing.txt"
    path.write_bytes(text.encode(encoding))
    return list(read(path))


def papers_of(folder: Path, text: str, encoding: str = "utf-8") -> list[tuple[str, str]]:
    rows = rows_of(folder, text, encoding)
    assert not [row for row in rows if isinstance(row, Rejected)]
    return [(row.title, row.abstract) for row in rows if isinstance(row, Paper)]


def test_the_sample_holds_203_papers() -> None:
    rows = list(read(sample_collection()))
    papers = [row for row in rows if isinstance(row, Paper)]
    assert len(rows) == len(papers) == 203
    assert papers[0].title == "Message Passing Neural PDE Solvers"
    assert papers[0].abstract.startswith("The numerical solution of partial differential equations (PDEs) is")
    assert papers[0].abstract.endswith("in 1D and 2D.")
    assert papers[-1].title.startswith("Symphony: Symmetry-Equivariant Point-Centered")
    assert len({paper.id for paper in papers}) == 203
    assert all(len(paper.abstract) > 400 and paper.sentences for paper in papers)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_and_line_ends(tmp_path: Path, end: str, encoding: str) -> None:
    text = PAGE + "".join(f"{title}\n{abstract}\n" for title, abstract in PAPERS)
    assert papers_of(tmp_path, text.replace("\n", end), encoding) == PAPERS


@pytest.mark.parametrize("between", ["\n", "\n\n", "\n \n\t\n"])
@pytest.mark.parametrize("within", ["\n", "\n\n"])
@pytest.mark.parametrize("page", [PAGE, "", "\n\n" + PAGE + "\n"])
def test_blank_lines_anywhere_and_no_page_text(tmp_path: Path, between: str, within: str, page: str) -> None:
    text = page + between.join(f"{title}{within}{abstract}" for title, abstract in PAPERS)
    assert papers_of(tmp_path, text) == PAPERS


@pytest.mark.parametrize("within", ["\n", "\n\n"])
@pytest.mark.parametrize("width", [72, 80, 100])
def test_wrapped_abstracts_between_blank_lines(tmp_path: Path, within: str, width: int) -> None:
    text = PAGE + "\n\n".join(f"{title}{within}{textwrap.fill(text, width)}" for title, text in PAPERS)
    papers = papers_of(tmp_path, text)
    assert [title for title, _ in papers] == [title for title, _ in PAPERS]
    same = [found == paper for found, paper in zip(papers, PAPERS, strict=True)]
    assert sum(same) >= 202  # where a line was broken at a dash, the blank after it cannot be known


def test_labels_of_the_page_are_passed_over(tmp_path: Path) -> None:
    labels = "123\n· 12 authors\nGitHub 1.2k\narXiv Page\nPublished on Jun 3, 2024\nUpvote\n"
    text = PAGE + "".join(f"{title}\nSubmitted by\nakhaliq\n{text}\n{labels}" for title, text in PAPERS)
    assert papers_of(tmp_path, text) == PAPERS


def test_a_trailing_title_is_reported(tmp_path: Path) -> None:
    (title, abstract), *_ = PAPERS
    *papers, last = rows_of(tmp_path, f"{PAGE}{title}\n{abstract}\n\nA Last Title: Cut Off\n")
    assert [row.title for row in papers if isinstance(row, Paper)] == [title]
    assert last == Rejected("listing.txt, line 6", 'a title without an abstract: "A Last Title: Cut Off"')


def test_two_titles_in_a_row_lose_only_the_first(tmp_path: Path) -> None:
    first, second, third = (f"{title}\n{abstract}\n" for title, abstract in PAPERS[:3])
    rows = rows_of(tmp_path, f"{PAGE}{first}Nothing Is Known About This\n{second}{third}")
    assert [(row.title, row.abstract) for row in rows if isinstance(row, Paper)] == PAPERS[:3]
    (bad,) = (row for row in rows if isinstance(row, Rejected))
    assert bad == Rejected(
        "listing.txt, line 5", 'a title without an abstract: "Nothing Is Known About This"'
    )


def test_an_abstract_without_title_is_reported(tmp_path: Path) -> None:
    (title, abstract), *_ = PAPERS
    bad, good = rows_of(tmp_path, f"{PAGE}\n{abstract}\n{title}\n{abstract}\n")
    assert bad == Rejected("listing.txt, line 4", "an abstract without a title")
    assert isinstance(good, Paper) and good.title == title


@pytest.mark.parametrize(
    "title", ["Mind the Gap.", "Is It All You Need?", "Stop!", "node2vec: scalable features"]
)
def test_unusual_titles(tmp_path: Path, title: str) -> None:
    papers = [PAPERS[0], (title, PAPERS[1][1]), PAPERS[2]]
    assert papers_of(tmp_path, PAGE + "\n".join(f"{title}\n{text}" for title, text in papers)) == papers


def test_the_label_is_cut_from_the_first_title_only(tmp_path: Path) -> None:
    papers = [("Subscribers Know Best", PAPERS[0][1]), ("SubscribeNet: A Network", PAPERS[1][1])]
    assert papers_of(tmp_path, PAGE + "\n".join(f"{title}\n{text}" for title, text in papers)) == papers


def test_a_second_paragraph_goes_on_with_the_abstract(tmp_path: Path) -> None:
    (one, text), (two, other), *_ = PAPERS
    papers = papers_of(tmp_path, f"{PAGE}{one}\n{text}\nCode is available.\n{two}\n{other}")
    assert papers == [(one, f"{text} Code is available."), (two, other)]


def test_short_abstracts_are_abstracts(tmp_path: Path) -> None:
    text = "A First Title\nWe solve the first problem.\n\nAnother Title Here\nWe solve another problem.\n"
    assert papers_of(tmp_path, text) == [
        ("A First Title", "We solve the first problem."),
        ("Another Title Here", "We solve another problem."),
    ]


def test_stray_bytes_are_read_as_windows_wrote_them(tmp_path: Path) -> None:
    path = tmp_path / "listing.txt"
    title, abstract = PAPERS[0]
    path.write_bytes(f"{PAGE}{title}\n{abstract}\n".encode().replace(b"Message", b"Na\xefve \x93Message\x94"))
    (paper,) = read(path)
    assert isinstance(paper, Paper) and paper.title == "Naïve “Message” Passing Neural PDE Solvers"


@pytest.mark.parametrize(
    "text",
    [
        "First heading of mine\n"
        + "A paragraph of prose that goes on for long. " * 8
        + "\n"
        + "And more. " * 30,
        "How do I install it?\nRun the installer and wait.\nHow do I remove it?\nRun it again and wait.\n",
        "import os\nprint('It works.')\nimport sys\nprint('It works, too.')\n",
        "Intro\n" + "It was night. " * 30 + "\nEnd\n" + "It was day. " * 30,
        "- one\nWe do one thing here.\n- two\nWe do two things here.\n",
    ],
)
def test_other_texts_are_not_taken_for_a_listing(tmp_path: Path, text: str) -> None:
    with pytest.raises(CollectionError, match="not known"):
        rows_of(tmp_path, text)
