"""Functions that are index arithmetic: tr, diag, sum, and the directional derivatives of matrix
functions.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from matcalc.core.dims import Shape
from matcalc.core.operations import FRECHET, PROJECTORS, SYLVESTER
from matcalc.engine.ir.nearest import nearest
from matcalc.engine.ir.nodes import Factor, Node
from matcalc.engine.lowering.terms import ContractionBuilder, Open


def _trace(sums: ContractionBuilder, args: list[Node]) -> Open:
    """tr(A) = sum_i A[i,i]."""
    a = sums.open(args[0])
    return Open(a.coefficient, [*a.factors, (sums.builder.eye(a.axes[0]), a.outputs, 1)], (), ())


def _diagonal(sums: ContractionBuilder, args: list[Node]) -> Open:
    """diag(x)[i,j] = delta[i,j] x[i]; diag(A)[i] = A[i,i]."""
    a = sums.open(args[0])
    if len(a.axes) == 1:
        return Open(a.coefficient, a.factors, a.outputs * 2, a.axes * 2)
    return Open(
        a.coefficient,
        [*a.factors, (sums.builder.eye(a.axes[0]), a.outputs, 1)],
        a.outputs[:1],
        a.axes[:1],
    )


def _whole(number: Node) -> int:
    """The integer that an argument is."""
    return int(number.coefficient)  # type: ignore[attr-defined]


def _lower(sums: ContractionBuilder, axes: Shape, offset: int) -> Node:
    """1 where j - i <= offset."""
    return sums.builder.leaf("lower", axes, str(offset))


def _triangle(upper: bool) -> Callable[[ContractionBuilder, list[Node]], Open]:
    """tril(A, k)[i,j] = A[i,j] where j - i <= k; triu(A, k) = tril(A', -k)'."""

    def rule(sums: ContractionBuilder, args: list[Node]) -> Open:
        a, offset = sums.open(args[0]), _whole(args[1]) if len(args) == 2 else 0
        across = a.outputs[::-1] if upper else a.outputs
        mask = _lower(sums, a.axes[::-1] if upper else a.axes, -offset if upper else offset)
        return Open(a.coefficient, [*a.factors, (mask, across, 1)], a.outputs, a.axes)

    return rule


def _cumulative(backwards: bool) -> Callable[[ContractionBuilder, list[Node]], Open]:
    """cumsum(x) = tril(ones)*x, revcumsum(x) = triu(ones)*x, along one axis."""

    def rule(sums: ContractionBuilder, args: list[Node]) -> Open:
        a, axis = sums.open(args[0]), _whole(args[1]) - 1 if len(args) == 2 else 0
        (fresh,), size = sums.labels(1), a.axes[axis]
        summed = a.outputs[axis]
        ends = (summed, fresh) if backwards else (fresh, summed)
        outputs = (*a.outputs[:axis], fresh, *a.outputs[axis + 1 :])
        return Open(
            a.coefficient, [*a.factors, (_lower(sums, (size, size), 0), ends, 1)], outputs, a.axes
        )

    return rule


def _sum(sums: ContractionBuilder, args: list[Node]) -> Open:
    """The sum of all entries, or over the axis that a second argument counts from 1."""
    a = sums.open(args[0])
    kept = _kept_axes(a, args)
    outputs, axes = [tuple([each[axis] for axis in kept]) for each in (a.outputs, a.axes)]
    return Open(a.coefficient, a.factors, outputs, axes)  # type: ignore[arg-type]


def _kept_axes(a: Open, args: list[Node]) -> list[int]:
    """The axes that stay when all are summed over, or the one that a second argument counts."""
    return [axis for axis in range(len(a.axes)) if len(args) == 2 and axis != _whole(args[1]) - 1]


def _mean(sums: ContractionBuilder, args: list[Node]) -> Open:
    """The sum of all entries over their number."""
    a = _sum(sums, args)
    whole = args[0].axes
    gone = whole if len(args) == 1 else whole[_whole(args[1]) - 1 : _whole(args[1])]
    sizes: list[Factor] = [(sums.builder.size(size), (), -1) for size in gone]
    return Open(a.coefficient, [*a.factors, *sizes], a.outputs, a.axes)


def _dot(sums: ContractionBuilder, args: list[Node]) -> Open:
    """The sum of the entry-by-entry product."""
    product = sums.entrywise(args[0], args[1])
    return Open(product.coefficient, product.factors, (), ())


def _outer(sums: ContractionBuilder, args: list[Node]) -> Open:
    """x*y'."""
    a, b = sums.open(args[0]), sums.open(args[1])
    return sums.join(a, b, [], a.outputs + b.outputs, a.axes + b.axes)


def _multivariate_gamma(sums: ContractionBuilder, args: list[Node]) -> Open:
    """log Gamma_p(a) = p*(p - 1)/4*log(pi) + sum_j log Gamma(a - j/2), j = 0, ..., p - 1; entry by
    entry.
    """
    a, number = args
    builder, p = sums.builder, int(number.coefficient)  # type: ignore[attr-defined]
    ones, pi = builder.ones(a.axes), builder.leaf("constant", (), "pi")
    terms = [(Fraction(p * (p - 1), 4), builder.times(builder.elementwise("log", [pi]), ones))]
    for j in range(p):
        shifted = builder.sum([(1, a), (Fraction(-j, 2), ones)], a.axes)
        terms.append((Fraction(1), builder.elementwise("gammaln", [shifted])))
    return sums.open(builder.sum(terms, a.axes))


def _nearest(name: str) -> Callable[[ContractionBuilder, list[Node]], Open]:
    """toeplitz(A) and its like: a projector times vec(A), as a matrix."""

    def rule(sums: ContractionBuilder, args: list[Node]) -> Open:
        a = sums.open(args[0])
        row, column, *between = sums.labels(4)
        outputs = (row, column)
        factors = nearest(sums.builder, name, a.axes[0], a.outputs, outputs, tuple(between))
        return Open(a.coefficient, [*a.factors, *factors], outputs, a.axes)

    return rule


def _root(sums: ContractionBuilder, args: list[Node]) -> Open:
    """The derivative of X^(1/2)."""
    return _frechet("power", 2)(sums, [args[0], sums.builder.number(Fraction(1, 2)), *args[1:]])


def _frechet(name: str, parameters: int) -> Callable[[ContractionBuilder, list[Node]], Open]:
    """The k-th Frechet derivative of a matrix function, contracted with its k directions."""

    def rule(sums: ContractionBuilder, args: list[Node]) -> Open:
        directions = args[parameters:]
        size = args[0].axes
        kernel = sums.builder.call(
            name, args[:parameters], size * (1 + len(directions)), len(directions)
        )
        outputs = sums.labels(2)
        labels = outputs
        factors: list[Factor] = []
        coefficient = 1
        for direction in directions:
            piece = sums.open(direction)
            factors += piece.factors
            coefficient = coefficient * piece.coefficient  # type: ignore[assignment]
            labels += piece.outputs
        return Open(coefficient, [(kernel, labels, 1), *factors], outputs, size)

    return rule


def _sylvester(sums: ContractionBuilder, args: list[Node]) -> Open:
    """X[i,j] = sum_kl R[i,j,k,l] C[k,l]; without C the array R."""
    left, right, *given = args
    axes = (left.axes[0], right.axes[0])
    kernel = sums.builder.call(SYLVESTER, [left, right], axes * 2)
    if not given:
        return sums.open(kernel)
    outputs, piece = sums.labels(2), sums.open(given[0])
    factors = [(kernel, (*outputs, *piece.outputs), 1), *piece.factors]
    return Open(piece.coefficient, factors, outputs, axes)


RULES: dict[str, Callable[[ContractionBuilder, list[Node]], Open]] = {
    "tr": _trace,
    "diag": _diagonal,
    "tril": _triangle(upper=False),
    "triu": _triangle(upper=True),
    "cumsum": _cumulative(backwards=False),
    "revcumsum": _cumulative(backwards=True),
    "sum": _sum,
    "mean": _mean,
    "dot": _dot,
    "outer": _outer,
    "mvlgamma": _multivariate_gamma,
    **{name: _nearest(name) for name in PROJECTORS.values()},
    **{name: _frechet(name.removeprefix("frechet_"), first) for name, first in FRECHET.items()},
    "frechet_sqrtm": _root,
    SYLVESTER: _sylvester,
}
