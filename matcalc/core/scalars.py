"""Functions of numbers in floating point, without NumPy, which takes long to load."""

from __future__ import annotations

import math
from collections.abc import Callable

SCALARS: dict[str, Callable[..., float]] = {
    **{
        name: getattr(math, name)
        for name in (
            *("exp", "log", "log2", "log10", "log1p", "expm1", "sin", "cos", "tan", "sqrt"),
            *("asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
            *("erf", "erfc", "cbrt", "hypot", "atan2"),
        )
    },
    "abs": abs,
    "sign": lambda a: float((a > 0) - (a < 0)),
    "relu": lambda a: max(a, 0.0),
    "step": lambda a: float(a > 0),
    "max": max,
    "min": min,
    "sigmoid": lambda a: math.exp(min(a, 0.0)) / (1 + math.exp(-abs(a))),
    "softplus": lambda a: max(a, 0.0) + math.log1p(math.exp(-abs(a))),
    "normcdf": lambda a: 0.5 * math.erfc(-a / math.sqrt(2)),
    "logit": lambda a: math.log(a / (1 - a)),
    "gammaln": math.lgamma,
    "xlogy": lambda a, b: a * math.log(b),
}
