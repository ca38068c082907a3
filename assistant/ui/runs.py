"""Which run of the program a page belongs to: one that another run served is refused, and loads itself anew.

Settings, library and lists of an open tab end with the program. A page that outlived it would go on showing
them, while a new program answers with its own: perhaps by a language model that the reader had switched off.
"""

from __future__ import annotations

import secrets

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from .guard import SECURITY_HEADERS

RUN = "x-paper-assistant-run"
"""The header in which tab.js says which run a page is from, and a refusal which one runs now. Programs that
call us send none, and are served by any."""
REFUSED = "The program was started anew since this page was loaded: load the page anew."


def new_run() -> str:
    """A name for this start of the program."""
    return secrets.token_hex(16)


class Runs:
    """Refuses what a page of another run asks for, before anything is done for it."""

    def __init__(self, app: ASGIApp, run: str) -> None:
        self._app = app
        self._run = run

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless it comes from a page of another run."""
        said = Headers(scope=scope).get(RUN) if scope["type"] == "http" else None
        if said is None or said == self._run:
            await self._app(scope, receive, send)
            return
        headers = {**SECURITY_HEADERS, RUN: self._run}
        await PlainTextResponse(REFUSED, status_code=409, headers=headers)(scope, receive, send)
