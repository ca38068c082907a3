"""The house: who imports whom, what is public, what importing costs, what the files promise."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import assistant

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "assistant"
ROOMS = (
    (
        *("progress", "reports", "types", "filters", "traces", "events", "cards", "errors", "settings"),
        *(
            "settings_file",
            "folders",
            "threads",
            "whole",
            "saved",
            "confidence",
            "summaries",
            "grouped",
            "feedback",
            "numbers",
            "flow",
            "garbage",
        ),
    ),
    ("models",),
    ("corpus",),
    ("online",),
    ("index",),
    ("questions",),
    ("topics",),
    ("retrieval",),
    ("answering",),
    ("summarizing",),
    ("conversation",),
    (
        *("asking", "questioning", "single", "surveying", "topical", "adding", "holding", "speaking"),
        "assistant",
    ),
    ("export", "bibliography", "doctor", "evaluation"),
    ("outputs",),
    ("serving",),
    ("calls",),
    ("cli", "mcp", "ui"),
)
FOR_TYPES = {("conversation", "asking"), ("conversation", "questioning")}
"""A room and what it names of one below it, for the type checker alone."""
OWNERS = {
    "pydantic_settings": {"settings"},
    "openai": {"models"},
    "onnxruntime": {"models"},
    "tokenizers": {"models"},
    "tiktoken": {"models"},
    "bibtexparser": {"corpus"},
    "pylatexenc": {"corpus"},
    "charset_normalizer": {"corpus"},
    "chromadb": {"index"},
    "tantivy": {"index"},
    "filelock": {"index"},
    "httpx": {"index"},
    "httpx2": {"online"},
    "defusedxml": {"corpus", "online"},
    "markdown_it": {"outputs"},
    "latex2mathml": {"outputs"},
    "xlsxwriter": {"outputs"},
    "sklearn": {"topics"},
    "scipy": {"topics"},
    "plotly": {"topics"},
    "mcp": {"mcp"},
    "mcp_types": {"mcp"},
    "typer": {"cli"},
    "rich": {"cli"},
    "gradio": {"ui"},
    "fastapi": {"ui"},
    "starlette": {"ui"},
    "jinja2": {"ui"},
    "uvicorn": {"mcp", "ui"},
}
HEAVY = {
    "gradio",
    "mcp",
    "chromadb",
    "llama_index",
    "onnxruntime",
    "openai",
    "tantivy",
    "pydantic",
    "numpy",
    "plotly",
    "sklearn",
    "scipy",
    "httpx2",
}


def _modules() -> Iterator[Path]:
    return (path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py")


def _imports(path: Path, within: ast.AST | None = None) -> Iterator[str]:
    """The absolute names of all that a module, or a part of it, imports, also within functions."""
    inside = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(within or ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = inside[: len(inside) - node.level] if node.level else ()
            module = ".".join((*base, *(node.module or "").split("."))).strip(".")
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _for_types(path: Path) -> set[str]:
    """Those of these names that are for the type checker alone."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    checks = (
        node for node in nodes if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    return {name for check in checks for name in _imports(path, check)}


def _room(name: str) -> str:
    return name.split(".")[1] if "." in name else "types"


def test_rooms_import_only_from_those_above() -> None:
    order = {room: place for place, rooms in enumerate(ROOMS) for room in rooms}
    wrong = []
    for path in _modules():
        room = path.relative_to(PACKAGE).with_suffix("").parts[0]
        for name in _imports(path):
            if not name.startswith("assistant.") or _room(name) in assistant.__all__:
                continue  # a name of the package itself (its version)
            if (room, _room(name)) in FOR_TYPES and name in _for_types(path):
                continue
            if _room(name) != room and order[_room(name)] > order[room]:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not wrong


def test_each_library_has_one_room() -> None:
    wrong = []
    for path in _modules():
        room = path.relative_to(PACKAGE).with_suffix("").parts[0]
        if path.parent.name == "minilm":
            continue  # the script that makes the model
        foreign = (name for name in _imports(path) if room not in OWNERS.get(name.split(".")[0], {room}))
        wrong += [f"{path.relative_to(ROOT)} imports {name}" for name in foreign]
    assert not wrong


def test_the_public_surface() -> None:
    assert assistant.__all__ == sorted(assistant.__all__)
    assert assistant.__all__ == [
        "Answer",
        "Assistant",
        "AssistantError",
        "Audited",
        "Cards",
        "Cell",
        "Chat",
        "Citation",
        "Claim",
        "Done",
        "Evidence",
        "Figure",
        "Filters",
        "FirstRead",
        "Fold",
        "FoundFilter",
        "Hit",
        "ImportReport",
        "IndexStatus",
        "Paper",
        "PaperCard",
        "Planned",
        "Progress",
        "Proposal",
        "Refreshed",
        "Refusal",
        "Rejected",
        "SavedQuery",
        "Section",
        "Sentence",
        "Settings",
        "Sources",
        "Status",
        "Summarized",
        "Summary",
        "Tabled",
        "Theme",
        "Token",
        "Topic",
        "Topics",
        "Trace",
        "Usage",
        "__version__",
        "sample_collection",
        "save_summary",
    ]
    for name in assistant.__all__:
        assert getattr(assistant, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        assistant.nothing  # noqa: B018


@pytest.mark.parametrize("program", ["import assistant", "import assistant.cli"])
def test_importing_is_light(program: str) -> None:
    code = f"{program}; import json, sys; print(json.dumps(sorted({{m.split('.')[0] for m in sys.modules}})))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert not HEAVY & set(json.loads(loaded.stdout))


def test_modules_are_short() -> None:
    long = {
        path.name: count for path in _modules() if (count := len(path.read_text("utf-8").splitlines())) > 300
    }
    assert not long


def test_the_lock_files_pin_with_hashes_and_name_no_host() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert not re.search(r"https?://|--index-url|--find-links", text)
        pins = re.findall(r"^[a-z0-9][a-z0-9._-]*==", text, flags=re.MULTILINE)
        assert len(pins) > 50
        assert text.count("--hash=sha256:") >= len(pins)


def test_the_version_is_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert assistant.__version__ == project["version"]


def test_every_prompt_is_in_the_table() -> None:
    from assistant.models.prompts import Prompt

    readme = (ROOT / "prompts" / "README.md").read_text("utf-8")
    for path in sorted((ROOT / "prompts").glob("*.toml")):
        assert Prompt.load(path.stem).purpose
        assert f"`{path.name}`" in readme
