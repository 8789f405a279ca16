"""The precedence table of grammar/README.md, pair by pair, and the spellings of every operator."""

import pytest

from matcalc.core.walk import fold
from matcalc.read.syntax.nodes import SyntaxNode, children
from matcalc.read.syntax.parser import parse

LEVELS = [("+", "-"), ("*", "/", "\\", ".*", "./"), ("^", ".^")]
PAIRS = [
    (low, high)
    for k, level in enumerate(LEVELS)
    for low in level
    for tighter in LEVELS[k + 1 :]
    for high in tighter
]
SAME = [(a, b) for level in LEVELS[:2] for a in level for b in level]
COMPARED = ["<", "<=", ">", ">=", "==", "!="]
POWERS = [(a, b) for a in LEVELS[2] for b in LEVELS[2]]


def shown(text: str) -> str:
    """The tree of the last statement with every operation in brackets."""

    def rule(node: SyntaxNode, args: list[str]) -> str:
        if node.kind == "call":
            return f"{node.value}({', '.join(args)})"
        if node.kind in ("number", "name"):
            return str(node.value)
        if len(args) == 1:
            return f"({args[0]}')" if node.kind == "'" else f"(-{args[0]})"
        return f"({args[0]}{node.kind}{args[1]})"

    return fold(parse(text)[-1].body, children, rule)


@pytest.mark.parametrize(("low", "high"), PAIRS, ids=lambda op: op)
def test_tighter_operator_on_either_side(low: str, high: str) -> None:
    assert shown(f"a{low}b{high}c") == f"(a{low}(b{high}c))"
    assert shown(f"a{high}b{low}c") == f"((a{high}b){low}c)"


@pytest.mark.parametrize("sign", COMPARED)
def test_comparison_is_loosest(sign: str) -> None:
    assert shown(f"a + b{sign}c*d - e") == f"((a+b){sign}((c*d)-e))"
    assert shown(f"(a{sign}b).*c") == f"((a{sign}b).*c)"
    assert shown(f"max(a{sign}b, c)") == f"max((a{sign}b), c)"


@pytest.mark.parametrize(("spelling", "sign"), [("≤", "<="), ("≥", ">="), ("≠", "!=")])
def test_spellings_of_comparisons(spelling: str, sign: str) -> None:
    assert shown(f"a{spelling}b") == f"(a{sign}b)"


@pytest.mark.parametrize(("first", "second"), SAME, ids=lambda op: op)
def test_one_level_goes_from_the_left(first: str, second: str) -> None:
    assert shown(f"a{first}b{second}c") == f"((a{first}b){second}c)"


@pytest.mark.parametrize(("first", "second"), POWERS, ids=lambda op: op)
def test_powers_go_from_the_right(first: str, second: str) -> None:
    assert shown(f"a{first}b{second}c") == f"(a{first}(b{second}c))"


@pytest.mark.parametrize("op", [op for level in LEVELS for op in level])
def test_transpose_is_tighter_than(op: str) -> None:
    assert shown(f"a{op}b'") == f"(a{op}(b'))"
    assert shown(f"a'{op}b") == f"((a'){op}b)"


@pytest.mark.parametrize("op", [op for level in LEVELS[:2] for op in level])
def test_minus_as_a_prefix_is_tighter_than(op: str) -> None:
    assert shown(f"-a{op}b") == f"((-a){op}b)"
    assert shown(f"a{op}-b") == f"(a{op}(-b))"


@pytest.mark.parametrize("op", LEVELS[2])
def test_minus_as_a_prefix_is_looser_than(op: str) -> None:
    assert shown(f"-a{op}b") == f"(-(a{op}b))"
    assert shown(f"a{op}-b") == f"(a{op}(-b))"
    assert shown(f"a{op}-b{op}c") == f"(a{op}(-(b{op}c)))"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        pytest.param("-x'", "(-(x'))", id="minus-transpose"),
        pytest.param("B*-inv(A)", "(B*(-inv(A)))", id="minus-in-product"),
        pytest.param("a - -b", "(a-(-b))", id="minus-minus"),
        pytest.param("a--b", "(a-(-b))", id="minus-minus-close"),
        pytest.param("+a + +b", "(a+b)", id="plus-as-prefix"),
        pytest.param("2^-1", "(2^(-1))", id="negative-exponent"),
        pytest.param("2^+1", "(2^1)", id="positive-exponent"),
        pytest.param("x.^-1", "(x.^(-1))", id="negative-entry-exponent"),
        pytest.param("2^3^2", "(2^(3^2))", id="tower"),
        pytest.param("A'^2", "((A')^2)", id="transpose-power"),
        pytest.param("A''", "((A')')", id="transpose-twice"),
        pytest.param("x'.^2", "((x').^2)", id="transpose-entry-power"),
        pytest.param("a./b*c", "((a./b)*c)", id="mixed-quotient-product"),
        pytest.param("a/b.*c", "((a/b).*c)", id="mixed-product-quotient"),
        pytest.param("2.*x", "(2.*x)", id="point-belongs-to-operator"),
        pytest.param("2..*x", "(2.*x)", id="point-of-number-and-operator"),
        pytest.param("2.*.5", "(2.*1/2)", id="number-without-leading-digit"),
        pytest.param("1./x", "(1./x)", id="one-over"),
        pytest.param("2.^x", "(2.^x)", id="two-to-entries"),
        pytest.param("2.+x", "(2+x)", id="number-ending-in-point"),
        pytest.param("A.*B'", "(A.*(B'))", id="entrywise-transpose"),
        pytest.param("A.T*x", "((A')*x)", id="dot-T"),
        pytest.param("2.T", "(2')", id="number-dot-T"),
        pytest.param("X^T*y", "((X')*y)", id="power-T"),
        pytest.param("X ^ T*y", "((X')*y)", id="power-T-spaced"),
        pytest.param("X^T^2", "((X')^2)", id="power-T-power"),
        pytest.param("X^T1", "(X^T1)", id="power-of-longer-name"),
        pytest.param("Xᵀ*y", "((X')*y)", id="superscript-T"),
        pytest.param("X⊤*y", "((X')*y)", id="top"),
        pytest.param("X.'*y", "((X')*y)", id="octave"),
        pytest.param("a**b", "(a^b)", id="double-star"),
        pytest.param("a.**b", "(a.^b)", id="point-double-star"),
        pytest.param("A@B", "(A*B)", id="at"),
        pytest.param("a−b", "(a-b)", id="unicode-minus"),
        pytest.param("a⊙b", "(a.*b)", id="circled-dot"),
        pytest.param("A⊗B*c", "((A⊗B)*c)", id="kronecker"),
        pytest.param("-x²", "(-(x^2))", id="squared"),
        pytest.param("2^x³", "(2^(x^3))", id="cubed"),
        pytest.param("A⁻¹*b", "((A^-1)*b)", id="inverse"),
        pytest.param("1e-5*x", "(1/100000*x)", id="exponent-notation"),
        pytest.param("1.5E+2", "150", id="exponent-notation-capital"),
        pytest.param("0.1", "1/10", id="decimals-are-exact"),
        pytest.param("((a))", "a", id="brackets"),
        pytest.param("λ*Σ", "(λ*Σ)", id="greek"),
    ],
)
def test_reading(text: str, tree: str) -> None:
    assert shown(text) == tree


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        pytest.param("r = A*x; r'*r", ["definition r", "value "], id="semicolon"),
        pytest.param("r = A*x\nr'*r", ["definition r", "value "], id="new-line"),
        pytest.param(
            "\n\n r = A*x ;\n;\n r'*r ; \n", ["definition r", "value "], id="many-separators"
        ),
        pytest.param("A: symmetric(n); tr(A)", ["declaration A", "value "], id="declaration"),
        pytest.param("a +\n b", ["value "], id="line-goes-on-after-operator"),
        pytest.param("f(a,\n b\n)", ["value "], id="line-goes-on-in-brackets"),
        pytest.param("a\n-b", ["value ", "value "], id="line-ends-before-operator"),
        pytest.param("a;\r\nb", ["value ", "value "], id="carriage-return"),
    ],
)
def test_statements(text: str, roles: list[str]) -> None:
    assert [f"{statement.role} {statement.name}" for statement in parse(text)] == roles


def test_spans_enclose_brackets_and_signs() -> None:
    text = "  (a + b)*-(c)'"
    node = parse(text)[0].body
    assert text[node.start : node.end] == "(a + b)*-(c)'"
    assert [text[arg.start : arg.end] for arg in node.args] == ["(a + b)", "-(c)'"]
    assert node.mark is not None
    assert text[node.mark.start : node.mark.end] == "*"
