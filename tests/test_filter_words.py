"""Filters in the words of a question: what is one, what is none, and what is left to be searched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant, Filters, Paper
from assistant.corpus import split
from assistant.questions.filter_words import read

TODAY = date(2026, 11, 1)


class Known:
    """A collection of a few names."""

    def has_years(self) -> bool:
        return True

    def has_author(self, name: str) -> bool:
        return name.rpartition(" ")[2].casefold() in {"hajij", "smith", "lee", "berg", "adam"}

    def has_venue(self, name: str) -> bool:
        return name.casefold() in {"neurips", "icml"}

    def has_source(self, name: str) -> bool:
        return name == "refs.bib"


@pytest.mark.parametrize(
    ("question", "rest", "filters"),
    [
        ("What is X since 2022?", "What is X?", Filters(since=2022)),
        ("Which papers before 2020 study X?", "Which papers study X?", Filters(until=2019)),
        ("What is new on X after 2020?", "What is new on X?", Filters(since=2021)),
        ("X published until 2019", "X", Filters(until=2019)),
        ("between 2019 and 2021, what was X?", "what was X?", Filters(since=2019, until=2021)),
        ("X from 2017 to 2020?", "X?", Filters(since=2017, until=2020)),
        ("X in the last three years?", "X?", Filters(since=2023)),
        ("X over the past 5 years?", "X?", Filters(since=2021)),
        ("Papers published in 2023 on X", "Papers on X", Filters(since=2023, until=2023)),
        ("What do papers from 2023 say of X?", "What do papers say of X?", Filters(since=2023, until=2023)),
        ("papers of last year on X", "papers on X", Filters(since=2025, until=2025)),
        ("papers by Hajij on X", "papers on X", Filters(author="Hajij")),
        ("papers by hajij on X", "papers on X", Filters(author="hajij")),
        ("What of X is by Smith and Lee?", "What of X is?", Filters(author="Smith Lee")),
        ("X by Smith et al. on graphs?", "X on graphs?", Filters(author="Smith")),
        ("work by van den Berg on X", "work on X", Filters(author="van den Berg")),
        ("papers from NeurIPS on X", "papers on X", Filters(venue="NeurIPS")),
        ("X at ICML 2023?", "X?", Filters(since=2023, until=2023, venue="ICML")),
        ("X in file refs.bib?", "X?", Filters(source="refs.bib")),
        ("X, since 2021, by Lee?", "X?", Filters(since=2021, author="Lee")),
        ("since 2022?", "", Filters(since=2022)),
    ],
)
def test_filters_are_found_and_taken_out(question: str, rest: str, filters: Filters) -> None:
    reading = read(question, Known(), TODAY)
    assert (reading.rest, reading.filters) == (rest, filters)
    assert all(found.words in question for found in reading.found)


@pytest.mark.parametrize(
    "question",
    [
        "What caused the 2008 crisis?",
        "How accurate is AlexNet on ImageNet 2012?",
        "What changed after 2020 models were distilled?",
        "Who won the cup in 1998?",
        "What is gained by contrast?",
        "What is gained by using attention?",
        "How does step by step reasoning work?",
        "Is it trained by Adam optimisers?",
        "Is it used by Google?",
        "What is new in Transformers?",
        "How does it run at GPU speed?",
        "What changed over the last 3 years of training?",
        "Which of the last three layers matter?",
        "How many of 2000 papers are right?",
        "papers by Nobody on X",
        "papers in other.bib",
    ],
)
def test_what_is_no_filter_is_left_alone(question: str) -> None:
    reading = read(question, Known(), TODAY)
    assert (reading.rest, reading.found) == (question, ())


_WORDS = st.sampled_from(
    "by from in at since before between and 2022 1999 the last three years published papers Hajij Smith "
    "NeurIPS ICML refs.bib file et al. , ? - year van den".split()
)


@given(st.one_of(st.text(max_size=300), st.lists(_WORDS, max_size=40).map(" ".join)))
def test_any_question_can_be_read(question: str) -> None:
    reading = read(question, Known(), TODAY)
    assert all(found.words in question for found in reading.found)
    assert all(found.filters for found in reading.found)
    letters = [letter for letter in reading.rest if letter.isalnum()]
    left = iter(question)
    assert all(letter in left for letter in letters)  # nothing is added, nothing changes its place


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """A collection with years, authors and a venue."""
    rows = [
        ("Pruning graph networks", 2019, ("Mustafa Hajij", "Ada Smith"), "NeurIPS"),
        ("Pruning graph transformers", 2022, ("Li, Wei",), "Proceedings of ICML 2022"),
        ("Pruning graph encoders early", 2024, ("Ada Smith",), "NeurIPS"),
    ]
    texts = [f"{title} makes graph models small. It is fast." for title, *_ in rows]
    papers = [
        Paper(f"p{n}", title, texts[n], authors, year, venue, sentences=split(texts[n]))
        for n, (title, year, authors, venue) in enumerate(rows)
    ]
    with Assistant.open(tmp_path_factory.mktemp("dated") / "index") as assistant:
        assistant.add(papers)
        yield assistant


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("How does pruning graph models work since 2022?", {2022, 2024}),
        ("How does pruning graph models work before 2022?", {2019}),
        ("Which pruning of graph models is by Hajij?", {2019}),
        ("Which pruning of graph models is by Wei Li?", {2022}),
        ("Which pruning of graph models is by Smith from NeurIPS since 2020?", {2024}),
        ("Which pruning of graph models was published at ICML?", {2022}),
    ],
)
def test_the_answer_keeps_to_the_filters_and_says_so(
    dated: Assistant, question: str, years: set[int]
) -> None:
    answer = dated.ask(question)
    assert {hit.paper.year for hit in answer.sources} == years
    for found in answer.filters_found:
        assert any(found.words in notice for notice in answer.notices)
        assert found.words not in answer.searched
    assert bool(answer.filters) == bool(answer.filters_found) == (len(years) < 3)


def test_a_first_name_alone_is_no_filter(dated: Assistant) -> None:
    answer = dated.ask("Which pruning of graph models is by Ada?")
    assert not answer.filters
    assert not answer.filters_found


def test_given_filters_and_those_found_hold_together(dated: Assistant) -> None:
    answer = dated.ask("How does pruning graph models work since 2020?", filters=Filters(author="Smith"))
    assert answer.filters == Filters(since=2020, author="Smith")
    assert [found.words for found in answer.filters_found] == ["since 2020"]
    assert {hit.paper.year for hit in answer.sources} == {2024}


def test_filters_in_words_can_be_turned_off(dated: Assistant) -> None:
    answer = dated.ask("How does pruning graph models work since 2022?", filters_from_words=False)
    assert len(answer.sources) == 3
    assert not answer.filters
    assert answer.searched == answer.question


def test_filters_that_no_paper_passes_are_a_refusal(dated: Assistant) -> None:
    answer = dated.ask("How does pruning graph models work since 2025?")
    assert answer.refusal is not None
    assert answer.refusal.kind == "filtered_out"
    assert answer.filters == Filters(since=2025)


def test_years_mean_nothing_where_no_paper_has_one(sample: Assistant) -> None:
    answer = sample.ask("What causes over-squashing since 2022?")
    assert answer.status == "answered"
    assert not answer.filters
    assert "No paper here has a year" in answer.notices[0]


def test_a_follow_up_takes_the_filters_over(dated: Assistant) -> None:
    chat = dated.chat()
    chat.ask("How does pruning graph models work, by Smith, since 2020?")
    assert chat.ask("Why is it fast?").filters == Filters(since=2020, author="Smith")
    answer = chat.ask("And before 2020?")
    assert answer.filters == Filters(until=2019, author="Smith")
    assert {hit.paper.year for hit in answer.sources} == {2019}
    assert not chat.ask("How does pruning graph transformers work?").filters


def test_a_file_is_a_filter(tmp_path: Path) -> None:
    for name, title in (("one", "Pruning graph networks"), ("two", "Pruning graph transformers")):
        row = f'{{"title": "{title}", "abstract": "{title} makes graph models small."}}\n'
        (tmp_path / f"{name}.jsonl").write_text(row, "utf-8")
    with Assistant.open(tmp_path / "index") as assistant:
        assistant.add(tmp_path / "one.jsonl", tmp_path / "two.jsonl")
        answer = assistant.ask("What makes graph models small in two.jsonl?")
    assert [hit.title for hit in answer.sources] == ["Pruning graph transformers"]
