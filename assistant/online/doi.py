"""DOIs: looked up at Crossref, then at DataCite; those of arXiv at arXiv, which says more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from ..corpus.identity import normal_arxiv_id, normal_doi
from ..corpus.shapes import csl, datacite
from ..corpus.shapes.values import at
from ..errors import UsageError
from . import arxiv
from .mapping import Found, found
from .service import Page, Wanted, one_by_one
from .web import Host, MissingError, Web

PREFIX = "doi"
NAME = "DOI"
DATED = False

# Public callers may ask Crossref five times a second, DataCite five hundred times in five minutes.
_CROSSREF = Host("Crossref", "crossref_url", 0.2)
_DATACITE = Host("DataCite", "datacite_url", 0.6)


def parse(text: str) -> tuple[str, ...]:
    """DOIs or their addresses with commas between them."""
    dois = []
    for part in re.split(r",\s*(?=10\.|doi:|https?:)", text):  # a DOI may hold a comma
        doi = normal_doi(part)
        if not doi:
            raise UsageError(f'"{part}" is no DOI.', "DOIs look like 10.18653/v1/N18-1146.")
        dois.append(doi)
    return tuple(dict.fromkeys(dois))


def pages(web: Web, wanted: Wanted) -> Iterator[Page]:
    """The works of the DOIs."""
    if preprints := tuple(found for each in wanted.ids if (found := normal_arxiv_id(each))):
        yield from arxiv.by_ids(web, preprints)
    others = tuple(each for each in wanted.ids if not normal_arxiv_id(each))
    yield from one_by_one(NAME, others, lambda doi: _work(web, doi))


def _work(web: Web, doi: str) -> Found:
    path = quote(doi, safe="")
    try:
        return found(at(web.get_json(_CROSSREF, f"/works/{path}"), "message"), csl, "DOI")
    except MissingError:
        return found(at(web.get_json(_DATACITE, f"/dois/{path}"), "data"), datacite, "attributes.doi")
