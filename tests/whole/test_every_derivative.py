"""What derivatives are asked for, one item after the other: the command, what it prints first, and
the same in LaTeX where a formula says it.
"""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest

import matcalc
from matcalc.cli import main

# the item, a command, the first line of its answer, and the command with a formula in LaTeX
ITEMS = [
    (
        "order 3 and higher",
        'diff "sum(x.^4)" --wrt x --order 3',
        "24*khatrirao(eye, eye)*diag(x)",
        'diff "\\\\sum_i x_i^4" --latex --wrt x --order 3',
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
        'hessian "\\\\log\\\\sum_i e^{x_i} + x^\\\\top y" --latex --wrt x,y --symmetric-check',
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
        'jvp "X^{-1}" --latex --direction X=U --direction X=V',
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
        'linearize "\\\\operatorname{softmax}(x)" --latex --wrt x --at 0',
    ),
    (
        "series",
        'taylor "exp(x)" --at 0 --order 2 --series --var "x: scalar"',
        "the sum of x^k/factorial(k) over k = 0, 1, ...",
        'taylor "e^x" --latex --at 0 --order 2 --series --var "x: scalar"',
    ),
    (
        "difference quotient",
        'diff "x^3" --wrt x --var "x: scalar" --from-definition',
        "((x + h)^3 - x^3)/h",
        'diff "x^3" --latex --wrt x --var "x: scalar" --from-definition',
    ),
    (
        "jacobian inside",
        'diff "logdet(jacobian(tanh(W*x), x))" --wrt x --var "W: matrix(n, n)"',
        "-2*W'*tanh(W*x)",
        (
            'diff "\\\\log\\\\det\\\\frac{\\\\partial \\\\tanh(W x)}{\\\\partial x^\\\\top}" '
            '--latex --wrt x --var "W: matrix(n, n), x: vector(n)"'
        ),
    ),
    (
        "grad inside",
        'diff "norm2(grad(x\'*A*x, x))^2" --wrt x --var "A: symmetric(n)"',
        "8*A^2*x",
        'diff "\\\\|\\\\nabla_x (x^\\\\top A x)\\\\|^2" --latex --wrt x --var "A: symmetric(n)"',
    ),
    (
        "hessian inside",
        'simplify "hessian(logsumexp(x), x)"',
        "diag(softmax(x)) - softmax(x)*softmax(x)'",
        (
            'simplify "\\\\frac{\\\\partial^2}{\\\\partial x \\\\partial x^\\\\top} '
            '\\\\log\\\\sum_i e^{x_i}" --latex'
        ),
    ),
    (
        "lap inside",
        'simplify "lap(x\'*A*x, x)"',
        "2*tr(A)",
        'simplify "\\\\Delta_x (x^\\\\top A x)" --latex',
    ),
    (
        "div inside",
        'simplify "div(A*x, x)"',
        "tr(A)",
        'simplify "\\\\nabla_x \\\\cdot (A x)" --latex',
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
        'diff "A X B" --latex --wrt X --notation kronecker --row-major',
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
        'diff "X \\\\odot X" --latex --wrt X --notation cases',
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
        'diff "x^\\\\top A x" --latex --wrt x --order 2 --notation differential',
    ),
    (
        "jvp by entries",
        'jvp "A*X*B" --direction X=E --notation index',
        "D[i,j] = A[i,:]*E*B[:,j]",
        'jvp "A X B" --latex --direction X=E --notation index',
    ),
    (
        "jvp as a Kronecker product",
        'jvp "A*X*B" --direction X=E --notation kronecker',
        "kron(B', A)*vec(E)",
        'jvp "A X B" --latex --direction X=E --notation kronecker',
    ),
    (
        "vjp as a map",
        'vjp "A*X*B" --wrt X --cotangent U --notation operator',
        "U -> A'*U*B'",
        'vjp "A X B" --latex --wrt X --cotangent U --notation operator',
    ),
    (
        "hvp as a differential",
        'hvp "x\'*A*x" --wrt x --direction v --notation differential',
        "dg = (A + A')*v",
        'hvp "x^\\top A x" --latex --wrt x --direction v --notation differential',
    ),
    (
        "blocks of a Hessian as maps",
        "hessian \"y'*A*x + x'*x\" --wrt x,y --notation operator",
        "H_x_x: dx -> 2*dx",
        'hessian "y^\\top A x + x^\\top x" --latex --wrt x,y --notation operator',
    ),
    (
        "a Taylor polynomial by differentials",
        'taylor "inv(X)" --wrt X --at A --notation differential',
        "F = inv(A)",
        'taylor "X^{-1}" --latex --wrt X --at A --notation differential',
    ),
    (
        "an implicit derivative as a Jacobian",
        'implicit "A*x = b" --of x --wrt A --notation kronecker --var "b: vector(n)"',
        "dx/dA = -kron(x', inv(A))",
        'implicit "A x = b" --latex --of x --wrt A --notation kronecker --var "b: vector(n)"',
    ),
    (
        "chol",
        'diff "chol(A)" --wrt A --var "A: psd(n)" --notation operator',
        "dA -> chol(A)*(diag(diag(M))/2 + triu(M, 1)') where M = inv(chol(A))*dA*inv(chol(A))'",
        'diff "\\\\operatorname{chol}(A)" --latex --wrt A --var "A: psd(n)" --notation operator',
    ),
    (
        "sylvester",
        'jvp "sylvester(A, B, C)" --direction C=E',
        "sylvester(A, B, E)",
        'jvp "\\\\operatorname{sylvester}(A, B, C)" --latex --direction C=E',
    ),
    (
        "lyapunov",
        'jvp "sqrtm(A)" --direction A=E --var "A: psd(n)"',
        "lyapunov(sqrtm(A), E)",
        'jvp "A^{1/2}" --latex --direction A=E --var "A: psd(n)"',
    ),
    (
        "jac of declared",
        'diff "jac_H(x)*v" --wrt x --var "H: function(vector(n)) -> vector(m)"',
        "d2_H(x, v)",
        'diff "J_H(x) v" --latex --wrt x --var "H: function(vector(n)) -> vector(m)"',
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
        'diff "\\\\operatorname{tr}(A X)" --latex --wrt X --var "X: symmetric(n)" --structure vech',
    ),
    (
        "free",
        'diff "a\'*X*b" --wrt X --var "X: symmetric(n)" --structure free',
        "a*b'",
        (
            'diff "a^\\\\top X b" '
            '--latex --wrt X --var "X: symmetric(n), a: vector(n), b: vector(n)" --structure free'
        ),
    ),
    (
        "upper",
        'diff "tr(A*X)" --wrt X --var "X: upper(n)"',
        "triu(A')",
        'diff "\\\\operatorname{tr}(A X)" --latex --wrt X --var "X: upper(n)"',
    ),
    (
        "toeplitz",
        'diff "tr(A*X)" --wrt X --var "X: toeplitz(n)"',
        "toeplitz(A')",
        'diff "\\\\operatorname{tr}(A X)" --latex --wrt X --var "X: toeplitz(n)"',
    ),
    (
        "circulant",
        'diff "tr(A*X)" --wrt X --var "X: circulant(n)"',
        "circulant(A')",
        'diff "\\\\operatorname{tr}(A X)" --latex --wrt X --var "X: circulant(n)"',
    ),
    (
        "banded",
        'diff "tr(A*X)" --wrt X --var "X: banded(n, 1)"',
        "triu(tril(A', 1), -1)",
        'diff "\\\\operatorname{tr}(A X)" --latex --wrt X --var "X: banded(n, 1)"',
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
        (
            'diff "\\\\operatorname{tr}(X^\\\\top A X)" '
            '--latex --wrt X --manifold grassmann --var "A: symmetric(n)"'
        ),
    ),
    (
        "spd",
        'diff "logdet(X)" --wrt X --manifold spd',
        "X",
        'diff "\\\\log\\\\det X" --latex --wrt X --manifold spd',
    ),
    (
        "poincare",
        'diff "c\'*x" --wrt x --manifold poincare',
        "(1 - x'*x)^2*c/4",
        'diff "c^\\\\top x" --latex --wrt x --manifold poincare',
    ),
    (
        "Riemannian Hessian",
        'diff "x\'*A*x" --wrt x --manifold sphere --order 2 --var "A: symmetric(n)"',
        "dx -> 2*(A*dx - (dx'*A*x)*x - (x'*A*x)*dx)",
        'diff "x^\\\\top A x" --latex --wrt x --manifold sphere --order 2 --var "A: symmetric(n)"',
    ),
    (
        "metric",
        'diff "b\'*x" --wrt x --metric M --var "M: psd(n), x: vector(n)"',
        "inv(M)*b",
        'diff "b^\\\\top x" --latex --wrt x --metric M --var "M: psd(n), x: vector(n)"',
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
        (
            'implicit "\\\\nabla_x (x^\\\\top A x/2 - t^\\\\top x)" '
            '--latex --of x --wrt t --var "A: psd(n)"'
        ),
    ),
    (
        "fixed point",
        'implicit "x[i] = tanh(sum[j](W[i,j]*x[j]) + b[i])" --of x --wrt b --var "b: vector(n)"',
        "dx/db = inv(eye - M*W)*M where M = diag(1 - tanh(W*x + b).^2)",
        'implicit "x = \\\\tanh(W x + b)" --latex --of x --wrt b --var "b: vector(n)"',
    ),
    (
        "adjoint",
        'implicit "A*x = b" --of x --wrt A --objective "c\'*x" --var "b: vector(n)"',
        "dg/dA = -l*x'",
        'implicit "A x = b" --latex --of x --wrt A --objective "c^\\\\top x" --var "b: vector(n)"',
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
        (
            'stationary "\\\\frac{x^\\\\top A x}{x^\\\\top B x}" '
            '--latex --wrt x --var "A: symmetric(n)" --var "B: psd(n)"'
        ),
    ),
    (
        "stationary by a complex variable",
        'stationary "norm2(z - a)^2 + c*norm2(z)^2" --wrt z --var "z, a: complex vector(n)" '
        '--var "c: positive"',
        "z = a/(1 + c)",
        'stationary "\\|z - a\\|^2 + c \\|z\\|^2" --latex --wrt z '
        '--var "z, a: complex vector(n)" --var "c: positive"',
    ),
    (
        "complex by entries",
        'diff "z^H*A*z" --wrt z --var "z: complex vector(n)" --notation index',
        "d/dz[i] = ctranspose(z)*A[:,i]",
        'diff "z^H A z" --latex --wrt z --var "z: complex vector(n)" --notation index',
    ),
    (
        "complex differential",
        'diff "z^H*A*z" --wrt z --var "z: complex vector(n)" --notation differential',
        "df = ctranspose(z)*A*dz + ctranspose(dz)*A*z",
        'diff "z^H A z" --latex --wrt z --var "z: complex vector(n)" --notation differential',
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
        'convex "x y" --latex --wrt x,y --var "x, y: scalar"',
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
        'gauss-newton "A x - b" --latex --wrt x --var "b: vector(m)"',
    ),
    (
        "qr",
        'jvp "qr_r(A)" --direction A=E',
        "(triu(inv(qr_r(A))'*E'*qr_q(A), 1) + triu(qr_q(A)'*E*inv(qr_r(A))))*qr_r(A)",
        'jvp "\\\\operatorname{qr\\\\_r}(A)" --latex --direction A=E',
    ),
    (
        "lu",
        'jvp "lu_l(A)" --direction A=E',
        "lu_l(A)*tril(inv(lu_l(A))*E*inv(lu_u(A)), -1)",
        'jvp "\\\\operatorname{lu\\\\_l}(A)" --latex --direction A=E',
    ),
    (
        "eigenvalue",
        'diff "eigval(A, 1)" --wrt A',
        "eigleft(A)*eigright(A)'",
        'diff "\\\\operatorname{eigval}(A, 1)" --latex --wrt A',
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


_DECLARED = re.compile(r"((?:\w+, )*\w+): ((?:[^,()]|\((?:[^()]|\([^()]*\))*\))+)")


def _options(words: list[str]) -> dict[str, list[str]]:
    """What stands behind each option; nothing behind one without a value."""
    found: dict[str, list[str]] = {}
    for word, following in zip(words, [*words, "--"][1:], strict=True):
        if word.startswith("--"):
            found.setdefault(word, []).extend([] if following.startswith("--") else [following])
    return found


def _moves(given: str) -> dict[str, str]:
    return dict([each.split("=") for each in given.split(",")])


def _in_python(command: str) -> str:
    """The first line of what the functions of the package answer to the same question."""
    options = _options(shlex.split(command))
    found = _found_in_python(command)
    if "--notation" not in options:
        return found if isinstance(found, str) else found.text()
    turned = "--row-major" in options
    return found.in_notation(options["--notation"][0], row_major=turned).text()


def _found_in_python(command: str) -> Any:
    """What the functions of the package answer, or its text."""
    name, expr, *words = shlex.split(command)
    options = _options(words)

    def one(option: str, default: str = "") -> str:
        return options.get(option, [default])[0]

    kinds = [found for text in options.get("--var", []) for found in _DECLARED.findall(text)]
    asked: dict[str, Any] = {"variables": dict(kinds), "latex": "--latex" in options}
    wrt = one("--wrt").split(",")
    order = int(one("--order", "2" if name == "taylor" else "1"))
    if name == "diff" and "complex" in one("--var"):
        return matcalc.wirtinger(expr, wrt[0], **asked)
    if name == "diff" and "--from-definition" in options:
        return str(matcalc.from_definition(expr, wrt[0], **asked))
    if name == "diff":
        structure = one("--structure", "declared")
        found = matcalc.diff(expr, wrt[0], order=order, structure=structure, **asked)
        if "--manifold" in options or "--metric" in options:
            return found.riemannian(one("--manifold"), metric=one("--metric"))
        return found
    if name == "jvp":
        return matcalc.jvp(expr, list(map(_moves, options["--direction"])), **asked)
    if name == "vjp":
        return matcalc.vjp(expr, wrt[0], cotangent=one("--cotangent"), **asked)
    if name == "hvp":
        return matcalc.hvp(expr, wrt[0], direction=one("--direction"), **asked)
    if name == "hessian":
        hessian = matcalc.hessian(expr, wrt, **asked)
        assert "--symmetric-check" not in options or matcalc.symmetry(hessian)
        return hessian
    if name == "simplify":
        return str(matcalc.simplify(expr, **asked))
    if "--series" in options:
        return str(matcalc.series(expr, wrt[0] or "x", at=one("--at"), **asked))
    if name == "taylor":
        return matcalc.taylor(expr, wrt, at=one("--at"), order=order, **asked)
    if name == "linearize":
        return matcalc.linearize(expr, wrt, at=one("--at"), **asked)
    if name == "implicit":
        solved = matcalc.implicit(expr, one("--of"), wrt[0], objective=one("--objective"), **asked)
        return solved if "--notation" in options else solved.report()
    if name == "stationary":
        found = matcalc.stationary(expr, wrt if len(wrt) > 1 else wrt[0], **asked)
        return found.report()
    if name == "convex":
        return str(matcalc.convex(expr, wrt if len(wrt) > 1 else wrt[0], **asked))
    steps = {"newton": matcalc.newton, "gauss-newton": matcalc.gauss_newton}
    return steps[name](expr, wrt[0] or None, **asked).report()


@pytest.mark.filterwarnings("ignore::matcalc.NotationWarning")
@pytest.mark.parametrize(
    ("command", "shown", "latex"), [pytest.param(*row, id=item) for item, *row in ITEMS]
)
def test_each_item_in_python(command: str, shown: str, latex: str) -> None:
    for line in filter(None, (command, latex)):
        assert _in_python(line).splitlines()[0] == shown, line
