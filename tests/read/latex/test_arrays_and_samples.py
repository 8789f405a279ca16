r"""Letters with an index over which nothing runs: y_i beside x_i^\top w is a number or a vector,
and y_k = \sum_i W_{ki} x_i defines the vector y.

Each row has the formula, what is declared, by what is derived, and the derivative in the expression
language; or the words of the error.
"""

from __future__ import annotations

import pytest

import matcalc
from matcalc.core.errors import MatcalcError
from matcalc.read.frontend import read

pytestmark = pytest.mark.filterwarnings("ignore::matcalc.NotationWarning")

# read both ways, so that it is refused; with a declaration it means what that says
SAMPLES = [
    (r"y_i x_i^\top w", "y_i", "w", "y_i*x_i", "y_i*x_i'"),
    (r"x_i^\top w\, y_i", "y_i", "w", "y_i*x_i", "y_i*x_i'"),
    (r"\frac{y_n}{2} \|x_n - w\|^2", "y_n", "w", "y_n*(w - x_n)", "y_n*(w - x_n)'"),
    (r"u_i v_i^\top w", "u_i", "w", "u_i*v_i", "u_i*v_i'"),
]
# only one reading fits
ONE_READING = [
    (r"y_i \log p_i", "p_i", "y_i/p_i", {"y_i": "scalar", "p_i": "scalar"}),
    (r"(y_i - f_i)^2", "f_i", "2*(f_i - y_i)", {"y_i": "scalar", "f_i": "scalar"}),
    (r"(y_i - x_i^\top w)^2", "w", "2*(w'*x_i - y_i)*x_i", {"y_i": "scalar"}),
    (
        r"\log(1 + e^{-y_i w^\top x_i})",
        "w",
        "-y_i*sigmoid(-y_i*w'*x_i)*x_i",
        {"y_i": "scalar"},
    ),
    (r"\|y_i - W x_i\|^2", "W", "2*(W*x_i - y_i)*x_i'", {}),
    (r"y_i^\top (W x_i + b_i)", "b_i", "y_i", {}),
    (r"\operatorname{tr}(H_k + y_k s_k^\top)", "s_k", "y_k", {}),
]
ARRAYS = [
    (r"y_k = \sum_i W_{ki} x_i", "x", "W"),
    (r"y_k := b_k + \sum_i W_{ki} x_i", "b", "eye(n)"),
    (r"f_k(x) = \sum_i W_{ki} x_i", "x", "W"),
    (r"y_j = \sum_i A_{ij} x_i", "x", "A'"),
    (r"p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}", "z", "diag(softmax(z)) - softmax(z)*softmax(z)'"),
    (r"g_i = x_i x^\top x", "x", "x'*x*eye(n) + 2*x*x'"),
    (r"h_k = \sum_i W_{ki} x_i \\ \sum_k h_k^2", "x", "2*W'*W*x"),
    (r"r_i = y_i - \sum_j X_{ij} w_j \\ r^\top r", "w", "2*X'*(X*w - y)"),
    (r"c_{ij} = \sum_k A_{ik} B_{kj} \\ \sum_{i,j} c_{ij}^2", "A", "2*A*B*B'"),
    (r"C_{ji} = u_i v_j \\ u^\top C v", "u", "2*(u'*v)*v"),
    (r"s_i = \prod_j W_{ij} \\ \sum_i s_i", "W", "diag(prod(W, 2))*(1./W)"),
]
ENTRIES = [  # the subscript on the left side is part of a name, or stands nowhere on the right
    (r"z_l = W_l x + b_l", "x", "W_l"),
    (r"h_t = \tanh(U x_t)", "x_t", "diag(1 - tanh(U*x_t).^2)*U"),
    (r"L_i = (y_i - w^\top x_i)^2", "w", "2*(w'*x_i - y_i)*x_i"),
    (r"\frac{e^{z_i}}{\sum_j e^{z_j}}", "z", "softmax(z)[i]*(unit(i, n) - softmax(z))"),
]


def rows(table: list[tuple[object, ...]]) -> list[object]:
    return [pytest.param(*row, id=str(row[0])) for row in table]


@pytest.mark.parametrize(("formula", "letter", "wrt", "number", "vector"), rows(SAMPLES))
def test_two_readings(formula: str, letter: str, wrt: str, number: str, vector: str) -> None:
    with pytest.raises(MatcalcError, match=f"{letter} may be a number, the entry") as caught:
        matcalc.parse_latex(formula)
    for kind, expected in (("scalar", number), ("vector", vector)):
        assert f'"{letter}: {kind}"' in (caught.value.hint or "")
        found = matcalc.diff(formula, wrt=wrt, variables={letter: kind}, latex=True)
        assert matcalc.equal(found, expected).verdict == "equal"


@pytest.mark.parametrize(("formula", "wrt", "expected", "numbers"), rows(ONE_READING))
def test_one_reading(formula: str, wrt: str, expected: str, numbers: dict[str, str]) -> None:
    found = matcalc.diff(formula, wrt=wrt, latex=True)
    assert matcalc.equal(found, expected).verdict == "equal"
    program = matcalc.parse_latex(formula)
    scalars = {name for name, variable in program.variables.items() if variable.kind == "scalar"}
    assert scalars == {*numbers}


@pytest.mark.parametrize(("formula", "wrt", "expected"), rows(ARRAYS + ENTRIES))
def test_defined_by_entries(formula: str, wrt: str, expected: str) -> None:
    assert matcalc.equal(matcalc.diff(formula, wrt=wrt, latex=True), expected).verdict == "equal"


def test_many_letters() -> None:
    text = " + ".join(f"c{k}'*x" for k in range(60))
    program = read(text)
    assert {str(variable) for variable in program.variables.values()} == {"vector(n)"}
    assert len(program.notes) == 60
