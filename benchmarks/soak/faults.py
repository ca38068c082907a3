"""The model server of the soak: half of the time it answers, else it fails in one of the ways of `FAULTS`.

    python -m benchmarks.soak.faults [--seed 0] [--share 0.5]

A process of its own, so that its threads and connections are not counted as ours. Prints its address; a line
in gets a line out, in JSON: how many connections are open, and how often it did what. Each reply says the
marker of the question that it answers, so that a mixed answer shows.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping

from tests import openai_server as wire
from tests.openai_server import Behaviour, OpenAIServer, Request

from ..peers.scripted import prompt_of, said_by, sources_of

MARKER = re.compile(r"zq\d+x")
_LONG_WAIT = 120
"""Seconds that a ``Retry-After`` asks for, far beyond any deadline of the soak."""

FAULTS: Mapping[str, Callable[[str], Behaviour]] = {
    "429": lambda _: wire.rate_limited(),
    "429, come back at once": lambda _: wire.rate_limited(0.05),
    "429, come back in two minutes": lambda _: wire.rate_limited(_LONG_WAIT),
    "out of quota": lambda _: wire.out_of_quota(),
    "500": lambda _: wire.fails(500),
    "503": lambda _: wire.fails(503, headers={"Retry-After": str(_LONG_WAIT)}),
    "401": lambda _: wire.unauthorized(),
    "403": lambda _: wire.forbidden(),
    "404": lambda _: wire.model_not_found(),
    "400, too long": lambda _: wire.too_long(),
    "400, a parameter": lambda _: wire.unsupported("temperature"),
    "silent": lambda _: wire.silent(),
    "stalls": lambda text: wire.stalls(*_half(text)),
    "comments without end": lambda _: wire.pings(),
    "babbles without end": wire.babbles,
    "drops in the middle": lambda text: wire.drops(*_half(text)),
    "closes before a word": lambda _: wire.refuses_to_talk(),
    "ends without a finish reason": lambda text: wire.unfinished(*_half(text)),
    "an error in the stream": lambda text: wire.reports(*_half(text)),
    "no JSON in the stream": lambda text: wire.garbles(*_half(text)),
    "a web page": lambda _: wire.html(),
    "an error with status 200": lambda _: wire.error_body(),
    "no choices": lambda _: wire.no_choices(),
    "calls a tool": lambda _: wire.calls_tool(),
    "does not stream": wire.ignores_stream,
    "cut at its limit": lambda text: wire.says(text, finish="length"),
    "says nothing": lambda _: wire.says(""),
    "thinks first": lambda text: wire.says(text, reasoning=("Hm. ", "Well. ")),
    "slow": lambda text: wire.says(text, delay=0.03),
}
VECTOR_FAULTS: tuple[Callable[[], Behaviour], ...] = (
    wire.shuffled,
    wire.without_index_0,
    wire.rows_missing,
    wire.one_index_twice,
    lambda: wire.fails(500),
    lambda: wire.rate_limited(0.05),
    wire.html,
    wire.refuses_to_talk,
    wire.trickles,
    wire.endless,
)


def _half(text: str) -> list[str]:
    words = text.split(" ")
    return [" ".join(words[: len(words) // 2 + 1])]


def reply_to(request: Request) -> str:
    """A claim of the first source with the marker of the question; a question to be rewritten as it is."""
    prompt = prompt_of(request.body)
    last = prompt.strip().rpartition("\n")[2]
    # Of a conversation the newest: words of earlier questions may have been carried over.
    marker = max(MARKER.findall(last) or MARKER.findall(prompt) or [""], key=lambda each: (len(each), each))
    if not re.search(r"^P\d+\.S\d+: ", prompt, re.MULTILINE):
        return last.rpartition("question: ")[2] or marker
    sources, _ = sources_of(prompt)
    claim, handle = next(
        ((said, each.handle) for each in sources if (said := said_by(each.text))), ("Nothing.", "P1.S1")
    )
    return f"To {marker} the papers say this. {claim.rstrip('.')} [{handle}]."


class Faulty(OpenAIServer):
    """The server; ``share`` of the requests meet a fault."""

    def __init__(self, seed: int, share: float) -> None:
        """Choose by chance, but the same each time."""
        super().__init__()
        self._random = random.Random(seed)
        self._share = share
        self._choosing = threading.Lock()
        self.done: Counter[str] = Counter()

    @property
    def open(self) -> int:
        """Connections that are open."""
        with self._lock:
            return len(self._connections)

    def _behaviour(self, request: Request) -> Behaviour:
        with self._choosing:
            self.requests.clear()
            fault = self._random.random() < self._share
            if request.path.endswith("/embeddings"):
                self.done["vectors, a fault" if fault else "vectors"] += 1
                return self._random.choice(VECTOR_FAULTS)() if fault else wire.embeds()
            name = self._random.choice(list(FAULTS)) if fault else "answers"
            self.done[name] += 1
        text = reply_to(request)
        return FAULTS[name](text) if fault else wire.says(text)


def main() -> None:
    """Serve until the input ends."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--share", type=float, default=0.5)
    options = parser.parse_args()
    with Faulty(options.seed, options.share) as server:
        print(server.url, flush=True)
        for _ in sys.stdin:
            print(json.dumps({"open": server.open, "done": dict(server.done)}), flush=True)


if __name__ == "__main__":
    main()
