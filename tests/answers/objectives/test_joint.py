"""Value, gradients, Hessian and products in one function, and problems for scipy.optimize."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sweeps import thinned

import matcalc
from matcalc.core.errors import ArgumentError, EvaluationError

RNG = np.random.default_rng(3)
A, B, T = RNG.normal(size=(4, 3)), RNG.normal(size=(5, 3)), RNG.normal(size=(4, 5))
FACTORS = "norm2(U*V' - T)^2 + c*(norm2(U)^2 + norm2(V)^2)"
KINDS = {"U": "matrix(m, k)", "V": "matrix(n, k)", "T": "matrix(m, n)", "c": "scalar"}
CASES = [
    pytest.param(FACTORS, ["U", "V"], KINDS, {"U": A, "V": B, "T": T, "c": 0.3}, id="factors"),
    pytest.param(
        "logsumexp(A*x) + a*x'*x", ["x", "a"], {}, {"A": A, "x": A[0], "a": 2.0}, id="two"
    ),
    pytest.param(
        "logdet(K) + y'*inv(K)*y where K = s*X*X' + t*eye(n)",
        ["s", "t"],
        {"X": "matrix(n, k)", "y": "vector(n)", "s": "scalar", "t": "scalar"},
        {"X": A, "y": T[:, 0], "s": 0.5, "t": 2.0},
        id="scalars",
    ),
    pytest.param("sum(exp(x)) + v'*x", ["x"], {"v": "vector(n)"}, {"x": A[0], "v": A[1]}, id="v"),
]


@pytest.mark.parametrize(("text", "wrt", "kinds", "given"), CASES)
def test_all_in_one(
    text: str, wrt: list[str], kinds: dict[str, str], given: dict[str, Any]
) -> None:
    joint = matcalc.compile(text, wrt, order=2, hvp=True, variables=kinds)
    moves = {joint.directions[name]: np.cos(np.asarray(given[name])) for name in wrt}
    found = joint(**given, **moves)
    parsed = matcalc.parse(text, kinds)
    assert found.value == pytest.approx(parsed.to_callable()(**given))
    slopes = matcalc.diff(parsed, wrt).to_callable()(**given)
    assert list(found.gradients) == wrt
    for name in wrt:
        np.testing.assert_allclose(found.gradients[name], slopes[name])
        total = 0.0
        for other in wrt:
            block = np.asarray(found.hessian[name, other])
            axes = np.ndim(given[other])
            total = total + np.tensordot(block, moves[joint.directions[other]], axes)
        np.testing.assert_allclose(found.product[name], total)
    both = joint(*[{**given, **moves}[name] for name in joint.arguments])
    assert both.value == found.value


def test_what_was_not_asked_for_is_not_computed() -> None:
    joint = matcalc.compile("x'*A*x", ["x"], value=False, order=1)
    found = joint(x=A[0], A=A[:3])
    assert found.value is None
    assert (found.hessian, found.product) == ({}, {})
    assert joint.directions == {}
    value = matcalc.compile("x'*x", order=0)(A[0])
    assert value.gradients == {}
    assert value.value == pytest.approx(A[0] @ A[0])


REFUSED = [
    pytest.param({"order": 3}, "order must be 0, 1 or 2", id="order"),
    pytest.param({"value": False, "order": 0}, "nothing is requested", id="nothing"),
    pytest.param({"wrt": ["x", "x"]}, "x is given twice", id="twice"),
    pytest.param({"backend": "cuda"}, "backend must be", id="backend"),
]


@pytest.mark.parametrize(("asked", "message"), REFUSED)
def test_refused(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        matcalc.compile("x'*x", **{"wrt": ["x"], **asked})


def test_wrong_calls() -> None:
    joint = matcalc.compile("x'*y", ["x"], variables={"y": "vector(n)"})
    with pytest.raises(ArgumentError, match="3 arguments were given, but the function takes 2"):
        joint(A[0], A[0], A[0])
    with pytest.raises(ArgumentError, match="by position and by name"):
        joint(A[0], x=A[0])
    with pytest.raises(EvaluationError, match="missing argument y"):
        joint(A[0])


def problem(**more: Any) -> Any:
    return matcalc.Problem(
        FACTORS, ["U", "V"], {"T": T, "c": 0.3}, variables=KINDS, **{"sizes": {"k": 2}, **more}
    )


def test_problem_has_the_derivatives_of_one_vector() -> None:
    p = problem()
    x, h = p.x0, 1e-6
    assert x.shape == (18,)
    np.testing.assert_array_equal(p.pack(p.unpack(x)), x)
    steps = h * np.eye(len(x))
    slope = np.array([(p.fun(x + e) - p.fun(x - e)) / (2 * h) for e in steps])
    np.testing.assert_allclose(p.jac(x), slope, rtol=1e-6, atol=1e-6)
    rows = np.array([(p.jac(x + e) - p.jac(x - e)) / (2 * h) for e in steps])
    np.testing.assert_allclose(p.hess(x), rows, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(p.hessp(x, slope), p.hess(x) @ slope)


WRONG = [
    pytest.param({"sizes": {}}, "no array determines the size k of U", id="size"),
    pytest.param({"start": {"U": np.ones((3, 2))}}, "4 elsewhere|3 elsewhere", id="start"),
    pytest.param({"start": {"T": T}}, "start has T, which is not minimised over", id="data"),
]


@pytest.mark.parametrize(("more", "message"), WRONG)
def test_wrong_problems(more: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        problem(**more)


OTHERS = [
    pytest.param("x'*y", ["x"], {}, {"y": "vector(n)"}, "data has no y", id="missing"),
    pytest.param("logdet(S)", ["S"], {}, {"S": "psd(n)"}, "entries are not free", id="psd"),
    pytest.param("A*x", ["x"], {"A": A}, {}, "a minimum is defined for scalars", id="vector"),
    pytest.param("x'*x", ["x"], {"z": 1.0}, {}, "z, which is not a variable", id="unknown"),
    pytest.param("x'*A*x", ["x"], {"A": A[0]}, {}, "its array has 1 axes", id="axes"),
]


@pytest.mark.parametrize(("text", "over", "data", "kinds", "message"), OTHERS)
def test_other_wrong_problems(
    text: str, over: list[str], data: dict[str, Any], kinds: dict[str, str], message: str
) -> None:
    with pytest.raises(ArgumentError, match=message):
        matcalc.Problem(text, over, data, variables=kinds)


@pytest.mark.parametrize(
    "method", thinned(["Newton-CG", None, "L-BFGS-B", "trust-exact", "Nelder-Mead"], 5)
)
def test_minimize(method: str | None) -> None:
    pytest.importorskip("scipy")
    p = matcalc.Problem(
        "norm2(A*x - b)^2", ["x"], {"A": A, "b": T[:, 0]}, variables={"b": "vector(m)"}
    )
    found = p.minimize(method, tol=1e-9)
    wanted = np.linalg.lstsq(A, T[:, 0], rcond=None)[0]
    np.testing.assert_allclose(found.arrays["x"], wanted, atol=1e-4)


def test_minimize_starts_where_it_is_told() -> None:
    pytest.importorskip("scipy")
    p = problem()
    U = np.ones(p.shapes["U"])
    for start in ({"U": U}, p.pack({**p.unpack(p.x0), "U": U})):
        found = p.minimize("BFGS", x0=start, options={"maxiter": 0})
        np.testing.assert_array_equal(found.arrays["U"], U)
        np.testing.assert_array_equal(found.arrays["V"], p.unpack(p.x0)["V"])
    with pytest.raises(ArgumentError, match="start has W, which is not minimised over"):
        p.minimize(x0={"W": U})
    with pytest.raises(ArgumentError, match="U has the shape"):
        p.minimize(x0={"U": U[:, :1]})
    with pytest.raises(ArgumentError, match="the vector has"):
        p.minimize(x0=np.ones(3))


def test_progress(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("scipy")
    monkeypatch.setattr("matcalc.answers.objectives.problem._LONG", 0.0)
    monkeypatch.setattr("matcalc.answers.objectives.problem._SHOWN", 0.0)
    problem().minimize("L-BFGS-B", progress=True, options={"maxiter": 4})
    lines = capsys.readouterr().err.split("\r")
    assert lines[-1].startswith("[########################] iteration 4, value ")


def test_torch_backward_is_ours() -> None:
    torch = pytest.importorskip("torch")
    joint = matcalc.compile(FACTORS, ["U", "V"], variables=KINDS, backend="torch")
    f = joint.autograd()
    given = {"U": A, "V": B, "T": T, "c": np.asarray(0.3)}
    tensors = {name: torch.tensor(value) for name, value in given.items()}
    moving = [tensors[name].requires_grad_() for name in ("U", "V")]
    assert torch.autograd.gradcheck(
        lambda U, V: f(U=U, V=V, T=tensors["T"], c=tensors["c"]), moving
    )
    value = f(**tensors)
    value.backward()
    wanted = matcalc.compile(FACTORS, ["U", "V"], variables=KINDS)(**given).gradients["U"]
    np.testing.assert_allclose(moving[0].grad, wanted)
