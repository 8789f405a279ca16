r"""Formulas that were copied from a page, sums without their index, and signs of the plain
language.
"""

from __future__ import annotations

import pytest

from matcalc.claims.equality import EQUAL, decide
from matcalc.core.errors import MatcalcError
from matcalc.read.frontend import read
from matcalc.read.tex.read import read_latex

pytestmark = pytest.mark.filterwarnings("ignore::matcalc.NotationWarning")

# the formula, what it means, and what a note says of it
MEANT = [
    ("x⊤Ax", "x'*A*x", ""),
    ("xᵀAx", "x'*A*x", ""),
    ("x^{⊤}Ax", "x'*A*x", ""),
    ("‖x‖²", "x'*x", ""),
    ("‖Ax − y‖₂²", "norm2(A*x - y)^2", ""),
    ("α‖w‖² + y⊤w", "alpha*w'*w + y'*w", ""),
    ("A⁻¹z", "inv(A)*z", ""),
    ("a₁² + a₁₂", "a_1^2 + a_12", ""),
    ("∑ᵢ xᵢ²", "x'*x", ""),
    ("Σ_{i=1}^n x_i²", "x'*x", ""),
    (r"\Sigma_{i=1}^n x_i y_i", "x'*y", ""),
    ("Π_{i=1}^n x_i", "prod(x)", ""),
    ("x⊤Σx", "x'*Sigma*x", ""),
    ("(x - y)⊤Σ_k⁻¹(x - y)", "(x - y)'*inv(Sigma_k)*(x - y)", ""),
    # sums without their index
    (r"\sum x_i^2", "x'*x", r"\sum is read as \sum_i"),
    (r"\sum (y_i - \beta x_i)^2", "norm2(y - beta*x)^2", r"\sum is read as \sum_i"),
    (r"\sum (y_i - w^\top x_i)^2", "norm2(y - X*w)^2", r"\sum is read as \sum_i"),
    (r"\prod p_i^{y_i}", "prod(p.^y)", r"\prod is read as \prod_i"),
    (r"\left(\sum x_k\right)^2", "sum(x)^2", r"\sum is read as \sum_k"),
    (r"\mathbf{tr}(A X)", "tr(A*X)", ""),
    (
        r"\sum_{i,j} (R_{ij} - u_i \cdot v_j)^2",
        "u: vector; v: vector; norm2(R - u*v')^2",
        "u_i and v_j are read as numbers",
    ),
]


@pytest.mark.parametrize(("formula", "meant", "note"), MEANT, ids=[row[0] for row in MEANT])
def test_meant(formula: str, meant: str, note: str) -> None:
    found = read_latex(formula)
    assert decide(found, read(meant)).verdict == EQUAL
    words = (r"\sum is read", r"\prod is read", "as numbers")
    said = [each for each in found.notes if any(word in each for word in words)]
    assert any(note in each for each in said) if note else not said


@pytest.mark.parametrize(
    ("formula", "message", "hint"),
    [
        # a sum or a matrix
        ("Σ_i x_i", "Σ_i may be a sum over i or a matrix", r"\sum_i for the one, \Sigma_i for"),
        ("Π_i x_i", "Π_i may be a product over i or a matrix", r"\prod_i for the one"),
        # over which index?
        (r"\sum A_{ij} x_j", "a sum without an index", r"\sum_i x_i over an index"),
        (r"\sum x", "a sum without an index", r"\operatorname{sum}(x) for all entries"),
        (r"\prod x", "a sum without an index", r"\prod_i x_i"),
        # the plain language
        ("x.^2", ".^ is of the plain language", "leave out --latex"),
        ("x.*y", ".* is of the plain language", "leave out --latex"),
        ("x**2", "** is of the plain language", "leave out --latex"),
        ("norm(x)", "norm is a product of 4 letters", r"\lVert x \rVert"),
        ("trace(A)", "trace is a product of 5 letters", r"\operatorname{trace}"),
        ("½ x⊤x", "unexpected character '½'", r"\frac12"),
        (r"x^\dag A x", r"unknown command \dag", r"^\top"),
        (r"\mathrm{grad}_x x^\top x", "may be a derivative", "write out"),
        (r"\rho(y^\top x)", r"\rho(y^\top x) may be a function", r"write out what \rho is"),
        (r"\rho(A)", r"\rho(A) may be a function", r"\lambda_{\max}(A)"),
    ],
)
def test_refused(formula: str, message: str, hint: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        read_latex(formula)
    assert message in caught.value.message
    assert hint in str(caught.value.hint)
