"""Entries of the catalogue on typed trees: a rule's right side with arguments put in.

A rule that is written for scalars holds entry by entry, so its products become ``.*`` where they
meet arrays. The engine does the same on networks; here the result is kept as it is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from matcalc.core.dims import Dim
from matcalc.core.language import BaseLanguage
from matcalc.core.operations import COMPARISONS, TOTALS
from matcalc.core.tree import Expr, is_number, is_zero
from matcalc.core.user_functions import acts_entrywise, calls_function
from matcalc.core.walk import fold
from matcalc.engine.catalogue.compiled import Rule, catalogue
from matcalc.engine.recovery.factory import ExpressionFactory

_MATRIX = 2  # axes
_ARRAYED = {"*": ".*", "/": "./", "^": ".^"}


class CannotShow(Exception):
    """A tree that has no such form here; the reason is for the reader."""


class Trees:
    """Makes trees in which numbers are tidy: no 0 is added, nothing is multiplied by 1."""

    def __init__(self, language: BaseLanguage) -> None:
        self.factory = ExpressionFactory()
        self.known = catalogue(language)

    def intern(self, tree: Expr, names: Mapping[str, Expr] | None = None) -> Expr:
        """The same tree made here, with variables replaced."""
        put = names or {}

        def rule(expr: Expr, args: list[Expr]) -> Expr:
            if expr.op == "variable" and expr.value in put:
                return put[expr.value]
            if put and expr.op == "*" and args[1].op == "*":
                return self.times(*args)
            return self.factory.make(expr.op, tuple(args), expr.shape, expr.value, expr.row)

        return tree.fold(rule)

    def replace(self, tree: Expr, put: Mapping[int, Expr]) -> Expr:
        """The tree with some nodes of it replaced."""
        if not put:
            return tree

        def rule(expr: Expr, args: list[Expr]) -> Expr:
            if id(expr) in put:
                return put[id(expr)]
            return self.factory.make(expr.op, tuple(args), expr.shape, expr.value, expr.row)

        return fold(tree, lambda expr: () if id(expr) in put else expr.args, rule)

    def variable(self, name: str, like: Expr) -> Expr:
        """A variable of the shape of another expression, which stands upright."""
        return self.factory.make("variable", (), like.shape, name)

    def zero(self, like: Expr) -> Expr:
        """Nothing, in the shape of another expression."""
        nothing = self.factory.number(0)
        if not like.shape:
            return nothing
        return self.factory.make("fill", (nothing,), like.shape, row=like.row)

    def upright(self, expr: Expr) -> Expr:
        """A row as a column."""
        return self.factory.transpose(expr) if expr.row else expr

    def fill(self, expr: Expr, like: Expr) -> Expr:
        """A scalar in every entry of an array."""
        if expr.rank == like.rank:
            return expr
        upright = self.factory.make("fill", (expr,), like.shape)
        if not like.row:
            return upright
        return self.factory.make("'", (upright,), like.shape, row=True)  # vector(a)' is a row

    def sum(self, terms: Sequence[Expr], like: Expr) -> Expr:
        """The sum, with the signs of the terms between them."""
        if not terms:
            return self.zero(like)
        total = terms[0]
        for term in terms[1:]:
            sign, right = ("-", term.args[0]) if term.op == "neg" else ("+", term)
            number = _leading_number(term)
            if number is not None and number.value < 0:
                sign, right = "-", self.times(self.factory.number(-number.value), term.args[1])
            total = self.factory.binary(sign, total, right)
        return total

    def vectorise(self, matrix: Expr) -> Expr:
        """vec(X)."""
        rows, columns = matrix.shape
        return self.factory.make("vec", (matrix,), (rows.times(columns),))

    def times(self, left: Expr, right: Expr) -> Expr:
        """The product as ``*`` means it; of matrices without brackets: A*B*C for A*(B*C)."""
        if right.op == "neg":
            return self.factory.negative(self.times(left, right.args[0]))
        if is_number(left, 1):
            return right
        if is_number(right, 1):
            return left
        if is_number(left, -1):
            return self.factory.negative(right)
        behind = []
        while left.shape and right.op == "*" and all(arg.rank == _MATRIX for arg in right.args):
            right, last = right.args
            behind.append(last)
        made = self.factory.times(left, right)
        for each in reversed(behind):
            made = self.factory.times(made, each)
        return made

    def inner(self, factor: Expr, step: Expr, *, across: bool = False) -> Expr:
        """The inner product of an array and a differential: g*da, g'*dx, tr(G'*dX), with the
        scalars before it; of a matrix that stands ``across``, tr(G*dX).
        """
        factory = self.factory
        if factor.op == "neg":
            return factory.negative(self.inner(factor.args[0], step, across=across))
        if factor.op == "/" and not factor.args[1].shape:
            top = self.inner(factor.args[0], step, across=across)
            return factory.binary("/", top, factor.args[1])
        if not factor.shape:
            return self.times(factor, step)
        scalar, rest = self._pull(factor)
        left = rest if across else factory.transpose(rest)
        if factor.rank == 1:
            return factory.times(left if scalar is None else self.times(scalar, left), step)
        made = factory.make("tr", (step if left.op == "eye" else factory.times(left, step),))
        return made if scalar is None else self.times(scalar, made)

    def _pull(self, factor: Expr) -> tuple[Expr | None, Expr]:
        """The scalar that comes first in a product, and the rest."""
        spine = []
        while factor.op == "*" and factor.args[0].shape and factor.args[1].shape:
            spine.append(factor.args[1])
            factor = factor.args[0]
        scalar = None
        if factor.op == "*" and not factor.args[0].shape:
            scalar, factor = factor.args
        for right in reversed(spine):
            factor = self.factory.times(factor, right)
        return scalar, factor

    def entrywise(self, op: str, left: Expr, right: Expr) -> Expr:
        """``.*``, ``./`` or ``.^``, which are ``*``, ``/`` and ``^`` where a scalar is meant."""
        if op == ".*":
            if not left.shape or not right.shape:
                return self.times(left, right)
            number = _leading_number(left)
            if number is not None:
                return self.times(number, self.entrywise(op, left.args[1], right))
            if left.op == "neg" or right.op == "neg":
                inner = [side.args[0] if side.op == "neg" else side for side in (left, right)]
                product = self.entrywise(op, *inner)
                return self.factory.negative(product) if left.op != right.op else product
        if op == "./":
            if left.op == "neg":
                return self.factory.negative(self.entrywise(op, left.args[0], right))
            if not right.shape:
                return self.factory.binary("/", left, right)
        if op == ".^":
            if is_number(right, 1):
                return left
            if not left.shape and not right.shape:
                return self.factory.binary("^", left, right)
        return self.factory.binary(op, left, right)

    def divide(self, top: Expr, bottom: Expr) -> Expr:
        """The quotient entry by entry; a number that divides that of the numerator cancels."""
        number, rest = self._split(bottom)
        mine, inner = self._split(top)
        if number == 1 or bottom.shape or (mine / number).denominator != 1:
            return self.entrywise("./", top, bottom)
        inner = inner if is_number(rest, 1) else self.entrywise("./", inner, rest)
        return self.times(self.factory.number(mine / number), inner)

    def _split(self, expr: Expr) -> tuple[Fraction, Expr]:
        """The number that a product begins with, and the rest."""
        sign, spine = 1, []
        while expr.op == "neg" or (expr.op == "*" and expr.args[0].op != "number"):
            if expr.op == "neg":
                sign, expr = -sign, expr.args[0]
            else:
                spine.append(expr.args[1])
                expr = expr.args[0]
        number, rest = Fraction(1), expr
        if expr.op == "number":
            number, rest = expr.value, self.factory.number(1)
        elif expr.op == "*":
            number, rest = expr.args[0].value, expr.args[1]
        for right in reversed(spine):
            rest = self.times(rest, right)
        return sign * number, rest

    def insert(self, rule: Rule, args: Sequence[Expr], names: Mapping[str, Expr]) -> Expr:
        """The right side of a rule for these arguments; ``names`` are its variables."""
        sizes = {
            size.plain: axis
            for shape, arg in zip(rule.shapes, args, strict=False)
            for size, axis in zip(shape, arg.shape, strict=False)
            if size.plain
        }
        ranks = [len(shape) for shape in rule.shapes]
        if any(
            rank and rank != arg.rank and not acts_on_entries(rule.body)
            for rank, arg in zip(ranks, args, strict=False)
        ):
            raise CannotShow("the rule is written for other shapes")
        return fold(
            rule.body,
            lambda expr: expr.args,
            lambda expr, inner: self._put(expr, inner, names, sizes),
        )

    def _put(
        self, expr: Expr, args: list[Expr], names: Mapping[str, Expr], sizes: Mapping[str, Dim]
    ) -> Expr:
        op = expr.op
        if op == "variable":
            return names[expr.value]
        shape = tuple([size.put(sizes.get) for size in expr.shape])
        if op == "dimension":
            return self.factory.dimension(expr.value.put(sizes.get))
        if not args:
            return self.factory.make(op, (), shape, expr.value, expr.row)
        if op in ("+", "-"):
            return self._add(op, *args)
        if op == "neg":
            return self.factory.negative(args[0])
        if op == "'":
            return self.factory.transpose(args[0])
        if op in _ARRAYED and not any(arg.rank for arg in expr.args):
            return self._product(_ARRAYED[op], args)
        if op == "*":
            return self._product(op, args)
        if op in (".*", "./", ".^"):
            return self._product(op, args)
        if op == "/":
            return self._product("./", args)
        if acts_entrywise(expr) or op in COMPARISONS:
            larger = max(args, key=lambda arg: arg.rank)
            return self.factory.make(op, tuple(args), larger.shape, expr.value, larger.row)
        if op == "fill":
            return self.factory.make(op, tuple(args), shape, row=expr.row)
        same = all(a.rank == b.rank for a, b in zip(args, expr.args, strict=True))
        if not same and not (expr.rank == 0 and calls_function(expr)):
            raise CannotShow("the rule is written for other shapes")
        return self.factory.make(op, tuple(args), shape, expr.value, expr.row)

    def _add(self, op: str, left: Expr, right: Expr) -> Expr:
        if is_zero(right):
            return left if left.rank >= right.rank else self.fill(left, right)
        if is_zero(left) and right.rank >= left.rank:
            return right if op == "+" else self.factory.negative(right)
        if op == "+" and right.op == "neg":
            op, right = "-", right.args[0]
        elif op == "-" and right.op == "neg":
            op, right = "+", right.args[0]
        return self.factory.binary(op, left, right)

    def _product(self, op: str, args: list[Expr]) -> Expr:
        left, right = args
        if op in ("*", ".*") and (is_zero(left) or is_zero(right)):
            whole = self.factory.times(left, right) if op == "*" else None
            return self.zero(whole or (left if left.rank >= right.rank else right))
        if op == "./" and is_zero(left):
            return self.zero(left if left.rank >= right.rank else right)
        return self.times(left, right) if op == "*" else self.entrywise(op, left, right)


def _leading_number(expr: Expr) -> Expr | None:
    """The 2 of ``2*X``."""
    return expr.args[0] if expr.op == "*" and expr.args[0].op == "number" else None


def acts_on_entries(body: Expr) -> bool:
    """Whether a rule for vectors reads the same for matrices: it sums over all entries at most."""

    def plain(expr: Expr, args: list[bool]) -> bool:
        entries = acts_entrywise(expr) or expr.op in _PLAIN or expr.op in COMPARISONS
        return all(args) and (entries or not expr.args)

    return body.fold(plain)


_PLAIN = ("+", "-", "neg", ".*", "./", ".^", "^", "/", "fill", *TOTALS)
