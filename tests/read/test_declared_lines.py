"""Lines that declare several variables: for every door that takes declarations."""

from __future__ import annotations

import pytest

import matcalc
from matcalc.cli.command import main
from matcalc.core.errors import ParseError
from matcalc.core.split import split_declarations
from matcalc.read.syntax.declare import declare

LINES = [
    ("m, x: scalar", ["m: scalar", "x: scalar"]),
    ("A: symmetric(n), x: vector(n)", ["A: symmetric(n)", "x: vector(n)"]),
    ("A: matrix(m, n); b, c: vector(m);", ["A: matrix(m, n)", "b: vector(m)", "c: vector(m)"]),
    (
        "F: function(vector(p), scalar) -> scalar, y: scalar",
        ["F: function(vector(p), scalar) -> scalar", "y: scalar"],
    ),
    (
        "W[k], V[k]: matrix(h[k], h[k-1])",
        ["W[k]: matrix(h[k], h[k-1])", "V[k]: matrix(h[k], h[k-1])"],
    ),
    ("T[1, 2], x: scalar", ["T[1, 2]: scalar", "x: scalar"]),
]


@pytest.mark.parametrize(("line", "apart"), LINES)
def test_lines_are_read_as_their_declarations(line: str, apart: list[str]) -> None:
    assert list(declare([line]).values()) == list(declare(apart).values())


def test_a_key_may_name_several() -> None:
    assert str(matcalc.diff("m*x^2", "x", variables={"m, x": "scalar"})) == "2*m*x"


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["diff", "x'*A*x", "--wrt", "x", "--var", "A: symmetric(n), x: vector(n)"], "2*A*x"),
        (["diff", "--latex", "m x^2", "--wrt", "x", "--var", "m, x: scalar"], "2*m*x"),
        (["diff", "z'*A*w", "--wrt", "z", "--var", "z, w: complex vector(n)"], "d/dz       = A*w"),
        (["check", "m*x^2", "--wrt", "x", "--var", "m, x: scalar", "--claim", "2*m*x"], "proved"),
    ],
)
def test_the_command_line_takes_them(
    arguments: list[str], answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 0
    assert capsys.readouterr().out.startswith(answer)


def test_a_name_without_a_kind_is_named() -> None:
    with pytest.raises(ParseError, match=r"a declaration is  name: kind\n\s+x\n"):
        declare(["m: scalar, x"])


@pytest.mark.parametrize("statement", ["x, m: scalar", "x: scalar, m: scalar"])
def test_the_hint_for_a_program_leads_to_what_was_meant(statement: str) -> None:
    with pytest.raises(ParseError) as error:
        matcalc.parse(f"{statement}; m*x^2")
    hint = str(error.value.hint)
    assert hint == f"write {'; '.join(split_declarations(statement))}"
    assert str(matcalc.diff(f"{hint.removeprefix('write ')}; m*x^2", "x")) == "2*m*x"
