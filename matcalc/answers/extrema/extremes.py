"""What kind of point a stationary point is, and where it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from typing import NamedTuple

from matcalc.answers.convex.convexity import decisive_kinds, has_kinks, verdict_on
from matcalc.answers.convex.domains import bounds_of_domain, bounds_of_variables, may_choose
from matcalc.answers.expansions.taylor import put
from matcalc.answers.zeros.singular import format_direction
from matcalc.answers.zeros.solving import Requirement, Zero
from matcalc.answers.zeros.surds import value_at
from matcalc.answers.zeros.within import is_within
from matcalc.core.errors import MatcalcError
from matcalc.core.kinds import FREE, Variable, free_kind, kind_spec
from matcalc.core.program import Program
from matcalc.core.tree import Expr, fill, is_zero, number, variable, variable_names
from matcalc.engine.definite import Definiteness, negate
from matcalc.engine.pipeline import derive, matricize, simplify, simplify_tree
from matcalc.results import Expression, Formula

# what a stationary point of a function is, by the verdict on the function
EXTREMES = {
    "strictly convex": "the only minimum",
    "strictly concave": "the only maximum",
    "convex": "a minimum wherever the point exists",
    "concave": "a maximum wherever the point exists",
}
_OPPOSITE = {
    "strictly convex": "strictly concave",
    "strictly concave": "strictly convex",
    "convex": "concave",
    "concave": "convex",
}
DOMAIN = ", on every convex set within the domain"
_LONGEST = 300  # letters of a Hessian that is shown


_ON_A_KINK = "of unknown kind: the function has kinks, and the point may be on one"


class PointKind(NamedTuple):
    """What a stationary point is, why, and on which conditions it counts."""

    said: str
    why: str = ""
    conditions: tuple[str, ...] = ()

    def __str__(self) -> str:
        what = f"{self.said}: {self.why}" if self.why else self.said
        return f"{what}; {counts_only(self.conditions)}" if self.conditions else what


def kind_of(expression: Expression, wrt: str, zero: Zero) -> PointKind:
    """What kind of stationary point it is, and where it counts."""
    program = expression._program
    kinked = has_kinks(program.expr, [wrt], Definiteness(program))
    if zero.along is not None:
        line = _ON_A_KINK if kinked else _line_of_points(expression, wrt, zero.along)
        return PointKind(line)
    point = zero.point
    found = verdict_on(expression, wrt)
    kind = expression.variables[wrt]
    said = EXTREMES.get(found.verdict)
    what = PointKind(said, found.why) if said else _after_a_change(expression, wrt)
    what = what or after_a_function(expression, wrt)
    if what is None:
        what = PointKind(_ON_A_KINK) if kinked else _by_hessian_there(expression, wrt, point)
    conditions = [] if is_surely(program, kind, point) else [f"if it is {kind}"]
    conditions += domain_there(program, {wrt}, lambda tree: put(tree, {wrt: point}))
    conditions += format_requirements(program, zero.requires)
    return what._replace(conditions=tuple(dict.fromkeys(conditions)))


def is_surely(program: Program, kind: Variable, point: Expr) -> bool:
    """Whether a point is proved to be of a kind that asks for more than a shape."""
    if kind.kind in FREE:
        return True
    known = Definiteness(program)
    if kind.kind == "positive":
        return known.is_positive(point)
    if kind.kind != "psd" and kind_spec(kind.kind).linear:
        return is_within(program, kind, point)
    return kind.kind == "psd" and known.is_symmetric(point) and known.is_definite(point)


def format_requirements(program: Program, requires: Sequence[Requirement]) -> list[str]:
    """A condition that says what has to be positive, or nonnegative; or none."""
    found = [
        f"{format_tree(program, each.tree)} is {'positive' if each.strict else 'not negative'}"
        for each in requires
    ]
    return [f"where {' and '.join(found)}"] if found else []


def counts_only(conditions: Sequence[str]) -> str:
    """On which conditions a point counts."""
    return f"the point is valid only {' and only '.join(conditions)}"


def _after_a_change(expression: Expression, wrt: str) -> PointKind | None:
    """What the point is where the function is convex in another variable that determines this one,
    as the Gaussian likelihood is in the inverse of the covariance; None where that is not known.
    """
    program = expression._program
    for said, value, kind in _changes(program.variables[wrt]):
        changed = program._replace(variables={**program.variables, wrt: kind}, definitions={})
        with suppress(MatcalcError):
            expr = simplify(changed._replace(expr=put(program.expr, {wrt: value})))
            found = verdict_on(Expression(changed._replace(expr=expr)), wrt)
            if found.verdict in EXTREMES:
                why = found.why.replace(DOMAIN, "")
                why = f"as a function of {said} it is {found.verdict}, {why}"
                return PointKind(EXTREMES[found.verdict], why)
    return None


def after_a_function(expression: Expression, wrt: str, where: str = "") -> PointKind | None:
    """What the point is of the logarithm or the reciprocal of a positive function, or of the
    negative of a negative one, which rise or fall with it; ``where`` says on which convex set.
    """
    program = expression._program
    known = Definiteness(program, bounds_of_variables(program.expr, set(program.variables)))
    whole, side = program.expr, 1
    if known.is_positive(negate(program, whole)):
        whole, side = negate(program, whole), -1
    elif not known.is_positive(whole):
        return None
    negative = "" if side > 0 else " of its negative"
    for what, tree, way in (
        ("logarithm", Expr("log", (whole,)), side),
        ("reciprocal", Expr("/", (number(1), whole)), -side),
    ):
        changed = Expression(program._replace(expr=tree, definitions={}))
        with suppress(MatcalcError):
            found = verdict_on(changed, wrt)
            if found.verdict in EXTREMES:
                said = EXTREMES[found.verdict if way > 0 else _OPPOSITE[found.verdict]]
                words = f"the {what}{negative}" if negative else f"its {what}"
                return PointKind(f"{said}{where}", f"{words} is {found.verdict}, {found.why}")
    return None


def _changes(known: Variable) -> Iterator[tuple[str, Expr, Variable]]:
    """Other variables that a positive one is a function of: what they are, the function, and their
    kinds.
    """
    leaf = variable(known.name, known.shape)
    if known.kind == "psd":
        yield f"inv({known.name})", Expr("inv", (leaf,), known.shape), known
    if known.kind == "positive":
        op = "./" if known.shape else "/"
        one = fill(number(1), known.shape) if known.shape else number(1)
        yield f"1{op}{known.name}", Expr(op, (one, leaf), known.shape), known
        free = known._replace(kind=free_kind(len(known.shape)))
        yield f"log({known.name})", Expr("exp", (leaf,), known.shape), free


def domain_there(program: Program, names: Set[str], there: Callable[[Expr], Expr]) -> list[str]:
    """Where the function has a value at a point, if what has to be positive for that is not so by
    itself: a condition, or none. ``there`` puts the point into a tree in place of ``names``.
    """
    known, found = Definiteness(program), []
    for op, bound in bounds_of_domain(program.expr, names):
        if known.is_positive(bound):  # wherever the variables are of their kinds
            continue
        inside = simplify_tree(program, there(bound))
        if not known.is_positive(inside) and not _is_root_of_zero(known, op, bound, inside):
            found.append(format_tree(program, _without_positive(inside, known)))
    if not found:
        return []
    if may_choose(program.expr):  # some entries may never be taken
        return ["where the function has a value"]
    return ["where " + " and ".join([f"{each} is positive" for each in dict.fromkeys(found)])]


def _without_positive(tree: Expr, known: Definiteness) -> Expr:
    """The tree without positive factors and divisors, on which its sign does not depend."""
    if tree.op == "fill":
        return _without_positive(tree.args[0], known)
    by_entries = tree.op in (".*", "/", "./") or (
        tree.op == "*" and not all(arg.shape for arg in tree.args)
    )
    if by_entries and known.is_positive(tree.args[1]):
        return _without_positive(tree.args[0], known)
    if by_entries and tree.op in ("*", ".*") and known.is_positive(tree.args[0]):
        return _without_positive(tree.args[1], known)
    return tree


def is_beyond(program: Program, values: Mapping[str, Expr]) -> bool:
    """Whether it is proved that the function has no value at a point, or none on one side of it."""
    known = Definiteness(program)
    for op, bound in bounds_of_domain(program.expr, values.keys()):
        there = simplify_tree(program, put(bound, values))
        if _is_root_of_zero(known, op, bound, there):
            continue
        if known.is_nonnegative(negate(program, there)):
            return True
    return False


def _is_root_of_zero(known: Definiteness, op: str, bound: Expr, there: Expr) -> bool:
    """Whether a root is taken of what is zero at a point and negative nowhere, as in sqrt(x^4): it
    has values on all sides.
    """
    return op == "sqrt" and is_zero(there) and known.is_nonnegative(bound)


def _line_of_points(expression: Expression, wrt: str, along: Expr) -> str:
    """The kind of points of which there is a line: the Hessian is the same at all of them."""
    found = verdict_on(expression, wrt)
    kind = {"convex": "a minimum", "concave": "a maximum"}.get(found.verdict, "a stationary point")
    where = f"x + t*{format_direction(along)}".replace("x", wrt, 1)
    line = (
        f"and so is {where} for every number t: the Hessian sends {format_direction(along)} to zero"
    )
    return f"{kind}, {line}" + (f"; {found.why}" if kind != "a stationary point" else "")


def _by_hessian_there(expression: Expression, wrt: str, point: Expr) -> PointKind:
    """The kind of a point by the Hessian there, or the condition on it."""
    program = expression._program
    hessian = derive(program, wrt, 2)
    columns = len(program.variables[wrt].shape)
    there = value_at(program, hessian, {wrt: point})
    shown = matricize(there, program.variables, columns, language=program.language) or there
    what = "second derivative" if not shown.shape else "Hessian"
    if shown.rank in (0, 2):
        kind = program.variables[wrt].kind
        known = Definiteness(_where_it_counts(program, wrt, point))
        zero = "positive" if not shown.shape else "positive definite"
        if kind_spec(kind).reflection == 1 and known.is_definite_on_symmetric(shown):
            why = "is positive definite on the symmetric matrices"
            return PointKind(
                "a local minimum", f"the Hessian there, {_short(program, shown)}, {why}"
            )
        if known.is_definite(shown):
            why = f"the {what} there, {_short(program, shown)}, is {zero}"
            return PointKind("a local minimum", why)
        if known.is_definite(negate(program, shown)):
            below = "negative" if not shown.shape else "negative definite"
            why = f"the {what} there, {_short(program, shown)}, is {below}"
            return PointKind("a local maximum", why)
        if not shown.shape:
            sign = _sign_at_zeros(program, wrt, hessian)
            if sign:
                end, side = ("minimum", "positive") if sign > 0 else ("maximum", "negative")
                why = f"the {what} is {side} wherever the gradient is zero"
                return PointKind(f"a local {end}", why)
            said = (
                f"a minimum where {_short(program, shown)} is positive, a maximum where it is "
                "negative"
            )
            return PointKind(said + _if_declared(program, wrt))
    return PointKind(
        f"a minimum where the {what} there, {_short(program, shown)}, is positive definite, a "
        "maximum where it is negative definite, a saddle where it is indefinite"
        + _if_declared(program, wrt)
    )


def _sign_at_zeros(program: Program, wrt: str, bend: Expr) -> int | None:
    """The sign of the second derivative wherever the gradient with respect to a number is zero: the
    gradient determines another number that it is affine in, and that is put into it. None where it
    is not known.
    """
    known = Definiteness(program, bounds_of_variables(program.expr, {wrt}))
    gradient = program._replace(expr=derive(program, wrt))
    for name in sorted(variable_names(gradient.expr) - {wrt}):
        if program.variables[name].shape:
            continue
        slope = derive(gradient, name)
        if name in variable_names(slope) or not known.is_nonzero(slope):
            continue
        rest = put(gradient.expr, {name: number(0)})
        value = Expr("/", (Expr("neg", (rest,)), slope))
        there = value_at(program, bend, {name: value})
        for sign, tree in ((1, there), (-1, negate(program, there))):
            if known.is_positive(tree):
                return sign
    return None


def _if_declared(program: Program, wrt: str) -> str:
    """What the point is with declarations of what is not declared; empty where they say nothing."""
    decided = decisive_kinds(program, [wrt])
    if decided is None or decided[1] not in EXTREMES:
        return ""
    return f"; with {decided[0]} it is {EXTREMES[decided[1]]}"


def _where_it_counts(program: Program, wrt: str, point: Expr) -> Program:
    """The program with what is known of a point that counts: another variable is of the kind."""
    if point.op != "variable" or program.variables[wrt].kind in FREE:
        return program
    name = str(point.value)
    return program.declare(program.variables[wrt]._replace(name=name))


def _short(program: Program, tree: Expr) -> str:
    """The text of a Hessian, unless it is long."""
    said = format_tree(program, tree)
    return said if len(said) <= _LONGEST else "which is long"


def format_tree(program: Program, tree: Expr) -> str:
    """The text of a tree over the variables of a program."""
    variables = {k: each for k, each in program.variables.items() if k.isidentifier()}
    return str(Formula(program._replace(definitions={}, variables=variables), tree))
