"""Hypothesis strategies for values of declared kinds: what is small and round comes first, so that
examples shrink.

``arrays("symmetric(n)", n=3)`` is a strategy for one variable, ``points({"A": "psd(n)", "x":
"vector(n)"})`` for several, with sizes drawn alike for the same names.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from hypothesis import strategies as st

from matcalc.core.dims import fit
from matcalc.core.kinds import FREE, Variable, kind_spec, size_names
from matcalc.core.subspaces import SPACES, independent
from matcalc.read.syntax.declare import declare
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.interpret import extent
from matcalc.verify.oracle.sample import matrix_of_entries

_ENTRIES = st.one_of(
    st.integers(-4, 4).map(float), st.floats(-4.0, 4.0, allow_nan=False, width=32).map(float)
)
_POSITIVE = st.one_of(st.integers(1, 4).map(float), st.floats(0.125, 4.0, width=32).map(float))


@st.composite
def points(
    draw: st.DrawFn, /, variables: Mapping[str, str | Variable], *, max_size: int = 4, **sizes: int
) -> dict[str, Array]:
    """Values of all variables; named dimensions that are not given are drawn between 1 and
    ``max_size``.
    """
    kinds = declare(variables)
    chosen = {
        name: sizes.get(name) or draw(st.integers(1, max_size))
        for name in size_names(kinds.values())
    }
    kinds_room = [size for variable in kinds.values() for size in variable.room]
    chosen = fit(chosen, kinds_room) or chosen
    return {name: draw(_values(variable, chosen)) for name, variable in kinds.items()}


def arrays(kind: str, *, max_size: int = 4, **sizes: int) -> st.SearchStrategy[Array]:
    """Values of one variable, declared as in ``"symmetric(n)"``."""
    return points({"X": kind}, max_size=max_size, **sizes).map(lambda values: values["X"])


def _values(variable: Variable, sizes: dict[str, int]) -> st.SearchStrategy[Array]:
    shape = extent(variable.shape, sizes)
    entries = _POSITIVE if variable.kind == "positive" else _ENTRIES
    if variable.kind == "simplex":
        return _fill(shape, _POSITIVE).map(lambda x: x / np.sum(x))
    if variable.kind == "sphere":
        return _fill(shape, _POSITIVE).map(lambda x: x / np.linalg.norm(x))
    if variable.kind == "onehot":
        rows = math.prod(shape[:-1])
        places = st.lists(st.integers(0, shape[-1] - 1), min_size=rows, max_size=rows)
        return places.map(lambda k: np.eye(shape[-1])[k].reshape(shape))
    if variable.kind in FREE or variable.kind == "positive":
        return _fill(shape, entries)
    n = shape[0]
    square = _fill((n, n), entries)
    if kind_spec(variable.kind).tangent == variable.kind and variable.kind in SPACES:
        count = len(independent(variable.kind, n))
        return _fill((count,), entries).map(lambda x: matrix_of_entries(variable.kind, x, n))
    if variable.kind == "psd":
        return st.builds(_definite, square, _fill((n,), _POSITIVE))
    if variable.kind in ("orthogonal", "orthonormal"):
        return square.map(lambda A: _rotation(A)[:, : shape[1]])
    return st.builds(
        lambda A, B, d: _rotation(A) @ np.diag(d) @ _rotation(B),
        square,
        square,
        _fill((n,), _POSITIVE),
    )


def _fill(shape: tuple[int, ...], entries: st.SearchStrategy[float]) -> st.SearchStrategy[Array]:
    count = math.prod(shape)
    return st.lists(entries, min_size=count, max_size=count).map(
        lambda values: np.array(values, dtype=float).reshape(shape)
    )


def _rotation(A: Array) -> Array:
    """The Cayley map of the skew part: the identity for A = 0, and orthogonal always."""
    K = np.tril(A, -1) - np.tril(A, -1).T
    eye = np.eye(len(A))
    return np.asarray(np.linalg.solve(eye - K, eye + K))


def _definite(A: Array, d: Array) -> Array:
    """Q*diag(d)*Q' with positive eigenvalues d."""
    Q = _rotation(A)
    S = (Q * d) @ Q.T
    return np.asarray((S + S.T) / 2)
