"""Of an objective without any value nothing is said about minima."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import matcalc
from matcalc import MatcalcError


@pytest.mark.parametrize("ask", [matcalc.stationary, matcalc.convex, matcalc.newton])
@pytest.mark.parametrize("expr", ["log(-x'*x)", "sqrt(-1 - x'*x)"])
def test_no_value_anywhere(ask: Callable[..., Any], expr: str) -> None:
    with pytest.raises(MatcalcError, match="no point is inside the domain"):
        ask(expr, "x", variables={"x": "vector(n)"})


def test_values_somewhere() -> None:
    assert str(matcalc.convex("-log(1 - x'*x)", "x")).startswith("convex")
