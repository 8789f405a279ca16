r"""What a formula writes out in lines of its own or after it.

A function: ``f(x) = \|Ax - b\|^2 \\ \nabla f(x)``. The letter is then a name for the value, so its
arguments are left away where it is called with the same ones, and ``\nabla`` without a letter below
has its only argument.

Letters in the same line, or in lines after: ``r^\top r \text{ where } r = A x - b``, ``h = \tanh(W
x), y = v^\top h``.
They are put before the value that uses them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from matcalc.core.errors import MatcalcError, Span
from matcalc.core.walk import postorder
from matcalc.read.syntax.nodes import Statement, children
from matcalc.read.syntax.table import ParseTable
from matcalc.read.syntax.tokens import Token
from matcalc.read.tex.delimiters import CLOSING, OPENING
from matcalc.read.tex.lexer import tokens
from matcalc.read.tex.pasted import refuse_eaten, split_raised
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.symbols import apply_style

LETTER = frozenset({"LETTERS", "GREEK", "STYLED"})
_WORD = re.compile(
    r"\\(?:text|mbox|textrm|mathrm)\s*\{\s*,?\s*(?:where|with|and)\s*\}|where|with|and"
)
_BINARY = frozenset({"PLUS", "CDOT", "TIMES", "ODOT"})
UNUSED = "is defined and not used: only the last line counts"
_HESSIAN = (
    r"note: \nabla^2 {0} is read as the Hessian with respect to {1}; the Laplacian is lap({0}, "
    r"{1}) in the "
    "plain language"
)
_MOST = 20  # letters that one line defines
_Function = tuple[str, list[Token]]  # the letter, and what follows it: ( x , y )


def tokens_of(text: str, table: ParseTable, scope: Scope) -> list[Token]:
    """The tokens of a formula, those of its functions as those of their values."""
    found = join_lines(tokens(text, table, scope.words, scope.user_words), text)
    refuse_eaten(found, text)
    split_raised(found)
    found = _definitions_first(found, text) if text.count("=") else found
    start = 0
    while True:
        function = _defined(found, start)
        if function is not None and function[0] not in scope.declared:
            found = _without_arguments(found, function, scope)
        start = next((k + 1 for k in range(start, len(found)) if found[k][0] == "SEPARATOR"), 0)
        if not start:
            return found


def join_lines(found: list[Token], text: str) -> list[Token]:
    r"""The tokens without the ends of lines within a formula: before a sign, L = a \\ + b, and
    after one. A minus goes on, unless the line defines what is used after it.
    """
    result: list[Token] = []
    depth, start = 0, 0  # where the line begins in the result
    for k, token in enumerate(found):
        depth += (token[0] in OPENING) - (token[0] in CLOSING)
        if token[0] == "SEPARATOR" and not depth and result and k + 1 < len(found):
            before = result[start:]
            name = (_name(before, text) or _name_of_function(before, text))[:1]
            behind = found[k + 1][0]
            used = name and _occurs(name, _line(found, k + 1), text)
            goes_on = behind == "MINUS" and not used
            if goes_on or behind in _BINARY or result[-1][0] in {*_BINARY, "MINUS"}:
                continue
            start = len(result) + 1
        result.append(token)
    return result


def _line(found: list[Token], start: int) -> list[Token]:
    """What stands from there to the next end of a line."""
    ends = (k for k in range(start, len(found)) if found[k][0] == "SEPARATOR")
    return found[start : next(ends, len(found))]


def _definitions_first(found: list[Token], text: str) -> list[Token]:
    """The tokens with the letters that a line or lines define before the one value that uses
    them.
    """
    *line, end = found
    pieces = pieces_of(line, text)
    names = [_name(piece, text) or _name_of_function(piece, text) for piece in pieces]
    known = [tuple(name) for name in names if name]
    if not 1 < len(pieces) <= _MOST or len(set(known)) < len(known):
        return found
    used = [
        {i for i, name in enumerate(names) if name and i != k and _occurs(name, piece, text)}
        for k, piece in enumerate(pieces)
    ]
    values = [k for k in range(len(pieces)) if not any(k in each for each in used)]
    if len(values) != 1:
        return found
    order: list[int] = []
    while len(order) < len(pieces):
        ready = [k for k in range(len(pieces)) if k not in order and used[k] <= {*order}]
        if not ready:
            return found  # they need each other
        order.append(ready[0])
    result: list[Token] = []
    for k in order:
        start = pieces[k][0][1]
        result += [("SEPARATOR", start, start, r"\\")] * bool(result) + pieces[k]
    return [*result, end]


def pieces_of(line: list[Token], text: str) -> list[list[Token]]:
    """What is in lines, and between commas and words such as where, if a letter is defined
    after each.
    """
    pieces: list[list[Token]] = [[]]
    depth = 0
    for k, token in enumerate(line):
        depth += (token[0] in OPENING) - (token[0] in CLOSING)
        if token[0] == "SEPARATOR" and not depth:
            while pieces[-1] and _is_word(pieces[-1][-1], text):  # where, at the end of a line
                pieces[-1].pop()
            pieces.append([])
            continue
        if not depth and (token[0] == "COMMA" or _is_word(token, text)):
            behind = next((i for i in range(k + 1, len(line)) if not _is_word(line[i], text)), k)
            defines = _name(line[behind:], text) or _is_function(line[behind:])
            if defines or line[behind][0] == "NABLA":
                pieces.append([])
                continue
        pieces[-1].append(token)
    return [piece for piece in pieces if piece]


def _is_word(token: Token, text: str) -> bool:
    return _WORD.fullmatch(text[token[1] : token[2]].strip()) is not None


def _is_function(piece: list[Token]) -> bool:
    r"""Whether this begins with the head of a function, h(x) = or h_\theta(x) =."""
    end = next((k for k, each in enumerate(piece) if each[0] == "EQUALS"), 0)
    kinds = [each[0] for each in piece[:end]]
    inner = kinds[kinds.index("LPAR") + 1 : -1] if "LPAR" in kinds else []
    return (
        kinds[-1:] == ["RPAR"]
        and kinds[0] in LETTER
        and LETTER.issuperset(kind for kind in inner if kind not in ("COMMA", "PRIME"))
    )


def _name_of_function(piece: list[Token], text: str) -> list[str]:
    """The letter of the function that is defined, with its subscript; nothing if none is."""
    if not _is_function(piece):
        return []
    opened = next(k for k, each in enumerate(piece) if each[0] == "LPAR")
    return [spelling(each, text) for each in piece[:opened]]


def spelling(token: Token, text: str) -> str:
    r"""A token as it is told from others: \mathbf z and \mathbf{z} are one letter."""
    kind, start, end, piece = token
    if kind != "STYLED":
        return piece
    try:
        return repr(apply_style(piece, Span(start, end), text))
    except MatcalcError:
        return piece


def _name(piece: list[Token], text: str) -> list[str]:
    """The letter with its subscript before the first equals sign; nothing if something else stands
    there.
    """
    end = next((k for k, each in enumerate(piece) if each[0] == "EQUALS"), 0)
    head = piece[:end]
    if not head or head[0][0] not in LETTER:
        return []
    simple = len(head) == 1 or (head[1][0] == "SUB" and (len(head) == 3 or head[2][0] == "LBRACE"))
    return [spelling(each, text) for each in head] if simple else []


def _occurs(name: list[str], piece: list[Token], text: str) -> bool:
    texts = [spelling(each, text) for each in piece]
    return any(texts[k : k + len(name)] == name for k in range(len(texts)))


def _defined(found: Sequence[Token], start: int) -> _Function | None:
    """The function that a line writes out, before other lines; None where it does not."""
    if not any(each[0] == "SEPARATOR" for each in found[start:]):
        return None
    if found[start][0] not in LETTER or found[start + 1][0] != "LPAR":
        return None
    place = start + 2
    while found[place][0] in LETTER and found[place + 1][0] == "COMMA":
        place += 2
    ends = [each[0] for each in found[place : place + 3]]
    if len(ends) < 3 or ends[0] not in LETTER or ends[1:] != ["RPAR", "EQUALS"]:
        return None
    return found[start][3], list(found[start + 1 : place + 2])


def _without_arguments(found: list[Token], function: _Function, scope: Scope) -> list[Token]:
    """The tokens with the letter for the function; the same where it is called with others."""
    letter, behind = function
    texts = [each[3] for each in behind]
    result: list[Token] = []
    place = 0
    while place < len(found):
        token = found[place]
        place += 1
        if token[3] != letter or token[0] not in LETTER:
            result.append(token)
            continue
        sign = _nabla_before(result)
        if sign is not None and len(behind) == 3:
            end = result[sign][2]
            by = [("SUB", end, end, "_"), (behind[1][0], end, end, behind[1][3])]
            if sign < len(result) - 1:
                scope.note(_HESSIAN.format(letter, behind[1][3]))
            result[sign + 1 : sign + 1] = by
        result.append(token)
        if [each[3] for each in found[place : place + len(texts)]] == texts:
            place += len(texts)
        elif found[place][0] == "LPAR":
            return found
    return result


def _nabla_before(result: list[Token]) -> int | None:
    r"""Where the \nabla or \nabla^2 stands that the tokens end with."""
    for signs in ([], ["^", "2"], ["^", "{", "2", "}"]):
        start = len(result) - len(signs) - 1
        behind = [each[3] for each in result[start + 1 :]]
        if start >= 0 and result[start][0] == "NABLA" and behind == signs:
            return start
    return None


def note_unused(statements: list[Statement], label: Phrase | None, scope: Scope) -> None:
    """A note for each line that defines what no line after it uses, and for a value in which the
    letter stands that it is called.
    """
    used: set[str] = set()
    for statement in reversed(statements):
        if statement.name_span is not None and statement.name not in used:
            shown = scope.quote(statement.name_span)
            scope.note(f"note: {shown} {UNUSED}")
        nodes = postorder(statement.body, children)
        used.update(str(node.value) for node in nodes if node.kind == "name")
        last = statement is statements[-1]
        if last and label is not None and label.kind == "symbol" and scope.name(label) in used:
            shown = scope.quote(label)
            scope.note(f"note: {shown} = ... has {shown} on both sides: the right one counts")
