"""All stationary points of functions of several numbers, free and under equations."""

from __future__ import annotations

from collections import Counter

import pytest

import matcalc
from matcalc.answers.zeros.systems import solve_system
from matcalc.core.errors import UnsupportedError
from matcalc.read.frontend import read
from matcalc.write.printers.text import text

NUMBERS = {"x": "scalar", "y": "scalar"}
LETTERS = {**NUMBERS, "a": "scalar"}
POSITIVE = dict.fromkeys("xyapqm", "positive")
# an expression, and the points with what each is
FREE = [
    ("x^3 + y^3 - 3*x*y", {"(0, 0)": "a saddle", "(1, 1)": "a local minimum"}),
    (
        "x^4 + y^4 - 4*x*y + 1",
        {"(0, 0)": "a saddle", "(-1, -1)": "a local minimum", "(1, 1)": "a local minimum"},
    ),
    (
        "x*exp(-x^2 - y^2)",
        {"(-sqrt(2)/2, 0)": "a local minimum", "(sqrt(2)/2, 0)": "a local maximum"},
    ),
    ("(x^2 + y^2)*exp(-x)", {"(0, 0)": "a minimum", "(2, 0)": "a saddle"}),
    (
        "x^3 + 3*x*y^2 - 15*x - 12*y",
        {
            "(-1, -2)": "a saddle",
            "(-2, -1)": "a local maximum",
            "(2, 1)": "a local minimum",
            "(1, 2)": "a saddle",
        },
    ),
    (
        "exp(-x^2 - y^2)*(x^2 + 2*y^2)",
        {
            "(0, 0)": "a minimum",
            "(0, -1)": "a local maximum",
            "(0, 1)": "a local maximum",
            "(-1, 0)": "a saddle",
            "(1, 0)": "a saddle",
        },
    ),
    (
        "(x - 1)^2*(y + 2)^2",
        {"(1, y) for every y": "a minimum", "(x, -2) for every x": "a minimum"},
    ),
    (
        "x^2*y*(4 - x - y)",  # (0, 2) is one of the first
        {
            "(0, y) for every y": "a stationary point",
            "(4, 0)": "a saddle",
            "(2, 1)": "a local maximum",
        },
    ),
]
# the same under an equation, with the value there
UNDER = [
    (
        "x*y",
        "x^2 + y^2 = 1",
        NUMBERS,
        {
            "(sqrt(2)/2, sqrt(2)/2)": "a maximum on the set: the value there is 1/2",
            "(-sqrt(2)/2, -sqrt(2)/2)": "a maximum on the set: the value there is 1/2",
            "(sqrt(2)/2, -sqrt(2)/2)": "a minimum on the set: the value there is -1/2",
            "(-sqrt(2)/2, sqrt(2)/2)": "a minimum on the set: the value there is -1/2",
        },
    ),
    (
        "x*y",
        "x^2 + 3*y^2 = 1",
        NUMBERS,
        {
            "(sqrt(2)/2, sqrt(6)/6)": "a maximum on the set: the value there is sqrt(3)/6",
            "(-sqrt(2)/2, -sqrt(6)/6)": "a maximum on the set: the value there is sqrt(3)/6",
            "(sqrt(2)/2, -sqrt(6)/6)": "a minimum on the set: the value there is -sqrt(3)/6",
            "(-sqrt(2)/2, sqrt(6)/6)": "a minimum on the set: the value there is -sqrt(3)/6",
        },
    ),
    (
        "x + y",
        "x*y = 1",
        NUMBERS,
        {
            "(-1, -1)": "a local maximum on the set: the value there is -2",
            "(1, 1)": "a local minimum on the set: the value there is 2",
        },
    ),
]
# with neither a least nor a largest value that is sure: no value on the boundary of the domain,
# and a singular point of the second equation
UNSURE = [
    (
        "1/x + y",
        ["x^2 + y^2 = 2"],
        {"(-1, 1)": "a local maximum on the set", "(1, -1)": "a local minimum on the set"},
    ),
    (
        "x",
        ["x^2 + y^2 + z^2 = 2", "y^2 = x^3"],
        dict.fromkeys(["(1, -1, 0)", "(1, 1, 0)"], "a stationary point on the set"),
    ),
]
# one point alone is a mapping
ALONE = [
    ("x*y", (), NUMBERS, {"x": "0", "y": "0"}, "a saddle: the Hessian there, [0, 1; 1, 0],"),
    ("x^3 + y^2", (), NUMBERS, {"x": "0", "y": "0"}, "a saddle: along x the derivative of order 3"),
    ("x*y + 1/x + 1/y", (), NUMBERS, {"x": "1", "y": "1"}, "a local minimum"),
    ("x^2 + y^2", ["x + y = 1"], NUMBERS, {"x": "0.5", "y": "0.5"}, "the only minimum on the set"),
    (
        "x^a*y^(1 - a)",
        ["p*x + q*y = m"],
        POSITIVE,
        {"x": "a*m/p", "y": "m*(1 - a)/q"},
        "a stationary point on the set",
    ),
    (
        "x + y",
        ["x^2 + y^2 = 1"],
        {"x": "positive", "y": "positive"},
        {"x": "sqrt(2)/2", "y": "sqrt(2)/2"},
        "a local maximum on the set",
    ),
    (
        "x^2*y^2",  # (0, 1) is none
        ["x + y = 1"],
        {"x": "positive", "y": "positive"},
        {"x": "0.5", "y": "0.5"},
        "a local maximum on the set",
    ),
    (
        "-x*log(x) - y*log(y)",
        ["x + y = 1"],
        {"x": "positive", "y": "positive"},
        {"x": "1/2", "y": "1/2"},
        "the only maximum on the set",
    ),
]


def _kinds(found: matcalc.Formula) -> dict[str, str]:
    return {str(point): str(kind) for point, kind in found.points}


@pytest.mark.parametrize(("expr", "points"), FREE)
def test_all_points(expr: str, points: dict[str, str]) -> None:
    found = matcalc.stationary(expr, ["x", "y"], variables=NUMBERS)
    kinds = _kinds(found)
    assert kinds.keys() == points.keys()
    assert all(kinds[point].startswith(kind + ":") for point, kind in points.items())
    assert "exact" in found.proof and found.proof.endswith("there are no other points")
    assert found.latex().count(",") >= len(points)


@pytest.mark.parametrize(("expr", "equation", "kinds", "points"), UNDER)
def test_all_points_under_an_equation(
    expr: str, equation: str, kinds: dict[str, str], points: dict[str, str]
) -> None:
    found = matcalc.stationary(expr, ["x", "y"], subject_to=equation, variables=kinds)
    said = _kinds(found)
    assert said.keys() == points.keys()
    assert all(said[point].startswith(kind) for point, kind in points.items())


@pytest.mark.parametrize(("expr", "equations", "points"), UNSURE)
def test_a_set_on_which_no_value_is_known_to_be_the_least(
    expr: str, equations: list[str], points: dict[str, str]
) -> None:
    names = ["x", "y", "z"][: len(equations) + 1]
    kinds = dict.fromkeys(names, "scalar")
    said = _kinds(matcalc.stationary(expr, names, subject_to=equations, variables=kinds))
    assert said.keys() == points.keys()
    assert all(said[point].startswith(kind) for point, kind in points.items())


def test_a_sign_that_is_not_known_makes_no_saddle() -> None:
    kinds = dict.fromkeys("cxyz", "scalar")
    found = matcalc.stationary(
        "c*x^2 + y^2/c + z", ["x", "y", "z"], subject_to="z = 0", variables=kinds
    )
    assert found.condition.startswith("a stationary point on the set")


def test_what_is_divided_by_may_be_zero_at_another_point() -> None:
    found = matcalc.stationary("(x*y - 1)^2", ["x", "y"], variables=NUMBERS)
    assert _kinds(found).keys() == {"(0, 0)", "(1/y, y) for every y"}
    with pytest.raises(UnsupportedError, match="no closed form was found"):
        matcalc.stationary(
            "x^2 + y", ["x", "y"], subject_to="(x^2 + y^2 - 1)^2 = 0", variables=NUMBERS
        )
    kinds = {"x": "positive", "y": "scalar"}
    found = matcalc.stationary("x^2*y^2", ["x", "y"], variables=kinds)
    assert _kinds(found).keys() == {"(x, 0) for every x"}


@pytest.mark.parametrize(("expr", "equations", "kinds", "values", "condition"), ALONE)
def test_one_point_is_a_mapping(
    expr: str, equations: list[str], kinds: dict[str, str], values: dict[str, str], condition: str
) -> None:
    found = matcalc.stationary(expr, ["x", "y"], subject_to=equations, variables=kinds)
    assert {name: str(value) for name, value in found.items()} == values
    assert found.condition.startswith(condition)


def test_other_points_for_special_letters_are_not_denied() -> None:
    kinds = NUMBERS | {"a": "scalar"}
    found = matcalc.stationary("x^3 + y^3 - 3*a*x*y", ["x", "y"], variables=kinds)
    assert _kinds(found).keys() == {"(0, 0)", "(a, a)"}
    assert found.proof.endswith("there are no other points where a is not zero")
    found = matcalc.stationary("a*x^2 + x*y", ["x", "y"], variables=kinds)
    assert {name: str(value) for name, value in found.items()} == {"x": "0", "y": "0"}


def test_several_equations() -> None:
    kinds = NUMBERS | {"z": "scalar"}
    found = matcalc.stationary(
        "x^2 + y^2 + z^2",
        ["x", "y", "z"],
        subject_to=["x + y + z = 1", "x - y = 2"],
        variables=kinds,
    )
    assert [str(value) for value in found.values()] == ["4/3", "-2/3", "1/3"]
    assert "l = -2/3, k = -2" in found.condition


def test_a_sign_that_is_not_known_decides_no_kind() -> None:
    kinds = NUMBERS | {"z": "scalar", "b": "scalar"}  # for b > 0 a minimum, for b < 0 a maximum
    found = matcalc.stationary(
        "b*x^2 + y^2/b + z", ["x", "y", "z"], subject_to="z^3 + z = 2", variables=kinds
    )
    assert found.condition.startswith("a stationary point on the set: the value there is 1;")
    assert found.proof.endswith("where b is not zero")


def test_a_multiplier_that_may_be_anything_is_not_said() -> None:
    found = matcalc.stationary(  # the equation has no gradient there
        "x^2 + y^2", ["x", "y"], subject_to="x^3 - y^2 = 0", variables=NUMBERS
    )
    assert [str(value) for value in found.values()] == ["0", "0"]
    assert found.condition.startswith("a minimum") and "l =" not in found.condition


def test_factors_that_are_letters_are_not_zero() -> None:
    kinds = [f"{name}: scalar" for name in "xya"]
    one, other = (
        read(equation, kinds).expr
        for equation in ("a*(x^2 + y^2 - 2)*(2*x^2 + y^2 - 3)", "x^2 - 2*y^2 + 1")
    )
    found = solve_system(read("x + y + a", kinds), [one, other], ["x", "y"])
    assert found and all(text(each.apart[0]) == "a" for each in found)


def test_no_point_and_no_closed_form() -> None:
    with pytest.raises(
        UnsupportedError, match="no stationary point: the gradients with respect to x, y are"
    ):
        matcalc.stationary("x + y", ["x", "y"], variables=NUMBERS)
    # the minimum is at the cusp, where the gradient of the equation is zero
    with pytest.raises(UnsupportedError, match="no point has multipliers") as raised:
        matcalc.stationary("x", ["x", "y"], subject_to="y^2 = x^3", variables=NUMBERS)
    assert "y^2 = x^3 has no gradient at (0, 0), where the function is 0" in str(raised.value)
    with pytest.raises(UnsupportedError, match="no closed form was found for x, y"):
        matcalc.stationary("x^4 + y^4 + a*x*y + x + 2*y", ["x", "y"], variables=LETTERS)
    cubic = "a*log(x + b) + x^3/3 + c*x"  # its derivative has zeros, as for a = 1 and b = c = 0
    with pytest.raises(UnsupportedError, match="no closed form was found"):
        matcalc.stationary(cubic, "x", variables={"x": "scalar"})
    with pytest.raises(UnsupportedError, match="no closed form was found for u, v"):
        matcalc.stationary("norm2(u)^2 + norm2(v)^2", ["u", "v"], subject_to="u'*v = 1")


def test_where_the_equation_has_no_gradient() -> None:
    found = matcalc.stationary("x + y", ["x", "y"], subject_to="y^2 = x^3", variables=NUMBERS)
    assert {name: str(value) for name, value in found.items()} == {"x": "4/9", "y": "-8/27"}
    assert found.proof.endswith("y^2 = x^3 has no gradient at (0, 0), where the function is 0")


# polynomials of which some points have no closed form: how many of these are of each kind, those
# that have one, and the polynomial of the others
WITHOUT_CLOSED_FORM = [
    (
        "(x^2 + y - 11)^2 + (x + y^2 - 7)^2",  # Himmelblau's function
        {"a local minimum": 3, "a local maximum": 1, "a saddle": 4},
        {"(3, 2)": "a minimum"},
        "(y - 2)*(y^3 + 2*y^2 - 10*y - 19)*(32*y^5 - 208*y^3 - 168*y^2 + 1)",
    ),
    (
        "x^4 + y^4 + x*y + x + 2*y",
        {"a local minimum": 1},
        {},
        "256*y^9 + 384*y^6 + 192*y^3 - y + 31",
    ),
    (
        "x^6/6 - x^4/2 - x^2*y + y^3/3 - y",
        {"a local minimum": 2},  # which have one y
        {"(0, -1)": "a saddle", "(0, 1)": "a saddle"},
        "(t - 2)*(t + 2)*(t^8 - 36*t^6 - 56*t^5 + 340*t^4 + 304*t^3 - 1140*t^2 - 288*t + 1708), "
        "t = x + 2*y,",
    ),
]


@pytest.mark.parametrize(("expr", "kinds", "points", "polynomial"), WITHOUT_CLOSED_FORM)
def test_points_without_a_closed_form(
    expr: str, kinds: dict[str, int], points: dict[str, str], polynomial: str
) -> None:
    found = matcalc.stationary(expr, ["x", "y"], variables=NUMBERS)
    assert {point: kind.split(":")[0] for point, kind in _kinds(found).items()} == points
    assert dict(Counter(kind.said for _, kind in found.near)) == kinds
    assert f"each real root of {polynomial} is one point" in found.proof
    slopes = [matcalc.diff(expr, name, variables=NUMBERS).to_callable() for name in "xy"]
    for values, _ in found.near:
        place = dict(zip("xy", map(float, values), strict=True))
        assert all(abs(slope(**place)) < 1e-2 for slope in slopes)
    assert found.latex().count("approx") == len(found.near)


A_AND_B = dict.fromkeys("xyab", "vector(n)")
# several arrays under equations: the formulas, and where they exist
ARRAYS = [
    (
        "norm2(x - a)^2 + norm2(y - b)^2",
        "x = y",
        A_AND_B,
        {"l": "a - b", "x": "a - l/2", "y": "b + l/2"},
        "",
    ),
    (
        "norm2(x - a)^2 + norm2(y - b)^2",
        "A*x = B*y",
        {**A_AND_B, "y": "vector(m)", "b": "vector(m)", "A": "matrix(p, n)", "B": "matrix(p, m)"},
        {"l": "2*inv(A*A' + B*B')*(A*a - B*b)", "x": "a - A'*l/2", "y": "B'*l/2 + b"},
        "it exists where A*A' + B*B' is invertible",
    ),
    (
        "x'*P*x/2 + y'*R*y/2",
        "x = A*z + B*y",
        {"P": "psd(n)", "R": "psd(m)", "A": "matrix(n, n)", "B": "matrix(n, m)", "z": "vector(n)"},
        {"l": "-inv(B*inv(R)*B' + inv(P))*A*z", "x": "-inv(P)*l", "y": "inv(R)*B'*l"},
        "",
    ),
    (
        "norm2(x)^2 + y^2",
        "a'*x + y = 1",
        {"x": "vector(n)", "a": "vector(n)", "y": "scalar"},
        {"l": "-2/(1 + a'*a)", "x": "-l*a/2", "y": "-l/2"},
        "",
    ),
]


@pytest.mark.parametrize(("expr", "equation", "kinds", "values", "where"), ARRAYS)
def test_arrays_under_an_equation(
    expr: str, equation: str, kinds: dict[str, str], values: dict[str, str], where: str
) -> None:
    found = matcalc.stationary(expr, ["x", "y"], subject_to=equation, variables=kinds)
    assert {name: str(value) for name, value in found.items()} == values
    assert found.condition.startswith("the only minimum on the set")
    assert where in found.condition
    assert found.proof.startswith("the equations hold there") and "exact" in found.proof


# vectors on a sphere: the minimum, the maximum, and what is said of them
SPHERES = [
    ("norm2(x - y)^2", "x'*x = 1", "y/norm2(y)", "-y/norm2(y)"),
    ("norm2(x - y)^2", "norm2(x) = 1", "y/norm2(y)", "-y/norm2(y)"),
    ("c'*x", "norm2(x) = 1", "-c/norm2(c)", "c/norm2(c)"),
]


@pytest.mark.parametrize(("expr", "equation", "least", "largest"), SPHERES)
def test_both_ends_on_a_sphere(expr: str, equation: str, least: str, largest: str) -> None:
    kinds = {"x": "vector(n)", "y": "vector(n)", "c": "vector(n)"}
    found = matcalc.stationary(expr, "x", subject_to=equation, variables=kinds)
    assert (str(found), str(found.other)) == (least, largest)
    assert found.condition.startswith("the minimum on the set, and the other one the maximum")


def test_what_has_no_point_on_a_set_is_refused_soon() -> None:
    kinds = {"c": "vector(n)", "y": "vector(n)", "P": "psd(n)"}
    with pytest.raises(UnsupportedError, match=r"c \+ l, does not depend on x"):
        matcalc.stationary("c'*x", "x", subject_to="sum(x) = 1", variables=kinds)
    with pytest.raises(UnsupportedError, match="no closed form"):
        matcalc.stationary("norm2(x - y)^2", "x", subject_to="x'*P*x = 1", variables=kinds)


# the gradient says what a letter is, and then the second derivative has one sign
ONE_SIGN = [
    ("k*log(p) + (n - k)*log(1 - p)", "p", {"p": "scalar"}, "a local maximum"),
    ("n*log(p) + k/(2*p^2)", "p", {"p": "positive", "k": "scalar"}, "a local minimum"),
]


@pytest.mark.parametrize(("expr", "wrt", "kinds", "kind"), ONE_SIGN)
def test_the_sign_wherever_the_gradient_is_zero(
    expr: str, wrt: str, kinds: dict[str, str], kind: str
) -> None:
    found = matcalc.stationary(expr, wrt, variables={"k": "positive", "n": "positive"} | kinds)
    assert found.condition.startswith(f"{kind}: the second derivative is ")
    assert "wherever the gradient is zero" in found.condition


# what jumps or bends in the gradient is zero there
ON_KINKS = [
    ("abs(x - 1)", "x", {"x": "scalar"}, "1"),
    ("huber(x - a, 1)", "x", {"x": "scalar", "a": "scalar"}, "a"),
    ("sum(abs(x - y))", "x", {"x": "vector(n)", "y": "vector(n)"}, "y"),
    ("sum(huber(x - y, 1))", "x", {"x": "vector(n)", "y": "vector(n)"}, "y"),
]


@pytest.mark.parametrize(("expr", "wrt", "kinds", "point"), ON_KINKS)
def test_points_on_kinks(expr: str, wrt: str, kinds: dict[str, str], point: str) -> None:
    found = matcalc.stationary(expr, wrt, variables=kinds)
    assert str(found) == point
    assert found.condition.startswith("a minimum")
