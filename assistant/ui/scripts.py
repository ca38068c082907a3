"""The few lines of script with which elements of our HTML become events; fixed code, no data in it."""

from __future__ import annotations

from typing import Any

ACT = """
const told = (place, more) => trigger(place.dataset.do, {...place.dataset, ...more});
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-do]");
  if (button) told(button, {});
});
element.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target.closest("form[data-do]");
  if (form) told(form, {text: form.elements.text.value});
});
"""
"""A click on ``button[data-do]`` and a sent ``form[data-do]`` trigger the event that they name."""
_WAIT = """
  while (!document.querySelector("#pa-question textarea")) await new Promise((go) => setTimeout(go, 20));
"""
LAID_OUT = f"""async () => {{{_WAIT}  return [];
}}"""
"""Not before the page is laid out: what an event sends to a component that is not there yet is lost."""
KNOWN = f"""async () => {{{_WAIT}  return [sessionStorage.getItem("pa-conversation") || ""];
}}"""
"""The conversation that this tab showed before it was loaded anew, as ask.js notes it."""
SAVE = """(file) => {
  if (!file) return;
  const {name, text} = JSON.parse(file);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], {type: "text/plain;charset=utf-8"}));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}"""
"""Saves what an event returned as a file; no address of the server has it."""
LONGEST = 20_000
"""Characters of what an element may tell: a question is refused long before."""


def said(event: Any, name: str) -> str:
    """What an element told with its event; anything but text is nothing."""
    value = event._data.get(name) if isinstance(event._data, dict) else None
    return value[:LONGEST] if isinstance(value, str) else ""
