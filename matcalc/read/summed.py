"""Sums, means and products over the members of a family whose number is a name, as loops.

``sum[k=1:K](norm2(W[k])^2)`` is written out where K is a number. With a name it means the same as
``s = 0; for k = 1:K; s += norm2(W[k])^2; end; s``, and as that it is read. A sum inside of another
has a value for each index that it depends on: in ``sum[i=1:K](log(sum[j=1:L](exp(x[i]'*z[j]))))``
it is ``r[i] = 0; for j = 1:L; r[i] += exp(x[i]'*z[j]); end`` within the loop over i.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import partial
from typing import NamedTuple

from matcalc.core.errors import Span, UnsupportedError
from matcalc.core.kinds import Variable, size_names
from matcalc.core.members import family_of
from matcalc.core.operations import LINEAR
from matcalc.core.walk import postorder
from matcalc.read.syntax.nodes import (
    Binding,
    BoundIndex,
    Loop,
    Statement,
    SyntaxNode,
    children,
    flat,
)

_LINEAR = ("neg", "+", "-", "*", "/")
_SHORT = 8  # nodes of a term that needs no name
_NAMES = (*"srqptuvwgh", *(f"s{k}" for k in range(1, 100)))
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "!=": "!="}


class _Range(NamedTuple):
    """An index, and the texts of its first and its last value."""

    bound: BoundIndex
    first: str
    last: str


class _Open(NamedTuple):
    """A sum over members, the ranges of the indices that say which, and its other indices. With a
    condition ``i != j`` there are ranges below i and above it.
    """

    node: SyntaxNode
    name: str
    ranges: list[list[_Range]]
    others: list[BoundIndex]


class _Level(NamedTuple):
    """A loop around what is being written: its indices, with what stands for each in the tree, and
    the statements that come first in it.
    """

    indices: Mapping[str, BoundIndex | str]
    before: list[str]


def with_loops(text: str, statements: list[Statement], declared: Mapping[str, Variable]) -> str:
    """The text with a loop before each statement that has such a sum."""
    return _Writer(text, statements, declared).text(statements)


class _Writer:
    def __init__(
        self, source: str, statements: list[Statement], declared: Mapping[str, Variable]
    ) -> None:
        self.source = source
        given = {family for name in declared if (family := family_of(name))}
        self.families = given | {each.name for each in flat(statements) if each.places}
        taken = {*re.findall(r"\w+", source), *declared, *size_names(declared.values())}
        self.names: Iterator[str] = (name for name in _NAMES if name not in taken)
        self.counts: set[object] = set()  # names of numbers of members
        ends: list[SyntaxNode] = []
        for statement in flat(statements):
            ends += statement.body.args if isinstance(statement, Loop) else ()
            ends += self._ends_in(statement.body)
        self.counts = {part.value for part in _parts(*ends) if part.kind == "name"}

    def text(self, statements: list[Statement]) -> str:
        """The whole text."""
        found, end = "", 0
        for statement, around in _with_loops_around(statements, ()):
            level = _Level({name: name for name in around}, [])
            body = self._write(statement.body, [level])
            if level.before:
                start = _start(statement)
                written = self.source[start : statement.body.start]
                found += f"{self.source[end:start]}{''.join(level.before)}{written}{body}"
                end = statement.body.end
        return found + self.source[end:]

    def _write(self, node: SyntaxNode, levels: Sequence[_Level]) -> str:
        """The text of a node with values in place of the sums; their loops are added to the
        levels.
        """
        found, end = "", node.start
        linear = [node]
        for part in linear:
            linear += part.args if part.kind in _LINEAR else ()
        for each in self._outermost(node):
            named = each.node not in linear
            found += f"{self.source[end : each.node.start]}{self._value(each, levels, named=named)}"
            end = each.node.end
        return found + self.source[end : node.end]

    def _value(self, each: _Open, levels: Sequence[_Level], *, named: bool) -> str:
        """What stands in place of a sum. It is computed in the innermost of the loops on whose
        index it depends. Its terms may be ``named``, if a function is taken of it.
        """
        used = {part.value for part in _parts(each.node) if part.kind in ("index", "name")}
        self._refuse_bound(each, used, levels)
        depth = max(
            k for k, level in enumerate(levels) if not k or used & {*level.indices.values()}
        )
        levels = levels[: depth + 1]
        indices = [name for level in levels for name in level.indices]
        stem = next(self.names)
        name = f"{stem}[{','.join(indices)}]" if indices else stem
        if each.name == "prod":
            return self._product(each, stem, indices, levels)
        levels[-1].before.append(f"{name} = 0; {self._loops(each, name, levels, named=named)}")
        if each.name == "sum":
            return name
        counts = [
            f"({r.last})" if r.first == "1" else f"({r.last} - ({r.first}) + 1)"
            for r in each.ranges[0]
        ]
        return f"({name}/({'*'.join(counts)}))"

    def _refuse_bound(self, each: _Open, used: Set[object], levels: Sequence[_Level]) -> None:
        """Refuses a sum over members that depends on an index that no loop runs over."""
        inside: set[BoundIndex | str] = {
            bound
            for part in _parts(each.node)
            if isinstance(part.value, Binding)
            for bound in part.value.bounds
        }
        inside |= {key for level in levels for key in level.indices.values()}
        for bound in used:
            if isinstance(bound, BoundIndex) and bound not in inside:
                raise self._problem(
                    f"this {each.name} over members depends on {bound.name}, which no members have",
                    each.node.span,
                    f"put the sum over members outside of that over {bound.name}",
                )

    def _loops(self, each: _Open, name: str, levels: Sequence[_Level], *, named: bool) -> str:
        """The loops that add the terms of a sum to a value."""
        found = ""
        for ranges in each.ranges:
            inner = [self._level(r, levels) for r in ranges]
            around = [*levels, *inner]
            nested = None if each.others else self._open(each.node.args[0])
            if nested is not None and nested.name == "sum":
                loop = self._loops(nested, name, around, named=named)
            else:
                loop = self._step(each, name, around, named=named)
            for r, level in zip(reversed(ranges), reversed(inner), strict=True):
                loop = f"{_head(r)}{''.join(level.before)}{loop}end; "
            found += loop
        return found

    def _step(self, each: _Open, name: str, levels: Sequence[_Level], *, named: bool) -> str:
        """The statement that adds a term. One that is a multiple of an exponential has a name, for
        its derivatives are multiples of it.
        """
        body = self._body(each, levels)
        if not named or each.others or not _is_exponential(each.node.args[0]):
            return f"{name} += {body}; "
        indices = [index for level in levels for index in level.indices]
        term = f"{next(self.names)}[{','.join(indices)}]"
        return f"{term} = {body}; {name} += {term}; "

    def _product(
        self, each: _Open, stem: str, indices: Sequence[str], levels: Sequence[_Level]
    ) -> str:
        ((r,),) = each.ranges
        level = self._level(r, levels)
        body = self._body(each, [*levels, level])
        k = r.bound.name

        def at(place: str) -> str:
            return f"{stem}[{','.join([*indices, place])}]"

        step = f"{at(k)} = {at(f'{k}-1')}*({body}); "
        begin = f"{at(f'{r.first} - 1')} = 1; "
        levels[-1].before.append(f"{begin}{_head(r)}{''.join(level.before)}{step}end; ")
        return at(r.last)

    def _level(self, r: _Range, levels: Sequence[_Level]) -> _Level:
        """The loop over a range in others."""
        name = r.bound.name
        if any(name in level.indices for level in levels):
            raise self._problem(
                f"{name} runs in a sum and in a loop around it",
                r.bound.span,
                "take another letter for one of them",
            )
        return _Level({name: r.bound}, [])

    def _body(self, each: _Open, levels: Sequence[_Level]) -> str:
        body = self._write(each.node.args[0], levels)
        if not each.others:
            return body
        inside = ", ".join(map(self._describe, each.others))
        return f"{each.name}[{inside}]({body})"

    def _describe(self, bound: BoundIndex) -> str:
        if bound.first is None or bound.last is None:
            return bound.name
        return f"{bound.name}={self._said(bound.first)}:{self._said(bound.last)}"

    def _said(self, node: SyntaxNode) -> str:
        return self.source[node.start : node.end]

    def _outermost(self, body: SyntaxNode) -> list[_Open]:
        """The sums over members, from left to right; of those inside of each other the outer
        one.
        """
        found = [each for node in postorder(body, children) if (each := self._open(node))]
        found.sort(key=lambda each: (each.node.start, -each.node.end))
        outer: list[_Open] = []
        for each in found:
            if not outer or each.node.start >= outer[-1].node.end:
                outer.append(each)
        return outer

    def _ends_in(self, body: SyntaxNode) -> list[SyntaxNode]:
        """The last values of the members in all sums of a body."""
        found = [each for node in postorder(body, children) if (each := self._open(node))]
        bounds = [r.bound for each in found for r in each.ranges[0]]
        return [bound.last for bound in bounds if bound.last is not None]

    def _has_open(self, body: SyntaxNode) -> bool:
        return any(self._open(node) for node in postorder(body, children))

    def _counts(self, bound: BoundIndex) -> bool:
        """Whether an index runs over as many values as there are members."""
        return bound.last is not None and any(
            part.kind == "name" and part.value in self.counts
            for part in postorder(bound.last, children)
        )

    def _open(self, node: SyntaxNode) -> _Open | None:
        binding = node.value
        if not isinstance(binding, Binding) or not (
            binding.name in LINEAR or binding.name == "prod"
        ):
            return None
        among: set[object] = set()
        for entries in postorder(node.args[0], children):
            if entries.kind == "entries" and entries.args[0].value in self.families:
                among |= {part.value for part in _parts(*entries.args[1:])}
        used = {part.value for part in _parts(node.args[0]) if part.kind == "index"}
        over = [
            bound
            for bound in binding.bounds
            if bound in among
            or self._counts(bound)
            or (bound.last and bound not in used and self._has_open(node.args[0]))
        ]
        if any(bound.first is None or bound.last is None for bound in over):
            return None
        ranges = [
            _Range(bound, self._said(bound.first), self._said(bound.last))
            for bound in over
            if bound.first is not None and bound.last is not None
        ]
        if not over:
            return None
        others = [bound for bound in binding.bounds if bound not in over]
        if binding.name != "sum" and (binding.conditions or len(over) > 1):
            raise self._problem(
                f"a {binding.name} over several members, or under a condition, is not supported "
                "in a program with loops",
                node.span,
                f"write a {binding.name} for each index" if len(over) > 1 else "write a sum",
            )
        return _Open(node, binding.name, self._conditioned(node, ranges), others)

    def _conditioned(self, node: SyntaxNode, ranges: list[_Range]) -> list[list[_Range]]:
        """The ranges with each condition ``i < j`` as an end of the range of the later index."""
        found, narrowed = [ranges], set[BoundIndex]()
        assert isinstance(node.value, Binding)
        for condition in node.value.conditions:
            later, op, earlier = self._compared(condition, [r.bound for r in ranges])
            if later in narrowed:
                raise self._refuse_condition(condition)
            narrowed.add(later)
            found = [
                [narrow(r) if r.bound is later else r for r in each]
                for each in found
                for narrow in _narrowings(op, earlier.name)
            ]
        return found

    def _compared(
        self, condition: SyntaxNode, bounds: Sequence[BoundIndex]
    ) -> tuple[BoundIndex, str, BoundIndex]:
        """The later of two indices that run over the same, how it is to the other, and that."""
        op = condition.kind
        sides = [part.value for part in condition.args if part.kind == "index"]
        if op not in _MIRRORED or len(sides) != 2:
            raise self._refuse_condition(condition)
        left, right = sides
        assert isinstance(left, BoundIndex)
        assert isinstance(right, BoundIndex)
        order = [bounds.index(each) if each in bounds else -1 for each in (left, right)]
        if order[0] < order[1]:
            left, right, op = right, left, _MIRRORED[op]
        ends = [(each.first, each.last) for each in (left, right)]
        said = [[each and self._said(each) for each in pair] for pair in ends]
        if max(order) < 0 or said[0] != said[1]:
            raise self._refuse_condition(condition)
        return left, op, right

    def _refuse_condition(self, condition: SyntaxNode) -> UnsupportedError:
        return self._problem(
            "only one of <, <=, >, >=, != between two indices with the same range is a condition "
            "on members, and one on each index",
            condition.span,
            "write it as a range: sum[i=1:K](sum[j=i+1:K](...))",
        )

    def _problem(self, message: str, span: Span, hint: str) -> UnsupportedError:
        return UnsupportedError(message, source=self.source, span=span, hint=hint)


def _is_exponential(body: SyntaxNode) -> bool:
    """Whether this is a multiple of an exponential, and not a short one."""
    factors = [body]
    for node in factors:
        factors += node.args if node.kind in ("*", "/") else ()
    exponential = any(each.kind == "call" and each.value == "exp" for each in factors)
    return exponential and len(factors) > 1 and len([*_parts(body)]) > _SHORT


def _head(r: _Range) -> str:
    return f"for {r.bound.name} = {r.first}:{r.last}; "


def _narrowings(op: str, other: str) -> list[Callable[[_Range], _Range]]:
    """What a condition makes of the range of an index: two ranges of ``!=``."""

    def below(r: _Range, end: str = f"{other}-1") -> _Range:
        return r._replace(last=end)

    def above(r: _Range, end: str = f"{other}+1") -> _Range:
        return r._replace(first=end)

    known: dict[str, list[Callable[[_Range], _Range]]] = {
        "<": [below],
        ">": [above],
        "!=": [below, above],
        "<=": [partial(below, end=other)],
        ">=": [partial(above, end=other)],
    }
    return known[op]


def _with_loops_around(
    statements: list[Statement], around: tuple[str, ...]
) -> Iterator[tuple[Statement, tuple[str, ...]]]:
    """The statements that are no loops, each with the indices of the loops around it."""
    for statement in statements:
        if isinstance(statement, Loop):
            yield from _with_loops_around(statement.statements, (*around, statement.name))
        else:
            yield statement, around


def _start(statement: Statement) -> int:
    """Where a statement begins: what it defines stands before its body."""
    if statement.name_span is None or statement.role == "value":
        return statement.body.start
    return statement.name_span.start


def _parts(*nodes: SyntaxNode) -> Iterator[SyntaxNode]:
    """What nodes are made of, the ends of the ranges in them included."""
    todo = [*nodes]
    while todo:
        part = todo.pop()
        yield part
        todo += part.args
        if isinstance(part.value, Binding):
            ends = [end for bound in part.value.bounds for end in (bound.first, bound.last)]
            todo += [end for end in ends if end is not None]
