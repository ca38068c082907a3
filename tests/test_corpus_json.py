"""JSON of the services: what each of their keys means, whole files of it, and files that are broken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.corpus import read
from assistant.corpus.source import MAX_LINE
from assistant.errors import CollectionError
from assistant.types import Paper, Rejected

GOOD = {"id": "good", "title": "Good", "abstract": "It is good."}

OPENALEX = {
    "id": "https://openalex.org/W2741809807",
    "doi": "https://doi.org/10.7717/PEERJ.4375",
    "title": "old title",
    "display_name": "The state of <i>OA</i> &amp; more",
    "publication_year": 2018,
    "primary_location": {
        "landing_page_url": "https://doi.org/10.7717/peerj.4375",
        "source": {"display_name": "PeerJ"},
    },
    "locations": [{"landing_page_url": None}, {"landing_page_url": "https://arxiv.org/abs/1801.00001v2"}],
    "authorships": [
        {"author": {"display_name": "Heather Piwowar"}, "raw_author_name": "H. Piwowar"},
        {"author": {}, "raw_author_name": "Jason Priem"},
    ],
    "abstract_inverted_index": {"access": [1, 4], "Open": [0], "is": [2], "good": [3]},
}
S2 = {
    "paperId": "649def34f8be52c8b66281af98ae884c09aef38b",
    "externalIds": {"ArXiv": "1805.02262", "DOI": "10.18653/v1/N18-3011", "CorpusId": 19170988},
    "url": "https://www.semanticscholar.org/paper/649def34",
    "title": "Construction of the Literature Graph",
    "abstract": "We describe a deployed system.",
    "venue": "",
    "journal": {"name": "NAACL", "pages": "84-91"},
    "year": 2018,
    "authors": [{"authorId": "1", "name": "Waleed Ammar"}, {"authorId": None, "name": "Dirk Groeneveld"}],
}
S2_BULK = {
    "corpusid": 19170988,
    "externalids": {"ArXiv": None, "DOI": "10.18653/v1/n18-3011"},
    "title": "Construction of the Literature Graph",
    "authors": [{"authorId": "1", "name": "Waleed Ammar"}],
    "venue": "NAACL",
    "publicationdate": "2018-05-06",
}
ARXIV = {
    "id": "0704.0001",
    "submitter": "Pavel Nadolsky",
    "authors": "C. Balazs, E. L. Berger (1 and (2)), P. M. Nadolsky ((1) A, (2) B)",
    "title": "Calculation of prompt diphoton\n  production cross sections",
    "abstract": "  A fully differential calculation\nis presented.\n",
    "journal-ref": "Phys.Rev.D76:013009,2007",
    "doi": "10.1103/PhysRevD.76.013009 10.1103/PhysRevD.76.013010",
    "categories": "hep-ph",
    "versions": [
        {"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"},
        {"version": "v2", "created": "Tue, 24 Jul 2008 20:10:27 GMT"},
    ],
    "update_date": "2008-11-26",
}
CSL = {
    "id": "http://zotero.org/users/1/items/ABCD",
    "type": "article-journal",
    "title": 'Growth of <i>E. coli</i> in H<sub>2</sub>O where p<q: <span class="nocase">RNA</span>',
    "abstract": "We grow it.",
    "author": [
        {"family": "Gogh", "given": "Vincent", "non-dropping-particle": "van"},
        {"literal": "The ATLAS Collaboration"},
        {"family": "King", "given": "Martin Luther", "suffix": "Jr."},
    ],
    "issued": {"date-parts": [["2021", 5, 3]]},
    "container-title": "Nature",
    "DOI": "10.1000/Abc",
    "URL": "https://example.org/a",
}
CROSSREF = {
    "DOI": "10.1000/abc",
    "title": ["A Title", "and another"],
    "abstract": "<jats:title>Abstract</jats:title><jats:sec><jats:title>Methods:</jats:title><jats:p>We "
    "<jats:italic>do</jats:italic> it, p &lt; 0.05.</jats:p></jats:sec><jats:p>It works.</jats:p>",
    "author": [{"given": "Ada", "family": "Lovelace", "sequence": "first"}, {"name": "A Group"}],
    "issued": {"date-parts": [[None]]},
    "published-print": {"date-parts": [[2019, 1]]},
    "container-title": ["Journal of Things"],
    "URL": "http://dx.doi.org/10.1000/abc",
}


def rows_of(folder: Path, text: str | bytes) -> list[Paper | Rejected]:
    path = folder / "file.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(read(path))


def paper_of(folder: Path, record: dict[str, Any]) -> Paper:
    (paper,) = rows_of(folder, json.dumps([record]))
    assert isinstance(paper, Paper), paper
    return paper


def titles(rows: list[Paper | Rejected]) -> list[str]:
    return [row.title if isinstance(row, Paper) else str(row) for row in rows]


def test_a_work_of_openalex(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, OPENALEX)
    assert paper.id == "doi:10.7717/peerj.4375"
    assert paper.title == "The state of OA & more"
    assert paper.abstract == "Open access is good access"
    assert paper.authors == ("Heather Piwowar", "Jason Priem")
    assert (paper.year, paper.venue, paper.arxiv_id) == (2018, "PeerJ", "1801.00001")
    assert paper.url == "https://doi.org/10.7717/peerj.4375"


@pytest.mark.parametrize("missing", ["abstract_inverted_index", "primary_location", "authorships"])
def test_what_openalex_does_not_know_is_nothing(tmp_path: Path, missing: str) -> None:
    paper = paper_of(tmp_path, {**OPENALEX, missing: None})
    assert paper.title == "The state of OA & more"
    assert paper_of(tmp_path, {**OPENALEX, "primary_location": None}).url == OPENALEX["id"]


def test_a_paper_of_semantic_scholar(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, S2)
    assert (paper.id, paper.arxiv_id) == ("doi:10.18653/v1/n18-3011", "1805.02262")
    assert paper.authors == ("Waleed Ammar", "Dirk Groeneveld")
    assert (paper.year, paper.venue, paper.url) == (2018, "NAACL", S2["url"])


def test_the_bulk_files_of_semantic_scholar_give_the_same_paper(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, S2_BULK)
    assert paper.id == paper_of(tmp_path, S2).id
    assert (paper.year, paper.venue, paper.abstract) == (2018, "NAACL", "")


def test_a_record_of_the_dump_of_arxiv(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, ARXIV)
    assert (paper.id, paper.arxiv_id) == ("doi:10.1103/physrevd.76.013009", "0704.0001")
    assert paper.title == "Calculation of prompt diphoton production cross sections"
    assert paper.abstract == "A fully differential calculation is presented."
    assert paper.authors == ("C. Balazs", "E. L. Berger", "P. M. Nadolsky")
    assert (paper.year, paper.venue) == (2007, "Phys.Rev.D76:013009,2007")


def test_parsed_names_of_arxiv_come_first(tmp_path: Path) -> None:
    parsed = [["Balázs", "C.", ""], ["King", "M. L.", "Jr."], ["ATLAS"]]
    assert paper_of(tmp_path, {**ARXIV, "authors_parsed": parsed}).authors == (
        "C. Balázs",
        "M. L. King Jr.",
        "ATLAS",
    )


@pytest.mark.parametrize(
    ("given_id", "arxiv_id", "year"),
    [
        ("0704.0001", "0704.0001", 2007),
        ("2205.13504", "2205.13504", 2022),
        ("hep-th/9901001", "hep-th/9901001", 1999),
        ("math.GT/0601001", "math/0601001", 2006),
        # Numbers on their way through a table lose their zeros, or gain what is not there.
        ("704.218", "0704.2180", 2007),
        ("1310.098", "1310.0980", 2013),
        ("1702.0306699999999", "1702.03067", 2017),
        (1702.0306, "1702.03060", 2017),
    ],
)
def test_ids_of_arxiv_and_the_years_in_them(
    tmp_path: Path, given_id: object, arxiv_id: str, year: int
) -> None:
    row = {"id": given_id, "title": "T", "categories": "hep-th", "update_date": "2023-01-01", "doi": ""}
    paper = paper_of(tmp_path, row)
    assert (paper.id, paper.arxiv_id, paper.year) == (f"arxiv:{arxiv_id}", arxiv_id, year)


def test_an_item_of_zotero(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, CSL)
    assert paper.id == "doi:10.1000/abc"
    assert paper.title == "Growth of E. coli in H2O where p<q: RNA"
    assert paper.authors == ("Vincent van Gogh", "The ATLAS Collaboration", "Martin Luther King Jr.")
    assert (paper.year, paper.venue, paper.url) == (2021, "Nature", "https://example.org/a")


def test_a_preprint_in_zotero_is_known_by_its_number_or_address(tmp_path: Path) -> None:
    bare = {key: CSL[key] for key in ("id", "title", "author")}
    for place in ({"number": "arXiv:2205.13504"}, {"URL": "http://arxiv.org/abs/2205.13504v2"}):
        assert paper_of(tmp_path, bare | place).id == "arxiv:2205.13504"
    assert paper_of(tmp_path, bare | {"URL": "https://doi.org/10.1000/ABC"}).doi == "10.1000/abc"
    assert paper_of(tmp_path, bare | {"number": 7, "issued": {"raw": "ca. 1998"}}).year == 1998


def test_a_work_of_crossref(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, CROSSREF)
    assert (paper.id, paper.title) == ("doi:10.1000/abc", "A Title")
    assert paper.abstract == "Methods: We do it, p < 0.05. It works."
    assert paper.authors == ("Ada Lovelace", "A Group")
    assert (paper.year, paper.venue) == (2019, "Journal of Things")


def test_a_single_work_in_the_envelope_of_crossref(tmp_path: Path) -> None:
    text = json.dumps({"status": "ok", "message-type": "work", "message": CROSSREF})
    assert titles(rows_of(tmp_path, text)) == ["A Title"]


def test_shapes_are_told_record_by_record(tmp_path: Path) -> None:
    records = [GOOD, OPENALEX, S2, ARXIV, CSL, {"_id": "7", "title": "BEIR", "text": "We do it."}]
    in_list = rows_of(tmp_path, json.dumps(records))
    in_lines = rows_of(tmp_path, "\n".join(map(json.dumps, records)))
    assert in_list == in_lines
    assert [row.id for row in in_list if isinstance(row, Paper)][::5] == ["good", "7"]


ENVELOPES: list[Any] = [
    [GOOD, CSL],
    *(
        {"meta": {"count": 2, "items": [5]}, key: [GOOD, CSL], "more": [{"title": "x"}]}
        for key in ("results", "data", "items", "works", "papers")
    ),
    {"status": "ok", "message": {"facets": {}, "items": [GOOD, CSL], "total-results": 2}},
]


@pytest.mark.parametrize("document", ENVELOPES)
@pytest.mark.parametrize("indent", [None, 0, 4])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_lists_and_envelopes_however_they_are_written(
    tmp_path: Path, document: Any, indent: int | None, encoding: str
) -> None:
    text = json.dumps(document, indent=indent, ensure_ascii=False)
    rows = rows_of(tmp_path, text.replace("\n", "\r\n").encode(encoding))
    assert titles(rows) == ["Good", "Growth of E. coli in H2O where p<q: RNA"]


def test_a_list_far_into_a_long_file(tmp_path: Path) -> None:
    records = [{"title": f'{n} "{{[\\ " é', "abstract": "x" * (n * 37 % 900)} for n in range(1500)]
    for indent in (None, 1):
        rows = rows_of(tmp_path, json.dumps({"meta": "[{" * 50, "results": records}, indent=indent))
        assert titles(rows) == [record["title"] for record in records]


def test_pages_one_after_the_other(tmp_path: Path) -> None:
    page = json.dumps({"total": 9, "data": [GOOD, {"title": "Two"}]})
    assert titles(rows_of(tmp_path, f"{page}\n{page}")) == ["Good", "Two"] * 2


def test_one_object_over_several_lines_is_a_paper(tmp_path: Path) -> None:
    text = json.dumps(GOOD, indent=2)
    assert titles(rows_of(tmp_path, text)) == ["Good"]
    assert titles(rows_of(tmp_path, f"{text}\n{text}\n")) == ["Good", "Good"]


def test_results_of_a_paper_are_no_list_of_papers(tmp_path: Path) -> None:
    paper = {**GOOD, "results": [{"metric": "F1", "value": 3}], "data": []}
    for text in (json.dumps(paper), json.dumps(paper, indent=1), json.dumps({"results": ["a"], **GOOD})):
        assert titles(rows_of(tmp_path, text)) == ["Good"]


@pytest.mark.parametrize("end", range(1, 5))
def test_a_file_cut_off_keeps_what_came_before(tmp_path: Path, end: int) -> None:
    text = json.dumps({"results": [GOOD, GOOD, GOOD]}, indent=1)
    cut = [text.index("]"), text.rindex("good."), text.rindex('"abstract"'), text.rindex("{")][end - 1]
    *papers, last = rows_of(tmp_path, text[:cut])
    assert titles(papers) == ["Good"] * (3 if end == 1 else 2)
    assert isinstance(last, Rejected)
    assert last.where == f"file.json, record {len(papers) + 1}"
    assert last.reason.startswith("the file ends")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ('{"title": "A" "abstract": 1}', "not valid JSON: Expecting ',' delimiter at column 15"),
        ('{"title": "A",\n "x": [1, }', "not valid JSON: Expecting value at line 2 of the record"),
        ('{"title": "A"], "x": 1}', "not valid JSON: Expecting ',' delimiter at column 14"),
        ('{"title": "A", "title": "B"}', 'the key "title" stands twice'),
        ('{"title": "A", "x": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
        ('{"title": 5}', "title is a number, not text"),
        ('{"title": ["A"]}', "title is a list, not text"),
        ('["title"]', "not a JSON object"),
        ("null", "not a JSON object"),
        ('"a { text"', "not a JSON object"),
        ("12, 13", "not a JSON object"),
        ('{"display_name": "A", "authorships": 5}', "authors is a number, not text or a list"),
        ('{"display_name": "A", "authorships": [5]}', "authors holds a number, not names"),
        (
            '{"title": "A", "abstract_inverted_index": {"a": ["b"]}}',
            "abstract_inverted_index holds something",
        ),
        (
            '{"title": "A", "abstract_inverted_index": {"a": [1e999]}}',
            "abstract_inverted_index holds something",
        ),
        ('{"title": "A", "abstract_inverted_index": [1]}', "abstract is a list, not text"),
        ('{"title": "A", "DOI": 10.5}', "doi is a number, not text"),
        ('{"title": "A", "author": [{"family": 5}]}', "authors holds a number, not names"),
        ('{"title": "A", "issued": {"date-parts": [[[1]]]}}', "year is a list, not a year"),
        ('{"title": "A", "id": "0704.0001", "authors_parsed": [5]}', "authors_parsed holds something else"),
        ('{"title": [], "DOI": "10.1000/a"}', "title is missing"),
    ],
)
def test_a_bad_record_costs_itself_alone(tmp_path: Path, bad: str, reason: str) -> None:
    rows = rows_of(tmp_path, f"[{json.dumps(GOOD)},\n{bad}\n, {json.dumps(GOOD)}]")
    first, rejected, last = rows
    assert isinstance(first, Paper) and isinstance(last, Paper)
    assert isinstance(rejected, Rejected)
    assert rejected.where == "file.json, record 2"
    assert rejected.reason.startswith(reason)


def test_an_index_of_a_million_words_is_no_abstract(tmp_path: Path) -> None:
    bad = json.dumps({"title": "A", "abstract_inverted_index": {"a": [*range(200_000)]}})
    rows = rows_of(tmp_path, f"[{bad}, {json.dumps(GOOD)}]")
    assert titles(rows) == [
        "file.json, record 1: abstract_inverted_index has more than 100,000 words",
        "Good",
    ]


def test_odd_values_do_no_harm(tmp_path: Path) -> None:
    text = '[{"title": "A\\ud800\tB", "abstract": NaN, "year": -Infinity, "n": ' + "9" * 10_000 + "}]"
    (paper,) = rows_of(tmp_path, text)
    assert isinstance(paper, Paper)
    assert (paper.title, paper.abstract, paper.year) == ("A\ufffd B", "", None)


def test_bad_bytes_reject_their_record_only(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, b'[{"title": "One"}, {"title": "Na\xefve"}, {"title": "Three"}]')
    assert titles(rows) == ["One", "file.json, record 2: a byte that is not UTF-8 (0xEF)", "Three"]


def test_a_record_too_long_for_the_memory_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    with path.open("w") as file:
        file.write('[{"title": "One"}, {"title": "Long", "abstract": "')
        for _ in range(2 * MAX_LINE // 1_000_000):
            file.write("x\\\\" * 333_333)
        file.write('"}, {"title": "Three"}]')
    assert titles(list(read(path))) == [
        "One",
        f"file.json, record 2: longer than {MAX_LINE:,} characters",
        "Three",
    ]


@pytest.mark.parametrize("text", ["[]", '{"results": []}', "[[1, 2], [3]]", '{"results": [{}]}', "{}", "[{"])
def test_a_file_without_papers_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(CollectionError, match="JSON"):
        rows_of(tmp_path, text)


PIECES = st.sampled_from(
    [
        "{",
        "}",
        "[",
        "]",
        '"',
        "\\",
        ",",
        ":",
        "1",
        " ",
        "\n",
        "é",
        '"results":',
        '"title":',
        '"a"',
        "null",
        "NaN",
    ]
    + [json.dumps(record) for record in (GOOD, OPENALEX, S2, ARXIV, CSL, CROSSREF)]
)


@given(st.lists(PIECES, max_size=30))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_pieces_give_rows_or_a_collection_error(tmp_path: Path, pieces: list[str]) -> None:
    for start in ("[", '{"results": [', "{\n"):
        try:
            rows = rows_of(tmp_path, start + "".join(pieces))
        except CollectionError as error:
            assert error.message
        else:
            for row in rows:
                str(row).encode()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from([OPENALEX, S2, S2_BULK, ARXIV, CSL, CROSSREF]), st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_value_at_any_key_gives_a_paper_or_a_reason(
    tmp_path: Path, record: dict[str, Any], data: st.DataObject
) -> None:
    changed = dict(record)
    for key in data.draw(st.lists(st.sampled_from(sorted(record)), max_size=3)):
        inner = record[key]
        changed[key] = data.draw(
            json_values
            | st.lists(st.dictionaries(st.sampled_from(["family", "given", "name", "author"]), json_values))
            | (
                st.fixed_dictionaries(dict.fromkeys(inner, json_values))
                if isinstance(inner, dict)
                else json_values
            )
        )
    good, row = rows_of(tmp_path, json.dumps([GOOD, changed]))
    assert isinstance(good, Paper)
    if isinstance(row, Paper):
        assert row.id and row.title
        json.dumps([row.id, row.title, row.abstract, row.authors], ensure_ascii=False).encode()
    else:
        assert row.reason


@given(
    st.lists(st.dictionaries(st.text(max_size=6), json_values, max_size=4), min_size=1, max_size=5), st.data()
)
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_records_come_out_as_they_went_in(
    tmp_path: Path, records: list[dict[str, Any]], data: st.DataObject
) -> None:
    titled = [{**record, "note": record, "title": f"T{n}"} for n, record in enumerate(records)]
    titled = [{key: record[key] for key in ("note", "title")} for record in titled]
    indent = data.draw(st.sampled_from([None, 0, 2]))
    rows = rows_of(tmp_path, json.dumps(titled, indent=indent, ensure_ascii=data.draw(st.booleans())))
    assert titles(rows) == [record["title"] for record in titled]
