"""The HTML of the list of topics: a button each, with its size and what is new; knows no component.

Every text goes through ``html_text``, as in ``panels``: names are made of papers' words, or by a model.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..grouped import Topic, Topics
from ..numbers import counted
from . import panels
from .escaping import html_text, shortened

LONGEST_NAME = 120


def listing(topics: Topics, chosen: str = "") -> str:
    """The topics, the largest first, below their areas where there are; ``chosen`` is the id of one."""
    if not topics.topics:
        empty = "There is no paper here yet." if not topics.papers else "The papers form no topics."
        return panels.status(empty)
    known = {topic.id: topic for topic in topics}
    inner = _rows(topics, chosen)
    if topics.areas:
        within = {topic_id for area in topics.areas for topic_id in area.topics}
        areas = [
            _area(area.name, [known[topic_id] for topic_id in area.topics if topic_id in known], chosen)
            for area in topics.areas
        ]
        others = [topic for topic in topics if topic.id not in within]
        inner = "".join([*areas, _rows(others, chosen) if others else ""])
    told = f"{counted(len(topics), 'topic')} in {panels.papers(topics.papers)}."
    if topics.rest:
        told += f" {panels.papers(len(topics.rest)).capitalize()} fit none."
    notices = "".join(f'<p class="pa-byline">{html_text(notice)}</p>' for notice in topics.notices)
    return (
        f'<nav class="pa-topics" aria-label="Topics">{inner}</nav>'
        f'<p class="pa-byline">{html_text(told)}</p>{notices}'
    )


def _area(name: str, topics: list[Topic], chosen: str) -> str:
    count = sum(topic.size for topic in topics)
    size = f'<span class="pa-size">{count:,}</span>'
    attribute = " open" if any(topic.id == chosen for topic in topics) else ""
    head = f'<summary><span dir="auto">{_name(name)}</span> {size}</summary>'
    return f'<details class="pa-area"{attribute}>{head}{_rows(topics, chosen)}</details>'


def _rows(topics: Iterable[Topic], chosen: str) -> str:
    return f"<ul>{''.join(_row(topic, topic.id == chosen) for topic in topics)}</ul>"


def _row(topic: Topic, is_chosen: bool) -> str:
    new = f' <span class="pa-new">{len(topic.new):,} new</span>' if topic.new else ""
    pressed = "true" if is_chosen else "false"
    terms = html_text(shortened(", ".join(topic.terms), LONGEST_NAME))
    button = f'data-topic="{html_text(topic.id)}" aria-pressed="{pressed}" title="{terms}"'
    return (
        f'<li><button type="button" {button}>'
        f'<span class="pa-name" dir="auto">{_name(topic.name)}</span>{new} '
        f'<span class="pa-size" aria-label="{panels.papers(topic.size)}">{topic.size:,}</span></button></li>'
    )


def _name(name: str) -> str:
    return html_text(shortened(name, LONGEST_NAME))
