"""Solutions of matrix equations: values, derivatives in closed form, proofs and code."""

from __future__ import annotations

import builtins
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import matcalc
from matcalc.core.errors import MatcalcError, VerificationError
from matcalc.engine.calculus import resolvents
from matcalc.runtime import lyapunov, sylvester, sylvester_inverse

KINDS = {"P": "psd(n)", "E": "symmetric(n)", "x": "vector(n)"}

ROWS = [
    ("tr(V'*sylvester(A, B, C))", "A", 1, "-sylvester(A', B', V)*sylvester(A, B, C)'"),
    ("tr(V'*sylvester(A, B, C))", "B", 1, "-sylvester(A, B, C)'*sylvester(A', B', V)"),
    ("tr(V'*sylvester(A, B, C))", "C", 1, "sylvester(A', B', V)"),
    ("sylvester(A, B, C)", "C", 1, "inv(kron(B', eye) + kron(eye, A))"),
    (
        "sylvester(A, B, C)",
        "A",
        1,
        "-inv(kron(B', eye) + kron(eye, A))*kron(sylvester(A, B, C)', eye)",
    ),
    ("tr(lyapunov(A, B*B'))", "B", 1, "2*lyapunov(A', eye)*B"),
    ("logdet(lyapunov(A, Q))", "Q", 1, "lyapunov(A', inv(lyapunov(A, Q))')"),
    ("x'*sylvester(A, A', Q)*x", "Q", 1, "lyapunov(A', x*x')"),
    ("sqrtm(X)", "X", 1, "inv(kron(eye(n), sqrtm(X)) + kron(sqrtm(X)', eye(n)))"),
]


@pytest.mark.parametrize(("expr", "wrt", "order", "text"), ROWS)
def test_derivatives(expr: str, wrt: str, order: int, text: str) -> None:
    kinds = {name: kind for name, kind in KINDS.items() if name in expr.replace("sqrtm", "")}
    d = matcalc.diff(expr, wrt, variables=kinds, order=order)
    assert str(d) == text
    assert d.latex()
    if "sqrtm" not in expr:
        assert d.verification.kind == "exact"


def test_the_root_along_a_direction() -> None:
    found = matcalc.jvp("sqrtm(P)", {"P": "E"}, variables=KINDS | {"x": "scalar"})
    assert str(found) == "lyapunov(sqrtm(P), E)"


def test_second_derivative() -> None:
    d = matcalc.diff("tr(V'*sylvester(A, B, C))", "A", order=2)
    assert d.verification.kind == "exact"


@pytest.mark.parametrize("installed", [True, False])
def test_values(monkeypatch: pytest.MonkeyPatch, installed: bool) -> None:
    """With SciPy, without it, and along a complex step."""
    if not installed:
        original = builtins.__import__

        def without(name: str, *args: Any, **options: Any) -> Any:
            if name.startswith("scipy"):
                raise ImportError(name)
            return original(name, *args, **options)

        monkeypatch.setattr(builtins, "__import__", without)
    rng = np.random.default_rng(0)
    A, B, C = rng.normal(size=(3, 3)), rng.normal(size=(2, 2)), rng.normal(size=(3, 2))
    for right in (C, C + 1e-3j):
        X = sylvester(A, B, right)
        assert np.allclose(A @ X + X @ B, right)
    Y = lyapunov(A, np.eye(3))
    assert np.allclose(A @ Y + Y @ A.T, np.eye(3))
    assert np.allclose(np.einsum("ijkl,kl->ij", sylvester_inverse(A, B), C), sylvester(A, B, C))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sylvester(A, B)", "3"),
        ("x: vector(n); sylvester(x, B, C)", "needs matrices"),
        ("x: vector(n); lyapunov(A, x)", "needs matrices"),
        ("sylvester(A, B, C) where A = zeros(2, 3)", "square"),
        ("A: matrix(2, 2); C: matrix(3, 4); sylvester(A, B, C)", "rows"),
        ("B: matrix(2, 2); C: matrix(3, 4); sylvester(A, B, C)", "columns"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(MatcalcError, match=message):
        matcalc.parse(text)


@pytest.mark.parametrize("framework", ["jax", "torch", "array-api"])
def test_code_of_frameworks(framework: str) -> None:
    d = matcalc.diff("tr(V'*lyapunov(A, Q))", "A")
    assert "lyapunov(" in d.source(framework)


def test_code_of_open_axes() -> None:
    d = matcalc.diff("tr(V'*sylvester(A, B, C))", "A", order=2)
    assert "sylvester_inverse(" in d.source()


@pytest.mark.parametrize("wrong", [-1, Fraction(1001, 1000)])
def test_a_wrong_derivative_is_found_out(monkeypatch: pytest.MonkeyPatch, wrong: Fraction) -> None:
    right = resolvents.differentiate_solution
    monkeypatch.setattr(
        resolvents,
        "differentiate_solution",
        lambda builder, *asked: builder.scale(wrong, right(builder, *asked)),
    )
    for wrt in "AB":
        with pytest.raises(VerificationError, match="this is a bug in matcalc"):
            matcalc.diff("sylvester(A, B, C)", wrt)
