r"""Formulas of numbers: what refuses them offers declarations that work, and d/dx is the derivative
by a number where every letter can be one.
"""

from __future__ import annotations

import re

import pytest

from matcalc.core.errors import ShapeError
from matcalc.core.kinds import Variable
from matcalc.read.frontend import read
from matcalc.read.syntax.declare import declare
from matcalc.read.tex.read import read_latex

REFUSED = [
    ("m*v^2/2 + k*x^2/2", "m, v, k, x"),
    ("x*y*z", "x, y, z"),
    ("p*q*log(r)", "p, q, r"),
    ("exp(-x*t)*sin(w*t)", "x, t, w"),
    ("sin(x)*y*z", "x, y, z"),
]
REFUSED_LATEX = [
    (r"\frac{1}{2} m v^2 + \frac{1}{2} k x^2", "m, v, k, x"),
    ("x y z", "x, y, z"),
    (r"\frac{\partial}{\partial x} x^2 y", "x, y"),
    (r"k \log p", "k, p"),
]


def offered(hint: str | None) -> dict[str, Variable]:
    """What the hint says to declare, as a line of the command line says it."""
    found = re.search(r'"([\w, ]+: scalar)" if (?:these are numbers|all letters are)', hint or "")
    assert found is not None, hint
    return declare([found[1]])


@pytest.mark.parametrize(("text", "names"), REFUSED)
def test_offers_of_numbers(text: str, names: str) -> None:
    with pytest.raises(ShapeError) as caught:
        read(text)
    known = offered(caught.value.hint)
    assert list(known) == names.split(", ")
    program = read(text, known)
    assert not any(part.shape for part in program.expr.parts)
    assert not program.notes


@pytest.mark.parametrize(("text", "names"), REFUSED_LATEX)
def test_offers_of_numbers_in_latex(text: str, names: str) -> None:
    with pytest.raises(ShapeError) as caught:
        read_latex(text)
    known = offered(caught.value.hint)
    assert list(known) == names.split(", ")
    assert not any(part.shape for part in read_latex(text, known).expr.parts)


@pytest.mark.parametrize("text", ["x*A*y", "x*y' + z*w", "A*B*x + x*y"])
def test_what_is_no_formula_of_numbers_is_not_offered_as_one(text: str) -> None:
    with pytest.raises(ShapeError) as caught:
        read(text)
    assert "these are numbers" not in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("text", "vectors", "numbers"),
    [("x^2*y", "y", "y x"), ("k^2*x", "x", "x k"), ("x^2*y^2*z", "z", "z x y")],
)
def test_vectors_beside_squares_are_noted(text: str, vectors: str, numbers: str) -> None:
    note = read(text).notes[-1]
    assert f"{vectors} is read as a vector by the first letter" in note
    kinds = dict(re.findall(r'"(\w+): (\w+)"', note))
    assert kinds == dict.fromkeys(numbers.split(), "scalar")
    assert not read(text, kinds).expr.shape


@pytest.mark.parametrize("text", ["k^2*x'*x", "k^2*norm2(x)^2", "a^2*x + y", "k^2*A*x"])
def test_vectors_that_are_needed_are_not(text: str) -> None:
    assert not any("first letter" in note for note in read(text).notes)


@pytest.mark.parametrize("text", ["x'*x/2*n", "x'*x*n", "log(det(S))*n", "tr(A)*k/2", "norm2(x)*m"])
def test_letters_that_count_behind_numbers(text: str) -> None:
    program = read(text)
    assert not program.expr.shape
    assert len(program.notes) == 1
    assert "comes last in" in program.notes[0]


@pytest.mark.parametrize("text", ["2*n", "x'*y*n'*z", "det(A)*b", "(x'*y)*z"])
def test_letters_behind_numbers_that_stay(text: str) -> None:
    assert not any("stands last" in note for note in read(text).notes)


ORDINARY = [
    (r"\frac{d}{dx} x^2", "x"),
    (r"\frac{d}{dx} (a x^2 + b x + c)", "x"),
    (r"\frac{\mathrm{d}}{\mathrm{d}x} \sin(x) e^{-x}", "x"),
    (r"\frac{d^2}{dx^2} x^3", "x"),
    (r"\frac{d}{dt} e^{-\lambda t}", "t"),
    (r"\frac{d}{dx} \frac{x}{y}", "x y"),
    (r"\frac{d}{dx} \log x", "x"),
]


@pytest.mark.parametrize(("text", "numbers"), ORDINARY)
def test_ordinary_derivatives(text: str, numbers: str) -> None:
    program = read_latex(text)
    assert not any(part.shape for part in program.expr.parts)
    assert not any(each.declared for each in program.variables.values())
    (note,) = program.notes
    assert note.startswith(f"note: {' and '.join(numbers.split())} ")
    assert "is the derivative with respect to a number" in note


@pytest.mark.parametrize(
    "text",
    [
        r"\frac{d}{dx} x^\top A x",
        r"\frac{d}{dx} A x",
        r"\frac{d}{dx} \|x\|^2",
        r"\frac{d}{dx} \sum_i x_i^2",
        r"\frac{d}{d\mathbf{w}} \mathbf{a}^\top \mathbf{w}",
        r"\frac{\partial}{\partial x} \sin(x)",
        r"\nabla_x \log(x)",
    ],
)
def test_derivatives_by_vectors_stay(text: str) -> None:
    program = read_latex(text)
    assert program.asked is not None
    assert program.variables[program.asked[0]].shape


def test_a_declared_vector_is_no_number() -> None:
    program = read_latex(r"\frac{d}{dx} \sin x", {"x": "vector(n)"})
    assert program.expr.rank == 1
