"""Where the parts of an index lie on disk, and what its manifest says; it knows no store."""

from __future__ import annotations

import json
import shlex
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, Self

from ..errors import IndexDamagedError, IndexMismatchError, IndexNotFoundError, IndexStoreError
from ..feedback import FILE_NAME as FEEDBACK
from ..folders import DEFAULT_INDEX, libraries
from ..types import IndexStatus
from ..whole import write_whole

FORMAT = 3
"""The version of what is on disk; raised by any change that an older program would misread."""
_READABLE = {2, FORMAT}


@dataclass(frozen=True, slots=True)
class Data:
    """The stores of an index below ``root``. The first two hold every record, so either can restore both."""

    root: Path

    @property
    def chroma(self) -> Path:
        """Chroma's folder: vectors and records."""
        return self.root / "chroma"

    @property
    def lexical(self) -> Path:
        """Tantivy's folder: words and records."""
        return self.root / "lexical"

    @property
    def sentences(self) -> Path:
        """The database of sentence vectors, which can all be made again."""
        return self.root / "sentences.sqlite3"


@dataclass(frozen=True, slots=True)
class Layout:
    """Every path of an index below ``root``; messages name it by ``title`` where it has one."""

    root: Path
    title: str = ""

    def __str__(self) -> str:
        """The index as messages name it."""
        return self.title or str(self.root)

    def command(self, words: str) -> str:
        """A command on this index, as it is typed."""
        usual = self.title or self.root == DEFAULT_INDEX
        return f"`paper-assistant {words}{'' if usual else f' --index {shlex.quote(str(self.root))}'}`"

    @property
    def rebuilding(self) -> str:
        """The command that makes the index anew."""
        return self.command("rebuild")

    @property
    def manifest(self) -> Path:
        """What the index holds; written last, so that it never promises what is not there."""
        return self.root / "manifest.json"

    def data(self, generation: int) -> Data:
        """Where a generation of the stores lies; the manifest names the one that counts."""
        return Data(self.root / f"data-{generation}")

    def leftovers(self, generation: int) -> list[Path]:
        """The folders that do not count: of a rebuild that was cut off, or what one replaced."""
        kept = self.data(generation).root
        old = [folder for folder in self.root.glob("data-*") if folder != kept]
        return [*old, self.workshop] if self.workshop.exists() else old

    @property
    def workshop(self) -> Path:
        """Where a rebuild is at work, or was when it was cut off."""
        return self.root / "rebuild"

    @property
    def holds_data(self) -> bool:
        """Whether there are stores, be it of an older format, also where the manifest is lost."""
        return any(self.root.glob("data-*")) or Data(self.root).chroma.exists()

    @property
    def queries(self) -> Path:
        """The saved queries of online sources."""
        return self.root / "queries.json"

    @property
    def answers(self) -> Path:
        """The remembered answers of a language model."""
        return self.root / "answers.sqlite3"

    @property
    def topics(self) -> Path:
        """The topics that were found, with what the user changed of them."""
        return self.root / "topics.json"

    @property
    def spoilt_topics(self) -> Path:
        """Topics that could not be read, put aside; names and merges of the user's can be found there."""
        return self.topics.with_suffix(".damaged")

    @property
    def conversations(self) -> Path:
        """The conversations of the page, a folder for each reader."""
        return self.root / "conversations"

    @property
    def feedback(self) -> Path:
        """The marks and notes that readers left on answers."""
        return self.root / FEEDBACK

    @property
    def servers(self) -> Path:
        """Copies of the words of libraries on Chroma servers, which can all be made again."""
        return self.root / "servers"

    @property
    def removed(self) -> Path:
        """The papers that were taken out lately."""
        return self.root / "removed.jsonl"

    @property
    def lock(self) -> Path:
        """The file whose OS lock makes a process the owner."""
        return self.root / ".lock"

    @property
    def owner(self) -> Path:
        """Who the owner is; beside the lock, since a locked file cannot be read on every system."""
        return self.root / "owner.json"

    @property
    def page(self) -> Path:
        """Where the page can be called that has the index open."""
        return self.root / "page.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The truth about an index.

    ``content`` is the sum of the records' SHA-256 hashes modulo 2^256, in hexadecimal: it does not
    depend on the order of imports and is kept up to date without reading what is stored.
    ``state`` is ``writing`` while an import runs, ``removing`` while papers are taken out; found so at
    open, it was cut off. ``generation`` names the folder of the stores: a rebuild fills a new one beside
    the old and swaps them by saving the manifest.
    """

    embedder: str
    dimension: int
    papers: int = 0
    sentences: int = 0
    content: str = "0"
    state: Literal["clean", "writing", "removing"] = "clean"
    generation: int = 1
    format: int = FORMAT

    @classmethod
    def load(cls, layout: Layout) -> Self:
        """Read the manifest of an index that exists.

        Raises:
            IndexDamagedError: it cannot be read.
            IndexMismatchError: it is of another format version.
        """
        try:
            data = json.loads(layout.manifest.read_text("utf-8"))
            version = int(data["format"])
        except (OSError, ValueError, KeyError, TypeError):
            raise damaged(layout, "its manifest.json cannot be read") from None
        if version not in _READABLE:
            raise IndexMismatchError(
                f"The index {layout} has format {version}; this version of paper-assistant "
                f"reads formats {' and '.join(map(str, sorted(_READABLE)))}.",
                f"Use the version that made it, or bring it to this format with {layout.rebuilding}.",
            )
        try:
            return cls(**data | {"format": FORMAT})
        except TypeError:
            raise damaged(layout, "its manifest.json is incomplete") from None

    def save(self, layout: Layout) -> None:
        """Write the manifest in one step: a crash leaves the old one or the new one, whole."""
        write_whole(layout.manifest, json.dumps(asdict(self), indent=2).encode(), sync=True)


def empty(layout: Layout) -> IndexNotFoundError:
    """The error for an index without papers."""
    return IndexNotFoundError(
        f"The index in {layout} holds no papers yet.", f"Add some with {layout.command('add FILE')}."
    )


def not_found(layout: Layout) -> IndexNotFoundError:
    """The error for a folder that holds no index yet, or for a file in its place."""
    if layout.root.is_file():
        return IndexNotFoundError(
            f"{layout.root} is a file, and an index is a folder.",
            "Name a folder; the papers of a file are added with `paper-assistant add FILE --index FOLDER`.",
        )
    others = libraries(layout.root.parent) if layout.root.parent == DEFAULT_INDEX.parent else []
    beside = f" Libraries there are, to be named by `--library`: {', '.join(others)}." if others else ""
    return IndexNotFoundError(
        f"There is no index in {layout} yet.",
        f"Add papers with {layout.command('add FILE')}, or try the sample with "
        f"{layout.command('add --sample')}.{beside}",
    )


def absent(layout: Layout) -> IndexStoreError:
    """The error for a folder without a manifest: nothing was ever there, or the manifest is lost."""
    if layout.holds_data:
        # Records without a manifest may be anybody's; answering from them is not safe.
        return damaged(layout, "it holds data but no manifest.json")
    return not_found(layout)


def damaged(layout: Layout, finding: str) -> IndexDamagedError:
    """The error for an index whose stores are not what the manifest says."""
    return IndexDamagedError(
        f"The index {layout} is damaged: {finding.rstrip('.')}.",
        f"Restore it from the records that can still be read with {layout.rebuilding}.",
    )


def mismatched(layout: Layout, manifest: Manifest, found: str) -> IndexMismatchError:
    """The error for an index of another embedder; ``found`` is the rest of the sentence."""
    return IndexMismatchError(
        f"The index {layout} was made with the embedder {manifest.embedder} "
        f"({manifest.dimension} dimensions), {found}.",
        f"Open it with that embedder, or embed its papers anew with {layout.rebuilding}.",
    )


def known_manifest(layout: Layout) -> Manifest:
    """The manifest as far as it can be known: that of an index which cannot be opened."""
    try:
        return Manifest.load(layout)
    except (IndexDamagedError, IndexMismatchError):
        return Manifest("unknown", 0, format=_told_format(layout))


def _told_format(layout: Layout) -> int:
    """The format that a manifest tells, 0 where it tells none."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return int(json.loads(layout.manifest.read_text("utf-8"))["format"])
    return 0


def status_of(
    layout: Layout, manifest: Manifest, *, problem: str | None = None, notice: str | None = None
) -> IndexStatus:
    """What a manifest says, with the verdict on it."""
    return IndexStatus(
        path=str(layout),
        papers=manifest.papers,
        sentences=manifest.sentences,
        embedder=manifest.embedder,
        dimension=manifest.dimension,
        format=manifest.format,
        sound=problem is None,
        problem=problem,
        notice=notice,
    )
