"""Tables of text: a row for each function, and a column for each framework or language."""

from __future__ import annotations

from collections.abc import Sequence


def rows_of(text: str, columns: Sequence[str]) -> dict[str, dict[str, str]]:
    """The cells of each row by column; the first cell is the name of the function."""
    rows = {}
    for line in text.strip().splitlines():
        name, *cells = (cell.strip() for cell in line.split(" | "))
        rows[name] = dict(zip(columns, cells, strict=True))
    return rows
