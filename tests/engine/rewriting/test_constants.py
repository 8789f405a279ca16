"""Numbers are computed, exactly."""

import pytest

import matcalc

COMPUTED = [
    ("det([1, 2; 3, 4])", "-2"),
    ("inv([1, 2; 3, 4])", "[-2, 1; 1.5, -0.5]"),
    ("sin(0)", "0"),
    ("cos(0) + exp(0) - log(1)", "2"),
    ("tr([1, 2; 3, 4]^3)", "155"),
    ("[1, 2; 3, 4]^-2", "[5.5, -2.5; -3.75, 1.75]"),
    ("[1, 2; 3, 4]*[5; 6]", "[17; 39]"),
    ("[1, 2]*[3; 4]", "11"),
    ("[1; 2]*[3, 4]", "[3, 4; 6, 8]"),
    ("[1, 2; 3, 4]'", "[1, 3; 2, 4]"),
    ("sum([1, 2; 3, 4], 1)", "[4, 6]"),
    ("eye(2)*[1, 2; 3, 4]", "[1, 2; 3, 4]"),
    ("sqrt(16/9)", "4/3"),
    ("norm2([3; 4])", "5"),
    ("norm1([1, -2; 3, 4]) + norminf([1; -7])", "17"),
    ("sum(amax([1, 5; 3, 4], 1)) + sum(prod([1, 5; 3, 4], 2))", "25"),
    ("prod(norm1([1, -5; 3, 4], 1)) + prod(norm1([1, -5; 3, 4], 2))", "78"),
    ("max([1; 5; 3]) + min(3, 2)", "7"),
    ("mean([1; 2; 3])*prod([2; 3])", "12"),
    ("kron([1, 2], [3; 4])", "[3, 6; 4, 8]"),
    ("diag([1; 2])", "[1, 0; 0, 2]"),
    ("diag([1, 2; 3, 4])", "[1; 4]"),
    ("dot([1; 2], [3; 4])", "11"),
    ("gamma(5) + gammaln(2)", "24"),
    ("sum[i=1:4](i^2)", "30"),
    ("prod[i=1:5](i)", "120"),
    ("F[i=1:3] = i^2", "[1; 4; 9]"),
    ("det([1, 2; 3, 4])*x", "-2*x"),
    ("det([0, 1, 2; 1, 0, 3; 4, -3, 8])", "-2"),
]
# without an exact value, or shorter as they are
KEPT = [
    "norm2([1; 1])",
    "gamma(0.5)",
    "sqrt(8)",
    "exp(2)",
    "inv([1, 2; 2, 4])",
    "2*eye(3)",
    "eye(3)",
]


@pytest.mark.parametrize(("text", "value"), COMPUTED, ids=[row[0] for row in COMPUTED])
def test_values(text, value):
    assert str(matcalc.simplify(text)) == value


@pytest.mark.parametrize("text", KEPT)
def test_what_stays(text):
    assert str(matcalc.simplify(text)) == text


def test_large_numbers_stay_as_they_are():
    shown = str(matcalc.simplify("det([1, 2; 3, 4])^63*x"))
    assert shown == f"{(-2) ** 63}*x"
