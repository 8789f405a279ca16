"""What does not fit: input, class, column of the caret (from 0), part of the message or hint."""

import pytest

from matcalc.core.errors import MatcalcError, ParseError, ShapeError, UnknownNameError
from matcalc.read.frontend import read

GIVEN = [
    "A: matrix(m, n)",
    "B: matrix(n, n)",
    "x: vector(n)",
    "y: vector(n)",
    "z: vector(m)",
    "F: matrix(2, 3)",
    "w: vector(4)",
]


@pytest.mark.parametrize(
    ("text", "kind", "column", "part"),
    [
        pytest.param(
            "x*y",
            ShapeError,
            1,
            "write x'*y for the inner product, x*y' for the outer product, x.*y",
            id="columns",
        ),
        pytest.param(
            "x'*y'", ShapeError, 2, "cannot multiply row vector(n) by row vector(n)", id="rows"
        ),
        pytest.param("A*x'", ShapeError, 1, "write A*x, or x'*A", id="matrix-row"),
        pytest.param("x*A", ShapeError, 1, "write x'*A", id="column-matrix"),
        pytest.param(
            "A*z", ShapeError, 1, "n from A (declared), m from z (declared)", id="clash-of-names"
        ),
        pytest.param("A*z", ShapeError, 1, "did you mean A'*z?", id="transposed-fits"),
        pytest.param("A*A", ShapeError, 1, "did you mean A'*A?", id="matrix-product"),
        pytest.param(
            "F*w", ShapeError, 1, "3 from F (declared), 4 from w (declared)", id="clash-of-numbers"
        ),
        pytest.param(
            "A*w",
            ShapeError,
            1,
            "n from A (declared), 4 from w (declared)",
            id="clash-of-name-and-number",
        ),
        pytest.param(
            "A*v + v",
            ShapeError,
            4,
            "m from A (declared), n from v (inferred)",
            id="clash-of-inferred",
        ),
        pytest.param(
            "eye(3)*w",
            ShapeError,
            6,
            "3 from eye(3), 4 from w (declared)",
            id="clash-with-a-constant",
        ),
        pytest.param(
            "vec(A) + vec(B)",
            ShapeError,
            7,
            "cannot add vector(m*n) and vector(n*n)",
            id="clash-of-products",
        ),
        pytest.param("A + A'", ShapeError, 2, "A has the shape of A", id="transposed-sum"),
        pytest.param("x' + y", ShapeError, 3, "write x + y for columns", id="row-and-column"),
        pytest.param(
            "x + A", ShapeError, 2, "cannot add vector(n) and matrix(m, n)", id="vector-and-matrix"
        ),
        pytest.param(
            "A.*x",
            ShapeError,
            1,
            "cannot multiply matrix(m, n) and vector(n) entry by entry",
            id="hadamard",
        ),
        pytest.param(
            "max(x, z)", ShapeError, 0, "cannot take max of vector(n) and vector(m)", id="maximum"
        ),
        pytest.param("1/x", ShapeError, 1, "write 1./x", id="one-over-vector"),
        pytest.param("x/(x + y)", ShapeError, 1, "write x./(x + y)", id="vector-over-vector"),
        pytest.param("x/B", ShapeError, 1, "write B\\x for inv(B)*x", id="over-matrix"),
        pytest.param("1/B", ShapeError, 1, "inv(B) for the inverse", id="scalar-over-matrix"),
        pytest.param(
            "x'/A",
            ShapeError,
            2,
            "x'*pinv(A) solves it by least squares",
            id="over-rectangular-matrix",
        ),
        pytest.param(
            "A\\z",
            ShapeError,
            1,
            "not matrix(m, n): m from A (declared), n from A",
            id="solve-not-square",
        ),
        pytest.param(
            "A\\z", ShapeError, 1, "pinv(A) solves it by least squares", id="solve-least-squares"
        ),
        pytest.param(
            "B\\z", ShapeError, 1, "n from B (declared), m from z (declared)", id="solve-clash"
        ),
        pytest.param("B\\2", ShapeError, 1, "write inv(B) for the inverse", id="solve-scalar"),
        pytest.param("B\\x'", ShapeError, 1, "write B\\x", id="solve-row"),
        pytest.param(
            "x\\B",
            ShapeError,
            1,
            "a system needs a matrix on the left, not vector(n)",
            id="solve-vector",
        ),
        pytest.param("x^2", ShapeError, 1, "write x.^2", id="vector-power"),
        pytest.param("(x + y)^2", ShapeError, 7, "write (x + y).^2", id="vector-power-in-brackets"),
        pytest.param("2^x", ShapeError, 1, "write 2.^x", id="vector-exponent"),
        pytest.param(
            "A^2",
            ShapeError,
            1,
            "a matrix power needs a square matrix, not matrix(m, n)",
            id="power-not-square",
        ),
        pytest.param(
            "A^-1",
            ShapeError,
            1,
            "an inverse needs a square matrix, not matrix(m, n)",
            id="inverse-power",
        ),
        pytest.param(
            "2 + inv(A)",
            ShapeError,
            8,
            "inv needs a square matrix, not matrix(m, n): m from A",
            id="not-square",
        ),
        pytest.param(
            "tr(x)", ShapeError, 3, "tr needs a square matrix, not vector(n)", id="trace-of-vector"
        ),
        pytest.param("diag(A)", ShapeError, 5, "diag needs a square matrix", id="diagonal"),
        pytest.param("pinv(x)", ShapeError, 5, "x'/(x'*x)", id="pseudo-inverse"),
        pytest.param(
            "sum(A, 3)", ShapeError, 7, "is 1 (of each column: a row) or 2", id="sum-axis"
        ),
        pytest.param(
            "mean(A, a)", ShapeError, 8, "the second argument of mean is 1", id="mean-axis"
        ),
        pytest.param(
            "sum(x, 1)", ShapeError, 4, "sum(x) takes all entries", id="sum-axis-of-vector"
        ),
        pytest.param(
            "sum(A, 1, 2)",
            UnknownNameError,
            0,
            "sum takes 1 or 2 arguments, not 3",
            id="sum-of-three",
        ),
        pytest.param("softmax(B)", ShapeError, 8, "softmax(vec(B))", id="softmax"),
        pytest.param("norminf(B)", ShapeError, 8, "norminf needs a vector", id="maximum-norm"),
        pytest.param(
            "khatrirao(x', B)", ShapeError, 10, "not row vector(n)", id="khatrirao-of-row"
        ),
        pytest.param(
            "khatrirao(x, B)",
            ShapeError,
            0,
            "a column and a matrix do not fit",
            id="khatrirao-of-column",
        ),
        pytest.param("khatrirao(A, B*A')", ShapeError, 0, "as many columns", id="khatrirao-clash"),
        pytest.param(
            "reshape(2, 1, 1)", ShapeError, 8, "a matrix or a tensor", id="reshape-of-scalar"
        ),
        pytest.param(
            "reshape(x, 2, 3)",
            ShapeError,
            0,
            "reshape keeps the number of entries",
            id="reshape-clash",
        ),
        pytest.param("dot(x, B)", ShapeError, 0, "two operands of one shape", id="dot"),
        pytest.param(
            "dot(x, z)", ShapeError, 0, "n from x (declared), m from z (declared)", id="dot-clash"
        ),
        pytest.param("outer(x, B)", ShapeError, 9, "outer needs two vectors", id="outer"),
        pytest.param(
            "polygamma(a, x)", ShapeError, 10, "a number 0, 1, 2", id="polygamma-symbolic"
        ),
        pytest.param(
            "besselj(1/2, x)",
            ShapeError,
            8,
            "the first argument of besselj is a number 0, 1, 2",
            id="bessel-half",
        ),
        pytest.param(
            "mvlgamma(x, 0)",
            ShapeError,
            12,
            "second argument of mvlgamma is a number 1, 2, 3",
            id="mvlgamma-none",
        ),
        pytest.param(
            "mvlgamma(x, 1001)", ShapeError, 12, "numbers up to 1,000", id="mvlgamma-large"
        ),
        pytest.param(
            "kl(x, B)", ShapeError, 0, "kl needs two operands of one shape", id="divergence"
        ),
        pytest.param("logsoftmax(B)", ShapeError, 11, "logsoftmax(vec(B))", id="logsoftmax"),
        pytest.param(
            "gamma*gamma(x)",
            UnknownNameError,
            6,
            "gamma is a variable here",
            id="variable-and-function",
        ),
        pytest.param(
            "gamma(x)*gamma", UnknownNameError, 9, "gamma is a function", id="function-and-variable"
        ),
        pytest.param(
            "polygamma(-1, x)", ShapeError, 10, "a number 0, 1, 2", id="polygamma-negative"
        ),
        pytest.param(
            "frechet_expm(B, x)",
            ShapeError,
            16,
            "needs matrices; this is vector(n)",
            id="frechet-of-vector",
        ),
        pytest.param(
            "frechet_expm(B, A)", ShapeError, 16, "matrices of one shape", id="frechet-clash"
        ),
        pytest.param(
            "frechet_power(B, x, B)", ShapeError, 17, "not a scalar", id="frechet-vector-exponent"
        ),
        pytest.param("vector(x)", ShapeError, 7, "vector needs a scalar", id="fill-with-vector"),
        pytest.param("r = A*x; r*r", ShapeError, 10, "write r'*r", id="hints-use-defined-names"),
        pytest.param("eye(2/n)", ParseError, 4, "a dimension is a name", id="size-sum"),
        pytest.param(
            "eye(2, 3)", UnknownNameError, 0, "eye takes 1 argument, not 2", id="eye-of-two"
        ),
        pytest.param(
            "vector()",
            UnknownNameError,
            0,
            "vector takes 1 argument, not 0",
            id="vector-of-nothing",
        ),
        pytest.param(
            "2*det(B, B)", UnknownNameError, 2, "det takes 1 argument, not 2", id="too-many"
        ),
        pytest.param(
            "huber(x)",
            UnknownNameError,
            0,
            "huber takes 2 arguments, not 1\nit is called as in huber(x, d)",
            id="too-few",
        ),
        pytest.param(
            "frechet_expm(B)", UnknownNameError, 0, "takes 2 to 9 arguments, not 1", id="range"
        ),
        pytest.param("2*trce(B)", UnknownNameError, 2, "did you mean trace", id="unknown-close"),
        pytest.param("Tr(B)", UnknownNameError, 0, "did you mean tr", id="unknown-case"),
        pytest.param("foo(x)", UnknownNameError, 0, "unknown function foo", id="unknown"),
        pytest.param(
            "x + exp", UnknownNameError, 4, "exp is a function", id="function-without-argument"
        ),
        pytest.param(
            "vector", UnknownNameError, 0, "vector is a function", id="fill-without-value"
        ),
        pytest.param(
            "exp: scalar; exp(x)",
            UnknownNameError,
            13,
            "exp is declared as scalar",
            id="declared-function-called",
        ),
        pytest.param(
            "exp = 2; exp(x)", UnknownNameError, 9, "exp is defined", id="defined-function-called"
        ),
        pytest.param(
            "A(x)", UnknownNameError, 0, "write A*(x) for a product", id="variable-called"
        ),
    ],
)
def test_refused(text: str, kind: type[MatcalcError], column: int, part: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        read(text, GIVEN)
    problem = caught.value
    assert type(problem) is kind
    assert problem.source == text
    assert problem.span is not None
    assert problem.span.start == column
    assert part in f"{problem.message}\n{problem.hint}"


@pytest.mark.parametrize("size", ["vector(n)", "vector(7)"])
def test_dimensions_that_definitions_square_again_and_again_are_refused(size: str) -> None:
    chain = "".join(f"x{k + 1} = kron(x{k}, x{k});" for k in range(60))
    with pytest.raises(ShapeError, match="more than 1024 factors") as caught:
        read(chain + "x60", {"x0": size})
    assert caught.value.span is not None


@pytest.mark.parametrize(
    ("start", "step", "last"),
    [
        pytest.param("s0 = c", "s{1} = s{0}*s{0}", "x + s60", id="scalar-in-a-note"),
        pytest.param("s0 = 10", "s{1} = s{0}*s{0}", "B^s60", id="literal-exponent"),
        pytest.param("s0 = x", "s{1} = s{0} + s{0}", "s60", id="sum"),
        pytest.param("s0 = ones", "s{1} = s{0} + s{0}", "x + s60", id="fill"),
    ],
)
def test_shared_definitions_are_visited_once(start: str, step: str, last: str) -> None:
    chain = "; ".join([start, *(step.format(k, k + 1) for k in range(60)), last])
    assert read(chain, {"c": "scalar", "x": "vector(n)", "B": "matrix(n, n)"}).expr.shape
