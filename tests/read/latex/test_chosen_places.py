r"""Places that one-hot vectors and matrices choose: X_{s_e} of an edge e, z_y of a label y; and
declarations with the letters of the formula.
"""

from __future__ import annotations

import pytest

from matcalc.claims.equality import EQUAL, decide
from matcalc.core.errors import MatcalcError
from matcalc.read.frontend import read
from matcalc.read.tex.read import read_latex

EDGES = {"s": "onehot(m, n)", "t": "onehot(m, n)"}
LABELS = {"y": "onehot(N, K)"}

# the formula, what is declared, and what it means in the language
READ = [
    (
        r"\sum_e w_e \|X_{s_e,:} - X_{t_e,:}\|^2",
        EDGES | {"X": "matrix(n, d)", "w": "vector(m)"},
        "sum[e](w[e]*norm2((s - t)[e,:]*X)^2)",
    ),
    (
        r"\sum_e w_e \|x_{s_e} - x_{t_e}\|^2",
        EDGES | {"X": "matrix(n, d)", "w": "vector(m)"},
        "sum[e](w[e]*norm2((s - t)[e,:]*X)^2)",
    ),
    (
        r"\sum_e w_e (x_{s_e} - x_{t_e})^2",
        EDGES | {"x": "vector(n)", "w": "vector(m)"},
        "sum(w.*((s - t)*x).^2)",
    ),
    (
        r"-\sum_{i=1}^N \log \frac{\exp(w_{y_i}^\top x_i)}{\sum_{j=1}^K \exp(w_j^\top x_i)}",
        LABELS | {"W": "matrix(K, d)", "X": "matrix(N, d)"},
        "-sum(y.*logsoftmax(X*W', 2))",
    ),
    (r"-\sum_{i=1}^N \log P_{i,y_i}", LABELS | {"P": "matrix(N, K)"}, "-sum(log((P.*y)*ones(K)))"),
    (r"-\sum_{i=1}^N \log P_{i y_i}", LABELS | {"P": "matrix(N, K)"}, "-sum(log((P.*y)*ones(K)))"),
    (
        r"-\log\frac{e^{w_y^\top x}}{\sum_{k=1}^K e^{w_k^\top x}}",
        {"y": "onehot(K)", "W": "matrix(K, n)"},
        "x: vector(n); -y'*logsoftmax(W*x)",
    ),
    (r"-z_y + \log\sum_k e^{z_k}", {"y": "onehot(K)", "z": "vector(K)"}, "logsumexp(z) - y'*z"),
    # declarations as in the formula
    (r"w^\top \Sigma w", {r"\Sigma": "psd(n)", "w": "vector(n)"}, "w'*Sigma*w"),
    (
        r"a^\top\Sigma_{xy}b",
        [r"\Sigma_{xy}: matrix(n, m), a: vector(n)", "b: vector(m)"],
        "Sigma_xy: matrix(n, m); a: vector(n); b: vector(m); a'*Sigma_xy*b",
    ),
]

# the formula, what is declared, words of the hint, what is declared by it, and the meaning then
HINTS = [
    (
        r"\sum_i x_{p_i}^2",
        {"x": "vector(n)"},
        "declare p: onehot(m, n)",
        {"p": "onehot(m, n)"},
        "norm2(p*x)^2",
    ),
    (
        r"\sum_e \|X_{s_e,:}\|^2",
        {"X": "matrix(n, d)"},
        "declare s: onehot(m, n)",
        {"s": "onehot(m, n)"},
        "norm2(s*X)^2",
    ),
]


@pytest.mark.parametrize(("formula", "declared", "meant"), READ, ids=[row[0] for row in READ])
def test_read(formula, declared, meant):
    plain = declared if isinstance(declared, dict) else {}
    known = {name.lstrip("\\"): kind for name, kind in plain.items()}
    assert decide(read_latex(formula, declared), read(meant, known)).verdict == EQUAL


@pytest.mark.parametrize(("formula", "declared", "words", "more", "meant"), HINTS)
def test_hints(formula, declared, words, more, meant):
    with pytest.raises(MatcalcError, match="is not an index") as caught:
        read_latex(formula, declared)
    assert words in (caught.value.hint or "")
    found = read_latex(formula, declared | more)
    assert decide(found, read(meant, declared | more)).verdict == EQUAL
