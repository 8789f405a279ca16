"""``matcalc.testing``: formulas and functions, kinds, precision, kinks, random numbers, products,
strategies.
"""

from __future__ import annotations

import sys
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from sweeps import slow

import matcalc
from matcalc.core.errors import ArgumentError, EvaluationError, MatcalcError, UnsupportedError
from matcalc.testing import (
    GradientMismatch,
    assert_gradient,
    assert_hessian,
    assert_jacobian,
    assert_jvp,
    assert_vjp,
    check_gradient,
    check_jacobian,
)
from matcalc.testing import strategies as values_of

B = {"b": "vector(m)", "A": "matrix(m, n)"}
A0, X0 = np.arange(6.0).reshape(2, 3), np.array([1.0, -2.0, 0.5])


def loss(A, x):
    return np.sum((A @ x) ** 2)


def grad(A, x):
    return 2 * A.T @ (A @ x)


RIGHT = [
    pytest.param(lambda: assert_gradient("tr(A*X*X)", "A'*X' + X'*A'", wrt="X"), id="formulas"),
    pytest.param(
        lambda: assert_gradient(matcalc.parse("x'*x"), matcalc.diff("x'*x", "x"), wrt="x"),
        id="objects",
    ),
    pytest.param(lambda: assert_gradient("norm2(A*x)^2", grad, wrt="x"), id="formula-and-function"),
    pytest.param(lambda: assert_gradient("sum(sin(x))", np.cos, wrt="x"), id="function-of-one"),
    pytest.param(
        lambda: assert_gradient("x'*x", lambda **v: 2 * v["x"], wrt="x"), id="function-of-keywords"
    ),
    pytest.param(
        lambda: assert_gradient("norm2(A*x)^2", lambda M, v: 2 * M.T @ (M @ v), wrt="x"),
        id="function-by-position",
    ),
    pytest.param(
        lambda: assert_gradient(
            "norm2(A*x)^2", lambda A, x, scale=2: scale * A.T @ (A @ x), wrt="x"
        ),
        id="default",
    ),
    pytest.param(
        lambda: assert_gradient("x'*x", lambda x: 2 * x[:, None], wrt="x"), id="one-column"
    ),
    pytest.param(
        lambda: assert_gradient("norm2(A*x)^2", grad, wrt="x", at={"A": A0, "x": X0}),
        id="formula-at-a-point",
    ),
    pytest.param(
        lambda: assert_gradient("norm2(A*x)^2", "2*A'*A*x", wrt="x", at={"A": A0}),
        id="formulas-at-half-a-point",
    ),
    pytest.param(
        lambda: assert_gradient(loss, grad, wrt="x", at={"A": A0, "x": X0}),
        id="functions-at-a-point",
    ),
    pytest.param(
        lambda: assert_gradient(
            loss, grad, wrt="x", variables={"A": "matrix(m, n)", "x": "vector(n)"}
        ),
        id="functions",
    ),
    pytest.param(lambda: assert_jacobian("A*x", lambda A, x: A, wrt="x"), id="jacobian"),
    pytest.param(
        lambda: assert_jacobian("A*X*B", lambda A, X, B: np.einsum("ij,kl->iljk", A, B), wrt="X"),
        id="jacobian-of-four-axes",
    ),
    pytest.param(
        lambda: assert_jacobian(lambda A, x: A @ x, lambda A, x: A, wrt="x", at={"A": A0, "x": X0}),
        id="jacobian-functions",
    ),
    pytest.param(lambda: assert_hessian("x'*A*x", "A + A'", wrt="x"), id="hessian"),
    pytest.param(
        lambda: assert_hessian(loss, lambda A, x: 2 * A.T @ A, wrt="x", at={"A": A0, "x": X0}),
        id="hessian-functions",
    ),
    pytest.param(lambda: assert_jvp("inv(X)", "-inv(X)*dX*inv(X)", wrt="X"), id="jvp"),
    pytest.param(
        lambda: assert_jvp("logdet(X)", "tr(inv(X)*E)", wrt="X", tangent="E"), id="jvp-named"
    ),
    pytest.param(
        lambda: assert_jvp(
            "inv(X)", lambda X, dX: -np.linalg.inv(X) @ dX @ np.linalg.inv(X), wrt="X"
        ),
        id="jvp-function",
    ),
    pytest.param(
        lambda: assert_jvp(np.sin, lambda x, v: np.cos(x) * v, wrt="x", at={"x": X0}),
        id="jvp-functions",
    ),
    pytest.param(lambda: assert_vjp("A*X", "A'*U", wrt="X"), id="vjp"),
    pytest.param(lambda: assert_vjp("x'*x", "2*V*x", wrt="x", cotangent="V"), id="vjp-of-a-scalar"),
    pytest.param(lambda: assert_vjp("A*X", lambda A, X, U: A.T @ U, wrt="X"), id="vjp-function"),
    pytest.param(
        lambda: assert_vjp(np.sin, lambda x, u: np.cos(x) * u, wrt="x", at={"x": X0}),
        id="vjp-functions",
    ),
]


@pytest.mark.parametrize("claim", RIGHT)
def test_right_claims_pass(claim):
    assert claim() is None


WRONG = [
    pytest.param(
        lambda: assert_gradient("norm2(A*x)^2", "A'*A*x", wrt="x"),
        "the factor 2 is missing",
        id="formulas",
    ),
    pytest.param(
        lambda: assert_gradient("norm2(A*x)^2", lambda A, x: A.T @ A @ x, wrt="x"),
        "the factor 2",
        id="function",
    ),
    pytest.param(
        lambda: assert_gradient(loss, lambda A, x: -grad(A, x), wrt="x", at={"A": A0, "x": X0}),
        "sign",
        id="functions",
    ),
    pytest.param(
        lambda: assert_jacobian("A*x", lambda A, x: A.T, wrt="x"), "transpose", id="jacobian"
    ),
    pytest.param(
        lambda: assert_hessian("x'*A*x", "2*A", wrt="x"), "only if A is symmetric", id="hessian"
    ),
    pytest.param(lambda: assert_jvp("inv(X)", "inv(X)*dX*inv(X)", wrt="X"), "wrong sign", id="jvp"),
    pytest.param(
        lambda: assert_jvp(np.sin, lambda x, v: -np.cos(x) * v, wrt="x", at={"x": X0}),
        "wrong sign",
        id="jvp-functions",
    ),
    pytest.param(lambda: assert_vjp("A*X", "U*A'", wrt="X"), "U*A' should be A'*U", id="vjp"),
]


@pytest.mark.parametrize(("claim", "words"), WRONG)
def test_wrong_claims_raise(claim, words):
    with pytest.raises(GradientMismatch) as caught:
        claim()
    error = caught.value
    assert words in str(error)
    assert words in str(error.diagnosis)
    assert (error.verdict, error.rng) == ("wrong", 0)
    assert error.counterexample is not None
    assert error.method


def test_the_report_has_everything():
    report = check_gradient("norm2(A*x - b)^2", "A'*(A*x - b)", wrt="x", variables=B)
    assert not report.ok
    assert report.correct == "2*A'*(A*x - b)"
    assert report.kinds == ("factor",)
    assert report.worst.claimed == pytest.approx(report.worst.true / 2)
    assert report.reproduce.startswith('matcalc check "norm2(A*x - b)^2" --wrt x')


@pytest.mark.parametrize(
    ("kind", "objective", "right"),
    [
        pytest.param("psd(n)", lambda S: np.linalg.slogdet(S)[1], np.linalg.inv, id="psd"),
        pytest.param(
            "symmetric(n)",
            lambda S: S[0, 1],
            lambda S: (_unit(S, 0, 1) + _unit(S, 1, 0)) / 2,
            id="symmetric",
        ),
        pytest.param(
            "skew(n)", lambda S: S[0, 1], lambda S: (_unit(S, 0, 1) - _unit(S, 1, 0)) / 2, id="skew"
        ),
        pytest.param("diagonal(n)", np.trace, lambda S: np.eye(len(S)), id="diagonal"),
        pytest.param("triangular(n)", lambda S: S[1, 0], lambda S: _unit(S, 1, 0), id="triangular"),
        pytest.param("orthogonal(n)", lambda S: S[0, 1], lambda S: _unit(S, 0, 1), id="orthogonal"),
    ],
)
def test_functions_are_called_within_the_declared_kind(kind, objective, right):
    seen = []

    def watched(S):
        seen.append(S)
        return objective(S)

    assert check_gradient(watched, right, wrt="S", variables={"S": kind}).ok
    holds = {
        "psd": lambda S: np.array_equal(S, S.T) and np.min(np.linalg.eigvalsh(S)) > 0,
        "symmetric": lambda S: np.allclose(S, S.T),
        "skew": lambda S: np.allclose(S, -S.T),
        "triangular": lambda S: np.array_equal(S, np.tril(S)),
        "diagonal": lambda S: np.array_equal(S, np.diag(np.diag(S))),
        "orthogonal": lambda S: np.allclose(S @ S.T, np.eye(len(S))),
    }
    assert all(holds[kind.partition("(")[0]](S) for S in seen)
    assert len({S.shape for S in seen}) > 1, "several sizes"


def _unit(S, i, j):
    E = np.zeros_like(S)
    E[i, j] = 1.0
    return E


def test_convention_of_a_structured_gradient_is_named():
    report = check_gradient("tr(A*S)", lambda A, S: A.T, wrt="S", variables={"S": "symmetric(n)"})
    assert report.kinds == ("structure",)
    assert check_gradient(
        "tr(A*S)", lambda A, S: A.T, wrt="S", variables={"S": "symmetric(n)"}, structure="free"
    ).ok


@pytest.mark.parametrize(
    ("objective", "claim", "ok"),
    [
        pytest.param(
            lambda x: np.sum(np.float32(x) ** 2), lambda x: np.float32(2 * x), True, id="both"
        ),
        pytest.param(lambda x: np.sum(x**2), lambda x: np.float32(2 * x), True, id="claim"),
        pytest.param(
            lambda x: np.sum(np.float32(x) ** 2), lambda x: np.float32(2.1 * x), False, id="wrong"
        ),
        pytest.param(
            lambda x: np.float32(np.linalg.norm(x)),
            lambda x: x / np.linalg.norm(x),
            True,
            id="objective",
        ),
        pytest.param(lambda x: 1e6 * np.sum(x**2), lambda x: 2e6 * x, True, id="large"),
        slow(lambda x: 1e-6 * np.sum(x**2), lambda x: 2.2e-6 * x, False, id="small-and-wrong"),
    ],
)
def test_precision_and_scale(objective, claim, ok):
    assert check_gradient(objective, claim, wrt="x", at={"x": X0}).ok is ok


def test_single_precision_is_told():
    report = check_gradient("x'*x", lambda x: np.float32(2 * x), wrt="x")
    assert "computes in float32" in " ".join(report.notes)


def test_kinks_are_avoided_and_told():
    report = check_gradient(
        lambda x: np.sum(np.abs(x)), np.sign, wrt="x", at={"x": np.array([0.0, 1.0])}
    )
    assert report.ok
    assert "kink in x[0]" in " ".join(report.notes)


@pytest.mark.parametrize(
    "rng",
    [3, np.random.default_rng(3), np.random.SeedSequence(3), None],
    ids=["int", "generator", "sequence", "none"],
)
def test_random_numbers(rng):
    report = check_gradient("x'*x", "2*x", wrt="x", rng=rng)
    assert report.ok
    assert (report.checked.rng is None) == isinstance(
        rng, np.random.Generator | np.random.SeedSequence
    )


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        pytest.param(
            lambda: check_gradient("A*x", "A", wrt="x"),
            ArgumentError,
            "assert_jacobian",
            id="gradient-of-a-vector",
        ),
        pytest.param(
            lambda: check_gradient(loss, grad, wrt="x"),
            ArgumentError,
            "what are the variables",
            id="no-variables",
        ),
        pytest.param(
            lambda: check_gradient(loss, grad, wrt="z", at={"A": A0, "x": X0}),
            ArgumentError,
            "z is neither",
            id="no-wrt",
        ),
        pytest.param(
            lambda: check_gradient(loss, "x", wrt="x", at={"x": X0}),
            ArgumentError,
            "formula",
            id="function-and-formula",
        ),
        pytest.param(
            lambda: check_gradient("x'*x", lambda p, q, r: p, wrt="x"),
            ArgumentError,
            "takes",
            id="signature",
        ),
        pytest.param(
            lambda: check_gradient("x'*x", lambda x: "no", wrt="x"),
            ArgumentError,
            "not an array",
            id="no-array",
        ),
        pytest.param(
            lambda: check_gradient("x'*x", "2*x", wrt="x", rng="no"), ArgumentError, "rng", id="rng"
        ),
        pytest.param(
            lambda: check_gradient("x'*x", "2*x", wrt="x", structure="no"),
            ArgumentError,
            "structure",
            id="structure",
        ),
        pytest.param(lambda: check_gradient("x'*x", "2*x", wrt=3), ArgumentError, "wrt", id="wrt"),
        pytest.param(
            lambda: check_gradient(3, "2*x", wrt="x"), ArgumentError, "objective", id="objective"
        ),
        pytest.param(
            lambda: check_gradient("x'*x", 3, wrt="x"), ArgumentError, "claim", id="claim"
        ),
        pytest.param(
            lambda: check_gradient(
                "x'*x", "2*x", wrt="x", at={"x": A0}, variables={"x": "vector(n)"}
            ),
            EvaluationError,
            "x is vector(n)",
            id="shape",
        ),
        pytest.param(
            lambda: check_gradient("x'*x", "2*x", wrt="x", at={"q": A0}),
            ArgumentError,
            "q, which is not",
            id="name",
        ),
        pytest.param(
            lambda: check_jacobian("A*x", "A", wrt="x", arrays="lists"),
            ArgumentError,
            "arrays",
            id="arrays",
        ),
    ],
)
def test_bad_arguments(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, MatcalcError)
    assert words in str(caught.value)


class Tensor:
    """What the conversion needs of a tensor of PyTorch, where that is not installed."""

    def __init__(self, array):
        self.array = np.asarray(array, dtype=np.float32)
        self.dtype = self.array.dtype

    def detach(self):
        return self

    cpu = detach

    def to(self, precision):
        return Tensor(self.array.astype(precision))

    resolve_conj = resolve_neg = detach

    def numpy(self):
        return self.array


Tensor.__module__ = "torch"


def test_tensors_are_converted(monkeypatch):
    fake = ModuleType("torch")
    fake.as_tensor, fake.float64 = Tensor, np.float64
    monkeypatch.setitem(sys.modules, "torch", fake)
    report = check_gradient("x'*x", lambda x: Tensor(2 * x.numpy()), wrt="x", arrays="torch")
    assert report.ok
    assert "float32" in " ".join(report.notes)


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_functions_are_called_in_the_precision_of_the_point(precision):
    seen = set()

    def gradient(A, x):
        seen.update((A.dtype.name, x.dtype.name))
        return 2 * A.T @ (A @ x)

    point = {"A": np.ones((2, 3), precision), "x": np.arange(3, dtype=precision)}
    assert check_gradient("norm2(A*x)^2", gradient, wrt="x", at=point).ok
    assert check_gradient(lambda A, x: np.sum((A @ x) ** 2), gradient, wrt="x", at=point).ok
    assert seen == {np.dtype(precision).name}


def test_half_precision_is_refused():
    with pytest.raises(UnsupportedError, match="half precision"):
        check_gradient(
            lambda x: (x * x).sum(), lambda x: 2 * x, wrt="x", at={"x": np.ones(3, np.float16)}
        )


def test_the_point_says_what_the_letters_are():
    at = {"A": np.eye(2), "x": np.ones(2), "b": np.ones(2), "k": np.asarray(2.0)}
    assert (
        check_gradient("k*norm2(A*x - b)^2", "2*k*A'*(A*x - b)", wrt="x", at=at).verdict == "proved"
    )
    with pytest.raises(ArgumentError, match="7 axes"):
        check_gradient("norm2(x)^2", "2*x", wrt="x", at={"x": np.ones((1,) * 7)})


@settings(max_examples=25, deadline=None)
@given(
    values_of.points(
        {
            "S": "symmetric(n)",
            "P": "psd(n)",
            "Q": "orthogonal(n)",
            "K": "skew(n)",
            "V": "invertible(n)",
            "x": "vector(m)",
        }
    )
)
def test_strategies(values):
    S, P, Q, K, V = (values[name] for name in "SPQKV")
    assert np.array_equal(S, S.T)
    assert np.min(np.linalg.eigvalsh(P)) > 0
    assert np.allclose(Q @ Q.T, np.eye(len(Q)))
    assert np.array_equal(K, -K.T)
    assert np.linalg.cond(V) < 1e3
    assert {len(S), len(P), len(Q), len(K)} == {len(V)}


@settings(max_examples=25, deadline=None)
@given(
    values_of.arrays("diagonal(n)", n=3),
    values_of.arrays("positive"),
    values_of.arrays("matrix(2, k)", max_size=5),
)
def test_strategies_of_one_variable(D, p, M):
    assert np.array_equal(D, np.diag(np.diag(D)))
    assert p > 0
    assert (D.shape, M.shape[0]) == ((3, 3), 2)


def test_hessians_need_double_precision():
    report = matcalc.testing.check_hessian(
        lambda x: np.float32(x @ x), lambda x: 2 * np.eye(len(x)), wrt="x", at={"x": X0}
    )
    assert report.verdict == "undecided"
    assert "too inaccurate for second differences" in report.reason


def test_products_notice_single_precision():
    assert_jvp(lambda x: np.float32(np.sin(x)), lambda x, v: np.cos(x) * v, wrt="x", at={"x": X0})
    assert_vjp(lambda x: np.float32(np.sin(x)), lambda x, u: np.cos(x) * u, wrt="x", at={"x": X0})
