"""The code for JAX, PyTorch and the array API computes what the code for NumPy does.

A sample of the shared cases runs where a framework is installed, in both precisions and in
batches; with MATCALC_ALL_CASES=1 all do.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from in_frameworks import arrays, compare, everywhere, needs, numbers
from published import CASES
from written import FUNCTIONS, KINDS, MORE, VALUES, S, V, X, expression

import matcalc
from matcalc.core.errors import UnsupportedError
from matcalc.core.functions.frameworks import FRAMEWORK_CALLS, FRAMEWORKS
from matcalc.read.frontend import read
from matcalc.write.printers import portable, portable_matrices, portable_places
from matcalc.write.printers.numpy_functions import CALLS

SAMPLE = 1 if os.environ.get("MATCALC_ALL_CASES") else 12
ROWS = [case for case in CASES.cases() if case.values[0] is not None]


def function(source: str) -> Callable[..., Any]:
    namespace: dict[str, Any] = {}
    exec(compile(source, "generated", "exec"), namespace)
    return namespace["f"]  # type: ignore[no-any-return]


class Shared(NamedTuple):
    """A formula of a shared case, its arguments, the sizes that they do not tell, and its value."""

    source: str
    given: dict[str, Any]
    told: dict[str, int]
    wanted: np.ndarray


def shared(case: dict[str, Any], framework: str) -> Iterator[Shared]:
    """The expression and its derivative, where the framework has what they need."""
    kinds = case["variables"]
    values, sizes = CASES.inputs(case, read(case["expr"], kinds))
    d = matcalc.diff(case["expr"], case["wrt"], variables=kinds, order=case["order"], verify=False)
    for formula in (matcalc.parse(case["expr"], kinds), d):
        try:
            source = formula.source(framework)
        except UnsupportedError as refusal:
            assert " has no " in str(refusal)
            continue
        code = function(source).__code__
        names = code.co_varnames[: code.co_kwonlyargcount] or tuple(values)
        told = {name: sizes[name] for name in names if name not in values}
        given = {name: values[name] for name in names if name in values}
        yield Shared(source, given, told, formula.to_callable()(**given, **told))


sampled = pytest.mark.parametrize("case", ROWS[::SAMPLE])


@everywhere
@sampled
def test_shared_cases(case: dict[str, Any], framework: str) -> None:
    for each in shared(case, framework):
        compare(function(each.source)(**arrays(framework, each.given), **each.told), each.wanted)


@everywhere
@sampled
def test_single_precision_is_kept(case: dict[str, Any], framework: str) -> None:
    for each in shared(case, framework):
        single = {key: np.asarray(value, "float32") for key, value in each.given.items()}
        found = function(each.source)(**arrays(framework, single), **each.told)
        assert str(found.dtype).removeprefix("torch.") == "float32" or not single
        np.testing.assert_allclose(
            numbers(found), each.wanted, rtol=2e-3, atol=2e-4 * max(1, np.abs(each.wanted).max())
        )


@pytest.mark.parametrize("framework", [needs("jax"), needs("torch")])
@sampled
def test_batches(case: dict[str, Any], framework: str) -> None:
    """A leading axis of any argument, mapped and (in JAX) compiled."""
    for each in shared(case, framework):
        if not each.given:
            continue
        f, given = function(each.source), arrays(framework, each.given)
        key = case["wrt"] if case["wrt"] in given else next(iter(given))

        def one(
            value: Any, f: Any = f, given: Any = given, key: str = key, each: Any = each
        ) -> Any:
            return f(**{**given, key: value}, **each.told)

        if framework == "jax":
            import jax

            mapped, stack = jax.jit(jax.vmap(one)), jax.numpy.stack
        else:
            import torch

            mapped, stack = torch.func.vmap(one), torch.stack
        compare(mapped(stack([given[key]] * 2))[1], each.wanted)


@sampled
def test_torch_autograd_is_ours(case: dict[str, Any]) -> None:
    """A function of tensors with our backward pass has the slopes that torch measures."""
    torch = pytest.importorskip("torch")
    kinds = case["variables"]
    values, _ = CASES.inputs(case, read(case["expr"], kinds))
    formula = matcalc.parse(case["expr"], kinds)
    if formula.shape or case["order"] > 1:
        return
    try:
        f = matcalc.compile(
            case["expr"], [case["wrt"]], order=1, variables=kinds, backend="torch"
        ).autograd()
    except UnsupportedError as refusal:
        assert " has no " in str(refusal)
        return
    given = {key: torch.tensor(np.asarray(values[key], float)) for key in formula.variables}
    x = given.pop(case["wrt"]).requires_grad_(True)
    assert torch.autograd.gradcheck(
        lambda x: f(**given, **{case["wrt"]: x}), (x,), atol=1e-4, rtol=1e-3
    )


@everywhere
@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function(name: str, framework: str) -> None:
    """The same value as NumPy, or an error that names function and framework."""
    parsed = matcalc.parse(expression(name), KINDS)
    given = {key: VALUES[key] for key in parsed.variables}
    try:
        f = function(parsed.source(framework))
    except UnsupportedError as refusal:
        assert " has no " in str(refusal)
        assert "-" in {cells[framework] for cells in FRAMEWORK_CALLS.values()}
        return
    compare(f(**arrays(framework, given)), parsed.to_callable()(**given))


@everywhere
@pytest.mark.parametrize("text", MORE)
def test_structure(text: str, framework: str) -> None:
    parsed = matcalc.parse(text, {**KINDS, "n": "scalar"} if text == "n*a" else KINDS)
    given = {key: {**VALUES, "n": 3.0}[key] for key in parsed.variables}
    found = function(parsed.source(framework))(**arrays(framework, given))
    compare(found, parsed.to_callable()(**given))


BANDED = np.abs(np.subtract.outer(np.arange(4.0), np.arange(4.0)))
STRUCTURED = {
    "toeplitz(4)": BANDED + 5 * np.eye(4),
    "hankel(4)": BANDED[::-1] + 1,
    "circulant(4)": np.minimum(BANDED, 4 - BANDED) + 5 * np.eye(4),
}


@everywhere
@pytest.mark.parametrize("kind", STRUCTURED)
@pytest.mark.parametrize("text", ["logdet(T)", "tr(T*T*T)", "norm2(qr_r(T + x*x'))^2"])
def test_variables_of_few_diagonals(text: str, kind: str, framework: str) -> None:
    d = matcalc.diff(text, "T", variables={"T": kind, "x": "vector(4)"})
    given = {"T": STRUCTURED[kind], "x": np.arange(1.0, 5)}
    given = {name: given[name] for name in d.variables}
    compare(function(d.source(framework))(**arrays(framework, given)), d.to_callable()(**given))


@pytest.mark.parametrize("framework", [needs("jax"), needs("torch")])
def test_real_eigenvalues_that_are_not_there(framework: str) -> None:
    source = matcalc.parse("eigval(Z, 2)", {"Z": "matrix(3, 3)"}).source(framework)
    turn = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 2.0]])
    assert np.isnan(numbers(function(source)(**arrays(framework, {"Z": turn}))))


def gradient(framework: str, text: str = "sum(softplus(X*x)) + x'*S*x") -> Callable[..., Any]:
    kinds = {name: KINDS[name] for name in ("X", "x", "S")}
    return function(matcalc.diff(text, "x", variables=kinds).source(framework))


def test_jax_compiles_maps_and_keeps_single_precision() -> None:
    jax = pytest.importorskip("jax")
    f = gradient("jax")
    given = arrays("jax", {"X": X, "x": V, "S": S})
    wanted = f(**given)
    compare(jax.jit(f)(**given), wanted)
    mapped = jax.vmap(lambda x: f(X=given["X"], x=x, S=given["S"]))
    compare(mapped(jax.numpy.stack([given["x"]] * 2))[1], wanted)
    single = {key: value.astype("float32") for key, value in given.items()}
    assert f(**single).dtype == "float32"
    np.testing.assert_allclose(f(**single), wanted, rtol=1e-4)


def test_torch_maps_and_keeps_single_precision() -> None:
    torch = pytest.importorskip("torch")
    f = gradient("torch")
    given = arrays("torch", {"X": X, "x": V, "S": S})
    wanted = f(**given)
    mapped = torch.func.vmap(lambda x: f(X=given["X"], x=x, S=given["S"]))
    compare(mapped(torch.stack([given["x"]] * 2))[1], wanted)
    single = {key: value.float() for key, value in given.items()}
    assert f(**single).dtype == torch.float32
    np.testing.assert_allclose(f(**single), wanted, rtol=1e-4)


@everywhere
@pytest.mark.parametrize("number", [2.0**660, 2.0**-660])
def test_norms_do_not_overflow(number: float, framework: str) -> None:
    d = matcalc.diff("norm2(x)", "x", variables={"x": "vector(n)"}, order=2)
    f = function(d.source(framework))
    found = numbers(f(**arrays(framework, {"x": number * V})))
    compare(found * number, numbers(f(**arrays(framework, {"x": V}))))


@everywhere
def test_wrong_shapes(framework: str) -> None:
    given = arrays(framework, {"X": X, "x": V[:2], "S": S})
    with pytest.raises(ValueError, match=r"expected .*x: \(n,\).*found"):
        gradient(framework)(**given)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_what_is_refused_is_named(framework: str) -> None:
    with pytest.raises(UnsupportedError, match="has no besselj"):
        matcalc.parse("besselj(1, x)").source(framework)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_several_derivatives(framework: str) -> None:
    found = matcalc.diff("norm2(W*x + b)^2", ["W", "b"], variables={"b": "vector(m)"})
    assert "return " in found.source(framework, value=True)


SUMS = [
    "sum[i](d[i]*(X[i,:]*w - log(sum[j=1:i](exp(X[j,:]*w)))))",
    "sum[i,k](exp(-norm2(X[i,:] - M[k,:])^2))",
    "sum[i,k](tanh(X[i,:]*M[k,:]')*d[i])",
]


@everywhere
@pytest.mark.parametrize("text", SUMS)
def test_sums_over_indices(text: str, framework: str) -> None:
    """The standard of the array API has no einsum, so its code has none."""
    kinds = {"X": "matrix(n, p)", "M": "matrix(m, p)", "d": "vector(n)", "w": "vector(p)"}
    found = matcalc.parse(text, {name: kinds[name] for name in kinds if name in text})
    rng = np.random.default_rng(0)
    values = {"X": rng.normal(size=(5, 3)), "M": rng.normal(size=(4, 3))}
    values |= {"d": rng.uniform(size=5), "w": rng.normal(size=3)}
    given = {name: values[name] for name in found.variables}
    compare(found.to_callable(framework)(**arrays(framework, given)), found.to_callable()(**given))
    assert "einsum" not in found.source("array-api")


MATRIX_FUNCTIONS = [
    ("logm(A)*x", "x", 1),
    ("tr(sqrtm(A)*B)", "A", 1),
    ("tr(logm(A)*B)", "A", 1),
    ("tr(logm(A)*B)", "A", 2),
]


@everywhere
@pytest.mark.parametrize(("text", "wrt", "order"), MATRIX_FUNCTIONS)
def test_roots_and_logarithms(text: str, wrt: str, order: int, framework: str) -> None:
    kinds = {"A": "psd(n)", "B": "matrix(n, n)"}
    found = matcalc.diff(text, wrt, order=order, variables=kinds)
    for A in (np.array([[4.0, 1], [1, 3]]), np.array([[1e6, 3], [3, 1e-3]])):
        values = {"A": A, "B": np.array([[1.0, 2], [-1, 0.5]]), "x": np.ones(2)}
        given = {name: values[name] for name in found.variables}
        wanted = found.to_callable()(**given)
        compare(found.to_callable(framework)(**arrays(framework, given)), wanted)
    values["A"] = np.array([[-1.0, 0], [0, -2]])  # neither has one
    given = {name: values[name] for name in found.variables}
    with np.errstate(all="ignore"):
        assert np.isnan(numbers(found.to_callable(framework)(**arrays(framework, given)))).any()


STRIDED = [
    ("sum[i=1:n](x[2*i]^2*y[i])", "x"),
    ("sum[i=1:n-2](tanh(sum[j=1:3](h[j]*y[i+j-1])))", "h"),
    ("sum[i=1:n-2](sum[j=1:3](h[j]*y[i+j-1])^2)", "y"),
    ("sum[i=1:n-2,l](tanh(sum[j=1:3](h[j]*X[i+j-1,l])))", "X"),
]
STRIDES = {"x": "vector(2*n)", "y": "vector(n)", "h": "vector(3)", "X": "matrix(n, m)"}


@everywhere
@pytest.mark.parametrize(("text", "wrt"), STRIDED)
def test_entries_at_computed_places(text: str, wrt: str, framework: str) -> None:
    kinds = {name: kind for name, kind in STRIDES.items() if f"{name}[" in text}
    found = matcalc.diff(text, wrt, variables=kinds)
    rng = np.random.default_rng(0)
    values = {"x": rng.normal(size=10), "y": rng.normal(size=5), "h": rng.normal(size=3)}
    values["X"] = rng.normal(size=(5, 2))
    given = {name: values[name] for name in found.variables}
    compare(found.to_callable(framework)(**arrays(framework, given)), found.to_callable()(**given))


NUMBERS = ["step(0)*x", "huber(2, 1)*x", "elu(3, 1)*x", "sigmoid(2)*x", "eigval(X, 1)*x"]


@everywhere
@pytest.mark.parametrize("text", [*NUMBERS, "polygamma(1, 2)*x"])
def test_functions_of_numbers(text: str, framework: str) -> None:
    """Numbers become arrays, for functions take nothing else, but those that count something."""
    found = matcalc.parse(text, {"x": "vector(n)", "X": "matrix(n, n)"})
    values = {"x": np.arange(3.0), "X": np.diag([3.0, 2.0, 1.0])}
    given = {name: values[name] for name in found.variables}
    if framework == "array-api" and text not in NUMBERS[:-1]:
        pytest.skip("the standard has none")
    compare(found.to_callable(framework)(**arrays(framework, given)), found.to_callable()(**given))


@everywhere
def test_families_are_lists_or_arrays(framework: str) -> None:
    kinds = {"W[k]": "matrix(n, n)", "x": "vector(n)", "lambda": "scalar"}
    found = matcalc.diff("lambda*sum(tanh(W[2]*tanh(W[1]*x)))", ["W", "x"], variables=kinds)
    rng = np.random.default_rng(0)
    W, x = rng.normal(size=(2, 3, 3)), rng.normal(size=3)
    wanted = found.to_callable()(**{"W": W, "x": x, "lambda": 2.0})
    f = found.to_callable(framework)
    one, other = arrays(framework, {"0": W[0], "1": W[1]}).values()
    given = arrays(framework, {"x": x, "lambda": np.array(2.0)})
    result = f(W=[one, other], **given)
    compare(result["x"], wanted["x"])
    for part, right in zip(result["W"], wanted["W"], strict=True):
        compare(part, right)


def test_every_function_has_a_row() -> None:
    """What NumPy code calls is known of every backend, if only that it cannot."""
    lacking: set[str] = set()
    assert set(CALLS.values()) - set(FRAMEWORK_CALLS) <= lacking
    assert all(set(cells) == set(FRAMEWORKS) for cells in FRAMEWORK_CALLS.values())
    modules = (portable, portable_matrices, portable_places)
    text = "".join(Path(each.__file__).read_text(encoding="utf-8") for each in modules)
    for name, cells in FRAMEWORK_CALLS.items():
        for framework in FRAMEWORKS:
            if cells[framework][0] == "=":
                wanted = cells[framework][1:].rstrip("*") or name.rpartition(".")[2]
                assert f"def {wanted}(" in text, (name, framework)
