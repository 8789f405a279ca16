"""Whether the engine can work with what a user's file brings: differentials are linear, rewrites
come to an end.
"""

from __future__ import annotations

from functools import partial

from matcalc.core.errors import MatcalcError, UnsupportedError
from matcalc.core.identity import Identity
from matcalc.core.kinds import Variable
from matcalc.core.language import BaseLanguage
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.walk import fold, postorder
from matcalc.engine.catalogue.compiled import catalogue
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Call, Leaf, Node, Product, Rational, is_number
from matcalc.engine.lowering.lower import Lowering
from matcalc.engine.pipeline import differentiate, matricize
from matcalc.engine.rewriting.engine import Rewriter
from matcalc.engine.rewriting.pattern import pattern
from matcalc.extend.user_defined.function_tables import PLAIN
from matcalc.extend.user_defined.tables import Table
from matcalc.read.frontend import read
from matcalc.verify.oracle.compare import check
from matcalc.verify.oracle.interpret import interpret
from matcalc.write.notation import format_text

_MANY = 2  # a degree that is not one


def check_activation(table: Table, entry: Identity, language: BaseLanguage) -> None:
    """Whether the rewrite can be found: its left side is a pattern of functions or operators, and
    has all that the right has.
    """
    rule = pattern(catalogue(language), entry.name)
    if isinstance(rule.left, Leaf) or is_number(rule.left):
        hint = "everything would match it"
        raise table.problem(
            "the left side of a rewrite has a function or an operator in it", "expr", hint=hint
        )
    bound = {
        node.name
        for node in _nodes(rule.left)
        if isinstance(node, Leaf) and node.kind == "variable"
    }
    unbound = [name for name in rule.rule.variables if name not in bound]
    if unbound:
        hint = f"matcalc writes the left side without {unbound[0]}"
        raise table.problem(
            f"{unbound[0]} is not found by matching the left side", "expr", hint=hint
        )


def try_rewrite(table: Table, entry: Identity, language: BaseLanguage) -> str:
    """A note where the rewrite does not fire on its own left side; CatalogueError where rewriting
    that does not end.
    """
    program = read(entry.expr, entry.given, language=language)
    known = catalogue(language)
    builder = Builder(known)
    lowering = Lowering(builder, known.definition)
    rewriter = Rewriter(builder, lowering, final=True)
    try:
        rewriter.rewrite(lowering.lower(program.expr, _leaves(builder, program.variables)))
    except UnsupportedError as problem:
        hint = "the right side has the left side in it, or another rewrite undoes it"
        raise table.problem(problem.message, "to", hint) from None
    if any(step.rule == entry.name for step in rewriter.steps):
        return ""
    first = rewriter.steps[0].rule if rewriter.steps else ""
    why = f"the rewrite {first} comes first" if first else "matcalc writes both sides alike"
    return f"note: {entry.name} does not fire on its own left side: {why}"


def try_function(table: Table, entry: Identity, language: BaseLanguage) -> None:
    """Derives the function by each argument, and compares with numbers."""
    program = read(entry.expr, {**entry.given, **(entry.domain or {})}, language=language)
    _check_linear(table, program)
    for name in program.variables:
        try:
            statement = DerivativeStatement(program, name, structure="free")
            tree = differentiate(statement)
            report = check(statement, partial(interpret, tree))
        except MatcalcError as problem:
            message = (
                f"matcalc cannot differentiate {entry.expr} with respect to {name}: "
                f"{problem.message}"
            )
            raise table.problem(message, "diff", problem.hint) from None
        if not report.ok:
            matrix = matricize(tree, program.variables, statement.columns, language=language)
            found = format_text(matrix or tree, program.variables, language=language)
            raise table.problem(
                f"from it the derivative with respect to {name} would be {found}, which is wrong",
                "diff",
                hint=str(report),
            )


def _check_linear(table: Table, program: Program) -> None:
    """Whether each term of the network has a single dX as a factor, and no function is taken of
    one.
    """
    known = catalogue(program.language)
    rule = known.differential(table.name)
    assert rule is not None  # it was added just now
    builder = Builder(known)
    leaves = _leaves(builder, program.variables)
    moves = {"d" + name: builder.leaf("hole", leaf.axes, name) for name, leaf in leaves.items()}
    value = builder.leaf("variable", program.expr.shape, "Y")
    body = Lowering(builder, known.definition).lower(rule.body, {**leaves, **moves, "Y": value})

    def degree(node: Node, parts: list[Rational]) -> Rational:
        if isinstance(node, Leaf):
            return int(node.kind == "hole")
        if isinstance(node, Product):
            return sum(
                (
                    part * exponent
                    for part, (_, _, exponent) in zip(parts, node.factors, strict=True)
                ),
                0,
            )
        mixed = isinstance(node, Call) or len(set(parts)) > 1
        return _MANY if any(parts) and mixed else max(parts, default=1)

    vanishes = body is builder.zero(body.axes)
    if not vanishes and fold(body, lambda node: node.children, degree) != 1:
        names = " and ".join(moves)
        hint = "each term has one of them as a factor of a product, and nothing is divided by them"
        raise table.problem(f"the differential is not linear in {names}", "diff", hint=hint)


def _leaves(builder: Builder, variables: dict[str, Variable]) -> dict[str, Node]:
    return {
        v.name: builder.leaf("variable", v.shape, v.name, "" if v.kind in PLAIN else v.kind)
        for v in variables.values()
    }


def _nodes(root: Node) -> list[Node]:
    return postorder(root, lambda node: node.children)
