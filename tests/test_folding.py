"""One study, one record: which rows are folded, what is kept of them, and that nothing is done twice."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant import Assistant, Fold, ImportReport, Paper, Rejected
from assistant.bibliography import to_jsonl
from assistant.corpus import paper_id, split
from assistant.index.folding import LISTED
from assistant.index.layout import Layout
from assistant.index.store import PaperIndex
from assistant.models.embedder import FakeEmbedder

TITLE = "A study of graphs and their layers"
LONG = "We study graphs. They have layers. Some have many."


def row(title: str = TITLE, abstract: str = "", *, id_: str = "", **fields: object) -> Paper:
    made = Paper("", title, abstract, sentences=split(abstract), **fields)  # type: ignore[arg-type]
    return replace(made, id=id_ or paper_id(made.doi, made.arxiv_id, title))


PREPRINT = row(abstract=LONG, arxiv_id="2101.00001", authors=("Ana Author", "B. Other"), year=2021)
ARTICLE = row(
    abstract="We study graphs.", doi="10.1234/x", authors=("Author, Ana",), year=2022, venue="Journal"
)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[PaperIndex]:
    opened = PaperIndex(Layout(tmp_path / "index"), FakeEmbedder(), create=True)
    yield opened
    opened.close()


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.merged


def test_the_fuller_record_wins_and_takes_what_only_the_other_knows(index: PaperIndex) -> None:
    assert counts(index.add([ARTICLE])) == (1, 0, 0, 0)
    assert counts(index.add([PREPRINT])) == (0, 0, 0, 1)
    [kept] = index.all()
    assert kept.id == ARTICLE.id, "the id that may be cited already stays"
    assert (kept.abstract, kept.arxiv_id, kept.doi) == (LONG, "2101.00001", "10.1234/x")
    assert (kept.venue, kept.year) == ("Journal", 2021)
    assert [found for found, _ in index.matching("layers", 3)] == [ARTICLE.id]


@pytest.mark.parametrize("rows", [[PREPRINT, ARTICLE], [ARTICLE, PREPRINT], [PREPRINT, ARTICLE, PREPRINT]])
def test_importing_again_finds_nothing_to_do(index: PaperIndex, rows: list[Paper]) -> None:
    index.add(rows)
    before = index.manifest
    report = index.add(rows)
    assert (report.added, report.updated) == (0, 0)
    for each in rows:
        assert counts(index.add([each])) == (0, 0, 1, 0)
    assert index.manifest == before
    assert len(index) == 1


def test_versions_of_an_arxiv_paper_are_one_record(index: PaperIndex) -> None:
    index.add([PREPRINT])
    second = row("Another title altogether", LONG + " More.", arxiv_id="2101.00001", id_="own")
    assert counts(index.add([second])) == (0, 0, 0, 1)
    [kept] = index.all()
    assert (kept.id, kept.title) == (PREPRINT.id, "Another title altogether")


def test_a_changed_row_is_an_update(index: PaperIndex) -> None:
    index.add([PREPRINT])
    shorter = row(abstract="Withdrawn.", arxiv_id="2101.00001")
    assert counts(index.add([shorter])) == (0, 1, 0, 0)
    assert index.papers([PREPRINT.id]) == [shorter]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(row(doi="10.1234/y", authors=("Ana Author",)), id="another DOI"),
        pytest.param(row(authors=("Carl Nobody",), year=2022), id="other authors"),
        pytest.param(row(authors=("Ana Author",), year=1999), id="another time"),
        pytest.param(row("Another study of graphs", authors=("Ana Author",)), id="another title"),
    ],
)
def test_what_does_not_agree_stays_apart(index: PaperIndex, other: Paper) -> None:
    index.add([replace(ARTICLE, id=ARTICLE.id), other])
    assert len(index) == 2


def test_short_titles_without_authors_stay_apart(index: PaperIndex) -> None:
    index.add([row("Editorial", doi="10.1234/a"), row("Editorial", arxiv_id="2101.00002", abstract=LONG)])
    assert len(index) == 2


def test_ids_of_a_collection_of_its_own_are_kept_apart(index: PaperIndex) -> None:
    index.add([row(id_="17"), row(id_="18")])
    assert len(index) == 2


def test_where_it_came_from_is_collected_and_no_change(index: PaperIndex) -> None:
    index.add([replace(PREPRINT, sources=("a.bib",))])
    assert counts(index.add([replace(PREPRINT, sources=("b.ris",))])) == (0, 0, 1, 0)
    assert index.papers([PREPRINT.id])[0].sources == ("a.bib", "b.ris")


def test_folds_are_reported_with_their_place(index: PaperIndex) -> None:
    index.add([ARTICLE])
    report = index.add(
        [replace(PREPRINT, where="a.bib, line 7"), replace(PREPRINT, where="a.bib, line 9"), row("Other")]
    )
    assert report.folds == tuple(
        Fold(f"a.bib, line {line}", PREPRINT.id, TITLE, ARTICLE.id, TITLE) for line in (7, 9)
    )
    assert str(report.folds[0]) == f'a.bib, line 7: "{TITLE}" into {ARTICLE.id}'
    assert index.add([PREPRINT]).folds == ()


def test_the_lists_of_a_report_are_short_and_its_counts_are_whole(index: PaperIndex) -> None:
    bad = (Rejected(f"a, line {number}", "bad", "text " * 100) for number in range(LISTED + 50))
    report = index.add([*bad, *[PREPRINT] * (LISTED + 8)])
    assert (len(report.rejected), report.more_rejected) == (LISTED, 50)
    assert (len(report.folds), report.more_folds, report.merged) == (LISTED, 7, LISTED + 7)
    assert f"{LISTED + 50} rejected" in str(report)
    assert not any(row.text for row in report.rejected)


def test_a_fold_is_undone_by_removing_the_paper_and_adding_one_of_its_files_again(tmp_path: Path) -> None:
    one, two = tmp_path / "one.bib", tmp_path / "two.ris"
    one.write_text(
        f"@article{{a, title = {{{TITLE}}}, author = {{Author, Ana}}, doi = {{10.1234/x}}, year = 2022}}\n"
    )
    two.write_text(f"TY  - JOUR\nTI  - {TITLE}!\nAU  - Author, Ana\nAB  - {LONG}\nPY  - 2021\nER  - \n")
    alone = {}
    for path in (one, two):
        with Assistant.open(tmp_path / path.stem) as assistant:
            assistant.add(path)
            [alone[path]] = assistant.papers()
    with Assistant.open(tmp_path / "both") as assistant:
        [fold] = assistant.add(one, two).folds
        assert fold == Fold("two.ris, line 1", alone[two].id, f"{TITLE}!", alone[one].id, TITLE)
        for path in (two, one):
            [folded] = assistant.papers()
            assert folded.abstract == LONG or path == one
            assistant.remove([folded.id])
            assert (assistant.add(path).added, assistant.papers()) == (1, [alone[path]])
        # To have both for good, each is given an id of its own, as an export writes them.
        both = tmp_path / "both.jsonl"
        with both.open("w") as file:
            to_jsonl([replace(alone[one], id="mine 1", doi=None), replace(alone[two], id="mine 2")], file)
        assistant.remove([alone[one].id])
        assert assistant.add(both).added == 2


_ROWS = st.lists(
    st.builds(
        row,
        st.sampled_from([TITLE, TITLE.upper() + "!", "Another one of four words", "Editorial"]),
        st.sampled_from(["", "We study graphs.", LONG, "Another text."]),
        id_=st.sampled_from(["", "", "", "own1", "own2"]),
        doi=st.sampled_from([None, None, "10.1234/x", "10.1234/y"]),
        arxiv_id=st.sampled_from([None, None, "2101.00001"]),
        authors=st.sampled_from([(), ("Ana Author",), ("Author, A.",), ("Carl Nobody",)]),
        year=st.sampled_from([None, 1999, 2021, 2022]),
    ),
    min_size=1,
    max_size=8,
)


@given(_ROWS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_any_import_is_done_once(rows: list[Paper]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = PaperIndex(Layout(Path(folder) / "i"), FakeEmbedder(), create=True)
        first = index.add(rows)
        assert first.added == len(index)
        assert first.added + first.updated + first.unchanged + first.merged == len(rows)
        before = index.manifest
        again = index.add(rows)
        assert (again.added, len(index)) == (0, first.added)
        assert again.updated == 0
        assert index.manifest == before
        index.close()
