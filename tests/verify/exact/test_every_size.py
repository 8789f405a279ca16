"""Sizes that are large numbers: the derivative is proved for all sizes, with a few entries."""

import pytest

import matcalc
from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.report import WRONG
from matcalc.claims.judge.verdict import judge as judge_claim
from matcalc.core.tree import fill, number
from matcalc.read.frontend import read
from matcalc.verify.exact.every_size import for_every_size
from matcalc.verify.exact.judge import judge
from matcalc.verify.verification import verify

N = 100_000
KINDS = {
    "A": f"matrix(1000, {N})",
    "x": f"vector({N})",
    "b": "vector(1000)",
    "S": f"symmetric({N})",
    "P": f"psd({N})",
    "U": f"matrix({N}, 5)",
    "C": f"matrix({N}, {N})",
    "c": "scalar",
}


def derivative_of(text, wrt, order=1, kinds=None):
    return matcalc.diff(text, wrt, variables={**KINDS, **(kinds or {})}, order=order, verify=False)


@pytest.mark.parametrize(
    ("text", "wrt", "order"),
    [
        ("norm2(A*x - b)^2", "x", 1),
        ("norm2(A*x - b)^2/1000", "x", 1),
        ("mean((A*x - b).^2)", "x", 1),
        ("var(x)", "x", 1),
        ("x'*S*x + 8*c*x'*x", "x", 2),
        ("logsumexp(A*x)", "x", 2),
        ("logdet(P) + x'*inv(P)*x", "P", 1),
        ("sum[i<j](C[i,j]*norm2(U[i,:] - U[j,:])^2)", "U", 1),
        ("mean[i,j](C[i,j]*norm2(U[i,:] - U[j,:])^2)", "U", 1),
    ],
)
def test_proved(text, wrt, order):
    assert derivative_of(text, wrt, order).verification.kind == "exact"


@pytest.mark.parametrize(
    ("text", "wrt"), [("lambda_max(S)", "S"), ("expm(C)", "C"), ("sum(abs(tanh(A*x)))", "x")]
)
def test_verified(text, wrt):
    assert derivative_of(text, wrt).verification.kind in ("exact", "numeric")


@pytest.mark.parametrize(
    ("text", "wrt", "claim"),
    [
        ("norm2(A*x - b)^2", "x", "A'*(A*x - b)"),
        ("mean(x)", "x", "fill"),  # of ones(1000) in place of 1/100000
        ("sum(x)/50", "x", "fill"),
        ("x'*C*x", "x", "2*C*x"),
    ],
)
def test_wrong_ones_are_not_proved(text, wrt, claim):
    found = derivative_of(text, wrt)
    tree = (
        fill(number(1000), found._tree.shape)
        if claim == "fill"
        else read(claim, {name: matcalc.parse(name, KINDS).variables[name] for name in "AxbC"}).expr
    )
    assert judge(found._statement, tree).outcome != "exact"


@pytest.mark.parametrize(
    ("text", "wrt", "kinds"),
    [
        ("sum(vec(X*X'))", "X", {"X": "matrix(20, 30)"}),
        ("norm2(y[2:30] - y[1:29])^2", "y", {"y": "vector(30)"}),
        ("sum([y; z])", "y", {"y": "vector(30)", "z": "vector(20)"}),
        ("sum[i=1:29]((y[i+1] - y[i])^2)", "y", {"y": "vector(30)", "z": "vector(29)"}),
        ("norm2(pinv(X)*y)^2", "y", {"X": "matrix(20, 30)", "y": "vector(20)"}),
    ],
)
def test_sizes_that_are_counted_with_stay(text, wrt, kinds):
    found = derivative_of(text, wrt, 1, kinds)
    assert not list(for_every_size(found._statement, found._tree))
    assert verify(found._statement, found._tree).kind != "none"


def test_small_sizes_stay():
    found = matcalc.diff("x'*x", "x", variables={"x": "vector(10)"}, verify=False)
    assert not list(for_every_size(found._statement, found._tree))


@pytest.mark.filterwarnings("ignore::matcalc.NotationWarning")
@pytest.mark.parametrize("size", ["n", "100"])
@pytest.mark.parametrize(
    "text",
    [
        "sum(tril(x*x', -7))",
        "sum(triu(x*x', 50))",
        "sum[i,j,i-j>7](x[i]*x[j])",
        "sum[i](where(i==9,x[i],0))",
        "sum(tril(x*x', -1)^12)",
        "sum(B*B*B*B) where B = tril(x*x', -3)",
    ],
)
def test_what_is_zero_at_small_sizes_is_not_zero(text, size):
    found = matcalc.equal(text, "0*sum(x)", variables={"x": f"vector({size})"})
    assert found.verdict == "different"


def test_a_band_that_small_sizes_lack_is_no_part_of_a_derivative():
    claim = Claim("x'*x", "x", "2*x + tril(ones(n, n), -9)*x", {"x": "vector(n)"})
    assert judge_claim(claim).verdict == WRONG
