"""Equations that are affine in a variable, solved in closed form."""

from __future__ import annotations

from dataclasses import replace

from matcalc.answers.names import occurring
from matcalc.answers.taylor import put
from matcalc.core.dims import Shape
from matcalc.core.kinds import Variable, free_kind
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr, eye, fill, number
from matcalc.engine.pipeline import differentiate, matricize, simplify
from matcalc.verify.verification import verify
from matcalc.write.printers.text import text


def affine_zero(program: Program, wrt: str) -> Expr | None:
    """The value of a variable at which an expression of its shape is zero; None where the
    expression is not affine in it, or its linear part is no A*X*B.

    The linear part is inverted whatever it is: the point exists where it is invertible.
    """
    slope = _slope(program, wrt)
    if slope is None:
        return None
    bare, linear = slope
    known = program.variables[wrt]
    zero = fill(number(0), known.shape) if known.shape else number(0)
    rest = simplify(replace(bare, expr=put(bare.expr, {wrt: zero}), definitions={}))
    return inverse_of_slope(bare, linear, Expr("neg", (rest,), rest.shape), known)


def inverse_of_slope(program: Program, linear: Expr, value: Expr, known: Variable) -> Expr | None:
    """The direction of a variable along which the linear map has a value, with an inverse; None
    where the map of a matrix is no single product A*X*B.
    """
    shape = known.shape
    if not shape:
        whole = Expr("/", (value, linear), value.shape)
        return simplify(replace(program, expr=whole, definitions={}))
    if len(shape) == 1:
        inverse = Expr("inv", (linear,), linear.shape)
        whole = Expr("*", (inverse, value), value.shape)
        return simplify(replace(program, expr=whole, definitions={}))
    if linear.rank > 2:
        language = program.language
        matrix = matricize(linear, program.variables, len(shape), language=language)
        if matrix is None:
            return None
        linear = matrix
    parts = _product_of(linear, shape)
    if parts is None:
        return None
    scale, left, right = parts
    inverse = Expr("inv", (left,), left.shape)
    whole = Expr("*", (inverse, value), shape)
    whole = Expr("*", (whole, Expr("inv", (right,), right.shape)), shape)
    return simplify(replace(program, expr=Expr("/", (whole, scale), shape), definitions={}))


def _slope(program: Program, wrt: str) -> tuple[Program, Expr] | None:
    """The expression, short, with the variable as a free one, and its derivative, if that is
    constant.
    """
    known = program.variables[wrt]
    tree = simplify(replace(program, definitions={}))
    free = Variable(wrt, free_kind(len(known.shape)), known.shape, known.declared)
    bare = replace(program, expr=tree, definitions={}, variables={**program.variables, wrt: free})
    statement = DerivativeStatement(bare, wrt)
    linear = differentiate(statement)
    if wrt in occurring(linear) or verify(statement, linear).kind == "none":
        return None
    return bare, linear


def _product_of(linear: Expr, shape: Shape) -> tuple[Expr, Expr, Expr] | None:
    """c, A and B of a map c*A*X*B whose matrix is c*kron(B', A)."""
    scale: Expr = number(1)
    while True:
        if linear.op == "neg":
            scale, linear = Expr("neg", (scale,)), linear.args[0]
        elif linear.op == "*" and not linear.args[0].shape:
            scale, linear = Expr("*", (scale, linear.args[0])), linear.args[1]
        elif linear.op == "/" and not linear.args[1].shape:
            scale, linear = Expr("/", (scale, linear.args[1])), linear.args[0]
        else:
            break
    if linear.op == "eye":
        return scale, eye(shape[0]), eye(shape[1])
    if linear.op != "kron":
        return None
    right, left = linear.args
    if left.shape != (shape[0],) * 2 or right.shape != (shape[1],) * 2:
        return None
    return scale, left, Expr("'", (right,), right.shape)


def kernel_equation(program: Program, wrt: str) -> str | None:
    """The text of an equation that is affine in a matrix but no single product, else None."""
    if len(program.variables[wrt].shape) != 2:
        return None
    slope = _slope(program, wrt)
    return None if slope is None else text(slope[0].expr)
