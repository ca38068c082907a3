"""Topics of real indexes: found, named, kept over imports, changed by the user; and what goes wrong."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from assistant import Assistant, Paper, Settings, Topics, sample_collection
from assistant.corpus import read
from assistant.errors import UsageError
from assistant.index.layout import Layout

from .papers_abroad import CHINESE, GERMAN, JAPANESE, papers_abroad

FIELDS = {
    "speech": "speech recognition of noisy audio with acoustic models and phoneme decoding",
    "protein": "protein folding and amino acid sequences in molecular dynamics of enzymes",
    "auction": "auction design and truthful bidding of strategic buyers in mechanism design",
    "galaxy": "galaxy formation and dark matter halos in cosmological surveys of redshift",
}
WAYS = (
    "A new bound|We derive it in theory and discuss when it is tight",
    "Measurements|We report on experiments of two years and what they cost",
    "Large data|We collect many examples and publish them with a licence",
    "Learning|We fit a network to it and compare it with older ones",
    "Uncertainty|We tell how sure one may be and where that fails",
    "A history|We look back at thirty years and at what was forgotten",
    "Faster|We need half of the time on the same machine as before",
    "Robustness|We perturb the input and see what breaks first",
)


def papers(field: str, count: int, start: int = 0) -> list[Paper]:
    """Papers of one field, each in its own way."""
    found = []
    for number in range(start, start + count):
        title, text = WAYS[number % len(WAYS)].split("|")
        abstract = f"This is about {FIELDS[field]}. {text}. Part {number} of our work on {FIELDS[field]}."
        title = f"{title} for {FIELDS[field].split(' and ')[0]}, part {number}"
        found.append(Paper(f"{field}-{number}", title, abstract, year=2010 + number % 5))
    return found


def all_fields(count: int) -> list[Paper]:
    return [paper for field in FIELDS for paper in papers(field, count)]


def of_fields(topics: Topics) -> list[set[str]]:
    """The fields whose papers are in each topic."""
    return [{paper.partition("-")[0] for paper in topic.papers} for topic in topics]


def names(topics: Topics) -> dict[str, str]:
    return {topic.id: topic.name for topic in topics}


@pytest.fixture(scope="module")
def four_fields(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("topics") / "index"
    with Assistant.open(path) as assistant:
        assistant.add(all_fields(8))
        assistant.topics()
    return path


@pytest.fixture
def assistant(four_fields: Path, tmp_path: Path) -> Iterator[Assistant]:
    """A collection of four fields whose topics were found already."""
    with Assistant.open(shutil.copytree(four_fields, tmp_path / "index")) as opened:
        yield opened


# -- what is found -----------------------------------------------------------------------------------


def test_the_sample_has_topics_that_a_reader_can_use(sample: Assistant) -> None:
    topics = sample.topics()
    assert 15 <= len(topics) <= 35
    members = [paper for topic in topics for paper in topic.papers]
    assert len(members) == len(set(members))
    assert {*members, *topics.rest} == {paper.id for paper in sample.papers()}
    assert len(topics.rest) <= 20
    assert topics.papers == 203
    assert topics.new == 0
    assert [topic.size for topic in topics] == sorted((topic.size for topic in topics), reverse=True)
    for topic in topics:
        assert len(topic.name.split()) <= 5, topic.name
        assert len(re.split(r"[\s-]", topic.name)) >= 2, topic.name
        assert not topic.name[0].islower()
        assert topic.examples
        assert topic.examples[0].id == topic.papers[0]
        assert topic.terms
    assert len(set(names(topics).values())) == len(topics)
    found = next(topic for topic in topics if "speculative decoding" in topic.name.casefold())
    titles = {paper.id: paper.title for paper in sample.papers()}
    assert sum("Specul" in titles[paper] or "Draft" in titles[paper] for paper in found.papers) >= 10
    assert topics.topic_of(found.papers[0]) == found


def test_the_same_papers_give_the_same_topics(sample: Assistant, tmp_path: Path) -> None:
    rows = [row for row in read(sample_collection()) if isinstance(row, Paper)]
    with Assistant.open(tmp_path / "other") as other:
        other.add(reversed(rows))
        assert [(t.name, t.papers) for t in other.topics()] == [(t.name, t.papers) for t in sample.topics()]


def test_fields_are_told_apart(assistant: Assistant) -> None:
    assert len(assistant.topics()) >= 4
    assert all(len(fields) == 1 for fields in of_fields(assistant.topics()))


# -- what is kept ------------------------------------------------------------------------------------


def test_new_papers_join_the_topics_that_are_there(assistant: Assistant) -> None:
    before = assistant.topics()
    came = papers("galaxy", 2, start=20)
    assistant.add(came)
    topics = assistant.topics()
    assert names(topics) == names(before)
    assert {paper for topic in topics for paper in topic.new} == {paper.id for paper in came}
    assert topics.new == 2
    assert all(topics.topic_of(paper.id) for paper in came)
    assert all(len(fields) == 1 for fields in of_fields(topics))
    assert assistant.topics() == topics  # asked again, nothing has come since
    assistant.remove([came[0].id])
    after = assistant.topics()
    assert after.papers == 33
    assert after.topic_of(came[0].id) is None
    assert after.new == 1


def test_a_collection_that_has_grown_is_looked_at_anew_under_the_old_names(assistant: Assistant) -> None:
    before = assistant.topics()
    assistant.add([paper for field in FIELDS for paper in papers(field, 6, start=20)])
    after = assistant.topics()
    assert after.papers == 56
    assert after.new == 24
    assert names(before).items() & names(after).items()
    known = [topic for topic in after if topic.id in names(before)]
    assert len(known) >= 2
    assert all(names(before)[topic.id] == topic.name for topic in known)
    assert len(set(names(after).values())) == len(after)


def test_topics_outlive_a_rebuild_and_a_refresh(assistant: Assistant) -> None:
    before = assistant.topics()
    assistant.rename_topic(before[0].id, "Mine")
    assistant.rebuild()
    assert names(assistant.topics()) == {**names(before), before[0].id: "Mine"}
    assert names(assistant.topics(refresh=True)) == {**names(before), before[0].id: "Mine"}


@pytest.mark.parametrize(
    "damage", ["", "{", '{"kind": "topics", "format": 99}', "[]", '{"kind": "topics", "format": 1}']
)
def test_a_damaged_file_is_put_aside(assistant: Assistant, damage: str) -> None:
    before = assistant.topics()
    file = Layout(assistant.path).topics
    file.write_text(damage, "utf-8")
    after = assistant.topics()
    assert "found anew" in after.notices[0]
    assert [topic.papers for topic in after] == [topic.papers for topic in before]
    assert file.with_suffix(".damaged").read_text("utf-8") == damage
    assert assistant.topics().notices == ()


def test_parts_that_do_not_fit_are_damage(assistant: Assistant) -> None:
    file = Layout(assistant.path).topics
    state = json.loads(file.read_text("utf-8"))
    state["papers"] = {paper: [99, 0.5] for paper in state["papers"]}
    file.write_text(json.dumps(state), "utf-8")
    assert assistant.topics().notices
    assert assistant.topics().papers == 32


def test_a_disk_that_takes_nothing_costs_time_only(assistant: Assistant) -> None:
    file = Layout(assistant.path).topics
    file.unlink()
    file.mkdir()  # also where no permission would stop the user of the tests
    topics = assistant.topics()
    assert len(topics) >= 4
    assert any("not kept" in notice or "found anew" in notice for notice in topics.notices)


# -- what the user changes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ['A "quoted" name', "Half / half", "Two\nlines\tand\x1b[31m red", "名前", "O'Neill & <b>"]
)
def test_a_name_of_any_kind_stays(assistant: Assistant, name: str) -> None:
    topic = assistant.rename_topic(assistant.topics()[0].id, name)
    assert topic.renamed
    assert topic.name == " ".join("".join(c if c.isprintable() else " " for c in name).split())
    path = assistant.path
    assistant.close()
    with Assistant.open(path) as again:
        assert again.topics().find(topic.name.upper()).id == topic.id


def test_a_merge_takes_in_what_comes_later_and_can_be_undone(assistant: Assistant) -> None:
    before = assistant.topics()
    speech = [t.id for t in before if t.papers[0].startswith("speech")]
    protein = [t.id for t in before if t.papers[0].startswith("protein")]
    merged = assistant.merge_topics([*speech, *protein], "Sound and life")
    assert (merged.id, merged.name, merged.size) == (speech[0], "Sound and life", 16)
    assert set(merged.merged) == {*speech[1:], *protein}
    assistant.add(papers("protein", 1, start=20))
    assert assistant.topics().find("sound and life").new == ("protein-20",)
    assert assistant.topics(refresh=True).find("sound and life").size == 17
    assistant.rename_topic("Sound and life", "Both")
    assert "Both" in assistant.undo_topics()
    assert assistant.topics().find(speech[0]).name == "Sound and life"
    assert "merge" in assistant.undo_topics()
    assert names(assistant.topics()) == names(before)
    with pytest.raises(UsageError, match="no renaming"):
        assistant.undo_topics()


def test_what_cannot_be_changed_is_said(assistant: Assistant) -> None:
    topics = assistant.topics()
    for name in ("", " \n", "!?"):
        with pytest.raises(UsageError, match="letter or digit"):
            assistant.rename_topic(topics[0].id, name)
    with pytest.raises(UsageError, match="at most 80 characters, and this one has 300"):
        assistant.rename_topic(topics[0].id, "x" * 300)
    with pytest.raises(UsageError, match="Another topic"):
        assistant.rename_topic(topics[0].id, topics[1].name.upper())
    with pytest.raises(UsageError, match="Another topic"):
        assistant.rename_topic(topics[0].id, topics[1].id)
    with pytest.raises(UsageError, match="no topic"):
        assistant.rename_topic("nothing of this kind", "x")
    with pytest.raises(UsageError, match="no topic"):
        assistant.rename_topic("", "x")
    with pytest.raises(UsageError, match="two topics"):
        assistant.merge_topics([topics[0].id, topics[0].name])
    assert names(assistant.topics()) == names(topics)


# -- collections of any kind -------------------------------------------------------------------------


def _topics_of(rows: Sequence[Paper], path: Path) -> Topics:
    with Assistant.open(path) as assistant:
        assistant.add(rows)
        found = assistant.topics()
        assert assistant.topics() == found
        assert found.papers == len(assistant.papers())
        assert assistant.save_map(path / "map.html") == found.papers
        return found


def test_one_paper_is_one_topic(tmp_path: Path) -> None:
    [topic] = _topics_of(papers("speech", 1), tmp_path / "i")
    assert topic.papers == ("speech-0",)
    assert topic.name


def test_no_paper_is_no_topic(tmp_path: Path) -> None:
    with Assistant.open(tmp_path / "i") as assistant:
        assistant.add(papers("speech", 1))
        assistant.topics()
        assistant.remove(["speech-0"])
        assert len(assistant.topics()) == 0
        assert len(assistant.topics(refresh=True)) == 0
        assert assistant.save_map(tmp_path / "map.html") == 0
        assistant.add(papers("speech", 1))
        assert len(assistant.topics()) == 1


def test_papers_that_are_all_the_same_are_one_topic(tmp_path: Path) -> None:
    rows = [
        Paper(f"p{n}", f"Speech recognition {n}", "Speech recognition of noisy audio.") for n in range(12)
    ]
    assert sum(topic.size for topic in _topics_of(rows, tmp_path / "i")) == 12
    same = [Paper(f"p{n}", "?!", f"doi:{n}", doi=f"10.1/{n}") for n in range(9)]
    assert sum(topic.size for topic in _topics_of(same, tmp_path / "j")) >= 1


def test_titles_alone_are_enough(tmp_path: Path) -> None:
    rows = [Paper(paper.id, paper.title) for paper in all_fields(6)]
    found = _topics_of(rows, tmp_path / "i")
    assert len(found) >= 3
    assert all(topic.name for topic in found)


@pytest.mark.parametrize("titles", [GERMAN, CHINESE, JAPANESE])
def test_topics_of_other_languages_have_names_that_tell(
    tmp_path: Path, titles: dict[str, tuple[str, ...]]
) -> None:
    rows = [paper for own in papers_abroad(titles).values() for paper in own]
    found = _topics_of(rows, tmp_path / "i")
    assert sum(topic.size for topic in found) == len(rows)
    of_papers = {paper.id: paper.title for paper in rows}
    for topic in found:
        for part in re.split("、|, ", topic.name):
            assert any(part in of_papers[paper_id] for paper_id in topic.papers), topic.name


def test_a_library_on_a_server_keeps_its_topics_here(chroma: object, tmp_path: Path) -> None:
    url = chroma.url  # type: ignore[attr-defined]
    settings = Settings.load(chroma_url=url, index=tmp_path / "test-topics")
    with Assistant.open(settings=settings) as assistant:
        assistant.add(all_fields(4))
        topics = assistant.topics()
        assistant.rename_topic(topics[0].id, "Mine")
        assistant.add(papers("speech", 1, start=20))
        assert assistant.topics().new == 1
    assert list(tmp_path.rglob("topics.json"))
    with Assistant.open(settings=settings) as again:
        assert again.topics().find("mine").id == topics[0].id
