"""Source that runs without matcalc: the same numbers as with it, and no import of ours."""

from __future__ import annotations

import ast
import builtins
import dis
from types import CodeType

import numpy as np
import pytest

import matcalc
from matcalc import runtime
from matcalc.core.errors import ArgumentError
from matcalc.write.printers.inline import inline_functions, join_definitions

ALONE = {"numpy", "math", "cmath", "functools", "itertools", "typing", "fractions"}
OPTIONAL = {
    "scipy.linalg",
    "mpmath",
    "scipy.special",
    "scipy.spatial.distance",
}  # inside of functions that can do without, or need complex
RNG = np.random.default_rng(5)
S = np.cov(RNG.normal(size=(3, 20))) + np.eye(3)
T = RNG.uniform(0.2, 0.8, (4, 3))
X = np.array([[2.0, 0.3, 0.1], [0.2, 3.0, 0.4], [0.1, 0.5, 4.0]])
v, w = np.array([0.3, 0.5, 0.9]), np.array([0.7, 0.2, 0.4])
# expression, by what, kinds, arguments
CASES = [
    ("norm2(A*x - b)^2", "x", {"b": "vector(m)"}, {"A": T, "x": v, "b": np.ones(4)}),
    ("logsumexp(A*x) + sum(relu(x))", "x", {}, {"A": T, "x": v}),
    ("tr(expm(X)) + tr(sqrtm(X))", "X", {}, {"X": X}),
    ("tr(A*expm(X)) + tr(A*logm(X))", "X", {}, {"A": X, "X": S}),
    ("x'*inv(S)*x + logdet(S)", "S", {"S": "psd(n)"}, {"S": S, "x": v}),
    ("sum(digamma(x)) + sum(gammaln(x)) + sum(erfinv(x))", "x", {}, {"x": v}),
    ("sum(besselj(2, x)) + sum(elu(x, 2)) + sum(gelu(x))", "x", {}, {"x": v}),
    ("nucnorm(T) + specnorm(T)", "T", {}, {"T": T}),
    ("eigvals(S)'*x", "S", {"S": "symmetric(n)", "x": "vector(n)"}, {"S": S, "x": v}),
    ("lambda*sum(sigmoid(x))", "x", {}, {"lambda": 2.0, "x": v}),
    ("x'*y", "a", {"a": "scalar", "x": "vector(n)", "y": "vector(n)"}, {"a": 1.0, "x": v, "y": w}),
    ("vec(X)'*y", "X", {"X": "matrix(m, n)", "y": "vector(m*n)"}, {"X": T, "y": np.arange(12.0)}),
    ("kl(x, y)*c", "c", {"x": "vector(n)", "y": "vector(n)"}, {"x": v, "y": w, "c": 2.0}),
    (
        "sum[i,j](v[i]*norm2(T[i,:] - T[j,:]))",
        "v",
        {"T": "matrix(m, n)"},
        {"T": T, "v": np.ones(4)},
    ),
]


def source(case: int, runtime: str) -> str:
    text, wrt, kinds, _ = CASES[case]
    return matcalc.diff(text, wrt, variables=kinds).source(runtime=runtime)


def imported(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("case", range(len(CASES)), ids=[case[0] for case in CASES])
def test_same_numbers_without_matcalc(case: int) -> None:
    values = {}
    for kind in ("inline", "matcalc"):
        text = source(case, kind)
        namespace: dict[str, object] = {}
        exec(text, namespace)
        values[kind] = namespace["f"](**CASES[case][3])  # type: ignore[operator]
        if kind == "inline":
            tree = ast.parse(text)
            assert imported(tree) <= ALONE | OPTIONAL
            top = [each for each in tree.body if isinstance(each, ast.Import | ast.ImportFrom)]
            assert imported(ast.Module(top, [])) <= ALONE
            assert max(map(len, text.splitlines())) <= 120
    np.testing.assert_array_equal(values["inline"], values["matcalc"])


def globals_of(code: CodeType) -> set[str]:
    """The global names that a function loads, functions within it included."""
    found = {each.argval for each in dis.get_instructions(code) if each.opname == "LOAD_GLOBAL"}
    inner = [each for each in code.co_consts if isinstance(each, CodeType)]
    return found.union(*map(globals_of, inner)) if inner else found


@pytest.mark.parametrize("name", runtime.__all__)
def test_every_function_of_the_runtime_comes_with_what_it_needs(name: str) -> None:
    part = inline_functions([name], {"sign"})
    namespace: dict[str, object] = {}
    source = "\n".join(part.imports) + "\n" + join_definitions(part.definitions)
    code = compile(source, "runtime", "exec")
    exec(code, namespace)
    needed = set().union(*(globals_of(e) for e in code.co_consts if isinstance(e, CodeType)))
    assert needed <= {*namespace, *dir(builtins)}
    assert callable(namespace[part.names[name]])
    assert "sign" not in namespace


def test_helpers_of_one_name_are_told_apart() -> None:
    """Two modules of the runtime have a ``_FAR`` of their own."""
    part = inline_functions(["besselj", "sqrtm", "digamma"])
    constants = [each for each in part.definitions if "_FAR" in each and "def " not in each]
    assert len({each.partition("=")[0] for each in constants}) == len(constants) == 3


WRONG = [
    pytest.param(0, {"x": np.ones(4)}, r"expected A: \(m, n\), x: \(n,\)", id="length"),
    pytest.param(0, {"A": np.ones(3)}, r"found \(3,\), \(3,\), \(4,\)", id="axes"),
    pytest.param(0, {"b": ["a"]}, "argument b is not an array of numbers", id="text"),
    pytest.param(0, {"b": ["1"]}, "argument b is not an array of numbers", id="number-as-text"),
    pytest.param(4, {"S": T}, r"S: \(n, n\)", id="square"),
    pytest.param(9, {"lambda": v}, r"found \(3,\), \(3,\)", id="scalar"),
    pytest.param(11, {"y": np.ones(5)}, r"y: \(m\*n,\)", id="product"),
]


@pytest.mark.parametrize(("case", "arguments", "message"), WRONG)
def test_wrong_arguments(case: int, arguments: dict[str, object], message: str) -> None:
    namespace: dict[str, object] = {}
    exec(source(case, "inline"), namespace)
    with pytest.raises(ValueError, match=message):
        namespace["f"](**(CASES[case][3] | arguments))  # type: ignore[operator]


def test_missing_argument_of_a_name_that_python_lacks() -> None:
    namespace: dict[str, object] = {}
    exec(source(9, "inline"), namespace)
    with pytest.raises(TypeError, match="missing argument lambda"):
        namespace["f"](x=v)  # type: ignore[operator]


def test_single_precision_is_kept_and_lists_are_taken() -> None:
    namespace: dict[str, object] = {}
    exec(source(0, "inline"), namespace)
    arguments = CASES[0][3]
    single = {name: np.asarray(value, dtype=np.float32) for name, value in arguments.items()}
    assert namespace["f"](**single).dtype == np.float32  # type: ignore[operator]
    lists = {name: np.asarray(value).tolist() for name, value in arguments.items()}
    np.testing.assert_array_equal(namespace["f"](**lists), namespace["f"](**arguments))  # type: ignore[operator]


def test_functions_called_like_a_helper() -> None:
    text = matcalc.diff("sum(softplus(x))", "x").source(name="sigmoid")
    namespace: dict[str, object] = {}
    exec(text, namespace)
    np.testing.assert_allclose(namespace["sigmoid"](x=[0.0]), [0.5])  # type: ignore[operator]


@pytest.mark.parametrize(
    ("backend", "runtime", "name"),
    [
        ("numpy", "inline", "np"),
        ("numpy", "inline", "as_arrays"),
        ("numpy", "matcalc", "sigmoid"),
        ("jax", "inline", "sigmoid"),
        ("torch", "inline", "torch"),
    ],
)
def test_functions_called_like_what_they_call(backend: str, runtime: str, name: str) -> None:
    found = matcalc.diff("sum(softplus(x))", "x")
    with pytest.raises(ArgumentError, match=f"'{name}' cannot be the name of the function"):
        found.source(backend, name=name, runtime=runtime)


def test_several_derivatives() -> None:
    found = matcalc.diff("norm2(W*x + b - y)^2", ["W", "b"], variables={"b": "vector(m)"})
    values = {}
    arguments = {"W": T, "x": v, "b": np.ones(4), "y": np.zeros(4)}
    for kind in ("inline", "matcalc"):
        namespace: dict[str, object] = {}
        exec(found.source(value=True, runtime=kind), namespace)
        values[kind] = namespace["f"](**arguments)  # type: ignore[operator]
    assert values["inline"][0] == values["matcalc"][0]
    for name in ("W", "b"):
        np.testing.assert_array_equal(values["inline"][1][name], values["matcalc"][1][name])
