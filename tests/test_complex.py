"""Derivatives by complex variables and by their conjugates."""

from __future__ import annotations

import json

import numpy as np
import pytest

import matcalc
from matcalc.cli import main
from matcalc.conjugates.answer import Wirtinger
from matcalc.conjugates.check import TOLERANCE, largest_error
from matcalc.core.errors import MatcalcError, NotationWarning, VerificationError

KINDS = {
    "X": "complex matrix(m, n)",
    "z": "complex vector(n)",
    "c": "complex vector(n)",
    "a": "complex scalar",
    "A": "matrix(m, m)",
    "B": "matrix(m, n)",
    "C": "matrix(n, m)",
    "D": "matrix(n, n)",
}
# Petersen & Pedersen, The Matrix Cookbook (2012), section 4, by number; by X and by conj(X)
COOKBOOK = [
    ("(242), (243)", "tr(C*conj(X))", "X", ("zeros(m, n)", "C'")),
    ("(246), (247)", "tr(X*X^H)", "X", ("conj(X)", "X")),
    (
        "(249), (250)",
        "det(X^H*A*X)",
        "X",
        (
            "det(ctranspose(X)*A*X)*A'*conj(X)*inv(ctranspose(X)*A*X)'",
            "det(ctranspose(X)*A*X)*A*X*inv(ctranspose(X)*A*X)",
        ),
    ),
]
OTHERS = [
    ("z^H*D*z", "z", ("D'*conj(z)", "D*z")),
    ("tr(B*X^H)", "X", ("zeros(m, n)", "B")),
    ("tr(C*X)", "X", ("C'", "zeros(m, n)")),
    ("norm2(z - c)^2", "z", ("conj(z) - conj(c)", "z - c")),
    ("norm2(z)", "z", ("conj(z)/(2*sqrt(ctranspose(z)*z))", "z/(2*sqrt(ctranspose(z)*z))")),
    ("abs(a)^2", "a", ("conj(a)", "a")),
    ("real(c^H*z)", "z", ("conj(c)/2", "c/2")),
    ("imag(a)", "a", ("-imagunit/2", "imagunit/2")),
    ("exp(a)*conj(a)", "a", ("conj(a)*exp(a)", "exp(a)")),
    ("conj(z).*z", "z", ("diag(conj(z))", "diag(z)")),
    ("X^H*A*X", "X", None),
    ("r = D*z - c; r^H*r", "z", ("D'*(D*conj(z) - conj(c))", "D'*(D*z - c)")),
    ("log(det(X^H*X))", "X", None),
    ("conj(sqrt(-a^2))", "a", ("0", "-conj(a)/sqrt(-conj(a)^2)")),
    ("sqrt(a)*sqrt(a + 1)", "a", None),
    ("norm2(expm1(z))^2", "z", ("exp(z).*expm1(conj(z))", "exp(conj(z)).*expm1(z)")),
    ("real(sum(revcumsum(z)))", "z", ("cumsum(ones(n))/2", "cumsum(ones(n))/2")),
    ("abs(log1p(a))^2", "a", None),
    ("z[1]*conj(z[2])", "z", None),
]


def derived(expr: str, wrt: str) -> Wirtinger:
    kinds = {name: kind for name, kind in KINDS.items() if name in expr.replace("det", "")}
    return matcalc.wirtinger(expr, wrt, kinds)


@pytest.mark.parametrize(
    ("expr", "wrt", "lines"),
    [
        pytest.param(*row, marks=pytest.mark.slow) if row[2] is None else row
        for row in [*[row[1:] for row in COOKBOOK], *OTHERS]
    ],
)
def test_derivatives(expr: str, wrt: str, lines: tuple[str, str] | None) -> None:
    found = derived(expr, wrt)
    assert lines is None or (found.by_variable, found.by_conjugate) == lines
    assert found.verification.kind in ("exact", "numeric")
    assert r"\partial" in found.latex()


def test_the_transpose_without_conjugation_is_noted() -> None:
    with pytest.warns(NotationWarning, match="without conjugation"):
        found = derived("z'*z", "z")
    assert (found.by_variable, found.by_conjugate) == ("2*z", "zeros(n)")


def test_by_real_and_imaginary_part() -> None:
    """(244) and (245): by the real part D + C, by the imaginary part i*(D - C), at a point."""
    found = derived("tr(X*X^H)", "X")
    assert (found.by_variable, found.by_conjugate) == ("conj(X)", "X")
    rng = np.random.default_rng(1)
    X = rng.normal(size=(2, 3)) + 1j * rng.normal(size=(2, 3))
    D, C = np.conj(X), X
    assert np.allclose(D + C, 2 * X.real)
    assert np.allclose(1j * (1j * (D - C)), 2j * X.imag)


def agrees(program, wrt, trees, names) -> bool | None:
    error = largest_error(program, wrt, trees, names)
    return None if error is None else error <= TOLERANCE


def test_wrong_derivatives_do_not_pass_at_complex_points() -> None:
    found = derived("z^H*D*z", "z")
    by_z, by_conjugate = (side.tree for side in found._sides)
    names = found._names
    assert agrees(found._program, "z", [by_z, by_conjugate], names)
    assert agrees(found._program, "z", [by_conjugate, by_z], names) is False
    assert agrees(found._program, "z", [by_z, by_z], names) is False


def test_a_spoilt_text_is_refused() -> None:
    found = derived("z^H*D*z", "z")
    with pytest.raises(VerificationError):
        found._read_back(found._sides[0], "D*conj(z)")


@pytest.mark.parametrize(
    ("expr", "wrt", "kinds", "message"),
    [
        ("relu(z)", "z", {"z": "complex vector(n)"}, "not analytic"),
        ("max(z)", "z", {"z": "complex vector(n)"}, "not analytic"),
        ("z > 0", "z", {"z": "complex vector(n)"}, "no meaning here"),
        ("norm2(X, 1)", "X", {"X": "complex matrix(m, n)"}, "by column or row"),
        ("norm(X, 2)", "X", {"X": "complex matrix(m, n)"}, "norm"),
        ("sum[i](z[i])", "z", {"z": "complex vector(n)"}, "no meaning here"),
        ("z'*z", "z", {"z": "complex symmetric(n)"}, "complex symmetric is no kind"),
        ("z^H*z", "x", {"z": "complex vector(n)"}, "no complex variable"),
        ("a*b", "", {"a": "complex", "b": "complex"}, "wrt is missing"),
        ("np.vdot(a, b)", "a", {"a": "complex", "b": "complex"}, "dot may conjugate"),
        ("conj(a, a)", "a", {"a": "complex"}, "one argument"),
        ("a*a_conj", "a", {"a": "complex", "a_conj": "scalar"}, "stands for something else"),
        # conj(sqrt(-1)) is -i, and sqrt(conj(-1)) is i
        ("conj(sqrt(-abs(a)^2))", "a", {"a": "complex"}, "sqrt is taken of negative numbers alone"),
        ("conj((-abs(a)^2)^0.5)", "a", {"a": "complex"}, "a power is taken of negative numbers"),
        ("a*log(-a*conj(a))", "a", {"a": "complex"}, "log is taken of negative numbers alone"),
        # sqrt(a)*sqrt(b) is sqrt(a*b) on one side of the cut alone
        ("abs(sqrt(a))", "a", {"a": "complex"}, "on one branch"),
        ("sqrt(a)*sqrt(a^2 + 1)", "a", {"a": "complex"}, "on one branch"),
        ("sqrt(a^4)", "a", {"a": "complex"}, "on one branch"),
    ],
)
def test_what_is_refused(expr: str, wrt: str, kinds: dict[str, str], message: str) -> None:
    with pytest.raises(MatcalcError, match=message):
        matcalc.wirtinger(expr, wrt, kinds)


@pytest.mark.parametrize(
    "line",
    [
        ["simplify", "conj(z)*z"],
        ["simplify", "z: complex; conj(z)*z"],
        ["check", "conj(z)*z", "--wrt", "z", "--claim", "conj(z)"],
        ["hessian", "abs(z)^2", "--wrt", "z"],
        ["graph", "z*z"],
        ["convex", "abs(z)^2"],
        ["taylor", "z^2", "--wrt", "z", "--order", "2"],
        ["stationary", "abs(z)^2", "--wrt", "z"],
        ["equal", "conj(z)*z", "abs(z)^2"],
        ["jvp", "z^2", "--direction", "z=d"],
    ],
)
def test_other_commands_say_who_knows_complex_variables(
    line: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    declared = [] if ": complex" in line[1] else ["--var", "z: complex scalar"]
    assert main([*line, *declared]) == 2
    said = capsys.readouterr().err
    assert "only matcalc diff has complex variables, and only their first derivatives" in said
    assert "matcalc.wirtinger" in said


def test_declared_with_an_equals_sign(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "z^H*z", "--wrt", "z", "--var", "z = complex vector(n)"]) == 0
    assert "d/dz       = conj(z)" in capsys.readouterr().out


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["diff", "z^H*A*z", "--wrt", "z", "--var", "z: complex vector(n)"]
    assert main([*asked, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["by_variable"], found["by_conjugate"]) == ("A'*conj(z)", "A*z")
    assert found["verification"].startswith("exact")
    assert main([*asked, "--order", "2"]) == 2
    assert "--order does not go with a complex variable" in capsys.readouterr().err
