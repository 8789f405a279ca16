"""How short a sum can get by multiplying out, found without doing it.

A product over a sum gets shorter only where something meets: equal terms, or powers of one base.
What each term is made of tells whether it does, and costs a fraction of building the terms.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from matcalc.engine.ir.flatten import connected_components
from matcalc.engine.ir.nodes import Factor, Node, Product, Rational, Sum, is_atom

_PLAIN = frozenset(("", "variable", "constant"))  # leaves that meet nothing but themselves

Bases = dict[Node, list[Rational]]  # with the exponents, each as often as it occurs


class Meetings:
    """Bounds for the nodes of one builder; ``length`` is that of a node."""

    def __init__(self, length: Callable[[Node], int]) -> None:
        self.length = length
        self._bases: dict[Node, Bases | None] = {}

    def of_terms(self, terms: Sequence[Sequence[Factor]]) -> int:
        """No shorter is the sum of these products; 0 if more is to be known."""
        seen = set()
        total = len(terms) - 1
        for factors in terms:
            found = self._of_factors(factors)
            if found is None:
                return 0
            whole = frozenset([(base, sum(powers)) for base, powers in found.items()])
            if whole in seen:  # these may be equal, and cancel
                return 0
            seen.add(whole)
            # a base that is divided by elsewhere may be gone
            kept = [b for b, powers in found.items() if min(powers) > 0 or max(powers) < 0]
            total += sum(map(self.length, kept)) + max(0, len(kept) - 1)
        return total

    def _of_factors(self, factors: Sequence[Factor]) -> Bases | None:
        """The bases that are not products, in all; None where there are some that meet others in
        other ways (identities, ranges, skew matrices).
        """
        found: Bases = {}
        for node, _, exponent in factors:
            if isinstance(node, Product):
                if exponent.denominator != 1:
                    return None
                if node not in self._bases:
                    self._bases[node] = self._of_factors(node.factors)
                inner = self._bases[node]
                if inner is None:
                    return None
                for base, powers in inner.items():
                    found.setdefault(base, []).extend([power * exponent for power in powers])
            elif node.kind == "ones":
                continue
            elif node.kind not in _PLAIN or node.is_tensor or node.parity < 0:
                return None
            else:
                found.setdefault(node, []).append(exponent)
        return found


def open_factor(
    factors: Sequence[Factor], index: int, *, scalar: bool
) -> list[tuple[Factor, ...]] | None:
    """The factors of each term of a product that is multiplied out, each at some place; None where
    a network may fall apart.
    """
    total = factors[index][0]
    assert isinstance(total, Sum)
    rest = [*factors[:index], *factors[index + 1 :]]
    found = []
    for _, term in total.terms:
        own: Sequence[Factor] = ((term, tuple(range(term.rank)), 1),)
        if isinstance(term, Product) and not is_atom(term):
            own = term.factors
            loose = [node.kind == "ones" for node, _, _ in own]
            labelled = [factor for factor in own if factor[1]]
            wide = scalar or term.rank > 1
            if wide and (any(loose) or len(connected_components(labelled)) > 1):
                return None
        elif term.kind == "ones" and scalar:
            return None
        found.append((*rest, *own))
    return found


def count_kept(factors: Sequence[Factor]) -> int:
    """How many factors are there at least once those that meet are one."""
    nodes = [node for node, _, _ in factors]
    if any(isinstance(node, Product) and not is_atom(node) for node in nodes):
        return 0
    counts = Counter(nodes)
    return sum(counts[node] == 1 for node in nodes)
