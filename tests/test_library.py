"""A library that is kept: filters, removal, rebuilding after damage, and export."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import Assistant, Filters, Paper
from assistant.bibliography import WRITERS, to_bibtex
from assistant.corpus import read, split
from assistant.errors import IndexDamagedError, IndexLockedError, IndexNotFoundError
from assistant.index.layout import Layout
from assistant.index.rebuild import rebuild
from assistant.index.store import PaperIndex
from assistant.models.embedder import FakeEmbedder
from assistant.models.ports import Vectors

from .test_cli import run

Damage = Callable[[Layout], object]


def paper(number: int) -> Paper:
    text = f"We study subject{number} in depth. It has property{number % 7}."
    return Paper(
        f"p{number}",
        f"On subject{number}",
        text,
        authors=(f"Anaïs Name{number % 5}", "Bo Other"),
        year=2000 + number % 20 if number % 4 else None,
        venue=f"Journal of Kind {number % 3}",
        sentences=split(text),
        sources=(f"file{number % 2}.bib",),
    )


PAPERS = [paper(number) for number in range(400)]


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "index")


@pytest.fixture
def index(layout: Layout) -> Iterator[PaperIndex]:
    opened = PaperIndex(layout, FakeEmbedder(), create=True)
    opened.add(PAPERS)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        (Filters(since=2015), lambda p: p.year is not None and p.year >= 2015),
        (Filters(until=2003), lambda p: p.year is not None and p.year <= 2003),
        (Filters(since=2005, until=2005), lambda p: p.year == 2005),
        (Filters(author="anais name3"), lambda p: "Anaïs Name3" in p.authors),
        (Filters(venue="kind 2"), lambda p: p.venue == "Journal of Kind 2"),
        (Filters(source="file1.bib"), lambda p: p.sources == ("file1.bib",)),
        (
            Filters(since=2010, author="NAME1", venue="journal"),
            lambda p: (p.year or 0) >= 2010 and "1" in p.authors[0],
        ),
        (Filters(author="nobody"), lambda _: False),
        (Filters(), lambda _: True),
    ],
)
@pytest.mark.parametrize("compared", [0, 2000], ids=["among the nearest", "one by one"])
def test_filters_reach_both_legs(
    index: PaperIndex,
    monkeypatch: pytest.MonkeyPatch,
    filters: Filters,
    passes: Callable[[Paper], bool],
    compared: int,
) -> None:
    monkeypatch.setattr("assistant.index.filtering._NAMED", compared)
    expected = {made.id for made in PAPERS if passes(made)}
    assert {made.id for made in index.all(filters)} == expected
    vector = FakeEmbedder().embed_query("On subject17")
    nearest = index.nearest(vector, 30, filters)
    assert len(nearest) == min(30, len(expected))
    everything = [found for found, _ in index.nearest(vector, len(PAPERS)) if found in expected]
    # Hashed bags of words tie now and then; the cosines tell.
    cosines = index.similarities(vector, everything)
    assert [round(score, 4) for _, score in nearest] == [
        round(score, 4) for score in sorted(cosines.values(), reverse=True)[:30]
    ]
    matching = index.matching("subject", 500, filters)
    assert {found for found, _ in matching} <= expected
    assert {found for found, _ in index.matching("depth", 500, filters)} == expected


def test_filters_reach_the_answer(tmp_path: Path) -> None:
    with Assistant.open(tmp_path / "i") as assistant:
        assistant.add(PAPERS[:40])
        old = Filters(until=2003)
        assert {hit.paper.year for hit in assistant.search("subject in depth", filters=old)} == {
            2001,
            2002,
            2003,
        }
        refused = assistant.ask("What is subject3?", filters=Filters(author="nobody")).refusal
        assert refused is not None
        assert (refused.kind, "by nobody" in refused.reason) == ("filtered_out", True)
        swapped = assistant.ask("What is subject3?", filters=Filters(since=2030, until=1990)).refusal
        assert swapped is not None
        assert "no year is both 2030 or later and 1990 or earlier. Swap the years." in swapped.reason


def test_removed_papers_are_gone_from_both_legs_and_come_back(index: PaperIndex, layout: Layout) -> None:
    before = index.manifest
    removed = index.remove(["p7", "p8", "nope", "p7"])
    assert removed == [PAPERS[7], PAPERS[8]]
    assert index.matching("subject7", 3) == []
    assert "p7" not in dict(index.nearest(FakeEmbedder().embed_query(PAPERS[7].text), 400))
    index.close()
    again = PaperIndex(layout, FakeEmbedder())
    assert len(again) == 398
    again.add(removed)
    assert again.manifest == before
    again.close()


def test_a_removal_that_was_cut_off_is_settled(
    index: PaperIndex, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(index._words, "write", fail)
    with pytest.raises(KeyboardInterrupt):
        index.remove(["p7"])
    index.close()
    again = PaperIndex(layout, FakeEmbedder())
    assert len(again) == 399
    assert again.matching("subject7", 3) == []
    again.close()


def test_rebuilding_for_another_embedder(index: PaperIndex, layout: Layout) -> None:
    index.close()
    other = FakeEmbedder(dimension=32)
    assert rebuild(layout, other) == 400
    again = PaperIndex(layout, other)
    assert list(again.papers(["p3", "p4"])) == PAPERS[3:5]
    assert not layout.leftovers(again.manifest.generation)
    again.close()


def test_rebuilding_with_the_same_embedder_embeds_nothing(index: PaperIndex, layout: Layout) -> None:
    index.close()
    embedder = FakeEmbedder()
    assert rebuild(layout, embedder) == 400
    assert sum(len(call) for call in embedder.calls) == 0


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda layout: layout.manifest.unlink(), id="no manifest"),
        pytest.param(lambda layout: layout.manifest.write_text("{"), id="half a manifest"),
        pytest.param(lambda layout: (layout.data(1).chroma / "chroma.sqlite3").unlink(), id="no database"),
        pytest.param(lambda layout: (layout.data(1).chroma / "chroma.sqlite3").write_bytes(b""), id="empty"),
        pytest.param(lambda layout: shutil.rmtree(layout.data(1).chroma), id="no Chroma"),
        pytest.param(lambda layout: shutil.rmtree(layout.data(1).lexical), id="no words"),
    ],
)
def test_damage_is_mended_without_losing_a_record(index: PaperIndex, layout: Layout, damage: Damage) -> None:
    index.close()
    damage(layout)
    with pytest.raises(IndexDamagedError, match="paper-assistant rebuild"):
        PaperIndex(layout, FakeEmbedder(), create=True)
    assert rebuild(layout, FakeEmbedder()) == 400
    again = PaperIndex(layout, FakeEmbedder())
    assert sorted(again.all(), key=lambda made: made.id) == sorted(PAPERS, key=lambda made: made.id)
    again.close()


def test_a_rebuild_that_is_cut_off_leaves_the_old_index(index: PaperIndex, layout: Layout) -> None:
    index.close()

    class Failing(FakeEmbedder):
        def embed(self, texts: Sequence[str]) -> Vectors:
            raise KeyboardInterrupt(len(texts))

    with pytest.raises(KeyboardInterrupt):
        rebuild(layout, Failing(dimension=8))
    again = PaperIndex(layout, FakeEmbedder())
    assert len(again) == 400
    again.close()


def test_there_is_nothing_to_rebuild(layout: Layout) -> None:
    with pytest.raises(IndexNotFoundError):
        rebuild(layout, FakeEmbedder())


def test_an_index_in_use_is_not_rebuilt(index: PaperIndex, layout: Layout) -> None:
    assert len(index)
    with pytest.raises(IndexLockedError):
        rebuild(layout, FakeEmbedder())


HARD = replace(
    paper(1),
    id="own id",
    title='A "hard" title: 100% of {braces} & $x_1$',
    abstract="It costs 5 $ & more. Then\\n $a_b$ and_so on; a, b. ÄÖ ~ ^ # done.",
    doi="10.1234/x_(1)",
    arxiv_id="2101.00001",
    url="https://example.org/a_b",
    sentences=split("It costs 5 $ & more. Then\\n $a_b$ and_so on; a, b. ÄÖ ~ ^ # done."),
)


def test_json_lines_bring_everything_back(tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    with file.open("w", encoding="utf-8") as out:
        WRITERS["jsonl"]([HARD, *PAPERS[:5]], out)
    assert [replace(p, sources=()) if isinstance(p, Paper) else p for p in read(file)] == [
        replace(p, sources=()) for p in (HARD, *PAPERS[:5])
    ]


def test_csv_has_a_row_a_paper() -> None:
    out = io.StringIO()
    WRITERS["csv"]([HARD, Paper("t", "Only a title")], out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert [row["title"] for row in rows] == [HARD.title, "Only a title"]
    assert rows[0]["authors"] == "Anaïs Name1; Bo Other"
    assert rows[0]["abstract"] == HARD.abstract


def test_ris_and_bibtex_are_well_formed() -> None:
    out = io.StringIO()
    WRITERS["ris"]([HARD], out)
    assert out.getvalue().startswith('TY  - JOUR\nTI  - A "hard" title')
    assert out.getvalue().endswith("ER  - \n\n")
    out = io.StringIO()
    to_bibtex([HARD, HARD], out)
    text = out.getvalue()
    assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")
    assert r"100\% of \{braces\} \& $x_1$" in text
    assert "@article{name12001hard," in text
    assert "@article{name12001hard-2," in text


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("papers.jsonl").write_text(
        "".join(
            json.dumps({"id": f"x{n}", "title": f"On graphs {n}", "year": 2000 + n}) + "\n" for n in range(5)
        )
    )
    assert run("add", "papers.jsonl", "--library", "graphs").exit_code == 0
    assert "graphs" in run("status", "--library", "graphs").stdout
    listed = run("list", "--library", "graphs", "--since", 2003, "--sort", "year").stdout.splitlines()
    assert [line.split()[0] for line in listed] == ["x4", "x3"]
    removed = run("remove", "x0", "gone", "--library", "graphs")
    assert removed.exit_code == 2
    assert json.loads(removed.stdout)["id"] == "x0"
    assert "gone" in removed.stderr
    assert run("rebuild", "--library", "graphs", "--json").stdout == '{"papers": 4}\n'
    assert run("export", "jsonl", "--library", "graphs", "--out", "out.jsonl").exit_code == 0
    assert len(Path("out.jsonl").read_text().splitlines()) == 4
    assert run("export", "ris", "--library", "graphs", "--out", "no/such/folder").exit_code == 2
    assert run("list", "--library", "../graphs").exit_code == 2
    assert run("list", "--library", "graphs", "--index", "x").exit_code == 2
    assert len(json.loads(run("list", "--library", "graphs", "--json").stdout)["papers"]) == 4
