"""Questions that may follow an answer: made of its papers, and answered by the collection."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import Assistant
from assistant.conversation.followups import follow_ups, name_of
from assistant.conversation.offering import EXAMPLES
from assistant.errors import IndexNotFoundError
from assistant.types import Answer, Paper, Refusal


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("SpecDec++: Boosting Speculative Decoding", "SpecDec++"),
        ("OPT-Tree: Speculative Decoding with Adaptive Drafts", "OPT-Tree"),
        ("GPT-2 - a model", "GPT-2"),
        ("Attention: a review", ""),
        ("Attention Is All You Need", ""),
        ("On X: what it is", ""),
        ("", ""),
    ],
)
def test_a_title_names_its_work(title: str, name: str) -> None:
    assert name_of(Paper("p", title)) == name


@pytest.mark.parametrize(
    "question",
    [
        "How can speculative decoding adapt its draft length?",
        "How does graph topology affect over-squashing?",
    ],
)
def test_the_collection_answers_what_is_offered(sample: Assistant, question: str) -> None:
    answer = sample.ask(question)
    offered = sample.follow_ups(answer)
    assert len(offered) == len(set(offered)) == 3
    assert question not in offered
    found = {hit.id for hit in answer.sources}
    for each in offered:
        next_answer = sample.ask(each)
        assert next_answer.status == "answered"
        assert found & {citation.id for citation in next_answer.citations}


def test_fewer_are_offered_where_fewer_are_wanted(sample: Assistant) -> None:
    answer = sample.ask("How can speculative decoding adapt its draft length?")
    assert len(sample.follow_ups(answer, most=1)) == 1


def test_nothing_follows_from_what_is_not_there(sample: Assistant) -> None:
    assert sample.follow_ups(sample.ask("How long do I boil an egg?")) == []
    assert sample.follow_ups(Answer("Why?", "answered", "llm", "So.")) == []
    bare = Paper("p", "ABC: a paper without an abstract")
    refused = Answer("Why?", "refused", "llm", "", refusal=Refusal("not_stated", "No.", (bare,)))
    assert [*follow_ups(refused)] == []


def test_the_sample_has_questions_to_begin_with_that_were_chosen_for_it(sample: Assistant) -> None:
    assert sample.openers() == [*EXAMPLES]
    assert sample.openers(most=2) == [*EXAMPLES[:2]]


def test_any_library_has_questions_to_begin_with_that_it_answers(tmp_path: Path) -> None:
    with Assistant.open(tmp_path / "index") as assistant:
        assistant.add(
            [
                Paper(
                    f"p{number}",
                    f"{crop} under drought in semi-arid fields",
                    f"Little is known of {crop} in dry years. We propose a method that grows {crop} with "
                    f"half the water. Our results show that the yield of {crop} rises by 1{number} % there.",
                )
                for number, crop in enumerate(("Sorghum", "Millet", "Cassava", "Chickpea", "Barley"))
            ]
        )
        offered = assistant.openers()
        assert len(offered) == len(set(offered)) == 3
        assert not {*offered} & {*EXAMPLES}
        assert all(assistant.ask(each).status == "answered" for each in offered)
        assistant.remove([f"p{number}" for number in range(5)])
        with pytest.raises(IndexNotFoundError):
            assistant.openers()
