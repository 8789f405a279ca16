"""An answer for an expression that has no value anywhere says so, without being asked."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sweeps import thinned

import matcalc
from matcalc.cli.command import main
from matcalc.core.errors import VerificationWarning
from matcalc.read.frontend import read
from matcalc.testing import check_gradient
from matcalc.verify.oracle.domain import no_value

NOWHERE = [
    ("log(-x'*x)", "the argument of log is never above 0"),
    ("log(-norm2(x)^2)", "the argument of log is never above 0"),
    ("sum(log(-exp(x)))", "the argument of log is never above 0"),
    ("sum(log(relu(-x.^2)))", "the argument of log is never above 0"),
    ("(-x'*x)^0.5", "the argument of ^ is never above 0"),
    ("sum(asin(2 + x.^2))", "the argument of asin is never below 1"),
    ("sum(log1p(-2 - abs(x)))", "the argument of log1p is never above -1"),
    ("sum(acosh(-x.^2))", "the argument of acosh is never above 1"),
    ("sum(log(x)) + sum(log(-x))", "log is not finite"),
    ("sum[i](log(-x[i]^2))", "is not finite"),
    ("sum(chol(-X*X'))", "chol is not finite"),
    ("tr(sqrtm(-X*X'))", "sqrtm is not finite"),
    ("tr((-X'*X)^(1/2))", "^ is not finite"),
]
SOMEWHERE = [
    "log(x'*x)",
    "log(1 - x'*x)",
    "sum(log(x - 10^9))",
    "sum(log(x - 7) + log(9 - x))",
    "sum(log(x/10^-9 - 1))",
    "sum(where(x > 0, log(x), 0))",
    "sum[i](log(x[i]))",
    "sum[i<j](log(norm2(Z[i,:] - Z[j,:])))",
    "tr(chol(X*X'))",
    "logdet(-X'*X)",
    "tr(logm(P)) + entropy(p)",
    "xlogy(-x'*x - 1, s)*tr(V'*X)",
    "sum(sqrt(T)) + log(w'*w)",
]
KINDS = {
    "P": "psd(n)",
    "X": "matrix(n, m)",
    "Z": "matrix(k, 2)",
    "T": "tensor(2, n, m)",
    "p": "simplex(n)",
    "s": "positive",
    "V": "orthonormal(n, m)",
    "w": "vector(3)",
}


@pytest.mark.parametrize(("expr", "reason"), thinned(NOWHERE, 4))
def test_there_is_no_value(expr: str, reason: str) -> None:
    program = read(expr, KINDS)
    said = no_value(program.expr, program.variables)
    assert said is not None
    assert said.startswith("no point")
    assert reason in said


@pytest.mark.parametrize("expr", SOMEWHERE)
def test_there_is_a_value(expr: str) -> None:
    program = read(expr, KINDS)
    assert no_value(program.expr, program.variables) is None


@pytest.mark.parametrize("expr", ["log(-x'*x)", "sum(log(x)) + sum(log(-x))"])
def test_the_answer_says_so(expr: str) -> None:
    with pytest.warns(VerificationWarning, match="not verified: no point (is )?inside the domain"):
        d = matcalc.diff(expr, "x")
    assert d.verification.kind == "none"


def test_a_hessian_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hessian", "log(-x'*x)", "--wrt", "x"]) == 0
    assert "not verified: no point is inside the domain" in capsys.readouterr().err


def test_a_claim_about_nothing_is_undecided() -> None:
    found = check_gradient("log(-x'*x)", "2*x/(x'*x)", wrt="x")
    assert found.verdict == "undecided"
    assert "never above 0" in found.reason


def test_a_claim_of_other_sizes_with_no_difference_to_show_is_wrong() -> None:
    assert check_gradient("sum(A*x)", "A*ones", wrt="x").verdict == "wrong"


def test_numpy_is_not_loaded_for_ordinary_domains() -> None:
    program = (
        "import sys, matcalc; matcalc.diff('log(sum(exp(A*x))) + sum(sqrt(1 + x.^2))', 'x');"
        "matcalc.diff('sum[i](log(x[i]))', 'x'); assert 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
