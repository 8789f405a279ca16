"""Functions of block-diagonal and block-triangular matrices, block by block.

det([A, B; zeros, D]) = det(A)*det(D), inv(blkdiag(A, B)) = blkdiag(inv(A), inv(B)), and so for
every function of matrices (Horn & Johnson, Matrix Analysis (2013), section 0.9.2; Higham, Functions
of Matrices (2008), theorem 1.13).
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, permutations

from matcalc.core.operations import BY_BLOCKS, PRIMARY
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Leaf, Node, Sum
from matcalc.engine.ir.ranges import covers, in_order
from matcalc.engine.ir.restrict import range_of

_MOST_ROWS = 3  # of a determinant that is written out
_OF_TRIANGULAR = BY_BLOCKS - {"inv"}
_OF_DIAGONAL = frozenset(("inv", *PRIMARY))


def blockwise(builder: Builder, name: str, node: Node) -> Node | None:
    """The function of a matrix by its diagonal blocks; None where it is no such function, or no
    such matrix.
    """
    if not (name in _OF_TRIANGULAR or name in _OF_DIAGONAL) or not isinstance(node, Sum):
        return None
    found = _diagonal(builder, node, triangular=name in _OF_TRIANGULAR)
    if found is None:
        return _of_numbers(builder, node) if name == "det" else None
    values = [(leaf, _of_block(builder, name, block)) for leaf, block in found]
    if name == "logdet":
        return builder.sum([(1, value) for _, value in values], ())
    if name == "det":
        return builder.product(1, [(value, (), 1) for _, value in values], (), ())
    return builder.sum([(1, _place(builder, leaf, value)) for leaf, value in values], node.axes)


def _of_numbers(builder: Builder, node: Sum) -> Node | None:
    """The determinant of a small matrix of numbers that is written out, by the formula of Leibniz:
    a*d - b*c has a value where ``det(M)*inv(M)`` has none.
    """
    cuts = [builder.restrictions.cuts(term, axis) for _, term in node.terms for axis in (0, 1)]
    leaves = dict.fromkeys(leaf for each in cuts for leaf in each or ())
    if None in cuts or not 1 < len(leaves) <= _MOST_ROWS:
        return None
    ordered = in_order([range_of(leaf) for leaf in leaves])
    if ordered is None or not covers(ordered, node.axes[0]):
        return None
    units = sorted(leaves, key=lambda leaf: ordered.index(range_of(leaf)))
    if any(leaf.kind != "unit" for leaf in units):
        return None
    entries = []
    for row in units:
        line = builder.restrictions.of(node, 0, row)
        entries.append([line and builder.restrictions.of(line, 0, each) for each in units])
    terms = []
    for places in permutations(range(len(units))):
        factors = [entries[row][place] for row, place in enumerate(places)]
        if any(factor is None for factor in factors):
            return None
        turns = sum(a > b for a, b in combinations(places, 2))
        product = builder.product(1, [(each, (), 1) for each in factors if each], (), ())
        terms.append((-1 if turns % 2 else 1, product))
    return builder.sum(terms, ())


def _of_block(builder: Builder, name: str, block: Node) -> Node:
    """The function of a block on the diagonal, which may be a single number."""
    if block.axes:
        return blockwise(builder, name, block) or builder.call(
            name, [block], () if name in _OF_TRIANGULAR else block.axes
        )
    if name == "det":
        return block
    if name == "inv":
        return builder.power(block, -1)
    if name == "logdet":
        return builder.elementwise("log", [builder.elementwise("abs", [block])])
    if name == "sqrtm":
        return builder.power(block, Fraction(1, 2))
    return builder.elementwise(PRIMARY[name], [block])


def _place(builder: Builder, leaf: Leaf, value: Node) -> Node:
    """S*M*S', or e*s*e'."""
    size = leaf.axes[0]
    if leaf.kind == "unit":
        return builder.product(
            1, [(value, (), 1), (leaf, (0,), 1), (leaf, (1,), 1)], (0, 1), (size, size)
        )
    return builder.product(
        1, [(value, (2, 3), 1), (leaf, (0, 2), 1), (leaf, (1, 3), 1)], (0, 1), (size, size)
    )


def _diagonal(builder: Builder, node: Sum, *, triangular: bool) -> list[tuple[Leaf, Node]] | None:
    """The blocks on the diagonal, each with its range, where all others vanish, or all others on
    one side of it.
    """
    places: dict[tuple[Leaf, Leaf], None] = {}
    for _, term in node.terms:
        rows, columns = builder.restrictions.cuts(term, 0), builder.restrictions.cuts(term, 1)
        if rows is None or columns is None or len(rows) != 1 or len(columns) != 1:
            return None
        places[rows[0], columns[0]] = None
    leaves = list(dict.fromkeys(leaf for pair in places for leaf in pair))
    ordered = in_order([range_of(leaf) for leaf in leaves])
    if ordered is None or len(leaves) < 2 or not covers(ordered, node.axes[0]):
        return None
    if any((leaf, leaf) not in places for leaf in leaves):
        return None
    turns = {(range_of(row), range_of(column)) for row, column in places if row is not column}
    sides = {ordered.index(row) < ordered.index(column) for row, column in turns}
    if sides and not (triangular and len(sides) == 1):
        return None
    blocks = []
    for leaf in leaves:
        narrow = builder.restrictions.of(node, 0, leaf)
        if narrow is None:
            return None
        both = builder.restrictions.of(narrow, narrow.rank - 1, leaf)
        if both is None:
            return None
        blocks.append((leaf, both))
    return blocks
