"""Quadratic forms, squares and geometric means among the parts of an expression."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from matcalc.core.operations import LINEAR, ROOTS, TOTALS
from matcalc.core.tree import Expr, flat_factors, multiply, transpose, variable_names
from matcalc.engine.definite import Definiteness
from matcalc.write.printers.text import text

_LINEAR = frozenset(
    (
        *("+", "-", "neg", "'", "blocks", "slice", "fill"),
        *(name for name, places in LINEAR.items() if places == (0,)),
    )
)


class Quadratics:
    """What is quadratic in some variables, with proofs of the signs of the rest."""

    def __init__(self, known: Definiteness, wrt: Collection[str]) -> None:
        self.known = known
        self.wrt = frozenset(wrt)
        self._affine: dict[int, tuple[Expr, bool]] = {}  # the tree keeps its id alive

    def _moves(self, tree: Expr) -> bool:
        return not self.wrt.isdisjoint(variable_names(tree))

    def is_affine(self, tree: Expr) -> bool:
        """Whether a part is affine in the variables, as it is written."""
        for node in tree.parts:
            if id(node) in self._affine:
                continue
            moving = [arg for arg in node.args if self._moves(arg)]
            fine = all(self._affine[id(arg)][1] for arg in node.args)
            if node.op in ("*", ".*"):
                fine = fine and len(moving) < 2
            elif node.op in ("/", "./"):
                fine = fine and not self._moves(node.args[1])
            elif node.args and node.op not in _LINEAR:
                fine = not moving
            self._affine[id(node)] = node, fine
        return self._affine[id(tree)][1]

    # -- products that read the same from both ends

    def splits(self, node: Expr) -> list[tuple[Expr | None, Expr]]:
        """M and A of products A'*M*A, in all ways; no M of A'*A."""
        factors = flat_factors(node)
        if len(factors) < 2:
            return []
        lower = self.known.engine.lowering.lower
        found: list[tuple[Expr | None, Expr]] = []
        for count in range(len(factors) // 2, 0, -1):
            left, right = self.product(factors[:count]), self.product(factors[-count:])
            middle = factors[count : len(factors) - count]
            inner = self.product(middle) if middle else None
            if left is None or right is None or (middle and inner is None):
                continue
            if left.rank != right.rank or left.shape != right.shape[::-1]:
                continue
            across = left if not left.shape else transpose(left)
            names = self.known.names
            if lower(across, names) is lower(right, names):
                found.append((inner, right))
        return found

    def product(self, factors: Sequence[Expr]) -> Expr | None:
        """The product of matrices and vectors from left to right; None of none."""
        whole: Expr | None = None
        for part in factors:
            whole = part if whole is None else times(whole, part)
            if whole is None:
                return None
        return whole

    def split_symmetric(self, node: Expr) -> tuple[Expr, Expr] | None:
        """M and A of A'*M*A where M moves."""
        for middle, outer in self.splits(node):
            if middle is not None and self._moves(middle):
                return middle, outer
        return None

    def form(self, node: Expr) -> tuple[str, str] | None:
        """The curvature of u'*P*u, of an affine u and a constant P, and why; of X'*P*X it is one in
        the order of matrices.
        """
        if node.op != "*":
            return None
        for middle, outer in self.splits(node):
            if (middle is not None and self._moves(middle)) or not self.is_affine(outer):
                continue
            before = "matrix " if node.shape else ""
            if middle is None:
                return f"{before}convex", f"the square of {text(outer)}, which is affine"
            what = f"a quadratic form of {text(outer)}, which is affine; {text(middle)} is"
            if self._sign(middle):
                return f"{before}convex", f"{what} {_NAME[bool(middle.shape)]}"
            if self._sign(Expr("neg", (middle,), middle.shape)):
                return f"{before}concave", f"{what} the negative of one that is so"
        return None

    def _sign(self, middle: Expr) -> bool:
        return self.known.certificate(middle) is not None

    # -- squares

    def is_square(self, tree: Expr) -> bool:
        """Whether it is a sum of squares of affine functions, entry by entry or of scalars."""
        return self._is_sum_of_squares(tree, constants=False)

    def is_norm(self, tree: Expr) -> bool:
        """Whether it is a sum of squares of affine functions and of numbers, so that its root is a
        norm of these.
        """
        return self._is_sum_of_squares(tree, constants=True)

    def _is_sum_of_squares(self, tree: Expr, *, constants: bool) -> bool:
        stack = [tree]
        while stack:
            part = stack.pop()
            if not self._moves(part):
                if not (constants and self.known.is_nonnegative(part)):
                    return False
            elif part.op == "+":
                stack += part.args
            elif part.op in ("*", "/") and not part.shape and self._is_scaled(part):
                stack.append(part.args[0] if self._moves(part.args[0]) else part.args[1])
            elif part.op in TOTALS and len(part.args) == 1:
                stack.append(part.args[0])
            elif not self._is_one_square(part):
                return False
        return True

    def _is_scaled(self, part: Expr) -> bool:
        """Whether a part is multiplied or divided by a number that is nonnegative."""
        left, right = part.args
        if part.op == "/":
            return not self._moves(right) and self.known.is_positive(right)
        scale = right if self._moves(left) else left
        return not scale.shape and not self._moves(scale) and self.known.is_nonnegative(scale)

    def _is_one_square(self, part: Expr) -> bool:
        if part.op in ("^", ".^"):
            base, exponent = part.args
            if exponent.op != "number" or exponent.value != 2 or (part.op == "^" and base.shape):
                return False
            return self.is_affine(base) or (
                base.op in ROOTS and len(base.args) == 1 and self.is_affine(base.args[0])
            )
        if part.op == "var" and len(part.args) == 1:
            return self.is_affine(part.args[0])
        found = None if part.shape else self.form(part)
        return found is not None and found[0] == "convex"

    def is_geometric_mean(
        self,
        node: Expr,
        positive: Callable[[Expr], bool],
        definite: Callable[[Expr], bool],
    ) -> bool:
        """Whether it is a geometric mean of affine functions that are positive, or
        ``det(S)^(1/n)``.
        """
        base = node.args[0]
        if node.shape or not base.args:
            return False
        inside = base.args[0]
        if base.op == "*" and all(not arg.shape for arg in base.args):
            half = node.op == "sqrt" or (
                node.args[1].op == "number" and 0 < node.args[1].value * 2 <= 1
            )
            return half and all(self.is_affine(arg) and positive(arg) for arg in base.args)
        if node.op == "sqrt" or len(base.args) > 1:
            return False
        of_matrix = base.op == "det"
        if not (of_matrix or base.op == "prod"):
            return False
        exponent = node.args[1]
        inverse = (
            exponent.op == "/"
            and exponent.args[0].op == "number"
            and exponent.args[0].value == 1
            and exponent.args[1].op == "dimension"
            and inside.shape[:1] == (exponent.args[1].value,)
        )
        fits = definite if of_matrix else positive
        return (
            inverse
            and inside.rank == (2 if of_matrix else 1)
            and (self.is_affine(inside) and fits(inside))
        )


_NAME = {False: "nonnegative", True: "positive semidefinite"}


def times(left: Expr, right: Expr) -> Expr | None:
    """The product of scalars, columns, rows and matrices; None where there is none."""
    across = left.shape[-1:] if left.rank == 2 or left.row else ()
    down = () if right.row else right.shape[:1]
    return None if left.shape and right.shape and across != down else multiply(left, right)
