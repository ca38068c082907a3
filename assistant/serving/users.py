"""Who may use the page: names with hashed passwords in a file for its owner alone, or one from a setting."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypedDict

from ..errors import SettingsError, UsageError
from ..settings import Settings
from ..whole import write_whole

_N, _R, _P = 2**14, 8, 1
"""The cost of one guess, as RFC 7914 proposes for logging in: 16 MB and some 50 ms."""
_MOST_N = 2**20
_MEMORY = 64 * 1024 * 1024
_LARGEST = 1_000_000
SHORTEST = 8
"""Characters of a password."""


class UsersJson(TypedDict):
    """The names of those who may use the page."""

    users: list[str]


def hashed(password: str) -> str:
    """A password as it is stored: scrypt with a salt of its own."""
    salt = secrets.token_bytes(16)
    return f"scrypt:{_N}:{_text(salt)}:{_text(_scrypt(password, salt, _N))}"


class Users:
    """The users of one page. Read from the file at each look, so that a new one need not wait for a start."""

    def __init__(self, settings: Settings) -> None:
        """Take the file and the user that the settings name.

        Raises:
            SettingsError: The file cannot be read, or holds nobody; or the user has no password.
        """
        self._file = settings.auth_file
        self._one: dict[str, str] = {}
        if settings.auth is not None:
            name, colon, password = settings.auth.get_secret_value().partition(":")
            if not (colon and name and password):
                raise SettingsError("ASSISTANT_AUTH or --auth is not of the form USER:PASSWORD.")
            self._one = {name: hashed(password)}
        self._known: dict[str, str] = {}
        self._state: tuple[int, ...] = ()
        if self._file is not None:
            self._state, self._known = _state(self._file), load(self._file)
            if not self._known:
                raise SettingsError(
                    f"Nobody is named in {self._file}.",
                    f"Run: paper-assistant user add NAME --file {self._file}",
                )

    def __bool__(self) -> bool:
        """Whether anybody has to say who they are."""
        return bool(self._one or self._file)

    @property
    def notice(self) -> str:
        """What is amiss with the file although it can be used."""
        if os.name == "posix" and self._file is not None and self._file.stat().st_mode & 0o077:
            return f"Other users of this machine can read or change {self._file}: chmod 600 {self._file}"
        return ""

    def admits(self, name: str, password: str) -> bool:
        """Whether this is a user's password; takes as long for a name that is none."""
        known = dict(self._one)
        if self._file is not None:
            with suppress(SettingsError):  # being written, or gone: nobody of it is let in
                known |= load(self._file)
        return _matches(password, known.get(name, _NOBODY)) and name in known

    def dismissed(self) -> set[str]:
        """Who of the file was removed, or got another password, since this was asked before; costs a look."""
        if self._file is None or (state := _state(self._file)) == self._state:
            return set()
        known: dict[str, str] = {}
        with suppress(SettingsError):  # gone, or spoilt: nobody of it may stay
            known = load(self._file)
        gone = {name for name, password in self._known.items() if known.get(name) != password}
        self._state, self._known = state, known
        return gone


def load(path: Path) -> dict[str, str]:
    """The names in a file with their hashed passwords.

    Raises:
        SettingsError: It cannot be read, or is none of ours.
    """
    try:
        with path.open("rb") as file:
            lines = file.read(_LARGEST).decode("utf-8").splitlines()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise SettingsError(f"The users in {path} cannot be read: {why}.", "Name another file.") from None
    users = {}
    for number, line in enumerate(lines, 1):
        name, tab, password = line.partition("\t")
        if not (tab and name and password.startswith("scrypt:")):
            raise SettingsError(
                f"Line {number} of {path} names no user.",
                "Write the file with: paper-assistant user add NAME",
            )
        users[name] = password
    return users


def save(users: Mapping[str, str], path: Path) -> None:
    """Write the file in one step, for this user alone.

    Raises:
        UsageError: It cannot be written.
    """
    text = "".join(f"{name}\t{password}\n" for name, password in sorted(users.items()))
    try:
        write_whole(path, text.encode(), private=True)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.", "Name another file.") from None


def checked_name(name: str) -> str:
    """A name that can stand in the file, without space around it.

    Raises:
        UsageError: It is none.
    """
    name = name.strip()
    if not name or len(name) > 64 or not name.isprintable() or ":" in name:
        raise UsageError("This cannot be a user's name.", "Use up to 64 letters, without a colon.")
    return name


def _state(path: Path) -> tuple[int, ...]:
    """What differs after a file was written anew; empty where there is none."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size


def _matches(password: str, stored: str) -> bool:
    try:
        _, cost, salt, expected = stored.split(":")
        if int(cost) > _MOST_N:
            return False
        found = _scrypt(password, b64decode(salt), int(cost))
        return hmac.compare_digest(found, b64decode(expected))
    except ValueError:
        return False


def _scrypt(password: str, salt: bytes, cost: int) -> bytes:
    memory = max(_MEMORY, 256 * _R * cost)
    data = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(data, salt=salt, n=cost, r=_R, p=_P, maxmem=memory, dklen=32)


def _text(data: bytes) -> str:
    return b64encode(data).decode()


_NOBODY = f"scrypt:{_N}:{_text(b'0' * 16)}:{_text(b'0' * 32)}"
