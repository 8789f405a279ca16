"""Zeros of gradients by a symmetric matrix that solve a quadratic equation, as that of
``tr(S*X) - logdet(X) + c*norm2(X)^2/2``.

Where B and C commute, X = (sqrtm(B^2 - 4*a*C) - B)/(2*a) solves a*X^2 + B*X + C = 0 (Higham,
Functions of Matrices, 2008, section 2.10). Whether they do is left to who proves the zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial

from matcalc.answers.expansions.taylor import put
from matcalc.answers.zeros.solving import Zero
from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import Variable, kind_spec
from matcalc.core.program import Program
from matcalc.core.tree import (
    Expr,
    eye,
    number,
    split_scaled_terms,
    split_signed_terms,
    variable,
    variable_names,
    zeros,
)
from matcalc.engine.pipeline import simplify_tree
from matcalc.write.printers.text import text


def quadratic_zeros(program: Program, gradient: Expr, known: Variable) -> Iterator[Zero]:
    """Candidates for the zero of a gradient by a symmetric matrix: of it, or of it times the matrix
    on one side or on both, where that is quadratic.
    """
    if len(known.shape) != 2 or kind_spec(known.kind).reflection < 1:
        return
    x = variable(known.name, known.shape)
    for sides in range(3):
        with suppress(UnsupportedError):
            total = zeros(known.shape)
            for sign, term in split_signed_terms(gradient):  # each alone, so that inverses cancel
                times = Expr("*", (x, term), known.shape) if sides else term
                times = Expr("*", (times, x), known.shape) if sides > 1 else times
                times = simplify_tree(program, times)
                total = Expr("-" if sign < 0 else "+", (total, times), known.shape)
            root = _root(program, total, known)
            if root is not None:
                yield Zero(root)


def _root(program: Program, equation: Expr, known: Variable) -> Expr | None:
    """The solution with the positive root; None where the equation is not of that form."""
    shape = known.shape
    short = partial(simplify_tree, program)

    def sum_of(op: str, left: Expr, right: Expr) -> Expr:
        return Expr(op, (left, right), shape)

    if any(part.op == "inv" and known.name in variable_names(part) for part in equation.parts):
        return None
    unit = eye(shape[0])
    rest = short(put(equation, {known.name: zeros(shape)}))
    above = short(put(equation, {known.name: unit}))
    below = short(put(equation, {known.name: Expr("neg", (unit,), shape)}))
    half = short(Expr("/", (sum_of("-", above, below), number(2)), shape))
    twice = short(sum_of("-", sum_of("+", above, below), Expr("*", (number(2), rest), shape)))
    terms = split_scaled_terms(twice)
    if any(each.op != "eye" for _, each in terms):
        return None
    scale = terms[0][0]
    for other, _ in terms[1:]:
        scale = Expr("+", (scale, other))

    def solution(scale: Expr, half: Expr, rest: Expr) -> Expr:
        """Of scale/2*X^2 + half*X + rest = 0."""
        product = Expr("*", (Expr("*", (number(2), scale)), rest), shape)
        inside = short(sum_of("-", sum_of("*", half, half), product))
        above = sum_of("-", Expr("sqrtm", (inside,), shape), half)
        return short(Expr("/", (above, scale), shape))

    scale = short(scale)
    unscaled = [
        short(Expr("/", (Expr("*", (number(2), each), shape), scale), shape))
        for each in (half, rest)
    ]
    return min(
        solution(scale, half, rest),
        solution(number(2), *unscaled),
        key=lambda each: len(text(each)),
    )
