"""Determinants times inverses as cofactors, which singular matrices have as well."""

from __future__ import annotations

from matcalc.write.printers.numpy_nodes import CodeBuilder, CodeNode
from matcalc.write.printers.numpy_products import INVERSE, MATRIX, CodeFactor, CodeProduct


def put_cofactors(build: CodeBuilder, product: CodeProduct) -> None:
    """det(X)*inv(X)' becomes cof(X), which a singular matrix has as well."""
    for place, factor in enumerate(product.factors):
        if factor.kind != INVERSE or build.is_definite(factor.node):
            continue
        left = _without_det(build, product.top, factor.node)
        if left is not None:
            product.top = left
            cofactors = build.call("cof", factor.node, shape=factor.node.shape)
            product.factors[place] = CodeFactor(MATRIX, cofactors, not factor.flipped)


def _without_det(
    build: CodeBuilder, scalars: list[CodeNode], matrix: CodeNode
) -> list[CodeNode] | None:
    """The scalars over det(X); None where it does not divide one of them."""
    det = build.call("np.linalg.det", matrix)
    for place, scalar in enumerate(scalars):
        before, after = scalars[:place], scalars[place + 1 :]
        if scalar is det:
            return [*before, *after]
        if scalar.op == "infix" and scalar.attr == "**" and scalar.args[0] is det:
            power = scalar.args[1]
            if power.op == "number" and power.attr.denominator == 1 and power.attr > 1:
                less = build.number(power.attr - 1)
                rest = det if less.attr == 1 else build.infix("**", det, less, ())
                return [*before, rest, *after]
    return None
