"""What a variable is declared to be."""

from __future__ import annotations

from dataclasses import dataclass

from matcalc.core.dims import Dim, Shape

# what is said of complex kinds where they are not known
COMPLEX_ONLY = "only matcalc diff has complex variables, and only their first derivatives"
COMPLEX_HINT = "in Python it is matcalc.wirtinger; everywhere else all numbers are real"

# kind -> number of dimensions written in a declaration
KINDS = {
    "scalar": 0,
    "positive": 0,
    "vector": 1,
    "matrix": 2,
    "tensor": 3,  # three axes or more
    "symmetric": 1,
    "psd": 1,
    "diagonal": 1,
    "orthogonal": 1,
    "skew": 1,
    "triangular": 1,  # lower: nothing above the diagonal
    "upper": 1,  # nothing below the diagonal
    "tridiagonal": 1,  # nothing but the diagonal and those beside it
    "invertible": 1,
    "simplex": 1,  # entries that are not negative and add up to 1
    "sphere": 1,  # vectors x with x'*x = 1
    "onehot": 1,  # one entry is 1, the others are 0
    "orthonormal": 2,  # V'*V = eye, so there are no more columns than rows
}
CURVED = ("simplex", "sphere", "onehot", "orthogonal", "orthonormal")  # no open sets in a space
ZERO = "zero"  # of what is 0 wherever a point is drawn; no declaration says it
MOST_AXES = 6  # of a variable
MOST_RESULT_AXES = 8  # of a value: those of an expression, then those of a variable
# kinds of which the dimensions say how many axes there are
MOST_DIMENSIONS = {"positive": MOST_AXES, "tensor": MOST_AXES}
_FREE = ("scalar", "vector", "matrix", "tensor")  # by the number of axes; any entries will do
FREE = frozenset(_FREE)
# the others are square
_AXES = FREE | {
    ZERO,
    "positive",
    "simplex",
    "sphere",
    "onehot",
    "orthonormal",
}


def free_kind(rank: int) -> str:
    """The kind of an array of which nothing but the number of axes is known."""
    return _FREE[min(rank, 3)]


@dataclass(frozen=True, slots=True, repr=False)
class Variable:
    """A variable's name, kind and dimensions as written in a declaration (one for a square kind).

    Of a ``function`` that is declared, ``ranks`` are those of its arguments and of its value, whose
    sizes are ``dims`` in turn; without them it is one of scalars, entry by entry.
    """

    name: str
    kind: str
    dims: tuple[Dim, ...] = ()
    declared: bool = True
    ranks: tuple[int, ...] = ()

    @property
    def shape(self) -> Shape:
        """The axes: () for scalars, (n,) for vectors, (m, n) for matrices."""
        if self.kind in _AXES:
            return self.dims
        if self.kind == "function":
            return ()
        return (self.dims[0], self.dims[0])

    @property
    def room(self) -> tuple[Dim, ...]:
        """What else has to be a size: the rows that orthonormal columns leave over, unless there
        are as many by declaration.
        """
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
            return f"function({', '.join(given)}) -> {value}"
        return f"{self.kind}({', '.join(map(str, self.dims))})" if self.dims else self.kind
