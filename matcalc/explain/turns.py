"""By which rules the factors of a differential were brought before it."""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.core.operations import TOTALS
from matcalc.core.tree import Expr, moving_parts
from matcalc.explain import citations as because
from matcalc.explain.citations import cite
from matcalc.explain.derivation import Reason

_MATRIX = 2  # axes
_SAID = {"blocks": "the blocks", "slice": "the slice"}
_OPERATORS = frozenset(("variable", "indexed", "+", "-", "neg", "*", ".*", "/", "./", "'"))


def explain_turns(steps: Sequence[str], before: Expr, terms: Sequence[Expr]) -> list[Reason]:
    """The rules by which a line is the sum of the terms, one inner product for each differential;
    none where that is arithmetic.
    """
    order = before.parts
    moving = moving_parts(before.parts, *steps)
    traces = [expr for expr in order if expr.op == "tr" and id(expr) in moving]
    across = any(expr.op == "'" and id(expr) in moving for expr in order)
    after = {part.op for term in terms for part in term.parts}
    in_traces = any(_in_trace(term, steps) for term in terms)
    called = _calls(order, moving)
    reasons: list[Reason] = []
    if any(not _ends(expr.args[0], moving) for expr in traces):
        reasons.append(cite(*because.CYCLIC))
    if traces and across:
        reasons.append(cite(*because.OF_TRANSPOSE))
    summed = any(expr.op == "sum" and id(expr) in moving for expr in order)
    averaged = any(expr.op == "mean" and id(expr) in moving for expr in order)
    inner = any(_inner(expr) and id(expr) in moving for expr in order)
    indexed = any(expr.op == "indexed" and id(expr) in moving for expr in order)
    if indexed and "indexed" not in after:
        reasons.append(Reason("in matrix notation"))
    elif averaged and not summed and not inner:
        reasons.append(cite(*(because.MEAN_OF_PRODUCTS if in_traces else because.MEAN)))
    elif in_traces and (inner or summed or not traces):
        reasons.append(cite(*(because.SUMMED if summed else because.AS_TRACE)))
    elif summed and not in_traces:
        reasons.append(cite(*because.ENTRIES))
    elif called:
        pass  # said below
    elif across and not traces:
        reasons += [cite(*because.INNER), *_explain_moves(order, moving)]
    elif inner and not traces:
        reasons += _explain_moves(order, moving)
    if called and not indexed:
        reasons.append(Reason(f"adjoint of {' and '.join(called)}"))
    return reasons


def _in_trace(term: Expr, steps: Sequence[str]) -> bool:
    """Whether a differential is in a trace."""
    moving = moving_parts(term.parts, *steps)
    return any(part.op == "tr" and id(part) in moving for part in term.parts)


def _calls(order: Sequence[Expr], moving: set[int]) -> list[str]:
    """The linear functions that a differential is an argument of, beside sums of entries."""
    plain = _OPERATORS | TOTALS | {"fill", "tr"}
    found = [expr.op for expr in order if id(expr) in moving and expr.op not in plain]
    return list(dict.fromkeys(_SAID.get(op, op) for op in found))


def _inner(expr: Expr) -> bool:
    """Whether this is an inner product of two vectors."""
    return expr.op == "*" and not expr.shape and bool(expr.args[0].shape)


def _explain_moves(order: Sequence[Expr], moving: set[int]) -> list[Reason]:
    """What moved to the other side of an inner product: factors of entries, matrices."""
    there = [expr for expr in order if id(expr) in moving]
    entries = any(expr.op in (".*", "./") for expr in there)
    matrices = any(expr.op == "*" and expr.args[0].rank == _MATRIX for expr in there)
    found = [because.INNER_OF_ENTRIES] * entries + [because.INNER_MOVED] * matrices
    return [cite(*each) for each in found]


def explain_factors(step: str, before: Expr, answer: Expr) -> list[Reason]:
    """The reasons why a differential, vectorised, is a matrix times that of the variable."""
    order = before.parts
    moving = moving_parts(before.parts, step)
    across = any(expr.op == "'" and id(expr) in moving for expr in order)
    entries = any(expr.op == ".*" and id(expr) in moving for expr in order)
    products = any(expr.op == "*" and expr.args[0].shape and id(expr) in moving for expr in order)
    inside = answer.operations
    matrix = any(expr.rank == 2 and id(expr) in moving for expr in order)
    reasons = []
    if matrix and products and "kron" in inside:
        reasons.append(cite(*because.VECTORISED))
    if matrix and entries:
        reasons.append(cite(*because.VEC_ENTRYWISE))
    if matrix and across and "commutation" in inside:
        reasons.append(cite(*because.VEC_TRANSPOSED))
    if not matrix and entries and "diag" in inside:
        reasons.append(cite(*because.AS_DIAGONAL))
    return reasons or [Reason(f"{step} is factored out")]


def _ends(tree: Expr, moving: set[int]) -> bool:
    """Whether a product ends in a differential, or in a linear function of one."""
    while tree.op in ("*", "neg"):
        tree = tree.args[-1]
    return id(tree) in moving and (tree.op == "variable" or tree.op not in _OPERATORS)
