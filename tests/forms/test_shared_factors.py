"""What the terms of a sum share is written once, wherever in a product it stands."""

import pytest
from printing import check_form, form_rows

SQUARES = {"X": "matrix(n, n)", "K": "matrix(n, n)"}
PRICE = (
    "d = (log(S/K) + (r + s^2/2)*T)/(s*sqrt(T)); e = d - s*sqrt(T);"
    " S*normcdf(d) - K*exp(-r*T)*normcdf(e)"
)
MARKET = {"r": "scalar", **dict.fromkeys("SKsT", "positive")}
DISTANCES = {"B": "matrix(n, m)", "R": "matrix(n, m)", "l": "positive"}
GATED = "norm2(W*(silu(A*x).*(V*x)) - y)^2"

# an expression, its variables, by which, as it is printed, the order
FORMS = {
    "pseudo-Huber penalty of differences": (
        "sum(sqrt(1 + (D*x).^2))",
        {},
        "x",
        "D'*diag(((D*x).^2 + 1).^-1.5)*D",
        2,
    ),
    "Cauchy's penalty": (
        "sum(log(1 + (D*x).^2))",
        {},
        "x",
        "2*D'*diag((1 - (D*x).^2)./((D*x).^2 + 1).^2)*D",
        2,
    ),
    "an activation of inverse square roots": (
        "norm2(A*x./sqrt(1 + (A*x).^2) - b)^2",
        {"b": "vector(m)"},
        "x",
        "2*A'*(((A*x)./sqrt(u) - b)./u.^1.5) where u = (A*x).^2 + 1",
        1,
    ),
    "Matern kernel of order 3/2: the length scale": (
        "sum(B.*(1 + sqrt(3)*R/l).*exp(-sqrt(3)*R/l))",
        DISTANCES,
        "l",
        "3*sum(B.*R.^2.*exp(-sqrt(3)*R/l))/l^3",
        1,
    ),
    "Matern kernel of order 5/2: the length scale": (
        "sum(B.*(1 + sqrt(5)*R/l + 5*R.^2/(3*l^2)).*exp(-sqrt(5)*R/l))",
        DISTANCES,
        "l",
        "5*sum(B.*R.^2.*(1 + sqrt(5)*R/l).*exp(-sqrt(5)*R/l))/(3*l^3)",
        1,
    ),
    "Matern kernel of points": (
        "K[i,j] = (1 + norm2(X[i,:]-Z[j,:])/l)*exp(-norm2(X[i,:]-Z[j,:])/l); sum(B.*K)",
        {"X": "matrix(n, d)", "Z": "matrix(m, d)", "l": "positive", "B": "matrix(n, m)"},
        "l",
        "sum(B.*M.*exp(-sqrt(M)/l))/l^3 where M[i,j] = norm2(X[i,:] - Z[j,:])^2",
        1,
    ),
    "weighted differences of a matrix and its transpose": (
        "sum(K.*(X - X').^2)",
        SQUARES,
        "X",
        "2*((K + K').*(X - X'))",
        1,
    ),
    "a gated layer: its gate": (
        GATED,
        {},
        "A",
        "2*((V*x).*sigmoid(u).*(u.*sigmoid(-u) + 1).*(W'*(W*((V*x).*silu(u)) - y)))*x'"
        " where u = A*x",
        1,
    ),
    "a gated layer: all weights": (
        GATED,
        {},
        ["W", "A", "V"],
        "dW = 2*t3*t2'\n"
        "dA = 2*((V*x).*sigmoid(t1).*(t1.*sigmoid(-t1) + 1).*(W'*t3))*x'\n"
        "dV = 2*(silu(t1).*(W'*t3))*x'\n"
        "where t1 = A*x, t2 = (V*x).*silu(t1), t3 = W*t2 - y",
        1,
    ),
    "a block of a transformer": (
        "norm2(W*gelu(V*x + b) + c - y)^2",
        {"b": "vector(h)", "c": "vector(m)"},
        ["W", "V", "b", "c"],
        "dW = 2*t2*gelu(t1)'\ndV = t3*x'\ndb = t3\ndc = 2*t2\n"
        "where t1 = V*x + b, t2 = W*gelu(t1) + c - y,"
        " t3 = 2*((W'*t2).*(t1.*normpdf(t1) + normcdf(t1)))",
        1,
    ),
    "an activation of a normalised layer": (
        "gelu(A*x/norm2(x))",
        {},
        "x",
        "(diag(t3)*A - (t1.*t3)*x'/(x'*x))/norm2(x) where t1 = A*x, t2 = t1/norm2(x),"
        " t3 = (t1.*normpdf(t2))/norm2(x) + normcdf(t2)",
        1,
    ),
    "a leaky layer": (
        "norm2(W*leakyrelu(V*x, a) - y)^2",
        {"a": "scalar"},
        ["W", "V", "a"],
        "dW = 2*v*leakyrelu(u, a)'\ndV = 2*(((1 - a)*step(u) + a).*(W'*v))*x'\n"
        "da = 2*v'*W*min(u, 0)\nwhere u = V*x, v = W*leakyrelu(u, a) - y",
        1,
    ),
    "Black and Scholes: delta": (
        PRICE,
        MARKET,
        "S",
        "normcdf((2*log(S/K) + T*(2*r + s^2))/(2*s*sqrt(T)))",
        1,
    ),
    "Black and Scholes: vega": (
        PRICE,
        MARKET,
        "s",
        "S*sqrt(T)*normpdf((2*log(S/K) + T*(2*r + s^2))/(2*s*sqrt(T)))",
        1,
    ),
    "Black and Scholes: theta": (
        PRICE,
        MARKET,
        "T",
        "K*r*exp(-T*r)*normcdf(a - s*sqrt(T)) + S*s*normpdf(a)/(2*sqrt(T))"
        " where a = (2*log(S/K) + T*(2*r + s^2))/(2*s*sqrt(T))",
        1,
    ),
    "Black and Scholes: gamma": (
        PRICE,
        MARKET,
        "S",
        "normpdf((2*log(S/K) + T*(2*r + s^2))/(2*s*sqrt(T)))/(S*s*sqrt(T))",
        2,
    ),
    "densities at unrelated points": (
        "a*normcdf(x) - b*normcdf(x - c)",
        dict.fromkeys("abcx", "scalar"),
        "x",
        "a*normpdf(x) - b*normpdf(x - c)",
        1,
    ),
    "means of a program in products": (
        "m = mean(x); k = mean(y); (2*m*k + c)/(m^2 + k^2 + c)",
        {"x": "vector(n)", "y": "vector(l)"},
        "x",
        "2*(k - m*(2*m*k + c)/a)*ones(n)/(n*a) where k = mean(y), m = mean(x), a = c + m^2 + k^2",
        1,
    ),
    "means of one vector each, in products": (
        "m = mean(x); k = mean(y); (2*m*k + c)/(m^2 + k^2 + c)",
        {"x": "vector(n)", "y": "vector(n)"},
        "x",
        "2*(k - m*(2*m*k + c)/a)*ones(n)/(n*a) where k = mean(y), m = mean(x), a = c + m^2 + k^2",
        1,
    ),
    "a scaled layer of a flow": (
        "y = z.*exp(S*x); norm2(y)^2",
        {},
        "S",
        "2*(z.*exp(S*x)).^2*x'",
        1,
    ),
    "UMAP with its own names": (
        "q[i,j] = 1/(1 + a*norm2(Y[i,:] - Y[j,:])^(2*b));"
        " sum[i!=j](-V[i,j]*log(q[i,j]) - (1 - V[i,j])*log(1 - q[i,j]))",
        {"Y": "matrix(n, d)", "V": "matrix(n, n)", "a": "scalar", "b": "scalar"},
        "Y",
        "D[i,k] = 2*b*sum[j!=i]((Y[i,k] - Y[j,k])*(a*norm2(Y[i,:] - Y[j,:])^(2*(b - 1))"
        "*(V[j,i] + V[i,j]) - (2 - V[j,i] - V[i,j])/norm2(Y[i,:] - Y[j,:])^2)"
        "/(a*norm2(Y[i,:] - Y[j,:])^(2*b) + 1))",
        1,
    ),
    "negative binomial regression": (
        "sum((y + a).*log(a + exp(X*b)) - y.*(X*b))",
        {"a": "positive", "y": "vector(n)"},
        "b",
        "a*X'*((exp(X*b) - y)./(a + exp(X*b)))",
        1,
    ),
    "a Gaussian mixture: exponents that are names": (
        "-log(sum[k](p[k]*exp(-norm2(x - M[k,:]')^2/(2*s[k]^2))/s[k]^d))",
        {"p": "vector(K)", "M": "matrix(K, d)", "s": "vector(K)", "x": "vector(d)"},
        "M",
        "diag(p.*u./s.^(d + 2))*N/((u./s.^d)'*p) where N = M - vector(1)*x',"
        " u = exp(-((N.^2*vector(1))./s.^2)/2)",
        1,
    ),
    "a norm to a power with a name": ("1/norm2(x)^d", {}, "x", "-d*x/norm2(x)^(d + 2)", 1),
    "an expectation under softmax": (
        "softmax(x)'*y",
        {},
        "x",
        "diag(v) - v*u' - u*v' where u = softmax(x), v = u.*(y - u'*y)",
        2,
    ),
    "an expectation under softmax of scores": (
        "softmax(A*x)'*y",
        {},
        "x",
        "A'*(diag(v) - v*u' - u*v')*A where u = softmax(A*x), v = u.*(y - u'*y)",
        2,
    ),
    "Rayleigh quotient": (
        "x'*A*x/(x'*x)",
        {"A": "symmetric(n)"},
        "x",
        "2*(A - (a*eye + 2*(u*x' + x*u'))/b)/b where a = x'*A*x, b = x'*x, u = A*x - a*x/b",
        2,
    ),
    "ratio of risk and return": (
        "sqrt(x'*S*x)/(m'*x)",
        {"S": "psd(n)"},
        "x",
        "(S - (u*m' + m*u')/b - S*x*x'*S/a)/(b*sqrt(a)) where a = x'*S*x, b = m'*x,"
        " u = S*x - a*m/b",
        2,
    ),
    "scalars get names, and rows do not": (
        "1 - x'*A*y/sqrt(x'*A*x*(y'*A*y))",
        {"A": "psd(n)", "y": "vector(n)"},
        "A",
        "((x'*A*y)*(x*x'/a + y*y'/b) - x*y' - y*x')/(2*sqrt(a*b)) where a = x'*A*x, b = y'*A*y",
        1,
    ),
    "all entries of a vector are the vector": (
        "[q[1]; q[2]]'*A*[q[1]; q[2]]",
        {"q": "vector(2)", "A": "matrix(2, 2)"},
        "q",
        "(A + A')*q",
        1,
    ),
    "columns that stand beside each other": (
        "q[1]*A[:, 1] + q[2]*A[:, 2] - b",
        {"q": "vector(2)", "A": "matrix(m, 3)", "b": "vector(m)"},
        "q",
        "A[:, 1:2]",
        1,
    ),
    "entries of a matrix, line by line": (
        "A[1,1]*B[1,1] + A[1,2]*B[1,2] + A[2,1]*B[2,1] + A[2,2]*B[2,2]",
        {"A": "matrix(2, 2)", "B": "matrix(2, 2)"},
        "A",
        "B",
        1,
    ),
    "parts of a vector as the columns of a matrix": (
        "tr(M*[x[1:2], x[3:4]])",
        {"x": "vector(4)", "M": "matrix(2, 2)"},
        "x",
        "[M[1, :]'; M[2, :]']",
        1,
    ),
    "pairs with a condition stay a sum": (
        "sum[i!=j](A[i,j]*sin(x[i] - x[j])^2)",
        {},
        "x",
        "D[i] = 2*sum[j!=i](sin(x[i] - x[j])*cos(x[i] - x[j])*(A[j,i] + A[i,j]))",
        1,
    ),
}


@pytest.mark.parametrize(("expr", "variables", "wrt", "printed", "order"), form_rows(FORMS, 3))
def test_form(expr, variables, wrt, printed, order):
    check_form(expr, variables, wrt, printed, order)
