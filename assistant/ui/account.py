"""What a tab's settings say and do, without a component: the form read, money in words, what is saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import settings_file
from ..errors import AssistantError, SettingsError
from ..settings import Settings
from ..types import Usage
from .escaping import clean

_SHOWN = (("OPENAI_BASE_URL", "The address"), ("OPENAI_API_KEY", "The key"))


def endpoint_changes(
    settings: Settings, address: object, model: object, key: object, *, fixed: bool
) -> dict[str, Any]:
    """What a form changes of the endpoint; where that is ``fixed``, the key alone.

    An address that stands there as it was shown is no change: what was shown lacks user and password.
    """
    changes: dict[str, Any] = {}
    if typed := str(key or "").strip():
        changes["api_key"] = typed
    if fixed:
        return changes
    wanted = " ".join(clean(str(address or "")).split())
    if wanted != (settings.endpoint if settings.base_url else ""):
        changes["base_url"] = wanted or None
    name = " ".join(clean(str(model or "")).split())
    if name and name != settings.model:
        changes["model"] = name
    return changes


def budget_of(text: object) -> int | None:
    """The tokens that a field says; none if it is empty.

    Raises:
        SettingsError: it is no number.
    """
    digits = str(text or "").strip().replace(",", "").replace(" ", "")
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit()):
        raise SettingsError("The budget is not a number of tokens.", "Type digits, or nothing for no limit.")
    return int(digits)


def spent(usage: Usage) -> str:
    """What a tab has spent, in words."""
    if not usage.calls:
        return "Nothing spent in this tab yet."
    calls = "1 call" if usage.calls == 1 else f"{usage.calls:,} calls"
    tokens = usage.prompt_tokens + usage.completion_tokens
    cost = "no price is known for this model" if usage.cost is None else f"${usage.cost:,.4f}"
    return f"Spent in this tab: {calls}, {tokens:,} tokens; {cost}."


def in_words(error: AssistantError) -> str:
    """An error that names settings by their variables, for somebody who sees fields."""
    text = str(error)
    for variable, field in _SHOWN:
        text = text.replace(variable, field)
    return text.replace(" Mend the setting or unset it.", "")


def remember(settings: Settings | None, changes: Mapping[str, Any]) -> str:
    """Save an endpoint for the next start, or forget the saved one; says what was done, and where.

    A key is saved where it was typed here, or had been saved before; one of the environment stays there.

    Raises:
        SettingsError: the file cannot be written or deleted.
    """
    path = settings_file.settings_file()
    if settings is None:
        return f"{path} is deleted." if settings_file.forget() else "Nothing was saved."
    key = settings.api_key.get_secret_value() if settings.api_key else None
    if "api_key" not in changes and key != settings_file.saved().get("api_key"):
        key = None
    settings_file.save({"model": settings.model, "base_url": settings.base_url, "api_key": key})
    what = "Address, model and key are" if key else "Address and model are"
    return (
        f"{what} saved as plain text in {path}, which only you can read. They count at the next start, "
        "unless the environment names an endpoint."
    )
