"""Equations: the verdict, how it is found, the counterexample, and what cannot be compared."""

from __future__ import annotations

import pytest

import matcalc
from matcalc.claims.equality import DIFFERENT, EQUAL, UNDECIDED, Decision, decide, decide_by_value
from matcalc.claims.judge.equal import equal
from matcalc.core.errors import MatcalcError, ParseError, ShapeError, UnknownNameError
from matcalc.core.program import Program
from matcalc.read.frontend import read_pair

GIVEN = {
    "A": "matrix(n, n)",
    "B": "matrix(n, n)",
    "F": "matrix(m, n)",
    "S": "symmetric(n)",
    "K": "skew(n)",
    "Q": "orthogonal(n)",
    "P": "psd(n)",
    "x": "vector(n)",
    "y": "vector(n)",
}
SIMPLIFIED = "the difference simplifies to zero"

TRUE = [
    ("tr(A*B)", "tr(B*A)"),
    ("r = F*x; r'*r", "norm2(r)^2"),
    ("r = F*x; r'*r", "r = A*x; x'*F'*F*x + r'*r - norm2(r)^2"),
    ("r = x; s = r; s", "r = 2*r; r/2"),
    ("x'*K*x", "0"),
    ("Q'*Q", "eye"),
    ("zeros", "A - A"),
    ("2*S", "S + S'"),
    ("A\\x", "inv(A)*x"),
    ("x'/A", "(A'\\x)'"),
    ("sqrt(a^2)", "abs(a)"),
    ("log(a*b)", "log(a) + log(b)"),
    ("inv(A + x*y')", "inv(A) - inv(A)*x*y'*inv(A)/(1 + y'*inv(A)*x)"),
    ("max(a, b)", "(a + b + abs(a - b))/2"),
    ("inv(eye + F'*F)*F'", "F'*inv(eye + F*F')"),
    ("y'*inv(K)*y", "0"),
    ("det(P)^0.5", "exp(logdet(P)/2)"),
    ("ones(2)'*ones(2)", "2"),
    ("vec(A*B)", "kron(eye, A)*vec(B)"),
    ("frechet_expm(A, A)", "A*expm(A)"),
]


@pytest.mark.parametrize(
    ("left", "right"), [pytest.param(*pair, id=" = ".join(pair)) for pair in TRUE]
)
def test_equal(left: str, right: str) -> None:
    result = equal(left, right, GIVEN)
    assert result
    assert (result.verdict, result.exit_code, result.counterexample) == (EQUAL, 0, None)
    assert decide_by_value(*read_pair(left, right, GIVEN)).verdict == EQUAL


FALSE = [
    ("A*B", "B*A"),
    ("tr(A*B)", "tr(A*B')"),
    ("sqrt(a^2)", "a"),
    ("sqrt((a + b)^2)", "a + b"),
    ("abs(a)", "a"),
    ("log(a + b)", "log(a) + log(b)"),
    ("S", "2*S"),
    ("Q", "Q'"),
    ("ones'*ones", "3"),
    ("ones'*ones", "2"),
    ("n*x", "3*x"),
    ("erf(a)", "tanh(a)"),
    ("expm(A + B)", "expm(A)*expm(B)"),
    ("inv(A + B)", "inv(A) + inv(B)"),
    ("norm2(x)", "norm1(x)"),
    ("1 + 1", "3"),
    ("x'*x", "x'*x + 1/1000"),
    ("frechet_expm(A, B)", "expm(A)*B"),
]


@pytest.mark.parametrize(
    ("left", "right"), [pytest.param(*pair, id=" = ".join(pair)) for pair in FALSE]
)
def test_different(left: str, right: str) -> None:
    result = equal(left, right, GIVEN)
    assert not result
    assert (result.verdict, result.exit_code) == (DIFFERENT, 1)
    found = result.counterexample
    assert found is not None
    assert abs(found.claimed - found.true) > 1e-4


@pytest.mark.parametrize(
    ("left", "right", "how"),
    [
        pytest.param("tr(A*B)", "tr(B*A)", SIMPLIFIED, id="simplified"),
        pytest.param(
            "det(eye + X*Y)", "det(eye + Y*X)", "exact (error probability < 2^-50)", id="exact"
        ),
        pytest.param(
            "A*B", "B*A", "exact, at a random point of a prime field", id="exactly-different"
        ),
        pytest.param(
            "erf(a)",
            "tanh(a)",
            r"numeric (relative error 1e-01 at a random point, rng 0)",
            id="numerically-different",
        ),
    ],
)
def test_how(left: str, right: str, how: str) -> None:
    assert equal(left, right, GIVEN).how == how


@pytest.mark.parametrize(
    ("left", "right", "decision"),
    [
        pytest.param(
            "sqrt(a)",
            "sqrt(a) + 1e-8*gammaln(a)",
            Decision(UNDECIDED, "the values differ by 6e-08, which may be rounding"),
            id="rounding",
        ),
        pytest.param(
            "log(-exp(a))",
            "a",
            Decision(UNDECIDED, "no point inside the domain was found: log is not finite"),
            id="no-domain",
        ),
        pytest.param(
            "a/0",
            "b",
            Decision(UNDECIDED, "no point inside the domain was found: / is not finite"),
            id="no-value",
        ),
    ],
)
def test_undecided(left: str, right: str, decision: Decision) -> None:
    assert decide(*read_pair(left, right)) == decision
    result = equal(left, right)
    assert not result
    assert result.exit_code == 2
    assert str(result) == f"undecided: {left} = ? {right}\n  decided     {decision.how}"


def test_report() -> None:
    assert str(equal("tr(A*B)", "tr(A*B')")).splitlines() == [
        "different: tr(A*B) is not tr(A*B')",
        "  smallest    n=2, A=[[0,0],[1,0]], B=[[0,0],[1,0]]: the value is 0 on the "
        "left, 1 on the right",
        "  decided     exact, at a random point of a prime field",
    ]
    assert "n=1: the value is 1 on the left, 3 on the right" in str(equal("ones'*ones", "3"))


def test_shapes_are_inferred_together() -> None:
    left, right = read_pair("A*C", "C*A")
    assert [str(variable) for variable in left.variables.values()] == [
        "matrix(n, n)",
        "matrix(n, n)",
    ]
    assert left.variables == right.variables
    assert isinstance(left, Program)


@pytest.mark.parametrize(
    ("left", "right", "kind", "part"),
    [
        pytest.param(
            "x", "x'", ShapeError, "cannot compare vector(n) with row vector(n)", id="row"
        ),
        pytest.param(
            "x'*x", "x*x'", ShapeError, "cannot compare a scalar with matrix(n, n)", id="scalar"
        ),
        pytest.param("A - A", "0", ShapeError, "write zeros", id="number"),
        pytest.param(
            "F", "F'", ShapeError, "m from F (declared), n from F (declared)", id="transpose"
        ),
        pytest.param("A +", "B", ParseError, "the text ends", id="first-is-cut-off"),
        pytest.param("(A", "B)", ParseError, ") is missing", id="bracket"),
        pytest.param("r = x", "r", ParseError, "there is no expression", id="definition-alone"),
        pytest.param(
            "r = x; r = y; r", "x", UnknownNameError, "r is defined twice", id="defined-twice"
        ),
        pytest.param(
            "x",
            "r = x; r = y; r",
            UnknownNameError,
            "r is defined twice",
            id="defined-twice-on-the-right",
        ),
        pytest.param(
            "r'*r",
            "r = x; r'*r",
            UnknownNameError,
            "r is used before its definition ends",
            id="two-meanings",
        ),
        pytest.param("A", "foo(A)", UnknownNameError, "unknown function foo", id="function"),
    ],
)
def test_not_to_be_compared(left: str, right: str, kind: type[MatcalcError], part: str) -> None:
    with pytest.raises(kind) as caught:
        equal(left, right, GIVEN)
    assert part in str(caught.value)


def test_errors_quote_what_was_typed() -> None:
    with pytest.raises(MatcalcError) as caught:
        matcalc.equal("foo(x)", "x")
    assert "foo(x)\n" in str(caught.value)
