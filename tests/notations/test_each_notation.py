"""Each kind of derivative in each notation: every line is read back and proved, and where there is
no line its reason is known.

The lines as Kronecker products, by entries and as maps are pinned; what the others print is proved
to be the same.
"""

from __future__ import annotations

from typing import Any

import pytest

import matcalc
from matcalc.core.options import NOTATIONS

KRONECKER = "not a product of Kronecker products"
CASES = "42 cases, and more than 16 are not listed"
COORDINATES = "depends on no coordinates"
# what is derived; then its first line as a Kronecker product, by entries, and as a map; an answer
# that is refused has the reason, in brackets
ROWS: list[tuple[Any, ...]] = [
    (
        {"expression": "tanh(W*x)", "wrt": "x", "order": 2},
        "2*khatrirao(W', eye)*diag(tanh(W*x).*(tanh(W*x).^2 - 1))*W",
        "D[i,j,k] = -2*tanh(W[i,:]*x)*W[i,j]*W[i,k]*(1 - tanh(W[i,:]*x)^2)",
        "(u, v) -> 2*((W*u).*(W*v).*tanh(W*x).*(tanh(W*x).^2 - 1))",
        {},
    ),
    (
        {"expression": "exp(x)", "wrt": "x", "order": 3, "variables": {"x": "vector(n)"}},
        "khatrirao(eye, khatrirao(eye, eye))*diag(exp(x))",
        "D[i,j,k,l] = exp(x[i])*delta[i,j]*delta[i,k]*delta[i,l]",
        "(u, v, w) -> u.*v.*w.*exp(x)",
        {},
    ),
    (
        {
            "expression": "jac_H(x)*v",
            "wrt": "x",
            "variables": {"H": "function(vector(n)) -> vector(m)"},
        },
        "d2_H(x, v)",
        "D[i,j] = hess_H(x, delta[:,i])[j,:]*v",
        "dx -> d2_H(x, dx, v)",
        {},
    ),
    (
        {
            "expression": "H(x)",
            "wrt": "x",
            "order": 2,
            "variables": {"H": "function(vector(n)) -> vector(m)"},
        },
        None,
        "D[i,j,k] = hess_H(x, delta[:,i])[j,k]",
        "(u, v) -> d2_H(x, u, v)",
        {"kronecker": KRONECKER},
    ),
    (
        {
            "expression": "f(x)",
            "wrt": "x",
            "order": 2,
            "variables": {"f": "function(vector(n)) -> scalar"},
        },
        "hess_f(x)",
        "D[i,j] = hess_f(x)[i,j]",
        "dx -> hess_f(x)*dx",
        {},
    ),
    (
        {
            "expression": "f(x)",
            "wrt": "x",
            "order": 3,
            "variables": {"f": "function(vector(n)) -> scalar"},
        },
        None,
        "D[i,j,k] = d3_f(x, delta[:,k])[i,j]",
        "(u, v) -> d3_f(x, u, v)",
        {"kronecker": KRONECKER},
    ),
    (
        {"expression": "tr(A*X)", "wrt": "X", "variables": {"X": "symmetric(n)"}},
        "(vec(A + A')/2)'",
        "D[i,j] = (A[i,j] + A[j,i])/2",
        "dX -> tr(A*dX)",
        {},
    ),
    (
        {"expression": "X*A", "wrt": "X", "variables": {"X": "upper(n)", "A": "matrix(n, m)"}},
        "kron(A', eye(n))*diag(vec(triu(ones(n, n))))",
        "D[i=1:n, j, k, l] = A[l,j]*delta[i,k]*(i <= l)",
        "dX -> dX*A",
        {},
    ),
    (
        {"expression": "X*A", "wrt": "X", "variables": {"X": "triangular(n)", "A": "matrix(n, m)"}},
        "kron(A', eye(n))*diag(vec(tril(ones(n, n))))",
        "D[i=1:n, j, k, l] = A[l,j]*delta[i,k]*(l <= i)",
        "dX -> dX*A",
        {},
    ),
    (
        {"expression": "X*A", "wrt": "X", "variables": {"X": "diagonal(n)", "A": "matrix(n, m)"}},
        "khatrirao(A', eye)*khatrirao(eye, eye)'",
        "D[i,j,k,l] = delta[i,k]*delta[k,l]*A[i,j]",
        "dX -> dX*A",
        {},
    ),
    (
        {"expression": "X*a", "wrt": "X", "variables": {"X": "toeplitz(n)", "a": "vector(n)"}},
        "kron(a', eye)*toeplitz_projector(n)",
        "D[i,j,k] = toeplitz(delta[:,j]*delta[k,:])[i,:]*a",
        "dX -> dX*a",
        {},
    ),
    (
        {"expression": "X*a", "wrt": "X", "variables": {"X": "circulant(n)", "a": "vector(n)"}},
        "kron(a', eye)*circulant_projector(n)",
        "D[i,j,k] = circulant(delta[:,j]*delta[k,:])[i,:]*a",
        "dX -> dX*a",
        {},
    ),
    (
        {"expression": "X*a", "wrt": "X", "variables": {"X": "hankel(n)", "a": "vector(n)"}},
        "kron(a', eye)*hankel_projector(n)",
        "D[i,j,k] = hankel(delta[:,j]*delta[k,:])[i,:]*a",
        "dX -> dX*a",
        {},
    ),
    (
        {"expression": "X*a", "wrt": "X", "variables": {"X": "banded(n, 1)", "a": "vector(n)"}},
        "khatrirao(diag(a)*triu(tril(ones(n, n), 1), -1), eye(n))'",
        "D[i=1:n, j, k] = a[k]*delta[i,j]*(k - 1 <= i)*(i - 1 <= k)",
        "dX -> dX*a",
        {},
    ),
    (
        {"expression": "X*a", "wrt": "X", "variables": {"X": "tridiagonal(n)", "a": "vector(n)"}},
        "khatrirao(diag(a)*triu(tril(ones(n, n), 1), -1), eye(n))'",
        "D[i=1:n, j, k] = a[k]*delta[i,j]*(k - 1 <= i)*(i - 1 <= k)",
        "dX -> dX*a",
        {},
    ),
    (
        {"expression": "tr(A*X)", "wrt": "X", "variables": {"X": "toeplitz(n)"}},
        "vec(toeplitz(A'))'",
        "D[i,j] = toeplitz(A')[i,j]",
        "dX -> tr(A*dX)",
        {},
    ),
    (
        {"expression": "tr(A*X)", "wrt": "X", "variables": {"X": "circulant(n)"}},
        "vec(circulant(A'))'",
        "D[i,j] = circulant(A')[i,j]",
        "dX -> tr(A*dX)",
        {},
    ),
    (
        {"expression": "tr(A*X)", "wrt": "X", "variables": {"X": "hankel(n)"}},
        "vec(hankel(A))'",
        "D[i,j] = hankel(A)[i,j]",
        "dX -> tr(A*dX)",
        {},
    ),
    (
        {"expression": "tr(A*X)", "wrt": "X", "variables": {"X": "banded(n, 1)"}},
        "vec(triu(tril(A, 1), -1)')'",
        "D[i,j] = A[j,i]*(j - 1 <= i)*(i - 1 <= j)",
        "dX -> tr(A*dX)",
        {},
    ),
    (
        {"expression": "tr(A*X)", "wrt": "X", "variables": {"X": "upper(n)"}},
        "vec(tril(A)')'",
        "D[i,j] = A[j,i]*(i <= j)",
        "dX -> tr(A*dX)",
        {},
    ),
    (
        {
            "expression": "logdet(X)",
            "wrt": "X",
            "variables": {"X": "symmetric(n)"},
            "structure": "independent",
        },
        "vec(2*inv(X) - diag(diag(inv(X))))'",
        "D[i,j] = 2*inv(X)[i,j] - inv(X)[i,i]*delta[i,j]",
        None,
        {"operator": COORDINATES, "differential": COORDINATES},
    ),
    (
        {
            "expression": "logdet(X)",
            "wrt": "X",
            "variables": {"X": "symmetric(n)"},
            "structure": "free",
        },
        "vec(inv(X))'",
        "D[i,j] = inv(X)[i,j]",
        "dX -> tr(dX*inv(X))",
        {},
    ),
    (
        {
            "expression": "inv(X)",
            "wrt": "X",
            "variables": {"X": "symmetric(n)"},
            "structure": "free",
        },
        "-kron(inv(X), inv(X))",
        "D[i,j,k,l] = -inv(X)[i,k]*inv(X)[j,l]",
        "dX -> -inv(X)*dX*inv(X)",
        {},
    ),
    (
        {
            "expression": "logdet(X)",
            "wrt": "X",
            "order": 2,
            "variables": {"X": "symmetric(n)"},
            "structure": "free",
        },
        "-kron(inv(X), inv(X))*commutation(n, n)",
        "D[i,j,k,l] = -inv(X)[i,l]*inv(X)[j,k]",
        "dX -> -inv(X)*dX'*inv(X)",
        {},
    ),
    (
        {
            "expression": "Q*a",
            "wrt": "Q",
            "variables": {"Q": "orthogonal(n)", "a": "vector(n)"},
        },
        "kron(a', eye(n))",
        "D[i=1:n, j, k] = a[k]*delta[i,j]",
        "dQ -> dQ*a",
        {},
    ),
    (
        {"expression": "tr(Q'*A*Q*B)", "wrt": "Q", "variables": {"Q": "orthogonal(n)"}},
        "vec(A*Q*B + A'*Q*B')'",
        "D[i,j] = sum[k, l](Q[k,l]*(A[i,k]*B[l,j] + A[k,i]*B[j,l]))",
        "dQ -> tr(B*(Q'*A*dQ + dQ'*A*Q))",
        {},
    ),
    (
        {"expression": "tr(X'*A*X)", "wrt": "X", "variables": {"X": "orthonormal(n, p)"}},
        "vec((A + A')*X)'",
        "D[i,j] = (A[i,:] + A[:,i]')*X[:,j]",
        "dX -> tr(X*dX'*(A + A'))",
        {},
    ),
    (
        {"expression": "x'*A*x", "wrt": "x", "variables": {"x": "sphere(n)"}},
        "x'*(A + A')",
        "D[i] = (A[i,:] + A[:,i]')*x",
        "dx -> dx'*A*x + x'*A*dx",
        {},
    ),
    (
        {"expression": "x'*log(x)", "wrt": "x", "order": 2, "variables": {"x": "positive(n)"}},
        "diag(1./x)",
        "D[i,j] = delta[i,j]/x[i]",
        "dx -> dx./x",
        {},
    ),
    (
        {"expression": "lu_l(A)", "wrt": "A"},
        "kron(eye, lu_l(A))*diag(vec(tril(matrix(1), -1)))*kron(inv(lu_u(A))', inv(lu_l(A)))",
        "D[i,j,k,l] = inv(lu_u(A))[l,j]*sum[p>j](lu_l(A)[i,p]*inv(lu_l(A))[p,k])",
        "dA -> lu_l(A)*tril(inv(lu_l(A))*dA*inv(lu_u(A)), -1)",
        {},
    ),
    (
        {"expression": "lu_u(A)", "wrt": "A"},
        "kron(lu_u(A)', eye)*diag(vec(triu(matrix(1))))*kron(inv(lu_u(A))', inv(lu_l(A)))",
        "D[i,j,k,l] = inv(lu_l(A))[i,k]*sum[p>=i](lu_u(A)[p,j]*inv(lu_u(A))[l,p])",
        "dA -> triu(inv(lu_l(A))*dA*inv(lu_u(A)))*lu_u(A)",
        {},
    ),
    (
        {"expression": "eigval(A, 1)", "wrt": "A"},
        "kron(eigright(A), eigleft(A))'",
        "D[i,j] = eigleft(A)[i]*eigright(A)[j]",
        "dA -> eigleft(A)'*dA*eigright(A)",
        {},
    ),
    (
        {"expression": "eigval(S, 1)", "wrt": "S", "variables": {"S": "symmetric(n)"}},
        "kron(eigvec(S), eigvec(S))'",
        "D[i,j] = eigvec(S)[i]*eigvec(S)[j]",
        "dS -> eigvec(S)'*dS*eigvec(S)",
        {},
    ),
    (
        {
            "expression": "det(jacobian(tanh(W*x), x))",
            "wrt": "x",
            "variables": {"W": "matrix(n, n)"},
        },
        "-2*det(diag(1 - tanh(W*x).^2)*W)*tanh(W*x)'*W",
        "D[i] = -2*det(diag(1 - tanh(W*x).^2)*W)*sum[j](tanh(W[j,:]*x)*W[j,i])",
        "dx -> -2*(tanh(W*x)'*W*dx)*det(diag(1 - tanh(W*x).^2)*W)",
        {},
    ),
    (
        {"expression": "grad(x'*A*x,x)", "wrt": "x"},
        "A + A'",
        "D[i,j] = A[i,j] + A[j,i]",
        "dx -> (A + A')*dx",
        {},
    ),
    (
        {"expression": "hessian(logsumexp(x),x)", "wrt": "x"},
        "khatrirao(eye, eye)*M - kron(M, u) - kron(u, M) where u = softmax(x), M = diag(u) - u*u'",
        (
            "D[i,j,k] = delta[i,j]*u[i]*(delta[i,k] - u[k]) - u[i]*u[j]*(delta[j,k] - u[k]) - u[j]"
            "*u[i]*(delta[i,k] - u[k]) where u = softmax(x)"
        ),
        "dx -> diag(v) - v*u' - u*v' where u = softmax(x), v = u.*(dx - dx'*u)",
        {},
    ),
    (
        {"expression": "lap(logsumexp(x),x)", "wrt": "x"},
        "(2*(norm2(softmax(x))^2*softmax(x) - softmax(x).^2))'",
        "D[i] = 2*softmax(x)[i]*(norm2(softmax(x))^2 - softmax(x)[i])",
        "dx -> 2*(softmax(x).*(dx'*softmax(x) - dx))'*softmax(x)",
        {},
    ),
    (
        {"expression": "div(tanh(W*x),x)", "wrt": "x", "variables": {"W": "matrix(n, n)"}},
        "2*(diag(W).*tanh(W*x).*(tanh(W*x).^2 - 1))'*W",
        "D[i] = 2*sum[j](tanh(W[j,:]*x)*W[j,i]*W[j,j]*(tanh(W[j,:]*x)^2 - 1))",
        "dx -> 2*((W*dx).*tanh(W*x).*(tanh(W*x).^2 - 1))'*diag(W)",
        {},
    ),
    (
        {"expression": "x*y", "wrt": "x", "order": 2, "variables": {"x": "scalar", "y": "scalar"}},
        "0",
        "0",
        "dx -> 0",
        {},
    ),
    (
        {"expression": "X*b", "wrt": "X", "order": 2, "variables": {"b": "vector(m)"}},
        "zeros(m*n*n, m*n)",
        "D[i=1:n, j=1:n, k=1:m, l=1:n, p=1:m] = 0",
        "(U, V) -> zeros(n)",
        {},
    ),
    (
        {"expression": "b'*inv(X)*b", "wrt": "X", "order": 2, "variables": {"b": "vector(n)"}},
        "kron(kron((inv(X)*b)', inv(X)), inv(X)'*b) + kron(kron(inv(X)*b, inv(X)'), b'*inv(X))",
        (
            "D[i,j,k,l] = inv(X)[l,i]*(b'*inv(X)[:,k])*(inv(X)[j,:]*b) + inv(X)[j,k]*(b'*inv(X)[:,"
            "i])*(inv(X)[l,:]*b)"
        ),
        "dX -> inv(X)'*(b*b'*inv(X)*dX + dX*inv(X)*b*b')'*inv(X)'",
        {},
    ),
    (
        {"expression": "x'*x*x", "wrt": "x", "order": 3, "variables": {"x": "vector(n)"}},
        (
            "2*(kron(eye, commutation(n, n))*kron(vec(eye), eye) + kron(eye, vec(eye)) + kron(vec("
            "eye), eye))"
        ),
        (
            "D[i=1:n, j, k, l] = 2*(delta[i,j]*delta[k,l] + delta[i,k]*delta[j,l] + delta[i,l]*del"
            "ta[j,k])"
        ),
        "(u, v, w) -> 2*((u*w' + w*u')*v + (u'*w)*v)",
        {},
    ),
]
HEAVY: list[tuple[Any, ...]] = [
    (
        {"expression": "sum(x.^4)", "wrt": "x", "order": 3},
        "24*khatrirao(eye, eye)*diag(x)",
        "D[i,j,k] = 24*x[i]*delta[i,j]*delta[i,k]",
        "(u, v) -> 24*(u.*v.*x)",
        {},
    ),
    (
        {"expression": "logsumexp(x)", "wrt": "x", "order": 3},
        "khatrirao(eye, eye)*M - kron(M, u) - kron(u, M) where u = softmax(x), M = diag(u) - u*u'",
        (
            "D[i,j,k] = delta[i,j]*u[i]*(delta[i,k] - u[k]) - u[i]*u[j]*(delta[j,k] - u[k]) - u[j]"
            "*u[i]*(delta[i,k] - u[k]) where u = softmax(x)"
        ),
        "(u, v) -> w.*(u - w'*u).*r - ((w.*r)'*u)*w where w = softmax(x), r = v - w'*v",
        {},
    ),
    (
        {"expression": "tr(X^3)", "wrt": "X", "order": 3, "variables": {"X": "matrix(n, n)"}},
        (
            "3*(commutation(n*n*n, n) + kron(commutation(n, n*n), eye(n)))*kron(eye(n*n), vec(eye("
            "n)))"
        ),
        (
            "D[i=1:n, j, k, l, p, q] = 3*(delta[i,q]*delta[j,k]*delta[l,p] + delta[i,l]*delta[j,p]"
            "*delta[k,q])"
        ),
        "(U, V) -> 3*(U*V + V*U)'",
        {},
    ),
    (
        {"expression": "logdet(X)", "wrt": "X", "order": 3},
        (
            "commutation(n*n*n, n)*kron(N, vec(M)) + kron(commutation(n, n*n), eye)*kron(N, vec(M'"
            ")) where M = inv(X), N = kron(M', M)"
        ),
        (
            "D[i,j,k,l,p,q] = inv(X)[j,p]*inv(X)[l,i]*inv(X)[q,k] + inv(X)[j,k]*inv(X)[l,p]*inv(X)"
            "[q,i]"
        ),
        "(U, V) -> inv(X)'*(U*inv(X)*V + V*inv(X)*U)'*inv(X)'",
        {},
    ),
    (
        {"expression": "inv(X)", "wrt": "X", "order": 2},
        (
            "kron(commutation(n*n, n), eye)*kron(kron(inv(X)', inv(X)), vec(inv(X))) + kron(commut"
            "ation(n, n), eye)*kron(kron(inv(X)', vec(inv(X)')), inv(X))"
        ),
        (
            "D[i,j,k,l,p,q] = inv(X)[i,p]*inv(X)[l,j]*inv(X)[q,k] + inv(X)[i,k]*inv(X)[l,p]*inv(X)"
            "[q,j]"
        ),
        "(U, V) -> inv(X)*(U*inv(X)*V + V*inv(X)*U)*inv(X)",
        {},
    ),
    (
        {"expression": "X^3", "wrt": "X", "order": 2, "variables": {"X": "matrix(n, n)"}},
        (
            "kron(commutation(n*n, n), eye(n))*(kron(eye(n*n), vec(X)) + kron(kron(X', eye(n)) + k"
            "ron(eye(n), X), vec(eye(n)))) + kron(commutation(n, n), eye(n*n))*(kron(kron(X', vec("
            "eye(n))), eye(n)) + kron(kron(eye(n), vec(eye(n))), X)) + kron(kron(eye(n), commutati"
            "on(n, n)), eye(n))*kron(vec(X'), eye(n*n))"
        ),
        (
            "D[i,j,k,l,p,q] = X[i,k]*delta[j,q]*delta[l,p] + X[l,p]*delta[i,k]*delta[j,q] + X[i,p]"
            "*delta[j,l]*delta[k,q] + X[q,k]*delta[i,p]*delta[j,l] + X[q,j]*delta[i,k]*delta[l,p] "
            "+ X[l,j]*delta[i,p]*delta[k,q]"
        ),
        "(U, V) -> U*(V*X + X*V) + V*(U*X + X*U) + X*(U*V + V*U)",
        {"cases": CASES},
    ),
    (
        {"expression": "A*X*B*X'", "wrt": "X", "order": 2},
        "kron(eye, commutation(m, n))*kron(kron(B, vec(A)), eye) + kron(kron(B', vec(eye)), A)",
        "D[i,j,k,l,q,r] = A[i,k]*B[l,r]*delta[j,q] + A[i,q]*B[r,l]*delta[j,k]",
        "(U, V) -> A*(U*B*V' + V*B*U')",
        {},
    ),
    (
        {"expression": "tanh(W*x)", "wrt": "x", "order": 3},
        "2*khatrirao(khatrirao(W', W'), eye)*diag((1 - tanh(W*x).^2).*(3*tanh(W*x).^2 - 1))*W",
        "D[i,j,k,l] = 2*W[i,j]*W[i,k]*W[i,l]*(1 - tanh(W[i,:]*x)^2)*(3*tanh(W[i,:]*x)^2 - 1)",
        "(u, v, w) -> 2*((W*u).*(W*v).*(W*w).*(1 - tanh(W*x).^2).*(3*tanh(W*x).^2 - 1))",
        {},
    ),
    (
        {"expression": "expm(X)", "wrt": "X"},
        None,
        "D[i,j,k,l] = frechet_expm(X, delta[:,k]*delta[l,:])[i,j]",
        "dX -> frechet_expm(X, dX)",
        {"kronecker": KRONECKER},
    ),
    (
        {"expression": "expm(X)", "wrt": "X", "order": 2},
        None,
        "D[i,j,k,l,p,q] = frechet_expm(X, delta[:,k]*delta[l,:], delta[:,p]*delta[q,:])[i,j]",
        "(U, V) -> frechet_expm(X, U, V)",
        {"kronecker": KRONECKER},
    ),
    (
        {"expression": "chol(A)", "wrt": "A", "variables": {"A": "psd(n)"}},
        (
            "(khatrirao(eye, chol(A))*khatrirao(M', M')' + kron(eye, chol(A))*diag(vec(tril(matrix"
            "(1), -1)))*(eye + commutation(n, n))*kron(M, M))/2 where M = inv(chol(A))"
        ),
        (
            "D[i,j,k,l] = (chol(A)[i,j]*M[j,k]*M[j,l] + sum[p>j](chol(A)[i,p]*(M[j,k]*M[p,l] + M[j"
            ",l]*M[p,k])))/2 where M = inv(chol(A))"
        ),
        "dA -> chol(A)*(diag(diag(M))/2 + triu(M, 1)') where M = inv(chol(A))*dA*inv(chol(A))'",
        {},
    ),
    (
        {"expression": "vech(chol(A))", "wrt": "A", "variables": {"A": "psd(n)"}},
        (
            "elimination(n)*(khatrirao(eye, chol(A))*khatrirao(M', M')' + kron(eye, chol(A))*diag("
            "vec(tril(matrix(1), -1)))*(eye + commutation(n, n))*kron(M, M))/2 where M = inv(chol("
            "A))"
        ),
        (
            "D[i,j,k] = (sum[l, p, q](elimination(n)[i,l]*chol(A)[p,q]*M[q,j]*M[q,k]*vec[l,p,q]) +"
            " sum[l, p, q>r](elimination(n)[i,l]*chol(A)[p,q]*vec[l,p,r]*(M[q,k]*M[r,j] + M[q,j]*M"
            "[r,k])))/2 where M = inv(chol(A))"
        ),
        (
            "dA -> elimination(n)*(vec(M*diag(diag(N)))/2 + vec(M*triu(N, 1)')) where M = chol(A),"
            " N = inv(M)*dA*inv(M)'"
        ),
        {},
    ),
    (
        {"expression": "tr(B*chol(A))", "wrt": "A", "variables": {"A": "psd(n)"}},
        "(vec(inv(chol(A))'*(tril((B*chol(A))') + triu(B*chol(A), 1))*inv(chol(A)))/2)'",
        (
            "D[i,j] = sum[k, l](inv(chol(A))[k,i]*inv(chol(A))[l,j]*sum[p]((l <= k)*B[l,p]*chol(A)"
            "[p,k] + (k < l)*B[k,p]*chol(A)[p,l]))/2"
        ),
        (
            "dA -> diag(M)'*diag(N*dA*N')/2 + tr(dA*N'*triu(M, 1)*N)"
            " where M = B*chol(A), N = inv(chol(A))"
        ),
        {},
    ),
    (
        {"expression": "sylvester(A, B, C)", "wrt": "A"},
        "-inv(kron(B', eye) + kron(eye, A))*kron(sylvester(A, B, C)', eye)",
        (
            "D[i,j,k,l] = -sum[r](sylvester(A, B, delta[:,k]*delta[r,:])[i,j]*sylvester(A, B, C)[l"
            ",r])"
        ),
        "dA -> -sylvester(A, B, dA*sylvester(A, B, C))",
        {},
    ),
    (
        {"expression": "sylvester(A, B, C)", "wrt": "B"},
        "-inv(kron(B', eye) + kron(eye, A))*kron(eye, sylvester(A, B, C))",
        (
            "D[i,j,k,l] = -sum[r](sylvester(A, B, delta[:,r]*delta[l,:])[i,j]*sylvester(A, B, C)[r"
            ",k])"
        ),
        "dB -> -sylvester(A, B, sylvester(A, B, C)*dB)",
        {},
    ),
    (
        {"expression": "sylvester(A, B, C)", "wrt": "C"},
        "inv(kron(B', eye) + kron(eye, A))",
        "D[i,j,k,l] = sylvester(A, B, delta[:,k]*delta[l,:])[i,j]",
        "dC -> sylvester(A, B, dC)",
        {},
    ),
    (
        {"expression": "lyapunov(A, Q)", "wrt": "A"},
        (
            "-inv(kron(A, eye) + kron(eye, A))*(commutation(n, n)*kron(lyapunov(A, Q), eye) + kron"
            "(lyapunov(A, Q)', eye))"
        ),
        (
            "D[i,j,k,l] = -sum[r](sylvester(A, A', delta[:,r]*delta[k,:])[i,j]*sylvester(A, A', Q)"
            "[r,l] + sylvester(A, A', delta[:,k]*delta[r,:])[i,j]*sylvester(A, A', Q)[l,r])"
        ),
        "dA -> -(lyapunov(A, dA*lyapunov(A, Q)) + lyapunov(A, lyapunov(A, Q)*dA'))",
        {},
    ),
    (
        {"expression": "lyapunov(A, Q)", "wrt": "Q"},
        "inv(kron(A, eye(n)) + kron(eye(n), A))",
        "D[i,j,k,l] = sylvester(A, A', delta[:,k]*delta[l,:])[i,j]",
        "dQ -> lyapunov(A, dQ)",
        {},
    ),
    (
        {"expression": "sqrtm(P)", "wrt": "P", "variables": {"P": "psd(n)"}},
        "inv(kron(eye, sqrtm(P)) + kron(sqrtm(P), eye))*(eye + commutation(n, n))/2",
        (
            "D[i,j,k,l] = (frechet_sqrtm(P, delta[:,k]*delta[l,:])[i,j] + frechet_sqrtm(P, delta[:"
            ",l]*delta[k,:])[i,j])/2"
        ),
        "dP -> lyapunov(sqrtm(P), dP)",
        {},
    ),
    (
        {"expression": "logm(P)", "wrt": "P", "variables": {"P": "psd(n)"}},
        None,
        (
            "D[i,j,k,l] = (frechet_logm(P, delta[:,k]*delta[l,:])[i,j] + frechet_logm(P, delta[:,l"
            "]*delta[k,:])[i,j])/2"
        ),
        "dP -> frechet_logm(P, dP)",
        {"kronecker": KRONECKER},
    ),
    (
        {"expression": "X*A", "wrt": "X", "variables": {"X": "skew(n)", "A": "matrix(n, m)"}},
        "kron(A', eye)*(eye - commutation(n, n))/2",
        "D[i,j,k,l] = (A[l,j]*delta[i,k] - A[k,j]*delta[i,l])/2",
        "dX -> dX*A",
        {},
    ),
    (
        {"expression": "X*A", "wrt": "X", "variables": {"X": "toeplitz(n)", "A": "matrix(n, m)"}},
        "kron(A', eye)*toeplitz_projector(n)",
        "D[i,j,k,l] = toeplitz(delta[:,k]*delta[l,:])[i,:]*A[:,j]",
        "dX -> dX*A",
        {},
    ),
    (
        {"expression": "tr(A*X*B*X)", "wrt": "X", "order": 2, "variables": {"X": "toeplitz(n)"}},
        (
            "toeplitz_projector(n)*(kron(A, B') + kron(B, A'))*commutation(n, n)*toeplitz_projecto"
            "r(n)"
        ),
        (
            "D[i,j,k,l] = sum[q, r](toeplitz(delta[:,q]*delta[r,:])[k,l]*toeplitz(B[r,:]'*A[:,q]')"
            "[i,j]) + sum[p, s](toeplitz(delta[:,s]*delta[p,:])[k,l]*toeplitz(A[p,:]'*B[:,s]')[i,j"
            "])"
        ),
        "dX -> toeplitz((A*dX*B + B*dX*A)')",
        {},
    ),
    (
        {"expression": "tr(A*X*B*X)", "wrt": "X", "order": 2, "variables": {"X": "symmetric(n)"}},
        "(kron(A, B') + kron(A', B) + kron(B, A') + kron(B', A))*(eye + commutation(n, n))/4",
        (
            "D[i,j,k,l] = (A[i,k]*B[l,j] + A[l,j]*B[i,k] + A[i,l]*B[k,j] + A[k,j]*B[i,l] + A[j,k]*"
            "B[l,i] + A[l,i]*B[j,k] + A[j,l]*B[k,i] + A[k,i]*B[j,l])/4"
        ),
        "dX -> (M' + N' + M + N)/2 where M = A*dX*B, N = B*dX*A",
        {},
    ),
    (
        {"expression": "tr(A*X*B*X)", "wrt": "X", "order": 2, "variables": {"X": "upper(n)"}},
        (
            "diag(vec(triu(matrix(1))))*(kron(A, B') + kron(B, A'))*commutation(n, n)*diag(vec(tri"
            "u(matrix(1))))"
        ),
        "D[i,j,k,l] = (i <= j)*(k <= l)*(A[j,k]*B[l,i] + A[l,i]*B[j,k])",
        "dX -> triu((A*dX*B + B*dX*A)')",
        {},
    ),
    (
        {
            "expression": "logdet(X)",
            "wrt": "X",
            "variables": {"X": "symmetric(n)"},
            "structure": "vech",
        },
        "vech(2*inv(X) - diag(diag(inv(X))))'",
        "D[i] = vech(2*inv(X) - diag(diag(inv(X))))[i]",
        None,
        {"operator": COORDINATES, "differential": COORDINATES},
    ),
    (
        {
            "expression": "inv(X)",
            "wrt": "X",
            "variables": {"X": "symmetric(n)"},
            "structure": "independent",
        },
        (
            "khatrirao(inv(X), inv(X))*khatrirao(eye, eye)' - kron(inv(X), inv(X)) - kron(inv(X), "
            "inv(X))*commutation(n, n)"
        ),
        (
            "D[i,j,k,l] = inv(X)[i,k]*inv(X)[j,k]*delta[k,l] - inv(X)[i,k]*inv(X)[j,l] - inv(X)[i,"
            "l]*inv(X)[j,k]"
        ),
        None,
        {"operator": COORDINATES, "differential": COORDINATES},
    ),
    (
        {
            "expression": "inv(X)",
            "wrt": "X",
            "variables": {"X": "symmetric(n)"},
            "structure": "vech",
        },
        "-kron(inv(X), inv(X))*duplication(n)",
        "D[i,j,k] = -sum[l, p, q](inv(X)[i,l]*inv(X)[j,p]*duplication(n)[q,k]*vec[q,l,p])",
        None,
        {"operator": COORDINATES, "differential": COORDINATES},
    ),
    (
        {
            "expression": "logdet(X)",
            "wrt": "X",
            "order": 2,
            "variables": {"X": "symmetric(n)"},
            "structure": "independent",
        },
        (
            "2*(M*khatrirao(N, N)' + khatrirao(N, N)*M' - kron(N, N) - kron(N, N)*commutation(n, n"
            ")) - M*N.^2*M' where M = khatrirao(eye, eye), N = inv(X)"
        ),
        (
            "D[i,j,k,l] = 2*delta[i,j]*M[i,k]*M[i,l] + 2*delta[k,l]*M[i,k]*M[j,k] - 2*M[i,k]*M[j,l"
            "] - 2*M[i,l]*M[j,k] - delta[i,j]*delta[k,l]*M[i,k]^2 where M = inv(X)"
        ),
        None,
        {"operator": COORDINATES, "differential": COORDINATES},
    ),
    (
        {
            "expression": "logdet(X)",
            "wrt": "X",
            "order": 2,
            "variables": {"X": "symmetric(n)"},
            "structure": "vech",
        },
        "-duplication(n)'*kron(inv(X), inv(X))*duplication(n)",
        (
            "D[i,j] = -sum[k, l, p, q, r, s](duplication(n)[k,i]*duplication(n)[l,j]*inv(X)[p,q]*i"
            "nv(X)[r,s]*vec[k,p,r]*vec[l,q,s])"
        ),
        None,
        {"operator": COORDINATES, "differential": COORDINATES},
    ),
    (
        {"expression": "qr_r(A)", "wrt": "A"},
        (
            "kron(qr_r(A)', eye)*(diag(vec(triu(matrix(1)))) + diag(vec(triu(matrix(1), 1)))*commu"
            "tation(m, m))*kron(inv(qr_r(A)), qr_q(A))'"
        ),
        (
            "D[i,j,k,l] = inv(qr_r(A))[l,i]*sum[p>i](qr_q(A)[k,p]*qr_r(A)[p,j]) + qr_q(A)[k,i]*sum"
            "[p>=i](qr_r(A)[p,j]*inv(qr_r(A))[l,p])"
        ),
        "dA -> (triu(inv(qr_r(A))'*dA'*qr_q(A), 1) + triu(qr_q(A)'*dA*inv(qr_r(A))))*qr_r(A)",
        {},
    ),
    (
        {"expression": "qr_q(A)", "wrt": "A"},
        (
            "kron(eye, qr_q(A))*(diag(vec(tril(matrix(1), -1))) - diag(vec(triu(matrix(1), 1)))*co"
            "mmutation(m, m))*kron(inv(qr_r(A)), qr_q(A))' + kron(inv(qr_r(A))', eye - qr_q(A)*qr_"
            "q(A)')"
        ),
        (
            "D[i,j,k,l] = inv(qr_r(A))[l,j]*(sum[p>j](qr_q(A)[i,p]*qr_q(A)[k,p]) + delta[i,k] - qr"
            "_q(A)[i,:]*qr_q(A)[k,:]') - qr_q(A)[k,j]*sum[p<j](qr_q(A)[i,p]*inv(qr_r(A))[l,p])"
        ),
        (
            "dA -> (eye - M*M')*dA*N + M*(tril(M'*dA*N, -1) - triu(N'*dA'*M, 1)) where M = qr_q(A)"
            ", N = inv(qr_r(A))"
        ),
        {},
    ),
    (
        {"expression": "eigval(S, 1)", "wrt": "S", "order": 2, "variables": {"S": "symmetric(n)"}},
        (
            "(kron(M, N - 4*M) + kron(N, M) + kron(kron(u, N), u') + kron(kron(u', N), u))/2 where"
            " u = eigvec(S), M = u*u', N = inv(M + lambda_max(S)*eye - S)"
        ),
        (
            "D[i,j,k,l] = (u[i]*(u[l]*(M[j,k] - 4*u[j]*u[k]) + u[k]*M[j,l]) + u[j]*(u[l]*M[i,k] + "
            "u[k]*M[i,l]))/2 where u = eigvec(S), M = inv(u*u' + lambda_max(S)*eye - S)"
        ),
        (
            "dS -> u*u'*(dS*M - 2*(u'*dS*u)*eye) + M*dS*u*u' where u = eigvec(S), M = inv(u*u' + l"
            "ambda_max(S)*eye - S)"
        ),
        {},
    ),
    (
        {"expression": "eigvec(S)", "wrt": "S", "variables": {"S": "symmetric(n)"}},
        "(kron(eigvec(S), M) + kron(M, eigvec(S)))'/2 where M = pinv(lambda_max(S)*eye - S)",
        (
            "D[i,j,k] = (eigvec(S)[k]*M[i,j] + eigvec(S)[j]*M[i,k])/2 where M = pinv(lambda_max(S)"
            "*eye - S)"
        ),
        "dS -> pinv(lambda_max(S)*eye - S)*dS*eigvec(S)",
        {},
    ),
    (
        {"expression": "eigval(A, 1)", "wrt": "A", "order": 2},
        (
            "kron(kron(u, M'), v') + kron(kron(u', M), v) - 2*kron(u, v)*kron(u, v)' where u = eig"
            "right(A), v = eigleft(A), M = inv(u*v' + eigval(A)*eye - A)"
        ),
        (
            "D[i,j,k,l] = u[j]*v[k]*(M[l,i] - 2*u[l]*v[i]) + u[l]*v[i]*M[j,k] where u = eigright(A"
            "), v = eigleft(A), M = inv(u*v' + eigval(A)*eye - A)"
        ),
        (
            "dA -> u*v'*((M*dA)' - 2*(u'*dA*v)*eye) + M'*dA'*u*v' where u = eigleft(A), v = eigrig"
            "ht(A), M = inv(v*u' + eigval(A)*eye - A)"
        ),
        {},
    ),
]


@pytest.mark.parametrize(
    ("asked", "kronecker", "index", "operator", "refused"),
    [*ROWS, *(pytest.param(*row, marks=pytest.mark.slow) for row in HEAVY)],
)
def test_each_notation(
    asked: dict[str, Any],
    kronecker: str | None,
    index: str,
    operator: str | None,
    refused: dict[str, str],
) -> None:
    d = matcalc.diff(**asked)
    first: dict[str, str | None] = {}
    for notation in NOTATIONS:
        if notation in refused:
            with pytest.raises(matcalc.MatcalcError, match=refused[notation]):
                d.in_notation(notation)
            continue
        found = d.in_notation(notation)
        assert found.verification.split()[0] in ("exact", "numeric"), notation
        first[notation] = found.text().split("\n")[0]
    pinned = [first.get(each) for each in ("kronecker", "index", "operator")]
    assert pinned == [kronecker, index, operator]
