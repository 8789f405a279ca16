"""Positive vectors and matrices, shares, one-hot vectors, orthonormal columns: facts, rewrites,
points of both judges.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import matcalc
from matcalc.claims.equality import decide_by_value
from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.report import AGREED, PROVED, WRONG
from matcalc.claims.judge.verdict import judge
from matcalc.cli.command import main
from matcalc.core.dims import fit
from matcalc.core.errors import MatcalcError
from matcalc.core.kinds import Variable
from matcalc.read.frontend import read_pair
from matcalc.read.syntax.declare import declare
from matcalc.testing import assert_gradient, check_gradient, strategies
from matcalc.verify.exact.field import Meter, P, Stream
from matcalc.verify.exact.generators import Generators
from matcalc.verify.exact.points import PointSurvey
from matcalc.verify.oracle.sample import draw, sizes_for

KINDS = {
    "x": "positive(n)",
    "w": "positive(n)",
    "X": "positive(m, n)",
    "s": "simplex(n)",
    "t": "simplex(n)",
    "y": "onehot(n)",
    "u": "onehot(n)",
    "Y": "onehot(m, n)",
    "Z": "matrix(m, n)",
    "V": "orthonormal(q, p)",
    "W": "orthonormal(m, n)",
    "z": "vector(n)",
    "a": "vector(p)",
    "b": "vector(q)",
    "S": "symmetric(p)",
}

# expression, variable, derivative, whether it is proved in the field
DERIVATIVES = [
    ("-sum(y.*logsoftmax(z))", "z", "softmax(z) - y", True),
    ("-sum(s.*logsoftmax(z))", "z", "softmax(z) - s", True),
    ("-y'*log(softmax(z))", "z", "softmax(z) - y", True),
    ("kl(s, softmax(z))", "z", "softmax(z) - s", True),
    ("sum(y.^2.*z)", "z", "y", True),
    ("norm2(y)*z'*z", "z", "2*z", True),
    ("norm2(z - y)^2", "z", "2*(z - y)", True),
    ("y'*y*z'*z", "z", "2*z", True),
    ("sum(s.*t)", "t", "s", True),
    ("-sum(Y.*logsoftmax(Z, 2))", "Z", "softmax(Z, 2) - Y", True),
    ("sum(Y)*z'*z + sum(Y*z)", "z", "2*m*z + Y'*vector(1)", True),
    ("sum(Y.^2.*Z)", "Z", "Y", False),  # of one-hot rows alone
    ("sum(s)^2", "s", "2*ones(n)", True),  # free: not that of the number 1
    ("sum(s)^2 + s'*s", "s", "2*(1 + s)", True),
    ("y'*y", "y", "2*y", True),  # not that of sum(y)
    ("sum(y.^3)", "y", "3*y", True),
    ("sum(log(x))", "x", "1./x", True),
    ("sum(sqrt(x.^2))", "x", "ones(n)", True),
    ("norm1(x)", "x", "ones(n)", True),
    ("sum(abs(x).*z)", "z", "x", True),
    ("sum(sqrt(x.^2).*z)", "z", "x", True),
    ("sum(log(x.*w))", "w", "1./w", True),
    ("norm1(X)", "X", "ones(m, n)", True),
    ("sum(relu(X*x))", "x", "X'*vector(1)", False),
    ("norm2(V*a)^2", "a", "2*a", True),
    ("tr(V*S*V')", "S", "eye(p)", True),
    ("norm2(b - V*V'*b)^2", "b", "2*(b - V*V'*b)", True),
    ("norm2(V)^2*a", "a", "p*eye(p)", True),
    ("tr(V'*V)", "V", "2*V", True),  # free: not zero
]


@pytest.mark.parametrize(("expr", "wrt", "answer", "proved"), DERIVATIVES)
def test_derivative(expr: str, wrt: str, answer: str, *, proved: bool) -> None:
    derivative = matcalc.diff(expr, wrt, variables=KINDS)
    assert str(derivative) == answer
    assert str(derivative.verification).startswith("exact") == proved
    assert derivative.check().ok


EQUATIONS = [
    ("sum(s)", "1", True),
    ("s'*s", "1", False),
    ("y'*y", "1", True),
    ("y.*y", "y", True),
    ("y*y'", "diag(y)", True),
    ("Y.^2", "Y", True),
    ("Y*Y'", "eye", False),
    ("y.*u", "zeros", False),
    ("(y'*u)^2", "y'*u", True),
    ("y[1]", "0", False),  # holds at all one-hot vectors but one
    ("y[1]*u[2]", "0", False),
    ("y[1]*u[1]*(1 - y[1])", "0", True),
    ("sqrt(s.*x)", "sqrt(s).*sqrt(x)", True),
    ("norm2(sqrt(s))", "1", True),
    ("log(prod(x))", "sum(log(x))", True),
    ("abs(X)", "X", True),
    ("V'*V", "eye", True),
    ("V*V'", "eye", False),
    ("pinv(V)", "V'", True),
    ("V*V'*V", "V", True),
    ("norm2(V*a)", "norm2(a)", True),
    ("norm2(V'*b)", "norm2(b)", False),
    ("norm2(V)^2", "p", True),
    ("V[1, 1]", "0", False),
]


@pytest.mark.parametrize(("left", "right", "same"), EQUATIONS)
def test_equal(left: str, right: str, *, same: bool) -> None:
    result = matcalc.equal(
        left, right, variables={name: kind for name, kind in KINDS.items() if name in left + right}
    )
    assert result.verdict == ("equal" if same else "different")
    assert (result.counterexample is not None) == (not same)
    assert not same or result.how.startswith(("the difference", "exact"))


@pytest.mark.parametrize("place", [1, 2, 3, 4])
def test_every_one_hot_vector_is_visited(place: int) -> None:
    """A claim that is wrong for one of them alone is found out in the field, wherever that is."""
    kinds = {"y": "onehot(4)", "z": "vector(4)"}
    assert judge(Claim("sum(z)", "z", f"ones + y[{place}]*ones", kinds)).verdict == WRONG
    left, right = read_pair("z'*z", f"z'*z + y[{place}]", kinds)
    assert decide_by_value(left, right).verdict == "different"


CLAIMS = [
    ("-sum(y.*logsoftmax(z))", "z", "softmax(z) - y", {"y": "onehot(n)"}, PROVED),
    ("-sum(y.*logsoftmax(z))", "z", "softmax(z) - y", {"y": "vector(n)"}, WRONG),
    ("-sum(y.*logsoftmax(z))", "z", "y - softmax(z)", {"y": "onehot(n)"}, WRONG),
    ("-sum(y.*logsoftmax(W*x))", "W", "(softmax(W*x) - y)*x'", {"y": "simplex(m)"}, PROVED),
    ("-sum(Y.*log(Z))", "Z", "-Y./Z", {"Y": "onehot(m, n)", "Z": "positive(m, n)"}, PROVED),
    ("sum(Y.*Z)^2", "Z", "2*sum(Y.*Z)*Y.^3", {"Y": "onehot(m, n)"}, AGREED),
    ("sum(Y.*Z)^2", "Z", "2*sum(Y.*Z)*Y*Y'*Y", {"Y": "onehot(m, n)"}, WRONG),
    ("norm2(x - V*V'*x)^2", "x", "2*(eye - V*V')*x", {"V": "orthonormal(n, p)"}, PROVED),
    ("norm2(x - V*V'*x)^2", "x", "2*(eye - V*V')*x", {"V": "matrix(n, p)"}, WRONG),
    ("sum(sqrt(x.^2))", "x", "ones", {"x": "positive(n)"}, PROVED),
    ("sum(sqrt(x.^2))", "x", "ones", {"x": "vector(n)"}, WRONG),
    (
        r"$-\sum_i y_i \log \frac{e^{z_i}}{\sum_j e^{z_j}}$",
        "z",
        r"$\operatorname{softmax}(z) - y$",
        {"y": "onehot(n)"},
        PROVED,
    ),
]


@pytest.mark.parametrize(("expr", "wrt", "claim", "variables", "verdict"), CLAIMS)
def test_claims(expr: str, wrt: str, claim: str, variables: dict[str, str], verdict: str) -> None:
    report = judge(Claim(expr, wrt, claim, variables))
    assert report.verdict == verdict
    assert (report.counterexample is None) == (verdict != WRONG)


def _member(kind: str, value: np.ndarray) -> bool:
    if kind.startswith("positive"):
        return bool(np.all(value > 0))
    if kind.startswith("orthonormal"):
        return bool(np.allclose(value.T @ value, np.eye(value.shape[1])))
    whole = bool(np.all(value >= 0)) and np.allclose(np.sum(value, -1), 1, 1e-12)
    return whole and (kind.startswith("simplex") or set(np.unique(value)) <= {0.0, 1.0})


FRESH = [
    "positive(n)",
    "positive(n, p)",
    "simplex(n)",
    "onehot(n)",
    "onehot(p, n)",
    "orthonormal(n, p)",
]


@pytest.mark.parametrize("kind", FRESH)
def test_members(kind: str) -> None:
    """Points of the oracle and of the field."""
    (variable,) = declare({"x": kind}).values()
    rng = np.random.default_rng(1)
    for style in ("normal", "positive", "negative", "dominant"):
        sizes = next(sizes_for([], {"x": variable}))
        assert len(set(sizes.values())) == len(sizes)
        assert _member(kind, draw(variable, rng, sizes, style))
    assert _in_field(kind, variable)


@pytest.mark.parametrize("kind", FRESH)
@settings(max_examples=10)
@given(data=st.data())
def test_strategies(kind: str, data: st.DataObject) -> None:
    assert _member(kind, data.draw(strategies.arrays(kind)))


def _in_field(kind: str, variable: Variable) -> bool:
    setting = PointSurvey((), {"x": variable}, "x")
    sizes = next(setting.sizes())
    assert fit(sizes, variable.room) == sizes
    field = Generators(Stream(1))
    value = setting.point(field, sizes, 1, Meter(), 5)["x"].value
    n, columns = sizes["n"], len(value) // sizes["n"]
    if kind.startswith("orthonormal"):
        gram = [
            sum(value[k * columns + i] * value[k * columns + j] for k in range(n)) % P
            for i in range(columns)
            for j in range(columns)
        ]
        return gram == [int(i == j) for i in range(columns) for j in range(columns)]
    if kind == "onehot(p, n)":  # there are too many of them to visit
        return all(sum(value[k : k + n]) % P == 1 for k in range(0, len(value), n))
    if kind.startswith("onehot"):
        return sorted(value) == [0] * (n - 1) + [1]
    return all(field.sign(x) == 1 for x in value) and (
        kind.startswith("positive") or sum(value) % P == 1
    )


def test_functions_as_claims() -> None:
    """Points near a given one are members, too."""
    given = {"y": np.array([0.0, 1.0, 0.0]), "z": np.array([0.3, -0.2, 1.0])}

    def gradient(y: np.ndarray, z: np.ndarray) -> np.ndarray:
        assert _member("onehot", y)
        weights = np.exp(z - np.max(z))
        return np.asarray(weights / np.sum(weights) - y)

    assert_gradient(
        "-sum(y.*logsoftmax(z))", gradient, wrt="z", variables={"y": "onehot(n)"}, at=given
    )
    assert_gradient("-sum(y.*logsoftmax(z))", gradient, wrt="z", variables={"y": "onehot(n)"})

    def projected(V: np.ndarray, x: np.ndarray) -> np.ndarray:
        assert _member("orthonormal", V)
        return 2 * (x - V @ (V.T @ x))

    point = {"V": np.eye(4)[:, :2], "x": np.arange(4.0)}
    report = check_gradient(
        "norm2(x - V*V'*x)^2", projected, wrt="x", variables={"V": "orthonormal(n, p)"}, at=point
    )
    assert report.verdict == AGREED


REFUSED = [
    ("V: orthonormal(3, 4); V", "4 orthonormal columns with 3 entries", "orthonormal(4, 3)"),
    ("x: positive vector(n); x", "positive vector is not a kind", "positive(n) for a vector"),
    ("x: positive(a, b, c, d, e, f, g); x", "up to six dimensions, not 7", "positive(m, n)"),
    ("y: onehot(n, m, k); y", "onehot takes one to two dimensions, not 3", "onehot(n)"),
    ("V: orthonormal(n); V", "orthonormal takes two dimensions, not 1", "orthonormal(n, p)"),
    (
        "A: wrong(n); A",
        "wrong(n) is not a kind",
        "simplex(n), sphere(n), onehot(n), onehot(m, n), orthonormal(n, p)",
    ),
]


@pytest.mark.parametrize(("text", "message", "hint"), REFUSED)
def test_refused(text: str, message: str, hint: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        matcalc.parse(text)
    assert message in caught.value.message
    assert hint in str(caught.value.hint)


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    command = [
        "diff",
        "V'*(x.*y)",
        "--wrt",
        "x",
        "--var",
        "V: orthonormal(n, p)",
        "--var",
        "y: onehot(n)",
        "--format",
        "json",
    ]
    assert main(command) == 0
    shown = capsys.readouterr().out
    assert '"orthonormal"' in shown
    assert '"onehot"' in shown


def test_as_power() -> None:
    """A positive vector called T is no exponent: X^T is the transpose."""
    assert matcalc.equal("T: positive(n); X^T*T", "X'*T")
