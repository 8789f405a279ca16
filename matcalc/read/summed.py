"""Sums, means and products over the members of a family whose number is a name, as loops.

``sum[k=1:K](norm2(W[k])^2)`` is written out where K is a number. With a name it means the same as
``s = 0; for k = 1:K; s += norm2(W[k])^2; end; s``, and as that it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import Variable
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

_NAMES = ("s", "r", "q", "p", *(f"s{k}" for k in range(1, 100)))


class _Open(NamedTuple):
    """A sum over members, its index, and the first and the last value of this."""

    node: SyntaxNode
    name: str
    bound: BoundIndex
    first: SyntaxNode
    last: SyntaxNode


def with_loops(text: str, statements: list[Statement], declared: Mapping[str, Variable]) -> str:
    """The text with a loop before each statement that has such a sum; loops stay as they are."""
    families = {family for name in declared if (family := family_of(name))}
    families |= {each.name for each in flat(statements) if each.places}
    taken = {*re.findall(r"\w+", text), *declared}
    names = (name for name in _NAMES if name not in taken)
    found: list[str] = []
    end = 0
    for statement in statements:
        if isinstance(statement, Loop):
            for inner in flat(statement.statements):
                _refuse(text, _outermost(inner.body, families))
            continue
        start = _start(statement)
        loops, written = [], text[start : statement.body.start]
        place = statement.body.start
        for each in _outermost(statement.body, families):
            _refuse(text, _outermost(each.node.args[0], families))
            loop, value = _loop(text, each, next(names))
            loops.append(loop)
            written += f"{text[place : each.node.start]}{value}"
            place = each.node.end
        if loops:
            found.append(f"{text[end:start]}{''.join(loops)}{written}")
            end = place
    return "".join([*found, text[end:]])


def _refuse(text: str, inside: list[_Open]) -> None:
    """Refuses sums in a loop, or in a sum that becomes one."""
    for each in inside:
        raise UnsupportedError(
            f"a {each.name} over members in a loop needs a range that ends at a number",
            source=text,
            span=each.last.span,
            hint=f"with a number it is unrolled: {each.name}[{each.bound.name}=1:3](...)",
        )


def _loop(text: str, each: _Open, name: str) -> tuple[str, str]:
    """The loop that computes a sum, a mean or a product, and what stands in its place."""
    first, last = _describe(text, each.first), _describe(text, each.last)
    k, body = each.bound.name, _describe(text, each.node.args[0])
    if each.name == "prod":
        begin = f"{name}[{first} - 1] = 1"
        step = f"{name}[{k}] = {name}[{k}-1]*({body})"
        return f"{begin}; for {k} = {first}:{last}; {step}; end; ", f"{name}[{last}]"
    loop = f"{name} = 0; for {k} = {first}:{last}; {name} += {body}; end; "
    if each.name == "sum":
        return loop, name
    return loop, f"({name}/({last}))" if first == "1" else f"({name}/({last} - {first} + 1))"


def _describe(text: str, node: SyntaxNode) -> str:
    return text[node.start : node.end]


def _start(statement: Statement) -> int:
    """Where a statement begins: what it defines stands before its body."""
    if statement.name_span is None or statement.role == "value":
        return statement.body.start
    return statement.name_span.start


def _outermost(body: SyntaxNode, families: Iterable[str]) -> list[_Open]:
    """The sums over members with a range that ends at a name, from left to right; of those inside
    of each other the outer one.
    """
    known = frozenset(families)
    found = [each for node in postorder(body, children) if (each := _open(node, known))]
    found.sort(key=lambda each: (each.node.start, -each.node.end))
    outer: list[_Open] = []
    for each in found:
        if not outer or each.node.start >= outer[-1].node.end:
            outer.append(each)
    return outer


def _open(node: SyntaxNode, families: frozenset[str]) -> _Open | None:
    binding = node.value
    if not isinstance(binding, Binding) or binding.conditions or len(binding.bounds) != 1:
        return None
    (bound,) = binding.bounds
    first, last = bound.first, bound.last
    if first is None or last is None or not _has_name(last):
        return None
    if binding.name not in LINEAR and binding.name != "prod":
        return None
    for part in postorder(node.args[0], children):
        if part.kind == "entries" and part.args[0].value in families and _is_among(part, bound):
            return _Open(node, binding.name, bound, first, last)
    return None


def _is_among(entries: SyntaxNode, bound: BoundIndex) -> bool:
    """Whether an index stands in the places."""
    return any(
        part.value is bound for place in entries.args[1:] for part in postorder(place, children)
    )


def _has_name(node: SyntaxNode) -> bool:
    return any(part.kind == "name" for part in postorder(node, children))
