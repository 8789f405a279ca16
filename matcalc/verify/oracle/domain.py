"""Whether an expression has a value anywhere.

The field has no order, so the exact judge proves derivatives of log(-x'*x), too, which is a number
at no point. Here a point is looked for: one with equal entries (``equal_entries``), and else among
those of the numeric judge. Where bounds prove that there is none, they say why.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from matcalc.core.errors import DomainError, EvaluationError
from matcalc.core.kinds import Variable
from matcalc.core.operations import OPERATIONS, PRIMARY
from matcalc.core.tree import APPLY, Expr, operation
from matcalc.core.user_functions import inline, user_function
from matcalc.core.walk import postorder

_ALL = (-math.inf, math.inf)
# where functions of real numbers have values; of matrices, of their eigenvalues
_INTERVALS = {
    **{name: (row.starts, math.inf) for name, row in OPERATIONS.items() if row.starts is not None},
    **dict.fromkeys(("xlogy", "entropy", "kl", "chol"), (0.0, math.inf)),
    **dict.fromkeys(("asin", "acos", "atanh", "erfinv"), (-1.0, 1.0)),
    "acosh": (1.0, math.inf),
    "logit": (0.0, 1.0),
}
_LIMITED = frozenset(  # what may have no value somewhere
    (*_INTERVALS, *[name for name, of in PRIMARY.items() if of in _INTERVALS])
) | {"^", ".^", "indexed", APPLY}
_PLACES = {"xlogy": 1}  # of the argument that has to be there, where it is not the first


def no_value(expr: Expr, variables: Mapping[str, Variable]) -> str | None:
    """Why the expression has no value at any point; None if it has one."""
    root = inline(expr)
    if root.operations.isdisjoint(_LIMITED):
        return None
    limited = [node for node in _always(root) if _is_limited(node)]
    if not limited:
        return None
    from matcalc.verify.oracle.equal_entries import has_value  # noqa: PLC0415 - most have no limits

    if has_value(root, variables):
        return None
    for node in limited:
        reason = _beyond(node, variables)
        if reason is not None:
            return f"no point is inside the domain: {reason}"
    import numpy as np  # noqa: PLC0415 - slow to load

    from matcalc.verify.oracle.sample import find_sizes  # noqa: PLC0415 - it loads NumPy

    try:
        find_sizes([root], variables, np.random.default_rng(0), still=True)
    except DomainError as problem:
        return problem.message
    except EvaluationError:  # a function that the numeric judge does not know
        return None
    return None


def _always(root: Expr) -> list[Expr]:
    """The parts that have to have a value wherever the whole has one: no branches of ``where``."""
    if "where" not in root.operations:
        return root.parts
    return postorder(root, lambda node: node.args[:1] if node.op == "where" else node.args)


def _is_limited(node: Expr) -> bool:
    own = user_function(node)
    if own is not None:
        return bool(own.domain)
    if node.op == "indexed":
        return any(map(_is_limited, node.value.body.parts))
    return interval(node) != _ALL


def interval(node: Expr) -> tuple[float, float]:
    """What the argument of a function has to be in; of several see ``_PLACES``."""
    if node.op in ("^", ".^"):
        exponent = node.args[1]
        whole = exponent.op == "number" and exponent.value.denominator == 1
        return _ALL if whole else (0.0, math.inf)
    return _INTERVALS.get(PRIMARY.get(node.op, node.op), _ALL)


def _beyond(node: Expr, variables: Mapping[str, Variable]) -> str | None:
    """Why the argument of a function is never inside its domain, if bounds prove that."""
    low, high = interval(node)
    if (low, high) == _ALL:
        return None
    from matcalc.verify.oracle.bounds import bounds  # noqa: PLC0415 - few have a value nowhere

    arg = node.args[_PLACES.get(node.op, 0)]
    if arg.rank == 2 and node.op in (*PRIMARY, "chol", "^"):
        # the trace of a positive semidefinite matrix is positive
        arg = Expr("tr", (arg,), ())
    found, name = bounds(arg, variables), operation(node)
    if found.most <= low:
        return f"the argument of {name} is never above {low:g}"
    if found.least >= high:
        return f"the argument of {name} is never below {high:g}"
    return None
