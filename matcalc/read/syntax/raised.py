"""Characters that are set above and below the line: A⁻ᵀ, xᵗ, x₁₂."""

from __future__ import annotations

import re

RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ", "0123456789n", strict=True))


def suggest_for_raised(text: str, position: int) -> str:
    """What to write for A⁻ᵀ, A⁻² and xᵗ."""
    base = re.search(r"\w+$", text[:position])
    a = base[0] if base else "A"
    if text[position] == "ᵗ":
        return f"write {a}' for the transpose"
    if text.startswith("⁻ᵀ", position):
        return f"write inv({a})' for the transpose of the inverse"
    digits = "".join(RAISED.get(char, "") for char in text[position + 1 : position + 3])
    return f"write {a}^-{digits or 1}"


def subscript(text: str, position: int) -> str:
    """The letters and digits that are set below the line at a place."""
    import unicodedata  # noqa: PLC0415 - a megabyte of tables

    end = position
    while end < len(text) and unicodedata.decomposition(text[end]).startswith("<sub>"):
        end += 1
    return unicodedata.normalize("NFKC", text[position:end])
