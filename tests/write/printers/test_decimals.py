"""Decimals that people type stay decimals, and what is printed reads back to the same exact
number.
"""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import matcalc
from matcalc.core.decimals import decimal, places, shorter_as_decimal
from matcalc.core.errors import UnsupportedError
from matcalc.write.printers.latex_names import number
from matcalc.write.printers.text import number_text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Fraction(1, 2), "0.5"),
        (Fraction(1, 3), None),
        (Fraction(1, 10**8), "1e-8"),
        (Fraction("0.7978845608"), "0.7978845608"),
        (Fraction("1.234e-12"), "1.234e-12"),
        (Fraction("0.000001"), "0.000001"),
        (Fraction(7), None),
        (Fraction(1, 2**70), None),
    ],
)
def test_a_decimal_is_exact(value, written):
    assert decimal(value) == written
    if written is not None:
        assert Fraction(written) == value


@settings(deadline=None, derandomize=True, database=None)
@given(
    st.fractions(min_value=0, max_denominator=10**12)
    | st.decimals(0, 10**6, places=9).map(Fraction)
)
def test_numbers_read_back(value):
    text = number_text(value)[0]
    assert matcalc.parse(f"({text})*x")._tree.args[0].op in ("number", "/")
    above, _, below = text.partition("/")
    assert Fraction(above) / Fraction(below or 1) == value


@pytest.mark.parametrize("value", ["1.702", "0.666", "0.7978845608", "2e-8", "2.896804"])
def test_clearly_shorter_as_a_decimal(value):
    assert shorter_as_decimal(Fraction(value))
    assert "frac" not in number(Fraction(value))


@pytest.mark.parametrize(
    "value",
    [
        Fraction(1, 2),
        Fraction(3, 2),
        Fraction(15, 2),
        Fraction(3, 10),
        Fraction(1, 1000),
        Fraction(2, 3),
    ],
)
def test_usual_fractions_stay(value):
    assert not shorter_as_decimal(value)


def test_places():
    assert [places(Fraction(value)) for value in ("3", "0.25", "1/3", "0.001")] == [0, 2, None, 3]


GELU = "0.7978845608*(x + 0.044715*x.^3)"


@pytest.mark.parametrize(
    ("text", "order", "derivative"),
    [
        (GELU, 1, "0.7978845608*diag(1 + 0.134145*x.^2)"),
        (f"sum({GELU})", 1, "0.107032224408516*x.^2 + 0.7978845608"),
        (f"sum({GELU})", 2, "0.214064448817032*diag(x)"),
        ("sum(sigmoid(1.702*x))", 1, "1.702*(sigmoid(1.702*x).*sigmoid(-1.702*x))"),
        ("0.123456789*x'*x", 1, "0.246913578*x"),
        ("1e-8*x'*x", 1, "2e-8*x"),
        ("0.999*norm2(x)^2/3", 1, "0.666*x"),
        ("0.5*x'*A*x", 1, "(A + A')*x/2"),
        ("1.702*sum(x) + 0.044715*sum(x.^3)", 1, "0.134145*x.^2 + 1.702"),
        ("3.14159*a^2 + 2.71828*a", 1, "6.28318*a + 2.71828"),
        ("0.1*x'*x", 1, "x/5"),
        ("x'*x/7", 1, "2*x/7"),
        ("2.5*a^3", 1, "7.5*a^2"),
        ("1e300*x'*x", 1, "2e300*x"),
        ("1e-300*x'*x", 1, "2e-300*x"),
        ("6.02214076e23*x'*x", 1, "1.204428152e24*x"),
        ("6.62607015e-34*sum(x.^3)", 1, "1.987821045e-33*x.^2"),
        ("sum(exp(-1e-30*x.^2))", 1, "-2e-30*(x.*exp(-1e-30*x.^2))"),
    ],
)
def test_derivatives(text, order, derivative):
    wrt = "a" if "a^" in text else "x"
    d = matcalc.diff(text, wrt, order=order)
    assert str(d) == derivative
    assert d.verification.kind == "exact"
    for source in (d.source(), matcalc.parse(text).source(), d.latex()):
        assert "00000000" not in source


def test_numbers_with_more_digits_than_are_read():
    with pytest.raises(UnsupportedError, match="more than 1,000 digits"):
        matcalc.diff("1e999*1e999*x'*x", "x")


def test_a_sum_inside_of_a_function():
    d = str(matcalc.diff(f"sum(tanh({GELU}))", "x"))
    assert d == (
        "0.7978845608*(u - u.*tanh(0.7978845608*(x + 0.044715*x.^3)).^2) where u "
        "= 1 + 0.134145*x.^2"
    )
