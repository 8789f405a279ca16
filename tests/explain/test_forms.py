"""Text, Markdown, LaTeX and JSON of derivations."""

import json
import shutil
import subprocess

import pytest

import matcalc
from matcalc import cli
from matcalc.engine.catalogue.load import LIBRARY

EXPRESSIONS = [
    ("tr(A*X'*B*X*C)", "X", {}),
    ("norm2(W*tanh(V*x) - y)^2", "V", {"y": "vector(m)"}),
    ("x'*A*x/(x'*x)", "x", {}),
    ("tr(S*A) + log(det(S))", "S", {"S": "symmetric(n)"}),
    ("inv(X)*B", "X", {}),
    ("log(1 + exp(-y.*(X*w)))'*vector(1)", "w", {}),
    ("beta_1*exp(x'*x)", "x", {}),
]
PARAMS = [pytest.param(*row, id=row[0]) for row in EXPRESSIONS]


def steps(expression, wrt, variables, **options):
    return matcalc.diff(expression, wrt, variables=variables, **options).steps()


def test_text():
    assert str(steps("x'*A*x", "x", {})) == (
        "f = x'*A*x\n"
        "df = dx'*A*x + x'*A*dx    product rule [1]\n"
        "   = ((A + A')*x)'*dx     a number is its own transpose [2]\n"
        "so the derivative of f with respect to x is\n"
        "    (A + A')*x\n"
        "each line is proved from those before, exactly\n"
        "\n"
        "[1] cookbook-37: Petersen & Pedersen, The Matrix Cookbook (2012), (37)\n"
        "[2] inner-transposed: a number is its own transpose; Magnus & Neudecker, Matrix "
        "Differential Calculus (2019), chapter 1"
    )


def test_what_is_proved_with_numbers_says_so():
    shown = str(steps("lambda_max(A*diag(x)*A')", "x", {}))
    assert "proved with numbers" in shown
    assert "exactly where nothing else is said" in shown


def test_the_line_behind_the_name_of_an_adjoint_is_a_differential_again():
    shown = str(steps("norm2(W*tanh(V*x) - y)^2", "V", {"y": "vector(m)"}))
    assert "\nubar = 2*W'*(W*u - y)\ndf = ubar'*du\n" in shown


def test_markdown():
    shown = steps("x'*A*x", "x", {}).markdown()
    assert "| `df =` | `dx'*A*x + x'*A*dx` | product rule [1] |" in shown
    assert "| `=` | `((A + A')*x)'*dx` |" in shown
    assert "\n1. [cookbook-37] Petersen" in shown


@pytest.mark.parametrize(("expression", "wrt", "variables"), PARAMS)
def test_every_line_reads_again_and_stands_on_entries_of_the_catalogue(expression, wrt, variables):
    for chain in steps(expression, wrt, variables).fields():
        for line in chain["lines"]:
            assert line["proved"]
            assert matcalc.parse(line["text"], variables=chain["variables"])
            for reason in line["reasons"]:
                if reason["identity"]:
                    assert reason["identity"] in LIBRARY.pieces
                    assert len(reason["source"]) >= 10


def test_latex():
    shown = steps("norm2(W*tanh(V*x) - y)^2", "V", {"y": "vector(m)"}).latex()
    assert r"\bar{u} &= 2 W^{\top} (W u - y) \\" in shown
    assert r"\mathrm{d}f &= \bar{u}^{\top} \,\mathrm{d}u \\" in shown
    assert r"\mathbf{W}" in steps("norm2(W*x)^2", "x", {}).latex(bold=True)


def test_latex_says_what_stands_below_a_quotient_of_entries():
    shown = steps("sum(sqrt(y.*z))", "z", {}).latex()
    assert r"y \odot \,\mathrm{d}z \oslash \left(2 \sqrt{y \odot z}\right)" in shown
    assert r"x \oslash A z" in steps("sum(x./(A*z))", "z", {}).latex()


def test_latex_compiles(tmp_path):
    """All of them in one document, without a warning of an undefined command."""
    tex = shutil.which("pdflatex")
    if tex is None:
        pytest.skip("there is no pdflatex here")
    body = "\n\n".join(steps(*row).latex() for row in EXPRESSIONS)
    bold = steps("tr(A*X'*B*X*C)", "X", {}, order=2).latex(bold=True)
    (tmp_path / "steps.tex").write_text(
        "\\documentclass{article}\n\\usepackage{amsmath,amssymb}\n\\begin{document}\n"
        f"{body}\n\n{bold}\n\\end{{document}}\n",
        encoding="utf-8",
    )
    command = [tex, "-interaction=nonstopmode", "-halt-on-error", "steps.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


def run(capsys, *words):
    code = cli.main(["diff", *words])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_command(capsys):
    code, out, _ = run(capsys, "x'*A*x", "--wrt", "x", "--steps")
    assert code == 0
    assert out.startswith("f = x'*A*x\ndf = ")
    code, out, _ = run(capsys, "x'*A*x", "--wrt", "x", "--steps", "--format", "json")
    found = json.loads(out)
    assert found["proved"] is True
    assert found["text"] == "(A + A')*x"
    assert found["steps"][0]["lines"][1]["reasons"][0]["identity"] == "cookbook-37"
    code, out, _ = run(capsys, "x'*A*x", "--wrt", "x", "--steps", "--format", "markdown")
    assert out.startswith("| | formula | because |")
    code, out, _ = run(capsys, "x'*A*x", "--wrt", "x", "--steps", "--format", "latex")
    assert out.startswith("\\begin{align*}")
    code, out, _ = run(capsys, "--steps", "sum(log(1+exp(-y.*(X*w))))", "-w", "w", "--detail", "1")
    assert "u =" not in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(
            ["--format", "markdown"], "the format markdown is only for steps", id="markdown"
        ),
        pytest.param(["--steps", "--format", "numpy"], "steps are printed as formulas", id="numpy"),
        pytest.param(["--steps", "--format", "c"], "steps are printed as formulas", id="c"),
        pytest.param(["--wrt", "a", "--steps"], "steps are shown for one variable", id="several"),
        pytest.param(["--steps", "--detail", "5"], "invalid choice: 5", id="detail"),
    ],
)
def test_what_the_command_refuses(capsys, words, said):
    code, out, err = run(capsys, "a*x'*x", "--wrt", "x", *words)
    assert (code, out) == (2, "")
    assert said in err
