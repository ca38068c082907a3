"""What papers, models and users write reaches the page as text: never as HTML, image, link or code."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.events import Done, Token
from assistant.filters import Filters, FoundFilter
from assistant.outputs.prose import to_html, unfinished
from assistant.types import Answer, Citation, Claim, Hit, Paper, Proposal, Refusal, Sentence
from assistant.ui import claims, kept, panels, talk
from assistant.ui.conversation import Conversation
from assistant.ui.conversations import Head
from assistant.ui.escaping import clean, html_text, paper_link, safe_link, shortened

HOSTILE = [
    "<script>alert(1)</script>",
    "<form action=http://evil.example><input name=q></form>",
    "<img src=http://evil.example/x.png onerror=alert(1)>",
    "![x](http://evil.example/x.png)",
    "![x][1]\n\n[1]: http://evil.example/x.png",
    "[click](javascript:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "<https://evil.example>",
    "https://evil.example and www.evil.example and a@evil.example",
    "[1]: javascript:alert(1)",
    "```html\n<script>\n```",
    "```mermaid\ngraph TD\n```",
    "`<b>`",
    "    <b>indented</b>",
    "<!-- -->",
    "<![CDATA[",
    "&lt;script&gt; &#60;script&#62; &amp;lt;",
    "\\<b> \\[x](y) \\\\",
    "a | b\n--- | ---\n1 | 2",
    "Title\n=====\n---",
    "great![1] wow![2](x)",
    "[1](javascript:alert(1)) [[1]](http://evil.example)",
    "${alert(1)} {{this}} `${x}`",
    "\u202egnp.exe\u202c \u200b\ufeff\x00\x1b[31m \ud800",
    "%%%LATEX_BLOCK_0%%%",
    '" onmouseover="alert(1)',
]
ALLOWED = {
    *(
        "p",
        "br",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "ul",
        "ol",
        "li",
        "strong",
        "em",
        "code",
        "a",
    ),
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "msub", "msup", "msubsup", "mfrac", "msqrt"),
    *("mstyle", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mroot", "mpadded", "mphantom"),
}

hostile_text = st.lists(
    st.sampled_from([*HOSTILE, "**", "*", "- ", "1. ", "# ", "> ", "[1]", "[2]", "$", "\n", " ", "!", "\\"])
    | st.text(max_size=8),
    max_size=12,
).map("".join)


def target(number: int) -> str | None:
    return f"source-1-{number}" if 0 < number < 3 else None


class _Tags(HTMLParser):
    """Collects what a browser would make elements and attributes of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(attrs)

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def parsed(html: str) -> _Tags:
    reader = _Tags()
    reader.feed(html)
    reader.close()
    return reader


def assert_harmless(html: str) -> None:
    reader = parsed(html)
    assert reader.tags <= ALLOWED
    for name, value in reader.attributes:
        assert name not in {"style", "src", "action"}
        assert not name.startswith("on")
        if name == "href":
            assert re.fullmatch(r"#source-1-[12]", value or "")
    assert not set("`${}") & set(html)
    html.encode()


@given(hostile_text)
def test_a_models_markdown_is_harmless(text: str) -> None:
    assert_harmless(to_html(text, target))
    assert_harmless(to_html(unfinished(text), target))


@given(hostile_text, st.dictionaries(st.integers(0, 40), st.just("<em>note</em>"), max_size=4))
def test_notes_stand_in_a_hostile_text_and_nothing_else_does(text: str, notes: dict[int, str]) -> None:
    fitting = {at: note for at, note in notes.items() if at <= len(clean(text))}
    assert_harmless(to_html(text, target, fitting))


@pytest.mark.parametrize("text", HOSTILE)
def test_each_hostile_text_is_still_readable(text: str) -> None:
    assert_harmless(to_html(text, target))
    words = re.findall(r"[a-z]{4,}", clean(text))
    assert all(word in "".join(parsed(to_html(text, target)).words) for word in words)


def test_the_markdown_of_an_answer_is_kept() -> None:
    body = (
        "### Methods\nIn **short**, *two* ways [1][2], not [7]:\n\n"
        "- **S++**: “fast” [1]\n- x_i on [0, 1]\n\n> quoted"
    )
    assert to_html(body, target) == (
        "<h3>Methods</h3>\n"
        '<p>In <strong>short</strong>, <em>two</em> ways <a href="#source-1-1" class="mark">[1]</a>'
        '<a href="#source-1-2" class="mark">[2]</a>, not [7]:</p>\n'
        '<ul>\n<li><strong>S++</strong>: “fast” <a href="#source-1-1" class="mark">[1]</a></li>\n'
        "<li>x_i on [0, 1]</li>\n</ul>\n<blockquote>\n<p>quoted</p>\n</blockquote>\n"
    )


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a **b", "a **b**"),
        ("a **b** c", "a **b** c"),
        ("a **", "a "),
        ("**a**\n- **b", "**a**\n- **b**"),
    ],
)
def test_bold_still_being_written_is_bold(written: str, shown: str) -> None:
    assert unfinished(written) == shown


@given(hostile_text)
def test_text_in_html_is_text(text: str) -> None:
    reader = parsed(f'<p title="{html_text(text)}">{html_text(text)}</p>')
    assert reader.tags == {"p"}
    assert reader.attributes == {("title", clean(text))}
    assert reader.words == clean(text).split()
    assert not set("`${}") & set(html_text(text))


def paper(text: str, **more: object) -> Paper:
    sentences = (Sentence(0, 0, len(text) // 2, text[: len(text) // 2]),)
    fields = {"venue": text, "authors": (text,) * 8, "url": text, "doi": text, "arxiv_id": text, "year": 2024}
    return Paper("p", text, text, sentences=sentences, **{**fields, **more})  # type: ignore[arg-type]


@given(hostile_text, hostile_text)
def test_the_panel_of_a_hostile_paper_is_harmless(text: str, question: str) -> None:
    citation = Citation(1, paper(text), (*paper(text).sentences, Sentence(9, -3, 10**6, "beyond")))
    hits = (Hit(1, paper(text), 1.0), Hit(2, Paper("q", text, ""), 0.5))
    answered = Answer(question, "answered", "llm", text, (citation,), sources=hits, notices=(text,))
    refused = Answer(question, "refused", "llm", text, refusal=Refusal("not_stated", text, (citation.paper,)))
    html = panels.panel(
        [panels.sources(answered, 1), panels.sources(answered, 1, open_=False), panels.sources(refused, 2)]
    )
    html += panels.found(hits) + panels.status(text) + panels.progress(text, 1, 2, 3.0) + panels.header(text)
    reader = parsed(html)
    assert reader.tags <= {
        *("section", "details", "summary", "article", "header", "div", "h1", "h2", "h3", "p", "span", "a"),
        *("mark", "ul", "li", "progress"),
        *ALLOWED,
    }
    for name, value in reader.attributes:
        assert name in {
            *("class", "id", "tabindex", "open", "dir", "aria-label", "role", "value", "max"),
            *("href", "target", "rel"),
            *("display", "stretchy", "mathvariant", "xmlns", "width"),
        }
        if name == "href":
            assert re.match(r"https?://", value or "")


TALK = {
    *(
        "article",
        "div",
        "p",
        "section",
        "h3",
        "ul",
        "li",
        "a",
        "span",
        "button",
        "form",
        "input",
        "blockquote",
    ),
    *ALLOWED,
}


@given(hostile_text, hostile_text)
def test_a_hostile_conversation_is_harmless(question: str, text: str) -> None:
    conversation = Conversation()
    turn = conversation.ask(question, Filters(author=text, venue=question))
    citation = Citation(1, paper(text), paper(text).sentences)
    claim = Claim(text, (1,), support="partial", reason=question)
    found = (FoundFilter(text, Filters(author=text)),)
    whole = Answer(
        question, "answered", "llm", text, (citation,), (claim,), notices=(text,), filters_found=found
    )
    turn.take(Done(whole))
    turn.verdict, turn.note, turn.follow_ups = "poor", text, (text, question)
    refused = conversation.ask(question)
    refused.take(
        Done(Answer(question, "refused", "llm", text, refusal=Refusal("not_stated", text, (paper(text),))))
    )
    conversation.ask(question).doing = text
    html = conversation.past() + conversation.now() + conversation.panel() + talk.chips(whole)
    conversation.ask(text).take(Token(text))
    conversation.turns[-1].end(text)
    html += conversation.now()
    html += kept.listing([Head("0" * 16, text, 2, 0.0)], "", text) + kept.name(text, "0" * 16)
    reader = parsed(html)
    assert reader.tags <= TALK | {"nav", "details", "summary", "h2", "mark", "q", "svg", "path"}
    for name, value in reader.attributes:
        assert name in {
            *(
                "class",
                "id",
                "dir",
                "type",
                "name",
                "value",
                "maxlength",
                "placeholder",
                "title",
                "role",
                "open",
            ),
            *("viewbox", "d"),
            *("href", "target", "rel", "tabindex", "display", "stretchy", "mathvariant", "xmlns", "width"),
        } or name.startswith(("data-", "aria-"))
        if name == "href":
            assert re.match(r"https?://|#source-", value or "")
    assert not set("`${}") & set(html)


def test_only_the_cited_sentences_are_marked() -> None:
    abstract = "One is here. Two is <b>. Three."
    sentences = [Sentence(1, 13, 24, "Two is <b>."), Sentence(0, 0, 12, "One is here.")]
    assert panels.highlighted(abstract, sentences) == (
        "<mark>One is here.</mark> <mark>Two is &lt;b&gt;.</mark> Three."
    )


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "data:text/html,x", "ftp://a.b", "//a.b", "http://", "http://u:p@a.b", None),
        *("http://a.b/ c", 'http://a.b/"', "http://a.b/\u202e", "http://[", "HTTPS ://a.b", "vbscript:x"),
    ],
)
def test_other_addresses_are_no_links(address: str | None) -> None:
    assert safe_link(address) is None


def test_a_paper_links_to_where_it_can_be_read() -> None:
    assert paper_link("https://a.example/x?y=1#z", "10.1/x", "2202.1") == "https://a.example/x?y=1#z"
    assert paper_link("javascript:x", "10.1000/a b<c>", None) == "https://doi.org/10.1000/a%20b%3Cc%3E"
    assert paper_link(None, None, "hep-th/9901001") == "https://arxiv.org/abs/hep-th/9901001"
    assert paper_link(None, None, None) is None


def test_long_text_is_cut_on_one_line() -> None:
    assert shortened("a\n  b", 10) == "a b"
    assert shortened("word " * 10, 8) == "word wo…"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_the_audit_is_shown_as_text(hostile: str) -> None:
    better = Proposal(Paper("p", hostile), Sentence(0, 0, len(hostile), hostile), 2)
    doubtful = Claim(hostile, (1,), support="partial", score=0.5, reason=hostile, better=better)
    shown = claims.audit(Answer("q", "answered", "llm", "b", claims=(doubtful,)))
    tags = set(re.findall(r"<(\w+)", shown))
    assert tags - ALLOWED == {"section", "span", "q"}
    assert {"p", "ul", "li", "br"} <= tags
    assert "partly supported" in shown


def test_the_audit_counts_and_names_only_what_is_in_doubt() -> None:
    made = [
        Claim("All is well here.", (1,), support="supported", score=1.0),
        Claim("It is 16 %.", (1,), support="unsupported", score=0.9, reason="it says 10 %, not 16 %"),
        Claim("Found later.", (2,), support="supported", score=0.9, attached=True),
        Claim("The abstracts do not say.", (), reason="there is nothing in it to check"),
    ]
    shown = claims.audit(Answer("q", "answered", "llm", "b", claims=tuple(made)))
    assert "3 statements checked: 2 supported, 1 not supported." in shown
    assert "it says 10 %, not 16 %" in shown
    assert "Found later" in shown
    assert "All is well" not in shown
    assert claims.audit(Answer("q", "answered", "extractive", "b", claims=tuple(made))) == ""


def test_each_judged_statement_has_its_badge_where_it_ends() -> None:
    body = "**Drafts** are fast [1]. They cost 16 % [1][2].\n\n- Nobody knows."
    made = [
        Claim("Drafts are fast.", (1,), support="supported", score=1.0),
        Claim("They cost 16 %.", (1, 2), support="unsupported", reason='it says "10 %"'),
        Claim("Nobody knows.", ()),
    ]
    found = claims.badges(body, made)
    ends = [body[:at] for at in sorted(found)]
    assert ends == ["**Drafts** are fast [1].", "**Drafts** are fast [1]. They cost 16 % [1][2]."]
    shown = to_html(body, target, found)
    assert (
        shown.index("✓") < shown.index("They cost") < shown.index("✕ not supported") < shown.index("Nobody")
    )
    assert 'data-tip="Not supported: it says &quot;10 %&quot;"' in shown


def test_a_statement_that_is_not_found_has_no_badge() -> None:
    assert claims.badges("Something else.", [Claim("Not there.", (1,), support="partial")]) == {}
