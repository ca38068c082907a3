"""Opens what holds papers: a file, a gzip or ZIP archive, a folder, standard input; knows no format.

Nothing is ever unpacked to disk and no name from an archive is ever a path: members are read where they
lie, and their names only shown. An archive in an archive is read one level deep, and only gzip, since a
ZIP archive must be read from its end.
"""

from __future__ import annotations

import errno
import gzip
import io
import os
import shutil
import stat
import sys
import tempfile
import weakref
import zipfile
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from typing import cast

from ..folders import is_index
from ..types import Rejected
from .blob import DAMAGE, Binary, Blob, Budget, UnreadableError, why
from .gauge import OnDisk
from .record import one_line

STDIN = "-"

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP = b"\x1f\x8b"
_MAX_DIRECTORY = 32_000_000  # bytes of a ZIP's list of members: some 300,000, in 400 MB of memory at most
_MAX_NAME = 200


def unpack(where: Path | str) -> Generator[Blob | Rejected]:
    """What lies in a place, one after the other in the order of names; what cannot be opened, with why.

    Raises:
        OSError: The place itself cannot be read.
        UnreadableError: The place itself is no file, folder or archive that can be read.
    """
    if where == STDIN:
        return _unpacked(_standard_input())
    path = Path(where)
    name = _shown(path.name)
    if stat.S_ISDIR(path.stat().st_mode):
        return _folder(path, _shown(path.resolve().name))
    return _unpacked(_file(path, name))


def _file(path: Path, name: str, *, inside: bool = False) -> Blob:
    """A file of the system."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise UnreadableError("not a regular file")  # opening a pipe would wait for its writer
    disk = OnDisk(found.st_size)

    def opener(stack: ExitStack) -> Binary:
        disk.file = stack.enter_context(path.open("rb", buffering=0))
        return disk.file

    return Blob(name, _shown(path.name), opener, disk, inside=inside)


def _standard_input() -> Blob:
    """Standard input, spooled to a nameless temporary file.

    It has to be looked at twice, once to recognise it and once to read it, and a ZIP archive from its end.
    """
    piped = getattr(sys.stdin, "buffer", None)
    if piped is None:
        raise UnreadableError("not connected")
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the blob that reads it
    shutil.copyfileobj(piped, file)
    file.flush()
    number = file.fileno()

    def opener(stack: ExitStack) -> Binary:
        disk.file = stack.enter_context(io.FileIO(os.dup(number), "rb"))
        disk.file.seek(0)
        return disk.file

    disk = OnDisk(file.tell())
    weakref.finalize(opener, file.close)
    return Blob("standard input", "standard input", opener, disk)


def _unpacked(blob: Blob) -> Generator[Blob | Rejected]:
    """A blob, or what is in it if it is an archive."""
    with blob.open() as file:
        magic = file.read(4)
    if magic.startswith(_ZIP):
        yield from _members(blob)
    else:
        yield _gunzipped(blob, Budget(blob.disk.size)) if magic.startswith(_GZIP) else blob


def _gunzipped(blob: Blob, budget: Budget) -> Blob:
    """The content of a gzip archive, also of several written one after the other."""

    def opener(stack: ExitStack) -> Binary:
        return stack.enter_context(gzip.GzipFile(fileobj=stack.enter_context(blob.open())))

    return Blob(blob.name, blob.file, opener, blob.disk, budget, blob.inside)


class _Sparing(io.BufferedReader):
    """A ZIP archive whose list of members may not fill the memory: zipfile reads it in one piece."""

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(_MAX_DIRECTORY + 1 if size is None or size < 0 else min(size, _MAX_DIRECTORY + 1))
        if len(data) > _MAX_DIRECTORY:
            raise zipfile.BadZipFile("its list of members is too long")
        return data


def _members(blob: Blob) -> Generator[Blob | Rejected]:
    """The members of a ZIP archive."""
    with ExitStack() as stack:
        try:
            raw = cast("io.FileIO", blob.opener(stack))
            archive = stack.enter_context(zipfile.ZipFile(stack.enter_context(_Sparing(raw))))
        except DAMAGE as error:
            raise UnreadableError(f"a damaged ZIP archive ({error})") from None
        except OSError as error:
            if error.errno != errno.EINVAL:  # a place before the beginning of the file
                raise
            raise UnreadableError("a damaged ZIP archive") from None
        budget = Budget(blob.disk.size)
        members = [info for info in archive.infolist() if _is_wanted(info.filename)]
        if not members:
            raise UnreadableError("a ZIP archive with no file in it")
        for info in sorted(members, key=lambda info: info.filename):
            yield _member(archive, info, blob, budget)
            if budget.exceeded:
                yield Rejected(blob.name, "the rest of the archive is not read")
                return


def _is_wanted(name: str) -> bool:
    """Whether a member of this name is a file and not hidden."""
    return not name.endswith("/") and not _is_hidden(name.replace("\\", "/"))


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, holder: Blob, budget: Budget) -> Blob | Rejected:
    """A member of a ZIP archive, gunzipped if need be."""
    shown = _shown(info.filename)
    name = f"{holder.name}/{shown}"
    if info.flag_bits & 1:
        return Rejected(name, "encrypted; unpack it with its password first")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # The others cannot be unpacked in pieces of a given size.
        return Rejected(name, "packed by a method that is not known here; unpack it first")

    def opener(stack: ExitStack) -> Binary:
        return cast("Binary", stack.enter_context(archive.open(info)))

    file = f"{holder.file}/{shown.rpartition('/')[2]}"
    blob = Blob(name, file, opener, holder.disk, budget, inside=True)
    try:
        with blob.open() as content:
            packed = content.read(2) == _GZIP
    except (OSError, UnreadableError) as error:
        return Rejected(name, why(error))
    return _gunzipped(blob, budget) if packed else blob


def _folder(root: Path, root_name: str) -> Generator[Blob | Rejected]:
    """The files of a folder and of those in it; what is hidden, and folders of indexes, are passed over."""
    waiting = [(root, root_name)]
    while waiting:
        path, name = waiting.pop()
        try:
            if path.is_dir() and path.is_symlink() and path != root:
                yield Rejected(name, "a link to a folder, which is not followed")  # it may lead in circles
            elif not path.is_dir():
                yield from _unpacked(_file(path, name, inside=True))
            elif not is_index(path):  # its files are no papers, though they hold their text
                names = sorted((entry.name for entry in path.iterdir()), reverse=True)
                waiting += [(path / n, f"{name}/{_shown(n)}") for n in names if not _is_hidden(n)]
        except (OSError, UnreadableError) as error:
            if path == root:
                raise
            yield Rejected(name, why(error))


def _is_hidden(name: str) -> bool:
    """Whether a part of a name says that it is not meant to be seen, or is the Macintosh's own."""
    return any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in name.split("/"))


def _shown(name: str) -> str:
    """A name as it may be shown: one line, no control characters, nothing that looks like another place."""
    parts = (part for part in one_line(name).replace("\\", "/").split("/") if part.strip(". "))
    shown = "/".join(parts)
    return shown if len(shown) <= _MAX_NAME else f"{shown[:_MAX_NAME]}…"
