"""Derivatives by complex variables and by their conjugates."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import matcalc
from matcalc.cli import main
from matcalc.conjugates import code
from matcalc.conjugates.answer import Wirtinger
from matcalc.conjugates.check import TOLERANCE, largest_error
from matcalc.conjugates.expression import ComplexExpression
from matcalc.core.errors import (
    MatcalcError,
    NotationWarning,
    ShapeError,
    UnsupportedError,
    VerificationError,
)
from matcalc.core.substitution import rename, replace_variables
from matcalc.verify.oracle.interpret import interpret

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
    ("norm(z)^2", "z", ("conj(z)", "z")),
    ("abs(a)^2", "a", ("conj(a)", "a")),
    ("real(c^H*z)", "z", ("conj(c)/2", "c/2")),
    ("imag(a)", "a", ("-imagunit/2", "imagunit/2")),
    ("imagunit^2*a*conj(a)", "a", ("-conj(a)", "-a")),
    ("(1 + imagunit*a)^2/imagunit", "a", None),
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


def agrees(found, wrt, trees) -> bool | None:
    error = largest_error(found, wrt, trees)
    return None if error is None else error <= TOLERANCE


def test_wrong_derivatives_do_not_pass_at_complex_points() -> None:
    found = derived("z^H*D*z", "z")
    by_z, by_conjugate = (side.tree for side in found._first)
    assert agrees(found._found, "z", [by_z, by_conjugate])
    assert agrees(found._found, "z", [by_conjugate, by_z]) is False
    assert agrees(found._found, "z", [by_z, by_z]) is False


def test_a_spoilt_text_is_refused() -> None:
    found = derived("z^H*D*z", "z")
    with pytest.raises(VerificationError):
        found._read_back(found._first[0], "D*conj(z)")


@pytest.mark.parametrize(
    ("expr", "wrt", "kinds", "message"),
    [
        ("relu(z)", "z", {"z": "complex vector(n)"}, "not analytic"),
        ("max(z)", "z", {"z": "complex vector(n)"}, "not analytic"),
        ("z > 0", "z", {"z": "complex vector(n)"}, "no meaning here"),
        ("norm2(X, 1)", "X", {"X": "complex matrix(m, n)"}, "by column or row"),
        ("norm(X, 2)", "X", {"X": "complex matrix(m, n)"}, "norm"),
        ("prod[i](z[i])", "z", {"z": "complex vector(n)"}, "no meaning here"),
        ("z'*z", "z", {"z": "complex symmetric(n)"}, "complex symmetric is not a kind"),
        (
            "tr(U)",
            "U",
            {"U": "complex unitary(n)"},
            "is Hermitian, C the derivative with respect to conj",
        ),
        ("z^H*z", "x", {"z": "complex vector(n)"}, "not a complex variable"),
        ("a*b", "", {"a": "complex", "b": "complex"}, "wrt is missing"),
        ("np.vdot(a, b)", "a", {"a": "complex", "b": "complex"}, "dot may conjugate"),
        ("conj(a, a)", "a", {"a": "complex"}, "one argument"),
        ("a*a_conj", "a", {"a": "complex", "a_conj": "scalar"}, "has another meaning"),
        # conj(sqrt(-1)) is -i, and sqrt(conj(-1)) is i
        ("conj(sqrt(-abs(a)^2))", "a", {"a": "complex"}, "sqrt is taken only of negative numbers"),
        (
            "conj((-abs(a)^2)^0.5)",
            "a",
            {"a": "complex"},
            "a power is taken only of negative numbers",
        ),
        ("a*log(-a*conj(a))", "a", {"a": "complex"}, "log is taken only of negative numbers"),
    ],
)
def test_what_is_refused(expr: str, wrt: str, kinds: dict[str, str], message: str) -> None:
    with pytest.raises(MatcalcError, match=message):
        matcalc.wirtinger(expr, wrt, kinds)


@pytest.mark.parametrize(
    "line",
    [
        ["taylor", "z: complex; conj(z)*z", "--wrt", "z"],
        ["convex", "abs(z)^2"],
        ["taylor", "z^2", "--wrt", "z", "--order", "2"],
        ["newton", "abs(z)^2", "--wrt", "z"],
        ["jvp", "z^2", "--direction", "z=d"],
    ],
)
def test_other_commands_say_who_knows_complex_variables(
    line: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    declared = [] if ": complex" in line[1] else ["--var", "z: complex scalar"]
    assert main([*line, *declared]) == 2
    said = capsys.readouterr().err
    assert (
        "only matcalc diff, hessian, stationary, check, equal, simplify and graph take complex"
        in said
    )
    assert "matcalc.wirtinger" in said


R = "r = A z - b"
EQUATIONS = [
    (r"\frac{\partial}{\partial \bar{z}} z^H z = z", 0, "z is d/dconj(z) of"),
    (r"\frac{\partial z^H z}{\partial z^*} = z", 0, "z is d/dconj(z) of"),
    (r"\frac{\partial}{\partial z} z^H z = z", 1, "z is d/dconj(z), not d/dz, of"),
    (r"\nabla_z z^H z = 2 z", 0, "2 z is 2*d/dconj(z), the gradient, of"),
    (rf"{R} \\ \frac{{\partial}}{{\partial \bar{{z}}}} r^H r = A^H r", 0, "A^H r is d/dconj(z)"),
    (rf"{R} \\ \frac{{\partial}}{{\partial z}} r^H r = A^\top \bar{{r}}", 0, "is d/dz of"),
    (rf"{R} \\ \frac{{\partial}}{{\partial \bar{{z}}}} r^H r = A^\top r", 1, "none of"),
]


@pytest.mark.parametrize(("equation", "code", "says"), EQUATIONS)
def test_equations_in_latex(equation, code, says, capsys) -> None:
    kinds = ["z: complex vector(n)", "A: complex matrix(m, n)", "b: complex vector(m)"]
    assert main(["check", "--latex", equation, *(x for k in kinds for x in ("--var", k))]) == code
    assert says in capsys.readouterr().out


def test_each_equation_is_judged(capsys: pytest.CaptureFixture[str]) -> None:
    sides = [
        rf"\frac{{\partial}}{{\partial {by}}} z^H z &= {claim}"
        for by, claim in (("z", r"\bar z"), (r"\bar z", "z"), (r"\bar z", "2 z"))
    ]
    said = r"\begin{aligned}" + r" \\ ".join(sides) + r"\end{aligned}"
    asked = ["check", "--latex", said, "--var", "z: complex vector(n)", "--format", "json"]
    assert main(asked) == 1
    verdicts = [each["verdict"] for each in json.loads(capsys.readouterr().out)]
    assert verdicts == ["proved", "proved", "wrong"]


def test_second_derivatives_that_a_formula_asks_for() -> None:
    found = matcalc.wirtinger(
        r"\frac{\partial^2}{\partial z^2} a z^3", "", {"z": "complex", "a": "complex"}, latex=True
    )
    assert found.lines["z", "z"] == "6*a*z"
    assert found.judge("6*z*a").says == "is d2/dz dz"
    assert found.judge("0").says == "is d2/dz dconj(z), not d2/dz dz,"


@pytest.mark.parametrize(
    ("expr", "kinds", "message"),
    [
        (r"\frac{\partial}{\partial \bar{S}} \operatorname{tr}(S S)", "S: hermitian", "together"),
        (r"\frac{\partial}{\partial x} x^\top z", "x: vector", "x is real"),
        (r"\frac{\partial}{\partial w} z^H z", "", "w"),
    ],
)
def test_what_a_formula_cannot_ask_for(expr, kinds, message) -> None:
    declared = {"z": "complex vector(n)", "S": "complex hermitian(n)", "x": "vector(n)"}
    known = {name: kind for name, kind in declared.items() if name == "z" or name in kinds}
    with pytest.raises(MatcalcError, match=message):
        matcalc.wirtinger(expr, "", known, latex=True)


def test_a_claim_uses_definitions_and_no_other_names() -> None:
    kinds = {"z": "complex vector(n)", "A": "complex matrix(m, n)"}
    found = matcalc.wirtinger("r = A*z; r^H*r", "z", kinds)
    assert found.judge("A^H*r").says == "is d/dconj(z)"
    assert found.judge("A'*conj(r)").says == "is d/dz"
    with pytest.raises(MatcalcError, match="q is not a variable of the expression"):
        found.judge("q")


def test_an_i_is_no_imaginary_unit_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "i*z", "--wrt", "z", "--var", "z: complex scalar"]) == 0
    said = capsys.readouterr().err
    assert "with i: vector(n)" in said
    assert "write imagunit for the imaginary unit" in said


def test_declared_with_an_equals_sign(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "z^H*z", "--wrt", "z", "--var", "z = complex vector(n)"]) == 0
    assert "d/dz       = conj(z)" in capsys.readouterr().out


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["diff", "z^H*A*z", "--wrt", "z", "--var", "z: complex vector(n)"]
    assert main([*asked, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["by_variable"], found["by_conjugate"]) == ("A'*conj(z)", "A*z")
    assert found["verification"].startswith("exact")
    assert main([*asked, "--order", "3"]) == 2
    assert "derivatives of order 3" in capsys.readouterr().err
    assert main([*asked, "--format", "torch"]) == 2
    assert "torch.autograd gives 2*d/dconj(z)" in capsys.readouterr().err


# real functions with their derivatives by conj(z), and their gradients
REAL = [
    ("beamforming", "abs(w^H*s)^2/(w^H*R*w)", "w", None, None),
    ("mean squared error", "real(w^H*R*w) - 2*real(w^H*s)", "w", "R*w - s", "2*(R*w - s)"),
    ("capacity", "logdet(eye(m) + H*H^H)", "H", "inv(H*ctranspose(H) + eye)*H", None),
    ("phase retrieval", "sum((abs(A*w).^2 - y).^2)", "w", None, None),
    (
        "least squares",
        "norm2(A*w - b)^2",
        "w",
        "ctranspose(A)*(A*w - b)",
        "2*ctranspose(A)*(A*w - b)",
    ),
    (
        "distance from unitary",
        "norm2(A^H*A - eye(n))^2",
        "A",
        "2*A*(ctranspose(A)*A - eye)",
        "4*A*(ctranspose(A)*A - eye)",
    ),
]
PROCESSING = {
    "w": "complex vector(n)",
    "s": "complex vector(n)",
    "R": "complex psd(n)",
    "H": "complex matrix(m, n)",
    "A": "complex matrix(m, n)",
    "b": "complex vector(m)",
    "y": "vector(m)",
}


@pytest.mark.parametrize(
    ("name", "expr", "wrt", "by_conjugate", "gradient"),
    [pytest.param(*row, marks=pytest.mark.slow) if row[3] is None else row for row in REAL],
)
def test_signal_processing(name, expr, wrt, by_conjugate, gradient):
    found = matcalc.wirtinger(expr, wrt, PROCESSING)
    assert by_conjugate is None or found.by_conjugate == by_conjugate, name
    assert gradient is None or found.gradient == gradient
    assert found.is_real
    assert "2*d/dconj" in found.convention
    assert found.verification.kind == "exact"


def test_what_is_not_real_has_no_gradient():
    found = matcalc.wirtinger("s^H*w", "w", PROCESSING)
    assert found.convention == ""
    with pytest.raises(MatcalcError, match="is not real"):
        found.gradient  # noqa: B018 - it raises


# by a Hermitian matrix there is one derivative D, and the gradient is D'
HERMITIAN = [
    ("tr(R*R)", "2*R'", "2*R"),
    ("logdet(R) + s^H*inv(R)*s", None, "inv(R) - inv(R)*s*ctranspose(s)*inv(R)"),
    ("real(tr(M*R))", "(conj(M) + M')/2", "(M + ctranspose(M))/2"),
    ("w^H*R*w", "conj(w)*w'", "w*ctranspose(w)"),
]


@pytest.mark.parametrize(("expr", "derivative", "gradient"), HERMITIAN)
@pytest.mark.parametrize("kind", ["hermitian", pytest.param("psd", marks=pytest.mark.slow)])
def test_hermitian_matrices(expr, derivative, gradient, kind):
    kinds = {**PROCESSING, "R": f"complex {kind}(n)", "M": "complex matrix(n, n)"}
    if kind == "hermitian" and "logdet" in expr:
        kinds["R"] = "complex psd(n)"
    found = matcalc.wirtinger(expr, "R", kinds)
    assert derivative is None or found.by_variable == derivative
    assert (found.by_conjugate, found.gradient) == (None, gradient)
    assert found.verification.kind == "exact"
    assert f"R: {kinds['R']}" in [f"{name}: {each}" for name, each in found.variables.items()]


def test_a_wrong_derivative_by_a_hermitian_matrix_does_not_pass():
    found = matcalc.wirtinger("tr(M*R)", "R", {**PROCESSING, "M": "complex matrix(n, n)"})
    right = found._first[0].tree
    (matrix,) = right.args
    assert largest_error(found._found, "R", [right]) <= TOLERANCE
    assert largest_error(found._found, "R", [matrix]) > TOLERANCE


# the blocks of second derivatives, by z z, z conj(z), conj(z) z, conj(z) conj(z)
SECOND = [
    ("w^H*M*w", "w", ("zeros(n, n)", "M'", "M", "zeros(n, n)")),
    (
        "norm2(A*w - b)^2",
        "w",
        ("zeros(n, n)", "A'*conj(A)", "ctranspose(A)*A", "zeros(n, n)"),
    ),
    ("a^2*conj(a)", "a", ("2*conj(a)", "2*a", "2*a", "0")),
]


@pytest.mark.parametrize(("expr", "wrt", "blocks"), SECOND)
def test_second_derivatives(expr, wrt, blocks):
    kinds = {**PROCESSING, "M": "complex matrix(n, n)", "a": "complex scalar"}
    found = matcalc.wirtinger(expr, wrt, kinds, order=2)
    assert tuple(found.lines.values()) == blocks
    assert found.lines[f"conj({wrt})", wrt] == blocks[2]
    assert found.verification.kind == "exact"
    assert r"\partial^2 f" in found.latex()


def test_wrong_second_derivatives_are_refused():
    found = matcalc.wirtinger("a^2*conj(a)", "a", {"a": "complex"}, order=2)
    found._last[1] = replace(found._last[1], tree=found._last[0].tree)
    del found.__dict__["verification"]
    with pytest.raises(VerificationError):
        found.verification  # noqa: B018 - it raises


@pytest.mark.parametrize(
    ("expr", "wrt", "kinds"),
    [
        ("w^H*R*w/(w^H*w)", "w", {"w": "complex vector(n)", "R": "complex hermitian(n)"}),
        ("imagunit*lambda*conj(lambda)", "lambda", {"lambda": "complex"}),
        ("logdet(M^H*M)", "M", {"M": "complex matrix(m, n)"}),
    ],
)
def test_code(expr, wrt, kinds):
    """The function takes the variables alone; it is compared with the formulas when it is made."""
    found = matcalc.wirtinger(expr, wrt, kinds)
    rng = np.random.default_rng(0)
    shapes = {"w": (3,), "R": (3, 3), "lambda": (), "M": (4, 3)}
    point = {
        name: rng.normal(size=shapes[name]) + 1j * rng.normal(size=shapes[name]) for name in kinds
    }
    computed = found.to_callable()(**point)
    assert set(computed) == {wrt, f"conj({wrt})"}
    assert np.shape(computed[wrt]) == shapes[wrt]
    assert np.iscomplexobj(computed[wrt])


class Spoilt(code.Standalone):
    """Code with a conjugate where there is none."""

    def text(self, side=None):
        return super().text(side).replace("M @ w", "M @ w_conj")


def test_code_that_is_wrong_is_refused(monkeypatch):
    found = matcalc.wirtinger("w^H*M*w", "w", {**PROCESSING, "M": "complex matrix(n, n)"})
    monkeypatch.setattr(code, "Standalone", Spoilt)
    with pytest.raises(VerificationError):
        found.source()


CLAIMS = [
    ("w^H*R*w", "w", "R*w", 0, "is d/dconj(w)"),
    ("w^H*R*w", "w", "w^H*R", 0, "is d/dw"),
    ("w^H*R*w", "w", "2*R*w", 0, "is 2*d/dconj(w), the gradient"),
    ("w^H*R*w", "w", "2*conj(R*w)", 1, "as jax.grad has it"),
    ("w^H*R*w", "R", "2*conj(w)*w'", 1, "is 2*d/dR, which is none"),
    ("w^H*R*w", "w", "R*conj(w)", 1, "is d/dconj(w) with conj(w) in place of w, which is none"),
    ("w^H*B*w", "w", "B'*w", 1, "is d/dw with w in place of conj(w), which is none"),
    ("w^H*R*w", "w", "R'*w", 1, "is none of the derivatives"),
    ("w^H*R*w", "w", "tr(R)", 1, "has another shape, (no axes)"),
    ("tr(R*M)", "R", "M", 1, "is the transpose of d/dR"),
    ("imag(a*b)", "a", "-imagunit*b/2", 0, "is d/da"),
    ("imag(a*b)", "a", "imagunit*b/2", 1, "is -d/da"),
]


@pytest.mark.parametrize(("expr", "wrt", "claim", "code", "says"), CLAIMS)
def test_claims(expr, wrt, claim, code, says, capsys):
    kinds = {**PROCESSING, "M": "complex matrix(n, n)", "a": "complex", "b": "complex"}
    kinds["R"] = "complex hermitian(n)"
    used = [part for name, kind in kinds.items() for part in ("--var", f"{name}: {kind}")]
    assert main(["check", expr, "--wrt", wrt, "--claim", claim, *used]) == code
    said = capsys.readouterr().out
    assert said.startswith("wrong" if code else "proved")
    assert says in said


# formulas in LaTeX, with their derivatives by conj(z)
FORMULAS = [
    (r"w^H R w", "w", "R*w"),
    (r"(A w - b)^{\mathsf{H}} (A w - b)", "w", "ctranspose(A)*(A*w - b)"),
    (r"r = A w - b \\ r^H r", "w", "ctranspose(A)*(A*w - b)"),
    (r"\lVert A w - b \rVert^2", "w", "ctranspose(A)*(A*w - b)"),
    (r"\log \det (I + H H^\dagger)", "H", "inv(H*ctranspose(H) + eye)*H"),
    (r"\bar{w}^\top w + \operatorname{Re}(s^H w)", "w", "s/2 + w"),
    (r"|a|^2 + \mathrm{i} a^* c", "a", "a + c*imagunit"),
    (r"\sum_i |w_i|^2", "w", "w"),
    (r"|a|^2 + (\mathrm{i} a)^* c", "a", "a - c*imagunit"),
    (r"(e^{2 \mathrm{i} a})^*", "a", "-2*imagunit*exp(-2*conj(a)*imagunit)"),
    (r"(a^{2 + \mathrm{i}})^* c", "a", "c*(2 - imagunit)*conj(a)^(1 - imagunit)"),
    (r"(\operatorname{Im}(a))^* c", "a", "c*imagunit/2"),
    (r"\operatorname{Im}(a)^* c", "a", "c*imagunit/2"),
    (r"\operatorname{Im}(a^*) c", "a", "-c*imagunit/2"),
    (r"\operatorname{Im}(w)^H s", "w", "imagunit*s/2"),
    # a bar over a formula is its conjugate
    (r"(\overline{A w - b})^\top (A w - b)", "w", "ctranspose(A)*(A*w - b)"),
    (r"\overline{w^\top s}", "w", "conj(s)"),
    (r"\overline{w}^\top R w + \overline{s^\top w}", "w", "R*w + conj(s)"),
    (r"\bar{a^2} c", "a", "2*conj(a)*c"),
]


@pytest.mark.parametrize(("formula", "wrt", "by_conjugate"), FORMULAS)
def test_formulas_in_latex(formula, wrt, by_conjugate):
    kinds = {**PROCESSING, "a": "complex scalar", "c": "complex scalar"}
    found = matcalc.wirtinger(formula, wrt, kinds, latex=True)
    assert found.by_conjugate == by_conjugate
    assert found.notes == ()


def test_where_h_is_a_number_it_is_an_exponent():
    kinds = {"a": "complex scalar", "H": "positive"}
    assert matcalc.wirtinger("a^H", "a", kinds, latex=True).by_conjugate == "0"


def test_the_command_reads_latex(capsys):
    asked = ["diff", "--latex", "z^H z", "--wrt", "z", "--var", "z: complex vector(n)"]
    assert main(asked) == 0
    assert "d/dconj(z) = z" in capsys.readouterr().out


def test_a_complex_vector_shares_its_size_with_its_conjugate() -> None:
    with pytest.raises(MatcalcError, match="needs its size") as found:
        matcalc.wirtinger("x'*x", "x", variables={"x": "complex vector"})
    assert found.value.hint == "declare x: complex vector(n)"


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        ("complex(n)", "declare x: complex vector(n)"),
        ("complex scalar(n)", "declare x: complex vector(n)"),
        ("complex(m, n)", "declare x: complex matrix(m, n)"),
    ],
)
def test_sizes_say_which_complex_kind_is_meant(kind, hint):
    with pytest.raises(MatcalcError, match="a complex scalar has no sizes") as found:
        matcalc.wirtinger("norm2(x)^2", "x", variables={"x": kind})
    assert found.value.hint == hint


@pytest.mark.parametrize(("text", "latex"), [("z^H*A*z", False), ("z^H A z", True)])
def test_errors_speak_of_conjugates(text, latex):
    kinds = {"z": "complex vector(n)", "A": "matrix(m, m)"}
    with pytest.raises(ShapeError, match=r"n from conj\(z\) \(declared\)"):
        matcalc.wirtinger(text, "z", variables=kinds, latex=latex)


def test_steps_are_those_of_two_independent_variables(capsys):
    z = ["--var", "z: complex vector(n)", "--var", "A: complex matrix(m, n)"]
    argv = ["diff", "norm2(A*z - b)^2", "--wrt", "z", *z, "--var", "b: complex vector(m)"]
    assert main([*argv, "--steps"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "z and conj(z) are independent here"
    place = lines.index("so the derivative of f with respect to conj(z) is")
    assert lines[place + 1].strip() == "ctranspose(A)*(A*z - b)"
    assert "   = (ctranspose(A)*(A*z - b))'*dconj(z)    sum(x.*z) = x'*z [1]" in lines
    assert sum(line == "each line is proved from those before, exactly" for line in lines) == 2
    assert not any("_conj" in line for line in lines)
    assert main([*argv, "--format", "markdown"]) == 2
    assert "the format markdown is only for steps" in capsys.readouterr().err


def test_steps_by_a_hermitian_matrix_are_one_derivation():
    found = matcalc.wirtinger("logdet(S)", "S", variables={"S": "complex psd(n)"}).steps()
    assert found.proved
    assert str(found).startswith("f = log(det(S))\n")
    assert len(found.whole.chains) == 1


@pytest.mark.parametrize(("text", "order"), [("z^H*z", 2), ("real(imagunit*(z^H*w))", 1)])
def test_steps_that_are_not_shown(text, order):
    kinds = {"z": "complex vector(n)", "w": "complex vector(n)"}
    found = matcalc.wirtinger(text, "z", variables=kinds, order=order)
    with pytest.raises(UnsupportedError, match="are not shown"):
        found.steps()


# what holds of real numbers alone is not used: sqrt(a)*sqrt(b) is sqrt(a*b) on one side of the cut,
# and log(exp(a)) is a where the imaginary part of a is small
BRANCHED = [
    ("abs(sqrt(a))", "sqrt(conj(a))/(4*sqrt(a)*sqrt(sqrt(a)*sqrt(conj(a))))"),
    ("sqrt(a)*sqrt(a^2 + 1)", "a^1.5/sqrt(1 + a^2) + sqrt(1 + a^2)/(2*sqrt(a))"),
    ("sqrt(a - 1)*sqrt(a + 1)", "(sqrt(1 + a)/sqrt(a - 1) + sqrt(a - 1)/sqrt(1 + a))/2"),
    ("sqrt(a^4)", "2*a^3/sqrt(a^4)"),
    ("sqrt(a^2)", "a/sqrt(a^2)"),
    ("(a^2)^1.5", "3*a*sqrt(a^2)"),
    ("sqrt(exp(a))", "sqrt(exp(a))/2"),
    ("(exp(a)^2)^(1/3)", "2*(exp(a)^2)^(1/3)/3"),
    ("a*log(exp(a))", "a + log(exp(a))"),
    ("log(exp(a))^2", "2*log(exp(a))"),
    ("log1p(expm1(a))^2", "2*exp(a)*log1p(expm1(a))/(1 + expm1(a))"),
    ("sqrt(exp(t)*a)", "exp(t/2)/(2*sqrt(a))"),  # t is real, and exp(t) is positive
    ("sqrt(1/a)", "-1/(2*a^1.5)"),
    # functions that have no complex meaning here are not brought in
    ("log(1 + exp(a))", "exp(a)/(1 + exp(a))"),
    ("exp(a)/(1 + exp(a))", "exp(a)/(1 + exp(a))^2"),
]


@pytest.mark.parametrize(("expr", "derivative"), BRANCHED)
def test_roots_and_logarithms_are_right_on_every_branch(expr, derivative):
    found = matcalc.wirtinger(expr, "a", {"a": "complex", "t": "scalar"})
    assert found.by_variable == derivative
    assert found.verification


@pytest.mark.parametrize(
    ("expr", "derivative"),
    [
        ("log(sum(exp(z)))", "exp(z)/sum(exp(z))"),
        ("sum(sqrt(z.^2))", "z./sqrt(z.^2)"),
        ("sum((z.^2).^1.5)", "3*(z.*sqrt(z.^2))"),
        ("sqrt(sum(z.^2))", "z/sqrt(z'*z)"),
        ("norm2(z)^3", "3*sqrt(ctranspose(z)*z)*conj(z)/2"),
    ],
)
def test_roots_of_vectors_are_right_on_every_branch(expr, derivative):
    found = matcalc.wirtinger(expr, "z", {"z": "complex vector(n)"})
    assert found.by_variable == derivative
    assert found.verification


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("sqrt(exp(a))/2", "proved"),
        ("exp(a)/(2*sqrt(exp(a)))", "proved"),
        ("exp(a/2)/2", "wrong"),  # it is that of sqrt(exp(a)) in a strip
    ],
)
def test_claims_are_judged_on_every_branch(claim, verdict):
    found = matcalc.wirtinger("sqrt(exp(a))", "a", {"a": "complex"})
    assert found.judge(claim).verdict == verdict


def test_steps_in_latex_markdown_and_json():
    kinds = {"z": "complex vector(n)", "A": "matrix(n, n)"}
    found = matcalc.wirtinger("z^H*A*z", "z", variables=kinds).steps()
    shown = found.latex()
    assert shown.startswith(r"$z$ and $\bar{z}$ are independent here")
    assert shown.count(r"\begin{align*}") == 2
    assert r"f &= z^{\mathsf{H}} A z" in shown
    assert r"&= (A z)^{\top} \,\mathrm{d}\bar{z}" in shown
    assert r"so the derivative of $f$ with respect to $\bar{z}$ is" in shown
    assert "| `df =` | `dconj(z)'*A*z` |  |" in found.markdown()
    first, second = found.fields()
    assert (first["wrt"], second["wrt"]) == ("z", "conj(z)")
    assert second["lines"][-1]["text"] == "A*z"
    assert "_conj" not in shown + found.markdown() + json.dumps(found.fields()) + str(found)


@pytest.mark.parametrize("form", ["latex", "markdown", "json"])
def test_steps_are_printed_in_every_form(form, capsys):
    argv = ["diff", "z'*A*z", "--wrt", "z", "--var", "z: complex vector(n)", "--steps"]
    assert main([*argv, "--format", form]) == 0
    out = capsys.readouterr().out
    assert "f does not depend on conj(z)" in out
    assert "z_conj" not in out


def test_steps_are_no_code(capsys):
    argv = ["diff", "z^H*z", "--wrt", "z", "--var", "z: complex vector(n)", "--steps"]
    assert main([*argv, "--format", "numpy"]) == 2
    assert "steps are printed as formulas, not as code" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("left", "right", "kinds", "verdict"),
    [
        ("conj(z)*z", "abs(z)^2", {"z": "complex scalar"}, "equal"),
        ("z^H*A*z", "conj(z)'*A*z", {"z": "complex vector(n)"}, "equal"),
        ("z^H*A*z", "z'*A*z", {"z": "complex vector(n)"}, "different"),
        ("real(z)^2 + imag(z)^2", "abs(z)^2", {"z": "complex scalar"}, "equal"),
        ("imagunit^2*z", "-z", {"z": "complex scalar"}, "equal"),
        ("sqrt(z^2)", "z", {"z": "complex scalar"}, "different"),
        ("log(z*w)", "log(z) + log(w)", {"z, w": "complex scalar"}, "different"),
        ("exp(z + w)", "exp(z)*exp(w)", {"z, w": "complex scalar"}, "equal"),
        ("tr(X^H*X)", "norm2(X)^2", {"X": "complex matrix(m, n)"}, "equal"),
        ("S'", "conj(S)", {"S": "complex hermitian(n)"}, "equal"),
        ("S'", "S", {"S": "complex hermitian(n)"}, "different"),
        ("det(X^H)", "conj(det(X))", {"X": "complex matrix(n, n)"}, "equal"),
        # abs is not analytic in z and conj(z)
        ("abs(norm2(z)^2)", "norm2(z)^2", {"z": "complex vector(n)"}, "equal"),
        ("abs(real(z))", "real(z)", {"z": "complex scalar"}, "different"),
    ],
)
@pytest.mark.filterwarnings("ignore::matcalc.NotationWarning")
def test_equal(left: str, right: str, kinds: dict[str, str], verdict: str) -> None:
    assert matcalc.equal(left, right, variables=kinds).verdict == verdict


def test_equal_at_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["equal", "conj(z)*z", "abs(z)^2", "--var", "z: complex scalar"]) == 0
    assert capsys.readouterr().out.startswith("equal: conj(z)*z = abs(z)^2\n  decided ")
    line = ["equal", "--latex", r"z^{\mathsf{H}} A z", r"\bar{z}^\top A z"]
    assert main([*line, "--var", "z: complex vector(n)"]) == 0
    assert main(["equal", "z", "z'*z", "--var", "z: complex vector(n)"]) == 2
    assert "shapes are different" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "kind", "answer"),
    [
        ("norm2(z)^2", "complex vector(n)", "z"),
        ("abs(z)^2", "complex scalar", "z"),
        ("sum(abs(z).^2)", "complex vector(n)", "z"),
        ("sum(|z|^2)", "complex vector(n)", None),
        ("sum(abs(z)^2)", "complex vector(n)", None),
    ],
)
def test_squares_of_norms_have_no_branches(text: str, kind: str, answer: str | None) -> None:
    if answer is None:
        with pytest.raises(ShapeError, match="to a power with"):
            matcalc.wirtinger(text, "z", {"z": kind})
        return
    found = matcalc.wirtinger(text, "z", {"z": kind})
    assert found.by_conjugate == answer
    assert found.verification.kind == "exact"


# shorter forms, as text and in LaTeX
SHORT = [
    ("conj(a)*a", "abs(a)^2", r"\lvert a \rvert^{2}"),
    ("a*b*conj(a)", "b*abs(a)^2", r"b \lvert a \rvert^{2}"),
    ("a^2*conj(a)", "a*abs(a)^2", None),
    ("sqrt(conj(a)*a)", "abs(a)", r"\lvert a \rvert"),
    ("sqrt(a^2)", "sqrt(a^2)", None),
    ("(a + conj(a))/2", "real(a)", r"\operatorname{Re}\left(a\right)"),
    ("a - imagunit*0 + 3*conj(a) + 2*a", "6*real(a)", None),
    ("(a - conj(a))/(2*imagunit)", "imag(a)", r"\operatorname{Im}\left(a\right)"),
    ("real(imagunit*a)", "-imag(a)", None),
    ("real(a)^2 + imag(a)^2", "abs(a)^2", None),
    ("real(a) + imagunit*imag(a)", "a", "a"),
    ("abs(exp(imagunit*t))", "1", "1"),
    ("abs(abs(a))", "abs(a)", None),
    ("conj(a*b)/conj(a)", "conj(b)", r"\bar{b}"),
    ("w^H*s + s^H*w", "2*real(ctranspose(s)*w)", None),
    ("w^H*w", "norm2(w)^2", r"\lVert w \rVert_2^{2}"),
    ("w'*w", "w'*w", r"w^{\top} w"),
    ("norm2(A*w - b)^2", "norm2(A*w - b)^2", r"\lVert A w - b \rVert_2^{2}"),
    ("(A*w - b)'", "(A*w - b)'", None),
    ("(A*w - b)^H", "ctranspose(A*w - b)", r"\left(A w - b\right)^{\mathsf{H}}"),
    ("conj(A*w - b)", "conj(A*w - b)", r"\left(A w - b\right)^{*}"),
    ("tr(A*A^H)", "norm2(A)^2", r"\lVert A \rVert_F^{2}"),
    ("conj(w).*w", "abs(w).^2", None),
    ("sum(abs(A*w).^2)", "norm2(A*w)^2", None),
    ("sum(abs(w))", "sum(abs(w))", None),
    ("w^H*R*w", "ctranspose(w)*R*w", r"w^{\mathsf{H}} R w"),
    ("conj(R)*w", "R'*w", None),
    ("(w + s)^H*(w + s) + (w - s)^H*(w - s)", "2*(norm2(s)^2 + norm2(w)^2)", None),
    ("inv(A^H*A)*A^H*A", "eye(n)", "I_{n}"),
]


@pytest.mark.parametrize(("text", "short", "formula"), SHORT)
@pytest.mark.filterwarnings("ignore::matcalc.NotationWarning")
def test_shorter_forms(text, short, formula):
    kinds = {**PROCESSING, "a": "complex", "b": "complex", "t": "scalar"}
    kinds = {**kinds, "b": PROCESSING["b"]} if "A*w" in text else kinds
    found = matcalc.parse_complex(text, kinds).simplify()
    assert str(found) == short
    assert formula in (None, found.latex())


def test_a_shorter_form_that_is_another_value_is_refused() -> None:
    found = matcalc.parse_complex("a*conj(b)", {"a": "complex", "b": "complex"})
    wrong = replace_variables(found._shown, {"b_conj": rename("b")})
    with pytest.raises(VerificationError, match="the text"):
        str(ComplexExpression(found._found, wrong))
    with pytest.raises(VerificationError, match="the LaTeX"):
        ComplexExpression(found._found, wrong).latex()


def test_a_shorter_form_at_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    z = ["--var", "z: complex vector(n)"]
    assert main(["simplify", r"z^{\mathsf H} z", "--latex", "--format", "latex", *z]) == 0
    assert capsys.readouterr().out == r"\lVert z \rVert_2^{2}" + "\n"
    assert main(["simplify", "z^H*z", *z, "--format", "numpy"]) == 0
    assert "z=np.conj(z)" not in capsys.readouterr().out
    assert main(["simplify", "z^H*z", *z, "--format", "torch"]) == 2
    assert main(["simplify", "z^H*z", *z, "--expand-inverse"]) == 2
    assert main(["simplify", r"\frac{\partial}{\partial z} z^H z", "--latex", *z]) == 2
    assert "asks for a derivative with respect to z" in capsys.readouterr().err


def test_code_of_an_expression() -> None:
    found = matcalc.parse_complex("z^H*A*z", {"z": "complex vector(n)", "A": "matrix(n, n)"})
    namespace: dict[str, Any] = {}
    exec(found.source(), namespace)
    z, A = np.array([1 + 2j, 3j]), np.array([[1.0, 2.0], [3.0, 4.0]])
    assert np.allclose(namespace["f"](z=z, A=A), z.conj() @ A @ z)


# expressions, and the operations in their graphs
GRAPHS = [
    ("norm2(A*w - b)^2", ["A*w", "x4 - b", "conj(x5)", "x6.*x5", "sum(x7)"]),
    ("w^H*R*w", ["conj(w)", "R'*x3", "x4'*w"]),
    ("real(a*c)", ["a*c", "conj(x3)", "x3 + x4", "x5/2"]),
    ("imagunit*a", ["imagunit*a"]),
    ("abs(real(a))", ["conj(a)", "a + x2", "x3/2", "abs(x4)"]),
    ("w^H*M'*conj(M)*conj(w)", None),
]


@pytest.mark.parametrize(("text", "operations"), GRAPHS)
@pytest.mark.filterwarnings("ignore::matcalc.NotationWarning")
def test_graphs_have_conjugates_as_operations(text, operations):
    kinds = {**PROCESSING, "a": "complex", "c": "complex", "M": "complex matrix(n, n)"}
    graph = matcalc.parse_complex(text, kinds).graph().graph
    assert not any("_conj" in node.formula for node in graph.nodes)
    made = [node.formula.partition(" = ")[2] for node in graph.nodes if node.parents]
    assert operations in (None, made)
    conjugated = {node.number for node in graph.nodes if "= conj(" in node.formula}
    unlabelled = {edge.child for edge in graph.edges if edge.label is None}
    assert conjugated == unlabelled


def test_derivatives_on_the_edges_make_up_those_of_wirtinger() -> None:
    """Backwards through the graph, along edges and across conjugates: D by z and C by conj(z)."""
    kinds = {"z": "complex", "a": "complex"}
    text = "abs(a*exp(z) + conj(z))^2*z"
    graph = matcalc.parse_complex(text, kinds).graph().graph
    values = {"z": np.asarray(0.3 + 0.7j), "a": np.asarray(-1.1 + 0.4j), "imagunit": 1j}
    for node in graph.nodes:
        if node.parents and node.tree.op == "conj":
            values[node.name] = np.conj(values[graph.node(node.parents[0]).name])
        elif node.parents:
            values[node.name] = interpret(node.tree, values, {})
    by_value = {node.number: 0 for node in graph.nodes} | {len(graph.nodes): 1}
    by_conjugate = dict.fromkeys(by_value, 0)
    for edge in sorted(graph.edges, key=lambda edge: -edge.child):
        D, C = by_value[edge.child], by_conjugate[edge.child]
        if edge.derivative is None:
            by_value[edge.parent] += C
            by_conjugate[edge.parent] += D
        else:
            local = interpret(edge.derivative, values, {})
            by_value[edge.parent] += D * local
            by_conjugate[edge.parent] += C * np.conj(local)
    expected = matcalc.wirtinger(text, "z", kinds).to_callable()(z=values["z"], a=values["a"])
    (z,) = [node.number for node in graph.nodes if node.name == "z"]
    assert np.allclose([by_value[z], by_conjugate[z]], [expected["z"], expected["conj(z)"]])


@pytest.mark.parametrize("form", ["text", "dot", "mermaid"])
def test_graphs_at_the_command_line(form, capsys):
    argv = ["graph", "z^H*z", "--var", "z: complex vector(n)"]
    assert main([*argv, "--format", form]) == 0
    out = capsys.readouterr().out
    assert "conj(z)" in out and "_conj" not in out
    for option in (["--network"], ["--sizes", "n=2"], ["--at", "z.npz"]):
        assert main([*argv, *option]) == 2
        assert f"{option[0]} cannot be combined with a complex variable" in capsys.readouterr().err
    assert main([*argv, "--wrt", "w"]) == 2


def test_graphs_of_complex_variables_have_no_networks_and_no_modes() -> None:
    graph = matcalc.parse_complex("a*conj(a)", {"a": "complex"}).graph()
    for asked in (graph.network, graph.modes):
        with pytest.raises(UnsupportedError, match="real variables"):
            asked()
