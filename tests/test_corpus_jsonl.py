"""JSON Lines: fields as people write them, bad rows reported with place and reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.corpus import paper_id, read
from assistant.types import Paper, Rejected

GOOD = {"id": "good", "title": "Good", "abstract": "It is good."}


def rows_of(folder: Path, *lines: str | dict[str, Any]) -> list[Paper | Rejected]:
    """The rows of a file of these lines; a good one goes first, so that the file has something in it."""
    path = folder / "file.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in (GOOD, *lines)]
    path.write_text("\n".join(texts), encoding="utf-8")
    return list(read(path))[1:]


def paper_of(folder: Path, line: str | dict[str, Any]) -> Paper:
    (row,) = rows_of(folder, line)
    assert isinstance(row, Paper), row
    return row


def reason_of(folder: Path, line: str | dict[str, Any]) -> str:
    (row,) = rows_of(folder, line)
    assert isinstance(row, Rejected), row
    assert row.where == "file.jsonl, line 2"
    return row.reason


def test_every_field_is_kept(tmp_path: Path) -> None:
    paper = paper_of(
        tmp_path,
        {
            "id": " mine ",
            "title": "A\tTitle \n of  it",
            "abstract": " First line.\nSecond   line; i.e. this. ",
            "authors": ["Ada Lovelace", " C.  Babbage "],
            "year": 2021,
            "venue": "ICML",
            "url": "https://example.org/a",
            "doi": "https://doi.org/10.1000/ABC",
            "arxiv_id": "arXiv:2205.13504v2",
            "citations": {"unknown": ["keys"]},
        },
    )
    assert paper.id == "mine"
    assert paper.title == "A Title of it"
    assert paper.abstract == "First line. Second   line; i.e. this."
    assert [sentence.text for sentence in paper.sentences] == ["First line.", "Second   line; i.e. this."]
    assert paper.authors == ("Ada Lovelace", "C. Babbage")
    assert (paper.year, paper.venue, paper.url) == (2021, "ICML", "https://example.org/a")
    assert (paper.doi, paper.arxiv_id) == ("10.1000/abc", "2205.13504")


@pytest.mark.parametrize(
    ("given_id", "kept"),
    [
        ("x/Y 1", "x/Y 1"),
        (4983, "4983"),
        (4983.0, "4983"),
        ("", "doi:10.1000/a"),
        ("  ", "doi:10.1000/a"),
        (None, "doi:10.1000/a"),
    ],
)
def test_an_id_of_the_file_is_kept_else_the_stable_one(tmp_path: Path, given_id: object, kept: str) -> None:
    row = {"id": given_id, "title": "T", "doi": "10.1000/A", "arxiv_id": "2205.13504"}
    assert paper_of(tmp_path, row).id == kept


def test_without_any_identifier_the_title_is_the_id(tmp_path: Path) -> None:
    assert paper_of(tmp_path, {"title": "A Title"}).id == paper_id(title="a title")


def test_the_layout_of_beir_is_read(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, {"_id": "4983", "title": "T", "text": "We do it.", "metadata": {}})
    assert (paper.id, paper.abstract) == ("4983", "We do it.")


@pytest.mark.parametrize("missing", [{}, {"abstract": None}, {"abstract": ""}, {"abstract": "\n"}])
def test_a_paper_without_abstract_is_kept(tmp_path: Path, missing: dict[str, Any]) -> None:
    paper = paper_of(tmp_path, {"title": "T", **missing})
    assert paper.abstract == "" and paper.sentences == ()


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("Ada Lovelace; Babbage, C.", ("Ada Lovelace", "Babbage, C.")),
        ("Ada Lovelace and C. Babbage", ("Ada Lovelace", "C. Babbage")),
        ("A. One, B. Two and C. Three", ("A. One", "B. Two", "C. Three")),
        ("Ada Lovelace, Charles Babbage", ("Ada Lovelace", "Charles Babbage")),
        ("Lovelace, Ada and Babbage, Charles", ("Lovelace, Ada", "Babbage, Charles")),
        ("Lovelace, A., Babbage, C. D.", ("Lovelace, A.", "Babbage, C. D.")),
        ("Lovelace, Ada", ("Lovelace, Ada",)),
        ("Alexander Sandberg", ("Alexander Sandberg",)),
        ([{"name": "Ada Lovelace", "id": 1}, "C. Babbage", None, ""], ("Ada Lovelace", "C. Babbage")),
        ("", ()),
        (None, ()),
        ([], ()),
    ],
)
def test_authors_as_people_write_them(tmp_path: Path, authors: object, names: tuple[str, ...]) -> None:
    assert paper_of(tmp_path, {"title": "T", "authors": authors}).authors == names


@pytest.mark.parametrize(
    ("year", "kept"),
    [
        ("2021", 2021),
        (2021.0, 2021),
        ("2021-05-03", 2021),
        ("n.d.", None),
        ("", None),
        (0, None),
        (99999, None),
    ],
)
def test_years_as_people_write_them(tmp_path: Path, year: object, kept: int | None) -> None:
    assert paper_of(tmp_path, {"title": "T", "year": year}).year == kept


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"abstract": "x"}, "title is missing"),
        ({"title": None}, "title is missing"),
        ({"title": " \n"}, "title is empty"),
        ({"title": 5}, "title is a number, not text"),
        ({"title": ["T"]}, "title is a list, not text"),
        ({"title": True}, "title is true or false, not text"),
        ({"title": "T", "abstract": {"a": 1}}, "abstract is an object, not text"),
        ({"title": "T", "authors": 5}, "authors is a number, not text or a list"),
        ({"title": "T", "authors": [["x"]]}, "authors holds a list, not names"),
        ({"title": "T", "year": [2021]}, "year is a list, not a year"),
        ({"title": "T", "arxiv_id": 2205.13504}, "arxiv_id is a number, not text"),
        ({"title": "T", "id": 1.5}, "id is a number, not text or a whole number"),
        ({"title": "T", "id": "x" * 201}, "id is 201 characters long, more than 200"),
        ({"title": "T" * 3000}, "title is 3,000 characters long, more than 2,000"),
        ({"title": "T", "abstract": "x" * 200_000}, "abstract is 200,000 characters long, more than 100,000"),
        ("[1, 2]", "not a JSON object"),
        ("null", "not a JSON object"),
        ('{"title": "T"', "not valid JSON: Expecting ',' delimiter at column 14"),
        ("plain text", "not valid JSON: Expecting value at column 1"),
        ('{"title": "T", "x": ' + "[" * 100_000, "nested too deeply"),
    ],
)
def test_a_bad_row_is_rejected_with_place_and_reason(tmp_path: Path, line: Any, reason: str) -> None:
    assert reason_of(tmp_path, line) == reason


def test_good_rows_between_bad_ones_are_kept(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, "{bad", {"title": "One"}, "", "[]", {"title": "Two"}, "}")
    assert [row.title for row in rows if isinstance(row, Paper)] == ["One", "Two"]
    assert [row.where for row in rows if isinstance(row, Rejected)] == [
        f"file.jsonl, line {n}" for n in (2, 5, 7)
    ]


def test_a_broken_first_line_does_not_hide_the_format(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_text('garbage\n{"title": "One"}\n')
    bad, good = read(path)
    assert isinstance(bad, Rejected) and isinstance(good, Paper)


def test_bad_bytes_reject_their_line_only(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_bytes(b'{"title": "One"}\n{"title": "Na\xefve"}\n{"title": "Three"}\n')
    one, bad, three = read(path)
    assert isinstance(one, Paper) and isinstance(three, Paper)
    assert isinstance(bad, Rejected)
    assert str(bad) == "file.jsonl, line 2: a byte that is not UTF-8 (0xEF)"


def test_odd_numbers_and_characters_do_no_harm(tmp_path: Path) -> None:
    digits = "9" * 10_000
    line = f'{{"title": "A\\ud800 \\u0000B\\u202e\\u200b", "abstract": NaN, "x": {digits}, "year": 1e999}}'
    assert reason_of(tmp_path, line) == "year is a number, not a year"
    paper = paper_of(tmp_path, line.replace("1e999", "null"))
    assert paper.title == "A\ufffd B"
    assert paper.abstract == ""
    paper.title.encode()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "not an address", ""])
def test_only_addresses_of_the_web_are_kept(tmp_path: Path, url: str) -> None:
    assert paper_of(tmp_path, {"title": "T", "url": url}).url is None


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from(
    ["id", "_id", "title", "abstract", "text", "authors", "year", "venue", "url", "doi", "arxiv_id"]
)


@given(st.dictionaries(keys, values))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_values_give_a_paper_or_a_reason(tmp_path: Path, row: dict[str, Any]) -> None:
    (result,) = rows_of(tmp_path, row)
    if isinstance(result, Paper):
        assert result.id and result.title
        json.dumps([result.id, result.title, result.abstract, result.authors], ensure_ascii=False).encode()
        assert all(result.abstract[s.start : s.end] == s.text for s in result.sentences)
    else:
        assert result.reason
