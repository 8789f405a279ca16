"""``simplify``: the engine's form of a value where it is no longer than what was typed; in Python
and as a command.
"""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import HealthCheck, assume, given, settings
from printing import render
from strategies import Term, terms

import matcalc
from matcalc.claims.equality import DIFFERENT, EQUAL, decide_by_value
from matcalc.claims.judge.equal import Equality
from matcalc.cli import main
from matcalc.core.errors import ArgumentError, ShapeError, UnsupportedError, VerificationError
from matcalc.engine.pipeline import simplify
from matcalc.read.frontend import read

GIVEN = {
    "A": "matrix(n, n)",
    "B": "matrix(n, n)",
    "F": "matrix(m, n)",
    "S": "symmetric(n)",
    "K": "skew(n)",
    "Q": "orthogonal(n)",
    "D": "diagonal(n)",
    "E": "diagonal(n)",
    "P": "psd(n)",
    "x": "vector(n)",
    "y": "vector(n)",
    "p": "positive",
    "R": "orthogonal(n)",
    "W": "psd(n)",
    "U": "matrix(n, k)",
    "V": "matrix(k, n)",
    "C": "invertible(k)",
    "u": "vector(n)",
    "v": "vector(n)",
}


def tokens(text: str) -> int:
    return len(re.findall(r"\w+|[^\w\s(),]+", text))


def simplified(text: str, *, expand_inverse: bool = False) -> str:
    """The answer, after the judge (the field where it can, else real numbers) has confirmed it."""
    program = read(text, GIVEN)
    tree = simplify(program, expand_inverse=expand_inverse)
    decision = decide_by_value(program, program._replace(expr=tree))
    assert decision.verdict == EQUAL, decision
    return render(tree, program.variables)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("x + 0", "x", id="zero"),
        pytest.param("2*3", "6", id="number"),
        pytest.param("A*B - B*A + B*A", "A*B", id="cancelled"),
        pytest.param("A'*B' + (B*A)'", "2*(B*A)'", id="transposes"),
        pytest.param("tr(A*B) - tr(B*A)", "0", id="cyclic"),
        pytest.param("A - A", "zeros(n, n)", id="zero-matrix"),
        # what was typed with a fraction stands once as it is and once transposed
        pytest.param(
            "F*(A/2 + B)*F' + F*(A'/2 + B')*F'", "F*((A/2 + B)' + A/2 + B)*F'", id="fractions"
        ),
        pytest.param("inv(chol(P))*P*x", "chol(P)'*x", id="factor"),
        pytest.param("chol(P)'*inv(P)", "inv(chol(P))", id="factor-of-inverse"),
        pytest.param("inv(A)*A*x", "x", id="inverse"),
        pytest.param("inv(A*B)*A", "inv(B)", id="inverse-of-product"),
        pytest.param("A\\(A*x)", "x", id="solve"),
        pytest.param("F*inv(F'*F)*F'*F", "F", id="projection"),
        pytest.param("S' + S", "2*S", id="symmetric"),
        pytest.param("x'*K*x", "0", id="skew"),
        pytest.param("Q'*Q*x", "x", id="orthogonal"),
        pytest.param("norm2(Q*x)", "norm2(x)", id="rotated-norm"),
        pytest.param("(F*x)'*(F*x)", "norm2(F*x)^2", id="squared-norm"),
        pytest.param("diag(x)*y", "x.*y", id="diagonal"),
        pytest.param("log(exp(a))", "a", id="log-exp"),
        pytest.param("sin(-x) + sin(x)", "zeros(n)", id="odd"),
        pytest.param("cos(-2*x)", "cos(2*x)", id="even"),
        pytest.param("norm1(-x - y)", "norm1(x + y)", id="even-sum"),
        pytest.param("tanh(x - y)", "tanh(x - y)", id="odd-difference"),
        pytest.param("exp(x)./(1 + exp(x))", "sigmoid(x)", id="sigmoid"),
        pytest.param("log(1 + exp(x))", "softplus(x)", id="softplus"),
        pytest.param("log(sum(exp(x)))", "logsumexp(x)", id="logsumexp"),
        pytest.param("exp(x)/sum(exp(x))", "softmax(x)", id="softmax"),
        pytest.param("sqrt(a^2)", "abs(a)", id="root-of-square"),
        pytest.param("sqrt(p^2)", "p", id="root-of-positive-square"),
        pytest.param("kron(A, B)*kron(B, A)", "kron(A*B, B*A)", id="mixed-product"),
        pytest.param("x'*A*y", "x'*A*y", id="nothing-to-do"),
        pytest.param("x'*F'", "(F*x)'", id="row"),
        pytest.param("r = F*x; r'*r/2", "norm2(F*x)^2/2", id="definition"),
    ],
)
def test_forms(text: str, shown: str) -> None:
    assert simplified(text) == shown


STRUCTURE = [
    ("abs(x'*P*x)", "x'*P*x"),
    ("sqrt((x'*P*x)^2)", "x'*P*x"),
    ("abs(x'*P*y)", "abs(x'*P*y)"),
    ("norm2(x'*x)", "x'*x"),
    ("abs(tr(P*W))", "tr(P*W)"),
    ("abs(det(P + F'*F))", "det(F'*F + P)"),
    ("abs(det(S))", "abs(det(S))"),
    ("sign(1 + x'*inv(P)*x)", "1"),
    ("relu(norm2(x) + 1)", "1 + norm2(x)"),
    ("det(Q*A*Q')", "det(A)"),
    ("logdet(Q*R*A)", "logdet(A)"),
    ("det(diag(diag(Q)))^2", "det(diag(diag(Q)))^2"),
    ("norm2(Q*A)", "norm2(A)"),
    ("norm2(A*Q)", "norm2(A)"),
    ("norm2(Q*A*R*x)", "norm2(A*R*x)"),
    ("expm(K)'*expm(K)*x", "x"),
    ("inv(expm(A))*x", "expm(-A)*x"),
    ("logdet(expm(A))", "tr(A)"),
    ("pinv(Q)", "Q'"),
    ("pinv(eye + F'*F)", "inv(F'*F + eye)"),
    ("pinv(F'*F)", "pinv(F'*F)"),
    ("inv(Q + R)*(Q + R)", "eye(n)"),
    # a transposed sum is pushed through as it stands, between two sizes too
    ("inv(a*eye + F*G)'*G' + G'*inv(a*eye + G*F)'", "2*(inv(G*F + a*eye)*G)'"),
    ("x'*(A'*K*A)*x", "0"),
    ("tr(S*(A - A'))", "0"),
    ("inv(diag(u))*x", "x./u"),
    ("logdet(kron(A, C))", "logdet(kron(A, C))"),
    ("logdet(kron(A, C)) - k*logdet(A)", "n*logdet(C)"),
]


DIAGONALS = [
    ("D*E - E*D", "zeros(n, n)"),
    ("E*D*x", "D*E*x"),
    ("inv(D)*E*D", "E"),
    ("diag(u)*D - D*diag(u)", "zeros(n, n)"),
    ("D.*E", "D*E"),
    ("D.*A", "D.*A"),
    ("D.^2", "D^2"),
    ("D*E*A*E*D", "D*E*A*E*D"),
    ("sum(D)", "tr(D)"),
    ("tr(E*D)", "tr(D*E)"),
    ("D*x + E*x", "(D + E)*x"),
    ("x'*E*D*y", "x'*D*E*y"),
    ("inv(D)*x", "inv(D)*x"),
    ("(D + eye)*inv(D + eye)*x", "x"),
    ("inv(p*eye + D)*x", "inv(D + p*eye)*x"),
    ("A*D*inv(A)*A", "A*D"),
    ("diag(D) + x", "diag(D) + x"),
    ("log(diag(D))", "log(diag(D))"),
    ("norm2(D)", "norm2(D)"),
    ("kron(D, E)", "kron(D, E)"),
]


@pytest.mark.parametrize(
    ("text", "shown"), [pytest.param(*row, id=row[0]) for row in STRUCTURE + DIAGONALS]
)
def test_structure(text: str, shown: str) -> None:
    assert simplified(text) == shown


INVERSES = [
    ("A*inv(A + B) + B*inv(A + B)", "eye(n)"),
    ("eye - B*inv(A + B)", "A*inv(A + B)"),
    ("eye - inv(A + B)*B", "inv(A + B)*A"),
    ("A*inv(A + B)*B - B*inv(A + B)*A", "zeros(n, n)"),
    ("A*inv(A + B)*B + A*inv(A + B)*A", "A"),
    ("x - B*inv(A + B)*x", "A*inv(A + B)*x"),
    ("x'*inv(A + B)*A*x + x'*inv(A + B)*B*x", "x'*x"),
    ("tr(A*inv(A + B)) + tr(B*inv(A + B))", "n"),
    ("eye - p*inv(p*eye + A)", "A*inv(A + p*eye)"),
    ("inv(p*eye + F'*F)*F'*F + p*inv(p*eye + F'*F)", "eye(n)"),
    ("eye - inv(eye + F'*F)*F'*F", "inv(F'*F + eye)"),
    ("inv(eye + F'*F)*F' - F'*inv(eye + F*F')", "zeros(n, m)"),
    ("inv(eye + A*B)*A - A*inv(eye + B*A)", "zeros(n, n)"),
    ("F*inv(eye + F'*F)*F' + inv(eye + F*F')", "eye(m)"),
    ("inv(A)*(B - A)*inv(B)", "inv(A) - inv(B)"),
    ("inv(A)*B*inv(A + B)", "inv(A) - inv(A + B)"),
    ("inv(A) - inv(A + B)", "inv(A) - inv(A + B)"),
    ("inv(P) + inv(P)*S*inv(P - S)", "inv(P - S)"),
    ("P*inv(P + W)*W", "inv(inv(P) + inv(W))"),
    ("P*inv(P + S)*W", "P*inv(P + S)*W"),
    ("inv(A) - inv(A)*U*inv(inv(C) + V*inv(A)*U)*V*inv(A)", "inv(A + U*C*V)"),
    ("inv(P) - inv(P)*F'*inv(eye + F*inv(P)*F')*F*inv(P)", "inv(F'*F + P)"),
    ("inv(A) - inv(A)*u*v'*inv(A)/(1 + v'*inv(A)*u)", "inv(A + u*v')"),
    ("eye - u*u'/(1 + u'*u)", "inv(eye + u*u')"),
    ("det(A)*(1 + v'*inv(A)*u)", "det(A + u*v')"),
    ("logdet(A) + logdet(eye + V*inv(A)*U)", "logdet(A + U*V)"),
]


@pytest.mark.parametrize(("text", "shown"), [pytest.param(*row, id=row[0]) for row in INVERSES])
def test_inverses(text: str, shown: str) -> None:
    assert simplified(text) == shown


EXPANDED = [
    ("inv(A + u*v')", "inv(A) - inv(A)*u*v'*inv(A)/(1 + v'*inv(A)*u)"),
    ("inv(A - u*u')", "inv(A) + inv(A)*u*u'*inv(A)/(1 - u'*inv(A)*u)"),
    ("inv(eye + u*v')", "eye - u*v'/(1 + u'*v)"),
    ("inv(A + U*V)", "inv(A) - inv(A)*U*inv(V*inv(A)*U + eye)*V*inv(A)"),
    ("inv(A + U*C*V)", "inv(A) - inv(A)*U*inv(V*inv(A)*U + inv(C))*V*inv(A)"),
    ("inv(p*eye + F'*F)", "(eye - F'*inv(F*F' + p*eye)*F)/p"),
    ("inv(p*eye + u*u')", "(eye - u*u'/(p + u'*u))/p"),
    ("det(A + u*v')", "det(A)*(1 + v'*inv(A)*u)"),
    ("logdet(A + U*V)", "logdet(A) + logdet(V*inv(A)*U + eye)"),
    ("inv(A + B)", "inv(A + B)"),
]


@pytest.mark.parametrize(("text", "shown"), [pytest.param(*row, id=row[0]) for row in EXPANDED])
def test_expanded_inverses(text: str, shown: str) -> None:
    """As long as it gets; and simplified again it is what was typed."""
    assert simplified(text, expand_inverse=True) == shown
    if "+ u*" in text or "U" in text:
        assert simplified(shown) == simplified(text)


@pytest.mark.parametrize(
    "text",
    [
        "A*x*y'*B",
        "F'*F",
        "(A + B)*x",
        "x'*F'",
        "vec(A*B*A)",
        "kron(A, B)*vec(A)",
        "frechet_expm(A, B)",
        "softmax(x)",
        "1/p",
        "x'*y*x",
        "A.*B*x",
        "sum(A.*(x*y'))",
        "adj(A)*x",
    ],
)
def test_never_longer_and_settled(text: str) -> None:
    """Simplifying twice is simplifying once, and the answer has no more names, numbers and
    operators than the question.
    """
    once = simplified(text)
    assert simplified(once) == once
    assert tokens(once) <= tokens(text)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(term=terms(depth=3))
def test_random_expressions(term: Term) -> None:
    """What comes out reads back, has the shape and the value of what went in, and is no longer."""
    program = read(term.text, term.declarations)
    try:
        tree = simplify(program)
    except UnsupportedError as problem:
        assume("division by zero" not in problem.message and "power" not in problem.message)
        raise
    text = render(tree, program.variables)
    again = read(text, program.variables)
    assert (again.expr.shape, again.expr.row) == (program.expr.shape, program.expr.row)
    assert decide_by_value(program, program._replace(expr=again.expr)).verdict != DIFFERENT
    assert "[" not in text


def test_python() -> None:
    short = matcalc.simplify("x'*A*x - x'*A'*x + x'*x")
    assert (str(short), short.shape) == ("x'*x", ())
    assert str(short.diff("x")) == "2*x"
    assert str(matcalc.parse("S + S'", {"S": "symmetric(n)"}).simplify()) == "2*S"
    assert str(matcalc.simplify(matcalc.parse("A*inv(A)*x"))) == "x"
    with pytest.raises(ArgumentError, match="known already"):
        matcalc.simplify(matcalc.parse("x"), variables={"x": "scalar"})


def test_a_wrong_form_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = read("A'*x", {"A": "matrix(n, n)"}).expr
    monkeypatch.setattr("matcalc.results.simplify", lambda program, expand_inverse: wrong)
    with pytest.raises(VerificationError, match="this is a bug in matcalc"):
        matcalc.parse("A*x + x - x", {"A": "matrix(n, n)"}).simplify()


def test_equal() -> None:
    assert matcalc.equal("tr(A*B)", "tr(B*A)")
    assert matcalc.equal(matcalc.parse("D*x", {"D": "diagonal(n)"}), "x.*diag(D)")
    result = matcalc.equal("tr(A*B)", "tr(A*B')", variables={"A": "symmetric(n)"}, rng=3)
    assert isinstance(result, matcalc.Equality) and isinstance(result, Equality)
    assert result.verdict == "equal"
    assert matcalc.equal("x'*A*y", "y'*A*x").verdict == "different"
    kinds = {"S": "symmetric(n)"}
    rows = "softmax(S, 2)"
    assert matcalc.equal("softmax(S, 1)", rows, variables=kinds).verdict == "different"
    assert matcalc.equal("softmax(S, 1)", f"{rows}'", variables=kinds).verdict == "equal"


def test_equal_is_told_what_it_cannot_take() -> None:
    with pytest.raises(ArgumentError, match="A is matrix"):
        matcalc.equal(matcalc.parse("A*x"), "A*x", variables={"A": "diagonal(n)"})
    with pytest.raises(ArgumentError, match="rng must be a nonnegative integer"):
        matcalc.equal("a", "a", rng=-1)
    with pytest.raises(ArgumentError, match="the expression must be a string"):
        matcalc.equal("a", 3)  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match="cannot compare"):
        matcalc.equal("x", "x'")


@pytest.mark.parametrize(
    ("argv", "code", "out"),
    [
        pytest.param(["simplify", "A*inv(A)*x"], 0, "x\n", id="simplify"),
        pytest.param(
            ["simplify", "S - S'", "-v", "S: symmetric(2)"], 0, "zeros(2, 2)\n", id="declared"
        ),
        pytest.param(["simplify", "-x'*x"], 0, "-x'*x\n", id="leading-minus"),
        pytest.param(["simplify", "x'*x", "--format", "latex"], 0, "x^{\\top} x\n", id="latex"),
        pytest.param(["simplify", r"x^\top A^{-1} A x", "--latex"], 0, "x'*x\n", id="from-latex"),
        pytest.param(
            [
                "simplify",
                "inv(A + u*v')",
                "--expand-inverse",
                "-v",
                "u: vector(n)",
                "-v",
                "v: vector(n)",
            ],
            0,
            "inv(A) - inv(A)*u*v'*inv(A)/(1 + v'*inv(A)*u)\n",
            id="expand-inverse",
        ),
        pytest.param(["simplify", "x'*"], 2, "", id="bad-expression"),
        pytest.param(["simplify"], 2, "", id="no-expression"),
        pytest.param(
            ["equal", "-a", "a - 2*a"],
            0,
            "equal: -a = a - 2*a\n  decided     the difference simplifies to zero\n",
            id="equal",
        ),
        pytest.param(
            ["equal", "S*x", "x", "--var=S: symmetric(n)", "--rng", "3"],
            1,
            "different: S*x is not x\n"
            "  smallest    n=1, S=[[0]], x=[1]: entry [0] is 0 on the left, 1 on the right\n"
            "  decided     exact, at a random point of a prime field\n",
            id="different",
        ),
        pytest.param(["equal", "x", "x'"], 2, "", id="not-comparable"),
        pytest.param(["equal", "x"], 2, "", id="one-expression"),
    ],
)
def test_command(capsys: pytest.CaptureFixture[str], argv: list[str], code: int, out: str) -> None:
    assert main(argv) == code
    assert capsys.readouterr().out == out


def test_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("r = x - y\nr'*r"))
    assert main(["simplify", "-"]) == 0
    assert capsys.readouterr() == (
        "norm2(x - y)^2\n",
        "with x: vector(n), y: vector(n); result: scalar\n",
    )
