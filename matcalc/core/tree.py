"""The typed tree: what an expression means, with the shape of every part.

Parsing and inference produce it, recovery produces it again from a network, and every printer, the
code generator and the numeric oracle read it. Nodes are immutable and may be shared; ``walk.fold``
visits each once.

====================  ===============================  ===========================================
op                    value                            meaning
====================  ===============================  ===========================================
``number``            ``Fraction``                     an exact rational
``constant``          ``"pi"``                         a named number
``variable``          the name                         a variable, looked up among the declared
``dimension``         ``Dim``                          the size of a dimension, as a scalar
``eye``               --                               the identity matrix of ``shape``
``fill``              --                               ``shape`` filled with the scalar ``args[0]``
``+ -``               --                               sum, difference; a scalar is broadcast
``neg``               --                               the negative
``*``                 --                               product: scalar * any, A*B, A*x, x'*A,
                                                       x'*y (scalar), x*y' (outer)
``/``                 --                               division by a scalar
``.* ./ .^``          --                               entry by entry; a scalar is broadcast
``^``                 --                               power of a scalar, or a square matrix to an
                                                       integer power
``< <= > >= == !=``   --                               1 where it holds, else 0; entry by entry
``'``                 --                               transpose (a column to a row and back)
``einsum``            labels of the args, and of the   sum over the labels that are not in the
                      output (ints, hyper-indices)     output
``fuse``              --                               shape (m*n, m, n): 1 where k = i + j*m, the
                                                       index that ``vec`` makes of i and j
``unit``              ``Dim`` k                        the vector with a one at the place k,
                                                       counted from 0
``blocks``            (rows, columns)                  made of blocks, row by row; scalars, rows
                                                       and columns are thin ones
``slice``             for each axis ``None``,          all of the axis; a part of it from the place
                      (k, size) or (k, None)           k; the place k, where the axis goes
``epsilon``           --                               shape (3, 3, 3): the sign of the permutation
                                                       i, j, k, else 0
``indexed``           ``Form``                         a function of the args with bound indices,
                                                       see ``core.indexed``
``apply``             the function                     a ``UserFunction`` or a declared
                                                       ``FunctionRef``: no row of the language
any function's name   --                               see ``operations.py``
====================  ===============================  ===========================================

Shapes: ``()`` scalar, ``(n,)`` vector, ``(m, n)`` matrix; only ``einsum`` and sums or multiples of
it have more axes. A row vector is a vector with ``row=True``; the flag matters for ``*``, ``'`` and
nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import inf, prod
from operator import attrgetter
from types import MappingProxyType
from typing import Any, TypeVar

from matcalc.core.dims import ONE, Dim, Shape
from matcalc.core.errors import Span
from matcalc.core.walk import postorder

APPLY = "apply"

_MOST_ENTRIES = 1_000_000  # of a value that is computed unasked
_NO_VALUES: Mapping[str, Any] = MappingProxyType({})
_USUAL = 4  # what a size that is a name counts for

R = TypeVar("R")
_args: Callable[[Expr], tuple[Expr, ...]] = attrgetter("args")  # faster than a function of ours


class Expr:
    """A node of the typed tree; compared by identity, so that shared parts stay shared.

    ``rank == len(shape)``; ``row`` says that a vector lies as a row. Once typing is complete a node
    never changes, so what ``parts`` and ``operations`` compute is stored on it.
    """

    __slots__ = ("_below", "_operations", "args", "op", "rank", "row", "shape", "span", "value")

    def __init__(
        self,
        op: str,
        args: tuple[Expr, ...] = (),
        shape: Shape = (),
        *,
        value: Any = None,
        row: bool = False,
        span: Span | None = None,
    ) -> None:
        self.op = op
        self.args = args
        self.shape = shape
        self.rank = len(shape)  # how many axes the value has
        self.value = value
        self.row = row
        self.span = span
        self._below: tuple[Expr, ...] | None = None  # not the node itself, which were a cycle
        self._operations: frozenset[str] | None = None

    @property
    def parts(self) -> list[Expr]:
        """The nodes of the tree, each once, children before parents; found once, because many
        passes go over the same tree.
        """
        if self._below is None:
            self._below = tuple(postorder(self, _args)[:-1])
        return [*self._below, self]

    @property
    def operations(self) -> frozenset[str]:
        """The operations of the nodes of the tree, found once."""
        if self._operations is None:
            self._operations = frozenset([node.op for node in self.parts])
        return self._operations

    @property
    def is_tensor(self) -> bool:
        """Whether it has three axes or more, so that it is not a matrix."""
        return self.rank > 2

    def fold(self, rule: Callable[[Expr, list[R]], R]) -> R:
        """The value of the tree when ``rule(node, values of its children)`` gives that of each
        node, computed once.
        """
        values: dict[int, R] = {}
        for node in self.parts:
            args = node.args
            values[id(node)] = rule(node, [values[id(arg)] for arg in args] if args else [])
        return values[id(self)]

    def with_args(self, args: Sequence[Expr]) -> Expr:
        """The same operation of other arguments; the node itself where they are its own."""
        if tuple(args) == self.args:
            return self
        return Expr(
            self.op, tuple(args), self.shape, value=self.value, row=self.row, span=self.span
        )

    def __repr__(self) -> str:
        inside = [repr(self.value)] if self.value is not None else []
        inside += [repr(arg) for arg in self.args]
        return f"{self.op}({', '.join(inside)})"


def operation(expr: Expr) -> str:
    """What the operation of a node is called where it is written."""
    return str(expr.value) if expr.op == APPLY else expr.op


def number(value: int | Fraction) -> Expr:
    """An exact rational."""
    return Expr("number", value=Fraction(value))


def variable(name: str, shape: Shape, *, row: bool = False) -> Expr:
    """A variable of the given shape."""
    return Expr("variable", (), shape, value=name, row=row)


def dimension(size: Dim) -> Expr:
    """The size of a dimension as a scalar: a number where it is one."""
    if size.integer is not None:
        return number(size.integer)
    return Expr("dimension", value=size)


def eye(size: Dim) -> Expr:
    """The identity matrix."""
    return Expr("eye", (), (size, size))


def fill(value: Expr, shape: Shape, *, row: bool = False) -> Expr:
    """A vector or matrix with the same scalar everywhere."""
    return Expr("fill", (value,), shape, row=row)


def zeros(shape: Shape, *, row: bool = False) -> Expr:
    """The number zero, or an array of zeros."""
    return fill(number(0), shape, row=row) if shape else number(0)


def add_terms(terms: Iterable[Expr], shape: Shape, *, row: bool = False) -> Expr:
    """The sum of the terms that are not zero; a term with a minus in front is taken away."""
    total: Expr | None = None
    for term in terms:
        if is_zero(term):
            continue
        if total is None:
            total = term
        elif term.op == "neg":
            total = Expr("-", (total, term.args[0]), shape, row=row)
        else:
            total = Expr("+", (total, term), shape, row=row)
    return zeros(shape, row=row) if total is None else total


def is_zero(expr: Expr) -> bool:
    """Whether this is the number zero, or an array of zeros."""
    return is_number(expr.args[0] if expr.op == "fill" else expr, 0)


def intern_trees(trees: Sequence[Expr]) -> list[Expr]:
    """The same trees, equal parts being one object."""
    known: dict[object, Expr] = {}

    def rule(node: Expr, args: list[Expr]) -> Expr:
        value = node.value.key(args) if node.op == "indexed" else node.value
        key = (node.op, value, node.shape, node.row, *map(id, args))
        found = known.get(key)
        if found is None:
            found = known[key] = node.with_args(args)
        return found

    return list(Expr("several", tuple(trees)).fold(rule).args)


def transpose(expr: Expr) -> Expr:
    """The transpose, a row of a column and a column of a row; of a scalar itself."""
    if not expr.shape:
        return expr
    if expr.op == "'":
        return expr.args[0]
    return Expr("'", (expr,), expr.shape[::-1], row=expr.rank == 1 and not expr.row)


def drop_transpose(expr: Expr) -> Expr:
    """The expression without a transpose around it."""
    return expr.args[0] if expr.op == "'" else expr


def sides_of(expr: Expr) -> tuple[Dim | None, Dim | None]:
    """Rows and columns; None for the one that a vector lacks."""
    if expr.rank == 2:
        return expr.shape[0], expr.shape[1]
    return (None, expr.shape[0]) if expr.row else (expr.shape[0], None)


def grid(expr: Expr) -> tuple[Shape, Shape]:
    """The heights of the rows of blocks and the widths of the columns."""
    rows, columns = expr.value
    lines = [expr.args[r * columns : (r + 1) * columns] for r in range(rows)]
    heights = tuple(
        [next((h for arg in line if (h := extent(arg)[0]) != ONE), ONE) for line in lines]
    )
    widths = tuple(
        [
            next((w for line in lines if (w := extent(line[c])[1]) != ONE), ONE)
            for c in range(columns)
        ]
    )
    return heights, widths


def extent(expr: Expr) -> tuple[Dim, Dim]:
    """Rows and columns of a value, a vector being thin and a scalar 1 x 1."""
    if expr.rank == 2:
        return expr.shape[0], expr.shape[1]
    if expr.rank == 0:
        return ONE, ONE
    return (ONE, expr.shape[0]) if expr.row else (expr.shape[0], ONE)


def positive_sizes(expr: Expr) -> list[Dim]:
    """What has to be positive for a node to have a meaning: its axes, and the room for a slice in
    what it is a slice of.
    """
    if expr.op == "dimension":
        return [expr.value]
    found = list(expr.shape)
    if expr.op == "slice":
        for size, place in zip(expr.args[0].shape, expr.value, strict=True):
            if place is not None:
                start, part = place
                # at least one entry, none before the first and none after the last
                found += [
                    part or ONE,
                    start.plus(ONE),
                    size.plus(start, -1).plus(part or ONE, -1).plus(ONE),
                ]
    elif expr.op == "indexed":
        found += expr.value.room
    elif expr.op == "unit":
        found += [expr.value.plus(ONE), expr.shape[0].plus(expr.value, -1)]
    return found


def is_number(expr: Expr, value: int | None = None) -> bool:
    """Whether this is a number literal (the given one)."""
    return expr.op == "number" and (value is None or expr.value == value)


def usual_entries(shape: Shape) -> int:
    """How many entries an array has where a size that is a name counts for a few."""
    sizes = [size.size(dict.fromkeys(size.letters, _USUAL)) for size in shape]
    return prod([max(1, size) for size in sizes])


def is_large(expr: Expr) -> bool:
    """Whether some value has too many entries to be computed unasked."""
    return any(usual_entries(node.shape) > _MOST_ENTRIES for node in expr.parts)


def variable_names(tree: Expr) -> set[str]:
    """The names of the variables in a tree."""
    return {str(part.value) for part in tree.parts if part.op == "variable"}


def moving_parts(order: Iterable[Expr], *names: str) -> set[int]:
    """The ids of the nodes that depend on one of the variables, of an order with children before
    parents.
    """
    found: set[int] = set()
    for node in order:
        own = node.op == "variable" and node.value in names
        if own or any(id(arg) in found for arg in node.args):
            found.add(id(node))
    return found


def multiply(left: Expr, right: Expr) -> Expr:
    """The product of numbers, columns, rows and matrices that fit."""
    if not left.shape or not right.shape:
        wide = left if left.shape else right
        return Expr("*", (left, right), wide.shape, row=wide.row)
    rows = () if left.row else left.shape[:1]
    columns = right.shape[-1:] if right.rank == 2 or right.row else ()
    return Expr("*", (left, right), rows + columns, row=not rows and bool(columns))


def pair(cotangent: Expr, value: Expr) -> Expr:
    """The sum of the products of the entries of a cotangent, which is a column, and a value."""
    if not value.shape:
        return Expr("*", (cotangent, value))
    if value.row:
        cotangent = transpose(cotangent)
    return Expr("sum", (Expr(".*", (cotangent, value), value.shape, row=value.row),))


def flat_factors(tree: Expr) -> list[Expr]:
    """The factors of a product, from left to right; a transposed product is taken apart."""
    found: list[Expr] = []
    stack = [tree]
    while stack:
        part = stack.pop()
        if part.op == "*":
            stack += reversed(part.args)
        elif part.op == "'" and part.args[0].op == "*":
            stack += [transpose(arg) for arg in part.args[0].args]
        else:
            found.append(part)
    return found


def scalar_factors(expr: Expr) -> list[Expr]:
    """The factors of a product of scalars, from left to right; x'*y is one of them."""
    found, todo = [], [expr]
    while todo:
        part = todo.pop()
        if part.op == "*" and not any(arg.shape for arg in part.args):
            todo += part.args[::-1]
        else:
            found.append(part)
    return found


def split_signed_terms(
    tree: Expr, values: Mapping[str, Expr] = _NO_VALUES, most: float = inf
) -> list[tuple[int, Expr]]:
    """The terms of a sum with their signs, in order; ``values`` are what variables stand for.

    Of a sum with more than ``most`` terms these are its two operands.
    """
    found: list[tuple[int, Expr]] = []
    stack = [(1, tree)]
    while stack:
        if len(found) + len(stack) > most:
            signs = (1, -1 if tree.op == "-" else 1) if len(tree.args) == 2 else (-1,)
            return list(zip(signs, tree.args, strict=True))
        sign, part = stack.pop()
        part = values.get(part.value, part) if part.op == "variable" else part
        if part.op in ("+", "-"):
            stack.append((-sign if part.op == "-" else sign, part.args[1]))
            stack.append((sign, part.args[0]))
        elif part.op == "neg":
            stack.append((-sign, part.args[0]))
        else:
            found.append((sign, part))
    return found


def add_signed(terms: Sequence[tuple[int, Expr]], shape: Shape, *, row: bool = False) -> Expr:
    """The sum of terms with signs, one without a minus first if there is any; see
    ``split_signed_terms``.
    """

    def join(op: str, total: Expr, term: Expr) -> Expr:
        whole = shape if total.shape or term.shape else ()
        return Expr(op, (total, term), whole, row=row and bool(whole))

    return join_signed(terms, join, lambda total: Expr("neg", (total,), shape, row=row))


def join_signed(
    terms: Sequence[tuple[int, Expr]],
    join: Callable[[str, Expr, Expr], Expr],
    negate: Callable[[Expr], Expr],
) -> Expr:
    """The sum of terms with signs, where ``join`` makes sums and differences: the first term with
    a plus comes first, and without one the sum is negated.
    """
    first = next((k for k, (sign, _) in enumerate(terms) if sign > 0), None)
    if first is None:
        return negate(join_signed([(-sign, term) for sign, term in terms], join, negate))
    total = terms[first][1]
    for sign, term in [*terms[:first], *terms[first + 1 :]]:
        total = join("+" if sign > 0 else "-", total, term)
    return total


def split_scaled_terms(linear: Expr) -> list[tuple[Expr, Expr]]:
    """The terms of a sum, each with the number that it is multiplied by."""
    found: list[tuple[Expr, Expr]] = []
    stack: list[tuple[Expr, Expr]] = [(number(1), linear)]
    while stack:
        scale, tree = stack.pop()
        if tree.op == "neg":
            stack.append((Expr("neg", (scale,)), tree.args[0]))
        elif tree.op == "*" and not tree.args[0].shape:
            stack.append((Expr("*", (scale, tree.args[0])), tree.args[1]))
        elif tree.op == "/" and not tree.args[1].shape:
            stack.append((Expr("/", (scale, tree.args[1])), tree.args[0]))
        elif tree.op in ("+", "-"):
            other = scale if tree.op == "+" else Expr("neg", (scale,))
            stack += [(other, tree.args[1]), (scale, tree.args[0])]
        else:
            found.append((scale, tree))
    return found


def tensorize(matrix: Expr, shape: Shape, columns: int) -> Expr:
    """The array of three axes or more whose matrix this is: the inverse of
    ``engine.pipeline.matricize``.
    """
    rank = len(shape)
    args, labels, own = [matrix], list[tuple[int, ...]](), list[int]()
    for axes in (range(rank - columns), range(rank - columns, rank)):
        label, size = axes[0], shape[axes[0]]
        for slow in axes[1:]:
            whole = size.times(shape[slow])
            args.append(Expr("fuse", (), (whole, size, shape[slow])))
            labels.append((rank + len(labels), label, slow))
            label, size = labels[-1][0], whole
        own.append(label)
    return Expr("einsum", tuple(args), shape, value=((tuple(own), *labels), tuple(range(rank))))


def starts_of(parts: Iterable[Expr]) -> Iterator[Dim]:
    """Where the slices and the unit vectors of a tree begin: the k of x[k] is not an index."""
    for part in parts:
        if part.op == "slice":
            yield from [place[0] for place in part.value if place]
        elif part.op == "unit":
            yield part.value
