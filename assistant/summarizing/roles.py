"""The role of each sentence in its abstract, told by a small linear model that ``benchmarks.roles_fit`` fits.

It looks twice: at each sentence by itself, then at what the first look says of it and of its neighbours.
Headings ("METHODS:"), where an abstract has them, say it better, and are believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from .headings import Role, headed
from .role_features import Numbers, in_context, softmax, words_of

ROLES: tuple[Role, ...] = ("background", "objective", "method", "result", "other")
FILE = Path(__file__).with_name("roles.npz")
_BELIEVED = 0.96
"""The chance of a role that a heading gives."""


@dataclass(frozen=True, slots=True)
class Roles:
    """The chances of each role for the sentences of one abstract, shape ``(sentences, 5)``."""

    chances: Numbers

    @property
    def names(self) -> tuple[Role, ...]:
        """The likeliest role of each sentence."""
        return tuple(ROLES[best] for best in self.chances.argmax(axis=1))

    def of(self, role: Role) -> Numbers:
        """How likely each sentence has a role."""
        column: Numbers = self.chances[:, ROLES.index(role)]
        return column


@dataclass(frozen=True, slots=True)
class RoleModel:
    """The weights of both looks; ``known`` are the hashes of what has a weight, sorted."""

    known: NDArray[np.uint32]
    words: NDArray[np.int8]
    scale: Numbers
    bias: Numbers
    context: Numbers
    context_bias: Numbers

    @classmethod
    def load(cls, path: Path = FILE) -> Self:
        """Read the shipped weights, or others."""
        with np.load(path, allow_pickle=False) as arrays:
            return cls(**{field.name: arrays[field.name] for field in fields(cls)})

    def save(self, path: Path) -> None:
        """Write the weights."""
        np.savez_compressed(path, **{field.name: getattr(self, field.name) for field in fields(self)})

    def roles(self, sentences: Sequence[str]) -> Roles:
        """The roles of the sentences of one abstract, in their order."""
        above = headed(sentences)
        chances = self.chances([text[begin:] for text, (_, begin) in zip(sentences, above, strict=True)])
        for place, (role, _) in enumerate(above):
            if role is not None:
                chances[place] = (1 - _BELIEVED) / (len(ROLES) - 1)
                chances[place, ROLES.index(role)] = _BELIEVED
        return Roles(chances)

    def chances(self, sentences: Sequence[str]) -> Numbers:
        """What the two looks say."""
        if not sentences:
            return np.zeros((0, len(ROLES)))
        return softmax(in_context(self.first(sentences)) @ self.context + self.context_bias)

    def first(self, sentences: Sequence[str]) -> Numbers:
        """The scores of the first look."""
        scores = np.tile(self.bias, (len(sentences), 1))
        for place, sentence in enumerate(sentences):
            found = words_of(sentence, place, len(sentences))
            rows = np.searchsorted(self.known, found).clip(max=len(self.known) - 1)
            rows = rows[self.known[rows] == found]
            total = self.words[rows].sum(axis=0, dtype=np.int64) * self.scale
            scores[place] += total / max(1, len(rows)) ** 0.5
        return scores


@cache
def role_model() -> RoleModel:
    """The shipped model, read once."""
    return RoleModel.load()
