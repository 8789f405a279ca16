"""Every NumPy function against an independent reference, and its complex step against
differences.
"""

import itertools
import math
import sys

import mpmath
import numpy as np
import pytest

from matcalc import runtime
from matcalc.core.operations import OPERATIONS, PRIMARY
from matcalc.verify.oracle.evaluations import FUNCTIONS
from matcalc.verify.oracle.numeric import central_differences, complex_step

RNG = np.random.default_rng(7)
A3, B3, C3 = (RNG.standard_normal((3, 3)) for _ in range(3))
A34 = RNG.standard_normal((3, 4))
X = np.array([-2.3, -0.7, 0.4, 1.9])
INSIDE = np.array([-0.8, -0.3, 0.2, 0.7])
POSITIVE = np.array([0.3, 0.9, 1.0, 2.6, 9.5])

ELEMENTWISE = [
    ("exp", mpmath.exp, X),
    ("log", mpmath.log, POSITIVE),
    ("log2", lambda x: mpmath.log(x, 2), POSITIVE),
    ("log10", mpmath.log10, POSITIVE),
    ("log1p", mpmath.log1p, INSIDE),
    ("expm1", mpmath.expm1, np.append(X, 1e-9)),
    ("sin", mpmath.sin, X),
    ("cos", mpmath.cos, X),
    ("tan", mpmath.tan, X),
    ("asin", mpmath.asin, INSIDE),
    ("acos", mpmath.acos, INSIDE),
    ("atan", mpmath.atan, X),
    ("sec", mpmath.sec, X),
    ("csc", mpmath.csc, X),
    ("cot", mpmath.cot, X),
    ("sinh", mpmath.sinh, X),
    ("cosh", mpmath.cosh, X),
    ("tanh", mpmath.tanh, np.append(X, 25.0)),
    ("asinh", mpmath.asinh, X),
    ("acosh", mpmath.acosh, 1 + POSITIVE),
    ("atanh", mpmath.atanh, INSIDE),
    ("sqrt", mpmath.sqrt, POSITIVE),
    ("cbrt", lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), X),
    ("abs", abs, X),
    ("sign", mpmath.sign, X),
    ("relu", lambda x: max(x, mpmath.mpf(0)), X),
    ("step", lambda x: mpmath.mpf(x > 0), X),
    ("sigmoid", lambda x: 1 / (1 + mpmath.exp(-x)), np.append(X, [-40.0, 0.0, 40.0])),
    ("softplus", lambda x: mpmath.log(1 + mpmath.exp(x)), np.append(X, [-40.0, 0.0, 40.0])),
    ("softsign", lambda x: x / (1 + abs(x)), np.append(X, [-40.0, 0.0, 40.0])),
    ("silu", lambda x: x / (1 + mpmath.exp(-x)), np.append(X, [-40.0, 0.0, 40.0])),
    ("gelu", lambda x: x * mpmath.ncdf(x), np.append(X, [-9.0, -3.0, 0.0, 7.0])),
    (
        "logit",
        lambda x: mpmath.log(x / (1 - x)),
        np.array([1e-9, 0.2, 0.25, 0.4999, 0.5001, 0.8, 0.999]),
    ),
    ("erf", mpmath.erf, np.append(X, [-5.5, -2.0, -1.99, 1e-9, 0.0, 2.01, 4.0])),
    ("erfc", mpmath.erfc, np.append(X, [-5.5, -2.0, 1.99, 2.0, 4.0, 8.0])),
    ("erfinv", mpmath.erfinv, np.array([-0.9999, -0.5, -0.3, 0.0, 1e-9, 0.49, 0.6, 0.95])),
    ("normcdf", mpmath.ncdf, np.append(X, [-7.0, -3.0, 0.0, 4.0])),
    (
        "lognormcdf",
        lambda x: mpmath.log(mpmath.ncdf(x)),
        np.append(X, [-40.0, -8.0, -2.83, -2.82, 0.0, 4.0, 9.0]),
    ),
    ("normpdf", mpmath.npdf, np.append(X, [-7.0, 0.0, 4.0])),
    ("gamma", mpmath.gamma, np.append(POSITIVE, [-0.4, -3.3, 30.5])),
    (
        "gammaln",
        lambda x: mpmath.log(abs(mpmath.gamma(x))),
        np.append(POSITIVE, [-0.4, -3.3, 30.5]),
    ),
    ("digamma", mpmath.digamma, np.append(POSITIVE, [-0.4, -3.3, 30.5, -36.4, -803.7])),
]


def test_every_operation_can_be_evaluated():
    assert set(FUNCTIONS) == set(OPERATIONS)


def test_the_elementwise_table_is_complete():
    unary = {
        name
        for name, row in OPERATIONS.items()
        if row.signature == "elementwise" and row.arity == (1, 1)
    }
    assert {name for name, _, _ in ELEMENTWISE} == unary


@pytest.mark.parametrize(
    ("name", "reference", "x"), [pytest.param(*row, id=row[0]) for row in ELEMENTWISE]
)
def test_elementwise_values(name, reference, x):
    with mpmath.workdps(40):
        expected = [float(reference(mpmath.mpf(float(entry)))) for entry in x]
    np.testing.assert_allclose(
        FUNCTIONS[name](x), expected, rtol=2e-14, atol=1e-300 if name == "erfc" else 1e-15
    )


@pytest.mark.parametrize(
    ("name", "reference", "x"), [pytest.param(*row, id=row[0]) for row in ELEMENTWISE]
)
def test_elementwise_complex_step(name, reference, x):
    with mpmath.workdps(40):
        slopes = [
            float(mpmath.diff(reference, mpmath.mpf(float(entry)), h=mpmath.mpf("1e-15")))
            for entry in x
        ]
    derivative = np.diag(complex_step(lambda z: np.asarray(FUNCTIONS[name](z)), x))
    np.testing.assert_allclose(derivative, slopes, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("order", [1, 2, 4])
def test_polygamma(order):
    points = np.append(POSITIVE, [-0.4, -33.4, -803.7])
    with mpmath.workdps(30):
        expected = [float(mpmath.polygamma(order, mpmath.mpf(entry))) for entry in points]
        slopes = [float(mpmath.polygamma(order + 1, mpmath.mpf(entry))) for entry in points]
    np.testing.assert_allclose(runtime.polygamma(order, points), expected, rtol=1e-12)
    np.testing.assert_allclose(
        np.diag(complex_step(lambda z: runtime.polygamma(order, z), points)), slopes, rtol=1e-12
    )


@pytest.mark.parametrize("order", [0, 1, 2, 7, 60])
def test_bessel_functions(order):
    """By series, recurrence and asymptotic expansion; relative to the largest of the neighbours
    where a zero is near.
    """
    points = np.array([-41.5, -8.0, -1.1, 0.02, 0.6, 1.9, 2.1, 5.0, 23.0, 27.0, 60.5, 300.5])

    def reference(k, x):
        return float(mpmath.besselj(k, mpmath.mpf(float(x))))

    with mpmath.workdps(40):
        expected = np.array([reference(order, x) for x in points])
        slopes = np.array([(reference(order - 1, x) - reference(order + 1, x)) / 2 for x in points])
    scale = np.abs(expected) + np.abs(slopes)
    assert np.max(np.abs(runtime.besselj(order, points) - expected) / scale) < 1e-13
    found = np.diag(complex_step(lambda z: runtime.besselj(order, z), points))
    assert np.max(np.abs(found - slopes) / scale) < 1e-12


@pytest.mark.parametrize("p", [1, 2, 5])
def test_multivariate_gamma(p):
    points = np.array([2.3, 3.1, 9.5])
    with mpmath.workdps(30):
        product = [
            mpmath.fprod(mpmath.gamma(x - mpmath.mpf(j) / 2) for j in range(p))
            for x in map(mpmath.mpf, points)
        ]
        expected = [
            float(mpmath.log(mpmath.pi ** (mpmath.mpf(p * (p - 1)) / 4) * each)) for each in product
        ]
    np.testing.assert_allclose(runtime.mvlgamma(points, p), expected, rtol=1e-13)


# f(x, parameter) -> the value by its definition; points; slopes by both arguments
BRANCHES = [
    ("leakyrelu", 0.1, np.where(X > 0, X, 0.1 * X), np.where(X > 0, 1, 0.1), np.where(X > 0, 0, X)),
    (
        "elu",
        1.5,
        np.where(X > 0, X, 1.5 * np.expm1(X)),
        np.where(X > 0, 1, 1.5 * np.exp(X)),
        np.where(X > 0, 0, np.expm1(X)),
    ),
    (
        "huber",
        1.2,
        np.where(np.abs(X) > 1.2, 1.2 * np.abs(X) - 0.72, X**2 / 2),
        np.clip(X, -1.2, 1.2),
        np.where(np.abs(X) > 1.2, np.abs(X) - 1.2, 0),
    ),
    ("xlogy", 2.5, X * np.log(2.5), np.full(4, np.log(2.5)), X / 2.5),
]


@pytest.mark.parametrize(
    ("name", "parameter", "value", "slope", "other"),
    [pytest.param(*row, id=row[0]) for row in BRANCHES],
)
def test_functions_with_a_parameter(name, parameter, value, slope, other):
    np.testing.assert_allclose(FUNCTIONS[name](X, parameter), value, rtol=1e-14)
    np.testing.assert_allclose(
        np.diag(complex_step(lambda z: FUNCTIONS[name](z, parameter), X)), slope, rtol=1e-13
    )
    along = complex_step(lambda a: FUNCTIONS[name](X, a), np.asarray(parameter))
    np.testing.assert_allclose(along, other, rtol=1e-13, atol=1e-15)


def test_absent_events_count_nothing():
    """0*log(0) = 0 in the value; a slope at 0 does not exist."""
    p, q = np.array([0.0, 0.25, 0.75]), np.array([0.0, 0.5, 0.5])
    assert runtime.xlogy(0.0, 0.0) == 0.0
    assert np.isnan(runtime.xlogy(0.0, np.nan))
    assert runtime.entropy(p) == pytest.approx(
        -0.25 * math.log(0.25) - 0.75 * math.log(0.75), rel=1e-15
    )
    assert runtime.kl(p, q) == pytest.approx(0.25 * math.log(0.5) + 0.75 * math.log(1.5), rel=1e-14)


def test_log_softmax():
    x = np.array([-800.0, 0.0, 3.0, 705.0])
    np.testing.assert_allclose(runtime.logsoftmax(x), x - 705.0, atol=1e-12)


def test_ends_of_domains():
    np.testing.assert_array_equal(
        runtime.erfinv(np.array([-1.0, 1.0, 1.5])), [-math.inf, math.inf, math.nan]
    )
    np.testing.assert_array_equal(
        runtime.gamma(np.array([-2.0, 0.0, 180.0])), [math.nan, math.nan, math.inf]
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("step", 0.0, id="step"),
        pytest.param("sign", 0.0, id="sign"),
        pytest.param("relu", 0.0, id="relu"),
    ],
)
def test_conventions_at_zero(name, expected):
    assert FUNCTIONS[name](np.zeros(1))[0] == expected
    assert complex_step(FUNCTIONS[name], np.zeros(1))[0, 0] == 0.0


def test_poles_are_nan_and_nan_stays():
    assert np.isnan(runtime.gammaln(-2.0))
    assert np.isnan(runtime.digamma(0.0))
    for name in ("abs", "relu", "step", "sign", "sigmoid", "softplus", "cbrt"):
        assert np.isnan(FUNCTIONS[name](np.nan)), name


@pytest.mark.parametrize("signs", [[1, 1, 1, 1], [-1, -1, -1, -1], [1, -1, 0, -1]])
def test_weighted_grams(signs):
    rng = np.random.default_rng(0)
    w, Z = np.array(signs) * rng.uniform(1, 2, 4), rng.normal(size=(4, 3))
    wanted = Z.T @ np.diag(w) @ Z
    np.testing.assert_allclose(runtime.weighted_gram(w, Z), wanted, rtol=1e-14, atol=1e-14)
    step = runtime.weighted_gram(w + 1e-30j * np.arange(4), Z).imag / 1e-30
    np.testing.assert_allclose(step, Z.T @ np.diag(np.arange(4)) @ Z, rtol=1e-13, atol=1e-14)
    assert runtime.weighted_gram(w.astype("f"), Z.astype("f")).dtype == "f"


@pytest.mark.parametrize("library", ["none", "scipy.special"])
def test_sigmoid_with_scipy_and_without(library, monkeypatch):
    special = pytest.importorskip("scipy.special")
    if library == "none":
        monkeypatch.setitem(sys.modules, "scipy.special", None)
    x = np.array([-800.0, -40.0, 0.0, 40.0])
    np.testing.assert_allclose(runtime.sigmoid(x), special.expit(x), rtol=1e-15, atol=1e-300)
    assert runtime.sigmoid(x.astype("f")).dtype == "f"
    slopes = [mpmath.exp(t) / (1 + mpmath.exp(t)) ** 2 for t in x]
    np.testing.assert_allclose(runtime.sigmoid_slope(x), np.array(slopes, dtype=float), rtol=1e-14)
    step = runtime.sigmoid_slope(x[1:] + 1e-30j).imag / 1e-30
    wanted = slopes[1:] * -np.tanh(x[1:] / 2)
    np.testing.assert_allclose(step, wanted.astype(float), rtol=1e-13, atol=1e-300)


@pytest.mark.parametrize(
    ("x", "p", "expected"),
    [
        pytest.param(2.0, 3.0, 8.0, id="integer"),
        pytest.param(-2.0, 3.0, -8.0, id="negative base, odd"),
        pytest.param(-2.0, -2.0, 0.25, id="negative base, negative even"),
        pytest.param(4.0, 0.5, 2.0, id="root"),
        pytest.param(0.0, 0.0, 1.0, id="zero to the zero"),
    ],
)
def test_power(x, p, expected):
    assert runtime.power(x, p) == pytest.approx(expected, rel=1e-15)
    assert np.real(runtime.power(complex(x), p)) == pytest.approx(expected, rel=1e-15)


def test_power_passes_the_complex_step_with_large_exponents_and_refuses_roots_of_negatives():
    assert complex_step(lambda z: runtime.power(z, 151.0), np.asarray(-1.01)) == pytest.approx(
        151 * 1.01**150, rel=1e-12
    )
    assert complex_step(lambda p: runtime.power(3.0, p), np.asarray(2.0)) == pytest.approx(
        9 * math.log(3), rel=1e-14
    )
    with np.errstate(invalid="ignore"):
        assert np.isnan(runtime.power(-2.0, 0.5))
    assert np.isnan(runtime.power(-2.0 + 1e-20j, 0.5))


def by_leibniz(A):
    total = 0.0
    for order in itertools.permutations(range(len(A))):
        swaps = sum(order[i] > order[j] for j in range(len(A)) for i in range(j))
        total += (-1) ** swaps * math.prod(A[i, j] for i, j in enumerate(order))
    return total


def cofactors(A):
    minors = [
        [by_leibniz(np.delete(np.delete(A, i, 0), j, 1)) for j in range(len(A))]
        for i in range(len(A))
    ]
    return np.array(minors) * (-1.0) ** np.add.outer(np.arange(len(A)), np.arange(len(A)))


def series(A):
    total, term = np.eye(len(A)), np.eye(len(A))
    for k in range(1, 60):
        term = term @ A / k
        total = total + term
    return total


WHOLE = [
    pytest.param("tr", A3, sum(A3[i, i] for i in range(3)), id="tr"),
    pytest.param("det", A3, by_leibniz(A3), id="det"),
    pytest.param("logdet", A3, math.log(abs(by_leibniz(A3))), id="logdet"),
    pytest.param("logdet", -A3, math.log(abs(by_leibniz(A3))), id="logdet of the other sign"),
    pytest.param("inv", A3, cofactors(A3).T / by_leibniz(A3), id="inv"),
    pytest.param("adj", A3, cofactors(A3).T, id="adj"),
    pytest.param("cof", A3, cofactors(A3), id="cof"),
    pytest.param("pinv", A34, A34.T @ np.linalg.inv(A34 @ A34.T), id="pinv wide"),
    pytest.param("pinv", A34.T, np.linalg.inv(A34 @ A34.T) @ A34, id="pinv tall"),
    pytest.param("expm", A3, series(A3), id="expm"),
    pytest.param("expm", 5 * A3, series(5 * A3), id="expm with squaring"),
    pytest.param("sum", A34, sum(A34.ravel()), id="sum"),
    pytest.param("mean", A34, sum(A34.ravel()) / 12, id="mean"),
    pytest.param("norm1", A34, sum(abs(a) for a in A34.ravel()), id="norm1"),
    pytest.param("norm2", A34, math.sqrt(sum(a * a for a in A34.ravel())), id="norm2"),
    pytest.param("norminf", X, 2.3, id="norminf"),
    pytest.param("logsumexp", A34, math.log(sum(math.exp(a) for a in A34.ravel())), id="logsumexp"),
    pytest.param(
        "logsumexp", X + 900, 900 + math.log(sum(math.exp(a) for a in X)), id="logsumexp large"
    ),
    pytest.param("softmax", X - 900, np.exp(X) / sum(math.exp(a) for a in X), id="softmax large"),
    pytest.param(
        "diag",
        X,
        np.array([[X[i] * (i == j) for j in range(4)] for i in range(4)]),
        id="diag of a vector",
    ),
    pytest.param("diag", A3, np.array([A3[i, i] for i in range(3)]), id="diag of a matrix"),
    pytest.param(
        "vec",
        A34,
        np.array([A34[i, j] for j in range(4) for i in range(3)]),
        id="vec stacks columns",
    ),
    pytest.param("vec", X, X, id="vec of a vector"),
]


@pytest.mark.parametrize(("name", "value", "expected"), WHOLE)
def test_functions_of_the_whole(name, value, expected):
    np.testing.assert_allclose(FUNCTIONS[name](value), expected, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize(("name", "value", "expected"), WHOLE)
def test_complex_step_of_functions_of_the_whole(name, value, expected):
    def function(x):
        return np.asarray(FUNCTIONS[name](x))

    exact, extrapolated = complex_step(function, value), central_differences(function, value)
    np.testing.assert_allclose(
        exact, extrapolated, rtol=1e-8, atol=1e-9 * max(1.0, np.max(np.abs(extrapolated)))
    )


def test_pinv_without_full_rank():
    """What rounding leaves of the zero singular value of lambda_max(S)*eye - S is no rank."""
    for seed in range(8):
        S = np.random.default_rng(seed).standard_normal((100, 100))
        S += S.T
        values = np.linalg.eigvalsh(S)
        singular = values[-1] * np.eye(100) - S
        assert np.linalg.norm(runtime.pinv(singular), 2) < 2 / (values[-1] - values[-2])


@pytest.mark.parametrize("name", ["tr", "det", "inv", "adj", "cof", "logdet", "expm", "pinv"])
def test_a_scalar_is_a_matrix_of_one_entry(name):
    value = FUNCTIONS[name](np.asarray(2.5))
    assert value.shape == ()
    assert value == pytest.approx(FUNCTIONS[name](np.array([[2.5]])).item())


def test_singular_matrices():
    singular = np.outer(X[:3], X[1:])
    assert np.isnan(runtime.inv(np.zeros((2, 2)))).all()
    np.testing.assert_allclose(
        runtime.adj(A3[:, [0, 1, 1]]), cofactors(A3[:, [0, 1, 1]]).T, atol=1e-14
    )
    np.testing.assert_allclose(runtime.adj(singular), np.zeros((3, 3)), atol=1e-13)
    assert runtime.cof(np.zeros((1, 1))) == np.array([[1.0]])


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        pytest.param(A3, A34, np.block([[a * A34 for a in row] for row in A3]), id="matrices"),
        pytest.param(X, A34, np.vstack([x * A34 for x in X]), id="column and matrix"),
        pytest.param(
            A34, X, np.block([[a * X[:, None] for a in row] for row in A34]), id="matrix and column"
        ),
        pytest.param(X, INSIDE, np.concatenate([x * INSIDE for x in X]), id="vectors"),
    ],
)
def test_kron(left, right, expected):
    np.testing.assert_allclose(runtime.kron(left, right), expected)


def test_hypot_does_not_overflow():
    np.testing.assert_allclose(runtime.hypot([3e200, 0.0], [4e200, 0.0]), [5e200, 0.0])
    moved = runtime.hypot(np.array(3e200 + 1e180j), 4e200)
    np.testing.assert_allclose([moved.real, moved.imag], [5e200, 0.6e180])


def test_products():
    assert runtime.dot(X, INSIDE) == pytest.approx(
        sum(x * y for x, y in zip(X, INSIDE, strict=True))
    )
    assert runtime.dot(A3, B3) == pytest.approx(np.trace(A3.T @ B3))
    np.testing.assert_array_equal(runtime.outer(X, INSIDE), [[x * y for y in INSIDE] for x in X])
    np.testing.assert_array_equal(
        runtime.max_(X, INSIDE), [max(x, y) for x, y in zip(X, INSIDE, strict=True)]
    )
    np.testing.assert_array_equal(
        runtime.min_(X, INSIDE), [min(x, y) for x, y in zip(X, INSIDE, strict=True)]
    )
    np.testing.assert_array_equal(complex_step(lambda z: runtime.max_(z, 0.5), X), np.diag(X > 0.5))
    np.testing.assert_array_equal(complex_step(lambda z: runtime.min_(z, 0.5), X), np.diag(X < 0.5))


@pytest.mark.parametrize("p", [-2, 0, 1, 4])
def test_matrix_power(p):
    expected = np.eye(3)
    for _ in range(abs(p)):
        expected = expected @ (A3 if p > 0 else np.linalg.inv(A3))
    np.testing.assert_allclose(runtime.matrix_power(A3, p), expected, rtol=1e-10)


POWERS = [
    pytest.param(runtime.frechet_expm, series, id="expm"),
    pytest.param(
        lambda A, *E, **k: runtime.frechet_power(A, 4, *E, **k),
        lambda A: A @ A @ A @ A,
        id="power 4",
    ),
    pytest.param(
        lambda A, *E, **k: runtime.frechet_power(A, -2, *E, **k),
        lambda A: np.linalg.inv(A @ A),
        id="power -2",
    ),
]


PRINCIPAL = 1.5 * np.eye(3) + 0.4 * A3 / np.max(np.abs(A3))


@pytest.mark.parametrize(
    "X", [PRINCIPAL, 40 * PRINCIPAL, PRINCIPAL @ PRINCIPAL.T], ids=["general", "large", "symmetric"]
)
@pytest.mark.parametrize("name", ["logm", "sqrtm", "sinm", "cosm"])
def test_functions_of_matrices_are_those_of_mpmath(name, X):
    with mpmath.workdps(40):
        expected = np.array(getattr(mpmath, name)(mpmath.matrix(X.tolist())).tolist()).astype(
            complex
        )
    np.testing.assert_allclose(
        getattr(runtime, name)(X), expected.real, rtol=1e-12, atol=1e-12 * np.max(np.abs(expected))
    )


@pytest.mark.parametrize("p", [0.5, -0.5, 2.5, 0.3, -1.7, 3])
def test_real_powers(p):
    power = runtime.matrix_power(PRINCIPAL, p)
    np.testing.assert_allclose(power, runtime.expm(p * runtime.logm(PRINCIPAL)), rtol=1e-11)
    np.testing.assert_allclose(power, runtime.matrix_power(PRINCIPAL.T, p).T, rtol=1e-11)


def test_identities_of_hyperbolic_and_circular_functions():
    X = PRINCIPAL
    np.testing.assert_allclose(runtime.coshm(X) + runtime.sinhm(X), runtime.expm(X), rtol=1e-13)
    np.testing.assert_allclose(runtime.coshm(X) @ runtime.tanhm(X), runtime.sinhm(X), rtol=1e-12)
    np.testing.assert_allclose(runtime.cosm(X) @ runtime.tanm(X), runtime.sinm(X), rtol=1e-10)


@pytest.mark.parametrize("name", PRIMARY)
def test_functions_of_matrices_pass_a_complex_step(name):
    along = np.imag(FUNCTIONS[name](PRINCIPAL + 1e-20j * B3)) / 1e-20
    np.testing.assert_allclose(FUNCTIONS[f"frechet_{name}"](PRINCIPAL, B3), along, rtol=1e-10)


NOT_PRINCIPAL = [
    -np.eye(2),
    np.array([[-1.0, 3.0], [0.0, 2.0]]),
    np.array([[1.0, 0.0], [0.0, np.nan]]),
    np.zeros((2, 2)),
]


@pytest.mark.parametrize("X", NOT_PRINCIPAL, ids=["negative", "one negative", "nan", "zero"])
def test_no_real_logarithm(X):
    assert not np.all(np.isfinite(runtime.logm(X)))


@pytest.mark.parametrize(("frechet", "function"), POWERS)
def test_frechet_derivatives_are_directional_derivatives(frechet, function):
    def first(t):
        return complex_step(lambda s: function(A3 + s * B3 + t * C3), np.asarray(0.0))

    np.testing.assert_allclose(frechet(A3), function(A3), rtol=1e-10)
    np.testing.assert_allclose(frechet(A3, B3), first(0.0), rtol=1e-9)
    second = central_differences(first, np.asarray(0.0))
    np.testing.assert_allclose(frechet(A3, B3, C3), second, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(frechet(A3, C3, B3), frechet(A3, B3, C3), rtol=1e-10)


@pytest.mark.parametrize(("frechet", "function"), POWERS)
def test_open_slots_are_the_derivative_as_an_array(frechet, function):
    one, two, mixed = frechet(A3, slots=1), frechet(A3, slots=2), frechet(A3, B3, slots=1)
    assert (one.shape, two.shape, mixed.shape) == ((3,) * 4, (3,) * 6, (3,) * 4)
    np.testing.assert_allclose(one, complex_step(function, A3), rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(np.einsum("ijkl,kl", one, B3), frechet(A3, B3), rtol=1e-10)
    np.testing.assert_allclose(
        np.einsum("ijklmn,kl,mn", two, B3, C3), frechet(A3, B3, C3), rtol=1e-9
    )
    np.testing.assert_allclose(np.einsum("ijklmn,mn->ijkl", two, B3), mixed, rtol=1e-9, atol=1e-10)


def test_third_frechet_derivative_of_the_cube_is_the_symmetrised_product():
    expected = sum(np.linalg.multi_dot(order) for order in itertools.permutations([A3, B3, C3]))
    np.testing.assert_allclose(
        runtime.frechet_power(np.ones((3, 3)), 3, A3, B3, C3), expected, rtol=1e-12
    )


@pytest.mark.parametrize(
    "name", ["erf", "erfc", "erfinv", "lognormcdf", "gamma", "gammaln", "digamma", "polygamma"]
)
def test_many_numbers_by_scipy_are_those_of_ours(name, monkeypatch):
    pytest.importorskip("scipy.special")
    x = np.concatenate([np.linspace(0.05, 0.95, 20), np.linspace(1.5, 180, 40)])
    x = x[x < 1] if name == "erfinv" else np.append(x, -x) if "erf" in name or "cdf" in name else x
    function = getattr(runtime, name)
    order = (2,) if name == "polygamma" else ()
    found = function(*order, x)
    assert found.dtype == function(*order, x.astype("f")).dtype == float
    monkeypatch.setattr(runtime.special, "_scipy", lambda: None)
    np.testing.assert_allclose(found, function(*order, x), rtol=1e-12, atol=1e-300)
    for pole in (0.0, -2.0):  # with one of these among them, ours alone
        wanted = function(*order, np.append(x, pole))
        monkeypatch.undo()
        np.testing.assert_array_equal(
            np.isnan(function(*order, np.append(x, pole))), np.isnan(wanted)
        )
