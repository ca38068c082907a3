"""What an answer costs: prices, budgets of tokens, and answers that are remembered instead of made."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Answer, Assistant, Citation, Filters, Paper, Settings, Sources, Token, Usage
from assistant.answering.cache import Cache, key_of
from assistant.errors import SettingsError
from assistant.models.prices import Prices

from .openai_server import MODEL, Behaviour, OpenAIServer, drops, says
from .test_answers import KEY, QUESTION, with_model

TALK = "It holds [P1.S1]."

Ask = Callable[..., Answer]


def priced(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "prices.toml"
    path.write_text(text, "utf-8")
    return path


# -- prices --------------------------------------------------------------------------------------------


def test_an_answer_is_priced_by_the_users_table(
    sample: Assistant, openai_server: OpenAIServer, tmp_path: Path
) -> None:
    openai_server.enqueue(says(TALK, usage=(1000, 100)))
    table = priced(tmp_path, f'["{MODEL}"]\ninput = 2.0\noutput = 10\n')
    with with_model(sample, openai_server, prices=table) as assistant:
        usage = assistant.ask(QUESTION).usage
    assert usage == Usage(1000, 100, 1, usage.cost)
    assert usage.cost == pytest.approx(0.003)


def test_an_unknown_model_has_no_price(sample: Assistant, openai_server: OpenAIServer) -> None:
    openai_server.enqueue(says(TALK, usage=(1000, 100)))
    # Of a name in the shipped table, at an endpoint that is not the table's.
    with with_model(sample, openai_server, model="gpt-5.4-mini") as assistant:
        assert assistant.ask(QUESTION).usage == Usage(1000, 100, 1, None)


def test_the_shipped_prices_are_of_openais_own_endpoint() -> None:
    usage = Usage(1_000_000, 1_000_000, 1)
    known = Prices.of(Settings.load(api_key=KEY)).priced(usage, "gpt-5.4-mini")
    assert known.cost == pytest.approx(0.75 + 4.50)
    assert Prices.of(Settings.load(api_key=KEY)).priced(usage, "another").cost is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[m", "not valid TOML"),
        ("[m]\ninput = 1", "no input and output price"),
        ('[m]\ninput = "1"\noutput = 2', "no input and output price"),
        ("[m]\ninput = -1\noutput = 2", "no input and output price"),
        ("[m]\ninput = nan\noutput = 2", "no input and output price"),
        ("m = 3", "no input and output price"),
    ],
)
def test_a_wrong_table_is_refused(
    sample: Assistant, openai_server: OpenAIServer, tmp_path: Path, text: str, message: str
) -> None:
    with (
        with_model(sample, openai_server, prices=priced(tmp_path, text)) as assistant,
        pytest.raises(SettingsError, match=message),
    ):
        assistant.ask(QUESTION)


def test_costs_add_up_where_all_are_known() -> None:
    assert (Usage(1, 1, 1, 0.5) + Usage(1, 1, 1, 0.25)).cost == 0.75
    assert (Usage() + Usage(1, 1, 1, 0.25)).cost == 0.25
    assert (Usage(1, 1, 1) + Usage(1, 1, 1, 0.25)).cost is None
    assert (Usage() + Usage()).cost is None


# -- budgets -------------------------------------------------------------------------------------------


def test_the_limit_of_an_answer_shortens_prompt_and_reply(
    sample: Assistant, openai_server: OpenAIServer
) -> None:
    openai_server.enqueue(says(TALK))
    with with_model(sample, openai_server, max_tokens_per_answer=2500) as assistant:
        answer = assistant.ask(QUESTION)
    assert answer.mode == "llm"
    body = openai_server.chats[0].body
    assert (body.get("max_tokens") or body["max_completion_tokens"]) <= 1250
    assert len(answer.sources) < 10


def test_an_answer_beyond_its_limit_is_quoted(sample: Assistant, openai_server: OpenAIServer) -> None:
    with with_model(sample, openai_server, max_tokens_per_answer=500) as assistant:
        answer = assistant.ask(QUESTION)
    assert (answer.status, answer.mode, answer.usage) == ("answered", "extractive", Usage())
    assert "ASSISTANT_MAX_TOKENS_PER_ANSWER" in answer.notices[0]
    assert not openai_server.chats


def test_a_session_that_is_used_up_quotes(sample: Assistant, openai_server: OpenAIServer) -> None:
    openai_server.enqueue(says(TALK, usage=(9000, 100)))
    with with_model(sample, openai_server, session_tokens=10_000) as assistant:
        assert assistant.ask(QUESTION).mode == "llm"
        answer = assistant.ask(QUESTION)
    assert (answer.mode, answer.usage.calls) == ("extractive", 0)
    assert "ASSISTANT_SESSION_TOKENS" in answer.notices[0]
    assert len(openai_server.chats) == 1


def test_a_reply_that_breaks_off_is_counted(sample: Assistant, openai_server: OpenAIServer) -> None:
    openai_server.enqueue(drops("It holds [P1.S1]. And"))
    with with_model(sample, openai_server, max_retries=0) as assistant:
        usage = assistant.ask(QUESTION).usage
    assert usage.calls == 1
    assert usage.prompt_tokens > 500
    assert usage.completion_tokens > 3


# -- remembered answers --------------------------------------------------------------------------------


@pytest.fixture
def own(sample_index: Path, tmp_path: Path) -> Iterator[Assistant]:
    """The sample collection in an index of the test's own, and so with a cache of its own."""
    with Assistant.open(shutil.copytree(sample_index, tmp_path / "index")) as opened:
        yield opened


@pytest.fixture
def asked(own: Assistant, openai_server: OpenAIServer) -> Ask:
    """Ask with a cache of the test's own; each time as a new process would."""

    def ask(question: str = QUESTION, settings: dict[str, Any] | None = None, **options: Any) -> Answer:
        changed = {"cache_mb": 5} | (settings or {})
        with with_model(own, openai_server, **changed) as assistant:
            return assistant.ask(question, **options)

    return ask


def test_the_same_question_is_asked_once(asked: Ask, openai_server: OpenAIServer) -> None:
    openai_server.enqueue(says(TALK, usage=(1000, 100)))
    first, second = asked(), asked(f"  {QUESTION}\n")
    assert (second.body, second.citations, second.claims) == (first.body, first.citations, first.claims)
    assert second.sources == first.sources
    assert second.usage == Usage()
    assert "cache" in second.timings
    assert "cache" not in first.timings
    assert len(openai_server.chats) == 1


def test_a_remembered_answer_streams_like_another(
    asked: Ask, own: Assistant, openai_server: OpenAIServer
) -> None:
    openai_server.enqueue(says("It holds [P1.S1]. So does that [P2.S1]."))
    first = asked()
    with with_model(own, openai_server, cache_mb=5) as assistant:
        events = list(assistant.stream(QUESTION))
    assert "".join(event.text for event in events if isinstance(event, Token)) == first.body
    assert [event for event in events if isinstance(event, Citation)] == list(first.citations)
    assert isinstance(events[0], Sources)


@pytest.mark.parametrize(
    ("settings", "options", "question"),
    [
        ({"model": "another"}, {}, QUESTION),
        ({"max_sources": 3}, {}, QUESTION),
        ({"max_answer_tokens": 300}, {}, QUESTION),
        ({"max_prompt_tokens": 900}, {}, QUESTION),
        ({}, {"filters": Filters(source="trending")}, QUESTION),
        ({}, {"cache": False}, QUESTION),
        ({"cache_mb": 0}, {}, QUESTION),
        ({}, {}, "What causes over-smoothing in message passing networks?"),
    ],
)
def test_whatever_matters_makes_another_answer(
    asked: Ask, openai_server: OpenAIServer, settings: dict[str, Any], options: Any, question: str
) -> None:
    openai_server.enqueue(says(TALK), says("Other [P1.S1]."))
    asked()
    answer = asked(question, settings, **options)
    assert answer.body == "Other [1]." or answer.status == "refused"
    assert "cache" not in answer.timings


def test_a_changed_collection_makes_another_answer(openai_server: OpenAIServer, tmp_path: Path) -> None:
    openai_server.enqueue(says("It holds [P1]."), says("Other [P1]."))
    settings = Settings.load(index=tmp_path / "i", api_key=KEY, base_url=openai_server.url, cache_mb=5)
    with Assistant.open(settings=settings) as assistant:
        assistant.add([about("Pruning graphs")])
        first = assistant.ask("How does pruning graphs work?")
        assert assistant.ask("How does pruning graphs work?").body == first.body
        assistant.add([about("Pruning trees")])
        assert assistant.ask("How does pruning graphs work?").body == "Other [1]."


def about(title: str) -> Paper:
    return Paper(title, title, f"{title} makes models small. It is fast.")


@pytest.mark.parametrize(
    "behaviour",
    [says(""), drops("It holds [P1.S1]. And"), says("It holds [P1.S1] and", finish="length")],
    ids=["empty", "broken off", "cut"],
)
def test_failures_and_half_answers_are_not_remembered(
    asked: Ask, openai_server: OpenAIServer, behaviour: Behaviour
) -> None:
    openai_server.enqueue(behaviour, says("Whole [P1.S1]."))
    once = {"max_retries": 0}
    asked(settings=once)
    assert asked(settings=once).body == "Whole [1]."


def test_a_damaged_cache_is_begun_anew(asked: Ask, openai_server: OpenAIServer, tmp_path: Path) -> None:
    openai_server.enqueue(*[says(TALK)] * 2)
    asked()
    (tmp_path / "index" / "answers.sqlite3").write_bytes(b"no database" * 500)
    assert asked().usage.calls == 1  # and the damaged file is gone
    assert asked().usage.calls == 0


def test_a_tampered_value_is_dropped(asked: Ask, openai_server: OpenAIServer, tmp_path: Path) -> None:
    openai_server.enqueue(*[says(TALK)] * 2)
    asked()
    with sqlite3.connect(tmp_path / "index" / "answers.sqlite3") as base:
        base.execute("UPDATE answers SET value = ?", (b"nonsense",))
    base.close()
    assert asked().usage.calls == 1
    assert asked().usage.calls == 0


def test_no_key_is_in_the_cache(asked: Ask, openai_server: OpenAIServer, tmp_path: Path) -> None:
    openai_server.enqueue(says(TALK))
    asked()
    assert KEY.encode() not in (tmp_path / "index" / "answers.sqlite3").read_bytes()


def test_a_folder_that_cannot_be_written_costs_only_the_memory(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "nothing" / "answers.sqlite3", 1000)
    cache.put("k", b"v")
    assert cache.get("k") is None


def test_the_cache_keeps_to_its_size_and_drops_the_oldest(tmp_path: Path) -> None:
    import random

    cache = Cache(tmp_path / "answers.sqlite3", 10_000)
    for place in range(30):
        cache.put(f"k{place}", random.Random(place).randbytes(1000))
        cache.get("k0")
    kept = [place for place in range(30) if cache.get(f"k{place}")]
    assert 0 in kept
    assert 29 in kept
    assert 5 <= len(kept) <= 10
    cache.put("huge", random.Random(0).randbytes(20_000))
    assert cache.get("huge") is None


def test_many_may_share_a_cache(tmp_path: Path) -> None:
    def work(name: int) -> None:
        cache = Cache(tmp_path / "answers.sqlite3", 1_000_000)
        for place in range(20):
            cache.put(f"{name}-{place}", b"value")
            found.append(cache.get(f"{name}-{place}"))

    found: list[bytes | None] = []
    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 80
    assert found.count(b"value") > 70  # one that waits too long is not remembered, and nothing fails


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=4))
def test_a_key_is_of_all_parts(parts: dict[str, str]) -> None:
    assert key_of(parts) == key_of(dict(reversed(parts.items())))
    assert key_of(parts) != key_of(parts | {"another": "x"})
