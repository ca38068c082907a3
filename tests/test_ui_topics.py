"""The topics tab's parts without a page: a summary from its events, its HTML, its files, titles as typed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant, Paper
from assistant.cards import Cell, PaperCard
from assistant.events import Sources, Status, Token
from assistant.grouped import Area, Place, Topic, TopicMap, Topics
from assistant.summaries import FirstRead, Section, Summarized, Summary, SummaryEvent, Tabled
from assistant.types import Citation, Claim, Hit, Proposal, Refusal, Sentence
from assistant.ui import keeping, sheet, topiclist
from assistant.ui.finding import titles_with
from assistant.ui.keeping import Keeping
from assistant.ui.mapping import map_on_page
from assistant.ui.survey import Survey, Surveys
from assistant.ui.uploads import Uploads

from .test_ui_rendering import ALLOWED, hostile_text, parsed

SAFE_TAGS = {
    *("section", "details", "summary", "article", "header", "nav", "div", "h2", "h3", "p", "span", "a", "br"),
    *("mark", "ul", "ol", "li", "progress", "button", "q"),
    *("table", "thead", "tbody", "tr", "th", "td", "input"),
}
SAFE_ATTRIBUTES = {
    *(
        "class",
        "id",
        "tabindex",
        "open",
        "dir",
        "aria-label",
        "aria-pressed",
        "role",
        "href",
        "target",
        "rel",
    ),
    *("type", "value", "scope", "data-topic", "title", "download"),
    *("display", "stretchy", "mathvariant", "xmlns", "width"),
}


def paper(name: str, **more: object) -> Paper:
    abstract = f"{name} is a problem. We solve {name}."
    end = abstract.index(".") + 1
    sentences = (
        Sentence(0, 0, end, abstract[:end]),
        Sentence(1, end + 1, len(abstract), abstract[end + 1 :]),
    )
    return Paper(name, f"On {name}", abstract, sentences=sentences, **more)  # type: ignore[arg-type]


def card(of: Paper) -> PaperCard:
    problem, result = (Cell(sentence.text, (sentence,)) for sentence in of.sentences)
    return PaperCard(of, problem=problem, result=result)


A, B, C = paper("herrings", year=2020), paper("cods"), paper("eels")
CITED = Citation(1, A, A.sentences[:1])
WHOLE = Summary(
    "Fish",
    "answered",
    "extractive",
    sections=(Section("Overview", "“herrings is a problem.” [1] and [7]"),),
    cards=(card(A), card(B)),
    citations=(CITED,),
    reading=(FirstRead(A, "the most typical"),),
    papers=(A, B, C),
    notices=("A section was cut off.",),
)
EVENTS: list[SummaryEvent] = [
    Status("Reading 2 papers"),
    Sources((Hit(1, A, 0.0), Hit(2, B, 0.0))),
    Tabled((card(A), card(B))),
    Token("## Overview\n\n“herrings is a problem.” [1]"),
    CITED,
    Token(" and [7]"),
    Summarized(WHOLE),
]


def after(count: int) -> Survey:
    survey = Survey(3, "Fish")
    for event in EVENTS[:count]:
        survey.take(event)
    return survey


# -- from events to what is shown --------------------------------------------------------------------


def test_a_summary_is_shown_as_it_is_written() -> None:
    assert "Looking for papers…" in after(0).status()
    reading = after(2)
    assert "Reading 2 papers…" in reading.status()
    assert "2 papers read" in reading.sources()
    assert reading.prose() == reading.table() == reading.foot() == ""
    tabled = after(3)
    assert "not stated in the abstract" in tabled.table()
    assert "checkbox" not in tabled.table()
    early, marked = after(4), after(6)
    assert "#source-s3-1" not in early.prose()
    assert '<a href="#source-s3-1" class="mark">[1]</a>' in marked.prose()
    assert "<h3>Overview</h3>" in marked.prose()
    assert "#source-s3-7" not in marked.prose()
    assert 'id="source-s3-1"' in marked.sources()
    assert "<mark>herrings is a problem.</mark>" in marked.sources()
    assert not marked.finished


def test_a_whole_summary_has_its_table_coverage_and_files() -> None:
    survey = after(len(EVENTS))
    assert survey.finished
    assert "Quoted from 2 of 3 papers" in survey.status()
    assert "A section was cut off.</blockquote>" in survey.prose()
    assert 'href="#source-s3-1">[1]</a>' in survey.table()
    assert survey.table().count('type="checkbox"') == 2
    assert survey.foot() == ""  # its files cannot be had yet
    survey.token = "token"
    foot = survey.foot()
    assert "Cites 1 of 3 papers, of which 2 were read closely." in foot
    assert "2 papers not cited" in foot
    assert "the most typical" in foot
    assert 'href="summaries/token/bib"' in foot
    written = replace(
        WHOLE, mode="llm", claims=(Claim("It swims", (1,), support="unsupported", reason="No."),)
    )
    survey.take(Summarized(written))
    assert "Written by the language model from 2 of 3 papers" in survey.status()
    assert "1 statement checked: 1 not supported." in survey.sources()


def test_a_refusal_is_a_card_and_nothing_else() -> None:
    survey = Survey(1, "Eggs")
    refusal = Refusal("not_in_collection", "Too little is on “Eggs”.", (A,))
    survey.take(Summarized(Summary("Eggs", "refused", "extractive", refusal=refusal)))
    assert "Not in this collection" in survey.status()
    assert "Too little is on" in survey.head()
    assert "On herrings" in survey.head()
    assert survey.prose() == survey.table() == survey.foot() == ""


def test_stopping_keeps_what_was_written() -> None:
    surveys, calls = Surveys(), list[str]()
    first = surveys.begin("Fish")
    first.take(Token("## Overview\n\nHerrings are **small"))
    first.on_stop = lambda: calls.append("stopped")
    second = surveys.begin("Birds")
    assert calls == ["stopped"]
    assert first.prose() == (
        '<h3>Overview</h3>\n<p>Herrings are **small</p><blockquote dir="auto">Stopped.</blockquote>'
    )
    first.take(Token("x"))
    assert surveys.last is second
    second.end("The model failed.")
    second.end("Later.")
    surveys.stop()
    assert "No summary this time." in second.status()
    assert second.prose() == '<blockquote dir="auto">The model failed.</blockquote>'


@given(
    st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3))
)
def test_what_a_browser_says_is_chosen_is_of_this_table_or_nothing(values: object) -> None:
    survey = after(len(EVENTS))
    assert survey.chosen(values) == []
    assert survey.chosen(["s3.1", "s2.0", "s3.9", values]) == [B]


# -- HTML --------------------------------------------------------------------------------------------


@given(hostile_text)
def test_a_summary_of_hostile_papers_by_a_hostile_model_is_harmless(text: str) -> None:
    sentence = Sentence(0, 0, len(text) // 2, text)
    hostile = Paper("p", text, text, authors=(text,), venue=text, url=text, doi=text, sentences=(sentence,))
    cells = Cell(text, (sentence,)), Cell(text, (sentence,), verbatim=False)
    claim = Claim(text, (1,), support="partial", reason=text, better=Proposal(hostile, sentence, 1))
    summary = Summary(
        text,
        "answered",
        "llm",
        sections=(Section(text, text), Section("Overview", f"{text} [1]")),
        cards=(PaperCard(hostile, *cells),),
        citations=(Citation(1, hostile, (sentence,)),),
        claims=(claim,),
        reading=(FirstRead(hostile, text),),
        papers=(hostile, replace(hostile, id="q")),
        notices=(text,),
    )
    survey = Survey(1, text, doing=text, token="token")
    topic = Topic(text, text, (text,), ("p",), new=("p",), area="a")
    topics = Topics(
        (topic, replace(topic, id="t")), (Area("a", text, (text,)),), ("q",), papers=2, notices=(text,)
    )
    html = [
        survey.status(),
        topiclist.listing(topics, text),
        sheet.refusal(Refusal("not_stated", text, (hostile,))),
    ]
    for event in (Sources((Hit(1, hostile, 0.0),)), Token(text), Summarized(summary)):
        survey.take(event)
        html += [survey.head(), survey.status(), survey.sources(), survey.table(), survey.foot()]
        html.append(survey.prose())
    reader = parsed("".join(html))
    assert reader.tags <= SAFE_TAGS | ALLOWED
    for name, value in reader.attributes:
        assert name in SAFE_ATTRIBUTES
        if name == "href":
            assert (value or "").startswith(
                ("http://", "https://", "#source-s1-1", "summaries/token/", "#pa-")
            )


def test_topics_are_listed_by_area_with_what_is_new() -> None:
    many = tuple(Topic(f"t{n}", f"Topic {n}", (), tuple("abc"), new=("a",) * n, area="x") for n in range(2))
    listed = topiclist.listing(
        Topics(many, (Area("x", "Fish", ("t0", "t1", "gone")),), rest=("z",), papers=7), "t1"
    )
    assert '<details class="pa-area" open>' in listed
    assert listed.count("<button") == 2
    assert listed.count("1 new") == 1
    assert 'data-topic="t1" aria-pressed="true"' in listed
    assert "2 topics in 7 papers. 1 paper fit none." in listed
    assert "There is no paper here yet." in topiclist.listing(Topics())


# -- files -------------------------------------------------------------------------------------------


def test_a_summary_is_offered_in_every_format_for_a_while(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST_KEPT", 2)
    kept = Keeping(uploads)
    first = kept.keep(replace(WHOLE, subject="../a/b: <Fish> & chips?"))
    paths = [kept.file(first, ending) for ending, _ in sheet.DOWNLOADS]
    assert all(path and path.stat().st_size for path in paths)
    assert paths[0]
    assert paths[0].parent.parent.name.startswith("paper-assistant-")
    assert kept.file(first, "md") == paths[0]
    assert kept.file(first, "exe") is kept.file(first, "../md") is kept.file("other", "md") is None
    kept.keep(WHOLE)
    kept.keep(WHOLE)
    assert kept.file(first, "md") is None
    assert not paths[0].exists()


# -- titles, map -------------------------------------------------------------------------------------


def test_papers_are_found_by_a_part_of_their_titles(sample: Assistant) -> None:
    def titles(typed: str) -> list[str]:
        return [found.title for found in titles_with(sample.index, typed)]

    for typed in ("Speculative Decod", "speculative  decoding", "DECODING WITH ADAPTIVE"):
        assert "Parallel Speculative Decoding with Adaptive Draft Length" in titles(typed)
    assert titles("") == titles("   ") == titles("no such fish at all") == []
    assert titles("x" * 100_000) == []


def test_the_map_has_no_colours_of_a_white_sheet() -> None:
    topic = Topic("t", "<b>Fish</b>", (), (A.id,))
    figure = map_on_page(TopicMap(Topics((topic,), papers=1), (Place(A, 0.0, 1.0, "t"),)))
    assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"
    assert not figure.layout.showlegend
    assert "<b>Fish" not in figure.layout.annotations[0].text
