"""The words of the papers in a tantivy index: BM25 search, and how rare a term is."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tantivy import (
    Document,
    Filter,
    Index,
    Occur,
    Query,
    Schema,
    SchemaBuilder,
    Searcher,
    TextAnalyzer,
    TextAnalyzerBuilder,
    Tokenizer,
)

from ..errors import IndexDamagedError
from ..types import Paper
from .stopwords import STOPWORDS

_ANALYZER = "papers"
_HEAP = 64_000_000
_LONGEST_QUERY = 256
"""Distinct terms of a query that are searched for, as many as the embedder reads tokens."""


@cache
def _analyzer() -> TextAnalyzer:
    """Lower case, no accents, no stop words, English stems; other languages pass unstemmed."""
    return (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.remove_long(60))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
        .filter(Filter.custom_stopword(sorted(STOPWORDS)))
        .filter(Filter.stemmer("english"))
        .build()
    )


_COMPOUND = re.compile(r"\b\w+(?:[-‐‑–]\w+)+")


def with_compounds(text: str) -> str:
    """The text with each hyphenated word also in one piece: "over-squashing" is found as "oversquashing"."""
    compounds = _COMPOUND.findall(text)
    return " ".join([text, *(re.sub(r"\W", "", compound) for compound in compounds)]) if compounds else text


def terms(text: str) -> list[str]:
    """The searchable terms of a text, with repetitions."""
    return _analyzer().analyze(with_compounds(text))


@cache
def _schema() -> Schema:
    return (
        SchemaBuilder()
        .add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        .add_text_field("hash", stored=True, tokenizer_name="raw", index_option="basic")
        .add_text_field("text", stored=False, tokenizer_name=_ANALYZER, index_option="freq")
        .build()
    )


class WordStore:
    """One tantivy index in a folder of its own; the caller owns the folder."""

    def __init__(self, folder: Path, *, create: bool) -> None:
        """Open the index, or make it.

        Raises:
            IndexDamagedError: it should be there and is not.
        """
        if create:
            folder.mkdir(parents=True, exist_ok=True)
        elif not (folder / "meta.json").is_file():
            raise IndexDamagedError(f"There is no word index in {folder}.")
        self._index = Index(_schema(), path=str(folder))
        self._index.register_tokenizer(_ANALYZER, _analyzer())

    def replace(self, papers: Sequence[tuple[Paper, str]], remove: Sequence[str] = ()) -> None:
        """Write papers with their hashes, replacing those with the same id, and remove ids; one commit."""
        writer = self._index.writer(_HEAP, 1)
        try:
            for paper_id in (*(paper.id for paper, _ in papers), *remove):
                writer.delete_documents_by_term("id", paper_id)
            for paper, content in papers:
                writer.add_document(
                    Document(id=[paper.id], hash=[content], text=[with_compounds(paper.text)])
                )
            writer.commit()
        except BaseException:
            with contextlib.suppress(Exception):  # the first error is the one to report
                writer.rollback()
            raise
        finally:
            with contextlib.suppress(Exception):
                writer.wait_merging_threads()  # and so give the writer's own lock back
        self._index.reload()

    def search(self, text: str, k: int, among: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The ``k`` best papers for the words of ``text`` as ``(id, BM25 score)``, best first.

        With ``among``, only papers with these ids are looked at; their scores stay the same.

        BM25 with k1 1.2 and b 0.75 (Robertson and Zaragoza 2009, doi:10.1561/1500000019).
        """
        distinct = list(dict.fromkeys(terms(text)))[:_LONGEST_QUERY]
        if not distinct:
            return []
        schema = _schema()
        query = Query.boolean_query(
            [(Occur.Should, Query.term_query(schema, "text", term, "freq")) for term in distinct]
        )
        if among is not None:
            chosen = Query.const_score_query(Query.term_set_query(schema, "id", list(among)), 0.0)
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, chosen)])
        searcher = self._searcher
        hits = searcher.search(query, limit=k, count=False).hits
        return [(str(searcher.doc(address)["id"][0]), float(score)) for score, address in hits]

    def frequency(self, term: str) -> int:
        """In how many papers a term of :func:`terms` stands."""
        return self._searcher.doc_freq("text", term)

    def hashes(self) -> dict[str, str]:
        """The content hash of every paper, by id."""
        searcher = self._searcher
        if not searcher.num_docs:
            return {}
        found = searcher.search(Query.all_query(), limit=searcher.num_docs, count=False).hits
        documents = (searcher.doc(address) for _, address in found)
        return {str(document["id"][0]): str(document["hash"][0]) for document in documents}

    def count(self) -> int:
        """How many papers there are."""
        return self._searcher.num_docs

    @property
    def _searcher(self) -> Searcher:
        return self._index.searcher()
