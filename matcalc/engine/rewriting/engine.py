"""Rewriter: applies the catalogue's rewrites bottom-up until none fires; bounded, and every step is
kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from matcalc.core.dims import Dim, Shape
from matcalc.core.errors import UnsupportedError
from matcalc.core.walk import postorder
from matcalc.engine.catalogue.compiled import bind_sizes, catalogue_of
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import (
    Call,
    Factor,
    FunctionName,
    Labels,
    Leaf,
    Node,
    Sum,
    as_product,
    label_sizes,
    quotient,
)
from matcalc.engine.ir.rebuild import rebuild
from matcalc.engine.lowering.lower import Lowering
from matcalc.engine.rewriting.activation import NOTHING, Phases, activate
from matcalc.engine.rewriting.match import Match, Matcher, Search
from matcalc.engine.rewriting.pattern import Pattern, functions, heads

_BUDGET = 5000  # steps for one node; far above what any terminating set of rules needs


PHASES = ("short", "introducing")  # of the rewrites that can be left out; see ``Identity``


class Step(NamedTuple):
    """One application of a rewrite."""

    rule: str
    before: Node
    after: Node


class Rewriter:
    """Rewrites nodes of one builder; results are remembered."""

    def __init__(
        self,
        builder: Builder,
        lowering: Lowering,
        *,
        final: bool = False,
        phases: Collection[str] = PHASES,
        code: bool = False,
        before: Rewriter | None = None,
    ) -> None:
        self.builder = builder
        self.lowering = lowering
        self.known = catalogue_of(builder)
        self.final = final
        self.steps: list[Step] = []
        self._limit = _BUDGET
        self._done: dict[Node, Node] = {}
        self._admitted: set[Node] = set()
        self._met: set[FunctionName] = set()
        self._state = NOTHING
        # one with the same rewrites but those for the end: what it has settled has no others
        self._before = before
        self._phases = Phases(frozenset(["", *phases, *(["final"] if final else [])]), code)

    def rewrite(self, root: Node) -> Node:
        """The node with every rewrite applied wherever it holds."""
        if self._before is not None and self._is_settled(root) and not self._before._state.ends:
            return root
        self._limit = len(self.steps) + _BUDGET
        stack = [root]
        while stack:
            node = stack[-1]
            if node in self._done:
                stack.pop()
                continue
            order = postorder(node, lambda n: () if n in self._done else n.children)
            self._admit(order)
            follow = self._pass(order)
            if follow is None:
                stack.pop()
            else:
                stack.append(follow)
        return self._resolve(root)

    def _is_settled(self, node: Node) -> bool:
        """Whether the node is known to have no rewrites but those for the end."""
        return self._before is not None and self._before._done.get(node) is node

    def has_met(self, function: str) -> bool:
        """Whether the function was in a node that was rewritten, or may have been brought in."""
        return function in self._met or function in self._state.present

    def _resolve(self, node: Node) -> Node:
        """What a node has become so far."""
        seen = node
        while self._done.get(seen, seen) is not seen:
            seen = self._done[seen]
        self._done[node] = seen
        return seen

    def _pass(self, order: list[Node]) -> Node | None:
        """Settle nodes, children first; where a rule fired, its result comes first."""
        for node in order:
            if node in self._done:
                continue
            fresh = node
            if tuple(map(self._done.get, node.children)) != node.children:
                children = [self._resolve(child) for child in node.children]
                fresh = rebuild(self.builder, node, children)
            if fresh is node:
                fresh = self._once(node)
            if fresh is node:
                self._done[node] = node
            elif fresh in self._done:
                # two forms that lead to each other: the one met first in the order of work stays
                self._done[node] = self._resolve(fresh)
            else:
                self._done[node] = fresh
                return fresh
        return None

    def _admit(self, order: list[Node]) -> None:
        """Activates the rules whose functions have come up, and those that their results may
        need.
        """
        fresh: set[FunctionName] = set()
        for node in order:
            if node not in self._admitted:
                self._admitted.add(node)
                fresh |= functions(node)
        self._met |= fresh
        self._state = activate(self.known, self._state, fresh, self._phases)

    def _once(self, node: Node) -> Node:
        """The node after the first rule that fires, or the node."""
        if isinstance(node, Leaf):
            return node
        head = node.name if isinstance(node, Call) else "+" if isinstance(node, Sum) else "*"
        rules = (self._state.late if self._is_settled(node) else self._state.rules).get(head, ())
        there = heads(node) if rules else frozenset()
        for rule in rules:
            if not rule.heads <= there or not (rule.analytic or self._is_real(node)):
                continue
            matcher = Matcher(self.builder, rule.rule.variables, lifted=rule.lifted)
            for result in self._results(rule, matcher, node):
                if result is not node:
                    self.steps.append(Step(rule.rule.name, node, result))
                    if len(self.steps) > self._limit:
                        names = ", ".join(step.rule for step in self.steps[-10:])
                        raise UnsupportedError(
                            f"the rewrites do not terminate; the last ones were {names}"
                        )
                    return result
        return node

    def _is_real(self, node: Node) -> bool:
        return not self.builder.is_complex(node)

    def _results(self, rule: Pattern, matcher: Matcher, node: Node) -> Iterator[Node]:
        if isinstance(node, Call):
            for binding in matcher.node(rule.left, node, {}):
                yield self._right(rule, binding, node.axes, node.args[0].axes)
        elif isinstance(node, Sum):
            assert isinstance(rule.left, Sum)
            for binding, ratio, rest in matcher.terms(rule.left, node, {}):
                yield self.builder.sum(
                    [(ratio, self._right(rule, binding, node.axes)), *rest], node.axes
                )
        else:
            own, wanted = as_product(rule.left)[0], rule.factors
            coefficient, there = as_product(node)
            if len(there) < len(wanted) and all(exponent == 1 for _, _, exponent in there):
                return
            if not rule.may_match(there):
                return
            search = Search(matcher, rule.left.rank, node.rank, whole=False)
            for binding, names, left in search.run(list(wanted), list(there), {}, {}):
                labels, axes = self._place(rule, names, there)
                factors: list[Factor] = [*left, (self._right(rule, binding, axes), labels, 1)]
                product = self.builder.product(1, factors, tuple(range(node.rank)), node.axes)
                yield self.builder.scale(quotient(coefficient, own), product)

    @staticmethod
    def _place(
        rule: Pattern, names: Mapping[int, int], there: tuple[Factor, ...]
    ) -> tuple[Labels, tuple[Dim, ...]]:
        """The labels in the product on which the right side stands, with their dimensions."""
        count = names.get(-1, 0) if rule.lifted else rule.left.rank
        labels = tuple([names[k] for k in range(count)])
        sizes = label_sizes(there)
        return labels, tuple([sizes[label] for label in labels])

    def _right(self, rule: Pattern, binding: Match, axes: Shape, inner: Shape = ()) -> Node:
        """The right side with the variables replaced, on the axes of the place; ``inner`` are those
        of what a function is taken of.
        """
        sizes = bind_sizes(
            (variable.shape, binding[name])
            for name, variable in rule.rule.variables.items()
            if name in binding
        )
        if isinstance(rule.left, Call) and not rule.rule.variables:
            sizes = {
                size.plain: axis
                for size, axis in zip(rule.left.args[0].axes, inner, strict=False)
                if size.plain
            }
        lowering = Lowering(self.builder, lambda name: None) if rule.names else self.lowering
        result = lowering.lower(rule.rule.right, binding, sizes)
        return (
            self.builder.times(result, self.builder.ones(axes))
            if result.rank < len(axes)
            else result
        )
