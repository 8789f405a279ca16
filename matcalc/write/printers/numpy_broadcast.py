"""Sums of what is broadcast, without the array of all entries that are added.

Squared distances of rows need no array of all differences, and a matrix times all differences is
the differences of its products. A sum of products is a contraction, whose parts are multiplied in
the order that costs least.
"""

from __future__ import annotations

import re
from functools import reduce

from matcalc.core.dims import ONE, Dim
from matcalc.core.walk import postorder
from matcalc.write.printers.numpy_contract import (
    Labels,
    Operand,
    contract,
    differences,
    spread_axes,
    without_new_axes,
)
from matcalc.write.printers.numpy_nodes import CodeBuilder, CodeNode, total
from matcalc.write.printers.numpy_products import (
    ALONG_ROWS,
    is_summed,
    is_triangle,
    smaller_of_two,
    sums_of,
)
from matcalc.write.printers.numpy_properties import nonnegative, root_of

_MANY = 3  # axes from which on an array is not made to be summed
# what is finite where the arguments are, if it does not divide
_FINITE = frozenset(("name", "number", "size", "neg", "suffix", "infix", "sliced", "gathered"))


def read_reduced_axes(node: CodeNode) -> list[int]:
    """The axes that a call reduces over."""
    (array,), after = node.args, node.attr[2]
    said = re.findall(r"-?\d+", after[0]) if after else range(array.rank)
    return [int(axis) % array.rank for axis in said]


# -- differences of rows


def distances(build: CodeBuilder, node: CodeNode) -> CodeNode | None:
    """Norms, or sums of squares, of the differences of all rows of two matrices; entries may have
    weights that are not negative.
    """
    if node.op == "einsum":
        labels = node.attr[0][0]
        output = [labels.index(each) for each in node.attr[1] if each in labels]
        squares = node.args if node.attr[0] == (labels, labels) else ()
    elif node.calls("np.sum") or node.calls("np.linalg.norm"):
        gone, (inner,) = read_reduced_axes(node), node.args
        output = [axis for axis in range(inner.rank) if axis not in gone]
        squares = (inner, inner) if node.calls("np.linalg.norm") else _squares(build, inner)
    else:
        return None
    apart = differences(build, squares[0]) if squares and squares[0] is squares[1] else None
    if apart is None or apart.axes[2] in output:
        return None
    rows = {apart.axes[0]: apart.first, apart.axes[1]: apart.second}
    for weights in squares[2:]:
        roots = _root_along(build, weights, apart.axes[2])
        if roots is None:
            return None
        rows = {axis: build.infix("*", X, roots, X.shape) for axis, X in rows.items()}
    order = sorted(rows, key=[*output, *rows].index)
    X, Y = (rows[axis] for axis in order)
    found = build.call("squared_distances", X, Y, shape=(X.shape[0], Y.shape[0]))
    if node.calls("np.linalg.norm"):
        return build.call("np.sqrt", found, shape=node.shape)
    return total(build, found, [place for place, axis in enumerate(order) if axis not in output])


def _squares(build: CodeBuilder, node: CodeNode) -> tuple[CodeNode, ...]:
    """A factor twice, and what the square is times: ``x ** 2 * w``, ``x * x``."""
    if node.op != "infix":
        return ()
    left, right = node.args
    if node.attr == "**" and right is build.number(2):
        return left, left
    if node.attr != "*" or left is right:
        return node.args if node.attr == "*" else ()
    for one, other in ((left, right), (right, left)):
        if len(inner := _squares(build, one)) == 2:
            return (*inner, other)
    return ()


def _root_along(build: CodeBuilder, weights: CodeNode, axis: int) -> CodeNode | None:
    """The roots of weights that are on the axis alone and are not negative."""
    vector, labels = without_new_axes(weights, (0, 1, 2))
    if labels != (axis,) or not (build.is_positive(vector) or nonnegative(vector)):
        return None
    return root_of(build, vector)


def map_differences(build: CodeBuilder, node: CodeNode) -> CodeNode | None:
    """A matrix times all differences of rows as the differences of its products with the rows."""
    inputs, output = node.attr
    sizes = dict(zip(output, node.shape, strict=True))
    for place in (0, 1) if len(inputs) == 2 else ():
        apart = differences(build, node.args[place])
        mapped, other = node.args[1 - place], inputs[1 - place]
        if apart is None:
            continue
        i, j, own = (inputs[place][axis] for axis in apart.axes)
        if own not in other or own in output or {i, j} & {*other} or not {i, j} <= {*output}:
            continue
        sides = []
        for label, rows in ((i, apart.first), (j, apart.second)):
            kept = tuple(each for each in output if each == label or each in other)
            shape = tuple(sizes[each] for each in kept)
            product = contract(build, (rows, mapped), ((label, own), other), kept, shape)
            sides.append(spread_axes(build, Operand(product, kept), output))
        return build.infix("-", sides[0], sides[1], node.shape)
    return None


# -- sums


def sum_of_parts(build: CodeBuilder, node: CodeNode) -> CodeNode | None:
    """A sum over an array with many axes, of which parts have fewer: of products as a contraction,
    of differences term by term; None where nothing is gained.
    """
    if not node.calls("np.sum") or node.args[0].rank < _MANY or ONE in node.args[0].shape:
        return None
    (whole,), gone = node.args, read_reduced_axes(node)
    labels = tuple(range(whole.rank))
    output = tuple(label for label in labels if label not in gone)
    if whole.op == "infix" and whole.attr in ("+", "-"):
        return _sum_of_terms(build, whole, output)
    mask = None
    if whole.calls("np.where") and whole.attr[2] == ("0.0",):
        mask, whole = without_new_axes(whole.args[0], labels), whole.args[1]
    factors = _factors(build, whole, labels)
    if mask is not None and factors is not None:
        factors = _masked(build, mask, factors)
    if factors is None or all(each.labels in ((), labels) for each in factors):
        return None
    inputs = [each.labels for each in factors]
    return contract(build, [each.node for each in factors], inputs, output, node.shape)


def _sum_of_terms(build: CodeBuilder, node: CodeNode, output: Labels) -> CodeNode | None:
    labels = tuple(range(node.rank))
    terms = [without_new_axes(arg, labels) for arg in node.args]
    if any(ONE in each.node.shape for each in terms):
        return None
    if all(each.labels == labels or not each.labels for each in terms):
        return None
    sides = []
    for term in terms:
        places = [axis for axis, label in enumerate(term.labels) if label not in output]
        made = total(build, term.node, places)
        made = distances(build, made) or sum_of_parts(build, made) or made if places else made
        kept = tuple(label for label in term.labels if label in output)
        side = spread_axes(build, Operand(made, kept), output)
        missing = [node.shape[x] for x in labels if x not in output and x not in term.labels]
        times = build.size(reduce(Dim.times, missing, ONE))
        sides.append(build.times(times, side) if missing else side)
    shape = tuple(node.shape[label] for label in output)
    return build.infix(node.attr, sides[0], sides[1], shape)


def sums_of_triangle(build: CodeBuilder, node: CodeNode) -> CodeNode | None:
    """The sums along the rows of one half of a dyad u*w' are u[i]*q[min(i, j)] with the cumulative
    sums q of w, which is the smaller one of q[i] and q[j] where no w is negative.
    """
    if node.rank != 2 or not is_summed(node) or not is_triangle(node.args[0]):
        return None
    half, along = node.args[0], node.attr[2] in ALONG_ROWS
    upper, backwards = half.calls("np.triu"), node.calls("revcumsum")
    vectors = half.args[0].args
    weights, other = vectors[along], vectors[1 - along]
    if upper is not (along is backwards) or not nonnegative(weights):
        return None
    least = smaller_of_two(build, sums_of(build, weights, backwards))
    return build.scale_rows(other, least) if along else build.times(least, other)


def _factors(build: CodeBuilder, node: CodeNode, labels: Labels) -> list[Operand] | None:
    """The factors of a product whose axes have these labels, each with the axes that it has; None
    where one is broadcast in another way.
    """
    found, stack = [], [Operand(node, labels)]
    while stack:
        part, own = stack.pop()
        bare = without_new_axes(part, own)
        if bare.node is not part:
            stack.append(bare)
        elif part.op == "neg":
            found.append(Operand(build.number(-1), ()))
            stack.append(Operand(part.args[0], own))
        elif part.op == "infix" and part.attr in ("*", "/"):
            left, right = part.args
            if part.attr == "/":
                right, places = without_new_axes(right, own)
                found.append(Operand(build.infix("/", build.number(1), right, right.shape), places))
            else:
                stack.append(Operand(right, own[len(own) - right.rank :]))
            stack.append(Operand(left, own[len(own) - left.rank :]))
        else:
            found.append(Operand(part, own))
    return None if any(ONE in each.node.shape for each in found) else found


def _masked(build: CodeBuilder, mask: Operand, factors: list[Operand]) -> list[Operand] | None:
    """The factors with zeros where the mask does not hold. Those that it has the axes of are joined
    with it; others have to be finite there, for 0 times infinity is not zero.
    """
    own = {*mask.labels}
    inside = [each for each in factors if {*each.labels} <= own]
    outside = [each for each in factors if not {*each.labels} <= own]
    if not inside or not all(_is_finite(each.node) for each in outside):
        return None
    kept = tuple(label for label in mask.labels if any(label in each.labels for each in inside))
    sizes = dict(zip(mask.labels, mask.node.shape, strict=True))
    nodes, inputs = [each.node for each in inside], [each.labels for each in inside]
    product = contract(build, nodes, inputs, kept, tuple(sizes[label] for label in kept))
    spread = spread_axes(build, Operand(product, kept), mask.labels)
    zeros = build.call("np.where", mask.node, spread, shape=mask.node.shape, after=("0.0",))
    return [*outside, Operand(zeros, mask.labels)]


def _is_finite(node: CodeNode) -> bool:
    """Whether this is made of arguments by sums and products."""
    parts = postorder(node, lambda part: part.args)
    return all(
        part.op in _FINITE and (part.op != "infix" or part.attr in ("+", "-", "*"))
        for part in parts
    )
