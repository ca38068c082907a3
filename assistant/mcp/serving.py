"""Runs the server over standard input and output, or over HTTP on a port of this machine."""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ..errors import AssistantError, SettingsError

if TYPE_CHECKING:
    from ..assistant import Assistant

DEFAULT_PORT = 8765
PATH = "/mcp"
GRACE_SECONDS = 2
"""What calls under way get at a shutdown."""
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_ANY = {"", "0.0.0.0", "::"}  # noqa: S104 - compared, not bound


def over_stdio(assistant: Assistant) -> None:
    """Serve whoever started this process, until standard input ends.

    Raises:
        AssistantError: the library for it is not installed.
    """
    _need_library()
    import anyio
    from mcp.server.stdio import stdio_server

    from .tools import server_of

    async def run() -> None:
        server = server_of(assistant)
        # From here on, what anything else writes to standard output goes to standard error.
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    # Nothing else would end it before the thread that reads standard input has read a line. Outside of calls
    # nothing is open; during one it is as a kill, which an index survives.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    anyio.run(run)


def over_http(assistant: Assistant, host: str, port: int) -> None:
    """Serve on a port until Ctrl-C or SIGTERM; standard error says where.

    Raises:
        SettingsError: the address is none of this machine, or stands for all of them.
        AssistantError: it cannot be listened on, or the library for it is not installed.
    """
    _need_library()
    if host in _ANY:
        raise SettingsError(
            "The MCP server answers under one name, so that no page of a browser can reach it by another.",
            "Give --host the address that clients use.",
        )
    import uvicorn
    from mcp.server.transport_security import TransportSecuritySettings

    from ..ui.server import address, listen
    from .tools import server_of

    names = dict.fromkeys((*_LOOPBACK, f"[{host}]" if ":" in host else host))
    known = [form for name in names for form in (name, f"{name}:*")]
    security = TransportSecuritySettings(
        allowed_hosts=known, allowed_origins=[f"http://{form}" for form in known]
    )
    with listen(host, port) as bound, suppress(KeyboardInterrupt):
        app = server_of(assistant).streamable_http_app(
            streamable_http_path=PATH, host=host, transport_security=security
        )
        _say(f"The MCP server listens at {address(bound)}{PATH} (Ctrl-C stops it).")
        if host not in _LOOPBACK:
            _say("Whoever reaches this address can ask and read this collection: there is no password.")
        config = uvicorn.Config(
            app,
            log_level="error",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        uvicorn.Server(config).run(sockets=[bound])


def _need_library() -> None:
    if find_spec("mcp_types") is None:  # what version 2 of it came with
        raise AssistantError(
            "The MCP server needs a library that is not installed.",
            "Install it with: pip install 'paper-assistant[mcp]'",
        )


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
