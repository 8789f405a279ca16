"""Random inputs have what their kind promises, and lie where the expression is smooth."""

from fractions import Fraction

import numpy as np
import pytest
from trees import (
    SIZES,
    VARIABLES,
    A,
    D,
    M,
    N,
    P,
    S,
    W,
    X,
    a,
    b,
    num,
    op,
    p,
    program,
    row,
    scalar,
    transposed,
    x,
    y,
)

from matcalc.core.dims import dim
from matcalc.core.errors import EvaluationError
from matcalc.core.kinds import KINDS, WIDEST, Variable
from matcalc.core.tree import dimension, eye, variable
from matcalc.verify.oracle.interpret import interpret
from matcalc.verify.oracle.preconditions import KINK, find_violation
from matcalc.verify.oracle.sample import (
    STYLES,
    draw,
    find_sizes,
    matrix_exponents,
    sample,
    sizes_for,
)


def close(left, right):
    return np.allclose(left, right, atol=1e-12)


PROPERTIES = {
    "scalar": lambda v: v.shape == (),
    "positive": lambda v: v.shape == () and v > 0,
    "vector": lambda v: v.shape == (3,),
    "matrix": lambda v: v.shape == (3, 3) and not close(v, v.T),
    "tensor": lambda v: v.shape == (3, 3, 3) and not close(v, v.transpose(1, 0, 2)),
    "symmetric": lambda v: close(v, v.T) and np.any(v - np.diag(np.diag(v))),
    "psd": lambda v: close(v, v.T) and np.min(np.linalg.eigvalsh(v)) > 0 and np.linalg.cond(v) < 50,
    "diagonal": lambda v: close(v, np.diag(np.diag(v))) and np.all(np.diag(v)),
    "orthogonal": lambda v: close(v.T @ v, np.eye(3)) and not close(v, v.T),
    "orthonormal": lambda v: close(v.T @ v, np.eye(3)),
    "simplex": lambda v: np.all(v > 0) and close(np.sum(v), 1),
    "sphere": lambda v: close(v @ v, 1),
    "onehot": lambda v: sorted(v) == [0, 0, 1],
    "skew": lambda v: close(v, -v.T) and np.any(v),
    "triangular": lambda v: close(v, np.tril(v)) and np.linalg.cond(v) < 50,
    "upper": lambda v: close(v, np.triu(v)) and np.linalg.cond(v) < 50,
    **{
        f"banded-{k}": lambda v, k=k: close(v, np.tril(np.triu(v, -k), k))
        for k in range(2, WIDEST + 1)
    },
    "tridiagonal": lambda v: close(v, np.tril(np.triu(v, -1), 1)) and np.linalg.cond(v) < 50,
    "toeplitz": lambda v: close(v[1:, 1:], v[:2, :2]) and np.linalg.cond(v) < 50,
    "circulant": lambda v: close(v, v[:, [1, 2, 0]][[1, 2, 0]]) and np.linalg.cond(v) < 50,
    "hankel": lambda v: close(v[1:, :2], v[:2, 1:]) and np.linalg.cond(v) < 50,
    "invertible": lambda v: np.linalg.cond(v) < 50 and not close(v, v.T),
}


@pytest.mark.parametrize("style", list(STYLES))
@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_keeps_its_promise_in_every_style(kind, style):
    rng = np.random.default_rng(11)
    for _ in range(50):
        value = draw(Variable("v", kind, (N,) * KINDS[kind]), rng, SIZES, style)
        assert PROPERTIES[kind](value), value
        if style != "normal" and kind in (
            "scalar",
            "vector",
            "matrix",
            "psd",
            "symmetric",
            "invertible",
        ):
            assert np.all(value < 0 if style == "negative" and kind != "psd" else value > 0)


def test_the_same_seed_gives_the_same_point_and_positive_is_obeyed():
    first, second = (
        sample(VARIABLES, np.random.default_rng(5), SIZES, {"x", "A"}) for _ in range(2)
    )
    for name, value in first.items():
        np.testing.assert_array_equal(value, second[name])
    assert np.all(first["x"] > 0)
    assert np.all(first["A"] > 0)
    everything = sample(VARIABLES, np.random.default_rng(5), SIZES, True)
    assert all(np.all(everything[name] > 0) for name in "axyzABXSPV")


def test_named_dimensions_get_sizes_of_their_own_avoiding_the_numbers():
    variables = {
        "A": Variable("A", "matrix", (dim(3), dim("m"))),
        "B": Variable("B", "matrix", (dim("n"), dim("k"))),
    }
    for sizes in sizes_for([dimension(dim("q")), eye(dim("r"))], variables):
        assert list(sizes) == ["m", "n", "k", "q", "r"]
        assert len({*sizes.values(), 3}) == 6


def test_a_dimension_may_have_to_be_larger_than_another():
    for expr in (
        op("inv", op("*", A, transposed(A), shape=(M, M))),
        op("inv", op("*", transposed(A), A, shape=(N, N))),
    ):
        sizes, values = find_sizes([expr], program(expr).variables, np.random.default_rng(0))
        inner, outer = ("m", "n") if expr.shape == (M, M) else ("n", "m")
        assert sizes[inner] < sizes[outer]
        assert np.all(np.isfinite(interpret(expr, values, sizes)))


DOMAINS = [
    pytest.param(op("log", x), id="log"),
    pytest.param(op("sqrt", op("-", num(1), op(".^", x, num(2)), shape=(N,))), id="sqrt(1 - x^2)"),
    pytest.param(op(".^", x, a), id="x.^a"),
    pytest.param(op("acosh", op("sum", x, shape=())), id="acosh of a sum"),
    pytest.param(
        op("acosh", op("+", op("neg", x), op("neg", y))), id="acosh wants both very negative"
    ),
    pytest.param(op("asin", op("*", x, row(y), shape=(N, N))), id="asin of products"),
    pytest.param(op("log", scalar("det", X)), id="log(det(X))"),
    pytest.param(op("log", op("-", x, y)), id="log(x - y)"),
    pytest.param(
        scalar("sqrt", scalar("*", op("*", row(x), X, shape=(N,), row=True), x)), id="sqrt(x'*X*x)"
    ),
    pytest.param(
        op("*", scalar("log", scalar("-", a, num(1))), op("atanh", x), shape=(N,)),
        id="one above 1, one below",
    ),
    pytest.param(op("gammaln", x), id="gammaln"),
    pytest.param(scalar("log", op("-", p, num(1))), id="positive above 1"),
    pytest.param(
        op("inv", op("+", W, op("*", scalar("^", a, num(2)), eye(N), shape=(N, N)))),
        id="shifted skew",
    ),
    pytest.param(op("log", op("diag", D, shape=(N,))), id="log of a diagonal"),
    pytest.param(
        scalar("logdet", op("+", P, op("*", x, row(x), shape=(N, N)))), id="psd plus rank one"
    ),
]


@pytest.mark.parametrize("expr", DOMAINS)
def test_points_in_the_domain_are_found(expr):
    for seed in range(5):
        sizes, values = find_sizes([expr], program(expr).variables, np.random.default_rng(seed))
        assert find_violation(expr, values, sizes) is None
        assert np.all(np.isfinite(interpret(expr, values, sizes)))


W_THREE = variable("W", (dim(3), dim(3)))


@pytest.mark.parametrize(
    ("expr", "reason"),
    [
        pytest.param(
            op("log", op("neg", op(".^", x, num(2)))), "log is not finite", id="log(-x^2)"
        ),
        pytest.param(
            op("inv", op("*", x, row(y), shape=(N, N))), "almost singular", id="inverse of rank one"
        ),
        pytest.param(op("inv", W_THREE), "inv ", id="skew of odd size"),
        pytest.param(
            op("logm", op("neg", op("*", X, op("'", X)))),
            "logm is not finite",
            id="logarithm of negative eigenvalues",
        ),
    ],
)
def test_no_point_at_all(expr, reason):
    variables = (
        {"W": Variable("W", "skew", (dim(3),))}
        if expr.args[0] is W_THREE
        else program(expr).variables
    )
    with pytest.raises(EvaluationError, match="no point inside the domain was found") as caught:
        find_sizes([expr], variables, np.random.default_rng(0))
    assert reason in caught.value.message


@pytest.mark.parametrize(
    ("expr", "argument"),
    [
        pytest.param(op("abs", x), x, id="abs"),
        pytest.param(op("max", x, y), op("-", x, y), id="max"),
        pytest.param(op("relu", op("-", x, num(1))), op("-", x, num(1)), id="relu"),
        pytest.param(scalar("norm1", x), x, id="norm1"),
        pytest.param(op("step", b), b, id="step"),
    ],
)
def test_points_keep_away_from_kinks(expr, argument):
    for seed in range(300):
        sizes, values = find_sizes([expr], program(expr).variables, np.random.default_rng(seed))
        assert np.min(np.abs(interpret(argument, values, sizes))) >= KINK


def test_structural_zeros_are_no_kinks():
    sizes, values = find_sizes([op("abs", D)], {"D": VARIABLES["D"]}, np.random.default_rng(0))
    assert find_violation(op("abs", D), values, sizes) is None


def test_structural_zeros_are_kinks_where_differences_are_taken():
    with pytest.raises(EvaluationError, match="near a kink"):
        find_sizes([op("abs", D)], {"D": VARIABLES["D"]}, np.random.default_rng(0), "D")


def test_zeros_that_no_variable_moves_are_no_kinks():
    expr = op("relu", op("diag", x, shape=(N, N)))
    sizes, values = find_sizes([expr], {"x": VARIABLES["x"]}, np.random.default_rng(0), "x")
    assert np.min(np.abs(values["x"])) >= KINK and sizes


def test_what_does_not_move_may_be_on_a_kink():
    expr, sizes = op(".*", op("sqrt", op("-", x, x)), x), {"n": 3}
    values = {"x": np.ones(3), "D": np.diag([0.5, 1.0, 2.0])}
    assert find_violation(expr, values, sizes, moving="x") is not None
    assert find_violation(expr, values, sizes, moving="D") is None
    assert find_violation(expr, values, sizes) is not None
    # what rounding leaves of zero is none
    near = op("sqrt", op("-", x, op(".*", x, num(Fraction(1) - Fraction(1, 10**15)))))
    assert find_violation(near, values, sizes, moving="D") is not None


@pytest.mark.parametrize(
    ("exponent", "smooth"),
    [
        pytest.param(num(2), True, id="square"),
        pytest.param(op("/", num(1), num(2)), False, id="square root"),
        pytest.param(num(-1), False, id="reciprocal"),
    ],
)
def test_powers_of_structural_zeros(exponent, smooth):
    expr = op(".^", D, exponent)
    sizes = {"n": 3}
    values = {"D": np.diag([0.5, 1.0, 2.0])}
    assert (find_violation(expr, values, sizes) is None) == smooth


@pytest.mark.parametrize("name", ["asin", "acos"])
def test_points_keep_away_from_vertical_tangents(name):
    ones = op("./", x, x)
    with pytest.raises(EvaluationError, match=f"{name} is near a kink"):
        find_sizes([op(name, ones)], {"x": VARIABLES["x"]}, np.random.default_rng(0))


def test_exponents_of_matrices_are_drawn_as_integers():
    exponent = scalar("-", a, num(1))
    expr = op("*", b, op("^", S, exponent), shape=(N, N))
    assert matrix_exponents([expr]) == {"a"}
    _, values = find_sizes([expr], program(expr).variables, np.random.default_rng(0))
    assert values["a"] in (2.0, 3.0, 4.0)
    assert values["b"] != round(float(values["b"]))
