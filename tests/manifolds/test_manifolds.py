"""Gradients and Hessians on manifolds and in metrics: closed forms, proofs, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

import matcalc
from matcalc.cli import main
from matcalc.core.errors import MatcalcError, VerificationError
from matcalc.core.options import MANIFOLDS as NAMES
from matcalc.manifolds import answer
from matcalc.manifolds.answer import Riemannian
from matcalc.manifolds.proof import ProductProof
from matcalc.manifolds.table import MANIFOLDS

KINDS = {
    "A": "symmetric(n)",
    "S": "psd(n)",
    "X": "matrix(n, p)",
    "x": "vector(n)",
    "y": "vector(n)",
    "c": "vector(n)",
    "N": "diagonal(p)",
}

ROWS = [
    ("x'*A*x", "x", "sphere", 1, "2*(A*x - (x'*A*x)*x)"),
    ("x'*A*x", "x", "sphere", 2, "dx -> 2*(A*dx - (dx'*A*x)*x - (x'*A*x)*dx)"),
    ("tr(X'*A*X*N)", "X", "stiefel", 1, "(2*eye - X*X')*A*X*N - X*N*X'*A*X"),
    ("tr(X'*A*X*N)", "X", "stiefel", 2, None),
    ("tr(X'*A*X)", "X", "grassmann", 1, "2*(A - X*X'*A)*X"),
    ("tr(X'*A*X)", "X", "grassmann", 2, "dX -> 2*((A - X*X'*A)*dX - dX*X'*A*X)"),
    ("logdet(X) + tr(inv(X)*S)", "X", "spd", 1, "X - S"),
    ("logdet(X)", "X", "spd", 2, "dX -> zeros(n, n)"),
    ("logdet(X) + tr(inv(X)*S)", "X", "spd", 2, None),
    ("logdet(X)", "X", "spd-euclidean", 1, "inv(X)"),
    ("logdet(X)", "X", "spd-euclidean", 2, "dX -> -inv(X)*dX*inv(X)"),
    ("norm2(x - y)^2", "x", "poincare", 1, "(1 - x'*x)^2*(x - y)/2"),
    ("norm2(x - y)^2", "x", "poincare", 2, None),
]


def on(expr: str, wrt: str, manifold: str = "", order: int = 1, metric: str = "") -> Riemannian:
    kinds = {name: kind for name, kind in KINDS.items() if name in expr.replace("tr", "")}
    if manifold.startswith("spd"):
        kinds["X"] = "psd(n)"
    d = matcalc.diff(expr, wrt, variables=kinds, order=order, verify=False)
    return d.riemannian(manifold, metric=metric)


@pytest.mark.parametrize(
    ("expr", "wrt", "manifold", "order", "text"),
    [pytest.param(*row, marks=pytest.mark.slow) if row[4] is None else row for row in ROWS],
)
def test_on_manifolds(expr: str, wrt: str, manifold: str, order: int, text: str | None) -> None:
    found = on(expr, wrt, manifold, order)
    assert text is None or str(found) == text
    assert found.verification.kind == "exact"
    assert found.latex()


@pytest.mark.parametrize(
    ("expr", "wrt", "metric", "order", "text"),
    [
        ("x'*A*x", "x", "M", 1, "2*inv(M)*A*x"),
        ("x'*A*x", "x", "M", 2, "dx -> 2*inv(M)*A*dx"),
        ("tr(X'*A*X)", "X", "M", 1, "2*inv(M)*A*X"),
        ("x'*A*x", "x", "eye(n) + x*x'", 1, None),
        # sizes that are not declared are those with which it can stand before x
        ("x'*A*x", "x", "2*eye", 1, "A*x"),
        ("x'*A*x", "x", "diag(d)", 1, "2*((A*x)./d)"),
        ("x'*A*x", "x", "B'*B", 1, "2*inv(B'*B)*A*x"),
    ],
)
def test_in_a_metric(expr: str, wrt: str, metric: str, order: int, text: str | None) -> None:
    found = on(expr, wrt, order=order, metric=metric)
    assert text is None or str(found) == text
    assert found.verification.kind == "exact"


SHORT = [  # Hessians of which the terms cancel, or are zero along tangents
    ("(x'*x)^2", {}, "x", "sphere", "dx -> zeros(n)"),
    ("tr(X'*X)", {"X": "matrix(n, p)"}, "X", "grassmann", "dX -> zeros(n, p)"),
    (
        "logdet(X) + c'*inv(X)*c",
        {"X": "psd(n)", "c": "vector(n)"},
        "X",
        "spd",
        "dX -> (c*c'*inv(X)*dX + dX*inv(X)*c*c')/2",
    ),
]


@pytest.mark.parametrize(("expr", "kinds", "wrt", "manifold", "text"), SHORT)
def test_short_hessians(expr, kinds, wrt, manifold, text) -> None:
    found = matcalc.diff(expr, wrt, variables=kinds, order=2, verify=False).riemannian(manifold)
    assert str(found) == text
    assert found.verification.kind == "exact"


def test_every_manifold_is_offered_and_has_a_row() -> None:
    assert tuple(MANIFOLDS) == NAMES
    assert {(row[2], row[3]) for row in ROWS} == {(name, k) for name in NAMES for k in (1, 2)}


@pytest.mark.slow
@pytest.mark.parametrize(("expr", "wrt", "manifold", "order"), [row[:4] for row in ROWS[::2]])
@pytest.mark.parametrize("formula", ["gradient", "hessian"])
def test_a_false_formula_is_refused(
    monkeypatch: pytest.MonkeyPatch, expr: str, wrt: str, manifold: str, order: int, formula: str
) -> None:
    """Twice the gradient is no gradient, nor twice the Hessian a Hessian."""
    if (formula == "hessian") != (order == 2):
        return
    space = MANIFOLDS[manifold]
    wrong = replace(space, **{formula: f"2*({getattr(space, formula)})"})  # type: ignore[arg-type]
    monkeypatch.setitem(answer.MANIFOLDS, manifold, wrong)
    with pytest.raises(VerificationError):
        on(expr, wrt, manifold, order)


@pytest.mark.parametrize(
    ("manifold", "formula", "order"),
    [
        ("sphere", "G", 1),
        ("sphere", "H - (X'*H)*X", 2),
        ("poincare", "((1 - X'*X)^2/4)*H", 2),
    ],
)
def test_what_is_no_tangent_or_not_of_the_connection(
    monkeypatch: pytest.MonkeyPatch, manifold: str, formula: str, order: int
) -> None:
    name = "gradient" if order == 1 else "hessian"
    wrong = replace(MANIFOLDS[manifold], **{name: formula})  # type: ignore[arg-type]
    monkeypatch.setitem(answer.MANIFOLDS, manifold, wrong)
    with pytest.raises(VerificationError):
        on("x'*A*x", "x", manifold, order)


REFUSED = [
    ("tr(X'*A)", "X", {"manifold": "grassmann"}, {"A": "matrix(n, p)"}, 1, "function of the span"),
    ("x'*x", "x", {"manifold": "torus"}, {}, 1, "not a known manifold"),
    ("x'*x", "x", {}, {}, 1, "give one of the two"),
    ("x'*x", "x", {"manifold": "stiefel"}, {}, 1, "are matrices"),
    ("tr(X'*X)", "X", {"manifold": "sphere"}, {}, 1, "are vectors"),
    ("tr(X'*X)", "X", {"manifold": "spd"}, {}, 1, "declare X: psd"),
    ("tr(X)", "X", {"manifold": "stiefel"}, {"X": "diagonal(n)"}, 1, "declare X: matrix"),
    ("A*x", "x", {"manifold": "sphere"}, {}, 1, "that of a scalar"),
    ("sum(x.^4)", "x", {"manifold": "sphere"}, {}, 3, "order must be 1 or 2"),
    ("x'*x", "x", {"metric": "B"}, {"B": "matrix(n, n)", "x": "vector(n)"}, 1, "not symmetric"),
    ("x'*A*x", "x", {"metric": "x*x'"}, {}, 2, "depends on x"),
    ("x'*x", "x", {"metric": "y"}, {"y": "vector(n)"}, 1, "the metric of x"),
    ("x'*x", "x", {"metric": "n"}, {}, 1, r"n is a size\n.*write n\*eye\(n\)"),
    ("x'*x", "x", {"metric": "n + 1"}, {}, 1, r"write \(n \+ 1\)\*eye\(n\)"),
    ("x'*x", "x", {"metric": "diag(c)"}, {"c": "vector(m)"}, 1, r"declare x: vector\(m\)"),
]


@pytest.mark.parametrize(("expr", "wrt", "options", "kinds", "order", "message"), REFUSED)
def test_what_is_refused(
    expr: str,
    wrt: str,
    options: dict[str, str],
    kinds: dict[str, str],
    order: int,
    message: str,
) -> None:
    d = matcalc.diff(expr, wrt, variables=kinds, order=order, verify=False)
    with pytest.raises(MatcalcError, match=message):
        d.riemannian(**options)  # type: ignore[arg-type]


def test_a_step_of_descent_on_the_sphere(capsys: pytest.CaptureFixture[str]) -> None:
    """The code of the command, run at a point."""
    asked = ["diff", "x'*A*x", "--wrt", "x", "--var", "A: symmetric(n)", "--manifold", "sphere"]
    assert main([*asked, "--format", "numpy"]) == 0
    space: dict[str, object] = {}
    exec(capsys.readouterr().out, space)
    rng = np.random.default_rng(0)
    A = rng.normal(size=(4, 4))
    A, x = A + A.T, rng.normal(size=4)
    x /= np.linalg.norm(x)
    gradient = space["f"](A=A, x=x)  # type: ignore[operator]
    assert np.allclose(gradient, 2 * (A @ x - (x @ A @ x) * x))


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "x'*x", "--manifold", "poincare", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["manifold"], found["metric"]) == ("poincare", None)
    assert found["verification"].startswith("exact")
    assert found["source"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--manifold", "sphere", "--metric", "M"], "metric of its own"),
        (["--manifold", "sphere", "--steps"], "--steps cannot be combined with --manifold"),
        (
            ["--metric", "M", "--symmetric-check", "--order", "2"],
            "cannot be combined with --metric",
        ),
    ],
)
def test_what_the_command_refuses(
    capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    assert main(["diff", "x'*x", *options]) == 2
    assert message in capsys.readouterr().err


PRODUCTS = [
    (
        "x'*B*y",
        ["x", "y"],
        "sphere",
        {"B": "matrix(n, m)"},
        {"x": "B*y - (x'*B*y)*x", "y": "B'*x - (x'*B*y)*y"},
    ),
    (
        "norm2(B - X*S*Y')^2",
        ["X", "S", "Y"],
        ["stiefel", "euclidean", "stiefel"],
        {"B": "matrix(n, m)", "X": "matrix(n, p)", "S": "matrix(p, p)", "Y": "matrix(m, p)"},
        {
            "X": "(X*X' - 2*eye)*B*Y*S' + X*S*Y'*B'*X",
            "S": "2*(S - X'*B*Y)",
            "Y": "(Y*Y' - 2*eye)*B'*X*S + Y*S'*X'*B*Y",
        },
    ),
]


@pytest.mark.parametrize(("expr", "wrt", "manifolds", "kinds", "said"), PRODUCTS)
def test_on_products(expr, wrt, manifolds, kinds, said) -> None:
    """Each gradient knows that the other variables are on their manifolds."""
    found = matcalc.diff(expr, wrt, variables=kinds).riemannian(manifolds)
    assert {name: part.text() for name, part in found.items()} == said
    assert found.verification.kind == "exact"
    assert found.latex().count(r"\operatorname{grad}") == len(wrt)


def test_products_at_the_command_line(capsys) -> None:
    words = ["diff", "x'*B*y", "--wrt", "x,y", "--manifold", "sphere,euclidean"]
    assert main(words) == 0
    said = capsys.readouterr()
    assert said.out == "dx = B*y - (x'*B*y)*x\ndy = B'*x\n"
    assert "the gradients on the product of x: sphere, y: euclidean" in said.err
    assert main([*words, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["manifolds"] == {"x": "sphere", "y": "euclidean"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--manifold", "sphere,sphere,sphere"], "3 manifolds do not match 2 variables"),
        (
            ["--manifold", "sphere", "--order", "3"],
            "--order cannot be combined with manifolds of several",
        ),
        (["--manifold", "sphere,spere"], "did you mean sphere?"),
        (["--manifold", "sphere,euclidian"], "did you mean euclidean?"),
        (["--metric", "M"], "--metric requires one variable of differentiation"),
    ],
)
def test_products_refuse(capsys, options, message) -> None:
    assert main(["diff", "x'*B*y", "--wrt", "x,y", *options]) != 0
    assert message in capsys.readouterr().err


ON_THE_SPHERE = [  # what norm2(x) = 1 says is used
    ("x'*x", {}, "zeros(n)"),
    ("x'*A*x/(x'*x)", {"A": "symmetric(n)"}, "2*(A*x - (x'*A*x)*x)"),
    ("exp(m'*x)*norm2(x)", {}, "exp(m'*x)*(m - (m'*x)*x)"),
]


@pytest.mark.parametrize(("expr", "variables", "said"), ON_THE_SPHERE)
def test_the_norm_on_the_sphere_is_one(expr, variables, said) -> None:
    found = matcalc.diff(expr, "x", variables=variables).riemannian("sphere")
    assert str(found) == said
    assert found.verification.kind == "exact"


HESSIANS = [  # on products, along a direction for each variable
    (
        "norm2(x - a*y)^2",
        {"a": "scalar"},
        ["x", "y"],
        "sphere",
        {"x": "2*a*((dy'*x)*x + (x'*y)*dx - dy)", "y": "2*a*((dx'*y)*y + (x'*y)*dy - dx)"},
    ),
    (
        "x'*B*y",
        {},
        ["x", "y"],
        ["sphere", "euclidean"],
        {"x": "B*dy - (x'*B*dy)*x - (x'*B*y)*dx", "y": "B'*dx"},
    ),
    (
        "x'*B*y",
        {},
        ["x", "y"],
        "sphere",
        {"x": "B*dy - (x'*B*dy)*x - (x'*B*y)*dx", "y": "B'*dx - (dx'*B*y)*y - (x'*B*y)*dy"},
    ),
    (
        "tr(U'*A*V)",
        {"U": "matrix(m, k)", "V": "matrix(n, k)"},
        ["U", "V"],
        "stiefel",
        None,
    ),
    (
        "tr(U'*A*U)*t^2",
        {"U": "matrix(m, k)", "A": "symmetric(m)", "t": "scalar"},
        ["U", "t"],
        ["grassmann", "euclidean"],
        None,
    ),
    (
        "logdet(X) + (a'*inv(X)*a)*(y'*x)",
        {"X": "psd(n)", "a": "vector(n)"},
        ["X", "x", "y"],
        ["spd", "poincare", "sphere"],
        None,
    ),
]


@pytest.mark.parametrize(("expr", "kinds", "wrt", "manifolds", "said"), HESSIANS)
def test_hessians_on_products(expr, kinds, wrt, manifolds, said) -> None:
    found = matcalc.diff(expr, wrt, variables=kinds).riemannian(manifolds, order=2)
    assert found.verification.kind == "exact"
    assert list(found) == wrt
    if said is not None:
        assert {name: str(part) for name, part in found.items()} == said
    assert found.latex().count(r"\operatorname{Hess}") == len(wrt)


@pytest.mark.parametrize("wrong", ["x", "y"])
def test_a_wrong_hessian_on_a_product_is_seen(wrong) -> None:
    """The mixed part is left out, or a part is no tangent."""
    found = matcalc.diff("x'*B*y", ["x", "y"]).riemannian("sphere", order=2)
    program = found[wrong]._program
    size = "n" if wrong == "x" else "m"
    other = matcalc.parse(f"0*d{wrong}", {f"d{wrong}": f"vector({size})"})._tree
    trees = {name: part._tree for name, part in found.items()} | {wrong: other}
    proof = ProductProof(program, dict.fromkeys(("x", "y"), MANIFOLDS["sphere"]))
    with pytest.raises(VerificationError):
        proof.hessian(trees, found.directions)


def test_a_block_on_a_product_is_the_hessian_in_its_factor() -> None:
    """Where the other variable stays, as the Hessian on one manifold says."""
    kinds = {"A": "symmetric(n)"}
    both = matcalc.diff("x'*A*x + x'*B*y", ["x", "y"], variables=kinds)
    found = str(both.riemannian("sphere", order=2)["x"])
    one = matcalc.diff("x'*A*x + x'*B*y", "x", variables=kinds, order=2).riemannian("sphere")
    shapes = {**kinds, "x": "sphere(n)", "y": "sphere(m)", "dx": "vector(n)", "dy": "vector(m)"}
    there = found.replace("dy", "zeros(m)")
    assert matcalc.equal(there, str(one).removeprefix("dx -> "), variables=shapes)


def test_code_on_products() -> None:
    found = matcalc.diff("x'*B*y", ["x", "y"]).riemannian(["sphere", "euclidean"])
    space: dict = {}
    exec(found.source("numpy"), space)
    rng = np.random.default_rng(0)
    x, B, y = rng.normal(size=3), rng.normal(size=(3, 2)), rng.normal(size=2)
    x /= np.linalg.norm(x)
    values = space["f"](x=x, B=B, y=y)
    assert np.allclose(values["x"], B @ y - (x @ B @ y) * x)
    assert np.allclose(values["y"], B.T @ x)
    assert "import torch" in found.source("torch")


def test_code_of_a_hessian_on_a_product(capsys) -> None:
    words = ["diff", "x'*B*y", "--wrt", "x,y", "--manifold", "sphere", "--order", "2"]
    assert main([*words, "--format", "numpy"]) == 0
    space: dict = {}
    exec(capsys.readouterr().out, space)
    rng = np.random.default_rng(0)
    x, B, y = rng.normal(size=3), rng.normal(size=(3, 2)), rng.normal(size=2)
    dx, dy = rng.normal(size=3), rng.normal(size=2)
    values = space["f"](x=x, B=B, y=y, dx=dx, dy=dy)
    assert np.allclose(values["x"], B @ dy - (x @ B @ y) * dx - (x @ B @ dy) * x)
    assert np.allclose(values["y"], B.T @ dx - (x @ B @ y) * dy - (y @ B.T @ dx) * y)


def test_the_space_is_said_with_the_variable() -> None:
    found = matcalc.diff("tr(Q'*A*Q)", "Q", variables={"Q": "orthonormal(n, p)"})
    assert "Q'*Q = eye" in found.riemannian("stiefel").reading


def test_code_of_gradients_and_hessians():
    rng = np.random.default_rng(0)
    A, x, v = rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=3)
    x /= np.linalg.norm(x)
    v -= (x @ v) * x
    d = matcalc.diff("x'*A*x", "x")
    gradient = d.riemannian("sphere").to_callable()(x=x, A=A)
    free = (A + A.T) @ x
    assert np.allclose(gradient, free - (x @ free) * x)
    second = matcalc.diff("x'*A*x", "x", order=2).riemannian("sphere")
    assert f"def f(*, x, A, {second.direction})" in second.source()
    along = second.to_callable()(x=x, A=A, **{second.direction: v})
    bent = (A + A.T) @ v
    assert np.allclose(along, bent - (x @ bent) * x - (x @ free) * v)
