"""Plays the blocks of a page as a reader would, from the first to the last, in one folder.

Our own commands run in this process, which spares their start; other programs in a shell. What a block shows
as output must come: ``…`` stands for any text, alone on a line for any lines.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant import Assistant
from assistant.cli import app

from .blocks import Block

_ASSIGNMENT = re.compile(r"([A-Z_]+)=(.*)", re.DOTALL)
_PASSWORD = "correct horse battery\n"
"""What a reader types where a command asks for one."""
_SHELL = re.compile(r"\||&&|;|(?<!\w)[<>]")


@dataclass
class Player:
    """Plays the blocks of one page; ``instead`` are texts of the page and what stands for them here."""

    folder: Path
    patch: pytest.MonkeyPatch
    instead: dict[str, str] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Go to the folder, and let shells find our program."""
        self.patch.chdir(self.folder)
        program = self.folder / ".bin" / "paper-assistant"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{_PROGRAM}" "$@"\n', "utf-8")
        program.chmod(0o755)
        python = program.with_name("python")
        python.symlink_to(sys.executable)
        self.patch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
        self.patch.setenv("COLUMNS", "100")
        self.names["a"] = Assistant.open()

    def play(self, block: Block) -> None:
        """Run a block, or read it where it is no program."""
        text = self._here(block.text)
        if block.language == "toml":
            tomllib.loads(text)
        elif block.language == "python":
            code = compile("\n" * block.line + text, str(block.page), "exec")
            if not block.not_run:
                _compare(self._python(code), block.output, block)
        elif block.language in {"bash", "console"} and not block.not_run:
            for command, output in _commands(text, block.language):
                _compare(self._command(command), output, block)

    def close(self) -> None:
        """Give every index back."""
        for value in [*self.names.values()]:
            if isinstance(value, Assistant):
                value.close()

    def _here(self, text: str) -> str:
        for there, here in self.instead.items():
            text = re.sub(there, here, text)
        return text

    def _python(self, code: Any) -> str:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code, self.names)  # the documentation's own programs
        self.close()
        return printed.getvalue()

    def _command(self, command: str) -> str:
        words = shlex.split(command, comments=True)
        if words and words[0] == "export":
            self._set(words[1:])
            return ""
        given = 0
        while given < len(words) and _ASSIGNMENT.fullmatch(words[given]):
            given += 1
        if not _SHELL.search(command) and words[given : given + 1] == ["paper-assistant"]:
            typed = _PASSWORD if words[given + 1 : given + 3] == ["user", "add"] else None
            with self.patch.context() as patch:
                for word in words[:given]:
                    patch.setenv(*word.split("=", 1))
                done = CliRunner().invoke(app, words[given + 1 :], typed, catch_exceptions=False)
            assert done.exit_code == 0, f"{command}\n{done.output}"
            return done.stdout
        shell = subprocess.run(["bash", "-euc", command], capture_output=True, text=True, check=False)
        assert shell.returncode == 0, f"{command}\n{shell.stdout}\n{shell.stderr}"
        return shell.stdout

    def _set(self, words: list[str]) -> None:
        for word in words:
            self.patch.setenv(*word.split("=", 1))


_PROGRAM = "from assistant.cli import main; main()"


def _commands(text: str, language: str) -> list[tuple[str, str]]:
    """Each command with the output that is shown below it; lines that end in a backslash are one."""
    text = text.replace("\\\n", " ")
    if language == "bash":
        return [(line, "") for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found: list[tuple[str, str]] = []
    for line in text.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append((line[2:].rstrip(), ""))
        else:
            assert found, f"output before a command: {line}"
            found[-1] = (found[-1][0], found[-1][1] + line)
    return found


def _compare(printed: str, shown: str, block: Block) -> None:
    """Hold what came to what the page shows, if it shows anything."""
    if not shown.strip():
        return
    pattern = "\n".join(map(_pattern, shown.strip().splitlines()))
    told = "\n".join(line.rstrip() for line in printed.strip().splitlines())
    assert re.fullmatch(pattern, told), f"{block} shows\n{shown}\nbut this came:\n{told}"


def _pattern(line: str) -> str:
    return r"(?:.*\n)*?.*" if line.strip() == "…" else re.escape(line.rstrip()).replace("…", ".*")
