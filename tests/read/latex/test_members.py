"""Members of declared families in formulas mean what the same sum of members means as text."""

from __future__ import annotations

import pytest

import matcalc
from matcalc.core.errors import MatcalcError

V = {
    "X[k]": "matrix(n, p)",
    "beta[k]": "vector(p)",
    "z[k]": "vector(n)",
    "y": "vector(n)",
    "W": "matrix(3, 3)",
    "t": "vector(3)",
}
# a formula, the variable, and the same as text
MEANT = [
    (r"\|\sum_{i=1}^3 X_i \beta_i - y\|^2", "beta", "norm2(sum[i=1:3](X[i]*beta[i]) - y)^2"),
    (r"\|X_1 \beta_1 + X_2 \beta_2 - y\|^2", "X", "norm2(X[1]*beta[1] + X[2]*beta[2] - y)^2"),
    (
        r"\sum_{i=1}^3 \sum_{j=1}^3 W_{ij} z_i^\top z_j",
        "z",
        "sum[i=1:3](sum[j=1:3](W[i,j]*z[i]'*z[j]))",
    ),
    (
        r"\sum_{i=1}^{3} \sum_{j=i+1}^{3} \|z_i - z_j\|^2",
        "z",
        "sum[i=1:3, j=1:3, i<j](norm2(z[i] - z[j])^2)",
    ),
    (r"\prod_{k=1}^3 (y^\top X_k \beta_k)^{t_k}", "y", "prod[k=1:3]((y'*X[k]*beta[k])^t[k])"),
    (
        r"\sum_{j=1}^{3} \sum_{i=1, i \ne j}^{3} z_i^\top z_j",
        "z",
        "sum[j=1:3, i=1:3, i!=j](z[i]'*z[j])",
    ),
    (r"\sum_{i=1}^3 t_i [X_i]_{12}", "t", "sum[i=1:3](t[i]*X[i][1,2])"),
]


def _used(text: str) -> dict[str, str]:
    return {name: kind for name, kind in V.items() if name.partition("[")[0] in text}


@pytest.mark.parametrize(("formula", "wrt", "text"), MEANT)
def test_members_are_read_as_in_text(formula: str, wrt: str, text: str) -> None:
    kinds = _used(text)
    found = matcalc.diff(formula, wrt, variables=kinds, latex=True)
    assert str(found) == str(matcalc.diff(text, wrt, variables=kinds))


def test_one_member_is_named_by_its_subscript() -> None:
    formula = r"\frac{\partial}{\partial \beta_2} \|\sum_{i=1}^2 X_i \beta_i - y\|^2"
    found = matcalc.diff(formula, variables=_used("X beta y"), latex=True)
    assert str(found) == "2*X[2]'*(X[1]*beta[1] + X[2]*beta[2] - y)"


REFUSED = [
    (r"\|\sum_i X_i \beta_i - y\|^2", r"the range of i is needed", r"\sum_{i=1}^{3}"),
    (
        r"\sum_{i<j} \|z_i - z_j\|^2",
        r"the range of i is needed",
        r"\sum_{j=1}^{3} \sum_{i=1, i \ne j}^{3}",
    ),
    (r"\|\sum_{i=1}^K X_i \beta_i - y\|^2", "ends at a number", "sum[i=1:K](...)"),
    (r"\sum_{i=1}^3 X_{i,12}", "X_{i,12} has 2 subscripts", "[X_i]_{j}"),
]


@pytest.mark.parametrize(("formula", "message", "hint"), REFUSED)
def test_what_is_refused_says_what_to_write(formula: str, message: str, hint: str) -> None:
    with pytest.raises(MatcalcError, match=r"range|number|subscripts") as refused:
        matcalc.parse_latex(formula, variables=_used("X beta z y"))
    assert message in refused.value.message
    assert hint in (refused.value.hint or "")
    with pytest.raises(MatcalcError, match="row or a column") as other:
        matcalc.parse_latex(r"\|\sum_i X_i \gamma_i\|^2")
    assert "X[k]: matrix(n, p)" in (other.value.hint or "")
