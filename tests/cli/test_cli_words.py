"""Options, commands and formats in other words, and declarations of nothing."""

from __future__ import annotations

import pytest

from matcalc.cli import main


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (
            ["diff", "x'*x", "-wrt", "x"],
            "-wrt has one dash where an option has two",
            "write --wrt; -(wrt) is the negative of a variable",
        ),
        (["diff", "x'*x", "-order=2"], "-order has one dash where an option has two", "--order=2"),
        (["diff", "x'*x", "--wrt", "x", "--order", "two"], "'two'", "an integer from 1 to 20"),
        (["implicit", "A*x - b", "--wrt", "b"], "required: --of", "--of y, for y as a function"),
        (["diff", "x'*x", "--wtr", "x"], "diff has no option --wtr", "did you mean --wrt?"),
        (["diff", "x'*x", "--tex"], "diff has no option --tex", "did you mean --latex?"),
        (["jvp", "sin(x)", "--wrt", "x"], "jvp has no option --wrt", "--direction x=v"),
        (["vjp", "A*x", "--direction", "v"], "vjp has no option --direction", "--cotangent v"),
        (["diff", "x'*x", "--format", "tex"], "invalid choice: 'tex'", "did you mean latex?"),
        (["diff", "x'*x", "--format", "python"], "'python'", "did you mean numpy?"),
        (["gradient", "x'*x"], "invalid choice: 'gradient'", "did you mean diff?"),
        (["steps", "x'*x"], "invalid choice: 'steps'", "did you mean diff --steps?"),
        (["code", "x'*x"], "invalid choice: 'code'", "did you mean diff --format numpy?"),
        (["latex", "x'*x"], "invalid choice: 'latex'", "did you mean diff --format latex?"),
        (["linearise", "sin(x)"], "invalid choice: 'linearise'", "did you mean linearize?"),
        (["x'*x", "--wrt", "x"], "invalid choice", 'write matcalc diff "x\'*x"'),
        (["taylor x'*x"], "invalid choice", 'write matcalc taylor "x\'*x"'),
        (["check", "x'*x", "--wrt", "x"], "--claim is missing", 'claimed: --claim "..."'),
        (
            ["check", "d/dx x'*A*x + a = 2*A*x"],  # what the sign reaches is not clear
            "--claim is missing",
            'write "x\'*A*x + a" --wrt x --claim "2*A*x"',
        ),
        (["check", 80 * "x'*x + " + "y = 2*x"], "--claim is missing", '--claim "2*x"'),
        (
            ["check", "--latex", r"\mathrm{d}\log\det X = \mathrm{tr}(X^{-1} dX)"],
            "is not a derivative",
            "differentials are not supported",
        ),
        (
            ["check", "r = A*x; r'*r", "--wrt", "x"],
            "--claim is missing",
            'what is claimed: --claim "..."',
        ),
        (
            ["check", "r = A*x; r'*r = 2*A'*r", "--wrt", "x"],
            "--claim is missing",
            'write "r = A*x; r\'*r" --claim "2*A\'*r"',
        ),
        (
            [
                "check",
                "--typed=f wrt x claim 2*x",
                "--var=x: vector",
                "f = x'*x; f wrt x claim 2*x",
            ],
            "--claim is missing",
            'write "f" --wrt x --claim "2*x"',
        ),
        (
            ["check", "x'*x", "--claim", "x", "--claim", "2*x"],
            "--claim is given twice",
            "one claim is judged at a time",
        ),
        (
            ["check", "--latex", r"x^\top x = 2x"],
            r"x^\top x is not a derivative",
            r"write \nabla_x before it, or add --wrt x",
        ),
        (["equal", "tr(A*B)"], "which two expressions", "equal LEFT = RIGHT"),
        (["jvp", "x'*x"], "a direction is missing", "--direction x=v"),
        (["jvp", "x'*x", "x", "u"], "unrecognized arguments: x u", "--direction x=u"),
        (["jvp", "x'*x", "x"], "unrecognized arguments: x", "--direction x=v"),
        (["hvp", "x'*x", "x", "v"], "unrecognized arguments: v", "--direction v"),
        (["graph", "x'*x", "x"], "unrecognized arguments: x", "--wrt x"),
        (["check", "x'*x", "x", "2*x"], "unrecognized arguments: 2*x", '--claim "2*x"'),
        (["diff", "x'*A*x", "x A"], "x A is not a variable", "--wrt x,A, in Python wrt=['x', 'A']"),
        (["functions", "nuclear"], "no function is called nuclear", "did you mean nucnorm?"),
        (["functions", "eigmax"], "no function is called eigmax", "did you mean lambda_max?"),
        (["functions", "qqq"], "no function is called qqq", "matcalc functions lists them all"),
    ],
)
def test_wrong_words(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str, hint: str
) -> None:
    assert main(words) == 2
    said = capsys.readouterr().err
    assert message in said
    assert hint in said.partition("hint: ")[2]


@pytest.mark.parametrize(
    ("words", "note"),
    [
        (["diff", "x'*A*x", "--wrt", "x", "--var", "B: symmetric"], "B is declared, and does not"),
        (["diff", "x'*A*x", "--wrt", "x", "--var", "A: symmetric"], ""),
        (["simplify", "A*x", "--var", "x, y: vector(n)"], "y is declared, and does not occur"),
        (["jvp", "A*x", "--direction", "x=v", "--var", "v: vector"], ""),
        (["diff", "--latex", r"x^\top \Sigma x", "--wrt", "x", "--var", "Sigma: psd(n)"], ""),
        (["diff", "--latex", r"x^\top \Sigma x", "--wrt", "x", "--var", "S: psd(n)"], "S is decl"),
    ],
)
def test_declarations_of_nothing(
    capsys: pytest.CaptureFixture[str], words: list[str], note: str
) -> None:
    main(words)
    said = capsys.readouterr().err
    assert note in said if note else "does not occur" not in said


def test_an_equation_has_two_sides(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["equal", "tr(A*B) = tr(B*A)"]) == 0
    assert capsys.readouterr().out.startswith("equal: tr(A*B) = tr(B*A)")
    assert main(["check", "--latex", r"x^\top x = 2x", "--wrt", "x"]) == 0
