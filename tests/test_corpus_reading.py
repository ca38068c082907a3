"""Reading files: what cannot be read is said in a sentence, whatever the bytes are."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.corpus import read, sample_collection
from assistant.corpus.source import MAX_LINE
from assistant.errors import CollectionError
from assistant.types import Paper, Rejected

FORMATS = ("PubMed XML", "arXiv's Atom feed", "EndNote XML", "JSON Lines", "listing of trending papers")
ROW = '{"title": "A Title", "abstract": "We do it."}'

README = """# paper-tools

Tools for papers. They are good.

## Install

Run `pip install paper-tools` and wait.

- fast
- small
"""
LOG = "\n".join(f"2026-01-{day:02} 12:00:00 INFO worker started on port 80{day:02}." for day in range(1, 29))
ESSAY = "Introduction\n" + "It was a dark night and it rained a lot in the city that day. " * 5
ESSAY += "\nThen it stopped, and everybody went home to have tea with bread and butter." * 3
ESSAY += "\nMethods\n" + "We walked for a long time along the river and looked at the boats. " * 5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b" \n\r\n\t\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "an image"),
        (b"%PDF-1.7\n1 0 obj", "a PDF"),
        (gzip.compress(gzip.compress(ROW.encode(), mtime=0), mtime=0), "a gzip archive in an archive"),
        (b"\x00\x01\x02\x03" * 50, "binary"),
        ("A Title\n".encode("utf-16-le") * 4, "a format that is not known"),
        (README.encode(), "format that is not known"),
        (LOG.encode(), "format that is not known"),
        (ESSAY.encode(), "format that is not known"),
        (b"just a note", "format that is not known"),
        (b"@article{a, author={A. One}, year=2020}", "nothing in it can be read"),
        (b"[1, 2, 3]", "format that is not known"),
        (b"id,name,price\n1,Tea,2\n2,Bread,3\n", "no column of titles; the columns are: id, name, price"),
        (b'{"name": 1}\n{"title": 2}\n{"title": ""}\n', "nothing in it can be read"),
        (b"Get trending papers in your email inbox!\nSubscribe", "nothing in it can be read"),
    ],
)
def test_a_file_without_papers_is_an_error_that_names_the_formats(
    tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "file.dat"
    path.write_bytes(content)
    with pytest.raises(CollectionError) as caught:
        list(read(path))
    message = str(caught.value)
    assert words in message
    assert str(path) in message
    assert all(name in message for name in FORMATS)
    assert caught.value.exit_code == 2


def test_the_first_reasons_are_quoted_where_nothing_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"title": 5}\n{"abstract": "x"}\n')
    with pytest.raises(
        CollectionError, match=r"bad.jsonl, line 1: title is a number.*line 2: title is missing"
    ):
        list(read(path))


@pytest.mark.parametrize("name", ["missing.jsonl", "with\0nul", "x" * 5000])
def test_a_missing_file_is_an_error_at_once(tmp_path: Path, name: str) -> None:
    with pytest.raises(CollectionError, match="file"):
        read(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_an_error_and_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CollectionError, match="not a regular file"):
        read(tmp_path / "pipe")


def test_a_file_without_permission_is_an_error_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "secret.jsonl"
    path.write_text(ROW)
    monkeypatch.setattr(Path, "open", refuse)  # a mode of 0 would not stop root, who may run the tests
    with pytest.raises(CollectionError, match=r"secret.jsonl may not be read"):
        read(path)


def test_a_file_that_vanishes_while_it_is_read_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_text(ROW)
    rows = read(path)
    path.unlink()
    with pytest.raises(CollectionError, match="No such file"):
        list(rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, end: str) -> None:
    path = tmp_path / "file.jsonl"
    bom = "\ufeff" if encoding == "utf-16-be" else ""
    text = f'{bom}{{"title": "Ünïcode 图"}}{end}{end}{{"title": "Two"}}{end}nonsense'
    path.write_bytes(text.encode(encoding))
    first, second, bad = read(path)
    assert isinstance(first, Paper) and first.title == "Ünïcode 图"
    assert isinstance(second, Paper) and second.title == "Two"
    assert isinstance(bad, Rejected) and bad.where == "file.jsonl, line 4"


def test_the_name_of_a_file_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "papers"
    path.write_text(ROW)
    assert [row.title for row in read(str(path)) if isinstance(row, Paper)] == ["A Title"]


def test_a_line_too_long_for_the_memory_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    with path.open("w") as file:
        file.write(ROW + '\n{"title": "Long", "abstract": "')
        for _ in range(2 * MAX_LINE // 1_000_000 + 1):
            file.write("x" * 1_000_000)
        file.write(f'"}}\n{ROW}\n')
    before, long, after = read(path)
    assert isinstance(before, Paper) and isinstance(after, Paper)
    assert isinstance(long, Rejected)
    assert long.where == "file.jsonl, line 2" and "longer than" in long.reason


def test_rows_come_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_text(f"{ROW}\n" * 3)
    rows = read(path)
    next(rows)
    with path.open("a") as file:  # read as it is taken: a row added meanwhile is still found
        file.write(f"{ROW}\n")
    assert len(list(rows)) >= 2


SEEDS = [
    b"",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b'{"title": ',
    b"Get trending papers in your email inbox!\n",
    b"A Title\n",
    b"title,abstract\n",
    b'[{"title": "A"',
]
HOSTILE = b'{}[]":,\\u0d8tile\n\r\x00\xff\xc3 .A1'


@given(
    st.sampled_from(SEEDS),
    st.binary(max_size=300) | st.lists(st.sampled_from(HOSTILE), max_size=200).map(bytes),
)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_arbitrary_bytes_give_rows_or_a_collection_error(tmp_path: Path, seed: bytes, rest: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(seed + rest)
    try:
        rows = list(read(path))
    except CollectionError as error:
        assert error.message and error.hint
    else:
        assert any(isinstance(row, Paper) for row in rows)
        for row in rows:
            str(row).encode()  # nothing that cannot be stored or printed


def test_the_sample_ships_with_its_provenance() -> None:
    assert sample_collection().is_file()
    assert "authors" in (sample_collection().parent / "README.md").read_text(encoding="utf-8")
