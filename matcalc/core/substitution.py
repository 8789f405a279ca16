"""Other values in place of the variables of a typed tree, and other sizes in place of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from matcalc.core.dims import Dim
from matcalc.core.indexed import AffineIndex, Form, Index, Reduction
from matcalc.core.tree import Expr, dimension, variable
from matcalc.core.walk import fold


def replace_variables(tree: Expr, values: Mapping[str, Callable[[Expr], Expr]]) -> Expr:
    """The tree with ``values[name](node)``, of the same shape, for each node that is the variable
    ``name``.
    """

    def rule(node: Expr, args: list[Expr]) -> Expr:
        if node.op == "variable" and node.value in values:
            return values[node.value](node)
        return node.with_args(args)

    return tree.fold(rule)


def put_in(tree: Expr, others: Mapping[Expr, Expr]) -> Expr:
    """The tree with others in place of some of its own nodes."""
    return fold(
        tree,
        lambda node: () if node in others else node.args,
        lambda node, args: others[node] if node in others else node.with_args(args),
    )


def rename(name: str) -> Callable[[Expr], Expr]:
    """What puts another variable in the place of one."""
    return lambda node: variable(name, node.shape, row=node.row)


def replace_sizes(tree: Expr, known: Callable[[str], Dim | None]) -> Expr:
    """The tree with other dimensions for those of some names, inside forms with indices too."""
    return tree.fold(_Sizes(known).rule)


class _Sizes:
    """Puts dimensions in place of names; an index with another range is another one."""

    def __init__(self, known: Callable[[str], Dim | None]) -> None:
        self.known = known
        self.indices: dict[Index, Index] = {}

    def rule(self, node: Expr, args: list[Expr]) -> Expr:
        """A node, as its arguments are."""
        if node.op == "dimension":
            return dimension(node.value.put(self.known))
        put = _IN_VALUES.get(node.op)
        value = node.value if put is None else put(self, node.value)
        shape = tuple([size.put(self.known) for size in node.shape])
        return Expr(node.op, tuple(args), shape, value=value, row=node.row)

    def size(self, size: Dim | None) -> Dim | None:
        """A dimension, if there is one."""
        return None if size is None else size.put(self.known)

    def slice(self, axes: tuple[Any, ...]) -> tuple[Any, ...]:
        """The ends of a slice."""
        return tuple([each and tuple(map(self.size, each)) for each in axes])

    def form(self, form: Form) -> Form:
        """An expression with bound indices."""
        room = tuple([size.put(self.known) for size in form.room])
        return Form(tuple(map(self.index, form.indices)), form.body.fold(self.rule), room)

    def index(self, index: Index) -> Index:
        """A bound index."""
        if index not in self.indices:
            size, start = index.size.put(self.known), index.start.put(self.known)
            self.indices[index] = Index(index.name, size, start)
        return self.indices[index]

    def places(self, places: tuple[AffineIndex | None, ...]) -> tuple[AffineIndex | None, ...]:
        """The places of entries, by axis."""
        return tuple([place and self.place(place) for place in places])

    def place(self, place: AffineIndex) -> AffineIndex:
        """A place on an axis."""
        terms = tuple([(self.index(index), c) for index, c in place.terms])
        return AffineIndex(terms, place.offset.put(self.known))

    def reduction(self, value: Reduction) -> Reduction:
        """What is taken over indices."""
        conditions = [each._replace(place=self.place(each.place)) for each in value.conditions]
        return Reduction(value.name, tuple(map(self.index, value.indices)), tuple(conditions))


_IN_VALUES: dict[str, Callable[[_Sizes, Any], object]] = {
    "unit": _Sizes.size,
    "slice": _Sizes.slice,
    "indexed": _Sizes.form,
    "index": _Sizes.index,
    "at": _Sizes.places,
    "reduce": _Sizes.reduction,
}
