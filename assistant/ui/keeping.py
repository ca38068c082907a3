"""Summaries that can be downloaded for a while, each under an address that only its tab was told."""

from __future__ import annotations

import secrets
import shutil
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import AssistantError
from ..outputs.files import save_summary
from ..summaries import Summary
from .sheet import DOWNLOADS
from .uploads import Uploads, file_name

MOST_KEPT = 100
"""A summary of a hundred papers takes a few hundred kilobytes."""
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class _Kept:
    summary: Summary
    folder: Path
    writing: threading.Lock = field(default_factory=threading.Lock)
    """One at a time; others of the page do not wait for it."""


class Keeping:
    """The last summaries of all tabs; a file is written when it is first asked for."""

    def __init__(self, uploads: Uploads) -> None:
        """``uploads`` has the folder that is deleted in the end."""
        self._uploads = uploads
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, summary: Summary) -> str:
        """Keep a summary; what its address is known by."""
        token = secrets.token_urlsafe(16)
        with self._lock:
            self._kept[token] = _Kept(summary, self._uploads.folder())
            while len(self._kept) > MOST_KEPT:
                _, oldest = self._kept.popitem(last=False)
                shutil.rmtree(oldest.folder, ignore_errors=True)
        return token

    def file(self, token: str, ending: str) -> Path | None:
        """The summary as a file of that kind; ``None`` if it is gone, or the kind none that is offered."""
        if ending not in dict(DOWNLOADS):
            return None
        with self._lock:
            kept = self._kept.get(token)
        if kept is None:
            return None
        stem = file_name(kept.summary.subject)[:_LONGEST_NAME].strip(". ") or "summary"
        path = kept.folder / f"{stem}.{ending}"
        with kept.writing:
            try:
                if not path.exists():
                    save_summary(kept.summary, path)
            except AssistantError:  # the disk is full, or the summary was just let go
                return None
        return path
