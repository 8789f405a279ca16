"""Shape rules of the functions, and what each function is of a scalar (a 1 x 1 matrix)."""

from __future__ import annotations

from collections.abc import Callable

from matcalc.core.dims import Shape
from matcalc.core.functions.spec import SINGULAR
from matcalc.core.operations import (
    ALONG,
    DIRECTED,
    FRECHET,
    HALVING,
    NUMBERED,
    OF_ENTRIES,
    OF_SYMMETRIC,
    OPERATIONS,
    PROJECTORS,
    SYLVESTER,
    TRIANGLES,
)
from matcalc.core.tree import Expr
from matcalc.read.shapes import multilinear, tensors
from matcalc.read.shapes.context import Context
from matcalc.read.shapes.decompositions import (
    cumulative,
    eigen,
    gaps,
    singular,
    spectrum,
    triangle,
)
from matcalc.read.shapes.equations import equation
from matcalc.read.shapes.operators import entrywise, multiply, transpose
from matcalc.read.shapes.scalars import of_scalar
from matcalc.read.syntax.nodes import SyntaxNode
from matcalc.read.syntax.parser import sum_advice

FunctionRule = Callable[[Context, SyntaxNode, str, list[Expr]], Expr]


def apply(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """The typed call of the function with this canonical name."""
    spec = OPERATIONS[name]
    if not spec.takes_tensors:
        for arg, place in zip(args, node.args, strict=False):
            if arg.is_tensor and not (spec.along and len(args) == 2):
                raise tensors.refuse_function(context, name, arg, place)
    rule = _RULES.get(name) or _BY_SIGNATURE[spec.signature]
    return rule(context, node, name, args)


def _elementwise(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """f(x)[i,j] = f(x[i,j])."""
    if len(args) == 1 and name in OF_ENTRIES:
        return _to_scalar(context, node, OF_ENTRIES[name], args)
    if len(args) == 1:
        return context.like(name, (args[0],), args[0], node)
    wide = args[0]
    for other in args[1:]:
        wide = entrywise(context, node, name, wide, other, f"take {name} of {{0}} and {{1}}")
    return wide if len(args) == 2 else context.like(name, tuple(args), wide, node)


def _square(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """A function of a square matrix: to a scalar, or to a square matrix."""
    (arg,) = args
    size = context.unifier.fresh() if id(arg) in context.rankless else None
    if size is not None:
        context.settle(arg, (size, size))
    if not arg.shape:
        return of_scalar(context, node, name, arg)
    if arg.rank == 1:
        hint = f"{name}(diag({context.quote(arg)})) is that of the diagonal matrix of a vector"
        raise context.problem(
            f"{name} needs a square matrix, not {context.describe(arg)}", node.args[0].span, hint
        )
    context.square(arg, name, node.args[0].span)
    shape: Shape = () if OPERATIONS[name].signature == "square->scalar" else arg.shape
    return context.make(name, (arg,), shape, node)


def _pinv(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """The pseudo-inverse has the shape of the transpose."""
    arg = context.settle(args[0])
    if not arg.shape:
        return of_scalar(context, node, name, arg)
    if arg.rank == 1:
        x = context.quote(arg)
        hint = f"of a vector it is {x}'/({x}'*{x})"
        raise context.problem(
            f"{name} needs a matrix, not {context.describe(arg)}", node.args[0].span, hint
        )
    return context.make(name, (arg,), arg.shape[::-1], node)


def _to_scalar(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """A function of all entries together, or of those of each column or row."""
    arg = context.settle(args[0])
    if node.value == "norm" and len(node.args) == 2:
        from matcalc.read.shapes.norms import norm_of_order  # noqa: PLC0415 - few norms have an order

        return apply(context, *norm_of_order(context, node, arg, args[1:]))
    if len(args) == 2:
        return _along(context, node, name, arg, args[1])
    return (
        context.make(name, (arg,), (), node) if arg.shape else of_scalar(context, node, name, arg)
    )


def _along(context: Context, node: SyntaxNode, name: str, arg: Expr, axis: Expr) -> Expr:
    """f(X, 1) is f of each column, f(X, 2) of each row; sum(X, 1) is the row ones'*X, sum(X, 2) the
    column X*ones.
    """
    which = context.literal(axis)
    if arg.is_tensor:
        if which is None or which not in range(1, arg.rank + 1):
            message = (
                f"the second argument of {name} is the number of an axis of "
                f"{context.describe(arg)}: 1 to {arg.rank}"
            )
            raise context.problem(message, node.args[1].span)
        return tensors.along(context, node, name, arg, int(which))
    if which not in (1, 2):
        row, column = (
            ("", "")
            if OPERATIONS[name].signature == "vector->vector"
            else (": a row", ": a column")
        )
        message = (
            f"the second argument of {name} is 1 (of each column{row}) or 2 (of each row{column})"
        )
        hint = sum_advice(context.source) or _as_in_julia(context, node, name)
        raise context.problem(message, node.args[1].span, hint)
    if arg.rank != 2:
        hint = f"{name}({context.quote(arg)}) takes all entries"
        raise context.problem(
            f"{name} by column or row needs a matrix, not {context.describe(arg)}",
            node.args[0].span,
            hint,
        )
    rows, columns = arg.shape
    if name in ALONG:
        shape = (
            arg.shape
            if OPERATIONS[name].signature == "vector->vector"
            else (columns,)
            if which == 1
            else (rows,)
        )
        return context.make(
            name,
            (arg, context.number(which, node.args[1])),
            shape,
            node,
            row=len(shape) == which == 1,
        )
    count = rows if which == 1 else columns
    ones = context.make("fill", (context.number(1, node),), (count,), node)
    if which == 1:
        ones = context.make("'", (ones,), (count,), node, row=True)
        result = context.make("*", (ones, arg), (columns,), node, row=True)
    else:
        result = context.make("*", (arg, ones), (rows,), node)
    if name == "sum":
        return result
    return context.like(
        "/", (result, context.make("dimension", (), (), node, value=count)), result, node
    )


def _of_vector(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """A function of a vector: to a scalar, or to a vector of the same orientation; or of each
    column or row of a matrix.
    """
    arg = context.settle(args[0])
    if len(args) == 2:
        return _along(context, node, name, arg, args[1])
    if not arg.shape:
        return of_scalar(context, node, name, arg)
    if arg.rank == 2:
        a = context.quote(arg)
        hint = f"{name}(vec({a})) takes all entries as one vector"
        if name in ALONG:
            hint = f"write {name}({a}, 2) for each row, {name}({a}, 1) for each column; {hint}"
        raise context.problem(
            f"{name} needs a vector, not {context.describe(arg)}", node.args[0].span, hint
        )
    keeps = OPERATIONS[name].signature == "vector->vector"
    return context.make(name, (arg,), arg.shape if keeps else (), node, row=keeps and arg.row)


def _diag(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """A vector as a diagonal matrix; the diagonal of a square matrix as a column."""
    arg = context.settle(args[0])
    if arg.op == "number":
        n = context.quote(arg)
        hint = f"write eye({n}) for the identity matrix, {n} for the number"
        raise context.problem("diag of a number", node.span, hint)
    if not arg.shape:
        context.odd("function", arg, node, name=name)
        return arg
    if arg.rank == 1:
        return context.make(name, (arg,), arg.shape * 2, node)
    context.square(arg, name, node.args[0].span)
    return context.make(name, (arg,), arg.shape[:1], node)


def _vec(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """The columns of an m x n matrix on top of each other: m*n entries; a vector as a column."""
    arg = context.settle(args[0])
    if arg.rank >= 2:
        # the factors in the order of kron(column, row): vec(b*a') = kron(a, b)
        return context.make(name, (arg,), (context.unifier.product(*arg.shape[::-1]),), node)
    if not arg.shape:
        context.odd("function", arg, node, name=name)
    return transpose(context, node, arg) if arg.row else arg


def _pair(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """dot: sum_i x[i] y[i], and kl: sum_i x[i] log(x[i]/y[i]), of two vectors of any orientation or
    of two matrices.
    """
    left, right = args
    context.settle_pair(left, right)
    context.settle(left)
    context.settle(right)
    where = node.mark or node.span
    if left.rank != right.rank:
        message = (
            f"{name} needs two operands of one shape, not {context.describe(left)} and "
            f"{context.describe(right)}"
        )
        raise context.problem(message, where)
    if not left.shape:
        _of_scalars(context, node, name, args)
        return (
            multiply(context, node, left, right)
            if name == "dot"
            else _divergence(context, node, left, right)
        )
    for one, other in zip(left.shape, right.shape, strict=True):
        context.equate((left, one), (right, other), where, f"cannot take {name} of {{0}} and {{1}}")
    return context.make(name, (left, right), (), node)


def _of_scalars(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> None:
    """Two scalars where vectors are expected."""
    for arg, part in zip(args, node.args, strict=True):
        context.odd("function", arg, part, name=name)


def _divergence(context: Context, node: SyntaxNode, left: Expr, right: Expr) -> Expr:
    """left*log(left/right) of two scalars."""
    return context.make("xlogy", (left, context.make("/", (left, right), (), node)), (), node)


def _outer(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """outer(x, y)[i,j] = x[i] y[j]."""
    left, right = context.settle(args[0]), context.settle(args[1])
    if left.rank == right.rank == 0:
        _of_scalars(context, node, name, args)
        return multiply(context, node, left, right)
    for arg, part in zip((left, right), node.args, strict=True):
        if arg.rank != 1:
            raise context.problem(
                f"outer needs two vectors; this is {context.describe(arg)}", part.span
            )
    return context.make(name, (left, right), left.shape + right.shape, node)


_LARGEST_ORDER = 1000


def _with_order(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """A function entry by entry with an integer that is known: an order, a number of terms."""
    whole = OPERATIONS[name].whole
    assert whole is not None  # the signature is special for its sake
    place, least, hint = whole
    order, at = context.literal(args[place]), node.args[place]
    if order is None or order.denominator != 1 or order < least:
        message = (
            f"the {('first', 'second')[place]} argument of {name} is a number {least}, "
            f"{least + 1}, {least + 2}, ..."
        )
        raise context.problem(message, at.span, hint)
    if order > _LARGEST_ORDER:
        raise context.problem(f"{name} takes numbers up to {_LARGEST_ORDER:,}", at.span)
    made = list(args)
    made[place] = context.number(order, at)
    return context.like(name, tuple(made), args[1 - place], node)


def _choice(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """where(c, a, b), entry by entry."""
    condition, first, second = args
    values = entrywise(context, node, name, first, second, "choose between {0} and {1}")
    result = entrywise(context, node, name, condition, values, "choose by {0} from {1}")
    result.args = (condition, first, second)
    return result


def _norm_of_power(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """normp(x, p) of the entries; 1 and 2 have names of their own."""
    arg, exponent = context.settle(args[0]), context.settle(args[1])
    if exponent.shape:
        raise context.problem(
            f"the second argument of {name} is {context.describe(exponent)}, not a scalar",
            node.args[1].span,
        )
    value = context.literal(exponent)
    if value is not None and value < 1:
        p = context.base(exponent)
        hint = (
            f"sum(abs({context.quote(arg)}).^({value}))^(1/{p}) is that expression for any p"
            if value
            else f"write sum({context.base(arg)} != 0) for the number of entries that are not 0"
        )
        raise context.problem(
            f"the p of a p-norm is at least 1, not {value}", node.args[1].span, hint
        )
    if not arg.shape or value in (1, 2):
        return _to_scalar(context, node, f"norm{value if arg.shape else 1}", [arg])
    if value is not None:
        exponent = context.number(value, node.args[1])
    return context.make(name, (arg, exponent), (), node)


def _frechet(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """The derivative at a square matrix in directions of its shape."""
    parts = list(zip(args, node.args, strict=True))
    if name == "frechet_power":
        exponent, place = parts.pop(1)
        if _rank(context, exponent) != 0:
            raise context.problem(
                f"the exponent is {context.describe(exponent)}, not a scalar", place.span
            )
    point = parts[0][0]
    for arg, place in parts:
        if _rank(context, arg) != 2:
            context.settle(arg)
            raise context.problem(
                f"{name} needs matrices; this is {context.describe(arg)}", place.span
            )
        for one, other in zip(point.shape, arg.shape, strict=True):
            context.equate(
                (point, one),
                (arg, other),
                place.span,
                f"{name} needs matrices of one shape, not {{0}} and {{1}}",
            )
    context.square(point, name, node.args[0].span)
    return context.make(name, tuple(args), point.shape, node)


def _rank(context: Context, expr: Expr) -> int | None:
    """How many axes a value has, None where the place has not told yet."""
    return None if id(expr) in context.rankless else expr.rank


_BY_SIGNATURE: dict[str, FunctionRule] = {
    "elementwise": _elementwise,
    "square->scalar": _square,
    "square->square": _square,
    "matrix->transposed": _pinv,
    "any->scalar": _to_scalar,
    "vector->scalar": _of_vector,
    "vector->vector": _of_vector,
    **dict.fromkeys(SINGULAR, singular),
}
_SIGNED = {name for name, row in OPERATIONS.items() if row.signature in _BY_SIGNATURE}
_RULES: dict[str, FunctionRule] = {
    "kron": multilinear.kron,
    "cross": multilinear.cross,
    "skewmat": multilinear.skewmat,
    "vee": multilinear.vee,
    "khatrirao": multilinear.khatrirao,
    "reshape": multilinear.reshape,
    "commutation": multilinear.commutation,
    "vech": multilinear.vech,
    **dict.fromkeys(HALVING, multilinear.halving_matrix),
    **dict.fromkeys(PROJECTORS, multilinear.projector),
    "diag": _diag,
    "vec": _vec,
    "permute": tensors.permute,
    "einsum": tensors.einsum,
    "dot": _pair,
    "kl": _pair,
    "outer": _outer,
    "normp": _norm_of_power,
    "where": _choice,
    **dict.fromkeys(TRIANGLES, triangle),
    **dict.fromkeys(OF_SYMMETRIC - _SIGNED, spectrum),
    **dict.fromkeys(NUMBERED, eigen),
    "invgap": gaps,
    **dict.fromkeys(DIRECTED - _SIGNED, cumulative),
    **dict.fromkeys(
        (name for name, spec in OPERATIONS.items() if spec.whole is not None), _with_order
    ),
    **dict.fromkeys(FRECHET, _frechet),
    SYLVESTER: equation,
    "lyapunov": equation,
}


def _as_in_julia(context: Context, node: SyntaxNode, name: str) -> str | None:
    """What to write for Julia's sum(abs2, x)."""
    first, second = node.args[:2]
    if first.kind != "name" or str(first.value) != "abs2":
        return None
    x = context.source[second.start : second.end].strip()
    return f"write {name}({x if x.isidentifier() else f'({x})'}.^2)"
