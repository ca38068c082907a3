"""Who a question is put to, in words fit for a message; it knows what must never stand in one."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit, urlunsplit

from ..settings import OPENAI_URL, Settings

LONGEST_QUOTE = 200

_SECRET_LIKE = re.compile(
    r"\b(?:sk|pk|rk|hf|gsk|xai|key)[-_][\w*.-]{6,}|\bbearer\s+\S+|(?<=://)[^\s/@]+@", re.I
)
_SHORTEST_TRACE = 8
"""So many characters of a secret in a row are masked wherever they stand."""


def without_login(url: str) -> tuple[str, dict[str, str]]:
    """The URL without user and password, which the HTTP library logs, and the header that says the same."""
    parts = urlsplit(url)
    if parts.username is None:
        return url, {}
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=host)), {"Authorization": f"Basic {b64encode(login).decode()}"}


@dataclass(frozen=True, slots=True)
class Names:
    """What a message calls the protocol, and the settings that the reader may mend."""

    protocol: str = "Chat Completions"
    key: str = "OPENAI_API_KEY"
    url: str = "OPENAI_BASE_URL"
    setting: str = "ASSISTANT_MODEL"
    shorter: str = "ASSISTANT_MAX_PROMPT_TOKENS or ASSISTANT_MAX_SOURCES"
    patience: str = "ASSISTANT_DEADLINE"

    @classmethod
    def for_embedding(cls, settings: Settings) -> Names:
        """Those of an embedding endpoint, which may share address and key with the answering model's."""
        return cls(
            "embeddings",
            "OPENAI_API_KEY" if settings.embedding_shares_key else "ASSISTANT_EMBED_API_KEY",
            "ASSISTANT_EMBED_BASE_URL" if settings.embed_base_url else "OPENAI_BASE_URL",
            "ASSISTANT_EMBED_MODEL",
            "ASSISTANT_EMBED_MAX_TOKENS or ASSISTANT_EMBED_BATCH",
            "ASSISTANT_DEADLINE, or lower ASSISTANT_EMBED_BATCH and ASSISTANT_EMBED_CONCURRENCY",
        )


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model's name, its place, and the secrets that go there."""

    place: str
    """What failed when it fails: ``the endpoint at http://…``."""
    model: str
    secrets: tuple[str, ...] = field(default=(), repr=False)
    is_openai: bool = False
    configured: bool = True
    """Whether our settings made it, so that they are the place to mend it."""
    names: Names = Names()

    @classmethod
    def of(cls, settings: Settings, key: str, names: Names | None = None) -> Endpoint:
        """The endpoint that is set, shown without user, password, query and fragment."""
        parts = urlsplit(settings.base_url or OPENAI_URL)
        return cls(
            settings.endpoint if settings.base_url is None else f"the endpoint at {settings.endpoint}",
            settings.model,
            tuple(secret for secret in (key, parts.password) if secret),
            is_openai=parts.hostname == urlsplit(OPENAI_URL).hostname,
            names=names or Names(),
        )

    def quote(self, text: object) -> str:
        """A vendor's words on one line, no secret, at most ``LONGEST_QUOTE`` long; none of a web page's."""
        words = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
        if words.startswith("<"):
            return ""
        for secret in self.secrets:
            words = words.replace(secret, "***")
            for start in range(len(secret) - _SHORTEST_TRACE + 1):
                words = words.replace(secret[start : start + _SHORTEST_TRACE], "***")
        words = _SECRET_LIKE.sub("***", words)
        return words if len(words) <= LONGEST_QUOTE else words[: LONGEST_QUOTE - 1] + "…"
