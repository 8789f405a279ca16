"""Several variables that as many equations determine together."""

import warnings

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
    (  # S - l*eye is singular wherever the equation holds, and the matrix of all blocks is not
        ["S*x = l*x", "x'*x = 1"],
        ["x", "l"],
        "S",
        {"S": "symmetric(n)", "l": S},
        {
            "dl": "(inv([S - l*eye, -x; 2*x', 0])*[-dS*x; 0])[n + 1]",
            "dx": "(inv([S - l*eye, -x; 2*x', 0])*[-dS*x; 0])[1:n]",
        },
        ["[S - l*eye, -x; 2*x', 0] is invertible"],
    ),
    (
        ["A*x = l*x", "b'*x = t"],
        ["x", "l"],
        "t",
        {"l": S, "t": S},
        {
            "dl": "dt*inv([A - l*eye, -x; b', 0])[n + 1, n + 1]",
            "dx": "dt*inv([A - l*eye, -x; b', 0])[1:n, n + 1]",
        },
        ["[A - l*eye, -x; b', 0] is invertible"],
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


def test_the_differentials_are_those_of_eigenvectors():
    found = matcalc.implicit(
        ["S*x = l*x", "x'*x = 1"], ["x", "l"], "S", variables={"S": "symmetric(n)", "l": S}
    )
    rng = np.random.default_rng(1)
    B, E = rng.normal(size=(2, 4, 4))
    B, E, step = B + B.T, E + E.T, 1e-6

    def pair(t):
        values, vectors = np.linalg.eigh(B + t * E)
        return values[1], vectors[:, 1] * np.sign(vectors[0, 1])

    (value, x), above, below = pair(0.0), pair(step), pair(-step)
    given = {"S": B, "x": x, "l": value, "dS": E, "dx": x, "dl": 0.0}
    for name, one, other in zip(("dl", "dx"), above, below, strict=True):
        moved = found[name].to_callable()(**given)
        assert np.allclose(moved, (one - other) / (2 * step), atol=1e-6)


@pytest.mark.parametrize(
    ("equations", "of", "message"),
    [
        # the matrix of all blocks is singular: the second equation says what the first one does
        (["S*x = l*x", "x'*S*x = l*x'*x"], ["x", "l"], "could not be solved for x, l"),
        (["x'*S*x = l"], ["x", "l"], "1 equations do not determine 2 variables"),
        (["S*x = l*x", "x'*x = 1"], ["x", "S"], "S cannot be a function of itself"),
        ("S*x = l*x, x'*x = 1", ["x", "l"], "these are 2 equations"),
    ],
)
def test_refused(equations, of, message):
    with pytest.raises(MatcalcError, match=message):
        matcalc.implicit(equations, of, "S", variables={"S": "symmetric(n)", "l": S})


ADJOINT = [
    (  # each part of the solution has a multiplier
        ["A*x + B'*y = c", "B*x = d"],
        ["x", "y"],
        "c",
        "norm2(x - z)^2",
        KKT,
        "l",
        ["k = 2*inv(B*inv(A)*B')*B*inv(A)*(x - z)", "l = inv(A)*(2*(x - z) - B'*k)"],
    ),
    (
        ["A*x + B*y = b", "C*x = y"],
        ["x", "y"],
        "B",
        "h'*y",
        {},
        "-l*y'",
        ["l = inv(A + B*C)'*C'*h", "k = B'*l - h"],
    ),
    (
        ["x^2 + y^2 = r", "x*y = s"],
        ["x", "y"],
        "s",
        "x + y + s",
        dict.fromkeys("xyrs", S),
        "1 + k",
        ["l = (x - y)/(2*(x^2 - y^2))", "k = (1 - 2*l*x)/y"],
    ),
    (  # that x and y have one size is said by the objective alone
        ["A*x = y", "y + x = B*b"],
        ["x", "y"],
        "b",
        "x'*y",
        {"b": "vector(k)"},
        "B'*q",
        ["q = inv(A' + eye)*(A'*x + y)", "l = q - x"],
    ),
]


@pytest.mark.parametrize(("equations", "of", "wrt", "objective", "kinds", "said", "lines"), ADJOINT)
def test_an_objective(equations, of, wrt, objective, kinds, said, lines):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", matcalc.NotationWarning)
        found = matcalc.implicit(equations, of, wrt, objective=objective, variables=kinds)
    assert str(found) == said
    assert [text for head, text in found.lines if head == "adjoint"] == lines
    assert found.proof.startswith("the adjoint equations hold, ")
    assert "it is what the derivatives of x, y give" in found.proof


SIZES = [  # sizes that are not declared are those that make the equations as many as the unknowns
    (["A*x + B*y = b", "C*x + D*y = d"], {"x": "vector(n)", "y": "vector(p)"}),
    (["C*x - y", "A*x + B*y = b"], {"x": "vector(m)", "y": "vector(n)"}),  # not n of both
    (["p*x - y'*w = 1", "A*y = x*w"], {"x": S, "y": "vector(n)"}),
    (["A*X + Y = C", "B*Y = X"], {"X": "matrix(m, p)", "Y": "matrix(n, p)"}),
    (
        ["sum[j](A[:,j]*x[j]) - y", "sum[j](B[:,j]*y[j]) + x - b"],
        {"x": "vector(m)", "y": "vector(n)"},
    ),
]


@pytest.mark.parametrize(("equations", "kinds"), SIZES)
def test_sizes_are_those_of_both_equations(equations, kinds, capsys):
    first, second = equations
    of = list(kinds)
    wrt = "C" if "X" in of else "B" if "B*y" in first + second else "A"
    words = ["implicit", first, "--and", second, "--of", ",".join(of), "-w", wrt]
    words += [word for name in of if kinds[name] == S for word in ("-v", f"{name}: scalar")]
    assert main(words) == 0
    said = capsys.readouterr()
    assert "the differentials of all equations are zero" in said.out
    for name, kind in kinds.items():
        assert kind == S or f"{name}: {kind}" in said.err


@pytest.mark.parametrize(
    ("more", "hint"), [("C*x == y", "write C\\*x = y"), ("C*x < y", "write it with =")]
)
def test_what_is_no_equation(more, hint):
    with pytest.raises(MatcalcError, match=f"is not an equation(.|\n)*{hint}"):
        matcalc.implicit(["A*x + B*y = h", more], ["x", "y"], "B")


def test_latex(capsys):
    words = ["implicit", "A x + B y = b", "--and", "C x - y", "--of", "x,y", "-w", "b", "--latex"]
    assert main(words) == 0
    assert capsys.readouterr().out.startswith("dx = inv(A + B*C)*db\ndy = C*dx\n")


def test_constraints_in_latex(capsys):
    words = ["stationary", r"\|x - y\|^2", "--latex", "-w", "x", "--subject-to", "A x = b"]
    assert main(words) == 0
    assert capsys.readouterr().out.startswith("x = y - pinv(A)*(A*y - b)\n")
    found = matcalc.stationary(r"x^\top S x", "x", subject_to=r"a^\top x = 1", latex=True)
    assert str(found) == "inv(S + S')*a/(a'*inv(S + S')*a)"


def test_command(capsys):
    words = ["implicit", "A*x + B'*y = c", "--and", "B*x = d", "--of", "x,y", "-w", "c"]
    for name, kind in KKT.items():
        words += ["-v", f"{name}: {kind}"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert said.startswith("dy = inv(B*inv(A)*B')*B*inv(A)*dc\ndx = inv(A)*(dc - B'*dy)\n")


# an equation of entries is read as one for every place
ENTRIES = [
    ("sum[j](A[i,j]*x[j]) = b[i]", "x", "b", {"b": "vector(n)"}, "inv(A)"),
    (
        "x[i] = tanh(sum[j](W[i,j]*x[j]) + b[i])",
        "x",
        "b",
        {"b": "vector(n)"},
        "inv(eye - M*W)*M where M = diag(1 - tanh(W*x + b).^2)",
    ),
    ("x[i]^3 + x[i] = b[i]", "x", "b", {"b": "vector(n)"}, "diag(1./(1 + 3*x.^2))"),
    ("sum[j](A[i,j]*X[j,k]) = B[i,k]", "X", "A", {}, "-inv(A)*dA*X"),
]


@pytest.mark.parametrize(("equation", "of", "wrt", "kinds", "expected"), ENTRIES)
def test_equations_of_entries(equation, of, wrt, kinds, expected):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = matcalc.implicit(equation, of, wrt, variables=kinds)
    assert str(found) == expected
    assert any("read as one for every" in note for note in found.notes)


def test_an_objective_is_told_from_an_equation():
    with pytest.raises(MatcalcError) as told:
        matcalc.implicit("norm2(A*x - b)^2", "x", "b", variables={"b": "vector(m)"})
    assert told.value.hint.endswith("for a minimum of f it is grad(f, x)")
    found = matcalc.implicit(
        "grad(norm2(A*x - b)^2, x)", "x", "b", variables={"b": "vector(m)", "x": "vector(n)"}
    )
    assert str(found) == "pinv(A)"
