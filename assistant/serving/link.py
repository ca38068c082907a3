"""One connection between a command and the page: lines of JSON, once both have proved to know the secret.

The secret itself is never sent, so that whoever has got the port of a page that was killed learns nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from .. import __version__
from ..errors import AssistantError

HANDSHAKE_SECONDS = 5.0
"""So long either side is waited for until it has proved itself."""
_LONGEST_PROOF = 1_000
_LONGEST = 256_000_000
"""Bytes of a message, far above any summary or paper: only a broken peer sends more."""
_CALLER, _PAGE = b"caller", b"page"


class LostError(AssistantError):
    """The other side is gone, or never was ours."""


class Link:
    """Messages over a connected socket, in turns."""

    def __init__(self, connected: socket.socket) -> None:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connected.settimeout(HANDSHAKE_SECONDS)
        self._socket = connected
        self._reader = connected.makefile("rb")

    def send(self, message: Mapping[str, Any]) -> None:
        """Send a message; raises ``LostError``."""
        try:
            self._socket.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            raise _lost() from None

    def receive(self, longest: int = _LONGEST) -> dict[str, Any]:
        """The next message; raises ``LostError``."""
        try:
            line = self._reader.readline(longest)
            message = json.loads(line) if line.endswith(b"\n") else None
        except (OSError, ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            raise _lost()
        return message

    @property
    def left(self) -> bool:
        """Whether the other side has closed the connection; only asked when it has nothing to say."""
        try:
            self._socket.setblocking(False)
            return not self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        finally:
            with suppress(OSError):
                self._socket.setblocking(True)

    def answer_proof(self, secret: str, about: Mapping[str, Any]) -> None:
        """Prove the secret as the page to a caller who does so; raises ``LostError`` where he does not."""
        mine = secrets.token_hex(16)
        self.send({"nonce": mine})
        said = self.receive(_LONGEST_PROOF)
        theirs = str(said.get("nonce"))
        if not hmac.compare_digest(str(said.get("proof")).encode(), _proof(secret, _CALLER, mine, theirs)):
            raise _lost()
        self.send({"proof": _proof(secret, _PAGE, theirs, mine).decode(), "version": __version__, **about})
        self._socket.settimeout(None)

    def ask_proof(self, secret: str) -> dict[str, Any]:
        """Prove the secret as a caller; what the page says about itself. Raises ``LostError``."""
        theirs, mine = str(self.receive(_LONGEST_PROOF).get("nonce")), secrets.token_hex(16)
        self.send({"nonce": mine, "proof": _proof(secret, _CALLER, theirs, mine).decode()})
        said = self.receive(_LONGEST_PROOF * 10)
        if not hmac.compare_digest(str(said.get("proof")).encode(), _proof(secret, _PAGE, mine, theirs)):
            raise _lost()
        self._socket.settimeout(None)
        return said

    def close(self) -> None:
        """End the connection."""
        with suppress(OSError):
            self._reader.close()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def _proof(secret: str, role: bytes, *nonces: str) -> bytes:
    said = b" ".join([role, *(nonce.encode() for nonce in nonces)])
    return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest().encode()


def _lost() -> LostError:
    return LostError(
        "The page that has this index open ended before it had answered.",
        "Run the same again; what was committed is kept.",
    )
