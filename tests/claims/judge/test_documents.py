"""Claims in LaTeX: in files and documents, as formulas between dollar signs and as equations that a
marker speaks of.
"""

from __future__ import annotations

import pytest

from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.files import read_claims
from matcalc.claims.judge.marks import equations, sides, statements
from matcalc.claims.judge.reading import is_latex
from matcalc.claims.judge.verdict import judge
from matcalc.cli import main
from matcalc.core.errors import MatcalcError


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        pytest.param(r"\nabla_x x^\top x = 2x", [r"\nabla_x x^\top x", "2x"], id="two"),
        pytest.param(r"f &= a \\ &= b.", ["f", "a", "b"], id="aligned"),
        pytest.param(r"\sum_{i=1}^n x_i = s", [r"\sum_{i=1}^n x_i", "s"], id="braces"),
        pytest.param(r"\{a = b\} \, ,", [r"\{a", r"b\}"], id="escaped-braces"),
        pytest.param("2x", ["2x"], id="no-equation"),
    ],
)
def test_sides(formula, expected):
    assert sides(formula) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("so $a = b$, and $c = d$", ["a", "b"], id="dollar"),
        pytest.param("$$\na = b\n$$", ["a", "b"], id="dollars"),
        pytest.param(r"\[ a = b. \]", ["a", "b"], id="brackets"),
        pytest.param(r"\(a = b\)", ["a", "b"], id="round"),
        pytest.param(
            "\\begin{equation}\\label{eq:a}\n a = b \\tag{1}\n\\end{equation}",
            ["a", "b"],
            id="equation",
        ),
        pytest.param(
            "\\begin{align*} a &= b \\nonumber\\\\ &= c \\end{align*}", ["a", "b", "c"], id="align"
        ),
        pytest.param("```math\na = b\n```", ["a", "b"], id="fence"),
        pytest.param("% $x = y$\n$a = b % = c\n$", ["a", "b"], id="comments"),
        pytest.param(r"it costs 5\$ and 6\$", None, id="escaped-dollar"),
        pytest.param("nothing", None, id="none"),
    ],
)
def test_the_first_formula(text, expected):
    assert equations(text) == (None if expected is None else [expected])


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        pytest.param(r"a &= b \\ c &= d", [["a", "b"], ["c", "d"]], id="two"),
        pytest.param(
            r"f(x) &= b, & g(x) &= d \\[2pt] h(x) &= e.",
            [["f(x)", "b"], ["g(x)", "d"], ["h(x)", "e"]],
            id="columns",
        ),
        pytest.param(r"a &= b \\ &\quad + c \\ &= d", [["a", r"b \quad + c", "d"]], id="goes-on"),
        pytest.param(r"a = b \\ + c \\ = d", [["a", "b + c", "d"]], id="goes-on-without-columns"),
        pytest.param(r"a &=& b \\ &=& c", [["a", "b", "c"]], id="eqnarray"),
        pytest.param(r"f(x) = & b \\ = & c", [["f(x)", "b", "c"]], id="sign-before-the-column"),
        pytest.param(
            r"\nabla_x f &= \begin{pmatrix} a & b \\ c & d = 1 \end{pmatrix} x",
            [[r"\nabla_x f", r"\begin{pmatrix} a & b \\ c & d = 1 \end{pmatrix} x"]],
            id="matrix",
        ),
        pytest.param(
            r"r &= Ax - b \\ \nabla_x r^\top r &= 2A^\top r",
            [[r"r = Ax - b \\ \nabla_x r^\top r", r"2A^\top r"]],
            id="definition",
        ),
        pytest.param(
            r"\begin{aligned}[t] f(x) &= a \\ g(x) &= b \end{aligned}",
            [["f(x)", "a"], ["g(x)", "b"]],
            id="aligned",
        ),
        pytest.param(
            r"\begin{align*} f(x) &= a \\ &= b \end{align*}", [["f(x)", "a", "b"]], id="display"
        ),
        pytest.param(r"r = Ax - b \\ r^\top r", [["r", r"Ax - b \\ r^\top r"]], id="value"),
    ],
)
def test_statements(formula, expected):
    assert statements(formula) == expected


@pytest.mark.parametrize("text", ["$x$", " $$x$$\n", r"\(x\)", r"\[x\]"])
def test_latex_is_told_by_its_signs(text):
    assert is_latex(text)
    assert not is_latex(text.strip("$ \n\\()[]"))


PAPER = r"""
% matcalc-claim: variables = { b = "vector(m)" }
\begin{equation}
  \nabla_x \lVert Ax - b\rVert_2^2 = 2A^\top(Ax - b). \label{eq:one}
\end{equation}
% matcalc-claim: name = "Cookbook (57)"
\[ \frac{\partial \ln|\det X|}{\partial X} = X^{-\top} \]
% matcalc-claim: expr = '$x^\top A x$', wrt = "x",
%   name = "quadratic form"
we find $\nabla f(x) = 2Ax$.
% matcalc-claim: name = "ridge"
\begin{align*}
  \nabla_w \left(\lVert Xw - y\rVert^2 + \lambda w^\top w\right)
   &= 2 X^\top (Xw - y) + 2\lambda w \\
   &= 2 (X^\top X + \lambda I) w + 2 X^\top y.
\end{align*}
% matcalc-claim: expr = "x'*A*x", wrt = "x", claim = '$(A + A^\top)x$'
"""
NOTES = r"""
<!-- matcalc-claim: variables = { A = "symmetric(n)" } -->
We know that $\nabla_x x^\top A x = 2 A x$.
<!-- matcalc-claim: order = 2, expr = "sum(exp(x))", wrt = "x" -->
```math
H = \operatorname{diag}(e^x)
```
<!-- matcalc-claim -->
$$\nabla_x^2\, x^\top A x = 2A$$
"""

LINES = r"""
% matcalc-claim:
\begin{align}
 r &= Ax - b, & g &= \operatorname{tr} B, \label{eq:r} \\
 \nabla_x \tfrac12 \|r\|^2 &= A^\top r \\
   &= A^\top A x + A^\top b, \\
 \nabla_b \tfrac12 r^\top r &= -r.
\end{align}
% matcalc-claim:
\begin{equation}\begin{aligned}
  \nabla_X \operatorname{tr}(X^\top A X) &= AX \\ &\quad + A^\top X
\end{aligned}\end{equation}
"""


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        pytest.param(
            "lines.tex",
            LINES,
            [(":2 (1)", "proved"), (":2 (2)", "wrong"), (":2 (3)", "proved"), (":9", "proved")],
            id="lines",
        ),
        pytest.param(
            "paper.tex",
            PAPER,
            [
                (":2", "proved"),
                ("Cookbook (57)", "proved"),
                ("quadratic form", "wrong"),
                ("ridge (1)", "proved"),
                ("ridge (2)", "wrong"),
                (":17", "proved"),
            ],
            id="latex",
        ),
        pytest.param(
            "notes.md", NOTES, [(":2", "proved"), (":4", "proved"), (":8", "wrong")], id="markdown"
        ),
    ],
)
def test_documents(tmp_path, name, text, expected):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    reports = [judge(claim) for claim in read_claims(path)]
    assert [(report.name.removeprefix(str(path)), report.verdict) for report in reports] == expected


def test_a_file_of_claims(tmp_path):
    path = tmp_path / "paper.claims.toml"
    path.write_text("[[claim]]\nexpr = '$\\nabla_x x^\\top x$'\nclaim = '$2x$'\n", encoding="utf-8")
    assert [judge(claim).verdict for claim in read_claims(path)] == ["proved"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "% matcalc-claim expr = 'x'", ":1: after matcalc-claim comes a colon", id="colon"
        ),
        pytest.param(
            "% matcalc-claim\nno formula",
            ":1: claim is missing, and no formula follows",
            id="no-formula",
        ),
        pytest.param(
            "% matcalc-claim\n$2x$",
            ":1: the formula that follows is not an equation",
            id="no-equation",
        ),
        pytest.param(
            "% matcalc-claim\n% matcalc-claim\n$a=b$", ":1: claim is missing", id="between-markers"
        ),
        pytest.param("% matcalc-claim: claim = '$2x$'", ":1: expr is missing", id="no-objective"),
        pytest.param("no marker", "paper.tex has no claims", id="no-marker"),
        pytest.param(
            "% matcalc-claim: expr = 'x'\n\\[ r = A x \\\\ G = 2x \\]",
            ":1: the formula that follows has 2 equations",
            id="several",
        ),
    ],
)
def test_what_a_marker_lacks(tmp_path, text, message):
    path = tmp_path / "paper.tex"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MatcalcError) as caught:
        read_claims(path)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("marker", "code", "words"),
    [
        ('expr = "x\'*x"', 0, "proved: d (x'*x) / d x = 2*x"),
        ('expr = "x\'*A*x"', 2, "wrt is missing"),
    ],
)
def test_the_variable_may_be_left_out_where_there_is_one(capsys, tmp_path, marker, code, words):
    path = tmp_path / "paper.tex"
    path.write_text(f"% matcalc-claim: {marker}\n$2x$", encoding="utf-8")
    assert main(["check", str(path)]) == code
    assert words in capsys.readouterr().out


def test_what_cannot_be_read_is_undecided(capsys, tmp_path):
    path = tmp_path / "paper.tex"
    path.write_text("% matcalc-claim\n$\\nabla_w w^\\top w + a = 2w$", encoding="utf-8")
    assert main(["check", str(path)]) == 2
    assert "what follows the + may be differentiated or not" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        pytest.param([r"\nabla_x x^\top x = 2x"], 0, "proved: d (x'*x) / d x = 2*x", id="equation"),
        pytest.param(
            [r"\nabla_x x^\top A x = 2Ax = (A+A^\top)x"],
            1,
            "1 proved, 0 agreed, 1 wrong",
            id="chain",
        ),
        pytest.param([r"\nabla_x x^\top x"], 2, "what is claimed?", id="nothing-claimed"),
        pytest.param([r"x^\top y", "-c", "2x"], 2, "wrt is missing", id="no-variable"),
        pytest.param(
            [r"\nabla_x x^\top x", "-c", r"\nabla_x x^\top x"],
            2,
            "the claim contains a derivative",
            id="derivative-claimed",
        ),
        pytest.param([r"\nabla_x x^\top x", "-c", "2y"], 2, "contains y", id="another-letter"),
    ],
)
def test_command(capsys, argv, code, said):
    assert main(["check", "--latex", *argv]) == code
    captured = capsys.readouterr()
    assert said in captured.out + captured.err


def test_the_line_that_reproduces_is_in_the_language(capsys):
    report = judge(Claim(r"$\nabla_x \lVert Ax - b\rVert^2$", "", r"$A^\top(Ax - b)$"))
    assert report.reproduce.startswith(
        """matcalc check "norm2(A*x - b)^2" --wrt x --claim "A'*(A*x - b)" --var"""
    )
    assert report.notes == (
        'note: b is read as a vector, because it is added to Ax; declare "b: scalar" otherwise',
    )
