"""What a row says of a function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ITSELF = "x"  # in ``of_scalar``: the argument

# signatures
ELEMENTWISE = "elementwise"  # any shape, kept; several arguments broadcast scalars
SQUARE_TO_SCALAR = "square->scalar"
SQUARE_TO_SQUARE = "square->square"
MATRIX_TO_TRANSPOSED = "matrix->transposed"
ANY_TO_SCALAR = "any->scalar"
VECTOR_TO_SCALAR = "vector->scalar"
VECTOR_TO_VECTOR = "vector->vector"
SPECIAL = "special"  # a shape rule of its own in ``shapes/``


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSpec:
    r"""A function of the language, and all that is data about it.

    The mathematics of the same name (differential, rewrites, domain, source) stands in
    ``identities/``; the two judges keep their own evaluations. What cannot be said in a row is a
    rule of its stage, and a test asks for it.

    ``call``: how it is called, as ``huber(x, d)``, and ``says``: its value there, in a line of the
    documentation; ``kink``: its derivative where it has no unique one. ``aliases`` are other names
    in expressions, ``tex_names`` in formulas.

    ``along``: of each column (1) or row (2) with a second argument; ``whole``: the place of an
    argument that is a literal whole number, the least one, a hint; ``sizes``: the place from which
    on its arguments are sizes, as in ``reshape(X, m, n)``; ``rank``: how many axes the value of a
    special signature has; ``ranks``: the same by the rank of its first argument, where that says
    it; ``of_scalar``: what it is of a 1 x 1 matrix; ``symmetric``: of symmetric
    matrices alone; ``of_transpose``: of matrices with at least as many rows as columns alone, and
    what has the same value at the transpose of others; ``entrywise``: acts on every entry, although
    its signature is special; ``vanishes``: f(0) = 0; ``total``: has a finite value at all real
    arguments; ``scalar``: of a function of matrices, the
    ordinary function; ``arithmetic``: no node of the network is called so, it is lowered to sums
    over indices.

    ``linear``: the places of the arguments in which it is linear; ``smooth``: has second
    derivatives wherever it has a value (what is linear has them, too); ``curvature``: convex or
    concave, of symmetric matrices if it is of these alone, and ``slope``: 1 where it rises in its
    arguments, 2 where it does above zero; ``values``: the least and the largest value at real
    arguments; ``pole``: infinite at 0; ``triangle``: which one it keeps; ``halves``: between vec
    and vech; ``by_blocks``: has formulas for block matrices, with Schur complements; ``apart``: its
    derivative sets one singular value apart from the others.

    ``latex``: a command before the arguments in brackets (without one ``\operatorname{name}``;
    None: a rule in ``printers/``); ``letters``: the letters that this takes, which a variable may
    have too; ``in_formulas``: whether LaTeX input knows the name. ``numpy``: the function that
    generated code calls, of ``matcalc.runtime`` where there is no dot in it (None: a rule);
    ``sympy``: SymPy's function of the entries. ``neighbours``: functions that people confuse it
    with; ``over``: the command in LaTeX where it is taken over indices, as in ``sum[i]``;
    ``any_rank``: although its signature is special, it is of arrays with three axes or more
    too; ``of_entries``: what a call with one argument means, which is over the entries of that.
    """

    name: str
    signature: str
    call: str = ""
    says: str = ""
    kink: str = ""
    arity: tuple[int, int] = (1, 1)
    aliases: tuple[str, ...] = ()
    tex_names: tuple[str, ...] = ()
    along: bool = False
    whole: tuple[int, int, str] | None = None
    sizes: int | None = None
    rank: int | None = None
    ranks: tuple[int, ...] = ()
    of_scalar: Any = ITSELF
    symmetric: bool = False
    of_transpose: str = ""
    entrywise: bool = False
    vanishes: bool = False
    total: bool = False
    scalar: str = ""
    arithmetic: bool = False
    latex: str | None = ""
    letters: tuple[str, ...] = ()
    in_formulas: bool = True
    numpy: str | None = None
    sympy: str = ""
    neighbours: tuple[str, ...] = ()
    any_rank: bool = False
    of_entries: str = ""
    over: str = ""
    linear: tuple[int, ...] = ()
    smooth: bool = False
    curvature: str = ""
    slope: int = 0
    values: tuple[float, float] | None = None
    pole: bool = False
    triangle: str = ""
    halves: bool = False
    by_blocks: bool = False
    apart: bool = False

    @property
    def takes_tensors(self) -> bool:
        """Whether arrays with three axes or more are among the arguments it has a meaning for."""
        return self.any_rank or self.entrywise or self.signature in (ELEMENTWISE, ANY_TO_SCALAR)
