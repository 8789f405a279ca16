"""Objectives over data that are larger than memory: proved to split, and the same in parts."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import matcalc
from matcalc.answers.objectives.rowwise import rows_of, split
from matcalc.core.errors import ArgumentError, EvaluationError, UnsupportedError

KINDS = {"X": "matrix(m, n)", "y": "vector(m)", "w": "vector(n)", "c": "scalar"}
LOGISTIC = "sum(log(1 + exp(-y.*(X*w)))) + c*w'*w/2"
# the objective, what of it is summed over rows, and whether it is their mean
SPLIT = [
    (LOGISTIC, "sum(log(1 + exp(-y.*(X*w))))", False),
    ("c - mean(exp(X*w - y))", "-mean(exp(X*w - y))", True),
    ("c*sum(w) + sum(where(y > 0, y, X*w)) - m", "sum(where(y > 0, y, X*w)) - m", False),
]
WHOLE = ["logsumexp(X*w) + sum(y)*c", "norm2(X*w - c*y)", "norm2(X*w - c*y)^2/(m - 1)"]


def parsed(text: str) -> Any:
    return matcalc.parse(text, {name: KINDS[name] for name in "Xywc" if name in text})


@pytest.mark.parametrize(("text", "part", "mean"), SPLIT)
def test_what_is_a_sum_over_rows_is_proved(text: str, part: str, mean: bool) -> None:
    found = split(parsed(text), "m")
    assert (found.data.text(), found.mean) == (part, mean)


@pytest.mark.parametrize("text", WHOLE)
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedError, match="not proved to be a sum over m rows"):
        split(parsed(text), "m")


def test_rows_are_the_first_axis_alone() -> None:
    square = matcalc.parse("sum(K*w)", {"K": "matrix(m, m)", "w": "vector(m)"})
    with pytest.raises(ArgumentError, match="must be its first axis"):
        rows_of(square.variables, ["K"])


def test_dask_is_asked_for_by_its_extra() -> None:
    try:
        import dask.array  # noqa: F401
    except ImportError:
        with pytest.raises(EvaluationError, match="needs dask"):
            matcalc.Problem("sum(X*w)", ["w"], {"X": np.eye(2)}, backend="dask")
        return
    with pytest.raises(ArgumentError, match="there is none"):
        matcalc.Problem("sum(X*w)", ["w"], {"X": np.eye(2)}, backend="dask")


def data(rows: int) -> dict[str, Any]:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(rows, 3))
    y = np.where(X @ [1.0, -2.0, 0.5] + rng.normal(size=rows) > 0, 1.0, -1.0)
    return {"X": X, "y": y, "c": 0.5}


@pytest.mark.parametrize("text", [LOGISTIC, "mean(huber(X*w - y, 1)) + exp(sum(w))*c"])
def test_blocks_give_what_the_whole_gives(text: str) -> None:
    array = pytest.importorskip("dask.array")
    given = data(50)
    lazily = {**given, "X": array.from_array(given["X"], chunks=(12, 2))}
    whole = matcalc.Problem(text, ["w"], given, variables=KINDS)
    parts = matcalc.Problem(text, ["w"], lazily, variables=KINDS, backend="dask")
    x, p = np.array([0.3, -0.2, 0.1]), np.array([1.0, 2.0, -1.0])
    assert parts.counts == [12, 12, 12, 12, 2]
    for name, point in (("fun", [x]), ("jac", [x]), ("hess", [x]), ("hessp", [x, p])):
        wanted = getattr(whole, name)(*point)
        np.testing.assert_allclose(getattr(parts, name)(*point), wanted, rtol=1e-9, atol=1e-12)
    found = parts.minimize("Newton-CG")
    np.testing.assert_allclose(found.x, whole.minimize("Newton-CG").x, rtol=1e-5)


ROWS, COLUMNS, BLOCKS = 375_000, 100, 30  # 300 MB, in blocks of 10 MB
# a process may hold so much, most of which it takes without data
LIMIT = 200 * 2**20
PATIENT = {  # a machine that is busy is slow, and not broken
    "distributed.comm.timeouts.connect": "300s",
    "distributed.comm.timeouts.tcp": "300s",
    "distributed.scheduler.worker-ttl": None,
    "distributed.scheduler.allowed-failures": 20,
    # over the limit a process ends; it must not wait for memory that its own libraries take
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
}


def made(place: int, armed: str = "") -> np.ndarray:
    """A block; while there is a file ``armed``, one of them ends the process that makes it."""
    if place == BLOCKS // 2 and armed and Path(armed).exists():
        Path(armed).unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    return np.random.default_rng(place).normal(size=(ROWS // BLOCKS, COLUMNS))


@pytest.mark.slow
def test_a_cluster_with_little_memory_loses_a_worker(tmp_path: Path) -> None:
    """Two processes that together may hold less than the data; one is killed on the way."""
    distributed = pytest.importorskip("distributed")
    dask = pytest.importorskip("dask")
    import dask.array as array

    armed = tmp_path / "armed"
    text, kinds = "sum(log(1 + exp(-(X*w)))) + w'*w", {"X": "matrix(m, n)", "w": "vector(n)"}
    blocks = [
        array.from_delayed(dask.delayed(made)(k, str(armed)), (ROWS // BLOCKS, COLUMNS), float)
        for k in range(BLOCKS)
    ]
    lazily = array.concatenate(blocks)
    with (
        dask.config.set(PATIENT),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, memory_limit=LIMIT, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster, timeout="300s") as client,
    ):
        client.wait_for_workers(2, timeout=600)
        problem = matcalc.Problem(
            text, ["w"], {"X": lazily}, variables=kinds, backend="dask", verify=False
        )
        x = np.linspace(-0.1, 0.1, COLUMNS)
        value, slope = problem.fun(x), problem.jac(x)
        armed.touch()
        product = problem.hessp(x, slope)
        assert not armed.exists()
    whole = matcalc.Problem(
        text, ["w"], {"X": np.concatenate([made(k) for k in range(BLOCKS)])}, variables=kinds
    )
    assert value == pytest.approx(whole.fun(x), rel=1e-9)
    np.testing.assert_allclose(slope, whole.jac(x), rtol=1e-8)
    np.testing.assert_allclose(product, whole.hessp(x, slope), rtol=1e-8)
