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

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from operator import itemgetter
from typing import Any, NamedTuple

from matcalc.core.dims import ONE, ZERO, Dim
from matcalc.core.tree import Expr
from matcalc.core.walk import postorder


class Index:
    """A bound index: its name, its first value and how many values it has; compared by identity."""

    __slots__ = ("name", "size", "start")

    def __init__(self, name: str, size: Dim, start: Dim = ONE) -> None:
        self.name = name
        self.start = start
        self.size = size

    def __repr__(self) -> str:
        return self.name


Terms = tuple[tuple[Index, int], ...]


class Place(NamedTuple):
    """The place ``sum(c*index) + offset`` on an axis, counted from 1."""

    terms: Terms
    offset: Dim

    @property
    def plain(self) -> Index | None:
        """The index, where the place is no more than that."""
        if len(self.terms) == 1 and self.terms[0][1] == 1 and not self.offset.scale:
            return self.terms[0][0]
        return None

    def at(self, values: Mapping[Index, int], sizes: Mapping[str, int]) -> int:
        """The number of the place."""
        return sum(c * values[index] for index, c in self.terms) + self.offset.size(dict(sizes))


class Condition(NamedTuple):
    """``place op 0``, as in i - j < 0."""

    op: str
    place: Place

    def holds(self, values: Mapping[Index, int], sizes: Mapping[str, int]) -> bool:
        """Whether it holds."""
        value = self.place.at(values, sizes)
        return {
            "<": value < 0,
            "<=": value <= 0,
            ">": value > 0,
            ">=": value >= 0,
            "==": value == 0,
            "!=": value != 0,
        }[self.op]


Test = Condition | Expr  # of an entry that multiplies a term: that it is not zero


class Reduction(NamedTuple):
    """What is taken over indices (``sum``, ``prod``, ...), where conditions hold."""

    name: str
    indices: tuple[Index, ...]
    conditions: tuple[Condition, ...] = ()


class Form:
    """The value of an ``indexed`` node: the indices that are its axes, in order, and the body.

    ``room`` are the dimensions that have to be positive for all places to be inside of their axes.
    """

    __slots__ = ("body", "indices", "room")

    def __init__(self, indices: tuple[Index, ...], body: Expr, room: tuple[Dim, ...] = ()) -> None:
        self.indices = indices
        self.body = body
        self.room = room

    def all_indices(self) -> list[Index]:
        """The indices of the form, those of its axes first."""
        bound = [
            index for part in self.body.parts if part.op == "reduce" for index in part.value.indices
        ]
        return list(dict.fromkeys([*self.indices, *bound]))

    def __repr__(self) -> str:
        return f"[{', '.join(index.name for index in self.indices)}]{self.body!r}"


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


def choices(
    reduction: Reduction, values: Mapping[Index, int], sizes: Mapping[str, int]
) -> Iterator[dict[Index, int]]:
    """The values of all indices, those of the reduction in each way that its conditions leave."""
    for found in assignments(reduction.indices, values, sizes):
        if all(condition.holds(found, sizes) for condition in reduction.conditions):
            yield found


def assignments(
    indices: tuple[Index, ...], values: Mapping[Index, int], sizes: Mapping[str, int]
) -> Iterator[dict[Index, int]]:
    """All values of some indices beside those that are given, the last one fastest."""
    known = dict(sizes)
    ranges = []
    for index in indices:
        start = index.start.size(known)
        ranges.append(range(start, start + index.size.size(known)))
    for found in product(*ranges):
        yield {**values, **dict(zip(indices, found, strict=True))}


def parts(expr: Expr) -> tuple[Expr, ...]:
    """The args of a node, and of an ``indexed`` one the body, for those who look for functions."""
    return (*expr.args, expr.value.body) if expr.op == "indexed" else expr.args


def condition_of(expr: Expr) -> Condition | None:
    """The condition that a comparison of indices, sizes and whole numbers says."""
    if len(expr.args) != 2 or expr.op not in ("<", "<=", ">", ">=", "==", "!="):
        return None
    left, right = (_place_of(side) for side in expr.args)
    if left is None or right is None:
        return None
    return Condition(expr.op, _plus(left, right, -1))


def _place_of(expr: Expr) -> Place | None:
    if expr.op == "index":
        return Place(((expr.value, 1),), ZERO)
    if expr.op == "dimension":
        return Place((), expr.value)
    if expr.op == "number" and expr.value.denominator == 1:
        return Place((), Dim(int(expr.value), ()))
    if expr.op in ("+", "-"):
        left, right = (_place_of(side) for side in expr.args)
        if left is not None and right is not None:
            return _plus(left, right, 1 if expr.op == "+" else -1)
    return None


def _plus(left: Place, right: Place, sign: int) -> Place:
    terms = dict(left.terms)
    for index, c in right.terms:
        terms[index] = terms.get(index, 0) + sign * c
    kept = tuple([(index, c) for index, c in terms.items() if c])
    return Place(kept, left.offset.plus(right.offset, sign))


class Loop:
    """Evaluates a form as the text says it: part by part for each choice of the indices.

    ``step`` gives the value of a part from those of its arguments, ``take`` entries of an array at
    places (None is a whole axis), ``reduce`` what is taken over the values of a reduction, of which
    there may be none. A part is evaluated once for the indices that it depends on; of a ``where``
    that compares indices only what is taken.
    """

    def __init__(
        self,
        form: Form,
        args: Sequence[Any],
        sizes: Mapping[str, int],
        rules: Rules,
        children: Callable[[Expr], tuple[Expr, ...]] = lambda expr: expr.args,
    ) -> None:
        self._form = form
        self._args = args
        self._sizes = dict(sizes)
        self._rules = rules
        self._children = children
        self._keys = {part: _key(free) for part, free in free_indices(form.body).items()}
        self._plans: dict[int, list[_Planned]] = {}
        self._factors: dict[int, dict[Index, list[Test]]] = {}
        parts = form.body.parts
        self._cases = {
            id(part): held
            for part in parts
            if part.op == "where" and (held := condition_of(part.args[0])) is not None
        }
        # of each part, its values by those of the indices that it depends on
        self._known: dict[int, dict[Any, Any]] = {id(part): {} for part in parts}

    def values(self) -> list[Any]:
        """The values for all choices of the indices of the form, the last index fastest."""
        found = assignments(self._form.indices, {}, self._sizes)
        return [self._value(self._form.body, values) for values in found]

    def _value(self, root: Expr, values: Mapping[Index, int]) -> Any:
        plan = self._plans.get(id(root))
        if plan is None:
            plan = self._plans[id(root)] = self._planned(root)
        last = plan[-1]
        if (key := last.key(values)) not in last.known:
            for part, known, key_of in plan:
                if (each := key_of(values)) not in known:
                    known[each] = self._step(part, values)
        return last.known[key]

    def _planned(self, root: Expr) -> list[_Planned]:
        """The parts of a root in the order in which they are evaluated."""
        order = postorder(
            root,
            lambda part: (
                () if part.op == "reduce" or id(part) in self._cases else self._children(part)
            ),
        )
        return [_Planned(part, self._known[id(part)], self._keys[id(part)]) for part in order]

    def _terms(self, part: Expr, values: Mapping[Index, int]) -> list[Any]:
        """What a reduction is taken over; of a sum without the terms that a factor makes zero."""
        body = part.args[0]
        if id(part) not in self._factors:
            self._factors[id(part)] = self._tests(part)
        if not (tests := self._factors[id(part)]):
            return [self._value(body, inner) for inner in choices(part.value, values, self._sizes)]
        left = [dict(values)]
        for index in part.value.indices:
            each = [found for known in left for found in assignments((index,), known, self._sizes)]
            left = [
                found for found in each if all(self._holds(test, found) for test in tests[index])
            ]
        return [self._value(body, inner) for inner in left]

    def _holds(self, test: Test, values: Mapping[Index, int]) -> bool:
        """Whether a condition holds, or a factor is more than zero."""
        if isinstance(test, Condition):
            return test.holds(values, self._sizes)
        return not self._rules.zero(self._value(test, values))

    def _tests(self, part: Expr) -> dict[Index, list[Test]]:
        """What has to hold once an index has a value: of a sum in which entries are factors, for
        its terms to be more than zero. Empty where nothing is known.
        """
        masks = _masks(part.args[0]) if part.value.name == "sum" else []
        indices: tuple[Index, ...] = part.value.indices
        tests: dict[Index, list[Test]] = {index: [] for index in indices if masks}
        if not masks:
            return tests

        def last(free: Iterable[Index]) -> Index:
            """The one of the indices that is the last to have a value."""
            needed = set(free)
            inside = [k for k, index in enumerate(indices) if index in needed]
            return indices[max(inside, default=0)]

        for mask in masks:
            tests[last(free_indices(mask)[id(mask)])].append(mask)
        for condition in part.value.conditions:
            tests[last(index for index, _ in condition.place.terms)].append(condition)
        return tests

    def _step(self, part: Expr, values: Mapping[Index, int]) -> Any:
        if part.op == "slot":
            return self._args[part.value]
        if part.op == "reduce":
            return self._rules.reduce(part, self._terms(part, values))
        if id(part) in self._cases:
            held = self._cases[id(part)].holds(values, self._sizes)
            return self._value(part.args[1 if held else 2], values)
        if part.op == "index":
            return self._rules.number(values[part.value])
        inside = [self._known[id(arg)][self._keys[id(arg)](values)] for arg in self._children(part)]
        if part.op == "at":
            places = [None if p is None else p.at(values, self._sizes) - 1 for p in part.value]
            return self._rules.take(inside[0], places)
        return self._rules.step(part, inside)


class _Planned(NamedTuple):
    """A part that is to be evaluated, its values so far, and what they depend on."""

    part: Expr
    known: dict[Any, Any]
    key: Callable[[Mapping[Index, int]], Any]


def _key(free: tuple[Index, ...]) -> Callable[[Mapping[Index, int]], Any]:
    """The values of some indices."""
    return itemgetter(*free) if free else lambda values: ()


# with these a value is defined wherever its entries are, so zero times it is zero
_ARITHMETIC = frozenset(("at", "slot", "number", "+", "-", "*", ".*", "neg"))


def _masks(body: Expr) -> list[Expr]:
    """The entries that multiply a body of sums and products of entries, at most places zero in
    forms with vec and vech.
    """
    plain = all(
        part.op in _ARITHMETIC
        and (part.op != "at" or all(place is not None and place.plain for place in part.value))
        for part in body.parts
    )
    if not plain:
        return []
    found, todo = [], [body]
    while todo:
        part = todo.pop()
        if part.op in ("*", ".*", "neg"):
            todo += part.args
        elif part.op == "at":
            found.append(part)
    return found


class Rules(NamedTuple):
    """How the parts of a form are evaluated, see ``Loop``; ``zero`` says of an entry whether it is
    zero, for all that it may be taken along.
    """

    step: Callable[[Expr, list[Any]], Any]
    number: Callable[[int], Any]
    take: Callable[[Any, list[int | None]], Any]
    reduce: Callable[[Expr, list[Any]], Any]
    zero: Callable[[Any], bool]
