"""The one seam where what a model's client raises, or its endpoint reports, becomes a ``ModelError``.

It knows exceptions by class name and status code, not by module, so that it serves the OpenAI client,
the HTTP libraries below it and the clients behind a user's own llama-index model, and imports none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from email.utils import parsedate_to_datetime
from math import isfinite
from string import Template
from time import time
from typing import Any

from ..errors import (
    ModelAuthError,
    ModelCutError,
    ModelError,
    ModelNotFoundError,
    ModelRateLimitError,
    ModelReplyError,
    ModelRequestError,
    ModelTimeoutError,
    ModelUnavailableError,
)
from .endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, whether trying again may help, how long the endpoint asked to wait, and its kind."""

    error: ModelError
    transient: bool = False
    retry_after: float | None = None
    case: Case | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A kind of failure: its error, what the endpoint did, and the next step; ``$names`` are filled in."""

    kind: type[ModelError]
    did: str
    hint: str
    transient: bool = False
    quotable: bool = True

    def at(
        self, endpoint: Endpoint, *, status: int | None = None, said: str = "", wait: float | None = None
    ) -> Failure:
        """This failure of that endpoint, in its own words where they cannot hold a key."""
        words = {**asdict(endpoint.names), "model": f"'{endpoint.model}'"}
        did, hint = (Template(text).substitute(words) for text in (self.did, self.hint))
        code = f" ({status})" if status else ""
        asked = f" and asks to wait {wait:g} seconds" if wait and self.transient else ""
        quoted = endpoint.quote(said).rstrip(".") if self.quotable else ""
        message = f"{endpoint.place} {did}{code}{asked}{f': {quoted}' if quoted else ''}."
        error = self.kind(message[0].upper() + message[1:], hint if endpoint.configured else "")
        return Failure(error, self.transient, wait, self)


_URL_HINT = "Check $url: most endpoints end in /v1."
_LATER = "Try again later."

KEY = Case(ModelAuthError, "refused the key", "Check $key.", quotable=False)
ACCESS = Case(
    ModelAuthError,
    "refused access to the model $model",
    "Check what $key may use, and $setting.",
    quotable=False,
)
QUOTA = Case(
    ModelRateLimitError,
    "says that the account has no quota left",
    "Check the plan and the billing of the account.",
    quotable=False,
)
BUSY = Case(ModelRateLimitError, "has had too many requests", _LATER, transient=True, quotable=False)
MODEL = Case(
    ModelNotFoundError,
    "does not know the model $model",
    "Set $setting to one it serves.",
    quotable=False,
)
PATH = Case(ModelNotFoundError, "has no $protocol", _URL_HINT, quotable=False)
SIZE = Case(
    ModelRequestError,
    "found the request too long",
    "Lower $shorter.",
)
REQUEST = Case(
    ModelRequestError, "refused the request", "Check that the model and the endpoint fit together."
)
TEXT = Case(ModelRequestError, "cannot be sent this text", "Ask without unpaired surrogates.", quotable=False)
DOWN = Case(ModelUnavailableError, "failed", _LATER, transient=True)
UNREACHABLE = Case(
    ModelUnavailableError,
    "cannot be reached",
    "Is the server running? Check $url.",
    transient=True,
)
OFFLINE = Case(ModelUnavailableError, "cannot be reached", "Is this machine online?", transient=True)
SLOW = Case(
    ModelTimeoutError,
    "was silent for too long",
    "Try again, or raise ASSISTANT_READ_TIMEOUT.",
    transient=True,
)
LATE = Case(ModelTimeoutError, "did not finish in time", "Raise $patience.")
CROWDED = Case(
    ModelTimeoutError,
    "was kept busy by other questions for too long",
    "Try again, or raise ASSISTANT_CONCURRENCY.",
)
CUT = Case(ModelCutError, "ended the reply before it was done", "Try again.", transient=True)
FILTERED = Case(ModelReplyError, "stopped the reply by its content filter", "Put the question differently.")
NOT_CHAT = Case(ModelReplyError, "answered with something other than $protocol", _URL_HINT)
GARBLED = Case(ModelReplyError, "sent something that cannot be read in the middle of its reply", "Try again.")
PAGE = Case(ModelReplyError, "answered with a web page", _URL_HINT)
TOOL = Case(ModelReplyError, "asked for a tool instead of answering", "Set $setting to another model.")
DECLINED = Case(ModelReplyError, "declined to answer", "Put the question differently.")
EMPTY = Case(ModelReplyError, "gave an empty reply", "Try again, or set $setting to another model.")
SPENT = Case(
    ModelReplyError,
    "reached its token limit before it wrote any of the answer",
    "Raise ASSISTANT_MAX_ANSWER_TOKENS, or set $setting to a model that reasons less.",
)
UNKNOWN = Case(ModelError, "failed", "")

_BY_NAME = (  # the first set that holds a class of the exception says what it is
    ({"ContentFilterFinishReasonError"}, FILTERED),
    ({"TimeoutException", "APITimeoutError", "TimeoutError", "Timeout"}, SLOW),
    ({"UnicodeEncodeError"}, TEXT),
    ({"APIResponseValidationError", "LengthFinishReasonError", "DecodingError", "StreamError"}, NOT_CHAT),
    ({"ValueError", "TypeError", "LookupError", "AttributeError", "RecursionError"}, NOT_CHAT),
    (
        {"APIConnectionError", "HTTPError", "NetworkError", "ProtocolError", "ProxyError", "OSError"},
        UNREACHABLE,
    ),
    ({"SubjectTokenProviderError"}, KEY),
)
_BY_STATUS = (
    dict.fromkeys((409, 425), DOWN) | dict.fromkeys((401, 407), KEY) | dict.fromkeys((404, 405), PATH)
)
_BY_STATUS |= {402: QUOTA, 403: ACCESS, 408: SLOW, 413: SIZE, 429: BUSY}
_BY_WORDS = (  # where the status says less than the words; ``None`` is an error inside a reply
    (
        {400, 404, 422, None},
        r"model_not_found|not a valid model|model\b.*\b(not found|does not exist)",
        MODEL,
    ),
    ({429, None}, r"quota", QUOTA),
    # llama.cpp calls an input that is too large an error of its own.
    ({500}, r"input.* too large", SIZE),
    ({400, 422, None}, r"context|too (large|long)|maximum|\bbatch\b|too many (inputs|texts|tokens)", SIZE),
    ({400, None}, r"api.?key|authentication", KEY),
    ({None}, r"rate.?limit", BUSY),
    ({None}, r"permission", ACCESS),
    ({None}, r"invalid.?request", REQUEST),
    ({None}, r"timeout", SLOW),
)


def translate(error: BaseException, endpoint: Endpoint) -> Failure:
    """The failure that an exception stands for. Raise its error outside ``except``, so that no key leaks."""
    if isinstance(error, ModelError):
        return Failure(error, transient=isinstance(error, ModelCutError))
    names = {cls.__name__ for cls in type(error).__mro__}
    response = getattr(error, "response", None)
    status = getattr(error, "status_code", None) or getattr(response, "status_code", None)
    case = next((case for known, case in _BY_NAME if names & known), None)
    if case is NOT_CHAT and not endpoint.configured:
        case = None  # a foreign model's ValueError says more in its own words
    if isinstance(status, int) and status >= 300:
        failure = _of(_said(error), endpoint, status, _retry_after(getattr(response, "headers", None) or {}))
    elif case is None and "APIError" in names:
        failure = reported(_said(error), endpoint)
    elif case is None:
        failure = UNKNOWN.at(endpoint, said=f"{type(error).__name__}: {error}")
    elif case is SLOW and "ConnectTimeout" in {type(error).__name__, type(error.__cause__).__name__}:
        failure = unreachable(endpoint)
    else:
        failure = unreachable(endpoint) if case is UNREACHABLE else case.at(endpoint)
    return failure


def reported(said: Mapping[str, Any], endpoint: Endpoint) -> Failure:
    """The failure that an error object inside a reply stands for."""
    code = str(said.get("code") or "")
    status = int(code) if re.fullmatch(r"[345]\d\d", code) else None
    return _of(said, endpoint, status)


def unreachable(endpoint: Endpoint) -> Failure:
    """No connection to the endpoint."""
    return (OFFLINE if endpoint.is_openai else UNREACHABLE).at(endpoint)


def refusal_text(error: Exception) -> str:
    """All that a refused request's error says, for looking up the names of parameters in it."""
    return f"{getattr(error, 'body', '')} {error}"


def _of(
    said: Mapping[str, Any], endpoint: Endpoint, status: int | None, wait: float | None = None
) -> Failure:
    """The failure that a status (``None`` inside a reply) and an error object stand for."""
    message = str(said.get("message") or said.get("detail") or said.get("error") or "")
    words = f"{said.get('code')} {said.get('type')} {endpoint.quote(message)}"
    case = next(
        (case for on, pattern, case in _BY_WORDS if status in on and re.search(pattern, words, re.I)), None
    )
    if case is None and status is not None:
        case = _BY_STATUS.get(status) or (NOT_CHAT if status < 400 else REQUEST if status < 500 else None)
    return (case or DOWN).at(endpoint, status=status, said=message, wait=wait)


def _said(error: BaseException) -> Mapping[str, Any]:
    """The error object of a vendor's exception, as far as there is one."""
    body = getattr(error, "body", None)
    if isinstance(body, Mapping):
        inner = body.get("error")
        return inner if isinstance(inner, Mapping) else body
    return {"message": body if isinstance(body, str) else str(error), "code": getattr(error, "code", None)}


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """The wait in seconds that the headers ask for, which give it in milliseconds, seconds, or as a date."""
    for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            wait = float(headers.get(name, "")) * scale
        except ValueError:
            continue
        return max(wait, 0.0) if isfinite(wait) else None
    try:
        return max(parsedate_to_datetime(headers.get("retry-after", "")).timestamp() - time(), 0.0)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
