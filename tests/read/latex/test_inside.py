"""Derivatives inside of formulas: what they are in the expression language, and what is refused
because it has two readings.
"""

from __future__ import annotations

import re

import pytest

from matcalc.cli import main
from matcalc.core.errors import MatcalcError
from matcalc.core.program import Program
from matcalc.read.frontend import read
from matcalc.read.tex.read import read_latex
from matcalc.write.printers.text import text

F = r"f(x) = x^\top A x \\ "  # what follows it has the vector f(x)
VECTOR = r"F = A \tanh(x) \\ "
ROWS = [
    # one sign after the other
    (r"\nabla_x (x^\top A x)", "grad(x'*A*x, x)"),
    (r"\|\nabla_x (x^\top A x)\|^2", "norm2(grad(x'*A*x, x))^2"),
    (r"-\frac{\partial x^\top A x}{\partial x}", "-grad(x'*A*x, x)"),
    (r"\partial_x (x^\top A x) + b", "grad(x'*A*x, x) + b"),
    (r"\partial (x^\top A x)/\partial x + b", "grad(x'*A*x, x) + b"),
    (r"\operatorname{grad}_x (x^\top A x)", "grad(x'*A*x, x)"),
    (r"\operatorname{tr}(\nabla_x^2 (x^\top A x))", "tr(hessian(x'*A*x, x))"),
    (
        r"\operatorname{tr}\left(\frac{\partial^2 x^\top A x}{\partial x \partial x^\top}\right)",
        "tr(hessian(x'*A*x, x))",
    ),
    (r"\operatorname{Hess}_x(x^\top A x) v", "hessian(x'*A*x, x)*v"),
    (r"\operatorname{hessian}(x^\top A x, x) v", "hessian(x'*A*x, x)*v"),
    (r"\Delta_x(x^\top A x)", "lap(x'*A*x, x)"),
    (r"\operatorname{lap}(x^\top A x, x)", "lap(x'*A*x, x)"),
    (F + r"\Delta_x f(x) + f(x)", "f = x'*A*x; lap(f, x) + f"),
    # by two entries, below a sum or at places
    (
        r"\sum_i \frac{\partial^2}{\partial x_i^2} (x^\top A x)",
        "sum(diag(jacobian(grad(x'*A*x, x), x)))",
    ),
    (
        r"\sum_{i,j} \frac{\partial^2}{\partial x_i \partial x_j} (x^\top A x)",
        "sum(jacobian(grad(x'*A*x, x), x))",
    ),
    (
        r"\sum_i \frac{\partial^2}{\partial x_i \partial y_i} (x^\top A y)",
        "sum(diag(jacobian(grad(x'*A*y, x), y)))",
    ),
    (
        r"1 + \frac{\partial^2}{\partial x_1^2} \|x\|^4",
        "1 + jacobian(grad(norm2(x)^4, x), x)[1,1]",
    ),
    (r"\nabla_x \cdot (A x)", "div(A*x, x)"),
    (r"2 \nabla_x \cdot (A x)", "2*div(A*x, x)"),
    (r"\operatorname{div}_x(A x)", "div(A*x, x)"),
    (r"\operatorname{div}(A x, x)", "div(A*x, x)"),
    (r"\frac{\partial \operatorname{tr}(A X)}{\partial X} B", "grad(tr(A*X), X)*B"),
    # the layout that a transpose asks for
    (r"\det\frac{\partial \tanh(A x)}{\partial x^\top}", "det(jacobian(tanh(A*x), x))"),
    (r"\frac{\partial x^\top A x}{\partial x^\top} b", "grad(x'*A*x, x)'*b"),
    (r"\frac{\partial (A x)^\top}{\partial x} b", "jacobian(A*x, x)'*b"),
    (r"\frac{\partial \operatorname{tr}(A X)}{\partial X^\top} B", "grad(tr(A*X), X)'*B"),
    (
        r"\frac{\partial^2 x^\top A y}{\partial x \partial y^\top}",
        "jacobian(grad(x'*A*y, x), y)",
    ),
    (
        r"\frac{\partial^2 x^\top A y}{\partial x^\top \partial y}",
        "jacobian(grad(x'*A*y, y), x)",
    ),
    # numbers as variables
    (r"2 \frac{d}{dt}(\sin(t) v)", "2*jacobian(sin(t)*v, t)"),
    (r"2 \frac{d}{dt} \sin(t^2)", "t: scalar; 2*grad(sin(t^2), t)"),
    (r"2 \frac{d}{dt}(\sin(t) v^\top)", "2*jacobian((sin(t)*v')', t)'"),
    (r"-\frac{d^2}{dt^2} e^{t^2}", "t: scalar; -hessian(exp(t^2), t)"),
    (r"-\frac{d^3}{dt^3} e^{t^2}", "t: scalar; -grad(hessian(exp(t^2), t), t)"),
    (r"\left(\frac{d}{dt} \|x + t v\|^2\right)^2", "t: scalar; grad(norm2(x + t*v)^2, t)^2"),
    # how far a sign reaches
    (r"(\nabla_x x^\top A x)^\top v", "grad(x'*A*x, x)'*v"),
    (r"A \nabla_x x^\top x", "A*grad(x'*x, x)"),
    (r"A \nabla_x \|x\|^2 \|y\|^2", "A*grad(norm2(x)^2*norm2(y)^2, x)"),
    (r"v^\top \nabla_x \sum_i x_i^3", "v'*grad(sum(x.^3), x)"),
    (r"\frac{\partial x^\top A x}{\partial x} x^\top x", "grad(x'*A*x, x)*x'*x"),
    (r"\nabla_x (x^\top \nabla_x \|x\|^2)", "grad(x'*grad(norm2(x)^2, x), x)"),
    (r"\nabla_x (x^\top x)^2 / 2", "grad((x'*x)^2/2, x)"),
    (F + r"x - \eta \nabla_x f(x)", "f = x'*A*x; x - eta*grad(f, x)"),
    (F + r"x - \eta \nabla f(x) + b", "f = x'*A*x; x - eta*grad(f, x) + b"),
    (F + r"(\nabla_x f(x))^\top v", "f = x'*A*x; grad(f, x)'*v"),
    (r"g = \nabla_x (x^\top A x) \\ g^\top g", "g = grad(x'*A*x, x); g'*g"),
    # the gradient at another place
    (F + r"x_k - \eta \nabla f(x_k)", "x_k - eta*grad(x_k'*A*x_k, x_k)"),
    (F + r"A \nabla^2 f(y)", "A*hessian(y'*A*y, y)"),
    (F + r"f(y) + (\nabla f(y))^\top (x - y)", "y'*A*y + grad(y'*A*y, y)'*(x - y)"),
    # entries
    (
        r"\sum_i \left(\frac{\partial x^\top A x}{\partial x_i}\right)^2",
        "sum(grad(x'*A*x, x).^2)",
    ),
    (
        VECTOR + r"\sum_i \frac{\partial F_i}{\partial x_i}",
        "F = A*tanh(x); sum(diag(jacobian(F, x)))",
    ),
    (r"2 \frac{\partial x^\top A x}{\partial x_1}", "2*grad(x'*A*x, x)[1]"),
]


def inner(formula: str, variables: tuple[str, ...] = ()) -> Program:
    return read_latex(formula, variables, expand=lambda program: program, asks=False)


@pytest.mark.parametrize(("formula", "meant"), ROWS, ids=[row[0] for row in ROWS])
def test_is_read_as(formula: str, meant: str) -> None:
    letters = {"b", "v"} & {*re.sub(r"\\[A-Za-z]+", "", formula)}
    declared = tuple([f"{each}: vector(n)" for each in sorted(letters)])
    declared += ("t: scalar",) * (r"\sin(t)" in formula)
    program = inner(formula, declared)
    again = read(meant, declared, expand=lambda program: program)
    assert text(program.expr) == text(again.expr)
    assert program.definitions.keys() == again.definitions.keys()


NOTED = [
    (r"\log\det \nabla_x \tanh(A x)", "is read as the Jacobian, with a row for each entry"),
    (r"A \nabla_x^2 \|x\|^2", "is read as the Hessian"),
    (r"\Delta_x (x^\top x)", "is read as the Laplacian by x; declare Delta_x"),
]


@pytest.mark.parametrize(("formula", "words"), NOTED)
def test_notes_say_what_is_taken(formula: str, words: str) -> None:
    assert any(words in note for note in inner(formula).notes)


# the formula, words of the message, and what the hint offers with its meaning
REFUSED = [
    (
        r"\nabla_x x^\top A x + b",
        "what follows the + may be differentiated or not",
        {
            r"\left(\nabla_x x^\top A x\right) + b": "grad(x'*A*x, x) + b",
            r"\nabla_x \left(x^\top A x + c\right)": "c: scalar; grad(x'*A*x + c, x)",
        },
    ),
    (
        F + r"\nabla_x f(x)^\top v",
        "may be that of f(x) or of f(x)^\\top v",
        {r"\left(\nabla_x f(x)\right)^\top v": "f = x'*A*x; grad(f, x)'*v"},
    ),
    (
        F + r"\nabla_x f(x) \cdot v",
        "may be that of f(x) or of",
        {r"\left(\nabla_x f(x)\right)\cdot v": "f = x'*A*x; dot(grad(f, x), v)"},
    ),
    (
        r"r = A x - b \\ x - \nabla_x r^\top r",
        "may be that of r or of r^\\top r",
        {
            r"\left(\nabla_x r\right)^\top r": "r = A*x - b; x - jacobian(r, x)'*r",
            r"\nabla_x \left(r^\top r\right)": "r = A*x - b; x - grad(r'*r, x)",
        },
    ),
    (r"A \nabla_x \|x\|^2 \log(x^\top x)", "may be that of", {}),
    (r"\nabla_X \det(X) B + C", "may be differentiated or not", {}),
    (r"2 \nabla_X \det(X) B", "may be that of", {}),
    (F + r"\nabla_x f(y)", "x does not occur in f(y)", {}),
    (r"\frac{\partial x^\top}{\partial x^\top} + A", "has no layout of its own", {}),
    (
        r"\frac{\partial^2 x^\top A y}{\partial x \partial y}",
        "may have a row for each entry of x or of y",
        {},
    ),
    (r"2 \nabla (x^\top x)", "does not name its variable", {}),
    # the y that is no argument would be differentiated as well
    (r"f(x) = x^\top A x + y^\top x \\ 2 \nabla f(y)", "does not name its variable", {}),
    (r"r = A y \\ f(x) = r^\top x \\ 2 \nabla f(y)", "does not name its variable", {}),
    (F + r"\nabla f(B y)", "does not name its variable", {}),
    (r"\Delta_x^2 (x^\top x)", "may be the Laplacian twice or a power", {}),
    (
        r"2 \frac{\partial \operatorname{vec}(A X)}{\partial \operatorname{vec}(X)}",
        r"a derivative by \operatorname{vec} inside a formula",
        {},
    ),
    (r"\nabla_x \times (A x)", "curls are not supported", {}),
    (r"\nabla_x^2 \cdot (A x)", "divergence does not name its variable", {}),
    (r"y = A x \\ y^\top \nabla_y (y^\top y)", "not a variable by which", {}),
    (r"\operatorname{grad}(x^\top x)", "the variable to differentiate with respect to", {}),
    (r"\sum_{i<j} \nabla_x (x_i x_j x^\top x)^\top b", "", {}),
]


@pytest.mark.parametrize(("formula", "words", "offers"), REFUSED, ids=[row[0] for row in REFUSED])
def test_is_refused_with_both_readings(formula: str, words: str, offers: dict[str, str]) -> None:
    with pytest.raises(MatcalcError) as caught:
        inner(formula)
    assert words in caught.value.message
    *before, _ = formula.split(r"\\ ")
    for written, meant in offers.items():
        assert written.replace(" + c", " + b") in (caught.value.hint or "")
        last = formula.rpartition(r"\nabla")[0].rpartition(r"\\ ")[2] + written
        program = inner(r"\\ ".join([*before, last]), ("v: vector(n)",))
        assert text(program.expr) == text(
            read(meant, ("v: vector(n)", "b: vector"), expand=lambda program: program).expr
        )


def test_a_sign_before_the_whole_asks(capsys: pytest.CaptureFixture[str]) -> None:
    """And -f' is differentiated again, which a note says."""
    assert main(["diff", "--latex", r"\nabla_x (x^\top x)", "--wrt", "x"]) == 0
    assert capsys.readouterr().out == "2*x\n"
    assert main(["diff", "--latex", r"-\nabla_x (x^\top x)", "--wrt", "x"]) == 0
    captured = capsys.readouterr()
    assert captured.out == "-2*eye(n)\n"
    assert "is a part of what is differentiated here" in captured.err
    for command in ("taylor", "jvp --direction x=v", "simplify"):
        name, *more = command.split()
        assert main([name, "--latex", r"\nabla_x (x^\top x)", *more]) == 0
        assert capsys.readouterr().out in ("2*x\n", "2*v\n", "2*x + 2*dx\n")
    assert main(["diff", "--latex", r"\nabla_x (x^\top y)", "--wrt", "x,y"]) == 2
    assert "asks for a derivative by x" in capsys.readouterr().err


def test_transposes_before_the_whole_are_said() -> None:
    for formula in (
        r"\frac{\partial x^\top x}{\partial x^\top}",
        r"\frac{\partial (A x)^\top}{\partial x}",
    ):
        assert "is its transpose" in read_latex(formula).notes[0]
