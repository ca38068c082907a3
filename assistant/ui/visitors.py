"""Who is at a browser: a user that signed in, else a browser that is known by a cookie.

The cookie is random, no script can read it, and only its hash is ever written down. It is no sign-in: it
keeps the conversations of people who share a server apart, and goes with the browser's data.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "paper-assistant"
_DAYS = 400
"""Browsers keep no cookie longer."""
_SHORTEST, _LONGEST = 20, 100


class Visitors:
    """Gives a cookie to a browser that opens the page and has none."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the cookie with the reply."""
        is_page = scope["type"] == "http" and scope["method"] == "GET"
        if not is_page or _known(HTTPConnection(scope).cookies.get(COOKIE)):
            await self._app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    secure = "; Secure" if scope.get("scheme") == "https" else ""
                    rest = f"Path=/; Max-Age={_DAYS * 86_400}; HttpOnly; SameSite=Lax{secure}"
                    value = f"{COOKIE}={secrets.token_urlsafe(24)}"
                    headers.append("set-cookie", f"{value}; {rest}")
            await send(message)

        await self._app(scope, receive, send_with_cookie)


def visitor_of(request: Any) -> str:
    """What the conversations of whoever sent this are kept under; without cookies, that of one session."""
    if user := getattr(request, "username", None):
        known = f"user {user}"
    elif cookie := _known(request.cookies.get(COOKIE)):
        known = f"browser {cookie}"
    else:
        known = f"session {request.session_hash}"
    return hashlib.sha256(known.encode("utf-8", "replace")).hexdigest()[:32]


def _known(cookie: str | None) -> str:
    return cookie if cookie and _SHORTEST <= len(cookie) <= _LONGEST else ""
