"""Asks an online service politely: paced, retried, bounded; knows nothing of what the answers mean.

One request at a time. What it raises never quotes a request, so that no key gets into a message.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import TYPE_CHECKING

from .. import __version__
from ..corpus.record import one_line
from ..errors import SourceError
from ..settings import Settings

if TYPE_CHECKING:
    from httpx2 import URL, Client, Response

MAX_BYTES = 50_000_000
"""The largest answer; a page of a hundred papers has less than one million."""
MAX_SECONDS = 120
"""The longest that one answer may trickle."""
_REDIRECTS = 3
_FIRST_WAIT = 1.0
_TRANSIENT = {408, 425, 429, 500, 502, 503, 504}
_SUMMARY = re.compile(r"<summary[^<>]*>([^<]{1,500})")


@dataclass(frozen=True, slots=True)
class Host:
    """A service: the settings of its address and key, and the seconds it wants between two requests."""

    name: str
    url: str
    pause: float
    key: str = ""
    key_header: str = ""
    key_form: str = "{}"


class MissingError(SourceError):
    """The service has no such record (404)."""


class Clock:
    """The time, in a place of its own."""

    def now(self) -> float:
        """Seconds since some moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class _PassingError(Exception):
    """A failure that another try may mend, with the wait that the service asks for."""

    def __init__(self, error: SourceError, wait: float = 0.0) -> None:
        super().__init__(error.message)
        self.error = error
        self.wait = wait


class Web:
    """The way to the online services, for threads in turn; opens no connection before it is asked."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._clock = Clock()
        self._lock = Lock()
        self._client: Client | None = None
        self._last: dict[str, float] = {}

    def get(self, host: Host, path: str, params: Mapping[str, str] | None = None) -> bytes:
        """The body of the answer to one question.

        Raises:
            MissingError: The service says that there is no such thing.
            SourceError: It cannot be reached, refuses, fails after the retries, or sends far too much.
        """
        with self._lock:
            wait = 0.0
            for tried in range(self.settings.max_retries + 1):
                due = self._last.get(host.name, -host.pause) + host.pause - self._clock.now()
                if max(wait, due) > 0:
                    self._clock.sleep(max(wait, due))
                try:
                    with _translating(host):
                        return self._ask(host, getattr(self.settings, host.url) + path, params)
                except _PassingError as failure:
                    error = failure.error
                    backoff = min(_FIRST_WAIT * 2**tried, self.settings.max_retry_wait)
                    wait = max(backoff * random.uniform(0.5, 1.0), failure.wait)  # noqa: S311
                    if wait > self.settings.max_retry_wait:
                        break
                finally:
                    self._last[host.name] = self._clock.now()
            raise error

    def get_json(self, host: Host, path: str, params: Mapping[str, str] | None = None) -> object:
        """The same, read as JSON.

        Raises:
            SourceError: Also for what is no JSON.
        """
        body = self.get(host, path, params)
        try:
            # A number of thousands of digits, which Python refuses, is no number of anything here.
            return json.loads(body, parse_int=lambda digits: int(digits) if len(digits) < 40 else None)
        except (ValueError, RecursionError):
            raise unreadable(host) from None

    def _ask(self, host: Host, address: str, params: Mapping[str, str] | None) -> bytes:
        """The body of one answer, redirects within the host followed."""
        url: str | URL = address
        for _ in range(_REDIRECTS + 1):
            with self._opened().stream("GET", url, params=params, headers=self._headers(host)) as response:
                if not response.has_redirect_location:
                    self._require_success(host, response)
                    return self._body(host, response)
                url, params = _redirected(host, response), None
        raise SourceError(f"{host.name} redirects again and again.", "Try again later.")

    def _opened(self) -> Client:
        if self._client is None:
            from httpx2 import Client, Timeout

            contact = f" (mailto:{self.settings.contact})" if self.settings.contact else ""
            self._client = Client(
                headers={"User-Agent": f"paper-assistant/{__version__}{contact}"},
                timeout=Timeout(self.settings.read_timeout, connect=self.settings.connect_timeout),
            )
        return self._client

    def _headers(self, host: Host) -> dict[str, str]:
        key = self._key(host)
        return {host.key_header: host.key_form.format(key)} if key else {}

    def _key(self, host: Host) -> str:
        secret = getattr(self.settings, host.key) if host.key else None
        return secret.get_secret_value() if secret else ""

    def _body(self, host: Host, response: Response) -> bytes:
        """What a response holds, as far as it is sane."""
        begun, body = self._clock.now(), bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > MAX_BYTES:
                raise SourceError(
                    f"{host.name} sends more than {MAX_BYTES // 1_000_000} MB at once.",
                    "Ask for something narrower.",
                )
            if self._clock.now() - begun > MAX_SECONDS:
                raise _PassingError(_slow(host))
        return bytes(body)

    def _require_success(self, host: Host, response: Response) -> None:
        """Raise for an answer that is none, in the service's own words where it has some."""
        status = response.status_code
        if status == 200:
            return
        if status == 404:
            raise MissingError(
                f"{host.name} has nothing there (404).", f"Check ASSISTANT_{host.url.upper()} if it is set."
            )
        if status in _TRANSIENT:
            asked = _retry_after(response.headers.get("Retry-After", ""))
            later = f" and asks to wait {asked:,.0f} seconds" if asked else ""
            what = "has had too many requests" if status == 429 else f"fails ({status})"
            hint = "Run the same again later."
            if status == 429 and host.key and not self._key(host):
                hint = f"Run the same again later, or set ASSISTANT_{host.key.upper()}: a key allows more."
            raise _PassingError(SourceError(f"{host.name} {what}{later}.", hint), asked)
        if status in {401, 403}:
            hint = (
                f"Check ASSISTANT_{host.key.upper()}." if host.key else "Set ASSISTANT_CONTACT, or try later."
            )
            raise SourceError(f"{host.name} refuses the request ({status}).", hint)
        words = _words(self._body(host, response))
        if key := self._key(host):
            words = words.replace(key, "…")
        said = f": {words[:200]}" if words else ""
        raise SourceError(f"{host.name} refuses the request ({status}{said}).", "Check what you ask for.")

    def close(self) -> None:
        """Give the connection back; doing it twice is harmless."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None


def unreadable(host: Host) -> SourceError:
    """The error for an answer that is not of the service's own form."""
    return SourceError(
        f"{host.name} answers with something that is not its data, a web page perhaps.",
        "Try again later; if it stays so, something on the way (a proxy, a log-in page) answers instead.",
    )


@contextmanager
def _translating(host: Host) -> Iterator[None]:
    """Turn whatever the client raises into our errors; its own words may quote the request."""
    import httpx2

    try:
        yield
    except httpx2.TimeoutException:
        raise _PassingError(_slow(host)) from None
    except (httpx2.ConnectError, httpx2.ProxyError):
        raise SourceError(f"{host.name} cannot be reached.", "Is this machine online?") from None
    except httpx2.HTTPError:
        raise _PassingError(
            SourceError(f"{host.name} broke off its answer.", "Run the same again later.")
        ) from None
    except (httpx2.InvalidURL, ValueError):
        raise SourceError(f"{host.name} cannot be asked for that.", "Check what you ask for.") from None


def _slow(host: Host) -> SourceError:
    return SourceError(
        f"{host.name} did not answer in time.", "Run the same again later, or raise ASSISTANT_READ_TIMEOUT."
    )


def _redirected(host: Host, response: Response) -> URL:
    """Where a response leads: only to the host that the user named, and never out of https."""
    here = response.request.url
    there = here.join(response.headers["Location"])
    same = (there.scheme, there.host, there.port) == (here.scheme, here.host, here.port)
    if not same and (there.scheme, there.host, there.port) != ("https", here.host, None):
        raise SourceError(
            f"{host.name} redirects to another place, which is not followed.",
            f"If it has moved, set ASSISTANT_{host.url.upper()}.",
        )
    return there


def _retry_after(text: str) -> float:
    """The seconds that a Retry-After asks for, given as seconds or as a date; 0 where it is neither."""
    if re.fullmatch(r"\d{1,9}", text.strip()):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
        return max((moment - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return 0.0


def _words(body: bytes) -> str:
    """What a refusal says, in JSON or in arXiv's Atom; nothing for a web page."""
    text = body[:10_000].decode("utf-8", "replace")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        found = _SUMMARY.search(text)
        return one_line(found[1]) if found else ""
    values = [said.get(name) for name in ("message", "error", "detail")] if isinstance(said, dict) else []
    return one_line(next((value for value in values if isinstance(value, str)), ""))
