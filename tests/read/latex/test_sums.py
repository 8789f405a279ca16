"""Sums over entries against loops over the indices: random formulas, evaluated entry by entry by
their definition.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import matcalc
from matcalc.core.errors import UnsupportedError
from matcalc.read.tex.read import read_latex
from matcalc.verify.oracle.interpret import interpret

SIZES = {"i": 3, "j": 4, "k": 2}
NAMES = {"n": 3, "m": 4, "p": 2}
VECTORS = {"u": "i", "v": "j", "w": "k", "x": "i"}
MATRICES = {"A": "ij", "B": "jk", "C": "ik", "S": "ii", "D": "ji"}
DIMENSIONS = dict(zip("ijk", "nmp", strict=True))
KINDS = {name: f"vector({DIMENSIONS[index]})" for name, index in VECTORS.items()}
KINDS |= {
    name: f"matrix({', '.join(DIMENSIONS[index] for index in pair)})"
    for name, pair in MATRICES.items()
}
KINDS["a"] = "scalar"
RNG = np.random.default_rng(5)
VALUES = {name: RNG.uniform(0.5, 1.5, SIZES[index]) for name, index in VECTORS.items()}
VALUES |= {
    name: RNG.uniform(0.5, 1.5, [SIZES[index] for index in pair]) for name, pair in MATRICES.items()
}
VALUES["a"] = np.asarray(1.3)

Setting = dict[str, int]


@dataclass(frozen=True)
class Term:
    """A formula, its value for each setting of the indices, and the indices that are free in it."""

    text: str
    value: Callable[[Setting], float]
    free: frozenset[str]


def leaf(rng: random.Random) -> Term:
    name = rng.choice([*VECTORS, *MATRICES, "a", "2"])
    if name in VECTORS:
        index = VECTORS[name]
        return Term(f"{name}_{index}", lambda at: float(VALUES[name][at[index]]), frozenset(index))
    if name in MATRICES:
        first, second = MATRICES[name]
        return Term(
            f"{name}_{{{first}{second}}}",
            lambda at: float(VALUES[name][at[first], at[second]]),
            frozenset(first + second),
        )
    number = 2.0 if name == "2" else float(VALUES["a"])
    return Term(name, lambda at: number, frozenset())


def summed(term: Term, indices: str, rng: random.Random) -> Term:
    if rng.random() < 0.5:
        sign = f"\\sum_{{{', '.join(indices)}}}"
    else:
        sign = " ".join(f"\\sum_{{{index}=1}}^{DIMENSIONS[index]}" for index in indices)
    ranges = [range(SIZES[index]) for index in indices]

    def value(at: Setting) -> float:
        return sum(
            term.value({**at, **dict(zip(indices, point, strict=True))})
            for point in itertools.product(*ranges)
        )

    return Term(f"\\left({sign} ({term.text})\\right)", value, term.free - set(indices))


def grown(rng: random.Random, depth: int) -> Term:
    if depth == 0:
        return leaf(rng)
    left, right = grown(rng, depth - 1), grown(rng, rng.randint(0, depth - 1))
    match rng.choice(
        ["*", "*", "*", "*", "+", "-", "/", "^", "exp", "log", "sum", "sum", "neg", "abs", "sqrt"]
    ):
        case "*":
            return Term(
                f"{left.text} ({right.text})",
                lambda at: left.value(at) * right.value(at),
                left.free | right.free,
            )
        case "+":
            return Term(
                f"({left.text} + {right.text})",
                lambda at: left.value(at) + right.value(at),
                left.free | right.free,
            )
        case "-":
            return Term(
                f"({left.text} - ({right.text}))",
                lambda at: left.value(at) - right.value(at),
                left.free | right.free,
            )
        case "/":
            text = f"\\frac{{{left.text}}}{{1 + ({right.text})^2}}"
            return Term(
                text, lambda at: left.value(at) / (1 + right.value(at) ** 2), left.free | right.free
            )
        case "^":
            return Term(f"({left.text})^2", lambda at: left.value(at) ** 2, left.free)
        case "exp":
            return Term(
                f"e^{{-({left.text})^2}}",
                lambda at: float(np.exp(-(left.value(at) ** 2))),
                left.free,
            )
        case "log":
            return Term(
                f"\\log(1 + ({left.text})^2)",
                lambda at: float(np.log(1 + left.value(at) ** 2)),
                left.free,
            )
        case "abs":
            return Term(f"\\lvert {left.text}\\rvert", lambda at: abs(left.value(at)), left.free)
        case "sqrt":
            return Term(
                f"\\sqrt{{1 + ({left.text})^2}}",
                lambda at: float(np.sqrt(1 + left.value(at) ** 2)),
                left.free,
            )
        case "sum" if left.free:
            indices = rng.sample(sorted(left.free), rng.randint(1, len(left.free)))
            return summed(left, "".join(indices), rng)
    return Term(f"(-({left.text}))", lambda at: -left.value(at), left.free)


@settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=60,
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 10**9))
def test_sums_are_what_their_definition_says(seed: int) -> None:
    rng = random.Random(seed)
    term = grown(rng, rng.randint(1, 4))
    if term.free:
        term = summed(term, "".join(sorted(term.free)), rng)
    try:
        program = read_latex(term.text, KINDS)
    except UnsupportedError:
        assume(False)  # more than two indices at once
    found = interpret(program.expr, VALUES, NAMES)
    assert np.shape(found) == ()
    assert float(found) == pytest.approx(term.value({}), rel=1e-9), term.text


@pytest.mark.parametrize("letters", ["ij", "ji"])
def test_matrix_of_entries(letters: str) -> None:
    program = read_latex(
        f"\\left[\\sum_k A_{{{letters[0]}k}} D_{{k{letters[1]}}}\\right]_{{ij}}",
        {"A": "matrix(n, m)", "D": "matrix(m, n)"},
    )
    found = interpret(program.expr, {name: VALUES[name] for name in "AD"}, NAMES)
    product = VALUES["A"] @ VALUES["D"]
    assert np.allclose(found, product if letters == "ij" else product.T)


def test_what_is_finite_everywhere_may_leave_out_the_diagonal() -> None:
    found = matcalc.parse_latex(r"\sum_{i \neq j} e^{-(x_i - x_j)^2}").to_callable()
    assert found(x=[0.0, 1.0]) == pytest.approx(2 * np.exp(-1))
