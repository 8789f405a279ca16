"""Identities of functions as typed trees, read once per process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, reduce

from matcalc.core.dims import Dim, Shape
from matcalc.core.errors import CatalogueError
from matcalc.core.kinds import Variable
from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.engine.catalogue.load import LIBRARY
from matcalc.engine.catalogue.schema import Identity
from matcalc.engine.catalogue.sides import differential_program, parse, sides
from matcalc.engine.ir.nodes import Node


@dataclass(frozen=True, slots=True)
class Rule:
    """A function's definition; or its differential, with Y for the value and ``d`` + name for that
    of each parameter.
    """

    parameters: tuple[str, ...]
    shapes: tuple[Shape, ...]
    body: Expr

    def sizes(self, args: Sequence[Node]) -> dict[str, Dim]:
        """What the dimension names of the rule are for these arguments."""
        return bind_sizes(zip(self.shapes, args, strict=False))


@dataclass(frozen=True, slots=True)
class Rewrite:
    """``left = right`` for all values of the variables that are of the kinds declared."""

    name: str
    left: Expr
    right: Expr
    variables: dict[str, Variable]


def bind_sizes(pairs: Iterable[tuple[Shape, Node]]) -> dict[str, Dim]:
    """Dimension names of declared shapes against the axes of actual nodes; the rows of a rule for
    matrices are all axes of a tensor but the last.
    """
    found: dict[str, Dim] = {}
    for shape, node in pairs:
        axes = node.axes
        if len(axes) > len(shape) == 2:
            axes = (reduce(Dim.times, axes[:-1]), axes[-1])
        found.update({s.plain: axis for s, axis in zip(shape, axes, strict=False) if s.plain})
    return found


def _rule(entry: Identity, program: Program) -> Rule:
    shapes = tuple([program.variables[name].shape for name in entry.given])
    return Rule(tuple(entry.given), shapes, program.expr)


@cache
def differential(function: str, variant: str = "") -> Rule | None:
    """The differential of a function; ``variant`` is ``-matrix`` or ``-rows`` if such arguments may
    have an entry.
    """
    entry = LIBRARY.get(f"d-{function}{variant}") or LIBRARY.get(f"d-{function}")
    return None if entry is None else _rule(entry, differential_program(entry)[1])


@cache
def definition(function: str) -> Rule | None:
    """A function that is defined by others."""
    entry = LIBRARY.get(f"define-{function}")
    return None if entry is None else _rule(entry, parse(entry, entry.right))


@cache
def rewrite(name: str) -> Rewrite:
    """A rewrite by name."""
    entry = LIBRARY.get(name)
    assert entry is not None
    left, right = sides(entry)
    if left.expr.shape != right.expr.shape and left.expr.shape and right.expr.shape:
        raise CatalogueError(f"{entry.file}, {entry.name}: the two sides have different shapes")
    return Rewrite(name, left.expr, right.expr, {v: left.variables[v] for v in entry.given})
