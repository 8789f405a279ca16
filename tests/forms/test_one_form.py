"""Equal inputs give equal outputs: one value, written in different ways, has one printed
derivative.
"""

from __future__ import annotations

from random import Random

import pytest
from equations import DECLARATIONS, REORDERING, SPREADING, Identity, Tree, rewritten, scalar
from printing import render

from matcalc.claims.judge.equal import equal
from matcalc.engine.pipeline import derive
from matcalc.read.frontend import read

SEEDS = 400
STEPS = 5
LEAST_ALIKE = 0.97  # of expressions with sums in them, which leave more than one shortest form


def printed(text: str, wrt: str = "X") -> str:
    program = read(text, {name: kind for name, kind in DECLARATIONS.items() if name in text})
    return render(derive(program, wrt), program.variables)


def pair(seed: int, identities: tuple[Identity, ...]) -> tuple[Tree, Tree]:
    """A random scalar, and the same after some identities."""
    rng = Random(seed)
    first = second = scalar(rng, 3)
    for _ in range(STEPS):
        second = rewritten(second, rng.choice(identities), rng)
    return first, second


@pytest.mark.parametrize(
    ("texts", "wrt", "shown"),
    [
        pytest.param(
            [
                "tr(A*X*B)",
                "tr(X*B*A)",
                "tr(B'*X'*A')",
                "sum((B*A)'.*X)",
                "vec(A'*B')'*vec(X)",
                "dot(X, A'*B')",
            ],
            "X",
            "(B*A)'",
            id="trace",
        ),
        pytest.param(
            ["x'*B*x", "tr(B*x*x')", "x'*B'*x", "sum(x.*(B*x))", "dot(B*x, x)", "(B*x)'*x"],
            "x",
            "(B + B')*x",
            id="quadratic",
        ),
        pytest.param(
            [
                "norm2(A*y - x)^2",
                "(A*y - x)'*(A*y - x)",
                "sum((A*y - x).^2)",
                "y'*A'*A*y - 2*x'*A*y + x'*x",
                "norm2(x - A*y)^2",
            ],
            "y",
            "2*A'*(A*y - x)",
            id="least-squares",
        ),
        pytest.param(
            ["logdet(B)", "log(abs(det(B)))", "-logdet(inv(B))", "logdet(B')", "log(det(B'*B))/2"],
            "B",
            "inv(B)'",
            id="logdet",
        ),
        pytest.param(
            ["tr(inv(B)*S)", "tr(S*inv(B))", "sum(S.*inv(B)')", "tr(B\\S)", "tr(S/B)"],
            "B",
            "-(inv(B)*S*inv(B))'",
            id="inverse",
        ),
    ],
)
def test_written_differently(texts: list[str], wrt: str, shown: str) -> None:
    assert {text: printed(text, wrt) for text in texts} == dict.fromkeys(texts, shown)


def test_products_have_one_form() -> None:
    """Traces and bilinear forms of products: moved around, transposed, bracketed, stacked."""
    seen = 0
    for seed in range(SEEDS):
        first, second = pair(seed, REORDERING)
        if "X" in first.text and "+" not in first.text:
            assert printed(first.text) == printed(second.text), f"{first.text} = {second.text}"
            seen += 1
    assert seen >= SEEDS // 10


def test_sums_have_one_value_and_mostly_one_form() -> None:
    alike = []
    for seed in range(SEEDS // 2):
        first, second = pair(seed, REORDERING + SPREADING)
        if "X" in first.text and "+" in first.text:
            one, other = printed(first.text), printed(second.text)
            alike.append(one == other)
            assert one == other or equal(one, other, DECLARATIONS), f"{first.text} = {second.text}"
    assert len(alike) >= SEEDS // 10
    assert sum(alike) >= LEAST_ALIKE * len(alike)
