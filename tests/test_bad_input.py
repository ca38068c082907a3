"""What is wrong with files, and what their owner then reads: each kind of fault by the command itself."""

from __future__ import annotations

import gzip
import json
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest

from assistant.corpus import read
from assistant.errors import CollectionError
from assistant.types import Paper

from .test_cli import run

SAMPLES = Path(__file__).parent / "samples"


def added(tmp_path: Path, name: str, content: str | bytes) -> dict[str, Any]:
    """What adding a file does: the report, or the error that stands in its place."""
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = run("add", path, "--dry-run", "--json", "--index", tmp_path / "none")
    found: dict[str, Any] = json.loads(done.stdout)
    assert not isinstance(done.exception, Exception) or isinstance(done.exception, SystemExit)
    return found


def reasons(report: dict[str, Any]) -> list[str]:
    return [f"{row['where']}: {row['reason']}" for row in report["rejected"]]


PUBMED = (
    "<PubmedArticle><MedlineCitation><Article><ArticleTitle>{}</ArticleTitle></Article></MedlineCitation>"
)
PUBMED += "</PubmedArticle>"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        pytest.param(
            "a.bib",
            "@misc{one, title = {One}}\n@misc{two, title = {Two},\n  year = {2002\n}\n"
            "@misc{three, title = {Three}}\n",
            ['a.bib, line 2: the entry "two" cannot be read: a brace or a quote is missing'],
            id="BibTeX with a missing brace",
        ),
        pytest.param(
            "a.jsonl",
            '{"title": "One"}\n{"title": "Two", "year"\n{"title": "Three", "ye',
            [
                "a.jsonl, line 2: not valid JSON: Expecting ':' delimiter at column 24",
                "a.jsonl, line 3: not valid JSON: Unterminated string starting at column 20",
            ],
            id="JSON Lines cut off",
        ),
        pytest.param(
            "a.json",
            '[{"title": "One"}, {"title": "Two", }, {"title": "Three"}, {"title": "Fo',
            [
                "a.json, record 2: not valid JSON: Expecting property name enclosed in double quotes"
                " at column 18",
                "a.json, record 4: the file ends inside this record: it is cut off, or a bracket or quote"
                " is missing",
            ],
            id="JSON cut off",
        ),
        pytest.param(
            "a.csv",
            'title,abstract,year\nOne,A.,2001\nTwo,"B.,2002\nThree,C.,2003\nFour,D.,n.d.,x,y\n,E.,2005\n',
            [
                "a.csv, line 3: a quote is not closed, or not doubled within quotes",
                "a.csv, line 5: 5 cells where the header has 3",
                "a.csv, line 6: title is empty",
            ],
            id="a table with quotes left open",
        ),
        pytest.param(
            "a.ris",
            "TY  - JOUR\nTI  - One\nER  - \nTY  - JOUR\nAU  - Nobody\nER  - \nTY  - JOUR\nTI  - Three",
            ["a.ris, line 4: title is missing"],
            id="RIS without a title and cut off",
        ),
        pytest.param(
            "a.xml",
            f"<PubmedArticleSet>{PUBMED.format('One')}\n{PUBMED.format('p < 0.05')}\n"
            f"{PUBMED.format('Three')}\n"
            f"{PUBMED.format('Four')[:60]}",
            [
                "a.xml, line 2: not valid XML: not well-formed (invalid token) in line 2",
                "a.xml, line 4: cut off: the file ends within this record",
            ],
            id="XML with a raw sign and cut off",
        ),
        pytest.param(
            "a.nbib",
            "PMID- 1\nTI  - One\n\nPMID- 2\nAB  - No title.\n\nPMID- 3\nTI  - Three\n",
            ["a.nbib, line 4: title is missing"],
            id="MEDLINE without a title",
        ),
        pytest.param(
            "a.txt",
            "FN X\nVR 1.0\nPT J\nTI One\nER\n\nPT J\nAB No title.\nER\n\nPT J\nTI Three\nER\n",
            ["a.txt, line 7: title is missing"],
            id="Web of Science without a title",
        ),
        pytest.param(
            "a.jsonl",
            b'{"title": "One"}\n{"title": "Tw\xe9"}\n' + '{"title": "Thrée"}\n'.encode(),
            ["a.jsonl, line 2: a byte that is not UTF-8 (0xE9)"],
            id="mixed encodings",
        ),
    ],
)
def test_a_fault_costs_its_row_and_says_where_and_why(
    tmp_path: Path, name: str, content: str | bytes, told: list[str]
) -> None:
    report = added(tmp_path, name, content)
    assert reasons(report) == told
    assert report["added"] >= 1


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        (
            "a.csv",
            "name,writer,when\nOne,A. One,2001\nTwo,B. Two,2002\n",
            "a.csv, line 1: no column of titles; the columns are: name, writer, when",
        ),
        ("a.pdf", b"%PDF-1.7\n", "a.pdf is a PDF, not text."),
        ("a.zip", b"PK\x03\x04 and nothing more", "a.zip is a damaged ZIP archive"),
        ("a.gz", b"\x1f\x8b\x08\x00 nothing", "a.gz is "),
        ("a.txt", "", "a.txt is empty."),
        ("a.txt", "Some words of no meaning.\n", "a.txt is of a format that is not known here."),
    ],
)
def test_a_file_without_a_paper_is_an_error_that_says_what_it_is(
    tmp_path: Path, name: str, content: str | bytes, told: str
) -> None:
    error = added(tmp_path, name, content)["error"]
    assert error["kind"] == "CollectionError"
    assert told in error["message"]
    assert error["hint"].startswith("Give a file of papers: ")
    assert not (tmp_path / "none").exists()


LONG = "word " * 10_400_000
BEFORE_AND_AFTER = {
    "a.jsonl": ('{{"title": "{}"}}\n', '{"title": "B", "abstract": "', '"}\n', "line 2"),
    "a.json": ('[{{"title": "{}"}}]\n', '[{"title": "B", "abstract": "', '"}]\n', "record 2"),
    "a.bib": ("@misc{{x, title = {{{}}}}}\n", "@misc{b, title = {B}, abstract = {", "}}\n", "line 2"),
    "a.ris": ("TY  - JOUR\nTI  - {}\nER  - \n", "TY  - JOUR\nTI  - B\nAB  - ", "\nER  - \n", "line 4"),
    "a.nbib": ("PMID- 1\nTI  - {}\n\n", "PMID- 2\nTI  - B\nAB  - ", "\n\n", "line 4"),
    "a.xml": (
        f"<PubmedArticleSet>{PUBMED}</PubmedArticleSet>\n",
        "<PubmedArticleSet><PubmedArticle>",
        "</PubmedArticle></PubmedArticleSet>\n",
        "line 2",
    ),
}


@pytest.mark.parametrize("name", BEFORE_AND_AFTER)
def test_a_record_of_fifty_megabytes_costs_itself_alone(tmp_path: Path, name: str) -> None:
    frame, begin, end, place = BEFORE_AND_AFTER[name]
    content = f"{frame.format('A')}{begin}{LONG}{end}{frame.format('C')}"
    report = added(tmp_path, name, content)
    limit = 8 if name == "a.xml" else 16
    assert reasons(report) == [f"{name}, {place}: longer than {limit},000,000 characters"]
    assert report["added"] == 2


def test_a_row_of_fifty_megabytes_in_a_table(tmp_path: Path) -> None:
    report = added(tmp_path, "a.csv", f'title,abstract\nA,a\nB,"{LONG}"\nC,c\n')
    assert reasons(report) == ["a.csv, line 3: longer than 16,000,000 characters"]
    assert report["added"] == 2


def test_a_zip_bomb(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.jsonl", '{"title": "Before"}\n' + " " * 200_000_000)
        archive.writestr("b.jsonl", '{"title": "After"}\n')
    report = added(tmp_path, "bomb.zip", path.read_bytes())
    assert reasons(report) == [
        "bomb.zip/a.jsonl, line 2: longer than 16,000,000 characters",
        "bomb.zip/a.jsonl, line 2: too large: unpacks to over 200 times its size, as only a zip bomb does",
        "bomb.zip: the rest of the archive is not read",
    ]
    assert report["added"] == 1


def test_an_archive_that_points_elsewhere_writes_nothing_there(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "er"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("../../../escaped.jsonl", '{"title": "One"}\n{"title": 2}\n')
    report = added(folder, "a.zip", (folder / "a.zip").read_bytes())
    assert reasons(report) == ["a.zip/escaped.jsonl, line 2: title is a number, not text"]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["a.zip"]


def test_an_xml_bomb_is_not_expanded(tmp_path: Path) -> None:
    declared = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(20))
    articles = PUBMED.format("&e19;") + PUBMED.format("Two")
    content = f"<!DOCTYPE x [{declared}]><PubmedArticleSet>{articles}</PubmedArticleSet>"
    report = added(tmp_path, "a.xml", content)
    assert reasons(report) == [
        "a.xml, line 1: an entity in line 1 that XML does not know; those a file declares are not expanded"
    ]
    assert report["added"] == 1


def test_an_id_that_stands_twice_in_a_file(tmp_path: Path) -> None:
    content = '{"id": "7", "title": "One"}\n{"id": "7", "title": "Quite another"}\n'
    report = added(tmp_path, "a.jsonl", content)
    assert (report["added"], report["merged"]) == (1, 1)
    assert report["folds"] == [
        {"where": "a.jsonl, line 2", "id": "7", "title": "Quite another", "into": "7", "into_title": "One"}
    ]
    keys = "@misc{same, title = {One}}\n@misc{same, title = {Quite another}}\n"
    assert added(tmp_path, "a.bib", keys)["added"] == 2, "a key of BibTeX is no id"


@pytest.mark.parametrize("date", ["n.d.", "in press", "forthcoming", "", "20xx", "0", "99999", "-"])
def test_a_date_that_is_none_is_no_year(tmp_path: Path, date: str) -> None:
    files = {
        "a.bib": f"@misc{{a, title = {{T}}, year = {{{date}}}}}\n",
        "a.ris": f"TY  - JOUR\nTI  - T\nPY  - {date}\nER  - \n",
        "a.csv": f"title,year\nT,{date}\n",
        "a.jsonl": json.dumps({"title": "T", "year": date}) + "\n",
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content)
        [paper] = read(tmp_path / name)
        assert isinstance(paper, Paper)
        assert paper.year is None


@pytest.mark.parametrize("place", [*range(0, 40, 4)])
def test_damaged_samples_of_every_format(tmp_path: Path, place: int) -> None:
    """Real files with bytes flipped, cut out, doubled and spliced: rows, reasons, or an error of ours."""
    chance = random.Random(place)
    files = [
        path for path in sorted(SAMPLES.rglob("*.*")) if path.suffix in {".ris", ".txt", ".xml", ".json"}
    ]
    for path in files:
        raw = bytearray(path.read_bytes())
        for _ in range(3):
            at, length = chance.randrange(len(raw)), chance.choice([1, 20, 400])
            change = chance.choice(["flip", "cut", "double", "splice", "end"])
            if change == "flip":
                raw[at] = chance.randrange(256)
            elif change == "cut":
                del raw[at : at + length]
            elif change == "double":
                raw[at:at] = raw[at : at + length]
            elif change == "splice":
                raw[at:at] = chance.choice(files).read_bytes()[:length]
            else:
                del raw[max(at, 100) :]
        damaged = tmp_path / path.name
        damaged.write_bytes(gzip.compress(bytes(raw)) if place % 8 else bytes(raw))
        try:
            rows = [*read(damaged)]
        except CollectionError as error:
            assert str(error)
        else:
            assert all(row.title and row.where for row in rows if isinstance(row, Paper))
