"""Segments: a long program cut at its intermediate values, so that the chain rule goes from one to
the next.

Of a deep network each gradient alone is a product through all layers after it. Cut into segments
it is short: the adjoint of a layer (d program / d value) is computed from that of the layer after
it, and serves all variables before. Adjoints and values are variables with hidden names while a
segment is derived, and are put back at the end; a tree that is put in twice is one object.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from matcalc.core.dims import Shape
from matcalc.core.directions import free_variable
from matcalc.core.kinds import MOST_AXES, Variable
from matcalc.core.program import Program
from matcalc.core.tree import (
    Expr,
    add_terms,
    intern_trees,
    is_zero,
    moving_parts,
    number,
    pair,
    transpose,
    variable_names,
)

_LEAST = 4  # nodes of a segment that is cut at a definition or at a value that is used again,
_MOST = 14  # and anywhere
_FEWEST = 3  # segments
_SHORT = 8  # nodes of an adjoint that is put in where it is used
_VALUE, _ADJOINT = "?f", "?d"  # no names in the language

# the derivatives of a program by variables, and its value in the engine's form
Derive = Callable[[Program, Sequence[str]], Mapping[str, Expr]]
Simplify = Callable[[Program], Expr]


class Segment(NamedTuple):
    """A part of a program between intermediate values, which are variables in it.

    ``expr`` is ``node`` with a variable for each value that an earlier segment computes.
    """

    name: str  # of its own value; empty for the last one
    expr: Expr
    node: Expr  # of the program


def cut_segments(program: Program, wrt: Sequence[str]) -> list[Segment]:
    """The segments of a program, each after those that it uses; one alone where it is short."""
    order = program.expr.parts
    moving = moving_parts(order, *wrt)
    uses: dict[int, int] = {}
    for node in order:
        for arg in node.args:
            uses[id(arg)] = uses.get(id(arg), 0) + 1
    defined = {id(value) for value in program.definitions.values()}
    size: dict[int, int] = {}
    made: dict[int, Expr] = {}
    segments: list[Segment] = []
    for node in order:
        size[id(node)] = 1 + sum(size[id(arg)] for arg in node.args)
        args = tuple([made[id(arg)] for arg in node.args])
        expr = node.with_args(args)
        long = size[id(node)] >= (
            _LEAST if id(node) in defined or uses.get(id(node), 0) > 1 else _MOST
        )
        last = node is program.expr
        if last or (long and id(node) in moving and node.rank <= MOST_AXES):
            name = "" if last else f"{_VALUE}{len(segments) + 1}"
            segments.append(Segment(name, expr, node))
            expr = Expr("variable", (), node.shape, value=name, row=node.row)
            size[id(node)] = 1
        made[id(node)] = expr
    return segments if len(segments) >= _FEWEST else [Segment("", program.expr, program.expr)]


def find_needed_values(segments: Sequence[Segment]) -> set[str]:
    """The hidden names whose values may be in a gradient: not those that are only added to
    something, as the beginning of a long sum is to the rest.
    """
    found: set[str] = set()
    for segment in reversed(segments):
        whole = segment.name in found
        for term in _summands(segment.expr, segment.node.shape):
            bare = term.args[0] if term.op == "neg" else term
            if whole or bare.op != "variable":
                found |= variable_names(bare)
    return found.intersection(segment.name for segment in segments)


class Backward:
    """Gradients of a scalar program from the last segment to the first."""

    def __init__(
        self,
        program: Program,
        wrt: Sequence[str],
        segments: Sequence[Segment],
        derive: Derive,
        simplify: Simplify,
    ) -> None:
        self.program = program
        self.wrt = wrt
        self.segments = segments
        self.derive = derive
        self.simplify = simplify
        self.values: dict[str, Expr] = {}  # of the hidden names, as the engine writes them
        self.found: dict[str, list[Expr]] = {name: [] for name in wrt}
        self.adjoints: dict[str, list[Expr]] = {}
        self.variables: dict[str, Variable] = dict(program.variables)
        for segment in segments:
            for name in (segment.name, _adjoint(segment.name)) if segment.name else ():
                self.variables[name] = free_variable(name, segment.node)

    def gradients(self) -> dict[str, Expr]:
        """The gradient with respect to each variable."""
        needed = find_needed_values(self.segments)
        for segment in self.segments[:-1]:
            if segment.name in needed:
                value = self.simplify(self._program(segment.expr))
                self.values[segment.name] = self._resolve(value)
        for segment in reversed(self.segments):
            self._step(segment)
        return {
            name: _total(self.found[name][::-1], self.variables[name].shape) for name in self.wrt
        }

    def _program(self, expr: Expr) -> Program:
        return self.program._replace(expr=expr, variables=self.variables, definitions={})

    def _step(self, segment: Segment) -> None:
        """Hands the adjoint of a segment on to all that it is made of."""
        expr = segment.expr
        used = variable_names(expr)
        inner = [each.name for each in self.segments if each.name in used]
        outer = [name for name in self.wrt if name in used]
        if segment.name:
            adjoint = _total(self.adjoints.pop(segment.name, []), segment.node.shape)
            if is_zero(adjoint):
                return
            # the adjoint stands still while the segment is derived
            if len(adjoint.parts) > _SHORT or not variable_names(adjoint).isdisjoint(
                [*outer, *inner]
            ):
                name = _adjoint(segment.name)
                self.values[name] = self._resolve(adjoint)
                adjoint = Expr("variable", (), segment.node.shape, value=name)
            expr = pair(adjoint, expr)
        for name, tree in self.derive(self._program(expr), [*outer, *inner]).items():
            if name in self.found:
                self.found[name].append(self._resolve(tree))
            else:
                self.adjoints.setdefault(name, []).append(tree)

    def _resolve(self, tree: Expr) -> Expr:
        """The tree with what the hidden names stand for."""

        def rule(node: Expr, args: list[Expr]) -> Expr:
            if node.op == "variable" and node.value in self.values:
                value = self.values[node.value]
                return value if value.row == node.row else transpose(value)
            return node.with_args(args)

        return tree.fold(rule)


def _adjoint(name: str) -> str:
    return _ADJOINT + name[len(_VALUE) :]


def _total(terms: Sequence[Expr], shape: Shape) -> Expr:
    """The sum of the terms; what is there twice is doubled."""
    if len(terms) == 1:  # a tree of all layers is not gone through for each of them
        return terms[0]
    found = intern_trees(terms)
    counts = Counter(map(id, found))
    once = {id(term): term for term in found}.values()
    whole = [term if counts[id(term)] == 1 else _multiple(counts[id(term)], term) for term in once]
    return add_terms([term for each in whole for term in _summands(each, shape)], shape)


def _multiple(count: int, term: Expr) -> Expr:
    """Several times a term, with one number in front."""
    products, first = [], term
    while first.op == "*":
        products.append(first)
        first = first.args[0]
    if first.op != "number":
        return Expr("*", (number(count), term), term.shape, row=term.row)
    scaled = number(count * first.value)
    for product in reversed(products):
        scaled = product.with_args((scaled, product.args[1]))
    return scaled


def _summands(total: Expr, shape: Shape) -> list[Expr]:
    """What is between the signs of a sum, so that a longer sum needs no brackets for it."""
    found: list[Expr] = []
    todo = [total]
    while todo:
        node = todo.pop()
        if node.op in ("+", "-") and all(arg.shape == shape for arg in node.args):
            left, right = node.args
            todo += [right if node.op == "+" else Expr("neg", (right,), right.shape), left]
        else:
            found.append(node)
    return found
