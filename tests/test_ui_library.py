"""The library's parts without a page: uploads, imports one after another, the table, filters, their HTML."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant import Assistant, Filters, ImportReport, Paper, Progress, Rejected
from assistant.index.browsing import Listing, Order
from assistant.types import Fold
from assistant.ui import shelf
from assistant.ui.escaping import clean
from assistant.ui.filtering import chip_of, fields_of, filters_of
from assistant.ui.importing import MOST_WAITING, Desk, Download, Result, Snapshot, Underway
from assistant.ui.preparation import Preparation
from assistant.ui.uploads import Uploads, file_name

from .test_ui_rendering import hostile_text, parsed


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


# -- uploads -----------------------------------------------------------------------------------------


@given(st.text(max_size=400))
def test_a_name_from_a_browser_is_that_of_a_file(name: str) -> None:
    made = file_name(name)
    assert made
    assert "/" not in made
    assert made not in {".", ".."}
    assert len(os.fsencode(made)) <= 200
    assert made == " ".join(clean(made).split())
    assert file_name(made) == made


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Müller & Söhne (2020) $1.bib", "Müller & Söhne (2020) $1.bib"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\refs.ris", "refs.ris"),
        ("..", "file"),
        ("a\u202egpj.bib", "agpj.bib"),
        ("x" * 300 + ".jsonl", "x" * 194 + ".jsonl"),
    ],
)
def test_a_name_stays_as_it_is_as_far_as_it_can(name: str, made: str) -> None:
    assert file_name(name) == made


def sent(name: str, text: str) -> dict[str, str]:
    """A file as Gradio keeps it after a browser sent it."""
    folder = Path(os.environ["GRADIO_TEMP_DIR"]) / f"{abs(hash((name, text)))}"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "stripped"
    path.write_text(text)
    return {"path": str(path), "orig_name": name}


def test_an_upload_is_private_and_only_what_was_sent_is_taken(uploads: Uploads, tmp_path: Path) -> None:
    root = Path(os.environ["GRADIO_TEMP_DIR"])
    assert (root.parent.stat().st_mode & 0o777) == 0o700
    secret = tmp_path / "secret"
    secret.write_text("mine")
    (root / "link").symlink_to(secret)
    taken = uploads.take(
        [
            {"path": str(secret)},
            {"path": str(root / "link")},
            {"path": str(root / ".." / "nothing")},
            {},
            sent("refs (1).bib", "@article{a}"),
        ]
    )
    assert [(file.name, file.path.read_text()) for file in taken] == [("refs (1).bib", "@article{a}")]
    assert secret.read_text() == "mine"
    uploads.close()
    assert not root.parent.exists()


# -- importing ---------------------------------------------------------------------------------------


def rows(name: str, count: int) -> str:
    return "".join(
        json.dumps({"title": f"{name} {number}", "abstract": f"On {name}. It is {number}."}) + "\n"
        for number in range(count)
    )


@pytest.fixture
def assistant(sample_index: Path, tmp_path: Path) -> Iterator[Assistant]:
    """An assistant over an index of the sample that only this test has."""
    with Assistant.open(shutil.copytree(sample_index, tmp_path / "index")) as opened:
        yield opened


@pytest.fixture
def desk(assistant: Assistant, uploads: Uploads) -> Iterator[Desk]:
    """A desk over it."""
    preparation = Preparation(assistant)
    preparation.start()
    made = Desk(assistant, preparation, uploads)
    yield made
    made.close()


def test_a_drop_is_added_and_reported_with_the_names_its_user_knows(
    desk: Desk, uploads: Uploads, assistant: Assistant
) -> None:
    files = uploads.take(
        [
            sent("my refs.jsonl", rows("Matter", 3) + '{"abstract": "no title"}\n'),
            sent("photo.png", "\x89PNG not really"),
            sent("more.jsonl", rows("Other", 2)),
        ]
    )
    assert desk.hand_in(files)
    wait_until(lambda: not desk.snapshot().busy)
    (result,) = desk.snapshot().results
    assert result.names == ("my refs.jsonl", "photo.png", "more.jsonl")
    assert (result.report.added, len(result.report.rejected)) == (5, 1)
    assert result.report.rejected[0].where == "my refs.jsonl, line 4"
    assert len(result.problems) == 1
    assert result.problems[0].startswith("photo.png is ")
    assert [made.name for made in result.downloads] == [
        "my refs-rejected.jsonl",
        "my refs-rejected.jsonl.reasons.txt",
    ]
    download = desk.download(result.downloads[0].token)
    assert download is not None
    assert download.path.read_text() == '{"abstract": "no title"}\n'
    assert desk.download("no such token") is None
    assert not any(file.path.exists() for file in files)
    (found,) = assistant.papers(filters=Filters(source="my refs"))[:1]
    assert found.sources == ("my refs.jsonl",)
    assert desk.snapshot().ended == 1


def test_two_drops_at_once_are_added_one_after_the_other(
    desk: Desk, uploads: Uploads, assistant: Assistant
) -> None:
    assert desk.hand_in(uploads.take([sent("first.jsonl", rows("First", 200))]))
    assert desk.hand_in(uploads.take([sent("second.jsonl", rows("Second", 5))]))
    wait_until(lambda: desk.snapshot().current is not None)
    assert desk.snapshot().waiting == ("second.jsonl",)
    with desk.turn() as free:
        assert not free
    # The chat goes on meanwhile.
    assert assistant.ask("What causes over-squashing?").status == "answered"
    wait_until(lambda: not desk.snapshot().busy)
    assert [result.names for result in desk.snapshot().results] == [("second.jsonl",), ("first.jsonl",)]
    assert assistant.status().papers == 203 + 205
    with desk.turn() as free:
        assert free


def test_stopping_keeps_what_is_in_and_says_how_much(
    desk: Desk, uploads: Uploads, assistant: Assistant
) -> None:
    text = '{"abstract": "no title"}\n' + rows("Long", 2000)
    assert desk.hand_in(uploads.take([sent("long.jsonl", text), sent("never.jsonl", rows("Never", 3))]))
    told: list[Progress] = []

    def some_are_in() -> bool:
        if current := desk.snapshot().current:
            told.append(current.progress)
        return bool(told) and told[-1].done > 0

    wait_until(some_are_in)
    desk.stop()
    current = desk.snapshot().current
    assert current is None or current.stopping
    wait_until(lambda: not desk.snapshot().busy)
    report = desk.snapshot().results[0].report
    assert report.interrupted
    assert 0 < report.added < 2000
    assert assistant.status().papers == 203 + report.added
    html = shelf.results(desk.snapshot())
    assert f"Stopped: {report.added:,} papers of it are in" in html
    assert not assistant.papers(filters=Filters(source="never.jsonl"))
    assert [made.path.read_text() for made in desk.snapshot().results[0].downloads[:1]] == [text[:25]]


def test_results_are_kept_for_each_reader_and_not_for_ever(
    desk: Desk, uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.ui.importing.MOST_RESULTS", 6)
    # The fourth of the first reader pushes out a result that is the oldest of all as well.
    for who in ["ada", "ben", "ada", "ben", "ada", "ben", "ada", "zoë"]:
        assert desk.hand_in(uploads.take([sent("a.jsonl", rows("A", 1))]), who)
        wait_until(lambda: not desk.snapshot().busy)
    assert [len(desk.snapshot(who).results) for who in ("ada", "ben", "zoë")] == [3, 2, 1]


def test_too_many_drops_are_refused_and_deleted(desk: Desk, uploads: Uploads) -> None:
    assert desk.hand_in(uploads.take([sent("long.jsonl", rows("Long", 400))]))
    wait_until(lambda: desk.snapshot().current is not None)
    for number in range(MOST_WAITING):
        assert desk.hand_in(uploads.take([sent(f"{number}.jsonl", rows("A", 1))]))
    over = uploads.take([sent("over.jsonl", rows("A", 1))])
    assert not desk.hand_in(over)
    assert not over[0].path.exists()
    desk.close()
    assert not desk.snapshot().waiting


# -- the table ---------------------------------------------------------------------------------------


@pytest.fixture
def shelved(tmp_path: Path) -> Iterator[Assistant]:
    """A small library with years, authors and venues."""
    with Assistant.open(tmp_path / "small") as opened:
        opened.add(
            Paper(
                f"p{number}",
                f"{'zebra Apple mango'.split()[number % 3]} study {number:02}",
                "On graphs and tokens." if number % 2 else "On tokens alone.",
                authors=("Ada Lovelace",) if number < 5 else ("Bo Berg",),
                year=None if number == 7 else 2000 + number,
            )
            for number in range(12)
        )
        yield opened


def ids(found: Listing) -> list[str]:
    return [paper.id for paper in found.papers]


def test_the_pages_of_a_table_hold_every_paper_once_in_order(shelved: Assistant) -> None:
    pages = [shelved.index.page("", Filters(), Order.NEWEST, offset, 5) for offset in (0, 5, 10)]
    assert [page.total for page in pages] == [12] * 3
    years = [number for number in range(11, -1, -1) if number != 7]
    assert [id_ for page in pages for id_ in ids(page)] == [f"p{number}" for number in (*years, 7)]
    oldest = shelved.index.page("", Filters(), Order.OLDEST, 0, 12)
    assert ids(oldest) == [f"p{number}" for number in (*reversed(years), 7)]
    by_title = shelved.index.page("", Filters(), Order.TITLE, 0, 5)
    assert [paper.title.split()[0] for paper in by_title.papers] == ["Apple"] * 4 + ["mango"]
    assert by_title.papers[0].abstract.startswith("On ")
    behind = shelved.index.page("", Filters(), Order.TITLE, 500, 5)
    assert (behind.offset, len(behind.papers)) == (10, 2)


def test_a_table_is_searched_for_all_words_and_filtered(shelved: Assistant) -> None:
    found = shelved.index.page("graph zebra", Filters(), Order.MATCH, 0, 25)
    assert set(ids(found)) == {"p3", "p9"}
    assert shelved.index.page("graphs", Filters(author="lovelace"), Order.TITLE, 0, 25).total == 2
    assert shelved.index.page("nothing like it", Filters(), Order.TITLE, 0, 25).papers == ()


def test_every_column_sorts_both_ways_and_what_is_missing_comes_last(shelved: Assistant) -> None:
    shelved.add(
        [
            Paper("q1", "“Élan” of graphs", "On graphs.", authors=("Zoë Zed",), venue="Venue B"),
            Paper("q2", "$k$-means", "On graphs.", authors=("åke Ab",), venue="venue a", year=1999),
        ]
    )

    def sorted_by(order: Order, text: str = "") -> list[str]:
        pages = [shelved.index.page(text, Filters(), order, offset, 4) for offset in range(0, 16, 4)]
        assert all(page.order is order for page in pages)
        return list(dict.fromkeys(id_ for page in pages for id_ in ids(page)))

    titles = sorted_by(Order.TITLE)
    assert titles[3:7] == ["p10", "q1", "q2", "p2"]  # apple, elan, k-means, mango
    assert sorted_by(Order.TITLE_DOWN) == titles[::-1]
    assert sorted_by(Order.AUTHOR)[:6] == ["p1", "p4", "p2", "p0", "p3", "q2"]
    assert sorted_by(Order.AUTHOR_DOWN)[0] == "q1"
    assert sorted_by(Order.VENUE)[:2] == ["q2", "q1"]
    assert sorted_by(Order.VENUE_DOWN)[:2] == ["q1", "q2"]
    assert len(sorted_by(Order.VENUE_DOWN)) == 14
    assert sorted_by(Order.TITLE, "graphs")[-2:] == ["p3", "p9"]


def test_what_changes_is_in_its_place_at_once(shelved: Assistant) -> None:
    def first() -> list[str]:
        return ids(shelved.index.page("", Filters(), Order.TITLE, 0, 2))

    assert first() == ["p1", "p4"]
    shelved.add([Paper("new", "Aardvarks", "On tokens.")])
    assert first() == ["new", "p1"]
    shelved.remove(["p1"])
    assert first() == ["new", "p4"]
    shelved.add([Paper("new", "Zygotes", "On tokens.")])
    assert first() == ["p4", "p7"]
    shelved.restore()
    assert first() == ["p1", "p4"]


# -- filters -----------------------------------------------------------------------------------------


def test_fields_become_filters() -> None:
    assert filters_of("2020", " 2022 ", "Hajij ", "Neur\u202eIPS", "", "Graph nets") == Filters(
        2020, 2022, "Hajij", "NeurIPS", topic="Graph nets"
    )
    assert filters_of("", None, "", "", "", None) == Filters()
    assert filters_of("20x", "99999", ["a"], 3, None, []) == Filters(author="['a']", venue="3")
    assert len(filters_of("", "", "a" * 10_000, "", "", "").author) == 200


@pytest.mark.parametrize("filters", [Filters(), Filters(1999, None, "Ada", "V", "a.bib", "Graph nets")])
def test_filters_become_fields_again(filters: Filters) -> None:
    assert filters_of(*fields_of(filters)) == filters


def test_each_filter_has_its_chip() -> None:
    values = ("2020", "", "Hajij", "", "refs.bib", "Graph nets")
    assert [chip_of(place, values) for place in range(6)] == [
        "since 2020 ✕",
        "",
        "by Hajij ✕",
        "",
        "from refs.bib ✕",
        "in the topic “Graph nets” ✕",
    ]


# -- HTML --------------------------------------------------------------------------------------------


@given(hostile_text)
@example("$<script>alert(1)</script>$")
def test_the_library_of_hostile_names_and_papers_is_harmless(text: str) -> None:
    hostile = Paper("p", text, text, authors=(text,) * 5, year=2020, venue=text, url=text, doi=text)
    report = ImportReport(
        *(1, 0, 2, 30),
        (Rejected(text, text),) * 60,
        folds=(Fold(text, text, text, text, text),),
        interrupted=True,
    )
    result = Result((text,), report, (text,), (Download(text, "token", Path("x")),))
    going = Underway(text, 1, 2, Progress(1, 2, 0.5), text)
    html = shelf.import_state(Snapshot(going, (text,) * 9, (), 0))
    html += shelf.results(Snapshot(None, (), (result, result), 2))
    listing = Listing((hostile,), 1, 0, Order.TITLE)
    html += shelf.table(listing, 1, searched=False) + shelf.place_in(listing) + shelf.failed(text)
    # Formulas are ``test_mathematics``' own.
    reader = parsed(re.sub(r"<math.*?</math>", "", html))
    assert reader.tags <= {
        *("div", "p", "progress", "details", "summary", "ul", "li", "a", "span"),
        *("table", "thead", "tbody", "tr", "th", "td", "input", "button", "strong", "code"),
    }
    for name, value in reader.attributes:
        assert name in {
            *("class", "role", "value", "max", "aria-label", "open", "scope", "type", "dir"),
            *("href", "target", "rel", "download", "aria-sort", "aria-hidden", "data-order"),
        }
        if name == "href":
            assert (value or "").startswith(("http://", "https://", "rejected/token"))
    assert "10 more rejected" in html
    assert "29 more merged" in html


@pytest.mark.parametrize(
    ("going", "words"),
    [
        (Underway("a.bib", 1, 1), "a.bib: reading"),
        (Underway("a.bib", 1, 1, held_up=True), "a.bib: waiting until the collection is ready"),
        (
            Underway("a.bib", 2, 3, Progress(5, 9, 1.0), "8 a second"),
            "a.bib (2 of 3): 5 of 9 papers, 8 a second",
        ),
        (Underway("a.bib", 1, 1, Progress(5, 9), stopping=True), "a.bib: storing what is in hand"),
    ],
)
def test_what_an_import_does_is_said(going: Underway, words: str) -> None:
    assert words in shelf.import_state(Snapshot(going, (), (), 0))
