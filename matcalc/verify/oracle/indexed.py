"""Forms with bound indices in real arithmetic, evaluated for each choice of the indices."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from matcalc.core.choices import FormEvaluator, Rules
from matcalc.core.errors import DomainError
from matcalc.core.tree import Expr
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.broadcast import Axes, NotAtOnce
from matcalc.verify.oracle.evaluations import FUNCTIONS

_TAKEN: dict[str, Callable[[Array], Array]] = {
    "prod": lambda values: np.prod(values, axis=0),
    "max": FUNCTIONS["amax"],
    "min": FUNCTIONS["amin"],
    "logsumexp": FUNCTIONS["logsumexp"],
}


def evaluate_indexed(
    node: Expr,
    args: Sequence[Array],
    sizes: dict[str, int],
    extent: tuple[int, ...],
    step: Callable[[Expr, list[Array]], Array],
    shape: Callable[[Expr], tuple[int, ...]],
    watch: Callable[[Expr, list[Array]], None] | None,
    parts: Sequence[Expr] = (),
) -> Array:
    """The value of an ``indexed`` node; ``step`` evaluates what has no indices itself, and
    ``watch`` is told what the others are taken of. With ``parts`` these alone are evaluated, and
    the value is zero.
    """

    if watch is None:
        try:
            return Axes(node.value, args, sizes, step).value()
        except NotAtOnce:
            pass

    def reduce(part: Expr, found: list[Array]) -> Array:
        name = part.value.name
        if name == "sum":
            return sum(found, np.zeros(shape(part)))
        if name == "mean":
            return np.asarray(sum(found, np.zeros(shape(part))) / np.float64(len(found)))
        if not found:
            if name == "prod":
                return np.ones(())
            raise DomainError(f"{name} of nothing", span=node.span)
        whole = np.stack(found)
        if watch is not None:
            watch(part, [whole])
        return np.asarray(_TAKEN[name](whole))

    def take(array: Array, places: list[int | None]) -> Array:
        inside = all(
            place is None or 0 <= place < size
            for place, size in zip(places, array.shape, strict=True)
        )
        if not inside:
            raise DomainError("these sizes leave no room for the entries", span=node.span)
        return np.asarray(
            array[tuple([slice(None) if place is None else place for place in places])]
        )

    rules = Rules(
        step, lambda value: np.asarray(float(value)), take, reduce, lambda entry: not entry.any()
    )
    evaluator = FormEvaluator(node.value, args, sizes, rules)
    if parts:
        evaluator.look(parts)
        return np.zeros(extent)
    column, rows = evaluator.values()
    if not node.value.indices:
        return np.asarray(column[rows[0]])
    return np.stack([column[row] for row in rows]).reshape(extent)
