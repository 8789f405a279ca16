"""ExpressionFactory: makes the typed trees of a result, interned, and knows how long each is and
how it sorts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from matcalc.core.dims import Dim, Shape
from matcalc.core.functions.spec import VECTOR_TO_VECTOR
from matcalc.core.kinds import kind_spec
from matcalc.core.operations import ALONG, ENTRYWISE, FRECHET, OPERATIONS, PROJECTORS
from matcalc.core.tree import Expr, is_number, sides_of
from matcalc.core.tree import eye as make_eye
from matcalc.core.tree import fill as make_fill
from matcalc.engine.ir.nodes import Rational
from matcalc.engine.recovery.masks import is_triangle, transpose_mask
from matcalc.write.printers.naming import own_tokens
from matcalc.write.printers.text import piece
from matcalc.write.printers.text_pieces import Piece

_HIDDEN = (
    6  # tokens that a derivative under a name of its own counts for: a closed form may be longer
)
# matrices of which each column is vec of a symmetric matrix
_OF_SYMMETRIC = frozenset(
    ("duplication", *(name for name, kind in PROJECTORS.items() if kind_spec(kind).symmetry == 1))
)
_LABEL = 160  # characters of its text that an expression is sorted by


class ExpressionFactory:
    """Equal trees are one object, so keys are identities; texts are cut off, so a shared network
    costs no more than its nodes.

    ``_sizes`` and ``_pieces`` have the id of each tree in ``_table``, which keeps it alive: no
    other object gets that id.
    """

    def __init__(self, *, decimals: bool = False, branches: bool = False) -> None:
        self.decimals = decimals  # whether fractions are written so, since they were typed so
        # whether sqrt(a)*sqrt(b) is not always sqrt(a*b), as of complex numbers
        self.branches = branches
        self._table: dict[object, Expr] = {}
        self._numbers: dict[Rational, Expr] = {}
        self._sizes: dict[int, int] = {}
        self._pieces: dict[int, Piece] = {}

    def make(
        self,
        op: str,
        args: tuple[Expr, ...] = (),
        shape: Shape = (),
        value: Any = None,
        row: bool = False,
    ) -> Expr:
        """The tree with this root."""
        names = tuple(map(id, args))
        key = (op, names, shape, value, row)
        found = self._table.get(key)
        if found is None:
            found = self._table[key] = Expr(op, args, shape, value=value, row=row)
            self._sizes[id(found)] = self._measure(found)
            short, level, kind = piece(found, [*map(self._pieces.__getitem__, names)])
            self._pieces[id(found)] = (short[:_LABEL], level, kind)
        return found

    def remake(self, node: Expr, args: Sequence[Expr]) -> Expr:
        """A node of other arguments."""
        return self.make(node.op, tuple(args), node.shape, node.value, node.row)

    def intern(self, tree: Expr, values: Mapping[str, Expr] = MappingProxyType({})) -> Expr:
        """The same tree, made here, with other values for some of its variables."""

        def rule(node: Expr, args: list[Expr]) -> Expr:
            if node.op == "variable" and node.value in values:
                return self.intern(values[node.value])
            return self.remake(node, args)

        return tree.fold(rule)

    def _measure(self, expr: Expr) -> int:
        hidden = _HIDDEN if expr.op in FRECHET else 0
        return own_tokens(expr) + hidden + sum([self._sizes[id(arg)] for arg in expr.args])

    def size(self, expr: Expr) -> int:
        """Tokens of the text: names, numbers and operators count one each."""
        return self._sizes[id(expr)]

    def label(self, expr: Expr) -> str:
        """The beginning of the text, to sort by; a transpose sorts after everything else, a
        commutation after an identity.
        """
        return self._pieces[id(expr)][0].replace("'", "~").replace("commutation", "eye commutation")

    def number(self, value: Rational) -> Expr:
        """A rational number."""
        found = self._numbers.get(value)
        if found is None:
            found = self._numbers[value] = self.make("number", value=Fraction(value))
        return found

    def eye(self, size: Dim) -> Expr:
        """The identity matrix."""
        return self._register(make_eye(size))

    def fill(self, value: Expr, shape: Shape) -> Expr:
        """One scalar everywhere."""
        return self._register(make_fill(value, shape))

    def _register(self, expr: Expr) -> Expr:
        key = (expr.op, tuple([id(arg) for arg in expr.args]), expr.shape, None, False)
        found = self._table.setdefault(key, expr)
        if found is expr:
            self._sizes[id(expr)] = self._measure(expr)
            self._pieces[id(expr)] = piece(expr, [self._pieces[id(arg)] for arg in expr.args])
        return found

    # operators

    def transpose(self, expr: Expr) -> Expr:
        """The transpose; nothing for a scalar."""
        if not expr.shape:
            return expr
        if expr.op == "'":
            return expr.args[0]
        # f(X')' is f(X); f(X' + Y)' stays, because f(X' + Y) may stand elsewhere
        if expr.op in ENTRYWISE and expr.rank == 2 and any(arg.op == "'" for arg in expr.args):
            turned = tuple([self._turned(arg) for arg in expr.args])
            if any(map(self._is_shorter, turned, expr.args)):
                return self.make(expr.op, turned, expr.shape[::-1], expr.value)
        if expr.op in ALONG and len(expr.args) == 2:
            array, axis = expr.args
            if is_number(axis, 1) or self._is_shorter(self._turned(array), array):
                other = 3 - int(axis.value)
                args = (self._turned(array), self.number(other))
                return self.make(expr.op, args, expr.shape[::-1], row=expr.rank == other == 1)
        if is_triangle(expr):
            op, offsets = transpose_mask(expr)
            whole = self.fill(expr.args[0].args[0], expr.shape[::-1])
            return self.make(op, (whole, *[self.number(offset) for offset in offsets]), whole.shape)
        if expr.op == "commutation":
            return self.make(expr.op, expr.args[::-1], expr.shape)
        if expr.op == "kron" and any(arg.op in ("'", "commutation") for arg in expr.args):
            return self.kron(*(self.transpose(arg) for arg in expr.args))
        if expr.op == "blocks" and all(arg.op in ("eye", "fill") for arg in expr.args):
            rows, columns = expr.value
            cells = [
                self.transpose(expr.args[r * columns + c])
                for c in range(columns)
                for r in range(rows)
            ]
            return self.make(
                "blocks",
                tuple(cells),
                expr.shape[::-1],
                (columns, rows),
                expr.rank == 1 and not expr.row,
            )
        if expr.op == "eye":
            return expr
        if expr.op == "fill" and expr.rank == 2:
            return self.fill(expr.args[0], expr.shape[::-1])
        return self.make("'", (expr,), expr.shape[::-1], row=expr.rank == 1 and not expr.row)

    def _is_shorter(self, expr: Expr, other: Expr) -> bool:
        return self.size(expr) < self.size(other)

    def _turned(self, expr: Expr) -> Expr:
        """The transpose, of a sum term by term, and of an outer product by its factors, where that
        is no longer than the sum.
        """
        if expr.op not in ("+", "-"):
            return self.transpose(expr)
        terms = [self._turned_term(arg) for arg in expr.args]
        whole = self.binary(expr.op, *terms)
        return whole if self.size(whole) <= self.size(expr) else self.transpose(expr)

    def _turned_term(self, expr: Expr) -> Expr:
        if expr.op in ("+", "-"):
            return self.binary(expr.op, *map(self._turned_term, expr.args))
        if expr.op == "*" and all(arg.rank == 1 for arg in expr.args):  # u*v'
            return self.times(*[self.transpose(arg) for arg in expr.args[::-1]])
        return self.transpose(expr)

    def permute(self, expr: Expr, order: tuple[int, ...]) -> Expr:
        """The array whose axis k is axis ``order[k]`` of this one."""
        if order == tuple(range(expr.rank)):
            return expr
        if expr.rank == 2:
            return self.transpose(expr)
        shape = tuple([expr.shape[axis] for axis in order])
        if expr.op == "permute":
            return self.permute(expr.args[0], tuple([expr.value[axis] for axis in order]))
        if expr.op == "fill":
            return self.fill(expr.args[0], shape)
        if expr.op == "einsum":
            labels, outputs = expr.value
            value = (labels, tuple([outputs[axis] for axis in order]))
            return self.make("einsum", expr.args, shape, value)
        return self.make("permute", (expr,), shape, order)

    def along(self, name: str, array: Expr) -> Expr:
        """The function along the last axis, of a permuted array along the axis that became the
        last.
        """
        inner, order = (
            (array.args[0], array.value)
            if array.op == "permute"
            else (array, tuple(range(array.rank)))
        )
        axis = order[-1]
        keeps = OPERATIONS[name].signature == VECTOR_TO_VECTOR
        shape = inner.shape if keeps else inner.shape[:axis] + inner.shape[axis + 1 :]
        whole = self.make(name, (inner, self.number(axis + 1)), shape)
        kept = order if keeps else tuple([k - (k > axis) for k in order[:-1]])
        return self.permute(whole, kept)

    def negative(self, expr: Expr) -> Expr:
        """The negative."""
        if expr.op == "neg":
            return expr.args[0]
        if expr.op == "number":
            return self.number(-expr.value)
        return self.make("neg", (expr,), expr.shape, row=expr.row)

    def times(self, left: Expr, right: Expr) -> Expr:
        """The product as ``*`` means it."""
        if left.op == "neg":
            return self.negative(self.times(left.args[0], right))
        if not left.shape:
            return self.make("*", (left, right), right.shape, row=right.row)
        if not right.shape:
            return self.make("*", (left, right), left.shape, row=left.row)
        if left.rank == 1 and right.rank == 1:
            return self.make(
                "*", (left, right), () if left.row else (left.shape[0], right.shape[0])
            )
        halved = self._halve(left, right)
        if halved is not None:
            return halved
        shape = left.shape[:-1] + right.shape[1:]
        return self.make("*", (left, right), shape, row=left.rank == 1)

    def _halve(self, left: Expr, right: Expr) -> Expr | None:
        """elimination(n)*vec(A) as vech(A), commutation(n, n)*duplication(n) as duplication(n),
        and so of a projector on symmetric matrices; also after other factors and transposed.
        """
        if right.op in _OF_SYMMETRIC:
            front, last = left.args if left.op == "*" and left.args[0].shape else (None, left)
            if last.op == "commutation" and last.args[0] is last.args[1]:
                return right if front is None else self.times(front, right)
        if right.op == "vec":
            front, last = left.args if left.op == "*" and left.args[0].shape else (None, left)
            if last.op == "elimination" and not right.row and _square(right.args[0]):
                half = self.make("vech", right.args, last.shape[:1])
                return half if front is None else self.times(front, half)
        if left.op == right.op == "'":
            turned = self._halve(right.args[0], left.args[0])
            return None if turned is None else self.transpose(turned)
        return None

    def halving_matrix(self, name: str, shape: Shape) -> Expr:
        """elimination(n) or duplication(n) of this shape: twice n*(n + 1)/2 less n^2 is n."""
        few, many = shape if name == "elimination" else shape[::-1]
        return self.make(name, (self.dimension(few.plus(few).plus(many, -1)),), shape)

    def binary(self, op: str, left: Expr, right: Expr) -> Expr:
        """An operator whose result has the shape of its larger operand."""
        larger = left if left.rank >= right.rank else right
        return self.make(op, (left, right), larger.shape, row=larger.row)

    def minus(self, expr: Expr, value: int) -> Expr:
        """A scalar less a number, which joins a number that is there already."""
        if expr.op == "-" and expr.args[1].op == "number":
            return self.make("-", (expr.args[0], self.number(expr.args[1].value + value)))
        return self.make("-", (expr, self.number(value)))

    def call(self, name: str, args: tuple[Expr, ...], shape: Shape) -> Expr:
        """A function."""
        return self.make(name, args, shape)

    def kron(self, slow: Expr, fast: Expr) -> Expr:
        """The Kronecker product; a column is a matrix of one column, a row one of one row."""
        (rows, columns), (more_rows, more_columns) = sides_of(slow), sides_of(fast)
        sides = [
            a if b is None else b if a is None else a.times(b)
            for a, b in ((rows, more_rows), (columns, more_columns))
        ]
        return self.make(
            "kron",
            (slow, fast),
            tuple([side for side in sides if side is not None]),
            row=sides[0] is None,
        )

    def dimension(self, size: Dim) -> Expr:
        """A size as a scalar."""
        return (
            self.number(size.integer)
            if size.integer is not None
            else self.make("dimension", value=size)
        )

    def power(self, base: Expr, exponent: Rational) -> Expr:
        """A scalar or, entry by entry, an array to a rational power; sqrt for one half."""
        if exponent == 1:
            return base
        root = base.args[0] if base.op == "sum" and len(base.args) == 2 else None
        if root is not None and exponent.denominator == 2 and _is_square(root):
            norm = self.make("norm2", (root.args[0], base.args[1]), base.shape)
            return self.power(norm, 2 * exponent)
        if exponent == Fraction(1, 2):
            return self.make("sqrt", (base,), base.shape, row=base.row)
        if exponent == -1 and base.shape:
            return self.binary("./", self.number(1), base)
        return self.binary(".^" if base.shape else "^", base, self.number(exponent))


def _is_square(expr: Expr) -> bool:
    """Whether this is x.^2."""
    return expr.op == ".^" and is_number(expr.args[1], 2)


def _square(expr: Expr) -> bool:
    return expr.rank == 2 and expr.shape[0] == expr.shape[1]
