"""Mathematical signs of Unicode in the expression language: norms, roots, superscripts, circled
products.
"""

import pytest
from printing import render

from matcalc.core.errors import MatcalcError, ParseError, ShapeError
from matcalc.read.frontend import read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("‖A*x−b‖²", "norm2(A*x - b)^2", id="squared-norm"),
        pytest.param("‖x‖_1 + ‖x‖_2 + ‖x‖_∞", "norm1(x) + norm2(x) + norminf(x)", id="subscripts"),
        pytest.param(
            "‖x‖₁ + ‖x‖₂ + ‖x‖∞", "norm1(x) + norm2(x) + norminf(x)", id="subscript-characters"
        ),
        pytest.param("‖X‖_F³", "norm2(X)^3", id="frobenius"),
        pytest.param("‖x - ‖x‖*x‖", "norm2(x - norm2(x)*x)", id="nested"),
        pytest.param("‖‖x‖*x‖", "norm2(norm2(x)*x)", id="nested-at-the-start"),
        pytest.param("‖(x + ‖y‖)‖", "norm2(x + norm2(y))", id="nested-in-brackets"),
        pytest.param("‖x +\n y‖", "norm2(x + y)", id="over-two-lines"),
        pytest.param("‖a‖", "norm2(a)", id="letter"),
        pytest.param("a: scalar; ‖a‖", "abs(a)", id="scalar"),
        pytest.param("√a + √(x'*x)", "sqrt(a) + sqrt(x'*x)", id="roots"),
        pytest.param("∑(x) + 2*∑(X.^2)", "sum(x) + 2*sum(X.^2)", id="sums"),
        pytest.param("∑(X, 1)", "vector(1)'*X", id="sum-along-an-axis"),
        pytest.param("√a^2", "sqrt(a)^2", id="root-first"),
        pytest.param("√x'", "sqrt(x)'", id="root-before-transpose"),
        pytest.param("√√a", "sqrt(sqrt(a))", id="root-of-a-root"),
        pytest.param("Xᵀ*A⊙B", "(X'*A).*B", id="transpose-and-hadamard"),
        pytest.param("A⊗B + A⁻¹⊗B", "kron(A, B) + kron(inv(A), B)", id="kron"),
        pytest.param("xᵀ*Σ⁻¹*x − β²", "x'*inv(Σ)*x - β^2", id="greek"),
    ],
)
def test_reading(text: str, expected: str) -> None:
    program = read(text)
    assert render(program.expr, program.variables) == expected


@pytest.mark.parametrize(
    ("text", "kind", "column", "part"),
    [
        pytest.param("‖x", ParseError, 0, "is not closed", id="unclosed"),
        pytest.param("x‖", ParseError, 1, "is not closed", id="unopened"),
        pytest.param("‖_F x‖", ParseError, 0, "closes nothing", id="subscript-first"),
        pytest.param("‖x‖ ‖y‖", ParseError, 4, "write ‖x‖*‖y‖", id="juxtaposed"),
        pytest.param("(‖x)‖", ParseError, 1, "not closed before", id="crossed"),
        pytest.param(
            "a/2∑(x)", ParseError, 3, "write a/2*∑(x), or a/(2*∑(x))", id="sum-after-a-number"
        ),
        pytest.param("∑x", ParseError, 1, "in brackets", id="sum-without-brackets"),
        pytest.param("∑_i x_i", ParseError, 1, "write sum[i](x[i])", id="sum-with-an-index"),
        pytest.param("a√x", ParseError, 1, "write a*√x", id="root-after-a-name"),
        pytest.param("‖X‖", ShapeError, 0, "‖X‖_F", id="matrix"),
        pytest.param("‖X‖", ShapeError, 0, "specnorm(X)", id="spectral"),
        pytest.param("‖X‖_1", ShapeError, 0, "norm1(X)", id="matrix-one"),
    ],
)
def test_refused(text: str, kind: type[MatcalcError], column: int, part: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        read(text)
    problem = caught.value
    assert type(problem) is kind
    assert problem.span is not None
    assert problem.span.start == column
    assert part in f"{problem.message}\n{problem.hint}"
