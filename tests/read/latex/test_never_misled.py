r"""What formulas from papers and question sites must mean, or why they are refused: nothing is read
as something else in silence.

Each row has the formula, what is declared, by what is derived, and the derivative in the expression
language; or the words of the error.
"""

from __future__ import annotations

import pytest

import matcalc
from matcalc.core.errors import MatcalcError

pytestmark = pytest.mark.filterwarnings("ignore::matcalc.NotationWarning")

Declared = dict[str, str]
PARTS = {"A": "matrix(m, n)", "B": "matrix(m, k)", "z": "vector(m)", "x": "vector(n)"}

ENTRIES = [
    (r"\frac{e^{z_k}}{\sum_j e^{z_j}}", {}, "z", "softmax(z)[k]*(unit(k, n) - softmax(z))"),
    (r"-x_k + \log \sum_j e^{x_j}", {}, "x", "softmax(x) - unit(k, n)"),
    (r"-z_y + \log \sum_{c=1}^{C} \exp(z_c)", {}, "z", "softmax(z) - unit(y, C)"),
    (r"\frac{x_i}{\|x\|}", {}, "x", "unit(i, n)/norm2(x) - x[i]*x/norm2(x)^3"),
    (r"\frac{x_1}{\|x\|_2}", {}, "x", "unit(1, n)/norm2(x) - x[1]*x/norm2(x)^3"),
    (r"x_1^2 + x^\top x", {}, "x", "2*x[1]*unit(1, n) + 2*x"),
    (r"\mathbf{x}^\top \mathbf{x} + x_3", {}, "x", "2*x + unit(3, n)"),
    (r"x_1 x_2", {"x": "vector(n)"}, "x", "x[2]*unit(1, n) + x[1]*unit(2, n)"),
    (
        r"\frac{\partial}{\partial x} (x_1^2 + x_2^3)",
        {},
        None,
        "2*x[1]*unit(1, n) + 3*x[2]^2*unit(2, n)",
    ),
    (r"f(x) = x_1^2 + x_2", {}, "x", "2*x[1]*unit(1, n) + unit(2, n)"),
    (r"A_{11} + \operatorname{tr}(A)", {}, "A", "unit(1, n)*unit(1, n)' + eye(n)"),
    (r"A_{ij} \log\det A", {}, "A", "logdet(A)*unit(i, n)*unit(j, n)' + A[i, j]*inv(A)'"),
    (
        r"\log \frac{\exp(A_{ij})}{\sum_{k,l} \exp(A_{kl})}",
        {},
        "A",
        "unit(i, n)*unit(j, m)' - exp(A)/sum(exp(A))",
    ),
    (r"x_n - x_{n-1}", {"x": "vector(n)"}, "x", "unit(n, n) - unit(n - 1, n)"),
    (r"\theta_k - \log\sum_j e^{\theta_j}", {}, "theta", "unit(k, n) - softmax(theta)"),
    (r"\hat{y}_k - \log\sum_j e^{\hat{y}_j}", {}, "y_hat", "unit(k, n) - softmax(y_hat)"),
    (r"\sum_i A_{ik} x_i + x^\top x", {}, "x", "A[:, k] + 2*x"),
    (r"\sum_j A_{kj} x_j", {}, "x", "A[k, :]'"),
    (
        r"\sum_i e^{-r (t_i - m)}",  # what has entries is no number
        {"r": "scalar", "m": "scalar"},
        "m",
        "r*sum(exp(r*(m - t)))",
    ),
    (r"\sum_j z_j ([A]_{j, :} x)", PARTS, "x", "A'*z"),
    (r"\sum_{j} B_{ji} \exp(A_{j, :} x)", PARTS, "x", "A'*(B[:, i].*exp(A*x))"),
    (r"\sum_j \log(z_j) ([A]_{j, 1:2} x_{1:2})", PARTS, "z", "(A[:, 1:2]*x[1:2])./z"),
    (r"\sum_i \|A_{:, i} - z\|^2", PARTS, "z", "2*(n*z - A*ones)"),
    (r"\sum_i \delta_{ik} x_i^2", {}, "x", "2*x[k]*unit(k, n)"),
    (
        r"-\log\frac{e^{u_o^\top v_c}}{\sum_w e^{u_w^\top v_c}}",
        {},
        "v_c",
        "U'*softmax(U*v_c) - U[o, :]'",
    ),
    (
        r"-w_k^\top x - b_k + \log \sum_j e^{w_j^\top x + b_j}",
        {},
        "b",
        "softmax(W*x + b) - unit(k, n)",
    ),
    (r"-w_k^\top x + \log \sum_j e^{w_j^\top x}", {}, "W", "(softmax(W*x) - unit(k, n))*x'"),
    (
        r"\sum_{j=1}^{n} \log \sigma(u_j^\top v) - \log \sigma(u_o^\top v)",
        {},
        "v",
        "U'*sigmoid(-U*v) - sigmoid(-U[o, :]*v)*U[o, :]'",
    ),
    (r"\left\|x - x_0\right\|^2", {}, "x", "2*(x - x_0)"),
    (r"x^\top x_{\mathrm{train}}", {}, "x", "x_train"),
    (r"\lambda_1 \|x\|_1 + \lambda x^\top x", {}, "x", "lambda_1*sign(x) + 2*lambda*x"),
    (r"W x + W_1 y", {}, "y", "W_1"),
]
LIMITS = [
    (r"\sum_{i=1}^{n} a_i \sum_{j=1}^{i} x_j", {}, "x", "revcumsum(a)"),
    (r"\sum_{i=1}^{n} a_i \sum_{j=1}^{i} x_j", {}, "a", "cumsum(x)"),
    (r"\sum_{i=1}^{n} a_i \sum_{j=i}^{n} x_j", {}, "x", "cumsum(a)"),
    (r"\sum_{i=1}^{n} a_i \sum_{j=1}^{i-1} x_j", {}, "x", "revcumsum(a) - a"),
    (r"\sum_{i=1}^{n} a_i \sum_{j=i+1}^{n} x_j", {}, "x", "cumsum(a) - a"),
    (r"\sum_{i=1}^n \sum_{j=1}^{i} A_{ij} x_j", {}, "x", "tril(A)'*ones"),
    (r"\sum_{i=1}^n \sum_{j=1}^{i} L_{ij} M_{ij}", {}, "L", "tril(M)"),
    (r"\sum_{i<j} x_i x_j", {}, "x", "sum(x) - x"),
    (r"\sum_{i \le j} A_{ij} x_i x_j", {}, "x", "triu(A)*x + triu(A)'*x"),
    (r"\sum_{1 \leq i < j \leq n} a_i x_j", {}, "x", "cumsum(a) - a"),
    (r"\sum_{i \neq j} x_i y_j", {}, "x", "sum(y) - y"),
    (r"\sum_i x_i \sum_{j \neq i} y_j", {}, "x", "sum(y) - y"),
    (r"\sum_i \log \sum_{j \le i} e^{x_j}", {}, "x", "exp(x).*revcumsum(1./cumsum(exp(x)))"),
    (r"\sum_{j \neq k} e^{x_j} + x_k", {}, "x", "exp(x).*(1 - unit(k, n)) + unit(k, n)"),
    (r"\sum_{i,j=1}^{n} x_i A_{ij} x_j", {}, "x", "(A + A')*x"),
    (r"\sum_{i=1}^n \left(\sum_{j=1}^{i} x_j\right)^2", {}, "x", "2*revcumsum(cumsum(x))"),
    (r"\sum_{i=1}^n \sum_{j=1}^{i+1} x_i x_j", None, None, "beyond the range"),
    (r"\sum_{i=0}^{n-1} x_i", None, None, "starts at 1"),
    (r"\sum_{i=1}^n \sum_{j=1}^{i+1} \|x_i - x_j\|^2", None, None, "beyond the range"),
    (r"\sum_{i=1}^{n} \sum_{j=1}^{2i} x_j y_i", None, None, "limit of a sum"),
]
DEFINED = [  # the free index of the left side is no size, and no index of the sum
    (r"y_k = \sum_{i \ne k} W_{ki} x_i", {}, "x", "W - diag(diag(W))"),
    (
        r"u_i = \sum_{j \ne i} (t_i - t_j)^2",
        {},
        "t",
        "2*diag(n*t - sum(t)) - 2*t*ones(n)' + 2*ones(n)*t'",
    ),
    (r"s_k = \sum_{i>k} x_i z_k", {}, "x", "diag(z)*triu(ones(n, n), 1)"),
    (r"y_k = \sum_{i \ge k} W_{ki} x_i", {}, "x", "triu(W)"),
    (r"y_k = \sum_{j<k} x_j z_k", {}, "x", "diag(z)*tril(ones(n, n), -1)"),
    (r"y_i = \sum_{j \neq i} x_j x_i", {}, "x", "diag(sum(x) - 2*x) + x*ones(n)'"),
    (r"y_j = \sum_{i \le j} x_i", {}, "x", "tril(ones(n, n))"),
    (r"y_t = \sum_{i=1}^t x_i", {}, "x", "tril(ones(n, n))"),
    (r"y_i = \sum_{j<i} x_j", {}, "x", "tril(ones(n, n), -1)"),
    (r"y_k = \sum_{i=1}^k W_{ki} x_i", {}, "x", "tril(W)"),
    (r"s_k = \sum_{i=k}^n x_i", {}, "x", "triu(ones(n, n))"),
    (
        r"y_{ik} = \sum_{j<k} A_{ij} x_j \\ \sum_{i,k} y_{ik}",
        {},
        "A",
        "ones(n)*(x.*(revcumsum(ones(m)) - 1))'",
    ),
    (r"L_N = \frac1N \sum_{i=1}^N x_i^2", {}, "x", "2*x/N"),
    (r"L_N = \sum_{1 \le i < j \le N} x_i x_j", {}, "x", "sum(x) - x"),
    (r"y_n = \sum_{m \ne n} W_{nm} x_m", {}, "x", "W - diag(diag(W))"),
    (r"y_n = \sum_{i \le n} x_i", None, None, "n may be a size, and y_n one sum, or an index"),
    (r"y_n = \sum_{i=1}^n x_i", None, None, "n may be a size, and y_n one sum, or an index"),
    (r"y_k = \sum_i W_{ki} x_i + \sum_k b_k", None, None, "k is free in W_{ki}"),
    (r"\sum_i W_{ki} x_i + \sum_k b_k", None, None, "k is free in W_{ki}"),
    (r"y_{k+1} = \sum_i W_{ki} x_i + \sum_k b_k", None, None, "k is free in W_{ki}"),
    (r"y_{ik} = \sum_i W_{ki} x_i + \sum_k b_k", None, None, "i is an index of y_{ik}, and summed"),
    (r"y_{ii} = \sum_i W_{ki} x_i + \sum_k b_k", None, None, "i is an index of y_{ii}, and summed"),
    (r"y_{k+1} = \sum_i W_{ki} x_i", None, None, "an array by its entries, or name one value"),
    (r"y_{ik} = \sum_i W_{ki} x_i", None, None, "i is an index of y_{ik}, and summed"),
    (r"y_{ii} = \sum_i W_{ki} x_i", None, None, "i is an index of y_{ii}, and summed"),
    (r"y_{k+1} = \sum_{i=1}^k x_i", None, None, "an array by its entries, or name one value"),
    (r"y_i = \sum_{1 \le i < j \le n} x_i x_j", None, None, "i is an index of y_i, and summed"),
    (r"\sum_i a b_i + \sum_i a_i b_i", None, None, "a may be a number, as it occurs next to"),
    (r"\exp(-(\sum_i a b_i + c - \sum_i a_i b_i))", None, None, "a may be a number, as it occurs"),
    (r"\sum_{i,j} x_i A^{-1}_{ij} x_j", None, None, "an entry of the inverse of A, or the rec"),
    (r"\sum_{i,j} x_i A_{ij}^{-1} x_j", None, None, "an entry of the inverse of A, or the rec"),
    # what the hints of these say to write
    (r"\left[\sum_{i=1}^n x_i\right]_{n}", {}, "x", "tril(ones(n, n))"),
    (r"y_k = \sum_i W_{ki} x_i + \sum_l b_l", {}, "x", "W"),
    (r"\left[\sum_i W_{ki} x_i\right]_{k}", {}, "x", "W"),
    (r"\left[\sum_{i=1}^k x_i\right]_{k}", {}, "x", "tril(ones(n, n))"),
    (r"\sum_{i,j} x_i [A^{-1}]_{i,j} x_j", {}, "x", "(inv(A) + inv(A)')*x"),
    (r"\sum_{i,j} x_i \frac{1}{A_{ij}} x_j", {}, "x", "(1./A + (1./A)')*x"),
]
SPELLINGS = [
    (r"\operatorname{tr}(B e^{T})", {"T": "matrix(n, n)"}, "T", "frechet_expm(T', B')"),
    (r"\det(\sin(A)) (x^\top x)", {}, "x", "2*det(sin(A))*x"),
    (r"\operatorname{tr}\left(\exp(A)\right) A x", {}, "x", "tr(exp(A))*A"),
    (r"||Ax-b||_2^2", {}, "x", "2*A'*(A*x - b)"),
    (r"||X||_F^2", {}, "X", "2*X"),
    (r"\left|\left| Ax - b \right|\right|^2", {}, "x", "2*A'*(A*x - b)"),
    (
        r"\frac{x^\top y}{||x|| ||y||}",
        {},
        "y",
        "x/(norm2(x)*norm2(y)) - x'*y*y/(norm2(x)*norm2(y)^3)",
    ),
    (r"|a||b| x^\top x", {}, "x", "2*abs(a)*abs(b)*x"),
    (r"\sum_i |x_i|", {}, "x", "sign(x)"),
    (r"\sum_i (w^\top \mathbf{x_i} - y_i)^2", {}, "w", "2*X'*(X*w - y)"),
    (
        r"\boldsymbol{X}_1^\top a + \boldsymbol{X_1}^\top b",
        {"a": "vector(m)"},
        "X_1",
        "kron(eye(n), a') + kron(eye(n), b')",
    ),
    (r"\frac12 m v^\top v", {}, "v", "m*v"),
    (r"\frac{1}{2} k \|x - y\|^2", {}, "x", "k*(x - y)"),
    (r"\frac12 \|w\|^2 + C \sum_i \xi_i", {}, "w", "w"),
    (r"N^{-1} \sum_i x_i^2", {}, "x", "2*x/N"),
    (r"|x|_2^2 + |A x|_1", {}, "x", "2*x + A'*sign(A*x)"),
    (r"|X|_F^2", {}, "X", "2*X"),
    (
        r"\begin{bmatrix} x_1 & x_2 \end{bmatrix} A \begin{bmatrix} x_1 \\ x_2 \end{bmatrix} + a",
        {"A": "matrix(2, 2)"},
        "x_1",
        "2*A[1,1]*x_1 + (A[1,2] + A[2,1])*x_2",
    ),
    (r"{\rm tr}(X^T A)", {}, "X", "A"),
    (r"\rm{tr}(X^T A)", {}, "X", "A"),
    (r"\mathop{\rm tr}(X^T A)", {}, "X", "A"),
    (r"\mathop{\mathrm{tr}}(X^T A)", {}, "X", "A"),
    (r"\mbox{tr}(X^T A)", {}, "X", "A"),
    (r"\textup{tr}(X^T A)", {}, "X", "A"),
    (r"{\bf x}^T {\bf A} {\bf x}", {}, "x", "(A + A')*x"),
    (r"f(x) \triangleq x^\top A x", {}, "x", "(A + A')*x"),
    (r"f(x) := x^\top A x", {}, "x", "(A + A')*x"),
    (r"J(\mathbf{w}; \theta) = \mathbf{w}^\top \mathbf{w}", {}, "w", "2*w"),
    (r"f(x) \stackrel{\text{def}}{=} x^\top A x", {}, "x", "(A + A')*x"),
    (r"\mathcal{L}(W, x) = x^\top W x", {}, "W", "x*x'"),
    (r"\langle A, X\rangle_F", {}, "X", "A"),
    (r"\langle A, X\rangle_{\mathrm{F}}", {}, "X", "A"),
    (r"\langle x, y\rangle_M", None, None, "with the subscript M"),
    (r"A : X", {}, "X", "A"),
    (r"2A : XB", {}, "X", "2*A*B'"),
    (r"a : b", None, None, "a colon between numbers"),
    (r"\sigma_{\max}(X)", {}, "X", "leftvec(X)*rightvec(X)'"),
    (r"\sigma_{\min}(X)", None, None, "a function or a product"),
    (r"\|X\|_{2,1}", {}, "X", "X*diag(1./norm2(X', 2))"),
    (r"\|X^\top\|_{2,1}", {}, "X", "diag(1./norm2(X, 2))*X"),
    (r"\|X\|_{1,1}", {}, "X", "sign(X)"),
    (r"\|x\|_M^2", None, None, "with the subscript M"),
    (r"\sum_i (1 - y_i w^\top x_i)_+", {}, "w", "-X'*(y.*step(1 - y.*(X*w)))"),
    (r"[1 - a]_+^2", {}, "a", "-2*relu(1 - a)"),
    (r"(1 - a)_-", None, None, "the subscript -"),
    (r"(1 - a)^+", None, None, "the positive part or the pseudo-inverse"),
    (r"(X)_+", None, None, "of its entries or of its eigenvalues"),
    (
        r"\frac{1}{2m} \sum_{i=1}^m (\theta^\top x^{(i)} - y^{(i)})^2",
        {},
        "theta",
        "X'*(X*theta - y)/m",
    ),
    (r"\sum_{i=1}^m \sum_j x_j^{(i)} w_j y^{(i)}", {}, "w", "x'*y"),
    (r"W^{(k)} x", None, None, "an index or a power"),
    (r"\partial/\partial x (x^\top A x)", {}, None, "(A + A')*x"),
    (r"\partial (x^\top A x)/\partial x", {}, None, "(A + A')*x"),
    (r"\partial^2 (x^\top A x)/\partial x^2", {}, None, "A + A'"),
    (r"\frac{\partial}{\partial x_i} \sum_j x_j^2", {}, None, "2*x[i]"),
    (r"\frac{\partial}{\partial x_k} \log\sum_j e^{x_j}", {}, None, "softmax(x)[k]"),
    (r"\partial/\partial x_i (x^\top A x)", {}, None, "(A + A')[i, :]*x"),
    (r"\frac{\partial x^\top A x}{\partial A_{ij}}", {}, None, "x[i]*x[j]"),
    (r"\frac{\partial}{\partial x_k} \sum_i \|x_i - \mu\|^2", {}, None, "2*(X[k, :]' - mu)"),
    (r"\frac{\partial^2}{\partial x_i^2} \sum_j x_j^3", {}, None, "6*x[i]"),
    (r"\frac{\partial}{\partial x_0} (\|x_0\|^2 + \|x\|^2)", {}, None, "2*x_0"),
    (r"\frac{\partial}{\partial x_i} \prod_{i=1}^n x_i", {}, None, "prod(x)/x[i]"),
    (r"\sum_{i=1}^n (x_i - \bar x)^3", {}, "x", "3*(x - mean(x)).^2 - 3*mean((x - mean(x)).^2)"),
    (r"\sum_i \|x_i - \bar x\|^2", {}, "X", "2*(X - ones*mean(X, 1))"),
    (r"\sum_i (x_i - \bar{x})(y_i - \bar{y})", {}, "x", "y - mean(y)"),
    (r"\|x - \bar x\|^2", {"x_bar": "vector(n)"}, "x", "2*(x - x_bar)"),
    (r"x^H A x", None, None, "everything is real here"),
    (r"X^{\mathsf H} X", None, None, "everything is real here"),
    (r"a^\top X b", {}, "X", "a*b'"),
    (r"\mathbb{1}[a > 0] x^\top x", {}, "x", "2*step(a)*x"),
    (r"I(a > 0) x^\top x", {}, "x", "2*step(a)*x"),
    (
        r"\operatorname{tr}(\Sigma S) + \mathbf{x}^\top \Sigma \mathbf{x}",
        {},
        r"\Sigma",
        "S' + x*x'",
    ),
    (
        r"\operatorname{tr}(\Sigma S) + \mathbf{x}^\top \Sigma \mathbf{x}",
        {},
        r"\mathbf{x}",
        "(Sigma + Sigma')*x",
    ),
    (r"\hat{y}^\top \hat{y} + w_{12}^\top w_{12}", {}, r"w_{12}", "2*w_12"),
]
AMBIGUOUS = [
    (r"\|x - x_1\|^2", {}, "an entry of x, or a vector of its own"),
    (r"x^\top x_1", {}, "an entry of x, or a vector of its own"),
    (r"A x_1 + A x", {}, "an entry of x, or a vector of its own"),
    (r"\|x_k\| + \|x\|", {}, "an entry of x, or a vector of its own"),
    (r"\mathbf{x}^\top \mathbf{x} + \mathbf{x}_1^\top a", {}, "may be a part of x"),
    (r"A_k x + A y", {}, "may be a part of A"),
    (r"x_A^2 + \|x\|^2", {}, "may be a part of x"),
    (r"x_\alpha + \sum_j x_j", {}, "may be a part of x"),
    (r"\frac{x_i}{\|x\|} y_i", {}, "y_i may be an entry of y"),
    (r"\frac{e^{x_k}}{\sum_k e^{x_k}}", {}, "outside the sum"),
    (r"x_k \|x\| + k", {}, "k is the position of an entry here, and a variable elsewhere"),
    (r"\operatorname{tr}(A_{11}) + \det A", {}, "a matrix of its own"),
]
OPERATORS = [
    (r"\mathbb{E}[x^\top A x]", "the expectation"),
    (r"\mathbb{E}\left[\|x\|^2\right]", "the expectation"),
    (r"\mathbb{E}_{x}[x x^\top]", "the expectation"),
    (r"E[x^\top x]", "the expectation"),
    (r"\mathrm{E}(x x^\top)", "the expectation"),
    (r"\operatorname{E}[x]", "the expectation"),
    (r"\mathrm{Var}(x^\top a)", "the variance"),
    (r"\operatorname{Cov}(x, y)", "the covariance"),
    (r"\text{Cov}(x, y)", "the covariance"),
    (r"\mathbb{V}[x]", "the variance"),
    (r"\mathbb{P}(X)", "the probability"),
    (r"\Pr(x)", "probabilities are not supported"),
    (r"\mathcal{N}(x|\mu,\Sigma)", "write the density out"),
    (r"\log \mathcal{N}(x \mid \mu,\Sigma)", "densities"),
    (r"\mathcal N(x; \mu,\Sigma)", "densities"),
    (r"\mathcal{N}(x, \mu, \Sigma)", "a function or a product"),
    (r"p(x | \theta)", "write the density out"),
    (r"\operatorname{foo}(x)", "unknown function foo"),
    (r"\text{foo}(A + B)", "a function or a product"),
    (r"\mathcal{L}(A + B)", "a function or a product"),
    (r"\mathcal{A} x", "an operator, a set or a distribution"),
    (r"x \mathbb{R}", "a set of numbers"),
    (r"\mathscr{L}\{x\}", "a function or a product"),
    (r"\mathrm{rank} X", "a property of a matrix"),
    (r"\mathrm{prox}_f(x)", "an operator"),
    (r"\nabla f", "does not name its variable"),
    (r"\int x^\top x", "integrals"),
    (r"\lim x", "limits are not supported"),
    (r"\arg\max_x x^\top x", "over a set"),
    (r"\min_x x^\top x", "over a set"),
    (r"\sup x", "over a set"),
    (r"\Re(a)", "real here"),
    (r"\prod_i a", "write the power"),
    (r"x \oplus y", "Kronecker sum"),
    (r"x_1 + \dots + x_n", "dots are not supported"),
    (r"\log \frac{1}{n} \sum_i e^{x_i}", "it is not clear where the argument of log ends"),
    (r"\operatorname{tr} A \log A", "where the argument of tr ends"),
    (r"\operatorname{tr} \log(A) A", "where the argument of tr ends"),
    (r"e^{i\theta}", "i may be a variable or the unit i"),
    (r"x^\top A x + O(\|x\|^3)", "leave out what remains of a series"),
    (r"W^l a^{l-1} + b^l", "W^l may be a power, or one of several W"),
    (r"\mathbf{x^*}^\top A x", r"write \mathbf{x}^\top for the transpose"),
    (r"\mathbf{x^\top A x}", "is the product of two letters"),
    # an accent over a formula is not that over its first letter
    (r"\overline{x^\top A x}", "an accent stands over one letter"),
    (r"\overline{x^2} - \bar{x}^2", "an accent stands over one letter"),
    (r"\hat{x_1 + x_2}", "an accent stands over one letter"),
    (r"\tilde{A^{-1}} x", "an accent stands over one letter"),
    (r"\widehat{w^\top x}", "an accent stands over one letter"),
]


def rows(table: list[tuple]) -> list:
    return [pytest.param(*row, id=row[0]) for row in table]


@pytest.mark.parametrize(
    ("formula", "declared", "wrt", "expected"),
    rows([row for row in ENTRIES + LIMITS + DEFINED + SPELLINGS if row[1] is not None]),
)
def test_means(formula: str, declared: Declared, wrt: str | None, expected: str) -> None:
    found = matcalc.diff(formula, wrt, variables=declared, latex=True)
    assert matcalc.equal(str(found), expected, variables=found.variables)


@pytest.mark.parametrize(
    ("formula", "words"),
    rows(
        [
            *OPERATORS,
            *((f, w) for f, _, w in AMBIGUOUS),
            *((f, w) for f, d, _, w in LIMITS + DEFINED + SPELLINGS if d is None),
        ]
    ),
)
def test_is_refused(formula: str, words: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        matcalc.parse_latex(formula)
    assert words in f"{caught.value.message}\n{caught.value.hint}"
    assert caught.value.span is not None
