"""JAX, where it is installed: functions of its arrays are judged, in single precision and, where it
is switched on, in double.
"""

from __future__ import annotations

import numpy as np
import pytest

from matcalc.testing import check_gradient, check_hessian, check_jacobian, check_jvp, check_vjp

jax = pytest.importorskip("jax", reason="JAX is not installed: pip install matcalc-symbolic[jax]")
FORMULA = "norm2(A*x - b)^2"


@pytest.fixture(params=[False, True], ids=["float32", "float64"])
def double(request):
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", request.param)
    yield request.param
    jax.config.update("jax_enable_x64", before)


def loss(A, x, b):
    return ((A @ x - b) ** 2).sum()


def point():
    return {
        "A": jax.numpy.asarray([[1.0, 2.0], [0.5, -1.0]]),
        "x": jax.numpy.ones(2),
        "b": jax.numpy.zeros(2),
    }


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(
            lambda: check_gradient(FORMULA, jax.grad(loss, 1), wrt="x", at=point()),
            id="grad-of-a-formula",
        ),
        pytest.param(
            lambda: check_gradient(loss, jax.grad(loss, 1), wrt="x", at=point()), id="grad"
        ),
        pytest.param(
            lambda: check_gradient(
                "sum(tanh(x))",
                jax.jit(jax.grad(lambda x: jax.numpy.tanh(x).sum())),
                wrt="x",
                arrays="jax",
            ),
            id="jit",
        ),
        pytest.param(
            lambda: check_jacobian(
                "A*X*B", jax.jacfwd(lambda A, X, B: A @ X @ B, 1), wrt="X", arrays="jax"
            ),
            id="jacfwd",
        ),
        pytest.param(
            lambda: check_hessian(
                "logsumexp(x)", jax.hessian(jax.scipy.special.logsumexp), wrt="x", arrays="jax"
            ),
            id="hessian",
        ),
        pytest.param(
            lambda: check_vjp(
                "A*X", lambda A, X, U: jax.vjp(lambda Y: A @ Y, X)[1](U)[0], wrt="X", arrays="jax"
            ),
            id="vjp",
        ),
        pytest.param(
            lambda: check_jvp(
                "X*X", lambda X, dX: jax.jvp(lambda Y: Y @ Y, (X,), (dX,))[1], wrt="X", arrays="jax"
            ),
            id="jvp",
        ),
    ],
)
def test_right(report, double):
    found = report()
    assert found.verdict == "agreed", str(found)
    assert ("float32" in " ".join(found.notes)) == (not double)


def test_wrong(double):
    report = check_gradient(FORMULA, lambda A, x, b: A.T @ (A @ x - b), wrt="x", at=point())
    assert str(report.diagnosis) == "the factor 2 is missing"
    assert np.isclose(report.worst.claimed, report.worst.true / 2, rtol=1e-4)
