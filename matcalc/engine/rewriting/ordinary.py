"""The ordinary derivatives f', f'', ... of functions of matrices, as functions of the same
matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, permutations
from math import comb, factorial

from matcalc.core.operations import FUNCTIONS_OF_MATRICES
from matcalc.engine.catalogue.compiled import catalogue_of
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Call, Factor, Node, as_term, is_number
from matcalc.engine.lowering.lower import Lowering

_MOST_WORDS = 4  # terms into which the derivative of a whole power is written out


class Ordinary:
    """Derivatives as nodes of one builder, from the entries derivative-NAME of the catalogue."""

    def __init__(self, builder: Builder, lowering: Lowering) -> None:
        self.builder = builder
        self.lowering = lowering

    def differentiate(self, call: Call, order: int) -> Node | None:
        """The ordinary derivative of that order of f at its argument."""
        result: Node = call
        coefficient: Node = self.builder.number(1)
        for _ in range(order):
            derived = self.derivative(result)
            if derived is None:
                return None
            coefficient, result = self.builder.times(coefficient, derived[0]), derived[1]
        return self.builder.times(coefficient, self._plain(result))

    def derivative(self, node: Node) -> tuple[Node, Node] | None:
        """f' of a function of a matrix, a scalar times another node; None of what is not a single
        function.
        """
        one = self.builder.number(1)
        if not isinstance(node, Call) or node.name not in FUNCTIONS_OF_MATRICES:
            return None
        x = node.args[0]
        if node.name == "inv":
            node = self._power(x, self.builder.number(-1))
        if node.name == "power":
            exponent = node.args[1]
            return exponent, self._power(x, self.builder.sum([(1, exponent), (-1, one)], ()))
        rule = catalogue_of(self.builder).rewrite(f"derivative-{node.name}")
        sizes = {size.names[0]: x.axes[0] for size in rule.variables["X"].shape}
        body = self.lowering.lower(rule.right, {"X": x}, sizes)
        coefficient, factors = as_term(body)
        if len(factors) == 1 and factors[0][1:] == ((0, 1), 1):
            return self.builder.number(coefficient), factors[0][0]
        return one, body

    def _power(self, base: Node, exponent: Node) -> Call:
        node = self.builder.call("power", [base, exponent], base.axes)
        assert isinstance(node, Call)
        return node

    def _plain(self, node: Node) -> Node:
        """The node with a small whole power written as products."""
        if isinstance(node, Call) and node.name == "power":
            return self.lowering.matrix_power(*node.args)
        return node

    def write_out(self, kernel: Call) -> Node | None:
        """The kernel of a small whole power as a sum of products: E*X + X*E, -inv(X)*E*inv(X)."""
        if kernel.name != "power" or not is_number(kernel.args[1]):
            return None
        value = kernel.args[1].coefficient  # type: ignore[attr-defined]
        if value.denominator != 1 or value == 0:
            return None
        count, k = abs(int(value)), kernel.slots
        gaps = count if value > 0 else count + k - 1
        if comb(gaps, k) * factorial(k) > _MOST_WORDS:
            return None
        link = (
            kernel.args[0]
            if value > 0
            else self.builder.call("inv", [kernel.args[0]], kernel.args[0].axes)
        )
        words = [
            self._word(kernel, link, count, places, order)
            for places in combinations(range(gaps), k)
            for order in permutations(range(k))
        ]
        return self.builder.sum(
            [(1 if value > 0 else (-1) ** k, word) for word in words], kernel.axes
        )

    def _word(
        self, kernel: Call, link: Node, count: int, places: Sequence[int], order: Sequence[int]
    ) -> Node:
        """A product of links in which directions stand: of X in the given places, of inv(X) in the
        given gaps.
        """
        size, k = kernel.axes[0], kernel.slots
        positive = link is kernel.args[0]
        letters = (
            [order[places.index(p)] if p in places else None for p in range(count)]
            if positive
            else [None]
        )
        if not positive:
            for gap in range(count + k - 1):
                letters += [order[places.index(gap)], None] if gap in places else [None]
        factors: list[Factor] = []
        fresh = 2 + 2 * k
        at = 0
        for letter in letters:
            if letter is None:
                factors.append((link, (at, fresh), 1))
                at, fresh = fresh, fresh + 1
            else:
                factors.append((self.builder.eye(size), (at, 2 + 2 * letter), 1))
                at = 3 + 2 * letter
        factors.append((self.builder.eye(size), (at, 1), 1))
        return self.builder.product(1, factors, tuple(range(2 + 2 * k)), kernel.axes)
