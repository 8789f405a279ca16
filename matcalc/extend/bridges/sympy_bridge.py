"""Expressions to and from SymPy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.program import Program
from matcalc.core.tree import Expr


def to_sympy(expr: Expr, variables: Mapping[str, Variable]) -> Any:
    """The expression as SymPy's: scalars as ``Expr``, matrices as ``MatrixExpr``, vectors as n x 1
    (rows 1 x n).

    Inner products are traces of 1 x 1 products, so that they may stand wherever a scalar may.
    """
    from matcalc.extend.bridges.sympy_export import export  # noqa: PLC0415  (loads SymPy)

    try:
        return export(expr, variables)
    except RecursionError:
        raise UnsupportedError("this expression is nested too deeply for SymPy") from None


def from_sympy(expression: Any) -> Program:
    """The typed program that a SymPy expression means; n x 1 symbols become vectors, 1 x 1 symbols
    scalars. UnsupportedError where the language has nothing for a part of it.
    """
    from matcalc.extend.bridges.sympy_import import convert  # noqa: PLC0415  (loads SymPy)

    return convert(expression)
