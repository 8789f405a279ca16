"""The names of places are no names of indices: in x[k]*expm(A) the k means a place."""

from __future__ import annotations

import pytest

import matcalc

MIXTURE = "sum[n](log(sum[k](p[k]*exp(-norm2(X[n,:] - M[k,:])^2))))"
ROWS = [
    ("x[k]*expm(A)", "A", "D[i,j,l,p] = frechet_expm(A, delta[:,l]*delta[p,:])[i,j]*x[k]"),
    (
        "x[i]*x[j]*logm(A)",
        "A",
        "D[k,l,p,q] = frechet_logm(A, delta[:,p]*delta[q,:])[k,l]*x[j]*x[i]",
    ),
    # the row k of a matrix, over whose rows the sum runs by the same letter
    (
        MIXTURE,
        "M[k,:]",
        "2*p[k]*(X'*u - sum(u)*M[k, :]') where N[i,j] = exp(-norm2(X[i,:] - M[j,:])^2), "
        "u = exp(-(X - vector(1)*M[k, :]).^2*vector(1))./(N*p)",
    ),
]


@pytest.mark.parametrize(("text", "wrt", "wanted"), ROWS)
def test_places_are_no_indices(text: str, wrt: str, wanted: str) -> None:
    found = matcalc.diff(text, wrt)
    assert str(found) == wanted
    assert found.verification.kind in ("exact", "numeric")
