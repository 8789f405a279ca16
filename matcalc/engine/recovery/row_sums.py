"""The diagonal of a product as sums along rows, where what is summed stands beside it.

``diag(A*B')`` are the sums along the rows of ``A.*B'``. By itself the diagonal is shorter. Beside
``A.*B`` it hides that both are made of one matrix: ``diag(N*vector(1)) - N`` is a Laplacian. A
product of two names is too short to get one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from fractions import Fraction

from matcalc.core.kinds import Variable, kind_spec
from matcalc.core.operations import ENTRYWISE
from matcalc.core.tree import Expr, fill, number, transpose
from matcalc.core.walk import fold

_ENTRYWISE = (".*", "./")
_SUMS = ("+", "-", "neg")
_ALIKE = frozenset({*ENTRYWISE, *_ENTRYWISE, ".^", "/"})  # the transpose is that of each argument


def sum_rows(trees: Sequence[Expr], variables: Mapping[str, Variable]) -> list[Expr]:
    """The trees with sums along rows in place of diagonals."""
    root = Expr("several", tuple(trees))
    diagonals = [node for node in root.parts if _is_diagonal(node)]
    if not diagonals:
        return list(trees)
    symmetric = [name for name, each in variables.items() if kind_spec(each.kind).symmetry == 1]
    names = _Names(symmetric)
    products = [
        node
        for node in root.parts
        if node.op in _ENTRYWISE and node.rank == 2 and any(arg.args for arg in node.args)
    ]
    known: dict[Hashable, Expr] = {}
    for node in products:
        known.setdefault(names.entrywise(node, turned=False), node)
    for node in products:
        known.setdefault(names.entrywise(node, turned=True), transpose(node))
    made = {id(node): found for node in diagonals if (found := _summed(node, known, names))}

    def rule(node: Expr, args: list[Expr]) -> Expr:
        return made[id(node)] if id(node) in made else node.with_args(args)

    # what stands in place of a diagonal has diagonals in it, too
    made = {key: fold(tree, lambda node: node.args, rule) for key, tree in made.items()}
    return list(root.fold(rule).args) if made else list(trees)


def _is_diagonal(node: Expr) -> bool:
    return node.op == "diag" and node.args[0].op == "*" and node.args[0].rank == 2


def _summed(node: Expr, known: dict[Hashable, Expr], names: _Names) -> Expr | None:
    """The sums along the rows of a product that is known."""
    scalars, links = _chain(node.args[0])
    for cut in range(1, len(links)):
        factors = names.factors(links[:cut], turned=False)
        factors.update(names.factors(links[cut:], turned=True))
        found = known.get(_frozen(factors))
        if found is not None:
            total = Expr("*", (found, fill(number(1), found.shape[1:])), found.shape[:1])
            for scalar in reversed(scalars):
                total = Expr("*", (scalar, total), total.shape)
            return total
    return None


def _chain(root: Expr) -> tuple[list[Expr], list[Expr]]:
    """The scalars and the arrays of a product: matrices, or a column and a row."""
    scalars: list[Expr] = []
    links: list[Expr] = []
    todo = [root]
    while todo:
        node = todo.pop()
        if node.op == "*" and node.rank == 2:
            todo += reversed(node.args)
        else:
            (links if node.rank else scalars).append(node)
    return scalars, links


def _terms(root: Expr) -> list[tuple[Expr, int]]:
    """The terms of a sum, with their signs."""
    found, todo = [], [(root, 1)]
    while todo:
        node, sign = todo.pop()
        if node.op in ("+", "-"):
            todo += [(node.args[1], sign if node.op == "+" else -sign), (node.args[0], sign)]
        elif node.op == "neg":
            todo.append((node.args[0], -sign))
        else:
            found.append((node, sign))
    return found


def _frozen(factors: Counter[Hashable]) -> Hashable:
    return frozenset([(key, times) for key, times in factors.items() if times])


class _Names:
    """Names for matrices, the same for equal ones, however they are transposed."""

    def __init__(self, symmetric: Collection[str]) -> None:
        self.symmetric = symmetric
        self._numbers: dict[Hashable, int] = {}
        self._known: dict[tuple[int, bool], int] = {}
        self._kept: list[Expr] = []

    def entrywise(self, node: Expr, *, turned: bool) -> Hashable:
        """That of a product entry by entry: its factors in any order."""
        return _frozen(self.factors([node], turned=turned))

    def factors(self, links: Sequence[Expr], *, turned: bool) -> Counter[Hashable]:
        """The factors of a matrix, entry by entry, with their exponents; a product of several is
        one.
        """
        if len(links) > 1:
            ordered = links[::-1] if turned else links
            return Counter({self._product([self.of(link, turned=turned) for link in ordered]): 1})
        found: Counter[Hashable] = Counter()
        todo: list[tuple[Expr, Fraction, bool]] = [(links[0], Fraction(1), turned)]
        while todo:
            node, times, flip = todo.pop()
            if node.op in _ENTRYWISE:
                left, right = node.args
                todo += [(left, times, flip), (right, times if node.op == ".*" else -times, flip)]
            elif node.op == "'":
                todo.append((node.args[0], times, not flip))
            elif node.op == ".^" and node.args[1].op == "number":
                todo.append((node.args[0], times * node.args[1].value, flip))
            elif node.op != "number" or node.value != 1:
                found[self.of(node, turned=flip)] += times  # type: ignore[assignment]
        return found

    def of(self, root: Expr, *, turned: bool) -> int:
        """The number of a matrix or of its transpose."""
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

    def _inside(self, node: Expr, flip: bool) -> list[tuple[Expr, bool]]:
        """What the number is made of, each as it is or turned."""
        if node.op == "'":
            return [(node.args[0], flip != (node.args[0].rank == 2))]
        if node.op in _SUMS:
            return [(term, flip and term.rank == 2) for term, _ in _terms(node)]
        if node.op in _ALIKE:
            return [(arg, flip and arg.rank == 2) for arg in node.args]
        if node.op == "*" and node.rank == 2:
            scalars, links = _chain(node)
            turned = [(link, flip and link.rank == 2) for link in (links[::-1] if flip else links)]
            return [*[(scalar, False) for scalar in scalars], *turned]
        return [(arg, False) for arg in node.args]

    def _number(self, node: Expr, flip: bool, values: list[int]) -> int:
        key: Hashable
        if node.op == "'" and node.args[0].rank:
            return values[0]
        if node.op in _SUMS:
            signs = [sign for _, sign in _terms(node)]
            counts: Counter[Hashable] = Counter()
            for sign, value in zip(signs, values, strict=True):
                counts[value] += sign
            key = ("+", _frozen(counts))
            return self._numbers.setdefault(key, len(self._numbers))
        if node.op == "*" and node.rank == 2:
            return self._product(values)
        own = node.op in _ALIKE or node.op in ("eye", "fill", "diag")
        own = own or (node.op == "variable" and node.value in self.symmetric)
        value = node.value.key(node.args) if node.op == "indexed" else node.value
        shape = node.shape[::-1] if flip else node.shape
        key = (node.op, value, shape, flip and not own, *values)
        return self._numbers.setdefault(key, len(self._numbers))

    def _product(self, values: Sequence[int]) -> int:
        return self._numbers.setdefault(("*", *values), len(self._numbers))
