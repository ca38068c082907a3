"""BibTeX: whole, broken and hostile files."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.corpus import read
from assistant.corpus.bibtex import MAX_PIECE, entries
from assistant.corpus.source import Line
from assistant.errors import CollectionError
from assistant.types import Paper, Rejected

LIBRARY = r"""% Encoding: UTF-8
This file was written by a program.

@comment{jabref-meta: databaseType:bibtex;}
@preamble{"\newcommand{\noop}[1]{}"}
@string{jml = "Journal of Machine Learning"}
@STRING(acm = {ACM} # " " # JML)

@Article{mueller2021,
  Author  = {M{\"u}ller, J{\"o}rg and {The {ATLAS} Group and Friends} and Ada Lovelace and others},
  title   = "The {DRAG}: {``Quoted''} $\alpha_{2}$ in " # jml # { -- Part~II},
  JOURNAL = acm,
  year    = 2021, month = jan # "~1",
  abstract = {We do 50\% of {\em it}. Write to me@x.org. A
    second line @ {CLEF} is here.},
  doi = {https://doi.org/10.1000/ABC{\_}d},
  url = {http://x.org/a\_b/~me},
}

@inproceedings{mueller2021, title={Same key}, booktitle={Proc. of X}, date={2019-05-01}, crossref={gone}}
@misc(three, title={In parentheses}, year={n.d.}, eprint={2205.13504v2}, archivePrefix={arXiv})
@book{four, title={A Book}, subtitle={And More}, editor={Ed Itor}, publisher={P}} @misc{e, title={One line}}
"""


def rows_of(folder: Path, text: str | bytes) -> list[Paper | Rejected]:
    path = folder / "library.bib"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(read(path))


def papers_of(folder: Path, text: str | bytes) -> list[Paper]:
    rows = rows_of(folder, text)
    assert not [row for row in rows if isinstance(row, Rejected)]
    return [row for row in rows if isinstance(row, Paper)]


def one(folder: Path, fields: str) -> Paper:
    (paper,) = papers_of(folder, f"@article{{key,\n{fields}\n}}\n")
    return paper


def test_a_library_as_programs_write_it(tmp_path: Path) -> None:
    first, same_key, parentheses, book, online = papers_of(tmp_path, LIBRARY)
    assert first.title == r"The DRAG: “Quoted” $\alpha_{2}$ in Journal of Machine Learning – Part II"
    assert first.authors == ("Müller, Jörg", "The ATLAS Group and Friends", "Ada Lovelace")
    assert first.abstract == "We do 50% of it. Write to me@x.org. A second line @ CLEF is here."
    assert [part.text for part in first.sentences][-1] == "A second line @ CLEF is here."
    assert (first.year, first.venue) == (2021, "ACM Journal of Machine Learning")
    assert (first.id, first.doi, first.url) == ("doi:10.1000/abc_d", "10.1000/abc_d", "http://x.org/a_b/~me")
    original = dict(first.original)
    assert original["title"].startswith(r"The {DRAG}: {``Quoted''} $\alpha_{2}$ in Journal")
    assert original["authors"].startswith(r"M{\"u}ller, J{\"o}rg; {The {ATLAS}")
    assert (same_key.title, same_key.venue, same_key.year) == ("Same key", "Proc. of X", 2019)
    assert (parentheses.id, parentheses.year) == ("arxiv:2205.13504", None)
    assert (book.title, book.authors, book.venue) == ("A Book: And More", ("Ed Itor",), "P")
    assert online.title == "One line"


@pytest.mark.parametrize(
    ("fields", "arxiv_id"),
    [
        ("title={A}, eprint={hep-th/9901001}, eprinttype={arxiv}", "hep-th/9901001"),
        ("title={A}, journal={arXiv preprint arXiv:1706.03762}", "1706.03762"),
        ("title={A}, journal={CoRR}, volume={abs/1706.03762}", "1706.03762"),
        ("title={A}, arxivId={1706.03762}", "1706.03762"),
        ("title={A}, url={https://arxiv.org/abs/1706.03762v5}", "1706.03762"),
        ("title={A}, doi={10.48550/arXiv.1706.03762}", "1706.03762"),
        ("title={A}, eprint={26012345}, eprinttype={pubmed}, volume={12}", None),
    ],
)
def test_arxiv_ids(tmp_path: Path, fields: str, arxiv_id: str | None) -> None:
    assert one(tmp_path, fields).arxiv_id == arxiv_id


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("{Knuth, Donald E. and Leslie Lamport}", ("Knuth, Donald E.", "Leslie Lamport")),
        ("{{Simon and Schuster}}", ("Simon and Schuster",)),
        ("{King, Jr., Martin Luther}", ("King, Jr., Martin Luther",)),
        ("{Smith, J., Doe, A., Roe, B.}", ("Smith, J.", "Doe, A.", "Roe, B.")),
        ("{Smith, J.; Doe, A.}", ("Smith, J.", "Doe, A.")),
        ("{A. One AND others}", ("A. One",)),
        ("{Erd\\H{o}s, P.\n  and\n  {\\L}ojasiewicz, S.}", ("Erdős, P.", "Łojasiewicz, S.")),
        ("{}", ()),
    ],
)
def test_names(tmp_path: Path, value: str, names: tuple[str, ...]) -> None:
    assert one(tmp_path, f"title={{A}}, author={value}").authors == names


UNCLOSED = 'the entry "two" cannot be read: a brace or a quote is missing'
NO_COMMA = 'the entry "two" has no comma after its field "title"'


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("@article{two, title={No end\n, year={2020}\n}\n", UNCLOSED),
        ('@article{two, title="No end,\n year={2020}\n}\n', UNCLOSED),
        ("@article{two, title={Too many}},\n year={2020}\n}\n", 'the entry "two" ends before its last field'),
        ("@article{two, title={A}\n abstract={B}\n}\n", NO_COMMA),
        ("@article{two, title}\n", 'the entry "two" cannot be read: Expected a'),
        ("@article{two, author={A}}\n", "title is missing"),
        ("@article{two, title={{}}}\n", "title is empty"),
    ],
)  # fmt: skip
def test_a_broken_entry_loses_nothing_else(tmp_path: Path, broken: str, reason: str) -> None:
    text = f"@article{{one, title={{First}}}}\n\n{broken}\n@article{{three, title={{Third}}}}\n"
    first, bad, third = rows_of(tmp_path, text)
    assert isinstance(first, Paper) and first.title == "First"
    assert isinstance(third, Paper) and third.title == "Third"
    assert isinstance(bad, Rejected)
    assert bad.where == "library.bib, line 3" and bad.reason.startswith(reason)


def test_the_last_entry_without_its_brace(tmp_path: Path) -> None:
    good, bad = rows_of(tmp_path, "@article{one, title={First}}\n@article{two, title={Second}\n")
    assert isinstance(good, Paper) and isinstance(bad, Rejected) and bad.where == "library.bib, line 2"


def test_of_two_fields_of_one_name_the_first_counts(tmp_path: Path) -> None:
    assert one(tmp_path, "title={One}, title={Two}").title == "One"


def test_comments_within_an_entry(tmp_path: Path) -> None:
    paper = one(
        tmp_path,
        "% first\n title = {A},\n % second\n date = {2024},\n url = {https://x.org} % last\n % of all",
    )
    assert (paper.title, paper.year, paper.url) == ("A", 2024, "https://x.org")


def test_what_is_no_paper_is_passed_over(tmp_path: Path) -> None:
    text = (
        "@control{REVTEX41Control, key={x}}\n@xdata{d, publisher={P}}\n@article{a, title={A}}\nJust text.\n"
    )
    assert [paper.title for paper in papers_of(tmp_path, text)] == ["A"]


def test_a_file_of_windows_with_cr(tmp_path: Path) -> None:
    text = "@article{a,\r\n title={Na\xefve \x93quotes\x94},\r\n author={M\xfcller, J.}\r\n}\r\n"
    (paper,) = papers_of(tmp_path, text.encode("latin-1"))
    assert (paper.title, paper.authors) == ("Naïve “quotes”", ("Müller, J.",))


def test_macros_before_all_entries(tmp_path: Path) -> None:
    macros = "".join(f'@string{{m{number} = "Journal {number}"}}\n' for number in range(5_000))
    assert len(macros) > 100_000
    (paper,) = papers_of(tmp_path, macros + "@article{a, title={A}, journal=m4999}\n")
    assert paper.venue == "Journal 4999"


def test_macros_that_grow_without_end_are_cut(tmp_path: Path) -> None:
    text = '@string{a0 = "xxxxxxxxxx"}\n'
    text += "".join(f"@string{{a{n + 1} = a{n} # a{n} # a{n} # a{n}}}\n" for n in range(60))
    bad, good = rows_of(tmp_path, text + "@article{a, title=a60}\n@article{b, title={B}, note=a60}\n")
    assert isinstance(bad, Rejected) and "title is 200,001 characters long" in bad.reason
    assert isinstance(good, Paper)


def test_an_entry_too_long_for_the_memory_is_rejected(tmp_path: Path) -> None:
    long = "@article{b, abstract={\n" + "words and words\n" * (MAX_PIECE // 16 + 1) + "}}\n"
    first, bad, last = rows_of(tmp_path, f"@article{{a, title={{A}}}}\n{long}@article{{c, title={{C}}}}\n")
    assert isinstance(first, Paper) and isinstance(last, Paper)
    assert bad == Rejected("library.bib, line 2", f"an entry of more than {MAX_PIECE:,} characters")


def test_entries_come_one_by_one() -> None:
    taken = 0

    def lines() -> object:
        nonlocal taken
        for taken in range(1, 1_000_001):
            yield Line(taken, f"@article{{k{taken}, title={{T}}}}\n")

    found = entries(lines())  # type: ignore[arg-type]
    assert [next(found).number for _ in range(3)] == [1, 2, 3]
    assert taken < 10


@pytest.mark.parametrize(
    "text",
    [
        "# Tool\n\nCite us:\n\n```bibtex\n@article{a, title={A}}\n```\n",
        "from functools import wraps\n\n@decorate(name)\ndef f() -> None: ...\n",
        "@Entity\npublic class A { }\n",
        "Mail me@x.org{a, b=1}\n",
    ],
)
def test_other_texts_are_not_taken_for_bibtex(tmp_path: Path, text: str) -> None:
    with pytest.raises(CollectionError, match="not known"):
        rows_of(tmp_path, text)


VOLUME = """@proceedings{Proc20, title={Proc. of {X} 2020}, year={2020}, publisher=pub,
  editor={Ed Itor}, doi={10.1000/v}}
@string{pub = {P}}
"""
CHILD = "@inproceedings{a, title={Of Things}, author={A. One}, crossref = {proc20}}\n"


@pytest.mark.parametrize("text", [VOLUME + CHILD, CHILD + VOLUME])
def test_a_paper_has_year_and_venue_of_the_volume_it_names(tmp_path: Path, text: str) -> None:
    paper = next(paper for paper in papers_of(tmp_path, text) if paper.title == "Of Things")
    assert (paper.year, paper.venue, paper.authors, paper.doi) == (2020, "Proc. of X 2020", ("A. One",), None)


def test_what_a_paper_says_itself_counts(tmp_path: Path) -> None:
    child = "@inproceedings{a, title={T}, year={2021}, booktitle={Mine}, crossref={Proc20}}\n"
    bare = "@inproceedings{b, title={U}, crossref={Proc20}}\n"
    _, own, others = papers_of(tmp_path, VOLUME + child + bare)
    assert (own.year, own.venue) == (2021, "Mine")
    assert (others.year, others.authors) == (2020, ())  # nobody who only edited wrote it


def test_xdata_are_fields_that_entries_share(tmp_path: Path) -> None:
    text = (
        "@article{a, title={T}, xdata={one, two}}\n@xdata{one, journal={J}, xdata={three}}\n"
        "@xdata{two, date={2019-02}, journal={K}}\n@xdata{three, author={A. One}, xdata={one}}\n"
        "@inproceedings{b, title={U}, crossref={v}}\n@proceedings{v, title={V}, xdata={two}, crossref={v}}\n"
    )
    first, second, volume = papers_of(tmp_path, text)
    assert (first.venue, first.year, first.authors) == ("J", 2019, ("A. One",))
    assert (second.title, second.year) == ("U", 2019)
    assert volume.title == "V"


def test_a_line_of_an_abstract_may_look_like_an_entry(tmp_path: Path) -> None:
    text = (
        "@article{one,\n  title={First},\n  abstract={Cite it as\n@article{x, y}\n  @misc{z}. Then go on.},\n"
        "  year={2020}\n}\n@article{two, title={No end,\n  year={2020}\n}\n@article{three, title={Third}}\n"
    )
    first, bad, third = rows_of(tmp_path, text)
    assert isinstance(first, Paper)
    assert first.abstract == "Cite it as @articlex, y @miscz. Then go on."
    assert first.year == 2020
    assert isinstance(bad, Rejected)
    assert bad.where == "library.bib, line 8"
    assert bad.reason == UNCLOSED
    assert isinstance(third, Paper)


PIECES = [*'{}",=#()\\%', "\n", "@article{k, title={T}}\n", "@a{b,", "\n@", "@string{a=", "title", "and"]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=60).map("".join))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_arbitrary_text_gives_rows_or_a_collection_error(tmp_path: Path, text: str) -> None:
    data = ("@article{k, title={First}}\n" + text).encode("utf-8", "surrogatepass")
    try:
        rows = rows_of(tmp_path, data)
    except CollectionError as error:
        assert error.message and error.hint
    else:
        assert any(isinstance(row, Paper) for row in rows)
        for row in rows:
            str(row).encode()


@pytest.mark.parametrize(
    "piece",
    [
        "{",
        '"',
        "@a{",
        "@a{b,",
        "@a{b,x={",
        "@",
        "#",
        "a # ",
        "\\",
        "=",
        "and ",
        "@comment{",
        "\n",
        "x\n",
        " ",
        "% ",
    ],
)
def test_a_hostile_megabyte_is_read_at_once(tmp_path: Path, piece: str) -> None:
    start = time.perf_counter()
    with suppress(CollectionError):
        rows_of(tmp_path, "@article{" + piece * (300_000 // len(piece)))
    rows = rows_of(tmp_path, "@article{k, title={T}}\n@article{l, title = " + piece * (300_000 // len(piece)))
    assert isinstance(rows[0], Paper)
    assert time.perf_counter() - start < 20  # quadratic would be hours
