"""Evaluates forms with bound indices, for each choice of the indices."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from matcalc.core.indexed import (
    Condition,
    Form,
    Index,
    Place,
    condition_of,
    free_indices,
)
from matcalc.core.tree import Expr

Values = Mapping[Index, int]
_HOLDS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


class Rules(NamedTuple):
    """How the parts of a form are evaluated, see ``Loop``; ``zero`` says of an entry whether it is
    zero, for all that it may be taken along.
    """

    step: Callable[[Expr, list[Any]], Any]
    number: Callable[[int], Any]
    take: Callable[[Any, list[int | None]], Any]
    reduce: Callable[[Expr, list[Any]], Any]
    zero: Callable[[Any], bool]


class Loop:
    """Evaluates a form as the text says it: part by part for each choice of the indices.

    ``step`` gives the value of a part from those of its arguments, ``take`` entries of an array at
    places (None is a whole axis), ``reduce`` what is taken over the values of a reduction, of which
    there may be none. A part is evaluated once for the values of the indices that it depends on,
    and with it all parts that differ in the names of indices alone. Of a ``where`` that compares
    indices only what is taken is evaluated.
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
        self._sizes = sizes
        self._rules = rules
        free = free_indices(form.body)
        alike: dict[object, dict[Any, Any]] = {}
        self._parts: dict[int, _Part] = {}
        for node in form.body.parts:
            # arguments that are alike have one table of values, so they are told apart by that
            tables = {id(arg): id(self._parts[id(arg)].known) for arg in node.args}
            name = _signature(node, free, tables)
            known = alike.setdefault(name, {})
            self._parts[id(node)] = self._part(node, free, known, children)

    def _part(
        self,
        node: Expr,
        free: Mapping[int, tuple[Index, ...]],
        known: dict[Any, Any],
        children: Callable[[Expr], tuple[Expr, ...]],
    ) -> _Part:
        part = _Part(node, free[id(node)], known)
        held = condition_of(node.args[0]) if node.op == "where" else None
        if held is not None:
            part.held = _Test(held, self._sizes)
        elif node.op == "reduce":
            part.levels = self._levels(node, free)
        else:
            part.args = [self._parts[id(arg)] for arg in children(node)]
        if node.op == "at":
            part.places = [None if p is None else _At(p, self._sizes) for p in node.value]
        return part

    def _range(self, index: Index) -> range:
        start = index.start.size(self._sizes)
        return range(start, start + index.size.size(self._sizes))

    def _levels(self, node: Expr, free: Mapping[int, tuple[Index, ...]]) -> list[_Level]:
        """The indices of a reduction, each with what has to hold once it has a value: conditions,
        and in a sum that the entries that are factors of its terms are not zero.
        """
        indices: tuple[Index, ...] = node.value.indices
        levels = [_Level(index, self._range(index), []) for index in indices]

        def last(used: Iterable[Index]) -> _Level:
            """That of the last of the indices to have a value."""
            needed = set(used)
            return levels[max([k for k, each in enumerate(indices) if each in needed], default=0)]

        for condition in node.value.conditions:
            used = [index for index, _ in condition.place.terms]
            last(used).tests.append(_Test(condition, self._sizes))
        for mask in _masks(node.args[0]) if node.value.name == "sum" else ():
            last(free[id(mask)]).tests.append(self._parts[id(mask)])
        return levels

    def values(self) -> list[Any]:
        """The values for all choices of the indices of the form, the last index fastest."""
        root, indices = self._parts[id(self._form.body)], self._form.indices
        found = product(*[self._range(index) for index in indices])
        return [self._value(root, dict(zip(indices, each, strict=True))) for each in found]

    def _value(self, root: _Part, values: Values) -> Any:
        key = root.key(values)
        if key in root.known:
            return root.known[key]
        stack = [root]
        while stack:
            part = stack[-1]
            if part.key(values) in part.known:
                stack.pop()
                continue
            missing = [arg for arg in part.args if arg.key(values) not in arg.known]
            if missing:
                stack += missing[::-1]
            else:
                part.known[part.key(values)] = self._step(part, values)
                stack.pop()
        return root.known[key]

    def _step(self, part: _Part, values: Values) -> Any:
        node = part.expr
        if node.op == "slot":
            return self._args[node.value]
        if node.op == "reduce":
            inner = self._parts[id(node.args[0])]
            each = [self._value(inner, chosen) for chosen in self._choices(part, values)]
            return self._rules.reduce(node, each)
        if part.held is not None:
            taken = node.args[1 if part.held.passes(values) else 2]
            return self._value(self._parts[id(taken)], values)
        if node.op == "index":
            return self._rules.number(values[node.value])
        inside = [arg.known[arg.key(values)] for arg in part.args]
        if node.op == "at":
            places = [None if at is None else at.number(values) - 1 for at in part.places]
            return self._rules.take(inside[0], places)
        return self._rules.step(node, inside)

    def _choices(self, part: _Part, values: Values) -> list[Values]:
        """The values of all indices, those of a reduction in each way that its tests leave, the
        last index fastest.
        """
        left: list[Values] = [values]
        for index, numbers, tests in part.levels:
            each = [{**known, index: number} for known in left for number in numbers]
            left = [known for known in each if all(self._holds(test, known) for test in tests)]
        return left

    def _holds(self, test: _Test | _Part, values: Values) -> bool:
        if isinstance(test, _Test):
            return test.passes(values)
        return not self._rules.zero(self._value(test, values))


class _Level(NamedTuple):
    """An index of a reduction, its values, and what has to hold once it has one."""

    bound: Index
    numbers: range
    tests: list[_Test | _Part]


class _Part:
    """A part of a body as it is evaluated.

    ``known`` has its values, by what ``key`` takes out of the values of all indices: those of the
    indices that it depends on.
    """

    __slots__ = ("args", "expr", "held", "key", "known", "levels", "places")

    def __init__(self, expr: Expr, free: tuple[Index, ...], known: dict[Any, Any]) -> None:
        self.expr = expr
        self.key: Callable[[Values], Any] = (
            operator.itemgetter(*free) if free else lambda values: ()
        )
        self.known = known
        self.args: list[_Part] = []  # what has to be known before
        self.held: _Test | None = None  # of a ``where`` that compares indices
        self.levels: list[_Level] = []  # of a reduction
        self.places: list[_At | None] = []  # of entries


class _At:
    """A place with the sizes put in."""

    __slots__ = ("_offset", "_terms")

    def __init__(self, place: Place, sizes: Mapping[str, int]) -> None:
        self._terms = place.terms
        self._offset = place.offset.size(sizes)

    def number(self, values: Values) -> int:
        """Where it is, counted from 1."""
        total = self._offset
        for index, c in self._terms:
            total += c * values[index]
        return total


class _Test:
    """A condition with the sizes put in."""

    __slots__ = ("_compare", "_place")

    def __init__(self, condition: Condition, sizes: Mapping[str, int]) -> None:
        self._place = _At(condition.place, sizes)
        self._compare = _HOLDS[condition.op]

    def passes(self, values: Values) -> bool:
        """Whether it holds."""
        return self._compare(self._place.number(values), 0)


def _signature(
    node: Expr, free: Mapping[int, tuple[Index, ...]], known: Mapping[int, int]
) -> object:
    """What tells a part from others but for the names of indices: each index by its place among
    those that the part depends on, or in the reduction.
    """
    places = {index: k for k, index in enumerate(free[id(node)])}
    value = node.value
    if node.op == "reduce":
        places.update({index: -1 - k for k, index in enumerate(value.indices)})
        value = (
            value.name,
            tuple([(index.start, index.size) for index in value.indices]),
            tuple([(each.op, _placed(each.place, places)) for each in value.conditions]),
        )
    elif node.op == "at":
        value = tuple([each and _placed(each, places) for each in value])
    elif node.op == "index":
        value = None
    args = [(known[id(arg)], tuple([places[i] for i in free[id(arg)]])) for arg in node.args]
    return node.op, value, node.shape, node.row, tuple(args)


def _placed(place: Place, places: Mapping[Index, int]) -> object:
    return tuple([(places[index], c) for index, c in place.terms]), place.offset


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
