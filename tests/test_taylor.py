"""Taylor polynomials: closed forms, shared cases, and the order of what is left."""

import json
from pathlib import Path

import numpy as np
import pytest

import matcalc
from matcalc.core.errors import ArgumentError, UnknownNameError

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "models"

POLYNOMIALS = [
    ("sine", "sin(x)", "x", 3, {"x": "scalar"}, None),
    (
        "neumann",
        "inv(X)",
        "X",
        2,
        {"X": "matrix(n, n)"},
        "inv(P) - inv(P)*(X - P)*inv(P) + (inv(P)*(X - P))^2*inv(P)",
    ),
    (
        "logdet",
        "logdet(X)",
        "X",
        2,
        {"X": "matrix(n, n)"},
        "logdet(P) + tr((X - P)*inv(P)) - tr(((X - P)*inv(P))^2)/2",
    ),
    ("vector", "logsumexp(A*x)", "x", 2, {}, None),
    ("symmetric", "logdet(S)", "S", 1, {"S": "psd(n)"}, "logdet(P) + tr((S - P)*inv(P))"),
]


@pytest.mark.parametrize(
    ("expr", "wrt", "order", "variables", "expected"),
    [pytest.param(*row[1:], id=row[0]) for row in POLYNOMIALS],
)
def test_polynomial(expr, wrt, order, variables, expected):
    found = matcalc.taylor(
        expr, wrt, at="P" if wrt.isupper() else "p", order=order, variables=variables
    )
    assert found.verification.kind == "exact"
    assert found.remainder() > order + 0.6
    if expected is not None:
        assert str(found) == expected


def test_a_quadratic_is_its_own_polynomial():
    found = matcalc.taylor("x'*A*x + b'*x", "x", at="p", variables={"b": "vector(n)"})
    assert found.remainder() == np.inf


def test_refusals():
    with pytest.raises(ArgumentError, match="order is a number"):
        matcalc.taylor("x'*x", "x", at="p", order=9)
    with pytest.raises(ArgumentError, match="moves away from it"):
        matcalc.taylor("x'*x", "x", at="x")
    with pytest.raises(UnknownNameError):
        matcalc.taylor("x'*x", "z", at="p")


def shared_cases():
    path = FOLDER / "cases.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    found = [json.loads(line) for line in lines]
    return [pytest.param(case, id=case["id"]) for case in found if case["op"] == "taylor"]


@pytest.mark.skipif(not FOLDER.is_dir(), reason="shared cases are not beside this checkout")
@pytest.mark.parametrize("case", shared_cases())
def test_shared_case(case):
    truth = np.load(FOLDER / "truth.npz")
    name = case["id"]
    values = {key.split("/")[2]: truth[key] for key in truth.files if key.startswith(f"{name}/in/")}
    found = matcalc.taylor(
        case["expr"], case["wrt"], at=case["at"], order=case["order"], variables=case["vars"]
    )
    assert np.allclose(found.to_callable()(**values), truth[f"{name}/truth"], rtol=1e-8, atol=1e-9)
