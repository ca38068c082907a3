"""The documentation is true: its examples run and print what it says, its reference is generated.

``python -m tests.test_docs`` (or ``make docs``) writes the generated pages and the examples' output anew.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
COMMANDS = (
    *("add", "refresh", "search", "ask", "summarize", "compare", "replay", "cards", "tldr", "similar"),
    *("list", "topics", "topics rename", "topics merge", "topics undo", "map"),
    *("remove", "export", "status", "rebuild", "serve", "mcp", "eval", "doctor"),
)
_PYTHON = re.compile(r"(<!-- test: python -->\n```python\n)(.*?)(```\n\n```text\n)(.*?)(```)", re.DOTALL)
_CONSOLE = re.compile(r"(<!-- test: console -->\n```console\n)(.*?)(```)", re.DOTALL)


def _run(command: list[str], folder: Path) -> str:
    env = {
        name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "ASSISTANT_"))
    }
    env |= {"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=env)
    assert done.returncode == 0, done.stderr
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()) + "\n"


def _command(arguments: list[str], folder: Path) -> str:
    return _run([sys.executable, "-c", "from assistant.cli import main; main()", *arguments], folder)


def _split(line: str) -> list[str]:
    import shlex

    return shlex.split(line)[1:]


def python_example(folder: Path) -> str:
    """README with the output of its Python session."""
    text = README.read_text("utf-8")
    match = _PYTHON.search(text)
    assert match
    output = _run([sys.executable, "-c", match[2]], folder)
    return text[: match.start(4)] + output + text[match.end(4) :]


def console_example(folder: Path, text: str) -> str:
    """README with the output of its commands."""
    match = _CONSOLE.search(text)
    assert match
    commands = [line for line in match[2].splitlines() if line.startswith("$ ")]
    shown = "".join(f"{line}\n{_command(_split(line[2:]), folder)}" for line in commands)
    return text[: match.start(2)] + shown + text[match.end(2) :]


def commands_page(folder: Path) -> str:
    """The reference of the command line, from its own help."""
    parts = ["# Commands\n\nGenerated from the program's own `--help` by `make docs`.\n"]
    for command in ("", *COMMANDS):
        name = f"paper-assistant {command}".strip()
        shown = _command([*command.split(), "--help"], folder).replace("root", "paper-assistant")
        parts.append(f"## `{name}`\n\n```text\n{shown.strip()}\n```\n")
    return "\n".join(parts)


def settings_page() -> str:
    """The reference of the settings, from their declaration."""
    import ast

    from assistant.settings import Settings

    tree = ast.parse((ROOT / "assistant" / "settings.py").read_text("utf-8"))
    [declared] = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    explained: dict[str, str] = {}
    for node, after in zip(declared.body, declared.body[1:], strict=False):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            is_text = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            explained[node.target.id] = " ".join(str(after.value.value).split()) if is_text else ""  # type: ignore[attr-defined]
    lines = [
        "# Settings\n",
        "Read from the environment; in Python also given by `Assistant.open(settings=Settings.load(...))`.",
        "Durations are seconds, sizes are tokens. Generated from `assistant/settings.py` by `make docs`.\n",
        "| variable | default | |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        variable = {"api_key": "OPENAI_API_KEY", "base_url": "OPENAI_BASE_URL"}.get(
            name, f"ASSISTANT_{name.upper()}"
        )
        default = "" if field.default in {None, ""} else f"`{field.default}`"
        lines.append(f"| `{variable}` | {default} | {explained[name].replace('``', '`')} |")
    return "\n".join(lines) + "\n"


def test_the_readme_examples_print_what_they_say(tmp_path: Path) -> None:
    text = README.read_text("utf-8")
    assert python_example(tmp_path) == text
    (tmp_path / "console").mkdir()
    assert console_example(tmp_path / "console", text) == text


def test_the_reference_of_the_command_line_is_current(tmp_path: Path) -> None:
    assert (ROOT / "docs" / "commands.md").read_text("utf-8") == commands_page(tmp_path)


def test_the_reference_of_the_settings_is_current() -> None:
    assert (ROOT / "docs" / "settings.md").read_text("utf-8") == settings_page()


@pytest.mark.parametrize("page", [README, *sorted((ROOT / "docs").glob("*.md")), ROOT / "CONTRIBUTING.md"])
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def main() -> None:
    """Write the generated pages."""
    with tempfile.TemporaryDirectory() as folder:
        README.write_text(python_example(Path(folder)), "utf-8")
    with tempfile.TemporaryDirectory() as folder:
        README.write_text(console_example(Path(folder), README.read_text("utf-8")), "utf-8")
        (ROOT / "docs" / "commands.md").write_text(commands_page(Path(folder)), "utf-8")
    (ROOT / "docs" / "settings.md").write_text(settings_page(), "utf-8")


if __name__ == "__main__":
    main()
