"""W[1] and W[2] of which nothing is declared are matrices, since entries of one have two places."""

import pytest

import matcalc
from matcalc.core.errors import MatcalcError

NETWORK = "norm2(W[2]*tanh(W[1]*x) - y)^2"


def test_members_of_matrices():
    with pytest.warns(matcalc.NotationWarning, match=r"W\[1\], W\[2\] are read as matrices"):
        found = matcalc.diff(NETWORK, ["W[1]", "W[2]"])
    assert str(found) == (
        "dW[1] = 2*((1 - u.^2).*(W[2]'*v))*x'\n"
        "dW[2] = 2*v*u'\n"
        "where u = tanh(W[1]*x), v = W[2]*u - y"
    )


@pytest.mark.filterwarnings("ignore::matcalc.NotationWarning")
def test_as_the_note_says():
    (note,) = matcalc.diff("A[1]*x + A[2]*y", "x").notes
    assert note == (
        "note: A[1], A[2] are read as matrices, since entries of a matrix have two indices; "
        "declare A: vector if these are entries"
    )
    found = matcalc.diff("A[1]*x + A[2]*y", "x", variables={"A": "vector"})
    assert str(found) == "A[1]*eye(m)"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("W[1]*x", {}),  # a row?
        ("W[2]*tanh(W[1]*x) + W", {}),
        (NETWORK, {"W": "matrix"}),
        ("W = A*B; W[2]*tanh(W[1]*x)", {}),
        ("W[2, 1]*tanh(W[1]*x) + W[2]", {}),
    ],
)
def test_what_may_be_entries_is_refused(text, kinds):
    with pytest.raises(MatcalcError, match="entries of a matrix have two indices"):
        matcalc.diff(text, "x", variables=kinds)


def test_entries_are_entries():
    assert str(matcalc.diff("x[1]^2 + x[2]^2", "x")) == "2*[x[1]; x[2]; zeros(n - 2)]"
