"""Evaluations, through the package and the command: what is asked, what is told, how it ends early."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant, Paper, Progress, Settings
from assistant.corpus import split
from assistant.errors import UsageError
from assistant.evaluation import Estimate, Report, evaluate, make_questions, report_json
from assistant.evaluation.hidden import Part, Without
from assistant.evaluation.rewording import LONGEST_RUN, longest_run, reworded
from assistant.index.browsing import Order
from assistant.index.words import terms
from assistant.types import NO_FILTERS

from . import openai_server as wire
from .openai_server import MODEL, OpenAIServer, Request
from .test_answers import with_model
from .test_cli import COMMAND, as_json, run

QUESTIONS: list[dict[str, Any]] = [
    {
        "question": "What causes over-squashing in message passing networks?",
        "gold_titles": [
            "On Over-Squashing in Message Passing Neural Networks: The Impact of Width, Depth, and Topology"
        ],
        "gold": [10],
        "answer": "Depth cannot help, since over-squashing is then dominated by vanishing gradients.",
        "evidence": "increasing the number of layers leads to over-squashing being dominated by vanishing",
    },
    {"question": "How long do I boil an egg?", "kind": "far"},
    {"question": "Who won the football world cup in 1998?", "kind": "far"},
    {
        "question": "What is MACE?",
        "gold": [30],
        "hidden": [30],
        "kind": "removed",
    },
    {
        "turns": [
            {"question": "What is DistriFusion?", "gold": [32]},
            {"question": "Is there a follow-up that cuts its communication further?", "gold": [27]},
        ]
    },
]


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "mixed.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in QUESTIONS), "utf-8")
    return path


@pytest.fixture
def index(sample_index: Path, tmp_path: Path) -> Path:
    """A copy of the sample's index that nobody has open."""
    return shutil.copytree(sample_index, tmp_path / "index")


def value(report: Report, section: str, line: str, name: str) -> float:
    figure = report.figure(section, line, name)
    assert figure is not None, (section, line, name)
    return figure.value if isinstance(figure, Estimate) else figure


# -- what is told ----------------------------------------------------------------------------------------


def test_all_that_can_be_told_without_a_model(sample: Assistant, questions: Path) -> None:
    told: list[Progress] = []
    report = evaluate(sample, questions, progress=told.append)
    assert (report.questions, report.asked, report.papers, report.interrupted) == (6, 6, 203, False)
    assert "no language model" in report.answers_by
    assert [each.done for each in told] == [1, 2, 3, 4, 5, 6]
    assert {each.expected for each in told} == {6}
    assert [section.name for section in report.sections] == ["papers", "answers", "refusals", "cost", "audit"]
    assert value(report, "papers", "mixed", "first") == 1.0
    assert value(report, "papers", "mixed", "evidence_in_3") == 1.0
    assert 0 < value(report, "papers", "mixed, later turns", "in_8") <= 1
    assert value(report, "answers", "mixed", "citation_recall") == 1.0
    assert 0 < value(report, "answers", "mixed", "citation_precision") <= 1.0
    assert value(report, "answers", "mixed", "claims_supported") == 1.0
    assert value(report, "refusals", "far", "refused") == 1.0
    assert value(report, "refusals", "far", "auroc") == 1.0
    assert value(report, "audit", "quotes, true", "flagged") == 0.0
    assert value(report, "audit", "quotes, citation swapped", "flagged") == 1.0
    assert value(report, "audit", "answers, negated", "flagged") >= 0.0
    assert value(report, "cost", "refusals", "median") > 0
    assert report.figure("cost", "answers that quote", "prompt_tokens") is None
    assert report.figure("papers", "nothing", "first") is None


def test_a_report_is_json(sample: Assistant, questions: Path) -> None:
    report = evaluate(sample, questions, k=3)
    plain = json.loads(json.dumps(report_json(report)))
    assert plain["figures"]["papers"]["mixed"]["n"] == 2
    assert set(plain["figures"]["papers"]["mixed"]["in_3"]) == {"value", "low", "high", "n"}
    assert "details" not in plain
    first, *_, last = report_json(report, details=True)["details"]
    assert (first["place"], first["status"], first["where"]) == (1, "answered", "mixed.jsonl, line 1")
    assert first["gold"][0] in first["cited"]
    assert last["searched"] != last["question"], "the follow-up was asked in its conversation"


def test_a_model_costs_what_it_costs(sample: Assistant, questions: Path, openai_server: OpenAIServer) -> None:
    openai_server.reply = "It is so, they say [P1.S1]."
    with with_model(sample, openai_server) as assistant:
        report = evaluate(assistant, questions)
    assert MODEL in report.answers_by
    line = "answers of the model"
    assert value(report, "cost", line, "prompt_tokens") >= 11
    assert value(report, "cost", line, "calls") >= 1
    assert value(report, "cost", line, "first_word_median") > 0
    assert report.figure("cost", line, "dollars") is None, "no price is known"
    assert not report.notices


def test_a_model_that_fails_is_told(sample: Assistant, questions: Path, openai_server: OpenAIServer) -> None:
    openai_server.enqueue(*[wire.unauthorized()] * 20)
    with with_model(sample, openai_server) as assistant:
        report = evaluate(assistant, questions)
    [notice] = report.notices
    assert "answers were quoted, since the model failed" in notice
    assert "refused the key" in notice


def test_several_files_are_told_apart(sample: Assistant, questions: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    for name in ("short.jsonl", "other/mixed.jsonl"):
        (tmp_path / name).write_text(f"{json.dumps(QUESTIONS[0])}\n", "utf-8")
    files = [questions, tmp_path / "short.jsonl", tmp_path / "other" / "mixed.jsonl"]
    report = evaluate(sample, *files)
    names = {line.name for section in report.sections for line in section.lines if section.name == "papers"}
    assert names == {"short", str(files[0]), f"{files[0]}, later turns", str(files[2])}


def test_papers_that_are_not_there_count_as_missed(sample: Assistant, tmp_path: Path) -> None:
    (tmp_path / "qrels").mkdir()
    (tmp_path / "queries.jsonl").write_text('{"_id": "1", "text": "What is MACE?"}\n', "utf-8")
    (tmp_path / "qrels" / "test.tsv").write_text("1\tgone\t1\n", "utf-8")
    report = evaluate(sample, tmp_path)
    assert "1 of 1 right papers are not in the index" in report.notices[0]
    assert value(report, "papers", tmp_path.name, "in_8") == 0.0


# -- ending early ----------------------------------------------------------------------------------------


def test_what_was_asked_is_told_when_it_is_stopped(sample: Assistant, questions: Path) -> None:
    told: list[Progress] = []
    report = evaluate(sample, questions, progress=told.append, stop=lambda: len(told) == 2)
    assert (report.asked, report.questions, report.interrupted) == (2, 6, True)
    assert [section.name for section in report.sections] == ["papers", "answers", "refusals", "cost"]
    nothing = evaluate(sample, questions, stop=lambda: True)
    assert (nothing.asked, nothing.sections) == (0, ())


def test_an_index_that_fails_midway_ends_it(tmp_path: Path, openai_server: OpenAIServer) -> None:
    settings = Settings.load(
        index=tmp_path / "index",
        embed_model="m",
        base_url=openai_server.url,
        mode="extractive",
        max_retries=0,
    )
    file = tmp_path / "q.jsonl"
    file.write_text(f"{json.dumps({'question': 'Why stripes?', 'kind': 'far'})}\n" * 5, "utf-8")
    with Assistant.open(settings=settings) as assistant:
        assistant.add([Paper("z", "Zebras", "They have stripes.", sentences=split("They have stripes."))])
        openai_server.enqueue_vectors(wire.embeds(), wire.embeds(), *[wire.fails(401)] * 9)
        report = evaluate(assistant, file)
    assert report.interrupted
    assert 0 < report.asked < 5
    assert report.notices[0].startswith(f"Stopped after {report.asked} questions. ")


def test_nothing_to_ask(sample: Assistant) -> None:
    with pytest.raises(UsageError, match="nothing to evaluate"):
        evaluate(sample)


# -- papers taken away -----------------------------------------------------------------------------------


def test_a_hidden_paper_is_nowhere(sample: Assistant) -> None:
    [hit, *_] = sample.search("What is MACE?", 1)
    hidden = Without(sample, [hit.id])
    answer = hidden.ask("What is MACE?", trace=True)
    assert hit.id not in {each.id for each in answer.sources}
    assert hit.id not in {paper.id for paper in (answer.refusal.nearest if answer.refusal else ())}
    assert answer.trace is not None
    assert hit.id not in {each.id for each in answer.trace.candidates}
    assert sample.ask("What is MACE?").citations[0].id == hit.id, "it is still there"


def test_a_page_of_an_index_with_a_hidden_paper(sample: Assistant) -> None:
    whole = sample.index.page("", NO_FILTERS, Order.TITLE, 0, 10)
    page = Part(sample.index, [whole.papers[3].id]).page("", NO_FILTERS, Order.TITLE, 0, 10)
    assert page.papers == (*whole.papers[:3], *whole.papers[4:])
    assert page.total == whole.total - 1


def test_a_part_of_an_index(sample: Assistant) -> None:
    ids = [paper.id for paper in sample.papers()[:5]]
    part = Part(sample.index, ids[:1], ids)
    assert len(part) == 4
    assert {paper.id for paper in part.all()} == set(ids[1:])
    found = part.nearest(sample.embedder.embed_query("graphs"), 9)
    assert {paper for paper, _ in found} == set(ids[1:])
    assert {paper for paper, _ in part.matching("graph networks", 9)} <= set(ids[1:])
    assert part.frequency("graph") <= sample.index.frequency("graph")


# -- questions of one's own papers -----------------------------------------------------------------------


def test_questions_of_a_library(sample: Assistant, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert make_questions(sample, tmp_path / name, count=12, seed=5) == 12
    assert make_questions(sample, tmp_path / "c", count=12, seed=6) == 12
    made = (tmp_path / "a").read_text("utf-8")
    assert made == (tmp_path / "b").read_text("utf-8") != (tmp_path / "c").read_text("utf-8")
    rows = [json.loads(line) for line in made.splitlines()]
    assert len(rows) == 24
    for there, removed in zip(rows[::2], rows[1::2], strict=True):
        assert there["question"] == removed["question"]
        assert there["gold"] == removed["hidden"]
        [paper] = sample.index.papers(there["gold"])
        assert there["evidence"] in paper.abstract
        assert there["made_by"] == "rules"
        asked = set(terms(there["question"]))
        assert not asked & set(terms(paper.title)), "the title's words would give it away"
        assert longest_run(there["question"], paper.abstract) <= LONGEST_RUN
    report = evaluate(sample, tmp_path / "a")
    assert value(report, "papers", "a", "in_8") > 0.5
    assert value(report, "refusals", "removed", "auroc") > 0.5
    with pytest.raises(UsageError, match="is there already"):
        make_questions(sample, tmp_path / "a")
    with pytest.raises(UsageError, match="cannot be written"):
        make_questions(sample, tmp_path / "no folder" / "a")


def test_a_model_puts_questions_into_words(
    sample: Assistant, openai_server: OpenAIServer, tmp_path: Path
) -> None:
    def reply(request: Request) -> str:
        answer = request.question.rpartition("Answer: ")[2]
        copied = len(openai_server.chats) % 2 == 0
        return (
            f"{answer}?" if copied else '"Which gain comes of it, and under what conditions does it hold?"\n'
        )

    openai_server.reply = reply
    with with_model(sample, openai_server) as assistant:
        assert make_questions(assistant, tmp_path / "made", count=6) == 6
    rows = [json.loads(line) for line in (tmp_path / "made").read_text("utf-8").splitlines()[::2]]
    assert [row["made_by"] for row in rows] == ["model", "rules"] * 3, "what copies the abstract is not taken"
    assert rows[0]["question"] == "Which gain comes of it, and under what conditions does it hold?"


def test_a_small_library_and_one_without_abstracts(tmp_path: Path) -> None:
    text = (
        "We study how coats deter biting insects in open grassland. "
        "Horseflies land less often on striped fabric than on plain fabric, whatever its brightness. "
        "The effect grows with wind and vanishes at dusk, when insects rest in shade."
    )
    with Assistant.open(tmp_path / "index") as assistant:
        assistant.add([Paper("z", "Zebras", text, sentences=split(text)), Paper("t", "A title alone")])
        assert make_questions(assistant, tmp_path / "made", count=9) == 1


def test_a_sentence_of_which_little_is_left_makes_no_question(sample: Assistant) -> None:
    import random

    text = "However, it is slow. We test it. $x^2$ (see https://x.example)."
    paper = Paper("p", "A slow test", text, sentences=split(text))
    chance = random.Random(1)
    for number in range(len(paper.sentences)):
        assert reworded(paper, number, sample.index.frequency, 203, chance) is None


# -- the command -----------------------------------------------------------------------------------------


def test_eval_as_a_table_and_as_json(index: Path, questions: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    result = run("eval", questions, "--index", index, "--out", out)
    assert result.exit_code == 0, result.stderr
    for words in (
        "6 questions, 203 papers",
        "The right papers",
        "mixed",
        "far",
        "The audit of claims",
        "1.000",
    ):
        assert words in result.stdout
    assert len(json.loads(out.read_text("utf-8"))["details"]) == 6
    shown = as_json("eval", questions, "--index", index, "-k", 5, "--extractive")
    assert shown["figures"]["papers"]["mixed"]["in_5"]["value"] == 1.0


def test_eval_makes_questions(index: Path, tmp_path: Path) -> None:
    file = tmp_path / "made.jsonl"
    shown = as_json("eval", "--make", file, "--count", 3, "--seed", 1, "--index", index)
    assert shown == {"file": str(file), "papers": 3, "questions": 6}
    result = run("eval", "--make", tmp_path / "again.jsonl", "--count", 3, "--seed", 1, "--index", index)
    assert "6 questions on 3 papers" in result.stdout
    assert (tmp_path / "again.jsonl").read_text("utf-8") == file.read_text("utf-8")
    assert run("eval", file, "--index", index).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Name a file of questions"),
        (["{folder}/nothing.jsonl"], "cannot be read"),
        (["{folder}/bad.jsonl"], "bad.jsonl, line 1: it has no question"),
        (["{folder}/bad.jsonl", "--out", "{folder}/no/out.json"], "Name a file in a folder that is there"),
        (["{folder}/bad.jsonl", "--make", "{folder}/new"], "--make asks nothing"),
        (["--make", "{folder}/bad.jsonl"], "is there already"),
        (["{folder}/bad.jsonl", "--papers", "{folder}/bad.jsonl"], "bad.jsonl, line 1"),
    ],
)
def test_eval_says_what_is_wrong(index: Path, tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "bad.jsonl").write_text('{"gold": [1]}\n', "utf-8")
    given = [argument.format(folder=tmp_path) for argument in arguments]
    result = run("eval", *given, "--index", index)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not result.stdout


def test_interrupting_an_evaluation_reports_what_was_asked(
    index: Path, questions: Path, openai_server: OpenAIServer
) -> None:
    processes: list[subprocess.Popen[str]] = []

    def reply(_: Request) -> str:
        processes[0].send_signal(signal.SIGINT)
        return "It is so, they say [P1.S1]."

    openai_server.reply = reply
    env = os.environ | {"OPENAI_BASE_URL": openai_server.url, "ASSISTANT_MODEL": MODEL}
    with subprocess.Popen(
        [*COMMAND, "eval", str(questions), "--index", str(index), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=env,
    ) as process:
        processes.append(process)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Not all was asked: 1 of 6 questions." in err
    assert "Traceback" not in err
    assert json.loads(out)["interrupted"]
