"""Functions of a square matrix that a power series or its continuation defines, and their Frechet
derivatives.
"""

from __future__ import annotations

from matcalc.core.functions.spec import SPECIAL, SQUARE_TO_SQUARE, FunctionSpec

_MOST_DIRECTIONS = 9


def frechet(name: str) -> str:
    """The derivative of a function of a matrix in directions."""
    return f"frechet_{name}"


def _row(name: str, says: str, scalar: str, latex: str | None = "", **said: object) -> FunctionSpec:
    return FunctionSpec(
        name=name,
        signature=SQUARE_TO_SQUARE,
        call=f"{name}(A)",
        says=says,
        of_scalar=(scalar, "x"),
        scalar=scalar,
        latex=latex,
        letters=("e",) if name == "expm" else (),
        numpy=name,
        **said,  # type: ignore[arg-type]
    )


def _frechet_row(name: str, call: str, says: str, first: int) -> FunctionSpec:
    """``first``: the place of the first direction. The k-th derivative at X in k directions is
    symmetric in them.
    """
    return FunctionSpec(
        name=frechet(name),
        signature=SPECIAL,
        call=call,
        says=says,
        arity=(first + 1, _MOST_DIRECTIONS),
        rank=2,
        latex=None,
        letters=("L",),
        tex_names=(frechet(name).replace("_", ""),),
    )


_PRIMARY = [
    _row(
        "expm",
        "matrix exponential",
        "exp",
        latex=None,
        smooth=True,
        analytic=True,
        inverse="logm",
    ),
    _row("logm", "principal logarithm", "log", in_order="concave", inverse="expm"),
    _row("sqrtm", "principal square root, A^(1/2)", "sqrt", latex=None, in_order="concave"),
    *[
        _row(
            f"{name}m",
            f"{name} of the matrix, not of its entries",
            name,
            breaks=name.startswith("tan"),
            analytic=not name.startswith("tan"),
        )
        for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")
    ],
]

ROWS = [
    *_PRIMARY,
    *[
        _frechet_row(
            each.name,
            f"frechet_{each.name}(X, E, ...)",
            f"derivative of {each.name} at X in the direction E, in several",
            1,
        )
        for each in _PRIMARY
    ],
    _frechet_row("power", "frechet_power(X, p, E, ...)", "the same of X^p", 2),
]
