"""What two indices may be exchanged in is written one way round, and terms that are then alike are
one.
"""

import pytest

import matcalc

CASES = [
    (
        "sum[i!=j](P[i,j]/norm2(Y[i,:] - Y[j,:]))",
        "Y",
        1,
        {"P": "matrix(n, n)", "Y": "matrix(n, p)"},
        "D[i,k] = -sum[j!=i]((Y[i,k] - Y[j,k])*(P[j,i] + P[i,j])/norm2(Y[i,:] - Y[j,:])^3)",
    ),
]


@pytest.mark.parametrize(
    ("text", "wrt", "order", "variables", "printed"), CASES, ids=[row[0] for row in CASES]
)
def test_forms(text, wrt, order, variables, printed):
    assert str(matcalc.diff(text, wrt, order=order, variables=variables)) == printed
