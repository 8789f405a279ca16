"""Matrices as lists of their rows, ``[[1, 2], [3, 4]]``, which would be blocks in one row."""

from __future__ import annotations

import re

_ROW = r"\s*[\[({]\s*[^\[\](){},;]+(?:,[^\[\](){},;]+)*[\])}]\s*"
_NESTED = re.compile(rf"[\[({{](?:{_ROW})(?:,{_ROW})+,?\s*[\])}}]")
_INSIDE = re.compile(r"[\[({]([^\[\](){},;]+(?:,[^\[\](){},;]+)*)[\])}]")


def rewrite_nested_rows(text: str) -> tuple[int, int, str] | None:
    """Where such a matrix stands, and how it is written here; None where there is none."""
    found = _NESTED.search(text)
    if found is None or found[0][:2] not in ("[[", "{{", "(("):
        return None
    rows = [", ".join(cell.strip() for cell in row.split(",")) for row in _INSIDE.findall(found[0])]
    return found.start(), found.end(), f"[{'; '.join(rows)}]"
