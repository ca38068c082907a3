"""The question's box: what can be done with it just now."""

from __future__ import annotations

import gradio as gr


def box(*text: str, busy: bool) -> gr.Textbox:
    """With a button to stop, or to send."""
    return gr.Textbox(*text, submit_btn=not busy, stop_btn=busy)


def placeholder(*, enabled: bool) -> str:
    """What stands in it before anything is typed."""
    return "Ask about the papers" if enabled else "Ready as soon as the collection has been read"
