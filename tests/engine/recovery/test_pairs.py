"""Sums over pairs: x_i - x_j and x_j - x_i are one thing; the distance of a point from itself is
zero.
"""

import pytest

import matcalc

SUMS = [
    (
        "sum[i!=j](1/norm2(X[i,:] - X[j,:])^6)",
        "D[i,k] = -12*sum[j!=i]((X[i,k] - X[j,k])/norm2(X[i,:] - X[j,:])^8)",
    ),
    (
        "sum[i!=j](log(norm2(X[i,:] - X[j,:])))",
        "D[i,k] = 2*sum[j!=i]((X[i,k] - X[j,k])/norm2(X[i,:] - X[j,:])^2)",
    ),
    (
        "sum[i!=j](q[i]*q[j]/norm2(X[i,:] - X[j,:]))",
        "D[i,k] = -2*q[i]*sum[j!=i](q[j]*(X[i,k] - X[j,k])/norm2(X[i,:] - X[j,:])^3)",
    ),
    (
        "sum[i,j](K[i,j]*norm2(X[i,:] - X[j,:]))",
        "D[i,k] = sum[j!=i]((X[i,k] - X[j,k])*(K[j,i] + K[i,j])/norm2(X[i,:] - X[j,:]))",
    ),
    (
        "sum[i,j](exp(-norm2(X[i,:] - X[j,:])))",
        "D[i,k] = -2*sum[j!=i](exp(-norm2(X[i,:] - X[j,:]))*(X[i,k] - X[j,k])"
        "/norm2(X[i,:] - X[j,:]))",
    ),
    (
        "sum[i<j](exp(-norm2(X[i,:] - X[j,:])))",
        "D[i,k] = -sum[j!=i](exp(-norm2(X[i,:] - X[j,:]))*(X[i,k] - X[j,k])"
        "/norm2(X[i,:] - X[j,:]))",
    ),
    (
        "sum[i,j](norm2(X[i,:] - X[j,:])^3)",
        "D[i,k] = 6*sum[j](norm2(X[i,:] - X[j,:])*(X[i,k] - X[j,k]))",
    ),
    (
        "sum[i,j](norm2(X[i,:] - Y[j,:]))",
        "D[i,k] = sum[j]((X[i,k] - Y[j,k])/norm2(X[i,:] - Y[j,:]))",
    ),
]


@pytest.mark.parametrize(("text", "printed"), SUMS)
def test_gradients_of_sums_over_pairs(text, printed):
    found = matcalc.diff(text, "X")
    assert str(found) == printed
    assert found.check().ok


def test_what_is_infinite_on_the_diagonal_is_not_verified():
    with pytest.warns(matcalc.VerificationWarning, match="no point inside the domain"):
        matcalc.diff("sum[i,j](1/norm2(X[i,:] - X[j,:]))", "X")
