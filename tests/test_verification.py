"""What users are told of how their derivative was verified, and what happens to a wrong one."""

import subprocess
import sys

import pytest

import matcalc
from matcalc.core.errors import VerificationProblem
from matcalc.frontend import read
from matcalc.verification import Verification, verify


@pytest.mark.parametrize(
    ("text", "options", "shown"),
    [
        pytest.param("x'*A*x", {}, "exact (error probability < 2^-50)", id="rational"),
        pytest.param("softmax(A*x)", {"order": 2}, "exact (error probability < 2^-50)", id="second-order"),
        pytest.param("A*x", {"layout": "denominator"}, "exact (error probability < 2^-50)", id="layout"),
        pytest.param("x'*A'", {"layout": "denominator", "order": 2}, "exact (error probability < 2^-50)", id="layout-twice"),
        pytest.param("inv(x*x')*x", {}, "not verified (no point inside the domain was found: a singular matrix)", id="nowhere"),
        pytest.param("v: vector(30000); x'*x*expm(v*v')", {}, "not verified (the derivative has too many entries)", id="large"),
    ],
)
def test_verification(text, options, shown):
    derivative = matcalc.diff(text, "x", **options)
    assert str(derivative.verification) == shown


@pytest.mark.parametrize(
    ("text", "order", "how"),
    [
        pytest.param("tr(expm(x*y'))", 1, "complex step", id="expm"),
        pytest.param("tr(expm(x*x'))", 2, "complex step and extrapolated central differences", id="differences"),
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
    monkeypatch.setattr("matcalc.results.verified", lambda *args: Verification("none", how="for this test"))
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
    with pytest.raises(VerificationProblem, match="this is a bug in matcalc") as caught:
        verify(program, tree, "x", 1, "declared", range(tree.rank))
    assert "--no-verify" in str(caught.value)


def test_the_exact_road_needs_no_numpy():
    code = "import sys, matcalc; matcalc.diff('softmax(A*x)', 'x', order=2); sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
