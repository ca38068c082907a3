"""Names of topics: phrases found by rule, names of a language model, and replies of any kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant, Paper
from assistant.topics.asking import parsed
from assistant.topics.naming import Namer
from assistant.topics.phrases import pieces

from .openai_server import MODEL, OpenAIServer, says, unauthorized
from .test_topics import all_fields, names


@pytest.fixture
def opened(tmp_path: Path, openai_server: OpenAIServer) -> Assistant:
    from assistant import Settings

    settings = Settings.load(index=tmp_path / "i", base_url=openai_server.url, model=MODEL, max_retries=0)
    assistant = Assistant.open(settings=settings)
    assistant.add(all_fields(6))
    return assistant


def test_a_model_names_all_topics_in_one_call_once(opened: Assistant, openai_server: OpenAIServer) -> None:
    openai_server.enqueue(says('{"1": "Voices in noise", "2": "Life of proteins", "3": "Honest bids"}'))
    with opened:
        topics = opened.topics()
        assert {"Voices in noise", "Life of proteins", "Honest bids"} < set(names(topics).values())
        assert opened.topics() == topics
        assert names(opened.topics(refresh=True)) == names(topics)
    [request] = openai_server.chats
    assert all(topic.examples[0].title in request.question for topic in topics)
    with Assistant.open(opened.path) as without:
        assert names(without.topics()) == names(topics)


@pytest.mark.parametrize(
    "reply",
    [
        'Sure! Here you are:\n```json\n{"1": "Voices in noise"}\n``` Enjoy.',
        '{"topics": [{"id": "T1", "name": "Voices in noise"}, {"id": "T9"}, {"name": "x"}]}',
        '[{"topic": 1, "title": "voices in noise"}]',
        '1: "Voices in noise"\n2. "a b c d e f g h i"',
        '{"1": "**Voices in noise**", "2": 7, "3": null, "4": {}, "99": "Nowhere", "x": "y"',
        '{"1": "Voices\\nin\\u0007 noise", "2": "Voices in noise"}',
    ],
)
def test_replies_that_are_not_as_asked_are_read_as_far_as_they_go(
    opened: Assistant, openai_server: OpenAIServer, reply: str
) -> None:
    openai_server.enqueue(says(reply))
    with opened:
        topics = opened.topics()
        assert "Voices in noise" in names(topics).values()
        assert len(set(names(topics).values())) == len(topics) >= 4
        assert topics.notices == ()


@pytest.mark.parametrize("reply", ["No.", "{}", "[[[[", '{"1": ""}', '{"1": "!!!"}', '{"1": 1}'])
def test_where_a_reply_is_of_no_use_our_names_stand(
    opened: Assistant, openai_server: OpenAIServer, reply: str
) -> None:
    openai_server.enqueue(says(reply))
    with opened:
        assert all(len(topic.name.split()) >= 2 for topic in opened.topics())


def test_a_model_that_fails_is_told_and_asked_again(opened: Assistant, openai_server: OpenAIServer) -> None:
    openai_server.enqueue(unauthorized())
    openai_server.enqueue(says('{"1": "Voices in noise"}'))
    with opened:
        topics = opened.topics()
        assert "names of our own" in topics.notices[0]
        assert "Voices in noise" in names(opened.topics()).values()


@given(st.text(max_size=400))
def test_any_reply_is_read(reply: str) -> None:
    for number, name in parsed(reply).items():
        assert number >= 0
        assert name == name.strip()
        assert name.isprintable()


@given(st.text(max_size=300))
def test_any_text_has_pieces(text: str) -> None:
    for piece in pieces(text):
        assert piece.key
        assert 1 <= len(piece.words) <= 4


def test_long_texts_do_not_take_long() -> None:
    assert len(list(pieces("word" * 1_000_000))) <= 1
    assert len(list(pieces("net " * 1_000_000))) < 20_000


def test_names_are_whole_phrases_and_all_different() -> None:
    graphs = [
        Paper(f"g{n}", f"Graph neural networks, part {n}", "Deep graph neural networks learn.")
        for n in range(5)
    ]
    more = [
        Paper(f"h{n}", f"Graph neural networks for drugs {n}", "Graph neural networks for drug design.")
        for n in range(4)
    ]
    speech = [Paper(f"s{n}", f"Speech recognition {n}", "We improve speech recognition.") for n in range(5)]
    named = Namer({0: graphs, 1: more, 2: speech}).names()
    assert named[2].name == "Speech recognition"
    assert named[0].name != named[1].name
    assert not any(name.name.casefold().endswith("neural") for name in named.values())


def test_papers_without_words_have_a_name() -> None:
    named = Namer({0: [Paper("a", "?"), Paper("b", "!!")], 1: [Paper("c", "")]}).names()
    assert {name.name for name in named.values()} == {"Other papers", "Other papers 2"}
