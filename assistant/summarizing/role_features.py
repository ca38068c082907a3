"""What tells a sentence's role: its words in their order, its opening, its place. Knows nothing of weights.

No vectors: those of the sentences, stored or made for them alone, add nothing to the words on CSAbstruct and
take several points away on abstracts of another field, where words such as "we show" still say the same. So
roles need no embedder, and are the same whichever one an index was made with.
"""

from __future__ import annotations

import re
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

LONGEST = 1200
"""Characters of a sentence that are read: few honest ones have more, and its beginning tells most."""
ROLES = 5
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+|[^\w\s]")
_OPENING = 5
_FAR = 7
"""Places beyond count as one."""


def words_of(sentence: str, place: int, count: int) -> NDArray[np.uint32]:
    """The hashes of what is known of a sentence at a place (from 0) among ``count``, sorted, each once."""
    tokens = ["0" if token[0].isdigit() else token for token in _TOKEN.findall(sentence[:LONGEST].lower())]
    framed = ["<s>", *tokens, "</s>"]
    found = {
        " ".join(framed[at : at + length]) for length in (1, 2, 3) for at in range(len(framed) - length + 1)
    }
    found.update(f"^{token}" for token in tokens[:_OPENING])
    left = count - 1 - place
    found.update(
        (
            f"@{min(place, _FAR)}",
            f"@-{min(left, _FAR)}",
            f"@fifth {5 * place // count}",
            f"@of {min(count, 10)}",
            f"@{min(place, 3)}/{min(left, 3)}",
        )
    )
    return np.unique(np.array([crc32(each.encode("utf-8", "replace")) for each in found], dtype=np.uint32))


def in_context(scores: Numbers) -> Numbers:
    """A row of each sentence of one abstract for the second look: its own chances beside its neighbours'.

    ``scores`` are those of the first look, shape ``(sentences, ROLES)``.
    """
    chances = softmax(scores)
    count = len(chances)
    nothing = np.zeros((2, ROLES))
    padded = np.concatenate([nothing, chances, nothing])
    around = {step: padded[2 + step : 2 + step + count] for step in (-2, -1, 1, 2)}
    crossed = [
        (chances[:, :, None] * around[step][:, None, :]).reshape(count, ROLES * ROLES) for step in (-1, 1)
    ]
    before = np.concatenate([nothing[:1], np.maximum.accumulate(chances)[:-1]])
    after = np.concatenate([np.maximum.accumulate(chances[::-1])[::-1][1:], nothing[:1]])
    return np.concatenate(
        [np.log(chances + 1e-3), *around.values(), before, after, *crossed, _places(count)], axis=1
    )


def softmax(scores: Numbers) -> Numbers:
    """Chances of scores, row by row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Numbers = raised / raised.sum(axis=1, keepdims=True)
    return chances


def _places(count: int) -> Numbers:
    """Where each of ``count`` sentences stands, in several ways."""
    rows = np.zeros((count, 2 * (_FAR + 1) + 5 + 3))
    for place in range(count):
        left = count - 1 - place
        rows[place, min(place, _FAR)] = 1
        rows[place, _FAR + 1 + min(left, _FAR)] = 1
        rows[place, 2 * (_FAR + 1) + 5 * place // count] = 1
        rows[place, -3:] = place / max(1, count - 1), 1 / count, count / 10
    return rows
