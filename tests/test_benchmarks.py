"""The benchmarks run, on a few papers; the peers' own drivers only where `make peers` was run."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from assistant import Paper
from assistant.evaluation.cases import Case
from benchmarks import page, results
from benchmarks.__main__ import chosen
from benchmarks.curves import curves
from benchmarks.peers import answers, cold, quality, speed
from benchmarks.peers.corpus import Given, given
from benchmarks.peers.drivers.ours import Ours
from benchmarks.peers.drivers.port import Corpus
from benchmarks.peers.process import Peer, PeerError, peers_python, there
from benchmarks.peers.quality import Contestant
from benchmarks.peers.scripted import Scripted, sources_of
from benchmarks.soak.__main__ import report, soak
from benchmarks.soak.resources import Sample, leaks
from benchmarks.soak.sessions import Tally
from tests.openai_server import OpenAIServer, Request

PAPERS = [
    Paper(
        f"p{n}",
        f"On {subject}",
        f"We study {subject} in cold climates over ten years. The {subject} of the north live {n + 3} years.",
    )
    for n, subject in enumerate(("penguins", "glaciers", "lichens", "reindeer", "auroras", "permafrost"))
]
QUESTIONS = ("How long do reindeer live in the north?", "What is known of glaciers in cold climates?")
OWN = (Contestant("every cosine", "exact", {}), Contestant(quality.OURS, "ours", {}))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Given:
    folder = tmp_path_factory.mktemp("small")
    return given(PAPERS, QUESTIONS, folder / "given", folder / "vectors")


# -- the tables ------------------------------------------------------------------------------------------


def test_a_kept_result_comes_back_and_stands_in_the_page(tmp_path: Path) -> None:
    result = results.Result(
        "10 papers", ("", "a second"), (("ours", 1234.5), ("theirs", None)), "make it", "A note."
    )
    results.keep("speed-10", result, tmp_path)
    results.keep("speed-9", replace(result, title="9 papers"), tmp_path)
    assert [name for name, _ in results.kept("speed", tmp_path)] == ["speed-9", "speed-10"]
    text = page.rendered("Before.\n<!-- results: speed -->\nold\n<!-- end -->\nAfter.", tmp_path)
    assert text.startswith("Before.\n<!-- results: speed -->\n\n**9 papers**")
    assert "| ours | 1,234 |\n| theirs | – |\n\nA note." in text
    assert "old" not in text
    assert text.endswith("<!-- end -->\nAfter.")
    assert page.rendered(text, tmp_path) == text


def test_what_was_not_measured_is_said(tmp_path: Path) -> None:
    assert "Not measured yet." in page.rendered("<!-- results: nothing -->\n<!-- end -->", tmp_path)


def test_the_page_holds_what_was_measured() -> None:
    text = (page.DOCS / "benchmarks.md").read_text("utf-8")
    assert page.rendered(text) == text
    figure = curves([result.values for _, result in results.kept("scale")])
    assert (page.DOCS / "cost.svg").read_text("utf-8") == figure


def test_curves_have_a_point_for_each_measured_size() -> None:
    measured = [{"papers": 10.0**n, "search_ms": 2.0 * n, "disk_mb": 10.0**n} for n in (3, 4, 5)]
    figure = ET.fromstring(curves(measured))
    assert len(figure.findall(".//{*}circle")) == 6
    assert ET.fromstring(curves([])).findall(".//{*}circle") == []


def test_measurements_are_named_by_module_or_folder() -> None:
    assert chosen(["peers.cold", "peers.speed"]) == ["peers.speed", "peers.cold"]
    assert chosen(["peers"]) == [f"peers.{name}" for name in ("quality", "speed", "answers", "cold")]
    with pytest.raises(SystemExit, match=r"no measurement nonsense"):
        chosen(["nonsense"])


# -- beside the peers ------------------------------------------------------------------------------------


def test_quality_ranks_by_each_contestant(tmp_path: Path) -> None:
    file = tmp_path / "papers.jsonl"
    rows = ({"id": p.id, "title": p.title, "abstract": p.abstract} for p in PAPERS)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    cases = [Case(QUESTIONS[0], "", "", {"p3": 1}), Case(QUESTIONS[1], "", "", {"p1": 1})]
    what = (file, cases, quality.ON_SAMPLE)
    quality.measure("small", "Small", what, tmp_path / "vectors", tmp_path, contestants=OWN)
    [(_, result)] = results.kept("small", tmp_path)
    assert result.rows == (
        ("every cosine", 1.0, 1.0, 1.0, "+0.000 (+0.000 to +0.000)"),
        (quality.OURS, 1.0, 1.0, 1.0, ""),
    )


def test_a_difference_comes_with_its_interval() -> None:
    assert quality.difference([1.0] * 50, [0.0] * 50) == "+1.000 (+1.000 to +1.000)"
    mean, interval = quality.difference([1.0, 0.0] * 50, [0.0, 0.0] * 50).split(" ", 1)
    assert mean == "+0.500"
    low, high = (float(each.strip("()")) for each in interval.split(" to "))
    assert 0.35 < low < 0.5 < high < 0.65


def test_speed_tells_rates_memory_disk_and_searches(small: Given, tmp_path: Path) -> None:
    found, _ = speed.measured(small, ["exact", "ours"], 1, tmp_path)
    rows = {row[0]: row[1:] for row in speed.rows_of(found, len(PAPERS))}
    rate, ratio, memory, disk, median, p95, slower = rows["paper-assistant"]
    assert (ratio, slower) == (1.0, 1.0)
    assert all(isinstance(each, float) and each > 0 for each in (rate, disk, median, p95))
    assert "(" in str(memory)


def test_ours_takes_the_given_vectors_and_makes_none(small: Given, tmp_path: Path) -> None:
    vectors = np.load(small.vectors)
    swapped = vectors[::-1].copy()
    shutil.copytree(small.vectors.parent, tmp_path / "vectors")
    np.save(tmp_path / "vectors" / "vectors.npy", swapped)
    ours = Ours()
    ours.index(Corpus(small.papers, tmp_path / "vectors" / "vectors.npy"), tmp_path / "index")
    # By their own vectors it would be p1; no word of the question is in any paper.
    assert list(ours.search("Gletscher", vectors[1], 1, {})) == [PAPERS[len(PAPERS) - 2].id]
    ours._open("").close()


def test_answers_are_counted_and_wrong_citations_followed(tmp_path: Path) -> None:
    answers.run(PAPERS, QUESTIONS, tmp_path / "vectors", tmp_path, contestants=OWN[1:])
    (_, costs), (_, outcomes) = results.kept("peers-answers", tmp_path)
    [(name, _, to_ours, _, calls, tokens, _)] = costs.rows
    assert (name, to_ours, calls) == (quality.OURS, 1.0, 1)
    assert isinstance(tokens, float)
    assert tokens > 100
    [(_, asked, stated, doubted, other, absent, printed)] = outcomes.rows
    assert (asked, stated, doubted, other, absent, printed) == ("2 / 2 / 2", 1.0, 0.0, 0.0, 0.0, 0.0)


def test_a_cold_start_is_timed_to_the_first_answer(small: Given, tmp_path: Path) -> None:
    with OpenAIServer(reply=Scripted()) as server:
        (imported, indexed, answered), _ = cold.started("ours", small, tmp_path / "cold", server.url)
    assert 0 < imported < indexed < answered


def test_a_peer_that_ends_says_why() -> None:
    with pytest.raises(PeerError, match=r"(?s)bm25s ended with 3.*no such library"):
        Peer(
            "bm25s",
            [sys.executable, "-c", "import sys; print('no such library', file=sys.stderr); sys.exit(3)"],
        )


def test_without_the_peers_only_ours_is_measured_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAPER_ASSISTANT_PEERS", str(tmp_path))
    assert there(["bm25s", "exact", "ours"]) == ["exact", "ours"]
    assert "`make peers` makes it" in capsys.readouterr().err


LLAMA_INDEX = """For example:
Source 1:
The sky is red.
Now it's your turn. Below are several numbered sources of information:
------
Source 1:
On penguins
We study penguins in cold climates over ten years. They swim.

Source 2:
On glaciers
We study glaciers in cold climates over ten years.

------
Query: What?
Answer: """
PAPER_QA = """Answer the question below with the context.

Context:

pqac-11111111: We study penguins in cold climates over ten years.
From p0

pqac-22222222: We study glaciers in cold climates over ten years.
From p1

Valid Keys: pqac-11111111, pqac-22222222

---

Question: What?

- (pqac-d79ef6fa, pqac-0f650d59)
"""
OURS = """Papers:

P1: On penguins
P1.S1: We study penguins in cold climates over ten years.

P2: On glaciers
P2.S1: We study glaciers in cold climates over ten years.

Question: What?"""


@pytest.mark.parametrize(
    ("prompt", "handles", "absent"),
    [
        (LLAMA_INDEX, ["[1]", "[2]"], "[47]"),
        (PAPER_QA, ["(pqac-11111111)", "(pqac-22222222)"], "(pqac-00000000)"),
        (OURS, ["[P1.S1]", "[P2.S1]"], "[P47.S1]"),
    ],
)
def test_the_scripted_model_cites_as_it_is_told(prompt: str, handles: Sequence[str], absent: str) -> None:
    request = Request("POST", "/chat/completions", {}, {"messages": [{"role": "user", "content": prompt}]})
    model = Scripted()
    assert len(sources_of(prompt)[0]) == 2
    claim = "We study penguins in cold climates over ten years"
    assert model(request) == f"{claim} {handles[0]}."
    model.manner = "another paper"
    assert model(request) == f"{claim} {handles[1]}."
    model.manner = "out of range"
    assert model(request) == f"{claim} {absent}."


@pytest.mark.slow
@pytest.mark.skipif(not peers_python().exists(), reason="`make peers` was not run")
@pytest.mark.parametrize("contestant", quality.CONTESTANTS[:-1], ids=lambda contestant: str(contestant.name))
def test_a_peer_finds_what_it_was_given(contestant: Contestant, small: Given, tmp_path: Path) -> None:
    with Peer(contestant.driver) as peer:
        assert all(peer.hello["versions"].values())
        assert peer.call("index", **small.collection(tmp_path / "peer"))["seconds"] > 0
        reply = peer.call("search", **small.asked(), k=3, options=contestant.options)
        assert [found[0] for found in reply["found"]] == ["p3", "p1"]


@pytest.mark.slow
@pytest.mark.skipif(not peers_python().exists(), reason="`make peers` was not run")
@pytest.mark.parametrize(("driver", "calls"), [("llama-index", 1), ("paper-qa", len(PAPERS) + 1)])
def test_a_peer_answers(driver: str, calls: int, small: Given, tmp_path: Path) -> None:
    model = Scripted()
    with OpenAIServer(reply=model) as server, Peer(driver) as peer:
        peer.call("index", **small.collection(tmp_path / "peer"))
        [answer] = peer.call("ask", **small.asked([0]), url=server.url)["answers"]
        assert len(server.chats) == calls
    assert answers.plain(model.claims[-1]) in answers.plain(answer["text"])
    assert 0 < answer["first"] <= answer["seconds"]


# -- the soak --------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's books on processes")
def test_a_short_soak_loses_nothing() -> None:
    samples, tally, did = soak(6, people=2, seed=1, rounds=2)
    assert tally.wrong == []
    assert sum(tally.done.values()) > 0
    result = report(samples, tally, did, 0.1)
    assert "too few samples" in result.notes


def _samples(*megabytes: float, handles: Sequence[int] = ()) -> list[Sample]:
    handles = handles or [50] * len(megabytes)
    return [Sample(mb, 20, held, 5, 1) for mb, held in zip(megabytes, handles, strict=True)]


def test_what_grows_from_rest_to_rest_is_a_leak() -> None:
    assert leaks(_samples(300, 350, 400, 402, 399, 401, 400)) == []
    assert leaks(_samples(300, 350, 400, 420, 440, 460, 480)) == ["memory grows: 400 to 480 MB"]
    flat = (400.0,) * 8
    assert leaks(_samples(*flat, handles=[50, 60, 70, 80, 90, 100, 110, 120])) == ["handles grow: 70 to 120"]
    assert leaks(_samples(*flat, handles=[50, 60, 61, 60, 62, 61, 60, 62])) == []


def test_a_mixed_answer_is_found() -> None:
    from assistant import Answer

    tally = Tally(patience=10)
    good = Answer("What of zq1x?", "answered", "llm", "To zq1x the papers say this [1].")
    tally.check(good, "zq1x", 1)
    assert tally.wrong == []
    tally.check(replace(good, body="To zq2x the papers say this [1]."), "zq1x", 1)
    tally.check(replace(good, question="What of zq2x?"), "zq1x", 1)
    tally.check(replace(good, body="The papers say this."), "zq1x", 1)
    tally.check(good, "zq1x", 11)
    tally.check(None, "zq1x", 1)
    assert [complaint.split(":")[0] for complaint in tally.wrong] == [
        "mixed",
        "mixed",
        "mixed",
        "lost",
        "lost",
    ]
