"""Which declaration makes a program fit whose undeclared names were read by their first letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations

from matcalc.core.errors import MatcalcError, ShapeProblem
from matcalc.core.program import Program
from matcalc.core.walk import postorder
from matcalc.syntax.names import default_kind
from matcalc.syntax.nodes import Statement, children

_MOST_NODES = 2_000  # of a program that is typed again for each suggestion
_MOST_NAMES = 12
_MOST_TOGETHER = 6  # names of which pairs are tried
_SIZES = frozenset({"k", "m", "n", "t"})  # by the rule vectors, in formulas numbers

Typed = Callable[[Mapping[str, str]], Program]


def advise(problem: ShapeProblem, statements: list[Statement], known: frozenset[str], typed: Typed) -> None:
    """Adds the declarations to the hint with which the program fits; ``typed`` infers it with other kinds of some names.

    Where a scalar should be a vector, or a size a number, nothing else was meant. Else the hint of the operation stays.
    """
    names = _undeclared(statements, known)
    if names is None:
        return
    likely = [(name, "vector") for name in names if default_kind(name) == "scalar"]
    likely += [(name, "scalar") for name in names if name in _SIZES]
    possible = [(name, "scalar") for name in names if default_kind(name) == "vector" and name not in _SIZES]
    possible += [(name, "vector") for name in names if default_kind(name) == "matrix"]
    found = [each for choice in likely if (each := _fitting([choice], typed))]
    if not found:
        pairs = combinations(likely[:_MOST_TOGETHER], 2)
        found = [each for pair in pairs if (each := _fitting(list(pair), typed))][:1]
    if found:
        problem.hint = f"declare {' or '.join(found)}"
        return
    found = [each for choice in possible if (each := _fitting([choice], typed))][:2]
    if found:
        declare = f"declare {' or '.join(found)}"
        problem.hint = f"{problem.hint}; or {declare}" if problem.hint else declare


def _undeclared(statements: list[Statement], known: frozenset[str]) -> list[str] | None:
    """The names that may be variables of which nothing was said; None of a program that is too large to try."""
    nodes = [node for statement in statements for node in postorder(statement.body, children)]
    defined = {statement.name for statement in statements} | known
    names = dict.fromkeys(str(node.value) for node in nodes if node.kind == "name" and node.value not in defined)
    return list(names) if len(nodes) <= _MOST_NODES and len(names) <= _MOST_NAMES else None


def _fitting(choice: list[tuple[str, str]], typed: Typed) -> str | None:
    """The declarations, if the program fits with them."""
    try:
        program = typed(dict(choice))
    except MatcalcError:
        return None
    variables = [program.variables.get(name) for name, _ in choice]
    if not all(variables):
        return None
    return " and ".join(f"{name}: {variable}" for (name, _), variable in zip(choice, variables, strict=True))
