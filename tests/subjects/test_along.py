"""Functions of each column or each row of a matrix: printed lines, exact proofs, values against
loops, errors.
"""

from __future__ import annotations

import numpy as np
import pytest
from sweeps import thinned

import matcalc
from matcalc.core.errors import MatcalcError
from matcalc.core.statement import DerivativeStatement
from matcalc.engine.pipeline import simplify
from matcalc.read.frontend import read
from matcalc.verify.exact.judge import judge
from matcalc.verify.oracle.interpret import interpret
from matcalc.write.printers.text import text

KINDS = {
    "A": "matrix(m, n)",
    "B": "matrix(m, n)",
    "C": "matrix(m, n)",
    "X": "matrix(m, n)",
    "W": "matrix(n, p)",
    "Y": "matrix(m, p)",
    "Q": "matrix(m, p)",
    "K": "matrix(n, p)",
    "V": "matrix(n, q)",
    "G": "matrix(m, q)",
    "b": "vector(p)",
    "d": "positive",
    "u": "vector(m)",
    "w": "vector(n)",
}


KINDS_OF_W = {"w": "vector(n)"}


def declared(expr: str, wrt: str = "") -> dict[str, str]:
    return {name: kind for name, kind in KINDS.items() if name in set(expr + wrt)}


LINES = [
    ("rows", "sum(logsumexp(X, 2))", "X", 1, "softmax(X, 2)"),
    ("columns", "sum(logsumexp(X, 1))", "X", 1, "softmax(X, 1)"),
    ("weighted-rows", "u'*logsumexp(X, 2)", "X", 1, "diag(u)*softmax(X, 2)"),
    ("weighted-columns", "logsumexp(X, 1)*w", "X", 1, "softmax(X, 1)*diag(w)"),
    (
        "softmax-rows",
        "sum(C.*softmax(X, 2))",
        "X",
        1,
        "C.*softmax(X, 2) - diag((C.*softmax(X, 2))*vector(1))*softmax(X, 2)",
    ),
    (
        "softmax-columns",
        "sum(C.*softmax(X, 1))",
        "X",
        1,
        "C.*softmax(X, 1) - softmax(X, 1)*diag((C.*softmax(X, 1))'*vector(1))",
    ),
    ("sum-of-softmax", "sum(softmax(X, 2))", "X", 1, "zeros(m, n)"),
    (
        "cross-entropy",
        "-sum(Y.*logsoftmax(X*W, 2))",
        "W",
        1,
        "X'*(diag(Y*vector(1))*softmax(X*W, 2) - Y)",
    ),
    (
        "cross-entropy-of-labels",
        "-sum(Y.*logsoftmax(X*W + ones*b', 2))",
        "Y",
        1,
        "-logsoftmax(X*W + vector(1)*b', 2)",
    ),
    ("typed-out", "sum(log(sum(exp(X*W), 2))) - sum(Y.*(X*W))", "W", 1, "X'*(softmax(X*W, 2) - Y)"),
    (
        "attention-value",
        "sum(G.*(softmax(Q*K'/sqrt(d), 2)*V))",
        "V",
        1,
        "softmax(Q*K'/sqrt(d), 2)'*G",
    ),
    ("squared", "norm2(logsumexp(X, 2))^2", "X", 1, "2*diag(logsumexp(X, 2))*softmax(X, 2)"),
    (
        "hessian",
        "sum(logsumexp(X*diag(w), 2))",
        "w",
        2,
        "diag(diag((X.^2)'*M)) - (X.*M)'*(X.*M) where M = softmax(X*diag(w), 2)",
    ),
]


@pytest.mark.parametrize(
    ("expr", "wrt", "order", "line"), [pytest.param(*row, id=name) for name, *row in LINES]
)
def test_line(expr, wrt, order, line):
    derivative = matcalc.diff(expr, wrt, variables=declared(expr, wrt), order=order)
    assert str(derivative) == line
    assert derivative.verification.kind == "exact"
    assert derivative.check().ok


EXTREMES = [
    ("largest", "max(w)", "w", 1, "w == max(w)"),
    ("smallest", "min(X)", "X", 1, "X == min(X)"),
    ("of-each-row", "sum(amax(X, 2))", "X", 1, "X == amax(X, 2)*vector(1)'"),
    ("of-each-column", "amin(X, 1)*w", "X", 1, "(X == vector(1)*amin(X, 1))*diag(w)"),
    ("of-a-map", "max(X*w - u)", "w", 1, "X'*(X*w - u == max(X*w - u))"),
    ("squared", "max(w)^2", "w", 2, "2*(w == max(w))*(w == max(w))'"),
    ("no-curvature", "max(w)", "w", 2, "zeros(n, n)"),
    ("range", "max(w) - min(w)", "w", 1, "(w == max(w)) - (w == min(w))"),
    ("multiclass-hinge", "max(X*w + u) - u'*X*w", "X", 1, "((X*w + u == max(X*w + u)) - u)*w'"),
    (
        "largest-softmax",
        "max(softmax(w))",
        "w",
        1,
        "softmax(w).*((softmax(w) == max(softmax(w))) - max(softmax(w)))",
    ),
    ("stable-logsumexp", "log(sum(exp(w - max(w)))) + max(w)", "w", 1, "softmax(w)"),
    (
        "stable-softmax",
        "sum(C.*softmax(X - amax(X, 2)*ones', 2))",
        "X",
        1,
        "C.*softmax(X, 2) - diag((C.*softmax(X, 2))*vector(1))*softmax(X, 2)",
    ),
    ("norminf", "norminf(w)", "w", 1, "sign(w).*(abs(w) == norminf(w))"),
    ("indicator", "sum((w > 0).*w.^2)", "w", 1, "2*relu(w)"),
    ("indicator-of-two", "sum((0 < w).*(w < 1).*w)", "w", 1, "(0 < w).*(w < 1)"),
    ("either-side", "sum((w <= 1).*w + (w > 1).*w.^2)", "w", 1, "1 + (w > 1).*(2*w - 1)"),
    ("unequal", "sum((w != 1).*w.^2)", "w", 1, "2*(w.*(w != 1))"),
]


@pytest.mark.parametrize(
    ("expr", "wrt", "order", "line"), [pytest.param(*row, id=name) for name, *row in EXTREMES]
)
def test_extremes_and_indicators(expr, wrt, order, line):
    derivative = matcalc.diff(expr, wrt, variables=declared(expr, wrt), order=order)
    assert str(derivative) == line
    assert derivative.verification.kind == "exact"
    assert derivative.check().ok


SPREAD = [
    ("variance", "var(w)", "w", 1, "2*(w - mean(w))/n"),
    ("variance-twice", "var(w)", "w", 2, "2*(eye(n) - 1/n)/n"),
    ("variance-of-all", "var(X)", "X", 1, "2*(X - mean(X))/(m*n)"),
    ("variance-of-rows", "sum(var(X, 2))", "X", 1, "2*(X - X*matrix(1)/n)/n"),
    ("deviation", "std(w)", "w", 1, "(w - mean(w))/(n*std(w))"),
    ("deviation-of-map", "std(X*w - u)", "w", 1, "X'*(X*w - mean(X*w - u) - u)/(m*std(X*w - u))"),
    ("deviation-of-rows", "u'*std(X, 2)", "X", 1, "diag(u./std(X, 2))*(X - X*matrix(1)/n)/n"),
    (
        "standardised",
        "(w - mean(w))/std(w)",
        "w",
        1,
        "(eye - ((w - mean(w))*(w - mean(w))'/std(w)^2 + 1)/n)/std(w)",
    ),
    ("sharpe", "mean(w)/std(w)", "w", 1, "(1 - mean(w)*(w - mean(w))/std(w)^2)/(n*std(w))"),
    ("product", "prod(w)", "w", 1, "prod(w)./w"),
    ("product-twice", "prod(w)", "w", 2, "prod(w)*((1./w)*(1./w)' - diag(w.^-2))"),
    ("log-of-product", "log(prod(w))", "w", 1, "1./w"),
    ("product-of-rows", "sum(prod(X, 2))", "X", 1, "diag(prod(X, 2))*(1./X)"),
    ("group-lasso", "sum(norm2(X, 2))", "X", 1, "diag(1./norm2(X, 2))*X"),
    ("group-lasso-by-column", "sum(norm2(X, 1))", "X", 1, "X*diag(1./norm2(X', 2))"),
    ("row-norms-typed-out", "sum(sqrt(sum(X.^2, 2)))", "X", 1, "diag(1./norm2(X, 2))*X"),
    ("row-1-norms", "u'*norm1(X, 2)", "X", 1, "diag(u)*sign(X)"),
    ("cubed-norm", "normp(w, 3)", "w", 1, "(w.*abs(w))/normp(w, 3)^2"),
    ("any-norm", "normp(w, d)", "w", 1, "sign(w).*(abs(w)/normp(w, d)).^(d - 1)"),
    ("norm-1", "normp(w, 1)", "w", 1, "sign(w)"),
    ("norm-2", "normp(w, 2)", "w", 1, "w/norm2(w)"),
]


@pytest.mark.parametrize(
    ("expr", "wrt", "order", "line"), [pytest.param(*row, id=name) for name, *row in SPREAD]
)
def test_moments_products_and_norms(expr, wrt, order, line):
    derivative = matcalc.diff(expr, wrt, variables=declared(expr, wrt), order=order)
    assert str(derivative) == line
    assert derivative.verification.kind == "exact"
    assert derivative.check().ok


@pytest.mark.parametrize(
    ("expr", "order"),
    thinned(
        [("normp(w, 4)", 2), ("normp(w, d)", 2), ("normp(X, 5/2)", 1), ("normp(X*w - u, 3/2)", 1)],
        2,
    ),
)
def test_other_norms(expr, order):
    assert (
        matcalc.diff(expr, "X" if "(X," in expr else "w", variables=declared(expr), order=order)
        .check()
        .ok
    )


def test_norm_by_its_exponent():
    derivative = matcalc.diff("normp(w, d)", "d", variables=declared("wd"))
    assert derivative.verification.kind == "exact"


CASES = [
    ("two-branches", "sum(where(w > 0, w.^2, w.^3))", "w", 1, "where(w > 0, 2*w, 3*w.^2)"),
    ("domain-of-a-branch", "sum(where(w > 0, log(w), 0))", "w", 1, "where(w > 0, 1./w, 0)"),
    ("domain-twice", "sum(where(w > 0, w.*log(w), 0))", "w", 2, "diag(where(w > 0, 1./w, 0))"),
    ("one-branch", "sum(where(w > 0, w.^2, 0))", "w", 1, "2*relu(w)"),
    (
        "huber",
        "sum(where(abs(w) <= d, w.^2/2, d*(abs(w) - d/2)))",
        "w",
        1,
        "where(abs(w) <= d, w, d*sign(w))",
    ),
    ("elu", "sum(where(w > 0, w, exp(w) - 1))", "w", 1, "where(w > 0, 1, exp(w))"),
    (
        "of-a-map",
        "sum(where(X*w > u, log(1 + X*w), exp(X*w)))",
        "w",
        1,
        "X'*where(X*w > u, 1./(1 + X*w), exp(X*w))",
    ),
    (
        "nested",
        "sum(where(w > 0, where(w > 1, log(w), w), sqrt(-w)))",
        "w",
        1,
        "where(w > 0, where(w > 1, 2./w, 2), -1./sqrt(-w))/2",
    ),
    (
        "both",
        "sum(where((w > 0).*(w < 1), log(w), w.^2))",
        "w",
        1,
        "where((w > 0).*(w < 1), 1./w, 2*w)",
    ),
    ("a-number", "sum(where(w, w.^2, 1))", "w", 1, "2*(w.*(w != 0))"),
    (
        "scalar-condition",
        "where(norm2(w) > 1, norm2(w), norm2(w)^2)",
        "w",
        1,
        "where(norm2(w) > 1, 1/norm2(w), 2)*w",
    ),
    (
        "removable",
        "sum(where(w != 0, sin(w)./w, 1))",
        "w",
        1,
        "where(w != 0, (cos(w) - sin(w)./w)./w, 0)",
    ),
    ("of-matrices", "sum(where(X >= C, X.^2, C.*X))", "X", 1, "where(X >= C, 2*X, C)"),
    (
        "inside",
        "sum(log(where(w > 0, 1 + w, exp(w))))",
        "w",
        1,
        "where(w > 0, 1, exp(w))./where(w > 0, 1 + w, exp(w))",
    ),
]


@pytest.mark.parametrize(
    ("expr", "wrt", "order", "line"),
    thinned([pytest.param(*row, id=name) for name, *row in CASES], 3),
)
def test_cases(expr, wrt, order, line):
    derivative = matcalc.diff(expr, wrt, variables=declared(expr, wrt), order=order)
    assert str(derivative) == line
    assert derivative.verification.kind == "exact"
    assert derivative.check().ok


def test_a_branch_that_is_not_taken_may_have_no_value():
    w = np.array([-1.0, 2.0])
    derivative = matcalc.diff("sum(where(w > 0, log(w), sqrt(-w)))", "w")
    with np.errstate(all="ignore"):
        assert derivative.to_callable()(w=w) == pytest.approx([-0.5, 0.5])


@pytest.mark.parametrize(
    "wrong", ["w < max(w)", "w == min(w)", "softmax(w)", "w.*(w == max(w))", "2*(w == max(w))"]
)
def test_wrong_gradients_of_the_largest(wrong):
    program = read("max(w)", KINDS_OF_W)
    tree = read(wrong, KINDS_OF_W).expr
    assert judge(DerivativeStatement(program, "w", 1, "free"), tree).outcome != "exact"


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("axis", [1, 2])
@pytest.mark.parametrize("name", ["softmax", "logsoftmax"])
def test_weighted_sums_are_exact(name, axis, order):
    expr = f"sum(C.*{name}(X, {axis}))"
    assert (
        matcalc.diff(expr, "X", variables=declared(expr), order=order).verification.kind == "exact"
    )


SHORTER = [
    ("quotient-by-row", "exp(X)./(sum(exp(X), 2)*ones')", "softmax(X, 2)"),
    ("quotient-by-column", "exp(X)./(ones*sum(exp(X), 1))", "softmax(X, 1)"),
    ("shifted-by-row", "exp(X - logsumexp(X, 2)*ones')", "softmax(X, 2)"),
    ("shifted-by-column", "exp(X - ones*logsumexp(X, 1))", "softmax(X, 1)"),
    ("of-a-sum", "exp(A + B - logsumexp(A + B, 2)*ones')", "softmax(A + B, 2)"),
    ("log-of-sums", "log(sum(exp(X), 2))", "logsumexp(X, 2)"),
    ("log-of-column-sums", "log(sum(exp(X), 1))", "logsumexp(X, 1)"),
    ("log-of-sums-of-all", "log(sum(exp(X)))", "logsumexp(X)"),
    ("difference", "X - logsumexp(X, 2)*ones'", "logsoftmax(X, 2)"),
    ("difference-by-column", "X - ones*logsumexp(X, 1)", "logsoftmax(X, 1)"),
    ("difference-of-a-sum", "logsumexp(A + B, 2)*ones' - A - B", "-logsoftmax(A + B, 2)"),
    ("difference-of-vectors", "w - logsumexp(w)", "logsoftmax(w)"),
    ("of-the-transpose", "softmax(X', 2)'", "softmax(X, 1)"),
    ("row-of-the-transpose", "logsumexp(X', 2)'", "logsumexp(X, 1)"),
    ("rows-sum-to-one", "sum(softmax(X, 2), 2)", "ones(m)"),
]


@pytest.mark.parametrize(("expr", "line"), [pytest.param(*row, id=name) for name, *row in SHORTER])
def test_recognised(expr, line):
    variables = declared(expr)
    assert text(simplify(read(expr, variables))) == text(read(line, variables).expr)


VALUES = [
    ("softmax(X, 1)", lambda x: (np.exp(x.T) / np.exp(x.T).sum(1, keepdims=True)).T),
    ("softmax(X, 2)", lambda x: np.array([np.exp(row) / np.exp(row).sum() for row in x])),
    ("logsumexp(X, 1)", lambda x: np.array([np.log(np.exp(column).sum()) for column in x.T])),
    ("logsumexp(X, 2)", lambda x: np.array([np.log(np.exp(row).sum()) for row in x])),
    ("max(X)", lambda x: x.max()),
    ("where(X > 0, X, 2)", lambda x: np.where(x > 0, x, 2)),
    ("where(X - X, 1, X)", lambda x: x),
    ("norm1(X, 1)", lambda x: np.abs(x).sum(0)),
    ("norm2(X, 2)", lambda x: np.array([np.sqrt(row @ row) for row in x])),
    ("normp(X, 3)", lambda x: (np.abs(x) ** 3).sum() ** (1 / 3)),
    ("var(X)", lambda x: ((x - x.mean()) ** 2).mean()),
    ("var(X, 1)", lambda x: ((x - x.mean(0)) ** 2).mean(0)),
    ("std(X, 2)", lambda x: x.std(1)),
    ("prod(X, 1)", lambda x: x.prod(0)),
    ("amin(X, 1)", lambda x: x.min(0)),
    ("amax(X, 2)", lambda x: x.max(1)),
    ("(X > 0) + 2*(X <= 0)", lambda x: np.where(x > 0, 1.0, 2.0)),
    ("(X == max(X)) - (X != max(X))", lambda x: np.where(x == x.max(), 1.0, -1.0)),
    ("logsumexp(X)", lambda x: np.log(np.exp(x).sum())),
    ("logsoftmax(X, 1)", lambda x: x - np.log(np.exp(x).sum(0))),
    ("logsoftmax(X, 2)", lambda x: x - np.log(np.exp(x).sum(1))[:, None]),
]


@pytest.mark.parametrize(("expr", "reference"), [pytest.param(*row, id=row[0]) for row in VALUES])
def test_value(expr, reference):
    x = np.random.default_rng(3).standard_normal((3, 4))
    value = interpret(read(expr, declared(expr)).expr, {"X": x}, {"m": 3, "n": 4})
    np.testing.assert_allclose(value, reference(x), rtol=1e-13)


@pytest.mark.parametrize("expr", ["logsumexp(X, 1)", "softmax(X, 2)", "logsoftmax(X, 1)"])
def test_value_of_large_entries(expr):
    x = 800.0 * np.random.default_rng(3).standard_normal((3, 4))
    assert np.all(
        np.isfinite(interpret(read(expr, declared(expr)).expr, {"X": x}, {"m": 3, "n": 4}))
    )


ERRORS = [
    (
        "softmax(X)",
        "write softmax(X, 2) for each row, softmax(X, 1) for each column; "
        "softmax(vec(X)) takes all",
    ),
    ("logsoftmax(X)", "write logsoftmax(X, 2) for each row"),
    ("softmax(X, 3)", "the second argument of softmax is 1 (of each column) or 2 (of each row)"),
    ("normp(w, 1/2)", "the p of a p-norm is at least 1, not 1/2"),
    ("normp(w, w)", "the second argument of normp is vector(n), not a scalar"),
    ("logsumexp(w, 1)", "logsumexp(w) takes all entries"),
]


@pytest.mark.parametrize(("expr", "message"), [pytest.param(*row, id=row[0]) for row in ERRORS])
def test_error_teaches(expr, message):
    with pytest.raises(MatcalcError) as caught:
        read(expr, declared(expr))
    assert message in str(caught.value)
