"""The ways in: the command, matcalc.parse_latex, matcalc.diff with latex=True; and what a plain
answer does not load.
"""

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
        pytest.param(
            [r"x^\top S x", "-w", "x", "-v", "S: symmetric(n)"], "2*S*x", id="declaration"
        ),
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
        pytest.param([r"x^\top y"], "error: wrt is missing", id="no-variable"),
        pytest.param(
            [r"\nabla_x x^\top y", "--wrt", "y"],
            "error: the formula asks for the derivative of order 1 with respect to x",
            id="another",
        ),
        pytest.param(
            [r"x^\top x", "--wrt", "y"], "error: y is not a variable", id="unknown-variable"
        ),
        pytest.param(["1/2x", "--wrt", "x"], "error: 1/2 x is ambiguous", id="ambiguous"),
    ],
)
def test_command_refuses(capsys: pytest.CaptureFixture[str], argv: list[str], message: str) -> None:
    assert main(["diff", "--latex", *argv]) == 2
    assert capsys.readouterr().err.startswith(message)


@pytest.mark.parametrize(
    ("claim", "code", "part"),
    [
        pytest.param(r"2A^\top(Ax - b)", 0, "proved", id="right"),
        pytest.param(r"A^\top(Ax - b)", 1, "the factor 2 is missing", id="wrong"),
        pytest.param(
            r"2A^\top Ax - b", 1, "the claim does not fit together: cannot subtract", id="shapes"
        ),
        pytest.param(r"2A^\top(Ax - c", 2, "is not closed", id="syntax"),
    ],
)
def test_check(capsys: pytest.CaptureFixture[str], claim: str, code: int, part: str) -> None:
    assert (
        main(["check", "--latex", r"\lVert Ax - b \rVert_2^2", "--wrt", "x", "--claim", claim])
        == code
    )
    said = capsys.readouterr()
    assert part in said.out + said.err
    assert code == 2 or "note        b is read as a vector" in said.out


def test_check_of_a_formula_that_names_the_variable(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--latex", r"\nabla_x x^\top A x", "--claim", r"(A + A^\top) x"]) == 0
    assert "(A + A')*x" in capsys.readouterr().out


def test_python() -> None:
    e = matcalc.parse_latex(r"\tfrac12 x^\top S x", {"S": "symmetric(n)"})
    assert isinstance(e, matcalc.Expression)
    assert str(e.diff("x")) == "S*x"
    assert str(matcalc.diff(e, "x")) == "S*x"
    assert (
        str(matcalc.diff(r"x^\top A x", "x", variables={"A": "symmetric(n)"}, latex=True))
        == "2*A*x"
    )
    assert str(matcalc.diff(r"\nabla_x^2 x^\top A x", latex=True)) == "A + A'"
    assert matcalc.parse_latex(r"\nabla_x x^\top x").diff().wrt == "x"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        pytest.param(lambda: matcalc.parse_latex(3), "the formula must be a string", id="number"),
        pytest.param(lambda: matcalc.diff("x'*y"), "wrt is missing", id="no-variable"),
        pytest.param(
            lambda: matcalc.diff(r"\nabla_x x^\top y", "y", latex=True),
            "the formula asks for",
            id="another-variable",
        ),
    ],
)
def test_python_refuses(call, message: str) -> None:
    with pytest.raises(matcalc.MatcalcError, match=message):
        call()


def test_answer_is_printed_and_read_back() -> None:
    given = {"b": "vector(m)"}
    d = matcalc.diff(r"\lVert Ax - b \rVert_2^2", "x", variables=given, latex=True)
    assert str(matcalc.parse_latex(d.latex(), d.variables)) == str(d)


def test_reading_imports_no_heavy_library() -> None:
    script = "import sys; from matcalc.read.tex.read import read_latex; read_latex('Ax')\n"
    script += "print({'lark', 'numpy', 'sympy'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("left", "right", "code"),
    [
        pytest.param(r"\lVert Ax-b\rVert_2^2", r"(Ax-b)^\top(Ax-b)", 0, id="norm"),
        pytest.param(r"\operatorname{tr}(AB)", r"\sum_{i,j} A_{ij} B_{ji}", 0, id="sum"),
        pytest.param(
            r"(A+BD^{-1}C)^{-1}", r"A^{-1} - A^{-1}B(D+CA^{-1}B)^{-1}CA^{-1}", 0, id="woodbury"
        ),
        pytest.param(r"r = Ax - b \\ r^\top r", r"r^\top r", 0, id="definition-of-the-left"),
        pytest.param(r"y - X\beta", r"-X\beta + y", 0, id="kinds-learnt-on-one-side"),
        pytest.param(r"\beta", r"\beta + Xy - Xy", 0, id="kinds-learnt-on-the-right"),
        pytest.param(r"x^\top \otimes A", r"(x \otimes A^\top)^\top", 0, id="kronecker-of-a-row"),
        pytest.param(r"AB", r"BA", 1, id="different"),
        pytest.param(r"x^\top x", r"x y^\top z", 2, id="shapes"),
        pytest.param(r"x^\top x", r"x +", 2, id="syntax-on-the-right"),
        pytest.param(r"\nabla_x x^\top x", "2x", 0, id="derivative"),
    ],
)
def test_equal(capsys: pytest.CaptureFixture[str], left: str, right: str, code: int) -> None:
    assert main(["equal", "--latex", left, right]) == code
    assert capsys.readouterr().out.partition(":")[0] == {0: "equal", 1: "different", 2: ""}[code]


def test_equal_points_at_the_side(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["equal", "--latex", "x^\\top x", "x +"]) == 2
    assert capsys.readouterr().err.splitlines()[1:] == ["  x +", "     ^"]


def test_equal_in_python() -> None:
    assert matcalc.equal(r"\operatorname{tr}(AB)", r"\operatorname{tr}(BA)", latex=True)
    assert matcalc.equal(r"\operatorname{tr}(AB)", matcalc.parse("tr(B*A)"), latex=True)
    assert not matcalc.equal(matcalc.parse("tr(A*B)"), r"2\operatorname{tr}(AB)", latex=True)
