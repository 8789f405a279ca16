"""``simplify``: the engine's form of a value where it is no longer than what was typed; in Python and as a command."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from strategies import Term, terms

import matcalc
from matcalc.cli import main
from matcalc.core.errors import ArgumentProblem, ShapeProblem, UnsupportedProblem, VerificationProblem
from matcalc.equality import DIFFERENT, measured
from matcalc.frontend import read
from matcalc.judge.equal import Equality
from matcalc.pipeline import render, simplify

GIVEN = {
    "A": "matrix(n, n)",
    "B": "matrix(n, n)",
    "F": "matrix(m, n)",
    "S": "symmetric(n)",
    "K": "skew(n)",
    "Q": "orthogonal(n)",
    "D": "diagonal(n)",
    "P": "psd(n)",
    "x": "vector(n)",
    "y": "vector(n)",
    "p": "positive",
}


def tokens(text: str) -> int:
    return len(re.findall(r"\w+|[^\w\s(),]+", text))


def simplified(text: str) -> str:
    program = read(text, GIVEN)
    return render(simplify(program), program.variables)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("x + 0", "x", id="zero"),
        pytest.param("2*3", "6", id="number"),
        pytest.param("A*B - B*A + B*A", "A*B", id="cancelled"),
        pytest.param("A'*B' + (B*A)'", "2*(B*A)'", id="transposes"),
        pytest.param("tr(A*B) - tr(B*A)", "0", id="cyclic"),
        pytest.param("A - A", "zeros(n, n)", id="zero-matrix"),
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
    """Simplifying twice is simplifying once, and the answer has no more names, numbers and operators than the question."""
    once = simplified(text)
    assert simplified(once) == once
    assert tokens(once) <= tokens(text)


@settings(max_examples=80, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(term=terms(depth=3))
def test_random_expressions(term: Term) -> None:
    """What comes out reads back, has the shape and the value of what went in, and is no longer."""
    program = read(term.text, term.declarations)
    try:
        tree = simplify(program)
    except UnsupportedProblem as problem:
        assume("division by zero" not in problem.message and "power" not in problem.message)
        raise
    text = render(tree, program.variables)
    again = read(text, program.variables)
    assert (again.expr.shape, again.expr.row) == (program.expr.shape, program.expr.row)
    assert measured(program, replace(program, expr=again.expr)).verdict != DIFFERENT
    assert "[" not in text


def test_python() -> None:
    short = matcalc.simplify("x'*A*x - x'*A'*x + x'*x")
    assert (str(short), short.shape) == ("x'*x", ())
    assert str(short.diff("x")) == "2*x"
    assert str(matcalc.parse("S + S'", {"S": "symmetric(n)"}).simplify()) == "2*S"
    assert str(matcalc.simplify(matcalc.parse("A*inv(A)*x"))) == "x"
    with pytest.raises(ArgumentProblem, match="known already"):
        matcalc.simplify(matcalc.parse("x"), variables={"x": "scalar"})


def test_a_wrong_form_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = read("A'*x", {"A": "matrix(n, n)"}).expr
    monkeypatch.setattr("matcalc.results.simplify", lambda program: wrong)
    with pytest.raises(VerificationProblem, match="this is a bug in matcalc"):
        matcalc.parse("A*x + x - x", {"A": "matrix(n, n)"}).simplify()


def test_equal() -> None:
    assert matcalc.equal("tr(A*B)", "tr(B*A)")
    assert matcalc.equal(matcalc.parse("D*x", {"D": "diagonal(n)"}), "x.*diag(D)")
    result = matcalc.equal("tr(A*B)", "tr(A*B')", variables={"A": "symmetric(n)"}, seed=3)
    assert isinstance(result, matcalc.Equality) and isinstance(result, Equality)
    assert result.verdict == "equal"
    assert matcalc.equal("x'*A*y", "y'*A*x").verdict == "different"


def test_equal_is_told_what_it_cannot_take() -> None:
    with pytest.raises(ArgumentProblem, match="A is matrix"):
        matcalc.equal(matcalc.parse("A*x"), "A*x", variables={"A": "diagonal(n)"})
    with pytest.raises(ArgumentProblem, match="seed is a natural number"):
        matcalc.equal("a", "a", seed=-1)
    with pytest.raises(ArgumentProblem, match="an expression is a text"):
        matcalc.equal("a", 3)  # type: ignore[arg-type]
    with pytest.raises(ShapeProblem, match="cannot compare"):
        matcalc.equal("x", "x'")


@pytest.mark.parametrize(
    ("argv", "code", "out"),
    [
        pytest.param(["simplify", "A*inv(A)*x"], 0, "x\n", id="simplify"),
        pytest.param(["simplify", "S - S'", "-v", "S: symmetric(2)"], 0, "zeros(2, 2)\n", id="declared"),
        pytest.param(["simplify", "-x'*x"], 0, "-x'*x\n", id="leading-minus"),
        pytest.param(["simplify", "x'*x", "--format", "latex"], 0, "x^{\\top} x\n", id="latex"),
        pytest.param(["simplify", r"x^\top A^{-1} A x", "--latex"], 0, "x'*x\n", id="from-latex"),
        pytest.param(["simplify", "x'*"], 2, "", id="bad-expression"),
        pytest.param(["simplify"], 2, "", id="no-expression"),
        pytest.param(
            ["equal", "-a", "a - 2*a"], 0, "equal: -a = a - 2*a\n  decided     the difference simplifies to zero\n", id="equal"
        ),
        pytest.param(
            ["equal", "S*x", "x", "--var=S: symmetric(n)", "--rng", "3"],
            1,
            "different: S*x is not x\n"
            "  smallest    n=1, S=[[0]], x=[1]: entry [0] is 0 on the left, 1 on the right\n"
            "  decided     exact, at a random point of a prime field\n",
            id="different",
        ),
        pytest.param(["equal", "x", "A"], 2, "", id="not-comparable"),
        pytest.param(["equal", "x"], 2, "", id="one-expression"),
    ],
)
def test_command(capsys: pytest.CaptureFixture[str], argv: list[str], code: int, out: str) -> None:
    assert main(argv) == code
    assert capsys.readouterr().out == out


def test_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("r = x - y\nr'*r"))
    assert main(["simplify", "-"]) == 0
    assert capsys.readouterr() == ("norm2(x - y)^2\n", "with x: vector(n), y: vector(n); result: scalar\n")
