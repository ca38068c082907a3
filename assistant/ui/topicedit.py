"""The fields in which topics are renamed and merged, and the last such change is taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from ..assistant import Assistant
from ..errors import UsageError
from ..grouped import Topics
from . import panels
from .escaping import clean
from .failures import explain
from .filtering import choices
from .picking import ids
from .sessions import Sessions
from .written import Bench

LONGEST_NAME = 80
_MOST = 50
_PROBLEM = "The topics were not changed."

Updates = dict[Any, Any]
Listed = Callable[[Bench], Updates]
"""What of the page shows the topics of a bench."""


class TopicEditor:
    """Changes the topics, and says what was changed."""

    def __init__(self, sessions: Sessions, listed: Listed) -> None:
        self._sessions = sessions
        self._listed = listed

    def build(self) -> None:
        """Lay it out where it is to stand."""
        with gr.Accordion(
            "Rename or merge topics", open=False, elem_id="pa-edit", elem_classes=["pa-filters", "pa-edit"]
        ) as self._fold:
            self._chosen = gr.Dropdown(
                [], multiselect=True, label="One topic, or several to merge", elem_id="pa-edited"
            )
            self._name = gr.Textbox(
                label="New name", max_lines=1, max_length=LONGEST_NAME, elem_id="pa-new-name"
            )
            with gr.Row():
                small: dict[str, Any] = {"size": "sm", "min_width": 60}
                self._rename = gr.Button("Rename", elem_id="pa-rename", **small)
                self._merge = gr.Button("Merge", elem_id="pa-merge", **small)
                self._undo = gr.Button("Undo", elem_id="pa-edit-undo", **small)
            self._told = gr.HTML("", js_on_load=None, elem_id="pa-edit-status")

    def wire(self, shown: list[Any]) -> list[Any]:
        """Connect the events and give them out; ``shown`` are the components that show topics."""
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        outputs = [*shown, self._chosen, self._name, self._told]
        self._fold.expand(self._choices, None, [self._chosen], queue=False, **quiet)
        changing: dict[str, Any] = {"outputs": outputs, "concurrency_id": "topics", **quiet}
        said = [self._chosen, self._name]
        return [
            self._rename.click(self._renamed, said, **changing),
            self._name.submit(self._renamed, said, **changing),
            self._merge.click(self._merged, said, **changing),
            self._undo.click(self._undone, None, **changing),
        ]

    def _choices(self, request: gr.Request) -> Any:
        return gr.update(choices=_by_id(self._sessions.of(request).held(Bench).topics))

    def _renamed(self, chosen: object, name: object, request: gr.Request) -> Updates:
        def rename(assistant: Assistant) -> str:
            wanted = ids(chosen, _MOST)
            if len(wanted) != 1:
                raise UsageError("Choose the one topic that gets the name.")
            topic = assistant.rename_topic(wanted[0], clean(str(name or "")))
            return f"It is called “{topic.name}” now."

        return self._changed(rename, request)

    def _merged(self, chosen: object, name: object, request: gr.Request) -> Updates:
        def merge(assistant: Assistant) -> str:
            topic = assistant.merge_topics(ids(chosen, _MOST), clean(str(name or "")).strip())
            return f"They are “{topic.name}” now, with {panels.papers(topic.size)}."

        return self._changed(merge, request)

    def _undone(self, request: gr.Request) -> Updates:
        return self._changed(lambda assistant: f"Took back {assistant.undo_topics()}.", request)

    def _changed(self, change: Callable[[Assistant], str], request: gr.Request) -> Updates:
        """The page after a change, or why there is none."""
        session = self._sessions.of(request)
        assistant, bench = session.library.assistant, session.held(Bench)
        try:
            told = change(assistant)
            bench.topics = assistant.topics()
        except Exception as error:  # noqa: BLE001 - the reader gets a sentence whatever happened
            return {self._told: panels.status(explain(error, _PROBLEM, assistant.settings))}
        return {
            **self._listed(bench),
            self._chosen: gr.update(choices=_by_id(bench.topics), value=[]),
            self._name: "",
            self._told: panels.status(told),
        }


def _by_id(topics: Topics | None) -> list[tuple[str, str]]:
    topics = topics or Topics()
    return [(shown, topic.id) for (shown, _), topic in zip(choices(topics), topics, strict=True)]
