"""``summarize`` and ``compare`` on the command line: text, JSON, files, refusals and Ctrl-C."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.export import summary_json

from .openai_server import MODEL, OpenAIServer, says
from .test_cli import COMMAND, as_json, run

SUBJECT = "speculative decoding of tokens"
"""No topic's name: whether topics are known yet depends on the tests before."""


@pytest.fixture
def index(sample_index: Path, tmp_path: Path) -> Path:
    """A copy of the sample's index that nobody has open."""
    return Path(shutil.copytree(sample_index, tmp_path / "index"))


def test_summarize_prints_markdown_and_writes_files(index: Path, tmp_path: Path, sample: Assistant) -> None:
    names = ["a.md", "b.html", "c.csv", "d.XLSX", "e.tex", "f.bib", "g.ris", "h.json"]
    out = [part for name in names for part in ("--out", tmp_path / name)]
    result = run("summarize", SUBJECT, "--index", index, *out)
    assert result.exit_code == 0, result.stderr
    assert sorted(path.name for path in tmp_path.iterdir() if path != index) == names
    assert all(f"Written: {tmp_path / name}" in result.stderr for name in names)
    expected = sample.summarize(SUBJECT)
    assert (tmp_path / "a.md").read_text("utf-8") == f"{expected.text}\n"
    assert result.stdout.strip() == f"{expected.body}\n\n{expected.back_matter()}".strip()
    assert run("replay", tmp_path / "h.json").stdout == f"{expected.text}\n"
    replayed = as_json("replay", tmp_path / "h.json")
    assert replayed | {"timings": {}} == summary_json(expected) | {"timings": {}}


def test_the_json_is_that_of_the_python_object(index: Path, sample: Assistant) -> None:
    summary = as_json("summarize", SUBJECT, "--depth", "brief", "--index", index)
    assert list(summary) == [
        *("subject", "status", "mode", "depth", "text", "sections", "themes", "cards", "citations", "claims"),
        *("reading", "papers", "not_cited", "coverage", "refusal", "notices", "usage", "timings"),
    ]
    expected = summary_json(sample.summarize(SUBJECT, depth="brief"))
    assert summary | {"timings": {}} == expected | {"timings": {}}
    assert len(summary["cards"]) == 8
    assert list(summary["sections"][0]) == ["title", "body"]
    assert list(summary["themes"][0]) == ["name", "papers"]
    assert list(summary["reading"][0]) == ["id", "title", "reason"]


def test_a_refusal_is_told_and_writes_no_table(index: Path, tmp_path: Path) -> None:
    out = ("--out", tmp_path / "a.csv", "--out", tmp_path / "a.md")
    result = run("summarize", "boiling eggs", "--index", index, *out)
    assert result.exit_code == 0
    assert "boiling eggs" in result.stdout
    assert not (tmp_path / "a.csv").exists()
    assert "a.csv is not written" in result.stderr
    assert "boiling eggs" in (tmp_path / "a.md").read_text("utf-8")
    assert as_json("summarize", "boiling eggs", "--index", index)["status"] == "refused"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["summarize"], "no subject"),
        (["summarize", " "], "no subject"),
        (["summarize", SUBJECT, "--depth", "deep"], "deep"),
        (["summarize", SUBJECT, "--out", "x.pdf"], ".xlsx"),
        (["summarize", SUBJECT, "--out", "nowhere/x.md"], "folder is not there"),
        (["summarize", SUBJECT, "--paper", "PaSS"], "papers and a subject"),
        (["summarize", "--paper", "No such paper at all"], "No paper"),
        (["summarize", "--paper", ""], "A paper is named by its id"),
        (["compare", "PaSS: Parallel Speculative Sampling"], "cannot be compared"),
        (["compare", "PaSS: Parallel Speculative Sampling", "No such paper at all"], "No paper"),
    ],
)
def test_what_is_wrong_is_said_before_a_model_is_asked(
    index: Path, openai_server: OpenAIServer, arguments: list[str], message: str
) -> None:
    env = {"OPENAI_BASE_URL": openai_server.url, "ASSISTANT_MODEL": MODEL}
    result = run(*arguments, "--index", index, env=env)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not openai_server.chats


def test_filters_alone_are_a_subject(index: Path) -> None:
    summary = as_json("summarize", "--source", "trending", "--depth", "brief", "--index", index)
    assert len(summary["papers"]) == 203
    assert (
        as_json("summarize", SUBJECT, "--since", "2090", "--index", index)["refusal"]["kind"]
        == "filtered_out"
    )


def test_a_list_of_papers_is_a_subject(index: Path, sample: Assistant) -> None:
    pass_ = sample.paper("PaSS")
    summary = as_json("summarize", "--paper", pass_.id, "--paper", "SpecDec++", "--index", index)
    assert [paper["id"] for paper in summary["papers"]] == [pass_.id, sample.paper("SpecDec++").id]
    assert summary["subject"] == "2 papers"
    assert summary == as_json("summarize", "--paper", "PaSS", "--paper", "SpecDec++", "--index", index) | {
        "timings": summary["timings"]
    }


def test_papers_are_compared(index: Path, tmp_path: Path) -> None:
    names = ("PaSS: Parallel Speculative Sampling", "SpecDec++")
    result = run("compare", *names, "--out", tmp_path / "both.csv", "--index", index)
    assert result.exit_code == 0, result.stderr
    assert "## Approach" in result.stdout
    assert (tmp_path / "both.csv").read_text("utf-8").count("\n") == 3
    compared = as_json("compare", *names, "--index", index)
    assert [card["title"].partition(":")[0] for card in compared["cards"]] == ["PaSS", "SpecDec++"]


def test_a_model_is_asked_unless_quotes_are_wanted(index: Path, openai_server: OpenAIServer) -> None:
    openai_server.reply = "Drafts are adapted [P1.S4]."
    env = {"OPENAI_BASE_URL": openai_server.url, "ASSISTANT_MODEL": MODEL}
    quoted = as_json("summarize", SUBJECT, "--extractive", "--index", index, env=env)
    assert (quoted["mode"], openai_server.chats) == ("extractive", [])
    written = as_json("summarize", SUBJECT, "--index", index, env=env)
    assert written["mode"] == "llm"
    assert written["usage"]["calls"] == len(openai_server.chats) > 2


def test_on_a_terminal_the_table_is_a_list(index: Path) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "summarize", SUBJECT, "--depth", "brief", "--index", str(index)],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:  # how the end of a terminal reads
            pass
        os.close(ours)
    assert process.returncode == 0
    text = shown.decode().replace("\r\n", "\n")
    assert "|---" not in text
    assert "\n- problem: " in text


def test_ctrl_c_leaves_no_file(index: Path, tmp_path: Path, openai_server: OpenAIServer) -> None:
    openai_server.enqueue(*[says(*["word [P1.S1] "] * 2000, delay=0.02)] * 9)
    env = os.environ | {"OPENAI_BASE_URL": openai_server.url, "ASSISTANT_MODEL": MODEL}
    with subprocess.Popen(
        [
            *COMMAND,
            "summarize",
            SUBJECT,
            "--depth",
            "brief",
            "--index",
            str(index),
            "--out",
            str(tmp_path / "x.md"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=env | {"ASSISTANT_READ_TIMEOUT": "1"},
    ) as process:
        assert process.stdout is not None
        shown = process.stdout.read(60)
        process.send_signal(signal.SIGINT)
        rest, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Interrupted; nothing was written to a file." in err
    assert "Traceback" not in err
    assert (shown + rest).endswith("\n")
    assert not (tmp_path / "x.md").exists()


def test_an_edited_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(json.dumps({"kind": "summary", "format": 1, "summary": {}}), "utf-8")
    result = run("replay", tmp_path / "x.json")
    assert result.exit_code == 2
    assert "summary.subject" in result.stderr
