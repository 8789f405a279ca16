"""Statements with large sizes that are numbers, as statements for all sizes.

A derivative that holds for every n holds for n = 1000, and the judge proves the former with a few
entries. Only trees in which sizes are handed on are put so: not those in which they are added or
multiplied (blocks, slices, ``vec``, ``kron``), where one number may be several things.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations_with_replacement

from matcalc.core.dims import ONE, Dim, Shape, dim
from matcalc.core.functions.spec import SPECIAL
from matcalc.core.indexed import AffineIndex, Condition, Form, Index, Reduction, compares_indices
from matcalc.core.operations import COMPARISONS, FRECHET, OF_TALL, OPERATIONS, SYLVESTER, TRIANGLES
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr, dimension, number
from matcalc.core.user_functions import inline

LARGEST = 10  # a size up to which it is kept as it is
_PLAIN = 16  # the largest numerator times denominator of c in c*n and c/n
_FEW = 5  # numbers up to which numerators and denominators are not multiples of sizes
_HANDED_ON = frozenset(
    (
        *("variable", "number", "constant", "dimension", "eye", "fill", "+", "-", "neg", "*", "/"),
        *(".*", "./", ".^", "^", "'", "einsum", "permute", "indexed", "index", "slot", "at"),
        *("reduce", "where", "diag", "tril", "triu", "cumsum", "revcumsum", "dot", "kl", "normp"),
        *("eigvals", "eigval", "eigvec", "eigleft", "eigright", "invgap", SYLVESTER, "lyapunov"),
        *COMPARISONS,
        *FRECHET,
        *(name for name, spec in OPERATIONS.items() if spec.signature != SPECIAL),
    )
) - {"pinv", *OF_TALL}  # another function for wide matrices than for tall ones


def for_every_size(
    statement: DerivativeStatement, tree: Expr
) -> Iterator[tuple[DerivativeStatement, Expr]]:
    """The same with a name for each large size, where there is one; then with numbers that are
    likely multiples of sizes or parts of them too, as in the derivative of a mean. If they are
    none, nothing is proved. Nothing where sizes are counted with.
    """
    program = statement.program
    large = {
        size: dim(f"{size}?")  # no name in the language
        for variable in program.variables.values()
        for size in variable.dims
        if (size.integer or 0) > LARGEST
    }
    for multiples in (False, True) if large else ():
        naming = _Naming(large, multiples)
        try:
            given, stated = naming.tree(program.expr), naming.tree(tree)
            variables = {
                name: variable._replace(dims=naming.shape(variable.dims))
                for name, variable in program.variables.items()
            }
        except _Counted:
            return
        if multiples <= naming.found:
            general = program._replace(expr=given, variables=variables)
            yield statement._replace(program=general), stated


class _Counted(Exception):
    """A size is none of those that are handed on."""


class _Naming:
    """Puts names in place of sizes."""

    def __init__(self, names: Mapping[Dim, Dim], multiples: bool) -> None:
        self.names = names
        self.multiples = multiples
        self.found = False  # a multiple of a size
        self.indices: dict[Index, Index] = {}
        self.divisors = {size.plus(ONE, -1): name.plus(ONE, -1) for size, name in names.items()}
        for one, other in combinations_with_replacement(names, 2):
            self.divisors[one.times(other)] = names[one].times(names[other])
        self.divisors |= names

    def tree(self, tree: Expr) -> Expr:
        """The tree with names."""
        return inline(tree).fold(self._node)

    def shape(self, shape: Shape) -> Shape:
        """The axes with names."""
        return tuple([self._size(size) for size in shape])

    def _size(self, size: Dim) -> Dim:
        name = self.names.get(size, size)
        if (name.integer or 0) > LARGEST:
            raise _Counted
        return name

    def _node(self, node: Expr, args: list[Expr]) -> Expr:
        if node.op not in _HANDED_ON:
            raise _Counted
        if node.op == "number":
            return self._number(node) if self.multiples else node
        moved = node.op in TRIANGLES and any(arg.op != "number" for arg in args[1:])
        if moved or (self.found and compares_indices(node)):
            raise _Counted  # tril(A, n/2) and i == n/11 say something at some n alone
        value = node.value
        if node.op == "indexed":
            value = self._form(value)
        elif node.op == "index":
            value = self._index(value)
        elif node.op == "at":
            axes = zip(value, node.args[0].shape, strict=True)
            value = tuple([self._whole_axis(place, size) for place, size in axes])
        elif node.op == "reduce":
            indices = tuple([self._index(index) for index in value.indices])
            value = Reduction(value.name, indices, tuple(map(self._condition, value.conditions)))
        return Expr(
            node.op, tuple(args), self.shape(node.shape), value=value, row=node.row, span=node.span
        )

    def _number(self, node: Expr) -> Expr:
        value: Fraction = node.value
        if max(abs(value.numerator), value.denominator) > _FEW:
            for size, name in self.divisors.items():
                for c, op in ((value * int(size.scale), "/"), (value / int(size.scale), "*")):
                    if abs(c.numerator) * c.denominator <= _PLAIN:
                        self.found = True
                        return Expr(op, (number(c), dimension(name)))
        return node

    def _form(self, form: Form) -> Form:
        return Form(tuple(map(self._index, form.indices)), form.body.fold(self._node))

    def _index(self, index: Index) -> Index:
        if index not in self.indices:
            self.indices[index] = Index(index.name, self._size(index.size), index.start)
        return self.indices[index]

    def _whole_axis(self, place: AffineIndex | None, size: Dim) -> AffineIndex | None:
        """The place of an index that goes through a whole axis."""
        if place is None:
            return None
        if place.plain is None or place.plain.size != size or place.plain.start != ONE:
            raise _Counted
        return AffineIndex(((self._index(place.plain), 1),), place.offset)

    def _condition(self, condition: Condition) -> Condition:
        """As it stands, of other indices."""
        terms, offset = condition.place
        if abs(offset.integer or 0) > LARGEST:
            raise _Counted
        return Condition(
            condition.op, AffineIndex(tuple([(self._index(i), c) for i, c in terms]), offset)
        )
