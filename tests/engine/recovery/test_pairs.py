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

# of a scalar: where i is j the terms have no value, and a matrix would have none there either
TOTALS = [
    ("sum[i!=j](a/(x[i] - x[j])^2)", "sum[i!=j](1/(x[i] - x[j])^2)"),
    ("a*sum[i<j](log(norm2(X[i,:] - X[j,:])))", "sum[i>j](log(norm2(X[i,:] - X[j,:])))"),
    ("sum[i!=j](abs(x[i] - x[j])^a)", "sum[i!=j](abs(x[i] - x[j])^a*log(abs(x[i] - x[j])))"),
    ("sum[i,j](abs(x[i] - x[j])^a)", "sum[i!=j](abs(x[i] - x[j])^a*log(abs(x[i] - x[j])))"),
    (
        "a*sum[i!=j](exp(x[i] - x[j]))",
        "sum((matrix(1) - eye).*exp(x*vector(1)' - vector(1)*x'))",
    ),
]


# one point less another, or the other less the one: a function of it tells them apart
TRIPLES = [
    (
        "sum[u,i,j](D[u,i,j]*log(sigmoid(P[u,:]*X[i,:]' - P[u,:]*X[j,:]')))",
        "G[i,k] = sum[u, j](P[u,k]*(D[u,i,j] - D[u,j,i]"
        " + D[u,j,i]*sigmoid(P[u,:]*(X[j,:] - X[i,:])')"
        " - D[u,i,j]*sigmoid(P[u,:]*(X[i,:] - X[j,:])')))",
    ),
    (
        "sum[u,i,j](D[u,i,j]*exp(2*P[u,:]*X[i,:]' - 2*P[u,:]*X[j,:]'))",
        "2*(sum(T, 3) - sum(T, 2))'*P where T = D.*exp(2*(einsum(\"ij,k->ijk\", P*X', vector(1))"
        ' - einsum("ij,k->ikj", P*X\', vector(1))))',
    ),
]


@pytest.mark.parametrize(("text", "printed"), TRIPLES)
def test_gradients_of_sums_over_triples(text, printed):
    kinds = {"D": "tensor(n, m, m)", "P": "matrix(n, p)", "X": "matrix(m, p)"}
    found = matcalc.diff(text, "X", variables=kinds)
    assert str(found) == printed
    assert found.check().ok


@pytest.mark.parametrize(("text", "printed"), SUMS)
def test_gradients_of_sums_over_pairs(text, printed):
    found = matcalc.diff(text, "X")
    assert str(found) == printed
    assert found.check().ok


KINDS = {"W": "matrix(p, q)", "X": "matrix(n, q)", "S": "matrix(n, n)", "v": "vector(n)"}
# what a root is taken of is zero at i = j, whatever the variables are
ROOTS = [
    ("sum[i,j](norm2(W*(X[i,:]' - X[j,:]'))*S[i,j])", "W X"),
    ("sum[i,j](norm2(tanh(W*(X[i,:]' - X[j,:]'))))", "W X"),
    ("sum[i,j](norm2(X[i,:]*v[j] - X[j,:]*v[i]))", "X v"),
    ("sum[i,j](sqrt(abs(v[i] - v[j])))", "v"),
    ("sum[i,j](cbrt(v[i] - v[j])*S[i,j])", "v"),
]
# the terms that a condition leaves out are the only ones without a value
COUNTED = [
    ("sum[i<j](v[j]*S[i,j]/(i - n))", "v", "D[i] = sum[j<i](S[j,i]/(j - n))"),
    ("sum[i<j](v[j]*S[i,j]/(j - 1))", "v", "D[i] = sum[j<i](S[j,i]/(i - 1))"),
    ("sum[i<j](v[j]*log(n - i)*S[i,j])", "v", "D[i] = sum[j<i](log(n - j)*S[j,i])"),
    (
        "sum[i<j](v[j]*S[i,j]/(i - n))",
        "S",
        "D[i=1:n, j] = where(i < j, v[j]/(i - n), 0)",
    ),
    ("sum[i<j](v[j]*S[i,j]/i)", "v", "D[i] = sum[j<i](S[j,i]/j)"),
]


@pytest.mark.parametrize(("text", "names"), ROOTS)
def test_a_root_of_zero_has_no_part_in_the_derivative(text, names):
    used = {name: kind for name, kind in KINDS.items() if name in text}
    for name in names.split():
        found = matcalc.diff(text, name, variables=used)
        assert found.verification.kind in ("exact", "numeric")
        assert "!=" in str(found)


@pytest.mark.parametrize(("text", "wrt", "printed"), COUNTED)
def test_terms_that_are_left_out_have_no_value(text, wrt, printed):
    found = matcalc.diff(text, wrt, variables={"S": "matrix(n, n)", "v": "vector(n)"})
    assert found.verification.kind == "exact"
    assert str(found) == printed


def test_what_is_infinite_on_the_diagonal_is_not_verified():
    with pytest.warns(matcalc.VerificationWarning, match="no point inside the domain"):
        matcalc.diff("sum[i,j](1/norm2(X[i,:] - X[j,:]))", "X")


@pytest.mark.parametrize(("text", "wanted"), TOTALS)
def test_totals(text: str, wanted: str) -> None:
    found = matcalc.diff(text, "a", variables={"x": "vector(n)"})
    assert str(found) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "sum[i,j](abs(x[i] - x[j])^p)",
            "D[i] = 2*p*sum[j!=i](abs(x[i] - x[j])^(p - 1)*sign(x[i] - x[j]))",
        ),
        ("sum[i,j](abs(x[i] - x[j])^1.7)", "3.4*diag(sign(M)*abs(M).^0.7)"),
    ],
)
def test_powers_of_distances(text: str, wanted: str) -> None:
    """Of x_i - x_i for every power: where p is below one, its derivative is none of 0^(p - 1)."""
    found = matcalc.diff(text, "x", variables={"x": "vector(n)", "p": "positive"})
    assert str(found).split(" where ")[0] == wanted
    assert found.verification.kind == "exact"
