"""Sentences: offsets that hold for any text, and the cases that splitters get wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.corpus import read, sample_collection, split
from assistant.types import Paper

# Texts with a bar where a sentence ends; read and judged by hand, most taken from real abstracts.
TRICKY = [
    # abbreviations
    "We build on Vaswani et al. (2017) and Brown et al. | We extend both.",
    "This improves the bound of Harvey et al. and Aspnes and Shah. | It is tight.",
    "Graphs, e.g. Trees, and orders, i.e. DAGs, matter. | See Fig. 3, Eq. (2) and Sec. IV.",
    "The loss falls as shown in Fig. 3. | We then train again. | See Eq. 4. | The rest follows.",
    "It gains 2 points vs. BERT (cf. Table 2) w.r.t. Adam, approx. 3 on average. | It is fast.",
    "We study cats, dogs, etc. | Experiments follow. | Cats, dogs etc. are shown.",
    "It was shown in [Phys. Rev. Lett. 104, 178101 (2010)] by Dr. Ho. | We agree.",
    "The answer is no. | We explain why. | Sonata No. 5 is long.",
    "Patients with ED. | Direct links were found. | Users of MRs. | Privacy matters.",
    "Rates were within 3 ms. | Global transport is slower. | It ran at 4.2 V. | Simulations agree.",
    # initials, letters
    "By J. Smith, S.-H. Lee and A. B. Jones of the U.S. Navy. | They live in the U.S. | The rest do not.",
    "Growth of E. coli and S. cerevisiae was slow. | A network of size n. | Our insight is new.",
    "We address non-I.I.D. clients. | Given vitamin D. | Serum levels rose in type A. | However, they fell.",
    # numbers
    "Accuracy is 0.93. | It rises by 3.5%. | 24 tasks were used in v1.2.3 of PyTorch 2.0. | See below.",
    "Tested on ImageNet 256x256. | We reach an FID of 1.34. | Our code is open.",
    "A torn figure of 32. 5% is one number. | In 2010. | 24 patients came.",
    "Contributions: 1. We build it. | 2. We test it.",
    # beginnings in their own spelling
    "We report accuracy. | 3D models follow. | We used the set. | iPhone photos were left out.",
    "We measured it. | p53 was high (p < 0.05). | mRNA levels rose. | α-synuclein did not.",
    "This ends the sentence. | here a careless author goes on.",
    "all in small letters. | we do not mind. | see fig. 3 of it.",
    # marks and quotes
    "What causes over-squashing? | We know! | Really?! | Yes.",
    'They ask "Why?" | We answer. | (So it is.) | "Is it?" asks a user (really.).',
    "The so-called “divide. ” | It grows. | He left... | And came back ... as ever.",
    "It is shown.[3] | We agree; this is not a stop: it goes on. | It holds [1]. | [2] does not.",
    "Applications like >!! 10,000 steps are slow. | A sign. | % A comment.",
    "A space is missing.This happens often.However, main.py and www.x.org stay whole.",
    # formulas, addresses
    r"Let $x = 1. 5$ and $n>0.$ | Then \cite{a.b} and \emph{S. J. Jones} hold. | It costs $5. | We pay $10.",
    "Code is at https://github.com/a.b/c. | See arXiv:2205.13504. | Go to http://a.b/c?d=e.f! | Try it.",
    # structure
    "BACKGROUND: It is known. | METHODS: We did it; then we stopped. | RESULTS Fine.",
    "OBJECTIVE To measure it in adults | METHODS We looked at 30 people. | CONCLUSIONS It works.",
    "A line\nbreaks here. | The next\r\none too.\n\n | A paragraph without a stop\n\n | Another one.",
    # other scripts
    "这是一句话。 | 这是另一句！ | 真的吗？ | 他说「好。」 | 然后走了。",
    "Это предложение. | Вот второе. | यह वाक्य है। | दूसरा वाक्य।",
]


@pytest.mark.parametrize("marked", TRICKY)
def test_splits_where_a_reader_would(marked: str) -> None:
    expected = [part.strip() for part in marked.split("|")]
    text = marked.replace(" | ", " ").replace("missing.This", "missing.This")
    if "A space is missing" in marked:
        expected = [
            "A space is missing.",
            "This happens often.",
            "However, main.py and www.x.org stay whole.",
        ]
    assert [sentence.text for sentence in split(text)] == expected


def check_offsets(text: str) -> None:
    end = 0
    for index, sentence in enumerate(split(text)):
        assert sentence.index == index
        assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip() != ""
        assert not text[end : sentence.start].strip()
        end = sentence.end
    assert not text[end:].strip()


@given(st.text())
def test_offsets_hold_for_any_text(text: str) -> None:
    check_offsets(text)


PIECES = [
    "We",
    "the",
    "e.g.",
    "et al.",
    "Fig.",
    "3",
    "J.",
    ".",
    "?",
    "...",
    "。",
    "$",
    "\\cite{",
    "}",
    "(",
    ")",
]
PIECES += [
    '"',
    "”",
    "[1]",
    "METHODS",
    ":",
    ";",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\t",
    "\u00a0",
    "\u2028",
    "-",
    "A",
    "x",
]


@given(st.lists(st.sampled_from(PIECES), max_size=60))
@settings(max_examples=300)
def test_offsets_hold_for_texts_full_of_stops(pieces: list[str]) -> None:
    check_offsets("".join(pieces))


@pytest.mark.parametrize("text", ["", " ", "\n\t \u00a0"])
def test_nothing_has_no_sentences(text: str) -> None:
    assert split(text) == ()


@pytest.mark.parametrize("text", [".", "?!", "A", "a title", "100 %"])
def test_what_has_no_stop_is_one_sentence(text: str) -> None:
    assert [sentence.text for sentence in split(text)] == [text]


HOSTILE = (
    ".",
    ". ",
    "x",
    " ",
    "\n",
    "$",
    "$a",
    "\\a{",
    "(",
    ". (",
    '."',
    "A.",
    "J.-",
    ".[1",
    "。",
    "a METHODS",
    "Fig. ",
)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("unit", HOSTILE)
def test_the_cost_is_linear_in_a_hostile_text(unit: str) -> None:
    check_offsets(unit * (300_000 // len(unit)))  # a quadratic step would take hours


def test_the_sample_splits_into_sentences() -> None:
    papers = [row for row in read(sample_collection()) if isinstance(row, Paper)]
    for paper in papers:
        check_offsets(paper.abstract)
        assert paper.sentences == split(paper.abstract)
    assert sum(len(paper.sentences) for paper in papers) == 1598
