"""Second derivatives with respect to several variables, in blocks."""

import json

import numpy as np
import pytest
from published import MODELS

import matcalc
from matcalc.cli import main
from matcalc.core.errors import ArgumentError, UnknownNameError

REGRESSION = "norm2(y - X*w - b*vector(1))^2"


def test_blocks():
    found = matcalc.hessian(REGRESSION, ["w", "b"])
    assert str(found).splitlines() == [
        "H = [H_w_w, H_w_b; H_b_w', H_b_b]",
        "H_w_w = 2*X'*X",
        "H_w_b = 2*X'*vector(1)",
        "H_b_w = 2*X'*vector(1)",
        "H_b_b = 2*n",
    ]
    assert str(found["w", "b"]) == "2*X'*vector(1)"
    assert found.verification.kind == "exact"
    assert found.check(rng=1).ok
    assert found.latex().count("&=") == 4


def test_blocks_share_their_names():
    found = matcalc.hessian("logsumexp(A*x + B*y)", ["x", "y"])
    assert str(found).splitlines() == [
        "H = [H_x_x, H_x_y; H_y_x, H_y_y]",
        "H_x_x = A'*M*A",
        "H_x_y = A'*M*B",
        "H_y_x = B'*M*A",
        "H_y_y = B'*M*B",
        "where u = softmax(A*x + B*y), M = diag(u) - u*u'",
    ]
    lines = found.latex().splitlines()
    assert lines[2] == r"M &= \mathrm{diag}(u) - u u^{\top} \\"
    assert lines[-2] == r"\frac{\partial^2 f}{\partial y^2} &= B^{\top} M B"


def test_blocks_of_matrices():
    found = matcalc.hessian("tr(A*X*B*Y)", ["X", "Y"])
    assert str(found).splitlines()[0].startswith("H_X_X = ")
    assert found.check().ok


@pytest.mark.parametrize(
    ("ask", "problem", "message"),
    [
        (lambda: matcalc.hessian("A*x", ["x"]), ArgumentError, "defined for scalars"),
        (lambda: matcalc.hessian("x'*x", []), ArgumentError, "no variable"),
        (lambda: matcalc.hessian("x'*x", ["x", "x"]), ArgumentError, "x is given twice"),
        (lambda: matcalc.hessian("x'*x", ["z"]), UnknownNameError, "z is not a variable"),
    ],
)
def test_refusals(ask, problem, message):
    with pytest.raises(problem, match=message):
        ask()


@pytest.mark.parametrize("case", MODELS.cases(lambda case: case["op"] == "hessian"))
def test_shared_case(case):
    name, values = case["id"], MODELS.given(case)
    found = matcalc.hessian(case["expr"], case["wrt"], variables=case["vars"])
    for one in case["wrt"]:
        for other in case["wrt"]:
            expected = MODELS.truth()[f"{name}/truth/{one}/{other}"]
            block = found[one, other].to_callable()(**values)
            assert np.allclose(block, expected, rtol=1e-8, atol=1e-9)


def test_command(capsys):
    assert main(["hessian", "x'*A*y", "--wrt", "x,y", "--check"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "H = [H_x_x, H_x_y; H_y_x, H_y_y]",
        "H_x_x = zeros(n, n)",
        "H_x_y = A",
        "H_y_x = A'",
        "H_y_y = zeros(m, m)",
    ]
    assert main(["hessian", "x'*x"]) == 0
    of_one = capsys.readouterr()
    assert of_one.out == "H = 2*eye(n)\n"
    assert "result: matrix(n, n)" in of_one.err
    assert main(["hessian", "x'*x", "--format", "latex"]) == 0
    capsys.readouterr()
    assert main(["hessian", "x'*A*y", "--wrt", "x,y", "--format", "json"]) == 0
    blocks = json.loads(capsys.readouterr().out)["blocks"]
    assert blocks[2] == {"wrt": ["y", "x"], "shape": ["m", "n"], "text": "A'"}
    assert main(["hessian", "x'*A*y", "--json"]) == 2
    assert "write --format json" in capsys.readouterr().err


SYMMETRIC = [
    ("scalar-pair", lambda: matcalc.hessian("exp(a*b)", ["a", "b"])),
    ("vectors", lambda: matcalc.hessian("logsumexp(A*x + B*y)", ["x", "y"])),
    ("matrix", lambda: matcalc.hessian("logdet(X)", ["X"])),
    ("by-itself", lambda: matcalc.diff("x'*A*x*x'*x", "x", order=2)),
    ("thrice", lambda: matcalc.diff("sum(exp(A*x))", "x", order=3)),
    ("vector-value", lambda: matcalc.diff("exp(A*x)", "x", order=2, layout="denominator")),
]


@pytest.mark.parametrize("ask", [pytest.param(row[1], id=row[0]) for row in SYMMETRIC])
def test_symmetry_is_proved(ask):
    verdict = matcalc.symmetry(ask())
    assert verdict
    assert str(verdict).startswith("symmetric: exact")


def test_what_is_not_symmetric_is_seen():
    found = matcalc.diff("x'*A*x", "x", order=2, verify=False)
    found._tree = matcalc.parse("A + A", {"A": "matrix(n, n)"})._tree
    assert not matcalc.symmetry(found)
    blocks = matcalc.hessian("x'*A*y", ["x", "y"], verify=False)
    blocks["x", "y"]._tree = matcalc.parse("2*A", {"A": "matrix(n, m)"})._tree
    assert not matcalc.symmetry(blocks)
    with pytest.raises(ArgumentError, match="second and higher"):
        matcalc.symmetry(matcalc.diff("x'*A*x", "x"))


def test_symmetric_check(capsys):
    assert main(["hessian", "x'*A*y", "--wrt", "x,y", "--symmetric-check"]) == 0
    assert "symmetric: exact" in capsys.readouterr().err
    assert main(["diff", "x'*A*x", "--wrt", "x", "--order", "2", "--symmetric-check"]) == 0
    assert "symmetric: exact" in capsys.readouterr().err
