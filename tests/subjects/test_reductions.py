"""Every reduction along an axis under powers, products and functions: values, derivatives, code and
LaTeX.
"""

from __future__ import annotations

import numpy as np
import pytest
from printing import numpy_source
from sweeps import thinned

import matcalc
from matcalc.core.operations import ALONG
from matcalc.read.frontend import read
from matcalc.read.tex.read import read_latex
from matcalc.verify.oracle.interpret import interpret
from matcalc.write.printers.latex import latex
from matcalc.write.printers.numpy_code import compile_numpy

REDUCTIONS = ["sum", "mean", *sorted(ALONG)]
CONTEXTS = [
    "sum(F.^2)",
    "sum(F.^4)",
    "sum(1./F.^2)",
    "sum(exp(-F.^2))",
    "sum(log(F.^2))",
    "sum((F.^2).^(3/2))",
    "sum((F.^2 + 1).^c)",
    "sum(F.^2)*norm2(F)",
    "sum(F.*tanh(F))",
    "tr(F'*F)^2",
]
KINDS = {"X": "matrix(m, n)", "c": "scalar"}
SIZES = {"m": 3, "n": 4}
POINT = {
    "X": np.random.default_rng(0).uniform(0.3, 1.2, (3, 4)) * np.array([1, -1, 1, 1]),
    "c": 1.3,
}
CELLS = [(name, axis) for name in REDUCTIONS for axis in (1, 2)]


def expression(context: str, name: str, axis: int) -> str:
    """The context with the reduction; F'*F of a row is an outer product, whose trace is that of a
    column's inner one.
    """
    context = (
        "sum(F'*F)^2"
        if context.startswith("tr") and axis == 2 and name not in ("softmax", "logsoftmax")
        else context
    )
    return context.replace("F", f"{name}(X, {axis})")


def declared(text: str) -> dict[str, str]:
    return KINDS if "c" in text.replace("exp(", "").split("^")[-1] else {"X": KINDS["X"]}


def agree(found: object, tree: object) -> None:
    expected = interpret(tree, POINT, SIZES)  # type: ignore[arg-type]
    assert np.shape(found) == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.parametrize(("name", "axis"), thinned(CELLS, 3))
def test_values(name: str, axis: int) -> None:
    for context in CONTEXTS:
        program = read(expression(context, name, axis), declared(context))
        given = {key: POINT[key] for key in program.variables}
        agree(compile_numpy(numpy_source(program.expr, program.variables))(**given), program.expr)
        agree(
            interpret(read_latex(latex(program.expr), program.variables).expr, POINT, SIZES),
            program.expr,
        )


@pytest.mark.parametrize(("name", "axis"), thinned(CELLS, 5))
def test_derivatives(name: str, axis: int) -> None:
    """Half of the contexts by column and the other half by row, which is the same of the transpose;
    norms in all.
    """
    for place, context in enumerate(CONTEXTS):
        if (place + axis) % 2 and name != "norm2":
            continue
        derivative = matcalc.diff(expression(context, name, axis), "X", variables=declared(context))
        assert derivative.verification.kind != "none"
        given = {key: POINT[key] for key in derivative.variables}
        agree(derivative.to_callable()(**given), derivative._tree)
        agree(
            interpret(read_latex(derivative.latex(), derivative.variables).expr, POINT, SIZES),
            derivative._tree,
        )


@pytest.mark.parametrize(
    ("name", "axis"), thinned([(name, axis) for name in REDUCTIONS for axis in (1, 2, 3)], 9)
)
def test_tensors(name: str, axis: int) -> None:
    """Values and derivatives of tensors, of which the LaTeX is read back."""
    X = np.random.default_rng(1).uniform(0.3, 1.2, (2, 3, 4))
    for context in CONTEXTS[:5]:
        text = context.replace("F", f"{name}(X, {axis})")
        value = matcalc.parse(text, {"X": "tensor(m, n, p)"})
        derivative = value.diff("X")
        assert derivative.verification.kind != "none"
        assert value.latex() and derivative.latex()
        step = np.random.default_rng(2).normal(size=X.shape)
        function = value.to_callable()
        slope = (function(X=X + 1e-5 * step) - function(X=X - 1e-5 * step)) / 2e-5
        np.testing.assert_allclose(
            np.sum(derivative.to_callable()(X=X) * step), slope, rtol=1e-4, atol=1e-6
        )


def test_a_norm_along_an_axis_is_not_proved_to_be_that_of_all_entries() -> None:
    for axis in (1, 2):
        left, right = f"sum(norm2(X, {axis}).^4)", "norm2(X)^4"
        assert not matcalc.equal(left, right, variables={"X": KINDS["X"]})
        assert matcalc.equal(f"sum(norm2(X, {axis}).^2)", "norm2(X)^2", variables={"X": KINDS["X"]})
