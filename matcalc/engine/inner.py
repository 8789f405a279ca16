"""expand(): derivatives that are inside an expression, replaced by what the engine finds.

Each is proved before it takes its place. What comes after sees an expression without them.
"""

from __future__ import annotations

from collections.abc import Callable

from matcalc.core.errors import UnsupportedError
from matcalc.core.indexed import all_parts
from matcalc.core.inner import INNER
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr, add_terms, fill, split_scaled_terms
from matcalc.engine.pipeline import Engine, differentiate, leaf_of, matricize
from matcalc.verify.verification import verify


def expand(program: Program) -> Program:
    """The program with the derivatives in place of ``grad(f, x)`` and its like, from the innermost
    outwards.

    Raises UnsupportedError where one is below indices, or where no rule is known.
    """
    bare = program._replace(definitions={}, notes=(), asked=None, unexpanded=False)
    notes: dict[str, None] = dict.fromkeys(program.notes)
    made: dict[int, Expr] = {}
    roots = [*program.definitions.values(), program.expr]
    for node in (part for root in roots for part in root.parts):
        if id(node) in made:
            continue
        if node.op == "indexed":
            _refuse_below(node, program)
        args = tuple([made[id(arg)] for arg in node.args])
        if node.op in INNER:
            made[id(node)], how = _derivative(bare, node, args)
            notes |= {f"{node.op} is not verified: {how}": None} if how else {}
        else:
            made[id(node)] = node.with_args(args)
    return program._replace(
        expr=made[id(program.expr)],
        definitions={name: made[id(value)] for name, value in program.definitions.items()},
        notes=tuple(notes),
        unexpanded=False,
    )


def _refuse_below(node: Expr, program: Program) -> None:
    """UnsupportedError for a derivative below a binder, where it has no tree of its own."""
    below = next((part for part in all_parts(node.value.body) if part.op in INNER), None)
    if below is not None:
        raise UnsupportedError(
            f"{below.op} cannot appear inside a sum over indices",
            source=program.source,
            span=below.span,
            hint="give it a name before, as in  g = grad(f, x); sum[i](g[i]^2)",
        )


def _derivative(program: Program, node: Expr, args: tuple[Expr, ...]) -> tuple[Expr, str]:
    """The derivative that a node asks for, and why it could not be verified."""
    inner, *variables = args
    if inner.row:
        inner = Expr("'", (inner,), inner.shape)
    program = program._replace(expr=inner)
    order = 2 if node.op in ("hessian", "lap") else 1
    found, why = [], ""
    for variable in variables:
        statement = DerivativeStatement(program, str(variable.value), order)
        tree = differentiate(statement)
        verdict = verify(statement, tree)
        why = why or (verdict.how if verdict.kind == "none" else "")
        found.append(tree)
    if len(found) > 1:
        return Expr("blocks", tuple(found), node.shape, value=(1, len(found))), why
    (tree,) = found
    return _FORMS.get(node.op, _as_it_is)(program, node, tree), why


def _as_it_is(program: Program, node: Expr, tree: Expr) -> Expr:
    return Expr("'", (tree,), tree.shape, row=True) if node.row and not tree.row else tree


def _contract(program: Program, node: Expr, tree: Expr) -> Expr:
    """The sum of the entries of the derivative at the same places of both groups of axes."""
    if not tree.shape:
        return tree
    half = tuple(range(tree.rank // 2))
    whole = Expr("einsum", (tree,), value=(((*half, *half),), ()))
    if tree.is_tensor:
        tree = matricize(tree, program.variables, len(half), language=program.language) or tree
    if tree.rank == 2:  # the trace, term by term
        terms = [
            Expr("*", (scale, Expr("tr", (part if part.shape else fill(part, tree.shape),))))
            for scale, part in split_scaled_terms(tree)
        ]
        whole = add_terms(terms, ())
    engine = Engine(program._replace(expr=whole), "mixed")
    names = {v.name: leaf_of(engine.builder, v, free=False) for v in program.variables.values()}
    network = engine.shorten(engine.lowering.lower(whole, names))
    return engine.recover(engine.ordinary(network))


_FORMS: dict[str, Callable[[Program, Expr, Expr], Expr]] = {
    "lap": _contract,
    "div": _contract,
}
