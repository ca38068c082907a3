"""The fields for filters, folded away until they are wanted, and a chip for each that is set."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import gradio as gr

from ..grouped import Topic
from ..threads import Aside
from ..types import Filters
from .escaping import clean, shortened

if TYPE_CHECKING:
    from .sessions import Sessions

LONGEST = 200
"""Characters of a filter that are looked at."""
_LONGEST_CHOICE = 80
_EMPTY = ("", "", "", "", "", "")


class FilterFields:
    """The fields of one place; made where they are to stand, chips first."""

    def __init__(self, name: str, sessions: Sessions) -> None:
        """Lay them out; ``name`` tells this place's elements from another's."""
        self._sessions = sessions
        self._finding = Aside()
        with gr.Row(visible=False, elem_id=f"pa-{name}-chips", elem_classes="pa-chips") as self._line:
            self._chips = [
                gr.Button(visible=False, size="sm", min_width=0, elem_classes="pa-chip") for _ in _EMPTY
            ]
            self._clear = gr.Button("Clear filters", size="sm", min_width=0, elem_classes="pa-clear")
        self._fold = gr.Accordion(
            "Filters", open=False, elem_id=f"pa-{name}-filters", elem_classes="pa-filters"
        )
        with self._fold, gr.Row():
            # Of years too: a number field cannot be empty, and turns into 0.
            years: dict[str, Any] = {"max_lines": 1, "max_length": 5, "min_width": 90, "scale": 1}
            words: dict[str, Any] = {"max_lines": 1, "max_length": LONGEST, "min_width": 130, "scale": 2}
            # Any words may stand in it: topics are named anew, and what is typed may be a part of a name.
            # It opens with its choices: those that came later would close the list under the reader's hands.
            self._topic = gr.Dropdown(
                [],
                value="",
                label="Topic",
                elem_id=f"pa-{name}-topic",
                allow_custom_value=True,
                interactive=False,
                min_width=180,
                scale=3,
            )
            self._chosen_from = gr.State([])
            self.fields: list[Any] = [
                gr.Textbox(label="From year", elem_id=f"pa-{name}-since", **years),
                gr.Textbox(label="Until year", elem_id=f"pa-{name}-until", **years),
                gr.Textbox(label="Author", elem_id=f"pa-{name}-author", **words),
                gr.Textbox(label="Venue", elem_id=f"pa-{name}-venue", **words),
                gr.Textbox(label="Source file", elem_id=f"pa-{name}-source", **words),
                self._topic,
            ]
        self.shown: list[Any] = [*self.fields, self._line, *self._chips]

    def wire(self, changed: Callable[..., Any] | None = None, **more: Any) -> None:
        """Keep the chips in step with the fields; ``changed`` is called after them, with ``more``."""
        at_once: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        # They are looked for when somebody looks: to find them may take a while, in a large collection.
        queued: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        topics = [self._topic, self._chosen_from]
        self._fold.expand(self._choices, self._chosen_from, topics, concurrency_limit=None, **queued)
        shown = gr.on(
            [field.change for field in self.fields],
            self._show,
            self.fields,
            [self._line, *self._chips],
            trigger_mode="always_last",
            **at_once,
        )
        if changed is not None:
            shown.then(changed, **more, **at_once)
        for chip, field, empty in zip(self._chips, self.fields, _EMPTY, strict=True):
            chip.click(lambda empty=empty: empty, None, field, **at_once)
        self._clear.click(lambda: list(_EMPTY), None, self.fields, **at_once)

    def filled(self, filters: Filters) -> dict[Any, Any]:
        """The fields, and their chips, as filters that were set before have them."""
        values = fields_of(filters)
        chips = zip([self._line, *self._chips], self._show(*values), strict=True)
        return {**dict(zip(self.fields, values, strict=True)), **dict(chips)}

    async def _choices(self, known: list[Any], request: gr.Request) -> Any:
        """The topics as they are now, where they are not ``known`` already."""
        try:
            found = choices(await self._finding.run(self._sessions.of(request).library.assistant.topics))
        except Exception:  # noqa: BLE001 - a name can be typed, and the search tells what is wrong
            found = known
        if found and found == known:
            return gr.skip(), gr.skip()
        return gr.update(choices=found, interactive=True), found

    def _show(self, *values: Any) -> list[Any]:
        chips = [chip_of(place, values) for place in range(len(_EMPTY))]
        return [gr.Row(visible=any(chips)), *(gr.Button(text, visible=bool(text)) for text in chips)]


def choices(topics: Iterable[Topic]) -> list[tuple[str, str]]:
    """The topics to choose from with their sizes, and what stands for each in a filter."""
    return [(f"{shortened(topic.name, _LONGEST_CHOICE)} ({topic.size:,})", topic.name) for topic in topics]


def filters_of(
    since: object, until: object, author: object, venue: object, source: object, topic: object
) -> Filters:
    """The filters that the fields say; what a browser cannot have meant is none."""
    words = [_words(value) for value in (author, venue, source, topic)]
    return Filters(_year(since), _year(until), *words)


def fields_of(filters: Filters) -> tuple[str, ...]:
    """What the fields hold where they say these filters."""
    words = (filters.since, filters.until, filters.author, filters.venue, filters.source, filters.topic)
    return tuple("" if value is None else str(value) for value in words)


def chip_of(place: int, values: tuple[object, ...]) -> str:
    """What is on the chip of one field; nothing if it is empty."""
    alone: list[object] = list(_EMPTY)
    alone[place] = values[place]
    words = str(filters_of(*alone))
    return f"{words} ✕" if words else ""


def _year(value: object) -> int | None:
    found = re.fullmatch(r"-?\d{1,4}", _words(value), re.ASCII)
    return int(found[0]) if found else None


def _words(value: object) -> str:
    return " ".join(clean(str(value or ""))[:LONGEST].split())
