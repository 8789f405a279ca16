"""The terms of a linear combination of arrays: products of operands whose axes have labels."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from typing import NamedTuple

from matcalc.core.dims import ONE, Dim, Shape
from matcalc.write.printers.numpy_contract import Labels, contract
from matcalc.write.printers.numpy_nodes import CodeBuilder, CodeNode

Operands = tuple[tuple[CodeNode, Labels], ...]
Split = tuple[Labels, Labels]


class CodeTerm(NamedTuple):
    """number * the product of the operands, whose labels 0, 1, 2, ... are the axes of the value."""

    number: Fraction
    operands: Operands

    @property
    def labels(self) -> frozenset[int]:
        """Those of all operands."""
        return frozenset(label for _, labels in self.operands for label in labels)

    def exchange(self, one: int, other: int) -> CodeTerm:
        """The term with two axes exchanged."""
        swap = {one: other, other: one}
        return CodeTerm(
            self.number,
            tuple((node, tuple(swap.get(x, x) for x in labels)) for node, labels in self.operands),
        )

    def parts(self, rank: int) -> list[tuple[frozenset[int], Operands]]:
        """The operands in groups without a common label, and which axes each has."""
        groups: list[tuple[frozenset[int], Operands]] = []
        for operand in self.operands:
            own = frozenset(operand[1])
            touched = [group for group in groups if not group[0].isdisjoint(own)]
            groups = [group for group in groups if group[0].isdisjoint(own)]
            operands = tuple(each for _, others in touched for each in others)
            groups.append((own.union(*(labels for labels, _ in touched)), (*operands, operand)))
        axes = frozenset(range(rank))
        return [(labels & axes, operands) for labels, operands in groups]

    def split(self, rank: int) -> Split | None:
        """The axes of A(i,j)*B(k,l) as those of A and those of B."""
        sides = sorted(sorted(axes) for axes, _ in self.parts(rank) if axes)
        if len(sides) != 2 or sum(map(len, sides)) < rank:
            return None
        return tuple(sides[0]), tuple(sides[1])

    def falls(self, split: Split | None) -> bool:
        """Whether no group of operands has axes on both sides, and all axes are there."""
        if split is None:
            return False
        rank = len(split[0]) + len(split[1])
        groups = [axes for axes, _ in self.parts(rank)]
        inside = all(any(axes.issubset(side) for side in split) for axes in groups)
        return inside and len(frozenset[int]().union(*groups)) == rank


def value(
    build: CodeBuilder, number: Fraction, operands: Operands, labels: Sequence[int], shape: Shape
) -> CodeNode:
    """The product of the number and the operands with these axes of the shape."""
    nodes: tuple[CodeNode, ...] = tuple(node for node, _ in operands)
    inputs = tuple(own for _, own in operands)
    if number != 1 or not nodes:
        nodes, inputs = (build.number(number), *nodes), ((), *inputs)
    axes = tuple(shape[label] for label in labels)
    return contract(build, nodes, inputs, tuple(labels), axes)


def join(build: CodeBuilder, terms: list[CodeTerm], shape: Shape) -> list[CodeTerm]:
    """A(i,j)*B(k,l) + C(i,j)*D(k,l) as one product of matrices, [A; C]'*[B; D] of their entries in
    rows: each entry of the sum is written once.
    """
    left, joined = list(terms), []
    for split in dict.fromkeys(term.split(len(shape)) for term in terms):
        group = [term for term in left if term.falls(split) and _is_full(term)]
        if split and len(group) > 1:
            left = [term for term in left if not any(term is each for each in group)]
            joined.append(_product(build, group, split, shape))
    return [*joined, *left]


def _is_full(term: CodeTerm) -> bool:
    """Whether each operand has entries of its own nearly everywhere."""
    return not any(
        node.op in ("scattered", "filled") or node.calls("np.diag") for node, _ in term.operands
    )


def _product(build: CodeBuilder, group: list[CodeTerm], split: Split, shape: Shape) -> CodeTerm:
    """The sum of terms whose axes fall into these two parts."""
    count, sides = Dim(len(group), ()), []
    for place, labels in enumerate(split):
        size = reduce(Dim.times, [shape[label] for label in labels], ONE)
        rows = []
        for term in group:
            own: Operands = ()
            for axes, operands in term.parts(len(shape)):
                # what has no axes counts on the first side
                own += operands if axes.issubset(labels) and (axes or not place) else ()
            number = Fraction(1) if place else abs(term.number)
            array = value(build, number, own, labels, shape)
            array = build.negative(array) if term.number < 0 and not place else array
            rows.append(build.node("shaped", None, (array,), (size,)))
        flat = build.node("stacked", ("np.hstack", 1, len(rows)), tuple(rows), (size.times(count),))
        sides.append(build.node("shaped", None, (flat,), (count, size)))
    left, right = build.transpose(sides[0]), sides[1]
    node = build.infix("@", left, right, (left.shape[0], right.shape[1]))
    order = (*split[0], *split[1])
    node = build.node("shaped", None, (node,), tuple(shape[label] for label in order))
    return CodeTerm(Fraction(1), ((node, order),))
