"""The settings, read from the environment and the reader's own file, and overridden by arguments.

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
from .folders import DEFAULT_INDEX
from .settings_file import saved

OPENAI_URL = "https://api.openai.com/v1"


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
    """The longest wait for a connection, to a model or an online source."""
    read_timeout: float = Field(60.0, gt=0)
    """The longest silence of the model, before its first token and between two, or of an online source."""
    deadline: float = Field(180.0, gt=0)
    """The longest an answer, or one request for vectors, may take in all, retries included."""
    concurrency: int = Field(8, ge=1, le=256)
    """How many calls of the language model run side by side in one process; others wait for their turn."""
    max_retries: int = Field(3, ge=0, le=10)
    """How often a call is tried again before its first word: no connection, 429, 5xx."""
    max_retry_wait: float = Field(20.0, ge=0)
    """The longest wait before one retry; an endpoint that asks for longer counts as failed."""
    max_prompt_tokens: int = Field(2800, ge=500)
    """The budget of a question's prompt, counted before the call; papers that do not fit are left out."""
    max_answer_tokens: int = Field(1200, ge=50)
    """The longest answer, a reasoning model's thoughts included."""
    verify: Literal["code", "llm"] = "code"
    """``llm`` asks the model for a second opinion on the statements that the audit flags, in one call."""
    max_sources: int = Field(12, ge=1, le=50)
    """How many papers an answer is written from at the most."""
    max_history_tokens: int = Field(1500, ge=100)
    """How much of a conversation the model gets to make a follow-up question stand alone."""
    max_tokens_per_answer: int | None = Field(None, ge=500)
    """The most tokens an answer may take in all its calls, prompts and replies; beyond, papers are quoted."""
    max_tokens_per_summary: int = Field(20_000, ge=500)
    """The most tokens a summary may take in all its calls; sections beyond quote the papers."""
    session_tokens: int | None = Field(None, ge=0)
    """The most tokens all answers of one process may take; once they are used up, papers are quoted."""
    prices: Path | None = None
    """A TOML file with the prices of models (docs/cost.md), added to those that are known."""
    cache_mb: int = Field(50, ge=0)
    """The size of the file of remembered answers of a model, beside the index; 0 remembers none."""
    embed_model: str | None = None
    """The name of an embedding model behind an OpenAI-compatible endpoint; none means the embedded MiniLM."""
    embed_base_url: str | None = None
    """The root of the endpoint of the embedding model; none means that of ``OPENAI_BASE_URL``."""
    embed_api_key: SecretStr | None = None
    """Its key; none means ``OPENAI_API_KEY``, which is never sent to another host than its own."""
    embed_dimensions: int | None = Field(None, ge=1)
    """The length of the vectors, asked of the endpoint; none means the model's own."""
    embed_query_prefix: str = ""
    """What the embedding model wants before a question, such as ``search_query: ``."""
    embed_text_prefix: str = ""
    """What the embedding model wants before a text, such as ``search_document: ``."""
    embed_max_tokens: int = Field(8191, ge=16)
    """The longest text for the embedding model, which is cut there; of tokens as OpenAI counts them."""
    embed_batch: int = Field(64, ge=1, le=2048)
    """How many texts one request for vectors holds at the most."""
    embed_concurrency: int = Field(4, ge=1, le=64)
    """How many requests for vectors run side by side."""
    embed_unrelated_below: float | None = Field(None, ge=-1, le=1)
    """The cosine under which no paper answers a question; MiniLM knows its own, another embedder none."""

    host: str = "127.0.0.1"
    """The address that the page listens on; 0.0.0.0 is all of this machine's."""
    port: int | None = Field(None, ge=0, le=65535)
    """Its port; none means the first free one from 7860 on."""
    auth: SecretStr | None = None
    """One user of the page, as ``user:password``; nobody else is let in."""
    auth_file: Path | None = None
    """The users of the page with hashed passwords, written by ``paper-assistant user add``."""
    root_path: str = Field("", pattern=r"^(https?://[^/\s]+)?(/[\w.~/-]+)?$")
    """Where a reverse proxy shows the page: ``/papers``, or ``https://host/papers``."""
    allow_hosts: str = ""
    """The names that browsers may call this machine by, where nobody logs in; separated by spaces."""
    questions_per_minute: int = Field(30, ge=1)
    """The most questions, and the most summaries, that one tab of the page may ask for within a minute."""
    answers_at_once: int = Field(24, ge=1, le=256)
    """Answers that the page writes side by side, and calls of the model, unless their number is set."""
    longest_queue: int = Field(96, ge=1)
    """Questions that wait for their turn on the page; more are told to come back later."""
    max_upload_mb: int = Field(500, ge=1)
    """The largest file that the page takes, in megabytes; the command line knows no limit."""

    chroma_url: str | None = None
    """The Chroma server that keeps the libraries, ``http://127.0.0.1:8000``; none means this disk."""
    chroma_token: SecretStr | None = None
    """Its token, if it wants one; in ``Authorization`` sent as a bearer's, unless it names its scheme."""
    chroma_header: str = Field("Authorization", pattern=r"^[A-Za-z0-9-]+$")
    """The header that the token is sent in; Chroma Cloud wants ``x-chroma-token``."""
    chroma_tenant: str = Field("default_tenant", pattern=r"^[\w.-]+$")
    """The tenant on the Chroma server."""
    chroma_database: str = Field("default_database", pattern=r"^[\w.-]+$")
    """The database of that tenant."""

    contact: str | None = Field(None, pattern=r"^[!-~]+@[!-~]+$")
    """Your e-mail address, sent to online sources: they are kinder to callers whom they can reach."""
    s2_key: SecretStr | None = None
    """The key of Semantic Scholar; works without, but slowly."""
    openalex_key: SecretStr | None = None
    """The key of OpenAlex, free of charge; without one it allows a few searches a day."""
    arxiv_url: str = "https://export.arxiv.org"
    """Where arXiv is asked."""
    openalex_url: str = "https://api.openalex.org"
    """Where OpenAlex is asked."""
    s2_url: str = "https://api.semanticscholar.org"
    """Where Semantic Scholar is asked."""
    crossref_url: str = "https://api.crossref.org"
    """Where DOIs are looked up."""
    datacite_url: str = "https://api.datacite.org"
    """Where DOIs are looked up that Crossref does not know."""
    hf_url: str = "https://huggingface.co"
    """Where the daily papers of Hugging Face are listed."""

    @field_validator(
        "base_url",
        "embed_base_url",
        "chroma_url",
        "arxiv_url",
        "openalex_url",
        "s2_url",
        "crossref_url",
        "datacite_url",
        "hf_url",
    )
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

    @field_validator("chroma_url")
    @classmethod
    def _is_bare(cls, value: str | None) -> str | None:
        """Refuse credentials in an address that errors and ``doctor`` show, and what a path is not."""
        parts = urlsplit(value or "")
        if parts.username or parts.password:
            raise ValueError("holds credentials: set ASSISTANT_CHROMA_TOKEN instead")
        if parts.query or parts.fragment:
            raise ValueError("holds more than an address")
        return value

    @field_validator("chroma_token")
    @classmethod
    def _is_token(cls, value: SecretStr | None) -> SecretStr | None:
        """Refuse what cannot stand in a header; a space is between a scheme and its token."""
        if value is not None and not re.fullmatch("[!-~]+( [!-~]+)?", value.get_secret_value()):
            raise ValueError("holds characters that no token has")
        return value

    @field_validator("s2_key", "openalex_key")
    @classmethod
    def _is_key(cls, value: SecretStr | None) -> SecretStr | None:
        """Refuse what cannot stand in a header before a client quotes it."""
        if value is not None and not re.fullmatch("[!-~]+", value.get_secret_value()):
            raise ValueError("holds characters that no key has")
        return value

    @classmethod
    def load(cls, **overrides: Any) -> Settings:
        """The settings of the environment with ``overrides`` (those that are ``None`` are passed over).

        Where neither names an endpoint, that of the reader's own file is used (docs/settings-tab.md).
        """
        given = {name: value for name, value in overrides.items() if value is not None}
        made = cls._made(given)
        # As a whole or not at all: a key must not go to an endpoint that somebody else named.
        if {"api_key", "base_url"} & made.model_fields_set or not (kept := saved()):
            return made
        return cls._made({name: kept[name] for name in kept.keys() - made.model_fields_set} | given)

    def changed(self, **changes: Any) -> Settings:
        """These settings with changes. A key stays with its host: at another one there is none.

        Raises:
            SettingsError: a setting that cannot be used.
        """
        if not changes:
            return self
        made = self._made({name: getattr(self, name) for name in type(self).model_fields} | changes)
        if "api_key" in changes or _host(made.base_url) == _host(self.base_url):
            return made
        return made.model_copy(update={"api_key": None})

    @classmethod
    def _made(cls, given: dict[str, Any]) -> Settings:
        try:
            return cls(**given)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            name = ".".join(str(part) for part in first["loc"]) or "settings"
            shown = name if name.isupper() else f"ASSISTANT_{name.upper()}"
            if name == "base_url":
                shown = "OPENAI_BASE_URL"
            reason = first["msg"].removeprefix("Value error, ")
            if name == "contact":
                reason = "is not an e-mail address"
            if name == "root_path":
                reason = "(or --root-path) is not of the form /papers or https://host/papers"
            raise SettingsError(f"{shown} {reason}.", "Mend the setting or unset it.") from None

    @property
    def answering(self) -> tuple[object, ...]:
        """All that says who answers: settings with the same may share one connection."""
        patience = (self.connect_timeout, self.read_timeout, self.deadline, self.concurrency)
        retries = (self.max_retries, self.max_retry_wait)
        return (self.mode, self.model, self.paying, patience, retries)

    @property
    def paying(self) -> tuple[object, ...]:
        """Whose account answers are written on: an endpoint and its key."""
        return (self.base_url, self.api_key)

    @property
    def has_model(self) -> bool:
        """Whether a language model is configured and wanted."""
        has_key = self.api_key is not None and bool(self.api_key.get_secret_value())
        return self.mode == "auto" and (has_key or self.base_url is not None)

    def for_page(self) -> Settings:
        """The same with as many calls of the model side by side as answers, unless their number was set."""
        if "concurrency" in self.model_fields_set:
            return self
        return self.model_copy(update={"concurrency": max(self.concurrency, self.answers_at_once)})

    def for_embedding(self) -> Settings:
        """The same with the embedding model, its address and its key as ``model``, ``base_url``, ``api_key``.

        ``OPENAI_API_KEY`` goes along only where the address is of the host that it belongs to.
        """
        address = self.embed_base_url or self.base_url
        key = self.api_key if self.embedding_shares_key else self.embed_api_key
        return self.model_copy(update={"model": self.embed_model or "", "base_url": address, "api_key": key})

    @property
    def embedding_shares_key(self) -> bool:
        """Whether it is ``OPENAI_API_KEY`` that the embedding endpoint gets."""
        return self.embed_api_key is None and _host(self.embed_base_url or self.base_url) == _host(
            self.base_url
        )

    @property
    def is_openai(self) -> bool:
        """Whether the endpoint is OpenAI's own."""
        return _host(self.base_url) == _host(OPENAI_URL)

    @property
    def endpoint(self) -> str:
        """The endpoint as shown to a reader: without credentials, which an address may hold."""
        if self.base_url is None:
            return "OpenAI"
        parts = urlsplit(self.base_url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return urlunsplit((parts.scheme, f"{host}:{parts.port}" if parts.port else host, parts.path, "", ""))


def _host(address: str | None) -> tuple[str, str | None, int | None]:
    """Whom a key is told that is sent to this address."""
    parts = urlsplit(address or OPENAI_URL)
    return parts.scheme, parts.hostname, parts.port
