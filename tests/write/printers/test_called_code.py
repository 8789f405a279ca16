"""Code that is called and not read: what it saves, and that it says the same."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import matcalc
from matcalc.core.errors import EvaluationError
from matcalc.verify.oracle.interpret import interpret

RNG = np.random.default_rng(5)
SHAPES = {"A": (4, 3), "X": (5, 2), "Y": (4, 2), "S": (3, 3), "W": (5, 4)}
SHAPES |= {"x": (3,), "b": (4,), "v": (4,), "y": (4,), "lambda": (), "c": ()}
CASES = [
    ("norm2(A*x - b)^2", "x", 1, {"b": "vector(m)"}),
    ("sum((A*x - b).^4)", "x", 1, {"b": "vector(m)"}),
    ("sum((A*x - b).^4)", "x", 2, {"b": "vector(m)"}),
    ("sum(1./(A*x - b).^3)", "x", 2, {"b": "vector(m)"}),
    ("sum(log(1 + exp(-y.*(A*x))))", "x", 2, {"y": "vector(m)", "A": "matrix(m, n)"}),
    ("norm2(A - v*ones(n)')^2 + c*v'*v", "v", 1, {"A": "matrix(m, n)", "v": "vector(m)"}),
    (
        "sum(W.*exp(2*X*Y' - diag(X*X')*ones(m)' - ones(n)*diag(Y*Y')'))",
        "X",
        1,
        {"X": "matrix(n, p)", "Y": "matrix(m, p)", "W": "matrix(n, m)"},
    ),
    ("norm2(x[1:n-1] - x[2:n])^2 + lambda*sum(x)", "x", 1, {"x": "vector(n)"}),
    ("sum(max(0, x[1:n-1] - x[2:n]).^2)", "x", 1, {"x": "vector(n)"}),
    ("sum(exp(A*x/sqrt(n)))", "x", 1, {"x": "vector(n)", "A": "matrix(m, n)"}),
    ("sum(A*S/sqrt(n))", "S", 1, {"A": "matrix(m, n)", "S": "matrix(n, n)"}),
    ("(x'*S*x)*tr(S) + (x'*S*x)^2*c", "S", 2, {"S": "matrix(n, n)"}),
    ("log(x'*S*x)*tr(S*S)", "S", 2, {"S": "matrix(n, n)"}),
]


def arguments(d: matcalc.Derivative, kind: str = "d") -> dict[str, Any]:
    random = np.random.default_rng(1)
    return {
        name: random.uniform(0.5, 1.5, SHAPES[name]).astype(kind)
        if SHAPES[name]
        else np.dtype(kind).type(0.7)
        for name in d.variables
    }


def written(source: str) -> Any:
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    return namespace["f"]


@pytest.mark.parametrize(("text", "wrt", "order", "kinds"), CASES)
def test_called_code_gives_what_the_text_gives(
    text: str, wrt: str, order: int, kinds: dict[str, str]
) -> None:
    d = matcalc.diff(text, wrt, order=order, variables=kinds)
    called = d.to_callable()
    values = arguments(d)
    wanted = written(d.source())(**values)
    kept = {name: np.array(value) for name, value in values.items()}
    np.testing.assert_allclose(called(**values), wanted, rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(d.to_callable(check=False)(**values), wanted, rtol=1e-13, atol=1e-13)
    for name, value in kept.items():
        np.testing.assert_array_equal(values[name], value)  # nothing of the caller's is changed
    step = {**values, wrt: values[wrt] + 1e-30j * RNG.standard_normal(SHAPES[wrt])}
    np.testing.assert_allclose(np.real(called(**step)), wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("text", "wrt", "order", "kinds"), CASES)
def test_single_precision_is_kept(text: str, wrt: str, order: int, kinds: dict[str, str]) -> None:
    d = matcalc.diff(text, wrt, order=order, variables=kinds)
    for function in (d.to_callable(), written(d.source())):
        assert function(**arguments(d, "f")).dtype == np.float32


def body(text: str, wrt: str, order: int = 1, **kinds: str) -> list[str]:
    d = matcalc.diff(text, wrt, order=order, variables=kinds)
    lines = d.to_callable().source.splitlines()  # type: ignore[attr-defined]
    return [line.strip() for line in lines if line.startswith(("    t", "    return"))]


def test_own_arrays_are_changed_in_place() -> None:
    assert body("norm2(A*x - b)^2", "x", b="vector(m)") == [
        "t1 = A @ x",
        "t1 -= b",
        "t2 = t1 @ A",
        "t2 *= 2.0",
        "return t2",
    ]
    assert body("x'*A*x", "x", A="matrix(n, n)") == ["t1 = A @ x", "t1 += x @ A", "return t1"]
    assert "overwrite=True" in body("logdet(S)", "S", S="psd(n)")[-1]


@pytest.mark.parametrize(("one", "other"), [("1", "0"), ("n", "2")])
def test_whole_numbers_are_not_changed_in_place(one: str, other: str) -> None:
    text = f"sum[i,k](where(w[i] > v[k], {one}, {other})*exp(v[k] - w[i])*v[k])"
    parsed = matcalc.parse(text, {"w": "vector(n)", "v": "vector(n)"})
    w, v = np.array([1.0, 2.0, 4.0]), np.array([2.0, 1.5, 0.0])
    held = np.where(w[:, None] > v, {"1": 1, "n": 3}[one], int(other))
    wanted = np.sum(held * np.exp(v - w[:, None]) * v)
    assert parsed.to_callable()(w=w, v=v) == pytest.approx(wanted)


V = {"a": "vector(m)", "b": "vector(n)"}


def test_rows_and_columns_are_repeated_by_numpy() -> None:
    d = matcalc.diff("sum(exp(a*ones(n)' + ones(m)*b'))", "a", variables=V)
    assert "np.exp(a[:, None] + b[None, :])" in d.source()
    d = matcalc.diff("norm2(A - v*ones(n)')^2", "v", variables={"A": "matrix(m, n)"})
    assert "np.ones" not in d.source()


def test_products_of_the_same_axes_are_added_by_one_product() -> None:
    text = "-0.5*logdet(S) - 0.5*(x - m)'*inv(S)*(x - m)"
    kinds = {"S": "psd(n)", "x": "vector(n)", "m": "vector(n)"}
    lines = body(text, "S", 2, **kinds)
    # four products of two matrices, by pairs, and their mirror images
    assert [line.count(" @ ") for line in lines[-3:]] == [1, 0, 0]
    assert lines[-1].count("transpose") == 2
    assert "None" not in "".join(lines)


def test_a_matrix_beside_the_identity_less_a_dyad_is_not_multiplied() -> None:
    text = "logdet(K)/2 + y'*inv(K)*y/2 where K = exp(a)*exp(-D/(2*exp(b))) + exp(c)*eye(n)"
    kinds = {"D": "matrix(n, n)", "y": "vector(n)", **dict.fromkeys("abc", "scalar")}
    joint = matcalc.compile(text, ["a", "b", "c"], variables=kinds)
    products = [line for line in joint.source.splitlines() if " @ " in line]
    assert not any("np.eye" in line for line in products)
    vectors = re.findall(r"(\w+) = \S+ @ y", joint.source)
    assert vectors
    assert all(re.search(rf"\b({'|'.join(['y', *vectors])})\b", line) for line in products)
    D = np.subtract.outer(np.arange(4.0), np.arange(4.0)) ** 2
    found = joint(a=0.1, b=0.2, c=-0.3, D=D, y=np.arange(4.0)).gradients
    for name, value in found.items():
        at = {"a": 0.1, "b": 0.2, "c": -0.3, "D": D, "y": np.arange(4.0)}
        ends = [joint(**{**at, name: at[name] + step}).value for step in (1e-5, -1e-5)]
        np.testing.assert_allclose(value, (ends[0] - ends[1]) / 2e-5, rtol=1e-6)


def test_the_root_of_squared_weights_is_no_root() -> None:
    d = matcalc.diff("sum((A*x - b).^4)", "x", order=2, variables={"b": "vector(m)"})
    assert "sqrt" not in d.source()


def test_a_name_of_an_array_that_is_made_is_not_given_twice() -> None:
    d = matcalc.compile(
        "logdet(L*L' + diag(v))", ["L", "v"], variables={"L": "matrix(n, r)", "v": "vector(n)"}
    )
    names = [line.split(" = ") for line in d.source.splitlines() if " = " in line]
    assert not any(right in {left for left, *_ in names} for _, *rest in names for right in rest)


def test_names_of_arguments_are_no_names_of_ours() -> None:
    kinds = {"self": "vector(n)", **dict.fromkeys(("missing", "problem", "dict"), "scalar")}
    d = matcalc.diff("self'*other + missing*problem*dict", "self", variables=kinds)
    function = d.to_callable()
    given = {"self": np.ones(2), "other": np.ones(2), "missing": 1.0, "problem": 2.0, "dict": 3.0}
    assert function(**given).tolist() == [1.0, 1.0]
    assert pickle.loads(pickle.dumps(function))(**given).tolist() == [1.0, 1.0]
    for wrong, said in (
        ({"self": np.ones(2)}, "missing argument other"),
        ({**given, "more": 1}, "unknown argument more"),
        ({**given, "other": np.ones(3)}, "argument other must have the shape"),
    ):
        with pytest.raises(EvaluationError, match=said):
            function(**wrong)
    with pytest.raises(EvaluationError, match="given by name"):
        function(np.ones(2))


def test_without_checks_nothing_is_looked_at() -> None:
    d = matcalc.diff("norm2(A*x - b)^2", "x", variables={"b": "vector(m)"})
    for backend in ("numpy", "jax", "torch", "array-api", "matlab", "cpp", "julia"):
        assert "expected" not in d.source(backend, check=False)
        assert "expected" in d.source(backend)


def test_a_reshaped_argument_is_copied() -> None:
    d = matcalc.diff("tr(reshape(y, n, m)'*X)", "X", variables={"y": "vector(n*m)"})
    y, X = np.arange(6.0), np.ones((2, 3))
    for function in (d.to_callable(), d.to_callable(check=False), written(d.source())):
        found = function(y=y, X=X)
        assert not np.shares_memory(found, y)
        np.testing.assert_array_equal(found, y.reshape(2, 3, order="F"))


def test_unchecked_numbers_may_be_those_of_python() -> None:
    for text, value in (("a*b", 3.0), ("a^3*b", 36.0), ("a*sin(b)", np.sin(3.0)), ("-a*b", -3.0)):
        function = matcalc.diff(text, "a").to_callable(check=False)
        assert function(a=2.0, b=3.0) == pytest.approx(value, abs=1e-15)
        assert function(a=np.float64(2.0), b=np.float64(3.0)) == pytest.approx(value, abs=1e-15)


def test_minors_keep_single_precision() -> None:
    gradient = matcalc.diff("det(X)", "X").to_callable()
    found = gradient(X=np.diag(np.float32([0, 2, 3])))
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, np.diag([6.0, 0.0, 0.0]))
    assert gradient(X=np.diag([0, 2, 3])).dtype == float


COVARIANCES = {"F": "matrix(n, k)", "S": "symmetric(n)", "K": "psd(n)", "s": "scalar"}
COVARIANCES |= {"d": "vector(n)", "y": "vector(n)"}
SOLVED = [
    ("y'*inv(K + s*eye(n))*y + logdet(K + s*eye(n))", "s", 1),
    ("logdet(F*F' + diag(d)) + tr(inv(F*F' + diag(d))*S)", "F", 1),
    ("logdet(F*diag(y[1:k])*F' + diag(d)) + d'*inv(F*diag(y[1:k])*F' + diag(d))*d", "d", 1),
    ("y'*inv(S)*y", "y", 0),
    ("logdet(F'*K*F + s*eye(k))", "s", 1),
    ("y'*inv(exp(S/9) + s*eye(n))*y + logdet(exp(S/9) + s*eye(n))", "s", 1),
]


@pytest.mark.parametrize(("text", "wrt", "factors"), SOLVED)
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_what_is_like_a_covariance_is_factorised_by_cholesky(
    text: str, wrt: str, factors: int, sign: float
) -> None:
    """And in the general way where that fails."""
    kinds = {name: kind for name, kind in COVARIANCES.items() if name in text.replace("diag", "")}
    d = matcalc.diff(text, wrt, variables=kinds)
    f = d.to_callable()
    assert f.source.count("psd_factors(") == factors  # one in each way
    rng = np.random.default_rng(0)
    F = rng.normal(size=(20, 3))
    values = {"F": F, "S": F @ F.T - 2 * np.eye(20), "K": F @ F.T + np.eye(20), "s": 3.0 * sign}
    values |= {"d": sign * rng.uniform(1, 2, 20), "y": rng.normal(size=20)}
    given = {name: values[name] for name in kinds}
    namespace: dict[str, Any] = {}
    exec(d.source(), namespace)
    wanted = namespace["f"](**given)
    scale = 1e-8 * np.abs(wanted).max()
    np.testing.assert_allclose(f(**given), wanted, rtol=1e-8, atol=scale)


def test_a_sum_is_not_multiplied_by_a_narrow_matrix_as_a_whole() -> None:
    text, kinds = SOLVED[1][0], {name: COVARIANCES[name] for name in ("F", "d", "S")}
    source = matcalc.diff(text, "F", variables=kinds).to_callable().source
    assert "psd_solve(t2, S @ t3)" in source


DIAGONAL_SHAPES = {"X": (5, 3), "Y": (3, 5), "S": (3, 3), "x": (3,)}
DIAGONALS = [
    ("diag(X*inv(S)*X')", "np.linalg.solve(S, X.T).T"),
    ("diag(X*inv(S)*Y)", "np.linalg.solve(S, Y).T"),
    ("diag(inv(S)*X'*X)", "np.linalg.solve(S, X.T) * X.T"),
    ("diag(inv(S)*S')", "np.linalg.inv(S)"),
    ("diag((X - ones(5)*x')*inv(S)*(X' - x*ones(5)'))", "X - x[None, :]"),
]


@pytest.mark.parametrize(("text", "part"), DIAGONALS)
def test_a_diagonal_of_systems_needs_no_product(text: str, part: str) -> None:
    kinds = {"X": "matrix(5, 3)", "Y": "matrix(3, 5)", "S": "matrix(3, 3)", "x": "vector(3)"}
    parsed = matcalc.parse(text, kinds)
    assert part in parsed.source()
    assert "diagonal" not in parsed.source().split('"""')[2]
    values = {name: RNG.standard_normal(each) for name, each in DIAGONAL_SHAPES.items()}
    given = {name: values[name] for name in parsed.variables}
    X, Y, S, x = values.values()
    wanted = {
        "diag(X*inv(S)*X')": X @ np.linalg.inv(S) @ X.T,
        "diag(X*inv(S)*Y)": X @ np.linalg.inv(S) @ Y,
        "diag(inv(S)*X'*X)": np.linalg.inv(S) @ X.T @ X,
        "diag(inv(S)*S')": np.linalg.inv(S) @ S.T,
    }.get(text, (X - x) @ np.linalg.inv(S) @ (X - x).T)
    np.testing.assert_allclose(parsed.to_callable()(**given), np.diagonal(wanted), rtol=1e-9)


def test_second_minors_by_the_inverse_where_that_is_good() -> None:
    d = matcalc.diff("det(X)", "X", order=2, variables={"X": "matrix(n, n)"})
    f = d.to_callable()
    general = written(d.source())
    rng = np.random.default_rng(0)
    U, V = (np.linalg.qr(rng.normal(size=(5, 5)))[0] for _ in range(2))
    for least in (1.0, 1e-3, 1e-9, 0.0):
        X = U @ np.diag([4.0, 3.0, 2.0, 1.5, least]) @ V.T
        np.testing.assert_allclose(f(X=X), general(X=X), rtol=1e-10, atol=1e-10)
    X = U[:, :3] @ V[:, :3].T  # two singular values are 0
    np.testing.assert_allclose(f(X=X), general(X=X), rtol=1e-10, atol=1e-10)
    single = f(X=np.eye(5, dtype=np.float32))
    assert single.dtype == np.float32
    again = pickle.loads(pickle.dumps(f))
    np.testing.assert_array_equal(again(X=np.eye(5)), f(X=np.eye(5)))
    with pytest.raises(EvaluationError, match="must have the shape"):
        f(X=np.ones((2, 3)))


SUMMED = [
    "sum[i](d[i]*(X[i,:]*w - log(sum[j=1:i](exp(X[j,:]*w)))))",
    "sum(log(revcumsum(exp(X*w))).*d)",
    "sum(log(1 + cumsum(X*w).^2).*d)",
]


@pytest.mark.parametrize("text", SUMMED)
def test_cumulative_sums_are_no_products_with_triangles(text: str) -> None:
    """Partial likelihoods: neither the Hessian nor its product has n*n entries on the way."""
    kinds = {"d": "vector(n)", "X": "matrix(n, p)", "w": "vector(p)"}
    rng = np.random.default_rng(0)
    for n in (40, 3):
        given = {"d": rng.uniform(1, 2, n), "X": rng.normal(size=(n, 4)), "w": rng.normal(size=4)}
        d = matcalc.diff(text, "w", order=2, variables=kinds)
        wanted = written(d.source())(**given)
        close = {"rtol": 1e-10, "atol": 1e-10 * np.abs(wanted).max()}
        np.testing.assert_allclose(d.to_callable()(**given), wanted, **close)
        product = matcalc.compile(text, ["w"], hvp=True, variables=kinds)
        v = rng.normal(size=4)
        np.testing.assert_allclose(product(**given, v=v).product["w"], wanted @ v, **close)
    code = d.to_callable().source
    quick = code[: code.index("    else:")] if "    else:" in code else code
    assert "np.tri" not in quick


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("cumsum(inv(A)*B, 1)*x", lambda M, x: np.cumsum(M, axis=0) @ x),
        ("cumsum(inv(A)*B, 2)'*x", lambda M, x: np.cumsum(M, axis=1).T @ x),
    ],
)
def test_cumulative_sums_of_a_solution(text: str, sums: Callable[..., Any]) -> None:
    """The inverse inside was multiplied by as the matrix itself."""
    kinds = {"A": "matrix(n, n)", "B": "matrix(n, n)", "x": "vector(n)"}
    expression = matcalc.parse(text, kinds)
    rng = np.random.default_rng(0)
    A, B, x = rng.normal(size=(4, 4)), rng.normal(size=(4, 4)), rng.normal(size=4)
    for f in (expression.to_callable(), written(expression.source())):
        np.testing.assert_allclose(f(A=A, B=B, x=x), sums(np.linalg.solve(A, B), x))


def test_norms_and_weights_along_axes() -> None:
    kinds = {"X": "matrix(n, p)", "M": "matrix(m, p)", "w": "vector(p)"}
    text = "sum[i,k](exp(-norm2(X[i,:] - M[k,:])^2)) + sum[i,k](exp(-sum[j](w[j]*X[i,j]*M[k,j]^2)))"
    f = matcalc.parse(text, kinds).to_callable()
    assert "linalg.norm" not in f.source
    rng = np.random.default_rng(0)
    X, M, w = rng.normal(size=(5, 3)), rng.normal(size=(4, 3)), rng.normal(size=3)
    wanted = (
        np.exp(-((X[:, None] - M[None]) ** 2).sum(-1)).sum() + np.exp(-(X * w) @ (M**2).T).sum()
    )
    np.testing.assert_allclose(f(X=X, M=M, w=w), wanted)


# expression, variable, kinds, what stands in the code, what does not, sizes of each branch
COSTS: list[tuple[str, str, dict[str, str], list[str], list[str], list[tuple[int, ...]]]] = [
    (  # a system is solved for a product, or for its factor, by the sizes
        "tr(inv(S)*(Y - X*B)'*(Y - X*B))",
        "B",
        {"S": "psd(k)", "Y": "matrix(m, k)", "X": "matrix(m, n)"},
        ["if m <= n", "psd_factors(S)"],
        [],
        [(7, 3, 2), (3, 7, 2)],
    ),
    (  # the same from both ends
        "l*tr(W*inv(S)*W') + logdet(S)",
        "S",
        {"S": "psd(k)", "W": "matrix(m, k)", "l": "positive"},
        [".T @ t"],
        ["multi_dot", "m <= k"],
        [(7, 3, 2)],
    ),
    (  # an identity less a product, before which orders are compared
        "tr((eye - K*H)*P*(eye - K*H)')",
        "K",
        {"K": "matrix(n, m)", "H": "matrix(m, n)", "P": "psd(n)"},
        ["if n <= m:", "if 6 * m"],
        [],
        [(2, 9, 1), (9, 2, 1), (3, 4, 1), (40, 3, 1), (3, 40, 1)],
    ),
    (  # what has two uses is made once, not term by term
        "sum(log(1 + (X*B - Y).^2)) + norm2((X*B - Y)*S)^2 + tr((X*B - Y)'*Z)",
        "B",
        {"S": "matrix(k, k)", "Y": "matrix(m, k)", "X": "matrix(m, n)", "Z": "matrix(m, k)"},
        [],
        ["Y @", "X.T @ X"],
        [(7, 3, 2)],
    ),
    (  # a kernel of differences is symmetric, so it is factorised by Cholesky
        "logdet(K) where K[i,j] = exp(-2*sin((t[i] - t[j])/p)^2) + l*(i==j)",
        "p",
        {"t": "vector(m)", "p": "positive", "l": "positive"},
        ["psd_inverse"],
        ["linalg.inv"],
        [(7, 3, 2)],
    ),
    (  # the square of half a dyad
        "sum[i=1:m](w[i]*log(sum[j=i:m](exp(t[j]))))",
        "t",
        {"t": "vector(m)", "w": "positive(m)"},
        ["revcumsum"],
        ["@"],
        [(7, 3, 2)],
    ),
    (  # X'*(M'*D*M - E)*X as two squares, Z'*D*Z with Z = M*X, or with the matrix between
        "sum[i](v[i]*(X[i,:]*b - log(sum[j](R[i,j]*exp(X[j,:]*b)))))",
        "b",
        {"X": "matrix(m, n)", "R": "matrix(m, m)", "v": "vector(m)", "b": "vector(n)"},
        ["if m * m * n", "weighted_gram"],
        [],
        [(7, 2, 1), (2, 30, 1)],
    ),
    (  # a product with a system is made in one order everywhere
        "tr(inv(W'*S*W)*(W'*G*W))",
        "W",
        {"S": "psd(m)", "W": "matrix(m, n)", "G": "symmetric(m)"},
        ["psd_solve(t2, W.T)"],
        ["G @ W"],
        [(7, 2, 1), (4, 4, 1)],
    ),
    (  # even powers of norms need no root
        "sum[i,j](w[i]*norm2(X[i,:] - Z[j,:])^6)",
        "w",
        {"w": "vector(m)", "X": "matrix(m, n)", "Z": "matrix(k, n)"},
        [],
        ["sqrt"],
        [(7, 3, 2)],
    ),
]


@pytest.mark.parametrize(("text", "wrt", "kinds", "parts", "others", "branches"), COSTS)
def test_the_cheaper_way_is_taken(
    text: str,
    wrt: str,
    kinds: dict[str, str],
    parts: list[str],
    others: list[str],
    branches: list[tuple[int, ...]],
) -> None:
    d = matcalc.diff(text, wrt, variables=kinds, order=2 if wrt == "b" else 1)
    f = d.to_callable()
    body = f.source.split('"""')[2]
    assert all(part in body for part in parts), body
    assert not any(part in body for part in others), body
    for branch in branches:
        sizes = dict(zip("mnk", branch, strict=True))
        given = {}
        for name, variable in d.variables.items():
            value = RNG.uniform(0.5, 1.5, [axis.size(sizes) for axis in variable.shape])
            psd = variable.kind == "psd"
            given[name] = value @ value.T + 9 * np.eye(len(value)) if psd else value
        wanted = interpret(d._tree, given, sizes)
        np.testing.assert_allclose(f(**given), wanted, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("triu(x*y')'*triu(x*y')", 1),
        ("tril(x*y')'*tril(x*y')", 1),
        ("triu(x*y')*triu(x*y')'", 1),
        ("tril(x*y')*tril(x*y')'", 1),
        ("triu(x*y')*triu(x*y')", 0),
    ],
)
def test_squares_of_triangles_are_cumulative_sums(text: str, least: int) -> None:
    parsed = matcalc.parse(text, {"x": "vector(n)", "y": "vector(n)"})
    f = parsed.to_callable()
    assert f.source.count("np.minimum") == least
    for size in (1, 2, 5):
        given = {"x": RNG.standard_normal(size), "y": RNG.standard_normal(size)}
        wanted = interpret(parsed._tree, given, {"n": size})
        np.testing.assert_allclose(f(**given), wanted, rtol=1e-12, atol=1e-14)
        step = f(x=given["x"] + 1e-30j, y=given["y"])
        near = [f(x=given["x"] + s, y=given["y"]) for s in (1e-6, -1e-6)]
        np.testing.assert_allclose(
            np.imag(step) * 1e30, (near[0] - near[1]) / 2e-6, rtol=1e-7, atol=1e-8
        )


SKEW = [
    ("inv(exp(cos(d*ones(3)' - ones(3)*d')) + eye)", True),
    ("inv(exp((X - X').^2) + eye)", True),
    ("inv(exp((X - X').^3) + eye)", False),
    ("inv(exp(sin(X - X')) + eye)", False),
    ("inv(exp(tanh(X - X').*(X' - X)) + eye)", True),
    ("inv(exp(X + X') + eye)", True),
    ("inv(exp(X - X' + 1) + eye)", False),
]


@pytest.mark.parametrize(("text", "symmetric"), SKEW)
def test_skew_parts_make_symmetric_matrices(text: str, symmetric: bool) -> None:
    kinds = {"X": "matrix(3, 3)", "d": "vector(3)"}
    parsed = matcalc.parse(text, {name: kinds[name] for name in kinds if name in text})
    f = parsed.to_callable()
    assert ("psd_inverse" in f.source) is symmetric, f.source
    given = {"X": RNG.standard_normal((3, 3)), "d": RNG.standard_normal(3)}
    given = {name: given[name] for name in parsed.variables}
    with np.errstate(all="ignore"):
        wanted = interpret(parsed._tree, given, {})
        np.testing.assert_allclose(f(**given), wanted, rtol=1e-9, atol=1e-9)


def test_all_ways_through_choices_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those through a choice inside of another."""
    ways: list[list[str]] = []
    monkeypatch.setattr(
        "matcalc.verify.readback.code.confirm_code",
        lambda text, source, *others: ways.append(source.sides()),
    )
    matcalc.diff("tr((eye - K*G)*P*(eye - K*G)')", "K", variables=COSTS[2][2]).to_callable()
    assert [len(set(each)) for each in ways] == [3]  # two orders, and the terms one by one
