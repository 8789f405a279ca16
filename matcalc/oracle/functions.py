"""NumPy evaluation of every function in ``core/operations.py``, in real arithmetic and with a complex step."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matcalc import runtime
from matcalc.runtime.elementwise import Array

FUNCTIONS: dict[str, Callable[..., Array]] = {
    "exp": np.exp,
    "log": np.log,
    "log2": np.log2,
    "log10": np.log10,
    "log1p": np.log1p,
    "expm1": np.expm1,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "sqrt": np.sqrt,
    "cbrt": runtime.cbrt,
    "abs": runtime.abs_,
    "sign": runtime.sign,
    "relu": runtime.relu,
    "step": runtime.step,
    "max": runtime.max_,
    "min": runtime.min_,
    "sigmoid": runtime.sigmoid,
    "softplus": runtime.softplus,
    "erf": runtime.erf,
    "erfc": runtime.erfc,
    "gammaln": runtime.gammaln,
    "digamma": runtime.digamma,
    "polygamma": runtime.polygamma,
    "tr": runtime.tr,
    "det": runtime.det,
    "logdet": runtime.logdet,
    "inv": runtime.inv,
    "adj": runtime.adj,
    "cof": runtime.cof,
    "pinv": runtime.pinv,
    "expm": runtime.expm,
    "frechet_expm": runtime.frechet_expm,
    "frechet_power": runtime.frechet_power,
    "sum": np.sum,
    "mean": runtime.mean,
    "norm1": runtime.norm1,
    "norm2": runtime.norm2,
    "norminf": runtime.norminf,
    "logsumexp": runtime.logsumexp,
    "softmax": runtime.softmax,
    "diag": runtime.diag,
    "vec": runtime.vec,
    "kron": runtime.kron,
    "dot": runtime.dot,
    "outer": runtime.outer,
}

# evaluated for real arguments only: see runtime/special.py
REAL_ONLY = frozenset({"erf", "erfc"})
