"""The settings, read from the environment and overridden by arguments; they know no other room.

Names are ``ASSISTANT_*``, except the OpenAI client's own ``OPENAI_API_KEY`` and ``OPENAI_BASE_URL``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from .errors import SettingsError

DEFAULT_INDEX = Path("index_store/default")


def library_folder(name: str) -> Path:
    """The folder of the index of a named library, beside the default one.

    Raises:
        SettingsError: a name that cannot be one of a folder.
    """
    if not re.fullmatch(r"\w[\w.-]{0,63}", name):
        raise SettingsError(
            f"{name[:80]!r} cannot be the name of a library.",
            "Use letters, digits, dots, dashes and underscores.",
        )
    return DEFAULT_INDEX.parent / name


def libraries(store: Path) -> list[str]:
    """The names of the indexes in a folder of indexes."""
    return sorted(manifest.parent.name for manifest in store.glob("*/manifest.json"))


class Settings(BaseSettings):
    """What can be set. Durations are seconds, sizes are tokens of the answering model.

    Raises ``SettingsError`` from :meth:`load` for a value that cannot be used.
    """

    model_config = SettingsConfigDict(
        env_prefix="ASSISTANT_", frozen=True, populate_by_name=True, extra="forbid", env_ignore_empty=True
    )

    index: Path = DEFAULT_INDEX
    """The folder of the index."""
    mode: Literal["auto", "extractive"] = "auto"
    """``extractive`` never asks a language model, even where one is configured."""
    model: str = "gpt-5.4-mini"
    """The name of the model that answers."""
    api_key: SecretStr | None = Field(None, validation_alias=AliasChoices("api_key", "OPENAI_API_KEY"))
    """The key of the endpoint; a local one needs none."""
    base_url: str | None = Field(None, validation_alias=AliasChoices("base_url", "OPENAI_BASE_URL"))
    """The root of an OpenAI-compatible endpoint, ``http://127.0.0.1:11434/v1``; none means OpenAI's."""
    connect_timeout: float = Field(5.0, gt=0)
    """The longest wait for a connection."""
    read_timeout: float = Field(60.0, gt=0)
    """The longest silence of the model, before its first token and between two."""
    deadline: float = Field(180.0, gt=0)
    """The longest an answer may take in all, retries included."""
    max_retries: int = Field(3, ge=0, le=10)
    """How often a call is tried again before its first word: no connection, 429, 5xx."""
    max_retry_wait: float = Field(20.0, ge=0)
    """The longest wait before one retry; an endpoint that asks for longer counts as failed."""
    max_prompt_tokens: int = Field(6000, ge=500)
    """The budget of a question's prompt, counted before the call; papers that do not fit are left out."""
    max_answer_tokens: int = Field(1200, ge=50)
    """The longest answer, a reasoning model's thoughts included."""
    max_sources: int = Field(10, ge=1, le=50)
    """How many papers an answer is written from at the most."""

    @field_validator("base_url")
    @classmethod
    def _is_url(cls, value: str | None) -> str | None:
        """Refuse what is not an http(s) URL before a client fails on it in its own words."""
        if value is None:
            return None
        try:
            parts = urlsplit(value.strip())
            valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            valid = False
        if not valid:
            raise ValueError("is not an http:// or https:// address")
        return value.strip().rstrip("/")

    @classmethod
    def load(cls, **overrides: Any) -> Settings:
        """The settings of the environment with ``overrides`` (those that are ``None`` are passed over)."""
        given = {name: value for name, value in overrides.items() if value is not None}
        try:
            return cls(**given)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            name = ".".join(str(part) for part in first["loc"]) or "settings"
            shown = name if name.isupper() else f"ASSISTANT_{name.upper()}"
            if name == "base_url":
                shown = "OPENAI_BASE_URL"
            reason = first["msg"].removeprefix("Value error, ")
            raise SettingsError(f"{shown} {reason}.", "Mend the setting or unset it.") from None

    @property
    def has_model(self) -> bool:
        """Whether a language model is configured and wanted."""
        has_key = self.api_key is not None and bool(self.api_key.get_secret_value())
        return self.mode == "auto" and (has_key or self.base_url is not None)

    @property
    def endpoint(self) -> str:
        """The endpoint as shown to a reader: without credentials, which an address may hold."""
        if self.base_url is None:
            return "OpenAI"
        parts = urlsplit(self.base_url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return urlunsplit((parts.scheme, f"{host}:{parts.port}" if parts.port else host, parts.path, "", ""))
