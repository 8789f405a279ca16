"""Blocks, slices and unit vectors as array programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from matcalc.core.dims import ONE, Dim, Shape
from matcalc.core.errors import UnsupportedError
from matcalc.core.tree import Expr
from matcalc.write.printers.numpy_functions import CodeLowering
from matcalc.write.printers.numpy_nodes import CodeNode

_LETTERS = "ijklmnopqrstuvwxyzabcdefghABCDEFGHIJKLMNOPQRSTUVWXYZ"


def blocks(low: CodeLowering, expr: Expr) -> CodeNode:
    """np.block of matrices, a column as A[:, None] and a row as A[None, :]; np.hstack of vectors
    and numbers.
    """
    rows, columns = expr.value
    if expr.rank == 1:
        return low.build.node(
            "stacked",
            ("np.hstack", 1, len(expr.args)),
            tuple([low.node(arg) for arg in expr.args]),
            expr.shape,
        )
    parts = tuple([_wide(low, arg) for arg in expr.args])
    return low.build.node("stacked", ("np.block", rows, columns), parts, expr.shape)


def _wide(low: CodeLowering, expr: Expr) -> CodeNode:
    """A block as a matrix (a number becomes one by itself)."""
    node = low.node(expr)
    return low.build.along(node, int(expr.row)) if expr.rank == 1 else node


def slice_of(low: CodeLowering, expr: Expr) -> CodeNode:
    """X[a:b, k]."""
    return low.build.node("sliced", expr.value, (low.node(expr.args[0]),), expr.shape)


def unit(low: CodeLowering, expr: Expr) -> CodeNode:
    """A row of the identity."""
    return low.build.node("unit", expr.value, (), expr.shape)


RULES: dict[str, Callable[[CodeLowering, Expr], CodeNode]] = {
    "blocks": blocks,
    "slice": slice_of,
    "unit": unit,
}


def dims(node: CodeNode) -> tuple[Dim, ...]:
    """The sizes that the code of such a node mentions."""
    if node.op == "unit":
        return (node.attr, *node.shape)
    if node.op == "pieces":
        return (*node.shape, *(size for spot in node.attr for size in (*spot.starts, *spot.shape)))
    if node.op == "sliced":
        return tuple(
            [size for place in node.attr if place is not None for size in place if size is not None]
        )
    return ()


def room(node: CodeNode) -> list[Dim]:
    """What must not be negative for the node to have the entries that it takes or makes.

    NumPy would count from the other end, or give fewer entries than were asked for.
    """
    needed: list[Dim] = []
    if node.op == "filled":
        needed += node.shape
    elif node.op == "pieces":
        for spot in node.attr:
            for start, count, axis in zip(spot.starts, spot.shape, node.shape, strict=True):
                needed += [start, count, axis.plus(start, -1).plus(count, -1)]
    elif node.op == "unit":
        needed += [node.attr, node.shape[0].plus(node.attr, -1).plus(ONE, -1)]
    elif node.op == "sliced":
        for place, axis in zip(node.attr, node.args[0].shape, strict=True):
            if place is not None:
                start, part = place
                count = ONE if part is None else part
                needed += [start, count.plus(ONE, -1), axis.plus(start, -1).plus(count, -1)]
    return [size for size in needed if any(factor < 0 for factor, _ in size.terms)]


def code(node: CodeNode, args: list[str], size: Callable[[Dim], str]) -> str:
    """The Python of such a node; ``args`` are those of its operands."""
    if node.op == "unit":
        return f"np.eye(1, {size(node.shape[0])}, {size(node.attr)})[0]"
    if node.op == "sliced":
        return f"{args[0]}[{', '.join(_place(place, size) for place in node.attr)}]"
    function, rows, columns = node.attr
    if function == "np.hstack":
        return f"np.hstack([{', '.join(args)}])"
    lines = [f"[{', '.join(args[r * columns : (r + 1) * columns])}]" for r in range(rows)]
    return f"np.block([{', '.join(lines)}])"


def _place(place: tuple[Dim, Dim | None] | None, size: Callable[[Dim], str]) -> str:
    if place is None:
        return ":"
    start, part = place
    if part is None:
        return size(start)
    first = "" if start.integer == 0 else size(start)
    return f"{first}:{size(start.plus(part))}"


def view(
    name: str, spot: Any, shape: Shape, size: Callable[[Dim], str], *, rows: bool = False
) -> str:
    """The Python of a part of an array that can be assigned to; with ``rows`` the array is sure to
    lie in memory row by row.
    """
    if rows and spot.diagonal:
        return flat_diagonal(name, spot.starts, spot.shape[0], shape, size)
    parts = []
    for start, count, whole in zip(spot.starts, spot.shape, shape, strict=True):
        end = start.plus(count)
        first = "" if start.integer == 0 else size(start)
        parts.append(f"{first}:{'' if end == whole else size(end)}")
    inside = "" if spot.shape == shape else f"[{', '.join(parts)}]"
    if not spot.block:
        return diagonal(f"{name}{inside}", spot.axes)
    return f"{name}{inside or '[...]'}"


def diagonal(code: str, axes: Sequence[int]) -> str:
    """The entries of an array that are equal on these axes, as a view that can be assigned to."""
    return f"np.einsum({subscripts([axes], tuple(dict.fromkeys(axes)))}, {code})[...]"


def flat_diagonal(
    name: str, starts: Shape, count: Dim, shape: Shape, size: Callable[[Dim], str]
) -> str:
    """A diagonal of a matrix that lies in memory row by row, from an entry on: every n+1st entry.

    That takes a third of the time of ``diagonal``, which knows nothing of the memory.
    """
    (row, column), (height, width) = starts, shape
    step = width.plus(ONE)
    first = row.times(width).plus(column)
    begin = "" if first.integer == 0 else size(first)
    # behind the last row there are no more
    end = "" if row.plus(count) == height else size(first.plus(count.times(step)))
    return f"{name}.reshape(-1)[{begin}:{end}:{size(step)}]"


def subscripts(inputs: Sequence[Sequence[int]], output: Sequence[int]) -> str:
    """The first argument of einsum."""
    labels = list(dict.fromkeys([*output, *(label for each in inputs for label in each)]))
    if len(labels) > len(_LETTERS):
        raise UnsupportedError(
            f"NumPy's einsum has letters for {len(_LETTERS)} indices; this contraction needs "
            f"{len(labels)}"
        )
    letters = dict(zip(labels, _LETTERS, strict=False))
    left, right = (
        ",".join("".join(letters[label] for label in each) for each in side)
        for side in (inputs, [output])
    )
    return f'"{left}->{right}"'
