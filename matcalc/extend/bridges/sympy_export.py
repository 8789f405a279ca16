"""Typed tree to SymPy: one rule per operator and function that SymPy has a notion of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import sympy as sp
from sympy.matrices.expressions.diagonal import DiagMatrix, DiagonalOf
from sympy.matrices.expressions.hadamard import HadamardPower, HadamardProduct

from matcalc.core.declared import FunctionRef
from matcalc.core.dims import Dim, Shape
from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.operations import OPERATIONS
from matcalc.core.tree import APPLY, Expr, is_number, operation
from matcalc.core.user_functions import inline

_Rule = Callable[[Expr, list[Any]], Any]


def export(expr: Expr, variables: Mapping[str, Variable]) -> Any:
    """The SymPy expression."""
    return inline(expr).fold(partial(_convert, variables))


_NAMES = {
    "einsum": "index sums",
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), "comparisons"),
    "slice": "slices",
}
_OF_ALL = ("norm1", "norm2")  # exported over all entries alone


def _convert(variables: Mapping[str, Variable], node: Expr, args: list[Any]) -> Any:
    if node.is_tensor and node.op != "einsum":
        raise UnsupportedError(
            "SymPy's matrix expressions have no arrays with three axes or more", span=node.span
        )
    if node.op == "variable":
        return _variable(node, variables.get(node.value))
    if node.op in OPERATIONS and OPERATIONS[node.op].sympy:
        return _by_entries(node, args)
    rule = _RULES.get(node.op)
    along = len(args) == 2 and node.op in _OF_ALL  # by row or by column
    if rule is None or along:
        what = (
            f"the function {node.op}{' of rows and columns' * along}"
            if node.op in OPERATIONS
            else "functions that are only declared"
            if isinstance(node.value, FunctionRef)
            else f"the function {operation(node)}"
            if node.op == APPLY
            else _NAMES.get(node.op, node.op)
        )
        raise UnsupportedError(
            f"SymPy's matrix expressions cannot represent {what}", span=node.span
        )
    return rule(node, args)


def _variable(node: Expr, declared: Variable | None) -> Any:
    if node.rank == 0:
        return (
            sp.Symbol(node.value, positive=True)
            if declared and str(declared) == "positive"
            else sp.Symbol(node.value)
        )
    column = sp.MatrixSymbol(node.value, *_shape(node.shape))
    return column.T if node.row else column


def _size(dim: Dim) -> Any:
    return sp.Add(
        *(
            sp.Mul(sp.Rational(c.numerator, c.denominator), *map(sp.Symbol, names))
            for c, names in dim.terms
        )
    )


def _shape(shape: Shape, *, row: bool = False) -> tuple[Any, Any]:
    """Rows and columns."""
    rows, columns = (*map(_size, shape), sp.Integer(1))[:2]
    return (columns, rows) if row else (rows, columns)


def _entrywise(function: Any, arg: Any) -> Any:
    """f of every entry."""
    return arg.applyfunc(function) if isinstance(arg, sp.MatrixExpr) else function(arg)


def _scalar(matrix: Any) -> Any:
    """The entry of a 1 x 1 matrix."""
    return sp.Trace(matrix)


def _fill(node: Expr, args: list[Any]) -> Any:
    shape = _shape(node.shape, row=node.row)
    return sp.ZeroMatrix(*shape) if is_number(node.args[0], 0) else args[0] * sp.OneMatrix(*shape)


def _sum(node: Expr, args: list[Any]) -> Any:
    """A sum; a scalar beside a vector or matrix stands for as many ones."""
    shaped = next((arg for arg in args if isinstance(arg, sp.MatrixExpr)), None)
    left, right = (
        arg * sp.OneMatrix(*shaped.shape)
        if shaped is not None and not isinstance(arg, sp.MatrixExpr)
        else arg
        for arg in args
    )
    return left + right if node.op == "+" else left - right


def _product(node: Expr, args: list[Any]) -> Any:
    product = args[0] * args[1]
    return _scalar(product) if node.rank == 0 and node.args[0].rank > 0 else product


def _quotient(node: Expr, args: list[Any]) -> Any:
    return args[0] * (1 / args[1]) if node.rank > 0 else args[0] / args[1]


def _hadamard(node: Expr, args: list[Any]) -> Any:
    return (
        args[0] * args[1]
        if any(arg.rank == 0 for arg in node.args)
        else HadamardProduct(*args).doit()
    )


def _hadamard_quotient(node: Expr, args: list[Any]) -> Any:
    left, right = node.args
    if right.rank == 0:
        return _quotient(node, args)
    reciprocal = HadamardPower(args[1], sp.Integer(-1))
    return args[0] * reciprocal if left.rank == 0 else HadamardProduct(args[0], reciprocal).doit()


def _hadamard_power(node: Expr, args: list[Any]) -> Any:
    return args[0] ** args[1] if node.rank == 0 else HadamardPower(*args)


def _total(matrix: Any) -> Any:
    """The sum of all entries: 1' M 1."""
    rows, columns = matrix.shape
    left = sp.OneMatrix(1, rows) * matrix
    return _scalar(left if columns == 1 else left * sp.OneMatrix(columns, 1))


def _sum_of(node: Expr, args: list[Any]) -> Any:
    return _total(args[0]) if node.args[0].rank else args[0]


def _mean(node: Expr, args: list[Any]) -> Any:
    return _total(args[0]) / (args[0].shape[0] * args[0].shape[1])


def _frobenius(node: Expr, args: list[Any]) -> Any:
    return sp.sqrt(sp.Trace(args[0].T * args[0]))


def _totals(matrix: Any, axis: Any) -> tuple[Any, Any]:
    """The sums of the columns (1) or of the rows (2), and these sums at every entry that went into
    them.
    """
    rows, columns = matrix.shape
    if axis == 1:
        sums = sp.OneMatrix(1, rows) * matrix
        return sums.T, sp.OneMatrix(rows, 1) * sums
    sums = matrix * sp.OneMatrix(columns, 1)
    return sums, sums * sp.OneMatrix(1, columns)


def _logsumexp(node: Expr, args: list[Any]) -> Any:
    weights = args[0].applyfunc(sp.exp)
    if len(args) == 1:
        return sp.log(_total(weights))
    result = _totals(weights, args[1])[0].applyfunc(sp.log)
    return result.T if node.row else result


def _softmax(node: Expr, args: list[Any]) -> Any:
    weights = args[0].applyfunc(sp.exp)
    if len(args) == 1:
        return (1 / _total(weights)) * weights
    return HadamardProduct(weights, HadamardPower(_totals(weights, args[1])[1], sp.Integer(-1)))


def _diag(node: Expr, args: list[Any]) -> Any:
    if node.args[0].rank == 2:
        return DiagonalOf(args[0])
    return DiagMatrix(args[0].T if node.args[0].row else args[0])


def _vec(node: Expr, args: list[Any]) -> Any:
    if node.args[0].rank == 2:
        raise UnsupportedError(
            "SymPy's matrix expressions cannot represent the function vec of a matrix",
            span=node.span,
        )
    return args[0].T if node.args[0].row and not node.row else args[0]


@cache
def _function(name: str) -> Any:
    """SymPy's function, or the expression that the row gives, of its letters."""
    row = OPERATIONS[name]
    if row.sympy.isidentifier():
        return getattr(sp, row.sympy)
    letters = {letter: sp.Dummy(letter) for letter in re.findall(r"\w+", row.call)[1:]}
    return sp.Lambda(tuple(letters.values()), sp.sympify(row.sympy, locals=letters))


def _by_entries(node: Expr, args: list[Any]) -> Any:
    """A function of scalars; of one matrix among the arguments it is of every entry."""
    function = _function(node.op)
    matrices = [arg for arg in args if isinstance(arg, sp.MatrixExpr)]
    if len(matrices) > 1:
        raise UnsupportedError(
            f"SymPy cannot represent the function {node.op} of two vectors or matrices",
            span=node.span,
        )
    if not matrices:
        return function(*args)
    (matrix,) = matrices
    if len(args) == 1:
        return matrix.applyfunc(function)
    return matrix.applyfunc(
        _lambda(lambda d: function(*(d if arg is matrix else arg for arg in args)))
    )


def _lambda(body: Callable[[Any], Any]) -> Any:
    d = sp.Dummy("d")
    return sp.Lambda(d, body(d))


def _dot(node: Expr, args: list[Any]) -> Any:
    left, right = (arg.T if each.row else arg for each, arg in zip(node.args, args, strict=True))
    return sp.Trace(left.T * right)


def _outer(node: Expr, args: list[Any]) -> Any:
    left, right = (arg.T if each.row else arg for each, arg in zip(node.args, args, strict=True))
    return left * right.T


def _multivariate_gamma(node: Expr, args: list[Any]) -> Any:
    """The logarithm of Gamma_p, by its product."""
    p = int(args[1])
    constant = sp.Rational(p * (p - 1), 4) * sp.log(sp.pi)
    return _entrywise(
        _lambda(
            lambda d: constant + sp.Add(*(sp.loggamma(d - sp.Rational(j, 2)) for j in range(p)))
        ),
        args[0],
    )


def _entropy(node: Expr, args: list[Any]) -> Any:
    return _total(args[0].applyfunc(_lambda(lambda d: -d * sp.log(d))))


def _divergence(node: Expr, args: list[Any]) -> Any:
    """sum(p.*log(p./q))."""
    left, right = (arg.T if each.row else arg for each, arg in zip(node.args, args, strict=True))
    quotient = HadamardProduct(left, HadamardPower(right, sp.Integer(-1))).doit()
    return _total(HadamardProduct(left, quotient.applyfunc(sp.log)).doit())


def _log_softmax(node: Expr, args: list[Any]) -> Any:
    if len(args) == 1:
        return args[0] - _logsumexp(node, args) * sp.OneMatrix(*args[0].shape)
    return args[0] - _totals(args[0].applyfunc(sp.exp), args[1])[1].applyfunc(sp.log)


_RULES: dict[str, _Rule] = {
    "number": lambda node, args: sp.Rational(node.value.numerator, node.value.denominator),
    "constant": lambda node, args: getattr(sp, node.value),
    "dimension": lambda node, args: _size(node.value),
    "eye": lambda node, args: sp.Identity(_size(node.shape[0])),
    "fill": _fill,
    "+": _sum,
    "-": _sum,
    "neg": lambda node, args: -args[0],
    "*": _product,
    "/": _quotient,
    ".*": _hadamard,
    "./": _hadamard_quotient,
    ".^": _hadamard_power,
    "^": lambda node, args: args[0] ** args[1],
    "'": lambda node, args: args[0].T if node.rank else args[0],
    "mvlgamma": _multivariate_gamma,
    "tr": lambda node, args: sp.Trace(args[0]),
    "det": lambda node, args: sp.Determinant(args[0]),
    "logdet": lambda node, args: sp.log(sp.Abs(sp.Determinant(args[0]))),
    "inv": lambda node, args: sp.Inverse(args[0]).doit(),
    "sum": _sum_of,
    "mean": _mean,
    "norm1": lambda node, args: _total(args[0].applyfunc(sp.Abs)),
    "norm2": _frobenius,
    "logsumexp": _logsumexp,
    "softmax": _softmax,
    "logsoftmax": _log_softmax,
    "entropy": _entropy,
    "kl": _divergence,
    "diag": _diag,
    "vec": _vec,
    "kron": lambda node, args: sp.KroneckerProduct(*args),
    "dot": _dot,
    "outer": _outer,
}
