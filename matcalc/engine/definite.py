"""Whether a matrix is proved to be positive semidefinite, from its typed tree: by the knowledge of
the engine, term by term, as a congruence A'*M*A, and by the theorems below.

Klaus, Merk, Wiedom, Laue, Giesen, Convexity Certificates from Hessians (NeurIPS 2022), section 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

from matcalc.core.bounds import ABOVE_ZERO, EVERYTHING, NOT_BELOW_ZERO, Bounds, entry_bounds
from matcalc.core.errors import UnsupportedError
from matcalc.core.program import Program
from matcalc.core.tree import (
    Expr,
    fill,
    flat_factors,
    is_number,
    is_zero,
    multiply,
    number,
    split_signed_terms,
    transpose,
    variable_names,
)
from matcalc.engine.ir.property_flags import (
    DEFINITE,
    DIAGONAL,
    NONNEGATIVE,
    POSITIVE,
    SEMIDEFINITE,
    SYMMETRIC,
)
from matcalc.engine.pipeline import Engine, leaf_of, simplify_tree
from matcalc.engine.polynomials import ratio_of, sign_of
from matcalc.write.printers.text import text

_DEEPEST = 8  # sums in congruences in sums
_MOST_TERMS = 60


@dataclass(frozen=True, slots=True)
class Certificate:
    """Why a matrix is positive semidefinite, or a scalar nonnegative.

    ``terms`` are the parts that are, ``definite`` says whether it is positive (definite), and
    ``reasons`` are those that are not properties of one term.
    """

    terms: tuple[Expr, ...]
    definite: bool
    reasons: tuple[str, ...] = ()


class Definiteness:
    """Proofs about trees over the variables of a program; ``within`` are bounds of the entries of
    variables that hold besides what their kinds say.
    """

    def __init__(self, program: Program, within: Mapping[str, Bounds] | None = None) -> None:
        self.program = program
        self.within = within or {}
        self.engine = Engine(program, "mixed")
        variables = program.variables.values()
        self.names = {v.name: leaf_of(self.engine.builder, v, free=False) for v in variables}

    def infer(self, tree: Expr) -> int:
        """What the engine knows of a tree of up to two axes."""
        lowered = self.engine.lowering.lower(tree, self.names)
        return self.engine.builder.properties.infer(self.engine.shorten(lowered))

    # -- signs

    def bounds(self, tree: Expr) -> Bounds:
        """Between which numbers the entries lie."""
        return entry_bounds(tree, self.program.variables, self._known)

    def _known(self, tree: Expr, found: Bounds, before: Mapping[int, Bounds]) -> Bounds:
        """What is known of a variable, and what the engine knows of the sign of a scalar that is a
        product or a power.
        """
        if tree.op == "variable":
            return self.within.get(str(tree.value), EVERYTHING)
        if tree.shape or tree.op not in ("*", "^", "det") or not found.least < 0 < found.most:
            return EVERYTHING
        known = self._flags_of(tree)
        if known & POSITIVE:
            return ABOVE_ZERO
        return NOT_BELOW_ZERO if known & NONNEGATIVE else EVERYTHING

    def _flags_of(self, tree: Expr) -> int:
        try:
            return self.infer(tree)
        except UnsupportedError:
            return 0

    def is_nonnegative(self, tree: Expr) -> bool:
        """Whether no entry is negative."""
        return self._has_sign(tree, strict=False)

    def is_positive(self, tree: Expr) -> bool:
        """Whether all entries are positive."""
        return self._has_sign(tree, strict=True)

    def is_nonzero(self, tree: Expr) -> bool:
        """Whether all entries are positive, or all are negative."""
        return self.is_positive(tree) or self.is_positive(negate(self.program, tree))

    def _has_sign(self, tree: Expr, *, strict: bool) -> bool:
        found = self.bounds(tree)
        if found.positive or (found.nonnegative and not strict):
            return True
        if self._flags_of(tree) & (POSITIVE if strict else NONNEGATIVE):
            return True
        return not tree.shape and (self._by_sturm(tree, strict) or self._by_numerator(tree, strict))

    def _by_sturm(self, tree: Expr, strict: bool) -> bool:
        """Of a rational function of one number."""
        names = {name for name, each in self.program.variables.items() if not each.shape}
        inside = variable_names(tree)
        if len(inside) != 1 or not inside <= names:
            return False
        (name,) = inside
        ratio = ratio_of(tree, name)
        if ratio is None:
            return False
        sign = sign_of(ratio, positive=self.program.variables[name].kind == "positive")
        return sign == "above" or (not strict and sign in ("not below", "zero"))

    def _by_numerator(self, tree: Expr, strict: bool) -> bool:
        """Of a sum of fractions, over one denominator that is positive, multiplied out."""
        if tree.op not in ("+", "-"):
            return False
        above: Expr = number(0)
        below: Expr = number(1)
        for sign, part in split_signed_terms(tree):
            top, bottom = _fraction(part)
            if not (bottom.op == "number" or self._certainly_positive(bottom)):
                return False
            left = Expr("*", (above, bottom))
            above = Expr("-" if sign < 0 else "+", (left, Expr("*", (top, below))))
            below = Expr("*", (below, bottom))
        if below.op == "number":
            return False
        short = self._simplify(above)
        if short is None or text(short) == text(tree):
            return False
        found = self.bounds(short)
        flags = self._flags_of(short)
        if strict:
            return found.positive or bool(flags & POSITIVE)
        return found.nonnegative or bool(flags & NONNEGATIVE)

    def _certainly_positive(self, tree: Expr) -> bool:
        return self.bounds(tree).positive or bool(self._flags_of(tree) & POSITIVE)

    def _simplify(self, tree: Expr) -> Expr | None:
        try:
            return simplify_tree(self.program, tree)
        except UnsupportedError:
            return None

    # -- matrices

    def is_symmetric(self, tree: Expr) -> bool:
        """Whether a matrix is symmetric."""
        return bool(self._flags_of(tree) & SYMMETRIC)

    def is_definite(self, tree: Expr) -> bool:
        """Whether a matrix is positive definite, or a scalar positive."""
        found = self.certificate(tree)
        return found is not None and found.definite

    def is_definite_on_symmetric(self, tree: Expr) -> bool:
        """Whether it is a positive multiple of kron(P, P)*(eye + commutation), P positive definite:
        on vec of symmetric matrices that is twice kron(P, P).
        """
        while tree.op == "/":
            tree, scale = tree.args
            if not self.is_positive(scale):
                return False
        side = self._symmetrize(tree)
        return side is not None and self.is_definite(side)

    def _symmetrize(self, tree: Expr) -> Expr | None:
        """P of kron(P, P)*(eye + commutation), whose factors commute, times positive numbers; eye
        where the first factor is missing.
        """
        factors = flat_factors(tree)
        if not all(self.is_positive(part) for part in factors if not part.shape):
            return None
        matrices = [part for part in factors if part.shape]
        if not matrices or matrices[-1].op != "+":
            return None
        parts = {part.op: part for part in matrices[-1].args}
        if parts.keys() != {"eye", "commutation"}:
            return None
        if len(matrices) == 1:
            return parts["eye"]
        if [part.op for part in matrices] != ["kron", "+"]:
            return None
        one, other = matrices[0].args
        return one if text(one) == text(other) else None

    def certificate(self, tree: Expr) -> Certificate | None:
        """Why a matrix is positive semidefinite, or a scalar nonnegative; None where that is not
        proved.
        """
        if not tree.shape:
            if self.is_positive(tree):
                return Certificate((tree,), definite=True)
            return Certificate((tree,), definite=False) if self.is_nonnegative(tree) else None
        if tree.rank != 2 or tree.shape[0] != tree.shape[1]:
            return None
        return self._prove(tree, _DEEPEST)

    def _prove(self, tree: Expr, depth: int) -> Certificate | None:
        """The certificate of a square matrix; ``depth`` bounds how far the parts of parts go."""
        known = self._flags_of(tree)
        if known & SEMIDEFINITE:
            return Certificate(self._semidefinite_parts(tree), definite=bool(known & DEFINITE))
        if depth == 0:
            return None
        if tree.op in ("+", "-"):
            return self._sum(tree, depth - 1)
        if tree.op in ("/", "*") and not tree.args[1].shape:
            return self._multiple(tree, tree.args[0], tree.args[1], depth)
        if tree.op == "*" and not tree.args[0].shape:
            return self._multiple(tree, tree.args[1], tree.args[0], depth)
        if tree.op == "diag" and self.is_nonnegative(tree.args[0]):
            return Certificate((tree,), definite=self.is_positive(tree.args[0]))
        if tree.op in ("kron", ".*") and all(side.rank == 2 for side in tree.args):
            sides = [self.certificate(side) for side in tree.args]
            if any(side is None for side in sides):
                return None
            found = [side for side in sides if side is not None]
            reasons = tuple([reason for side in found for reason in side.reasons])
            return Certificate((tree,), all(side.definite for side in found), reasons)
        symmetrized = self._symmetrize(tree)
        if symmetrized is not None:
            return None if self.certificate(symmetrized) is None else Certificate((tree,), False)
        inner = _congruent(tree)
        if inner is None:
            return None
        found_inside = self._prove(inner, depth - 1)
        return None if found_inside is None else Certificate((tree,), False, found_inside.reasons)

    def _semidefinite_parts(self, tree: Expr) -> tuple[Expr, ...]:
        """The terms of a sum, where each is semidefinite on its own; else the whole."""
        parts = [part for sign, part in split_signed_terms(tree) if sign > 0 and part.shape]
        if len(parts) > _MOST_TERMS or len(parts) < len(split_signed_terms(tree)):
            return (tree,)
        each = all(self._flags_of(part) & SEMIDEFINITE for part in parts)
        return tuple(parts) if each else (tree,)

    def _multiple(self, tree: Expr, of: Expr, scale: Expr, depth: int) -> Certificate | None:
        """Of a multiple or a quotient by a number that is nonnegative."""
        if not self.is_nonnegative(scale):
            return None
        found = self._prove(of, depth - 1)
        if found is None:
            return None
        definite = found.definite and (tree.op == "/" or self.is_positive(scale))
        return Certificate((tree,), definite, found.reasons)

    def _sum(self, tree: Expr, depth: int) -> Certificate | None:
        """Of a sum: of semidefinite terms, and of pairs of one with another that is taken away."""
        good: list[tuple[Expr, Certificate]] = []
        bad: list[Expr] = []
        terms = split_signed_terms(tree)
        if len(terms) > _MOST_TERMS:
            return None
        for sign, part in terms:
            whole = part if part.shape else fill(part, tree.shape)
            signed = Expr("neg", (whole,), tree.shape) if sign < 0 else whole
            found = None if sign < 0 else self._prove(whole, depth)
            if found is not None:
                good.append((whole, found))
            elif sign < 0:
                bad.append(whole)
            else:
                bad.append(Expr("neg", (signed,), tree.shape))
        reasons = [reason for _, found in good for reason in found.reasons]
        if not bad:
            definite = any(found.definite for _, found in good)
            return Certificate(tuple([term for term, _ in good]), definite, tuple(reasons))
        left = list(good)
        definite = False
        for taken in bad:
            pair = self._find_pair(left, taken)
            if pair is None:
                return self._dominant(tree)
            place, strict, reason = pair
            definite |= strict
            reasons.append(reason)
            left.pop(place)
        definite |= any(found.definite for _, found in left)
        return Certificate((tree,), definite, tuple(reasons))

    def _find_pair(
        self, good: list[tuple[Expr, Certificate]], taken: Expr
    ) -> tuple[int, bool, str] | None:
        """The definite term P from which c*v*v' can be taken, whether that leaves it definite, and
        why: P - c*v*v' is semidefinite exactly where c*v'*inv(P)*v is at most one (the Schur
        complement; Horn & Johnson 2013, 7.7.7).
        """
        dyad = self._dyad(taken)
        if dyad is None:
            return None
        scale, vector = dyad
        for place, (term, found) in enumerate(good):
            if not found.definite:
                continue
            row = Expr("'", (vector,), vector.shape, row=True)
            size = Expr("*", (row, solve(term, vector)))
            short = self._simplify(Expr("*", (scale, size)))
            if short is None:
                continue
            slack = self._simplify(Expr("-", (number(1), short)))
            if slack is None or not (is_zero(slack) or self.is_nonnegative(slack)):
                continue
            strict = not is_zero(slack) and self.is_positive(slack)
            front = "" if is_number(scale, 1) else f"({text(scale)})*"
            said = " < 1" if strict else " <= 1" if not is_number(short, 1) else ""
            reason = (
                f"{front}v'*inv(P)*v = {text(short)}{said}, where v = {text(vector)} and "
                f"P = {text(term)} (a Schur complement)"
            )
            return place, strict, reason
        return None

    def _dyad(self, tree: Expr) -> tuple[Expr, Expr] | None:
        """c and v of c*v*v', with c nonnegative; None for other matrices."""
        scale: Expr = number(1)
        while tree.rank == 2:
            if tree.op in ("/", "*") and not tree.args[1].shape:
                scale = Expr(tree.op, (scale, tree.args[1]))
                tree = tree.args[0]
            elif tree.op == "*" and not tree.args[0].shape:
                scale = Expr("*", (scale, tree.args[0]))
                tree = tree.args[1]
            else:
                break
        if tree.op == "fill":
            scale = Expr("*", (scale, tree.args[0]))
            vector: Expr | None = fill(number(1), tree.shape[:1])
        else:
            vector = self._half(tree)
        short = self._simplify(scale)
        if vector is None or short is None or not self.is_nonnegative(short):
            return None
        return short, vector

    def _half(self, tree: Expr) -> Expr | None:
        """v of v*v', which may be written A*x*x'*A'."""
        factors = flat_factors(tree)
        lower = self.engine.lowering.lower
        for place in range(1, len(factors)):
            before, after = factors[place - 1], factors[place]
            if before.rank != 1 or before.row or after.rank != 1 or not after.row:
                continue
            left, right = (reduce(multiply, part) for part in (factors[:place], factors[place:]))
            across = Expr("'", (right,), right.shape)
            same = lower(left, self.names) is lower(across, self.names)
            return left if same else None
        return None

    def _dominant(self, tree: Expr) -> Certificate | None:
        """By its rows: no entry beside the diagonal is positive, and no row has a negative sum
        (diagonally dominant; Horn & Johnson 2013, 6.1.10).
        """
        if not self._flags_of(tree) & SYMMETRIC:
            return None
        for sign, part in split_signed_terms(tree):
            whole = part if part.shape else fill(part, tree.shape)
            if self._flags_of(whole) & DIAGONAL:
                continue
            if sign > 0 or not self.is_nonnegative(whole):
                return None
        ones = fill(number(1), tree.shape[:1])
        rows = self._simplify(Expr("*", (tree, ones), ones.shape))
        if rows is None or not (is_zero(rows) or self.is_nonnegative(rows)):
            return None
        strict = not is_zero(rows) and self.is_positive(rows)
        sums = "zero" if is_zero(rows) else "positive" if strict else "nonnegative"
        reason = f"no entry off the diagonal is positive, and the sums of the rows are {sums}"
        return Certificate((tree,), strict, (reason,))


def _fraction(tree: Expr) -> tuple[Expr, Expr]:
    """What is above and what is below the line, of a product of fractions."""
    above: Expr = number(1)
    below: Expr = number(1)
    stack = [(False, tree)]
    while stack:
        turned, part = stack.pop()
        if part.op == "/" or (part.op == "*" and not any(arg.shape for arg in part.args)):
            stack += [(turned != (part.op == "/"), part.args[1]), (turned, part.args[0])]
        elif turned:
            below = Expr("*", (below, part))
        else:
            above = Expr("*", (above, part))
    return above, below


def solve(matrix: Expr, right: Expr) -> Expr:
    """inv(P)*V, where P is a number, a diagonal matrix or a multiple without an inverse."""
    if not matrix.shape:
        return Expr("/", (right, matrix), right.shape, row=right.row)
    if matrix.op in ("/", "*") and not matrix.args[1].shape:
        op = "*" if matrix.op == "/" else "/"
        return Expr(op, (solve(matrix.args[0], right), matrix.args[1]), right.shape)
    if matrix.op == "*" and not matrix.args[0].shape:
        return Expr("/", (solve(matrix.args[1], right), matrix.args[0]), right.shape)
    if matrix.op == "eye":
        return right
    if matrix.op == "diag" and right.rank == 1:
        return Expr("./", (right, matrix.args[0]), right.shape)
    return Expr("*", (Expr("inv", (matrix,), matrix.shape), right), right.shape)


def _congruent(tree: Expr) -> Expr | None:
    """M for A'*M*A, where M has a kind of its own."""
    factors = [part for part in flat_factors(tree) if part.shape]
    if len(factors) < 3 or len(factors) < len(flat_factors(tree)):
        return None
    first, *middle, last = factors
    if any(part.rank < 2 for part in factors) or text(first) != text(transpose(last)):
        return None
    return reduce(multiply, middle)


def negate(program: Program, tree: Expr) -> Expr:
    """Minus the tree, as the engine writes it."""
    return simplify_tree(program, Expr("neg", (tree,), tree.shape))
