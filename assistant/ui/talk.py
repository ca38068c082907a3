"""The HTML of a conversation: questions, replies, refusals, and what can be done with an answer.

Every text goes through ``html_text``, ``rich_text`` or ``to_html``, as in ``panels``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..feedback import Verdict
from ..outputs.mathematics import rich_text
from ..outputs.prose import to_html, unfinished
from ..outputs.transcript import as_markdown, as_text
from ..types import Answer, Citation, Claim, Filters, Refusal
from . import claims, panels
from .escaping import clean, html_text, shortened

MAX_QUESTION_SHOWN = 2000
_REFUSED = {
    "not_in_collection": "Not in this collection",
    "not_stated": "The abstracts do not say",
    "filtered_out": "Left out by your filters",
}
_NEXT = {
    "not_in_collection": "Ask about what these papers are on, or add papers in the Library.",
    "not_stated": "Ask for less, or read one of these papers in full.",
    "filtered_out": "Take a filter away, and ask again.",
}


_THUMB = (
    '<svg viewBox="0 0 24 24" aria-hidden="true">'
    '<path d="M7 10v10H3V10zM7 10l4-8c2 0 3 1.5 2.5 3.5L12.5 9H19c1.5 0 2.3 1.2 2 2.5l-1.7 7'
    'c-.3 1-1 1.5-2 1.5H7"/>'
    "</svg>"
)


def welcome() -> str:
    """What the page is for."""
    return (
        '<section class="pa-welcome"><h2>What would you like to know?</h2>'
        "<p>Ask in your own words: answers come from these papers only, each statement with its source.</p>"
        "</section>"
    )


def openers(questions: Sequence[str]) -> str:
    """Questions to begin with."""
    buttons = "".join(f"<li>{_asking(text, 'example')}</li>" for text in questions)
    return f'<ul class="pa-openers" aria-label="You may ask">{buttons}</ul>' if questions else ""


def turn(number: int, asked: str, reply: str, below: str, *, busy: bool) -> str:
    """One question with its answer."""
    state = "true" if busy else "false"
    return (
        f'<article class="pa-turn" id="turn-{number}" aria-busy="{state}">{asked}'
        f'<div class="bot"><div class="pa-reply">{reply}</div>{below}</div></article>'
    )


def question(text: str, filters: Filters, *, editable: bool) -> str:
    """A question as it was asked; the last one can be edited."""
    shown = clean(text) if len(text) <= MAX_QUESTION_SHOWN else shortened(text, MAX_QUESTION_SHOWN)
    only = f'<p class="pa-byline" dir="auto">Only papers {html_text(str(filters))}</p>' if filters else ""
    whole = len(text) <= MAX_QUESTION_SHOWN
    edit = '<button type="button" class="pa-tool" data-edit>Edit</button>' if editable and whole else ""
    asked = f'<div class="pa-asked"><p dir="auto">{html_text(shown)}</p>{only}</div>'
    return f'<div class="user">{edit}{asked}</div>'


def doing(message: str) -> str:
    """What is done before there is a word of the answer."""
    return f'<p class="pa-doing">{html_text(message.strip(" .…"))}…</p>'


def reply(
    answer: Answer | None,
    text: str,
    citations: Mapping[int, Citation],
    judged: Sequence[Claim],
    key: str,
    problem: str,
) -> str:
    """The answer, or what has come of it."""
    if answer is not None and answer.refusal is not None:
        return refusal(answer.refusal) + panels.notices(answer.notices)

    def target(number: int) -> str | None:
        return panels.source_id(key, number) if number in citations else None

    body = answer.body if answer is not None else text
    if answer is None and not problem:
        body = unfinished(body)
    quoted = answer is None or answer.mode == "extractive"
    # While a text is written it is not known who writes it: only a model's statements are told early.
    early = answer is None and any(claim.support not in {None, "supported"} for claim in judged)
    notes = claims.badges(body, judged) if early or not quoted else {}
    told = to_html(body, target, notes).strip()
    return told + panels.notices(answer.notices if answer is not None else (problem,))


def refusal(why: Refusal) -> str:
    """Why there is no answer, what comes nearest, and what to do."""
    nearest = f"<p>Nearest papers:</p>{panels.titles(why.nearest)}" if why.nearest else ""
    return (
        f'<section class="pa-refusal"><h2>{_REFUSED[why.kind]}</h2><p dir="auto">{rich_text(why.reason)}</p>'
        f'{nearest}<p class="pa-byline">{_NEXT[why.kind]}</p></section>'
    )


def tools(number: int, answer: Answer | None, verdict: Verdict, note: str, *, last: bool) -> str:
    """Copying an answer, telling what one thinks of it, and of the last one asking again."""
    inner = below = ""
    if answer is not None:
        inner = _tool("Copy", f'data-copy="{html_text(as_text(answer))}"')
        inner += _tool("Copy as Markdown", f'data-copy="{html_text(as_markdown(answer))}"')
        inner += _thumb(number, "good", verdict) + _thumb(number, "poor", verdict)
        below = _noting(number, note) if verdict else ""
    if last:
        inner += _tool("Try again" if answer is None else "Answer again", 'data-do="retry"')
    return f'<div class="pa-tools">{inner}</div>{below}' if inner else ""


def follow_ups(questions: Sequence[str]) -> str:
    """Questions that may come next."""
    if not questions:
        return ""
    buttons = "".join(f"<li>{_asking(text, 'pa-next')}</li>" for text in questions)
    return f'<ul class="pa-follow" aria-label="You may ask next">{buttons}</ul>'


def chips(answer: Answer | None) -> str:
    """A chip for each filter that the words of a question asked for; a click asks without it."""
    found = answer.filters_found if answer else ()
    return "".join(
        f'<button type="button" class="pa-chip" data-do="select" data-words="{html_text(each.words)}" '
        f'aria-label="Ask without “{html_text(each.words)}”">{html_text(shortened(str(each), 60))} ✕</button>'
        for each in found
    )


def _tool(name: str, attributes: str) -> str:
    return f'<button type="button" class="pa-tool" {attributes}>{name}</button>'


def _thumb(number: int, name: Verdict, verdict: Verdict) -> str:
    """A thumb; pressed once more it is taken back."""
    pressed = verdict == name
    label, style = ("Good answer", "") if name == "good" else ("Poor answer", " pa-down")
    return (
        f'<button type="button" class="pa-tool pa-thumb{style}" data-do="like" data-turn="{number}" '
        f'data-verdict="{"" if pressed else name}" aria-pressed="{str(pressed).lower()}" '
        f'aria-label="{label}" title="{label}">{_THUMB}</button>'
    )


def _asking(text: str, style: str) -> str:
    """A button that asks its own words."""
    words = html_text(text)
    return (
        f'<button type="button" class="{style}" data-do="example_select" data-question="{words}" dir="auto">'
        f"{words}</button>"
    )


def _noting(number: int, note: str) -> str:
    """What a reader adds to a mark; the mark is kept already."""
    if note:
        told = f"Kept on this machine, with your note: {html_text(note)}"
        return f'<p class="pa-noted pa-byline" dir="auto">{told}</p>'
    return (
        f'<form class="pa-noted" data-do="input" data-turn="{number}"><span class="pa-byline">Kept on this '
        'machine.</span> <input name="text" maxlength="2000" placeholder="Add a note" aria-label="Note">'
        '<button type="submit" class="pa-tool">Save</button></form>'
    )
