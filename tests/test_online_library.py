"""Online sources and a library together: adding, saved queries, refreshing, and the command line."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant import Assistant, Filters, Progress, SavedQuery
from assistant.cli import app
from assistant.errors import IndexNotFoundError, IndexWriteError, SourceError, UsageError

from .paper_services import Reply, Services, as_json, feed, library, sample

pytestmark = pytest.mark.usefixtures("clock")

QUERY = "arxiv:all:oversquashing"


def day(ago: int) -> str:
    """A day before today, wherever in the run midnight falls: asked for, never kept."""
    return str(datetime.now(UTC).date() - timedelta(days=ago))


def entries(*days_ago: int) -> list[tuple[str, str, str]]:
    """Papers of an arXiv, newest first."""
    return [(f"2401.{9000 - days:05}", f"A paper of {days} days ago", day(days)) for days in days_ago]


@pytest.fixture
def assistant(services: Services, tmp_path: Path) -> Iterator[Assistant]:
    """A library that does not exist yet, whose sources are on loopback."""
    with Assistant.open(tmp_path / "index", settings=services.settings()) as opened:
        yield opened


def counts(report: Any) -> tuple[int, int, int]:
    return report.added, report.updated, report.unchanged


def test_an_online_source_is_added_and_searched(assistant: Assistant, services: Services) -> None:
    services.on("/api/query", sample("arxiv/q_testing_s0_m10.xml"))
    seen: list[Progress] = []
    report = assistant.add("arxiv:all:testing", limit=10, progress=seen.append)
    assert counts(report) == (10, 0, 0)
    assert seen[0] == Progress(0, 10)
    assert seen[-1] == Progress(10, 10)
    assert "Deep Learning" in assistant.search("testing deep learning models of vision")[0].title
    assert counts(assistant.add("arxiv:all:testing", limit=10)) == (0, 0, 10)
    assert not assistant.online.saved.load()
    assert len(assistant.papers(filters=Filters(source="arxiv:all:testing"))) == 10


def test_nothing_is_asked_unless_a_source_is_named(
    assistant: Assistant, services: Services, tmp_path: Path
) -> None:
    rows = tmp_path / "papers.jsonl"
    rows.write_text('{"title": "A paper", "arxiv_id": "2205.13504", "doi": "10.1000/x"}\n', "utf-8")
    assistant.add(rows)
    assistant.search("paper")
    assistant.ask("What is in the paper?")
    assert not services.asked


def test_a_source_that_gives_nothing_leaves_no_index(assistant: Assistant, services: Services) -> None:
    services.on("/api/query", feed([]))
    with pytest.raises(SourceError, match="Nothing was found"):
        assistant.add(QUERY)
    services.on("/api/query", Reply(b"<html>"))
    with pytest.raises(SourceError, match="not its data"):
        assistant.add(QUERY)
    assert not assistant.has_index
    with pytest.raises(IndexNotFoundError):
        assistant.search("anything")


def test_what_came_before_a_failure_is_kept_and_the_rest_comes_later(
    assistant: Assistant, services: Services
) -> None:
    papers = entries(*range(120))
    services.on("/api/query", feed(papers[:100], 120), Reply(status=503))
    with pytest.raises(SourceError, match=r"arXiv fails \(503\)\. What came before is kept: 100 added"):
        assistant.add(QUERY, limit=200, save=True)
    assert assistant.status().papers == 100
    assert not assistant.online.saved.load()
    services.on("/api/query", library(papers))
    assert counts(assistant.add(QUERY, limit=200)) == (20, 0, 100)


def test_an_import_from_the_web_that_is_stopped_reports_what_is_in(
    assistant: Assistant, services: Services
) -> None:
    services.on("/api/query", library(entries(*range(40))))
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 12

    report = assistant.add(QUERY, save=True, stop=stop)
    assert (counts(report), report.interrupted) == ((12, 0, 0), True)
    assert not assistant.online.saved.load()  # it would go on from what is new alone
    assert counts(assistant.add(QUERY, save=True)) == (28, 0, 12)


def test_a_refresh_that_is_stopped_is_run_as_if_it_had_not_been(
    assistant: Assistant, services: Services
) -> None:
    services.on("/api/query", library(entries(5)))
    for query in (QUERY, "arxiv:all:other"):
        assistant.add(query, save=True)
    before = assistant.online.saved.load()
    services.on("/api/query", library(entries(1, 2, 3, 5)))
    [result] = assistant.refresh(stop=lambda: True)
    assert result.report
    assert (counts(result.report), result.report.interrupted) == ((0, 0, 0), True)
    assert assistant.online.saved.load() == before
    assert [counts(each.report) for each in assistant.refresh()] == [(3, 0, 1), (0, 0, 4)]


@pytest.mark.parametrize("words", [["add", QUERY], ["refresh"]])
def test_ctrl_c_on_the_command_line_tells_what_is_in(
    assistant: Assistant, services: Services, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    services.on("/api/query", library(entries(7)))
    assistant.add(QUERY, save=True)
    services.on("/api/query", library(entries(*range(8))))
    assistant.close()
    monkeypatch.setattr("assistant.cli.interrupts.Interrupts.__call__", lambda _: True)
    for name, value in services.environment.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(app, [*words, "--index", str(assistant.path)])
    assert done.exit_code == 130
    assert done.stderr.splitlines()[-1].startswith("Interrupted: ")
    assert "run the same command again to go on" in done.stderr


@pytest.mark.parametrize("source", ["arxiv:2205.13504", "doi:10.1000/x", "hf-papers:2026-11-20"])
def test_only_queries_are_saved(assistant: Assistant, services: Services, source: str) -> None:
    with pytest.raises(UsageError, match="nothing new can come of it"):
        assistant.add(source, save=True)
    assert not services.asked


def test_only_online_sources_have_a_limit(assistant: Assistant, tmp_path: Path) -> None:
    for options in ({"limit": 5}, {"save": True}):
        with pytest.raises(UsageError, match="Only an online source"):
            assistant.add(tmp_path / "papers.jsonl", **options)
    with pytest.raises(UsageError, match="at least 1"):
        assistant.add(QUERY, limit=0)


def test_a_refresh_adds_only_what_is_new(assistant: Assistant, services: Services) -> None:
    services.on("/api/query", library(entries(5, 30, 60)))
    assert counts(assistant.add(QUERY, save=True)) == (3, 0, 0)
    [saved] = assistant.online.saved.load()
    assert (saved.source, saved.limit, saved.newest) == (QUERY, 100, day(5))
    # One appeared after the last run with an earlier date than the newest known: arXiv announces late.
    services.on("/api/query", library(entries(0, 5, 8, 30, 60)))
    [result] = assistant.refresh()
    assert result.problem is None
    assert counts(result.report) == (2, 0, 1)  # those of a month ago are not looked at again
    assert result.query.newest == day(0)
    assert assistant.online.saved.load() == [result.query]
    assert counts(assistant.refresh()[0].report) == (0, 0, 3)


def test_a_refresh_stops_at_the_first_page_with_something_old(
    assistant: Assistant, services: Services
) -> None:
    services.on("/api/query", library(entries(*range(1, 500, 2))))
    assistant.add(QUERY, limit=200, save=True)
    services.asked.clear()
    assistant.refresh()
    assert [asked.params["start"] for asked in services.asked] == ["0"]


def test_a_refresh_with_nothing_new_is_no_error(assistant: Assistant, services: Services) -> None:
    services.on("/api/query", library(entries(60)))
    assistant.add(QUERY, save=True)
    [result] = assistant.refresh()
    assert counts(result.report) == (0, 0, 0)
    assert result.query.newest == day(60)


def test_a_refresh_says_when_its_limit_left_something_out(assistant: Assistant, services: Services) -> None:
    services.on("/api/query", library(entries(9, 50)))
    assistant.add(QUERY, limit=2, save=True)
    services.on("/api/query", library(entries(1, 2, 3, 9, 50)))
    [result] = assistant.refresh()
    assert result.report
    assert counts(result.report) == (2, 0, 0)
    [left_out] = result.report.rejected
    assert "more than 2 are new" in left_out.reason


def test_the_others_are_asked_for_what_is_new(assistant: Assistant, services: Services) -> None:
    services.on("/works", sample("openalex/works.json"))
    services.on("/graph/v1/paper/search/bulk", as_json({"data": [{"paperId": "a", "title": "One"}]}))
    services.on("/api/daily_papers", as_json([{"paper": {"id": "2401.00001", "title": "Two"}}]))
    for source in ("openalex:bert", "s2:bert", "hf-papers:trending"):
        assistant.add(source, limit=1, save=True)
    services.asked.clear()
    assert [result.problem for result in assistant.refresh()] == [None, None, None]
    since = day(14)
    openalex, s2, trending = services.asked
    assert (openalex.params["filter"], openalex.params["sort"]) == (
        f"from_publication_date:{since}",
        "publication_date:desc",
    )
    assert s2.params["publicationDateOrYear"] == f"{since}:"
    assert trending.params["sort"] == "trending"


def test_a_query_that_fails_does_not_stop_the_others(assistant: Assistant, services: Services) -> None:
    services.on("/api/query", library(entries(5)))
    services.on("/works", sample("openalex/works.json"))
    assistant.add(QUERY, save=True)
    assistant.add("openalex:bert", save=True)
    before = assistant.online.saved.load()[0]
    services.on("/api/query", Reply(status=400))
    failed, fine = assistant.refresh()
    assert (failed.query, failed.report) == (before, None)
    assert "arXiv refuses the request (400)" in str(failed)
    assert fine.report
    assert assistant.online.saved.load()[0] == before  # so that the next run looks as far back


def test_a_query_saved_again_replaces_itself(assistant: Assistant, services: Services) -> None:
    services.on("/api/query", library(entries(5)))
    assistant.add(QUERY, save=True)
    assistant.add(QUERY, limit=300, save=True)
    assert [query.limit for query in assistant.online.saved.load()] == [300]


def test_without_saved_queries_a_refresh_says_so(assistant: Assistant, services: Services) -> None:
    with pytest.raises(UsageError, match=r"No query is saved.*add SOURCE --save"):
        assistant.refresh()
    with pytest.raises(UsageError, match="There is no saved query 1"):
        assistant.online.saved.remove(1)
    assert not services.asked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "\x00",
        "[" * 100_000,
        '{"queries": [3]}',
        '{"queries": [{"source": 1}]}',
        '{"queries": [{"source": "arxiv:x", "limit": 1, "last_run": "yesterday"}]}',
        '{"queries": [{"source": "arxiv:x", "limit": "1", "last_run": "2026-01-01"}]}',
        '{"queries": [{"source": 7, "limit": 1, "last_run": "2026-01-01"}]}',
        '{"queries": [{"source": "arxiv:x", "limit": 1, "last_run": "0001-01-01"}]}',
    ],
)
def test_a_broken_file_of_queries_is_an_error_of_ours(assistant: Assistant, text: str) -> None:
    assistant.path.mkdir()
    (assistant.path / "queries.json").write_text(text, "utf-8")
    with pytest.raises(SourceError, match=r"saved queries .* cannot be read"):
        assistant.refresh()


def test_a_file_of_queries_that_cannot_be_written(
    assistant: Assistant, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.on("/api/query", library(entries(5)))
    assistant.path.mkdir()
    put = Path.replace

    def refuse(draft: Path, target: Path) -> Path:
        if target.name == "queries.json":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return put(draft, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(IndexWriteError, match="saved queries"):
        assistant.add(QUERY, save=True)


def test_an_alien_saved_query_is_a_problem_of_its_own(assistant: Assistant) -> None:
    assistant.path.mkdir()
    assistant.online.saved.put(SavedQuery("papers.bib", 1, "2026-01-01"))
    assistant.online.saved.put(SavedQuery("hf-papers:someday", 1, "2026-01-01"))
    first, second = assistant.refresh()
    assert first.problem == "papers.bib is no online source. Remove it."
    assert second.problem
    assert "no day" in second.problem


# -- the command line ------------------------------------------------------------------------------


@pytest.fixture
def run(services: Services, tmp_path: Path) -> Any:
    """A command against a library on the side."""

    def invoke(*arguments: str) -> Any:
        return CliRunner().invoke(
            app, [*arguments, "--index", str(tmp_path / "index")], env=dict(services.environment)
        )

    return invoke


def test_the_commands(run: Any, services: Services) -> None:
    services.on("/api/query", library(entries(5)))
    assert run("add", QUERY, "--limit", "7", "--save").stdout.startswith("1 added, 0 updated")
    assert services.asked[0].params["max_results"] == "7"
    listed = run("refresh", "--list")
    assert listed.stdout.startswith(f" 1. {QUERY}  [at most 7, last run {day(0)[:4]}")
    [query] = json.loads(run("refresh", "--list", "--json").stdout)["queries"]
    assert list(query) == ["number", "source", "limit", "last_run", "newest"]
    services.on("/api/query", library(entries(0, 5)))
    assert run("refresh").stdout == f"{QUERY}: 1 added, 0 updated, 1 unchanged, 0 merged, 0 rejected.\n"
    services.on("/api/query", Reply(status=400))
    failed = run("refresh", "--json")
    assert failed.exit_code == 1
    [result] = json.loads(failed.stdout)["queries"]
    assert (result["source"], result["report"]) == (QUERY, None)
    assert "refuses the request" in result["problem"]
    removed = run("refresh", "--remove", "1")
    assert (removed.exit_code, removed.stderr) == (0, f"Removed {QUERY}.\n")
    assert run("refresh").exit_code == 2
    assert run("refresh", "--remove", "1").exit_code == 2


def test_errors_of_the_commands(run: Any, services: Services) -> None:
    assert run("add", "doi:nonsense").exit_code == 2
    missing = run("add", "arxiv:2205.13504", "--json")
    assert missing.exit_code == 1
    assert json.loads(missing.stdout)["error"]["kind"] == "SourceError"
    services.close()
    offline = run("add", "arxiv:2205.13504")
    assert (offline.exit_code, offline.stderr) == (
        1,
        "Error: arXiv cannot be reached. Is this machine online?\n",
    )
