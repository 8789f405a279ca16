"""Stationary points under equations, by Lagrange multipliers, in closed form.

The gradient of f + l'*c is solved for the variable, and then the constraint c = 0 for the
multiplier (Boyd & Vandenberghe 2004, 5.5.3 and 10.1.1). Each point is proved by substitution.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from matcalc.answers.common.equations import Equation, equation_text
from matcalc.answers.common.names import free_name, number_hint, require_scalar
from matcalc.answers.convex.convexity import verdict_on
from matcalc.answers.expansions.taylor import put
from matcalc.answers.extrema.constraints import (
    Constraint,
    are_affine,
    is_ellipsoid,
    lagrangian_gradient,
    read_constraint,
)
from matcalc.answers.extrema.extremes import PointKind, after_a_function, domain_there, format_tree
from matcalc.answers.extrema.stationary import (
    NamedProblem,
    equations_of,
    form_matrix,
    positive_roots,
    zeros_by_functions,
)
from matcalc.answers.zeros.roots import find_roots
from matcalc.answers.zeros.singular import is_everywhere_zero
from matcalc.answers.zeros.solving import affine_zero
from matcalc.claims.equality import prove_all
from matcalc.core.boundary import public
from matcalc.core.errors import ArgumentError, UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.notes import label_lines
from matcalc.core.program import Program, require_variable
from matcalc.core.tree import Expr, is_zero, number, transpose, variable, variable_names, zeros
from matcalc.engine.definite import Definiteness, negate
from matcalc.engine.pipeline import derive, simplify_tree
from matcalc.results import Expression, Formula
from matcalc.write.printers.text import text


class ConstrainedPoint(Formula):
    """A stationary point on a set that equations define: ``str`` is the point, ``multipliers`` what
    the multipliers are there, ``condition`` what kind of point it is, ``proof`` how it was proved.
    """

    def __init__(
        self,
        program: Program,
        wrt: str,
        point: Expr,
        multipliers: dict[str, Formula],
        condition: str,
        proof: str,
        other: Formula | None = None,
    ) -> None:
        super().__init__(program._replace(definitions={}), point)
        self.wrt = wrt
        self.multipliers = multipliers
        self.condition = condition
        self.proof = proof
        self.other = other

    def _title(self) -> str:
        return f"{self.wrt} = {self}: {self.condition}"

    @public
    def report(self) -> str:
        """The point with its multipliers, the condition and the proof, a line each."""
        rows = [] if self.other is None else [("and", f"{self.wrt} = {self.other}")]
        rows += [("multiplier", f"{name} = {each}") for name, each in self.multipliers.items()]
        rows += [("it is", self.condition), ("proved", self.proof)]
        return "\n".join([f"{self.wrt} = {self}", *label_lines(rows)])


def find_constrained_point(
    expression: Expression, wrt: str, constraints: Sequence[str | Equation]
) -> ConstrainedPoint | NamedProblem:
    """The point where a scalar is stationary on the set that equations such as ``A*x = b`` define.

    Raises UnsupportedError where no closed form is found.
    """
    program = expression._program
    known = require_variable(program, wrt)
    require_scalar(program.expr, "stationary points are", number_hint(program, wrt))
    program, known, equations = _of_kind(program, known, list(constraints))
    if len(known.shape) > 1:
        raise UnsupportedError(
            f"{wrt} is {known}, and constraints are only for scalars and vectors",
            hint=f"{wrt}'*{wrt} = eye is known; where it is c*eye put sqrt(c)*{wrt} in place of "
            f"{wrt}; otherwise write the entries as a vector",
        )
    found: list[Constraint] = []
    for source in equations:
        program, constraint = read_constraint(program, source, wrt)
        found.append(constraint)
    objective = program._replace(definitions={})
    expression = Expression(objective)
    gradient = lagrangian_gradient(objective, wrt, found)
    if wrt not in variable_names(gradient):
        raise UnsupportedError(
            f"the gradient of the Lagrangian, {format_tree(objective, gradient)}, does not depend "
            f"on {wrt}",
            hint="there is a stationary point only where it is zero, and then each point of the "
            "set is one",
        )
    with suppress(UnsupportedError, ArgumentError):
        named = _eigenproblem(objective, wrt, found)
        if named is not None:
            return named
    problem = _LagrangeCondition(objective, wrt, found, gradient)
    for candidates in _candidates(problem):
        with suppress(UnsupportedError):
            whole = len(candidates[0][1]) == len(found)
            result = (
                _prove(expression, problem, candidates)
                if whole
                else _family(expression, problem, *candidates[0])
            )
            if result is not None:
                return result
    raise UnsupportedError(
        f"no closed form was found for {wrt} where {expression} is stationary under "
        f"{', '.join(map(equation_text, equations))}",
        hint="a linear constraint with a quadratic has one, and x'*x = 1 with a linear function",
    )


# kinds that are open sets under an equation: what the variable is then, and the equation
_UNDER: dict[str, tuple[str, str]] = {
    "simplex": ("positive", "sum({0}) = 1"),
    "sphere": ("vector", "{0}'*{0} = 1"),
}


def sets_of_equations() -> tuple[str, ...]:
    """The kinds that stand for an equation."""
    return tuple(_UNDER)


def _of_kind(
    program: Program, known: Variable, constraints: list[str | Equation]
) -> tuple[Program, Variable, list[str | Equation]]:
    """The equation that a kind stands for, in its place."""
    if known.kind not in _UNDER:
        return program, known, constraints
    kind, equation = _UNDER[known.kind]
    said = equation.format(known.name)
    bare = Variable(known.name, kind, known.shape)
    program = program.declare(bare)
    plain = [equation_text(each).replace(" ", "") for each in constraints]
    return program, bare, [*([] if said.replace(" ", "") in plain else [said]), *constraints]


_ON_THE_SET = " on the set"
_MINIMUM_FIRST = (
    "the minimum on the set, and the other one the maximum: on this ellipsoid the function is "
    "linear, up to a constant"
)


class _LagrangeCondition(NamedTuple):
    """A scalar, the equations that hold, and the gradient of the Lagrangian that they make."""

    program: Program
    wrt: str
    found: Sequence[Constraint]
    gradient: Expr

    def proof_at(self, values: Mapping[str, Expr]) -> str | None:
        """How it is proved that the gradient is zero at a point, and that the equations hold whose
        multipliers have values there; None where it is not.
        """
        trees = [put(each.zero, values) for each in self.found if each.multiplier.name in values]
        trees.append(put(self.gradient, values))
        return prove_all(self.program, [(tree, zeros(tree.shape, row=tree.row)) for tree in trees])


_NUMBER = variable("?t", ())  # no name in the language
_Candidate = tuple[Expr, dict[str, Expr]]  # a point with its multipliers


def _candidates(problem: _LagrangeCondition) -> Iterator[tuple[_Candidate, ...]]:
    """Points with multipliers, those that belong together; they are proved later."""
    program, wrt, found, gradient = problem
    known = program.variables[wrt]
    for equation in equations_of(program, gradient, known):
        with suppress(UnsupportedError):
            zero = affine_zero(program._replace(expr=equation), wrt)
            if zero is None or zero.along is not None:
                continue
            yield from _with_multipliers(program, wrt, found, zero.point)
    for by in (zeros_by_functions, positive_roots):
        for zero in by(program, gradient, known):
            yield from _with_multipliers(program, wrt, found, zero.point)
    yield from _with_numbers_marked(problem)


def _with_numbers_marked(problem: _LagrangeCondition) -> Iterator[tuple[_Candidate, ...]]:
    """Points that do not depend on what a number in the gradient is, such as the ``prod(x)`` of
    ``prod(x)./x + l``: it is solved for the variable as if the number were given.
    """
    program, wrt, found, gradient = problem
    known = program.variables[wrt]
    number_of = next(_numbers_in(gradient, wrt), None)
    if number_of is None or not known.shape:
        return
    value = text(number_of)
    marked = gradient.fold(
        lambda node, args: _NUMBER if text(node) == value else node.with_args(args)
    )
    marking = program.declare(Variable(str(_NUMBER.value), "scalar"))
    for equation in equations_of(marking, marked, known):
        with suppress(UnsupportedError):
            zero = affine_zero(marking._replace(expr=equation), wrt)
            if zero is None or zero.along is not None:
                continue
            for candidates in _with_multipliers(marking, wrt, found, zero.point):
                ends = []
                for point, levels in candidates:
                    short = simplify_tree(marking, point)
                    here = {str(_NUMBER.value): put(number_of, {wrt: short})}
                    if str(_NUMBER.value) not in variable_names(short):
                        ends.append((short, {k: put(v, here) for k, v in levels.items()}))
                if ends:
                    yield tuple(ends)


def _numbers_in(tree: Expr, wrt: str) -> Iterator[Expr]:
    """The outermost parts that are numbers made of the variable."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if wrt not in variable_names(node):
            continue
        if not node.shape:
            yield node
        else:
            stack += node.args


def _with_multipliers(
    program: Program, wrt: str, found: Sequence[Constraint], start: Expr
) -> Iterator[tuple[_Candidate, ...]]:
    """The point with its multipliers replaced by what the constraints say they are, one after the
    other; of one constraint all such points.
    """
    point = start
    values: dict[str, Expr] = {}
    for each in found:
        name = each.multiplier.name
        left = simplify_tree(program, put(put(each.zero, {wrt: point}), values))
        solved = _solve(program, each, left)
        if not solved:
            for other in found:
                for candidate in _scale(program, wrt, found, other, start):
                    yield (candidate,)
            return
        if len(found) == 1:
            yield tuple([(put(point, {name: value}), {name: value}) for value in solved])
            return
        value = solved[0]
        point = put(point, {name: value})
        values = {k: put(v, {name: value}) for k, v in values.items()}
        values[name] = value
    yield ((point, values),)


def _solve(program: Program, constraint: Constraint, left: Expr) -> list[Expr]:
    """The multipliers with which a constraint holds: one where it is affine in it, in its inverse,
    or in the square of that; else the roots in it.
    """
    multiplier = constraint.multiplier
    name = multiplier.name
    factor = variable(name, multiplier.shape)
    op = ".*" if multiplier.shape else "*"
    for equation in (left, Expr(op, (factor, left), left.shape)):
        with suppress(UnsupportedError):
            zero = affine_zero(program._replace(expr=equation), name)
            if zero is not None and zero.along is None:
                return [zero.point]
    if multiplier.shape:
        return []
    square = Expr("^", (factor, number(2)))
    for equation in (Expr("*", (square, left)), left):
        with suppress(UnsupportedError):
            bend = _bend(program, equation, name)
            if bend is not None:
                return [bend]
    with suppress(UnsupportedError):
        return [root.point for root in find_roots(program, left, name) or ()]
    return []


def _bend(program: Program, equation: Expr, name: str) -> Expr | None:
    """The root of a*l^2 + b that is positive."""
    bare = program._replace(expr=simplify_tree(program, equation))
    slope = derive(bare, name)
    twice = derive(bare._replace(expr=slope), name)
    if name in variable_names(twice) or is_zero(twice):
        return None
    zero = {name: number(0)}
    if not is_zero(simplify_tree(program, put(slope, zero))):
        return None
    rest = put(bare.expr, zero)
    whole = Expr("/", (Expr("*", (number(-2), rest)), twice))
    return simplify_tree(program, Expr("sqrt", (whole,)))


def _scale(
    program: Program, wrt: str, found: Sequence[Constraint], constraint: Constraint, start: Expr
) -> Iterator[tuple[Expr, dict[str, Expr]]]:
    """A multiple that fulfils a linear constraint: c'*x = d is c'*(d*x/(c'*x)) = d. The multipliers
    of the other constraints stay in it.
    """
    name = constraint.multiplier.name
    if constraint.zero.shape:
        return
    shape = program.variables[wrt].shape
    rest = put(constraint.zero, {wrt: zeros(shape)})
    choices: list[Expr] = []
    for level in (0, -1, 1, -2, 2):  # any level of the multiplier gives the same point
        if choices and abs(level) > 1:
            break
        point = put(start, {name: number(level)})
        sum_of = Expr("-", (put(constraint.zero, {wrt: point}), rest))
        scale = Expr("/", (Expr("neg", (rest,)), sum_of))
        with suppress(UnsupportedError):  # it is zero at some, and divided by
            choices.append(simplify_tree(program, Expr("*", (point, scale), shape)))
    if not choices:
        return
    whole = min(choices, key=lambda each: len(text(each)))
    normal = derive(program._replace(expr=constraint.zero), wrt)
    if wrt in variable_names(normal):
        return
    others = [each for each in found if each is not constraint]
    gradient = lagrangian_gradient(program, wrt, others)
    there = put(gradient, {wrt: whole})
    row = transpose(normal)
    top, bottom = Expr("*", (row, there)), Expr("*", (row, normal))
    value = simplify_tree(program, Expr("neg", (Expr("/", (top, bottom)),)))
    yield whole, {name: value}


def _prove(
    expression: Expression, problem: _LagrangeCondition, candidates: Sequence[_Candidate]
) -> ConstrainedPoint | None:
    """The first point, where it is proved that it fulfils the constraints and the gradient of the
    Lagrangian is zero there; None where it is not. The next one goes with it.
    """
    program, wrt, found, _ = problem
    proofs = [_prove_shortest(problem, *each) for each in candidates[:2]]
    if proofs[0] is None:
        return None
    (point, multipliers), (short, how) = candidates[0], proofs[0]
    other = proofs[1][0] if len(proofs) > 1 and proofs[1] else None
    if other is None:
        other = _other(problem, point, multipliers)
    rise = None if other is None else _rise_on_line(problem, short, other)
    if rise == -1 and other is not None and len(candidates) > 1:  # the minimum first
        return _prove(expression, problem, candidates[1::-1])
    inverted = [node.args[0] for node in point.parts if node.op == "inv"]
    doubtful = [each for each in inverted if not Definiteness(program).is_definite(each)]
    where = ", ".join(dict.fromkeys(text(each) for each in doubtful))
    base = program.without(*[each.multiplier.name for each in found])._replace(asked=None)
    levels = {name: simplify_tree(program, each) for name, each in multipliers.items()}
    shown = {n: Formula(base._replace(expr=each), each) for n, each in levels.items()}
    proof = f"the constraint holds there, and the gradient of the Lagrangian is zero, {how}"
    return ConstrainedPoint(
        base._replace(expr=short),
        wrt,
        short,
        shown,
        (
            _MINIMUM_FIRST
            if rise == 1
            else _condition(expression, program, wrt, found, other is not None)
        )
        + (f"; it exists where {where} is invertible" if where else "")
        + _counts(program, program.variables[wrt], short),
        proof,
        None if other is None else Formula(base._replace(expr=other), other),
    )


def _prove_shortest(
    problem: _LagrangeCondition, point: Expr, multipliers: dict[str, Expr]
) -> tuple[Expr, str] | None:
    """The point as it is printed, and how it was proved; None where it was not."""
    how = problem.proof_at({problem.wrt: point, **multipliers})
    short = None if how is None else simplify_tree(problem.program, point)
    if how is None or short is None or prove_all(problem.program, [(point, short)]) is None:
        return None
    return short, how


def _family(
    expression: Expression, problem: _LagrangeCondition, point: Expr, multipliers: dict[str, Expr]
) -> NamedProblem | None:
    """The point with the multipliers for which there is no closed form left in it, and the equation
    that says what these are; None where the rest is not proved.
    """
    program, wrt, found, _ = problem
    proved = _prove_shortest(problem, point, multipliers)
    if proved is None:
        return None
    short, how = proved
    left = [each for each in found if each.multiplier.name not in multipliers]
    names = ", ".join(each.multiplier.name for each in left)
    what = " and ".join(each.source for each in left)
    kind = _condition(expression, program, wrt, found, both=False)
    kind += _counts(program, program.variables[wrt], short)
    proof = (
        f"{'the other constraint holds, and ' if multipliers else ''}the gradient of the "
        f"Lagrangian is zero, for every {names}, {how}"
    )
    name = f"where {names} {'is' if len(left) == 1 else 'are'} such that {what}; it is {kind}"
    return NamedProblem(name, f"{wrt} = {text(short)}", proof)


def _rise_on_line(problem: _LagrangeCondition, point: Expr, other: Expr) -> int | None:
    """1 where a function that is linear on the set, up to a multiple of the constraint, is larger
    at the other point, -1 where it is less; None of other functions.
    """
    program, wrt, found, _ = problem
    if len(found) > 1 or found[0].zero.shape:
        return None
    slopes, bends = [], []
    for tree in (program.expr, found[0].zero):
        slope = derive(program._replace(expr=tree), wrt)
        slopes.append(put(slope, {wrt: zeros(point.shape)}))
        bends.append(derive(program._replace(expr=slope), wrt))
    if bends[1].rank != 2 or not Definiteness(program).is_definite(bends[1]):
        return None
    ratio = Expr("/", (Expr("tr", (bends[0],)), Expr("tr", (bends[1],))))
    gap, slope = (
        Expr("-", (one, Expr("*", (ratio, two), two.shape)), two.shape)
        for one, two in (bends, slopes)
    )
    if not is_everywhere_zero(program, gap):
        return None
    way = Expr("-", (other, point), point.shape)
    rise = simplify_tree(program, Expr("*", (transpose(slope), way)))
    known = Definiteness(program)
    if known.is_nonnegative(rise):
        return 1
    return -1 if known.is_nonnegative(negate(program, rise)) else None


def _other(problem: _LagrangeCondition, point: Expr, multipliers: dict[str, Expr]) -> Expr | None:
    """The opposite point, where that is stationary too, as on a sphere."""
    program, wrt, found, _ = problem
    if len(found) > 1 or found[0].zero.shape:
        return None
    opposite = simplify_tree(program, Expr("neg", (point,), point.shape))
    if text(opposite) == text(point):
        return None
    turned = {n: Expr("neg", (m,), m.shape) for n, m in multipliers.items()}
    return None if problem.proof_at({wrt: opposite, **turned}) is None else opposite


def _condition(
    expression: Expression, program: Program, wrt: str, found: Sequence[Constraint], both: bool
) -> str:
    """What kind of point it is on the set."""
    verdict = verdict_on(expression, wrt).verdict
    if are_affine(program, [wrt], found):
        kind = kind_on_affine_set(verdict) or after_a_function(expression, wrt, _ON_THE_SET)
        return str(kind or "a stationary point on the set")
    if verdict == "affine" and both and is_ellipsoid(program, wrt, found):
        return "the minimum and the maximum, one each: a linear function on an ellipsoid"
    return "a stationary point; the constraint is not linear, so compare the values"


def kind_on_affine_set(verdict: str) -> PointKind | None:
    """What a stationary point of a function with a verdict is, under equations that are affine;
    None where that is not known.
    """
    kinds = {
        "strictly convex": "the only minimum on the set",
        "strictly concave": "the only maximum on the set",
        "convex": "a minimum on the set",
        "concave": "a maximum on the set",
    }
    if verdict not in kinds:
        return None
    return PointKind(kinds[verdict], f"the function is {verdict} and the constraint is linear")


def _counts(program: Program, known: Variable, point: Expr) -> str:
    """Where a point is one of the kind that its variable is, and of the domain, unless it always
    is.
    """
    inside = known.kind != "positive" or Definiteness(program).is_positive(point)
    where = [] if inside else [f"where it is {known}"]
    if inside:  # what is of a kind is within the domain
        where = domain_there(program, {known.name}, lambda tree: put(tree, {known.name: point}))
    return f"; it counts {where[0]}" if where else ""


def _eigenproblem(program: Program, wrt: str, found: Sequence[Constraint]) -> NamedProblem | None:
    """A quadratic form on a sphere or an ellipsoid: A*x = λ*B*x."""
    if len(found) != 1 or len(program.variables[wrt].shape) != 1 or found[0].zero.shape:
        return None
    zero = found[0].zero
    shape = program.variables[wrt].shape
    level = simplify_tree(program, Expr("neg", (put(zero, {wrt: zeros(shape)}),)))
    form = Expr("+", (zero, level))
    left = form_matrix(program, wrt, program.expr)
    right = form_matrix(program, wrt, form)
    if left is None or right is None or is_zero(right):
        return None
    value = free_name(program, "λ", "l")
    x = variable(wrt, shape)
    scale = variable(value, ())
    other = x if right.op == "eye" else Expr("*", (right, x), shape)
    ends = [Expr("*", (left, x), shape), Expr("*", (scale, other), shape)]
    # the gradient of the Lagrangian with l = -λ is twice the difference
    gradient = lagrangian_gradient(program, wrt, found)
    name = found[0].multiplier.name
    there = put(gradient, {name: Expr("neg", (scale,))})
    twice = Expr("*", (number(2), Expr("-", (ends[0], ends[1]), shape)), shape)
    moving = program.declare(Variable(value, "scalar"))
    if not is_everywhere_zero(moving, Expr("-", (there, twice), shape)):
        return None
    kind = "an eigenproblem" if right.op == "eye" else "a generalized eigenproblem"
    times = "λ" if text(level) == "1" else f"λ*{text(level)}"
    said = (
        f"{kind}; under {found[0].source} the value there is {times.replace('λ', value)}, least at "
        f"the least eigenvalue {value} and largest at the largest"
    )
    how = "the gradient of the Lagrangian is twice the difference, exact"
    return NamedProblem(said, f"{text(ends[0])} = {text(ends[1])}", how)
