"""What rounding hides is no error: a right derivative that is badly scaled is never called wrong, a
wrong one never right.
"""

import pytest
from sweeps import thinned

from matcalc.core.errors import VerificationError
from matcalc.core.statement import DerivativeStatement
from matcalc.read.frontend import read
from matcalc.verify.verification import verify

KINDS = {"S": "symmetric(n)", "X": "matrix(m, n)", "A": "matrix(n, n)", "x": "vector(n)"}
RIGHT = "eigvec(S)*eigvec(S)'"


def kinds(text):
    return {name: kind for name, kind in KINDS.items() if name in text.replace("expm", "")}


def verdict(text, wrt, claim):
    tree = read(claim, kinds(claim + wrt)).expr
    return verify(DerivativeStatement(read(text, kinds(text)), wrt), tree).kind


# expression, variable, a right derivative, a wrong one, what the right one is judged to be
ROWS = [
    ("lambda_max(S) + 10^12", "S", RIGHT, None, "none"),
    ("lambda_max(S) + 10^7", "S", RIGHT, f"2*{RIGHT}", "numeric"),
    (
        "(lambda_max(S) + 10^8)^3 - 10^24",
        "S",
        f"3*(lambda_max(S) + 10^8)^2*{RIGHT}",
        f"3*lambda_max(S)^2*{RIGHT}",
        "numeric",
    ),
    (
        "10^12*specnorm(X)",
        "X",
        "10^12*leftvec(X)*rightvec(X)'",
        "leftvec(X)*rightvec(X)'",
        "numeric",
    ),
    ("tr(expm(A))^8", "A", "8*tr(expm(A))^7*expm(A)'", "8*tr(expm(A))^6*expm(A)'", "numeric"),
    ("tr(expm(A))", "A", "expm(A)' + 10^13*(expm(A) - expm(A/2)*expm(A/2))'", "expm(A)", "none"),
    ("lambda_max(S)", "S", f"{RIGHT} + 10^9*(expm(S) - expm(S/2)^2)", f"-{RIGHT}", "numeric"),
    ("lambda_max(S - lambda_max(S)*eye)", "S", f"{RIGHT} - {RIGHT}", RIGHT, "numeric"),
    ("tr(expm(x*x'))/10^6", "x", "2*expm(x*x')*x/10^6", "expm(x*x')*x/10^6", "numeric"),
    ("tr(expm(x*x'))/10^6", "x", "2*expm(x*x')*x/10^6", "vector(0) + 0*x", "numeric"),
]


@pytest.mark.parametrize(("text", "wrt", "right", "wrong", "kind"), thinned(ROWS, 3))
def test_rounding(text, wrt, right, wrong, kind):
    assert verdict(text, wrt, right) == kind
    if wrong is not None:
        with pytest.raises(VerificationError, match="is wrong"):
            verdict(text, wrt, wrong)
