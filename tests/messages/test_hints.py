"""Hints are followed: what a hint says to write or to declare is read, and means what was meant."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from matcalc.claims.equality import EQUAL, decide
from matcalc.core.errors import MatcalcError, ParseError
from matcalc.core.program import Program
from matcalc.read.frontend import read
from matcalc.read.syntax.parser import parse

TESTS = Path(__file__).parents[1]

GIVEN = [
    "A: matrix(n, n)",
    "X: matrix(m, n)",
    "x: vector(n)",
    "y: vector(n)",
    "z: vector(m)",
    "t: scalar",
]

# the text, and what the hint says to write or to declare -> the meaning
DECLARED = [
    pytest.param("1/x", {"1./x": "1./x", "x: scalar": "x: scalar; 1/x"}, id="one-over"),
    pytest.param(
        "x/y", {"x./y": "x./y", "y: scalar": None, "x: scalar and y: scalar": None}, id="quotient"
    ),
    pytest.param(
        "k*x",
        {
            "k'*x": "k'*x",
            "k*x'": "k*x'",
            "k.*x": "k.*x",
            "k: scalar": "k: scalar; k*x",
            "x: scalar": "x: scalar; k*x",
        },
        id="product",
    ),
]
# what is read as it would be with these declarations, and says so
READ = [
    pytest.param("norm2(v - W*rho)^2", "rho: vector", id="greek-coefficients"),
    pytest.param("expm(W*t)*v", "t: scalar", id="time"),
    pytest.param("exp(-k*v'*v)/k", "k: scalar", id="rate"),
    pytest.param("1/(1 + exp(-theta'*v))", "theta: vector", id="logistic"),
    pytest.param("norm(W*v - u)^2/(2*n)", "n: scalar", id="mean-square"),
    pytest.param("norm(u - W*beta)^2/(2*n)", "beta: vector; n: scalar", id="two-letters"),
    pytest.param("W\\b", "b: vector", id="right-side"),
    pytest.param("a[1]", "a: vector", id="entry"),
    pytest.param("[x1, x2]*[a, b; b, c]*[x1; x2]", "x1: scalar; x2: scalar", id="block-of-numbers"),
]
# the text; the part of it that the hint writes anew (None: all); what it says to write -> the
# meaning, None where that is for other shapes
REWRITTEN = [
    pytest.param(
        "x*y",
        None,
        {"x'*y": "dot(x, y)", "x*y'": "outer(x, y)", "x.*y": "diag(x)*y"},
        id="columns",
    ),
    pytest.param(
        "x'*y'", None, {"x'*y": "dot(x, y)", "x*y'": "outer(x, y)", "x'.*y'": "(x.*y)'"}, id="rows"
    ),
    pytest.param("A*x'", None, {"A*x": "A*x", "x'*A": "x'*A"}, id="matrix-and-row"),
    pytest.param("x*A", None, {"x'*A": "x'*A"}, id="column-and-matrix"),
    pytest.param("X*z", None, {"X'*z": "X'*z"}, id="transposed"),
    pytest.param("1/x", None, {"1./x": "1./x"}, id="one-over"),
    pytest.param("t/(x + y)", None, {"t./(x + y)": "t./(x + y)"}, id="over-a-sum"),
    pytest.param("x/A", None, {"A\\x": "inv(A)*x", "inv(A)*x": "inv(A)*x"}, id="over-a-matrix"),
    pytest.param("t/A", None, {"t./A": "t./A", "inv(A)": "inv(A)"}, id="scalar-over-a-matrix"),
    pytest.param("A\\t", None, {"inv(A)": "inv(A)"}, id="system-of-a-scalar"),
    pytest.param("A\\x'", None, {"A\\x": "inv(A)*x"}, id="system-of-a-row"),
    pytest.param("x\\A", None, {"A./x": None}, id="system-of-a-column"),
    pytest.param("x^2", None, {"x.^2": "x.*x", "x'*x": "sum(x.^2)"}, id="square"),
    pytest.param("x²", None, {"x.^2": "x.*x", "x'*x": "sum(x.^2)"}, id="square-sign"),
    pytest.param("(x - y)^{-1/2}", None, {"(x - y).^(-1/2)": "1./sqrt(x - y)"}, id="power"),
    pytest.param("t^x", None, {"t.^x": "exp(log(t)*x)"}, id="exponents"),
    pytest.param("A^H", None, {"A'": "A'"}, id="hermitian"),
    pytest.param("A^-T", None, {"inv(A)'": "inv(A')"}, id="inverse-transpose"),
    pytest.param("x' + y", None, {"x + y": "x + y"}, id="row-and-column"),
    pytest.param("x.*y'", None, {"x.*y": "x.*y"}, id="column-and-row"),
    pytest.param("max(x', y)", "x'", {"x": "max(x, y)"}, id="row-in-a-function"),
    pytest.param(
        "X - z", "z", {"z*ones'": "X - z*ones(n)'", "ones*z'": None}, id="column-from-a-matrix"
    ),
    pytest.param(
        "X - x'", "x'", {"x*ones'": None, "ones*x'": "X - ones(m)*x'"}, id="row-from-a-matrix"
    ),
    # functions
    pytest.param("tr(x)", None, {"tr(diag(x))": "sum(x)"}, id="trace"),
    pytest.param("expm(x)", None, {"expm(diag(x))": "diag(exp(x))"}, id="exponential"),
    pytest.param("pinv(x)", None, {"x'/(x'*x)": "x'/norm2(x)^2"}, id="pseudo-inverse"),
    pytest.param("sum(x, 1)", None, {"sum(x)": "sum(x)"}, id="sum"),
    pytest.param(
        "softmax(X)",
        None,
        {
            "softmax(X, 2)": "softmax(X, 2)",
            "softmax(X, 1)": "softmax(X, 1)",
            "softmax(vec(X))": "softmax(vec(X))",
        },
        id="softmax",
    ),
    pytest.param(
        "|X|", None, {"abs(X)": "abs(X)", "norm2(X)": "norm2(X)"}, id="bars-of-a-rectangle"
    ),
    pytest.param("sum(|A|)", "|A|", {"abs(A)": "norm1(A)", "det(A)": "det(A)"}, id="bars"),
    pytest.param("|x| + y", "|x|", {"abs(x)": "abs(x) + y", "norm2(x)": None}, id="bars-in-a-sum"),
    pytest.param(
        "normp(x, 1/2)",
        None,
        {"sum(abs(x).^(1/2))^(1/(1/2))": "sum(sqrt(abs(x)))^2"},
        id="half-norm",
    ),
    pytest.param(
        "norm(A, 1)",
        None,
        {
            "max(sum(abs(A), 1))": "max(sum(abs(A), 1))",
            "norm1(A)": "sum(abs(A))",
            "norm2(A, 1)": "norm2(A, 1)",
        },
        id="norm-1",
    ),
    pytest.param(
        "norm(A, 2)",
        None,
        {"specnorm(A)": "‖A‖_2", "norm2(A)": "‖A‖_F", "norm2(A, 2)": "norm2(A, 2)"},
        id="norm-2",
    ),
    pytest.param(
        "norm(A, inf)",
        None,
        {"max(sum(abs(A), 2))": "max(sum(abs(A), 2))", "max(abs(A))": "max(abs(A))"},
        id="norm-inf",
    ),
    # entries
    pytest.param("X[1]", None, {"X[1, :]": "X[1, :]", "X[:, 1]": "X[:, 1]"}, id="one-place"),
    pytest.param("x[1, 2]", None, {"x[1]": "x[1]"}, id="two-places"),
    pytest.param("x[0]", "0", {"1": "x[1]"}, id="entry-0"),
    pytest.param("x[-1]", "-1", {"end": "x[n]"}, id="last-entry"),
    pytest.param("X[-3, 1]", "-3", {"end - 2": "X[m - 2, 1]"}, id="entry-from-the-end"),
    pytest.param("x[1:]", None, {"x[2:end]": "x[2:n]", "x[1:end]": "x[1:n]"}, id="slice"),
    pytest.param("X[:-1, 0]", None, {"X[1:end - 1, 1]": "X[1:m - 1, 1]"}, id="slice-of-a-matrix"),
    pytest.param("A(:,1)", None, {"A[:, 1]": "A[:, 1]"}, id="matlab"),
    pytest.param("x(3)", None, {"x[3]": "x[3]", "x*(3)": "3*x"}, id="matlab-entry"),
    # products
    pytest.param("x'Ax", None, {"x'*A*x": "dot(x, A*x)", "x'*Ax": "x'*Ax"}, id="quadratic-form"),
    pytest.param(
        "(x - y)'A(x - y)",
        None,
        {"(x - y)'*A*(x - y)": "dot(x - y, A*(x - y))", "(x - y)'*A(x - y)": None},
        id="call-in-a-product",
    ),
    pytest.param(
        "1/2x'*y", None, {"1/2*x'*y": "dot(x, y)/2", "1/(2*x'*y)": "1/(2*dot(x, y))"}, id="half"
    ),
    pytest.param(
        "2/3x'*y + t",
        None,
        {"2/3*x'*y": "2*dot(x, y)/3", "2/(3*x'*y)": "2/(3*dot(x, y))"},
        id="two-thirds",
    ),
    pytest.param(
        "1/2||x - y||^2",
        None,
        {"1/2*||x - y||^2": "norm2(x - y)^2/2", "1/(2*||x - y||^2)": "1/(2*norm2(x - y)^2)"},
        id="half-a-norm",
    ),
    pytest.param(
        "t/2norm2(x)^2*t/2",
        None,
        {
            "t/2*norm2(x)^2*t/2": "t^2/4*norm2(x)^2",
            "t/(2*norm2(x)^2*t)/2": "1/(4*norm2(x)^2)",
        },
        id="half-between-divisions",
    ),
    pytest.param("X(:)", None, {"vec(X)": "vec(X)"}, id="matlab-all-entries"),
    pytest.param("sum(X(:).^2)", "X(:)", {"vec(X)": "norm2(X)^2"}, id="matlab-all-squares"),
    pytest.param("sin^2(t)", None, {"sin(t).^2": "sin(t)*sin(t)"}, id="power-of-a-sine"),
    pytest.param("sin^2(x)", None, {"sin(x).^2": "sin(x).*sin(x)"}, id="power-of-sines"),
    pytest.param("det^2(A)", None, {"det(A)^2": "det(A)*det(A)"}, id="power-of-a-determinant"),
    pytest.param("x*'y", None, {"x'*y": "dot(x, y)"}, id="transpose-behind-the-sign"),
    pytest.param("[t 2]", None, {"[t, 2]": "[t, 2]", "[t*2]": "2*t"}, id="blocks"),
    pytest.param(
        "e^(-t)", None, {"exp(-t)": "1/exp(t)", "e: scalar": "e: scalar; e^(-t)"}, id="euler"
    ),
    pytest.param(
        "np.sum(A*A)", "A*A", {"A @ A": "sum(A^2)", "A.*A": "sum(A.^2)"}, id="python-product"
    ),
    pytest.param(
        "np.sum(A**2)", "A**2", {"A.^2": "sum(A.*A)", "A^2": "sum(A*A)"}, id="python-power"
    ),
    pytest.param(
        "np.sum(A/A)",
        "A/A",
        {"A./A": "sum(A./A)", "A @ inv(A)": "sum(A*inv(A))"},
        id="python-quotient",
    ),
    pytest.param("X.sum(0)", None, {"sum(X, 1)": "ones'*X"}, id="python-axis"),
    pytest.param("X.sum(axis=1)", None, {"sum(X, 2)": "X*ones"}, id="python-axis-by-name"),
    pytest.param("(A @ A).sum(0)", None, {"sum((A @ A), 1)": "ones'*A^2"}, id="axis-of-a-product"),
    pytest.param(
        "torch.softmax(A @ A, dim=1)", None, {"softmax(A @ A, 2)": "softmax(A^2, 2)"}, id="dim"
    ),
    pytest.param(
        "np.linalg.norm(x - y, ord=1)", None, {"norm(x - y, 1)": "norm1(x - y)"}, id="argument-name"
    ),
    pytest.param("1[t > 0]", None, {"(t > 0)": "t > 0"}, id="indicator"),
    pytest.param("A^+*x", "A^+", {"A'": "A'*x", "pinv(A)": "pinv(A)*x"}, id="pseudo-inverse"),
    pytest.param("y <- A*x", None, {"y = A*x": None, "y < -A*x": "y < -A*x"}, id="assignment-in-r"),
    pytest.param("x' %*% A %*% x", None, {"x' * A * x": "x'*A*x"}, id="product-in-r"),
    pytest.param("t + exp.(x .+ t)", None, {"t + exp(x + t)": "t + exp(x + t)"}, id="julia"),
    pytest.param("diag(3)*A", "diag(3)", {"eye(3)": None, "3": "3*A"}, id="diag-of-a-number"),
    pytest.param("1'*x", "1'", {"ones'": "sum(x)"}, id="transposed-one"),
    pytest.param("if(a > b, a, b)", None, {"where(a > b, a, b)": "where(a > b, a, b)"}, id="if"),
    pytest.param("square(x)", None, {"x.^2": "x.*x"}, id="square"),
    pytest.param("inner(x, y)", None, {"x'*y": "y'*x"}, id="inner"),
    pytest.param("mldivide(A, x)", None, {"A\\x": "inv(A)*x"}, id="mldivide"),
    pytest.param("rms(x)", None, {"sqrt(mean(x.^2))": "norm2(x)/sqrt(n)"}, id="rms"),
    pytest.param("clip(x, a, b)", None, {"min(max(x, a), b)": "min(max(a, x), b)"}, id="clip"),
    pytest.param("colSums(X)", None, {"sum(X, 1)": "ones'*X"}, id="sums-in-r"),
    pytest.param("crossprod(X)", None, {"X'*X": "X'*X"}, id="cross-product-in-r"),
    pytest.param(
        "A^*", None, {"A'": "A'", "pinv(A)": "pinv(A)", "ctranspose(A)": None}, id="starred"
    ),
    pytest.param("⟨x, y⟩", None, {"dot(x, y)": "x'*y"}, id="angles"),
    pytest.param("<x, y>", None, {"dot(x, y)": "x'*y"}, id="less-and-greater"),
    pytest.param("A[0]", None, {"A[1, :]": "A[1, :]", "A[:, 1]": "A[:, 1]"}, id="row-0"),
    pytest.param(
        "sum(x[i]*x[i+1] for i in range(n-1))",
        None,
        {"sum[i=1:n-1](x[i]*x[i+1])": "sum[i=1:n-1](x[i]*x[i+1])"},
        id="range",
    ),
]


def hint_of(text: str, given: list[str]) -> str:
    with pytest.raises(MatcalcError) as caught:
        read(text, given)
    return str(caught.value.hint)


def follow(text: str, part: str | None, given: list[str], written: str) -> Program:
    """The program with the declaration, or with the part (None: all) as the hint writes it."""
    if re.match(r"\w+: ", written):
        return read(text, [*given, *written.split(" and ")])
    return read(written if part is None else text.replace(part, written), given)


def check(text: str, part: str | None, given: list[str], meanings: dict[str, str | None]) -> None:
    rest = hint_of(text, given)
    for written, meant in sorted(meanings.items(), key=lambda item: -len(item[0])):
        assert written in rest
        rest = rest.replace(written, "", 1)
        if meant is not None:
            followed, wanted = follow(text, part, given, written), read(meant, given)
            assert followed.expr.shape == wanted.expr.shape
            assert followed.expr.row == wanted.expr.row
            assert decide(followed, wanted).verdict == EQUAL
    assert not re.search(r"[()*^\[\]\\]|\w'", rest), (
        f"nobody followed this part of the hint: {rest}"
    )


@pytest.mark.parametrize(("text", "meanings"), DECLARED)
def test_declarations_that_hints_ask_for(text: str, meanings: dict[str, str | None]) -> None:
    check(text, None, [], meanings)


@pytest.mark.parametrize("text", ["[a -b]*x", "[1, x' -x']", "[x[1] +x[2]; 3]", "[-a -b, 1]"])
def test_spaces_that_separate_blocks_elsewhere(text: str) -> None:
    with pytest.raises(ParseError, match="may make two blocks or one") as caught:
        read(text)
    assert caught.value.span is not None
    place = caught.value.span.start
    for written in (f"{text[:place]},{text[place:]}", f"{text[: place + 1]} {text[place + 1 :]}"):
        assert parse(written)


@pytest.mark.parametrize(
    "text", ["[a - b]*x", "[a, -b]", "x[n -1]", "[(a -b), 1]", "sum[i=2:n](x[i -1])"]
)
def test_spaces_that_separate_nothing(text: str) -> None:
    assert parse(text)


@pytest.mark.parametrize(("text", "declarations"), READ)
def test_what_is_read_without_declarations(text: str, declarations: str) -> None:
    program, declared = read(text), read(f"{declarations}; {text}")
    assert str(program.expr) == str(declared.expr)
    kinds = [
        {name: variable.kind for name, variable in each.variables.items()}
        for each in (program, declared)
    ]
    assert kinds[0] == kinds[1]  # the names of the sizes are in another order
    assert [note.split()[1] for note in program.notes] == re.findall(r"(\w+):", declarations)


@pytest.mark.parametrize(("text", "part", "meanings"), REWRITTEN)
def test_what_hints_say_to_write(
    text: str, part: str | None, meanings: dict[str, str | None]
) -> None:
    check(text, part, GIVEN, meanings)


def written_in(hint: str) -> list[str]:
    """What a hint says to write, up to the word that says when."""
    found = []
    for start in (match.end() for match in re.finditer(r"\b(?:write|did you mean) ", hint)):
        depth, end = 0, start
        while end < len(hint) and (depth or not STOP.match(hint, end)):
            depth += (hint[end] in "([") - (hint[end] in ")]")
            end += 1
        found.append(hint[start:end].strip())
    return found


STOP = re.compile(r",? (?:for|entry|to|where|if|with|or|instead|is|of|in|here)\b|[,;?:]")


def table(place: str) -> list[tuple[str, str, int, tuple[str, ...]]]:
    """The texts and hints of a table of errors, where there is something to write."""
    path = TESTS / place
    spec = importlib.util.spec_from_file_location(path.stem + "_rows", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rows = [param.values for param in module.test_refused.pytestmark[0].args[1]]
    given = [] if place.startswith("read/syntax") and "spellings" not in place else module.GIVEN
    found = []
    for text, *_ in rows:
        if len(text) < 60:
            with pytest.raises(MatcalcError) as caught:
                read(text, given)
            hint = str(caught.value.hint)
            assert caught.value.span is not None
            column = caught.value.span.start
            found += [
                (text, piece, column, tuple(given))
                for piece in written_in(hint)
                if text[:2] != "A:"
            ]
    return found


TABLES = (
    "read/syntax/test_errors.py",
    "read/syntax/test_unicode.py",
    "read/syntax/test_spellings.py",
    "read/shapes/test_errors.py",
)
# what has another meaning: characters to type, and functions with an argument to be filled in
FRAGMENTS = re.compile(r"\.\.\.|^[.*'()0-9A-Za-z^-]{1,2}$|=|^;")


@pytest.mark.parametrize("place", TABLES)
def test_every_hint_of_the_tables_can_be_followed(place: str) -> None:
    followed = 0
    for text, written, column, given in table(place):
        if FRAGMENTS.search(written):
            continue
        spans = [(i, j) for i in range(column + 1) for j in range(len(text), column, -1)]
        readings = (text[:i] + written + text[j:] for i, j in spans)
        known = given if place.startswith("read/shapes") else None
        assert any(readable(reading, known) for reading in readings), (text, written)
        followed += 1
    assert followed > 3


def readable(text: str, given: tuple[str, ...] | None) -> bool:
    try:
        parse(text) if given is None else read(text, given)
    except MatcalcError:
        return False
    return True
