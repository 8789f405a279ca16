"""Determinants, inverses and their kin."""

from __future__ import annotations

from matcalc.core.functions.spec import (
    MATRIX_TO_TRANSPOSED,
    SPECIAL,
    SQUARE_TO_SCALAR,
    SQUARE_TO_SQUARE,
    FunctionSpec,
)

ROWS = [
    FunctionSpec(
        name="tr",
        signature=SQUARE_TO_SCALAR,
        call="tr(A)",
        says="trace",
        aliases=("trace",),
        tex_names=("Tr", "Trace"),
        arithmetic=True,
    ),
    FunctionSpec(
        name="det",
        signature=SQUARE_TO_SCALAR,
        call="det(A)",
        says="determinant",
        tex_names=("Det",),
        latex=r"\det",
        numpy="np.linalg.det",
    ),
    FunctionSpec(
        name="logdet",
        signature=SQUARE_TO_SCALAR,
        call="logdet(A)",
        says="log(abs(det(A)))",
        of_scalar=("log", ("abs", "x")),
        latex=None,
    ),
    FunctionSpec(
        name="inv",
        signature=SQUARE_TO_SQUARE,
        call="inv(A)",
        says="inverse",
        of_scalar=("/", 1, "x"),
        latex=None,
        neighbours=("pinv",),
    ),
    FunctionSpec(
        name="adj",
        signature=SQUARE_TO_SQUARE,
        call="adj(A)",
        says="adjugate",
        of_scalar=1,
        numpy="adj",
        neighbours=("cof",),
    ),
    FunctionSpec(
        name="cof",
        signature=SQUARE_TO_SQUARE,
        call="cof(A)",
        says="cofactor matrix",
        of_scalar=1,
        numpy="cof",
    ),
    FunctionSpec(
        name="pinv",
        signature=MATRIX_TO_TRANSPOSED,
        call="pinv(A)",
        says="pseudo-inverse",
        of_scalar=("/", 1, "x"),
        latex=None,
        numpy="pinv",
    ),
    FunctionSpec(
        name="sylvester",
        signature=SPECIAL,
        call="sylvester(A, B, C)",
        says="the solution X of A*X + X*B = C",
        arity=(3, 3),
        rank=2,
        neighbours=("lyapunov",),
    ),
    FunctionSpec(
        name="lyapunov",
        signature=SPECIAL,
        call="lyapunov(A, Q)",
        says="the solution X of A*X + X*A' = Q",
        arity=(2, 2),
        rank=2,
        numpy="lyapunov",
        neighbours=("sylvester",),
    ),
]
