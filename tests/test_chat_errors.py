"""The seam where vendors' exceptions are translated: each of them, by name, becomes a ``ModelError``."""

from __future__ import annotations

import json
import socket
import ssl
import urllib.error
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import httpx2
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from assistant.errors import (
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
from assistant.models.chat_errors import reported, translate
from assistant.models.endpoint import LONGEST_QUOTE, Endpoint
from assistant.settings import Settings

KEY = "sk-proj-Zx81kQw7TTnm02Lp"
URL = "https://user:pa55word@models.example:8443/v1"
SETTINGS = Settings.load(base_url=URL, api_key=SecretStr(KEY), model="m")
ENDPOINT = Endpoint.of(SETTINGS, KEY)
REQUEST = httpx2.Request("POST", URL)
STATUSES = {
    400: ModelRequestError,
    401: ModelAuthError,
    402: ModelRateLimitError,
    403: ModelAuthError,
    404: ModelNotFoundError,
    405: ModelNotFoundError,
    407: ModelAuthError,
    408: ModelTimeoutError,
    409: ModelUnavailableError,
    413: ModelRequestError,
    418: ModelRequestError,
    422: ModelRequestError,
    429: ModelRateLimitError,
    500: ModelUnavailableError,
    502: ModelUnavailableError,
    529: ModelUnavailableError,
    301: ModelReplyError,
}
EXPECTED: dict[str, type[ModelError]] = {
    # openai
    "OpenAIError": ModelError,
    "APIError": ModelUnavailableError,
    "APIStatusError": ModelUnavailableError,
    "APIResponseValidationError": ModelReplyError,
    "APIConnectionError": ModelUnavailableError,
    "APITimeoutError": ModelTimeoutError,
    "BadRequestError": ModelRequestError,
    "AuthenticationError": ModelAuthError,
    "OAuthError": ModelAuthError,
    "PermissionDeniedError": ModelAuthError,
    "NotFoundError": ModelNotFoundError,
    "ConflictError": ModelUnavailableError,
    "UnprocessableEntityError": ModelRequestError,
    "RateLimitError": ModelRateLimitError,
    "InternalServerError": ModelUnavailableError,
    "LengthFinishReasonError": ModelReplyError,
    "ContentFilterFinishReasonError": ModelReplyError,
    "SubjectTokenProviderError": ModelAuthError,
    # httpx2
    "HTTPError": ModelUnavailableError,
    "HTTPStatusError": ModelUnavailableError,
    "RequestError": ModelUnavailableError,
    "TransportError": ModelUnavailableError,
    "TimeoutException": ModelTimeoutError,
    "ConnectTimeout": ModelUnavailableError,
    "ReadTimeout": ModelTimeoutError,
    "WriteTimeout": ModelTimeoutError,
    "PoolTimeout": ModelTimeoutError,
    "DecodingError": ModelReplyError,
    "StreamError": ModelReplyError,
    "StreamConsumed": ModelReplyError,
    "StreamClosed": ModelReplyError,
    "ResponseNotRead": ModelReplyError,
    "RequestNotRead": ModelReplyError,
}


def classes(root: type[BaseException]) -> Iterator[type[BaseException]]:
    """A class and all below it that its own library or the client's has, each once."""
    found = {root}
    waiting = [root]
    while waiting:
        for below in waiting.pop().__subclasses__():
            if below not in found:
                found.add(below)
                waiting.append(below)
    # Another library's, once a test has imported it, are none that the client raises.
    own = [cls for cls in found if cls.__module__.partition(".")[0] in {"openai", "httpx", "httpx2"}]
    return iter(sorted(own, key=lambda cls: cls.__qualname__))


def made(kind: type[BaseException]) -> BaseException:
    """An instance of a vendor's exception whose every text holds the key."""
    status = {
        openai.APIResponseValidationError: 200,
        openai.OAuthError: 401,
    }.get(kind, getattr(kind, "status_code", 503))
    body = {"message": f"Bad key {KEY}", "code": None, "type": None, "param": None}
    response = httpx2.Response(
        status if isinstance(status, int) else 503, request=REQUEST, json={"error": body}
    )
    attempts: list[dict[str, Any]] = [
        {"message": f"key {KEY}", "response": response, "body": body},
        {"message": f"key {KEY}", "request": REQUEST, "body": body},
        {"message": f"key {KEY}", "request": REQUEST, "response": response},
        {"message": f"key {KEY}", "request": REQUEST},
        {"message": f"key {KEY}", "unsent_messages": []},
        {"response": response, "body": body},
        {"request": REQUEST},
        {"completion": SimpleNamespace(usage=KEY)},
        {"symbol": KEY},
        {"message": f"key {KEY}"},
        {},
    ]
    for arguments in attempts:
        try:
            return kind(**arguments)
        except (TypeError, AttributeError):
            continue
    return kind(f"key {KEY}")


@pytest.mark.parametrize(
    "kind",
    [*classes(openai.OpenAIError), *classes(httpx2.HTTPError), *classes(httpx2.StreamError)],
    ids=lambda kind: f"{kind.__module__.partition('.')[0]}.{kind.__qualname__}",
)
def test_every_exception_of_the_client_is_translated(kind: type[BaseException]) -> None:
    failure = translate(made(kind), ENDPOINT)
    assert type(failure.error) is next(EXPECTED[c.__name__] for c in kind.__mro__ if c.__name__ in EXPECTED)
    assert KEY not in repr(failure)
    assert "pa55word" not in repr(failure)


def test_the_classes_expected_are_all_there() -> None:
    roots: list[type[BaseException]] = [openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError]
    there = {kind.__name__ for root in roots for kind in classes(root)}
    assert set(EXPECTED) <= there


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (json.JSONDecodeError(f"key {KEY}", KEY, 0), ModelReplyError),
        (UnicodeDecodeError("utf-8", KEY.encode(), 0, 1, "bad"), ModelReplyError),
        (UnicodeEncodeError("ascii", KEY, 0, 1, "bad"), ModelRequestError),
        (RecursionError(KEY), ModelReplyError),
        (KeyError(KEY), ModelReplyError),
        (TypeError(KEY), ModelReplyError),
        (openai.InvalidWebhookSignatureError(KEY), ModelReplyError),
        (ssl.SSLError(KEY), ModelUnavailableError),
        (socket.gaierror(KEY), ModelUnavailableError),
        (ConnectionResetError(KEY), ModelUnavailableError),
        (TimeoutError(KEY), ModelTimeoutError),
        (urllib.error.URLError(KEY), ModelUnavailableError),
        (httpx2.InvalidURL(KEY), ModelError),
        (RuntimeError(KEY), ModelError),
        (ModelCutError("It was cut."), ModelCutError),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_what_leaks_past_the_client_is_translated(error: Exception, kind: type[ModelError]) -> None:
    failure = translate(error, ENDPOINT)
    assert type(failure.error) is kind
    assert KEY not in repr(failure)


@pytest.mark.parametrize(("status", "kind"), STATUSES.items())
def test_each_status_has_its_error(status: int, kind: type[ModelError]) -> None:
    response = httpx2.Response(status, request=REQUEST, text="<html>no</html>")
    failure = translate(openai.APIStatusError("no", response=response, body="<html>no</html>"), ENDPOINT)
    assert type(failure.error) is kind
    assert str(status) in failure.error.message
    assert "html" not in failure.error.message
    assert failure.transient == (status in {408, 409, 429} or status >= 500)


def test_a_connection_that_takes_too_long_is_no_slow_model() -> None:
    error = openai.APITimeoutError(REQUEST)
    error.__cause__ = httpx2.ConnectTimeout("slow")
    assert type(translate(error, ENDPOINT).error) is ModelUnavailableError


def test_a_hint_is_for_what_our_settings_made() -> None:
    foreign = Endpoint("the language model Foo", "foo", configured=False)
    error = translate(ValueError("no such region"), foreign).error
    assert str(error) == "The language model Foo failed: ValueError: no such region."


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"message": "x", "code": 429}, ModelRateLimitError),
        ({"message": "x", "code": "503"}, ModelUnavailableError),
        ({"message": "x", "type": "insufficient_quota"}, ModelRateLimitError),
        ({"message": "x", "type": "invalid_request_error"}, ModelRequestError),
        ({"message": "x", "code": "model_not_found", "type": "invalid_request_error"}, ModelNotFoundError),
        ({"message": "The context is too long"}, ModelRequestError),
        ({"message": "x", "type": "permission_denied"}, ModelAuthError),
        ({"message": "x", "code": "timeout"}, ModelTimeoutError),
        ({"message": ["not", "a", "string"], "code": {}}, ModelUnavailableError),
        ({}, ModelUnavailableError),
    ],
)
def test_an_error_inside_a_reply(said: dict[str, Any], kind: type[ModelError]) -> None:
    assert type(reported(said, ENDPOINT).error) is kind


@given(st.text(max_size=300), st.text(max_size=300), st.integers(0, len(KEY) - 8))
def test_no_quote_holds_the_key_or_is_long(before: str, after: str, start: int) -> None:
    for quoted in (ENDPOINT.quote(before + KEY + after), ENDPOINT.quote(before + KEY[start:] + after)):
        assert len(quoted) <= LONGEST_QUOTE
        assert quoted.isprintable()
        assert not any(KEY[i : i + 8] in quoted for i in range(len(KEY) - 7))


def test_the_place_is_shown_without_secrets() -> None:
    settings = SETTINGS.model_copy(update={"base_url": "http://u:p4ss@[::1]:8/v1?api-version=s3cret#x"})
    endpoint = Endpoint.of(settings, "")
    assert endpoint.place == "the endpoint at http://[::1]:8/v1"
    assert "p4ss" not in repr(endpoint)
