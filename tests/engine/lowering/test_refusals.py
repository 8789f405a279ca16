"""What has bound indices and no network is refused at its place in the text."""

from __future__ import annotations

import pytest

import matcalc
from matcalc.core.errors import UnsupportedError


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("2*prod[i,j](A[i,j])", "prod over 2 indices is not supported", "prod[i,j](A[i,j])"),
        ("sum[i](det(x[i]*A))", "det of what depends on the index i is not", "det(x[i]*A)"),
    ],
)
def test_the_place_of_a_refusal_is_shown(text: str, message: str, place: str) -> None:
    given = {"A": "matrix(n, n)", "B": "matrix(n, n)", "x": "vector(m)"}
    used = {name: kind for name, kind in given.items() if name in text}
    with pytest.raises(UnsupportedError, match=message) as caught:
        matcalc.diff(text, "A", variables=used)
    _, shown, carets, *_ = str(caught.value).splitlines()
    assert shown[carets.index("^") : carets.rindex("^") + 1] == place


def test_the_hint_of_a_product_over_two_indices_is_taken() -> None:
    found = matcalc.diff("prod[i](prod[j](A[i,j]))", "A", variables={"A": "matrix(m, n)"})
    assert str(found) == "prod(prod(A, 2))./A"
