"""Evaluates forms with bound indices, for all choices of the indices.

The parts of a body are put into *tables*: parts that differ in the names of indices alone have one.
A table has a row for each choice of the indices that its part depends on, and the values of all
its rows are its *column*. First the tables are gone through from the body to its parts: that finds
the rows that are needed. Then the columns are computed from the parts to the body. So nothing is
evaluated where a condition fails, and nothing twice.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple, Protocol

from matcalc.core.dims import Dim
from matcalc.core.indexed import (
    HOLDS,
    AffineIndex,
    Condition,
    Form,
    Index,
    condition_of,
    describe,
    free_indices,
)
from matcalc.core.operations import COMPARISONS
from matcalc.core.tree import Expr

Values = tuple[int, ...]  # of the indices that a part depends on
Column = Any  # the values of the rows of a table
Rows = list[int]


class Columns(Protocol):
    """How columns are computed. ``Rules`` has the simplest: the list of the values."""

    def slot(self, value: Any) -> Column:
        """One row: an argument of the form."""

    def numbers(self, values: Rows) -> Column:
        """The values of an index."""

    def take(self, column: Column, rows: Rows, places: list[list[int | None]]) -> Column:
        """Entries of arrays at places, counted from 0; None is a whole axis."""

    def pick(self, chosen: list[tuple[Column, int]]) -> Column:
        """For each row a row of some column."""

    def reduce(self, part: Expr, column: Column, groups: list[Rows]) -> Column:
        """What a reduction takes over rows, of which there may be none, for each group of them;
        without any row at all the column is None.
        """

    def apply(self, part: Expr, args: list[tuple[Column, Rows]], count: int) -> Column:
        """An operation of ``count`` rows of its arguments."""

    def zeros(self, column: Column) -> list[bool]:
        """Of each row whether it is zero, for all that it may be taken along."""

    def expect(self, choices: int) -> None:
        """Told how many choices of indices are going to be made."""


class Rules(NamedTuple):
    """The parts of a form evaluated row by row.

    ``step`` gives the value of a part from those of its arguments, ``take`` entries of an array,
    ``reduce`` what is taken over values, ``zero`` says of an entry whether it is zero.
    """

    step: Callable[[Expr, list[Any]], Any]
    number: Callable[[int], Any]
    entries: Callable[[Any, list[int | None]], Any]
    total: Callable[[Expr, list[Any]], Any]
    zero: Callable[[Any], bool]

    def slot(self, value: Any) -> Column:
        """One row: an argument of the form."""
        return [value]

    def numbers(self, values: Rows) -> Column:
        """The values of an index."""
        return [self.number(value) for value in values]

    def take(self, column: Column, rows: Rows, places: list[list[int | None]]) -> Column:
        """Entries of arrays at places."""
        return [self.entries(column[k], at) for k, at in zip(rows, places, strict=True)]

    def pick(self, chosen: list[tuple[Column, int]]) -> Column:
        """For each row a row of some column."""
        return [column[row] for column, row in chosen]

    def reduce(self, part: Expr, column: Column, groups: list[Rows]) -> Column:
        """What a reduction takes over the rows of each group."""
        return [self.total(part, [column[row] for row in group]) for group in groups]

    def apply(self, part: Expr, args: list[tuple[Column, Rows]], count: int) -> Column:
        """An operation of rows of its arguments."""
        inside = [[column[row] for row in rows] for column, rows in args]
        return [self.step(part, [each[k] for each in inside]) for k in range(count)]

    def zeros(self, column: Column) -> list[bool]:
        """Of each row whether it is zero."""
        return [self.zero(entry) for entry in column]

    def expect(self, choices: int) -> None:
        """Any number will do."""


class FormEvaluator:
    """Evaluates a form as the text says it.

    Of a ``where`` that compares indices only what is taken is evaluated. ``children`` are the
    arguments that a part is computed from.
    """

    def __init__(
        self,
        form: Form,
        args: Sequence[Any],
        sizes: Mapping[str, int],
        rules: Columns,
        children: Callable[[Expr], tuple[Expr, ...]] = lambda expr: expr.args,
    ) -> None:
        plan = form.plans.get(children)
        if plan is None:
            plan = form.plans[children] = _TablePlan(form, children)
        self._form = form
        self._plan: _TablePlan = plan
        self._args = args
        self._sizes = sizes
        self._rules = rules

    def values(self) -> tuple[Column, Rows]:
        """A column, and the rows of it for all choices of the indices of the form, the last index
        fastest.
        """
        indices = self._form.indices
        found = list(product(*[self._range(index.start, index.size) for index in indices]))
        return self._column(self._plan.root, self._plan.takes, found)

    def look(self, parts: Sequence[Expr]) -> None:
        """Evaluates some parts of the body alone, for all choices that the form needs them for."""
        indices = self._form.indices
        found = list(product(*[self._range(index.start, index.size) for index in indices]))
        needed = self._plan.find_needed(parts)
        self._column(self._plan.root, self._plan.takes, found, needed)

    def _range(self, start: Dim, size: Dim) -> range:
        first = start.size(self._sizes)
        return range(first, first + size.size(self._sizes))

    def _column(
        self,
        root: int,
        takes: _Takes,
        wanted: Sequence[Values],
        alone: Collection[int] | None = None,
    ) -> tuple[Column, Rows]:
        """A column, and its rows for what is taken of the values of indices; ``alone`` are the
        tables that are computed, where not all are.
        """
        tables = self._plan.tables[: root + 1]
        known: list[dict[Values, int]] = [{} for _ in tables]
        rows = _rows(known[root], map(takes, wanted))
        needed: list[Any] = [None] * len(tables)
        for number in range(root, -1, -1):
            if known[number]:
                needed[number] = self._needs(tables[number], list(known[number]), known)
        columns: list[Column] = [None] * len(tables)
        for number, table in enumerate(tables):
            if known[number] and (alone is None or number in alone):
                keys = list(known[number])
                columns[number] = self._compute(table, keys, needed[number], columns)
        return columns[root], rows

    def _needs(
        self, table: _Table, keys: list[Values], known: list[dict[Values, int]]
    ) -> list[Any]:
        """The rows of other tables that a table needs: for each argument; of a reduction in groups;
        of a ``where`` that compares indices with the table, for each row.
        """
        if table.held is not None:
            held = self._test(table.held)
            chosen = [table.args[1 if held(key) else 2] for key in keys]
            return [
                (number, known[number].setdefault(takes(key), len(known[number])))
                for (number, takes), key in zip(chosen, keys, strict=True)
            ]
        if not table.levels:
            return [_rows(known[number], map(takes, keys)) for number, takes in table.args]
        groups: list[Rows] = [[] for _ in keys]
        ((number, takes),) = table.args
        inner = known[number]
        for group, key in self._choices(table, keys):
            groups[group].append(inner.setdefault(takes(key), len(inner)))
        return groups

    def _choices(self, table: _Table, keys: list[Values]) -> list[tuple[int, Values]]:
        """The values of all indices, those of a reduction in each way that its tests leave, the
        last index fastest; each with the row that it belongs to.
        """
        left = list(enumerate(keys))
        for level in table.levels:
            left = self._extend(level, left)
            for condition in level.conditions:
                holds = self._test(condition)
                left = [(group, key) for group, key in left if holds(key)]
        return left

    def _extend(self, level: _Level, left: list[tuple[int, Values]]) -> list[tuple[int, Values]]:
        """Each choice with every value of a further index at which no mask is zero.

        A mask is looked up once for all choices that differ in indices that it does not have. So
        of an index that a fused index of others determines one value is tried, and not all.
        """
        numbers = self._range(level.start, level.size)
        allowed: list[tuple[_Takes, dict[Values, Collection[int]]]] = []
        for mask, takes, others in level.masks:
            apart = {others(key): key for _, key in left}
            self._rules.expect(len(apart) * len(numbers))
            tried = [(*key, number) for key in apart.values() for number in numbers]
            column, rows = self._column(mask, takes, tried)
            zero = self._rules.zeros(column) if tried else []
            found = iter(rows)
            allowed.append(
                (others, {key: {n for n in numbers if not zero[next(found)]} for key in apart})
            )
        choices = []
        for group, key in left:
            fit: Collection[int] = numbers
            for others, known in allowed:
                own = known[others(key)]
                fit = own if fit is numbers else [number for number in fit if number in own]
            choices.append((group, key, fit))
        self._rules.expect(sum([len(fit) for *_, fit in choices]))
        return [(group, (*key, number)) for group, key, fit in choices for number in fit]

    def _compute(
        self, table: _Table, keys: list[Values], needed: list[Any], columns: list[Column]
    ) -> Column:
        node, rules = table.part, self._rules
        if node.op == "slot":
            return rules.slot(self._args[node.value])
        if table.held is not None:
            return rules.pick([(columns[number], row) for number, row in needed])
        if table.levels:
            return rules.reduce(node, columns[table.args[0][0]], needed)
        if node.op == "index":
            return rules.numbers([key[0] for key in keys])
        if node.op == "at":
            along = [self._numbers(place, keys) for place in table.places]
            places = [list(each) for each in zip(*along, strict=True)]
            return rules.take(columns[table.args[0][0]], needed[0], places)
        args = [
            (columns[number], rows) for (number, _), rows in zip(table.args, needed, strict=True)
        ]
        return rules.apply(node, args, len(keys))

    def _numbers(self, place: _At | None, keys: list[Values]) -> Sequence[int | None]:
        """Where a place is, counted from 0, for each choice of the indices."""
        if place is None:
            return [None] * len(keys)
        offset = place.offset.size(self._sizes) - 1
        if len(place.terms) == 1 and place.terms[0][1] == 1:
            k = place.terms[0][0]
            return [key[k] + offset for key in keys]
        return [offset + sum([c * key[k] for k, c in place.terms]) for key in keys]

    def _test(self, condition: _PlaceCondition) -> Callable[[Values], bool]:
        """A condition with the sizes put in."""
        offset, compare = condition.place.offset.size(self._sizes), HOLDS[condition.op]
        terms = condition.place.terms
        return lambda key: compare(offset + sum([c * key[k] for k, c in terms]), 0)


def _rows(known: dict[Values, int], found: Iterable[Values]) -> Rows:
    """The rows of these values of indices, new ones where there is none."""
    return [known.setdefault(key, len(known)) for key in found]


_Takes = Callable[[Values], Values]  # picks the values of some of the indices


def _taker(places: Sequence[int]) -> _Takes:
    if not places:
        return lambda key: ()
    if len(places) == 1:
        (k,) = places
        return lambda key: (key[k],)
    return operator.itemgetter(*places)


class _At(NamedTuple):
    """A place, with each index as its place among those that the part depends on."""

    terms: tuple[tuple[int, int], ...]
    offset: Dim


class _PlaceCondition(NamedTuple):
    """``place op 0``."""

    op: str
    place: _At


class _Level(NamedTuple):
    """An index of a reduction, and what has to hold once it has a value: conditions, and in a sum
    that the entries that are factors of its terms are not zero.
    """

    start: Dim
    size: Dim
    conditions: list[_PlaceCondition]
    masks: list[tuple[int, _Takes, _Takes]]  # with the indices of each that have values before


class _Table:
    """A part of a body, and all that are like it but for the names of indices."""

    __slots__ = ("args", "held", "levels", "part", "places")

    def __init__(self, part: Expr) -> None:
        self.part = part
        # the tables of the arguments, each with what its rows are called by
        self.args: list[tuple[int, _Takes]] = []
        self.held: _PlaceCondition | None = None  # of a ``where`` that compares indices
        self.levels: list[_Level] = []  # of a reduction
        self.places: list[_At | None] = []  # of entries


class _TablePlan:
    """The tables of a form, arguments first; whatever the sizes are."""

    def __init__(self, form: Form, children: Callable[[Expr], tuple[Expr, ...]]) -> None:
        self._free = free_indices(form.body)
        self._numbers, first = _number_parts(form, self._free)
        self.tables = [self._table(node, children) for node in first]
        self.root, self.takes = self._table_of(form.body, form.indices)
        self._needed: dict[tuple[int, ...], frozenset[int]] = {}

    def find_needed(self, parts: Sequence[Expr]) -> frozenset[int]:
        """The tables that some parts are computed from, and their own."""
        key = tuple([self._numbers[id(part)] for part in parts])
        if key not in self._needed:
            found, todo = set[int](), list(key)
            while todo:
                number = todo.pop()
                if number not in found:
                    found.add(number)
                    todo += [inner for inner, _ in self.tables[number].args]
            self._needed[key] = frozenset(found)
        return self._needed[key]

    def _table_of(self, part: Expr, indices: Sequence[Index]) -> tuple[int, _Takes]:
        """The table of a part, and what its rows are called by among the values of the indices."""
        places = {index: k for k, index in enumerate(indices)}
        return self._numbers[id(part)], _taker([places[i] for i in self._free[id(part)]])

    def _table(self, node: Expr, children: Callable[[Expr], tuple[Expr, ...]]) -> _Table:
        table, free = _Table(node), self._free[id(node)]
        held = condition_of(node.args[0]) if node.op == "where" else None
        places = {index: k for k, index in enumerate(free)}
        if node.op == "reduce":
            indices, conditions, body = self._flat(node)
            inside = (*free, *indices)
            masks = _masks(body) if node.value.name == "sum" else []
            table.levels = self._levels(indices, conditions, masks, inside)
            table.args = [self._table_of(body, inside)]
        elif held is not None:
            table.held = _PlaceCondition(held.op, _place(held.place, places))
            table.args = [self._table_of(arg, free) for arg in node.args]
        else:
            table.args = [self._table_of(arg, free) for arg in children(node)]
        if node.op == "at":
            table.places = [place and _place(place, places) for place in node.value]
        return table

    def _flat(self, node: Expr) -> tuple[tuple[Index, ...], tuple[Condition, ...], Expr]:
        """The indices of a reduction, its conditions and its body; a sum of sums is one, for the
        masks in the inner one, unless that is the same at several values of the outer indices.
        """
        indices, conditions, body = node.value.indices, node.value.conditions, node.args[0]
        while (
            node.value.name == "sum"
            and body.op == "reduce"
            and body.value.name == "sum"
            and set(indices) <= set(self._free[id(body)])
        ):
            indices = (*indices, *body.value.indices)
            conditions = (*conditions, *body.value.conditions)
            body = body.args[0]
        return indices, conditions, body

    def _levels(
        self,
        indices: tuple[Index, ...],
        conditions: tuple[Condition, ...],
        masks: list[Expr],
        inside: tuple[Index, ...],
    ) -> list[_Level]:
        levels = [_Level(index.start, index.size, [], []) for index in indices]
        places = {index: k for k, index in enumerate(inside)}

        def last(used: Iterable[Index]) -> int:
            """Which of the indices is the last of these to have a value."""
            needed = set(used)
            return max([k for k, each in enumerate(indices) if each in needed], default=0)

        for condition in conditions:
            used = [index for index, _ in condition.place.terms]
            stated = _PlaceCondition(condition.op, _place(condition.place, places))
            levels[last(used)].conditions.append(stated)
        for mask in masks:
            free = self._free[id(mask)]
            k = last(free)
            others = _taker([places[index] for index in free if index is not indices[k]])
            levels[k].masks.append((*self._table_of(mask, inside), others))
        return levels


def representatives(form: Form) -> dict[int, Expr]:
    """For each part of a body, by its id, the one that is evaluated in its place: the first of
    those that differ in the names of indices alone.
    """
    numbers, first = _number_parts(form, free_indices(form.body))
    return {name: first[number] for name, number in numbers.items()}


def _number_parts(
    form: Form, free: Mapping[int, tuple[Index, ...]]
) -> tuple[dict[int, int], list[Expr]]:
    """A number for each part of a body, by its id: parts that differ in the names of indices alone
    have one. And the first part of each number.
    """
    numbers: dict[int, int] = {}
    alike: dict[object, int] = {}
    first: list[Expr] = []
    for node in form.body.parts:
        name = _signature(node, free, numbers)
        if name not in alike:
            alike[name] = len(first)
            first.append(node)
        numbers[id(node)] = alike[name]
    return numbers, first


def _signature(
    node: Expr, free: Mapping[int, tuple[Index, ...]], known: Mapping[int, int]
) -> object:
    """What tells a part from others but for the names of indices: each index by its place among
    those that the part depends on, or in the reduction.
    """
    places = {index: k for k, index in enumerate(free[id(node)])}
    if node.op == "reduce":
        places.update({index: -1 - k for k, index in enumerate(node.value.indices)})
    args = [(known[id(arg)], tuple([places[i] for i in free[id(arg)]])) for arg in node.args]
    return node.op, describe(node, places), node.shape, node.row, tuple(args)


def _place(place: AffineIndex, places: Mapping[Index, int]) -> _At:
    return _At(tuple([(places[index], c) for index, c in place.terms]), place.offset)


# with these a value is defined wherever its entries are, so zero times it is zero
_ARITHMETIC = frozenset(
    ("at", "slot", "number", "index", "dimension", "+", "-", "*", ".*", "neg", *COMPARISONS)
)


def _masks(body: Expr) -> list[Expr]:
    """The entries and the comparisons that multiply a body of sums and products of these, at most
    places zero in forms with vec and vech.
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
        elif part.op == "at" or part.op in COMPARISONS:
            found.append(part)
    return found
