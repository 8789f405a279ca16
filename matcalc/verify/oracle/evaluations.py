"""NumPy evaluation of every function in ``core/operations.py``, in real arithmetic and with a
complex step.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matcalc import runtime
from matcalc.core.operations import FRECHET, PRIMARY, PROJECTORS
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.contraction import contract


def _huber(x: Array, d: Array) -> Array:
    """``runtime.huber``, which has a value for positive d only. Under bound indices no
    precondition sees a d below it.
    """
    return np.where(np.real(d) > 0, runtime.huber(x, d), np.nan)


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
    "sec": runtime.sec,
    "csc": runtime.csc,
    "cot": runtime.cot,
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
    "logit": runtime.logit,
    "silu": runtime.silu,
    "softsign": runtime.softsign,
    "gelu": runtime.gelu,
    "leakyrelu": runtime.leakyrelu,
    "elu": runtime.elu,
    "huber": _huber,
    "hypot": runtime.hypot,
    "atan2": runtime.atan2,
    "lognormcdf": runtime.lognormcdf,
    "xlogy": runtime.xlogy,
    "erf": runtime.erf,
    "erfc": runtime.erfc,
    "erfinv": runtime.erfinv,
    "normcdf": runtime.normcdf,
    "normpdf": runtime.normpdf,
    "besselj": runtime.besselj,
    "gamma": runtime.gamma,
    "mvlgamma": runtime.mvlgamma,
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
    "sylvester": lambda *args: (
        runtime.sylvester_inverse(*args) if len(args) == 2 else runtime.sylvester(*args)
    ),
    "lyapunov": runtime.lyapunov,
    **{name: getattr(runtime, name) for name in (*PRIMARY, *FRECHET)},
    "sum": runtime.total,
    "mean": runtime.mean,
    "norm1": runtime.norm1,
    "norm2": runtime.norm2,
    "norminf": runtime.norminf,
    "logsumexp": runtime.logsumexp,
    "normp": runtime.normp,
    "var": runtime.var,
    "std": runtime.std,
    "prod": runtime.prod,
    "prodothers": runtime.prodothers,
    "where": runtime.where,
    "amax": runtime.amax,
    "amin": runtime.amin,
    "entropy": runtime.entropy,
    "kl": runtime.kl,
    "softmax": runtime.softmax,
    "logsoftmax": runtime.logsoftmax,
    "diag": runtime.diag,
    "chol": runtime.chol,
    "lu_l": runtime.lu_l,
    "lu_u": runtime.lu_u,
    "qr_q": runtime.qr_q,
    "qr_r": runtime.qr_r,
    "condnum": runtime.condnum,
    "eigval": runtime.eigval,
    "eigright": runtime.eigright,
    "eigleft": runtime.eigleft,
    "eigvals": runtime.eigvals,
    "eigvec": runtime.eigvec,
    "eigvecs": runtime.eigvecs,
    "invgap": runtime.invgap,
    "lambda_max": runtime.lambda_max,
    "lambda_min": runtime.lambda_min,
    "leftvec": runtime.leftvec,
    "leftvecs": runtime.leftvecs,
    "nucnorm": runtime.nucnorm,
    "polar": runtime.polar,
    "rightvec": runtime.rightvec,
    "rightvecs": runtime.rightvecs,
    "schatten": runtime.schatten,
    "specnorm": runtime.specnorm,
    "svdvals": runtime.svdvals,
    "tril": runtime.tril,
    "triu": runtime.triu,
    "cumsum": runtime.cumsum,
    "revcumsum": runtime.revcumsum,
    "vec": runtime.vec,
    "kron": runtime.kron,
    "khatrirao": runtime.khatrirao,
    "cross": runtime.cross,
    "skewmat": runtime.skewmat,
    "vee": runtime.vee,
    "reshape": runtime.reshape,
    "permute": np.transpose,
    "einsum": contract,
    "commutation": runtime.commutation,
    "vech": runtime.vech,
    "elimination": runtime.elimination,
    "duplication": runtime.duplication,
    **{name: getattr(runtime, name) for pair in PROJECTORS.items() for name in pair},
    "dot": runtime.dot,
    "outer": runtime.outer,
}

# evaluated for real arguments only, and so differentiated by differences; a function without a
# complex path is listed here
REAL_ONLY: frozenset[str] = frozenset(
    (
        *(
            "eigval",
            "eigright",
            "eigleft",
            "eigvals",
            "eigvecs",
            "lambda_max",
            "lambda_min",
            "eigvec",
            "svdvals",
            "leftvecs",
            "rightvecs",
        ),
        *("specnorm", "leftvec", "rightvec", "condnum", "schatten"),
    )
)
