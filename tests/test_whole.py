"""Files written in one step: whatever goes wrong, the old one stays and nothing is left beside it."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assistant import Answer, SavedQuery, saved, settings_file
from assistant.index.layout import Layout, Manifest
from assistant.index.removed import RemovedPapers
from assistant.online.saved import SavedQueries
from assistant.saved import SavedAnswer
from assistant.serving import users
from assistant.serving.address import Address
from assistant.topics import state
from assistant.whole import write_whole

VECTORS = np.zeros((1, 4), dtype=np.float32)
WRITERS: dict[str, Callable[[Path], object]] = {
    "manifest.json": lambda path: Manifest("e", 4).save(Layout(path.parent)),
    "removed.jsonl": lambda path: RemovedPapers(path).keep({"a": {}}, {"a": (VECTORS, VECTORS)}, "e"),
    "queries.json": lambda path: SavedQueries(path).put(SavedQuery("arxiv:x", 1, "2026-01-01")),
    "topics.json": lambda path: state.save(state.State("e", "0"), path),
    "answer.json": lambda path: saved.save(SavedAnswer(Answer("q", "answered", "llm", "a")), path),
    "page.json": lambda path: Address.made(1).publish(path),
    "users": lambda path: users.save({"ada": "scrypt:"}, path),
    "settings.toml": lambda _: settings_file.save({"model": "m"}),
}
PRIVATE = {"page.json", "users", "settings.toml"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    found = tmp_path / "paper-assistant"
    found.mkdir()
    return found


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_is_put_in_place_whole(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    modes = []
    put = Path.replace

    def noting(draft: Path, target: Path) -> Path:
        modes.append(draft.stat().st_mode & 0o777)
        return put(draft, target)

    monkeypatch.setattr(Path, "replace", noting)
    before = os.umask(0)
    try:
        WRITERS[name](folder / name)
    finally:
        os.umask(before)
    assert [path.name for path in folder.iterdir()] == [name]
    assert (folder / name).stat().st_size
    assert modes == [0o600 if name in PRIVATE else 0o666]


@pytest.mark.parametrize("name", WRITERS)
def test_a_failure_leaves_what_was_there_and_no_draft(
    folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    WRITERS[name](folder / name)
    kept = (folder / name).read_bytes()

    def full(*_: Path) -> Path:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(Exception, match="No space left"):
        WRITERS[name](folder / name)
    assert [path.name for path in folder.iterdir()] == [name]
    assert (folder / name).read_bytes() == kept


def test_the_draft_of_a_program_that_was_killed_goes_with_the_next_write(tmp_path: Path) -> None:
    old, fresh, other = (tmp_path / name for name in (".a.1.part", ".a.2.part", ".b.1.part"))
    for path in (old, fresh, other):
        path.write_bytes(b"half")
    for path in (old, other):
        os.utime(path, (time.time() - 7200,) * 2)
    write_whole(tmp_path / "a", b"whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".a.2.part", ".b.1.part", "a"]
