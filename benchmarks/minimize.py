"""Three real problems, minimised by SciPy with our derivatives and with those of JAX.

    python benchmarks/minimize.py                # docs/optimize.md has the problems
    python benchmarks/minimize.py --only logistic

Each line is one call of ``scipy.optimize.minimize``: the same method, start and data. What is
derived or compiled before the first step is shown apart. Without JAX its lines are left out.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault(
    "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)

import numpy as np
from scipy.optimize import minimize

import matcalc

_REPEATS = 5
Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Task:
    """What is minimised over ``over``, for matcalc as text, for JAX as a function of a namespace
    and of all arrays.
    """

    name: str
    text: str
    over: tuple[str, ...]
    data: dict[str, Any]
    start: dict[str, Any]
    variables: dict[str, str]
    method: str
    objective: Callable[..., Any]


def logistic() -> Task:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(5000, 50))
    y = np.where(X @ rng.normal(size=50) + 3 * rng.normal(size=5000) > 0, 1.0, -1.0)
    return Task(
        "logistic regression",
        "sum(log(1 + exp(-y.*(X*w)))) + w'*w/2",
        ("w",),
        {"X": X, "y": y},
        {"w": np.zeros(50)},
        {"X": "matrix(m, n)", "y": "vector(m)", "w": "vector(n)"},
        "Newton-CG",
        lambda xp, X, y, w: xp.logaddexp(0.0, -y * (X @ w)).sum() + w @ w / 2,
    )


def process() -> Task:
    rng = np.random.default_rng(1)
    t = np.sort(rng.uniform(0.0, 10.0, 200))

    def objective(xp: Any, D: Any, y: Any, a: Any, b: Any, c: Any) -> Any:
        K = xp.exp(a) * xp.exp(-D / (2 * xp.exp(b))) + xp.exp(c) * xp.eye(len(y))
        L = xp.linalg.cholesky(K)
        return xp.log(xp.diagonal(L)).sum() + y @ xp.linalg.solve(K, y) / 2

    return Task(
        "GP hyperparameters",
        "logdet(K)/2 + y'*inv(K)*y/2 where K = exp(a)*exp(-D/(2*exp(b))) + exp(c)*eye(n)",
        ("a", "b", "c"),
        {"D": np.subtract.outer(t, t) ** 2, "y": np.sin(t) + 0.1 * rng.normal(size=200)},
        {"a": np.array(0.0), "b": np.array(0.0), "c": np.array(-1.0)},
        {"D": "matrix(n, n)", "y": "vector(n)", **dict.fromkeys("abc", "scalar")},
        "BFGS",
        objective,
    )


def factors() -> Task:
    rng = np.random.default_rng(2)
    truth = rng.normal(size=(120, 5)) @ rng.normal(size=(5, 80))

    def objective(xp: Any, T: Any, c: Any, U: Any, V: Any) -> Any:
        return ((U @ V.T - T) ** 2).sum() + c * ((U**2).sum() + (V**2).sum())

    return Task(
        "matrix factorisation",
        "norm2(U*V' - T)^2 + c*(norm2(U)^2 + norm2(V)^2)",
        ("U", "V"),
        {"T": truth + 0.01 * rng.normal(size=truth.shape), "c": 1e-3},
        {"U": 0.1 * rng.normal(size=(120, 5)), "V": 0.1 * rng.normal(size=(80, 5))},
        {"U": "matrix(m, k)", "V": "matrix(n, k)", "T": "matrix(m, n)", "c": "scalar"},
        "trust-krylov",
        objective,
    )


TASKS = (logistic, process, factors)


def ours(task: Task) -> tuple[float, Callable[[], Any]]:
    """Seconds before the first step, and the minimisation."""
    start = time.perf_counter()
    problem = matcalc.Problem(
        task.text, over=list(task.over), data=task.data, start=task.start, variables=task.variables
    )
    x0 = problem.x0
    problem.fun(x0), problem.jac(x0)
    if task.method != "BFGS":
        problem.hessp(x0, np.ones(len(x0)))
    return time.perf_counter() - start, lambda: problem.minimize(task.method)


def with_jax(task: Task) -> tuple[float, Callable[[], Any]]:
    """The same by JAX, compiled: value and gradient together, products with the Hessian forward
    over reverse.
    """
    import jax

    jax.config.update("jax_enable_x64", True)
    start = time.perf_counter()
    data = {name: jax.numpy.asarray(value) for name, value in task.data.items()}
    sizes = [np.size(task.start[name]) for name in task.over]
    ends = np.cumsum(sizes)

    def value(x: Any) -> Any:
        parts = {
            name: x[end - size : end].reshape(np.shape(task.start[name]))
            for name, size, end in zip(task.over, sizes, ends, strict=True)
        }
        return task.objective(jax.numpy, **data, **parts)

    both = jax.jit(jax.value_and_grad(value))
    product = jax.jit(lambda x, v: jax.jvp(jax.grad(value), (x,), (v,))[1])

    def fun(x: Array) -> tuple[float, Array]:
        found, slope = both(x)
        return float(found), np.asarray(slope)

    def hessp(x: Array, v: Array) -> Array:
        return np.asarray(product(x, v))

    x0 = np.concatenate([np.ravel(task.start[name]) for name in task.over])
    fun(x0)
    given: dict[str, Any] = {}
    if task.method != "BFGS":
        hessp(x0, np.ones(len(x0)))
        given["hessp"] = hessp
    return (
        time.perf_counter() - start,
        lambda: minimize(fun, x0, jac=True, method=task.method, **given),
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="problems whose name contains this")
    options = parser.parse_args()
    contestants = {"matcalc": ours}
    if find_spec("jax") is not None:
        contestants["JAX"] = with_jax
    print(
        f"{'problem':<22}{'method':<14}{'':<10}{'before, ms':>12}{'minimise, ms':>14}"
        f"{'steps':>7}{'value':>16}"
    )
    for make in TASKS:
        task = make()
        if options.only not in task.name:
            continue
        for name, prepare in contestants.items():
            before, run = prepare(task)
            best = float("inf")
            for _ in range(_REPEATS):
                start = time.perf_counter()
                found = run()
                best = min(best, time.perf_counter() - start)
            print(
                f"{task.name:<22}{task.method:<14}{name:<10}{1e3 * before:>12.1f}"
                f"{1e3 * best:>14.1f}{found.nit:>7}{float(found.fun):>16.8g}",
                flush=True,
            )


if __name__ == "__main__":
    main()
