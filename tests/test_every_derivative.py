"""What derivatives are asked for, one item after the other: the command, what it prints first, and
the same in LaTeX where a formula says it.
"""

from __future__ import annotations

import shlex

import pytest

from matcalc.cli import main

# the item, a command, the first line of its answer, and the command with a formula in LaTeX
ITEMS = [
    (
        "order 3 and higher",
        'diff "sum(x.^4)" --wrt x --order 3',
        "24*khatrirao(eye, eye)*diag(x)",
        "",
    ),
    (
        "mixed second derivatives",
        'hessian "y\'*A*x" --wrt x,y',
        "H = [H_x_x, H_x_y; H_y_x, H_y_y]",
        'hessian "y^\\top A x" --latex --wrt x,y',
    ),
    (
        "the Hessian is symmetric",
        'hessian "logsumexp(x) + x\'*y" --wrt x,y --symmetric-check',
        "H = [H_x_x, H_x_y; H_y_x, H_y_y]",
        "",
    ),
    (
        "jvp",
        'jvp "inv(X)" --direction X=E',
        "-inv(X)*E*inv(X)",
        'jvp "X^{-1}" --latex --direction X=E',
    ),
    (
        "vjp",
        'vjp "A*x" --wrt x --cotangent u',
        "A'*u",
        'vjp "A x" --latex --wrt x --cotangent u --var "x: vector(n)"',
    ),
    (
        "hvp",
        'hvp "logsumexp(x)" --wrt x --direction v',
        "softmax(x).*(v - softmax(x)'*v)",
        'hvp "\\operatorname{logsumexp}(x)" --latex --wrt x --direction v',
    ),
    (
        "second order, bilinear",
        'jvp "inv(X)" --direction X=U --direction X=V',
        "inv(X)*(U*inv(X)*V + V*inv(X)*U)*inv(X)",
        "",
    ),
    (
        "Taylor at a number",
        'taylor "sin(x) + cos(x)" --wrt x --at 0 --order 3 --var "x: scalar"',
        "1 + x - x^2/2 - x^3/6",
        'taylor "\\sin x + \\cos x" --latex --wrt x --at 0 --order 3 --var "x: scalar"',
    ),
    (
        "Taylor at a matrix",
        'taylor "inv(X)" --wrt X --at A --order 2',
        "inv(A) - inv(A)*(X - A)*inv(A) + (inv(A)*(X - A))^2*inv(A)",
        'taylor "X^{-1}" --latex --wrt X --at A --order 2',
    ),
    (
        "linearize",
        'linearize "softmax(x)" --wrt x --at 0',
        "vector(1)/n + (x - mean(x))/n",
        "",
    ),
    (
        "series",
        'taylor "exp(x)" --at 0 --order 2 --series --var "x: scalar"',
        "the sum of x^k/factorial(k) over k = 0, 1, ...",
        "",
    ),
    (
        "difference quotient",
        'diff "x^3" --wrt x --var "x: scalar" --from-definition',
        "((x + h)^3 - x^3)/h",
        "",
    ),
    (
        "jacobian inside",
        'diff "logdet(jacobian(tanh(W*x), x))" --wrt x --var "W: matrix(n, n)"',
        "-2*W'*tanh(W*x)",
        "",
    ),
    (
        "grad inside",
        'diff "norm2(grad(x\'*A*x, x))^2" --wrt x --var "A: symmetric(n)"',
        "8*A^2*x",
        "",
    ),
    (
        "hessian inside",
        'simplify "hessian(logsumexp(x), x)"',
        "diag(softmax(x)) - softmax(x)*softmax(x)'",
        "",
    ),
    (
        "lap inside",
        'simplify "lap(x\'*A*x, x)"',
        "2*tr(A)",
        "",
    ),
    (
        "div inside",
        'simplify "div(A*x, x)"',
        "tr(A)",
        "",
    ),
    (
        "kronecker",
        'diff "A*X*B" --wrt X --notation kronecker',
        "kron(B', A)",
        'diff "A X B" --latex --wrt X --notation kronecker',
    ),
    (
        "kronecker by rows",
        'diff "A*X*B" --wrt X --notation kronecker --row-major',
        "kron(A, B')",
        "",
    ),
    (
        "index",
        'diff "A*X*B" --wrt X --notation index',
        "D[i,j,k,l] = A[i,k]*B[l,j]",
        'diff "A X B" --latex --wrt X --notation index',
    ),
    (
        "cases",
        'diff "X.^2" --wrt X --notation cases',
        "D[i,j,k,l] = 2*X[i,j]  if i = k, j = l",
        "",
    ),
    (
        "operator",
        'diff "A*X*B" --wrt X --notation operator',
        "dX -> A*dX*B",
        'diff "A X B" --latex --wrt X --notation operator',
    ),
    (
        "differential",
        'diff "logdet(X)" --wrt X --notation differential',
        "df = tr(dX*inv(X))",
        'diff "\\log\\det X" --latex --wrt X --notation differential',
    ),
    (
        "second differential",
        'diff "x\'*A*x" --wrt x --order 2 --notation differential',
        "d2f = dx'*(A + A')*dx",
        "",
    ),
    (
        "chol",
        'diff "chol(A)" --wrt A --var "A: psd(n)" --notation operator',
        "dA -> chol(A)*(diag(diag(M))/2 + triu(M, 1)') where M = inv(chol(A))*dA*inv(chol(A))'",
        "",
    ),
    (
        "sylvester",
        'jvp "sylvester(A, B, C)" --direction C=E',
        "sylvester(A, B, E)",
        "",
    ),
    (
        "lyapunov",
        'jvp "sqrtm(A)" --direction A=E --var "A: psd(n)"',
        "lyapunov(sqrtm(A), E)",
        "",
    ),
    (
        "jac of declared",
        'diff "jac_H(x)*v" --wrt x --var "H: function(vector(n)) -> vector(m)"',
        "d2_H(x, v)",
        "",
    ),
    (
        "symmetric",
        'diff "logdet(X)" --wrt X --var "X: symmetric(n)"',
        "inv(X)",
        'diff "\\log\\det X" --latex --wrt X --var "X: symmetric(n)"',
    ),
    (
        "independent",
        'diff "logdet(X)" --wrt X --var "X: symmetric(n)" --structure independent',
        "2*inv(X) - diag(diag(inv(X)))",
        'diff "\\log\\det X" --latex --wrt X --var "X: symmetric(n)" --structure independent',
    ),
    (
        "vech",
        'diff "tr(A*X)" --wrt X --var "X: symmetric(n)" --structure vech',
        "vech(A + A' - diag(diag(A)))",
        "",
    ),
    (
        "free",
        'diff "a\'*X*b" --wrt X --var "X: symmetric(n)" --structure free',
        "a*b'",
        "",
    ),
    (
        "upper",
        'diff "tr(A*X)" --wrt X --var "X: upper(n)"',
        "triu(A')",
        "",
    ),
    (
        "toeplitz",
        'diff "tr(A*X)" --wrt X --var "X: toeplitz(n)"',
        "toeplitz(A')",
        "",
    ),
    (
        "circulant",
        'diff "tr(A*X)" --wrt X --var "X: circulant(n)"',
        "circulant(A')",
        "",
    ),
    (
        "banded",
        'diff "tr(A*X)" --wrt X --var "X: banded(n, 1)"',
        "triu(tril(A', 1), -1)",
        "",
    ),
    (
        "sphere",
        'diff "x\'*A*x" --wrt x --manifold sphere --var "A: symmetric(n)"',
        "2*(A*x - (x'*A*x)*x)",
        'diff "x^\\top A x" --latex --wrt x --manifold sphere --var "A: symmetric(n)"',
    ),
    (
        "stiefel",
        'diff "tr(X\'*A*X)" --wrt X --manifold stiefel --var "A: symmetric(n)"',
        "2*(A - X*X'*A)*X",
        (
            'diff "\\operatorname{tr}(X^\\top A X)" '
            '--latex --wrt X --manifold stiefel --var "A: symmetric(n)"'
        ),
    ),
    (
        "grassmann",
        'diff "tr(X\'*A*X)" --wrt X --manifold grassmann --var "A: symmetric(n)"',
        "2*(A - X*X'*A)*X",
        "",
    ),
    (
        "spd",
        'diff "logdet(X)" --wrt X --manifold spd',
        "X",
        "",
    ),
    (
        "poincare",
        'diff "c\'*x" --wrt x --manifold poincare',
        "(1 - x'*x)^2*c/4",
        "",
    ),
    (
        "Riemannian Hessian",
        'diff "x\'*A*x" --wrt x --manifold sphere --order 2 --var "A: symmetric(n)"',
        "dx -> 2*(A*dx - (dx'*A*x)*x - (x'*A*x)*dx)",
        "",
    ),
    (
        "metric",
        'diff "b\'*x" --wrt x --metric M --var "M: psd(n), x: vector(n)"',
        "inv(M)*b",
        "",
    ),
    (
        "complex",
        'diff "z^H*A*z" --wrt z --var "z: complex vector(n)"',
        "d/dz       = A'*conj(z)",
        'diff "z^H A z" --latex --wrt z --var "z: complex vector(n)"',
    ),
    (
        "implicit",
        'implicit "A*x = b" --of x --wrt A --var "b: vector(n)"',
        "dx = -inv(A)*dA*x",
        'implicit "A x = b" --latex --of x --wrt A --var "b: vector(n)"',
    ),
    (
        "argmin",
        'implicit "grad(x\'*A*x/2 - t\'*x, x)" --of x --wrt t --var "A: psd(n)"',
        "dx/dt = inv(A)",
        "",
    ),
    (
        "fixed point",
        'implicit "x[i] = tanh(sum[j](W[i,j]*x[j]) + b[i])" --of x --wrt b --var "b: vector(n)"',
        "dx/db = inv(eye - M*W)*M where M = diag(1 - tanh(W*x + b).^2)",
        "",
    ),
    (
        "adjoint",
        'implicit "A*x = b" --of x --wrt A --objective "c\'*x" --var "b: vector(n)"',
        "dg/dA = -l*x'",
        "",
    ),
    (
        "stationary",
        (
            'stationary "norm2(X*w - y)^2 + c*norm2(w)^2" '
            '--wrt w --var "y: vector(n)" --var "c: positive"'
        ),
        "w = inv(X'*X + c*eye)*X'*y",
        (
            'stationary "\\|X w - y\\|^2 + c \\|w\\|^2" '
            '--latex --wrt w --var "y: vector(n)" --var "c: positive"'
        ),
    ),
    (
        "eigenproblem",
        'stationary "x\'*A*x/(x\'*B*x)" --wrt x --var "A: symmetric(n)" --var "B: psd(n)"',
        "A*x = λ*B*x, a generalized eigenproblem; λ = x'*A*x/(x'*B*x) is the eigenvalue",
        "",
    ),
    (
        "stationary points together",
        'stationary "x^3 + y^3 - 3*x*y" --wrt x,y --var "x, y: scalar"',
        "(x, y) = (0, 0) or (1, 1)",
        'stationary "x^3 + y^3 - 3 x y" --latex --wrt x,y --var "x, y: scalar"',
    ),
    (
        "convex",
        'convex "logsumexp(A*x)" --wrt x',
        "convex: the Hessian is positive semidefinite, on every convex set within the domain",
        'convex "\\operatorname{logsumexp}(A x)" --latex --wrt x',
    ),
    (
        "neither",
        'convex "x*y" --wrt x,y --var "x, y: scalar"',
        "neither: it is curved upwards at one point and downwards at another",
        "",
    ),
    (
        "newton",
        'newton "x - log(x)" --var "x: positive"',
        "step of x = x*(1 - x)",
        'newton "x - \\log x" --latex --var "x: positive"',
    ),
    (
        "gauss-newton",
        'gauss-newton "A*x - b" --wrt x --var "b: vector(m)"',
        "step of x = pinv(A)*(b - A*x)",
        "",
    ),
    (
        "qr",
        'jvp "qr_r(A)" --direction A=E',
        "(triu(inv(qr_r(A))'*E'*qr_q(A), 1) + triu(qr_q(A)'*E*inv(qr_r(A))))*qr_r(A)",
        "",
    ),
    (
        "lu",
        'jvp "lu_l(A)" --direction A=E',
        "lu_l(A)*tril(inv(lu_l(A))*E*inv(lu_u(A)), -1)",
        "",
    ),
    (
        "eigenvalue",
        'diff "eigval(A, 1)" --wrt A',
        "eigleft(A)*eigright(A)'",
        "",
    ),
]


@pytest.mark.parametrize(
    ("command", "shown", "latex"), [pytest.param(*row, id=item) for item, *row in ITEMS]
)
def test_each_item(
    command: str, shown: str, latex: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for line in filter(None, (command, latex)):
        assert main(shlex.split(line)) == 0, line
        assert capsys.readouterr().out.splitlines()[0] == shown, line
