"""What messages say where a word, an argument or a sign is not what was meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import matcalc
from matcalc.cli.command import main
from matcalc.core.errors import ArgumentError, MatcalcError
from matcalc.testing import assert_gradient, check_gradient

# the command, and what its error says
SAID = [
    (["diff", "x'*A*x"], "--wrt x, in Python and in files wrt='x'; its variables are x, A"),
    (["diff", "x'*A*y", "--wrt=x,y", "--order=2"], "matcalc hessian EXPR --wrt x,y gives"),
    (["diff", "x'*x", "--wrt=x", "--format=pytorch"], "hint: did you mean torch?"),
    (["diff", "x'*x", "--wrt=x", "--notation=kroneker"], "hint: did you mean kronecker?"),
    (["diff", "x'*x", "--wrt=x", "--manifold=spere"], "hint: did you mean sphere?"),
    (["diff", "x'*x", "--wrt=x", "--format=word"], "hint: matcalc diff --help lists"),
    (["diff", "A: Symmetric(n); A*x", "--wrt=x"], "hint: did you mean symmetric(n)?"),
    (["diff", "A: symetric; A*x", "--wrt=x"], "hint: did you mean symmetric?"),
    (["diff", "A: SPD(2*n); A*x", "--wrt=x"], "hint: did you mean spd(2*n)?"),
    (["diff", "groupnorm(x)", "--wrt=x"], "matcalc functions WORD searches them"),
    (["diff", "1 + 2", "--wrt=x"], "hint: the expression has no variables"),
    (["diff", "sum[i](a[i]*x[i+1])", "--wrt=x"], "i has two ranges: 1:n by a[i]"),
    (["diff", "sum[i](a[i]*b[i]*x[i+1])", "--wrt=x"], "i has two ranges: 1:n by a[i]"),
    (
        ["diff", "t*z^H*z", "--wrt=t", "--var=z: complex vector(n)", "--var=t: scalar"],
        "t is real; an expression with complex variables is differentiated with respect to these "
        "only: z",
    ),
]


@pytest.mark.parametrize(("argv", "said"), SAID)
def test_said(capsys: pytest.CaptureFixture[str], argv: list[str], said: str) -> None:
    assert main(argv) == 2
    assert said in capsys.readouterr().err


QUOTIENTS = [
    ("x'*A*x/x'*x", "x'*A*x/(x'*x)"),
    ("y'*B*x/x'*A*x + 1", "y'*B*x/(x'*A*x)"),
    ("x'*A*x/x'*A", "x'*A*x./x' to divide entry by entry"),  # a row ends it: no quotient is meant
]


@pytest.mark.parametrize(("text", "written"), QUOTIENTS)
def test_quotients_of_products(text: str, written: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        matcalc.parse(text)
    assert caught.value.hint == f"write {written}"


EQUATIONS = [
    ("A*x = b", "A*x - b"),
    ("r = A*x - b; r = 0*b", "A*x - b"),
    ("M = A*A; M*x = b + A*x;", "M = A*A; M*x - (b + A*x)"),
    ("sum[i=1:n](x[i])*x = b", "sum(x)*x - b"),
]


@pytest.mark.parametrize(("equation", "left"), EQUATIONS)
def test_equations_determine(equation: str, left: str) -> None:
    variables = {"x": "vector(n)", "b": "vector(n)"}
    found = matcalc.implicit(equation, "x", "b", variables=variables)
    assert str(found) == str(matcalc.implicit(left, "x", "b", variables=variables))


@pytest.mark.parametrize("text", ["A*x = b = x", "r = A*x; (r where r = x)", "A*x ="])
def test_what_no_equation_is(text: str) -> None:
    with pytest.raises(MatcalcError):
        matcalc.implicit(text, "x", "b")


def _divide(A: Any, x: Any, b: Any) -> Any:
    return 1 / 0


RAISING: list[tuple[Callable[..., Any], type[Exception]]] = [
    (lambda A, x, b: 2 * A @ (A @ x - b), ValueError),
    (lambda A, x, b: np.linalg.solve(A, b), np.linalg.LinAlgError),
    (_divide, ZeroDivisionError),
]


@pytest.mark.parametrize(("claim", "raised"), RAISING)
def test_claims_that_raise(claim: Callable[..., Any], raised: type[Exception]) -> None:
    with pytest.raises(ArgumentError) as caught:
        assert_gradient("norm2(A*x - b)^2", claim, wrt="x", variables={"b": "vector"})
    assert isinstance(caught.value.__cause__, raised)
    assert f"raised {raised.__name__}: " in caught.value.message
    assert "A of shape (3, 4), x of shape (4,), b of shape (3,)" in caught.value.message


def test_objectives_that_raise() -> None:
    with pytest.raises(ArgumentError, match="raised KeyError") as caught:
        check_gradient(lambda x: {}["a"], lambda x: x, wrt="x", at={"x": np.ones(3)})
    assert isinstance(caught.value.__cause__, KeyError)
