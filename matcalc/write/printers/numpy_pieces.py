"""Arrays that are 0 but for a few parts: what is there is written where it belongs.

The Hessian of a sum over neighbours is a sum of identities and diagonal matrices between blocks of
zeros. Made whole, each of them costs as much as the result. Here such a sum becomes one array of
zeros, or one of its terms that fills it, to which the parts are added in place: blocks as slices,
diagonals by a view of them. The same holds for entries, rows and columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import accumulate, product
from math import prod
from typing import NamedTuple

from matcalc.core.dims import ONE, ZERO, Dim, Shape
from matcalc.core.walk import fold, postorder
from matcalc.write.printers.numpy_contract import Labels, Operand, contract, spread_axes
from matcalc.write.printers.numpy_nodes import (
    ALONG_AXES,
    OUTER,
    CodeBuilder,
    CodeNode,
    is_column,
    is_zero,
)

_PRODUCT = ((0, 1), (1, 2))  # the labels of two matrices that are multiplied
_MOST = 40  # pieces; sums of more are computed as they stand


class Spot(NamedTuple):
    """Where a piece stands: the first entry on each axis and how many there are; ``axes`` says
    which axis of the value each one is. It is (0, 0) for a diagonal, and (0, 1, 0, 1) where
    ``H[i, j, i, j]`` is filled. With ``minus`` it is taken away.
    """

    starts: Shape
    shape: Shape
    axes: tuple[int, ...]
    minus: bool = False

    @property
    def diagonal(self) -> bool:
        """Whether this is one of a matrix."""
        return self.axes == (0, 0)

    @property
    def block(self) -> bool:
        """Whether the value has an axis for each of the array's."""
        return self.axes == tuple(range(len(self.axes)))

    def misses(self, other: Spot) -> bool:
        """Whether this is sure to have no entry of another spot: it is beside its diagonal."""
        same = [self.axes.index(axis) for axis in self.axes]
        return self.axes == other.axes and any(
            self._behind(place, first).plus(other._behind(place, first), -1).integer
            for place, first in enumerate(same)
        )

    def _behind(self, place: int, first: int) -> Dim:
        return self.starts[place].plus(self.starts[first], -1)


class _Piece(NamedTuple):
    """number * value at a spot; the value of a diagonal is a vector, or a number for all of it."""

    spot: Spot
    value: CodeNode
    number: Fraction = Fraction(1)


class _Pieces(NamedTuple):
    """An array as a sum of pieces; ``padded`` where some of it is known to be 0."""

    parts: tuple[_Piece, ...]
    padded: bool


def fill_pieces(build: CodeBuilder, root: CodeNode) -> CodeNode:
    """The program with sums of arrays that are padded with zeros filled piece by piece."""
    order = postorder(root, lambda node: node.args)
    if not any(node.op in ("stacked", "unit") for node in order):
        return root
    known: dict[int, _Pieces] = {}
    for node in order:
        found = _taken_apart(build, node, known)
        if found is not None and len(found.parts) <= _MOST:
            known[id(node)] = found

    def values(node: CodeNode) -> Sequence[CodeNode]:
        found = known.get(id(node))
        if found is None or not _is_worth(node, found):
            return node.args
        return [piece.value for piece in found.parts]

    def rule(node: CodeNode, args: list[CodeNode]) -> CodeNode:
        found = known.get(id(node))
        if found is not None and _is_worth(node, found):
            parts = zip(found.parts, args, strict=True)
            return _filled(build, [piece._replace(value=arg) for piece, arg in parts], node.shape)
        return build.with_args(node, args)

    return fold(root, values, rule)


def _is_worth(node: CodeNode, found: _Pieces) -> bool:
    """Whether a node is filled: a sum or a matrix with zeros in it, but no multiple of arrays that
    fill much of it, which is taken at the end.
    """
    if not found.padded:
        return False
    if node.op in ("stacked", "unit", "call"):
        return node.rank > 1
    return (
        node.op == "einsum"
        or node.attr in ("+", "-", "@")
        or not any(piece.spot.block for piece in found.parts)
    )


def _whole(node: CodeNode) -> _Pieces:
    return _Pieces((_Piece(_block((ZERO,) * node.rank, node.shape), node),), False)


def _block(starts: Shape, shape: Shape) -> Spot:
    return Spot(starts, shape, tuple(range(len(shape))))


def _taken_apart(build: CodeBuilder, node: CodeNode, known: dict[int, _Pieces]) -> _Pieces | None:
    """The pieces of an array, given those of its parts; None of one that is not taken apart."""
    if not node.shape:
        return None
    if is_zero(node):
        return _Pieces((), True)
    everywhere = Spot((ZERO, ZERO), node.shape, (0, 0))
    if (node.op, node.attr) == ("filled", "np.eye") and node.shape[0] == node.shape[1]:
        return _Pieces((_Piece(everywhere, build.number(1)),), False)
    if node.calls("np.diag"):
        return _Pieces((_Piece(everywhere, node.args[0]),), False)
    if node.op == "stacked":
        return _of_blocks(node, known)
    if node.op == "unit":
        return _Pieces((_Piece(_block((node.attr,), (ONE,)), build.number(1)),), True)
    if node.calls(OUTER) and node.rank == 2:
        return _of_dyad(build, node, known)
    inside = [known.get(id(arg)) for arg in node.args]
    if node.op == "einsum":
        return _of_contraction(build, node.args, inside, *node.attr)
    if node.op == "suffix" and node.attr == ".T" and node.rank == 2 and inside[0] is not None:
        return _turned(build, inside[0])
    if node.op == "neg" and inside[0] is not None:
        return _times(inside[0], Fraction(-1))
    if node.op == "infix" and node.attr == "@" and max(arg.rank for arg in node.args) <= 2:
        first = tuple(range(node.args[0].rank))
        second = (*first[-1:], len(first))[: node.args[1].rank]
        output = (*first[:-1], *second[1:])
        return _of_contraction(build, node.args, inside, (first, second), output)
    if node.op == "infix":
        return _of_infix(build, node, inside)
    if node.calls("weighted_gram") and inside[1] is not None:
        turned, scaled = _turned(build, inside[1]), _scaled(build, inside[1], node.args[0], 0)
        shape = node.args[1].shape
        return scaled and _met(build, (turned, scaled), (shape[::-1], shape), _PRODUCT, (0, 2))
    return None


def _turned(build: CodeBuilder, found: _Pieces) -> _Pieces:
    """The transpose."""
    parts = [
        piece._replace(
            spot=piece.spot._replace(starts=piece.spot.starts[::-1], shape=piece.spot.shape[::-1]),
            value=piece.value if piece.spot.diagonal else build.transpose(piece.value),
        )
        for piece in found.parts
    ]
    return found._replace(parts=tuple(parts))


def _of_infix(build: CodeBuilder, node: CodeNode, inside: list[_Pieces | None]) -> _Pieces | None:
    left, right = node.args
    if node.attr in ("+", "-"):
        if left.shape != right.shape or inside == [None, None]:
            return None
        one, other = (found or _whole(arg) for found, arg in zip(inside, node.args, strict=True))
        other = other if node.attr == "+" else _times(other, Fraction(-1))
        return _Pieces(one.parts + other.parts, one.padded or other.padded)
    if node.attr == "*" and inside[1] is not None and not left.rank:
        if left.op == "number":
            return _times(inside[1], left.attr)
        return _map(inside[1], lambda piece: _product(build, left, piece.value))
    if node.attr == "/" and inside[0] is not None and not right.rank:
        if right.op == "number" and right.attr:
            return _times(inside[0], 1 / right.attr)
        return _map(
            inside[0],
            lambda piece: build.infix("/", piece.value, right, piece.value.shape),
        )
    if node.attr != "*" or node.rank != 2:
        return None
    if inside[1] is not None and is_column(left):
        return _scaled(build, inside[1], left.args[0], 0)
    if inside[0] is not None and right.rank == 1:
        return _scaled(build, inside[0], right, 1)
    return None


def _scaled(build: CodeBuilder, found: _Pieces, weights: CodeNode, axis: int) -> _Pieces | None:
    """The rows or columns with weights, where there are diagonals alone."""
    if not all(piece.spot.diagonal for piece in found.parts):
        return None

    def entries(piece: _Piece) -> CodeNode:
        start, count = piece.spot.starts[axis], piece.spot.shape[axis]
        own = weights
        if count != weights.shape[0]:
            own = build.node("sliced", ((start, count),), (weights,), (count,))
        return _product(build, own, piece.value)

    return _map(found, entries)


def _of_dyad(build: CodeBuilder, node: CodeNode, known: dict[int, _Pieces]) -> _Pieces | None:
    """The products of the pieces of two vectors; None of a dyad that is full."""
    inside = [known.get(id(arg)) for arg in node.args]
    if not any(found and found.padded for found in inside):
        return None
    left, right = [found or _whole(arg) for found, arg in zip(inside, node.args, strict=True)]
    parts = []
    for one in left.parts:
        for other in right.parts:
            places = zip(one.spot[:2], other.spot[:2], strict=True)
            starts, shape = [first + second for first, second in places]
            values = one.value, other.value
            if all(value.rank for value in values):
                value = build.outer(*values)
            else:
                rows = [
                    build.suffix(value, ALONG_AXES[axis], shape) if value.rank else value
                    for axis, value in enumerate(values)
                ]
                value = _product(build, *sorted(rows, key=lambda row: row.rank))
            parts.append(_Piece(_block(starts, shape), value, one.number * other.number))
    return _Pieces(tuple(parts), True)


def _of_contraction(
    build: CodeBuilder,
    args: Sequence[CodeNode],
    inside: Sequence[_Pieces | None],
    inputs: Sequence[Labels],
    output: Labels,
) -> _Pieces | None:
    """The pieces of a contraction with matrices that are made of diagonals between zeros: these
    only say which entries of the rest stand where.
    """
    if any(len(set(labels)) < len(labels) for labels in inputs):
        return None
    diagonals = [
        found
        if found and arg.rank == 2 and all(piece.spot.diagonal for piece in found.parts)
        else None
        for arg, found in zip(args, inside, strict=True)
    ]
    if not any(diagonals):
        return None
    operands = [found or _whole(arg) for arg, found in zip(args, diagonals, strict=True)]
    found = _met(build, operands, [arg.shape for arg in args], inputs, output)
    padded = all(diagonals) or any(each and each.padded for each in diagonals)
    return found and found._replace(padded=padded)


def _met(
    build: CodeBuilder,
    operands: Sequence[_Pieces],
    shapes: Sequence[Shape],
    inputs: Sequence[Labels],
    output: Labels,
) -> _Pieces | None:
    """The pieces of a contraction of diagonals, and of arrays as they are; None where it cannot be
    said which of their entries meet.
    """
    if prod(len(found.parts) for found in operands) > _MOST:
        return None
    parts: list[_Piece] = []
    for chosen in product(*[found.parts for found in operands]):
        found = _Places(shapes, inputs, output).piece(build, chosen)
        if found is None:
            return None
        parts += found
    return _Pieces(tuple(parts), True)


class _Places:
    """Which labels of a contraction count the same entries, when some operands are diagonals."""

    def __init__(self, shapes: Sequence[Shape], inputs: Sequence[Labels], output: Labels) -> None:
        self.inputs, self.output = inputs, output
        self.sizes: dict[int, Dim] = {}
        for shape, labels in zip(shapes, inputs, strict=True):
            self.sizes.update(zip(labels, shape, strict=True))
        # a label counts from the offset after its leader, which is one of those that count alike
        self.leaders = {label: (label, ZERO) for label in self.sizes}
        self.ranges: dict[int, tuple[Dim, Dim]] = {}  # of leaders whose whole axis is not met

    def piece(self, build: CodeBuilder, chosen: Sequence[_Piece]) -> list[_Piece] | None:
        """What stands where, if these are the operands; nothing where no entries meet, None where
        the sizes decide that.
        """
        for piece, labels in zip(chosen, self.inputs, strict=True):
            if piece.spot.diagonal:
                met = self._join(labels, piece.spot)
                if not met:
                    return None if met is None else []
        values: dict[Labels, CodeNode] = {}
        number = Fraction(1)
        for piece, labels in zip(chosen, self.inputs, strict=True):
            value, ends = self._met(build, piece, labels)
            if value.op == "number":
                number *= value.attr
            elif ends in values:
                value = _product(build, values[ends], value)
            if value.op != "number":
                values[ends] = value
            number *= piece.number
        kept = tuple(dict.fromkeys(self.leaders[label][0] for label in self.output))
        covered = {label for labels in values for label in labels}
        if any(leader not in {*kept, *covered} for leader, _ in self.leaders.values()):
            return None  # what is summed is in no operand
        there = tuple(label for label in kept if label in covered)
        shape = tuple(self._place(label)[1] for label in there)
        total = build.number(1)
        if list(values) == [there]:
            (total,) = values.values()
        elif values:
            total = contract(build, [*values.values()], [*values], there, shape)
        if there:
            total = spread_axes(build, Operand(total, there), kept)
        where = [self._place(label) for label in self.output]
        axes = tuple(kept.index(self.leaders[label][0]) for label in self.output)
        spot = Spot(tuple(x for x, _ in where), tuple(x for _, x in where), axes)
        return [_Piece(spot, total, number)]

    def _met(self, build: CodeBuilder, piece: _Piece, labels: Labels) -> tuple[CodeNode, Labels]:
        """The entries of an operand that meet others, and what its axes count."""
        if not piece.value.rank:
            return piece.value, ()
        if piece.spot.diagonal:
            start, count = self._place(labels[0])
            places = [(start.plus(piece.spot.starts[0], -1), count)]
            labels = labels[:1]
        else:
            places = [self._place(label) for label in labels]
        value = _part(build, piece.value, places)
        return value, tuple(self.leaders[label][0] for label in labels)

    def _place(self, label: int) -> tuple[Dim, Dim]:
        """The first entry of what is met on the axis, and how many there are."""
        leader, offset = self.leaders[label]
        start, count = self.ranges.get(leader, (ZERO, self.sizes[leader]))
        return start.plus(offset), count

    def _join(self, labels: Labels, spot: Spot) -> bool | None:
        """Count two labels alike; False where no entries meet, None where the sizes decide it."""
        (one, before), (other, behind) = (self.leaders[label] for label in labels)
        apart = spot.starts[1].plus(behind, -1).plus(spot.starts[0], -1).plus(before)
        own = (spot.starts[0].plus(before, -1), spot.shape[0])
        met = _overlap(self.ranges[one], own) if one in self.ranges else own
        if one == other:
            same = apart.integer
            if same:
                return False
            if same is None or met is None:
                return None
            self.ranges[one] = met
            return True
        # the other counts from so many entries after the one
        if met is not None and other in self.ranges:
            start, count = self.ranges.pop(other)
            met = _overlap(met, (start.plus(apart, -1), count))
        if met is None:
            return None
        self.ranges[one] = met
        for label, (leader, offset) in self.leaders.items():
            if leader == other:
                self.leaders[label] = one, offset.plus(apart)
        return True


def _overlap(one: tuple[Dim, Dim], other: tuple[Dim, Dim]) -> tuple[Dim, Dim] | None:
    """The range, a start and a count, that is inside another; None where neither surely is."""
    before = other[0].plus(one[0], -1)
    beyond = before.plus(other[1]).plus(one[1], -1).integer
    if before.integer is None or beyond is None:
        return None
    if before.integer <= 0 <= beyond:
        return one
    return other if before.integer >= 0 >= beyond else None


def _part(build: CodeBuilder, value: CodeNode, places: Sequence[tuple[Dim, Dim]]) -> CodeNode:
    """So many entries from a start on, on each axis."""
    taken = [
        None if count == size else (start, count)
        for (start, count), size in zip(places, value.shape, strict=True)
    ]
    if not any(taken):
        return value
    shape = tuple(count for _, count in places)
    return build.node("sliced", tuple(taken), (value,), shape)


def _of_blocks(node: CodeNode, known: dict[int, _Pieces]) -> _Pieces | None:
    """The pieces of blocks, moved to where these stand; None of blocks that are full."""
    _, rows, columns = node.attr
    columns = 1 if node.rank == 1 else columns
    rows = len(node.args) // columns
    shapes = [arg.shape or (ONE, ONE)[: node.rank] for arg in node.args]
    heights = [shapes[row * columns][0] for row in range(rows)]
    widths = [shapes[column][-1] for column in range(columns)]
    tops = list(accumulate(heights[:-1], Dim.plus, initial=ZERO))
    lefts = list(accumulate(widths[:-1], Dim.plus, initial=ZERO))
    parts: list[_Piece] = []
    padded = False
    for place, (arg, shape) in enumerate(zip(node.args, shapes, strict=True)):
        at = (tops[place // columns], lefts[place % columns])[: node.rank]
        if is_zero(arg):
            padded = True
            continue
        found = known.get(id(arg))
        if found is None:
            parts.append(_Piece(_block(at, shape), arg))
            continue
        padded = True
        for piece in found.parts:
            starts = tuple(map(Dim.plus, at, piece.spot.starts))
            parts.append(piece._replace(spot=piece.spot._replace(starts=starts)))
    return _Pieces(tuple(parts), True) if padded else None


def _product(build: CodeBuilder, scale: CodeNode, value: CodeNode) -> CodeNode:
    if scale is build.number(1):
        return value
    if scale is value and value.calls("np.sqrt"):
        return value.args[0]
    return scale if value is build.number(1) else build.times(scale, value)


def _map(found: _Pieces, value: Callable[[_Piece], CodeNode]) -> _Pieces:
    return found._replace(
        parts=tuple([piece._replace(value=value(piece)) for piece in found.parts])
    )


def _times(found: _Pieces, number: Fraction) -> _Pieces:
    return found._replace(
        parts=tuple([piece._replace(number=piece.number * number) for piece in found.parts])
    )


def _filled(build: CodeBuilder, parts: Sequence[_Piece], shape: Shape) -> CodeNode:
    """The array: what fills it comes first, pieces at one spot are added before."""
    groups: dict[Spot, list[_Piece]] = {}
    for piece in parts:
        groups.setdefault(piece.spot, []).append(piece)
    base: CodeNode | None = None
    spots, values = [], []
    for spot, group in groups.items():
        minus, total = _total(build, group)
        if spot.shape == shape and spot.block:
            base = build.negative(total) if minus else total
        else:
            spots.append(spot._replace(minus=minus))
            values.append(total)
    if not spots:
        return build.fill("np.zeros", shape) if base is None else base
    args = values if base is None else [*values, base]
    return build.node("pieces", tuple(spots), tuple(args), shape)


def _total(build: CodeBuilder, group: Sequence[_Piece]) -> tuple[bool, CodeNode]:
    """The sum of what is at one spot, and whether it is the negative: vectors before numbers,
    and what is added first.
    """
    total: CodeNode | None = None
    first = sorted(group, key=lambda each: (-each.value.rank, each.number < 0))
    minus = first[0].number < 0
    for piece in first:
        size = build.number(abs(piece.number))
        value = piece.value
        if value.op == "number":
            value = build.number(size.attr * value.attr)
        elif size.attr != 1:
            value = build.times(size, value)
        if total is None:
            total = value
        else:
            operator = "+" if (piece.number < 0) is minus else "-"
            sizes = zip(total.shape, value.shape or total.shape, strict=True)
            shape = tuple(other if own == ONE else own for own, other in sizes)
            total = build.infix(operator, total, value, shape)
    assert total is not None
    return minus, total
