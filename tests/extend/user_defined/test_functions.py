"""What is loaded works everywhere: derivatives of both orders, code, LaTeX, verdicts."""

import numpy as np
import pytest
from sweeps import thinned

import matcalc
from matcalc.core.errors import MatcalcError, ShapeError
from matcalc.verify.oracle.interpret import interpret
from matcalc.verify.oracle.sample import find_sizes

FILE = r"""
[[function]]
name = "mish"
given = { x = "scalar" }
is = "x*tanh(softplus(x))"
diff = "(tanh(softplus(x)) + x*sigmoid(x)*(1 - tanh(softplus(x))^2))*dx"
latex = '\operatorname{Mish}({x})'

[[function]]
name = "clip"
given = { x = "scalar", a = "scalar", b = "scalar" }
is = "max(min(x, b), a)"
diff = "step(min(x, b) - a)*(step(b - x)*dx + step(x - b)*db) + step(a - min(x, b))*da"

[[function]]
name = "sinc"
given = { x = "scalar" }
numpy = "numpy:sinc"
diff = "(cos(pi*x) - Y)/x*dx"

[[function]]
name = "mylog"
given = { x = "positive" }
numpy = "numpy:log"
diff = "dx/x"
latex = '\ell {x}'

[[function]]
name = "maha"
given = { x = "vector(n)", S = "psd(n)" }
is = "x'*inv(S)*x"
diff = "2*x'*inv(S)*dx - x'*inv(S)*dS*inv(S)*x"
latex = '\lVert {x} \rVert_{{S}}^2'

[[function]]
name = "cube"
given = { X = "matrix(n, n)" }
is = "X*X*X"
diff = "dX*X*X + X*dX*X + X*X*dX"
transpose = "equivariant"
odd = true

[[function]]
name = "square"
given = { X = "matrix(n, n)" }
value = "matrix(n, n)"
diff = "dX*X + X*dX"

[[function]]
name = "self_outer"
given = { x = "vector(n)" }
is = "x*x'"
diff = "dx*x' + x*dx'"

[[function]]
name = "gram"
given = { X = "matrix(m, n)" }
is = "X'*X"

[[function]]
name = "first"
given = { x = "vector(3)", M = "matrix(3, n)" }
is = "M'*x"
diff = "M'*dx + dM'*x"

[[function]]
name = "one"
given = { x = "scalar" }
is = "1"
diff = "0*dx"

[[function]]
name = "f"
given = { x = "scalar" }
is = "x*(x > 0) + (exp(x) - 1)*(x <= 0)"
diff = "((x > 0) + exp(x)*(x <= 0))*dx"

[[function]]
name = "tail"
given = { x = "vector(n)" }
is = "norm2(x[2:n])^2"
diff = "2*x[2:n]'*dx[2:n]"

[[function]]
name = "lsin"
given = { x = "scalar" }
is = "sin(x)"
diff = "lcos(x)*dx"

[[function]]
name = "lcos"
given = { x = "scalar" }
is = "cos(x)"
diff = "-lsin(x)*dx"

[[function]]
name = "soft"
given = { x = "scalar" }
is = "log(1 + mish(x)^2)"
diff = "2*mish(x)*(tanh(softplus(x)) + x*sigmoid(x)*(1 - tanh(softplus(x))^2))/(1 + mish(x)^2)*dx"
range = "positive"

[[identity]]
name = "lsin-lcos"
given = { x = "scalar" }
expr = "lsin(x)^2 + lcos(x)^2"
to = "1"

[[identity]]
name = "maha-square"
given = { x = "vector(n)", S = "psd(n)" }
expr = "x'*inv(S)*x"
to = "maha(x, S)"

[[identity]]
name = "log-alias"
given = { a = "scalar", b = "positive" }
expr = "ln(b)*ln(b)*a"
to = "a*log(b)^2"

[[identity]]
name = "gauss"
given = { x = "vector(n)", m = "vector(n)", S = "psd(n)" }
expr = "maha(x - m, S)"
wrt = "m"
derivative = "2*inv(S)*(m - x)"
"""


def square(X):
    return X @ X


@pytest.fixture(scope="module")
def brought(tmp_path_factory):
    """The file is loaded once: to judge it takes as long as all that is asked of it here."""
    file = tmp_path_factory.mktemp("own") / "mine.toml"
    file.write_text(FILE, encoding="utf-8")
    with matcalc.load_identities(file, functions={"square": square}) as loaded:
        yield loaded


S = {"S": "psd(n)"}
DERIVATIVES = [
    ("mish(a)", "a", {}, "a*sigmoid(a)*(1 - tanh(softplus(a))^2) + tanh(softplus(a))", "exact"),
    ("sum(clip(A*x, a, b))", "x", {}, "A'*(step(b - A*x).*step(min(A*x, b) - a))", "exact"),
    ("sum(clip(X, a, b))", "a", {}, "sum(step(a - min(X, b)))", "exact"),
    ("sum(sinc(A*x))", "x", {}, "A'*((cos(pi*A*x) - sinc(A*x))./(A*x))", "numeric"),
    ("mylog(x'*S*x)", "x", S, "2*S*x/(x'*S*x)", "numeric"),
    ("mylog(x'*S*x)", "S", S, "x*x'/(x'*S*x)", "numeric"),
    ("maha(A*x - b, S)", "x", {"b": "vector(m)", "S": "psd(m)"}, "2*A'*inv(S)*(A*x - b)", "exact"),
    ("maha(x', S)", "x", S, "2*inv(S)*x", "exact"),
    ("log(maha(x, S)) + logdet(S)", "S", S, "inv(S) - inv(S)*x*x'*inv(S)/maha(x, S)", "exact"),
    ("exp(-x'*inv(S)*x/2)", "x", S, "-exp(-maha(x, S)/2)*inv(S)*x", "exact"),
    (
        "cube(X)",
        "X",
        {"X": "matrix(n, n)"},
        "kron(X', X) + kron(X'^2, eye) + kron(eye, X^2)",
        "exact",
    ),
    ("tr(square(X*A))", "X", {}, "2*(A*X*A)'", "numeric"),
    ("x'*square(X)*y", "X", {}, "X'*x*y' + x*y'*X'", "numeric"),
    ("tr(self_outer(A*x)*B)", "x", {}, "A'*(B + B')*A*x", "exact"),
    ("tr(gram(X)*A)", "X", {}, "X*(A + A')", "exact"),
    ("sum(first(x, M))", "x", {}, "M*vector(1)", "exact"),
    ("x'*one(x)", "x", {}, "one(x)", "exact"),
    ("sum(lsin(A*x)).^2", "x", {}, "2*sum(lsin(A*x))*A'*lcos(A*x)", "exact"),
    ("lsin(a)*lcos(a)", "a", {}, "lcos(a)^2 - lsin(a)^2", "exact"),
    (
        "a*(lsin(x)'*lsin(x) + sum(lcos(x).^2))",
        "a",
        {},
        "norm2(lcos(x))^2 + norm2(lsin(x))^2",
        "exact",
    ),
    ("sum(soft(x))", "x", {}, None, "exact"),
    ("sum(f(A*x))", "x", {}, "A'*(exp(A*x).*(1 - step(A*x)) + step(A*x))", "exact"),
    ("tail(A*x)", "x", {}, "2*A[2:n, :]'*A[2:n, :]*x", "exact"),
    ("mylog(clip(a, b, c))", "a", {}, "step(c - a)*step(min(a, c) - b)/clip(a, b, c)", "numeric"),
    ("softmax(clip(x, a, b))'*y", "x", {}, None, "exact"),
    ("norm2(self_outer(x))^2", "x", {}, None, "exact"),
    ("tr(cube(K)*A)", "K", {"K": "skew(n)"}, None, "exact"),
]


def of_order(order):
    return [pytest.param(*row, order, id=f"{order}-{row[0]} by {row[1]}") for row in DERIVATIVES]


@pytest.mark.parametrize(
    ("text", "wrt", "variables", "expected", "kind", "order"),
    [*thinned(of_order(1), 3), *thinned(of_order(2), 12)],
)
def test_derivatives(text, wrt, variables, expected, kind, order, brought):
    d = matcalc.diff(text, wrt, variables=variables, order=order)
    if expected is not None and order == 1:
        assert str(d) == expected
    assert d.verification.kind == kind
    assert d.check().ok
    _, values = find_sizes([d.expression._tree], d.variables, np.random.default_rng(1))
    assert_code_computes(d, values)
    assert d.latex()


def assert_code_computes(formula, values):
    sizes = {
        name: size
        for key, variable in formula.variables.items()
        for name, size in zip(
            [each.plain for each in variable.shape], np.shape(values[key]), strict=True
        )
    }
    np.testing.assert_allclose(
        formula.to_callable()(**values),
        interpret(formula._tree, values, sizes),
        rtol=1e-9,
        atol=1e-12,
    )


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("cube(K)' + cube(K)", {"K": "skew(n)"}, "zeros(n, n)"),
        ("cube(S)' - cube(S)", {"S": "symmetric(n)"}, "zeros(n, n)"),
        ("(x - m)'*inv(S)*(x - m)", S, "maha(x - m, S)"),
        ("a*ln(b)^2", {"b": "positive"}, "a*log(b)^2"),
        ("lsin(x).^2 + lcos(x).^2", {}, "ones(n)"),
        ("abs(soft(x))", {}, "soft(x)"),
        ("tr(gram(X))", {}, "tr(gram(X))"),
    ],
)
def test_simplify(text, variables, expected, brought):
    assert str(matcalc.simplify(text, variables=variables)) == expected


@pytest.mark.parametrize(
    ("left", "right", "variables", "verdict"),
    [
        ("mish(-a)", "-mish(a)", {}, "different"),
        ("mish(a)", "a*tanh(softplus(a))", {}, "equal"),
        ("maha(c*x, S)", "c^2*maha(x, S)", S, "equal"),
        ("sinc(-a)", "sinc(a)", {}, "equal"),
        ("square(A*B)", "A*B*A*B", {}, "equal"),
    ],
)
def test_equal(left, right, variables, verdict, brought):
    assert matcalc.equal(left, right, variables=variables).verdict == verdict


LATEX = [
    ("mish(A*x - b)", r"\operatorname{Mish}(A x - b)", True),
    ("mish(a/b)", r"\operatorname{Mish}\left(\frac{a}{b}\right)", True),
    ("clip(x, a, b)", r"\operatorname{clip}(x, a, b)", True),
    ("self_outer(x)*A", r"\operatorname{self\_outer}(x) A", True),
    ("cube(X)'", r"\operatorname{cube}(X)^{\top}", True),
    ("first(x, M)", r"\operatorname{first}(x, M)", True),
    ("f(A*x)'*y", r"\operatorname{f}(A x)^{\top} y", True),
    ("maha(x - m, S)^2", r"(\lVert x - m \rVert_{S}^2)^{2}", False),
    ("maha(x, S + A)", r"\lVert x \rVert_{S + A}^2", False),
    ("mylog(a)", r"\ell a", False),
    ("mylog(a + b)*c", r"(\ell (a + b)) c", False),
]


@pytest.mark.parametrize(
    ("text", "latex", "back"), [pytest.param(*row, id=row[0]) for row in LATEX]
)
def test_latex(text, latex, back, brought):
    variables = {"b": "vector(m)"} if "A*x" in text else {}
    expression = matcalc.parse(text, variables)
    assert expression.latex() == latex
    if back:
        again = matcalc.parse_latex(
            latex, {name: str(kind) for name, kind in expression.variables.items()}
        )
        assert str(again) == text


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("sinc(x)", ["from numpy import sinc", "return sinc(x)"]),
        ("mylog(a)", ["from numpy import log as mylog", "return as_scalar(mylog(a))"]),
        ("mish(x)", ["return x * np.tanh(softplus(x))"]),
        ("gram(X)*v", ["return X.T @ (X @ v)"]),
        ("sinc(sinc_(a))", None),
    ],
)
def test_code(text, lines, brought):
    if lines is None:
        with pytest.raises(MatcalcError):
            matcalc.parse(text)
        return
    source = matcalc.parse(text).source()
    for line in lines:
        assert line in source


def test_sympy_has_the_definition(brought):
    a = matcalc.parse("lsin(a)").to_sympy()
    assert str(a) == "sin(a)"
    with pytest.raises(MatcalcError, match="cannot represent the function sinc"):
        matcalc.parse("sinc(a)").to_sympy()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("maha(X, S)", "maha takes vector(n) as x; this is matrix"),
        ("a: scalar; maha(a, S)", "maha takes vector(n) as x; this is a scalar"),
        ("maha(x, M)", None),
        ("first(x, M) + ones(4)*x'*ones", "first takes"),
        ("x: vector(n); cube(A*x)", "cube takes matrix(n, n) as X; this is vector"),
        ("x: vector(2); y: vector(3); S: psd(2); maha(y, S)", "maha takes"),
        ("A: matrix(2, 3); cube(A)", "cube takes matrix(n, n) as X, not matrix(2, 3)"),
    ],
)
def test_shapes(text, message, brought):
    if message is None:
        assert matcalc.parse(text).shape == ()
        return
    with pytest.raises(ShapeError) as caught:
        matcalc.parse(text, {"x": "vector(2)"} if text.startswith("first") else {})
    assert message in str(caught.value)


def test_constants_get_the_shape_of_the_argument(brought):
    assert matcalc.parse("maha(ones, S)").shape == ()
    assert str(matcalc.diff("tr(cube(ones + X))", "X", variables={"X": "matrix(n, n)"})) is not None
