"""Steps of Newton's method and of Gauss and Newton's, as formulas with a solve."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from matcalc.answers.common.formulas import NamedFormulas
from matcalc.answers.common.names import free_name, number_hint, require_different, with_variable
from matcalc.answers.convex.nowhere import require_values
from matcalc.answers.expansions.taylor import put
from matcalc.answers.implicit.implicit import Solved, prove_solution
from matcalc.answers.implicit.implicit_together import (
    Elimination,
    Pivot,
    conditions_of,
    prove_zero,
)
from matcalc.answers.zeros.moving import solve_direction
from matcalc.answers.zeros.singular import is_singular, singular_because
from matcalc.answers.zeros.solving import inverse_of_derivative, matrix_of_map
from matcalc.core.boundary import public
from matcalc.core.dims import ONE, Dim
from matcalc.core.directions import direction_of, free_variable
from matcalc.core.errors import ArgumentError, UnsupportedError
from matcalc.core.kinds import Variable, kind_spec
from matcalc.core.notes import label_lines
from matcalc.core.program import Program, require_variable
from matcalc.core.tree import Expr, is_zero, pair, transpose, variable
from matcalc.engine.directional import derive_steps
from matcalc.engine.pipeline import derive, simplify_tree
from matcalc.results import Derivative, Expression, Formula
from matcalc.write.printers.text import text


class Steps(NamedFormulas):
    """The steps of several variables, as a mapping from the names of the steps. A formula may
    contain the steps that come before it.
    """

    def __init__(
        self, program: Program, pivots: Sequence[Pivot], lines: list[tuple[str, str]], proof: str
    ) -> None:
        self.lines = [*lines, *[("where", said) for said in conditions_of(pivots)]]
        self.proof = proof
        super().__init__(program, [(each.name, each.value) for each in reversed(pivots)])

    @public
    def report(self) -> str:
        """The steps with what they are made of, a line each."""
        return "\n".join([str(self), *label_lines([*self.lines, ("proved", self.proof)])])


def newton(expression: Expression, wrt: str | Sequence[str]) -> Solved | Steps:
    """The step of Newton's method for a scalar: ``-inv(H)*g``. By a matrix it is the direction
    along which the derivative of the gradient is ``-g``; by several variables there is one for
    each.
    """
    names = [wrt] if isinstance(wrt, str) else require_different(wrt)
    program = expression._program
    kinds = [require_variable(program, name) for name in names]
    if program.expr.rank:
        message = "Newton's step is for a scalar that is minimised"
        least = "matcalc gauss-newton has the step for a vector of residuals"
        raise ArgumentError(message, hint=number_hint(program, names[0]) or least)
    require_values(program)
    if len(names) > 1:
        return _newton_together(expression, names)
    (known,) = kinds
    if len(known.shape) > 1:
        return _newton_by_matrix(expression, known)
    return _newton_by_vector(expression, known)


def _newton_by_vector(expression: Expression, known: Variable) -> Solved:
    program, wrt = expression._program, known.name
    gradient, hessian = expression.diff(wrt), expression.diff(wrt, order=2)
    if is_singular(program, hessian._tree):
        raise _singular(expression, str(hessian), hessian._tree, known)
    rest = Expr("neg", (gradient._tree,), gradient._tree.shape)
    tree = inverse_of_derivative(program, hessian._tree, rest, known)
    assert tree is not None  # only of matrices it is none
    lines = [("gradient", str(gradient)), ("Hessian", str(hessian))]
    lines.append(("where", "the Hessian is invertible"))
    return Solved(program, tree, f"step of {wrt}", lines, "")


def _newton_by_matrix(expression: Expression, known: Variable) -> Solved:
    """The direction along which the gradient moves by its negative."""
    program, wrt = expression._program, known.name
    gradient = expression.diff(wrt)
    bare = program._replace(expr=gradient._tree, definitions={}, asked=None)
    step = free_name(bare, f"d{wrt}", *"hkvu")
    moving = with_variable(bare, direction_of(known, step), "the step")
    (moved,) = derive_steps(moving, [{wrt: step}])
    said = f"{step} -> {Formula(moving, moved)}"
    slope = derive(bare, wrt)
    matrix = None if kind_spec(known.kind).linear else matrix_of_map(bare, slope, known)
    if is_zero(moved) or (matrix is not None and is_singular(bare, matrix)):
        raise _singular(expression, said, moved if matrix is None else matrix, known)
    found = _direction(bare, slope, known)
    if found is None:
        raise UnsupportedError(
            f"the Hessian {said} has no inverse that can be written",
            hint=f"matcalc hvp gives the product of the Hessian and a direction of {wrt}",
        )
    total = Expr("+", (put(moved, {step: found}), gradient._tree), known.shape)
    how = prove_solution(bare, total, "the step")
    lines = [("gradient", str(gradient)), ("Hessian", said)]
    lines.append(("where", "the Hessian is invertible"))
    proof = f"the Hessian of the step plus the gradient is zero, {how}"
    return Solved(bare, found, f"step of {wrt}", lines, proof)


def _direction(program: Program, slope: Expr, known: Variable) -> Expr | None:
    """The direction along which an array moves by its negative, as the array is written or
    transposed: that of -inv(X)' is X, without Kronecker products.
    """
    rest = Expr("neg", (program.expr,), program.expr.shape)
    found = solve_direction(program, slope, rest, known)
    stacked = found is not None and "reshape" in found.tree.operations
    if stacked and known.shape[0] == known.shape[1]:
        turned = program._replace(expr=transpose(program.expr))
        other = solve_direction(turned, derive(turned, known.name), transpose(rest), known)
        if other is not None and "reshape" not in other.tree.operations:
            found = other
    return None if found is None else found.tree


def _newton_together(expression: Expression, names: list[str]) -> Solved | Steps:
    program = expression._program._replace(expr=expression._tree, definitions={}, asked=None)
    program, moves = _moving(program, names)
    gradients = [derive(program, name) for name in names]
    equations = [Expr("+", (_along(program, each, moves), each), each.shape) for each in gradients]
    lines = [
        (f"gradient by {name}", str(Formula(program, each)))
        for name, each in zip(names, gradients, strict=True)
    ]
    proof = "the Hessian of the steps plus the gradient is zero"
    return _solved(program, names, moves, equations, lines, proof)


def _singular(expression: Expression, said: str, matrix: Expr, known: Variable) -> UnsupportedError:
    program = expression._program
    return UnsupportedError(
        f"Newton's step does not exist: the Hessian of {expression}, {said}, is "
        f"{singular_because(program, matrix, known)}",
        hint=_damped_expression(program, known),
    )


def _damped_expression(program: Program, known: Variable) -> str:
    """What to write to have a step: the expression with a term that is curved in all directions."""
    scale = free_name(program, "c", *"rht")
    x = known.name
    square = (f"{x}^2", f"{x}'*{x}", f"normF({x})^2")[len(known.shape)]
    return (
        f"with {scale}*{square}/2 added, for a small positive {scale}, there is one: the step "
        "is damped"
    )


def gauss_newton(expression: Expression, wrt: str | Sequence[str]) -> Solved | Steps:
    """The step of the Gauss-Newton method for residuals, or for the sum of their squares:
    ``-inv(J'*J)*J'*r``; by several variables there is one for each.
    """
    names = [wrt] if isinstance(wrt, str) else require_different(wrt)
    program = expression._program
    kinds = [require_variable(program, name) for name in names]
    residual = _residual(program.expr)
    if residual is None or not residual.shape:
        raise ArgumentError(
            "the Gauss-Newton method is for a vector of residuals, or for the sum of their squares",
            hint="write norm2(r)^2, or only r",
        )
    if residual.row:
        residual = Expr("'", (residual,), residual.shape)
    if len(names) > 1 or residual.rank > 1 or len(kinds[0].shape) > 1:
        return _gauss_newton_together(program, names, residual)
    return _gauss_newton_of_vector(program, kinds[0], residual)


def _gauss_newton_together(program: Program, names: list[str], residual: Expr) -> Solved | Steps:
    """The steps that solve J'*(J*d + r) = 0, without the Jacobian."""
    program = program._replace(asked=None)
    program, moves = _moving(program, names)
    weight = free_name(program, "u", *"vwpq")
    program = with_variable(program, free_variable(weight, residual), "what weighs the residuals")
    paired = program._replace(expr=pair(variable(weight, residual.shape), residual))
    moved = _along(program, residual, moves)
    left = simplify_tree(program, Expr("+", (moved, residual), residual.shape))
    equations = [put(derive(paired, name), {weight: left}) for name in names]
    lines = [("residual", str(Formula(program, residual)))]
    lines.append(("Jacobian", f"{', '.join(moves.values())} -> {Formula(program, moved)}"))
    proof = "the gradient of the sum of squares of J*d + r is zero at the steps"
    return _solved(program.without(weight), names, moves, equations, lines, proof)


def _moving(program: Program, names: Sequence[str]) -> tuple[Program, dict[str, str]]:
    """The program with a step for each of the variables, and how these are called."""
    moves = {}
    for name in names:
        step = free_name(program, f"d{name}", *"hkvu")
        program = with_variable(program, direction_of(program.variables[name], step), "the step")
        moves[name] = step
    return program, moves


def _along(program: Program, tree: Expr, moves: dict[str, str]) -> Expr:
    return derive_steps(program._replace(expr=tree), [moves])[0]


def _solved(
    program: Program,
    names: Sequence[str],
    moves: dict[str, str],
    equations: list[Expr],
    lines: list[tuple[str, str]],
    proof: str,
) -> Solved | Steps:
    """The steps at which all equations hold, which are linear in them."""
    steps = [moves[name] for name in names]
    _require_regular(program, names, steps, equations)
    pivots = Elimination(program, (), names).solve(equations, steps)
    if pivots is None:
        raise UnsupportedError(
            f"the linear equations for the steps of {', '.join(names)} could not be solved",
            hint="they are solved one after the other, where each has one solution; "
            "matcalc hvp and jvp give the products that an iterative method needs",
        )
    how = prove_zero(program, equations, pivots, "the steps that it found solve no linear equation")
    if len(names) == 1:
        lines = [*lines, *[("where", said) for said in conditions_of(pivots)]]
        value = pivots[0].value
        return Solved(program, value, f"step of {names[0]}", lines, f"{proof}, {how}")
    return Steps(program, pivots, lines, f"{proof}, {how}")


def _require_regular(
    program: Program, names: Sequence[str], steps: Sequence[str], equations: Sequence[Expr]
) -> None:
    """UnsupportedError where the matrix of all equations, by entries, is singular at every point;
    nothing is said where it has no matrix notation, or the steps are not free.
    """
    if any(kind_spec(program.variables[name].kind).linear for name in names):
        return
    blocks = []
    for equation in equations:
        here = program._replace(expr=equation)
        for step in steps:
            block = _block(program, derive(here, step), equation, program.variables[step])
            if block is None:
                return
            blocks.append(block)
    sizes = [reduce(Dim.times, program.variables[step].shape, ONE) for step in steps]
    size = reduce(Dim.plus, sizes)
    matrix = Expr("blocks", tuple(blocks), (size, size), value=(len(names), len(names)))
    if is_singular(program, matrix):
        listed = ", ".join(names)
        raise UnsupportedError(
            f"there is no one step: the equations for the steps of {listed} are linearly "
            "dependent at every point",
            hint="they are damped by further residuals, such as c*x in [r; c*x], and by further "
            f"terms, such as c*x'*x; or keep some of {listed} fixed",
        )


def _block(program: Program, linear: Expr, equation: Expr, known: Variable) -> Expr | None:
    """The matrix of the derivative of an equation by a step, of entries by entries; None where it
    has no matrix notation.
    """
    above, below = equation.rank, len(known.shape)
    if above and below:
        return matrix_of_map(program, linear, known)
    if linear.rank > 1:
        rows, columns = linear.shape
        linear = Expr("vec", (linear,), (rows.times(columns),))
    return transpose(linear) if below else linear


def _gauss_newton_of_vector(program: Program, known: Variable, residual: Expr) -> Solved:
    wrt = known.name
    of = Expression(program._replace(expr=residual))
    jacobian = of.diff(wrt)
    if not known.shape:
        return _gauss_newton_of_number(program, known.name, residual, jacobian)
    J = jacobian._tree
    across = Expr("'", (J,), J.shape[::-1])
    square = Expr("*", (across, J), (J.shape[1], J.shape[1]))
    matrix = simplify_tree(program, square)
    rest = Expr("neg", (Expr("*", (across, residual), (J.shape[1],)),), (J.shape[1],))
    tree = Expr("*", (Expr("inv", (matrix,), matrix.shape), rest), rest.shape)
    where = "J'*J is invertible"
    if is_singular(program, matrix):
        # pinv(J)*r is the shortest of all steps that lessen the squares most
        inverse = Expr("pinv", (J,), J.shape[::-1])
        tree = Expr("*", (inverse, Expr("neg", (residual,), residual.shape)), rest.shape)
        why = singular_because(program, matrix, known)
        where = f"J'*J is {why}; of all steps it is the shortest"
    tree = simplify_tree(program, tree)
    lines = [
        ("residual", str(Formula(program, residual))),
        ("Jacobian", str(jacobian)),
        ("J'*J", str(Formula(program, matrix))),
        ("where", where),
    ]
    return Solved(program, tree, f"step of {wrt}", lines, "")


def _gauss_newton_of_number(
    program: Program, wrt: str, residual: Expr, jacobian: Derivative
) -> Solved:
    """The step -J'*r/(J'*J), where the Jacobian J is a column."""
    across = Expr("'", (jacobian._tree,), jacobian._tree.shape, row=True)
    matrix = simplify_tree(program, Expr("*", (across, jacobian._tree)))
    rest = Expr("neg", (Expr("*", (across, residual)),))
    tree = simplify_tree(program, Expr("/", (rest, matrix)))
    lines = [
        ("residual", str(Formula(program, residual))),
        ("Jacobian", str(jacobian)),
        ("J'*J", str(Formula(program, matrix))),
        ("where", "J'*J is positive"),
    ]
    return Solved(program, tree, f"step of {wrt}", lines, "")


def _residual(tree: Expr) -> Expr | None:
    """r of r, of norm2(r)^2, of r'*r, and of a multiple of these by a positive number."""
    while True:
        if tree.op == "*" and tree.args[0].op == "number" and tree.args[0].value > 0:
            tree = tree.args[1]
        elif tree.op in ("/", "*") and tree.args[1].op == "number" and tree.args[1].value > 0:
            tree = tree.args[0]
        else:
            break
    if tree.shape:
        return tree
    if tree.op == "^" and tree.args[0].op == "norm2" and tree.args[1].op == "number":
        return tree.args[0].args[0] if tree.args[1].value == 2 else None
    if (
        tree.op == "*"
        and tree.args[0].op == "'"
        and text(tree.args[0].args[0]) == text(tree.args[1])
    ):
        return tree.args[1]
    return None
