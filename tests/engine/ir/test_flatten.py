"""Products laid out flat: powers, roots of numbers, identities, closed components, fused
indices.
"""

from fractions import Fraction

import pytest
from networks import Bench

from matcalc.core.dims import dim
from matcalc.core.errors import UnsupportedError
from matcalc.engine.ir.flatten import exact_root
from matcalc.engine.ir.nodes import Product, Sum

SAME = [
    ("equal-factors", "x.*x.*y", "x.^2.*y"),
    ("exponents-add", "x.^2.*x.^3", "x.^5"),
    ("exponents-cancel", "x.^2.*x.^-2", "ones(n)"),
    ("power-of-product", "(x.*y).^2", "x.^2.*y.^2"),
    ("power-of-multiple", "(3*x).^2", "9*x.^2"),
    ("power-of-quotient", "(x./y).^-1", "y./x"),
    ("power-of-power", "(x.^2).^3", "x.^6"),
    ("root-of-square", "sqrt(a^2)", "abs(a)"),
    ("root-of-fourth-power", "sqrt(a^4)", "a^2"),
    ("root-of-positive", "sqrt(p^2*a)", "p*sqrt(a)"),
    ("root-of-number", "sqrt(12)", "sqrt(12)"),
    ("root-of-square-number", "sqrt(9*a)", "3*sqrt(a)"),
    ("cube-root-of-number", "8^(1/3)", "2"),
    ("root-of-quotient", "(4/9)^(1/2)", "2/3"),
    ("negative-power-of-number", "2^-3", "1/8"),
    ("whole-power-of-root", "sqrt(a*b)^2", "a*b"),
    ("odd-power-of-root", "sqrt(a*b)^3", "a*b*sqrt(a*b)"),
    ("trace-of-eye", "tr(eye(n))", "sum(ones(n))"),
    ("trace-of-number-sized-eye", "tr(eye(3))", "3"),
    ("eye-squared", "eye(n)*eye(n)", "eye(n)"),
    ("eye-times-matrix-by-entries", "eye(n).*X", "diag(diag(X))"),
    ("eye-to-a-power-by-entries", "eye(n).^3", "eye(n)"),
    ("diagonal-of-diagonal", "diag(diag(x))", "x"),
    ("ones-vanish", "ones(n).*x", "x"),
    ("sum-of-ones", "ones(m)'*A*ones(n)", "sum(A)"),
    ("zeroth-power-of-zero", "(x - x).^0", "ones(n)"),
    ("outer-with-ones", "ones(m)*x'*y", "(x'*y)*ones(m)"),
    ("atoms-collect", "(x'*y)*(y'*x)", "(x'*y)^2"),
    ("atoms-cancel", "(x'*X*y)/(y'*X'*x)", "1"),
    ("vec-inner-product", "vec(A)'*vec(B)", "sum(A.*B)"),
    ("vec-of-outer", "vec(z*x')", "kron(x, z)"),
    ("kron-mixed-product", "kron(X, M)*kron(x, z)", "kron(X*x, M*z)"),
    ("kron-trace", "tr(kron(X, M))", "tr(X)*tr(M)"),
    ("kron-transposed", "kron(A, C)'", "kron(A', C')"),
    ("kron-of-eyes-times-kron", "kron(eye(n), eye(m))*kron(x, z)", "kron(x, z)"),
    ("sum-of-kron", "sum(kron(A, C))", "sum(A)*sum(C)"),
    ("vec-theorem", "kron(C', X)*vec(X*C)", "vec(X*X*C*C)"),
]


@pytest.mark.parametrize(
    ("first", "second"), [pytest.param(*rest, id=name) for name, *rest in SAME]
)
def test_one_node(first, second):
    bench = Bench({"C": "matrix(n, n)"} if "C', X" in first else {})
    assert bench.node(first) is bench.node(second)


DIFFERENT = [
    ("root-of-a-product-of-unknown-sign", "sqrt(a*b)", "sqrt(a)*sqrt(b)"),
    ("power-of-a-contraction", "(A*x).^2", "A.^2*x.^2"),
    ("real-power-of-a-negative", "sqrt(-a)", "sqrt(a)"),
    ("root-of-a-multiple", "sqrt(2*a)", "2*sqrt(a)"),
    ("vec-of-transpose", "vec(X)", "vec(X')"),
]


@pytest.mark.parametrize(
    ("first", "second"), [pytest.param(*rest, id=name) for name, *rest in DIFFERENT]
)
def test_two_nodes(first, second):
    bench = Bench()
    assert bench.node(first) is not bench.node(second)


@pytest.mark.parametrize(
    ("value", "degree", "root"),
    [
        pytest.param(Fraction(9, 4), 2, Fraction(3, 2), id="quotient"),
        pytest.param(Fraction(27), 3, Fraction(3), id="cube"),
        pytest.param(Fraction(2), 2, None, id="irrational"),
        pytest.param(Fraction(4, 3), 2, None, id="half-irrational"),
        pytest.param(Fraction(-4), 2, None, id="negative"),
        pytest.param(Fraction(0), 2, None, id="zero"),
        pytest.param(Fraction(1 << 70), 2, None, id="too-long-to-try"),
    ],
)
def test_exact_root(value, degree, root):
    assert exact_root(value, degree) == root


@pytest.mark.parametrize(
    ("source", "message"),
    [
        pytest.param("(x - x).^-1", "division by zero", id="negative-power-of-zero"),
        pytest.param("a/(b - b)", "division by zero", id="quotient"),
        pytest.param("x./(x - x)", "division by zero", id="entry-by-entry"),
        pytest.param("1/tr(W)", "division by zero", id="trace-of-skew"),
        pytest.param("3^99999999", "too many digits", id="endless-number"),
    ],
)
def test_what_has_no_value_is_refused(source, message):
    with pytest.raises(UnsupportedError, match=message):
        Bench().node(source)


def test_a_scalar_network_stays_whole():
    """x'*A'*z inside of a product is one factor without labels, and not three more factors of
    it.
    """
    bench = Bench()
    node = bench.node("(z'*A*x)*B")
    assert isinstance(node, Product)
    assert {factor for factor, _, _ in node.factors} == {bench.node("z'*A*x"), bench.node("B")}


def test_a_wide_sum_is_multiplied_out():
    """No factor has more axes than a matrix, unless it is a function or an identity: wide sums
    become sums of products.
    """
    bench = Bench()
    builder = bench.builder
    n = dim("n")
    first, second = (
        builder.product(
            1, [(bench.node(v), (0,), 1), (bench.node("X"), (1, 2), 1)], (0, 1, 2), (n, n, n)
        )
        for v in "xy"
    )
    wide = builder.sum([(1, first), (2, second)], (n, n, n))
    contracted = builder.product(
        1, [(wide, (0, 1, 2), 1), (bench.node("Y"), (1, 2), 1)], (0,), (n,)
    )
    assert isinstance(wide, Sum)
    assert contracted is bench.node("tr(X'*Y)*x + 2*tr(X'*Y)*y")


def test_a_repeated_output_label_is_a_diagonal():
    bench = Bench()
    n = dim("n")
    assert bench.builder.product(1, [(bench.node("x"), (4,), 1)], (4, 4), (n, n)) is bench.node(
        "diag(x)"
    )
    assert bench.builder.product(1, [(bench.node("X"), (4, 4), 1)], (4,), (n,)) is bench.node(
        "diag(X)"
    )


def test_a_free_summed_label_counts():
    bench = Bench()
    eye = bench.builder.eye(dim("n"))
    assert bench.builder.product(1, [(eye, (3, 4), 1)], (), ()) is bench.node("sum(ones(n))")
