"""Singular values of matrices with fewer rows than columns: what has a meaning for them is
computed, the rest refused.
"""

from __future__ import annotations

import numpy as np
import pytest

import matcalc
from matcalc.core.errors import EvaluationError, MatcalcError

RNG = np.random.default_rng(5)
X = RNG.uniform(-1.0, 1.0, (3, 5))


MEANT = [
    ("schatten(X, 3)", lambda s: np.sum(s**3) ** (1 / 3)),
    ("schatten(X, 1)", np.sum),
    ("schatten(2*X, 4)^2", lambda s: np.sum((2 * s) ** 4) ** (1 / 2)),
    ("exp(-schatten(X, 3))", lambda s: np.exp(-(np.sum(s**3) ** (1 / 3)))),
    ("nucnorm(X)", np.sum),
    ("sum(svdvals(X))", np.sum),
    ("sum(svdvals(X).^2)", lambda s: np.sum(s**2)),
    ("sum(svdvals(X).^(3/2) - 2*svdvals(X))", lambda s: np.sum(s**1.5 - 2 * s)),
    ("svdvals(X)'*sin(svdvals(X))", lambda s: s @ np.sin(s)),
    ("norm2(svdvals(X)) + max(svdvals(X))", lambda s: np.sqrt(s @ s) + s.max()),
    ("sum(log1p(svdvals(X).^2))", lambda s: np.sum(np.log1p(s**2))),
    ("specnorm(X)", np.max),
]


# the values are in order, so that no point has the second as the largest
@pytest.mark.filterwarnings(
    "ignore:not verified. no point was found where entry 2 of svdvals:matcalc.VerificationWarning"
)
@pytest.mark.parametrize("matrix", [X, X.T], ids=["wide", "tall"])
@pytest.mark.parametrize(("text", "reference"), [pytest.param(*row, id=row[0]) for row in MEANT])
def test_norms_and_their_gradients(text, reference, matrix):
    def value(a: np.ndarray) -> float:
        return float(reference(np.linalg.svd(a)[1]))

    expression = matcalc.parse(text)
    assert expression.to_callable()(X=matrix) == pytest.approx(value(matrix), rel=1e-12)
    found = expression.diff("X").to_callable()(X=matrix)
    np.testing.assert_allclose(found, differences(value, matrix), rtol=1e-6, atol=1e-8)


def differences(value, a):
    steps = [1e-5 * np.eye(1, a.size, k).reshape(a.shape) for k in range(a.size)]
    return np.reshape([(value(a + step) - value(a - step)) / 2e-5 for step in steps], a.shape)


@pytest.mark.parametrize(
    "text",
    [
        "svdvals(X)",
        "leftvecs(X)",
        "rightvecs(X)",
        "sum(exp(svdvals(X)))",
        "c'*svdvals(X)",
        "mean(svdvals(X))",
        "sum(svdvals(X).^-1)",
        "leftvecs(X)*diag(c)*rightvecs(X)'",
        "leftvecs(X)*rightvecs(Y)'",
    ],
)
def test_what_has_no_meaning_is_refused(text):
    expression = matcalc.parse(text, {"c": "vector(n)"} if "c" in text.replace("vec", "") else {})
    given = {name: {"X": X, "Y": X, "c": np.ones(5)}[name] for name in expression.variables}
    with pytest.raises(EvaluationError, match="at least as many rows as columns, not 3 x 5"):
        expression.to_callable()(**given)
    tall = {name: {"X": X.T, "Y": X.T, "c": np.ones(3)}[name] for name in expression.variables}
    expression.to_callable()(**tall)


@pytest.mark.parametrize("text", ["svdvals(X)", "leftvecs(X)", "rightvecs(X)"])
def test_the_hint_gives_the_same_function(text):
    with pytest.raises(MatcalcError) as caught:
        matcalc.parse(text, {"X": "matrix(3, 5)"})
    instead = caught.value.hint.removeprefix("write ")
    found = np.abs(matcalc.parse(instead, {"X": "matrix(3, 5)"}).to_callable()(X=X))
    U, s, W = np.linalg.svd(X, full_matrices=False)
    expected = {"svdvals(X)": s, "leftvecs(X)": np.abs(U), "rightvecs(X)": np.abs(W.T)}[text]
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_known_sizes():
    derivative = matcalc.diff("schatten(X, 3)", "X", variables={"X": "matrix(3, 5)"})
    free = matcalc.diff("schatten(X, 3)", "X")
    np.testing.assert_allclose(derivative.to_callable()(X=X), free.to_callable()(X=X), rtol=1e-10)


def test_points_that_are_not_finite():
    broken = np.full((3, 5), np.nan)
    assert np.isnan(matcalc.parse("schatten(X, 3)").to_callable()(X=broken))
