"""The first-letter rule and the meaning of declarations."""

import pytest

from matcalc.core.dims import ONE, dim
from matcalc.core.kinds import Variable
from matcalc.read.frontend import read
from matcalc.read.syntax.declare import declare
from matcalc.read.syntax.names import default_kind


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        pytest.param(
            "a b c d e f g c1 a_long_name alphabet alpha gamma lambda theta omega sigma2 "
            "beta_1 mu_x α λ ω",
            "scalar",
            id="scalar",
        ),
        pytest.param("h i j x y z hello x1 x_a thetas lambdas", "vector", id="vector"),
        pytest.param("A B I X Z Sigma Omega Xtrain W1 Σ Ω Phi_2", "matrix", id="matrix"),
    ],
)
def test_undeclared_names(names: str, kind: str) -> None:
    assert {name: default_kind(name) for name in names.split()} == dict.fromkeys(
        names.split(), kind
    )


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("scalar", "scalar"),
        ("positive", "positive"),
        ("vector(n)", "vector(n)"),
        ("vector(3)", "vector(3)"),
        ("vector(2*n*m)", "vector(2*m*n)"),
        ("matrix(m,n)", "matrix(m, n)"),
        ("symmetric( n )", "symmetric(n)"),
        ("psd(n)", "psd(n)"),
        ("diagonal(n)", "diagonal(n)"),
        ("orthogonal(n)", "orthogonal(n)"),
        ("skew(n)", "skew(n)"),
        ("triangular(n)", "triangular(n)"),
        ("invertible(n)", "invertible(n)"),
    ],
)
def test_kinds(kind: str, shown: str) -> None:
    by_item, by_line = declare({"Q": kind}), declare([f"Q: {kind}"])
    assert str(by_item["Q"]) == shown
    assert by_item == by_line
    assert str(read(f"Q: {kind}; Q").variables["Q"]) == shown


def test_variables_are_taken_as_they_are() -> None:
    variable = Variable("A", "matrix", (dim("m").times(dim("n")), ONE), declared=False)
    assert declare({"A": variable}) == {"A": variable}


def test_one_line_may_stand_without_a_list() -> None:
    assert declare(["A: symmetric(n)"]) == {"A": read("A", "A: symmetric(n)").variables["A"]}
