r"""Definitions behind a formula, in a sentence: ``$\\|u\\|^2$, where $u = Ax$``."""

from __future__ import annotations

import pytest

import matcalc
from matcalc.core.errors import MatcalcError


@pytest.mark.parametrize(
    ("formula", "answer"),
    [
        (r"$\|u\|^2$ where $u = Ax$", "2*A'*A*x"),
        (r"$f = \|u\|^2$, where $u = A x$.", "2*A'*A*x"),
        (r"$\|u\|^2$ with $u = A v$ and $v = B x$", "2*B'*A'*A*B*x"),
    ],
)
def test_words_between_formulas(formula: str, answer: str) -> None:
    assert str(matcalc.diff(formula, "x", latex=True)) == answer


@pytest.mark.parametrize("formula", ["a where b", r"$x^\top S x$, where $S$ is symmetric"])
def test_words_elsewhere_are_refused(formula: str) -> None:
    with pytest.raises(MatcalcError):
        matcalc.parse_latex(formula)
