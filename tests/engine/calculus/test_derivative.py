"""Accumulation: backwards and forwards give one derivative, and the network grows with the
expression, not with its paths.
"""

import numpy as np
import pytest
from networks import Bench, count

from matcalc.core.errors import UnsupportedError
from matcalc.core.walk import postorder
from matcalc.engine.calculus.derivative import _Accumulation, derivative
from matcalc.engine.calculus.rules import LocalDerivatives
from matcalc.engine.calculus.structured import project
from matcalc.engine.ir.nodes import Call
from matcalc.engine.recovery.recover import Recovery
from matcalc.read.frontend import read
from matcalc.verify.oracle.interpret import interpret
from matcalc.verify.oracle.sample import find_sizes


def both(bench, source, wrt):
    """The derivative accumulated backwards and forwards."""
    root, variable = bench.node(source), bench.node(wrt)
    accumulation = _Accumulation(
        bench.builder, root, (variable,), LocalDerivatives(bench.builder, bench.lowering)
    )
    return accumulation.adjoint((variable,))[variable], accumulation.tangent(variable)


PROBLEMS = [
    ("scalar-by-scalar", "exp(a)*sin(a*b)/(1 + a^2)", "a"),
    ("scalar-by-vector", "x'*S*x*exp(y'*x)", "x"),
    ("scalar-by-matrix", "tr(X*Y*X')*det(V + X)", "X"),
    ("vector-by-scalar", "expm(a*X)*x.*exp(a*y)", "a"),
    ("vector-by-vector", "tanh(X*tanh(Y*x + y)) + x", "x"),
    ("vector-by-matrix", "exp(X*x).*(X'*y)", "X"),
    ("matrix-by-scalar", "inv(V + a*X)*a", "a"),
    ("matrix-by-vector", "diag(x)*A'*A*diag(x)", "x"),
    ("matrix-by-matrix", "X*Y*X + inv(X)", "X"),
    ("diagonal", "diag(X)'*diag(X*X)", "X"),
    ("reductions", "logsumexp(X*x)*norm2(x)*sum(x)", "x"),
    ("kron", "sum(kron(X, M*a)*kron(x, z))", "X"),
    ("powers", "sum((A*x).^3./(1 + (B*x).^2))", "x"),
    ("defined-functions", "tr(adj(X)*Y) + norm1(X*x)", "X"),
    ("pseudoinverse", "tr(pinv(A)*B)", "A"),
    ("matrix-power", "tr(X^3*Y)", "X"),
    ("several-arguments", "sum(max(x, y).*min(x, 2*y))", "x"),
]


@pytest.mark.parametrize(
    ("source", "wrt"), [pytest.param(*rest, id=name) for name, *rest in PROBLEMS]
)
def test_backwards_is_forwards(source, wrt):
    bench = Bench()
    backward, forward = (Recovery().recover(node) for node in both(bench, source, wrt))
    program = read(
        source, {name: kind for name, kind in bench.declarations.items() if name in source}
    )
    sizes, values = find_sizes([program.expr], program.variables, np.random.default_rng(1))
    first, second = interpret(backward, values, sizes), interpret(forward, values, sizes)
    assert first.shape == second.shape
    assert np.allclose(first, second, rtol=1e-9, atol=1e-9 * max(1.0, float(np.max(np.abs(first)))))


def slope(bench, source, wrt):
    return derivative(
        bench.builder,
        bench.node(source),
        bench.node(wrt),
        LocalDerivatives(bench.builder, bench.lowering),
    )


NODES = [
    ("linear", "A*x", "x", "A"),
    ("itself", "x", "x", "eye(n)"),
    ("quadratic-form", "x'*X*x", "x", "X*x + X'*x"),
    ("power", "sum(x.^3)", "x", "3*x.^2"),
    ("quotient", "1/a", "a", "-1/a^2"),
    ("product", "sin(a)*a", "a", "sin(a) + a*cos(a)"),
    ("entrywise", "sum(exp(A*x))", "x", "A'*exp(A*x)"),
    ("trace", "tr(X*Y)", "X", "Y'"),
    ("trace-of-power", "tr(X*X*X)", "X", "3*X'*X'"),
    ("trace-by-symmetric-is-free", "tr(Y*Y')", "Y", "2*Y"),
    ("independent", "exp(x)", "y", "zeros(n, n)"),
    ("independent-scalar", "a", "b", "0"),
    ("diagonal", "tr(diag(x)*X)", "x", "diag(X)"),
    ("hyper-index", "sum(x.*y.*exp(x))", "y", "x.*exp(x)"),
    ("value-is-used", "sum(tanh(x))", "x", "1 - tanh(x).^2"),
    ("scalar-inside-of-a-vector", "sum(a*x)", "a", "sum(x)"),
    ("inverse", "tr(inv(X)*Y)", "X", "-(inv(X)*Y*inv(X))'"),
]


@pytest.mark.parametrize(
    ("source", "wrt", "expected"), [pytest.param(*rest, id=name) for name, *rest in NODES]
)
def test_derivative(source, wrt, expected):
    bench = Bench()
    assert slope(bench, source, wrt) is bench.node(expected)


REFUSED = [
    (
        "exponent-of-directional-derivative",
        "tr(frechet_power(X, a, Y))",
        "a",
        "derivative of frechet_power with respect to its exponent",
    ),
]


@pytest.mark.parametrize(
    ("source", "wrt", "message"), [pytest.param(*rest, id=name) for name, *rest in REFUSED]
)
def test_refused(source, wrt, message):
    with pytest.raises(UnsupportedError, match=message):
        slope(Bench(), source, wrt)


def layers(depth):
    """A chain of layers with weights of their own, its value a vector."""
    return "; ".join(["h0 = x", *(f"h{k + 1} = tanh(X{k}*h{k})" for k in range(depth))])


GROWING = [
    ("backwards", lambda k: f"{layers(k)}; norm2(h{k} - y)^2", "X0"),
    ("backwards-by-input", lambda k: f"{layers(k)}; sum(h{k})", "x"),
    ("forwards", lambda k: f"{layers(k)}; h{k}", "a"),
    (
        "residual",
        lambda k: (
            "; ".join(["h0 = x", *(f"h{j + 1} = h{j} + tanh(X*h{j})" for j in range(k))])
            + f"; sum(h{k})"
        ),
        "x",
    ),
    ("shared-weights", lambda k: "sum(" + "tanh(X*" * k + "x" + ")" * k + ")", "X"),
    ("tower-of-products", lambda k: "sum(" + "exp(y.*" * k + "x" + ")" * k + ")", "y"),
]


@pytest.mark.parametrize(("make", "wrt"), [pytest.param(*rest, id=name) for name, *rest in GROWING])
def test_sharing_keeps_derivatives_linear(make, wrt):
    """Twice the layers, twice the nodes: the paths through the network would be far more."""
    sizes = []
    for depth in (8, 16, 32):
        bench = Bench({f"X{k}": "matrix(n, n)" for k in range(depth)})
        source = make(depth).replace("h0 = x", "h0 = a*x") if wrt == "a" else make(depth)
        sizes.append(count(slope(bench, source, wrt)))
    assert 0 < sizes[2] - sizes[1] <= 2.1 * (sizes[1] - sizes[0])
    assert sizes[2] < 60 * 32


def test_each_slope_is_asked_for_once():
    bench = Bench()
    asked = []
    slopes = LocalDerivatives(bench.builder, bench.lowering)

    def counting(node, index):
        asked.append((node, index))
        return slopes(node, index)

    root = bench.node("t = tanh(X*x); s = t.*t; sum(exp(s + t).*s)")
    derivative(bench.builder, root, bench.node("x"), counting)
    calls = [node for node in postorder(root, lambda n: n.children) if isinstance(node, Call)]
    assert sorted(node.id for node, _ in asked) == sorted(node.id for node in calls)


PROJECTIONS = [
    ("symmetric", "symmetric", "(X + X')/2"),
    ("positive-definite", "psd", "(X + X')/2"),
    ("skew", "skew", "(X - X')/2"),
    ("triangular", "triangular", "tril(X)"),
    ("diagonal", "diagonal", "diag(diag(X))"),
]


@pytest.mark.parametrize(
    ("kind", "expected"), [pytest.param(*rest, id=name) for name, *rest in PROJECTIONS]
)
def test_projection(kind, expected):
    bench = Bench()
    once = project(bench.builder, bench.node("X"), kind, 0)
    assert once is bench.node(expected)
    assert project(bench.builder, once, kind, 0) is once
