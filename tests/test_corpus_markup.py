"""Entities and tags in every format: characters in what is shown and searched, the original kept."""

from __future__ import annotations

import time
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.corpus import read
from assistant.corpus.escapes import to_latex
from assistant.corpus.latex import to_unicode
from assistant.corpus.markup import plain
from assistant.types import Paper

TITLE = "The &#x3B1; of <i>E. coli</i> &amp; H<sub>2</sub>O"
SHOWN = "The α of E. coli & H2O"
ABSTRACT = "<jats:p>p &lt; 0.05 in 10<sup>5</sup> cells.</jats:p>"
SHOWN_ABSTRACT = "p < 0.05 in 10⁵ cells."
AUTHORS = ("M&uuml;ller, A.", "O&#39;Neil, B.")

FILES = {
    "ris": f"TY  - JOUR\nTI  - {TITLE}\nAB  - {ABSTRACT}\nAU  - {'; '.join(AUTHORS)}\nER  - \n",
    "nbib": f"PMID- 1\nTI  - {TITLE}\nAB  - {ABSTRACT}\nFAU - {AUTHORS[0]}\nFAU - {AUTHORS[1]}\n",
    "wos": f"FN X\nVR 1.0\nPT J\nAF {AUTHORS[0]}\n   {AUTHORS[1]}\nTI {TITLE}\nAB {ABSTRACT}\nER\n\nEF\n",
    "enw": f"%0 Journal Article\n%T {TITLE}\n%X {ABSTRACT}\n%A {AUTHORS[0]}\n%A {AUTHORS[1]}\n",
    "bib": f"@article{{a, title = {{{TITLE}}}, abstract = {{{ABSTRACT}}}, "
    f"author = {{{' and '.join(AUTHORS)}}}}}\n",
    "csv": f'Article Title,Abstract,Authors,Volume\n"{TITLE}","{ABSTRACT}","{"; ".join(AUTHORS)}",1\n',
    "json": f'[{{"DOI": "10.1000/x", "title": "{TITLE}", "abstract": "{ABSTRACT}", '
    f'"author": [{{"literal": "{AUTHORS[0]}"}}, {{"literal": "{AUTHORS[1]}"}}]}}]',
    "pubmed.xml": "<PubmedArticleSet><PubmedArticle><MedlineCitation><Article>"
    f"<ArticleTitle>{escape(TITLE)}</ArticleTitle><Abstract><AbstractText>{escape(ABSTRACT)}</AbstractText>"
    "</Abstract><AuthorList>"
    + "".join(f"<Author><CollectiveName>{escape(name)}</CollectiveName></Author>" for name in AUTHORS)
    + "</AuthorList></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>",
    "endnote.xml": "<xml><records><record><contributors><authors>"
    + "".join(f"<author>{escape(name)}</author>" for name in AUTHORS)
    + f"</authors></contributors><titles><title>{escape(TITLE)}</title></titles>"
    f"<abstract>{escape(ABSTRACT)}</abstract></record></records></xml>",
}


@pytest.mark.parametrize("name", FILES)
def test_each_format_shows_characters_and_keeps_what_was_written(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(FILES[name], "utf-8")
    [paper] = read(path)
    assert isinstance(paper, Paper)
    assert (paper.title, paper.abstract) == (SHOWN, SHOWN_ABSTRACT)
    assert paper.authors == ("Müller, A.", "O'Neil, B.")
    assert dict(paper.original) == {"title": TITLE, "abstract": ABSTRACT, "authors": "; ".join(AUTHORS)}


def test_tags_of_xml_itself_raise_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><Article><ArticleTitle>10<sup>-3</sup> "
        "m<sup>a</sup> of "
        "H<sub>2</sub>O</ArticleTitle></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
    )
    [paper] = read(path)
    assert isinstance(paper, Paper)
    assert paper.title == "10⁻³ ma of H2O"


def test_our_own_shape_means_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"title": "On &amp; and <b>bold</b>"}\n')
    [paper] = read(path)
    assert isinstance(paper, Paper)
    assert paper.title == "On &amp; and <b>bold</b>"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("the mean <p> of a and <i>it</i>", "the mean <p> of a and it"),
        ("if a <b and c> d", "if a <b and c> d"),
        ("states <a|b> and R&D; AT&T", "states <a|b> and R&D; AT&T"),
        ("one<br>two<br/>three", "one two three"),
        ("&amp;amp;lt; twice &amp;lt; escaped", "< twice < escaped"),
        ("&nosuch; &#0; x", "&nosuch; \ufffd x"),
        ("Ca<sup>2+</sup>, 10<sup>−6</sup>, note<sup>a,b</sup>", "Ca²⁺, 10⁻⁶, notea,b"),
        ("<jats:title>Abstract</jats:title><jats:p>A.</jats:p><jats:title>Methods</jats:title><jats:p>B.</jats:p>",
         "A. Methods: B."),
        ("of <inline-formula><alternatives><tex-math>$x^2$</tex-math><mml:math><mml:mi>x</mml:mi></mml:math>"
         "</alternatives></inline-formula>.", "of $x^2$."),
    ],
)  # fmt: skip
def test_what_is_markup_and_what_is_not(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(
    st.text()
    | st.lists(st.sampled_from(["<", ">", "/", "p", "i", "&", "amp;", "<i>", "</i>", " "])).map("".join)
)
def test_any_text_is_taken(text: str) -> None:
    assert len(plain(text)) <= len(text)


@pytest.mark.parametrize("function", [plain, to_latex, lambda text: to_unicode(text, braced=True)])
@pytest.mark.parametrize(
    "piece",
    ["<i>", "<i ", "&amp;", "&", "<tex-math>", "<tex-math></tex-math><mml:math>", "\\$", "$", "$a", "{", "}",
     "-", "`", "\\'{", "\\'{\\^{", "<sup>1"],
)  # fmt: skip
def test_the_cost_is_linear(function: object, piece: str) -> None:
    assert callable(function)

    def cost(size: int) -> float:
        # Of this thread: what other tests left running in the process does not count.
        begun = time.thread_time()
        function(piece * (size // len(piece)))
        return time.thread_time() - begun

    assert min(cost(100_000), cost(100_000)) < 60 * max(min(cost(10_000), cost(10_000)), 0.005)
