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
_GRID = re.compile(
    rf"\\(?:begin|end)\s*\{{(?:aligned|gathered|split|(?:{_DISPLAYS})\*?)\}}(?:\[[tcb]\])?"
    r"|^\s*\{\d+\}"
)
# a line ends, a column, a group opens or closes; all else
_TOKEN = re.compile(
    r"(?P<row>\\\\(?:\[-?[\d.]+[a-z ]*\])?)|(?P<column>&)|(?P<open>\\begin\s*\{[^{}]*\}|\{)"
    r"|(?P<close>\\end\s*\{[^{}]*\}|\})|\\.|[^\\{}&]+",
    re.DOTALL,
)
# how a line begins that goes on with the one before
_GOES_ON = re.compile(
    r"(?:\s|&|\{\}|\\[,;:! ]|\\q?quad(?![a-z]))*(?:[=+*/-]|\\(?:cdot|times|odot|pm)(?![a-z]))"
)
# a letter, perhaps bold or with a hat, perhaps with an index, and a function of letters: what a
# definition has on its left
_NAME = (
    r"(?!\\(?:nabla|partial)\b)(?:\\[a-z]+\s*)?(?:\{\s*)?\\?[A-Za-z]+(?:\s*\})?"
    r"(?:_(?:\w|\{[^{}]*\}))?"
)
_LETTER = re.compile(_NAME)
_CALLED = (
    r"(?:[A-Za-z]|\\math[a-z]+\s*\{\s*[A-Za-z]+\s*\}|\\(?:ell|varphi|[Pp](?:hi|si))(?![a-z]))"
    r"(?:_(?:\w|\{[^{}]*\}))?"
)
_FUNCTION = re.compile(rf"{_CALLED}\s*(?:\\left)?\(\s*{_NAME}(?:\s*,\s*{_NAME})*\s*(?:\\right)?\)")
# words before a definition beside an equation
_SPACE = r"(?:\s|~|\\q?quad(?![a-z])|\\[,;:! ])*"
_WHERE = re.compile(
    rf"[,;.]?{_SPACE}&?{_SPACE}\\(?:text|mbox|textrm|mathrm)\s*"
    r"\{\s*(?:,\s*)?(?:where|with|and)\s*\}"
    rf"{_SPACE}&?{_SPACE}(?=(?:{_NAME}|{_FUNCTION.pattern})\s*&?\s*:?=)"
)
# between equations beside each other
_BESIDE = re.compile(
    r"[,;]\s*(?:(?:\\q?quad(?![a-z])\s*)+(?=[^=]*=)"
    rf"|(?=(?:{_NAME}|{_FUNCTION.pattern})\s*&?\s*:?=|\\nabla|\\frac\s*\{{\s*\\partial)(?=[^=]*=))"
)
# what may stand around the side of an equation: alignment, ends of lines and of sentences
_AROUND = re.compile(r"^(?:\s|&|\\\\|\\[,;:! ])+|(?:\s|&|\\\\|\\[,;:! ]|[.,;:])+$")


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


def equations(text: str) -> list[list[str]] | None:
    """The equations of the first formula in a text, as ``statements`` gives them; None if there is
    no formula.
    """
    match = _FORMULA.search(_COMMENT.sub("", text))
    if match is None:
        return None
    inside = next(match[name] for name in _INSIDE if match[name] is not None)
    return statements(inside)


def formula_at(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where the inside of the first formula between two places stands; None where there is none."""
    match = _FORMULA.search(text, start, end)
    if match is None:
        return None
    return next(match.span(name) for name in _INSIDE if match[name] is not None)


def statements(formula: str) -> list[list[str]]:
    r"""The sides of each equation of a formula; of one that is not an equation there is one side.

    Equations are in lines of their own, or in columns: ``a &= b, & c &= d``. A line that begins
    with a sign goes on with the equation before. Beside other equations, one with a letter on its
    left is a definition, which comes before the left sides of the others: ``r = A x - b \\\\
    \nabla_x r^\top r``. So is one with a function of letters, ``f(x) = x^\top x``, and what stands
    after a word: ``\text{where } r = A x - b``.
    """
    plain = _GRID.sub("", _IGNORED.sub("", formula))
    if r"\begin" not in plain:  # in a matrix or in cases these are not equations
        plain = _in_lines(_WHERE.sub(r" \\\\ ", plain))
    found = [sides(text) for text in _split_equations(plain)]
    defined = [
        bool(len(each) == 2 and _LETTER.fullmatch(each[0]))
        or bool(len(each) > 1 and _FUNCTION.fullmatch(each[0]))
        for each in found
    ]
    if all(defined):
        return found
    definitions = [
        " = ".join(each[:2]) for each, is_one in zip(found, defined, strict=True) if is_one
    ]
    return [
        [r" \\ ".join([*definitions, each[0]]), *each[1:]]
        for each, is_one in zip(found, defined, strict=True)
        if not is_one
    ]


def _in_lines(formula: str) -> str:
    """The formula with equations beside each other in lines of their own."""

    def line(match: re.Match[str]) -> str:
        before = formula[: match.start()]
        inside = any(before.count(a) > before.count(b) for a, b in ("{}", "()", "[]"))
        return match[0] if inside else r" \\ "

    return _BESIDE.sub(line, formula)


def _split_equations(formula: str) -> list[str]:
    """The equations of a formula in several lines or columns."""
    found = [""]
    for row in _rows(formula):
        for place in range(0, len(row), 2):  # of two columns, the second begins at the sign
            text = " ".join(" ".join(row[place : place + 2]).split())
            before = sides(found[-1])
            is_whole = len(before) > 1 and bool(before[-1])
            begins = row[place].strip() and not _GOES_ON.match(text) and len(sides(text)) > 1
            if is_whole and begins:
                found.append(text)
            elif not found[-1].strip() or found[-1].rstrip().endswith("=") or _GOES_ON.match(text):
                found[-1] += f" {text}"
            elif text.strip():
                found[-1] += f" & {text}" if place else rf" \\ {text}"
    return found


def _rows(formula: str) -> list[list[str]]:
    """The cells of each line of a formula, those of matrices left whole."""
    rows, depth = [[""]], 0
    for match in _TOKEN.finditer(formula):
        depth += (match.lastgroup == "open") - (match.lastgroup == "close")
        if match.lastgroup == "row" and not depth:
            rows.append([""])
        elif match.lastgroup == "column" and not depth:
            rows[-1].append("")
        else:
            rows[-1][-1] += match[0]
    return rows


def sides(formula: str) -> list[str]:
    """The sides of an equation: what is between equals signs outside braces and matrices."""
    found, depth = [""], 0
    for match in _TOKEN.finditer(formula):
        depth += (match.lastgroup == "open") - (match.lastgroup == "close")
        if depth:
            found[-1] += match[0]
        else:
            last, *more = match[0].split("=")
            found[-1] += last
            found += more
    return [_AROUND.sub("", side) for side in found]
