"""What a stationary point of a real function of a complex variable is, by the second derivatives.

Along a displacement d the function bends like d^H*H*d + Re(d'*conj(B)*d), with H the derivative of
d/dconj(z) by z, and B that by conj(z). Where B is zero the sign of the Hermitian H decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from matcalc.conjugates.analytic import analytic
from matcalc.conjugates.expression import ComplexExpression
from matcalc.conjugates.reading import ComplexProgram, conjugate
from matcalc.conjugates.unit import without_powers
from matcalc.core.likeness import Likeness
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import (
    Expr,
    flat_factors,
    is_number,
    is_zero,
    split_signed_terms,
    transpose,
    variable_names,
)
from matcalc.engine.definite import Definiteness
from matcalc.engine.pipeline import differentiate, matricize, simplify_tree

_DEFINITE, _SEMIDEFINITE = 2, 1


class Curvature:
    """The second derivatives of a function, and what is known of their signs."""

    def __init__(
        self,
        found: ComplexProgram,
        wrt: str,
        objective: Expr,
        derive: Callable[[Expr], Expr],
    ) -> None:
        self.found, self.wrt, self.objective = found, wrt, objective
        self.program = found.program._replace(definitions={}, asked=None)
        self.free = wrt in found.conjugated
        self.real = Definiteness(self.program)
        self._derive = derive

    def condition(self, point: Expr, zeros: Sequence[Expr], slopes: Sequence[Expr]) -> str:
        """What the point is, under which condition, and where it exists. ``slopes`` are the
        derivatives of the Lagrangian with the multipliers of the point, and of one that goes with
        it.
        """
        where = self._where(point)
        said = self._kind(zeros, where, slopes)
        return f"{said}; it exists where {where} is invertible" if where not in said else said

    def _kind(self, zeros: Sequence[Expr], where: str, slopes: Sequence[Expr]) -> str:
        on_set = " on the set" if zeros else ""
        if not all(self._is_affine(each) for each in zeros):
            return self._by_lagrangian(slopes)
        if not self.free:
            return f"a stationary point{on_set}"
        bend, across = second = self._second(self._derive(self.objective))
        if not self._is_constant(second):
            return f"a stationary point{on_set}"
        if not is_zero(across):
            H, B = self._text(bend), self._text(across)
            return (
                f"a minimum{on_set} where [H, B; conj(B), conj(H)] is positive definite, with "
                f"H = {H} and B = {B}, the derivatives of d/dconj({self.wrt}) by {self.wrt} and "
                f"conj({self.wrt})"
            )
        matrix = self._matrix(bend)
        name = f"the Hessian d2/dconj({self.wrt}) d{self.wrt}, {self._text(matrix)},"
        for extreme, known in self._extremes(matrix):
            sign = "positive" if extreme == "minimum" else "negative"
            if known == _DEFINITE:
                return f"the only {extreme}{on_set}: {name} is {sign} definite"
            if known == _SEMIDEFINITE and where and where in self._text(matrix):
                # semidefinite and invertible is definite
                return (
                    f"the only {extreme}{on_set} where {where} is invertible: {name} is {sign} "
                    "semidefinite"
                )
            if known == _SEMIDEFINITE:
                return f"a {extreme}{on_set}: {name} is {sign} semidefinite"
        return (
            f"a minimum{on_set} where {name} is positive definite, a maximum where it is negative "
            "definite" + ("" if zeros else ", a saddle where it is indefinite")
        )

    def _where(self, point: Expr) -> str:
        """The matrices that are inverted and not known to be invertible."""
        inverted = [node.args[0] for node in point.parts if node.op == "inv"]
        doubtful = [each for each in inverted if self.sign(each) != _DEFINITE]
        found: list[str] = []
        for each in doubtful:
            if self._text(self.found.conjugate_of(each)) not in found:  # invertible with it
                found.append(self._text(each))
        return ", ".join(dict.fromkeys(found))

    def _text(self, tree: Expr) -> str:
        program = self.program._replace(expr=tree)
        return str(ComplexExpression(replace(self.found, program=program, asked=())))

    def _by(self, slope: Expr, name: str) -> Expr:
        statement = DerivativeStatement(self.program._replace(expr=slope), name, 1, "free")
        return without_powers(self.program, analytic(differentiate(statement), self.found.moving))

    def _matrix(self, bend: Expr) -> Expr:
        """The second derivative as a matrix, by a matrix that of its columns."""
        if bend.rank <= 2:
            return bend
        columns = bend.rank // 2
        found = matricize(bend, self.program.variables, columns, language=self.program.language)
        return bend if found is None else found

    def _is_affine(self, tree: Expr) -> bool:
        names = (self.wrt, conjugate(self.wrt)) if self.free else (self.wrt,)
        slopes = [self._by(tree, name) for name in names]
        return all(variable_names(slope).isdisjoint(names) for slope in slopes)

    def _by_lagrangian(self, slopes: Sequence[Expr]) -> str:
        """Where the Lagrangian is convex with the multipliers of a point, that is the minimum."""
        extremes = [self.extreme(slope) for slope in slopes]
        if not extremes[0]:
            return "a stationary point; the equation is not linear, so compare the values"
        bent = {"minimum": "convex", "maximum": "concave"}[extremes[0]]
        other = (
            f", and the other one the {extremes[1]}" if len(extremes) > 1 and extremes[1] else ""
        )
        return f"the {extremes[0]} on the set{other}: with this multiplier the Lagrangian is {bent}"

    def extreme(self, slope: Expr) -> str:
        """``minimum`` or ``maximum``, where the function with this derivative by the conjugate is
        convex or concave; empty where that is not known.
        """
        if not self.free:
            return ""
        bend, across = second = self._second(slope)
        if not is_zero(across) or not self._is_constant(second):
            return ""
        known = self._extremes(self._matrix(bend))
        return next((extreme for extreme, sign in known if sign), "")

    # -- second derivatives

    def _second(self, slope: Expr) -> tuple[Expr, Expr]:
        """The derivatives of ``slope`` with respect to the variable and to its conjugate."""
        return self._by(slope, self.wrt), self._by(slope, conjugate(self.wrt))

    def _is_constant(self, trees: Iterable[Expr]) -> bool:
        """Whether neither the variable nor its conjugate occurs."""
        moving = {self.wrt, conjugate(self.wrt)}
        return all(moving.isdisjoint(variable_names(tree)) for tree in trees)

    def _extremes(self, matrix: Expr) -> Iterator[tuple[str, int]]:
        """What a function with this Hessian has, with the sign of the matrix that proves it."""
        yield "minimum", self.sign(matrix)
        yield (
            "maximum",
            self.sign(simplify_tree(self.program, Expr("neg", (matrix,), matrix.shape))),
        )

    # -- signs of Hermitian matrices

    def sign(self, tree: Expr) -> int:
        """2 where a Hermitian matrix, or a real number, is proved to be positive definite, 1 where
        semidefinite, else 0: it is a sum of terms that are.
        """
        known = [self._sign_of_term(*each) for each in split_signed_terms(tree)]
        return 0 if 0 in known else max(known)

    def _sign_of_term(self, sign: int, term: Expr) -> int:
        if sign < 0:
            return 0
        numbers: list[Expr] = []
        matrices: list[Expr] = []
        for factor in self._factors(term):
            (matrices if factor.shape else numbers).append(factor)
        of_numbers = min(map(self._sign_of_number, numbers), default=_DEFINITE)
        if not matrices or not of_numbers:
            return of_numbers
        return min(of_numbers, self._sign_of_chain(matrices))

    def _factors(self, term: Expr) -> list[Expr]:
        found = []
        for factor in flat_factors(term):
            if factor.op == "/" and not factor.args[1].shape:
                found += [*self._factors(factor.args[0]), factor.args[1]]
            elif factor.op == "*":
                found += self._factors(factor)
            else:
                found.append(factor)
        return found

    def _sign_of_number(self, tree: Expr) -> int:
        """That of a factor; a root is real where the point exists, and nonnegative."""
        if is_number(tree):
            return _DEFINITE if tree.value > 0 else 0
        if not self._is_complex(tree) and self.real.is_positive(tree):
            return _DEFINITE
        return _SEMIDEFINITE if tree.op == "sqrt" else 0

    def _is_complex(self, tree: Expr) -> bool:
        return not self.found.moving.isdisjoint(variable_names(tree))

    def _sign_of_chain(self, chain: Sequence[Expr]) -> int:
        """Of M^H*P*M that of P, but never definite, as M may be singular."""
        half = len(chain) // 2
        likeness = Likeness()
        for k in range(half):
            one, other = chain[k], chain[len(chain) - 1 - k]
            across = transpose(self.found.conjugate_of(other))
            if likeness.of(self._plain(one)) != likeness.of(self._plain(across)):
                return 0
        if len(chain) % 2 == 0:
            return _SEMIDEFINITE
        middle = self._sign_of_one(chain[half])
        return middle if not half else min(middle, _SEMIDEFINITE)

    def _plain(self, tree: Expr) -> Expr:
        """The tree as the engine writes it, so that equal ones look alike."""
        return simplify_tree(self.program, tree)

    def _sign_of_one(self, tree: Expr) -> int:
        if tree.op == "eye":
            return _DEFINITE
        if tree.op == "kron":
            return min(map(self.sign, tree.args))
        if tree.op == "variable" and self.found.self_adjoint.get(str(tree.value)) == "psd":
            return _DEFINITE
        if tree.op in ("inv", "'"):  # a Hermitian matrix is definite where these are
            inside = self.sign(tree.args[0])
            return inside if tree.op == "'" or inside == _DEFINITE else 0
        if tree.op in ("+", "-"):
            return self.sign(tree)
        if not self._is_complex(tree):
            if self.real.is_definite(tree):
                return _DEFINITE
            return _SEMIDEFINITE if self.real.certificate(tree) is not None else 0
        return 0
