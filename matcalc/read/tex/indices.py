r"""Entries and sums over them, as products of whole vectors and matrices: \sum_j A_ij x_j is
(A*x)_i.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from matcalc.core.errors import UnsupportedError
from matcalc.read.syntax.nodes import SyntaxNode
from matcalc.read.tex.values import SLOT, BeyondProducts, Maker, Value

MOST_AXES = 2


def multiply(left: Value, right: Value) -> Value:
    """The product of two numbers that depend on indices."""
    first, *rest = (*left.factors, *right.factors)
    return replace(first, rest=tuple(rest))


def merge_factors(make: Maker, value: Value) -> Value:
    """The product of the factors as one vector or matrix."""
    factors = sorted(value.factors, key=lambda factor: -len(factor.axes))
    result = factors[0]
    for factor in factors[1:]:
        result = _together(make, result, factor)
    return result


def _union(left: Iterable[str], right: Iterable[str]) -> tuple[str, ...]:
    axes = tuple(dict.fromkeys((*left, *right)))
    if len(axes) > MOST_AXES:
        shown = [axis for axis in axes if not axis.startswith(SLOT)]
        entries = " and those of entries" if len(shown) < len(axes) else ""
        raise BeyondProducts(
            f"this depends on {len(axes)} indices at once: {', '.join(shown)}{entries}",
            hint="values have at most two axes; write it with vectors and matrices",
        )
    return axes


def _together(make: Maker, left: Value, right: Value) -> Value:
    """u_i v_i, u_i A_ij, u_i v_j: products whose indices are at most two."""
    axes = _union(left.axes, right.axes)
    if not left.axes or not right.axes:
        return _as_indexed(make.node("*", left.node, right.node), axes)
    if len(left.axes) == len(right.axes):
        if set(left.axes) == set(right.axes):
            return _as_indexed(make.node(".*", left.node, _turn(make, right, left.axes)), left.axes)
        return _as_indexed(make.node("*", left.node, make.transpose(right.node)), axes)
    matrix, vector = (left, right) if len(left.axes) == 2 else (right, left)
    diagonal = make.call("diag", vector.node)
    if vector.axes[0] == matrix.axes[0]:
        return _as_indexed(make.node("*", diagonal, matrix.node), matrix.axes)
    return _as_indexed(make.node("*", matrix.node, diagonal), matrix.axes)


def _as_indexed(node: SyntaxNode, axes: tuple[str, ...]) -> Value:
    return Value(node, len(axes), axes=axes)


def _turn(make: Maker, value: Value, axes: tuple[str, ...]) -> SyntaxNode:
    """The node with its axes in that order."""
    return value.node if value.axes == axes else make.transpose(value.node)


def entrywise(
    make: Maker, build: Callable[[list[SyntaxNode]], SyntaxNode], values: list[Value]
) -> Value:
    """A function of every entry, of operands with different indices: u_i + v_j is u*ones' +
    ones*v'.
    """
    parts = [merge_factors(make, value) for value in values]
    axes: tuple[str, ...] = ()
    for part in sorted(parts, key=lambda part: -len(part.axes)):
        axes = _union(axes, part.axes)
    return _as_indexed(build([_spread(make, part, axes) for part in parts]), axes)


def _spread(make: Maker, value: Value, axes: tuple[str, ...]) -> SyntaxNode:
    if not value.axes or len(value.axes) == len(axes):
        return _turn(make, value, axes) if value.axes else value.node
    if value.axes[0] == axes[0]:
        return make.node("*", value.node, make.transpose(make.ones()))
    return make.node("*", make.ones(), make.transpose(value.node))


def sum_over(make: Maker, value: Value, indices: list[str]) -> Value:
    """The sum over some of the indices, those first that touch the fewest others."""
    factors, left = list(value.factors), list(indices)
    while left:
        counts = {
            index: len({axis for factor in factors if index in factor.axes for axis in factor.axes})
            for index in left
        }
        index = min(left, key=lambda index: counts[index])
        left.remove(index)
        if counts[index] == 0:
            raise UnsupportedError(
                f"{index} does not occur in what is summed",
                hint="the sum is a multiple then; write the factor",
            )
        together = [factor for factor in factors if index in factor.axes]
        factors = [factor for factor in factors if index not in factor.axes]
        apart = not any(axis in left for factor in factors for axis in factor.axes)
        if (
            apart and len(together) == 1 and set(together[0].axes) == {index, *left}
        ):  # all entries of a vector or matrix
            factors.append(Value(make.call("sum", together[0].node)))
            break
        factors += _contract(make, together, index)
    first, *rest = factors
    result = replace(first, rest=tuple(rest))
    return result if any(factor.axes for factor in factors) else merge_factors(make, result)


def _contract(make: Maker, factors: list[Value], index: str) -> list[Value]:
    """sum_k w_k A_ki B_kj = (A' diag(w) B)_ij: ``w`` are the factors with no other index."""
    edges: dict[str, Value] = {}
    weight: SyntaxNode | None = None
    for factor in factors:
        others = [axis for axis in factor.axes if axis != index]
        if not others:
            weight = factor.node if weight is None else make.node(".*", weight, factor.node)
            continue
        _union(factor.axes, ())
        (other,) = others
        edge = _as_indexed(_turn(make, factor, (index, other)), (index, other))
        edges[other] = _together(make, edges[other], edge) if other in edges else edge
    if not edges:
        assert weight is not None  # one of the factors has the index
        return [Value(make.call("sum", weight))]
    if len(edges) == 1:
        ((other, edge),) = edges.items()
        return [
            _as_indexed(make.node("*", make.transpose(edge.node), weight or make.ones()), (other,))
        ]
    if len(edges) > MOST_AXES:
        _union(edges, ())
    (first, a), (second, b) = edges.items()
    right = b.node if weight is None else make.node("*", make.call("diag", weight), b.node)
    return [_as_indexed(make.node("*", make.transpose(a.node), right), (first, second))]
