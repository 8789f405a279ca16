"""How fast generated NumPy code is, beside what an expert would write by hand; benchmarks/README.md
says how to read it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import numpy as np

import matcalc

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Contest:
    """A gradient: matcalc's from ``text``, the expert's by hand."""

    text: str
    wrt: str
    expert: Callable[..., Any]
    variables: dict[str, str] = field(default_factory=dict)


def least_squares(A: Array, x: Array, b: Array) -> Array:
    return 2 * (A.T @ (A @ x - b))


def logistic(X: Array, w: Array, y: Array) -> Array:
    return -X.T @ (y / (1 + np.exp(y * (X @ w))))


def factors(T: Array, U: Array, V: Array) -> Array:
    return 2 * (U @ (V.T @ V) - T @ V)


def trace(A: Array, B: Array, C: Array, X: Array) -> Array:
    CA = C @ A
    return B @ (X @ CA) + B.T @ (X @ CA.T)


def inverse_form(X: Array, u: Array, v: Array) -> Array:
    return -np.outer(np.linalg.solve(X.T, u), np.linalg.solve(X, v))


def gaussian(S: Array, x: Array, m: Array) -> Array:
    inverse = np.linalg.inv(S)
    z = inverse @ (x - m)
    return 0.5 * (inverse - np.outer(z, z))


def diagonal_form(A: Array, x: Array, w: Array) -> Array:
    return 2 * (A.T @ (w * (A @ x)))


CONTESTS = [
    Contest("norm2(A*x - b)^2", "x", least_squares, {"A": "matrix(m, n)", "b": "vector(m)"}),
    Contest("sum(log(1 + exp(-y.*(X*w))))", "w", logistic, {"X": "matrix(m, n)"}),
    Contest(
        "norm2(T - U*V')^2",
        "U",
        factors,
        {"T": "matrix(m, n)", "U": "matrix(m, k)", "V": "matrix(n, k)"},
    ),
    Contest("tr(A*X'*B*X*C)", "X", trace, dict.fromkeys("ABCX", "matrix(n, n)")),
    Contest("u'*inv(X)*v", "X", inverse_form, {"X": "matrix(n, n)"}),
    Contest("0.5*(x-m)'*inv(S)*(x-m) + 0.5*logdet(S)", "S", gaussian, {"S": "psd(n)"}),
    Contest("(A*x)'*diag(w)*(A*x)", "x", diagonal_form, {"A": "matrix(m, n)"}),
]


def point(derivative: matcalc.Derivative, sizes: dict[str, int]) -> dict[str, Array]:
    """Random arrays of the declared kinds; a psd one is well conditioned."""
    random = np.random.default_rng(0)
    values = {}
    for name, variable in derivative.variables.items():
        axes = [dim.size(sizes) for dim in variable.shape]
        value = random.standard_normal(axes)
        if len(axes) == 2 and axes[0] == axes[1]:
            value = value / np.sqrt(axes[0]) + 3 * np.eye(axes[0])
            value = value @ value.T if variable.kind == "psd" else value
        values[name] = value
    return values


def microseconds(function: Callable[..., Any], arguments: dict[str, Array], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function(**arguments)
        times.append(time.perf_counter() - start)
    return 1e6 * median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--repeats", type=int, default=51, help="calls of which the median is taken (default 51)"
    )
    options = parser.parse_args()
    print(f"Gradients, microseconds (median of {options.repeats})\n")
    print(
        f"{'expression':<44}{'size':>6}{'matcalc':>10}{'expert':>10}{'ratio':>8}{'difference':>12}"
    )
    for contest in CONTESTS:
        derivative = matcalc.diff(contest.text, contest.wrt, variables=contest.variables)
        function = derivative.to_callable()
        names = {
            dim
            for variable in derivative.variables.values()
            for size in variable.shape
            for dim in size.names
        }
        for size in (10, 300):
            # all sizes differ; k (the rank of a factorisation) is small
            sizes = {
                name: max(2, size // 10) if name == "k" else size + 2 * index
                for index, name in enumerate(sorted(names))
            }
            values = point(derivative, sizes)
            ours, theirs = function(**values), contest.expert(**values)
            difference = float(np.max(np.abs(ours - theirs)) / np.max(np.abs(theirs)))
            mine, hand = (
                microseconds(each, values, options.repeats) for each in (function, contest.expert)
            )
            print(
                f"{contest.text:<44}{size:>6}{mine:>10.1f}{hand:>10.1f}"
                f"{mine / hand:>8.2f}{difference:>12.1e}"
            )


if __name__ == "__main__":
    main()
