"""Arrays that are 0 but for a few parts: what stands there is written where it belongs.

The Hessian of a sum over neighbours is a sum of identities and diagonal matrices between blocks of
zeros. Made whole, each of them costs as much as the result. Here such a sum becomes one array of
zeros, or one of its terms that fills it, to which the parts are added in place: blocks as slices,
diagonals by a view of them. The same holds for entries, rows and columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import accumulate
from typing import NamedTuple

from matcalc.core.dims import ONE, ZERO, Dim, Shape
from matcalc.core.walk import fold, postorder
from matcalc.write.printers.numpy_nodes import OUTER, CodeBuilder, CodeNode, is_zero

_MOST = 40  # pieces; sums of more are computed as they stand


class Spot(NamedTuple):
    """Where a piece stands: the first entry on each axis and how many there are; ``diagonal`` is
    one with as many on both axes. With ``minus`` it is taken away.
    """

    starts: Shape
    shape: Shape
    diagonal: bool
    minus: bool = False


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
        same = all(old is new for old, new in zip(node.args, args, strict=True))
        return node if same else build.node(node.op, node.attr, tuple(args), node.shape)

    return fold(root, values, rule)


def _is_worth(node: CodeNode, found: _Pieces) -> bool:
    """Whether a node is filled: a sum or a matrix with zeros in it, but no multiple of arrays that
    fill much of it, which is taken at the end.
    """
    if not found.padded:
        return False
    if node.op in ("stacked", "unit", "call"):
        return node.rank > 1
    return node.attr in ("+", "-", "@") or all(piece.spot.diagonal for piece in found.parts)


def _whole(node: CodeNode) -> _Pieces:
    return _Pieces((_Piece(Spot((ZERO,) * node.rank, node.shape, False), node),), False)


def _taken_apart(build: CodeBuilder, node: CodeNode, known: dict[int, _Pieces]) -> _Pieces | None:
    """The pieces of a vector or a matrix, given those of its parts; None of one that is not taken
    apart.
    """
    if node.rank not in (1, 2) or not node.shape:
        return None
    if is_zero(node):
        return _Pieces((), True)
    everywhere = Spot((ZERO,) * node.rank, node.shape, True)
    if (node.op, node.attr) == ("filled", "np.eye") and node.shape[0] == node.shape[1]:
        return _Pieces((_Piece(everywhere, build.number(1)),), False)
    if node.calls("np.diag"):
        return _Pieces((_Piece(everywhere, node.args[0]),), False)
    if node.op == "stacked":
        return _of_blocks(node, known)
    if node.op == "unit":
        return _Pieces((_Piece(Spot((node.attr,), (ONE,), False), build.number(1)),), True)
    if node.calls(OUTER) and node.rank == 2:
        return _of_dyad(build, node, known)
    inside = [known.get(id(arg)) for arg in node.args]
    if node.op == "suffix" and node.attr == ".T" and inside[0] is not None:
        return _turned(build, inside[0])
    if node.op == "neg" and inside[0] is not None:
        return _times(inside[0], Fraction(-1))
    if node.op == "infix" and node.attr == "@":
        return _multiplied(build, inside[0], inside[1])
    if node.op == "infix":
        return _of_infix(build, node, inside)
    if node.calls("weighted_gram") and inside[1] is not None:
        turned, scaled = _turned(build, inside[1]), _scaled(build, inside[1], node.args[0], 0)
        return _multiplied(build, turned, scaled)
    return None


def _turned(build: CodeBuilder, found: _Pieces) -> _Pieces:
    """The transpose."""
    parts = [
        piece._replace(
            spot=Spot(piece.spot.starts[::-1], piece.spot.shape[::-1], piece.spot.diagonal),
            value=piece.value if piece.spot.diagonal else build.transpose(piece.value),
        )
        for piece in found.parts
    ]
    return found._replace(parts=tuple(parts))


def _multiplied(build: CodeBuilder, left: _Pieces | None, right: _Pieces | None) -> _Pieces | None:
    """The product of two matrices that are made of diagonals; None where it cannot be said which of
    their entries meet.
    """
    if left is None or right is None or len(left.parts) * len(right.parts) > _MOST:
        return None
    parts = []
    for one in left.parts:
        for other in right.parts:
            if not (one.spot.diagonal and other.spot.diagonal):
                return None
            met = _meeting(one.spot, other.spot)
            if met is None:
                return None
            first, second, count = met
            values = _entries(build, one, first, count), _entries(build, other, second, count)
            starts = one.spot.starts[0].plus(first), other.spot.starts[1].plus(second)
            number = one.number * other.number
            value = _product(build, *values)
            parts.append(_Piece(Spot(starts, (count, count), True), value, number))
    return _Pieces(tuple(parts), True)


def _meeting(left: Spot, right: Spot) -> tuple[Dim, Dim, Dim] | None:
    """From which entries on the columns of one diagonal are the rows of another, and how many
    there are: all of one of them; None where the sizes decide it.
    """
    apart = right.starts[0].plus(left.starts[1], -1)
    count, other = left.shape[0], right.shape[0]
    beyond = apart.plus(other).plus(count, -1).integer
    before = apart.integer
    if before is None or beyond is None:
        return None
    if before <= 0 <= beyond:
        return ZERO, ZERO.plus(apart, -1), count
    if before >= 0 >= beyond:
        return apart, ZERO, other
    return None


def _entries(build: CodeBuilder, piece: _Piece, start: Dim, count: Dim) -> CodeNode:
    """Some of the entries of a diagonal."""
    value = piece.value
    if not value.rank or count == value.shape[0]:
        return value
    return build.node("sliced", ((start, count),), (value,), (count,))


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
    if inside[1] is not None and left.op == "suffix" and left.attr == "[:, None]":
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
                    build.suffix(value, "[None, :]" if axis else "[:, None]", shape)
                    if value.rank
                    else value
                    for axis, value in enumerate(values)
                ]
                value = _product(build, *sorted(rows, key=lambda row: row.rank))
            parts.append(_Piece(Spot(starts, shape, False), value, one.number * other.number))
    return _Pieces(tuple(parts), True)


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
            parts.append(_Piece(Spot(at, shape, False), arg))
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
        if spot.shape == shape and not spot.diagonal:
            base = build.negative(total) if minus else total
        else:
            spots.append(spot._replace(minus=minus))
            values.append(total)
    if not spots:
        return build.fill("np.zeros", shape) if base is None else base
    args = values if base is None else [*values, base]
    return build.node("pieces", tuple(spots), tuple(args), shape)


def _total(build: CodeBuilder, group: Sequence[_Piece]) -> tuple[bool, CodeNode]:
    """The sum of what stands at one spot, and whether it is the negative: vectors before numbers,
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
            total = build.infix(operator, total, value, total.shape)
    assert total is not None
    return minus, total
