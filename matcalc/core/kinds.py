"""What a variable is declared to be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from matcalc.core.dims import Dim, Shape, names_in

# what is said about complex kinds where they are not known
COMPLEX_ONLY = (
    "only matcalc diff, hessian, stationary, check, equal, simplify and graph take complex "
    "variables"
)
COMPLEX_HINT = (
    "in Python they are matcalc.wirtinger, matcalc.stationary, matcalc.equal and "
    "matcalc.parse_complex; everywhere else all numbers are real"
)
_COMPLEX = re.compile(r":\s*complex\b|^\s*\w+\s*=\s*complex(?:\s+(?:scalar|vector|matrix)\b|\s*$)")


def declares_complex(texts: Iterable[str]) -> bool:
    """Whether one of the texts, programs or declarations, declares a complex variable."""
    return any(_COMPLEX.search(text) for text in texts)


class KindSpec(NamedTuple):
    """All that the engine knows of a kind.

    The judges have tables of their own: which entries a matrix of a linear kind has
    (``core/subspaces.py``), how one is drawn (``verify/oracle/sample.py``), and how one is told
    (``verify/oracle/preconditions.py``).
    """

    name: str
    dimensions: int = 1  # written in a declaration
    square: bool = False  # a matrix with as many rows as columns, the one dimension
    # of declarations, where the dimensions have other letters than usual
    forms: tuple[str, ...] = ()
    width: int | None = None  # the number that is in a declaration after the dimension
    # linear spaces of square matrices, and what is open in them
    symmetry: int = 0  # 1 where X' = X, -1 where X' = -X
    below: int | None = None  # diagonals below the main one that have entries; None: all of them
    above: int | None = None
    space: str = ""  # that of the directions in which a matrix moves, if it has another name
    coordinates: str = ""  # the vector that determines {0}
    along: str = ""  # why a part of a gradient does not count along a direction {d}
    nearest: str = ""  # the function that is the projection, where entries repeat along diagonals
    made_of: tuple[str, str] = ("", "")  # the size of the vector t of these entries, and X[i,j]
    # other sets
    curved: bool = False  # no open set in a linear space
    convex: bool = True
    least: int | None = None  # bounds of the entries
    most: int | None = None
    strict: bool = False  # no entry is ``least``
    rare: bool = False  # no expression is of the kind without a variable of it, but expm(K) a Q

    @property
    def banded(self) -> bool:
        """Whether some entries are zero, and the others are all that there is to it."""
        return self.below is not None or self.above is not None

    @property
    def reflection(self) -> int:
        """The symmetry, where X' = X or X' = -X is all that there is to it."""
        return 0 if self.banded or self.nearest else self.symmetry

    @property
    def tangent(self) -> str:
        """The kind of the directions in which a matrix of a linear kind moves."""
        return self.space or self.name

    @property
    def linear(self) -> bool:
        """Whether a gradient within the kind is a projection on a linear space."""
        return self.banded or self.symmetry != 0 or bool(self.nearest)

    @property
    def word(self) -> str:
        """What a declaration calls the kind."""
        return self.name if self.width is None else _BANDED

    @property
    def shown(self) -> tuple[str, ...]:
        """The kind as declarations say it: ``matrix(m, n)``."""
        return self.forms or (self.name + _LETTERS[self.dimensions],)


_LETTERS = ("", "(n)", "(m, n)", "(n, m, k)")
_BANDED = "banded"
WIDEST = 9  # of a banded matrix, the most diagonals on each side


def name_banded_kind(width: int) -> str:
    """The kind of the matrices that have so many diagonals on each side of the main one."""
    return {0: "diagonal", 1: "tridiagonal"}.get(width, f"{_BANDED}-{width}")


ROWS = (
    KindSpec("scalar", 0),
    KindSpec(
        "positive", 0, forms=("positive", "positive(n)", "positive(m, n)"), least=0, strict=True
    ),
    KindSpec("vector"),
    KindSpec("matrix", 2),
    KindSpec("tensor", 3),  # three axes or more
    KindSpec(
        "symmetric",
        square=True,
        symmetry=1,
        coordinates="vech({0})",
        along="{d} is symmetric, so the skew part does not count",
    ),
    KindSpec(  # symmetric and positive definite
        "psd",
        square=True,
        symmetry=1,
        space="symmetric",
        coordinates="vech({0})",
        along="{d} is symmetric, so the skew part does not count",
    ),
    KindSpec(
        "diagonal",
        square=True,
        symmetry=1,
        below=0,
        above=0,
        coordinates="diag({0})",
        along="{d} is diagonal, so only the diagonal counts",
        rare=True,
    ),
    KindSpec("orthogonal", square=True, curved=True, convex=False, least=-1, most=1, rare=True),
    KindSpec(
        "skew",
        square=True,
        symmetry=-1,
        coordinates="vech({0})",
        along="{d} is skew, so the symmetric part does not count",
    ),
    KindSpec(  # lower triangular
        "triangular",
        square=True,
        above=0,
        coordinates="vech({0})",
        along="{d} is triangular, so only the lower triangle counts",
        rare=True,
    ),
    KindSpec(
        "upper",
        square=True,
        below=0,
        coordinates="vech({0}')",
        along="{d} is upper triangular, so only the upper triangle counts",
        rare=True,
    ),
    KindSpec(
        "tridiagonal",
        square=True,
        below=1,
        above=1,
        along="{d} is tridiagonal, so only these diagonals count",
    ),
    *[
        KindSpec(
            name_banded_kind(width),
            square=True,
            below=width,
            above=width,
            forms=(f"{_BANDED}(n, k)",),
            width=width,
            along="{d} is banded, so only these diagonals count",
        )
        for width in range(2, WIDEST + 1)
    ],
    KindSpec(  # X[i,j] depends on i - j alone
        "toeplitz",
        square=True,
        nearest="toeplitz",
        made_of=("2*n - 1", "t[i-j+n]"),
        along="{d} is constant along each diagonal, so only the means along these count",
    ),
    KindSpec(  # X[i,j] depends on i - j modulo n alone
        "circulant",
        square=True,
        nearest="circulant",
        made_of=("n", "[t[2:n]; t][i-j+n]"),
        along="{d} is circulant, so only the means along wrapped diagonals count",
    ),
    KindSpec(  # X[i,j] depends on i + j alone
        "hankel",
        square=True,
        symmetry=1,
        nearest="hankel",
        made_of=("2*n - 1", "t[i+j-1]"),
        along="{d} is constant along each antidiagonal, so only the means along these count",
    ),
    KindSpec("invertible", square=True),
    # entries that are not negative and add up to 1
    KindSpec("simplex", curved=True, least=0, most=1, rare=True),
    # vectors x with x'*x = 1
    KindSpec("sphere", curved=True, convex=False, least=-1, most=1, rare=True),
    # one entry is 1, the others are 0; of a matrix so is each row
    KindSpec(
        "onehot",
        forms=("onehot(n)", "onehot(m, n)"),
        curved=True,
        convex=False,
        least=0,
        most=1,
        rare=True,
    ),
    KindSpec(  # V'*V = eye, so there are no more columns than rows
        "orthonormal",
        2,
        forms=("orthonormal(n, p)",),
        curved=True,
        convex=False,
        least=-1,
        most=1,
        rare=True,
    ),
)
SPECS = {row.name: row for row in ROWS}
KINDS = {row.name: row.dimensions for row in ROWS}
FORMS = tuple(dict.fromkeys(form for row in ROWS for form in row.shown))
WORDS = tuple(dict.fromkeys(row.word for row in ROWS))  # what declarations call the kinds
CURVED = tuple(row.name for row in ROWS if row.curved)
SYMMETRY = {row.name: row.symmetry for row in ROWS if row.symmetry}
ZERO = "zero"  # of what is 0 wherever a point is drawn; no declaration says it
MOST_AXES = 6  # of a variable
MOST_RESULT_AXES = 8  # of a value: those of an expression, then those of a variable
# kinds of which the dimensions say how many axes there are
MOST_DIMENSIONS = {"positive": MOST_AXES, "tensor": MOST_AXES, "onehot": 2}
_FREE = ("scalar", "vector", "matrix", "tensor")  # by the number of axes; any entries will do
FREE = frozenset(_FREE)
_SQUARE = frozenset(row.name for row in ROWS if row.square)


def kind_spec(kind: str) -> KindSpec:
    """The row of a kind; of what no declaration says, a row that says nothing."""
    return SPECS.get(kind) or KindSpec(kind, 0)


def free_kind(rank: int) -> str:
    """The kind of an array of which nothing but the number of axes is known."""
    return _FREE[min(rank, 3)]


class Variable(NamedTuple):
    """A variable's name, kind and dimensions as written in a declaration (one for a square kind).

    Of a ``function`` that is declared, ``ranks`` are those of its arguments and of its value, whose
    sizes are ``dims`` in turn; without them it is one of scalars, entry by entry. ``value`` is the
    kind of its values where these are of one with structure. The entries of a ``complex`` variable
    are complex numbers.
    """

    name: str
    kind: str
    dims: tuple[Dim, ...] = ()
    declared: bool = True
    ranks: tuple[int, ...] = ()
    complex: bool = False
    value: str = ""

    @property
    def shape(self) -> Shape:
        """The axes: () for scalars, (n,) for vectors, (m, n) for matrices."""
        if self.kind in _SQUARE:
            return (self.dims[0], self.dims[0])
        return () if self.kind == "function" else self.dims

    @property
    def room(self) -> tuple[Dim, ...]:
        """What else has to be a size: the rows that orthonormal columns leave over, unless there
        are as many by declaration; the diagonals of a banded matrix of any size that are zero.
        """
        width = kind_spec(self.kind).width
        if width is not None and self.dims[0].integer is None:
            return (self.dims[0].plus(Dim(width + 1, ()), -1),)
        if self.kind != "orthonormal" or self.dims[0] == self.dims[1]:
            return ()
        return (self.dims[0].plus(self.dims[1], -1),)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shapes of a function's arguments, and of its value."""
        starts = [sum(self.ranks[:k]) for k in range(len(self.ranks))]
        return tuple(
            [
                self.dims[start : start + rank]
                for start, rank in zip(starts, self.ranks, strict=True)
            ]
        )

    def __repr__(self) -> str:
        return f"<matcalc.Variable {self.name}: {self}>"

    def __str__(self) -> str:
        """The kind as a declaration says it: ``symmetric(n)``, ``function(vector(n)) ->
        scalar``.
        """
        if self.ranks:
            *given, value = [
                str(Variable("", free_kind(len(shape)), shape)) for shape in self.shapes
            ]
            if self.value:
                value = str(Variable("", self.value, self.dims[-1:]))
            return f"function({', '.join(given)}) -> {value}"
        spec = kind_spec(self.kind)
        sizes = [*map(str, self.dims), *([] if spec.width is None else [str(spec.width)])]
        return f"{spec.word}({', '.join(sizes)})" if sizes else self.kind


def number_or_size(name: str) -> str:
    """What to do with a name that is declared as a number and used as a size."""
    return (
        f"leave {name} undeclared: a size is a number wherever it occurs, and constant; "
        f"or declare what has this size as well, as in y: vector({name})"
    )


def size_names(variables: Iterable[Variable]) -> dict[str, None]:
    """The names in the sizes of variables, each once, in order."""
    return names_in([size for variable in variables for size in variable.dims])
