"""Numbers of things as sentences have them; knows nothing else."""

from __future__ import annotations


def counted(count: int, thing: str) -> str:
    """So many of a thing whose plural ends in "s": "1 paper", "1,200 papers"."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
