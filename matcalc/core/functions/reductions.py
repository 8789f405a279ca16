"""Functions of all entries, or of those of each column or row; and of vectors."""

from __future__ import annotations

from matcalc.core.functions.spec import (
    ANY_TO_SCALAR,
    SPECIAL,
    VECTOR_TO_SCALAR,
    VECTOR_TO_VECTOR,
    FunctionSpec,
)


def _row(name: str, call: str, says: str, **said: object) -> FunctionSpec:
    fields = {"signature": ANY_TO_SCALAR, "arity": (1, 2), **said}
    return FunctionSpec(name=name, call=call, says=says, **fields)  # type: ignore[arg-type]


_ABSOLUTE = ("abs", "x")

ROWS = [
    _row(
        "sum",
        "sum(a), sum(A, 1), sum(A, 2)",
        "sum of all entries; of each column (a row), of each row (a column)",
        arithmetic=True,
        neighbours=("mean",),
    ),
    _row(
        "mean",
        "mean(a), mean(A, 1), mean(A, 2)",
        "mean of all entries; of each column, of each row",
    ),
    _row(
        "norm1",
        "norm1(a), norm1(A, 1), norm1(A, 2)",
        "sum of the absolute entries, of a matrix too; of each column, of each row",
        along=True,
        of_scalar=_ABSOLUTE,
        latex=None,
        in_formulas=False,
        total=True,
    ),
    _row(
        "norm2",
        "norm2(a), norm2(A, 1), norm2(A, 2)",
        "2-norm of a vector, Frobenius norm of a matrix; of each column, of each row",
        aliases=("norm", "normF"),
        along=True,
        of_scalar=_ABSOLUTE,
        latex=None,
        in_formulas=False,
        numpy="norm2",
    ),
    _row(
        "normp",
        "normp(a, p)",
        "sum(abs(a).^p)^(1/p), p from 1 on: a p-norm of a vector, of a matrix that of its entries",
        signature=SPECIAL,
        any_rank=True,
        arity=(2, 2),
        rank=0,
        latex=None,
        numpy="normp",
    ),
    _row(
        "var",
        "var(a), var(A, 1), var(A, 2)",
        "mean of the squared deviations from the mean (over n, not over n - 1); of each "
        "column, of each row",
        along=True,
        of_scalar=0,
        total=True,
    ),
    _row("std", "std(a), std(A, 1), std(A, 2)", "root of var", along=True, of_scalar=0),
    _row(
        "prod",
        "prod(a), prod(A, 1), prod(A, 2)",
        "product of all entries; of each column, of each row",
        along=True,
    ),
    _row(
        "logsumexp",
        "logsumexp(a), logsumexp(A, 1), logsumexp(A, 2)",
        "log(sum(exp(a))); of each column, of each row",
        tex_names=("LogSumExp", "lse"),
        along=True,
        numpy="logsumexp",
        total=True,
    ),
    _row(
        "amax",
        "amax(a), amax(A, 1), amax(A, 2)",
        "largest entry; of each column, of each row",
        along=True,
        latex=None,
        total=True,
    ),
    _row(
        "amin",
        "amin(a), amin(A, 1), amin(A, 2)",
        "smallest entry; of each column, of each row",
        along=True,
        latex=None,
        total=True,
    ),
    _row(
        "entropy",
        "entropy(a)",
        "-sum(a.*log(a)), where 0*log(0) = 0; nothing is normalised",
        arity=(1, 1),
        of_scalar=("neg", ("xlogy", "x", "x")),
        latex=r"\mathrm{H}",
        letters=("H",),
        numpy="entropy",
    ),
    _row(
        "norminf",
        "norminf(x)",
        "largest absolute entry of a vector",
        signature=VECTOR_TO_SCALAR,
        arity=(1, 1),
        of_scalar=_ABSOLUTE,
        latex=None,
        in_formulas=False,
        total=True,
    ),
    _row(
        "softmax",
        "softmax(x), softmax(A, 1), softmax(A, 2)",
        "exp(x)/sum(exp(x)) of a vector; of each column, of each row",
        signature=VECTOR_TO_VECTOR,
        tex_names=("Softmax",),
        along=True,
        of_scalar=1,
        numpy="softmax",
        neighbours=("sigmoid", "exp"),
        total=True,
    ),
    _row(
        "logsoftmax",
        "logsoftmax(x), logsoftmax(A, 1), logsoftmax(A, 2)",
        "x - logsumexp(x) of a vector; of each column, of each row",
        signature=VECTOR_TO_VECTOR,
        along=True,
        of_scalar=0,
        numpy="logsoftmax",
        total=True,
    ),
    _row(
        "dot",
        "dot(x, y)",
        "inner product of two vectors or two matrices",
        signature=SPECIAL,
        any_rank=True,
        arity=(2, 2),
        rank=0,
        latex=None,
    ),
    _row(
        "kl",
        "kl(a, b)",
        "sum(a.*log(a./b)), where 0*log(0) = 0; nothing is normalised",
        signature=SPECIAL,
        any_rank=True,
        arity=(2, 2),
        rank=0,
        latex=None,
        letters=("D",),
        numpy="kl",
    ),
]
