"""Has a language model write the sections of a summary side by side, and gives them out in their order."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import closing
from queue import SimpleQueue
from threading import Event, Lock, Thread

from ..errors import ModelError, ModelReplyError
from ..models.ports import EndOfReply
from .assignments import Assignment
from .recalling import Recalling

_LINE_END = re.compile(r"(\n)")
_HANDLE = re.compile(r"P\s?\d|[\[【(]\s*\d")
_MOST_HELD = 4_000
"""Characters without a citation that are held back: about the longest reply."""


def is_cited(text: str) -> bool:
    """Whether a reply names a paper: one that does not is of no use."""
    return bool(_HANDLE.search(text))


class Writing:
    """The sections under way; closing it stops the model."""

    def __init__(self, model: Recalling, assignments: Sequence[Assignment], workers: int) -> None:
        """Begin to write, at most ``workers`` sections at once, the first ones first."""
        self._cut: set[int] = set()
        self._model = model
        self._titles = [each.title for each in assignments]
        self._stopped = Event()
        self._waiting = iter(enumerate(assignments))
        self._taking = Lock()
        self._pieces: list[SimpleQueue[str | ModelError | None]] = [SimpleQueue() for _ in assignments]
        for _ in range(min(workers, len(assignments))):
            Thread(target=self._work, name="summary", daemon=True).start()

    @property
    def cut(self) -> bool:
        """Whether a section was cut off at its longest length."""
        return bool(self._cut)

    def cited(self, place: int) -> Generator[str]:
        """As :meth:`section`, but nothing is given out before the first citation, and without one nothing.

        Raises:
            ModelError: the section ended with it, or it has no citation.
        """
        held, begun = "", False
        for piece in self.section(place):
            held += piece
            if not begun and (is_cited(held) or len(held) > _MOST_HELD):
                begun = True
                held = _without(self._titles[place], held)
            if begun:
                yield held
                held = ""
        if not begun:
            raise ModelReplyError("The model cited nothing.")

    def section(self, place: int) -> Generator[str]:
        """The pieces of a section as they arrive; raises the ``ModelError`` that ended it."""
        at_start, heading = True, False
        while (piece := self._pieces[place].get()) is not None:
            if isinstance(piece, ModelError):
                raise piece
            flat = ""
            for part in _LINE_END.split(piece):
                # A heading of the model's own would end the section, so such lines are left out.
                heading = part != "\n" and (heading or (at_start and part.lstrip().startswith("#")))
                flat += "" if heading else part
                at_start = part == "\n" or (at_start and not part.strip())
            yield flat
        if place in self._cut:
            yield " …"

    def close(self) -> None:
        """Stop what is under way, and begin no more."""
        self._stopped.set()

    def _work(self) -> None:
        while not self._stopped.is_set():
            with self._taking:
                taken = next(self._waiting, None)
            if taken is None:
                return
            self._write(*taken)

    def _write(self, place: int, assignment: Assignment) -> None:
        out = self._pieces[place]
        try:
            stream = self._model.stream(assignment.messages, max_tokens=assignment.reply)
            with closing(stream) as pieces:
                for piece in pieces:
                    if self._stopped.is_set():
                        return
                    if isinstance(piece, str):
                        out.put(piece)
                    elif isinstance(piece, EndOfReply):
                        self._cut |= {place} if piece.cut else set()
        except ModelError as error:
            out.put(error)
        finally:
            out.put(None)


def _without(title: str, text: str) -> str:
    """The text without a first line that is its title again."""
    first, _, rest = text.lstrip().partition("\n")
    return rest if first.strip("*_#: ").casefold() == title.casefold() else text
