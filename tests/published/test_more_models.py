"""More models of papers: each is printed as short as here, and proved."""

from __future__ import annotations

import pytest
from printing import check_form, form_rows

COUNTED = {"P": "matrix(n, n)", "a": "scalar", "v": "vector(n)"}

# an expression, its variables, by which, as it is printed
FORMS = {
    "personal page rank, by the share of walks that go on": (
        "inv(eye - a*P)*(1 - a)*v",
        COUNTED,
        "a",
        "inv(eye - a*P)*(P - eye)*inv(eye - a*P)*v",
    ),
    "page rank behind a loss": (
        "norm2(inv(eye - a*P)*(1 - a)*v - y)^2",
        COUNTED,
        "a",
        "2*((1 - a)*M*v - y)'*M*(P - eye)*M*v where M = inv(eye - a*P)",
    ),
    "page rank in a product": (
        "r = inv(eye - a*P')*(1 - a)*v; c'*r",
        COUNTED | {"c": "vector(n)"},
        ["P", "a", "v"],
        "dP = a*(1 - a)*M*v*c'*M\n"
        "da = c'*M*(P' - eye)*M*v\n"
        "dv = (1 - a)*M'*c\n"
        "where M = inv(eye - a*P')",
    ),
    "shares of a market beside an outside option": (
        "u = X*b - a*p; s = exp(u)/(1 + sum(exp(u))); q'*log(s)",
        {"X": "matrix(n, m)", "b": "vector(m)", "a": "scalar", "p": "vector(n)", "q": "vector(n)"},
        ["b", "a", "p"],
        "db = X'*w\nda = -w'*p\ndp = -a*w\nwhere v = exp(X*b - a*p), w = q - sum(q)*v/(1 + sum(v))",
    ),
    "all pairs of three points of a family": (
        "sum[i=1:3,j=1:3](norm2(y[i] - y[j])^2)",
        {"y[k]": "vector(n)"},
        ["y[1]", "y[2]", "y[3]"],
        "dy[1] = 4*(2*y[1] - y[2] - y[3])\n"
        "dy[2] = 4*(2*y[2] - y[1] - y[3])\n"
        "dy[3] = 4*(2*y[3] - y[1] - y[2])",
    ),
    "matrix factorisation with weights and offsets": (
        "sum[u,i](M[u,i]*(R[u,i] - mu - b[u] - c[i] - Q[i,:]*P[u,:]')^2)",
        {"M": "matrix(n, m)", "R": "matrix(n, m)", "P": "matrix(n, k)", "Q": "matrix(m, k)"},
        ["P", "Q", "b", "c"],
        "dP = 2*N*Q\n"
        "dQ = 2*N'*P\n"
        "db = 2*N*vector(1)\n"
        "dc = 2*N'*vector(1)\n"
        "where N = M.*(P*Q' + b*vector(1)' + mu + vector(1)*c' - R)",
    ),
    "cross network of the second kind": (
        "z = x0.*(W*x + b) + x; z'*c",
        {"x0": "vector(n)", "x": "vector(n)", "W": "matrix(n, n)"},
        ["W", "b", "x", "x0"],
        "dW = (c.*x0)*x'\ndb = c.*x0\ndx = W'*(c.*x0) + c\ndx0 = c.*(W*x + b)",
    ),
    "autoregression of order p": (
        "sum[t=p+1:n]((x[t] - sum[j=1:p](f[j]*x[t-j]))^2)",
        {"f": "vector(p)", "x": "vector(n)"},
        "f",
        "D[j=1:p] = -2*sum[t=p+1:n](x[t-j]*(x[t] - sum[i](x[t-i]*f[i])))",
    ),
    "Gaussian process with a length for each feature": (
        "K[i,j] = exp(-sum[k](t[k]*(X[i,k] - X[j,k])^2)); y'*inv(K)*y + logdet(K)",
        {"t": "vector(d)", "X": "matrix(n, d)", "y": "vector(n)"},
        "t",
        "2*(diag(X'*M*X) - (X.^2)'*(M*vector(1))) where K[i,j] = exp(-sum[k](t[k]*(X[i,k] - "
        "X[j,k])^2)), M = K.*(inv(K) - inv(K)*y*y'*inv(K))",
    ),
    "Tucker decomposition": (
        'norm2(T - einsum("pqr,ip,jq,kr->ijk", G, A, B, C))^2',
        {
            "T": "tensor(n, m, p)",
            "A": "matrix(n, a)",
            "B": "matrix(m, b)",
            "C": "matrix(p, c)",
            "G": "tensor(a, b, c)",
        },
        ["A", "G"],
        'dA = -2*einsum("ijk,lmn,jm,kn->il", S, G, B, C)\n'
        'dG = -2*einsum("ij,ikl,km,ln->jmn", A, S, B, C)\n'
        'where S = T - einsum("ij,kl,mn,jln->ikm", A, B, C, G)',
    ),
    "bilinear tensor layer": (
        "z[k] = x'*W[k,:,:]*y; norm2(z - t)^2",
        {"W": "tensor(d, n, m)", "x": "vector(n)", "y": "vector(m)"},
        ["W", "x"],
        'dW = 2*einsum("i,j,k->ijk", u, x, y)\n'
        'dx = 2*einsum("i,ijk,k->j", u, W, y)\n'
        'where u = einsum("ijk,j,k->i", W, x, y) - t',
    ),
    "normalised energy of a graph": (
        "sum[i,j](A[i,j]*norm2(X[i,:]/sqrt(d[i]) - X[j,:]/sqrt(d[j]))^2)/2",
        {"A": "symmetric(n)", "X": "matrix(n, k)", "d": "positive(n)"},
        "X",
        "2*(diag((A*vector(1))./d) - diag(1./sqrt(d))*A*diag(1./sqrt(d)))*X",
    ),
    "flow of an image": (
        "sum[i,j]((G[i,j]*u[i,j] + H[i,j]*v[i,j] + F[i,j])^2)"
        " + a*sum[i=1:n-1,j]((u[i+1,j] - u[i,j])^2)",
        dict.fromkeys("FGHuv", "matrix(n, m)") | {"a": "scalar"},
        ["u", "v"],
        "du = 2*(G.*M + a*([zeros; N] - [N; zeros]))\n"
        "dv = 2*(H.*M)\n"
        "where M = F + G.*u + H.*v, N = u[2:n, :] - u[1:n - 1, :]",
    ),
    "likelihood of a Markov chain": (
        "sum[t=1:T-1](log(X[t,:]*P*X[t+1,:]'))",
        {"X": "matrix(T, n)", "P": "matrix(n, n)"},
        "P",
        "M'*diag(1./diag(M*P*N'))*N where M = X[1:T - 1, :], N = X[2:T, :]",
    ),
    "deviator of a stress": (
        "norm2(S - tr(S)/3*eye)^2",
        {"S": "symmetric(3)"},
        "S",
        "2*(S - tr(S)*eye/3)",
    ),
    "deviator in n dimensions": (
        "norm2(S - tr(S)/n*eye)",
        {"S": "matrix(n, n)"},
        "S",
        "(S - tr(S)*eye/n)/norm2(S - tr(S)*eye/n)",
    ),
    "camera of points by its place": (
        "sum[i](norm2(u[i,:]' - (K*(R*X[i,:]' + t))[1:2]/(K*(R*X[i,:]' + t))[3])^2)",
        {"u": "matrix(n, 2)", "K": "matrix(3, 3)", "R": "matrix(3, 3)", "X": "matrix(n, 3)"}
        | {"t": "vector(3)"},
        "t",
        "2*((diag(t5*t4*t1)./t2.^2)*K[3, :] - t3*t5*t4)'*vector(1) where t1 = R*X' + t*vector(1)',"
        " t2 = t1'*K[3, :]', t3 = diag(1./t2), t4 = K[1:2, :], t5 = u - t3*t1'*t4'",
    ),
    "variational graph autoencoder": (
        "-sum[i,j](A[i,j]*log(sigmoid(Z[i,:]*Z[j,:]')) + (1 - A[i,j])*log(1 -"
        " sigmoid(Z[i,:]*Z[j,:]'))) - sum[i,k](1 + 2*l[i,k] - M[i,k]^2 - exp(2*l[i,k]))/2",
        {"A": "symmetric(n)", "Z": "matrix(n, d)", "M": "matrix(n, d)", "l": "matrix(n, d)"},
        ["Z", "M", "l"],
        "dZ = 2*(sigmoid(Z*Z') - A)*Z\ndM = M\ndl = exp(2*l) - 1",
    ),
}


@pytest.mark.parametrize(("expr", "variables", "wrt", "printed"), form_rows(FORMS, 9))
def test_form(expr, variables, wrt, printed):
    check_form(expr, variables, wrt, printed)
