"""Products that are not multiplied out yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from matcalc.core.dims import Dim, Shape
from matcalc.write.printers.numpy_nodes import OUTER, CodeBuilder, CodeNode, is_column

MATRIX, INVERSE, DIAGONAL, COLUMN, ROW = "matrix", "inverse", "diagonal", "column", "row"
SUMS = "sums"  # the lower triangle of ones, which sums what is above


class CodeFactor(NamedTuple):
    """One factor: ``node`` is the matrix, the matrix to invert, the diagonal or the vector; of the
    triangle of ones a column of it.
    """

    kind: str
    node: CodeNode
    flipped: bool = False

    def transpose(self) -> CodeFactor:
        """The factor of the transposed chain."""
        if self.kind in (COLUMN, ROW):
            return CodeFactor(ROW if self.kind == COLUMN else COLUMN, self.node)
        return CodeFactor(self.kind, self.node, self.kind != DIAGONAL and not self.flipped)

    @property
    def ends(self) -> tuple[Dim, Dim]:
        """Rows and columns of a factor that is not a vector."""
        shape = self.node.shape
        return (
            (shape[0], shape[0])
            if self.kind in (DIAGONAL, SUMS)
            else (shape[-1], shape[0])
            if self.flipped
            else (shape[0], shape[-1])
        )


@dataclass(slots=True)
class CodeProduct:
    """number * top / bottom * factors: a product that is not multiplied out yet; without factors a
    scalar or the identity.
    """

    shape: Shape
    number: Fraction = Fraction(1)
    top: list[CodeNode] = field(default_factory=list)
    bottom: list[CodeNode] = field(default_factory=list)
    factors: deque[CodeFactor] = field(default_factory=deque)
    array: CodeNode | None = None

    @property
    def scaled(self) -> bool:
        """Whether there is a coefficient."""
        return self.number != 1 or bool(self.top or self.bottom)

    def copy(self) -> CodeProduct:
        """One that may be changed."""
        return CodeProduct(
            self.shape, self.number, list(self.top), list(self.bottom), deque(self.factors)
        )

    def scale(self, other: CodeProduct) -> None:
        """Takes over a coefficient."""
        self.number *= other.number
        self.top += other.top
        self.bottom += other.bottom

    def transpose(self) -> CodeProduct:
        """The transposed product, the coefficient included."""
        factors = deque(factor.transpose() for factor in reversed(self.factors))
        return CodeProduct(self.shape[::-1], self.number, self.top, self.bottom, factors)


def count_shared_ends(left: CodeProduct, right: CodeProduct) -> tuple[int, int]:
    """How many factors two products of matrices begin with alike, and how many they end with alike;
    both keep what is left as a matrix.
    """
    a, b = list(left.factors), list(right.factors)
    if any(factor.kind in (COLUMN, ROW) for factor in [*a, *b]):
        return 0, 0
    most = min(len(a), len(b))
    first = next((k for k in range(most) if a[k] != b[k]), most)
    last = next((k for k in range(most - first) if a[-1 - k] != b[-1 - k]), most - first)
    return first, last


def is_mirrored(build: CodeBuilder, factors: Sequence[CodeFactor]) -> bool:
    """Whether a chain is the same from both ends, apart from what is in the middle."""
    half = len(factors) // 2
    pairs = zip(factors[:half], reversed(factors), strict=False)
    return all(
        one.transpose() == other
        or (one.kind == other.kind and one.node is other.node and build.is_symmetric(one.node))
        for one, other in pairs
    )


def is_product(node: CodeNode) -> bool:
    """Whether this is a product of two matrices, perhaps with an inverse or with scaled rows or
    columns, or cumulative sums of one.
    """
    bare = node
    while True:
        scaled = scaling_of(bare)
        if scaled is not None:
            bare = scaled.matrix
        elif bare.op == "suffix" and bare.attr == ".T":
            bare = bare.args[0]
        else:
            break
    if is_summed(bare) or bare.calls("weighted_gram"):
        return True
    product = bare.op == "infix" and bare.attr == "@"
    solved = bare.calls("np.linalg.solve") or bare.calls("psd_solve")
    return (product or solved) and all(arg.rank == 2 for arg in bare.args)


def without_scalars(node: CodeNode) -> tuple[list[tuple[str, CodeNode]], CodeNode]:
    """The scalars that an array is multiplied by or divided by, the last one first, and the
    array.
    """
    scalars: list[tuple[str, CodeNode]] = []
    while node.op == "infix" and node.attr in ("*", "/"):
        left, right = node.args
        if node.attr == "*" and not left.rank:
            scalars.append(("*", left))
            node = right
        elif node.attr == "/" and not right.rank:
            scalars.append(("/", right))
            node = left
        else:
            break
    return scalars, node


def with_scalars(
    build: CodeBuilder, scalars: Sequence[tuple[str, CodeNode]], array: CodeNode
) -> CodeNode:
    """The array scaled as another one was, of which ``without_scalars`` was asked."""
    for operator, scalar in reversed(scalars):
        if operator == "*":
            array = build.times(scalar, array)
        else:
            array = build.infix("/", array, scalar, array.shape)
    return array


class Scaling(NamedTuple):
    """A matrix whose rows, or columns, are scaled by a vector."""

    weights: CodeNode
    matrix: CodeNode
    rows: bool

    def factors(self) -> list[CodeFactor]:
        """The product with a diagonal matrix."""
        both = [CodeFactor(DIAGONAL, self.weights), CodeFactor(MATRIX, self.matrix)]
        return both if self.rows else both[::-1]


def scaling_of(node: CodeNode) -> Scaling | None:
    """A matrix with scaled rows or columns taken apart; None of any other."""
    if node.op != "infix" or node.attr != "*" or node.rank != 2:
        return None
    left, right = node.args
    if is_column(left) and right.shape == node.shape:
        return Scaling(left.args[0], right, True)
    if right.rank == 1 and left.shape == node.shape:
        return Scaling(right, left, False)
    return None


def unfold(build: CodeBuilder, node: CodeNode, flipped: bool) -> list[CodeFactor]:
    """A product of matrices as its factors; none for the identity."""
    factors: list[CodeFactor] = []
    stack: list[CodeFactor] = [CodeFactor(MATRIX, node, flipped)]
    while stack:
        factor = stack.pop()
        inner = _parts(build, factor.node) if factor.kind == MATRIX else None
        if inner is None:
            factors.append(factor)
        else:
            stack += [part.transpose() for part in inner] if factor.flipped else inner[::-1]
    return factors


def _parts(build: CodeBuilder, node: CodeNode) -> list[CodeFactor] | None:
    """The factors of one product; None where there is none."""
    if node.op == "suffix" and node.attr == ".T":
        return [CodeFactor(MATRIX, node.args[0], flipped=True)]
    if is_summed(node):
        return _summed(build, node)
    scaled = scaling_of(node)
    if scaled is not None:
        return scaled.factors()
    if node.calls("weighted_gram"):
        weights, Z = node.args
        turned = CodeFactor(MATRIX, Z, flipped=True)
        return [turned, CodeFactor(DIAGONAL, weights), CodeFactor(MATRIX, Z)]
    if is_triangle(node):
        u, w = (CodeFactor(DIAGONAL, arg) for arg in node.args[0].args)
        ones = build.fill("np.ones", node.shape[:1])
        return [u, CodeFactor(SUMS, ones, node.calls("np.triu")), w]
    if node.calls("np.diag"):
        return [CodeFactor(DIAGONAL, node.args[0])]
    if is_product(node):
        left, right = node.args
        first = _inverted(left) if node.op == "call" else CodeFactor(MATRIX, left)
        return [first, CodeFactor(MATRIX, right)]
    return [] if (node.op, node.attr) == ("filled", "np.eye") else None


_SUMMING = ("np.cumsum", "revcumsum")
ALONG_ROWS = (("axis=1",), ("2",))


def _summed(build: CodeBuilder, node: CodeNode) -> list[CodeFactor]:
    """Cumulative sums of a matrix as its product with a triangle of ones."""
    (matrix,), rows = node.args, node.attr[2] in ALONG_ROWS
    ones = build.fill("np.ones", (node.shape[rows],))
    sums = CodeFactor(SUMS, ones, node.calls("revcumsum") != rows)
    inner = CodeFactor(MATRIX, matrix)
    return [inner, sums] if rows else [sums, inner]


def is_summed(node: CodeNode) -> bool:
    """Whether these are cumulative sums of a matrix."""
    return node.op == "call" and node.attr[0] in _SUMMING and node.rank == 2


def is_triangle(node: CodeNode) -> bool:
    """Whether this is one half of a dyad."""
    half = node.op == "call" and node.attr[0] in ("np.triu", "np.tril") and not node.attr[2]
    return half and node.args[0].calls(OUTER) and node.shape[0] == node.shape[1]


def sums_of(build: CodeBuilder, array: CodeNode, flipped: bool, *, rows: bool = False) -> CodeNode:
    """The triangle of ones, or its transpose, times an array; with ``rows`` the array times it."""
    if flipped != rows:
        after: tuple[str, ...] = ("2",) if rows else ()
        return build.call("revcumsum", array, shape=array.shape, after=after)
    after = (f"axis={int(rows)}",) if array.rank > 1 else ()
    return build.call("np.cumsum", array, shape=array.shape, after=after)


def smaller_of_two(build: CodeBuilder, vector: CodeNode) -> CodeNode:
    """The smaller one of two entries of a vector, for all pairs of them."""
    (size,) = vector.shape
    return build.call("np.minimum", build.along(vector, 0), vector, shape=(size, size))


def square_of_triangle(build: CodeBuilder, matrix: CodeNode) -> CodeNode | None:
    """Z'*Z for one half Z of a dyad u*w': w[i]*w[j]*q[min(i, j)] with the cumulative sums q of
    u.^2, which grow; None of any other matrix.
    """
    turned = matrix.op == "suffix" and matrix.attr == ".T"
    half = matrix.args[0] if turned else matrix
    if not is_triangle(half):
        return None
    u, w = half.args[0].args[::-1] if turned else half.args[0].args
    squares = build.infix("**", u, build.number(2), u.shape)
    sums = sums_of(build, squares, half.calls("np.triu") == turned)
    return build.times(build.scale_rows(w, smaller_of_two(build, sums)), w)


def _inverted(node: CodeNode) -> CodeFactor:
    """The inverse of the matrix that a system is solved with."""
    if node.calls("psd_factors"):
        return CodeFactor(INVERSE, node.args[0])
    if node.op == "suffix" and node.attr == ".T":
        return CodeFactor(INVERSE, node.args[0], flipped=True)
    return CodeFactor(INVERSE, node)


def join_kept(
    build: CodeBuilder, factors: list[CodeFactor], kept: Container[CodeNode]
) -> list[CodeFactor]:
    """The chain with a product of neighbours as one factor, where it is computed anyway and serves
    as well as the two.
    """
    place = 0
    while len(factors) > 2 and place < len(factors) - 1:
        left, right = factors[place : place + 2]
        place += 1
        if left.kind != MATRIX or right.kind != MATRIX:
            continue
        (rows, inner), columns = left.ends, right.ends[1]
        sides = [
            build.transpose(each.node) if each.flipped else each.node for each in (left, right)
        ]
        node = build.infix("@", sides[0], sides[1], (rows, columns))
        less = rows.plus(columns).times(inner).plus(rows.times(columns), -1)
        if node in kept and all(number >= 0 for number, _ in less.terms):
            place -= 1
            factors[place : place + 2] = [CodeFactor(MATRIX, node)]
    return factors


def parts_of(factors: list[CodeFactor]) -> list[list[CodeFactor]]:
    """The chain, cut between every column and the row after it."""
    cuts = [
        place + 1
        for place, (left, right) in enumerate(pairwise(factors))
        if left.kind == COLUMN and right.kind == ROW
    ]
    return [factors[start:end] for start, end in pairwise([0, *cuts, len(factors)])]
