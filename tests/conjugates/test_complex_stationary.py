"""Stationary points of real functions of a complex variable: what is found, what it is said to be,
and that it is the minimum where it is said to be one.
"""

from __future__ import annotations

import re
import shlex
from typing import Any

import numpy as np
import pytest

import matcalc
from matcalc.answers.extrema.stationary import NamedProblem
from matcalc.cli import main
from matcalc.conjugates.curvature import Curvature
from matcalc.conjugates.reading import read_complex
from matcalc.conjugates.stationary import ComplexPoint, ComplexProblem, _Lagrangian
from matcalc.core.tree import Expr
from matcalc.write.printers.numpy_code import compile_numpy

KINDS = {
    "z": "complex vector(n)",
    "w": "complex vector(n)",
    "a": "complex vector(n)",
    "R": "complex psd(n)",
    "S": "complex psd(n)",
    "X": "complex hermitian(n)",
    "A": "complex matrix(m, n)",
    "b": "complex vector(m)",
    "B": "complex matrix(m, p)",
    "Z": "complex matrix(n, p)",
    "C": "complex matrix(n, p)",
    "d": "complex vector(p)",
    "u": "complex scalar",
    "v": "complex scalar",
    "c": "positive",
}


def asked(text: str, *equations: str) -> dict[str, str]:
    letters = set(re.findall(r"\b[a-zA-Z]\b", " ".join((text, *equations))))
    return {name: kind for name, kind in KINDS.items() if name in letters}


def solved(text: str, wrt: str, *equations: str) -> Any:
    return matcalc.stationary(text, wrt, subject_to=equations, variables=asked(text, *equations))


POINTS_OF_RIDGE = "inv(ctranspose(A)*A + c*eye)*ctranspose(A)*b"
# a function, its variable, equations; the point, and what it is
POINTS: list[tuple[str, str, tuple[str, ...], str, str]] = [
    (  # the beamformer of Capon
        "w^H*R*w",
        "w",
        ("a^H*w = 1",),
        "inv(R)*a/(ctranspose(a)*inv(R)*a)",
        "the only minimum on the set: the Hessian d2/dconj(w) dw, R, is positive definite",
    ),
    (  # its conjugate is the same equation
        "w^H*R*w",
        "w",
        ("w^H*a = 1",),
        "inv(R)*a/(ctranspose(a)*inv(R)*a)",
        "the only minimum on the set",
    ),
    (
        "norm2(A*z - b)^2",
        "z",
        (),
        "inv(ctranspose(A)*A)*ctranspose(A)*b",
        "the only minimum where ctranspose(A)*A is invertible: the Hessian d2/dconj(z) dz, "
        "ctranspose(A)*A, is positive semidefinite",
    ),
    (
        "norm2(A*z - b)^2 + c*norm2(z)^2",
        "z",
        (),
        "inv(ctranspose(A)*A + c*eye)*ctranspose(A)*b",
        "the only minimum: the Hessian d2/dconj(z) dz, ctranspose(A)*A + c*eye, is positive "
        "definite",
    ),
    (
        "norm2(z)^2",
        "z",
        ("A*z = b",),
        "ctranspose(A)*inv(A*ctranspose(A))*b",
        "the only minimum on the set",
    ),
    (
        "norm2(A*Z - B)^2",
        "Z",
        (),
        "inv(ctranspose(A)*A)*ctranspose(A)*B",
        "the only minimum where ctranspose(A)*A is invertible",
    ),
    (
        "2*real(a^H*z) - z^H*R*z",
        "z",
        (),
        "inv(R)*a",
        "the only maximum: the Hessian d2/dconj(z) dz, -R, is negative definite",
    ),
    (
        "z^H*X*z - 2*real(a^H*z)",
        "z",
        (),
        "inv(X)*a",
        "a minimum where the Hessian d2/dconj(z) dz, X, is positive definite, a maximum where it "
        "is negative definite, a saddle where it is indefinite",
    ),
    ("abs(u - v)^2 + c*abs(u)^2", "u", (), "v/(1 + c)", "the only minimum"),
    (
        "2*real(a^H*z)",
        "z",
        ("norm2(z)^2 = 1",),
        "-a/norm2(a)",
        "the minimum on the set, and the other one the maximum: with this multiplier the "
        "Lagrangian is convex",
    ),
    (  # the set may go to infinity
        "2*real(a^H*z)",
        "z",
        ("z^H*A^H*A*z = 1",),
        "-inv(ctranspose(A)*A)*a/sqrt(ctranspose(a)*inv(ctranspose(A)*A)*a)",
        "the minimum on the set, and the other one the maximum",
    ),
    (
        "norm2(z - a)^2",
        "z",
        ("norm2(z)^2 = 1",),
        "a/norm2(a)",
        "the minimum on the set, and the other one the maximum",
    ),
    ("logdet(R) + tr(inv(R)*S)", "R", (), "S", "a stationary point"),
    ("r = A*z - b; norm2(r)^2 + c*z^H*z", "z", (), POINTS_OF_RIDGE, "the only minimum: "),
    (  # a real equation of complex numbers has a real multiplier
        "norm2(z - a)^2",
        "z",
        ("imag(z) = 0",),
        "real(a)",
        "the only minimum on the set: ",
    ),
]


@pytest.mark.parametrize(
    ("text", "wrt", "equations", "point", "kind"),
    [
        *POINTS,
        pytest.param(  # several equations at once
            "w^H*R*w",
            "w",
            ("C^H*w = d",),
            "inv(R)*C*inv(ctranspose(C)*inv(R)*C)*d",
            "it exists where ctranspose(C)*inv(R)*C is invertible",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_points(text: str, wrt: str, equations: tuple[str, ...], point: str, kind: str) -> None:
    found = solved(text, wrt, *equations)
    assert isinstance(found, ComplexPoint)
    assert str(found) == point
    assert kind in found.condition
    assert found.latex()
    assert "is zero, " in found.proof


def test_the_other_point() -> None:
    found = solved("2*real(a^H*z)", "z", "norm2(z)^2 = 1")
    assert str(found.other) == "a/norm2(a)"
    assert str(found.multipliers["l"]) == "norm2(a)"


def test_the_conjugate_is_eliminated() -> None:
    """Where conj(z) stands in the equation, it is put in."""
    kinds = {**asked("z a R"), "B": "complex matrix(n, n)"}
    text = "z^H*R*z + real(z'*B*z) - 2*real(a^H*z)"
    with pytest.warns(matcalc.NotationWarning):  # z' is no conjugate
        found = matcalc.stationary(text, "z", variables=kinds)
    assert "[H, B; conj(B), conj(H)] is positive definite" in found.condition
    rng = np.random.default_rng(0)
    n = 3
    M, B = (rng.normal(size=(n, n)) + 1j * rng.normal(size=(n, n)) for _ in range(2))
    R, a = 9 * np.eye(n) + M @ M.conj().T, rng.normal(size=n) + 1j * rng.normal(size=n)
    at = compile_numpy(found.point.source(), "f")(R=R, a=a, B=B, z=a)
    gradient = R @ at + (B + B.T).conj() @ at.conj() / 2 - a
    assert np.allclose(gradient, 0)


EIGEN = [
    (
        "z^H*R*z/(z^H*S*z)",
        (),
        "R*z = λ*S*z, a generalized eigenproblem; λ = ctranspose(z)*R*z/(ctranspose(z)*S*z) is "
        "the eigenvalue",
    ),
    (
        "z^H*R*z",
        ("z^H*z = 1",),
        "R*z = λ*z, an eigenproblem; under z^H*z = 1 the value there is λ, least at the least "
        "eigenvalue λ and largest at the largest",
    ),
    (
        "z^H*R*z",
        ("z^H*S*z = c",),
        "R*z = λ*S*z, a generalized eigenproblem; under z^H*S*z = c the value there is λ*c, least "
        "at the least eigenvalue λ and largest at the largest",
    ),
]


@pytest.mark.parametrize(("text", "equations", "said"), EIGEN)
def test_eigenproblems(text: str, equations: tuple[str, ...], said: str) -> None:
    found = solved(text, "z", *equations)
    assert isinstance(found, NamedProblem)
    assert str(found) == said
    assert found.proof.endswith("exact (error probability < 2^-50)")


SIGNS = [
    ("R", 2),
    ("inv(R)", 2),
    ("R'", 2),
    ("R + A^H*A", 2),
    ("c*eye(n) + R", 2),
    ("A^H*A", 1),
    ("a*a^H", 1),
    ("A^H*A/c", 1),
    ("R*S*R", 1),
    ("X*R*X", 1),
    ("X^H*X", 1),
    ("A'*A", 0),  # of real matrices it is, of complex ones it is not Hermitian
    ("A'*conj(A)", 1),
    ("X", 0),
    ("R*S", 0),
    ("R - S", 0),
    ("u*R", 0),
    ("-R", 0),
    ("R*S + S*R", 0),
]


@pytest.mark.parametrize(("text", "sign"), SIGNS)
def test_signs_of_matrices(text: str, sign: int) -> None:
    """What is said to be definite is so, and nothing that is not."""
    found = read_complex(text, asked(text))
    curvature = Curvature(found, found.names[0], found.program.expr, lambda tree: tree)
    assert curvature.sign(found.program.expr) == sign


def test_a_spoilt_point_is_not_proved() -> None:
    problem = ComplexProblem("w^H*R*w", "w", asked("w R a"), subject_to=["a^H*w = 1"])
    whole = _Lagrangian(problem._found, "w", problem._sources, problem._trees)
    ((point, values), *_) = next(iter(whole.candidates()))
    assert whole.proof_at(point, values)
    assert not whole.proof_at(twice(point), values)
    assert not whole.proof_at(point, {name: twice(each) for name, each in values.items()})


def twice(tree: Expr) -> Expr:
    """The tree twice as large."""
    return Expr("+", (tree, tree), tree.shape)


REFUSED = [
    ("z^H*a", "z", (), "the function is not real"),
    ("norm2(z)^4 + real(a^H*z)", "z", (), "no closed form was found for z"),
    ("z^H*R*z", "z", ("a^H*a = 1",), "does not constrain z"),
    ("z^H*R*z", "z", ("a^H*z == 1",), "is not an equation"),
    ("2*real(a^H*z)", "z", ("z^H*X*z = 1",), "no closed form was found"),
    ("norm2(Z)^2", "Z", ("A*Z = B",), "is an equation of matrices"),
    ("norm2(z)^2 + norm2(w)^2", ("z", "w"), (), "in one complex variable"),
    ("c*norm2(z)^2", "c", (), "c is real"),
]


@pytest.mark.parametrize(("text", "wrt", "equations", "message"), REFUSED)
def test_what_is_refused(text: str, wrt: Any, equations: tuple[str, ...], message: str) -> None:
    with pytest.raises(matcalc.MatcalcError, match=message):
        solved(text, wrt, *equations)


COMMANDS = [
    (
        'stationary "w^H*R*w" --wrt w --subject-to "a^H*w = 1" '
        '--var "w, a: complex vector(n), R: complex psd(n)"',
        "w = inv(R)*a/(ctranspose(a)*inv(R)*a)",
    ),
    (
        'stationary "w^H R w" --latex --wrt w --subject-to "a^H w = 1" --format latex '
        '--var "w, a: complex vector(n), R: complex psd(n)"',
        r"w = \frac{R^{-1} a}{a^{\mathsf{H}} R^{-1} a}",
    ),
    (
        'stationary "\\|A z - b\\|^2" --latex --wrt z '
        '--var "z: complex vector(n), A: complex matrix(m, n), b: complex vector(m)"',
        "z = inv(ctranspose(A)*A)*ctranspose(A)*b",
    ),
    (
        'stationary "z^H*R*z/(z^H*z)" --wrt z --var "z: complex vector(n), R: complex psd(n)"',
        "R*z = λ*z, an eigenproblem; λ = ctranspose(z)*R*z/norm2(z)^2 is the eigenvalue",
    ),
]


@pytest.mark.parametrize(("command", "first"), COMMANDS)
def test_the_commands(command: str, first: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(shlex.split(command)) == 0
    assert capsys.readouterr().out.splitlines()[0] == first


def test_the_least_value() -> None:
    """No point on the set has less than the one that is found."""
    rng = np.random.default_rng(1)
    n = 4
    M = rng.normal(size=(n, n)) + 1j * rng.normal(size=(n, n))
    R, a = M @ M.conj().T + np.eye(n), rng.normal(size=n) + 1j * rng.normal(size=n)
    w = np.linalg.solve(R, a) / (a.conj() @ np.linalg.solve(R, a))
    found = solved("w^H*R*w", "w", "a^H*w = 1")
    assert np.allclose(compile_numpy(found.point.source(), "f")(R=R, a=a, w=w), w)
    for _ in range(5):
        step = rng.normal(size=n) + 1j * rng.normal(size=n)
        step -= a * (a.conj() @ step) / (a.conj() @ a)
        assert (w.conj() @ R @ w).real <= ((w + step).conj() @ R @ (w + step)).real
