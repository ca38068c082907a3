"""Takes a model's reasoning (``<think>…</think>``) out of the head of a stream; it knows no more."""

from __future__ import annotations

_NAMES = ("think", "thinking", "thought", "reasoning")
_TAGS = {f"<{name}>": f"</{name}>" for name in _NAMES}


class ThoughtFilter:
    """Feed it the pieces of a reply in order; what it gives back is the answer.

    Only blocks before the first word are reasoning: a ``<think>`` inside the answer is the answer's own.
    """

    def __init__(self) -> None:
        self._held = ""
        self._closer: str | None = None
        self._answering = False

    def feed(self, piece: str) -> str:
        """The part of ``piece``, and of what was held back before it, that belongs to the answer."""
        if self._answering:
            return piece
        self._held += piece
        while True:
            if self._closer is not None:
                _, closed, rest = self._held.partition(self._closer)
                if not closed:
                    # The closing tag may be split over two pieces; nothing before it is needed again.
                    self._held = self._held[-len(self._closer) :]
                    return ""
                self._held, self._closer = rest, None
            self._held = self._held.lstrip()
            opener = next((tag for tag in _TAGS if self._held.startswith(tag)), None)
            if opener is not None:
                self._held, self._closer = self._held[len(opener) :], _TAGS[opener]
                continue
            if any(tag.startswith(self._held) for tag in _TAGS):
                return ""
            self._answering = True
            return self._held

    def finish(self) -> str:
        """What was held back in doubt, at the end of the stream; an unclosed block is all reasoning."""
        held = "" if self._answering or self._closer is not None else self._held
        self._answering, self._held = True, ""
        return held
