"""What a question asks for, told by its wording."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.questions.everything import asks_for_everything
from assistant.questions.form import form_of


@pytest.mark.parametrize(
    "question",
    [
        "Which papers prune networks?",
        "What methods exist for pruning?",
        "List the equivariant networks here.",
        "Some papers learn the noise. How do they go about it?",
        "Summarise work on federated learning.",
        "What different routes to jailbreaking are described?",
        "How do the rewiring methods in this collection work?",
        "Compare DRew and PR-MPNNs.",
        "How do these approaches differ?",
        "Two papers save memory. What does each one do?",
        "How do the many ways in which people of all kinds have tried for years to prune them differ?",
    ],
)
def test_questions_for_several_papers(question: str) -> None:
    assert form_of(question).several


@pytest.mark.parametrize(
    "question",
    [
        "What causes over-squashing?",
        "Which method does it use?",
        "What architecture did the authors propose?",
        "How much faster is it compared to the baseline?",
        "Who are the authors of DistServe?",
        "Why does it pay off to place experts by which routes tokens take?",
        "What is MACE?",
        "Is pruning different for large networks?",
        "Which signal works best?",
        "",
    ],
)
def test_questions_for_a_fact(question: str) -> None:
    assert not form_of(question).several


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Compare DRew and PR-MPNNs.", ("DRew", "PR-MPNNs")),
        ("Compare the A, the B and the C views.", ("A", "B", "C")),
        ("How does SpecDec++ differ from SVIP?", ("SpecDec++", "SVIP")),
        ("How does DRew compare to GRIT on depth?", ("DRew", "GRIT on depth")),
        ("DRew versus GRIT", ("DRew", "GRIT")),
        (
            "What are the differences between masked diffusion and autoregressive models in terms of speed?",
            ("masked diffusion", "autoregressive models"),
        ),
        (
            "What causes over-squashing? Which datasets measure decoding speed?",
            ("What causes over-squashing?", "Which datasets measure decoding speed?"),
        ),
        ("How do OPT-Tree and PaSS differ?", ("OPT-Tree", "PaSS")),
        ("In what do OPT-Tree, PaSS and SVIP differ on long texts?", ("OPT-Tree", "PaSS", "SVIP")),
        ("What do GRIT and DRew have in common?", ("GRIT", "DRew")),
        (
            "How do Diffusion Bridge Implicit Models and Structured Stochastic Gradient MCMC differ?",
            ("Diffusion Bridge Implicit Models", "Structured Stochastic Gradient MCMC"),
        ),
        (
            "How does PaSS: Parallel Speculative Sampling differ from Fast Inference in Denoising Diffusion "
            "Models via MMD Finetuning?",
            (
                "PaSS: Parallel Speculative Sampling",
                "Fast Inference in Denoising Diffusion Models via MMD Finetuning",
            ),
        ),
        (
            "Compare “Are Samplers Fast, and Why? A study” and Stable Diffusion v1.5: which is better?",
            ("Are Samplers Fast, and Why? A study", "Stable Diffusion v1.5"),
        ),
        ("Compare DRew and GRIT: which is deeper?", ("DRew", "GRIT")),
        ("How do these approaches differ?", ()),
        ("How do the two attempts at it and what came later differ?", ()),
        ("Compare the three attempts to run it on a phone.", ()),
        ("What does DistriFusion do? And how does it do that?", ()),
        (
            "What is over-squashing in networks? And how is it told? How does PEARL adapt its draft length?",
            (
                "What is over-squashing in networks? And how is it told?",
                "How does PEARL adapt its draft length?",
            ),
        ),
        ("Compare them.", ()),
    ],
)
def test_the_parts_of_a_question(question: str, parts: tuple[str, ...]) -> None:
    form = form_of(question)
    assert form.parts == parts
    assert len(form.asked) == len(parts)
    assert all(part in asked for part, asked in zip(parts, form.asked, strict=True))


def test_each_part_is_asked_for_alone() -> None:
    form = form_of("Must depth hurt? Compare the stress, the diffusion and the propagation views.")
    assert form.asked[1] == "Must depth hurt? Compare diffusion."
    assert form.compared


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("Compare the three attempts to run it.", 3),
        ("Two papers save memory.", 2),
        ("What do the 4 methods share?", 4),
        ("Which papers are there?", None),
        ("What is a two-stage method?", None),
    ],
)
def test_how_many_papers_are_meant(question: str, count: int | None) -> None:
    assert form_of(question).count == count


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What is MACE?", "MACE"),
        ("What's over-squashing?", "over-squashing"),
        ("What are the Ewald sums?", "Ewald sums"),
        ("What is the effect of depth on recall?", ""),
        ("What causes it?", ""),
    ],
)
def test_what_is_to_be_explained(question: str, name: str) -> None:
    assert form_of(question).defined == name


@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from(["compare", "A", "and", "vs", ",", "?", "which", "papers"])).map(" ".join)
)
def test_any_text_has_a_form(question: str) -> None:
    form = form_of(question)
    assert len(form.parts) == len(form.asked) <= 4
    assert all(form.parts)


@pytest.mark.parametrize(
    ("rest", "everything"),
    [
        ("papers?", True),
        ("What is there?", True),
        ("which papers are in this library?", True),
        ("", True),
        ("papers on graphs?", False),
        ("What is MACE?", False),
        ("Which of those?", False),
    ],
)
def test_a_question_without_a_subject(rest: str, everything: bool) -> None:
    assert asks_for_everything(rest) is everything
