"""Names of numbers that are those of vectors in papers."""

import pytest

import matcalc
from matcalc.core.errors import MatcalcError


@pytest.mark.parametrize("text", ["pi'*x", "pi'*A*pi", "π'*x", "x*pi'"])
def test_the_transpose_of_pi_is_no_number(text):
    with pytest.raises(MatcalcError, match="pi is a number, which needs no transpose"):
        matcalc.parse(text)
    assert matcalc.parse("pi'*A*pi", {"pi": "vector(n)"}).shape == ()


def test_in_latex_too():
    with pytest.raises(MatcalcError, match="pi is a number, which needs no transpose"):
        matcalc.parse_latex(r"\pi^\top x")
    assert str(matcalc.parse_latex(r"\pi^\top x", {"pi": "vector(n)"})) == "pi'*x"
