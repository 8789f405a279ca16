r"""What people type from papers and other languages: read as it is meant with a note, or refused
with a hint that gives what is meant when it is followed.
"""

from __future__ import annotations

import pytest

import matcalc
from matcalc.claims.equality import EQUAL, decide
from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.verdict import judge
from matcalc.core.errors import MatcalcError
from matcalc.read.frontend import read
from matcalc.read.tex.read import read_latex

# the text, the hint's own text in it (empty: none), and what that means; "a: kind; ..." declares
HINTS = [
    ("x'(A+B)x", "x'*(A+B)*x", "x'*(A + B)*x"),
    ("x'(A)x + 1", "x'*(A)*x + 1", "x'*A*x + 1"),
    ("1/2x'(A+B)x", "1/2*x'*(A+B)*x", "x'*(A + B)*x/2"),
    ("diag(A)(1)", "diag(A)[1]", "A[1, 1]"),
    ("diag(A)(1)", "diag(A)*(1)", "diag(A)"),
    ("(A*x)(2) + 1", "(A*x)[2] + 1", "A[2, :]*x + 1"),
    ("inv(A)(1,:)", "inv(A)[1, :]", "inv(A)[1, :]"),
    ("inv(A)(1:2,end)", "inv(A)[1:2, end]", "inv(A)[1:2, end]"),
]
LATEX_HINTS = [
    (r"\sum_n e^{-\beta E_n}", "E: vector", "E: vector; sum(exp(-beta*E))"),
    (r"\hbar \omega", r"\mathit{hbar} \omega; hbar: scalar", "hbar: scalar; hbar*omega"),
    (r"q_1 q_2", '"q_1: scalar" and "q_2: scalar"', "q_1: scalar; q_2: scalar; q_1*q_2"),
    (r"\|x - x'\|^2", r"\|x - x_{\mathrm{new}}\|^2", "norm2(x - x_new)^2"),
    (r"x^\top x'", r"x^\top x_{\mathrm{new}}", "x'*x_new"),
    (r"\langle x, x' \rangle", r"\langle x, x_{\mathrm{new}} \rangle", "x'*x_new"),
    (r"\|r\|^2 + \|r'\|^2", r"\|r\|^2 + \|r_{\mathrm{new}}\|^2", "norm2(r)^2 + norm2(r_new)^2"),
    (r"y - x'", "y - x", "y - x"),
    (r"\mathbf{x_i}^\top A \mathbf{x}", "x_i: vector", "x_i'*A*x"),
    (r"\|x - x_k\|^2", "x_k: vector", "norm2(x - x_k)^2"),
    (r"\tanh(W h_{t-1})", r"\tanh(W h_{\mathrm{prev}})", "tanh(W*h_prev)"),
    (r"\rho(x - y)", r"\rho \cdot (x - y)", "rho*(x - y)"),
    (r"\delta(x - z)", r"\delta \cdot (x - z)", "delta*(x - z)"),
    (r"\sum_i \rho_\tau(y_i - z_i)", "rho_tau: function", ""),
    (r"\hat{\sigma}^2 = a", r"\hat{\sigma}_{2} = a", "a"),
]
# what is read, the meaning, and words of a note
NOTED = [
    (read_latex, r"(\mu_2-\mu_1)^\top S (\mu_2-\mu_1)", "(x - y)'*S*(x - y)", "(\\mu_2-\\mu_1) is"),
    (read_latex, r"(a + b)^\top A (a + b)", "(x + y)'*A*(x + y)", "(a + b) is transposed"),
    (read_latex, r"\vec{F}\cdot\vec{r}", "x'*y", ""),
    (read_latex, r"\vec{B}^\top \vec{B}", "x'*x", ""),
    (read_latex, r"\mathbf{F}\cdot\mathbf{r}", "A*x", 'declare "F: vector" otherwise'),
    (read_latex, r"\frac12 \omega^\top I \omega", "1/2*x'*eye*x", "I is read as the identity"),
    (read_latex, r"\lambda I + A", "lambda*eye + A", ""),
    (read, "norm2(A)", "norm2(A)", "the Frobenius norm of a matrix; write specnorm(A)"),
    (read, "norm(A - B)", "norm2(A - B)", "write specnorm(A - B) for the spectral norm"),
    (read, "norm2(A - B)^2", "norm2(A - B)^2", ""),
    (read, "norm2(A*x)", "norm2(A*x)", ""),
    (read, "norm2(A, 1)", "norm2(A, 1)", ""),
    (read, "norm(A, 'fro')", "norm(A, 'fro')", ""),
    (read, "np.linalg.norm(A)", "norm(A, 'fro')", ""),
    (read, "‖A‖_F", "norm(A, 'fro')", ""),
    (read_latex, r"\lVert A \rVert_F", "norm(A, 'fro')", ""),
]


def hint_of(text: str, *, latex: bool) -> str:
    with pytest.raises(MatcalcError) as caught:
        (read_latex if latex else read)(text)
    assert caught.value.span is not None
    return str(caught.value.hint)


@pytest.mark.parametrize(("text", "written", "meant"), HINTS)
def test_hints(text: str, written: str, meant: str) -> None:
    assert written in hint_of(text, latex=False)
    assert decide(read(written), read(meant)).verdict == EQUAL


@pytest.mark.parametrize(("formula", "offer", "meant"), LATEX_HINTS)
def test_hints_in_latex(formula: str, offer: str, meant: str) -> None:
    hint = hint_of(formula, latex=True)
    written, _, declared = offer.rpartition("; ")
    declared = declared.replace('"', "")
    if ": " not in declared:
        written, declared = offer, ""
    for word in [
        *declared.split(" and "),
        *(part for part in (r"\mathrm", r"\cdot") if part in written),
    ]:
        assert word in hint
    kinds = dict(each.split(": ") for each in declared.split(" and ")) if declared else {}
    found = read_latex(written or formula, kinds)
    if meant:
        assert decide(found, read(meant)).verdict == EQUAL


@pytest.mark.parametrize(("door", "text", "meant", "words"), NOTED)
def test_notes(door: type[read], text: str, meant: str, words: str) -> None:
    found, wanted = door(text), read(meant)
    kinds = [[v.kind for v in each.variables.values()] for each in (found, wanted)]
    assert kinds[0] == kinds[1]
    assert found.expr.shape == wanted.expr.shape or len(found.expr.shape) == len(wanted.expr.shape)
    own = [note for note in found.notes if "is read as a vector" not in note or words in note]
    assert any(words in note for note in own) if words else not own


def test_a_unit_vector_in_a_claim() -> None:
    with pytest.raises(MatcalcError) as caught:
        judge(Claim("logsumexp(x) - x[k]", "x", "softmax(x) - e_k"))
    assert "unit(k, n)" in str(caught.value.hint)
    assert judge(Claim("logsumexp(x) - x[k]", "x", "softmax(x) - unit(k, n)")).verdict == "proved"


def test_a_norm_of_a_matrix_is_a_warning() -> None:
    with pytest.warns(matcalc.NotationWarning, match="write specnorm"):
        matcalc.parse("norm2(A)")
