"""The ways in: the command, matcalc.parse_latex, matcalc.diff with latex=True; and what a plain answer does not load."""

import json
import subprocess
import sys

import pytest

import matcalc
from matcalc.cli.command import main


@pytest.mark.parametrize(
    ("argv", "answer"),
    [
        pytest.param([r"\operatorname{tr}(A X^\top B)", "--wrt", "X"], "B*A", id="wrt"),
        pytest.param([r"\nabla_x x^\top x"], "2*x", id="variable-in-the-formula"),
        pytest.param([r"\nabla_x x^\top x", "--wrt", "x"], "2*x", id="variable-in-both"),
        pytest.param([r"\nabla_x^2 x^\top x"], "2*eye(n)", id="order-in-the-formula"),
        pytest.param([r"x^\top S x", "-w", "x", "-v", "S: symmetric(n)"], "2*S*x", id="declaration"),
        pytest.param([r"-x^\top x", "-w", "x"], "-2*x", id="leading-dash"),
    ],
)
def test_command(capsys: pytest.CaptureFixture[str], argv: list[str], answer: str) -> None:
    assert main(["diff", "--latex", *argv]) == 0
    assert capsys.readouterr().out == answer + "\n"


def test_notes_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "--latex", r"\nabla_x \|Ax - b\|_2^2"]) == 0
    assert "note: b is read as a vector" in capsys.readouterr().err


def test_json_has_the_formula(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "--latex", r"\nabla_x x^\top x", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["expression"] == r"\nabla_x x^\top x"


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        pytest.param([r"x^\top x"], "error: wrt is missing", id="no-variable"),
        pytest.param(
            [r"\nabla_x x^\top y", "--wrt", "y"], "error: the formula asks for the derivative of order 1 by x", id="another"
        ),
        pytest.param([r"x^\top x", "--wrt", "y"], "error: y is not a variable", id="unknown-variable"),
        pytest.param(["1/2x", "--wrt", "x"], "error: 1/2 x has two readings", id="ambiguous"),
    ],
)
def test_command_refuses(capsys: pytest.CaptureFixture[str], argv: list[str], message: str) -> None:
    assert main(["diff", "--latex", *argv]) == 2
    assert capsys.readouterr().err.startswith(message)


@pytest.mark.parametrize(
    ("claim", "code", "part"),
    [
        pytest.param(r"2A^\top(Ax - b)", 0, "agreed", id="right"),
        pytest.param(r"A^\top(Ax - b)", 1, "the factor 2 is missing", id="wrong"),
        pytest.param(r"2A^\top Ax - b", 2, "cannot", id="shapes"),
    ],
)
def test_check(capsys: pytest.CaptureFixture[str], claim: str, code: int, part: str) -> None:
    assert main(["check", "--latex", r"\lVert Ax - b \rVert_2^2", "--wrt", "x", "--claim", claim]) == code
    said = capsys.readouterr()
    assert part in said.out + said.err
    assert code == 2 or "note: b is read as a vector" in said.err


def test_check_of_a_formula_that_names_the_variable(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--latex", r"\nabla_x x^\top A x", "--claim", r"(A + A^\top) x"]) == 0
    assert "(A + A')*x" in capsys.readouterr().out


def test_python() -> None:
    e = matcalc.parse_latex(r"\tfrac12 x^\top S x", {"S": "symmetric(n)"})
    assert isinstance(e, matcalc.Expression)
    assert str(e.diff("x")) == "S*x"
    assert str(matcalc.diff(e, "x")) == "S*x"
    assert str(matcalc.diff(r"x^\top A x", "x", variables={"A": "symmetric(n)"}, latex=True)) == "2*A*x"
    assert str(matcalc.diff(r"\nabla_x^2 x^\top A x", latex=True)) == "A + A'"
    assert matcalc.parse_latex(r"\nabla_x x^\top x").diff().wrt == "x"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        pytest.param(lambda: matcalc.parse_latex(3), "a formula is a text", id="number"),
        pytest.param(lambda: matcalc.diff("x'*x"), "wrt is missing", id="no-variable"),
        pytest.param(lambda: matcalc.diff(r"\nabla_x x^\top y", "y", latex=True), "the formula asks for", id="another-variable"),
    ],
)
def test_python_refuses(call, message: str) -> None:
    with pytest.raises(matcalc.MatcalcError, match=message):
        call()


def test_answer_is_printed_and_read_back() -> None:
    d = matcalc.diff(r"\lVert Ax - b \rVert_2^2", "x", latex=True)
    assert str(matcalc.parse_latex(d.latex(), d.variables)) == str(d)


def test_a_plain_answer_does_not_load_the_reader() -> None:
    script = "import sys; from matcalc.cli import main\n"
    script += "main(['diff', \"x'*x\", '-w', 'x']); print([m for m in sys.modules if m.startswith('matcalc.tex')])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_reading_imports_no_heavy_library() -> None:
    script = "import sys; from matcalc.tex.read import read_latex; read_latex('Ax')\n"
    script += "print({'lark', 'numpy', 'sympy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
