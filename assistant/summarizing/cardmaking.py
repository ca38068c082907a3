"""The cards of many papers: remembered ones first, the rest asked for side by side, quotes for what is left."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field

from ..answering.cache import Cache, key_of
from ..cards import Cards, CardsProgress, PaperCard
from ..errors import ModelBudgetError, ModelError
from ..models.metered import Metered
from ..models.prompts import Prompt
from ..retrieval.measure import Measure
from ..settings import Settings
from ..types import Paper
from .extraction import Batch, Extracted, Stopped, ask, batches, halves
from .judging import carded
from .quotes import quoted_card
from .remembered import dumped, loaded

VERSION = 1
"""Counts the changes of card making that make remembered cards stale."""
_POLL = 0.2
"""Seconds between two looks at whether to stop."""


@dataclass(frozen=True, slots=True)
class Writer:
    """A model that writes cards, and all that it needs. ``identity`` names it and its options."""

    model: Metered
    measure: Measure
    settings: Settings
    cache: Cache
    identity: str
    side_by_side: int


@dataclass(slots=True)
class _Work:
    """What has been made, and what went wrong."""

    made: dict[int, PaperCard]
    fresh: dict[int, PaperCard] = field(default_factory=dict)
    problem: ModelError | None = None
    unread: int = 0
    interrupted: bool = False


def cards_of(
    papers: Sequence[Paper],
    writer: Writer | None,
    *,
    progress: CardsProgress | None = None,
    stop: Callable[[], bool] | None = None,
) -> Cards:
    """A card for each paper. Without a ``writer``, or where it fails, the papers are quoted."""
    quotes = [quoted_card(paper) for paper in papers]
    if writer is None:
        if progress:
            progress(len(papers), len(papers))
        return Cards(tuple(quotes))
    prompt = Prompt.load("cards")
    keys = [_key(paper, writer, prompt) for paper in papers]
    known = {
        place: card for place, key in enumerate(keys) if (card := _remembered(papers[place], key, writer))
    }
    work = _Work(dict(known))
    if progress:
        progress(len(known), len(papers))
    missing = [place for place, paper in enumerate(papers) if place not in known and paper.sentences]
    _write(_Job([papers[place] for place in missing], missing, quotes, prompt), writer, work, progress, stop)
    for place, card in work.fresh.items():
        if keys[place]:
            with suppress(ValueError):  # a model's reply may hold half a character
                writer.cache.put(keys[place], dumped(card))
    cards = tuple(work.made.get(place, quotes[place]) for place in range(len(papers)))
    if progress:
        progress(len(papers), len(papers))
    quoted = sum(place not in work.made for place in missing)
    notices = tuple(_notices(work, quoted))
    return Cards(cards, notices, writer.model.usage, len(known), work.interrupted)


@dataclass(frozen=True, slots=True)
class _Job:
    """The papers to be asked for, with their places among all."""

    papers: list[Paper]
    places: list[int]
    quotes: list[PaperCard]
    prompt: Prompt

    def place(self, paper: Paper) -> int:
        """The place of one of them among all."""
        return next(p for p, own in zip(self.places, self.papers, strict=True) if own is paper)


def _write(
    job: _Job, writer: Writer, work: _Work, progress: CardsProgress | None, stop: Callable[[], bool] | None
) -> None:
    """Ask for the cards of a job, several batches side by side, until done, stopped or out of budget."""
    settings = writer.settings
    waiting = batches(
        job.papers,
        job.prompt,
        model=writer.model.name,
        budget=settings.max_prompt_tokens,
        reply=settings.max_answer_tokens,
    )
    halted = threading.Event()
    running: dict[Future[Extracted], Batch] = {}
    with ThreadPoolExecutor(writer.side_by_side, thread_name_prefix="cards") as pool:
        try:
            while running or (waiting and not halted.is_set()):
                while waiting and len(running) < writer.side_by_side and not halted.is_set():
                    batch = waiting.pop(0)
                    running[pool.submit(_asked, writer, batch, halted)] = batch
                done, _ = wait(running, timeout=_POLL, return_when=FIRST_COMPLETED)
                for future in done:
                    batch = running.pop(future)
                    try:
                        extracted = future.result()
                    except Stopped:
                        continue
                    except ModelError as error:
                        work.problem = work.problem or error
                        # What one call may not take, no other may; and an endpoint that is down stays so.
                        halted.set()
                        continue
                    waiting += _taken(batch, extracted, job, writer, work)
                    if progress:
                        progress(len(work.made), len(job.quotes))
                if stop and not halted.is_set() and stop():
                    work.interrupted = True
                    halted.set()
        finally:
            halted.set()


def _asked(writer: Writer, batch: Batch, halted: threading.Event) -> Extracted:
    if halted.is_set():
        raise Stopped
    return ask(writer.model, batch, max_tokens=writer.settings.max_answer_tokens, stop=halted.is_set)


def _taken(batch: Batch, extracted: Extracted, job: _Job, writer: Writer, work: _Work) -> list[Batch]:
    """Keep what a reply brought; what it did not reach because it was cut is to be asked for again."""
    left = []
    for own, paper in enumerate(batch.papers):
        place = job.place(paper)
        if not extracted.fields.get(own):
            left.append(paper)
            continue
        try:
            card = carded(paper, extracted.fields[own], job.quotes[place], writer.measure)
        except ModelError as error:
            work.problem = work.problem or error
            continue
        work.made[place] = work.fresh[place] = card
    again = halves(batch, left, job.prompt) if extracted.cut else []
    work.unread += 0 if again else len(left)
    return again


def _notices(work: _Work, quoted: int) -> list[str]:
    papers = f"{quoted:,} paper{'s are' if quoted != 1 else ' is'} quoted instead"
    notices = []
    if work.problem and quoted:
        notices.append(f"{work.problem} {papers[0].upper()}{papers[1:]}.")
    elif work.interrupted and quoted:
        notices.append(f"Stopped: {papers}.")
    elif quoted:
        notices.append(f"The model gave no card that can be read for some papers: {papers}.")
    return notices


# -- memory ----------------------------------------------------------------------------------------


def _key(paper: Paper, writer: Writer, prompt: Prompt) -> str:
    """A key of everything that a card depends on; empty where that cannot be known."""
    if not writer.identity or not writer.settings.cache_mb:
        return ""
    text = f"{paper.text}\n{[(sentence.start, sentence.end) for sentence in paper.sentences]}"
    return key_of(
        {
            "card": hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
            "model": writer.identity,
            "prompt": [prompt.system, prompt.user],
            "version": VERSION,
        }
    )


def _remembered(paper: Paper, key: str, writer: Writer) -> PaperCard | None:
    data = writer.cache.get(key) if key else None
    if data is None:
        return None
    card = loaded(data, paper)
    if card is None:  # written by another version, or tampered with
        writer.cache.drop(key)
    return card
