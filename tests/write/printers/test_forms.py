"""Parts of generated code that differ by a sign or a transpose are computed once."""

from __future__ import annotations

import numpy as np
import pytest

import matcalc

AB = {"A": "matrix(n, d)", "B": "matrix(n, d)"}
XC = {"X": "matrix(m, n)", "C": "matrix(m, n)", "c": "positive"}
XS = {"X": "matrix(m, n)", "s": "scalar"}
W = {"W": "matrix(n, n)", "X": "matrix(n, k)"}
KALMAN = {"H": "matrix(m, n)", "P": "psd(n)", "R": "psd(m)", "x": "vector(n)", "y": "vector(m)"}
WHITENED = "sum(C.*((X - ones(m)*mean(X, 1))./(ones(m)*sqrt(var(X, 1) + c))))"
EULER = "norm2(z - x)^2 where y = x + c*tanh(A*x), z = y + c*tanh(A*y)"
# what is derived, and how often the code may say something
ONCE = [
    # the differences are one
    ("sum((X - s).*exp(s - X)) + sum((s - X).^3)", "X", XS, {"s - X": 1, "X - s": 0}),
    ("0.5*(y - H*x)'*inv(H*P*H' + R)*(y - H*x)", "H", KALMAN, {"psd_solve(": 1, "- y": 1}),
    # the products are one, and of the softmax of a transpose no transpose is made
    (
        "sum[i](logsoftmax(A*B', 2)[i,i]) + sum[i](logsoftmax(B*A', 2)[i,i])",
        "B",
        AB,
        {"A @ B.T": 1, "B @ A.T": 0, ".T": 2},
    ),
    (WHITENED, "X", XC, {".T": 0, "X - ": 1}),
    # an odd function of mirrored differences
    ("sum[i,j](W[i,j]*sum(abs(X[i,:] - X[j,:])))", "X", W, {"np.sign": 1}),
    # dyads are joined
    (EULER, "A", {"x": "vector(n)", "A": "matrix(n, n)", "c": "positive"}, {"outer(": 0}),
]


@pytest.mark.parametrize(("text", "wrt", "kinds", "counts"), ONCE)
def test_what_is_the_same_is_written_once(
    text: str, wrt: str, kinds: dict[str, str], counts: dict[str, int]
) -> None:
    d = matcalc.diff(text, wrt, variables=kinds)
    statements = d.to_callable(check=False).source.rpartition('"""')[2]
    for part, count in counts.items():
        assert statements.count(part) <= count, statements


@pytest.mark.parametrize(("text", "wrt", "kinds", "counts"), ONCE)
def test_values_are_those_of_differences(
    text: str, wrt: str, kinds: dict[str, str], counts: dict[str, int]
) -> None:
    random = np.random.default_rng(2)
    sizes = {"m": 3, "n": 4, "d": 2, "k": 2}
    given = {}
    d = matcalc.diff(text, wrt, variables=kinds)
    value = matcalc.parse(text, variables=kinds).to_callable()
    for name, variable in d.variables.items():
        each = random.uniform(0.2, 1.5, [dim.size(sizes) for dim in variable.shape])
        given[name] = each @ each.T + np.eye(len(each)) if variable.kind == "psd" else each
    given = {name: each if each.ndim else float(each) for name, each in given.items()}
    gradient = d.to_callable()(**given)
    step = 1e-6 * random.standard_normal(given[wrt].shape)
    up, down = (value(**{**given, wrt: given[wrt] + s * step}) for s in (1, -1))
    np.testing.assert_allclose(np.sum(gradient * step), (up - down) / 2, rtol=1e-6)
