"""The topics of one collection: found when first asked for, kept in a file, changed by the user."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from ..errors import IndexWriteError, ModelError, UsageError
from ..grouped import Place, Topic, TopicMap, Topics
from ..index.layout import Manifest
from ..models.ledger import Ledger
from ..models.metered import Metered
from ..models.ports import ChatModel
from ..models.prices import Prices
from ..models.prompts import Prompt
from ..settings import Settings
from ..types import ProgressCallback
from .asking import Unnamed, asked, messages_for
from .discovering import Collection
from .placing import placed
from .state import Edit, Group, State, load, save
from .updating import found_anew, outdated, updated
from .viewing import LONGEST_NAME, clean, viewed

_TITLES = 4
"""Titles that a model gets of each topic."""


class Index(Collection, Protocol):
    """A collection with its manifest."""

    def current(self) -> Manifest:
        """What it holds now."""


@dataclass(frozen=True, slots=True)
class Naming:
    """Who names topics better than we do, and within which budgets."""

    chat: Callable[[], ChatModel | None]
    settings: Settings
    ledger: Ledger

    def model(self) -> ChatModel | None:
        """The model, with what it takes counted."""
        chat = self.chat()
        return chat and Metered(chat, Prices.of(self.settings), self.ledger, None)

    @property
    def budget(self) -> int:
        """The most tokens of the prompt."""
        return self.settings.max_prompt_tokens


_TURN = threading.RLock()
"""Topics are found for one caller after the other: it takes all processors."""
_DRAWING = threading.RLock()
"""So are maps laid out."""


class TopicKeeper:
    """Gives the topics of an index, keeping them in ``path``. Threads may share it."""

    def __init__(self, path: Path, index: Index, naming: Naming) -> None:
        self._path = path
        self._index = index
        self._naming = naming

    def topics(self, *, refresh: bool = False, progress: ProgressCallback | None = None) -> Topics:
        """The topics as the collection is now; with ``refresh``, found anew."""
        with _TURN:
            state, notices = self._current(refresh=refresh, progress=progress)
            return viewed(state, self._index.papers, notices)

    def state(self) -> State:
        """What is kept, as the collection is now; the same object as long as neither changes."""
        with _TURN:
            return self._current()[0]

    def map(self, progress: ProgressCallback | None = None) -> TopicMap:
        """The topics with the places of all papers in two dimensions."""
        with _DRAWING:
            with _TURN:
                state, notices = self._current(progress=progress)
            if state.places.keys() != state.papers.keys():
                # It takes seconds, in which others may ask for the topics.
                laid = placed(self._index, sorted(state.papers), state.places)
                with _TURN:
                    latest, more = self._current()
                    state = replace(latest, places=laid if latest.papers == state.papers else latest.places)
                    notices = [*notices, *more, *self._kept(state)]
            topics = viewed(state, self._index.papers, notices)
            topic_of = {paper: topic.id for topic in topics for paper in topic.papers}
            places = [
                Place(paper, *state.places[paper.id], topic_of.get(paper.id, ""))
                for paper in self._index.papers(list(state.places))
            ]
            return TopicMap(topics, tuple(places))

    # -- what the user changes -----------------------------------------------------------------------

    def rename(self, wanted: str, name: str) -> Topic:
        """Give a topic another name."""
        with _TURN:
            state, _ = self._current()
            topics = viewed(state, self._index.papers)
            topic = topics.find(wanted)
            edit = Edit("rename", (topic.id,), _free(clean(name), topics, {topic.id}))
            return self._changed(state, edit).find(topic.id)

    def merge(self, wanted: Sequence[str], name: str = "") -> Topic:
        """Put topics together under the name of the first, or another one."""
        with _TURN:
            state, _ = self._current()
            topics = viewed(state, self._index.papers)
            ids = tuple(dict.fromkeys(topics.find(each).id for each in wanted))
            if len(ids) < 2:
                raise UsageError("It takes two topics to merge them.", "Name two or more different ones.")
            given = _free(clean(name), topics, set(ids)) if name else ""
            return self._changed(state, Edit("merge", ids, given)).find(ids[0])

    def undo(self) -> str:
        """Take back the last renaming or merge; says what it was."""
        with _TURN:
            state, _ = self._current()
            if not state.edits:
                raise UsageError("There is no renaming and no merge to be taken back.")
            save(replace(state, edits=state.edits[:-1]), self._path)
            last = state.edits[-1]
            names = {group.id: group.name for group in state.groups}
            topics = ", ".join(f"“{names.get(topic, topic)}”" for topic in last.topics)
            return (
                f"the renaming of {topics} to “{last.name}”"
                if last.kind == "rename"
                else f"the merge of {topics}"
            )

    def _changed(self, state: State, edit: Edit) -> Topics:
        state = replace(state, edits=(*state.edits, edit))
        save(state, self._path)
        return viewed(state, self._index.papers)

    # -- how it is kept in step ----------------------------------------------------------------------

    def _current(
        self, *, refresh: bool = False, progress: ProgressCallback | None = None
    ) -> tuple[State, list[str]]:
        manifest = self._index.current()
        before, notice = load(self._path)
        notices = [notice] if notice else []
        state = before
        fresh: set[str] = set()
        embedder, content = manifest.embedder, manifest.content
        if state and state.embedder == embedder and state.content == content and not refresh:
            fresh = set() if state.named_by else {group.id for group in state.groups}
        else:
            ids = self._index.ids()
            if refresh or not state or state.embedder != embedder or outdated(state, len(ids)):
                state, fresh = found_anew(before, self._index, ids, embedder, content, progress)
            else:
                state = updated(state, self._index, ids, content)
        state, problem = self._better_named(state, fresh)
        notices += problem
        if state is not before:
            notices += self._kept(state)
        return state, notices

    def _better_named(self, state: State, fresh: set[str]) -> tuple[State, list[str]]:
        """The new topics named by a model in one call, where there is one; each is named once only."""
        model = self._naming.model() if fresh else None
        if model is None:
            return state, []
        papers = viewed(replace(state, edits=()), self._index.papers)
        by_size = [topic for topic in papers if topic.id in fresh]
        unnamed = [
            Unnamed(topic.name, topic.terms, tuple(paper.title for paper in topic.examples[:_TITLES]))
            for topic in by_size
        ]
        messages = messages_for(unnamed, Prompt.load("topics"), model=model.name, budget=self._naming.budget)
        if not messages:
            return state, []
        try:
            names = asked(model, messages, unnamed, max_tokens=self._naming.settings.max_answer_tokens)
        except ModelError as error:
            return state, [f"The topics have names of our own: {error.message}"]
        others = {group.name.casefold() for group in state.groups if group.id not in fresh}
        given = {
            topic.id: name
            for topic, name in zip(by_size, names, strict=True)
            if name.casefold() not in others
        }
        groups = tuple(_with_name(group, given.get(group.id, group.name)) for group in state.groups)
        return replace(state, groups=groups, named_by=model.name), []

    def _kept(self, state: State) -> list[str]:
        """Keep a state; a disk that does not take it costs the reader time only."""
        try:
            save(state, self._path)
        except IndexWriteError as error:
            return [f"The topics are not kept: {error.message}"]
        return []


def _with_name(group: Group, name: str) -> Group:
    return replace(group, name=name)


def _free(name: str, topics: Topics, own: set[str]) -> str:
    """The name, if it is one and no other topic has it."""
    if not any(character.isalnum() for character in name):
        raise UsageError("A topic needs a name with a letter or digit.", "Give it another name.")
    if len(name) > LONGEST_NAME:
        raise UsageError(
            f"A topic's name has at most {LONGEST_NAME} characters, and this one has {len(name)}.",
            "Give it a shorter name.",
        )
    if any(name.casefold() in {topic.name.casefold(), topic.id} and topic.id not in own for topic in topics):
        raise UsageError(
            f"Another topic is called “{name}” already.", "Give it another name, or merge the two."
        )
    return name
