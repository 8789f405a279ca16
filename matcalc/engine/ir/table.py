"""NodeTable: the nodes of one derivation, each there once, its leaves, and what is known of them.

``Builder`` adds products, sums and functions in normal form. What works on products asks for these
here, and for the abstract methods of this class.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matcalc.core.declared import FunctionRef
from matcalc.core.dims import ONE, ZERO, Dim, Shape
from matcalc.core.kinds import SYMMETRY
from matcalc.core.operations import ENTRYWISE
from matcalc.engine.ir.nodes import (
    COMPLEX,
    Factor,
    FunctionName,
    Labels,
    Leaf,
    Node,
    Product,
    Rational,
    Sum,
    as_term,
    rational,
)
from matcalc.engine.ir.properties import Properties
from matcalc.engine.ir.property_flags import NONNEGATIVE, POSITIVE
from matcalc.engine.ir.traits import HasTraits

# leaves that say which indices are equal, or how they lie
_STRUCTURE = frozenset({"eye", "fuse", "epsilon", "lower", "apart", "place"})


class NodeTable:
    """Makes leaves and numbers; it lives as long as a derivation.

    ``_table`` holds every node under a key with all that tells it from others, so equal nodes are
    one object. The flags say what has been made so far: they are set once, and stay.
    """

    def __init__(self, catalogue: HasTraits) -> None:
        self.catalogue = catalogue
        traits = self.traits = catalogue.traits
        self.properties = Properties(traits.positive)
        self._table: dict[object, Node] = {}
        self._serial = 0
        self.matrix_functions = (
            False  # whether there are functions of matrices, their derivatives, powers
        )
        self.inverses = False  # whether there are inverses
        self.widest = 2  # axes of a sum that stays a factor: as many as values have
        self.selecting = False  # whether there are ranges of indices
        self.triangles = False  # whether there are triangles of ones
        self.turns = False  # whether there are signs of permutations, as in cross products
        self.complex = False  # whether there are complex variables
        self.indexed = False  # whether there are indices bound by sums, and arrays made by them
        self.diagonals = False  # whether there are vectors that stand for diagonal matrices

    def _intern(self, key: object, make: type[Node], *data: object) -> Node:
        node = self._table.get(key)
        if node is None:
            node = make(self._serial, *data)  # type: ignore[arg-type]
            self._serial += 1
            self._table[key] = node
        return node

    def leaf(
        self, kind: str, axes: Shape, name: str = "", structure: str = "", start: Dim = ZERO
    ) -> Node:
        """A variable or a constant of the notation (see ``nodes.Leaf``)."""
        key = (kind, axes, name, structure, start)
        node = self._intern(key, Leaf, axes, kind, name, structure, start)
        self.triangles = self.triangles or kind == "lower"
        self.complex = self.complex or structure == COMPLEX
        whole = kind == "eye" or (kind == "apart" and name == "0" and axes[0] == axes[1])
        if whole:
            return self._with_parity(node, 1)
        if structure in SYMMETRY and len(axes) == 2:
            return self._with_parity(node, SYMMETRY[structure])
        if kind == "epsilon":  # of three axes: nothing is its transpose
            self.turns = True
            node.parity = -1
        return node

    def _with_parity(self, node: Node, sign: int) -> Node:
        """The node, which is its transpose times a sign."""
        if node.parity == 0:
            node.parity = sign
            node.transposed = node if sign > 0 else self.scale(-1, node)
        return node

    def eye(self, size: Dim) -> Node:
        """The identity matrix, delta_ij."""
        return self.leaf("eye", (size, size))

    def select(self, whole: Dim, start: Dim, size: Dim) -> Node:
        """S[k, i] = 1 where k = start + i: the columns of the identity in a range."""
        if whole == size:
            return self.eye(whole)
        if size == ONE:  # a range of one place is that place
            one = (self.unit(whole, start), (0,), 1)
            return self.product(1, [one], (0, 1), (whole, ONE))
        self.selecting = True
        return self._intern(
            ("select", whole, start, size), Leaf, (whole, size), "select", "", "", start
        )

    def unit(self, whole: Dim, start: Dim) -> Node:
        """The vector with a one at a place."""
        if whole == ONE:
            return self.ones((whole,))
        self.selecting = True
        return self._intern(("unit", whole, start), Leaf, (whole,), "unit", "", "", start)

    def ones(self, axes: Shape) -> Node:
        """Ones everywhere; the number 1 for no axes."""
        factors: list[Factor] = [
            (self.leaf("ones", (size,)), (axis,), 1) for axis, size in enumerate(axes)
        ]
        return self.product(1, factors, tuple(range(len(axes))), axes)

    def number(self, value: Rational) -> Node:
        """A rational number."""
        value = rational(value)
        return self._intern((value, (), 0), Product, (), value, ())

    def zero(self, axes: Shape) -> Node:
        """The zero of a shape."""
        if not axes:
            return self.number(0)
        return self._intern(("zero", axes), Sum, axes, ())

    def size(self, size: Dim) -> Node:
        """A dimension as a scalar."""
        if size.rest:
            return self.sum([(scale, self.size(Dim(1, names))) for scale, names in size.terms], ())
        factors: list[Factor] = [(self.leaf("dimension", (), name), (), 1) for name in size.names]
        return self.product(size.scale, factors, (), ())

    # products, sums and functions: the builder has them in normal form

    def product(
        self, coefficient: Rational, factors: Iterable[Factor], outputs: Labels, axes: Shape
    ) -> Node:
        """``coefficient * prod(factors)`` summed over all labels but ``outputs`` (a repeated output
        label is a diagonal).
        """
        raise NotImplementedError

    def scale(self, coefficient: Rational, node: Node) -> Node:
        """A rational multiple."""
        raise NotImplementedError

    def sum(self, terms: Iterable[tuple[Rational, Node]], axes: Shape) -> Node:
        """The linear combination; like terms collected, the common rational factor and an overall
        sign in front.
        """
        raise NotImplementedError

    def elementwise(self, name: FunctionName, args: Sequence[Node]) -> Node:
        """A function entry by entry; arguments that are one number everywhere become scalars."""
        raise NotImplementedError

    # what is known

    def opens(self, node: Sum) -> bool:
        """Whether a sum of more than two axes is multiplied out: not if it is one of values at
        bound indices, which no identity of a derivative takes apart.
        """
        return not self.indexed or any(
            factor.kind in _STRUCTURE for _, term in node.terms for factor, _, _ in as_term(term)[1]
        )

    def acts_entrywise(self, name: FunctionName) -> bool:
        """Whether a function acts entry by entry."""
        if isinstance(name, FunctionRef):
            return name.entrywise
        return name in ENTRYWISE or name in self.traits.entrywise

    def is_complex(self, node: Node) -> bool:
        """Whether the values may be complex numbers."""
        return self.complex and self.properties.is_complex(node)

    def nonnegative(self, node: Node) -> bool:
        """Whether it is proved that no entry can be negative."""
        return bool(self.properties.infer(node) & NONNEGATIVE)

    def positive(self, node: Node) -> bool:
        """Whether it is proved that every entry is positive."""
        return bool(self.properties.infer(node) & POSITIVE)
