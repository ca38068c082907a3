"""A record of DataCite, as its API answers."""

from __future__ import annotations

from collections.abc import Mapping

from .values import Fields, at, first


def tells(record: Mapping[str, object]) -> bool:
    """Whether an object is a record of DataCite."""
    return isinstance(at(record, "attributes", "titles"), list)


def fields(record: Mapping[str, object]) -> Fields:
    """A record of DataCite."""
    about = record.get("attributes")
    texts = at(about, "descriptions")
    abstracts = [
        at(each, "description")
        for each in (texts if isinstance(texts, list) else [])
        if at(each, "descriptionType") == "Abstract"
    ]
    people = at(about, "creators")
    return {
        "title": at(about, "titles", 0, "title"),
        "abstract": first(abstracts),
        "authors": [_name(each) for each in (people if isinstance(people, list) else [])],
        "year": at(about, "publicationYear"),
        "venue": at(about, "container", "title") or at(about, "publisher", "name") or at(about, "publisher"),
        "doi": at(about, "doi"),
        "url": at(about, "url"),
    }


def _name(creator: object) -> object:
    """A name in the order in which it is read."""
    parts = [at(creator, "givenName"), at(creator, "familyName")]
    return " ".join(part for part in parts if isinstance(part, str)) or at(creator, "name")
