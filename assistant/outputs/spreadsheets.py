"""The comparison table for spreadsheets. No cell is ever a formula, whatever a paper's text begins with."""

from __future__ import annotations

import csv
import io
import re

from ..summaries import Summary
from .tables import HEADER, rows

_FORMULA = re.compile(r"[=+\-@\t\r]")
_LONGEST = 32_767
"""Characters that a cell of a spreadsheet takes."""
_WIDTHS = {"Cited as": 8, "Paper": 34, "Year": 7, "Theme": 22, "Address": 34}
_WIDE = 48


def to_csv(summary: Summary) -> bytes:
    """A header and a row a paper; what a spreadsheet would take for a formula begins with an apostrophe."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(HEADER)
    for row in rows(summary):
        writer.writerow([f"'{cell}" if _is_formula(cell) else cell for cell in row])
    # With the mark by which Excel knows UTF-8.
    return file.getvalue().encode("utf-8-sig")


def to_xlsx(summary: Summary) -> bytes:
    """The same as a workbook of one sheet, its header in sight while one scrolls."""
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Comparison")
        head = book.add_format({"bold": True, "bottom": 1})
        text = book.add_format({"text_wrap": True, "valign": "top"})
        # As after an apostrophe: it stays text when the cell is edited, or saved as CSV.
        quoted = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
        for column, name in enumerate(HEADER):
            sheet.set_column(column, column, _WIDTHS.get(name, _WIDE))
            sheet.write_string(0, column, name, head)
        for place, row in enumerate(rows(summary), start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(place, column, cell, text)
                elif cell:
                    style = quoted if _is_formula(cell) else text
                    sheet.write_string(place, column, cell[:_LONGEST], style)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, max(1, len(summary.cards)), len(HEADER) - 1)
    return file.getvalue()


def _is_formula(cell: str | int | None) -> bool:
    return isinstance(cell, str) and bool(_FORMULA.match(cell))
