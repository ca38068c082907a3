"""Gradio's page without the work that it does for what an event leaves as it is."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.blocks import Block
from gradio.state_holder import SessionState


class Blocks(gr.Blocks):
    """A page whose events pay for the components that they change, not for all that they could change.

    Gradio makes each output anew and describes it twice, also where a step of a generator does not name it:
    half of what an answer cost while it was streamed. And it has a thread look at each text that is shown as
    it is, for files that it may name.
    """

    async def postprocess_data(
        self, block_fn: BlockFunction, predictions: Any, state: SessionState | None
    ) -> list[Any]:
        """What a step of an event sends to the browser, a value or an update for each output."""
        if not isinstance(predictions, Mapping) or not all(isinstance(key, Block) for key in predictions):
            return await super().postprocess_data(block_fn, predictions, state)
        sent = {block._id: value for block, value in predictions.items() if _is_plain(block, value)}
        changed = [each for each in block_fn.outputs if each in predictions and each._id not in sent]
        if changed:
            narrowed = copy(block_fn)
            narrowed.outputs = changed
            values: Any = [predictions[output] for output in changed]
            # An event with one output returns its value, not a list of it.
            made = await super().postprocess_data(narrowed, values if len(values) != 1 else values[0], state)
            sent |= zip((output._id for output in changed), made, strict=True)
        return [sent.get(output._id, {"__type__": "update"}) for output in block_fn.outputs]


def _is_plain(block: Any, value: object) -> bool:
    """Whether the value goes to the browser as it is: HTML of ours, which is escaped by now."""
    return type(block) is gr.HTML and isinstance(value, str)
