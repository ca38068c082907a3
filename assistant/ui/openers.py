"""Questions to begin with, under the welcome: those of the tab's library, looked for once it has papers."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import gradio as gr

from ..conversation.offering import EXAMPLES
from ..errors import AssistantError
from . import talk
from .scripts import ACT, LAID_OUT
from .sessions import Sessions

_LOOK_SECONDS = 0.1


class Openers:
    """A component of its own: it comes later than the welcome, and hides with it."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._found: dict[str, tuple[str, ...]] = {}
        self._turn = asyncio.Lock()

    def build(self) -> gr.HTML:
        """Lay it out where it is to stand: with those of the sample, where that is just being read."""
        reading = self._sessions.libraries.first.preparation.snapshot().phase == "indexing"
        first = talk.openers(EXAMPLES if reading else ())
        self._shown = gr.HTML(first, js_on_load=ACT, elem_id="pa-offered")
        return self._shown

    def wire(self, blocks: gr.Blocks, tab: gr.Tab) -> None:
        """Look for them when the page is loaded, and when it may show another library."""
        for shows in (blocks.load, tab.select):
            shows(
                self._offer,
                None,
                [self._shown],
                js=LAID_OUT,
                queue=False,
                show_progress="hidden",
                api_visibility="private",
            )

    async def _offer(self, request: gr.Request) -> str:
        library = self._sessions.of(request).library
        while library.preparation.under_way:
            await asyncio.sleep(_LOOK_SECONDS)
        async with self._turn:  # Tabs that are opened together look for them once.
            if not self._found.get(library.name):
                with suppress(AssistantError):  # the first question will tell
                    self._found[library.name] = tuple(await asyncio.to_thread(library.assistant.openers))
        return talk.openers(self._found.get(library.name, ()))
