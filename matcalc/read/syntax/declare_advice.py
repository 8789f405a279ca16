"""Declarations as people write them elsewhere, ``A in R^{m x n}``: what to write in their place."""

from __future__ import annotations

import re
from collections.abc import Container

from matcalc.core.kinds import KINDS

_NAME, _SIZE = r"[^\W\d]\w*", r"\w+(?:\s*[-+]\s*\w+)?"
_SIZES = rf"(?P<rows>{_SIZE})(?:(?:\s*(?:,|×|\*|\bx\b|\bby\b)\s*|\s+)(?P<columns>{_SIZE}))?"
_ROOM = re.compile(rf"(?P<reals>[Rℝ]\s*\^?|\^)?\s*(?P<open>[({{\[])?\s*{_SIZES}\s*[)}}\]]?")
_MEMBER = re.compile(
    rf"\s*(?P<name>{_NAME})\s*(?:(?P<within>is\s+in\b|in\b|∈|::)|:|=)\s*(?P<room>.*?)\s*"
)
_KIND = re.compile(r"(?P<kind>[a-z]+)(\(.*\))?")
_APART = re.compile(rf"\s*(?P<name>{_NAME})\s*[:\s]\s*(?P<kind>[a-z]+)\s+{_SIZES}\s*")
_BEFORE = re.compile(rf"\s*(?P<kind>[a-z]+)(?P<sizes>\(.*\))?\s+(?P<name>{_NAME})\s*")
_TIMES = re.compile(r"\b([a-z]|\d+)x([a-z]|\d+)\b")  # mxn, 3x2
# words that are not sizes after a kind
_NO_SIZES = re.compile(r"\b(matrix|vector|square|triangular|positive|(semi)?definite)\b")
_IN_WORDS = re.compile(
    r"((real|column)\s+)?((?P<side>lower|upper)[\s_-]+triangular|(?P<kind>[a-z]+))"
    r"((?<!positive)(?<!scalar)\s+matrix)?(?P<sizes>\(.*\))?"
)


def suggest_declaration(line: str, kinds: Container[str]) -> str | None:
    """What to write for ``A in R^{m x n}``, ``A: m x n``, ``A: matrix m n`` and ``matrix A``."""
    before, apart = _BEFORE.fullmatch(line), _APART.fullmatch(line)
    if before and before["kind"] in kinds:
        return f"{before['name']}: {before['kind']}{before['sizes'] or ''}"
    if apart and apart["kind"] in kinds and not _NO_SIZES.search(line, apart.end("kind")):
        sizes = ", ".join(filter(None, (apart["rows"], apart["columns"])))
        return f"{apart['name']}: {apart['kind']}({sizes})"
    member = _MEMBER.fullmatch(line)
    kind = member and (kind_in_words(member["room"]) or kind_of_room(member["room"]))
    exact = _KIND.fullmatch(member["room"]) if member and member["within"] else None
    if member and exact and exact["kind"] in kinds:  # A in symmetric(n)
        kind = member["room"]
    return f"{member['name']}: {kind}" if member and kind else None


def kind_in_words(text: str) -> str | None:
    """``symmetric`` for ``symmetric matrix``; None where there are no more words than its own."""
    found = _IN_WORDS.fullmatch(text.strip())
    if found is None:
        return None
    kind = found["kind"] or ("upper" if found["side"] == "upper" else "triangular")
    sizes = found["sizes"] or ""
    if KINDS.get(kind) == 1:
        sizes = re.sub(r"\((\w+),\s*\1\)", r"(\1)", sizes)
    return f"{kind}{sizes}" if kind in KINDS and f"{kind}{sizes}" != text.strip() else None


def kind_of_room(text: str) -> str | None:
    """The kind of the values of a space that is told by its sizes: ``R^{m x n}``, ``(m, n)``."""
    room = _ROOM.fullmatch(_TIMES.sub(r"\1 x \2", text))
    if room is None or text in ("R", "ℝ"):
        return "scalar" if room else None
    rows, columns = room["rows"], room["columns"]
    bare = columns and not (room["reals"] or room["open"])
    if bare and any(each.isalpha() and len(each) > 1 for each in (rows, columns)):
        return None  # words, as in complex scalar
    told = room["reals"] or room["open"] or columns or len(rows) == 1 or rows.isdecimal()
    if not told or (rows.isupper() and not (room["reals"] or columns)):
        return None  # a word; A: B, which may be a product
    return f"matrix({rows}, {columns})" if columns else f"vector({rows})"
