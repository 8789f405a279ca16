"""Derivatives along directions: closed forms, values of the shared cases, and what is refused."""

import json

import numpy as np
import pytest
from judging import tokens
from published import MODELS

import matcalc
from matcalc.answers.derivatives import directional
from matcalc.cli import main
from matcalc.core.errors import (
    ArgumentError,
    ShapeError,
    UnknownNameError,
    UnsupportedError,
    VerificationError,
)
from matcalc.core.tree import Expr, number

X = {"X": "matrix(n, n)"}

JVPS = [
    ("inverse", "inv(X)", {"X": "D"}, X, "-inv(X)*D*inv(X)"),
    ("product", "A*X*B", {"X": "D"}, {}, "A*D*B"),
    ("both-factors", "A*B", {"A": "D", "B": "E"}, {}, "A*E + D*B"),
    ("logdet", "logdet(X)", {"X": "D"}, X, "tr(D*inv(X))"),
    ("logdet-twice", "logdet(X)", [{"X": "D"}, {"X": "E"}], X, "-tr(D*inv(X)*E*inv(X))"),
    ("det-twice", "det(X)", [{"X": "D"}, {"X": "D"}], X, None),
    ("inverse-twice", "inv(X)", [{"X": "D"}, {"X": "D"}], X, None),
    ("thrice", "x'*x*sum(x)", [{"x": "v"}, {"x": "v"}, {"x": "v"}], {}, "6*sum(v)*v'*v"),
    ("gram-twice", "X'*A*X", [{"X": "D"}, {"X": "D"}], {}, "2*D'*A*D"),
    ("bilinear", "exp(A*x)", [{"x": "v"}, {"x": "u"}], {}, "(A*u).*(A*v).*exp(A*x)"),
    ("row", "x'*A", {"x": "v"}, {}, "v'*A"),
    ("softmax", "softmax(x)", {"x": "v"}, {}, "softmax(x).*(v - softmax(x)'*v)"),
    ("scalar", "sin(a*b)", {"a": "c"}, {}, "b*c*cos(a*b)"),
    ("residual", "norm2(A*x)^2", {"x": "v"}, {}, "2*v'*A'*A*x"),
    ("kinks", "sum(relu(x))", {"x": "v"}, {}, "step(x)'*v"),
    ("symmetric", "tr(S*S)", {"S": "D"}, {"S": "symmetric(n)"}, "2*tr(D*S)"),
    ("frechet", "expm(X)", {"X": "D"}, {}, "frechet_expm(X, D)"),
    ("eigenvalue", "lambda_max(S)", {"S": "D"}, {"S": "symmetric(n)"}, "eigvec(S)'*D*eigvec(S)"),
    ("declared-function", "f(x)", {"x": "v"}, {"f": "function(vector(n)) -> scalar"}, None),
    ("constant", "tr(A)", {"x": "v"}, {"x": "vector(n)"}, "0"),
    ("a-given-direction", "inv(A)*b", {"b": "w"}, {"b": "vector(n)", "w": "vector(n)"}, "inv(A)*w"),
]
VJPS = [
    ("product", "A*X*B", "X", {}, "A'*u*B'"),
    ("gram", "X'*X", "X", {}, "X*(u + u')"),
    ("solve", "inv(A)*b", "A", {"b": "vector(n)"}, "-inv(A)'*u*b'*inv(A)'"),
    ("row", "x'*A", "A", {}, "x*u'"),
    ("scalar", "norm2(x)", "x", {}, "u*x/norm2(x)"),
    ("entrywise", "tanh(W*x)", "x", {}, "W'*(u.*(1 - tanh(W*x).^2))"),
    ("symmetric", "S*x", "S", {"S": "symmetric(n)"}, "(u*x' + x*u')/2"),
]
HVPS = [
    ("cubic-norm", "norm2(x)^3", "x", {}, None),
    ("quadratic", "x'*A*x", "x", {}, "(A + A')*v"),
    ("logistic", "sum(softplus(X*w)) - y'*X*w", "w", {}, None),
    ("logdet", "logdet(S)", "S", {"S": "psd(n)"}, "-inv(S)*v*inv(S)"),
    ("logsumexp", "logsumexp(A*x)", "x", {}, None),
    ("vector", "exp(x)", "x", {}, "diag(v.*exp(x))"),
]


def rows(table):
    return [pytest.param(*row[1:], id=row[0]) for row in table]


def judged(found, expected):
    assert found.verification.kind != "none"
    assert found.check(rng=1).ok
    if expected is not None:
        assert str(found) == expected
    assert found.latex()


@pytest.mark.parametrize(("expr", "directions", "variables", "expected"), rows(JVPS))
def test_jvp(expr, directions, variables, expected):
    judged(matcalc.jvp(expr, directions, variables=variables), expected)


@pytest.mark.parametrize(("expr", "wrt", "variables", "expected"), rows(VJPS))
def test_vjp(expr, wrt, variables, expected):
    judged(matcalc.vjp(expr, wrt, variables=variables), expected)


@pytest.mark.parametrize(("expr", "wrt", "variables", "expected"), rows(HVPS))
def test_hvp(expr, wrt, variables, expected):
    judged(matcalc.hvp(expr, wrt, variables=variables), expected)


def test_a_direction_has_the_kind_in_which_its_variable_can_move():
    found = matcalc.jvp("logdet(S)", {"S": "D"}, variables={"S": "psd(n)"})
    assert str(found.variables["D"]) == "symmetric(n)"
    found = matcalc.jvp("tr(Q*A)", {"Q": "D"}, variables={"Q": "orthogonal(n)"})
    assert str(found.variables["D"]) == "matrix(n, n)"


def test_an_hvp_is_the_hessian_times_the_direction():
    rng = np.random.default_rng(4)
    values = {"A": rng.standard_normal((4, 3)), "x": rng.standard_normal(3)}
    v = rng.standard_normal(3)
    hessian = matcalc.diff("logsumexp(A*x)", "x", order=2).to_callable()(**values)
    product = matcalc.hvp("logsumexp(A*x)", "x").to_callable()(**values, v=v)
    assert np.allclose(product, hessian @ v, atol=1e-12)


REFUSED = [
    ("no-variable", lambda: matcalc.jvp("x'*x", {"z": "v"}), UnknownNameError, "z is not"),
    ("itself", lambda: matcalc.jvp("x'*x", {"x": "x"}), ArgumentError, "x varies as well"),
    (
        "another-that-moves",
        lambda: matcalc.jvp("x'*y", [{"x": "v"}, {"y": "x"}]),
        ArgumentError,
        "x varies as well",
    ),
    ("none", lambda: matcalc.jvp("x'*x", {}), ArgumentError, "directions must be a mapping"),
    ("no-mapping", lambda: matcalc.jvp("x'*x", "v"), ArgumentError, "directions must be a mapping"),
    ("shape", lambda: matcalc.jvp("x'*A*x", {"x": "A"}), ShapeError, "A is matrix(n, n) here"),
    ("no-name", lambda: matcalc.hvp("x'*x", "x", direction="2v"), ArgumentError, "'2v' is not"),
    ("size", lambda: matcalc.hvp("x'*x", "x", direction="n"), ArgumentError, "n is a size"),
    ("cotangent", lambda: matcalc.vjp("x*y'", "x", cotangent="x"), ArgumentError, "cannot be x"),
    (
        "not-symmetric",
        lambda: matcalc.jvp(
            "lambda_max(S)", {"S": "D"}, variables={"S": "symmetric(n)", "D": "matrix(n, n)"}
        ),
        UnsupportedError,
        "along it S does not stay symmetric",
    ),
]


@pytest.mark.parametrize(("ask", "problem", "message"), rows(REFUSED))
def test_refusals(ask, problem, message):
    with pytest.raises(problem, match=message.replace("(", r"\(").replace(")", r"\)")):
        ask()


@pytest.mark.parametrize("place", [0, 1])
def test_a_wrong_step_is_not_shown(monkeypatch, place):
    """Each step is proved, also the one before the last."""
    right = directional.derive_steps

    def wrong(program, steps):
        trees = right(program, steps)
        trees[place] = Expr("*", (number(2), trees[place]), trees[place].shape)
        return trees

    monkeypatch.setattr(directional, "derive_steps", wrong)
    with pytest.raises(VerificationError):
        matcalc.hvp("norm2(A*x)^4", "x")
    assert str(matcalc.hvp("x'*x", "x", verify=False))


def test_a_check_of_a_wrong_formula_fails():
    found = matcalc.jvp("exp(A*x)", {"x": "v"})
    found._trees[-1] = replace_number(found._trees[-1])
    assert not found.check().ok


def replace_number(tree):
    return Expr("*", (number(3), tree), tree.shape)


# the printed form is longer than the published one
LONGER = {
    "jvp-cayley": "inv(eye + A)*(eye - A) + eye is not known to be 2*inv(eye + A)",
    "vjp-solve-A": "b'*inv(A)' is written as it stands and not as (inv(A)*b)'",
}


@pytest.mark.parametrize("case", MODELS.cases(lambda case: case["op"] in ("jvp", "vjp", "hvp")))
def test_shared_case(case):
    name, values = case["id"], MODELS.given(case)
    if case["op"] == "jvp":
        found = matcalc.jvp(case["expr"], case["wrt"], variables=case["vars"])
    elif case["op"] == "vjp":
        found = matcalc.vjp(
            case["expr"], case["wrt"], cotangent=case["cotangent"], variables=case["vars"]
        )
    else:
        found = matcalc.hvp(
            case["expr"], case["wrt"], direction=case["direction"], variables=case["vars"]
        )
    expected = MODELS.truth()[f"{name}/truth"]
    assert np.allclose(found.to_callable()(**values), expected, rtol=1e-9, atol=1e-9)
    if name not in LONGER:
        assert tokens(str(found)) <= case["expected_size"]


COMMANDS = [
    ('jvp "inv(X)" --direction X=D', "-inv(X)*D*inv(X)"),
    ("jvp x'*A*x --direction x=u --direction x=v", "u'*A*v + v'*A*u"),
    ("jvp x'*y --direction x=u,y=v", "u'*y + v'*x"),
    ("vjp A*X*B --wrt X --cotangent U", "A'*U*B'"),
    ("hvp x'*A*x --wrt x --check", "(A + A')*v"),
    ("hvp x'*x --no-verify", "2*v"),
]


@pytest.mark.parametrize(("line", "answer"), COMMANDS)
def test_command(line, answer, capsys):
    assert main(line.replace('"', "").split(" ")) == 0
    assert capsys.readouterr().out == answer + "\n"


def test_command_prints_json(capsys):
    assert main(["jvp", "x'*x", "--direction", "x=v", "--format", "json", "--check"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["operation"] == "jvp"
    assert content["directions"] == [{"x": "v"}]
    assert content["text"] == "2*v'*x"
    assert content["check"]["ok"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("x", "'x' is not a variable with its direction"),
        ("x=u,x=v", "x has two directions"),
        ("=v", "'=v' is not a variable with its direction"),
    ],
)
def test_command_refuses(given, message, capsys):
    assert main(["jvp", "x'*x", "--direction", given]) == 2
    assert message in capsys.readouterr().err


OF_DIFF = [
    (["inv(X)", "--direction", "X=D"], "-inv(X)*D*inv(X)"),
    (["x'*A*x", "--wrt", "x", "--direction", "v"], "v'*A*x + x'*A*v"),
    (["x'*A*x", "--wrt", "x", "--order", "2", "--direction", "v"], "(A + A')*v"),
    (["x'*A*x", "--order", "2", "--direction", "x=v"], "2*v'*A*v"),
    (["A*X*B", "--wrt", "X", "--cotangent", "U"], "A'*U*B'"),
]


@pytest.mark.parametrize(("arguments", "printed"), OF_DIFF)
def test_diff_along_directions(capsys, arguments, printed):
    assert main(["diff", *arguments]) == 0
    assert capsys.readouterr().out == printed + "\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["x'*y", "--wrt", "y", "--direction", "x=v"],
            "says what to differentiate with respect to, x",
        ),
        (
            ["x'*x", "--direction", "x=v", "--cotangent", "u"],
            "a direction or a cotangent, not both",
        ),
        (["x'*x", "--direction", "x=v", "--layout", "numerator"], "the usual layout"),
        (["x'*x", "--direction", "x=v", "--steps"], "--steps cannot be combined with"),
        (["x'*y", "--wrt", "x,y", "--cotangent", "u"], "takes one variable"),
        (["x'*x", "--cotangent", "u", "--order", "2"], "a first derivative"),
    ],
)
def test_diff_along_directions_refuses(capsys, arguments, message):
    assert main(["diff", *arguments]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("expression", "wrt", "kind", "answer"),
    [
        ("var(h)", "h", "simplex(n)", "2*(d - mean(d))/n"),
        ("sum(h)^3", "h", "simplex(n)", "6*sum(d)*ones(n)"),
        ("(x'*x)^2", "x", "sphere(n)", "4*(2*(d'*x)*x + d)"),
        ("norm2(Q)^4", "Q", "orthogonal(n)", "4*(2*tr(Q*d')*Q + n*d)"),
        ("tr(V'*V)^2", "V", "orthonormal(m, n)", "4*(2*tr(V*d')*V + n*d)"),
    ],
)
def test_the_equations_of_a_kind_hold_at_the_point_alone(expression, wrt, kind, answer):
    """The gradient on the sphere is 4*x, and its derivative is not 4*d."""
    result = matcalc.hvp(expression, wrt, direction="d", variables={wrt: kind})
    assert str(result) == answer
    assert result.check(1).ok


def test_third_derivatives_at_a_point_of_the_sphere():
    result = matcalc.diff("(x'*x)^2", "x", order=3, variables={"x": "sphere(n)"})
    assert str(result) == "8*(kron(eye, x) + kron(x, eye) + vec(eye)*x')"
    assert result.verification.kind == "exact"
