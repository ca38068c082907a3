"""Tables as CSV and TSV: columns by any of their names, rows that are broken, and texts that are no table."""

from __future__ import annotations

import csv
import io
import unicodedata
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.corpus import paper_id, read
from assistant.errors import CollectionError
from assistant.types import Paper, Rejected

Cells = list[str]


def rows_of(folder: Path, text: str, encoding: str = "utf-8") -> list[Paper | Rejected]:
    path = folder / "file.csv"
    path.write_bytes(text.encode(encoding))
    return list(read(path))


def table(*rows: Cells, delimiter: str = ",") -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue()


def paper_of(folder: Path, header: Cells, cells: Cells) -> Paper:
    (paper,) = rows_of(folder, table(header, cells))
    assert isinstance(paper, Paper), paper
    return paper


def shown(rows: list[Paper | Rejected]) -> list[str]:
    return [row.title if isinstance(row, Paper) else f"{row.where[10:]}: {row.reason}" for row in rows]


# The headers as the programs write them, with the cells that matter filled in.
EXPORTS = {
    "Scopus": {
        "Authors": "Lovelace A.; Babbage C.",
        "Author full names": "Lovelace, Ada (57190000000); Babbage, Charles (7004000000)",
        "Author(s) ID": "57190000000; 7004000000",
        "Title": "On H<inf>2</inf>O",
        "Year": "2021",
        "Source title": "Nature",
        "DOI": "10.1000/ABC",
        "Link": "https://www.scopus.com/x",
        "Abstract": "We do it.",
        "Author Keywords": "",
    },
    "Web of Science": {
        "PT": "J",
        "AU": "Lovelace, A; Babbage, C",
        "AF": "Lovelace, Ada; Babbage, Charles",
        "TI": "On H2O",
        "SO": "Nature",
        "AB": "We do it.",
        "PY": "2021",
        "DI": "10.1000/abc",
        "UT": "WOS:1",
    },
    "Zotero": {
        "Key": "ABCD",
        "Item Type": "journalArticle",
        "Publication Year": "",
        "Author": "Lovelace, Ada; Babbage, Charles",
        "Title": "On H2O",
        "Publication Title": "Nature",
        "DOI": "",
        "Url": "https://doi.org/10.1000/abc",
        "Abstract Note": "We do it.",
        "Date": "May 3, 2021",
    },
    "IEEE Xplore": {
        "Document Title": "On H2O",
        "Authors": "Ada Lovelace; Charles Babbage",
        "Publication Title": "Nature",
        "Publication Year": "2021",
        "Abstract": "We do it.",
        "DOI": "10.1000/abc",
        "PDF Link": "https://ieeexplore.ieee.org/1",
    },
    "Embase": {
        "Title": "On H2O",
        "Author Names": "Lovelace A., Babbage C.",
        "Source": "Nature (2021) 3:3 (152-160). Date of Publication: 3 May 2021",
        "Abstract": "We do it.",
        "Open URL Link": "http://sfx.example.org/x?sid=EMBASE&id=doi:10.1000%2FABC&atitle=On",
    },
    "Covidence": {
        "Title": "On H2O",
        "Authors": "Lovelace, A.; Babbage, C.",
        "Abstract": "We do it.",
        "Published Year": "2021",
        "Journal": "Nature",
        "DOI": "https://doi.org/10.1000/abc",
        "Covidence #": "#1",
    },
    "OpenAlex": {
        "id": "https://openalex.org/W1",
        "doi": "https://doi.org/10.1000/abc",
        "display_name": "On H2O",
        "publication_year": "2021",
        "primary_location.source.display_name": "Nature",
        "authorships.author.display_name": "Ada Lovelace|Charles Babbage",
        "abstract": "We do it.",
    },
    "ASReview": {
        "primary_title": "On H2O",
        "notes_abstract": "We do it.",
        "first_authors": "['Lovelace, Ada', \"Babbage, Charles\"]",
        "publication_year": "2021//",
        "secondary_title": "Nature",
        "doi": "10.1000/abc",
        "id": "12345",
    },
}


@pytest.mark.parametrize("program", EXPORTS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_columns_as_programs_name_them(tmp_path: Path, program: str, delimiter: str, encoding: str) -> None:
    header, cells = (
        [*EXPORTS[program]],
        [
            *EXPORTS[program].values(),
        ],
    )
    header, cells = [*header, "Note"], [*cells, "naïve – “x”"]
    (paper,) = rows_of(tmp_path, table(header, cells, delimiter=delimiter), encoding)
    assert isinstance(paper, Paper), paper
    assert paper.id == "doi:10.1000/abc"
    assert (paper.title, paper.abstract) == ("On H2O", "We do it.")
    assert (paper.year, paper.venue) == (2021, "Nature")
    assert [name for name in paper.authors if "Lovelace" in name or "Babbage" in name] == [*paper.authors]
    assert len(paper.authors) == 2


def test_pubmed_has_no_abstracts(tmp_path: Path) -> None:
    paper = paper_of(
        tmp_path,
        "PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,Create Date,PMCID,DOI".split(
            ","
        ),
        ["1", "On It.", "Lovelace A, Babbage C.", "x", "Lovelace A", "Nature", "2021", "2021/05/03", "", ""],
    )
    assert (paper.id, paper.abstract) == (paper_id(title="On It."), "")
    assert paper.authors == ("Lovelace A", "Babbage C.")
    assert (paper.year, paper.venue) == (2021, "Nature")


@pytest.mark.parametrize("header", ["id,title,abstract,year", "_id,title,text", "ID,Title,Abstract,arxiv_id"])
def test_ids_of_our_own_shape_are_kept(tmp_path: Path, header: str) -> None:
    cells = ["x7", "A <i>Title</i>", "We do it.", "2021"][: header.count(",") + 1]
    paper = paper_of(tmp_path, header.split(","), cells)
    assert (paper.id, paper.title, paper.abstract) == ("x7", "A <i>Title</i>", "We do it.")


def test_ids_among_columns_of_others_are_not(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, ["id", "title", "abstract", "label"], ["1", "A Title", "We do it.", "0"])
    assert paper.id == paper_id(title="A Title")


@pytest.mark.parametrize("nothing", ["[No abstract available]", "No abstract available.", "N/A", "nan"])
def test_words_for_no_abstract_are_none(tmp_path: Path, nothing: str) -> None:
    assert paper_of(tmp_path, ["Title", "Abstract"], ["A Title", nothing]).abstract == ""


@pytest.mark.parametrize("before", ["\n\n", "sep=;\n", "About the data: exported, on 3 May\n\n", ";;;\n"])
def test_lines_before_the_header(tmp_path: Path, before: str) -> None:
    rows = rows_of(tmp_path, f"{before}Title;Authors;Abstract\nOne;A. B;We, too.\n")
    assert shown(rows) == ["One"]


def test_commas_in_texts_do_not_hide_the_delimiter(tmp_path: Path) -> None:
    text = "Title;Abstract\n" + "One, two, three;We do a, b, c, and d.\n" * 3
    assert shown(rows_of(tmp_path, text)) == ["One, two, three"] * 3


def test_newlines_quotes_and_blank_rows(tmp_path: Path) -> None:
    text = (
        'title,abstract,year\r\n"A ""big"" one","First.\r\n\r\nSecond, too.",2021\r\n,,\r\n\r\n"Two","",\r\n'
    )
    one, two = rows_of(tmp_path, text)
    assert isinstance(one, Paper) and isinstance(two, Paper)
    assert (one.title, one.abstract, one.year) == ('A "big" one', "First. Second, too.", 2021)
    assert (two.title, two.abstract) == ("Two", "")


def test_a_header_that_is_repeated_is_no_row(tmp_path: Path) -> None:
    assert shown(rows_of(tmp_path, "Title,Abstract\nOne,a\nTitle, Abstract\nTwo,b\n")) == ["One", "Two"]


def test_rows_that_do_not_fit_are_rejected_with_their_line(tmp_path: Path) -> None:
    text = 'title,abstract,year\nOne,"a\nb",1999\nshort\nTwo,a,1999,\nlong,a,b,c\n,a,1999\nThree,a,n.d.\n'
    assert shown(rows_of(tmp_path, text)) == [
        "One",
        "line 4: 1 cell where the header has 3",
        "Two",
        "line 6: 4 cells where the header has 3",
        "line 7: title is empty",
        "Three",
    ]


def test_a_quote_that_is_not_closed_costs_its_row_alone(tmp_path: Path) -> None:
    text = 'title,abstract,year\nOne,a,1999\n"Bad,a,1999\n"Two","a, b",1999\nThree,a,1999\n'
    bad = "line 3: a quote is not closed, or not doubled within quotes"
    assert shown(rows_of(tmp_path, text)) == ["One", bad, "Two", "Three"]


def test_a_file_cut_off_within_quotes_keeps_what_came_before(tmp_path: Path) -> None:
    text = 'title,year,abstract\nOne,1999,"a"\nTwo,1999,"We do it. And th'
    bad = "line 3: a quote is not closed, or not doubled within quotes"
    assert shown(rows_of(tmp_path, text)) == ["One", bad]


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ('5" disks and 3" disks,a,1999', '5" disks and 3" disks'),
        ('"The "new" way, again",a,1999', None),
        ('"The ""new"" way" ,a,1999', 'The "new" way'),
        ('One, "a, b" , 1999', "One"),
    ],
)
def test_quotes_in_odd_places(tmp_path: Path, line: str, title: str | None) -> None:
    row, last = rows_of(tmp_path, f"title,abstract,year\n{line}\nLast,a,1999\n")
    assert isinstance(last, Paper)
    assert row.title == title if isinstance(row, Paper) else title is None


def test_tabs_without_any_quoting(tmp_path: Path) -> None:
    text = 'TI\tAB\tPY\n"Open, said she\tWe do "it".\t1999\n"It" is\ta\t1999\nTwo\ta\t1999\n'
    assert shown(rows_of(tmp_path, text)) == ['"Open, said she', "It is", "Two"]


def test_a_cell_that_is_far_too_long_is_rejected(tmp_path: Path) -> None:
    text = f"title,abstract\nOne,a\nLong,{'x' * 300_000}\nText,{'x' * 110_000}\nTwo,b\n"
    assert shown(rows_of(tmp_path, text)) == [
        "One",
        "line 3: a cell of more than 131,072 characters",
        "line 4: abstract is 110,000 characters long, more than 100,000",
        "Two",
    ]


def test_rows_without_an_end_are_not_read_over_and_over(tmp_path: Path) -> None:
    # Each of these lines leaves a quote open, whether one was open before it or not.
    rows = rows_of(tmp_path, "title,abstract\nOne,a\n" + 'a","c\n' * 5_000)
    assert shown(rows[:1]) == ["One"]
    assert len(rows) == 5_001 and not any(isinstance(row, Paper) for row in rows[1:])


def test_a_table_without_titles_says_which_columns_it_has(tmp_path: Path) -> None:
    for header in ("Abstract,Authors,Label", "query-id,corpus-id,score"):
        with pytest.raises(CollectionError) as caught:
            rows_of(tmp_path, f"{header}\na,b,1\nc,d,2\n")
        assert f"no column of titles; the columns are: {header.replace(',', ', ')}" in str(caught.value)


def test_a_header_with_nothing_below_is_a_table(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match=r"looks like a table .* \(no row at all\)"):
        rows_of(tmp_path, "title,abstract\n\n")


@pytest.mark.parametrize(
    "text",
    [
        "Dear Ada,\n\nthe title, the abstract and the year are missing.\n\nYours, Charles\n",
        "The fields are\ntitle, abstract,\nauthors and year.\n",
        "Tea, bread, butter\n\nWe went out, and came back.\n",
    ],
)
def test_other_texts_are_no_table(tmp_path: Path, text: str) -> None:
    with pytest.raises(CollectionError) as caught:
        rows_of(tmp_path, text)
    assert "columns are" not in str(caught.value)


CELL = st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" ,;|\t\"\n'"), max_size=20)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6), st.sampled_from(",;\t|"))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_python_writes_is_read_back(
    tmp_path: Path, texts: list[tuple[str, str]], delimiter: str
) -> None:
    # A row with an end that cannot be mistaken, and a title that is one.
    cells = [[f"T{number} {title}", abstract, "end"] for number, (title, abstract) in enumerate(texts)]
    rows = rows_of(tmp_path, table(["title", "abstract", "label"], *cells, delimiter=delimiter))
    assert shown(rows) == [" ".join(title.split()) for title, _, _ in cells]


@given(st.text(st.sampled_from('tile,;\t|"\n\r Aé\\[<&\u2028\x85'), max_size=120))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_below_a_header_gives_rows_or_a_collection_error(tmp_path: Path, text: str) -> None:
    for header in ("title,abstract\n", "Title;Authors;Year\n", "TI\tAB\tPY\n"):
        try:
            rows = rows_of(tmp_path, header + text)
        except CollectionError as error:
            assert error.message
        else:
            for row in rows:
                str(row).encode()


# In the order of title, abstract, authors, year and venue.
ABROAD = {
    "German": "Titel;Zusammenfassung;Autor:innen;Jahr;Zeitschrift",
    "German, too": "Titel;Kurzfassung;Verfasser;Erscheinungsjahr;Quelle",
    "French": "Titre;Résumé;Auteur(s);Année;Revue",
    "French, too": "Titre de l'article;Resume;Auteurs;Année de publication;Titre de la revue",
    "Spanish": "Título;Resumen;Autores;Año;Revista",
    "Portuguese": "Título;Resumo;Autor(es);Ano de publicação;Periódico",
    "Italian": "Titolo;Riassunto;Autori;Anno;Rivista",
    "Dutch": "Titel;Samenvatting;Auteurs;Jaar;Tijdschrift",
    "Chinese": "标题;摘要;作者;年份;期刊",
    "Chinese of Taiwan": "題名;摘要;作者;出版年;來源",
    "CNKI": "Title-题名;Summary-摘要;Author-作者;PubTime-发表时间;Source-文献来源",
    "Japanese": "タイトル;要旨;著者名;発行年;掲載誌",
    "Russian": "Название;Аннотация;Авторы;Год публикации;Журнал",
}


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("language", ABROAD)
def test_columns_as_people_name_them(tmp_path: Path, language: str, form: Literal["NFC", "NFD"]) -> None:
    header = unicodedata.normalize(form, ABROAD[language])
    (paper,) = rows_of(tmp_path, f"{header}\nOn Sums;We add.;Lovelace, Ada；Babbage, Charles;2021;Nature\n")
    assert isinstance(paper, Paper)
    assert (paper.title, paper.abstract, paper.year, paper.venue) == ("On Sums", "We add.", 2021, "Nature")
    assert paper.authors == ("Lovelace, Ada", "Babbage, Charles")


@pytest.mark.parametrize(
    "header", ["title", "Title", '"title"', "\ufeffTITLE", "Titel", "Titre", "标题", "Document Title"]
)
def test_a_column_of_titles_alone(tmp_path: Path, header: str) -> None:
    rows = rows_of(tmp_path, f'{header}\nOn sums, and more\n"On parts, too"\n\nOn Ends\n')
    assert shown(rows) == ["On sums, and more", "On parts, too", "On Ends"]


@pytest.mark.parametrize("first", ["# Title", "Titles", "Title:", "Summary", "A title", "Author"])
def test_words_that_are_no_column_of_titles(tmp_path: Path, first: str) -> None:
    with pytest.raises(CollectionError, match="not known here"):
        rows_of(tmp_path, f"{first}\nSome words\nAnd some more\n")
