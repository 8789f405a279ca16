"""NumPy functions of the language that NumPy itself lacks; generated code imports them from here.

Plain functions of arrays, named as in ``core/operations.py`` (``abs_``, ``max_``, ``min_`` where Python has the name).
Importing this package loads NumPy and nothing else; mpmath is loaded by the first call of ``digamma`` or ``polygamma``.
"""

from matcalc.runtime.elementwise import (
    abs_,
    cbrt,
    max_,
    min_,
    power,
    relu,
    sigmoid,
    sign,
    softplus,
    step,
)
from matcalc.runtime.exponential import expm, frechet_expm, frechet_power, matrix_power
from matcalc.runtime.linear import adj, cof, det, inv, logdet, pinv, tr
from matcalc.runtime.reductions import logsumexp, mean, norm1, norm2, norminf, softmax
from matcalc.runtime.shaping import diag, dot, kron, outer, vec
from matcalc.runtime.special import digamma, erf, erfc, gammaln, polygamma

__all__ = [
    "abs_",
    "adj",
    "cbrt",
    "cof",
    "det",
    "diag",
    "digamma",
    "dot",
    "erf",
    "erfc",
    "expm",
    "frechet_expm",
    "frechet_power",
    "gammaln",
    "inv",
    "kron",
    "logdet",
    "logsumexp",
    "matrix_power",
    "max_",
    "mean",
    "min_",
    "norm1",
    "norm2",
    "norminf",
    "outer",
    "pinv",
    "polygamma",
    "power",
    "relu",
    "sigmoid",
    "sign",
    "softmax",
    "softplus",
    "step",
    "tr",
    "vec",
]
