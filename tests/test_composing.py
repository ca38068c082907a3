"""How many papers an answer takes, which sentences it quotes, and how it reads, through the facade."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from assistant import Answer, Assistant, Hit, Paper, Settings
from assistant.answering.choosing import Chosen, levels, to_quote, to_read
from assistant.answering.llm import messages_for
from assistant.confidence import in_words
from assistant.corpus import split
from assistant.errors import ModelBudgetError
from assistant.evaluation.cited import f_measure, precision, recall, repeated
from assistant.models.prompts import Prompt
from assistant.models.tokens import count_messages
from assistant.questions.form import Form
from assistant.types import Evidence

from .openai_server import MODEL, OpenAIServer, says
from .test_answers import is_sound, with_model


def hit(rank: int, score: float, text: str = "") -> Hit:
    text = text or f"We study subject{rank} of kind{rank} with tool{rank}. It gains {rank} %."
    sentences = split(text)
    paper = Paper(f"p{rank}", f"Title{rank}: about subject{rank}", text, sentences=sentences)
    return Hit(rank, paper, score, (Evidence(1, sentences[1].text, 0.6), Evidence(0, sentences[0].text, 0.3)))


def paper(id_: str, title: str, text: str, **known: Any) -> Paper:
    return Paper(id_, title, text, sentences=split(text), **known)


def ranking(*scores: float) -> list[Hit]:
    """Hits of these scores, and a tail that has nothing to do with the question."""
    tail = [0.4] * (24 - len(scores))
    return [hit(rank, score) for rank, score in enumerate((*scores, *tail), start=1)]


def ids(chosen: list[Chosen]) -> list[str]:
    return [each.hit.id for each in chosen]


# -- how many papers ---------------------------------------------------------------------------------


def test_levels_run_from_the_tail_to_the_best() -> None:
    assert levels(ranking(1.0, 0.7))[:3] == pytest.approx([1.0, 0.5, 0.0])
    assert levels([]) == []
    assert levels([hit(1, 0.0), hit(2, 0.0)]) == [1.0, 1.0]


def test_a_fact_takes_few_papers_and_several_takes_many() -> None:
    hits = ranking(1.0, 0.9, 0.7, 0.68, 0.66, 0.42)
    assert ids(to_quote(Form(), hits)) == ["p1", "p2"]
    assert ids(to_quote(Form(several=True), hits)) == ["p1", "p2", "p3", "p4", "p5"]
    assert ids(to_read(Form(), hits, (), 12)) == ["p1", "p2", "p3", "p4", "p5"]


def test_one_paper_far_ahead_stands_alone() -> None:
    assert ids(to_quote(Form(), ranking(1.0, 0.5, 0.49))) == ["p1"]


def test_a_question_that_says_how_many_gets_so_many() -> None:
    assert ids(to_quote(Form(several=True, count=3), ranking(1.0, 0.55, 0.52, 0.51))) == ["p1", "p2", "p3"]


def test_each_part_gets_its_papers() -> None:
    form = Form(several=True, compared=True, parts=("subject3", "subject5"), asked=("a", "b"))
    hits = ranking(1.0, 0.9)
    of_parts = [[hit(3, 1.0), *ranking(0.5)], [hit(9, 1.0), hit(5, 0.95), *ranking(0.5)]]
    chosen = to_quote(form, hits, of_parts)
    assert ids(chosen)[:2] == ["p3", "p5"]  # the best of the second part does not have what it names
    assert [each.part for each in chosen[:2]] == [0, 1]


def test_another_version_of_a_paper_goes_behind_the_others() -> None:
    text = "We study graphs with many nodes and deep networks. It gains 7 % on six tasks of chemistry."
    hits = [hit(1, 1.0, text), hit(2, 0.95, text), *ranking(0.9)[1:]]
    hits.insert(2, hit(30, 0.9))
    assert ids(to_quote(Form(several=True), hits)) == ["p1", "p30", "p2"]


# -- prompts within their budget ---------------------------------------------------------------------


@pytest.mark.parametrize("budget", [900, 1200, 2800])
def test_a_prompt_keeps_to_its_budget_and_drops_sentences_before_papers(budget: int) -> None:
    text = " ".join(
        f"Sentence {number} of a long abstract says a thing or two on graphs." for number in range(12)
    )
    chosen = to_read(
        Form(several=True), [hit(rank, 1.0, f"{text} Number {rank * 'x'}.") for rank in range(1, 7)], (), 12
    )
    messages, sources = messages_for("Why?", chosen, Prompt.load("answer"), model=MODEL, budget=budget)
    assert count_messages(messages, MODEL) <= budget
    lines = [line for line in messages[1].content.splitlines() if re.match(r"P\d+\.S", line)]
    assert len({line.split(".")[0] for line in lines}) == len(sources)
    assert (len(lines) == 13 * 3 + 2 * 3) == (budget == 2800)
    assert [source.rank for source in sources] == list(range(1, len(sources) + 1))


def test_a_paper_too_long_for_the_prompt_gives_way() -> None:
    giant = hit(1, 1.0, f"It is {'very ' * 5000}long. It ends.")
    chosen = to_read(Form(), [giant, hit(2, 0.9)], (), 12)
    _, sources = messages_for("Why?", chosen, Prompt.load("answer"), model=MODEL, budget=2800)
    assert [source.id for source in sources] == ["p2"]
    with pytest.raises(ModelBudgetError, match="do not fit"):
        messages_for("Why?", chosen[:1], Prompt.load("answer"), model=MODEL, budget=2800)


def test_a_question_that_leaves_no_room_is_answered_by_quotes(
    sample: Assistant, openai_server: OpenAIServer
) -> None:
    with with_model(sample, openai_server, max_prompt_tokens=500) as assistant:
        answer = assistant.ask("What causes over-squashing?")
    assert (answer.status, answer.mode) == ("answered", "extractive")
    assert "ASSISTANT_MAX_PROMPT_TOKENS" in answer.notices[0]
    assert not openai_server.chats


# -- quotes ------------------------------------------------------------------------------------------


def is_verbatim(answer: Answer) -> None:
    """Every quote stands in the abstract that it cites, and none is there twice."""
    is_sound(answer)
    quoted = re.findall(r"“(.*?)” \[(\d+)\]", answer.body)
    assert quoted
    for quote, number in quoted:
        assert quote in answer.citations[int(number) - 1].paper.abstract
    assert len(set(quoted)) == len(quoted)
    assert repeated([quote for quote, _ in quoted]) == 0


@pytest.mark.parametrize(
    "question",
    [
        "What causes over-squashing?",
        "Which papers make speculative decoding faster?",
        "Compare DRew and PR-MPNNs.",
        "What causes over-squashing? Which papers hide messages in text?",
        "How do the graph-rewiring methods in this collection differ?",
    ],
)
def test_every_quote_is_verbatim_and_said_once(sample: Assistant, question: str) -> None:
    is_verbatim(sample.ask(question))


def test_a_fact_opens_with_the_sentence_that_answers(sample: Assistant) -> None:
    answer = sample.ask("How much runtime does coding against natural stragglers save?")
    assert answer.body.startswith("“We demonstrate that the latter scheme can yield a 16% improvement")
    assert len(answer.citations) == 1


def test_a_list_names_each_paper(sample: Assistant) -> None:
    answer = sample.ask("Which papers derive scaling laws, and for which kinds of model?")
    assert "papers here speak to this:" in answer.body
    assert len(answer.citations) >= 3
    assert answer.body.count("\n- **") == len(answer.citations)


def test_a_comparison_puts_things_side_by_side(sample: Assistant) -> None:
    answer = sample.ask("How does DistriFusion compare with PCPP?")
    assert "Side by side:" in answer.body
    assert "- **DistriFusion**: “In this paper, we propose DistriFusion" in answer.body
    lead = answer.body.partition("\n")[0]
    assert "PCPP" in lead
    assert "DistriFusion" in lead


def test_what_is_compared_and_not_there_is_told(sample: Assistant) -> None:
    answer = sample.ask("Compare FlashAttention-3 with speculative decoding.")
    assert "No paper here speaks of “FlashAttention-3”." in answer.notices


def test_two_questions_get_two_groups(sample: Assistant) -> None:
    answer = sample.ask("What causes over-squashing? Which papers hide *messages* in text?")
    assert answer.body.startswith("**What causes over-squashing?**")
    assert r"**Which papers hide \*messages\* in text?**" in answer.body


def test_one_of_two_questions_has_an_answer(sample: Assistant) -> None:
    answer = sample.ask("How long do I boil an egg for breakfast? What causes over-squashing in networks?")
    assert answer.status == "answered"
    assert answer.body.startswith("**What causes over-squashing in networks?**")
    assert "egg" not in answer.body
    assert answer.notices == ("No paper here answers “How long do I boil an egg for breakfast?”",)


def test_one_paper_answers_two_questions(sample: Assistant) -> None:
    answer = sample.ask(
        "How much faster is PEARL than autoregressive decoding? "
        "What does PEARL do during the verification phase?"
    )
    groups = answer.body.split("**What does PEARL do during the verification phase?**")
    assert len(groups) == 2
    assert "speedup" in groups[0]
    assert "pre-verify" in groups[1]


def test_where_few_papers_are_wanted_each_of_what_is_compared_has_one(sample: Assistant) -> None:
    answer = sample.ask("Compare PaSS and PEARL. Which of the two methods is faster?")
    assert [("PaSS" in each.title, "Adaptive Draft" in each.title) for each in answer.citations] == [
        (True, False),
        (False, True),
    ]


def test_a_name_that_is_a_stop_word_is_found_as_it_is_written(tmp_path: Path) -> None:
    papers = [
        paper("w", "Advice of the WHO", "The WHO advises two doses of the vaccine, four weeks apart."),
        paper(
            "c", "Advice of the CDC", "Adults get a third shot after half a year, says the CDC on vaccines."
        ),
    ]
    with Assistant.open(tmp_path / "index") as assistant:
        assistant.add(papers)
        answer = assistant.ask("How do WHO and CDC differ in the doses of the vaccine that they advise?")
    assert answer.status == "answered"
    assert not any("WHO" in notice for notice in answer.notices)
    assert {each.id for each in answer.citations} == {"w", "c"}


def test_background_and_housekeeping_are_quoted_only_when_asked_for(tmp_path: Path) -> None:
    text = (
        "Frobnication of graphs remains poorly understood and unclear. In this paper, we show that "
        "frobnication of graphs halves the cost. Code for frobnication of graphs is available at https://example.org/frob."
    )
    papers = [
        paper("f", "Frobnication of graphs", text),
        *(
            paper(f"o{n}", f"Subject {n}", f"Other thing {n} is of interest. It has property {n}.")
            for n in range(20)
        ),
    ]
    with Assistant.open(settings=Settings.load(index=tmp_path / "i", mode="extractive")) as assistant:
        assistant.add(papers)
        answer = assistant.ask("What does frobnication of graphs cost?")
        assert answer.body.startswith("“In this paper, we show that frobnication")
        assert "https" not in answer.body
        assert "https" in assistant.ask("Where is the code for frobnication of graphs?").body


def test_a_sentence_that_leans_back_comes_with_the_one_before(sample: Assistant) -> None:
    answer = sample.ask("What is over-squashing?")
    assert "“Message Passing Neural Networks (MPNNs) are instances" in answer.body
    assert "“This inductive bias leads to a phenomenon known as over-squashing" in answer.body


def test_answers_are_bounded(tmp_path: Path) -> None:
    words = " ".join(f"word{number}" for number in range(110))
    papers = [
        paper(f"p{n}", f"On graphs {n}", f"We see graphs {n} as {words} {n}x. It gains {n} % of graphs.")
        for n in range(20)
    ]
    with Assistant.open(settings=Settings.load(index=tmp_path / "i", mode="extractive")) as assistant:
        assistant.add(papers)
        answer = assistant.ask("Which papers are on graphs, and what do they see?")
    assert answer.status == "answered"
    assert len(answer.body.split()) < 800


def test_titles_alone_are_nothing_to_quote(tmp_path: Path) -> None:
    with Assistant.open(settings=Settings.load(index=tmp_path / "i", mode="extractive")) as assistant:
        assistant.add([Paper("z", "Zebras of the savanna"), Paper("y", "Lions of the savanna")])
        answer = assistant.ask("Which zebras of the savanna?")
    assert (answer.status, answer.refusal and answer.refusal.kind) == ("refused", "not_stated")


def test_a_title_that_answers_is_told_not_passed_over(tmp_path: Path) -> None:
    rewired = [paper(f"g{n}", f"Graph rewiring {n}", f"Graphs are rewired by rule {n}.") for n in range(15)]
    bare = Paper("t", "Rewiring railway timetables in Switzerland")
    with Assistant.open(settings=Settings.load(index=tmp_path / "i", mode="extractive")) as assistant:
        assistant.add([*rewired, bare])
        answer = assistant.ask("How are railway timetables in Switzerland rewired?")
        graphs = assistant.ask("How are graphs rewired?")
    assert answer.refusal
    assert (answer.refusal.kind, answer.refusal.nearest[0].id) == ("not_stated", "t")
    assert "only its title" in answer.refusal.reason
    assert graphs.status == "answered"
    assert not graphs.notices


# -- questions that are nothing but filters ----------------------------------------------------------


def test_papers_that_pass_filters_are_listed(tmp_path: Path) -> None:
    papers = [
        paper(
            f"p{n}",
            f"Study {n} *of* graphs",
            f"Graphs are all around. We present tool {n} for graphs.",
            authors=("Mustafa Hajij",) if n % 2 else ("Ann Lee",),
            year=2000 + n,
        )
        for n in range(50)
    ]
    with Assistant.open(settings=Settings.load(index=tmp_path / "i", mode="extractive")) as assistant:
        assistant.add([*papers, Paper("t", "Only a title", authors=("Zoe Zink",), year=2023)])
        answer = assistant.ask("papers by Hajij?")
        assert answer.status == "answered"
        assert answer.body.startswith("25 papers pass the filters (by Hajij):\n\n- **Study 49")
        assert len(answer.citations) == 20
        assert "newest 20" in " ".join(answer.notices)
        assert answer.confidence is None
        is_verbatim(answer)
        there = assistant.ask("What is there from 2023?")
        assert {citation.id for citation in there.citations} == {"p23", "t"}
        assert assistant.ask("by Zink").citations[0].id == "t"
        chat = assistant.chat()
        chat.ask("What is tool 7?")
        assert len(chat.ask("Which papers are there by Zink?").citations) == 1
        assert assistant.ask("What do the papers by Hajij say on tool 7?").citations[0].id == "p7"


# -- confidence --------------------------------------------------------------------------------------


def test_confidence_in_words() -> None:
    assert in_words(None) == ""
    assert in_words(0.0) == "low (0 %)"
    assert in_words(0.3) == "fair (30 %)"
    assert in_words(0.97) == "high (97 %)"


# -- replies of small models -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reply",
    [
        "The provided papers do not contain information about that.",
        "I'm sorry, but I cannot answer this from the given abstracts.",
        "This is not mentioned in any of them. NO_ANSWER_IN_SOURCES",
        "no answer in sources",
    ],
)
def test_a_refusal_in_other_words_is_one(sample: Assistant, openai_server: OpenAIServer, reply: str) -> None:
    openai_server.enqueue(says(*reply))
    with with_model(sample, openai_server) as assistant:
        answer = assistant.ask("What causes over-squashing?")
    assert (answer.status, answer.refusal and answer.refusal.kind) == ("refused", "not_stated")


def test_a_sloppy_reply_becomes_an_answer(sample: Assistant, openai_server: OpenAIServer) -> None:
    reply = (
        "```markdown\n**Answer:** P1 proves that depth does not help (Source: P1, S4).\n\n"
        "1. Width helps `[P1.S4]`.\n2. Topology counts **[P1.S4: it plays the greatest role]**.\n\n"
        "References:\n[P1] On Over-Squashing\n[P2] Something else\n```"
    )
    openai_server.enqueue(says(*(reply[at : at + 3] for at in range(0, len(reply), 3))))
    with with_model(sample, openai_server) as assistant:
        answer = assistant.ask("What causes over-squashing?")
    name = "On Over-Squashing in Message Passing Neural Networks"
    assert answer.body.startswith(name) or answer.body.startswith(answer.sources[0].title.partition(":")[0])
    assert answer.body.count("[1]") == 3
    assert not {"`", "References", "Answer", "P1"} & set(re.findall(r"`|References|Answer|P1", answer.body))
    assert [claim.text.rstrip(".") for claim in answer.claims[1:]] == ["Width helps", "Topology counts"]


# -- measures ----------------------------------------------------------------------------------------


def test_measures_of_what_is_cited() -> None:
    assert (recall({"a"}, {"a", "b"}), precision({"a", "c"}, {"a", "b"})) == (0.5, 0.5)
    assert (recall((), ()), precision((), {"a"})) == (1.0, 0.0)
    assert f_measure(1.0, 0.5) == pytest.approx(2 / 3)
    assert f_measure(0.0, 0.0) == 0.0
    assert f_measure(1.0, 0.5, 2) > f_measure(0.5, 1.0, 2)
    assert repeated(["Graphs are deep networks.", "Deep networks are graphs!", "Trees differ."]) == 1
