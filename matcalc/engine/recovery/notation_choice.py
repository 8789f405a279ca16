"""Which notation of products of fused indices a tree is written in."""

from __future__ import annotations

from collections.abc import Callable

from matcalc.core.operations import FUSED
from matcalc.core.tree import Expr
from matcalc.engine.recovery.factory import ExpressionFactory
from matcalc.engine.recovery.graph import PRODUCT_NOTATIONS, NotationPreferences
from matcalc.engine.recovery.recover import Recovery

MOST_TRIED = 200  # tokens of a result that is tried in other forms


def choose_notation(
    recover: Callable[[Recovery], Expr], plain: Recovery
) -> tuple[int, Expr, ExpressionFactory]:
    """The shortest tree over the notations of products of fused indices, where there are any; with
    its length and its factory. ``plain`` uses the first notation, and may know of other nodes.
    """
    best: tuple[bool, int, Expr, ExpressionFactory] | None = None
    tried: list[NotationPreferences] = []
    for notation in PRODUCT_NOTATIONS:
        if any(preferences.agrees(notation) for preferences in tried):
            continue
        recovery = plain.with_notation(notation) if tried else plain
        tree = recover(recovery)
        tried.append(recovery.preferences)
        size = recovery.factory.size(tree)
        if not recovery.preferences.asked:
            return size, tree, recovery.factory
        operators = tree.operations
        indices = "einsum" in operators
        if best is None or (indices, size) < best[:2]:
            best = indices, size, tree, recovery.factory
        if size > MOST_TRIED or operators.isdisjoint(FUSED):
            break
    assert best is not None
    return best[1:]
