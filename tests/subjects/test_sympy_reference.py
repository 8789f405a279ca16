"""The derivatives of every function of a scalar, first and second, against ``sympy.diff``."""

import numpy as np
import pytest
import sympy as sp
from sweeps import thinned

from matcalc.core.operations import ENTRYWISE, OPERATIONS
from matcalc.engine.pipeline import derive
from matcalc.read.frontend import read
from matcalc.verify.oracle.interpret import interpret

X = sp.Symbol("x", real=True)
A = sp.Symbol("a", real=True)

# name -> SymPy's function, points where it is smooth
EVERYWHERE = (-1.7, -0.3, 0.45, 2.2)
POSITIVE = (0.35, 1.3, 2.9)
UNIT = (-0.8, -0.25, 0.6)
REFERENCE = {
    "exp": (sp.exp, EVERYWHERE),
    "log": (sp.log, POSITIVE),
    "log2": (lambda x: sp.log(x, 2), POSITIVE),
    "log10": (lambda x: sp.log(x, 10), POSITIVE),
    "log1p": (lambda x: sp.log(1 + x), POSITIVE),
    "expm1": (lambda x: sp.exp(x) - 1, EVERYWHERE),
    "sin": (sp.sin, EVERYWHERE),
    "cos": (sp.cos, EVERYWHERE),
    "tan": (sp.tan, UNIT),
    "asin": (sp.asin, UNIT),
    "acos": (sp.acos, UNIT),
    "atan": (sp.atan, EVERYWHERE),
    "sec": (sp.sec, UNIT),
    "csc": (sp.csc, EVERYWHERE),
    "cot": (sp.cot, EVERYWHERE),
    "sinh": (sp.sinh, EVERYWHERE),
    "cosh": (sp.cosh, EVERYWHERE),
    "tanh": (sp.tanh, EVERYWHERE),
    "asinh": (sp.asinh, EVERYWHERE),
    "acosh": (sp.acosh, (1.2, 2.5)),
    "atanh": (sp.atanh, UNIT),
    "sqrt": (sp.sqrt, POSITIVE),
    "cbrt": (lambda x: sp.sign(x) * sp.Abs(x) ** sp.Rational(1, 3), EVERYWHERE),
    "abs": (sp.Abs, EVERYWHERE),
    "sign": (sp.sign, EVERYWHERE),
    "relu": (lambda x: sp.Max(x, 0), EVERYWHERE),
    "step": (sp.Heaviside, EVERYWHERE),
    "sigmoid": (lambda x: 1 / (1 + sp.exp(-x)), EVERYWHERE),
    "softplus": (lambda x: sp.log(1 + sp.exp(x)), EVERYWHERE),
    "erf": (sp.erf, EVERYWHERE),
    "erfc": (sp.erfc, EVERYWHERE),
    "erfinv": (sp.erfinv, UNIT),
    "normcdf": (lambda x: (1 + sp.erf(x / sp.sqrt(2))) / 2, EVERYWHERE),
    "lognormcdf": (lambda x: sp.log((1 + sp.erf(x / sp.sqrt(2))) / 2), EVERYWHERE),
    "normpdf": (lambda x: sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi), EVERYWHERE),
    "logit": (lambda x: sp.log(x / (1 - x)), (0.15, 0.5, 0.8)),
    "softsign": (lambda x: x / (1 + sp.Abs(x)), EVERYWHERE),
    "silu": (lambda x: x / (1 + sp.exp(-x)), EVERYWHERE),
    "gelu": (lambda x: x * (1 + sp.erf(x / sp.sqrt(2))) / 2, EVERYWHERE),
    "gammaln": (sp.loggamma, POSITIVE),
    "digamma": (sp.digamma, POSITIVE),
    "gamma": (sp.gamma, POSITIVE),
}
HALF = sp.Rational(1, 2)
# functions with a parameter: text -> SymPy's expression, points
OTHERS = {
    "polygamma(1, x)": (sp.polygamma(1, X), POSITIVE),
    "polygamma(3, x)": (sp.polygamma(3, X), POSITIVE),
    "besselj(0, x)": (sp.besselj(0, X), EVERYWHERE),
    "besselj(1, x)": (sp.besselj(1, X), EVERYWHERE),
    "besselj(4, x)": (sp.besselj(4, X), EVERYWHERE),
    "mvlgamma(x + 1, 3)": (sum(sp.loggamma(X + 1 - k * HALF) for k in range(3)), POSITIVE),
    "leakyrelu(x, 1/5)": (sp.Max(X, 0) + sp.Min(X, 0) / 5, EVERYWHERE),
    "leakyrelu(3, x)": (sp.Integer(3), EVERYWHERE),
    "leakyrelu(-3, x)": (-3 * X, EVERYWHERE),
    "elu(x, 3/2)": (sp.Piecewise((X, X > 0), (3 * HALF * (sp.exp(X) - 1), True)), EVERYWHERE),
    "elu(-2, x)": (X * (sp.exp(-2) - 1), EVERYWHERE),
    "huber(x, 1/2)": (
        sp.Piecewise((X**2 / 2, sp.Abs(X) < HALF), (sp.Abs(X) / 2 - sp.Rational(1, 8), True)),
        EVERYWHERE,
    ),
    "huber(2, x)": (sp.Piecewise((2 * X - X**2 / 2, X < 2), (2, True)), POSITIVE),
    "xlogy(x, 3)": (X * sp.log(3), EVERYWHERE),
    "xlogy(3, x)": (3 * sp.log(X), POSITIVE),
    "atan2(x, 2)": (sp.atan2(X, 2), EVERYWHERE),
    "atan2(-2, x)": (sp.atan2(-2, X), EVERYWHERE),
    "hypot(x, 2)": (sp.sqrt(X**2 + 4), EVERYWHERE),
    "hypot(1/3, x)": (sp.sqrt(X**2 + sp.Rational(1, 9)), EVERYWHERE),
    "max(x, 1/3)": (sp.Max(X, sp.Rational(1, 3)), EVERYWHERE),
    "max(1/3, x)": (sp.Max(X, sp.Rational(1, 3)), EVERYWHERE),
    "min(x, 1/3)": (sp.Min(X, sp.Rational(1, 3)), EVERYWHERE),
    "min(1/3, x)": (sp.Min(X, sp.Rational(1, 3)), EVERYWHERE),
    "x^3": (X**3, EVERYWHERE),
    "x^-2": (X**-2, EVERYWHERE),
    "x^2.5": (X ** sp.Rational(5, 2), POSITIVE),
    "x^pi": (X**sp.pi, POSITIVE),
    "2.5^x": (sp.Rational(5, 2) ** X, EVERYWHERE),
    "x^x": (X**X, POSITIVE),
    "1/x": (1 / X, EVERYWHERE),
    "x*(x - 2)/(1 + x^2)": (X * (X - 2) / (1 + X**2), EVERYWHERE),
    "exp(sin(x)*x)": (sp.exp(sp.sin(X) * X), EVERYWHERE),
    "log(1 + exp(-x^2))": (sp.log(1 + sp.exp(-(X**2))), EVERYWHERE),
    "tanh(atan(x))*sigmoid(x)": (sp.tanh(sp.atan(X)) / (1 + sp.exp(-X)), EVERYWHERE),
}
CASES = {
    f"{name}(x)": (function(X), points) for name, (function, points) in REFERENCE.items()
} | OTHERS


def value(expr, point):
    """SymPy's value; away from kinks its delta functions are 0."""
    without_kinks = expr.replace(sp.DiracDelta, lambda *args: sp.Integer(0)).replace(
        sp.Derivative, _sign_slope
    )
    return float(sp.N(without_kinks.subs(X, sp.Float(point, 30)), 20))


def _sign_slope(inner, *variables):
    return sp.Integer(0)


def test_every_function_of_one_scalar_is_compared():
    elementwise = {name for name, row in OPERATIONS.items() if row.signature == "elementwise"}
    assert (
        elementwise == REFERENCE.keys() | {text.partition("(")[0] for text in OTHERS} & elementwise
    )


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize(
    "text", thinned([pytest.param(text, id=text.replace(" ", "")) for text in CASES], 3)
)
def test_derivative_of_a_scalar_function(text, order):
    function, points = CASES[text]
    tree = derive(read(text, {"x": "scalar"}), "x", order)
    expected = sp.diff(function, X, order)
    for point in points:
        assert np.isclose(
            float(interpret(tree, {"x": point}, {})), value(expected, point), rtol=1e-11, atol=1e-11
        )


@pytest.mark.parametrize(
    "text",
    [
        text
        for text in CASES
        if text not in OTHERS or any(name in text for name in ENTRYWISE - REFERENCE.keys())
    ],
)
def test_entry_by_entry_it_is_the_same(text):
    """The Jacobian of f(x) is diag(f'(x)), with f' SymPy's."""
    function, points = CASES[text]
    tree = derive(read(text, {"x": "vector(n)"}), "x")
    slopes = [value(sp.diff(function, X), point) for point in points]
    found = interpret(tree, {"x": np.array(points)}, {"n": len(points)})
    assert np.allclose(found, np.diag(slopes), rtol=1e-11, atol=1e-11)
