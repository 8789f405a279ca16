"""What a row says of a function."""

from __future__ import annotations

from typing import Any, NamedTuple

ITSELF = "x"  # in ``of_scalar``: the argument

# signatures
ELEMENTWISE = "elementwise"  # any shape, kept; several arguments broadcast scalars
SQUARE_TO_SCALAR = "square->scalar"
SQUARE_TO_SQUARE = "square->square"
MATRIX_TO_TRANSPOSED = "matrix->transposed"
ANY_TO_SCALAR = "any->scalar"
VECTOR_TO_SCALAR = "vector->scalar"
VECTOR_TO_VECTOR = "vector->vector"
# of a matrix(m, n), by its singular values: the sizes of the value follow the arrow
SINGULAR = ("m,n->", "m,n->m", "m,n->n", "m,n->m,n", "m,n->n,n")
SPECIAL = "special"  # a shape rule of its own in ``shapes/``


class FunctionSpec(NamedTuple):  # made seven times as fast as a frozen dataclass
    r"""A function of the language, and all that is data about it.

    The mathematics of the same name (differential, rewrites, domain, source) is in
    ``identities/``; the two judges keep their own evaluations. What cannot be said in a row is a
    rule of its stage, and a test asks for it.
    """

    name: str
    signature: str

    # what it is called, and what is said about it
    call: str = ""  # how it is called, as ``huber(x, d)``
    says: str = ""  # its value there, in a line of the documentation
    kink: str = ""  # its derivative where it has no unique one, in the same line
    aliases: tuple[str, ...] = ()  # other names in expressions
    tex_names: tuple[str, ...] = ()  # other names in formulas
    in_formulas: bool = True  # whether LaTeX input knows its name
    neighbours: tuple[str, ...] = ()  # functions that people confuse it with

    # arguments and shapes
    arity: tuple[int, int] = (1, 1)  # the least and the largest number of arguments
    along: bool = False  # of each column (1) or row (2) with a second argument
    of_entries: str = ""  # with one argument it is this function, of the entries of that
    whole: tuple[int, int, str] | None = None  # place of a literal integer, the least, a hint
    numbered: bool = False  # a second argument counts, from 1, which of several things it is
    sizes: int | None = None  # from this place on its arguments are sizes: reshape(X, m, n)
    parameter: bool = False  # the second argument is a number that says which function it is
    rank: int | None = None  # of a special signature: how many axes its value has
    ranks: tuple[int, ...] = ()  # the same by the rank of its first argument
    any_rank: bool = False  # of a special signature, and yet of arrays of any rank
    entrywise: bool = False  # of a special signature, and yet acts on every entry
    of_scalar: Any = ITSELF  # what it is of a 1 x 1 matrix
    symmetric: bool = False  # of symmetric matrices alone
    by_inverse: bool = False  # its definition has an inverse, which it has not itself
    of_transpose: str = ""  # of tall matrices alone; what has the same value at the transpose
    arithmetic: bool = False  # lowered to sums over indices: no node of the network is called so
    fused: bool = False  # a product or constant of fused indices, which has several equal forms
    # what the entries of its value are of those of its argument: "moved", all of them; "taken",
    # some of them; "spread", these and zeros; "signed", their negatives as well; "averaged", means
    # of some; or "summed", sums of some
    entries: str = ""
    running: bool = False  # the entries of its value are sums of more and more of those

    # its relations to other functions
    scalar: str = ""  # of a function of matrices: the ordinary function
    log_of: str = ""  # the function of which it is the logarithm of the absolute value
    inverse: str = ""  # the function that undoes it, wherever that has a value
    picks: str = ""  # of all entries: its value is the "largest", the "smallest" or the "farthest"
    root: bool = False  # the root of a sum of squares
    triangle: str = ""  # the one that it keeps
    halves: bool = False  # between vec and vech
    projects: str = ""  # a matrix that takes vec(A) to vec(f(A)), f the projection on a kind
    quotient: bool = False  # its definition divides by the entries of its argument
    by_blocks: bool = False  # has formulas for block matrices, with Schur complements

    # its values and derivatives
    vanishes: bool = False  # f(0) = 0
    parity: int = 0  # entry by entry: 1 for f(-x) = f(x), -1 for f(-x) = -f(x)
    reflected: bool = False  # entry by entry: f(-x) = 1 - f(x)
    degree: int = 0  # f(c*x) = c^degree*f(x) for positive numbers c
    skips_zeros: bool = False  # zeros among the entries change nothing
    total: bool = False  # has a finite value at all real arguments
    values: tuple[float, float] | None = None  # the least and the largest at real arguments
    avoids: tuple[float, ...] = ()  # which of these two it never takes
    starts: float | None = None  # above this number it has values all along
    regular: bool = False  # of matrices of full rank alone, or not continuous at others
    pole: bool = False  # infinite at 0
    flat: bool = False  # its derivative is zero wherever it has one
    analytic: bool = False  # so is it in the complex plane; above ``starts``, it has a cut below
    periodic: bool = False
    # its derivatives of even and of odd order, but for the sign, which alternates in pairs for the
    # periodic ones
    cycle: tuple[str, str] = ("", "")
    # an odd function by its series at 0: the general term, with D for the power of the argument,
    # whether the signs alternate, and whether it adds up everywhere, or else below 1
    series: tuple[str, bool, bool] | None = None
    breaks: bool = False  # has poles, or ends of its domain, that no other field tells
    linear: tuple[int, ...] = ()  # the places of the arguments in which it is linear
    smooth: bool = False  # has second derivatives wherever it has a value; so has what is linear
    monotone: int = 0  # 1: rises in its arguments; 2: does so for positive arguments
    curvature: str = ""  # convex or concave
    in_order: str = ""  # convex or concave in the order of symmetric matrices
    branches: str = ""  # where these meet: by the "sign" of x, "order" of x, y, "size", "condition"
    apart: bool = False  # its derivative sets one singular value apart from the others

    # how it is written
    # a command before the brackets, in which {0} is the first argument, else its name; None: a rule
    # of printers
    latex: str | None = ""
    bars: tuple[str, str] = ("", "")  # a norm: the subscript of its bars around a vector, a matrix
    letters: tuple[str, ...] = ()  # that this takes, which a variable may have too
    over: str = ""  # the command where it is taken over indices, as in ``sum[i]``
    numpy: str | None = None  # what generated code calls, without a dot of ``matcalc.runtime``
    narrow: bool = False  # the function of ``matcalc.runtime`` keeps single precision
    # the decomposition of ``matcalc.runtime`` of whose factors it is one, or is taken: which, and
    # what follows it then
    part_of: tuple[str, int, str] | None = None
    # SymPy's function of the entries, or an expression of SymPy in the letters of ``call``
    sympy: str = ""

    @property
    def takes_tensors(self) -> bool:
        """Whether arrays with three axes or more are among the arguments it has a meaning for."""
        return self.any_rank or self.entrywise or self.signature in (ELEMENTWISE, ANY_TO_SCALAR)


def entrywise(name: str, **said: object) -> FunctionSpec:
    """The row of a function that acts on every entry, of one argument unless said otherwise."""
    return FunctionSpec(**{"name": name, "signature": ELEMENTWISE, "call": f"{name}(x)", **said})  # type: ignore[arg-type]
