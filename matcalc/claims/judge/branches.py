"""Claims that are right only on one side of a kink: the derivative of one branch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product

import numpy as np

from matcalc.claims.judge.claims import evaluate_claim
from matcalc.claims.judge.conditions import ClaimCondition
from matcalc.claims.judge.question import Question, Sample, closeness
from matcalc.core.errors import MatcalcError
from matcalc.core.operations import COMPARISONS, OPERATIONS, OPPOSITE
from matcalc.core.tree import Expr, number
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.pieces import together
from matcalc.write.printers.text import text

KINKED = frozenset(name for name, row in OPERATIONS.items() if row.branches)
_COST, _OF_WHERE = 1.32, 1.05  # what is written as a branch is said as one
_MOST = 4  # kinks that are looked at,
_TOGETHER = 2  # and sides of kinks that are named together


def one_branch(question: Question, samples: Sequence[Sample]) -> ClaimCondition | None:
    """Where the claim is right, if those are the entries on one side of a kink and no others. A
    number is claimed of each entry.
    """
    program = question.program
    shapes = [(sample.claimed.shape, sample.truth.shape) for sample in samples]
    if program is None or any(claimed not in ((), truth) for claimed, truth in shapes):
        return None
    close = closeness(samples)
    right = [_right(sample, close) for sample in samples]
    if not any(np.any(each == 0) for each in right) or not any(np.any(each == 1) for each in right):
        return None
    sides = []
    conditions = [
        part for node in program.expr.parts if node.op == "where" for part in together(node.args[0])
    ]
    for kink in kinks(program.expr):
        values = [_value(kink, sample) for sample in samples]
        if all(
            value is not None and value.shape in ((), sample.truth.shape)
            for value, sample in zip(values, samples, strict=True)
        ):
            sides.append((kink, [np.asarray(value) != 0 for value in values if value is not None]))
        if len(sides) == _MOST:
            break
    for count in range(1, _TOGETHER + 1):
        for chosen in combinations(sides, count):
            for signs in product((True, False), repeat=count):
                masks = [
                    np.all(
                        [
                            _side(side[1][k], sign, each)
                            for side, sign in zip(chosen, signs, strict=True)
                        ],
                        axis=0,
                    )
                    for k, each in enumerate(right)
                ]
                others = [~mask for mask in masks]
                outside = count > 1 and _explains(others, right)
                if outside or _explains(masks, right):
                    said = " and ".join(
                        text(side[0] if sign else negate_condition(side[0]))
                        for side, sign in zip(chosen, signs, strict=True)
                    )
                    written = all(side[0] in conditions for side in chosen)
                    return ClaimCondition(
                        "needs-branch",
                        f"it is {'wrong' if outside else 'right only'} where {said}",
                        _OF_WHERE if written else _COST,
                    )
    return None


def has_branches(question: Question) -> bool:
    """Whether the expression of a claim has branches."""
    return question.program is not None and is_piecewise(question.program.expr)


def is_piecewise(tree: Expr) -> bool:
    """Whether a formula has branches."""
    return next(kinks(tree), None) is not None


def _right(sample: Sample, close: float) -> Array:
    """1 where the claim agrees, 0 where it does not, and nan where a difference is small beside the
    largest entry and not beside its own.
    """
    difference = np.abs(sample.claimed - sample.truth)
    own = np.maximum(np.abs(sample.claimed), np.abs(sample.truth))
    unclear = np.where(difference <= close * own, 1.0, np.nan)
    return np.where(difference > close * sample.scale, 0.0, unclear)


def _value(kink: Expr, sample: Sample) -> Array | None:
    try:
        return np.asarray(evaluate_claim(kink, sample.point))
    except (MatcalcError, ValueError, np.linalg.LinAlgError):
        return None


def _side(mask: Array, sign: bool, like: Array) -> Array:
    return np.broadcast_to(mask if sign else ~mask, like.shape)


def _explains(masks: Sequence[Array], right: Sequence[Array]) -> bool:
    """Whether the claim is right on this side everywhere, and is wrong elsewhere."""
    inside = sum(int(np.sum(mask)) for mask in masks)
    outside = sum(int(np.sum(~mask)) for mask in masks)
    fits = all(
        not bool(np.any(each[mask] == 0)) and not bool(np.any(each[~mask] == 1))
        for mask, each in zip(masks, right, strict=True)
    )
    return fits and inside > 0 and outside > 0


def kinks(expr: Expr) -> Iterator[Expr]:
    """The conditions that tell the branches of an expression apart."""
    seen: set[str] = set()
    for node in expr.parts:
        for kink in _of(node):
            if text(kink) not in seen:
                seen.add(text(kink))
                yield kink


def _of(node: Expr) -> list[Expr]:
    args = node.args
    match OPERATIONS[node.op].branches if node.op in KINKED else "":
        case "order" if len(args) == 2:
            first, second = args if not _constant(args[0]) else args[::-1]
            return [_compare(">" if node.op == "max" else "<", first, second)]
        case "condition":
            return [part for part in together(args[0]) if part.op in COMPARISONS]
        case "sign":
            return [_compare(">", args[0], number(0))]
        case "size":
            size = Expr("abs", (args[0],), args[0].shape, row=args[0].row)
            return [_compare("<", size, args[1])]
    return []


def _constant(expr: Expr) -> bool:
    return expr.op in ("number", "constant", "dimension")


def _compare(op: str, left: Expr, right: Expr) -> Expr:
    wide = left if left.shape else right
    return Expr(op, (left, right), wide.shape, row=wide.row)


def negate_condition(kink: Expr) -> Expr:
    """The condition that holds where another does not."""
    return Expr(OPPOSITE[kink.op], kink.args, kink.shape, row=kink.row)
