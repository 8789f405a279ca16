r"""Formulas with two readings are refused, and what their hints say to write or to declare means
what was meant.

Each row has the formula, words of the message, and what the hint offers: a part of the formula as
it is to be written (or a declaration), with the meaning in the expression language. ``None`` is for
what need only be readable.
"""

from __future__ import annotations

import re

import pytest

from matcalc.claims.equality import EQUAL, decide
from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.verdict import judge
from matcalc.core.errors import MatcalcError
from matcalc.core.program import Program
from matcalc.read.frontend import read
from matcalc.read.tex.read import read_latex

Offers = dict[str, str | None]

# repeated indices without a sum sign
SUMS = [
    (
        r"A_{ij}x_j",
        "may be a sum over j",
        {r"A x": "A*x", r"\sum_{j} A_{ij}x_j": "A[i, :]*x", "A_ij: matrix and x_j: vector": None},
    ),
    (
        r"A_{ij} B_{jk}",
        "a sum over j",
        {"A B": "A*B", r"\sum_{j} A_{ij} B_{jk}": "A[i, :]*B[:, k]"},
    ),
    (r"A_{ji}x_j", "a sum over j", {r"A^\top x": "A'*x"}),
    (r"A_{ik} B_{jk}", "a sum over k", {r"A B^\top": "A*B'"}),
    (
        r"A_{ij} A_{ij}",
        "i and j, which occur there twice",
        {r"\sum_{i,j} A_{ij} A_{ij}": "sum(A.^2)"},
    ),
    (
        r"x_i A_{ij} x_j",
        "a sum over i and j",
        {r"x^\top A x": "x'*A*x", r"\sum_{i,j} x_i A_{ij} x_j": "x'*A*x"},
    ),
    (
        r"a_i b_i",
        "may be a sum over i",
        {r"a^\top b": "a: vector(n); b: vector(n); a'*b", "a_i: scalar and b_i: scalar": None},
    ),
    (r"x_i y_i", "a sum over i", {r"x^\top y": "x'*y", r"\sum_{i} x_i y_i": "x'*y"}),
    (r"\sum_i a_i b_i + c_j d_j", "c_j d_j may be a sum over j", {}),
    (r"A_{ij} B_{jk} x_k", "a sum over j and k", {"A B x": "A*B*x"}),
    (r"A_{ij} B_{ji}", "a sum over i and j", {r"\operatorname{tr}(A B)": "tr(A*B)"}),
    (r"A_{ij}(x_j - y_j)", "a sum over j", {r"\sum_{j} A_{ij}(x_j - y_j)": "A[i, :]*(x - y)"}),
    (r"\epsilon_{ijk} a_j b_k", "a sum over j and k", {}),
    (r"T_{mn} S_{np}", "a sum over n", {"T S": "T*S"}),
    (r"\frac{1}{2} \lambda_i \mu_i", "a sum over i", {}),
]
# letters with two subscripts, which may be entries
ENTRIES = [
    ("A_{ij}", "an entry of A", {"[A]_{i,j}": "A[i, j]", "A_ij: matrix": "A: matrix; A"}),
    ("A_{ii}", "an entry of A", {"[A]_{i,i}": "A[i, i]"}),
    ("x_{ij}", "an entry of x", {"x_ij: vector": "x: vector; x"}),
    # how far a product reaches
    (
        r"\prod_i x_i \prod_j y_j",
        "inside the prod or after it",
        {
            r"\left(\prod_i x_i\right) \prod_j y_j": "prod(x)*prod(y)",
            r"\prod_i \left(x_i \prod_j y_j\right)": "prod(prod(y)*x)",
        },
    ),
    (
        r"\prod_i (x_i) / c",
        "inside the prod or after it",
        {
            r"\left(\prod_i (x_i)\right) / c": "prod(x)/c",
            r"\prod_i \left((x_i) / c\right)": "prod(x/c)",
        },
    ),
    (
        r"\max_i x_i c (a + 1)",
        "inside the max or after it",
        {r"\left(\max_i x_i\right) c (a + 1)": "max(x)*c*(a + 1)"},
    ),
    (
        r"\|x_{t+1}\|^2",
        "an entry of x",
        {r"x_{t+1} => x_{\mathrm{next}}": "norm2(x_next)^2", "x_{t+1} => [x]_{t+1}": None},
    ),
    (r"\log X_{1,2}", "an entry of X", {"X_{1,2} => [X]_{1,2}": "log(X[1, 2])"}),
    (r"\Sigma_{1k}^2", "an entry of", {r"\Sigma_{1k} => [\Sigma]_{1,k}": "Sigma[1, k]^2"}),
    ("x_{t,1}", "an entry of x", {}),
    (r"\delta_{ij}", "Kronecker's delta", {"[I]_{i,j}": "(eye(n))[i, j]"}),
    (r"\epsilon_{ijk}", "Levi-Civita", {"epsilon_ijk: scalar": "e: scalar; e"}),
]
# steps and differentials
STEPS = [
    (r"\Delta x", "a step of x, the Laplacian", {r"\Delta \cdot x": "Delta*x"}),
    (r"x^\top \Delta x", "a step of x", {r"\Delta x => \Delta \cdot x": "x'*Delta*x"}),
    (r"A \Delta x", "a step of x", {r"\Delta x => \Delta_{x}; Delta_x: vector": "A*y"}),
    (r"\delta x", "a small step of x", {r"\delta \cdot x": "delta*x"}),
    (r"\mathrm{d}X", "the differential of X", {r"\mathrm{d} \cdot X": "d*X"}),
    (r"\operatorname{tr}(A\,dX)", "the differential of X", {"dX => dX; dX: matrix": "tr(A*B)"}),
    (r"x^\top A\,dx", "the differential of x", {"dx => dx; dx: vector": "x'*A*y"}),
    (r"\frac{dX}{dt}", "nothing says how X depends on t", {}),
    (r"\frac{\mathrm{d}x}{\mathrm{d}t}", "nothing says how x depends on t", {}),
    (r"\frac{\partial f}{\partial x}", "nothing says how f depends on x", {}),
    (r"\partial x", "on its own", {}),
]
# primes, compositions, words
FUNCTIONS = [
    (
        r"\sigma'(x)",
        "a derivative or a transpose",
        {
            r"\sigma(x) \odot (1 - \sigma(x))": "sigmoid(x).*(1 - sigmoid(x))",
            r"\sigma^\top (x)": "s: vector; s'*x",
            "sigma: function": None,
        },
    ),
    (r"\psi'(a)", "a derivative", {r"\operatorname{polygamma}(1, a)": "polygamma(1, a)"}),
    (r"\Phi'(a)", "a derivative", {r"\varphi(a)": "normpdf(a)"}),
    (r"\Gamma'(a)", "a derivative", {r"\Gamma(a) \odot \psi(a)": "gamma(a)*digamma(a)"}),
    (r"f'(x)", "a derivative", {"f: function": "f: function; f'(x)"}),
    (r"f''(a)", "a derivative", {"f: function": "f: function; f''(a)"}),
    (r"u'(x)", "a derivative", {r"u^\top (x)": "u'*x", "u: function": "u: function; u'(x)"}),
    (
        r"\sigma \circ x",
        "a composition",
        {r"\sigma(x)": "sigmoid(x)", r"\sigma \odot x": None},
    ),
    (r"f \circ g", "a composition", {r"f \odot g": "f: vector; g: vector; f.*g"}),
    (r"f \circ g(x)", "a composition", {}),
    (r"f * g", "a convolution", {r"f \cdot g": "f*g"}),
    (r"\text{if}", "is not a variable", {}),
    (r"x \text{ otherwise } y", "is not a variable", {}),
    (r"x \leq y", "belongs in brackets", {}),
    (r"\nabla f", "does not name its variable", {}),
    (r"\nabla^2 f", "the Hessian or the Laplacian", {}),
    (r"\nabla \cdot F", "the divergence does not name its variable", {}),
    (r"\det|A|", "the determinant of a determinant", {r"\det(A)": "det(A)"}),
]
# products and powers
PRODUCTS = [
    (
        r"x \times y",
        "a cross product",
        {r"\operatorname{cross}(x, y)": "cross(x, y)", r"x^\top y": "x'*y", r"x y^\top": "x*y'"},
    ),
    (
        r"(x - y) \times z",
        "a cross product",
        {r"\operatorname{cross}((x - y), z)": "cross(x - y, z)"},
    ),
    (
        r"\operatorname{tr} A \log B",
        "where the argument of tr ends",
        {
            r"\operatorname{tr}(A) \log B": "tr(A)*log(B)",
            r"\operatorname{tr}(A \log B)": "tr(A*log(B))",
        },
    ),
    (
        r"2 \operatorname{tr} \exp(A) B",
        "where the argument of tr ends",
        {r"\operatorname{tr}(\exp(A) B)": "tr(exp(A)*B)"},
    ),
    (r"\det A \exp(B)", "where the argument of det ends", {r"\det(A) \exp(B)": "det(A)*exp(B)"}),
    (
        r"A - \operatorname{diag}(A^{-1})",
        "a matrix and a vector",
        {
            r"\operatorname{diag}(A^{-1}) => \operatorname{diag}(\operatorname{diag}(A^{-1}))": (
                "A - diag(diag(inv(A)))"
            )
        },
    ),
    (
        r"\sum_{i=1}^n \rho(r_i)",
        "a function or a product",
        {"; rho: function": None},
    ),
    (
        r"[x]_\times y",
        "where a letter, a number or a bracket is expected",
        {r"[x]_\times => \operatorname{skewmat}(x)": "skewmat(x)*y"},
    ),
    (
        r"A^{-1}_{11} x",
        "an entry of the inverse of A, or the reciprocal",
        {
            r"A^{-1}_{11} => [A^{-1}]_{1,1}": "inv(A)[1, 1]*x",
            r"A^{-1}_{11} => A_{11}^{-1}": "inv(A)*x",
        },
    ),
    (
        r"\|x\|^2 \qquad (3)",
        "the number of the formula or a factor",
        {
            r"\|x\|^2 \qquad (3) => 3 \|x\|^2": "3*x'*x",
            r"(3) => \tag{3}": "norm2(x)^2",
        },
    ),
    (
        r"(2) \quad x^\top A x",
        "the number of the formula or a factor",
        {r"(2) \quad x^\top => 2 x^\top": "2*x'*A*x"},
    ),
    (r"x'' + x", "a second derivative, or transposed twice", {"x'' => x": "2*x"}),
    (r"A''", "a second derivative, or transposed twice", {"A": "A", r"\ddot{A}": "A"}),
    (
        r"\sum_i (w^\top x^i)^2",
        "nothing says where i ends",
        {"x^i => x^{(i)}": None},
    ),
    (
        r"\sum_{i=1}^n (w^\top x^i)^2",
        "a power of a vector",
        {r"x^i => x^{(i)}": "norm2(X*w)^2"},
    ),
    (
        r"e^{\left(\frac{x-\mu}{a}\right)^2}",
        "a power of a vector",
        {r"(\frac{x-\mu}{a})^{\odot 2}": "((x - mu)/a).^2"},
    ),
    (r"x * y", "a convolution", {r"x^\top y": "x'*y", r"x \odot y": "x.*y"}),
    (
        r"x^\top 1",
        "the vector of ones",
        {r"x^\top \mathbf{1}": "sum(x)", r"x^\top \cdot 1": "x'"},
    ),
    (r"A 1", "the vector of ones", {r"A \mathbf{1}": "sum(A, 2)"}),
    (r"A^\top A 1", "the vector of ones", {r"(A^\top A) \mathbf{1}": "A'*A*ones"}),
    (
        r"2 \oslash 3 x",
        "is ambiguous",
        {r"(2 \oslash 3) x": "2/3*x", r"2 \oslash (3 x)": "2./(3*x)"},
    ),
    (
        r"x \oslash y a",
        "is ambiguous",
        {r"(x \oslash y) a": "x./y*a", r"x \oslash (y a)": "x./(y*a)"},
    ),
    (
        r"x^\top y \odot z",
        "is ambiguous",
        {r"(x^\top y) \odot z": "x'*y*z", r"x^\top (y \odot z)": "x'*(y.*z)"},
    ),
    (
        r"e^x y",
        "a vector by a vector",
        {
            r"(e^x)^\top y": "exp(x)'*y",
            r"(e^x) y^\top": "exp(x)*y'",
            r"(e^x) \odot y": "exp(x).*y",
            "x: scalar": "x: scalar; exp(x)*y",
        },
    ),
    (r"\exp(At)x", "a vector by a vector", {"e^{At} x": "t: scalar; expm(A*t)*x"}),
    (
        r"\exp(At) (x - y)",
        "a vector by a vector",
        {r"e^{At} (x - y)": "t: scalar; expm(A*t)*(x - y)"},
    ),
    (r"(x + y)(x - y)", "a vector by a vector", {r"(x + y)^\top (x - y)": "x'*x - y'*y"}),
    (r"\|x\|_0", "is not a norm", {r"\operatorname{sum}(x \neq 0)": "sum(x != 0)"}),
    (r"\frac{A}{B}", "divide by a matrix", {"A B^{-1}": "A*inv(B)", "B^{-1} A": "inv(B)*A"}),
    (r"x / (A + B)", "divide by a matrix", {"(A + B)^{-1} x": "inv(A + B)*x"}),
    (r"x / y", "divide by a vector", {r"x \oslash y": "x./y", "y: scalar": "y: scalar; x/y"}),
    (r"a^x", "the exponent is a vector", {r"a^{\odot x}": "a.^x", "x: scalar": "x: scalar; a^x"}),
    (r"(x - y)^2", "a power of a vector", {r"(x - y)^{\odot 2}": "(x - y).^2"}),
    (r"x^\top + y", "a row and a vector", {"x + y": "x + y"}),
    (r"A - x^\top", "a matrix and a row", {r"A - \mathbf{1} x^\top": "A - ones*x'"}),
    (r"A + x", "a matrix and a vector", {r"A + x \mathbf{1}^\top": "A + x*ones'"}),
    (
        r"A + \mathbf{1}",
        "a matrix and a vector",
        {r"\mathbf{1} => \mathbf{1} \mathbf{1}^\top": "A + ones*ones'"},
    ),
    (
        r"\max |x|",
        "the norm of a vector or the absolute values",
        {
            r"|x| => \operatorname{abs}(x)": "max(abs(x))",
            r"\max |x| => \lVert x \rVert": "norm2(x)",
        },
    ),
    (r"x^*", "is ambiguous", {r"x_{\mathrm{opt}}": "x", r"x^\top": "x'"}),
    (r"A^\dagger", "is ambiguous", {"A^+": "pinv(A)", r"A^\top": "A'"}),
    (r"W^{(k)}", "an index or a power", {"W_{k}": "A", "W^{k}": "k: scalar; W^k"}),
    (r"(x, y)", "a comma", {r"\begin{bmatrix} x \\ y \end{bmatrix}": "[x; y]"}),
    (r"x^2!", "is ambiguous", {}),
    (r"n!!", "double factorials", {r"(n!)!": "n: scalar; gamma(1 + gamma(1 + n))"}),
    (r"\argmin_x \|x\|^2", "unknown command", {}),
    (r"\operatorname{argmin} x", "which is not supported", {}),
    (r"\max_x x^\top y", "over a set", {}),
    (r"\operatorname{Cov}(x, y)", "the covariance", {}),
    (r"\lfloor x \rfloor", "unknown command", {}),
    (r"x|_{x=0}", "not closed", {}),
    (r"\left. x^\top x \right|_{x=0}", "invisible bracket", {}),
]
# hints of type inference, in the words of LaTeX
INFERRED = [
    (
        r"\operatorname{softmax}(X)",
        "needs a vector",
        {
            r"\operatorname{softmax}(X, 2)": "softmax(X, 2)",
            r"\operatorname{softmax}(X, 1)": "softmax(X, 1)",
        },
    ),
    (
        r"x^{-T}",
        "needs a square matrix",
        {r"\operatorname{inv}(\operatorname{diag}(x))": "inv(diag(x))"},
    ),
    (
        r"[X]_{1}",
        "two indices",
        {r"[X]_{1, :}": "X[1, :]", r"[X]_{:, 1}": "X[:, 1]"},
    ),
    (
        r"\sum_i x_{i+1} x_i",
        "two ranges",
        {r"\sum_i => \sum_{i=1}^{n - 1}": "sum[i=1:n-1](x[i+1]*x[i])"},
    ),
    (
        r"\operatorname{cumsum}(X)",
        "a direction",
        {r"\operatorname{cumsum}(X, 1)": "cumsum(X, 1)"},
    ),
    (
        r"\|x\|_{1/2}",
        "the subscript 1/2",
        {
            r"\operatorname{sum}(\operatorname{abs}(x)^{\odot 1/2})^{1/(1/2)}": (
                "sum(sqrt(abs(x)))^2"
            ),
        },
    ),
]
CASES = [
    (r"\begin{cases} x & x > 0 \end{cases}", "a last one without", {}),
    (
        r"\begin{cases} a & a > 0 \\ -a & a < 0 \end{cases}",
        "leave something out",
        {r"a < 0 => \text{otherwise}": "where(a > 0, a, -a)"},
    ),
    (r"x_{a > 0}", "a condition as a subscript", {r"\mathbb{1}_{x > 0}": "x > 0"}),
]
# what is read, and what a note says of it
NOTED = [
    (r"X_{12}", {}, r"write [X]_{1,2} for the entry"),
    (r"A \circ B", {}, "maps are composed as A B"),
    (r"A * B", {}, r"write A \odot B for the product entry by entry"),
    (r"A \times B", {}, "is read as the matrix product"),
    (r"z_k - \delta_{ky} + z^\top z", {}, "is read as Kronecker's delta"),
    (
        r"h(x) = \sigma(a^\top x) \\ \sum_i y_i \log h(x_i) + (1 - y_i)\log(1 - h(x_i))",
        {},
        r"(1 - y_i)\log(1 - h(x_i)) is read as a part of",  # as it was typed
    ),
    (r"\sum_{i\neq j} \log\frac{1}{q_{ij}}", {}, "its entries q_{ij} are summed"),
    (r"a \times b", {}, r"write \operatorname{cross}(a, b) for the cross product"),
    (r"a \times (b \times c)", {}, r"\operatorname{cross}(a, \operatorname{cross}(b, c))"),
    (r"x \otimes z", {}, r"write x z^\top for the matrix"),
    (r"\operatorname{tr}(A B \odot C)", {}, r"write A (B \odot C) for the other"),
    (r"|A|", {}, "is read as the determinant"),
    (r"\dot x", {}, "not as a derivative"),
    (r"e_i^\top x", {}, "[I]_{:,i} for the unit vector"),
    (r"x_k + \alpha_k p_k", {}, r"write \sum_{k} \alpha_k p_k for a sum"),
    (r"\exp(A)", {}, "write e^{A} for the matrix exponential"),
    (r"\sin(A)", {}, r"write \operatorname{sinm}(A) for the matrix sine"),
    (r"\sum_i |x_i|^p", {}, "p is read as a number, because it is an exponent"),
]
# what stays as it is, in silence
PLAIN = [
    (r"\operatorname{tr}(A) B", {}, "tr(A)*B"),
    (r"{\mathrm{tr}}(A)", {}, "tr(A)"),
    (r"[A]_{ij}", {}, "A[i, j]"),
    (r"(2)(3) x^\top x", {}, "6*x'*x"),
    (r"(0.5) x^\top x", {}, "x'*x/2"),
    (r"[A B]_{12}", {}, "(A*B)[1, 2]"),
    (r"(A^{-1})_{11}", {}, "inv(A)[1, 1]"),
    (r"[x]_{12}", {}, "x[12]"),
    (r"2{\mathrm{trace}}\,(AB) + x^\top x", {}, "2*tr(A*B) + x'*x"),
    (r"f^{(2)}(x)", {"f": "function"}, "f: function; f''(x)"),
    (r"\det A \det B", {}, "det(A)*det(B)"),
    (r"\det\Sigma \exp(-x^\top x)", {}, "det(Sigma)*exp(-x'*x)"),
    (r"K_{nm} K_{mm}^{-1} K_{mn}", {}, "A*inv(B)*C"),
    (r"\Sigma_{xy} \Sigma_{yy}^{-1} \Sigma_{yx}", {}, "A*inv(B)*C"),
    (r"\|A v_i - \lambda_i v_i\|^2", {}, "norm2(A*x - b*x)^2"),
    (r"(y_i - w_i^\top x_i)^2", {"y_i": "scalar"}, "(a - w'*x)^2"),
    (r"A_k x_k + B_k u_k", {}, "A*x + B*u"),
    (r"a_{ij} x^\top x", {}, "a*x'*x"),
    (r"\frac{d}{2} \log \det \Sigma", {}, "d/2*logdet(Sigma)"),
    (r"\log |\Sigma|", {}, "log(det(Sigma))"),
    (r"x' (A x + y)", {}, "x'*(A*x + y)"),
    (r"2 * a", {}, "2*a"),
    (r"A x \odot y", {}, "(A*x).*y"),
    (r"A \oslash B", {}, "A./B"),
    (r"[A]_{i,j} [x]_{j}", {}, "A[i, j]*x[j]"),
    (r"x^\top x.", {}, "x'*x"),
    (r"\mathbb{1}_{x > 0}^\top x", {}, "(x > 0)'*x"),
    (r"\mathbf{1}_{\{a > 0\}}", {}, "a > 0"),
    (r"\begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}", {}, "where(x > 0, x, 0)"),
    (
        r"\begin{cases} a^2, & \text{if } a > 0, \\ 0, & \text{else}. \end{cases}",
        {},
        "where(a > 0, a^2, 0)",
    ),
    (r"\begin{cases} a & a \geq 0 \\ -a & a < 0 \end{cases}", {}, "where(a >= 0, a, -a)"),
    (
        r"\begin{cases} 0 & a < 0 \\ a & 0 \le a < 1 \\ 1 & \text{otherwise} \end{cases}",
        {},
        "where(a < 0, 0, where(0 <= a, where(a < 1, a, 1), 1))",
    ),
    (
        r"\sum_i \begin{cases} x_i^2 & x_i > 0 \\ 0 & \text{otherwise} \end{cases}",
        {},
        "sum(where(x > 0, x.^2, 0))",
    ),
    (r"\frac{d(a^2)}{d a}", {}, "a^2"),
]
# claims that name an entry, or sum over what is repeated, where the whole derivative is meant
CLAIMS = [
    (r"x^\top x", r"2x_i", r"write 2x, the derivative as a whole"),
    (r"\operatorname{tr}(A x x^\top)", r"A_{ij} x_j", r"write A x or \sum_{j} A_{ij} x_j"),
    (r"\sum_i x_i^3", r"3 x_{k}^2", r"write the derivative as a whole, without k"),
]


def rows(table: list[tuple]) -> list:
    return [pytest.param(*row, id=row[0]) for row in table]


def alike(found: Program, meant: str) -> None:
    wanted = read(meant)
    assert found.expr.row == wanted.expr.row
    assert len(found.expr.shape) == len(wanted.expr.shape)
    names = sorted(found.variables)
    if names == sorted(wanted.variables):
        assert decide(found, wanted).verdict == EQUAL
    else:  # letters with subscripts have other names: the trees are alike
        letters = dict(zip(found.variables, wanted.variables, strict=True))
        spelled = re.sub(r"\w+", lambda name: letters.get(name[0], name[0]), str(found.expr))
        assert spelled == str(wanted.expr)


def follow(formula: str, offer: str) -> Program:
    """The program as the hint says: with the declarations, or written anew, as a whole or the part
    before the arrow.
    """
    part, arrow, rest = offer.rpartition(" => ")
    written, _, declared = rest.rpartition("; ")
    if not re.match(r"\w+: ", declared):
        written, declared = rest, ""
    kinds = dict(each.split(": ") for each in declared.split(" and ")) if declared else {}
    text = formula.replace(part, written) if arrow else written or formula
    return read_latex(text, kinds)


@pytest.mark.parametrize(
    ("formula", "words", "offers"),
    rows(SUMS + ENTRIES + STEPS + FUNCTIONS + PRODUCTS + INFERRED + CASES),
)
def test_is_refused_and_its_hints_lead_to_what_was_meant(
    formula: str, words: str, offers: Offers
) -> None:
    with pytest.raises(MatcalcError) as caught:
        read_latex(formula)
    problem = caught.value
    assert words in problem.message
    assert problem.span is not None
    hint = problem.hint or ""
    for offer, meant in offers.items():
        assert all(piece in hint for piece in offer.rpartition(" => ")[2].split("; "))
        found = follow(formula, offer)
        if meant is not None:
            alike(found, meant)


@pytest.mark.parametrize(("formula", "declared", "words"), rows(NOTED))
def test_is_noted(formula: str, declared: dict[str, str], words: str) -> None:
    assert words in "\n".join(read_latex(formula, declared).notes)


@pytest.mark.parametrize(("formula", "declared", "meant"), rows(PLAIN))
def test_is_read_in_silence(formula: str, declared: dict[str, str], meant: str) -> None:
    program = read_latex(formula, declared)
    assert not [note for note in program.notes if " is read as a number" not in note]
    alike(program, meant)


@pytest.mark.parametrize(("formula", "claimed", "words"), rows(CLAIMS))
def test_claims_are_of_the_whole(formula: str, claimed: str, words: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        judge(Claim(f"${formula}$", "x", f"${claimed}$"))
    assert words in str(caught.value.hint)
