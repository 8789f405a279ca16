"""The nodes of the network. Only ``build.Builder`` makes them; identity is equality up to renamed
summed indices.

Einstein notation with hyper-indices: a label may be in any number of factors and is summed
unless it is an output. That one rule covers matrix products, entry-by-entry products, ``diag``,
``tr``, outer products and broadcasting.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import gcd, lcm

from matcalc.core.declared import FunctionRef
from matcalc.core.dims import ZERO, Dim, Shape

Rational = int | Fraction
Labels = tuple[int, ...]
FunctionName = str | FunctionRef
COMPLEX = "complex"  # the structure of a variable whose entries are complex numbers


class Node:
    """A tensor with ordered axes.

    Nodes are interned: within one Builder equal normal forms are one object, so nodes are compared
    by identity. ``id`` counts up, children have smaller ones than the nodes made of them, and every
    order goes by it. Only ``parity``, ``exchange`` and ``transposed`` are set after a node is made.

    ``children``: the nodes that it is made of. ``parity``: +1 when equal to its transpose, -1 when
    an exchange of two axes makes it minus itself, else 0. ``exchange``: of a sum with three axes or
    more, two of them whose exchange leaves it as it is or makes it minus itself, with that sign (as
    x_ik - x_jk).
    """

    __slots__ = ("axes", "children", "exchange", "id", "parity", "rank", "transposed")

    kind = ""  # of a leaf

    def __init__(self, serial: int, axes: Shape, children: tuple[Node, ...] = ()) -> None:
        self.id = serial
        self.axes = axes
        self.rank = len(axes)
        self.children = children
        self.parity = 0
        self.exchange: tuple[int, int, int] | None = None
        self.transposed: Node | None = None

    @property
    def is_tensor(self) -> bool:
        """Whether it has three axes or more, so that it is not a matrix."""
        return self.rank > 2


class Leaf(Node):
    """A variable, or a constant of the notation.

    kind ``variable`` (name, structure), ``constant`` (pi), ``dimension`` (a size, as a scalar),
    ``eye`` (delta_ij), ``ones`` (one axis), ``lower``: L[i, j] = 1 where j - i <= k, the number
    that is its name, of which ``tril`` and ``cumsum`` are made; ``select``: S[k, i] = 1 where k =
    start + i, a range of a larger index; ``place``: C[k, i, j] = 1 where k = start + c*i + d*j with
    the factors c, d that are its name, as in ``x[i-j+1]``; ``unit``: e[k] = 1 where k = start;
    ``epsilon``: the sign of the permutation i, j, k of three (0 where two are equal), of which
    ``cross`` is made;
    ``fuse``: F[k, i, j] = 1 where k = i + j*m, the index that runs through an m x n matrix column
    by column, of which ``vec`` and ``kron`` are made.
    """

    __slots__ = ("kind", "name", "start", "structure")

    def __init__(
        self, serial: int, axes: Shape, kind: str, name: str, structure: str, start: Dim = ZERO
    ) -> None:
        super().__init__(serial, axes)
        self.start = start
        self.kind = kind
        self.name = name
        self.structure = structure

    def __repr__(self) -> str:
        return (
            f"{self.kind}({self.start})"
            if self.kind in ("select", "unit")
            else self.name or self.kind
        )


class Product(Node):
    """``coefficient * prod(node[labels] ** exponent)`` summed over every label that is not an
    output.

    Labels 0 ... rank-1 are the outputs, in order; the summed ones follow without gaps. Factors are
    in the order of ``canonical``, so renaming and reordering give the same node. No factors: the
    number ``coefficient``.
    """

    __slots__ = ("coefficient", "factors")

    def __init__(
        self, serial: int, axes: Shape, coefficient: Rational, factors: tuple[Factor, ...]
    ) -> None:
        super().__init__(serial, axes, tuple([node for node, _, _ in factors]))
        self.coefficient = coefficient
        self.factors = factors

    def __repr__(self) -> str:
        inside = " ".join(
            f"{node!r}{list(labels)}" + (f"^{e}" if e != 1 else "")
            for node, labels, e in self.factors
        )
        return f"<{self.coefficient} {inside} ->{self.rank}>"


Factor = tuple[Node, Labels, Rational]


class Sum(Node):
    """``sum(coefficient * term)`` of nodes with the same axes; no terms: zero.

    No term is a Sum or carries a coefficient. Terms are distinct and in the order of their ids. The
    coefficients are not zero, have no common factor, and at least one of them is positive; what
    they have in common is in front, in a Product.
    """

    __slots__ = ("terms",)

    def __init__(self, serial: int, axes: Shape, terms: tuple[tuple[Rational, Node], ...]) -> None:
        super().__init__(serial, axes, tuple([term for _, term in terms]))
        self.terms = terms

    def __repr__(self) -> str:
        return "(" + " + ".join(f"{c}*{t!r}" for c, t in self.terms) + ")"


class Call(Node):
    """A function: entry by entry (scalar arguments are broadcast), or of a matrix or vector as a
    whole. One that is only declared is its own name.

    ``slots``: the k-th Frechet derivative of a matrix function, with k pairs of axes for the
    directions after the axes of the value.
    """

    __slots__ = ("args", "name", "slots")

    def __init__(
        self, serial: int, axes: Shape, name: FunctionName, args: tuple[Node, ...], slots: int
    ) -> None:
        super().__init__(serial, axes, args)
        self.name = name
        self.args = args
        self.slots = slots
        if isinstance(name, FunctionRef) and name.symmetric:
            self.parity, self.transposed = 1, self

    def __repr__(self) -> str:
        return f"{self.name}{'_' * self.slots}({', '.join(map(repr, self.args))})"


def order_factors(node: Node, labels: Labels) -> tuple[Labels, int]:
    """The labels of a factor with parity in order, and the sign that this costs; 0 where the factor
    vanishes.
    """
    if node.exchange is not None:
        one, other, sign = node.exchange
        if labels[one] == labels[other]:
            return labels, max(sign, 0)
        if labels[one] < labels[other]:
            return labels, 1
        turned = list(labels)
        turned[one], turned[other] = labels[other], labels[one]
        return tuple(turned), sign
    if not node.parity:
        return labels, 1
    if len(labels) == 2:
        first, second = labels
        if first < second or node.parity > 0:
            return (labels if first < second else (second, first)), 1
        return (second, first), -(first != second)
    exchanges = sum(
        labels[j] < labels[i] for i in range(len(labels)) for j in range(i + 1, len(labels))
    )
    sign = 0 if len(set(labels)) < len(labels) else -1 if exchanges % 2 else 1
    return tuple(sorted(labels)), sign


def magnitude(value: Rational) -> Rational:
    """The absolute value (``abs`` of an int or Fraction has no type of its own)."""
    return -value if value < 0 else value


def exact_root(value: Fraction, degree: int) -> Fraction | None:
    """The positive rational ``degree``-th root, if there is one."""
    if value <= 0:
        return None
    parts = []
    for part in (value.numerator, value.denominator):
        if part > 1 << 64:
            return None
        guess = round(part ** (1 / degree))
        if guess**degree != part:
            return None
        parts.append(guess)
    return Fraction(parts[0], parts[1])


def rational(value: Rational) -> Rational:
    """An int where the value is one, so that equal numbers look equal."""
    if type(value) is int:
        return value
    return int(value) if value.denominator == 1 else value


def quotient(above: Rational, below: Rational) -> Rational:
    """The exact quotient, an int where it is one."""
    if below == 1:
        return above
    if type(above) is int and type(below) is int and above % below == 0:
        return above // below
    return rational(Fraction(above) / below)


def content(coefficients: Iterable[Rational]) -> Rational:
    """The largest rational that leaves coprime integers behind."""
    numerator, denominator = 0, 1
    for c in coefficients:
        numerator = gcd(numerator, c.numerator)
        denominator = lcm(denominator, c.denominator)
    return numerator if denominator == 1 else Fraction(numerator, denominator)


def is_number(node: Node) -> bool:
    """Whether the node is a rational number."""
    return isinstance(node, Product) and not node.factors


def is_zero(node: Node) -> bool:
    """Whether the node is the zero of its shape."""
    return isinstance(node, Sum) and not node.terms


def is_atom(node: Node) -> bool:
    """A scalar that is one connected network; it stays whole inside other products."""
    return (
        isinstance(node, Product) and not node.axes and any(labels for _, labels, _ in node.factors)
    )


def is_negative(node: Node) -> bool:
    """Whether the node has a minus in front that its negative does not need: ``-2*x`` and
    ``-(x + y)``, but neither ``x - y`` nor ``y - x``.
    """
    return (
        isinstance(node, Product)
        and node.coefficient < 0
        and not any(
            isinstance(factor, Sum) and any(number < 0 for number, _ in factor.terms)
            for factor, _, _ in node.factors
        )
    )


def permutation_of(node: Node) -> Labels | None:
    """The order of the axes of a node that is nothing but another one permuted."""
    if not isinstance(node, Product) or node.coefficient != 1 or len(node.factors) != 1:
        return None
    _, labels, exponent = node.factors[0]
    if exponent != 1 or sorted(labels) != list(range(node.rank)):
        return None
    return tuple([labels.index(axis) for axis in range(node.rank)])


def is_ones(node: Node) -> bool:
    """Whether this is an array of ones."""
    return node.kind == "ones"


def as_term(node: Node) -> tuple[Rational, tuple[Factor, ...]]:
    """The node as a coefficient and factors on the output labels 0 ... rank-1."""
    if isinstance(node, Product) and (node.axes or not is_atom(node)):
        return node.coefficient, node.factors
    return 1, ((node, tuple(range(node.rank)), 1),)


def label_sizes(factors: Iterable[Factor]) -> dict[int, Dim]:
    """The size of each label that occurs on a factor."""
    sizes: dict[int, Dim] = {}
    for node, labels, _ in factors:
        sizes.update(zip(labels, node.axes, strict=True))
    return sizes


def as_product(node: Node) -> tuple[Rational, tuple[Factor, ...]]:
    """The node as a coefficient and factors, a whole scalar network taken apart too."""
    if isinstance(node, Product):
        return node.coefficient, node.factors
    return 1, ((node, tuple(range(node.rank)), 1),)


def as_sum(node: Node) -> tuple[Rational, tuple[tuple[Rational, Node], ...]]:
    """The node as a multiple of a linear combination; what is not a sum is one term."""
    if isinstance(node, Product) and len(node.factors) == 1:
        inner, labels, exponent = node.factors[0]
        if isinstance(inner, Sum) and exponent == 1 and labels == tuple(range(node.rank)):
            return node.coefficient, inner.terms
    return 1, node.terms if isinstance(node, Sum) else ((1, node),)


def is_diagonal(node: Node) -> bool:
    """Whether the node is delta_ij times something on i alone."""
    _, form = as_term(node)
    inner = [factor for factor in form if 1 in factor[1]]
    return (
        len(inner) == 1
        and isinstance(inner[0][0], Leaf)
        and inner[0][0].kind == "eye"
        and inner[0][1] == (0, 1)
    )


def is_wrapped(node: Node) -> bool:
    """Whether the node is nothing but a transposed (and scaled) single factor."""
    return isinstance(node, Product) and len(node.factors) == 1 and node.factors[0][1] == (1, 0)
