"""The commands about the page: ``serve``, and ``user`` for who may use it."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from ..errors import UsageError
from . import options
from .terminal import print_json, reporting, say, show

user = typer.Typer(
    help="Say who may use the page: users with hashed passwords in a file.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")]
File = Annotated[Path | None, typer.Option("--file", help="The file of users (else ASSISTANT_AUTH_FILE).")]


def serve(
    index: options.Index = None,
    library: options.Library = None,
    host: Annotated[
        str | None, typer.Option("--host", help="Address to listen on.  [default: 127.0.0.1]")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            "--port", help="Port to listen on (else the first free one from 7860).", min=1, max=65535
        ),
    ] = None,
    auth: Annotated[
        str | None,
        typer.Option(
            metavar="USER:PASSWORD",
            help="One user, for a try: others on this machine can see it. Better --auth-file.",
        ),
    ] = None,
    auth_file: Annotated[
        Path | None, typer.Option(help="Several users, as `paper-assistant user add` writes them.")
    ] = None,
    root_path: Annotated[
        str | None,
        typer.Option(help="Where a reverse proxy shows the page: /papers, or https://host/papers."),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="A name that browsers may call this machine, where nobody logs in. Repeatable."),
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    extractive: options.Extractive = False,
) -> None:
    """Serve the page on this machine, or to others (docs/serving.md).

    Where there is no index yet, the sample collection is indexed first. While it runs, other commands on this
    index go through it.
    """
    given = {
        "mode": "extractive" if extractive else None,
        "host": host,
        "port": port,
        "auth": auth,
        "auth_file": auth_file,
        "root_path": root_path,
        "allow_hosts": " ".join(allow_host) if allow_host else None,
    }
    with reporting(), options.opened(index, library, alone=True, **given) as assistant:
        from ..ui import serve as serve_page

        serve_page(assistant, open_browser=open_browser)


@user.command()
def add(name: Name, file: File = None) -> None:
    """Add a user, or give one another password, which is asked for (or read from standard input)."""
    with reporting():
        from ..serving.users import SHORTEST, checked_name, hashed, save

        name, path = checked_name(name), _file(file)
        users = _users(path)
        password = _asked()
        if len(password) < SHORTEST:
            raise UsageError(f"A password has at least {SHORTEST} characters.", "Choose a longer one.")
        save(users | {name: hashed(password)}, path)
        say(f"{name} may use the page; serve it with --auth-file {path}.")


@user.command()
def remove(name: Name, file: File = None) -> None:
    """Take a user out; who is logged in is logged out at the next request."""
    with reporting():
        from ..serving.users import save

        path = _file(file)
        users = _users(path)
        if name not in users:
            raise UsageError(f"There is no user {name!r} in {path}.", "See `paper-assistant user list`.")
        save({other: kept for other, kept in users.items() if other != name}, path)
        say(f"{name} may not use the page any more.")


@user.command("list")
def list_(file: File = None, as_json: options.AsJson = False) -> None:
    """List the users."""
    with reporting(as_json):
        from ..serving.users import UsersJson, load

        names = sorted(load(_file(file)))
        if as_json:
            print_json(UsersJson(users=names))
            return
        for name in names:
            show(name)


def _file(given: Path | None) -> Path:
    from ..settings import Settings

    path = given or Settings.load().auth_file
    if path is None:
        raise UsageError("No file of users is named.", "Give --file FILE, or set ASSISTANT_AUTH_FILE.")
    return path


def _users(path: Path) -> dict[str, str]:
    from ..serving.users import load

    return load(path) if path.exists() else {}


def _asked() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise UsageError("These are two passwords.", "Run the same again.")
    return password
