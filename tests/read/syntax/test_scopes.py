"""Definitions in brackets hold in these brackets, and an answer that names its parts can be put
into any expression.
"""

import pytest

import matcalc
from matcalc.core.errors import MatcalcError
from matcalc.read.syntax.parser import parse

MEANINGS = [
    pytest.param("y'*(M*x where M = A'*A) + 1", "y'*(A'*A*x) + 1", id="in-a-sum"),
    pytest.param(
        "(M*x where M = A'*A) + (M*y where M = B'*B)", "A'*A*x + B'*B*y", id="one-name-twice"
    ),
    pytest.param("(M*x where M = A'*A) + M*y", "A'*A*x + M*y", id="a-variable-outside"),
    pytest.param(
        "M*y + (M*x where M = M'*M)", "M*y + M'*M*x", id="the-value-outside-makes-that-inside"
    ),
    pytest.param(
        "(M*x where M = A'*A) + M_2*y where M_2 = M", "A'*A*x + M*y", id="the-new-name-is-taken"
    ),
    pytest.param(
        "tr(M*M where M = A'*A) + x'*x",
        "tr(A'*A*(A'*A)) + x'*x",
        id="in-the-brackets-of-a-function",
    ),
    pytest.param(
        "((M where M = N*N) where N = A + A')*x", "(A + A')*(A + A')*x", id="nested-in-the-value"
    ),
    pytest.param(
        "(M*x where M = (N'*N where N = A), x = y) + y", "A'*A*y + y", id="nested-in-a-definition"
    ),
    pytest.param("(M where M = A)*(M where M = A')", "A*A'", id="the-value-is-a-name"),
    pytest.param("((N where N = M) where M = A)'", "A'", id="names-of-names"),
    pytest.param(
        "(a*b where a = sum(x), b = a + 1)*x", "sum(x)*(sum(x) + 1)*x", id="one-after-the-other"
    ),
    pytest.param("(M*x where M = A'*A;\nx = y)'", "(A'*A*y)'", id="semicolon"),
    pytest.param("N = A; tr(M where M = N*N)", "tr(A*A)", id="definitions-before"),
    pytest.param("r'*(r where r = A*x) where r = y", "y'*(A*x)", id="behind-both"),
]


@pytest.mark.parametrize(("text", "plain"), MEANINGS)
def test_definitions_in_brackets(text: str, plain: str) -> None:
    variables = {"A": "matrix(n, n)", "x": "vector(n)", "y": "vector(n)"}
    inside = {name: kind for name, kind in variables.items() if name in plain}
    if "x" in text and "x" not in plain:
        inside.pop("x", None)
    assert str(matcalc.parse(text, inside)) == str(matcalc.parse(plain, inside))


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("(M where M = A, M = B)*x", 16, "M is defined twice"),
        ("(x where x)", 10, "= is expected here, not )"),
        ("(x where x = y)*(y where y = )", 29, ""),
        ("x: (vector(n) where n = 3); x", 20, "a declaration holds no definitions"),
        ("(N*x where M = A)*N; x", 0, "this value is not used"),
    ],
)
def test_refused(text: str, column: int, message: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        matcalc.parse(text)
    assert message in str(caught.value)
    assert caught.value.span is not None
    assert caught.value.span.start == column


def test_what_is_declared_outside_is_hidden_inside() -> None:
    assert str(matcalc.parse("M: matrix(n, n); (M*x where M = A'*A) + M*y")) == "A'*A*x + M*y"


@pytest.mark.parametrize(
    ("text", "variable"), [("log(det(A*diag(x)*A' + B))*x'*x", "x"), ("tr(inv(X'*C*X)*D)", "X")]
)
def test_an_answer_is_put_into_brackets(text: str, variable: str) -> None:
    answer = matcalc.parse(text).diff(variable)
    long = answer.text(cse=True)
    assert " where " in long
    again = matcalc.parse(f"sum(2*({long})) - sum(({long}) + ({long}))", answer.variables)
    assert str(again.simplify()) == "0"


def test_deep_scopes() -> None:
    depth = 1_500
    statements = parse("(" * depth + "a" + "".join(f" where a = a{k})" for k in range(depth)))
    assert len(statements) == depth + 1
    assert len({each.name for each in statements}) == depth + 1
