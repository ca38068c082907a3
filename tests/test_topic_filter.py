"""A topic as a filter: in both legs of a search, and in all else that takes filters."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant import Assistant, Filters, Settings, Topics
from assistant.cli import app
from assistant.errors import UsageError
from assistant.export import answer_json
from assistant.index import filtering
from assistant.index.browsing import Order
from assistant.topics.membership import Membership

from .openai_server import MODEL, OpenAIServer, says
from .test_topics import all_fields, papers


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("topics") / "index"
    with Assistant.open(path) as opened:
        opened.add(all_fields(8))
    return path


@pytest.fixture
def assistant(made: Path, tmp_path: Path) -> Iterator[Assistant]:
    """A collection of four fields whose topics nobody has asked for yet."""
    with Assistant.open(shutil.copytree(made, tmp_path / "index")) as opened:
        yield opened


def of_field(topics: Topics, field: str) -> Filters:
    """The filter for the topic with papers of a field."""
    return Filters(topic=next(t.name for t in topics if t.papers[0].startswith(field)))


def fields(ids: Iterable[str]) -> set[str]:
    return {paper_id.partition("-")[0] for paper_id in ids}


@pytest.mark.parametrize("named", [2000, 3, 0], ids=["few are named", "some are named", "none is named"])
def test_both_legs_of_a_search_are_filtered(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, named: int
) -> None:
    monkeypatch.setattr(filtering, "_NAMED", named)
    wanted = of_field(assistant.topics(), "galaxy")
    index, question = assistant.index, "speech recognition of noisy audio, part 3 of our work"
    vector = assistant.embedder.embed([question])[0]
    near, match = index.nearest(vector, 5, wanted), index.matching(question, 5, wanted)
    assert len(near) == len(match) == 5
    assert fields([row[0] for row in near]) == fields([row[0] for row in match]) == {"galaxy"}
    everything = dict(index.matching(question, 32))
    assert match == sorted(match, key=lambda row: -row[1])
    assert all(score == pytest.approx(everything[paper_id]) for paper_id, score in match)
    # More than there are: all of the topic, and nothing else.
    assert fields([row[0] for row in index.nearest(vector, 32, wanted)]) == {"galaxy"}
    assert fields([row[0] for row in index.matching(question, 32, wanted)]) == {"galaxy"}
    assert len(index.nearest(vector, 32, wanted)) == 8
    narrow = wanted & Filters(since=2013)
    found = {row[0] for row in (*index.nearest(vector, 32, narrow), *index.matching(question, 32, narrow))}
    assert found == {paper.id for paper in papers("galaxy", 8) if (paper.year or 0) >= 2013}


def test_all_that_takes_filters_takes_a_topic(assistant: Assistant) -> None:
    topics = assistant.topics()
    wanted = of_field(topics, "protein")
    topic = topics.find(wanted.topic)
    assert fields([hit.paper.id for hit in assistant.search("auction", 5, filters=wanted)]) == {"protein"}
    assert {paper.id for paper in assistant.papers(filters=wanted)} == set(topic.papers)
    assert assistant.papers(filters=Filters(topic=topic.id.upper())) == assistant.papers(filters=wanted)
    answer = assistant.ask("What is said of enzymes?", filters=wanted)
    assert fields([hit.id for hit in answer.citations]) == {"protein"}
    assert answer_json(answer)["filters"]["topic"] == topic.name
    summary = assistant.summarize(filters=wanted)
    assert summary.subject == topic.name
    assert {paper.id for paper in summary.papers} == set(topic.papers)
    some = assistant.summarize("our work", filters=wanted & Filters(until=2011))
    assert some.papers
    assert all(paper.id in topic.papers and (paper.year or 0) <= 2011 for paper in some.papers)
    page = assistant.index.page("work", wanted, Order.NEWEST, 0, 5)
    assert page.total == 8
    assert fields([paper.id for paper in page.papers]) == {"protein"}
    cards = assistant.cards(filters=wanted)
    assert {card.id for card in cards} == set(topic.papers)


def test_topics_are_made_and_kept_up_to_date_for_a_filter(assistant: Assistant) -> None:
    assert not (assistant.path / "topics.json").exists()
    assert assistant.papers(filters=Filters(topic="t1"))
    assert (assistant.path / "topics.json").exists()
    wanted = of_field(assistant.topics(), "speech")
    came = papers("speech", 1, start=30)
    assistant.add(came)
    assert came[0].id in {paper.id for paper in assistant.papers(filters=wanted)}
    assistant.remove([came[0].id])
    assert len(assistant.papers(filters=wanted)) == 8
    assistant.rename_topic(wanted.topic, "Voices")
    assert len(assistant.papers(filters=Filters(topic="voices"))) == 8
    other = of_field(assistant.topics(), "auction")
    assistant.merge_topics(["Voices", other.topic])
    assert len(assistant.papers(filters=Filters(topic="Voices"))) == 16
    assert not assistant.papers(filters=Filters(topic="Voices") & of_field(assistant.topics(), "galaxy"))


def test_a_topic_that_is_not_there_is_told_with_the_nearest(assistant: Assistant) -> None:
    name = of_field(assistant.topics(), "galaxy").topic
    for ask in (assistant.search, assistant.ask):
        with pytest.raises(UsageError, match="There is no topic") as problem:
            ask("dark matter", filters=Filters(topic=f"{name}x"))
        assert name in problem.value.hint
    with pytest.raises(UsageError, match="There is no topic “Zzyzx”"):
        assistant.papers(filters=Filters(topic="Zzyzx"))
    for hostile in ("x" * 100_000, "a/b", '"', "\x00", "\ud800"):
        with pytest.raises(UsageError):
            assistant.papers(filters=Filters(topic=hostile))
    assert assistant.papers(filters=Filters(topic=" \n ")) == assistant.papers()


def test_topics_are_read_once_as_long_as_they_stay(assistant: Assistant) -> None:
    class Counted:
        looks = 0

        def state(self) -> object:
            self.looks += 1
            return assistant._topics(asking=False).state()

    assistant.topics()
    counted = Counted()
    members = Membership(counted)  # type: ignore[arg-type]
    assert members("t1") is members("T1")
    assert counted.looks == 2
    before = members("t1")
    assistant.merge_topics(["t1", "t2"])
    assert before < members("t1")


def test_an_answer_is_not_remembered_for_a_topic_of_other_papers(
    made: Path, tmp_path: Path, openai_server: OpenAIServer
) -> None:
    openai_server.enqueue(says("{}"), says("It is so [P1.S1]."), says("It is not so [P1.S1]."))
    path = shutil.copytree(made, tmp_path / "index")
    settings = Settings.load(index=path, base_url=openai_server.url, model=MODEL, max_retries=0, cache_mb=10)
    with Assistant.open(settings=settings) as opened:
        wanted = of_field(opened.topics(), "protein")
        first = opened.ask("What is said of enzymes?", filters=wanted)
        assert opened.ask("What is said of enzymes?", filters=wanted).text == first.text
        assert len(openai_server.chats) == 2
        opened.merge_topics([wanted.topic, of_field(opened.topics(), "galaxy").topic])
        assert opened.ask("What is said of enzymes?", filters=wanted).text != first.text


def test_the_command_line_takes_a_topic(assistant: Assistant) -> None:
    wanted = of_field(assistant.topics(), "auction").topic
    path = str(assistant.path)
    assistant.close()
    run = CliRunner().invoke
    for command in (
        ["search", "galaxies"],
        ["ask", "What of truthful bidding in auctions?"],
        ["list"],
        ["summarize"],
    ):
        done = run(app, [*command, "--topic", wanted, "--index", path, "--json"])
        assert done.exit_code == 0, done.output
        assert "auction-1" in done.stdout
        assert "galaxy-" not in json.dumps(json.loads(done.stdout)), command
    exported = run(app, ["export", "jsonl", "--topic", wanted, "--index", path])
    assert exported.stdout.count("\n") == 8, exported.output
    done = run(app, ["list", "--topic", "nothing of the kind", "--index", path])
    assert done.exit_code == 2
    assert "There is no topic “nothing of the kind”." in done.stderr
