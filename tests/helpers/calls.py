"""A call of every function, for tests that go through all of them."""

from __future__ import annotations

from matcalc.core.operations import FRECHET, OPERATIONS

CALL_KINDS = {
    **dict.fromkeys("XY", "matrix(n, n)"),
    "A": "matrix(m, n)",
    "x": "vector(n)",
    "y": "vector(m)",
    **dict.fromkeys("pqr", "positive"),
    **dict.fromkeys("vw", "vector(n)"),
    "T": "tensor(n, m, n)",
    **dict.fromkeys(("r3", "s3"), "vector(3)"),
    "M3": "matrix(3, 3)",
}
ARGUMENTS = {
    "square->scalar": "X",
    "square->square": "X",
    "matrix->transposed": "A",
    "any->scalar": "A",
    "vector->scalar": "x",
    "vector->vector": "x",
}
# what says more than the call in the row
SPECIAL = {
    "polygamma": "2, p",
    "besselj": "2, p",
    "mvlgamma": "p + 2, 2",
    "kl": "v, w",
    "where": "v > w, v, 2*w",
    "normp": "x, 3",
    "entropy": "v",
    **dict.fromkeys(FRECHET, "X, Y"),
    "frechet_power": "X, 3, Y",
    "dot": "x, x",
    **dict.fromkeys(("eigvals", "eigvecs", "eigvec", "lambda_max", "lambda_min", "chol"), "X'*X"),
    **dict.fromkeys(
        ("svdvals", "leftvecs", "rightvecs", "leftvec", "rightvec", "polar", "specnorm", "nucnorm"),
        "A'*A",
    ),
    "schatten": "A'*A, p",
    "invgap": "x",
    "tril": "A, 1",
    "triu": "A, 0 - 1",
    "cumsum": "A, 1",
    "revcumsum": "A, 2",
    "cross": "r3, s3",
    "skewmat": "r3",
    "vee": "M3",
    "einsum": '"i,i->", v, w',
    "reshape": "A, n, m",
    "vech": "A'*A",
    "sylvester": "X, Y, X",
    "lyapunov": "X, Y",
    "elimination": "n",
    "duplication": "n",
    "toeplitz_projector": "n",
    "circulant_projector": "n",
    "hankel_projector": "n",
}


def example_of(name: str) -> str:
    """A call of the function with arguments of fitting shapes: that of its row, where it has
    several and a signature of its own.
    """
    operation = OPERATIONS[name]
    if name in SPECIAL:
        return f"{name}({SPECIAL[name]})"
    if operation.signature == "special" and operation.arity[0] > 1:
        return operation.call.split("), ")[0].removesuffix(")") + ")"
    if operation.signature == "elementwise":
        return f"{name}({', '.join('pqr'[: operation.arity[0]])})"
    return f"{name}({ARGUMENTS.get(operation.signature, 'X')})"
