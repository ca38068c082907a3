"""Markdown that leaves the program: nothing of a paper or a model acts in it, and what is harmless stays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant import Answer, Citation, Paper, PaperCard, Section, Summary
from assistant.cards import Cell
from assistant.corpus import split
from assistant.outputs.escaping import clean
from assistant.outputs.files import save_summary
from assistant.outputs.markdown import inert
from assistant.outputs.mathematics import FORMULA
from assistant.outputs.transcript import as_markdown, conversation_markdown

READERS = [MarkdownIt(name, {"html": True}) for name in ("commonmark", "default")]
"""As CommonMark has it, and with tables; both let HTML through, as viewers of files do."""
PLAIN = MarkdownIt("commonmark", {"html": False}).disable(
    ["link", "image", "autolink", "reference", "backticks", "code", "fence"]
)
"""One that has nothing of what is defused, nor code, in which nothing can be."""
LIVE = {"html_inline", "html_block", "image", "link_open"}
HOSTILE = (
    "<script>alert(1)</script>",
    "<!-- hidden --> <?php x ?> <![CDATA[x]]> <!DOCTYPE html>",
    '<img src="http://evil.example/x.png" onerror=alert(1)>',
    "![y](http://evil.example/y.png) and ![y][r] and ![r]",
    "[x](javascript:alert(1)) [x](<http://evil.example>) [x]( /x 'title')",
    "\\[x](http://evil.example) \\\\[x](http://evil.example) [x\\](y) [x\\\\](y)",
    "\\<b> \\\\<b> \\\\\\<b> \\!![y](z) \\\\![y](z)",
    "<http://evil.example/z> <a@evil.example> <1$@evil.example> <javascript:x>",
    "$a<b and c>d$ $x[1](http://evil.example)$ \\(a<i>\\) $$n![k](z)$$",
    "`code <b>` ``<b> ` [x](y)",
    "[r]: http://evil.example\n\n[r] and [x][r]",
    "- [r\n  s]: http://evil.example\n\n> 1. [\\]]: <x> 'y'\n\n[r s] [\\]]",
    "```\n<b>\n~~~\n```\n<b>\n",
    "[a](\nhttp://evil.example\n) <b\nonclick=x> </b\n>",
)
PIECES = st.sampled_from(
    [
        *"\\`$[](){}<>!:|*_-#=~&;@'\" \n\t1ab",
        *HOSTILE,
        "![",
        "](",
        "]:",
        "<a",
        "</",
        "<!",
        "\n[",
        "\n> ",
        "\n- ",
    ]
)
TEXTS = st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=80)


def live(markdown: str) -> list[str]:
    """What a viewer would do more than show text, and where links are defined."""
    found = []
    for reader in READERS:
        env: dict[str, object] = {}
        for block in reader.parse(markdown, env):
            tokens = [block, *(block.children or ())]
            found += [f"{each.type}: {each.content or each.attrs}" for each in tokens if each.type in LIVE]
        found += [f"definition: {each}" for each in [env.get("references")] if each]
    return found


@given(TEXTS)
@example(" ".join(HOSTILE))
@example("\n\n".join(HOSTILE))
def test_nothing_acts(text: str) -> None:
    assert live(inert(text)) == []


def test_the_samples_would() -> None:
    found = {told.partition(":")[0] for text in HOSTILE for told in live(text)}
    assert found == {*LIVE, "definition"}


@given(TEXTS.filter(lambda text: not FORMULA.search(text)))
def test_all_else_reads_as_before(text: str) -> None:
    assert PLAIN.render(inert(text)) == PLAIN.render(clean(text))


@given(st.text(st.characters(exclude_characters="<[\x00", codec="utf-8")))
@example("a < b, p<0.05, x <= y, 1 << 2 and a -> b")
@example("**Bold** and *soft* [1][2], [3]; see [4]: it says so!\n\n- one\n- two [5]\n\n1. three\n\n> quoted")
@example("With $x_i < 3$, $a[i]$ and $$\\sum_{k} n!$$ (\\(O(n)\\)), `code`, https://example.org/a_b?c=d [1].")
@example(
    "| a | b |\n|---|---|\n| x \\| y | - [ ] |\n\n## Heading\n\n### References\n\n1. A. https://doi.org/1"
)
def test_the_harmless_comes_through_unchanged(text: str) -> None:
    assert inert(text) == clean(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a <b> c", "<p>a &lt;b&gt; c</p>"),
        ("a \\<b> c", "<p>a &lt;b&gt; c</p>"),
        ("see ![1] [2](http://x)", "<p>see ![1] [2](http://x)</p>"),
        ("[1]: so it is", "<p>[1]: so it is</p>"),
        ("\\![1]", "<p>![1]</p>"),
        ("**<b>** [1]", "<p><strong>&lt;b&gt;</strong> [1]</p>"),
        ("<a@b.org>", "<p>&lt;a@b.org&gt;</p>"),
        ("$a<b$ and $f[x](y)$", "<p>$a&lt; b$ and $f[x] (y)$</p>"),  # the same formulas
    ],
)
def test_a_reader_sees_the_very_text(text: str, shown: str) -> None:
    assert {reader.render(inert(text)).strip() for reader in READERS} == {shown}


@pytest.mark.parametrize(
    "unit", ["\\", "<", "[", "](", "![", "\n[", "\n[\\]", "$<", "\n> [a", "<\\", "\n[a]:"]
)
def test_long_rows_of_signs_are_no_burden(unit: str) -> None:
    text = unit * 50_000
    assert len(inert(text)) >= len(text)


def test_every_file_and_copy_is_inert(tmp_path: Path) -> None:
    abstract = " ".join(HOSTILE)
    sentences = split(abstract)
    paper = Paper(
        "p1",
        "[r]: http://evil.example <b>",
        abstract,
        ("<i>A</i>", "![b](http://evil.example)"),
        2021,
        venue="[v](http://evil.example)",
        sentences=sentences,
        url="https://example.org/[a](b)",
    )
    other = replace(paper, id="p2", url="javascript:alert(1)", doi="10.1/x<y>")
    citations = (Citation(1, paper, sentences), Citation(2, other, sentences))
    body = "\n\n".join(HOSTILE) + " [1] [2]"
    answer = Answer("Why?", "answered", "llm", body, citations, notices=("<b>", "[r]: http://evil.example"))
    asked = [(HOSTILE[0], answer, ""), (HOSTILE[3], None, HOSTILE[10])]
    cell = Cell(HOSTILE[8], sentences[:1])
    summary = Summary(
        HOSTILE[4],
        "answered",
        "llm",
        sections=(Section("<x>", body),),
        cards=(PaperCard(paper, cell, cell), PaperCard(other, None, cell)),
        citations=citations,
        papers=(paper, other),
    )
    save_summary(summary, tmp_path / "out.md")
    texts = (
        as_markdown(answer),
        conversation_markdown(HOSTILE[2], asked),
        (tmp_path / "out.md").read_text("utf-8"),
    )
    for text in texts:
        assert live(text) == []
        assert "[1]" in text
    assert "<script>" in answer.text  # the text itself, and JSON, are as they were
    assert "https://doi.org/10.1/x%3Cy%3E" in texts[0]


def test_links_to_papers_stay() -> None:
    paper = Paper("p1", "A title", "Text.", url="https://example.org/a?b=1&c=2#d", sentences=split("Text."))
    answer = Answer("Why?", "answered", "llm", "So [1].", (Citation(1, paper, paper.sentences),))
    assert as_markdown(answer).endswith("1. A title. https://example.org/a?b=1&c=2#d")
