"""The Python API: what comes out, what is refused, what stays unloaded."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy

import matcalc
from matcalc.answers.common import recent
from matcalc.core.errors import ArgumentError, UnknownNameError, UnsupportedError, VerificationError
from matcalc.core.statement import layout_axes
from matcalc.read.frontend import read

RNG = np.random.default_rng(5)
A, B, x, y = (
    RNG.normal(size=(3, 3)),
    RNG.normal(size=(3, 4)),
    RNG.normal(size=3),
    RNG.normal(size=4),
)


def test_example_of_the_readme() -> None:
    d = matcalc.diff("x'*A*x", "x", variables={"A": "symmetric(n)"}, order=1, layout="mixed")
    assert str(d) == "2*A*x"
    assert d.latex() == "2 A x"
    assert d.shape == ("n",)
    assert {name: str(variable) for name, variable in d.variables.items()} == {
        "x": "vector(n)",
        "A": "symmetric(n)",
    }
    assert d.check(rng=0).ok


def test_attributes() -> None:
    d = matcalc.diff("x'*A*x", "x", order=2, layout="numerator", structure="free")
    assert (d.wrt, d.order, d.layout, d.structure) == ("x", 2, "numerator", "free")
    assert str(d.expression) == "x'*A*x"
    assert d.notes == ()
    assert d._repr_latex_() == "$\\displaystyle A + A^{\\top}$"


@pytest.mark.parametrize(
    ("result", "text"),
    [
        pytest.param(
            matcalc.diff("x'*A*x", "x"),
            "<matcalc.Derivative d/dx: (A + A')*x; shape (n,)>",
            id="derivative",
        ),
        pytest.param(
            matcalc.diff("x'*A*x", "x", order=2),
            "<matcalc.Derivative d^2/dx^2: A + A'; shape (n, n)>",
            id="second",
        ),
        pytest.param(matcalc.parse("a + 1"), "<matcalc.Expression: a + 1; scalar>", id="scalar"),
        pytest.param(matcalc.parse("x'*y"), "<matcalc.Expression: x'*y; scalar>", id="expression"),
    ],
)
def test_repr(result: matcalc.Expression, text: str) -> None:
    assert repr(result) == text


def test_repr_of_a_long_formula_is_cut() -> None:
    assert len(repr(matcalc.parse("+".join(["sin(x)"] * 100)))) < 200


@pytest.mark.parametrize(
    ("text", "variables", "shape"),
    [
        pytest.param("a", {}, (), id="scalar"),
        pytest.param("A*x", {}, ("n",), id="vector"),
        pytest.param("A*x", {"A": "matrix(2, 3)"}, (2,), id="number"),
        pytest.param("vec(A)", {"A": "matrix(m, n)"}, ("m*n",), id="product"),
        pytest.param("A", {"A": "matrix(m, 3)"}, ("m", 3), id="matrix"),
    ],
)
def test_shape(text: str, variables: dict[str, str], shape: tuple[int | str, ...]) -> None:
    assert matcalc.parse(text, variables).shape == shape


def test_notes_of_the_front_end() -> None:
    with pytest.warns(matcalc.NotationWarning):
        found = matcalc.diff("norm2(A*x - b)^2", "x")
    assert found.notes == read("norm2(A*x - b)^2").notes != ()


def test_row() -> None:
    assert matcalc.diff("x'*A*x", "x", layout="numerator").row
    assert not matcalc.diff("x'*A*x", "x").row


def test_variables_are_a_copy() -> None:
    e = matcalc.parse("x'*x")
    e.variables.clear()
    assert list(e.variables) == ["x"]


def test_variables_declare_again() -> None:
    d = matcalc.diff("x'*A*x", "x", variables={"A": "symmetric(n)"})
    again = matcalc.parse(str(d), d.variables)
    assert str(again) == str(d)
    assert again.shape == d.shape
    texts = {name: str(variable) for name, variable in d.variables.items()}
    assert matcalc.diff("x'*A*x", "x", variables=texts).shape == d.shape


@pytest.mark.parametrize("given", ["x'*A*x", matcalc.parse("x'*A*x")], ids=["text", "Expression"])
def test_diff_takes(given: str | matcalc.Expression) -> None:
    assert str(matcalc.diff(given, "x")) == "(A + A')*x"


def test_expression_derives_itself() -> None:
    e = matcalc.parse("norm2(B*y - x)^2", {"x": "vector(m)"})
    assert str(e.diff("y", order=2)) == "2*B'*B"
    assert isinstance(e.diff("y"), matcalc.Derivative)


def test_expression_outputs() -> None:
    e = matcalc.parse("norm2(B*y - x)^2", {"x": "vector(m)"})
    assert str(e) == "norm2(B*y - x)^2"
    assert "lVert" in e.latex()
    value = e.to_callable()(B=B, y=y, x=x)
    assert isinstance(value, float)
    assert value == pytest.approx(np.sum((B @ y - x) ** 2))


@pytest.mark.parametrize(
    ("text", "wrt", "expected"),
    [
        pytest.param("x'*A*x", "x", lambda: (A + A.T) @ x, id="gradient"),
        pytest.param("x'*A*x", "A", lambda: np.outer(x, x), id="by-matrix"),
        pytest.param("A*x", "x", lambda: A, id="jacobian"),
        pytest.param("A*x", "A", lambda: np.einsum("ij,k->ijk", np.eye(3), x), id="three-axes"),
    ],
)
def test_to_callable(text: str, wrt: str, expected: Callable[[], Any]) -> None:
    f = matcalc.diff(text, wrt).to_callable()
    np.testing.assert_allclose(f(A=A, x=x), expected(), atol=1e-12)


def test_callable_takes_variables_that_are_gone() -> None:
    f = matcalc.diff("a'*x + y'*y", "x", variables={"a": "vector(n)"}).to_callable()
    np.testing.assert_allclose(f(a=x, x=x, y=y), x)


def test_callable_keeps_its_source() -> None:
    d = matcalc.diff("x'*A*x", "x")
    source = d.to_callable().source  # type: ignore[attr-defined]
    assert source.splitlines()[:4] == d.source("numpy", runtime="matcalc").splitlines()[:4]
    assert source.endswith("    t1 = A @ x\n    t1 += x @ A\n    return t1\n")


def test_source() -> None:
    source = matcalc.diff("x'*A*x", "x").source("numpy", name="gradient")
    assert "def gradient(*, x, A):" in source
    assert "The derivative of x'*A*x with respect to x" in source
    assert "(A + A')*x" in source


LAYOUT_CASES = [
    # expression, variable, order, axes of numerator and of denominator layout in terms of the mixed
    # layout
    pytest.param("x'*A*x", "x", 1, (0,), (0,), id="scalar-by-vector"),
    pytest.param("tr(A*X)", "X", 1, (1, 0), (0, 1), id="scalar-by-matrix"),
    pytest.param("B*y", "y", 1, (0, 1), (1, 0), id="vector-by-vector"),
    pytest.param("a*x", "a", 1, (0,), (0,), id="vector-by-scalar"),
    pytest.param("a^2*B", "a", 1, (0, 1), (1, 0), id="matrix-by-scalar"),
    pytest.param("B*y", "B", 1, (0, 1, 2), (1, 2, 0), id="vector-by-matrix"),
    pytest.param("a*(A*B)", "A", 1, (0, 1, 2, 3), (2, 3, 0, 1), id="matrix-by-matrix"),
    pytest.param("x.^3", "x", 2, (0, 1, 2), (1, 2, 0), id="vector-by-vector-twice"),
]
VALUES = {"A": A, "X": RNG.normal(size=(3, 3)), "B": B, "x": x, "y": y, "a": 0.7}


@pytest.mark.parametrize(("text", "wrt", "order", "numerator", "denominator"), LAYOUT_CASES)
def test_layouts(
    text: str, wrt: str, order: int, numerator: tuple[int, ...], denominator: tuple[int, ...]
) -> None:
    mixed = matcalc.diff(text, wrt, order=order)
    given = {name: VALUES[name] for name in mixed.variables}
    value = np.asarray(mixed.to_callable()(**given))
    for layout, axes in (("numerator", numerator), ("denominator", denominator)):
        d = matcalc.diff(text, wrt, order=order, layout=layout)
        assert layout_axes(len(d.expression.shape), value.ndim, layout) == axes
        np.testing.assert_allclose(d.to_callable()(**given), np.transpose(value, axes), atol=1e-12)
        assert d.shape == tuple(mixed.shape[axis] for axis in axes)
        assert d.check().ok


def test_row_layouts_are_transposed() -> None:
    assert matcalc.diff("x'*a", "x", variables={"a": "vector(n)"}, layout="numerator").row
    assert matcalc.diff("b*x", "b", layout="denominator").row
    assert not matcalc.diff("b*x", "b", layout="numerator").row


@pytest.mark.parametrize(
    ("kind", "project"),
    [
        pytest.param("symmetric", lambda G: (G + G.T) / 2, id="symmetric"),
        pytest.param("psd", lambda G: (G + G.T) / 2, id="psd"),
        pytest.param("skew", lambda G: (G - G.T) / 2, id="skew"),
        pytest.param("triangular", np.tril, id="triangular"),
        pytest.param("diagonal", lambda G: np.diag(np.diag(G)), id="diagonal"),
        pytest.param("invertible", lambda G: G, id="invertible"),
        pytest.param("orthogonal", lambda G: G, id="orthogonal"),
    ],
)
def test_structure(kind: str, project: Callable[[Any], Any]) -> None:
    variables = {"S": f"{kind}(n)", "A": "matrix(n, n)"}
    declared, free = (
        matcalc.diff("tr(A*S)", "S", variables=variables, structure=each)
        for each in ("declared", "free")
    )
    given = {"A": A, "S": np.eye(3)}
    np.testing.assert_allclose(free.to_callable()(**given), A.T)
    np.testing.assert_allclose(declared.to_callable()(**given), project(A.T))
    assert declared.check().ok
    assert free.check().ok


def test_check_sees_a_wrong_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = read("(A - A')*x", {"A": "matrix(n, n)"}).expr
    monkeypatch.setattr("matcalc.results.derive_one", lambda *args, **options: wrong)
    report = matcalc.diff("x'*A*x", "x", verify=False).check(rng=4)
    assert not report.ok
    assert report.rng == 4


def test_a_wrong_answer_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    recent.forget()
    wrong = read("(A - A')*x", {"A": "matrix(n, n)"}).expr
    monkeypatch.setattr("matcalc.results.derive_one", lambda *args, **options: wrong)
    with pytest.raises(VerificationError, match="this is a bug in matcalc"):
        matcalc.diff("x'*A*x", "x")
    late = matcalc.diff("x'*A*x", "x", verify=False)
    with pytest.raises(VerificationError, match="this is a bug in matcalc"):
        _ = late.verification


def test_check_sees_a_wrong_text(monkeypatch: pytest.MonkeyPatch) -> None:
    recent.forget()
    monkeypatch.setattr("matcalc.results.format_text", lambda *args, **options: "(A - A')*x")
    assert not matcalc.diff("x'*A*x", "x").check().ok
    monkeypatch.setattr("matcalc.results.format_text", lambda *args, **options: "x'*A*x")
    recent.forget()
    report = matcalc.diff("x'*A*x", "x").check()
    assert report.problem == "the shape is (), expected (3,)"


def test_check_sees_a_wrong_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    mixed = matcalc.diff("B*y", "y")._tree
    monkeypatch.setattr("matcalc.results.derive_one", lambda *args, **options: mixed)
    assert not matcalc.diff("B*y", "y", layout="denominator", verify=False).check().ok


def test_sympy_both_ways() -> None:
    e = matcalc.parse("x'*A*x")
    again = matcalc.from_sympy(e.to_sympy())
    assert again.shape == ()
    given = {"A": A, "x": x}
    assert again.to_callable()(**given) == pytest.approx(e.to_callable()(**given))
    assert matcalc.diff("x'*A*x", "x").to_sympy() is not None


@pytest.mark.parametrize(
    "given", [3, "x", None, [1], object()], ids=["int", "text", "None", "list", "object"]
)
def test_from_sympy_takes_sympy_alone(given: object) -> None:
    with pytest.raises(ArgumentError, match="expected a SymPy expression"):
        matcalc.from_sympy(given)


def test_from_sympy_of_entries() -> None:
    with pytest.raises(UnsupportedError):
        matcalc.from_sympy(sympy.Matrix([[1, 2], [3, 4]]))


def test_sympy_lacks_a_notion() -> None:
    with pytest.raises(UnsupportedError):
        matcalc.parse("pinv(A)").to_sympy()


BAD: list[Any] = [
    pytest.param(
        lambda: matcalc.diff(3, "x"), "the expression must be a string, not 3 (int)", id="number"
    ),
    pytest.param(
        lambda: matcalc.diff(None, "x"),
        "the expression must be a string, not None (NoneType)",
        id="none",
    ),
    pytest.param(
        lambda: matcalc.parse(b"x"), "the expression must be a string, not b'x' (bytes)", id="bytes"
    ),
    pytest.param(
        lambda: matcalc.diff("x'*x", 1), "wrt must be the name of a variable, not 1", id="wrt"
    ),
    pytest.param(
        lambda: matcalc.diff("x'*x", "x", order=21),
        "order must be an integer from 1 to 20, not 21",
        id="order-21",
    ),
    pytest.param(
        lambda: matcalc.diff("x'*x", "x", order=0),
        "order must be an integer from 1 to 20, not 0",
        id="order-0",
    ),
    pytest.param(
        lambda: matcalc.diff("x'*x", "x", order=True),
        "order must be an integer from 1 to 20, not True",
        id="order-bool",
    ),
    pytest.param(
        lambda: matcalc.diff("x'*x", "x", order=1.0),
        "order must be an integer from 1 to 20, not 1.0",
        id="order-float",
    ),
    pytest.param(
        lambda: matcalc.diff("x'*x", "x", order=[1]),
        "order must be an integer from 1 to 20, not [1]",
        id="order-list",
    ),
    pytest.param(
        lambda: matcalc.hvp("x'*x", {"x": "v"}),
        "wrt must be the name of a variable, not {'x': 'v'}",
        id="wrt-mapping",
    ),
    pytest.param(
        lambda: matcalc.diff("x'*x", "x", layout="row"),
        "layout must be 'mixed' or 'numerator' or 'denominator', not 'row'",
        id="layout",
    ),
    pytest.param(
        lambda: matcalc.diff("x'*x", "x", structure=np.eye(2)),
        "structure must be 'declared' or 'free' or 'independent' or 'vech', not array([[1.",
        id="structure",
    ),
    pytest.param(
        lambda: matcalc.diff("x'*x", "x").source("fortran"),
        "backend must be 'numpy' or 'jax' or",
        id="backend",
    ),
    pytest.param(
        lambda: matcalc.parse("x").source(name="a b"),
        "'a b' is not a name that",
        id="function-name",
    ),
    pytest.param(
        lambda: matcalc.parse("x").source(name="def"),
        "'def' is not a name that",
        id="function-keyword",
    ),
    pytest.param(
        lambda: matcalc.parse("x", "x: vector(n)"),
        "variables must map names",
        id="variables-text",
    ),
    pytest.param(
        lambda: matcalc.parse("x", {"x": 3}),
        "the declaration of x must be a string, not 3 (int)",
        id="declaration",
    ),
    pytest.param(
        lambda: matcalc.parse("x", {1: "scalar"}),
        "the name of a variable must be a string, not 1 (int)",
        id="name",
    ),
    pytest.param(
        lambda: matcalc.diff(matcalc.parse("x"), "x", variables={}),
        "the variables of an Expression are known",
        id="known-variables",
    ),
    pytest.param(
        lambda: matcalc.diff("x'*x", "x").check(rng=-1),
        "rng must be a nonnegative integer",
        id="rng",
    ),
    pytest.param(
        lambda: matcalc.diff("x'*x", "x").check(rng="0"),
        "rng must be a nonnegative integer",
        id="rng-text",
    ),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_arguments(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        call()
    assert caught.value.message.startswith(message)
    assert isinstance(caught.value, matcalc.MatcalcError)


@pytest.mark.parametrize("wrt", ["y", "", " x", "x'", "n"])
def test_unknown_variable(wrt: str) -> None:
    with pytest.raises(UnknownNameError):
        matcalc.diff("x'*A*x", wrt)


def test_declared_variable_that_does_not_occur_gives_zero() -> None:
    d = matcalc.diff("x'*x", "y", variables={"y": "vector(m)"})
    assert d.shape == ("m",)
    np.testing.assert_array_equal(d.to_callable()(x=x, y=y), np.zeros(4))


def test_import_is_lazy() -> None:
    script = (
        "import sys, matcalc; before = [name for name in sys.modules if "
        "name.startswith('matcalc.')]\n"
        "d = matcalc.diff(\"x'*A*x\", 'x'); d.shape, d.variables, d.notes, repr(d), d.latex()\n"
        "matcalc.diff(\"x'*A*x\", 'x', verify=False).source()\n"
        "print(before, d, [name for name in ('numpy', 'sympy', 'mpmath') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[] (A + A')*x []\n"


def test_names_of_the_package() -> None:
    assert set(matcalc.__all__) <= set(dir(matcalc))
    assert all(getattr(matcalc, name) is not None for name in matcalc.__all__)
    with pytest.raises(AttributeError, match=r"no attribute 'integrate'$"):
        _ = matcalc.integrate
    with pytest.raises(AttributeError, match=r"'check'; write matcalc\.testing\.check_gradient"):
        _ = matcalc.check


KINKS = [
    pytest.param("abs(a)", {"a": 0.0}, 0.0, id="abs"),
    pytest.param("relu(a)", {"a": 0.0}, 0.0, id="relu"),
    pytest.param("max(a, b)", {"a": 1.0, "b": 1.0}, 0.0, id="max-first"),
    pytest.param("max(b, a)", {"a": 1.0, "b": 1.0}, 1.0, id="max-second"),
    pytest.param("min(a, b)", {"a": 1.0, "b": 1.0}, 0.0, id="min-first"),
    pytest.param("min(b, a)", {"a": 1.0, "b": 1.0}, 1.0, id="min-second"),
    pytest.param("sign(a)", {"a": 0.0}, 0.0, id="sign"),
    pytest.param("step(a)", {"a": 0.0}, 0.0, id="step"),
]


@pytest.mark.parametrize(("text", "given", "value"), KINKS)
def test_kinks(text: str, given: dict[str, float], value: float) -> None:
    assert matcalc.diff(text, "a").to_callable()(**given) == value


KRONECKER_CASES = [
    pytest.param("A*X*B", "kron(B', A)", id="product"),
    pytest.param("inv(X)", "-kron(inv(X)', inv(X))", id="inverse"),
    pytest.param("X*X", "kron(X', eye(3)) + kron(eye(3), X)", id="square"),
]


@pytest.mark.parametrize(
    ("text", "layout", "reading"),
    [
        pytest.param(
            "x'*x*a", "mixed", "J of d vec(D) = J*d vec(x), D the first derivative", id="mixed"
        ),
        pytest.param(
            "x'*x*a",
            "numerator",
            "J of d vec(D) = J*d vec(x), D the first derivative",
            id="numerator",
        ),
        pytest.param(
            "x*(a'*x)",
            "denominator",
            "the matrix with vec of the first two axes as rows and the others as columns",
            id="denominator",
        ),
    ],
)
def test_kronecker_form_of_second_order(text: str, layout: str, reading: str) -> None:
    variables = {"x": "vector(3)", "a": "vector(3)"}
    d = matcalc.diff(text, "x", variables=variables, order=2, layout=layout)
    assert d.reading == reading
    J = matcalc.parse(str(d), variables).to_callable()(x=x, a=A[0])
    found = d.to_callable()(x=x, a=A[0])
    np.testing.assert_allclose(J.reshape(found.shape, order="F"), found, atol=1e-12)


@pytest.mark.parametrize(("text", "printed"), KRONECKER_CASES)
def test_kronecker_form_is_the_matrix_of_vec(text: str, printed: str) -> None:
    variables = {"A": "matrix(3, 3)", "X": "matrix(3, 3)", "B": "matrix(3, 4)"}
    d = matcalc.diff(text, "X", variables=variables)
    given = {name: VALUES[name] for name in ("A", "X", "B")}
    J = matcalc.parse(printed, variables).to_callable()(**given)
    found = d.to_callable()(**given)
    np.testing.assert_allclose(J.reshape(found.shape, order="F"), found, atol=1e-12)
    np.testing.assert_allclose(
        matcalc.parse(str(d), variables).to_callable()(**given), J, atol=1e-12
    )
