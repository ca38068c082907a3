"""Names of topics: phrases found by rule, names of a language model, and replies of any kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant, Paper
from assistant.models.prompts import Prompt
from assistant.models.tokens import count_messages
from assistant.topics.asking import Unnamed, messages_for, parsed
from assistant.topics.naming import Namer
from assistant.topics.phrases import pieces

from .openai_server import MODEL, OpenAIServer, says, unauthorized
from .papers_abroad import CHINESE, GERMAN, JAPANESE, papers_abroad
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


def test_what_is_short_for_a_name_is_no_part_of_it() -> None:
    about = [
        Paper(
            f"p{n}",
            f"Language models {what}",
            f"Language models (LMs) run. LLMs and LMs are language models {what}.",
        )
        for n, what in enumerate(("on telephones", "in the cloud", "at the edge"))
    ]
    others = [Paper(f"o{n}", f"Baking bread {n}", "Sour dough rises. Bread is baked.") for n in range(6)]
    named = Namer({1: about, 2: others}).names()[1]
    assert named.name.startswith("Language models")
    assert not {"LMs", "LLMs"} & {*named.name.split(), *named.terms}


def test_papers_without_words_have_a_name() -> None:
    named = Namer({0: [Paper("a", "?"), Paper("b", "!!")], 1: [Paper("c", "")]}).names()
    assert {name.name for name in named.values()} == {"Other papers", "Other papers 2"}


def test_many_topics_are_told_in_fewer_words_so_that_one_call_names_all() -> None:
    prompt, model = Prompt.load("topics"), "gpt-4o"
    many = [
        Unnamed(f"Topic of things {n}", ("terms of it",) * 8, ("A long title of a paper on it " * 5,) * 4)
        for n in range(120)
    ]
    for topics, budget in ((many[:10], 6000), (many[:30], 6000), (many, 6000), (many, 3000)):
        messages = messages_for(topics, prompt, model=model, budget=budget)
        assert count_messages(messages, model) <= budget + 20
        shown = messages[-1].content
        assert all(f"\n{n}. Topic of things {n - 1}" in shown for n in range(1, len(topics) + 1))
    assert "titles: " in messages_for(many, prompt, model=model, budget=6000)[-1].content
    few = messages_for(many, prompt, model=model, budget=900)[-1].content
    assert "\n1. Topic" in few
    assert "\n120. Topic" not in few
    assert messages_for(many, prompt, model=model, budget=10) == []
    assert messages_for([], prompt, model=model, budget=6000) == []


def paper(number: int, title: str, abstract: str) -> Paper:
    return Paper(f"p{number}", title, abstract)


def test_what_stands_after_many_words_is_a_term_of_its_own() -> None:
    ways = ("Scalable", "Secure", "Asynchronous", "Robust")
    own = [paper(n, f"{way} distributed training of it", "We look at it.") for n, way in enumerate(ways)]
    others = [
        paper(9, "Marine biology of whales", "Whales are large."),
        paper(8, "Oyster reefs", "They grow."),
    ]
    assert Namer({0: own, 1: others}).names()[0].name == "Distributed training"


def test_a_phrase_of_one_paper_does_not_name_papers_that_share_words() -> None:
    titles = ("Rainbow skip lists", "Octopus hash tables", "Walnut tree storage")
    own = [
        paper(n, title, "The compression keeps a guarantee of convergence.") for n, title in enumerate(titles)
    ]
    others = [paper(n + 9, "Marine biology", f"Whales of kind {n} are large animals.") for n in range(4)]
    name = Namer({0: own, 1: others}).names()[0].name
    assert not {"rainbow", "octopus", "walnut"} & set(name.casefold().split())


def test_a_name_says_that_papers_share_nothing() -> None:
    own = [
        paper(0, "Rainbow skip lists", "Peers come and go."),
        paper(1, "Strassen's product", "Seven products are enough."),
        paper(2, "Session types of automata", "A machine sends and another one receives."),
    ]
    others = [paper(n + 9, "Marine biology", f"Whales of kind {n} are large animals.") for n in range(4)]
    names = Namer({0: own, 1: others}).names()
    assert names[0].name.endswith(" and others")
    assert names[1].name == "Marine biology"


@pytest.mark.parametrize("titles", [GERMAN, CHINESE, JAPANESE])
def test_other_languages_are_named_by_what_their_titles_share(titles: dict[str, tuple[str, ...]]) -> None:
    groups = papers_abroad(titles)
    named = Namer(dict(enumerate(groups.values()))).names()
    assert [each.name for each in named.values()] == list(titles)
    everything = " ".join(term for each in named.values() for term in each.terms)
    for little in ("Folge", "Prozent", "wird", "然而", "我们", "その結果", "しかし"):
        assert little not in everything


def test_phrases_of_another_language_are_joined_without_english() -> None:
    text = "Wir untersuchen hier, wie sich Felder und Pflanzen im Sommer verhalten, an vielen neuen Daten."
    rows = [Paper(f"p{n}", f"{('Ernte', 'Bodenfeuchte')[n % 2]} {n}", text) for n in range(6)]
    others = [Paper(f"x{n}", f"Lärm {n}", text) for n in range(3)]
    assert Namer({0: rows, 1: others}).names()[0].name in {"Ernte, Bodenfeuchte", "Bodenfeuchte, Ernte"}
