r"""A function that the first lines of a formula write out: ``f(x) = \|Ax - b\|^2 \\ \nabla f(x)``.

The letter is then a name for the value, so its arguments are left away where it is called with the
same ones, and ``\nabla`` without a letter below has its only argument.
"""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.read.syntax.table import ParseTable
from matcalc.read.syntax.tokens import Token
from matcalc.read.tex.lexer import tokens
from matcalc.read.tex.scope import Scope

_LETTER = frozenset({"LETTERS", "GREEK", "STYLED"})
_Function = tuple[str, list[Token]]  # the letter, and what stands behind it: ( x , y )


def tokens_of(text: str, table: ParseTable, scope: Scope) -> list[Token]:
    """The tokens of a formula, those of its functions as those of their values."""
    found = tokens(text, table, scope.words, scope.user_words)
    start = 0
    while True:
        function = _defined(found, start)
        if function is not None and function[0] not in scope.declared:
            found = _without_arguments(found, function)
        start = next((k + 1 for k in range(start, len(found)) if found[k][0] == "SEPARATOR"), 0)
        if not start:
            return found


def _defined(found: Sequence[Token], start: int) -> _Function | None:
    """The function that a line writes out, before other lines; None where it does not."""
    if not any(each[0] == "SEPARATOR" for each in found[start:]):
        return None
    if found[start][0] not in _LETTER or found[start + 1][0] != "LPAR":
        return None
    place = start + 2
    while found[place][0] in _LETTER and found[place + 1][0] == "COMMA":
        place += 2
    ends = [each[0] for each in found[place : place + 3]]
    if len(ends) < 3 or ends[0] not in _LETTER or ends[1:] != ["RPAR", "EQUALS"]:
        return None
    return found[start][3], list(found[start + 1 : place + 2])


def _without_arguments(found: list[Token], function: _Function) -> list[Token]:
    """The tokens with the letter for the function; the same where it is called with others."""
    letter, behind = function
    texts = [each[3] for each in behind]
    result: list[Token] = []
    place = 0
    while place < len(found):
        token = found[place]
        place += 1
        if token[3] != letter or token[0] not in _LETTER:
            result.append(token)
            continue
        before = result[-1] if result else None
        if before is not None and before[0] == "NABLA" and len(behind) == 3:
            end = before[2]
            result += [("SUB", end, end, "_"), (behind[1][0], end, end, behind[1][3])]
        result.append(token)
        if [each[3] for each in found[place : place + len(texts)]] == texts:
            place += len(texts)
        elif found[place][0] == "LPAR":
            return found
    return result
