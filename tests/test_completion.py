"""What the shell offers: scripts to install, and the words that may come next."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import app


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("default", "graphs"):
        (tmp_path / "index_store" / name).mkdir(parents=True)
        (tmp_path / "index_store" / name / "manifest.json").write_text("{}", "utf-8")
    (tmp_path / "index_store" / "none").mkdir()
    (tmp_path / "exports").mkdir()
    for name in ("papers.bib", "exports/pages.ris", ".hidden"):
        (tmp_path / name).write_text("", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def offered(line: str) -> list[str]:
    """The words that bash is told for a line whose last word is being written."""
    words = shlex.split(line) + ([""] if line.endswith(" ") else [])
    env = {
        "_PAPER_ASSISTANT_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    return CliRunner().invoke(app, [], env=env, prog_name="paper-assistant").stdout.split()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("paper-assistant ex", ["export"]),
        ("paper-assistant topics re", ["rename"]),
        ("paper-assistant ask --lib", ["--library"]),
        ("paper-assistant ask why --library ", ["default", "graphs"]),
        ("paper-assistant ask why --library g", ["graphs"]),
        ("paper-assistant ask why --library none", []),
        ("paper-assistant add pa", ["papers.bib"]),
        ("paper-assistant add exports/", ["exports/pages.ris"]),
        (
            "paper-assistant add papers.bib ",
            [
                "exports/",
                "index_store/",
                "papers.bib",
                *"arxiv: doi: hf-papers:trending openalex: s2:".split(),
            ],
        ),
        ("paper-assistant add nowhere/", []),
        ("paper-assistant add arx", ["arxiv:"]),
        ("paper-assistant list --sort y", ["year"]),
    ],
)
def test_the_next_word_is_offered(line: str, words: list[str]) -> None:
    assert offered(line) == words


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_script_for_each_shell(shell: str) -> None:
    env = {"_PAPER_ASSISTANT_COMPLETE": f"source_{shell}"}
    shown = CliRunner().invoke(app, [], env=env, prog_name="paper-assistant")
    assert shown.exit_code == 0
    assert f"_PAPER_ASSISTANT_COMPLETE=complete_{shell}" in shown.stdout
