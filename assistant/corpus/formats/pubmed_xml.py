"""PubMed's XML: articles and books of a PubmedArticleSet; knows nothing of PubMed's text formats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from ...types import Paper, Rejected
from ..source import Source
from .xmlrecords import read_records, text

NAME = "PubMed XML"
MENDABLE = ("<PubmedArticleSet>\n", "\n", "\n</PubmedArticleSet>\n")

_BEGIN = re.compile(
    r"\s*<(?:[^<]*<){0,99}?(?:PubmedArticleSet|PubmedBookArticleSet|Pubmed(?:Book)?Article)[\s>]"
)
_UNLABELLED = {"", "UNLABELLED", "UNLABELED"}


def recognises(head: str) -> bool:
    """Whether the file begins with a set of articles."""
    return bool(_BEGIN.match(head))


def read(source: Source) -> Iterator[Paper | Rejected]:
    """A paper or a reason for each article."""
    return read_records(source, "PubmedArticleSet", ("PubmedArticle", "PubmedBookArticle"), _fields)


def _fields(record: Element) -> dict[str, object]:
    """The fields of an article, or of a book or one of its chapters."""
    number = text(record, "MedlineCitation/PMID", "BookDocument/PMID")
    about = record.find("BookDocument") if record.tag == "PubmedBookArticle" else None
    if about is not None:
        title = text(about, "ArticleTitle", "Book/BookTitle")
        venue = (
            text(about, "Book/BookTitle") if text(about, "ArticleTitle") else text(about, "Book/Publisher")
        )
        years = ("ContributionDate/Year", "Book/PubDate/Year", "Book/BeginningDate/Year")
        authors = _authors(about, "AuthorList") or _authors(about, "Book/AuthorList")
        doi = text(about, "ArticleIdList/ArticleId[@IdType='doi']")
    else:
        article = record.find("MedlineCitation/Article")
        about = record if article is None else article
        title = text(about, "ArticleTitle")
        if title in ("", "[Not Available].", "[Not Available]"):
            title = text(about, "VernacularTitle") or title
        venue = text(about, "Journal/Title", "Journal/ISOAbbreviation") or text(
            record, "MedlineCitation/MedlineJournalInfo/MedlineTA"
        )
        issue = "Journal/JournalIssue/PubDate"
        years = (f"{issue}/Year", f"{issue}/MedlineDate", "ArticleDate/Year")
        authors = _authors(about, "AuthorList")
        # Not any ArticleId: those of the papers it cites stand in the same record.
        doi = text(about, "ELocationID[@EIdType='doi']") or text(
            record, "PubmedData/ArticleIdList/ArticleId[@IdType='doi']"
        )
    return {
        "title": title,
        "abstract": _abstract(about) or _abstract(record, "MedlineCitation/OtherAbstract"),
        "authors": authors,
        "year": text(about, *years),
        "venue": venue,
        "doi": doi,
        "url": f"https://pubmed.ncbi.nlm.nih.gov/{number}/" if number.isdecimal() else None,
    }


def _abstract(about: Element, path: str = "Abstract") -> str:
    """The parts of the first abstract, each after its label."""
    parts = []
    abstract = about.find(path)
    for part in abstract.iterfind("AbstractText") if abstract is not None else ():
        label, words = part.get("Label", "").strip(), "".join(part.itertext()).strip()
        if words:
            parts.append(words if label.upper() in _UNLABELLED else f"{label.rstrip(':')}: {words}")
    return "\n".join(parts)


def _authors(about: Element, path: str) -> list[object]:
    """The authors; persons as "Family, Given", since the source knows which is which."""
    names: list[object] = []
    for author in about.iterfind(f"{path}/Author"):
        if author.get("ValidYN") == "N":
            continue  # a spelling that was corrected: the right one stands beside it
        family = " ".join(filter(None, (text(author, "LastName"), text(author, "Suffix"))))
        given = text(author, "ForeName", "FirstName", "Initials")
        names.append(", ".join(filter(None, (family, given))) or text(author, "CollectiveName"))
    return names
