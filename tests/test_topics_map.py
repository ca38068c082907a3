"""The map of topics: where papers stand, and a page that loads nothing from elsewhere; large collections."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from assistant import Assistant, Paper
from assistant.cli import app
from assistant.errors import UsageError
from assistant.grouped import Place, Topic, TopicMap, Topics
from assistant.models.ports import Vectors
from assistant.topics.discovering import discover
from assistant.topics.figures import address_of, map_figure, years_figure
from assistant.topics.labelling import SIZE, Label, Sheet, labels
from assistant.topics.mapfile import ALL_ABSTRACTS, LONGEST_ABSTRACT, map_page
from assistant.topics.placing import placed

from .test_topics import all_fields, papers


class _Loaded(HTMLParser):
    """What a page names to be loaded."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in {"link", "iframe", "img", "object", "embed", "base", "form"} or "src" in values:
            self.found.append(f"{tag} {values}")


def test_the_map_stands_alone(tmp_path: Path) -> None:
    with Assistant.open(tmp_path / "i") as assistant:
        assistant.add(all_fields(6))
        assert assistant.save_map(tmp_path / "map.html") == 24
        page = (tmp_path / "map.html").read_text("utf-8")
        loaded = _Loaded()
        loaded.feed(page)
        assert loaded.found == []
        assert "default-src 'none'" in page
        assert "plotly.js v" in page
        assert "Papers by year" in page
        before = {place.paper.id: (place.x, place.y) for place in assistant.topic_map().places}
        assistant.add(papers("galaxy", 2, start=20))
        after = {place.paper.id: (place.x, place.y) for place in assistant.topic_map().places}
        assert before.items() <= after.items()
        galaxies = np.array([spot for paper, spot in before.items() if paper.startswith("galaxy")])
        others = np.array([spot for paper, spot in before.items() if not paper.startswith("galaxy")])
        new = np.array(after["galaxy-20"])
        assert np.linalg.norm(galaxies - new, axis=1).min() < np.linalg.norm(others - new, axis=1).min()
        with pytest.raises(UsageError, match="cannot be written"):
            assistant.save_map(tmp_path / "none" / "map.html")


HOSTILE = "</script><script>alert(1)</script><b>"


def _drawn(*rows: Paper) -> TopicMap:
    topic = Topic("t1", HOSTILE, (), tuple(paper.id for paper in rows))
    return TopicMap(
        Topics((topic,), papers=len(rows)), tuple(Place(p, n, n, "t1") for n, p in enumerate(rows))
    )


def test_titles_and_names_are_text() -> None:
    drawn = _drawn(Paper("a", HOSTILE, year=2001), Paper("b", "On <i>E. coli</i> & others", year=2002))
    page = map_page(drawn, HOSTILE)
    assert HOSTILE not in page
    assert "<script>alert" not in page
    figure = json.loads(map_figure(drawn).to_json())
    assert not any("<b>" in text.replace("<br>", "") for text in figure["data"][0]["text"])
    years = years_figure(drawn)
    assert years is not None
    assert [trace.name for trace in years.data] == [
        "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;"
    ]
    assert years_figure(_drawn(Paper("a", "A"), Paper("b", "B", year=2000))) is None


def _embedded(page: str) -> list[list[str]]:
    """What the points of a map's file know of their papers."""
    start = page.index("Plotly.newPlot(")
    traces, _ = json.JSONDecoder().raw_decode(page[page.index("[{", start) :])
    return [paper for trace in traces for paper in trace.get("customdata", [])]


def test_the_file_has_the_abstracts_as_far_as_they_have_room() -> None:
    long = "x" * (LONGEST_ABSTRACT + 1)
    papers = [
        Paper("a", HOSTILE, HOSTILE, authors=("Ada",), year=2001, venue="V", url="javascript:alert(1)"),
        Paper("b", "B", long, doi="10.1/b"),
        Paper("c", "C"),
    ]
    page = map_page(_drawn(*papers), "Map")
    assert HOSTILE not in page
    first, second, third = _embedded(page)
    assert first == [HOSTILE, "Ada · 2001 · V", HOSTILE, ""]
    assert second[2:] == ["x" * LONGEST_ABSTRACT + "…", "https://doi.org/10.1/b"]
    assert third[2] == "This paper has no abstract in the collection."

    many = [Paper(str(n), "T", long) for n in range(8000)]
    abstracts = [paper[2] for paper in _embedded(map_page(_drawn(*many), "Map"))]
    assert {len(abstract) for abstract in abstracts} == {ALL_ABSTRACTS // 8000 + 1}


def test_a_quotation_mark_is_no_entity() -> None:
    topic = Topic("t", """The "best" fish's & more""", (), ("a",))
    drawn = TopicMap(Topics((topic,), papers=1), (Place(Paper("a", 'On "fish"', year=2001), 0.0, 0.0, "t"),))
    figure = json.loads(map_figure(drawn).to_json())
    assert figure["layout"]["annotations"][0]["text"] == """<b>The "best" fish's &amp; more</b>"""
    assert figure["data"][0]["text"][0].startswith('On "fish" (2001)')
    assert "quot;" not in map_figure(drawn).to_json()


# -- names on the map --------------------------------------------------------------------------------


def _named(*topics: tuple[str, float, float]) -> TopicMap:
    """Topics of one paper each, in the order of their size, and two papers of none in the corners."""
    places = [Place(Paper(str(n), name), x, y, f"t{n}") for n, (name, x, y) in enumerate(topics)]
    corners = [Place(Paper(f"c{at}", "Corner"), at, at, "") for at in (-50.0, 50.0)]
    found = tuple(Topic(f"t{n}", name, (), (str(n),)) for n, (name, *_) in enumerate(topics))
    return TopicMap(Topics(found, papers=len(places) + 2), (*places, *corners))


def _shown(drawn: TopicMap, sheet: Sheet) -> list[str]:
    return [label.text for label in labels(drawn, drawn.places, sheet)]


def test_a_name_that_would_lie_on_that_of_a_larger_topic_is_left_out() -> None:
    drawn = _named(("Fish and chips", 0, 0), ("Mushy peas", 5, 1), ("Vinegar", 0, 20), ("Salt", 45, 0))
    assert _shown(drawn, Sheet(700, 500)) == ["Fish and chips", "Vinegar", "Salt"]
    assert _shown(drawn, Sheet(7000, 5000)) == ["Fish and chips", "Mushy peas", "Vinegar", "Salt"]
    assert _shown(drawn, Sheet(7000, 200, stretched=True))[:2] == ["Fish and chips", "Mushy peas"]
    assert _shown(TopicMap(Topics(), ()), Sheet(700, 500)) == []


def test_a_long_name_is_cut_on_the_map_and_whole_where_one_points() -> None:
    name = "Very long names " * 5
    drawn = _named((name.strip(), 0, 0))
    assert _shown(drawn, Sheet(700, 500)) == ["Very long names Very long names Very lo…"]
    assert name.strip() in map_figure(drawn).to_json()


@given(
    st.lists(
        st.tuples(st.text(max_size=90), st.floats(-50, 50), st.floats(-50, 50)),
        max_size=30,
    ),
    st.integers(300, 3000),
)
def test_no_two_names_share_their_room(topics: list[tuple[str, float, float]], width: int) -> None:
    drawn = _named(*topics)
    found = labels(drawn, drawn.places, Sheet(width, 500, stretched=True))
    assert len(found) >= min(1, len(topics))

    def apart(one: Label, other: Label) -> bool:
        # No letter is wider than its size, nor narrower than a half in what is estimated.
        across = abs(one.x - other.x) * width / 115
        up = abs(one.y - other.y) * 500 / 115
        return across >= (len(one.text) + len(other.text)) * SIZE / 4 or up >= SIZE

    assert all(apart(one, other) for place, one in enumerate(found) for other in found[:place])


@pytest.mark.parametrize(
    ("paper", "address"),
    [
        (Paper("a", "A", url="https://x.org/1"), "https://x.org/1"),
        (Paper("a", "A", url="javascript:alert(1)"), ""),
        (Paper("a", "A", url="data:text/html,x", doi="10.1/x"), "https://doi.org/10.1/x"),
        (Paper("a", "A", url="http://[", arxiv_id="2205.13504"), "https://arxiv.org/abs/2205.13504"),
        (Paper("a", "A", url="//x.org"), ""),
        (Paper("a", "A"), ""),
    ],
)
def test_only_the_web_is_opened(paper: Paper, address: str) -> None:
    assert address_of(paper) == address
    assert json.loads(map_figure(_drawn(paper)).to_json())["data"][0]["customdata"] == [address]


# -- many papers -------------------------------------------------------------------------------------


class Many:
    """A collection of fields, each around a direction of its own, without a store."""

    def __init__(self, sizes: Sequence[int], spread: float = 0.3) -> None:
        chance = np.random.default_rng(0)
        middles = np.eye(64, dtype=np.float32)[: len(sizes)]
        self._rows: dict[str, Vectors] = {}
        for field, size in enumerate(sizes):
            own = middles[field] + spread / 8 * chance.standard_normal((size, 64)).astype(np.float32)
            own /= np.linalg.norm(own, axis=1, keepdims=True)
            self._rows |= {f"{field}-{number}": row for number, row in enumerate(own)}

    def ids(self) -> list[str]:
        return sorted(self._rows)

    def vectors(self, ids: Sequence[str]) -> Mapping[str, Vectors]:
        return {paper: self._rows[paper] for paper in ids}

    def papers(self, ids: Sequence[str]) -> list[Paper]:
        return [Paper(paper, f"Subject{paper.partition('-')[0]} matters") for paper in ids]


def _purity(fits: Mapping[str, tuple[int, float]]) -> float:
    members: dict[int, list[str]] = {}
    for paper, (place, _) in fits.items():
        if place >= 0:
            members.setdefault(place, []).append(paper.partition("-")[0])
    return sum(max(map(own.count, set(own))) for own in members.values()) / sum(map(len, members.values()))


def test_a_topic_may_be_far_larger_than_the_others() -> None:
    collection = Many([5000, 40, 40, 40])
    found = discover(collection, collection.ids())
    assert len(found.fits) == 5120
    assert _purity(found.fits) > 0.99


@pytest.mark.slow
def test_a_large_collection_has_areas_and_topics_within_them() -> None:
    collection = Many([700] * 36)
    found = discover(collection, collection.ids())
    assert len(found.areas) == len(found.centres)
    assert len(set(found.areas)) >= 20
    assert len(found.centres) > len(set(found.areas))
    assert _purity(found.fits) > 0.95
    assert len(placed(collection, collection.ids()[::20], {})) == 1260


# -- the command line --------------------------------------------------------------------------------


def test_the_commands(tmp_path: Path) -> None:
    with Assistant.open(tmp_path / "i") as assistant:
        assistant.add(all_fields(6))

    def run(*words: str) -> Any:
        return CliRunner().invoke(app, [*words, "--index", str(tmp_path / "i")])

    listed = run("topics")
    assert listed.exit_code == 0, listed.stderr
    assert re.search(r"^t\d+ +\S.* \(\d+\)$", listed.stdout, re.MULTILINE)
    assert "24 papers" in listed.stderr
    topics = json.loads(run("topics", "--json").stdout)
    assert {len(topics["topics"]) >= 4, topics["papers"] == 24} == {True}
    first, second = (topic["id"] for topic in topics["topics"][:2])
    assert run("topics", "rename", first, "My own").stdout.startswith(f"{first}  My own (")
    merged = json.loads(run("topics", "merge", "my own", second, "--name", "Both of them", "--json").stdout)
    assert (merged["name"], merged["merged"]) == ("Both of them", [second])
    assert "Took back the merge" in run("topics", "undo").stdout
    before = CliRunner().invoke(app, ["topics", "--index", str(tmp_path / "i"), "--json", "undo"])
    assert "renaming" in json.loads(before.stdout)["undone"]
    wrong = run("topics", "rename", "nothing", "x")
    assert (wrong.exit_code, "no topic" in wrong.stderr) == (2, True)
    assert run("topics", "--refresh").exit_code == 0
    drawn = run("map", "--out", str(tmp_path / "map.html"))
    assert (drawn.exit_code, "24 papers" in drawn.stderr) == (0, True)
    assert (tmp_path / "map.html").stat().st_size > 1_000_000
