"""What each open tab works with: one of the libraries, and settings of its own. Tabs never share any of it.

A session lives in memory from the first request of a tab until the tab is closed; loaded anew, the tab goes
on with what it had. A key that is typed in is kept here and nowhere else.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, cast

import gradio as gr

from ..settings import Settings
from ..types import Usage
from .libraries import Libraries, OpenLibrary
from .visitors import visitor_of

if TYPE_CHECKING:
    from ..assistant import Assistant

MOST_SESSIONS = 10_000
"""Beyond, the one that was quiet the longest begins anew."""
TAB = "x-paper-assistant-tab"
"""The header in which tab.js says which tab sends a request: a random name that outlives a reload."""
FORGOTTEN_AFTER = 120.0
"""Seconds after which a tab that was closed is forgotten; one that is loaded anew is back by then."""
_SHORTEST, _LONGEST = 16, 64

Tab = tuple[str, str]
"""Who is at it, and its name: nobody goes on with another's by guessing."""
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


class Held(Protocol):
    """What a part of the page holds for a tab."""

    def loaded_anew(self) -> Self:
        """The same for the page that the tab is loaded anew with, which shows nothing of it yet."""


Part = TypeVar("Part", bound=Held)


class Session:
    """One tab. Its assistant answers from the open index of its library."""

    def __init__(self, library: OpenLibrary, tab: Tab | None = None) -> None:
        self.library = library
        self.tab = tab
        self.changes: dict[str, Any] = {}
        """The settings that differ from those of the program."""
        self.assistant: Assistant = library.assistant.with_settings()
        self._before = Usage()
        self._held: dict[type[Held], Held] = {}
        self._lock = threading.Lock()
        self._uses = 0
        self._closed = False
        self.ended = math.inf
        """When its tab was closed, by the monotonic clock."""

    @property
    def settings(self) -> Settings:
        """The settings that count for it."""
        return self.assistant.settings

    @property
    def spent(self) -> Usage:
        """What language models were asked for in it."""
        return self._before + self.assistant.spent

    def change(self, **changes: Any) -> None:
        """Answer with other settings from now on.

        Raises:
            SettingsError: one cannot be used; all stay as they were.
        """
        kept = self.changes | changes
        if self.settings.changed(**changes).api_key is None:
            kept["api_key"] = None  # a key stays with its host, whoever gave it
        self._take(self.library, kept)

    def held(self, kind: type[Part]) -> Part:
        """What the tab holds of that kind; its first is made here."""
        with self._lock:
            return cast("Part", self._held.setdefault(kind, kind()))

    def go_on(self, before: Session) -> None:
        """Work as another one did, whose tab was loaded anew; shared is only what is under way."""
        self._before = before.spent
        with before._lock:
            self._held = {kind: held.loaded_anew() for kind, held in before._held.items()}
        usable = before.library.preparation.snapshot().phase != "failed"
        self._take(before.library if usable else self.library, before.changes)

    def begin_anew(self) -> None:
        """Answer with the settings of the program."""
        self._take(self.library, {})

    def move_to(self, library: OpenLibrary) -> None:
        """Work with another library."""
        self._take(library, self.changes)

    @contextmanager
    def used(self) -> Iterator[None]:
        """Something is under way that may outlive the tab; the session lasts as long."""
        with self._lock:
            self._uses += 1
        try:
            yield
        finally:
            with self._lock:
                self._uses -= 1
            self._give_back()

    def close(self) -> None:
        """Give back connections of its own, as soon as nothing is under way."""
        self._closed = True
        self._give_back()

    def _give_back(self) -> None:
        with self._lock:
            if self._closed and not self._uses:
                self.assistant.close()

    def _take(self, library: OpenLibrary, changes: dict[str, Any]) -> None:
        given = dict(changes)
        if (budget := given.get("session_tokens")) is not None:
            # What was spent counts, whatever was changed since.
            spent = self.spent
            given["session_tokens"] = max(0, budget - spent.prompt_tokens - spent.completion_tokens)
        made = library.assistant.with_settings(**given)
        self._before += self.assistant.spent
        # The one of before is not closed: an answer may be on its way from it.
        self.assistant, self.library, self.changes = made, library, changes


class Sessions:
    """The sessions of one server; ``shared`` says that others than its user can reach it."""

    def __init__(self, libraries: Libraries, *, shared: bool) -> None:
        self.libraries = libraries
        self._shared = shared
        self._lock = threading.Lock()
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._tabs: OrderedDict[Tab, Session] = OrderedDict()

    def of(self, request: gr.Request) -> Session:
        """The session of the tab that sends a request."""
        with self._lock:
            key = request.session_hash
            session = self._sessions.pop(key, None) if key else None
            if session is None:
                session = self._begun(request)
            if key:
                self._sessions[key] = session
                while len(self._sessions) > MOST_SESSIONS:
                    self._sessions.popitem(last=False)[1].close()
            return session

    def end(self, request: gr.Request) -> None:
        """Forget the session of a tab that was closed."""
        with self._lock:
            session = self._sessions.pop(request.session_hash or "", None)
            if session is not None:
                session.ended = time.monotonic()
            self._forget()
        if session is not None:
            session.close()

    def _begun(self, request: gr.Request) -> Session:
        """A new session; that of a tab that was loaded anew goes on as before."""
        name = request.headers.get(TAB, "")
        tab = (visitor_of(request), name) if _SHORTEST <= len(name) <= _LONGEST else None
        session = Session(self.libraries.first, tab)
        self._forget()
        if tab:
            if before := self._tabs.pop(tab, None):
                session.go_on(before)
            self._tabs[tab] = session
            while len(self._tabs) > MOST_SESSIONS:
                self._tabs.popitem(last=False)
        return session

    def _forget(self) -> None:
        """Let the tabs go that were closed long ago."""
        moment = time.monotonic() - FORGOTTEN_AFTER
        for tab in [tab for tab, session in self._tabs.items() if session.ended < moment]:
            del self._tabs[tab]

    def is_shared(self, request: gr.Request) -> bool:
        """Whether the reader may be another than the one who runs the program.

        A request that came through a proxy may be anybody's, wherever the program listens.
        """
        return self._shared or any(name in request.headers for name in _FORWARDED)

    def who(self, request: gr.Request) -> str:
        """Whose files an import adds: all tabs of one's own page are one reader, of a shared one not."""
        if not self.is_shared(request):
            return ""
        user: str | None = request.username
        return user or request.session_hash or "?"
