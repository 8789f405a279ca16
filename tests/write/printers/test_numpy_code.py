"""Generated NumPy code: right values, good shape, clear errors."""

from __future__ import annotations

import numpy as np
import pytest
from printing import numpy_source
from sweeps import slow, thinned
from written import KINDS
from written import VALUES as GIVEN

import matcalc
from matcalc.core.dims import dim
from matcalc.core.errors import EvaluationError, UnsupportedError
from matcalc.core.operations import OPERATIONS
from matcalc.core.program import Program
from matcalc.core.tree import Expr, variable
from matcalc.core.walk import postorder
from matcalc.read.frontend import read
from matcalc.runtime.factors import psd_factors, psd_inverse, psd_logdet, psd_solve
from matcalc.verify.oracle.interpret import interpret
from matcalc.verify.readback.code import code_says
from matcalc.write.printers.numpy_blocks import subscripts
from matcalc.write.printers.numpy_code import Source, compile_numpy
from matcalc.write.printers.numpy_functions import CALLS, FORMS


def source_of(text: str, *declarations: str) -> str:
    program = read(text, declarations)
    return numpy_source(program.expr, program.variables, title=text)


def body(text: str, *declarations: str) -> str:
    """The statements after the checks, on one line."""
    lines = source_of(text, *declarations).splitlines()
    start = max(
        place
        for place, line in enumerate(lines)
        if line == "    ):" or line.startswith(("    if ", "     "))
    )
    return "; ".join(line.strip() for line in lines[start + 1 :])


def point(
    program: Program, low: float = 0.3, high: float = 0.9
) -> tuple[dict[str, np.ndarray], dict[str, int]]:
    """Inputs between the bounds, every named dimension with a size of its own; square matrices
    dominated by their diagonal.
    """
    rng = np.random.default_rng(7)
    names = dict.fromkeys(
        name
        for node in postorder(program.expr, lambda each: each.args)
        for d in node.shape
        for name in d.names
    )
    names |= dict.fromkeys(
        name for each in program.variables.values() for d in each.shape for name in d.names
    )
    sizes = {name: 3 + place for place, name in enumerate(names)}
    values = {}
    for key, each in program.variables.items():
        shape = tuple(axis.size(sizes) for axis in each.shape)
        values[key] = rng.uniform(low, high, shape) + (
            2 * np.eye(*shape) if len(set(each.shape)) == 1 and len(shape) == 2 else 0
        )
        if each.kind in ("symmetric", "psd"):
            values[key] = (values[key] + values[key].T) / 2
        if each.kind == "diagonal":
            values[key] = np.diag(np.diag(values[key]))
    return values, sizes


VALUES = [
    "x'*A*y",
    "A*x - b + y",
    "x*y'*B*z",
    "x'*y*z",
    "z*(x'*y)",
    "x'*A*B*C*y*z'",
    "A*B*C*D",
    "(A*B)'*C - -C",
    "-(A*x)/(2*g)*3",
    "A*x/(x'*x)/norm2(x)",
    "2*a*b*c/d",
    "X^3*y + X^2*y + X^0*y + X^-1*y + X^5*y + X^-2*y",
    "inv(X)*A*inv(Y)",
    "A'*inv(X)*b2",
    "inv(X)'*v*w'*inv(X)'",
    "inv(X)*inv(Y)*inv(X')",
    "inv(X)*v + inv(X)*w + inv(X)*z",
    "inv(inv(X))*A + inv(2*X)*A + inv(X*Y)*A",
    "inv(diag(v))*A*diag(w)",
    "diag(u)*diag(v)*diag(w)",
    "diag(u)*inv(X)*diag(w)",
    "diag(v)*ones",
    "diag(v) - v*v'",
    "u'*diag(v)*w",
    "diag(A*B)",
    "diag(A*B*C*D)",
    "diag(diag(v)*A*B*diag(w))",
    "diag(diag(v)*diag(w))",
    "diag(x*y')",
    "diag(inv(X)*A)",
    "diag(diag(X))*A + diag(diag(diag(v)))*B",
    "diag(0*X + eye)'*A",
    "tr(A)",
    "tr(A*B)",
    "tr(A'*B)",
    "tr(A*B*C*D)",
    "tr(x*y'*A)",
    "tr(A*x*y')",
    "tr(x*y'*w*z')",
    "tr(diag(v)*A)",
    "tr(A*diag(v)*B)",
    "tr(diag(v))",
    "tr(inv(X)*A*B)",
    "tr(inv(X)) + 3*tr(X*eye)*tr(X') + tr(0*X + eye)",
    "sum(A*B)",
    "sum(x*y')",
    "sum(3*A*x)",
    "sum(x.*y) + sum(A.*B) + sum(x.^2) + sum(A.^2)",
    "sum(diag(v)) + sum(g)",
    "ones(n)'*A*ones(m)",
    "A*vector(2) + vector(3)",
    "A + matrix(1) - 2*ones(m, n)",
    "x.*vector(2) + (vector(3).*x)./y - 1./x",
    "x.^2 + x.^0.5 + x.^-1 + x.^-0.5 + x.^(1/3) + 2.^x + x.^y",
    "g^2 + g^0.5 + g^-1 + sqrt(g)",
    "norm2(A*x)^2 + norm2(A*x)",
    "norm2(A)^2 + norm2(v)^2*norm2(v)",
    "norm1(A) + norm1(-v) + norminf(-v) + mean(A) + mean(v)",
    "vec(A) + vec(x)",
    "kron(A, x)",
    "kron(x, A)",
    "kron(A, B)*vec(C)",
    "kron(x, y)",
    "dot(x, y)*dot(A, B)",
    "outer(x, y)*z",
    "max(A, B) + min(A, 0.5)",
    "logsumexp(A) + softmax(x)'*x",
    "logsoftmax(x)'*x + entropy(A.^2) + kl(x.^2, y.^2)",
    "huber(2*x, 0.7) + leakyrelu(x, g) + elu(x, y) + xlogy(y, x.^2)",
    "mvlgamma(A.^2 + 2, 4)",
    "expm(X)*v",
    "frechet_expm(X, A)",
    "frechet_power(X, 3, A, B)",
    "adj(X) + cof(X) + pinv(X)",
    "det(X)*inv(X)' + logdet(X)*X",
    "A.*B./C + A.^2",
    "exp(-x)./(1 + exp(-x))",
    "1/3 + 0.1*g - 1e30*g + 12345678901234567890/7",
    "1/(2-2)*0 + 2",
    "1/(2-2) + 10^400 + 0^-1",
    "(-1)^0.5",
    "pi*g",
    "relu(A*x).*step(x) + sigmoid(A*x)",
]


@pytest.mark.parametrize("text", VALUES)
def test_values(text: str) -> None:
    program = read(text)
    values, sizes = point(program)
    with np.errstate(all="ignore"):
        found = compile_numpy(numpy_source(program.expr, program.variables))(**values)
    expected = interpret(program.expr, values, sizes)
    assert np.shape(found) == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


ELEMENTWISE = [
    name
    for name, each in OPERATIONS.items()
    if each.signature == "elementwise" and each.arity == (1, 1)
]


@pytest.mark.parametrize("name", [*ELEMENTWISE, "polygamma", "besselj"])
@pytest.mark.parametrize("argument", ["g", "v", "A"])
def test_elementwise_functions(name: str, argument: str) -> None:
    first = "2, " if name in ("polygamma", "besselj") else ""
    program = read(f"{name}({first}{argument})")
    low, high = (1.2, 1.9) if name == "acosh" else (0.3, 0.9)
    values, sizes = point(program, low, high)
    found = compile_numpy(numpy_source(program.expr, program.variables))(**values)
    np.testing.assert_allclose(found, interpret(program.expr, values, sizes), rtol=1e-12)


def test_every_function_has_code() -> None:
    assert CALLS.keys() | FORMS.keys() == OPERATIONS.keys()


STYLE = [
    pytest.param("inv(X)*b2", ["b2: vector(n)"], "return np.linalg.solve(X, b2)", id="solve"),
    pytest.param(
        "b2'*inv(X)", ["b2: vector(n)"], "return np.linalg.solve(X.T, b2)", id="solve-row"
    ),
    pytest.param("inv(X)'*v", [], "return np.linalg.solve(X.T, v)", id="solve-transposed"),
    pytest.param(
        "inv(S)'*v", ["S: symmetric(n)"], "return np.linalg.solve(S, v)", id="solve-symmetric"
    ),
    pytest.param("A*inv(X)", [], "return np.linalg.solve(X.T, A.T).T", id="solve-right"),
    pytest.param(
        "inv(X)*v*v' - inv(X)",
        [],
        "t1 = np.linalg.inv(X); return np.multiply.outer(t1 @ v, v) - t1",
        id="inverse-needed",
    ),
    pytest.param("diag(v)*A", [], "return v[:, None] * A", id="rows"),
    pytest.param(
        "v.*sigmoid(2*v).*sigmoid(-2*v)", [], "return v * sigmoid_slope(2 * v)", id="slope"
    ),
    pytest.param("v/(v'*v)", [], "t1 = norm2(v); return v / t1 / t1", id="square-of-norm"),
    pytest.param("A*diag(v)", [], "return A * v", id="columns"),
    pytest.param(
        "X'*diag(p)*X", ["p: vector(n)"], "return weighted_gram(p, X)", id="weighted-gram"
    ),
    pytest.param("tr(A*B)", [], "return np.sum(A * B.T).item()", id="trace"),
    pytest.param("tr(A'*B)", [], "return np.sum(A * B).item()", id="trace-inner"),
    pytest.param(
        "tr(A*(B*C'))",
        [],
        "return np.sum(A * (C @ B.T)).item()",
        id="trace-of-transposed-chain",
    ),
    pytest.param("diag(A*B)", [], "return np.sum(A * B.T, axis=1)", id="diagonal"),
    pytest.param("x'*A*y", [], "return (x @ (A @ y)).item()", id="bilinear"),
    pytest.param("x*y'*B*z", [], "return (y @ (B @ z)) * x", id="no-outer-product"),
    pytest.param("A*B*x", [], "return A @ (B @ x)", id="vector-first"),
    pytest.param("A*x*y'*B", [], "return np.multiply.outer(A @ x, B.T @ y)", id="rank-one"),
    pytest.param(
        "A'*(diag(x) - g*eye)*A",
        ["A: matrix(n, 2)", "x: vector(n)"],
        "return weighted_gram(x - g, A)",
        id="diagonals-are-added",
    ),
    pytest.param("b + diag(x)", [], "return b + np.diag(x)", id="a-number-beside-a-diagonal"),
    pytest.param(
        "A'*(diag(x) - x*z' + g*eye)*B",
        ["A: matrix(n, 2)", "B: matrix(n, 2)", "x: vector(n)", "z: vector(n)"],
        "return A.T @ ((x + g)[:, None] * B) - np.multiply.outer(A.T @ x, B.T @ z)",
        id="diagonals-beside-a-dyad",
    ),
    pytest.param(
        "(eye - 1/3)*A*B",
        ["A: matrix(3, n)", "B: matrix(n, 2)"],
        "return A @ B - (1 / 3 * (B.T @ np.sum(A, axis=0)))[None, :]",
        id="centred",
    ),
    pytest.param(
        "x*x'*A*A'",
        ["A: matrix(n, 2)"],
        "return np.multiply.outer(x, A @ (A.T @ x))",
        id="vectors-before-matrices",
    ),
    pytest.param(
        "A*B*C",
        ["A: matrix(n, 2)", "B: matrix(2, n)", "C: matrix(n, n)"],
        "return A @ (B @ C)",
        id="thin-right",
    ),
    pytest.param(
        "A*B*C",
        ["A: matrix(2, n)", "B: matrix(n, n)", "C: matrix(n, n)"],
        "return A @ B @ C",
        id="thin-left",
    ),
    pytest.param("2*A'*(A*x - y)", [], "return 2 * (A.T @ (A @ x - y))", id="scalars-last"),
    pytest.param("A*(2*x)/3", [], "return 2 / 3 * (A @ x)", id="scalars-out"),
    pytest.param(
        "norm2(A*x - y)^2", [], "t1 = A @ x - y; return (t1 @ t1).item()", id="squared-norm"
    ),
    pytest.param("logdet(X)", [], "return np.linalg.slogdet(X)[1].item()", id="logdet"),
    pytest.param(
        "tanh(A*x).*(1 - tanh(A*x).^2)",
        [],
        "t1 = np.tanh(A @ x); return t1 * (1 - t1 ** 2)",
        id="shared",
    ),
    pytest.param(
        "(A*x)*(A*x)'", [], "t1 = A @ x; return np.multiply.outer(t1, t1)", id="shared-vector"
    ),
    pytest.param(
        "(x'*A)'*(x'*A)",
        [],
        "t1 = A.T @ x; return np.multiply.outer(t1, t1)",
        id="row-and-column-shared",
    ),
    pytest.param("x - (-2)*y", [], "return x + 2 * y", id="signs"),
    pytest.param("x.^0.5", [], "return np.sqrt(x)", id="square-root"),
    pytest.param("x + vector(1)", [], "return x + 1", id="constant-broadcast"),
    pytest.param("A*ones", [], "return np.sum(A, axis=1)", id="row-sums"),
    pytest.param("2*mu*eye", [], "return 2 * mu * np.eye(n)", id="identity"),
    pytest.param("x'", [], "return np.array(x)", id="copy"),
]


@pytest.mark.parametrize(("text", "declarations", "expected"), STYLE)
def test_style(text: str, declarations: list[str], expected: str) -> None:
    assert body(text, *declarations) == expected


STRUCTURE = [
    pytest.param("(A + A')*x", ["A: matrix(n, n)"], "return A @ x + A.T @ x", id="sum-of-matrices"),
    pytest.param(
        "(A*B - u*v' + g*eye)*x",
        ["A: matrix(n, m)", "B: matrix(m, n)", "u: vector(n)"],
        "return A @ (B @ x) - (v @ x) * u + g * x",
        id="every-kind-of-term",
    ),
    pytest.param(
        "(A + B)*x + exp(A + B)*x",
        ["A: matrix(n, n)", "B: matrix(n, n)", "x: vector(n)"],
        "t1 = A + B; return t1 @ x + np.exp(t1) @ x",
        id="a-sum-that-is-needed-anyway",
    ),
    pytest.param(
        "X'*diag(exp(p))*X",
        ["p: vector(n)"],
        "t1 = np.sqrt(np.exp(p))[:, None] * X; return t1.T @ t1",
        id="gram-with-weights",
    ),
    pytest.param(
        "X'*diag(1 - tanh(p).^2)*X",
        ["p: vector(n)"],
        "t1 = np.sqrt(1 - np.tanh(p) ** 2)[:, None] * X; return t1.T @ t1",
        id="gram-with-weights-that-are-proved",
    ),
    pytest.param("A'*B'*B*A", [], "t1 = B @ A; return t1.T @ t1", id="gram-of-a-product"),
    pytest.param(
        "A'*B'*S*B*A",
        ["S: symmetric(n)"],
        "t1 = B @ A; return t1.T @ (S @ t1)",
        id="same-from-both-ends",
    ),
    pytest.param(
        "A'*(diag(softmax(x)) - softmax(x)*softmax(x)')*A",
        [],
        "t1 = softmax(x); t2 = np.sqrt(t1)[:, None] * A; t3 = A.T @ t1; "
        "return t2.T @ t2 - np.multiply.outer(t3, t3)",
        id="dyads-leave-products",
    ),
    pytest.param(
        "A'*(B*C*D + B*diag(v)*D)*D'",
        [],
        't1 = np.array(C); np.einsum("ii->i", t1)[...] += v; '
        "return np.linalg.multi_dot([A.T, B, t1, D, D.T])",
        id="common-factors",
    ),
    pytest.param("3*x*y'/g", [], "return np.multiply.outer(3 / g * x, y)", id="scaled-dyad"),
    pytest.param(
        "diag(u)*diag(v)*A*diag(w)*diag(x)",
        [],
        "return (u * v)[:, None] * (A * (w * x))",
        id="diagonals-together",
    ),
]


CHOICES = [
    pytest.param(
        "2*(U*V' - T)*V", {"T": "matrix(m, n)", "V": "matrix(n, k)"}, True, id="residual-by-factor"
    ),
    pytest.param("A*B*C", {"A": "matrix(m, n)", "C": "matrix(k, p)"}, True, id="three-matrices"),
    pytest.param(
        "A*B'*diag(v)*C",
        {"A": "matrix(m, n)", "B": "matrix(p, n)", "C": "matrix(p, n)"},
        True,
        id="scaled-between",
    ),
    pytest.param(
        "A*(eye - diag(v))*inv(S)*diag(w)*B",
        {"A": "matrix(m, n)", "S": "matrix(n, n)", "B": "matrix(n, p)"},
        True,
        id="scaled-beside-a-system",
    ),
    pytest.param(
        "(B*B'/c - A*A'/(2*g))*A",
        {"A": "matrix(m, n)", "B": "matrix(m, k)", "c": "positive", "g": "positive"},
        True,
        id="divided-products",
    ),
    pytest.param("A*B*C", {"A": "matrix(n, n)", "C": "matrix(n, n)"}, False, id="one-shape"),
    pytest.param("A*B*C", {"A": "matrix(n, n)", "C": "matrix(n, 2)"}, False, id="thin-for-sure"),
    pytest.param(
        "A*B*C*D",
        {"A": "matrix(m, n)", "B": "matrix(n, k)", "D": "matrix(p, q)"},
        False,
        id="planned-by-numpy",
    ),
]


@pytest.mark.parametrize(("text", "kinds", "chooses"), CHOICES)
def test_choices_by_the_sizes(text: str, kinds: dict[str, str], chooses: bool) -> None:
    """Every side of them has the value, at sizes that lead to both."""
    program = read(text, kinds)
    source = Source(program.expr, program.variables, "f", "")
    assert bool(source.sides()) == chooses
    rng = np.random.default_rng(5)
    names = {name for each in program.variables.values() for d in each.shape for name in d.names}
    for small in ("", *sorted(names)):
        sizes = {
            name: 2 if name == small else 9 + place for place, name in enumerate(sorted(names))
        }
        values = {
            key: rng.standard_normal([axis.size(sizes) for axis in each.shape])
            for key, each in program.variables.items()
        }
        expected = interpret(program.expr, values, sizes)
        for code in (source.text(), *source.sides()):
            np.testing.assert_allclose(compile_numpy(code)(**values), expected, atol=1e-9)


def test_a_wrong_side_of_a_choice_is_noticed() -> None:
    program = read("(U*V' - T)*V", {"T": "matrix(m, n)", "V": "matrix(n, k)"})
    source = Source(program.expr, program.variables, "f", "")
    assert code_says(source.text(), source, program.expr, program.variables)
    choice = next(node for node in source.order if node.op == "choice")
    for side in (0, 1):
        sides = list(choice.args)
        sides[side] = source.builder.negative(sides[side])
        broken = Source(program.expr, program.variables, "f", "")
        broken.root = source.builder.node("choice", choice.attr, tuple(sides), choice.shape)
        assert not code_says(broken.text(), broken, program.expr, program.variables)


@pytest.mark.parametrize("rows", [3, 40])
@pytest.mark.parametrize("kind", [np.float32, np.float64, np.complex128])
def test_factors_of_a_definite_matrix(rows: int, kind: type) -> None:
    """Small and large, of every type; and of one that is not definite after all."""
    rng = np.random.default_rng(rows)
    M = rng.standard_normal((rows, rows))
    definite = (M @ M.T / rows + np.eye(rows)).astype(kind)
    B = rng.standard_normal((rows, 2)).astype(kind)
    within = {"rtol": 1e-3, "atol": 1e-3} if kind is np.float32 else {"rtol": 1e-9, "atol": 1e-9}
    for S in (definite, definite - 9 * np.eye(rows, dtype=kind)):
        found = psd_factors(S)
        for right in (B, B[:, 0]):
            np.testing.assert_allclose(psd_solve(found, right), np.linalg.solve(S, right), **within)
        np.testing.assert_allclose(psd_inverse(found), np.linalg.inv(S), **within)
        np.testing.assert_allclose(psd_logdet(found), np.linalg.slogdet(S)[1], **within)
        assert psd_inverse(found).dtype == psd_solve(found, B).dtype == kind


@pytest.mark.parametrize("k", [1, 9])
def test_a_side_of_a_choice_changes_nothing_that_others_need(k: int) -> None:
    found = matcalc.diff("norm2(T - U*V')^2", ["U", "V"])
    rng = np.random.default_rng(0)
    U, V, T = (rng.standard_normal(shape) for shape in ((4, k), (3, k), (4, 3)))
    value, slopes = found.to_callable(value=True)(T=T, U=U, V=V)
    assert value == pytest.approx(np.sum((U @ V.T - T) ** 2))
    np.testing.assert_allclose(slopes["U"], 2 * (U @ V.T - T) @ V)


def test_one_factorisation_for_everything() -> None:
    code = body("logdet(S)*inv(S)*v + tr(inv(S))*v", "S: psd(n)", "v: vector(n)")
    assert code.count("psd_factors") == 1
    assert "linalg" not in code


@pytest.mark.parametrize(("text", "declarations", "expected"), STRUCTURE)
def test_structure(text: str, declarations: list[str], expected: str) -> None:
    assert body(text, *declarations) == expected
    program = read(text, declarations)
    values, sizes = point(program)
    found = compile_numpy(numpy_source(program.expr, program.variables))(**values)
    np.testing.assert_allclose(found, interpret(program.expr, values, sizes), rtol=1e-10)


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.complex64, np.complex128])
def test_precision_is_kept(kind: type) -> None:
    program = read("g*A*x + 2*x", ["A: matrix(n, n)"])
    function = compile_numpy(numpy_source(program.expr, program.variables))
    A, x = np.eye(2, dtype=kind), np.ones(2, dtype=kind)
    for scalar in (2, 2.0, kind(2)):
        assert function(A=A, x=x, g=scalar).dtype == kind
    assert function(A=A, x=[1, 2], g=1).dtype == kind
    assert function(A=[[1, 2], [3, 4]], x=[1, 2], g=1).dtype == float


STEPS = [
    "sum(softplus(X*x)) + logdet(S)*a + x'*inv(S)*x",
    "logsumexp(X*x)*norm2(x - y) + sum(sigmoid(y).*erf(x))",
    "tr(expm(X)*S) + prod(x) + normp(y, 3) + sum(where(x > 2*y, x.^2, y))",
]


@pytest.mark.parametrize("text", thinned(STEPS, 3))
def test_a_complex_step_is_a_derivative(text: str) -> None:
    kinds = {**KINDS, "S": "psd(n)"}
    parsed = matcalc.parse(text, {key: kinds[key] for key in "XSxya" if key in text})
    namespace: dict[str, object] = {}
    exec(parsed.source("numpy", runtime="matcalc"), namespace)
    for key in parsed.variables:
        if key == "S":
            continue  # a step would be in one triangle alone
        derivative = parsed.diff(key)
        given = {name: np.asarray(GIVEN[name], float) for name in parsed.variables}
        slopes = np.asarray(
            derivative.to_callable()(**{name: given[name] for name in derivative.variables})
        )
        for place in np.ndindex(given[key].shape):
            stepped = given[key].astype(complex)
            stepped[place] += 1e-30j
            found = namespace["f"](**{**given, key: stepped})  # type: ignore[operator]
            assert np.imag(found) / 1e-30 == pytest.approx(float(slopes[place]), rel=1e-8)


def test_matrices_of_other_classes_are_arrays() -> None:
    """Where ``*`` would mean something else."""
    function = compile_numpy(source_of("A.*A", "A: matrix(n, n)"))
    A = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(function(A=A.view(np.matrix)), A * A)


def test_scaling_builds_no_diagonal_matrix() -> None:
    code = source_of("diag(u)*A*diag(v)*inv(X)*w")
    assert "np.diag(" not in code
    assert "np.linalg.solve" in code
    assert "inv(" not in code.split('"""')[2]


def test_many_systems_share_one_inverse() -> None:
    code = body("inv(X)*u + inv(X)*v + inv(X)'*w")
    assert code.count("np.linalg.inv(X)") == 1
    assert "solve" not in code


def test_source_is_a_documented_function() -> None:
    assert source_of("norm2(A*x - b)^2", "b: vector(m)") == (
        "import numpy as np\n"
        "from matcalc.runtime.arguments import DOUBLE, check_shapes\n"
        "\n"
        "\n"
        "def f(*, A, x, b):\n"
        '    """norm2(A*x - b)^2\n'
        "\n"
        "    A: matrix(m, n)\n"
        "    x: vector(n)\n"
        "    b: vector(m)\n"
        "    Returns a number.\n"
        '    """\n'
        "    if not (\n"
        "        type(A) is type(x) is type(b) is np.ndarray\n"
        "        and A.dtype is x.dtype is b.dtype is DOUBLE\n"
        "        and A.ndim == 2\n"
        "        and x.shape == (A.shape[1],)\n"
        "        and b.shape == (len(A),)\n"
        "    ):\n"
        '        A, x, b = check_shapes(("A", A, ("m", "n")), ("x", x, ("n",)), ("b", b, ("m",)))\n'
        "    t1 = A @ x - b\n"
        "    return (t1 @ t1).item()\n"
    )


def test_compiled_function_keeps_its_source() -> None:
    code = source_of("x'*x")
    function = compile_numpy(code)
    assert function.source == code  # type: ignore[attr-defined]
    assert function(x=[1, 2, 3]) == 14.0


NAMES = [
    pytest.param("lambda*x", {"lambda": 2.0, "x": [1.0, 2.0]}, [2.0, 4.0], id="keyword"),
    pytest.param("n*x", {"n": 3.0, "x": [1.0]}, [3.0], id="also-a-dimension"),
    pytest.param("np*x", {"np": 3.0, "x": [1.0]}, [3.0], id="numpy"),
    pytest.param("f*sigmoid(x)", {"f": 3.0, "x": [0.0]}, [1.5], id="function-itself"),
    pytest.param(
        "arguments*x + arguments*take",
        {"arguments": 2.0, "x": [1.0], "take": 1.0},
        [4.0],
        id="helpers",
    ),
    pytest.param("t1.*exp(t1) + exp(t1)", {"t1": [0.0]}, [1.0], id="temporaries"),
    pytest.param(
        "lambda*lambda_*x",
        {"lambda": 2.0, "lambda_": 3.0, "x": [1.0]},
        [6.0],
        id="renamed-like-another",
    ),
    pytest.param("α*x", {"α": 2.0, "x": [1.0]}, [2.0], id="greek"),
    pytest.param(
        "class*vector(1) + n*x", {"class": 2.0, "x": [1.0, 2.0]}, [4.0, 6.0], id="keyword-and-size"
    ),
]


@pytest.mark.parametrize(("text", "arguments", "expected"), NAMES)
def test_names(text: str, arguments: dict[str, object], expected: list[float]) -> None:
    kinds = {
        name: "scalar" if isinstance(value, float) else "vector(n)"
        for name, value in arguments.items()
    }
    program = read(text, kinds)
    np.testing.assert_allclose(
        compile_numpy(numpy_source(program.expr, program.variables))(**arguments), expected
    )


ARGUMENTS = [
    pytest.param(
        {"A": np.ones((2, 3)), "x": np.ones(2)},
        "argument x must have the shape (n,) with n = 3 from A, not an array of shape (2,)",
        id="size",
    ),
    pytest.param(
        {"A": np.ones((2, 3)), "x": np.ones((3, 1))},
        "argument x must have the shape (n,) with n = 3 from A, not an array of shape (3, 1)",
        id="column",
    ),
    pytest.param(
        {"A": 1.0, "x": np.ones(2)},
        "argument A must have the shape (m, n), not a scalar",
        id="scalar",
    ),
    pytest.param(
        {"A": np.ones((2, 3)), "x": ["a", "b", "c"]},
        "argument x is not an array of numbers",
        id="text",
    ),
    pytest.param(
        {"A": np.ones((2, 3)), "x": np.array(["1", "2", "3"])},
        "argument x is not an array of numbers",
        id="numbers-as-text",
    ),
    pytest.param(
        {"A": np.ones((2, 3)), "x": np.array([1, "2", 3], object)},
        "argument x is not an array of numbers",
        id="text-among-objects",
    ),
    pytest.param(
        {"A": np.ones((2, 3)), "x": np.zeros(3, "datetime64[D]")},
        "argument x is not an array of numbers",
        id="days",
    ),
    pytest.param(
        {"A": np.ones((2, 3)), "x": np.ma.masked_array(np.ones(3), [0, 1, 0])},
        "argument x has entries that are masked",
        id="masked",
    ),
    pytest.param(
        {"A": [[1, 2], [3]], "x": [1, 2]}, "argument A is not an array of numbers", id="ragged"
    ),
]


@pytest.mark.parametrize(("arguments", "message"), ARGUMENTS)
def test_wrong_arguments(arguments: dict[str, object], message: str) -> None:
    function = compile_numpy(source_of("A*x", "A: matrix(m, n)"))
    with pytest.raises(EvaluationError) as caught:
        function(**arguments)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param({"x": [1.0]}, "missing argument lambda", id="missing"),
        pytest.param({"x": [1.0], "lambda": 1.0, "z": 1.0}, "unknown argument z", id="unknown"),
    ],
)
def test_wrong_names_behind_a_keyword(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        compile_numpy(source_of("lambda*x"))(**arguments)
    assert caught.value.message == message


def test_product_dimensions_are_checked() -> None:
    function = compile_numpy(source_of("vec(A) + y", "A: matrix(m, n)"))
    np.testing.assert_allclose(function(A=[[1, 2], [3, 4]], y=np.zeros(4)), [1, 3, 2, 4])
    with pytest.raises(
        EvaluationError, match=r"argument y must have the shape \(m\*n,\)|\(n\*m,\)"
    ):
        function(A=[[1, 2], [3, 4]], y=np.zeros(3))


def test_a_singular_matrix_is_a_problem_of_ours() -> None:
    function = compile_numpy(source_of("inv(X)*v"))
    with pytest.raises(EvaluationError, match="singular matrix"):
        function(X=np.zeros((2, 2)), v=np.ones(2))


def test_every_variable_is_accepted_and_checked() -> None:
    program = read("x", {"x": "vector(n)", "y": "vector(n)"})
    function = compile_numpy(numpy_source(program.expr, program.variables))
    np.testing.assert_array_equal(function(x=[1, 2], y=[3, 4]), [1.0, 2.0])
    with pytest.raises(EvaluationError):
        function(x=[1, 2], y=[3])


def test_results_are_plain_numbers_or_fresh_arrays() -> None:
    x = np.array([1.0, 2.0])
    assert type(compile_numpy(source_of("x'*x"))(x=x)) is float
    assert type(compile_numpy(source_of("x'*x"))(x=x + 1j)) is complex
    assert type(compile_numpy(source_of("2 + 3"))()) is float
    result = compile_numpy(source_of("x"))(x=x)
    result[0] = 5.0
    assert x[0] == 1.0


def test_a_size_that_no_array_tells_is_an_argument() -> None:
    np.testing.assert_array_equal(compile_numpy(source_of("2*mu*eye"))(mu=3.0, n=2), 6 * np.eye(2))


def test_a_size_from_a_multiple() -> None:
    function = compile_numpy(source_of("n + sum(x)", "x: vector(n)", "y: vector(n)"))
    assert function(x=[1.0, 1.0], y=[0.0, 0.0]) == 4.0
    size = dim("n").times(dim(2))
    x = variable("x", (size,))
    program = read("eye(n)", {"x": "vector(n)"})

    source = numpy_source(program.expr, {"x": program.variables["x"]._replace(dims=x.shape)})
    np.testing.assert_array_equal(compile_numpy(source)(x=np.ones(6)), np.eye(3))


def einsum(inputs: tuple[tuple[int, ...], ...], output: tuple[int, ...], *args: Expr) -> Expr:
    axes = {
        label: axis
        for arg, labels in zip(args, inputs, strict=True)
        for label, axis in zip(labels, arg.shape, strict=True)
    }
    return Expr("einsum", args, tuple(axes[label] for label in output), value=(inputs, output))


N = dim("n")
A, B, X_EYE = variable("A", (N, N)), variable("B", (N, N)), Expr("eye", (), (N, N))
V = variable("v", (N,))
ONES = Expr("fill", (Expr("number", value=1),), (N,))
S = variable("s", ())
EINSUMS = [
    pytest.param(
        einsum(((0, 1), (2, 3)), (0, 2, 1, 3), A, B),
        "A[:, None, :, None] * B[None, :, None, :]",
        id="kronecker",
    ),
    pytest.param(
        einsum(((0, 1), (1, 1), (1, 2)), (0, 1, 2), A, B, A),
        "A[:, :, None] * (np.diagonal(B)[:, None] * A)[None, :, :]",
        id="hyper-index",
    ),
    pytest.param(einsum(((0, 1), (), (1,)), (0, 1), A, S, ONES), "s * A", id="scalar-and-ones"),
    pytest.param(
        einsum(((0, 1), (2,)), (0, 1, 2), X_EYE, ONES),
        "t2",  # filled on its diagonal
        id="identity",
    ),
    pytest.param(
        einsum(((0, 1), (2, 1), (3, 4), (1,)), (0, 3, 2, 4), A, B, A, V),
        "A[None, :, None, :] * (A @ (B.T * v[:, None]))[:, None, :, None]",
        id="summed-and-outer",
    ),
    pytest.param(
        einsum(((0, 1), (0, 2), (0, 3), (0, 4)), (1, 2, 3, 4), A, B, A, B),
        "(t1.T @ t1).reshape(n, n, n, n)",
        id="gram",
    ),
    pytest.param(
        einsum(((0, 1), (0, 2), (0, 3), (0, 4)), (1, 2, 3, 4), A, B, B, A),
        "(t1.T @ t1).reshape(n, n, n, n).transpose(0, 1, 3, 2)",
        id="gram-in-another-order",
    ),
    pytest.param(
        einsum(((0, 1), (0, 2), (0, 3), (0,)), (1, 2, 3), A, B, A, V),
        "t1.reshape(n, n, n)",  # t1 = A.T @ (B[:, :, None] * ...).reshape(n, n * n)
        id="three-matrices-on-one-index",
    ),
    pytest.param(
        einsum(((0, 1), (0, 1, 2), (0, 1)), (0, 2), A, einsum(((0, 1), (2,)), (0, 1, 2), A, V), B),
        'np.einsum("ikj,ki->ij", np.multiply.outer(A, v), A.T * B.T)',
        id="batched-vectors",
    ),
    pytest.param(einsum(((0, 2), (1, 3)), (0, 1, 2, 3), X_EYE, X_EYE), "t1", id="two-identities"),
]


@pytest.mark.parametrize(("expr", "code"), EINSUMS)
def test_einsum(expr: Expr, code: str) -> None:
    variables = read("A*B*s*v", {"A": "matrix(n, n)", "B": "matrix(n, n)", "s": "scalar"}).variables
    source = numpy_source(expr, variables)
    assert f"return {code}" in source
    rng = np.random.default_rng(0)
    values = {"A": rng.normal(size=(3, 3)), "B": rng.normal(size=(3, 3)), "s": np.array(2.0)}
    values["v"] = rng.normal(size=3)
    np.testing.assert_allclose(
        compile_numpy(source)(**values), interpret(expr, values, {"n": 3}), rtol=1e-12
    )


def test_einsum_of_too_many_indices() -> None:
    labels = tuple(range(53))
    vectors = [variable("x", (N,))] * 53
    expr = einsum(tuple((label,) for label in labels), (), *vectors)
    function = compile_numpy(numpy_source(expr, read("x'*x").variables))
    assert function(x=[1.0, 0.5]) == pytest.approx(1.5**53)
    with pytest.raises(UnsupportedError, match="53"):
        subscripts([labels], ())


def test_fused_index() -> None:
    """A factor that recovery may leave: F[k, i, j] = 1 where k runs through the pairs (i, j) column
    by column.
    """
    rows, columns = dim("m"), dim("n")
    expr = Expr("fuse", (), (rows.times(columns), rows, columns))
    source = numpy_source(expr, read("A*x", {"A": "matrix(m, n)"}).variables)
    F = compile_numpy(source)(A=np.zeros((2, 3)), x=np.zeros(3))
    M = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(np.einsum("kij,ij->k", F, M), M.ravel("F"))


def test_open_slots_of_a_frechet_derivative() -> None:
    expr = Expr("frechet_expm", (A,), (N,) * 4, value=1)
    source = numpy_source(expr, read("A*A").variables)
    assert "return frechet_expm(A, slots=1)" in source
    assert compile_numpy(source)(A=np.eye(2)).shape == (2, 2, 2, 2)


def test_higher_rank_sums_and_multiples() -> None:
    term = einsum(((0, 1), (2, 3)), (0, 2, 1, 3), A, B)
    expr = Expr(
        "-", (Expr("*", (S, term), term.shape), Expr("neg", (term,), term.shape)), term.shape
    )
    values = {"A": np.arange(4.0).reshape(2, 2), "B": np.eye(2), "s": np.array(2.0)}
    source = numpy_source(
        expr, read("A*B*s", {"A": "matrix(n, n)", "B": "matrix(n, n)", "s": "scalar"}).variables
    )
    np.testing.assert_allclose(compile_numpy(source)(**values), interpret(expr, values, {"n": 2}))


DEEP = 3000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("+".join(["x"] * DEEP), [DEEP * 0.5], id="sum"),
        pytest.param(
            "x" + "+x.*y" * DEEP, [0.5 + DEEP * 0.5], id="sum-of-products", marks=pytest.mark.slow
        ),
        slow("*".join(["s"] * DEEP) + "*x", [0.5], id="scalars"),
        pytest.param("*".join(["A"] * DEEP) + "*x", [0.5], id="vector-chain"),
        pytest.param(
            "*".join(["A"] * DEEP) + "*B", [[1.0]], id="matrix-chain", marks=pytest.mark.slow
        ),
        slow("tr(" + "*".join(["A", "B'"] * (DEEP // 2)) + ")", 1.0, id="trace"),
        pytest.param("-" * DEEP + "x", [0.5], id="signs"),
        pytest.param("x" + "'" * DEEP, [0.5], id="transposes"),
        slow("x" + ".*y" * DEEP, [0.5], id="entrywise"),
        pytest.param("abs(" * 1000 + "x" + ")" * 1000, [0.5], id="nested-calls"),
    ],
)
def test_deep_input(text: str, expected: object) -> None:
    kinds = {
        "x": "vector(1)",
        "y": "vector(1)",
        "s": "scalar",
        "A": "matrix(1, 1)",
        "B": "matrix(1, 1)",
    }
    program = read(text, kinds)
    function = compile_numpy(numpy_source(program.expr, program.variables))
    np.testing.assert_allclose(function(x=[0.5], y=[1.0], s=1.0, A=[[1.0]], B=[[1.0]]), expected)
    assert max(map(len, function.source.splitlines())) < 200  # type: ignore[attr-defined]


def test_shared_subtrees_stay_linear() -> None:
    text = "t0 = x; " + "; ".join(f"t{k} = t{k - 1}.*t{k - 1}" for k in range(1, 60)) + "; sum(t59)"
    program = read(text, {"x": "vector(n)"})
    source = numpy_source(program.expr, program.variables)
    assert len(source.splitlines()) < 100
    assert compile_numpy(source)(x=[1.0, 0.5]) == 1.0


def test_declared_functions_of_what_depends_on_indices() -> None:
    expression = "sum[i,j](w[i]*g(A[i,j] - x[j])) + sum[i!=j](1/(x[i] - x[j])^2)"
    found = matcalc.diff(expression, "x", variables={"g": "function"})
    assert "sum[i!=j]" in str(found)
    rng = np.random.default_rng(3)
    A, w, x = rng.normal(size=(4, 4)), rng.normal(size=4), rng.normal(size=4)
    apart = np.subtract.outer(x, x) + np.diag(np.full(4, np.inf))
    np.testing.assert_allclose(
        found.to_callable()(A=A, w=w, x=x, dg=np.cos),
        -w @ np.cos(A - x) - 4 * (1 / apart**3).sum(axis=1),
    )


def test_a_diagonal_matrix_for_each_index() -> None:
    kinds = {
        "X": "tensor(q, m, n)",
        "P": "tensor(q, m, r)",
        "S": "matrix(q, r)",
        "V": "matrix(n, r)",
    }
    text = "sum[k](norm2(X[k,:,:] - P[k,:,:]*diag(S[k,:]')*V')^2)"
    rng = np.random.default_rng(0)
    X, P = rng.normal(size=(3, 4, 5)), rng.normal(size=(3, 4, 2))
    S, V = rng.normal(size=(3, 2)), rng.normal(size=(5, 2))
    parts = [X[k] - P[k] @ np.diag(S[k]) @ V.T for k in range(3)]
    found = matcalc.parse(text, kinds).to_callable()(X=X, P=P, S=S, V=V)
    np.testing.assert_allclose(found, sum(np.sum(part**2) for part in parts))
