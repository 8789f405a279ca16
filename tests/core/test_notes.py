"""What users hear of readings: warnings in Python, options at the command line, lines in
notebooks."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest

import matcalc
from matcalc import cli
from matcalc.core.notes import at_command_line, escape_markdown, in_python

NOTED = "x'*Q*x + c'*x"
SAID = 'c is read as vector(n), because it is transposed; add variables={"c": "scalar"} otherwise'


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda: matcalc.parse(NOTED), id="parse"),
        pytest.param(lambda: matcalc.parse_latex(r"x^\top Q x + c^\top x"), id="latex"),
        pytest.param(lambda: matcalc.diff(NOTED, "x"), id="diff"),
        pytest.param(
            lambda: matcalc.diff(r"x^\top Q x + c^\top x", "x", latex=True), id="diff-latex"
        ),
        pytest.param(lambda: matcalc.simplify(NOTED), id="simplify"),
        pytest.param(lambda: matcalc.equal(NOTED, "x'*c + x'*Q*x"), id="equal"),
        pytest.param(lambda: matcalc.equal("c^T x", "x^T c", latex=True), id="equal-latex"),
        pytest.param(
            lambda: matcalc.testing.assert_gradient(NOTED, "(Q + Q')*x + c", wrt="x"), id="claim"
        ),
    ],
)
def test_a_note_is_one_warning_at_the_line_of_the_caller(call: Callable[[], object]) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    (found,) = caught
    assert found.category is matcalc.NotationWarning
    assert found.filename == __file__
    assert str(found.message).startswith("c is read as ")


def test_what_is_declared_is_not_warned_of() -> None:
    assert matcalc.diff(NOTED, "x", variables={"c": "vector(n)"}).notes == ()
    with pytest.warns(matcalc.NotationWarning):
        expression = matcalc.parse(NOTED)
    matcalc.simplify(expression.diff("x"))  # it was said once


def test_a_warning_can_be_silenced_and_is_no_verification_warning() -> None:
    assert issubclass(matcalc.NotationWarning, UserWarning)
    assert not issubclass(matcalc.NotationWarning, matcalc.VerificationWarning)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", matcalc.NotationWarning)
        matcalc.parse(NOTED)


def test_a_notebook_shows_notes_under_the_formula() -> None:
    with pytest.warns(matcalc.NotationWarning, match="is transposed"):
        found = matcalc.diff(NOTED, "x")
    shown = found._repr_markdown_()
    formula, kinds, line = str(shown).split("\n\n")
    assert formula == f"$\\displaystyle {found.latex()}$"
    assert line == escape_markdown(SAID)
    assert kinds == found.describe()
    assert found._repr_latex_() is None
    plain = matcalc.diff("x'*x", "x")
    assert plain._repr_markdown_() == "$\\displaystyle 2 x$\n\n`vector(n)` of `x: vector(n)`"
    assert plain._repr_latex_() == "$\\displaystyle 2 x$"


@pytest.mark.parametrize("signs", [r"\phi_i", "A*x*B", "`a`", "<b>", "$a$", "[a](b)", "~~a~~"])
def test_no_sign_of_markdown_is_left(signs: str) -> None:
    assert not set(escape_markdown(signs).replace("&#", "")) & set("\\`*_[]<>$~")


NOTES = [
    (
        'note: c is read as vector(n); declare "c: scalar" otherwise',
        'note: c is read as vector(n); add --var "c: scalar" otherwise',
        'c is read as vector(n); add variables={"c": "scalar"} otherwise',
    ),
    (
        'note: A and B are square; declare "A: matrix(m, n)" and "B: matrix(p, q)" otherwise',
        'note: A and B are square; add --var "A: matrix(m, n)" --var "B: matrix(p, q)" otherwise',
        'A and B are square; add variables={"A": "matrix(m, n)", "B": "matrix(p, q)"} otherwise',
    ),
    ("note: declare it", "note: declare it", "declare it"),
]


@pytest.mark.parametrize(("note", "option", "argument"), NOTES)
def test_each_door_says_how_to_declare(note: str, option: str, argument: str) -> None:
    assert at_command_line(note) == option
    assert in_python(note) == argument


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["diff", NOTED, "--wrt", "x"], id="diff"),
        pytest.param(["simplify", NOTED], id="simplify"),
        pytest.param(["equal", NOTED, "x'*c + x'*Q*x"], id="equal"),
        pytest.param(["check", NOTED, "--wrt", "x", "--claim", "Q*x"], id="check"),
    ],
)
def test_the_command_speaks_of_its_option(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(command)
    said = capsys.readouterr()
    assert 'add --var "c: scalar" otherwise' in said.out + said.err
