"""The tables of what programs may ask, from the calls themselves, in the pages that tell of them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any, NoReturn

from assistant.calls import Call, calls_of

from .docstrings import sentence, table

_TABLE = re.compile(r"(<!-- calls: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_ANCHORS = {"summarize": "summarize-compare"}
"""Where docs/json.md tells a result under another heading than the call's name."""


def page(text: str) -> str:
    """A page with the tables that its marks name."""
    return _TABLE.sub(lambda found: f"{found[1]}\n{_TABLES[found[2]]()}\n{found[3]}", text)


def _calls() -> list[Call]:
    def nobody() -> NoReturn:
        raise AssertionError("nothing is called here")

    return calls_of(nobody)


def _endpoints() -> str:
    rows = [
        (
            f"`/{call.name}`",
            _arguments(call),
            f"[`{call.name}`](json.md#{_ANCHORS.get(call.name, call.name)})",
        )
        for call in _calls()
    ]
    return table(("endpoint", "arguments, with what they are when left out", "result as of"), rows)


def _tools() -> str:
    rows = [(f"`{call.name}`", _arguments(call), _first(call.description)) for call in _calls()]
    return table(("tool", "arguments, with what they are when left out", "what it does"), rows)


def _meanings() -> str:
    """Each argument, as the first call that has it describes it."""
    found: dict[str, Any] = {}
    for call in _calls():
        found = call.schema.get("properties", {}) | found
    order = dict.fromkeys(name for call in _calls() for name in call.signature.parameters)
    rows = [(f"`{name}`", f"{found[name]['description']}{_range(found[name])}") for name in order]
    return table(("argument", "what it is"), rows)


_TABLES: dict[str, Callable[[], str]] = {
    "endpoints": _endpoints,
    "tools": _tools,
    "arguments": _meanings,
}


def _arguments(call: Call) -> str:
    told = [
        f"`{name}`" if each.default is inspect.Parameter.empty else f"`{name}={_value(each.default)}`"
        for name, each in call.signature.parameters.items()
    ]
    return ", ".join(told)


def _value(default: object) -> str:
    return f'"{default}"' if isinstance(default, str) else str(default)


def _range(schema: dict[str, Any]) -> str:
    """The numbers that an argument takes, where it takes not all."""
    if "minimum" in schema:
        return f" {schema['minimum']} to {schema['maximum']}."
    return ""


def _first(description: str) -> str:
    return sentence(description).partition(". ")[0].rstrip(".") + "."
