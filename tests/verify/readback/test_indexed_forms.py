"""Expressions with bound indices have one form if they differ by the names of these alone."""

import pytest

from matcalc.read.frontend import read
from matcalc.verify.readback.forms import Forms

KINDS = {"X": "matrix(n, m)", "x": "vector(n)", "w": "vector(n)"}
SAME = [
    ("sum[i](x[i]*w[i])", "sum[j](x[j]*w[j])"),
    ("sum[i!=j](1/norm2(X[i,:] - X[j,:]))", "sum[k!=l](1/norm2(X[k,:] - X[l,:]))"),
    ("F[i,k] = x[i]*w[k]; F", "G[a,b] = x[a]*w[b]; G"),
    ("sum[i=1:n-1](x[i+1] - x[i])", "sum[j=1:n-1](x[j+1] - x[j])"),
]
OTHER = [
    ("sum[i](x[i]*w[i])", "sum[i](x[i]*x[i])"),
    ("sum[i<j](x[i]*w[j])", "sum[i<j](x[j]*w[i])"),
    ("sum[i<j](x[i]*w[j])", "sum[i<=j](x[i]*w[j])"),
    ("sum[i,j](x[i]*w[j])", "prod[i,j](x[i]*w[j])"),
    ("F[i,k] = x[i]*w[k]; F", "F[i,k] = x[k]*w[i]; F"),
    ("sum[i=1:n-1](x[i+1] - x[i])", "sum[i=1:n-1](x[i] - x[i+1])"),
    ("sum[i=1:n-1](x[i])", "sum[i=2:n](x[i])"),
]


@pytest.mark.parametrize(
    ("one", "other", "same"), [*((*s, True) for s in SAME), *((*o, False) for o in OTHER)]
)
def test_forms(one, other, same):
    forms = Forms()
    found = [forms.tree(read(text, KINDS).expr, sized=True) for text in (one, other)]
    assert (found[0] == found[1]) is same
