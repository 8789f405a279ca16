"""Bound indices in the typed tree.

A node with the op ``indexed`` is the value of an expression with bound indices: ``sum[i](E)``, or
the array ``[i, k] -> E``. It has a ``Form`` as its value. Its args are the parts that have no bound
index inside, so whoever walks a tree sees a function of these args. The ``body`` of the form is a
tree of its own, in which besides all that a tree has there is

==========  =======================  ===========================================================
op          value                    meaning
==========  =======================  ===========================================================
``slot``    number k                 the k-th arg of the ``indexed`` node
``index``   Index                    the value of an index, a scalar
``at``      Place or None, by axis   the entries of args[0] there; None is the whole axis
``reduce``  Reduction                the sum (product, ...) of args[0] over indices
==========  =======================  ===========================================================

The meaning is that of the text: the body is evaluated for every choice of the indices that the
conditions leave, and nowhere else.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, NamedTuple

from matcalc.core.dims import ONE, ZERO, Dim
from matcalc.core.operations import MIRRORED, OPERATIONS
from matcalc.core.tree import Expr
from matcalc.core.walk import postorder


class Index:
    """A bound index: its name, its first value and how many values it has.

    Compared by identity: two binders may use one name. Exactly one form or reduction binds it.
    """

    __slots__ = ("name", "size", "start")

    def __init__(self, name: str, size: Dim, start: Dim = ONE) -> None:
        self.name = name
        self.start = start
        self.size = size

    def __repr__(self) -> str:
        return self.name


Terms = tuple[tuple[Index, int], ...]


class AffineIndex(NamedTuple):
    """The position ``sum(c*index) + offset`` on an axis, counted from 1.

    Each index occurs once, and no coefficient c is 0; without indices it is the fixed ``offset``.
    """

    terms: Terms
    offset: Dim

    @property
    def plain(self) -> Index | None:
        """The index, where the place is no more than that."""
        if len(self.terms) == 1 and self.terms[0][1] == 1 and not self.offset.scale:
            return self.terms[0][0]
        return None


# of numbers, and entry by entry of arrays
HOLDS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


class Condition(NamedTuple):
    """``place op 0``, as in i - j < 0; ``op`` is one of ``HOLDS``."""

    op: str
    place: AffineIndex

    def solve_for(self, index: Index) -> tuple[AffineIndex, str, AffineIndex]:
        """The condition with an index on the left, and all else on the right."""
        condition = self.mirror() if dict(self.place.terms)[index] < 0 else self
        terms, offset = condition.place
        left = AffineIndex(((index, dict(terms)[index]),), ZERO)
        right = AffineIndex(
            tuple([(i, -c) for i, c in terms if i is not index]), ZERO.plus(offset, -1)
        )
        return left, condition.op, right

    def mirror(self) -> Condition:
        """The same, said of -place: j - i > 0 for i - j < 0."""
        terms, offset = self.place
        place = AffineIndex(tuple([(index, -c) for index, c in terms]), ZERO.plus(offset, -1))
        return Condition(MIRRORED[self.op], place)


class Reduction(NamedTuple):
    """What is taken over indices (``sum``, ``prod``, ...), where conditions hold."""

    name: str
    indices: tuple[Index, ...]
    conditions: tuple[Condition, ...] = ()


class Form:
    """The value of an ``indexed`` node: the indices that are its axes, in order, and the body.

    ``room`` are the dimensions that have to be positive for all places to be inside their axes.
    Every index in the body is one of ``indices`` or is bound by a reduction in the body. A form
    never changes, so the plans to evaluate it are stored on it.
    """

    __slots__ = ("body", "indices", "plans", "room")

    def __init__(self, indices: tuple[Index, ...], body: Expr, room: tuple[Dim, ...] = ()) -> None:
        self.indices = indices
        self.body = body
        self.room = room
        self.plans: dict[object, Any] = {}  # how the body is evaluated; see ``choices``

    def all_indices(self) -> list[Index]:
        """The indices of the form, those of its axes first."""
        bound = [
            index for part in self.body.parts if part.op == "reduce" for index in part.value.indices
        ]
        return list(dict.fromkeys([*self.indices, *bound]))

    def key(self, args: Sequence[Expr]) -> object:
        """A value that forms of the same args share if no more than the names of their indices
        differ.
        """
        numbers = number_indices(self)
        made: dict[object, int] = {}

        def rule(node: Expr, inside: list[int]) -> int:
            own = id(args[node.value]) if node.op == "slot" else describe(node, numbers)
            key = (node.op, own, node.shape, node.row, *inside)
            return made.setdefault(key, len(made))

        self.body.fold(rule)
        axes = tuple([_range_of(index, numbers) for index in self.indices])
        return axes, tuple(made)

    def __repr__(self) -> str:
        return f"[{', '.join(index.name for index in self.indices)}]{self.body!r}"


def number_indices(form: Form) -> dict[Index, int]:
    """A number for each index: how many indices are bound around it.

    So indices of sums beside each other share numbers, whether they are one index or two. An index
    that is bound at several depths has a number of its own.
    """
    depths = dict.fromkeys(map(id, form.body.parts), len(form.indices))
    numbers = {index: k for k, index in enumerate(form.indices)}
    torn: list[Index] = []
    for node in reversed(form.body.parts):  # what a part is in comes before it
        depth = depths[id(node)]
        if node.op == "reduce":
            for index in node.value.indices:
                if numbers.setdefault(index, depth) != depth:
                    torn.append(index)
                depth += 1
        for arg in node.args:
            depths[id(arg)] = max(depths[id(arg)], depth)
    numbers.update({index: len(numbers) + k for k, index in enumerate(dict.fromkeys(torn))})
    return numbers


def describe(node: Expr, numbers: Mapping[Index, int]) -> Hashable:
    """The value of a node of a body as a key, with numbers for the names of its indices. It is the
    same for i < j and j > i.
    """
    match node.op:
        case "index":
            return numbers[node.value]
        case "at":
            return tuple([place and _describe_place(place, numbers) for place in node.value])
        case "reduce":
            name, indices, conditions = node.value
            ranges = tuple([_range_of(index, numbers) for index in indices])
            return name, ranges, tuple([_describe_condition(each, numbers) for each in conditions])
    said: Hashable = node.value
    return said


def _range_of(index: Index, numbers: Mapping[Index, int]) -> Hashable:
    return numbers[index], index.start, index.size


def _describe_place(place: AffineIndex, numbers: Mapping[Index, int]) -> Hashable:
    return tuple(sorted((numbers[index], c) for index, c in place.terms)), place.offset


def _describe_condition(condition: Condition, numbers: Mapping[Index, int]) -> Hashable:
    _, c = min([(numbers[index], c) for index, c in condition.place.terms], default=(0, 1))
    op, place = condition if c > 0 else condition.mirror()
    return op, _describe_place(place, numbers)


def own_indices(expr: Expr) -> tuple[Index, ...]:
    """The indices that a node of a body names itself."""
    if expr.op == "index":
        return (expr.value,)
    if expr.op == "at":
        return tuple([index for place in expr.value if place for index, _ in place.terms])
    if expr.op == "reduce":
        found = [index for condition in expr.value.conditions for index, _ in condition.place.terms]
        return tuple([index for index in found if index not in expr.value.indices])
    return ()


def free_indices(root: Expr) -> dict[int, tuple[Index, ...]]:
    """The indices that each part of a body depends on, by its id, in order of appearance."""
    free: dict[int, tuple[Index, ...]] = {}
    for node in root.parts:
        found = dict.fromkeys(index for arg in node.args for index in free[id(arg)])
        found.update(dict.fromkeys(own_indices(node)))
        if node.op == "reduce":
            for index in node.value.indices:
                found.pop(index, None)
        free[id(node)] = tuple(found)
    return free


def parts(expr: Expr) -> tuple[Expr, ...]:
    """The args of a node, and of an ``indexed`` one the body, for those who look for functions."""
    return (*expr.args, expr.value.body) if expr.op == "indexed" else expr.args


def all_parts(root: Expr) -> list[Expr]:
    """The nodes of a tree and of the bodies of its forms, each once, children before parents."""
    return postorder(root, parts) if "indexed" in root.operations else root.parts


def compares_indices(expr: Expr) -> bool:
    """Whether this function jumps or has a kink where indices are certain numbers."""
    jumps = expr.op in HOLDS or (expr.op in OPERATIONS and OPERATIONS[expr.op].kink != "")
    return jumps and "index" in expr.operations


def condition_of(expr: Expr) -> Condition | None:
    """The condition that a comparison of indices, sizes and integers says."""
    if len(expr.args) != 2 or expr.op not in ("<", "<=", ">", ">=", "==", "!="):
        return None
    left, right = (_place_of(side) for side in expr.args)
    if left is None or right is None:
        return None
    return Condition(expr.op, _plus(left, right, -1))


def _place_of(expr: Expr) -> AffineIndex | None:
    if expr.op == "index":
        return AffineIndex(((expr.value, 1),), ZERO)
    if expr.op == "dimension":
        return AffineIndex((), expr.value)
    if expr.op == "number" and expr.value.denominator == 1:
        return AffineIndex((), Dim(int(expr.value), ()))
    if expr.op in ("+", "-"):
        left, right = (_place_of(side) for side in expr.args)
        if left is not None and right is not None:
            return _plus(left, right, 1 if expr.op == "+" else -1)
    return None


def _plus(left: AffineIndex, right: AffineIndex, sign: int) -> AffineIndex:
    terms = dict(left.terms)
    for index, c in right.terms:
        terms[index] = terms.get(index, 0) + sign * c
    kept = tuple([(index, c) for index, c in terms.items() if c])
    return AffineIndex(kept, left.offset.plus(right.offset, sign))
