"""What holds files of papers: gzip and ZIP archives, folders, standard input, and rows to be mended."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import struct
import sys
import tracemalloc
import zipfile
import zlib
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.corpus import read, take
from assistant.corpus.reading import PATIENCE
from assistant.errors import CollectionError, UsageError
from assistant.index.layout import Layout
from assistant.index.store import PaperIndex
from assistant.models.embedder import FakeEmbedder
from assistant.types import Paper, Rejected

LISTING = (
    "Get trending papers in your email inbox!\nA Listed Title\nWe do one thing and then we do another one.\n"
)
XML = (
    "<PubmedArticleSet><PubmedArticle><MedlineCitation><Article><ArticleTitle>In XML</ArticleTitle></Article>"
)
XML += "</MedlineCitation></PubmedArticle></PubmedArticleSet>"


def row(title: str) -> str:
    return json.dumps({"title": title}) + "\n"


def titles_of(place: Path | str) -> list[str]:
    return [found.title for found in read(place) if isinstance(found, Paper)]


def rejected_of(place: Path | str) -> list[str]:
    return [str(found) for found in read(place) if isinstance(found, Rejected)]


def zipped(path: Path, members: dict[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def written(path: Path, content: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# -- gzip ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [row("A"), LISTING, XML])
def test_gzip_of_any_format_whatever_its_name(tmp_path: Path, content: str) -> None:
    path = written(tmp_path / "papers", gzip.compress(content.encode()))
    (paper,) = read(path)
    assert isinstance(paper, Paper) and paper.sources == ("papers",)


def test_gzip_of_several_members(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gz", b"".join(gzip.compress(row(title).encode()) for title in "ABC"))
    assert titles_of(path) == ["A", "B", "C"]


def test_gzip_that_is_cut_off_keeps_what_came_before(tmp_path: Path) -> None:
    rows = "".join(row(f"Title {os.urandom(8).hex()}") for _ in range(5000))
    path = written(tmp_path / "a.jsonl.gz", gzip.compress(rows.encode())[:-5000])
    found = titles_of(path)
    assert 3000 < len(found) < 5000
    last = rejected_of(path)[-1]
    assert last.startswith(f"a.jsonl.gz, line {len(found) + 1}: cut off")


def test_gzip_that_is_damaged_keeps_what_came_before(tmp_path: Path) -> None:
    rows = "".join(row(f"Title {os.urandom(8).hex()}") for _ in range(5000))
    packed = bytearray(gzip.compress(rows.encode()))
    packed[len(packed) // 2 : len(packed) // 2 + 64] = bytes(64)
    path = written(tmp_path / "a.jsonl.gz", bytes(packed))
    assert len(titles_of(path)) > 1000
    assert "damaged" in rejected_of(path)[-1]
    garbage = written(tmp_path / "b.gz", gzip.compress(row("A").encode()) + b"garbage")
    assert titles_of(garbage) == ["A"]
    assert "damaged" in rejected_of(garbage)[-1]


@pytest.mark.parametrize("content", [b"\x1f\x8b", b"\x1f\x8b\x08\x00nonsense", gzip.compress(b"", mtime=0)])
def test_gzip_of_nothing_is_an_error_at_once(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(CollectionError, match=r"a\.gz is (cut off|damaged|empty)"):
        read(written(tmp_path / "a.gz", content))


def test_a_dump_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "dump.jsonl.gz"
    with gzip.open(path, "wt", compresslevel=1) as file:
        for number in range(4000):
            file.write(json.dumps({"title": f"Paper {number}", "note": os.urandom(4000).hex()}) + "\n")
    rows = read(path)
    tracemalloc.start()
    try:
        count = sum(1 for _ in rows)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 4000
    assert peak < 4_000_000  # of 32 MB


# -- ZIP -----------------------------------------------------------------------------------------


def test_members_of_a_zip_in_order_each_by_its_content(tmp_path: Path) -> None:
    members: dict[str, bytes | str] = {
        "b/part.txt": row("B") + "nonsense\n",
        "a.jsonl.gz": gzip.compress(row("A").encode()),
        "c.dat": LISTING,
        "d": XML,
        "e.pdf": b"%PDF-1.7",
        "__MACOSX/a.jsonl": row("Hidden"),
        ".git/x.jsonl": row("Hidden"),
        "f/": b"",
    }
    path = zipped(tmp_path / "export.zip", members)
    assert titles_of(path) == ["A", "B", "A Listed Title", "In XML"]
    bad, pdf = rejected_of(path)
    assert bad.startswith("export.zip/b/part.txt, line 2: not valid JSON")
    assert pdf == "export.zip/e.pdf: a PDF, not text"
    sources = [paper.sources for paper in read(path) if isinstance(paper, Paper)]
    assert sources == [(f"export.zip/{name}",) for name in ("a.jsonl.gz", "part.txt", "c.dat", "d")]


@pytest.mark.parametrize(
    "name", ["../../etc/x.jsonl", "/etc/x.jsonl", "..\\..\\x.jsonl", "a\n\x1b[31mb/x.jsonl"]
)
def test_names_in_an_archive_are_only_shown(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "a.zip", {name: row("A") + "nonsense"})
    (paper, bad) = read(path)
    assert isinstance(paper, Paper) and paper.sources == ("a.zip/x.jsonl",)
    assert isinstance(bad, Rejected)
    assert ".." not in bad.where and "\x1b" not in bad.where and "\n" not in bad.where
    assert [*tmp_path.iterdir()] == [path]


def encrypted(path: Path) -> Path:
    """An archive whose first member says that it is encrypted."""
    data = bytearray(zipped(path, {"a.jsonl": row("A"), "b.jsonl": row("B")}).read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    return written(path, bytes(data))


def test_members_that_cannot_be_unpacked_are_reported(tmp_path: Path) -> None:
    path = encrypted(tmp_path / "a.zip")
    assert titles_of(path) == ["B"]
    assert rejected_of(path) == ["a.zip/a.jsonl: encrypted; unpack it with its password first"]
    packed = zipped(tmp_path / "b.zip", {"a.jsonl": row("A")}, zipfile.ZIP_BZIP2)
    with pytest.raises(CollectionError, match="packed by a method that is not known"):
        read(packed)


def test_an_archive_in_an_archive_is_not_opened(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"a.jsonl": row("A")}).read_bytes()
    path = zipped(tmp_path / "a.zip", {"inner.zip": inner, "b.jsonl": row("B")})
    assert titles_of(path) == ["B"]
    assert rejected_of(path) == ["a.zip/inner.zip: a ZIP archive in an archive, not text"]
    with pytest.raises(CollectionError, match="a ZIP archive in an archive"):
        read(written(tmp_path / "c.gz", gzip.compress(inner)))


def test_a_damaged_zip_is_an_error_at_once(tmp_path: Path) -> None:
    sound = zipped(tmp_path / "a.zip", {"a.jsonl": row("A")}).read_bytes()
    for content in (sound[:-30], b"PK\x03\x04" + bytes(100)):
        with pytest.raises(CollectionError, match="a damaged ZIP archive"):
            read(written(tmp_path / "b.zip", content))


def test_a_zip_with_nothing_in_it_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="no file in it"):
        read(zipped(tmp_path / "a.zip", {}))


def bomb(path: Path, members: int = 4) -> Path:
    """Blanks after a row: 40 MB from 40 kB, in each member."""
    blanks = b" " * 40_000_000
    return zipped(path, {f"{number}.jsonl": row(f"T{number}").encode() + blanks for number in range(members)})


def test_a_bomb_is_read_only_so_far(tmp_path: Path) -> None:
    path = bomb(tmp_path / "a.zip")
    assert titles_of(path) == ["T0", "T1", "T2"]
    assert "only a zip bomb" in rejected_of(path)[2]
    assert rejected_of(path)[-1] == "a.zip: the rest of the archive is not read"
    content = row("A").encode() + b" " * 100_000_000
    assert "only a zip bomb" in rejected_of(written(tmp_path / "b.gz", gzip.compress(content)))[-1]


def test_members_that_share_their_bytes_count_each_time(tmp_path: Path) -> None:
    content = row("A").encode() + b" " * 10_000_000
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    name, crc = b"a.jsonl", zlib.crc32(content)
    sizes = (crc, len(packed), len(content), len(name), 0)
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 0, *sizes) + name + packed
    entry = struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 8, 0, 0, *sizes, 0, 0, 0, 0, 0) + name
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1000, 1000, 1000 * len(entry), len(local), 0)
    rejected = rejected_of(written(tmp_path / "a.zip", local + 1000 * entry + end))
    assert rejected[-1] == "a.zip: the rest of the archive is not read"
    assert len(rejected) < 20


def test_many_members(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {f"{number}.jsonl": row(f"T{number}") for number in range(3000)}, 0)
    assert len(titles_of(path)) == 3000


# -- folders -------------------------------------------------------------------------------------


def test_a_folder_in_order_with_what_cannot_be_read(tmp_path: Path) -> None:
    root = tmp_path / "library"
    written(root / "b" / "x.jsonl", row("B"))
    written(root / "a.jsonl", row("A"))
    written(root / "c.jsonl.gz", gzip.compress(row("C").encode()))
    written(root / "notes.md", "# Notes\n\nNothing here.\n")
    written(root / "empty.txt", b"")
    written(root / ".hidden.jsonl", row("Hidden"))
    written(root / ".git" / "x.jsonl", row("Hidden"))
    zipped(root / "d.zip", {"x/y.jsonl": row("D")})
    written(root / "e.zip", b"PK\x03\x04nonsense")
    assert titles_of(root) == ["A", "B", "C", "D"]
    damaged, *others = rejected_of(root)
    assert damaged.startswith("library/e.zip: a damaged ZIP archive")
    assert others == ["library/empty.txt: empty", "library/notes.md: of a format that is not known here"]
    sources = [paper.sources for paper in read(root) if isinstance(paper, Paper)]
    assert sources == [("a.jsonl",), ("x.jsonl",), ("c.jsonl.gz",), ("d.zip/y.jsonl",)]


def indexed(folder: Path) -> Path:
    """A real index, with what a removal, an answer and a reader leave in it."""
    with closing(PaperIndex(Layout(folder), FakeEmbedder(), create=True)) as index:
        index.add([Paper("1", "Hidden"), Paper("2", "Taken Out")])
        index.remove(["2"])
    written(folder / "feedback.jsonl", row("Hidden"))
    return folder


def test_indexes_in_a_folder_are_passed_over(tmp_path: Path) -> None:
    root = tmp_path / "work"
    written(root / "a.jsonl", row("A"))
    indexed(root / "index_store" / "default")
    assert "Taken Out" in Layout(root / "index_store" / "default").removed.read_text()
    lost = indexed(root / "index_store" / "lost")
    Layout(lost).manifest.unlink()
    first = root / "index_store" / "first_version"
    written(first / "manifest.json", "{}")
    written(first / "chroma" / "x.jsonl", row("Hidden"))
    # Of a library on a server, only the words are on this disk.
    served = indexed(root / "index_store" / "served" / "servers" / "0123456789abcdef")
    shutil.rmtree(Layout(served).data(1).chroma)
    written(root / "index_store" / "served" / "feedback.jsonl", row("Hidden"))
    written(root / "other" / "manifest.json", "{}")  # as other programs have one
    written(root / "other" / "data-2024" / "b.jsonl", row("B"))
    assert titles_of(root) == ["A", "B"]
    assert rejected_of(root) == ["work/other/manifest.json, line 1: title is missing"]
    with pytest.raises(CollectionError, match="no file at all"):
        read(root / "index_store" / "default")


def test_a_folder_with_nothing_readable_is_an_error_that_names_the_formats(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(CollectionError, match=r"no file at all.*PubMed XML.*JSON Lines"):
        read(tmp_path / "empty")
    written(tmp_path / "pictures" / "a.png", b"\x89PNG")
    with pytest.raises(CollectionError, match=r"pictures/a\.png: an image.*PubMed XML.*JSON Lines"):
        read(tmp_path / "pictures")
    written(tmp_path / "pictures" / "b.jsonl", '{"title": 3}\n')  # the folder is of no format for it
    with pytest.raises(CollectionError, match=r"^Nothing in .*/pictures can be read \(pictures/a\.png: an"):
        list(read(tmp_path / "pictures"))


@pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")
def test_links_and_pipes_in_a_folder(tmp_path: Path) -> None:
    root = tmp_path / "library"
    written(root / "a.jsonl", row("A"))
    (root / "loop").symlink_to(root)
    (root / "self").symlink_to(root / "self")
    (root / "gone").symlink_to(root / "nothing")
    (root / "linked").symlink_to(written(tmp_path / "b.jsonl", row("B")))
    os.mkfifo(root / "pipe")
    assert titles_of(root) == ["A", "B"]
    places = [line.partition(":")[0] for line in rejected_of(root)]
    assert places == ["library/gone", "library/loop", "library/pipe", "library/self"]


def test_an_unreadable_file_in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path / "library" / "a.jsonl", row("A"))
    written(tmp_path / "library" / "b.jsonl", row("B"))
    real = Path.open

    def refuse(path: Path, *arguments: object, **options: object) -> object:
        if path.name == "a.jsonl":
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)  # a mode of 0 would not stop root, who may run the tests
    assert titles_of(tmp_path / "library") == ["B"]
    assert rejected_of(tmp_path / "library") == ["library/a.jsonl: may not be read"]


@pytest.mark.skipif(sys.platform == "win32", reason="names are more narrow there")
def test_odd_names_are_cleaned_in_reports(tmp_path: Path) -> None:
    written(tmp_path / "library" / "a\n\x1b[2J\u202eb.jsonl", row("A") + "nonsense\n")
    written(Path(os.fsdecode(os.fsencode(tmp_path) + b"/library/\xff.jsonl")), row("B"))
    rows = list(read(tmp_path / "library"))
    (bad,) = (found for found in rows if isinstance(found, Rejected))
    assert bad.where == "library/a [2Jb.jsonl, line 2"
    for found in rows:
        (str(found) + "".join(getattr(found, "sources", ""))).encode()


def test_several_places_are_looked_at_at_once(tmp_path: Path) -> None:
    one, two = written(tmp_path / "1", row("A")), written(tmp_path / "2", LISTING)
    assert [found.title for found in read(one, two) if isinstance(found, Paper)] == ["A", "A Listed Title"]
    with pytest.raises(CollectionError, match="no file"):
        read(one, tmp_path / "missing")


# -- standard input ------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", ["plain", "gzip", "zip"])
def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: str) -> None:
    content = (row("A") + "nonsense").encode()
    if pack == "gzip":
        content = gzip.compress(content)
    elif pack == "zip":
        content = zipped(tmp_path / "a.zip", {"x.jsonl": content}).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    paper, bad = read("-")
    assert isinstance(paper, Paper) and paper.title == "A"
    inner = "/x.jsonl" if pack == "zip" else ""
    assert paper.sources == (f"standard input{inner}",)
    assert isinstance(bad, Rejected) and bad.where == f"standard input{inner}, line 2"


def test_standard_input_with_nothing_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    with pytest.raises(CollectionError, match="Standard input is empty"):
        read("-")
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(CollectionError, match="Standard input is not connected"):
        read("-")


# -- rows that cannot be read --------------------------------------------------------------------


def test_a_file_of_bad_rows_is_given_up(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", row("A") + '{"name": 1}\n' * (PATIENCE + 50))
    rejected = rejected_of(path)
    assert len(rejected) == PATIENCE + 1
    assert rejected[-1] == f"a.jsonl, line {PATIENCE + 1}: given up after 10,000 rejected rows and 1 paper"


def test_strictly_the_first_bad_row_is_an_error(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", row("A") + "nonsense\n")
    with pytest.raises(CollectionError, match=r"a\.jsonl, line 2: not valid JSON"):
        list(take([path], strict=True))


@pytest.mark.parametrize("pack", ["", "gz", "zip"])
def test_files_are_closed_as_soon_as_an_import_is_given_up(tmp_path: Path, pack: str) -> None:
    content = row("A") + "nonsense\n" + row("B")
    if pack == "zip":
        path = zipped(tmp_path / "a.zip", {"a.jsonl": content, "b.jsonl": content})
    else:
        path = written(tmp_path / "a", gzip.compress(content.encode()) if pack else content)

    def is_open() -> bool:
        links = Path("/proc/self/fd").iterdir() if sys.platform == "linux" else ()
        return any(path == link.readlink() for link in links if link.is_symlink())

    # The error is held as a caller may hold it: nothing may depend on who lets go of what.
    with pytest.raises(CollectionError, match="not valid JSON"):
        take([path], strict=True)
    assert not is_open()
    rows = take([path])
    next(rows)
    assert is_open() or sys.platform != "linux"
    rows.close()
    assert not is_open()


def test_rejected_rows_can_be_mended_and_read_again(tmp_path: Path) -> None:
    one = written(tmp_path / "one.jsonl", row("A") + '{"title": 5}\n' + '{"title": "B"\n')
    two = written(tmp_path / "two.txt", LISTING + "A Title Without Anything\n")
    target = tmp_path / "mend.jsonl"
    assert sum(isinstance(found, Rejected) for found in take([one, two], rejected=target)) == 3
    assert target.read_text("utf-8") == '{"title": 5}\n{"title": "B"\n'
    reasons = (tmp_path / "mend.jsonl.reasons.txt").read_text("utf-8").splitlines()
    assert reasons[0] == "mend.jsonl, row 1: one.jsonl, line 2: title is a number, not text"
    assert reasons[2].startswith("mend-2.jsonl, row 1: two.txt, line 4: a title without an abstract")
    target.write_text(target.read_text("utf-8").replace("5}", '"Five"}').replace('"B"\n', '"B"}\n'), "utf-8")
    # The file that is read may be the one that what is still wrong is written to.
    assert [found.title for found in take([target], rejected=target) if isinstance(found, Paper)] == [
        "Five",
        "B",
    ]
    assert len(target.read_text("utf-8").splitlines()) == 2
    listing = tmp_path / "mend-2.jsonl"
    listing.write_text(listing.read_text("utf-8") + "Here is something about it, in a sentence.\n", "utf-8")
    assert titles_of(listing) == ["A Title Without Anything"]


def test_rejected_xml_is_xml_again(tmp_path: Path) -> None:
    broken = XML.replace("In XML</", "P < 0.05</")
    path = written(tmp_path / "a.xml", broken + XML)
    target = tmp_path / "mend.xml"
    assert len(list(take([path], rejected=target))) == 2
    written(target, target.read_text("utf-8").replace("P <", "P &lt;"))
    assert titles_of(target) == ["P < 0.05"]


def test_rejected_rows_of_an_import_that_fails_are_kept(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", "nonsense {\n" + '{"title": 5}\n')
    with pytest.raises(CollectionError):
        list(take([path], rejected=tmp_path / "mend.jsonl"))
    assert len((tmp_path / "mend.jsonl").read_text("utf-8").splitlines()) == 2


def test_rejected_rows_that_cannot_be_kept_have_their_reason(tmp_path: Path) -> None:
    long = json.dumps({"abstract": "x" * 200_000}) + "\n"
    path = written(tmp_path / "a.jsonl", row("A") + long)
    assert len(list(take([path], rejected=tmp_path / "mend.jsonl"))) == 2
    assert not (tmp_path / "mend.jsonl").exists()
    reasons = (tmp_path / "mend.jsonl.reasons.txt").read_text("utf-8")
    assert reasons == "not kept: a.jsonl, line 2: title is missing\n"


def test_without_rejected_rows_nothing_is_written(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", row("A"))
    assert len(list(take([path], rejected=tmp_path / "mend.jsonl"))) == 1
    assert [*tmp_path.iterdir()] == [path]


def test_a_place_for_rejected_rows_that_cannot_be_is_an_error_at_once(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", row("A"))
    for target in (tmp_path, tmp_path / "missing" / "mend.jsonl"):
        with pytest.raises(UsageError, match="cannot be written"):
            take([path], rejected=target)


# -- anything ------------------------------------------------------------------------------------


@given(
    st.sampled_from(["gz", "zip"]), st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=8)
)
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_archives_give_rows_or_a_collection_error(
    tmp_path: Path, kind: str, damage: list[tuple[int, int]]
) -> None:
    if kind == "gz":
        content = bytearray(gzip.compress((row("A") + row("B")).encode(), mtime=0))
    else:
        members: dict[str, bytes | str] = {
            "a.jsonl": row("A"),
            "b.gz": gzip.compress(LISTING.encode()),
            "c": XML,
        }
        content = bytearray(zipped(tmp_path / "sound.zip", members).read_bytes())
    for place, value in damage:
        content[place % len(content)] = value
    try:
        rows = list(read(written(tmp_path / "file", bytes(content))))
    except CollectionError as error:
        assert error.message and error.hint
    else:
        for found in rows:
            str(found).encode()
