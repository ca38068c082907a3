"""LaTeX in texts becomes Unicode: what is certain is changed, mathematics and the unknown stay."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.corpus import read
from assistant.corpus.latex import to_unicode
from assistant.corpus.record import make_paper
from assistant.types import Paper

CHANGED = [
    (r"Schr\"odinger, P\"{o}schl, {\"U}ber", "Schrödinger, Pöschl, Über"),
    (r"\'{E}cole, {\'E}cole, R{\'{e}}nyi, G{\" o}ttsche", "École, École, Rényi, Göttsche"),
    (r"Mart\'{\i}nez, Garc\'\i{}a, \^{\i}le", "Martínez, García, île"),
    (r"Constru\c{c}\~ao, \v{S}koviera, Erd\H{o}s, G\u{a}l, \k{a}", "Construção, Škoviera, Erdős, Găl, ą"),
    (r"\v Skoda and Fran\c cois", "Škoda and François"),
    (r"{\L}ukasz \L ojasiewicz, M{\o}ller, Stra\ss e", "Łukasz Łojasiewicz, Møller, Straße"),
    (r"at 5 \AA\ and {\AA}ngstr\"om", "at 5 Å and Ångström"),
    (r"50\% of R\&D \#1 a\_b \$5 \{a, b\}", "50% of R&D #1 a_b $5 {a, b}"),
    (r"\emph{We \textbf{do}} it {\em quite} {\it{well}} \textit{\emph{now}}", "We do it quite well now"),
    (r"\textbf{{\"o}ffentlich} \underline{\alpha}", "öffentlich α"),
    (r"\alpha-decay, {\mu}W, 0\sim20, x \in A, n\log n", "α-decay, μW, 0∼20, x ∈ A, n log n"),
    (r"see \cite{one,two} and~\citep[p.~3]{three}", "see [one,two] and [three]"),
    (r"\url{http://x.org/~me}, \href{http://y.org}{there}", "http://x.org/~me, there"),
    (r"shown\footnote{Code is online.}.", "shown (Code is online.)."),
    (r"10\textsuperscript{-5} H\textsubscript{2}O", "10⁻⁵ H₂O"),
    (r"one \\ two \\[2pt] three, soft\-ware", "one two three, software"),
    ("``quoted'', `single' and don't", "“quoted”, ‘single’ and don't"),
    (r"\'etude---or 3--4, --option -- so", "étude—or 3–4, --option – so"),
    ("i.e.~this, Fe~XIX, Fig.~3, Table~2", "i.e. this, Fe XIX, Fig. 3, Table 2"),
    (r"Podle\'s spheres", "Podleś spheres"),
    (r"Nguy{\~{\^e}}n, Tr{\`{\^a}}n, H\`{\^o}, Vi\d{\^e}t, {\'{\ae}}", "Nguyễn, Trần, Hồ, Việt, ǽ"),
    (r"Ia\textcommabelow{s}i, na{\"{\i}}ve, \v{d}, \^\j, \.I, \u{\i}", "Iași, naïve, ď, ĵ, İ, ĭ"),
    (r"a\textemdash b, \textquotedblleft c\textquotedblright, \guillemotleft{}d", "a—b, “c”, «d"),
]  # fmt: skip

SAME = [
    "",
    "No sign of LaTeX, 5% -- or so -- in {braces} for $5 and $6.",
    r"$\alpha$ and $$\beta \emph{x}$$, \(\gamma\), \[\delta\]",
    r"\begin{equation} \"o \alpha \end{equation}",
    r"a price of $5 and \"o",  # where mathematics begins cannot be told
    r"\frechet distance, \O(n), the \l-adic case, \frac{1}{2}",
    r"the brain\'s dynamics",
    r"C:\temp\new and \d+\s*\b\w and \b{x}",
    "about ~10 keV, z~5, N_e~0.9, 3~4, http://x.org/~me, a ~ b",
    "{ACL} and {}",
]


@pytest.mark.parametrize(("text", "plain"), CHANGED)
def test_what_is_certain_is_changed(text: str, plain: str) -> None:
    assert to_unicode(text) == plain
    assert to_unicode(text, braced=True) == plain


@pytest.mark.parametrize("text", SAME)
def test_what_is_not_stays(text: str) -> None:
    assert to_unicode(text) == text


def test_mathematics_stays_within_markup() -> None:
    text = r"We solve {\em the $k_{\emph{x}}$-means problem} in $O(n\log n)$ for Erd\H{o}s."
    assert to_unicode(text) == r"We solve the $k_{\emph{x}}$-means problem in $O(n\log n)$ for Erdős."
    assert to_unicode(r"$\$$ and \"a and \$ and \"o") == r"$\$$ and ä and $ and ö"


def test_braces_of_bibtex_are_no_text() -> None:
    text = r"{DRAG: {A} Director-{G}enerator} for {$O(n^{2})$} \frac{a}{b} \{x\}~10 {\&} {\textless}b>"
    plain = r"DRAG: A Director-Generator for $O(n^{2})$ \frac{a}{b} {x} 10 & <b>"
    assert to_unicode(text, braced=True) == plain
    assert (
        to_unicode(r"R$\backslash$'enyi of $\backslash$O(n) and {\~{}}5{\_}a", braced=True)
        == r"Rényi of \O(n) and ~5_a"
    )
    assert to_unicode("{Only} braces -- and dashes", braced=True) == "Only braces – and dashes"


def test_a_paper_keeps_what_was_written() -> None:
    row = {
        "title": r"Schr\"odinger's  \emph{cat}",
        "abstract": r"It {\em lives}, by 50\% of $\alpha$. It is i.e.~dead.",
        "authors": [r"Erd\H{o}s, P.", "Ada One"],
        "venue": "Annals of Cats",
    }
    paper = make_paper(row)
    assert paper.title == "Schrödinger's cat"
    assert paper.abstract == r"It lives, by 50% of $\alpha$. It is i.e. dead."
    assert [sentence.text for sentence in paper.sentences] == [
        r"It lives, by 50% of $\alpha$.",
        "It is i.e. dead.",
    ]
    assert all(paper.abstract[part.start : part.end] == part.text for part in paper.sentences)
    assert paper.authors == ("Erdős, P.", "Ada One")
    assert dict(paper.original) == {
        "title": r"Schr\"odinger's \emph{cat}",
        "abstract": row["abstract"],
        "authors": r"Erd\H{o}s, P.; Ada One",
    }
    assert make_paper({"title": "Plain", "abstract": "It is."}).original == ()


def test_our_own_shape_says_what_it_means(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"title": r"The \name{} macro"}), encoding="utf-8")
    [paper] = read(path)
    assert isinstance(paper, Paper)
    assert (paper.title, paper.original) == (r"The \name{} macro", ())


def test_the_same_title_has_the_same_id_in_latex_and_in_unicode() -> None:
    one, two = make_paper({"title": r"On Schr\"odinger"}), make_paper({"title": "On Schrödinger"})
    assert (one.title, one.id) == (two.title, two.id)


_PIECES = [
    "\\",
    "{",
    "}",
    "$",
    "~",
    "`",
    "'",
    '"',
    "--",
    "\\(",
    "\\]",
    "\\em",
    "\\'",
    "\\c",
    "\\i",
    "a",
    "s",
    " ",
    "\\cite[",
]


@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=3), max_size=40).map("".join), st.booleans())
def test_any_text_is_taken(text: str, braced: bool) -> None:
    plain = to_unicode(text, braced=braced)
    assert len(plain) <= 2 * len(text) + 10
    if not set(text) & set("\\~`{}-$"):
        assert plain == text


@pytest.mark.parametrize(
    "piece",
    [
        "{",
        "\\",
        "$",
        "$a",
        "\\(",
        "\\[",
        "\\emph{",
        "{\\em ",
        "`",
        "a~",
        "a--",
        "\\begin{align}",
        "\\cite[",
        "\\'",
        "\\\\ ",
    ],
)
def test_the_cost_is_linear(piece: str) -> None:
    times = []
    for size in (20_000, 200_000):
        start = time.perf_counter()
        to_unicode(piece * (size // len(piece)), braced=True)
        times.append(time.perf_counter() - start)
    assert times[1] < 0.2 + 40 * times[0]
