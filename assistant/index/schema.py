"""What the word index keeps of a paper, and how it takes texts apart; it neither reads nor writes."""

from __future__ import annotations

import json
import re
from functools import cache

from tantivy import Document, Filter, Schema, SchemaBuilder, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from ..types import Paper
from .keys import keys_in
from .records import Record
from .stopwords import STOPWORDS

ANALYZER, NAMES = "papers", "names"


@cache
def analyzer() -> TextAnalyzer:
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


@cache
def name_analyzer() -> TextAnalyzer:
    """Lower case and no accents, for names of people, venues and files."""
    return (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.remove_long(60))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
        .build()
    )


_COMPOUND = re.compile(r"\b\w+(?:[-‐‑–]\w+)+")


def with_compounds(text: str) -> str:
    """The text with each hyphenated word also in one piece: "over-squashing" is found as "oversquashing"."""
    # The pattern looks at every word; in ASCII only those with a hyphen can match.
    words = " ".join(word for word in text.split() if "-" in word) if text.isascii() else text
    compounds = _COMPOUND.findall(words)
    return " ".join([text, *(re.sub(r"\W", "", compound) for compound in compounds)]) if compounds else text


@cache
def paper_schema() -> Schema:
    """The fields of a paper; to change them is to change the format of an index."""
    return (
        SchemaBuilder()
        .add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        .add_text_field("hash", stored=True, tokenizer_name="raw", index_option="basic")
        .add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
        .add_bytes_field("record", stored=True)
        .add_text_field("text", tokenizer_name=ANALYZER, index_option="freq")
        .add_integer_field("year", indexed=True, fast=True)
        .add_text_field("author", tokenizer_name=NAMES, index_option="basic")
        .add_text_field("venue", tokenizer_name=NAMES, index_option="basic")
        .add_text_field("source", tokenizer_name=NAMES, index_option="basic")
        .build()
    )


def paper_document(paper: Paper, record: Record) -> Document:
    """A paper as it is written."""
    return Document(
        id=[paper.id],
        hash=[str(record["hash"])],
        key=keys_in(paper, record),
        record=[json.dumps(record, ensure_ascii=False).encode()],
        text=[with_compounds(paper.text)],
        year=[] if paper.year is None else [paper.year],
        author=list(paper.authors),
        venue=[paper.venue] if paper.venue else [],
        source=list(paper.sources),
    )
