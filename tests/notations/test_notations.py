"""Derivatives in each notation: what is printed, that it is proved, and that a spoilt line is
refused.
"""

from __future__ import annotations

import json

import pytest

import matcalc
from matcalc.cli import main
from matcalc.core.errors import MatcalcError, VerificationError
from matcalc.notations.answer import InNotation
from matcalc.notations.read import as_where

KINDS = {
    "A": "matrix(n, m)",
    "B": "matrix(p, q)",
    "R": "matrix(m, n)",
    "S": "symmetric(n)",
    "b": "vector(n)",
    "t": "scalar",
    "T": "matrix(n, n)",
    "C": "matrix(n, n)",
}
PRODUCT = ("A*X*B", "X", 1)
GRAM = ("R'*R", "R", 1)
SQUARES = ("norm2(A*x - b)^2", "x", 1)

ROWS = [
    (*PRODUCT, "matrix", "kron(B', A)"),
    (*PRODUCT, "kronecker", "kron(B', A)"),
    (*PRODUCT, "index", "D[i,j,k,l] = A[i,k]*B[l,j]"),
    (*PRODUCT, "operator", "dX -> A*dX*B\nV -> A'*V*B'"),
    (*PRODUCT, "differential", "dF = A*dX*B"),
    (*GRAM, "kronecker", "(eye + commutation(n, n))*kron(eye, R')"),
    (
        *GRAM,
        "cases",  # section 5.4 of Mathematics for Machine Learning
        "D[i,j,k,l] = 2*R[k,i]  if i = j = l\n"
        "             R[k,j]    if i = l, j != l\n"
        "             R[k,i]    if j = l, i != l\n"
        "             0         otherwise",
    ),
    (
        "T*C*T",
        "T",
        1,
        "cases",  # the deltas stand outside of the sums
        "D[i,j,k,l] = sum[p](T[i,p]*C[p,k]) + sum[p](T[p,j]*C[l,p])  if j = l, i = k\n"
        "             sum[p](T[i,p]*C[p,k])                          if j = l, i != k\n"
        "             sum[p](T[p,j]*C[l,p])                          if i = k, j != l\n"
        "             0                                              otherwise",
    ),
    (
        "S*A",
        "S",
        1,
        "cases",
        "D[i,j,k,l] = A[i,j]    if i = k = l\n"
        "             A[l,j]/2  if i = k, i != l\n"
        "             A[k,j]/2  if i = l, i != k\n"
        "             0         otherwise",
    ),
    (*GRAM, "operator", "dR -> R'*dR + dR'*R\nV -> R*(V + V')"),
    (*SQUARES, "kronecker", "2*(A*x - b)'*A"),
    (*SQUARES, "differential", "df = 2*(A*x - b)'*A*dx"),
    ("norm2(A*x - b)^2", "x", 2, "differential", "d2f = dx'*(2*A'*A)*dx"),
    ("norm2(A*x - b)^2", "x", 2, "operator", "dx -> 2*A'*A*dx"),
    ("logdet(X)", "X", 1, "differential", "df = tr(dX*inv(X))"),
    ("logdet(X)", "X", 2, "differential", "d2f = -tr((dX*inv(X))^2)"),
    ("X*t^2", "t", 2, "operator", "(u, v) -> 2*u*v*X"),
    ("tr(A'*S*A)", "S", 1, "operator", "dS -> tr(A*A'*dS)\nv -> v*A*A'"),
    ("x'*x*x", "x", 1, "cases", None),
    ("x[2]*x", "x", 1, "cases", None),
    ("exp(t)", "t", 1, "cases", "exp(t)"),
    ("vec(A*X)*x'", "X", 1, "cases", None),  # a size that only the variable tells
    ("H: function(vector(n)) -> vector(m); jac_H(x)*v", "x", 1, "operator", None),
]


def derived(expr: str, wrt: str, order: int = 1) -> matcalc.Derivative:
    kinds = {name: kind for name, kind in KINDS.items() if name in expr}
    return matcalc.diff(expr, wrt, variables=kinds, order=order)


@pytest.mark.parametrize(("expr", "wrt", "order", "notation", "text"), ROWS)
def test_what_is_printed(expr: str, wrt: str, order: int, notation: str, text: str | None) -> None:
    found = derived(expr, wrt, order).in_notation(notation)
    assert text is None or found.text() == text
    assert found.verification.startswith("exact")
    assert found.latex()


def test_row_by_row() -> None:
    found = derived(*PRODUCT).in_notation("kronecker", row_major=True)
    assert (found.text(), found.reading) == ("kron(A, B')", "J of d vec(F') = J*d vec(X')")


STACKED = [
    ("X'*X", "X", 1, "J of d vec(F) = J*d vec(X)", "J of d vec(F') = J*d vec(X')"),
    (
        "inv(X)",
        "X",
        2,
        "J of d vec(D) = J*d vec(X), D the first derivative, its first axis fastest",
        "J of d vec(D) = J*d vec(X'), D the first derivative, its last axis fastest",
    ),
    (
        "exp(W*x)",
        "x",
        3,
        "J of d vec(D) = J*d vec(x), D the derivative of order 2, its first axis fastest",
        "J of d vec(D) = J*d vec(x), D the derivative of order 2, its last axis fastest",
    ),
    (
        "x*(x'*x)",
        "x",
        2,
        "J of d vec(D) = J*d vec(x), D the first derivative",
        "J of d vec(D') = J*d vec(x), D the first derivative",
    ),
]


@pytest.mark.parametrize(("expr", "wrt", "order", "columns", "rows"), STACKED)
def test_what_the_jacobian_stands_for(
    expr: str, wrt: str, order: int, columns: str, rows: str
) -> None:
    """Of any number of axes, both ways of stacking; each is proved when it is made."""
    d = derived(expr, wrt, order)
    said = [d.in_notation("kronecker", row_major=turned).reading for turned in (False, True)]
    assert said == [columns, rows]


def test_the_jacobian_by_half_the_entries() -> None:
    d = matcalc.diff("inv(X)", "X", variables={"X": "symmetric(n)"}, structure="vech")
    assert d.in_notation("kronecker").reading == "J of d vec(F) = J*d vech(X)"


SPOILT = [
    (*PRODUCT, "kronecker", ["kron(A, B')"]),
    (*PRODUCT, "index", ["D[i,j,k,l] = A[i,k]*B[l,j]*2"]),
    (*PRODUCT, "operator", ["dX -> A*dX*B + A*dX*B", "V -> A'*V*B'"]),
    (*PRODUCT, "operator", ["dX -> A*dX*B", "V -> A'*V*B'/2"]),
    (*PRODUCT, "operator", ["dX -> A*dX*B", "W -> A'*V*B'"]),
    (*GRAM, "cases", ["D[i,j,k,l] = R[k,i]  if i = j\n0  otherwise"]),
    ("logdet(X)", "X", 2, "differential", ["d2f = tr((dX*inv(X))^2)"]),
    ("logdet(X)", "X", 1, "differential", ["df = tr(dX*inv(X)')"]),
    ("b'*x", "x", 1, "kronecker", ["b"]),  # it is a row
]


@pytest.mark.parametrize(("expr", "wrt", "order", "notation", "lines"), SPOILT)
def test_a_spoilt_line_is_refused(
    expr: str, wrt: str, order: int, notation: str, lines: list[str]
) -> None:
    d = derived(expr, wrt, order)
    found = InNotation(d._statement, d._tree, notation, verify=False)
    found._texts = lines
    with pytest.raises(VerificationError, match="text"):
        _ = found.verification


REFUSED = [
    ("operators", {}, {}, "notation must be 'matrix' or 'kronecker'"),
    ("operator", {}, {"row_major": True}, "row by row in kronecker"),
    ("operator", {"layout": "denominator"}, {}, "mixed layout"),
    ("kronecker", {"expression": "expm(X)"}, {}, "not a product of Kronecker products"),
    ("cases", {"expression": "(x'*x)^2*x", "wrt": "x", "order": 4}, {}, "10 deltas"),
    ("cases", {"expression": "X^3", "wrt": "X", "order": 2}, {}, "42 cases"),
]


@pytest.mark.parametrize(("notation", "asked", "options", "message"), REFUSED)
def test_what_has_no_such_notation(
    notation: str, asked: dict[str, str], options: dict[str, bool], message: str
) -> None:
    arguments = {"expression": "A*X", "wrt": "X", **asked}
    d = matcalc.diff(**arguments)  # type: ignore[arg-type]
    with pytest.raises(MatcalcError, match=message):
        d.in_notation(notation, **options)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x[i] if i = j", "entries of an array"),
        ("D[i] = x[i] if i = j", "has 2 axes"),
        ("D[i,j] = x[i] if i = j\nx[j]", "a value and its condition"),
    ],
)
def test_what_is_no_list_of_cases(text: str, message: str) -> None:
    shape = derived("x.^2", "x")._statement.mixed_shape
    with pytest.raises(MatcalcError, match=message):
        as_where(text, shape)


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "A*X*B", "--wrt", "X", "--notation", "operator", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [line["kind"] for line in found["lines"]] == ["map", "adjoint"]
    assert found["verification"].startswith("exact")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--steps"], "--steps cannot be combined with --notation"),
        (["--manifold", "sphere"], "a gradient on a manifold is the vector that stands for it"),
        (["--metric", "M"], "a gradient in a metric is the vector that stands for it"),
        (["--cse"], "--cse cannot be combined with --notation"),
        (["--format", "numpy"], "not as numpy"),
        (["--wrt", "x"], "one variable of differentiation"),
    ],
)
def test_what_the_command_refuses(
    capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    assert main(["diff", "A*X*x", "--wrt", "X", "--notation", "index", *options]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "order", "lines"),
    [
        (
            "sum(x.^3)*sum(x.^-1)",
            2,
            [
                "D[i,j] = 2*sum(x.^3)/x[i]^3 + 6*x[i]*sum(1./x) - 6  if i = j",
                "         -3*x[j]^2/x[i]^2 - 3*x[i]^2/x[j]^2         if i != j",
            ],
        ),
        (
            "(x.^2)*(x.^-2)'",
            1,
            [
                "D[i,j,k] = 2*x[i]/x[j]^2     if i = k, j != k",
                "           -2*x[i]^2/x[j]^3  if j = k, i != k",
                "           0                 otherwise",
            ],
        ),
    ],
)
def test_what_cancels_in_cases_is_left_out(text: str, order: int, lines: list[str]) -> None:
    """Above and below the line there is one table of powers, and one number in front."""
    found = matcalc.diff(text, "x", order=order, variables={"x": "vector(n)"})
    assert str(found.in_notation("cases")).splitlines() == lines


def test_cases_have_powers() -> None:
    """What is multiplied or divided by the same several times stands once, as a power."""
    cases = matcalc.diff("x/norm2(x)", "x", order=2).in_notation("cases")
    assert str(cases).splitlines() == [
        "D[i,j,k] = (3*x[i]^3/norm2(x)^2 - 3*x[i])/norm2(x)^3     if i = j = k",
        "           (3*x[i]*x[j]^2/norm2(x)^2 - x[i])/norm2(x)^3  if j = k, i != j",
        "           (3*x[i]^2*x[k]/norm2(x)^2 - x[k])/norm2(x)^3  if i = j, j != k",
        "           (3*x[i]^2*x[j]/norm2(x)^2 - x[j])/norm2(x)^3  if i = k, j != k",
        "           3*x[i]*x[j]*x[k]/norm2(x)^5                   if j != k, i != j, i != k",
    ]


@pytest.mark.parametrize(
    ("expression", "wrt", "columns", "rows"),
    [
        ("sum(T.^2)", "T", "(2*vec(T))'", "(2*vec(permute(T, 3, 2, 1)))'"),
        ("a*T", "a", "vec(T)", "vec(permute(T, 3, 2, 1))"),
        ("x'*T[:, :, 1]*x", "T", "kron(kron(unit(1, k), x), x)'", "kron(kron(x, x), unit(1, k))'"),
    ],
)
def test_kronecker_of_tensors(expression, wrt, columns, rows):
    kinds = {"T": "tensor(n, n, k)"}
    result = matcalc.diff(expression, wrt, variables=kinds)
    assert str(result.in_notation("kronecker")) == columns
    assert str(result.in_notation("kronecker", row_major=True)) == rows
