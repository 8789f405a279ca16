"""PyTorch, where it is installed: functions of its tensors are judged, and its own derivatives
judge matcalc's.
"""

from __future__ import annotations

import numpy as np
import pytest
from judging import kinds

from matcalc.core.errors import UnsupportedError
from matcalc.core.subspaces import frame_of
from matcalc.engine.catalogue.load import LIBRARY
from matcalc.engine.pipeline import derive
from matcalc.read.frontend import read
from matcalc.testing import (
    GradientMismatch,
    assert_gradient,
    check_gradient,
    check_hessian,
    check_jacobian,
    check_jvp,
    check_vjp,
)
from matcalc.verify.oracle.interpret import interpret
from matcalc.verify.oracle.numeric import project_on_frame
from matcalc.verify.oracle.sample import find_sizes

torch = pytest.importorskip(
    "torch", reason="PyTorch is not installed: pip install matcalc-symbolic[torch]"
)
torch_trees = pytest.importorskip("torch_trees", reason="needs PyTorch")
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")

POINT = {
    "A": torch.tensor([[1.0, 2.0, 0.5], [-1.0, 0.3, 1.5]], dtype=torch.float64),
    "x": torch.tensor([0.7, -0.4, 1.1], dtype=torch.float64),
    "b": torch.tensor([0.2, -0.9], dtype=torch.float64),
}
FORMULA = "norm2(A*x - b)^2"


def loss(A, x, b):
    return ((A @ x - b) ** 2).sum()


def autograd(A, x, b):
    x = x.detach().clone().requires_grad_(True)
    return torch.autograd.grad(loss(A, x, b), x)[0]


def cast(dtype):
    return {name: value.to(dtype) for name, value in POINT.items()}


class Model(torch.nn.Module):
    def forward(self, x):
        return torch.tanh(x).sum()


class Slipped(torch.autograd.Function):
    """x^2, with the backward pass of x^2/2."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (x**2).sum()

    @staticmethod
    def backward(ctx, seed):
        return seed * ctx.saved_tensors[0]


def slipped(x):
    x = x.detach().clone().requires_grad_(True)
    return torch.autograd.grad(Slipped.apply(x), x)[0]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("objective", [FORMULA, loss], ids=["formula", "function"])
def test_autograd_agrees(objective, dtype):
    report = check_gradient(objective, autograd, wrt="x", at=cast(dtype))
    assert report.verdict == "agreed"
    assert ("float32" in " ".join(report.notes)) == (dtype == torch.float32)


def test_points_that_require_gradients():
    at = {name: value.clone().requires_grad_(True) for name, value in POINT.items()}
    assert check_gradient(loss, autograd, wrt="x", at=at).ok
    assert check_gradient(
        loss, lambda A, x, b: (2 * A.T @ (A @ x - b)).requires_grad_(True), wrt="x", at=at
    ).ok


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(
            lambda: check_gradient(FORMULA, torch.func.grad(loss, 1), wrt="x", at=POINT),
            id="func.grad",
        ),
        pytest.param(
            lambda: check_gradient(
                Model(), torch.func.grad(Model()), wrt="x", at={"x": POINT["x"]}
            ),
            id="module",
        ),
        pytest.param(
            lambda: check_gradient(
                "x'*x",
                lambda x: torch.autograd.grad((y := x.clone().requires_grad_(True)) @ y, y),
                wrt="x",
                arrays="torch",
            ),
            id="tuple-of-autograd",
        ),
        pytest.param(
            lambda: check_jacobian(
                "A*X*B", torch.func.jacrev(lambda A, X, B: A @ X @ B, 1), wrt="X", arrays="torch"
            ),
            id="jacrev",
        ),
        pytest.param(
            lambda: check_hessian(
                "logsumexp(x)",
                torch.func.hessian(lambda x: torch.logsumexp(x, 0)),
                wrt="x",
                arrays="torch",
            ),
            id="hessian",
        ),
        pytest.param(
            lambda: check_jvp(
                "X*X",
                lambda X, dX: torch.func.jvp(lambda Y: Y @ Y, (X,), (dX,))[1],
                wrt="X",
                arrays="torch",
            ),
            id="jvp",
        ),
        pytest.param(
            lambda: check_vjp(
                "A*X",
                lambda A, X, U: torch.func.vjp(lambda Y: A @ Y, X)[1](U)[0],
                wrt="X",
                arrays="torch",
            ),
            id="vjp",
        ),
        pytest.param(
            lambda: check_gradient(
                "logdet(P)", torch.linalg.inv, wrt="P", variables={"P": "psd(n)"}, arrays="torch"
            ),
            id="psd",
        ),
    ],
)
def test_right(report):
    found = report()
    assert found.verdict == "agreed", str(found)


def test_wrong():
    with pytest.raises(GradientMismatch) as caught:
        assert_gradient(FORMULA, lambda A, x, b: A.T @ (A @ x - b), wrt="x", at=POINT)
    assert str(caught.value.diagnosis) == "the factor 2 is missing"
    report = check_gradient(Slipped.apply, slipped, wrt="x", at={"x": POINT["x"]})
    assert (report.verdict, report.kinds) == ("wrong", ("factor",))
    assert not check_gradient(
        loss, lambda A, x, b: 2 * A.T @ (A @ x + b), wrt="x", at=cast(torch.float32)
    ).ok


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_half_precision_is_refused(dtype):
    with pytest.raises(UnsupportedError, match="half precision"):
        check_gradient(loss, autograd, wrt="x", at=cast(dtype))


PUBLISHED = [entry for entry in LIBRARY.all() if entry.form == "derivative"]


@pytest.mark.parametrize("entry", PUBLISHED, ids=[entry.name for entry in PUBLISHED])
def test_published_derivatives(entry):
    """matcalc's derivative of every published objective that PyTorch can express is PyTorch's."""
    program = read(entry.expr, kinds(entry))
    structure = entry.structure or "declared"
    answer = derive(program, entry.wrt, entry.order, structure=structure)
    sizes, values = find_sizes([program.expr], program.variables, np.random.default_rng(3))
    try:
        found = torch_trees.gradient(program.expr, entry.wrt, values, sizes, entry.order)
    except torch_trees.Inexpressible as problem:
        pytest.skip(f"PyTorch has no {problem}")
    kind = frame_of(program.variables[entry.wrt].kind, structure)
    found = project_on_frame(found, kind, program.expr.rank, entry.order)
    expected = interpret(answer, values, sizes)
    scale = max(1.0, float(np.max(np.abs(found), initial=0.0)))
    assert found.shape == expected.shape
    assert float(np.max(np.abs(found - expected), initial=0.0)) <= 1e-7 * scale
