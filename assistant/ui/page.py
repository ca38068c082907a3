"""The page: its tabs, one beside the other. Lays out components and wires events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr

from . import panels
from .ask import AskTab
from .conversations import Conversations
from .endpoints import publish
from .importing import Desk
from .keeping import Keeping
from .library import Library
from .preparation import Preparation
from .topics import TopicsTab
from .uploads import Uploads

if TYPE_CHECKING:
    from ..assistant import Assistant

FORGOTTEN_UPLOADS = (600, 3600)
"""How often it is looked for files that were sent and never added, and their age: in seconds."""
KEPT_CONVERSATIONS = "conversations"
"""Their folder, in that of the index."""


class Page:
    """The tabs of one server's page."""

    def __init__(
        self,
        assistant: Assistant,
        preparation: Preparation,
        desk: Desk,
        uploads: Uploads,
        keeping: Keeping,
    ) -> None:
        self._assistant = assistant
        self._preparation = preparation
        self._ask = AskTab(assistant, preparation, Conversations(assistant.path / KEPT_CONVERSATIONS))
        self._topics = TopicsTab(assistant, preparation, keeping)
        self._library = Library(assistant, preparation, desk, uploads)

    def build(self) -> gr.Blocks:
        """The page, its queue set up."""
        blocks: gr.Blocks
        with gr.Blocks(
            title="paper-assistant", fill_width=True, analytics_enabled=False, delete_cache=FORGOTTEN_UPLOADS
        ) as blocks:
            gr.HTML(panels.header(self._assistant.composer), js_on_load=None, elem_id="pa-header")
            with gr.Tabs(elem_id="pa-tabs"):
                with gr.Tab("Ask", id="ask") as asking:
                    self._ask.build()
                with gr.Tab("Topics", id="topics") as topics:
                    self._topics.build()
                with gr.Tab("Library", id="library", elem_classes="pa-library") as library:
                    self._library.build()
            publish(self._assistant, self._preparation)
            self._ask.wire(blocks, asking)
            self._topics.wire(topics)
            self._library.wire(library)
        settings = self._assistant.settings
        blocks.queue(max_size=settings.longest_queue, default_concurrency_limit=settings.answers_at_once)
        return blocks
