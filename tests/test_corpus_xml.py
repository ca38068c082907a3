"""PubMed, arXiv and EndNote in XML: what comes out of real files, of broken ones and of hostile ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.corpus import read
from assistant.corpus.formats.xmlrecords import MAX_RECORD
from assistant.errors import CollectionError
from assistant.types import Paper, Rejected

SAMPLES = Path(__file__).parent / "samples"


def papers_of(path: Path) -> list[Paper]:
    rows = list(read(path))
    assert not [row for row in rows if isinstance(row, Rejected)]
    return [row for row in rows if isinstance(row, Paper)]


def rows_of(folder: Path, content: str | bytes) -> list[Paper | Rejected]:
    path = folder / "file.xml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read(path))


def titles_of(rows: list[Paper | Rejected]) -> list[str]:
    return [row.title for row in rows if isinstance(row, Paper)]


def rejected_of(rows: list[Paper | Rejected]) -> list[Rejected]:
    return [row for row in rows if isinstance(row, Rejected)]


def article(title: str = "A Title", more: str = "", number: int = 7, data: str = "") -> str:
    return (
        f"<PubmedArticle><MedlineCitation><PMID>{number}</PMID><Article><ArticleTitle>{title}</ArticleTitle>"
        f"{more}</Article></MedlineCitation>{data}</PubmedArticle>\n"
    )


def pubmed(*articles: str, head: str = "") -> str:
    return f"{head}<PubmedArticleSet>\n{''.join(articles)}</PubmedArticleSet>\n"


# -- what real files hold ------------------------------------------------------------------------


def test_pubmed() -> None:
    first, second = papers_of(SAMPLES / "pubmed" / "pubmed1.xml")
    assert first.title == "The treatment of AIDS behind the walls of correctional facilities."
    assert (first.authors, first.year, first.abstract) == (("Olivero, J Michael",), 1990, "")
    assert first.venue == "Social justice (San Francisco, Calif.)"
    assert first.url == "https://pubmed.ncbi.nlm.nih.gov/12091962/"
    assert first.id.startswith("t:") and first.doi is None
    assert second.id == "doi:10.1016/0005-2795(76)90109-4"
    assert second.abstract.startswith(
        "Electron paramagnetic resonance and magnetic susceptibility studies of"
    )
    assert first.sources == second.sources == ("pubmed1.xml",)


def test_a_structured_abstract_keeps_its_labels() -> None:
    (paper,) = papers_of(SAMPLES / "pubmed" / "pubmed5.xml")
    labels = re.findall(r"(?:^|(?<=[.] ))[A-Z]+(?=: )", paper.abstract)
    assert labels == ["OBJECTIVES", "METHODS", "RESULTS", "CONCLUSIONS"]
    assert any(sentence.text.startswith("METHODS: ") for sentence in paper.sentences)
    assert paper.authors[1] == "Beane Freeman, Laura E"


def test_a_group_is_an_author() -> None:
    (paper,) = papers_of(SAMPLES / "pubmed" / "pubmed7.xml")
    assert paper.authors[-1] == "Canadian Respiratory Research Network"


def test_arxiv() -> None:
    papers = papers_of(SAMPLES / "arxiv" / "q_testing_s0_m10.xml")
    assert len(papers) == 10
    assert all(p.abstract and p.authors and p.year and p.arxiv_id for p in papers)
    assert sum(p.doi is not None for p in papers) == sum(p.venue is not None for p in papers) == 6
    (old,) = papers_of(SAMPLES / "arxiv" / "id_astro-ph_0601001_s0_m100.xml")
    assert (old.id, old.year, old.venue) == ("arxiv:astro-ph/0601001", 2006, "ActaAstron.56:1-50,2006")
    assert old.url == "https://arxiv.org/abs/astro-ph/0601001v1"
    assert old.authors[0] == "Andrew Gould"


def test_an_answer_of_arxiv_without_papers_says_why() -> None:
    with pytest.raises(CollectionError, match="arXiv answered with an error: incorrect id format for abc"):
        list(read(SAMPLES / "arxiv" / "id_abc_s0_m100.xml"))
    with pytest.raises(CollectionError, match="no row at all"):
        list(read(SAMPLES / "arxiv" / "id_0000.0000_s0_m100.xml"))


ENDNOTE = """<?xml version="1.0" encoding="UTF-8"?><xml><records><record>
<ref-type name="Journal Article">17</ref-type>
<contributors><authors><author><style face="normal">Lovelace, Ada</style></author>
<author>Babbage, Charles</author></authors></contributors>
<titles><title><style face="normal">On </style><style face="italic">Engines</style></title>
<secondary-title>Taylor's Memoirs</secondary-title></titles>
<dates><year><style>1843</style></year></dates><abstract><style>It weaves &amp; counts.</style></abstract>
<electronic-resource-num>10.1000/Engine</electronic-resource-num>
<urls><related-urls><url>https://example.org/engine</url></related-urls></urls>
</record></records></xml>"""


def test_endnote(tmp_path: Path) -> None:
    (paper,) = rows_of(tmp_path, ENDNOTE)
    assert isinstance(paper, Paper)
    assert (paper.title, paper.abstract) == ("On Engines", "It weaves & counts.")
    assert (paper.authors, paper.year) == (("Lovelace, Ada", "Babbage, Charles"), 1843)
    assert (paper.venue, paper.doi) == ("Taylor's Memoirs", "10.1000/engine")
    assert paper.url == "https://example.org/engine"


@pytest.mark.parametrize(
    ("more", "field", "value"),
    [
        ("<Journal><JournalIssue><PubDate><MedlineDate>1998 Dec-1999 Jan</MedlineDate></PubDate>"
         "</JournalIssue></Journal>", "year", 1998),
        ("<ArticleDate><Year>2012</Year></ArticleDate>", "year", 2012),
        ('<ELocationID EIdType="pii">S1</ELocationID><ELocationID EIdType="doi">10.1/X</ELocationID>', "doi",
         None),
        ('<ELocationID EIdType="doi">10.1000/X</ELocationID>', "doi", "10.1000/x"),
        ("<AuthorList><Author><LastName>Ng</LastName><Suffix>Jr</Suffix><Initials>A</Initials></Author>"
         '<Author ValidYN="N"><LastName>Gn</LastName></Author></AuthorList>', "authors", ("Ng Jr, A",)),
        ('<Abstract><AbstractText Label="UNLABELLED">H<sub>2</sub>O.</AbstractText><AbstractText/>'
         '<AbstractText Label="RESULTS:">Wet.</AbstractText></Abstract>', "abstract", "H2O. RESULTS: Wet."),
    ],
)  # fmt: skip
def test_fields_of_pubmed(tmp_path: Path, more: str, field: str, value: object) -> None:
    (paper,) = rows_of(tmp_path, pubmed(article(more=more)))
    assert getattr(paper, field) == value


def test_the_doi_is_not_that_of_a_cited_paper(tmp_path: Path) -> None:
    cited = '<ArticleIdList><ArticleId IdType="doi">10.1000/cited</ArticleId></ArticleIdList>'
    own = '<ArticleIdList><ArticleId IdType="doi">10.1000/own</ArticleId></ArticleIdList>'
    data = f"<PubmedData><ReferenceList><Reference>{cited}</Reference></ReferenceList>%s</PubmedData>"
    first, second = rows_of(tmp_path, pubmed(article(data=data % own), article("Other", data=data % "")))
    assert isinstance(first, Paper) and first.doi == "10.1000/own"
    assert isinstance(second, Paper) and second.doi is None


def test_a_book_and_a_foreign_title(tmp_path: Path) -> None:
    book = (
        "<PubmedBookArticle><BookDocument><PMID>9</PMID>"
        '<ArticleIdList><ArticleId IdType="doi">10.1000/b</ArticleId></ArticleIdList>'
        "<Book><BookTitle>GeneReviews</BookTitle><PubDate><Year>1993</Year></PubDate></Book>"
        "<ArticleTitle>A Chapter</ArticleTitle>"
        "<AuthorList><Author><LastName>One</LastName></Author></AuthorList>"
        "<Abstract><AbstractText>It is rare.</AbstractText></Abstract></BookDocument></PubmedBookArticle>"
    )
    foreign = article("[Not Available].", "<VernacularTitle>Über das Blut</VernacularTitle>")
    chapter, other = rows_of(tmp_path, pubmed(book, foreign))
    assert isinstance(chapter, Paper)
    assert (chapter.title, chapter.venue, chapter.year) == ("A Chapter", "GeneReviews", 1993)
    assert (chapter.doi, chapter.authors, chapter.abstract) == ("10.1000/b", ("One",), "It is rare.")
    assert titles_of([other]) == ["Über das Blut"]


# -- how files are written -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("ISO-8859-1", "latin-1"),
        ("windows-1252", "cp1252"),
        ("UTF-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("UTF-16", "utf-16"),
        ("UTF-16", "utf-16-le"),
        ("UTF-16", "utf-8"),  # declared by programs that then write something else
        ("no-such-code", "utf-8"),
        ("unicode_escape", "utf-8"),
        ("KOI8-R", "koi8-r"),
        ("GB18030", "gb18030"),
        ("Shift_JIS", "shift_jis"),
    ],
)
def test_the_declared_encoding_is_honoured(tmp_path: Path, declared: str, codec: str) -> None:
    word = {"koi8-r": "Жизнь", "gb18030": "论文", "shift_jis": "論文"}.get(codec, "Café")
    text = pubmed(article(word), head=f'<?xml version="1.0" encoding="{declared}"?>\n')
    assert titles_of(rows_of(tmp_path, text.encode(codec))) == [word]


def test_stray_bytes_controls_and_html_entities_are_mended(tmp_path: Path) -> None:
    text = pubmed(article("Na@ve &eacute;t&eacute; \x02&nbsp;x"), article("&amp;lt;")).encode()
    assert titles_of(rows_of(tmp_path, text.replace(b"@", b"\xef"))) == ["Naïve été x", "<"]


def test_prefixes_of_namespaces_do_not_matter(tmp_path: Path) -> None:
    text = (
        '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:id>http://arxiv.org/abs/2101.00001v2</a:id>'
        "<a:title>A</a:title></a:entry></a:feed>"
    )
    (paper,) = rows_of(tmp_path, text)
    assert isinstance(paper, Paper) and paper.id == "arxiv:2101.00001"


def test_files_written_one_after_the_other(tmp_path: Path) -> None:
    text = pubmed(article("One")) + '<?xml version="1.0"?>' + pubmed(article("Two"))
    assert titles_of(rows_of(tmp_path, text)) == ["One", "Two"]


def test_records_that_blocks_cut_anywhere(tmp_path: Path) -> None:
    titles = [f"Title {number}{'x' * (number % 977)}" for number in range(1500)]
    rows = rows_of(tmp_path, pubmed(*map(article, titles)))
    assert titles_of(rows) == titles


# -- what is broken ------------------------------------------------------------------------------


def test_a_broken_record_costs_only_itself(tmp_path: Path) -> None:
    broken = "<PubmedArticle><b>no</i></PubmedArticle>\n"
    rows = rows_of(
        tmp_path, pubmed(article("One"), broken, "<PubmedArticle>\n", article("Two"), "<PubmedArticle/>")
    )
    assert titles_of(rows) == ["One", "Two"]
    assert [str(row) for row in rejected_of(rows)] == [
        "file.xml, line 3: not valid XML: mismatched tag in line 3",
        "file.xml, line 4: the record has no end",
    ]
    assert rejected_of(rows)[0].text == broken.strip()


def test_a_file_that_was_cut_off_keeps_what_came_before(tmp_path: Path) -> None:
    text = pubmed(article("One"), article("Two"))
    within = rows_of(tmp_path, text[: text.index("Two")])
    assert titles_of(within) == ["One"]
    assert [str(row) for row in rejected_of(within)] == [
        "file.xml, line 3: cut off: the file ends within this record"
    ]
    between = rows_of(tmp_path, text.removesuffix("</PubmedArticleSet>\n"))
    assert titles_of(between) == ["One", "Two"]
    assert [str(row) for row in rejected_of(between)] == [
        "file.xml, line 4: cut off: the file ends before </PubmedArticleSet>"
    ]


def test_other_xml_is_not_known(tmp_path: Path) -> None:
    for text in (
        '<?xml version="1.0"?><rss><channel><item><title>News</title></item></channel></rss>',
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A blog</title></entry></feed>',
        "<html><body>PubmedArticleSet</body></html>",
    ):
        with pytest.raises(CollectionError, match="not known"):
            rows_of(tmp_path, text)


# -- what is hostile -----------------------------------------------------------------------------

LAUGHS = "".join(
    f'<!ENTITY l{level} "{f"&l{level - 1};" * 10 if level else "lol" * 10}">' for level in range(10)
)


@pytest.mark.parametrize(
    "inner", [LAUGHS, '<!ENTITY l9 SYSTEM "file:///etc/passwd">', '<!ENTITY % p SYSTEM "x">']
)
def test_what_a_file_declares_is_never_expanded(tmp_path: Path, inner: str) -> None:
    head = f'<?xml version="1.0"?>\n<!DOCTYPE PubmedArticleSet [{inner}]>\n'
    rows = rows_of(tmp_path, pubmed(article("&l9;"), article("Good"), head=head))
    assert titles_of(rows) == ["Good"]
    (bad,) = rejected_of(rows)
    assert bad.where == "file.xml, line 4" and "not expanded" in bad.reason
    with pytest.raises(CollectionError, match="not expanded"):
        rows_of(tmp_path, pubmed(article("&l9;"), head=head))


def test_an_external_document_type_is_not_fetched(tmp_path: Path) -> None:
    head = '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD//EN" "http://192.0.2.1/pubmed.dtd">\n'
    assert titles_of(rows_of(tmp_path, pubmed(article("Good"), head=head))) == ["Good"]


@pytest.mark.parametrize("depth", [201, 100_000])
def test_deep_nesting_is_rejected(tmp_path: Path, depth: int) -> None:
    rows = rows_of(tmp_path, pubmed(article("<i>" * depth + "x" + "</i>" * depth), article("Good")))
    assert titles_of(rows) == ["Good"]
    assert rejected_of(rows)[0].reason == "nested too deeply"


def test_a_record_too_long_for_the_memory_is_rejected(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, pubmed(article("x" * (MAX_RECORD + 10)), article("Good")))
    assert titles_of(rows) == ["Good"]
    assert "longer than" in rejected_of(rows)[0].reason


PIECES = [
    "<PubmedArticleSet>", "</PubmedArticleSet>", "<PubmedArticle>", "</PubmedArticle>", article(),
    "<feed>arxiv.org", "</feed>", "<entry>", "</entry>", "<id>", "<title>A</title>", "<xml><records><record>",
    "</record>", "<titles>", "</", "<", ">", "&", "&#0;", "&#xD800;", "&x;", "<![CDATA[", "]]>", "<!--",
    "-->", "<!DOCTYPE", '"', "\n", "\0", '<?xml version="1.0" encoding="utf-7"?>', "é", "x",
]  # fmt: skip


@given(
    st.sampled_from(["", "<PubmedArticleSet>", "<feed>arxiv.org", "<xml><records><record>"]),
    st.lists(st.sampled_from(PIECES), max_size=30),
)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_arbitrary_markup_gives_rows_or_a_collection_error(
    tmp_path: Path, begin: str, rest: list[str]
) -> None:
    try:
        rows = rows_of(tmp_path, begin + "".join(rest))
    except CollectionError as error:
        assert error.message and error.hint
    else:
        assert titles_of(rows)
        for row in rows:
            f"{row} {row.text}".encode()


@given(st.integers(0, 10**6), st.binary(max_size=6))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_real_files_give_rows_or_a_collection_error(tmp_path: Path, place: int, noise: bytes) -> None:
    for sample in ("pubmed/pubmed1.xml", "arxiv/id_astro-ph_0601001_s0_m100.xml"):
        content = (SAMPLES / sample).read_bytes()
        at = place % len(content)
        try:
            rows_of(tmp_path, content[:at] + noise + content[at + len(noise) :])
        except CollectionError as error:
            assert error.message and error.hint
