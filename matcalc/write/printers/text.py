"""text(): a typed tree in the language that the parser reads.

Brackets go by level and side. Three deviations from minimal brackets, for the reader: a matrix
product beside ``.*`` is bracketed (``(A*x).*y``), so is an entry-by-entry product beside ``*``, and
an inner product that multiplies more (``(x'*A*x)*x``).
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence

from matcalc.core.dims import ONE, Dim
from matcalc.core.kinds import Variable
from matcalc.core.operations import COMPARISONS, OF_ENTRIES, is_value
from matcalc.core.tree import Expr, operation
from matcalc.core.walk import postorder
from matcalc.write.printers.text_pieces import (
    ATOM,
    COMPARISON,
    NEGATION,
    POSTFIX,
    POWER,
    PRODUCT,
    SUM,
    Piece,
    bracket,
    number_text,
)

_INFIX = {"+": " + ", "-": " - ", "*": "*", "/": "/", ".*": ".*", "./": "./"}


def text(expr: Expr, sized: Container[int] = ()) -> str:
    """The expression as text; ``sized`` holds the ids of the eye and fill nodes that are to be
    written with their sizes.
    """
    return expr.fold(lambda e, args: piece(e, args, sized))[0]


def piece(expr: Expr, args: Sequence[Piece], sized: Container[int] = ()) -> Piece:
    """The text of a node from the texts of its arguments."""
    rule = _RULES.get(expr.op)
    if rule is not None:
        return rule(expr, args, sized)
    name = operation(expr)
    return f"{name}({', '.join(arg[0] for arg in args)})", ATOM, name


def _sum(expr: Expr, args: Sequence[Piece], sized: Container[int]) -> Piece:
    left = bracket(args[0], SUM)
    right = bracket(args[1], PRODUCT)
    if args[1][2] == "neg":
        right = f"({args[1][0]})"
    return left + _INFIX[expr.op] + right, SUM, expr.op


def _product(expr: Expr, args: Sequence[Piece], sized: Container[int]) -> Piece:
    (left, level, inner), right = args[0], args[1]
    mixed = (
        inner in ("*", "/")
        and expr.op in (".*", "./")
        and expr.args[0].op != "neg"
        and expr.args[0].rank > 0
    )
    mixed = mixed or (inner in (".*", "./") and expr.op in ("*", "/"))
    mixed = mixed or (
        inner == "*"
        and expr.op == "*"
        and not expr.args[0].shape
        and any(arg.rank > 0 for arg in expr.args[0].args[:1])  # a slot has none
    )
    first = f"({left})" if level < PRODUCT or mixed else left
    scaled = expr.op == "*" and not expr.args[0].shape and expr.args[1].shape and right[2] == "*"
    return (
        first + _INFIX[expr.op] + bracket(right, PRODUCT if scaled else POWER),
        PRODUCT,
        expr.op,
    )


def _comparison(expr: Expr, args: Sequence[Piece], sized: Container[int]) -> Piece:
    return f"{bracket(args[0], SUM)} {expr.op} {bracket(args[1], SUM)}", COMPARISON, expr.op


def _negation(expr: Expr, args: Sequence[Piece], sized: Container[int]) -> Piece:
    # the minus binds closer than a product: -(a*b) prints -a*b, but x^-(a*b) needs its brackets
    return (
        "-" + bracket(args[0], PRODUCT),
        PRODUCT if args[0][1] in (PRODUCT, NEGATION) else NEGATION,
        "neg",
    )


def _power(expr: Expr, args: Sequence[Piece], sized: Container[int]) -> Piece:
    exponent = args[1]
    if (
        expr.op == "^"
        and expr.rank == 2
        and expr.args[1].op == "number"
        and expr.args[1].value.denominator != 1
    ):
        exponent = str(expr.args[1].value), PRODUCT, "/"  # A^(1/2), not A^0.5
    return (
        bracket(args[0], POSTFIX)
        + expr.op
        + bracket(exponent, NEGATION if exponent[2] == "neg" else POWER),
        POWER,
        expr.op,
    )


def _extreme(expr: Expr, args: Sequence[Piece], sized: Container[int]) -> Piece:
    """max(x) over all entries, amax(X, 2) of each row."""
    name = expr.op if len(args) > 1 else _OF_ALL[expr.op]
    return f"{name}({', '.join(arg[0] for arg in args)})", ATOM, name


def _transpose(expr: Expr, args: Sequence[Piece], sized: Container[int]) -> Piece:
    return bracket(args[0], POSTFIX) + "'", POSTFIX, "'"


def _level(size: Dim) -> int:
    """How closely the text of a dimension binds."""
    text = str(size)
    if size.rest and not text.startswith("(") and "(" not in text:
        return SUM
    return PRODUCT if "*" in text or "/" in text else ATOM


def _sizes(expr: Expr) -> str:
    return ", ".join(map(str, expr.shape))


def _eye(expr: Expr, args: Sequence[Piece], sized: Container[int]) -> Piece:
    return (f"eye({expr.shape[0]})" if id(expr) in sized else "eye"), ATOM, "eye"


def _fill(expr: Expr, args: Sequence[Piece], sized: Container[int]) -> Piece:
    if id(expr) not in sized and not expr.is_tensor:
        return f"{'vector' if expr.rank == 1 else 'matrix'}({args[0][0]})", ATOM, "fill"
    value = args[0][0]
    if value == "0":
        return f"zeros({_sizes(expr)})", ATOM, "fill"
    ones = f"ones({_sizes(expr)})"
    return (
        (ones, ATOM, "fill")
        if value == "1"
        else (f"{bracket(args[0], PRODUCT)}*{ones}", PRODUCT, "*")
    )


def _blocks(expr: Expr, args: Sequence[Piece], sized: Container[int]) -> Piece:
    """[A, B; C, D], or blkdiag(A, D) where all others are zeros."""
    rows, columns = expr.value
    texts = [_block(arg, argument, sized) for arg, argument in zip(expr.args, args, strict=True)]
    if columns == 1:  # a line of blocks needs no brackets of its own
        texts = [
            text[1:-1] if arg.op == piece[2] == "blocks" and arg.value[0] == 1 else text
            for text, arg, piece in zip(texts, expr.args, args, strict=True)
        ]
    across = [k for k in range(rows * columns) if k // columns != k % columns]
    if rows == columns and all(_zeros(expr.args[k]) for k in across):
        return f"blkdiag({', '.join(texts[k * (rows + 1)] for k in range(rows))})", ATOM, "blkdiag"
    lines = [", ".join(texts[r * columns : (r + 1) * columns]) for r in range(rows)]
    return f"[{'; '.join(lines)}]", ATOM, "blocks"


def _zeros(expr: Expr) -> bool:
    return expr.op == "fill" and expr.args[0].op == "number" and expr.args[0].value == 0


def _block(expr: Expr, argument: Piece, sized: Container[int]) -> str:
    """Zeros and ones take their size from the blocks around them."""
    while expr.op == "'":
        expr = expr.args[0]
    if (
        expr.op == "fill"
        and id(expr) not in sized
        and expr.args[0].op == "number"
        and expr.args[0].value in (0, 1)
    ):
        if expr.args[0].value == 0:
            return "zeros"
        return argument[0] if expr.rank == 1 else "ones"
    return argument[0]


def _slice(expr: Expr, args: Sequence[Piece], sized: Container[int]) -> Piece:
    """X[2:m, 1], counted from 1."""
    places = []
    for place in expr.value:
        if place is None:
            places.append(":")
            continue
        first = place[0].plus(ONE)
        places.append(str(first) if place[1] is None else f"{first}:{place[0].plus(place[1])}")
    return f"{bracket(args[0], POSTFIX)}[{', '.join(places)}]", POSTFIX, "slice"


def _unit(expr: Expr, args: Sequence[Piece], sized: Container[int]) -> Piece:
    return f"unit({expr.value.plus(ONE)}, {expr.shape[0]})", ATOM, "unit"


def _write_form(expr: Expr, args: Sequence[Piece], sized: Container[int]) -> Piece:
    """What has bound indices."""
    # few trees have any
    from matcalc.write.printers.text_indexed import format_indexed  # noqa: PLC0415

    return format_indexed(expr, args, sized, piece)


def _einsum(expr: Expr, args: Sequence[Piece], sized: Container[int]) -> Piece:
    """einsum("ij,jkl->ikl", A, T), the letters in the order in which they come up."""
    given = ", ".join([f'"{subscripts(expr)}"', *(arg[0] for arg in args)])
    return f"einsum({given})", ATOM, "call"


def subscripts(expr: Expr) -> str:
    """What ``einsum`` is told: ``ij,jkl->ikl``."""
    labels, outputs = expr.value
    order = dict.fromkeys(label for own in labels for label in own)
    letters = dict(zip(order, _LETTERS, strict=False))
    inside = ",".join("".join(letters[label] for label in own) for own in labels)
    return f"{inside}->{''.join(letters[label] for label in outputs)}"


def _fuse(expr: Expr, args: Sequence[Piece], sized: Container[int]) -> Piece:
    """The columns of the identity, read as matrices column by column."""
    return f"reshape(eye({expr.shape[0]}), {_sizes(expr)})", ATOM, "call"


def _permute(expr: Expr, args: Sequence[Piece], sized: Container[int]) -> Piece:
    """permute(T, 2, 1, 3): the axes counted from 1."""
    axes = ", ".join(str(axis + 1) for axis in expr.value)
    return f"permute({args[0][0]}, {axes})", ATOM, "permute"


def has_indices(
    expr: Expr, variables: Mapping[str, Variable] | None = None, plain: set[int] | None = None
) -> bool:
    """Whether the text has to be in index notation: an array that is defined by its entries.

    That is so of contractions where nothing in the expression, nor among the variables, is an array
    with three axes or more; and where something is no value of the language. ``plain`` are the
    parts of trees that live as long of which it is known that they have neither; those of this one
    are added.
    """
    found = wide = False
    known: Container[int] = () if plain is None else plain
    order = postorder(expr, lambda part: () if id(part) in known else _inside(part))
    for part in order:
        if id(part) in known:
            continue
        if part.op == "einsum":
            found = True
            letters = {label for own in part.value[0] for label in own}
            if len(letters) > len(_LETTERS):
                return True
        elif part.op == "epsilon" or not (is_value(part) or part.op == "fuse"):
            return True
        elif part.is_tensor and part.op not in _NEUTRAL:
            wide = True
    if plain is not None and not found and not wide:
        plain.update(map(id, order))
    given = any(len(each.shape) > 2 for each in variables.values()) if variables else False
    return found and not wide and not given


def _inside(expr: Expr) -> Sequence[Expr]:
    """The arguments; of a form with bound indices without the symbols of which it takes entries."""
    if expr.op == "indexed":
        return [arg for arg in expr.args if arg.op not in ("epsilon", "fuse")]
    return expr.args


_LETTERS = "ijklmnpqrstuvwxyzabcdefghoABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OF_ALL = {of_entries: name for name, of_entries in OF_ENTRIES.items()}
_NEUTRAL = ("fuse", "fill", "+", "-", "neg", "*", "/")  # what derivatives by matrices have


_RULES: dict[str, Callable[[Expr, Sequence[Piece], Container[int]], Piece]] = {
    "number": lambda expr, args, sized: number_text(expr.value),
    "constant": lambda expr, args, sized: (str(expr.value), ATOM, "name"),
    "variable": lambda expr, args, sized: (str(expr.value), ATOM, "name"),
    "dimension": lambda expr, args, sized: (str(expr.value), _level(expr.value), "name"),
    "eye": _eye,
    "fill": _fill,
    **dict.fromkeys(COMPARISONS, _comparison),
    **dict.fromkeys(OF_ENTRIES.values(), _extreme),
    "+": _sum,
    "-": _sum,
    "neg": _negation,
    "*": _product,
    "/": _product,
    ".*": _product,
    "./": _product,
    "^": _power,
    ".^": _power,
    "'": _transpose,
    "einsum": _einsum,
    "fuse": _fuse,
    "indexed": _write_form,
    "blocks": _blocks,
    "slice": _slice,
    "unit": _unit,
    "permute": _permute,
}
