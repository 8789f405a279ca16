"""The functions of the language, and the tables that are computed from their rows in
``functions/``.
"""

from __future__ import annotations

from matcalc.core.functions import (
    activations,
    elementwise,
    linear_algebra,
    matrix_functions,
    rearrangements,
    reductions,
    special,
    spectral,
)
from matcalc.core.functions.matrix_functions import frechet
from matcalc.core.functions.spec import ANY_TO_SCALAR, ELEMENTWISE, FunctionSpec
from matcalc.core.tree import APPLY, Expr

__all__ = ["frechet"]

SUBJECTS = {
    "entry by entry": [*elementwise.ROWS, *activations.ROWS],
    "special functions, entry by entry": special.ROWS,
    "of all entries, or of each column or row": reductions.ROWS,
    "linear algebra": linear_algebra.ROWS,
    "functions of matrices": matrix_functions.ROWS,
    "eigenvalues, singular values, factors": spectral.ROWS,
    "rearrangements": rearrangements.ROWS,
}
_ROWS = [row for rows in SUBJECTS.values() for row in rows]

OPERATIONS: dict[str, FunctionSpec] = {row.name: row for row in _ROWS}
ALIASES: dict[str, str] = {alias: row.name for row in _ROWS for alias in row.aliases}

# functions of a square matrix, and what they are entry by entry
PRIMARY = {row.name: row.scalar for row in _ROWS if row.scalar}
# their derivatives, with the place of the first direction; that of the matrix power X^p is
# frechet_power(X, p, E1, ..., Ek)
SYLVESTER = "sylvester"  # with two arguments, in answers: the array that C is contracted with
FRECHET = {row.name: row.arity[0] - 1 for row in matrix_functions.ROWS if not row.scalar}
FUNCTIONS_OF_MATRICES = frozenset({*PRIMARY, "power", "inv"})  # they commute with their argument

# function -> the place from which on its arguments are sizes, as in ``eye(n)``
SIZES = {
    name: row.sizes for row in _ROWS for name in (row.name, *row.aliases) if row.sizes is not None
}
# finite at all real arguments; an equality of indices is one of them
TOTAL = frozenset({"equal", *(row.name for row in _ROWS if row.total)})
OF_SYMMETRIC = frozenset(row.name for row in _ROWS if row.symmetric)  # defined for these alone
BY_INVERSE = frozenset(row.name for row in _ROWS if row.by_inverse)
# of matrices with at least as many rows as columns, each with what has the same value at the
# transpose of a wide one
TRANSPOSED = {row.name: row.of_transpose for row in _ROWS if row.of_transpose}
OF_TALL = frozenset(TRANSPOSED)
OF_ENTRIES = {row.name: row.of_entries for row in _ROWS if row.of_entries}
HALVING = frozenset(row.name for row in _ROWS if row.halves)
PROJECTORS = {row.name: row.projects for row in _ROWS if row.projects}
TRIANGLES = {row.name: row.triangle for row in _ROWS if row.triangle}
# norms in bars, by the subscript of these
VECTOR_NORMS = {row.bars[0]: row.name for row in _ROWS if row.bars[0]}
MATRIX_NORMS = {row.bars[1]: row.name for row in _ROWS if row.bars[1]}
OVER_INDICES = {row.name: row.over for row in _ROWS if row.over}
LINEAR = {row.name: row.linear for row in _ROWS if row.linear}
# linear, with a scalar as the value: what is the same of vectors and of matrices, and in which
# these are reduced
TOTALS = frozenset(row.name for row in _ROWS if row.linear and row.signature == ANY_TO_SCALAR)
SMOOTH = frozenset(row.name for row in _ROWS if row.smooth or row.linear)
LOGARITHMS = {row.log_of: row.name for row in _ROWS if row.log_of}
ROOTS = frozenset(row.name for row in _ROWS if row.root)  # of sums of squares
BY_BLOCKS = frozenset(row.name for row in _ROWS if row.by_blocks)
DEGREES = {row.name: row.degree for row in _ROWS if row.degree}
NARROW = frozenset(row.name for row in _ROWS if row.narrow)
QUOTIENTS = frozenset(row.name for row in _ROWS if row.quotient)
POLES = frozenset(row.name for row in _ROWS if row.pole)
FLAT = frozenset(row.name for row in _ROWS if row.flat)
FUSED = frozenset(row.name for row in _ROWS if row.fused)
PERIODIC = frozenset(row.name for row in _ROWS if row.periodic)
# of which decomposition they are factors, or are taken
PARTS = {row.name: row.part_of for row in _ROWS if row.part_of}
EIGENVALUES = PARTS["eigvals"][:2]  # those of symmetric matrices
# of which entries of the argument those of the value are made
ENTRIES = {row.name: row.entries for row in _ROWS if row.entries}
MOVING = frozenset(name for name, how in ENTRIES.items() if how == "moved")
INVERSES = {row.name: row.inverse for row in _ROWS if row.inverse}
PICKING = {row.name: row.picks for row in _ROWS if row.picks}
ANALYTIC = frozenset(row.name for row in _ROWS if row.analytic or row.linear)
CUTS = {row.name: row.starts for row in _ROWS if row.analytic and row.starts is not None}
CONSTANT_SHAPES = (
    "eye",
    "ones",
    "zeros",
    "vector",
    "matrix",
)  # shape inferred from the place; see docs/language.md
NOTATIONS = (
    "unit",
    "blkdiag",
)  # unit(i, n), a vector with a one at the place i; blkdiag(A, B) is [A, zeros; zeros, B]
# everything that can be called
BUILT_IN_NAMES = frozenset({*OPERATIONS, *ALIASES, *CONSTANT_SHAPES, *NOTATIONS})
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}

# functions of a vector that a second argument applies to each column (1) or to each row (2) of a
# matrix; the network has them by row only, those of columns being transposed
ALONG = frozenset(row.name for row in _ROWS if row.along)
RUNNING = frozenset(row.name for row in _ROWS if row.running)  # cumulative sums
# those and sums, which a second argument takes along the one axis or the other
DIRECTED = ALONG | {
    name
    for name, how in ENTRIES.items()
    if how in ("summed", "averaged") and OPERATIONS[name].arity[1] == 2
}
INDEX_ARITHMETIC = frozenset(row.name for row in _ROWS if row.arithmetic)
NUMBERED = frozenset(row.name for row in _ROWS if row.numbered)
VANISHING = frozenset(row.name for row in _ROWS if row.vanishes)


def picking_function(part: Expr) -> str:
    """The function that picks one of all entries, also over an index, as amax for ``max[i]``; empty
    where none is picked.
    """
    name = OF_ENTRIES.get(part.value.name, "") if part.op == "reduce" else part.op
    return name if name in PICKING else ""


def is_value(expr: Expr) -> bool:
    """Whether this is an array of the language; constants of index notation and derivatives of
    functions with axes left open are none.
    """
    name = expr.op
    if name in ("fuse", "epsilon", "place"):
        return False
    derivative = name in (APPLY, SYLVESTER) or (name in FRECHET and expr.value)
    return not (derivative and expr.is_tensor)


# f(-x) = f(x) or -f(x), entry by entry
PARITY: dict[object, int] = {row.name: row.parity for row in _ROWS if row.parity}
# the same for the opposite argument: entry by entry, and what is the absolute value of a number
EVEN = {row.name for row in _ROWS if row.parity == 1 or row.of_scalar == ("abs", "x")}

REFLECTED = frozenset(row.name for row in _ROWS if row.reflected)  # f(-x) = 1 - f(x)

# functions that act entry by entry on every argument; ``pow`` is .^ with an exponent that is not a
# number, ``equal`` is ==
ENTRYWISE = frozenset(
    {row.name for row in _ROWS if row.signature == ELEMENTWISE or row.entrywise} | {"pow", "equal"}
)
