"""Functions of numbers in floating point, without NumPy, which takes long to load."""

from __future__ import annotations

import math
from collections.abc import Callable

from matcalc.core.functions.spec import ELEMENTWISE
from matcalc.core.operations import OPERATIONS

SCALARS: dict[str, Callable[..., float]] = {
    **{
        name: getattr(math, name)
        for name, row in OPERATIONS.items()
        if row.signature == ELEMENTWISE and hasattr(math, name)
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
