"""Gradients of an objective g(x, p) where G(x, p) = 0 determines x, by the adjoint equation.

With l such that the derivative of g - <l, G> by x is zero, the gradient with respect to p is that
of g - <l, G> with x and l held fixed (Plessix, A review of the adjoint-state method, Geophys. J.
Int. 167 (2006), 495-503). So one linear system is solved, however many entries p has.
"""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.answers.common.equations import Equation
from matcalc.answers.common.names import free_name, with_variable
from matcalc.answers.expansions.taylor import put
from matcalc.answers.implicit.implicit import (
    ImplicitDerivative,
    implicit,
    match_sizes,
    prove_solution,
    require_determined,
    state_regularity,
)
from matcalc.answers.implicit.implicit_together import (
    Elimination,
    SolvedTogether,
    conditions_of,
    implicit_together,
    match_together,
    prove_zero,
    put_pivots,
)
from matcalc.answers.zeros.moving import SolvedDirection, solve_direction
from matcalc.answers.zeros.singular import with_cofactors
from matcalc.answers.zeros.solving import affine_zero
from matcalc.answers.zeros.within import is_within
from matcalc.claims.equality import require_equal
from matcalc.core.directions import direction_of
from matcalc.core.errors import ArgumentError, UnsupportedError
from matcalc.core.kinds import Variable, free_kind, kind_spec
from matcalc.core.program import Program
from matcalc.core.tree import Expr, add_terms, variable
from matcalc.engine.directional import derive_steps
from matcalc.engine.inner import expand
from matcalc.engine.pipeline import derive
from matcalc.read.frontend import read
from matcalc.results import Derivative, Expression, Formula
from matcalc.write.printers.text import text

_CHANGE = "?r"  # no name in the language
_DISAGREES = "the adjoint that it found does not agree with the derivative of what it depends on"


def differentiate_root(
    expression: Expression,
    of: Sequence[str],
    wrt: str,
    objective: str,
    others: Sequence[str | Equation],
) -> ImplicitDerivative | SolvedTogether:
    """The derivative of what an equation determines, or with an objective the gradient of that;
    with ``others``, which are equations, the differentials of several variables.
    """
    if others or len(of) > 1:
        if objective:
            return adjoint_together(expression, others, of, wrt, objective)
        return implicit_together(expression, others, of, wrt)
    (of,) = of
    if not objective:
        return implicit(expression, of, wrt)
    return adjoint(match_sizes(expression, of, wrt), of, wrt, objective)


def adjoint(expression: Expression, of: str, wrt: str, objective: str) -> ImplicitDerivative:
    """The gradient with respect to ``wrt`` of a scalar, the objective, in which ``of`` is what the
    equation with the left side ``expression`` determines.

    Raises UnsupportedError where the adjoint equation has no solution that can be written.
    """
    program, goal = _with_objective(expression._program, objective)
    unknown, known = program.variables[of], program.variables[wrt]
    equation = program._replace(definitions={})
    bare = equation._replace(expr=goal, source=objective)
    slope = Expression(equation).diff(of)
    require_determined(expression, slope, unknown)
    name = free_name(program, *("LUVQR" if len(unknown.shape) == 2 else "lqrhkuv"))
    multiplier = Variable(name, _kind_of_multiplier(equation, unknown), unknown.shape)
    bare = with_variable(bare, multiplier, "the adjoint variable")
    inner = _inner(variable(multiplier.name, unknown.shape), equation.expr)
    lagrangian = bare._replace(expr=Expr("-", (bare.expr, inner)))
    balance = Expression(lagrangian).diff(of)
    zero = affine_zero(lagrangian._replace(expr=balance._tree), multiplier.name, by_vec=True)
    if zero is None or zero.along is not None:
        found = _by_transposing(bare, equation.expr, slope, unknown, multiplier)
    else:
        found = SolvedDirection(zero.point)
    if found is None:
        raise UnsupportedError(
            f"the adjoint equation, {balance} = 0, has no solution that can be written",
            hint=f"matcalc jvp gives the linear equation: the derivatives along d{of} and d{wrt}",
        )
    point, gradient = found.tree, Expression(lagrangian).diff(wrt)

    def where_it_holds(tree: Expr) -> Expr:
        return with_cofactors(lagrangian, equation.expr, of, tree)

    shown = Formula(bare, where_it_holds(found.by_equation(point)))
    balanced = where_it_holds(balance._tree)
    said = balance if balanced is balance._tree else Formula(lagrangian, balanced)
    lines = [
        ("adjoint", f"{multiplier.name} = {shown}"),
        ("from", f"{said} = 0, where the left side is d/d{of} of {text(lagrangian.expr)}"),
        ("where", state_regularity(unknown)),
        *([("and", found.where)] if found.where else []),
    ]
    how = _prove(lagrangian, multiplier.name, balance, point)
    total = put(gradient._tree, {multiplier.name: point})
    forwards = _forwards(equation, bare, slope, unknown, known, total)
    proof = f"the adjoint equation holds, {how}; the gradient is {gradient.verification}"
    if forwards:
        proof += f"; along d{wrt} it is what the derivative of {of} gives, {forwards}"
    tree = where_it_holds(gradient._tree)
    return ImplicitDerivative(lagrangian, tree, ("g", wrt, ""), lines, proof)


def adjoint_together(
    expression: Expression,
    others: Sequence[str | Equation],
    of: Sequence[str],
    wrt: str,
    objective: str,
) -> ImplicitDerivative:
    """The gradient with respect to ``wrt`` of the objective, in which the variables ``of`` are what
    the equations determine together: with a multiplier for each equation.

    Raises UnsupportedError where the multipliers cannot be solved for one after the other.
    """
    program, trees = match_together(expression, others, of, wrt, objective)
    program, goal = _with_objective(program, objective)
    equations = program._replace(definitions={}, asked=None)
    bare = equations._replace(expr=goal, source=objective)
    terms, multipliers = [goal], []
    for tree in trees:
        name = free_name(bare, *("LUVQR" if tree.rank == 2 else "lkqrhuv"))
        multipliers.append(name)
        known = Variable(name, free_kind(tree.rank), tree.shape)
        bare = with_variable(bare, known, "an adjoint variable")
        terms.append(Expr("neg", (_inner(variable(name, tree.shape), tree),)))
    lagrangian = bare._replace(expr=add_terms(terms, ()))
    balances = [Expression(lagrangian).diff(name)._tree for name in of]
    pivots = Elimination(bare, trees, list(of)).solve(balances, multipliers)
    if pivots is None:
        raise UnsupportedError(
            f"the adjoint equations could not be solved for {', '.join(multipliers)}, one after "
            "the other",
            hint="without --objective, the answer is the differentials of what is determined",
        )
    how = prove_zero(
        bare, balances, pivots, "the adjoints that it found do not solve their equations"
    )
    gradient = Expression(lagrangian).diff(wrt)
    proof = f"the adjoint equations hold, {how}; the gradient is {gradient.verification}"
    found = put_pivots(gradient._tree, pivots)
    forwards = _forwards_together(bare, trees, of, wrt, found)
    if forwards:
        proof += f"; along d{wrt} it is what the derivatives of {', '.join(of)} give, {forwards}"
    names = ", ".join(of)
    lines = [
        *[("adjoint", f"{each.name} = {Formula(bare, each.value)}") for each in reversed(pivots)],
        ("from", f"the derivatives with respect to {names} of {text(lagrangian.expr)} are zero"),
        *[("where", said) for said in conditions_of(pivots)],
    ]
    return ImplicitDerivative(lagrangian, gradient._tree, ("g", wrt, ""), lines, proof)


def _forwards_together(
    bare: Program,
    trees: Sequence[Expr],
    of: Sequence[str],
    wrt: str,
    gradient: Expr,
) -> str:
    """How it is proved that the gradient is that of g at the variables that move with p; empty
    where their differentials cannot be written.
    """
    steps = {name: free_name(bare, f"?{name}") for name in (*of, wrt)}
    moving = bare.declare(*[direction_of(bare.variables[k], step) for k, step in steps.items()])
    moved = [derive_steps(moving._replace(expr=tree), [steps])[0] for tree in trees]
    pivots = Elimination(moving, trees, list(of)).solve(moved, [steps[name] for name in of])
    if pivots is None:
        return ""
    (total,) = derive_steps(moving, [steps])
    stated = _inner(gradient, variable(steps[wrt], bare.variables[wrt].shape))
    return require_equal(moving, put_pivots(total, pivots), stated, _DISAGREES)


def _by_transposing(
    program: Program, equation: Expr, slope: Derivative, unknown: Variable, multiplier: Variable
) -> SolvedDirection | None:
    """The adjoint variable by the map that sends a change R of the equation to the direction X(R)
    of the unknown: l is the gradient of <dg/dx, X(R)> by R. None where X(R) cannot be written.
    """
    bare = program.declare(multiplier._replace(name=_CHANGE))
    value = variable(_CHANGE, multiplier.shape)
    found = solve_direction(bare._replace(expr=equation), slope._tree, value, unknown)
    if found is None:
        return None
    weight = Expression(program).diff(unknown.name)._tree
    paired = bare._replace(expr=_inner(weight, found.tree), definitions={})
    return found._replace(tree=derive(paired, _CHANGE))


def _with_objective(program: Program, objective: str) -> tuple[Program, Expr]:
    """The program with the variables that the objective brings, and the objective."""
    declared = {name: each._replace(declared=True) for name, each in program.variables.items()}
    found = read(objective, declared, language=program.language, expand=expand)
    if found.expr.shape:
        raise ArgumentError(
            f"the objective must be a scalar, and {objective} is not",
            hint="matcalc implicit without --objective gives the derivative of the variable itself",
        )
    goal = Expression(found._replace(definitions={}))._tree
    return program._replace(variables={**found.variables, **program.variables}), goal


def _kind_of_multiplier(equation: Program, unknown: Variable) -> str:
    """That of the equation: one of symmetric or of triangular matrices has as many entries."""
    kind, shape = kind_spec(unknown.kind), equation.expr.shape
    kinds = ["symmetric"] * (kind.reflection > 0 or kind.banded) + ["skew"] * (kind.reflection < 0)
    if kind.linear:
        kinds += ["triangular", "upper"]
    for name in kinds:
        if is_within(equation, Variable(_CHANGE, name, shape[:1]), equation.expr):
            return name
    return free_kind(len(unknown.shape))


def _inner(multiplier: Expr, equation: Expr) -> Expr:
    """The inner product of two arrays of one shape."""
    if not equation.shape:
        return Expr("*", (multiplier, equation))
    if len(equation.shape) == 1:
        across = Expr("'", (multiplier,), multiplier.shape, row=True)
        column = Expr("'", (equation,), equation.shape) if equation.row else equation
        return Expr("*", (across, column))
    across = Expr("'", (multiplier,), multiplier.shape[::-1])
    size = multiplier.shape[1]
    return Expr("tr", (Expr("*", (across, equation), (size, size)),))


def _prove(program: Program, name: str, balance: Derivative, point: Expr) -> str:
    """How it is proved that the adjoint variable solves its equation."""
    return prove_solution(program, put(balance._tree, {name: point}), "the adjoint")


def _forwards(
    equation: Program,
    bare: Program,
    slope: Derivative,
    unknown: Variable,
    known: Variable,
    gradient: Expr,
) -> str:
    """How it is proved that the gradient is that of g at the x that moves with p; empty where the
    derivative of x cannot be written.
    """
    step, moved = free_name(bare, f"?{known.name}"), free_name(bare, f"?{unknown.name}")
    moving = bare.declare(direction_of(known, step), direction_of(unknown, moved))
    (along,) = derive_steps(moving._replace(expr=equation.expr), [{known.name: step}])
    rest = Expr("neg", (along,), along.shape)
    here, moves = moving._replace(expr=equation.expr), {known.name: step}
    dx = solve_direction(here, slope._tree, rest, unknown, moves)
    if dx is None:
        return ""
    (total,) = derive_steps(moving, [{known.name: step, unknown.name: moved}])
    total = put(total, {moved: dx.tree})
    stated = _inner(gradient, variable(step, known.shape))
    return require_equal(moving, total, stated, _DISAGREES)
