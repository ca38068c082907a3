"""Ids: the same paper has the same id however its DOI, arXiv id or title is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.corpus import paper_id


@pytest.mark.parametrize(
    "doi",
    [
        "10.1000/Ab.C(1)",
        "DOI:10.1000/ab.c(1)",
        "doi: 10.1000/ab.c(1)",
        " https://doi.org/10.1000/AB.C(1) ",
        "http://dx.doi.org/10.1000%2Fab.c(1)",
        "doi.org/10.1000/ab.c(1).",
    ],
)
def test_a_doi_comes_without_prefix_and_in_small_letters(doi: str) -> None:
    assert paper_id(doi=doi, arxiv_id="2205.13504", title="A Title") == "doi:10.1000/ab.c(1)"


@pytest.mark.parametrize(
    "arxiv_id",
    [
        "2205.13504",
        "2205.13504v3",
        "arXiv:2205.13504v1 [cs.LG]",
        "https://arxiv.org/abs/2205.13504v2",
        "http://www.arxiv.org/pdf/2205.13504v2.pdf",
    ],
)
def test_an_arxiv_id_comes_without_prefix_and_version(arxiv_id: str) -> None:
    assert paper_id(arxiv_id=arxiv_id, title="A Title") == "arxiv:2205.13504"


@pytest.mark.parametrize("arxiv_id", ["math/0601001", "math.GT/0601001v2", "arXiv:math/0601001"])
def test_an_old_arxiv_id_comes_without_its_class(arxiv_id: str) -> None:
    assert paper_id(arxiv_id=arxiv_id) == "arxiv:math/0601001"


@pytest.mark.parametrize("doi", ["10.48550/arXiv.2205.13504", "https://doi.org/10.48550/ARXIV.2205.13504v2"])
def test_an_arxiv_doi_is_the_arxiv_id(doi: str) -> None:
    assert paper_id(doi=doi) == "arxiv:2205.13504"


@pytest.mark.parametrize("other", ["Over-Squashing in GNNs", "OVER–SQUASHING  in\u00a0GNNs.", "overﬁt"])
def test_a_title_counts_by_its_letters_and_digits(other: str) -> None:
    same = {"overﬁt": "Over-fit"}.get(other, "Over-squashing in GNNs")
    assert paper_id(title=other) == paper_id(title=same)
    assert paper_id(title=other).startswith("t:") and len(paper_id(title=other)) == 18


def test_other_titles_have_other_ids() -> None:
    titles = ["GNNs 1", "GNNs 2", "???", "!!!", "किताब", "कुतुब", "图", "圖"]
    assert len({paper_id(title=title) for title in titles}) == len(titles)


@pytest.mark.parametrize("junk", ["", "n/a", "12345", "10.5", "10.1000", "see below", "arXiv:"])
def test_what_is_no_identifier_is_passed_over(junk: str) -> None:
    assert paper_id(doi=junk, arxiv_id=junk, title="A Title") == paper_id(title="A Title")


@given(st.none() | st.text(), st.none() | st.text(), st.text())
def test_there_is_an_id_for_anything(doi: str | None, arxiv_id: str | None, title: str) -> None:
    assert paper_id(doi, arxiv_id, title).split(":")[0] in {"doi", "arxiv", "t"}
