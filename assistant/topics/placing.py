"""Lays a collection out in two dimensions, so that papers of near meaning stand near each other.

t-SNE (van der Maaten and Hinton 2008, JMLR 9:2579) of a sample; every other paper goes between the papers of
the sample that are nearest to it, so that time and memory grow only linearly, and new papers find their
places without moving the old ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from ..models.ports import Vectors
from .discovering import Collection, paged, sample_of
from .features import Matrix, centred, mean_of

_LAID_OUT = 3000
_PERPLEXITY = 30
_NEAREST = 5
_SCATTER = 0.01
"""Of the map's width: papers between the same neighbours must not hide each other."""
_WIDTH = 100.0

Places = Mapping[str, tuple[float, float]]


def placed(collection: Collection, ids: Sequence[str], known: Places) -> dict[str, tuple[float, float]]:
    """The places of all papers; those that are ``known`` stay, unless they are fewer than the others."""
    kept = {paper: known[paper] for paper in ids if paper in known}
    if 2 * len(kept) < len(ids):
        kept = _laid_out(collection, sample_of(ids, _LAID_OUT))
    anchors = sample_of(sorted(kept), _LAID_OUT)
    others = [paper for paper in ids if paper not in kept]
    if not others or not anchors:
        return kept
    names, vectors = _read(collection, anchors)
    mean = mean_of(vectors)
    rows = centred(vectors, mean)
    spots = np.array([kept[name] for name in names], dtype=np.float32)
    for page, own in paged(collection, others):
        kept |= _between(page, centred(own, mean), rows, spots)
    return kept


def layout(vectors: Vectors) -> Matrix:
    """Two coordinates for each vector."""
    rows = centred(vectors, mean_of(vectors))
    if len(rows) < 3 or not rows.any():
        angles = np.linspace(0, 2 * np.pi, len(rows), endpoint=False)
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    from sklearn.manifold import TSNE

    perplexity = min(_PERPLEXITY, (len(rows) - 1) / 3)
    made = TSNE(2, perplexity=perplexity, metric="cosine", init=_plane(rows), random_state=0).fit_transform(
        rows
    )
    return np.asarray(made, dtype=np.float32)


def _plane(rows: Matrix) -> Matrix:
    """Where the layout begins: the plane of most variance, small, always the same way up."""
    _, _, axes = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    plane = rows @ axes[:2].T
    plane = plane if plane.shape[1] == 2 else np.hstack([plane, np.zeros_like(plane)])
    signs = np.sign(plane[np.abs(plane).argmax(axis=0), np.arange(2)])
    spread = max(float(plane[:, 0].std()), 1e-9)
    return np.asarray(plane * np.where(signs == 0, 1, signs) * 1e-4 / spread, dtype=np.float32)


def _laid_out(collection: Collection, ids: Sequence[str]) -> dict[str, tuple[float, float]]:
    names, vectors = _read(collection, ids)
    if not names:
        return {}
    spots = layout(vectors)
    spots -= spots.mean(axis=0)
    spots *= _WIDTH / 2 / max(float(np.abs(spots).max()), 1e-9)
    return {name: _spot(*spot) for name, spot in zip(names, spots, strict=True)}


def _between(page: Sequence[str], own: Matrix, rows: Matrix, spots: Matrix) -> dict[str, tuple[float, float]]:
    """The places of some papers between the nearest ones that have theirs."""
    likeness = own @ rows.T
    count = min(_NEAREST, len(rows))
    near = np.argpartition(-likeness, count - 1, axis=1)[:, :count]
    weights = np.maximum(np.take_along_axis(likeness, near, axis=1), 1e-3) ** 2
    weights /= weights.sum(axis=1, keepdims=True)
    found = (spots[near] * weights[:, :, None]).sum(axis=1)
    found += np.stack([_scatter(paper) for paper in page])
    return {paper: _spot(*spot) for paper, spot in zip(page, found, strict=True)}


def _scatter(paper: str) -> Matrix:
    """A small step that is always the same for a paper."""
    digest = hashlib.blake2b(paper.encode("utf-8", "replace"), digest_size=4).digest()
    steps = np.frombuffer(digest, dtype=np.uint16).astype(np.float32) / 65535 - 0.5
    return np.asarray(steps * 2 * _SCATTER * _WIDTH, dtype=np.float32)


def _read(collection: Collection, ids: Sequence[str]) -> tuple[list[str], Vectors]:
    pages = list(paged(collection, ids))
    names = [name for page, _ in pages for name in page]
    return names, np.concatenate([rows for _, rows in pages]) if pages else np.zeros((0, 1), np.float32)


def _spot(x: float, y: float) -> tuple[float, float]:
    return round(float(x), 3), round(float(y), 3)
