"""Identities (5.99)-(5.108) of "Mathematics for Machine Learning" (Deisenroth, Faisal & Ong, 2020),
by number.

The book writes gradients as rows (numerator layout). f(X) is an arbitrary matrix function there;
here A*X*B + X'*X of a square X.
"""

import pytest
from printing import render

from matcalc.core.statement import DerivativeStatement
from matcalc.engine.catalogue.load import LIBRARY
from matcalc.engine.pipeline import derive
from matcalc.read.frontend import read
from matcalc.verify.oracle.compare import agree, check
from matcalc.verify.oracle.interpret import interpret

SQUARE = {"X": "matrix(n, n)", "A": "matrix(n, n)", "B": "matrix(n, n)"}
F = "(A*X*B + X'*X)"
BILINEAR = {"X": "invertible(n)", "a": "vector(n)", "b": "vector(n)"}
QUADRATIC = {"x": "vector(n)", "B": "matrix(n, n)"}
LEAST = {"x": "vector(m)", "s": "vector(n)", "A": "matrix(m, n)", "W": "symmetric(m)"}

# number, expression, declarations, by what, the row of the book in our language
ROWS = [
    ("5.104", "x'*a", {"x": "vector(n)", "a": "vector(n)"}, "x", "a'"),
    ("5.105", "a'*x", {"x": "vector(n)", "a": "vector(n)"}, "x", "a'"),
    ("5.107", "x'*B*x", QUADRATIC, "x", "x'*(B + B')"),
    ("5.108", "(x - A*s)'*W*(x - A*s)", LEAST, "s", "-2*(x - A*s)'*W*A"),
]


@pytest.mark.parametrize(
    ("expr", "kinds", "wrt", "row"), [pytest.param(*rest, id=number) for number, *rest in ROWS]
)
def test_gradient_is_the_row_of_the_book(expr, kinds, wrt, row):
    program = read(expr, kinds)
    found = derive(program, wrt, layout="numerator")
    assert found.row
    assert agree(read(render(found, program.variables), program.variables), read(row, kinds)).ok


# matrices of the gradient, whose layout is the same in the book and here
MATRICES = [
    ("5.103", "a'*inv(X)*b", BILINEAR, "X", "-inv(X)'*a*b'*inv(X)'"),
    ("5.106", "a'*X*b", {"X": "matrix(m, n)", "a": "vector(m)", "b": "vector(n)"}, "X", "a*b'"),
]


@pytest.mark.parametrize(
    ("expr", "kinds", "wrt", "form"), [pytest.param(*rest, id=number) for number, *rest in MATRICES]
)
def test_gradient_by_a_matrix(expr, kinds, wrt, form):
    program = read(expr, kinds)
    assert render(derive(program, wrt), program.variables) == form


# d f(X)/dX composed with a direction E is the derivative at t = 0 along X + t*E; the right sides of
# the book with df = F_
E = {"E": "matrix(n, n)", "t": "scalar"}
DF = "(A*E*B + E'*X + X'*E)"
DIFFERENTIALS = [
    ("5.99", "F'", "G'"),
    ("5.100", "tr(F)", "tr(G)"),
    ("5.101", "det(F)", "det(F)*tr(inv(F)*G)"),
    ("5.102", "inv(F)", "-inv(F)*G*inv(F)"),
]


@pytest.mark.parametrize(
    ("expr", "form"), [pytest.param(*rest, id=number) for number, *rest in DIFFERENTIALS]
)
def test_differential_along_a_line(expr, form):
    """d expr(X + t*E)/dt, with X standing for X + t*E on the right side as well."""
    moved = {"X": "(X + t*E)"}
    line, slope = (text.replace("X", moved["X"]) for text in (F, DF))
    program = read(expr.replace("F", line), SQUARE | E)
    wanted = read(form.replace("F", line).replace("G", slope), SQUARE | E)
    found = derive(program, "t")
    assert agree(read(render(found, program.variables), program.variables), wanted).ok


@pytest.mark.parametrize("number", [f"5.{k}" for k in range(99, 109)])
def test_the_catalogue_has_it_by_number(number):
    assert [entry for entry in LIBRARY.all() if entry.number == number]


@pytest.mark.parametrize(
    "expr", [pytest.param(expr, id=number) for number, expr, _ in DIFFERENTIALS]
)
def test_derivative_by_the_matrix(expr):
    program = read(expr.replace("F", F), SQUARE)
    tree = derive(program, "X")
    assert check(
        DerivativeStatement(program, "X", 1, "free"),
        lambda values, sizes: interpret(tree, values, sizes),
    ).ok
