"""How far a matrix is from one with equal eigenvalues, equal singular values or none, or unit
vectors without a clear sign.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matcalc import runtime
from matcalc.runtime.elementwise import Array

_REACH = 50.0  # differences are taken over steps that this makes small beside the gaps


def _gap(values: Array) -> float:
    """The smallest distance between two values."""
    return float(np.min(np.diff(np.sort(values)), initial=np.inf)) / _REACH


def _lead(V: Array) -> float:
    """How far the largest absolute entry of each column is ahead of the second."""
    sizes = np.sort(np.abs(V), axis=0)
    return float(np.min(sizes[-1] - sizes[-2])) / _REACH if len(V) > 1 else np.inf


def _singular(X: Array) -> Array:
    """The singular values, whatever the shape."""
    return (
        np.linalg.svd(np.atleast_2d(X), compute_uv=False) if np.all(np.isfinite(X)) else np.zeros(2)
    )


def _leading_gap(X: Array) -> float:
    """How far the largest singular value is from the second, and from zero."""
    return _gap(np.append(_singular(X), 0.0)[:2])


def _simple(X: Array) -> float:
    """How far the singular values are from each other and from zero."""
    return _gap(np.append(_singular(X), 0.0))


def least_singular_value(X: Array) -> float:
    """How far a matrix is from one that lacks a rank."""
    return float(np.min(_singular(X)))


def _rank(X: Array) -> float:
    return least_singular_value(X) / _REACH


def _columns(X: Array) -> float:
    return min(_simple(X), _lead(runtime.rightvecs(X)))


EIGENVALUES, SINGULAR_VALUES = "eigenvalues", "singular values"


def _alone(A: Array, k: float = 1) -> float:
    """How far the k-th largest real eigenvalue is from all others."""
    value, every = runtime.eigval(A, int(k)), np.linalg.eigvals(np.atleast_2d(A))
    return float(np.min(np.sort(np.abs(every - value))[1:], initial=np.inf)) / _REACH


def _least_gap(A: Array, k: float = 1) -> float:
    """The same, or how far those that lie above it are from each other: where two of these meet,
    they turn complex or real, and it is another one that is the k-th.
    """
    value, every = runtime.eigval(A, int(k)), np.linalg.eigvals(np.atleast_2d(A))
    above = every[every.real > value]
    apart = np.abs(above[:, np.newaxis] - above) + np.diag(np.full(len(above), np.inf))
    return min(_alone(A, k), float(np.min(apart, initial=np.inf)) / _REACH)


# what has to be simple for the rule of the derivative to hold, and how far the closest two are from
# each other
GAPS: dict[str, tuple[str, Callable[..., float]]] = {
    **dict.fromkeys(("eigvals", "eigvecs"), (EIGENVALUES, lambda A: _gap(runtime.eigvals(A)))),
    **dict.fromkeys(
        ("lambda_max", "eigvec"), (EIGENVALUES, lambda A: _gap(runtime.eigvals(A)[-2:]))
    ),
    "lambda_min": (EIGENVALUES, lambda A: _gap(runtime.eigvals(A)[:2])),
    **dict.fromkeys(("eigval", "eigright", "eigleft"), (EIGENVALUES, _alone)),
    **dict.fromkeys(("svdvals", "leftvecs", "rightvecs", "condnum"), (SINGULAR_VALUES, _simple)),
    **dict.fromkeys(("specnorm", "leftvec", "rightvec"), (SINGULAR_VALUES, _leading_gap)),
    **dict.fromkeys(("nucnorm", "polar"), (SINGULAR_VALUES, _rank)),
}


def _pivots(A: Array) -> float:
    """How far the pivots of an elimination are from zero."""
    pivots = np.abs(np.diag(np.atleast_2d(runtime.lu_u(A))))
    return float(np.min(pivots)) / _REACH if np.all(np.isfinite(pivots)) else 0.0


DISTANCES: dict[str, Callable[..., float]] = {
    "eigvals": lambda A: _gap(runtime.eigvals(A)),
    "eigvecs": lambda A: min(_gap(runtime.eigvals(A)), _lead(runtime.eigvecs(A))),
    "lambda_max": lambda A: _gap(runtime.eigvals(A)[-2:]),
    "lambda_min": lambda A: _gap(runtime.eigvals(A)[:2]),
    "eigval": _least_gap,
    **dict.fromkeys(
        ("eigright", "eigleft"),
        lambda A, *k: min(_least_gap(A, *k), _lead(runtime.eigright(A, *k)[:, np.newaxis])),
    ),
    "eigvec": lambda A: min(_gap(runtime.eigvals(A)[-2:]), _lead(runtime.eigvecs(A)[:, -1:])),
    "chol": lambda A: float(runtime.lambda_min(A)) / _REACH,
    **dict.fromkeys(("lu_l", "lu_u"), _pivots),
    **dict.fromkeys(("qr_q", "qr_r"), _rank),
    "invgap": _gap,
    "svdvals": _simple,
    "leftvecs": _columns,
    "rightvecs": _columns,
    "schatten": lambda X, p: _simple(X),
    "specnorm": _leading_gap,
    "leftvec": lambda X: min(_leading_gap(X), _lead(runtime.rightvec(X)[:, np.newaxis])),
    "rightvec": lambda X: min(_leading_gap(X), _lead(runtime.rightvec(X)[:, np.newaxis])),
    "nucnorm": _rank,
    "polar": _rank,
    "condnum": _simple,
}
