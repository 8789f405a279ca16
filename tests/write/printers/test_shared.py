"""A program that takes several factors of one decomposition makes it once."""

from __future__ import annotations

import numpy as np
import pytest

import matcalc
from matcalc.results import Derivative
from matcalc.verify.oracle.interpret import interpret

X = np.array([[2.0, 0.3, 0.1], [0.2, 3.0, 0.4], [0.1, 0.5, 4.0]])
S = X + X.T
CASES = [
    ("det(X)", "X", 2, "tall_svd(X)", ("leftvecs", "rightvecs", "svdvals")),
    ("schatten(X, 3)", "X", 1, "thin_svd(X)", ("thin_leftvecs", "thin_svdvals")),
    ("sum(sqrt(eigvals(S)))", "S", 2, "symmetric_eigen(S)", ("eigvecs", "eigvalsh")),
    ("lambda_max(S)", "S", 2, "symmetric_eigen(S)", ("eigvec(", "lambda_max(")),
    ("sum(qr_r(X))", "X", 1, "qr_factors(X)", ("qr_q", "qr_r(")),
    ("sum(lu_l(X))", "X", 1, "lu_factors(X)", ("lu_l", "lu_u")),
    ("specnorm(X)", "X", 1, "leading_triple(X)", ("leftvec", "rightvec")),
    ("eigval(X)", "X", 1, "real_eigen(X)", ("eigright", "eigleft")),
]


@pytest.mark.parametrize(("expr", "wrt", "order", "once", "absent"), CASES)
def test_one_decomposition(
    expr: str, wrt: str, order: int, once: str, absent: tuple[str, ...]
) -> None:
    kinds = {wrt: "symmetric(n)" if wrt == "S" else "matrix(n, n)"}
    found = matcalc.diff(expr, wrt, variables=kinds, order=order, verify=False)
    assert isinstance(found, Derivative)
    values = {"X": X} if wrt == "X" else {"S": S}
    body = "".join(found.to_callable().source.split('"""')[2::2])
    assert body.count(once) == 1
    assert not [name for name in absent if name in body]
    wanted = interpret(found._tree, values, sizes={"n": 3})
    for f in (found.to_callable(), found.to_callable(check=False)):
        np.testing.assert_allclose(f(**values), wanted, rtol=1e-9, atol=1e-9)


def test_one_factor_is_made_alone() -> None:
    """Values alone cost less than with their vectors."""
    code = matcalc.parse("lambda_max(S) - lambda_min(S)", {"S": "symmetric(n)"}).source("numpy")
    assert "return (lambda_max(S) - lambda_min(S)).item()" in code
