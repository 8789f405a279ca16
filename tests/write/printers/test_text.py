"""The language that the parser reads: brackets, numbers, sizes, index notation, programs."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from printing import render

import matcalc
from matcalc.core.dims import Dim, dim
from matcalc.core.kinds import Variable
from matcalc.core.tree import Expr, dimension, eye, fill, number, variable
from matcalc.core.walk import postorder
from matcalc.engine.pipeline import derive
from matcalc.read.frontend import read
from matcalc.verify.oracle.interpret import interpret
from matcalc.verify.oracle.sample import find_sizes
from matcalc.write.printers.naming import choose_names
from matcalc.write.printers.program import program_text
from matcalc.write.printers.sizes import size_choices, write_known_sizes
from matcalc.write.printers.text import has_indices, number_text, text

KINDS = {
    **dict.fromkeys("abc", "scalar"),
    **dict.fromkeys("xyz", "vector(n)"),
    **dict.fromkeys("ABC", "matrix(n, n)"),
}

# what is typed, and what is printed of it
BRACKETS = [
    ("sum-of-sums", "a + (b + c)", "a + (b + c)"),
    ("sum-from-the-left", "(a + b) + c", "a + b + c"),
    ("difference-of-differences", "a - (b - c)", "a - (b - c)"),
    ("negative-first", "(-a) + b", "-a + b"),
    ("negative-second", "a + (-b)", "a + (-b)"),
    ("negative-sum", "-(a + b)", "-(a + b)"),
    ("negative-power", "(-a)^2", "(-a)^2"),
    ("power-of-negative", "-(a^2)", "-a^2"),
    ("negative-exponent", "a^(-2)", "a^-2"),
    ("exponent-is-a-sum", "a^(b + 1)", "a^(b + 1)"),
    ("exponent-is-a-product", "a^(2*b)", "a^(2*b)"),
    ("exponent-is-a-power", "a^(b^c)", "a^b^c"),
    ("base-is-a-power", "(a^b)^c", "(a^b)^c"),
    ("base-is-a-product", "(a*b)^2", "(a*b)^2"),
    ("base-is-a-call", "(sin(a))^2", "sin(a)^2"),
    ("product-of-sums", "(a + b)*(a - b)", "(a + b)*(a - b)"),
    ("product-of-products", "a*(b*c)", "a*(b*c)"),
    ("quotient-of-products", "(a*b)/(b*c)", "a*b/(b*c)"),
    ("quotient-of-quotients", "a/(b/c)", "a/(b/c)"),
    ("quotient-from-the-left", "(a/b)/c", "a/b/c"),
    ("negative-factor", "a*(-b)", "a*(-b)"),
    ("transpose-of-name", "(A)'", "A'"),
    ("transpose-of-product", "(A*B)'", "(A*B)'"),
    ("transpose-of-sum", "(A + B)'", "(A + B)'"),
    ("transpose-of-power", "(A^2)'", "(A^2)'"),
    ("power-of-transpose", "(A')^2", "A'^2"),
    ("transpose-of-call", "inv(A)'", "inv(A)'"),
    ("transpose-of-negative", "(-A)'", "(-A)'"),
    ("matrix-product-beside-entrywise", "(A*x).*y", "(A*x).*y"),
    ("entrywise-beside-matrix-product", "A*(x.*y)", "A*(x.*y)"),
    ("entrywise-in-front-of-a-product", "(A.*B)*x", "(A.*B)*x"),
    ("scaled-entrywise", "a*(x.*y)", "a*(x.*y)"),
    ("inner-product-as-factor", "(x'*A*x)*x", "(x'*A*x)*x"),
    ("inner-product-as-divisor", "x/(x'*x)", "x/(x'*x)"),
    ("outer-product", "x*y'", "x*y'"),
    ("entrywise-power", "(x.*y).^2", "(x.*y).^2"),
    ("entrywise-quotients", "x./(y./z)", "x./(y./z)"),
    ("call-of-several", "max(x, y + z)", "max(x, y + z)"),
]


@pytest.mark.parametrize(
    ("typed", "printed"), [pytest.param(*rest, id=name) for name, *rest in BRACKETS]
)
def test_brackets(typed, printed):
    tree = read(typed, KINDS).expr
    assert text(tree) == printed
    assert repr(read(printed, KINDS).expr) == repr(tree)


NUMBERS = [
    ("integer", Fraction(7), "7"),
    ("zero", Fraction(0), "0"),
    ("negative", Fraction(-7), "-7"),
    ("half", Fraction(1, 2), "0.5"),
    ("short-decimal", Fraction(1, 8), "0.125"),
    ("third", Fraction(1, 3), "1/3"),
    ("negative-third", Fraction(-1, 3), "-1/3"),
    ("six-places", Fraction(1, 10**6), "0.000001"),
    ("seven-places", Fraction(1, 10**7), "1e-7"),
    ("large", Fraction(10**20), "1e20"),
    ("nine-zeros", Fraction(10**9), "1000000000"),
    ("long-decimal", Fraction(355, 113), "355/113"),
]


@pytest.mark.parametrize(
    ("value", "printed"), [pytest.param(*rest, id=name) for name, *rest in NUMBERS]
)
def test_numbers(value, printed):
    assert number_text(value)[0] == printed
    x = variable("x", ())
    shown = text(Expr("*", (number(value), x)))
    program = read(shown, {"x": "scalar"})
    assert float(interpret(program.expr, {"x": np.array(3.0)}, {})) == float(3 * value)


N, MN = dim("n"), Dim(1, ("m", "n"))
CONSTANTS = [
    ("identity", eye(N), "eye", "eye(n)"),
    ("identity-of-a-product", eye(MN), "eye", "eye(m*n)"),
    ("ones", fill(number(1), (N,)), "vector(1)", "ones(n)"),
    ("zeros", fill(number(0), (N, N)), "matrix(0)", "zeros(n, n)"),
    ("filled", fill(number(3), (N, dim(2))), "matrix(3)", "3*ones(n, 2)"),
    (
        "filled-with-a-sum",
        fill(Expr("+", (number(1), variable("a", ()))), (N,)),
        "vector(1 + a)",
        "(1 + a)*ones(n)",
    ),
    ("dimension", dimension(N), "n", "n"),
    ("dimension-of-a-product", dimension(MN), "m*n", "m*n"),
    ("dimension-that-is-a-number", dimension(dim(4)), "4", "4"),
]


@pytest.mark.parametrize(
    ("tree", "plain", "sized"), [pytest.param(*rest, id=name) for name, *rest in CONSTANTS]
)
def test_constants(tree, plain, sized):
    assert text(tree) == plain
    assert text(tree, {id(tree)}) == sized


def test_a_dimension_that_is_a_product_is_bracketed():
    assert text(Expr("/", (variable("a", ()), dimension(MN)))) == "a/(m*n)"


def test_three_axes_are_always_sized():
    assert text(fill(number(0), (N, N, dim(2)))) == "zeros(n, n, 2)"


def einsum(args, labels, outputs):
    sizes = {
        label: size
        for arg, own in zip(args, labels, strict=True)
        for label, size in zip(own, arg.shape, strict=True)
    }
    return Expr(
        "einsum", tuple(args), tuple(sizes[label] for label in outputs), value=(labels, outputs)
    )


A, B, X = (variable(name, (N, N)) for name in "ABX")
FUSE = Expr("fuse", (), (MN, dim("m"), N))
CONTRACTED = [
    ("outer", einsum([A, B], ((0, 1), (2, 3)), (0, 1, 2, 3)), 'einsum("ij,kl->ijkl", A, B)'),
    ("summed", einsum([A, B], ((0, 9), (9, 1)), (0, 1)), 'einsum("ij,jk->ik", A, B)'),
    (
        "vec",
        einsum([FUSE], ((0, 1, 2),), (2, 1)),
        'einsum("ijk->kj", reshape(eye(m*n), m*n, m, n))',
    ),
    (
        "scalar-factor",
        einsum([variable("a", ()), A], ((), (0, 1)), (0, 1)),
        'einsum(",ij->ij", a, A)',
    ),
]


@pytest.mark.parametrize(
    ("tree", "printed"), [pytest.param(*rest, id=name) for name, *rest in CONTRACTED]
)
def test_contractions(tree, printed):
    assert text(tree) == printed
    assert has_indices(tree)


def test_matrix_notation_has_no_indices():
    assert not has_indices(read("A*x", KINDS).expr)


# programs


def chain(depth, wrt="x"):
    """A deep network and its gradient as a program."""
    source = "sum(" + "tanh(A*" * depth + "x" + ")" * depth + ")"
    program = read(source, KINDS)
    return program, derive(program, wrt)


def test_a_short_formula_is_written_out():
    program, tree = chain(1)
    assert choose_names(tree, program.variables) == {}


@pytest.mark.parametrize("wrt", ["x", "A"])
@pytest.mark.parametrize("depth", [6, 9])
def test_definitions_parse_back(depth, wrt):
    program, tree = chain(depth, wrt)
    shown = program_text(tree, choose_names(tree, program.variables))
    again = read(shown, program.variables)
    assert shown.count(" = ") >= 2
    sizes, values = find_sizes([program.expr], program.variables, np.random.default_rng(0))
    assert np.allclose(
        interpret(again.expr, values, sizes), interpret(tree, values, sizes), rtol=1e-10, atol=1e-10
    )


def test_length_of_a_program_is_linear():
    trees = [chain(depth)[1] for depth in (8, 16, 32)]
    lengths = [len(program_text(tree, choose_names(tree, KINDS))) for tree in trees]
    assert lengths[2] - lengths[1] <= 2.3 * (lengths[1] - lengths[0])


def test_names_of_definitions_are_free():
    program, tree = chain(6)
    names = list(choose_names(tree, {*program.variables, "t1", "t3"}).values())
    assert names[:2] == ["t2", "t4"]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("expr", "wrt", "declarations", "printed"),
    [
        pytest.param(
            "x'*A*x/(x'*x)", "x", {}, "((A + A')*x - 2*(x'*A*x)*x/a)/a where a = x'*x", id="scalar"
        ),
        pytest.param(
            "tr(inv(X'*C*X)*A)",
            "X",
            {},
            "-(C*X*M*A*M + C'*X*M'*A'*M') where M = inv(X'*C*X)",
            id="matrix",
        ),
        pytest.param(
            "logsumexp(A*x - y)^2",
            "x",
            {},
            "2*logsumexp(u)*A'*softmax(u) where u = A*x - y",
            id="vector",
        ),
        pytest.param(
            "u'*A*x/(x'*x)",
            "x",
            {"b": "scalar"},
            "(A'*u - 2*(u'*A*x)*x/a)/a where a = x'*x",
            id="u-is-taken",
        ),
        pytest.param("norm2(A*x - y)^2", "x", {}, "2*A'*(A*x - y)", id="nothing-repeats"),
        pytest.param(
            "q = x'*x; x'*A*x/q",
            "x",
            {},
            "((A + A')*x - 2*(x'*A*x)*x/q)/q where q = x'*x",
            id="the-user's-name",
        ),
    ],
)
def test_asked_for_names(expr, wrt, declarations, printed):
    derivative = matcalc.parse(expr, declarations).diff(wrt)
    shown = derivative.text(cse=True)
    assert shown == printed
    again = read(shown, derivative.variables)
    sizes, values = find_sizes(
        [read(expr, declarations).expr], derivative.variables, np.random.default_rng(0)
    )
    assert np.allclose(
        interpret(again.expr, values, sizes),
        interpret(derivative._tree, values, sizes),
        rtol=1e-10,
        atol=1e-10,
    )


def test_every_definition_is_used():
    _, tree = chain(9, "A")
    value, _, rest = program_text(tree, choose_names(tree, KINDS)).partition(" where ")
    definitions = rest.split(", ")
    for position, line in enumerate(definitions):
        name = line.split(" = ")[0]
        assert any(name in later for later in [*definitions[position + 1 :], value])


# sizes


def test_no_choice_where_nothing_needs_a_size():
    assert size_choices(read("A*x", KINDS).expr) == [set()]


def test_choices_go_from_none_to_all():
    tree = read("2*eye(n) + A*diag(ones(n)) + ones(n)*x'", KINDS).expr
    constants = {id(e) for e in postorder(tree, lambda e: e.args) if e.op in ("eye", "fill")}
    none, outermost, everything = size_choices(tree)
    assert none == set()
    assert outermost <= everything == constants
    assert len(everything) == 3


@pytest.mark.parametrize(
    ("expr", "wrt", "declarations", "order", "printed"),
    [
        pytest.param("x'*x", "x", {}, 2, "2*eye(n)", id="nothing-fixes-it"),
        pytest.param(
            "norm2(A*x)^2 + norm2(x)^2", "x", {}, 2, "2*(A'*A + eye)", id="a-sum-fixes-it"
        ),
        pytest.param("sum(x)", "x", {"x": "vector(3)"}, 1, "ones(3)", id="number"),
        pytest.param("sum(A*x)", "x", {}, 1, "A'*vector(1)", id="a-product-fixes-it"),
        pytest.param("sum(x)*a", "x", {}, 1, "a*ones(n)", id="filled"),
        pytest.param(
            "sum(ones(k))*x'*x", "x", {}, 1, "2*tr(eye(k))*x", id="a-dimension-of-no-variable"
        ),
        pytest.param("mean(x)", "x", {}, 1, "ones(n)/n", id="a-dimension-of-a-variable"),
    ],
)
def test_sizes_are_written_where_the_text_does_not_fix_them(
    expr, wrt, declarations, order, printed
):
    program = read(expr, declarations)
    tree = derive(program, wrt, order)
    shown = render(tree, program.variables)
    assert shown == printed
    again = read(shown, program.variables)
    assert again.expr.shape == tree.shape


def test_a_dimension_that_no_variable_has_is_a_trace():
    tree = Expr("*", (dimension(dim("k")), variable("x", (N,))), (N,))
    shown = write_known_sizes(tree, {"x": Variable("x", "vector", (N,))})
    assert text(shown, size_choices(shown)[-1]) == "tr(eye(k))*x"
    assert write_known_sizes(tree, {"x": Variable("x", "vector", (dim("k"),))}) is tree
