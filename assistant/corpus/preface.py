"""Where the first record of a file stands; knows nothing of formats."""

from __future__ import annotations

import re

_LINES = 30  # lines that a program writes before the first record at most
_EXAMPLE = ("```", "~~~", "\\", "<")  # begin lines of texts that show how they want to be cited


def stands_near_top(pattern: re.Pattern[str], head: str) -> bool:
    """Whether a pattern is found near the beginning of a file, and not as an example within a text."""
    text = "\n".join(head.splitlines())
    found = pattern.search(text)
    if found is None:
        return False
    before = [line for part in text[: found.start()].splitlines() if (line := part.strip())]
    return len(before) <= _LINES and not any(line.startswith(_EXAMPLE) for line in before)
