"""The reference of the Python interface: every public name with its signature and docstring."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args

import assistant
from assistant import evaluation
from assistant.asking import Options
from assistant.events import Event
from assistant.summaries import SummaryEvent

from .docstrings import markdown, table

_SELF = re.compile(
    r"(?<=\()(?:self|cls)(?:, )?|(?<=^    )(?:self|cls), (?=\S)|^ +(?:self|cls),\n", re.MULTILINE
)
_INTRODUCTION = """Everything here but the last section is imported from `assistant`; what is not
here is no promise. The package is typed. Values are frozen dataclasses with a readable `str()`. Pages of
their own tell the [settings](settings.md) and the [events](events.md)."""
_ERRORS = """All are in `assistant.errors`, and `AssistantError` is in `assistant` too. Each has a `message`,
what is wrong and where, and a `hint`, what to do next."""


def page() -> str:
    """The whole page."""
    calls = ("Assistant", "Chat", "sample_collection", "save_summary")
    events = {kind.__name__ for kind in get_args(Event | SummaryEvent)} - {"Citation", "Usage"}
    elsewhere = {*calls, *events, "AssistantError", "Settings", "__version__"}
    values = [name for name in assistant.__all__ if name not in elsewhere]
    parts = [
        f"# Python\n\nGenerated from the code by `make docs`. {_INTRODUCTION}\n",
        *[_entry(getattr(assistant, name), "##") for name in calls],
        f"## Options of a question\n\n{markdown(Options.__doc__)}\n\n{_options()}",
        "## Values\n",
        *[_entry(getattr(assistant, name), "###") for name in values],
        f"## Errors\n\n{_ERRORS}\n\n```text\n{_tree()}\n```\n",
        "## Measuring\n\nFrom `assistant.evaluation` ([how](evaluation.md)).\n",
        *[_entry(getattr(evaluation, name), "###") for name in evaluation.__all__],
    ]
    return "\n".join(parts).rstrip() + "\n"


def _entry(value: Any, level: str) -> str:
    """A class with its fields and members, or a function."""
    heading = f"{level} `{value.__name__}`\n\n"
    if not inspect.isclass(value):
        return f"{heading}{_signature(value)}\n\n{markdown(value.__doc__)}\n"
    parts = [f"{heading}{markdown(value.__doc__)}\n"]
    if is_dataclass(value) and fields(value):
        parts.append(fields_table(value))
    parts += [_member(name, found, f"{level}#") for name, found in _members(value)]
    return "\n".join(parts)


def fields_table(value: Any) -> str:
    """The fields of a dataclass."""
    return _table("field", {field.name: _annotation(field.type) for field in fields(value)})


def _members(value: type) -> Iterator[tuple[str, object]]:
    """The public methods and properties of a class and of our classes above it, in the order of the code."""
    seen: set[str] = set()
    for owner in (c for c in value.__mro__ if c.__module__.startswith("assistant")):
        for name, found in vars(owner).items():
            told = isinstance(found, property | classmethod) or inspect.isfunction(found)
            if told and not name.startswith("_") and name not in seen and inspect.getdoc(found):
                seen.add(name)
                yield name, found


def _member(name: str, found: object, level: str) -> str:
    if isinstance(found, property):
        assert found.fget
        kind = _annotation(inspect.signature(found.fget).return_annotation)
        return f"{level} `{name}: {kind}`\n\n{markdown(found.__doc__)}\n"
    function = found.__func__ if isinstance(found, classmethod) else found
    assert callable(function)
    return f"{level} `{name}`\n\n{_signature(function)}\n\n{markdown(function.__doc__)}\n"


def _signature(function: object) -> str:
    """The head of a function as it stands in the code, without ``self``."""
    source = textwrap.dedent(inspect.getsource(function))  # type: ignore[arg-type]
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    head = "\n".join(source.splitlines()[node.lineno - 1 : node.body[0].lineno - 1])
    return f"```py\n{_SELF.sub('', head).rstrip().removesuffix(':')}\n```"


def _annotation(kind: object) -> str:
    return kind if isinstance(kind, str) else getattr(kind, "__name__", str(kind))


def _options() -> str:
    return _table(
        "option", {name: str(kind.__forward_arg__) for name, kind in Options.__annotations__.items()}
    )


def _table(of: str, kinds: dict[str, str]) -> str:
    return table((of, "type"), ((f"`{name}`", f"`{kind}`") for name, kind in kinds.items()))


def _tree() -> str:
    """The tree of errors, as its module draws it."""
    text = ast.get_docstring(ast.parse(Path(inspect.getfile(assistant.AssistantError)).read_text("utf-8")))
    assert text
    lines = [
        line
        for line in text.splitlines()
        if line.startswith((" ", "Assistant", "├", "│", "└")) and line.strip()
    ]
    return textwrap.dedent("\n".join(lines))
