"""Discovers the topics of a whole collection: groups a sample of it, then gives each paper its nearest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..models.ports import Vectors
from ..types import Paper, Progress, ProgressCallback
from .clustering import Labels, centres, fitted, groups
from .features import Matrix, centred, compared, mean_of

SAMPLED = 4000
"""So many papers are grouped themselves: their distances take 64 MB, those of twice as many four times it."""
_SAMPLED_OF_AREA = 500
_MOST_OF_AREA = 20
"""Topics of one area that a reader still takes in; a large area has always more, each a little finer."""
_ROOMY = 500
"""Papers: where topics are larger on average, they are areas, and topics are looked for within them."""
_PAGE = 5000
_LARGE = 24
"""From so many topics on they get areas: as many names as a reader takes in at a glance."""
_AREA_LEAST = 4
"""Fewer areas than this would not help to find one."""


class Collection(Protocol):
    """What is read of a collection."""

    def ids(self) -> list[str]:
        """All ids, in a fixed order."""

    def vectors(self, ids: Sequence[str]) -> Mapping[str, Vectors]:
        """The vectors of these papers."""

    def papers(self, ids: Sequence[str]) -> list[Paper]:
        """These papers, in this order."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was discovered: the centres of topics in the space of vectors without their ``mean``.

    ``fits`` is the topic of each paper, counted from 0 (-1 for none), with its cosine to the centre.
    ``areas`` is the area of each topic, empty where there are too few.
    """

    mean: Matrix
    centres: Matrix
    floor: float
    fits: dict[str, tuple[int, float]]
    areas: tuple[int, ...] = ()


def discover(collection: Collection, ids: Sequence[str], progress: ProgressCallback | None = None) -> Found:
    """The topics of the papers of these ids.

    Of a large collection, the groups of the sample are its areas, and each is grouped by itself.
    """
    whole = _sampled(collection, ids, SAMPLED)
    if whole is None:
        return Found(np.zeros(0, np.float32), np.zeros((0, 0), np.float32), -1.0, {})
    mean = mean_of(whole.vectors)
    labels = groups(compared(whole.papers, whole.vectors))
    own = centred(whole.vectors, mean)
    middles = centres(own, labels)
    floor = _floor(own, middles, labels)
    if len(ids) <= _ROOMY * len(middles):
        fits = _closeness(whole.ids, own, labels, middles)
        others = [paper_id for paper_id in ids if paper_id not in fits]
        fits |= joined(collection, others, mean, middles, floor, progress)
        return Found(mean, middles, floor, fits, _areas(middles))
    fits = joined(collection, ids, mean, middles, floor, progress)
    finer: list[Matrix] = []
    areas: list[int] = []
    for area in range(len(middles)):
        of_area = [paper_id for paper_id, (fit, _) in fits.items() if fit == area]
        part = _sampled(collection, of_area, _SAMPLED_OF_AREA)
        if part is not None:
            found = centres(
                centred(part.vectors, mean), groups(compared(part.papers, part.vectors), most=_MOST_OF_AREA)
            )
            finer.append(found)
            areas += [area] * len(found)
    middles = np.concatenate(finer)
    floor = _floor(own, middles, labels)
    return Found(mean, middles, floor, joined(collection, ids, mean, middles, floor, progress), tuple(areas))


@dataclass(frozen=True, slots=True)
class _Sample:
    ids: list[str]
    papers: list[Paper]
    vectors: Vectors


def _sampled(collection: Collection, ids: Sequence[str], count: int) -> _Sample | None:
    """Some of the papers with their vectors; ``None`` where there are none."""
    chosen = sample_of(ids, count)
    known = collection.vectors(chosen)
    papers = [paper for paper in collection.papers(chosen) if paper.id in known]
    if not papers:
        return None
    return _Sample([p.id for p in papers], papers, np.stack([known[paper.id] for paper in papers]))


def _floor(rows: Matrix, middles: Matrix, labels: Labels) -> float:
    """The cosine to a centre below which as few papers lie as fit no group of the sample."""
    return float(np.quantile((rows @ middles.T).max(axis=1), float((labels < 0).mean())))


def sample_of(ids: Sequence[str], count: int) -> list[str]:
    """The ids with the lowest hashes: always the same ones, which hardly change as a collection grows."""
    if len(ids) <= count:
        return sorted(ids)
    return sorted(sorted(ids, key=_chance)[:count])


def joined(
    collection: Collection,
    ids: Sequence[str],
    mean: Matrix,
    middles: Matrix,
    floor: float,
    progress: ProgressCallback | None = None,
) -> dict[str, tuple[int, float]]:
    """The nearest topic of each of these papers, -1 for one that fits none, with the cosine."""
    found: dict[str, tuple[int, float]] = {}
    for page, vectors in paged(collection, ids):
        rows = centred(vectors, mean)
        found |= _closeness(page, rows, fitted(rows, middles, floor), middles)
        if progress:
            progress(Progress(len(found), len(ids), 1.0))
    return found


def paged(collection: Collection, ids: Sequence[str]) -> Iterator[tuple[list[str], Vectors]]:
    """Ids with their vectors, some thousand at a time."""
    for start in range(0, len(ids), _PAGE):
        known = collection.vectors(ids[start : start + _PAGE])
        page = [paper_id for paper_id in ids[start : start + _PAGE] if paper_id in known]
        if page:
            yield page, np.stack([known[paper_id] for paper_id in page])


def _closeness(
    ids: Sequence[str], rows: Matrix, labels: Labels, middles: Matrix
) -> dict[str, tuple[int, float]]:
    cosines = rows @ middles.T
    return {
        paper_id: (int(label), round(float(cosines[row, label]), 4) if label >= 0 else 0.0)
        for row, (paper_id, label) in enumerate(zip(ids, labels, strict=True))
    }


def _areas(middles: Matrix) -> tuple[int, ...]:
    """The area of each topic: their centres grouped once more, without a rest."""
    if len(middles) < _LARGE:
        return ()
    labels = groups(middles)
    count = int(labels.max()) + 1
    if count < _AREA_LEAST:
        return ()
    return tuple(int(label) for label in np.argmax(middles @ centres(middles, labels).T, axis=1))


def _chance(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
