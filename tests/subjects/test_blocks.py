"""Blocks, entries and slices: closed forms, proved and read back; errors; the laws of ranges."""

from __future__ import annotations

import numpy as np
import pytest
from sweeps import thinned

from matcalc import MatcalcError, diff, parse
from matcalc.core.kinds import Variable
from matcalc.engine.pipeline import derive
from matcalc.read.frontend import read
from matcalc.read.tex.read import read_latex
from matcalc.verify.oracle.compare import agree
from matcalc.verify.oracle.interpret import extent, interpret
from matcalc.verify.oracle.sample import find_sizes
from matcalc.write.printers.latex import latex

S = {"S": "symmetric(n)", "s": "scalar"}

ENTRIES = "[x[2], x[1]; cos(x[1]), 0]"
FORMS = [
    (
        "ridge",
        "norm2([A; sqrt(c)*eye]*x - [b; zeros])^2",
        "x",
        {"b": "vector(m)", "x": "vector(n)"},
        "2*(A'*(A*x - b) + c*x)",
    ),
    (
        "stacked-residuals",
        "norm2([A*x - b; sqrt(c)*L*x])^2",
        "x",
        {"b": "vector(m)"},
        "2*(A'*(A*x - b) + c*L'*L*x)",
    ),
    ("bordered-logdet", "logdet([S, u; u', s])", "u", S, "2*inv([S, u; u', s])[1:n, n + 1]"),
    ("trace-of-a-block", "tr([A, B; C, D]*M)", "B", {}, "M[m + 1:m + p, 1:n]'"),
    ("stacked-quadratic-form", "[x; y]'*M*[x; y]", "x", {}, "(M + M')[1:n, :]*[x; y]"),
    (
        "stacked-symmetric-form",
        "[x; y]'*M*[x; y]",
        "x",
        {"M": "symmetric(p)", "x": "vector(n)"},
        "2*M[1:n, :]*[x; y]",
    ),
    ("homogeneous-form", "[1, x']*A*[1; x]", "x", {}, "(A + A')[2:n + 1, :]*[1; x]"),
    ("side-by-side", "norm2([A, B]*[x; y] - b)^2", "x", {"b": "vector(k)"}, "2*A'*(A*x + B*y - b)"),
    ("stack", "[x; y]", "x", {}, "[eye(n); zeros(m, n)]"),
    ("stacked-products", "[A*x; B*x]", "x", {}, "[A; B]"),
    ("norm-of-a-stack", "norm2([x; y])", "x", {}, "x/norm2([x; y])"),
    ("entrywise-of-a-stack", "sum(exp([x; y]))", "x", {}, "exp(x)"),
    ("logistic-with-a-zero", "logsumexp([x; 0])", "x", {}, "softmax([x; 0])[1:n]"),
    ("single-entry", "X[1, 2]", "X", {}, "unit(1, n)*unit(2, m)'"),
    ("named-entry", "X[i, j]", "X", {}, "unit(i, n)*unit(j, m)'"),
    ("square-of-an-entry", "x[i]^2", "x", {}, "2*x[i]*unit(i, n)"),
    ("row", "X[i, :]*y", "X", {}, "unit(i, n)*y'"),
    ("column", "X[:, j]'*y", "X", {}, "y*unit(j, m)'"),
    ("rows", "X[1:k, :]*y", "y", {}, "X[1:k, :]"),
    (
        "two-columns",
        "(X[:, 1]'*X[:, 2])^2",
        "X",
        {},
        "2*(X[:, 1]'*X[:, 2])*[X[:, 2], X[:, 1], zeros(n, m - 2)]",
    ),
    ("polynomial", "x[1]*x[2] + x[3]^2", "x", {"x": "vector(3)"}, "[x[2]; x[1]; 2*x[3]]"),
    (
        "polar-coordinates",
        "[x[1]*cos(x[2]); x[1]*sin(x[2])]",
        "x",
        {"x": "vector(2)"},
        "[cos(x[2]), -x[1]*sin(x[2]); sin(x[2]), x[1]*cos(x[2])]",
    ),
    ("entries-and-zeros", "[x[1]*x[2]; sin(x[1])]", "x", {"x": "vector(2)"}, ENTRIES),
    (
        "entries-of-a-gradient",
        "x[1]^2*x[2] + x[1]*x[2]^3",
        "x",
        {"x": "vector(2)"},
        "[x[2]*(2*x[1] + x[2]^2); x[1]*(3*x[2]^2 + x[1])]",
    ),
    (
        "entries-of-a-hessian",
        "100*(x[2] - x[1]^2)^2 + (1 - x[1])^2",
        "xx",
        {"x": "vector(2)"},
        "2*[1 + 600*x[1]^2 - 200*x[2], -200*x[1]; -200*x[1], 100]",
    ),
    ("cross-entropy", "log(softmax(x)[i])", "x", {}, "unit(i, n) - softmax(x)"),
    (
        "cross-entropy-hessian",
        "log(softmax(x)[i])",
        "xx",
        {},
        "softmax(x)*softmax(x)' - diag(softmax(x))",
    ),
    (
        "principal-minor",
        "logdet(A[1:k, 1:k])",
        "A",
        {},
        "blkdiag(inv(A[1:k, 1:k])', zeros(n - k, m - k))",
    ),
    ("inner-part", "x[2:n - 1]'*y", "x", {"x": "vector(n)"}, "[0; y; 0]"),
    (
        "differences",
        "norm2(x[2:n] - x[1:n - 1])^2",
        "x",
        {"x": "vector(n)"},
        "2*([0; u] - [u; 0]) where u = x[2:n] - x[1:n - 1]",
    ),
    ("det-of-blocks", "det(blkdiag(A, B))", "A", {}, "det(A)*det(B)*inv(A)'"),
    ("logdet-of-a-block-triangle", "logdet([A, B; 0, D])", "D", {}, "inv(D)'"),
    ("inverse-of-blocks", "tr(inv(blkdiag(A, B)))", "A", {}, "-inv(A)'^2"),
    ("block-diagonal", "tr(blkdiag(A, B)*M)", "A", {}, "M[1:m, 1:n]'"),
    ("mixed-second", "[x; y]'*M*[x; y]", "xx", {}, "M[1:n, 1:n] + M[1:n, 1:n]'"),
    ("numbers", "x'*[2, 1; 1, 2]*x", "x", {}, "2*[2, 1; 1, 2]*x"),
    ("end", "x[end]", "x", {}, "unit(n, n)"),
]


@pytest.mark.parametrize(
    ("text", "wrt", "variables", "wanted"),
    [form[1:] for form in FORMS],
    ids=[form[0] for form in FORMS],
)
def test_closed_forms(text: str, wrt: str, variables: dict[str, str], wanted: str) -> None:
    result = diff(text, wrt[0], variables=variables, order=len(wrt))
    assert str(result) == wanted
    assert result.verification.kind == "exact"
    again = parse(wanted, {name: str(each) for name, each in result.variables.items()})
    assert again.shape == result.shape


@pytest.mark.parametrize(
    ("text", "wrt", "variables"),
    [
        *(form[1:4] for form in FORMS),
        ("tr(inv([A, B; C, D]))", "A", {}),
        ("det([A, b; b', c])", "b", {"b": "vector(n)"}),
        ("det([a, b; c, d])", "a", {}),
        ("det(blkdiag(A, B))", "A", {}),
        ("norm2([x, y]*z)^2", "x", {}),
        ("sum([1, x']*A)", "x", {}),
        ("x[1:k]'*A*x[1:k]", "xx", {}),
        ("log(x[1]/x[2])", "xx", {}),
        ("norm2(x[1:k])", "xx", {}),
        ("softmax(x)[1]", "xx", {}),
        ("sum(exp([A, x; y', 0]))", "A", {}),
        ("tr(expm([A, B; zeros, A]))", "A", {"A": "matrix(n, n)"}),
        ("[A; x']*y", "y", {}),
        ("sum(sqrt([x; y].^2 + 1).*z)", "x", {}),
        ("([x; 1]'*w)^2", "w", {}),
        ("kron(x[1:k], y)'*z", "x", {}),
        ("sum(X[1, :].*X[2, :])", "XX", {"X": "matrix(2, 2)"}),
        ("norm2([zeros(2); x; y])^2", "x", {}),
        ("[A, b; zeros, 1]*[x; 1]", "x", {}),
        ("diag([x; y])*z", "x", {}),
        ("tr(diag([x; y])*M)", "x", {}),
        ("[A, B; C]", "C", {}),
    ],
)
def test_numbers(text: str, wrt: str, variables: dict[str, str]) -> None:
    """The printed text, the generated code and numeric differentiation agree."""
    result = diff(text, wrt[0], variables=variables, order=len(wrt))
    assert result.check().ok
    if len(result.shape) > 2:
        return
    kinds: dict[str, Variable] = dict(result.variables)
    again = parse(str(result), {name: str(each) for name, each in kinds.items()})
    tree = again._program.expr
    sizes, values = find_sizes([tree, result._program.expr], kinds, np.random.default_rng(1))
    expected = interpret(tree, values, sizes)
    assert expected.shape == extent(tree.shape, sizes)
    function = result.to_callable()
    free = {
        name: sizes[name]
        for name in sizes
        if name in function.source.split("):")[0].split("(*, ")[1].split(", ")
    }
    np.testing.assert_allclose(function(**values, **free), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize(
    ("text", "wrt", "variables"), thinned([pytest.param(*row[1:4], id=row[0]) for row in FORMS], 3)
)
def test_latex_is_read_back(text: str, wrt: str, variables: dict[str, str], bold: bool) -> None:
    program = read(text, variables)
    for order in (0, 1, 2):
        tree = program.expr if order == 0 else derive(program, wrt[0], order)
        if tree.rank <= 2:
            again = read_latex(latex(tree, bold=bold), program.variables)
            assert again.expr.shape == tree.shape
            assert agree(program._replace(expr=tree), again).ok


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("[A; B]*x", "[A*x; B*x]"),
        ("[A, B]*[x; y]", "A*x + B*y"),
        ("[A; B]'*[C; D]", "A'*C + B'*D"),
        ("[A, B; C, D]'", "[A', C'; B', D']"),
        ("tr([A, B; C, D])", "tr(A) + tr(D)"),
        ("exp([x; y])[1:n]", "exp(x)"),
        ("exp(x)[1:k]", "exp(x[1:k])"),
        ("x[1:k][1:m]", "x[1:m]"),
        ("(A*B)[1:k, :]", "A[1:k, :]*B"),
        ("(A + B)[:, j]", "A[:, j] + B[:, j]"),
        ("X[i, :]*y", "(X*y)[i]"),
        ("unit(i, n)'*x", "x[i]"),
        ("X'[1, 2]", "X[2, 1]"),
        ("[[A, B]; [C, D]]", "[[A; C], [B; D]]"),
        ("blkdiag(A, B)*blkdiag(C, D)", "blkdiag(A*C, B*D)"),
        ("norm2([x; zeros(3)])", "norm2(x)"),
        ("sum(unit(2, n))", "1"),
        ("inv(blkdiag(A, B, c))", "blkdiag(inv(A), inv(B), 1/c)"),
        ("expm(blkdiag(A, B))", "blkdiag(expm(A), expm(B))"),
        ("det([A, zeros; C, a])", "a*det(A)"),
    ],
)
def test_equal(left: str, right: str) -> None:
    variables = {"x": "vector(n)"} if "x)" in left or "x[" in left or "x;" in left else {}
    one = parse(left, variables)
    other = parse(right, {name: str(each) for name, each in one.variables.items()})
    assert agree(one._program, other._program).ok
    gap = parse(f"({left}) - ({right})", {name: str(each) for name, each in one.variables.items()})
    assert str(gap.simplify()).startswith(("0", "zeros", "vector(0)", "matrix(0)"))


@pytest.mark.parametrize(
    ("text", "variables", "message"),
    [
        ("[A, B]", {"A": "matrix(m, n)", "B": "matrix(p, n)"}, "equally many rows"),
        ("[A; B]", {"A": "matrix(m, n)", "B": "matrix(m, p)"}, "equally many columns"),
        ("[x; y']", {"x": "vector(m)", "y": "vector(n)"}, "equally many columns"),
        ("x[4]", {"x": "vector(3)"}, "no such entry"),
        ("x[0]", {}, "no entry 0"),
        ("x[3:2]", {}, "no entry in this range"),
        ("x[1, 2]", {"x": "vector(n)"}, "one index"),
        ("A[1]", {}, "two indices"),
        ("a[1]", {"a": "scalar"}, "a scalar has no entries"),
        ("x[i]", {"i": "scalar"}, "is not a position"),
        ("[A, B", {}, "] is missing"),
        ("tr(A*X*B", {}, ") is missing"),
        ("[tr(A, B", {}, ") is missing"),
        ("A, B]", {}, "has no opening"),
        ("[]", {}, "nothing in the brackets"),
        ("[A; ]", {}, "is expected here"),
        ("blkdiag()", {}, "one block or more"),
    ],
)
def test_refused(text: str, variables: dict[str, str], message: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        parse(text, variables)
    assert message in str(caught.value)
    assert "^" in str(caught.value)


def test_the_place_of_a_maximum_is_found_in_the_array_that_it_is_of() -> None:
    """A*x is rounded otherwise than its rows in [A; B]*x, so no row of it may be the maximum."""
    kinds = {"A": "matrix(m, n)", "B": "matrix(k, n)"}
    found = diff("amax([A*x; B*x])", "x", variables=kinds)
    assert str(found).endswith("where u = [A; B]*x, v = u == max(u)")
    gradient, rng = found.to_callable(), np.random.default_rng(1)
    for _ in range(200):
        A, B, x = rng.normal(size=(33, 67)), rng.normal(size=(21, 67)), rng.normal(size=67)
        both = np.vstack([A, B])
        np.testing.assert_array_equal(gradient(A=A, B=B, x=x), both[np.argmax(both @ x)])
    assert str(diff("amax([x; y])", "x")) == "x == max([x; y])"
