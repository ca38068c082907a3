"""Many readers at once: sessions that ask the page as a browser does, and a slow model.

Each reply of the model names who asked it, so that an answer that went to somebody else is seen.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from urllib.parse import urlsplit

from .openai_server import Behaviour, Exchange, OpenAIServer, Request, says

TOPICS = (
    "What causes over-squashing in message passing networks?",
    "How can speculative decoding adapt its draft length?",
    "How do masked diffusion language models compare with autoregressive models?",
    "How much do energy errors drop with Ewald message passing?",
    "Which benchmarks test positional encodings of graph transformers?",
    "What makes the training of large language models use less memory?",
    "How is early exiting used to sample faster from diffusion models?",
    "How are large language models served with less latency?",
    "What is known about the expressive power of graph neural networks?",
    "How is the reasoning of language models evaluated?",
)
_ASKER = re.compile(r"reader \d+, question \d+")


@dataclass(frozen=True)
class Heard:
    """What came of one question: ``first`` and ``whole`` are seconds to its first word and to its end."""

    asker: str
    text: str
    first: float
    whole: float

    @property
    def right(self) -> bool:
        """Whether the model answered, this asker and nobody else."""
        answered = f"Here {self.asker} is told" in self.text
        return answered and set(_ASKER.findall(self.text)) == {self.asker}


class SlowModel(OpenAIServer):
    """Thinks for ``first`` seconds, then says a word each ``delay``; the first words say whom it answers."""

    first, delay = 1.0, 0.02

    def _behaviour(self, request: Request) -> Behaviour:
        found = _ASKER.findall(json.dumps(request.body["messages"]))
        said = f"Here {found[-1] if found else 'nobody'} is told that it was measured [P1.S1]. "
        speak = says(said + "More is said of it in the papers [P1.S2]. " * 4, delay=self.delay)

        def act(exchange: Exchange) -> None:
            exchange.wait(self.first)
            speak(exchange)

        return act


class Visitor:
    """One tab: its session, and the event that a question starts."""

    def __init__(self, url: str, number: int) -> None:
        self._place = urlsplit(url)
        self._number = number
        self._session = secrets.token_hex(6)
        config = json.loads(self._request("GET", "/config"))
        box = next(
            each["id"] for each in config["components"] if each["props"].get("elem_id") == "pa-question"
        )
        asking = next(
            each for each in config["dependencies"] if [box, "submit"] in map(list, each["targets"])
        )
        self._event, self._fields = asking["id"], asking["inputs"][1:]
        # As a browser does when the page is there: this is what makes the tab known.
        for each in config["dependencies"]:
            if any(event == "load" for _, event in each["targets"]) and not each["queue"]:
                data = [None for _ in each["inputs"]]
                body = {"data": data, "fn_index": each["id"], "session_hash": self._session}
                self._request("POST", "/gradio_api/run/predict", json.dumps(body))

    def ask(self, number: int) -> Heard:
        """Ask one question and hear its answer to the end."""
        asker = f"reader {self._number}, question {number}"
        began = time.perf_counter()
        first = 0.0
        for said in self.hear(f"{TOPICS[number % len(TOPICS)]} ({asker})"):
            if not first and "Here reader" in said:
                first = time.perf_counter() - began
        completed = json.loads(said)
        assert completed["success"], completed
        return Heard(asker, str(completed["output"]["data"]), first, time.perf_counter() - began)

    def hear(self, question: str) -> Iterator[str]:
        """What the page says to a question, update by update."""
        body = {
            "data": [question, *(None for _ in self._fields)],
            "fn_index": self._event,
            "session_hash": self._session,
        }
        self._request("POST", "/gradio_api/queue/join", json.dumps(body))
        yield from self._events()

    def _events(self) -> Iterator[str]:
        connection = self._connection()
        try:
            connection.request("GET", f"/gradio_api/queue/data?session_hash={self._session}")
            reply = connection.getresponse()
            while line := reply.readline():
                said = line.decode().removeprefix("data: ").strip()
                if '"process_' in said:
                    yield said
                if '"process_completed"' in said:
                    return
        finally:
            connection.close()
        raise AssertionError("the stream ended before its answer")

    def _request(self, method: str, path: str, body: str | None = None) -> str:
        connection = self._connection()
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            reply = connection.getresponse()
            text = str(reply.read(), "utf-8")
            assert reply.status == 200, f"{method} {path}: {reply.status} {text[:200]}"
            return text
        finally:
            connection.close()

    def _connection(self) -> HTTPConnection:
        return HTTPConnection(str(self._place.hostname), self._place.port, timeout=120)


def crowd(url: str, sessions: int, questions: int) -> list[Heard]:
    """What all sessions hear, each asking one question after the other, all at once; their pages are open."""

    def visit(visitor: Visitor) -> list[Heard]:
        return [visitor.ask(place) for place in range(questions)]

    with ThreadPoolExecutor(sessions) as pool:
        visitors = [*pool.map(partial(Visitor, url), range(sessions))]
        return [heard for each in pool.map(visit, visitors) for heard in each]
