"""Reads what is written in a notation: lines with an arrow, differentials, and cases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from matcalc.core.dims import Shape
from matcalc.core.errors import ArgumentError, ParseError
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr
from matcalc.notations.lines import NotationLine
from matcalc.read.frontend import read

BY_ENTRIES = "D"  # what an array is called that is printed by its entries
_CASE = re.compile(r"^(?P<value>.*?)\s+(?:if\s+(?P<held>.*)|(?P<rest>otherwise))$")
_ARRAY = re.compile(r"\s*(?P<name>\w+)\[(?P<indices>[^\]]*)\]\s*=\s*(?P<rest>.*)", re.DOTALL)
_SIGN = re.compile(r"(!=|=)")


def read_line(text: str, line: NotationLine, shape: Shape) -> Expr:
    """The tree that a text says in the place of a line; raises a MatcalcError where it is none.

    The text is the whole line, with what comes before the arrow or the sign of equality. An array
    that is written by cases has the axes of ``shape``.
    """
    program = line.program
    head = line.head
    if line.label and text.startswith(f"{line.label}["):
        text = BY_ENTRIES + text.removeprefix(line.label)
    elif head:
        if not text.startswith(head):
            raise ArgumentError(f"the line has to begin with {head.strip()}")
        text = text[len(head) :]
    if is_cases(text):
        text = as_where(text, shape)
    return read(text, program.variables, language=program.language).expr


def is_cases(text: str) -> bool:
    """Whether a text lists the entries of an array by cases."""
    return any(_CASE.match(line) for line in text.splitlines())


def as_where(text: str, shape: Shape) -> str:
    """The cases of a text, ``D[i,j] = 2*x if i = j``, as ``where`` in the language; the array has
    the axes of ``shape``.
    """
    found = _ARRAY.fullmatch(text)
    if found is None:
        raise ParseError(
            "cases list the entries of an array",
            source=text,
            hint="begin with the array, as in  D[i,j] = x[i] if i = j",
        )
    indices = [name.strip() for name in found["indices"].split(",")]
    if len(indices) != len(shape):
        raise ArgumentError(
            f"the derivative has {len(shape)} axes, and {found['name']} has {len(indices)} indices"
        )
    ranges = [f"{name}=1:{size}" for name, size in zip(indices, shape, strict=True)]
    value = "0"
    for line in reversed(found["rest"].splitlines()):
        case = _CASE.match(line.strip())
        if case is None:
            raise ParseError(
                "a case is a value and its condition",
                source=line.strip(),
                hint="write  VALUE if i = j, j != k  and last  VALUE otherwise",
            )
        if case["rest"]:
            value = case["value"]
        else:
            value = f"where({_as_comparisons(case['held'])}, {case['value']}, {value})"
    return f"{found['name']}[{', '.join(ranges)}] = {value}"


def _as_comparisons(conditions: str) -> str:
    """``i = j = q, p != q`` as a product of comparisons."""
    factors: list[str] = []
    for chain in conditions.split(","):
        left, *rest = _SIGN.split(chain)
        for sign, right in zip(rest[::2], rest[1::2], strict=True):
            factors.append(f"({left.strip()} {'==' if sign == '=' else '!='} {right.strip()})")
            left = right
    return factors[0][1:-1] if len(factors) == 1 else "*".join(factors)


def contract_with(
    tree: Expr, statement: DerivativeStatement, names: Sequence[str], *, first: bool
) -> Expr:
    """The array of a derivative contracted with variables: over the axes of the variable from the
    last ones on, or with a cotangent over the axes of the expression.
    """
    rank = statement.program.expr.rank
    count = len(statement.mixed_shape)
    moving = len(statement.moving_shape)
    taken = []
    for k, name in enumerate(names):
        start = 0 if first else count - (k + 1) * moving
        taken.append((name, range(rank) if first else range(start, start + moving)))
    return contract(tree, statement.mixed_shape, taken)


def contract(tree: Expr, shape: Shape, taken: Iterable[tuple[str, Iterable[int]]]) -> Expr:
    """The array of a shape contracted with variables, each over some of its axes."""
    axes = tuple(range(len(shape)))
    args, labels = [tree], [axes]
    left = list(axes)
    for name, over in taken:
        own = tuple(over)
        args.append(Expr("variable", (), tuple([shape[axis] for axis in own]), value=name))
        labels.append(own)
        left = [axis for axis in left if axis not in own]
    out = tuple([shape[axis] for axis in left])
    if all(not arg.shape for arg in args):
        product = args[0]
        for arg in args[1:]:
            product = Expr("*", (product, arg))
        return product
    return Expr("einsum", tuple(args), out, value=(tuple(labels), tuple(left)))


def column(tree: Expr) -> Expr:
    """The value without the mark of a row."""
    return Expr("'", (tree,), tree.shape) if tree.row and tree.rank == 1 else tree
