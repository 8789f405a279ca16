"""What the measurements of derivations have in common."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from statistics import median

import matcalc

_TOKEN = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|\.[*/^]|[-+*/^'=]")


def answer(
    text: str,
    wrt: str | list[str],
    variables: dict[str, str],
    order: int,
    structure: str = "declared",
) -> str:
    """The whole road: parse, derive, simplify, print."""
    expression = matcalc.parse(text, variables)
    if isinstance(wrt, list):
        return str(matcalc.diff(expression, wrt, structure=structure))
    # not matcalc.diff, which looks up what was asked before
    return str(expression.diff(wrt, order=order, structure=structure))


def tokens(text: str) -> int:
    """How long a formula is: names, numbers and operators."""
    return len(_TOKEN.findall(text))


def seconds(
    work: Callable[[], object], repeats: int, before: Callable[[], object] | None = None
) -> float:
    """The median time of a call; ``before`` is not timed."""
    times = []
    for _ in range(repeats):
        if before is not None:
            before()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def milliseconds(value: float | None) -> str:
    return "-" if value is None else f"{1000 * value:.2f}"
