"""Functions of symmetric matrices are taken of what is proved to be symmetric, also where nothing
is differentiated: a value would be that of the symmetric part.
"""

import numpy as np
import pytest

import matcalc
from matcalc import MatcalcError
from matcalc.testing import check_gradient

REFUSED = r"is a function of symmetric matrices, and this is not known to be symmetric"


@pytest.mark.parametrize("expression", ["lambda_max(A)", "chol(A)", "sum(eigvals(A + A))"])
def test_code(expression):
    with pytest.raises(MatcalcError, match=REFUSED):
        matcalc.parse(expression).to_callable()


def test_code_of_a_symmetric_part():
    code = matcalc.parse("lambda_max((A + A')/2)").to_callable()
    assert code(A=np.array([[1.0, 2.0], [0.0, 3.0]])) == pytest.approx(2 + np.sqrt(2))


def test_claims():
    objective = "lambda_max((A + A')/2)"
    right = check_gradient(objective, "u*u' where u = eigvec(A + A')", wrt="A")
    assert right.verdict == "agreed"
    with pytest.raises(MatcalcError, match=REFUSED):  # the forgotten transpose
        check_gradient(objective, "u*u' where u = eigvec(A + A)", wrt="A")


def test_equations():
    with pytest.raises(MatcalcError, match=REFUSED):
        matcalc.equal("lambda_max(A)", "lambda_max(A')")
    assert matcalc.equal("lambda_max(A + A')", "lambda_max(A' + A)")
