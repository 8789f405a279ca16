"""Generated code computes the stable form of what was typed: finite where that overflows, and equal
wherever both have values.
"""

from __future__ import annotations

import numpy as np
import pytest
from sweeps import thinned

import matcalc
from matcalc.core.program import Program
from matcalc.read.frontend import read
from matcalc.runtime.reductions import hypot
from matcalc.stable import stable
from matcalc.verify.oracle.interpret import interpret
from matcalc.write.printers.text import text

U = {"u": "vector(n)"}
AB = {"a": "scalar", "b": "scalar"}
x = np.array([800.0, -800.0, 1.0])
K = np.diag(np.full(500, 10.0))
K[0, 1] = 1.0
FORMS = [
    ("log(sum(exp(x)))", {}, "logsumexp(x)", 800.0),
    ("log(mean(exp(x)))", {}, "log(1/n) + logsumexp(x)", 800.0 - np.log(3)),
    ("log(1 + sum(exp(x)))", {}, "softplus(logsumexp(x))", 800.0),
    ("log(1 + exp(u))", U, "softplus(u)", [800.0, 0.0, np.log1p(np.e)]),
    ("-log(1./(1 + exp(-u)))", U, None, [0.0, 800.0, np.log1p(np.exp(-1))]),
    ("1./(1 + exp(-u))", U, "sigmoid(u)", [1.0, 0.0, 1 / (1 + np.exp(-1))]),
    ("exp(u)./(1 + exp(u))", U, "sigmoid(u)", [1.0, 0.0, 1 / (1 + np.exp(-1))]),
    ("log(1 - sigmoid(u))", U, "-softplus(u)", [-800.0, 0.0, -np.log1p(np.e)]),
    ("log(sigmoid(u))", U, "-softplus(-u)", [0.0, -800.0, -np.log1p(np.exp(-1))]),
    ("log(softmax(z))", {}, "logsoftmax(z)", [0.0, -1600.0, -799.0]),
    ("-log(softmax(z)[2])", {}, "-logsoftmax(z)[2]", 1600.0),
    ("log(exp(z)./sum(exp(z)))", {"z": "vector(n)"}, "logsoftmax(z)", [0.0, -1600.0, -799.0]),
    ("exp(x)/sum(exp(x))", {}, "softmax(x)", [1.0, 0.0, 0.0]),
    ("log(exp(u) + exp(2*u))", U, None, [1600.0, -800.0, np.log(np.e + np.e**2)]),
    ("log(cosh(u))", U, None, [800 - np.log(2), 800 - np.log(2), np.log(np.cosh(1))]),
    ("(exp(u) - exp(-u))./(exp(u) + exp(-u))", U, "tanh(u)", [1.0, -1.0, np.tanh(1)]),
    ("(exp(2*u) - 1)./(exp(2*u) + 1)", U, "tanh(u)", [1.0, -1.0, np.tanh(1)]),
    ("log(exp(-u.^2/2)/sqrt(2*pi))", U, None, -(x**2) / 2 - np.log(2 * np.pi) / 2),
    ("log(det(K))", {}, "log(sign(det(K))) + logdet(K)", 500 * np.log(10)),
    ("log(2*det(K))/2", {"K": "psd(n)"}, None, (500 * np.log(10) + np.log(2)) / 2),
    ("log(1/sqrt(det(K)))", {"K": "psd(n)"}, None, -250 * np.log(10)),
    ("log(abs(det(K)))", {}, "logdet(K)", 500 * np.log(10)),
    (
        "log(1 + c*x)",
        {"c": "positive", "x": "vector(n)"},
        "log1p(c*x)",
        np.log1p(1e-20 * np.abs(x)),
    ),
    (
        "exp(c*x) - 1",
        {"c": "positive", "x": "vector(n)"},
        "expm1(c*x)",
        np.expm1(1e-20 * np.abs(x)),
    ),
    ("sqrt(x'*x)/1e200", {}, None, np.sqrt(x @ x)),
    ("[exp(a); exp(b)]/(exp(a) + exp(b))", AB, None, [1.0, 0.0]),
    ("log(exp(a) + exp(b) + exp(a + b))", AB, None, 800.0 + np.log(2)),
    ("log(1 + exp(u) + exp(2*u))", U, None, [1600.0, 0.0, np.log(1 + np.e + np.e**2)]),
    ("exp(u)./(3 + exp(u) + exp(-u))", U, None, [1.0, 0.0, np.e / (3 + np.e + 1 / np.e)]),
    ("exp(a)*exp(b)*u/(exp(a) + exp(b) + 2)^2", {**AB, **U}, None, np.exp(-800) * x),
    ("sqrt(1 + x'*x)", {}, "hypot(1, norm2(x))", np.sqrt(1 + x @ x)),
    ("exp(c*x)./expm1(c*x)", {"c": "positive", "x": "vector(n)"}, None, [1e20 / 800] * 2 + [1e20]),
    ("-log(exp(x[2])/sum(exp(x)))", {}, "-(x[2] - logsumexp(x))", 1600.0),
    ("log(w'*exp(x))", {}, "log(softmax(x)'*w) + logsumexp(x)", 800.0),
    ("log(sum(w.*exp(x)))", {"w": "vector(n)"}, "log(softmax(x)'*w) + logsumexp(x)", 800.0),
    # the derivative of the same
    ("w.*exp(x)/(w'*exp(x))", {"w": "vector(n)"}, None, [1.0, 0.0, 0.0]),
    ("log((X + 1)*exp(x))", {}, None, [800 + np.log(801), 800.0, 800.0]),
    ("sum(x.*exp(x))/sum(exp(x))", {}, "softmax(x)'*x", 800.0),
    ("exp(u)./exp(u/2 + 400)", U, None, [1.0, 0.0, np.exp(-399.5)]),
    ("exp(x).*exp(-x/2)./exp(x/2)", {}, None, np.ones(3)),
    ("log(normpdf(u))", U, None, -(x**2) / 2 - np.log(2 * np.pi) / 2),
    ("log(u.^2)", U, "2*log(abs(u))", 2 * np.log(np.abs(x))),
    ("log(sinh(abs(u)))", U, None, [800 - np.log(2), 800 - np.log(2), np.log(np.sinh(1))]),
    ("log(prod(p))", {"p": "positive(n)"}, "sum(log(p))", 3 * np.log(1e-200)),
    ("sqrt(1 + c) - 1", {"c": "positive"}, "c/(1 + sqrt(1 + c))", 5e-21),
    ("sqrt(1 + c*c) - 1", {"c": "positive"}, None, 5e-41),
    ("sqrt(c + 2) - sqrt(c + 1)", {"c": "positive"}, None, np.sqrt(2) - 1),
    ("1 - cos(c)", {"c": "positive"}, "2*sin(c/2)^2", 5e-41),
    ("log(normcdf(u))", U, "lognormcdf(u)", [0.0, -320007.603551823238, -0.172753779023450]),
    ("sum(sqrt(1 + t.^2))", {"t": "vector(n)"}, "sum(hypot(1, t))", 3e200),
    ("sqrt(exp(c) + t.^2)", {"c": "positive", "t": "vector(n)"}, None, np.full(3, 1e200)),
    ("t./sqrt(t.^2 + 1)", {"t": "vector(n)"}, "t./hypot(1, t)", np.ones(3)),
    ("sum(sqrt(4 + t.^2))", {"t": "vector(n)"}, "sum(hypot(2, t))", 3e200),
    ("t./sqrt(9 + t.^2)", {"t": "vector(n)"}, "t./hypot(3, t)", np.ones(3)),
    (
        "sum(log(1 + exp(-y.*(X*w)))) + l*w'*w",
        {"l": "scalar", "y": "vector(m)"},
        None,
        800.0 + 2 * np.log(2) + 0.5 * 3,
    ),
]
GIVEN = {
    "x": x,
    "u": x,
    "z": x,
    "K": K,
    "a": 800.0,
    "b": 0.0,
    "c": 1e-20,
    "l": 0.5,
    "y": np.array([-1.0, 1.0, 1.0]),
    "X": np.array([[800.0, 0, 0], [0, 0, 0], [0, 0, 0]]),
    "w": np.ones(3),
    "p": np.full(3, 1e-200),
    "t": np.full(3, 1e200),
}


@pytest.mark.parametrize(
    ("typed", "kinds", "form", "expected"),
    thinned([pytest.param(*row, id=row[0]) for row in FORMS], 2),
)
def test_forms(typed, kinds, form, expected):
    program = read(typed, kinds)
    tree = stable(program.expr, program.variables)
    assert form is None or text(tree) == form
    given = {name: GIVEN[name] for name in program.variables}
    if "c" in kinds and "x" in given:
        given["x"] = np.abs(x)
    if "1e200" in typed:
        given["x"] = 1e200 * x
    if kinds.get("K") == "psd(n)":  # which is taken by one of its triangles
        given["K"] = np.diag(np.diag(K))
    found = matcalc.parse(typed, kinds).to_callable()(**given)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize(("typed", "kinds"), [pytest.param(*row[:2], id=row[0]) for row in FORMS])
def test_values_are_those_of_what_was_typed(typed, kinds):
    program = read(typed, kinds)
    tree = stable(program.expr, program.variables)
    rng = np.random.default_rng(3)
    for scale in (0.5, -0.5):
        sizes = {
            name: 3
            for each in program.variables.values()
            for size in each.shape
            for name in size.names
        }
        values = {
            name: scale * rng.uniform(0.5, 1.5, [3] * len(each.shape))
            + (np.sign(scale) * np.eye(3) if name == "K" else 0.0)
            for name, each in program.variables.items()
        }
        values |= {
            name: abs(value)
            for name, value in values.items()
            if str(program.variables[name]) == "positive"
        }
        if "K" in values and str(program.variables["K"]).startswith("psd"):
            values["K"] = values["K"] @ values["K"].T
        before, after = (interpret(each, values, sizes) for each in (program.expr, tree))
        assert before.shape == after.shape
        np.testing.assert_allclose(after, before, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("typed", ["log(det(K))", "log(det(K)) + log(1 + a)", "log(2*det(K))"])
def test_no_value_stays_no_value(typed):
    negative = np.diag([1.0, -1.0, 1.0])
    expression = matcalc.parse(typed)
    given = {name: {"K": negative, "a": 1.0}[name] for name in expression.variables}
    with np.errstate(all="ignore"):
        assert np.isnan(expression.to_callable()(**given))


@pytest.mark.parametrize(
    "typed",
    [
        "x'*A*x",
        "sqrt(a)*sqrt(a)",
        "exp(log(a))",
        "log(x)",
        "x./x",
        "log(prod(x))",
        "norm2(A*x)^2",
        "exp(-A*x)",
        "tanh(a)",
    ],
)
def test_what_gains_nothing_stays_as_it_was_typed(typed):
    program = read(typed)
    assert text(stable(program.expr, program.variables)) == text(program.expr)


def test_gradients_too():
    derivative = matcalc.diff("y'*log(softmax(A*x))", "y")
    found = derivative.to_callable()(A=np.diag(x), x=np.ones(3), y=np.ones(3))
    np.testing.assert_allclose(found, [0.0, -1600.0, -799.0])


LARGE = [1e200, -1e200, 0.0]
TAILS = [40.0, -40.0, 0.0]
MILLS = [0.0, 40.02496884726726, 0.797884560802865]


@pytest.mark.parametrize(
    ("objective", "at", "expected"),
    [
        ("sum(sqrt(1 + x.^2))", LARGE, [1.0, -1.0, 0.0]),
        ("sum(hypot(x, 3))", LARGE, [1.0, -1.0, 0.0]),
        ("sum(log(normcdf(x)))", TAILS, MILLS),
        ("sum(lognormcdf(x))", TAILS, MILLS),
        ("sqrt(1 + norm2(x)^2)", LARGE, [0.5**0.5, -(0.5**0.5), 0.0]),
        ("sum(log(exp(x) - 1))", [800.0, 1.0, 1e-12], [1.0, 1 / (1 - np.exp(-1)), 1e12]),
    ],
)
def test_gradients_of_what_would_overflow(objective, at, expected):
    found = matcalc.diff(objective, "x", variables={"x": "vector(n)"}).to_callable()
    np.testing.assert_allclose(found(x=np.array(at)), expected, rtol=1e-9, atol=1e-300)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize("beside", [0.0, 1e-200, 1e-120, 1.0, 1e150, 1e200, np.inf, np.nan])
@pytest.mark.parametrize("size", [1e-200, 1e-160, 1e-30, 1.0, 1e30, 1e153, 1e160])
def test_roots_of_squares_of_many_entries(size, beside, kind):
    """By one inner product where no square is too large or too small, else entry by entry."""
    with np.errstate(all="ignore"):
        x, y = (size * np.linspace(-3, 5, 2000)).astype(kind), kind(beside)
        expected = np.hypot(x, y)
    for found in (hypot(x, y), hypot(y, x)):
        assert found.dtype == kind
        np.testing.assert_allclose(found, expected, rtol=4 * np.finfo(kind).eps, atol=0)


# a function of x, its order, and which power of a number it is multiplied by where x is
HOMOGENEOUS = [
    ("norm2(x)", 2, -1),
    ("a'*x/norm2(x)", 1, -1),
    ("log(norm2(x))", 1, -1),
    ("log(norm2(x)^2)", 1, -1),
    ("3*log(norm2(X))", 1, -1),
    ("norm2(B*x)", 2, -1),
]


@pytest.mark.parametrize(("objective", "order", "degree"), HOMOGENEOUS)
@pytest.mark.parametrize("number", [2.0**660, 2.0**-660])
def test_squares_of_norms_do_not_overflow(objective, order, degree, number):
    kinds = {"x": "vector(n)", "a": "vector(n)", "B": "matrix(m, n)", "X": "matrix(n, n)"}
    kinds = {name: kind for name, kind in kinds.items() if name in objective}
    wrt = "X" if "X" in kinds else "x"
    rng = np.random.default_rng(0)
    given = {name: rng.normal(size=(3, 3)[: 1 + name.isupper()]) for name in kinds}
    function = matcalc.diff(objective, wrt, variables=kinds, order=order).to_callable()
    wanted = function(**given)
    found = function(**{**given, wrt: number * given[wrt]})
    np.testing.assert_allclose(found / number**degree, wanted, rtol=1e-12, atol=1e-14)


def test_many_terms():
    terms = " + ".join(f"log(1 + exp({k}*u + {k}))" for k in range(1, 21))
    program: Program = read(terms, {"u": "scalar"})
    assert "log(" not in text(stable(program.expr, program.variables))
