"""Stationary points, convexity, what equations determine, and the steps of minimization."""

import pytest
from sweeps import thinned

import matcalc
from matcalc.answers.convex.convexity import NEITHER, Convexity
from matcalc.cli import main
from matcalc.core.errors import MatcalcError, UnsupportedError

S = "scalar"

POINTS = [
    ("least-squares", "norm2(A*x - b)^2", "x", "pinv(A)*b", {"b": "vector(m)"}, "a minimum"),
    (
        "ridge",
        "norm2(X*w - y)^2 + c*w'*w",
        "w",
        "inv(X'*X + c*eye)*X'*y",
        {"y": "vector(n)", "c": "positive"},
        "the only minimum",
    ),
    (
        "weighted",
        "(X*w - y)'*diag(p)*(X*w - y)",
        "w",
        "inv(X'*diag(p)*X)*X'*(p.*y)",
        {"p": "positive(n)", "y": "vector(n)"},
        "a minimum",
    ),
    (
        "gaussian-mean",
        "sum[i]((X[i,:]' - m)'*inv(S)*(X[i,:]' - m))",
        "m",
        None,
        {"X": "matrix(n, k)", "m": "vector(k)", "S": "psd(k)"},
        "",
    ),
    (
        "gaussian-covariance",
        "n*logdet(S)/2 + tr(inv(S)*C)/2",
        "S",
        "C/n",
        {"S": "psd(k)", "C": "psd(k)", "n": "positive"},
        "the only minimum: as a function of inv(S) it is strictly convex",
    ),
    (
        "variance",
        "n*log(s) + a/s",
        "s",
        "a/n",
        dict.fromkeys("sna", "positive"),
        "the only minimum: as a function of 1/s it is strictly convex",
    ),
    ("poisson", "sum(x) - p'*log(x)", "x", "p", dict.fromkeys("xp", "positive(n)"), "the only"),
    ("parabola", "a*x^2 + b*x", "x", "-b/(2*a)", dict.fromkeys("abx", S), "where 2*a is positive"),
    ("concave", "log(x) - x", "x", "1", {"x": "positive"}, "the only maximum"),
    ("inverse", "sum(cosh(x)) - b'*x", "x", "asinh(b)", {"b": "vector(n)"}, "the only minimum"),
    ("matrix", "norm2(A*X - B)^2", "X", "pinv(A)*B", {"B": "matrix(m, p)"}, "a minimum"),
    (
        "both-sides",
        "norm2(A*X*B - C)^2",
        "X",
        "pinv(A)*C*pinv(B)",
        {"A": "matrix(m, n)", "B": "matrix(p, q)"},
        "a minimum",
    ),
    (
        "ridge-of-a-matrix",
        "norm2(A*X - B)^2 + c*norm2(X)^2",
        "X",
        "inv(A'*A + c*eye)*A'*B",
        {"B": "matrix(m, p)", "c": "positive"},
        "the only minimum",
    ),
    (
        "from-both-sides",
        "norm2(X*A - B)^2 + c*norm2(X - D)^2",
        "X",
        "(B*A' + c*D)*inv(A*A' + c*eye)",
        {"c": "positive"},
        "the only minimum",
    ),
    ("line", "sum[i<j]((x[i] - x[j])^2)", "x", "zeros(n)", {}, "so is x + t*vector(1)"),
    (
        "indefinite",
        "x'*A*x - 2*b'*x",
        "x",
        "inv(A)*b",
        {"A": "symmetric(n)", "b": "vector(n)"},
        "where the Hessian there, 2*A, is positive definite",
    ),
]


@pytest.mark.parametrize(
    ("expr", "wrt", "expected", "variables", "condition"),
    [pytest.param(*row[1:], id=row[0]) for row in POINTS],
)
def test_point(expr, wrt, expected, variables, condition):
    found = matcalc.stationary(expr, wrt, variables=variables)
    if expected is not None:
        assert str(found) == expected
    assert condition in found.condition
    assert "exact" in found.proof
    assert wrt not in found.variables
    assert found.latex()


NAMED = [
    ("x'*A*x/(x'*x)", {"A": "symmetric(n)"}, "A*x = λ*x, an eigenproblem"),
    ("x'*A*x/(x'*B*x)", {"A": "symmetric(n)", "B": "psd(n)"}, "A*x = λ*B*x, a generalized"),
]


@pytest.mark.parametrize(("expr", "variables", "said"), NAMED)
def test_named_problem(expr, variables, said):
    assert matcalc.stationary(expr, "x", variables=variables).report().startswith(said)


@pytest.mark.parametrize(
    ("expr", "variables", "said"),
    [
        ("a*log(x) + b*log(1 - x)", {"a": "positive", "b": "positive"}, "a/(a + b)"),
        ("x*exp(-x)", {}, "1"),
        ("x*log(x)", {"x": "positive"}, "exp(-1)"),
        ("exp(x) - b*x", {"b": "positive"}, "log(b)"),
    ],
)
def test_equations_that_become_affine(expr, variables, said):
    assert str(matcalc.stationary(expr, "x", variables={"x": S, **variables})) == said


@pytest.mark.parametrize("expr", ["exp(x)", "exp(x) + b*x"])
def test_where_there_is_no_real_point(expr):
    with pytest.raises(MatcalcError, match="there is no stationary point"):
        matcalc.stationary(expr, "x", variables={"x": S, "b": "positive"})


def test_sylvester_is_named():
    found = matcalc.stationary("norm2(A*X + X*B - C)^2", "X")
    assert "a linear matrix equation (Sylvester)" in str(found)


@pytest.mark.parametrize(
    ("expr", "wrt", "variables", "message"),
    [
        ("sum(exp(x))", "x", {}, "no closed form was found"),
        ("logsumexp(A*x)", "x", {}, "no closed form was found"),
        ("sum(A*x.*log(A*x))", "x", {"A": "matrix(n, n)"}, "no closed form was found"),
        ("a'*x", "x", {"a": "vector(n)"}, "does not depend on x"),
        ("A*x", "x", {}, "defined for scalars"),
        ("a'*x", "x", {"a": "vector(n)", "x": "onehot(n)"}, "need not be zero"),
        ("tr(Q*A*Q*B)", "Q", {"Q": "orthogonal(n)"}, "among orthogonal"),
        ("x'*x", "y", {}, "y is not a variable"),
    ],
)
def test_no_point(expr, wrt, variables, message):
    with pytest.raises(MatcalcError, match=message):
        matcalc.stationary(expr, wrt, variables=variables)


PX = {"x": "positive(n)"}
CONSTRAINED = [
    ("norm2(x - y)^2", "A*x = b", {"y": "vector(n)", "b": "vector(m)"}, "y - pinv(A)*(A*y - b)"),
    ("x'*S*x", "sum(x) = 1", {"S": "psd(n)"}, "inv(S)*vector(1)/sum(inv(S))"),
    ("-p'*log(x)", "sum(x) = 1", {"p": "positive(n)", **PX}, "p/sum(p)"),
    ("sum(x.*log(x)) - c'*x", "sum(x) = 1", {"c": "vector(n)", **PX}, "softmax(c)"),
    ("a'*x", "x'*x = 1", {"a": "vector(n)"}, "-a/norm2(a)"),
    ("x'*x", "a'*x = 1", {}, "a/(a'*a)"),
    ("x'*log(x./p)", "sum(x) = 1", {"p": "positive(n)", **PX}, "p/sum(p)"),
    ("sum(exp(x))", "sum(x) = s", {"x": "vector(n)", "s": S}, "s*ones(n)/n"),
    (
        "sum(c./x)",
        "b'*x = s",
        {"b": "positive(n)", "c": "positive(n)", "s": S, **PX},
        "s*(sqrt(c)./sqrt(b))/(sqrt(b)'*sqrt(c))",
    ),
]


@pytest.mark.parametrize(("expr", "equation", "variables", "expected"), thinned(CONSTRAINED, 3))
def test_point_under_an_equation(expr, equation, variables, expected):
    found = matcalc.stationary(expr, "x", subject_to=equation, variables=variables)
    assert str(found) == expected
    assert "exact" in found.proof
    kind = (
        "the minimum on the set, and the other" if expr == "a'*x" else "the only minimum on the set"
    )
    assert found.condition.startswith(kind)


@pytest.mark.parametrize(
    ("expr", "counts"), [("norm2(x - a)^2", True), ("sum(x.*log(x)) - a'*x", False)]
)
def test_a_point_beside_the_simplex_does_not_count(expr, counts):
    kinds = {"x": "simplex(n)", "a": "vector(n)"}
    condition = matcalc.stationary(expr, "x", variables=kinds).condition
    assert condition.endswith("it counts where it is positive(n)") == counts


def test_high_poles_are_turned_into_powers():
    given = dict.fromkeys("ab", "positive")
    found = matcalc.stationary("a/x^12 - b/x^6", "x", variables={"x": S, **given})
    assert [str(point) for point, _ in found.points] == ["(2*a/b)^(1/6)", "-(2*a/b)^(1/6)"]
    assert all("a local minimum" in str(kind) for _, kind in found.points)


def test_a_power_with_a_letter():
    kinds = dict.fromkeys("xab", "positive")
    found = matcalc.stationary("b*x^a - x", "x", variables=kinds)
    assert (str(found), "exact" in found.proof) == ("(1/(a*b))^(1/(a - 1))", True)


@pytest.mark.parametrize(
    ("expr", "point"),
    [
        ("-logdet(X) + norm2(X - A)^2/(2*t)", "(A + sqrtm(4*t*eye + A^2))/2"),
        ("tr(P*inv(X)) + logdet(X) + t*tr(X)", "(sqrtm(4*t*P + eye) - eye)/(2*t)"),
        ("tr(P*inv(X)) + tr(X)", "sqrtm(P)"),
        ("tr(X^3)/3 - tr(P*X)", "sqrtm(P)"),
    ],
)
def test_quadratic_equations_of_one_matrix(expr, point):
    kinds = {"X": "psd(n)", "A": "symmetric(n)", "P": "psd(n)", "t": "positive"}
    found = matcalc.stationary(expr, "X", variables=kinds)
    assert str(found) == point
    assert found.condition.startswith("a minimum") or "tr(X^3)" in expr


def test_matrices_that_do_not_commute_have_no_such_root():
    kinds = {"X": "psd(n)", "A": "psd(n)", "P": "psd(n)"}
    with pytest.raises(UnsupportedError, match="no closed form"):
        matcalc.stationary("tr(P*inv(X)) + tr(A*X)", "X", variables=kinds)


@pytest.mark.parametrize(
    ("expr", "where"),
    [
        ("sum(x.*log(x)) - a'*x", "s is positive"),
        ("-sum(log(x - 1))", "s/n - 1 is positive"),
        ("-sum(log(a + x))", "s + sum(a) is positive"),
        ("sum(exp(x))", ""),
    ],
)
def test_where_a_point_under_an_equation_counts(expr, where):
    kinds = {"x": "vector(n)", "a": "vector(n)", "s": S}
    condition = matcalc.stationary(expr, "x", subject_to="sum(x) = s", variables=kinds).condition
    assert condition.partition("; it counts where ")[2] == where


@pytest.mark.slow
def test_least_squares_under_equations():
    kinds = {"b": "vector(m)", "d": "vector(p)"}
    found = matcalc.stationary("norm2(A*x - b)^2", "x", subject_to="C*x = d", variables=kinds)
    assert str(found) == "pinv(A)*b - inv(A'*A)*C'*inv(C*inv(A'*A)*C')*(C*pinv(A)*b - d)"
    assert found.condition.startswith("a minimum on the set")
    assert found.condition.endswith("is invertible")


@pytest.mark.parametrize(
    ("expr", "equation", "message"),
    [
        ("x'*x", "sum(x) <= 1", "not an equation, and inequalities are not solved"),
        ("x'*x", "sum(x)", "not an equation"),
        ("x'*x", "sum(x) = 1, m'*x = 2", "once for each equation"),
        ("x'*x", "a = 1", "does not constrain x"),
        ("sum(exp(x))", "norm1(x) = 1", "no closed form was found"),
    ],
)
def test_no_point_under_an_equation(expr, equation, message):
    with pytest.raises(MatcalcError, match=message):
        matcalc.stationary(expr, "x", subject_to=[equation])


def test_sizes_that_the_equation_alone_says():
    kinds = {"S": "psd(n)", "m": "vector"}
    found = matcalc.stationary("x'*S*x", "x", subject_to="m'*x = b", variables=kinds)
    assert str(found) == "b*inv(S)*m/(m'*inv(S)*m)"
    with pytest.raises(MatcalcError, match=r"A\*x - b\n"):
        matcalc.stationary("x'*x", "x", subject_to="A*x = b", variables={"A": "vector(p)"})


def test_eigenproblems_under_an_equation():
    kinds = {"A": "symmetric(n)", "B": "psd(n)"}
    found = matcalc.stationary("x'*A*x", "x", subject_to="x'*B*x = 1", variables=kinds)
    assert str(found).startswith("A*x = λ*B*x, a generalized eigenproblem")


WITHIN = [
    ("norm2(S - A)^2", "S", {"S": "symmetric(n)"}, "(A + A')/2"),
    ("norm2(S - A)^2", "S", {"S": "skew(n)", "A": "matrix(n, n)"}, "(A - A')/2"),
    ("norm2(S - A)^2", "S", {"S": "diagonal(n)", "A": "matrix(n, n)"}, "diag(diag(A))"),
    ("norm2(S - A)^2", "S", {"S": "upper(n)", "A": "matrix(n, n)"}, "triu(A)"),
    ("norm2(D*X - Y)^2", "D", {"D": "diagonal(n)"}, "diag(diag(X*Y')./(X.^2*vector(1)))"),
    ("norm2(S*X - Y)^2", "S", {"S": "symmetric(n)"}, "sylvester(X*X', X*X', X*Y' + Y*X')"),
    ("-sum(p.*log(p))", "p", {"p": "simplex(n)"}, "ones(n)/n"),
    ("kl(p, q) - c'*p", "p", {"p": "simplex(n)", "q": "positive(n)", "c": "vector(n)"}, None),
    ("norm2(Q*A - B)^2", "Q", {"Q": "orthogonal(n)"}, "polar(B*A')"),
    ("tr(B'*V)", "V", {"V": "orthonormal(n, p)"}, "polar(-B)"),
]


@pytest.mark.parametrize(("expr", "wrt", "variables", "expected"), thinned(WITHIN, 3))
def test_point_within_a_kind(expr, wrt, variables, expected):
    found = matcalc.stationary(expr, wrt, variables=variables)
    assert expected is None or str(found) == expected
    assert found.condition
    assert found.proof
    assert found.latex()


FAMILIES = [
    (
        "-sum(p.*log(p))",
        "p",
        ["sum(p) = 1", "a'*p = m"],
        {"p": "positive(n)", "a": "vector(n)"},
        "p = softmax(k*a), where k is such that a'*p = m",
    ),
    (
        "tr(X'*A*X)",
        "X",
        "X'*X = eye",
        {"A": "symmetric(n)", "X": "matrix(n, p)"},
        "A*X = X*Λ, an eigenproblem",
    ),
    (
        "norm2(A - X*X'*A)^2",
        "X",
        (),
        {"A": "matrix(n, m)", "X": "orthonormal(n, p)"},
        "A*A'*X = X*Λ, an eigenproblem",
    ),
    (
        "tr(X'*A*X*N)",
        "X",
        (),
        {"A": "symmetric(n)", "X": "orthonormal(n, p)", "N": "diagonal(p)"},
        "A*X = X*Λ, an eigenproblem with a diagonal Λ",
    ),
]


@pytest.mark.parametrize(("expr", "wrt", "equations", "variables", "said"), FAMILIES)
def test_what_is_left_of_a_problem_is_named(expr, wrt, equations, variables, said):
    found = matcalc.stationary(expr, wrt, subject_to=equations, variables=variables)
    assert str(found).startswith(said)
    assert "exact" in found.proof


@pytest.mark.parametrize(
    ("equation", "variables", "message"),
    [
        ("X'*X = eye*4", {}, "constraints are only for scalars and vectors"),
        ("X'*X = eye + B", {"B": "psd(p)"}, "constraints are only for scalars and vectors"),
        ("X'*X = I", {"I": "psd(p)"}, "constraints are only for scalars and vectors"),
        ("X'*X = eye(n)", {}, "cannot subtract"),
        ("X'*X = eye", {"X": "symmetric(n)", "A": "matrix(n, n)"}, "constraints are only for"),
    ],
)
def test_only_orthonormal_columns_are_taken_for_such(equation, variables, message):
    kinds = {"X": "matrix(n, p)", "A": "matrix(n, p)", **variables}
    with pytest.raises(MatcalcError, match=message):
        matcalc.stationary("tr(A'*X)", "X", subject_to=equation, variables=kinds)


def test_the_letter_of_the_linear_function_is_not_in_use():
    kinds = {"Q": "matrix(n, n)", "M": "matrix(n, n)"}
    found = matcalc.stationary("tr(Q'*M)", "Q", subject_to="Q'*Q = eye(n)", variables=kinds)
    assert "a constant less tr(C'*Q), C = -M, which is largest at polar(C)" in found.condition


@pytest.mark.parametrize("equation", ["x'*x = 1", "norm2(x)^2 = 1", "norm2(x) = 1"])
def test_the_nearest_point_of_the_sphere(equation):
    kinds = {"x": "vector(n)", "a": "vector(n)"}
    found = matcalc.stationary("norm2(x - a)^2", "x", subject_to=equation, variables=kinds)
    assert (str(found), str(found.other)) == ("a/norm2(a)", "-a/norm2(a)")
    assert found.condition.startswith("the minimum on the set, and the other one the maximum")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("psd(n)", "the minimum on the set, and the other one the maximum: on this ellipsoid"),
        ("symmetric(n)", "a stationary point; the constraint is not linear, so compare the values"),
    ],
)
def test_only_an_ellipsoid_has_a_least_and_a_largest_value(kind, said):
    """With an indefinite form the set goes to infinity, and so does what is linear on it."""
    kinds = {"x": "vector(n)", "c": "vector(n)", "A": kind}
    found = matcalc.stationary("c'*x", "x", subject_to="x'*A*x = 1", variables=kinds)
    assert found.condition.startswith(said)


@pytest.mark.parametrize("equation", ["X'*X = I", "eye(p) = X'*X"])
def test_orthonormal_columns_are_known_however_they_are_said(equation):
    kinds = {"X": "matrix(n, p)", "A": "matrix(n, p)"}
    found = matcalc.stationary("tr(A'*X)", "X", subject_to=equation, variables=kinds)
    assert str(found) == "polar(-A)"


VERDICTS = [
    ("norm2(x - A)^2", {"x": "symmetric(n)", "A": "matrix(n, n)"}, "strictly convex"),
    ("tr(x*x) + norm2(x)^2", {"x": "matrix(n, n)"}, "convex"),  # zero along skew matrices
    ("x'*A*x", {"A": "psd(n)"}, "strictly convex"),
    ("-x'*A*x", {"A": "psd(n)"}, "strictly concave"),
    ("norm2(A*x - b)^2 + c*norm2(x)^2", {"b": "vector(m)", "c": "positive"}, "strictly convex"),
    ("logsumexp(A*x)", {}, "convex"),
    ("sum(log(1 + exp(A*x)))", {}, "convex"),
    ("norm1(A*x - b)", {"b": "vector(m)"}, "convex"),
    ("max(a'*x, b'*x)", {"a": "vector(n)", "b": "vector(n)"}, "convex"),
    ("-norm2(x)", {}, "concave"),
    ("sum(sqrt(x))", {"x": "positive(n)"}, "strictly concave"),
    ("a'*x + c", {"a": "vector(n)"}, "affine"),
    ("x^4", {"x": S}, "convex"),
    ("-abs(x)", {"x": S}, "concave"),
    ("x*log(x)", {"x": "positive"}, "strictly convex"),
    ("exp(x'*x)", {}, "strictly convex"),
    ("x'*A*x", {}, NEITHER),
    ("sin(x)", {"x": S}, NEITHER),
    ("x^3", {"x": S}, NEITHER),
]


@pytest.mark.parametrize(("expr", "variables", "verdict"), VERDICTS)
def test_verdict(expr, variables, verdict):
    found = matcalc.convex(expr, "x", variables=variables)
    assert found.verdict == verdict, found
    if verdict == NEITHER:
        assert found.up.curvature > 0 > found.down.curvature
    assert found.latex()


@pytest.mark.parametrize(
    ("expr", "variables", "verdict"),
    [
        ("-logdet(S)", {"S": "psd(n)"}, "strictly convex"),
        ("lambda_max(S)", {"S": "symmetric(n)"}, "convex"),
        ("tr(inv(S))", {"S": "psd(n)"}, "convex"),
    ],
)
def test_verdict_by_a_matrix(expr, variables, verdict):
    assert matcalc.convex(expr, "S", variables=variables).verdict == verdict


def test_a_certificate_is_a_proof():
    found = matcalc.convex("sum(exp(A*x)) + x'*x", "x")
    assert isinstance(found, Convexity)
    assert str(found.hessian) == "2*eye + A'*diag(exp(A*x))*A"


IMPLICIT = [
    ("A*x - b", "x", "b", {"b": "vector(n)"}, "dx/db = inv(A)"),
    ("A*x - b", "x", "A", {"b": "vector(n)"}, "dx = -inv(A)*dA*x"),
    ("x^2 + t^2 - 1", "x", "t", {"x": S, "t": S}, "dx/dt = -t/x"),
    ("A*X*B - C", "X", "C", {}, "dX = inv(A)*dC*inv(B)"),
    ("A*x - x.*t", "x", "t", {"t": "vector(n)"}, "dx/dt = inv(A - diag(t))*diag(x)"),
    ("exp(x) - b", "x", "b", {"x": "vector(n)", "b": "vector(n)"}, "dx/db = diag(1./exp(x))"),
    ("t*x - b - x", "x", "b", {"t": S, "b": "vector(n)"}, "dx/db = eye(n)/(t - 1)"),
    # where the determinant is zero there is no inverse
    (
        "det(A - t*eye(n))",
        "t",
        "A",
        {"t": S},
        "dt/dA = cof(A - t*eye)/tr(cof(A - t*eye))\n  dG/dt       -tr(cof(A - t*eye))\n",
    ),
    (
        "det(A - t*B)",
        "t",
        "B",
        {"t": S},
        "dt/dB = -t*cof(A - t*B)/tr(B*cof(A - t*B)')",
    ),
    ("det(A - t*eye(n)) - 1", "t", "A", {"t": S}, "dt/dA = inv(A - t*eye)'/tr(inv(A - t*eye))"),
]


SQUARE = dict.fromkeys("ABCD", "matrix(n, n)") | dict.fromkeys("XQ", "symmetric(n)")
LINEAR = [
    pytest.param(
        "A*X*B + C*X*D - F",
        {**SQUARE, "X": "matrix(n, n)"},
        "F",
        "reshape(inv(kron(B', A) + kron(D', C))*vec(dF), n, n)",
        id="two products",
    ),
    pytest.param(
        "A*X*A' - X + Q",
        SQUARE,
        "Q",
        "reshape(inv(eye - kron(A, A))*vec(dQ), n, n)",
        id="stein",
    ),
    pytest.param(
        "X*A + A'*X - X*B*X + Q",
        {**SQUARE, "B": "symmetric(n)"},
        "Q",
        "-lyapunov(A' - X*B, dQ)",
        id="riccati",
    ),
]


@pytest.mark.parametrize(("equation", "variables", "wrt", "said"), LINEAR)
def test_linear_equations_of_matrices(equation, variables, wrt, said):
    found = matcalc.implicit(equation, "X", wrt, variables=variables)
    assert str(found) == said
    assert "exact" in found.proof


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("A*x == b", "write A\\*x = b"),
        ("A*x - b == 0", "write A\\*x - b = 0"),
        ("A*x <= b", "with equality"),
    ],
)
@pytest.mark.filterwarnings("ignore::matcalc.NotationWarning")
def test_implicit_refuses_comparisons(typed, hint):
    for equations, unknown in ((typed, "x"), ([typed, "B*x = y"], ["x", "y"])):
        with pytest.raises(MatcalcError, match=f"is not an equation(.|\n)*{hint}"):
            matcalc.implicit(equations, unknown, "b", variables={"b": "vector(n)"})


@pytest.mark.parametrize(("equation", "of", "wrt", "variables", "said"), IMPLICIT)
def test_implicit(equation, of, wrt, variables, said):
    found = matcalc.implicit(equation, of, wrt, variables=variables)
    assert found.report().startswith(said)
    assert "exact" in found.proof


@pytest.mark.parametrize(
    ("equation", "of", "wrt", "variables", "message"),
    [
        ("x'*x - t", "x", "t", {"t": S}, "as many equations as x has entries"),
        ("det(B + t*A)*logdet(A)", "t", "A", {"t": S}, "does not exist where the equation holds"),
        ("A*x - b", "x", "x", {"b": "vector(n)"}, "a function of itself"),
        ("softmax(x) - t", "x", "t", {"t": "vector(n)"}, "singular at every point"),
    ],
)
def test_implicit_refuses(equation, of, wrt, variables, message):
    with pytest.raises(MatcalcError, match=message):
        matcalc.implicit(equation, of, wrt, variables=variables)


def test_steps():
    found = matcalc.newton("x'*A*x/2 - b'*x", "x", variables={"A": "psd(n)", "b": "vector(n)"})
    assert matcalc.equal(found, "inv(A)*b - x", variables=None)
    found = matcalc.gauss_newton("norm2(A*x - y)^2", "x", variables={"y": "vector(m)"})
    assert dict(found.lines)["J'*J"] == "A'*A"
    found = matcalc.gauss_newton("(A*x)'*(A*x)/2", "x")
    assert dict(found.lines)["residual"] == "A*x"
    found = matcalc.gauss_newton("a*x - b", "a", variables={"a": S, "b": "vector(n)"})
    assert matcalc.equal(found, "(b - a*x)'*x/(x'*x)", variables=None)
    with pytest.raises(MatcalcError, match="vector of residuals"):
        matcalc.gauss_newton("sum(exp(x))", "x")


@pytest.mark.parametrize(
    ("expr", "variables", "why"),
    [
        ("logsumexp(x)", {}, r"singular at every point: it sends vector\(1\) to zero"),
        ("norm2(x)", {}, "singular at every point: it sends x to zero"),
        ("(a'*x)^2", {"a": "vector(n)"}, "singular at every point"),
        ("a'*x", {"a": "vector(n)"}, "is zero"),
        ("3*x", {"x": S}, "is zero"),
    ],
)
def test_no_step_where_the_hessian_is_singular(expr, variables, why):
    with pytest.raises(MatcalcError, match=why):
        matcalc.newton(expr, "x", variables=variables)
    damped = f"{expr} + c*x^2/2" if "x" in variables else f"{expr} + c*x'*x/2"
    assert matcalc.newton(damped, "x", variables={**variables, "c": "positive"})


def test_the_shortest_step_where_the_jacobian_is_singular():
    found = matcalc.gauss_newton("x - mean(x)", "x")
    assert str(found) == "pinv(eye - 1/n)*(mean(x) - x)"
    assert "it sends vector(1) to zero" in dict(found.lines)["where"]


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (["stationary", "norm2(A*x - b)^2", "-w", "x", "-v", "b: vector(m)"], "x = pinv(A)*b\n"),
        (["stationary", "x'*x", "-w", "x", "--subject-to", "a'*x = 1"], "x = a/(a'*a)\n"),
        (["convex", "logsumexp(x)"], "convex: the Hessian is positive semidefinite"),
        (["convex", "x'*x", "--format", "latex"], "\\text{strictly convex"),
        (["implicit", "A*x - b", "--of", "x", "-w", "b", "-v", "b: vector(n)"], "dx/db = inv(A)"),
        (["newton", "x - log(x)", "-v", "x: positive"], "step of x = x*(1 - x)\n"),
        (["gauss-newton", "tanh(x) - y", "-w", "x"], "step of x = "),
    ],
)
def test_command(capsys, arguments, printed):
    assert main(arguments) == 0
    assert capsys.readouterr().out.startswith(printed)


GAUSSIAN = "m*logdet(S) + sum[i]((X[i,:] - u')*inv(S)*(X[i,:]' - u))"
# points in several variables together, each value in terms of those before it
JOINT = [
    pytest.param(
        "norm2(X*w + b*ones(m) - y)^2 + l*norm2(w)^2",
        "wb",
        {"X": "matrix(m, n)", "w": "vector(n)", "b": "scalar", "y": "vector(m)", "l": "positive"},
        {
            "b": "sum(M*y)/sum(M) where M = inv(X*X' + l*eye)",
            "w": "inv(X'*X + l*eye)*X'*(y - b)",
        },
        "the only minimum",
        id="ridge with an intercept",
        marks=pytest.mark.slow,
    ),
    pytest.param(
        "sum[i](log(s) + (x[i] - u)^2/(2*s^2))",
        "us",
        {"x": "vector(n)", "u": "scalar", "s": "positive"},
        {"u": "mean(x)", "s": "norm2(x - u)/sqrt(n)"},
        "the only minimum; in u, for every s: the only minimum",
        id="mean and deviation",
        marks=pytest.mark.slow,
    ),
    pytest.param(
        GAUSSIAN,
        "uS",
        {"X": "matrix(m, n)", "u": "vector(n)", "S": "psd(n)"},
        {"u": "X'*vector(1)/m", "S": "X'*(X - vector(1)*u')/m + u*(u' - vector(1)'*X/m)"},
        "as a function of inv(S) it is strictly convex",
        id="mean and covariance",
        marks=pytest.mark.slow,
    ),
    pytest.param(
        "x^2 - y^2 + x*y",
        "xy",
        {"x": "scalar", "y": "scalar"},
        {"y": "0", "x": "-y/2"},
        "a saddle; ",
        id="saddle",
    ),
    pytest.param(
        "a*x^2 + (y - x)^2",
        "xy",
        {"x": "scalar", "y": "scalar", "a": "scalar"},
        {"x": "0", "y": "0"},
        "where ",
        id="a condition stays one",
    ),
]


@pytest.mark.parametrize(("expr", "wrt", "variables", "values", "condition"), JOINT)
def test_points_in_several_variables(expr, wrt, variables, values, condition):
    found = matcalc.stationary(expr, list(wrt), variables=variables)
    assert {name: str(value) for name, value in found.items()} == values
    assert list(found) == list(values)
    assert condition in found.condition
    assert "exact" in found.proof
    assert found.latex().count("&=") >= len(wrt)


def test_no_saddle_where_a_part_may_be_constant():
    kinds = {"x": "scalar", "y": "vector(n)", "A": "matrix(m, n)"}
    condition = matcalc.stationary("x^2 - norm2(A*y)^2", ["x", "y"], variables=kinds).condition
    assert condition.startswith("in x, for every y: the only minimum")


def test_what_has_no_joint_point_says_how_far_it_gets():
    kinds = {"M": "matrix(m, n)", "U": "matrix(m, k)", "V": "matrix(n, k)"}
    with pytest.raises(UnsupportedError) as told:
        matcalc.stationary("norm2(M - U*V')^2", ["U", "V"], variables=kinds)
    assert "U = M*pinv(V)'" in told.value.hint


@pytest.mark.slow  # a derivative for each of the variables
def test_joint_points_in_a_dozen_variables():
    names = [f"a{k}" for k in range(12)]
    source = " + ".join(f"({name} - {k})^2" for k, name in enumerate(names))
    found = matcalc.stationary(source, names, variables=dict.fromkeys(names, "scalar"))
    assert {name: str(value) for name, value in found.items()} == {
        name: str(k) for k, name in enumerate(names)
    }


@pytest.mark.parametrize(
    ("expr", "where"),
    [
        ("a/b - log(b)", "the point is valid only where -a is positive"),
        ("a*log(b) - c*b", "the point is valid only where a/c is positive"),
        ("b - log(b)", ""),
        ("a*b - sum[i=1:n](log(b*x[i]))", "the point is valid only where n*x/a is positive"),
        ("a*b - sum[i=1:n](log(b*p[i]^2))", "the point is valid only where n*p.^2/a is positive"),
        (
            "a*b - sum[i=1:n, j=1:n, i > j](log(b))",
            "the point is valid only where the function has a value",
        ),
    ],
)
def test_where_a_logarithm_has_a_value(expr, where):
    kinds = {"a": "scalar", "b": "scalar", "c": "scalar"}
    kinds |= {"x": "vector(n)", "p": "positive(n)"}
    condition = matcalc.stationary(expr, "b", variables=kinds).condition
    assert condition.endswith(where) if where else "is valid only" not in condition


def test_a_point_within_a_kind_counts_only_within_the_domain():
    kinds = {"a": "scalar", "b": "scalar", "p": "positive"}
    condition = matcalc.stationary("b*p - log(p - a)", "p", variables=kinds).condition
    assert condition.endswith("only if it is positive and only where 1/b is positive")


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("scalar", "is valid only where 1/c is positive"),
        ("positive", "is valid only if a is positive"),
    ],
)
def test_where_a_joint_point_counts(kind, where):
    kinds = {"a": kind, "b": "scalar", "c": "scalar"}
    found = matcalc.stationary("c*a - log(a) + (b - a)^2", ["a", "b"], variables=kinds)
    assert found.condition.endswith(where)


RANGES = [
    ("softplus(x) - c*x", S, "logit(c)", "where c is positive and 1 - c is positive"),
    ("sum(softplus(x)) - c'*x", "vector(n)", "logit(c)", "where c is positive and 1 - c is"),
    ("sum(log(cosh(x))) - c'*x", "vector(n)", "atanh(c)", "1 + c is positive and 1 - c is"),
    ("exp(x) - x - c*x", S, "log(1 + c)", "only where 1 + c is positive"),
    ("softplus(x) - x/4", S, None, ""),
    ("sum(cosh(x)) - c'*x", "vector(n)", "asinh(c)", ""),
]


@pytest.mark.parametrize(("expr", "kind", "point", "where"), RANGES)
def test_a_function_is_undone_within_its_range(expr, kind, point, where):
    found = matcalc.stationary(expr, "x", variables={"x": kind, "c": kind})
    assert point is None or str(found) == point
    assert where in found.condition and ("is valid only" in found.condition) == bool(where)


def test_a_joint_point_counts_only_within_the_range():
    kinds = {"x": S, "y": S, "c": S}
    found = matcalc.stationary("softplus(x) - c*x + (y - x)^2", ["x", "y"], variables=kinds)
    assert found.condition.endswith("only where c is positive and 1 - c is positive")


SURE = [
    ("tr(S*C) - logdet(S)", {"S": "psd(n)", "C": "psd(n)"}, "inv(C)", ""),
    ("tr(S*C) - logdet(S)", {"S": "psd(n)", "C": "symmetric(n)"}, "inv(C)", "if it is psd(n)"),
    ("n*logdet(S) + tr(inv(S)*C)", {"S": "psd(k)", "C": "psd(k)", "n": "positive"}, "C/n", ""),
    ("n*log(S) + a/S", dict.fromkeys("Sna", "positive"), "a/n", ""),
]


@pytest.mark.parametrize(("expr", "variables", "point", "where"), SURE)
def test_what_is_of_its_kind_by_itself_is_no_condition(expr, variables, point, where):
    found = matcalc.stationary(expr, "S", variables=variables)
    assert str(found) == point
    assert where in found.condition and ("is valid only" in found.condition) == bool(where)


@pytest.mark.parametrize(
    ("expr", "point"),
    [
        ("logdet(S) + tr(inv(S)*C)", "C"),
        ("2*logdet(S) + tr(A*inv(S)*B)", "B*A/2"),
    ],
)
def test_a_gradient_that_is_a_transpose_is_multiplied_by_the_variable(expr, point):
    assert str(matcalc.stationary(expr, "S")) == point


MANY = [
    ("x^4 - x^2", {}, ["0", "sqrt(2)/2", "-sqrt(2)/2"], ["a local maximum", "a local minimum"]),
    ("x^3", {}, ["0"], ["no extreme: the derivative of order 3"]),
    ("x^4/4 - a*x^2/2", {"a": "positive"}, ["0", "sqrt(a)", "-sqrt(a)"], ["a local maximum"]),
    ("x + a/x", {"a": "positive"}, ["sqrt(a)", "-sqrt(a)"], ["a local minimum", "a local max"]),
    ("exp(a*x) - x", {"a": "scalar"}, ["log(1/a)/a"], ["only where 1/a is positive"]),
    ("a*x^3 - b*x", {"a": S, "b": S}, None, ["only where b/(3*a) is not negative"] * 2),
    ("x^3*10^9 - 3*10^9*x", {}, ["-1", "1"], ["a local maximum", "a local minimum"]),
    ("(x^2 - 1)^2*(x - 2)", {}, ["-1", "1", "(4 + sqrt(21))/5", "(4 - sqrt(21))/5"], []),
    (
        "x^5 - 5*x^3 + 5*x",
        {},
        ["(1 + sqrt(5))/2", "-(1 + sqrt(5))/2", "(sqrt(5) - 1)/2", "(1 - sqrt(5))/2"],
        ["the second derivative there, 25 + 5*sqrt(5),"],
    ),
    ("x^3 + b*x^2 + c*x", {"b": S, "c": S}, None, ["only where b^2 - 3*c is not negative"]),
    ("x^2*exp(-x)", {}, ["0", "2"], ["a local minimum", "a local maximum"]),
    ("x^2*log(x)", {}, ["exp(-0.5)"], ["a local minimum"]),
    ("exp(2*x) - 3*exp(x)", {}, ["log(1.5)"], ["a local minimum"]),
    ("a*exp(-x) - b*exp(-2*x)", dict.fromkeys("ab", "positive"), ["-log(a/(2*b))"], ["maximum"]),
    ("exp(-a*x) - exp(-b*x)", dict.fromkeys("ab", "positive"), ["log(a/b)/(a - b)"], []),
    ("exp(x) + 2*exp(-x)", {}, ["log(sqrt(2))"], ["the only minimum"]),
    ("sigmoid(x)^2*sigmoid(-x)", {}, ["log(2)"], ["a local maximum"]),
    ("tanh(x) - x/2", {}, ["-atanh(sqrt(2)/2)", "atanh(sqrt(2)/2)"], ["minimum", "maximum"]),
    ("x*log(x)^2", {}, ["1", "exp(-2)"], ["a local minimum", "a local maximum"]),
    ("exp(x^2) - 2*x^2", {}, ["0", "sqrt(log(2))", "-sqrt(log(2))"], ["a local maximum"]),
    ("log(x^3 - 3*x)", {}, ["-1"], ["maximum"]),
    ("erf(x) - x", {}, None, ["a local maximum", "a local minimum"]),
]


@pytest.mark.parametrize(("expr", "variables", "points", "said"), thinned(MANY, 2))
def test_all_points_of_a_function_of_a_number(expr, variables, points, said):
    found = matcalc.stationary(expr, "x", variables={"x": S, **variables})
    assert points is None or [str(point) for point, _ in found.points] == points
    for part, (_, kind) in zip(said, found.points, strict=False):
        assert part in str(kind)
    assert "exact" in found.proof and "no other zeros" in found.report()
    assert found.latex().startswith(r"x \in")


@pytest.mark.parametrize(
    ("expr", "kind", "said"),
    [
        ("exp(x) + x", S, "zero at no scalar x"),
        ("x^3 + 3*x", S, "there is no stationary point"),
        ("x^3 + 3*x^2", "positive", "zero at no positive x"),
        ("x^7 - 3*x^5 + x", S, "no closed form"),
        ("x^5/5 - 10^400*x^3 + x", S, "no closed form"),  # its roots are beyond floats
        ("softplus(x) - 2*x", S, "zero at no scalar x"),
        ("tanh(x)", S, "zero at no scalar x"),
        ("2*x + sin(x)", S, "zero at no scalar x"),
        ("log(x^2 - 1)", S, "is zero at 0 alone, where log(x^2 - 1) has no value"),
        ("sqrt(x^2 - 1)", S, "is zero at 0, where sqrt(x^2 - 1) has no value"),
        ("atanh(x^2 - 2)", S, "where atanh(x^2 - 2) has no value"),
        ("sin(3*x)", S, "is periodic, so it has no zero or infinitely many"),
        ("exp(-x)*sin(x)", S, "is periodic"),
        ("x*sin(x)", S, "no closed form"),
        ("x*tanh(x)", S, "no closed form"),
    ],
)
def test_functions_of_a_number_without_points(expr, kind, said):
    with pytest.raises(UnsupportedError) as caught:
        matcalc.stationary(expr, "x", variables={"x": kind})
    assert said in caught.value.message


@pytest.mark.parametrize(("expr", "point"), [("sqrt(x) - x", "0.25"), ("x^1.5 - x", "4/9")])
def test_a_power_of_a_number_is_a_number(expr, point):
    assert str(matcalc.stationary(expr, "x", variables={"x": "positive"})) == point


@pytest.mark.parametrize(
    ("expr", "kind", "point"),
    [
        ("sqrt(x^4)", S, "0"),
        ("sqrt((x - 1)^4) + 3", S, "1"),
        ("sqrt(x'*x)^2", "vector(n)", "zeros(n)"),
        ("sum[i](sqrt(x[i]^4))", "vector(n)", "zeros(n)"),
    ],
)
def test_a_root_of_zero_has_a_value(expr, kind, point):
    found = matcalc.stationary(expr, "x", variables={"x": kind})
    assert str(found) == point
    assert "counts" not in found.report()


@pytest.mark.parametrize(
    ("expr", "point", "said"),
    [
        ("log(1 + norm2(x - y)^2)", "y", "a local minimum"),
        ("-exp(-norm2(A*x - y)^2)", "inv(A)*y", "a minimum where"),
        ("log(1 - x'*x)", "zeros(n)", "a maximum"),
    ],
)
def test_a_number_in_front_of_the_gradient_is_left_out(expr, point, said):
    """It is never zero; where it may be, as in x'*x*exp(-x'*x), not all zeros would be found."""
    found = matcalc.stationary(expr, "x", variables={"x": "vector(n)", "y": "vector(n)"})
    assert (str(found), found.condition[: len(said)]) == (point, said)
    with pytest.raises(UnsupportedError, match="no closed form"):
        matcalc.stationary("x'*x*exp(-x'*x)", "x")


def test_kinks_have_no_second_derivative() -> None:
    """x = 0 is a maximum of x^2 - 2*abs(x), where the formula of the second derivative says 2; and
    zeros between kinks are not counted.
    """
    given = {"x": "scalar"}
    assert "unknown" in matcalc.stationary("x^2 - 2*abs(x)", "x", variables=given).condition
    with pytest.raises(MatcalcError, match="no closed form"):
        matcalc.stationary("relu(x)*(x - 2)", "x", variables=given)
    for through in ("sum(relu(x)) - sum(relu(-x))", "sum(2*relu(x) - relu(-x))"):
        with pytest.raises(MatcalcError, match="no closed form"):
            matcalc.stationary(through, "x")
    found = matcalc.stationary("norm1(A*x)", "x")
    assert found.proof.endswith("by the convention sign(0) = 0, because it jumps there")
    assert str(matcalc.stationary("norm1(X)", "X")) == "zeros(n, m)"


def test_kinks_count_among_several_variables() -> None:
    point = matcalc.stationary(
        "x^2 - 2*abs(x) + (y - 1)^2", ["x", "y"], variables={"x": "scalar", "y": "scalar"}
    )
    assert "in x, for every y: of unknown kind" in point.report()


POSITIVE = {"x": "positive", "a": "positive", "b": "positive"}
FUNCTIONS = [  # a function that rises or falls with the expression says what the point is
    ("x^a*exp(-b*x)", "x", POSITIVE, "a/b", "the only maximum: its logarithm is strictly concave"),
    ("x^a*(1 - x)^b", "x", POSITIVE, "a/(a + b)", "the only maximum: its logarithm is strictly"),
    (
        "exp(b'*x - x'*A*x)",
        "x",
        {"A": "psd(n)", "b": "vector(n)"},
        "inv(A)*b/2",
        "the only maximum: its logarithm is strictly concave",
    ),
    ("1/(1 + norm2(x - y)^2)", "x", {}, "y", "the only maximum: its reciprocal is strictly convex"),
    (
        "-exp(-norm2(x - y)^2)",
        "x",
        {},
        "y",
        "the only minimum: the logarithm of its negative is strictly concave",
    ),
]


@pytest.mark.parametrize(("expr", "wrt", "variables", "point", "condition"), FUNCTIONS)
def test_functions_of_the_expression(expr, wrt, variables, point, condition):
    found = matcalc.stationary(expr, wrt, variables=variables)
    assert (str(found), "exact" in found.proof) == (point, True)
    assert found.condition.startswith(condition)


LOGARITHMS = [
    ("x*log(x) + (1 - x)*log(1 - x) - c*x", {"x": "scalar", "c": "scalar"}, "sigmoid(c)"),
    (
        "sum(x.*log(x) + (1 - x).*log(1 - x)) - y'*x",
        {"x": "vector(n)", "y": "vector(n)"},
        "sigmoid(y)",
    ),
    ("x*log(x) + x*log(2*x) - 3*x", {"x": "scalar"}, "exp((1 - log(2))/2)"),
]


@pytest.mark.parametrize(("expr", "variables", "point"), LOGARITHMS)
def test_logarithms_are_undone_together(expr, variables, point):
    found = matcalc.stationary(expr, "x", variables=variables)
    assert str(found) == point
    assert found.condition.startswith("the only minimum: the Hessian is ")


def test_undeclared_signs_are_named():
    found = matcalc.stationary("w'*m - c/2*w'*S*w", "w")
    assert found.condition.endswith("; with c: positive, S: psd(n) it is the only maximum")
    kinds = {"c": "positive", "S": "psd(n)"}
    found = matcalc.stationary("w'*m - c/2*w'*S*w", "w", variables=kinds)
    assert found.condition.startswith("the only maximum")


@pytest.mark.filterwarnings("ignore::matcalc.NotationWarning")
@pytest.mark.parametrize("ask", [matcalc.stationary, matcalc.convex, matcalc.newton])
def test_a_number_is_declared(ask):
    with pytest.raises(MatcalcError) as caught:
        ask("sum(y)*log(p)", "p")
    assert caught.value.hint == "declare p: scalar if it is a number"
    ask("sum(y)*log(p) - p", "p", variables={"p": "scalar"})


@pytest.mark.parametrize("ask", [matcalc.stationary, matcalc.convex, matcalc.newton])
def test_no_declaration_makes_a_number(ask):
    for variables in ({}, {"x": "vector(n)"}):
        with pytest.raises(MatcalcError) as caught:
            ask("A*x", "x", variables=variables)
        assert "declare" not in str(caught.value)


def test_an_equation_between_numbers_is_told_how_to_say_so() -> None:
    with pytest.raises(MatcalcError) as told, pytest.warns(matcalc.NotationWarning):
        matcalc.implicit("x^3 + t*x - 1", of="x", wrt="t")
    assert 'declare "t, x: scalar"' in str(told.value)
    found = matcalc.implicit("x^3 + t*x - 1", of="x", wrt="t", variables={"t, x": "scalar"})
    assert str(found) == "-x/(3*x^2 + t)"
