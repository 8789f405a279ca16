"""Formulas of the language with trees in place of their letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matcalc.core.dims import Shape
from matcalc.core.kinds import Variable, free_kind
from matcalc.core.program import Program
from matcalc.core.substitution import replace_variables
from matcalc.core.tree import Expr
from matcalc.engine.pipeline import simplify
from matcalc.read.frontend import read


def formula(text: str, trees: Mapping[str, Expr]) -> Expr:
    """The tree of a text whose letters stand for these trees."""
    kinds = {name: _kind(name, tree.shape) for name, tree in trees.items() if name in text}
    whole = read(text, kinds).expr
    return replace_variables(whole, {name: _constant(trees[name]) for name in kinds})


def _kind(name: str, shape: Shape) -> Variable:
    return Variable(name, free_kind(len(shape)), shape)


def _constant(tree: Expr) -> Callable[[Expr], Expr]:
    return lambda node: tree


def shorten(program: Program, tree: Expr) -> Expr:
    """The tree as the engine writes it."""
    return simplify(program._replace(expr=tree, definitions={}, source="", asked=None))
