"""How large sizes have to be for a formula to say all that it says."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from matcalc.core.dims import Dim
from matcalc.core.indexed import compares_indices, parts
from matcalc.core.operations import LINEAR, TRIANGLES
from matcalc.core.tree import Expr, is_number
from matcalc.core.walk import fold

# what is zero for small sizes longer than its factors: tril(A, -3)*tril(B, -3) of 6 rows
_BILINEAR = (name for name, places in LINEAR.items() if len(places) > 1)
_JOINING = frozenset(("*", ".*", "einsum", "indexed", "reduce", *_BILINEAR))
_REACHING = frozenset((*TRIANGLES, "indexed"))  # what may speak of places
_FURTHEST = 1_000  # larger sizes are none that can be tried


def far_places(tree: Expr) -> tuple[int, list[Dim]]:
    """How large sizes have to be for the tree to say something, and which: tril(A, -7) is zero of 7
    rows, tril(A, -1)^7 as well, and so are sums over i > j + 7 and what is taken where i == 7.
    """
    sizes: list[Dim] = []
    if tree.operations.isdisjoint(_REACHING):
        return 0, sizes

    def rule(node: Expr, inside: list[int]) -> int:
        numbers: Sequence[Expr] = ()
        if node.op in TRIANGLES and len(node.args) > 1:
            numbers = node.args[1:]
            sizes.extend(node.shape)
        elif compares_indices(node):
            numbers = [part for part in node.parts if part.op == "number"]
            sizes.extend([part.value.size for part in node.parts if part.op == "index"])
        reach: int = sum([ceil(abs(each.value)) for each in numbers])
        for condition in node.value.conditions if node.op == "reduce" else ():
            reach += abs(condition.place.offset.integer or 0)
            sizes.extend([index.size for index, _ in condition.place.terms])
        if node.op == "^" and node.rank == 2 and is_number(node.args[1]):
            inside = [inside[0] * ceil(abs(node.args[1].value))]
        reach += (sum if node.op in _JOINING else max)([0, *inside])
        return min(reach, _FURTHEST)

    return fold(tree, parts, rule), sizes
