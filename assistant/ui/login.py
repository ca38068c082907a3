"""The login: a right password is answered at once, guesses have to wait, and who was removed is out.

Gradio asks ``Login.check`` and keeps a token for each session; what stands before it tells from where.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from contextvars import ContextVar
from ipaddress import ip_address, ip_network
from weakref import WeakValueDictionary

from fastapi import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from ..serving.users import Users

WRONG_PASSWORD_SECONDS = 1.0
"""So long the answer to a wrong password takes, and so soon it is forgotten."""
FREE = 30
"""Wrong passwords that may come at once from one address, or for one name; then they wait in a row."""
FEW = 5
"""An address with no more of them does not wait for what others try: its user may have mistyped."""
LONGEST_WAIT = 60.0
"""Seconds; who had to wait longer is told so instead, so that those who wait take no memory."""
_MOST_KNOWN = 10_000
"""Addresses and names to remember."""
_AT_ONCE = 2
"""Passwords of one address that are hashed side by side: a crowd of them leaves room for others."""
_address: ContextVar[str] = ContextVar("address", default="")


class Guesses:
    """How many wrong passwords came of late, by address and by name; knows no password."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._forgotten: OrderedDict[int, float] = OrderedDict()
        """By the hash of an address or name, when its last wrong password is forgotten."""

    def wait(self, address: str, name: str) -> float:
        """Seconds until this may be looked at; unless they are too many, it counts as wrong from now on."""
        keys = _keys(address, name)
        by_address, by_name = map(self._of_late, keys)
        most = max(by_address, by_name) if by_address >= FEW else by_address
        wait = max(0.0, most - FREE + 1.0) * WRONG_PASSWORD_SECONDS
        if wait <= LONGEST_WAIT:
            self._count(keys, 1)
        return wait

    def was_right(self, address: str, name: str) -> None:
        """Take back what ``wait`` counted."""
        self._count(_keys(address, name), -1)

    def _of_late(self, key: int) -> float:
        return max(0.0, self._forgotten.get(key, 0.0) - self._clock()) / WRONG_PASSWORD_SECONDS

    def _count(self, keys: tuple[int, int], more: int) -> None:
        now = self._clock()
        for key in keys:
            counted = max(now, self._forgotten.pop(key, now)) + more * WRONG_PASSWORD_SECONDS
            if counted > now:
                self._forgotten[key] = counted
        while len(self._forgotten) > _MOST_KNOWN:
            self._forgotten.popitem(last=False)


class Login:
    """Looks at names and passwords."""

    def __init__(self, users: Users, tokens: Callable[[], dict[str, str]]) -> None:
        """``tokens`` gives the sessions, each with the name of its user."""
        self._users = users
        self._tokens = tokens
        self._guesses = Guesses()
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def check(self, name: str, password: str) -> bool:
        """Whether to let somebody in.

        Raises:
            HTTPException: Too many wrong passwords came from that address.
        """
        address = network_of(_address.get())
        wait = self._guesses.wait(address, name)
        if wait > LONGEST_WAIT:
            raise HTTPException(429, "Too many wrong passwords. Please try again in a minute.")
        await asyncio.sleep(wait)
        turn = self._turns.setdefault(address, asyncio.Semaphore(_AT_ONCE))
        async with turn:
            admitted = await asyncio.to_thread(self._users.admits, name, password)
        if admitted:
            self._guesses.was_right(address, name)
        else:
            await asyncio.sleep(WRONG_PASSWORD_SECONDS)
        return admitted

    def end_sessions(self) -> None:
        """Those of users that were removed, or have another password than before."""
        if gone := self._users.dismissed():
            tokens = self._tokens()
            for token in [token for token, name in tokens.items() if name in gone]:
                del tokens[token]


class Door:
    """Stands before all that asks who has logged in."""

    def __init__(self, app: ASGIApp, login: Login) -> None:
        self._app = app
        self._login = login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, knowing where it came from."""
        if scope["type"] == "http":
            self._login.end_sessions()
            _address.set((scope.get("client") or ("",))[0])
        await self._app(scope, receive, send)


def network_of(address: str) -> str:
    """The address itself, but of IPv6 the network, in which one household has any number of them."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return str(known)
    return str(known.ipv4_mapped or ip_network((int(known), 64), strict=False))


def _keys(address: str, name: str) -> tuple[int, int]:
    return hash(("address", address)), hash(("name", name))
