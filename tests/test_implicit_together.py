"""Several variables that as many equations determine together."""

import numpy as np
import pytest

import matcalc
from matcalc.cli import main
from matcalc.core.errors import MatcalcError

S = "scalar"
KKT = {"A": "psd(n)", "B": "matrix(m, n)", "c": "vector(n)", "d": "vector(m)"}
TOGETHER = [
    (
        ["A*x + B'*y = c", "B*x = d"],
        ["x", "y"],
        "d",
        KKT,
        {"dy": "-inv(B*inv(A)*B')*dd", "dx": "-inv(A)*B'*dy"},
        ["B*inv(A)*B' is invertible"],
    ),
    (
        ["a*x - y = 1", "x^2 + y^2 = r"],
        ["x", "y"],
        "r",
        dict.fromkeys("axyr", S),
        {"dx": "dr/(2*(a*y + x))", "dy": "a*dx"},
        ["2*(a*y + x) is not zero"],
    ),
    (
        ["p/sqrt(K) = r", "K = k*L"],
        ["K", "r"],
        "L",
        dict.fromkeys("pKrkL", "positive"),
        {"dr": "-dL*k*p/(2*K^1.5)", "dK": "dL*k"},
        [],
    ),
    (
        ["A*X + X*B + Y = C", "Y*D = X"],
        ["X", "Y"],
        "C",
        {"X": "matrix(n, m)", "Y": "matrix(n, m)"},
        {"dX": "sylvester(A, B + inv(D), dC)", "dY": "dX*inv(D)"},
        ["the equation for dY has one solution", "the equation for dX has one solution"],
    ),
    (  # solutions are looked for up to the end of the domain
        ["sqrt(x) + y = r", "sqrt(y) - x = r"],
        ["x", "y"],
        "r",
        dict.fromkeys("xyr", S),
        {"dy": "2*dr*(1 + 2*sqrt(x))/(1/sqrt(y) + 4*sqrt(x))", "dx": "2*sqrt(x)*(dr - dy)"},
        [],
    ),
]


@pytest.mark.parametrize(("equations", "of", "wrt", "variables", "said", "where"), TOGETHER)
def test_differentials(equations, of, wrt, variables, said, where):
    found = matcalc.implicit(equations, of, wrt, variables=variables)
    assert {name: str(each) for name, each in found.items()} == said
    assert found.conditions == where
    assert found.proof.startswith("the differentials of all equations are zero along them")
    assert found.latex().count("&=") == len(said)


def test_the_differentials_are_those_of_solutions():
    """x and y of the two equations, by differences of solutions in closed form."""
    found = matcalc.implicit(
        ["a*x - y = 1", "x^2 + y^2 = r"], ["x", "y"], "r", variables=dict.fromkeys("axyr", S)
    )

    def solve(a, r):
        x = (a + np.sqrt(a**2 - (1 + a**2) * (1 - r))) / (1 + a**2)
        return x, a * x - 1

    a, r, step = 0.7, 3.0, 1e-5
    x, y = solve(a, r)
    values = {"x": x, "y": y, "a": a, "dr": 1.0}
    for name, formula in found.items():
        values[name] = eval(str(formula).replace("^", "**"), {}, dict(values))
    moved = (values["dx"], values["dy"])
    for value, above, below in zip(moved, solve(a, r + step), solve(a, r - step), strict=True):
        assert value == pytest.approx((above - below) / (2 * step), rel=1e-6)


@pytest.mark.parametrize(
    ("equations", "of", "message"),
    [
        # S - l*eye is singular wherever the equation holds
        (["S*x = l*x", "x'*x = 1"], ["x", "l"], "could not be solved for x, l"),
        (["x'*S*x = l"], ["x", "l"], "1 equations do not determine 2 variables"),
        (["S*x = l*x", "x'*x = 1"], ["x", "S"], "S cannot be a function of itself"),
    ],
)
def test_refused(equations, of, message):
    with pytest.raises(MatcalcError, match=message):
        matcalc.implicit(equations, of, "S", variables={"S": "symmetric(n)", "l": S})


def test_an_objective_goes_with_one_equation():
    with pytest.raises(MatcalcError, match="an objective goes with one equation"):
        matcalc.implicit(["x = t", "y = x"], ["x", "y"], "t", objective="x*y")


def test_command(capsys):
    words = ["implicit", "A*x + B'*y = c", "--and", "B*x = d", "--of", "x,y", "-w", "c"]
    for name, kind in KKT.items():
        words += ["-v", f"{name}: {kind}"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert said.startswith("dy = inv(B*inv(A)*B')*B*inv(A)*dc\ndx = inv(A)*(dc - B'*dy)\n")
