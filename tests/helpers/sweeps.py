"""Broad sweeps: a sample of the rows is tested by everybody, all of them by CI."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def thinned(rows: Iterable[Any], every: int) -> list[Any]:
    """The rows of a ``parametrize``, all but every n-th of them marked as slow."""
    return [_slow(row) if place % every else row for place, row in enumerate(rows)]


def slow(*row: Any, id: str | None = None) -> Any:
    """A row of a ``parametrize`` whose kind another row has for less: CI tests it."""
    return pytest.param(*row, marks=pytest.mark.slow, id=id)


def _slow(row: Any) -> Any:
    if isinstance(row, tuple) and hasattr(row, "marks"):  # from pytest.param
        return pytest.param(*row.values, marks=[*row.marks, pytest.mark.slow], id=row.id)
    values = row if isinstance(row, tuple) else (row,)
    return pytest.param(*values, marks=pytest.mark.slow)
