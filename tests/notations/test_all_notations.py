"""Derivatives of rank 3 and 4 in all six notations: each line as it is printed, and proved.

Each notation is proved equal to one array, so all of them are equal to each other.
"""

import re

import pytest

import matcalc

pytestmark = pytest.mark.slow

# expression, variable, order, kinds; then the matrix, which is that of ``kronecker`` too, the
# entries, the cases, the map with its adjoint, and the differential
ROWS = [
    (
        ("A*X*B", "X", 1, {"A": "matrix(n, m)", "B": "matrix(p, q)"}),
        "kron(B', A)",
        "D[i,j,k,l] = A[i,k]*B[l,j]",
        "D[i,j,k,l] = A[i,k]*B[l,j]",
        ("dX -> A*dX*B\nV -> A'*V*B'"),
        "dF = A*dX*B",
    ),
    (
        ("X'", "X", 1, {"X": "matrix(m, n)"}),
        "commutation(m, n)",
        "D[i=1:n, j=1:m, k, l] = delta[i,l]*delta[j,k]",
        ("D[i,j,k,l] = 1 if i = l, j = k\n0 otherwise"),
        ("dX -> dX'\nV -> V'"),
        "dF = dX'",
    ),
    (
        ("X*X'", "X", 1, {"X": "matrix(m, n)"}),
        "(eye + commutation(m, m))*kron(X, eye)",
        "D[i,j,k,l] = X[j,l]*delta[i,k] + X[i,l]*delta[j,k]",
        (
            "D[i,j,k,l] = 2*X[i,l] if i = j = k\n"
            "X[j,l] if i = k, j != k\n"
            "X[i,l] if j = k, i != k\n"
            "0 otherwise"
        ),
        ("dX -> X*dX' + dX*X'\nV -> (V + V')*X"),
        "dF = X*dX' + dX*X'",
    ),
    (
        ("R'*R", "R", 1, {"R": "matrix(m, n)"}),
        "(eye + commutation(n, n))*kron(eye, R')",
        "D[i,j,k,l] = R[k,j]*delta[i,l] + R[k,i]*delta[j,l]",
        (
            "D[i,j,k,l] = 2*R[k,i] if i = j = l\n"
            "R[k,j] if i = l, j != l\n"
            "R[k,i] if j = l, i != l\n"
            "0 otherwise"
        ),
        ("dR -> R'*dR + dR'*R\nV -> R*(V + V')"),
        "dF = R'*dR + dR'*R",
    ),
    (
        ("inv(X)", "X", 1, {"X": "matrix(n, n)"}),
        "-kron(inv(X)', inv(X))",
        "D[i,j,k,l] = -inv(X)[i,k]*inv(X)[l,j]",
        "D[i,j,k,l] = -inv(X)[i,k]*inv(X)[l,j]",
        ("dX -> -inv(X)*dX*inv(X)\nV -> -inv(X)'*V*inv(X)'"),
        "dF = -inv(X)*dX*inv(X)",
    ),
    (
        ("X.*A", "X", 1, {"A": "matrix(m, n)"}),
        "diag(vec(A))",
        "D[i,j,k,l] = A[i,j]*delta[i,k]*delta[j,l]",
        ("D[i,j,k,l] = A[i,j] if i = k, j = l\n0 otherwise"),
        ("dX -> A.*dX\nV -> A.*V"),
        "dF = A.*dX",
    ),
    (
        ("exp(X)", "X", 1, {"X": "matrix(m, n)"}),
        "diag(vec(exp(X)))",
        "D[i,j,k,l] = exp(X[i,j])*delta[i,k]*delta[j,l]",
        ("D[i,j,k,l] = exp(X[i,j]) if i = k, j = l\n0 otherwise"),
        ("dX -> dX.*exp(X)\nV -> V.*exp(X)"),
        "dF = dX.*exp(X)",
    ),
    (
        ("det(X)*X", "X", 1, {"X": "matrix(n, n)"}),
        "det(X)*(eye + vec(X)*vec(inv(X)')')",
        "D[i,j,k,l] = det(X)*(X[i,j]*inv(X)[l,k] + delta[i,k]*delta[j,l])",
        (
            "D[i,j,k,l] = det(X)*(X[i,j]*inv(X)[j,i] + 1) if i = k, j = l\n"
            "det(X)*X[i,j]*inv(X)[l,i] if i = k, j != l\n"
            "det(X)*X[i,j]*inv(X)[j,k] if j = l, i != k\n"
            "det(X)*X[i,j]*inv(X)[l,k] if i != k, j != l"
        ),
        ("dX -> det(X)*(dX + tr(dX*inv(X))*X)\nV -> det(X)*(V + tr(V*X')*inv(X)')"),
        "dF = det(X)*(dX + tr(dX*inv(X))*X)",
    ),
    (
        ("tr(X)*A", "X", 1, {"X": "matrix(n, n)", "A": "matrix(m, p)"}),
        "vec(A)*vec(eye(n))'",
        "D[i, j, k=1:n, l] = A[i,j]*delta[k,l]",
        ("D[i,j,k,l] = A[i,j] if k = l\n0 otherwise"),
        ("dX -> tr(dX)*A\nV -> tr(A*V')*eye(n)"),
        "dF = tr(dX)*A",
    ),
    (
        ("x*x'", "x", 1, {"x": "vector(n)"}),
        "kron(eye(n), x) + kron(x, eye(n))",
        "D[i,j,k] = x[i]*delta[j,k] + x[j]*delta[i,k]",
        (
            "D[i,j,k] = 2*x[i] if i = j = k\n"
            "x[i] if j = k, i != k\n"
            "x[j] if i = k, j != k\n"
            "0 otherwise"
        ),
        ("dx -> dx*x' + x*dx'\nV -> (V + V')*x"),
        "dF = dx*x' + x*dx'",
    ),
    (
        ("A*diag(x)*B", "x", 1, {"x": "vector(n)"}),
        "khatrirao(B', A)",
        "D[i,j,k] = A[i,k]*B[k,j]",
        "D[i,j,k] = A[i,k]*B[k,j]",
        ("dx -> A*diag(dx)*B\nV -> diag(B*V'*A)"),
        "dF = A*diag(dx)*B",
    ),
    (
        ("diag(x)", "x", 1, {"x": "vector(n)"}),
        "khatrirao(eye(n), eye(n))",
        "D[i=1:n, j, k] = delta[i,j]*delta[i,k]",
        ("D[i,j,k] = 1 if i = j = k\n0 otherwise"),
        ("dx -> diag(dx)\nV -> diag(V)"),
        "dF = diag(dx)",
    ),
    (
        ("A*x", "A", 1, {"A": "matrix(m, n)", "x": "vector(n)"}),
        "kron(x', eye(m))",
        "D[i=1:m, j, k] = x[k]*delta[i,j]",
        ("D[i,j,k] = x[k] if i = j\n0 otherwise"),
        ("dA -> dA*x\nv -> v*x'"),
        "dF = dA*x",
    ),
    (
        ("tanh(W*x)", "W", 1, {"W": "matrix(m, n)", "x": "vector(n)"}),
        "kron(x', diag(1 - tanh(W*x).^2))",
        "D[i,j,k] = x[k]*delta[i,j]*(1 - tanh(W[i,:]*x)^2)",
        ("D[i,j,k] = x[k]*(1 - tanh(W[i,:]*x)^2) if i = j\n0 otherwise"),
        ("dW -> (dW*x).*(1 - tanh(W*x).^2)\nv -> (v.*(1 - tanh(W*x).^2))*x'"),
        "dF = (dW*x).*(1 - tanh(W*x).^2)",
    ),
    (
        ("softmax(W*x)", "W", 1, {"W": "matrix(m, n)", "x": "vector(n)"}),
        "kron(x', diag(softmax(W*x)) - softmax(W*x)*softmax(W*x)')",
        "D[i,j,k] = x[k]*softmax(W*x)[i]*(delta[i,j] - softmax(W*x)[j])",
        (
            "D[i,j,k] = x[k]*softmax(W*x)[i]*(1 - softmax(W*x)[i]) if i = j\n"
            "-x[k]*softmax(W*x)[i]*softmax(W*x)[j] if i != j"
        ),
        (
            "dW -> softmax(W*x).*(dW*x - softmax(W*x)'*dW*x)\n"
            "v -> (softmax(W*x).*(v - softmax(W*x)'*v))*x'"
        ),
        "dF = softmax(W*x).*(dW*x - softmax(W*x)'*dW*x)",
    ),
    (
        ("(x'*B*x)*A", "x", 1, {"x": "vector(n)", "A": "matrix(m, p)"}),
        "vec(A)*x'*(B + B')",
        "D[i,j,k] = A[i,j]*((B[k,:] + B[:,k]')*x)",
        "D[i,j,k] = A[i,j]*((B[k,:] + B[:,k]')*x)",
        ("dx -> (dx'*B*x + x'*B*dx)*A\nV -> tr(A*V')*(B + B')*x"),
        "dF = (dx'*B*x + x'*B*dx)*A",
    ),
    (
        ("inv(X)*b", "X", 1, {"X": "matrix(n, n)", "b": "vector(n)"}),
        "-kron((inv(X)*b)', inv(X))",
        "D[i,j,k] = -inv(X)[i,j]*(inv(X)[k,:]*b)",
        "D[i,j,k] = -inv(X)[i,j]*(inv(X)[k,:]*b)",
        ("dX -> -inv(X)*dX*inv(X)*b\nv -> -inv(X)'*v*b'*inv(X)'"),
        "dF = -inv(X)*dX*inv(X)*b",
    ),
    (
        ("logdet(X)", "X", 2, {"X": "matrix(n, n)"}),
        "-kron(inv(X), inv(X)')*commutation(n, n)",
        "D[i,j,k,l] = -inv(X)[j,k]*inv(X)[l,i]",
        "D[i,j,k,l] = -inv(X)[j,k]*inv(X)[l,i]",
        "dX -> -(inv(X)*dX*inv(X))'",
        "d2f = -tr((dX*inv(X))^2)",
    ),
    (
        ("tr(X*A*X')", "X", 2, {"X": "matrix(m, n)", "A": "matrix(n, n)"}),
        "kron(A + A', eye(m))",
        "D[i=1:m, j, k, l] = delta[i,k]*(A[j,l] + A[l,j])",
        ("D[i,j,k,l] = A[j,l] + A[l,j] if i = k\n0 otherwise"),
        "dX -> dX*(A + A')",
        "d2f = 2*tr(A*dX'*dX)",
    ),
    (
        ("tr(X^3)", "X", 2, {"X": "matrix(n, n)"}),
        "3*(kron(X, eye) + kron(eye, X'))*commutation(n, n)",
        "D[i,j,k,l] = 3*(X[j,k]*delta[i,l] + X[l,i]*delta[j,k])",
        (
            "D[i,j,k,l] = 3*(X[j,j] + X[i,i]) if i = l, j = k\n"
            "3*X[j,k] if i = l, j != k\n"
            "3*X[l,i] if j = k, i != l\n"
            "0 otherwise"
        ),
        "dX -> 3*(X*dX + dX*X)'",
        "d2f = 6*tr(X*dX^2)",
    ),
    (
        ("norm2(A*X - B)^2", "X", 2, {"B": "matrix(m, p)"}),
        "2*kron(eye(p), A'*A)",
        "D[i, j=1:p, k, l] = 2*delta[j,l]*(A[:,i]'*A[:,k])",
        ("D[i,j,k,l] = 2*(A[:,i]'*A[:,k]) if j = l\n0 otherwise"),
        "dX -> 2*A'*A*dX",
        "d2f = 2*norm2(dX'*A')^2",
    ),
]
WITHIN = [
    (
        ("S*A", "S", 1, {"S": "symmetric(n)", "A": "matrix(n, m)"}),
        "kron(A', eye)*(eye + commutation(n, n))/2",
        "D[i,j,k,l] = (A[l,j]*delta[i,k] + A[k,j]*delta[i,l])/2",
        (
            "D[i,j,k,l] = A[i,j] if i = k = l\n"
            "A[l,j]/2 if i = k, i != l\n"
            "A[k,j]/2 if i = l, i != k\n"
            "0 otherwise"
        ),
        ("dS -> dS*A\nV -> (A*V' + V*A')/2"),
        "dF = dS*A",
    ),
    (
        ("A'*S*A", "S", 1, {"S": "symmetric(n)", "A": "matrix(n, m)"}),
        "kron(A', A')*(eye + commutation(n, n))/2",
        "D[i,j,k,l] = (A[k,i]*A[l,j] + A[k,j]*A[l,i])/2",
        "D[i,j,k,l] = (A[k,i]*A[l,j] + A[k,j]*A[l,i])/2",
        ("dS -> A'*dS*A\nV -> A*(V + V')*A'/2"),
        "dF = A'*dS*A",
    ),
    (
        ("inv(P)", "P", 1, {"P": "psd(n)"}),
        "-kron(inv(P), inv(P))*(eye + commutation(n, n))/2",
        "D[i,j,k,l] = -(inv(P)[i,k]*inv(P)[j,l] + inv(P)[i,l]*inv(P)[j,k])/2",
        "D[i,j,k,l] = -(inv(P)[i,k]*inv(P)[j,l] + inv(P)[i,l]*inv(P)[j,k])/2",
        ("dP -> -inv(P)*dP*inv(P)\nV -> -inv(P)*(V + V')*inv(P)/2"),
        "dF = -inv(P)*dP*inv(P)",
    ),
    (
        ("logdet(P)", "P", 2, {"P": "psd(n)"}),
        "-kron(inv(P), inv(P))*(eye + commutation(n, n))/2",
        "D[i,j,k,l] = -(inv(P)[i,k]*inv(P)[j,l] + inv(P)[i,l]*inv(P)[j,k])/2",
        "D[i,j,k,l] = -(inv(P)[i,k]*inv(P)[j,l] + inv(P)[i,l]*inv(P)[j,k])/2",
        "dP -> -inv(P)*dP*inv(P)",
        "d2f = -tr((dP*inv(P))^2)",
    ),
    (
        ("D*A", "D", 1, {"D": "diagonal(n)", "A": "matrix(n, m)"}),
        "khatrirao(A', eye)*khatrirao(eye, eye)'",
        "G[i,j,k,l] = delta[i,k]*delta[k,l]*A[i,j]",
        ("G[i,j,k,l] = A[i,j] if i = k = l\n0 otherwise"),
        ("dD -> dD*A\nV -> diag(diag(A*V'))"),
        "dF = dD*A",
    ),
    (
        ("K*x", "K", 1, {"K": "skew(n)", "x": "vector(n)"}),
        "(kron(x, eye(n)) - kron(eye(n), x))'/2",
        "D[i,j,k] = (x[k]*delta[i,j] - x[j]*delta[i,k])/2",
        ("D[i,j,k] = x[k]/2 if i = j, i != k\n-x[j]/2 if i = k, i != j\n0 otherwise"),
        ("dK -> dK*x\nv -> (v*x' - x*v')/2"),
        "dF = dK*x",
    ),
    (
        ("L*L'", "L", 1, {"L": "triangular(n)"}),
        "(eye + commutation(n, n))*kron(L, eye)*diag(vec(tril(matrix(1))))",
        "D[i,j,k,l] = L[j,l]*delta[i,k]*(l <= i) + L[i,l]*delta[j,k]*(l <= j)",
        (
            "D[i,j,k,l] = L[i,l]*(l <= i) + L[i,l]*(l <= j) if i = j = k\n"
            "L[j,l]*(l <= i) if i = k, j != k\n"
            "L[i,l]*(l <= j) if j = k, i != k\n"
            "0 otherwise"
        ),
        ("dL -> L*dL' + dL*L'\nV -> tril((V + V')*L)"),
        "dF = L*dL' + dL*L'",
    ),
    (
        ("U*x", "U", 1, {"U": "upper(n)", "x": "vector(n)"}),
        "khatrirao(revcumsum(diag(x), 2), eye)'",
        "D[i=1:n, j, k] = x[k]*delta[i,j]*(i <= k)",
        ("D[i,j,k] = x[k]*(i <= k) if i = j\n0 otherwise"),
        ("dU -> dU*x\nv -> triu(v*x')"),
        "dF = dU*x",
    ),
]


def _bare(text: str) -> str:
    return "\n".join(re.sub(" +", " ", line.strip()) for line in text.split("\n"))


@pytest.mark.parametrize(
    ("asked", "matrix", "index", "cases", "operator", "differential"), [*ROWS, *WITHIN]
)
def test_all_notations(asked, matrix, index, cases, operator, differential):
    expr, wrt, order, kinds = asked
    d = matcalc.diff(expr, wrt, order=order, variables=kinds)
    said = {
        "matrix": matrix,
        "kronecker": matrix,
        "index": index,
        "cases": cases,
        "operator": operator,
        "differential": differential,
    }
    found = {name: d.in_notation(name) for name in said}
    assert {name: _bare(each.text()) for name, each in found.items()} == said
    assert all(each.verification.split()[0] in ("exact", "numeric") for each in found.values())


def test_there_are_twenty_results_of_rank_three_and_four():
    assert len(ROWS) >= 20
