"""Notes: what they offer to declare can be read and means something else; counts, intercepts."""

from __future__ import annotations

import pytest

from matcalc.core.notes import read_offer
from matcalc.read.frontend import read
from matcalc.read.tex.read import read_latex

# letters that are numbers where numbers stand: the text, and the kinds of letters
NUMBERS = [
    ("m/2*log(det(S))", {"m": "scalar"}),
    ("(m - 1)/2*log(det(S)) + tr(S)", {"m": "scalar"}),
    ("k*x'*x", {"k": "scalar"}),
    ("k*x'*A*x", {"k": "scalar"}),
    ("2*n*norm2(x)^2", {"n": "scalar"}),
    ("l*tr(X'*X)", {"l": "scalar"}),
    ("N*log(det(S))", {"N": "scalar"}),
    ("T/2*norm2(x)^2", {"T": "scalar"}),
    ("-N/2*log(2*pi) - N/2*log(det(S))", {"N": "scalar"}),
    # a vector by convention, with a note; and letters that are used as vectors, without
    ("r*x'*x", {"r": "vector(n)"}),
    ("t*tr(X)", {"t": "vector(n)"}),
    ("x + m*sum(y)", {"m": "vector(n)"}),
    # a vector by convention, where numbers stand
    ("log(1 + exp(-y*w'*x))", {"y": "scalar"}),
    ("max(0, 1 - y*(w'*x + b))", {"y": "scalar"}),
    ("-y*log(norm2(x)) - (1 - y)*log(1 - norm2(x))", {"y": "scalar"}),
    ("exp(t*x'*x)", {"t": "scalar"}),
    ("log(1 + exp(-y*w'*x)) + z'*y", {"y": "vector(n)"}),
    # intercepts
    ("sum((y - a - b*x).^2)", {"a": "scalar", "b": "scalar"}),
    ("sum((y - (a + b*x)).^2)", {"a": "scalar"}),
    ("sum((y - b*x - a).^2)", {"a": "scalar"}),
    ("norm2(y - alpha - beta*x)^2", {"alpha": "scalar"}),
    ("sum(exp(y - a - b*x))", {"a": "scalar"}),
    ("a*x + b", {"a": "scalar", "b": "vector(n)"}),
    ("norm2(A*x - c*y - b)^2", {"b": "vector(n)"}),
    ("norm2(x + alpha*p - b)^2", {"b": "vector(n)"}),
    ("norm2(x - a)^2", {"a": "vector(n)"}),
]
SILENT = [
    "u*v'*x",
    "x*x'*y",
    "k*k'*x",
    "s*y'*x - s",
    "x*norm2(y)",
    "A*tr(B)",
    "r*r'*A*r",
    "w*sum(x)",
    "sum(log(1 + exp(-y*w'*x)))",
    "A*z + 2*y*w'*x",
]
# what has notes otherwise
NOTED = [
    "pi*A + x",
    "X + c",
    "inv(t)*A",
    "det(a)",
    "a'*a",
    "A*x - b",
    "logdet(s)",
    "tr(c)",
    "softmax(b)",
    "a*x'",
    "A*(b + x)",
    "2*c + A",
    "y./c",
    "c.*x",
    "tr(t)*A",
    "expm(A*t)*x",
    "norm(X*beta - y)^2/(2*n)",
    "x'*x/n",
    "norm2(X*w - y)^2/m",
    "a'*X*b",
    "X - mu",
    "1/m*sum((X*w - y).^2)",
]
LATEX = [
    r"c^\top x",
    r"\|Ax - b\|^2",
    r"a^\top X b",
    r"\sum_i a_i \log x_i",
    r"(x - \mu)^\top \Sigma^{-1} (x - \mu)",
    r"\theta^\top \theta + \lambda",
]


def follow(note: str, program, again) -> None:
    for name, kind in read_offer(note).items():
        other = again({name: kind})
        before, after = program.variables[name], other.variables[name]
        assert (before.kind, len(before.dims)) != (after.kind, len(after.dims))
        assert not any(line.startswith(f"note: {name} ") for line in other.notes)


@pytest.mark.parametrize("text", [*NOTED, *(text for text, _ in NUMBERS)])
def test_what_a_note_offers_can_be_read(text: str) -> None:
    program = read(text)
    assert program.notes
    for note in program.notes:
        follow(note, program, lambda more: read(text, more))


@pytest.mark.parametrize("formula", LATEX)
def test_what_a_note_on_latex_offers_can_be_read(formula: str) -> None:
    program = read_latex(formula)
    assert program.notes
    for note in program.notes:
        follow(note, program, lambda more: read_latex(formula, more))


@pytest.mark.parametrize("text", ["inv(t)*A", "expm(A*t)*x", "x'*x/n", "logdet(s)"])
def test_what_cannot_be_read_is_not_offered(text: str) -> None:
    (note,) = read(text).notes
    assert "has no meaning for a vector" in note
    assert not read_offer(note)


@pytest.mark.parametrize(("text", "kinds"), NUMBERS)
def test_letters_that_count(text: str, kinds: dict[str, str]) -> None:
    program = read(text)
    assert {name: str(program.variables[name]) for name in kinds} == kinds
    assert program.notes


@pytest.mark.parametrize("text", ["T + c", "a - T", "sum(T + 2*b)", "c.*T"])
def test_a_number_beside_an_array(text: str) -> None:
    program = read(text, {"T": "tensor(n, n, n)"})
    assert program.notes == ()
    assert not any(each.dims for name, each in program.variables.items() if name != "T")


@pytest.mark.parametrize("text", SILENT)
def test_letters_that_are_plainly_vectors(text: str) -> None:
    assert read(text).notes == ()
