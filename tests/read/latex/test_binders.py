"""Sums that are no products of whole arrays, products, maxima and minima over an index."""

from __future__ import annotations

import pytest

import matcalc

pytestmark = pytest.mark.filterwarnings("ignore::matcalc.core.errors.NotationWarning")

F = {"g": "function"}
LOSS = {"ell": "function(scalar, scalar) -> scalar"}
XY = {"x": "vector(T)", "y": "vector(T)"}
# a formula, declarations, and the same in the language
ROWS = [
    (r"\sum_{i<j} \|x_i - x_j\|^2", {}, "sum[i<j](norm2(X[i,:] - X[j,:])^2)"),
    (r"\sum_{i,j} w_{ij} \|x_i - x_j\|^2", {}, "sum[i,j](w[i,j]*norm2(X[i,:] - X[j,:])^2)"),
    (r"\sum_{i \neq j} \frac{1}{|x_i - x_j|}", {}, "sum[i!=j](1/abs(x[i] - x[j]))"),
    (r"\prod_i x_i", {}, "prod(x)"),
    (r"\prod_{i=1}^{n} (1 + x_i^2) + \sum_i x_i", {}, "prod(1 + x.^2) + sum(x)"),
    (r"\sum_{i=2}^{n} (x_i - x_{i-1})^2", {}, "sum[i=2:n]((x[i] - x[i-1])^2)"),
    (r"\sum_{i=1}^{n-1} (x_{i+1} - x_i)^2", {}, "sum[i=1:n-1]((x[i+1] - x[i])^2)"),
    (r"\sum_{i=2}^{n} x_i", {}, "sum(x) - x[1]"),
    (r"\sum_{t=2}^{T} \|z_t - A z_{t-1}\|^2", {}, "norm2(Z[2:T,:]' - A*Z[1:T-1,:]')^2"),
    (r"\sum_{i=1}^n i x_i", {}, "sum[i=1:n](i*x[i])"),
    (r"\sum_{ijk} T_{ijk} a_i b_j c_k", {}, "sum[i,j,k](T[i,j,k]*a[i]*b[j]*c[k])"),
    (r"\sum_{i,j,k} (u_i + v_j + w_k)^2", {}, "sum[i,j,k]((u[i] + v[j] + w[k])^2)"),
    (r"\sum_{i,j} \delta_{ij} x_i y_{j} x_{n+1-i}", {}, "sum[i=1:n](x[i]*y[i]*x[n+1-i])"),
    (r"\max_k a_k^\top x", {}, "max(A*x)"),
    (r"\sum_i \max_k w_k^\top x_i", {}, "sum(amax(X*W', 2))"),
    (r"\sum_i \operatorname{logsumexp}_k (w_k^\top x_i)", {}, "sum(logsumexp(X*W', 2))"),
    (r"\operatorname*{max}_{i} x_i^2", {}, "max(x.^2)"),
    (r"\mathrm{mean}_i (y_i - x_i^\top w)^2", {}, "norm2(y - X*w)^2/n"),
    (r"\min_i |x_i|", {}, "min(abs(x))"),
    (r"\left(\prod_i x_i\right) c", {}, "prod(x)*c"),
    (r"\prod_{i=1}^n (x_i c)", {}, "prod(x*c)"),
    (r"2 \prod_i c x_i", {}, "2*prod(c*x)"),
    (r"\sum_i g(w^\top x_i)", F, "sum(g(X*w))"),
    (r"\sum_i \ell(w^\top x_i, y_i)", LOSS, "sum(ell(X*w, y))"),
    # ends at a part of a declared array
    (r"\sum_{t=1}^{T-1} x_t y_t", XY, "sum(x.*y) - x[T]*y[T]"),
    (r"\sum_{s=1}^{T-1} \sum_{t=s+1}^{T} x_s y_t", XY, "sum[s<t](x[s]*y[t])"),
    (r"\sum_{i=1}^{n-1} \sum_{j=i+1}^{n} (r_i - r_j)^2", {}, "sum[i<j]((r[i] - r[j])^2)"),
    # a size that a variable is declared with is no index
    (r"\sum_{i<T} x_i y_T", XY, "sum(x[1:T-1])*y[T]"),
    (r"\sum_{i \leq T} x_i (T-i)", XY, "sum[i=1:T](x[i]*(T - i))"),
]


@pytest.mark.parametrize(("formula", "kinds", "plain"), ROWS, ids=[row[0] for row in ROWS])
def test_is_the_binder_of_the_language(formula: str, kinds: dict[str, str], plain: str) -> None:
    read = matcalc.parse_latex(formula, kinds)
    names = {name: kind for name, kind in read.variables.items() if name not in kinds}
    assert matcalc.equal(read, matcalc.parse(plain, {**names, **kinds}))


def test_derivatives_come_back_in_matrix_notation() -> None:
    for formula, wrt, kinds, expected in [
        (r"\sum_i g(w^\top x_i)", "w", F, "X'*g'(X*w)"),
        (r"\sum_i \ell(w^\top x_i, y_i)", "w", LOSS, "X'*d1_ell(X*w, y)"),
        (r"\prod_i x_i", "x", {}, "prod(x)./x"),
    ]:
        assert str(matcalc.diff(formula, wrt, latex=True, variables=kinds)) == expected


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        (r"\max_\theta f(\theta)", "max may be the maximum over a set"),
        (r"\prod_{i=1}^{3} a", "i is not a subscript in what the prod is taken of"),
        (r"\sum_{i=2}^{n} \sum_{j=1}^{i+1} x_{i-1} x_j", "goes beyond the range of its index"),
        (r"\sum_i x_{i^2}", "i^2 is not an index"),
        (r"\sum_{i,j,k,l} T_{ijkl} x_i x_j", "T_{ijkl} has 4 subscripts"),
        (r"\sum_{t=1}^{T} (x_t - x_{t-1})^2", "vector(T) has no such entry"),
    ],
)
def test_what_has_no_reading_is_refused(formula: str, message: str) -> None:
    kinds = {"f": "function"} if "f(" in formula else {}
    with pytest.raises(matcalc.MatcalcError) as caught:
        matcalc.parse_latex(formula, kinds)
    assert message in caught.value.message


def test_two_ranges_are_named_as_they_are_written() -> None:
    with pytest.raises(matcalc.MatcalcError, match=r"1:n by x_i and 0:n - 1 by x_\{i\+1\}\n"):
        matcalc.parse_latex(r"\sum_i x_i x_{i+1}")


# the weights and the input of two convolutions, as they are printed
CONVOLUTION = {"X": "matrix(n, m)", "K": "matrix(p, q)", "Y": "matrix(n-p+1, m-q+1)"}
RESIDUAL = r"\left(Y_{i j} - \sum_{%s} K_{%s} X_{%s}\right)"


@pytest.mark.parametrize(
    ("wrt", "printed"),
    [
        (
            "K",
            r"D_{a b} = -2 \sum_{i, j} X_{i+a-1, j+b-1} "
            + RESIDUAL % ("k, l", "k l", "i+k-1, j+l-1"),
        ),
        (
            "X",
            r"D_{k l} = -2 \sum_{i \leq k, i \geq k+1 - p, j \leq l, j \geq l+1 - q} "
            r"K_{k-i+1, l-j+1} " + RESIDUAL % ("a, b", "a b", "i+a-1, j+b-1"),
        ),
    ],
)
def test_convolutions_read_back(wrt: str, printed: str) -> None:
    loss = "sum[i,j]((Y[i,j] - sum[a,b](K[a,b]*X[i+a-1,j+b-1]))^2)"
    assert matcalc.diff(loss, wrt, variables=CONVOLUTION).latex() == printed


@pytest.mark.parametrize(
    "formula",
    [
        r"\begin{aligned} f &= \|y - A h\|^2 \\ h &= \tanh(B x) \end{aligned}",
        r"\begin{aligned} f &= \|y - A h\|^2 \quad \text{where} \\ h &= \tanh(B x) \end{aligned}",
        r"\|y - A h\|^2, \\ h = \tanh(B x)",
        r"f = \|y - A h\|^2 \\ h = \tanh(u), \\ u = B x",
        r"h = \tanh(B x) \\ f = \|y - A h\|^2",
    ],
)
def test_lines_behind_the_value_define_its_letters(formula: str) -> None:
    read = matcalc.parse_latex(formula)
    plain = "norm2(y - A*tanh(B*x))^2"
    assert matcalc.equal(read, matcalc.parse(plain, dict(read.variables)))
