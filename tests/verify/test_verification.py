"""What users are told of how their derivative was verified, and what happens to a wrong one."""

import subprocess
import sys
import warnings

import pytest

import matcalc
from matcalc.cli.command import main
from matcalc.core.errors import DomainError, EvaluationError, VerificationError
from matcalc.core.statement import DerivativeStatement
from matcalc.read.frontend import read
from matcalc.verify.exact.judge import judge
from matcalc.verify.verification import Verification, verify


@pytest.mark.parametrize(
    ("text", "options", "shown"),
    [
        pytest.param("x'*A*x", {}, "exact (error probability < 2^-50)", id="rational"),
        pytest.param(
            "softmax(A*x)", {"order": 2}, "exact (error probability < 2^-50)", id="second-order"
        ),
        pytest.param(
            "A*x", {"layout": "denominator"}, "exact (error probability < 2^-50)", id="layout"
        ),
        pytest.param(
            "x'*A'",
            {"layout": "denominator", "order": 2},
            "exact (error probability < 2^-50)",
            id="layout-twice",
        ),
        pytest.param(
            "inv(x*x')*x",
            {},
            "not verified (no point inside the domain was found: a singular matrix)",
            id="nowhere",
        ),
        pytest.param(
            "v: vector(300); x'*x*expm(kron(v, v)*kron(v, v)')",
            {},
            "not verified (the derivative has too many entries)",
            id="large",
        ),
    ],
)
def test_verification(text, options, shown):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        derivative = matcalc.diff(text, "x", **options)
    assert str(derivative.verification) == shown
    wanted = [f"not verified: {shown[14:-1]}"] if shown.startswith("not verified") else []
    assert [str(each.message) for each in said] == wanted
    assert all(
        each.category is matcalc.VerificationWarning and each.filename == __file__ for each in said
    )


def test_nobody_is_warned_who_does_not_want_verification():
    assert str(matcalc.diff("inv(x*x')*x", "x", verify=False)) == "-n*inv(x*x')"


def test_the_command_says_what_is_not_verified(capsys):
    assert main(["diff", "inv(x*x')*x", "--wrt", "x"]) == 0
    out, err = capsys.readouterr()
    assert out == "-n*inv(x*x')\n"
    assert err.splitlines()[1:] == [
        "not verified: no point inside the domain was found: a singular matrix"
    ]


@pytest.mark.parametrize(
    ("text", "order", "how"),
    [
        pytest.param("tr(expm(x*y'))", 1, "complex step", id="expm"),
        pytest.param(
            "tr(expm(x*x'))",
            2,
            "complex step and extrapolated central differences",
            id="differences",
        ),
    ],
)
def test_numeric_verification(text, order, how):
    found = matcalc.diff(text, "x", order=order).verification
    assert (found.kind, found.how) == ("numeric", how)
    assert 0 <= found.error < 1e-6
    assert str(found) == f"numeric (max relative error {found.error:.0e}, {how})"


def test_lazy_verification(monkeypatch):
    derivative = matcalc.diff("x'*x", "x", verify=False)
    assert str(derivative) == "2*x"
    monkeypatch.setattr(
        "matcalc.results.verified", lambda *args: Verification("none", how="for this test")
    )
    assert str(derivative.verification) == "not verified (for this test)"


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        pytest.param("x'*A*x", "2*A*x", id="rational"),
        pytest.param("x'*x", "x/0", id="no-value"),
        pytest.param("sum(exp(x))", "exp(2*x)", id="opaque"),
        pytest.param("tr(expm(x*x'))", "expm(x*x')*x", id="numeric"),
        pytest.param("x'*x", "x*x'", id="shape"),
    ],
)
def test_a_wrong_derivative_is_an_error(text, claim):
    program = read(text, {"x": "vector(n)", "A": "matrix(n, n)"})
    tree = read(claim, {"x": "vector(n)", "A": "matrix(n, n)"}).expr
    with pytest.raises(VerificationError, match="this is a bug in matcalc") as caught:
        verify(DerivativeStatement(program, "x"), tree)
    assert "--no-verify" in str(caught.value)


# what a judge may stumble over: an exception of its own, of Python, of NumPy
FAILURES = [
    pytest.param(EvaluationError("cannot evaluate *: shapes"), id="evaluation"),
    pytest.param(KeyError("eigvals"), id="key"),
    pytest.param(ValueError("operands could not be broadcast together"), id="value"),
    pytest.param(AssertionError(), id="assertion"),
]


@pytest.mark.parametrize("judge", ["judge", "compare"])
@pytest.mark.parametrize("failure", FAILURES)
def test_a_judge_that_fails_gives_no_verdict(monkeypatch, judge, failure):
    def fails(*args):
        raise failure

    monkeypatch.setattr(f"matcalc.verify.verification.{judge}", fails)
    with pytest.raises(VerificationError, match="not to be trusted, because it cannot be judged"):
        matcalc.diff("tr(expm(x*x'))", "x")


@pytest.mark.parametrize("failure", [DomainError("so many points"), MemoryError()])
def test_what_cannot_be_visited_is_not_verified(monkeypatch, failure):
    def fails(*args):
        raise failure

    monkeypatch.setattr("matcalc.verify.verification.compare", fails)
    with pytest.warns(matcalc.VerificationWarning, match="not verified: "):
        assert matcalc.diff("tr(expm(x*x'))", "x").verification.kind == "none"


def test_a_variable_of_another_shape_is_found_before_anything_is_evaluated():
    program = read("x'*x", {"x": "vector(n)"})
    tree = read("2*x*1", {"x": "matrix(n, n)"}).expr
    with pytest.raises(VerificationError, match="it has a x of another shape"):
        verify(DerivativeStatement(program, "x"), tree)


def test_another_shape_is_wrong_whatever_is_known_of_the_values():
    program = read("log(norm2(x))", {"x": "vector(n)"})
    tree = read("x*x'/norm2(x)^2", {"x": "vector(n)"}).expr
    assert judge(DerivativeStatement(program, "x"), tree).outcome == "wrong"


def test_the_exact_road_needs_no_numpy():
    code = (
        "import sys, matcalc; matcalc.diff('softmax(A*x)', 'x', order=2); "
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
