r"""The LaTeX of answers is read back: arrays of Frechet derivatives, and derivatives of functions
that are only declared.
"""

from __future__ import annotations

import pytest
from sweeps import thinned

import matcalc
from matcalc.core.errors import MatcalcError

pytestmark = pytest.mark.filterwarnings("ignore::matcalc.NotationWarning")

F = {"F": "function(vector(p)) -> scalar"}
KRONECKER = {"X": "matrix(m, n)", "B": "matrix(q, p)", "C": "matrix(k, r)"}
KRONECKER |= {"y": "vector(m*q*k)", "z": "vector(n*p*r)"}
H = {"H": "function(vector(p)) -> vector(m)"}
ANSWERS = [
    ("expm(M)", "M", {}),
    ("A*expm(X)*B", "X", {}),
    ("F(A*x)", "x", F),
    ("F(x)^2", "x", {"F": "function(vector(n)) -> scalar"}),
    ("A'*grad_F(A*x)", "x", F),
    ("H(A*x)", "x", H),
    ("sum[i<j](1/norm2(X[i,:] - X[j,:]))", "X", {}),
    ("tr(A*kron(X, exp(-B/l)))", "X", {"B": "matrix(q, p)", "X": "matrix(m, n)", "l": "scalar"}),
    ("y'*kron(kron(X, B), C)*z", "X", KRONECKER),
]
READ = [
    (r"(A B)_{i j}", {}, "(A*B)[i, j]"),
    (r"\delta_{:, k}^\top x", {"x": "vector(n)"}, "x[k]"),
    (r"x^\top \nabla^2 F(x) x", {"F": "function(vector(n)) -> scalar"}, "x'*hess_F(x)*x"),
    (r"\nabla F(x)^\top y", {"F": "function(vector(n)) -> scalar"}, "grad_F(x)'*y"),
    (r"-\nabla F(x)", {"F": "function(vector(n)) -> scalar"}, "-grad_F(x)"),
    (r"J_H(A x) A", H, "jac_H(A*x)*A"),
    (r"J_2(a)", {}, "besselj(2, a)"),
]


@pytest.mark.parametrize(("expression", "wrt", "declared"), thinned(ANSWERS, 3))
def test_reads_back(expression: str, wrt: str, declared: dict[str, str]) -> None:
    answer = matcalc.diff(expression, wrt, variables=declared)
    kinds = {name: str(variable) for name, variable in answer.variables.items()}
    found = matcalc.parse_latex(answer.latex(), kinds)
    assert matcalc.equal(found, matcalc.parse(str(answer), kinds))


@pytest.mark.parametrize(("formula", "declared", "meant"), READ)
def test_is_read(formula: str, declared: dict[str, str], meant: str) -> None:
    found = matcalc.parse_latex(formula, declared)
    assert matcalc.equal(found, matcalc.parse(meant, found.variables))


def test_a_gradient_of_nothing_that_is_declared() -> None:
    with pytest.raises(MatcalcError, match="does not name its variable"):
        matcalc.parse_latex(r"\nabla f(x)")
