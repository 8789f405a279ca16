"""Derivatives of the third order and higher, and derivatives of derivatives."""

import numpy as np
import pytest

import matcalc
from matcalc.cli import main
from matcalc.core.errors import UnsupportedError

SCALAR = {"x": "scalar"}

HIGHER = [
    ("sine", "sin(x)", "x", 7, SCALAR, "-cos(x)"),
    ("power", "x^5", "x", 4, SCALAR, "120*x"),
    ("reciprocal", "1/x", "x", 12, SCALAR, "479001600/x^13"),
    ("vector-of-a-scalar", "exp(t*A)*b", "t", 3, {"b": "vector(n)", "t": "scalar"}, None),
    ("cubes", "sum(x.^4)", "x", 3, {}, "24*khatrirao(eye, eye)*diag(x)"),
    ("exponentials", "sum(exp(A*x))", "x", 3, {}, "khatrirao(A', A')*diag(exp(A*x))*A"),
    ("norm", "norm2(x)", "x", 3, {}, None),
    ("logdet", "logdet(X)", "X", 3, {}, None),
    ("within-symmetric", "logdet(S)", "S", 3, {"S": "psd(n)"}, None),
    ("eight-axes", "tr(X^4)", "X", 4, {}, None),
]


@pytest.mark.parametrize(
    ("expr", "wrt", "order", "variables", "expected"),
    [pytest.param(*row[1:], id=row[0]) for row in HIGHER],
)
def test_higher_order(expr, wrt, order, variables, expected):
    found = matcalc.diff(expr, wrt, order=order, variables=variables)
    assert found.verification.kind == "exact"
    assert found.order == order
    assert expected is None or str(found) == expected


@pytest.mark.parametrize(
    ("expr", "wrt", "layout"),
    [
        ("A*x*x'*x", "x", "denominator"),
        ("sum(x.^4)", "x", "numerator"),
        ("A*sin(t)", "t", "denominator"),
    ],
)
def test_layouts_of_order_three(expr, wrt, layout):
    declared = {"t": "scalar"} if wrt == "t" else {}
    mixed = matcalc.diff(expr, wrt, order=3, variables=declared)
    other = matcalc.diff(expr, wrt, order=3, layout=layout, variables=declared)
    assert other.verification.kind == "exact"
    values = {name: np.ones([3] * len(v.shape)) for name, v in mixed.variables.items()}
    rank = mixed.expression._tree.rank
    axes = list(range(len(mixed.shape)))
    expected = mixed.to_callable()(**values)
    if layout == "denominator":
        expected = np.transpose(expected, [*axes[rank:], *axes[:rank]])
    assert np.allclose(other.to_callable()(**values), expected)


def test_a_wrong_third_derivative_is_seen():
    found = matcalc.diff("x^5", "x", order=3, variables=SCALAR, verify=False)
    found._tree = matcalc.parse("61*x^2", SCALAR)._tree
    with pytest.raises(matcalc.MatcalcError, match="is wrong"):
        _ = found.verification
    assert not found.check().ok


def test_check_of_order_three():
    assert matcalc.diff("sum(exp(A*x))", "x", order=3).check(rng=2).ok


def test_axes_are_limited():
    with pytest.raises(UnsupportedError, match="this derivative has 10 axes; at most 8"):
        matcalc.diff("logdet(X)", "X", order=5)


MIXED = [
    ("bilinear", "x'*A*y", "x", "y", "A"),
    ("other-way", "x'*A*y", "y", "x", "A'"),
    ("parameter", "exp(a*x)", "x", "a", None),
    ("of-a-matrix", "x'*A*x", "x", "A", None),
    ("of-index-notation", "A*X*B", "X", "A", None),
]


@pytest.mark.parametrize(
    ("expr", "first", "second", "expected"), [pytest.param(*row[1:], id=row[0]) for row in MIXED]
)
def test_derivative_of_a_derivative(expr, first, second, expected):
    derivative = matcalc.diff(expr, first)
    mixed = derivative.diff(second)
    assert mixed.verification.kind == "exact"
    axes = [derivative.shape, mixed.variables[second].shape]
    assert mixed.shape == tuple(
        str(d) if d.integer is None else d.integer for d in mixed._tree.shape
    )
    assert len(mixed.shape) == sum(map(len, axes))
    assert expected is None or str(mixed) == expected
    assert str(matcalc.diff(derivative, second)) == str(mixed)


def test_derivatives_along_directions_can_be_derived():
    assert str(matcalc.jvp("x'*A*x", {"x": "v"}).diff("x")) == "(A + A')*v"


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (["diff", "x^4", "-w", "x", "--order", "3", "-v", "x: scalar"], "24*x"),
        (["diff", r"\frac{d^3}{dx^3} x^5", "--latex", "-v", "x: scalar"], "60*x^2"),
        (["check", "x^4", "-w", "x", "--order", "3", "--claim", "24*x", "-v", "x: scalar"], "agre"),
        (["diff", "x^4", "-w", "x", "--order", "3", "--steps", "-v", "x: scalar"], "24*x"),
    ],
)
def test_command(capsys, arguments, printed):
    assert main(arguments) == 0
    assert printed in capsys.readouterr().out
