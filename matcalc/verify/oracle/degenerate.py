"""Spectral functions of matrices whose eigenvalues or singular values coincide, or vanish, at every
point, and determinants of matrices that are singular there.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

import numpy as np

from matcalc.core.errors import DomainError
from matcalc.core.kinds import Variable
from matcalc.core.operations import BY_INVERSE, NUMBERED
from matcalc.core.tree import Expr, moving_parts
from matcalc.core.user_functions import inline
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.interpret import evaluate, values_of_parts
from matcalc.verify.oracle.sample import find_sizes, sample, sizes_for
from matcalc.verify.oracle.spectra import GAPS, least_singular_value

_SIZES, _POINTS = 7, 4  # looked at
_OF_FULL_RANK = ("nucnorm", "polar")
_ROUNDING = 1e-9  # relative: gaps below are none
_REGULAR = ("det", *sorted(BY_INVERSE))  # their rules have an inverse
_DISTANCES = {
    **{name: gap for name, (_, gap) in GAPS.items()},
    **dict.fromkeys(_REGULAR, least_singular_value),
}


def degenerate(expr: Expr, variables: Mapping[str, Variable], wrt: str) -> str | None:
    """Which function of the variable never meets simple values, and which values, or no regular
    matrix; None where all do somewhere.

    One point with simple values settles it, for the gap is an analytic function of the point: it
    vanishes everywhere or hardly anywhere.
    """
    order = inline(expr).parts
    moving = moving_parts(order, wrt)
    moving |= {id(node) for node in order if node.op in BY_INVERSE}
    suspects = {id(node): node for node in order if node.op in _DISTANCES and id(node) in moving}
    seen: set[int] = set()
    unreal: set[int] = set()
    rng = np.random.default_rng(0)
    for sizes in islice(sizes_for([expr], variables), _SIZES):
        for turn in range(_POINTS):
            if not suspects:
                return None
            values = sample(variables, rng, sizes, positive=turn % 2 > 0)
            results: dict[int, Array] = {}
            try:
                with np.errstate(all="ignore"):
                    for node in order:
                        args = [results[id(arg)] for arg in node.args]
                        results[id(node)] = evaluate(node, args, values=values, sizes=sizes)
                        if id(node) in suspects and np.all(np.isfinite(args[0])):
                            if node.op in NUMBERED and not np.all(np.isfinite(results[id(node)])):
                                unreal.add(id(node))
                                continue
                            seen.add(id(node))
                            if _DISTANCES[node.op](*args) > _ROUNDING * float(
                                np.max(np.abs(args[0]), initial=0.0)
                            ):
                                del suspects[id(node)]
            except DomainError:
                continue
    found = next((node for node in order if id(node) in suspects and id(node) in seen), None)
    if found is None:
        lacking = next((node for node in order if id(node) in suspects.keys() & unreal), None)
        return None if lacking is None else _too_few(lacking)
    if found.op in _REGULAR:
        return f"no derivative of {found.op} is known: its argument is singular at every point"
    how = (
        "a singular value is zero" if found.op in _OF_FULL_RANK else f"{GAPS[found.op][0]} coincide"
    )
    return f"no derivative of {found.op}: at every point {how}"


def _too_few(node: Expr) -> str:
    which = int(node.args[1].value) if len(node.args) == 2 else 1
    lacking = "is there a real eigenvalue" if which == 1 else f"are there {which} real eigenvalues"
    return f"no derivative of {node.op}: at none of the points tried {lacking}"


def has_zeros(expr: Expr, variables: Mapping[str, Variable], wrt: str) -> bool:
    """Whether some entries of a part are exactly 0 at a random point, as those below the diagonal
    of an upper triangular matrix are.
    """
    rng = np.random.default_rng(0)
    sizes, values = find_sizes([expr], variables, rng, moving=wrt)
    parts = values_of_parts(inline(expr), values, sizes).values()
    return any(bool(np.any(part == 0)) for part in parts if part.ndim)
