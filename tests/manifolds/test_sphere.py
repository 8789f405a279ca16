"""Unit vectors as a kind."""

import numpy as np
import pytest

import matcalc
from matcalc.cli import main
from matcalc.core.errors import MatcalcError
from matcalc.testing import assert_gradient

KINDS = {"x": "sphere(n)", "A": "symmetric(n)", "a": "vector(n)", "B": "matrix(m, n)"}


def kinds(expr: str) -> dict[str, str]:
    return {name: kind for name, kind in KINDS.items() if name in expr}


@pytest.mark.parametrize(
    ("expr", "said"),
    [
        ("x'*x", "1"),
        ("norm2(x)", "1"),
        ("norm2(x)^4 + tr(x*x')", "2"),
        ("x*x'*x", "x"),
        ("x'*A*x", "x'*A*x"),
    ],
)
def test_values(expr, said):
    assert matcalc.simplify(expr, variables=kinds(expr)).text() == said


@pytest.mark.parametrize(
    ("expr", "said"),
    [("x'*A*x/(x'*x)", "2*(A*x - (x'*A*x)*x)"), ("norm2(x)", "x"), ("a'*x", "a")],
)
def test_the_gradient_is_free_and_then_simplified(expr, said):
    found = matcalc.diff(expr, "x", variables=kinds(expr))
    assert str(found) == said
    assert found.verification.kind == "exact"
    assert found.check(rng=1).ok


def test_on_the_manifold():
    found = matcalc.diff("x'*A*x", "x", variables=kinds("x'*A*x")).riemannian("sphere")
    assert str(found) == "2*(A*x - (x'*A*x)*x)"


def test_stationary_points():
    found = matcalc.stationary("a'*x", "x", variables=kinds("a'*x"))
    assert str(found) == "-a/norm2(a)"
    found = matcalc.stationary("x'*A*x", "x", variables=kinds("x'*A*x"))
    assert str(found).startswith("A*x = λ*x, an eigenproblem")


def test_functions_are_judged_on_the_sphere():
    def gradient(x, B):
        return 2 * B.T @ B @ x

    at = {"x": np.array([0.6, 0.8]), "B": np.array([[1.0, 2.0], [0.0, 3.0]])}
    assert_gradient("norm2(B*x)^2", gradient, wrt="x", variables=kinds("Bx"), at=at)
    assert_gradient("norm2(B*x)^2", gradient, wrt="x", variables=kinds("Bx"))


def test_it_is_no_convex_set():
    with pytest.raises(MatcalcError, match="not form a convex set"):
        matcalc.convex("a'*x", "x", variables=kinds("a'*x"))


def test_what_is_judged(capsys):
    asked = ["check", "norm2(B*x)^2", "--wrt", "x", "--var", "x: sphere(n)", "--claim"]
    assert main([*asked, "2*B'*B*x"]) == 0
    assert main([*asked, "B'*B*x"]) == 1
    assert "wrong" in capsys.readouterr().out
