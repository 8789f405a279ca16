"""The table of functions: one row each, from which every consumer is checked to be complete.

A row says what the parser and the shape rules need. The mathematics (differential, rewrites, domain, source) of the same
name stands in ``identities/``; the NumPy evaluation in ``oracle/`` and the LaTeX in ``printers/``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operation:
    """A function of the language.

    ``signature`` is one of: ``elementwise`` (any shape, kept; several arguments broadcast scalars), ``square->scalar``,
    ``square->square``, ``matrix->transposed``, ``any->scalar``, ``vector->scalar``, ``vector->vector``, ``special``
    (a shape rule of its own), or ``own`` (a user's function, see ``own.py``).
    """

    name: str
    signature: str
    arity: tuple[int, int] = (1, 1)
    aliases: tuple[str, ...] = ()


# functions of a square matrix that a power series or its continuation defines, and what they are entry by entry; each has its
# Frechet derivative frechet_NAME(X, E1, ..., Ek): the k-th at X in the directions E1 ... Ek (symmetric in them)
PRIMARY = {name: name[:-1] for name in ("expm", "logm", "sqrtm", "sinm", "cosm", "tanm", "sinhm", "coshm", "tanhm")}


def frechet(name: str) -> str:
    """The derivative of a function of a matrix in a direction."""
    return f"frechet_{name}"


# with the place of the first direction; that of the matrix power X^p is frechet_power(X, p, E1, ..., Ek)
FRECHET = {**{frechet(name): 1 for name in PRIMARY}, "frechet_power": 2}
FUNCTIONS_OF_MATRICES = frozenset({*PRIMARY, "power", "inv"})  # they commute with their argument


def _elementwise(names: str) -> list[Operation]:
    return [Operation(name, "elementwise") for name in names.split()]


_TABLE = [
    *_elementwise("exp log2 log10 log1p expm1 sin cos tan sec csc cot sinh cosh tanh sqrt cbrt abs sign relu step softplus gelu"),
    *_elementwise("erf erfc erfinv normcdf normpdf logit gamma digamma"),
    Operation("log", "elementwise", aliases=("ln",)),
    Operation("asin", "elementwise", aliases=("arcsin",)),
    Operation("acos", "elementwise", aliases=("arccos",)),
    Operation("atan", "elementwise", aliases=("arctan",)),
    Operation("asinh", "elementwise", aliases=("arcsinh",)),
    Operation("acosh", "elementwise", aliases=("arccosh",)),
    Operation("atanh", "elementwise", aliases=("arctanh",)),
    Operation("sigmoid", "elementwise", aliases=("logistic",)),
    Operation("silu", "elementwise", aliases=("swish",)),
    Operation("gammaln", "elementwise", aliases=("lgamma",)),
    Operation("leakyrelu", "elementwise", (2, 2)),  # leakyrelu(x, a): x or a*x
    Operation("elu", "elementwise", (2, 2)),  # elu(x, a): x or a*(exp(x) - 1)
    Operation("huber", "elementwise", (2, 2)),  # huber(x, d): x^2/2 or d*(abs(x) - d/2)
    Operation("xlogy", "elementwise", (2, 2)),
    Operation("besselj", "special", (2, 2)),  # besselj(k, x): order k, a literal integer
    Operation("mvlgamma", "special", (2, 2)),  # mvlgamma(a, p): the logarithm of Gamma_p(a), p a literal integer
    Operation("polygamma", "special", (2, 2)),  # polygamma(k, x): the k-th derivative of digamma, k a literal integer
    Operation("max", "elementwise", (1, 2)),  # of one argument it is amax
    Operation("min", "elementwise", (1, 2)),
    Operation("tr", "square->scalar", aliases=("trace",)),
    Operation("det", "square->scalar"),
    Operation("logdet", "square->scalar"),
    Operation("inv", "square->square"),
    Operation("adj", "square->square"),
    Operation("cof", "square->square"),
    *[Operation(name, "square->square") for name in PRIMARY],
    *[Operation(name, "special", (first + 1, 9)) for name, first in FRECHET.items()],
    Operation("pinv", "matrix->transposed"),
    Operation("sum", "any->scalar", (1, 2)),  # sum(X, 1), sum(X, 2): of each column, of each row
    Operation("mean", "any->scalar", (1, 2)),
    Operation("norm1", "any->scalar", (1, 2)),
    Operation("norm2", "any->scalar", (1, 2), aliases=("norm", "normF")),
    Operation("normp", "special", (2, 2)),  # normp(x, p): sum(abs(x).^p)^(1/p)
    Operation("var", "any->scalar", (1, 2)),  # mean((x - mean(x)).^2)
    Operation("std", "any->scalar", (1, 2)),
    Operation("prod", "any->scalar", (1, 2)),
    Operation("logsumexp", "any->scalar", (1, 2)),
    Operation("where", "special", (3, 3)),  # where(c, a, b): a where the condition holds (is not 0), else b
    Operation("amax", "any->scalar", (1, 2)),  # the largest entry
    Operation("amin", "any->scalar", (1, 2)),
    Operation("entropy", "any->scalar"),
    Operation("norminf", "vector->scalar"),
    Operation("softmax", "vector->vector", (1, 2)),  # softmax(X, 1), softmax(X, 2): of each column, of each row
    Operation("logsoftmax", "vector->vector", (1, 2)),
    Operation("diag", "special"),
    # of symmetric matrices
    Operation("eigvals", "special"),  # the eigenvalues, ascending
    Operation("eigvecs", "square->square"),  # the unit eigenvectors as columns, in that order
    Operation("lambda_max", "square->scalar"),
    Operation("lambda_min", "square->scalar"),
    Operation("eigvec", "special"),  # the unit eigenvector of lambda_max
    Operation("chol", "square->square"),  # the lower factor
    Operation("invgap", "special"),  # invgap(x)[i,j] = 1/(x[j] - x[i]), 0 on the diagonal
    # of any matrix; svdvals, leftvecs and rightvecs of one with at least as many rows as columns
    Operation("svdvals", "special"),  # the singular values, descending
    Operation("leftvecs", "special"),  # the singular vectors as columns, in that order
    Operation("rightvecs", "special"),
    Operation("specnorm", "special"),
    Operation("leftvec", "special"),  # the singular vectors of specnorm
    Operation("rightvec", "special"),
    Operation("nucnorm", "special"),
    Operation("polar", "special"),  # the orthogonal polar factor
    Operation("schatten", "special", (2, 2)),
    Operation("condnum", "square->scalar"),
    Operation("tril", "special", (1, 2)),  # tril(A, k): A[i,j] where j - i <= k, k a literal integer, 0 unless given
    Operation("triu", "special", (1, 2)),  # triu(A, k): A[i,j] where j - i >= k
    Operation("cumsum", "special", (1, 2)),  # cumsum(x); cumsum(X, 1), cumsum(X, 2): down the columns, along the rows
    Operation("revcumsum", "special", (1, 2)),  # the same from the other end
    Operation("vec", "special"),
    Operation("kron", "special", (2, 2)),
    Operation("cross", "special", (2, 2)),  # of vectors with three entries
    Operation("skewmat", "special"),  # skewmat(x)*y = cross(x, y)
    Operation("vee", "special"),  # vee(skewmat(x)) = x; of any other matrix that of its skew part
    Operation("khatrirao", "special", (2, 2)),  # column by column: khatrirao(A, B)[:, j] = kron(A[:, j], B[:, j])
    Operation("reshape", "special", (3, 3), aliases=("unvec",)),  # reshape(X, m, n): the entries column by column
    Operation("commutation", "special", (2, 2)),  # commutation(m, n)*vec(A) = vec(A') for A of m rows and n columns
    Operation("vech", "special"),  # the lower half of a square matrix, column by column
    Operation("elimination", "special"),  # elimination(n)*vec(A) = vech(A) for A of n rows and columns
    Operation("duplication", "special"),  # duplication(n)*vech(S) = vec(S) for S symmetric
    Operation("dot", "special", (2, 2)),
    Operation("kl", "special", (2, 2)),
    Operation("outer", "special", (2, 2)),
]

OPERATIONS: dict[str, Operation] = {operation.name: operation for operation in _TABLE}
ALIASES: dict[str, str] = {alias: operation.name for operation in _TABLE for alias in operation.aliases}
# function -> the place from which on its arguments are sizes, as in ``eye(n)``
SIZES = {"reshape": 1, "unvec": 1, "commutation": 0, "elimination": 0, "duplication": 0}
HALVING = frozenset({"elimination", "duplication"})
OF_SYMMETRIC = frozenset({"eigvals", "eigvecs", "lambda_max", "lambda_min", "eigvec", "chol"})  # defined for these alone
# of matrices with at least as many rows as columns, each with what has the same value at the transpose of a wide one
TRANSPOSED = {"svdvals": "svdvals", "leftvecs": "rightvecs", "rightvecs": "leftvecs"}
OF_TALL = frozenset(TRANSPOSED)
CONSTANT_SHAPES = ("eye", "ones", "zeros", "vector", "matrix")  # shape inferred from the place; see docs/language.md
NOTATIONS = ("unit", "blkdiag")  # unit(i, n), a vector with a one at the place i; blkdiag(A, B) is [A, zeros; zeros, B]

# functions of a vector that a second argument applies to each column (1) or to each row (2) of a matrix; the network has them
# by row only, those of columns being transposed
ALONG = frozenset(
    {"logsumexp", "softmax", "logsoftmax", "amax", "amin", "norm1", "norm2", "var", "std", "prod"},
)

# functions that no node of the network is called by: their lowering is index arithmetic
INDEX_ARITHMETIC = frozenset({"sum", "tr", "diag", "vec", "kron", "tril", "triu"})

COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")


class _Names(set[str]):
    """Names of functions, and those of all functions that are declared to act entry by entry (see ``generic.py``)."""

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or str(name).startswith("@e")


# functions that act entry by entry on every argument; ``pow`` is .^ with an exponent that is not a number
ENTRYWISE: set[str] = _Names(
    {name for name, operation in OPERATIONS.items() if operation.signature == "elementwise"}
    | {
        "pow",
        "equal",  # ==
        "where",
        "polygamma",
        "besselj",
        "mvlgamma",
    }
)
