"""The HTML of the library: what is being added, what was, and the table of papers; knows no component.

Every text goes through ``html_text``, as in ``panels``: names of files and papers are untrusted.
"""

from __future__ import annotations

from ..index.browsing import Listing, Order
from ..types import Paper
from .escaping import html_text, shortened
from .importing import Result, Snapshot, Underway
from .panels import paper_title, status

MOST_REJECTED = 50
"""Rejected rows that are shown; the file of them has all."""
MOST_FOLDS = 20
MOST_WAITING_SHOWN = 5
LONGEST = 300
MAX_AUTHORS = 3


def import_state(snapshot: Snapshot) -> str:
    """The import that runs and those that wait for it, spoken when it changes; empty if there is none."""
    if snapshot.current is None:
        return ""
    waiting = ""
    if snapshot.waiting:
        names = list(snapshot.waiting[:MOST_WAITING_SHOWN])
        if more := len(snapshot.waiting) - len(names):
            names.append(f"{more} more")
        waiting = f'<p class="pa-byline">Waiting for it: {html_text(", ".join(map(_short, names)))}.</p>'
    return f'<div class="pa-import">{_underway(snapshot.current)}{waiting}</div>'


def results(snapshot: Snapshot) -> str:
    """What the last imports did, the newest open."""
    inner = "".join(_result(result, open_=not place) for place, result in enumerate(snapshot.results))
    return f'<div class="pa-results">{inner}</div>' if inner else ""


def table(listing: Listing, number: int, *, searched: bool) -> str:
    """A page of papers, each row with a box to tick, which says the row and the ``number`` of this table."""
    if not listing.papers:
        return status("No paper is like that." if searched else "There is no paper here yet.")
    rows = "".join(_row(f"{number}.{place}", paper) for place, paper in enumerate(listing.papers))
    return (
        '<table class="pa-papers"><thead><tr><th scope="col"><span class="pa-hidden">Choose</span></th>'
        '<th scope="col">Title</th><th scope="col">Year</th><th scope="col">Authors</th>'
        f'<th scope="col">Venue</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def place_in(listing: Listing, wanted: Order) -> str:
    """Where in the library a page is, and in which order if it is another than was asked for."""
    if not listing.total:
        return status("0 papers")
    first, last = listing.offset + 1, listing.offset + len(listing.papers)
    note = "" if listing.order is wanted else " Too many to sort by title: newest first."
    return status(f"{first:,}–{last:,} of {listing.total:,}.{note}")


def _underway(current: Underway) -> str:
    name = _short(current.name) + (f" ({current.place} of {current.files})" if current.files > 1 else "")
    if current.stopping:
        doing = "storing what is in hand"
    elif current.held_up:
        doing = "waiting until the collection is ready"
    elif not current.progress.total:
        doing = "reading"
    else:
        doing = ", ".join(part for part in (str(current.progress), current.pace) if part)
    expected = current.progress.expected or 0
    bar = f' value="{min(current.progress.done, expected)}" max="{expected}"' if expected else ""
    return (
        f'<div class="pa-status"><p>{html_text(f"{name}: {doing}")}</p>'
        f'<progress{bar} aria-label="Papers added"></progress></div>'
    )


def _result(result: Result, *, open_: bool) -> str:
    report = result.report
    names = _short(", ".join(result.names))
    done = report.added + report.updated + report.unchanged
    counts = (
        (report.added, "added"),
        (report.updated, "updated"),
        (report.unchanged, "unchanged"),
        (report.merged, "merged into another"),
        (len(report.rejected) + report.more_rejected, "rejected"),
    )
    words = ", ".join(f"{count:,} {word}" for count, word in counts if count) or "nothing added"
    stopped = f" Stopped: {_papers(done)} of it are in; drop it again to go on." if report.interrupted else ""
    inner = "".join(f"<li>{html_text(shortened(problem, LONGEST))}</li>" for problem in result.problems)
    inner += "".join(
        f"<li>{html_text(shortened(str(row), LONGEST))}</li>" for row in report.rejected[:MOST_REJECTED]
    )
    if more := max(0, len(report.rejected) - MOST_REJECTED) + report.more_rejected:
        inner += f"<li>and {more:,} more rejected</li>"
    inner += "".join(
        f"<li>merged {html_text(shortened(str(fold), LONGEST))}</li>" for fold in report.folds[:MOST_FOLDS]
    )
    if report.folds and (more := report.merged - min(len(report.folds), MOST_FOLDS)):
        inner += f"<li>and {more:,} more merged</li>"
    body = f'<ul class="pa-titles">{inner}</ul>' if inner else ""
    if result.downloads:
        links = ", ".join(
            f'<a href="rejected/{made.token}" download="{html_text(made.name)}">{html_text(made.name)}</a>'
            for made in result.downloads
        )
        # Rows that their format cannot give, or that are very long, have their reason alone.
        mendable = len(result.downloads) > 1
        what = "The rejected rows, to be mended and dropped again" if mendable else "All reasons"
        body += f'<p class="pa-byline">{what}: {links}</p>'
    head = html_text(f"{names}: {words}.{stopped}")
    if not body:
        return f'<p class="pa-result">{head}</p>'
    attribute = " open" if open_ else ""
    return f'<details class="pa-result"{attribute}><summary>{head}</summary>{body}</details>'


def _row(value: str, paper: Paper) -> str:
    authors = list(paper.authors[:MAX_AUTHORS])
    if len(paper.authors) > MAX_AUTHORS:
        authors.append("et al.")
    label = html_text(f"Choose: {shortened(paper.title, 100)}")
    cells = (
        ("pa-year", str(paper.year or "")),
        ("pa-authors", shortened(", ".join(authors), LONGEST)),
        ("pa-venue", shortened(paper.venue or "", LONGEST)),
    )
    return (
        f'<tr><td><input type="checkbox" value="{value}" aria-label="{label}"></td>'
        f'<td class="pa-title">{paper_title(paper)}</td>'
        + "".join(f'<td class="{name}" dir="auto">{html_text(text)}</td>' for name, text in cells)
        + "</tr>"
    )


def _short(name: str) -> str:
    return shortened(name, 80)


def _papers(count: int) -> str:
    return "1 paper" if count == 1 else f"{count:,} papers"
