"""The web application: the page under FastAPI behind its guard, a health address and downloads."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import gradio as gr
from fastapi import FastAPI
from gradio import routes
from gradio.routes import App
from jinja2 import ChoiceLoader, DictLoader
from starlette.datastructures import Headers
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Mount

from ..serving.users import Users
from . import endpoints, theme
from .guard import Guard, Rules, names_of_this_machine
from .importing import Desk
from .keeping import Keeping
from .libraries import Libraries, OpenLibrary
from .login import Door, Login
from .page import Page
from .preparation import Preparation
from .runs import Runs, new_run
from .sessions import Sessions
from .uploads import Uploads
from .visitors import Visitors

if TYPE_CHECKING:
    from ..assistant import Assistant


def create_app(
    assistant: Assistant, preparation: Preparation, desk: Desk, uploads: Uploads, *, shared: bool = False
) -> FastAPI:
    """The application, ready to be served; it starts nothing. ``shared``: others than its user reach it.

    Raises:
        SettingsError: The users who may log in cannot be read.
    """
    settings = assistant.settings
    users = Users(settings)
    outside = urlsplit(settings.root_path)  # of a whole address, the path is ours as well
    app = FastAPI(title="paper-assistant", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Visitors)
    known = names_of_this_machine(outside.hostname or "", *settings.allow_hosts.split())
    rules = Rules(
        admits=lambda headers: not users or _logged_in(app, headers),
        hosts=None if users else known,
        largest_file=settings.max_upload_mb * 1_000_000,
        root_path=outside.path.rstrip("/"),
    )
    app.add_middleware(Guard, rules=rules)
    login = Login(users, lambda: _mounted(app).tokens)
    if users:
        app.add_middleware(Door, login=login)
    run = new_run()
    app.add_middleware(Runs, run=run)  # before both: whoever logged in at the last run is out now
    libraries = Libraries(OpenLibrary(assistant, preparation, desk), uploads)
    app.state.libraries = libraries
    sessions = Sessions(libraries, shared=shared or bool(users))

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
    _name_pages()

    @app.get("/summaries/{token}/{ending}")
    def summary(token: str, ending: str) -> Response:
        """A summary as a file, under the address that only its tab was told."""
        path = keeping.file(token, ending)
        if path is None:
            return PlainTextResponse("There is no such file any more.", status_code=404)
        return FileResponse(path, filename=path.name)

    gr.mount_gradio_app(
        app,
        Page(sessions, uploads, keeping).build(),
        path="/",
        app_kwargs={"exception_handlers": endpoints.ON_ERROR},
        theme=theme.theme(),
        css=theme.style_sheet(),
        head=theme.head(run),
        js=theme.script(),
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=f"{settings.max_upload_mb}mb",
        root_path=settings.root_path.rstrip("/") or None,
        auth=login.check if users else None,
        auth_message="Who is asking?" if users else None,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
    )
    return app


def _name_pages() -> None:
    """Give the pages a title from the start: Gradio names them by script, and the login not at all."""
    pages, name = routes.templates.env, "frontend/index.html"
    assert pages.loader  # noqa: S101 - for the type checker; Gradio has set it
    page = pages.loader.get_source(pages, name)[0]
    if "<title>" not in page:
        named = page.replace("<head>", "<head><title>paper-assistant</title>", 1)
        pages.loader = ChoiceLoader([DictLoader({name: named}), pages.loader])


def _mounted(app: FastAPI) -> App:
    return next(route.app for route in app.routes if isinstance(route, Mount) and isinstance(route.app, App))


def _logged_in(app: FastAPI, headers: Headers) -> bool:
    """Whether the cookies hold a token that Gradio gave to somebody who logged in."""
    gradio = _mounted(app)
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return False
    names = (f"access-token-{gradio.cookie_id}", f"access-token-unsecure-{gradio.cookie_id}")
    return any(name in cookies and cookies[name].value in gradio.tokens for name in names)


def end_connections(app: FastAPI) -> None:
    """Let the connections go by which open pages tell that they are there; they hold up a shutdown."""
    _mounted(app).stop_event.set()
