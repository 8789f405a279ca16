"""All points where a function of several numbers is stationary, under equations too, each with its
kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import chain

from matcalc.answers.common.formulas import NamedFormulas
from matcalc.answers.convex.convexity import has_kinks
from matcalc.answers.expansions.taylor import put
from matcalc.answers.extrema.constraints import Constraint, lagrangian_gradient
from matcalc.answers.extrema.extremes import PointKind, format_tree, is_beyond
from matcalc.answers.extrema.isolated import isolate
from matcalc.answers.extrema.kinds_together import CriticalPoint, kinds_of
from matcalc.answers.zeros.roots import factors
from matcalc.answers.zeros.singular import is_everywhere_zero
from matcalc.answers.zeros.surds import value_at, value_of
from matcalc.answers.zeros.systems import Solution, solve_system
from matcalc.claims.equality import prove_all
from matcalc.core.boundary import public
from matcalc.core.errors import UnsupportedError
from matcalc.core.notes import label_lines
from matcalc.core.program import Program
from matcalc.core.tree import Expr, number, variable, variable_names
from matcalc.core.typeset import Typeset
from matcalc.engine.definite import Definiteness
from matcalc.engine.pipeline import derive, simplify_tree
from matcalc.results import Expression, Formula
from matcalc.write.printers.latex_names import name as letter
from matcalc.write.printers.latex_names import number as decimal
from matcalc.write.printers.text import text

_MOST_NUMBERS = 4  # of which determinants are taken


class FamilyPoint(NamedFormulas):
    """The values of several numbers; ``free`` are those that may be anything."""

    def __init__(self, program: Program, values: Mapping[str, Expr], free: Sequence[str]) -> None:
        super().__init__(program, values.items())
        self.free = tuple(free)

    def __str__(self) -> str:
        whole = f"({', '.join(map(str, self.values()))})"
        return f"{whole} for every {', '.join(self.free)}" if self.free else whole

    @public
    def latex(self) -> str:
        """The values in round brackets."""
        return rf"\left({', '.join([each.latex() for each in self.values()])}\right)"


class JointPoints(Typeset):
    """All points where a function of several numbers is stationary: ``points`` are mappings from
    names to values, each with what it is. ``gradients`` are those of the function, or of the
    Lagrangian. ``proof`` says how it was proved that they are zero there, and where there are no
    other points. ``near`` are decimals of points without a closed form.
    """

    def __init__(
        self,
        gradients: Mapping[str, Formula],
        points: list[tuple[FamilyPoint, PointKind]],
        proof: str,
        near: Sequence[tuple[tuple[str, ...], PointKind]] = (),
    ) -> None:
        self.gradients = gradients
        self.points = points
        self.proof = proof
        self.near = list(near)

    def __str__(self) -> str:
        points = [str(point) for point, _ in self.points]
        points += [f"near ({', '.join(values)})" for values, _ in self.near]
        names = ", ".join(self.gradients)
        return f"({names}) {'=' if self.points else 'is'} {' or '.join(points)}"

    @public
    def report(self) -> str:
        """The points, a line each with its kind, and the proof."""
        said = ", ".join(map(str, self.gradients.values()))
        kinds = [(f"at {point}", str(kind)) for point, kind in self.points]
        kinds += [(f"near ({', '.join(values)})", str(kind)) for values, kind in self.near]
        rows = [("gradient", f"({said})"), *kinds, ("proved", self.proof)]
        return "\n".join([str(self), *label_lines(rows)])

    @public
    def latex(self) -> str:
        """The points as one line of LaTeX."""
        names = ", ".join(map(letter, self.gradients))
        points = [point.latex() for point, _ in self.points]
        points += [
            rf"\approx \left({', '.join([decimal(Fraction(each)) for each in values])}\right)"
            for values, _ in self.near
        ]
        whole = r",\ ".join(points)
        return rf"\left({names}\right) \in \left\{{{whole}\right\}}"


def find_points_together(
    expression: Expression, names: Sequence[str], found: Sequence[Constraint] = ()
) -> JointPoints | None:
    """All points where the gradients by several numbers are zero, or those of the Lagrangian; None
    where some are not found, or cannot be proved. Raises UnsupportedError where there is none.
    """
    program = expression._program._replace(definitions={}, asked=None)
    multipliers = [each.multiplier for each in found]
    moving = [*[each.name for each in multipliers], *names]  # multipliers are eliminated first
    if len(names) > _MOST_NUMBERS or any(program.variables[name].shape for name in moving):
        return None
    if has_kinks(program.expr, list(names), Definiteness(program)):
        return None
    gradients = {name: lagrangian_gradient(program, name, found) for name in names}
    equations = [*gradients.values(), *[each.zero for each in found]]
    solutions = solve_system(program, equations, moving)
    if solutions is None:
        return None if found else _isolated(expression, program, gradients)
    places: dict[str, CriticalPoint] = {}
    for each in solutions:
        values = {name: each.values.get(name, variable(name, ())) for name in moving}
        key = ", ".join([text(values[name]) for name in names])
        if not is_beyond(program, {name: values[name] for name in names}):
            places.setdefault(key, CriticalPoint(values, each.values.keys(), each.requires))
    if not places:
        if any(variable_names(tree) - set(moving) for tree in equations):
            return None  # there may be some for special values of letters
        if found:
            singular = _without_gradient(program, names, found)
            raise UnsupportedError(
                "no point has multipliers: the gradients of the Lagrangian with respect to "
                f"{', '.join(names)} are nowhere zero together",
                hint=f"{singular}; it may be least or largest there, without multipliers"
                if singular
                else "the function may be least or largest where the gradient of an equation is "
                "zero, as at the cusp of y^2 = x^3",
            )
        raise UnsupportedError(
            f"there is no stationary point: the gradients with respect to {', '.join(names)} are "
            "nowhere zero together",
            hint="matcalc convex says how the function is curved",
        )
    kept = _without_instances(program, list(places.values()))
    proofs = [_prove(program, each, equations) for each in kept]
    if None in proofs:
        return None
    points = []
    kinds = kinds_of(expression, names, found, kept)
    for place, kind in zip(kept, kinds, strict=True):
        free = [name for name in names if name not in place.known]
        values = {name: place.values[name] for name in names}
        points.append((FamilyPoint(_around(program, place), values, free), kind))
    said = {name: Formula(program, tree) for name, tree in gradients.items()}
    whose = "the equations hold there, and the gradients of the Lagrangian" if found else ""
    proof = f"{whose or 'the gradients there'} are zero, {proofs[0]}"
    # a point where an equation has no gradient may be an extreme without multipliers
    no_others = "no other points have multipliers" if found else "there are no other points"
    singular = _without_gradient(program, names, found)
    proof += _completeness(program, solutions, no_others) + (f"; {singular}" if singular else "")
    return JointPoints(said, points, proof)


def _without_gradient(program: Program, names: Sequence[str], found: Sequence[Constraint]) -> str:
    """Where the gradient of the one equation is zero on its set, with the value of the function
    there, as a message says it; empty where that is nowhere, or not known.
    """
    if len(found) != 1:
        return ""
    zero = found[0].zero
    slopes = [derive(program._replace(expr=zero), name) for name in names]
    solutions = solve_system(program, [zero, *slopes], list(names)) or []
    places = [each.values for each in solutions if each.values.keys() == set(names)]
    if not places or len(places) < len(solutions):
        return ""
    values = [value_at(program, program.expr, place) for place in places]
    said = [
        f"({', '.join(format_tree(program, place[name]) for name in names)}), where the function "
        f"is {format_tree(program, value)}"
        for place, value in zip(places, values, strict=True)
    ]
    return f"{found[0].source} has no gradient at {' and '.join(said)}"


def _isolated(
    expression: Expression, program: Program, gradients: Mapping[str, Expr]
) -> JointPoints | None:
    """All points of a polynomial, some as decimals; None where they are not found."""
    names = list(gradients)
    if any(program.variables[name].kind != "scalar" for name in names):
        return None
    isolated = isolate(program, list(gradients.values()), names)
    if isolated is None:
        return None
    places = [CriticalPoint(values, values.keys()) for values in isolated.exact]
    proofs = [_prove(program, each, list(gradients.values())) for each in places]
    if None in proofs:
        return None
    kinds = kinds_of(expression, names, (), places)
    points = [
        (FamilyPoint(_around(program, place), {k: place.values[k] for k in names}, ()), kind)
        for place, kind in zip(places, kinds, strict=True)
    ]
    closed = f"the gradients are zero at the points in closed form, {proofs[0]}; " if places else ""
    proof = (
        f"{closed}each real root of {isolated.polynomial} is one point, and there are no others "
        "(a Groebner basis, with all real roots isolated)"
    )
    said = {name: Formula(program, tree) for name, tree in gradients.items()}
    return JointPoints(said, points, proof, isolated.near)


def _without_instances(program: Program, places: Sequence[CriticalPoint]) -> list[CriticalPoint]:
    """The points that are not among those of another one in which more numbers may be anything."""

    def is_instance(place: CriticalPoint, whole: CriticalPoint) -> bool:
        there = {name: place.values[name] for name in whole.values if name not in whole.known}
        try:
            gaps = [
                simplify_tree(program, Expr("-", (put(tree, there), place.values[name])))
                for name, tree in whole.values.items()
            ]
        except UnsupportedError:  # the (0, 0) beside (1/y, y)
            return False
        return all(is_everywhere_zero(program, gap) for gap in gaps)

    return [
        place
        for place in places
        if not any(
            is_instance(place, whole) for whole in places if len(whole.known) < len(place.known)
        )
    ]


def _around(program: Program, place: CriticalPoint) -> Program:
    """The program with the variables that a point may depend on."""
    return program.without(*place.known)


def _prove(program: Program, place: CriticalPoint, equations: Sequence[Expr]) -> str | None:
    """How it is proved that the equations hold at a point; None where it is not."""
    trees = [put(tree, place.values) for tree in equations]
    how = prove_all(_around(program, place), [(tree, number(0)) for tree in trees])
    is_exact = how is None or how.startswith("exact")
    return how if is_exact or any(value_of(tree) != {} for tree in trees) else "exact"


def _completeness(program: Program, solutions: Sequence[Solution], no_others: str) -> str:
    """That there are no others, and where: where what was divided by is not zero."""
    if not all(each.is_complete for each in solutions):
        return ""
    known = Definiteness(program)
    apart = [tree for each in solutions for tree in each.apart]
    parts = chain.from_iterable(factors(tree, *sorted(variable_names(tree))) for tree in apart)
    names = [format_tree(program, each) for each in parts if not known.is_nonzero(each)]
    where = " and ".join([f"{each} is not zero" for each in dict.fromkeys(names)])
    return f"; {no_others}" + (f" where {where}" if where else "")
