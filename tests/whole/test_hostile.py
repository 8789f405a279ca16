"""Deep and large inputs come to their answer: no recursion limit, no explosion of paths. Nothing
here measures time.
"""

import warnings

import pytest
from printing import render

import matcalc
from matcalc.core.errors import MatcalcError, ParseError, UnsupportedError
from matcalc.engine.pipeline import derive
from matcalc.read.frontend import read


def printed(expr, wrt, order=1, **kinds):
    program = read(expr, kinds)
    return render(derive(program, wrt, order), program.variables, len(program.variables[wrt].shape))


def nested(function, depth, inside):
    return f"{function}(" * depth + inside + ")" * depth


SQUARE = {"A": "matrix(n, n)", "X": "matrix(n, n)", "x": "vector(n)"}

# name, expression, variable, declarations, order, printed
EXACT = [
    ("product-of-200-matrices", "*".join(["A"] * 200) + "*x", "x", SQUARE, 1, "A^200"),
    ("trace-of-100-matrices", "tr(" + "*".join(["A"] * 100) + "*X)", "X", SQUARE, 1, "A'^100"),
    (
        "trace-of-a-power-written-out",
        "tr(" + "*".join(["X"] * 40) + ")",
        "X",
        SQUARE,
        1,
        "40*X'^39",
    ),
    (
        "hadamard-power-written-out",
        "sum(" + ".*".join(["X"] * 60) + ")",
        "X",
        SQUARE,
        1,
        "60*X.^59",
    ),
    ("a-thousand-equal-terms", "+".join(["x'*x"] * 1000), "x", {}, 1, "2000*x"),
    ("a-thousand-signs", "-" * 1000 + "x'*x", "x", {}, 1, "2*x"),
    ("a-thousand-transposes", "tr(A*X" + "'" * 1000 + ")", "X", {}, 1, "A'"),
    ("a-thousand-brackets", "(" * 1000 + "x'*x" + ")" * 1000, "x", {}, 1, "2*x"),
    ("a-thousand-inverses", "tr(" + nested("inv", 1000, "X") + ")", "X", SQUARE, 1, "eye(n)"),
    (
        "logarithms-undo-exponentials",
        nested("log", 200, nested("exp", 200, "x")),
        "x",
        {"x": "scalar"},
        1,
        "1",
    ),
    ("alternating-sum", "x'*x" + "+x'*A*x-x'*A*x" * 200, "x", {}, 1, "2*x"),
    (
        "determinant-of-30-factors",
        "det(" + "*".join(["X"] * 30) + ")",
        "X",
        SQUARE,
        1,
        "30*det(X)^30*inv(X)'",
    ),
]


@pytest.mark.parametrize(
    ("expr", "wrt", "kinds", "order", "line"),
    [pytest.param(*rest, id=name) for name, *rest in EXACT],
)
def test_exact(expr, wrt, kinds, order, line):
    assert (
        printed(expr, wrt, order, **{name: kind for name, kind in kinds.items() if name in expr})
        == line
    )


def test_a_sum_of_many_terms():
    terms = [f"a{k}'*x*b" for k in range(300)]
    found = printed("+".join(terms), "x", **{f"a{k}": "vector(n)" for k in range(300)}, b="scalar")
    assert found.startswith("b*(a0 + ")
    assert found.count(" + ") == 299


def test_a_product_of_sums_is_not_multiplied_out():
    found = printed("*".join(f"(x'*A{k}*x + {k})" for k in range(1, 10)), "x")
    assert len(found) < 2000


def network(depth, layer, last):
    lines = "; ".join(layer.format(k, k + 1) for k in range(depth))
    return f"h0 = x; {lines}; {last.format(depth)}"


NETWORKS = [
    ("weights-of-their-own", "h{1} = tanh(W{0}*h{0})", "norm2(h{0} - y)^2", "W0"),
    ("shared-weights", "h{1} = tanh(W*h{0})", "norm2(h{0} - y)^2", "W"),
    ("residual", "h{1} = h{0} + V*tanh(W*h{0})", "sum(h{0})", "x"),
    ("gated", "h{1} = h{0}.*sigmoid(W*h{0})", "sum(h{0})", "x"),
]


@pytest.mark.parametrize(
    ("layer", "last", "wrt"), [pytest.param(*rest, id=name) for name, *rest in NETWORKS]
)
def test_texts_of_networks_grow_by_layers(layer, last, wrt):
    lengths = []
    for depth in (3, 6, 12):
        kinds = (
            {f"W{k}": "matrix(n, n)" for k in range(depth)}
            if "W{0}" in layer
            else {"W": "matrix(n, n)"}
        )
        kinds |= {"V": "matrix(n, n)"} if "V" in layer else {}
        lengths.append(
            len(printed(network(depth, layer, last), wrt, x="vector(n)", y="vector(n)", **kinds))
        )
    # 2 of linear growth, 4 of quadratic; answers of few layers are also regrouped, which is shorter
    assert lengths[2] - lengths[1] <= 3.5 * (lengths[1] - lengths[0])


def test_functions_a_thousand_deep():
    found = printed(nested("tanh", 1000, "x"), "x", x="scalar")
    assert found.count("tanh") >= 1000
    assert len(found) < 200_000


def test_the_sigmoid_of_a_thousand_factors():
    factors = [f"x{k}" for k in range(1100)]
    found = printed(f"sigmoid(2*{'*'.join(factors)})", "x0", **dict.fromkeys(factors, "scalar"))
    assert found.count("x1099") >= 2


REFUSED = [
    ("ten-thousand-brackets", "(" * 10_000 + "x" + ")" * 10_000, ParseError),
    ("ten-thousand-brackets-unclosed", "(" * 10_000 + "x", ParseError),
    ("ten-thousand-brackets-closed", "x" + ")" * 10_000, ParseError),
    ("long-line-of-operators", "+" * 100_000, ParseError),
    ("no-characters-of-ours", "\0" * 1000, ParseError),
    ("empty", "", ParseError),
    ("endless-number", "x*9^9^9^9", UnsupportedError),
    ("long-name-of-nothing", "x*" + "y" * 100_000 + "(", MatcalcError),
]


@pytest.mark.parametrize(
    ("expr", "problem"), [pytest.param(*rest, id=name) for name, *rest in REFUSED]
)
def test_refused(expr, problem):
    with pytest.raises(problem) as caught:
        matcalc.diff(expr, "x", variables={"x": "scalar"} if "x" in expr else None)
    assert len(str(caught.value)) < 2000


def test_a_long_number_is_exact():
    assert (
        printed("123456789012345678901234567890*x", "x", x="scalar")
        == "123456789012345678901234567890"
    )


def test_a_product_of_thousands_of_factors_is_refused():
    with pytest.raises(
        UnsupportedError, match="a product of 2,001 factors is too long; at most 1,200"
    ):
        printed("*".join(["A"] * 2000) + "*x", "x", **SQUARE)


def test_a_thousand_exponentials_are_a_product_of_named_parts():
    found = printed(nested("exp", 1000, "x"), "x", x="scalar")
    assert found.startswith("exp(x)*exp(exp(x))*t1*exp(t1)*")
    assert len(found) < 20_000


@pytest.mark.parametrize(
    ("expr", "wrt", "kinds", "line"),
    [
        pytest.param(
            "x[99999999999999999999]", "x", {}, "unit(99999999999999999999, n)", id="a-far-entry"
        ),
        pytest.param(
            "tr(commutation(1000000, 1000000))*a", "a", {}, "1000000", id="a-large-permutation"
        ),
        pytest.param(
            "f''''''''(a)", "a", {"f": "function"}, "f'''''''''(a)", id="the-ninth-derivative"
        ),
    ],
)
def test_too_large_to_evaluate_is_answered(expr, wrt, kinds, line):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert str(matcalc.diff(expr, wrt, variables=kinds)) == line
    assert all(str(each.message).startswith("not verified: ") for each in said)


@pytest.mark.parametrize("primes", [9, 15])
def test_a_tenth_derivative_of_a_declared_function_is_refused(primes):
    with pytest.raises(MatcalcError, match=r"ninth|is not one of its derivatives"):
        matcalc.diff(f"f{primes * chr(39)}(a)", "a", variables={"f": "function"})
