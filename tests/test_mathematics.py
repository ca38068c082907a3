"""Formulas of abstracts and answers become MathML that browsers draw; all else stays the text that it is."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.outputs.mathematics import rich_text
from assistant.outputs.prose import to_html

_TEX = r"""
\frac { } ^ _ \left( \right) \begin{matrix} \end{matrix} & \\ x 1 \sqrt [ ] \over \binom \text{ \mathrm
\limits \sum ' \hspace{9999em} \color{red} \substack \operatorname % ~ \tag{1} \mathop
\href{javascript:x}{y} \style{position:fixed}{z} \class{a}{b} \def\a{\a\a} \a \newcommand{\b}{\b}
\includegraphics{http://x} < " & $ $$ \( \) \[ \]
""".split()


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ("$O(n^2)$", "<msup><mi>n</mi><mn>2</mn></msup>"),
        (r"\(x_i\)", "<msub><mi>x</mi><mi>i</mi></msub>"),
        ("up to $10^{-6}$.", "<mn>10</mn>"),
        (r"the $\ell_2$-norm", "<mi>ℓ</mi>"),
        ("$k$NN and $n$-gram", "<mi>k</mi></mrow></math>NN"),
        (r"$$\frac{a}{b}$$", 'display="block"'),
        (r"\[ \alpha \le 3\% \]", "<mo>≤</mo>"),
        (r"$\mathbb{R}^{n \times d}$", "<mi>ℝ</mi>"),
    ],
)
def test_a_formula_is_drawn(text: str, inner: str) -> None:
    shown = rich_text(text)
    assert shown.count("<math") == shown.count("</math>") >= 1
    assert inner in shown
    assert "\\" not in shown
    assert inner in to_html(text, lambda _: None)


@pytest.mark.parametrize(
    "text",
    [
        "from $5 to $6",
        "it costs $5-$6 a month",
        "$1,000-$2,000$",
        "US$5 and US$7",
        "$HOME/$USER",
        "$x_{$",
        r"$\nosuchcommand{x}$",
        r"$\def\a{\a\a}\a$",
        r"$\newcommand{\a}{\a}$",
        r"$\left( x$",
        "$" + "{" * 40 + "x" + "}" * 40 + "$",
        "$" + "x^" * 400 + "x$",
        "$x",
        r"100\% and \alpha",
    ],
)
def test_what_is_no_formula_or_a_wrong_one_stays_text(text: str) -> None:
    shown = rich_text(text)
    assert "<" not in shown
    visible = re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), shown)
    assert visible.replace("&amp;", "&").replace("&lt;", "<") == text


@pytest.mark.parametrize(
    "tex", [r"\href{javascript:alert(1)}{y}", r"\style{position:fixed}{y}", r"\class{a}{y}"]
)
def test_no_link_style_or_class_comes_through(tex: str) -> None:
    shown = rich_text(f"${tex}$")
    assert not re.search(r"(?:href|style|class)=", shown)


def test_markup_within_a_formula_is_text() -> None:
    assert "<mtext>&lt;b&gt;&amp;</mtext>" in rich_text(r"$\text{<b>&}$")


@given(st.lists(st.sampled_from(_TEX) | st.text(max_size=4), max_size=30).map("".join))
def test_any_tex_becomes_a_few_harmless_elements(text: str) -> None:
    for shown in (rich_text(f"${text}$"), rich_text(text), to_html(text, lambda _: None)):
        assert not set("`${}") & set(shown)
        for formula in re.findall(r"<math.*?</math>", shown):
            for element in ET.fromstring(formula).iter():
                assert element.tag.startswith("{http://www.w3.org/1998/Math/MathML}m")
                assert set(element.attrib) <= {
                    *("accent", "display", "displaystyle", "fence", "form", "linethickness", "mathvariant"),
                    *("movablelimits", "scriptlevel", "separator", "stretchy", "width"),
                }
                assert "9999" not in element.get("width", "")


def test_a_long_text_of_signs_takes_no_time() -> None:
    for sign in ("$", "\\(", "$a", "\\[\\", "$ a$", "$$"):
        assert re.sub(r"<[^>]*>|&#\d+;", "", rich_text(sign * 10_000)).strip() or "$" in sign
