"""The verdict: right derivatives pass, and every usual kind of wrong one fails."""

import numpy as np
import pytest
from sweeps import thinned
from trees import (
    VARIABLES,
    A,
    D,
    M,
    N,
    P,
    Q,
    S,
    W,
    X,
    a,
    num,
    op,
    program,
    row,
    scalar,
    transposed,
    x,
    y,
    z,
)

from matcalc.core.dims import dim
from matcalc.core.errors import EvaluationError, UnknownNameError
from matcalc.core.kinds import Variable
from matcalc.core.language import BUILT_IN
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import variable
from matcalc.read.frontend import read
from matcalc.verify.oracle.compare import agree, check
from matcalc.verify.oracle.numeric import numeric_derivative

residual = op("-", op("*", A, x, shape=(M,)), z)
squares = scalar("^", scalar("norm2", residual), num(2))
quadratic = scalar("*", op("*", row(x), X, shape=(N,), row=True), x)
sandwich = scalar("*", op("*", row(x), op("inv", X), shape=(N,), row=True), y)


def gradient_of_squares(v, sizes):
    return 2 * v["A"].T @ (v["A"] @ v["x"] - v["z"])


def of_sandwich(v, sizes):
    inverse = np.linalg.inv(v["X"])
    return -np.outer(inverse.T @ v["x"], inverse @ v["y"])


CORRECT = [
    pytest.param(squares, "x", 1, gradient_of_squares, id="squares"),
    pytest.param(squares, "x", 2, lambda v, s: 2 * v["A"].T @ v["A"], id="squares twice"),
    pytest.param(quadratic, "x", 1, lambda v, s: (v["X"] + v["X"].T) @ v["x"], id="quadratic form"),
    pytest.param(sandwich, "X", 1, of_sandwich, id="x'*inv(X)*y"),
    pytest.param(
        scalar("sum", op("softmax", x)),
        "x",
        1,
        lambda v, s: np.zeros(s["n"]),
        id="zero by cancellation",
    ),
    pytest.param(scalar("tr", X), "x", 1, lambda v, s: np.zeros(s["n"]), id="zero by absence"),
    pytest.param(squares, "a", 1, lambda v, s: 0.0, id="zero scalar"),
    pytest.param(
        op("erf", op("*", A, x, shape=(M,))),
        "x",
        1,
        lambda v, s: 2 / np.sqrt(np.pi) * np.exp(-((v["A"] @ v["x"]) ** 2))[:, None] * v["A"],
        id="erf",
    ),
]


def full(expr, wrt):
    made = program(expr)
    return made._replace(variables={**made.variables, wrt: VARIABLES[wrt]})


@pytest.mark.parametrize(("expr", "wrt", "order", "derivative"), CORRECT)
def test_right_derivatives_pass(expr, wrt, order, derivative):
    for seed in range(3):
        report = check(DerivativeStatement(full(expr, wrt), wrt, order, "free"), derivative, seed)
        assert report.ok, str(report)
        assert report.max_error <= report.tolerance
        assert report.rng == seed


def tiny(index, factor):
    def spoil(G):
        G = np.array(G)
        G[index] *= factor
        return G

    return spoil


WRONG = [
    pytest.param(sandwich, "X", 1, of_sandwich, np.transpose, id="transposed"),
    pytest.param(sandwich, "X", 1, of_sandwich, np.negative, id="sign"),
    pytest.param(squares, "x", 1, gradient_of_squares, lambda G: G / 2, id="factor 2"),
    pytest.param(squares, "x", 1, gradient_of_squares, tiny(0, 1 + 1e-4), id="one entry, 1e-4"),
    pytest.param(squares, "x", 1, gradient_of_squares, lambda G: G + 1e-7, id="offset of 1e-7"),
    pytest.param(
        squares,
        "x",
        2,
        lambda v, s: 2 * v["A"].T @ v["A"],
        tiny((0, 1), 1 + 1e-4),
        id="Hessian, one entry",
    ),
    pytest.param(
        squares,
        "x",
        2,
        lambda v, s: 2 * v["A"] @ v["A"].T,
        lambda G: G,
        id="Hessian of the other side",
    ),
    pytest.param(squares, "x", 1, gradient_of_squares, np.zeros_like, id="zero"),
    pytest.param(squares, "x", 1, gradient_of_squares, lambda G: np.full_like(G, np.nan), id="nan"),
    pytest.param(squares, "x", 1, gradient_of_squares, lambda G: G[:-1], id="too short"),
    pytest.param(squares, "x", 1, gradient_of_squares, lambda G: G[None], id="too many axes"),
    pytest.param(squares, "x", 1, gradient_of_squares, lambda G: G + 1e-6j, id="complex"),
]


@pytest.mark.parametrize(("expr", "wrt", "order", "derivative", "corrupt"), thinned(WRONG, 2))
def test_wrong_derivatives_fail(expr, wrt, order, derivative, corrupt):
    for seed in range(3):
        report = check(
            DerivativeStatement(full(expr, wrt), wrt, order, "free"),
            lambda v, s: corrupt(derivative(v, s)),
            seed,
        )
        assert not report.ok
        assert str(report).startswith("check failed: ")


@pytest.mark.parametrize("seed", range(20))
def test_a_branch_where_all_is_zero_hides_nothing(seed):
    expr = op("relu", a)
    wrong = check(
        DerivativeStatement(program(expr), "a", 1, "free"),
        lambda values, sizes: 1.001 * (values["a"] > 0),
        seed,
    )
    assert not wrong.ok


def test_a_singular_matrix_in_the_candidate_alone_is_a_failure():
    report = check(
        DerivativeStatement(program(squares), "x", 1, "free"),
        lambda v, s: np.linalg.inv(np.zeros((s["n"], s["n"]))) @ v["x"],
    )
    assert not report.ok


def chain(depth):
    """tanh(W...tanh(W1*x)), all matrices different."""
    dims = [dim(f"n{k}") for k in range(depth + 1)]
    variables = {"x": Variable("x", "vector", (dims[0],))}
    value = variable("x", (dims[0],))
    for k in range(1, depth + 1):
        variables[f"W{k}"] = Variable(f"W{k}", "matrix", (dims[k], dims[k - 1]))
        product = op("*", variable(f"W{k}", (dims[k], dims[k - 1])), value, shape=(dims[k],))
        value = op("tanh", product)
    return Program(scalar("sum", value), variables, "", BUILT_IN)


def backwards(v, sizes):
    states = [v["x"]]
    depth = len(v) - 1
    for k in range(1, depth + 1):
        states.append(np.tanh(v[f"W{k}"] @ states[-1]))
    adjoint = np.ones_like(states[-1])
    for k in range(depth, 0, -1):
        adjoint = adjoint * (1 - states[k] ** 2)
        if k > 1:
            adjoint = v[f"W{k}"].T @ adjoint
    return np.outer(adjoint, states[0])


@pytest.mark.parametrize("depth", [1, 8, 64])
def test_deep_networks_are_judged_where_the_gradient_does_not_vanish(depth):
    network = chain(depth)
    assert check(DerivativeStatement(network, "W1"), backwards).ok
    report = check(DerivativeStatement(network, "W1"), lambda v, s: 1.001 * backwards(v, s))
    assert not report.ok, str(report)


STRUCTURED = [
    pytest.param(S, "S", lambda G: (G + G.T) / 2, id="symmetric"),
    pytest.param(P, "P", lambda G: (G + G.T) / 2, id="psd"),
    pytest.param(W, "W", lambda G: (G - G.T) / 2, id="skew"),
    pytest.param(D, "D", lambda G: np.diag(np.diag(G)), id="diagonal"),
    pytest.param(Q, "Q", lambda G: G, id="orthogonal"),
    pytest.param(X, "X", lambda G: G, id="matrix"),
]


@pytest.mark.parametrize(("matrix", "name", "project"), STRUCTURED)
def test_declared_structure_projects_and_free_does_not(matrix, name, project):
    form = scalar("*", op("*", row(x), matrix, shape=(N,), row=True), y)

    def free(v, s):
        return np.outer(v["x"], v["y"])

    def declared(v, s):
        return project(free(v, s))

    assert check(DerivativeStatement(program(form), name), declared).ok
    assert check(DerivativeStatement(program(form), name, 1, "free"), free).ok
    if name not in "QX":
        assert not check(DerivativeStatement(program(form), name), free).ok
        assert not check(DerivativeStatement(program(form), name, 1, "free"), declared).ok


def test_the_report_reads_well():
    good = check(DerivativeStatement(program(squares), "x"), gradient_of_squares, seed=4)
    assert str(good).startswith("check passed: max relative error ")
    for part in ("(complex step, 2 points, ", "m=", "n=", "rng 4)"):
        assert part in str(good)
    bad = check(DerivativeStatement(program(squares), "x"), lambda v, s: -gradient_of_squares(v, s))
    assert "relative error 2.0e+00 at [" in str(bad)
    for part in ("exceeds 1e-09", "expected ", "found ", "step 1e-20", "rng 0"):
        assert part in str(bad)
    assert "\n" not in str(good) + str(bad)
    shaped = check(DerivativeStatement(program(squares), "x"), lambda v, s: np.zeros((1, 2)))
    assert "the shape is (1, 2), expected (" in str(shaped)


def test_seeds_repeat_and_differ():
    first, second, other = (
        check(DerivativeStatement(program(squares), "x", 1, "free"), gradient_of_squares, seed)
        for seed in (1, 1, 2)
    )
    assert first == second
    assert first.worst != other.worst


def test_unknown_variable():
    with pytest.raises(UnknownNameError, match="no variable q"):
        check(DerivativeStatement(program(squares), "q", 1, "free"), gradient_of_squares)


def gram():
    return op("*", transposed(A), A, shape=(N, N))


IDENTITIES = [
    pytest.param(
        scalar("tr", gram()),
        scalar("^", scalar("norm2", A), num(2)),
        True,
        id="tr(A'*A) = norm2(A)^2",
    ),
    pytest.param(op("inv", transposed(X)), transposed(op("inv", X)), True, id="inv(X') = inv(X)'"),
    pytest.param(op("*", X, S), op("*", S, X), False, id="matrices do not commute"),
    pytest.param(transposed(S), S, True, id="S' = S"),
    pytest.param(transposed(X), X, False, id="X' is not X"),
    pytest.param(
        scalar("logdet", X),
        scalar("log", scalar("det", X)),
        True,
        id="logdet, where det is positive",
    ),
    pytest.param(op("sqrt", op(".^", x, num(2))), op("abs", x), True, id="sqrt(x^2) = abs(x)"),
    pytest.param(op("sqrt", op(".^", x, num(2))), x, False, id="sqrt(x^2) is not x"),
    pytest.param(scalar("sum", x), x, False, id="different shapes"),
    pytest.param(
        scalar("*", op("*", row(x), W, shape=(N,), row=True), x),
        num(0),
        True,
        id="x'*W*x = 0 for skew W",
    ),
    pytest.param(
        scalar("*", op("*", row(x), X, shape=(N,), row=True), x),
        num(0),
        False,
        id="x'*X*x is not 0",
    ),
    pytest.param(
        op("*", a, x, shape=(N,)), op("*", num(2), x, shape=(N,)), False, id="variable on one side"
    ),
]


@pytest.mark.parametrize(("left", "right", "holds"), IDENTITIES)
def test_identities(left, right, holds):
    for seed in range(3):
        report = agree(program(left), program(right), seed)
        assert report.ok is holds, str(report)


def test_the_two_sides_must_mean_the_same_variables():
    other = Program(x, {"x": Variable("x", "vector", (M,))}, "", BUILT_IN)
    with pytest.raises(
        EvaluationError, match=r"x is vector\(n\) on the left and vector\(m\) on the right"
    ):
        agree(program(x), other)


@pytest.mark.parametrize(
    ("expr", "truth"),
    [("max(a, b)", 0.0), ("max(b, a)", 1.0), ("min(a, b)", 0.0), ("min(b, a)", 1.0)],
)
def test_a_tie_goes_to_the_second_argument(expr, truth):
    """As the formulas have it (docs/conventions.md)."""
    typed = read(expr)
    point = {"a": np.array(2.0), "b": np.array(2.0)}
    assert numeric_derivative(typed.expr, typed.variables, "a", 1, point, {})[0] == truth
