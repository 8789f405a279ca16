"""All choices of the indices together are the choices one after the other."""

from contextlib import suppress
from fractions import Fraction
from functools import reduce
from math import prod

import pytest

from matcalc.core.choices import FormEvaluator, Rules
from matcalc.core.tree import Expr
from matcalc.read.frontend import read
from matcalc.verify.exact.evaluate import Evaluation, _children
from matcalc.verify.exact.field import Meter, Stream, Unfit, inverse, strides
from matcalc.verify.exact.field_rules import FUNCTIONS
from matcalc.verify.exact.generators import Generators
from matcalc.verify.exact.jets import Jet, add, constant, hadamard, linear, scale, stack
from matcalc.verify.exact.rows import Rows, select

V = {
    "x": "vector(n)",
    "y": "vector(n)",
    "X": "matrix(n, m)",
    "w": "vector(m)",
    "T": "tensor(n, m, n)",
}
SIZES = {"n": 3, "m": 2}
FORMS = {
    "pairs": "sum[i,j](exp(x[i] - x[j])*y[j]^2)",
    "rows": "sum[i]((y[i] - X[i,:]*w)^2)",
    "distances": "sum[i!=j](norm2(X[i,:] - X[j,:])^2/(1 + norm2(X[i,:])))",
    "norms": "sum[i](norm2(X[i,:].*w'))",
    "sums-of-rows": "sum[i](sum(tanh(X[i,:]))*x[i])",
    "rows-of-sums": "sum[i](x[i]*X[i,:])",
    "numbers": "sum[i](i*x[i]^i + (i + 1)*y[i])",
    "products": "prod[i](1 + sum[j<=i](x[j]))",
    "empty": "sum[i](prod[j<i](y[j])*sum[k<i](x[k]))",
    "means": "mean[i](logsumexp[j=i:n](x[i]*y[j]))",
    "largest": "sum[i](max[j](x[i]*y[j]))",
    "cases": "sum[i,j](where(i < j, x[i], y[j])*X[j,1])",
    "max": "sum[i](max(x[i], y[i])*relu(x[i] - 1))",
    "arrays": "F[i,k] = sum[j](T[i,j,k]*X[k,j])",
    "entries-of-parts": "sum[i](softmax(X[i,:])*w)",
    "of-one": "sum[i=2:2](x[i]*y[i-1])",
    "quotients": "sum[i,k](X[i,k]/sum[j](X[j,k]^2))",
    "scalars-and-rows": "sum[i](norm2(x[i]*w - 2*X[i,:]')^2)",
}


def one_by_one(run: Evaluation) -> Rules:
    """Each row by itself."""

    def take(array: Jet, places: list[int | None]) -> Jet:
        chosen = [0]
        for place, size, step in zip(places, array.extent, strides(array.extent), strict=True):
            found = range(size) if place is None else [place]
            chosen = [start + k * step for start in chosen for k in found]
        extent = tuple([s for s, at in zip(array.extent, places, strict=True) if at is None])
        return linear(array, lambda part: [part[k] for k in chosen], extent)

    def total(part: Expr, found: list[Jet]) -> Jet:
        name, extent = part.value.name, run.extent(part.shape)
        if name not in ("sum", "prod", "mean"):
            rule = FUNCTIONS[{"max": "amax"}.get(name, name)]
            return rule(run.field, [stack(found, (len(found),))])
        start = constant(extent, [int(name == "prod")] * prod(extent), run.count)
        whole = reduce(hadamard if name == "prod" else add, found, start)
        return scale(inverse(len(found)), whole) if name == "mean" else whole

    return Rules(
        run._step,
        lambda value: constant((), [value], run.count, Fraction(value)),
        take,
        total,
        lambda entry: False,
    )


def evaluated(node: Expr, seed: int) -> tuple[Jet, list[Jet]]:
    stream = Stream(seed)

    def jet(kind: str) -> Jet:
        extent = tuple([SIZES[each.strip()] for each in kind[kind.index("(") + 1 : -1].split(",")])
        count = prod(extent)
        return Jet(extent, [stream.some(count), stream.some(count), None, stream.some(count)])

    values = {name: jet(kind) for name, kind in V.items()}
    run = Evaluation(Generators(stream), values, SIZES, 4, Meter())
    args = [run.run(arg) for arg in node.args]
    together = run.run(node)
    column, rows = FormEvaluator(node.value, args, SIZES, one_by_one(run), _children).values()
    return together, [column[row] for row in rows]


@pytest.mark.parametrize("name", FORMS)
def test_together(name: str) -> None:
    node = next(part for part in reversed(read(FORMS[name], V).expr.parts) if part.op == "indexed")
    for seed in range(64):  # not all numbers are squares
        with suppress(Unfit):
            found, expected = evaluated(node, seed)
            break
    for k, part in enumerate(found.parts):
        singles = [each.parts[k] or [0] * len(each.value) for each in expected]
        assert (part or [0] * len(found.value)) == [x for each in singles for x in each]


def test_rows_are_what_is_selected() -> None:
    run = Evaluation(Generators(Stream(1)), {}, SIZES, 1, Meter())
    column = Rows(run, run._step, _children).take(constant((3,), [5, 6, 7], 1), [0, 0], [[2], [0]])
    assert select(column, [1, 0, 1]).value == [5, 7, 5]
