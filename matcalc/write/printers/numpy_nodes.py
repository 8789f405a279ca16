"""Array programs: what generated code computes, as interned nodes (the same computation is the same
node).

===========  ===============================  =========================================
op           attr                             code
===========  ===============================  =========================================
``name``     the variable's name              ``A``
``number``   ``Fraction``                     ``2``
``text``     code without operands            ``np.pi``
``size``     ``Dim``                          ``m * n``
``filled``   function                         ``np.ones((m, n))``, ``np.full(n, c)``
``reshaped``                                  ``A.reshape((m * n, m, n), order="F")``
``infix``    operator                         ``a @ b``
``neg``                                       ``-a``
``suffix``   the suffix                       ``A.T``, ``v[:, None]``
``gathered`` whether columns                  ``A[places]``, ``A[:, places]``
``paired``   ``Dim``                          ``rows * n + columns``
``sliced``   places                           ``A[:m, 0]``
``stacked``  function, rows, columns          ``np.block([[A, B], [C, D]])``, ``np.hstack([x, y])``
``pieces``   spots                            ``t = np.zeros(n)``, ``t[1:] = x``
``cleared``  axes of a diagonal               ``np.einsum("ii->i", A)[...] = 0.0``
``unit``     place                            ``np.eye(1, n, k)[0]``
``call``     function, texts before, after    ``np.sum(A, axis=1)``
``apply``    the function of a user's         ``mish(x)``
===========  ===============================  =========================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import add, mul, sub, truediv
from typing import Any

from matcalc.core.dims import ONE, Dim, Shape
from matcalc.core.functions.languages import ENTRY_CALLS
from matcalc.core.operations import OPERATIONS
from matcalc.core.walk import operands, postorder


@dataclass(frozen=True, eq=False, slots=True)
class CodeNode:
    """One operation of generated code.

    Nodes are interned by a ``CodeBuilder``, so equal computations are one object and are compared
    by identity. ``serial`` counts them: operands have smaller ones, and no order needs addresses.
    """

    op: str
    attr: Any
    args: tuple[CodeNode, ...]
    shape: Shape
    serial: int

    @property
    def rank(self) -> int:
        """How many axes the value has."""
        return len(self.shape)

    @property
    def is_tensor(self) -> bool:
        """Whether it has three axes or more, so that it is not a matrix."""
        return self.rank > 2

    def calls(self, function: str) -> bool:
        """Whether this is a call of the function."""
        return self.op == "call" and bool(self.attr[0] == function)


class CodeBuilder:
    """Makes nodes, the same one for the same computation.

    The sets and ``_mirrors`` hold what is known of the values of its nodes; they only grow. A node
    that is in none of them may have the property all the same.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], CodeNode] = {}
        self._mirrors: dict[CodeNode, int] = {}  # 1 of symmetric matrices, -1 of skew ones
        self._definite: set[CodeNode] = set()
        self._likely: set[CodeNode] = set()
        self._positive: set[CodeNode] = set()
        self.quick = False  # whether factorisations that may fail are tried
        self.changes = False  # whether the code may change arrays of its own
        self._python: set[CodeNode] = set()

    def with_args(self, node: CodeNode, args: Sequence[CodeNode]) -> CodeNode:
        """The same of other operands."""
        same = all(old is new for old, new in zip(node.args, args, strict=True))
        return node if same else self.node(node.op, node.attr, tuple(args), node.shape)

    def node(self, op: str, attr: Any, args: tuple[CodeNode, ...], shape: Shape) -> CodeNode:
        """The node with these fields; x*y where y*x was made, which has the same digits."""
        key = (op, attr, shape, *map(id, args))
        found = self._known.get(key)
        if found is None and op == "infix" and attr in _COMMUTES:
            found = self._known.get((op, attr, shape, *map(id, reversed(args))))
        if found is None:
            found = self._known[key] = CodeNode(op, attr, args, shape, len(self._known))
            if op in _PYTHON and self._python.issuperset(args):
                self._python.add(found)
            sign = _mirror(found, self._mirrors)
            if sign:
                self._mirrors[found] = sign
            if self.quick and _is_likely(found, self._likely, self._mirrors):
                self._likely.add(found)
        return found

    def name(
        self,
        name: str,
        shape: Shape,
        *,
        symmetric: bool,
        definite: bool = False,
        positive: bool = False,
    ) -> CodeNode:
        """An argument; a symmetric matrix is its own transpose, a positive definite one has a
        Cholesky factor, and positive entries have roots.
        """
        node = self.node("name", name, (), shape)
        if symmetric:
            self._mirrors[node] = 1
        if definite:
            self._definite.add(node)
            self._likely.add(node)
        if positive:
            self._positive.add(node)
        return node

    def is_definite(self, matrix: CodeNode) -> bool:
        """Whether a matrix is declared positive definite."""
        return matrix in self._definite

    def is_tried(self, matrix: CodeNode) -> bool:
        """Whether a matrix is not declared positive definite and factorised all the same: the
        general way is taken where that fails.
        """
        return matrix in self._likely and matrix not in self._definite

    def is_positive(self, node: CodeNode) -> bool:
        """Whether the entries of an argument are declared positive."""
        return node in self._positive

    def inverse(self, matrix: CodeNode) -> CodeNode:
        """inv(X)."""
        if matrix in self._likely:
            return self.call("psd_inverse", self._factors(matrix), shape=matrix.shape)
        return self.call("np.linalg.inv", matrix, shape=matrix.shape)

    def solution(self, matrix: CodeNode, flipped: bool, right: CodeNode) -> CodeNode:
        """inv(X)*B, or inv(X)'*B."""
        if matrix in self._likely:
            return self.call("psd_solve", self._factors(matrix), right, shape=right.shape)
        matrix = self.transpose(matrix) if flipped else matrix
        return self.call("np.linalg.solve", matrix, right, shape=right.shape)

    def logdet(self, matrix: CodeNode) -> CodeNode:
        """log|det(X)|."""
        if matrix in self._likely:
            return self.call("psd_logdet", self._factors(matrix))
        return self.suffix(self.call("np.linalg.slogdet", matrix), "[1]", ())

    def change(self, node: CodeNode) -> CodeNode:
        """A sum as it is written; what is added at a few places is added in place."""
        return node

    def _factors(self, matrix: CodeNode) -> CodeNode:
        """One factorisation for all that is asked of a matrix."""
        return self.call("psd_factors", matrix, shape=matrix.shape)

    def number(self, value: Fraction | int) -> CodeNode:
        """An exact number."""
        return self.node("number", Fraction(value), (), ())

    def size(self, dim: Dim) -> CodeNode:
        """The size of a dimension as a number."""
        return self.node("size", dim, (), ()) if dim.letters else self.number(dim.scale)

    def is_symmetric(self, node: CodeNode) -> bool:
        """Whether a matrix is known to be its own transpose."""
        return self._mirrors.get(node) == 1

    def is_python(self, node: CodeNode) -> bool:
        """Whether the value is a number of Python, not of NumPy."""
        return node in self._python

    def call(
        self,
        function: str,
        *args: CodeNode,
        shape: Shape = (),
        before: tuple[str, ...] = (),
        after: tuple[str, ...] = (),
    ) -> CodeNode:
        """function(before, args, after)."""
        return self.node("call", (function, before, after), args, shape)

    def infix(self, operator: str, left: CodeNode, right: CodeNode, shape: Shape) -> CodeNode:
        """left operator right; between mere numbers exact, or by NumPy, whose 1/0 is inf while
        Python's is an exception.
        """
        if (
            left.op == right.op == "number"
            and operator in _EXACT
            and not (operator == "/" and right.attr == 0)
        ):
            return self.number(_EXACT[operator](left.attr, right.attr))
        if operator in _NUMPY and left in self._python and right in self._python:
            return self.call(_NUMPY[operator], left, right)
        return self.node("infix", operator, (left, right), shape)

    def suffix(self, arg: CodeNode, text: str, shape: Shape) -> CodeNode:
        """arg followed by the text."""
        return self.node("suffix", text, (arg,), shape)

    def fill(self, function: str, shape: Shape, *args: CodeNode) -> CodeNode:
        """np.ones, np.zeros, np.eye or np.full of the shape."""
        return self.node("filled", function, args, shape)

    def negative(self, node: CodeNode) -> CodeNode:
        """-a."""
        if node.op == "number":
            return self.number(-node.attr)
        return node.args[0] if node.op == "neg" else self.node("neg", None, (node,), node.shape)

    def transpose(self, node: CodeNode) -> CodeNode:
        """A'."""
        if node.rank < 2 or self.is_symmetric(node):
            return node
        if node.op == "suffix" and node.attr == ".T":
            return node.args[0]
        return self.suffix(node, ".T", node.shape[::-1])

    def permute(self, node: CodeNode, order: tuple[int, ...]) -> CodeNode:
        """The array with its axes in this order; of a permuted one by one permutation."""
        if order == tuple(range(len(order))):
            return node
        if len(order) == 2:
            return self.transpose(node)
        shape = tuple(node.shape[k] for k in order)
        if node.op == "suffix" and node.attr.startswith(_PERMUTED):
            before = node.attr[len(_PERMUTED) : -1].split(", ")
            return self.permute(node.args[0], tuple(int(before[k]) for k in order))
        return self.suffix(node, f"{_PERMUTED}{', '.join(map(str, order))})", shape)

    def times(self, left: CodeNode, right: CodeNode) -> CodeNode:
        """Entry by entry, or with a scalar; sigmoid(x)*sigmoid(-x) is one function of x."""
        joined = self._slope_of_sigmoid(left, right) or self._slope_of_sigmoid(right, left)
        if joined is not None:
            return joined
        for scalar, ones in ((left, right), (right, left)):
            if not scalar.rank and is_ones(ones):
                return self.fill("np.full", ones.shape, scalar)
        return self.infix("*", left, right, left.shape if left.rank >= right.rank else right.shape)

    def _slope_of_sigmoid(self, product: CodeNode, other: CodeNode) -> CodeNode | None:
        """A product with sigmoid(x) in it, times sigmoid(-x); None where there is no such pair."""
        factors = product.args if product.op == "infix" and product.attr == "*" else (product,)
        for place, factor in enumerate(factors):
            if _is_mirrored(factor, other):  # the slope is even, so either argument will do
                x = min(factor.args[0], other.args[0], key=lambda node: node.serial)
                slope = self.call("sigmoid_slope", x, shape=factor.shape)
                rest = factors[:place] + factors[place + 1 :]
                return self.times(rest[0], slope) if rest else slope
        return None

    def gram(self, w: CodeNode, Z: CodeNode) -> CodeNode:
        """Z'*diag(w)*Z for weights of any sign."""
        return self.call("weighted_gram", w, Z, shape=(Z.shape[1], Z.shape[1]))

    def scale_rows(self, v: CodeNode, M: CodeNode) -> CodeNode:
        """diag(v)*M."""
        return self.infix("*", self.along(v, 0), M, M.shape)

    def along(self, vector: CodeNode, axis: int) -> CodeNode:
        """A vector as a matrix with one column (0) or one row (1)."""
        shape = (*vector.shape, ONE) if axis == 0 else (ONE, *vector.shape)
        return self.suffix(vector, ALONG_AXES[axis], shape)

    def outer(self, u: CodeNode, w: CodeNode) -> CodeNode:
        """u*w'."""
        return self.call(OUTER, u, w, shape=u.shape + w.shape)

    def dot(self, x: CodeNode, y: CodeNode) -> CodeNode:
        """x'*y; in one order, for it commutes."""
        if is_ones(x):
            x, y = y, x
        if is_ones(y):
            return self.total(x)
        x, y = sorted((x, y), key=lambda node: node.serial)
        return self.infix("@", x, y, ())

    def total(self, node: CodeNode) -> CodeNode:
        """The sum of all entries; of x.*y of vectors their inner product."""
        if is_ones(node):
            return self.size(node.shape[0])
        if (
            node.rank == 1
            and node.op == "infix"
            and node.attr == "*"
            and all(arg.rank == 1 for arg in node.args)
        ):
            return self.dot(*node.args)
        if (
            node.rank == 1
            and node.op == "infix"
            and node.attr == "**"
            and node.args[1] is self.number(2)
        ):
            return self.dot(node.args[0], node.args[0])
        return self.call("np.sum", node)

    def pair(self, P: CodeNode, Q: CodeNode, *, axis: int | None = None) -> CodeNode:
        """The sum of P.*Q, along an axis or of everything: diag(P*Q') or tr(P*Q')."""
        if axis is None and all(node.op == "suffix" and node.attr == ".T" for node in (P, Q)):
            P, Q = P.args[0], Q.args[0]
        entries = self.times(P, Q)
        if axis is None:
            return self.call("np.sum", entries)
        return self.call("np.sum", entries, after=(f"axis={axis}",), shape=(P.shape[1 - axis],))


OUTER = "np.multiply.outer"
ALONG_AXES = ("[:, None]", "[None, :]")  # after a vector: as a column, as a row
_PARITY = {row.numpy or name: row.parity for name, row in OPERATIONS.items() if row.parity}
_PERMUTED = ".transpose("
_EXACT: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": add,
    "-": sub,
    "*": mul,
    "/": truediv,
}
_COMMUTES = frozenset("+*")
_NUMPY = {"/": "np.divide", "**": "np.float_power"}
_PYTHON = (
    "number",
    "size",
    "infix",
    "neg",
)  # what numbers of Python are made of, as opposed to those of NumPy


def is_ones(node: CodeNode) -> bool:
    """Whether this is a vector of ones."""
    return node.op == "filled" and node.attr == "np.ones" and node.rank == 1


def is_zero(node: CodeNode) -> bool:
    """Whether this is the number 0 or an array of zeros."""
    if node.op == "number":
        return bool(node.attr == 0)
    return node.op == "filled" and node.attr == "np.zeros"


def is_bare(node: CodeNode) -> bool:
    """Whether the value is made of numbers, sizes and constants such as pi, by operators alone."""
    parts = postorder(node, operands)
    return all(part.op == "text" or part.op in _PYTHON for part in parts)


def _is_mirrored(one: CodeNode, other: CodeNode) -> bool:
    """Whether these are sigmoid(x) and sigmoid(-x)."""
    if not (one.calls("sigmoid") and other.calls("sigmoid")):
        return False
    (x,), (y,) = one.args, other.args
    if x.op == "neg" or y.op == "neg":
        return (x.op == "neg" and x.args[0] is y) or (y.op == "neg" and y.args[0] is x)
    if x.op != "infix" or y.op != "infix" or x.attr != y.attr:
        return False
    (a, b), (c, d) = x.args, y.args
    if x.attr == "-":
        return a is d and b is c and a.shape == b.shape
    numbers = a.op == c.op == "number" and a.attr == -c.attr
    return bool(x.attr == "*" and numbers and b is d)


def _is_likely(node: CodeNode, known: set[CodeNode], mirrors: dict[CodeNode, int]) -> bool:
    """Whether a matrix that was just made is positive definite if its numbers are those of a
    covariance, given which of its parts are: ``A' * A``, exponentials (a kernel of distances), a
    sum of such, one with a diagonal matrix.
    """
    if node.rank != 2:
        return False
    if node.op == "call":
        kernel = node.calls("np.exp") and mirrors.get(node) == 1
        return bool(kernel or node.calls("weighted_gram"))
    if node.op != "infix":
        return (node.op, node.attr) == ("filled", "np.eye")
    left, right = node.args
    if node.attr == "+":
        return any(
            one in known and (other in known or other.calls("np.diag"))
            for one, other in ((left, right), (right, left))
        )
    if node.attr == "*":
        return not left.rank and right in known and left.op != "neg" and not _is_negative(left)
    if node.attr == "/":
        return left in known and not right.rank and right.op != "neg"
    return node.attr == "@" and _mirror(node, dict.fromkeys(known, 1)) == 1


def _are_mirrored(one: CodeNode, other: CodeNode) -> bool:
    """Whether one matrix is the transpose of the other."""
    if one.calls(OUTER) and other.calls(OUTER):
        return one.args == other.args[::-1]
    return any(
        each.op == "suffix" and each.attr == ".T" and each.args[0] is bare
        for each, bare in ((one, other), (other, one))
    )


def _middles(left: CodeNode, right: CodeNode) -> Iterator[tuple[CodeNode, CodeNode, CodeNode]]:
    """A product of three matrices as the middle one and the ends."""
    if right.op == "infix" and right.attr == "@":
        yield right.args[0], left, right.args[1]
    if left.op == "infix" and left.attr == "@":
        yield left.args[1], left.args[0], right


def _is_negative(node: CodeNode) -> bool:
    return bool(node.op == "number" and node.attr < 0)


def _mirror(node: CodeNode, known: Mapping[CodeNode, int]) -> int:
    """1 for a matrix that is surely its own transpose, -1 for one that is surely the negative of
    it, and 0, given that of its parts.
    """
    if node.rank != 2:
        return 0
    signs = [known.get(arg, 0) if arg.rank else 1 for arg in node.args]
    if node.op == "neg":
        return signs[0]
    if node.op == "infix":
        return _mirror_of_infix(node, signs, known)
    if node.op != "call":
        return int((node.op, node.attr) == ("filled", "np.eye"))
    function = node.attr[0]
    if node.calls("np.linalg.inv"):
        return signs[0]
    if function in (OUTER, "squared_distances"):
        return int(node.args[0] is node.args[1])
    if function in ENTRY_CALLS:
        return int(set(signs) == {1}) or (_PARITY.get(function, 0) if signs == [-1] else 0)
    return int(function in ("np.diag", "psd_inverse", "weighted_gram"))


def _mirror_of_infix(node: CodeNode, signs: list[int], known: Mapping[CodeNode, int]) -> int:
    left, right = node.args
    if node.attr in ("+", "-"):
        turned = _are_mirrored(left, right)
        return (1 if node.attr == "+" else -1) if turned else signs[0] * (signs[0] == signs[1])
    if node.attr in ("*", "/"):
        return signs[0] * signs[1]
    if node.attr == "@":
        return int(
            _are_mirrored(left, right)
            or any(
                known.get(middle) == 1 and _are_mirrored(*ends)
                for middle, *ends in _middles(left, right)
            )
        )
    if node.attr != "**" or right.rank:
        return 0
    if signs[0] >= 0:
        return signs[0]
    if right.op != "number" or right.attr.denominator != 1:
        return 0
    return -1 if right.attr % 2 else 1


def axis_argument(axes: Sequence[int]) -> str:
    """The argument that says over which axes a call reduces."""
    return f"axis={axes[0] if len(axes) == 1 else tuple(axes)}"


def total(build: CodeBuilder, array: CodeNode, axes: Sequence[int]) -> CodeNode:
    """The sum of an array over some axes."""
    if not axes:
        return array
    shape = tuple(dim for axis, dim in enumerate(array.shape) if axis not in axes)
    return build.call("np.sum", array, after=(axis_argument(axes),) if shape else (), shape=shape)


def is_whole(node: CodeNode) -> bool:
    """Whether this is an integer or a size."""
    return node.op == "size" or (node.op == "number" and node.attr.denominator == 1)


def is_column(node: CodeNode) -> bool:
    """Whether this is a vector as a column of a matrix."""
    return node.op == "suffix" and bool(node.attr == ALONG_AXES[0])
