"""Single papers by name: the TL;DR, the papers like one, from Python and the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant import Assistant, Paper
from assistant.cli.app import app
from assistant.corpus import split
from assistant.errors import IndexNotFoundError, PaperNameError

from .openai_server import OpenAIServer, drops, fails, says
from .test_answers import with_model

EWALD = "Ewald-based Long-Range Message Passing for Molecular Graphs"


def made(title: str, abstract: str = "", **more: Any) -> Paper:
    return Paper(more.pop("id", f"t:{title}"), title, abstract, sentences=split(abstract), **more)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """Papers with numbers, doubles, and without abstracts."""
    path = tmp_path_factory.mktemp("small") / "index"
    text = "We study the diffusion of ink. Ink spreads by 3 mm a minute."
    with Assistant.open(path) as assistant:
        assistant.add(
            [
                made("Ink", text, id="doi:10.1000/ink.1", doi="10.1000/ink.1", arxiv_id="2205.13504"),
                made("Ink in water", text, authors=("A. Adams",)),
                made("Ink in water!", f"{text} ", id="doi:10.1000/ink.2", doi="10.1000/ink.2", year=1990),
                made("Only a title"),
                made("Roses", "We grow roses. They need water and light."),
                made("多孔介质中的墨水扩散", "我们研究墨水的扩散。墨水每分钟扩散三毫米。"),
            ]
        )
        yield assistant


# -- names -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "doi:10.1000/ink.1",
        "10.1000/INK.1",
        "https://doi.org/10.1000/ink.1",
        "2205.13504",
        "arXiv:2205.13504v2",
        "Ink",
        " ink ",
    ],
)
def test_a_paper_is_named_by_number_or_title(small: Assistant, name: str) -> None:
    assert small.paper(name).id == "doi:10.1000/ink.1"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        (EWALD, EWALD),
        ("ewald-based long-range", EWALD),
        ("EWALD BASED", EWALD),
        ("a generalization of vit/mlp-mixer", "A Generalization of ViT/MLP-Mixer to Graphs"),
        ("PaSS", "PaSS: Parallel Speculative Sampling"),  # "Message Passing" has it too
        ("pass", "PaSS: Parallel Speculative Sampling"),
        ("ViT", "A Generalization of ViT/MLP-Mixer to Graphs"),  # "… Vital …" is another word
    ],
)
def test_a_part_of_the_title_will_do(sample: Assistant, name: str, title: str) -> None:
    paper = sample.paper(name)
    assert paper.title == title
    assert sample.paper(paper) is paper
    assert sample.paper(paper.id) == paper


def test_other_scripts_are_titles_too(small: Assistant) -> None:
    assert small.paper("多孔介质中的墨水扩散").title == "多孔介质中的墨水扩散"


def test_an_ambiguous_name_lists_candidates(sample: Assistant) -> None:
    with pytest.raises(PaperNameError, match="may mean 32 papers") as caught:
        sample.paper("diffusion models")
    assert len(caught.value.candidates) == 5
    for paper_id, title in caught.value.candidates:
        assert paper_id in str(caught.value)
        assert "diffusion models" in title.lower()


def test_words_that_are_in_an_abstract_only_are_a_hint(sample: Assistant) -> None:
    with pytest.raises(PaperNameError, match="Did you mean") as caught:
        sample.tldr("electrostatics and van der Waals")
    assert EWALD in [title for _, title in caught.value.candidates]


@pytest.mark.parametrize("name", ["", "  ", "zebra", "x" * 501, "\ud800", "?!", "10.1000/none", "🙂"])
def test_a_name_of_nothing(small: Assistant, name: str) -> None:
    with pytest.raises(PaperNameError):
        small.paper(name)


def test_without_an_index(tmp_path: Path) -> None:
    with Assistant.open(tmp_path / "none") as assistant, pytest.raises(IndexNotFoundError):
        assistant.similar("Ink")


# -- in a sentence -------------------------------------------------------------------------------------


def test_a_paper_in_its_own_sentences(sample: Assistant) -> None:
    answer = sample.tldr(EWALD)
    assert (answer.status, answer.mode) == ("answered", "extractive")
    [citation] = answer.citations
    assert citation.title == EWALD
    assert 1 <= len(citation.sentences) <= 2
    assert all(f"“{sentence.text}”" in answer.body for sentence in citation.sentences)
    assert "10% on OC20" in answer.body
    assert {claim.support for claim in answer.claims} == {"supported"}


def test_every_paper_of_the_sample_has_one(sample: Assistant) -> None:
    for paper in sample.papers()[::7]:
        answer = sample.tldr(paper)
        assert answer.status == "answered"
        for sentence in answer.citations[0].sentences:
            assert paper.abstract[sentence.start : sentence.end] == sentence.text


def test_a_model_says_it_in_a_sentence(sample: Assistant, openai_server: OpenAIServer) -> None:
    said = "Ewald message passing limits interactions via a cutoff on frequency instead of distance"
    openai_server.enqueue(says(f"{said} [P1.S5], and improves energy errors by 10% on OC20 [P1.S8]."))
    with with_model(sample, openai_server) as assistant:
        answer = assistant.tldr(EWALD)
    assert (answer.mode, answer.notices) == ("llm", ())
    assert answer.body.startswith(f"{said} [1]")
    assert [sentence.index for sentence in answer.citations[0].sentences] == [4, 7]
    assert answer.usage.calls == 1
    assert f"P1: {EWALD}" in openai_server.chats[0].question


@pytest.mark.parametrize(
    ("behaviour", "notice"),
    [
        (says("Ewald message passing improves energy errors by 44% on OC20 [P1.S8]."), "not carried"),
        (says("This cures every disease and makes gold."), "not carried"),
        (says("NO_ANSWER_IN_SOURCES"), "not carried"),
        (says("One [P1.S1]. Two [P1.S2]. Three [P1.S3]. Four [P1.S4]."), "not carried"),
        (says("Ewald message passing limits [P1.S5", finish="length"), "not carried"),
        (fails(500), "quoted instead"),
        (drops("Ewald "), "quoted instead"),
    ],
)
def test_what_does_not_hold_is_quoted_instead(
    sample: Assistant, openai_server: OpenAIServer, behaviour: Any, notice: str
) -> None:
    openai_server.enqueue(behaviour, behaviour)
    with with_model(sample, openai_server) as assistant:
        answer = assistant.tldr(EWALD)
    assert answer.mode == "extractive"
    assert answer.citations
    assert notice in answer.notices[0]
    assert answer.body.startswith("“")


def test_it_is_paid_for_once(small: Assistant, openai_server: OpenAIServer) -> None:
    openai_server.reply = "It studies the diffusion of ink [P1.S1]."
    with with_model(small, openai_server, cache_mb=5) as assistant:
        first, second = assistant.tldr("2205.13504"), assistant.tldr("2205.13504")
    assert (first.usage.calls, second.usage.calls) == (1, 0)
    assert (first.body, first.claims) == (second.body, second.claims)
    assert len(openai_server.chats) == 1


def test_a_paper_without_an_abstract_is_refused(small: Assistant, openai_server: OpenAIServer) -> None:
    with with_model(small, openai_server) as assistant:
        answer = assistant.tldr("Only a title")
    assert answer.status == "refused"
    assert answer.refusal is not None
    assert answer.refusal.kind == "not_stated"
    assert not openai_server.chats


# -- papers like one -----------------------------------------------------------------------------------


def test_papers_like_one(sample: Assistant) -> None:
    hits = sample.similar(EWALD, k=5)
    assert [hit.rank for hit in hits] == [1, 2, 3, 4, 5]
    assert EWALD not in [hit.title for hit in hits]
    assert any("MACE" in hit.title or "Matrix Function" in hit.title for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in hits)
    assert sample.similar(EWALD, k=5) == hits


def test_the_same_text_under_another_name_is_no_other_paper(small: Assistant) -> None:
    titles = [hit.title for hit in small.similar("2205.13504", k=10)]
    assert "Roses" in titles
    assert not {"Ink", "Ink in water", "Ink in water!"} & set(titles)
    others = [hit.title for hit in small.similar("Roses", k=10)]
    assert sum(title.startswith("Ink") for title in others) == 1


def test_a_paper_from_elsewhere_is_compared_too(sample: Assistant) -> None:
    stranger = made(
        "Speculating on tokens", "A small draft model proposes tokens, a large one verifies them."
    )
    assert "Specul" in sample.similar(stranger, k=3)[0].title + sample.similar(stranger, k=3)[1].title


def test_the_only_paper_is_like_no_other(tmp_path: Path) -> None:
    with Assistant.open(tmp_path / "one") as assistant:
        assistant.add([made("Ink", "We study ink.")])
        assert assistant.similar("Ink") == []


# -- the command line ----------------------------------------------------------------------------------


def run(index: Path, *arguments: str, code: int = 0) -> Any:
    done = CliRunner().invoke(app, [*arguments, "--index", str(index)])
    assert done.exit_code == code, done.output
    return done


def test_the_commands(sample_index: Path) -> None:
    assert "[1]" in run(sample_index, "tldr", "ewald-based").stdout
    told = json.loads(run(sample_index, "tldr", "ewald-based", "--json").stdout)
    assert told["citations"][0]["title"] == EWALD
    assert run(sample_index, "similar", EWALD, "-k", "2").stdout.count("\n") == 2
    assert len(json.loads(run(sample_index, "similar", EWALD, "-k", "2", "--json").stdout)["hits"]) == 2
    shown = run(sample_index, "cards", "ewald-based", "Concept Arithmetics").stdout
    assert shown.count("Approach: ") == 2
    assert "Limitation: not stated in the abstract" in shown
    [card] = json.loads(run(sample_index, "cards", "ewald-based", "--json").stdout)["cards"]
    assert card["result"]["sentences"][0]["text"] == card["result"]["text"]
    assert card["limitation"] is None
    assert {"value": "10%", "text": "10% on OC20", "sentence": 7} in card["figures"]


def test_an_ambiguous_name_on_the_command_line(sample_index: Path) -> None:
    done = run(sample_index, "tldr", "diffusion models", "--json", code=2)
    error = json.loads(done.stdout)["error"]
    assert error["kind"] == "PaperNameError"
    assert len(error["candidates"]) == 5
