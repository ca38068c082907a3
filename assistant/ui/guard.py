"""What stands before every request: who may come in, from where, with how much. Knows nothing of the page.

Gradio's own routes can fetch addresses, show files and take streams that our page has no use for: those are
shut here, whatever Gradio thinks of them.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECURITY_HEADERS = {
    # Gradio's page has inline scripts and styles, and compiles its templates with eval.
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "media-src 'self' blob:; worker-src 'self' blob:; connect-src 'self'; object-src 'none'; "
        "frame-src 'none'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
_SHUT = ("file", "proxy", "stream", "process_recording", "deep_link", "dev", "profiling", "runs", "vibe")
"""Routes below Gradio's ``/gradio_api``: they read files and other hosts, or take what we do not offer."""
_OPEN = ("/", "/login", "/logout", "/healthz", "/config", "/theme.css", "/robots.txt", "/favicon.ico")
_OPEN_BELOW = ("/assets/", "/static/", "/svelte/", "/gradio_api/login_check", "/gradio_api/app_id")
"""What whoever has not logged in needs to do so; ``/`` and ``/config`` tell them no more than that."""
_CHANGING_NOTHING = {"GET", "HEAD", "OPTIONS"}
_UPLOAD = "/gradio_api/upload"
_LARGEST_BODY = 4_000_000
"""Bytes of a request that is no file: a question has at most some thousand characters."""
_FILES_AT_ONCE = 4
"""A drop may be so many times as large as the largest file."""


@dataclass(frozen=True)
class Rules:
    """What one server lets in."""

    admits: Callable[[Headers], bool]
    """Whether who sent this has logged in."""
    hosts: frozenset[str] | None
    """The names that a browser may call us by; ``None`` where any will do, since everybody has to log in."""
    largest_file: int
    root_path: str = ""

    def refusal(self, scope: Scope) -> tuple[int, str] | None:
        """The status and the sentence that a request gets instead of what it wants."""
        headers, method = Headers(scope=scope), scope["method"]
        path = str(scope["path"]).removeprefix(self.root_path) or "/"
        if not self._knows(headers.get("host", "")):
            # A page elsewhere may have its own name point here, and so read what we say.
            return 403, "Refused: this server is not known by that name. See --allow-host."
        if method not in _CHANGING_NOTHING and _is_foreign(headers):
            return 403, "Refused: sent by another site."
        if path.removeprefix("/gradio_api/").startswith(_SHUT) and path.startswith("/gradio_api/"):
            return 404, "There is nothing here."
        if path.startswith("/monitoring"):
            return 404, "There is nothing here."
        if path not in _OPEN and not path.startswith(_OPEN_BELOW) and not self.admits(headers):
            return 401, "Log in first."
        if method not in _CHANGING_NOTHING:
            return self._too_much(headers, path)
        return None

    def _knows(self, host: str) -> bool:
        if self.hosts is None or not host:
            return True
        try:
            name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
        except ValueError:
            return False
        if name in self.hosts or name.endswith(".localhost"):
            return True
        try:
            ip_address(name)  # no name, so nobody can have it point elsewhere
        except ValueError:
            return False
        return True

    def _too_much(self, headers: Headers, path: str) -> tuple[int, str] | None:
        size = headers.get("content-length")
        if size is None and "transfer-encoding" in headers:
            return 411, "Say how long this is."
        most = _FILES_AT_ONCE * self.largest_file if path.startswith(_UPLOAD) else _LARGEST_BODY
        if size is not None and (not size.isdecimal() or int(size[:20]) > most):
            return 413, f"This is too large: at most {most // 1_000_000} MB are taken at once."
        return None


class Guard:
    """Puts the headers on every response, streams and errors included, and refuses what may not come in."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app = app
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the headers with the reply."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers[name] = value
            await send(message)

        refused = self._rules.refusal(scope) if scope["type"] == "http" else None
        if refused:
            status, why = refused
            await PlainTextResponse(why, status_code=status)(scope, receive, send_with_headers)
        else:
            await self._app(scope, receive, send_with_headers)


def names_of_this_machine(*more: str) -> frozenset[str]:
    """What a browser may call this machine: its own names, and ``more``."""
    return frozenset(name.casefold() for name in ("localhost", socket.gethostname(), *more) if name)


def _is_foreign(headers: Headers) -> bool:
    """Whether a browser says that a request which may change something comes from another site.

    A page elsewhere cannot read our replies, but it could send files, or start what changes the library.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is None:
        return False  # no browser
    # Not sent where a page is open without encryption beyond this machine: then the origin tells.
    ours = {headers.get("host"), headers.get("x-forwarded-host", "").split(",")[0].strip()}
    theirs = origin.partition("://")[2]
    return not theirs or theirs not in ours
