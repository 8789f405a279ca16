"""Where the blocks of a block matrix stand: S_r*A*S_c' of ranges, or unit vectors for numbers."""

from __future__ import annotations

from collections.abc import Callable

from matcalc.core.dims import ONE, ZERO, Dim, Shape
from matcalc.core.tree import Expr, extent, grid
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Node


def block_places(
    build: Builder, length: Callable[[Dim], Dim], expr: Expr
) -> list[list[tuple[Node, bool]]]:
    """For each block of a node and each axis of the whole: the leaf from that axis to the block's,
    a range, or a unit vector (True) where the block has no such axis. ``length`` says what a size
    of the tree is in the network.
    """
    heights, widths = grid(expr)
    shape = tuple([length(size) for size in expr.shape])
    axes = shape if len(shape) == 2 else (ONE, *shape) if expr.row else (*shape, ONE)
    found = []
    for place, part in enumerate(expr.args):
        row, column = divmod(place, len(widths))
        thin = [part.rank < 2 and size == ONE for size in extent(part)]
        links: list[tuple[Node, bool]] = []
        for axis, (sizes, at) in enumerate(((heights, row), (widths, column))):
            if len(shape) == 1 and axis != int(expr.row):
                continue
            start = length(_before(sizes, at))
            leaf = (
                build.unit(axes[axis], start)
                if thin[axis]
                else build.select(axes[axis], start, length(sizes[at]))
            )
            links.append((leaf, thin[axis]))
        found.append(links)
    return found


def _before(sizes: Shape, count: int) -> Dim:
    result = ZERO
    for size in sizes[:count]:
        result = result.plus(size)
    return result
