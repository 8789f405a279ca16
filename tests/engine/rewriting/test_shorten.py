"""Products over sums are multiplied out where the whole gets shorter."""

import pytest
from networks import Bench

from matcalc.engine.rewriting.shorten import Shortener

SHORTER = [
    ("terms-cancel", "X*(x + y) - X*y", "X*x"),
    ("everything-cancels", "X*(x - y) - X*x + X*y", "zeros(n)"),
    ("terms-merge", "a*(a + b) - a*b", "a^2"),
    ("two-products-cancel", "(a + b)*(a - b) + b^2", "a^2"),
    ("power-cancels", "x.*(1./x + y)", "1 + x.*y"),
    ("transposed-sum", "X'*(X + Y) - (Y'*X)' - X'*X", "zeros(n, n)"),
    ("transposes-are-not-merged", "X'*(X + Y) - Y'*X - X'*X", "X'*Y - Y'*X"),
    ("nested", "a*(b*(p + 1) - b) - a*b*p", "0"),
    ("denominator", "1/(a*(1 + b/a))", "1/(a + b)"),
    ("denominator-squared", "1/(a^2*(1 + b/a)^2)", "1/(a + b)^2"),
    ("a-sum-cancels-another", "(1 + a/b)/(a + b)", "1/b"),
    ("powers-of-sums-cancel", "(1 + a/b)^2/(a + b)", "(a + b)/b^2"),
    ("a-common-denominator", "(1 + a/b)/(a/b - 1)", "(a + b)/(a - b)"),
    ("entry-by-entry", "(1./x + 1./y)./(x + y)", "1./(x.*y)"),
    ("another-denominator-stays", "(1 + a/b)/(a + c)", "(1 + a/b)/(a + c)"),
    ("inside-of-a-function", "exp(X*(x + y) - X*y)", "exp(X*x)"),
    ("sum-of-deviations", "sum(x - sum(x)/sum(ones(n)))", "0"),
]


@pytest.mark.parametrize(
    ("source", "expected"), [pytest.param(*rest, id=name) for name, *rest in SHORTER]
)
def test_shorter(source, expected):
    bench = Bench()
    shortener = Shortener(bench.builder)
    found = shortener.shorten(bench.node(source))
    assert found is bench.node(expected)
    assert shortener.shorten(found) is found


SHORT = [
    ("residual", "A'*(A*x - z)"),
    ("product-of-sums", "(a + b)*(a - b)"),
    ("square-of-a-sum", "(x + y).^2"),
    ("two-products", "X*(x + y) + Y*(x - y)"),
    ("power-of-a-sum", "1/(a + b)^2"),
]


@pytest.mark.parametrize("source", [pytest.param(*rest, id=name) for name, *rest in SHORT])
def test_what_is_short_stays(source):
    bench = Bench()
    node = bench.node(source)
    assert Shortener(bench.builder).shorten(node) is node


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("A'*(A*x - z)", "A'*A*x - A'*z", id="product"),
        pytest.param("2*(X + Y)*(x + y)", "2*X*x + 2*X*y + 2*Y*x + 2*Y*y", id="two-sums"),
        pytest.param("X*(x + Y*(x + y))", "X*x + X*Y*x + X*Y*y", id="nested"),
    ],
)
def test_expanded(source, expected):
    bench = Bench()
    assert Shortener(bench.builder).expand(bench.node(source)) is bench.node(expected)


def test_nothing_to_expand():
    bench = Bench()
    assert Shortener(bench.builder).expand(bench.node("A*x + z")) is None


def test_a_product_of_many_sums_is_not_multiplied_out():
    bench = Bench()
    product = "*".join(f"(a + {k})" for k in range(1, 8))
    node = bench.node(product)
    shortener = Shortener(bench.builder)
    assert shortener.expand(node) is None
    assert shortener.shorten(node) is node


@pytest.mark.parametrize(
    ("source", "length"),
    [
        pytest.param("A*x", 3, id="product"),
        pytest.param("A*x + z", 5, id="sum"),
        pytest.param("exp(x)", 2, id="call"),
        pytest.param("x.^2", 3, id="power"),
        pytest.param("2*x", 3, id="multiple"),
        pytest.param("x/2", 3, id="quotient"),
        pytest.param("-x", 2, id="negative"),
    ],
)
def test_length_counts_tokens(source, length):
    bench = Bench()
    assert Shortener(bench.builder).length(bench.node(source)) == length
