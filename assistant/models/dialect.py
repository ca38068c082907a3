"""Which optional parameters an endpoint takes, learnt from its refusals; it knows no client."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from .ports import Schema

TEMPERATURE = 0.2
"""Low, since an answer keeps to its sources; not 0, since small models then fall into loops."""

_ABOUT_SIZE = re.compile(
    r"context|too (?:large|long|big|small|low|high)|exceed|at (?:least|most)|maximum|(?:less|greater) than",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """The parameters to send beside model and messages.

    OpenAI's reasoning models take ``max_completion_tokens`` and no temperature; most other servers know
    only ``max_tokens``, and some refuse ``stream_options``. Which is which cannot be asked, so a first
    guess is mended by what the endpoint refuses.
    """

    limit: str = "max_tokens"
    temperature: float | None = TEMPERATURE
    usage: bool = True
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

    def after(self, refusal: str, *, with_schema: bool = False) -> Dialect | None:
        """The dialect to try after a 400 or 422 with this text, or ``None`` where nothing is to be learnt."""
        if self.usage and "stream_options" in refusal:
            return replace(self, usage=False)
        if self.temperature is not None and "temperature" in refusal:
            return replace(self, temperature=None)
        # A limit that is refused for its value is not a limit that is unknown.
        if not self.swapped and self.limit in refusal and not _ABOUT_SIZE.search(refusal):
            other = "max_tokens" if self.limit == "max_completion_tokens" else "max_completion_tokens"
            return replace(self, limit=other, swapped=True)
        # What is wrong with a schema is told in many words, also in none: the messages say its form anyway.
        if with_schema and self.schemas and not _ABOUT_SIZE.search(refusal):
            return replace(self, schemas=False)
        return None
