"""Tokens to syntax tree: an LALR(1) automaton driven by the compiled table, one small function for
each kind of phrase.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from matcalc.core.errors import MatcalcError, ParseError, Span
from matcalc.core.walk import postorder
from matcalc.read.syntax.automaton import drive
from matcalc.read.syntax.lexer import tokens
from matcalc.read.syntax.nodes import Binding, Loop, Statement, SyntaxNode, WhereNode, children
from matcalc.read.syntax.table import load
from matcalc.read.syntax.tokens import Token

_ASCII = {
    "@": "*",
    "**": "^",
    ".**": ".^",
    "⊙": ".*",
    "∘": ".*",
    "⊘": "./",
    "−": "-",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
}
_OURS = ("'", "^", ".^", ".*", "./", "\\")  # signs that are none of Python's between arrays
_NORMS = {"": "", "F": "F", "inf": "inf", "1": "1", "₁": "1", "2": "2", "₂": "2", "∞": "inf"}
_BINDING = frozenset({"BINDER", "ARRAY", "FOR", "FAMILY"})
_DOTTED = ("QUALIFIED", "METHOD")
_AXES = "klpqrstuvwabcdefghmnoxyz"  # indices of axes that are written as :
_SUPERSCRIPTS = {"²": 2, "³": 3, "⁻¹": -1}
_LONGEST_NUMBER = (
    1_000  # digits, and the largest exponent: exact arithmetic with more would not end
)


_PROMPTED = 12  # characters that may be a prompt such as julia>


def parse(
    text: str, *, power_of_T: bool = False, advise: bool = True, sizes: Iterable[str] = ()
) -> list[Statement]:
    """The statements of a program; raises ``ParseError``, which with ``advise`` says what to write
    instead. ``sizes`` are the names in the sizes of declared variables.
    """
    table = load()
    try:
        stream = tokens(text, table, power_of_T=power_of_T)

        def refuse(token: Token, before: Token | None, row: dict[str, int]) -> ParseError:
            from matcalc.read.syntax.diagnose import bad_token  # noqa: PLC0415 - an error's path

            return bad_token(text, token, before, row, *((stream, _readable) if advise else ()))

        result: list[Statement] = drive(stream, table, _BUILDERS, refuse)
    except MatcalcError as problem:
        problem.with_source(text)
        if hasattr(problem, "advise"):
            problem.advise(text)
        if advise:
            problem.hint = sum_advice(text) or problem.hint
        raise
    signed = " -" in text or " +" in text
    elsewhere = "<-" in text or "> " in text[:_PROMPTED] or "[[" in text
    ones = text.replace(" ", "")
    if elsewhere or "1'*" in ones or "*1" in ones or ("[" in text and signed):
        from matcalc.read.syntax.diagnose import refuse_two_meanings  # noqa: PLC0415 - as below

        refuse_two_meanings(text, stream)
    kinds = {token[0] for token in stream}
    if not kinds.isdisjoint(_BINDING):
        # few texts have bound indices
        from matcalc.read.syntax.binders import bind  # noqa: PLC0415

        bind(result, text, sizes)
    if "WHERE" in kinds and "(" in text:
        # few texts have definitions in brackets
        from matcalc.read.syntax.scopes import hoist  # noqa: PLC0415

        result = hoist(result, text)
    if ("@" in text or not kinds.isdisjoint(_DOTTED)) and _is_python(stream):
        # few texts are in Python's notation
        from matcalc.read.syntax.dotted import mark_operators  # noqa: PLC0415

        mark_operators(result, text)
    return result


def _is_python(stream: list[Token]) -> bool:
    """Whether a text is in Python's notation, as np.exp and .sum say, and @ beside no sign that
    Python has not.
    """
    named = [token[3] for token in stream if token[0] in _DOTTED]
    if not all(name.startswith(("LinearAlgebra.", "Statistics.")) for name in named):  # Julia's
        return True
    signs = {token[3] for token in stream}
    return "@" in signs and signs.isdisjoint(_OURS)


def sum_advice(text: str) -> str | None:
    """What to write where a sum over indices is in another notation."""
    from matcalc.read.syntax.binder_advice import as_binders  # noqa: PLC0415 - on errors only

    return as_binders(text, _readable)


def _readable(text: str) -> bool:
    """Whether a text is in the language."""
    try:
        return bool(parse(text, advise=False))
    except MatcalcError:
        return False


def _binary(parts: list[Any]) -> SyntaxNode:
    left, (_, start, end, piece), right = parts
    return SyntaxNode(
        _ASCII.get(piece, piece), (left, right), left.start, right.end, mark=Span(start, end)
    )


def _negative(parts: list[Any]) -> SyntaxNode:
    (_, start, end, _), operand = parts
    return SyntaxNode("neg", (operand,), start, operand.end, mark=Span(start, end))


def _positive(parts: list[Any]) -> SyntaxNode:
    (_, start, _, _), operand = parts
    operand.start = start
    result: SyntaxNode = operand
    return result


def _transpose(parts: list[Any]) -> SyntaxNode:
    operand, (_, start, end, _) = parts
    return SyntaxNode("'", (operand,), operand.start, end, mark=Span(start, end))


def _superscript(parts: list[Any]) -> SyntaxNode:
    operand, (_, start, end, piece) = parts
    exponent = SyntaxNode("number", (), start, end, value=Fraction(_SUPERSCRIPTS[piece]))
    return SyntaxNode("^", (operand, exponent), operand.start, end, mark=Span(start, end))


def _number(parts: list[Any]) -> SyntaxNode:
    ((_, start, end, piece),) = parts
    mantissa, _, exponent = piece.lower().partition("e")
    if (
        len(mantissa) > _LONGEST_NUMBER
        or len(exponent) > 6
        or abs(int(exponent or 0)) > _LONGEST_NUMBER
    ):
        raise ParseError(
            f"this number has more than {_LONGEST_NUMBER:,} digits", span=Span(start, end)
        )
    value = (
        Fraction(int(piece))
        if piece.isdecimal()
        else Fraction(mantissa.rstrip(".")) * Fraction(10) ** int(exponent or 0)
    )
    return SyntaxNode("number", (), start, end, value=value)


def _name(parts: list[Any]) -> SyntaxNode:
    ((kind, start, end, piece),) = parts
    if kind == "QUALIFIED":
        from matcalc.read.syntax.dotted import constant  # noqa: PLC0415 - as above

        return constant(piece, start, end)
    return SyntaxNode("name", (), start, end, value=piece)


def _call(parts: list[Any]) -> SyntaxNode:
    kind, start, end, piece = parts[0]
    arguments = tuple(parts[2]) if len(parts) > 3 else ()
    if kind == "QUALIFIED":
        from matcalc.read.syntax.dotted import read_dotted_call  # noqa: PLC0415 - as above

        return read_dotted_call(piece, arguments, start, parts[-1][2], Span(start, end))
    return SyntaxNode("call", arguments, start, parts[-1][2], mark=Span(start, end), value=piece)


def _method(parts: list[Any]) -> SyntaxNode:
    from matcalc.read.syntax.dotted import read_dotted_call  # noqa: PLC0415 - as above

    operand, (_, start, end, piece) = parts[:2]
    arguments = parts[3] if len(parts) > 4 else []
    return read_dotted_call(
        piece, [operand, *arguments], operand.start, parts[-1][2], Span(start, end)
    )


def _string(parts: list[Any]) -> SyntaxNode:
    ((_, start, end, piece),) = parts
    return SyntaxNode("text", (), start, end, value=piece[1:-1])


def _total(parts: list[Any]) -> SyntaxNode:
    call = _call(parts)
    call.value = "sum"
    return call


def _binder(parts: list[Any]) -> SyntaxNode:
    (_, start, end, name), _, places, _, _, body, closing = parts
    binding = Binding({"∑": "sum", "∏": "prod"}.get(name, name), places)
    return SyntaxNode("binder", (body,), start, closing[2], mark=Span(start, end), value=binding)


def _binder_behind(parts: list[Any]) -> SyntaxNode:
    """``sum(E for i, j)``."""
    (_, start, end, name), _, body, _, places, closing = parts
    binding = Binding(name, places)
    return SyntaxNode("binder", (body,), start, closing[2], mark=Span(start, end), value=binding)


def _bounds(parts: list[Any]) -> SyntaxNode:
    """``i = 1:n``."""
    name, _, first, _, last = parts
    return SyntaxNode("bounds", (_name([name]), first, last), name[1], last.end)


def _array(parts: list[Any]) -> Statement:
    """``F[i, k] = E``; in ``F[i, :] = E`` the entries of E stand along the whole axis."""
    (_, start, end, name), _, places, (_, _, closing, _), _, body = parts
    whole = [place for place in places if place.kind == ":"]
    if whole:
        used = {str(part.value) for part in postorder(body, children) if part.kind == "name"}
        used |= {str(part.value) for place in places for part in postorder(place, children)}
        letters = iter([each for each in _AXES if each not in used])
        for place in whole:
            place.kind, place.value = "name", next(letters)
        axes = [SyntaxNode("name", (), each.start, each.end, value=each.value) for each in whole]
        body = SyntaxNode("entries", (body, *axes), body.start, body.end, mark=body.span)
    mark, binding = Span(start, closing), Binding("array", places)
    value = SyntaxNode("binder", (body,), start, body.end, mark=mark, value=binding)
    return Statement("definition", value, name, Span(start, end))


def _accumulation(parts: list[Any]) -> Statement:
    """``s += E``, and ``s -= E``."""
    return _statement("accumulation", [*parts[:2], _addend(parts[1], parts[2])])


def _array_accumulation(parts: list[Any]) -> Statement:
    """``s[k] += E``."""
    statement = _array([*parts[:5], _addend(parts[4], parts[5])])
    statement.role = "accumulation"
    return statement


def _addend(sign: Token, body: SyntaxNode) -> SyntaxNode:
    """What is added: of ``-=`` the negative."""
    if sign[3] == "+=":
        return body
    return SyntaxNode("neg", (body,), body.start, body.end, mark=Span(sign[1], sign[1] + 1))


def _family(parts: list[Any]) -> Statement:
    """``W[k]: matrix(m, n)``."""
    (_, start, _, name), _, places, (_, _, end, _), _, body = parts
    return Statement("declaration", body, name, Span(start, end), tuple(places))


def _loop(parts: list[Any]) -> Loop:
    """``for k = 1:K; ...; end``, with a step between the ends where there is one."""
    ends = tuple([part for part in parts[3:-3] if isinstance(part, SyntaxNode)])
    bounds = SyntaxNode("loop", ends, ends[0].start, ends[-1].end)
    return Loop(_name([parts[1]]), bounds, parts[-3])


def _bracket(parts: list[Any]) -> SyntaxNode:
    opening, inside, closing = parts
    inside.start, inside.end = opening[1], closing[2]
    result: SyntaxNode = inside
    return result


def _norm(parts: list[Any]) -> SyntaxNode:
    (_, start, _, _), inside, (_, _, end, piece) = parts
    return SyntaxNode("norm", (inside,), start, end, value=_NORMS[piece.lstrip("‖|_")])


def _bars(parts: list[Any]) -> SyntaxNode:
    (_, start, _, _), inside, (_, _, end, _) = parts
    return SyntaxNode("bars", (inside,), start, end)


def _root(parts: list[Any]) -> SyntaxNode:
    (_, start, end, _), operand = parts
    return SyntaxNode("call", (operand,), start, operand.end, mark=Span(start, end), value="sqrt")


def _blocks(parts: list[Any]) -> SyntaxNode:
    (_, start, _, _), rows, (_, _, end, _) = parts
    lengths = tuple([len(row) for row in rows])
    return SyntaxNode(
        "blocks", tuple([block for row in rows for block in row]), start, end, value=lengths
    )


def _entries(parts: list[Any]) -> SyntaxNode:
    operand, (_, start, _, _), places, (_, _, end, _) = parts
    return SyntaxNode("entries", (operand, *places), operand.start, end, mark=Span(start, end))


def _more(parts: list[Any]) -> list[Any]:
    result: list[Any] = parts[0]
    result.append(parts[2])
    return result


def _statement(role: str, parts: list[Any]) -> Statement:
    (_, start, end, name), _, body = parts
    return Statement(role, body, name, Span(start, end))


def _mapping(parts: list[Any]) -> Statement:
    """``f: function(vector(n)) -> scalar``."""
    given, value = parts[2], parts[4]
    parts[2] = SyntaxNode("->", (given, value), given.start, value.end)
    return _statement("declaration", parts[:3])


def _where(parts: list[Any]) -> list[Statement]:
    """The definitions after a value go before it."""
    statements: list[Statement] = parts[0]
    return [*statements[:-1], *parts[2], statements[-1]]


_BUILDERS: dict[str, Callable[[list[Any]], Any] | None] = {
    "-": None,
    "first": lambda parts: [parts[0]],
    "more": _more,
    "where": _where,
    "scoped": lambda parts: WhereNode(parts[0], parts[2]),
    "scoped_call": lambda parts: _call([*parts[:2], [parts[2]], parts[3]]),
    "first_definition": lambda parts: [_statement("definition", parts)],
    "next_definition": lambda parts: _more(
        [parts[0], parts[1], _statement("definition", parts[2:])]
    ),
    "first_array": lambda parts: [parts[0]],
    "next_array": _more,
    "array": _array,
    "accumulation": _accumulation,
    "array_accumulation": _array_accumulation,
    "family": _family,
    "loop": _loop,
    "stepped_loop": _loop,
    "binder": _binder,
    "binder_behind": _binder_behind,
    "bounds": _bounds,
    "value": lambda parts: Statement("value", parts[0]),
    "definition": lambda parts: _statement("definition", parts),
    "declaration": lambda parts: _statement("declaration", parts),
    "mapping": _mapping,
    "binary": _binary,
    "negative": _negative,
    "positive": _positive,
    "transpose": _transpose,
    "superscript": _superscript,
    "number": _number,
    "name": _name,
    "call": _call,
    "method": _method,
    "string": _string,
    "bracket": _bracket,
    "norm": _norm,
    "bars": _bars,
    "root": _root,
    "total": _total,
    "blocks": _blocks,
    "entries": _entries,
    "everything": lambda parts: SyntaxNode(":", (), parts[0][1], parts[0][2]),
    "range": lambda parts: SyntaxNode("range", (parts[0], parts[2]), parts[0].start, parts[2].end),
}
