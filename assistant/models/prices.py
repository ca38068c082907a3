"""What tokens cost, by a table that the user may extend; a model that is not in it has no price."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import SettingsError
from ..settings import Settings
from ..types import Usage

_SHIPPED = Path(__file__).with_name("prices.toml")
_MILLION = 1_000_000
_HINT = 'Write a table a model: ["my-model"], input = 0.5, output = 1.5 (docs/cost.md).'


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens in, and out."""

    input: float
    output: float

    def of(self, usage: Usage) -> float:
        """What a usage costs."""
        return (usage.prompt_tokens * self.input + usage.completion_tokens * self.output) / _MILLION


class Prices:
    """The prices of models by name."""

    def __init__(self, table: Mapping[str, Price]) -> None:
        """Use this table."""
        self._table = dict(table)

    @classmethod
    def of(cls, settings: Settings) -> Prices:
        """The user's table, and for OpenAI's own endpoint the shipped one below it.

        Raises:
            SettingsError: the user's table cannot be used.
        """
        # Another endpoint may ask another price for a model of the same name.
        table = _read(_SHIPPED) if settings.is_openai else {}
        return cls(table | (_read(settings.prices) if settings.prices else {}))

    def priced(self, usage: Usage, model: str) -> Usage:
        """The usage with its cost, where the model is in the table."""
        price = self._table.get(model)
        return replace(usage, cost=price.of(usage)) if price else usage


def _read(path: Path) -> dict[str, Price]:
    name = f"ASSISTANT_PRICES names {path}, which"
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{name} cannot be read: {error.strerror}.", _HINT) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name} is not valid TOML: {error}.", _HINT) from None
    return {model: _price(model, row, name) for model, row in data.items()}


def _price(model: str, row: Any, name: str) -> Price:
    numbers = [row.get(key) for key in ("input", "output")] if isinstance(row, dict) else []
    if not numbers or not all(_is_price(number) for number in numbers):
        raise SettingsError(f"{name} has no input and output price, of 0 or more, for {model!r}.", _HINT)
    return Price(float(row["input"]), float(row["output"]))


def _is_price(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and value >= 0
