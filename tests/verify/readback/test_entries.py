"""LaTeX of answers by entries is read back: every wrong sign, place, limit and case is found, and
nothing that is right is refused.
"""

import pytest

import matcalc
from matcalc.core.errors import VerificationError
from matcalc.verify.readback.latex import latex_says
from matcalc.write.printers import latex_indexed
from matcalc.write.printers.latex import latex, with_head

KINDS = {
    "A": "matrix(m, n)",
    "W": "matrix(n, n)",
    "V": "invertible(n)",
    "U": "matrix(n, p)",
    "X": "matrix(m, n)",
    "Z": "matrix(m, n)",
    "B": "matrix(p, n)",
    "T": "tensor(n, m, 3)",
    "x": "vector(n)",
    "y": "vector(n)",
    "z": "vector(m)",
    "r": "vector(3)",
    "s": "vector(3)",
    "F": "function(matrix(n, n)) -> matrix(n, n)",
    "g": "function(scalar) -> scalar",
}

# an expression, its variable, the notation, and changes of its LaTeX that make it wrong
ROWS = [
    (
        "A*Z'*A",
        "Z",
        "index",
        [("A_{i l}", "A_{l i}"), ("A_{k j}", "A_{k l}"), ("A_{i l} ", "-A_{i l} ")],
    ),
    ("inv(V)", "V", "index", [("{i k}", "{k i}"), ("{l j}", "{j l}"), ("-", "")]),
    ("W'*W", "W", "index", [(r"\delta_{i l}", r"\delta_{i k}"), (" + ", " - ")]),
    (
        "W'*W",
        "W",
        "cases",
        [(r"j \neq l", "j = l"), (r"\text{otherwise}", r"\text{if } i = k"), ("2 ", "3 ")],
    ),
    pytest.param(
        "kron(X, W)",
        "X",
        "index",
        [("(k - 1) n", "(k - 1) m"), ("q + (k", "k + (q")],
        marks=pytest.mark.slow,
    ),
    ("cross(r, s)*x'", "r", "index", [(r"{i k l}", r"{k i l}")]),
    ("Y[i] = sum[j=1:i](x[j]); Y*x'", "x", "index", [(r"\leq i", "< i"), ("= 1", "= 2")]),
    ("W[1:2, :]*W", "W", "index", [(r"\delta_{k i}", r"\delta_{k j}")]),
    ("[x; z]*y'", "x", "index", [(r"\delta_{i k}", r"\delta_{j k}")]),
    pytest.param(
        "frechet_expm(W, W)",
        "W",
        "index",
        [(r"\delta_{:, k}", r"\delta_{:, l}")],
        marks=pytest.mark.slow,
    ),
    ("F(W)*W", "W", "index", [("{i q k l}", "{q i k l}"), ("W_{q j}", "W_{j q}")]),
    ("g(X)", "X", "index", [("g'(", "g(")]),
    ("delta*x'", "delta", "index", [("_{i k}", "_{j k}")]),
    ('einsum("ijk,j->ik", T.*T, z)', "T", None, [(r"\delta_{j p}", r"\delta_{i p}")]),
    (
        "sum[i,j](sum[s](A[i,s]*B[j,s]) - log(sum[s](A[i,s]*B[j,s]^2)))",
        "B",
        None,
        [(r"\odot 2", r"\odot 3")],
    ),
    ("sum[i!=j](y[i]*y[j]/norm2(W[i,:] - W[j,:]))", "W", None, [(r"\neq", "<")]),
    ("sum(T, 3)", "T", None, [(r"\delta_{i k}", r"\delta_{i l}")]),
    ("T.^2", "T", None, [("2 ", "")]),
    (
        "Q[i,j,k] = T[i,j,k]*z[j]; sum[i,j,k](Q[i,j,k]^2*sum[l](T[i,l,k]))",
        "T",
        None,
        [(r"(T^{\odot 2})_{i l k}", r"(T^{\odot 2})_{i j k}")],
    ),
]


def shown(text, wrt, notation):
    """The tree, the formula, and the variables."""
    kinds = KINDS | ({"delta": "vector(n)"} if "delta" in text else {})
    found = matcalc.diff(text, wrt, variables=kinds)
    if notation is None:
        tree, variables = found.expand_shown(), found._program.variables
        return tree, found.latex(), variables
    written = found.in_notation(notation)
    (line,) = written._lines
    return line.tree, written.latex(), line.program.variables


@pytest.mark.parametrize(("text", "wrt", "notation", "changes"), ROWS)
def test_wrong_entries_are_found(text, wrt, notation, changes):
    tree, formula, variables = shown(text, wrt, notation)
    for old, new in changes:
        assert old in formula, formula
        wrong = formula.replace(old, new, 1)
        assert not latex_says(wrong, tree, variables, headed=True), wrong


def test_a_formula_without_its_head_gets_one():
    found = matcalc.diff("W'*W", "W", variables=KINDS).in_notation("index")
    (line,) = found._lines
    bare = latex(line.tree, named={})
    assert latex_says(bare, line.tree, line.program.variables)
    assert found.latex() == with_head(bare, line.tree, line.program.variables)


def test_a_wrong_place_is_not_shown(monkeypatch):
    usual = latex_indexed._place
    found = matcalc.diff("A*Z'*A", "Z", variables=KINDS)
    names = {"i": "k", "k": "i"}

    def turned(place, called):
        return names.get(text := usual(place, called), text)

    monkeypatch.setattr(latex_indexed, "_place", turned)
    for notation in ("index", "cases"):
        with pytest.raises(VerificationError, match="the LaTeX of this result"):
            found.in_notation(notation).latex()
    unverified = matcalc.diff("A*Z'*A", "Z", variables=KINDS, verify=False)
    assert unverified.in_notation("index").latex()
