"""The people of the soak: each a thread that asks, talks, searches, summarises, or adds and removes papers.

Whatever they find wrong goes into ``Tally.wrong``, in words. An answer is lost when there is an exception, no
answer, or none in time; mixed when it says another question's marker, or a written one does not say its own.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count

from assistant import Answer, Assistant, AssistantError, Done, Paper
from assistant.conversation.chat import Chat
from assistant.errors import ModelError

from .faults import MARKER

_TURNS = 3
_STREAMED = 5
"""Events after which a reader who has enough leaves."""


class Tally:
    """What was done, and what went wrong; threads share it."""

    def __init__(self, patience: float) -> None:
        """An answer that takes longer than ``patience`` seconds counts as lost."""
        self.patience = patience
        self.done: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._lock = threading.Lock()
        self._numbers = count(1)

    def marker(self) -> str:
        """One that nobody had."""
        with self._lock:
            return f"zq{next(self._numbers)}x"

    def kind(self) -> str:
        """A name for papers: no marker, since a refusal tells the titles of the nearest papers."""
        return self.marker().replace("zq", "kind")

    def count(self, what: str) -> None:
        """One more of these."""
        with self._lock:
            self.done[what] += 1

    def complain(self, what: str) -> None:
        """Something that must not be."""
        with self._lock:
            self.wrong.append(what)

    def check(self, answer: Answer | None, marker: str, seconds: float) -> None:
        """Whether an answer came, in time, and is the one to its own question."""
        if answer is None:
            return self.complain(f"lost: no answer to {marker}")
        said = set(MARKER.findall(answer.body))
        if marker not in answer.question:
            self.complain(f"mixed: {marker} got the answer to {answer.question!r}")
        elif said - {marker}:
            self.complain(f"mixed: the answer to {marker} says {said}")
        elif answer.mode == "llm" and answer.status == "answered" and marker not in said:
            self.complain(f"mixed: the written answer to {marker} does not say it: {answer.body[:200]!r}")
        if seconds > self.patience:
            self.complain(f"lost: {marker} took {seconds:.0f} s")
        return self.count(f"answers, {answer.status}, {answer.mode}")


class Person:
    """One session. ``act`` does one thing, chosen by chance."""

    def __init__(self, assistant: Assistant, questions: Sequence[str], tally: Tally, seed: int) -> None:
        """A person who asks these questions."""
        self._assistant = assistant
        self._questions = questions
        self._tally = tally
        self._random = random.Random(seed)
        self._own = f"soak:{seed}"

    def act(self) -> None:
        """One thing; what it raises is a fault of ours, as the model's faults are to be dealt with."""
        acts: Sequence[tuple[Callable[[], None], int]] = (
            (self._ask, 6),
            (self._leave, 2),
            (self._async, 2),
            (self._talk, 2),
            (self._search, 6),
            (self._summarise, 1),
            (self._change, 2),
        )
        [act] = self._random.choices([each for each, _ in acts], [weight for _, weight in acts])
        try:
            act()
        except AssistantError as error:
            self._tally.complain(f"lost: {act.__name__} raised {type(error).__name__}: {error}")
        except Exception:  # noqa: BLE001 - whatever it is, it is what the soak looks for
            self._tally.complain(f"lost: {act.__name__} raised\n{traceback.format_exc(limit=-4)}")

    def _question(self) -> tuple[str, str]:
        marker = self._tally.marker()
        return f"{self._random.choice(self._questions).rstrip('?')}, {marker}?", marker

    def _ask(self) -> None:
        question, marker = self._question()
        self._checked(lambda: self._assistant.ask(question), marker)

    def _async(self) -> None:
        """Two at once, one of them streamed."""
        pairs = [self._question() for _ in range(2)]

        async def streamed(question: str) -> Answer | None:
            answer = None
            async for event in self._assistant.astream(question):
                if isinstance(event, Done):
                    answer = event.answer
            return answer

        async def both() -> tuple[Answer, Answer | None]:
            (first, _), (second, _) = pairs
            return await asyncio.gather(self._assistant.aask(first), streamed(second))

        start = time.perf_counter()
        answers = asyncio.run(both())
        for answer, (_, marker) in zip(answers, pairs, strict=True):
            self._tally.check(answer, marker, time.perf_counter() - start)

    def _leave(self) -> None:
        """Close the stream in the middle."""
        events = self._assistant.stream(self._question()[0])
        for number, _ in enumerate(events):
            if number == self._random.randrange(1, _STREAMED):
                break
        events.close()
        self._tally.count("streams left")

    def _talk(self) -> None:
        chat: Chat = self._assistant.chat()
        for turn in range(_TURNS):
            question, marker = self._question()
            if turn:
                question = f"And how does it differ from the first one, {marker}?"
            self._checked(lambda question=question: chat.ask(question), marker)  # type: ignore[misc]

    def _search(self) -> None:
        if not self._assistant.search(self._random.choice(self._questions)):
            self._tally.complain("lost: a search found nothing")
        self._tally.count("searches")

    def _summarise(self) -> None:
        summary = self._assistant.summarize(self._random.choice(self._questions), depth="brief")
        self._tally.count(f"summaries, {summary.status}")

    def _change(self) -> None:
        """Add papers, find them, remove them; nobody else touches these."""
        kind = self._tally.kind()
        papers = [
            Paper(f"{self._own}:{kind}:{n}", f"Flux capacitors of {kind} number {n}", "They hum.")
            for n in range(3)
        ]
        self._assistant.add(papers)
        ids = {paper.id for paper in papers}
        found = {hit.id for hit in self._assistant.search(f"flux capacitors of {kind}", 8)}
        if not ids <= found:
            self._tally.complain(f"lost: papers of {kind} were added and not found")
        if len(self._assistant.remove(ids)) != len(ids):
            self._tally.complain(f"lost: papers of {kind} were added and not there to be removed")
        if ids & {hit.id for hit in self._assistant.search(f"flux capacitors of {kind}", 8)}:
            self._tally.complain(f"mixed: papers of {kind} were removed and found")
        self._tally.count("papers added and removed")

    def _checked(self, ask: Callable[[], Answer], marker: str) -> None:
        start = time.perf_counter()
        answer = ask()
        self._tally.check(answer, marker, time.perf_counter() - start)


class Remote:
    """One whose embedder is behind the same faulty server; its errors are told, its vectors never mixed."""

    def __init__(self, assistant: Assistant, tally: Tally) -> None:
        """Use an assistant of one's own."""
        self._assistant = assistant
        self._tally = tally

    def act(self) -> None:
        """Add a paper without an abstract, so that its title has its very vector; find it by that."""
        kind = self._tally.kind()
        title = f"Tides and moons of {kind}"
        try:
            self._assistant.add([Paper(f"remote:{kind}", title)])
            best = self._assistant.search(title, 1)[0]
            if best.title != title or (best.vector_score or 0) < 0.99:
                self._tally.complain(f"mixed: {title} has the vector of another: {best} {best.vector_score}")
            self._tally.count("papers with vectors of an endpoint")
        except ModelError:
            self._tally.count("vectors that an endpoint did not give, said so")
        except Exception:  # noqa: BLE001 - as above
            self._tally.complain(f"lost: vectors of an endpoint\n{traceback.format_exc(limit=-4)}")
