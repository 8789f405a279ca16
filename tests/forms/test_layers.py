"""Layers and kernels in the letters of their authors: h.*(1 - h), and one name for a part."""

import numpy as np
import pytest
from printing import check_form, form_rows

import matcalc

CELL = {
    "x": "vector(d)",
    "h": "vector(n)",
    "y": "vector(n)",
    **dict.fromkeys(["Wz", "Wr", "W"], "matrix(n, d)"),
    **dict.fromkeys(["Uz", "Ur", "U"], "matrix(n, n)"),
}
PAIR = {"X": "matrix(n, p)", "Y": "matrix(m, p)", "s": "scalar"}

# a program, its variables, by which, as it is printed
FORMS = {
    "a sigmoid layer": (
        "h = sigmoid(V*x + b); w'*h",
        {"b": "vector(m)"},
        "V",
        "(w.*h.*(1 - h))*x' where h = sigmoid(V*x + b)",
    ),
    "without a name of the user's": (
        "w'*sigmoid(V*x + b)",
        {"b": "vector(m)"},
        "V",
        "(w.*sigmoid(V*x + b).*sigmoid(-(V*x + b)))*x'",
    ),
    "a complement alone": (
        "h = sigmoid(X*w); sum(y.*log(h))",
        {},
        "w",
        "X'*(y.*(1 - h)) where h = sigmoid(X*w)",
    ),
    "a difference, the other way round": (
        "h = sigmoid(a - X*w); sum(y.*h)",
        {},
        "w",
        "-X'*(y.*(1 - h).*h) where h = sigmoid(a - X*w)",
    ),
    "another row is no complement": (
        "h = sigmoid(X[1,:]*y); h*(1 - sigmoid(X[2,:]*y))",
        {},
        "y",
        "h*(1 - a)*((1 - h)*X[1, :]' - a*X[2, :]')"
        " where h = sigmoid(X[1, :]*y), a = sigmoid(X[2, :]*y)",
    ),
    "two layers": (
        "h = sigmoid(V*x + b); norm2(W*h + c - y)^2",
        {"b": "vector(m)", "c": "vector(k)", "y": "vector(k)"},
        ["V", "b", "W", "c"],
        "dV = v*x'\ndb = v\ndW = 2*u*h'\ndc = 2*u\n"
        "where h = sigmoid(V*x + b), u = W*h + c - y, v = 2*(h.*(1 - h).*(W'*u))",
    ),
    "a gated recurrent unit": (
        "z = sigmoid(Wz*x + Uz*h); r = sigmoid(Wr*x + Ur*h); g = tanh(W*x + U*(r.*h));"
        " norm2((1 - z).*h + z.*g - y)^2",
        CELL,
        ["Wz", "Wr", "W", "U"],
        "dWz = 2*(z.*(1 - z).*(g - h).*t2)*x'\ndWr = 2*(t1.*(1 - r).*(U'*t3))*x'\n"
        "dW = 2*t3*x'\ndU = 2*t3*t1'\n"
        "where z = sigmoid(Uz*h + Wz*x), r = sigmoid(Ur*h + Wr*x), t1 = h.*r,"
        " g = tanh(U*t1 + W*x), t2 = h.*(1 - z) + z.*g - y, t3 = z.*(1 - g.^2).*t2",
    ),
    "a gate that is linear in its argument": (
        "norm2(A*((W*x).*sigmoid(W*x).*(V*x)) - y)^2",
        {"y": "vector(k)"},
        "V",
        "2*(u.*sigmoid(u).*(A'*(A*((V*x).*u.*sigmoid(u)) - y)))*x' where u = W*x",
    ),
    "distances and the kernel of them": (
        "sum[i]((y[i] - sum[k](w[k]*exp(-g*norm2(X[i,:] - C[k,:])^2)))^2)",
        {"y": "vector(n)", "w": "vector(m)", "X": "matrix(n, p)", "C": "matrix(m, p)"},
        ["w", "C", "g"],
        "dw = 2*N'*u\ndC = 4*g*(diag(w)*N'*diag(u)*X - diag(w.*(N'*u))*C)\n"
        "dg = 2*(y - N*w)'*(M.*N)*w\n"
        "where M[i,k] = norm2(X[i,:] - C[k,:])^2, N = exp(-g*M), u = N*w - y",
    ),
    "kernels in matrix notation": (
        "mean[i,j](exp(-norm2(X[i,:] - X[j,:])^2/(2*s^2)))"
        " - 2*mean[i,j](exp(-norm2(X[i,:] - Y[j,:])^2/(2*s^2)))",
        PAIR,
        "Y",
        "2*(diag(M'*vector(1))*Y - M'*X)/(m*n*s^2)"
        " where M[i,j] = exp(-norm2(X[i,:] - Y[j,:])^2/(2*s^2))",
    ),
}


@pytest.mark.parametrize(("expr", "variables", "wrt", "printed"), form_rows(FORMS, 3))
def test_form(expr, variables, wrt, printed):
    check_form(expr, variables, wrt, printed)


def test_code_keeps_the_digits_of_both_tails():
    found = matcalc.diff("h = sigmoid(x); sum(h)", "x")
    assert str(found) == "h.*(1 - h) where h = sigmoid(x)"
    assert np.allclose(found.to_callable()(x=np.array([50.0, -50.0])), np.exp(-50.0), atol=0)


LSTM = (
    "h[0] = h0; c[0] = c0; for t = 1:T; i = sigmoid(W*x[t] + U*h[t-1]);"
    " o = sigmoid(V*x[t] + P*h[t-1]); c[t] = (1 - i).*c[t-1] + i; h[t] = o.*c[t]; end; sum(h[T])"
)


@pytest.mark.slow
def test_loops_use_what_was_computed_forwards():
    matrices = {"W": "matrix(n, d)", "V": "matrix(n, d)", "x[t]": "vector(d)"}
    squares = {"U": "matrix(n, n)", "P": "matrix(n, n)", "h0": "vector(n)", "c0": "vector(n)"}
    found = matcalc.backprop(LSTM, ["W", "V"], variables=matrices | squares)
    assert "do[t].*o[t].*(1 - o[t])" in str(found.backward)
    assert "sigmoid" not in str(found.backward)
    assert found.verification.kind == "exact"


@pytest.mark.slow
def test_loops_name_a_part_once():
    program = (
        "m[0] = s; l = 0; for t = 1:T; S = H*Q[t]*H' + R; K = Q[t]*H'*inv(S);"
        " e = y[t] - H*m[t-1]; l += logdet(S) + e'*inv(S)*e; m[t] = m[t-1] + K*e; end; l"
    )
    declared = {"s": "vector(n)", "H": "matrix(p, n)", "Q[t]": "psd(n)", "R": "psd(p)"}
    found = matcalc.backprop(program, ["H"], variables={**declared, "y[t]": "vector(p)"})
    assert str(found.backward).count("inv(S[t])") == 1
    assert found.verification.kind == "exact"
