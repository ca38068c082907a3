"""The web application: the page under FastAPI, a health address and the headers every response carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr
from fastapi import FastAPI
from gradio.routes import App
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import endpoints, theme
from .importing import Desk
from .keeping import Keeping
from .libraries import Libraries, OpenLibrary
from .page import Page
from .preparation import Preparation
from .sessions import Sessions
from .uploads import Uploads

if TYPE_CHECKING:
    from ..assistant import Assistant

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


class SecurityHeaders:
    """Puts the headers on every response, streams and errors included, and refuses what other sites send.

    A page elsewhere cannot read our replies, but it could send files, or start what changes the library.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the headers with the reply."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers[name] = value
            await send(message)

        if _is_foreign(scope):
            refusal = PlainTextResponse("Refused: sent by another site.", status_code=403)
            await refusal(scope, receive, send_with_headers)
        else:
            await self._app(scope, receive, send_with_headers)


def _is_foreign(scope: Scope) -> bool:
    """Whether a browser says that a request which may change something comes from another site."""
    return (
        scope["type"] == "http"
        and scope["method"] not in {"GET", "HEAD", "OPTIONS"}
        and Headers(scope=scope).get("sec-fetch-site") in {"cross-site", "same-site"}
    )


def create_app(
    assistant: Assistant, preparation: Preparation, desk: Desk, uploads: Uploads, *, shared: bool = False
) -> FastAPI:
    """The application, ready to be served; it starts nothing. ``shared``: others than its user reach it."""
    app = FastAPI(title="paper-assistant", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(SecurityHeaders)
    libraries = Libraries(OpenLibrary(assistant, preparation, desk), uploads)
    app.state.libraries = libraries

    @app.get("/healthz")
    def health() -> dict[str, str]:
        phase = preparation.snapshot().phase
        return {"status": "ok" if phase == "ready" else phase}

    @app.get("/rejected/{token}")
    def rejected(token: str) -> Response:
        """Rows to be mended, under the address that only their import was told."""
        made = libraries.download(token)
        if made is None:
            return PlainTextResponse("There is no such file any more.", status_code=404)
        return FileResponse(made.path, media_type="text/plain", filename=made.name)

    keeping = Keeping(uploads)

    @app.get("/summaries/{token}/{ending}")
    def summary(token: str, ending: str) -> Response:
        """A summary as a file, under the address that only its tab was told."""
        path = keeping.file(token, ending)
        if path is None:
            return PlainTextResponse("There is no such file any more.", status_code=404)
        return FileResponse(path, filename=path.name)

    gr.mount_gradio_app(
        app,
        Page(Sessions(libraries, shared=shared), uploads, keeping).build(),
        path="/",
        app_kwargs={"exception_handlers": endpoints.ON_ERROR},
        theme=theme.theme(),
        css=theme.style_sheet(),
        js=theme.script(),
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=f"{assistant.settings.max_upload_mb}mb",
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
    )
    return app


def end_connections(app: FastAPI) -> None:
    """Let the connections go by which open pages tell that they are there; they hold up a shutdown."""
    for route in app.routes:
        if isinstance(route, Mount) and isinstance(route.app, App):
            route.app.stop_event.set()
