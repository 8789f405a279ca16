"""What does not fit: input, class, column of the caret (from 0), part of the message or hint."""

import pytest

from matcalc.core.errors import MatcalcError, NameProblem, ShapeProblem, SyntaxProblem
from matcalc.frontend import read

GIVEN = ["A: matrix(m, n)", "B: matrix(n, n)", "x: vector(n)", "y: vector(n)", "z: vector(m)", "F: matrix(2, 3)", "w: vector(4)"]


@pytest.mark.parametrize(
    ("text", "kind", "column", "part"),
    [
        pytest.param("x*y", ShapeProblem, 1, "write x'*y for the inner product, x*y' for the outer product, x.*y", id="columns"),
        pytest.param("x'*y'", ShapeProblem, 2, "cannot multiply row vector(n) by row vector(n)", id="rows"),
        pytest.param("A*x'", ShapeProblem, 1, "write A*x, or x'*A", id="matrix-row"),
        pytest.param("x*A", ShapeProblem, 1, "write x'*A", id="column-matrix"),
        pytest.param("A*z", ShapeProblem, 1, "n from A (declared), m from z (declared)", id="clash-of-names"),
        pytest.param("A*z", ShapeProblem, 1, "did you mean A'*z?", id="transposed-fits"),
        pytest.param("A*A", ShapeProblem, 1, "did you mean A'*A?", id="matrix-product"),
        pytest.param("F*w", ShapeProblem, 1, "3 from F (declared), 4 from w (declared)", id="clash-of-numbers"),
        pytest.param("A*w", ShapeProblem, 1, "n from A (declared), 4 from w (declared)", id="clash-of-name-and-number"),
        pytest.param("A*v + v", ShapeProblem, 4, "m from A (declared), n from v (inferred)", id="clash-of-inferred"),
        pytest.param("eye(3)*w", ShapeProblem, 6, "3 from eye(3), 4 from w (declared)", id="clash-with-a-constant"),
        pytest.param("vec(A) + vec(B)", ShapeProblem, 7, "cannot add vector(m*n) and vector(n*n)", id="clash-of-products"),
        pytest.param("A + A'", ShapeProblem, 2, "A has the shape of A", id="transposed-sum"),
        pytest.param("x' + y", ShapeProblem, 3, "write x + y for columns", id="row-and-column"),
        pytest.param("x + A", ShapeProblem, 2, "cannot add vector(n) and matrix(m, n)", id="vector-and-matrix"),
        pytest.param("A.*x", ShapeProblem, 1, "cannot multiply matrix(m, n) and vector(n) entry by entry", id="hadamard"),
        pytest.param("max(x, z)", ShapeProblem, 0, "cannot take max of vector(n) and vector(m)", id="maximum"),
        pytest.param("1/x", ShapeProblem, 1, "write 1./x", id="one-over-vector"),
        pytest.param("x/(x + y)", ShapeProblem, 1, "write x./(x + y)", id="vector-over-vector"),
        pytest.param("x/B", ShapeProblem, 1, "write B\\x for inv(B)*x", id="over-matrix"),
        pytest.param("1/B", ShapeProblem, 1, "inv(B) for the inverse", id="scalar-over-matrix"),
        pytest.param("x'/A", ShapeProblem, 2, "x'*pinv(A) solves it by least squares", id="over-rectangular-matrix"),
        pytest.param("A\\z", ShapeProblem, 1, "not matrix(m, n): m from A (declared), n from A", id="solve-not-square"),
        pytest.param("A\\z", ShapeProblem, 1, "pinv(A) solves it by least squares", id="solve-least-squares"),
        pytest.param("B\\z", ShapeProblem, 1, "n from B (declared), m from z (declared)", id="solve-clash"),
        pytest.param("B\\2", ShapeProblem, 1, "write inv(B) for the inverse", id="solve-scalar"),
        pytest.param("B\\x'", ShapeProblem, 1, "write B\\x", id="solve-row"),
        pytest.param("x\\B", ShapeProblem, 1, "a system needs a matrix on the left, not vector(n)", id="solve-vector"),
        pytest.param("x^2", ShapeProblem, 1, "write x.^2", id="vector-power"),
        pytest.param("(x + y)^2", ShapeProblem, 7, "write (x + y).^2", id="vector-power-in-brackets"),
        pytest.param("2^x", ShapeProblem, 1, "write 2.^x", id="vector-exponent"),
        pytest.param("A^2", ShapeProblem, 1, "a matrix power needs a square matrix, not matrix(m, n)", id="power-not-square"),
        pytest.param("A^-1", ShapeProblem, 1, "an inverse needs a square matrix, not matrix(m, n)", id="inverse-power"),
        pytest.param("2 + inv(A)", ShapeProblem, 8, "inv needs a square matrix, not matrix(m, n): m from A", id="not-square"),
        pytest.param("tr(x)", ShapeProblem, 3, "tr needs a square matrix, not vector(n)", id="trace-of-vector"),
        pytest.param("diag(A)", ShapeProblem, 5, "diag needs a square matrix", id="diagonal"),
        pytest.param("pinv(x)", ShapeProblem, 5, "x'/(x'*x)", id="pseudo-inverse"),
        pytest.param("sum(A, 3)", ShapeProblem, 7, "is 1 (of each column: a row) or 2", id="sum-axis"),
        pytest.param("mean(A, a)", ShapeProblem, 8, "the second argument of mean is 1", id="mean-axis"),
        pytest.param("sum(x, 1)", ShapeProblem, 4, "sum(x) takes all entries", id="sum-axis-of-vector"),
        pytest.param("sum(A, 1, 2)", NameProblem, 0, "sum takes 1 to 2 arguments, not 3", id="sum-of-three"),
        pytest.param("softmax(B)", ShapeProblem, 8, "softmax(vec(B))", id="softmax"),
        pytest.param("norminf(B)", ShapeProblem, 8, "norminf needs a vector", id="maximum-norm"),
        pytest.param("khatrirao(x', B)", ShapeProblem, 10, "not row vector(n)", id="khatrirao-of-row"),
        pytest.param("khatrirao(x, B)", ShapeProblem, 0, "a column and a matrix do not fit", id="khatrirao-of-column"),
        pytest.param("khatrirao(A, B*A')", ShapeProblem, 0, "as many columns", id="khatrirao-clash"),
        pytest.param("reshape(2, 1, 1)", ShapeProblem, 8, "a vector or a matrix", id="reshape-of-scalar"),
        pytest.param("reshape(x, 2, 3)", ShapeProblem, 0, "reshape keeps the number of entries", id="reshape-clash"),
        pytest.param("dot(x, B)", ShapeProblem, 0, "two operands of one shape", id="dot"),
        pytest.param("dot(x, z)", ShapeProblem, 0, "n from x (declared), m from z (declared)", id="dot-clash"),
        pytest.param("outer(x, B)", ShapeProblem, 9, "outer needs two vectors", id="outer"),
        pytest.param("polygamma(a, x)", ShapeProblem, 10, "a number 0, 1, 2", id="polygamma-symbolic"),
        pytest.param("besselj(1/2, x)", ShapeProblem, 8, "the first argument of besselj is a number 0, 1, 2", id="bessel-half"),
        pytest.param("mvlgamma(x, 0)", ShapeProblem, 12, "second argument of mvlgamma is a number 1, 2, 3", id="mvlgamma-none"),
        pytest.param("mvlgamma(x, 1001)", ShapeProblem, 12, "numbers up to 1,000", id="mvlgamma-large"),
        pytest.param("kl(x, B)", ShapeProblem, 0, "kl needs two operands of one shape", id="divergence"),
        pytest.param("logsoftmax(B)", ShapeProblem, 11, "logsoftmax(vec(B))", id="logsoftmax"),
        pytest.param("gamma*gamma(x)", NameProblem, 6, "gamma is a variable here", id="variable-and-function"),
        pytest.param("gamma(x)*gamma", NameProblem, 9, "gamma is a function", id="function-and-variable"),
        pytest.param("polygamma(-1, x)", ShapeProblem, 10, "a number 0, 1, 2", id="polygamma-negative"),
        pytest.param("frechet_expm(B, x)", ShapeProblem, 16, "needs matrices; this is vector(n)", id="frechet-of-vector"),
        pytest.param("frechet_expm(B, A)", ShapeProblem, 16, "matrices of one shape", id="frechet-clash"),
        pytest.param("frechet_power(B, x, B)", ShapeProblem, 17, "not a scalar", id="frechet-vector-exponent"),
        pytest.param("vector(x)", ShapeProblem, 7, "vector needs a scalar", id="fill-with-vector"),
        pytest.param("r = A*x; r*r", ShapeProblem, 10, "write r'*r", id="hints-use-defined-names"),
        pytest.param("eye(2/n)", SyntaxProblem, 4, "a dimension is a name", id="size-sum"),
        pytest.param("eye(2, 3)", NameProblem, 0, "eye takes 1 argument, not 2", id="eye-of-two"),
        pytest.param("vector()", NameProblem, 0, "vector takes 1 argument, not 0", id="vector-of-nothing"),
        pytest.param("2*det(B, B)", NameProblem, 2, "det takes 1 argument, not 2", id="too-many"),
        pytest.param("huber(x)", NameProblem, 0, "huber takes 2 arguments, not 1", id="too-few"),
        pytest.param("frechet_expm(B)", NameProblem, 0, "takes 2 to 9 arguments, not 1", id="range"),
        pytest.param("2*trce(B)", NameProblem, 2, "did you mean trace", id="unknown-close"),
        pytest.param("Tr(B)", NameProblem, 0, "did you mean tr", id="unknown-case"),
        pytest.param("foo(x)", NameProblem, 0, "unknown function foo", id="unknown"),
        pytest.param("x + exp", NameProblem, 4, "exp is a function", id="function-without-argument"),
        pytest.param("vector", NameProblem, 0, "vector is a function", id="fill-without-value"),
        pytest.param("exp: scalar; exp(x)", NameProblem, 13, "exp is declared as scalar", id="declared-function-called"),
        pytest.param("exp = 2; exp(x)", NameProblem, 9, "exp is defined", id="defined-function-called"),
        pytest.param("A(x)", NameProblem, 0, "write A*(x) for a product", id="variable-called"),
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
    with pytest.raises(ShapeProblem, match="more than 1024 factors") as caught:
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
