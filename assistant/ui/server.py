"""Serves the page on a port of this machine, from start to shutdown; knows nothing of what the page shows."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import signal
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from types import FrameType
from typing import TYPE_CHECKING, Any

from ..errors import AssistantError, SettingsError
from ..serving.users import Users

if TYPE_CHECKING:
    from ..assistant import Assistant

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 7860
PORTS_TRIED = 20
"""Where the user chose no port, the first free one from the default on is taken."""
GRACE_SECONDS = 2
"""What answers under way get at a shutdown."""
SWITCH_SECONDS = 0.0005
"""How long a thread that searches may keep the event loop waiting, which serves everybody: Python's own 5 ms,
again and again, are much of the wait for a first word where twenty ask at once."""
MOMENT_SECONDS = 2
TOLD_SECONDS = 0.3


def serve(
    assistant: Assistant,
    *,
    host: str | None = None,
    port: int | None = None,
    open_browser: bool = False,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve the page until Ctrl-C or SIGTERM; the assistant stays open, and is the caller's to close.

    ``host`` and ``port`` are those of the settings, unless given. ``announce`` gets one line when the page
    can be opened (default: standard output). Raises an ``AssistantError`` where the address is taken, the
    index cannot be opened, or the users who may log in cannot be read.
    """
    settings = assistant.settings = assistant.settings.for_page()
    bound = listen(host or settings.host, settings.port if port is None else port)
    users = Users(settings)
    if users.notice:
        _warn(users.notice)
    if not users and not is_loopback(bound):
        _warn(
            "others on your network can reach this page, and nobody has to log in. "
            "See --auth-file in docs/serving.md."
        )
    with bound, _terminated_as_interrupted(), suppress(KeyboardInterrupt):
        _run(assistant, bound, open_browser=open_browser, announce=announce or _to_standard_output)


def listen(host: str, port: int | None) -> socket.socket:
    """A socket bound to the address, before anything slow happens; port 0 is any free one."""
    if port is not None:
        return _bind(host, port)
    for candidate in range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED):
        with suppress(_PortTakenError):
            return _bind(host, candidate)
    raise AssistantError(
        f"The ports {DEFAULT_PORT} to {DEFAULT_PORT + PORTS_TRIED - 1} are all in use.",
        "Stop one of the programs that hold them, or choose another port with --port.",
    )


def is_loopback(bound: socket.socket) -> bool:
    """Whether only this machine can reach it."""
    return ip_address(bound.getsockname()[0].partition("%")[0]).is_loopback


def address(bound: socket.socket) -> str:
    """What to type into a browser on this machine."""
    host, port = bound.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        host = DEFAULT_HOST
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _run(
    assistant: Assistant, bound: socket.socket, *, open_browser: bool, announce: Callable[[str], None]
) -> None:
    import uvicorn

    from ..serving.listening import Listener
    from .importing import Desk
    from .preparation import Preparation
    from .streaming import end_all
    from .uploads import Uploads
    from .webapp import create_app, end_connections

    fatal: list[AssistantError] = []
    url = address(bound)
    sys.setswitchinterval(SWITCH_SECONDS)

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            preparation.start()
            self.greeting = asyncio.create_task(self.greet())

        async def greet(self) -> None:
            """Say where the page is, after a moment in which an index that cannot be had shows itself."""
            moment = time.monotonic() + MOMENT_SECONDS
            while preparation.snapshot().untouched and time.monotonic() < moment:
                await asyncio.sleep(0.02)
            if not self.should_exit:
                announce(f"paper-assistant is ready at {url} (Ctrl-C stops it).")
                if open_browser:
                    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            end_all()
            await asyncio.sleep(TOLD_SECONDS)  # the sentence goes out before its connection ends
            end_connections(app)
            await super().shutdown(sockets)

    def give_up(error: AssistantError) -> None:
        fatal.append(error)
        server.should_exit = True

    def tell_commands() -> None:
        listener.publish()

    preparation = Preparation(assistant, give_up, tell_commands)
    uploads = Uploads()
    desk = Desk(assistant, preparation, uploads)
    listener = Listener(assistant, ready=lambda: not preparation.under_way, turn=desk.waited_turn)
    app = create_app(assistant, preparation, desk, uploads, shared=not is_loopback(bound))
    gc.freeze()  # All that is loaded by now stays: no answer waits until it has been looked through.
    server = Server(
        uvicorn.Config(
            app,
            log_level="error",
            access_log=False,
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    # Answers that outlast the grace are cut, each with a traceback that tells nobody anything.
    logging.getLogger("uvicorn.error").addFilter(lambda _: not server.should_exit)
    try:
        server.run(sockets=[bound])
    finally:
        preparation.stop()
        listener.close()
        desk.close()
        app.state.libraries.close()
        uploads.close()
    if fatal:
        raise fatal[0]


class _PortTakenError(AssistantError):
    """Somebody else listens there."""


def _bind(host: str, port: int) -> socket.socket:
    if not 0 <= port <= 65535:
        raise SettingsError(f"{port} is not a port.", "Ports go from 1 to 65535.")
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError):
        raise SettingsError(
            f"{host!r} is not an address of this machine.", "Use 127.0.0.1 for this machine alone."
        ) from None
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(place)
        # Two sockets may be bound to one port as long as neither listens: take it now.
        bound.listen()
    except OSError as error:
        bound.close()
        raise _refusal(error, host, port) from None
    return bound


def _refusal(error: OSError, host: str, port: int) -> AssistantError:
    if error.errno == errno.EADDRINUSE:
        return _PortTakenError(
            f"Port {port} of {host} is in use by another program.",
            "Stop that program, or choose another port with --port.",
        )
    if error.errno == errno.EACCES:
        return AssistantError(f"Port {port} needs rights this user does not have.", "Choose one above 1023.")
    return AssistantError(
        f"{host}:{port} cannot be listened on: {error.strerror}.", "Use 127.0.0.1 for this machine alone."
    )


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """Let SIGTERM end the run as Ctrl-C does, so that what is open is closed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before: Any = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _warn(what: str) -> None:
    sys.stderr.write(f"Warning: {what}\n")


def _to_standard_output(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
