"""What is refused before any name has a meaning: input, class, column of the caret (from 0), part
of the message or hint.
"""

import pytest

from matcalc.core.errors import MatcalcError, ParseError, UnknownNameError
from matcalc.read.frontend import read


@pytest.mark.parametrize(
    ("text", "kind", "column", "part"),
    [
        pytest.param("", ParseError, 0, "no expression", id="empty"),
        pytest.param("  \n ; ", ParseError, 5, "no expression", id="separators-alone"),
        pytest.param("x +", ParseError, 3, "the text ends where a name", id="end-after-operator"),
        pytest.param(
            "x +  \n",
            ParseError,
            3,
            "the text ends where a name",
            id="end-after-operator-and-blanks",
        ),
        pytest.param("(x", ParseError, 2, "column 1 is not closed", id="unclosed"),
        pytest.param("a; f((x)", ParseError, 8, "column 5 is not closed", id="unclosed-second"),
        pytest.param("x)", ParseError, 1, "this ) has no opening (", id="unopened"),
        pytest.param(
            "(a;b)", ParseError, 2, "the statement ends, but )", id="separator-in-brackets"
        ),
        pytest.param("()", ParseError, 1, "is expected here, not )", id="empty-brackets"),
        pytest.param("exp(x,)", ParseError, 6, "is expected here, not )", id="missing-argument"),
        pytest.param("*x", ParseError, 0, "is expected here, not *", id="operator-first"),
        pytest.param("a*/b", ParseError, 2, "is expected here, not /", id="two-operators"),
        pytest.param("1/2x", ParseError, 3, "write 1/2*x, or 1/(2*x)", id="implicit-product"),
        pytest.param("x y", ParseError, 2, "write x*y", id="implicit-product-of-names"),
        pytest.param("x (y)", UnknownNameError, 0, "unknown function x", id="call-of-a-variable"),
        pytest.param("(x)(y)", ParseError, 3, "write (x)*(y)", id="implicit-product-of-brackets"),
        pytest.param("x, y", ParseError, 1, "separates the arguments", id="comma"),
        pytest.param("a = b = c", ParseError, 6, "name = expression", id="two-definitions"),
        pytest.param("2 = a", ParseError, 2, "leave one side out", id="number-defined"),
        pytest.param(
            "a < b < 1",
            ParseError,
            6,
            "(0 < x).*(x < 1) is 1 where both hold",
            id="two-comparisons",
        ),
        pytest.param("a > 0 & b > 0", ParseError, 6, "write .* for both", id="and"),
        pytest.param("a + b: scalar", ParseError, 5, "name: kind", id="declaration-inside"),
        pytest.param("A[1}", ParseError, 3, "[ ] for blocks and entries", id="curly-bracket"),
        pytest.param("x.y", ParseError, 1, "write x'*y", id="attribute"),
        pytest.param("x’*y", ParseError, 1, "write '", id="curly-quote"),
        pytest.param("Ａ*x", ParseError, 0, "write A", id="fullwidth-letter"),
        pytest.param("２*x", ParseError, 0, "write 2", id="fullwidth-digit"),
        pytest.param("x₁", ParseError, 1, "write x[1]", id="subscript"),
        pytest.param(
            "а*x", ParseError, 0, "Cyrillic letter that looks like the Latin a", id="cyrillic"
        ),
        pytest.param(
            "Α*x",
            ParseError,
            0,
            "Greek letter that looks like the Latin A",
            id="greek-capital-alpha",
        ),
        pytest.param("x·y", ParseError, 1, "write *", id="middle-dot"),
        pytest.param("x×y", ParseError, 1, "write *", id="times-sign"),
        pytest.param("a–b", ParseError, 1, "write -", id="dash"),
        pytest.param("é*x", ParseError, 0, "names are made of", id="accent"),
        pytest.param("_x", ParseError, 0, "names are made of", id="underscore-first"),
        pytest.param("x\x00y", ParseError, 1, "U+0000", id="nul"),
        pytest.param("x\x1b[0m", ParseError, 1, "U+001B", id="escape"),
        pytest.param("x\u00a0+ y", ParseError, 1, "ordinary space", id="no-break-space"),
        pytest.param("x\u202e", ParseError, 1, "U+202E", id="right-to-left-override"),
        pytest.param("x" * 100_000, ParseError, 65_536, "at most 65,536", id="too-long"),
        pytest.param(
            "(" * 10_000 + "x" + ")" * 10_000,
            ParseError,
            3_000,
            "more than 3,000 levels",
            id="too-deep",
        ),
        pytest.param(
            "2*1e99999999999", ParseError, 2, "more than 1,000 digits", id="huge-exponent"
        ),
        pytest.param("9" * 5_000, ParseError, 0, "more than 1,000 digits", id="huge-number"),
        pytest.param("x; y", ParseError, 0, "not used", id="two-values"),
        pytest.param(
            "x\n-y",
            ParseError,
            0,
            "inside brackets and after an operator",
            id="line-break-before-operator",
        ),
        pytest.param("r = x;", ParseError, 5, "no expression after", id="definition-alone"),
        pytest.param("A: scalar", ParseError, 9, "no expression after", id="declaration-alone"),
        pytest.param(
            "A: foo(n); A", UnknownNameError, 3, "the kinds are scalar", id="unknown-kind"
        ),
        pytest.param("A: 2; A", UnknownNameError, 3, "is not a kind", id="number-as-kind"),
        pytest.param(
            "A: matrix(n); A",
            UnknownNameError,
            3,
            "takes two dimensions, not 1",
            id="too-few-dimensions",
        ),
        pytest.param(
            "a: scalar(n); a",
            UnknownNameError,
            3,
            "takes no dimension, not 1",
            id="dimension-of-a-scalar",
        ),
        pytest.param("x: vector(0); x", ParseError, 10, "positive integer", id="dimension-zero"),
        pytest.param(
            "x: vector(n-n); x",
            ParseError,
            10,
            "a dimension is a name",
            id="dimension-that-vanishes",
        ),
        pytest.param(
            "a: scalar; a: scalar; a", UnknownNameError, 11, "declared twice", id="declared-twice"
        ),
        pytest.param(
            "a: scalar; a = 2; a",
            UnknownNameError,
            11,
            "declared and defined",
            id="declared-and-defined",
        ),
        pytest.param("a = 1; a = 2; a", UnknownNameError, 7, "defined twice", id="defined-twice"),
        pytest.param(
            "a = a + 1; a",
            UnknownNameError,
            0,
            "used before its definition",
            id="defined-by-itself",
        ),
        pytest.param(
            "b = a; a = 1; b",
            UnknownNameError,
            7,
            "used before its definition",
            id="defined-too-late",
        ),
    ],
)
def test_refused(text: str, kind: type[MatcalcError], column: int, part: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        read(text)
    problem = caught.value
    assert type(problem) is kind
    assert problem.source == text
    assert problem.span is not None
    assert problem.span.start == column
    assert part in f"{problem.message}\n{problem.hint}"


@pytest.mark.parametrize(
    ("declarations", "kind", "part"),
    [
        pytest.param(["A"], ParseError, "a declaration is", id="name-alone"),
        pytest.param(
            ["A: matrix(m, n)", "A: scalar"], UnknownNameError, "declared twice", id="twice"
        ),
        pytest.param(["A: matrix(m, n"], ParseError, "not closed", id="unclosed"),
        pytest.param([""], ParseError, "no declaration", id="empty"),
        pytest.param(
            {"A": "matrx(m, n)"}, UnknownNameError, "matrx(m, n) is not a kind", id="misspelt"
        ),
        pytest.param({"A": "x = 2"}, ParseError, "a kind is expected", id="definition"),
        pytest.param({"A b": "scalar"}, ParseError, "operator is missing", id="two-names"),
        pytest.param({"2": "scalar"}, UnknownNameError, "'2' is not a name", id="number"),
        pytest.param(["A is symmetric"], ParseError, 'write "A: symmetric"', id="is"),
        pytest.param([r"\Sigma: psd(n)"], ParseError, "write Sigma: psd(n)", id="latex"),
        pytest.param({r"\Sigma": "psd(n)"}, ParseError, "write Sigma", id="latex-name"),
        pytest.param(["A psd(n)"], ParseError, 'write "A: psd(n)"', id="no-colon"),
        pytest.param(["A is a symmetric matrix"], ParseError, 'write "A: sym', id="a-matrix"),
        pytest.param({"A": "sym"}, UnknownNameError, "did you mean symmetric?", id="short"),
        pytest.param({"A": "diag(n)"}, UnknownNameError, "diagonal(n)?", id="short-with-size"),
    ],
)
def test_declarations_refused(
    declarations: dict[str, str] | list[str], kind: type[MatcalcError], part: str
) -> None:
    with pytest.raises(MatcalcError) as caught:
        read("x", declarations)
    problem = caught.value
    assert type(problem) is kind
    assert problem.source is not None
    assert problem.span is not None
    assert part in f"{problem.message}\n{problem.hint}"


def test_an_unknown_kind_is_no_product() -> None:
    with pytest.raises(UnknownNameError) as caught:
        read("x", ["A: laplacian"])
    assert caught.value.hint is not None
    assert "dot(A, laplacian)" not in caught.value.hint


def test_caret_at_the_end_stands_behind_the_last_character() -> None:
    with pytest.raises(ParseError) as caught:
        read("x'*A*")
    assert str(caught.value).splitlines()[1:3] == ["  x'*A*", "       ^"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("-" * 5_000 + "x", id="signs"),
        pytest.param("x" + "'" * 5_000, id="transposes"),
        pytest.param("+".join(["x"] * 4_000), id="sum"),
        pytest.param("*".join(["A"] * 4_000), id="product"),
        pytest.param("^".join(["2"] * 4_000), id="tower"),
        pytest.param("(" * 2_999 + "x" + ")" * 2_999, id="brackets"),
        pytest.param("exp(" * 3_000 + "x" + ")" * 3_000, id="calls"),
    ],
)
def test_deep_and_long_input_is_read(text: str) -> None:
    assert read(text).source == text
