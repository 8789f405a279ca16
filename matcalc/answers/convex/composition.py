"""Convexity by the rules of composition: of a function with known curvature and monotonicity, of
arguments with known curvature (Boyd & Vandenberghe 2004, 3.2.4; Grant, Boyd & Ye 2006).

Of vectors and matrices the curvature is that of each entry. Of symmetric matrices there is a second
one, in the order in which A <= B says that B - A is positive semidefinite (3.6.2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matcalc.answers.common.names import free_name
from matcalc.answers.convex.quadratic import Quadratics
from matcalc.core.kinds import Variable
from matcalc.core.operations import LINEAR, OPERATIONS, PRIMARY, TOTAL
from matcalc.core.program import Program
from matcalc.core.tree import Expr, flat_factors, number, variable_names
from matcalc.engine.definite import Definiteness
from matcalc.write.printers.text import text

CONSTANT, AFFINE, CONVEX, CONCAVE, UNKNOWN = "constant", "affine", "convex", "concave", "unknown"
MATRIX_CONVEX, MATRIX_CONCAVE = "matrix convex", "matrix concave"
_OPPOSITE = {
    CONVEX: CONCAVE,
    CONCAVE: CONVEX,
    MATRIX_CONVEX: MATRIX_CONCAVE,
    MATRIX_CONCAVE: MATRIX_CONVEX,
}
_OF_ENTRIES = {MATRIX_CONVEX: CONVEX, MATRIX_CONCAVE: CONCAVE}  # of tr(M), a'*M*a, M[i,i]
_UP, _DOWN, _ANY, _EVEN = 1, -1, 0, 2  # rises, falls, neither, rises for positive arguments
_ATOMS = {name: (row.curvature, row.monotone) for name, row in OPERATIONS.items() if row.curvature}
_SCALED = frozenset(name for name, row in OPERATIONS.items() if row.parameter)
# of several arguments that all may move
_JOINT = frozenset(name for name in _ATOMS if not OPERATIONS[name].along) - _SCALED
# functions of symmetric matrices by their eigenvalues
_IN_ORDER = {name: row.in_order for name, row in OPERATIONS.items() if row.in_order}
# tr(f(S)) is as convex as f is (Carlen 2010, 2.10)
_TRACES = {"inv": CONVEX} | {
    name: OPERATIONS[scalar].curvature for name, scalar in PRIMARY.items() if scalar in _ATOMS
}
# entry by entry or sums of entries: they keep what the entries are
_KEEPING = ("'", "fill", "slice", *(name for name, places in LINEAR.items() if places == (0,)))
# norms for powers from 1 on
_OF_POWERS = frozenset(name for name in _SCALED if OPERATIONS[name].rank == 0)
_MOST_CERTIFIED = 8  # parts whose Hessian is tried


class Composition:
    """The curvature of each part of an expression, as a function of some variables.

    ``certify`` is the verdict on a scalar from its Hessian with respect to some variables, with the
    line that says so.
    """

    def __init__(
        self,
        program: Program,
        wrt: Sequence[str],
        certify: Callable[[Program, Sequence[str]], tuple[str, str] | None],
    ) -> None:
        self.program = program
        self.wrt = frozenset(wrt)
        self.known = Definiteness(program)
        self.quadratics = Quadratics(self.known, self.wrt)
        self.rules: list[str] = []
        self._certify = certify
        self._certified = 0

    def verdict(self) -> tuple[str, tuple[str, ...]]:
        """The curvature of the whole, and the rules that say so."""
        found: dict[int, str] = {}
        for node in self.program.expr.parts:
            args = [found[id(arg)] for arg in node.args]
            result = self._of(node, args)
            if result == UNKNOWN and node is not self.program.expr:
                result = self._by_hessian(node)
            found[id(node)] = result
        whole = found[id(self.program.expr)]
        return (AFFINE if whole == CONSTANT else whole), tuple(dict.fromkeys(self.rules))

    def _by_hessian(self, node: Expr) -> str:
        """A scalar part by its Hessian."""
        if node.shape or self._certified >= _MOST_CERTIFIED or node.op in ("number", "variable"):
            return UNKNOWN
        self._certified += 1
        names = [name for name in self.program.variables if name in self.wrt]
        found = self._certify(self.program._replace(expr=node, definitions={}), names)
        if found is None:
            return UNKNOWN
        self.rules.append(f"{text(node)} is {found[0]}: {found[1]}")
        return found[0]

    def _moves(self, node: Expr) -> bool:
        return not self.wrt.isdisjoint(variable_names(node))

    def _of(self, node: Expr, args: list[str]) -> str:
        if node.op == "variable" and node.value in self.wrt:
            return AFFINE
        if not self._moves(node):
            return CONSTANT
        if node.op in ("+", "blocks"):
            found = _join(args)
            return UNKNOWN if node.op == "blocks" and found in _OF_ENTRIES else found
        if node.op == "-":
            return _join([args[0], _OPPOSITE.get(args[1], args[1])])
        if node.op == "neg":
            return _OPPOSITE.get(args[0], args[0])
        if node.op in ("*", ".*"):
            return self._product(node, args)
        if node.op in ("/", "./"):
            return self._quotient(node, args)
        if node.op in ("^", ".^"):
            return self._power(node, args)
        if node.op in _KEEPING:
            return self._of_rearrangement(node, args)
        if node.op in _IN_ORDER:
            return self._of_matrix(node, args[0])
        return self._function(node, args)

    def _of_rearrangement(self, node: Expr, args: list[str]) -> str:
        """Sums and rearrangements of entries."""
        if node.op == "tr" and args[0] in (UNKNOWN, *_OF_ENTRIES):
            found = self._trace(node.args[0])
            if found != UNKNOWN:
                return found
        if args[0] in _OF_ENTRIES and node.op != "'":
            alone = len(node.args) == 1 and (
                node.op == "diag" or (node.op in LINEAR and not node.shape)
            )
            return _OF_ENTRIES[args[0]] if alone else UNKNOWN
        return args[0]

    def _trace(self, whole: Expr) -> str:
        """tr(f(S)), and tr(P*M) with a semidefinite P."""
        if whole.op in _TRACES and self._is_affine(whole.args[0]):
            everywhere = PRIMARY.get(whole.op) in TOTAL
            fits = self._is_symmetric if everywhere else self._is_definite
            if fits(whole.args[0]):
                curvature = _TRACES[whole.op]
                self.rules.append(
                    f"tr({text(whole)}) is {curvature}: the trace of a {curvature} function of "
                    f"the eigenvalues, {text(whole.args[0])} is affine"
                )
                return curvature
        if whole.op == "^" and self._is_affine(whole.args[0]):
            found = self._trace_of_power(whole)
            if found != UNKNOWN:
                return found
        factors = flat_factors(whole)
        found = self._trace_of_product(whole, factors)
        if found != UNKNOWN:
            return found
        for place, part in enumerate(factors):
            others = [*factors[place + 1 :], *factors[:place]]
            if any(self._moves(other) for other in others) or not others:
                continue
            label = self._matrix_label(part)
            weight = self.quadratics.product(others)
            if label in _OF_ENTRIES and weight is not None and self._is_semidefinite(weight):
                curvature = _OF_ENTRIES[label]
                self.rules.append(
                    f"tr({text(whole)}) is {curvature}: {text(part)} is {label}, and "
                    f"{text(weight)} is positive semidefinite"
                )
                return curvature
        return UNKNOWN

    def _trace_of_product(self, whole: Expr, factors: Sequence[Expr]) -> str:
        """tr(X*logm(X)): a product of functions of one symmetric matrix is one function of its
        eigenvalues, and the trace is as convex as that (Carlen 2010, 2.10).
        """
        insides = {text(_argument(each)): _argument(each) for each in factors}
        if len(factors) < 2 or len(insides) > 1 or not all(map(self._moves, factors)):
            return UNKNOWN
        (inside,) = insides.values()
        if not self._is_affine(inside) or not self._is_symmetric(inside):
            return UNKNOWN
        kind = "positive" if self._is_definite(inside) else "scalar"
        name = free_name(self.program, "s", "t")
        s = Expr("variable", value=name)
        scalar = number(1)
        for each in factors:
            part = _of_eigenvalue(each, s)
            if part is None or (kind == "scalar" and not _is_total(part)):
                return UNKNOWN
            scalar = Expr("*", (scalar, part))
        variables = {name: Variable(name, kind)}
        alone = self.program._replace(expr=scalar, definitions={}, variables=variables)
        found = self._certify(alone, [name])
        if found is None or found[0] not in (CONVEX, CONCAVE):
            return UNKNOWN
        self.rules.append(
            f"tr({text(whole)}) is {found[0]}: the trace of a {found[0]} function of the "
            f"eigenvalues, {text(inside)} is affine"
        )
        return found[0]

    def _trace_of_power(self, power: Expr) -> str:
        """tr(S^k): as convex as the power is on the eigenvalues."""
        base, exponent = power.args
        if exponent.op != "number":
            return UNKNOWN
        k = exponent.value
        everywhere = k > 0 and k % 2 == 0
        fits = self._is_symmetric if everywhere else self._is_definite
        if not fits(base):
            return UNKNOWN
        found = CONVEX if everywhere or k >= 1 or k < 0 else CONCAVE
        self.rules.append(
            f"tr({text(power)}) is {found}: the trace of a {found} function of the eigenvalues, "
            f"{text(base)} is affine"
        )
        return found

    def _matrix_label(self, node: Expr) -> str:
        """The curvature of a part as a matrix, seen once more."""
        if node.op in _IN_ORDER and node.shape and self._is_affine(node.args[0]):
            return self._of_matrix(node, AFFINE)
        return UNKNOWN

    def _is_affine(self, tree: Expr) -> bool:
        return self.quadratics.is_affine(tree)

    def _is_definite(self, tree: Expr) -> bool:
        return tree.rank == 2 and self.known.is_definite(tree)

    def _is_symmetric(self, tree: Expr) -> bool:
        return tree.rank == 2 and self.known.is_symmetric(tree)

    def _is_semidefinite(self, tree: Expr) -> bool:
        return not self._moves(tree) and self.known.certificate(tree) is not None

    def _of_matrix(self, node: Expr, label: str) -> str:
        """Functions of symmetric matrices: convex or concave in their order, or scalars."""
        inside, curvature = node.args[0], _IN_ORDER[node.op]
        falls = node.op == "inv"  # all others rise
        wanted = MATRIX_CONVEX if (curvature == CONVEX) != falls else MATRIX_CONCAVE
        fits = self._is_symmetric if OPERATIONS[node.op].symmetric else self._is_definite
        if label not in (AFFINE, wanted) or not fits(inside):
            return UNKNOWN
        how = "falling" if falls else "rising"
        if node.shape:
            curvature = f"matrix {curvature}"
        self.rules.append(
            f"{text(node)} is {curvature}: {node.op} is {curvature} and {how}, {text(inside)} is "
            f"{label}"
        )
        return curvature

    def _product(self, node: Expr, args: list[str]) -> str:
        """A constant times a function; quadratic forms, and a'*M*a."""
        if CONSTANT in args:
            constant, other = (
                (node.args[0], args[1]) if args[0] == CONSTANT else (node.args[1], args[0])
            )
            if other == AFFINE:
                return AFFINE
            # the order of matrices does not go entry by entry
            ordered = other in _OF_ENTRIES and constant.shape
            found = UNKNOWN if ordered else self._multiple(constant, other)
            if found != UNKNOWN or node.op == ".*":
                return found
        form = self.quadratics.form(node)
        if form is not None:
            curvature, why = form
            self.rules.append(f"{text(node)} is {curvature}: {why}")
            return curvature
        return self._congruence(node)

    def _congruence(self, node: Expr) -> str:
        """a'*M*a, A'*M*A with a constant A, and x'*inv(Y)*x, which is convex in both."""
        split = self.quadratics.split_symmetric(node)
        if split is None:
            return UNKNOWN
        middle, outer = split
        label = self._matrix_label(middle)
        if label not in _OF_ENTRIES:
            return UNKNOWN
        if not self._moves(outer):
            found = label if node.shape else _OF_ENTRIES[label]
            self.rules.append(f"{text(node)} is {found}: {text(middle)} is {label}")
            return found
        if node.shape or middle.op != "inv" or not self._is_affine(outer):
            return UNKNOWN
        self.rules.append(
            f"{text(node)} is convex: x'*inv(Y)*x is convex in x and a definite Y together, "
            f"{text(outer)} and {text(middle.args[0])} are affine"
        )
        return CONVEX

    def _multiple(self, constant: Expr, other: str) -> str:
        if other == UNKNOWN:
            return UNKNOWN
        negative = Expr("neg", (constant,), constant.shape, row=constant.row)
        if self.known.is_nonnegative(constant):
            return other
        return _OPPOSITE.get(other, other) if self.known.is_nonnegative(negative) else UNKNOWN

    def _quotient(self, node: Expr, args: list[str]) -> str:
        """A quotient by a constant; of a constant or a square by what is concave and positive."""
        top, bottom = node.args
        if args[1] == CONSTANT:
            if args[0] == AFFINE:
                return AFFINE
            return self._multiple(Expr(node.op, (number(1), bottom), bottom.shape), args[0])
        if args[1] not in (AFFINE, CONCAVE) or not self.known.is_positive(bottom):
            return UNKNOWN
        below = f"{text(bottom)} is positive and {args[1]}"
        if args[0] == CONSTANT:
            found = self._multiple(top, CONVEX)
            if found != UNKNOWN:
                self.rules.append(f"{text(node)} is {found}: {below}")
            return found
        if self.quadratics.is_square(top) and (not top.shape or node.op == "./"):
            self.rules.append(f"{text(node)} is convex: a square over a positive function; {below}")
            return CONVEX
        return UNKNOWN

    def _power(self, node: Expr, args: list[str]) -> str:
        """Powers with a constant exponent, entry by entry or of scalars; geometric means."""
        base, exponent = node.args
        if node.op == "^" and base.shape:
            return self._square_of_matrix(node, args[0])
        if self.quadratics.is_geometric_mean(node, self.known.is_positive, self._is_definite):
            self.rules.append(f"{text(node)} is concave: a geometric mean")
            return CONCAVE
        if exponent.op != "number":
            return UNKNOWN
        k = exponent.value
        if k == 1:
            return args[0]
        if k * 2 == 1 and self.quadratics.is_norm(base):
            return self._norm(node)
        if k > 0 and k % 2 == 0:
            return self._atom(node, args[:1], CONVEX, _EVEN)
        if k >= 1 and self.known.is_nonnegative(base):
            return self._atom(node, args[:1], CONVEX, _UP)
        if 0 < k < 1:
            return self._atom(node, args[:1], CONCAVE, _UP)
        if k < 0 and self.known.is_positive(base):
            return self._atom(node, args[:1], CONVEX, _DOWN)
        return UNKNOWN

    def _square_of_matrix(self, node: Expr, label: str) -> str:
        base, exponent = node.args
        square = exponent.op == "number" and exponent.value == 2
        if square and label == AFFINE and self._is_symmetric(base):
            self.rules.append(
                f"{text(node)} is {MATRIX_CONVEX}: the square of a symmetric matrix, "
                f"{text(base)} is affine"
            )
            return MATRIX_CONVEX
        return UNKNOWN

    def _norm(self, node: Expr) -> str:
        """The root of a quadratic that is nonnegative everywhere: norm2 of [A*x + b; c]."""
        self.rules.append(
            f"{text(node)} is convex: {text(node.args[0])} is a sum of squares of affine "
            "functions and of numbers, so it is norm2 of these"
        )
        return CONVEX

    def _of_kink(self, node: Expr, args: list[str]) -> str:
        """leakyrelu and elu: of slope a for negative arguments."""
        slope = self.known.bounds(node.args[1])
        is_linear = node.op == "leakyrelu"
        if args[1] != CONSTANT:
            return UNKNOWN
        if is_linear and slope.least >= 1:
            return self._atom(node, args, CONCAVE, _UP)
        if slope.most > 1 or not (is_linear or slope.nonnegative):
            return UNKNOWN
        return self._atom(node, args, CONVEX, _UP if slope.nonnegative else _ANY)

    def _function(self, node: Expr, args: list[str]) -> str:
        if node.op in _SCALED and OPERATIONS[node.op].branches == "sign":
            return self._of_kink(node, args)
        if node.op == "huber" and not self.known.is_positive(node.args[1]):
            return UNKNOWN
        if node.op in _OF_POWERS and not self.known.bounds(node.args[1]).least >= 1:
            return UNKNOWN
        inner = node.args[0] if node.op == "log" else None
        if inner is not None and inner.op == "normcdf" and self._is_affine(inner.args[0]):
            named = Expr("lognormcdf", inner.args, node.shape, row=node.row)
            return self._atom(named, [AFFINE], *_ATOMS[named.op])
        if node.op == "sqrt" and not node.shape and self.quadratics.is_norm(node.args[0]):
            return self._norm(node)
        if node.op == "sqrt" and self.quadratics.is_geometric_mean(
            node, self.known.is_positive, self._is_definite
        ):
            self.rules.append(f"{text(node)} is concave: a geometric mean")
            return CONCAVE
        return self._atom(node, args, *_ATOMS[node.op]) if node.op in _ATOMS else UNKNOWN

    def _atom(self, node: Expr, args: list[str], curvature: str, slope: int) -> str:
        """The rule of composition: convex and rising of convex, falling of concave, any of
        affine.
        """
        if len(args) > 1 and node.op not in _JOINT:
            fits_second = node.op in (*_SCALED, "^", ".^") or node.args[1].op == "number"
            if args[1] != CONSTANT or not fits_second:
                return UNKNOWN
        if slope == _EVEN:
            moving = [part for part in node.args if self._moves(part)]
            slope = _UP if all(self.known.is_nonnegative(part) for part in moving) else _ANY
        rising, falling = curvature, _OPPOSITE[curvature]
        fits = all(
            arg in (AFFINE, CONSTANT)
            or (slope == _UP and arg == rising)
            or (slope == _DOWN and arg == falling)
            for arg in args
        )
        if not fits:
            return UNKNOWN
        moving = [part for part, arg in zip(node.args, args, strict=False) if arg != CONSTANT]
        kinds = [arg for arg in args if arg != CONSTANT]
        how = {_UP: " and rising", _DOWN: " and falling"}.get(slope, "")
        said = ", ".join(f"{text(m)} is {kind}" for m, kind in zip(moving, kinds, strict=False))
        self.rules.append(f"{text(node)} is {curvature}: {node.op} is {curvature}{how}, {said}")
        return curvature


def _argument(factor: Expr) -> Expr:
    """The matrix that a factor is a function of."""
    if factor.op in PRIMARY or factor.op in ("inv", "^"):
        return factor.args[0]
    return factor


def _of_eigenvalue(factor: Expr, s: Expr) -> Expr | None:
    """The same function of one eigenvalue; None where it is not known."""
    if factor.op == "^":
        return Expr("^", (s, factor.args[1])) if factor.args[1].op == "number" else None
    if factor.op == "inv":
        return Expr("/", (number(1), s))
    return Expr(PRIMARY[factor.op], (s,)) if factor.op in PRIMARY else s


def _is_total(part: Expr) -> bool:
    """Whether a function of one number has a value everywhere."""
    if part.op == "^":
        return bool(part.args[1].value > 0 and part.args[1].value.denominator == 1)
    return part.op in TOTAL or part.op == "variable"


def _join(args: list[str]) -> str:
    """The curvature of a sum."""
    kinds = {arg for arg in args if arg not in (CONSTANT, AFFINE)}
    if not kinds:
        return AFFINE if AFFINE in args else CONSTANT
    return kinds.pop() if len(kinds) == 1 else UNKNOWN
