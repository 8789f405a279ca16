"""Builder: the only maker of nodes. It interns them and puts products and sums into normal form.

Normal form is structure, not algebra: nested products are flattened, identities merge indices,
equal factors on equal indices become powers, scalars split off, like terms are collected. What
needs a theorem is in ``identities/``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from matcalc.core.dims import Shape
from matcalc.core.errors import UnsupportedError
from matcalc.core.operations import FUNCTIONS_OF_MATRICES, OF_ENTRIES, PARITY
from matcalc.engine.ir.canonical import Terms, canonical, find_exchange, turn
from matcalc.engine.ir.flatten import Flattening
from matcalc.engine.ir.nodes import (
    Call,
    Factor,
    FunctionName,
    Labels,
    Leaf,
    Node,
    Product,
    Rational,
    Sum,
    as_term,
    content,
    is_diagonal,
    is_negative,
    is_number,
    is_ones,
    is_wrapped,
    is_zero,
    permutation_of,
    quotient,
    rational,
)
from matcalc.engine.ir.signs import is_sign
from matcalc.engine.ir.table import NodeTable
from matcalc.engine.ir.traits import HasTraits

_LONGEST = 1_200  # factors of a product: the time to bring one in order grows with the square

if TYPE_CHECKING:
    from matcalc.engine.ir.restrict import Restrictions


class Builder(NodeTable):
    """Makes the nodes of one derivation; it lives as long as that.

    All nodes that it returns are in normal form. Nodes of two builders are never mixed.
    """

    def __init__(self, catalogue: HasTraits) -> None:
        super().__init__(catalogue)
        self._products: dict[object, Node] = {}  # arguments -> normal form
        self._restrictions: Restrictions | None = None

    @property
    def restrictions(self) -> Restrictions:
        """Nodes narrowed down to ranges."""
        if self._restrictions is None:
            # needed only where there are ranges
            from matcalc.engine.ir.restrict import Restrictions  # noqa: PLC0415

            self._restrictions = Restrictions(self)
        return self._restrictions

    # products

    def product(
        self, coefficient: Rational, factors: Iterable[Factor], outputs: Labels, axes: Shape
    ) -> Node:
        """``coefficient * prod(factors)`` summed over all labels but ``outputs`` (a repeated output
        label is a diagonal).
        """
        factors = tuple(factors)
        asked = tuple([(node.id, labels, exponent) for node, labels, exponent in factors])
        key = (coefficient, asked, outputs, self.indexed)
        found = self._products.get(key)
        if found is None or found.axes != axes:
            found = self._normalise(coefficient, factors, outputs, axes)
            self._products[key] = found
        return found

    def _normalise(
        self, coefficient: Rational, factors: tuple[Factor, ...], outputs: Labels, axes: Shape
    ) -> Node:
        """The product in normal form."""
        ranges = self.restrictions if self.selecting else None
        flat = Flattening(self, factors, outputs, axes, ranges)
        if flat.vanishes or coefficient == 0:
            return self.zero(axes)
        if len(flat.flat) > _LONGEST:
            message = (
                f"a product of {len(flat.flat):,} factors is too long; at most "
                f"{_LONGEST:,} are supported"
            )
            raise UnsupportedError(
                message, hint="a repeated factor can be written as a power, A^1000"
            )
        if flat.wide is not None:
            return self._distribute(coefficient, flat, axes)
        coefficient = coefficient * flat.coefficient
        if flat.alternatives is not None:
            outputs = tuple(range(flat.rank))
            return self.scale(
                coefficient,
                self.sum(
                    [(1, self.product(1, each, outputs, axes)) for each in flat.alternatives], axes
                ),
            )
        opened, closed, scalars = flat.components()
        if closed and len(closed) == 1 and not opened and not scalars:
            atom = self._atom(closed[0])
            return self.scale(coefficient, atom)
        if closed:
            scalars += [(self._atom(component), (), 1) for component in closed]
            return self.product(coefficient, scalars + opened, tuple(range(flat.rank)), axes)
        form, sign = canonical(scalars + opened, flat.rank)
        coefficient *= sign
        return self._product(coefficient, form, axes) if coefficient else self.zero(axes)

    def _product(self, coefficient: Rational, form: tuple[Factor, ...], axes: Shape) -> Node:
        coefficient = rational(coefficient)
        if coefficient == 1 and len(form) == 1 and form[0][1:] == (tuple(range(len(axes))), 1):
            return form[0][0]
        key = (
            coefficient,
            tuple([(node.id, labels, exponent) for node, labels, exponent in form]),
            len(axes),
        )
        before = self._serial
        node = self._intern(key, Product, axes, coefficient, form)
        if (
            self._serial > before
            and len(axes) == 2
            and [each for each, _, _ in form if each.exchange]
        ):
            node.parity = int(self.transpose(node) is node)  # as of the distances of points
        return node

    def _atom(self, component: list[Factor]) -> Node:
        """A connected network without outputs: one scalar, kept whole."""
        node, _, exponent = component[0]
        if (
            len(component) == 1
            and isinstance(node, Sum)
            and exponent == 1
            and len(set(component[0][1])) == node.rank
        ):
            # a plain sum over a sum is the sum of the plain sums
            labels = component[0][1]
            return self.sum(
                [(c, self.product(1, [(term, labels, 1)], (), ())) for c, term in node.terms], ()
            )
        form, sign = canonical(component, 0)
        return self.scale(sign, self._product(1, form, ()))

    def _distribute(self, coefficient: Rational, flat: Flattening, axes: Shape) -> Node:
        """A sum with more axes than values have cannot stay a factor: no factor may have more axes
        than its notation has.
        """
        assert flat.wide is not None
        inner, labels, _ = flat.flat[flat.wide]
        assert isinstance(inner, Sum)
        rest = flat.flat[: flat.wide] + flat.flat[flat.wide + 1 :]
        outputs = tuple(range(flat.rank))
        terms = [
            (c, self.product(1, [*rest, (term, labels, 1)], outputs, axes))
            for c, term in inner.terms
        ]
        return self.scale(coefficient * flat.coefficient, self.sum(terms, axes))

    def scale(self, coefficient: Rational, node: Node) -> Node:
        """A rational multiple."""
        if coefficient == 1:
            return node
        if coefficient == 0:
            return self.zero(node.axes)
        if is_zero(node):
            return node
        own, form = as_term(node)
        return self._product(own * coefficient, form, node.axes)

    def power(self, node: Node, exponent: Rational) -> Node:
        """The rational power, entry by entry."""
        labels = tuple(range(node.rank))
        return self.product(1, [(node, labels, exponent)], labels, node.axes)

    def times(self, left: Node, right: Node) -> Node:
        """Entry-by-entry product of two nodes of one shape, or of one with a scalar."""
        first, second = tuple(range(left.rank)), tuple(range(right.rank))
        axes = max(left.axes, right.axes, key=len)
        return self.product(
            1, [(left, first, 1), (right, second, 1)], max(first, second, key=len), axes
        )

    def permute(self, node: Node, order: Labels) -> Node:
        """The node with axis ``order[k]`` at place k."""
        coefficient, factors = as_term(node)
        turned = turn(factors, order)
        if turned is not None:
            form, sign = turned
            axes = tuple([node.axes[axis] for axis in order])
            return self._product(sign * coefficient, form, axes)
        return self.product(
            1,
            [(node, tuple(range(node.rank)), 1)],
            order,
            tuple([node.axes[axis] for axis in order]),
        )

    # sums

    def sum(self, terms: Iterable[tuple[Rational, Node]], axes: Shape) -> Node:
        """The linear combination; like terms collected, the common rational factor and an overall
        sign in front.
        """
        collected: dict[Node, Rational] = {}
        self._collect(collected, 1, terms)
        entries = sorted(
            ((c, node) for node, c in collected.items() if c != 0), key=lambda entry: entry[1].id
        )
        if not entries:
            return self.zero(axes)
        if len(entries) == 1:
            return self.scale(*entries[0])
        if len(axes) == 2 and all(is_diagonal(node) for _, node in entries):
            # delta_ij u_i + delta_ij v_i is delta_ij (u + v)_i
            eye = self.eye(axes[0])
            vectors = [(c, self._strip(node)) for c, node in entries]
            scalars = [(c, self.constant_entry(vector)) for c, vector in vectors]
            constant = not any(scalar.rank for _, scalar in scalars)
            joined = self.sum(scalars, ()) if constant else self.sum(vectors, axes[:1])
            place = (0,)[: joined.rank]
            return self.product(1, [(eye, (0, 1), 1), (joined, place, 1)], (0, 1), axes)
        common = content(c for c, _ in entries)
        if all(c < 0 for c, _ in entries):
            common = -common
        primitive = tuple([(quotient(c, common), node) for c, node in entries])
        return self.scale(common, self._sum(primitive, axes))

    def _strip(self, node: Node) -> Node:
        """u for delta_ij u_i."""
        _, form = as_term(node)
        rest = [factor for factor in form if factor[1] != (0, 1)]
        return self.product(
            1, [*rest, (self.leaf("ones", node.axes[:1]), (0,), 1)], (0,), node.axes[:1]
        )

    def _collect(
        self,
        collected: dict[Node, Rational],
        scale: Rational,
        terms: Iterable[tuple[Rational, Node]],
    ) -> None:
        for coefficient, node in terms:
            coefficient = coefficient * scale
            own = as_term(node)[0]
            if coefficient == 0 or own == 0:
                continue
            core = node if own == 1 else self.scale(quotient(1, own), node)
            if isinstance(core, Sum):
                self._collect(collected, coefficient * own, core.terms)
            else:
                collected[core] = collected.get(core, 0) + coefficient * own

    def _sum(self, terms: tuple[tuple[Rational, Node], ...], axes: Shape) -> Node:
        """Intern a primitive sum; its negative or its transpose, if that came first, stands for
        it.
        """
        key = _sum_key(terms)
        known = self._table.get(key)
        if known is not None:
            return known
        negative = self._table.get(_sum_key(tuple([(-c, node) for c, node in terms])))
        if negative is not None:
            return self.scale(-1, negative)
        if len(axes) != 2:
            node = self._intern(key, Sum, axes, terms)
            if node.is_tensor:
                node.exchange = find_exchange(terms, axes, self._permute_terms)
            return node
        flipped = self._order([(c, self.transpose(node)) for c, node in terms])
        for sign in (1, -1):
            other = self._table.get(_sum_key(tuple([(sign * c, node) for c, node in flipped])))
            if other is not None:
                return self.scale(sign, self.transpose(other))
        node = self._intern(key, Sum, axes, terms)
        self._set_parity(node, flipped, terms)
        return node

    def _permute_terms(self, terms: Terms, order: Labels) -> Terms:
        return self._order([(c, self.permute(node, order)) for c, node in terms])

    def _order(self, terms: Iterable[tuple[Rational, Node]]) -> Terms:
        """Like terms collected, in the order of their ids."""
        across: dict[Node, Rational] = {}
        self._collect(across, 1, terms)
        return tuple(sorted(((c, n) for n, c in across.items()), key=lambda entry: entry[1].id))

    def _set_parity(self, node: Node, flipped: Terms, terms: Terms) -> None:
        if flipped == terms:
            self._with_parity(node, 1)
        elif tuple([(-c, n) for c, n in flipped]) == terms:
            self._with_parity(node, -1)

    # functions

    def call(self, name: FunctionName, args: Sequence[Node], axes: Shape, slots: int = 0) -> Node:
        """A function of whole arguments; a transposed argument moves outside where the function
        allows it.
        """
        rule = self.traits.transposition.get(name)
        if rule == "skew" and not slots:
            return self._with_parity(self._call(name, tuple(args), axes, 0), -1)
        if rule is None or slots or args[0].rank != 2 or (axes and rule == "invariant"):
            return self._call(name, tuple(args), axes, slots)
        across = (self.transpose(args[0]), *args[1:])
        if across[0] is not args[0] and self._prefers(name, across, tuple(args)):
            other = self._call(name, across, axes if rule == "invariant" else (axes[1], axes[0]), 0)
            return other if rule == "invariant" else self.transpose(other)
        node = self._call(name, tuple(args), axes, 0)
        if rule == "equivariant" and (
            across[0] is args[0] or (name in self.traits.even and args[0].parity < 0)
        ):
            self._with_parity(node, 1)
        elif name in self.traits.odd and args[0].parity < 0:
            self._with_parity(node, -1)
        return node

    def elementwise(self, name: FunctionName, args: Sequence[Node]) -> Node:
        """A function entry by entry; arguments that are one number everywhere become scalars."""
        axes = max((arg.axes for arg in args), key=len)
        args = [self.constant_entry(arg) for arg in args]
        if axes and not any(arg.axes for arg in args):
            return self.times(self.ones(axes), self.elementwise(name, args))
        if name == "pow" and isinstance(args[1], Product) and is_number(args[1]):
            return self.power(args[0], args[1].coefficient)
        if name in OF_ENTRIES and is_number(args[0]):  # step(0) = 0 is the one convention
            args = args[::-1]
        equal = name == "equal"  # a == b is b == a
        if equal and self._table.get((name, tuple(args[::-1]), 0)) is not None:
            args = args[::-1]
        sign = PARITY.get(name, 0)
        if sign and is_negative(args[0]):
            return self.scale(sign, self.elementwise(name, [self.scale(-1, args[0])]))
        if name == "abs" and self.nonnegative(args[0]):
            return args[0]
        if len(axes) > 2:
            order = permutation_of(args[0])
            if order is not None and all(arg.rank for arg in args):
                back = tuple([order.index(axis) for axis in range(len(axes))])
                plain = [self.permute(arg, back) for arg in args]
                return self.permute(self._call(name, tuple(plain), plain[0].axes, 0), order)
        if len(axes) != 2:
            return self._call(name, tuple(args), axes, 0)
        across = tuple([self.transpose(arg) if arg.rank else arg for arg in args])
        turned = equal and across == tuple(args[::-1])
        parity = sign if args[0].parity < 0 else int(turned or across == tuple(args))
        if parity:
            return self._with_parity(self._call(name, tuple(args), axes, 0), parity)
        if self._prefers(name, across, tuple(args)):
            return self.transpose(self._call(name, across, (axes[1], axes[0]), 0))
        return self._call(name, tuple(args), axes, 0)

    def _prefers(
        self, name: FunctionName, across: tuple[Node, ...], args: tuple[Node, ...]
    ) -> bool:
        """Whether the transposed arguments are the ones to keep: they came first, or they are
        plainer.
        """
        if _is_scaled(args[0]) != _is_scaled(across[0]):
            return _is_scaled(args[0])  # of inv(-K) and inv(K)', for a skew K, the second
        if self._table.get((name, args, 0)) is not None:
            return False
        if self._table.get((name, across, 0)) is not None:
            return True
        return is_wrapped(args[0]) and not is_wrapped(across[0])

    def _call(self, name: FunctionName, args: tuple[Node, ...], axes: Shape, slots: int) -> Node:
        self.matrix_functions = self.matrix_functions or name in _OF_MATRICES
        self.inverses = self.inverses or name == "inv"
        return self._intern((name, args, slots), Call, axes, name, args, slots)

    def constant_entry(self, node: Node) -> Node:
        """The scalar c for c*ones, else the node itself."""
        if is_zero(node):
            return self.number(0)
        if node.rank and isinstance(node, Product | Leaf):
            coefficient, form = as_term(node)
            labelled = [entry for entry in form if entry[1]]
            if all(is_ones(f) for f, _, _ in labelled):
                return self.product(coefficient, [entry for entry in form if not entry[1]], (), ())
        return node

    # transposes and signs

    def transpose(self, node: Node) -> Node:
        """The transpose of a two-axis node."""
        if node.transposed is None:
            result = self.permute(node, (1, 0))
            node.transposed = result
            if result.transposed is None:
                result.transposed = node
        return node.transposed


_OF_MATRICES = FUNCTIONS_OF_MATRICES - {"inv"}


def _is_scaled(node: Node) -> bool:
    """Whether the node carries a number in front; skewmat(x) is -e[i,k,j]*x[j]."""
    if not isinstance(node, Product):
        return False
    return node.coefficient != (
        -1 if node.rank == 2 and any(is_sign(factor) for factor, _, _ in node.factors) else 1
    )


def _sum_key(terms: tuple[tuple[Rational, Node], ...]) -> object:
    return ("+", tuple([(c, node.id) for c, node in terms]))
