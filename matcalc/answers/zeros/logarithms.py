"""Equations of logarithms, without them."""

from __future__ import annotations

from matcalc.core.program import Program
from matcalc.core.tree import (
    Expr,
    add_terms,
    fill,
    is_number,
    is_zero,
    number,
    split_signed_terms,
    variable_names,
)
from matcalc.engine.pipeline import simplify_tree


def without_logarithms(program: Program, equation: Expr, wrt: str) -> Expr | None:
    """An equation with the zeros of one such as ``log(x) - log(1 - x) - c``: its exponential,
    ``x - (1 - x)*exp(c)``. None where the variable is not in logarithms of one weight alone.
    """
    shape, row = equation.shape, equation.row
    sides: dict[int, Expr] = {}
    rest, weights = [], set()
    op = ".*" if shape else "*"
    for sign, term in split_signed_terms(equation):
        if wrt not in variable_names(term):
            whole = fill(term, shape, row=row) if shape and not term.shape else term
            rest.append(Expr("neg", (whole,), shape, row=row) if sign > 0 else whole)
            continue
        weight: Expr = number(1)
        if term.op == "*" and is_number(term.args[0]):
            weight, term = term.args
        if term.op != "log" or term.shape != shape:
            return None
        weights.add(weight.value)
        inside = term.args[0]
        sides[sign] = Expr(op, (sides[sign], inside), shape) if sign in sides else inside
    if len(weights) != 1 or len(shape) > 1:
        return None
    one = fill(number(1), shape) if shape else number(1)
    right = sides.get(-1, one)
    total = simplify_tree(program, add_terms(rest, shape, row=row))
    if not is_zero(total):
        weighed = Expr("/", (total, number(weights.pop())), shape)
        right = Expr(op, (right, Expr("exp", (weighed,), shape)), shape)
    return Expr("-", (sides.get(1, one), right), shape)
