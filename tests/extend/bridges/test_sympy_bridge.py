"""To SymPy and back: structure where SymPy keeps it, values everywhere."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from sympy.matrices.expressions.diagonal import DiagMatrix, DiagonalMatrix, DiagonalOf
from sympy.matrices.expressions.hadamard import HadamardPower, HadamardProduct

import matcalc
from matcalc.core.errors import UnsupportedError
from matcalc.core.operations import OPERATIONS
from matcalc.core.program import Program
from matcalc.core.walk import postorder
from matcalc.extend.bridges.sympy_bridge import from_sympy, to_sympy
from matcalc.read.frontend import read
from matcalc.verify.oracle.interpret import interpret

m, n, a, b = sp.symbols("m n a b")
A, B = sp.MatrixSymbol("A", m, n), sp.MatrixSymbol("B", m, n)
X, Y = sp.MatrixSymbol("X", n, n), sp.MatrixSymbol("Y", n, n)
x, y, u = sp.MatrixSymbol("x", n, 1), sp.MatrixSymbol("y", n, 1), sp.MatrixSymbol("u", m, 1)

KINDS = {
    "A": "matrix(m, n)",
    "B": "matrix(m, n)",
    "X": "matrix(n, n)",
    "Y": "matrix(n, n)",
    "x": "vector(n)",
    "y": "vector(n)",
}
KINDS |= {"u": "vector(m)", "a": "scalar", "b": "scalar", "p": "positive"}


def declared(text: str) -> dict[str, str]:
    names = {name for name in KINDS if name in text}
    return {name: KINDS[name] for name in sorted(names)}


TO = [
    pytest.param("A*x", A * x, id="matrix-vector"),
    pytest.param("x'*A'", x.T * A.T, id="row"),
    pytest.param("x'*y", sp.Trace(x.T * y), id="inner-product"),
    pytest.param("x*y'", x * y.T, id="outer-product"),
    pytest.param("A - 2*B", A - 2 * B, id="sum"),
    pytest.param("A + a", A + a * sp.OneMatrix(m, n), id="broadcast"),
    pytest.param("x/a", (1 / a) * x, id="division"),
    pytest.param("inv(X)'", X.I.T, id="transposed-inverse"),
    pytest.param("X^3", X**3, id="matrix-power"),
    pytest.param("tr(X)*det(X)", sp.Trace(X) * sp.Determinant(X), id="trace-and-determinant"),
    pytest.param("A.*B", HadamardProduct(A, B), id="hadamard"),
    pytest.param("A./B", HadamardProduct(A, HadamardPower(B, -1)).doit(), id="hadamard-quotient"),
    pytest.param("x.^2", HadamardPower(x, 2), id="hadamard-power"),
    pytest.param("kron(A, B)", sp.KroneckerProduct(A, B), id="kron"),
    pytest.param("diag(x)*y", DiagMatrix(x) * y, id="diagonal-matrix"),
    pytest.param("diag(X)", DiagonalOf(X), id="diagonal"),
    pytest.param("exp(a)", sp.exp(a), id="scalar-function"),
    pytest.param("X + eye(n)", X + sp.Identity(n), id="identity"),
    pytest.param("a/3 + pi", a / 3 + sp.pi, id="numbers"),
    pytest.param("p", sp.Symbol("p", positive=True), id="positive"),
]


@pytest.mark.parametrize(("text", "expected"), TO)
def test_to_sympy(text: str, expected: sp.Basic) -> None:
    program = read(text, declared(text) | ({"x": KINDS["x"]} if "(n)" in text else {}))
    assert to_sympy(program.expr, program.variables) == expected


def test_elementwise_function_to_sympy() -> None:
    program = read("exp(x)", declared("exp(x)") | {"x": KINDS["x"]})
    found = to_sympy(program.expr, program.variables)
    assert str(found) == str(
        x.applyfunc(sp.exp)
    )  # every such function has a dummy variable of its own


FROM = [
    pytest.param(A * x, "A*x", id="matrix-vector"),
    pytest.param(x.T * X * y, "x'*X*y", id="one-by-one"),
    pytest.param(sp.Trace(x.T * y), "x'*y", id="trace-of-one-by-one"),
    pytest.param(A - 2 * B, "A - 2*B", id="difference"),
    pytest.param(a / b, "a/b", id="quotient"),
    pytest.param(a * x / b, "a/b*x", id="scaled-quotient"),
    pytest.param(sp.Rational(1, 2) * a, "a/2", id="half"),
    pytest.param(-a, "-a", id="sign"),
    pytest.param(b - a, "b - a", id="sign-first"),
    pytest.param(1 / sp.sqrt(a), "1/sqrt(a)", id="reciprocal-root"),
    pytest.param(a**-3, "1/a^3", id="negative-power"),
    pytest.param(2.5 * a, "5*a/2", id="float"),
    pytest.param(sp.exp(1) * sp.pi * a, "exp(1)*pi*a", id="constants"),
    pytest.param(X.I.T, "inv(X')", id="inverse"),
    pytest.param(X**-2, "X^-2", id="negative-matrix-power"),
    pytest.param(sp.Determinant(X), "det(X)", id="determinant"),
    pytest.param(HadamardProduct(A, B), "A.*B", id="hadamard"),
    pytest.param(HadamardPower(x, 2), "x.^2", id="hadamard-power"),
    pytest.param(sp.KroneckerProduct(A, B), "kron(A, B)", id="kron"),
    pytest.param(DiagMatrix(x), "diag(x)", id="diagonal-matrix"),
    pytest.param(DiagonalMatrix(X), "diag(diag(X))", id="diagonal-part"),
    pytest.param(DiagonalOf(X), "diag(X)", id="diagonal"),
    pytest.param(X + sp.Identity(n), "eye(n) + X", id="identity"),
    pytest.param(sp.OneMatrix(1, n) * x, "ones(n)'*x", id="row-of-ones"),
    pytest.param(x + sp.ZeroMatrix(n, 1) + sp.OneMatrix(n, 1), "x + ones(n)", id="ones"),
    pytest.param(x.applyfunc(sp.tanh), "tanh(x)", id="elementwise"),
    pytest.param(
        x.applyfunc(sp.Lambda(a, 1 / (1 + sp.exp(-a * b)))), "1./(1 + exp(-x*b))", id="lambda"
    ),
    pytest.param(
        A.applyfunc(sp.Lambda(a, a**2 * sp.sin(a))), "A.^2.*sin(A)", id="lambda-of-matrix"
    ),
    pytest.param(n * x, "n*x", id="size-as-a-number"),
    pytest.param(sp.Max(a, b) + sp.Abs(a), "abs(a) + max(a, b)", id="max"),
    pytest.param(sp.MatrixSymbol("r", 1, n) * x, "r'*x", id="row-symbol"),
    pytest.param(sp.MatrixSymbol("g", 1, 1) * x.T, "g*x'", id="one-by-one-symbol"),
]


@pytest.mark.parametrize(("expression", "expected"), FROM)
def test_from_sympy(expression: sp.Basic, expected: str) -> None:
    program = from_sympy(expression)
    assert program.source == expected
    again = read(program.source, program.variables)
    assert again.variables == program.variables
    assert (again.expr.shape, again.expr.row) == (program.expr.shape, program.expr.row)


def test_declarations() -> None:
    p = sp.Symbol("p", positive=True)
    row, one, tall = (
        sp.MatrixSymbol("r", 1, n),
        sp.MatrixSymbol("g", 1, 1),
        sp.MatrixSymbol("v", 2 * m, 1),
    )
    program = from_sympy(A * x * row * x * one * p * a)
    assert {name: str(each) for name, each in program.variables.items()} == {
        "A": "matrix(m, n)",
        "x": "vector(n)",
        "r": "vector(n)",
        "g": "scalar",
        "p": "positive",
        "a": "scalar",
    }
    assert str(from_sympy(tall).variables["v"]) == "vector(2*m)"


def value(program: Program, low: float, high: float) -> np.ndarray:
    """At a random point that depends on the names alone."""
    sizes = {"n": 3, "m": 4}
    for node in postorder(program.expr, lambda each: each.args):
        sizes |= {name: 5 for d in node.shape for name in d.names if name not in sizes}
    values = {}
    for name, each in program.variables.items():
        rng = np.random.default_rng(sum(map(ord, name)))
        shape = tuple(axis.size(sizes) for axis in each.shape)
        values[name] = rng.uniform(low, high, shape) + (2 * np.eye(3) if shape == (3, 3) else 0)
    return interpret(program.expr, values, sizes)


ROUND = [
    "x'*X*y*x + norm2(x)*y/(x'*x)",
    "sum(x.*y) + mean(A) + logsumexp(x) + norm1(A)",
    "softmax(x) - x.*y./(1 + x.^2)",
    "logdet(X)*inv(X)' + X^-2*Y",
    "dot(x, y) + dot(A, B) + dot(x', y)",
    "outer(x, y)*X + outer(x', y')",
    "max(x, 0.5) + min(0.6, y) + max(a, b)*x",
    "polygamma(2, x) + polygamma(1, a)*y",
    "diag(x)*diag(X) + vec(x)",
    "(A + a)*x - u - 1",
    "1./x + 2.^y + x.^a + x.^y",
    "kron(x, y)'*kron(X, Y)*kron(y, x)",
    "x'.*y' + exp(x')",
    "besselj(2, x) + besselj(0, a)*y",
    "mvlgamma(2 + x, 3) + mvlgamma(2 + a, 2)",
    "leakyrelu(x, 0.1) + leakyrelu(-a, x)",
    "elu(-x, a) + elu(a, 2)",
    "huber(3*x, a) + huber(a, x)",
    "xlogy(x, a) + xlogy(a, b)*y",
    "logsoftmax(x) + entropy(A) + entropy(x)",
    "kl(x, y) + kl(x', y)",
]
SUPPORTED = [
    name
    for name, each in OPERATIONS.items()
    if each.signature == "elementwise" and each.arity == (1, 1)
]
ROUND += [f"{name}({argument})" for name in SUPPORTED for argument in ("a", "x", "A")]


@pytest.mark.parametrize("text", ROUND)
def test_round_trip(text: str) -> None:
    program = read(text, declared(text))
    low, high = (1.2, 1.9) if "acosh" in text else (0.2, 0.9)
    back = from_sympy(to_sympy(program.expr, program.variables))
    found, expected = value(back, low, high), value(program, low, high)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-10)


UNSUPPORTED = [
    "adj(X)",
    "cof(X)",
    "expm(X)",
    "pinv(A)",
    "vec(A)",
    "norminf(x)",
    "max(x, y)",
    "huber(x, y)",
    "frechet_expm(X, Y)",
    "frechet_power(X, 2, Y)",
]


@pytest.mark.parametrize("text", UNSUPPORTED)
def test_functions_that_sympy_has_not(text: str) -> None:
    program = read(text, declared(text))
    with pytest.raises(UnsupportedError, match=rf"function {text.split('(', maxsplit=1)[0]}\b"):
        to_sympy(program.expr, program.variables)


REFUSED = [
    pytest.param(sp.MatrixSymbol("A", n / 2, n), "dimension", id="dimension"),
    pytest.param(A[0, 1], "single entry", id="entry"),
    pytest.param(sp.zeta(a), "zeta", id="function"),
    pytest.param(sp.besselj(b, a), "order 0, 1, 2", id="symbolic-order"),
    pytest.param(sp.I * a, "number I|ImaginaryUnit", id="imaginary"),
    pytest.param(sp.Matrix([[1, 2]]), "Matrix", id="explicit-matrix"),
    pytest.param(sp.Symbol("x_{1}") + 1, "cannot be the name", id="name"),
    pytest.param(
        sp.Symbol("exp") * sp.exp(a), "variable and of a function", id="name-of-a-function"
    ),
    pytest.param(x.T * x * sp.Symbol("x"), "both called x", id="two-kinds"),
    pytest.param(sp.Integral(a, a), "Integral", id="integral"),
    pytest.param(sp.Eq(a, b), "Equality", id="equation"),
    pytest.param(sp.nan, "number nan", id="nan"),
]


@pytest.mark.parametrize(("expression", "message"), REFUSED)
def test_refused(expression: sp.Basic, message: str) -> None:
    with pytest.raises(UnsupportedError, match=message):
        from_sympy(expression)


def test_too_deep_for_sympy() -> None:
    program = read("sin(" * 2000 + "a" + ")" * 2000)
    try:
        result = to_sympy(program.expr, program.variables)
    except UnsupportedError as problem:
        assert "deeply" in problem.message
    else:
        assert result.is_Function


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("norm2(X, 2)", "norm2 of rows and columns", id="norm-of-rows"),
        pytest.param("sum(where(x > 0, x, 0))", "comparisons", id="where"),
        pytest.param("[x; y]'*[x; y]", "blocks", id="blocks"),
        pytest.param("X[1, 2]", "slices", id="entry-of-ours"),
    ],
)
def test_not_exported(text: str, message: str) -> None:
    with pytest.raises(UnsupportedError, match=message):
        matcalc.parse(text).to_sympy()
