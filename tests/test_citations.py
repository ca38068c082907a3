"""Citations in a model's stream: every form, any chunking, nothing unknown left standing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.citations import CitationParser
from assistant.answering.draft import Draft
from assistant.answering.reply import SENTINEL, Reply, denies
from assistant.types import Hit, Paper, Sentence


def _hit(number: int, sentences: int = 4) -> Hit:
    texts = [f"Sentence {index} of paper {number}." for index in range(sentences)]
    abstract = " ".join(texts)
    spans = []
    at = 0
    for index, text in enumerate(texts):
        spans.append(Sentence(index, at, at + len(text), text))
        at += len(text) + 1
    return Hit(number, Paper(f"p{number}", f"Paper {number}", abstract, sentences=tuple(spans)), 1.0)


HITS = tuple(_hit(number) for number in range(1, 6))


def parse(*pieces: str) -> tuple[Draft, str]:
    """The draft of a stream, and what was shown of it."""
    draft = Draft(HITS)
    parser = CitationParser(draft)
    shown = "".join([parser.feed(piece) for piece in pieces] + [parser.close()])
    return draft, shown


SLOPPY = (
    *("[P2-S1]", "[P2.1]", "[P2:S1]", "[P2 S1]", "{P2.S1}", "<P2.S1>", "[[P2.S1]]", "([P2.S1])", "`P2.S1`"),
    *("`[P2.S1]`", "**[P2.S1]**", "*(P2.S1)*", "[Handle: P2.S1]", "[Source: P2.S1]", "(Source: P2, S1)"),
    *('[P2.S1: "it is so"]', "[P2.S1 - it is so]", "[P2.S1.]", "\\cite{P2.S1}", "<cite>P2.S1</cite>"),
    *("[^P2.S1]", "[P2, sentence 1]", "[Paper 2, Sentence 1]", "[citation: P2.S1]", "[P02.S01]"),
)
"""What small models write for [P2.S1]."""


@pytest.mark.parametrize(
    ("written", "body", "cited"),
    [
        ("A is B [P3.S2].", "A is B [1].", [("Paper 3", [1])]),
        ("A is B. [P3.S2]", "A is B. [1]", [("Paper 3", [1])]),
        ("A is B[P3.S2].", "A is B [1].", [("Paper 3", [1])]),
        ("A is B [P3.S2, P1.S1].", "A is B [1][2].", [("Paper 3", [1]), ("Paper 1", [0])]),
        ("A is B [P3.S2][P3.S3].", "A is B [1].", [("Paper 3", [1, 2])]),
        ("A is B [P3.S2] [P1.S3].", "A is B [1][2].", [("Paper 3", [1]), ("Paper 1", [2])]),
        ("A is B [P3.S2,S4].", "A is B [1].", [("Paper 3", [1, 3])]),
        ("A is B [P3.S2-S4].", "A is B [1].", [("Paper 3", [1, 2, 3])]),
        ("A is B [P3.S2–P3.S3].", "A is B [1].", [("Paper 3", [1, 2])]),
        (
            "A is B [P3.S2; P4.S1 and P5.S1].",
            "A is B [1][2][3].",
            [("Paper 3", [1]), ("Paper 4", [0]), ("Paper 5", [0])],
        ),
        ("A is B (P3.S2).", "A is B [1].", [("Paper 3", [1])]),
        ("A is B P3.S2.", "A is B [1].", [("Paper 3", [1])]),
        ("A is B [p3.s2].", "A is B [1].", [("Paper 3", [1])]),
        ("A is B [P3].", "A is B [1].", [("Paper 3", [])]),
        ("A is B [2].", "A is B [1].", [("Paper 2", [])]),
        ("A is B [2, 3].", "A is B [1][2].", [("Paper 2", []), ("Paper 3", [])]),
        ("A is B [2-4].", "A is B [1][2][3].", [("Paper 2", []), ("Paper 3", []), ("Paper 4", [])]),
        ("A is B [^2].", "A is B [1].", [("Paper 2", [])]),
        ("A is B【2】.", "A is B [1].", [("Paper 2", [])]),
        ("A [see P2.S1].", "A [1].", [("Paper 2", [0])]),
        *((f"A {form}.", "A [1].", [("Paper 2", [0])]) for form in SLOPPY),
        ("A [P2.S1/P3.S1].", "A [1][2].", [("Paper 2", [0]), ("Paper 3", [0])]),
        ("A [P2-P3].", "A [1][2].", [("Paper 2", []), ("Paper 3", [])]),
        ("A [P2.S1: “B”, see P3.S1].", "A [1][2].", [("Paper 2", [0]), ("Paper 3", [0])]),
        ("A [P2.S1]. B [S2].", "A [1]. B [1].", [("Paper 2", [0, 1])]),
        ("A (Paper 2).", "A [1].", [("Paper 2", [])]),
        ("A [paper 2].", "A [1].", [("Paper 2", [])]),
        ("P2 shows A [P2.S1].", "Paper 2 shows A [1].", [("Paper 2", [0])]),
        ("According to P2, A [P2.S1].", "According to Paper 2, A [1].", [("Paper 2", [0])]),
    ],
)
def test_every_form_is_read(written: str, body: str, cited: list[tuple[str, list[int]]]) -> None:
    draft, shown = parse(written)
    assert draft.body == body == shown
    assert [(c.title, [s.index for s in c.sentences]) for c in draft.citations(draft.claims())] == cited
    assert draft.unknown == 0


@pytest.mark.parametrize(
    ("written", "body", "unknown"),
    [
        ("A is B [P9.S1].", "A is B.", 1),
        ("A is B [P1.S99].", "A is B.", 1),
        ("A is B [47].", "A is B.", 1),
        ("A is B [P1.S1, P9.S1].", "A is B [1].", 1),
        ("A is B [P0.S1] and C.", "A is B and C.", 1),
        ("[P9.S1] A is B.", "A is B.", 1),
    ],
)
def test_unknown_citations_are_removed_and_counted(written: str, body: str, unknown: int) -> None:
    draft, _ = parse(written)
    assert (draft.body, draft.unknown) == (body, unknown)


@pytest.mark.parametrize(
    "text",
    [
        "An interval [0, 1] stays.",
        "A year [2023] stays.",
        "A token [MASK] stays.",
        "A call f(1) and (2) stay.",
        "Within $x \\in [1, 2]$ it stays.",
        "A list [a, 1] stays.",
        "An open [ bracket stays.",
        "Unbalanced ] and ) stay.",
        "The P100 and P-values stay, P3-like ones too.",
        "A [link](https://example.org) stays.",
        "p < 0.05 and {0, 1} and <b>1</b> stay.",
        "A **bold** word, `code` and \\alpha{1} stay.",
        "A list [2, see below] stays.",
        "Line [one\n1] stays.",
    ],
)
def test_what_is_no_citation_stays(text: str) -> None:
    draft, _ = parse(text)
    assert draft.body == text
    assert not draft.citations(())


def test_a_handle_cut_by_the_end_of_the_stream_is_dropped() -> None:
    for cut in ("[", "[P", "[P3", "[P3.", "[P3.S", "[P3.S2", "[P3.S2, P"):
        draft, _ = parse(f"A is B. C is D {cut}")
        assert draft.body == "A is B. C is D"


_FRAGMENTS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "[P1.S2]",
                "[P2.S1, P3.S4]",
                "[P9.S9]",
                "[4]",
                "[1-2]",
                "(P5.S1)",
                "P2.S2",
                "[^3]",
                "【1】",
                "[x]",
                "$[1]$",
                "**[P1.S2]**",
                "[[P3.S1]]",
                "`P2.S1`",
                "\\cite{P4.S1}",
                "<cite>P1.S1</cite>",
                '[P2.S2: "it is"]',
                "P3 shows",
                "[S2]",
            ]
        ),
        st.text(alphabet="ab .,[]()PS12$\n-*【】`<>{}\\:/", max_size=12),
    ),
    max_size=12,
)


@given(_FRAGMENTS, st.lists(st.integers(1, 6), min_size=1, max_size=40))
def test_chunking_does_not_matter(fragments: list[str], sizes: list[int]) -> None:
    text = "".join(fragments)
    pieces, at = [], 0
    for size in sizes * (len(text) // len(sizes) + 1):
        pieces.append(text[at : at + size])
        at += size
    whole, shown_whole = parse(text)
    cut, shown_cut = parse(*pieces)
    assert cut.body == whole.body
    assert shown_cut == shown_whole
    assert cut.citations(cut.claims()) == whole.citations(whole.claims())
    assert cut.unknown == whole.unknown


@given(st.text(max_size=200))
def test_any_text_is_taken_and_every_mark_has_a_reference(text: str) -> None:
    draft, shown = parse(text)
    assert shown.strip() == draft.body
    claims = draft.claims()
    numbers = [citation.number for citation in draft.citations(claims)]
    assert numbers == list(range(1, len(numbers) + 1))
    for claim in claims:
        assert set(claim.citations) <= set(numbers)


@given(_FRAGMENTS)
def test_no_handle_of_ours_is_left_in_the_text(fragments: list[str]) -> None:
    draft, _ = parse(" ".join(f"word {fragment} word" for fragment in fragments))
    assert not re.search(r"\[P\d+\.S\d+\]", draft.body)


def test_claims_own_the_marks_within_and_right_after_them() -> None:
    draft, _ = parse(
        "The first claim holds [P1.S1]. The second claim too. [P2.S2]\n\n"
        "- A third claim stands in a list [P3.S3]\n- A fourth one is not cited\n"
    )
    assert [(claim.text, claim.citations, claim.evidence) for claim in draft.claims()] == [
        ("The first claim holds.", (1,), ((1, 0),)),
        ("The second claim too.", (2,), ((2, 1),)),
        ("A third claim stands in a list", (3,), ((3, 2),)),
        ("A fourth one is not cited", (), ()),
    ]


def test_the_marks_of_a_line_that_states_nothing_are_no_claim_s() -> None:
    draft, _ = parse(
        "The first claim holds [P1.S1].\n\n"
        "Their results differ [P2.S1, P3.S1]:\n\n- The second one holds [P2.S2].\n"
    )
    assert [(claim.text, claim.evidence) for claim in draft.claims()] == [
        ("The first claim holds.", ((1, 0),)),
        ("The second one holds.", ((2, 1),)),
    ]
    assert [citation.number for citation in draft.citations(draft.claims())] == [1, 2, 3]


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        ("A is so [P1.S1].", "A is so [P1.S1]."),
        ("Answer: A is so.", "A is so."),
        ("**Final answer:** A is so.", "A is so."),
        ("```markdown\nA is so.\n```", "A is so."),
        ("A is so.\n\nReferences:\n[1] One\n[2] Two", "A is so."),
        ("A is so.\n\n## Sources\n- P1.S1\n- P2.S1\n\nB is so.", "A is so.\n\nB is so."),
        ("A is so.\n\n**Sources:** P1.S1, [P2.S1]", "A is so."),
        ("A is so.\nSource: P1.S1", "A is so."),
        (
            "Sources of error are many.\nSources: none known.",
            "Sources of error are many.\nSources: none known.",
        ),
        ("The answer is A.\nReferences to B abound.", "The answer is A.\nReferences to B abound."),
        (SENTINEL, ""),
        (f"**{SENTINEL}**.\nNo paper says.", ""),
        (f"A is so. {SENTINEL}", "A is so."),
        ("NO one knows. NOT so.", "NO one knows. NOT so."),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_what_is_no_answer_is_taken_out_of_a_reply(reply: str, kept: str, size: int) -> None:
    cleaner = Reply()
    pieces = [cleaner.feed(reply[at : at + size]) for at in range(0, len(reply), size)]
    assert ("".join(pieces) + cleaner.close()).strip() == kept
    assert cleaner.denied is (SENTINEL in reply)


@given(
    st.lists(
        st.sampled_from(
            ["Answer:", "Sources", ":", "\n", "[P1.S1]", "- ", "```", "NO", "_ANSWER", "_IN_", "x", " "]
        ),
        max_size=14,
    ),
    st.integers(1, 9),
)
def test_pieces_of_any_size_clean_alike(parts: list[str], size: int) -> None:
    reply = "".join(parts)
    whole, cut = Reply(), Reply()
    expected = whole.feed(reply) + whole.close()
    pieces = [cut.feed(reply[at : at + size]) for at in range(0, len(reply), size)]
    assert ("".join(pieces) + cut.close()).split() == expected.split()


def test_a_long_reply_is_never_a_denial() -> None:
    assert denies("The papers do not say.")
    assert not denies("Depth does help, as all of them show.")
    assert not denies("word " * 90 + "The papers do not say.")
