"""The command that serves models and their agents: ``mcp``."""

from __future__ import annotations

from typing import Annotated

import typer

from . import options
from .terminal import reporting


def mcp(
    http: Annotated[
        bool, typer.Option("--http", help="Listen on a port instead of standard input and output.")
    ] = False,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port to listen on.", min=0, max=65535)] = 8765,
    index: options.Index = None,
    library: options.Library = None,
    extractive: options.Extractive = False,
) -> None:
    """Serve the collection to agents by the Model Context Protocol.

    Clients start this command themselves; its tools are ask, search, topics and summarize.
    The index is open during calls only, so that other commands get at it in between.
    """
    mode = "extractive" if extractive else None
    with reporting(), options.opened(index, library, alone=True, mode=mode) as assistant:
        from ..mcp.serving import over_http, over_stdio

        if http:
            over_http(assistant, host, port)
        else:
            over_stdio(assistant)
