r"""Functions that the lines of a formula write out, as papers do: f(x) = ... \\ \nabla f(x)."""

from __future__ import annotations

import pytest

import matcalc
from matcalc.core.errors import MatcalcError

ANSWERS = [
    (r"f(x) = \|Ax - b\|^2 \\ \nabla f(x)", {"b": "vector(m)"}, "2*A'*(A*x - b)"),
    (r"f(x) &= \|Ax - b\|^2 \\ \nabla_x f(x)", {"b": "vector(m)"}, "2*A'*(A*x - b)"),
    (r"f(x) := \|Ax - b\|^2 \\ \nabla f", {"b": "vector(m)"}, "2*A'*(A*x - b)"),
    (r"f(\mathbf{x}) = \mathbf{x}^\top A \mathbf{x} \\ \nabla f(\mathbf{x})", {}, "(A + A')*x"),
    (r"f\left(X\right) = \log\det X \\ \nabla f(X)", {}, "inv(X)'"),
    (
        r"\mathcal{L}(\theta) = \|X\theta - y\|^2 \\ \nabla_\theta \mathcal{L}(\theta)",
        {"theta": "vector(n)"},
        "2*X'*(X*theta - y)",
    ),
    (r"L(W, v) = \|Wx + v\|^2 \\ \frac{\partial L}{\partial W}", {}, "2*(W*x + v)*x'"),
    (r"L(W, v) = \|Wx + v\|^2 \\ \nabla_v L(W, v)", {}, "2*(W*x + v)"),
    (
        r"g(x) = Ax - b \\ f(x) = g(x)^\top g(x) \\ \nabla f(x)",
        {"b": "vector(m)"},
        "2*A'*(A*x - b)",
    ),
]


@pytest.mark.parametrize(("formula", "kinds", "wanted"), ANSWERS)
def test_answers(formula: str, kinds: dict[str, str], wanted: str) -> None:
    assert str(matcalc.diff(formula, latex=True, variables=kinds)) == wanted


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        (r"f(x) = x^\top A x \\ \nabla^2 f(x)", "A + A'"),
        (r"f(X) = \log\det X \\ ∇^{2} f(X)", "-kron(inv(X), inv(X)')*commutation(n, n)"),
    ],
)
def test_the_hessian_of_a_function_of_one_argument(formula: str, wanted: str) -> None:
    with pytest.warns(matcalc.NotationWarning, match="is read as the Hessian with respect to"):
        assert str(matcalc.diff(formula, latex=True)) == wanted


REFUSED = [
    (r"f(x) = x^\top x \\ \nabla f(B y)", "does not name its variable", r"\nabla"),
    (r"L(W, v) = \|Wx + v\|^2 \\ \nabla L(W, v)", "does not name its variable", r"\nabla"),
    (r"f(x, y) = x^\top y \\ \nabla^2 f(x, y)", "the Hessian or the Laplacian", r"\nabla"),
    (r"f(x) = x^\top x \\ \nabla^3 f(x)", "the Hessian or the Laplacian", r"\nabla"),
    (r"f(x) = y^\top y \\ \nabla f(x)", "x is not a variable", None),
]


@pytest.mark.parametrize(("formula", "message", "marked"), REFUSED)
def test_refused(formula: str, message: str, marked: str | None) -> None:
    with pytest.raises(MatcalcError, match=message.replace("^", r"\^")) as refused:
        matcalc.diff(formula, latex=True)
    if marked is not None:
        assert refused.value.span is not None
        assert formula[refused.value.span.start : refused.value.span.end] == marked


def test_a_declared_function_is_no_value() -> None:
    kinds = {"f": "function(vector(n)) -> scalar", "x": "vector(n)"}
    with pytest.raises(MatcalcError):
        matcalc.diff(r"f(x) = x^\top x \\ \nabla f(x)", latex=True, variables=kinds)
