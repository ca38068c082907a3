"""The page: its tabs, one beside the other. Lays out components and wires events."""

from __future__ import annotations

import gradio as gr

from ..index.layout import Layout
from . import panels
from .ask import AskTab
from .blocks import Blocks
from .conversations import Conversations
from .endpoints import publish
from .keeping import Keeping
from .library import Library
from .preferences import Preferences
from .sessions import Sessions
from .topics import TopicsTab
from .uploads import Uploads

FORGOTTEN_UPLOADS = (600, 3600)
"""How often it is looked for files that were sent and never added, and their age: in seconds."""


class Page:
    """The tabs of one server's page."""

    def __init__(self, sessions: Sessions, uploads: Uploads, keeping: Keeping) -> None:
        self._sessions = sessions
        self._first = sessions.libraries.first
        self._conversations = Conversations(Layout(self._first.assistant.path).conversations)
        self._ask = AskTab(sessions, self._conversations)
        self._topics = TopicsTab(sessions, keeping)
        self._library = Library(sessions, uploads)
        self._preferences = Preferences(sessions)

    def build(self) -> gr.Blocks:
        """The page, its queue set up."""
        blocks: gr.Blocks
        with Blocks(
            title="paper-assistant", fill_width=True, analytics_enabled=False, delete_cache=FORGOTTEN_UPLOADS
        ) as blocks:
            composer = self._first.assistant.composer
            header = gr.HTML(panels.header(composer), js_on_load=None, elem_id="pa-header")
            with gr.Tabs(elem_id="pa-tabs"):
                with gr.Tab("Ask", id="ask") as asking:
                    self._ask.build()
                with gr.Tab("Topics", id="topics") as topics:
                    self._topics.build()
                with gr.Tab("Library", id="library", elem_classes="pa-library") as library:
                    self._library.build()
                with gr.Tab("Settings", id="settings") as settings:
                    self._preferences.build(header)
            publish(self._first.assistant, self._first.preparation, self._conversations.pacing)
            self._ask.wire(blocks, asking)
            self._topics.wire(blocks, topics)
            self._library.wire(library)
            self._preferences.wire(blocks, settings)
            blocks.unload(self._sessions.end)
        limits = self._first.assistant.settings
        blocks.queue(max_size=limits.longest_queue, default_concurrency_limit=limits.answers_at_once)
        return blocks
