"""Contractions of several arrays as products that NumPy is quick at.

``einsum`` with more than two operands, or with an index that three of them share, runs in a plain
loop. Here a contraction is taken apart pair by pair, in the order that costs least: a pair that is
summed over becomes a matrix product (``@``, of reshaped arrays where an operand has several free
indices, batched where an index is shared and kept), any other a product entry by entry. What is the
same from both ends is computed once, as ``Z.T @ Z``. An identity among the operands fills a
diagonal.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import reduce
from itertools import combinations
from typing import NamedTuple

from matcalc.core.dims import ONE, Dim, Shape
from matcalc.write.printers.numpy_nodes import OUTER, CodeBuilder, CodeNode, total
from matcalc.write.printers.numpy_properties import nonnegative, root_of

Labels = tuple[int, ...]
_NOMINAL = 100  # the size that stands for every name
_WIDE = 3  # axes of the array of all differences of rows
_PLANNED = 7  # operands of which the best order is searched for; of more a good one


class Operand(NamedTuple):
    """An array with a label on each axis."""

    node: CodeNode
    labels: Labels


class Differences(NamedTuple):
    """``first[i,:] - second[j,:]`` for all i and j, with the axes of i, of j and of the entries."""

    first: CodeNode
    second: CodeNode
    axes: tuple[int, ...]


def contract(
    build: CodeBuilder,
    nodes: Sequence[CodeNode],
    inputs: Sequence[Labels],
    output: Labels,
    shape: Shape,
) -> CodeNode:
    """The sum over all labels that are not in the output of the product of the operands."""
    whole = build.node("einsum", (tuple(inputs), output), tuple(nodes), shape)
    operands = [
        _one_axis(build, Operand(node, tuple(labels)))
        for node, labels in zip(nodes, inputs, strict=True)
    ]
    if any(len(set(each.labels)) < len(each.labels) for each in operands):
        return whole
    operands, repeated = _without_identities(operands, output)
    apart = None if repeated else _apart(build, operands, output, shape)
    if apart is not None:
        return apart
    operands, scale = _scale(build, operands)
    covered = {label for each in operands for label in each.labels}
    core = tuple(label for label in output if label not in repeated)
    if not repeated and not (operands and covered.issuperset(output)):
        return whole
    kept = tuple(label for label in core if label in covered)
    value = _Contraction(build, operands).result(kept) if operands else scale or build.number(1)
    if not repeated:
        return value
    pattern = tuple(core.index(repeated.get(label, label)) for label in output)
    aligned = spread_axes(build, Operand(value, kept), core)
    return build.node("scattered", pattern, (aligned,), shape)


def _apart(
    build: CodeBuilder, operands: Sequence[Operand], output: Labels, shape: Shape
) -> CodeNode | None:
    """``W[i,j]*(X[i,:] - Y[j,:])``, summed over i or j, by the products of W with X and with Y.

    Both are centred on the rows of Y. So this loses what the rows of Y lose when their distances
    from their mean are rounded; with two factors that are small it would lose twice as much.
    """
    found = [
        (place, rows)
        for place, each in enumerate(operands)
        if (rows := differences(build, each.node)) is not None
    ]
    if len(found) != 1:
        return None
    ((place, rows),) = found
    i, j, own = (operands[place].labels[axis] for axis in rows.axes)
    others = [each for k, each in enumerate(operands) if k != place]
    if {i, j} <= {*output} or not any({i, j} <= {*each.labels} for each in others):
        return None
    count, size = rows.second.shape
    centre = build.infix("/", total(build, rows.second, [0]), build.size(count), (size,))
    sides = []
    for label, side in ((i, rows.first), (j, rows.second)):
        centred = build.infix("-", side, centre, side.shape)
        nodes = (*[each.node for each in others], centred)
        inputs = (*[each.labels for each in others], (label, own))
        sides.append(contract(build, nodes, inputs, output, shape))
    return build.infix("-", sides[0], sides[1], shape)


def differences(build: CodeBuilder, node: CodeNode) -> Differences | None:
    """None where the array is made in another way."""
    if node.op != "infix" or node.attr != "-" or node.rank != _WIDE:
        return None
    left, right = (without_new_axes(arg, (0, 1, 2)) for arg in node.args)
    if len(left.labels) != 2 or len(right.labels) != 2 or left.labels == right.labels:
        return None
    own = ({*left.labels} & {*right.labels}).pop()
    first, second = (
        side.node if side.labels[1] == own else build.transpose(side.node) for side in (left, right)
    )
    i, j = (axis for axis in (*left.labels, *right.labels) if axis != own)
    return Differences(first, second, (i, j, own))


def without_new_axes(node: CodeNode, labels: Labels) -> Operand:
    """The array to which an index adds axes of length 1, with the labels of those that it has; the
    first axes may be missing.
    """
    labels = labels[len(labels) - node.rank :]
    if node.op != "suffix" or not re.fullmatch(r"\[[:None, ]*\]", node.attr):
        return Operand(node, labels)
    index = re.findall(r":|None", node.attr)
    index += [":"] * (node.rank - len(index))  # the last axes may go unsaid
    kept = tuple(label for label, each in zip(labels, index, strict=True) if each == ":")
    return Operand(node.args[0], kept)


def _one_axis(build: CodeBuilder, operand: Operand) -> Operand:
    """The diagonal of a matrix with the same label on both axes."""
    node, labels = operand
    if len(labels) != 2 or labels[0] != labels[1]:
        return operand
    return Operand(build.call("np.diagonal", node, shape=node.shape[:1]), labels[:1])


def _scale(build: CodeBuilder, operands: list[Operand]) -> tuple[list[Operand], CodeNode | None]:
    """The operands with axes, the one with the fewest multiplied by those without; or that number
    alone.
    """
    numbers = [each.node for each in operands if not each.labels]
    arrays = [each for each in operands if each.labels]
    if not numbers:
        return arrays, None
    scale = reduce(build.times, numbers)
    if not arrays:
        return arrays, scale
    place = min(range(len(arrays)), key=lambda k: (len(arrays[k].labels), k))
    least = arrays[place]
    arrays[place] = Operand(build.times(scale, least.node), least.labels)
    return arrays, None


def _without_identities(
    operands: list[Operand], output: Labels
) -> tuple[list[Operand], dict[int, int]]:
    """The operands without identity matrices, whose two labels become one; and the labels of the
    output that are the same as earlier ones.
    """
    repeated: dict[int, int] = {}
    left, place = list(operands), 0
    while place < len(left):
        each = left[place]
        place += 1
        if (each.node.op, each.node.attr) != ("filled", "np.eye"):
            continue
        first, second = each.labels
        others = left[: place - 1] + left[place:]
        if first == second:
            return operands, {}
        if first in output and second in output:
            first, second = sorted((first, second), key=output.index)
            repeated = {key: first if value == second else value for key, value in repeated.items()}
            repeated[second] = first
        elif first not in output:
            first, second = second, first  # the one that stays, the one that goes
        if second not in output and not any(second in other.labels for other in others):
            continue  # a sum of the identity's entries
        left = [
            Operand(other.node, tuple(first if x == second else x for x in other.labels))
            for other in others
        ]
        place = 0
    if any(len(set(each.labels)) < len(each.labels) for each in left):
        return operands, {}
    return left, repeated


def spread_axes(build: CodeBuilder, operand: Operand, labels: Labels) -> CodeNode:
    """The array with its axes in the order of the labels, and an axis of length 1 for those that it
    lacks.
    """
    node = order_axes(build, operand, tuple(x for x in labels if x in operand.labels))
    if len(operand.labels) == len(labels) or not node.rank:
        return node
    axes = iter(node.shape)
    shape = tuple(next(axes) if label in operand.labels else ONE for label in labels)
    index = ", ".join(":" if label in operand.labels else "None" for label in labels)
    return build.suffix(node, f"[{index}]", shape)


def order_axes(build: CodeBuilder, operand: Operand, labels: Labels) -> CodeNode:
    """The array with its axes in the order of the labels."""
    return build.permute(operand.node, tuple(operand.labels.index(label) for label in labels))


class _Contraction:
    """One contraction."""

    def __init__(self, build: CodeBuilder, operands: list[Operand]) -> None:
        self.build = build
        self.operands = operands
        self.dims: dict[int, Dim] = {}
        for each in operands:
            self.dims.update(zip(each.labels, each.node.shape, strict=True))

    def result(self, output: Labels) -> CodeNode:
        """The array with the output's axes."""
        same = self._gram(output)
        if same is not None:
            return same
        final = self._pairs(self.operands, output)
        return order_axes(self.build, self._sum(final, output), output)

    def _pairs(self, operands: list[Operand], output: Labels) -> Operand:
        """One operand with the labels of the output, or a few more."""
        left = list(operands)
        while len(left) > _PLANNED:
            i, j = self._next(left, output)
            second, first = left.pop(j), left.pop(i)
            left.insert(0, self._pair(first, second, self._needs(left, output), output))
        return self._plan(left, output)

    def _next(self, operands: Sequence[Operand], output: Labels) -> tuple[int, int]:
        """The places, in order, of two of many operands whose product has the fewest entries beside
        theirs, as in the greedy way of opt_einsum.
        """
        users = Counter([label for each in operands for label in set(each.labels)])
        own = [set(each.labels) for each in operands]
        entries = [self._cost(labels) for labels in own]

        def grown(pair: tuple[int, int]) -> int:
            i, j = pair
            kept = {
                label
                for label in own[i] | own[j]
                if label in output or users[label] > (label in own[i]) + (label in own[j])
            }
            return self._cost(kept) - entries[i] - entries[j]

        pairs = list(combinations(range(len(operands)), 2))
        return min([pair for pair in pairs if own[pair[0]] & own[pair[1]]] or pairs, key=grown)

    def _needs(self, rest: Sequence[Operand], output: Labels) -> set[int]:
        return {label for each in rest for label in each.labels} | set(output)

    def _cost(self, labels: set[int]) -> int:
        cost = 1
        for label in labels:
            dim = self.dims[label]
            cost *= max(1, dim.size(dict.fromkeys(dim.letters, _NOMINAL)))
        return cost

    def _plan(self, operands: list[Operand], output: Labels) -> Operand:
        """By dynamic programming over the subsets of the operands."""
        count = len(operands)
        everything = (1 << count) - 1
        own = [set(each.labels) for each in operands]
        inside = [
            set().union(*(own[k] for k in range(count) if subset >> k & 1))
            for subset in range(everything + 1)
        ]
        kept = [
            inside[subset] & (inside[everything ^ subset] | set(output))
            if subset.bit_count() > 1
            else inside[subset]
            for subset in range(everything + 1)
        ]
        best: dict[int, tuple[int, int]] = {1 << k: (0, 0) for k in range(count)}
        for subset in sorted(range(1, everything + 1), key=int.bit_count):
            if subset.bit_count() < 2:
                continue
            choices = []
            part = (subset - 1) & subset
            while part:
                other = subset ^ part
                if part > other:
                    cost = best[part][0] + best[other][0] + self._cost(kept[part] | kept[other])
                    choices.append((cost, part))
                part = (part - 1) & subset
            best[subset] = min(choices, key=lambda each: (each[0], -each[1]))

        def made(subset: int) -> Operand:  # at most _PLANNED levels
            if subset.bit_count() == 1:
                return operands[subset.bit_length() - 1]
            part = best[subset][1]
            return self._pair(made(subset ^ part), made(part), kept[subset], output)

        return made(everything)

    def _pair(self, left: Operand, right: Operand, kept: set[int], output: Labels) -> Operand:
        """The product of two operands, summed over what nobody else needs."""
        left = self._sum(left, tuple(kept | set(right.labels)))
        right = self._sum(right, tuple(kept | set(left.labels)))
        shared = [label for label in left.labels if label in right.labels]
        summed = [label for label in shared if label not in kept]
        if not summed:
            return self._entries(left, right, output)
        batch = [label for label in shared if label in kept]
        own = [[label for label in each.labels if label not in shared] for each in (left, right)]
        if batch and not all(own):
            return self._loop(left, right, [*batch, *own[0], *own[1]])
        return self._product(left, right, batch, summed, own)

    def _product(
        self,
        left: Operand,
        right: Operand,
        batch: list[int],
        summed: list[int],
        own: list[list[int]],
    ) -> Operand:
        """By ``@``."""
        build = self.build
        a = self._fold(left, batch, own[0], summed)
        b = self._fold(right, batch, summed, own[1])
        if batch or not (a.rank == b.rank == 1):
            middle = () if not own[0] else (a.shape[-2],)
            end = () if not own[1] else (b.shape[-1],)
            node = build.infix("@", a, b, (*(self.dims[x] for x in batch), *middle, *end))
        else:
            node = build.dot(a, b)
        labels = (*batch, *own[0], *own[1])
        if len(own[0]) > 1 or len(own[1]) > 1:
            node = build.node("shaped", None, (node,), tuple(self.dims[x] for x in labels))
        return Operand(node, labels)

    def _fold(
        self, operand: Operand, batch: list[int], first: list[int], second: list[int]
    ) -> CodeNode:
        """The array with an axis for each batch label, one for the first and one for the second
        group; a group without labels has none.
        """
        if not batch and first and second and operand.labels == (*second, *first):
            # axes are joined where they are
            return self.build.transpose(self._fold(operand, [], second, first))
        node = order_axes(self.build, operand, (*batch, *first, *second))
        if len(first) <= 1 and len(second) <= 1:
            return node
        groups = [
            reduce(Dim.times, [self.dims[x] for x in group], ONE)
            for group in (first, second)
            if group
        ]
        return self.build.node("shaped", None, (node,), (*(self.dims[x] for x in batch), *groups))

    def _entries(self, left: Operand, right: Operand, output: Labels) -> Operand:
        """Entry by entry, the axes in the order of the output where it has them."""
        together = {*left.labels, *right.labels}
        labels = tuple(x for x in output if x in together)
        labels = (*(x for x in (*left.labels, *right.labels) if x not in output), *labels)
        labels = tuple(dict.fromkeys(labels))
        if labels == left.labels + right.labels:
            shape = left.node.shape + right.node.shape
            return Operand(self.build.call(OUTER, left.node, right.node, shape=shape), labels)
        parts = [spread_axes(self.build, each, labels) for each in (left, right)]
        # leading axes that only the other has need not be there
        node = self.build.infix(
            "*", parts[0], parts[1], tuple(self.dims[label] for label in labels)
        )
        return Operand(node, labels)

    def _loop(self, left: Operand, right: Operand, labels: list[int]) -> Operand:
        node = self.build.node(
            "einsum",
            ((left.labels, right.labels), tuple(labels)),
            (left.node, right.node),
            tuple(self.dims[label] for label in labels),
        )
        return Operand(node, tuple(labels))

    def _sum(self, operand: Operand, kept: Labels) -> Operand:
        """Without the labels that nobody else has."""
        gone = [place for place, label in enumerate(operand.labels) if label not in kept]
        if not gone:
            return operand
        labels = tuple(label for label in operand.labels if label in kept)
        return Operand(total(self.build, operand.node, gone), labels)

    def _gram(self, output: Labels) -> CodeNode | None:
        """Z.T @ Z, where the operands are the same twice but for the names of free labels."""
        if len(output) % 2 or len(output) < 2 or len(self.operands) > _PLANNED:
            return None
        summed = {x for each in self.operands for x in each.labels if x not in output}
        weights = [each for each in self.operands if summed.issuperset(each.labels)]
        rest = [each for each in self.operands if not summed.issuperset(each.labels)]
        if len(summed) != 1 or len(rest) % 2 or not rest:
            return None
        if any(len(each.labels) != 1 for each in weights):
            return None
        for half in combinations(range(1, len(rest)), len(rest) // 2 - 1):
            first = [rest[0], *(rest[k] for k in half)]
            second = [each for k, each in enumerate(rest) if k not in (0, *half)]
            renaming = _renaming(first, second, summed)
            if renaming is not None and set(renaming) | set(renaming.values()) == set(output):
                return self._same(weights, first, renaming, summed, output)
        return None

    def _same(
        self,
        weights: list[Operand],
        half: list[Operand],
        renaming: dict[int, int],
        summed: set[int],
        output: Labels,
    ) -> CodeNode:
        (index,) = summed
        weight = reduce(self.build.times, [each.node for each in weights]) if weights else None
        if weight is not None and nonnegative(weight):
            half, weight = [Operand(root_of(self.build, weight), (index,)), *half], None
        own = tuple(label for label in output if label in renaming)
        together = self._pairs(half, (index, *own))
        Z = self._fold(together, [], [index], list(own))
        node = self.build.infix("@", self.build.transpose(Z), Z, (Z.shape[1], Z.shape[1]))
        node = node if weight is None else self.build.gram(weight, Z)
        labels = own + tuple(renaming[label] for label in own)
        if len(own) > 1:
            node = self.build.node("shaped", None, (node,), tuple(self.dims[x] for x in labels))
        return order_axes(self.build, Operand(node, labels), output)


def _renaming(
    first: list[Operand], second: list[Operand], fixed: set[int]
) -> dict[int, int] | None:
    """The labels of the second group in place of those of the first, if that is all they differ
    in.
    """
    renaming: dict[int, int] = {}
    left = list(second)
    for each in first:
        found = next((other for other in left if other.node is each.node), None)
        if found is None:
            return None
        left.remove(found)
        for one, other in zip(each.labels, found.labels, strict=True):
            if (one in fixed or other in fixed) and one != other:
                return None
            if one not in fixed and renaming.setdefault(one, other) != other:
                return None
    return renaming if not set(renaming) & set(renaming.values()) else None
