"""Conversations, through the facade: follow-ups by rules and with a model, new topics, files."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Answer, Assistant, Chat, Citation, Done, Paper, Status, Token
from assistant.conversation.condense import messages_for, question_in
from assistant.conversation.leaning import leans
from assistant.conversation.references import papers_meant
from assistant.conversation.rules import condensed
from assistant.errors import SavedFileError, UsageError
from assistant.models.prompts import Prompt
from assistant.models.tokens import count
from assistant.saved import Turn

from .openai_server import OpenAIServer, refuses_to_talk, says, unauthorized
from .test_answers import with_model

FIRST = "How does Ewald message passing handle long-range interactions?"
TITLE = "Ewald-based Long-Range Message Passing for Molecular Graphs"


def answered(*titles: str, question: str = "What is there?") -> Answer:
    cited = tuple(Citation(number, Paper(f"p{number}", title), ()) for number, title in enumerate(titles, 1))
    return Answer(question, "answered", "extractive", "Said.", citations=cited)


# -- which questions lean on what was said -------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    [
        "And on graphs?",
        "Why?",
        "What about memory?",
        "How much faster is it?",
        "Compare it with ring attention.",
        "How do those two differ?",
        "Does the second one need training?",
        "What does [2] say about speed?",
        "Is that method open source?",
        "Which of them needs no labels?",
        "Who are the authors?",
        "What are the limitations?",
        "On which datasets?",
        "Is there another paper on this?",
        "Can one go lower?",
        "What if there is no GPU?",
        "And since 2022?",
        "Do they compare against baselines?",
        "Does the former scale?",
        "Is anything faster than that?",
    ],
)
def test_a_follow_up_is_known_by_its_words(question: str) -> None:
    assert leans(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is over-squashing?",
        "Which methods show that attention is low rank?",
        "Is it possible to train diffusion models in four bits?",
        "Why do graph networks lose information as they get deeper?",
        "How does depth compare with width in transformers?",
        "Which papers in this collection treat pruning?",
        "Are larger drafts better than smaller ones in speculative decoding?",
        "How can adding more layers hurt a recommender?",
        "What do people do with sparse experts these days?",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    assert not leans(question)


@given(st.text(max_size=400), st.text(max_size=200))
def test_any_text_can_follow_any_text(question: str, before: str) -> None:
    leans(question)
    turn = Turn(before, before, answered("On a thing", question=before))
    assert condensed(question, [turn]).startswith(question)
    assert set(papers_meant(question, turn.answer)) <= {turn.answer.citations[0].paper}


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("What does [2] say?", ["B"]),
        ("And paper 3?", ["C"]),
        ("Does the second one scale?", ["B"]),
        ("How about the first paper?", ["A"]),
        ("Is the last of them better?", ["C"]),
        ("Does the latter need labels?", ["B"]),
        ("How do those two differ?", ["A", "B"]),
        ("Compare it with ring attention.", ["A"]),
        ("Is that method faster?", ["A"]),
        ("What does [7] say?", []),
        ("And on graphs?", []),
    ],
)
def test_what_a_question_points_at(question: str, meant: list[str]) -> None:
    assert [paper.title for paper in papers_meant(question, answered("A", "B", "C"))] == meant


# -- without a model -----------------------------------------------------------------------------------


def test_a_follow_up_is_answered_by_what_was_said(sample: Assistant) -> None:
    chat = sample.chat()
    assert chat.ask(FIRST).citations[0].title == TITLE
    answer = chat.ask("By how much does it lower the errors?")
    assert answer.question == "By how much does it lower the errors?"
    assert TITLE in answer.searched
    assert answer.sources[0].title == TITLE
    assert [turn.question for turn in chat.history] == [FIRST, answer.question]


def test_a_new_topic_owes_nothing_to_the_old_one(sample: Assistant) -> None:
    question = "How can speculative decoding adapt its draft length?"
    chat = sample.chat()
    chat.ask(FIRST)
    answer = chat.ask(question)
    assert answer.searched == question
    assert answer.body == sample.ask(question).body


def test_a_question_by_number_is_about_that_paper(sample: Assistant) -> None:
    chat = sample.chat()
    first = chat.ask("Which papers propose methods for speculative decoding, and how do they differ?")
    answer = chat.ask("What does [3] propose?")
    assert first.citations[2].title in answer.searched
    assert first.citations[2].paper in [hit.paper for hit in answer.sources[:2]]


def test_the_first_question_of_a_conversation_stands_alone(sample: Assistant) -> None:
    assert sample.chat().ask("Why is it slow?").searched == "Why is it slow?"


def test_a_stream_that_is_left_leaves_no_turn(sample: Assistant) -> None:
    chat = sample.chat()
    events = chat.stream(FIRST)
    next(events)
    events.close()
    assert not chat.history


def test_asynchronous_code_can_talk_too(sample: Assistant) -> None:
    async def run() -> Chat:
        chat = sample.chat()
        await chat.aask(FIRST)
        assert [event async for event in chat.astream("Why?")]
        return chat

    assert len(asyncio.run(run()).history) == 2


# -- with a model --------------------------------------------------------------------------------------


def test_a_model_makes_the_follow_up_stand_alone(sample: Assistant, openai_server: OpenAIServer) -> None:
    openai_server.enqueue(
        says("It uses a Fourier scheme [P1.S1]."),
        says('Standalone question: "How large are the gains of Ewald message passing?"', usage=(50, 9)),
        says("They are 10 % [P1.S2].", usage=(500, 20)),
    )
    with with_model(sample, openai_server) as assistant:
        chat = assistant.chat()
        chat.ask(FIRST)
        answer = chat.ask("And how large are the gains?")
    assert answer.searched == "How large are the gains of Ewald message passing?"
    assert (answer.usage.calls, answer.usage.prompt_tokens, answer.usage.completion_tokens) == (2, 550, 29)
    told = openai_server.chats[1].question
    assert FIRST in told
    assert f"[1] {answer.sources[0].title}" in told or "[1] " in told
    assert "Question: How large are the gains of Ewald message passing?" in openai_server.chats[2].question


def test_a_question_that_stands_alone_costs_one_call(sample: Assistant, openai_server: OpenAIServer) -> None:
    openai_server.enqueue(says("A [P1.S1]."), says("B [P1.S1]."))
    with with_model(sample, openai_server) as assistant:
        chat = assistant.chat()
        chat.ask(FIRST)
        assert chat.ask("How can speculative decoding adapt its draft length?").usage.calls == 1
    assert len(openai_server.chats) == 2


@pytest.mark.parametrize(
    "failure",
    [unauthorized(), refuses_to_talk(), says(""), says("…"), says("First.\nSecond, no question.\nThird.")],
    ids=["unauthorized", "refuses", "empty", "no word", "prose"],
)
def test_where_the_model_fails_the_rules_serve(
    sample: Assistant, openai_server: OpenAIServer, failure: object
) -> None:
    openai_server.enqueue(says("A [P1.S1]."), failure, says("B [P1.S1]."))  # type: ignore[arg-type]
    with with_model(sample, openai_server, max_retries=0) as assistant:
        chat = assistant.chat()
        chat.ask(FIRST)
        answer = chat.ask("How large are its gains?")
    assert answer.status == "answered"
    assert answer.searched.startswith("How large are its gains? (“")


@pytest.mark.parametrize(
    ("reply", "question"),
    [
        ("What is X?", "What is X?"),
        ("  **What is X?**\n", "What is X?"),
        ("Sure! Here is it:\n\nRewritten question: What is X?", "What is X?"),
        ("Rephrased query: what X costs", "what X costs"),
        ("\n\n", ""),
        ("word " * 2000 + "?", ""),
    ],
)
def test_what_a_model_replies_is_read_leniently(reply: str, question: str) -> None:
    assert question_in(reply, "And X?") == question


@given(st.text(max_size=600))
def test_no_reply_makes_reading_it_fail(reply: str) -> None:
    assert "\n" not in question_in(reply, "And X?")


def test_the_history_keeps_to_its_budget() -> None:
    turns = [Turn(f"Question {n}?", "", answered("T", question="x" * 9000)) for n in range(50)]
    prompt = Prompt.load("condense")
    empty = messages_for("Why?", [], prompt, "m", 500)
    told = messages_for("Why?", turns, prompt, "m", 500)
    extra = sum(count(m.content) for m in told) - sum(count(m.content) for m in empty)
    assert 0 < extra <= 500
    assert "Question 49?" in told[1].content
    assert "Question 0?" not in told[1].content


# -- files ---------------------------------------------------------------------------------------------


def test_a_conversation_goes_on_after_it_was_saved(sample: Assistant, tmp_path: Path) -> None:
    chat = sample.chat()
    chat.ask(FIRST)
    chat.save(tmp_path / "chat.json")
    again = Chat.load(tmp_path / "chat.json", sample)
    assert again.history == chat.history
    assert TITLE in again.ask("By how much does it lower the errors?").searched
    assert len(again.history) == 2


def test_a_conversation_is_told_again_without_being_asked(sample: Assistant, tmp_path: Path) -> None:
    chat = sample.chat()
    answer = chat.ask(FIRST)
    chat.save(tmp_path / "chat.json")
    events = list(Chat.load(tmp_path / "chat.json", sample).replay())
    assert events[0] == Status(FIRST)
    assert "".join(event.text for event in events if isinstance(event, Token)) == answer.body
    assert [event for event in events if isinstance(event, Citation)] == list(answer.citations)
    assert isinstance(events[-1], Done)
    assert events[-1].answer == answer


@pytest.mark.parametrize(
    ("edit", "place"),
    [
        (lambda data: data["turns"][0]["answer"].update(status="maybe"), "turns[0].answer.status"),
        (lambda data: data["turns"][0].pop("question"), "turns[0].question"),
        (lambda data: data["turns"][0]["answer"]["citations"][0].update(number="one"), "citations[0].number"),
        (lambda data: data.update(turns=3), "turns"),
        (lambda data: data.update(format=99), "format 99"),
        (lambda data: data.update(kind="novel"), "kind"),
        (lambda data: data.update(kind="answer"), "answer"),
    ],
)
def test_a_file_edited_by_hand_gets_one_clear_error(
    sample: Assistant, tmp_path: Path, edit: object, place: str
) -> None:
    chat = sample.chat()
    chat.ask(FIRST)
    path = tmp_path / "chat.json"
    chat.save(path)
    data = json.loads(path.read_text("utf-8"))
    edit(data)  # type: ignore[operator]
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(SavedFileError) as caught:
        Chat.load(path, sample)
    assert place in caught.value.message
    assert "chat.json" in caught.value.message


@pytest.mark.parametrize("content", ["", "{", "[1, 2]", "nonsense", "[" * 100_000, "\x00\xff"])
def test_a_file_of_something_else(sample: Assistant, tmp_path: Path, content: str) -> None:
    path = tmp_path / "chat.json"
    path.write_text(content, "utf-8")
    with pytest.raises(SavedFileError, match=r"chat\.json cannot be read"):
        Chat.load(path, sample)


def test_a_file_that_is_not_there_or_cannot_be_written(sample: Assistant, tmp_path: Path) -> None:
    with pytest.raises(SavedFileError, match="cannot be read"):
        Chat.load(tmp_path / "nothing.json", sample)
    with pytest.raises(UsageError, match="cannot be written"):
        sample.chat().save(tmp_path / "no folder" / "chat.json")
    assert not list(tmp_path.iterdir())
