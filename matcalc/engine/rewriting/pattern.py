"""Left sides of rewrites as networks of their own, with leaves as the variables to be bound."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from matcalc.core.identity import Identity
from matcalc.core.operations import ANALYTIC, INDEX_ARITHMETIC
from matcalc.core.tree import Expr, operation
from matcalc.core.walk import postorder
from matcalc.engine.catalogue.compiled import Catalogue, Rewrite
from matcalc.engine.catalogue.index import functions_in
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import (
    Call,
    Factor,
    FunctionName,
    Leaf,
    Node,
    Product,
    Sum,
    as_product,
    as_sum,
    magnitude,
)
from matcalc.engine.lowering.lower import Lowering

# what a factor is, whether its exponent is positive, and whether it is one of a factor
Head = tuple[FunctionName, bool, bool]
_ANALYTIC = ANALYTIC | INDEX_ARITHMETIC | {"pow"}
_ANYTHING = frozenset(("", above, inside) for above in (True, False) for inside in (True, False))


class Pattern(NamedTuple):
    """``head``: the function of a call, or ``*`` (part of a product) or ``+`` (part of a sum).

    ``lifted``: all variables are scalars, so the rule holds entry by entry and matches factors on
    any one tuple of labels. ``heads``: what a node must have at its top for the rule to be found
    there, see ``heads``. ``names``: the right side of a rewrite for the end has
    functions with a definition, which is not put in their place there. ``analytic``: it holds for
    complex numbers, too. Of a part of a product: ``factors``, those first that say most of what the
    variables are, ``sums`` are the factors that are sums,
    ``diagonal`` says that one has an axis twice, and ``beside`` is the function whose argument
    is beside it.
    """

    rule: Rewrite
    left: Node
    head: FunctionName
    lifted: bool
    heads: frozenset[Head]
    names: bool
    analytic: bool
    factors: Sequence[Factor]
    sums: int
    diagonal: bool
    beside: FunctionName

    def may_match(self, factors: Sequence[Factor]) -> bool:
        """Whether a product has what the part needs, as far as a look at each factor tells."""
        if self.sums:
            powers = [max(1, magnitude(e)) for node, _, e in factors if isinstance(node, Sum)]
            if sum(powers) < self.sums:
                return False
        if self.diagonal and not any(len(set(own)) < len(own) for _, own, _ in factors):
            return False
        return not self.beside or _stands_beside(self.beside, factors)


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
    named = final and _names(known, rule.right)
    analytic = not entry.real and functions_in(rule.left) | functions_in(rule.right) <= _ANALYTIC
    part = sorted(as_product(left)[1] if head == "*" else (), key=_indefiniteness)
    sums = sum(isinstance(node, Sum) for node, _, _ in part)
    variables = {node for node, _, e in part if _is_variable(node) and e == 1}
    diagonal = (
        not lifted
        and all(isinstance(node, Leaf) for node, _, _ in part)
        and any(len(set(own)) < len(own) for node, own, _ in part if node in variables)
    )
    inside = [
        node.name
        for node, _, _ in part
        if isinstance(node, Call) and node.args and variables.issuperset(_bases(node.args[0]))
    ]
    beside = inside[0] if inside and not lifted else ""
    return Pattern(
        rule, left, head, lifted, heads(left), named, analytic, part, sums, diagonal, beside
    )


def _indefiniteness(factor: Factor) -> int:
    """Less, the more is said in a call: step(d + min(x, d)) finds x and d, step(d - x) no sum."""
    return -len(postorder(factor[0], attrgetter("children"))) if isinstance(factor[0], Call) else 0


def _is_variable(node: Node) -> bool:
    return node.kind == "variable"


def _bases(node: Node) -> list[Node]:
    """What the terms of a sum, or the node, are products of."""
    return [base for _, term in as_sum(node)[1] for base, _, _ in as_product(term)[1]]


def _stands_beside(function: FunctionName, factors: Sequence[Factor]) -> bool:
    """Whether what such a function is taken of is beside it, or what that is made of."""
    there = {node for node, _, _ in factors}
    for node in there:
        if isinstance(node, Call) and node.name == function:
            if not there.isdisjoint(node.args):
                return True
            if any(there.issuperset(_bases(arg)) for arg in node.args):
                return True
    return False


def heads(node: Node) -> frozenset[Head]:
    """What is among the arguments of a call, the factors of a product, the terms of a sum and their
    factors, and what these are made of.
    """
    found: set[Head] = set()
    if isinstance(node, Call):
        for arg in node.args:
            _add_heads(found, arg, above=True)
    else:
        for term in node.children if isinstance(node, Sum) else (node,):
            for factor, _, e in as_product(term)[1]:
                _add_heads(found, factor, above=e > 0)
    return frozenset(found) - _ANYTHING


def _add_heads(found: set[Head], top: Node, *, above: bool) -> None:
    """What one of the arguments or factors is, and what that is made of."""
    if isinstance(top, Leaf):
        if top.kind != "variable":
            found.update(((top.kind, above, False), (top.kind, True, True)))
        return
    found.add((_what(top), above, False))
    inside = list(as_product(top)[1])
    if isinstance(top, Call):
        for arg in top.args:
            found.add((_what(arg), True, True))
            for term in arg.children if isinstance(arg, Sum) else ():
                inside += as_product(term)[1]
    found.update([(_what(inner), e > 0, True) for inner, _, e in inside])


def _what(node: Node) -> FunctionName:
    """The function of a call, the kind of a constant, ``+`` for a multiple of a sum; nothing for
    what a variable can be, and for other products.
    """
    if isinstance(node, Call):
        return node.name
    if isinstance(node, Leaf):
        return "" if node.kind == "variable" else node.kind
    return "+" if len(as_sum(node)[1]) > 1 else ""


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
        if node.kind == "unit":
            return {"onehot"}
        return {node.structure} if node.structure else {"diagonal"} if node.kind == "eye" else set()
    return (
        {"sqrt"}
        if isinstance(node, Product)
        and any(exponent.denominator == 2 for _, _, exponent in node.factors)
        else set()
    )
