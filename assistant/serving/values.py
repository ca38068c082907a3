"""Our values as JSON and back, for two processes of one version: what they are stands beside what they hold.

The standard library alone: a command has to answer at once.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from .. import errors
from ..errors import AssistantError

_MODULES = ("types", "events", "summaries", "cards", "grouped", "traces", "online.saved")
"""Where the nouns are, those first that are quickly imported."""
_KIND = "@"


def to_json(value: Any) -> Any:
    """A value of ours, or a plain one, as what JSON can hold.

    Raises:
        TypeError: It is none that goes from one process to another.
    """
    if value is None or isinstance(value, str | int | float):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        held = {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
        return {_KIND: type(value).__name__, **held}
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, tuple):
        return {_KIND: "tuple", "items": [to_json(item) for item in value]}
    if isinstance(value, Mapping):
        return {_KIND: "dict", "items": [[to_json(key), to_json(item)] for key, item in value.items()]}
    raise TypeError(f"{type(value).__name__} does not go from one process to another.")


def from_json(value: Any) -> Any:
    """The value that :func:`to_json` made this of."""
    if isinstance(value, list):
        return [from_json(item) for item in value]
    if not isinstance(value, dict):
        return value
    kind = value[_KIND]
    if kind == "tuple":
        return tuple(from_json(item) for item in value["items"])
    if kind == "dict":
        return {from_json(key): from_json(item) for key, item in value["items"]}
    return _noun(kind)(**{name: from_json(item) for name, item in value.items() if name != _KIND})


def error_to_json(error: Exception) -> dict[str, Any]:
    """An error with all it carries."""
    carried = vars(error) if isinstance(error, AssistantError) else {"message": str(error)}
    return {"kind": type(error).__name__, "carried": to_json(dict(carried))}


def error_from_json(value: Mapping[str, Any]) -> Exception:
    """The error that :func:`error_to_json` made this of; one that is none of ours is told in words."""
    kind = getattr(errors, value["kind"], None)
    carried = from_json(value["carried"])
    if isinstance(kind, type) and issubclass(kind, AssistantError):
        return kind(**carried)
    return RuntimeError(f"{value['kind']}: {carried['message']}")


@cache
def _noun(name: str) -> type[Any]:
    package = __name__.rpartition(".serving.")[0]
    for module in _MODULES:
        found = getattr(importlib.import_module(f"{package}.{module}"), name, None)
        if isinstance(found, type) and is_dataclass(found):
            return found
    raise ValueError(f"{name} is no noun of ours")
