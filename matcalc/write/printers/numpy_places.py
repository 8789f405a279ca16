"""Programs with one-hot matrices that are given as lists of places: no product with such a matrix
is computed. ``Y*X`` takes rows of X, ``Y'*G`` adds the rows of G up at their places, ``sum(Y.*Z)``
picks an entry of each row; so do sums of one-hot matrices, and those with scaled rows. What is
anything else gets the matrix itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import NamedTuple

from matcalc.core.dims import Dim, Shape
from matcalc.core.kinds import Variable
from matcalc.core.members import family_of
from matcalc.write.printers.numpy_apply import spread
from matcalc.write.printers.numpy_nodes import CodeBuilder, CodeNode, is_column

_KIND = "onehot"
_TERMS = 4  # of a sum; longer ones are computed


class _OneHotTerm(NamedTuple):
    """sign * scalar * diag(weight) * one_hot(places)."""

    sign: int
    scalar: CodeNode | None
    weight: CodeNode | None
    places: CodeNode


def find_listed(variables: Mapping[str, Variable]) -> dict[str, Variable]:
    """The one-hot matrices that may be lists of places, as vectors of these: how many columns they
    have is a number, or another array tells it.
    """
    found = {}
    for key, variable in variables.items():
        if variable.kind != _KIND or len(variable.shape) != 2 or family_of(key):
            continue
        rows, width = variable.shape
        told = any(
            each.kind != _KIND and not family_of(name) and width in each.shape
            for name, each in variables.items()
        )
        if (told or not width.letters) and (rows.plain or not rows.letters):
            found[key] = Variable(key, "vector", (rows,))
    return found


class PlacesBuilder(CodeBuilder):
    """Makes nodes that know of lists of places."""

    def one_hot(self, places: CodeNode, width: Dim) -> CodeNode:
        """The matrix itself."""
        return self.call("one_hot", places, self._count(width), shape=(*places.shape, width))

    def infix(self, operator: str, left: CodeNode, right: CodeNode, shape: Shape) -> CodeNode:
        """left operator right; a product with a one-hot matrix by its places."""
        found = self._product(left, right) if operator == "@" else None
        return super().infix(operator, left, right, shape) if found is None else found

    def call(
        self,
        function: str,
        *args: CodeNode,
        shape: Shape = (),
        before: tuple[str, ...] = (),
        after: tuple[str, ...] = (),
    ) -> CodeNode:
        """function(before, args, after); sums of entries at places are sums of those that are
        picked.
        """
        if function == "np.sum" and args[0].rank == 2:
            found = self._sum(args[0], after)
            if found is not None:
                return found
        return super().call(function, *args, shape=shape, before=before, after=after)

    def times(self, left: CodeNode, right: CodeNode) -> CodeNode:
        """Entry by entry; one_hot'*diag(weight) is the transpose of one with scaled rows."""
        if _is_turned(left) and right.rank == 1 and self._terms(left.args[0]) is not None:
            return self.transpose(self.scale_rows(right, left.args[0]))
        return super().times(left, right)

    def change(self, node: CodeNode) -> CodeNode:
        """A matrix plus or minus a one-hot one, in place."""
        if not self.changes or node.op != "infix" or node.attr not in ("+", "-"):
            return node
        left, right = node.args
        if not right.calls("one_hot") or left.shape != right.shape or self._terms(left):
            return node
        return self.node("stepped", node.attr, (left, right.args[0]), node.shape)

    def gram(self, w: CodeNode, Z: CodeNode) -> CodeNode:
        """Z'*diag(w)*Z."""
        if self._terms(Z) is None:
            return super().gram(w, Z)
        return self.infix("@", self.transpose(Z), self.scale_rows(w, Z), (Z.shape[1],) * 2)

    def _count(self, dim: Dim) -> CodeNode:
        """A size beside places: an integer in any case."""
        return self.node("size", dim, (), ())

    def _terms(self, node: CodeNode) -> list[_OneHotTerm] | None:
        """The one-hot matrices that a matrix is a sum of, with their weights; None for others."""
        if node.rank != 2:
            return None
        terms = []
        for sign, part in spread(node):
            scalar = weight = None
            while part.op == "infix" and part.attr == "*":
                other, part = part.args
                if not other.rank:
                    scalar = other if scalar is None else self.times(scalar, other)
                elif _is_column(other):
                    column = other.args[0]
                    weight = column if weight is None else self.times(weight, column)
                else:
                    return None
            if not part.calls("one_hot"):
                return None
            terms.append(_OneHotTerm(sign, scalar, weight, part.args[0]))
        return terms if len(terms) <= _TERMS else None

    def _total(
        self, terms: Sequence[_OneHotTerm], value: Callable[[_OneHotTerm], CodeNode]
    ) -> CodeNode:
        """The sum of what is made of each term."""
        signed = []
        for term in terms:
            made = value(term)
            signed.append(
                (term.sign, made if term.scalar is None else self.times(term.scalar, made))
            )
        return self._add(signed)

    def _add(self, signed: Sequence[tuple[int, CodeNode]]) -> CodeNode:
        """The sum of arrays with signs, those that are added first."""
        (sign, total), *others = sorted(signed, key=lambda each: -each[0])
        total = total if sign > 0 else self.negative(total)
        for sign, node in others:
            total = self.infix("+" if sign > 0 else "-", total, node, node.shape)
        return total

    def _weighted(self, weight: CodeNode | None, array: CodeNode) -> CodeNode:
        """The rows of an array with their weights."""
        if weight is None:
            return array
        return self.scale_rows(weight, array) if array.rank == 2 else self.times(weight, array)

    def _product(self, left: CodeNode, right: CodeNode) -> CodeNode | None:
        """left*right where one of them is made of one-hot matrices."""
        if max(left.rank, right.rank) > 2:
            return None
        turned = [_is_turned(left), _is_turned(right)]
        one = self._terms(left.args[0] if turned[0] else left)
        other = self._terms(right.args[0] if turned[1] else right)
        if one is not None and turned[0]:
            if other is not None and not turned[1]:
                return self._pairs(one, other, (left.shape[0], right.shape[1]))
            return self._total(one, lambda term: self._add_up(term, right, left.shape[0]))
        if one is not None:
            return self._total(
                one, lambda term: self._weighted(term.weight, self._take(right, term.places))
            )
        if other is None:
            return None
        if turned[1]:  # the columns at the places
            return self._total(
                other,
                lambda term: self._columns(
                    term.weight, self._take(left, term.places, columns=left.rank == 2)
                ),
            )
        turned_left = self.transpose(left)
        return self.transpose(
            self._total(other, lambda term: self._add_up(term, turned_left, right.shape[1]))
        )

    def _columns(self, weight: CodeNode | None, array: CodeNode) -> CodeNode:
        return array if weight is None else self.times(array, weight)

    def _take(self, array: CodeNode, places: CodeNode, *, columns: bool = False) -> CodeNode:
        """The entries of a vector, or the rows or columns of a matrix, that are at the places."""
        shape = (array.shape[0], *places.shape) if columns else places.shape + array.shape[1:]
        return self.node("gathered", int(columns), (array, places), shape)

    def _add_up(self, term: _OneHotTerm, array: CodeNode, size: Dim) -> CodeNode:
        """one_hot'*diag(weight)*array."""
        weighted = self._weighted(term.weight, array)
        shape = (size, *array.shape[1:])
        return self.call("sum_at", weighted, term.places, self._count(size), shape=shape)

    def _pairs(
        self, one: Sequence[_OneHotTerm], other: Sequence[_OneHotTerm], shape: Shape
    ) -> CodeNode:
        """The products of two one-hot matrices count pairs of places."""

        def count_products(row: _OneHotTerm, column: _OneHotTerm) -> CodeNode:
            weights = [each for each in (row.weight, column.weight) if each is not None]
            ones = self.fill("np.ones", row.places.shape)
            weight = reduce(self.times, weights) if weights else ones
            bare = row._replace(weight=None)
            if row.places is column.places:
                return self.call("np.diag", self._add_up(bare, weight, shape[0]), shape=shape)
            pair = (row.places, column.places)
            places = self.node("paired", shape[1], pair, row.places.shape)
            entries = shape[0].times(shape[1])
            flat = self._add_up(bare._replace(places=places), weight, entries)
            return self.node("shaped", None, (flat,), shape)

        signed = []
        for row in one:
            for column in other:
                scalars = [each for each in (row.scalar, column.scalar) if each is not None]
                made = count_products(row, column)
                made = self.times(reduce(self.times, scalars), made) if scalars else made
                signed.append((row.sign * column.sign, made))
        return self._add(signed)

    def _sum(self, node: CodeNode, after: tuple[str, ...]) -> CodeNode | None:
        """The sum of a matrix with one-hot factors, of all entries or along an axis."""
        terms = self._terms(node)
        if terms is None:
            term = self._picked(node)
            terms = None if term is None else [term]
        if terms is None or (after and after not in (("axis=0",), ("axis=1",))):
            return None

        def value(term: _OneHotTerm) -> CodeNode:
            ones = self.fill("np.ones", term.places.shape)
            weight = ones if term.weight is None else term.weight
            if after == ("axis=0",):
                return self._add_up(term._replace(weight=None), weight, node.shape[1])
            return weight if after else self.total(weight)

        return self._total(terms, value)

    def _picked(self, node: CodeNode) -> _OneHotTerm | None:
        """A product entry by entry, one factor of which is one-hot, as that one with weights."""
        if node.op == "neg":
            term = self._picked(node.args[0]) if node.args[0].op == "infix" else None
            return term and term._replace(sign=-term.sign)
        factors, stack = [], [node]
        while stack:
            each = stack.pop()
            if each.op == "infix" and each.attr == "*":
                stack += each.args[::-1]
            else:
                factors.append(each)
        place = next((k for k, each in enumerate(factors) if each.calls("one_hot")), None)
        if place is None:
            return None
        places = factors.pop(place).args[0]
        scalars = [each for each in factors if not each.rank]
        weights = []
        for each in factors:
            if _is_column(each):
                weights.append(each.args[0])
            elif each.rank == 2 and each.shape == node.shape:
                weights.append(self.call("pick", each, places, shape=places.shape))
            elif each.rank == 1:  # along the rows
                weights.append(self._take(each, places))
            elif each.rank:
                return None
        return _OneHotTerm(
            1,
            reduce(self.times, scalars) if scalars else None,
            reduce(self.times, weights) if weights else None,
            places,
        )


def is_placed(node: CodeNode) -> bool:
    """Whether this is a sum of one-hot matrices, so that a product with it is cheap."""
    return node.rank == 2 and all(term.calls("one_hot") for _, term in spread(node))


def _is_turned(node: CodeNode) -> bool:
    return node.op == "suffix" and bool(node.attr == ".T")


def _is_column(node: CodeNode) -> bool:
    return is_column(node) and node.args[0].rank == 1
