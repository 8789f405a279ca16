"""softmax over an index, a value for each value of the index."""

import pytest

import matcalc
from matcalc.core.errors import ParseError

ATTENTION = {"Q": "matrix(n, p)", "K": "matrix(m, p)", "V": "vector(m)", "t": "vector(n)"}


@pytest.mark.parametrize(
    ("text", "wrt", "variables", "printed"),
    [
        (
            "sum[i](y[i]*softmax[i](x[i]))",
            "x",
            {"x": "vector(n)", "y": "vector(n)"},
            "softmax(x).*(y - softmax(x)'*y)",
        ),
        (
            "F[j] = softmax[j](x[j])",
            "x",
            {"x": "vector(n)"},
            "diag(softmax(x)) - softmax(x)*softmax(x)'",
        ),
        (
            "S[i,j] = softmax[j](Q[i,:]*K[j,:]'/sqrt(p)); sum[i,j](S[i,j]*V[j]*t[i])",
            "Q",
            ATTENTION,
            "(diag(t)*S*diag(V) - diag(t.*(S*V))*S)*K/sqrt(p) where S = softmax(Q*K'/sqrt(p), 2)",
        ),
    ],
)
def test_derivatives(text, wrt, variables, printed):
    assert str(matcalc.diff(text, wrt, variables=variables)) == printed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("softmax[j](x[j])", "has a value for each j, which nothing around it binds"),
        ("sum[j](x[j]*softmax[i](y[i]))", "has a value for each i"),
        (
            "F[j] = " + "softmax[j](" * 40 + "x[j]" + ")" * 40,
            "is nested too deeply",
        ),
    ],
)
def test_what_is_refused(text, message):
    with pytest.raises(ParseError, match=message):
        matcalc.parse(text, {"x": "vector(n)", "y": "vector(n)"})
