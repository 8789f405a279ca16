"""Whether a matrix has no inverse at any point, and the direction that it sends to zero."""

from __future__ import annotations

from itertools import islice, permutations

from matcalc.claims.equality import EQUAL, decide_trees, prove_all
from matcalc.core.errors import MatcalcError, UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.program import Program
from matcalc.core.tree import (
    Expr,
    fill,
    is_number,
    is_zero,
    number,
    transpose,
    variable,
    variable_names,
    zeros,
)
from matcalc.write.printers.text import text

_NOTHING = 1e-9  # of the largest singular value
_MOST_ORDERS = 24  # of the sizes


def is_singular(program: Program, matrix: Expr) -> bool:
    """Whether a square matrix, or a scalar, is singular at random points, of sizes of all kinds.

    ``A'*A`` is not, because A may be tall; ``a*a'`` is, but for vectors with one entry.
    """
    if not matrix.shape or is_zero(matrix):
        return is_zero(matrix)
    if matrix.rank != 2 or matrix.shape[0] != matrix.shape[1]:
        return False
    if not is_everywhere_zero(program, Expr("det", (matrix,), ())):
        return False
    return _is_singular_at_all_sizes(program, matrix)


def _is_singular_at_all_sizes(program: Program, matrix: Expr) -> bool:
    """Whether numbers agree, at sizes in all orders: the judge may have drawn wide matrices where
    tall ones have full rank.
    """
    import numpy as np  # noqa: PLC0415 - slow to load

    from matcalc.verify.oracle.interpret import interpret  # noqa: PLC0415 - it loads NumPy
    from matcalc.verify.oracle.sample import find_point, find_sizes  # noqa: PLC0415 - as above

    rng = np.random.default_rng(0)
    try:
        names = sorted(find_sizes([matrix], program.variables, rng)[0])
    except MatcalcError:
        return True
    for order in islice(permutations(names), _MOST_ORDERS):
        sizes = {name: 2 + 2 * place for place, name in enumerate(order)}
        values, _ = find_point([matrix], program.variables, rng, sizes)
        if values is not None:
            found = np.linalg.svd(interpret(matrix, values, sizes), compute_uv=False)
            if found[-1] > _NOTHING * found[0]:
                return False
    return True


def kernel(program: Program, matrix: Expr, known: Variable) -> Expr | None:
    """A vector that a singular matrix sends to zero: ones, or the variable itself; else None."""
    if matrix.rank != 2 or len(known.shape) != 1 or is_zero(matrix):
        return None
    shape = known.shape
    candidates = [fill(number(1), shape)]
    if known.name in variable_names(matrix):
        candidates.append(variable(known.name, shape))
    for vector in candidates:
        if is_everywhere_zero(program, Expr("*", (matrix, vector), shape)):
            return vector
    return None


def singular_because(program: Program, matrix: Expr, known: Variable) -> str:
    """Why a singular matrix is singular, for a message that names it: ``zero``, or ``singular at
    every point``, with the direction where that has a name.
    """
    if is_zero(matrix):
        return "zero"
    along = kernel(program, matrix, known)
    if along is None:
        return "singular at every point"
    return f"singular at every point: it sends {format_direction(along)} to zero"


def format_direction(vector: Expr) -> str:
    """The direction as a message calls it."""
    return "vector(1)" if vector.op == "fill" else text(vector)


def is_everywhere_zero(program: Program, tree: Expr) -> bool:
    """Whether it is proved exactly that an expression is zero wherever it has a value."""
    if is_zero(tree):
        return True
    decision = decide_trees(program, tree, zeros(tree.shape, row=tree.row))
    return decision.verdict == EQUAL and decision.is_exact


def with_cofactors(program: Program, equation: Expr, name: str, tree: Expr) -> Expr:
    """The tree with cofactors for the inverse of a matrix whose determinant is zero where the
    equation for a variable holds: ``cof(A - t*eye)`` for ``det(A - t*eye)*inv(A - t*eye)'``.

    Raises UnsupportedError where it is not the same without the inverse.
    """
    if not any(part.op == "det" and name in variable_names(part) for part in equation.parts):
        return tree
    from matcalc.verify.oracle.solutions import (  # noqa: PLC0415 - it loads NumPy
        is_singular_at_solutions,
    )

    inverted = {text(part.args[0]): part.args[0] for part in tree.parts if part.op == "inv"}
    singular = {
        said
        for said, matrix in inverted.items()
        if is_singular_at_solutions(program, [equation], [name], matrix)
    }
    if not singular:
        return tree

    def rule(node: Expr, args: list[Expr]) -> Expr:
        vanishing = len(node.args) == 1 and text(node.args[0]) in singular
        if vanishing and node.op == "det":
            return number(1)
        if vanishing and node.op == "inv":
            return transpose(Expr("cof", tuple(args), node.shape))
        return _without_ones(node, args)

    found = tree.fold(rule)  # the engine would write it with the inverse again
    if prove_all(program, [(found, tree)]) is None:
        inverses = " and ".join(f"inv({said})" for said in sorted(singular))
        raise UnsupportedError(
            f"the derivative that was found has {inverses}, which does not exist where the "
            "equation holds",
            hint=f"write the equation for {name} without a determinant, as the eigenproblem "
            "A*x = t*x with x'*x = 1 for det(A - t*eye(n)) = 0",
        )
    return found


def _without_ones(node: Expr, args: list[Expr]) -> Expr:
    """The node of other arguments, without factors 1 and -1 and without double transposes."""
    first = args[0] if args else node
    if node.op == "*" and is_number(first, 1):
        return args[1]
    if node.op == "*" and first.op == "neg" and is_number(first.args[0], 1):
        return Expr("neg", (args[1],), args[1].shape, row=args[1].row)
    if node.op == "*" and is_number(args[1], 1):
        return first
    if first.op == "'" and len(first.shape) == 2 and node.op == "'":
        return first.args[0]
    if first.op == "'" and len(first.shape) == 2 and node.op == "tr":
        return Expr("tr", first.args, ())
    return node.with_args(args)
