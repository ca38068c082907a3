"""The reference of the settings, from their declaration."""

from __future__ import annotations

import ast
from pathlib import Path

import assistant.settings
from assistant.settings import Settings


def page() -> str:
    """The whole page."""
    tree = ast.parse(Path(assistant.settings.__file__).read_text("utf-8"))
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
