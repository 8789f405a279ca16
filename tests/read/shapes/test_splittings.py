"""Sizes that fit together in several ways: the natural one is taken, and said."""

from __future__ import annotations

import pytest

from matcalc.read.frontend import read, read_pair
from matcalc.read.tex.read import read_latex

# the text, what is declared, the kinds that are taken, and others that fit as well
CHOSEN = [
    (
        "vec(X)'*kron(A, B)*vec(X)",
        {},
        {"X": "matrix(n, m)", "A": "matrix(m, m)", "B": "matrix(n, n)"},
        {"X": "matrix(2, 6)", "A": "matrix(4, 4)", "B": "matrix(3, 3)"},
    ),
    (
        "vec(X)'*kron(A, B)*vec(X)",
        {"X": "matrix(p, q)"},
        {"A": "matrix(q, q)", "B": "matrix(p, p)"},
        {"X": "matrix(2, 6)", "A": "matrix(4, 2)", "B": "matrix(3, 6)"},
    ),
    (
        "kron(A, B)*vec(X)",
        {},
        {"A": "matrix(n, m)", "B": "matrix(p, q)", "X": "matrix(q, m)"},
        {"A": "matrix(5, 4)", "B": "matrix(5, 3)", "X": "matrix(4, 3)"},
    ),
    (
        "vec(X)'*kron(A, B)*vec(Y)",
        {},
        {
            "X": "matrix(n, m)",
            "A": "matrix(m, p)",
            "B": "matrix(n, q)",
            "Y": "matrix(q, p)",
        },
        {"X": "matrix(2, 2)", "A": "matrix(4, 3)", "B": "matrix(1, 3)", "Y": "matrix(9, 1)"},
    ),
    (
        "khatrirao(A, B)'*vec(X)",
        {},
        {"A": "matrix(n, m)", "B": "matrix(p, m)", "X": "matrix(p, n)"},
        {"A": "matrix(2, 3)", "B": "matrix(3, 3)", "X": "matrix(6, 1)"},
    ),
    (
        "kron(x, y) - vec(X)",
        {},
        {"x": "vector(n)", "y": "vector(m)", "X": "matrix(m, n)"},
        {"x": "vector(2)", "y": "vector(3)", "X": "matrix(2, 3)"},
    ),
    (
        "commutation(m, n)*vec(X)",
        {},
        {"X": "matrix(m, n)"},
        {"X": "matrix(n, m)"},
    ),
    ("reshape(X, m, n)", {}, {"X": "matrix(m, n)"}, {"X": "matrix(n, m)"}),
    (
        "vec(X)'*vec(Y)",
        {},
        {"X": "matrix(n, m)", "Y": "matrix(n, m)"},
        {"X": "matrix(2, 3)", "Y": "matrix(3, 2)"},
    ),
]
# where nothing is chosen
FIXED = [
    ("kron(A, B)*x", {}),
    ("vec(A*X*B) - kron(B', A)*vec(X)", {}),
    ("vec(X)'*vec(Y)", {"X": "matrix(m, n)", "Y": "matrix(m, n)"}),
    ("kron(A, B)*vec(X)", {"A": "matrix(m, n)", "X": "matrix(p, n)"}),
    ("vech(A) - vech(B)", {}),
    ("kron(A, A)*vec(X) - vec(X)", {"A": "symmetric", "X": "symmetric"}),
    ("kron(A, A) - kron(B, B)", {"A": "symmetric", "B": "symmetric"}),
    ("[A, B; C, D]*x", {}),
    ("[A, B]*[x; y]", {}),
    ("x'*blkdiag(A, B)*x", {}),
    ("reshape(x, m, n)*y", {}),
]


@pytest.mark.parametrize(("text", "declared", "kinds", "others"), CHOSEN)
def test_a_choice_is_said(
    text: str, declared: dict[str, str], kinds: dict[str, str], others: dict[str, str]
) -> None:
    program = read(text, declared)
    assert {name: str(program.variables[name]) for name in kinds} == kinds
    (note,) = program.notes
    assert "fit together in several ways" in note
    assert all(f"{name} " in note and f" as {kind}" in note for name, kind in kinds.items())
    assert read(text, {**declared, **others}).notes == ()


@pytest.mark.parametrize(("text", "declared"), FIXED)
def test_nothing_is_said_where_nothing_is_chosen(text: str, declared: dict[str, str]) -> None:
    assert read(text, declared).notes == ()


def test_the_taken_one_is_that_of_the_identity() -> None:
    """vec(B*X*A') = kron(A, B)*vec(X)."""
    one, other = read_pair("vec(B*X*A')", "kron(A, B)*vec(X)")
    assert one.notes == ()
    alone = read("kron(A, B)*vec(X)")
    for program in (one, alone):
        rows, columns = program.variables["X"].dims
        assert program.variables["B"].dims[1] == rows
        assert program.variables["A"].dims[1] == columns
    assert other.variables.keys() == {"A", "B", "X"}


def test_in_latex() -> None:
    (note,) = read_latex(r"\operatorname{vec}(X)^\top (A \otimes B) \operatorname{vec}(X)").notes
    assert "X is read as matrix(n, m), A as matrix(m, m) and B as matrix(n, n)" in note
