"""Stationary points in several variables together: one is solved for, put into the others'
equations, and so on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, permutations

from matcalc.answers.common.equations import Equation, equation_text
from matcalc.answers.common.formulas import NamedFormulas
from matcalc.answers.common.names import require_different, require_scalar
from matcalc.answers.convex.convexity import verdict_on
from matcalc.answers.expansions.taylor import put
from matcalc.answers.extrema.constraints import (
    Constraint,
    are_affine,
    read_constraint,
    with_multipliers,
)
from matcalc.answers.extrema.extremes import (
    DOMAIN,
    EXTREMES,
    PointKind,
    counts_only,
    domain_there,
    format_requirements,
    format_tree,
    is_surely,
    kind_of,
)
from matcalc.answers.extrema.lagrange import kind_on_affine_set
from matcalc.answers.extrema.points_together import JointPoints, find_points_together
from matcalc.answers.extrema.stationary import zeros_of
from matcalc.answers.zeros.solving import Zero
from matcalc.answers.zeros.systems import is_below
from matcalc.answers.zeros.within import is_within
from matcalc.claims.equality import prove_all
from matcalc.core.boundary import public
from matcalc.core.errors import MatcalcError, UnsupportedError
from matcalc.core.kinds import CURVED
from matcalc.core.notes import label_lines
from matcalc.core.program import Program, require_variable
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr, variable_names, zeros
from matcalc.engine.definite import Definiteness
from matcalc.engine.pipeline import differentiate, simplify
from matcalc.results import Expression
from matcalc.verify.verification import verify

# what a step says without a condition: which end it is, and how sure
_STRENGTH = ("the only", "a", "a local")
_SURE = {
    f"{said} {end}{where}": (end, rank)
    for end in ("minimum", "maximum")
    for rank, (said, where) in enumerate(
        (("the only", ""), ("a", " wherever the point exists"), ("a local", ""))
    )
}
_MOST_ORDERS = 24  # of eliminating the variables


@dataclass(frozen=True, slots=True)
class _Solved:
    """A variable, its value in terms of others, and the function that it is stationary of there;
    ``given`` are the variables of the question for whose every value that holds.
    """

    name: str
    zero: Zero
    function: Program
    given: tuple[str, ...]

    @property
    def value(self) -> Expr:
        """The value, in terms of other variables."""
        return self.zero.point


class JointPoint(NamedFormulas):
    """The zero of the gradients with respect to several variables: a mapping from names to
    formulas.

    A formula may contain the variables that come before it. ``condition`` says what the point is
    under which condition, ``proof`` how it was proved.
    """

    def __init__(
        self,
        expression: Expression,
        values: Sequence[tuple[str, Expr]],
        said: Sequence[str],
        proof: str,
    ) -> None:
        super().__init__(expression._program._replace(definitions={}), values)
        self.expression = expression
        self.condition = "; ".join(said)
        self._said = said
        self.proof = proof

    @public
    def report(self) -> str:
        """The point with the condition and the proof, a line each."""
        first, *more = self._said
        rows = [("it is", first), *[("", said) for said in more], ("proved", self.proof)]
        return "\n".join([str(self), *label_lines(rows)])


def joint_stationary(expression: Expression, wrt: Sequence[str]) -> JointPoint | JointPoints:
    """The point where the gradients of a scalar by several variables are zero together; of numbers
    all points.

    In some order each variable has to be solved for, with the values of those before it put in.
    Raises UnsupportedError where no order leads to the end.
    """
    program, names = expression._program, require_different(wrt)
    require_scalar(program.expr, "stationary points are")
    for name in names:
        known = require_variable(program, name)
        if known.kind in CURVED:
            raise UnsupportedError(
                f"{name} is {known}, which must be the only variable",
                hint=f"matcalc stationary ... --wrt {name}",
            )
    gradients = {}
    for name in names:
        statement = DerivativeStatement(program, name)
        gradients[name] = differentiate(statement)
        verify(statement, gradients[name])
    together = find_points_together(expression, names)
    if together is not None and len(together.points) + len(together.near) > 1:
        return together
    furthest: list[_Solved] = []
    for order in islice(permutations(names), _MOST_ORDERS):
        solved = _eliminate(program, order, gradients)
        if len(solved) > len(furthest):
            furthest = solved
        is_beyond = any(is_below(program, each.name, each.value) for each in solved)
        if len(solved) == len(names) and not is_beyond:
            proof = _prove(program, solved, gradients)
            if proof is not None:
                is_sure, said = _condition(expression, solved)
                if is_sure or together is None:
                    values = [(each.name, each.value) for each in _readable(solved)]
                    proof = f"the gradients there are zero, {proof}"
                    return JointPoint(expression, values, said, proof)
                break
    if together is not None:
        return _one_or_all(expression, together)
    steps = "; ".join([f"{each.name} = {format_tree(program, each.value)}" for each in furthest])
    raise UnsupportedError(
        f"no closed form was found for {', '.join(names)} where all gradients are zero",
        hint=f"for given values of the others there is {steps}"
        if steps
        else "ask about one of them",
    )


def points_under(
    expression: Expression, wrt: Sequence[str], equations: Sequence[str | Equation]
) -> JointPoint | JointPoints:
    """All points where a scalar is stationary by several numbers under equations; of vectors and
    matrices the point where one of them after the other can be solved for.

    Raises UnsupportedError where no closed form is found.
    """
    program, names = expression._program, require_different(wrt)
    require_scalar(program.expr, "stationary points are")
    shapes = [require_variable(program, name).shape for name in names]
    found = []
    for source in equations:
        program, constraint = read_constraint(program, source, *names)
        found.append(constraint)
    if any(shapes):
        return _arrays_under(expression, program, names, found)
    points = find_points_together(Expression(program), names, found)
    if points is None:
        raise UnsupportedError(
            f"no closed form was found for {', '.join(names)} where {expression} is stationary "
            f"under {', '.join(map(equation_text, equations))}",
            hint="polynomials have one where one number after the other can be eliminated",
        )
    return _one_or_all(expression, points)


def _arrays_under(
    expression: Expression, program: Program, names: Sequence[str], found: Sequence[Constraint]
) -> JointPoint:
    """The point where the gradients of the Lagrangian by several variables and by its multipliers
    are zero, one after the other solved for.
    """
    bare = program._replace(definitions={}, asked=None)
    multipliers = [each.multiplier.name for each in found]
    lagrangian = bare._replace(expr=with_multipliers(bare, found))
    moving = [*names, *multipliers]
    gradients = {
        name: differentiate(DerivativeStatement(lagrangian, name, 1, "free")) for name in moving
    }
    for order in islice(permutations(moving), _MOST_ORDERS):
        solved = _eliminate(lagrangian, order, gradients)
        proof = _prove(lagrangian, solved, gradients) if len(solved) == len(moving) else None
        if proof is None:
            continue
        values = {each.name: each.value for each in _readable(solved)}
        where = dict.fromkeys(
            format_tree(lagrangian, node.args[0])
            for tree in values.values()
            for node in tree.parts
            if node.op == "inv" and not Definiteness(lagrangian).is_definite(node.args[0])
        )
        said = [_kind_under(Expression(bare), names, found)]
        said += [f"it exists where {' and '.join(where)} is invertible"] if where else []
        proof = f"the equations hold there, and the gradients of the Lagrangian are zero, {proof}"
        return JointPoint(Expression(lagrangian), list(values.items()), said, proof)
    raise UnsupportedError(
        f"no closed form was found for {', '.join(names)} where {expression} is stationary under "
        f"{', '.join(each.source for each in found)}",
        hint="write variables that occur together as one vector, with blocks such as [A, B]",
    )


def _kind_under(expression: Expression, names: Sequence[str], found: Sequence[Constraint]) -> str:
    """What the point is, where the function is convex or concave and the equations are linear."""
    with suppress(MatcalcError):
        verdict = verdict_on(expression, names)
        if are_affine(expression._program, names, found):
            kind = kind_on_affine_set(verdict.verdict)
            if kind is not None:
                return str(kind)
    return "a stationary point on the set"


def _one_or_all(expression: Expression, found: JointPoints) -> JointPoint | JointPoints:
    """The point where there is one alone, else all of them."""
    if len(found.points) + len(found.near) > 1 or not found.points or found.points[0][0].free:
        return found
    ((point, kind),) = found.points
    values = [(name, value._tree) for name, value in point.items()]
    return JointPoint(expression, values, [str(kind)], found.proof)


def _readable(solved: Sequence[_Solved]) -> list[_Solved]:
    """The same in an order in which each value has variables that come before it."""
    left, found = list(solved), []
    while left:
        names = {each.name for each in left}
        ready = next(each for each in left if not names & variable_names(each.value))
        left.remove(ready)
        found.append(ready)
    return found


def _eliminate(
    program: Program, order: Sequence[str], gradients: Mapping[str, Expr]
) -> list[_Solved]:
    """The variables that could be solved for in this order, up to the first that could not.

    A value is put into what is left; one that depends on no other variable stays a name there.
    """
    solved: list[_Solved] = []
    current = program._replace(definitions={}, asked=None)
    equations = dict(gradients)
    for place, name in enumerate(order):
        zero = _zero(current, name, equations.pop(name))
        if zero is None:
            break
        value = zero.point
        later = order[place + 1 :]
        solved.append(_Solved(name, zero, current, tuple(later)))
        if not set(later) & variable_names(value):
            continue
        base = current.without(name)
        current = base._replace(expr=simplify(base._replace(expr=put(current.expr, {name: value}))))
        # where the gradient with respect to this variable is zero, those by the others are the
        # derivatives of what is left
        equations = {
            key: simplify(base._replace(expr=put(each, {name: value})))
            for key, each in equations.items()
        }
    return solved


def _zero(program: Program, name: str, gradient: Expr) -> Zero | None:
    """A value of one variable, within its kind, at which its gradient is zero."""
    if name not in variable_names(gradient):
        return None
    known = program.variables[name]
    for zero in zeros_of(program, gradient, name):
        with suppress(MatcalcError):
            if zero.along is not None or not is_within(program, known, zero.point):
                continue
            there = put(gradient, {name: zero.point})
            if (
                prove_all(program.without(name), [(there, zeros(there.shape, row=there.row))])
                is not None
            ):
                return zero
    return None


def _prove(
    program: Program, solved: Sequence[_Solved], gradients: Mapping[str, Expr]
) -> str | None:
    """How it is proved that all gradients are zero with all values put in."""
    pairs = []
    for gradient in gradients.values():
        there = _there(gradient, solved)
        pairs.append((there, zeros(there.shape, row=there.row)))
    return prove_all(program.without(*[each.name for each in solved]), pairs)


def _there(tree: Expr, solved: Sequence[_Solved]) -> Expr:
    """The tree with all values put in."""
    for each in reversed(_readable(solved)):
        tree = put(tree, {each.name: each.value})
    return tree


def _condition(expression: Expression, solved: Sequence[_Solved]) -> tuple[bool, list[str]]:
    """Whether it is known what kind of point it is; and that, by all variables together or step by
    step, with where it counts.

    Where a function of x and y is least at x = a(y) for each y, and what is left is least at y, the
    point is a minimum in both.
    """
    names = [each.name for each in reversed(solved)]
    said: list[str] = []
    is_sure = True
    with suppress(MatcalcError):
        found = verdict_on(expression, names)
        if found.verdict in EXTREMES:
            said = [f"{EXTREMES[found.verdict]}: {found.why}"]
    if not said:
        steps = []
        for each in solved:
            what = kind_of(Expression(each.function), each.name, each.zero)
            others = ", ".join(each.given)
            by = f"in {each.name}, for every {others}" if others else f"in {each.name}, then"
            steps.append((by, PointKind(what.said, what.why.replace(DOMAIN, ""))))
        whole = _together([what for _, what in steps])
        is_sure = bool(whole)
        said = [*whole, *[f"{by}: {what}" for by, what in steps]]
    program = expression._program
    values = {each.name: _there(each.value, solved) for each in solved}
    kinds = [
        f"{name} is {program.variables[name]}"
        for name in reversed(names)
        if not is_surely(program, program.variables[name], values[name])
    ]
    conditions = [f"if {' and '.join(kinds)}"] if kinds else []
    conditions += domain_there(program, set(names), lambda tree: _there(tree, solved))
    requires = [
        required._replace(tree=simplify(program._replace(expr=_there(required.tree, solved))))
        for each in solved
        for required in each.zero.requires
    ]
    conditions = list(dict.fromkeys([*conditions, *format_requirements(program, requires)]))
    return is_sure, [*said, counts_only(conditions)] if conditions else said


def _together(steps: Sequence[PointKind]) -> list[str]:
    """What follows for all variables together, where each step says what it is without a
    condition; empty where one has a condition.
    """
    kinds = [_SURE.get(what.said) for what in steps]
    sure = [kind for kind in kinds if kind is not None]
    if len(sure) < len(kinds):
        return []
    if len({end for end, _ in sure}) > 1:
        # what is convex, and not strictly, may have one value everywhere: norm2(A*y)^2 with A = 0
        strict = all(_STRENGTH[rank] != "a" for _, rank in sure)
        return ["a saddle"] if strict else []
    rank = max(rank for _, rank in sure)
    return [f"{_STRENGTH[rank]} {sure[0][0]}"]
