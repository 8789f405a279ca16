"""Calls in the notation of other languages: what to write for their names, which are none here."""

from __future__ import annotations

import re

from matcalc.core.operations import OPERATIONS
from matcalc.read.shapes.context import Context
from matcalc.read.syntax.nodes import SyntaxNode

_LONGEST = 60  # characters of the arguments that are written again
_OPERATORS = {"E": "the expectation", "P": "the probability", "Pr": "the probability"}
_NO_PLACE = re.compile(r"['*/<>^(]")


def instead(context: Context, node: SyntaxNode, name: str) -> str | None:
    """What to write for a call of a function that the language has not, or not with so many
    arguments.
    """
    from matcalc.read.syntax import foreign  # noqa: PLC0415 - on the path of an error only

    texts = [" ".join(context.source[arg.start : arg.end].split()) for arg in node.args]
    if sum(map(len, texts)) <= _LONGEST:
        found = foreign.find_advice(name, texts)
        if found is not None:
            return found
    spelt = name.lower().replace("_", "")
    plain = name in foreign.ANYWAY or spelt not in OPERATIONS
    return foreign.find_general_advice(name) if plain and name not in OPERATIONS else None


def refuse_square_call(context: Context, node: SyntaxNode) -> None:
    """Refuses Mathematica's ``Det[A]``, which would be an entry of Det, and ``E[x'*x]``."""
    base = node.args[0]
    if base.kind != "name" or base.value in context.declared or base.value in context.definitions:
        return
    name = str(base.value)
    inside = context.source[base.end : node.end].strip()[1:-1].strip()
    if name in _OPERATORS and _NO_PLACE.search(inside):
        raise context.name_problem(
            f"{name}[{inside}] may be {_OPERATORS[name]} or an entry of {name}",
            node.span,
            f"expectations and probabilities are not supported: write them out, over samples as a "
            f"sum for instance; declare {name} if it is a variable",
        )
    # few names are undeclared
    from matcalc.read.syntax.mathematica import plain_call, with_products  # noqa: PLC0415

    plain = plain_call(name, inside)
    if plain is not None:
        outer = plain[1:-1] if plain.startswith("(") else plain
        raise context.name_problem(
            f"{name}[{inside}] may be a function of {inside} or an entry of {name}",
            node.span,
            f"write {with_products(outer)}; declare {name} if it is a variable",
        )
