"""Token counts: those of tiktoken itself, without a network, whatever the text."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from assistant.models import tokens
from assistant.models.ports import Message
from assistant.models.tokens import count, count_messages, cut


def cache() -> Path:
    """Where llama-index-core keeps its vocabularies."""
    spec = find_spec("llama_index.core")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "_static" / "tiktoken_cache"


@pytest.fixture
def fresh() -> Iterator[None]:
    """Encodings not yet loaded, before and after."""
    tokens._encoding.cache_clear()
    yield
    tokens._encoding.cache_clear()


TEXTS = [
    "",
    "Message passing neural networks suffer from over-squashing; it's 3.14 times worse.",
    "  indented\n\n\tand\r\nbroken   lines  ",
    "<|endoftext|> <|im_start|>system",
    "量子コンピュータ naïve ﬁ 🙂 a\u0301",
    r"$\mathcal{O}(n^2)$ with \alpha_{i,j}",
    "WE'LL see, they've 1234567 GPUs/TPUs//",
]


@pytest.mark.parametrize(("name", "model"), [("o200k_base", "gpt-5.4-mini"), ("cl100k_base", "gpt-4")])
def test_counts_are_those_of_tiktoken(name: str, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(cache()))
    theirs = tiktoken.get_encoding(name)
    words = "".join(random.Random(1).choices(" \n.,'aZé1-你/", k=5_000))
    for text in [*TEXTS, words]:
        assert count(text, model) == len(theirs.encode(text, disallowed_special=()))


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (None, "o200k_base"),
        ("gpt-5.4-mini", "o200k_base"),
        ("gpt-4o-mini", "o200k_base"),
        ("gpt-4.1", "o200k_base"),
        ("o3", "o200k_base"),
        ("llama-3.2:3b", "o200k_base"),
        ("gpt-4", "cl100k_base"),
        ("gpt-4-turbo-2024-04-09", "cl100k_base"),
        ("gpt-3.5-turbo", "cl100k_base"),
        ("openai/gpt-4-32k", "cl100k_base"),
        ("ft:gpt-4:lab", "cl100k_base"),
        ("ft:gpt-4o:lab", "o200k_base"),
    ],
)
def test_each_model_has_its_encoding(model: str | None, name: str) -> None:
    assert tokens._encoding_name(model) == name


@given(st.text())
def test_any_text_can_be_counted(text: str) -> None:
    assert (count(text) > 0) == bool(text)


@pytest.mark.parametrize(
    "unit", ["a", " ", "1", ".", "\n", "你", "aB", "a\u0301", "\ud800", "<|endoftext|>", "x "]
)
def test_hostile_text_takes_no_time(unit: str) -> None:
    count("warm")
    started = time.thread_time()
    assert count(unit * (1_000_000 // len(unit))) > 1_000
    assert time.thread_time() - started < 3


def test_slices_add_next_to_nothing() -> None:
    text = "The model generalises to unseen meshes. " * 2_000
    encoding = tokens._encoding("o200k_base")
    assert encoding is not None
    assert 0 <= count(text) - len(encoding.encode_ordinary(text)) <= len(text) // 10_000 + 1


@given(st.text() | st.text("aé量🙂 \n", min_size=30), st.integers(1, 40))
def test_a_cut_text_is_a_beginning_within_the_limit(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert text.startswith(short)
    assert count(short) <= limit
    assert short == text or count(short) > limit - 5  # a character is at most 4 bytes


def test_a_cut_is_as_long_as_it_may_be_in_any_slice() -> None:
    words = "graph " * 30_000
    for limit in (10, 5_000, 20_000):
        assert count(cut(words, limit)) == limit
    assert cut(words, 100_000) == words


@pytest.mark.parametrize("unit", ["a", " ", "word ", "量"])
def test_a_text_without_end_is_cut_in_no_time(unit: str) -> None:
    cut("", 1)  # loads the vocabulary
    count("x")
    started = time.thread_time()
    assert count(cut(unit * 20_000_000, 8191)) <= 8191
    assert time.thread_time() - started < 2


def test_messages_cost_a_little_more_than_their_text() -> None:
    messages = [Message("system", "Be brief."), Message("user", "Why?")]
    assert count_messages(messages) == count("Be brief.") + count("Why?") + 2 * 4 + 3


@pytest.mark.usefixtures("fresh")
def test_without_a_vocabulary_it_is_an_estimate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tokens, "_folders", lambda: [tmp_path])
    assert count("") == 0
    assert count("abcd") == 2
    prose = "Graph neural networks propagate information along the edges of a graph. " * 20
    assert count(prose) == len(prose) // 3


@pytest.mark.usefixtures("fresh")
def test_a_damaged_vocabulary_is_passed_by_and_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for file in cache().iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes()[:1_000])
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr(tokens, "_folders", lambda: [tmp_path])
    assert count("abcdef") == 2
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.usefixtures("fresh")
def test_a_cache_of_the_user_serves_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(cache(), tmp_path / "mine")
    monkeypatch.setattr(tokens, "find_spec", lambda _: None)
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path / "mine"))
    assert count("Message passing") == 2


def test_counting_imports_no_llama_index_and_opens_no_connection() -> None:
    code = (
        "import sys\n"
        "sys.addaudithook(lambda event, args: sys.exit(3) if event.startswith('socket.') else None)\n"
        "from assistant.models.tokens import count\n"
        "assert count('Message passing') == count('Message passing', 'gpt-4') == 2\n"
        "sys.exit('llama_index.core' in sys.modules or 'requests' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, env={}).returncode == 0
