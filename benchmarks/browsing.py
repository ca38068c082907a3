"""How long a page of the table of papers takes, wherever it is and whatever it is sorted by.

    python -m benchmarks.browsing INDEX [--runs 20]

INDEX is the folder of an index; the figures in docs/benchmarks.md are of 97,488 arXiv abstracts. Each is the
median of pages of 25 in random places. The first page of all reads what is sorted by; it is told apart.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from pathlib import Path

from assistant import Assistant, Filters
from assistant.index.browsing import Order

from .data import table

ROWS = 25
CASES = (
    ("all", "", Filters()),
    ("two common words", "deep learning", Filters()),
    ("one common word, years", "model", Filters(since=2015)),
    ("an author", "", Filters(author="wang")),
)


def milliseconds(assistant: Assistant, text: str, filters: Filters, order: Order, offset: int) -> float:
    """The time of one page."""
    start = time.perf_counter()
    assistant.index.page(text, filters, order, offset, ROWS)
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("--runs", type=int, default=20)
    arguments = parser.parse_args()
    rng = random.Random(1)
    with Assistant.open(arguments.index) as assistant:
        papers = len(assistant.index)
        first = milliseconds(assistant, "", Filters(), Order.TITLE, 0)
        for order in Order:
            milliseconds(assistant, "", Filters(), order, 0)
        rows: list[tuple[object, ...]] = []
        for name, text, filters in CASES:
            total = assistant.index.page(text, filters, Order.NEWEST, 0, 1).total
            times = [
                statistics.median(
                    milliseconds(assistant, text, filters, order, rng.randrange(max(1, total)))
                    for _ in range(arguments.runs)
                )
                for order in (Order.TITLE, Order.AUTHOR_DOWN, Order.NEWEST, Order.MATCH)
            ]
            rows.append((name, f"{total:,}", *(f"{each:.0f}" for each in times)))
    title = f"{papers:,} papers; the first page by title took {first:,.0f} ms"
    table(title, ("papers", "found", "by title, ms", "by author, ms", "by year, ms", "best match, ms"), rows)


if __name__ == "__main__":
    main()
