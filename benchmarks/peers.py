"""The derivatives by other tools: functions that are called like ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from problems import DEPTH, Array, Problem


def jax_function(problem: Problem, values: dict[str, Array]) -> Callable[[], Any]:
    """The derivative by JAX, compiled; its arrays are on the device already."""
    import jax

    jax.config.update("jax_enable_x64", True)
    given = {name: jax.numpy.asarray(value) for name, value in values.items()}

    def objective(wrt: Any, rest: dict[str, Any]) -> Any:
        return problem.objective(jax.numpy, **{**rest, problem.wrt: wrt})

    derive = jax.jit((jax.grad if problem.order == 1 else jax.hessian)(objective))
    rest = {name: value for name, value in given.items() if name != problem.wrt}
    return lambda: derive(given[problem.wrt], rest).block_until_ready()


def torch_function(problem: Problem, values: dict[str, Array]) -> Callable[[], Any]:
    """The derivative by PyTorch's function transforms."""
    import torch

    torch.set_num_threads(1)
    given = {name: torch.asarray(value) for name, value in values.items()}
    derive = torch.func.grad if problem.order == 1 else torch.func.hessian

    def objective(wrt: Any) -> Any:
        return problem.objective(torch, **{**given, problem.wrt: wrt})

    return lambda: derive(objective)(given[problem.wrt])


# the axes of each variable as tensorgrad names them: the name, and the size
_AXES: dict[str, dict[str, dict[str, str]]] = {
    "quadratic form": {"x": {"i": "n"}, "A": {"i": "n", "j": "n"}},
    "least squares": {"A": {"i": "m", "j": "n"}, "x": {"j": "n"}, "b": {"i": "m"}},
    "logistic loss": {"X": {"i": "m", "j": "n"}, "w": {"j": "n"}, "y": {"i": "m"}},
    "log-sum-exp": {"A": {"i": "m", "j": "n"}, "x": {"j": "n"}, "b": {"i": "m"}},
    "Gaussian by covariance": {"S": {"i": "n", "j": "n"}, "x": {"i": "n"}, "m": {"i": "n"}},
    "Gaussian by mean": {"S": {"i": "n", "j": "n"}, "x": {"i": "n"}, "m": {"i": "n"}},
    "Gaussian by precision": {"P": {"i": "n", "j": "n"}, "x": {"i": "n"}, "m": {"i": "n"}},
    "matrix factorisation": {
        "T": {"i": "m", "j": "n"},
        "U": {"i": "m", "r": "k"},
        "V": {"j": "n", "r": "k"},
    },
    "softmax cross-entropy": {
        "X": {"i": "m", "j": "n"},
        "W": {"j": "n", "c": "k"},
        "Y": {"i": "m", "c": "k"},
    },
    "tanh network": {},
    "relu network": {},
}
for _network in ("tanh network", "relu network"):
    _AXES[_network] = {"x": {"a0": "n"}, "y": {f"a{DEPTH}": "n"}} | {
        f"W{k}": {f"a{k}": "n", f"a{k - 1}": "n"} for k in range(1, DEPTH + 1)
    }


def _objective(name: str, v: Mapping[str, Any]) -> Any:
    """The objective of a problem in the language of tensorgrad."""
    from tensorgrad import functions as tg

    match name:
        case "quadratic form":
            return v["x"] @ v["A"] @ v["x"].rename(i="j")
        case "least squares":
            r = v["A"] @ v["x"] - v["b"]
            return r @ r
        case "logistic loss":
            return tg.sum(tg.log(tg.exp(-v["y"] * (v["X"] @ v["w"])) + 1))
        case "log-sum-exp":
            return tg.log(tg.sum(tg.exp(v["A"] @ v["x"] + v["b"])))
        case "Gaussian by covariance" | "Gaussian by mean":
            r = v["x"] - v["m"]
            square = r @ tg.inverse(v["S"]) @ r.rename(i="j")
            return tg.log(tg.det(v["S"])) * (-0.5) - square * 0.5
        case "Gaussian by precision":
            r = v["x"] - v["m"]
            return tg.log(tg.det(v["P"])) * 0.5 - (r @ v["P"] @ r.rename(i="j")) * 0.5
        case "matrix factorisation":
            r = v["T"] - v["U"] @ v["V"]
            return r @ r
        case "softmax cross-entropy":
            return -(v["Y"] @ tg.log_softmax(v["X"] @ v["W"], dim="c"))
    a = v["x"]
    for k in range(1, DEPTH + 1):
        a = (tg.tanh if name == "tanh network" else tg.relu)(v[f"W{k}"] @ a)
    r = a - v["y"]
    return r @ r


def tensorgrad_function(problem: Problem, values: dict[str, Array]) -> Callable[[], Any] | None:
    """The derivative by tensorgrad, compiled to PyTorch; None where it cannot express or compile
    the problem, or computes something else.
    """
    import sympy
    import tensorgrad
    import torch
    from tensorgrad.compiler import compile_to_callable

    torch.set_num_threads(1)
    axes = _AXES.get(problem.name)
    if axes is None:
        return None
    names = dict.fromkeys(size for each in axes.values() for size in each.values())
    symbols = {name: sympy.Symbol(name) for name in names}
    variables = {
        name: tensorgrad.Variable(name, **{axis: symbols[size] for axis, size in each.items()})
        for name, each in axes.items()
    }
    sizes = {
        symbols[size]: length
        for name, each in axes.items()
        for size, length in zip(each.values(), values[name].shape, strict=True)
    }
    try:
        derivative = _objective(problem.name, variables)
        for _ in range(problem.order):
            derivative = derivative.grad(variables[problem.wrt])
        program = compile_to_callable(derivative)
        # its wrapper needs the named tensors that PyTorch has no longer; this is what it calls
        function = program.codegen.specialize(sizes, dtype=torch.float64)
        given = [_ordered(torch, each, values, axes) for each in program.vars]
        (found,) = function(*given)
    except Exception as failure:  # whatever it raises, the others are measured
        print(f"tensorgrad: {problem.name}: {type(failure).__name__}: {failure}"[:100])
        return None
    wanted = problem.expert(**values)
    # in any order of the axes, and whether projected on symmetric matrices or not
    if found.numel() != wanted.size or not np.isclose(float(found.sum()), wanted.sum()):
        print(f"tensorgrad: {problem.name}: another value")
        return None
    return lambda: function(*given)


def _ordered(torch: Any, variable: Any, values: Any, axes: Any) -> Any:
    """The array with its axes in the order of the variable's edges."""
    own = list(axes[variable.name])
    return torch.asarray(values[variable.name].transpose([own.index(e) for e in variable.edges]))
