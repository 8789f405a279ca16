"""Text to tokens, in one pass of one regular expression; refuses what no later stage should have to meet."""

from __future__ import annotations

from matcalc.core.errors import Span, SyntaxProblem
from matcalc.syntax import diagnose
from matcalc.syntax.diagnose import Token
from matcalc.syntax.table import Table

LONGEST = 65_536  # characters of a text
DEEPEST = 3_000  # levels of brackets

# After these a line end does not end the statement
_OPEN = frozenset(
    {
        "COMPARE",
        "PLUS",
        "MINUS",
        "TIMES",
        "DIVIDE",
        "SOLVE",
        "DOTTIMES",
        "DOTDIVIDE",
        "KRON",
        "POWER",
        "DOTPOWER",
        "EQUALS",
        "ARROW",
        "COLON",
        "COMMA",
    }
)
_ENDS = frozenset({"NAME", "NUMBER", "RPAR", "RSQUARE", "RNORM", "TRANSPOSE", "SUPERSCRIPT"})  # an operand ends with these


def tokens(text: str, table: Table, *, power_of_T: bool = False) -> list[Token]:
    """The tokens of the text, ended by ``$END`` behind the last of them.

    ``^T`` is the transpose, or with ``power_of_T`` the power by a scalar that is called T.
    """
    if len(text) > LONGEST:
        raise SyntaxProblem(
            f"the text has {len(text):,} characters; at most {LONGEST:,} are read", source=text, span=Span(LONGEST, LONGEST + 1)
        )
    result: list[Token] = []
    scan, ignored = table.scan, table.ignored
    position, length, depth = 0, len(text), 0
    norms: list[tuple[int, int]] = []  # where each open ‖ stands, and in how many brackets
    while position < length:
        match = scan(text, position)
        if match is None:
            raise diagnose.bad_character(text, position)
        kind, end = match.lastgroup or "", match.end()
        if kind in ("LPAR", "LSQUARE"):
            depth += 1
            if kind == "LPAR" and result and result[-1][3] == "'":
                _prime(result, position)
            if depth > DEEPEST:
                message = f"brackets are nested more than {DEEPEST:,} levels deep"
                raise SyntaxProblem(message, source=text, span=Span(position, end))
        elif kind in ("RPAR", "RSQUARE"):
            depth -= 1
            if depth < 0:
                opening = "(" if kind == "RPAR" else "["
                raise SyntaxProblem(f"this {match.group()} has no opening {opening}", source=text, span=Span(position, end))
            if norms and norms[-1][1] > depth:
                message = f"this ‖ is not closed before the {match.group()}"
                raise SyntaxProblem(message, source=text, span=Span(norms[-1][0], norms[-1][0] + 1))
        if kind == "LNORM":
            if norms and norms[-1][1] == depth and result[-1][0] in _ENDS:
                kind, _ = "RNORM", norms.pop()
            elif end > position + 1:
                raise SyntaxProblem("this norm closes nothing", source=text, span=Span(position, end))
            else:
                norms.append((position, depth))
        if kind not in ignored:
            piece = match.group()
            if kind == "SEPARATOR":
                if result and (";" in piece or (depth == 0 and not norms and result[-1][0] not in _OPEN)):
                    result.append((kind, position, end, piece))
            elif power_of_T and kind == "TRANSPOSE" and piece[0] == "^":
                result += [("POWER", position, position + 1, "^"), ("NAME", end - 1, end, "T")]
            else:
                if kind == "WHERE" and result and result[-1][0] == "SEPARATOR":
                    result.pop()  # the line end before it
                result.append((kind, position, end, piece))
        position = end
    if norms:
        raise SyntaxProblem("this ‖ is not closed", source=text, span=Span(norms[-1][0], norms[-1][0] + 1))
    last = len(text.rstrip())
    result.append(("$END", last, last, ""))
    return result


def _prime(result: list[Token], position: int) -> None:
    """A name with quotes directly before a bracket is that of a derivative: f'(x), f''(x)."""
    count = 1
    while count < len(result) and result[-count - 1][3] == "'":
        count += 1
    if count < len(result) and result[-count - 1][0] == "NAME":
        (_, start, end, name) = result[-count - 1]
        if end + count == position:
            result[-count - 1 :] = [("NAME", start, position, name + "'" * count)]
