"""All choices of the indices at once give what the loop over them gives."""

from __future__ import annotations

import numpy as np
import pytest

from matcalc.core.choices import FormEvaluator, Rules
from matcalc.read.frontend import read
from matcalc.verify.oracle.broadcast import Axes, NotAtOnce
from matcalc.verify.oracle.interpret import evaluate, extent
from matcalc.verify.oracle.sample import find_sizes

FORMS = [
    "D[i,k] = sum[j](X[i,j]*Y[k,j])",
    "D[i] = sum[j](X[j,i]*sin(X[j,i])) + i*y[i]",
    "sum[i<j](X[i,j]^2/(i - j))",
    "sum[i](x[i]) + prod[i](y[i] + 2)",
    "D[i] = sum[j!=i](X[i,j]) + mean[j](X[j,i])",
    "sum[i](norm2(X[i,:] - x')*y[i])",
    "D[i] = X[i,:]*x + sum[j](y[j])",
    "sum[i, j](where(i == j, x[i]^2, X[i,j]))",
    "sum[i, j](max(x[i], y[j])*exp(-X[i,j]))",
    "D[i,j] = sum[k](X[i,k]*sum[l>=k](Y[j,l]))",
]
LEFT = ["sum[i=1:n-1](x[i+1]*x[i])", "max[i](x[i])", "logsumexp[i](x[i])"]
KINDS = {"X": "matrix(n, n)", "Y": "matrix(n, n)", "x": "vector(n)", "y": "vector(n)"}


def _both(expr: str) -> tuple[np.ndarray | None, np.ndarray]:
    program = read(expr, KINDS)
    (node,) = [each for each in program.expr.parts if each.op == "indexed"][-1:]
    sizes, values = find_sizes([program.expr], program.variables, np.random.default_rng(1))

    def step(part, args):  # type: ignore[no-untyped-def]
        return evaluate(part, args, values=values, sizes=sizes)

    args = [each.fold(step) for each in node.args]

    def total(part, found):  # type: ignore[no-untyped-def]
        return {"sum": sum, "mean": np.mean, "prod": np.prod, "max": max}.get(
            part.value.name, lambda v: np.log(sum(np.exp(v)))
        )(found)

    def entries(array, at):  # type: ignore[no-untyped-def]
        return array[tuple(slice(None) if k is None else k for k in at)]

    rules = Rules(step, lambda k: np.asarray(float(k)), entries, total, lambda x: not np.any(x))
    column, rows = FormEvaluator(node.value, args, sizes, rules).values()
    loop = np.stack([column[row] for row in rows]).reshape(extent(node.shape, sizes))
    try:
        return Axes(node.value, args, sizes, step).value(), loop
    except NotAtOnce:
        return None, loop


@pytest.mark.parametrize("expr", FORMS)
def test_the_values_are_those_of_the_loop(expr: str) -> None:
    once, loop = _both(expr)
    assert once is not None
    np.testing.assert_allclose(once, loop, rtol=1e-12)


@pytest.mark.parametrize("expr", LEFT)
def test_the_rest_is_left_to_the_loop(expr: str) -> None:
    once, loop = _both(expr)
    assert once is None or np.allclose(once, loop)
