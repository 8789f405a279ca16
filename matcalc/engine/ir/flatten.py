"""The factors of a product laid out flat: products spliced, identities merged, equal factors
collected, components split.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from matcalc.core.dims import Dim, Shape
from matcalc.core.errors import UnsupportedError
from matcalc.engine.ir.branches import lone_square, merge_equal_branches, merge_into_power
from matcalc.engine.ir.masks import MASKS, reduce_masks
from matcalc.engine.ir.nodes import (
    Call,
    Factor,
    Labels,
    Node,
    Product,
    Rational,
    Sum,
    exact_root,
    is_atom,
    is_zero,
    magnitude,
    order_factors,
    quotient,
    rational,
)
from matcalc.engine.ir.signs import SIGN, contract_signs
from matcalc.engine.ir.table import NodeTable

if TYPE_CHECKING:
    from matcalc.engine.ir.restrict import Restrictions

_OUTER = 2  # axes of the least outer product
_LONGEST = 12_000  # bits of a number that is worked out; Python prints numbers of up to some 14,000

# leaves of zeros and ones, which are their own powers
_PROJECTIONS = frozenset(("eye", "fuse", "lower", "select", "unit", "apart", "place"))


class Flattening:
    """Works a list of factors into flat form; outputs become the labels 0 ... rank-1.

    ``ranges`` has the nodes narrowed down to ranges, if there are any. ``wide`` is the index of a
    factor that is a sum of more axes than values have, if there is one.
    """

    def __init__(
        self,
        builder: NodeTable,
        factors: Iterable[Factor],
        outputs: Labels,
        axes: Shape,
        ranges: Restrictions | None = None,
    ) -> None:
        self.builder = builder
        self.ranges = ranges
        self.rank = len(outputs)
        self.coefficient: Rational = 1
        self.vanishes = False
        self.wide: int | None = None
        self.alternatives: list[list[Factor]] | None = None
        self._dims: dict[int, Dim] = dict(enumerate(axes))
        self._merged: dict[int, int] = {}
        self._gone: set[int] = set()  # labels summed inside nodes by now
        self._diagonals: list[Labels] = []
        self.flat: list[Factor] = []
        self._fresh = self.rank
        self._relabel(factors, outputs)
        if not self.vanishes:
            self._settle()
        if not self.vanishes and self.alternatives is None:
            self.wide = next(
                (
                    k
                    for k, (node, _, e) in enumerate(self.flat)
                    if isinstance(node, Sum)
                    and node.rank > builder.widest
                    and e == 1
                    and builder.opens(node)
                ),
                None,
            )

    def _relabel(self, factors: Iterable[Factor], outputs: Labels) -> None:
        """Bring the caller's labels into our numbering and splice."""
        names: dict[int, int] = {}
        for position, label in enumerate(outputs):
            if label in names:
                self._diagonals.append((names[label], position))
            else:
                names[label] = position
        work: list[Factor] = []
        for node, labels, exponent in factors:
            fresh = []
            for label, size in zip(labels, node.axes, strict=True):
                if label not in names:
                    names[label] = self._new(size)
                self._dims.setdefault(names[label], size)
                fresh.append(names[label])
            if isinstance(node, Sum) and is_zero(node) and exponent:
                self._number(0, exponent)
            work.append((node, tuple(fresh), exponent))
        if not self.vanishes:
            work.reverse()
            self._splice(work)

    def _new(self, size: Dim) -> int:
        label = self._fresh
        self._fresh += 1
        self._dims[label] = size
        return label

    def _splice(self, work: list[Factor]) -> None:
        """Take nested products apart."""
        while work:
            node, labels, exponent = work.pop()
            if exponent == 0:
                continue
            if isinstance(node, Product):
                self._splice_product(node, labels, exponent, work)
            elif node.kind == "eye":
                self._diagonals.append(labels)
            elif node.kind == "ones":
                continue
            elif self._is_exponential(node) and exponent.denominator != 1:
                inner = self.builder.scale(exponent, node.children[0])  # sqrt(exp(x)) = exp(x/2)
                work.append((self.builder.elementwise("exp", [inner]), labels, 1))
            else:
                self.flat.append((node, labels, exponent))

    def _is_exponential(self, node: Node) -> bool:
        """Whether this is exp(x) of a real x."""
        called = isinstance(node, Call) and node.name == "exp"
        return called and not self.builder.is_complex(node)

    def _splice_product(
        self, node: Product, labels: Labels, exponent: Rational, work: list[Factor]
    ) -> None:
        if not node.factors:
            self._number(node.coefficient, exponent)
        elif is_atom(node):
            self.flat.append((node, labels, exponent))
        elif exponent == 1:
            self.coefficient *= node.coefficient
            names = dict(enumerate(labels))
            for inner, inner_labels, inner_exponent in reversed(node.factors):
                fresh = []
                for label, size in zip(inner_labels, inner.axes, strict=True):
                    if label not in names:
                        names[label] = self._new(size)
                    fresh.append(names[label])
                work.append((inner, tuple(fresh), inner_exponent))
        else:
            self._splice_power(node, labels, exponent, work)

    def _number(self, value: Rational, exponent: Rational) -> None:
        """A number to a rational power: exact where it can be, a factor of its own otherwise."""
        if value == 0 and exponent > 0:
            self.vanishes = True
        elif value == 0:
            raise UnsupportedError(
                "division by zero",
                hint="a part of this expression, or of its derivative, is zero everywhere",
            )
        elif (
            exponent.denominator == 1
            and magnitude(exponent) * Fraction(value).numerator.bit_length() > _LONGEST
        ):
            raise UnsupportedError(
                "a number with too many digits",
                hint="give large powers of numbers a name",
            )
        elif exponent.denominator == 1 and value != 0:
            size = int(exponent)
            self.coefficient *= value**size if size >= 0 else Fraction(value) ** size
        else:
            root = exact_root(Fraction(value), exponent.denominator)
            if root:
                self.coefficient *= root**exponent.numerator
            else:
                self.flat.append((self.builder.number(value), (), exponent))

    def _splice_power(
        self, node: Product, labels: Labels, exponent: Rational, work: list[Factor]
    ) -> None:
        """(c * f^a * g^b)^e: split where that is true at every point of the domain."""
        builder = self.builder
        integer = exponent.denominator == 1
        size = magnitude(node.coefficient)
        if integer or exact_root(Fraction(size), exponent.denominator):
            taken = node.coefficient if integer else size
            self._number(taken, exponent)
            node_coefficient: Rational = 1 if integer or node.coefficient > 0 else -1
        else:
            node_coefficient = node.coefficient  # sqrt(2*x) stays in one piece
        apart = outer_factors(node) if integer else []
        if apart:  # (x_i z_j)^2 = x_i^2 z_j^2, whatever is summed inside z
            for each in apart:
                outer = sorted({k for _, own, _ in each for k in own if k < node.rank})
                axes = tuple([node.axes[k] for k in outer])
                part = builder.product(1, each, tuple(outer), axes)
                work.append((part, tuple([labels[k] for k in outer]), exponent))
            return
        if contract(node) or (not integer and node_coefficient not in (1, -1)):
            base = builder.scale(quotient(node_coefficient, node.coefficient), node)
            self.flat.append((base, labels, exponent))
            return
        names = dict(enumerate(labels))
        parts = [(f, tuple([names[label] for label in inner]), e) for f, inner, e in node.factors]
        if integer:
            work += [(f, inner, e * exponent) for f, inner, e in parts]
            return
        work += [(f, inner, e * exponent) for f, inner, e in parts if builder.positive(f)]
        unknown = [part for part in parts if not builder.positive(part[0])]
        if unknown and node_coefficient == 1 and self._is_power_of_powers(unknown):
            for f, inner, e in unknown:
                # (f^2)^(1/2) is |f|
                modulus = _is_even(e) and not _is_even(e * exponent)
                base = builder.elementwise("abs", [f]) if modulus else f
                work.append((base, inner, e * exponent))
        elif unknown:
            # sqrt(f*g)^-3 is sqrt(f*g)^-1 over f*g: whole powers split, and cancel
            whole = int(exponent)
            if whole and node_coefficient == 1:
                work += [(f, inner, e * whole) for f, inner, e in unknown]
                exponent -= whole
            kept = [(f, inner, e) for f, inner, e in node.factors if not builder.positive(f)]
            covers: list[Factor] = [
                (builder.leaf("ones", (axis_size,)), (axis,), 1)
                for axis, axis_size in enumerate(node.axes)
            ]
            base = builder.product(
                node_coefficient, [*kept, *covers], tuple(range(node.rank)), node.axes
            )
            self.flat.append((base, labels, exponent))
        elif node_coefficient < 0:
            self.flat.append((builder.number(-1), (), exponent))

    def _is_power_of_powers(self, factors: Sequence[Factor]) -> bool:
        """Whether (f^a * g^b)^e is f^(a*e) * g^(b*e), or that of the moduli, for every e."""
        if any(self.builder.is_complex(f) for f, _, _ in factors):
            # the argument of f^a is a times that of f where that is no more than a half turn
            return len(factors) == 1 and magnitude(factors[0][2]) <= 1
        return len(factors) == 1 or all(
            _is_even(e) or self.builder.nonnegative(f) for f, _, e in factors
        )

    # identities, equal factors, components

    def _find(self, label: int) -> int:
        while label in self._merged:
            label = self._merged[label]
        return label

    def _merge(self, first: int, second: int) -> None:
        """delta between two labels: they become one, unless both are outputs."""
        first, second = sorted((self._find(first), self._find(second)))
        if first == second:
            return
        if second < self.rank:
            size = self._dims[first]
            self.flat.append((self.builder.eye(size), (first, second), 1))
        else:
            self._merged[second] = first

    def _settle(self) -> None:
        while True:
            pending, self._diagonals = self._diagonals, []
            for first, second in pending:
                self._merge(first, second)
            self._collect()
            kinds = {node.kind for node, _, _ in self.flat}
            merged = (
                ("fuse" in kinds and self._merge_fused())
                or self._open_square()
                or (not kinds.isdisjoint(MASKS) and self._merge_masks())
                or (SIGN in kinds and self._meet_signs())
            )
            if not merged and not self._cancel_ranges():
                break
        if not self.vanishes and self.alternatives is None:
            self._powers()
            self._cover()

    def _powers(self) -> None:
        """Networks that are powers in disguise are made so."""
        given = self.flat
        factors = merge_into_power(
            self.builder, merge_equal_branches(self.builder, given, self.rank), self.rank
        )
        if factors is not given:
            before = {label for _, labels, _ in given for label in labels}
            self.flat = factors
            self._gone |= before - {label for _, labels, _ in factors for label in labels}
            self._collect()

    def _open_square(self) -> bool:
        """A square that only a sum touches is flattened: (A*x)[i]^2 summed is x'*A'*A*x."""
        index = lone_square(self.flat, self.rank)
        if index is None:
            return False
        node, labels, _ = self.flat.pop(index)
        self._splice([(node, labels, 1), (node, labels, 1)])
        return True

    def _collect(self) -> None:
        """Equal factors on equal labels add their exponents."""
        found: dict[tuple[Node, Labels], Rational] = {}
        same = {labels[1]: labels[0] for node, labels, _ in self.flat if node.kind == "eye"}
        for node, labels, exponent in self.flat:
            labels = tuple([self._find(label) for label in labels]) if self._merged else labels
            if same and node.kind != "eye":
                # delta_ij x_j is delta_ij x_i: of two equal outputs the first carries everything
                labels = tuple([same.get(label, label) for label in labels])
            if node.parity or node.exchange:
                labels, sign = order_factors(node, labels)
                self.coefficient *= sign if exponent % 2 else 1
                self.vanishes = self.vanishes or (sign == 0 and exponent > 0)
            key = (node, labels)
            known = found.get(key)
            found[key] = (
                exponent if known is None or node.kind in _PROJECTIONS else known + exponent
            )
        self.flat = []
        again: list[Factor] = []
        for (node, labels), exponent in found.items():
            if exponent == 0:
                continue
            if node.kind == "eye" and labels[0] == labels[1]:
                continue
            if isinstance(node, Product) and exponent.denominator == 1 and _splices(node, exponent):
                again.append((node, labels, exponent))
            else:
                self.flat.append((node, labels, rational(exponent)))
        if again:
            self._splice(again)
            self._collect()

    def _meet_signs(self) -> bool:
        """Signs of permutations that share two indices are a number."""
        met = contract_signs(self.flat, self.rank)
        if met is not None:
            self.coefficient, self.flat = self.coefficient * met.number, met.kept
            self._gone.update(met.gone)
            self._diagonals += met.merged
        return met is not None

    def _merge_masks(self) -> bool:
        """Triangles of ones on the same labels are one; says whether labels were merged."""
        self.flat, pairs, vanishes = reduce_masks(self.flat)
        self.vanishes = self.vanishes or vanishes
        for first, second in pairs:
            self._merge(first, second)
        return bool(pairs)

    def _cancel_ranges(self) -> bool:
        """Ranges of indices that meet cancel or vanish, and what they select from is narrowed down;
        whether anything changed.
        """
        if self.ranges is None or self.vanishes or self.alternatives is not None:
            return False
        change = self.ranges.meet(self.flat, self.rank)
        if change is None:
            return False
        self.vanishes, self.alternatives, self.flat = (
            self.vanishes or change.vanishes,
            change.alternatives,
            change.kept,
        )
        self._gone |= change.gone
        self._splice(change.fresh)
        pending, self._diagonals = [*change.merged, *self._diagonals], []
        for first, second in pending:
            self._merge(first, second)
        return not self.vanishes and self.alternatives is None

    def _merge_fused(self) -> bool:
        """F[k,i,j] F[k,p,q] = F[k,i,j] delta_ip delta_jq, and F[k,i,j] F[l,i,j] = F[k,i,j]
        delta_kl.
        """
        fused = [(node, labels) for node, labels, _ in self.flat if node.kind == "fuse"]
        for index, (node, labels) in enumerate(fused):
            for other, more in fused[:index]:
                if other is not node:
                    continue
                if labels[0] == more[0] and self._merge_new(labels[1], more[1]) + self._merge_new(
                    labels[2], more[2]
                ):
                    return True
                if labels[1:] == more[1:] and self._merge_new(labels[0], more[0]):
                    return True
        return False

    def _merge_new(self, first: int, second: int) -> bool:
        """Merge, and say whether a summed label went away."""
        first, second = sorted((self._find(first), self._find(second)))
        known = any(
            node.kind == "eye" and labels == (first, second) for node, labels, _ in self.flat
        )
        if first == second or known:
            return False
        self._merge(first, second)
        return True

    def _cover(self) -> None:
        """Free-standing labels: ones for an output, the dimension for a summed one."""
        if len(self.flat) > 1 or any(node.kind == "fuse" for node, _, _ in self.flat):
            self._drop_loose_fuses()
        covered = {label for _, labels, _ in self.flat for label in labels}
        for label in range(self.rank):
            if label not in covered:
                self.flat.append((self.builder.leaf("ones", (self._dims[label],)), (label,), 1))
        for label in range(self.rank, self._fresh):
            if label not in covered and label not in self._merged and label not in self._gone:
                size = self._dims[label]
                if size.rest:
                    self._splice([(self.builder.size(size), (), 1)])
                    continue
                self.coefficient *= size.scale
                for name in size.names:
                    self.flat.append((self.builder.leaf("dimension", (), name), (), 1))
        self._collect_scalars()

    def _drop_loose_fuses(self) -> None:
        """sum_k F[k,i,j] = 1 and sum_ij F[k,i,j] = 1 where nothing else touches the summed
        labels.
        """
        touched: dict[int, int] = {}
        for _, labels, _ in self.flat:
            for label in labels:
                touched[label] = touched.get(label, 0) + 1
        kept: list[Factor] = []
        for node, labels, exponent in self.flat:
            if node.kind == "fuse":
                loose = [label >= self.rank and touched[label] == 1 for label in labels]
                if loose[0] or (loose[1] and loose[2]):
                    self._gone.update(labels[:1] if loose[0] else labels[1:])
                    continue
            kept.append((node, labels, exponent))
        self.flat = kept

    def _collect_scalars(self) -> None:
        scalars: dict[Node, Rational] = {}
        for node, labels, exponent in self.flat:
            if not labels:
                scalars[node] = scalars.get(node, 0) + exponent
        if not scalars:
            return
        labelled = [factor for factor in self.flat if factor[1]]
        self.flat = [
            (node, (), rational(exponent)) for node, exponent in scalars.items() if exponent != 0
        ] + labelled

    def components(self) -> tuple[list[Factor], list[list[Factor]], list[Factor]]:
        """Factors connected to an output, closed components, scalar factors."""
        scalars = [factor for factor in self.flat if not factor[1]]
        labelled = [factor for factor in self.flat if factor[1]]
        if not [factor for factor in labelled if factor[1][0] >= self.rank]:
            return labelled, [], scalars
        closed = connected_components(labelled)
        # the smallest label of a component is an output if there is one
        inner = [part for label, part in closed.items() if label >= self.rank]
        nested = [factor for part in inner for factor in part]
        within = {label for _, labels, _ in nested for label in labels}
        opened = [factor for factor in labelled if factor[1][0] not in within]
        return opened, inner, scalars


def connected_components(factors: Sequence[Factor]) -> dict[int, list[Factor]]:
    """The factors that are connected by labels, under the smallest label of each component."""
    roots = {label: label for _, labels, _ in factors for label in labels}

    def root(label: int) -> int:
        top = label
        while roots[top] != top:
            top = roots[top]
        while roots[label] != top:
            roots[label], label = top, roots[label]
        return top

    for _, labels, _ in factors:
        first = root(labels[0])
        for label in labels[1:]:
            other = root(label)
            if other < first:
                first, other = other, first
            roots[other] = first
    found: dict[int, list[Factor]] = {}
    for factor in factors:
        found.setdefault(root(factor[1][0]), []).append(factor)
    return found


def outer_factors(node: Product) -> list[list[Factor]]:
    """The networks of which a product that sums over labels is the outer product; empty where it
    sums over none, or every axis is connected with every other.
    """
    if node.rank < _OUTER or not contract(node) or any(not own for _, own, _ in node.factors):
        return []
    found = [*connected_components(node.factors).values()]
    return found if len(found) > 1 else []


def _is_even(exponent: Rational) -> bool:
    return exponent.denominator == 1 and exponent % 2 == 0


def contract(node: Product) -> bool:
    """Whether the product sums over a label."""
    return any(label >= node.rank for _, labels, _ in node.factors for label in labels)


def _splices(node: Product, exponent: Rational) -> bool:
    """Whether flattening would take this power of a product apart."""
    if not node.factors:
        return True
    if is_atom(node):
        return False
    if exponent == 1 or node.coefficient != 1 or not contract(node):
        return True
    return exponent.denominator == 1 and bool(outer_factors(node))
