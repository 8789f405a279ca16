"""Activation functions, divergences and special functions: known derivatives are proved, wrong ones
are not.
"""

import pytest
from proving import equal, verdict

V = {
    "a": "scalar",
    "b": "scalar",
    "p": "positive",
    "d": "positive",
    "x": "vector(n)",
    "y": "vector(n)",
    "A": "matrix(m, n)",
}

FIRST = {
    "sec": ("sec(a)", "a", "tan(a)/cos(a)"),
    "csc": ("csc(a)", "a", "-cos(a)/sin(a)^2"),
    "cot": ("cot(a)", "a", "-1/sin(a)^2"),
    "logit": ("logit(a)", "a", "1/a + 1/(1 - a)"),
    "softsign": ("sum(softsign(x))", "x", "1./(1 + abs(x)).^2"),
    "silu": ("silu(a)", "a", "sigmoid(a) + a*sigmoid(a)*sigmoid(-a)"),
    "gelu": ("gelu(a)", "a", "normcdf(a) + a*normpdf(a)"),
    "gelu-by-erf": ("gelu(a)", "a", "(1 + erf(a/sqrt(2)))/2 + a*exp(-a^2/2)/sqrt(2*pi)"),
    "normcdf": ("sum(normcdf(x))", "x", "normpdf(x)"),
    "lognormcdf": ("sum(lognormcdf(x))", "x", "normpdf(x)./normcdf(x)"),
    "hypot": ("hypot(a, b)", "a", "a/sqrt(a^2 + b^2)"),
    "atan2": ("atan2(a, b)", "b", "-a/(a^2 + b^2)"),
    "hypot-of-vectors": ("sum(hypot(x, y))", "y", "y./sqrt(x.^2 + y.^2)"),
    "normpdf": ("sum(normpdf(x))", "x", "-x.*normpdf(x)"),
    "erfinv": ("erfinv(a)", "a", "sqrt(pi)/2*exp(erfinv(a)^2)"),
    "gamma": ("gamma(a)", "a", "gamma(a)*digamma(a)"),
    "mvlgamma": ("mvlgamma(a, 3)", "a", "digamma(a) + digamma(a - 1/2) + digamma(a - 1)"),
    "bessel-0": ("besselj(0, a)", "a", "-besselj(1, a)"),
    "bessel-1": ("besselj(1, a)", "a", "(besselj(0, a) - besselj(2, a))/2"),
    "bessel": ("sum(besselj(4, x))", "x", "(besselj(3, x) - besselj(5, x))/2"),
    "leakyrelu": ("sum(leakyrelu(x, a))", "x", "a + (1 - a)*step(x)"),
    "leakyrelu-slope": ("leakyrelu(b, a)", "a", "b - relu(b)"),
    "elu": ("elu(b, a)", "b", "step(b) + (1 - step(b))*a*exp(b)"),
    "elu-scale": ("elu(b, a)", "a", "(1 - step(b))*(exp(b) - 1)"),
    "huber": ("huber(a, d)", "a", "max(min(a, d), -d)"),
    "xlogy": ("sum(xlogy(x, y))", "y", "x./y"),
    "entropy": ("entropy(x)", "x", "-log(x) - 1"),
    "entropy-of-matrix": ("entropy(A)", "A", "-log(A) - 1"),
    "kl": ("kl(x, y)", "x", "log(x) - log(y) + 1"),
    "kl-second": ("kl(x, y)", "y", "-x./y"),
    "logsoftmax": ("logsoftmax(x)", "x", "eye(n) - ones(n)*softmax(x)'"),
}
SECOND = {
    "gelu": ("gelu(a)", "a", "normpdf(a)*(2 - a^2)"),
    "normcdf": ("normcdf(a)", "a", "-a*normpdf(a)"),
    "erfinv": ("erfinv(a)", "a", "pi/2*erfinv(a)*exp(2*erfinv(a)^2)"),
    "gamma": ("gamma(a)", "a", "gamma(a)*(digamma(a)^2 + polygamma(1, a))"),
    "bessel-0": ("besselj(0, a)", "a", "(besselj(2, a) - besselj(0, a))/2"),
    "bessel-1": ("besselj(1, a)", "a", "(besselj(3, a) - 3*besselj(1, a))/4"),
    "kl": ("kl(x, y)", "y", "diag(x./y.^2)"),
}


def rows(table):
    return [pytest.param(*row, id=name) for name, row in table.items()]


@pytest.mark.parametrize(("expr", "wrt", "claim"), rows(FIRST))
def test_known_derivatives_are_exact(expr, wrt, claim):
    assert verdict(expr, V, wrt, claim).outcome == "exact"
    assert verdict(expr, V, wrt, f"1.01*({claim})").outcome != "exact"


@pytest.mark.parametrize(("expr", "wrt", "claim"), rows(SECOND))
def test_second_derivatives_are_exact(expr, wrt, claim):
    assert verdict(expr, V, wrt, claim, order=2).outcome == "exact"
    assert verdict(expr, V, wrt, f"1.01*({claim})", order=2).outcome != "exact"


RELATIONS = {
    "gelu": ("gelu(a)", "a*normcdf(a)"),
    "normcdf-mirrored": ("normcdf(-a)", "1 - normcdf(a)"),
    "lognormcdf": ("exp(lognormcdf(a))", "normcdf(a)"),
    "hypot": ("hypot(a, b)^2", "a^2 + b^2"),
    "logit-inverts": ("logit(sigmoid(a))", "a"),
    "sec": ("sec(a)*cos(a)", "1"),
    "silu": ("silu(a) - silu(-a)", "a"),
    "huber-of-huge": ("huber(p, 2*p)", "p^2/2"),
    "entropy-and-divergence": ("kl(x, y) + entropy(x)", "-sum(x.*log(y))"),
    "logsoftmax": ("exp(logsoftmax(x))", "softmax(x)"),
    "mvlgamma-one": ("mvlgamma(a, 1)", "gammaln(a)"),
    "kl-of-the-same": ("kl(x, x)", "0"),
}


@pytest.mark.parametrize(("left", "right"), rows(RELATIONS))
def test_relations_are_known(left, right):
    assert equal(left, right, V)
