"""Shapes, kinds and normal forms of well-typed programs."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from matcalc.core.operations import ALIASES, OPERATIONS
from matcalc.core.tree import Expr
from matcalc.core.walk import fold
from matcalc.read.frontend import read
from matcalc.read.shapes.context import operands
from matcalc.read.shapes.shape_rules import _BY_SIGNATURE, _RULES

GIVEN = {
    "A": "matrix(m, n)",
    "B": "matrix(n, p)",
    "S": "symmetric(n)",
    "R": "matrix(m, m)",
    "x": "vector(n)",
    "y": "vector(n)",
    "z": "vector(m)",
    "s": "scalar",
    "t": "scalar",
    "F": "matrix(2, 3)",
}


def shape_of(expr: Expr) -> str:
    return ("row " if expr.row else "") + "(" + ", ".join(map(str, expr.shape)) + ")"


def tree_of(expr: Expr) -> str:
    """The typed tree as a formula with every operation in brackets."""

    def rule(part: Expr, args: list[str]) -> str:
        if part.op in ("number", "variable", "constant", "dimension"):
            return str(part.value)
        if part.op == "'":
            return f"{args[0]}'"
        if part.op == "neg":
            return f"(-{args[0]})"
        if part.op in ("+", "-", "*", "/", "^", ".*", "./", ".^"):
            return f"({args[0]}{part.op}{args[1]})"
        return f"{part.op}{shape_of(part) if part.op in ('eye', 'fill') else ''}({', '.join(args)})"

    return fold(expr, operands, rule)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("s", "()"),
        ("x", "(n)"),
        ("x'", "row (n)"),
        ("x''", "(n)"),
        ("A", "(m, n)"),
        ("A'", "(n, m)"),
        ("s*A", "(m, n)"),
        ("x*s", "(n)"),
        ("x'*s", "row (n)"),
        ("A*x", "(m)"),
        ("z'*A", "row (n)"),
        ("A*B", "(m, p)"),
        ("x'*y", "()"),
        ("x*z'", "(n, m)"),
        ("x'*y*z", "(m)"),
        ("A/s", "(m, n)"),
        ("sum(A, 1)", "row (n)"),
        ("sum(A, 2)", "(m)"),
        ("mean(A, 3 - 2)", "row (n)"),
        ("mean(R*A, 2)", "(m)"),
        ("s\\A", "(m, n)"),
        ("R\\z", "(m)"),
        ("R\\A", "(m, n)"),
        ("A'/R", "(n, m)"),
        ("z'/R", "row (m)"),
        ("x'/s", "row (n)"),
        ("A + s", "(m, n)"),
        ("s - x'", "row (n)"),
        ("x + y", "(n)"),
        ("x.*y", "(n)"),
        ("s.^A", "(m, n)"),
        ("A.^A", "(m, n)"),
        ("1./x", "(n)"),
        ("R^s", "(m, m)"),
        ("R^0", "(m, m)"),
        ("exp(x')", "row (n)"),
        ("exp(A)", "(m, n)"),
        ("max(x, 0)", "(n)"),
        ("min(s, A)", "(m, n)"),
        ("max(s, t)", "()"),
        ("tr(R)", "()"),
        ("det(A*A')", "()"),
        ("inv(R)", "(m, m)"),
        ("adj(R)", "(m, m)"),
        ("cof(S)", "(n, n)"),
        ("expm(S)", "(n, n)"),
        ("pinv(A)", "(n, m)"),
        ("sum(A)", "()"),
        ("mean(x')", "()"),
        ("norm1(A)", "()"),
        ("logsumexp(x)", "()"),
        ("norminf(x')", "()"),
        ("softmax(x)", "(n)"),
        ("softmax(x')", "row (n)"),
        ("diag(x)", "(n, n)"),
        ("diag(x')", "(n, n)"),
        ("diag(R)", "(m)"),
        ("vec(A)", "(m*n)"),
        ("vec(F)", "(6)"),
        ("vec(x)", "(n)"),
        ("vec(x')", "(n)"),
        ("kron(A, B)", "(m*n, n*p)"),
        ("kron(x, z)", "(m*n)"),
        ("kron(x', z')", "row (m*n)"),
        ("kron(x', z)", "(m, n)"),
        ("kron(x, z')", "(n, m)"),
        ("kron(A, x')", "(m, n*n)"),
        ("kron(x', A)", "(m, n*n)"),
        ("kron(A, x)", "(m*n, n)"),
        ("kron(x, F)", "(2*n, 3)"),
        ("A ⊗ B", "(m*n, n*p)"),
        ("kron(s, A)", "(m, n)"),
        ("dot(x, y')", "()"),
        ("dot(A, A)", "()"),
        ("outer(x', z)", "(n, m)"),
        ("polygamma(2, A)", "(m, n)"),
        ("besselj(0, x')", "row (n)"),
        ("mvlgamma(A, 3)", "(m, n)"),
        ("huber(s, x)", "(n)"),
        ("gamma(x)*s", "(n)"),
        ("gamma*x", "(n)"),
        ("entropy(A) + kl(x, y')", "()"),
        ("logsoftmax(x')", "row (n)"),
        ("frechet_expm(R, R, R)", "(m, m)"),
        ("frechet_power(R, 3, R)", "(m, m)"),
        ("frechet_power(R, s, R, R)", "(m, m)"),
        ("eye(n)", "(n, n)"),
        ("eye(2*n)", "(2*n, 2*n)"),
        ("eye*x", "(n)"),
        ("R + I", "(m, m)"),
        ("ones(3)", "(3)"),
        ("zeros(m, 2)", "(m, 2)"),
        ("x + ones", "(n)"),
        ("A - 2*ones", "(m, n)"),
        ("x' + exp(ones)", "row (n)"),
        ("ones.*A", "(m, n)"),
        ("ones'*x", "()"),
        ("x + vector(s)", "(n)"),
        ("A + matrix(1)", "(m, n)"),
        ("pi*x", "(n)"),
        ("n*x/m", "(n)"),
        ("r = A*x; r'*r", "()"),
        ("x^T", "row (n)"),
    ],
)
def test_shapes(text: str, shape: str) -> None:
    assert shape_of(read(text, GIVEN).expr) == shape


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("ln(x)", "log(x)"),
        ("trace(R)", "tr(R)"),
        ("arcsin(x)", "asin(x)"),
        ("normF(A)", "norm2(A)"),
        ("sum(A, 2)", "(A*fill(n)(1))"),
        ("mean(A, 1)", "((fill(m)(1)'*A)/m)"),
        ("R^-1", "inv(R)"),
        ("R\\z", "(inv(R)*z)"),
        ("R\\A*x", "((inv(R)*A)*x)"),
        ("z'/R", "(z'*inv(R))"),
        ("s\\x", "(x/s)"),
        ("R^(2 - 3)", "inv(R)"),
        ("R⁻¹", "inv(R)"),
        ("R^-2", "(R^-2)"),
        ("s^-1", "(s^-1)"),
        ("R^(4/2)", "(R^2)"),
        ("2.*x", "(2*x)"),
        ("x./s", "(x/s)"),
        ("s./x", "(s./x)"),
        ("s.*t", "(s*t)"),
        ("s.^t", "(s^t)"),
        ("x.^2", "(x.^2)"),
        ("tr(s)", "s"),
        ("det(s)", "s"),
        ("inv(s)", "(1/s)"),
        ("pinv(s)", "(1/s)"),
        ("logdet(s)", "log(abs(s))"),
        ("norm2(s)", "abs(s)"),
        ("norm1(s)", "abs(s)"),
        ("norminf(s)", "abs(s)"),
        ("sum(s) + mean(s)", "(s+s)"),
        ("logsumexp(s)", "s"),
        ("vec(s)", "s"),
        ("diag(s)", "s"),
        ("adj(s)", "1"),
        ("cof(s)", "1"),
        ("softmax(s)", "1"),
        ("expm(s)", "exp(s)"),
        ("s'", "s"),
        ("kron(s, x)", "(s*x)"),
        ("dot(s, t)", "(s*t)"),
        ("outer(s, t)", "(s*t)"),
        ("vec(x)", "x"),
        ("1e-5*s", "(1/100000*s)"),
        ("x + ones", "(x+fill(n)(1))"),
        ("A.*zeros", "(A.*fill(m, n)(0))"),
        ("x' - 2*ones", "(x'-(2*fillrow (n)(1)))"),
        ("n*s", "(n*s)"),
        ("tr(I*m)", "tr((eye(q, q)()*m))"),
        ("x^T", "x'"),
    ],
)
def test_normal_forms(text: str, tree: str) -> None:
    assert tree_of(read(text, GIVEN).expr) == tree


def kinds(text: str, given: Mapping[str, str]) -> dict[str, str]:
    return {name: str(variable) for name, variable in read(text, given).variables.items()}


@pytest.mark.parametrize(
    ("text", "given", "variables"),
    [
        pytest.param("x'*A*x", {}, {"x": "vector(n)", "A": "matrix(n, n)"}, id="square"),
        pytest.param(
            "A*x - b", {}, {"A": "matrix(n, m)", "x": "vector(m)", "b": "vector(n)"}, id="product"
        ),
        pytest.param(
            "A*x + n",
            {},
            {"A": "matrix(m, p)", "x": "vector(p)", "n": "vector(m)"},
            id="name-n-is-taken",
        ),
        pytest.param(
            "A*x",
            {"z": "vector(n)"},
            {"A": "matrix(m, p)", "x": "vector(p)", "z": "vector(n)"},
            id="n-is-a-size",
        ),
        pytest.param(
            "A*x",
            {"A": "matrix(3, k)"},
            {"A": "matrix(3, k)", "x": "vector(k)"},
            id="declared-fixes-undeclared",
        ),
        pytest.param(
            "y*x'",
            {"x": "vector(4)"},
            {"y": "vector(n)", "x": "vector(4)"},
            id="order-of-appearance",
        ),
        pytest.param(
            "x",
            {"z": "scalar", "y": "positive"},
            {"x": "vector(n)", "z": "scalar", "y": "positive"},
            id="unused",
        ),
        pytest.param(
            "x - vec(A)",
            {"A": "matrix(m, k)"},
            {"x": "vector(k*m)", "A": "matrix(m, k)"},
            id="product-dimension",
        ),
        pytest.param(
            "vec(X) - x",
            {"x": "vector(m*k)"},
            {"X": "matrix(m, k)", "x": "vector(k*m)"},
            id="factor-by-factor",
        ),
        pytest.param(
            "vec(X) - x + vec(X*S)",
            {"x": "vector(m*k)", "S": "skew(m)"},
            {"X": "matrix(k, m)"},
            id="decided-later",
        ),
        pytest.param(
            "kron(eye(2), X)*x",
            {"x": "vector(6)"},
            {"X": "matrix(n, 3)", "x": "vector(6)"},
            id="integer-factor",
        ),
        pytest.param(
            "kron(eye(2), X)+kron(eye(3), Y)",
            {},
            {"X": "matrix(3*n, 3*m)", "Y": "matrix(2*n, 2*m)"},
            id="multiple",
        ),
        pytest.param(
            "e + i + I",
            {"e": "vector(n)", "i": "scalar", "I": "vector(n)"},
            {"e": "vector(n)"},
            id="shadow",
        ),
        pytest.param(
            "exp*x",
            {"exp": "scalar"},
            {"exp": "scalar", "x": "vector(n)"},
            id="function-as-variable",
        ),
        pytest.param("exp = 2; exp*x", {}, {"x": "vector(n)"}, id="function-as-definition"),
        pytest.param(
            "A: symmetric(k); tr(A)/k", {}, {"A": "symmetric(k)"}, id="dimension-as-number"
        ),
        pytest.param(
            "k*tr(A)",
            {"A": "symmetric(k)", "k": "scalar"},
            {"k": "scalar", "A": "symmetric(k)"},
            id="not-size",
        ),
        pytest.param("lambda*x", {}, {"lambda": "scalar", "x": "vector(n)"}, id="lambda"),
        pytest.param("x.^T", {"T": "scalar"}, {"x": "vector(n)", "T": "scalar"}, id="T"),
    ],
)
def test_variables(text: str, given: dict[str, str], variables: dict[str, str]) -> None:
    assert kinds(text, given).items() >= variables.items()


def test_order_and_declared_flags() -> None:
    program = read("c*A*x", {"x": "vector(n)", "u": "scalar"})
    assert [(name, variable.declared) for name, variable in program.variables.items()] == [
        ("c", False),
        ("A", False),
        ("x", True),
        ("u", True),
    ]


def test_generated_names_go_on_after_the_pool() -> None:
    text = " + ".join(f"tr(A{k}*B{k})" for k in range(7))
    names = {str(axis) for variable in read(text).variables.values() for axis in variable.dims}
    assert len(names) == 14
    assert {"n", "m", "p", "n1", "n2", "n3"} <= names


def test_a_definition_is_shared() -> None:
    expr = read("r = A*x; r'*r").expr
    assert expr.args[0].args[0] is expr.args[1]


@pytest.mark.parametrize(
    ("text", "power"),
    [
        pytest.param("T: scalar; a^T", True, id="declared-in-text"),
        pytest.param("T = 2; a^T", True, id="defined"),
        pytest.param("T: matrix(n, n); X^T*T", False, id="declared-matrix"),
        pytest.param("X^T", False, id="undeclared"),
    ],
)
def test_power_T(text: str, power: bool) -> None:
    expr = read(text).expr
    assert (expr.op == "^") is power


@pytest.mark.parametrize(
    ("text", "undetermined"),
    [
        ("2*mu*eye", ["n"]),
        ("A*x - eye*x", []),
        ("vector(1)", ["n"]),
        ("sum(ones)*x", ["n"]),
        ("eye(n)", []),
        ("tr(eye) + sum(matrix(2))", ["n", "m", "p"]),
        ("A - kron(eye, B)", ["n"]),
    ],
)
def test_sizes_that_nothing_fixes(text: str, undetermined: list[str]) -> None:
    assert [str(size) for size in read(text).undetermined] == undetermined


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        pytest.param(
            "A*x - b",
            [
                "note: b is read as vector(n), because it is subtracted from A*x; declare "
                '"b: scalar" otherwise'
            ],
            id="minus",
        ),
        pytest.param(
            "(A + 2*c)*x + c",
            [
                "note: c is read as scalar, and 2*c is added to every entry of A; declare "
                '"c: matrix(n, m)" otherwise'
            ],
            id="multiple-once",
        ),
        pytest.param(
            "b - x",
            [
                'note: b is read as vector(n), because x is subtracted from it; declare "b: '
                'scalar" otherwise'
            ],
            id="scalar-first",
        ),
        pytest.param("b: scalar; x - b", [], id="declared"),
        pytest.param("x - 1", [], id="number"),
        pytest.param("b*x", [], id="product"),
        pytest.param("a + b", [], id="scalars"),
        pytest.param("x - mean(x)", [], id="broadcast-on-purpose"),
    ],
)
def test_notes(text: str, notes: list[str]) -> None:
    found = read(text).notes
    assert list(found) == notes


def test_every_function_has_a_shape_rule() -> None:
    assert [
        name
        for name, row in OPERATIONS.items()
        if name not in _RULES and row.signature not in _BY_SIGNATURE
    ] == []
    assert set(ALIASES.values()) <= set(OPERATIONS)


def test_reading_again_with_the_inferred_variables_changes_nothing() -> None:
    for text in [
        "x'*A*x",
        "A*x - b",
        "vec(A*X*B) - u*2 + kron(x, y)",
        "tr(A*X'*B*X*C)",
        "sum(log(exp(-y.*(X*w)) + vector(1)))",
    ]:
        first = read(text, {"u": "scalar"})
        again = read(text, first.variables)
        assert again.variables == first.variables
        assert again.expr.shape == first.expr.shape
        assert again.notes == ()


CASES = Path("/work/shared/cases/cases.jsonl")


@pytest.mark.skipif(not CASES.exists(), reason="the shared cases are not part of the repository")
def test_the_shared_cases_are_well_typed() -> None:
    for line in CASES.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        program = read(case["expr"], case["variables"])
        assert {name: str(variable) for name, variable in program.variables.items()} == case[
            "variables"
        ], case
        if case["expected"]:
            assert read(case["expected"], program.variables).expr.rank <= 2
