"""An entry of the daily papers of Hugging Face, whose ids are arXiv's."""

from __future__ import annotations

from collections.abc import Mapping

from .values import Fields, at


def tells(record: Mapping[str, object]) -> bool:
    """Whether an object is such an entry."""
    return isinstance(at(record, "paper", "id"), str) and at(record, "paper", "summary") is not None


def fields(record: Mapping[str, object]) -> Fields:
    """An entry of the daily papers."""
    arxiv_id = at(record, "paper", "id")
    return {
        "title": at(record, "paper", "title") or record.get("title"),
        "abstract": at(record, "paper", "summary") or record.get("summary"),
        "authors": at(record, "paper", "authors"),
        "year": at(record, "paper", "publishedAt"),
        "arxiv_id": arxiv_id,
        "url": f"https://huggingface.co/papers/{arxiv_id}" if isinstance(arxiv_id, str) else None,
    }
