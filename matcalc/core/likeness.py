"""Numbers for arrays, the same for those that are equal up to the order of terms and the brackets
of products.

They are asked for as they are or turned, so ``(A*B)'`` has that of ``B'*A'``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from fractions import Fraction

from matcalc.core.kinds import Variable, kind_spec
from matcalc.core.operations import ENTRYWISE
from matcalc.core.tree import Expr, split_signed_terms

ENTRY_PRODUCTS = (".*", "./")
SUMS = ("+", "-", "neg")
MOST = 64  # terms and factors; longer sums and products have numbers by their brackets
# the transpose is that of each argument
_ALIKE = frozenset({*ENTRYWISE, *ENTRY_PRODUCTS, ".^", "/"})


def chain(root: Expr) -> tuple[list[Expr], list[Expr]]:
    """The scalars and the arrays of a product, in order, however it is bracketed; a very long one
    is one array.
    """
    scalars: list[Expr] = []
    links: list[Expr] = []
    todo = [root]
    while todo:
        if len(links) + len(todo) > MOST:
            return [], [root]
        node = todo.pop()
        if node.op == "*" and (node.rank or all(arg.rank for arg in node.args)):
            todo += reversed(node.args)
        else:
            (links if node.rank else scalars).append(node)
    return scalars, links


def freeze(counts: Counter[Hashable]) -> Hashable:
    """What is counted, as a key."""
    return frozenset([(key, times) for key, times in counts.items() if times])


def symmetric_names(variables: Mapping[str, Variable]) -> list[str]:
    """The matrices that are their own transposes."""
    return [name for name, each in variables.items() if kind_spec(each.kind).symmetry == 1]


class Likeness:
    """The numbers of what has come up; ``symmetric`` are the names of matrices that are their own
    transposes, and ``values`` what variables stand for.

    Two trees get the same number only if they are equal by reordering, transposing and regrouping.
    A number never changes, so ``values`` has to have a variable before it first comes up.
    ``_known`` is keyed by ids; ``_kept`` keeps the trees alive, so that no id is used again.
    """

    def __init__(self, symmetric: Collection[str] = ()) -> None:
        self.symmetric = symmetric
        self.values: dict[str, Expr] = {}
        self._numbers: dict[Hashable, int] = {}
        self._known: dict[tuple[int, bool], int] = {}
        self._first: dict[int, Expr] = {}  # an array with each number, among arguments of forms
        self._kept: list[Expr] = []

    def factors(self, links: Sequence[Expr], *, turned: bool) -> Counter[Hashable]:
        """The factors of a matrix, entry by entry, with their exponents; a product of several is
        one.
        """
        if len(links) > 1:
            ordered = links[::-1] if turned else links
            return Counter({self.product([self.of(link, turned=turned) for link in ordered], 2): 1})
        found: Counter[Hashable] = Counter()
        todo: list[tuple[Expr, Fraction, bool]] = [(links[0], Fraction(1), turned)]
        while todo:
            node, times, flip = todo.pop()
            if node.op in ENTRY_PRODUCTS:
                left, right = node.args
                todo += [(left, times, flip), (right, times if node.op == ".*" else -times, flip)]
            elif node.op == "'":
                todo.append((node.args[0], times, not flip))
            elif node.op == ".^" and node.args[1].op == "number":
                todo.append((node.args[0], times * node.args[1].value, flip))
            elif node.op != "number" or node.value != 1:
                found[self.of(node, turned=flip)] += times  # type: ignore[assignment]
        return found

    def of(self, root: Expr, *, turned: bool = False) -> int:
        """The number of an array or of its transpose."""
        self._kept.append(root)  # so that nothing else gets its id
        todo = [(root, turned)]
        while todo:
            node, flip = todo[-1]
            inside = self._inside(node, flip)
            missing = [each for each in inside if (id(each[0]), each[1]) not in self._known]
            if missing:
                todo += missing
                continue
            todo.pop()
            if (id(node), flip) not in self._known:
                values = [self._known[id(arg), own] for arg, own in inside]
                self._known[id(node), flip] = self._number(node, flip, values)
        return self._known[id(root), turned]

    def product(self, values: Sequence[int], rank: int) -> int:
        """The number of a product of scalars and arrays with these numbers."""
        return self._number_of("*", rank, *values)

    def _inside(self, node: Expr, flip: bool) -> list[tuple[Expr, bool]]:
        """What the number is made of, each as it is or turned."""
        if node.op == "'":
            return [(node.args[0], flip != (node.args[0].rank == 2))]
        if node.op == "variable" and node.value in self.values:
            return [(self.values[node.value], flip)]
        if node.op in SUMS:
            return [(term, flip and term.rank == 2) for _, term in self._terms(node)]
        if node.op in _ALIKE:
            return [(arg, flip and arg.rank == 2) for arg in node.args]
        if node.op == "*":
            return self._flat(node, flip=flip)
        return [(arg, False) for arg in node.args]

    def _terms(self, node: Expr) -> list[tuple[int, Expr]]:
        return split_signed_terms(node, self.values, MOST)

    def _flat(self, root: Expr, *, flip: bool) -> list[tuple[Expr, bool]]:
        """The scalars, then the arrays of a product or its transpose, each as it is or turned."""
        scalars: list[tuple[Expr, bool]] = []
        links: list[tuple[Expr, bool]] = []
        todo = [(root, flip)]
        while todo:
            if len(scalars) + len(links) + len(todo) > MOST:
                args = root.args[::-1] if flip else root.args
                return [(arg, flip and arg.rank == 2) for arg in args]
            node, turned = todo.pop()
            node = self.values.get(node.value, node) if node.op == "variable" else node
            numbers = all(not arg.rank for arg in node.args)
            if node.op == "*" and (node.rank or numbers or node is root):
                todo += [(arg, turned) for arg in (node.args if turned else reversed(node.args))]
            elif node.op == "'" and node.rank and node.args[0].op == "*":
                todo.append((node.args[0], not turned))
            elif node.rank:
                links.append((node, turned and node.rank == 2))
            else:
                scalars.append((node, False))
        return [*scalars, *links]

    def _number(self, node: Expr, flip: bool, values: list[int]) -> int:
        named = node.op == "variable" and node.value in self.values
        if named or (node.op == "'" and node.args[0].rank):
            return values[0]
        if node.op in SUMS:
            counts: Counter[Hashable] = Counter()
            for (sign, _), value in zip(self._terms(node), values, strict=True):
                counts[value] += sign
            return self._number_of("+", freeze(counts))
        if node.op == "*":
            return self.product(values, node.rank)
        own = node.op in _ALIKE or node.op in ("eye", "fill", "diag")
        own = own or (node.op == "variable" and node.value in self.symmetric)
        value = node.value
        if node.op == "indexed":  # its key has the ids of its arguments
            pairs = zip(values, node.args, strict=True)
            value = value.key([self._first.setdefault(number, arg) for number, arg in pairs])
        shape = node.shape[::-1] if flip else node.shape
        return self._number_of(node.op, value, shape, flip and not own, *values)

    def _number_of(self, *key: Hashable) -> int:
        return self._numbers.setdefault(key, len(self._numbers))
