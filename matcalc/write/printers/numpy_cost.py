"""What an array program costs, as a polynomial in the sizes; and the choice between two programs
for one value, which is made when the sizes are known.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import reduce

from matcalc.core.dims import ONE, ZERO, Dim
from matcalc.core.walk import operands, postorder
from matcalc.write.printers.numpy_nodes import CodeBuilder, CodeNode

_ENTRY = 6  # what an operation on an entry in memory costs, in multiplications of a matrix product
_VIEWS = frozenset(
    ("name", "suffix", "sliced", "number", "size", "text", "shaped", "unit", "choice")
)
_LEAST = 2  # that sizes are taken to be
_NOMINAL = 100  # the usual size
_LONG = 400  # nodes; longer programs are not compared


def choose(
    build: CodeBuilder, one: CodeNode, other: CodeNode, saving: Fraction = Fraction(1)
) -> CodeNode:
    """Whichever costs less: decided here, if it does so for all sizes, else by the code; the first
    where nobody can tell. With ``saving`` the first is taken only if the other costs so many times
    as much.
    """
    if one is other or one.shape != other.shape:
        return one
    if other.op == "choice" and build.quick:  # nobody reads the code
        first, second = (choose(build, one, each, saving) for each in other.args)
        if first is second:
            return first
        same = (first, second) == other.args
        return other if same else build.node("choice", other.attr, (first, second), one.shape)
    left, right = postorder(one, _args), postorder(other, _args)
    if max(len(left), len(right)) > _LONG:
        return one
    common = set(left) & set(right)
    left = [each for each in left if each not in common]
    right = [each for each in right if each not in common]
    difference = _cost(left).times(Dim(saving.numerator, ()))
    difference = difference.plus(_cost(right), -saving.denominator)
    # nobody minds how products of vectors with one entry are computed
    larger = difference.put(lambda name: Dim(1, (name,), ((_LEAST, ()),))).terms
    if all(factor <= 0 for factor, _ in larger):
        return one
    if all(factor >= 0 for factor, _ in larger):
        return other
    if any(each.op == "choice" for each in (*left, *right)):  # one question at a time
        usual = difference.size(dict.fromkeys(difference.letters, _NOMINAL))
        return one if usual <= 0 else other
    return build.node("choice", difference, (one, other), one.shape)


def depths(root: CodeNode) -> dict[CodeNode, int]:
    """How many choices are inside one another up to each node."""
    found: dict[CodeNode, int] = {}
    for node in postorder(root, operands):
        inside = max([found[arg] for arg in node.args], default=0)
        found[node] = inside + (node.op == "choice")
    return found


def _args(node: CodeNode) -> tuple[CodeNode, ...]:
    return node.args[:1] if node.op == "choice" else node.args


def _cost(nodes: Iterable[CodeNode]) -> Dim:
    total = ZERO
    for node in nodes:
        total = total.plus(_own(node))
    return total


def _own(node: CodeNode) -> Dim:
    """Multiplications; an entry that is read or written counts for some."""
    if node.op in _VIEWS:
        return ZERO
    entries = ONE
    for dim in node.shape:
        entries = entries.times(dim)
    if node.op == "infix" and node.attr == "@":
        left, right = node.args
        if left.rank and right.rank and left.rank + right.rank < 4:
            large = left if left.rank > 1 else right
            entries = ONE
            for dim in large.shape:
                entries = entries.times(dim)
            return entries.times(Dim(_ENTRY, ()))
        return entries.times(left.shape[-1])
    if node.calls("sum_at"):
        entries = entries.plus(reduce(Dim.times, node.args[0].shape, ONE))
    products = ("np.linalg", "psd", "weighted_gram")
    if node.op == "call" and node.attr[0].startswith(products) and node.args:
        side = node.args[0].shape[0] if node.args[0].rank else ONE
        return entries.times(side)
    return entries.times(Dim(_ENTRY, ()))
