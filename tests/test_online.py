"""Papers from the web: what is asked of each service, and what becomes of its answers."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import AssistantError, Paper, Rejected, Settings
from assistant.corpus.record import FieldError, make_paper
from assistant.corpus.shapes import csl, datacite, hf_papers, openalex, semanticscholar
from assistant.errors import SourceError, UsageError
from assistant.online import mapping, named
from assistant.online.fetching import SERVICES, Fetch
from assistant.online.web import Web

from .paper_services import FakeClock, Reply, Services, as_json, feed, library, sample

pytestmark = pytest.mark.usefixtures("clock")

MANY = [(f"2401.{number:05}", f"Paper {number}", "2024-01-02") for number in range(250)]


def rows(source: str, settings: Settings, **options: Any) -> list[Paper | Rejected]:
    """All that a source gives."""
    found = named(source)
    assert found
    web = Web(settings)
    try:
        return [*Fetch(found, web, **options)]
    finally:
        web.close()


def ids(found: list[Paper | Rejected]) -> list[str]:
    return [row.id if isinstance(row, Paper) else str(row) for row in found]


# -- names -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("arxiv:2205.13504", ("2205.13504",)),
        (
            "ArXiv: 2205.13504v3, arXiv:1707.08567 ,hep-th/9901001v2",
            ("2205.13504", "1707.08567", "hep-th/9901001"),
        ),
        ("arxiv:https://arxiv.org/abs/math.GT/0309136v1", ("math/0309136",)),
        ("arxiv:2205.13504,2205.13504v1", ("2205.13504",)),
        ("arxiv:cat:cs.LG AND all:oversquashing", ()),
        ("arxiv:all:2205.13504 OR ti:x", ()),
        ("openalex:W2741809807", ("W2741809807",)),
        ("openalex:https://openalex.org/w12, W13", ("W12", "W13")),
        ("openalex:graph networks, deep", ()),
        ("s2:649def34f8be52c8b66281af98ae884c09aef38b", ("649def34f8be52c8b66281af98ae884c09aef38b",)),
        ("s2:DOI:10.18653/v1/N18-3011,CorpusId:12", ("DOI:10.18653/v1/N18-3011", "CorpusId:12")),
        ("s2:over-squashing", ()),
        ("doi:https://doi.org/10.1000/A,B;c, 10.1000/d", ("10.1000/a,b;c", "10.1000/d")),
        ("hf-papers:2026-11-20", ("2026-11-20",)),
        ("hf-papers:trending", ()),
    ],
)
def test_ids_are_told_from_queries(text: str, wanted: tuple[str, ...]) -> None:
    source = named(text)
    assert source
    assert source.ids == wanted


@pytest.mark.parametrize("text", ["papers.jsonl", "/tmp/arxiv:x", "C:\\papers.bib", "pubmed:1", "arxiv"])
def test_a_file_is_no_source(text: str) -> None:
    assert named(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "arxiv:",
        "s2: \x00",
        "arxiv:2205.13504,2205.13",
        "doi:hello",
        "hf-papers:2026-13-01",
        "hf-papers:today",
        "s2:" + "long " * 1000,
        "arxiv:" + "x" * 30000,
    ],
)
def test_a_source_that_names_nothing_is_refused_before_anything_is_asked(text: str) -> None:
    with pytest.raises(UsageError):
        named(text)


@given(st.text())
def test_any_text_is_a_source_or_not(text: str) -> None:
    for service in SERVICES:
        try:
            source = named(f"{service.PREFIX}:{text}")
        except UsageError:
            continue
        assert source


# -- arXiv -----------------------------------------------------------------------------------------


def test_arxiv_ids_with_one_that_is_not_there(services: Services) -> None:
    services.on("/api/query", sample("arxiv/id_0808.05394_1707.08567_s0_m100.xml"))
    paper, missing = rows("arxiv:0808.05394,1707.08567v1", services.settings())
    assert isinstance(paper, Paper)
    assert (paper.id, paper.year, paper.arxiv_id) == ("arxiv:1707.08567", 2017, "1707.08567")
    assert paper.title.startswith("Proceedings of Workshop AEW10")
    assert paper.abstract.startswith("The 10th Asia-Europe workshop")
    assert paper.authors[:2] == ("Kees A. Schouhamer Immink", "Stan Baggen")
    assert paper.url == "https://arxiv.org/abs/1707.08567v1"
    assert paper.sentences
    assert missing == Rejected("arXiv 0808.05394", "not found")
    [asked] = services.asked
    assert asked.params["id_list"] == "0808.05394,1707.08567"
    assert asked.headers["User-Agent"].endswith("(mailto:reader@example.org)")


def test_an_old_arxiv_id(services: Services) -> None:
    services.on("/api/query", sample("arxiv/id_astro-ph_0601001_s0_m100.xml"))
    [paper] = rows("arxiv:astro-ph/0601001v1", services.settings())
    assert isinstance(paper, Paper)
    assert paper.arxiv_id == "astro-ph/0601001"
    assert services.asked[0].params["id_list"] == "astro-ph/0601001"


def test_many_ids_are_asked_for_in_parts_and_no_limit_cuts_them(services: Services) -> None:
    services.on("/api/query", feed(MANY[:100]), feed(MANY[100:150]))
    wanted = ",".join(name for name, _, _ in MANY[:150])
    assert len(rows(f"arxiv:{wanted}", services.settings())) == 150
    assert [asked.params["id_list"].count(",") for asked in services.asked] == [99, 49]


def test_an_arxiv_search(services: Services) -> None:
    services.on("/api/query", sample("arxiv/q_testing_s0_m10.xml"))
    found = rows("arxiv:all:testing", services.settings(), limit=10)
    assert len(found) == 10
    assert all(isinstance(row, Paper) and row.abstract and row.authors and row.year for row in found)
    [asked] = services.asked
    assert asked.params == {
        "search_query": "all:testing",
        "start": "0",
        "max_results": "10",
        "sortBy": "submittedDate",
        "sortOrder": "descending",
    }


def test_an_arxiv_search_goes_page_by_page_as_far_as_is_wanted(services: Services) -> None:
    services.on("/api/query", library(MANY))
    assert len(rows("arxiv:all:x", services.settings())) == 100
    services.asked.clear()
    assert len(rows("arxiv:all:x", services.settings(), limit=220)) == 220
    pages = [(asked.params["start"], asked.params["max_results"]) for asked in services.asked]
    assert pages == [("0", "100"), ("100", "100"), ("200", "20")]
    assert len(rows("arxiv:all:x", services.settings(), limit=1000)) == 250


def test_pages_are_asked_for_only_as_they_are_taken(services: Services) -> None:
    services.on("/api/query", library(MANY))
    source, web, counts = named("arxiv:all:x"), Web(services.settings()), list[int]()
    assert source
    taken = iter(Fetch(source, web, limit=250, on_page=counts.append))
    assert len(services.asked) == 0
    next(taken)
    assert (len(services.asked), counts) == (1, [100])
    web.close()


def test_an_empty_page_in_the_middle_is_asked_for_again(services: Services) -> None:
    services.on("/api/query", feed(MANY[:100], 150), feed([], 150), feed(MANY[100:150], 150))
    assert len(rows("arxiv:all:x", services.settings(), limit=150)) == 150
    services.on("/api/query", feed(MANY[:100], 150), feed([], 150))
    with pytest.raises(SourceError, match="leaves a page of its results empty"):
        rows("arxiv:all:x", services.settings(), limit=150)


def test_arxiv_says_what_is_wrong_with_a_query(services: Services) -> None:
    services.on("/api/query", sample("arxiv/id_abc_s0_m100.xml"))
    with pytest.raises(SourceError, match="incorrect id format for abc"):
        rows("arxiv:abc", services.settings())
    services.on("/api/query", Reply(sample("arxiv/id_abc_s0_m100.xml").body, 400))
    with pytest.raises(SourceError, match="incorrect id format for abc"):
        rows("arxiv:abc", services.settings())


def test_nothing_found_is_a_clear_sentence(services: Services) -> None:
    services.on("/api/query", sample("arxiv/id_0000.0000_s0_m100.xml"))
    with pytest.raises(SourceError, match=r"^Nothing was found for arxiv:all:zyzzyva\. "):
        rows("arxiv:all:zyzzyva", services.settings())
    with pytest.raises(
        SourceError, match=r"^Nothing was found for arxiv:0000.0000 \(arXiv 0000.0000: not found\)"
    ):
        rows("arxiv:0000.0000", services.settings())


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html><body>Sign in</body></html>",
        b"<html>Sorry</html>",
        b"",
        b"<feed>",
        b"\xff\xfe\x00",
        b'<?xml version="1.0" encoding="nonsense"?><feed/>',
        b'<!DOCTYPE f [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><feed xmlns="http://www.w3.org/2005/Atom">&b;</feed>',
        b'<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/passwd">]><feed xmlns="http://www.w3.org/2005/Atom">&x;</feed>',
    ],
)
def test_what_is_no_atom_is_said_to_be_none(services: Services, body: bytes) -> None:
    services.on("/api/query", Reply(body))
    with pytest.raises(SourceError, match="arXiv answers with something that is not its data"):
        rows("arxiv:2205.13504", services.settings())


def test_hostile_entries_are_papers_or_rejected(services: Services) -> None:
    hostile = [
        ("2401.00001", "<script>alert(1)</script>\u202e\u200b \u0085 ok", "2024-01-01"),
        ("2401.00002", "", "2024-01-01"),
        ("2401.00003", "t" * 5000, "9999999"),
    ]
    services.on("/api/query", feed(hostile))
    first, second, third = rows("arxiv:all:x", services.settings())
    assert isinstance(first, Paper)
    assert first.title == "<script>alert(1)</script> ok"
    assert second == Rejected("arXiv 2401.00002v1", "title is empty")
    assert isinstance(third, Rejected)
    assert "5,000 characters" in third.reason


# -- the others ------------------------------------------------------------------------------------


def test_an_openalex_search(services: Services) -> None:
    services.on("/works", sample("openalex/works.json"))
    found = rows("openalex:scibert", services.settings(openalex_key="oa-key-1"), limit=50)
    assert ids(found) == ["doi:10.18653/v1/n18-1146", "doi:10.18653/v1/w18-0708", "doi:10.18653/v1/d19-1371"]
    paper = found[2]
    assert isinstance(paper, Paper)
    assert paper.title == "SciBERT: A Pretrained Language Model for Scientific Text"
    assert paper.abstract.startswith("Obtaining large-scale annotated data for NLP tasks")
    assert (paper.year, paper.authors[0]) == (2019, "Iz Beltagy")
    assert paper.venue
    [asked] = services.asked
    assert (asked.params["search"], asked.params["per_page"], asked.params["cursor"]) == (
        "scibert",
        "50",
        "*",
    )
    assert asked.headers["Authorization"] == "Bearer oa-key-1"
    assert "oa-key-1" not in str(asked.params)


def work(number: int) -> dict[str, Any]:
    return {
        "id": f"https://openalex.org/W{number}",
        "title": f"Work {number}",
        "publication_date": "2024-02-03",
    }


def test_openalex_follows_its_cursor_to_the_end(services: Services) -> None:
    pages = [
        {"meta": {"next_cursor": "second"}, "results": [work(number) for number in range(100)]},
        {"meta": {"next_cursor": "third"}, "results": [work(number) for number in range(100, 130)]},
        {"meta": {"next_cursor": None}, "results": []},
    ]
    services.on("/works", *map(as_json, pages))
    assert len(rows("openalex:x", services.settings(), limit=500)) == 130
    assert [asked.params["cursor"] for asked in services.asked] == ["*", "second", "third"]


def test_a_service_that_goes_in_circles_is_left(services: Services) -> None:
    services.on("/works", as_json({"meta": {"next_cursor": "again"}, "results": [work(1), work(2)]}))
    assert len(rows("openalex:x", services.settings(), limit=10_000)) <= 4


def test_openalex_ids_and_one_that_was_merged(services: Services) -> None:
    services.on("/works/W1", Reply(status=301, headers={"Location": "/works/W2"}))
    services.on("/works/W2", as_json(work(2)))
    first, second = rows("openalex:W1,W3", services.settings())
    assert isinstance(first, Paper)
    assert first.title == "Work 2"
    assert second == Rejected("OpenAlex W3", "not found")


S2_PAPER = {  # written by hand after the documentation of the Graph API
    "paperId": "649def34f8be52c8b66281af98ae884c09aef38b",
    "title": "Construction of the Literature Graph in Semantic Scholar",
    "abstract": "We describe a deployed scalable system. It organizes literature.",
    "authors": [{"authorId": "1741101", "name": "Oren Etzioni"}, {"authorId": None, "name": "W. Ammar"}],
    "year": 2018,
    "venue": "NAACL",
    "externalIds": {"DOI": "10.18653/v1/N18-3011", "ArXiv": "1805.02262", "CorpusId": 19170988},
    "url": "https://www.semanticscholar.org/paper/649def34f8be52c8b66281af98ae884c09aef38b",
    "publicationDate": "2018-05-06",
}


def test_semantic_scholar(services: Services) -> None:
    services.on("/graph/v1/paper/DOI:10.18653/v1/N18-3011", as_json(S2_PAPER))
    [paper] = rows("s2:DOI:10.18653/v1/N18-3011", services.settings(s2_key="s2-key-1"))
    assert isinstance(paper, Paper)
    assert (paper.doi, paper.arxiv_id, paper.year) == ("10.18653/v1/n18-3011", "1805.02262", 2018)
    assert (paper.venue, paper.authors) == ("NAACL", ("Oren Etzioni", "W. Ammar"))
    assert services.asked[0].headers["x-api-key"] == "s2-key-1"


def test_a_semantic_scholar_search_follows_its_token(services: Services) -> None:
    def batch(start: int) -> list[dict[str, Any]]:
        return [
            {"paperId": f"{n:040x}", "title": f"Paper {n}", "year": None} for n in range(start, start + 1000)
        ]

    services.on(
        "/graph/v1/paper/search/bulk",
        as_json({"total": 2000, "token": "NEXT", "data": batch(0)}),
        as_json({"total": 2000, "token": None, "data": batch(1000)}),
    )
    assert len(rows("s2:graphs", services.settings(), limit=1500)) == 1500
    assert [asked.params.get("token") for asked in services.asked] == [None, "NEXT"]
    assert services.asked[0].params["sort"] == "publicationDate:desc"
    services.on("/graph/v1/paper/search/bulk", as_json({"total": 0, "token": None, "data": []}))
    with pytest.raises(SourceError, match="Nothing was found for s2:zyzzyva"):
        rows("s2:zyzzyva", services.settings())


CROSSREF = {  # written by hand after the documentation of the REST API
    "status": "ok",
    "message-type": "work",
    "message": {
        "DOI": "10.1000/xyz.1",
        "title": ["Effects of H<sub>2</sub>O &amp; <i>E. coli</i>"],
        "author": [
            {"given": "Ada", "family": "Lovelace", "sequence": "first"},
            {"name": "The Consortium", "sequence": "additional"},
        ],
        "issued": {"date-parts": [[2021, 3, 4]]},
        "container-title": ["Journal of Things"],
        "URL": "https://doi.org/10.1000/xyz.1",
        "abstract": "<jats:title>Abstract</jats:title><jats:sec><jats:title>Background</jats:title>"
        "<jats:p>Water is wet; p &lt; 0.05.</jats:p></jats:sec><jats:p>It stays so.</jats:p>",
    },
}
DATACITE = {  # written by hand after the documentation of the REST API
    "data": {
        "id": "10.5281/zenodo.1",
        "attributes": {
            "doi": "10.5281/zenodo.1",
            "titles": [{"title": "A data set"}],
            "creators": [{"name": "Lovelace, Ada", "givenName": "Ada", "familyName": "Lovelace"}],
            "publicationYear": 2020,
            "publisher": "Zenodo",
            "descriptions": [
                {"description": "A table of contents.", "descriptionType": "TableOfContents"},
                {"description": "<p>Numbers of note.</p>", "descriptionType": "Abstract"},
            ],
            "url": "https://zenodo.org/record/1",
        },
    }
}


def test_dois_are_looked_up_where_they_are_known(services: Services) -> None:
    services.on("/works/10.1000/xyz.1", as_json(CROSSREF))
    services.on("/dois/10.5281/zenodo.1", as_json(DATACITE))
    services.on("/api/query", sample("arxiv/id_astro-ph_0601001_s0_m100.xml"))
    wanted = "doi:10.1000/XYZ.1, 10.5281/zenodo.1, 10.48550/arXiv.astro-ph/0601001, 10.1000/none"
    preprint, article, data, missing = rows(wanted, services.settings())
    assert isinstance(preprint, Paper)
    assert isinstance(article, Paper)
    assert isinstance(data, Paper)
    assert preprint.arxiv_id == "astro-ph/0601001"
    assert (article.title, article.year, article.venue) == (
        "Effects of H2O & E. coli",
        2021,
        "Journal of Things",
    )
    assert article.authors == ("Ada Lovelace", "The Consortium")
    assert article.abstract == "Background: Water is wet; p < 0.05. It stays so."
    assert (data.title, data.abstract, data.venue) == ("A data set", "Numbers of note.", "Zenodo")
    assert missing == Rejected("DOI 10.1000/none", "not found")


def daily(number: int) -> dict[str, Any]:
    """An entry written by hand after the answers of the Hub's API."""
    return {
        "paper": {
            "id": f"2511.{number:05}",
            "authors": [{"_id": "x", "name": "Ada Lovelace", "hidden": False}],
            "publishedAt": "2025-11-18T18:59:54.000Z",
            "title": f"Daily paper {number}",
            "summary": "A summary.\nIt goes on.",
            "upvotes": 12,
        },
        "publishedAt": "2025-11-19T00:00:00.000Z",
        "title": f"Daily paper {number}",
        "submittedBy": {"name": "somebody"},
    }


def test_the_daily_papers(services: Services) -> None:
    services.on(
        "/api/daily_papers", as_json([daily(n) for n in range(100)]), as_json([daily(100)]), as_json([])
    )
    found = rows("hf-papers:2026-11-20", services.settings())
    assert len(found) == 101
    assert isinstance(found[0], Paper)
    assert (found[0].id, found[0].year) == ("arxiv:2511.00000", 2025)
    assert found[0].abstract == "A summary. It goes on."
    assert [asked.params for asked in services.asked] == [
        {"date": "2026-11-20", "p": str(page), "limit": "100"} for page in range(3)
    ]


def test_trending_papers(services: Services) -> None:
    services.on("/api/daily_papers", as_json([daily(n) for n in range(30)]))
    assert len(rows("hf-papers:trending", services.settings(), limit=30)) == 30
    assert services.asked[0].params == {"sort": "trending", "p": "0", "limit": "30"}


@pytest.mark.parametrize(
    "source", ["openalex:x", "openalex:W1", "s2:x", "doi:10.1000/x", "hf-papers:trending"]
)
@pytest.mark.parametrize(
    "body", [b"<html>Sign in</html>", b"", b'{"results": 3, "data": {}}', b"3", b"[" * 100_000, b"\xff"]
)
def test_what_is_no_json_of_theirs_is_an_error_of_ours(services: Services, source: str, body: bytes) -> None:
    for path in (
        "/works",
        "/works/W1",
        "/works/10.1000/x",
        "/graph/v1/paper/search/bulk",
        "/api/daily_papers",
    ):
        services.on(path, Reply(body))
    with pytest.raises(SourceError):
        rows(source, services.settings())


# -- the mapping -----------------------------------------------------------------------------------

_KEYS = st.sampled_from(
    "id title abstract authors authorships author name display_name given family issued date-parts year "
    "doi DOI externalIds paper summary publishedAt abstract_inverted_index descriptions creators titles url "
    "primary_location source container-title".split()
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(_KEYS | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=25,
)


@given(_JSON)
def test_any_json_is_a_paper_or_refused(value: object) -> None:
    shapes: tuple[mapping.Shape, ...] = (openalex, semanticscholar, csl, datacite, hf_papers)
    for shape in shapes:
        try:
            assert make_paper(mapping.found(value, shape, "id", "paper.date").fields()).title
        except FieldError as error:
            assert str(error)


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_a_feed_or_refused(body: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert mapping.arxiv_feed(body).total >= 0


@pytest.mark.parametrize("places", [[*range(120_000)], [-3, "x", 0.5], {}])
def test_an_inverted_index_that_is_none_costs_its_work_alone(services: Services, places: object) -> None:
    bad = work(1) | {"abstract_inverted_index": {"a": places}}
    services.on("/works", as_json({"results": [bad, work(2)]}))
    first, second = rows("openalex:x", services.settings())
    assert isinstance(first, Rejected)
    assert first.reason.startswith("abstract_inverted_index h")
    assert isinstance(second, Paper)


# -- manners ---------------------------------------------------------------------------------------


def test_arxiv_is_asked_once_in_three_seconds(services: Services, clock: FakeClock) -> None:
    services.on("/api/query", library(MANY))
    rows("arxiv:all:x", services.settings(), limit=250)
    assert clock.waits == [3.0, 3.0]


def test_semantic_scholar_is_asked_once_in_a_second(services: Services, clock: FakeClock) -> None:
    for name in "abc":
        services.on(f"/graph/v1/paper/ACL:{name * 3}", as_json(S2_PAPER))
    rows("s2:ACL:aaa,ACL:bbb,ACL:ccc", services.settings())
    assert clock.waits == [1.0, 1.0]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_passes_is_tried_again(services: Services, clock: FakeClock, status: int) -> None:
    services.on("/works", Reply(status=status), Reply(status=status), sample("openalex/works.json"))
    assert len(rows("openalex:x", services.settings())) == 3
    assert len(clock.waits) == 2
    assert all(0.5 <= wait <= 2 for wait in clock.waits)


def test_a_wait_that_is_asked_for_is_kept_to(services: Services, clock: FakeClock) -> None:
    busy = Reply(status=429, headers={"Retry-After": "17"})
    services.on("/works", busy, sample("openalex/works.json"))
    assert len(rows("openalex:x", services.settings())) == 3
    assert clock.waits == [17.0]


@pytest.mark.parametrize("asked", ["3600", "Fri, 31 Dec 2099 23:59:59 GMT"])
def test_a_wait_that_is_too_long_is_an_error(services: Services, clock: FakeClock, asked: str) -> None:
    services.on("/works", Reply(status=429, headers={"Retry-After": asked}))
    with pytest.raises(SourceError, match=r"too many requests and asks to wait [\d,]+ seconds") as raised:
        rows("openalex:x", services.settings())
    assert "ASSISTANT_OPENALEX_KEY" in raised.value.hint
    assert not clock.waits


@pytest.mark.parametrize("asked", ["-5", "soon", "Fri, 99 Zzz", "9" * 400, "Fri, 31 Dec 1999 23:59:59 GMT"])
def test_a_wait_that_is_none_is_passed_over(services: Services, asked: str) -> None:
    services.on("/works", Reply(status=503, headers={"Retry-After": asked}), sample("openalex/works.json"))
    assert len(rows("openalex:x", services.settings())) == 3


def test_retries_come_to_an_end(services: Services) -> None:
    services.on("/api/query", Reply(status=500))
    with pytest.raises(SourceError, match=r"^arXiv fails \(500\)\. Run the same again later\.$"):
        rows("arxiv:2205.13504", services.settings(max_retries=2))
    assert len(services.asked) == 3


def test_silence_is_a_time_out(services: Services) -> None:
    services.on("/api/query", Reply(delay=0.4))
    with pytest.raises(SourceError, match="arXiv did not answer in time"):
        rows("arxiv:2205.13504", services.settings(read_timeout=0.1, max_retries=1))
    assert len(services.asked) == 2


def test_an_answer_that_trickles_is_a_time_out(
    services: Services, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.online.web import Clock

    def now(_: Clock) -> float:
        clock.time += 70  # as if each chunk took so long
        return clock.time

    monkeypatch.setattr(Clock, "now", now)
    services.on("/api/query", Reply(b"x" * 1_000_000))
    with pytest.raises(SourceError, match="did not answer in time"):
        rows("arxiv:2205.13504", services.settings(max_retries=0))


def test_an_answer_that_is_cut_short_is_tried_again(services: Services) -> None:
    cut = Reply(b"{", headers={"Content-Length": "1000"})
    services.on("/works", cut, sample("openalex/works.json"))
    assert len(rows("openalex:x", services.settings())) == 3
    services.on("/works", cut)
    with pytest.raises(SourceError, match="broke off its answer"):
        rows("openalex:x", services.settings(max_retries=1))


def test_offline_is_one_sentence(services: Services) -> None:
    settings = services.settings()
    services.close()
    with pytest.raises(SourceError, match=r"^arXiv cannot be reached\. Is this machine online\?$"):
        rows("arxiv:2205.13504", settings)


def test_a_huge_answer_is_refused(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    import gzip

    monkeypatch.setattr("assistant.online.web.MAX_BYTES", 1_000_000)
    services.on("/works", Reply(b" " * 1_200_000))
    with pytest.raises(SourceError, match="sends more than 1 MB"):
        rows("openalex:x", services.settings())
    bomb = gzip.compress(b" " * 30_000_000)
    services.on("/works", Reply(bomb, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(SourceError, match="sends more than 1 MB"):
        rows("openalex:x", services.settings())


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/works",
        "http://127.0.0.1:1/works",
        "//evil.example/x",
        "https://127.0.0.1:1/x",
        "file:///etc/passwd",
        "http://[",
        "javascript:x",
    ],
)
def test_a_redirect_elsewhere_is_refused(services: Services, location: str) -> None:
    services.on("/works", Reply(status=302, headers={"Location": location}))
    with pytest.raises(SourceError):
        rows("openalex:x", services.settings())
    assert len(services.asked) == 1


def test_redirects_within_the_host_come_to_an_end(services: Services) -> None:
    services.on("/works", Reply(status=302, headers={"Location": "/works"}))
    with pytest.raises(SourceError, match="redirects again and again"):
        rows("openalex:x", services.settings())
    assert len(services.asked) == 4


@pytest.mark.parametrize("status", [400, 401, 403, 404, 418, 429, 500])
@pytest.mark.parametrize("source", ["openalex:x", "s2:x"])
def test_a_key_is_never_told(services: Services, status: int, source: str) -> None:
    key = "secret-key-12345"
    echo = Reply(b'{"message": "Unknown key secret-key-12345 in the request"}', status)
    services.on("/works", echo)
    services.on("/graph/v1/paper/search/bulk", echo)
    settings = services.settings(openalex_key=key, s2_key=key)
    with pytest.raises(AssistantError) as raised:
        rows(source, settings)
    error: BaseException | None = raised.value
    while error:
        assert key not in f"{error!r} {error}"
        error = error.__cause__ or error.__context__
    assert key not in repr(settings)


def test_a_refusal_is_quoted_without_control_characters(services: Services) -> None:
    services.on("/works", Reply(b'{"error": "Bad", "message": "Unknown\\u001b[31m filter\\n x"}', 400))
    with pytest.raises(SourceError, match=r"OpenAlex refuses the request \(400: Unknown\[31m filter x\)"):
        rows("openalex:x", services.settings())


@pytest.mark.parametrize(
    "setting", [{"contact": "me"}, {"contact": "a@b\r\nX: y"}, {"s2_key": "a\nb"}, {"openalex_key": "kéy"}]
)
def test_settings_that_would_break_a_request_are_refused(setting: dict[str, str]) -> None:
    with pytest.raises(UsageError) as raised:
        Settings.load(**setting)
    assert next(iter(setting.values())) not in str(raised.value)
    assert f"ASSISTANT_{next(iter(setting)).upper()}" in str(raised.value)


def test_without_a_contact_none_is_sent(services: Services) -> None:
    services.on("/works", sample("openalex/works.json"))
    rows("openalex:x", Settings.load(openalex_url=services.url))
    assert "mailto" not in services.asked[0].headers["User-Agent"]
