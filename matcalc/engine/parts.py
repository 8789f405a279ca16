"""derive_part(): the derivative with respect to a part of a program: an entry, a slice, or what has
a name.

The whole is a free variable while we differentiate. From its axes the places are taken after each
derivative, so that no more is kept than was asked for.
"""

from __future__ import annotations

from matcalc.core.dims import names_in
from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import MOST_RESULT_AXES, Variable, free_kind
from matcalc.core.parts import VariablePart
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.substitution import put_in
from matcalc.core.tree import Expr, variable
from matcalc.engine.calculus.derivative import derivative
from matcalc.engine.calculus.rules import LocalDerivatives
from matcalc.engine.ir.rebuild import substitute
from matcalc.engine.lowering.preconditions import require_single, require_symmetry
from matcalc.engine.pipeline import Engine, leaf_of

_HOLE = "?part"  # no name of the language
_MOST_ORDERS = 2  # which the judges take in one step


def derive_part(program: Program, part: VariablePart, statement: DerivativeStatement) -> Expr:
    """The derivative that a statement asks for, by a part of the program, as a typed tree.

    Its axes are those of the program, then those of the part, for each order.
    """
    if statement.order > _MOST_ORDERS:
        raise UnsupportedError(
            f"derivatives with respect to a part, {part.name}, have order 1 or 2",
            hint="differentiate the answer once more, with respect to the same part",
        )
    axes = len(statement.mixed_shape)
    if axes > MOST_RESULT_AXES:
        raise UnsupportedError(
            f"this derivative has {axes} axes; at most {MOST_RESULT_AXES} are supported"
        )
    whole = part.whole
    named = whole.op != "variable"
    name = _HOLE if named else str(whole.value)
    expr = program.expr
    if named:
        column = Expr("'", (variable(name, whole.shape),), whole.shape, row=True)
        hole = column if whole.row else column.args[0]
        expr = put_in(expr, {whole: hole})
    engine = Engine(program, statement.layout)
    engine.taken.update(names_in([place[0] for place in part.places if place]))
    builder, lowering = engine.builder, engine.lowering
    leaves = {v.name: leaf_of(builder, v, free=v.name == name) for v in program.variables.values()}
    if named:
        free = Variable(name, free_kind(whole.rank), whole.shape)
        leaves[name] = leaf_of(builder, free, free=True)
    require_symmetry(program, lowering, leaves)
    require_single(program, lowering, leaves, {name})
    node = engine.rewriter.rewrite(lowering.lower(expr, leaves))
    local_derivatives = LocalDerivatives(builder, lowering)
    for _ in range(statement.order):
        kept = node.axes
        node = derivative(builder, node, leaves[name], local_derivatives)
        if any(place is not None for place in part.places):
            array = Expr("variable", (), node.axes, value="?")
            shape = (*kept, *part.shape)
            places = (*[None] * len(kept), *part.places)
            node = lowering.lower(Expr("slice", (array,), shape, value=places), {"?": node})
        node = engine.shorten(node)
    if named:
        value = engine.rewriter.rewrite(lowering.lower(whole, leaves))
        node = engine.shorten(substitute(builder, node, {leaves[name]: value}))
    return engine.recover(engine.ordinary(node))
