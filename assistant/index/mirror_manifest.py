"""What a machine's copy of a library on a server holds, and how far it is in the library's journal."""

from __future__ import annotations

from dataclasses import dataclass

from .layout import Manifest


@dataclass(frozen=True, slots=True)
class MirrorManifest(Manifest):
    """What a copy holds: ``collection`` is copied up to journal entry ``entry``; empty, it is not whole yet.

    ``claim`` tells that entry from another one with its number, after the server was set back to a backup.
    ``writer`` names the copy: of the journal entries with its name, only one process can be at work.
    """

    collection: str = ""
    entry: int = 0
    claim: str = ""
    writer: str = ""
