"""Typed trees in PyTorch, whose automatic differentiation owes nothing to matcalc."""

from __future__ import annotations

import math
from fractions import Fraction

import torch

from matcalc.core.walk import fold


class Inexpressible(Exception):
    """PyTorch has no such function."""


def evaluated(tree, values, sizes):
    """The value of a tree at tensors."""

    def step(node, args):
        made = _leaf(node, args, values, sizes)
        if made is not None:
            return made
        if node.op not in _RULES:
            raise Inexpressible(node.op)
        return _RULES[node.op](node, args)

    return fold(tree, lambda node: node.args, step)


def gradient(tree, name, values, sizes, order):
    """The derivative of a tree by a variable: the axes of the value, then those of the variable,
    ``order`` times.
    """
    point = {key: torch.as_tensor(value, dtype=torch.float64) for key, value in values.items()}

    def function(x):
        return evaluated(tree, {**point, name: x}, sizes)

    for _ in range(order):
        function = torch.func.jacrev(function)
    return function(point[name]).numpy()


def _tensor(value):
    return torch.as_tensor(float(value), dtype=torch.float64)


def _leaf(node, args, values, sizes):
    shape = tuple(size.size(sizes) for size in node.shape)
    match node.op:
        case "variable":
            return values[node.value]
        case "number":
            return _tensor(Fraction(node.value))
        case "constant":
            return _tensor({"pi": math.pi}[node.value])
        case "dimension":
            return _tensor(node.value.size(sizes))
        case "eye":
            return torch.eye(shape[0], dtype=torch.float64)
        case "fill":
            return args[0].expand(shape)
    return None


def _product(node, args):
    left, right = args
    if 0 in (left.ndim, right.ndim):
        return left * right
    if left.ndim == right.ndim == 1 and not node.args[0].row and node.args[1].row:
        return torch.outer(left, right)
    return left @ right


def _power(node, args):
    base, exponent = args
    if base.ndim < 2:
        return base**exponent
    whole = round(float(exponent.detach()))
    if whole != float(exponent.detach()):
        raise Inexpressible("real power of a matrix")
    return torch.linalg.matrix_power(base, whole)


def _sums(reduction):
    return lambda node, args: (
        reduction(args[0]) if len(args) == 1 else _along(reduction, node, args)
    )


def _along(reduction, node, args):
    axis = int(node.args[1].value) - 1
    return reduction(args[0], dim=axis)


def _vec(node, args):
    return args[0].T.reshape(-1) if args[0].ndim == 2 else args[0]


def _kron(node, args):
    left, right = (arg[:, None] if arg.ndim == 1 else arg for arg in args)
    return (
        torch.kron(left, right).reshape(-1)
        if args[0].ndim == args[1].ndim == 1
        else torch.kron(left, right)
    )


def _logsumexp(x):
    return torch.logsumexp(x.reshape(-1), 0)


def _entries(function):
    """A function entry by entry, or of the whole array."""

    def rule(node, args):
        if len(args) > 1 and node.op in _OF_WHOLES:
            raise Inexpressible(f"{node.op} along an axis")
        return function(*args)

    return rule


_OF_WHOLES = ("softmax", "logsoftmax", "logsumexp", "norm1", "norm2", "norminf", "entropy")
_F = torch.nn.functional
_SAME = (
    *(
        "exp",
        "log",
        "log2",
        "log10",
        "log1p",
        "expm1",
        "sin",
        "cos",
        "tan",
        "asin",
        "acos",
        "atan",
        "sinh",
        "cosh",
        "tanh",
    ),
    *(
        "asinh",
        "acosh",
        "atanh",
        "sqrt",
        "abs",
        "sign",
        "relu",
        "sigmoid",
        "erf",
        "erfc",
        "erfinv",
        "logit",
        "digamma",
        "outer",
    ),
)
_FUNCTIONS = {
    **{name: getattr(torch, name) for name in _SAME},
    "sec": lambda x: 1 / torch.cos(x),
    "csc": lambda x: 1 / torch.sin(x),
    "cot": lambda x: 1 / torch.tan(x),
    "max": torch.maximum,
    "min": torch.minimum,
    "step": lambda x: torch.heaviside(x, _tensor(0)),
    "softplus": lambda x: torch.logaddexp(x, torch.zeros_like(x)),
    "silu": _F.silu,
    "softsign": _F.softsign,
    "gelu": _F.gelu,
    "leakyrelu": lambda x, a: torch.where(x > 0, x, a * x),
    "elu": lambda x, a: torch.where(x > 0, x, a * torch.expm1(x)),
    "huber": lambda x, d: torch.where(abs(x) <= d, x * x / 2, d * (abs(x) - d / 2)),
    "xlogy": torch.xlogy,
    "normcdf": torch.special.ndtr,
    "lognormcdf": torch.special.log_ndtr,
    "hypot": torch.hypot,
    "atan2": torch.atan2,
    "normpdf": lambda x: torch.exp(-x * x / 2) / math.sqrt(2 * math.pi),
    "gammaln": torch.lgamma,
    "gamma": lambda x: torch.exp(torch.lgamma(x)),
    "mvlgamma": lambda a, p: torch.special.multigammaln(a, int(p)),
    "polygamma": lambda k, x: torch.polygamma(int(k), x),
    "tr": torch.trace,
    "det": torch.linalg.det,
    "logdet": lambda X: torch.linalg.slogdet(X)[1],
    "inv": torch.linalg.inv,
    "adj": lambda X: torch.linalg.det(X) * torch.linalg.inv(X),
    "cof": lambda X: torch.linalg.det(X) * torch.linalg.inv(X).T,
    "pinv": torch.linalg.pinv,
    "expm": torch.linalg.matrix_exp,
    "chol": torch.linalg.cholesky,
    "cross": torch.linalg.cross,
    "eigvals": torch.linalg.eigvalsh,
    "lambda_max": lambda A: torch.linalg.eigvalsh(A)[-1],
    "lambda_min": lambda A: torch.linalg.eigvalsh(A)[0],
    "svdvals": torch.linalg.svdvals,
    "specnorm": lambda X: torch.linalg.svdvals(X)[0],
    "nucnorm": lambda X: torch.linalg.svdvals(X).sum(),
    "schatten": lambda X, s: (torch.linalg.svdvals(X) ** s).sum() ** (1 / s),
    "tril": lambda X, k=0: torch.tril(X, int(k)),
    "triu": lambda X, k=0: torch.triu(X, int(k)),
    "norm1": lambda x: abs(x).sum(),
    "norm2": lambda x: (x * x).sum().sqrt(),
    "norminf": lambda x: abs(x).max(),
    "logsumexp": _logsumexp,
    "softmax": lambda x: torch.softmax(x, 0),
    "logsoftmax": lambda x: torch.log_softmax(x, 0),
    "entropy": lambda x: -torch.xlogy(x, x).sum(),
    "kl": lambda x, y: (x * torch.log(x / y)).sum(),
    "diag": torch.diag,
    "dot": lambda x, y: (x * y).sum(),
}
_RULES = {
    **{name: _entries(function) for name, function in _FUNCTIONS.items()},
    "+": lambda node, args: args[0] + args[1],
    "-": lambda node, args: args[0] - args[1],
    "neg": lambda node, args: -args[0],
    "*": _product,
    "/": lambda node, args: args[0] / args[1],
    ".*": lambda node, args: args[0] * args[1],
    "./": lambda node, args: args[0] / args[1],
    ".^": lambda node, args: args[0] ** args[1],
    "^": _power,
    "'": lambda node, args: args[0].T if args[0].ndim == 2 else args[0],
    "sum": _sums(torch.sum),
    "mean": _sums(torch.mean),
    "vec": _vec,
    "kron": _kron,
}
