"""Which optional parameters an endpoint takes, learnt from its refusals; it knows no client."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from .ports import Message, Schema

TEMPERATURE = 0.2
"""Low, since an answer keeps to its sources; not 0, since small models then fall into loops."""

_ABOUT_FORM = re.compile(r"response_?format|schema|grammar|structured|guided|json", re.I)
_ABOUT_SIZE = re.compile(
    r"context|too (?:large|long|big|small|low|high)|exceed|at (?:least|most)|maximum|(?:less|greater) than",
    re.I,
)
_ABOUT_SYSTEM = re.compile(
    r"(?:system|developer) (?:role|message|prompt|instruction)|role\b.{0,60}\b(?:system|developer)\b|"
    r"\b(?:system|developer)['\"]? is not\b|roles must alternate",
    re.I | re.S,
)
"""How endpoints refuse instructions: models whose chat template has no place for them."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """The parameters to send beside model and messages.

    OpenAI's reasoning models take ``max_completion_tokens`` and no temperature; most other servers know
    only ``max_tokens``, some refuse ``stream_options``, and some models the system role. Which is which
    cannot be asked, so a first guess is mended by what the endpoint refuses.
    """

    limit: str = "max_tokens"
    temperature: float | None = TEMPERATURE
    usage: bool = True
    system: bool = True
    schemas: bool = True
    """Whether a reply may be asked for by its JSON schema; many servers know none."""
    swapped: bool = False
    """Whether the name of the limit has been changed once: it is never dropped, so answers stay bounded."""

    @classmethod
    def of(cls, *, is_openai: bool) -> Dialect:
        """The first guess for an endpoint."""
        return cls(limit="max_completion_tokens", temperature=None) if is_openai else cls()

    def parameters(self, max_tokens: int, schema: Schema | None = None) -> dict[str, Any]:
        """What to add to a request for at most ``max_tokens`` of reply, in the form of ``schema``."""
        parameters: dict[str, Any] = {"stream": True, self.limit: max_tokens}
        if self.temperature is not None:
            parameters["temperature"] = self.temperature
        if self.usage:
            parameters["stream_options"] = {"include_usage": True}
        if self.schemas and schema is not None:
            form = {"name": schema["title"], "strict": True, "schema": dict(schema)}
            parameters["response_format"] = {"type": "json_schema", "json_schema": form}
        return parameters

    def messages(self, messages: Sequence[Message]) -> list[dict[str, str]]:
        """The messages as they are sent; without a system role, instructions open the first question."""
        if self.system:
            return [{"role": message.role, "content": message.content} for message in messages]
        told = "\n\n".join(message.content for message in messages if message.role == "system")
        asked = [{"role": m.role, "content": m.content} for m in messages if m.role != "system"]
        if told and asked:
            asked[0]["content"] = f"{told}\n\n{asked[0]['content']}"
        return asked

    def after(self, refusal: str, *, with_schema: bool = False) -> Dialect | None:
        """The dialect to try after a refusal with this text, or ``None`` where nothing is to be learnt."""
        if self.usage and "stream_options" in refusal:
            return replace(self, usage=False)
        if self.temperature is not None and "temperature" in refusal:
            return replace(self, temperature=None)
        if self.system and _ABOUT_SYSTEM.search(refusal):
            return replace(self, system=False)
        # A limit that is refused for its value is not a limit that is unknown.
        if not self.swapped and self.limit in refusal and not _ABOUT_SIZE.search(refusal):
            other = "max_tokens" if self.limit == "max_completion_tokens" else "max_completion_tokens"
            return replace(self, limit=other, swapped=True)
        if with_schema and self.schemas and _ABOUT_FORM.search(refusal):
            return replace(self, schemas=False)
        return None
