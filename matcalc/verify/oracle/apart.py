"""Whether a difference is more than rounding: its value at a point, beside the terms that cancel in
it and beside what it is at inputs that differ in their last bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import cycle

import numpy as np

from matcalc.core.errors import EvaluationError
from matcalc.core.kinds import Variable
from matcalc.core.operations import COMPARISONS
from matcalc.core.tree import Expr, number
from matcalc.core.user_functions import inline
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.interpret import interpret
from matcalc.verify.oracle.rounding import perturb
from matcalc.verify.oracle.sample import find_sizes

_EPSILON = 2.0**-52
_LAST_BITS = 1000.0  # of the terms: what rounding in their parts may leave
_AMPLIFIED = 100.0  # what is seen once may be so much larger elsewhere
# functions that NumPy computes to the last bits, and what is made of sums and products
_ACCURATE = frozenset(
    (
        *("variable", "number", "constant", "dimension", "eye", "unit", "fill", "fuse"),
        *("+", "-", "neg", "*", "/", ".*", "./", "^", ".^", "'", "dot", "kron", "sum", "mean"),
        *("tr", "diag", "vec", "reshape", "slice", "blocks", "tril", "triu", "cumsum", "revcumsum"),
        *("exp", "log", "log1p", "expm1", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh"),
        *("atan", "sigmoid", "softplus", "softmax", "logsumexp", "norm1", "norm2", "inv", "det"),
        *("abs", "sign", "step", "relu", "max", "min", "where", *COMPARISONS),
    )
)

_NUMERIC = frozenset(("+", "-", "neg", "*", "/", ".*", "./", "fill", "sqrt", "exp", "log"))
_MOVE = Fraction(8, 2**52)


def is_apart_somewhere(tree: Expr, variables: Mapping[str, Variable], seed: int) -> bool:
    """Whether a tree is certainly not zero at a random point."""
    try:
        sizes, values = find_sizes([tree], variables, np.random.default_rng(seed))
    except EvaluationError:
        return False
    return is_apart(tree, variables, values, sizes)


def is_apart(
    tree: Expr,
    variables: Mapping[str, Variable],
    values: Mapping[str, Array],
    sizes: Mapping[str, int],
) -> bool:
    """Whether a tree, a difference, is certainly not zero at a point.

    Of functions that are not computed to the last bits, and where there is no value, nothing is
    certain.
    """
    tree = inline(tree)
    if not tree.operations <= _ACCURATE:
        return False
    try:
        value = interpret(tree, values, sizes)
        other = interpret(_with_moved_numbers(tree), perturb(values, variables), sizes)
        size = sum(np.abs(interpret(term, values, sizes)) for term in _terms(tree))
    except (EvaluationError, np.linalg.LinAlgError):
        return False
    doubt = _AMPLIFIED * np.abs(other - value) + _LAST_BITS * _EPSILON * size
    return bool(np.all(np.isfinite(value)) and np.any(np.abs(value) > doubt))


def _with_moved_numbers(tree: Expr) -> Expr:
    """The tree with the numbers that are added, multiplied, or arguments of functions moved by some
    last bits: one after the other up and down, so that none of them cancels.
    """
    turns = cycle((1, -1, 1, 1, -1, -1))

    def rule(node: Expr, args: list[Expr]) -> Expr:
        if node.op in _NUMERIC:
            args = [_move(arg, next(turns)) for arg in args]
        return node.with_args(args)

    return tree.fold(rule)


def _move(node: Expr, turn: int) -> Expr:
    if node.op == "constant":
        return Expr("*", (number(1 + turn * _MOVE), node), ())
    return number(node.value * (1 + turn * _MOVE)) if node.op == "number" else node


def _terms(tree: Expr) -> list[Expr]:
    """What is added and subtracted on the whole."""
    found, todo = [], [tree]
    while todo:
        node = todo.pop()
        if node.op in ("+", "-", "neg") and all(arg.shape == node.shape for arg in node.args):
            todo += node.args
        else:
            found.append(node)
    return found
