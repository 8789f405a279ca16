"""A letter that is a number and a size: both readings are named, and what the hints say works."""

import pytest

import matcalc
from matcalc.core.errors import UnknownNameError

pytestmark = pytest.mark.filterwarnings("ignore::matcalc.NotationWarning")

MEAN = r"\frac1n \sum_{i=1}^n (y_i - \mu)^2"
# the expression, what is declared, by what, the derivative
BOTH = [
    ("norm2(y)^2/n", {"y": "vector(n)", "n": "scalar"}, "n", "-y'*y/n^2"),
    ("sum[i=1:n](y[i])/n", {"y": "vector(n)", "n": "scalar"}, "n", "-sum(y)/n^2"),
    ("sum[i=1:n](y[i])/n", {"y": "vector(n)", "n": "scalar"}, "y", "ones(n)/n"),
    (MEAN, {"y": "vector(n)", "n": "scalar"}, "n", "-norm2(y - mu)^2/n^2"),
]
# the same where nothing has that size
NEITHER = [
    ("sum[i=1:n](y[i])/n", {"y": "vector(m)", "n": "scalar"}),
    ("n*sum(ones(n))", {"n": "scalar"}),
    (MEAN, {"n": "scalar"}),
]


@pytest.mark.parametrize(("text", "kinds", "wrt", "printed"), BOTH)
def test_a_number_beside_a_size(text, kinds, wrt, printed):
    found = matcalc.diff(text, wrt, variables=kinds, latex="\\" in text)
    assert str(found) == printed
    assert any("the number that is declared, and a size of y" in note for note in found.notes)


@pytest.mark.parametrize(("text", "kinds"), NEITHER)
def test_a_number_that_is_no_size(text, kinds):
    read = matcalc.parse_latex if "\\" in text else matcalc.parse
    with pytest.raises(UnknownNameError, match="n is declared as a") as caught:
        read(text, kinds)
    assert caught.value.hint == (
        "leave n undeclared: a size is a number wherever it occurs, and constant; "
        "or declare what has this size as well, as in y: vector(n)"
    )


def test_by_a_size():
    with pytest.raises(UnknownNameError) as caught:
        matcalc.diff("log(n) + sum(y)", "n", variables={"y": "vector(n)"})
    assert caught.value.hint.endswith(
        "n is a size, and constant: declare n: scalar for a number of that name"
    )
