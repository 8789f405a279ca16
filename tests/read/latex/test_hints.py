r"""What people copy from papers, course notes and chats, and cannot be read as it stands: the error
names what stands there, and what its hint says to write is read and means what was meant.

Each row has the formula, words of the message, and by what the hint says to write (``part => new``
for a part of the formula) the meaning in the expression language; None is for what need only be
readable.
"""

from __future__ import annotations

import pytest

from matcalc.claims.equality import EQUAL, decide
from matcalc.core.errors import MatcalcError
from matcalc.read.frontend import read
from matcalc.read.tex.read import read_latex

Offers = dict[str, str | None]

ROWS: list[tuple[str, str, Offers]] = [
    # numbers and equations
    (r"0,5 x^\top x", "has a decimal point, not a comma", {"0,5 => 0.5": "x'*x/2"}),
    (r"0{,}5\, x^\top x", "has a decimal point, not a comma", {"0{,}5 => 0.5": "x'*x/2"}),
    (r"1{,}000 x^\top x", "not a comma", {"1{,}000 => 1.000": "x'*x", "1{,}000 => 1000": None}),
    (r"L = \|x\|^2 = x^\top x", "is written in two ways", {}),
    (r"\begin{align} L &= \|x\|^2 \\ &= x^\top x \end{align}", "is written in two ways", {}),
    (r"\|x\|_2 = \sqrt{x^\top x}", "is not a name", {}),
    (r"z^l = W x", "z^l is not a name", {"z^l => z_{l}": "W*x"}),
    (r"\frac{\partial f}{\partial x} = A x", "is not a name", {}),
    # what is not a variable
    (r"\text{minimize } x^\top x", "the word minimize is not a variable", {}),
    (r"x^\top x \text{ subject to } x", "subject to", {}),
    (r"\min_{w,b} \|X w - y\|^2", "may be the minimum over a set", {}),
    (r"\max_{\|x\| \le 1} a^\top x", "may be the maximum over a set", {}),
    (r"\operatorname*{arg\,min}_x x^\top x", "over a set", {}),
    (r"x - \eta \nabla L(x)", r"\nabla does not name its variable", {}),
    (r"D_x (x^\top A x)", "D_x may be the derivative with respect to x or a matrix", {}),
    (r"\Delta_x \|x\|^2", "may be the Laplacian with respect to x or a factor", {}),
    (r"\Delta_x \exp(-x^\top x)", "may be the Laplacian with respect to x or a factor", {}),
    # sums
    (r"\sum_k c^k / k", "nothing says where k ends", {r"\sum_k => \sum_{k=1}^{n}": None}),
    # bars
    (
        r"D_{KL}(p \| q)",
        "does not close",
        {r"\| => \parallel": "kl(p, q)", r"D_{KL}(p \| q) => \sum_i p_i \log\frac{p_i}{q_i}": None},
    ),
    (r"\langle x | y \rangle", "does not close", {r"| => ,": "x'*y"}),
    (r"P_{k|k-1} x", "does not close", {r"P_{k|k-1} => P_{\mathrm{pred}}": None}),
    # entry by entry
    (
        r"\frac{1}{1 + e^{-x}}",
        "cannot divide by a vector",
        {r"1 \oslash (1 + e^{-x})": "sigmoid(x)", "x: scalar": "x: scalar; 1/(1 + exp(-x))"},
    ),
    (
        r"\mathbb{1}[x > 0] x",
        "cannot multiply a vector by a vector",
        {r"(\mathbb{1}[x > 0]) \odot x": "max(x, 0)"},
    ),
    (r"e^{-(x-\mu)^2}", "a power of a vector", {"x: scalar": "x: scalar; exp(-(x - mu)^2)"}),
    (
        r"\max(0, x)^2",
        "a power of a vector",
        {
            r"\lVert \max(0, x) \rVert^2": "norm2(max(x, 0))^2",
            r"\max(0, x)^{\odot 2}": "max(x, 0).^2",
        },
    ),
    # commands and environments
    (r"\vx^\top \mathbf{A} \vx", r"unknown command \vx", {r"\vx => \mathbf{x}": "x'*A*x"}),
    (r"x^\T A x", r"unknown command \T", {r"^\T => ^\top": "x'*A*x"}),
    (r"\inner{x}{y}", r"unknown command \inner", {r"\inner{x}{y} => \langle x, y \rangle": "x'*y"}),
    (r"\begin{vmatrix} a & b \\ c & d \end{vmatrix}", "the environment vmatrix", {}),
    (r"x \in \mathbb{R}^n", r"unknown command \in", {}),
    (r"f(x)", "may be a function or a product", {r"f => f \cdot": None}),
    (r"f^2(A x)", "may be a function or a product", {r"f^2 => f^2 \cdot": "f^2*(A*x)"}),
    (r"W^{[1]} x", "may be an index or a power", {"W^{[1]} => W_{1}": None}),
]
READ = [
    (r"\[ \frac{1}{2} x^\top A x \]", "x'*A*x/2"),
    (r"$$\displaystyle x^\top\!A\,x$$", "x'*A*x"),
    (r"\left. x^\top x \right.", "x'*x"),
    (r"\norm{x}^2", "x'*x"),
    (r"\norm*{A x}_1 + \abs{x^\top y}", "norm1(A*x) + abs(x'*y)"),
    (r"\frac{\norm{x}}{2}", "norm2(x)/2"),
    (r"x^\top x \tag{3} \label{eq:a}", "x'*x"),
    (r"\begin{eqnarray*} x^\top x \end{eqnarray*}", "x'*x"),
    (r"\sqrt{\vphantom{A} x^\top x}", "norm2(x)"),
    (r"D_{KL}(p \parallel q)", "kl(p, q)"),
    (r"\mathrm{KL}(p \parallel q)", "kl(p, q)"),
]


def rows(table: list[tuple]) -> list[object]:
    return [pytest.param(*row, id=row[0]) for row in table]


def written(formula: str, offer: str) -> tuple[str, dict[str, str]]:
    """The formula as the hint says, and what it says to declare."""
    part, arrow, new = offer.partition(" => ")
    if arrow:
        return formula.replace(part, new), {}
    name, colon, kind = offer.partition(": ")
    return (formula, {name: kind}) if colon else (offer, {})


@pytest.mark.parametrize(("formula", "words", "offers"), rows(ROWS))
def test_is_refused_and_its_hint_can_be_followed(formula: str, words: str, offers: Offers) -> None:
    with pytest.raises(MatcalcError) as caught:
        read_latex(formula)
    assert words in caught.value.message
    assert caught.value.span is not None
    hint = caught.value.hint
    assert hint
    for offer, meant in offers.items():
        assert offer.rpartition(" => ")[2] in hint
        found = read_latex(*written(formula, offer))
        if meant is not None:
            assert decide(found, read(meant)).verdict == EQUAL


@pytest.mark.parametrize(("formula", "meant"), rows(READ))
def test_is_read(formula: str, meant: str) -> None:
    assert decide(read_latex(formula), read(meant)).verdict == EQUAL


def test_long_texts() -> None:
    assert str(read_latex(r"\left. " * 4_000 + "x" + r"\right. " * 4_000).expr) == "variable('x')"
    with pytest.raises(MatcalcError):
        read("a" * 60_000 + " (")
