r"""Vectors and matrices for each index: the data vectors x_i, which are the rows of a matrix X, and
what is made of them.

Their entries have indices of their own, the *slots*, beside those that run: w^\top x_i is the sum
over s of w_s X_is, X w at i.
"""

from __future__ import annotations

from dataclasses import replace

from matcalc.core.functions.spec import VECTOR_TO_VECTOR
from matcalc.core.operations import OPERATIONS
from matcalc.read.syntax.nodes import SyntaxNode
from matcalc.read.tex import indices
from matcalc.read.tex.values import SLOT, Maker, Value


def row_of(make: Maker, data: SyntaxNode, index: str) -> Value:
    """The row of a data matrix, as a column."""
    slot = f"{SLOT}{make.start}"
    return Value(data, 2, axes=(index, slot), slots=(slot,))


def open_slots(make: Maker, value: Value) -> Value:
    """A vector or matrix by its entries, as one that depends on an index is kept."""
    if value.scalar or value.slots:
        return value
    slots = tuple(f"{SLOT}{make.start}:{make.end}:{axis}" for axis in range(value.rank))
    return Value(
        make.transpose(value.node) if value.row else value.node,
        value.rank,
        value.row,
        slots,
        slots=slots,
    )


def close_slots(make: Maker, value: Value) -> Value:
    """A vector or matrix that depends on no index any more, as a whole again."""
    axes = {axis for factor in value.factors for axis in factor.axes}
    if not value.slots or axes != {*value.slots}:
        return value
    whole = indices.merge_factors(make, value)
    turned = whole.axes != value.slots or (value.row and len(value.slots) == 1)
    return Value(make.transpose(whole.node) if turned else whole.node, whole.rank, value.row)


def times(make: Maker, left: Value, right: Value) -> Value | None:
    """The product; None where the two do not fit. What is scalar comes before or after."""
    if left.scalar or right.scalar:
        vector = right if left.scalar else left
        return _with(indices.multiply(left, right), vector.slots, vector.row)
    inner = len(left.slots) == 2 or left.row
    if len(left.slots) == len(right.slots) == 1 and not left.row and right.row:
        return _with(indices.multiply(left, right), left.slots + right.slots)
    if not inner or (right.row and len(right.slots) == 1):
        return None
    slot = left.slots[-1]
    product = indices.multiply(left, _rename(right, right.slots[0], slot))
    summed = indices.sum_over(make, product, [slot])
    return _with(summed, left.slots[:-1] + right.slots[1:], left.row and len(right.slots) == 2)


def dot(make: Maker, left: Value, right: Value) -> Value | None:
    """The sum of the products of the entries."""
    both = _match(left, right)
    return (
        None if both is None else indices.sum_over(make, indices.multiply(*both), list(left.slots))
    )


def entrywise(make: Maker, kind: str, left: Value, right: Value) -> Value | None:
    """A sum, a difference, or a product or quotient entry by entry; None where the two do not
    fit.
    """
    both = _match(left, right)
    if both is None:
        return None
    return _with(
        indices.entrywise(make, lambda nodes: make.node(kind, *nodes), list(both)),
        left.slots,
        left.row,
    )


def transpose_slots(value: Value) -> Value:
    """The transpose."""
    return replace(value, slots=value.slots[::-1], row=len(value.slots) == 1 and not value.row)


def map_entries(make: Maker, name: str, value: Value) -> Value:
    """A function of every entry."""
    return _with(
        indices.entrywise(make, lambda nodes: make.call(name, *nodes), [value]),
        value.slots,
        value.row,
    )


def reduce_rows(make: Maker, name: str, value: Value) -> Value | None:
    """A function of the whole vector, for each index: of the rows of a matrix; None if it is no
    vector at one index.
    """
    whole = indices.merge_factors(make, value)
    if len(value.slots) != 1 or len(whole.axes) != 2:
        return None
    node = whole.node if whole.axes[1] == value.slots[0] else make.transpose(whole.node)
    (index,) = [axis for axis in whole.axes if axis != value.slots[0]]
    result = make.call(name, node, make.number(2))
    if OPERATIONS[name].signature == VECTOR_TO_VECTOR:
        return Value(result, 2, value.row, (index, value.slots[0]), slots=value.slots)
    return Value(result, 1, axes=(index,))


def norm(make: Maker, name: str, value: Value) -> Value:
    """norm2 or norm1 for each index, of a vector or of a matrix."""
    if name == "norm1":
        return indices.sum_over(make, map_entries(make, "abs", value), list(value.slots))
    squares = indices.entrywise(
        make, lambda nodes: make.node(".^", *nodes, make.number(2)), [value]
    )
    total = indices.sum_over(make, squares, list(value.slots))
    return indices.entrywise(make, lambda nodes: make.call("sqrt", *nodes), [total])


def _match(left: Value, right: Value) -> tuple[Value, Value] | None:
    """The two with the same slots."""
    if len(left.slots) != len(right.slots) or (len(left.slots) == 1 and left.row != right.row):
        return None
    for old, new in zip(right.slots, left.slots, strict=True):
        right = _rename(right, old, new)
    return left, right


def _rename(value: Value, old: str, new: str) -> Value:
    """The value with another name for a slot."""
    first, *rest = [
        replace(f, axes=tuple(new if axis == old else axis for axis in f.axes))
        for f in value.factors
    ]
    slots = tuple(new if slot == old else slot for slot in value.slots)
    return replace(first, rest=tuple(rest), slots=slots, row=value.row)


def _with(value: Value, slots: tuple[str, ...], row: bool = False) -> Value:
    return replace(value, slots=slots, row=row)
