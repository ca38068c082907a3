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
from assistant.corpus.surnames import share_an_author
from assistant.index.changes import Change
from assistant.index.folding import Folder
from assistant.index.layout import Layout
from assistant.index.parts import as_row
from assistant.index.rebuild import rebuild
from assistant.index.records import to_record
from assistant.index.store import PaperIndex
from assistant.index.tally import LISTED
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


SCOPUS = row(
    abstract=LONG,
    doi="10.1234/x",
    authors=("Author A.",),
    year=2022,
    venue="Journal",
    sources=("scopus.csv",),
)
ZOTERO = row(doi="10.1234/x", url="https://example.org/x", authors=("Author, Ana",), sources=("zotero.bib",))


@pytest.mark.parametrize("rows", [[SCOPUS, ZOTERO], [ZOTERO, SCOPUS]])
def test_a_poorer_record_of_another_source_erases_nothing(index: PaperIndex, rows: list[Paper]) -> None:
    assert counts(index.add(rows[:1])) == (1, 0, 0, 0)
    foreseen = index.preview([rows[1]])
    report = index.add([replace(rows[1], where="b, line 1")])
    assert (counts(foreseen), len(foreseen.folds)) == (counts(report), 1)
    assert (counts(report), [fold.where for fold in report.folds]) == ((0, 0, 0, 1), ["b, line 1"])
    for _ in range(2):
        [kept] = index.all()
        assert (kept.abstract, kept.year, kept.venue) == (LONG, 2022, "Journal")
        assert kept.url == "https://example.org/x", "what only the poorer one knows is filled in"
        assert set(kept.sources) == {"scopus.csv", "zotero.bib"}
        before = index.manifest
        assert [counts(index.add([each])) for each in rows] == [(0, 0, 1, 0)] * 2
        assert index.manifest == before
        index.add(rows)


def test_a_source_changes_what_it_said_itself(index: PaperIndex) -> None:
    index.add([SCOPUS])
    index.add([ZOTERO])
    shorter = replace(SCOPUS, abstract="Corrected.", sentences=split("Corrected."), venue=None)
    assert counts(index.add([shorter])) == (0, 1, 0, 0)
    [kept] = index.all()
    assert (kept.abstract, kept.venue, kept.url) == ("Corrected.", None, ZOTERO.url)
    assert [counts(index.add([each])) for each in (ZOTERO, shorter)] == [(0, 0, 1, 0)] * 2
    fuller = replace(ZOTERO, abstract=LONG, sentences=split(LONG))
    assert counts(index.add([fuller])) == (0, 1, 0, 0)
    assert [paper.abstract for paper in index.all()] == [LONG]


def test_an_online_source_is_one_whatever_was_asked_of_it(index: PaperIndex) -> None:
    index.add([replace(SCOPUS, sources=("s2:graphs",))])
    withdrawn = replace(SCOPUS, abstract="Withdrawn.", sentences=split("Withdrawn."))
    assert counts(index.add([replace(withdrawn, sources=("s2:layers",))])) == (0, 1, 0, 0)
    assert counts(index.add([replace(ZOTERO, sources=("doi:10.1234/x",))])) == (0, 0, 0, 1)
    [kept] = index.all()
    assert (kept.abstract, kept.sources) == ("Withdrawn.", ("s2:layers", "s2:graphs", "doi:10.1234/x"))


def test_a_record_of_many_sources_does_not_grow_without_end(index: PaperIndex) -> None:
    rows = [replace(ZOTERO, abstract="a" * n, sources=(f"{n}.bib",)) for n in range(1, 41)]
    for start in range(0, 40, 5):
        index.add(rows[start : start + 5])
    [kept] = index.all()
    assert (kept.abstract, len(kept.sources)) == ("a" * 40, 40)
    before = index.manifest
    assert counts(index.add(rows))[:2] == (0, 0)
    assert index.manifest == before


def test_what_an_earlier_version_folded_is_left_as_it_is(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "index")
    index = PaperIndex(layout, FakeEmbedder(), create=True)
    [first] = Folder(lambda _: {}, lambda _: {}).changes([SCOPUS])
    rows = f"{first.record['rows']} {as_row(ZOTERO)['rows']}"
    merged = replace(SCOPUS, url=ZOTERO.url, sources=("scopus.csv", "zotero.bib"))
    index.restore([Change(merged, {**to_record(merged), "rows": rows}, None)])
    before = index.manifest
    assert [counts(index.add([each])) for each in (SCOPUS, ZOTERO)] == [(0, 0, 1, 0)] * 2
    assert (index.manifest, [*index.all()]) == (before, [merged])
    poorer = replace(SCOPUS, abstract="", sentences=())
    index.add([poorer])
    assert [paper.abstract for paper in index.all()] == [LONG]
    index.close()


def test_parts_are_there_after_a_rebuild(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "index")
    index = PaperIndex(layout, FakeEmbedder(), create=True)
    for each in (SCOPUS, ZOTERO):
        index.add([each])
    index.close()
    rebuild(layout, FakeEmbedder())
    index = PaperIndex(layout, FakeEmbedder())
    bare = replace(SCOPUS, abstract="", sentences=(), venue=None)
    assert counts(index.add([bare])) == (0, 1, 0, 0)
    [kept] = index.all()
    assert (kept.abstract, kept.url) == ("", ZOTERO.url)
    index.close()


OLD = row("Editorial", "Of 1990.", authors=("Smith, John",), year=1990, sources=("ed1.bib",))
NEW = row("Editorial", "It is of 2020.", authors=("Doe, Jane",), year=2020, sources=("ed2.bib",))


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("same_file", [True, False])
def test_studies_of_one_title_are_kept_apart(index: PaperIndex, at_once: bool, same_file: bool) -> None:
    rows = [OLD, replace(NEW, sources=OLD.sources) if same_file else NEW]
    reports = [index.add(rows)] if at_once else [index.add([each]) for each in rows]
    assert sum(report.added for report in reports) == 2
    assert {paper.abstract for paper in index.all()} == {"Of 1990.", "It is of 2020."}
    assert OLD.id in {paper.id for paper in index.all()}, "the first one has the id of the title"
    before = index.manifest
    assert [counts(index.add([each])) for each in reversed(rows)] == [(0, 0, 1, 0)] * 2
    assert index.manifest == before
    changed = [replace(each, abstract=f"{each.abstract} More.") for each in rows]
    assert counts(index.add(reversed(changed))) == (0, 2, 0, 0)
    assert {paper.abstract for paper in index.all()} == {"Of 1990. More.", "It is of 2020. More."}


def test_a_year_that_is_set_right_is_an_update(index: PaperIndex) -> None:
    index.add([row(authors=("Author, Ana",), year=1999, sources=("a.bib",))])
    assert counts(index.add([row(authors=("A. Author",), year=2009, sources=("a.bib",))])) == (0, 1, 0, 0)


@pytest.mark.parametrize(
    "title, other",
    [
        ("On the Poincaré conjecture and others", "On the Poincare conjecture and others"),
        (r"On $\beta$-decay of all nuclei", "On β-decay of all nuclei"),
        (r"Decay with $\varepsilon$ and $\mathbb{R}^n$", "Decay with ϵ and Rⁿ"),
        ("Graphs & their many layers", "Graphs and their many layers"),
    ],
)
def test_titles_are_one_however_they_are_typed(index: PaperIndex, title: str, other: str) -> None:
    index.add([row(title, authors=("García, Ana",), doi="10.1234/x", sources=("a.bib",))])
    assert counts(index.add([row(other, authors=("Garcia A",), sources=("b.csv",))])) == (0, 0, 0, 1)


def test_a_record_with_both_numbers_joins_the_papers_that_have_one_each(index: PaperIndex) -> None:
    article = replace(ARTICLE, title="Graphs and layers, revisited", sources=("a.bib",))
    preprint = replace(PREPRINT, sources=("b.bib",))
    index.add([article, preprint])
    assert len(index) == 2
    both = row("Graphs", doi="10.1234/x", arxiv_id="2101.00001", where="c.bib, line 1", sources=("c.bib",))
    foreseen = index.preview([both])
    report = index.add([both])
    assert foreseen == report
    assert [(fold.where, fold.id, fold.into) for fold in report.folds] == [
        ("c.bib, line 1", preprint.id, article.id),
        ("c.bib, line 1", both.id, article.id),
    ]
    [kept] = index.all()
    assert (kept.id, kept.doi, kept.arxiv_id) == (article.id, "10.1234/x", "2101.00001")
    assert (kept.abstract, kept.venue) == (LONG, "Journal")
    before = index.manifest
    assert [counts(index.add([each])) for each in (article, preprint, both)] == [(0, 0, 1, 0)] * 3
    assert index.manifest == before
    assert counts(index.add([row(doi="10.1234/x", arxiv_id="2101.00001", authors=("B. Other",))]))[0] == 0


def test_a_join_that_was_cut_off_is_made_up_for(index: PaperIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        replace(ARTICLE, title="Graphs and layers, revisited"),
        PREPRINT,
        row("Graphs", doi="10.1234/x", arxiv_id="2101.00001"),
    ]
    with monkeypatch.context() as cut:
        cut.setattr(index, "_take_out", lambda _: None)
        index.add(rows)
    assert len(index) == 2
    index.add(rows)
    [kept] = index.all()
    assert (kept.id, kept.arxiv_id) == (ARTICLE.id, "2101.00001")


def test_papers_of_other_authors_are_not_joined_by_a_wrong_number(index: PaperIndex) -> None:
    index.add([replace(ARTICLE, title="Of something else"), replace(PREPRINT, authors=("C. Nobody",))])
    index.add([row("Graphs", doi="10.1234/x", arxiv_id="2101.00001")])
    assert len(index) == 2


_NAMES = st.tuples(
    st.sampled_from(["Smith", "García Gil", "van der Berg", "O'Neil", "Müller", "Smith-Jones", "Le", "Øst"]),
    st.sampled_from(["John", "Anna", "Xiu"]),
    st.sampled_from(["Paul", "Q."]),
)


def _written(family: str, given: str, second: str) -> list[str]:
    """A name as formats have it."""
    initials = given[0] + second[0]
    return [
        f"{family}, {given} {second}",
        f"{family}, {given[0]}.",
        f"{family.upper()}, {given}",
        f"{given} {second} {family}",
        f"{given[0]}. {second[0]}. {family}",
        f"{family} {given[0]}",
        f"{family} {initials}",
        f"{family} {given[0]}.{second[0]}.",
        f"{family} {given[0]}.-{second[0]}.",
        f"{family} {initials} Jr",
    ]


@given(_NAMES, _NAMES, st.data())
def test_a_name_is_one_however_it_is_written(
    name: tuple[str, str, str], other: tuple[str, str, str], data: st.DataObject
) -> None:
    one, two = (data.draw(st.sampled_from(_written(*name))) for _ in range(2))
    assert share_an_author([one], [two])
    assert share_an_author([one], [two.replace("í", "i").replace("ü", "ue").replace("Ø", "O")])
    third = data.draw(st.sampled_from(_written(*other)))
    assert share_an_author([one], [third]) is share_an_author([third], [one])
    if name[0].split("-")[0] != other[0].split("-")[0]:
        assert share_an_author([one], [third]) is False


@given(st.lists(st.text(max_size=12), max_size=4), st.lists(st.text(max_size=12), max_size=4))
def test_names_of_any_kind_are_compared(some: list[str], others: list[str]) -> None:
    assert share_an_author(some, others) is share_an_author(others, some)
    assert share_an_author(some, some) is not False


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
        sources=st.sampled_from([(), ("a.bib",), ("b.ris",)]),
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


@given(_ROWS, _ROWS)
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
def test_two_files_in_turn_come_to_rest(one: list[Paper], other: list[Paper]) -> None:
    files = [
        [replace(each, sources=(name,)) for each in rows] for name, rows in (("a.bib", one), ("b.csv", other))
    ]
    with tempfile.TemporaryDirectory() as folder:
        index = PaperIndex(Layout(Path(folder) / "i"), FakeEmbedder(), create=True)
        for rows in files * 2:
            index.add(rows)
        before, papers = index.manifest, [*index.all()]
        for rows in files:
            assert counts(index.add(rows))[:2] == (0, 0)
        assert (index.manifest, [*index.all()]) == (before, papers)
        index.close()
