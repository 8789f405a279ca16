"""Markers of claims in Markdown and LaTeX, and the formulas that follow them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARKERS = (
    re.compile(r"<!--\s*matcalc-claim\b(?P<keys>.*?)-->", re.DOTALL),
    # a comment line; one that ends with a comma goes on in the next
    re.compile(
        r"^[ \t]*%+[ \t]*matcalc-claim\b(?P<keys>(?:.*,[ \t]*\n[ \t]*%+)*.*)$", re.MULTILINE
    ),
)
_DISPLAYS = "equation|align|alignat|flalign|gather|multline|eqnarray|displaymath|math"
_FORMULA = re.compile(
    r"```math[ \t]*\n(?P<fence>.*?)^```[ \t]*$"
    r"|\$\$(?P<dollars>.+?)\$\$"
    r"|\\\[(?P<square>.+?)\\\]"
    rf"|\\begin\{{(?P<name>(?:{_DISPLAYS})\*?)\}}(?P<display>.+?)\\end\{{(?P=name)\}}"
    r"|(?<![\\$])\$(?P<dollar>[^$]+?)(?<!\\)\$"
    r"|\\\((?P<round>.+?)\\\)",
    re.DOTALL | re.MULTILINE,
)
_INSIDE = ("fence", "dollars", "square", "display", "dollar", "round")
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_IGNORED = re.compile(r"\\(?:label|tag\*?)\s*\{[^{}]*\}|\\(?:nonumber|notag)(?![A-Za-z])")
# what may stand around the side of an equation: alignment, ends of lines and of sentences
_AROUND = re.compile(r"^(?:\s|&|\\\\|\\[,;:! ])+|(?:\s|&|\\\\|\\[,;:! ]|[.,;])+$")


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a marker stands, and what it says after its name: the keys of an inline table."""

    start: int
    end: int
    keys: str


def markers(text: str) -> list[Mark]:
    """The markers of a document, in order."""
    found = []
    for pattern in _MARKERS:
        for match in pattern.finditer(text):
            keys = " ".join(re.sub(r"\n[ \t]*%+", " ", match["keys"]).split())
            found.append(Mark(match.start(), match.end(), keys))
    return sorted(found, key=lambda mark: mark.start)


def equation(text: str) -> list[str] | None:
    """The sides of the first formula in a text, one if it is not an equation; None if there is no
    formula.
    """
    match = _FORMULA.search(_COMMENT.sub("", text))
    if match is None:
        return None
    inside = next(match[name] for name in _INSIDE if match[name] is not None)
    return sides(_IGNORED.sub("", inside))


def formula_at(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where the inside of the first formula between two places stands; None where there is none."""
    match = _FORMULA.search(text, start, end)
    if match is None:
        return None
    return next(match.span(name) for name in _INSIDE if match[name] is not None)


def sides(formula: str) -> list[str]:
    """The sides of an equation: what stands between equals signs outside of braces."""
    found, depth, start = [], 0, 0
    escaped = False
    for place, character in enumerate(formula):
        if not escaped:
            depth += (character == "{") - (character == "}")
            if character == "=" and depth == 0:
                found.append(formula[start:place])
                start = place + 1
        escaped = character == "\\" and not escaped
    return [_AROUND.sub("", side) for side in (*found, formula[start:])]
