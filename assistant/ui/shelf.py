"""The HTML of the library: what is being added, what was, and the table of papers; knows no component.

Every text goes through ``html_text``, as in ``panels``: names of files and papers are untrusted.
"""

from __future__ import annotations

from ..index.browsing import Listing, Order
from ..types import Paper
from . import abstracts
from .escaping import html_text, shortened
from .importing import Result, Snapshot, Underway
from .panels import papers, status

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


EMPTY = (
    '<div class="pa-blank"><p><strong>This library has no papers yet.</strong></p>'
    "<p>Drop files above, and they are added to it. Whatever your reference manager or a search "
    "service exports will do.</p></div>"
)
"""What stands in the place of the table of an empty library."""
_NOT_FOUND = (
    '<div class="pa-blank" role="status"><p>No paper is like that. Try fewer words or filters.</p></div>'
)
_COLUMNS = (("Title", "title"), ("Year", "year"), ("Authors", "author"), ("Venue", "venue"))


def failed(problem: str) -> str:
    """What stands there where the papers cannot be shown."""
    return f'<div class="pa-blank" role="alert"><p>{html_text(shortened(problem, 1000))}</p></div>'


def table(listing: Listing, number: int, *, searched: bool) -> str:
    """A page of papers, each row with a box to tick, which says the row and the ``number`` of this table."""
    if not listing.papers:
        if not searched:
            return EMPTY
        return _NOT_FOUND
    rows = "".join(_row(f"{number}.{place}", paper) for place, paper in enumerate(listing.papers))
    heads = "".join(_head(label, column, listing.order) for label, column in _COLUMNS)
    return (
        '<table class="pa-papers" aria-label="Papers"><thead><tr><th scope="col">'
        f'<input type="checkbox" aria-label="Choose all {len(listing.papers)} on this page"></th>{heads}</tr>'
        f"</thead><tbody>{rows}</tbody></table>"
    )


def place_in(listing: Listing) -> str:
    """Where in the library a page is."""
    if not listing.total:
        return status("0 papers")
    first, last = listing.offset + 1, listing.offset + len(listing.papers)
    return status(f"{first:,}–{last:,} of {listing.total:,}.")


def _head(label: str, column: str, order: Order) -> str:
    """A head that sorts: the other way round, where its column is the one that the table is in."""
    first = Order.NEWEST if column == "year" else Order(column)
    wanted, mark, sorted_ = first, "", ""
    if order.column == column:
        wanted = Order(column if order.down else f"-{column}")
        mark = f'<span aria-hidden="true">{"↓" if order.down else "↑"}</span>'
        sorted_ = f' aria-sort="{"descending" if order.down else "ascending"}"'
    button = f'<button type="button" data-order="{wanted}">{label} {mark}</button>'
    return f'<th scope="col"{sorted_}>{button}</th>'


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
        (report.without_abstract, "without an abstract"),
    )
    words = ", ".join(f"{count:,} {word}" for count, word in counts if count) or "nothing added"
    stopped = f" Stopped: {papers(done)} of it are in; drop it again to go on." if report.interrupted else ""
    inner = "".join(
        f"<li>{html_text(shortened(problem, LONGEST))}</li>"
        for problem in (*result.problems, *report.notices)
    )
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
        f'<td class="pa-title">{abstracts.unfolding(paper)}</td>'
        + "".join(f'<td class="{name}" dir="auto">{html_text(text)}</td>' for name, text in cells)
        + "</tr>"
    )


def _short(name: str) -> str:
    return shortened(name, 80)
