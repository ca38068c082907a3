"""How often one tab may ask: no person meets the limit, a script that runs wild does. Knows no component."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field

WINDOW = 60.0


@dataclass(slots=True)
class Pacing:
    """When one tab asked, within the last minute."""

    asked: deque[float] = field(default_factory=deque)

    def refusal(self, most: int) -> str:
        """Why it may not ask now and when it may, as a sentence; empty, and counted, where it may."""
        now = time.monotonic()
        while self.asked and self.asked[0] <= now - WINDOW:
            self.asked.popleft()
        if len(self.asked) < most:
            self.asked.append(now)
            return ""
        wait = max(1, round(self.asked[0] + WINDOW - now))
        often = "once" if most == 1 else f"{most} times"
        return f"You have asked {often} within a minute. Please try again in {wait} s."
