"""NumPy functions of the language that NumPy itself lacks; generated code imports them from here.

Plain functions of arrays, named as in ``core/operations.py`` (``abs_``, ``max_``, ``min_`` where Python has the name).
Importing this package loads NumPy and nothing else; mpmath is loaded by the first call of ``digamma`` or ``polygamma``.
"""

from matcalc.runtime.activations import elu, gelu, huber, leakyrelu, silu
from matcalc.runtime.bessel import besselj
from matcalc.runtime.elementwise import (
    abs_,
    cbrt,
    cot,
    csc,
    logit,
    max_,
    min_,
    power,
    relu,
    sec,
    sigmoid,
    sign,
    softplus,
    step,
    xlogy,
)
from matcalc.runtime.exponential import expm, frechet_expm, frechet_power, matrix_power
from matcalc.runtime.gaussian import erf, erfc, erfinv, normcdf, normpdf
from matcalc.runtime.linear import adj, cof, det, inv, logdet, pinv, tr
from matcalc.runtime.reductions import entropy, kl, logsoftmax, logsumexp, mean, norm1, norm2, norminf, softmax
from matcalc.runtime.shaping import cumsum, diag, dot, kron, outer, revcumsum, tril, triu, vec
from matcalc.runtime.special import digamma, gamma, gammaln, mvlgamma, polygamma

__all__ = [
    "abs_",
    "adj",
    "besselj",
    "cbrt",
    "cof",
    "cot",
    "csc",
    "cumsum",
    "det",
    "diag",
    "digamma",
    "dot",
    "elu",
    "entropy",
    "erf",
    "erfc",
    "erfinv",
    "expm",
    "frechet_expm",
    "frechet_power",
    "gamma",
    "gammaln",
    "gelu",
    "huber",
    "inv",
    "kl",
    "kron",
    "leakyrelu",
    "logdet",
    "logit",
    "logsoftmax",
    "logsumexp",
    "matrix_power",
    "max_",
    "mean",
    "min_",
    "mvlgamma",
    "norm1",
    "norm2",
    "normcdf",
    "norminf",
    "normpdf",
    "outer",
    "pinv",
    "polygamma",
    "power",
    "relu",
    "revcumsum",
    "sec",
    "sigmoid",
    "sign",
    "silu",
    "softmax",
    "softplus",
    "step",
    "tr",
    "tril",
    "triu",
    "vec",
    "xlogy",
]
