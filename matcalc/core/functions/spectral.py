"""Eigenvalues, singular values, factors; of symmetric matrices, or of any."""

from __future__ import annotations

from math import inf

from matcalc.core.functions.spec import SPECIAL, SQUARE_TO_SCALAR, SQUARE_TO_SQUARE, FunctionSpec


def _row(name: str, call: str, says: str, signature: str = SPECIAL, **said: object) -> FunctionSpec:
    row = {"name": name, "signature": signature, "call": call, "says": says, "numpy": name}
    return FunctionSpec(**(row | said))  # type: ignore[arg-type]


_ABSOLUTE, _SIGN = ("abs", "x"), ("sign", "x")

ROWS = [
    _row(
        "eigvals",
        "eigvals(A)",
        "eigenvalues of a symmetric matrix, ascending",
        symmetric=True,
        rank=1,
        numpy="np.linalg.eigvalsh",
    ),
    _row(
        "eigvecs",
        "eigvecs(A)",
        "unit eigenvectors as columns, in that order",
        SQUARE_TO_SQUARE,
        symmetric=True,
        of_scalar=1,
    ),
    _row(
        "lambda_max",
        "lambda_max(A)",
        "largest eigenvalue of a symmetric matrix",
        SQUARE_TO_SCALAR,
        tex_names=("lambdamax",),
        symmetric=True,
        latex=r"\lambda_{\max}",
        letters=(r"\lambda",),
        in_order="convex",
    ),
    _row(
        "lambda_min",
        "lambda_min(A)",
        "smallest eigenvalue of a symmetric matrix",
        SQUARE_TO_SCALAR,
        tex_names=("lambdamin",),
        symmetric=True,
        latex=r"\lambda_{\min}",
        letters=(r"\lambda",),
        in_order="concave",
    ),
    _row(
        "eigvec",
        "eigvec(A)",
        "unit eigenvector of lambda_max(A); eigvec(-A) is that of lambda_min(A)",
        symmetric=True,
        rank=1,
        of_scalar=1,
    ),
    _row(
        "eigval",
        "eigval(A, k)",
        "the k-th largest of the real eigenvalues of any square matrix; eigval(A) is the largest",
        arity=(1, 2),
        numbered=True,
        rank=0,
        breaks=True,
    ),
    _row(
        "eigright",
        "eigright(A, k)",
        "its unit right eigenvector, A*v = eigval(A, k)*v",
        arity=(1, 2),
        numbered=True,
        rank=1,
        of_scalar=1,
    ),
    _row(
        "eigleft",
        "eigleft(A, k)",
        "its left eigenvector, A'*u = eigval(A, k)*u, scaled so that u'*v is 1",
        arity=(1, 2),
        numbered=True,
        rank=1,
        of_scalar=1,
    ),
    _row(
        "chol",
        "chol(A)",
        "the lower triangular L with positive diagonal and L*L' = A, of a positive definite matrix",
        SQUARE_TO_SQUARE,
        symmetric=True,
        of_scalar=("sqrt", "x"),
        numpy="np.linalg.cholesky",
    ),
    _row(
        "qr_q",
        "qr_q(A)",
        "the Q with orthonormal columns of A = Q*R, of full rank, with no more columns than rows",
        of_scalar=_SIGN,
    ),
    _row(
        "qr_r",
        "qr_r(A)",
        "the upper triangular R of A = Q*R with a positive diagonal, of such a matrix",
        of_scalar=_ABSOLUTE,
    ),
    _row(
        "lu_l",
        "lu_l(A)",
        "the lower triangular L of A = L*U with ones on the diagonal; without exchanges of rows",
        SQUARE_TO_SQUARE,
        of_scalar=1,
    ),
    _row(
        "lu_u",
        "lu_u(A)",
        "the upper triangular U of A = L*U; without exchanges of rows",
        SQUARE_TO_SQUARE,
    ),
    _row(
        "invgap",
        "invgap(x)",
        "the matrix with 1/(x[j] - x[i]) off the diagonal and zeros on it, which "
        "derivatives of eigenvectors are made of",
        rank=2,
        breaks=True,
    ),
    _row(
        "svdvals",
        "svdvals(X)",
        "singular values, descending; of a matrix with at least as many rows as columns",
        of_transpose="svdvals",
        rank=1,
        of_scalar=_ABSOLUTE,
        values=(0, inf),
    ),
    _row(
        "leftvecs",
        "leftvecs(X)",
        "singular vectors as columns: X = leftvecs(X)*diag(svdvals(X))*rightvecs(X)'",
        of_transpose="rightvecs",
        of_scalar=_SIGN,
    ),
    _row(
        "rightvecs",
        "rightvecs(X)",
        "singular vectors as columns",
        of_transpose="leftvecs",
        of_scalar=1,
    ),
    _row(
        "specnorm",
        "specnorm(X)",
        "largest singular value",
        rank=0,
        of_scalar=_ABSOLUTE,
        latex=None,
        curvature="convex",
        values=(0, inf),
    ),
    _row(
        "leftvec",
        "leftvec(X)",
        "unit left singular vector of specnorm(X)",
        rank=1,
        of_scalar=_SIGN,
        apart=True,
    ),
    _row(
        "rightvec",
        "rightvec(X)",
        "unit right singular vector of specnorm(X)",
        rank=1,
        of_scalar=1,
        apart=True,
    ),
    _row(
        "nucnorm",
        "nucnorm(X)",
        "sum of the singular values",
        rank=0,
        of_scalar=_ABSOLUTE,
        latex=None,
        curvature="convex",
        values=(0, inf),
    ),
    _row(
        "polar",
        "polar(X)",
        "orthogonal polar factor X*(X'*X)^(-1/2), the gradient of nucnorm",
        of_scalar=_SIGN,
    ),
    _row(
        "schatten",
        "schatten(X, s)",
        "s-norm of the singular values",
        arity=(2, 2),
        rank=0,
        of_scalar=_ABSOLUTE,
    ),
    _row(
        "condnum",
        "condnum(A)",
        "specnorm(A)*specnorm(inv(A))",
        SQUARE_TO_SCALAR,
        of_scalar=1,
        breaks=True,
    ),
]
