"""Claims that use what the expression defines: in text, in LaTeX, in files, in Python; and their
own definitions.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import matcalc
from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.files import read_claims
from matcalc.claims.judge.report import PROVED, WRONG
from matcalc.claims.judge.verdict import judge
from matcalc.core.errors import UnknownNameError
from matcalc.testing import check_gradient

RESIDUAL = {"b": "vector(m)"}
ANEW = "note: {} is what the claim defines it to be, not what the expression does"

# expression, variable, claim, declarations, verdict, names that the claim makes anew
CLAIMS = [
    ("r = A*x - b; r'*r", "x", "2*A'*r", RESIDUAL, PROVED, ""),
    ("r = A*x - b; r'*r", "x", "A'*r", RESIDUAL, WRONG, ""),
    ("r = A*x - b; r'*r", "x", "2*A'*r where r = A*x - b", RESIDUAL, PROVED, ""),
    ("r = A*x - b; r'*r", "x", "r = b - A*x; -2*A'*r", RESIDUAL, PROVED, "r"),
    ("r = A*x - b; r'*r", "x", "r = b - A*x; 2*A'*r", RESIDUAL, WRONG, "r"),
    ("r = A*x - b; r'*r", "x", "g = 2*r; A'*g", RESIDUAL, PROVED, ""),
    ("r = A*x - b; r'*r", "x", "r = 2*r; A'*r", RESIDUAL, PROVED, "r"),
    ("x'*M*x where M = B*B'", "x", "2*M*x", {}, PROVED, ""),
    ("p = sigmoid(X*w); -sum(y.*log(p) + (1 - y).*log(1 - p))", "w", "X'*(p - y)", {}, PROVED, ""),
    ("M = X'*C*X; N = inv(M); tr(N)", "X", "-C*X*N^2 - C'*X*N'^2", {}, PROVED, ""),
    ("r = A*x - b; r'*r", "x", "2*A*r", RESIDUAL, WRONG, ""),  # fits only where A is square
    ("k = 2; s = k*a; s^3", "a", "3*k*s^2", {}, PROVED, ""),
    ("u = x + ones; sum(u.^2)", "x", "2*u", {}, PROVED, ""),
    (r"$r = Ax - b \\ r^\top r$", "x", r"$2A^\top r$", RESIDUAL, PROVED, ""),
    (r"$r = Ax - b \\ r^\top r$", "x", r"$r = b - Ax \\ -2A^\top r$", RESIDUAL, PROVED, "r"),
    (r"$r = Ax - b \\ r^\top r$", "x", "2*A'*r", RESIDUAL, PROVED, ""),
    ("r = A*x - b; r'*r", "x", r"$2A^\top r$", RESIDUAL, PROVED, ""),
]


@pytest.mark.parametrize(("expr", "wrt", "claim", "variables", "verdict", "anew"), CLAIMS)
def test_definitions(
    expr: str, wrt: str, claim: str, variables: dict[str, str], verdict: str, anew: str
) -> None:
    report = judge(Claim(expr, wrt, claim, variables))
    assert report.verdict == verdict
    assert report.notes == ((ANEW.format(anew),) if anew else ())


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ("2*A'*s", "contains s"),
        ("A = 2*r; A'*r", "A is declared and defined"),
        ("r = r; r = 2*r; A'*r", "r is defined twice"),
    ],
)
def test_refused(claim: str, message: str) -> None:
    with pytest.raises(UnknownNameError, match=message):
        judge(Claim("r = A*x - b; r'*r", "x", claim, RESIDUAL))


def test_places_of_definitions_are_not_quoted() -> None:
    """What the definition's own text says where the claim has an error means nothing there."""
    with pytest.raises(matcalc.MatcalcError) as caught:
        judge(Claim("r = A*x - b; r'*r", "x", "r*eye", RESIDUAL))
    assert "r" in str(caught.value.hint)
    assert "write r'*eye" in str(caught.value.hint)


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("""
[[claim]]
expr = "r = A*x - b; r'*r"
wrt = "x"
claim = "2*A'*r"
variables = { b = "vector(m)" }
""")
    assert [judge(claim).verdict for claim in read_claims(path)] == [PROVED]


def test_python() -> None:
    assert (
        check_gradient("r = A*x - b; r'*r", "2*A'*r", wrt="x", variables=RESIDUAL).verdict == PROVED
    )
    objective = matcalc.parse("r = A*x - b; r'*r", RESIDUAL)
    assert check_gradient(objective, "2*A'*r", wrt="x").verdict == PROVED
    assert check_gradient(objective, objective.diff("x"), wrt="x").verdict == PROVED
    with pytest.raises(
        UnknownNameError, match="contains r"
    ):  # the formula has a variable r of its own
        check_gradient(objective, matcalc.parse("2*A'*r", {"r": "vector(m)"}), wrt="x")
