"""Declarations, sums, products and prompts as other programs and books have them: the hint gives
the text that is meant.
"""

from __future__ import annotations

import re

import pytest

import matcalc
from matcalc.claims.equality import EQUAL, decide
from matcalc.core.errors import ArgumentError, MatcalcError
from matcalc.read.frontend import read

pytestmark = pytest.mark.filterwarnings("ignore::matcalc.NotationWarning")

# what is typed, and the declaration that the hint gives
DECLARED = [
    ("A in R^{m x n}", "A: matrix(m, n)"),
    ("A ∈ ℝ^{m×n}", "A: matrix(m, n)"),
    ("A: R^(n x n)", "A: matrix(n, n)"),
    ("A: (3, 4)", "A: matrix(3, 4)"),
    ("A: m by n", "A: matrix(m, n)"),
    ("A: n + 1 x n", "A: matrix(n + 1, n)"),
    ("x in R^n", "x: vector(n)"),
    ("A in symmetric(n)", "A: symmetric(n)"),
    ("A ∈ psd(n)", "A: psd(n)"),
    ("A :: matrix(m, n)", "A: matrix(m, n)"),
    ("x: n", "x: vector(n)"),
    ("x: 5", "x: vector(5)"),
    ("c: R", "c: scalar"),
    ("A: matrix m n", "A: matrix(m, n)"),
    ("x: vector 3", "x: vector(3)"),
    ("symmetric A", "A: symmetric"),
    ("symmetric(n) A", "A: symmetric(n)"),
    ("A is symmetric", "A: symmetric"),
    ("A: symmetric matrix", "A: symmetric"),
    ("A: symmetric matrix(n, n)", "A: symmetric(n)"),
    ("A: lower triangular", "A: triangular"),
    ("A: upper-triangular(n)", "A: upper(n)"),
    ("A: real matrix(m, n)", "A: matrix(m, n)"),
    ("x: column vector", "x: vector"),
    ("A: 3x2", "A: matrix(3, 2)"),
    ("A in R^{mxn}", "A: matrix(m, n)"),
]


@pytest.mark.parametrize(("typed", "meant"), DECLARED)
def test_declarations(typed: str, meant: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        read("x'*x + tr(A*A') + c", [typed])
    assert caught.value.hint == f'write "{meant}"'
    read("x'*x + tr(A*A') + c", [meant])


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("S: definite(n)", "psd (or spd) is the kind"),
        ("S: covariance", "psd (or spd) is the kind"),
        ("S: positive definite", "psd (or spd) is the kind"),
        ("S is positive definite", "psd (or spd) is the kind"),
        ("S: symmetric positive-semidefinite(n)", "psd (or spd) is the kind"),
        ("A: positive matrix", "positive(m, n) for a matrix"),
        ("x: row(n)", "declare a vector(n), and write '"),
        ("A: square(n)", "matrix(n, n)"),
        ("A: matrix(n)", "it is written matrix(m, n)"),
        ("A: symmetric(n, m)", "it is written symmetric(n)"),
        ("A: SPD", "did you mean spd?"),
        ("A:", "the kinds are"),
        ("A: B", "dot(A, B)"),
    ],
)
def test_words_for_kinds(typed: str, hint: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        read("x'*x + tr(A*A') + tr(S)", [typed])
    assert hint in str(caught.value.hint)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("(3, 4)", "matrix(3, 4)"),
        ("R^n", "vector(n)"),
        ("n x m", "matrix(n, m)"),
        ("symmetric matrix", "symmetric"),
    ],
)
def test_values_of_mappings(typed: str, meant: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        read("A", {"A": typed})
    assert caught.value.hint == f'write "{meant}"'


def test_a_shape_is_no_declaration() -> None:
    with pytest.raises(ArgumentError) as caught:
        matcalc.diff("tr(A)", "A", variables={"A": (3, 3)})  # type: ignore[dict-item]
    assert caught.value.hint == 'write "matrix(3, 3)"'


# what is typed, what the hint says to write, and what that means
WRITTEN = [
    ("sum[i, j: i != j](x[i]*x[j])", "sum[i, j, i != j](x[i]*x[j])", "sum(x)^2 - x'*x"),
    ("sum[i, j | i != j](x[i]*x[j])", "sum[i, j, i != j](x[i]*x[j])", "sum(x)^2 - x'*x"),
    ("sum[i, j; i < j](x[i]*x[j])", "sum[i, j, i < j](x[i]*x[j])", "(sum(x)^2 - x'*x)/2"),
    ("Sum(x[i]**2, (i, 0, n-1))", "sum[i=1:n](x[i]**2)", "x: vector(n); x'*x"),
    ("Product(x[i], (i, 1, n))", "prod[i=1:n](x[i])", "x: vector(n); prod(x)"),
    ("sum(x_i^2, i)", "sum[i](x[i]^2)", "x'*x"),
    ("t(x) %*% A %*% x", "x' * A * x", "dot(x, A*x)"),
    ("t(y - A %*% x) %*% (y - A %*% x)", "(y - A * x)' * (y - A * x)", "norm2(y - A*x)^2"),
    ("x.A.x", "x'*A*x", "dot(x, A*x)"),
    ("Tr[A.X.B]", "tr(A*X*B)", "tr(A*X*B)"),
    ("Transpose[x].A.y", "transpose(x)*A*y", "x'*A*y"),
    ("Norm[A.x - y]^2", "norm2(A*x - y)^2", "norm2(A*x - y)^2"),
    ("Tr[Inverse[A].X]", "tr(inv(A)*X)", "tr(A\\X)"),
    ("MatMul(A, X)", "A*X", "A*X"),
    ("hadamard(A, X)", "A.*X", "A.*X"),
    ("clip(x, 0, 1)", "min(max(x, 0), 1)", "max(min(x, 1), 0)"),
    (">>> x'*x", "x'*x", "norm2(x)^2"),
    (">> x'*x", "x'*x", "norm2(x)^2"),
    ("$ x'*x", "x'*x", "norm2(x)^2"),
    ("In [3]: x'*x", "x'*x", "norm2(x)^2"),
    ("julia> x'*x", "x'*x", "norm2(x)^2"),
    ("x'*x # the square", "x'*x", "norm2(x)^2"),
    ("x'*x % the square", "x'*x", "norm2(x)^2"),
    ("x^⊤Ax", "x^⊤*A*x", "dot(x, A*x)"),
]


@pytest.mark.parametrize(("typed", "written", "meant"), WRITTEN)
def test_what_to_write(typed: str, written: str, meant: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        read(typed)
    found = re.search(
        r"write (.*?)(?: for a sum|[;,] (?:put|or)|; write|$)", str(caught.value.hint)
    )
    assert found
    assert found[1] == written
    sides = read(written), read(meant)
    assert decide(*sides).verdict == EQUAL


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("lgo(x)", "did you mean log?"),
        ("cholesky(A)", "did you mean chol?"),
        ("eigmax(A)", "did you mean lambda_max?"),
        ("Phi(x)", "did you mean normcdf?"),
        ("A %x% B", "kron(A, B)"),
        ("5%*x", "write 5/100"),
        ("not x", "1 - (x > 0)"),
        ("x'*x where", "y'*y where y = A*x"),
        ("x -> x'*x", "without its arguments"),
        ('"x\'*x"', "quotes belong to the command line"),
        ("r'*r with r = A*x", "y'*y where y = A*x"),
        ("r'*r, r = A*x", "write r'*r where r = A*x"),
        ("f(x) = x'*A*x; f(x)", "write x'*A*x"),
        ("x |-> x'*x", "enter only the expression"),
        ("argmin norm(x)", "enter only the objective"),
        ("min_x norm(x)", "enter only the objective"),
        ("grad norm(x)", "enter only what is differentiated"),
        ("(d/dx)(x'*x)", "enter only what is differentiated"),
        ("D(x'*x, x)", "enter only what is differentiated"),
        ("sum([x_i^2 for i in range(n)])", "write sum[i](x[i]^2)"),
        ("x_+", "write max(x, 0)"),
        ("(x)_+", "write max(x, 0)"),
        ("x % 2", "neither comments nor remainders"),
        ("sin^-1(x)", "write asin(x) for the inverse function, 1./sin(x)"),
        ("x <> 2", "write !="),
        ("x ~= 2", "write !="),
        ("x_1 + ... + x_n", "dots are not supported"),
        ("x_1 + … + x_n", "dots are not supported"),
        ("[[1, 2], [3, 4]] @ x", "write [1, 2; 3, 4] for the matrix, [1, 2, 3, 4] for one row"),
        ("{{1, 2}, {3, 4}}*x", "write [1, 2; 3, 4]*x"),
        ("((1, 2), (3, 4))*x", "write [1, 2; 3, 4]*x"),
        ("np.exp(A*t)", "or declare t: scalar"),
        ("map(exp, x)", "write exp(x)"),
        ("apply(X, 1, sum)", "write sum(X, 2)"),
        ("x.H @ y", "write A' for the transpose"),
        ("A.I @ y", "write inv(A)"),
        ("np.array([1, 2]) @ x", "write [1; 2] for a vector"),
        ("@. x^2", "as in x.^2"),
        ("np.exp(-np.linalg.norm(x)**2/(2*s**2))", "or declare s: scalar"),
    ],
)
def test_hints(typed: str, hint: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        read(typed)
    assert hint in str(caught.value.hint)


@pytest.mark.parametrize("sign", ["^⊤", "^{⊤}", "^ᵀ", "^T", "^{T}"])
def test_raised_transposes(sign: str) -> None:
    assert str(read(f"x{sign}*A*x").expr) == str(read("x'*A*x").expr)
    given = {"T": "scalar", "x": "vector(n)"}
    if "T" not in sign:
        assert read(f"x{sign}*x", given).expr.shape == ()


@pytest.mark.parametrize(
    ("formula", "wrt", "part"),
    [
        (r"\sum_i x_i^2", "x_i", "x[i]"),
        (r"\sum_i (y_i - w^\top x_i)^2", "x_i", "X[i,:]"),
        (r"\sum_{i,j} (R_{ij} - \mathbf{u}_i^\top \mathbf{v}_j)^2", r"\mathbf{u}_i", "U[i,:]"),
        (r"\sum_{i,j} (R_{ij} - \mathbf{u}_i^\top \mathbf{v}_j)^2", "R_{ij}", "R[i,j]"),
    ],
)
def test_parts_by_their_subscripts(formula: str, wrt: str, part: str) -> None:
    objective = matcalc.parse_latex(formula)
    if set(wrt) & set("\\{"):  # a letter of LaTeX
        assert str(objective.diff(wrt)) == str(objective.diff(part))
        return
    with pytest.raises(MatcalcError) as caught:
        objective.diff(wrt)
    assert f'"{part}" is a' in str(caught.value.hint)
    assert objective.diff(part)


@pytest.mark.parametrize(
    "text", ["[[1, 2]; [3, 4]]*x", "[[x; y], z]", "[[a, b, c]; x']", "[[x], [y]]"]
)
def test_blocks_in_blocks_are_read(text: str) -> None:
    given = {"x": "vector(2)", "y": "vector(2)", "z": "vector(4)"}
    if text.startswith("[[a"):
        given["x"] = "vector(3)"
    if text == "[[x], [y]]":
        with pytest.raises(MatcalcError):
            read(text, given)
        return
    read(text, given)


def test_a_function_and_its_argument_in_one_name() -> None:
    with pytest.raises(MatcalcError) as caught:
        matcalc.diff("sinx", "x")
    assert "write sin(x) for the function" in str(caught.value.hint)
