"""Bounds that all entries of an expression keep, whatever its variables are: what proves that a
side of a kink is empty. They know squares: ``x.*x``, ``x'*x`` and ``x'*A*x`` with a positive
semidefinite A.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from matcalc.core.bounds import EVERYTHING, NOT_BELOW_ZERO, Bounds, entry_bounds
from matcalc.core.kinds import Variable
from matcalc.core.likeness import MOST, Likeness, symmetric_names
from matcalc.core.tree import Expr

_ZERO = Bounds(Fraction(0), Fraction(0))


def bounds(tree: Expr, variables: Mapping[str, Variable]) -> Bounds:
    """Bounds of the entries; not the closest ones."""
    return entry_bounds(tree, variables, _Squares(variables).refine)


def dominates(big: Expr, small: Expr) -> bool:
    """Whether an entry of the first is never below that of the second: x itself, max(x, y), abs(x),
    relu(x) and amax(x) beside x.
    """
    alike = Likeness()
    if alike.of(big) == alike.of(small):
        return True

    def of(tree: Expr, ops: tuple[str, ...], inside: Expr) -> bool:
        return tree.op in ops and alike.of(inside) in [alike.of(arg) for arg in tree.args]

    if big.op == "norminf" and small.op == "abs":
        return of(big, ("norminf",), small.args[0])
    return of(big, ("max", "amax", "abs", "relu"), small) or of(small, ("min", "amin"), big)


class _Squares:
    """What of an expression is a square; notes which matrices are positive semidefinite."""

    def __init__(self, variables: Mapping[str, Variable]) -> None:
        self.variables = variables
        self.alike = Likeness(symmetric_names(variables))
        self.definite: set[int] = set()

    def refine(self, node: Expr, found: Bounds, before: Mapping[int, Bounds]) -> Bounds:
        """What that says of the entries; the parts ``before`` have bounds."""
        if node.rank == 2 and self._is_definite(node, before):
            self.definite.add(id(node))
        if not found.least < 0 < found.most:
            return EVERYTHING
        if node.op == "-" and self.alike.of(node.args[0]) == self.alike.of(node.args[1]):
            return _ZERO
        return self._of_square(node, before)

    def _of_square(self, node: Expr, before: Mapping[int, Bounds]) -> Bounds:
        """x.*x, x'*x, x'*A*x, the diagonal, trace, determinant and eigenvalues of a positive
        semidefinite A, and the trace of a product of two.
        """
        op, args = node.op, node.args
        if op in (".*", "dot") and self.alike.of(args[0]) == self.alike.of(args[1]):
            return NOT_BELOW_ZERO
        if op in ("tr", "det", "eigvals", "lambda_max", "lambda_min"):
            both = args[0].args if op == "tr" and args[0].op == "*" else args
            definite = id(args[0]) in self.definite or all(id(arg) in self.definite for arg in both)
            return NOT_BELOW_ZERO if definite else EVERYTHING
        if op == "diag" or (op == "slice" and not node.shape and len(set(node.value)) == 1):
            return NOT_BELOW_ZERO if id(args[0]) in self.definite else EVERYTHING
        return EVERYTHING if op != "*" or node.shape else self._of_congruence(node, before)

    def _is_definite(self, node: Expr, before: Mapping[int, Bounds]) -> bool:
        """Whether a matrix is positive semidefinite: one declared so, the identity, A'*A, B'*A*B,
        sums, inverses and positive multiples of such.
        """
        if node.op == "variable":
            return node.value in self.variables and self.variables[node.value].kind == "psd"
        if node.op == "/":
            divisor = before[id(node.args[1])]
            return id(node.args[0]) in self.definite and divisor.nonnegative
        if node.op in ("+", "inv", "'"):
            return all(id(arg) in self.definite for arg in node.args)
        if node.op == "*":
            return self._of_congruence(node, before).nonnegative
        return node.op == "eye"

    def _of_congruence(self, node: Expr, before: Mapping[int, Bounds]) -> Bounds:
        """Of the number x'*A*x in a multiple of B'*A*B, or of what is multiplied with that matrix,
        where the factors are B' and B, or these about a positive semidefinite one.
        """
        result, links = self._factors(node, before)
        half, odd = divmod(len(links), 2)
        if not links or (odd and id(links[half][0]) not in self.definite):
            return EVERYTHING
        for (left, turned), (right, other) in zip(links[:half], reversed(links), strict=False):
            if self._number(left, not turned) != self._number(right, other):
                return EVERYTHING
        return result

    def _number(self, factor: Expr, turned: bool) -> int:
        return self.alike.of(factor, turned=turned and factor.rank == 2)

    def _factors(
        self, product: Expr, before: Mapping[int, Bounds]
    ) -> tuple[Bounds, list[tuple[Expr, bool]]]:
        """Bounds of the scalars in a product times a square, and its other factors in order, each
        with whether it is transposed.
        """
        scale = NOT_BELOW_ZERO
        links: list[tuple[Expr, bool]] = []
        todo = [(product, False)]
        while todo:
            node, turned = todo.pop()
            if node.op == "'":
                todo.append((node.args[0], not turned))
            elif node.op == "neg" and node.rank:
                scale = scale.negate()
                todo.append((node.args[0], turned))
            elif not node.rank and node is not product:
                scale = scale.times(before[id(node)])
            elif node.op == "*" and len(links) + len(todo) < MOST:
                todo += [(arg, turned) for arg in (node.args if turned else node.args[::-1])]
            else:
                links.append((node, turned))
        return scale, links
