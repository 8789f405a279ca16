"""What a diagnosis says, followed, gives the derivative: factors divided by, factors inside of
functions, half a chain rule.
"""

from __future__ import annotations

import pytest
from sweeps import thinned

from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.report import PROVED, WRONG
from matcalc.claims.judge.verdict import judge

# expression, variable, claim, declarations, what is said, and the claim mended as it says
SLIPS = [
    ("sum(exp(x)./l)", "x", "exp(x)", {}, "the factor 1./l is missing", "(1./l).*exp(x)"),
    ("sum(exp(x)/c)", "x", "exp(x)", {}, "the factor 1/c is missing", "1/c*exp(x)"),
    (
        "sum(w.*x.^2./l)",
        "x",
        "2*(w.*x)",
        {"w": "vector(n)"},
        "the factor 1./l is missing",
        "2*(w.*x).*(1./l)",
    ),
    (
        "log(x/c)^2",
        "x",
        "2*log(x)/x",
        {"x": "scalar"},
        "x appears where x/c belongs",
        "2*log(x/c)/x",
    ),
    ("sin(a*x)", "x", "a*cos(x)", {"x": "scalar"}, "x appears where a*x belongs", "a*cos(a*x)"),
    (
        "sum(log(sigmoid(z)))",
        "z",
        "1./sigmoid(z)",
        {},
        "the derivative of sigmoid(z) is missing: it is the derivative with respect to sigmoid(z)",
        "1./sigmoid(z).*sigmoid(z).*(1 - sigmoid(z))",
    ),
    (
        "sum(sin(cosh(x)))",
        "x",
        "cos(cosh(x))",
        {},
        "the derivative of cosh(x) is missing: it is the derivative with respect to cosh(x)",
        "cos(cosh(x)).*sinh(x)",
    ),
]


@pytest.mark.parametrize(("expr", "wrt", "claim", "variables", "said", "mended"), thinned(SLIPS, 2))
def test_mended(
    expr: str, wrt: str, claim: str, variables: dict[str, str], said: str, mended: str
) -> None:
    report = judge(Claim(expr, wrt, claim, variables))
    assert report.verdict == WRONG
    assert str(report.diagnosis) == said
    assert judge(Claim(expr, wrt, mended, variables)).verdict == PROVED


# expression, variable, claim, declarations, what is said, and the claim without its mistakes
MENDED = [
    (
        "norm2(A*x - b)^2",
        "x",
        "A'*(A*x - b)",
        {"b": "vector(m)"},
        "the factor 2 is missing",
        "2*A'*(A*x - b)",
    ),
    ("3*x'*x", "x", "-2*x", {}, "the factor 3 is missing; and it has the wrong sign", "6*x"),
    (
        "x'*x + a'*x",
        "x",
        "2*x' - a'",
        {"a": "vector(n)"},
        "the term -a' has the wrong sign",
        "2*x' + a'",
    ),
    ("x'*A*x", "x", "(A + A')*x + x", {}, "the term x should not be there", "(A + A')*x"),
    (
        "2*x^2 + 2*x*y - 5*x",
        "x",
        "2*x + y - 5",
        {"x": "scalar", "y": "scalar"},
        "the factor 2 is missing everywhere but in -5",
        "2*(2*x + y) - 5",
    ),
    (
        "sum(tanh(t*x))",
        "t",
        "x.*(1 - tanh(t*x).^2)",
        {"t": "scalar", "x": "vector(n)"},
        "the sum over its entries is missing",
        "sum(x.*(1 - tanh(t*x).^2))",
    ),
    (
        "u'*tanh(B*x) + v'*sin(A*x)",
        "x",
        "B'*(u.*(1 - tanh(A*x).^2)) + A'*(v.*cos(A*x))",
        {"A": "matrix(m, n)", "B": "matrix(m, n)"},
        "A should be B",
        "B'*(u.*(1 - tanh(B*x).^2)) + A'*(v.*cos(A*x))",
    ),
    (
        "sum(tanh(B*x)) + sum(A)",
        "x",
        "A'*(1 - tanh(A*x).^2)",
        {"A": "matrix(m, n)", "B": "matrix(m, n)"},
        "A should be B everywhere",
        "B'*(1 - tanh(B*x).^2)",
    ),
    (
        "sum(min(max(x, 0), 6))",
        "x",
        "step(x)",
        {},
        "the factor step(6 - max(x, 0)) is missing",
        "step(x).*step(6 - max(x, 0))",
    ),
    (
        "1/(x'*x)",
        "x",
        "-2*x/(x'*x)",
        {},
        "the factor 1/(x'*x) is missing",
        "1/(x'*x)*(-2*x/(x'*x))",
    ),
    (
        "S*b",
        "S",
        "kron(b', eye)",
        {"S": "symmetric(n)"},
        "it is the derivative with free entries, not within the symmetric matrices",
        "(kron(b, eye) + kron(eye, b))'/2",
    ),
    (
        "sum[i!=j](1/norm2(X[i,:] - X[j,:]))",
        "X",
        "G[i,k] = -sum[j!=i]((X[i,k] - X[j,k])/norm2(X[i,:] - X[j,:])^3)",
        {},
        "the factor 2 is missing",
        "D[i,k] = 2*(-sum[j!=i]((X[i,k] - X[j,k])/norm2(X[i,:] - X[j,:])^3))",
    ),
    (
        "sum[i<j]((x[i] - x[j])^2)",
        "x",
        "G[i] = sum[j](x[i] - x[j])",
        {},
        "the factor 2 is missing",
        "D[i] = 2*sum[j](x[i] - x[j])",
    ),
    (
        "sum[i<j](q[i]*q[j]*(x[i] - x[j])^2)",
        "x",
        "G[i] = 2*q[i]*sum[j>i](q[j]*(x[i] - x[j]))",
        {"q": "vector(n)"},
        "the sum over j > i should be one over j != i",
        "D[i] = 2*q[i]*sum[j!=i](q[j]*(x[i] - x[j]))",
    ),
    (
        "norm2(A*x - b)^2",
        "x",
        "2*norm2(A*x - b)",
        {"A": "matrix(m, n)", "b": "vector(m)"},
        "the derivative of norm2(A*x - b) is missing: it is the derivative with respect to "
        "norm2(A*x - b)",
        "2*A'*(A*x - b)",
    ),
    (
        "logdet(X)",
        "X",
        "eye(n)/det(X)",
        {"X": "matrix(n, n)"},
        "the derivative of det(X) is missing: it is the derivative with respect to det(X), "
        "times eye",
        "inv(X)'",
    ),
    (
        "sum(x.^2.*y)",
        "x",
        "2*x*y'",
        {"x": "vector(n)", "y": "vector(n)"},
        "2*x*y' should be (2*x).*y",
        "(2*x).*y",
    ),
    ("sum(softplus(x))", "x", "exp(x)", {}, "exp(x) should be sigmoid(x)", "sigmoid(x)"),
    ("tr(inv(X))", "X", "-inv(X)", {}, "inv(X) should be inv(X)'^2", "-inv(X)'^2"),
    ("sum(log(x))", "x", "log(x)", {}, "log(x) should be 1./x", "1./x"),
    (
        "sum(x.*log(x))",
        "x",
        "1 + 1./x",
        {},
        "1./x appears where log(x) belongs",
        "1 + log(x)",
    ),
    ("norm2(x)", "x", "1/norm2(x)", {}, "the factor x is missing", "x/norm2(x)"),
    ("x'*A*x", "A", "x'*x", {}, "x'*x should be x*x'", "x*x'"),
    ("tr(X'*X)", "X", "2*tr(X)", {"X": "matrix(n, n)"}, "tr(X) should be X", "2*X"),
    ("sum(x.*exp(x))", "x", "x.*exp(x)", {}, "the term exp(x) is missing", "x.*exp(x) + exp(x)"),
    (
        "sum((X*w - y).^2)/m",
        "w",
        "2*X*(X*w - y)/m",
        {"X": "matrix(m, n)", "w": "vector(n)", "y": "vector(m)"},
        "X appears where X' belongs",
        "2*X'*(X*w - y)/m",
    ),
]


# the derivative of one branch, which the whole derivative replaces
BRANCHES = [
    ("sum(where(x > 10, x.^2, x))", "2*x", {}, "x > 10"),
    ("sum(where(x > 10, x.^2, x))", "ones(n)", {}, "x <= 10"),
    ("sum(huber(x - t, d))", "x - t", {"t": "vector(n)", "d": "positive"}, "abs(x - t) < d"),
    ("sum(abs(x))", "ones(n)", {}, "x > 0"),
    ("where(sum(x) > 200, x'*x, sum(x))", "ones(n)", {}, "sum(x) <= 200"),
    ("where(norm2(x) > 5, norm2(x), x'*x)", "2*x", {}, "norm2(x) <= 5"),
    (
        "sum(min(max(x/6 + 1/2, 0), 1))",
        "vector(1/6)",
        {},
        "x/6 + 1/2 > 0 and max(x/6 + 1/2, 0) < 1",
    ),
]


@pytest.mark.parametrize(("expr", "claim", "variables", "where"), thinned(BRANCHES, 2))
def test_one_branch(expr: str, claim: str, variables: dict[str, str], where: str) -> None:
    report = judge(Claim(expr, "x", claim, variables))
    assert report.verdict == WRONG
    assert str(report.diagnosis) == f"it is right only where {where}"
    assert report.diagnosis is not None
    assert report.diagnosis.mended == report.correct


def test_all_but_one_branch() -> None:
    expr = "sum(where(x > y, where(y > t, x.^2, x), x))"
    vectors = dict.fromkeys("xyt", "vector(n)")
    report = judge(Claim(expr, "x", "where(x > y, 2*x, 1)", vectors))
    assert str(report.diagnosis) == "it is wrong where y <= t and x > y"


@pytest.mark.parametrize(
    ("expr", "wrt", "claim", "variables", "said", "mended"), thinned(MENDED, 2)
)
def test_the_mended_claim_is_shown(
    expr: str, wrt: str, claim: str, variables: dict[str, str], said: str, mended: str
) -> None:
    report = judge(Claim(expr, wrt, claim, variables))
    assert str(report.diagnosis) == said
    assert report.diagnosis is not None
    assert report.diagnosis.mended == mended
    assert (f"mended      {mended}" in str(report)) == (mended != report.correct)


@pytest.mark.parametrize(
    ("expr", "claim"), [("sum((A*x).^2)", "norm2(A*x)"), ("sum((A*x).^2)", "sum(2*A'*A*x)")]
)
def test_scalars_for_vectors(expr: str, claim: str) -> None:
    report = judge(Claim(expr, "x", claim))
    assert "the claim is scalar, the derivative vector(" in str(report)
    assert report.diagnosis is None or "sum of the derivative's entries" in str(report.diagnosis)
