"""Shape rules of arrays with three axes or more: permute, einsum, functions along an axis; and what
has no meaning for them.
"""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.core.dims import Dim, Shape
from matcalc.core.errors import ShapeError
from matcalc.core.functions.spec import VECTOR_TO_VECTOR
from matcalc.core.kinds import MOST_RESULT_AXES
from matcalc.core.operations import ALONG, OPERATIONS
from matcalc.core.tree import Expr
from matcalc.read.shapes.context import Context
from matcalc.read.syntax.nodes import SyntaxNode

_LETTERS = "ijklmnpqrstuvw"


def along(context: Context, node: SyntaxNode, name: str, arg: Expr, axis: int) -> Expr:
    """The function over axis ``axis``, counted from 1; the others stay, and for softmax that axis
    too.
    """
    keeps = name in ALONG and OPERATIONS[name].signature == VECTOR_TO_VECTOR
    shape = arg.shape if keeps else arg.shape[: axis - 1] + arg.shape[axis:]
    return context.make(name, (arg, context.number(axis, node.args[1])), shape, node)


def suggest_tensor(context: Context, arg: Expr, axes: int) -> str | None:
    """The declaration of a letter that is used as an array with more axes than a matrix has."""
    if arg.op != "variable" or arg.value in context.declared or not 2 < axes <= MOST_RESULT_AXES:
        return None
    sizes = ", ".join("nmpqrstu"[:axes])
    return f"declare {arg.value}: tensor({sizes}), where equal sizes have one name"


def permute(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """permute(T, 2, 3, 1): axis 1 of the result is axis 2 of T."""
    arg, *axes = args
    context.settle(arg)
    order = [int(axis.value) - 1 if axis.op == "number" else -1 for axis in axes]
    if arg.rank < 2:
        raise context.problem(
            f"permute needs an array with two axes or more, not {context.describe(arg)}",
            node.args[0].span,
        )
    if sorted(order) != list(range(arg.rank)):
        given = ", ".join(str(axis + 1) for axis in range(arg.rank))
        message = f"permute names each of the axes {given} of {context.describe(arg)} once"
        turned = ", ".join(map(str, [2, 1, *range(3, arg.rank + 1)]))
        hint = f"permute({context.quote(arg)}, {turned}) exchanges the first two"
        raise context.problem(message, node.span, hint)
    if order == list(range(arg.rank)):
        return arg
    shape = tuple([arg.shape[axis] for axis in order])
    if arg.rank == 2:
        return context.make("'", (arg,), shape, node)
    return context.make(name, (arg,), shape, node, value=tuple(order))


def einsum(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """einsum("bij,bjk->bik", A, B): the product of the entries, summed over the letters that are
    not after the arrow.
    """
    inputs, output = _subscripts(context, node)
    if len(inputs) != len(args):
        message = f"einsum names the axes of {len(inputs)} arrays, and is given {len(args)}"
        raise context.problem(message, node.span)
    first: dict[str, tuple[Expr, Dim]] = {}
    for arg, letters, place in zip(args, inputs, node.args[1:], strict=True):
        _settle(context, arg, len(letters))
        if arg.rank != len(letters):
            counted = f"{len(letters)} ax{'is' if len(letters) == 1 else 'es'}"
            message = f"{letters!r} names {counted}, and this is {context.describe(arg)}"
            raise context.problem(message, place.span, suggest_tensor(context, arg, len(letters)))
        for letter, size in zip(letters, arg.shape, strict=True):
            known = first.setdefault(letter, (arg, size))
            what = f"einsum takes axis {letter} of {{0}} and {{1}} together"
            context.equate(known, (arg, size), place.span, what)
    names = {letter: label for label, letter in enumerate(first)}
    shape = tuple([first[letter][1] for letter in output])
    value = (
        tuple([tuple([names[letter] for letter in letters]) for letters in inputs]),
        tuple([names[letter] for letter in output]),
    )
    return context.make(name, tuple(args), shape, node, value=value)


def _settle(context: Context, arg: Expr, rank: int) -> None:
    """Gives ``ones`` and the like as many axes as there are letters."""
    shape: Shape = tuple([context.unifier.fresh() for _ in range(rank)])
    context.settle(arg, shape or None)


def _subscripts(context: Context, node: SyntaxNode) -> tuple[list[str], str]:
    """The letters of each operand, and of the result."""
    place = node.args[0]

    def problem(message: str, hint: str | None = None) -> ShapeError:
        return context.problem(message, place.span, hint)

    if place.kind != "text":
        hint = 'einsum("ij,jk->ik", A, B) is A*B'
        raise problem(
            "einsum needs a string in quotes that says which axes are multiplied and summed", hint
        )
    given = "".join(str(place.value).split())
    inside, arrow, output = given.partition("->")
    if "." in given:
        raise problem("einsum has no dots here", "name every axis by a letter")
    letters = [c for c in inside + output if c != ","]
    wrong = next((c for c in letters if not (c.isascii() and c.isalpha())), "")
    if wrong or "," in output:
        raise problem(
            f"einsum has letters, commas and one arrow, not {wrong or ','!r} here",
            'for example "bij,bjk->bik"',
        )
    if not arrow:
        rest = "".join(sorted({c for c in letters if inside.count(c) == 1}))
        raise problem(
            "einsum needs an arrow before the axes of the result", f'write "{inside}->{rest}"'
        )
    twice = next((letter for letter in output if output.count(letter) > 1), None)
    if twice is not None:
        raise problem(
            f"{twice} occurs twice after the arrow",
            "an axis of the result has one letter; diag makes a diagonal matrix",
        )
    stranger = next((letter for letter in output if letter not in inside), None)
    if stranger is not None:
        raise problem(f"no array has the axis {stranger}, which the result is to have")
    if len(output) > MOST_RESULT_AXES:
        raise problem(f"a value has up to {MOST_RESULT_AXES} axes, not {len(output)}")
    return inside.split(","), output


# what has no meaning


def refuse_function(context: Context, name: str, arg: Expr, place: SyntaxNode) -> ShapeError:
    """A function that is of matrices or vectors."""
    whole = context.quote(arg)
    parts = [f"{_slice(context, arg)} is a matrix, vec({whole}) a vector of all entries"]
    if name in ALONG:
        parts.insert(0, f"{name}({whole}, {arg.rank}) goes along the last axis")
    message = f"{name} takes vectors and matrices, not {context.describe(arg)}"
    return context.problem(message, place.span, "; ".join(parts))


def refuse_operator(context: Context, node: SyntaxNode, args: Sequence[Expr]) -> ShapeError:
    """An operator between matrices."""
    hint: str | None
    kind = node.kind if node.kind in _VERBS else "*"
    kind = "'" if len(args) == 1 else kind  # also where a reading transposes what is not marked
    message = f"cannot {_VERBS[kind].format(*map(context.describe, args))}"
    arg = next(arg for arg in args if arg.is_tensor)
    if kind == "'":
        order = ", ".join(map(str, [2, 1, *range(3, arg.rank + 1)]))
        hint = f"permute({context.quote(arg)}, {order}) exchanges the first two axes"
    elif kind == "*":
        a, b = args
        left = _LETTERS[: a.rank]
        right = left[-1] + _LETTERS[a.rank : a.rank + b.rank - 1]
        letters = f"{left},{right}->{left[:-1]}{right[1:]}"
        hint = (
            f'write einsum("{letters}", {context.quote(a)}, {context.quote(b)}) to sum over the '
            f"last axis of the first and the first of the second, .* to multiply entry by entry"
        )
    elif kind in ("/", "^") and 0 in {args[0].rank, args[-1].rank, args[0].rank - args[-1].rank}:
        first, second = (context.source[each.start : each.end] for each in node.args)
        hint = f"write {first}.{kind}{second} for entry by entry"
    else:
        hint = f"{_slice(context, arg)} is a matrix"
    return context.problem(message, node.mark or node.span, hint)


def refuse_blocks(context: Context, args: Sequence[Expr], places: Sequence[SyntaxNode]) -> None:
    """Blocks that are not scalars, vectors and matrices."""
    for arg, place in zip(args, places, strict=True):
        if arg.is_tensor:
            hint = f"{_slice(context, arg)} is a matrix"
            message = f"blocks are scalars, vectors and matrices, not {context.describe(arg)}"
            raise context.problem(message, place.span, hint)


def _slice(context: Context, arg: Expr) -> str:
    """The first matrix of a tensor."""
    return f"{context.base(arg)}[{','.join(['1'] * (arg.rank - 2) + [':', ':'])}]"


_VERBS = {
    "'": "transpose {0}",
    "*": "multiply {0} by {1}",
    "/": "divide {0} by {1}",
    "\\": "solve a system of {0} and {1}",
    "^": "raise {0} to a power with ^",
}
