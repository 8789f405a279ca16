"""Left sides of rewrites as networks of their own, with leaves as the variables to be bound."""

from __future__ import annotations

from dataclasses import dataclass

from matcalc.core.identity import Identity
from matcalc.core.tree import Expr, operation
from matcalc.engine.catalogue.compiled import Catalogue, Rewrite
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Call, FunctionName, Leaf, Node, Product, Sum, as_product
from matcalc.engine.lowering.lower import Lowering


@dataclass(frozen=True, slots=True)
class Pattern:
    """``head``: the function of a call, or ``*`` (part of a product) or ``+`` (part of a sum).

    ``lifted``: all variables are scalars, so the rule holds entry by entry and matches factors on
    any one tuple of labels. ``heads``: the functions that a node must have at its top for the rule
    to be found there, see ``heads``. ``names``: the right side of a rewrite for the end has
    functions with a definition, which is not put in their place there.
    """

    rule: Rewrite
    left: Node
    head: FunctionName
    lifted: bool
    heads: frozenset[FunctionName]
    names: bool


def pattern(known: Catalogue, name: str) -> Pattern:
    """The pattern of a rewrite, made once."""
    return known.once(name, _pattern)


def _pattern(known: Catalogue, entry: Identity) -> Pattern:
    rule = known.rewrite(entry.name)
    final = entry.phase in ("final", "code")
    builder = Builder(known)
    # matched literally, so a symmetric or skew variable must not be put in order here
    names = {v.name: builder.leaf("variable", v.shape, v.name) for v in rule.variables.values()}
    left = Lowering(builder, known.definition).lower(rule.left, names)
    head = left.name if isinstance(left, Call) else "+" if isinstance(left, Sum) else "*"
    lifted = all(not v.shape for v in rule.variables.values())
    return Pattern(rule, left, head, lifted, heads(left), final and _names(known, rule.right))


def heads(node: Node) -> frozenset[FunctionName]:
    """The functions among the arguments of a call, the factors of a product, the terms of a sum and
    their factors.
    """
    if isinstance(node, Call):
        return frozenset([arg.name for arg in node.args if isinstance(arg, Call)])
    terms = [term for _, term in node.terms] if isinstance(node, Sum) else [node]
    return frozenset(
        [
            factor.name
            for term in terms
            for factor, _, _ in as_product(term)[1]
            if isinstance(factor, Call)
        ]
    )


def _names(known: Catalogue, right: Expr) -> bool:
    calls = right.parts
    return any(
        known.definition(operation(e)) is not None
        or (len(e.args) == 2 and known.definition(f"{operation(e)}-rows") is not None)
        for e in calls
    )


def functions(node: Node) -> set[FunctionName]:
    """What of a node can activate a rewrite: functions, and kinds of variables."""
    if isinstance(node, Call):
        return {node.name, "orthogonal"} if node.name == "expm" else {node.name}
    if isinstance(node, Leaf):
        # an identity is diagonal; it makes a vector a diagonal matrix
        if node.structure == "onehot":
            return {"onehot", "simplex"}
        return {node.structure} if node.structure else {"diagonal"} if node.kind == "eye" else set()
    return (
        {"sqrt"}
        if isinstance(node, Product)
        and any(exponent.denominator == 2 for _, _, exponent in node.factors)
        else set()
    )
