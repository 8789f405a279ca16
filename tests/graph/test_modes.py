"""Forward and reverse mode: programs that are the derivative, and operations that are counted."""

from itertools import pairwise

import pytest

import matcalc
from matcalc.cli.graph import sizes_of
from matcalc.core.errors import MatcalcError
from matcalc.graph.operations import Count, Side, chain_count, chain_order, count

NETWORK = "norm2(W*tanh(V*x) - y)^2"
MAPS = {"W": "matrix(m, n)", "V": "matrix(n, p)", "x": "vector(p)", "y": "vector(m)"}
SIZES = {"m": 10, "n": 50, "p": 100}


def modes(expr, wrt, sizes, variables=None, mode="auto"):
    return matcalc.parse(expr, variables=variables).graph(wrt).modes(sizes, mode)


def test_reverse_program_is_the_gradient():
    found = modes(NETWORK, "V", SIZES, MAPS)
    program = "; ".join([*found.values, *found.reverse.lines, "dV"])
    assert matcalc.equal(program, str(matcalc.diff(NETWORK, "V", variables=MAPS)), variables=MAPS)
    assert found.reverse.verification.kind == "exact"
    assert found.cheaper == "reverse"


def test_forward_program_is_the_derivative_along_a_direction():
    expr, maps = "sin(t)*exp(t)*b", {"t": "scalar", "b": "vector(n)"}
    found = modes(expr, "t", {"n": 10}, maps)
    maps |= {"dt": "scalar"}
    program = "; ".join([*found.values, *found.forward.lines, found.forward.lines[-1][:3]])
    along = str(matcalc.jvp(expr, {"t": "dt"}, variables=maps))
    assert matcalc.equal(program, along, variables=maps)
    assert found.forward.verification.kind == "exact"
    assert found.cheaper == "forward"
    assert str(found).startswith("forward mode: dx6 is the derivative of x6 along dt")


def test_what_is_used_twice_has_one_adjoint():
    found = modes("x[1]*x[2] + sin(x[1])", "x", {}, {"x": "vector(2)"})
    assert "dx2 = dx5*cos(x2) + dx4*x3" in found.reverse.lines


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("A*B*x", Count(5 * 4 + 3 * 5, 5 * 3 + 3 * 4)),  # A*(B*x)
        ("x*(x'*x)", Count(4 + 4, 3)),
        ("A*B", Count(3 * 5 * 4, 3 * 4 * 4)),
        ("diag(y)*A", Count(3 * 5)),
        ("exp(x) + exp(x)./2", Count(4, 4, 4)),
        ("x.^5 - x", Count(3 * 4, 4)),
        ("norm2(x)", Count(4, 3, 1)),
        ("tr(A*C)", Count(15, 14)),
    ],
)
def test_operations(expr, expected):
    shapes = {"A": "matrix(n, m)", "B": "matrix(m, p)", "C": "matrix(m, n)"}
    shapes |= {"x": "vector(p)", "y": "vector(n)"}
    tree = matcalc.parse(expr, variables=shapes)._program.expr
    assert count(tree, {"n": 3, "m": 5, "p": 4}) == expected


def test_order_of_a_chain():
    # Cormen, Leiserson, Rivest & Stein, Introduction to Algorithms, figure 15.5
    ends = [30, 35, 15, 5, 10, 20, 25]
    sides = [Side(*pair) for pair in pairwise(ends)]
    cost, order = chain_order(sides)
    assert cost.multiplications == 15125
    assert order == ((0, (1, 2)), ((3, 4), 5))
    assert chain_count([]) == Count()


def test_a_narrow_layer_is_where_the_product_begins():
    sizes = {"n": 60, "m": 80, "p": 5, "q": 100}
    chain = modes("C*tanh(B*sin(A*x))", "x", sizes).chain
    assert chain.order == "((J5*(J4*J3))*J2)*J1"
    assert chain.best.multiplications < chain.reverse.multiplications
    assert chain.reverse.multiplications < chain.forward.multiplications


@pytest.mark.parametrize(
    ("expr", "wrt", "sizes", "message"),
    [
        ("C*x", "x", {"n": 3}, "the size m is needed"),
        ("C*x", "x", {}, "the sizes n, m are needed"),
        ("C*x", "x", {"n": 3, "m": 0}, "the size m is 0"),
        ("expm(A)*x", "x", {"n": 3}, "the operations of expm are not counted"),
        ("C*x", "z", {"n": 3}, "z is not a variable"),
    ],
)
def test_refused(expr, wrt, sizes, message):
    with pytest.raises(MatcalcError, match=message):
        modes(expr, wrt, sizes)


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_a_mode_is_shown_without_sizes(mode):
    counted = str(modes(NETWORK, "V", SIZES, MAPS, mode))
    found = modes(NETWORK, "V", {}, MAPS, mode)
    assert str(found) == counted[: counted.index("\n\n")]
    with pytest.raises(MatcalcError, match="--mode forward or --mode reverse alone"):
        modes(NETWORK, "V", {}, MAPS)
    with pytest.raises(MatcalcError, match="is needed"):
        _ = found.cheaper


@pytest.mark.parametrize("given", ["n", "n=", "n=0", "n=2.5", "2=n", "n=1" + 12 * "0"])
def test_what_gives_no_size_is_refused(given):
    assert sizes_of("n=2, m=3") == {"n": 2, "m": 3}
    with pytest.raises(MatcalcError, match="gives no size"):
        sizes_of(f"m=3,{given}")
