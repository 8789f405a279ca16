"""Interpretation of each kind of node against explicit loops."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from trees import (
    SIZES,
    VARIABLES,
    A,
    B,
    K,
    M,
    N,
    X,
    Y,
    a,
    b,
    num,
    op,
    p,
    row,
    scalar,
    transposed,
    x,
    y,
    z,
)

from matcalc import runtime
from matcalc.core.dims import Dim, dim
from matcalc.core.errors import EvaluationError
from matcalc.core.tree import Expr, dimension, eye, fill, variable
from matcalc.runtime import expm, frechet_expm, frechet_power
from matcalc.verify.oracle.interpret import function_of, interpret
from matcalc.verify.oracle.sample import sample

VALUES = sample(VARIABLES, np.random.default_rng(3), SIZES)
A_, B_, X_, Y_, x_, y_, z_, a_, b_ = (VALUES[name] for name in "ABXYxyzab")
n, m, k = 3, 4, 2

CASES = [
    pytest.param(num(Fraction(1, 3)), 1 / 3, id="number"),
    pytest.param(Expr("constant", value="pi"), np.pi, id="pi"),
    pytest.param(dimension(Dim(2, ("m", "n"))), 24.0, id="dimension"),
    pytest.param(eye(N), [[float(i == j) for j in range(n)] for i in range(n)], id="eye"),
    pytest.param(fill(a, (M, N)), [[a_] * n] * m, id="fill"),
    pytest.param(op("+", x, y), [x_[i] + y_[i] for i in range(n)], id="sum"),
    pytest.param(
        op("-", a, x, shape=(N,)),
        [a_ - x_[i] for i in range(n)],
        id="difference broadcasts scalars",
    ),
    pytest.param(op("neg", x), [-e for e in x_], id="negative"),
    pytest.param(
        op("*", a, A, shape=(M, N)),
        [[a_ * e for e in line] for line in A_],
        id="scalar times matrix",
    ),
    pytest.param(
        op("*", A, x, shape=(M,)),
        [sum(A_[i, j] * x_[j] for j in range(n)) for i in range(m)],
        id="A*x",
    ),
    pytest.param(
        op("*", row(z), A, shape=(N,), row=True),
        [sum(z_[i] * A_[i, j] for i in range(m)) for j in range(n)],
        id="z'*A",
    ),
    pytest.param(
        op("*", A, B, shape=(M, K)),
        [[sum(A_[i, j] * B_[j, c] for j in range(n)) for c in range(k)] for i in range(m)],
        id="A*B",
    ),
    pytest.param(scalar("*", row(x), y), sum(x_[i] * y_[i] for i in range(n)), id="x'*y"),
    pytest.param(
        op("*", z, row(x), shape=(M, N)),
        [[z_[i] * x_[j] for j in range(n)] for i in range(m)],
        id="z*x'",
    ),
    pytest.param(
        op("*", x, row(y), shape=(N, N)),
        [[x_[i] * y_[j] for j in range(n)] for i in range(n)],
        id="x*y'",
    ),
    pytest.param(op("/", x, a), [e / a_ for e in x_], id="division"),
    pytest.param(op(".*", x, y), [x_[i] * y_[i] for i in range(n)], id="entrywise product"),
    pytest.param(op("./", num(1), x, shape=(N,)), [1 / e for e in x_], id="entrywise quotient"),
    pytest.param(op(".^", x, num(3)), [e**3 for e in x_], id="entrywise power"),
    pytest.param(scalar("^", a, num(2)), a_ * a_, id="scalar power"),
    pytest.param(op("^", X, num(3)), X_ @ X_ @ X_, id="matrix power"),
    pytest.param(op("^", X, num(-1)), np.linalg.inv(X_), id="negative matrix power"),
    pytest.param(transposed(A), [[A_[i, j] for i in range(m)] for j in range(n)], id="transpose"),
    pytest.param(row(x), x_, id="transposed vector"),
    pytest.param(
        op("vec", A, shape=(Dim(1, ("m", "n")),)),
        [A_[i, j] for j in range(n) for i in range(m)],
        id="vec",
    ),
    pytest.param(
        op("kron", x, z, shape=(Dim(1, ("m", "n")),)),
        [s * t for s in x_ for t in z_],
        id="kron of vectors",
    ),
    pytest.param(op("diag", x, shape=(N, N)), np.diag(x_), id="diag"),
    pytest.param(op("max", x, num(0)), [max(e, 0) for e in x_], id="max with a scalar"),
    pytest.param(
        op("polygamma", num(1), p, shape=()),
        runtime.polygamma(1, VALUES["p"]),
        id="polygamma takes its order first",
    ),
    pytest.param(op("frechet_expm", X, Y), frechet_expm(X_, Y_), id="frechet_expm"),
    pytest.param(op("frechet_power", X, num(3), Y), frechet_power(X_, 3, Y_), id="frechet_power"),
    pytest.param(op("frechet_expm", X, value=0), expm(X_), id="frechet_expm without a direction"),
    pytest.param(
        op("frechet_expm", X, shape=(N,) * 4, value=1),
        frechet_expm(X_, slots=1),
        id="frechet_expm with an open slot",
    ),
    pytest.param(
        op("frechet_power", X, num(2), Y, shape=(N,) * 4, value=1),
        frechet_power(X_, 2, Y_, slots=1),
        id="frechet_power with a direction and an open slot",
    ),
]


@pytest.mark.parametrize(("expr", "expected"), CASES)
def test_nodes(expr, expected):
    found = interpret(expr, VALUES, SIZES)
    assert found.shape == tuple(size.size(SIZES) for size in expr.shape)
    np.testing.assert_allclose(found, expected, rtol=1e-13)


EINSUMS = [
    pytest.param(("A", "x"), ((0, 1), (1,)), (0,), id="matrix times vector"),
    pytest.param(("A", "A", "x"), ((0, 1), (0, 1), (1,)), (0, 1), id="hyper-index in the output"),
    pytest.param(("X", "x"), ((0, 0), (0,)), (), id="diagonal, all summed"),
    pytest.param(
        ("X", "x", "y", "x"), ((0, 1), (0,), (0,), (1,)), (1, 0), id="index in three factors"
    ),
    pytest.param(("x", "y"), ((0,), (1,)), (1, 0), id="outer product, axes exchanged"),
    pytest.param(("A",), ((0, 1),), (1,), id="one factor, one index summed"),
    pytest.param(("a", "A", "B"), ((), (0, 1), (1, 2)), (2, 0), id="with a scalar"),
    pytest.param(("X", "Y", "X"), ((0, 1), (2, 3), (1, 3)), (0, 1, 2, 3), id="four axes"),
    pytest.param(("a",), ((),), (), id="scalar"),
]


@pytest.mark.parametrize(("names", "labels", "output"), EINSUMS)
def test_einsum_against_loops(names, labels, output):
    args = [variable(name, VARIABLES[name].shape) for name in names]
    dims = {
        label: size
        for arg, own in zip(args, labels, strict=True)
        for label, size in zip(own, arg.shape, strict=True)
    }
    sizes = {label: size.size(SIZES) for label, size in dims.items()}
    expected = np.zeros([sizes[label] for label in output])
    for index in itertools.product(*(range(sizes[label]) for label in dims)):
        place = dict(zip(dims, index, strict=True))
        term = 1.0
        for name, own in zip(names, labels, strict=True):
            term *= VALUES[name][tuple(place[label] for label in own)]
        expected[tuple(place[label] for label in output)] += term
    node = Expr(
        "einsum", tuple(args), tuple(dims[label] for label in output), value=(labels, output)
    )
    np.testing.assert_allclose(interpret(node, VALUES, SIZES), expected, rtol=1e-12)


def test_einsum_has_no_limit_on_factors_and_labels():
    count = 80  # NumPy alone allows 64 operands and 52 labels
    node = Expr(
        "einsum", (X,) * count, (N, N), value=(tuple((i, i + 1) for i in range(count)), (0, count))
    )
    np.testing.assert_allclose(
        interpret(node, VALUES, SIZES), np.linalg.matrix_power(X_, count), rtol=1e-9
    )


def test_results_of_rank_three_can_be_added_and_scaled():
    cube = Expr("einsum", (A, x), (M, N, N), value=(((0, 1), (2,)), (0, 1, 2)))
    total = op("-", op("*", a, cube, shape=cube.shape), op("/", op("neg", cube), b))
    expected = np.multiply.outer(A_, x_) * (a_ + 1 / b_)
    np.testing.assert_allclose(interpret(total, VALUES, SIZES), expected, rtol=1e-12)


def test_depth_is_no_obstacle():
    expr = x
    for _ in range(20_000):
        expr = op("+", expr, y)
    np.testing.assert_allclose(interpret(expr, VALUES, SIZES), x_ + 20_000 * y_, rtol=1e-10)


def test_outside_of_a_domain_is_nan_without_a_warning():
    assert np.isnan(interpret(scalar("log", num(-1)), {}, {}))
    assert np.isinf(interpret(scalar("/", num(1), num(0)), {}, {}))
    assert np.isinf(interpret(num(10**400), {}, {}))


@pytest.mark.parametrize(
    ("expr", "values", "sizes", "message"),
    [
        pytest.param(x, {}, SIZES, "no value is given for x", id="missing value"),
        pytest.param(
            x, {"x": np.zeros(5)}, SIZES, "x has shape (5,), expected (3,)", id="wrong shape"
        ),
        pytest.param(
            eye(dim("q")), {}, {}, "no size is known for the dimension q", id="missing size"
        ),
    ],
)
def test_problems(expr, values, sizes, message):
    with pytest.raises(EvaluationError) as caught:
        interpret(expr, values, sizes)
    assert message in str(caught.value)


def test_as_a_function_of_one_variable():
    expr = op("+", op("*", A, x, shape=(M,)), op("exp", z))
    function = function_of(expr, "x", VALUES, SIZES)
    np.testing.assert_allclose(function(y_), A_ @ y_ + np.exp(z_))
    np.testing.assert_allclose(function(x_), A_ @ x_ + np.exp(z_))
    np.testing.assert_allclose(function_of(expr, "a", VALUES, SIZES)(b_), A_ @ x_ + np.exp(z_))
