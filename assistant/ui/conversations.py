"""Keeps conversations on this machine, each under its reader: listed, opened, renamed, deleted, restored.

They lie in a folder of the index, not in the browser: an answer with its sources takes 50 kB and a browser
keeps 5 MB, and a reader who signs in finds them on another machine too.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..errors import AssistantError
from ..feedback import Verdict
from ..saved import FORMAT, dumped, loaded, write
from ..types import Answer, Filters
from .conversation import MAX_TITLE, Conversation, Turn
from .escaping import shortened
from .pacing import Pacing

MOST_LISTED = 200
_MOST_OPEN = 100
"""Conversations held in memory; of the others the file is read again."""
_MOST_PACED = 1_000
_LARGEST = 64_000_000
_CUT_OFF = "Stopped: the program that serves this page ended."
_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class _KeptTurn:
    question: str
    filters: Filters
    text: str
    problem: str
    seconds: float
    verdict: Verdict
    note: str
    follow_ups: tuple[str, ...]
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class _Kept:
    """A conversation as its file holds it."""

    title: str
    created: float
    turns: tuple[_KeptTurn, ...]
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Head:
    """A conversation as a list tells it; ``changed`` is when something was last asked."""

    id: str
    name: str
    questions: int
    changed: float


class Conversations:
    """Those of all readers below one folder; one that cannot be written is kept in memory alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: OrderedDict[tuple[str, str], Conversation] = OrderedDict()
        self._heads: dict[Path, tuple[float, Head]] = {}
        self._paced: OrderedDict[str, Pacing] = OrderedDict()
        self._lock = threading.Lock()

    def pacing(self, owner: str) -> Pacing:
        """How often this reader asked, in whatever conversation."""
        with self._lock:
            known = self._paced.setdefault(owner, Pacing())
            self._paced.move_to_end(owner)
            while len(self._paced) > _MOST_PACED:
                self._paced.popitem(last=False)
        return known

    def begin(self, owner: str) -> Conversation:
        """A new one; it is kept from its first question on."""
        conversation = Conversation(owner=owner)
        self._remember(conversation)
        return conversation

    def find(self, owner: str, wanted: object) -> Conversation | None:
        """The reader's conversation with an id that a browser says; anything else it may say is none."""
        if not isinstance(wanted, str) or not _ID.fullmatch(wanted):
            return None
        with self._lock:
            if known := self._open.get((owner, wanted)):
                self._open.move_to_end((owner, wanted))
                return known
        if conversation := self._read(owner, wanted):
            self._remember(conversation)
        return conversation

    def keep(self, conversation: Conversation) -> None:
        """Write it down as it is now, unless it was deleted."""
        if conversation.deleted:
            return
        kept = _Kept(conversation.title, conversation.created, tuple(map(_kept, conversation.turns)))
        path = self._path(conversation.owner, conversation.id)
        # A disk that is full or read-only, half a character: it lives as long as the program does.
        with suppress(AssistantError, OSError, ValueError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write(dumped(kept), path)

    def listed(self, owner: str) -> list[Head]:
        """The reader's conversations, the one asked last first."""
        heads = [head for path in self._newest(owner) if (head := self._head(path, owner))]
        return sorted(heads, key=lambda head: -head.changed)

    def rename(self, owner: str, wanted: object, title: str) -> None:
        """Call it something else; by nothing it is called by its first question again."""
        if conversation := self.find(owner, wanted):
            conversation.title = shortened(title, MAX_TITLE)
            self.keep(conversation)

    def delete(self, owner: str, wanted: object) -> Head | None:
        """Put it aside, so that it can be restored until the next one is deleted."""
        conversation = self.find(owner, wanted)
        if conversation is None:
            return None
        conversation.stop()
        conversation.deleted = True
        path = self._path(owner, conversation.id)
        head = self._head(path, owner)
        with self._lock, suppress(OSError):
            self._open.pop((owner, conversation.id), None)
            for old in path.parent.glob("*.deleted"):
                old.unlink(missing_ok=True)
            path.replace(path.with_suffix(".deleted"))
        return head

    def restore(self, owner: str) -> None:
        """Bring back the one that was deleted last."""
        with self._lock, suppress(OSError):
            for path in (self._folder / owner).glob("*.deleted"):
                path.replace(path.with_suffix(".json"))

    def _remember(self, conversation: Conversation) -> None:
        with self._lock:
            self._open[(conversation.owner, conversation.id)] = conversation
            for key, old in [*self._open.items()][: max(0, len(self._open) - _MOST_OPEN)]:
                if old.last is None or old.last.finished:
                    del self._open[key]

    def _newest(self, owner: str) -> list[Path]:
        with suppress(OSError):
            files = [path for path in (self._folder / owner).glob("*.json") if _ID.fullmatch(path.stem)]
            return sorted(files, key=_changed, reverse=True)[:MOST_LISTED]
        return []

    def _head(self, path: Path, owner: str) -> Head | None:
        changed = _changed(path)
        known = self._heads.get(path)
        if known is None or known[0] != changed:
            conversation = self._read(owner, path.stem)
            if conversation is None:
                return None
            head = Head(conversation.id, conversation.name, len(conversation.turns), changed)
            known = self._heads[path] = (changed, head)
        return known[1]

    def _read(self, owner: str, wanted: str) -> Conversation | None:
        """The conversation from its file; none where that is gone, too large or none of ours."""
        path = self._path(owner, wanted)
        try:
            with path.open("rb") as file:
                data = file.read(_LARGEST + 1)
            kept = loaded(_Kept, data, path.name) if len(data) <= _LARGEST else None
        except (OSError, AssistantError):
            return None
        if kept is None or kept.format != FORMAT:
            return None
        turns = [_turn(number, each) for number, each in enumerate(kept.turns, start=1)]
        return Conversation(turns, wanted, owner, kept.title, kept.created)

    def _path(self, owner: str, wanted: str) -> Path:
        return self._folder / owner / f"{wanted}.json"


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _kept(turn: Turn) -> _KeptTurn:
    return _KeptTurn(
        turn.question,
        turn.filters,
        turn.text if turn.answer is None else "",
        turn.problem,
        turn.seconds,
        turn.verdict,
        turn.note,
        turn.follow_ups,
        turn.answer,
    )


def _turn(number: int, kept: _KeptTurn) -> Turn:
    """A turn from its file; one that was under way when the program ended was cut off."""
    turn = Turn(
        number,
        kept.question,
        kept.filters,
        text=kept.text,
        problem=kept.problem or ("" if kept.answer else _CUT_OFF),
        seconds=kept.seconds,
        verdict=kept.verdict,
        note=kept.note,
        follow_ups=kept.follow_ups,
        answer=kept.answer,
    )
    if kept.answer:
        turn.citations = {each.number: each for each in kept.answer.citations}
        turn.claims = kept.answer.claims
    return turn
