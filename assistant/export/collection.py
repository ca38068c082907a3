"""What is told of a collection as JSON: imports, saved queries, its condition; and errors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, NotRequired, TypedDict

from ..doctor import Check, Verdict
from ..errors import AssistantError, PaperNameError
from ..online.saved import Refreshed, SavedQuery
from ..types import ImportReport, IndexStatus
from .answers import NamedJson


class RejectedJson(TypedDict):
    """A row that could not be read: where it stands (file and line) and why."""

    where: str
    reason: str


class FoldJson(TypedDict):
    """A row that was folded into another paper: its place, id and title, and the paper it went into."""

    where: str
    id: str
    title: str
    into: str
    into_title: str


class ImportJson(TypedDict):
    """What an import did; :class:`AddedJson` tells what its fields mean."""

    added: int
    updated: int
    unchanged: int
    merged: int
    rejected: list[RejectedJson]
    more_rejected: int
    folds: list[FoldJson]
    more_folds: int
    interrupted: bool
    without_abstract: int
    notices: list[str]


class AddedJson(ImportJson):
    """What ``add`` did.

    ``merged`` counts rows that were folded into a paper that is there already, or came twice; ``folds`` names
    them: the row's place, id and title, and the paper it went into. Both lists hold the first thousand,
    ``more_rejected`` and ``more_folds`` count the rest. ``interrupted`` tells that it ended before its end:
    the numbers are what is in. With ``dry_run`` they are what would be done. ``without_abstract`` counts
    papers of these rows with a title alone; ``notices`` are sentences on what was assumed, as the encoding of
    a file.
    """

    dry_run: bool


class RefreshJson(TypedDict):
    """What running a saved query again did: a report, or the problem that it met."""

    source: str
    report: Annotated[ImportJson | None, "without dry_run"]
    problem: str | None


class RefreshedJson(TypedDict):
    """What running the saved queries again did."""

    queries: list[RefreshJson]


class QueryJson(TypedDict):
    """A saved query.

    ``number`` is what it is removed by, ``limit`` the most papers of one run, ``last_run`` a moment (ISO
    8601, UTC), ``newest`` the latest day of publication that was seen.
    """

    number: int
    source: str
    limit: int
    last_run: str
    newest: str | None


class QueriesJson(TypedDict):
    """The saved queries."""

    queries: list[QueryJson]


class StatusJson(TypedDict):
    """What an index holds.

    ``notice`` says that the index can only be read. ``libraries`` are the names of the indexes beside it, and
    its own.
    """

    path: str
    papers: int
    sentences: int
    embedder: str
    dimension: int
    format: int
    sound: bool
    notice: str | None
    libraries: list[str]


class RebuiltJson(TypedDict):
    """How many papers a new index holds."""

    papers: int


class CheckJson(TypedDict):
    """One finding of ``doctor``.

    A ``note`` is no fault, but worth knowing; ``hint`` is the next step.
    """

    name: str
    verdict: Verdict
    message: str
    hint: str


class ChecksJson(TypedDict):
    """The findings of ``doctor``."""

    checks: list[CheckJson]


class ProblemJson(TypedDict):
    """What went wrong.

    ``kind`` is the name of the error in Python, ``hint`` what to do next. There are ``candidates`` where what
    was given names no paper, or several: those that it may mean.
    """

    kind: str
    message: str
    hint: str
    candidates: NotRequired[list[NamedJson]]


class ErrorJson(TypedDict):
    """What is printed in place of a result."""

    error: ProblemJson


def report_json(report: ImportReport) -> ImportJson:
    """What an import did: counts, the rejected rows, and those that were folded into other papers."""
    return {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "merged": report.merged,
        "rejected": [{"where": row.where, "reason": row.reason} for row in report.rejected],
        "more_rejected": report.more_rejected,
        "folds": [
            {
                "where": fold.where,
                "id": fold.id,
                "title": fold.title,
                "into": fold.into,
                "into_title": fold.into_title,
            }
            for fold in report.folds
        ],
        "more_folds": report.more_folds,
        "interrupted": report.interrupted,
        "without_abstract": report.without_abstract,
        "notices": [*report.notices],
    }


def added_json(report: ImportReport, *, dry_run: bool) -> AddedJson:
    """What an import did, or would do."""
    return {**report_json(report), "dry_run": dry_run}


def queries_json(queries: Iterable[SavedQuery]) -> QueriesJson:
    """The saved queries, with the numbers that they are removed by."""
    return {
        "queries": [
            {
                "number": number,
                "source": query.source,
                "limit": query.limit,
                "last_run": query.last_run,
                "newest": query.newest,
            }
            for number, query in enumerate(queries, 1)
        ]
    }


def refreshed_json(results: Iterable[Refreshed]) -> RefreshedJson:
    """What running the saved queries again did."""
    return {
        "queries": [
            {
                "source": result.query.source,
                "report": None if result.report is None else report_json(result.report),
                "problem": result.problem,
            }
            for result in results
        ]
    }


def status_json(status: IndexStatus, libraries: Sequence[str]) -> StatusJson:
    """What an index holds, and the names of the libraries that there are."""
    return {
        "path": status.path,
        "papers": status.papers,
        "sentences": status.sentences,
        "embedder": status.embedder,
        "dimension": status.dimension,
        "format": status.format,
        "sound": status.sound,
        "notice": status.notice,
        "libraries": [*libraries],
    }


def checks_json(checks: Iterable[Check]) -> ChecksJson:
    """The findings of ``doctor``."""
    return {
        "checks": [
            {
                "name": check.name,
                "verdict": check.verdict,
                "message": check.message,
                "hint": check.hint,
            }
            for check in checks
        ]
    }


def error_json(error: AssistantError) -> ErrorJson:
    """What went wrong, in place of a result."""
    told: ProblemJson = {"kind": type(error).__name__, "message": error.message, "hint": error.hint}
    if isinstance(error, PaperNameError):
        told["candidates"] = [{"id": paper_id, "title": title} for paper_id, title in error.candidates]
    return {"error": told}
