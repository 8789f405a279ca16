r"""|a| is the absolute value of a number, the norm of a vector and the determinant of a matrix, in
LaTeX and in the language; a note says so, and where the absolute values of the entries would fit it
is refused.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from matcalc.claims.equality import EQUAL, decide
from matcalc.core.errors import ShapeError
from matcalc.core.program import Program
from matcalc.read.frontend import read
from matcalc.read.tex.read import read_latex

# the text, what is declared, its meaning, and words of the notes (empty: there is none)
READ = [
    (read, "|a|*|b - c|", [], "abs(a)*abs(b - c)", ""),
    (read, "|x|", [], "norm2(x)", 'the norm of a vector; write abs(x) entry by entry; declare "x'),
    (read, "|A*x - y|^2", [], "norm2(A*x - y)^2", "the norm of a vector"),
    (read, "|x|*x", ["x: vector(3)"], "norm2(x)*x", "the norm of a vector"),
    (
        read,
        "|A|",
        [],
        "det(A)",
        'write abs(A) entry by entry; declare "A: scalar"',
    ),
    (read, "|Sigma|*inv(Sigma)", [], "det(Sigma)*inv(Sigma)", "the determinant"),
    (read, "log(|Sigma|)", [], "log(det(Sigma))", ""),
    (read, "|x'*A*x|", [], "abs(x'*A*x)", ""),
    (read, "x^2 + |x|", [], "x: scalar; x^2 + abs(x)", "x is read as scalar"),
    (read, "(x + |x|)/2", [], "x: scalar; max(x, 0)", "x is read as scalar"),
    (read, "|x| + y", [], "y: scalar; norm2(x) + y", "y is read as scalar"),
    (read_latex, r"|x|", [], "norm2(x)", r"write \operatorname{abs}(x) entry by entry"),
    (read_latex, r"\left|x\right|", ["x: scalar"], "abs(x)", ""),
    (read_latex, r"\frac{\mathbf{r}}{|\mathbf{r}|^3}", [], "r/norm2(r)^3", "|\\mathbf{r}| is read"),
    (read_latex, r"e^{-|x|}/|x|", [], "exp(-norm2(x))/norm2(x)", "the norm of a vector"),
    (read_latex, r"\log|A^\top A|", [], "log(det(A'*A))", ""),
    (read_latex, r"|A| A^{-\top}", [], "det(A)*inv(A)'", "the determinant"),
    (read_latex, r"\sum_i |x_i|", [], "norm1(x)", ""),
    (read_latex, r"\sum_i |\mathbf{x}_i|^2", [], "norm2(X)^2", "the norm of a vector"),
    (
        read_latex,
        r"\sum_{i<j} \frac{q_i q_j}{|\mathbf{r}_i - \mathbf{r}_j|}",
        [],
        "sum[i<j](q[i]*q[j]/norm2(R[i,:] - R[j,:]))",
        "the norm of a vector",
    ),
    (
        read_latex,
        r"\sum_{i<j} |r_i - r_j|",
        [],
        "sum[i<j](abs(r[i] - r[j]))",
        "r_i is read as a number; declare R as a matrix",
    ),
]
# where the entries would fit
REFUSED = [
    (read, "sum(|x|)", [], "sum(abs(x))"),
    (read, "max(|A*x - b|)", [], "max(abs(A*x - b))"),
    (read, "|x| + y", ["x: vector(n)", "y: vector(n)"], "abs(x) + y"),
    (read, "ones'*|x|", [], "norm1(x)"),
    (read, "x'*|A|*y", [], "x'*abs(A)*y"),
    (read, "|x|'*y", [], "abs(x)'*y"),
    (read, "y./|x|", ["x: vector(n)", "y: vector(n)"], "y./abs(x)"),
    (read, "|X|", ["X: matrix(m, n)"], "abs(X)"),
    (read_latex, r"\mathbf{1}^\top |x|", [], "norm1(x)"),
    (read_latex, r"\mathbf{1}^\top |A| \mathbf{1}", [], "norm1(A)"),
    (read_latex, r"|\mathbf{x}| \odot \mathbf{y}", [], "abs(x).*y"),
    (read_latex, r"\langle |x|, y \rangle", [], "abs(x)'*y"),
    (read_latex, r"\operatorname{sum}(|Ax - b|)", [], "norm1(A*x - b)"),
]
Read = Callable[..., Program]


@pytest.mark.parametrize(("door", "text", "declared", "meant", "words"), READ)
def test_is_read(door: Read, text: str, declared: list[str], meant: str, words: str) -> None:
    found = door(text, declared)
    assert decide(found, read(meant, declared)).verdict == EQUAL
    notes = [note for note in found.notes if " is bold" not in note]
    assert any(words in note for note in notes) if words else not notes


@pytest.mark.parametrize(("door", "text", "declared", "meant"), REFUSED)
def test_is_refused_and_the_hint_gives_the_entries(
    door: Read, text: str, declared: list[str], meant: str
) -> None:
    with pytest.raises(ShapeError) as caught:
        door(text, declared)
    assert caught.value.span is not None
    hint = str(caught.value.hint)
    written = hint.removeprefix("write ").partition(" entry by entry")[0]
    inside = written.removeprefix(r"\operatorname{abs}(").removeprefix("abs(").removesuffix(")")
    followed = door(text.replace(f"|{inside}|", written), declared)
    assert decide(followed, read(meant, declared)).verdict == EQUAL
