"""Functions that move entries: diagonals, triangles, vectorisations, Kronecker products."""

from __future__ import annotations

from matcalc.core.functions.spec import SPECIAL, FunctionSpec


def _row(name: str, call: str, says: str, **said: object) -> FunctionSpec:
    return FunctionSpec(**{"name": name, "signature": SPECIAL, "call": call, "says": says, **said})  # type: ignore[arg-type]


ROWS = [
    _row(
        "diag",
        "diag(x), diag(A)",
        "diagonal matrix of a vector; diagonal of a square matrix, as a vector",
        ranks=(0, 2, 1),
        tex_names=("Diag",),
        arithmetic=True,
        latex=r"\mathrm{diag}",
    ),
    _row(
        "tril",
        "tril(A), tril(A, k)",
        "lower triangle: the entries with j - i <= k, zeros elsewhere; k is 0 unless given",
        arity=(1, 2),
        arithmetic=True,
    ),
    _row(
        "triu",
        "triu(A), triu(A, k)",
        "upper triangle: the entries with j - i >= k, zeros elsewhere; k is 0 unless given",
        arity=(1, 2),
        arithmetic=True,
    ),
    _row(
        "cumsum",
        "cumsum(x), cumsum(A, 1), cumsum(A, 2)",
        "x[1] + ... + x[i], which is tril(ones)*x; down each column, along each row",
        arity=(1, 2),
    ),
    _row(
        "revcumsum",
        "revcumsum(x), revcumsum(A, 1), revcumsum(A, 2)",
        "x[i] + ... + x[n], which is triu(ones)*x; the same down each column, along each row",
        arity=(1, 2),
    ),
    _row(
        "vec",
        "vec(A)",
        "the columns on top of each other; of a tensor all entries, the first axis fastest",
        ranks=(0, 1),
        any_rank=True,
        tex_names=("Vec",),
        arithmetic=True,
        latex=r"\mathrm{vec}",
    ),
    _row(
        "kron",
        "kron(A, B)",
        "Kronecker product; a column is one column of a matrix, a row one row",
        arity=(2, 2),
        tex_names=("Kron",),
        arithmetic=True,
        latex=None,
    ),
    _row(
        "cross",
        "cross(x, y)",
        "cross product of vectors with three entries",
        arity=(2, 2),
        rank=1,
        numpy="cross",
    ),
    _row(
        "skewmat",
        "skewmat(x)",
        "the skew matrix with which skewmat(x)*y is cross(x, y)",
        rank=2,
        numpy="skewmat",
    ),
    _row(
        "vee",
        "vee(M)",
        "the vector x of which skewmat(x) is the skew part (M - M')/2 of M",
        rank=1,
        numpy="vee",
    ),
    _row(
        "khatrirao",
        "khatrirao(A, B)",
        "Kronecker product column by column; row by row it is khatrirao(A', B')'",
        arity=(2, 2),
        numpy="khatrirao",
    ),
    _row(
        "reshape",
        "reshape(X, m, n), reshape(X, m, n, k)",
        "the entries of vec(X) as an array of these sizes, the first axis fastest",
        arity=(3, 7),
        aliases=("unvec",),
        sizes=1,
        any_rank=True,
        numpy="reshape",
    ),
    _row(
        "commutation",
        "commutation(m, n)",
        "the matrix that takes vec(A) to vec(A') for A with m rows and n columns",
        arity=(2, 2),
        sizes=0,
        rank=2,
        numpy="commutation",
    ),
    _row(
        "vech",
        "vech(A)",
        "lower triangle of a square matrix, column by column: n*(n + 1)/2 entries",
        rank=1,
        numpy="vech",
    ),
    _row(
        "elimination",
        "elimination(n)",
        "the matrix that takes vec(A) to vech(A) for A with n rows and columns",
        sizes=0,
        rank=2,
        numpy="elimination",
    ),
    _row(
        "duplication",
        "duplication(n)",
        "the matrix that takes vech(S) to vec(S) for symmetric S with n rows",
        sizes=0,
        rank=2,
        numpy="duplication",
    ),
    _row(
        "permute",
        "permute(T, 2, 3, 1)",
        "the axes in another order: axis 1 of the result is axis 2 of T",
        arity=(3, 7),
        sizes=1,
        any_rank=True,
        arithmetic=True,
        latex=None,
    ),
    _row(
        "einsum",
        'einsum("bij,bjk->bik", A, B)',
        "the products of entries, summed over the letters that are not behind the arrow",
        arity=(2, 50),
        any_rank=True,
        arithmetic=True,
        latex=None,
        in_formulas=False,
    ),
    _row("outer", "outer(x, y)", "x*y'", arity=(2, 2), rank=2, latex=None),
]
