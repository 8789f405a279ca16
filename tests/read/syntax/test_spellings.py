"""What people type from papers, MATLAB and Python: read where there is one reading, else refused
with what to write.
"""

import pytest
from printing import render
from sweeps import slow

from matcalc.core.errors import MatcalcError
from matcalc.read.frontend import read

GIVEN = [
    "A: matrix(n, n)",
    "X: matrix(m, n)",
    "x: vector(n)",
    "y: vector(n)",
    "t: scalar",
    "p: scalar",
]

READ = [
    pytest.param("||X*x||^2", "norm2(X*x)^2", id="bars"),
    pytest.param(
        "||x||_1 + ||x||_2 + ||X||_F + ||x||_inf",
        "norm1(x) + norm2(x) + norm2(X) + norminf(x)",
        id="bars-with-subscripts",
    ),
    pytest.param("||x - ||y||*x||", "norm2(x - norm2(y)*x)", id="nested-bars"),
    pytest.param("|a|*|b - |c||", "abs(a)*abs(b - abs(c))", id="absolute-values"),
    pytest.param(
        "norm(x, 1) + norm(x, 2) + norm(x, inf)", "norm1(x) + norm2(x) + norminf(x)", id="orders"
    ),
    pytest.param("norm(x, 3) + norm(x, p)", "normp(x, 3) + normp(x, p)", id="order-p"),
    pytest.param(
        "norm(A, 'fro') + norm(A, \"nuc\")", "norm2(A) + nucnorm(A)", id="order-in-quotes"
    ),
    pytest.param("norm(x - y, 1)/2", "norm1(x - y)/2", id="order-of-a-difference"),
    pytest.param(
        "X.sum() + x.mean() + A.trace() + A.det()",
        "sum(X) + mean(x) + tr(A) + det(A)",
        id="methods",
    ),
    pytest.param("A.inv() @ A.T @ x", "inv(A)*A'*x", id="methods-in-products"),
    pytest.param("np.linalg.inv(A) @ x", "inv(A)*x", id="numpy"),
    pytest.param(
        "np.exp(x).sum() + np.log(np.linalg.det(A))",
        "sum(exp(x)) + log(det(A))",
        id="numpy-and-methods",
    ),
    pytest.param(
        "torch.nn.functional.softmax(x) - scipy.special.expit(x)",
        "softmax(x) - sigmoid(x)",
        id="torch-and-scipy",
    ),
    pytest.param("np.linalg.norm(X @ x)**2 / 2", "norm2(X*x)^2/2", id="numpy-norm"),
    pytest.param(
        "np.linalg.solve(A, x) + np.multiply(x, y)", "inv(A)*x + x.*y", id="numpy-operators"
    ),
    pytest.param("np.dot(A, x) + A.dot(y)", "A*x + A*y", id="numpy-dot"),
    pytest.param("np.square(x).sum()", "sum(x.^2)", id="numpy-square"),
    pytest.param("np.where(x > 0, x, 0)", "where(x > 0, x, 0)", id="numpy-where"),
    pytest.param("np.pi*np.maximum(x, 0)", "pi*max(x, 0)", id="numpy-constant"),
    pytest.param("2*np.sum(x)", "2*sum(x)", id="python-product-with-a-scalar"),
    pytest.param("A^T + A^{T}", "A' + A'", id="transposes"),
    pytest.param("A^{-1}*x + t^{2 + 1}*x", "inv(A)*x + t^(2 + 1)*x", id="curly-exponents"),
    pytest.param("transpose(x)*A*x", "x'*A*x", id="transpose"),
    pytest.param("A∘A + A⊘A", "A.*A + A./A", id="circles"),
    pytest.param("2x + 3(x + y) - 2.5t*x", "2*x + 3*(x + y) - 2.5*t*x", id="multiples"),
    pytest.param("2x'*A*x", "2*x'*A*x", id="multiple-of-a-product"),
    pytest.param(
        "2√t + 3‖x‖ + 2|t| + 2sum(x)",
        "2*sqrt(t) + 3*norm2(x) + 2*abs(t) + 2*sum(x)",
        id="multiples-of-functions",
    ),
    pytest.param("-2t^2", "-2*t^2", id="multiple-of-a-power"),
    pytest.param("z: vector(2k); z[k + 1:2k]", "z[k + 1:2*k]", id="multiple-as-a-size"),
    pytest.param("1e-3*x + .5*x + 1E2*x", "0.001*x + 0.5*x + 100*x", id="numbers"),
]


@pytest.mark.parametrize(("text", "meant"), READ)
def test_read(text: str, meant: str) -> None:
    program = read(text, GIVEN)
    assert render(program.expr, program.variables) == render(
        read(meant, GIVEN).expr, program.variables
    )
    assert not program.notes


# the text, its place (from 0), the hint
REFUSED = [
    pytest.param(
        "sum(|x|)", 4, "write abs(x) entry by entry, norm2(x) for the norm", id="bars-of-a-vector"
    ),
    pytest.param(
        "sum(|A|)",
        4,
        "write abs(A) entry by entry, det(A) for the determinant",
        id="bars-of-a-matrix",
    ),
    pytest.param(
        r"\|x\|^2",
        4,
        "this looks like LaTeX: add --latex, or latex=True in Python",
        id="latex-norm",
    ),
    pytest.param("a | t", 2, "one of two conditions holds where max(a > 0, b > 0) is 1", id="or"),
    pytest.param(
        "|a||b|",
        0,
        "write abs(...) and norm2(...) where they meet, and * for a product",
        id="bars-that-meet",
    ),
    pytest.param("(|a)|", 1, None, id="crossed"),
    pytest.param("x'Ax", 2, "write x'*A*x, or x'*Ax where Ax is one name", id="quadratic-form"),
    pytest.param(
        "xᵀAx + 1",
        2,
        "write xᵀ*A*x + 1, or xᵀ*Ax + 1 where Ax is one name",
        id="quadratic-form-in-unicode",
    ),
    pytest.param("x^T A x", 4, "write x^T*A*x", id="quadratic-form-with-blanks"),
    pytest.param("x' (A x)", 3, "write x'*(A*x)", id="bracket-after-a-transpose"),
    pytest.param("(x - y)'(x - y)", 8, "write (x - y)'*(x - y)", id="brackets"),
    pytest.param("(A 'x", 4, "write A'*x", id="blank-before-the-transpose"),
    pytest.param("tr(A B)", 5, "write tr(A*B)", id="product-in-brackets"),
    pytest.param("1/2x", 3, "write 1/2*x, or 1/(2*x)", id="quotient"),
    pytest.param("t^2t", 3, "write t^2*t, or t^(2*t)", id="power"),
    pytest.param("A⊗2A", 3, "write A⊗2*A, or A⊗(2*A)", id="kronecker"),
    pytest.param("[2 x]", 3, "write [2, x] for blocks beside each other, or [2*x]", id="blocks"),
    pytest.param("2e*x", 1, "write 2*e*x", id="half-of-a-number"),
    pytest.param("sin x", 4, "write sin(x)", id="function"),
    pytest.param(
        "log x'*y", 4, "write log(...) with its argument in brackets", id="function-of-what"
    ),
    pytest.param("sin^2(t)", 5, "write sin(t).^2", id="power-of-a-function"),
    pytest.param("exp^x", 0, "write exp(x)", id="power-of-exp"),
    pytest.param("e^(-t)", 0, "write exp(-t), or declare e: scalar", id="euler"),
    pytest.param(
        "e^A",
        0,
        "write expm(A) for the matrix exponential, exp(A) entry by entry, or declare e: scalar",
        id="euler-matrix",
    ),
    pytest.param("A(:,1)", 2, "write A[:, 1]", id="matlab-column"),
    pytest.param("x(2:n)", 3, "write x[2:n]", id="matlab-range"),
    pytest.param(
        "A(1, 2)", 0, "write A[1, 2] for an entry, A*(...) for a product", id="matlab-entry"
    ),
    pytest.param(
        "x[1:]",
        4,
        "write x[2:end] if you count from 0, as Python does, or x[1:end] if from 1",
        id="python-range",
    ),
    pytest.param("x[:3]", 3, "write x[1:3]", id="python-range-from-the-start"),
    pytest.param("x[:-1]", 3, "write x[1:end - 1]", id="python-range-from-the-end"),
    pytest.param(
        "np.sum(X, axis=0)", 14, "write sum(X, 1): directions are counted from 1 here", id="axis"
    ),
    pytest.param(
        "X.sum(1)", 1, "write sum(X, 2): directions are counted from 1 here", id="axis-of-a-method"
    ),
    pytest.param(
        "np.sum(A*A)", 8, "write A @ A for the product, A.*A entry by entry", id="python-product"
    ),
    pytest.param(
        "np.sum(A**2)",
        8,
        "write A.^2 entry by entry, A^2 for the power of a matrix",
        id="python-power",
    ),
    pytest.param(
        "np.sum(A/A)",
        8,
        "write A./A entry by entry, A @ inv(A) for the product with the inverse",
        id="python-quotient",
    ),
    pytest.param(
        "x.shape[0]", 1, "a size has a name: declare x: vector(n), and write n", id="shape"
    ),
    pytest.param(
        "norm(A, 1)",
        0,
        "write max(sum(abs(A), 1)) for the largest sum of a column, norm1(A) for",
        id="order-1-of-a-matrix",
    ),
    pytest.param(
        "norm(A, 2)",
        0,
        "write specnorm(A) for the spectral norm, norm2(A) for the Frobenius norm",
        id="order-2-of-a-matrix",
    ),
    pytest.param(
        "norm(A, inf)",
        0,
        "write max(sum(abs(A), 2)) for the largest sum of a row",
        id="order-inf-of-a-matrix",
    ),
    pytest.param(
        r"\frac{1}{2}x^T A x",
        0,
        "this looks like LaTeX: add --latex, or latex=True in Python",
        id="latex",
    ),
    pytest.param(r"x^\top A x", 2, "this looks like LaTeX: add --latex", id="latex-transpose"),
    pytest.param("x_{1}", 2, "this looks like LaTeX: add --latex", id="latex-index"),
    pytest.param(
        r"2\lambda", 1, "for a system write \\ lambda with a space between them", id="latex-greek"
    ),
    pytest.param("A:A", 2, "the sum of the products of the entries is dot(A, A)", id="double-dot"),
    pytest.param("1,000*x", 1, "write 1000, or 1.000 if the comma is a decimal one", id="thousand"),
    pytest.param("0,5*x", 1, "write 0.5", id="decimal-comma"),
    pytest.param("1_000*x", 1, "write 1000, not 1_000", id="grouped-digits"),
    pytest.param("x'*A*x,", 6, "delete it", id="comma-at-the-end"),
    pytest.param("“x”", 0, "delete it", id="quotes"),
    pytest.param("A⁺", 1, "pinv(A)", id="pseudo-inverse"),
    pytest.param("t⁴", 1, "write ^4", id="superscript"),
    pytest.param("½*x", 0, "write (1/2)", id="fraction"),
    pytest.param("transpose(A)*trance(A)", 13, "did you mean trace?", id="misspelt"),
    pytest.param("SoftMax(x)", 0, "did you mean softmax?", id="capitals"),
    pytest.param("norm_2(x)", 0, "did you mean norm2?", id="underscore"),
    pytest.param("inverse(A)", 0, "did you mean inv?", id="another-name"),
    pytest.param("d/dx(x'*x)", 2, "only what is differentiated", id="leibniz-bracket"),
    pytest.param("d/dx x'*x", 5, "only what is differentiated", id="leibniz"),
    pytest.param("d(x'*x)/dx", 0, "only what is differentiated", id="leibniz-quotient"),
    pytest.param("d^2/dx^2 x'*x", 9, "only what is differentiated", id="leibniz-second"),
    pytest.param("derivative of x'*x", 11, "only what is differentiated", id="in-words"),
    pytest.param("minimize x'*x", 9, "enter only the objective", id="minimize"),
    pytest.param("f(x) = x'*x", 5, "write x'*x", id="function-head"),
    pytest.param("diff(x'*x, x)", 0, "only what is differentiated", id="diff"),
    pytest.param("lse(x)", 0, "write logsumexp(x)", id="short-name"),
    pytest.param("argmax(x)", 0, "it gives a position and has no derivative", id="no-value"),
]


@pytest.mark.parametrize(("text", "column", "hint"), REFUSED)
def test_refused(text: str, column: int, hint: str | None) -> None:
    with pytest.raises(MatcalcError) as caught:
        read(text, [] if text[:2] == "A:" else GIVEN)
    problem = caught.value
    assert problem.span is not None
    assert problem.span.start == column
    assert problem.source == text
    assert hint is None or hint in str(problem.hint)


def test_what_python_does_not_have_keeps_its_meaning() -> None:
    assert render(read("np.sum(A^2)", GIVEN).expr, {}) == "sum(A^2)"
    assert render(read("F: matrix(n, n); F.T*x", GIVEN).expr, {}) == "F'*x"


@pytest.mark.parametrize(
    "text",
    [
        slow("x" + " x" * 20_000, id="names"),
        pytest.param("|" * 60_000, id="bars"),
        slow("x[" * 20_000, id="places"),
        slow("x" + ".sum()" * 10_000 + " x", id="methods"),
        pytest.param("((" * 1_400 + "x y" + "))" * 1_400, id="brackets"),
    ],
)
def test_hostile_texts_are_refused_in_linear_time(text: str) -> None:
    with pytest.raises(MatcalcError):
        read(text)
