"""The command line: every command, its JSON, its exit codes, and what it says when something is wrong."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant import Assistant, __version__
from assistant.cli import app

from .openai_server import MODEL, OpenAIServer, says, unauthorized

KEY = "sk-proj-Zx81kQw7TTnm02Lp"
QUESTION = "What causes over-squashing in message passing networks?"
COMMAND = [sys.executable, "-c", "from assistant.cli import main; main()"]

Run = Callable[..., Any]


@pytest.fixture
def index(sample_index: Path, tmp_path: Path) -> Path:
    """A copy of the sample's index that nobody has open."""
    shutil.copytree(sample_index, tmp_path / "index")
    return tmp_path / "index"


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """An index of three papers, one of them with a title alone."""
    rows = [
        {
            "id": "a",
            "title": "Graphs with memory",
            "abstract": "We study graphs. They remember.",
            "year": 2020,
        },
        {"id": "b", "title": "Graphs without memory", "year": 2021},
        {"id": "c", "title": "Networks", "abstract": "Networks forget what graphs keep."},
    ]
    file = tmp_path / "few.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert run("add", file, "--index", tmp_path / "few").exit_code == 0
    return tmp_path / "few"


def run(*arguments: object, env: dict[str, str] | None = None) -> Any:
    """A command in this process, as `paper-assistant ARGUMENTS`."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env=env)


def as_json(*arguments: object, env: dict[str, str] | None = None) -> dict[str, Any]:
    """What a command that succeeds prints with --json: one object, and nothing else."""
    result = run(*arguments, "--json", env=env)
    assert result.exit_code == 0, result.stderr
    loaded: dict[str, Any] = json.loads(result.stdout)
    return loaded


def test_help_of_every_command() -> None:
    overview = run("--help").stdout
    for command in (
        "add",
        "refresh",
        "search",
        "ask",
        "summarize",
        "compare",
        "list",
        "remove",
        "export",
        "status",
        "rebuild",
        "serve",
        "mcp",
        "eval",
        "doctor",
    ):
        assert command in overview
        shown = run(command, "--help")
        assert shown.exit_code == 0
        assert "--index" in shown.stdout
    assert run("--version").stdout == f"paper-assistant {__version__}\n"


def test_ask_as_json(index: Path) -> None:
    answer = as_json("ask", QUESTION, "--index", index)
    assert list(answer) == [
        "question",
        "status",
        "mode",
        "confidence",
        "text",
        "citations",
        "claims",
        "refusal",
        "notices",
        "usage",
        "searched",
        "filters",
        "timings",
    ]
    assert (answer["question"], answer["status"], answer["mode"]) == (QUESTION, "answered", "extractive")
    assert answer["refusal"] is None
    assert answer["usage"] == {"prompt_tokens": 0, "completion_tokens": 0, "calls": 0, "cost": None}
    citation = answer["citations"][0]
    assert list(citation) == ["number", "id", "title", "sentences"]
    assert list(citation["sentences"][0]) == ["index", "text"]
    claim = answer["claims"][0]
    assert list(claim)[:4] == ["text", "citations", "support", "score"]
    assert (claim["reason"], claim["better"], claim["attached"]) == (None, None, False)
    assert claim["support"] == "supported"


def test_a_refusal_as_json(index: Path) -> None:
    answer = as_json("ask", "How long do I boil an egg?", "--index", index)
    assert (answer["status"], answer["citations"], answer["claims"]) == ("refused", [], [])
    assert list(answer["refusal"]) == ["kind", "reason", "nearest"]
    assert answer["refusal"]["kind"] == "not_in_collection"
    assert [list(paper) for paper in answer["refusal"]["nearest"]] == [["id", "title"]] * 3


def test_ask_as_text(index: Path) -> None:
    result = run("ask", QUESTION, "--index", index)
    assert result.exit_code == 0
    assert result.stdout.count("**References**") == 1
    assert "[1] " in result.stdout
    assert "Confidence that the collection answers this: high (9" in result.stderr


def test_ask_reads_standard_input(index: Path) -> None:
    result = CliRunner().invoke(app, ["ask", "-", "--json", "--index", str(index)], input=f"{QUESTION}\n")
    assert json.loads(result.stdout)["question"] == QUESTION


def test_search_status_and_add_as_json(index: Path, tmp_path: Path) -> None:
    hits = as_json("search", QUESTION, "-k", 3, "--index", index)["hits"]
    assert [hit["rank"] for hit in hits] == [1, 2, 3]
    assert list(hits[0]) == ["rank", "id", "title", "score", "evidence"]
    assert list(hits[0]["evidence"][0]) == ["index", "text", "score"]
    status = as_json("status", "--index", index)
    assert list(status) == [
        "path",
        "papers",
        "sentences",
        "embedder",
        "dimension",
        "format",
        "sound",
        "notice",
        "libraries",
    ]
    assert (status["papers"], status["dimension"], status["sound"]) == (203, 384, True)
    rows = tmp_path / "more.jsonl"
    rows.write_text('{"id": "x", "title": "A new paper", "abstract": "It is new."}\n{"id": "y"}\n', "utf-8")
    report = as_json("add", rows, "--index", index)
    assert {key: report[key] for key in ("added", "updated", "unchanged", "merged")} == {
        "added": 1,
        "updated": 0,
        "unchanged": 0,
        "merged": 0,
    }
    assert "line 2" in report["rejected"][0]["where"]
    assert as_json("add", "--sample", "--index", index)["unchanged"] == 203


def test_several_sources_are_one_import(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "a.jsonl").write_text('{"id": "x", "title": "One"}\n{"title": 5}\n', "utf-8")
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b'{"id": "x", "title": "One"}\n'))
    arguments = [
        "add",
        str(tmp_path / "library"),
        str(tmp_path / "b.jsonl.gz"),
        "-",
        "--index",
        str(tmp_path / "i"),
    ]
    result = CliRunner().invoke(app, [*arguments, "--json"], input='{"id": "y", "title": "Two"}\n')
    report = json.loads(result.stdout)
    assert (report["added"], report["merged"], report["dry_run"]) == (2, 1, False)
    assert report["rejected"] == [
        {"where": "library/a.jsonl, line 2", "reason": "title is a number, not text"}
    ]
    with Assistant.open(tmp_path / "i") as assistant:
        assert {paper.sources for paper in assistant.papers()} == {
            ("a.jsonl", "b.jsonl.gz"),
            ("standard input",),
        }


def test_a_dry_run_writes_nothing(index: Path, tmp_path: Path) -> None:
    rows = tmp_path / "more.jsonl"
    rows.write_text('{"id": "x", "title": "A new paper"}\n', "utf-8")
    assert as_json("add", rows, "--dry-run", "--index", tmp_path / "new")["added"] == 1
    assert not (tmp_path / "new").exists()
    assert as_json("add", rows, "--sample", "--dry-run", "--index", index) == {
        "added": 1,
        "updated": 0,
        "unchanged": 203,
        "merged": 0,
        "rejected": [],
        "more_rejected": 0,
        "folds": [],
        "more_folds": 0,
        "interrupted": False,
        "without_abstract": 1,
        "notices": [],
        "dry_run": True,
    }
    assert as_json("status", "--index", index)["papers"] == 203
    shown = run("add", rows, "--dry-run", "--index", index).stdout
    assert shown.endswith("0 merged, 0 rejected; 1 without an abstract.\n")
    assert shown.startswith("Dry run, nothing is written: 1 added, 0 updated, 0 unchanged")


def test_strict_stops_at_the_first_bad_row(index: Path, tmp_path: Path) -> None:
    rows = tmp_path / "more.jsonl"
    rows.write_text('{"id": "x", "title": "A new paper"}\n{"id": "y"}\n', "utf-8")
    for extra in ([], ["--dry-run"]):
        result = run("add", rows, "--strict", "--index", index, *extra)
        assert result.exit_code == 2
        assert "more.jsonl, line 2: title is missing" in result.stderr
    assert as_json("status", "--index", index)["papers"] == 203
    assert run("add", rows, "--strict", "--index", tmp_path / "new").exit_code == 2
    assert not (tmp_path / "new").exists()


def test_rejected_rows_go_to_a_file_to_be_mended(index: Path, tmp_path: Path) -> None:
    rows, mend = tmp_path / "more.jsonl", tmp_path / "mend.jsonl"
    rows.write_text('{"id": "x", "title": "A new paper"}\n{"id": "y"}\n', "utf-8")
    assert as_json("add", rows, "--rejected", mend, "--index", index)["added"] == 1
    assert mend.read_text("utf-8") == '{"id": "y"}\n'
    assert "more.jsonl, line 2: title is missing" in (tmp_path / "mend.jsonl.reasons.txt").read_text("utf-8")
    mend.write_text('{"id": "y", "title": "Mended"}\n', "utf-8")
    assert as_json("add", mend, "--index", index)["added"] == 1


def test_a_model_answers(index: Path, openai_server: OpenAIServer) -> None:
    openai_server.enqueue(says("Topology does [P1.S1]."))
    env = {"OPENAI_BASE_URL": openai_server.url, "ASSISTANT_MODEL": MODEL}
    answer = as_json("ask", QUESTION, "--index", index, env=env)
    assert (answer["mode"], answer["usage"]["calls"]) == ("llm", 1)
    assert answer["text"].startswith("Topology does [1].\n\n**References**\n\n[1] ")
    text = run("ask", QUESTION, "--index", index, "--extractive", env=env)
    assert text.exit_code == 0
    assert len(openai_server.chats) == 1


def test_a_wrong_key_still_answers_and_is_never_shown(index: Path, openai_server: OpenAIServer) -> None:
    openai_server.enqueue(unauthorized())
    env = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": openai_server.url, "ASSISTANT_MODEL": MODEL}
    result = run("ask", QUESTION, "--index", index, env=env)
    assert result.exit_code == 0
    assert "OPENAI_API_KEY" in result.stderr
    assert KEY[:12] not in result.stdout + result.stderr


def test_doctor_says_what_is_so(index: Path, tmp_path: Path, openai_server: OpenAIServer) -> None:
    checks = {check["name"]: check for check in as_json("doctor", "--index", index)["checks"]}
    assert {name: check["verdict"] for name, check in checks.items()} == {
        "prompts": "ok",
        "embedder": "ok",
        "reader": "ok",
        "model": "note",
        "index": "ok",
    }
    assert "OPENAI_API_KEY" in checks["model"]["hint"]
    env = {"OPENAI_BASE_URL": openai_server.url, "ASSISTANT_MODEL": MODEL}
    assert run("doctor", "--index", index, env=env).exit_code == 0
    openai_server.strict = True
    wrong = run("doctor", "--index", index, env=env | {"ASSISTANT_MODEL": "no-such-model"})
    assert wrong.exit_code == 1
    assert "no-such-model" in wrong.stdout
    gone = run("doctor", "--index", index, env={"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"})
    assert gone.exit_code == 1
    assert "127.0.0.1:9" in gone.stdout
    none = run("doctor", "--index", tmp_path / "none")
    assert none.exit_code == 0
    assert "paper-assistant add" in none.stdout


@pytest.mark.parametrize(
    ("arguments", "env", "code", "message"),
    [
        (["ask", QUESTION, "--index", "none"], {}, 2, "no index"),
        (["search", QUESTION, "--index", "none"], {}, 2, "no index"),
        (["status", "--index", "none"], {}, 2, "no index"),
        (["ask", "", "--index", "INDEX"], {}, 2, "empty"),
        (["ask", "x" * 100_000, "--index", "INDEX"], {}, 2, "100,000 characters"),
        (["ask", QUESTION, "--index", "INDEX"], {"OPENAI_BASE_URL": "localhost"}, 2, "OPENAI_BASE_URL"),
        (
            ["ask", QUESTION, "--index", "INDEX"],
            {"ASSISTANT_MAX_SOURCES": "many"},
            2,
            "ASSISTANT_MAX_SOURCES",
        ),
        (["add", "--index", "new"], {}, 2, "--sample"),
        (["add", "missing.jsonl", "--index", "new"], {}, 2, "missing.jsonl"),
        (["add", "arxiv:2205.13504", "papers.jsonl", "--index", "new"], {}, 2, "added by itself"),
        (["add", "arxiv:2205.13504", "--dry-run", "--index", "new"], {}, 2, "a dry run"),
        (["add", "album", "--index", "new"], {}, 2, "album/picture.png: an image"),
        (["add", "empty.jsonl", "--index", "new"], {}, 2, "empty.jsonl"),
        (["add", "picture.png", "--index", "new"], {}, 2, "picture.png"),
        (["add", "prose.txt", "--index", "new"], {}, 2, "prose.txt"),
        (["add", "papers.jsonl", "--index", "file"], {}, 2, "is a file, and an index is a folder"),
        (["add", "papers.jsonl", "--index", "/proc/none"], {}, 1, "cannot be written"),
        (["ask"], {}, 2, "QUESTION"),
        (["nonsense"], {}, 2, "nonsense"),
        (["ask", QUESTION, "--nonsense"], {}, 2, "--nonsense"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    index: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    env: dict[str, str],
    code: int,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty.jsonl").write_bytes(b"")
    Path("picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    Path("album").mkdir()
    Path("album/picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    Path("prose.txt").write_text("Dear diary,\n\nnothing happened today. I went for a walk.\n")
    Path("papers.jsonl").write_text('{"title": "A paper", "abstract": "It is new."}\n')
    Path("file").write_text("a file")
    result = run(*(str(index) if argument == "INDEX" else argument for argument in arguments), env=env)
    assert result.exit_code == code, result.stderr
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not Path("new").exists(), "a file that cannot be read leaves no index behind"
    if "--index" in arguments and code == 1:
        with_json = run(*(str(index) if a == "INDEX" else a for a in arguments), "--json", env=env)
        assert message in json.loads(with_json.stdout)["error"]["message"]


def test_a_broken_prompt_is_named(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, openai_server: OpenAIServer
) -> None:
    from assistant.models import prompts

    text = (prompts.prompts_folder() / "answer.toml").read_text("utf-8")
    (tmp_path / "answer.toml").write_text(text.replace("$question", "$question $tone"), "utf-8")
    monkeypatch.setattr(prompts, "prompts_folder", lambda: tmp_path)
    env = {"OPENAI_BASE_URL": openai_server.url, "ASSISTANT_MODEL": MODEL}
    result = run("ask", QUESTION, "--index", index, env=env)
    assert result.exit_code == 1
    assert "tone" in result.stderr
    assert "answer.toml" in result.stderr


def test_control_characters_do_not_reach_the_terminal(index: Path, openai_server: OpenAIServer) -> None:
    openai_server.enqueue(says("It \x1b[31mis red\x1b]0;title\x07 [P1.S1]."))
    env = {"OPENAI_BASE_URL": openai_server.url, "ASSISTANT_MODEL": MODEL}
    shown = run("ask", QUESTION, "--index", index, env=env).stdout
    assert "\x1b" not in shown
    assert "\x07" not in shown


def test_interrupting_a_stream(index: Path, openai_server: OpenAIServer) -> None:
    openai_server.enqueue(says(*["word "] * 2000, delay=0.02))
    env = os.environ | {"OPENAI_BASE_URL": openai_server.url, "ASSISTANT_MODEL": MODEL}
    with subprocess.Popen(
        [*COMMAND, "ask", QUESTION, "--index", str(index)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=env,
    ) as process:
        assert process.stdout is not None
        process.stdout.read(5)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Interrupted" in err
    assert "Traceback" not in err
    assert openai_server.chats[0].disconnected.wait(5)


def test_a_reader_that_goes_away_is_no_error(index: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -c 'from assistant.cli import main; main()' "
        f"search graphs -k 50 --index {index} | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith(" 1. ")
    assert "Traceback" not in done.stderr


def test_a_file_is_written_although_nobody_reads_the_text(index: Path, tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    done = subprocess.run(
        f"{sys.executable} -c 'from assistant.cli import main; main()' "
        f"summarize 'graph networks' --index {index} --out {file} | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"Written: {file}" in done.stderr
    assert file.stat().st_size > 1000


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    "words",
    [
        ["export", "jsonl"],
        ["search", "graphs"],
        ["search", "graphs", "--json"],
        ["list"],
    ],
)
def test_output_that_cannot_be_written_is_told_in_a_sentence(few: Path, words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, *words, "--index", str(few)],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.stderr.splitlines()[-1] == (
        "Error: Standard output cannot be written: No space left on device. "
        "Free some space, or send it elsewhere."
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "unexpected" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_an_error_is_told_also_where_its_object_cannot_be_written(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, "status", "--json", "--index", str(tmp_path / "none")],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.stderr.startswith("Error: There is no index in")
    assert done.returncode == 2


def test_an_export_takes_the_place_of_a_file_as_it_is(few: Path, tmp_path: Path) -> None:
    old, link = tmp_path / "old.jsonl", tmp_path / "link.jsonl"
    old.write_text("an earlier export")
    old.chmod(0o600)
    link.symlink_to(old)
    assert run("export", "jsonl", "--out", link, "--index", few).stderr.startswith("3 papers written to")
    assert link.is_symlink()
    assert len(old.read_text("utf-8").splitlines()) == 3
    assert old.stat().st_mode & 0o777 == 0o600
    assert run("export", "jsonl", "--out", "/dev/null", "--index", few).exit_code == 0
    assert Path("/dev/null").is_char_device()
    assert run("export", "jsonl", "--out", tmp_path / "no" / "x", "--index", few).exit_code == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["few", "few.jsonl", "link.jsonl", "old.jsonl"]


def test_a_missing_default_index_is_told_with_the_libraries_there(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "--library" not in run("status").stderr
    shutil.copytree(few, tmp_path / "index_store" / "mine")
    done = run("status")
    assert done.exit_code == 2
    assert done.stderr.endswith("Libraries there are, to be named by `--library`: mine.\n")
    assert run("status", "--json").exit_code == 2
    assert as_json("status", "--library", "mine")["libraries"] == ["mine"]


def test_a_paper_with_a_title_alone_is_told(few: Path, tmp_path: Path) -> None:
    lines = run("list", "--index", few).stdout.splitlines()
    assert lines == [
        "a  Graphs with memory (2020)",
        "b  Graphs without memory (2021)  [no abstract]",
        "c  Networks",
    ]
    assert "Graphs without memory (2021)  [no abstract]  [" in run("search", "graphs", "--index", few).stdout
    again = run("add", tmp_path / "few.jsonl", "--index", few).stdout
    assert again == "0 added, 0 updated, 3 unchanged, 0 merged, 0 rejected; 1 without an abstract.\n"
    assert as_json("add", tmp_path / "few.jsonl", "--index", few, "--dry-run")["without_abstract"] == 1


def test_an_encoding_that_was_assumed_is_told(few: Path, tmp_path: Path) -> None:
    folder = tmp_path / "polish"
    folder.mkdir()
    row = "title,authors\nGraphs that {0},Łukasz Gałecki\n"
    (folder / "a.csv").write_bytes(row.format("grow").encode("cp1250"))
    (folder / "b.csv").write_bytes(row.format("shrink").encode("cp1250"))
    told = "polish/a.csv and 1 more file are not UTF-8: read as Windows-1250."
    assert as_json("add", folder, "--index", few, "--dry-run")["notices"] == [told]
    assert f"Note: {told}\n" in run("add", folder, "--index", few).stderr
    assert as_json("list", "--author", "Łukasz", "--index", few)["papers"][0]["authors"] == ["Łukasz Gałecki"]


@pytest.mark.parametrize("option", ["--topic", "--author", "--venue", "--source"])
def test_a_filter_that_is_given_and_empty_is_refused(index: Path, option: str) -> None:
    done = run("list", option, " ", "--index", index)
    assert done.exit_code == 2
    assert f"{option}: it is empty" in done.stderr.replace("'", "")


def test_what_cannot_be_put_back_is_named(index: Path) -> None:
    done = run("restore", "t:nothing", "--index", index)
    assert done.exit_code == 2
    assert "t:nothing" in done.stderr


def test_folds_are_told_briefly_at_the_terminal_and_whole_in_the_json(tmp_path: Path) -> None:
    rows = [{"title": f"A study of graph number {n % 12}", "authors": ["A. One"]} for n in range(24)]
    file = tmp_path / "twice.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    told = run("add", file, "--index", tmp_path / "one")
    lines = told.stderr.splitlines()
    assert sum(line.startswith("Merged twice.jsonl, line 1") for line in lines) == 7
    assert "Merged 2 more." in lines
    assert told.stdout == "12 added, 0 updated, 0 unchanged, 12 merged, 0 rejected; 24 without an abstract.\n"
    found = as_json("add", file, "--index", tmp_path / "two")
    assert (len(found["folds"]), found["more_folds"]) == (12, 0)
    assert found["folds"][0]["where"] == "twice.jsonl, line 13"
    assert found["folds"][0]["id"] == found["folds"][0]["into"]
