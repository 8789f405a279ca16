"""How the time of a derivation grows with the length of what is derived."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from derivation_peers import jax_trace
from derivations import answer, milliseconds, seconds, tokens

_FITTED = 8  # the least length that counts for an exponent: below, each call has a cost of its own
_DEEP = 64  # layers beside JAX


def network(depth: int) -> str:
    """norm2(tanh(WK*...tanh(W1*x)) - y)^2."""
    inside = "x"
    for layer in range(1, depth + 1):
        inside = f"tanh(W{layer}*{inside})"
    return f"norm2({inside} - y)^2"


def _weights(depth: int) -> list[str]:
    return [f"W{layer}" for layer in range(1, depth + 1)]


class Family(NamedTuple):
    """Objectives of any length, and what is asked of them."""

    name: str
    text: Callable[[int], str]
    wrt: Callable[[int], Any]
    order: int
    lengths: tuple[int, ...]

    def derive(self, length: int) -> str:
        return answer(self.text(length), self.wrt(length), {}, self.order)


FAMILIES = [
    Family("network by W1", network, lambda _: "W1", 1, (1, 2, 4, 8, 16, 32, 64, 128)),
    Family("network by all weights", network, _weights, 1, (1, 2, 4, 8, 16, 32, 64, 128)),
    Family("network by x, twice", network, lambda _: "x", 2, (1, 2, 4, 8, 16, 32, 64)),
    Family(
        "x'*W1*...*WK*y by all factors",
        lambda length: "x'*" + "*".join(_weights(length)) + "*y",
        _weights,
        1,
        (1, 2, 4, 8, 16, 32, 64),
    ),
    Family(
        "tr(W1*X*...*WK*X) by X",
        lambda length: "tr(" + "*".join(f"{weight}*X" for weight in _weights(length)) + ")",
        lambda _: "X",
        1,
        (1, 2, 4, 8, 16, 32, 64),
    ),
]


def exponent(lengths: list[int], values: list[float]) -> float:
    """The p of values that grow like length^p, by least squares of the logarithms."""
    pairs = [pair for pair in zip(lengths, values, strict=True) if pair[0] >= _FITTED]
    x, y = np.log(pairs).T
    return float(np.polyfit(x, y, 1)[0])


def growth(repeats: int) -> None:
    print(f"\nGrowth with the length K, ms (median of {repeats}) and tokens of the answer\n")
    summary = []
    for family in FAMILIES:
        print(f"{family.name}\n{'K':>6}{'ms':>10}{'ms/K':>10}{'tokens':>10}{'ms/token':>10}")
        times, sizes = [], []
        for length in family.lengths:
            sizes.append(tokens(family.derive(length)))
            times.append(seconds(lambda k=length, f=family: f.derive(k), repeats))  # type: ignore[misc]
            print(
                f"{length:>6}{milliseconds(times[-1]):>10}{milliseconds(times[-1] / length):>10}"
                f"{sizes[-1]:>10}{milliseconds(times[-1] / sizes[-1]):>10}",
                flush=True,
            )
        lengths = list(family.lengths)
        summary.append((family.name, exponent(lengths, times), exponent(lengths, [*sizes])))
    print(f"\n{f'exponents from K = {_FITTED}':<34}{'time':>8}{'tokens':>8}")
    for name, of_times, of_sizes in summary:
        print(f"{name:<34}{of_times:>8.2f}{of_sizes:>8.2f}")


def beside_jax(repeats: int) -> None:
    theirs = jax_trace(_DEEP, repeats)
    print(f"\nGradients of a {_DEEP}-layer network, ms (median of {repeats})\n")
    print(f"{'JAX, traced, by all weights':<40}{milliseconds(theirs):>10}")
    for family in FAMILIES[:2]:
        ours = seconds(lambda f=family: f.derive(_DEEP), repeats)  # type: ignore[misc]
        label = f"matcalc, {family.name}"
        print(f"{label:<40}{milliseconds(ours):>10}{ours / theirs:>8.2f} of JAX's")
