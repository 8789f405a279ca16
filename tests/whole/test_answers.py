"""What can be done with an input can be done with an answer: derivatives are compared, simplified
and differentiated.
"""

from __future__ import annotations

import pytest

import matcalc
from matcalc.cli.command import main
from matcalc.core.errors import MatcalcError

LEAST = ("norm2(A*x - b)^2", "x", {"b": "vector(m)"})
LONG = ("y'*inv(X'*C*X)*y + logdet(X'*C*X) + tr(inv(X'*C*X)*B)", "X", {})

# a derivative (expression, variable, declarations), its layout and order, a text, and whether they
# are equal
COMPARED = [
    (LEAST, "mixed", 1, "2*A'*(A*x - b)", True),
    (LEAST, "mixed", 1, "2*A'*r where r = A*x - b", True),
    (LEAST, "mixed", 1, "2*A'*(A*x + b)", False),
    (LEAST, "mixed", 2, "2*A'*A", True),
    (("A*X*B", "X", {}), "mixed", 1, "kron(B', A)", True),
    (("A*X*B", "X", {}), "denominator", 1, "kron(B, A')", True),
    (("tr(A*X)", "X", {}), "mixed", 1, "A'", True),
    (("tr(A*X)", "X", {}), "numerator", 1, "A", True),
    (("x'*x", "x", {}), "mixed", 2, "2*eye", True),
    (("A*x", "x", {}), "denominator", 1, "A'", True),
    (LONG, "mixed", 1, "M*X", False),  # M is a variable, and not the part that the answer names so
]


@pytest.mark.parametrize(("asked", "layout", "order", "text", "same"), COMPARED)
def test_equal(
    asked: tuple[str, str, dict[str, str]], layout: str, order: int, text: str, same: bool
) -> None:
    expr, wrt, variables = asked
    derivative = matcalc.diff(expr, wrt, variables=variables, layout=layout, order=order)
    assert bool(matcalc.equal(derivative, text)) == bool(matcalc.equal(text, derivative)) == same


def test_long_answers() -> None:
    """The parts that a long answer names, and those that another one names alike."""
    expr, wrt, _ = LONG
    derivative = matcalc.diff(expr, wrt)
    assert " where t1 = X'*C*X, t2 = inv(t1), " in str(derivative)
    assert matcalc.equal(derivative, derivative)
    assert matcalc.equal(str(derivative), derivative)
    assert matcalc.equal(derivative, str(derivative))
    assert matcalc.equal(str(derivative), str(derivative))
    assert matcalc.equal(matcalc.simplify(derivative), derivative)


def test_second_derivatives() -> None:
    first = matcalc.diff("x'*A*x + sum(exp(x))", "x")
    assert matcalc.equal(
        matcalc.diff(first, "x"), matcalc.diff("x'*A*x + sum(exp(x))", "x", order=2)
    )
    jacobian = matcalc.diff("tr(X'*X*X'*X)", "X")
    assert str(matcalc.diff(jacobian, "X")) == str(matcalc.diff("tr(X'*X*X'*X)", "X", order=2))


def test_index_notation_is_an_expression() -> None:
    derivative = matcalc.diff("X*X", "X", order=2)
    assert str(derivative).startswith("D[i=1:n, j, k, l, p, q] = ")
    assert matcalc.equal(derivative, derivative)
    assert str(matcalc.simplify(derivative)) == str(derivative)


def test_different_declarations() -> None:
    with pytest.raises(MatcalcError, match="in one expression and symmetric"):
        matcalc.equal(
            matcalc.diff("x'*A*x", "x", variables={"A": "symmetric(n)"}),
            matcalc.diff("x'*A*x", "x"),
        )


SHAPES = [
    ("x'*x", "cannot compare vector(n) with a scalar"),
    ("A", "cannot compare vector(n) with matrix(m, n)"),
]


@pytest.mark.parametrize(("text", "message"), SHAPES)
def test_shapes(text: str, message: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        matcalc.equal(matcalc.diff("norm2(A*x - b)^2", "x", variables={"b": "vector(m)"}), text)
    assert caught.value.message == message
    assert caught.value.source == f"2*A'*(A*x - b)\n{text}"


COMMANDS = [
    (["equal", "A*M where M = inv(B)", "A*inv(M) where M = B"], "equal: "),
    (["equal", "A*M where M = inv(B)", "M = B; A*M"], "different: "),
    (["equal", "A*inv(B)", "A*M where M = inv(B)"], "equal: "),
    (["equal", "--var", "T: scalar", "B^T", "M^T where M = B"], "equal: "),
    (["simplify", "A*M*B where M = inv(B)"], "A\n"),
    (["diff", "x'*M*x where M = B*B'", "--wrt", "x"], "2*B*B'*x\n"),
    (["check", "x'*M*x where M = B*B'", "--wrt", "x", "--claim", "2*M*x"], "proved: "),
    (
        ["check", "x'*M*x where M = B*B'", "--wrt", "x", "--claim", "2*N*x where N = B*B'"],
        "proved: ",
    ),
]


@pytest.mark.parametrize(("command", "start"), COMMANDS)
def test_where(command: list[str], start: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(command)
    assert capsys.readouterr().out.startswith(start)


def test_one_variable_needs_no_name():
    assert str(matcalc.taylor("exp(x)", at=0, variables={"x": "scalar"})) == "1 + x + x^2/2"
    assert str(matcalc.linearize("exp(x)", at=0, variables={"x": "scalar"})) == "1 + x"
    assert matcalc.convex("logsumexp(x)").verdict == "convex"
    assert str(matcalc.stationary("x^2 - 2*x", variables={"x": "scalar"})) == "1"
    assert str(matcalc.newton("x - log(x)", variables={"x": "positive"})) == "x*(1 - x)"
    with pytest.raises(matcalc.MatcalcError, match="wrt"):
        matcalc.stationary("x'*A*x")
