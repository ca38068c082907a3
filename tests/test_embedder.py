"""The shipped embedder and the fake one, through what the rest of the house sees of them."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import AssistantError
from assistant.models.embedder import FOLDER, MODEL_SHA256, TOKENIZER_SHA256, FakeEmbedder, MiniLM
from assistant.models.ports import Embedder

ROOT = Path(__file__).resolve().parent.parent
ABSTRACT = (
    "Graph neural networks pass messages along edges. Where many paths run through few edges, the "
    "messages of a growing neighbourhood are squashed into vectors of a fixed size. "
)
TEXTS = [ABSTRACT * repeats + f"Case {repeats}." for repeats in (3, 0, 1, 8, 2, 0, 5)]


@pytest.fixture(scope="module")
def minilm() -> MiniLM:
    return MiniLM(threads=2)


@pytest.fixture(params=["minilm", "fake"])
def embedder(request: pytest.FixtureRequest, minilm: MiniLM) -> Embedder:
    return minilm if request.param == "minilm" else FakeEmbedder()


# -- what any embedder promises ----------------------------------------------------------------------


def test_vectors_are_float32_of_length_one(embedder: Embedder) -> None:
    vectors = embedder.embed(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), embedder.dimension)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert embedder.embed_query(TEXTS[0]).shape == (embedder.dimension,)
    assert embedder.embed_query(TEXTS[0]).dtype == np.float32


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    vectors = embedder.embed([])
    assert vectors.shape == (0, embedder.dimension)
    assert vectors.dtype == np.float32


def test_a_vector_depends_on_its_text_alone(embedder: Embedder) -> None:
    together = embedder.embed(TEXTS)
    alone = [embedder.embed_query(text) for text in TEXTS]
    reversed_ = embedder.embed(TEXTS[::-1])[::-1]
    assert np.array_equal(together, np.stack(alone))
    assert np.array_equal(together, reversed_)


def test_related_texts_are_closer_than_others(embedder: Embedder) -> None:
    question = embedder.embed_query("Which antibiotics kill bacteria that resist penicillin?")
    related, unrelated = embedder.embed(
        [
            "We test antibiotics against bacteria that resist penicillin in vitro.",
            "A telescope on a balloon maps the polarisation of dust in our galaxy.",
        ]
    )
    assert question @ related > question @ unrelated + 0.3


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "\x00",
        "a\x00b",
        "\ud800",
        "before \udfff after",
        "\U0001f9ec" * 300,
        "a" * 100_000,
        "words and " * 10_000,
        " " * 100_000,
        "图神经网络" * 20_000,
        "e\u0301" * 5_000,
        "\u202e\u200b\ufeff",
    ],
    ids=lambda text: f"{text[:4]!a} x{len(text)}",
)
def test_any_text_has_a_vector(embedder: Embedder, text: str) -> None:
    vectors = embedder.embed([text, "plain", text])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert np.array_equal(vectors[0], vectors[2])


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(st.text(st.characters(codec=None), max_size=80), max_size=4))
def test_no_text_breaks_it(minilm: MiniLM, texts: list[str]) -> None:
    vectors = minilm.embed(texts)
    assert vectors.shape == (len(texts), minilm.dimension)
    assert np.isfinite(vectors).all()


def test_threads_at_once_get_their_own_vectors(embedder: Embedder) -> None:
    rng = random.Random(1)
    words = ABSTRACT.split()
    lists = [[" ".join(rng.choices(words, k=rng.randint(1, 40))) for _ in range(5)] for _ in range(8)]
    expected = [embedder.embed(texts) for texts in lists]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(embedder.embed, lists))
    for one, other in zip(expected, found, strict=True):
        assert np.array_equal(one, other)


# -- the shipped one -----------------------------------------------------------------------------------


def test_vectors_agree_with_full_precision(minilm: MiniLM) -> None:
    # The cosine that the full-precision model gives this pair; int8 may move it a little.
    one, other = minilm.embed(["A man is eating food.", "A man is eating a piece of bread."])
    assert one @ other == pytest.approx(0.755, abs=0.03)


def test_what_is_past_512_tokens_does_not_count(minilm: MiniLM) -> None:
    long = ABSTRACT * 24
    assert np.array_equal(minilm.embed_query(long), minilm.embed_query(long + "Penguins swim."))
    short = ABSTRACT * 4
    assert not np.array_equal(minilm.embed_query(short), minilm.embed_query(short + "Penguins swim."))


def test_half_a_surrogate_pair_is_nothing_and_a_pair_is_its_character(minilm: MiniLM) -> None:
    assert np.array_equal(minilm.embed_query("a \ud800 b"), minilm.embed_query("a b"))
    assert np.array_equal(minilm.embed_query("\ud835\udefc"), minilm.embed_query("\U0001d6fc"))


def test_the_number_of_threads_changes_nothing(minilm: MiniLM) -> None:
    assert np.array_equal(MiniLM(threads=1).embed(TEXTS), minilm.embed(TEXTS))


def test_the_shipped_files_are_those_that_were_measured(minilm: MiniLM) -> None:
    readme = (FOLDER / "README.md").read_text("utf-8")
    for name, sha in (("model.onnx", MODEL_SHA256), ("tokenizer.json", TOKENIZER_SHA256)):
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == sha
        assert sha in readme
    assert minilm.fingerprint in readme
    assert minilm.fingerprint == (f"all-MiniLM-L6-v2/int8/384/512/{MODEL_SHA256[:8]}{TOKENIZER_SHA256[:4]}")
    assert "Apache License" in (FOLDER / "LICENSE").read_text("utf-8")


DAMAGE: dict[str, Callable[[Path], object]] = {
    "no model": lambda folder: (folder / "model.onnx").unlink(),
    "no tokenizer": lambda folder: (folder / "tokenizer.json").unlink(),
    "no folder": shutil.rmtree,
    "an empty model": lambda folder: (folder / "model.onnx").write_bytes(b""),
    "half a model": lambda folder: os.truncate(folder / "model.onnx", 9_000_000),
    "a pointer instead of a model": lambda folder: (folder / "model.onnx").write_text("version 1\noid 2\n"),
    "half a tokenizer": lambda folder: os.truncate(folder / "tokenizer.json", 200_000),
    "another tokenizer": lambda folder: (folder / "tokenizer.json").write_text(
        json.dumps({"version": "1.0"})
    ),
    "bytes instead of a tokenizer": lambda folder: (folder / "tokenizer.json").write_bytes(b"\xff\xfe\x00"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_files_are_one_clear_error(
    tmp_path: Path, damage: str, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "minilm"
    shutil.copytree(FOLDER, folder)
    DAMAGE[damage](folder)
    with pytest.raises(AssistantError, match="cannot be loaded") as caught:
        MiniLM(folder).embed_query("text")
    assert str(folder) in caught.value.message
    assert "Install paper-assistant again" in caught.value.hint
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_the_parts_of_a_text_have_vectors_of_their_own(minilm: MiniLM) -> None:
    text = "Aspirin lowers the risk of cancer. Graphs have nodes and edges."
    cut = text.index("Graphs")
    vectors, [parts] = minilm.embed_with_parts([text], [[(0, cut - 1), (cut, len(text))]])
    assert np.array_equal(vectors, minilm.embed([text]))
    assert parts.shape == (2, 384)
    assert np.allclose(np.linalg.norm(parts, axis=1), 1, atol=1e-5)
    medicine = minilm.embed_query("Which drug prevents tumours?")
    assert parts[0] @ medicine > parts[1] @ medicine


def test_a_part_past_the_last_token_read_has_no_vector(minilm: MiniLM) -> None:
    text = ABSTRACT * 24
    _, [parts] = minilm.embed_with_parts([text], [[(0, len(ABSTRACT)), (len(text) - 10, len(text))]])
    assert np.linalg.norm(parts, axis=1).round(3).tolist() == [1.0, 0.0]


def test_importing_the_module_loads_no_model_library() -> None:
    code = "import sys, assistant.models.embedder; print({'onnxruntime', 'tokenizers'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_onnxruntime_leaves_nothing_in_the_home_folder(tmp_path: Path) -> None:
    # Its usage reporting keeps a device id and a queue of events there before it sends them. It stands
    # back of its own accord on machines that look like build servers, so those signs are taken away.
    code = "from assistant.models.embedder import MiniLM; MiniLM().embed(['one', 'two'])"
    home = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    kept = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
    environment = {name: value for name in kept if (value := os.environ.get(name))} | home
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)
    assert list(tmp_path.iterdir()) == []


# -- the fake one --------------------------------------------------------------------------------------


def test_the_fake_records_what_it_was_asked() -> None:
    fake = FakeEmbedder(16, unrelated_below=0.5)
    fake.embed(["one", "two"])
    fake.embed([])
    fake.embed_query("three")
    assert fake.calls == [("one", "two"), ()]
    assert fake.queries == ["three"]
    assert fake.unrelated_below == 0.5
    assert fake.fingerprint != FakeEmbedder(32).fingerprint


def test_the_fake_is_the_same_in_another_process() -> None:
    code = "from assistant.models.embedder import *; print(FakeEmbedder(8).embed_query('a b c').tolist())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == FakeEmbedder(8).embed_query("C, b; a!").tolist()
